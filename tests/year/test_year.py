#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year of the example street in one process, counted again from its journals.

By default two months with 500 reports, and half a year of visits; --full, or LIANHU_YEAR=full,
plays the whole year with 20,000 reports of 12,000 households. --seed N repeats a run.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import recount

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config" / "example"
SMALL = ("--issues", "500", "--months", "2", "--households", "1000")
FULL = ("--issues", "20000", "--months", "12", "--households", "0")
# Signing ends when it is due, so its ladder ends there too.
LEVELS_EXPECTED = {
    *((stage, level) for stage, levels in (
        ("triage", (1, 2, 3, 5)), ("sign", (1,)), ("first_contact", (1, 2, 3, 4)),
        ("handle", (0, 1, 2, 3, 4, 5)), ("suspend", (1,)), ("review", (1, 2, 3, 5)),
        ("feedback", (1, 2, 3, 4, 5)), ("callback", (1, 2, 4)))
      for level in levels)}
STEPS_EXPECTED = {"dispatch", "ask_info", "give_info", "sign", "progress", "first_contact",
                  "request_suspension", "suspension_ok", "suspension_no", "resume", "correct",
                  "lead_submit", "assist_submit", "review_ok", "review_no",
                  "propose_unresolvable", "feedback_done", "callback_ok", "callback_unreached",
                  "callback_unsatisfied", "callback_unsatisfied_final", "archive"}

LAST_OF_FEW = "2026-0000060"

options = argparse.Namespace()


def play(folder):
    is_full = options.full or os.environ.get("LIANHU_YEAR") == "full"
    command = [options.binaries / "play_year", *(FULL if is_full else SMALL),
               "--seed", str(options.seed), "--out", folder]
    subprocess.run([str(word) for word in command], check=True, timeout=1500)
    return is_full


