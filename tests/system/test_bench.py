#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`bench lifecycle` in the small: what it reports, where it may work, and what it leaves there.
Figures are for docs/performance.md; here only what does not depend on the machine has a bound."""
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile

import lianhu

MEMORY = pathlib.Path("/dev/shm")
RECORDS_MAX = 60  # a lifecycle may write, over all daemons
DAEMONS = {"intake", "router", "notifier", "auditor", "department-urban"}  # and other departments
NUMBERS = ("seconds", "lifecycles_per_s", "cpu_s", "records_per_lifecycle", "bytes_per_lifecycle",
           "commits_per_lifecycle")


def bench(*args, cwd=None):
    return lianhu.run("bench", "lifecycle", *args, "--json", cwd=cwd, timeout=300)


def kind_of(folder):
    done = subprocess.run(["stat", "--file-system", "--format=%T", str(folder)],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip()


class Bench(lianhu.SystemTest):
    def setUp(self):
        self.folder = lianhu.make_folder()
        self.addCleanup(shutil.rmtree, self.folder)

    def check_report(self, report, issues, clients):
        self.assertEqual((report["issues"], report["clients"]), (issues, clients))
        for name in NUMBERS:
            if name != "bytes_per_lifecycle":  # a few issues fit into the room that there was
                self.assertGreater(report[name], 0, name)
        self.assertGreaterEqual(report["bytes_per_lifecycle"], 0)
        for name, quantiles in (("submit_ack_us", ("p50", "p99", "p999")),
                                ("submit_visible_us", ("p50", "p99", "p999")),
                                ("fdatasync_us", ("p50", "p99"))):
            values = [report[name][quantile] for quantile in quantiles]
            self.assertEqual(values, sorted(values), name)
            self.assertGreater(values[0], 0, name)
        self.assertLessEqual(report["records_per_lifecycle"], RECORDS_MAX)
        self.assertLessEqual(DAEMONS, set(report["rss_kb"]))
        self.assertGreater(min(report["rss_kb"].values()), 0)
        self.assertNotIn(report["fs"], ("tmpfs", "ramfs", ""))

    def test_a_relative_folder_is_kept_with_the_instance_in_it(self):
        done = bench("--issues", 5, "--clients", 2, "--keep", "kept", cwd=self.folder)
        self.assertEqual(done.code, 0, done)
        self.check_report(done.json, 5, 2)
        home = self.folder / "kept"
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"kept", "kept.log"})
        self.assertFalse((home / "probe").exists())
        check = lianhu.run("rebuild", "router", "--check", "--home", home, "--json")
        self.assertEqual(check.code, 0, check)
        issues, = [table for table in check.json["tables"] if table["name"] == "issue"]
        self.assertEqual(issues["rows"], 5)

    def test_numbers_are_not_longer_than_they_are_exact(self):
        done = bench("--issues", 3, "--clients", 3, "--keep", self.folder / "kept")
        self.assertEqual(done.code, 0, done)
        for name in NUMBERS:
            text = json.loads(done.out, parse_float=str)[name]
            self.assertLessEqual(len(text.replace(".", "").lstrip("0")), 7, (name, text))

    def test_a_file_system_in_memory_is_refused(self):
        if kind_of(MEMORY) != "tmpfs":
            self.skipTest(f"{MEMORY} is not in memory here")
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
            for keep, cwd in ((folder, None), (folder / "new", None), (folder / "a" / "b", None),
                              ("new", folder), (".", folder)):
                done = bench("--issues", 1, "--keep", keep, cwd=cwd)
                self.refused(done, "invalid", "nothing is durable", field="keep")
            self.assertEqual(list(folder.iterdir()), [])

    def test_wrong_numbers_are_refused(self):
        for option, value in (("issues", "0"), ("issues", "many"), ("clients", "4097"),
                              ("rate", "1.5")):
            self.refused(bench(f"--{option}={value}"), "invalid", field=option)


if __name__ == "__main__":
    lianhu.main()
