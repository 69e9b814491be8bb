#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The routing rules as the clerk who writes them sees them: every kind of mistake with its place and
what to do, the table of `rules test`, the reasons of `rules explain`, and reports that are routed by
the household's tags, the urgency, the area and the hours of the office."""
import json
import re
import unicodedata

import lianhu

ERROR = re.compile(r"^.*/routing\.yaml:(\d+):(\d+): error: (.*)$", re.M)

# One file with a mistake of every kind that the rules can have. Each line that is wrong ends in what
# must be said of it, at which column, from which words on; `!` begins another error of that line.
MISTAKES = """\
household_tags: [低保, 独居老人]
words:
  idle: [闲置, 空置]                       #! 3 no rule uses this word list: write @idle in a rule's
  light: [路灯, 灯杆]
  self: ['@self']                          #! 10 no word list '@self' stands above this one: move it up or add it !! 3 no rule uses
rules:
  - id: light
    when: {text_any: '@light'}
    then: {category: road, lead: urban}    #! 22 unknown category 'road': correct the code or add it
  - id: named
    when: {text_any: 井盖, area: 柳湾村}   #! 32 unknown area '柳湾村': that is a name, write its id 'c01v01'
    then: {lead: 城建科}                   #! 18 unknown department '城建科': that is a name, write its id 'urban'
  - id: nearly
    when: {text_any: 盲道, area: [柳湾, 泉, 山]} #! 33 unknown area '柳湾': did you mean 'c01v01' (柳湾村)? !! 37 unknown area '泉': did you mean 'c03v01' (泉头村)? !! 40 unknown area '山': correct it or add the community
    then: {lead: Urban, assist: [城建, 交通]} #! 18 unknown department 'Urban': did you mean 'urban' (城建科)? !! 34 unknown department '城建': did you mean 'urban' !! 38 unknown department '交通': did you mean 'transport'
  - id: persons
    when: {text_any: 公园, kind: wish}     #! 32 unknown kind 'wish': write one of enquiry
    then: {lead: urban, leader: nobody}    #! 33 unknown person 'nobody': correct the id or add it to org.yaml
  - id: no-leader
    when: {text_any: 绿篱}
    then: {lead: urban, leader: triage1}   #! 33 'triage1' is no leader and cannot review answers
  - id: 路灯规则                           #! 5 a rule has an id of 1 to 32 of a-z A-Z 0-9 . _ -, such as street-lights: journals keep it, and '路灯规则' is none
    when: {text_any: 立交}
    then: {lead: urban}
  - id: this-id-is-one-character-too-long #! 5 a rule has an id of 1 to 32 of a-z
    when: {text_any: 高架}
    then: {lead: urban}
  - id: assists
    when: {text_any: 涵管}
    then: {lead: urban, assist: [housing, urban, housing]} #! 43 'urban' leads already: remove it from assist !! 50 'housing' is there twice: remove one
  - id: many
    when: {text_any: 边沟}
    then: {lead: urban, assist: [housing, land, civil, labour, health, science, economy, party_office]} #! 90 at most 7 sections assist: remove the rest
  - id: tags
    when: {household_tags: [低保, 独居老头]} #! 33 no household has the tag '独居老头' (did you mean '独居老人'?): correct it or add
    then: {lead: urban}
  - id: tag-signs
    when: {text_any: 桥墩}
    then: {lead: urban, tags: [LONG, '甲;乙', LONG]} #! 83 '甲;乙' has a semicolon in it !! 90 the tags of a rule have at most 100 characters together
  - id: blanks
    when: {text_any: [路灯 坏, ' ', '灯 ', WORD]} #! 23 '路灯 坏' has a blank in it, which nobody writes: did you mean two words, '路灯' and '坏' !! 29 this word begins or ends with a blank !! 34 this word begins or ends with a blank !! 40 a word has 1 to 60 characters, this one has 61
    then: {lead: urban}
  - id: folds
    when: {text_any: WIDE}                 #! 22 a word has 1 to 60 characters, this one has 120
    then: {lead: urban}
  - id: scalar
    when: {text_any: 支路}
    then: triage                           #! 11 write {triage: true}
  - id: words
    when: {text_any: '@nosuch', hours: night} #! 22 unknown word list '@nosuch': correct it or add it under words !! 40 unknown hours 'night': write working or off
    then: {lead: urban, urgency: soon}     #! 34 unknown urgency 'soon': write one of
  - id: shadowed                           #! 5 rule 'shadowed' can never be reached: rule 'light' (line 7) comes first and matches everything it does; move it up
    when: {text_all: [路灯不亮, 小区]}
    then: {lead: urban}
  - id: wells
    when: {text_any: 水井}
    then: {lead: urban}
  - id: together                           #! 5 rule 'together' can never be reached: rules 'light' (line 7), 'wells' (line 55) come first and together
    when: {text_any: ['@light', 水井盖]}
    then: {lead: urban}
  - id: never
    when: {text_any: 积水, text_none: [干, 水]} #! 41 rule 'never' can never match: what text_any asks for always has '水' in it, which text_none excludes; remove one
    then: {lead: urban}
  - {id: by-day, when: {text_any: 电动车, hours: working}, then: {lead: urban}}
  - {id: by-night, when: {text_any: 电动车, hours: off}, then: {lead: urban}}
  - id: at-any-time                        #! 5 rule 'at-any-time' can never be reached: rules 'by-night' (line 65), 'by-day' (line 64) come first and together
    when: {text_any: 电动车}
    then: {lead: housing}
  - id: light                              #! 5 rule id 'light' is used twice: give each rule an id of its own
    when: {text_any: 天桥}
    then: {lead: urban}
  - id: nowhere                            #! 5 this rule sends nowhere: write lead or `triage: true`
    when: {text_any: 隧道}
    then: {category: roads}
  - id: both                               #! 5 a rule sends to the triage desk or to a department, not both
    when: {text_any: 涵洞}
    then: {lead: urban, triage: true}
  - id: examples
    when: {text_any: 花坛}
    then: {lead: urban}
    examples:
      - {text: 草坪}                       #! 9 this example must match rule 'examples', but none decides: see `rules explain
      - {text: 花坛, match: false}         #! 9 this example must not match rule 'examples', but does: narrow the rule
      - {text: 花坛, area: nowhere}        #! 9 unknown area 'nowhere': correct it
      - {text: 花坛, category: 市政道路}   #! 9 unknown category '市政道路': that is a name, write its code 'roads'
  - id: wide
    when: {text_any: [候车亭，站牌]}       #! 23 '候车亭，站牌' has the full-width sign '，' in it: write ', '
    then: {lead: urban}
examples:
  - {text: 路灯, expect: missing}          #! 5 unknown rule 'missing': expect is the id of a rule of this file
  - {text: 路灯}                           #! 5 say which rule must decide this example: expect: ID
""".replace("LONG", "长" * 49).replace("WORD", "字" * 61).replace("WIDE", "㍿" * 30)

