#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Garbage on every socket, of every shape: nobody dies, memory stays flat, the work goes on."""
import os
import random
import socket
import struct
import threading
import time

import msgpack
import zmq

import lianhu
import wire
from journey import CADRE, HOUSEHOLD, STAFF, Journey

DAEMONS = ("intake", "router", "department-urban", "department-service", "notifier", "auditor")
KINDS = ("rpc", "journal")
# What a process may grow by in each round after the first two: what leaks does so in every round,
# about a thousand broken messages each, and what is only kept for later does not.
GROWTH_KB = 1024
# The address sanitizer keeps what was freed for a while, up to 256 MiB, to find late uses of it.
SANITIZED_GROWTH_KB = 300 * 1024


def growth_kb():
    return SANITIZED_GROWTH_KB if lianhu.is_sanitized() else GROWTH_KB


BOMBS = (b"\xdd\xff\x00\x00\x00", b"\x91" * 100_000, b"\xdf\xff\xff\xff\xff",
         b"\xc6\xff\xff\xff\xff", b"\x81" * 50_000, b"\xdb\x7f\xff\xff\xff", b"\xc1", b"\xd9",
         b"\x80" * 1000)


def valid_requests(dice):
    """One plausible request of every command and query there is, by persons who exist or not."""
    samples = {"u32": 1, "u64": 1, "i64": -1, "bool": True, "time": 1_700_000_000_000_000,
               "issue": 20260000001, "id": wire.make_id(), "word": "urban", "text": "字",
               "bin": b"\x01\x02"}
    for name in wire.NUMBERS:
        if not name.endswith(("_command", "_query")):
            continue
        fields = {}
        for field in wire.MESSAGES[name]:
            value = samples.get(field.type)
            if value is None:
                value = 1 if field.type in wire.WORDS else {}
            fields[field.name] = [value] if field.is_list else value
        yield wire.encode("request_frame", {
            "protocol": 1, "type": wire.NUMBERS[name], "request": wire.make_id(),
            "person": dice.choice(("operator", CADRE, STAFF, "leader1", "supervisor1", "nobody")),
            "tag": dice.randrange(1, 1 << 63), "payload": wire.encode(name, fields)})


def valid_frames(dice):
    """Frames of the link protocol, from a follower nobody registered."""
    session = time.time_ns()
    frames = {
        "hello_frame": {"protocol": 1, "follower": "garbage", "session": session, "is_live": True,
                        "person": "operator", "credit_until": 1 << 20},
        "ack_frame": {"cursor": 1 << 40, "credit_until": 1 << 62, "session": session},
        "welcome_frame": {"journal": bytes(16), "epoch": 9, "session": session},
        "batch_frame": {"epoch": 1, "from": 1, "through": 9, "chain": bytes(32),
                        "session": session},
        "head_frame": {"epoch": 1, "head": 9, "session": session},
    }
    for name, fields in frames.items():
        yield struct.pack(">H", wire.NUMBERS[name]) + wire.encode(name, fields)
    yield struct.pack(">H", 1) + wire.encode("hello_frame", {
        "protocol": 1, "follower": "garbage", "session": session + 1, "journal": os.urandom(16),
        "cursor": dice.randrange(1 << 60), "chain": os.urandom(32), "epoch": dice.randrange(9)})


def mutate(dice, data):
    """The bytes with a few things wrong with them."""
    data = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data) + 1)
        kind = dice.randrange(4)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[at:at] = dice.choice((b"\xff", b"\x00", dice.choice(BOMBS)[:64]))
        else:
            del data[at:at + dice.randrange(1, 9)]
    return bytes(data)


def random_value(dice, depth=0):
    kind = dice.randrange(9 if depth < 6 else 6)
    return (None if kind == 0 else dice.random() if kind == 1 else dice.randrange(1 << 63)
            if kind == 2 else os.urandom(dice.randrange(40)) if kind == 3
            else "字" * dice.randrange(20) if kind == 4 else dice.random() < 0.5 if kind == 5
            else [random_value(dice, depth + 1) for _ in range(dice.randrange(5))] if kind == 6
            else {dice.randrange(40): random_value(dice, depth + 1)
                  for _ in range(dice.randrange(6))})


