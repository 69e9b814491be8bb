#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A daemon that is there but does not answer: how long calls wait for it, and what they say."""
import contextlib
import signal
import time

import lianhu
from journey import CADRE, HOUSEHOLD, Journey

LOOK_S = 2  # what a change waits for the router's word
TRIES = 3   # the quickest counts; other work on the machine is no failure
SLACK_S = 0.9
REPORT = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category", "roads",
          "--title", "路灯不亮", "--text", "村口的路灯不亮")


class NoAnswer(lianhu.SystemTest):
    instance_options = {"households": 40}

    @contextlib.contextmanager
    def stopped(self, name):
        pid = self.instance.kill(name, signal.SIGSTOP)
        try:
            yield
        finally:
            if self.instance.pids().get(name) == pid:
                self.instance.kill(name, signal.SIGCONT)
        self.instance.settle()

    def quickest(self, *words, code, **rest):
        """The quickest of some calls that all end with `code`, and its seconds."""
        results = []
        for _ in range(TRIES):
            begun = time.monotonic()
            done = self.instance.cli(*words, **rest)
            results.append((time.monotonic() - begun, done))
            self.assertEqual(done.code, code, done)
        return min(results, key=lambda result: result[0])

    def test_a_report_waits_two_seconds_for_the_router_and_is_recorded(self):
        with self.stopped("router"):
            seconds, done = self.quickest(*REPORT, code=0, person=CADRE)
            self.assertEqual((done.json["state"], done.json["pending"]), ("accepted", True), done)
            if not lianhu.is_sanitized():
                self.assertLess(seconds, LOOK_S + SLACK_S)
        shown = self.instance.ok("issue", "show", done.json["issue"])
        self.assertEqual(shown["state"], "dispatched", "it went on when the router did")

    def test_a_query_waits_as_long_as_it_is_told_and_names_the_daemon(self):
        issue = Journey(self.instance).submit()["issue"]
        with self.stopped("router"):
            seconds, done = self.quickest("issue", "show", issue, "--timeout", 1, code=69)
            self.assertRegex(done.error["message"], "^'router' .* no answer within 1.0 s")
            if not lianhu.is_sanitized():
                self.assertLess(seconds, 1 + SLACK_S)

    def test_a_command_gets_the_request_id_to_find_out_with(self):
        with self.stopped("intake"):
            _, done = self.quickest(*REPORT, "--timeout", 1, code=75, person=CADRE)
            self.assertEqual(done.error["code"], "unknown")
            self.assertRegex(done.error["message"], "^'intake' .* no answer within 1.0 s")
            self.assertRegex(done.err, "--request-id [0-9a-f-]{36}")

    def test_status_tells_it_from_one_that_is_down(self):
        with self.stopped("router"):
            done = self.instance.cli("status")
            self.assertEqual(done.code, 0, done)
            self.assertRegex(done.err, "'router' is there but gives no answer")
            router = next(d for d in done.json["daemons"] if d["name"] == "router")
            self.assertEqual((router["up"], router["listens"]), (False, True))
            text = lianhu.run("status", "--home", self.instance.home).out
            self.assertRegex(text, r"(?m)^router +no answer\b")

    def test_a_clock_that_cannot_go_on_says_for_whom_it_waits(self):
        instance = lianhu.Instance(households=10, test_clock="2026-10-12T09:00:00+08:00")
        self.addCleanup(instance.close)
        instance.up()
        instance.settle()
        instance.hold("notifier")
        begun = time.monotonic()
        done = instance.cli("clock", "advance", "1h", "--timeout", 2)
        self.assertEqual(done.code, 75, done)
        self.assertIn("'notifier' does not come to rest", done.error["message"])
        if not lianhu.is_sanitized():
            self.assertLess(time.monotonic() - begun, 2 + 2 * SLACK_S)

    def test_down_ends_it_all_the_same_and_nothing_is_lost(self):
        issue = Journey(self.instance).submit()["issue"]
        self.instance.kill("router", signal.SIGSTOP)
        begun = time.monotonic()
        self.assertIs(self.instance.ok("down")["was_running"], True)
        self.assertLess(time.monotonic() - begun, 10)
        self.instance.process.wait(1)
        self.instance.down()
        self.instance.up()
        self.instance.settle()
        self.assertEqual(self.instance.ok("issue", "show", issue)["state"], "dispatched")


if __name__ == "__main__":
    lianhu.main()