GOOD = """\
words:
  light: [路灯, 灯杆]
rules:
  - id: light
    when: {text_any: '@light'}
    then: {category: roads, lead: urban}
  - id: default
    then: {triage: true}
"""

# How a clerk mistypes the file above: (what, by what, line and column, what has to be said).
SLIPS = (
    ("id: light", "id：light", "5:9", "line 4 has the full-width sign '：': write ': '"),
    ("light: [", "light：[", "2:3", "it has the full-width sign '：', write ': '"),
    ("[路灯, 灯杆]", "［路灯, 灯杆］", "2:10", "it has the full-width sign '［', write '['"),
    ("路灯, 灯杆", "路灯，灯杆", "2:11", "has the full-width sign '，' in it: write ', '"),
    ("路灯, 灯杆", "路灯、灯杆", "2:11", "has the full-width sign '、' in it: write ', '"),
    ("'@light'", "@light", "5:22", "a text that begins with @"),
    ("'@light'", "‘@light’", "5:22", "has the full-width sign '‘' in it"),
    ("'@light'", "'@lihgt'", "5:22", "unknown word list '@lihgt'"),
    ("'@light'}", "'@light'", "6:5", "a '{' is not closed"),
    ("灯杆]", "灯杆", "3:6", "a '[' is not closed"),
    ("'@light'", "'@light", "9:1", "a quote is not closed"),
    ("id: light", "id:light", "5:9", "each key has a ':' and a space behind it"),
    ("    then: {category", "\tthen: {category", "6:1", "a tab in the indentation: use spaces"),
    ("    then: {category", "   then: {category", "6:4", "indent them alike"),
    ("    then: {category", "     then: {category", "6:6", "indented otherwise than the keys"),
    ("rules:", "rule:", "3:1", "did you mean 'rules'?"),
    ("text_any", "text_ani", "5:12", "unknown key (did you mean 'text_any'?)"),
    ("triage: true", "triage: yes", "8:20", "write true or false, not 'yes'"),
)


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Written(lianhu.SystemTest):
    """Files that are checked and tried; no daemons."""

    @classmethod
    def setUpClass(cls):
        cls.instance = lianhu.Instance(households=0)
        cls.addClassCleanup(cls.instance.close)
        cls.home = cls.instance.folder / "e"
        made = lianhu.run("init", cls.home, "--example")
        assert made.code == 0, made
        cls.shipped = (cls.home / "config/routing.yaml").read_bytes()

    def setUp(self):
        self.path = self.home / "config/routing.yaml"
        self.addCleanup(self.path.write_bytes, self.shipped)

    def put(self, text):
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def check(self, text):
        """[(line, column, message)] of `config check`."""
        self.put(text)
        done = lianhu.run("config", "check", self.home)
        found = ERROR.findall(done.err)
        self.assertEqual(done.code, 78 if found else 0, done)
        return [(int(line), int(column), message) for line, column, message in found]

    def test_a_file_with_a_mistake_of_every_kind(self):
        expected = []
        for number, line in enumerate(MISTAKES.splitlines(), 1):
            for part in line.split("#!")[1].split("!!") if "#!" in line else ():
                column, _, message = part.strip().partition(" ")
                expected.append((number, int(column), message))
        found = self.check(MISTAKES)
        for number, column, message in expected:
            with self.subTest(line=number, message=message):
                self.assertTrue(any(f[:2] == (number, column) and message in f[2] for f in found),
                                f"not among {[f for f in found if f[0] == number]}")
        self.assertEqual(len(found), len(expected),
                         "\n".join(f"{line}:{column} {said}" for line, column, said in found))

    def test_what_a_clerk_mistypes_is_answered_with_what_to_do(self):
        for old, new, at, message in SLIPS:
            with self.subTest(old=old, new=new):
                self.assertIn(old, GOOD)
                found = self.check(GOOD.replace(old, new, 1))
                line, column = (int(part) for part in at.split(":"))
                self.assertTrue(any(f[:2] == (line, column) and message in f[2] for f in found),
                                found)

    def test_windows_files_are_read_and_other_encodings_are_named(self):
        self.assertEqual(self.check(GOOD), [])
        self.assertEqual(self.check(GOOD.replace("\n", "\r\n")), [])
        self.assertEqual(self.check(b"\xef\xbb\xbf" + GOOD.encode()), [])
        found = self.check(GOOD.encode("gb18030"))
        self.assertIn("not UTF-8 text: save the file as UTF-8", found[0][2])
        self.assertEqual(self.check(""), [(1, 1, "the file is empty")])

    def test_the_table_of_the_shipped_rules_lines_up(self):
        done = lianhu.run("rules", "test", self.home)
        self.assertEqual((done.code, done.err), (0, ""))
        *table, summary = done.out.splitlines()
        head = table[0]
        self.assertEqual(head.split(), ["RULE", "LINE", "LEAD", "SECTION", "IN", "OUT", "FAILED"])
        for line in table[1:]:
            self.assertEqual(width(line), width(head[:head.index("FAILED")]) + 1, line)
            self.assertTrue(line.endswith("0"))
        self.assertRegex(summary, rf"^{len(table) - 1} rules, \d+ words, \d+ examples "
                                  r"\(\d+ in, \d+ out\), 0 failed$")
        shown = json.loads(lianhu.run("rules", "test", self.home, "--json").out)
        self.assertEqual(len(shown["by_rule"]), shown["rules"])
        for row in shown["by_rule"]:
            self.assertGreater(row["in"], 0, f"no example of {row['rule']}")
            self.assertGreater(row["out"], 0, f"nothing that {row['rule']} must leave alone")

    def test_failing_examples_are_shown_in_the_table_too(self):
        self.put(GOOD.replace("lead: urban}",
                              "lead: urban}\n    examples: [{text: 电梯}, {text: 路灯}]"))
        done = lianhu.run("rules", "test", self.home)
        self.assertEqual(done.code, 78)
        self.assertIn("2 rules, 2 words, 2 examples (2 in, 0 out), 1 failed; 1 rules", done.out)
        self.assertIn("line 7: 'default' decided, not 'light': 电梯", done.out)
        self.assertIn(":7:16: error: rules[0].examples[0]", done.err)
        why = lianhu.run("rules", "explain", "--text", "电梯", "--config", self.home, "--home",
                         self.home)
        self.assertEqual(why.code, 78)
        self.assertIn("rule 'default'", why.out)

    def explain(self, *args):
        done = lianhu.run("rules", "explain", "--home", self.home, *args)
        self.assertEqual(done.code, 0, done)
        return done.out

    def test_reasons_name_words_with_their_places_and_what_failed(self):
        said = self.explain("--title", "请问", "--text", "ＡＢ学校的路灯坏了，家长反映")
        self.assertIn("rule 'default'\n", said)
        self.assertIn("'学校' (text 3), '家长' (text 11) -> 文教科; not: text_none excludes '路灯'", said)
        self.assertIn("'路灯' (text 6) -> 城建科; not: title_any asks for @estates", said)
        self.assertIn("triage clerk sees: no rule is sure\n  suggestion", said)

    def test_tags_urgency_and_hours_can_be_given(self):
        self.put("rules:\n"
                 "  - {id: alone, when: {household_tags: [独居, 孤寡]}, then: {lead: civil}}\n"
                 "  - {id: danger, when: {urgency: emergency}, then: {lead: urban}}\n"
                 "  - {id: night, when: {hours: off}, then: {lead: justice}}\n"
                 "  - {id: default, then: {triage: true}}\n")
        working = ("--text", "甲", "--at", "2026-09-30T10:00")
        self.assertIn("rule 'alone'", self.explain(*working, "--tag", "低保", "--tag", "孤寡"))
        self.assertIn("rule 'danger'", self.explain(*working, "--urgency", "emergency"))
        self.assertIn("rule 'default'", self.explain(*working))
        for at, rule in (("2026-09-30T08:29", "night"), ("2026-09-30T08:30", "default"),
                         ("2026-09-30T13:00", "night"), ("2026-09-30T23:59", "night"),
                         ("2026-10-01T00:01", "night"), ("2026-10-01T10:00", "night"),
                         ("2026-10-10T10:00", "default"), ("2026-10-11T10:00", "night")):
            with self.subTest(at=at):
                self.assertIn(f"rule '{rule}'", self.explain("--text", "甲", "--at", at))
        for option, value in (("urgency", "急"), ("at", "明天"), ("area", "nowhere")):
            done = lianhu.run("rules", "explain", "--home", self.home, "--text", "甲", f"--{option}",
                              value, "--json")
            self.refused(done, "invalid", field=option)


