#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts and computes again what happened in an office, from its journals and its configuration's
files alone: recount.py --config CONFIG DIR

DIR holds a file of lines for each daemon (intake.jsonl, router.jsonl, notifier.jsonl, ...) as
tests/tools/journal_lines.c writes them, and end.json: the time at the end, the timers that are left
and the journals' ids. It prints figures, then every fault with the issue it is about.
"""
import argparse
import collections
import json
import pathlib
import sys

from office_time import Limits, format_time, parse_time

FINAL = {"closed", "archived", "merged", "referred"}
FAULTS_SHOWN = 40


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


class Clock:
    """One stage's deadline of one issue, from its start to its end."""

    def __init__(self, stage, start, due, points):
        self.stage, self.start, self.due, self.points = stage, start, due, points
        self.told = {}        # level -> when
        self.skipped = {}     # level -> when a higher one was told instead
        self.overdue_at = None
        self.intervals = []   # [from, until] in which it runs
        self.is_running = False

    def run(self, at):
        if not self.is_running:
            self.intervals.append([at, None])
            self.is_running = True

    def stand(self, at):
        if self.is_running:
            self.intervals[-1][1] = at
            self.is_running = False

    def moments(self, at):
        """(when it must take effect or None, instants at which it may: what ended the clock came
        at the same time)."""
        may = set()
        for first, last in self.intervals:
            moment = max(at, first)
            if last is None or moment < last:
                return moment, may
            if moment == last:
                may.add(moment)
        return None, may


