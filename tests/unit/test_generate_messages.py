#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/generate_messages refuses, and in which words."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

HEAD = "about: x\nmessages:\n  m: {type: 1, kind: row, about: x, fields: {%s}}\n"
PART = "  %s: {kind: part, about: x, fields: {%s}}\n"
FIELD = "f: {id: 1, about: x, %s}"

# A schema (or the fields of its message m) and what is said about it.
REFUSED_FIELDS = [
    ("f: {type: u32, about: x}", "a.yaml: m.f: id: a number from 1 to 65535 is needed"),
    ("f: {id: 0, type: u32, about: x}", "m.f: id: a number"),
    ("f: {id: 70000, type: u32, about: x}", "m.f: id: a number"),
    ("f: {id: 1, type: u32, about: x}, g: {id: 1, type: u32, about: x}",
     "m.g: id: 1 does not rise; the one before is 1"),
    ("f: {id: 2, type: u32, about: x}, g: {id: 1, type: u32, about: x}", "m.g: id: 1 does not rise"),
    ("f: {id: 1, type: u32}", "m.f: about: say in a sentence"),
    ("f: {id: 1, type: u32, about: one, two}", "m.f: unknown key 'two' (a text with a comma"),
    ("f: {id: 1, type: u32, about: x}, f: {id: 2, type: u32, about: x}",
     "a.yaml:3:79: the key 'f' stands twice"),
    ("f: 1", "m.f: write {id"),
    ("Bad: {id: 1, type: u32, about: x}", "a name is at most 31 of a-z"),
    ("while: {id: 1, type: u32, about: x}", "'while' is a keyword of C"),
    (FIELD % "type: float", "m.f: type: 'float' is none of u32"),
    (FIELD % "type: text", "m.f: max: a text needs a limit"),
    (FIELD % "type: bin", "m.f: max: a bin needs a limit"),
    (FIELD % "type: list, of: word", "m.f: max: a list needs a limit"),
    (FIELD % "type: list, of: text, max: 2", "m.f: each: a list of text needs a limit"),
    (FIELD % "type: list, of: word, max: 2, each: 2", "m.f: each: only for lists of"),
    (FIELD % "type: list, of: bool, max: 2", "m.f: of: 'bool' is neither a message nor one of"),
    (FIELD % "type: list, max: 2", "m.f: of: 'None' is neither"),
    (FIELD % "type: word, max: 2", "m.f: max: means nothing for type word"),
    (FIELD % "type: u32, max: 4294967296", "m.f: max: not a number in range"),
    (FIELD % "type: u32, max: 0", "m.f: max: not a number in range"),
    (FIELD % "type: enum, of: nothing", "m.f: of: no enum 'nothing'"),
    (FIELD % "type: [u32]", "m.f: type: '['u32']' is none of u32"),
    (FIELD % "type: message, of: {}", "m.f: of: no message '{}'"),
    (FIELD % "type: message, of: nothing", "m.f: of: no message 'nothing'"),
    (FIELD % "type: u32, of: m", "m.f: of: means nothing for type u32"),
    (FIELD % "type: bool, required: true", "m.f: required: false is the same as absent"),
    (FIELD % "type: u32, required: yes", "m.f: required and pii: write true"),
    (FIELD % "type: text, max: 3, unit: ms", "m.f: unit: means nothing"),
    (FIELD % "type: word, line: true", "m.f: line: write true at a text of one line"),
    (FIELD % "type: text, max: 3, line: yes", "m.f: line: write true at a text of one line"),
    (FIELD % "type: message, of: m", "a.yaml: m: it holds itself"),
    (FIELD % "type: list, of: m, max: 3", "a.yaml: m: it holds itself"),
]

WORD = "w: {id: 1, type: word, about: x%s}"
REFUSED_SCHEMAS = [
    ("[]", "a.yaml: write a map of about, enums and messages"),
    ("messages: {}", "a.yaml: about: say in a sentence"),
    ("about: [", "a.yaml:1:9:"),
    ("about: x\nmessages: {m: {kind: row, about: x, fields: {}}}", "m: type: a number from 1"),
    ("about: x\nmessages: {m: {type: 1, kind: part, about: x, fields: {}}}", "m: type: a part of"),
    ("about: x\nmessages: {m: {type: 1, kind: rows, about: x, fields: {}}}", "kind: 'rows' is none"),
    ("about: x\nmessages: {m: {type: 1, kind: event, about: x, fields: {}}}", "m: from: say who"),
    ("about: x\nmessages: {m: {type: 1, kind: row, about: x}}", "m: fields: write a map"),
    ("about: x\nmessages: {m: {type: 1, kind: row, abuot: x, fields: {}}}", "unknown key 'abuot'"),
    ("about: x\nmessages:\n  m: {type: 1, kind: row, about: x, fields: {}}\n"
     "  n: {type: 1, kind: row, about: x, fields: {}}", "n: type: 1 is m's (a.yaml)"),
    ("about: x\nenums: {e: {about: x, words: []}}", "enums.e: write {about"),
    ("about: x\nenums: {e: {about: x, words: [a, a]}}", "enums.e: a word stands twice"),
    ("about: x\nenums: {e: {about: x, words: [A]}}", "'A' is not a word of a-z"),
    ("about: x\nenums: {state: {about: x, words: [a]}}", "enums.state: there is already an enum"),
    (HEAD % (FIELD % "type: message, of: p") + PART % ("p", WORD % ", pii: true"),
     "m.f: pii: 'p' has personal data"),
    (HEAD % (FIELD % "type: message, of: p1") +
     "".join(PART % (f"p{i}", FIELD % f"type: message, of: p{i + 1}") for i in range(1, 8)) +
     PART % ("p8", WORD % ""), "m: messages nest 9 deep, at most 8"),
]

