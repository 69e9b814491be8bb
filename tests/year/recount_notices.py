# SPDX-License-Identifier: Apache-2.0
"""Computes again when each notice had to be told, to whom again, and to whom instead, from the
journals of the router, intake and the notifier and the configuration's files."""
import bisect
import collections
import pathlib

from office_time import DAY, MINUTE, format_time, parse_time, read_duration, read_yaml

URGENT = {"emergency", "utility"}
PRESSING = {"action", "warning", "overdue"}
LEADERS = {"leader", "first_responsible"}
OF_SECTION = {"section_staff", "section_head"}
# Told at once whatever the issue; told once although they are not read.
ALARMS = {"without_cadre", "dead_letter", "set_aside"}
ONCE = {"without_cadre", "cards_stale", "set_aside", "passed_on"}
# Told at once when working time has ended so lately.
CLOSING_SLACK = MINUTE
CLOCKS = {"triage", "info", "sign", "first_contact", "handle", "suspend", "ruling", "review",
          "feedback", "callback", "reopen"}
FINAL = {"closed", "archived", "merged", "referred"}


class Office:
    """Who leads, and who hears of what somebody does not read."""

    def __init__(self, path):
        org = read_yaml(path)
        self.people = {person["id"]: person for person in org["people"]}
        self.sections = {section["id"]: section for section in org["departments"]}
        self.heads = {name: section["head"] for section in org["departments"]
                      for name in (section["id"], section["name"])}
        self.office_heads = sorted(person["id"] for person in org["people"]
                                   if "office_head" in person["roles"])
        self.units = {}

    def is_leader(self, person):
        return bool(LEADERS & set(self.people.get(person, {}).get("roles", ())))

    def above(self, person):
        for section in self.sections.values():
            if section["head"] == person:
                return section["leader"]
        known = self.people[person]
        works = OF_SECTION & set(known["roles"]) and known.get("departments")
        return self.sections[works[0]]["head"] if works else None

    def instead_of(self, person):
        if person not in self.people:
            found = self.heads.get(self.units.get(person))
        else:
            found = self.people[person].get("deputy") or self.above(person)
        if found and found != person:
            return found
        return next((head for head in self.office_heads if head != person), None)


class Cause:
    """What a record says of its issue, for those who are told of it."""

    def __init__(self, order, urgency="", supervised=False, is_final=False, subject=None):
        self.order = order
        self.subject = subject   # (issue or "promise", what it asks for)
        self.is_urgent = urgency in URGENT
        self.is_supervised = supervised
        self.is_final = is_final


class Told:
    """A notice that was told and had to be read."""

    def __init__(self, line, cause, is_urgent, at):
        self.issue, self.at = line.get("issue"), at
        self.people = line["message"]["recipients"]
        self.is_overdue = line["message"]["level"] == "overdue"
        self.order, self.is_supervised, self.is_urgent = cause.order, cause.is_supervised, is_urgent
        self.subject = cause.subject
        self.read = {}     # person -> (when, record)
        self.again = []    # (when, people, record)
        self.passed = []   # (when, to whom, record)

    def unread(self, at):
        """Who had not read it then. Of what happens in one instant the order of records decides:
        who reads in the instant at which it is told again may do so just before or just after."""
        record = min((record for when, _, record in self.again + self.passed if when == at),
                     default=float("inf"))
        return {person for person in self.people
                if self.read.get(person, (float("inf"),)) > (at, record)}


