#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Late feedback on the built programs: who may give it from when on, and what is said of it."""
import datetime

import lianhu
from journey import CADRE, CLERK, LEADER, OFFICE_HEAD, STAFF, Journey

STARTED = "2026-03-02T09:00:00+08:00"  # a Monday


class Feedback(lianhu.SystemTest):
    instance_options = {"households": 40, "test_clock": STARTED, "is_plain": True}

    def give(self, journey, person):
        return self.instance.cli("feedback", "give", journey.issue, "--mode", "visit", "--words",
                                 "已当面告知", "--reaction", "satisfied", person=person)

    def told(self, issue, category):
        return [item for item in self.instance.ok("inbox", "list", person=CADRE)
                if item["category"] == category and item["issue"] == issue]

    def due_of(self, journey):
        return datetime.datetime.fromisoformat(journey.show()["due"]["feedback"])

    def set_clock(self, at):
        self.instance.ok("clock", "set", at.isoformat(), timeout=300)
        self.instance.settle()

    def test_the_office_tells_the_household_once_it_is_late_and_the_cadre_still_can(self):
        tellers = (CLERK, OFFICE_HEAD, CADRE)
        journeys = [Journey(self.instance) for _ in tellers]
        in_time = Journey(self.instance)
        for journey in (*journeys, in_time):
            journey.to_feedback()
        in_time.tell()
        due = self.due_of(journeys[-1])
        self.set_clock(min(map(self.due_of, journeys)) - datetime.timedelta(minutes=1))
        for journey in journeys:
            for person in (CLERK, OFFICE_HEAD):
                self.refused(self.give(journey, person), "forbidden", "once it is overdue")
            self.assertFalse(journey.show()["is_feedback_late"])
        self.set_clock(due)
        for journey, person in zip(journeys, tellers):
            self.assertTrue(journey.show()["is_feedback_late"])
            self.assertEqual(len(self.told(journey.issue, "feedback_late")), 1)
            for stranger in (STAFF, LEADER):
                self.refused(self.give(journey, stranger), "forbidden")
            done = self.give(journey, person)
            self.assertEqual(done.code, 0, done)
            self.assertEqual(done.json["state"], "callback", done)
        self.instance.settle()
        for journey, person in zip(journeys, tellers):
            self.assertTrue(journey.show()["is_feedback_late"], "it stays on record")
            self.assertEqual(len(self.told(journey.issue, "feedback_given")), person != CADRE)
            self.refused(self.give(journey, CLERK), "forbidden", "once it is overdue")
            shown = lianhu.run("issue", "show", journey.issue, "--home", self.instance.home)
            self.assertRegex(shown.out, r"told late +yes")
        self.assertFalse(in_time.show()["is_feedback_late"])
        self.assertEqual(self.told(in_time.issue, "feedback_late"), [])
        self.instance.down()
        for daemon in ("intake", "router", "notifier"):
            tables = self.instance.ok("rebuild", daemon, "--check")["tables"]
            self.assertTrue(all(table["before"] == table["after"] for table in tables), daemon)


if __name__ == "__main__":
    lianhu.main()
