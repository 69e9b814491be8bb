#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ledger of a running instance: verified by itself and, exported, by a program that shares no
code with it; every way of tampering with the export or with a journal is found."""
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import unittest
from hashlib import blake2b

try:
    import lmdb
except ImportError:
    lmdb = None

import lianhu
from journey import CADRE, Journey

VERIFIER = pathlib.Path(__file__).with_name("ledger_verifier.py")
CHAIN_AT, CHECKSUM_AT, HEADER = 72, 104, 108


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 & -(crc & 1))
    return crc ^ 0xffffffff


def seal(record, chain):
    """The record with the chain hash and the checksum that fit what is in it."""
    record = bytearray(record)
    body = bytes(record[:CHAIN_AT]) + bytes(record[HEADER:])
    record[CHAIN_AT:CHECKSUM_AT] = blake2b(chain + body, digest_size=32).digest()
    record[CHECKSUM_AT:HEADER] = bytes(4)
    record[CHECKSUM_AT:HEADER] = struct.pack(">I", crc32c(bytes(record)))
    return bytes(record)


class Ledger(lianhu.SystemTest):
    """One instance; its tests build on each other, in order of name."""
    instance_options = {"households": 40}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _ in range(3):
            Journey(cls.instance).to_end()
        cls.instance.settle()
        cls.old = cls.save("old.json", cls.instance.ok("audit", "checkpoint"))
        cls.issue = Journey(cls.instance).to_end()["issue"]
        cls.instance.settle()
        cls.save("new.json", cls.instance.ok("audit", "checkpoint"))
        cls.export = cls.instance.folder / "export"
        cls.instance.ok("audit", "export", cls.export)

    @classmethod
    def save(cls, name, value):
        path = cls.instance.folder / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    def verify(self, *args):
        return subprocess.run([sys.executable, VERIFIER, *map(str, args)], capture_output=True,
                              text=True, timeout=60, check=False)

    def lines(self, name):
        return (self.export / name).read_text(encoding="utf-8").splitlines(keepends=True)

    def tampered(self, change, name="ledger.jsonl", against=False):
        """What the verifier says of a copy in which `change` was made to the lines of a file."""
        folder = self.instance.folder / "tampered"
        shutil.copytree(self.export, folder)
        try:
            lines = self.lines(name)
            lines = change(lines) or lines
            (folder / name).write_text("".join(lines), encoding="utf-8")
            done = self.verify(folder, *(["--against", self.old] if against else []))
            self.assertEqual(done.returncode, 1, done)
            self.assertNotIn("Traceback", done.stderr)
            self.assertGreater(len(done.stderr), 20)
        finally:
            shutil.rmtree(folder)

    def test_1_it_is_whole(self):
        self.assertIs(self.instance.ok("audit", "verify")["whole"], True)
        done = self.verify(self.export, "--against", self.old)
        self.assertEqual(done.returncode, 0, done)

    def test_1_every_shipped_record_is_in_it_once(self):
        entries = [json.loads(line) for line in self.lines("ledger.jsonl")]
        keys = [(entry["journal"], entry["seq"]) for entry in entries]
        self.assertEqual(len(keys), len(set(keys)))
        wanted = set()
        for daemon in self.instance.names():
            if daemon == "auditor":
                continue  # its own checkpoints are about the ledger
            records, journal = self.instance.records(daemon)
            text = lianhu.wire.id_text(journal) if journal else ""
            wanted |= {(text, r["seq"]) for r in records if not r.get("is_local")}
        self.assertLessEqual(wanted, set(keys))

    def test_1_proofs_of_single_entries(self):
        entries = len(self.lines("ledger.jsonl"))
        for entry in (0, 1, entries // 2, entries - 1):
            proof = self.save("proof.json", self.instance.ok("audit", "prove", entry))
            done = self.verify("--proof", proof, "--against", self.instance.folder / "new.json")
            self.assertEqual(done.returncode, 0, done)
            wrong = json.loads(proof.read_text(encoding="utf-8"))
            wrong["leaf"] = bytes(32).hex()
            proof = self.save("proof.json", wrong)
            done = self.verify("--proof", proof, "--against", self.instance.folder / "new.json")
            self.assertEqual(done.returncode, 1, done)
        self.assertEqual(self.instance.cli("audit", "prove", 10**9).code, 1)

    def test_2_an_edit(self):
        def edit(lines):
            entry = json.loads(lines[5])
            entry["record"] = entry["record"][:-2] + f"{int(entry['record'][-2:], 16) ^ 1:02x}"
            lines[5] = json.dumps(entry) + "\n"
        self.tampered(edit)

    def test_2_a_drop(self):
        self.tampered(lambda lines: lines[:7] + lines[8:])

    def test_2_a_swap(self):
        def swap(lines):
            lines[3], lines[4] = lines[4], lines[3]
        self.tampered(swap)

    def test_2_a_truncation(self):
        self.tampered(lambda lines: lines[:-4])
        self.tampered(lambda lines: lines[:1], "ledger.jsonl", against=True)

    def test_2_a_checkpoint_by_somebody_else(self):
        def forge(lines):
            checkpoint = json.loads(lines[-1])
            checkpoint["signature"] = bytes(64).hex()
            lines[-1] = json.dumps(checkpoint) + "\n"
        self.tampered(forge, "checkpoints.jsonl")

    def test_3_a_rollback_against_an_older_checkpoint(self):
        """The auditor's state from before; only a checkpoint kept elsewhere tells."""
        entries = json.loads(self.old.read_text(encoding="utf-8"))["size"]

        def roll_back(lines):
            return lines[:entries - 3]
        folder = self.instance.folder / "rolled"
        shutil.copytree(self.export, folder)
        (folder / "ledger.jsonl").write_text("".join(roll_back(self.lines("ledger.jsonl"))),
                                             encoding="utf-8")
        (folder / "checkpoints.jsonl").write_text("", encoding="utf-8")
        done = self.verify(folder, "--against", self.old)
        self.assertEqual(done.returncode, 1, done)
        shutil.rmtree(folder)

    @unittest.skipIf(lmdb is None, "python3-lmdb is not installed")
    def test_4_a_journal_that_was_rewritten_with_all_its_sums(self):
        """Whoever can write the router's files makes checksums and chain fit; the ledger knows."""
        self.instance.settle()
        self.instance.down()
        kept = self.instance.folder / "router"
        path = self.instance.home / "state" / "router"
        shutil.copytree(path, kept)
        with lmdb.open(str(path), max_dbs=64) as environment:
            journal = environment.open_db(b"journal", create=False)
            with environment.begin(write=True) as transaction:
                chain, is_changed = bytes(32), False
                for key, value in list(transaction.cursor(journal)):
                    record = bytearray(value)
                    at = bytes(record).rfind(CADRE.encode())
                    if not is_changed and at >= HEADER:
                        record[at + len(CADRE) - 1] ^= 2  # another cadre's name
                        is_changed = True
                    sealed = seal(record, chain)
                    self.assertTrue(is_changed or sealed == value, "others stay as they are")
                    chain = sealed[CHAIN_AT:CHECKSUM_AT]
                    transaction.put(key, sealed, db=journal)
        self.assertTrue(is_changed)
        self.instance.up()
        lianhu.wait_until(lambda: all(link["state"] == "refused" for link in
                                      self.instance.status()["links"] if link["from"] == "router"),
                          15, "the router's followers refuse another history")
        done = self.instance.cli("audit", "verify")
        self.assertEqual(done.code, 1, done)
        self.assertIn("router", done.out)
        self.instance.down()
        shutil.rmtree(path)
        kept.rename(path)
        self.instance.up()
        self.instance.settle()
        self.assertIs(self.instance.ok("audit", "verify")["whole"], True)


if __name__ == "__main__":
    lianhu.main()