def messages(dice, kind):
    """One round of everything for one socket."""
    valid = list(valid_requests(dice) if kind == "rpc" else valid_frames(dice))
    yield from valid
    for data in valid:
        for _ in range(6):
            yield mutate(dice, data)
    for bomb in BOMBS:
        yield bomb
        yield struct.pack(">H", dice.randrange(9)) + bomb
        yield wire.encode("request_frame", {"protocol": 1, "type": 220, "person": "operator",
                                            "payload": bomb})
    for _ in range(60):
        yield os.urandom(dice.randrange(300))
        yield msgpack.packb(random_value(dice))
        yield struct.pack(">H", dice.randrange(9)) + msgpack.packb(random_value(dice))
    yield b""
    yield os.urandom(1 << 20)   # larger than a door takes: the connection is dropped
    yield bytes(3 << 20)


class Storm:
    """All shapes of garbage for one socket of one daemon."""

    def __init__(self, instance, daemon, kind, dice):
        self.instance, self.kind, self.dice = instance, kind, dice
        self.path = str(instance.path(daemon, kind))

    def open(self, socket_type):
        talker = self.instance.context.socket(socket_type)
        talker.setsockopt(zmq.LINGER, 100)
        talker.setsockopt(zmq.SNDTIMEO, 1000)
        talker.connect(f"ipc://{self.path}")
        return talker

    def send_messages(self):
        talker = self.open(zmq.DEALER)
        for data in messages(self.dice, self.kind):
            try:
                talker.send(data)
                if self.dice.random() < 0.05:
                    talker.send_multipart([data[:100], b"", data[:10]])
            except zmq.Again:
                pass
            while talker.poll(0):
                talker.recv()
        talker.close()

    def send_without_reading(self):
        talker = self.open(zmq.DEALER)
        ask = wire.encode("request_frame", {"protocol": 1, "type": wire.NUMBERS["status_query"],
                                            "person": "operator"})
        hello = struct.pack(">H", 1) + wire.encode("hello_frame", {
            "protocol": 1, "follower": "deaf", "session": time.time_ns(), "is_live": True,
            "person": "operator", "credit_until": 1 << 62})
        for _ in range(300):
            talker.send(ask if self.kind == "rpc" else hello)
        talker.close()

    def other_sockets(self):
        for socket_type in (zmq.REQ, zmq.PUB, zmq.SUB, zmq.PUSH, zmq.PULL, zmq.ROUTER):
            talker = self.open(socket_type)
            if socket_type in (zmq.REQ, zmq.PUB, zmq.PUSH):
                try:
                    talker.send(b"hello", zmq.DONTWAIT)
                except zmq.Again:
                    pass
            talker.close()

    def no_zeromq(self):
        greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)
        for data in (b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096), greeting, greeting[:12],
                     greeting + os.urandom(100), greeting + b"\x04\x26\x05READY" + b"\xff" * 40):
            with socket.socket(socket.AF_UNIX) as raw:
                raw.settimeout(1)
                try:
                    raw.connect(self.path)
                    raw.sendall(data)
                except OSError:
                    pass

    def many_watchers(self):
        watchers = []
        for number in range(80):
            watcher = self.open(zmq.DEALER)
            wire.send_frame(watcher, "hello_frame", {
                "protocol": 1, "follower": f"watch{number}", "session": time.time_ns(),
                "is_live": True, "person": "operator", "credit_until": 1 << 20})
            watchers.append(watcher)
        for watcher in watchers:
            watcher.close()

    def blow(self):
        self.send_messages()
        self.send_without_reading()
        self.other_sockets()
        self.no_zeromq()
        if self.kind == "journal":
            self.many_watchers()


