# SPDX-License-Identifier: Apache-2.0
"""The office's working time and limits, counted day by day from the configuration's files: slow and
plain, written without a look at the engine's calendar, to be held against it.

Instants are microseconds since 1970 of the office's own clock on the wall; days are counted from
1970-01-01.
"""
import datetime
import functools
import pathlib
import re

import yaml

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
EPOCH = datetime.datetime(1970, 1, 1)
FIRST_DAY = datetime.date(1970, 1, 1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_SECOND = DAY - SECOND


def read_yaml(path):
    return yaml.load(pathlib.Path(path).read_text(encoding="utf-8"), yaml.BaseLoader)


@functools.lru_cache(maxsize=1 << 17)
def parse_time(text):
    """The office's clock; every time in the journals' lines is written in the office's zone."""
    moment = datetime.datetime.fromisoformat(text)
    return (moment.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1)


def format_time(at):
    return (EPOCH + datetime.timedelta(microseconds=at)).isoformat()


def day_number(date):
    return (date - FIRST_DAY).days


def read_minutes(text):
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * MINUTE


class Calendar:
    """Which days the office works, and when on each of them."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.seasons = [self.read_season(season)
                        for season in read_yaml(folder / "hours.yaml")["seasons"]]
        self.off, self.work, self.years = set(), set(), set()
        for path in sorted(folder.glob("[0-9]*.yaml")):
            self.read_year(read_yaml(path))
        if (folder / "local.yaml").exists():
            self.read_local(read_yaml(folder / "local.yaml"))
        self.known = {}

    @staticmethod
    def read_season(season):
        week = {}
        for rule in season["week"]:
            spans = [tuple(read_minutes(end) for end in span.split("-")) for span in rule["hours"]]
            for day in rule["days"]:
                week[WEEK.index(day)] = spans
        return season["from"], season["to"], week

    @staticmethod
    def read_days(lists):
        """(days off, days that are worked all the same)."""
        off = set()
        for holiday in lists.get("off", []):
            first, _, last = holiday["days"].partition("..")
            first = datetime.date.fromisoformat(first)
            last = datetime.date.fromisoformat(last) if last else first
            off.update(range(day_number(first), day_number(last) + 1))
        return off, {day_number(datetime.date.fromisoformat(day)) for day in lists.get("work", [])}

    def read_year(self, year):
        self.years.add(int(year["year"]))
        off, work = self.read_days(year)
        self.off |= off
        self.work |= work

    def read_local(self, local):
        """The local list wins."""
        off, work = self.read_days(local)
        self.off = (self.off | off) - work
        self.work = (self.work - off) | work

    def find_week(self, date):
        text = f"{date.month:02}-{date.day:02}"
        for first, last, week in self.seasons:
            if first <= text <= last or (first > last and (text >= first or text <= last)):
                return week
        return {}

    def spans(self, day):
        """(opens, closes) of each span of working time of a day, in the day."""
        if day not in self.known:
            date = FIRST_DAY + datetime.timedelta(days=day)
            week = self.find_week(date)
            if day in self.work:
                spans = next(week[i] for i in range(7) if week.get(i))
            else:
                spans = [] if day in self.off else week.get(date.weekday(), [])
            self.known[day] = spans
        return self.known[day]

    def is_guess(self, first, last):
        """Whether a day from first to last lies in a year whose holidays are not published."""
        years = range((FIRST_DAY + datetime.timedelta(days=first)).year,
                      (FIRST_DAY + datetime.timedelta(days=last)).year + 1)
        return any(year not in self.years for year in years)

    def add_working(self, at, amount):
        """The first instant with that much working time between `at` and it."""
        if amount == 0:
            return at
        day = at // DAY
        while True:
            for opens, closes in self.spans(day):
                start = max(day * DAY + opens, at)
                worked = day * DAY + closes - start
                if worked >= amount > 0:
                    return start + amount
                amount -= max(worked, 0)
            day += 1

    def working_between(self, first, last):
        total = 0
        for day in range(first // DAY, last // DAY + 1):
            for opens, closes in self.spans(day):
                total += max(0, min(day * DAY + closes, last) - max(day * DAY + opens, first))
        return total

    def due(self, at, amount, unit):
        """(when a limit that starts then is due, whether that is a guess)."""
        day = at // DAY
        if unit in ("m", "h"):
            return at + amount * (MINUTE if unit == "m" else HOUR), False
        if unit == "wh":
            due = self.add_working(at, amount * HOUR)
            return due, self.is_guess(day, due // DAY)
        if unit == "wd":
            first = day + 1
            while amount:
                day += 1
                amount -= bool(self.spans(day))
            return day * DAY + self.spans(day)[-1][1], self.is_guess(first, day)
        last = day + amount
        day = last
        while not self.spans(day):
            day += 1
        return day * DAY + LAST_SECOND, self.is_guess(last, day)

    def before(self, at, amount, unit):
        """So long before a due time."""
        day = at // DAY
        if unit in ("m", "h"):
            return at - amount * (MINUTE if unit == "m" else HOUR)
        if unit == "d":
            return (day - amount) * DAY + LAST_SECOND
        if unit == "wd":
            while amount:
                day -= 1
                amount -= bool(self.spans(day))
            return day * DAY + self.spans(day)[-1][1]
        amount *= HOUR
        while True:
            for opens, closes in reversed(self.spans(day)):
                end = min(day * DAY + closes, at)
                worked = max(0, end - (day * DAY + opens))
                if worked >= amount:
                    return end - amount
                amount -= worked
            day -= 1


def read_duration(text):
    """(amount, unit), or None for no limit at all."""
    if text == "none":
        return None
    found = re.fullmatch(r"(\d+)(m|h|wh|wd|d)", text)
    return int(found[1]), found[2]


class Limits:
    """deadlines.yaml: how long each stage may take, and the ladder of each limit."""

    def __init__(self, config):
        config = pathlib.Path(config)
        self.calendar = Calendar(config / "calendar")
        rules = read_yaml(config / "deadlines.yaml")
        self.ladders = {ladder["id"]: ladder["steps"] for ladder in rules["ladders"]}
        self.stages = rules["stages"]
        self.paths = {}
        self.read_categories(read_yaml(config / "categories.yaml")["categories"], ())

    def read_categories(self, categories, path):
        for category in categories:
            here = (*path, category["code"])
            self.paths[category["code"]] = here
            self.read_categories(category.get("children", []), here)

    @staticmethod
    def pick(row, name, urgency):
        value = row.get(name)
        return value.get(urgency) if isinstance(value, dict) else value

    def find(self, stage, urgency, kind, category):
        """(duration, ladder's steps) of the rule that fits most closely."""
        base = self.stages[stage]
        path = self.paths.get(category, ())
        best, row = 0, base
        for rule in base.get("overrides", []):
            if (self.pick(rule, "limits", urgency) is None or rule.get("kind", kind) != kind or
                    ("category" in rule and rule["category"] not in path)):
                continue
            depth = path.index(rule["category"]) + 1 if "category" in rule else 0
            fit = 2 * depth + ("kind" in rule)
            if fit > best:
                best, row = fit, rule
        ladder = self.pick(row, "ladder", urgency) or self.pick(base, "ladder", urgency)
        return (read_duration(self.pick(row, "limits", urgency)),
                self.ladders[ladder] if ladder else [])

    def point(self, start, due, is_natural, text):
        """(an entry of `at`, whether it is a warning)."""
        if text == "due":
            return due, False
        if text.startswith("+"):
            return self.calendar.due(due, *read_duration(text[1:]))[0], False
        if text.startswith("-"):
            return self.calendar.before(due, *read_duration(text[1:])), True
        percent = int(text.removesuffix("%"))
        worked = self.calendar.working_between(start, due)
        if is_natural or worked == 0:
            return start + (due - start) * percent // 100, True
        return self.calendar.add_working(start, worked * percent // 100), True

    def points(self, start, due, duration, ladder):
        """[(level, when)] of a limit."""
        found = []
        for step in ladder:
            times = [self.point(start, due, duration[1] in ("m", "h"), text) for text in step["at"]]
            times = [at for at, is_warning in times if not is_warning or at > start]
            if times:
                at = min(times)
                found.append((int(step["level"]), max(at, found[-1][1]) if found else at))
        return found
