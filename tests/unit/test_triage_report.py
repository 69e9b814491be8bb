#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/triage-report on a few invented messages: shares, tables, drawing, refusals."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = sys.argv.pop() if len(sys.argv) > 1 else None

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

    def test_an_unknown_category_is_refused_with_its_line(self):
        done = self.run_report(self.write("train.jsonl", TRAIN + [("甲", "乙", "丙")]), "--json")
        self.assertEqual(done.returncode, 78)
        self.assertIn("train.jsonl:7: the category is not a name of level 1", done.stderr)


if __name__ == "__main__":
    unittest.main()
