#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deadlines on the test clock: signing counts as done when its limit passes, handling is warned of
before and told of when it passes; once each, also over restarts in the middle."""
import lianhu
from journey import CADRE, HEAD, LEADER, OFFICE_HEAD, STAFF, SUPERVISOR, Journey

STARTED = "2026-03-02T09:00:00+08:00"       # a Monday
SIGN_DUE = "2026-03-02T15:00:00+08:00"      # 4 working hours: 09:00-12:00 and 14:00-15:00
HANDLE_DUE = "2026-03-09T23:59:59+08:00"    # 7 natural days
TOLD = "2026-03-10T08:30:00+08:00"          # when the office opens after that
EVERYBODY = (CADRE, STAFF, "staff_urban_2", HEAD, LEADER, OFFICE_HEAD, SUPERVISOR,
             "first_responsible")


class Timers(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=STARTED)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.journey = Journey(self.instance)

    def notices(self, person):
        """(category, time) of what a person was told of the issue, but for repetitions."""
        return [(item["category"], item["at"])
                for item in self.instance.ok("inbox", "list", person=person)
                if item["issue"] == self.journey.issue and not item["repeats"]
                and item["category"] != "passed_on"]

    def categories(self, person):
        return [category for category, _ in self.notices(person)]

    def now(self):
        return self.instance.ok("clock", "show")["now"]

    def restart(self):
        self.instance.down()
        self.instance.up()
        self.instance.settle()

    def test_signing_counts_as_done_once_when_its_limit_passes(self):
        """A18: a timer acts once, over restarts and kill -9."""
        j = self.journey
        j.submit()
        self.assertEqual(j.show()["due"], {"sign": SIGN_DUE, "handle": HANDLE_DUE})
        self.instance.ok("clock", "set", "2026-03-02T14:59:59+08:00")
        self.assertEqual(j.show()["state"], "dispatched", "never before it is due")
        self.assertEqual(self.categories(STAFF), ["due_soon"])
        self.restart()
        self.assertEqual(self.now(), "2026-03-02T14:59:59+08:00")
        self.instance.advance("1s")
        view = j.show()
        self.assertEqual(view["state"], "in_progress")
        signs = [event for event in view["events"] if event["type"] == "sign"]
        self.assertEqual([(e["actor"], e["at"]) for e in signs], [("system", SIGN_DUE)])
        self.assertEqual(self.notices(CADRE)[-1], ("auto_signed", SIGN_DUE))
        self.refused(self.instance.cli("queue", "sign", j.issue, person=STAFF), "conflict")
        before = [self.notices(person) for person in EVERYBODY]
        self.restart()
        self.instance.kill("router")
        self.instance.kill("notifier")
        self.instance.settle()
        self.instance.advance("2h")
        self.assertEqual(before, [self.notices(person) for person in EVERYBODY])
        self.assertEqual(len(j.show()["events"]), len(view["events"]))
        self.assertEqual(j.progress()["state"], "in_progress")

    def test_who_signs_in_time_is_not_signed_for(self):
        j = self.journey
        j.submit()
        self.instance.advance("1h")
        j.sign()
        self.assertNotIn("sign", j.show()["due"])
        self.instance.advance("1d")
        self.assertEqual([e["type"] for e in j.show()["events"] if e["type"] != "clock"],
                         ["opened", "dispatch", "sign"])
        self.assertNotIn("auto_signed", self.categories(CADRE))

    def test_handling_is_warned_of_before_and_told_of_when_it_passes(self):
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        self.instance.ok("clock", "set", "2026-03-09T12:00:00+08:00")
        self.assertEqual(self.categories(STAFF), ["due_soon", "due_soon"], "at 50% and 80%")
        self.assertEqual(self.categories(HEAD), ["dispatched", "due_soon"])
        self.assertEqual(self.categories(LEADER), [], "the dispatch was a line of the digest")
        self.assertEqual(self.instance.ok("issue", "list", "--overdue"), [])
        self.restart()
        steps = self.instance.ok("clock", "set", HANDLE_DUE)["steps"]
        self.assertGreater(steps, 0)
        self.assertNotIn("overdue", self.categories(HEAD) + self.categories(LEADER), "at night")
        self.instance.ok("clock", "set", TOLD)
        for person in (HEAD, LEADER):
            self.assertEqual(self.notices(person)[-1], ("overdue", TOLD), person)
            self.assertEqual(self.categories(person).count("overdue"), 1)
        self.assertEqual(j.show()["overdue"], ["handle"])
        self.assertEqual([i["issue"] for i in self.instance.ok("issue", "list", "--overdue")],
                         [j.issue])
        self.restart()
        self.instance.advance("2h")
        for person in (HEAD, LEADER):
            self.assertEqual(self.categories(person).count("overdue"), 1, "nothing is told twice")
        # Up the ladder: the supervisor after one working day, the office head after three; each is
        # told as that day ends.
        self.instance.ok("clock", "set", "2026-03-13T09:00:00+08:00")
        self.assertEqual(self.notices(SUPERVISOR),
                         [("urging_notice", "2026-03-10T17:00:00+08:00")])
        self.assertEqual(self.notices(OFFICE_HEAD), [("escalated", "2026-03-12T17:00:00+08:00")])
        self.assertEqual(j.show()["supervised"], 2)
        j.answer()
        self.instance.advance("3h")
        told = {person: self.notices(person) for person in EVERYBODY}
        self.assertEqual(j.review()["state"], "feedback")
        self.assertEqual(self.instance.ok("issue", "list", "--overdue"), [])
        self.assertEqual([self.with_level(n) for n in (1, 4, 5)], [[j.issue], [j.issue], []],
                         "how far it had come stays known")
        self.assertIn("\n  reminders    up to level 4 of 5\n", self.show_text())
        self.assertEqual(len(self.notices(SUPERVISOR)), len(told[SUPERVISOR]))

    def show_text(self):
        return lianhu.run("issue", "show", self.journey.issue, "--home", self.instance.home).out

    def with_level(self, level):
        return [i["issue"] for i in self.instance.ok("issue", "list", "--level", level)]

    def text(self, person):
        return self.instance.ok("inbox", "list", person=person)[-1]["text"]

    def test_each_section_hears_of_what_it_still_owes(self):
        j = self.journey
        staff, head = "staff_health_1", "head_health"
        j.submit("urban_other", "其他事情", "说不清楚的一件事")
        j.dispatch("urban", "--assist", "health")
        j.sign()
        j.contact()
        self.instance.ok("clock", "set", "2026-03-02T14:59:59+08:00")
        self.assertEqual((self.categories(STAFF), self.categories(staff)), ([], ["due_soon"]))
        self.assertIn("请抓紧签收", self.text(staff))
        j.step("queue", "sign", j.issue, person=staff)
        self.instance.ok("clock", "set", "2026-03-09T12:00:00+08:00")
        self.assertEqual(self.categories(STAFF), ["due_soon"] * 2)
        self.assertEqual(self.categories(staff), ["due_soon"] * 3)
        told = {told["person"] for step in j.show()["then"] if step["stage"] == "handle"
                for told in step["who"] if told["role"] == "section_head"}
        self.assertEqual(told, {HEAD, head})
        self.instance.ok("clock", "set", TOLD)
        for person in (HEAD, head):
            self.assertEqual(self.notices(person)[-1], ("overdue", TOLD), person)
            self.assertIn("请立即办理", self.text(person))
        self.assertIn("应由城建科、卫健科办理", self.text(LEADER))
        j.step("queue", "submit", j.issue, "--outcome", "solved", "--words", "已配合",
               "--evidence", "照片", person=staff)
        self.instance.ok("clock", "set", "2026-03-11T08:30:00+08:00")
        self.assertEqual(self.categories(HEAD)[-1], "urging_notice")
        self.assertNotIn("urging_notice", self.categories(head), "its part is done")
        self.assertIn("应由城建科于", self.text(SUPERVISOR))

    def sleep_until(self, at):
        """All is down until then."""
        self.instance.down()
        self.instance.test_clock = at
        self.instance.up()
        self.instance.settle()
        self.instance.advance("1s")

    def test_what_fell_due_while_all_was_down_is_told_once_at_its_highest(self):
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        before = {person: self.notices(person) for person in EVERYBODY}
        self.sleep_until("2026-03-20T09:00:00+08:00")
        told = {person: [c for c, _ in self.notices(person)[len(before[person]):]]
                for person in EVERYBODY}
        # The highest level alone, which names section head and leader again.
        for person in ("first_responsible", OFFICE_HEAD, SUPERVISOR, HEAD, LEADER):
            self.assertEqual(told[person], ["escalated_top"], person)
        self.assertEqual(told[STAFF], [], "the warnings below are skipped")
        self.assertEqual((j.show()["supervised"], j.show()["level"]), (3, 5))
        self.assertEqual([self.with_level(n) for n in range(1, 6)], 5 * [[j.issue]])
        clock, = [event for event in j.show()["events"] if event["type"] == "clock"]
        self.assertEqual((clock["stage"], clock["level"], clock["skipped"]),
                         ("handle", 5, [0, 1, 2, 3, 4]))
        shown = self.show_text()
        self.assertIn("handle: overdue, level 5; at once with, and instead of, 0, 1, 2, 3, 4",
                      shown)
        self.assertIn("\n  reminders    up to level 5 of 5, listed for criticism\n", shown)

    def test_so_is_a_supervision_that_fell_due_meanwhile(self):
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        self.instance.ok("issue", "supervise", j.issue, "--level", "1", "--until", "2wd", "--words",
                         "限期办结", person=LEADER)
        self.sleep_until("2026-03-09T09:00:00+08:00")
        event, = [event for event in j.show()["events"] if event["type"] == "supervision"
                  and "level" in event["reason"]]
        self.assertEqual((event["level"], event["skipped"], event["reason"]),
                         (3, [1, 2], "overdue, level 3; at once with, and instead of, 1, 2"))

    def test_natural_hours_run_through_the_night(self):
        j = self.journey
        j.submit(urgency="emergency")
        self.assertEqual(j.show()["due"], {"sign": "2026-03-02T09:30:00+08:00",
                                           "handle": "2026-03-03T09:00:00+08:00"})
        j.sign()
        j.contact()
        self.instance.advance("24h")
        self.assertEqual(j.show()["overdue"], ["handle"])
        self.assertEqual(self.notices(LEADER)[-1], ("overdue", "2026-03-03T09:00:00+08:00"))

    def test_the_clock_itself(self):
        self.assertEqual(self.now(), STARTED)
        self.assertEqual(self.instance.advance("90s")["now"], "2026-03-02T09:01:30+08:00")
        self.assertEqual(self.instance.advance("2h")["now"], "2026-03-02T11:01:30+08:00")
        self.assertEqual(self.instance.advance("1wd")["now"], "2026-03-03T17:00:00+08:00")
        for words in (("advance", "x"), ("set", "2026-03-01T00:00:00+08:00"), ("set", "soon")):
            self.refused(self.instance.cli("clock", *words), "invalid")
        self.instance.down()
        self.assertEqual(self.now(), "2026-03-03T17:00:00+08:00", "it stands while all is down")
        self.instance.test_clock = None  # an instance keeps the kind of clock it began with
        done = lianhu.run("up", "--home", self.instance.home, timeout=30)
        self.assertNotEqual(done.code, 0)
        self.assertIn("--test-clock", done.err)

    def test_many_deadlines_in_one_step(self):
        issues = []
        for number in range(30):
            issues.append(Journey(self.instance).submit(title=f"第{number}件")["issue"])
        self.instance.ok("clock", "set", SIGN_DUE)
        items = {i["issue"]: i["state"] for i in self.instance.ok("issue", "list")}
        self.assertEqual({items[issue] for issue in issues}, {"in_progress"})
        told = [i["issue"] for i in self.instance.ok("inbox", "list", person=CADRE)
                if i["category"] == "auto_signed"]
        self.assertEqual(sorted(told), issues)
        for name in self.instance.names():
            self.instance.ok("rebuild", name, "--check")


if __name__ == "__main__":
    lianhu.main()
