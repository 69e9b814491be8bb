#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Submits a report and looks at what becomes of it.

    client.py HOME CADRE HOUSEHOLD CATEGORY TITLE TEXT
    client.py var/example cadre001 h00001 roads 路灯不亮 村口的路灯坏了三天

HOME is the instance, CADRE the one linked to HOUSEHOLD. It needs nothing but python3-zmq and
python3-msgpack. What is sent is described in docs/wire.md and docs/messages.md; the numbers below
are the field ids of that document.
"""
import os
import sys
import time

import msgpack
import zmq

PROTOCOL = 1
OK, BUSY = 1, 8  # of the words of reply_status
SUBMIT_COMMAND, ISSUE_QUERY = 100, 220
KIND_DEMAND = 4
STATES = {4: "triage", 6: "dispatched"}  # of the words of state; a new report has no other
RESEND_S = 1


def make_id():
    """A UUID version 7: the time in milliseconds, then random bits."""
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | random[0] & 0x0f
    random[2] = 0x80 | random[2] & 0x3f
    return (time.time_ns() // 1_000_000).to_bytes(6, "big") + bytes(random)


class Door:
    """The commands and queries of one daemon."""

    def __init__(self, context, daemon):
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(f"ipc://{daemon}.rpc")
        self.tag = 0

    def ask(self, person, kind, fields, request=None, after=None, timeout_s=10):
        """The reply frame. What is asked is sent again until an answer comes: a command with the
        same id has its effect once, however often it arrives. `after`, a journal and a number in
        it, lets the daemon wait until it has heard of that record."""
        payload = msgpack.packb({number: value for number, value in fields.items() if value})
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            self.tag += 1
            frame = {1: PROTOCOL, 2: kind, 3: request, 4: person, 5: self.tag}
            if after is not None:
                frame.update({6: after[0], 7: after[1], 8: 500})
            frame[9] = payload
            self.socket.send(msgpack.packb({n: value for n, value in frame.items() if value}))
            reply = self.receive(min(end, time.monotonic() + RESEND_S))
            if reply is not None and reply[2] != BUSY:
                return reply
            if reply is not None:
                time.sleep(reply.get(10, 500) / 1000)  # it says when to try again
        known = f"; repeat it with the request id {request.hex()}" if request else ""
        sys.exit(f"client: no answer within {timeout_s} s{known}")

    def receive(self, until):
        """The reply to the newest question; None when there is none in time."""
        while (left := until - time.monotonic()) > 0:
            if self.socket.poll(int(left * 1000) + 1):
                reply = msgpack.unpackb(self.socket.recv(), strict_map_key=False)
                if reply.get(4) == self.tag:
                    return reply
        return None


def need_ok(reply):
    """The payload, or the daemon's sentence and the end."""
    if reply[2] != OK:
        field = f" ({reply[6]})" if 6 in reply else ""
        sys.exit(f"client: {reply.get(5, '')}{field}")
    return msgpack.unpackb(reply[11], strict_map_key=False)


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    home, cadre, household, category, title, text = sys.argv[1:]
    os.chdir(os.path.join(home, "run"))  # the name of a socket has at most 107 bytes
    context = zmq.Context()

    intake = Door(context, "intake")
    reply = intake.ask(cadre, SUBMIT_COMMAND, {1: household, 2: KIND_DEMAND, 3: category,
                                               4: title, 5: text}, request=make_id())
    issue = need_ok(reply)[1]
    number = f"{issue // 10_000_000}-{issue % 10_000_000:07}"
    print(number, "accepted", flush=True)

    # The record intake wrote: as soon as the router has it, it knows the issue.
    router = Door(context, "router")
    reply = router.ask(cadre, ISSUE_QUERY, {1: issue}, after=(reply[7], reply[8]))
    view = need_ok(reply)
    lead = f", lead section {view[14]}" if 14 in view else ""
    print(f"{number} {STATES.get(view[2], view[2])}{lead}")


main()