RULES = """
  - {id: try-tags, when: {text_any: 端到端, household_tags: 个体经营}, then: {lead: commerce}}
  - {id: try-urgency, when: {text_any: 端到端, urgency: emergency}, then: {lead: enforcement}}
  - {id: try-area, when: {text_any: 端到端, area: c01, kind: enquiry}, then: {lead: party_office}}
  - {id: try-hours, when: {text_any: 端到端, hours: off}, then: {lead: justice, urgency: complex}}
  - {id: try-rest, when: {text_all: [端到端, 检查]}, then: {lead: civil, category: social_relief}}
"""


class Routed(lianhu.SystemTest):
    """The same conditions on reports that real daemons route."""

    instance_options = {"households": 20, "test_clock": "2026-09-30T10:00:00+08:00"}

    def report(self, household, *more, kind="demand"):
        done = self.instance.ok("issue", "submit", "--household", household, "--kind", kind,
                                "--category", "urban_other", "--title", "请做端到端检查", "--text", "甲",
                                *more, person="cadre001")
        issue = done["issue"]
        lianhu.wait_until(lambda: self.instance.state_of(issue) == "dispatched",
                          lianhu.PATIENCE_S, "routed")
        return self.instance.ok("issue", "show", issue, person="triage1")

    def test_conditions_on_more_than_words(self):
        path = self.instance.home / "config/routing.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("\nrules:\n", "\nrules:" + RULES, 1), encoding="utf-8")
        version = self.instance.ok("reload")["hash"]
        rest = self.report("h00003")
        self.assertEqual((rest["rule"], rest["lead"]), ("try-rest", "civil"))
        self.assertEqual([(word["word"], word["offset"]) for word in rest["words"]],
                         [("端到端", 2), ("检查", 5)])
        self.assertEqual(rest["config"], version)
        page = lianhu.run("issue", "show", rest["issue"], "--home", self.instance.home, "--as",
                          "triage1").out
        self.assertIn("rule 'try-rest' decided, because of '端到端' (title 3), '检查' (title 6); "
                      f"configuration {version[:8]}\n", page)
        self.assertEqual(self.report("h00001")["rule"], "try-tags")
        self.assertEqual(self.report("h00003", "--urgency", "emergency")["rule"], "try-urgency")
        self.assertEqual(self.report("h00003", kind="enquiry")["rule"], "try-area")
        self.instance.advance("15h")
        night = self.report("h00003")
        self.assertEqual((night["rule"], night["urgency"]), ("try-hours", "complex"))
        self.instance.advance("9h")
        self.assertEqual(self.report("h00003")["rule"], "try-hours", "a holiday at ten")


if __name__ == "__main__":
    lianhu.main()
