#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verifies a ledger that `lianhu audit export DIR` wrote, with nothing but Python's own library.

It is written from the descriptions (RFC 9162 section 2.1, RFC 8032, the head of
services/auditor/auditor.h and of common/journal/journal.h) and shares no code and no cryptographic
library with the auditor. DIR holds two files, one JSON object a line:

  ledger.jsonl       {index, journal, seq, leaf, record}
  checkpoints.jsonl  {origin, size, root, at, signature, key, text}

Checked are: every leaf against its record; that the records of each journal rise, that those with
neighbouring numbers are chained, that none is local, and that causes come before effects; every
checkpoint's signature and root; the proofs given with --proof (as `lianhu audit prove --json`
answers, one or many in a file); and, with --against, that the ledger still contains what an older
checkpoint vouched for. Only that last one can tell a ledger that was put back in time, or written
anew by somebody who has the key: keep checkpoints where the operator cannot change them.

That a number is missing because its record is local cannot be seen from outside; `lianhu audit
verify` compares with the journals themselves.

Without DIR, --proof and --against show that one entry is in what a checkpoint vouches for.

Exit: 0 all is well; 1 something is wrong, said in one sentence a line on stderr; 64 usage.
"""
import argparse
import datetime
import functools
import hashlib
import json
import pathlib
import re
import sys

PROBLEMS_MAX = 20
HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")
ORIGIN = re.compile(r"lianhu/([0-9a-f]{32})\Z")

# Ed25519 of RFC 8032, section 5.1: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(scalar, p):
    q = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            q = point_add(q, p)
        p = point_add(p, p)
        scalar >>= 1
    return q


def point_equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def point_decode(encoded):
    """The point, or None when these 32 bytes are none."""
    y = int.from_bytes(encoded, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=None)
def is_signed(key, text, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a = point_decode(key)
    r = point_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + text).digest()
    h = int.from_bytes(digest, "little") % ORDER
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(h, a)))


# The tree of RFC 9162.

def sha256(data):
    return hashlib.sha256(data).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def leaf_hash(journal, seq, record):
    return sha256(b"\x00" + journal + seq.to_bytes(8, "big") + record)


class Tree:
    """The roots of the complete subtrees of what was appended, the largest first."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def append(self, leaf):
        self.peaks.append(leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:
            right = self.peaks.pop()
            left = self.peaks.pop()
            self.peaks.append(node_hash(left, right))
            size //= 2

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def proves_entry(entry, size, leaf, path, root):
    """Section 2.1.3.2."""
    if entry >= size:
        return False
    fn, sn, r = entry, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            r = node_hash(p, r)
            while fn % 2 == 0 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            r = node_hash(r, p)
        fn >>= 1
        sn >>= 1
    return sn == 0 and r == root


def proves_growth(old_size, old_root, size, root, path):
    """Section 2.1.4.2."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not path and old_root == root
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    fn, sn = old_size - 1, size - 1
    while fn % 2 == 1:
        fn >>= 1
        sn >>= 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn % 2 == 1 or fn == sn:
            fr = node_hash(c, fr)
            sr = node_hash(c, sr)
            while fn % 2 == 0 and fn != 0:
                fn >>= 1
                sn >>= 1
        else:
            sr = node_hash(sr, c)
        fn >>= 1
        sn >>= 1
    return sn == 0 and fr == old_root and sr == root


# What is read.

class Wrong(Exception):
    """One thing that is wrong, as a sentence."""


def take(value, name, kind, where):
    found = value.get(name)
    if not isinstance(found, kind) or isinstance(found, bool):
        raise Wrong(f"{where}: '{name}' is missing or not what it should be")
    return found


def take_number(value, name, where):
    number = take(value, name, int, where)
    if not 0 <= number < 2**64:
        raise Wrong(f"{where}: '{name}' is out of range")
    return number


def take_hex(value, name, where, length=None):
    text = take(value, name, str, where)
    if not HEX.match(text) or (length is not None and len(text) != 2 * length):
        raise Wrong(f"{where}: '{name}' is not {'' if length is None else f'{length} bytes in '}"
                    "hexadecimal digits")
    return bytes.fromhex(text)


def take_id(value, name, where):
    """A journal's id, with or without hyphens."""
    text = take(value, name, str, where).replace("-", "")
    return take_hex({name: text}, name, where, 16)


def read_object(text, where):
    try:
        value = json.loads(text)
    except ValueError:
        raise Wrong(f"{where}: this is not JSON") from None
    if not isinstance(value, dict):
        raise Wrong(f"{where}: this is not an object")
    return value


def read_lines(path):
    """(where, object) of each line of a file."""
    try:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                where = f"{path.name}:{number}"
                yield where, read_object(line, where)
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path.name} cannot be read: {error}") from None


