#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of an instance: begun, ended, begun twice, orphaned; and how long a call takes."""
import signal
import statistics
import subprocess
import time

import lianhu
from journey import Journey

CALLS = 25
MOST_MS = 30      # what a call may take to start
SLACK = 3         # of the quickest call: other tests run beside it


class Life(lianhu.SystemTest):
    instance_options = {"households": 40}

    def gone(self, pids):
        return lambda: not any(lianhu.is_alive(pid, self.instance.home) for pid in pids)

    def again(self):
        self.instance.up()
        self.instance.settle()

    def test_down_ends_everything(self):
        pids = self.instance.pids().values()
        begun = time.monotonic()
        self.assertIs(self.instance.ok("down")["was_running"], True)
        self.assertLess(time.monotonic() - begun, 10)
        self.assertTrue(self.gone(pids)(), "when it returns all are gone")
        self.assertEqual(self.instance.process.wait(1), 0)
        self.assertIs(self.instance.ok("down")["was_running"], False)
        self.assertEqual(self.instance.cli("status").code, 69)
        self.instance.down()
        self.again()

    def test_both_signals_end_it(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            pids = self.instance.pids().values()
            begun = time.monotonic()
            self.instance.process.send_signal(number)
            self.assertEqual(self.instance.process.wait(10), 0)
            self.assertLess(time.monotonic() - begun, 10)
            self.assertTrue(self.gone(pids)())
            self.instance.down()
            self.again()

    def test_children_end_with_their_parent(self):
        pids = list(self.instance.pids().values())
        self.instance.process.kill()
        self.instance.process.wait()
        lianhu.wait_until(self.gone(pids), 5, "the daemons are gone")
        self.instance.down()
        self.again()

    def test_a_second_one_is_refused(self):
        done = lianhu.run("up", "--home", self.instance.home, timeout=20)
        self.assertEqual(done.code, 1, done)
        self.assertIn(str(self.instance.process.pid), done.err)
        self.instance.settle()

    def test_who_dies_comes_back_at_once_and_with_what_it_knew(self):
        journey = Journey(self.instance)
        journey.submit()
        for name, pid in self.instance.pids().items():
            begun = time.monotonic()
            self.instance.kill(name)
            lianhu.wait_until(lambda n=name, p=pid: self.instance.pids().get(n) not in (None, p),
                              5, f"{name} is back")
            self.assertLess(time.monotonic() - begun, 1, name)
        self.instance.settle()
        self.assertEqual(journey.sign()["state"], "in_progress")

    def test_a_daemon_that_cannot_start_does_not_spin(self):
        """It is tried again with pauses, the others work, and its reason is said."""
        name = "notifier"
        data = self.instance.home / "state" / name / "data.mdb"
        self.instance.hold(name)
        kept = data.read_bytes()
        data.write_bytes(b"no store at all" * 1000)
        size = len(self.instance.log_text())
        (self.instance.home / "run" / f"hold.{name}").unlink()
        time.sleep(2.5)
        log = self.instance.log_text()[size:]
        self.assertIn(name, log)
        self.assertLess(log.count("is started again"), 10, log)
        self.assertIn(Journey(self.instance).submit()["state"], ("dispatched",))
        (self.instance.home / "run" / f"hold.{name}").touch()
        self.instance.kill(name)
        time.sleep(0.3)
        data.write_bytes(kept)
        (self.instance.home / "run" / f"hold.{name}").unlink()
        self.instance.settle()

    def test_a_folder_that_is_taken(self):
        done = lianhu.run("init", self.instance.home, "--example")
        self.assertEqual(done.code, 1, done)
        self.assertIn("not empty", done.err)

    def test_a_call_starts_at_once(self):
        journey = Journey(self.instance)
        journey.submit()
        for words in (("--version",), ("issue", "show", journey.issue, "--home",
                                       self.instance.home)):
            times = []
            for _ in range(CALLS):
                begun = time.perf_counter()
                subprocess.run([lianhu.program(), *map(str, words)], check=True,
                               stdout=subprocess.DEVNULL)
                times.append((time.perf_counter() - begun) * 1000)
            median = statistics.median(times)
            print(f"lianhu {' '.join(words[:2])}: median {median:.1f} ms of {CALLS} calls")
            if not lianhu.is_sanitized():
                self.assertLess(min(times), MOST_MS * SLACK)


if __name__ == "__main__":
    lianhu.main()
