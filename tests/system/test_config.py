#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every configuration file with every kind of mistake: all errors at once, each with file, line and
column; exit 78; the configuration in force stays. A good one is adopted by every daemon."""
import re
import shutil
import subprocess

import lianhu
from journey import Journey

FILES = ("lianhu.yaml", "org.yaml", "categories.yaml", "routing.yaml", "deadlines.yaml",
         "calendar/hours.yaml", "calendar/2026.yaml", "texts/zh.yaml", "texts/en.yaml")
AT = ("--at", "2026-12-01T09:00+08:00")  # the shipped calendar has this year
ERROR = re.compile(r"^(?P<file>[^:\n]+):(?P<line>\d+):(?P<column>\d+): error: (?P<what>.+)$", re.M)


def append(text):
    return lambda data: data + text


def first_value(data):
    """The first key's value becomes a list where none is meant, or a text where a list is."""
    return re.sub(rb"^(\w+):.*$", rb"\1: {a: [1, 2]}", data, count=1, flags=re.M)


def twice(data):
    key = re.search(rb"^(\w+):", data, flags=re.M)[1]
    return data + key + b": x\n"


# What YAML allows and a configuration does not, or what is broken altogether: (name, change).
GENERAL = (
    ("an unknown key", append(b"unknown_key: 1\n")),
    ("a key that stands twice", twice),
    ("a tab", append(b"x:\n\ty: 1\n")),
    ("an anchor and its alias", append(b"x: &here 1\ny: *here\n")),
    ("a tag", append(b"x: !!str 1\n")),
    ("a merge key", append(b"<<: {x: 1}\n")),
    ("a second document", append(b"---\nx: 1\n")),
    ("bytes that are not UTF-8", append(b"x: \xff\xfe\n")),
    ("an open bracket", append(b"x: [1, 2\n")),
    ("an open quote", append(b'x: "y\n')),
    ("a list instead of keys", lambda data: b"- a\n- b\n"),
    ("a word instead of keys", lambda data: b"word\n"),
    ("nothing at all", lambda data: b""),
    ("a value of the wrong kind", first_value),
)

# A mistake in the meaning: (file, what stands there, what is put there, a word of the error).
MEANINGS = (
    ("lianhu.yaml", "zone: Asia/Shanghai", "zone: Mars/Olympus", "zone"),
    ("lianhu.yaml", "language: zh", "language: xx", "language"),
    ("lianhu.yaml", "kind: intake}", "kind: outtake}", "kind"),
    ("lianhu.yaml", "{name: auditor, kind: auditor}", "{name: intake, kind: auditor}", "intake"),
    ("lianhu.yaml", "departments: [urban, transport,", "departments: [urban, nowhere,", "nowhere"),
    ("lianhu.yaml", "commands_per_batch: 512", "commands_per_batch: 0", "commands_per_batch"),
    ("lianhu.yaml", "map: 64MiB", "map: 64 apples", "map"),
    ("lianhu.yaml", "request_retention_days: 30", "request_retention_days: -1", "retention"),
    ("lianhu.yaml", "request_retention_days: 30", "request_retention_days: 31", "retention"),
    ("org.yaml", "head: head_urban", "head: nobody", "nobody"),
    ("org.yaml", "leader: leader1,", "leader: staff_urban_1,", "leader"),
    ("org.yaml", "feedback_default: staff_party_office_1", "feedback_default: nobody",
     "feedback_default"),
    ("org.yaml", "roles: [section_head]", "roles: [section_chief]", "section_chief"),
    ("org.yaml", "{id: c01v02, name", "{id: c01v01, name", "c01v01"),
    ("org.yaml", "area: c01,", "area: c99,", "c99"),
    ("org.yaml", "{id: triage2, name", "{id: triage1, name", "triage1"),
    ("org.yaml", "departments: [urban], phone", "departments: [nowhere], phone", "nowhere"),
    ("categories.yaml", "code: roads,", "code: Wege!,", "Wege!"),
    ("routing.yaml", "then: {lead: urban}", "then: {lead: nowhere}", "nowhere"),
    ("routing.yaml", "category: transport}, then", "category: nowhere}, then", "nowhere"),
    ("routing.yaml", "when: {category: urban}", "when: {categorie: urban}", "categorie"),
    ("routing.yaml", "id: given-transport", "id: given-urban", "given-urban"),
    ("routing.yaml", "  - id: default\n    then: {triage: true}\n", "", "default"),
    ("routing.yaml", "{text: 门口的坑, category: roads}", "{text: 门口的坑, category: noise}",
     "given-urban"),
    ("deadlines.yaml", "emergency: 30m", "emergency: 30x", "30x"),
    ("deadlines.yaml", "ladder: supervision", "ladder: nowhere", "nowhere"),
    ("deadlines.yaml", "tell: [cadre]}", "tell: [mayor]}", "mayor"),
    ("deadlines.yaml", "  triage:\n", "  triaging:\n", "triag"),
    ("deadlines.yaml", "general: 4wh, complex: 4wh", "general: 60d, complex: 60d", "sign has 60d"),
    ("deadlines.yaml", "first_responsible]\n        supervised: 3",
     "first_responsible]\n        supervised: 1", "supervision 1"),
    ("deadlines.yaml", "at: [+5wd]", "at: [+365d]", "'+365d'"),
    ("deadlines.yaml", "    ladder: reminder\n", "", "'reminder'"),
    ("deadlines.yaml", "  ladder: supervised\n", "  ladder: nowhere\n", "nowhere"),
    ("calendar/hours.yaml", "08:30-12:00", "12:00-08:30", "08:30"),
    ("calendar/hours.yaml", "days: [mon,", "days: [lundi,", "weekdays"),
    ("calendar/2026.yaml", "2026-01-04", "2025-01-04", "2025-01-04"),
    ("calendar/2026.yaml", "2026-02-28", "2026-02-30", "2026-02-30"),
    ("calendar/2026.yaml", "year: 2026", "year: 2027", "202"),
    ("texts/zh.yaml", "办理：{title}", "办理：{titel}", "titel"),
)


