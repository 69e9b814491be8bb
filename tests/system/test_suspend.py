#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What stops and starts the clocks of an issue: suspensions, questions to the cadre, the first
contact, corrections, the archive. On the test clock, beginning on a Friday afternoon."""
import lianhu
from journey import CADRE, CLERK, HEAD, LEADER, OFFICE_HEAD, STAFF, SUPERVISOR, Journey

STARTED = "2026-03-06T15:00:00+08:00"       # a Friday; the office closes at 17:00
FRIDAY_16 = "2026-03-06T16:00:00+08:00"
MONDAY_0930 = "2026-03-09T09:30:00+08:00"   # the office opens at 08:30


class Suspend(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=STARTED, is_plain=True)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.journey = Journey(self.instance)

    def cli(self, *args, person=None):
        return self.instance.cli(*args, person=person)

    def set_clock(self, at):
        self.instance.ok("clock", "set", at)

    def due(self):
        return self.journey.show()["due"]

    def categories(self, person):
        return [item["category"] for item in self.instance.ok("inbox", "list", person=person)
                if item["issue"] == self.journey.issue]

    def handle(self, kind="demand", **more):
        """Submitted, signed for, the household spoken to."""
        j = self.journey
        j.issue = self.instance.ok(
            "issue", "submit", "--household", "h00001", "--kind", kind, "--category", "roads",
            "--title", "村口主路坑洼不平", "--text", "村口主路坑洼不平，雨天要绕行",
            *[word for key, value in more.items() for word in (f"--{key}", value)],
            person=CADRE)["issue"]
        j.sign()
        j.contact()

    def suspend(self, until=MONDAY_0930, ground="season"):
        self.journey.ask_to_wait(until, ground)
        return self.journey.let_wait()

    def check_rebuild(self):
        for name in self.instance.names():
            self.instance.ok("rebuild", name, "--check")

    # ---- suspensions ----

    def test_a_suspension_over_a_weekend_gives_back_only_working_time(self):
        """A4: three working days, paused for an hour on Friday and an hour on Monday."""
        self.handle(kind="enquiry")
        self.assertEqual(self.due(), {"handle": "2026-03-11T17:00:00+08:00"})
        self.set_clock(FRIDAY_16)
        self.assertEqual(self.suspend()["state"], "suspended")
        view = self.journey.show()
        self.assertEqual((view["wait_ground"], view["wait_until"]), ("season", MONDAY_0930))
        self.assertEqual(view["due"]["suspend"], MONDAY_0930)
        self.assertEqual(view["paused"], ["handle"])
        self.assertEqual(view["legs"][0]["state"], "suspended")
        self.set_clock("2026-03-09T09:29:59+08:00")
        self.assertEqual(self.journey.show()["state"], "suspended")
        self.instance.advance("1s")
        view = self.journey.show()
        self.assertEqual(view["state"], "in_progress", "the end of the suspension resumes it")
        self.assertEqual(view["due"], {"handle": "2026-03-12T10:30:00+08:00"})
        self.assertEqual(view["paused"], [])
        self.assertEqual(view["events"][-1]["actor"], "system")
        self.assertIn("resumed", self.categories(CADRE))
        self.assertIn("resumed", self.categories(STAFF))
        # Warned at half of 21.5 working hours, and told when it is due, both two hours later. The
        # end of the suspension was announced before.
        self.set_clock("2026-03-10T14:44:59+08:00")
        self.assertEqual(self.categories(STAFF).count("due_soon"), 1)
        self.instance.advance("1s")
        self.assertEqual(self.categories(STAFF).count("due_soon"), 2)
        self.set_clock("2026-03-12T10:29:59+08:00")
        self.assertEqual(self.journey.show()["overdue"], [])
        self.instance.advance("1s")
        self.assertEqual(self.journey.show()["overdue"], ["handle"])
        self.check_rebuild()

    def test_a_limit_in_hours_gets_back_all_the_time(self):
        self.handle(urgency="utility")
        self.assertEqual(self.due(), {"handle": "2026-03-07T15:00:00+08:00"})
        self.set_clock(FRIDAY_16)
        self.suspend(until="2026-03-08")
        self.assertEqual(self.journey.show()["wait_until"], "2026-03-08T23:59:59+08:00")
        self.set_clock(MONDAY_0930)
        self.assertEqual(self.due(), {"handle": "2026-03-09T22:59:59+08:00"})

    def test_a_section_goes_on_early_and_waits_again(self):
        j = self.journey
        self.handle(kind="enquiry")
        self.suspend(until="2026-03-13")
        self.assertEqual([i["due_at"] for i in self.instance.ok("queue", "list", person=STAFF)],
                         ["2026-03-13T23:59:59+08:00"])
        self.instance.down()
        self.instance.up()
        self.instance.settle()
        self.set_clock(FRIDAY_16)
        self.assertEqual(j.resume()["state"], "in_progress")
        self.assertEqual(self.due(), {"handle": "2026-03-12T09:30:00+08:00"})
        self.suspend(until="2026-03-13")
        self.set_clock(MONDAY_0930)
        j.resume()
        self.assertEqual(self.due(), {"handle": "2026-03-12T11:30:00+08:00"})
        self.assertEqual([i["due_at"] for i in self.instance.ok("queue", "list", person=STAFF)],
                         ["2026-03-12T11:30:00+08:00"])
        self.check_rebuild()

    def test_who_asks_for_a_suspension_and_who_grants_it(self):
        j = self.journey
        self.handle()
        ask = ("queue", "suspend", j.issue, "--ground", "household", "--words", "等户主回来")
        self.refused(self.cli(*ask, person=STAFF), "invalid", field="until", exit_code=64)
        self.refused(self.cli("queue", "suspend", j.issue, "--until", "2026-03-10", "--words", "等",
                              person=STAFF), "invalid", field="ground", exit_code=64)
        self.refused(self.cli(*ask, "--until", "2026-03-05", person=STAFF), "invalid",
                     "lies behind us", "until")
        self.refused(self.cli(*ask, "--until", "2026-04-05", person=STAFF), "conflict",
                     "beyond the limit of deadlines.yaml")
        for person in (CLERK, HEAD.replace("urban", "civil"), CADRE):
            self.assertIn(self.cli(*ask, "--until", "2026-03-10", person=person).error["code"],
                          ("forbidden", "not_found"), person)
        self.refused(self.cli("issue", "suspend", j.issue, "--ok", person=CLERK), "conflict",
                     "no suspension is asked for")
        self.assertEqual(j.ask_to_wait("2026-03-10")["state"], "in_progress")
        self.assertIn("suspension_wanted", self.categories(CLERK))
        self.assertIn("suspension_wanted", self.categories(OFFICE_HEAD))
        self.refused(self.cli(*ask, "--until", "2026-03-10", person=STAFF), "conflict",
                     "asked for already")
        decide = ("issue", "suspend", j.issue)
        for person in (STAFF, LEADER, CADRE):
            self.refused(self.cli(*decide, "--ok", person=person), "forbidden")
        self.refused(self.cli(*decide, person=CLERK), "invalid", field="ok", exit_code=64)
        self.refused(self.cli(*decide, "--no", person=OFFICE_HEAD), "invalid", field="reason",
                     exit_code=64)
        self.instance.ok(*decide, "--no", "--reason", "可以先办", person=OFFICE_HEAD)
        self.assertEqual(j.show()["wait_ground"], None)
        self.assertIn("suspension_refused", self.categories(STAFF))
        self.refused(self.cli("queue", "resume", j.issue, "--words", "好", person=STAFF), "conflict",
                     "is not suspended")

    def test_an_emergency_is_never_suspended(self):
        self.handle(urgency="emergency")
        self.refused(self.cli("queue", "suspend", self.journey.issue, "--ground", "season",
                              "--until", "2026-03-07", "--words", "等雨停", person=STAFF),
                     "conflict", "never suspended")

    def test_a_household_s_answer_ends_the_waiting_through_its_cadre(self):
        """A7: the answer does not have to come to the section."""
        j = self.journey
        self.handle(kind="enquiry")
        self.suspend(until="2026-03-13", ground="decision")
        self.refused(self.cli("issue", "give-info", j.issue, "--words", "在家了", person=CADRE),
                     "conflict", "not the household that is waited for")
        j.resume()
        self.suspend(until="2026-03-13", ground="household")
        self.set_clock(MONDAY_0930)
        self.assertEqual(j.give_info()["state"], "in_progress")
        self.assertEqual(self.due(), {"handle": "2026-03-12T11:30:00+08:00"})
        self.assertIn("resumed", self.categories(STAFF))

    # ---- the first contact ----

    def test_the_clock_of_the_first_contact_is_never_overruled(self):
        """A6: neither progress nor a suspension stops it, and it moves no other one."""
        j = self.journey
        j.submit()
        self.assertNotIn("first_contact", self.due())
        j.sign()
        due = {"handle": "2026-03-13T23:59:59+08:00", "first_contact": "2026-03-09T17:00:00+08:00"}
        self.assertEqual(self.due(), due)
        j.progress()
        self.assertEqual(self.due(), due)
        self.set_clock(FRIDAY_16)
        self.suspend(until="2026-03-12")
        self.assertEqual(self.due()["first_contact"], due["first_contact"])
        self.set_clock("2026-03-09T17:00:00+08:00")
        self.assertEqual(j.show()["overdue"], ["first_contact"])
        self.assertEqual(self.categories(HEAD)[-1], "overdue")
        j.resume()
        handle = self.due()["handle"]
        self.refused(self.cli("queue", "first-contact", j.issue, "--words", "好", person=CLERK),
                     "forbidden")
        self.refused(self.cli("queue", "first-contact", j.issue, person=STAFF), "invalid",
                     field="words", exit_code=64)
        j.contact()
        self.assertEqual(self.due(), {"handle": handle})
        self.refused(self.cli("queue", "first-contact", j.issue, "--words", "好", person=STAFF),
                     "conflict", "is on record")
        j.answer()
        j.send_back()
        self.assertNotIn("first_contact", self.due())

    def test_the_cadre_may_be_the_first_to_speak_to_the_household(self):
        j = self.journey
        j.to_in_progress()
        j.give_info()
        self.assertNotIn("first_contact", self.due())
        self.assertIn("contacted", self.categories(STAFF))
        self.refused(self.cli("issue", "give-info", j.issue, "--words", "还有", person="cadre002"),
                     "forbidden")

    # ---- questions ----

    def test_a_question_pauses_triage_and_goes_on_marked_when_nobody_answers(self):
        j = self.journey
        j.submit(category="urban_other", title="想请街道帮忙", text="家里的事情说不清楚")
        self.assertEqual(self.due(), {"triage": "2026-03-09T17:00:00+08:00"})
        ask = ("issue", "ask-info", j.issue)
        self.refused(self.cli(*ask, "--words", "哪里", person=OFFICE_HEAD), "forbidden")
        self.refused(self.cli(*ask, person=CLERK), "invalid", field="words", exit_code=64)
        self.refused(self.cli("issue", "give-info", j.issue, "--words", "在村口", person=CADRE),
                     "conflict")
        self.set_clock(FRIDAY_16)
        self.assertEqual(j.ask_info()["state"], "need_info")
        self.assertEqual(self.categories(CADRE)[-1], "info_wanted")
        view = j.show()
        self.assertEqual(view["paused"], ["triage"])
        self.assertEqual(view["due"]["info"], "2026-03-10T17:00:00+08:00")
        self.assertIn("issue give-info", view["next"])
        self.refused(self.cli("issue", "dispatch", j.issue, "--lead", "urban", person=CLERK),
                     "conflict")
        self.set_clock(MONDAY_0930)
        self.assertEqual(j.give_info()["state"], "triage")
        self.assertEqual(self.due(), {"triage": "2026-03-10T10:30:00+08:00"})
        self.assertIn("info_given", self.categories(CLERK))
        j.ask_info()
        self.set_clock("2026-03-11T17:00:00+08:00")
        view = j.show()
        self.assertEqual((view["state"], view["is_info_missing"], view["questions"]),
                         ("triage", True, 2))
        self.assertEqual(self.due(), {"triage": "2026-03-13T09:30:00+08:00"})
        self.assertEqual(self.categories(CADRE)[-1], "info_missing")
        self.assertIn("info_missing", self.categories(CLERK))
        self.refused(self.cli(*ask, "--words", "哪里", person=CLERK), "conflict",
                     "asked 2 times already")
        self.assertEqual(j.dispatch()["state"], "dispatched")
        self.check_rebuild()

    # ---- corrections ----

    def test_changing_the_class_of_an_issue_keeps_the_time_already_used(self):
        """A5: the new limits count from when the clocks began, less the pauses."""
        j = self.journey
        self.handle(kind="enquiry")
        self.set_clock(FRIDAY_16)
        self.suspend()
        self.set_clock("2026-03-10T08:30:00+08:00")
        before = j.show()
        self.assertEqual(before["due"], {"handle": "2026-03-12T10:30:00+08:00"})
        correct = ("issue", "correct", j.issue, "--reason", "涉及多个部门")
        self.refused(self.cli(*correct, "--urgency", "complex", person=STAFF), "forbidden")
        self.refused(self.cli(*correct, person=CLERK), "invalid", field="category", exit_code=64)
        self.refused(self.cli(*correct, "--kind", "enquiry", person=CLERK), "invalid",
                     "nothing would change")
        self.refused(self.cli(*correct, "--category", "nowhere", person=CLERK), "invalid",
                     "no category", "category")
        self.refused(self.cli("issue", "correct", j.issue, "--urgency", "complex", person=CLERK),
                     "invalid", field="reason", exit_code=64)
        j.correct("--kind", "demand", "--urgency", "complex", "--category", "noise")
        view = j.show()
        self.assertEqual((view["kind"], view["urgency"], view["category"]),
                         ("demand", "complex", "noise"))
        # Fifteen days from the sixth end on a Saturday, so on Monday night; and two working hours.
        self.assertEqual(view["due"], {"handle": "2026-03-24T10:30:00+08:00"})
        for person in (CADRE, STAFF, HEAD, LEADER):
            self.assertIn("corrected", self.categories(person))
        item = self.instance.ok("queue", "list", person=STAFF)[0]
        self.assertEqual((item["urgency"], item["category"], item["due_at"]),
                         ("complex", "noise", "2026-03-24T10:30:00+08:00"))
        # What is used up by the new limit is overdue at once.
        j.correct("--urgency", "emergency", person=CLERK)
        self.instance.settle()
        self.assertEqual(j.show()["overdue"], ["handle"])
        self.assertEqual(j.show()["events"][:len(before["events"])], before["events"],
                         "what was written stays")
        self.check_rebuild()

    # ---- the archive ----

    def test_a_closed_issue_is_archived_when_its_window_is_over(self):
        """A1: no timer is left then: whatever time passes, nothing comes of it any more."""
        j = self.journey
        self.assertEqual(j.to_end()["state"], "closed")
        self.assertEqual(self.due(), {"reopen": "2026-03-20T17:00:00+08:00"})
        self.assertEqual([i["due_at"] for i in self.instance.ok("issue", "list")], [None])
        self.set_clock("2026-03-20T16:59:59+08:00")
        self.assertEqual(j.show()["state"], "closed")
        self.instance.advance("1s")
        view = j.show()
        self.assertEqual((view["state"], view["due"]), ("archived", {}))
        conservation = self.instance.status()["conservation"]
        self.assertEqual(conservation, {"accepted": 1, "open": 0, "final": 1, "dead": 0})
        self.assertEqual([i["issue"] for i in self.instance.ok("issue", "list", "--state",
                                                                "archived")], [j.issue])
        self.assertEqual(self.instance.ok("issue", "list", "--state", "closed"), [])
        self.set_clock("2026-09-20T12:00:00+08:00")
        self.assertEqual(j.show(), view)
        self.assertEqual(self.categories(SUPERVISOR), ["callback_wanted"])
        self.check_rebuild()


if __name__ == "__main__":
    lianhu.main()
