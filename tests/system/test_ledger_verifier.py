#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger's verifier: it passes what the auditor exports, and names every way of tampering."""
import argparse
import contextlib
import hashlib
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import nacl.signing

import ledger_verifier

VERIFIER = pathlib.Path(ledger_verifier.__file__)
RANDOM_TAMPERS = int(os.environ.get("LIANHU_TAMPERS", "150"))
ROOT = VERIFIER.parents[2]

options = argparse.Namespace()


class Export:
    """An export as lists of objects, to be changed and written again."""

    def __init__(self, folder):
        self.ledger = self.read(folder / "ledger.jsonl")
        self.checkpoints = self.read(folder / "checkpoints.jsonl")

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def write(self, folder):
        for name in ("ledger", "checkpoints"):
            with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as file:
                file.writelines(json.dumps(value) + "\n" for value in getattr(self, name))

    def number(self):
        for index, entry in enumerate(self.ledger):
            entry["index"] = index

    def put_record(self, index, record):
        """With the leaf that fits it."""
        entry = self.ledger[index]
        entry["record"] = record.hex()
        journal = bytes.fromhex(entry["journal"].replace("-", ""))
        entry["leaf"] = ledger_verifier.leaf_hash(journal, entry["seq"], record).hex()

    def root(self, size):
        tree = ledger_verifier.Tree()
        for entry in self.ledger[:size]:
            tree.append(bytes.fromhex(entry["leaf"]))
        return tree.root()

    def sign_anew(self, key):
        """Every checkpoint over the entries as they are now."""
        for checkpoint in self.checkpoints:
            root = self.root(checkpoint["size"]).hex()
            lines = checkpoint["text"].split("\n")
            lines[2] = root
            text = "\n".join(lines)
            checkpoint.update(root=root, text=text, key=bytes(key.verify_key).hex(),
                              signature=key.sign(text.encode()).signature.hex())


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keep = contextlib.ExitStack()
        cls.folder = pathlib.Path(cls.keep.enter_context(tempfile.TemporaryDirectory()))
        for story in ("north", "south"):
            (cls.folder / story).mkdir()
            subprocess.run([pathlib.Path(options.binaries) / "ledger_export", cls.folder / story,
                            story], check=True, timeout=120)
        (cls.folder / "case").mkdir()

    @classmethod
    def tearDownClass(cls):
        cls.keep.close()

    def export(self, story="north"):
        return Export(self.folder / story)

    def save(self, value, name="older.json"):
        path = self.folder / name
        path.write_text(json.dumps(value, indent=2), encoding="utf-8")
        return path

    def verify(self, export, *arguments):
        """(exit status, sentences) of the verifier on a changed export."""
        export.write(self.folder / "case")
        return self.run_verifier(self.folder / "case", *arguments)

    def run_verifier(self, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            status = ledger_verifier.main([str(a) for a in arguments])
        return status, said.getvalue()

    def assert_sound(self, export, *arguments):
        self.assertEqual(self.verify(export, *arguments), (0, ""))

    def assert_found(self, export, sentence, *arguments):
        status, said = self.verify(export, *arguments)
        self.assertEqual(status, 1)
        self.assertRegex(said, sentence)


class TestSound(Case):
    def test_an_export_is_sound(self):
        self.assert_sound(self.export())

    def test_every_proof_of_the_auditor_holds(self):
        self.assert_sound(self.export(), "--proof", self.folder / "north" / "proofs.jsonl")

    def test_every_older_checkpoint_is_still_contained(self):
        for checkpoint in self.export().checkpoints:
            self.assert_sound(self.export(), "--against", self.save(checkpoint))

    def test_the_key_can_be_given(self):
        key = self.export().checkpoints[0]["key"]
        path = self.folder / "ledger.pub"
        path.write_text(key + "\n", encoding="ascii")
        self.assert_sound(self.export(), "--key", key)
        self.assert_sound(self.export(), "--key", path)

    def test_a_shorter_export_is_sound_by_itself(self):
        export = self.export()
        del export.checkpoints[5:]
        del export.ledger[export.checkpoints[-1]["size"]:]
        self.assert_sound(export)

    def test_the_program_ends_with_a_status_and_a_sentence(self):
        run = subprocess.run([sys.executable, VERIFIER, self.folder / "north"],
                             capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"^lianhu/[0-9a-f]{32}: \d+ entries of 3 journals, ")
        run = subprocess.run([sys.executable, VERIFIER], capture_output=True, text=True,
                             check=False)
        self.assertEqual(run.returncode, 64)
        run = subprocess.run([sys.executable, VERIFIER, self.folder / "nowhere"],
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("cannot be read", run.stderr)


class TestTampered(Case):
    def test_an_edit_of_a_record_is_found(self):
        export = self.export()
        record = bytearray.fromhex(export.ledger[40]["record"])
        record[-1] ^= 1
        export.ledger[40]["record"] = record.hex()
        self.assert_found(export, "entry 40: its record is not the one that was entered")

    def test_an_edit_with_a_fitting_leaf_is_found(self):
        export = self.export()
        record = bytearray.fromhex(export.ledger[40]["record"])
        record[-1] ^= 1
        export.put_record(40, bytes(record))
        self.assert_found(export, "its root is not that of the ledger's first")

    def test_an_edit_of_journal_or_number_is_found(self):
        export = self.export()
        export.ledger[40]["seq"] += 1000
        self.assert_found(export, "entry 40: its record is not the one")
        export = self.export()
        export.ledger[40]["journal"] = "00000000-0000-0000-0000-000000000000"
        self.assert_found(export, "entry 40: its record is not the one")

    def test_a_dropped_entry_is_found(self):
        export = self.export()
        del export.ledger[40]
        self.assert_found(export, "after 40 entries comes number 41")
        export.number()
        self.assert_found(export, "the last ones are missing")

    def test_two_swapped_entries_are_found(self):
        export = self.export()
        ledger = export.ledger
        ledger[40], ledger[41] = ledger[41], ledger[40]
        self.assert_found(export, "missing, doubled or out of order")
        export.number()
        self.assert_found(export, "comes after record|its root is not that of")

    def test_a_doubled_entry_is_found(self):
        export = self.export()
        export.ledger.insert(41, dict(export.ledger[40]))
        self.assert_found(export, "missing, doubled or out of order")
        export.number()
        self.assert_found(export, r"record \d+ of journal [0-9a-f]+ comes after record")

    def test_a_truncation_is_found(self):
        export = self.export()
        del export.ledger[-1:]
        self.assert_found(export, "the last ones are missing")

    def test_a_rollback_is_found_by_an_older_checkpoint(self):
        export = self.export()
        newest = export.checkpoints[-1]
        del export.checkpoints[5:]
        del export.ledger[export.checkpoints[-1]["size"]:]
        self.assert_found(export, "it was put back in time, or cut off", "--against",
                          self.save(newest))

    def test_another_past_with_the_same_key_is_found_by_an_older_checkpoint(self):
        other = self.export("south")
        self.assert_sound(other)
        self.assert_found(other, "the past was changed", "--against",
                          self.save(self.export().checkpoints[-1]))
        self.assert_sound(other, "--against", self.save(self.export().checkpoints[0]))

    def test_a_ledger_signed_anew_with_another_key_is_found(self):
        export = self.export()
        older = self.save(export.checkpoints[3])
        key = export.checkpoints[0]["key"]
        export.put_record(2, bytes.fromhex(export.ledger[2]["record"])[:-1] + b"x")
        export.sign_anew(nacl.signing.SigningKey(bytes(32)))
        self.assert_found(export, "signed with another key", "--against", older)
        self.assert_found(export, "signed with another key", "--key", key)

    def test_a_ledger_signed_anew_still_has_broken_chains_and_causes(self):
        key = nacl.signing.SigningKey(bytes(32))
        export = self.export()
        export.put_record(0, bytes.fromhex(export.ledger[0]["record"])[:-1] + b"x")
        export.sign_anew(key)
        self.assert_found(export, "is not chained to the one before it")
        export = self.export()
        caused = [e for e in export.ledger if bytes.fromhex(e["record"])[1] & 4][5]
        record = bytearray.fromhex(caused["record"])
        record[52:60] = (10**6).to_bytes(8, "big")
        export.put_record(caused["index"], bytes(record))
        export.sign_anew(key)
        self.assert_found(export, "which caused it, is not in the ledger")

    def test_an_effect_before_its_cause_is_found(self):
        export = self.export()
        effect = next(e for e in export.ledger if bytes.fromhex(e["record"])[1] & 4)
        export.ledger.insert(0, export.ledger.pop(effect["index"]))
        export.number()
        export.sign_anew(AUDITORS_KEY)
        self.assert_found(export, r"entry 0: entry \d+, which caused it, comes after it")

    def test_a_local_record_is_found(self):
        export = self.export()
        record = bytearray.fromhex(export.ledger[7]["record"])
        record[1] |= 1
        export.put_record(7, bytes(record))
        self.assert_found(export, "entry 7: its record is local")

    def test_every_field_of_a_checkpoint_counts(self):
        changes = {"size": lambda v: v - 1, "root": lambda v: v[::-1],
                   "at": lambda v: v.replace("2026", "2025"), "signature": lambda v: v[::-1],
                   "key": lambda v: v[::-1], "text": lambda v: v.replace("2026", "2025")}
        for name, change in changes.items():
            export = self.export()
            export.checkpoints[4][name] = change(export.checkpoints[4][name])
            with self.subTest(name):
                self.assert_found(export, "^checkpoint of")

    def test_a_changed_checkpoint_that_agrees_with_itself_is_not_signed(self):
        export = self.export()
        checkpoint = export.checkpoints[4]
        for name in ("at", "text"):
            checkpoint[name] = checkpoint[name].replace("2026", "2025")
        self.assert_found(export, "the signature is not valid")

    def test_a_checkpoint_whose_fields_were_made_to_fit_is_found(self):
        export = self.export()
        export.put_record(40, bytes.fromhex(export.ledger[40]["record"])[:-1] + b"x")
        for checkpoint in export.checkpoints:
            checkpoint["root"] = export.root(checkpoint["size"]).hex()
        self.assert_found(export, "its text does not say its size and root")

    def test_checkpoints_out_of_order_are_found(self):
        export = self.export()
        export.checkpoints.reverse()
        self.assert_found(export, r"checkpoint of \d+ entries .* comes after one of")

    def test_checkpoints_of_another_ledger_are_found(self):
        export = self.export()
        key = nacl.signing.SigningKey(bytes(32))
        for checkpoint in export.checkpoints[3:]:
            checkpoint["text"] = checkpoint["text"].replace("lianhu/a", "lianhu/b")
        export.sign_anew(key)
        self.assert_found(export, "it is of another ledger")

    def test_a_ledger_without_checkpoints_is_not_sound(self):
        export = self.export()
        export.checkpoints.clear()
        self.assert_found(export, "nobody vouches for this ledger")

    def test_what_is_not_json_is_named_with_its_line(self):
        export = self.export()
        export.ledger[9] = "entry"
        self.assert_found(export, "ledger.jsonl:10: this is not an object")

    def test_random_tampering_is_found_given_one_outside_checkpoint(self):
        older = self.save(self.export().checkpoints[-1])
        seed = int(os.environ.get("REPRO_SEED", "62"), 0)
        print(f"seed {seed} (repeat with REPRO_SEED)", file=sys.stderr)
        dice = random.Random(seed)
        for _ in range(RANDOM_TAMPERS):
            export = self.export()
            tamper = dice.choice(TAMPERS)
            tamper(export, dice)
            if dice.random() < 0.5:
                export.number()
            if dice.random() < 0.5:
                export.sign_anew(AUDITORS_KEY)
            status, said = self.verify(export, "--against", older)
            with self.subTest(tamper.__name__):
                self.assertEqual(status, 1)
                self.assertNotEqual(said, "")


# The key of an auditor in memory: somebody who has it can sign whatever he likes.
AUDITORS_KEY = nacl.signing.SigningKey(b"lianhu ledger kept in memory".ljust(32, b"\0"))


def tamper_record(export, dice):
    index = dice.randrange(len(export.ledger))
    record = bytearray.fromhex(export.ledger[index]["record"])
    record[dice.randrange(len(record))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.5:
        export.put_record(index, bytes(record))
    else:
        export.ledger[index]["record"] = record.hex()


def tamper_leaf(export, dice):
    entry = dice.choice(export.ledger)
    leaf = bytearray.fromhex(entry["leaf"])
    leaf[dice.randrange(32)] ^= 1 << dice.randrange(8)
    entry["leaf"] = leaf.hex()


def tamper_drop(export, dice):
    first = dice.randrange(len(export.ledger))
    del export.ledger[first:first + dice.randrange(1, 20)]
    size = len(export.ledger)
    export.checkpoints = [c for c in export.checkpoints if c["size"] <= size]


def tamper_swap(export, dice):
    a, b = dice.sample(range(len(export.ledger)), 2)
    export.ledger[a], export.ledger[b] = export.ledger[b], export.ledger[a]


def tamper_insert(export, dice):
    export.ledger.insert(dice.randrange(len(export.ledger)), dict(dice.choice(export.ledger)))


def tamper_truncate(export, dice):
    del export.ledger[-dice.randrange(1, 100):]
    if dice.random() < 0.5:
        size = len(export.ledger)
        export.checkpoints = [c for c in export.checkpoints if c["size"] <= size]


TAMPERS = (tamper_record, tamper_leaf, tamper_drop, tamper_swap, tamper_insert, tamper_truncate)


class TestProofs(Case):
    def proofs(self):
        return Export.read(self.folder / "north" / "proofs.jsonl")

    def test_a_proof_needs_only_a_checkpoint(self):
        newest = self.export().checkpoints[-1]
        proof = next(p for p in self.proofs() if p["entry"] == 17 and p["size"] == newest["size"])
        arguments = ("--proof", self.save(proof, "proof.json"), "--against", self.save(newest))
        self.assertEqual(self.run_verifier(*arguments), (0, ""))

    def test_growth_can_be_proved_between_two_checkpoints(self):
        checkpoints = self.export().checkpoints
        growth = next(p for p in self.proofs() if p["old_size"] == checkpoints[0]["size"]
                      and p["size"] == checkpoints[-1]["size"])
        older = ("--against", self.save(checkpoints[0]), "--against",
                 self.save(checkpoints[-1], "newest.json"))
        arguments = ("--proof", self.save(growth, "proof.json"))
        self.assertEqual(self.run_verifier(*arguments, *older), (0, ""))
        self.assertEqual(self.run_verifier(*arguments, *older[2:])[0], 1)

    def test_a_spoilt_proof_is_found(self):
        newest = self.export().checkpoints[-1]
        older = self.save(newest)
        for old in self.proofs()[::25]:
            proof = dict(old, path=list(old["path"]))
            if not proof["path"]:
                continue
            proof["path"][-1] = proof["path"][-1][::-1]
            path = self.save(proof, "proof.json")
            self.assertEqual(self.run_verifier(self.folder / "north", "--proof", path)[0], 1)
            self.assertEqual(self.run_verifier("--proof", path, "--against", older)[0], 1)

    def test_a_proof_of_another_ledger_is_found(self):
        other = Export.read(self.folder / "south" / "proofs.jsonl")[-3]
        path = self.save(other, "proof.json")
        status, said = self.run_verifier(self.folder / "north", "--proof", path)
        self.assertEqual(status, 1)
        self.assertRegex(said, "its root is not that of the ledger's first")
        older = self.save(self.export().checkpoints[-1])
        status, said = self.run_verifier("--proof", path, "--against", older)
        self.assertEqual(status, 1)
        self.assertRegex(said, "no checkpoint given vouches for its root")


class TestCryptography(unittest.TestCase):
    def test_the_vectors_of_rfc_8032(self):
        vectors = (
            ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e"
             "39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
            ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f"
             "3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        for key, text, signature in vectors:
            arguments = [bytes.fromhex(v) for v in (key, text, signature)]
            self.assertTrue(ledger_verifier.is_signed(*arguments))
            arguments[1] += b"."
            self.assertFalse(ledger_verifier.is_signed(*arguments))

    def test_signatures_of_another_library_are_good_until_a_bit_changes(self):
        dice = random.Random(8032)
        for _ in range(20):
            key = nacl.signing.SigningKey(dice.randbytes(32))
            text = dice.randbytes(dice.randrange(200))
            signature = bytearray(key.sign(text).signature)
            public = bytes(key.verify_key)
            self.assertTrue(ledger_verifier.is_signed(public, text, bytes(signature)))
            signature[dice.randrange(64)] ^= 1 << dice.randrange(8)
            self.assertFalse(ledger_verifier.is_signed(public, text, bytes(signature)))

    def test_a_signature_has_one_form(self):
        key = nacl.signing.SigningKey(bytes(32))
        signature = key.sign(b"text").signature
        s = int.from_bytes(signature[32:], "little") + ledger_verifier.ORDER
        other = signature[:32] + s.to_bytes(32, "little")
        self.assertFalse(ledger_verifier.is_signed(bytes(key.verify_key), b"text", other))

    def test_the_roots_of_the_reference_entries(self):
        entries = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                   "606162636465666768696a6b6c6d6e6f")
        tree = ledger_verifier.Tree()
        self.assertEqual(tree.root(), hashlib.sha256(b"").digest())
        for entry in entries:
            tree.append(hashlib.sha256(b"\0" + bytes.fromhex(entry)).digest())
        self.assertEqual(tree.root().hex(),
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")


def main():
    parser = argparse.ArgumentParser(description=__doc__, add_help=False)
    parser.add_argument("--binaries", default=str(ROOT / "build" / "release" / "bin"))
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
