/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifier keeps every person's inbox. It reacts to what the router did, and to what intake
 * wants told, by noticing the persons the event names, in the words of texts/, and lets recipients
 * read and acknowledge. What was told to whom is in its journal; telling happens once, because it
 * is an event like any other.
 *
 * What is not urgent is held until working time begins, leaders get a digest of what can wait, and
 * what is not read is told again and then to somebody else. Held notices and those that are not
 * read have a row and a timer each.
 *
 *   notices.c   events to news             telling.c   who reads which words
 *   duty.c      who has to act             words.c     news into words
 *   sending.c   now, later, or in a digest waking.c    what was held, what is not read
 *   pending.c   rows of what waits         digest.c    what leaders hear once a day
 *   inbox.c     commands, queries          tables.c    events to tables
 *   people.c    who somebody is
 */
#pragma once

#include "messages.h"
#include "runtime/service.h"

extern const struct service notifier_service;

enum notifier_table {
    INBOX,   /* person, NUL, item -> inbox_row */
    COUNTS,  /* "notices", "items", "acked", "held", "digests", "unread" -> u64 */
    PENDING, /* issue (0: none), record -> pending_row */
    DIGESTS, /* person, NUL, digest -> digest_row */
    UNITS,   /* cadre -> unit_row; of who has left too, for the name */
};

/* First byte of a timer's id. */
enum notifier_timer {
    TIMER_PENDING = 'P', /* issue and record follow */
    TIMER_DIGEST = 'D',  /* the digest follows */
};

/* A notice's id: the number of its record times 256, plus the recipient's place. */
#define ITEM_RECIPIENTS_MAX 64U
static inline uint64_t item_id(uint64_t seq, uint32_t place)
{
    return seq * 256 + place;
}

/* Sets of what notices ask for. */
#define SUBJECT_BIT(subject) (UINT32_C(1) << (subject))

/* Keys of INBOX and DIGESTS. */
struct inbox_key {
    uint8_t bytes[WORD_MAX_BYTES + 1 + 8];
    size_t len;
};
struct inbox_key inbox_key(struct bytes person, uint64_t item);
static inline struct bytes inbox_key_bytes(const struct inbox_key *key)
{
    return bytes_of(key->bytes, key->len);
}

/* What a notice says, and of which event: in its own record, or in the one it tells again. */
struct words {
    struct bytes title;
    struct bytes text;
    struct position cause;
};
bool find_words(struct ctx *ctx, const struct record *record, const struct noticed_event *event,
                struct words *ret_words);

enum status notifier_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);
enum status notifier_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                               struct err *err);
enum status notifier_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err);
enum status notifier_react_clock(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err);
enum status notifier_react_set_aside(struct ctx *ctx, const struct record *record,
                                     const void *message, struct err *err);

enum status notifier_react_supervision(struct ctx *ctx, const struct record *record,
                                       const void *message, struct err *err);
enum status notifier_react_intake(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);

enum status notifier_react_promise_kept(struct ctx *ctx, const struct record *record,
                                        const void *message, struct err *err);

enum status notifier_react_cadres(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err);
enum status notifier_react_cadre_left(struct ctx *ctx, const struct record *record,
                                      const void *message, struct err *err);

void notifier_wake(struct ctx *ctx, struct wall at, struct bytes id);

void apply_held(struct ctx *ctx, const struct record *record, const void *message);
void apply_moved(struct ctx *ctx, const struct record *record, const void *message);
void apply_lapsed(struct ctx *ctx, const struct record *record, const void *message);
void apply_units(struct ctx *ctx, const struct record *record, const void *message);

/* Whether somebody has an inbox here: FORBIDDEN unless the office or the register knows the person.
 */
enum status notifier_check_inbox(struct ctx *ctx, struct bytes person, struct err *err) MUST_USE;
enum status notifier_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                   struct err *err);

enum status decide_ack(struct ctx *ctx, const struct command *command, struct err *err);
void apply_noticed(struct ctx *ctx, const struct record *record, const void *message);
void apply_acked(struct ctx *ctx, const struct record *record, const void *message);
enum status answer_inbox(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
