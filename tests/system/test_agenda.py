#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`lianhu agenda` and what `issue show` says about why, who and what then, on the built programs:
every role's list over several issues, the same recounted from the issues themselves, and what is
announced compared with what comes when the clock goes on."""
import random

import lianhu
from journey import CADRE, CLERK, HEAD, HOUSEHOLD, LEADER, OFFICE_HEAD, STAFF, SUPERVISOR, Journey

STARTED = "2026-03-02T09:00:00+08:00"
SECRETARY = "secretary_c01"
UNCLEAR = {"category": "urban_other", "title": "想请街道帮忙", "text": "家里的事情说不清楚"}


class Agenda(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=60, test_clock=STARTED)
        self.addCleanup(self.instance.close)
        self.tell_at_once()
        self.instance.up()

    def tell_at_once(self):
        """So that who is told can be seen at the very instant that was announced, and only that."""
        path = self.instance.home / "config" / "deadlines.yaml"
        text = path.read_text(encoding="utf-8")
        for line, other in (("hold: working_hours", "hold: none"), ("digest: daily", "digest: none"),
                            ("repeat_after: 1wd", "repeat_after: none"),
                            ("pass_on_after: 1wd", "pass_on_after: none"),
                            ("repeat_after_urgent: 30m", "repeat_after_urgent: none"),
                            ("pass_on_after_urgent: 30m", "pass_on_after_urgent: none")):
            self.assertIn(line, text)
            text = text.replace(line, other)
        path.write_text(text, encoding="utf-8")

    # ---- calls ----

    def agenda(self, person, *more):
        rows = self.instance.ok("agenda", *more, person=person)
        self.assertEqual(rows, sorted(rows, key=lambda row: row["id"]), "in order of id")
        dues = [row["due_at"] or "9999" for row in rows]
        self.assertEqual(dues, sorted(dues), "what is due first comes first")
        late = [row["is_overdue"] for row in rows]
        self.assertEqual(late, sorted(late, reverse=True), "overdue first")
        return rows

    def owed(self, person):
        """kind and number of what a person owes on issues."""
        return [(row["kind"], row["issue"]) for row in self.agenda(person) if row["issue"]]

    def other(self, person):
        """kind and count of what a person owes besides."""
        return [(row["kind"], row["count"]) for row in self.agenda(person) if not row["issue"]]

    def begin(self):
        return Journey(self.instance)

    def show(self, issue):
        return self.instance.ok("issue", "show", issue)

    def set_clock(self, at):
        self.instance.ok("clock", "set", at)

    # ---- each role's list ----

    def test_every_kind_of_duty_is_on_the_list_of_whoever_owes_it(self):
        sorting, asked, signing, handled, waiting = (self.begin() for _ in range(5))
        reviewed, second, told, called, unhappy = (self.begin() for _ in range(5))
        sorting.submit(**UNCLEAR)
        asked.submit(**UNCLEAR)
        asked.ask_info()
        signing.submit(**UNCLEAR)
        signing.dispatch("urban", "--assist", "civil")
        handled.to_in_progress()
        self.instance.ok("issue", "supervise", handled.issue, "--level", 1, "--until", "3wd",
                         "--words", "限期办结", person=SUPERVISOR)
        waiting.to_in_progress()
        waiting.contact()
        waiting.ask_to_wait("2026-03-06")
        reviewed.to_review()
        second.to_in_progress()
        second.propose()
        second.review()
        told.to_feedback()
        called.to_callback()
        unhappy.to_callback()
        unhappy.call_back("no", 1, "--reasonable", "no")

        self.assertEqual(sorted(self.owed(CLERK)), sorted([
            ("triage", sorting.issue), ("suspension", waiting.issue)]))
        self.assertEqual(sorted(self.owed(CADRE)), sorted([
            ("info", asked.issue), ("feedback", told.issue)]))
        section = [("sign", signing.issue), ("first_contact", handled.issue),
                   ("handle", handled.issue), ("handle", waiting.issue)]
        for person in (STAFF, "staff_urban_2", HEAD):
            self.assertEqual(self.owed(person), section, person)
        self.assertEqual(self.owed("staff_civil_1"), [("sign", signing.issue)])
        self.assertEqual(self.owed(LEADER), [("review", reviewed.issue)])
        self.assertEqual(sorted(self.owed(OFFICE_HEAD)), sorted([
            ("review", second.issue), ("suspension", waiting.issue),
            ("unsatisfied", unhappy.issue)]))
        self.assertEqual(self.owed(SUPERVISOR), [("callback", called.issue),
                                                 ("supervision", handled.issue)])
        self.assertEqual(self.owed("supervisor2"), [("callback", called.issue)])
        for person in ("leader3", "first_responsible", SECRETARY, "liaison_c01v01", "cadre002"):
            self.assertEqual(self.owed(person), [], person)
        row = next(r for r in self.agenda(STAFF) if r["issue"] == handled.issue)
        self.assertEqual((row["household"], row["department"], row["title"]),
                         (HOUSEHOLD, "urban", "村口主路坑洼不平"))
        self.assertIn("queue first-contact", row["what"])
        watched = next(r for r in self.agenda(SUPERVISOR) if r["kind"] == "supervision")
        handling = {r["issue"]: r["due_at"] for r in self.agenda(STAFF) if r["kind"] == "handle"}
        self.assertEqual(handling[handled.issue], watched["due_at"], "what the supervisor set")
        self.assertGreater(handling[waiting.issue], watched["due_at"])
        self.assertIn("left", row["left"])

    def in_queue(self, issue):
        """The issue in the lead section's queue, once the queue has heard of everything."""
        self.instance.settle()
        return next(item for item in self.instance.ok("queue", "list", person=STAFF)
                    if item["issue"] == issue)

    def test_what_a_supervisor_sets_stands_in_the_queue_until_it_is_lifted(self):
        handled, sorting = self.begin(), self.begin()
        handled.to_in_progress()
        sorting.submit(**UNCLEAR)
        before = self.in_queue(handled.issue)
        for issue in (handled.issue, sorting.issue):
            self.instance.ok("issue", "supervise", issue, "--level", 1, "--until", "2h",
                             "--words", "限期办结", person=SUPERVISOR)
        sorting.dispatch("urban")
        for issue in (handled.issue, sorting.issue):
            item = self.in_queue(issue)
            self.assertEqual(item["due_at"], "2026-03-02T11:00:00+08:00")
            self.assertEqual(item["supervised_until"], item["due_at"])
        self.instance.advance("2h")
        self.assertTrue(self.in_queue(handled.issue)["is_overdue"])
        self.instance.ok("issue", "supervise", handled.issue, "--lift", "--reason", "已经办妥",
                         person=SUPERVISOR)
        after = self.in_queue(handled.issue)
        self.assertEqual((after["due_at"], after["supervised_until"], after["is_overdue"]),
                         (before["due_at"], None, False))

    def test_late_feedback_comes_first_and_to_the_office_head_too(self):
        told, sorting = self.begin(), self.begin()
        told.to_feedback()
        self.assertEqual(self.owed(OFFICE_HEAD), [])
        self.instance.advance("3d")
        sorting.submit(**UNCLEAR)
        sorting.ask_info()
        self.assertEqual(self.owed(CADRE), [("feedback", told.issue), ("info", sorting.issue)])
        self.assertEqual(self.owed(OFFICE_HEAD), [("feedback", told.issue)])
        row = self.agenda(CADRE)[0]
        self.assertTrue(row["is_overdue"])
        self.assertIn("overdue by", row["left"])
        told.tell(person=OFFICE_HEAD)
        self.assertEqual(self.owed(OFFICE_HEAD), [])

    def test_what_is_owed_to_households_is_told_in_few_rows(self):
        mine = [h["household"] for h in self.instance.ok("household", "list", person=CADRE)]
        self.assertEqual(self.other(CADRE), [("visit", len(mine)), ("card", len(mine))])
        self.assertEqual(self.agenda(CADRE)[1]["title"], f"{len(mine)} contact cards to print")
        self.assertEqual(self.agenda(CADRE)[0]["due_at"], "2026-06-30T23:59:59+08:00")
        self.instance.ok("visit", "log", "--household", mine[0], "--mode", "visit", "--promise",
                         "2026-03-04: 带政策手册上门", person=CADRE)
        printed = self.instance.ok("card", "print", "--cadre", CADRE, "--record")
        self.assertEqual(self.other(CADRE), [("promise", None), ("visit", len(mine) - 1),
                                             ("card", printed["cards"])])
        promise = self.agenda(CADRE)[0]
        self.assertEqual((promise["household"], promise["title"]), (mine[0], "带政策手册上门"))
        self.instance.advance("3d")
        self.assertTrue(self.agenda(CADRE)[0]["is_overdue"])
        self.instance.ok("visit", "keep", promise["promise"], "--words", "已送到", person=CADRE)
        self.assertEqual([kind for kind, _ in self.other(CADRE)], ["visit", "card"])
        self.assertEqual(self.agenda(SECRETARY), [])
        path = self.instance.folder / "more.csv"
        path.write_text("household,head,community,village,cadre\nx1,李芳,c01,c01v02,\n",
                        encoding="utf-8")
        self.instance.ok("household", "import", path)
        for person in (SECRETARY, OFFICE_HEAD):
            self.assertEqual(self.other(person), [("coverage", 1)], person)
        self.assertEqual(self.agenda("secretary_c02"), [])

    def test_whom_nobody_knows_and_the_operator_are_refused(self):
        self.refused(self.instance.cli("agenda", person="nobody"), "not_found", "'nobody'")
        self.refused(self.instance.cli("agenda"), "forbidden", "say with --as")
        reply = self.instance.call("router", "agenda_query", {}, person="operator")
        self.assertFalse(reply.is_ok)

    def test_pages_go_on_and_what_is_left_is_said(self):
        numbers = []
        for title in ("一", "二", "三"):
            j = self.begin()
            numbers.append(j.submit(**{**UNCLEAR, "title": title})["issue"])
        done = self.instance.cli("agenda", "--limit", 2, person=CLERK)
        self.assertEqual([row["issue"] for row in done.json], numbers[:2])
        self.assertIn("there are more, 1 at most", done.err)
        self.assertIn(done.json[1]["id"], done.err)
        rest = self.instance.cli("agenda", "--after", done.json[1]["id"], person=CLERK)
        self.assertEqual([row["issue"] for row in rest.json], numbers[2:])
        self.assertEqual(rest.err, "")
        table = lianhu.run("agenda", "--home", self.instance.home, "--as", CLERK).out
        heads = [line.index("2026-") for line in table.splitlines()[1:]]
        self.assertEqual(len(set(heads)), 1)
        self.assertIn("triage 梳理交办", table)

    # ---- why, who, what then ----

    def test_it_says_why_who_and_until_when(self):
        j = self.begin()
        j.submit(**UNCLEAR)
        view = j.show()
        self.assertIn("leaves it to the triage desk", view["why"][0])
        self.assertEqual([p["person"] for p in view["duties"][0]["people"]], ["triage1", "triage2"])
        self.assertEqual(view["duties"][0]["due_at"], view["due"]["triage"])
        j.ask_info()
        view = j.show()
        self.assertIn("杨安柏 (triage1) asked the cadre: 请补充地点", view["why"][-1])
        cadre = view["duties"][0]["people"][0]
        self.assertEqual(cadre["person"], CADRE)
        self.assertTrue(cadre["name"])
        self.assertRegex(cadre["phone"], r"^1\d{10}$")
        j.give_info()
        j.dispatch("urban", "--assist", "civil")
        why = j.show()["why"]
        self.assertIn("杨安柏 (triage1) gave it to 城建科 (urban), with 民政科 (civil)", why[-1])
        j.sign()
        duties = {(d["kind"], d["department"]): d for d in j.show()["duties"]}
        self.assertEqual(set(duties), {("first_contact", "urban"), ("handle", "urban"),
                                       ("sign", "civil")})
        self.assertIn("staff_civil_1",
                      [p["person"] for p in duties[("sign", "civil")]["people"]])
        text = self.printed(j.issue)
        for part in ("why ", "who ", "then ", "陈澄松 (staff_urban_1, 19900000031)",
                     "by 2026-03-03 17:00", "it counts as signed, late",
                     "the leader in charge 顾景柏 (leader1)"):
            self.assertIn(part, text)

    def printed(self, issue):
        return lianhu.run("issue", "show", issue, "--home", self.instance.home, "--as", CADRE).out

    def check_next(self, issue):
        """Goes on to what is announced next, which must come; False when nothing is."""
        view = self.show(issue)
        if not view["then"]:
            return False
        then = view["then"][0]
        self.set_clock(then["at"])
        after = self.show(issue)
        come = [e for e in after["events"][len(view["events"]):] if e["at"] == then["at"]]
        self.assertTrue(come, (then, after["events"]))
        if then["is_by_itself"]:
            self.assertTrue(all(event["actor"] == "system" for event in come), come)
            self.assertNotEqual(after["generation"], view["generation"])
            return True
        self.assertIn(come[0]["type"], ("clock", "supervision"))
        self.assertGreaterEqual(after["supervised"], view["supervised"])
        self.assertEqual("supervision, level" in then["does"],
                         after["supervised"] > view["supervised"])
        for who in (then["who"][0], then["who"][-1]):
            told = [item for item in self.instance.ok("inbox", "list", person=who["person"])
                    if item["issue"] == issue and item["at"] == then["at"]]
            self.assertEqual(len(told), 1, (who, then))
        return True

    def test_what_is_announced_comes(self):
        j = self.begin()
        j.submit(**UNCLEAR)
        j.ask_info()
        self.instance.ok("issue", "supervise", j.issue, "--level", 1, "--until", "1wd", "--words",
                         "限期", person=SUPERVISOR)
        steps = 0
        while self.check_next(j.issue):
            steps += 1
        self.assertGreaterEqual(steps, 2 + 2 + 4, "question, supervision, ladder of sorting")
        self.assertIn("did not answer in time", "".join(j.show()["why"]))
        j.dispatch()
        while self.check_next(j.issue):
            steps += 1
        self.assertEqual(j.show()["supervised"], 3)
        self.assertIn("counts as having signed", "".join(j.show()["why"]))
        self.assertIn("nothing more by itself: the last step of its ladder was told",
                      self.printed(j.issue))
        j.contact()
        j.answer()
        j.review()
        seen = j.show()["then"]
        self.assertIn("from then on the office head", "".join(t["does"] for t in seen))
        j.tell()
        j.call_back()
        self.assertEqual([t["does"] for t in j.show()["then"]], ["it is archived"])
        self.assertTrue(self.check_next(j.issue))
        self.assertEqual(j.show()["state"], "archived")
        self.assertFalse(self.check_next(j.issue))

    # ---- the same, recounted ----

    def people(self):
        people = {}
        after = []
        while True:
            page = self.instance.ok("person", "list", *after)
            if not page:
                return people
            people.update({person["person"]: person for person in page})
            after = ["--after", page[-1]["person"]]

    @staticmethod
    def of_section(people, section):
        return {p for p, person in people.items() if section in person["departments"] and
                {"section_staff", "section_head"} & set(person["roles"])}

    @staticmethod
    def with_role(people, role):
        return {p for p, person in people.items() if role in person["roles"]}

    def recount(self, view, people):
        """Who owes what on an issue, from its history and state alone."""
        events, state, owed = view["events"], view["state"], set()

        def add(kind, whose):
            owed.update((person, kind, view["issue"]) for person in whose)

        steps = [event["type"] for event in events]
        if state == "triage":
            add("triage", self.with_role(people, "triage_clerk"))
        if state == "need_info":
            add("info", {view["cadre"]})
        if state in ("dispatched", "in_progress"):
            for leg in view["legs"]:
                if leg["state"] == "dispatched":
                    add("sign", self.of_section(people, leg["department"]))
                if leg["state"] in ("in_progress", "redo"):
                    add("handle", self.of_section(people, leg["department"]))
        if state in ("in_progress", "suspended") and not view["is_contacted"]:
            add("first_contact", self.of_section(people, view["lead"]))
        if state == "in_progress" and view["wait_ground"]:
            add("suspension", self.with_role(people, "triage_clerk") | {OFFICE_HEAD})
        if state == "review":
            last = max(i for i, step in enumerate(steps)
                       if step in ("lead_submit", "propose_unresolvable"))
            passed = {e["actor"] for e in events[last:] if e["type"] == "review_ok"}
            wanted = {LEADER} | ({OFFICE_HEAD} if view["proposed"] == "explained" else set())
            add("review", wanted - passed)
        if state == "feedback":
            add("feedback", {view["cadre"]} | ({OFFICE_HEAD} if "feedback" in view["overdue"]
                                               else set()))
        if state == "callback":
            if steps[-1] == "callback_unsatisfied":
                add("unsatisfied", {OFFICE_HEAD})
            else:
                add("callback", self.with_role(people, "supervisor"))
        return owed

    def random_issue(self, dice):
        """An issue somewhere on its way."""
        j = self.begin()
        way = dice.choice(("roads", "unclear"))
        if way == "roads":
            j.submit()
        else:
            j.submit(**UNCLEAR)
            if dice.random() < 0.3:
                return j.ask_info() if dice.random() < 0.7 else None
            j.dispatch("urban", *(["--assist", "civil"] if dice.random() < 0.3 else []))
        steps = [j.sign, j.contact, dice.choice((j.answer, j.propose)), j.review, j.tell,
                 lambda: j.call_back(*dice.choice((("yes", 5), ("no", 1),
                                                   ("no", 1, "--reasonable", "no"))))]
        for step in steps[:dice.randint(0, len(steps))]:
            if any(leg["role"] == "assist" for leg in j.show()["legs"]) and step not in steps[:2]:
                break
            if step == j.tell and j.show()["state"] != "feedback":
                break
            step()
            if step == j.contact and dice.random() < 0.3:
                j.ask_to_wait("2026-03-06")
                return j.let_wait() if dice.random() < 0.5 else None
        return None

    def test_everybody_s_agenda_is_what_a_recount_of_the_issues_gives(self):
        seed = 20260302
        print(f"seed {seed}")
        dice = random.Random(seed)
        for _ in range(16):
            self.random_issue(dice)
        self.instance.advance("2d")
        people = self.people()
        expected = set()
        for item in self.instance.ok("issue", "list"):
            expected |= self.recount(self.show(item["issue"]), people)
        self.assertGreater(len({kind for _, kind, _ in expected}), 5)
        office = {p for p, person in people.items()
                  if not {"cadre", "village_liaison"} & set(person["roles"])}
        found = set()
        for person in sorted(office | {CADRE, "cadre002", "liaison_c01v01"}):
            found |= {(person, kind, issue) for kind, issue in self.owed(person)}
        self.assertEqual(found, expected)


if __name__ == "__main__":
    lianhu.main()
