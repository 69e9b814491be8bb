#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rig of test_kill.py finds what it is there to find: of programs in which one mechanism was
taken out (tests/mutations/) it reports the damage. Builds them first, which takes a minute."""
import shutil
import subprocess

import lianhu
import rig

MUTATIONS = lianhu.ROOT / "tests" / "mutations"
SOURCES = ("CMakeLists.txt", "common", "config", "schemas", "scripts", "services", "LICENSE")
TRIES = 5
rig.ANSWER_S = 15  # where answers do not mean anything, waiting for their consequences is in vain


def run(*words, cwd):
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"


class Control(lianhu.SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = lianhu.make_folder()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.own_programs = lianhu.options.binaries
        for name in SOURCES:
            path = lianhu.ROOT / name
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, cls.folder / name)

    def tearDown(self):
        lianhu.options.binaries = self.own_programs

    def play(self, mutation, fault):
        """Builds the programs with the patch, and plays with them until the fault is found."""
        patch = MUTATIONS / f"{mutation}.patch"
        run("patch", "-p1", "-i", patch, cwd=self.folder)
        try:
            run("cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                "-DBUILD_TESTING=OFF", cwd=self.folder)
            run("cmake", "--build", "build", cwd=self.folder)
            lianhu.options.binaries = str(self.folder / "build" / "bin")
            for _ in range(TRIES):
                report = rig.play(10)
                if report.faults[fault]:
                    print(f"{mutation}: found\n{rig.explain(report, 1)}")
                    return
            self.fail(f"{TRIES} plays, and no '{fault}' was found without {mutation}")
        finally:
            run("patch", "-R", "-p1", "-i", patch, cwd=self.folder)

    def test_commands_decided_again_are_found_doubled(self):
        self.play("request-record", "doubled")

    def test_answers_before_the_commit_are_found_lost(self):
        self.play("reply-before-commit", "lost")


if __name__ == "__main__":
    lianhu.main()
