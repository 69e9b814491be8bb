#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The programs of docs/examples/ do what they say, also when a daemon is started anew; and so does
the example of every verb's help."""
import json
import os
import re
import select
import shlex
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

    def test_both_are_programs(self):
        for path in EXAMPLES.glob("*.py"):
            self.assertTrue(os.access(path, os.X_OK), f"{path} runs as its own text shows it")

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


# The files that examples name.
FILES = {
    "cadres.csv": "cadre,name,unit,post,phone\ncadre901,赵一,街道办,科员,13900000001\n",
    "households.csv": "household,head,community,village,group,address,phone,members,hardship,tags,"
                      "cadre\nh90001,钱二,c01,c01v01,1,,13900000002,3,,,cadre001\n",
    "messages.jsonl": json.dumps({"title": "路灯不亮", "text": "村口路灯坏了"}) + "\n",
}
# These run for ever, make an instance or a load of their own, or end this one.
ELSEWHERE = ("up", "down", "init", "queue watch", "inbox watch", "bench lifecycle", "demo play",
             "completion")
LAST = ("cadre handover", "cadre leave")  # afterwards others may do what the examples do
# Dead letters, notices and visits have numbers that this instance need not have.
NUMBERED = ("dead show", "dead retry", "dead drop", "inbox ack", "inbox read", "visit show",
            "visit keep", "audit prove")
ISSUES = 42  # the examples are about 2026-0000042
EXAMPLE = re.compile(r"(?:for example: |^Example:\n  )(.*lianhu .+)$", re.M)


class Help(lianhu.SystemTest):
    """Every example of every verb's help, in the example's instance."""
    instance_options = {"test_clock": "2026-09-30T10:00:00+08:00"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.work = cls.instance.folder / "work"
        cls.work.mkdir()
        for name, text in FILES.items():
            (cls.work / name).write_text(text, encoding="utf-8")
        (cls.work / "config").symlink_to(cls.instance.home / "config")
        reports = cls.work / "reports.jsonl"
        reports.write_text("\n".join(
            json.dumps({"title": f"第{n}件", "text": "村口路灯坏了", "category": "roads",
                        "household": "h00001"}) for n in range(ISSUES)), encoding="utf-8")
        cls.instance.ok("issue", "import", reports)
        cls.instance.settle()

    def verbs(self):
        """The words of every verb, as `lianhu --help` lists them."""
        text = lianhu.run("--help").out.split("\nOptions of every verb:")[0]
        found = re.findall(r"^  ([a-z]+(?: [a-z-]+)?)  ", text, re.M)
        self.assertGreater(len(found), 70)
        return sorted(found, key=lambda words: words in LAST)

    def words(self, example):
        """The words of the line, without the shell's part of it, with its files made."""
        line = example[example.index("lianhu "):].split(" | ")[0].split(" > ")[0]
        words = shlex.split(line)[1:]
        for word in words:
            if word.startswith("@") and not (self.work / word[1:]).exists():
                (self.work / word[1:]).write_text("照片两张，材料一份", encoding="utf-8")
        return [str(self.instance.folder / "ledger") if w.startswith("/") else w for w in words]

    def test_every_example(self):
        done_well = []
        for verb in self.verbs():
            with self.subTest(verb=verb):
                help_text = lianhu.run(*verb.split(), "--help").out
                example, = EXAMPLE.findall(help_text)
                if verb in ELSEWHERE:
                    continue
                words = self.words(example)
                if "--json" not in words:
                    words.append("--json")
                done = lianhu.run(*words, "--home", self.instance.home, "--timeout",
                                  lianhu.PATIENCE_S, cwd=self.work)
                if done.code == 0:
                    done_well.append(verb)
                else:  # what the issue is not ready for; never a wrong line
                    self.assertEqual(done.code, 1, done)
                    self.assertEqual(done.error["code"],
                                     "not_found" if verb in NUMBERED else "conflict", done)
        print(f"{len(done_well)} examples were done, the others were refused by the state")
        self.assertGreater(len(done_well), 50)


if __name__ == "__main__":
    lianhu.main()
