#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a report to the household's verdict, with the calls of the contract exactly as written
there; and what happens when the wrong person, the wrong time or the wrong argument comes."""
import json
import subprocess
import threading
import time
import uuid

import lianhu
import wire
from journey import (CADRE, CLERK, HEAD, HOUSEHOLD, LEADER, OFFICE_HEAD, STAFF, SUPERVISOR, Journey)

STARTED = "2026-03-02T09:00:00+08:00"  # a Monday
LONG = "长" * 4001


class Paths(lianhu.SystemTest):
    """Every way an issue can end, on the test clock."""
    instance_options = {"test_clock": STARTED}

    def setUp(self):
        self.journey = Journey(self.instance)

    def state(self, result, state):
        self.assertEqual(result["state"], state, result)
        self.assertIs(result["pending"], False)
        self.assertRegex(result["issue"], r"^2026-\d{7}$")
        self.assertEqual(set(result["position"]), {"journal", "seq"})

    def test_solved(self):
        j = self.journey
        self.state(j.submit(), "dispatched")
        self.assertEqual(j.show()["lead"], "urban")
        queue = self.instance.ok("queue", "list", "--department", "urban", person=STAFF)
        self.assertIn(j.issue, [item["issue"] for item in queue])
        self.state(j.sign(), "in_progress")
        self.state(j.progress(), "in_progress")
        self.state(j.answer(), "review")
        self.state(j.review(), "feedback")
        self.state(j.tell(), "callback")
        self.state(j.call_back(), "closed")
        self.assertEqual(j.show()["outcome"], "solved")

    def test_partly_and_all_the_other_words(self):
        j = self.journey
        self.state(j.submit(urgency="utility"), "dispatched")
        j.sign(person=HEAD)  # the head of a section may do what its staff does
        self.state(j.answer("partly"), "review")
        self.state(j.review(OFFICE_HEAD), "feedback")
        self.state(j.step("feedback", "give", j.issue, "--mode", "phone", "--words", "电话告知",
                          "--reaction", "neutral", person=CADRE), "callback")
        self.state(j.call_back("yes", 3, "--reasonable", "yes", "--words", "还可以"), "closed")
        self.assertEqual(j.show()["outcome"], "partly")
        self.assertEqual(j.show()["urgency"], "utility")

    def test_directly_reported(self):
        j = self.journey
        result = j.step("issue", "submit", "--household", HOUSEHOLD, "--kind", "enquiry",
                        "--category", "roads", "--title", "咨询修路", "--text", "这条路何时修",
                        "--direct", person=CLERK)
        j.issue = result["issue"]
        self.assertIn(result["state"], ("dispatched", "triage"))
        self.assertEqual(j.show()["cadre"], CADRE, "the linked cadre owns the feedback")
        nobody = j.step("issue", "submit", "--kind", "enquiry", "--category", "roads", "--title",
                        "咨询修路", "--text", "这条路何时修", "--direct")
        j.issue = nobody["issue"]
        self.assertEqual(j.show()["cadre"], "staff_party_office_1")
        self.assertEqual(j.show()["source"], "household")

    def test_triage_and_assistance(self):
        j = self.journey
        self.state(j.submit("urban_other", "其他事情", "说不清楚的一件事"), "triage")
        self.state(j.dispatch("urban", "--assist", "transport", "--assist", "environment",
                              "--leader", "leader2", "--urgency", "complex"), "dispatched")
        view = j.show()
        self.assertEqual([(leg["department"], leg["role"]) for leg in view["legs"]],
                         [("urban", "lead"), ("transport", "assist"), ("environment", "assist")])
        self.assertEqual((view["leader"], view["urgency"]), ("leader2", "complex"))
        j.sign()
        done = self.instance.cli("queue", "submit", j.issue, "--outcome", "solved", "--words",
                                 "修好了", "--evidence", "照片", person=STAFF)
        self.refused(done, "conflict", "transport")
        for section in ("transport", "environment"):
            j.step("queue", "sign", j.issue, person=f"staff_{section}_1")
            j.step("queue", "submit", j.issue, "--outcome", "solved", "--words", "已配合",
                   "--evidence", "照片", person=f"staff_{section}_1")
        self.state(j.answer(), "review")
        self.state(j.review("leader2"), "feedback")
        self.state(j.tell(), "callback")
        self.state(j.call_back(), "closed")

    def test_unsolvable_needs_two_reviews(self):
        for reviewers in ((LEADER, OFFICE_HEAD), (OFFICE_HEAD, LEADER)):
            j = Journey(self.instance)
            j.to_in_progress()
            self.state(j.propose(), "review")
            self.state(j.review(reviewers[0]), "review")
            self.refused(self.instance.cli("issue", "review", j.issue, "--ok",
                                           person=reviewers[0]), "conflict")
            self.state(j.review(reviewers[1]), "feedback")
            self.state(j.tell("unsatisfied"), "callback")
            # Explained, and the household accepts that: not solved, and yet it closes.
            self.state(j.call_back("no", 3), "closed")
            self.assertEqual(j.show()["outcome"], "explained")

    def test_sent_back_by_the_review(self):
        j = self.journey
        j.to_review()
        self.state(j.send_back(), "in_progress")
        self.assertEqual(j.show()["redo"], 0, "that is no redo of the household's")
        self.state(j.answer(), "review")
        self.state(j.review(), "feedback")

    def test_redo_after_an_unsatisfied_call_back(self):
        j = self.journey
        j.to_callback()
        self.state(j.call_back("no", 2), "in_progress")
        self.assertEqual(j.show()["redo"], 1)
        j.answer()
        j.review()
        j.tell()
        self.state(j.call_back("yes", 2), "in_progress")  # solved, but a mark below 3
        self.assertEqual(j.show()["redo"], 2)
        j.answer()
        j.review()
        j.tell()
        # Two are the limit: now it waits for the office head.
        self.state(j.call_back("no", 1), "callback")
        self.refused(self.instance.cli("callback", "record", j.issue, "--reached", "no",
                                       person=SUPERVISOR), "conflict", "close-unsatisfied")
        self.refused(self.instance.cli("issue", "close-unsatisfied", j.issue, "--reason", "x",
                                       person=LEADER), "forbidden")
        self.state(j.step("issue", "close-unsatisfied", j.issue, "--reason", "已尽力说明",
                          person=OFFICE_HEAD), "closed")

    def test_unreasonable_waits_for_the_office_head(self):
        j = self.journey
        j.to_callback()
        self.refused(self.instance.cli("issue", "close-unsatisfied", j.issue, "--reason", "x",
                                       person=OFFICE_HEAD), "conflict")
        self.state(j.call_back("no", 1, "--reasonable", "no"), "callback")
        self.assertEqual(j.show()["redo"], 0)
        self.instance.settle()
        told = {person: [item["category"] for item in self.instance.ok("inbox", "list",
                                                                       person=person)
                         if item["issue"] == j.issue].count("unsatisfied")
                for person in (OFFICE_HEAD, LEADER, STAFF, "head_urban", SUPERVISOR)}
        self.assertEqual(told, {OFFICE_HEAD: 1, LEADER: 0, STAFF: 0, "head_urban": 0,
                                SUPERVISOR: 0}, "it asks who can do it, and nobody else")
        self.state(j.step("issue", "close-unsatisfied", j.issue, "--reason", "要求超出政策",
                          person=OFFICE_HEAD), "closed")

    def test_unreached_on_three_working_days(self):
        j = self.journey
        j.to_callback()
        self.state(j.not_reached(), "callback")
        self.state(j.not_reached(), "callback")  # the same day counts once
        self.instance.advance("1d")
        self.state(j.not_reached("supervisor2"), "callback")
        self.instance.advance("1d")
        self.state(j.not_reached(), "closed")
        events = [event["type"] for event in j.show()["events"]]
        self.assertEqual(events.count("callback_unreached"), 4)
        self.assertIs(j.show()["is_unreached"], True)

    def test_the_trace_of_one_instant_is_in_the_order_of_what_happened(self):
        j = self.journey
        j.to_end()
        self.instance.settle()
        trace = self.instance.ok("issue", "trace", j.issue)
        self.assertEqual(len({event["at"] for event in trace}), 1, "all in one instant")
        self.assertEqual([event["type"] for event in trace if event["depth"] == 0],
                         ["reported", "signed", "answered", "review_ok", "told", "called_back"])
        seen = set()
        for event in trace:
            if event["cause"] is not None:
                self.assertIn((event["cause"]["journal"], event["cause"]["seq"]), seen)
            seen.add((event["journal"], event["seq"]))


# By state of the issue: calls that come at the right time, and persons who may not make them.
ANSWER = ("--outcome", "solved", "--words", "好", "--evidence", "照片")
TOLD = ("--mode", "visit", "--words", "好", "--reaction", "satisfied")
CALLED = ("--reached", "yes", "--solved", "yes", "--result", "5", "--section", "5", "--cadre", "5")
PROPOSED = ("--ground", "无", "--tried", "无", "--words", "无")

WRONG_PERSON = {
    "dispatched": [
        (("queue", "sign"), ("operator", CADRE, "staff_civil_1", LEADER, SUPERVISOR, "nobody")),
    ],
    "in_progress": [
        (("queue", "progress", "--words", "好"), ("operator", CADRE, "staff_civil_1")),
        (("queue", "submit", *ANSWER), ("operator", CADRE, "staff_civil_1", OFFICE_HEAD)),
        (("queue", "propose-unresolvable", *PROPOSED), ("operator", "staff_civil_1", LEADER)),
    ],
    "review": [
        (("issue", "review", "--ok"), ("operator", CADRE, STAFF, "leader2", SUPERVISOR, CLERK)),
        (("issue", "review", "--redo", "--reason", "x"), ("operator", STAFF, "leader2")),
    ],
    "feedback": [
        (("feedback", "give", *TOLD), ("operator", "cadre002", STAFF, CLERK, OFFICE_HEAD, "nobody")),
    ],
    "callback": [
        (("callback", "record", *CALLED), ("operator", CADRE, STAFF, LEADER, OFFICE_HEAD)),
        (("callback", "record", "--reached", "no"), ("operator", CADRE)),
    ],
}

# The person who may make a call, and the states it can be made in.
RIGHT_PERSON = {
    ("issue", "dispatch", "--lead", "urban"): (CLERK, {"triage"}),
    ("queue", "sign"): (STAFF, {"dispatched"}),
    ("queue", "progress", "--words", "好"): (STAFF, {"in_progress"}),
    ("queue", "submit", *ANSWER): (STAFF, {"in_progress"}),
    ("queue", "propose-unresolvable", *PROPOSED): (STAFF, {"in_progress"}),
    ("issue", "review", "--ok"): (LEADER, {"review"}),
    ("issue", "review", "--redo", "--reason", "x"): (LEADER, {"review"}),
    ("feedback", "give", *TOLD): (CADRE, {"feedback"}),
    ("callback", "record", *CALLED): (SUPERVISOR, {"callback"}),
    ("issue", "close-unsatisfied", "--reason", "x"): (OFFICE_HEAD, set()),
}
REACH = {"dispatched": Journey.submit, "in_progress": Journey.to_in_progress,
         "review": Journey.to_review, "feedback": Journey.to_feedback,
         "callback": Journey.to_callback, "closed": Journey.to_end}


class Refusals(lianhu.SystemTest):
    """Nothing of what is refused leaves a trace in the issue."""
    instance_options = {}

    def call(self, journey, call, person):
        return self.instance.cli(*call[:2], journey.issue, *call[2:], person=person)

    def test_the_wrong_person(self):
        for state, calls in WRONG_PERSON.items():
            j = Journey(self.instance)
            REACH[state](j)
            before = j.show()
            self.assertEqual(before["state"], state)
            for call, persons in calls:
                for person in persons:
                    with self.subTest(state=state, call=call, person=person):
                        self.refused(self.call(j, call, person), "forbidden")
            self.assertEqual(j.show()["generation"], before["generation"])
            self.assertEqual(j.show()["state"], state)

    def test_the_submitter_does_not_review(self):
        j = Journey(self.instance)
        j.to_in_progress()
        # The office head also heads the party office; whoever answered does not judge it.
        j2 = Journey(self.instance)
        j2.submit("urban_other", "其他事情", "说不清楚的一件事")
        j2.dispatch("party_office")
        j2.sign(OFFICE_HEAD)
        j2.step("queue", "submit", j2.issue, *ANSWER, person=OFFICE_HEAD)
        self.refused(self.call(j2, ("issue", "review", "--ok"), OFFICE_HEAD), "forbidden")
        self.assertEqual(j2.review("leader6")["state"], "feedback")

    def test_the_wrong_time(self):
        for state, reach in REACH.items():
            j = Journey(self.instance)
            reach(j)
            self.assertEqual(j.show()["state"], state)
            for call, (person, states) in RIGHT_PERSON.items():
                if state in states:
                    continue
                with self.subTest(state=state, call=call):
                    self.refused(self.call(j, call, person), "conflict")
            self.instance.settle()
            view = j.show()
            self.assertEqual(view["state"], state)
            self.assertEqual(view["pending"], [])

    def test_dispatch_is_the_clerks_and_to_sections_that_exist(self):
        j = Journey(self.instance)
        j.submit("urban_other", "其他事情", "说不清楚的一件事")
        for person in ("operator", CADRE, STAFF, LEADER, SUPERVISOR):
            self.refused(self.call(j, ("issue", "dispatch", "--lead", "urban"), person),
                         "forbidden")
        for arguments, field in ((("--lead", "nowhere"), "lead"),
                                 (("--lead", "urban", "--assist", "nowhere"), "assist"),
                                 (("--lead", "urban", "--assist", "urban"), "assist"),
                                 (("--lead", "urban", "--leader", STAFF), "leader"),
                                 (("--lead", "urban", "--leader", "nobody"), "leader")):
            self.refused(self.call(j, ("issue", "dispatch", *arguments), CLERK), "invalid",
                         field=field)
        done = self.call(j, ("issue", "dispatch", "--lead", "urban", "--urgency", "soon"), CLERK)
        self.refused(done, "invalid", field="urgency")
        self.assertEqual(j.dispatch("civil")["state"], "dispatched")

    def test_submit_looks_at_every_argument(self):
        whole = {"--household": HOUSEHOLD, "--kind": "demand", "--category": "roads",
                 "--title": "路", "--text": "坏了"}

        def submit(changes, person=CADRE):
            given = {**whole, **changes}
            words = [w for k, v in given.items() if v is not None for w in (k, v)]
            return self.instance.cli("issue", "submit", *words, person=person)

        for option in ("--household", "--kind", "--category", "--title", "--text"):
            with self.subTest(missing=option):
                self.refused(submit({option: None}), "invalid", exit_code=64,
                             field=option[2:])
        for changes, field, code in (
                ({"--title": "长" * 201}, "title", "invalid"),
                ({"--text": LONG}, "text", "invalid"),
                ({"--title": ""}, "title", "invalid"),
                ({"--text": ""}, "text", "invalid"),
                ({"--kind": "wish"}, "kind", "invalid"),
                ({"--urgency": "soon"}, "urgency", "invalid"),
                ({"--category": "nowhere"}, "category", "invalid"),
                ({"--household": "h99999"}, "household", "not_found"),
                ({"--household": "家"}, "household", "invalid")):
            with self.subTest(changes=changes):
                self.refused(submit(changes), code, field=field)
        self.refused(submit({}, "cadre002"), "forbidden")
        self.refused(submit({}, STAFF), "forbidden")
        self.refused(submit({}, "operator"), "forbidden")
        # What just fits is taken, and comes back whole.
        fits = submit({"--title": "长" * 200, "--text": "长" * 4000})
        self.assertEqual(fits.code, 0, fits)
        view = self.instance.ok("issue", "show", fits.json["issue"])
        self.assertEqual((len(view["title"]), len(view["text"])), (200, 4000))

    def test_words_have_their_limits(self):
        j = Journey(self.instance)
        j.to_in_progress()
        too_long = "长" * 2001
        for call, field in ((("queue", "progress", "--words", too_long), "words"),
                            (("queue", "submit", "--outcome", "solved", "--words", too_long,
                              "--evidence", "x"), "words"),
                            (("queue", "submit", "--outcome", "solved", "--words", "x",
                              "--evidence", too_long), "evidence"),
                            (("queue", "submit", "--outcome", "solved", "--words", "x"),
                             "evidence"),
                            (("queue", "submit", "--outcome", "explained", "--words", "x",
                              "--evidence", "x"), "outcome"),
                            (("queue", "propose-unresolvable", "--ground", too_long, "--tried",
                              "x", "--words", "x"), "ground")):
            with self.subTest(call=call[:2], field=field):
                self.refused(self.call(j, call, STAFF), "invalid", field=field)
        for call in (("queue", "progress"), ("queue", "submit", "--outcome", "solved"),
                     ("queue", "propose-unresolvable", "--ground", "x", "--tried", "x"),
                     ("queue", "sign", "--nonsense"), ("queue", "sign", "--words", "x")):
            with self.subTest(call=call):
                self.refused(self.call(j, call, STAFF), "invalid", exit_code=64)
        self.assertEqual(j.show()["state"], "in_progress")
        self.assertEqual(self.call(j, ("queue", "submit", "--outcome", "partly", "--words", "x"),
                                   STAFF).code, 0, "evidence is compulsory only for solved")
        self.refused(self.call(j, ("issue", "review"), LEADER), "invalid", field="ok",
                     exit_code=64)
        self.refused(self.call(j, ("issue", "review", "--redo"), LEADER), "invalid",
                     field="reason", exit_code=64)
        self.refused(self.call(j, ("issue", "review", "--ok", "--redo"), LEADER), "invalid",
                     exit_code=64)
        j.review()
        self.refused(self.call(j, ("feedback", "give", "--mode", "letter", "--words", "x",
                                   "--reaction", "satisfied"), CADRE), "invalid", field="mode")
        self.refused(self.call(j, ("feedback", "give", "--mode", "visit", "--words", "x"), CADRE),
                     "invalid", exit_code=64)
        j.tell()
        for changes, field in ((("--result", "6"), "result"), (("--result", "0"), "result"),
                               (("--section", "9"), "section"), (("--cadre", "-1"), "cadre"),
                               (("--result", "五"), "result"), (("--solved", "maybe"), "solved")):
            words = dict(zip(CALLED[::2], CALLED[1::2]))
            words[changes[0]] = changes[1]
            call = ("callback", "record", *[w for pair in words.items() for w in pair])
            with self.subTest(call=call):
                self.refused(self.call(j, call, SUPERVISOR), "invalid", field=field)
        self.refused(self.call(j, ("callback", "record", "--reached", "yes"), SUPERVISOR),
                     "invalid", field="solved", exit_code=64)
        self.assertEqual(j.show()["state"], "callback")

    def test_an_issue_that_is_not_there(self):
        for call, (person, _) in RIGHT_PERSON.items():
            with self.subTest(call=call):
                self.refused(self.instance.cli(*call[:2], "2026-9999999", *call[2:],
                                               person=person), "not_found")
                self.refused(self.instance.cli(*call[:2], "99", *call[2:], person=person),
                             "invalid")

    def test_usage(self):
        for words in (("issue",), ("issue", "frobnicate"), ("frobnicate",), ("issue", "show"),
                      ("issue", "list", "--limit"), ("issue", "list", "--frobnicate"),
                      ("issue", "show", "2026-0000001", "2026-0000002")):
            with self.subTest(words=words):
                self.refused(self.instance.cli(*words), "invalid", exit_code=64)
        for limit in ("201", "x"):
            self.refused(self.instance.cli("issue", "list", "--limit", limit), "invalid",
                         field="limit")


class Contract(lianhu.SystemTest):
    """Request ids, texts from files, lists, traces, inboxes, status."""
    instance_options = {}

    def test_a_repeated_request_has_its_effect_once(self):
        request = wire.id_text(wire.make_id())
        words = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category",
                 "roads", "--title", "路面坑洼", "--text")
        first = self.instance.ok(*words, "雨天绕行", "--request-id", request, person=CADRE)
        again = self.instance.ok(*words, "雨天绕行", "--request-id", request, person=CADRE)
        self.assertEqual(first["issue"], again["issue"])
        self.assertEqual(first["position"], again["position"])
        self.assertEqual(first["request_id"], request)
        other = self.instance.cli(*words, "别的事", "--request-id", request, person=CADRE)
        self.refused(other, "duplicate_request")
        other = self.instance.cli(*words, "雨天绕行", "--direct", "--request-id", request,
                                  person=CLERK)
        self.refused(other, "duplicate_request")
        j = Journey(self.instance)
        j.issue = first["issue"]
        request = wire.id_text(wire.make_id())
        sign = ("queue", "sign", j.issue, "--request-id", request)
        signed = self.instance.ok(*sign, person=STAFF)
        j.progress()  # the issue has moved on, and still the same reply comes
        self.assertEqual(self.instance.ok(*sign, person=STAFF)["position"], signed["position"])
        self.refused(self.instance.cli(*sign, person=HEAD), "duplicate_request")
        signs = [event for event in j.show()["events"] if event["type"] == "sign"]
        self.assertEqual(len(signs), 1)
        self.refused(self.instance.cli(*words, "雨天绕行", "--request-id", "nonsense",
                                       person=CADRE), "invalid")
        any_version = str(uuid.uuid4())
        self.assertEqual(self.instance.ok(*words, "第二件", "--request-id", any_version,
                                          person=CADRE)["request_id"], any_version)

    def test_ids_that_are_too_old_or_of_the_future_are_refused_unseen(self):
        words = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category",
                 "roads", "--title", "路面坑洼", "--text", "雨天绕行", "--request-id")
        old = "0170" + wire.id_text(wire.make_id())[4:]
        new = "0270" + wire.id_text(wire.make_id())[4:]
        for request in (old, new):
            self.refused(self.instance.cli(*words, request, person=CADRE), "invalid")

    def test_texts_from_files_and_standard_input(self):
        path = self.instance.folder / "text.txt"
        path.write_text("第一行\n第二行", encoding="utf-8")
        words = ("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand", "--category",
                 "roads")
        first = self.instance.ok(*words, "--title", "文件", "--text", f"@{path}", person=CADRE)
        self.assertEqual(self.instance.ok("issue", "show", first["issue"])["text"],
                         "第一行\n第二行")
        second = self.instance.ok(*words, "--title", "输入", "--text", "-", person=CADRE,
                                  stdin="从标准输入".encode())
        self.assertEqual(self.instance.ok("issue", "show", second["issue"])["text"], "从标准输入")
        for text, stdin in (("@/nowhere/at/all", None), ("-", b"\xff\xfe"), ("-", LONG.encode()),
                            ("-", b"")):
            self.refused(self.instance.cli(*words, "--title", "错误", "--text", text, person=CADRE,
                                           stdin=stdin), "invalid")

    def test_lists_page_to_their_end(self):
        for _ in range(5):
            Journey(self.instance).submit()
        whole = [item["issue"] for item in self.instance.ok("issue", "list")]
        self.assertEqual(whole, sorted(whole))
        pages, after = [], []
        while True:
            page = self.instance.ok("issue", "list", "--limit", 2, *after)
            if not page:
                break
            self.assertLessEqual(len(page), 2)
            pages += [item["issue"] for item in page]
            after = ["--after", pages[-1]]
        self.assertEqual(pages, whole)
        for words in (("--state", "dispatched"), ("--department", "urban"), ("--cadre", CADRE),
                      ("--area", "c01v01"), ("--area", "c01"), ("--overdue",)):
            items = self.instance.ok("issue", "list", *words)
            self.assertLessEqual({item["issue"] for item in items}, set(whole))
            self.assertEqual(items == [], words == ("--overdue",), words)
        self.assertEqual(self.instance.ok("issue", "list", "--department", "civil",
                                          "--state", "archived"), [])
        own = self.instance.ok("issue", "list", person=CADRE)
        self.assertEqual([item["issue"] for item in own],
                         [item["issue"] for item in self.instance.ok("issue", "list", "--cadre",
                                                                     CADRE)])
        self.assertEqual(self.instance.ok("issue", "list", person="cadre002"), [])
        households = self.instance.ok("household", "list", "--limit", 3)
        self.assertEqual([h["household"] for h in households], ["h00001", "h00002", "h00003"])
        after = self.instance.ok("household", "list", "--after", "h00003", "--limit", 1)
        self.assertEqual(after[0]["household"], "h00004")
        cadres = self.instance.ok("cadre", "list", "--limit", 2)
        self.assertEqual([c["cadre"] for c in cadres], ["cadre001", "cadre002"])
        people = self.instance.ok("person", "list", "--role", "leader")
        self.assertEqual({"person", "name", "roles", "unit", "departments", "areas"},
                         set(people[0]))
        self.assertIn(LEADER, [p["person"] for p in people])

    def test_a_stranger_sees_nothing_of_an_issue(self):
        j = Journey(self.instance)
        j.submit()
        for person in ("cadre002", "staff_civil_1", "leader5", "nobody"):
            for call in (("issue", "show"), ("issue", "trace")):
                self.refused(self.instance.cli(*call, j.issue, person=person), "forbidden")
        for person in (CADRE, STAFF, LEADER, SUPERVISOR, CLERK, "secretary_c01"):
            self.instance.ok("issue", "show", j.issue, person=person)
        self.assertEqual(self.instance.ok("issue", "list", person="leader5"), [])
        for call in (("issue", "list"), ("inbox", "list")):
            self.refused(self.instance.cli(*call, person="nobody"), "forbidden",
                         "there is no person 'nobody'")
        self.refused(self.instance.cli("household", "show", HOUSEHOLD, person="cadre002"),
                     "forbidden")
        self.refused(self.instance.cli("queue", "list", "--department", "urban",
                                       person="staff_civil_1"), "forbidden")

    def test_the_trace_goes_over_all_daemons_from_cause_to_effect(self):
        j = Journey(self.instance)
        j.to_end()
        self.instance.settle()
        trace = self.instance.ok("issue", "trace", j.issue)
        seen = set()
        for event in trace:
            if event["cause"] is not None:
                self.assertIn((event["cause"]["journal"], event["cause"]["seq"]), seen)
                self.assertGreaterEqual(event["after_us"], 0)
            seen.add((event["journal"], event["seq"]))
        self.assertEqual({event["daemon"] for event in trace},
                         {"intake", "router", "department-urban", "notifier", "auditor"})

    def test_whoever_sees_an_issue_traces_what_is_not_kept_from_them(self):
        j = Journey(self.instance)
        j.to_end()
        self.instance.settle()
        for person, daemons in ((STAFF, {"router", "department-urban"}),
                                (LEADER, {"router", "department-urban"}),
                                (CADRE, {"router", "intake"})):
            done = self.instance.cli("issue", "trace", j.issue, person=person)
            self.assertEqual(done.code, 0, done)
            self.assertEqual({event["daemon"] for event in done.json}, daemons, person)
            self.assertIn("it is left out", done.err)
            self.assertIn("notifier", done.err)

    def test_a_rule_that_is_sure_dispatches_as_the_system(self):
        j = Journey(self.instance)
        j.submit()
        self.assertEqual([(e["type"], e["from"], e["to"], e["actor"]) for e in j.show()["events"]],
                         [("opened", None, "accepted", CADRE),
                          ("dispatch", "accepted", "dispatched", "system")])

    def test_an_issue_shows_what_the_contract_names(self):
        j = Journey(self.instance)
        j.to_feedback()
        view = j.show()
        wanted = ("issue state outcome urgency kind category category_path area household cadre "
                  "source title text lead leader legs due overdue pending supervised hops returns "
                  "redo generation created_at updated_at events").split()
        self.assertLessEqual(set(wanted), set(view))
        self.assertLessEqual({"journal", "seq", "at", "daemon", "type", "actor", "reason", "from",
                              "to"}, set(view["events"][0]))
        self.assertIn("feedback", view["due"])
        self.assertRegex(view["created_at"], r"\+08:00$")
        self.assertEqual(view["category_path"][0], "城乡建设")

    def test_inboxes(self):
        j = Journey(self.instance)
        j.to_end()
        self.instance.settle()
        items = [i for i in self.instance.ok("inbox", "list", person=CADRE)
                 if i["issue"] == j.issue]
        self.assertEqual([i["category"] for i in items],
                         ["dispatched", "signed", "answered", "closed"])
        self.assertEqual({"id", "at", "category", "issue", "title", "text", "level", "read_at",
                          "acked_at", "cause", "repeats"}, set(items[0]))
        for person in (LEADER, HEAD):
            mine = [i["category"] for i in self.instance.ok("inbox", "list", person=person)
                    if i["issue"] == j.issue]
            self.assertIn("dispatched", mine)
        self.instance.ok("inbox", "ack", items[0]["id"], person=CADRE)
        self.refused(self.instance.cli("inbox", "ack", items[1]["id"], person="cadre002"),
                     "not_found")
        after = {i["id"]: i for i in self.instance.ok("inbox", "list", person=CADRE)}
        self.assertIsNotNone(after[items[0]["id"]]["acked_at"])
        self.assertIsNone(after[items[1]["id"]]["acked_at"])

    def test_a_redo_is_told_to_the_cadre_and_the_section(self):
        j = Journey(self.instance)
        j.to_callback()
        j.call_back("no", 1)
        self.instance.settle()
        for person in (CADRE, HEAD, STAFF):
            categories = [i["category"] for i in self.instance.ok("inbox", "list", person=person)
                          if i["issue"] == j.issue]
            self.assertIn("redo", categories, person)

    def test_watches_print_an_object_a_line(self):
        watch = subprocess.Popen(
            [lianhu.program(), "queue", "watch", "--department", "urban", "--json", "--home",
             self.instance.home, "--as", STAFF], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        try:
            j = Journey(self.instance)
            j.submit(title="看守队列的一件事")
            timer = threading.Timer(15, watch.kill)
            timer.start()
            for line in watch.stdout:
                if json.loads(line)["issue"] == j.issue:
                    break
            else:
                self.fail("the watch ended, or did not show it within 15 s")
            timer.cancel()
        finally:
            watch.kill()
            watch.wait()
            watch.stdout.close()

    def test_status(self):
        Journey(self.instance).to_end()
        status = self.instance.settle()
        self.assertEqual({"daemons", "links", "conservation", "replanning"}, set(status))
        self.assertEqual([d["name"] for d in status["daemons"]],
                         ["intake", "router", "department-urban", "department-service", "notifier",
                          "auditor"])
        for daemon in status["daemons"]:
            self.assertLessEqual({"name", "pid", "up", "head", "dead", "commits", "batch_p50",
                                  "commit_p99_us", "map_used", "state_bytes"}, set(daemon))
            self.assertIs(daemon["up"], True)
            self.assertEqual(daemon["dead"], 0)
        for link in status["links"]:
            self.assertLessEqual({"from", "to", "cursor", "head", "lag"}, set(link))
        kept = status["conservation"]
        self.assertEqual(set(kept), {"accepted", "open", "final", "dead"})
        self.assertEqual(kept["accepted"], kept["open"] + kept["final"] + kept["dead"])
        self.assertGreater(kept["final"], 0)


class Absence(lianhu.SystemTest):
    """Without daemons."""

    def test_what_is_not_there_is_said(self):
        instance = lianhu.Instance(households=10)
        self.addCleanup(instance.close)
        for words in (("issue", "list"), ("status",), ("issue", "show", "2026-0000001")):
            done = instance.cli(*words)
            self.assertEqual(done.code, 69, done)
            self.assertIn("lianhu up", done.error["message"])
        self.assertEqual(lianhu.run("issue", "list", "--home", "/nowhere", "--json").code, 78)
        instance.up()
        instance.hold("intake")
        status = instance.status()
        down = [d for d in status["daemons"] if not d["up"]]
        self.assertEqual([(d["name"], d["pid"]) for d in down], [("intake", None)])
        done = instance.cli("status")
        self.assertEqual(done.code, 0, "without --wait a status is a status")
        self.assertRegex(done.err, r"(?m)^lianhu: 'intake' is down; .*run/hold\.intake$")
        done = instance.cli("status", "--wait", "1")
        self.assertEqual(done.code, 75, done)
        self.assertEqual(done.error["code"], "busy")
        self.assertRegex(done.error["message"], "not at rest within 1 s: 'intake' is down")
        self.assertEqual([d["up"] for d in done.json["daemons"]], [False] + 5 * [True],
                         "the status is there all the same")
        begun = time.monotonic()
        done = instance.cli("household", "show", HOUSEHOLD, "--timeout", 60, timeout=50)
        self.assertEqual(done.code, 69, done)
        self.assertEqual(done.error["code"], "unavailable")
        self.assertRegex(done.error["message"], "'intake' is held: .*run/hold.intake")
        print(f"said after {time.monotonic() - begun:.1f} s that it is held")
        done = instance.cli("issue", "submit", "--household", HOUSEHOLD, "--kind", "demand",
                            "--category", "roads", "--title", "路", "--text", "坏了", "--timeout",
                            "1", person=CADRE)
        self.assertIn(done.code, (69, 75), done)
        instance.release("intake")
        instance.settle()
        self.assertEqual(instance.down(), 0)
        self.assertEqual(instance.up().down(), 0, "a second life")


if __name__ == "__main__":
    lianhu.main()