class Garbage(lianhu.SystemTest):
    instance_options = {}

    def work_on(self, stop, ends, failures):
        """Somebody works all the while."""
        try:
            while not stop.is_set():
                journey = Journey(self.instance)
                journey.to_end()
                ends.append(journey.issue)
        except AssertionError as error:
            failures.append(error)

    def round(self, seed, ends):
        """All garbage while somebody works. It ends at rest: as long as somebody works, something
        lags nearly always."""
        stop, failures = threading.Event(), []
        worker = threading.Thread(target=self.work_on, args=(stop, ends, failures), daemon=True)
        worker.start()
        for daemon in DAEMONS:
            for kind in KINDS:
                Storm(self.instance, daemon, kind, random.Random(f"{seed} {daemon} {kind}")).blow()
        stop.set()
        worker.join(120)
        self.assertFalse(worker.is_alive(), "the work goes on")
        self.assertEqual(failures, [])
        self.instance.settle()

    def test_garbage_on_every_socket(self):
        seed = random.randrange(1 << 32) if lianhu.options.seed is None else lianhu.options.seed
        print(f"seed {seed}")
        before = self.instance.settle()
        pids = self.instance.pids()
        ends = []
        self.round(seed, ends)
        self.round(seed + 1, ends)
        sizes = [self.instance.memory_kb()]
        for number in range(lianhu.options.rounds):
            self.round(seed + 2 + number, ends)
            sizes.append(self.instance.memory_kb())
        growth = {name: [after[name] - before[name] for before, after in zip(sizes, sizes[1:])]
                  for name in DAEMONS}
        print(f"{len(ends)} issues closed meanwhile; grown in kB by {growth}")
        self.assertEqual(self.instance.pids(), pids, self.instance.log_text()[-3000:])
        for name in DAEMONS:
            self.assertLess(min(growth[name]), growth_kb(), name)
        self.assertGreater(len(ends), 0, "the work goes on")
        after = self.instance.settle()
        for was, now in zip(before["daemons"], after["daemons"]):
            self.assertEqual((was["epoch"], now["dead"]), (now["epoch"], 0), now["name"])
        self.assertEqual(Journey(self.instance).to_end()["state"], "closed")
        for name in DAEMONS:
            self.instance.ok("rebuild", name, "--check")

    def test_whoever_sends_garbage_hears_why(self):
        door = self.instance.door("intake")
        self.addCleanup(door.close)
        for frame, status, words in (
                ({"protocol": 2, "type": 100, "person": CADRE}, "invalid", "protocol 2"),
                ({"protocol": 1, "type": 999, "person": CADRE}, "invalid", "type 999"),
                ({"protocol": 1, "type": 300, "person": CADRE}, "invalid", "does not take"),
                ({"protocol": 1, "type": 100, "person": CADRE, "payload": b"\xc1"}, "invalid", ""),
                ({"protocol": 1, "type": 100, "person": CADRE, "request": wire.make_id(),
                  "payload": b""}, "invalid", ""),
                ({"protocol": 1, "type": 100, "person": CADRE, "payload": wire.encode(
                    "submit_command", {"household": HOUSEHOLD, "kind": "demand", "title": "x",
                                       "category": "roads", "text": "x"})}, "invalid",
                 "request id")):
            door.socket.send(wire.encode("request_frame", {**frame, "tag": 7}))
            found = door.receive(5)
            self.assertIsNotNone(found, frame)
            tag, reply = found
            self.assertEqual((tag, reply.status), (7, status), reply)
            self.assertIn(words, reply.text)
            self.assertGreater(len(reply.text), 10)

    def test_what_is_no_request_is_in_the_log(self):
        door = self.instance.door("notifier")
        self.addCleanup(door.close)
        door.socket.send(b"\x91\xc1")
        said = "notifier: a message is no request and gets no answer error="
        lianhu.wait_until(lambda: said in self.instance.log_text(), 10, "the log says it")


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int)


if __name__ == "__main__":
    lianhu.main(add_options)
