# SPDX-License-Identifier: Apache-2.0
"""The wire as docs/messages.md describes it, and nothing else: what a program in another language
would write. The document's tables are read, so a table that is wrong fails the tests."""
import os
import pathlib
import re
import struct
import time
from dataclasses import dataclass

import msgpack
import zmq

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROTOCOL = 1
RESEND_S = 0.5


# ---- messages ------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Field:
    id: int
    name: str
    type: str      # u32 ... or the name of a message or a list of words
    is_list: bool


def read_document(path=ROOT / "docs" / "messages.md"):
    """(messages: name -> fields, numbers: name -> type number, words: name -> [None, word...])"""
    messages, numbers, words = {}, {}, {}
    name = None
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = re.match(r'### <a id="(\w+)">', line)
        number = re.match(r"\*(\d+) · ", line)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if heading:
            name = heading[1]
        elif number:
            numbers[name] = int(number[1])
        elif name and line == "| number | word | Chinese |":
            words[name] = [None]
        elif name and line.startswith("| id |"):
            messages[name] = []
        elif name and re.match(r"\| \d+ \| `", line):
            plain = re.sub(r"\[(\w+)\]\(#\w+\)", r"\1", cells[2]) if len(cells) > 3 else ""
            if name in words:
                words[name].append(cells[1].strip("`"))
            else:
                messages[name].append(Field(int(cells[0]), cells[1].strip("`"),
                                            plain.removeprefix("list of "),
                                            plain.startswith("list of ")))
    return messages, numbers, words


MESSAGES, NUMBERS, WORDS = read_document()
NAMES = {number: name for name, number in NUMBERS.items()}
# A message whose table is empty has no table.
for _name in NUMBERS:
    MESSAGES.setdefault(_name, [])


def to_wire(type_name, value):
    if type_name in WORDS:
        return WORDS[type_name].index(value) if isinstance(value, str) else value
    return to_map(type_name, value) if type_name in MESSAGES else value


def to_map(name, fields):
    known = {field.name: field for field in MESSAGES[name]}
    unknown = set(fields) - set(known)
    assert not unknown, f"{name} has no {unknown}"
    result = {}
    for field in MESSAGES[name]:
        value = fields.get(field.name)
        if field.is_list and value:
            result[field.id] = [to_wire(field.type, item) for item in value]
        elif not field.is_list and value:
            result[field.id] = to_wire(field.type, value)
    return result


def encode(name, fields):
    """The bytes of a message: what is zero is not written, numbers of fields rise."""
    return msgpack.packb(to_map(name, fields), use_bin_type=True)


def from_wire(type_name, value):
    if type_name in WORDS:
        return WORDS[type_name][value]
    return from_map(type_name, value) if type_name in MESSAGES else value


def from_map(name, data):
    known = {field.id: field for field in MESSAGES[name]}
    result = {}
    for number, value in data.items():
        field = known[number]
        result[field.name] = ([from_wire(field.type, item) for item in value] if field.is_list
                              else from_wire(field.type, value))
    return result


def decode(name, data):
    return from_map(name, msgpack.unpackb(data, strict_map_key=False) if data else {})


# ---- identifiers ---------------------------------------------------------------------------------

def make_id():
    """A UUID version 7: milliseconds, then random bits."""
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | random[0] & 0x0f
    random[2] = 0x80 | random[2] & 0x3f
    return struct.pack(">Q", time.time_ns() // 1_000_000)[2:] + bytes(random)


def id_text(data):
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def issue_text(number):
    return f"{number // 10_000_000:04}-{number % 10_000_000:07}"


def issue_number(text):
    return int(text[:4]) * 10_000_000 + int(text[5:])


# ---- commands and queries ------------------------------------------------------------------------

@dataclass
class Reply:
    status: str
    fields: dict       # of the payload
    text: str
    field: str
    journal: bytes
    seq: int
    frame: dict

    @property
    def is_ok(self):
        return self.status == "ok"


class Door:
    """One connection to one daemon's commands and queries. Not to be shared by threads."""

    def __init__(self, context, path):
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 10)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 100)
        self.socket.connect(f"ipc://{path}")
        self.tag = 0

    def close(self):
        self.socket.close()

    def send(self, name, fields=None, person="operator", request=None, after=None, wait_ms=0):
        """Sends without waiting; the tag the reply will carry."""
        self.tag += 1
        frame = {"protocol": PROTOCOL, "type": NUMBERS[name], "request": request, "person": person,
                 "tag": self.tag, "wait_ms": wait_ms, "payload": encode(name, fields or {})}
        if after is not None:
            frame["after_journal"], frame["after_seq"] = after
        self.socket.send(encode("request_frame", frame))
        return self.tag

    def receive(self, timeout_s):
        """(tag, reply), or None."""
        if not self.socket.poll(max(0, int(timeout_s * 1000)) + 1):
            return None
        frame = decode("reply_frame", self.socket.recv())
        payload = decode(NAMES[frame["type"]], frame.get("payload", b"")) if "type" in frame else {}
        return frame.get("tag", 0), Reply(frame["status"], payload, frame.get("text", ""),
                                          frame.get("field", ""), frame.get("journal"),
                                          frame.get("seq", 0), frame)

    def call(self, name, fields=None, person="operator", request=None, timeout_s=10, **rest):
        """Sends, and again with the same id until a reply comes; None when none does in time."""
        first = self.tag + 1
        end = time.monotonic() + timeout_s
        while (now := time.monotonic()) < end:
            self.send(name, fields, person, request, **rest)
            until = min(end, now + RESEND_S + rest.get("wait_ms", 0) / 1000)
            while (now := time.monotonic()) < until:
                found = self.receive(until - now)
                if found is not None and found[0] >= first:
                    return found[1]
        return None


# ---- following a journal -------------------------------------------------------------------------

def send_frame(socket, name, fields):
    socket.send(struct.pack(">H", NUMBERS[name]) + encode(name, fields))


def split_frame(data):
    """(name, fields) of a frame of the link protocol."""
    name = NAMES[struct.unpack(">H", data[:2])[0]]
    return name, decode(name, data[2:])
