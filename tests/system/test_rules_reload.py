#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules are added, changed and removed while reports flow: each report is routed by one whole rule
set, the one that its record names; a rule file that cannot be used changes nothing."""
import json
import threading
import time
import uuid

import lianhu
import wire

HEADER_BYTES = 108
WORDS = "洪流测试"  # of no rule but the one that comes and goes
TARGETS = [("roads", "urban"), ("noise", "environment"), ("jobs", "labour"),
           ("hospitals", "health")]
ROUNDS = 12
REPORTS_A_ROUND = 4
BROKEN_EVERY = 4
ADOPTIONS = 40


def expected(version):
    """(rule, lead, category) of the flowing reports: every fifth version has no rule
    for them, and whoever reports does not know where they belong."""
    if version % 5 == 0:
        return "given-other", None, "urban_other"
    category, lead = TARGETS[version % len(TARGETS)]
    return f"flow-{version}", lead, category


def rule_line(version):
    rule, lead, category = expected(version)
    if lead is None:
        return ""
    return (f"  - {{id: {rule}, when: {{title_all: [洪流, 测试]}}, "
            f"then: {{category: {category}, lead: {lead}}}, "
            f"examples: [{{title: {WORDS}}}, {{title: 洪流, match: false}}]}}\n")


class Flow(threading.Thread):
    """One cadre who reports all the time."""

    def __init__(self, instance):
        super().__init__()
        self.instance = instance
        self.issues = []
        self.is_over = False
        self.fault = None

    def run(self):
        door = self.instance.door("intake")
        try:
            while not self.is_over:
                reply = door.call("submit_command", {
                    "household": "h00001", "kind": "demand", "category": "urban_other",
                    "title": f"{WORDS}第{len(self.issues) + 1}件", "text": "说不清楚"},
                    person="cadre001", request=wire.make_id())
                if reply is None or not reply.is_ok:
                    self.fault = reply or "no answer"
                    return
                self.issues.append(reply.fields["issue"])
                time.sleep(0.005)
        finally:
            door.close()

    def wait_for_more(self):
        goal = len(self.issues) + REPORTS_A_ROUND
        lianhu.wait_until(lambda: len(self.issues) >= goal or self.fault,
                          lianhu.PATIENCE_S, "reports flow")


def read_opened(folder):
    """(journal position, issue, config, fields) of every opened_event in an exported ledger."""
    for line in (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        raw = bytes.fromhex(entry["record"])
        if int.from_bytes(raw[2:4], "big") != wire.NUMBERS["opened_event"]:
            continue
        start = HEADER_BYTES + raw[62] + raw[63]
        payload = raw[start:start + int.from_bytes(raw[64:68], "big")]
        yield (entry["seq"], int.from_bytes(raw[20:28], "big"), raw[4:12].hex(),
               wire.decode("opened_event", payload))


class Reload(lianhu.SystemTest):
    instance_options = {"households": 20}

    def setUp(self):
        self.path = self.instance.home / "config" / "routing.yaml"
        self.rules = self.path.read_text(encoding="utf-8")
        self.versions = {}  # first bytes of the hash, as in records -> version
        self.loaded = []

    def write(self, version):
        self.path.write_text(self.rules.replace("\nrules:\n", "\nrules:\n" + rule_line(version), 1),
                             encoding="utf-8")

    def reload(self, version):
        self.write(version)
        done = self.instance.ok("reload")
        self.loaded.append(self.versions.setdefault(done["hash"][:16], version))

    def reload_half_a_file(self):
        whole = self.path.read_text(encoding="utf-8")
        self.path.write_text(whole[:len(whole) // 2], encoding="utf-8")
        done = self.instance.cli("reload")
        self.assertNotEqual(done.code, 0, done)

    def test_each_report_is_routed_by_the_whole_rule_set_its_record_names(self):
        self.reload(0)
        flow = Flow(self.instance)
        flow.start()
        try:
            for version in range(1, ROUNDS + 1):
                flow.wait_for_more()
                self.reload(version)
                if version % BROKEN_EVERY == 0:
                    flow.wait_for_more()
                    self.reload_half_a_file()
            flow.wait_for_more()
        finally:
            flow.is_over = True
            flow.join()
        self.assertIsNone(flow.fault)
        self.check(flow.issues)

    def test_who_asks_for_an_adoption_is_answered_before_the_next_is_loaded(self):
        """Whoever hears nothing asks again every second: on a slow machine loading for each of them
        first would never end."""
        self.instance.settle()
        status = self.instance.status()["daemons"]
        adopted = next(daemon["config"] for daemon in status if daemon["name"] == "notifier")
        door = self.instance.door("notifier")
        self.addCleanup(door.close)
        begun = time.monotonic()
        for _ in range(ADOPTIONS):
            door.send("adopt_config_command", {"hash": bytes.fromhex(adopted)},
                      request=wire.make_id())
        seconds = []
        for _ in range(ADOPTIONS):
            self.assertIsNotNone(door.receive(lianhu.PATIENCE_S))
            seconds.append(time.monotonic() - begun)
        print(f"{ADOPTIONS} adoptions: answered after {seconds[0]:.3f} to {seconds[-1]:.3f} s")
        self.assertLess(seconds[0], seconds[-1] / 2)

    def check(self, issues):
        self.instance.settle()
        folder = self.instance.folder / f"ledger-{uuid.uuid4().hex}"
        self.instance.ok("audit", "export", folder, person="supervisor1")
        seen = {}
        order = []
        for _, issue, config, fields in sorted(read_opened(folder), key=lambda found: found[0]):
            self.assertIn(config, self.versions, "a record names a rule set that was never loaded")
            version = self.versions[config]
            after = fields["after"]
            routed = fields["rule"], after.get("lead"), after.get("category")
            self.assertEqual(routed, expected(version), wire.issue_text(issue))
            seen[issue] = version
            if order[-1:] != [version]:
                order.append(version)
        self.assertEqual(sorted(seen), sorted(issues), "each report became one issue")
        loaded = iter(self.loaded)
        self.assertTrue(all(version in loaded for version in order),
                        f"{order} is not the order of loading {self.loaded}")
        self.assertGreaterEqual(len(order), ROUNDS // 2)
        print(f"{len(issues)} reports under {len(order)} rule sets")


if __name__ == "__main__":
    lianhu.main()
