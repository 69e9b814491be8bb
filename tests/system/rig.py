# SPDX-License-Identifier: Apache-2.0
"""Clients that carry whole issues over the wire while daemons are killed, and the accounts that are
settled afterwards: what was acknowledged is there once, and nothing took effect twice."""
import collections
import contextlib
import os
import random
import signal
import threading
import time

import lianhu
import wire

ANSWER_S = 90      # after so long without an answer a client gives up, and that is a fault
WAIT_MS = 500      # how long a daemon may wait for what a question depends on
REPEAT_SHARE = 0.15  # of answered commands are sent once more with the same id
STRIKE_SHARE = 0.02  # of commands have their daemon killed in the instant the answer arrives

Section = collections.namedtuple("Section", "id daemon category leader")
SECTIONS = (Section("urban", "department-urban", "roads", "leader1"),
            Section("civil", "department-service", "urban_allowance", "leader3"))
SUPERVISOR = "supervisor1"


class Report:
    """What was counted; all of `faults` have to be empty."""

    def __init__(self):
        self.lock = threading.Lock()
        self.may_strike = False
        self.acks = []      # (daemon, request, person, change reply, seq of the reply)
        self.submitted = {}  # issue -> cadre
        self.closed = set()
        self.counts = collections.Counter()
        self.faults = collections.defaultdict(list)

    def fault(self, kind, what):
        with self.lock:
            self.faults[kind].append(what)

    def line(self):
        names = ("acked", "repeated", "kills", "kills_of_all", "restarts", "issues", "closed")
        counts = {"acked": len(self.acks), "issues": len(self.submitted),
                  "closed": len(self.closed), **self.counts}
        faults = ("lost", "doubled", "stuck", "unequal", "dead", "unexpected")
        return ", ".join([f"{name} {counts.get(name, 0)}" for name in names] +
                         [f"{name} {len(self.faults[name])}" for name in faults])


