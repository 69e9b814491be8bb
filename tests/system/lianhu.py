# SPDX-License-Identifier: Apache-2.0
"""Instances of the built programs for the tests: made, started, asked, broken and cleaned up."""
import argparse
import contextlib
import ctypes
import functools
import itertools
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass

import zmq

import wire

ROOT = wire.ROOT
READY_S = 60
STOP_S = 20
PATIENCE_S = 60  # of a call, where a test does not say; other work on the machine is no failure
PR_SET_PDEATHSIG = 1
ZONE = "+08:00"
FINAL = ("closed", "archived", "merged", "referred")

options = argparse.Namespace(binaries=os.environ.get("LIANHU_BINARIES",
                                                     str(ROOT / "build" / "release" / "bin")))
_libc = ctypes.CDLL(None)


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main(add_options=lambda parser: None):
    """Runs the tests of the calling file; every option can also be given to it by hand."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", default=options.binaries, help="folder of the programs")
    parser.add_argument("--keep", action="store_true", help="leave the instances where they are")
    add_options(parser)
    _, rest = parser.parse_known_args(namespace=options)
    sys.stdout.reconfigure(line_buffering=True)
    unittest.main(argv=[sys.argv[0], *rest], module="__main__", verbosity=2)


@dataclass
class Result:
    """How a call of the CLI ended."""
    code: int
    out: str
    err: str
    args: tuple

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        return self.json["error"]

    def __str__(self):
        return f"lianhu {' '.join(self.args)}\nexit {self.code}\n{self.out}{self.err}"


@functools.cache
def is_sanitized():
    """Whether the programs carry the address sanitizer, which costs time and memory."""
    return b"__asan_init" in pathlib.Path(program("lianhu-intake")).read_bytes()


def program(name="lianhu"):
    return str(pathlib.Path(options.binaries).resolve() / name)


def clean_environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LIANHU_") or
            k == "LIANHU_EXAMPLE"}
    return {**kept, **more}


def environment_of_call(number=itertools.count()):
    """Looking for leaks takes as long as a sanitized call itself: every sixteenth does."""
    if next(number) % 16 == 0 or not is_sanitized():
        return clean_environment()
    # Of an option given twice the last counts; what else a test asked for stays.
    return clean_environment(ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")


def run(*args, stdin=None, timeout=2 * PATIENCE_S, cwd=None):
    """One call of the CLI without an instance."""
    done = subprocess.run([program(), *map(str, args)], input=stdin, capture_output=True,
                          timeout=timeout, cwd=cwd, env=environment_of_call(), check=False)
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode(),
                  tuple(map(str, args)))


def wait_until(test, timeout_s, what):
    """The first true value of `test`, which is tried again and again."""
    end = time.monotonic() + timeout_s
    pause = 0.01
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)


def make_folder():
    """On a real disk, and short: socket paths have a limit of 107 bytes."""
    base = os.environ.get("TMPDIR", "/var/tmp")
    return pathlib.Path(tempfile.mkdtemp(prefix="lh", dir=base if len(base) < 40 else "/var/tmp"))


class Instance:
    """An instance of the example street with its first households, in a folder of its own. With the
    real clock, or where a test is plain, notices are told at once and once: a test that runs at
    night sees what it would see by day."""

    def __init__(self, households=200, test_clock=None, is_plain=False):
        self.test_clock = test_clock
        self.folder = make_folder()
        self.home = self.folder / "i"
        self.context = zmq.Context()
        self.doors = {}
        self.process = None
        self.log = None
        self.is_empty = households == 0
        try:
            made = run("init", self.home, *([] if self.is_empty else ["--example"]))
            assert made.code == 0, made
            self.keep_households(households)
            if is_plain or test_clock is None:
                self.tell_plainly()
        except BaseException:
            self.close()
            raise

    def keep_households(self, count):
        if self.is_empty:
            return
        path = self.home / "import" / "households.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:count + 1]), encoding="utf-8")

    def change_config(self, name, *changes):
        """Replaces texts that are there, each given as (before, after)."""
        path = self.home / "config" / name
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, f"'{before}' is not in {name}"
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")

    def tell_plainly(self):
        self.change_config("deadlines.yaml", ("hold: working_hours", "hold: none"),
                           ("digest: daily", "digest: none"),
                           ("repeat_after: 1wd", "repeat_after: none"),
                           ("pass_on_after: 1wd", "pass_on_after: none"),
                           ("repeat_after_urgent: 30m", "repeat_after_urgent: none"),
                           ("pass_on_after_urgent: 30m", "pass_on_after_urgent: none"))

    def __enter__(self):
        try:
            return self.up()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *unused):
        self.close()

    # ---- life ----

    def start(self):
        """Starts `up` without waiting for it."""
        clock = ["--test-clock", self.test_clock] if self.test_clock else []
        self.log = open(self.folder / "up.log", "ab")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [program(), "up", "--home", str(self.home), *clock], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log, env=clean_environment(),
            preexec_fn=_end_with_parent)
        return self

    def wait_ready(self, timeout_s=READY_S):
        said = b""
        end = time.monotonic() + timeout_s
        while b"ready\n" not in said:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f"up is not ready in {timeout_s} s\n{self.log_text()}")
            chunk = os.read(self.process.stdout.fileno(), 4096)
            if not chunk:
                raise AssertionError(f"up ended with {self.process.wait()}\n{self.log_text()}")
            said += chunk
        return self

    def up(self):
        return self.start().wait_ready()

    def down(self, timeout_s=STOP_S):
        """SIGTERM, and the exit code; all daemons are gone when it returns."""
        if self.process is None:
            return None
        children = self.pids()
        self.process.terminate()
        try:
            code = self.process.wait(timeout_s)
        finally:
            for pid in children.values():
                if self.process.poll() is None or is_alive(pid, self.home):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.log.close()
            self.process = None
        return code

    def close(self):
        try:
            self.down()
        finally:
            for door in self.doors.values():
                door.close()
            self.doors = {}
            self.context.destroy(linger=0)
            if getattr(options, "keep", False):
                print("kept:", self.folder)
            else:
                shutil.rmtree(self.folder, ignore_errors=True)

    def log_text(self):
        return (self.folder / "up.log").read_text(encoding="utf-8", errors="replace")

    # ---- its processes ----

    def pids(self):
        """name -> process, of the daemons that are children of this instance's `up`."""
        found = {}
        task = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            children = task.read_text().split()
        except OSError:
            return found
        for pid in children:
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                found[words[words.index(b"--name") + 1].decode()] = int(pid)
            except (OSError, ValueError):
                continue  # it ended, or is not yet what it will be
        return found

    def names(self):
        return sorted(daemon["name"] for daemon in self.status()["daemons"])

    def kill(self, name, number=signal.SIGKILL):
        """The process that was hit, or None when there was none."""
        pid = self.pids().get(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid

    def hold(self, name):
        """Ends a daemon and keeps it from being started again."""
        (self.home / "run" / f"hold.{name}").touch(mode=0o600)
        pid = self.kill(name)
        wait_until(lambda: name not in self.pids(), 10, f"{name} ({pid}) is gone")

    def release(self, name):
        (self.home / "run" / f"hold.{name}").unlink()
        wait_until(lambda: name in self.pids(), 10, f"{name} is there again")

    def memory_kb(self):
        """name -> RssAnon: what the process took for itself, without the pages of its store that
        happen to be mapped."""
        found = {}
        for name, pid in self.pids().items():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    found[name] = int(line.split()[1])
        return found

    # ---- the CLI ----

    def cli(self, *args, person=None, stdin=None, timeout=2 * PATIENCE_S):
        who = ["--as", person] if person else []
        patience = [] if "--timeout" in args else ["--timeout", PATIENCE_S]
        return run(*args, "--home", self.home, "--json", *who, *patience, stdin=stdin,
                   timeout=timeout)

    def ok(self, *args, **rest):
        """The JSON of a call that has to succeed."""
        done = self.cli(*args, **rest)
        if done.code != 0:
            raise AssertionError(str(done))
        return done.json

    def status(self, wait_s=None):
        return self.ok("status", *(["--wait", wait_s] if wait_s else []))

    def advance(self, duration):
        return self.ok("clock", "advance", duration, timeout=300)

    def state_of(self, issue):
        return self.ok("issue", "show", issue)["state"]

    def settle(self, timeout_s=60):
        """Waits until all is up and every follower has applied everything; the status then."""
        def settled():
            done = self.cli("status", "--wait", 5)
            if done.code != 0:
                return None
            status = done.json
            is_settled = all(daemon["up"] for daemon in status["daemons"]) and all(
                link["lag"] == 0 and link["state"] == "following" for link in status["links"])
            return status if is_settled else None
        return wait_until(settled, timeout_s, "all daemons are up and nothing lags")

    def cadre_of(self, household):
        return self.ok("household", "show", household)["cadre"]

    # ---- the wire ----

    def path(self, name, kind="rpc"):
        return self.home / "run" / f"{name}.{kind}"

    def door(self, name):
        """A new connection, to be closed by the caller (for threads)."""
        return wire.Door(self.context, self.path(name))

    def call(self, daemon, message, fields=None, person="operator", **rest):
        """One call from the main thread."""
        if daemon not in self.doors:
            self.doors[daemon] = self.door(daemon)
        reply = self.doors[daemon].call(message, fields, person, **rest)
        assert reply is not None, f"{daemon} does not answer {message}\n{self.log_text()}"
        return reply

    def records(self, daemon):
        """All record headers of a journal, and the journal's id."""
        records, journal = [], None
        while True:
            after = records[-1]["seq"] if records else 0
            reply = self.call(daemon, "records_query", {"after": after})
            assert reply.is_ok, reply
            journal = reply.fields["journal"]
            page = reply.fields.get("records", [])
            if not page:
                return records, journal
            records += page


def is_alive(pid, home):
    """Whether `pid` is still a daemon of this instance."""
    try:
        return str(home).encode() in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class SystemTest(unittest.TestCase):
    """A test with one instance for the whole class, where it says `options` for it."""
    instance_options = None
    instance = None

    @classmethod
    def setUpClass(cls):
        if cls.instance_options is not None:
            cls.instance = Instance(**cls.instance_options)
            cls.addClassCleanup(cls.instance.close)
            cls.instance.up()

    def refused(self, result, code, status="", field=None, exit_code=1):
        """A refusal: its exit code, its JSON on stdout."""
        self.assertEqual(result.code, exit_code, result)
        error = result.error
        self.assertEqual(error["code"], code, result)
        self.assertIsInstance(error["message"], str)
        self.assertGreater(len(error["message"]), 10, "a sentence")
        if status:
            self.assertIn(status, error["message"])
        if field is not None:
            self.assertEqual(error.get("field"), field, result)
        self.assertLessEqual(set(error), {"code", "message", "field", "lines"})
        return error