class Notices:
    """The notifier's records, one after the other, once those of router and intake are known."""

    def __init__(self, config, calendar, journals):
        config = pathlib.Path(config)
        self.calendar, self.journals = calendar, journals
        self.office = Office(config / "org.yaml")
        rules = read_yaml(config / "deadlines.yaml")["notices"]
        self.after = {(is_urgent, is_again): read_duration(rules[name])
                      for is_urgent, is_again, name in (
                          (False, False, "repeat_after"), (False, True, "pass_on_after"),
                          (True, False, "repeat_after_urgent"), (True, True, "pass_on_after_urgent"))}
        self.causes = {}                             # (journal, record) -> Cause
        self.moves = collections.defaultdict(list)   # issue -> [(record, when)] of its changes
        self.ends = collections.defaultdict(list)    # subject -> [(record, when)] it was over
        self.heard = collections.defaultdict(list)   # record of the router -> [(category, person)]
        self.held = {}                               # record -> (line, cause, when it is told)
        self.lines = collections.Counter()           # (person, when) -> lines of that digest
        self.digests = collections.Counter()         # the same, as told
        self.told = {}                               # record -> Told, None if it may stay unread
        self.first = {}                              # record that told again -> the first one
        self.counts = collections.Counter()
        self.faults = []

    def fault(self, line, sentence):
        self.faults.append(f"{line.get('issue')}: notice {line['seq']} {sentence}")

    # ---- when ----

    def is_working(self, at):
        return any(opens <= at % DAY < closes for opens, closes in self.calendar.spans(at // DAY))

    def is_time_for_telling(self, at):
        return self.is_working(at) or any(
            opens < at % DAY <= closes + CLOSING_SLACK
            for opens, closes in self.calendar.spans(at // DAY))

    def next_working(self, at):
        day = at // DAY
        while True:
            for opens, closes in self.calendar.spans(day):
                if at < day * DAY + closes:
                    return max(at, day * DAY + opens)
            day += 1

    def next_morning(self, at):
        day = at // DAY
        while True:
            spans = self.calendar.spans(day)
            if spans and day * DAY + spans[0][0] > at:
                return day * DAY + spans[0][0]
            day += 1

    def unread_at(self, at, is_urgent, is_again):
        due = self.calendar.due(at, *self.after[is_urgent, is_again])[0]
        return due if is_urgent else self.next_working(due)

    # ---- what others wrote ----

    def take_router(self, line):
        message = line["message"]
        after = message.get("after") or {}
        key = self.journals["router"], line["seq"]
        self.causes[key] = Cause(
            line["seq"], after.get("urgency") or message.get("urgency"),
            bool(after.get("supervised")) or line["type"] == "supervision_event",
            after.get("state") in FINAL, self.find_subject(line))
        self.take_ends(line, after)
        if line["type"] == "step_event" and (message["from"] != message["to"] or
                                             message["to"] in FINAL):
            self.moves[line["issue"]].append((line["seq"], parse_time(line["at"])))

    @staticmethod
    def find_subject(line):
        message = line["message"]
        subject = {"clock_event": message.get("stage"), "supervision_event": "supervision",
                   "step_event": {"urge": "urging", "supervise": "supervision"}.get(
                       message.get("happening"))}.get(line["type"])
        if line["type"] == "supervision_event" and message["news"] == "lifted":
            subject = None
        return subject and (line["issue"], subject)

    def take_ends(self, line, after):
        message, over = line["message"], set()
        if line["type"] == "step_event":
            over = CLOCKS - {clock["stage"] for clock in after["clocks"]}
            over |= {"urging"} if message["from"] != message["to"] else set()
            over |= {"supervision"} if message["to"] in FINAL else set()
        elif line["type"] == "supervision_event" and message["news"] == "lifted":
            over = {"supervision"}
        for subject in over:
            self.ends[line["issue"], subject].append((line["seq"], parse_time(line["at"])))

    def take_intake(self, line):
        message, end = line["message"], (line["seq"], parse_time(line["at"]))
        if line["type"] == "cadres_recorded_event":
            self.office.units.update((row["cadre"], row["unit"])
                                     for row in line["message"]["rows"])
        elif line["type"] == "intake_notice_event":
            promise = message["promise"]
            subject = ("promise", promise) if promise else None
            self.causes[self.journals["intake"], line["seq"]] = Cause(line["seq"], subject=subject)
            if message["category"] == "promise_missed":
                self.ends[subject].append(end)
        elif line["type"] == "promise_kept_event":
            self.ends["promise", message["promise"]].append(end)

    # ---- what the notifier wrote ----

    def take(self, line):
        kind, message = line["type"], line["message"]
        if kind == "held_event":
            self.take_held(line, message, parse_time(line["at"]))
        elif kind == "noticed_event":
            self.take_noticed(line, message, parse_time(line["at"]))
        elif kind == "acked_event":
            self.take_acked(line, message, parse_time(line["at"]))
        elif kind == "moved_event":
            self.fault(line, "waited on although its time had come")

    def find_cause(self, line):
        """The cause, which is heard of here; None of what a timer brought."""
        if "cause" not in line:
            return None
        cause = self.causes.get((line["cause_journal"], line["cause"]))
        if cause is None:
            self.fault(line, f"is because of record {line['cause']}, which is not there")
            cause = Cause(0)
        if line["cause_journal"] == self.journals["router"]:
            self.heard[line["cause"]] += [(line["message"]["category"], person)
                                          for person in line["message"]["recipients"]]
        return cause

    def is_for_digest(self, message, cause):
        leaders = {self.office.is_leader(person) for person in message["recipients"]}
        if len(leaders) != 1:
            self.faults.append(f"{message['recipients']} were told together")
        return (leaders == {True} and message["level"] != "overdue" and not cause.is_supervised and
                not cause.is_urgent and message["category"] not in ALARMS)

    def take_held(self, line, message, at):
        if message["passes_on"]:
            self.take_passed(line, message, at)
            told = self.told[message["passes_on"]]
            cause = Cause(told.order, subject=told.subject)
        else:
            cause = self.find_cause(line)
            if message["is_for_digest"] != self.is_for_digest(message, cause):
                self.fault(line, "belongs into a digest, or does not")
        if message["is_for_digest"]:
            self.counts["lines of digests"] += len(message["recipients"])
            self.lines.update((person, self.next_morning(at)) for person in message["recipients"])
            return
        self.counts["held"] += 1
        until = self.next_working(at)
        if cause.is_urgent or self.is_time_for_telling(at) or parse_time(message["until"]) != until:
            self.fault(line, f"of {line['at']} was held until {message['until']}")
        self.held[line["seq"]] = line, cause, until

    def take_noticed(self, line, message, at):
        self.counts["notices"] += len(message["recipients"])
        if message["digest"]:
            self.take_digest(line, message, at)
        elif message["repeats"]:
            self.counts["told again"] += 1
            self.first[line["seq"]] = message["repeats"]
            self.told[message["repeats"]].again.append((at, set(message["recipients"]),
                                                        line["seq"]))
        elif message["passes_on"]:
            self.take_passed(line, message, at)
        elif message["held"]:
            held, cause, until = self.held.pop(message["held"], ({}, Cause(0), None))
            end = self.find_first(self.ends.get(cause.subject, ()), cause.order)
            if end < at:
                self.fault(line, f"was told although it was over at {format_time(end)}")
            if until != at or held["message"]["recipients"] != message["recipients"]:
                self.fault(line, f"was told at {line['at']}, not at {until and format_time(until)}")
            self.await_reading(line, message, cause, at)
        else:
            self.take_at_once(line, message, at)

    def take_at_once(self, line, message, at):
        cause = self.find_cause(line)
        is_urgent = cause.is_urgent or message["category"] in ALARMS
        if not is_urgent and not self.is_time_for_telling(at):
            self.fault(line, f"was told at {line['at']}, when nobody works")
        if self.is_for_digest(message, cause):
            self.fault(line, "was not left to the leader's digest")
        self.counts["told at once at night"] += is_urgent and not self.is_working(at)
        self.await_reading(line, message, cause, at)

    def await_reading(self, line, message, cause, at):
        is_pressing = (message["level"] in PRESSING and message["category"] not in ONCE and
                       not cause.is_final)
        is_urgent = cause.is_urgent or message["category"] in ALARMS
        self.told[line["seq"]] = Told(line, cause, is_urgent, at) if is_pressing else None

    def take_digest(self, line, message, at):
        person, = message["recipients"]
        self.counts["digests"] += 1
        self.digests[person, at] += message["lines"]

    def take_passed(self, line, message, at):
        self.counts["passed on"] += 1
        for person in message["recipients"]:
            self.told[message["passes_on"]].passed.append((at, person, line["seq"]))

    def take_acked(self, line, message, at):
        seq = message["item"] // 256
        told = self.told.get(self.first.get(seq, seq))
        if told is not None:
            self.counts["read"] += 1
            told.read.setdefault(line["actor"], (at, line["seq"]))

    # ---- at the end ----

    def find_move(self, told):
        """When the issue went on, or what the notice asks for was over."""
        return min(self.find_first(self.moves.get(told.issue, ()), told.order),
                   self.find_first(self.ends.get(told.subject, ()), told.order))

    @staticmethod
    def find_first(changes, order):
        """When the first of them came after that record; none: past all time."""
        place = bisect.bisect_right(changes, (order, float("inf")))
        return changes[place][1] if place < len(changes) else float("inf")

    def check_told(self, seq, told, now):
        """How many timers it has left."""
        moved, at, is_again = self.find_move(told), told.at, False
        while True:
            at = self.unread_at(at, told.is_urgent, is_again)
            unread = told.unread(at)
            is_wanted = unread and moved >= at
            if at > now:
                return bool(unread) and moved > now
            if is_again:
                wanted = {(at, to) for to in map(self.office.instead_of, unread) if to}
                self.compare(seq, told, {(when, to) for when, to, _ in told.passed},
                             wanted if is_wanted else set(), moved)
                return 0
            self.compare(seq, told, {(when, frozenset(people)) for when, people, _ in told.again},
                         {(at, frozenset(unread))} if is_wanted else set(), moved)
            if not is_wanted or not told.again:
                return 0
            is_again = True

    def compare(self, seq, told, found, wanted, moved):
        """What happened and what had to; at the instant of a step it may be either."""
        is_either = not found and all(at == moved for at, _ in wanted)
        if found != wanted and not is_either:
            self.faults.append(f"{told.issue}: notice {seq} of {format_time(told.at)} that was not "
                               f"read led to {sorted(map(str, found))}, not to "
                               f"{sorted(map(str, wanted))}")

    def check(self, now):
        """How many timers the notifier needs."""
        timers = 0
        for line, cause, until in self.held.values():
            end = self.find_first(self.ends.get(cause.subject, ()), cause.order)
            timers += until > now and end > now
            if until <= now and end > until:
                self.fault(line, f"was held until {format_time(until)} and never told")
        for (person, at), count in self.lines.items():
            timers += at > now
            if at <= now and self.digests[person, at] != count:
                self.faults.append(f"{person} had {count} lines for {format_time(at)} and was told "
                                   f"of {self.digests[person, at]}")
        for person, at in set(self.digests) - set(self.lines):
            self.faults.append(f"{person} had a digest of nothing at {format_time(at)}")
        return timers + sum(self.check_told(seq, told, now)
                            for seq, told in self.told.items() if told is not None)
