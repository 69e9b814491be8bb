#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists end at their limit: people are told that there is more and how to go on; programs page
until the list is empty."""
import json
import re

import lianhu
from journey import CLERK, HEAD, STAFF

REPORTS = 203
PAGE = 200
MORE = re.compile(r"lianhu: there are more; go on with --after (\S+)\n")


class Lists(lianhu.SystemTest):
    instance_options = {"households": 700}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = cls.instance.folder / "reports.jsonl"
        path.write_text("".join(
            json.dumps({"title": f"村口道路坑洼 {i}", "text": "村口道路坑洼不平", "category": "roads"},
                       ensure_ascii=False) + "\n" for i in range(REPORTS)), encoding="utf-8")
        cls.instance.ok("issue", "import", path)
        cls.instance.settle()

    def shown(self, *words, person=None):
        """The first words of a list's lines as people see it, and what is said of the rest."""
        who = ["--as", person] if person else []
        done = lianhu.run(*words, "--home", self.instance.home, *who)
        self.assertEqual(done.code, 0, done)
        return [line.split()[0] for line in done.out.splitlines()[1:] if line], done.err

    def walk(self, *words, person=None):
        """Every id of a list, by doing what is said until nothing more is said."""
        ids, after = [], []
        while True:
            page, said = self.shown(*words, *after, person=person)
            ids += page
            more = MORE.fullmatch(said)
            if more is None:
                self.assertEqual(said, "")
                return ids
            self.assertEqual(more[1], page[-1], "it goes on behind the last line")
            after = ["--after", more[1]]

    def test_a_list_that_is_cut_says_how_to_go_on(self):
        page, said = self.shown("issue", "list", person=CLERK)
        self.assertEqual(len(page), PAGE)
        self.assertEqual(MORE.fullmatch(said)[1], page[-1])
        every = self.walk("issue", "list", person=CLERK)
        self.assertEqual(len(every), REPORTS)
        self.assertEqual(every, sorted(set(every)))

    def test_one_that_fits_exactly_says_nothing(self):
        self.assertEqual(self.shown("issue", "list", "--after", "2026-0000003")[1], "")

    def test_every_list_of_people_says_it(self):
        for words, person in ((("queue", "list"), STAFF), (("inbox", "list"), HEAD),
                              (("household", "list"), CLERK), (("cadre", "list"), CLERK),
                              (("person", "list"), CLERK),
                              (("visit", "coverage", "--by", "village"), "supervisor1")):
            with self.subTest(words=words):
                page, said = self.shown(*words, "--limit", 2, person=person)
                self.assertEqual(MORE.fullmatch(said)[1], page[1])
                following, _ = self.shown(*words, "--limit", 1, "--after", page[0], person=person)
                self.assertEqual(following, page[1:], "the note names what --after takes")

    def test_programs_are_told_nothing(self):
        done = self.instance.cli("issue", "list", person=CLERK)
        self.assertEqual((len(done.json), done.err), (PAGE, ""))


if __name__ == "__main__":
    lianhu.main()