def read_file(path):
    """The same of a small file, which may also be one object over many lines."""
    try:
        text = path.read_text(encoding="utf-8")
        return [(path.name, read_object(text, path.name))]
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path.name} cannot be read: {error}") from None
    except Wrong:
        return list(read_lines(path))


class Record:
    """The head of a record, as common/journal/journal.h describes it."""

    def __init__(self, raw, where):
        if len(raw) < 108 or raw[0] != 1:
            raise Wrong(f"{where}: the record is not one of version 1")
        self.raw = raw
        self.is_local = raw[1] & 1 != 0
        self.is_by_record = raw[1] & 4 != 0
        self.cause_journal = raw[36:52]
        self.cause_seq = int.from_bytes(raw[52:60], "big")
        self.chain = raw[72:104]

    def follows(self, chain_before):
        chain = hashlib.blake2b(chain_before + self.raw[:72] + self.raw[108:], digest_size=32)
        return chain.digest() == self.chain


class Checkpoint:
    def __init__(self, value, where):
        self.size = take_number(value, "size", where)
        self.where = f"checkpoint of {self.size} entries ({where})"
        self.root = take_hex(value, "root", self.where, 32)
        self.signature = take_hex(value, "signature", self.where, 64)
        self.key = take_hex(value, "key", self.where, 32)
        self.text = take(value, "text", str, self.where)
        self.at = self.read_time(take(value, "at", str, self.where))
        self.origin = self.read_text()

    def read_time(self, text):
        try:
            time = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise Wrong(f"{self.where}: '{text}' is not a time") from None
        if time.tzinfo is None:
            raise Wrong(f"{self.where}: the time '{text}' has no offset")
        return time

    def read_text(self):
        """The origin; the other lines of the text must say what the fields say."""
        lines = self.text.split("\n")
        if len(lines) != 5 or lines[4] != "" or not ORIGIN.match(lines[0]):
            raise Wrong(f"{self.where}: its text is not a checkpoint's")
        if lines[1] != str(self.size) or lines[2] != self.root.hex():
            raise Wrong(f"{self.where}: its text does not say its size and root")
        if self.read_time(lines[3]) != self.at:
            raise Wrong(f"{self.where}: its text says another time")
        return lines[0]

    def check_signature(self):
        if not is_signed(self.key, self.text.encode(), self.signature):
            raise Wrong(f"{self.where}: the signature is not valid")


class Proof:
    def __init__(self, value, where):
        self.where = f"proof ({where})"
        self.size = take_number(value, "size", self.where)
        self.root = take_hex(value, "root", self.where, 32)
        path = take(value, "path", list, self.where)
        self.path = [take_hex({"path": p}, "path", self.where, 32) for p in path]
        self.old_size = take_number(value, "old_size", self.where) if value.get("old_size") else 0
        if self.old_size == 0:
            self.entry = take_number(value, "entry", self.where)
            self.leaf = take_hex(value, "leaf", self.where, 32)

    def check_entry(self):
        if not proves_entry(self.entry, self.size, self.leaf, self.path, self.root):
            raise Wrong(f"{self.where}: it does not prove that entry {self.entry} is in the tree "
                        f"of {self.size} entries")

    def check_growth(self, old_root):
        if not proves_growth(self.old_size, old_root, self.size, self.root, self.path):
            raise Wrong(f"{self.where}: it does not prove that the tree of {self.size} entries "
                        f"grew from that of {self.old_size}")


# What is verified.

