# SPDX-License-Identifier: Apache-2.0
"""Counts again who visited whom in each half of a year, and who had to be reminded of what, from
intake's journal."""
import collections
import datetime

from office_time import EPOCH, SECOND, format_time, parse_time

PROMISES_PER_VISIT = 100  # a promise's number is its visit's times this, and its place from 1

MICROSECOND = datetime.timedelta(microseconds=1)
LAST_DAYS = ((6, 30), (12, 31))
REMIND_DAYS = (60, 30, 10)
DAY = datetime.timedelta(days=1)
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


def opening(calendar, date):
    """When work begins on that day; None on a day off."""
    day = (date - EPOCH.date()).days
    spans = calendar.spans(day)
    return (date - EPOCH.date()) // MICROSECOND + spans[0][0] if spans else None


def first_opening(calendar, date, step):
    """Of the day or, when it is off, of the next one or the one before."""
    while opening(calendar, date) is None:
        date += step
    return opening(calendar, date)


def points_of(half, calendar):
    """(when, what comes then) of a half: its reminders, its end, and telling what was missed."""
    year, number = divmod(half, 10)
    last = datetime.date(year, *LAST_DAYS[number - 1])
    for days in REMIND_DAYS:
        yield first_opening(calendar, last - days * DAY, -DAY), "visits_due"
    yield end_of(half), "end"
    yield first_opening(calendar, last + DAY, DAY), "visits_missed"


class Office:
    """The sections and their heads, as org.yaml names them."""

    def __init__(self, org):
        self.heads = {word: section["head"] for section in org["departments"]
                      for word in (section["id"], section["name"])}
        self.office_heads = {person["id"] for person in org["people"]
                             if "office_head" in person["roles"]}


class Visits:
    """What intake's records say of the register and of visits, one after the other."""

    def __init__(self, calendar, org):
        self.office = Office(org)
        self.units = {}         # cadre -> unit
        self.linked = {}        # household -> (cadre, community, village)
        self.owners = collections.defaultdict(list)  # household -> [(from when on, cadre)]
        self.visited = collections.defaultdict(set)  # half -> households at whose home a cadre was
        self.closed = {}        # half -> the register as it was at its end
        self.told = collections.defaultdict(list)    # (when, category) -> [(people, count)]
        self.due = {}           # (when, category) -> {cadre: households left}
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
            self.points += [(when, what, number) for when, what in points_of(number, self.calendar)
                            if when > at]

    def left(self, half):
        """cadre -> households of theirs where nobody was in the half."""
        left = collections.Counter()
        for household, (cadre, _, _) in self.closed.get(half, self.linked).items():
            left[cadre] += household not in self.visited[half]
        return {cadre: count for cadre, count in left.items() if cadre and count}

    def pass_points(self, at):
        """What is due at the points up to `at` rests on what was recorded before them."""
        while self.points and self.points[0][0] <= at:
            when, what, half = self.points.pop(0)
            if what == "end":
                self.closed[half] = dict(self.linked)
            else:
                self.due[when, what] = self.left(half)

    def take(self, line):
        at, message = parse_time(line["at"]), line["message"]
        if not self.points and not self.due:
            self.begin(at)
        self.pass_points(at)
        if line["type"] == "cadres_recorded_event":
            self.units.update((row["cadre"], row["unit"]) for row in message["rows"])
        elif line["type"] == "households_recorded_event":
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
            # A walk of several steps goes on a microsecond later.
            self.told[at // SECOND * SECOND, message["category"]].append(
                (tuple(message["recipients"]), message["count"]))

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
        for (when, category), left in self.due.items():
            wanted = {(cadre,): count for cadre, count in left.items()}
            self.counts["visit reminders"] += self.check_told(when, category, wanted)
            if category == "visits_missed":
                for kind, wanted in self.by_unit(left):
                    self.counts["units told"] += self.check_told(when, kind, wanted)
        for (when, category), told in self.told.items():
            if category.startswith("visits_") and category != "visits_missed_here":
                self.faults.append(f"{len(told)} were told '{category}' at {format_time(when)}")
        for number, promise in self.promises.items():
            self.check_promise(number, promise, now)
        return self

    def check_told(self, when, category, wanted):
        """That each of these people was told once, of as many; how many were."""
        told = collections.defaultdict(list)
        for people, count in self.told.pop((when, category), ()):
            told[people].append(count)
        for people in wanted.keys() | told.keys():
            if told.get(people) != ([wanted[people]] if people in wanted else None):
                self.faults.append(
                    f"{' '.join(people)} was to be told '{category}' of {wanted.get(people, 0)} "
                    f"households at {format_time(when)} and was told of {told.get(people)}")
        return len(told)

    def by_unit(self, left):
        """(category, people -> households): the heads of sections of their cadres, without
        themselves, and the head of the office of all the others."""
        sections, outside = collections.Counter(), 0
        for cadre, count in left.items():
            head = self.office.heads.get(self.units[cadre])
            if head is None:
                outside += count
            elif head != cadre:
                sections[head,] += count
        heads = tuple(sorted(self.office.office_heads))
        return (("visits_missed_unit", dict(sections)),
                ("visits_missed_outside", {heads: outside} if outside else {}))

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
