#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the triage desk is offered: by the rules at first, later by what it did itself; and the same
without any daemon, from the state on disk."""
import json

import lianhu
import wire

LEARNED_MIN = 50  # SUGGEST_LEARNED_MIN in common/domain/suggest_desk.h
KEYS = {"category", "category_path", "department", "score", "reasons"}
# Words of no rule, category, its name of level 1, lead.
LESSONS = [("彩虹屋顶掉了一块", "roads", "城乡建设", "urban"),
           ("蝴蝶花园没有讲解", "tutoring", "教育文体", "education")]


class Suggestions(lianhu.SystemTest):
    instance_options = {"households": 20}

    def dry_run(self, *messages):
        lines = "".join(json.dumps(dict(zip(("title", "text"), message)), ensure_ascii=False) + "\n"
                        for message in messages)
        path = self.instance.folder / "messages.jsonl"
        path.write_text(lines, encoding="utf-8")
        return self.instance.ok("issue", "import", path, "--dry-run")

    def report(self, text):
        reply = self.instance.call("intake", "submit_command", {
            "household": "h00001", "kind": "demand", "category": "urban_other", "title": "请问",
            "text": text}, person="cadre001", request=wire.make_id())
        self.assertTrue(reply.is_ok, reply)
        return reply

    def teach(self, count):
        for i in range(count):
            text, category, _, lead = LESSONS[i % len(LESSONS)]
            reported = self.report(text)
            reply = self.instance.call(
                "router", "dispatch_command",
                {"issue": reported.fields["issue"], "lead": lead, "category": category},
                person="triage1", request=wire.make_id(),
                after=(reported.journal, reported.seq), wait_ms=5000)
            self.assertTrue(reply.is_ok, reply)

    def test_1_a_fresh_instance_suggests_by_its_rules(self):
        lamp, unclear = self.dry_run(("路灯和工资", "路灯坏了，工资也没有发"), ("请问", "啊"))
        self.assertLessEqual(len(lamp["suggestions"]), 3)
        for suggestion in lamp["suggestions"]:
            self.assertEqual(set(suggestion), KEYS)
        scores = [suggestion["score"] for suggestion in lamp["suggestions"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertIn(("城乡建设", "urban"), [(s["category_path"][0], s["department"])
                                          for s in lamp["suggestions"]])
        self.assertEqual(unclear["suggestions"], [])

    def test_2_what_the_desk_did_is_suggested_with_and_without_daemons(self):
        self.teach(LEARNED_MIN)
        for text, _, name, lead in LESSONS:
            first = self.dry_run(("请问", text))[0]["suggestions"][0]
            self.assertEqual((first["category_path"], first["department"]), ([name], lead))
            issue = wire.issue_text(self.report(text).fields["issue"])
            lianhu.wait_until(lambda number=issue: self.instance.state_of(number) == "triage",
                              lianhu.PATIENCE_S, "the router has the report")
            shown = self.instance.ok("issue", "show", issue, person="triage1")
            self.assertEqual(shown["suggestions"], self.dry_run(("请问", text))[0]["suggestions"])
            page = lianhu.run("issue", "show", issue, "--home", self.instance.home, "--as",
                              "triage1")
            self.assertIn(f"{name}, {lead}, for ", page.out)
            others = self.instance.ok("issue", "show", issue, person="cadre001")
            self.assertNotIn("suggestions", others)
        self.assertTrue(self.instance.ok("rebuild", "router", "--check"))

    def test_3_what_is_dispatched_shows_none(self):
        issue = wire.issue_text(self.report("彩虹").fields["issue"])
        lianhu.wait_until(lambda: self.instance.state_of(issue) == "triage",
                          lianhu.PATIENCE_S, "at the desk")
        self.instance.ok("issue", "dispatch", issue, "--lead", "urban", person="triage1")
        self.assertNotIn("suggestions", self.instance.ok("issue", "show", issue, person="triage1"))

    def test_4_an_import_dispatched_without_a_category_teaches_what_the_section_is_for(self):
        text = "水母气球飞到钟楼"
        path = self.instance.folder / "imported.jsonl"
        path.write_text(json.dumps({"title": "请问", "text": text}), encoding="utf-8")
        imported, = self.instance.ok("issue", "import", path)
        issue = imported["issue"]
        lianhu.wait_until(lambda: self.instance.state_of(issue) == "triage",
                          lianhu.PATIENCE_S, "at the desk")
        self.instance.ok("issue", "dispatch", issue, "--lead", "commerce", person="triage1")
        first = self.dry_run(("请问", text))[0]["suggestions"][0]
        self.assertEqual((first["category_path"], first["department"]), (["商贸旅游"], "commerce"))


if __name__ == "__main__":
    lianhu.main()