class Check(lianhu.SystemTest):
    """`config check` of a copy with mistakes; no daemons."""

    @classmethod
    def setUpClass(cls):
        cls.instance = lianhu.Instance(households=0)
        cls.addClassCleanup(cls.instance.close)
        made = lianhu.run("init", cls.instance.folder / "e", "--example")
        assert made.code == 0, made
        cls.good = cls.instance.folder / "e" / "config"

    def setUp(self):
        self.folder = self.instance.folder / "c"
        shutil.copytree(self.good, self.folder)
        self.addCleanup(shutil.rmtree, self.folder)

    def change(self, name, change):
        path = self.folder / name
        path.write_bytes(change(path.read_bytes()))

    def errors(self):
        """The errors, by file; every line but the last is one."""
        done = lianhu.run("config", "check", self.folder, *AT)
        self.assertEqual(done.code, 78, done)
        self.assertEqual(done.out, "")
        found = [m.groupdict() for m in ERROR.finditer(done.err)]
        self.assertGreater(len(found), 0, done)
        lines = [line for line in done.err.splitlines() if ":1:1: note: " not in line]
        self.assertEqual(len(lines), len(found) + 1, done)
        self.assertRegex(lines[-1], rf"{len(found)} error")
        for error in found:
            name = error["file"].removeprefix(f"{self.folder}/")
            self.assertNotEqual(name, error["file"], "the file is named")
            text = (self.folder / name).read_bytes() if (self.folder / name).exists() else b""
            self.assertLessEqual(int(error["line"]), text.count(b"\n") + 2, error)
            error["name"] = name
        return found

    def test_the_shipped_configuration_is_good(self):
        done = lianhu.run("config", "check", self.folder, *AT)
        self.assertEqual((done.code, done.err), (0, ""))

    def test_every_file_with_every_general_mistake(self):
        for name in FILES:
            kept = (self.folder / name).read_bytes()
            for about, change in GENERAL:
                with self.subTest(file=name, mistake=about):
                    try:
                        self.change(name, change)
                        self.assertIn(name, {error["name"] for error in self.errors()})
                    finally:
                        (self.folder / name).write_bytes(kept)

    def test_every_file_that_is_not_there(self):
        for name in FILES:
            with self.subTest(file=name):
                if name in ("texts/en.yaml", "calendar/2026.yaml"):
                    continue  # another language; the present year, of which a warning is enough
                (self.folder / name).rename(self.folder / "away")
                self.assertIn((name, "1", "1"), [(e["name"], e["line"], e["column"])
                                                 for e in self.errors()])
                (self.folder / "away").rename(self.folder / name)

    def test_years_of_the_calendar(self):
        """None is missing in the middle, nor the one in which deadlines run."""
        (self.folder / "calendar/2025.yaml").rename(self.folder / "away")
        error, = self.errors()
        self.assertEqual(error["name"], "calendar/2025.yaml")
        self.assertIn("2024 and 2026", error["what"])
        (self.folder / "away").rename(self.folder / "calendar/2025.yaml")
        for at, warnings in (("2026-12-31T23:59:59+08:00", 0), ("2027-01-01T00:00+08:00", 1)):
            done = lianhu.run("config", "check", self.folder, "--at", at, "--json")
            self.assertEqual((done.code, done.json["warnings"]), (0, warnings), done)
            self.assertEqual(done.err.count("calendar/2027.yaml:1:1: warning: this file is missing"),
                             warnings)
        self.refused(lianhu.run("config", "check", self.folder, "--at", "soon", "--json"),
                     "invalid", field="at")

    def test_mistakes_in_the_meaning(self):
        for name, old, new, word in MEANINGS:
            with self.subTest(file=name, new=new or f"without {old}"):
                path = self.folder / name
                kept = path.read_text(encoding="utf-8")
                self.assertIn(old, kept)
                try:
                    path.write_text(kept.replace(old, new, 1), encoding="utf-8")
                    found = self.errors()
                    self.assertTrue(any(word in error["what"] for error in found), found)
                finally:
                    path.write_text(kept, encoding="utf-8")

    def test_all_errors_are_said_at_once(self):
        for name in FILES:
            self.change(name, append(b"unknown_key: 1\nanother_key: 2\n"))
        found = self.errors()
        self.assertEqual({error["name"] for error in found}, set(FILES))
        self.assertEqual(len(found), 2 * len(FILES))
        for error in found:
            lines = (self.folder / error["name"]).read_text(encoding="utf-8").splitlines()
            self.assertIn(lines[int(error["line"]) - 1], ("unknown_key: 1", "another_key: 2"))
            self.assertEqual(error["column"], "1")

    def test_mistakes_of_the_meaning_are_said_at_once_too(self):
        """One of each file, but for those that hide others."""
        chosen = {}
        for name, old, new, word in MEANINGS:
            if name in ("org.yaml", "deadlines.yaml", "calendar/hours.yaml", "texts/zh.yaml"):
                chosen.setdefault(name, (old, new, word))
        for name, (old, new, _) in chosen.items():
            path = self.folder / name
            path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1),
                            encoding="utf-8")
        self.assertLessEqual(set(chosen), {error["name"] for error in self.errors()})

    def test_a_folder_that_is_none(self):
        for path in (self.folder / "nowhere", self.folder / "org.yaml"):
            done = lianhu.run("config", "check", path, "--json")
            self.assertEqual(done.code, 78, done)
            self.assertEqual(done.error["code"], "invalid")

    def test_an_instance_without_its_folder_is_said_once(self):
        home = self.instance.folder / "w"
        home.mkdir()
        self.addCleanup(shutil.rmtree, home)
        for how in (("--home", home), (home,)):
            done = lianhu.run("config", "check", *how)
            self.assertEqual((done.code, done.out), (78, ""), done)
            self.assertRegex(done.err, r"^lianhu: there is no folder config/ in '\S+', .* "
                                       r"'lianhu init DIR' .*\n$")
        shutil.copytree(self.folder, home / "config")
        (home / "config" / "org.yaml").unlink()
        done = lianhu.run("config", "check", "--home", home, *AT)
        self.assertRegex(done.err, r"^\S+/config/org\.yaml:1:1: error: ")

    def test_a_start_with_mistakes(self):
        home = self.instance.folder / "s"
        shutil.copytree(self.folder, home / "config")
        (home / "config" / "org.yaml").write_text("x: 1\n", encoding="utf-8")
        done = lianhu.run("up", "--home", home)
        self.assertEqual(done.code, 78, done)
        self.assertRegex(done.err, r"org\.yaml:1:1: error: x")