# A released field, what it became, and what is said about that.
CHANGED = [
    ("type: u32, max: 9", "type: u64, max: 9", "m.f: type: was released as u32"),
    ("type: u32, max: 9", "type: u32, max: 8", "m.f: max: was released as 9"),
    ("type: u32, max: 9", "type: u32, max: 9, required: true", "m.f: required: was released as"),
    ("type: u32, max: 9", "type: u32, max: 9, pii: true", "m.f: pii: was released as None"),
    ("type: enum, of: e", "type: enum, of: g", "m.f: of: was released as e"),
]
ENUMS = "about: x\nenums: {e: {about: x, words: [a, b]}, g: {about: x, words: [c]}}\n"


class Generate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def run_on(self, schema, *arguments):
        (self.path / "a.yaml").write_text(schema, encoding="utf-8")
        result = subprocess.run([sys.executable, ROOT / "scripts/generate_messages", "--schemas",
                                 self.path, *arguments], capture_output=True, text=True,
                                check=False)
        return result.returncode, result.stderr

    def assert_refused(self, schema, words, *arguments):
        status, text = self.run_on(schema, *arguments)
        self.assertEqual(status, 1, schema)
        self.assertIn(words, text, schema)
        self.assertNotIn("Traceback", text, schema)

    def test_a_wrong_field_is_named_and_nothing_is_written(self):
        for fields, words in REFUSED_FIELDS:
            self.assert_refused(HEAD % fields, words, "--out", self.path / "out")
        self.assertFalse((self.path / "out").exists())

    def test_a_wrong_message_or_file_is_named(self):
        for schema, words in REFUSED_SCHEMAS:
            self.assert_refused(schema, words)

    def test_all_mistakes_are_told_at_once(self):
        _, text = self.run_on(HEAD % "f: {id: 1, type: text}, g: {id: 1, type: float, about: x}")
        self.assertEqual(len(text.splitlines()), 4, text)

    def test_the_same_schemas_give_the_same_files_and_leave_them_untouched(self):
        schema = HEAD % (FIELD % "type: u32")
        self.assertEqual(self.run_on(schema, "--out", self.path / "out"), (0, ""))
        before = (self.path / "out/messages.c").stat().st_mtime_ns
        self.assertEqual(self.run_on(schema, "--out", self.path / "out"), (0, ""))
        self.assertEqual((self.path / "out/messages.c").stat().st_mtime_ns, before)

    def test_a_document_that_differs_is_shown_with_its_lines(self):
        document = self.path / "messages.md"
        self.run_on(HEAD % (FIELD % "type: u32"), "--docs", document)
        self.assertEqual(self.run_on(HEAD % (FIELD % "type: u32"), "--check-docs", document)[0], 0)
        self.assert_refused(HEAD % (FIELD % "type: u64"), "+| 1 | `f` | u64", "--check-docs",
                            document)

    def release(self, schema):
        released = self.path / "released"
        released.mkdir(exist_ok=True)
        (released / "1.yaml").unlink(missing_ok=True)
        self.assertEqual(self.run_on(schema, "--release", released / "1.yaml"), (0, ""))
        return "--check-released", released

    def test_without_a_release_it_says_that_nothing_was_compared(self):
        code, said = self.run_on(HEAD % (FIELD % "type: u32"), "--check-released",
                                 self.path / "released")
        self.assertEqual(code, 77, said)
        self.assertIn("no release is there to compare with", said)

    def test_what_was_released_stays(self):
        for old, new, words in CHANGED:
            message = HEAD.replace("about: x\n", ENUMS, 1)
            check = self.release(message % (FIELD % old))
            self.assertEqual(self.run_on(message % (FIELD % old), *check), (0, ""))
            self.assert_refused(message % (FIELD % new), words, *check)

    def test_released_fields_messages_and_words_do_not_go_away(self):
        message = HEAD.replace("about: x\n", ENUMS, 1)
        check = self.release(message % (FIELD % "type: enum, of: e"))
        self.assert_refused(message % "", "m.f: id 1 was released and is gone", *check)
        self.assert_refused(ENUMS, "m: type 1 was released and is gone", *check)
        self.assert_refused(message.replace("[a, b]", "[b, a]") % (FIELD % "type: enum, of: e"),
                            "enums.e: released as ['a', 'b']; only add at the end", *check)

    def test_additions_and_new_names_are_welcome(self):
        message = HEAD.replace("about: x\n", ENUMS, 1)
        check = self.release(message % (FIELD % "type: enum, of: e"))
        longer = message.replace("[a, b]", "[a, b, c]").replace("  m:", "  renamed:")
        more = "new_name: {id: 1, about: x, type: enum, of: e}, g: {id: 2, type: u32, about: x%s}"
        self.assertEqual(self.run_on(longer % (more % ""), *check), (0, ""))
        self.assert_refused(longer % (more % ", required: true"),
                            "the message was released without it", *check)


if __name__ == "__main__":
    unittest.main()
