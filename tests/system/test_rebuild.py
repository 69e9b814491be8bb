#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every table is a fold of its journal: made anew it has the same bytes; a damaged one is
found by `rebuild --check` and put right by `rebuild`."""
import contextlib
import unittest

try:
    import lmdb
except ImportError:
    lmdb = None

import lianhu
from journey import CADRE, HOUSEHOLD, OFFICE_HEAD, STAFF, Journey

DAEMONS = ("intake", "router", "department-urban", "department-service", "notifier", "auditor")
OWN = {b"journal", b"base", b"redo-mark"}  # what a rebuild starts from


@contextlib.contextmanager
def tables(instance, daemon):
    """(write transaction, name -> table, without those that are no fold) of a stopped daemon."""
    path = instance.home / "state" / daemon
    with lmdb.open(str(path), max_dbs=64) as environment:
        with environment.begin() as look:
            names = [bytes(name) for name, _ in look.cursor() if bytes(name) not in OWN]
        handles = {name: environment.open_db(name, create=False) for name in names}
        with environment.begin(write=True) as transaction:
            yield transaction, handles


class Rebuild(lianhu.SystemTest):
    instance_options = {"test_clock": "2026-03-02T09:00:00+08:00"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.play()

    @classmethod
    def play(cls):
        """A little of everything, so that no table is empty that can be filled."""
        for _ in range(3):
            Journey(cls.instance).to_end()
        redo = Journey(cls.instance)
        redo.to_callback()
        redo.call_back("no", 1)
        explained = Journey(cls.instance)
        explained.to_in_progress()
        explained.propose()
        explained.review(OFFICE_HEAD)
        triaged = Journey(cls.instance)
        triaged.submit("urban_other", "其他事情", "说不清楚的一件事")
        triaged.dispatch("civil", "--assist", "urban")
        Journey(cls.instance).submit("urban_other", "其他事情", "还没有交办的一件事")
        Journey(cls.instance).to_feedback()
        cls.instance.ok("visit", "log", "--household", HOUSEHOLD, "--mode", "visit", "--matter",
                        "difficulty:roads:路灯不亮:村口路灯坏了三天", "--promise",
                        "2026-03-05: 带政策手册上门", person=CADRE)
        cls.instance.advance("8d")
        item = cls.instance.ok("inbox", "list", person=CADRE)[0]["id"]
        cls.instance.ok("inbox", "ack", item, person=CADRE)
        cls.instance.ok("reload")
        cls.instance.settle()

    def check(self, daemon):
        result = self.instance.ok("rebuild", daemon, "--check")
        for table in result["tables"]:
            self.assertEqual({"name", "rows", "before", "after"}, set(table))
            self.assertEqual(table["before"], table["after"], f"{daemon} {table['name']}")
        return {table["name"]: (table["rows"], table["after"]) for table in result["tables"]}

    def test_1_every_daemon_while_it_runs(self):
        for daemon in DAEMONS:
            with self.subTest(daemon=daemon):
                pids = self.instance.pids()
                self.assertGreater(sum(rows for rows, _ in self.check(daemon).values()), 0)
                self.assertEqual(self.instance.pids(), pids, "nobody is disturbed")

    def test_2_written_anew_it_is_the_same_and_works_on(self):
        journey = Journey(self.instance)
        journey.to_in_progress()
        for daemon in DAEMONS:
            with self.subTest(daemon=daemon):
                self.instance.settle()
                before = self.check(daemon)
                result = self.instance.ok("rebuild", daemon)
                self.assertIs({d["name"]: d["up"] for d in self.instance.status()["daemons"]}[daemon],
                              True, "it is up again when the call returns")
                self.assertEqual({t["name"]: (t["rows"], t["after"]) for t in result["tables"]},
                                 before)
                self.instance.settle()
                self.assertEqual(self.check(daemon), before)
        journey.answer()
        journey.review()
        journey.tell()
        self.assertEqual(journey.call_back()["state"], "closed")

    def test_3_without_daemons_too(self):
        self.instance.settle()
        before = {daemon: self.check(daemon) for daemon in DAEMONS}
        self.instance.down()
        for daemon in DAEMONS:
            self.instance.ok("rebuild", daemon)
            self.assertEqual(self.check(daemon), before[daemon])
        self.instance.up()
        self.instance.settle()

    @unittest.skipIf(lmdb is None, "python3-lmdb is not installed")
    def test_4_what_was_damaged_is_found_and_put_right(self):
        self.instance.settle()
        before = {daemon: self.check(daemon) for daemon in DAEMONS}
        self.instance.down()
        damaged = {}
        for daemon in DAEMONS:
            with tables(self.instance, daemon) as (transaction, handles):
                damaged[daemon] = {name.decode() for name, handle in handles.items()
                                   if self.damage(transaction, handle, name)}
        self.assertGreater(sum(map(len, damaged.values())), 20)
        for daemon in DAEMONS:
            with self.subTest(daemon=daemon):
                self.found_and_put_right(daemon, damaged[daemon], before[daemon])
        self.instance.up()
        self.instance.settle()
        self.assertEqual(Journey(self.instance).to_end()["state"], "closed")
        self.assertEqual(self.instance.ok("queue", "list", "--department", "urban", person=STAFF)
                         [0]["department"], "urban")

    def damage(self, transaction, handle, name):
        """One row: changed, dropped or put in, in turn; False where there is none to damage."""
        cursor = transaction.cursor(handle)
        if not cursor.first():
            return False
        key, value = bytes(cursor.key()), bytes(cursor.value())
        kind = sum(name) % 3
        if kind == 0 and value:
            transaction.put(key, value[:-1] + bytes([value[-1] ^ 1]), db=handle)
        elif kind == 1:
            transaction.delete(key, db=handle)
        else:
            transaction.put(key + b"\x01", value, db=handle)
        return True

    def found_and_put_right(self, daemon, damaged, before):
        done = self.instance.cli("rebuild", daemon, "--check")
        self.assertEqual(done.code, 1, done)
        unequal = {t["name"] for t in done.json["tables"] if t["before"] != t["after"]}
        self.assertEqual(unequal, damaged)
        self.assertEqual(self.instance.cli("rebuild", daemon).code, 1, "it says what was wrong")
        self.assertEqual(self.check(daemon), before)

    def test_5_a_daemon_that_is_none(self):
        self.refused(self.instance.cli("rebuild", "nobody", "--check"), "invalid")


if __name__ == "__main__":
    lianhu.main()
