#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deadlines that run are computed again when the calendar or the limits change: from their start,
once, over kills and restarts; what was written stays."""
import lianhu
import wire
from journey import CADRE, CLERK, HEAD, HOUSEHOLD, LEADER, STAFF, Journey

STARTED = "2026-03-02T09:00:00+08:00"        # a Monday
HANDLE_DUE = "2026-03-09T23:59:59+08:00"     # 7 natural days: the Monday after
ON_THE_10TH = "2026-03-10T23:59:59+08:00"
LOCAL = "source: test\noff:\n  - {name: 停办日, days: %s}\n"
YEAR_2027 = ("year: 2027\nsource: test\noff:\n"
             "  - {name: 元旦, days: 2027-01-01..2027-01-03}\n"
             "  - {name: 停办, days: 2027-01-12..2027-01-13}\n")
MANY = 450  # three steps of the job


class Replanning(lianhu.SystemTest):
    test_clock = STARTED

    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=self.test_clock, is_plain=True)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.journey = Journey(self.instance)

    def write(self, name, text):
        (self.instance.home / "config" / name).write_text(text, encoding="utf-8")

    def edit(self, name, old, new):
        text = (self.instance.home / "config" / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        self.write(name, text.replace(old, new, 1))

    def replanned(self):
        """When the job is done, what it wrote of the issue, without numbers."""
        self.settle()
        return [event["reason"] for event in self.journey.show()["events"]
                if event["type"] == "replanned"]

    def settle(self):
        self.instance.settle()
        lianhu.wait_until(lambda: self.instance.status()["replanning"] == 0, 30, "the job is done")
        self.instance.settle()

    def due(self, stage="handle"):
        return self.journey.show()["due"][stage]

    def rebuild(self):
        for name in self.instance.names():
            self.instance.ok("rebuild", name, "--check")


class DayOff(Replanning):
    def test_a_new_day_off_moves_running_deadlines_and_leaves_history(self):
        """A2: a calendar that changes."""
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        before = j.show()
        self.assertEqual(before["due"], {"handle": HANDLE_DUE})
        self.write("calendar/local.yaml", LOCAL % "2026-03-09")
        self.instance.ok("reload")
        self.assertEqual(self.replanned(), [
            f"handle: {HANDLE_DUE} -> {ON_THE_10TH}, the calendar changed"])
        after = j.show()
        self.assertEqual(after["due"], {"handle": ON_THE_10TH})
        self.assertEqual(after["events"][:-1], before["events"], "what was written stays")
        self.assertIn("replanned", lianhu.run("issue", "show", j.issue, "--home",
                                              self.instance.home).out)
        queue = self.instance.ok("queue", "list", person=STAFF)
        self.assertEqual([item["due_at"] for item in queue], [ON_THE_10TH])
        # The old time passes without a word; the new one is told.
        self.instance.ok("clock", "set", "2026-03-10T12:00:00+08:00")
        self.assertEqual(j.show()["overdue"], [])
        self.instance.ok("clock", "set", ON_THE_10TH)
        self.assertEqual(j.show()["overdue"], ["handle"])
        told = [i for i in self.instance.ok("inbox", "list", person=LEADER)
                if i["category"] == "overdue"]
        self.assertEqual([i["at"] for i in told], [ON_THE_10TH])
        self.instance.ok("audit", "verify", person="supervisor1")
        self.rebuild()

    def check_warning(self, level, told_at):
        """Of a limit of 7 days that ends on a Monday, when the Friday before becomes a day off."""
        j = self.journey
        self.edit("deadlines.yaml", "at: [80%, -1wd]", f"at: [{level}]")
        self.instance.ok("reload")
        j.submit()
        j.sign()
        j.contact()
        self.write("calendar/local.yaml", LOCAL % "2026-03-06")
        self.instance.ok("reload")
        self.assertEqual(self.replanned(), [
            f"handle: {HANDLE_DUE} stays, its warnings move, the calendar changed"])
        self.instance.ok("clock", "set", "2026-03-07T00:00:00+08:00")
        told = [i["at"] for i in self.instance.ok("inbox", "list", person=HEAD)
                if i["category"] == "due_soon"]
        self.assertEqual(told, [told_at], "on Thursday")

    def test_warnings_working_days_before_the_end_go_by_the_same_calendar(self):
        """A3."""
        self.check_warning("-1wd", "2026-03-05T17:00:00+08:00")

    def test_warnings_working_hours_before_the_end_go_by_the_same_calendar(self):
        """A3: Monday has 6.5 of the eight hours."""
        self.check_warning("-8wh", "2026-03-05T15:30:00+08:00")

    def test_a_deadline_that_passed_may_lie_ahead_again(self):
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        self.instance.ok("clock", "set", "2026-03-10T09:00:00+08:00")
        self.assertEqual(j.show()["overdue"], ["handle"])
        self.write("calendar/local.yaml", LOCAL % "2026-03-09")
        self.instance.ok("reload")
        self.assertEqual(len(self.replanned()), 1)
        self.assertEqual(j.show()["overdue"], [])
        self.assertEqual(self.instance.ok("issue", "list", "--overdue"), [])
        self.instance.ok("clock", "set", "2026-03-11T09:00:00+08:00")
        told = [i["at"] for i in self.instance.ok("inbox", "list", person=LEADER)
                if i["category"] == "overdue"]
        self.assertEqual(told, [HANDLE_DUE, ON_THE_10TH], "said again when it passes again")

    def test_what_deadlines_do_not_depend_on_moves_none(self):
        j = self.journey
        j.submit()
        before = j.show()
        self.edit("org.yaml", "name: 邹思", "name: 邹思思")
        self.instance.ok("reload")
        self.assertEqual(self.replanned(), [])
        self.assertEqual(j.show()["events"], before["events"])


class Limits(Replanning):
    def test_changed_limits_keep_the_time_that_was_used(self):
        """A5: limits that change, for all issues."""
        j = self.journey
        j.submit()
        j.sign()
        j.contact()
        self.instance.ok("clock", "set", "2026-03-07T09:00:00+08:00")
        self.edit("deadlines.yaml", "general: 7d, complex: 15d", "general: 15d, complex: 15d")
        self.instance.ok("reload")
        self.assertEqual(self.replanned(), [
            f"handle: {HANDLE_DUE} -> 2026-03-17T23:59:59+08:00, the limits changed"])
        # Five days are used, so three days were over on the 5th: it is told at once.
        self.edit("deadlines.yaml", "general: 15d, complex: 15d", "general: 3d, complex: 15d")
        self.instance.ok("reload")
        self.assertEqual(len(self.replanned()), 2)
        self.instance.advance("1s")
        view = j.show()
        self.assertEqual(view["due"], {"handle": "2026-03-05T23:59:59+08:00"})
        self.assertEqual(view["overdue"], ["handle"])
        self.rebuild()

    def test_a_start_with_a_changed_configuration_adopts_it_by_an_event(self):
        j = self.journey
        j.submit()
        before = self.instance.status()["daemons"][0]["config"]
        self.instance.down()
        self.edit("deadlines.yaml", "general: 7d, complex: 15d", "general: 9d, complex: 15d")
        self.instance.up()
        self.assertEqual(len(self.replanned()), 1)
        self.assertEqual(self.due(), "2026-03-11T23:59:59+08:00")
        adopted = wire.NUMBERS["config_adopted_event"]
        for name in self.instance.names():
            records = self.instance.records(name)[0]
            self.assertEqual([r["type"] for r in records].count(adopted), 2, name)
        self.assertNotEqual(self.instance.status()["daemons"][0]["config"], before)
        heads = {d["name"]: d["head"] for d in self.instance.status()["daemons"]}
        self.instance.down()
        self.instance.up()
        self.settle()
        self.assertEqual({d["name"]: d["head"] for d in self.instance.status()["daemons"]}, heads,
                         "the same one again writes nothing")
        self.rebuild()


class Kill(Replanning):
    def test_each_deadline_is_planned_once_over_kills(self):
        """A18 for the job: its place and what it wrote commit together."""
        issues = []
        for number in range(MANY):
            reply = self.instance.call("intake", "submit_command", {
                "household": HOUSEHOLD, "kind": "demand", "category": "roads",
                "title": f"第{number}件", "text": "请尽快办理。"}, CADRE,
                request=wire.make_id())
            self.assertTrue(reply.is_ok, reply)
            issues.append(reply.fields["issue"])
        self.instance.settle()
        for day, kills in ((9, 3), (10, 2)):
            self.write("calendar/local.yaml", LOCAL % f"2026-03-09..2026-03-{day:02}"
                       if day > 9 else LOCAL % "2026-03-09")
            self.instance.ok("reload")
            for _ in range(kills):
                self.instance.kill("router")
                lianhu.wait_until(lambda: "router" in self.instance.pids(), 10, "router is back")
            self.settle()
        number = wire.NUMBERS["replanned_event"]
        found = [r["issue"] for r in self.instance.records("router")[0] if r["type"] == number]
        self.assertEqual(sorted(found), sorted(issues + issues), "handling, twice moved")
        self.journey.issue = f"2026-{MANY:07}"
        self.assertEqual(self.due(), "2026-03-11T23:59:59+08:00")
        self.rebuild()


class Year(Replanning):
    test_clock = "2026-12-28T09:00:00+08:00"

    def test_a_provisional_deadline_is_definite_when_its_year_arrives(self):
        """A2: for a year that is published late."""
        j = self.journey
        j.submit(urgency="complex")
        self.assertEqual(j.show()["due"]["handle"], "2027-01-12T23:59:59+08:00")
        self.assertEqual(j.show()["provisional"], ["handle"])
        shown = lianhu.run("issue", "show", j.issue, "--home", self.instance.home).out
        self.assertIn("provisional", shown)
        self.write("calendar/2027.yaml", YEAR_2027)
        self.instance.ok("reload")
        self.assertEqual(self.replanned(), [
            "handle: 2027-01-12T23:59:59+08:00 -> 2027-01-14T23:59:59+08:00, "
            "its year was published"])
        self.assertEqual(j.show()["provisional"], [])
        self.assertEqual(j.show()["due"]["handle"], "2027-01-14T23:59:59+08:00")
        self.rebuild()

    def marked(self):
        """Whether each list marks the issue, for programs and for people."""
        found = []
        for words, person in ((("issue", "list"), "operator"), (("queue", "list"), STAFF),
                              (("queue", "list"), "staff_civil_1")):
            item, = self.instance.ok(*words, person=person)
            shown = lianhu.run(*words, "--home", self.instance.home, "--as", person).out
            self.assertEqual(", provisional" in shown, item["is_provisional"], shown)
            found.append(item["is_provisional"])
        return found

    def test_lists_mark_what_is_provisional(self):
        """The lead section's queue, the assisting one's, and the office's list."""
        j = self.journey
        j.submit(category="urban_other", urgency="complex", title="想请街道帮忙",
                 text="家里的事情说不清楚")
        self.instance.ok("issue", "dispatch", j.issue, "--lead", "urban", "--assist", "civil",
                         person=CLERK)
        self.instance.settle()
        self.assertEqual(self.marked(), [False, False, False], "signing is due this year")
        for person in (STAFF, "staff_civil_1"):
            self.instance.ok("queue", "sign", j.issue, person=person)
        j.contact()
        self.instance.settle()
        self.assertEqual(self.marked(), [True, True, True])
        self.write("calendar/2027.yaml", YEAR_2027)
        self.instance.ok("reload")
        self.settle()
        self.assertEqual(self.marked(), [False, False, False])
        self.rebuild()

    def test_the_supervision_by_a_person_is_definite_too_when_its_year_arrives(self):
        """What was asked for in working days; a day that was named stays what it is."""
        j = self.journey
        j.submit()
        supervise = ("issue", "supervise", j.issue, "--level", "1", "--words", "限期办结")
        self.instance.ok(*supervise, "--until", "10wd", person=LEADER)
        before = j.show()
        self.assertEqual(before["due"]["supervision"], "2027-01-11T17:00:00+08:00")
        self.assertIn("supervision", before["provisional"])
        self.assertTrue(before["supervision"]["is_provisional"])
        self.assertEqual(before["supervision"]["asked"], "10wd")
        self.write("calendar/2027.yaml", YEAR_2027)
        self.instance.ok("reload")
        self.assertIn("supervision: 2027-01-11T17:00:00+08:00 -> 2027-01-14T17:00:00+08:00, "
                      "its year was published", self.replanned())
        after = j.show()
        self.assertNotIn("supervision", after["provisional"])
        self.assertEqual(after["events"][:len(before["events"])], before["events"])
        self.instance.ok(*supervise, "--until", "2027-01-11", person=LEADER)
        self.assertNotIn("supervision", j.show()["provisional"])
        self.write("calendar/local.yaml", LOCAL % "2027-01-08")
        self.instance.ok("reload")
        self.assertIn("supervision: 2027-01-11T23:59:59+08:00 stays, its warnings move, "
                      "the calendar changed", self.replanned())
        self.rebuild()


if __name__ == "__main__":
    lianhu.main()