class Reload(lianhu.SystemTest):
    instance_options = {"households": 40}

    def hashes(self):
        return {daemon["name"]: daemon["config"] for daemon in self.instance.status()["daemons"]}

    def edit(self, name, old, new):
        path = self.instance.home / "config" / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def test_a_bad_one_changes_nothing_and_a_good_one_everything(self):
        before = self.hashes()
        self.assertEqual(len(set(before.values())), 1)
        journey = Journey(self.instance)
        journey.submit()
        self.edit("org.yaml", "id: supervisor3,", "id: supervisor1,")
        done = self.instance.cli("reload")
        self.refused(done, "invalid", exit_code=78)
        self.assertRegex(done.err, r"org\.yaml:\d+:\d+: error: ")
        self.assertEqual(self.hashes(), before)
        self.assertEqual(journey.sign()["state"], "in_progress", "it works on")
        self.instance.kill("router")  # who starts anew meanwhile takes the one in force
        self.instance.settle()
        self.assertEqual(self.hashes(), before)

        self.edit("org.yaml", "id: supervisor1, name: 邹思", "id: supervisor4, name: 邹思")
        self.instance.ok("reload")
        after = self.hashes()
        self.assertEqual(len(set(after.values())), 1)
        self.assertNotEqual(after["router"], before["router"])
        journey.answer()
        journey.review()
        journey.tell()
        self.refused(self.instance.cli("callback", "record", journey.issue, "--reached", "no",
                                       person="supervisor3"), "forbidden")
        self.assertEqual(journey.call_back(person="supervisor4")["state"], "closed")
        self.instance.down()
        self.instance.up()
        self.instance.settle()
        self.assertEqual(self.hashes(), after)
        for name in after:
            self.instance.ok("rebuild", name, "--check")

    def test_a_mistake_in_any_file_leaves_the_configuration_in_force(self):
        before = self.hashes()
        config = self.instance.home / "config"
        for name in FILES:
            path = config / name
            kept = path.read_bytes()
            for about, change in (("a mistake", append(b"unknown_key: 1\n")),
                                  ("half a file", lambda data: data[:len(data) // 2] + b"[")):
                with self.subTest(file=name, mistake=about):
                    try:
                        path.write_bytes(change(kept))
                        done = self.instance.cli("reload")
                    finally:
                        path.write_bytes(kept)
                    self.refused(done, "invalid", exit_code=78)
                    self.assertRegex(done.err, rf"{re.escape(name)}:\d+:\d+: error: ")
                    self.assertEqual(self.hashes(), before)
        self.assertEqual(Journey(self.instance).submit()["state"], "dispatched", "it works on")

    def test_a_folder_that_was_removed_is_put_back_from_what_was_adopted(self):
        home = self.instance.home
        (home / "config").rename(home / "away")
        self.addCleanup(lambda: (home / "away").exists() and (home / "away").rename(home / "config"))
        for words in (("config", "check"), ("reload",)):
            error = self.refused(self.instance.cli(*words), "invalid", exit_code=78)
            self.assertIn(f"there is no folder config/ in '{home}'", error["message"])
        copy = error["message"].rpartition(": ")[2]
        subprocess.run(copy, shell=True, check=True)
        self.instance.ok("config", "check", *AT)
        shutil.rmtree(home / "config")

    def test_a_section_with_open_work_stays(self):
        """Nobody's work is orphaned: the router refuses what takes a section away from it."""
        before = self.hashes()
        journey = Journey(self.instance)
        journey.submit("noise", "夜里施工太吵", "工地夜里施工，噪声很大")
        self.assertEqual(journey.show()["lead"], "environment")
        config = self.instance.home / "config"
        kept = {name: (config / name).read_text(encoding="utf-8") for name in
                ("org.yaml", "lianhu.yaml", "routing.yaml")}
        # The section gets another name everywhere, which is a good configuration in itself.
        for name, text in kept.items():
            text = re.sub(r"(?<=lead: )environment\b", "nature", text)
            text = re.sub(r"(?<=assist: \[)environment\b", "nature", text)
            text = re.sub(r"(?<=\{id: )environment\b", "nature", text)
            text = re.sub(r"(?<=departments: \[)environment\b", "nature", text)
            text = text.replace("transport, environment, land", "transport, nature, land")
            (config / name).write_text(text, encoding="utf-8")
        check = lianhu.run("config", "check", config, *AT)
        self.assertEqual(check.code, 0, check)
        self.refused(self.instance.cli("reload"), "conflict")
        self.assertEqual(self.hashes(), before)
        self.instance.down()
        # What a reload refuses a new start does not let in either.
        done = lianhu.run("up", "--home", self.instance.home, timeout=30)
        self.assertEqual(done.code, 78, done)
        self.assertIn("section 'environment' has issues", done.err)
        for name, text in kept.items():
            (config / name).write_text(text, encoding="utf-8")
        self.instance.up()
        self.instance.settle()
        self.assertEqual(self.hashes(), before)


class NewYear(lianhu.SystemTest):
    """On 1 January the new year's calendar may not be there yet: the work goes on, and it is said."""
    instance_options = {"households": 10, "test_clock": "2027-01-01T09:00:00+08:00"}

    def test_the_start_and_a_reload_say_that_the_calendar_is_missing(self):
        says = "calendar/2027.yaml:1:1: warning: this file is missing: it is 2027"
        self.assertEqual(self.instance.log_text().count(says), 1)
        done = self.instance.cli("reload")
        self.assertEqual((done.code, done.err.count(says)), (0, 1), done)
        self.assertEqual(Journey(self.instance).submit()["state"], "dispatched")


if __name__ == "__main__":
    lianhu.main()