class Client(threading.Thread):
    """Carries one issue after the other from the report to its end."""

    def __init__(self, instance, report, households, number, seed):
        super().__init__(name=f"client {number}", daemon=True)
        self.instance, self.report, self.number = instance, report, number
        self.households = households
        self.dice = random.Random(seed * 1000 + number)
        self.may_begin = True
        self.doors = {}
        self.done = 0

    def door(self, daemon):
        if daemon not in self.doors:
            self.doors[daemon] = self.instance.door(daemon)
        return self.doors[daemon]

    def run(self):
        try:
            while self.may_begin:
                self.carry()
        except Exception as problem:  # pylint: disable=broad-except
            self.report.fault("unexpected", f"{self.name}: {problem!r}")
        for door in self.doors.values():
            door.close()

    def ask(self, daemon, message, fields, person, request=None, **rest):
        """An answer that is neither busy nor unknown; the same question until it comes."""
        end = time.monotonic() + ANSWER_S
        while time.monotonic() < end:
            reply = self.door(daemon).call(message, fields, person, request, timeout_s=2, **rest)
            if reply is not None and reply.status not in ("busy", "unknown"):
                return reply
            if reply is not None:
                time.sleep(0.02)
        self.report.fault("stuck", f"{daemon} {message} {wire.id_text(request or bytes(16))}")
        return None

    def command(self, daemon, message, fields, person, after=None):
        """A change that has to succeed; None when it does not."""
        request = wire.make_id()
        pid = None
        if self.report.may_strike and self.dice.random() < STRIKE_SHARE:
            pid = self.instance.pids().get(daemon)
        rest = {"after": after, "wait_ms": WAIT_MS} if after else {}
        end = time.monotonic() + ANSWER_S
        while True:
            reply = self.ask(daemon, message, fields, person, request, **rest)
            self.strike(pid)
            # What it depends on may not have arrived there yet; refusals leave nothing behind.
            is_early = reply is not None and reply.frame.get("is_late") and not reply.is_ok
            if not is_early or time.monotonic() > end:
                break
        if reply is None:
            return None
        if not reply.is_ok:
            self.report.fault("unexpected", f"{daemon} {message} {fields.get('issue')} by {person}"
                                            f": {reply.status} {reply.text}")
            return None
        with self.report.lock:
            self.report.acks.append((daemon, request, person, reply.fields, reply.seq))
        if self.dice.random() < REPEAT_SHARE:
            self.repeat(daemon, message, fields, person, request, reply)
        return reply

    def strike(self, pid):
        """An answer that came before what it says was on disk is found out by this."""
        if pid is not None and lianhu.is_alive(pid, self.instance.home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                with self.report.lock:
                    self.report.counts["kills"] += 1

    def repeat(self, daemon, message, fields, person, request, first):
        again = self.ask(daemon, message, fields, person, request)
        if again is None:
            return
        with self.report.lock:
            self.report.counts["repeated"] += 1
        if (again.status, again.fields, again.seq) != (first.status, first.fields, first.seq):
            self.report.fault("doubled", f"{daemon} {message} {wire.id_text(request)}: "
                                         f"{first.fields}, again {again.status} {again.fields}")

    def verdict(self, issue, change):
        """What the router made of a fact: its position, so that others can wait for it."""
        end = time.monotonic() + ANSWER_S
        query = {"issue": issue, "journal": change.journal, "seq": change.fields["seq"]}
        while time.monotonic() < end:
            reply = self.ask("router", "verdict_query", query, "operator",
                             after=(change.journal, change.seq), wait_ms=WAIT_MS)
            if reply is None:
                return None
            if not reply.is_ok or reply.fields.get("is_set_aside"):
                self.report.fault("unexpected", f"verdict on {issue}: {reply.fields} {reply.text}")
                return None
            if reply.fields.get("is_settled"):
                return reply.journal, reply.seq
        self.report.fault("stuck", f"no verdict on {query}")
        return None

    def fact(self, daemon, message, fields, person, after=None):
        reply = self.command(daemon, message, fields, person, after)
        return self.verdict(reply.fields["issue"], reply) if reply else None

    def carry(self):
        section = self.dice.choice(SECTIONS)
        household = self.dice.choice(self.households)
        cadre = household["cadre"]
        self.done += 1
        reply = self.command("intake", "submit_command", {
            "household": household["household"], "kind": "demand",
            "category": section.category,
            "title": f"第{self.number}号客户端的第{self.done}件", "text": "请尽快办理。"}, cadre)
        if reply is None:
            return
        issue = reply.fields["issue"]
        with self.report.lock:
            if issue in self.report.submitted:
                self.report.faults["doubled"].append(f"issue {issue} was acknowledged twice")
            self.report.submitted[issue] = cadre
        staff = f"staff_{section.id}_1"
        at = self.verdict(issue, reply)
        at = at and self.fact(section.daemon, "sign_command", {"issue": issue}, staff, at)
        at = at and self.fact(section.daemon, "answer_command", {
            "issue": issue, "outcome": "solved", "words": "已办", "evidence": "照片"}, staff, at)
        reviewed = at and self.command("router", "review_command", {"issue": issue, "ok": True},
                                       section.leader)
        at = reviewed and self.fact("intake", "feedback_command", {
            "issue": issue, "mode": "visit", "words": "已告知", "reaction": "satisfied"}, cadre,
            (reviewed.journal, reviewed.seq))
        at = at and self.fact("auditor", "callback_command", {
            "issue": issue, "reached": "yes", "solved": "yes", "result": 5, "section": 5,
            "cadre": 5}, SUPERVISOR, at)
        if at:
            with self.report.lock:
                self.report.closed.add(issue)


def kill_for(instance, report, seconds, dice, most_s):
    """kill -9 on a daemon after at most `most_s` each time, now and then on all of them."""
    names = instance.names()
    end = time.monotonic() + seconds
    report.may_strike = True
    while time.monotonic() < end:
        time.sleep(dice.uniform(0.02, most_s))
        is_all = dice.random() < 0.06
        report.counts["kills_of_all"] += is_all
        for name in names if is_all else [dice.choice(names)]:
            with report.lock:
                report.counts["kills"] += instance.kill(name) is not None
    report.may_strike = False


def run_clients(instance, seconds, clients, seed, disturb):
    """Clients at work while `disturb(report)` goes on; all have come to an end afterwards."""
    report = Report()
    households = instance.call("intake", "household_query").fields["households"]
    threads = [Client(instance, report, households, n, seed) for n in range(clients)]
    for thread in threads:
        thread.start()
    begun = time.monotonic()
    disturb(report)
    time.sleep(max(0, seconds - (time.monotonic() - begun)))
    for thread in threads:
        thread.may_begin = False
    for thread in threads:
        thread.join(ANSWER_S * 2)
        if thread.is_alive():
            report.fault("stuck", thread.name)
    return report


# ---- the accounts --------------------------------------------------------------------------------

def check_journals(journals, report):
    """Dense numbers; each acknowledged command's records are there, once and no more."""
    by_request = collections.defaultdict(list)
    for daemon, (records, _) in journals.items():
        for expected, record in enumerate(records, 1):
            if record["seq"] != expected:
                report.fault("lost", f"{daemon}: record {expected} is missing")
                break
        for record in records:
            if "request" in record:
                by_request[daemon, record["request"]].append(record["seq"])
    for daemon, request, _, change, _ in report.acks:
        seqs = by_request.get((daemon, request), [])
        wanted = list(range(change["seq"], change["seq"] + change["count"]))
        if not set(wanted) <= set(seqs):
            report.fault("lost", f"{daemon}: request {wire.id_text(request)} was acknowledged as "
                                 f"{wanted}, but its records are {seqs}")
        if len(seqs) > len(wanted):
            report.fault("doubled", f"{daemon}: request {wire.id_text(request)} was acknowledged "
                                    f"as {wanted}, but its records are {seqs}")


FACTS = {wire.NUMBERS[name] for name in ("reported_event", "signed_event", "answered_event",
                                         "told_event", "called_back_event")}


def check_facts(journals, report):
    """The router answers each fact once."""
    answers = collections.Counter(
        (record["cause_journal"], record["cause_seq"]) for record in journals["router"][0]
        if "cause_journal" in record and not record.get("cause_index"))
    for daemon, (records, journal) in journals.items():
        for record in records:
            if daemon == "router" or record["type"] not in FACTS:
                continue
            count = answers[journal, record["seq"]]
            if count != 1:
                report.fault("lost" if count == 0 else "doubled",
                             f"fact {record['seq']} of {daemon} has {count} answers")


def list_issues(instance):
    issues, after = [], 0
    while True:
        reply = instance.call("router", "issue_list_query", {"after": after})
        page = reply.fields.get("issues", [])
        if not page:
            return issues
        issues += page
        after = page[-1]["issue"]


def check_issues(instance, journals, report):
    """Every acknowledged report is known to the router exactly once, and nothing else is."""
    known = collections.Counter(item["issue"] for item in list_issues(instance))
    states = {item["issue"]: item["state"] for item in list_issues(instance)}
    reported = collections.Counter(
        record["issue"] for record in journals["intake"][0]
        if record["type"] == wire.NUMBERS["reported_event"])
    for issue in report.submitted:
        if known[issue] != 1:
            report.fault("lost" if known[issue] == 0 else "doubled",
                         f"{issue} was acknowledged, the router knows it {known[issue]} times")
    if known != reported:
        report.fault("lost", f"intake has {len(reported)} reports, the router {len(known)} issues")
    for issue in set(reported) - set(report.submitted):
        report.fault("doubled", f"{issue} is in the journal, but no client knows of it")
    for issue in report.closed:
        if states.get(issue) != "closed":
            report.fault("lost", f"{issue} was closed, now it is {states.get(issue)}")


def read_inbox(instance, person):
    items, after = [], 0
    while True:
        reply = instance.call("notifier", "inbox_query", {"after": after}, person)
        page = reply.fields.get("items", [])
        if not page:
            return items
        items += page
        after = page[-1]["id"]


def check_notices(instance, report):
    """Each person is told of each event once; the cadre of every step that concerns the cadre."""
    people = sorted(set(report.submitted.values())) + ["leader1", "leader3", "head_urban",
                                                       "head_civil", "office_head"]
    for person in people:
        items = read_inbox(instance, person)
        told = collections.Counter((i["cause_journal"], i["cause_seq"]) for i in items)
        for cause, count in told.items():
            if count > 1:
                report.fault("doubled", f"{person} was told {count} times of {cause[1]}")
        heard = collections.defaultdict(collections.Counter)
        for item in items:
            heard[item["issue"]][item["category"]] += 1
        for issue in report.closed:
            if report.submitted[issue] != person:
                continue
            for category in ("dispatched", "signed", "answered", "closed"):
                count = heard[issue][category]
                if count != 1:
                    report.fault("lost" if count == 0 else "doubled",
                                 f"{person} was told {count} times that {issue} is {category}")


def settle_accounts(instance, report, timeout_s=60):
    """Everything that has to hold when all is quiet again."""
    status = instance.settle(timeout_s)
    report.counts["restarts"] = sum(daemon["epoch"] - 1 for daemon in status["daemons"])
    for daemon in status["daemons"]:
        if daemon["dead"]:
            report.fault("dead", f"{daemon['name']} has {daemon['dead']} dead letters")
    kept = status["conservation"]
    if kept["accepted"] != kept["open"] + kept["final"] + kept["dead"]:
        report.fault("lost", f"conservation: {kept}")
    journals = {name: instance.records(name) for name in instance.names()}
    check_journals(journals, report)
    check_facts(journals, report)
    check_issues(instance, journals, report)
    check_notices(instance, report)
    for name in journals:
        done = instance.cli("rebuild", name, "--check", timeout=300)
        if done.code != 0:
            report.fault("unequal", str(done)[:2000])
    return report


def explain(report, limit=5):
    """The first few of each kind of fault, for people."""
    return "\n".join(f"{kind}: {what}" for kind, all_of_it in report.faults.items()
                     for what in all_of_it[:limit])


def play(seconds, clients=8, seed=None, most_s=0.6):
    """The whole: an instance of its own, killed for so long, and its accounts."""
    seed = random.randrange(1 << 32) if seed is None else seed
    print(f"seed {seed}")
    with lianhu.Instance() as instance:
        dice = random.Random(seed)
        report = run_clients(instance, seconds, clients, seed,
                             lambda r: kill_for(instance, r, seconds, dice, most_s))
        settle_accounts(instance, report)
        print(f"kill -9 for {seconds} s: {report.line()}")
        return report