class Ledger:
    """One pass over ledger.jsonl, keeping the roots that somebody will ask for."""

    def __init__(self, say, sizes):
        self.say = say
        self.wanted_sizes = sizes
        self.roots = {0: sha256(b"")} if 0 in sizes else {}
        self.tree = Tree()
        self.seen = {}  # journal -> {seq: index}
        self.last = {}  # journal -> (seq, chain)
        self.causes = []  # (where, index, journal, cause journal, cause seq)

    def read(self, path):
        for where, value in read_lines(path):
            self.add(where, value)

    def add(self, where, value):
        index = self.tree.size
        said = take_number(value, "index", where)
        if said != index:
            raise Wrong(f"{where}: after {index} entries comes number {said}; entries are missing, "
                        "doubled or out of order")
        where = f"entry {index}"
        journal = take_id(value, "journal", where)
        seq = take_number(value, "seq", where)
        leaf = take_hex(value, "leaf", where, 32)
        raw = take_hex(value, "record", where)
        if leaf_hash(journal, seq, raw) != leaf:
            self.say(f"{where}: its record is not the one that was entered: the leaf hash differs")
        self.check_record(where, journal, seq, raw)
        self.tree.append(leaf)
        if self.tree.size in self.wanted_sizes:
            self.roots[self.tree.size] = self.tree.root()

    def check_record(self, where, journal, seq, raw):
        record = Record(raw, where)
        last_seq, last_chain = self.last.get(journal, (0, bytes(32)))
        if record.is_local:
            self.say(f"{where}: its record is local and should not be here")
        if seq <= last_seq:
            self.say(f"{where}: record {seq} of journal {journal.hex()} comes after record "
                     f"{last_seq}")
        elif seq == last_seq + 1 and not record.follows(last_chain):
            self.say(f"{where}: record {seq} of journal {journal.hex()} is not chained to the one "
                     "before it")
        self.last[journal] = (seq, record.chain)
        self.seen.setdefault(journal, {})[seq] = self.tree.size
        if record.is_by_record:
            self.causes.append((where, self.tree.size, journal, record.cause_journal,
                                record.cause_seq))

    def check_causes(self, own_journal):
        """A cause is an entry before its effect; the auditor's own events are entered as they
        happen, which may be before the ones of the same batch that caused them."""
        for where, index, journal, cause_journal, cause_seq in self.causes:
            known = self.seen.get(cause_journal)
            if known is None:
                continue
            cause = known.get(cause_seq)
            if cause is None:
                self.say(f"{where}: record {cause_seq} of journal {cause_journal.hex()}, which "
                         "caused it, is not in the ledger")
            elif cause >= index and journal != own_journal:
                self.say(f"{where}: entry {cause}, which caused it, comes after it")


class Verifier:
    def __init__(self, key=None):
        self.key = key
        self.origin = None
        self.problems = []

    def say(self, sentence):
        self.problems.append(sentence)

    def attempt(self, function, *arguments):
        try:
            return function(*arguments)
        except Wrong as wrong:
            self.say(str(wrong))
            return None

    def read_checkpoints(self, path):
        checkpoints = []
        for where, value in read_lines(path):
            checkpoint = self.attempt(Checkpoint, value, where)
            if checkpoint is not None:
                self.attempt(self.check_origin, checkpoint)
                self.attempt(checkpoint.check_signature)
                checkpoints.append(checkpoint)
        for before, after in zip(checkpoints, checkpoints[1:]):
            if after.size < before.size:
                self.say(f"{after.where}: it comes after one of {before.size} entries")
        if not checkpoints:
            self.say("there is no checkpoint: nobody vouches for this ledger")
        return checkpoints

    def check_origin(self, checkpoint):
        """All have one ledger and one key: the one that is given, or the first one's."""
        self.key = self.key or checkpoint.key
        self.origin = self.origin or checkpoint.origin
        if checkpoint.key != self.key:
            raise Wrong(f"{checkpoint.where}: it is signed with another key, "
                        f"{checkpoint.key.hex()}")
        if checkpoint.origin != self.origin:
            raise Wrong(f"{checkpoint.where}: it is of another ledger, {checkpoint.origin}")

    def check_against(self, ledger, older):
        if older.size > ledger.tree.size:
            raise Wrong(f"the ledger has {ledger.tree.size} entries and had {older.size} on "
                        f"{older.at.isoformat()}: it was put back in time, or cut off")
        if ledger.roots[older.size] != older.root:
            raise Wrong(f"the first {older.size} entries are not those that were signed on "
                        f"{older.at.isoformat()}: the past was changed")

    def check_head(self, ledger, checkpoint):
        if checkpoint.size > ledger.tree.size:
            raise Wrong(f"{checkpoint.where}: the ledger has only {ledger.tree.size} entries; "
                        "the last ones are missing")
        if ledger.roots[checkpoint.size] != checkpoint.root:
            raise Wrong(f"{checkpoint.where}: its root is not that of the ledger's first "
                        f"{checkpoint.size} entries: at least one of them was changed")

    def check_proof(self, ledger, proof):
        if proof.size > ledger.tree.size:
            raise Wrong(f"{proof.where}: it is of {proof.size} entries and the ledger has only "
                        f"{ledger.tree.size}")
        if proof.root != ledger.roots[proof.size]:
            raise Wrong(f"{proof.where}: its root is not that of the ledger's first {proof.size} "
                        "entries")
        if proof.old_size != 0:
            if proof.old_size not in ledger.roots:
                raise Wrong(f"{proof.where}: the ledger has not {proof.old_size} entries")
            proof.check_growth(ledger.roots[proof.old_size])
        else:
            proof.check_entry()

    def verify(self, folder, older=(), proofs=()):
        """Looks at everything; `older` are checkpoints kept elsewhere. Returns a summary."""
        checkpoints = self.read_checkpoints(folder / "checkpoints.jsonl")
        for checkpoint in older:
            self.attempt(self.check_origin, checkpoint)
            self.attempt(checkpoint.check_signature)
        sizes = {c.size for c in checkpoints} | {c.size for c in older}
        sizes |= {p.size for p in proofs} | {p.old_size for p in proofs}
        ledger = Ledger(self.say, sizes)
        ledger.read(folder / "ledger.jsonl")
        own = bytes.fromhex(ORIGIN.match(self.origin)[1]) if self.origin else b""
        ledger.check_causes(own)
        for checkpoint in older:
            self.attempt(self.check_against, ledger, checkpoint)
        for checkpoint in checkpoints:
            self.attempt(self.check_head, ledger, checkpoint)
        for proof in proofs:
            self.attempt(self.check_proof, ledger, proof)
        unsigned = ledger.tree.size - max((c.size for c in checkpoints), default=0)
        return (f"{self.origin}: {ledger.tree.size} entries of {len(ledger.seen)} journals, "
                f"{len(checkpoints)} checkpoints signed with {(self.key or b'').hex()}, "
                f"{unsigned} entries not signed yet")

    def verify_alone(self, older, proofs):
        """Proofs against checkpoints, without the ledger."""
        roots = {}
        for checkpoint in older:
            self.check_origin(checkpoint)
            checkpoint.check_signature()
            roots[checkpoint.size] = checkpoint.root
        for proof in proofs:
            if roots.get(proof.size) != proof.root:
                raise Wrong(f"{proof.where}: no checkpoint given vouches for its root of "
                            f"{proof.size} entries")
            if proof.old_size == 0:
                proof.check_entry()
            elif proof.old_size in roots:
                proof.check_growth(roots[proof.old_size])
            else:
                raise Wrong(f"{proof.where}: no checkpoint of {proof.old_size} entries is given")
        return f"{self.origin}: {len(proofs)} proofs hold under {self.key.hex()}"


