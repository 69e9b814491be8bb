# SPDX-License-Identifier: Apache-2.0
"""What the check scripts share: the project's files, and how problems are told."""
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {".git", "build", "var", "__pycache__"}


def files(*suffixes, under=("common", "services", "tests")):
    """Every file below the folders whose name ends so, as paths relative to the root, sorted."""
    found = []
    for folder in under:
        for at, folders, names in os.walk(ROOT / folder):
            folders[:] = sorted(set(folders) - OUTSIDE)
            found += [Path(at, name).relative_to(ROOT) for name in names
                      if name.endswith(suffixes)]
    return sorted(found)


def lines(path):
    """The lines of a file, numbered from 1."""
    with open(ROOT / path, encoding="utf-8", errors="replace") as file:
        yield from enumerate((line.rstrip("\n") for line in file), start=1)


def compiled(build):
    """The command of each C file that the build has compiled, by the file's absolute path."""
    commands = Path(build, "compile_commands.json")
    if not commands.exists():
        sys.exit(f"{os.path.basename(sys.argv[0])}: there is no {commands}: configure and build "
                 "first")
    return {entry["file"]: entry for entry in json.loads(commands.read_text(encoding="utf-8"))}


def finish(checked, problems, remedy):
    """Tells every problem and how to put it right; the exit status follows."""
    for problem in problems:
        print(problem)
    name = os.path.basename(sys.argv[0])
    if problems:
        print(f"{name}: {len(problems)} problems in {checked} files. {remedy}")
        sys.exit(1)
    print(f"{name}: {checked} files, nothing found")
