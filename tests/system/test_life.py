#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of an instance: begun, ended, begun twice, orphaned; and how long a call takes."""
import os
import re
import signal
import statistics
import subprocess
import time

import lianhu
from journey import Journey

CALLS = 25
MOST_CPU_MS = 150  # of processor time, what the quickest call may take, also of a debug build

LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 "
                      r"(error|warning|info) [\w-]+: \S"
                      r"|\S+:\d+:\d+: warning: ")  # of the configuration, before it starts


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

    def test_every_line_of_the_log_has_time_level_and_name(self):
        """Also those of `up` itself: what it imported first, and which daemon it starts again."""
        pid = self.instance.kill("notifier")
        lianhu.wait_until(lambda: self.instance.pids().get("notifier") not in (None, pid), 5,
                          "it is back")
        self.instance.settle()
        said = self.instance.log_text()
        for line in said.splitlines():
            self.assertRegex(line, LOG_LINE)
        self.assertRegex(said, r"(?m) info lianhu: .* register=households rows=40$")
        self.assertRegex(said, r"(?m) warning lianhu: a daemon was ended by a signal; it is "
                               r"started again daemon=notifier signal=9 pause_ms=\d+$")

    def test_a_daemon_that_cannot_start_does_not_spin(self):
        """It is tried again with pauses, the others work, and its reason is said."""
        name = "notifier"
        data = self.instance.home / "state" / name / "data.mdb"
        self.instance.hold(name)
        kept = data.read_bytes()
        data.write_bytes(b"no store at all" * 1000)
        size = len(self.instance.log_text())

        def ends():
            said = rf" error lianhu: a daemon ended and needs a person, .* daemon={name} status=78 "
            return len(re.findall(said, self.instance.log_text()[size:]))

        begun = time.monotonic()
        (self.instance.home / "run" / f"hold.{name}").unlink()
        lianhu.wait_until(lambda: ends() >= 2, 60, "it was started twice")
        self.assertGreater(time.monotonic() - begun, 9, "what cannot work is tried every 10 s")
        self.assertIn("not an LMDB file", self.instance.log_text()[size:])
        self.assertIn(Journey(self.instance).submit()["state"], ("dispatched",))
        (self.instance.home / "run" / f"hold.{name}").touch()
        self.instance.kill(name)
        lianhu.wait_until(lambda: name not in self.instance.pids(), 10, f"{name} is gone")
        data.write_bytes(kept)
        (self.instance.home / "run" / f"hold.{name}").unlink()
        self.instance.settle()

    def test_a_folder_that_is_taken(self):
        done = lianhu.run("init", self.instance.home, "--example")
        self.assertEqual(done.code, 1, done)
        self.assertIn("not empty", done.err)

    def time_call(self, words):
        """Milliseconds of the clock, and of the processor, that a call takes. The latter does not
        depend on what else the machine does."""
        begun = time.perf_counter()
        child = subprocess.Popen(  # pylint: disable=consider-using-with
            [lianhu.program(), *map(str, words)], stdout=subprocess.DEVNULL)
        _, code, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
        self.assertEqual(child.returncode, 0, words)
        return (time.perf_counter() - begun) * 1000, (used.ru_utime + used.ru_stime) * 1000

    def test_a_call_starts_at_once(self):
        journey = Journey(self.instance)
        journey.submit()
        for words in (("--version",), ("issue", "show", journey.issue, "--home",
                                       self.instance.home)):
            times = [self.time_call(words) for _ in range(CALLS)]
            wall_ms, cpu_ms = zip(*times)
            print(f"lianhu {' '.join(words[:2])}: {CALLS} calls, median {statistics.median(wall_ms):.1f}"
                  f" ms, at work for {statistics.median(cpu_ms):.1f} ms, least {min(cpu_ms):.1f} ms")
            if not lianhu.is_sanitized():
                self.assertLess(min(cpu_ms), MOST_CPU_MS)


if __name__ == "__main__":
    lianhu.main()
