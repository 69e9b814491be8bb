#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Visits on the built programs: matters become issues, each half asks for a visit of its own, and
whoever has households left is told once, also when intake is killed on the way."""
import collections
import json
import re
import uuid

import yaml

import lianhu
from journey import CADRE, HOUSEHOLD, OFFICE_HEAD, STAFF, SUPERVISOR

STARTED = "2026-04-20T09:00:00+08:00"
SECRETARY = "secretary_c01"
# The days are a holiday, a Sunday and a holiday: when work begins on the last day before.
REMINDERS = ("2026-04-30T08:30:00+08:00", "2026-05-29T08:30:00+08:00", "2026-06-18T08:30:00+08:00")
HALF_ENDS = "2026-07-01T00:00:00+08:00"
MISSED_TOLD = "2026-07-01T08:30:00+08:00"
HOME = ("visit", "stay")
BOUNDS = {"2026H1": ("2026-01-01", "2026-07-01"), "2026H2": ("2026-07-01", "2027-01-01")}


class Visits(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=100, test_clock=STARTED, is_plain=True)
        self.addCleanup(self.instance.close)
        self.instance.up()
        self.linked = collections.defaultdict(set)
        for household in self.instance.ok("household", "list"):
            self.linked[household["cadre"]].add(household["household"])

    # ---- calls ----

    def log(self, household, *more, mode="visit", person=None, **rest):
        person = person or self.instance.cadre_of(household)
        return self.instance.ok("visit", "log", "--household", household, "--mode", mode, *more,
                                person=person, **rest)

    def kill(self):
        self.instance.kill("intake")
        self.instance.settle()

    def advance_to(self, instant):
        """To an instant and past it, with intake killed in between."""
        self.instance.ok("clock", "set", instant, timeout=300)
        self.kill()
        self.instance.advance("1h")

    def notices(self, person, category):
        return [item for item in self.instance.ok("inbox", "list", person=person)
                if item["category"] == category]

    def visited(self, half):
        """The households where a cadre was at home in a half, counted from the list alone."""
        begins, ends = BOUNDS[half]
        return {visit["household"] for visit in
                self.instance.ok("visit", "list", person="triage1")
                if visit["mode"] in HOME and begins <= visit["at"] < ends}

    def left(self, cadre, half="2026H1", linked=None):
        return (linked or self.linked)[cadre] - self.visited(half)

    def check_coverage(self, half, linked=None):
        """Linked, visited and left of every cadre, community and village, and who is due."""
        linked = {cadre: households for cadre, households in (linked or self.linked).items()
                  if households}
        rows = self.instance.ok("visit", "coverage", "--by", "cadre", "--half", half,
                                person=SUPERVISOR)
        self.assertEqual({row["id"] for row in rows}, set(linked))
        for row in rows:
            left = self.left(row["id"], half, linked)
            due = self.instance.ok("visit", "due", "--cadre", row["id"], "--half", half,
                                   person="triage1")
            self.assertEqual({item["household"] for item in due}, left)
            self.assertEqual({item["cadre"] for item in due}, {row["id"]} if due else set())
            self.assertEqual(row["assigned"], len(linked[row["id"]]))
            self.assertEqual(row["left"], len(left))
            self.assertEqual(row["visited"] + row["left"], row["assigned"])
            self.assertEqual(row["permille"], row["visited"] * 1000 // row["assigned"])
        for by in ("community", "village"):
            places = self.instance.ok("visit", "coverage", "--by", by, "--half", half,
                                      person=SUPERVISOR)
            for place in places:
                due = self.instance.ok("visit", "due", f"--{by}", place["id"], "--half", half,
                                       person="triage1")
                self.assertEqual(len(due), place["left"])
            for count in ("assigned", "visited", "left"):
                self.assertEqual(sum(place[count] for place in places),
                                 sum(row[count] for row in rows))

    # ---- tests ----

    def test_matters_become_issues_and_show_where_they_came_from(self):
        request = str(uuid.uuid4())
        path = self.instance.folder / "matter.json"
        path.write_text(json.dumps({"kind": "demand", "category": "tap_water", "title": "水压不足",
                                    "text": "早晚水压太低"}), encoding="utf-8")
        words = ("--items", "family,living,policy", "--transport", "bus", "--words", "老人身体好转",
                 "--matter", "difficulty:roads:路灯不亮:村口路灯坏了三天", "--matter", f"@{path}",
                 "--promise", "2026-05-06: 带政策手册上门", "--request-id", request)
        visit = self.log(HOUSEHOLD, *words)
        again = self.log(HOUSEHOLD, *words)
        self.assertEqual(visit, again, "the same request has its effect once")
        self.assertEqual([issue["title"] for issue in visit["issues"]], ["路灯不亮", "水压不足"])
        self.assertEqual(visit["items"], ["family", "living", "policy"])
        self.assertEqual(len(self.instance.ok("issue", "list")), 2)
        for issue in visit["issues"]:
            view = self.instance.ok("issue", "show", issue["issue"], person=CADRE)
            self.assertEqual((view["visit"], view["source"]), (visit["visit"], "visit"))
            self.assertEqual(issue["state"], view["state"])
        number = visit["issues"][0]["issue"]
        self.instance.ok("queue", "sign", number, person=STAFF)
        shown = self.instance.ok("visit", "show", visit["visit"], person=CADRE)
        self.assertEqual(shown["issues"][0]["state"], "in_progress")
        trace = self.instance.ok("issue", "trace", number)
        self.assertIn("reported", json.dumps(trace))
        path.write_text(json.dumps({"household": HOUSEHOLD, "mode": "phone", "words": "一切都好"}),
                        encoding="utf-8")
        called = self.instance.ok("visit", "log", f"@{path}", person=CADRE)
        self.assertEqual((called["mode"], called["issues"]), ("phone", []))

    def test_refusals_name_the_field_and_write_nothing(self):
        refusals = (
            (("--matter", "difficulty:roads:路灯不亮"), "invalid", "matter"),
            (("--matter", "difficulty:nowhere:路灯不亮:坏了"), "invalid", "matters"),
            (("--items", "family,sunshine"), "invalid", "items"),
            (("--promise", "soon: 手册"), "invalid", "promises"),
            (("--at", "2026-04-20T09:00:01+08:00"), "invalid", "at"),
            (("--at", "2025-04-01T09:00:00+08:00"), "invalid", "at"),
            (("--transport", "rocket"), "invalid", "transport"),
        )
        for words, code, field in refusals:
            with self.subTest(words=words):
                self.refused(self.instance.cli("visit", "log", "--household", HOUSEHOLD, "--mode",
                                               "visit", *words, person=CADRE), code, field=field)
        self.refused(self.instance.cli("visit", "log", "--household", HOUSEHOLD, "--mode", "visit",
                                       person="cadre002"), "forbidden")
        self.assertEqual(self.instance.ok("visit", "list", person="triage1"), [])

    def test_who_has_households_left_is_told_once(self):
        mine = sorted(self.linked[CADRE])
        sections = {row["name"] for row in self.org()["departments"]}
        self.hand_over(mine.pop(), next(row["cadre"] for row in self.instance.ok("cadre", "list")
                                        if row["unit"] not in sections))
        for household in mine[:3]:
            self.log(household, mode="stay")
        self.log(mine[3], mode="phone")
        self.check_coverage("2026H1")
        expected = {cadre: [] for cadre in self.linked}
        for round_number, instant in enumerate(REMINDERS):
            for cadre in self.linked:
                expected[cadre].append(len(self.left(cadre)))
            self.advance_to(instant)
            for cadre, counts in expected.items():
                notices = self.notices(cadre, "visits_due")
                self.assertEqual([item["at"] for item in notices],
                                 list(REMINDERS[:round_number + 1]), cadre)
                for item, count in zip(notices, counts):
                    self.assertIn(f"还有{count}户未走访", item["title"])
            self.log(mine[4 + round_number])
        self.check_coverage("2026H1")
        left = {cadre: len(self.left(cadre)) for cadre in self.linked}
        self.advance_to(HALF_ENDS)
        self.assertEqual(self.notices(CADRE, "visits_missed"), [], "nobody is told at night")
        self.advance_to(MISSED_TOLD)
        for cadre, count in left.items():
            told = self.notices(cadre, "visits_missed")
            self.assertEqual([item["at"] for item in told], [MISSED_TOLD])
            self.assertIn(f"{count}户", told[0]["title"])
        told = self.notices(SECRETARY, "visits_missed_here")
        self.assertEqual(len(told), 1)
        self.assertIn(f"{sum(left.values())}户", told[0]["title"])
        self.assertIn("--half 2026H1", told[0]["text"])
        self.check_units(left)
        self.check_coverage("2026H1")
        self.assertEqual({row["visited"] for row in self.instance.ok(
            "visit", "coverage", "--by", "cadre", person=SUPERVISOR)}, {0}, "a half of its own")
        for table in self.instance.ok("rebuild", "intake", "--check")["tables"]:
            self.assertEqual(table["before"], table["after"], table["name"])

    def check_units(self, left):
        """One notice to the head of a section with its cadres, and one to the office of the others."""
        cadres = {row["cadre"]: row for row in self.instance.ok("cadre", "list")}
        heads = {row["name"]: row["head"] for row in self.org()["departments"]}
        units = collections.defaultdict(list)
        for cadre, count in left.items():
            units[cadres[cadre]["unit"]].append(f"{cadres[cadre]['name']}{count}户")
        outside = {unit: rows for unit, rows in units.items() if unit not in heads}
        self.assertTrue(outside and len(outside) < len(units), "units of both kinds")
        for unit in units.keys() - outside.keys():
            told = self.notices(heads[unit], "visits_missed_unit")
            self.assertEqual([item["at"][:19] for item in told], [MISSED_TOLD[:19]], unit)
            for row in units[unit]:
                self.assertIn(row, told[0]["text"])
        told = self.notices(OFFICE_HEAD, "visits_missed_outside")
        self.assertEqual(len(told), 1)
        for unit, rows in outside.items():
            total = sum(int(re.search(r"(\d+)户", row)[1]) for row in rows)
            self.assertIn(f"{unit}{total}户", told[0]["text"])

    def org(self):
        return yaml.load((self.instance.home / "config" / "org.yaml").read_text(encoding="utf-8"),
                         yaml.BaseLoader)

    def hand_over(self, household, to):
        before = self.instance.cadre_of(household)
        done = self.instance.ok("cadre", "handover", "--from", before, "--to", to, "--household",
                                household, "--reason", "片区调整", person=OFFICE_HEAD)
        self.linked[before].remove(household)
        self.linked[to].add(household)
        return done

    def test_a_handover_moves_what_is_left_and_the_promises(self):
        other = next(cadre for cadre in self.linked if cadre != CADRE)
        unvisited = sorted(self.linked[CADRE])[1]
        self.log(HOUSEHOLD, "--promise", "2026-05-06: 带政策手册上门")
        self.check_coverage("2026H1")
        self.instance.advance("1d")
        self.hand_over(HOUSEHOLD, other)
        self.hand_over(unvisited, other)
        self.check_coverage("2026H1")
        due = {item["household"] for item in self.instance.ok("visit", "due", person=other)}
        self.assertIn(unvisited, due)
        self.assertNotIn(HOUSEHOLD, due, "the household was visited in this half")
        self.assertEqual(self.instance.ok("visit", "promises", person=CADRE), [])
        promise = self.instance.ok("visit", "promises", person=other)[0]["promise"]
        self.refused(self.instance.cli("visit", "log", "--household", HOUSEHOLD, "--mode", "visit",
                                       "--at", STARTED, person=other), "invalid", field="at")
        self.refused(self.instance.cli("visit", "log", "--household", HOUSEHOLD, "--mode", "visit",
                                       person=CADRE), "forbidden", field="at")
        self.refused(self.instance.cli("visit", "keep", promise, "--words", "手册已送到",
                                       person=CADRE), "forbidden")
        self.instance.ok("visit", "keep", promise, "--words", "手册已送到", person=other)
        late = self.log(unvisited, "--at", STARTED, "--promise", "2026-05-07: 送表格",
                        person=CADRE)
        self.assertEqual(late["promises"][0]["cadre"], other, "who is there now keeps it")
        self.assertEqual([visit["household"] for visit in
                          self.instance.ok("visit", "list", person=CADRE)],
                         [HOUSEHOLD, unvisited])
        self.check_coverage("2026H1")

    def test_a_half_that_has_ended_changes_only_by_late_entries(self):
        other = next(cadre for cadre in self.linked if cadre != CADRE)
        mine = sorted(self.linked[CADRE])
        self.log(mine[0])
        self.instance.ok("clock", "set", "2026-07-02T09:00:00+08:00", timeout=300)
        ended = {cadre: set(households) for cadre, households in self.linked.items()}
        self.check_coverage("2026H1", ended)
        for household in mine[:3]:
            self.hand_over(household, other)
        self.check_coverage("2026H1", ended)
        self.check_coverage("2026H2")
        made = "2026-06-30T16:00:00+08:00"
        visit = self.log(mine[1], "--at", made, person=CADRE)
        self.assertEqual((visit["half"], visit["at"], visit["is_late"]), ("2026H1", made, False))
        self.instance.ok("clock", "set", "2026-07-08T09:00:00+08:00", timeout=300)
        visit = self.log(mine[3], "--at", made)
        self.assertEqual((visit["half"], visit["at"], visit["entered_at"], visit["is_late"]),
                         ("2026H1", made, "2026-07-08T09:00:00+08:00", True))
        self.log(mine[2], person=other)
        self.check_coverage("2026H1", ended)
        self.check_coverage("2026H2")
        self.kill()
        self.check_coverage("2026H1", ended)
        for table in self.instance.ok("rebuild", "intake", "--check")["tables"]:
            self.assertEqual(table["before"], table["after"], table["name"])

    def text(self, *words, person):
        done = lianhu.run(*words, "--as", person, "--home", self.instance.home)
        self.assertEqual(done.code, 0, str(done))
        return done.out.splitlines()

    def test_lists_say_in_words_what_is_due_and_whose(self):
        visit = self.log(HOUSEHOLD, "--promise", "2026-05-06: 带政策手册上门")
        title, heads, first = self.text("visit", "due", "--limit", "1", person=CADRE)
        self.assertEqual(title, "to be visited at home in 2026H1, until 2026-06-30 23:59, "
                         "72 days left")
        self.assertEqual(heads.split(), ["HOUSEHOLD", "HEAD", "VILLAGE", "GROUP", "CADRE"])
        self.assertIn("c01v01 柳湾村", first)
        self.assertTrue(first.endswith(f"{CADRE} 熊良"), first)
        self.assertIn("visit 上门走访", self.text("visit", "list", person=CADRE)[1])
        promise = self.text("visit", "promises", person=SECRETARY)[1]
        self.assertIn(f"{CADRE} 熊良", promise)
        self.assertIn("2026-05-06 23:59", promise)
        number = visit["promises"][0]["promise"]
        kept = self.text("visit", "keep", number, "--words", "手册已送到", person=CADRE)
        self.assertEqual(kept, [f"promise {number} is kept: household {HOUSEHOLD} 许晓山, due "
                                "2026-05-06 23:59, 带政策手册上门"])
        by = {person: {row["id"] for row in self.instance.ok("visit", "coverage", person=person)}
              for person in (CADRE, SECRETARY, "liaison_c01v01")}
        self.assertEqual(by, {CADRE: {CADRE}, SECRETARY: {"c01"}, "liaison_c01v01": {"c01v01"}})

    def test_after_an_outage_only_the_highest_reminder_is_sent(self):
        self.instance.down()
        self.instance.test_clock = "2026-06-21T09:00:00+08:00"
        self.instance.up()
        self.instance.ok("clock", "accept")
        self.instance.advance("1m")
        self.instance.settle()
        self.assertEqual(len(self.notices(CADRE, "visits_due")), 1)

    def test_promises_are_reminded_of_and_told_when_their_day_has_passed(self):
        visit = self.log(HOUSEHOLD, "--promise", "2026-04-24: 带政策手册上门", "--promise",
                         "2026-04-28: 问清低保材料")
        first, second = (promise["promise"] for promise in visit["promises"])
        self.advance_to("2026-04-24T08:00:00+08:00")
        due = self.notices(CADRE, "promise_due")
        self.assertEqual(len(due), 1)
        self.assertIn("带政策手册上门", due[0]["text"])
        self.instance.ok("visit", "keep", first, "--words", "手册已送到", person=CADRE)
        self.advance_to("2026-04-29T08:00:00+08:00")
        self.assertEqual(len(self.notices(CADRE, "promise_due")), 2)
        for person in (CADRE, SECRETARY):
            missed = self.notices(person, "promise_missed")
            self.assertEqual(len(missed), 1)
            self.assertIn("问清低保材料", missed[0]["text"])
        open_ones = self.instance.ok("visit", "promises", person=CADRE)
        self.assertEqual([(item["promise"], item["is_overdue"]) for item in open_ones],
                         [(second, True)])


if __name__ == "__main__":
    lianhu.main()
