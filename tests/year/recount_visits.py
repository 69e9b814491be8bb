# SPDX-License-Identifier: Apache-2.0
"""Counts again who visited whom in each half of a year, and who had to be reminded of what, from
intake's journal."""
import collections
import datetime

from office_time import EPOCH, format_time, parse_time

PROMISES_PER_VISIT = 100  # a promise's number is its visit's times this, and its place from 1

MICROSECOND = datetime.timedelta(microseconds=1)
LAST_DAYS = ((6, 30), (12, 31))
REMIND_DAYS = (60, 30, 10)
REMIND_HOUR = 8
AT_HOME = {"visit", "stay"}


def instant(year, month, day, hour=0):
    return (datetime.datetime(year, month, day, hour) - EPOCH) // MICROSECOND


def half_of(at):
    """20261 for the first half of 2026."""
    date = EPOCH + at * MICROSECOND
    return date.year * 10 + (1 if (date.month, date.day) <= LAST_DAYS[0] else 2)


def end_of(half):
    """The first instant after it."""
    year, number = divmod(half, 10)
    month, day = LAST_DAYS[number - 1]
    return instant(year, month, day) + 86_400_000_000


def points_of(half):
    """(when, whether it is the end) of a half's reminders."""
    year, number = divmod(half, 10)
    last = datetime.datetime(year, *LAST_DAYS[number - 1], REMIND_HOUR)
    for days in REMIND_DAYS:
        yield (last - datetime.timedelta(days=days) - EPOCH) // MICROSECOND, False
    yield end_of(half), True


