#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A wall clock that cannot be believed, on the built programs and without a test clock: it steps, or
stands long past the last record at a start. Timers wait, and say so, until the operator accepts it.
The programs run with a library that shifts the real time they see; the machine's own stays."""
import json
import mmap
import os
import pathlib

import lianhu
import wire
from journey import STAFF, Journey

HOUR_US = 3600 * 1_000_000
DAY_US = 24 * HOUR_US


class ClockStep(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=40)
        self.addCleanup(self.instance.close)
        path = self.instance.folder / "shift"
        path.write_bytes(bytes(8))
        with open(path, "r+b") as file:
            self.page = memoryview(mmap.mmap(file.fileno(), 8)).cast("q")
        library = pathlib.Path(lianhu.options.binaries).resolve() / "libclock_shift.so"
        self.assertTrue(library.exists(), library)
        more = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(path),
                # The sanitizer's runtime comes second then; that is meant.
                "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}
        before = {name: os.environ.get(name) for name in more}
        os.environ.update(more)
        self.addCleanup(self.restore, before)
        self.journey = Journey(self.instance)

    @staticmethod
    def restore(before):
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def shift(self, us):
        self.page[0] += us

    def submit(self):
        """An emergency, which the section has half an hour to sign for."""
        self.journey.submit(urgency="emergency")
        self.instance.settle()
        self.assertEqual(self.held(), set())
        self.assertEqual(self.journey.show()["state"], "dispatched")

    def held(self):
        return {daemon["name"] for daemon in self.instance.status()["daemons"]
                if daemon["is_held"]}

    def check_held_until_accepted(self):
        """Reports and signing go on; what fell due waits."""
        lianhu.wait_until(lambda: self.held() == set(self.instance.names()),
                          lianhu.PATIENCE_S, "all are held")
        other = Journey(self.instance).submit(title="另一件")["issue"]
        self.instance.ok("queue", "sign", other, person=STAFF)
        self.assertEqual(self.journey.show()["state"], "dispatched", "its timer waits")
        shown = lianhu.run("status", "--home", self.instance.home)
        self.assertIn("lianhu clock accept", shown.out + shown.err)
        self.instance.ok("clock", "accept")
        lianhu.wait_until(lambda: self.journey.show()["state"] == "in_progress",
                          lianhu.PATIENCE_S, "the timer acts")
        self.assertEqual(self.held(), set())
        signs = [event for event in self.journey.show()["events"] if event["type"] == "sign"]
        self.assertEqual([event["actor"] for event in signs], ["system"])

    def count_in_ledger(self, name):
        """Entries of the ledger whose record is of this type."""
        export = self.instance.folder / "export"
        self.instance.ok("audit", "export", export)
        entries = map(json.loads, (export / "ledger.jsonl").read_text(encoding="utf-8").splitlines())
        return sum(int.from_bytes(bytes.fromhex(entry["record"])[2:4], "big") == wire.NUMBERS[name]
                   for entry in entries)

    def test_a_step_forward_holds_timers_until_the_clock_is_accepted(self):
        self.instance.up()
        self.submit()
        self.shift(2 * HOUR_US)
        self.check_held_until_accepted()
        self.instance.settle()
        self.assertEqual(self.count_in_ledger("clock_accepted_event"), len(self.instance.names()),
                         "what the operator did to each daemon is in the ledger")

    def test_a_start_long_after_the_last_record_holds_timers_too(self):
        self.shift(-40 * DAY_US)
        self.instance.up()
        self.submit()
        self.instance.down()
        self.shift(40 * DAY_US)
        self.instance.up()
        self.check_held_until_accepted()

    def test_a_small_step_holds_nothing(self):
        self.instance.up()
        self.submit()
        self.shift(40 * 60 * 1_000_000)
        lianhu.wait_until(lambda: self.journey.show()["state"] == "in_progress",
                          lianhu.PATIENCE_S, "signed for by the timer")
        self.assertEqual(self.held(), set())


if __name__ == "__main__":
    lianhu.main()
