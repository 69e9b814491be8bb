#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`lianhu calendar due`, `left` and `show` on the built program: the known dates, and many random
ones held against a calendar that is counted day by day and shares no code with the engine. The seed
is printed, and REPRO_SEED repeats another; `--cases N` for more."""
import os
import random
import shutil
import sys
import time

import lianhu

sys.path.insert(0, str(lianhu.ROOT / "tests" / "year"))
from office_time import (DAY, HOUR, LAST_SECOND, MINUTE, SECOND, Calendar,  # noqa: E402
                         format_time, parse_time)

# (from, working days, the day it is due at the end of working hours), counted from the next day.
WORKING_DAYS = (
    ("2024-02-08", 3, "2024-02-19"), ("2024-04-30", 5, "2024-05-10"),
    ("2024-09-13", 1, "2024-09-14"), ("2024-09-30", 5, "2024-10-12"),
    ("2025-01-24", 5, "2025-02-07"), ("2025-04-25", 3, "2025-04-29"),
    ("2025-09-26", 5, "2025-10-10"), ("2025-09-30", 3, "2025-10-11"),
    ("2025-12-31", 1, "2026-01-04"), ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-13", 15, "2026-03-12"), ("2026-09-18", 1, "2026-09-20"),
    ("2026-09-30", 5, "2026-10-13"))
# Natural days; the last one ends on a holiday and rolls.
NATURAL_DAYS = (("2025-12-01", 60, "2026-01-30"), ("2026-08-05", 60, "2026-10-08"),
                ("2026-09-30", 8, "2026-10-08"))
WORKING_DAYS_OF = {2024: (22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22),
                   2025: (19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23),
                   2026: (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23)}
UNITS = (("m", 3000), ("h", 500), ("wh", 300), ("wd", 90), ("d", 120))
CASES = 400
BUDGET_S = 30  # for the cases of one office, on a machine that is busy with other things
FIRST, LAST = "2023-12-15T00:00:00+08:00", "2027-03-15T00:00:00+08:00"

# Another office: Saturdays, four spans a day, a storm, a holiday that is worked.
OTHER_HOURS = """source: invented
seasons:
  - name: all
    from: 03-16
    to: 03-15
    week:
      - days: [mon, wed, fri]
        hours: [07:15-09:00, 09:10-11:50, 13:00-15:30, 15:31-19:07]
      - days: [sat]
        hours: [09:00-12:00]
      - days: [tue]
        hours: [00:00-24:00]
"""
OTHER_LOCAL = """source: invented
off:
  - {name: 台风, days: 2026-07-10..2026-07-13}
  - {name: 停办, days: 2026-02-14}
