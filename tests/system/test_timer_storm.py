#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many deadlines in one minute: reports and the office's commands are answered meanwhile, and each
deadline has its effect once, through kill -9. `--timers 100000` for the whole of it, on a machine
that does nothing else: the minute passes as it does for people, and adds to no report more than
50 ms."""
import collections
import mmap
import os
import statistics
import threading
import time

import lianhu
import wire
from journey import CADRE, CLERK, HOUSEHOLD, STAFF

STARTED = "2026-03-02T09:00:00+08:00"       # a Monday; 4wh: 80% at 14:12, due at 15:00
WARNED_S = 5 * 3600 + 12 * 60
SIGN_DUE_S = 6 * 3600
IN_FLIGHT = 256
SPREAD_S = 60
PAUSE_S = 0.02
FULL = 100_000
ADDED_S = 0.05                               # what the storm may add to a report, at full size
COMMAND_S = 0.4                              # what half of all reports take at most, on any machine
FAST = 12                                    # how fast a smaller storm's minute passes
CALM_S = 2                                   # without a storm; a minute at full size
SYNC_TRIES = 200


def quantiles(seconds):
    """(p50, p99, max) in ms."""
    ordered = sorted(seconds)
    return tuple(round(1000 * ordered[int((len(ordered) - 1) * q)], 1) for q in (0.5, 0.99, 1))


def measure_disk(folder):
    """What a small write and fdatasync take."""
    took = []
    fd = os.open(folder / "probe", os.O_CREAT | os.O_WRONLY, 0o600)
    for _ in range(SYNC_TRIES):
        begun = time.monotonic()
        os.pwrite(fd, bytes(4096), 0)
        os.fdatasync(fd)
        took.append(time.monotonic() - begun)
    os.close(fd)
    return quantiles(took)


class Clock:
    """The page of the test clock, moved without waiting for anybody."""

    def __init__(self, instance):
        with open(instance.home / "run" / "clock", "r+b") as file:
            # As one number: daemons look at it at any moment.
            self.page = memoryview(mmap.mmap(file.fileno(), 16)).cast("q")
        self.started_us = self.now_us()

    def now_us(self):
        return self.page[1]

    def set_us(self, us):
        self.page[1] = us

    def set_s(self, seconds):
        self.set_us(self.started_us + int(seconds * 1_000_000))

    def run(self, begin_s, seconds, speed):
        """Through so many seconds, so many times as fast as they pass."""
        begun = time.monotonic()
        while (passed := (time.monotonic() - begun) * speed) < seconds:
            self.set_s(begin_s + passed)
            time.sleep(0.02)
        self.set_s(begin_s + seconds)


class Caller(threading.Thread):
    """One client that makes calls one after the other, and notes how long each takes."""

    def __init__(self, instance, daemon, make_call):
        super().__init__(daemon=True)
        self.door = instance.door(daemon)
        self.make_call = make_call
        self.took = []
        self.refused = []
        self.may_go_on = True

    def run(self):
        while self.may_go_on:
            call = self.make_call()
            if call is None:
                break
            begun = time.monotonic()
            reply = self.door.call(*call, request=wire.make_id(), timeout_s=60)
            self.took.append(time.monotonic() - begun)
            if reply is None or not reply.is_ok:
                self.refused.append(reply)
            time.sleep(PAUSE_S)
        self.door.close()

    def end(self):
        self.may_go_on = False
        self.join(90)


class Storm(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=STARTED, is_plain=True)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.clock = Clock(self.instance)
        self.count = lianhu.options.timers
        self.is_full = self.count >= FULL
        self.speed = lianhu.options.speed or (1 if self.is_full else FAST)
        self.number = 0

    def report(self, category="roads", title="第{}件"):
        self.number += 1
        return {"household": HOUSEHOLD, "kind": "demand", "category": category,
                "title": title.format(self.number), "text": "请尽快办理。"}

    def submit_many(self, count, spread_s=0, **report):
        """Reports as fast as they go, spread over so long by the clock."""
        door = self.instance.door("intake")
        issues, begun_us = [], self.clock.now_us()
        sent = 0
        while len(issues) < count:
            while sent < count and sent - len(issues) < IN_FLIGHT:
                self.clock.set_us(begun_us + spread_s * 1_000_000 * sent // count)
                door.send("submit_command", self.report(**report), CADRE, wire.make_id())
                sent += 1
            found = door.receive(30)
            self.assertIsNotNone(found, "intake answers")
            self.assertTrue(found[1].is_ok, found[1])
            issues.append(found[1].fields["issue"])
        door.close()
        return issues

    def settle(self):
        timeout_s = 60 + self.count / 200
        self.instance.settle(timeout_s)

    def counted(self, select):
        """issue -> how many of the router's records are selected."""
        return collections.Counter(r["issue"] for r in self.instance.records("router")[0]
                                   if select(r))

    def once(self, counts, issues):
        wrong = {issue: counts[issue] for issue in issues if counts[issue] != 1}
        self.assertEqual(dict(list(wrong.items())[:5]), {}, f"{len(wrong)} of {len(issues)}")

    def storm(self, begin_s, triage=(), kills=0):
        """The minute from `begin_s` on, with clients at work; what they measured."""
        waiting = iter(triage)

        def dispatch():
            issue = next(waiting, None)
            return issue and ("dispatch_command", {"issue": issue, "lead": "urban"}, CLERK)

        callers = [Caller(self.instance, "intake",
                          lambda: ("submit_command", self.report(), CADRE))]
        if triage:
            callers.append(Caller(self.instance, "router", dispatch))
        for caller in callers:
            caller.start()
        minute = threading.Thread(target=self.clock.run, args=(begin_s, SPREAD_S + 1, self.speed))
        minute.start()
        for _ in range(kills):
            time.sleep((SPREAD_S + 1) / self.speed / (kills + 1))
            self.instance.kill("router")
        minute.join()
        self.wait_for_timers()
        for caller in callers:
            caller.end()
            self.assertEqual(caller.refused, [])
        return [caller.took for caller in callers]

    def be_calm(self):
        """What reports take without a storm, as long as one lasts."""
        caller = Caller(self.instance, "intake", lambda: ("submit_command", self.report(), CADRE))
        caller.start()
        time.sleep(SPREAD_S if self.is_full else CALM_S)
        caller.end()
        self.assertEqual(caller.refused, [])
        self.say("before", {"submit": caller.took})
        return caller.took

    def check_added(self, calm, stormy):
        """No report waits for the timers: half of them, nearly all of them, the slowest one."""
        added = [(after - before) / 1000 for before, after in zip(quantiles(calm),
                                                                  quantiles(stormy))]
        print("added: p50 {:.4f} s, p99 {:.4f} s, max {:.4f} s".format(*added))
        self.assertLess(statistics.median(stormy), COMMAND_S)
        if self.is_full:
            self.assertLessEqual(max(added), ADDED_S)

    def wait_for_timers(self):
        def is_over():
            status = self.instance.cli("status").json
            router = next((d for d in status["daemons"] if d["name"] == "router"), None)
            return router is not None and router["up"] and router["is_idle"]
        lianhu.wait_until(is_over, 60 + self.count / 200, "all timers have fired")

    def say(self, what, took):
        disk = measure_disk(self.instance.folder)
        for name, times in took.items():
            p50, p99, most = quantiles(times)
            print(f"{what}: {name}, {len(times)} calls: p50 {p50} ms, p99 {p99} ms, max {most} ms; "
                  f"fdatasync p50 {disk[0]} ms, p99 {disk[1]} ms, max {disk[2]} ms")

    def test_a_storm_of_deadlines(self):
        triage = self.submit_many(200, category="urban_other", title="有一件事想说说{}")
        issues = self.submit_many(self.count, spread_s=SPREAD_S)
        self.settle()
        listed = self.instance.call("router", "issue_query", {"issue": triage[0]}).fields
        self.assertEqual(listed["state"], "triage")

        calm = self.be_calm()

        # 80% of the limit for signing: one warning each.
        before = self.counted(lambda r: r["type"] == wire.NUMBERS["clock_event"])
        begun = time.monotonic()
        submits, dispatches = self.storm(WARNED_S, triage=triage)
        self.say("warnings", {"submit": submits, "dispatch": dispatches})
        print(f"warnings: {self.count} timers over after {time.monotonic() - begun:.1f} s")
        self.check_added(calm, submits)
        self.settle()
        after = self.counted(lambda r: r["type"] == wire.NUMBERS["clock_event"])
        after.subtract(before)
        self.once(after, issues)

        # The limit itself, signed for by the timer, while the router dies again and again.
        submits, = self.storm(SIGN_DUE_S, kills=3)
        self.say("signing, with kill -9", {"submit": submits})
        self.settle()
        signs = self.counted(lambda r: r.get("happening") == "sign" and r.get("actor") == "system")
        self.once(signs, issues)
        self.check_told(issues)
        self.check_added(calm, submits)
        self.instance.ok("rebuild", "router", "--check", timeout=600)

    def check_told(self, issues):
        """The section's clerk was warned once of each."""
        told, after = collections.Counter(), 0
        while True:
            reply = self.instance.call("notifier", "inbox_query", {"after": after}, STAFF)
            items = reply.fields.get("items", [])
            if not items:
                break
            after = items[-1]["id"]
            told.update(i["issue"] for i in items if i["category"] == "due_soon")
        self.once(told, issues)


def add_options(parser):
    parser.add_argument("--timers", type=int, default=1000, help="deadlines in one minute")
    parser.add_argument("--speed", type=float, help="how many times as fast that minute passes")


if __name__ == "__main__":
    lianhu.main(add_options)
