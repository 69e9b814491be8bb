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

from office_time import DAY, Limits, format_time, parse_time, read_yaml
from recount_told import URGENT, Told
from recount_notices import Notices
from recount_visits import Visits

FINAL = {"closed", "archived", "merged", "referred"}
FAULTS_SHOWN = 40
# In which states the clock of a stage is paused, and in which it goes on without a word.
PAUSED = {"need_info": {"triage"}, "suspended": {"handle", "sign"}}
SILENT = {"review": {"handle", "first_contact"}}


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


class Clock:
    """One stage's deadline of one issue, from its start to its end."""

    def __init__(self, stage, start):
        self.stage, self.start = stage, start
        self.due, self.points = None, []
        self.done = set()        # levels told or skipped
        self.is_overdue = False
        self.intervals = []      # [from, until] in which its timer runs
        self.paused_at = None
        self.paused = self.paused_working = 0

    def run(self, at):
        if not self.intervals or self.intervals[-1][1] is not None:
            self.intervals.append([at, None])

    def stand(self, at):
        if self.intervals and self.intervals[-1][1] is None:
            self.intervals[-1][1] = at

    def moment(self, at):
        """When something at that time must have taken effect; None if the clock ended before, or
        in the same instant."""
        for first, last in self.intervals:
            if last is None or max(at, first) < last:
                return max(at, first)
        return None

    def may_fire(self, at, now):
        """Whether now is the moment for something at that time: its timer runs since before."""
        return any(max(at, first) == now for first, last in self.intervals
                   if last is None or last >= now)


