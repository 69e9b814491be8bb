#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""When people are told, on the test clock: at night and by day, leaders once a day, again while it is
not read, and then somebody else; over restarts nothing twice and nothing lost."""
import json
import subprocess
import threading

import lianhu
from journey import CADRE, HEAD, LEADER, OFFICE_HEAD, STAFF, Journey

NIGHT = "2026-03-02T03:00:00+08:00"         # of Sunday to a Monday
BEFORE_OPENING = "2026-03-02T08:29:59+08:00"
OPENING = "2026-03-02T08:30:00+08:00"
TUESDAY = "2026-03-03T08:30:00+08:00"
DEPUTY = "staff_urban_2"


class Notices(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=NIGHT)
        self.addCleanup(self.instance.close)
        self.instance.change_config("org.yaml", (
            "id: head_urban, name: 姜可敏,", f"id: head_urban, name: 姜可敏, deputy: {DEPUTY},"))
        self.instance.up()
        self.journey = Journey(self.instance)

    def inbox(self, person, *categories):
        return [item for item in self.instance.ok("inbox", "list", person=person)
                if not categories or item["category"] in categories]

    def times(self, person, *categories):
        return [item["at"] for item in self.inbox(person, *categories)]

    def set_clock(self, at):
        self.instance.ok("clock", "set", at, timeout=300)

    def sleep_until(self, at):
        """All is down when the clock comes to that time."""
        self.instance.down()
        self.instance.test_clock = at
        self.instance.up()
        self.instance.settle()
        self.instance.advance("1s")

    def counters(self):
        reply = self.instance.call("notifier", "status_query")
        counts = {count["name"]: count.get("value", 0) for count in reply.fields["counts"]}
        return tuple(counts[name] for name in ("held", "digests", "unread"))

    def check_rebuild(self):
        for table in self.instance.ok("rebuild", "notifier", "--check")["tables"]:
            self.assertEqual(table["before"], table["after"], table["name"])

    def test_what_comes_in_at_night_is_told_when_the_office_opens(self):
        """A8: an emergency is told at night, all else waits for working hours."""
        self.journey.submit()
        urgent = Journey(self.instance)
        urgent.submit(urgency="emergency")
        self.instance.settle()
        for person in (STAFF, HEAD, LEADER, CADRE):
            self.assertEqual([(i["issue"], i["at"]) for i in self.inbox(person)],
                             [(urgent.issue, NIGHT)], person)
        self.assertEqual(self.counters()[:2], (2, 1), "section and cadre; the leader's digest")
        self.set_clock(BEFORE_OPENING)
        self.assertNotIn(self.journey.issue, [i["issue"] for i in self.inbox(HEAD)])
        self.instance.kill("notifier")
        self.set_clock(OPENING)
        for person in (HEAD, CADRE):
            told = [i for i in self.inbox(person) if i["issue"] == self.journey.issue]
            self.assertEqual([(i["category"], i["at"]) for i in told], [("dispatched", OPENING)])
            self.assertGreater(told[0]["id"], self.inbox(person)[0]["id"])
            self.assertIsNotNone(told[0]["cause"])
        self.assertNotIn(self.journey.issue, [i["issue"] for i in self.inbox(STAFF)],
                         "what can wait the staff sees in its queue")
        self.assertEqual(self.times(LEADER, "digest"), [OPENING])
        self.check_rebuild()

    def test_a_leader_hears_once_a_day_of_what_can_wait(self):
        self.set_clock("2026-03-02T10:00:00+08:00")
        first, second = Journey(self.instance), Journey(self.instance)
        first.submit()
        self.instance.advance("1h")
        second.submit()
        self.instance.settle()
        self.assertEqual(self.inbox(LEADER), [])
        self.assertEqual(self.counters()[1], 1)
        self.set_clock("2026-03-03T08:29:59+08:00")
        self.assertEqual(self.inbox(LEADER), [])
        self.sleep_until("2026-03-03T09:00:00+08:00")
        digest, = self.inbox(LEADER)
        self.assertEqual((digest["category"], digest["issue"]), ("digest", None))
        lines = digest["text"].splitlines()
        for journey in (first, second):
            self.assertEqual(sum(line.startswith(journey.issue) for line in lines), 1)
        self.instance.down()
        self.instance.up()
        self.set_clock("2026-03-04T12:00:00+08:00")
        self.assertEqual(len(self.inbox(LEADER)), 1, "once, and no digest of nothing")
        self.check_rebuild()

    def test_what_is_not_read_is_told_again_once_and_then_to_the_deputy(self):
        j = self.journey
        self.set_clock("2026-03-02T10:00:00+08:00")
        j.submit()
        j.sign()
        j.contact()
        self.instance.ok("issue", "urge", j.issue, "--words", "请尽快处理", person=OFFICE_HEAD)
        self.instance.settle()
        first, = self.inbox(HEAD, "urged")
        for item in self.inbox(STAFF, "urged"):
            self.instance.ok("inbox", "read", item["id"], person=STAFF)
        self.set_clock("2026-03-04T08:29:59+08:00")
        self.assertEqual(len(self.inbox(HEAD, "urged")), 1)
        self.sleep_until("2026-03-04T09:00:00+08:00")
        again = self.inbox(HEAD, "urged")[1]
        self.assertEqual((again["repeats"], again["at"][:16]), (first["id"], "2026-03-04T09:00"))
        self.assertEqual((again["title"], again["text"], again["level"], again["cause"]),
                         (first["title"], first["text"], first["level"], first["cause"]))
        self.instance.kill("notifier")
        self.instance.settle()
        self.set_clock("2026-03-05T17:00:00+08:00")
        self.assertEqual(self.inbox(DEPUTY, "passed_on"), [])
        self.set_clock("2026-03-06T08:30:00+08:00")
        passed = [i for i in self.inbox(DEPUTY, "passed_on") if "姜可敏" in i["title"]]
        self.assertEqual([(i["at"], i["issue"], i["level"]) for i in passed],
                         [("2026-03-06T08:30:00+08:00", j.issue, "warning")])
        self.assertIn(first["title"], passed[0]["title"])
        self.sleep_until("2026-03-20T10:00:00+08:00")
        self.assertEqual(len(self.inbox(HEAD, "urged")), 2)
        self.assertEqual(len([i for i in self.inbox(DEPUTY, "passed_on")
                              if first["title"] in i["title"]]), 1)
        self.check_rebuild()

    def test_who_reads_or_acts_in_time_is_left_alone(self):
        j = self.journey
        self.set_clock("2026-03-02T10:00:00+08:00")
        j.submit()
        self.instance.settle()
        self.assertEqual(self.counters()[2], 1, "the head is told to have it signed")
        j.sign()
        self.instance.settle()
        self.assertEqual(self.counters()[2], 0, "and it was")
        j.answer()
        j.review()
        j.tell()
        j.call_back()
        self.instance.settle()
        self.assertEqual(self.counters()[2], 0)
        self.set_clock("2026-03-13T10:00:00+08:00")
        for person in (HEAD, STAFF, CADRE, DEPUTY, OFFICE_HEAD):
            self.assertEqual([i for i in self.inbox(person)
                              if i["repeats"] or i["category"] == "passed_on"], [], person)
        self.assertEqual(self.counters(), (0, 0, 0))

    def test_a_watch_shows_what_was_held_when_it_is_told(self):
        self.journey.submit()
        watch = subprocess.Popen(  # pylint: disable=consider-using-with
            [lianhu.program(), "inbox", "watch", "--json", "--home", self.instance.home, "--as",
             HEAD], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        timer = threading.Timer(60, watch.kill)
        timer.start()
        try:
            urgent = Journey(self.instance)
            urgent.submit(urgency="utility")
            item = json.loads(watch.stdout.readline())
            self.assertEqual((item["issue"], item["at"]), (urgent.issue, NIGHT))
            self.set_clock(OPENING)
            shown = [json.loads(watch.stdout.readline())]
            while shown[-1]["issue"] != self.journey.issue:
                shown.append(json.loads(watch.stdout.readline()))
            self.assertEqual((shown[-1]["category"], shown[-1]["at"]), ("dispatched", OPENING))
        finally:
            timer.cancel()
            watch.kill()
            watch.wait()
            watch.stdout.close()


if __name__ == "__main__":
    lianhu.main()