class Recount:
    """The whole of it; `faults` are sentences."""

    def __init__(self, config, folder):
        self.limits = Limits(config)
        self.folder = pathlib.Path(folder)
        self.end = json.loads((self.folder / "end.json").read_text(encoding="utf-8"))
        self.now = parse_time(self.end["now"])
        self.faults = []
        self.counts = collections.Counter()
        self.levels = collections.Counter()   # (ladder's stage, level) told
        self.plans = {}
        self.clocks = {}     # issue -> {stage: Clock}
        self.last = {}       # issue -> the last `after`
        self.kinds = {}      # issue -> kind of matter
        self.signs = set()   # (issue, when) signed for by the clock
        self.notify = {}     # record of the router -> who is to be told

    def fault(self, issue, sentence):
        self.faults.append(f"{issue}: {sentence}")

    # ---- deadlines ----

    def make_plan(self, stage, start, facts, is_halved):
        """(due, whether it is a guess, points of the ladder); None without a limit."""
        key = (stage, start, facts, is_halved)
        if key not in self.plans:
            duration, ladder = self.limits.find(stage, *facts)
            if duration is None:
                self.plans[key] = None
                return None
            due, is_guess = self.limits.calendar.due(start, *duration)
            if is_halved:
                due = start + (due - start) // 2
                is_guess = (duration[1] not in ("m", "h") and
                            self.limits.calendar.is_guess(start // 86_400_000_000,
                                                          due // 86_400_000_000))
            points = self.limits.points(start, due, duration, ladder)
            self.plans[key] = due, is_guess, points
        return self.plans[key]

    def start_clock(self, issue, at, part, after):
        start, due = parse_time(part["started_at"]), parse_time(part["due_at"])
        facts = (after["urgency"], self.kinds.get(issue), after["category"])
        if start != at:
            self.fault(issue, f"{part['stage']} says it began at {part['started_at']}, but it was "
                              f"{format_time(at)}")
        plan = self.make_plan(part["stage"], start, facts, part["is_halved"])
        if plan is None or plan[0] != due:
            self.fault(issue, f"{part['stage']} from {part['started_at']} is due {part['due_at']}, "
                              f"not {plan and format_time(plan[0])}")
        elif plan[1] != part["is_provisional"]:
            self.fault(issue, f"{part['stage']} from {part['started_at']} should "
                              f"{'' if plan[1] else 'not '}be provisional")
        self.counts["deadlines"] += 1
        return Clock(part["stage"], start, due, plan[2] if plan else [])

    def take_clocks(self, issue, at, after):
        running = self.clocks.setdefault(issue, {})
        parts = {part["stage"]: part for part in after["clocks"]}
        for stage in list(running):
            part = parts.get(stage)
            if part is None or parse_time(part["started_at"]) != running[stage].start:
                self.end_clock(issue, at, running.pop(stage))
        for stage, part in parts.items():
            if stage not in running:
                running[stage] = self.start_clock(issue, at, part, after)
            clock = running[stage]
            if parse_time(part["due_at"]) != clock.due:
                self.fault(issue, f"{stage} was due {format_time(clock.due)} and is due "
                                  f"{part['due_at']} now, and nothing moved it")
            if stage == "handle" and after["state"] == "review":
                clock.stand(at)
            else:
                clock.run(at)

    def take_news(self, issue, at, message):
        """A clock told of something: before the clocks of the record are taken."""
        clock = self.clocks.get(issue, {}).get(message["stage"])
        if clock is None:
            self.fault(issue, f"{message['stage']} told of a deadline that does not run")
            return
        if message["news"] == "overdue":
            if clock.overdue_at is not None:
                self.fault(issue, f"{clock.stage} was told overdue twice")
            clock.overdue_at = at
        level = message["level"]
        if any(level == known for known, _ in clock.points):
            for number in (level, *message["skipped"]):
                if number in clock.told or number in clock.skipped:
                    self.fault(issue, f"{clock.stage} came to level {number} twice")
            clock.told[level] = at
            self.levels[clock.stage, level] += 1
            self.counts["ladder steps told"] += 1
        for number in message["skipped"]:
            clock.skipped[number] = at
            self.counts["ladder steps skipped"] += 1

    def end_clock(self, issue, at, clock):
        if at is not None:
            clock.stand(at)
        for level, due in clock.points:
            self.check_point(issue, clock, level, due)
        must, may = clock.moments(clock.due)
        by_clock = clock.stage == "sign" and (issue, clock.due) in self.signs
        if clock.overdue_at is None and must is not None:
            self.fault(issue, f"{clock.stage} was due {format_time(clock.due)} and nobody was told")
        elif clock.overdue_at is not None and clock.overdue_at != must and \
                clock.overdue_at not in may:
            self.fault(issue, f"{clock.stage} was due {format_time(clock.due)} and was told at "
                              f"{format_time(clock.overdue_at)}")
        self.counts["overdue"] += clock.overdue_at is not None or by_clock

    def check_point(self, issue, clock, level, due):
        must, may = clock.moments(due)
        told = clock.told.get(level, clock.skipped.get(level))
        if told is None:
            if must is not None and must <= self.now:
                self.fault(issue, f"{clock.stage} level {level} at {format_time(due)} never came")
        elif level in clock.skipped:
            if told < due:
                self.fault(issue, f"{clock.stage} level {level} was skipped before its time")
        elif told != must and told not in may:
            self.fault(issue, f"{clock.stage} level {level} came at {format_time(told)}, not at "
                              f"{must and format_time(must)}")

    # ---- journals ----

    def read_router(self):
        for line in read_lines(self.folder / "router.jsonl"):
            self.counts["router records"] += 1
            message, issue = line["message"], line.get("issue")
            at = parse_time(line["at"])
            self.counts[line["type"]] += 1
            if line["type"] == "opened_event":
                if issue in self.kinds:
                    self.fault(issue, "was opened twice")
                self.kinds[issue] = message["kind"]
            if line["type"] == "clock_event":
                self.take_news(issue, at, message)
                self.notify[line["seq"]] = message["notify"]
            if line["type"] == "step_event":
                self.counts["step " + message["happening"]] += 1
                if message["happening"] == "sign" and "actor" not in line:
                    self.signs.add((issue, at))
                    self.counts["signed by the clock"] += 1
            if "after" in message:
                self.take_clocks(issue, at, message["after"])
                self.last[issue] = message["after"]

    def check_intake(self):
        reported = {line["issue"] for line in read_lines(self.folder / "intake.jsonl")
                    if line["type"] == "reported_event"}
        dead = self.counts["dead_lettered_event"]
        final = sum(after["state"] in FINAL for after in self.last.values())
        still_open = len(self.last) - final
        self.counts.update(accepted=len(reported), open=still_open, final=final, dead=dead)
        if len(reported) != still_open + final + dead:
            self.faults.append(f"{len(reported)} accepted, but {still_open} open, {final} final "
                               f"and {dead} dead")
        for issue in reported ^ set(self.kinds):
            self.fault(issue, "is at one of intake and router only")

    def check_notices(self):
        told = collections.defaultdict(list)
        router = self.end["journals"]["router"]
        for line in read_lines(self.folder / "notifier.jsonl"):
            if line["type"] == "noticed_event" and line.get("cause_journal") == router:
                self.counts["notices"] += len(line["message"]["recipients"])
                told[line["cause"]] += [(line["message"]["category"], person)
                                        for person in line["message"]["recipients"]]
        for seq, people in told.items():
            for (category, person), count in collections.Counter(people).items():
                if count > 1:
                    self.faults.append(f"{person} was told '{category}' {count} times because of "
                                       f"record {seq}")
        for seq, people in self.notify.items():
            heard = {person for _, person in told.get(seq, ())}
            if heard != set(people):
                self.faults.append(f"record {seq} of a clock was to be told to {sorted(people)} "
                                   f"and was told to {sorted(heard)}")

    def check_timers(self):
        """Every timer of the router belongs to a clock that runs; what is final has none."""
        wanted = 0
        for issue, after in self.last.items():
            for part in after["clocks"]:
                if after["state"] in FINAL and part["stage"] != "reopen":
                    self.fault(issue, f"is {after['state']} and its clock {part['stage']} runs")
                wanted += part["next_at"] is not None
                if part["next_at"] is not None and parse_time(part["next_at"]) <= self.now:
                    self.fault(issue, f"{part['stage']} should have fired at {part['next_at']}")
        if self.end["timers"]["router"] != wanted:
            self.faults.append(f"the router has {self.end['timers']['router']} timers; the clocks "
                               f"that run need {wanted}")

    def run(self):
        self.read_router()
        for issue, running in self.clocks.items():
            for clock in running.values():
                self.end_clock(issue, None, clock)
        self.check_intake()
        self.check_notices()
        self.check_timers()
        return self

    def report(self, file=sys.stdout):
        for name in ("accepted", "open", "final", "dead", "router records", "deadlines",
                     "ladder steps told", "ladder steps skipped", "overdue", "signed by the clock",
                     "notices"):
            print(f"{self.counts[name]:9} {name}", file=file)
        for name, count in sorted(self.counts.items()):
            if name.startswith("step "):
                print(f"{count:9} {name}", file=file)
        for (stage, level), count in sorted(self.levels.items()):
            print(f"{count:9} {stage} level {level}", file=file)
        for fault in self.faults[:FAULTS_SHOWN]:
            print("FAULT", fault, file=file)
        print(f"{len(self.faults)} faults", file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True, help="folder of the configuration")
    parser.add_argument("folder", help="folder of the journals' lines")
    options = parser.parse_args()
    recount = Recount(options.config, options.folder).run()
    recount.report()
    sys.exit(1 if recount.faults else 0)


if __name__ == "__main__":
    main()