def read_key(text):
    """A public key: 64 hexadecimal digits, or the file (ledger.pub) that holds them."""
    path = pathlib.Path(text)
    if not re.fullmatch("[0-9a-f]{64}", text) and path.is_file():
        text = path.read_text(encoding="ascii").strip()
    return take_hex({"--key": text}, "--key", "the key", 32)


def read_all(kind, paths):
    return [kind(value, where) for path in paths for where, value in read_file(path)]


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description="Verifies an exported ledger.", epilog="Exit: 0 sound, 1 not, 64 usage.")
    parser.error = lambda message: (parser.print_usage(sys.stderr),
                                    print(f"{parser.prog}: {message}", file=sys.stderr),
                                    sys.exit(64))
    parser.add_argument("dir", nargs="?", type=pathlib.Path, help="what `audit export` wrote")
    parser.add_argument("--against", action="append", default=[], type=pathlib.Path,
                        metavar="CHECKPOINT.json", help="a checkpoint that was kept elsewhere")
    parser.add_argument("--proof", action="append", default=[], type=pathlib.Path,
                        metavar="PROOF.json", help="what `audit prove --json` answered")
    parser.add_argument("--key", help="public key in hexadecimal digits, or ledger.pub")
    options = parser.parse_args(arguments)
    if options.dir is None and not (options.proof and options.against):
        parser.error("give the folder of an export, or --proof with --against")
    return options


def main(arguments):
    options = parse_arguments(arguments)
    verifier = Verifier()
    try:
        verifier.key = read_key(options.key) if options.key else None
        older = read_all(Checkpoint, options.against)
        proofs = read_all(Proof, options.proof)
        summary = (verifier.verify(options.dir, older, proofs) if options.dir is not None
                   else verifier.verify_alone(older, proofs))
    except Wrong as wrong:
        verifier.say(str(wrong))
    for problem in verifier.problems[:PROBLEMS_MAX]:
        print(problem, file=sys.stderr)
    if len(verifier.problems) > PROBLEMS_MAX:
        print(f"and {len(verifier.problems) - PROBLEMS_MAX} more", file=sys.stderr)
    if not verifier.problems:
        print(summary)
    return 1 if verifier.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
