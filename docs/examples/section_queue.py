#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Follows the queue of a section, live: prints a line for each issue that is given to it.

    section_queue.py HOME SECTION PERSON [--from-start]
    section_queue.py var/example urban staff_urban_1

HOME is the instance, PERSON somebody who works in SECTION. It needs only python3-zmq and
python3-msgpack. docs/wire.md and docs/messages.md describe what is sent; the numbers below are the
field ids of the latter.
"""
import os
import struct
import sys
import time

import msgpack
import zmq

PROTOCOL = 1
HELLO, WELCOME, REFUSE, BATCH, ACK, HEAD = 1, 2, 3, 4, 5, 6  # frames of the link protocol
OPENED_EVENT, LEG_EVENT = 200, 201                           # records of the router
TITLE = {OPENED_EVENT: 13, LEG_EVENT: 9}                     # where the title is in them
CREDIT_BYTES = 1 << 20  # so much may be under way to us
SILENCE_S = 3  # a producer says something every half second


def send(socket, frame, fields):
    """The frame's number, then a map of field ids; what is zero or empty is left out."""
    message = {number: value for number, value in fields.items() if value}
    socket.send(struct.pack(">H", frame) + msgpack.packb(message))


def read_record(record):
    """(type, issue, personal fields) of a record: a header of 108 bytes, big-endian, then actor,
    topic and the two parts of the payload."""
    kind, = struct.unpack_from(">H", record, 2)
    issue, = struct.unpack_from(">Q", record, 20)
    actor_len, topic_len, open_len, personal_len = struct.unpack_from(">BBII", record, 62)
    at = 108 + actor_len + topic_len + open_len
    personal = record[at:at + personal_len]
    return kind, issue, msgpack.unpackb(personal, strict_map_key=False) if personal else {}


class Follower:
    """Where we stand in the router's journal. `journal`, `epoch` and `chain` prove to the router
    that our past is its past; what was read before is never sent again."""

    def __init__(self, socket, section, person, from_start):
        self.socket, self.section, self.person = socket, section, person
        self.from_start = from_start
        self.journal, self.epoch, self.cursor, self.chain = None, 0, 0, None
        self.session = time.time_ns()  # rises with every hello, also over restarts
        self.taken_bytes = 0

    def hello(self):
        self.session += 1
        self.taken_bytes = 0
        # A live watcher begins at the head, unless it says which journal it goes on with.
        send(self.socket, HELLO, {
            1: PROTOCOL, 2: "queue-screen", 3: self.journal, 4: self.epoch, 5: self.cursor,
            6: self.chain, 7: [self.section], 8: CREDIT_BYTES, 9: True, 10: self.person,
            11: self.session})

    def on_welcome(self, fields):
        if self.journal is None and not self.from_start:
            self.cursor, self.chain = fields.get(4, 0), fields.get(5)
        is_again = self.journal is None and self.from_start
        self.journal, self.epoch = fields[1], fields[2]
        if is_again:
            self.hello()  # the same journal, from its beginning

    def on_batch(self, fields):
        if fields[2] != self.cursor + 1:
            self.hello()  # something between was lost: go on where we are
            return
        for entry in fields.get(5, []):
            self.taken_bytes += len(entry[2])
            kind, issue, personal = read_record(entry[2])
            if kind in TITLE:
                print(f"{issue // 10_000_000}-{issue % 10_000_000:07}", personal[TITLE[kind]],
                      flush=True)
        # Only now: a program that keeps what it reads writes it to disk before this.
        self.cursor, self.chain = fields[3], fields[4]
        send(self.socket, ACK, {1: self.cursor, 2: self.taken_bytes + CREDIT_BYTES,
                                3: self.session})

    def run(self):
        self.hello()
        while True:
            if not self.socket.poll(SILENCE_S * 1000):
                self.hello()  # the router is away; it is asked again until it is back
                continue
            data = self.socket.recv()
            frame = int.from_bytes(data[:2], "big")
            fields = msgpack.unpackb(data[2:], strict_map_key=False)
            if frame == HEAD and fields.get(3) in (None, self.session):
                if 3 not in fields or fields.get(4, 0) > self.cursor:
                    self.hello()  # it does not know us any more, or something was lost
            elif frame == REFUSE and fields[3] == self.session:
                sys.exit(f"section_queue: {fields[2]}")
            elif frame == WELCOME and fields[6] == self.session:
                self.on_welcome(fields)
            elif frame == BATCH and fields[7] == self.session:
                self.on_batch(fields)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    home, section, person = sys.argv[1:4]
    os.chdir(os.path.join(home, "run"))  # the name of a socket has at most 107 bytes
    socket = zmq.Context().socket(zmq.DEALER)
    socket.connect("ipc://router.journal")
    Follower(socket, section, person, "--from-start" in sys.argv[4:]).run()


try:
    main()
except KeyboardInterrupt:
    pass
