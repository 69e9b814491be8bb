#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Thirty days of the street on real processes and the test clock, over the autumn's holidays, with
daemons killed on some days; cadres visit their households, some of which change hands, until the
half of the year has ended. Then everything is counted and computed again from the journals.

By default 24 reports; --full, or LIANHU_MONTH=full, 600. --seed N repeats the people's choices.
"""
import argparse
import collections
import datetime
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import time

import lianhu
import wire

sys.path.insert(0, str(lianhu.ROOT / "tests" / "year"))
import office_time  # pylint: disable=wrong-import-position
import recount      # pylint: disable=wrong-import-position

DAYS = 30
TAIL_DAYS = 60      # by then everything is closed
STARTED = datetime.datetime(2026, 9, 20, 8, 0)  # a Sunday that is worked
HOURS = ((8, 40), (11, 10), (15, 30))
HOURS_OFF = ((11, 0),)
KILL_SHARE = 0.12   # of the times at which people act, a daemon is killed first
ANSWER_S = 60       # a daemon that was killed answers when it is back
FEW, MANY = 24, 600
HOUSEHOLDS = 300
VISITED = 120       # households that somebody sets out to visit
HALF_ENDED = datetime.datetime(2027, 1, 4, 9, 0)
HALVES = ("2026H2", "2027H1")
HOME = ("visit", "stay")
PROMISES_PER_VISIT = 100  # a promise's number is its visit's times this, and its place from 1
TITLES = (("roads", "村口主路坑洼不平", "demand"), ("tap_water", "高处几户水压不足", "difficulty"),
          ("noise", "烧烤摊夜里吵闹", "dispute"), ("medical_aid", "询问医疗救助材料", "enquiry"),
          ("urban_other", "想请街道帮忙", "demand"))
URGENCIES = ("general",) * 7 + ("complex", "utility", "emergency")
WANTED = {"triage": "triage", "need_info": "info", "dispatched": "sign", "in_progress": "handle",
          "suspended": "suspend", "review": "review", "feedback": "feedback",
          "callback": "callback"}  # state -> stage
SUPERVISORS = ("supervisor1", "supervisor2", "supervisor3")
FINAL = set(lianhu.FINAL)


def in_microseconds(at):
    return (at - datetime.timedelta(hours=8) - datetime.datetime(1970, 1, 1)) // (
        datetime.timedelta(microseconds=1))


def local(at):
    return at.isoformat() + lianhu.ZONE


class Street:
    """The people of the street, who act over the wire."""

    def __init__(self, instance, dice, reports):
        self.instance, self.dice = instance, dice
        self.calendar = office_time.Calendar(instance.home / "config" / "calendar")
        self.households = instance.ok("household", "list", "--limit", 200)
        self.now = STARTED
        self.reports = sorted(self.pick_report() for _ in range(reports))
        self.plans = {}        # (issue, state, generation) -> when somebody acts
        self.kills = self.acts = 0
        self.refused = collections.Counter()
        self.tours = self.pick_tours()
        self.kept = []         # (when, promise, household) that somebody keeps
        self.former = {}       # household -> [(until when, whose it was)]

    # ---- when ----

    def is_working_day(self, day):
        return bool(self.calendar.spans(office_time.day_number(day.date())))

    def pick_report(self):
        day = STARTED + datetime.timedelta(days=self.dice.randrange(DAYS))
        works = self.is_working_day(day)
        if not works and self.dice.random() < 0.6:
            return self.pick_report()
        return day.replace(hour=0, minute=0) + datetime.timedelta(
            seconds=self.dice.randrange(7 * 3600, 20 * 3600))

    def hours(self):
        """The times at which people act, of one day after the other."""
        for number in range(DAYS + TAIL_DAYS):
            day = STARTED + datetime.timedelta(days=number)
            for hour, minute in HOURS if self.is_working_day(day) else HOURS_OFF:
                at = day.replace(hour=hour, minute=minute, second=self.dice.randrange(60))
                if at > self.now:
                    yield at

    def pick_act(self, view):
        """Four in five act in time; the others late, some very; at the end all are quick."""
        due = [item for item in view.get("due", ()) if item["stage"] == WANTED[view["state"]]]
        left = datetime.timedelta(days=1)
        if due:
            until = datetime.datetime(1970, 1, 1) + datetime.timedelta(
                microseconds=due[0]["due_at"], hours=8)
            left = max(until - self.now, datetime.timedelta(hours=4))
        roll = self.dice.random()
        if self.now > STARTED + datetime.timedelta(days=DAYS):
            return self.now + left * self.dice.random() / 8
        if roll < 0.8:
            return self.now + left * self.dice.random()
        late = 2 if roll < 0.92 else 12
        return self.now + left + datetime.timedelta(days=late) * self.dice.random()

    # ---- acting ----

    def call(self, daemon, message, fields, person):
        """A command, again with the same id until it is answered."""
        request = wire.make_id()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            reply = self.instance.call(daemon, message, fields, person, request=request,
                                       timeout_s=ANSWER_S)
            if reply.status not in ("busy", "unknown"):
                self.acts += 1
                if not reply.is_ok:
                    self.refused[message, reply.text] += 1
                return reply
        raise AssertionError(f"{daemon} does not take a {message}")

    def submit(self):
        household = self.dice.choice(self.households)
        category, title, kind = self.dice.choice(TITLES)
        reply = self.call("intake", "submit_command", {
            "household": household["household"], "kind": kind, "category": category, "title": title,
            "text": title + "，希望尽快处理。", "urgency": self.dice.choice(URGENCIES)},
            household["cadre"])
        assert reply.is_ok, reply

    def section(self, message, leg, fields):
        department = leg["department"]
        daemon = next(d["name"] for d in self.daemons if department in d.get("departments", ()))
        self.call(daemon, message, {**fields, "department": department}, f"staff_{department}_1")

    def work_on_leg(self, fields, view):
        legs = [leg for leg in view["legs"] if leg["state"] in ("dispatched", "in_progress",
                                                                "redo")]
        # The lead answers last.
        legs.sort(key=lambda leg: leg["role"] == "lead")
        leg = legs[0]
        if leg["state"] == "dispatched":
            self.section("sign_command", leg, fields)
        elif view.get("wait_ground"):
            agrees = {"ok": True} if self.dice.random() < 0.8 else {"no": True, "reason": "可以先办"}
            self.call("router", "suspend_command", {**fields, **agrees}, "office_head")
        elif leg["role"] == "lead" and not view.get("is_contacted") and self.dice.random() < 0.6:
            self.section("contact_command", leg, {**fields, "words": "已电话联系"})
        elif leg["role"] == "lead" and self.dice.random() < 0.2:
            days = datetime.timedelta(days=1 + self.dice.randrange(6))
            self.section("wait_command", leg, {
                **fields, "ground": "household", "until": in_microseconds(self.now + days),
                "words": "等户主回来"})
        elif leg["role"] == "lead" and self.dice.random() < 0.08:
            self.section("propose_command", leg, {
                **fields, "ground": "不属补助范围", "tried": "已核对政策", "words": "按政策不能补助"})
        else:
            self.section("answer_command", leg, {
                **fields, "outcome": "solved", "words": "已处理", "evidence": "照片两张"})

    def triage(self, fields, view):
        if not view.get("questions") and self.dice.random() < 0.3:
            self.call("router", "ask_info_command", {**fields, "words": "请补充地点"}, "triage1")
            return
        lead, assist = self.dice.sample(("urban", "civil", "labour", "housing", "health"), 2)
        more = {"assist": [assist]} if self.dice.random() < 0.5 else {}
        self.call("router", "dispatch_command", {**fields, "lead": lead, **more}, "triage1")

    def inform(self, fields, view):
        """What the household says; half of those who wait leave it to the clock."""
        if view["state"] == "need_info" or self.dice.random() < 0.5:
            self.call("intake", "info_command", {**fields, "words": "在村口"}, view["cadre"])

    def review(self, fields, view):
        is_ok = view.get("redo", 0) > 0 or self.dice.random() < 0.9
        answer = {"ok": True} if is_ok else {"redo": True, "reason": "照片不清楚"}
        reply = self.call("router", "review_command", {**fields, **answer}, view["leader"])
        if not reply.is_ok or view.get("proposed") == "explained":
            self.call("router", "review_command", {**fields, **answer}, "office_head")

    def feedback(self, fields, view):
        self.call("intake", "feedback_command", {
            **fields, "mode": "visit", "words": "已当面告知", "reaction": "satisfied"}, view["cadre"])

    def call_back(self, fields, view):
        if any(duty["kind"] == "unsatisfied" for duty in view.get("duties", ())):
            self.call("router", "close_unsatisfied_command", {**fields, "reason": "政策所限"},
                      "office_head")
            return
        said = {"reached": "no"}
        if self.dice.random() < 0.8:
            is_content = self.dice.random() < 0.85
            said = {"reached": "yes", "solved": "yes" if is_content else "no",
                    "result": 4 if is_content else 1, "section": 4, "cadre": 5,
                    "reasonable": "yes" if self.dice.random() < 0.5 else "no"}
        self.call("auditor", "callback_command", {**fields, **said},
                  self.dice.choice(SUPERVISORS))

    def act(self, view):
        acts = {"triage": self.triage, "need_info": self.inform, "dispatched": self.work_on_leg,
                "in_progress": self.work_on_leg, "suspended": self.inform, "review": self.review,
                "feedback": self.feedback, "callback": self.call_back}
        acts[view["state"]]({"issue": view["issue"]}, view)

    # ---- visits ----

    def pick_tours(self):
        """(when it is entered, when it was made, household), some days late for one in five."""
        tours = []
        for household in self.dice.sample(self.households, VISITED):
            made = STARTED + datetime.timedelta(
                days=self.dice.randrange(DAYS), seconds=self.dice.randrange(3600, 9 * 3600))
            late = datetime.timedelta(hours=self.dice.randrange(20, 140))
            tours.append((made + late * (self.dice.random() < 0.2), made, household))
        return sorted(tours, key=lambda tour: tour[:2])

    def cadre_then(self, household, made):
        return next((cadre for until, cadre in self.former.get(household["household"], ())
                     if made < until), household["cadre"])

    def visit(self, made, household):
        """By whose it was then. One in four promises something, and most of those keep it."""
        fields = {"household": household["household"], "mode": self.dice.choice((*HOME, "phone")),
                  "at": in_microseconds(made), "words": "家里都好"}
        if self.dice.random() < 0.25:
            until = self.now + datetime.timedelta(days=3 + self.dice.randrange(20))
            fields["promises"] = [{"until": until.date().isoformat(), "words": "送来材料清单"}]
        reply = self.call("intake", "visit_log_command", fields,
                          self.cadre_then(household, made))
        assert reply.is_ok, reply
        if "promises" in fields and self.dice.random() < 0.8:
            days = datetime.timedelta(days=self.dice.randrange(25))
            self.kept.append((self.now + days, reply.fields["seq"] * PROMISES_PER_VISIT + 1,
                              household))

    def hand_over(self):
        """Some households of one cadre, with what is owed and promised, to another."""
        giver, taker = self.dice.sample(sorted({h["cadre"] for h in self.households}), 2)
        some = [h for h in self.households if h["cadre"] == giver][:6]
        reply = self.call("intake", "handover_command", {
            "from": giver, "to": taker, "household": [h["household"] for h in some],
            "reason": "就近联系"}, "office_head")
        assert reply.is_ok, reply
        for household in some:
            self.former.setdefault(household["household"], []).append((self.now, giver))
            household["cadre"] = taker
        return some

    def go_round(self):
        """What is to be entered, kept and handed over by now."""
        while self.tours and self.tours[0][0] <= self.now:
            _, made, household = self.tours.pop(0)
            self.visit(made, household)
        for promise in [kept for kept in self.kept if kept[0] <= self.now]:
            self.kept.remove(promise)
            reply = self.call("intake", "promise_keep_command", {
                "promise": promise[1], "words": "已送到"}, promise[2]["cadre"])
            assert reply.is_ok, reply
        if self.dice.random() < 0.15:
            self.hand_over()

    def end_the_half(self):
        """After it: households change hands, and some visits of it are entered late, to them too."""
        self.go(HALF_ENDED)
        for household in self.hand_over() + self.dice.sample(self.households, 10):
            self.visit(HALF_ENDED - datetime.timedelta(days=5 + self.dice.randrange(60)), household)

    # ---- a day ----

    def open_issues(self):
        after = 0
        while True:
            page = self.instance.call("router", "issue_list_query", {"after": after, "limit": 200},
                                      timeout_s=ANSWER_S)
            items = page.fields.get("issues", [])
            if not items:
                return
            for item in items:
                if item["state"] not in FINAL:
                    yield item
            after = items[-1]["issue"]

    def step(self, at):
        """To the next time at which people act, and what they do then; how many issues are open."""
        while self.reports and self.reports[0] <= at:
            self.go(self.reports.pop(0))
            self.submit()
        self.go(at)
        if self.dice.random() < KILL_SHARE:
            self.kills += self.instance.kill(self.dice.choice(self.names)) is not None
        self.go_round()
        still_open = 0
        for item in list(self.open_issues()):
            still_open += 1
            view = self.instance.call("router", "issue_query", {"issue": item["issue"]},
                                      timeout_s=ANSWER_S).fields
            key = item["issue"], item["state"], item["generation"]
            if key not in self.plans:
                self.plans[key] = self.pick_act(view)
            if self.plans[key] <= self.now:
                del self.plans[key]
                self.act(view)
        return still_open

    def go(self, at):
        if at > self.now:
            self.instance.ok("clock", "set", local(at), timeout=300)
            self.now = at

    def live(self):
        self.daemons = office_time.read_yaml(
            self.instance.home / "config" / "lianhu.yaml")["daemons"]
        self.names = sorted(daemon["name"] for daemon in self.daemons)
        for at in self.hours():
            if self.step(at) == 0 and not self.reports and not self.tours and not self.kept:
                break
        self.end_the_half()
        # Things come to rest; what is left over would show.
        self.go(self.now + datetime.timedelta(days=1))


class Month(lianhu.SystemTest):
    def setUp(self):
        self.instance = lianhu.Instance(households=HOUSEHOLDS, test_clock=local(STARTED))
        self.addCleanup(self.instance.close)
        self.instance.up()

    def count_again(self, now):
        """The recount of the journals as they lie on disk."""
        out = self.instance.folder / "journals"
        out.mkdir()
        subprocess.run([lianhu.program("journal_export"), self.instance.home, out], check=True)
        end = json.loads((out / "end.json").read_text(encoding="utf-8"))
        end["now"] = local(now)
        (out / "end.json").write_text(json.dumps(end), encoding="utf-8")
        with open(out / "coverage.jsonl", "w", encoding="utf-8") as file:
            for by, half in itertools.product(("cadre", "community", "village"), HALVES):
                for row in self.instance.ok("visit", "coverage", "--by", by, "--half", half):
                    file.write(json.dumps({"by": by, **row}) + "\n")
        counted = recount.Recount(self.instance.home / "config", out).run()
        counted.report(sys.stderr)
        return counted

    def say_why_open(self, street, issue):
        """What is left over, and what was refused about it."""
        number = f"{issue // 10_000_000}-{issue % 10_000_000:07}"
        print(lianhu.run("issue", "show", number, "--home", self.instance.home).out)
        for (message, text), times in street.refused.items():
            if number in text:
                print(f"{times} times {message}: {text}")

    def check_due(self, counted):
        """Who is still to be visited, by name: as many as coverage has left, and as were counted
        again."""
        for half in HALVES:
            listed = self.instance.ok("visit", "due", "--half", half, "--limit", 200)
            more = self.instance.ok("visit", "due", "--half", half, "--after",
                                    listed[-1]["household"])
            found = {(item["cadre"], item["household"]) for item in listed + more}
            self.assertEqual(found, counted.visits.due_in(int(half[:4]) * 10 + int(half[-1])))

    def test_thirty_days_add_up(self):
        is_full = lianhu.options.full or os.environ.get("LIANHU_MONTH") == "full"
        seed = lianhu.options.seed
        print(f"seed {seed}")
        street = Street(self.instance, random.Random(seed), MANY if is_full else FEW)
        begun = time.monotonic()
        street.live()
        status = self.instance.settle()
        print(f"{street.acts} acts, {street.refused.total()} refused, {street.kills} kills, until "
              f"{street.now}, in {time.monotonic() - begun:.1f} s")
        for item in street.open_issues():
            self.say_why_open(street, item["issue"])
        counted = self.count_again(street.now)
        self.assertEqual(counted.faults, [])
        self.assertEqual(status["conservation"],
                         {name: counted.counts[name]
                          for name in ("accepted", "open", "final", "dead")})
        self.assertEqual(counted.counts["accepted"], MANY if is_full else FEW)
        self.assertEqual(counted.counts["open"], 0)
        self.assertGreater(street.kills, 0)
        self.check_due(counted)
        for name in ("visit reminders", "visits of a former cadre", "visits for a half before",
                     "coverage rows", "promises kept", "promise reminders",
                     "households that changed hands"):
            self.assertGreater(counted.counts[name], 0, name)
        for name in self.instance.names():
            self.instance.ok("rebuild", name, "--check")
        self.instance.ok("audit", "verify", person="supervisor1")


def add_options(parser):
    parser.add_argument("--full", action="store_true", help="600 reports")
    parser.add_argument("--seed", type=int, default=1)


if __name__ == "__main__":
    lianhu.main(add_options)