class Year(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lianhu_year_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.is_full = play(cls.folder)
        begun = time.monotonic()
        cls.recount = recount.Recount(CONFIG, cls.folder).run()
        cls.recount.report(sys.stderr)
        print(f"counted again in {time.monotonic() - begun:.1f} s", file=sys.stderr)

    def test_what_happened_is_what_is_counted_and_computed_again(self):
        self.assertEqual(self.recount.faults, [])
        self.assertEqual(self.recount.counts["open"], 0)
        self.assertEqual(self.recount.counts["dead"], 0)

    def test_every_kind_of_step_and_every_level_of_every_ladder_occurs(self):
        steps = {name.removeprefix("step ") for name in self.recount.counts
                 if name.startswith("step ")}
        self.assertEqual(STEPS_EXPECTED - steps, set())
        self.assertGreater(self.recount.counts["signed by the clock"], 0)
        self.assertGreater(self.recount.counts["ladder steps skipped"], 0)
        for name in ("visits", "visits of a former cadre", "visits for a half before",
                     "visit reminders", "promises kept", "promise reminders",
                     "coverage rows", "households that changed hands", "pauses", "held", "digests",
                     "told again", "passed on", "read"):
            self.assertGreater(self.recount.counts[name], 0, name)
        if self.is_full:
            self.assertEqual(LEVELS_EXPECTED - set(self.recount.levels), set())

    def test_the_count_notices_what_is_wrong(self):
        """Each change of one line is noticed, with the sentence that it deserves."""
        if self.is_full:
            self.skipTest("once is enough, on a small run")
        self.assertEqual(self.count_changed(lambda lines, folder: None), [])
        for change, words in CHANGES:
            with self.subTest(change=change.__name__):
                faults = self.count_changed(change)
                self.assertTrue(any(words in fault for fault in faults), faults[:5])

    def count_changed(self, change):
        """The faults of the first issues alone, after a change."""
        with tempfile.TemporaryDirectory(prefix="lianhu_year_") as folder:
            folder = pathlib.Path(folder)
            shutil.copy(self.folder / "coverage.jsonl", folder)
            lines = {daemon: self.first_lines(daemon, lambda line: line.get("issue", "") <=
                                              LAST_OF_FEW)
                     for daemon in ("router", "intake", "notifier")}
            self.write_end(folder, self.cut_digests(lines))
            for daemon in ("intake", "notifier"):
                write_lines(folder / f"{daemon}.jsonl", lines[daemon])
            change(lines["router"], folder)
            write_lines(folder / "router.jsonl", lines["router"])
            return recount.Recount(CONFIG, folder).run().faults

    def cut_digests(self, lines):
        """Leaves out of digests what is about other issues; how many timers the notifier has."""
        whole = self.recount
        for timers in (None, True):
            notices = recount.Notices(CONFIG, whole.limits.calendar, whole.end["journals"])
            for daemon, take in (("router", notices.take_router), ("intake", notices.take_intake),
                                 ("notifier", notices.take)):
                for line in lines[daemon]:
                    take(line)
            if timers:
                return notices.check(whole.now)
            for line in lines["notifier"]:
                if line["message"].get("digest"):
                    person, = line["message"]["recipients"]
                    line["message"]["lines"] = notices.lines[
                        person, recount.parse_time(line["at"])]
            lines["notifier"][:] = [line for line in lines["notifier"]
                                    if not line["message"].get("digest") or
                                    line["message"]["lines"]]
        return None

    def write_end(self, folder, notifier_timers):
        """The end without the timers of the other issues."""
        end = json.loads((self.folder / "end.json").read_text(encoding="utf-8"))
        end["timers"]["notifier"] = notifier_timers
        end["timers"]["router"] = sum(
            clock["next_at"] is not None for issue, after in self.recount.last.items()
            for clock in after["clocks"] if issue <= LAST_OF_FEW)
        (folder / "end.json").write_text(json.dumps(end), encoding="utf-8")

    def first_lines(self, daemon, is_kept):
        return [line for line in recount.read_lines(self.folder / f"{daemon}.jsonl")
                if is_kept(line)]


def write_lines(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


# ---- one line changed ----------------------------------------------------------------------------

def find_news(lines, news, level):
    return next(i for i, line in enumerate(lines) if line["type"] == "clock_event" and
                (line["message"]["news"], line["message"]["level"]) == (news, level))


def lose_a_warning(lines, _):
    del lines[find_news(lines, "warned", 1)]


def tell_twice(lines, _):
    place = find_news(lines, "overdue", 2)
    lines.insert(place, lines[place])


def tell_late(lines, _):
    line = lines[find_news(lines, "reminded", 3)]
    line["at"] = line["at"][:11] + "23:59:58+08:00"


def move_a_due_time(lines, _):
    for line in lines:
        for clock in line["message"].get("after", {}).get("clocks", []):
            if clock["stage"] == "handle":
                clock["due_at"] = clock["due_at"][:17] + "58+08:00"
                return


def lose_an_issue(lines, _):
    issue = next(line["issue"] for line in lines if "issue" in line)
    lines[:] = [line for line in lines if line.get("issue") != issue]


def leave_a_timer(_, folder):
    path = folder / "end.json"
    end = json.loads(path.read_text(encoding="utf-8"))
    end["timers"]["router"] += 1
    path.write_text(json.dumps(end), encoding="utf-8")


def tell_another(lines, _):
    lines[find_news(lines, "overdue", 2)]["message"]["notify"].append("leader6")


def find_lines(lines, kind):
    return (line["message"] for line in lines if line["type"] == kind)


def tell_no_staff(lines, _):
    leg = next(leg for leg in find_lines(lines, "leg_event")
               if leg["urgency"] in ("emergency", "utility"))
    leg["notify"] = [person for person in leg["notify"] if not person.startswith("staff")]


def tell_staff_of_all(lines, _):
    opened = next(opened for opened in find_lines(lines, "opened_event")
                  if opened["after"]["state"] == "dispatched"
                  and opened["after"]["urgency"] == "general")
    opened["notify"].append(f"staff_{opened['after']['lead']}_1")


def forget_who_assists(lines, _):
    news = next(news for news in find_lines(lines, "clock_event")
                if news["stage"] == "handle" and news["level"] == 1
                and len({person for person in news["notify"] if person.startswith("head_")}) > 1)
    news["notify"].remove(f"head_{news['after']['legs'][1]['department']}")


def change_notices(folder, change):
    """Changes the notifier's lines, given as a list."""
    path = folder / "notifier.jsonl"
    lines = list(recount.read_lines(path))
    change(lines)
    write_lines(path, lines)


def find_notice(lines, name):
    """The first that was told for a reason: held, repeats, passes_on, digest."""
    return next(i for i, line in enumerate(lines) if line["type"] == "noticed_event" and
                line["message"][name])


def notice_twice(_, folder):
    change_notices(folder, lambda lines: lines.append(next(
        line for line in lines if line["message"].get("level") == "overdue" and
        line["type"] == "noticed_event" and "cause" in line)))


def tell_at_night(_, folder):
    def change(lines):
        line = next(line for line in lines if line["type"] == "noticed_event" and
                    "cause" in line and not line["message"]["is_urgent"])
        line["at"] = line["at"][:11] + "03:00:00+08:00"
    change_notices(folder, change)


def hold_for_ever(_, folder):
    change_notices(folder, lambda lines: lines.pop(find_notice(lines, "held")))


def lose_a_digest(_, folder):
    change_notices(folder, lambda lines: lines.pop(find_notice(lines, "digest")))


def tell_nobody_again(_, folder):
    change_notices(folder, lambda lines: lines.pop(find_notice(lines, "repeats")))


def pass_on_to_another(_, folder):
    def change(lines):
        lines[find_notice(lines, "passes_on")]["message"]["recipients"] = ["cadre001"]
    change_notices(folder, change)


def lose_a_visit(_, folder):
    path = folder / "intake.jsonl"
    lines = list(recount.read_lines(path))
    place = next(i for i, line in enumerate(lines) if line["type"] == "visited_event" and
                 line["message"]["mode"] == "visit" and not line["message"]["promises"])
    write_lines(path, lines[:place] + lines[place + 1:])


def lose_a_reminder(_, folder):
    path = folder / "intake.jsonl"
    lines = list(recount.read_lines(path))
    place = next(i for i, line in enumerate(lines) if line["type"] == "intake_notice_event" and
                 line["message"]["category"] == "visits_due")
    write_lines(path, lines[:place] + lines[place + 1:])


def visit_anothers_household(_, folder):
    path = folder / "intake.jsonl"
    lines = list(recount.read_lines(path))
    visited = next(line for line in lines if line["type"] == "visited_event")
    visited["message"]["cadre"] = "nobody"
    write_lines(path, lines)


CHANGES = ((tell_no_staff, "the dispatch to"), (tell_staff_of_all, "the dispatch to"),
           (forget_who_assists, "handle level 1 is told to"),
           (visit_anothers_household, "nobody entered a visit to"),
           (lose_a_warning, "level 1 at"), (tell_twice, "told overdue twice"),
           (tell_late, "level 3 came at"), (move_a_due_time, "is due"),
           (lose_an_issue, "at one of intake and router only"), (leave_a_timer, "timers"),
           (tell_another, "and not to"), (notice_twice, "2 times"), (lose_a_visit, "and was said to be"),
           (lose_a_reminder, "and was told of None"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", type=pathlib.Path,
                        default=ROOT / "build" / "release" / "bin", help="folder of the programs")
    parser.add_argument("--full", action="store_true", help="the whole year")
    parser.add_argument("--seed", type=int, default=1)
    _, rest = parser.parse_known_args(namespace=options)
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()