class Recount:
    """The whole of it; `faults` are sentences."""

    def __init__(self, config, folder):
        self.limits = Limits(config)
        self.org = read_yaml(pathlib.Path(config) / "org.yaml")
        self.told = Told(config)
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
        self.corrected = set()  # (issue, when) its kind was corrected
        self.visits = None   # the register and its visits, when intake's records were read
        self.notify = {}     # record of the router -> who is to be told
        self.notices = Notices(config, self.limits.calendar, self.end["journals"])

    def fault(self, issue, sentence):
        self.faults.append(f"{issue}: {sentence}")

    # ---- deadlines ----

    def make_plan(self, stage, facts, part):
        """(due, whether it is a guess, points of the ladder), of when the clock began and how long
        it was paused; None without a limit."""
        key = (stage, facts, part["started_at"], part["is_halved"], part.get("paused_us"),
               part.get("paused_working_us"), stage == "suspend" and part["due_at"])
        if key not in self.plans:
            self.plans[key] = self.compute_plan(stage, facts, part)
        return self.plans[key]

    def compute_plan(self, stage, facts, part):
        calendar = self.limits.calendar
        start = parse_time(part["started_at"])
        duration, ladder = self.limits.find(stage, *facts)
        if duration is None:
            return None
        is_natural = duration[1] in ("m", "h")
        paused = part.get("paused_us") or 0
        due, is_guess = calendar.due(start, *duration)
        if stage == "suspend":
            due = parse_time(part["due_at"])  # decided with it, not computed
        elif part["is_halved"]:
            due = start + (due - start) // 2
        if paused and is_natural:
            start, due = start + paused, due + paused
        elif paused:
            working = part.get("paused_working_us") or 0
            start, due = calendar.add_working(start, working), calendar.add_working(due, working)
        if stage == "suspend":
            is_guess = False  # no calendar moves what was decided
        elif paused or part["is_halved"]:
            is_guess = not is_natural and calendar.is_guess(start // DAY, due // DAY)
        return due, is_guess, self.limits.points(start, due, duration, ladder)

    def plan_clock(self, issue, clock, part, after):
        """Sets when the clock is due and when its ladder's steps come, and compares."""
        facts = (after["urgency"], self.kinds.get(issue), after["category"])
        plan = self.make_plan(clock.stage, facts, part)
        due = parse_time(part["due_at"])
        if plan is None or plan[0] != due:
            self.fault(issue, f"{clock.stage} from {part['started_at']} is due {part['due_at']}, "
                              f"not {plan and format_time(plan[0])}")
        elif plan[1] != part["is_provisional"]:
            self.fault(issue, f"{clock.stage} from {part['started_at']} should "
                              f"{'' if plan[1] else 'not '}be provisional")
        clock.due, clock.points = due, plan[2] if plan else []
        self.counts["deadlines"] += 1

    def start_clock(self, issue, at, part, after):
        clock = Clock(part["stage"], parse_time(part["started_at"]))
        if clock.start != at:
            self.fault(issue, f"{clock.stage} says it began at {part['started_at']}, but it was "
                              f"{format_time(at)}")
        self.plan_clock(issue, clock, part, after)
        return clock

    def pause_clock(self, issue, at, clock, part, after):
        """A clock that is paused, or goes on: the time of the pause is not used."""
        is_paused = clock.stage in PAUSED.get(after["state"], ())
        if is_paused and clock.paused_at is None:
            clock.paused_at = at
        elif not is_paused and clock.paused_at is not None:
            clock.paused += at - clock.paused_at
            clock.paused_working += self.limits.calendar.working_between(clock.paused_at, at)
            clock.paused_at = None
            self.counts["pauses"] += 1
            self.replan_clock(issue, at, clock, part, after)
        said = part.get("paused_us") or 0, part.get("paused_working_us") or 0
        if said != (clock.paused, clock.paused_working):
            self.fault(issue, f"{clock.stage} was paused for {clock.paused} us, of them "
                              f"{clock.paused_working} of work, and not for {said}")

    def replan_clock(self, issue, at, clock, part, after):
        """Its steps come at other times now; those that lie ahead are told, whatever was told."""
        self.check_missing(issue, clock, at)
        # What is behind it by the new plan comes now, if it runs.
        is_running = clock.intervals and clock.intervals[-1][1] is None
        clock.intervals = [[at, None]] if is_running else []
        self.plan_clock(issue, clock, part, after)
        # Another ladder may have levels between those of the one before.
        clock.done |= {level for level, _ in clock.points if level <= max(clock.done, default=-1)}
        ahead = [level for level, when in clock.points if when > at and level in clock.done]
        if ahead:
            clock.done = {level for level in clock.done if level < ahead[0]}
        clock.is_overdue = clock.is_overdue and clock.due <= at

    def take_clocks(self, issue, at, after):
        running = self.clocks.setdefault(issue, {})
        parts = {part["stage"]: part for part in after["clocks"]}
        before = self.last.get(issue)
        is_corrected = (issue, at) in self.corrected or (before is not None and any(
            before[name] != after[name] for name in ("urgency", "category")))
        for stage in list(running):
            part = parts.get(stage)
            if part is None or parse_time(part["started_at"]) != running[stage].start:
                self.end_clock(issue, at, running.pop(stage))
        for stage, part in parts.items():
            if stage not in running:
                running[stage] = self.start_clock(issue, at, part, after)
            clock = running[stage]
            self.pause_clock(issue, at, clock, part, after)
            if is_corrected and stage != "suspend":
                self.replan_clock(issue, at, clock, part, after)
            if parse_time(part["due_at"]) != clock.due:
                self.fault(issue, f"{stage} was due {format_time(clock.due)} and is due "
                                  f"{part['due_at']} now, and nothing moved it")
            state = after["state"]
            if stage in PAUSED.get(state, ()) or stage in SILENT.get(state, ()):
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
            if clock.is_overdue:
                self.fault(issue, f"{clock.stage} was told overdue twice")
            if not clock.may_fire(clock.due, at):
                self.fault(issue, f"{clock.stage} was due {format_time(clock.due)} and was told at "
                                  f"{format_time(at)}")
            clock.is_overdue = True
            self.counts["overdue"] += 1
        points = dict(clock.points)
        level = message["level"]
        if level in points:
            self.take_level(issue, clock, level)
            self.levels[clock.stage, level] += 1
            self.counts["ladder steps told"] += 1
            if not clock.may_fire(points[level], at):
                self.fault(issue, f"{clock.stage} level {level} came at {format_time(at)}, not at "
                                  f"{format_time(points[level])}")
        self.check_told(issue, clock, message, level in points)
        for number in message["skipped"]:
            self.take_level(issue, clock, number)
            self.counts["ladder steps skipped"] += 1
            if points.get(number, at + 1) > at:
                self.fault(issue, f"{clock.stage} level {number} was skipped before its time")

    def check_told(self, issue, clock, message, is_step):
        """Those who stand in the ladder's step, and nobody else."""
        after = message["after"]
        ladder = self.limits.find(clock.stage, after["urgency"], self.kinds.get(issue),
                                  after["category"])[1]
        words = [word for step in ladder if int(step["level"]) == message["level"] and is_step
                 for word in step["tell"]]
        wanted = self.told.people_of(issue, clock.stage, after, words)
        if set(message["notify"]) != wanted:
            self.fault(issue, f"{clock.stage} level {message['level']} is told to "
                              f"{sorted(message['notify'])} and not to {sorted(wanted)}")

    def check_dispatch(self, issue, message, section, urgency, heard):
        """All of the section who have to hear of it; the leaders once for all sections."""
        wanted = self.told.of_dispatch(section, urgency)
        found = set(message["notify"])
        self.counts["dispatches told to staff"] += urgency in URGENT
        if not wanted - heard <= found <= wanted | heard:
            self.fault(issue, f"the dispatch to {section} is told to {sorted(found)} and not to "
                              f"{sorted(wanted)}")

    def take_dispatch(self, issue, line):
        message = line["message"]
        if line["type"] == "leg_event":
            leader = {self.told.leaders[line["topic"]]}
            self.check_dispatch(issue, message, line["topic"], message["urgency"], leader)
        elif message["after"]["state"] == "dispatched":
            after = message["after"]
            self.check_dispatch(issue, message, after["lead"], after["urgency"], {after["leader"]})

    def take_level(self, issue, clock, level):
        if level in clock.done:
            self.fault(issue, f"{clock.stage} came to level {level} twice")
        clock.done.add(level)

    def end_clock(self, issue, at, clock):
        clock.stand(at)
        self.check_missing(issue, clock, at)

    def check_missing(self, issue, clock, until):
        """What should have come before then, in the time that the clock ran."""
        for level, due in clock.points:
            moment = clock.moment(due)
            if moment is not None and moment < until and level not in clock.done:
                self.fault(issue, f"{clock.stage} level {level} at {format_time(due)} never came")
        moment = clock.moment(clock.due)
        if moment is not None and moment < until and not clock.is_overdue:
            self.fault(issue, f"{clock.stage} was due {format_time(clock.due)} and nobody was told")

    # ---- journals ----

    def read_router(self):
        for line in read_lines(self.folder / "router.jsonl"):
            self.counts["router records"] += 1
            message, issue = line["message"], line.get("issue")
            at = parse_time(line["at"])
            self.counts[line["type"]] += 1
            self.notices.take_router(line)
            if line["type"] == "opened_event":
                if issue in self.kinds:
                    self.fault(issue, "was opened twice")
                self.kinds[issue] = message["kind"]
                self.told.areas[issue] = message["area"]
            if line["type"] in ("opened_event", "leg_event"):
                self.take_dispatch(issue, line)
            if line["type"] == "clock_event":
                self.take_news(issue, at, message)
                self.notify[line["seq"]] = message["notify"]
            if line["type"] == "step_event":
                self.counts["step " + message["happening"]] += 1
                if message["happening"] == "sign" and "actor" not in line:
                    self.counts["signed by the clock"] += 1
                if message.get("kind"):
                    self.kinds[issue] = message["kind"]
                    self.corrected.add((issue, at))
            if "after" in message:
                self.take_clocks(issue, at, message["after"])
                self.last[issue] = message["after"]

    def check_intake(self):
        reported = set()
        self.visits = visits = Visits(self.limits.calendar, self.org)
        for line in read_lines(self.folder / "intake.jsonl"):
            if line["type"] == "reported_event":
                reported.add(line["issue"])
            visits.take(line)
            self.notices.take_intake(line)
        self.check_visits(visits)
        dead = self.counts["dead_lettered_event"]
        final = sum(after["state"] in FINAL for after in self.last.values())
        still_open = len(self.last) - final
        self.counts.update(accepted=len(reported), open=still_open, final=final, dead=dead)
        if len(reported) != still_open + final + dead:
            self.faults.append(f"{len(reported)} accepted, but {still_open} open, {final} final "
                               f"and {dead} dead")
        for issue in reported ^ set(self.kinds):
            self.fault(issue, "is at one of intake and router only")

    def check_visits(self, visits):
        visits.check(self.now)
        if (self.folder / "coverage.jsonl").exists():
            visits.check_coverage(read_lines(self.folder / "coverage.jsonl"))
        if self.end["timers"]["intake"] != visits.timers(self.now):
            self.faults.append(f"intake has {self.end['timers']['intake']} timers, and needs "
                               f"{visits.timers(self.now)}")
        self.counts.update(visits.counts)
        self.faults += visits.faults

    def check_notices(self):
        notices = self.notices
        for line in read_lines(self.folder / "notifier.jsonl"):
            notices.take(line)
        timers = notices.check(self.now)
        if self.end["timers"]["notifier"] != timers:
            self.faults.append(f"the notifier has {self.end['timers']['notifier']} timers, and "
                               f"needs {timers}")
        told = notices.heard
        self.counts.update(notices.counts)
        self.faults += notices.faults
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
                self.check_missing(issue, clock, self.now + 1)
        self.check_intake()
        self.check_notices()
        self.check_timers()
        return self

    def report(self, file=sys.stdout):
        for name in ("accepted", "open", "final", "dead", "router records", "deadlines",
                     "pauses", "ladder steps told", "ladder steps skipped", "overdue", "signed by the clock", "dispatches told to staff",
                     "notices", "held", "told at once at night", "lines of digests", "digests",
                     "told again", "passed on", "read", "visits", "coverage rows", "visit reminders", "promises",
                     "promises kept", "promise reminders",
                     "households that changed hands"):
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
