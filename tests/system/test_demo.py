#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`demo play` takes the example's reports to their ends, by the people whose steps they are."""
import collections
import json
import unittest

import lianhu

REPORTS = lianhu.ROOT / "config" / "example" / "demo" / "reports.jsonl"
HOUSEHOLDS = 12000
SUNDAY = "2026-11-22T03:00+08:00"


def read_reports():
    with open(REPORTS, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_all(instance, noun, key):
    """A whole list, page after page."""
    found = []
    while True:
        after = ["--after", found[-1][key]] if found else []
        page = instance.ok(noun, "list", *after)
        if not page:
            return found
        found += page


def issues_of(instance):
    return read_all(instance, "issue", "issue")


def steps(issue):
    """(what happened, by whom, on which day)"""
    return [(event["type"], event["actor"], event["at"][:10]) for event in issue["events"]]


class OnATestClock(lianhu.SystemTest):
    """One instance that is started twice; its tests build on each other, in order of name."""
    instance_options = {"households": HOUSEHOLDS, "test_clock": SUNDAY}
    reports = read_reports()
    played = None

    def shown(self, path):
        """The issues made of the reports of a path; the first play gives them rising numbers."""
        return [self.instance.ok("issue", "show", f"2026-{number:07}")
                for number, report in enumerate(self.reports, 1) if report["path"] == path]

    def test_1_every_report_reaches_its_end(self):
        paths = collections.Counter(report["path"] for report in self.reports)
        result = self.instance.ok("demo", "play", timeout=240)
        self.assertEqual(result["issues"], len(self.reports))
        self.assertEqual(result["closed"], len(self.reports))
        self.assertEqual(result["open"], [])
        explained = paths["explained"] + paths["unsatisfied_closed"]
        self.assertEqual(result["outcomes"], {
            "solved": len(self.reports) - paths["partly"] - explained,
            "partly": paths["partly"], "explained": explained})
        self.assertEqual(result["redo"], paths["redo"])
        self.assertEqual(result["explained"], explained)
        self.assertEqual(result["unreached"], paths["unreached"])
        self.assertGreater(result["seconds"], 0)
        self.assertEqual({issue["state"] for issue in issues_of(self.instance)}, {"closed"})

    def test_2_the_office_works_when_it_is_open(self):
        first = self.instance.ok("issue", "show", "2026-0000001")
        self.assertEqual(first["created_at"][:16], "2026-11-23T08:30")

    def test_2_an_unreached_household_was_called_on_three_working_days(self):
        for issue in self.shown("unreached"):
            days = [day for what, _, day in steps(issue) if what == "callback_unreached"]
            self.assertEqual(days, ["2026-11-23", "2026-11-24", "2026-11-25"])
            self.assertEqual(issue["outcome"], "solved")

    def test_2_an_unsatisfied_household_is_heard_again(self):
        for issue in self.shown("redo"):
            happened = [what for what, _, _ in steps(issue)]
            self.assertEqual(happened.count("callback_unsatisfied"), 1)
            self.assertEqual(happened.count("lead_submit"), 2)
            self.assertEqual(happened[-1], "callback_ok")
            self.assertEqual(issue["redo"], 1)

    def test_2_an_answer_that_was_sent_back_is_no_redo(self):
        for issue in self.shown("review_redo"):
            self.assertIn("review_no", [what for what, _, _ in steps(issue)])
            self.assertEqual(issue["redo"], 0)

    def test_2_what_cannot_be_solved_was_reviewed_by_two(self):
        for issue in self.shown("explained"):
            reviewers = [who for what, who, _ in steps(issue) if what == "review_ok"]
            self.assertEqual(reviewers, [issue["leader"], "office_head"])
            self.assertEqual(issue["outcome"], "explained")

    def test_2_the_office_head_closes_what_stays_unsatisfied(self):
        for issue in self.shown("unsatisfied_closed"):
            self.assertEqual(steps(issue)[-1][:2], ("callback_unsatisfied_final", "office_head"))

    def test_2_every_step_is_by_the_person_whose_it_is(self):
        roles = {person["person"]: person["roles"]
                 for person in read_all(self.instance, "person", "person")}
        needed = {"sign": "section_staff", "progress": "section_staff",
                  "lead_submit": "section_staff", "assist_submit": "section_staff",
                  "propose_unresolvable": "section_staff", "review_no": "leader",
                  "callback_ok": "supervisor", "callback_unsatisfied": "supervisor",
                  "callback_unreached": "supervisor", "dispatch": "triage_clerk"}
        for number in range(1, len(self.reports) + 1):
            issue = self.instance.ok("issue", "show", f"2026-{number:07}")
            for what, who, _ in steps(issue):
                if what in needed and (what, who) != ("dispatch", "system"):
                    self.assertIn(needed[what], roles[who], (issue["issue"], what))
                if what == "feedback_done":
                    self.assertEqual(who, issue["cadre"])

    def test_3_it_can_be_played_again(self):
        result = self.instance.ok("demo", "play", "--issues", len(self.reports) + 5, timeout=240)
        self.assertEqual(result["closed"], len(self.reports) + 5)
        self.assertEqual(len(issues_of(self.instance)), 2 * len(self.reports) + 5)

    def test_4_a_second_start_finds_it_all_and_every_table_is_a_fold_of_its_journal(self):
        before = issues_of(self.instance)
        self.assertEqual(self.instance.down(), 0)
        for name in ("intake", "router", "department-urban", "department-service", "notifier",
                     "auditor"):
            check = self.instance.ok("rebuild", name, "--check", timeout=120)
            for table in check["tables"]:
                self.assertEqual(table["before"], table["after"], (name, table))
        self.instance.up()
        status = self.instance.settle()
        self.assertEqual(issues_of(self.instance), before)
        self.assertEqual(status["conservation"],
                         {"accepted": len(before), "open": 0, "final": len(before), "dead": 0})

    def test_5_without_daemons_it_says_so(self):
        self.instance.down()
        self.refused(self.instance.cli("demo", "play"), "unavailable", "lianhu up", exit_code=69)
        self.instance.up()


class OnTheRealClock(lianhu.SystemTest):
    instance_options = {"households": HOUSEHOLDS}

    def test_who_is_not_reached_today_is_reached_at_the_second_call(self):
        result = self.instance.ok("demo", "play", "--issues", 8)
        self.assertEqual((result["closed"], result["unreached"]), (8, 0))
        issue = next(issue for issue in issues_of(self.instance)
                     if issue["title"] == read_reports()[4]["title"])
        happened = [what for what, _, _ in steps(
            self.instance.ok("issue", "show", issue["issue"]))]
        self.assertEqual(happened[-2:], ["callback_unreached", "callback_ok"])

    def test_the_table_is_for_people(self):
        done = lianhu.run("demo", "play", "--issues", 4, "--home", self.instance.home)
        self.assertEqual(done.code, 0, done)
        self.assertIn("4 of 4 issues reached their end", done.out)
        self.assertIn("What to try next", done.out)
        self.assertEqual(done.err, "")
        self.assertIn("These outcomes can be reached: solved, partly, explained. ", done.out)
        others = {row["event"]: row["offered"] for row in lianhu.run("lifecycle", "--json").json}
        for event in ("reject", "merge", "refer", "withdraw"):
            self.assertIs(others[event], False, f"{event} is offered: say so in what is printed")

    def test_a_number_of_issues_is_one(self):
        for issues in ("0", "-1", "many", "100001"):
            self.refused(self.instance.cli("demo", "play", f"--issues={issues}"), "invalid",
                         field="issues")


class WithoutTheStreet(unittest.TestCase):
    def test_an_instance_without_the_example_has_no_such_households(self):
        with lianhu.Instance(households=0) as instance:
            done = instance.cli("demo", "play")
            self.assertEqual(done.code, 1, done)
            self.assertIn("init DIR --example", done.error["message"])


lianhu.main()
