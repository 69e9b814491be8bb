#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every household has a cadre: handing over and leaving on the built programs, with the feedback
that goes along, and the alarm where somebody is left without."""
import lianhu
from journey import CADRE, CLERK, HOUSEHOLD, OFFICE_HEAD, Journey

STARTED = "2026-03-02T09:00:00+08:00"  # a Monday
NEXT = "cadre002"
SECRETARY = "secretary_c01"
HEADER = "household,head,community,village,group,address,phone,members,hardship,tags,cadre\n"


class Handover(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40, test_clock=STARTED)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.journey = Journey(self.instance)

    def told(self, person, category):
        return [item for item in self.instance.ok("inbox", "list", person=person)
                if item["category"] == category]

    def households(self, *options, person=None):
        return [item["household"]
                for item in self.instance.ok("household", "list", *options, person=person)]

    def check_rebuild(self):
        self.instance.down()
        for daemon in ("intake", "router", "notifier"):
            tables = self.instance.ok("rebuild", daemon, "--check")["tables"]
            self.assertTrue(all(table["before"] == table["after"] for table in tables), daemon)

    def import_households(self, *rows):
        path = self.instance.folder / "households.csv"
        path.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
        return self.instance.cli("household", "import", path)

    def test_open_feedback_goes_along_with_the_household(self):
        j = self.journey
        j.to_feedback()
        closed = j.issue
        j.tell()
        j.call_back()
        j.to_feedback()
        for household in (HOUSEHOLD, "h00003"):
            self.instance.ok("visit", "log", "--household", household, "--mode", "visit",
                             "--promise", "2026-03-20: 送表格", person=CADRE)
        reason = ("--reason", "片区调整")
        ask = ("cadre", "handover", "--from", CADRE, "--to", NEXT, "--household",
               f"{HOUSEHOLD},h00002", *reason)
        self.refused(self.instance.cli(*ask, person=CADRE), "forbidden")
        done = self.instance.ok(*ask, person=OFFICE_HEAD)
        along = {"households": 2, "issues": 1, "promises": 1}
        self.assertEqual(done["moved"], [{"from": CADRE, "to": NEXT, **along}])
        self.assertEqual({name: done[name] for name in along}, along)
        self.instance.settle()
        self.assertEqual(self.instance.ok("issue", "show", closed)["cadre"], CADRE, "what is closed stays where it was")
        self.assertEqual(self.households("--cadre", NEXT)[:2], [HOUSEHOLD, "h00002"])
        self.assertEqual(j.show()["cadre"], NEXT)
        self.assertEqual(j.show()["events"][-1]["reason"], f"{CADRE} -> {NEXT}: 片区调整")
        self.assertEqual(len(self.told(CADRE, "handed_over")), 1)
        self.assertIn("2户", self.told(NEXT, "taken_over")[0]["title"])
        cadres = self.instance.ok("household", "show", HOUSEHOLD)["cadres"]
        self.assertEqual([(c["cadre"], c["since"], c["until"]) for c in cadres],
                         [(CADRE, STARTED, STARTED), (NEXT, STARTED, None)])
        self.refused(self.instance.cli(
            "feedback", "give", j.issue, "--mode", "visit", "--words", "已告知", "--reaction",
            "satisfied", person=CADRE), "forbidden")
        again = self.instance.ok(*ask, "--request-id", done["request_id"], person=OFFICE_HEAD)
        self.assertEqual(again, done, "the same answer, nothing twice")
        self.assertEqual(len(self.told(NEXT, "taken_over")), 1)
        self.refused(self.instance.cli(*ask, person=OFFICE_HEAD), "conflict")
        j.tell(person=NEXT)
        j.call_back()
        self.assertEqual(j.show()["state"], "closed")
        self.check_rebuild()

    def test_the_secretary_takes_over_from_who_leaves_without_a_successor(self):
        j = self.journey
        j.submit()
        done = lianhu.run("cadre", "leave", CADRE, "--reason", "退休", "--as", CLERK, "--home",
                          self.instance.home)
        self.assertEqual(done.out, f"{CADRE} -> {SECRETARY}: 40 households, 1 open issue with its "
                         "feedback, 0 promises\n")
        self.instance.settle()
        self.assertEqual(j.show()["cadre"], SECRETARY)
        self.assertEqual(len(self.households("--cadre", SECRETARY)), 40)
        self.assertIn("40户", self.told(SECRETARY, "taken_over_interim")[0]["title"])
        self.assertEqual(self.households("--without-cadre"), [])
        last = self.instance.ok("household", "show", HOUSEHOLD)["cadres"][-1]
        self.assertTrue(last["is_interim"])
        self.assertEqual(self.instance.ok("cadre", "show", CADRE)["left_at"], STARTED)
        self.refused(self.instance.cli("cadre", "leave", CADRE, "--reason", "退休"), "conflict")
        self.assertEqual(self.instance.ok("issue", "list", "--cadre", CADRE, person=CLERK), [])
        for ask in (("issue", "list"), ("inbox", "list"), ("issue", "show", j.issue)):
            self.refused(self.instance.cli(*ask, person=CADRE), "forbidden",
                         f"there is no person '{CADRE}'")
        self.instance.ok("cadre", "handover", "--from", SECRETARY, "--to", NEXT, "--all",
                         "--reason", "确定接任人", person=CLERK)
        self.instance.settle()
        self.assertEqual(j.show()["cadre"], NEXT)
        self.check_rebuild()

    def test_a_household_without_a_cadre_is_an_alarm_until_it_has_one(self):
        row = "x{0},李芳,c01,c01v01,1组,某处{0}号,,3,,,"
        done = self.import_households(*(row.format(i) for i in range(3)))
        self.assertEqual(done.code, 0, str(done))
        self.instance.settle()
        self.assertEqual(self.households("--without-cadre", person=SECRETARY), ["x0", "x1", "x2"])
        self.refused(self.instance.cli("household", "list", "--without-cadre", person=CADRE),
                     "forbidden")
        for person in (SECRETARY, OFFICE_HEAD):
            told = self.told(person, "without_cadre")
            self.assertEqual([item["at"] for item in told], [STARTED])
            self.assertIn("李芳（x0）、李芳（x1）、李芳（x2）", told[0]["text"])
        self.instance.ok("clock", "set", "2026-03-03T12:00:00+08:00", timeout=300)
        self.assertEqual([item["at"] for item in self.told(SECRETARY, "without_cadre")],
                         [STARTED, "2026-03-03T08:30:00+08:00"])
        self.instance.ok("cadre", "handover", "--to", NEXT, "--all", "--reason", "补齐",
                         person=CLERK)
        self.instance.ok("clock", "set", "2026-03-06T12:00:00+08:00", timeout=300)
        self.assertEqual(len(self.told(SECRETARY, "without_cadre")), 2)
        self.assertEqual(self.households("--without-cadre"), [])
        self.check_rebuild()


if __name__ == "__main__":
    lianhu.main()
