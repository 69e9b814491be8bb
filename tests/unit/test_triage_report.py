#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/triage-report on a few invented messages: shares, tables, drawing, refusals."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = sys.argv.pop() if len(sys.argv) > 1 else None

EMERGENCIES = {
    rule["id"]
    for rule in yaml.safe_load((ROOT / "config/example/routing.yaml").read_text("utf-8"))["rules"]
    if rule["then"].get("urgency") == "emergency"}

TRAIN = [
    ("路灯不亮", "门口的路灯坏了半年", "城乡建设"),
    ("井盖破损", "道路中间的井盖破了", "城乡建设"),
    ("工厂拖欠工资", "三个月工资没有发", "劳动和社会保障"),
    ("单位不交养老保险", "退休以后怎么办", "劳动和社会保障"),
    ("请关心一下", "有件事想请领导关心", "教育文体"),
    ("学校乱收学费", "学费之外又收补课费", "教育文体"),
]


class TriageReport(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, rows):
        path = pathlib.Path(self.folder.name) / name
        keys = ("title", "text", "category")
        path.write_text("".join(json.dumps(dict(zip(keys, row)), ensure_ascii=False) + "\n"
                                for row in rows), encoding="utf-8")
        return str(path)

    def run_report(self, *arguments):
        tool = ["--tool", TOOL] if TOOL else []
        return subprocess.run([sys.executable, ROOT / "scripts/triage-report", *arguments, *tool],
                              cwd=self.folder.name, capture_output=True, text=True, check=False)

    def test_shares_add_up_and_rules_are_counted(self):
        done = self.run_report(self.write("train.jsonl", TRAIN), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        shares = json.loads(done.stdout)
        self.assertEqual(shares["n"], 6)
        self.assertAlmostEqual(sum(shares["rules"].values()), 1)
        self.assertAlmostEqual(shares["rules"]["right"], 5 / 6)
        self.assertAlmostEqual(shares["rules"]["triage"], 1 / 6)
        self.assertLessEqual(shares["suggestions"]["top1"], shares["suggestions"]["top3"])

    def test_what_was_learned_is_suggested_for_a_test_file(self):
        test = self.write("test.jsonl", [("路灯", "没有路灯", "城乡建设"),
                                         ("工资", "工资太低", "劳动和社会保障")])
        done = self.run_report(self.write("train.jsonl", TRAIN), "--test", test, "--json")
        self.assertEqual(json.loads(done.stdout)["suggestions"], {"top1": 1.0, "top3": 1.0})

    def test_tables_are_printed_and_drawn(self):
        done = self.run_report(self.write("train.jsonl", TRAIN))
        self.assertIn("rules: right 83.3%, wrong 0.0%, left to the desk 16.7%", done.stdout)
        drawn = (pathlib.Path(self.folder.name) / "triage-report.svg").read_text(encoding="utf-8")
        self.assertIn("城乡建设", drawn)

    def test_what_cannot_be_measured_is_refused_with_its_line(self):
        message = '{"title": "路灯", "text": "不亮", "category": "城乡建设"}'
        cases = (('{"title": "甲", "text": "乙", "category": "丙"}',
                  ":2: the category is neither a name of level 1 nor a code"),
                 ('{"title": "甲", "text": "乙", "reply": "已收到"}', ":2: no category"),
                 ('{"text": "", "category": "城乡建设"}', ":2: neither title nor text"),
                 ("路灯不亮", ":2: this line is no JSON object"),
                 ('["路灯"]', ":2: this line is no JSON object"))
        good = self.write("good.jsonl", TRAIN)
        for line, expected in cases:
            for options in (["bad.jsonl"], [good, "--test", "bad.jsonl"]):
                with self.subTest(line=line, options=options):
                    path = pathlib.Path(self.folder.name) / "bad.jsonl"
                    path.write_text(f"{message}\n{line}\n", encoding="utf-8")
                    done = self.run_report(*options, "--json")
                    self.assertEqual((done.returncode, done.stdout), (78, ""))
                    self.assertIn("bad.jsonl" + expected, done.stderr)

    def test_files_without_messages_and_without_a_file_are_refused(self):
        for name, expected in ((self.write("empty.jsonl", []), "there is no message in the file"),
                               ("nowhere.jsonl", "the file can't be read")):
            done = self.run_report(name, "--json")
            self.assertEqual((done.returncode, done.stdout), (78, ""))
            self.assertIn(f"{name}: {expected}", done.stderr)

    def test_what_was_sent_to_a_wrong_section_is_listed_in_the_order_of_the_input(self):
        rows = [("工资没有发", "", "城乡建设")] * 5 + TRAIN + [("请管路灯", "", "教育文体")]
        path = self.write("train.jsonl", rows)
        done = self.run_report(path, "--wrong")
        self.assertEqual(done.returncode, 0, done.stderr)
        *wrong, summary = done.stdout.splitlines()
        self.assertEqual(wrong, [f"{n}: 城乡建设, not 劳动和社会保障 by labour-certain: 工资没有发"
                                 for n in range(1, 6)]
                         + ["12: 教育文体, not 城乡建设 by streets-title: 请管路灯"])
        self.assertEqual(summary, "6 of 12 sent to a wrong section")
        hidden = self.run_report(path, "--wrong", "--hide-own")
        self.assertIn("sent to a wrong section", hidden.stdout)
        self.assertFalse((pathlib.Path(self.folder.name) / "triage-report.svg").exists())

    def test_scores_are_compared_with_how_often_they_are_right(self):
        done = self.run_report(self.write("train.jsonl", TRAIN * 4))
        line = next(li for li in done.stdout.splitlines() if li.startswith("calibration: "))
        self.assertRegex(line, r"^calibration: \d+\.\d% apart on average \(to \d+% \d+ scored")
        counted = sum(int(n) for n in re.findall(r"to \d+% (\d+) scored", line))
        self.assertEqual(counted, 24, line)
        self.assertRegex(done.stdout, r"the rules suggest to the desk: of 4 first right \d")

    def test_words_of_one_message_alone_can_be_hidden(self):
        rows = TRAIN + [("路灯太暗", "", "城乡建设"), ("井盖松动", "", "城乡建设")]
        done = self.run_report(self.write("train.jsonl", rows), "--hide-own", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        shares = json.loads(done.stdout)
        self.assertEqual(shares["n"], 8)
        self.assertNotIn("suggestions", shares)
        self.assertEqual(shares["rules"]["right"], 4 / 8, "lamps and covers, each named twice")

    def test_other_members_codes_and_windows_files_are_accepted(self):
        path = pathlib.Path(self.folder.name) / "other.jsonl"
        lines = [json.dumps({"id": 7, "title": title, "reply": None, "category": code},
                            ensure_ascii=False)
                 for title, code in (("路灯不亮", "roads"), ("养老金少发", "labour"))]
        path.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode())
        done = self.run_report(self.write("train.jsonl", TRAIN), "--test", str(path), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["rules"],
                         {"right": 1.0, "triage": 0.0, "wrong": 0.0})

    def test_the_shipped_rules_sort_the_language_of_the_field(self):
        """Invented messages, in the words that people use when they call a hotline."""
        done = self.run_report(ROOT / "tests/data/field-messages.jsonl", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        shares = json.loads(done.stdout)
        self.assertGreaterEqual(shares["n"], 200)
        self.assertGreaterEqual(shares["rules"]["right"], 0.75, shares)
        self.assertLessEqual(shares["rules"]["wrong"], 0.06, shares)

    def test_the_shipped_rules_sort_what_people_say_in_their_own_words(self):
        done = self.run_report(ROOT / "tests/data/colloquial-messages.jsonl", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        shares = json.loads(done.stdout)
        self.assertGreaterEqual(shares["n"], 200)
        self.assertGreaterEqual(shares["rules"]["right"], 0.75, shares)
        self.assertLessEqual(shares["rules"]["wrong"], 0.05, shares)

    def test_the_shipped_rules_know_dangers_from_talk_of_them(self):
        lines = (ROOT / "tests/data/danger-messages.jsonl").read_text(encoding="utf-8").splitlines()
        messages = [json.loads(line) for line in lines]
        rules = self.deciding_rules(messages)
        missed = [m["title"] for m, rule in zip(messages, rules)
                  if m["danger"] and rule not in EMERGENCIES]
        raised = [m["title"] for m, rule in zip(messages, rules)
                  if not m["danger"] and rule in EMERGENCIES]
        self.assertGreater(len(messages), 300)
        self.assertLessEqual(len(missed), 0.02 * len(messages), missed)
        self.assertEqual(raised, [])

    def deciding_rules(self, messages):
        """The rule that decides each, in their order."""
        path = self.write("dangers.jsonl", [(m["title"], m["text"], "政法") for m in messages])
        tool = TOOL or max(ROOT.glob("build/**/bin/triage_measure"), key=os.path.getmtime)
        done = subprocess.run([tool, ROOT / "config/example", "1", path], capture_output=True,
                              text=True, check=True)
        results = sorted(map(json.loads, done.stdout.splitlines()), key=lambda r: r["number"])
        return [result["rule"] for result in results]


if __name__ == "__main__":
    unittest.main()
