/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When people are told: what is not urgent waits for working hours, leaders hear once a day, and
 * what nobody reads is told again and then to somebody else.
 */
#pragma once

#include "domain/calendar.h"
#include "domain/office.h"

#define NOTICE_HOLD_LIST(X) X(NONE, none) X(WORKING_HOURS, working_hours)
#define NOTICE_DIGEST_LIST(X) X(NONE, none) X(DAILY, daily)

enum notice_hold {
#define X(name, word) NOTICE_HOLD_##name,
    NOTICE_HOLD_LIST(X)
#undef X
};

enum notice_digest {
#define X(name, word) NOTICE_DIGEST_##name,
    NOTICE_DIGEST_LIST(X)
#undef X
};

/* How long a notice may stay unread before it is told again, and then before somebody else hears of
 * it; no duration: never. */
struct notice_patience {
    struct duration repeat_after;
    struct duration pass_on_after;
};

struct notice_rules {
    enum notice_hold hold;
    enum notice_digest digest;
    struct notice_patience usual;
    struct notice_patience urgent;
};

/* What is in force where deadlines.yaml says nothing else. */
extern const struct notice_rules notice_rules_default;

/* When something that comes up at `at` is told: then, also when working time has just ended, or
 * when it begins next. Where the calendar does not reach it is told at once. */
struct wall notice_time(const struct notice_rules *rules, const struct calendar *calendar,
                        struct wall at, bool is_urgent);

/* When the digest is told that takes in what comes up at `at`: at the first beginning of a working
 * day that lies after it. */
struct wall notice_digest_time(const struct calendar *calendar, struct wall at);

/* When a notice of `at` that nobody reads is looked at next: to be told again, or once it was, to
 * be passed on: in working time, of which its end is no part. Zero: never. */
struct wall notice_unread_time(const struct notice_rules *rules, const struct calendar *calendar,
                               struct wall at, bool is_urgent, bool is_repeated);

/*
 * Who hears of what a person does not read: the deputy; for the head of a section the leader in
 * charge of it; for others of a section its head; for a cadre who is not in org.yaml the head of
 * the section that is `unit`, the cadre's unit by id or name; else the head of the office. Empty:
 * nobody.
 */
struct bytes notice_substitute(const struct office *office, struct bytes person, struct bytes unit);
