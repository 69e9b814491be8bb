#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs of docs/examples/ do what they say, also when a daemon is started anew."""
import os
import select
import subprocess
import sys
import time

import lianhu

EXAMPLES = lianhu.ROOT / "docs" / "examples"
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


class Lines:
    """The lines a program prints, as they come."""

    def __init__(self, process):
        self.process, self.text = process, b""

    def next(self, timeout_s=15):
        end = time.monotonic() + timeout_s
        while b"\n" not in self.text:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.process.stdout], [], [], left)[0], "no line"
            chunk = os.read(self.process.stdout.fileno(), 4096)
            assert chunk, "it ended: " + self.process.stderr.read().decode()
            self.text += chunk
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()


class Examples(lianhu.SystemTest):
    instance_options = {"households": 40}

    def client(self, *args):
        return subprocess.run([PYTHON, EXAMPLES / "client.py", self.instance.home, *args],
                              capture_output=True, timeout=30, text=True, check=False)

    def follow(self, *args):
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [PYTHON, EXAMPLES / "section_queue.py", self.instance.home, *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return Lines(process)

    def submit(self, title):
        done = self.client("cadre001", "h00001", "roads", title, "村口主路塌了一个坑，夜里没有灯")
        self.assertEqual(done.returncode, 0, done.stderr)
        accepted, known = done.stdout.splitlines()
        number = accepted.split()[0]
        self.assertEqual(accepted, f"{number} accepted")
        self.assertEqual(known, f"{number} dispatched, lead section urban")
        return number

    def test_both_over_a_restart_of_the_router(self):
        lines = self.follow("urban", "staff_urban_1", "--from-start")
        first = self.submit("路面塌陷一处")
        self.assertEqual(lines.next(), f"{first} 路面塌陷一处")
        self.instance.kill("router")
        second = self.submit("又一处路面塌陷")
        self.assertEqual(lines.next(), f"{second} 又一处路面塌陷")
        # Who begins later and wants all gets both; who begins live gets what comes.
        again = self.follow("urban", "head_urban", "--from-start")
        self.assertEqual(again.next(), f"{first} 路面塌陷一处")
        self.assertEqual(again.next(), f"{second} 又一处路面塌陷")

    def test_what_the_clerk_dispatches_appears_too(self):
        lines = self.follow("civil", "staff_civil_1", "--from-start")
        done = self.client("cadre001", "h00001", "urban_other", "其他事情", "说不清楚的一件事")
        self.assertEqual(done.returncode, 0, done.stderr)
        number, _ = done.stdout.split(maxsplit=1)
        self.assertIn(f"{number} triage", done.stdout)
        self.instance.ok("issue", "dispatch", number, "--lead", "civil", person="triage1")
        self.assertEqual(lines.next(), f"{number} 其他事情")

    def test_refusals_are_sentences(self):
        done = self.client("cadre002", "h00001", "roads", "路", "坏了")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^client: .{10}")
        self.assertNotIn("Traceback", done.stderr)
        lines = self.follow("urban", "staff_civil_1")
        self.assertEqual(lines.process.wait(15), 1)
        self.assertRegex(lines.process.stderr.read().decode(), "staff_civil_1.*may not watch")


if __name__ == "__main__":
    lianhu.main()
