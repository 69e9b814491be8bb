#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A daemon is away for a while, or comes back with a state from the past.

    tests/system/test_outage.py --minutes 10
"""
import shutil
import threading
import time

import lianhu
import rig
import wire
from journey import CADRE, HOUSEHOLD, STAFF, Journey

PRODUCERS = ("router", "intake", "department-urban", "notifier", "auditor")


class Load(threading.Thread):
    """Reports, and signs and answers what was dispatched before, without waiting for the router."""

    def __init__(self, instance, report, known, name):
        super().__init__(daemon=True)
        self.instance, self.report, self.known, self.title = instance, report, known, name
        self.must_end = threading.Event()
        self.slowest_s = 0

    def command(self, door, daemon, message, fields, person):
        request = wire.make_id()
        begun = time.monotonic()
        reply = door.call(message, fields, person, request, timeout_s=30)
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        if reply is None or not reply.is_ok:
            self.report.fault("unexpected", f"{daemon} {message}: {reply}")
            return None
        with self.report.lock:
            self.report.acks.append((daemon, request, person, reply.fields, reply.seq))
        return reply

    def run(self):
        intake, urban = self.instance.door("intake"), self.instance.door("department-urban")
        while not self.must_end.is_set():
            reply = self.command(intake, "intake", "submit_command", {
                "household": HOUSEHOLD, "kind": "demand", "category": "roads",
                "title": self.title, "text": "路面坑洼，请修一修"}, CADRE)
            if reply is not None:
                with self.report.lock:
                    self.report.submitted[reply.fields["issue"]] = CADRE
            if self.known:
                issue = self.known.pop()
                self.command(urban, "department-urban", "sign_command", {"issue": issue}, STAFF)
                self.command(urban, "department-urban", "answer_command", {
                    "issue": issue, "outcome": "solved", "words": "已办", "evidence": "照片"}, STAFF)
            time.sleep(0.02)
        intake.close()
        urban.close()


def check(instance, report):
    """The accounts of the rig, but for notices of issues that are not closed."""
    status = instance.settle(120)
    journals = {name: instance.records(name) for name in instance.names()}
    rig.check_journals(journals, report)
    rig.check_facts(journals, report)
    rig.check_issues(instance, journals, report)
    for name in instance.names():
        instance.ok("rebuild", name, "--check", timeout=300)
    return status


class Away(lianhu.SystemTest):
    instance_options = {}

    def begin(self, known=()):
        report = rig.Report()
        for item in rig.list_issues(self.instance):
            report.submitted[item["issue"]] = item["cadre"]
        loads = [Load(self.instance, report, list(known[i::3]), f"负载{i}") for i in range(3)]
        for load in loads:
            load.start()
        return report, loads

    def end(self, report, loads):
        for load in loads:
            load.must_end.set()
        for load in loads:
            load.join(60)
            self.assertFalse(load.is_alive(), "no deadlock")
        status = check(self.instance, report)
        self.assertFalse(any(report.faults.values()), rig.explain(report))
        self.assertEqual([d["dead"] for d in status["daemons"]], [0] * 6)
        kept = status["conservation"]
        self.assertEqual(kept["accepted"], kept["open"] + kept["final"])
        return status

    def test_without_the_router_everybody_else_works_on(self):
        known = []
        for number in range(40):
            reply = self.instance.call("intake", "submit_command", {
                "household": HOUSEHOLD, "kind": "demand", "category": "roads",
                "title": f"先前的第{number}件", "text": "路面坑洼"}, CADRE, request=wire.make_id())
            known.append(reply.fields["issue"])
        self.instance.settle()
        report, loads = self.begin(known)
        self.instance.hold("router")
        seconds = lianhu.options.minutes * 60
        begun = time.monotonic()
        time.sleep(min(1, seconds / 2))
        accepted = Journey(self.instance).submit()
        self.assertEqual((accepted["state"], accepted["pending"]), ("accepted", True))
        self.assertLess(time.monotonic() - begun, 6, "the submit waits at most 2 s for the router")
        done = self.instance.cli("issue", "show", accepted["issue"], "--timeout", 1)
        self.assertIn(done.code, (69, 75), done)
        status = self.instance.status()
        self.assertIsNone(status["conservation"]["open"])
        with report.lock:
            report.submitted[wire.issue_number(accepted["issue"])] = CADRE
        time.sleep(max(0, seconds - (time.monotonic() - begun)))
        acked = len(report.acks)
        self.assertGreater(acked, seconds * 10)
        self.assertLess(max(load.slowest_s for load in loads), 5)
        self.instance.release("router")
        self.end(report, loads)
        states = {i["issue"]: i["state"] for i in rig.list_issues(self.instance)}
        self.assertEqual({states[issue] for issue in known}, {"review"})
        print(f"router away for {seconds:.0f} s: {acked} acknowledged meanwhile, lost 0")

    def test_without_the_router_the_section_says_what_it_last_heard(self):
        journey = Journey(self.instance)
        journey.to_in_progress()
        self.instance.settle()
        self.instance.hold("router")
        done = journey.progress()
        self.assertEqual((done["state"], done["lead"], done["pending"]),
                         ("in_progress", "urban", True))
        text = lianhu.run("queue", "progress", journey.issue, "--words", "继续修补", "--as", STAFF,
                          "--home", self.instance.home)
        self.assertEqual(text.out, f"{journey.issue}: recorded; the router has not answered yet "
                         "(in_progress 办理中)\n", text)
        self.instance.release("router")
        self.instance.settle()
        self.assertEqual(self.instance.state_of(journey.issue), "in_progress")

    def test_without_a_department_intake_accepts_and_the_queue_comes_later(self):
        self.instance.settle()
        self.instance.hold("department-urban")
        report = rig.Report()
        journey = Journey(self.instance)
        self.assertEqual(journey.submit()["state"], "dispatched")
        done = self.instance.cli("queue", "sign", journey.issue, "--timeout", 1, person=STAFF)
        self.assertIn(done.code, (69, 75), done)
        done = self.instance.cli("queue", "list", "--department", "urban", "--timeout", 1,
                                 person=STAFF)
        self.assertEqual(done.code, 69, done)
        self.assertEqual(self.instance.ok("queue", "list", "--department", "civil",
                                          person="staff_civil_1"), [])
        self.instance.release("department-urban")
        self.assertEqual(journey.sign()["state"], "in_progress")
        self.assertFalse(any(report.faults.values()))

    def test_each_of_the_others_away_for_a_moment_under_load(self):
        for name in ("notifier", "auditor", "intake", "department-service"):
            report, loads = self.begin()
            self.instance.hold(name)
            time.sleep(0.4)
            self.instance.release(name)
            self.end(report, loads)


class Past(lianhu.SystemTest):
    """A daemon's state is replaced by an older copy of it."""

    def test_followers_refuse_what_was_put_back_in_time_and_say_what_to_do(self):
        instance = lianhu.Instance(households=40)
        self.addCleanup(instance.close)
        state = instance.home / "state"
        instance.up()
        Journey(instance).to_end()
        instance.settle()
        instance.down()
        for name in PRODUCERS:
            shutil.copytree(state / name, instance.folder / f"old-{name}")
        instance.up()
        for _ in range(2):
            Journey(instance).to_end()
        followers = {name: [link["to"] for link in instance.settle()["links"]
                            if link["from"] == name] for name in PRODUCERS}
        instance.down()
        for name in PRODUCERS:
            with self.subTest(daemon=name):
                self.put_back(instance, name, followers[name])
        instance.up()
        instance.settle()
        self.assertEqual(Journey(instance).to_end()["state"], "closed")
        for name in instance.names():
            instance.ok("rebuild", name, "--check")

    def refuses_reports(self, instance):
        """What were acknowledged here would be lost with this history, also after a restart."""
        words = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category", "roads",
                 "--title", "路灯不亮", "--text", "村口的路灯不亮", "--timeout", 1)
        pid = instance.kill("intake")
        lianhu.wait_until(lambda: instance.pids().get("intake") not in (None, pid), 10, "it is back")

        def refused():
            done = instance.cli(*words, person=CADRE)
            return done if done.code != 0 else None
        done = lianhu.wait_until(refused, 15, "intake takes no reports")
        self.assertEqual((done.code, done.error["code"]), (75, "busy"), done)
        self.assertRegex(done.error["message"], "^nothing is taken here: .*put back")
        self.assertIn("'intake': nothing is taken here: ", instance.cli("status").err)

    def put_back(self, instance, name, followers):
        state = instance.home / "state"
        (state / name).rename(instance.folder / f"new-{name}")
        shutil.copytree(instance.folder / f"old-{name}", state / name)
        instance.up()

        def refused():
            links = [link for link in instance.status()["links"] if link["from"] == name]
            return links if all(link["state"] == "refused" for link in links) else None
        links = lianhu.wait_until(refused, 15, f"the followers of {name} refuse")
        self.assertEqual(sorted(link["to"] for link in links), sorted(followers))
        for link in links:
            self.assertRegex(link["sentence"], "put back in time|is not the one")
            self.assertRegex(link["sentence"], "run 'lianhu down' at once, then put back its newest state, or the whole instance from one copy")
        done = instance.cli("status", "--wait", 1)
        self.assertEqual(done.code, 75, "a link that is refused is no rest")
        for follower in followers:
            self.assertIn(f"'{follower}' no longer follows '{name}' (refused): ", done.err)
        if name == "intake":
            self.refuses_reports(instance)
        instance.down()
        shutil.rmtree(state / name)
        (instance.folder / f"new-{name}").rename(state / name)


def add_options(parser):
    parser.add_argument("--minutes", type=float, default=0.1)


if __name__ == "__main__":
    lianhu.main(add_options)
