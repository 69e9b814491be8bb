#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Imports with mistakes: every bad line is named at once, whether it could not be read or does not
fit what is known; nothing is taken in."""
import json

import lianhu
from journey import HOUSEHOLD

CADRES = """cadre,name,unit,post,phone
c901,赵一,街道办,科员,13900000001
c902,钱二,街道办,科员,13900000002,
c903,,街道办,科员,13900000003

c904,孙三,街道办,科员,12
c 905,李四,街道办,科员,13900000005
operator,周五,街道办,科员,1
c901,吴六,街道办,科员,13900000006
"""
CADRE_LINES = [(3, ""), (4, "name"), (6, "phone"), (7, "cadre"), (8, "cadre"), (8, "phone"),
               (9, "cadre")]

REPORTS = (
    {"title": "路灯不亮", "text": "村口路灯坏了"},
    "no JSON at all",
    {"title": "路灯不亮"},
    {"title": "路灯不亮", "text": "坏了", "household": "h99999"},
    {"title": "路灯不亮", "text": "坏了", "category": "nowhere"},
    {"title": "路灯不亮", "text": "坏了", "at": "2099-01-01T00:00:00+08:00"},
    {"title": "路灯不亮", "text": "坏了", "household": HOUSEHOLD, "colour": "red"},
)
REPORT_LINES = [(2, ""), (3, "text"), (4, "household"), (5, "category"), (6, "at"), (7, "colour")]

MOST_LINES = 100_000


class Import(lianhu.SystemTest):
    instance_options = {"households": 40}

    def write(self, name, text):
        path = self.instance.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def assert_lines(self, done, expected, path):
        error = self.refused(done, "invalid")
        self.assertEqual([(line["line"], line["column"]) for line in error["lines"]], expected)
        lines = len({line for line, _ in expected})
        self.assertEqual(error["message"], f"'{path}': {len(expected)} problems in {lines} lines; "
                         "nothing was imported")
        for line in error["lines"]:
            self.assertGreater(len(line["message"]), 10, line)

    def test_a_register_with_mistakes_of_both_kinds(self):
        path = self.write("cadres.csv", CADRES)
        before = self.instance.ok("cadre", "list")
        self.assert_lines(self.instance.cli("cadre", "import", path), CADRE_LINES, path)
        self.assertEqual(self.instance.ok("cadre", "list"), before)

    def test_reports_with_mistakes_of_both_kinds(self):
        path = self.write("reports.jsonl", "\n".join(
            r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in REPORTS))
        accepted = self.instance.settle()["conservation"]["accepted"]
        self.assert_lines(self.instance.cli("issue", "import", path), REPORT_LINES, path)
        self.assertEqual(self.instance.settle()["conservation"]["accepted"], accepted)

    def test_a_file_has_at_most_100000_lines(self):
        """One line more, and nothing is taken in; the sentence says what to do."""
        row = "{},李芳,c01,c01v02,cadre001\n"
        head = "household,head,community,village,cadre\n"
        rows = [row.format(f"n{i:06d}") for i in range(MOST_LINES + 1)]
        path = self.write("households.csv", head + "".join(rows))
        done = lianhu.run("household", "import", path, "--home", self.instance.home)
        self.assertEqual(done.code, 1, done)
        self.assertIn(f"\nline {MOST_LINES + 2}: a file may have 100,000 lines; split it\n", done.err)
        path = self.write("households.csv", head + "".join(rows[:-1]))
        self.assertEqual(self.instance.ok("household", "import", path)["imported"], MOST_LINES)
        shown = self.instance.ok("household", "show", f"n{MOST_LINES - 1:06d}")
        self.assertEqual(shown["head"], "李芳")
        report = json.dumps({"title": "路灯不亮", "text": "坏了"}, ensure_ascii=False) + "\n"
        path = self.write("reports.jsonl", report * (MOST_LINES + 1))
        error = self.refused(self.instance.cli("issue", "import", path), "invalid")
        self.assertEqual([line["line"] for line in error["lines"]], [MOST_LINES + 1])

    def test_one_problem_is_no_plural(self):
        path = self.write("cadres.csv", "\n".join(CADRES.splitlines()[i] for i in (0, 1, 3)))
        error = self.refused(self.instance.cli("cadre", "import", path), "invalid")
        self.assertEqual(error["message"],
                         f"'{path}': 1 problem in 1 line; nothing was imported")

    def test_who_may_not_import_is_told_so_first(self):
        path = self.write("cadres.csv", CADRES)
        self.refused(self.instance.cli("cadre", "import", path, person="cadre001"), "forbidden")

    def test_without_intake_the_lines_that_cannot_be_read_are_named(self):
        path = self.write("cadres.csv", CADRES)
        self.instance.hold("intake")
        self.addCleanup(self.instance.release, "intake")
        error = self.refused(self.instance.cli("cadre", "import", path, "--timeout", 1), "invalid")
        self.assertEqual([line["line"] for line in error["lines"]], [3, 4, 7, 9])


class DryRun(lianhu.SystemTest):
    """A dry run goes by the clock of the instance, as the import does, also without daemons."""
    instance_options = {"households": 0, "test_clock": "2026-09-30T10:00:00+08:00"}

    def test_what_lies_in_the_future_is_refused_by_both(self):
        path = self.instance.folder / "reports.jsonl"
        path.write_text("".join(json.dumps({"title": "路灯不亮", "text": "坏了", "at": at}) + "\n"
                                for at in ("2026-09-30T10:00:00+08:00", "2026-09-30 10:01:00",
                                           "2026-10-01T00:00:00+08:00")), encoding="utf-8")
        done = [self.instance.cli("issue", "import", path),
                self.instance.cli("issue", "import", path, "--dry-run")]
        self.instance.down()
        done.append(self.instance.cli("issue", "import", path, "--dry-run"))
        self.instance.up()
        errors = [self.refused(one, "invalid") for one in done]
        self.assertEqual([(line["line"], line["column"]) for line in errors[0]["lines"]],
                         [(2, "at"), (3, "at")])
        self.assertEqual(errors, errors[:1] * 3)


if __name__ == "__main__":
    lianhu.main()
