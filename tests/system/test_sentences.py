#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people read where programs read JSON: tables with their titles, and sentences."""
import json
import re
import subprocess
import threading

import lianhu
from journey import CLERK, HOUSEHOLD, STAFF, Journey


class Reader(lianhu.SystemTest):
    """Somebody who reads what is printed."""

    def say(self, *args, person=None, code=0):
        who = ["--as", person] if person else []
        done = lianhu.run(*args, "--home", self.instance.home, *who)
        self.assertEqual(done.code, code, done)
        return done


class Tables(Reader):
    instance_options = {"households": 40}

    def watch(self, *args, lines):
        """The first lines of a watch for people."""
        watch = subprocess.Popen([lianhu.program(), *args, "--home", self.instance.home],
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        timer = threading.Timer(30, watch.kill)
        timer.start()
        try:
            return [watch.stdout.readline().decode().rstrip("\n") for _ in range(lines)]
        finally:
            timer.cancel()
            watch.kill()
            watch.wait()
            watch.stdout.close()

    def test_states_have_their_chinese_name_in_every_list(self):
        journey = Journey(self.instance)
        journey.submit()
        journey.sign()
        for noun, person in (("issue", None), ("queue", STAFF)):
            self.assertRegex(self.say(noun, "list", person=person).out,
                             f"(?m)^{journey.issue}  in_progress 办理中  ")
        self.assertRegex(self.say("issue", "show", journey.issue).out,
                         "(?m)^  lead +urban: in_progress 办理中$")

    def test_a_watch_begins_with_its_titles_and_keeps_its_columns(self):
        journey = Journey(self.instance)
        journey.submit()
        titles, line = self.watch("queue", "watch", "--as", STAFF, lines=2)
        self.assertRegex(titles, "^ISSUE +STATE +ROLE +URGENCY +DUE +LATE +SECTION +TITLE$")
        at = titles.index("URGENCY")  # the Chinese name of the state takes two columns a character
        self.assertRegex(line[at - 3:], "^general +20")
        self.instance.ok("issue", "urge", journey.issue, "--words", "请尽快上门",
                         person="office_head")
        titles, line = self.watch("inbox", "watch", "--as", STAFF, lines=2)
        self.assertRegex(titles, "^ID +AT +LEVEL +ISSUE +AGAIN +READ +ACKED +TITLE$")
        self.assert_not_repeated(titles, line)
        titles, line = self.say("inbox", "list", person=STAFF).out.splitlines()[:2]
        self.assert_not_repeated(titles, line)

    def assert_not_repeated(self, titles, line):
        """Nor read or acknowledged; the title of the notice stands below its title."""
        empty = slice(titles.index("AGAIN"), titles.index("TITLE"))
        self.assertRegex(line[:empty.start], r"^\d+ +20\S+ \S+ +\w+ +20\S+ +$")
        self.assertEqual(line[empty].strip(), "", line)
        self.assertNotEqual(line[empty.stop], " ")

    def test_values_that_are_long_keep_away_from_their_origin(self):
        shown = self.say("config", "show").out.splitlines()
        for line in shown[1:]:
            self.assertRegex(line, r"  ([\w.-]+:\d+|default)$")

    def test_a_path_of_the_catalogue_is_written_one_way(self):
        path = self.instance.folder / "reports.jsonl"
        path.write_text(json.dumps({"title": "路灯不亮", "text": "坏了", "category": "roads"}) + "\n",
                        encoding="utf-8")
        issue, = re.findall(r"20\d\d-\d{7}", self.say("issue", "import", path).out)
        category, = re.findall("(?m)^  category +(.*) \\(roads\\)$",
                               self.say("issue", "show", issue).out)
        self.assertIn(" / ", category)
        again = self.say("issue", "import", path, "--dry-run").out
        self.assertIn(f"  {category}  ", again)


class Refusals(Reader):
    """A refusal says who may, or what to add."""
    instance_options = {"households": 40}

    def test_who_serves_no_section_is_told_who_sees_queues(self):
        for verb in ("list", "watch"):
            done = self.say("queue", verb, person="cadre001", code=1)
            self.assertRegex(done.err, "may not see the queue of this section; who may: section "
                                       "staff .*, the triage clerk, the office head, a supervisor")
            self.assertNotIn("--department", done.err)
        for person in ("operator", "supervisor1"):
            self.assertIn(f"'{person}' serves no section; say which one is meant with --department",
                          self.say("queue", "list", person=person, code=1).err)
            self.say("queue", "list", "--department", "urban", person=person)
        self.assertIn("does not serve one section alone; say which with --department",
                      self.say("queue", "list", person="leader1", code=1).err)

    def test_who_may_report_for_a_caller_is_told_how(self):
        words = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category",
                 "roads", "--title", "路灯不亮", "--text", "坏了三天")
        for person in ("operator", CLERK):
            self.assertRegex(self.say(*words, person=person, code=1).err,
                             "; who may: .*; for somebody who called, add --direct$")
            self.say(*words, "--direct", person=person)
        self.assertNotIn("--direct", self.say(*words, person="cadre002", code=1).err)

    def test_both_who_review_what_cannot_be_solved_are_named(self):
        journey = Journey(self.instance)
        journey.submit()
        journey.sign()
        journey.propose()
        self.assertIn("\n  next: the leader in charge (leader1) and the office head both review it",
                      self.say("issue", "show", journey.issue).out)


class Sentences(Reader):
    instance_options = {"households": 0}

    def test_a_new_instance_says_how_it_is_started(self):
        home = self.instance.folder / "n"
        done = lianhu.run("init", home)
        self.assertEqual(done.out, "the instance is made; start it with: lianhu up --home "
                                   f"{home.resolve()}\n")

    def test_the_end_of_an_instance_is_a_sentence(self):
        home = self.instance.home.resolve()
        self.assertEqual(self.say("down").out,
                         f"the instance '{home}' was ended; all its daemons are gone\n")
        done = self.say("down")
        self.assertEqual((done.out, done.err), (f"the instance '{home}' was not running\n", ""))
        self.instance.down()
        self.instance.up()

    def test_a_good_configuration_is_a_sentence(self):
        for at, end in (("2026-12-01T09:00+08:00", ""), ("2027-01-04T09:00+08:00",
                                                         ", with 1 warning above")):
            self.assertRegex(self.say("config", "check", "--at", at).out,
                             rf"^the configuration [0-9a-f]{{8}} in '\S+/config' is good{end}\n$")

    def test_an_accepted_clock_is_a_sentence(self):
        count = len(self.instance.names())
        self.assertEqual(self.say("clock", "accept").out,
                         f"{count} daemons take the clock as it is; their timers go on\n")


if __name__ == "__main__":
    lianhu.main()