work: [2026-10-02, 2026-05-01]
"""


class CalendarTest(lianhu.SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = lianhu.make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        made = lianhu.run("init", cls.folder / "i", "--example")
        assert made.code == 0, made

    def setUp(self):
        self.home = self.folder / "i"

    def call(self, verb, *words):
        done = lianhu.run("calendar", verb, *words, "--home", self.home, "--json")
        self.assertEqual(done.code, 0, done)
        return done.json

    def shown(self, verb, *words):
        return lianhu.run("calendar", verb, *words, "--home", self.home).out

    def refused_for(self, field, status, *words):
        self.refused(lianhu.run("calendar", *words, "--home", self.home, "--json"), "invalid",
                     status, field)

    # ---- what is known ----

    def test_working_days_over_holidays_and_make_up_days(self):
        for start, count, day in WORKING_DAYS:
            close = "17:30" if "05" <= day[5:7] <= "09" else "17:00"
            for hour in ("00:00:00", "10:00:00", "23:59:59"):
                found = self.call("due", "--from", f"{start}T{hour}+08:00", "--in", f"{count}wd")
                self.assertEqual(found["due"], f"{day}T{close}:00+08:00", start)
                self.assertFalse(found["provisional"])

    def test_natural_days_end_at_night_and_roll_over_days_off(self):
        for start, count, day in NATURAL_DAYS:
            found = self.call("due", "--from", f"{start}T10:00+08:00", "--in", f"{count}d")
            self.assertEqual((found["due"], found["provisional"]), (f"{day}T23:59:59+08:00", False))

    def test_a_year_that_is_not_published_makes_a_due_time_provisional(self):
        found = self.call("due", "--from", "2026-12-30T10:00+08:00", "--in", "3wd")
        self.assertEqual(found["due"], "2027-01-04T17:00:00+08:00")
        self.assertTrue(found["provisional"])
        self.assertFalse(self.call("due", "--from", "2026-12-30T10:00+08:00", "--in", "72h")
                         ["provisional"])

    def test_working_hours_of_the_season_and_what_ends_at_closing_time(self):
        for start, duration, due in (("2026-09-30T10:00", "4wh", "2026-09-30T16:30"),
                                     ("2026-09-30T08:30", "6h", "2026-09-30T14:30"),
                                     ("2026-09-30T14:30", "3wh", "2026-09-30T17:30"),
                                     ("2026-09-30T17:30", "1wh", "2026-10-08T09:30"),
                                     ("2026-04-30T13:59", "3wh", "2026-04-30T17:00")):
            found = self.call("due", "--from", f"{start}+08:00", "--in", duration)
            self.assertEqual(found["due"], f"{due}:00+08:00", (start, duration))

    def test_a_year_has_its_working_days_by_month(self):
        for year, months in WORKING_DAYS_OF.items():
            shown = self.call("show", str(year))
            found = [sum(day["working"] for day in shown["days"]
                         if day["date"][5:7] == f"{month:02}") for month in range(1, 13)]
            self.assertEqual(found, list(months))
            self.assertEqual((shown["working_days"], shown["published"]), (sum(months), True))
        self.assertFalse(self.call("show", "2027")["published"])

    # ---- for people ----

    def test_what_is_left_is_said_in_hours_and_days(self):
        words = ("--from", "2026-09-30T10:00+08:00", "--until", "2026-10-13T17:00+08:00")
        self.assertEqual(self.shown("left", *words),
                         "37 h 30 min of working time, 5 working days\n")
        found = self.call("left", *words)
        self.assertEqual((found["working_us"], found["working_days"]), (37 * HOUR + 30 * MINUTE, 5))
        self.assertEqual(self.shown("left", *words[:3], "2026-09-30T10:10+08:00"),
                         "10 min of working time, 0 working days\n")
        self.assertIn("past by 37 h 30 min of working time",
                      self.shown("left", words[0], words[3], words[2], words[1]))
        self.assertIn("provisional", self.shown("left", *words[:3], "2027-02-01T10:00+08:00"))

    def test_a_due_time_is_said_with_its_weekday_and_as_a_make_up_day(self):
        self.assertEqual(self.shown("due", "--from", "2026-09-30T10:00+08:00", "--in", "3wd"),
                         "Saturday 2026-10-10 17:00, a make-up working day\n")
        self.assertIn("Tuesday 2026-10-13 17:00",
                      self.shown("due", "--from", "2026-09-30T10:00+08:00", "--in", "5wd"))
        self.assertIn("Friday 2026-10-02 10:00, a day off (国庆节)",
                      self.shown("due", "--from", "2026-09-30T10:00+08:00", "--in", "48h"))
        self.assertIn("provisional",
                      self.shown("due", "--from", "2026-12-30T10:00+08:00", "--in", "3wd"))
        found = self.call("due", "--from", "2026-09-30T10:00+08:00", "--in", "3wd")
        self.assertEqual((found["weekday"], found["is_make_up"]), ("sat", True))

    def test_times_outside_the_calendar_are_refused_as_that(self):
        outside = "is outside the calendar, which has the years 1970 to 2099"
        for year in ("1969", "2100"):
            self.refused_for("from", outside, "due", "--from", f"{year}-12-31T10:00+08:00", "--in",
                             "1wd")
            self.refused_for("until", outside, "left", "--from", "2026-12-31T10:00+08:00",
                             "--until", f"{year}-12-31T10:00+08:00")
        self.refused_for("from", "is not a time", "due", "--from", "2026-02-30T10:00+08:00", "--in",
                         "1wd")
        self.refused_for("year", "1970 to 2099", "show", "1969")

    # ---- held against another calendar ----

    def use_other_office(self):
        self.home = self.folder / "o"
        if self.home.exists():
            return
        shutil.copytree(self.folder / "i", self.home)
        calendar = self.home / "config" / "calendar"
        (calendar / "hours.yaml").write_text(OTHER_HOURS, encoding="utf-8")
        (calendar / "local.yaml").write_text(OTHER_LOCAL, encoding="utf-8")
        for path in calendar.glob("20*.yaml"):  # its Saturdays work anyway
            text = path.read_text(encoding="utf-8")
            path.write_text(text[:text.index("work:")] + "work: []\n", encoding="utf-8")

    def pick_instant(self, dice, calendar):
        """Half of them where something begins or ends."""
        at = dice.randrange(parse_time(FIRST) // SECOND, parse_time(LAST) // SECOND) * SECOND
        spans = calendar.spans(at // DAY)
        if dice.random() < 0.5:
            edges = [edge for span in spans for edge in span] + [0, LAST_SECOND]
            at = at // DAY * DAY + dice.choice(edges) + dice.choice((-SECOND, 0, 0, SECOND))
        return at

    def check_due(self, dice, calendar):
        start = self.pick_instant(dice, calendar)
        unit, most = dice.choice(UNITS)
        amount = dice.randint(1, dice.choice((3, most)))
        found = self.call("due", "--from", f"{format_time(start)}+08:00", "--in",
                          f"{amount}{unit}")
        due, is_guess = calendar.due(start, amount, unit)
        self.assertEqual((parse_time(found["due"]), found["provisional"]), (due, is_guess),
                         f"{amount}{unit} from {format_time(start)} is {format_time(due)}, "
                         f"not {found}")

    def check_left(self, dice, calendar):
        start, until = sorted((self.pick_instant(dice, calendar),
                               self.pick_instant(dice, calendar)))
        until = min(until, start + dice.choice((2, 30, 400)) * DAY)
        found = self.call("left", "--from", f"{format_time(start)}+08:00", "--until",
                          f"{format_time(until)}+08:00")
        days = 0
        while calendar.due(start, days + 1, "wd")[0] <= until:
            days += 1
        self.assertEqual((found["working_us"], found["working_days"], found["natural_us"]),
                         (calendar.working_between(start, until), days, until - start),
                         f"from {format_time(start)} until {format_time(until)}")

    def check_year(self, calendar, year):
        shown = self.call("show", str(year))
        for day in shown["days"]:
            spans = calendar.spans(parse_time(f"{day['date']}T00:00:00+08:00") // DAY)
            hours = ["-".join(f"{end // HOUR:02}:{end % HOUR // MINUTE:02}" for end in span)
                     for span in spans]
            self.assertEqual((day["working"], day["hours"]), (bool(spans), hours), day)
        self.assertEqual(shown["working_days"], sum(day["working"] for day in shown["days"]))

    def check_office(self, seed):
        calendar = Calendar(self.home / "config" / "calendar")
        dice = random.Random(seed)
        for year in (2024, 2025, 2026, 2027):
            self.check_year(calendar, year)
        begun, count = time.monotonic(), 0
        while count < lianhu.options.cases // 4 and (time.monotonic() - begun < BUDGET_S or
                                                     lianhu.options.cases > CASES):
            self.check_due(dice, calendar)
            self.check_left(dice, calendar)
            count += 1
        print(f"seed {seed}: {2 * count} cases agree")
        self.assertGreater(count, 0)

    def test_random_cases_agree_with_a_calendar_counted_day_by_day(self):
        self.check_office(int(os.environ.get("REPRO_SEED", "20261013")))

    def test_random_cases_agree_in_an_office_with_other_hours_too(self):
        self.use_other_office()
        self.check_office(int(os.environ.get("REPRO_SEED", "7")))


def add_options(parser):
    parser.add_argument("--cases", type=int, default=CASES, help="random calls, over both offices")


if __name__ == "__main__":
    lianhu.main(add_options)