class Visits:
    """What intake's records say of the register and of visits, one after the other."""

    def __init__(self, calendar):
        self.linked = {}        # household -> (cadre, community, village)
        self.owners = collections.defaultdict(list)  # household -> [(from when on, cadre)]
        self.visited = collections.defaultdict(set)  # half -> households at whose home a cadre was
        self.closed = {}        # half -> the register as it was at its end
        self.told = collections.defaultdict(list)    # (when, category) -> [(person, count)]
        self.due = {}           # (when, is_end) -> {cadre: households left}
        self.points = []
        self.rounds = {}        # what is looked after every working day -> whether it goes on
        self.promises = {}      # number -> the promise, with when it was kept and told of
        self.calendar = calendar
        self.counts = collections.Counter()
        self.faults = []

    def begin(self, at):
        """The points to come, from the first record on."""
        half = half_of(at)
        for number in (half, half + 1 if half % 10 == 1 else half + 9):
            self.points += [(when, is_end, number) for when, is_end in points_of(number)
                            if when > at]

    def left(self, half):
        """cadre -> households of theirs where nobody was in the half."""
        left = collections.Counter()
        for household, (cadre, _, _) in self.linked.items():
            left[cadre] += household not in self.visited[half]
        return {cadre: count for cadre, count in left.items() if cadre and count}

    def pass_points(self, at):
        """What is due at the points up to `at` rests on what was recorded before them."""
        while self.points and self.points[0][0] <= at:
            when, is_end, half = self.points.pop(0)
            self.due[when, is_end] = self.left(half)
            if is_end:
                self.closed[half] = dict(self.linked)

    def take(self, line):
        at, message = parse_time(line["at"]), line["message"]
        if not self.points and not self.due:
            self.begin(at)
        self.pass_points(at)
        if line["type"] == "households_recorded_event":
            for row in message["rows"]:
                self.link(at, row["household"], row["cadre"], row["community"], row["village"])
        elif line["type"] == "relinked_event":
            for row in message["rows"]:
                self.link(at, row["household"], row["to"], *self.linked[row["household"]][1:])
            self.counts["households that changed hands"] += len(message["rows"])
        elif line["type"] == "round_event":
            self.rounds[message["name"]] = bool(message["after"] or message["next_at"])
        elif line["type"] == "visited_event":
            self.take_visit(message, line["seq"], at)
        elif line["type"] == "promise_kept_event":
            self.promises[message["promise"]]["kept"] = at
        elif line["type"] == "promise_told_event" and not message["put_off_until"]:
            self.promises[message["promise"]]["told"].append((at, message["is_passed"]))
        elif line["type"] == "intake_notice_event":
            self.told[at, message["category"]].append((message["person"], message["count"]))

    def link(self, at, household, cadre, community, village):
        if household not in self.linked or self.linked[household][0] != cadre:
            self.owners[household].append((at, cadre))
        self.linked[household] = cadre, community, village

    def owner(self, household, at):
        """Whose it was then; the first one's also before it was in the register."""
        owner = None
        for since, cadre in self.owners[household]:
            if owner is None or since <= at:
                owner = cadre
        return owner

    def take_visit(self, message, seq, at):
        household, cadre, made = message["household"], message["cadre"], parse_time(message["at"])
        if self.owner(household, made) != cadre:
            self.faults.append(f"{cadre} entered a visit to {household} at {message['at']}, when "
                               f"it was {self.owner(household, made)}'s")
        self.counts["visits of a former cadre"] += self.owner(household, at) != cadre
        self.counts["visits for a half before"] += half_of(made) != half_of(at)
        for place, promise in enumerate(message["promises"], 1):
            due = parse_time(promise["due"])
            remind = promise["remind_at"] and parse_time(promise["remind_at"])
            if remind and remind != self.calendar.before(due, 1, "wd"):
                self.faults.append(f"a promise due {promise['due']} is reminded of at "
                                   f"{promise['remind_at']}")
            self.promises[seq * PROMISES_PER_VISIT + place] = {
                "due": due, "remind": remind, "kept": None, "told": []}
        self.counts["visits"] += 1
        half = half_of(made)
        if half != message["half"]:
            self.faults.append(f"a visit at {message['at']} was counted in {message['half']}")
        if message["mode"] in AT_HOME:
            self.visited[half].add(household)

    def check(self, now):
        """Each cadre who owed visits at a reminder was told once, of as many; nobody else was."""
        self.pass_points(now)
        for (when, is_end), left in self.due.items():
            category = "visits_missed" if is_end else "visits_due"
            told = collections.defaultdict(list)
            for person, count in self.told.pop((when, category), ()):
                told[person].append(count)
            self.counts["visit reminders"] += len(told)
            for cadre in left.keys() | told.keys():
                if told.get(cadre) != ([left[cadre]] if cadre in left else None):
                    self.faults.append(f"{cadre} owed {left.get(cadre, 0)} visits at "
                                       f"{format_time(when)} and was told of {told.get(cadre)}")
        for (when, category), people in self.told.items():
            if category in ("visits_due", "visits_missed"):
                self.faults.append(f"{len(people)} were told '{category}' at {format_time(when)}")
        for number, promise in self.promises.items():
            self.check_promise(number, promise, now)
        return self

    def check_promise(self, number, promise, now):
        """Its maker is reminded once and hears once that its day has passed, unless it was kept."""
        until = now if promise["kept"] is None else promise["kept"]
        wanted = [(when, is_passed) for when, is_passed in
                  ((promise["remind"], False), (promise["due"], True)) if when]
        must = [point for point in wanted if point[0] < until or
                (promise["kept"] is None and point[0] <= until)]
        may = [point for point in wanted if point[0] <= until]
        if promise["told"] not in (must, may):
            self.faults.append(f"promise {number} was told of at {promise['told']}, not at {must}")
        self.counts["promises"] += 1
        self.counts["promises kept"] += promise["kept"] is not None
        self.counts["promise reminders"] += len(promise["told"])

    def timers(self, now):
        """How many timers intake needs: one for the plan of visits, one for each promise that is
        open, one for each round that goes on."""
        return 1 + sum(self.rounds.values()) + sum(promise["kept"] is None and promise["due"] > now
                       for promise in self.promises.values())

    def check_coverage(self, rows):
        """What the engine said of each cadre, community and village."""
        said = {}
        for row in rows:
            half = int(row["half"][:4]) * 10 + int(row["half"][-1])
            said.setdefault(half, {})[row["by"], row["id"]] = row["assigned"], row["visited"]
        for half, places in said.items():
            counted = self.coverage(half)
            self.counts["coverage rows"] += len(places)
            for place in places.keys() | counted.keys():
                if places.get(place) != counted.get(place):
                    self.faults.append(f"coverage of {place} in {half} is {counted.get(place)}, "
                                       f"and was said to be {places.get(place)}")

    def due_in(self, half):
        """(cadre, household) of every visit that is owed."""
        return {(cadre, household) for household, (cadre, _, _)
                in self.closed.get(half, self.linked).items()
                if cadre and household not in self.visited[half]}

    def coverage(self, half):
        """(scope, id) -> (linked, visited): what the engine has to say."""
        found = collections.defaultdict(lambda: [0, 0])
        for household, (cadre, community, village) in self.closed.get(half, self.linked).items():
            if not cadre:
                continue
            was_there = household in self.visited[half]
            for place in (("cadre", cadre), ("community", community), ("village", village)):
                found[place][0] += 1
                found[place][1] += was_there
        return {place: tuple(counts) for place, counts in found.items()}
