/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a daemon is made of: five kinds of functions and a table of them. The runtime does
 * everything else (transactions, journal, links, requests, timers, replies, restarts).
 *
 *   decide  a command    may read tables and config, emits events or refuses
 *   react   a followed record   may read tables and config, emits events or takes it over
 *   wake    a due timer  may read tables and config, emits events
 *   apply   an own event, or one taken over   writes tables and timers, reads no config
 *   answer  a query      reads a snapshot
 *
 * Rules: `decide` emits only after its last refusal. An accepted command emits at least one event.
 * Tables and timers change only in `apply`, so that replaying the journal makes the same bytes. No
 * clock, no randomness, no environment: the time is ctx_now(), fixed when the input was gathered.
 * When a write finds the map full the transaction is void and the inputs are taken again: until
 * then reads find nothing, also what must be there.
 */
#pragma once

#include "base/number.h"
#include "base/wall.h"
#include "codec/message.h"
#include "config/config.h"
#include "journal/journal.h"

/* Everything one of the five functions may touch while it handles one input. */
struct ctx;

/* When the input was gathered; in apply, when the event was decided. */
struct wall ctx_now(const struct ctx *ctx);
/* The configuration in force. A broken invariant in apply. */
const struct config *ctx_config(const struct ctx *ctx);
/* The daemon's name, as in lianhu.yaml. */
struct bytes ctx_name(const struct ctx *ctx);
/* The service's own constant data given at start (a signing key), or NULL. */
void *ctx_user(const struct ctx *ctx);
/* Whether the transaction is void (see above): a row that must be there may be missing then. */
bool ctx_is_void(const struct ctx *ctx);
/* This daemon's journal. */
const struct journal *ctx_journal(const struct ctx *ctx);
/* Memory until the end of this input. */
void *ctx_take(struct ctx *ctx, size_t len);
struct bytes ctx_copy(struct ctx *ctx, struct bytes bytes);

/* Reading a service's table (numbered from 0 in the order of service.tables). What is returned is
 * copied and lives until the end of the input. */
enum status table_get(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_value);
enum status table_seek(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                       struct bytes *ret_value);
enum status table_next(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                       struct bytes *ret_value);
enum status table_before(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes *ret_key,
                         struct bytes *ret_value);
/* A row that is a message. NOT_FOUND when there is none. */
enum status row_get(struct ctx *ctx, uint32_t table, struct bytes key,
                    const struct message_type *type, void *ret_row);

/* Writing; only in apply. A failure is remembered by the transaction. */
void table_put(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes value);
void table_append(struct ctx *ctx, uint32_t table, struct bytes key, struct bytes value);
void table_remove(struct ctx *ctx, uint32_t table, struct bytes key);
void row_put(struct ctx *ctx, uint32_t table, struct bytes key, const struct message_type *type,
             const void *row);
/* Adds to a counter kept as a big-endian u64 under `name`. */
void count_add(struct ctx *ctx, uint32_t table, struct bytes name, int64_t difference);
uint64_t count_get(struct ctx *ctx, uint32_t table, struct bytes name);

/* Timers; only in apply. `id` (1 to 24 bytes) says what the timer is about; the pair (at, id) is
 * unique. A timer that fired is removed by the apply of the event that wake() emitted. */
void timer_put(struct ctx *ctx, struct wall at, struct bytes id);
void timer_remove(struct ctx *ctx, struct wall at, struct bytes id);

/* For wake() of a job that goes on for long: no other timer fires in this transaction, so that
 * commands and links come first before its next step. */
void end_waking(struct ctx *ctx);

/* Records of this daemon's own journal; copied as above. In apply, only those before the event. */
enum status record_get(struct ctx *ctx, uint64_t seq, struct record *ret_record);
/* The next record of `issue` after number `after`. NOT_FOUND past the last. */
enum status trail_next(struct ctx *ctx, uint64_t issue, uint64_t after, uint64_t *ret_seq);
/* The last record of `issue` before number `before` (UINT64_MAX: the last of all). */
enum status trail_before(struct ctx *ctx, uint64_t issue, uint64_t before, uint64_t *ret_seq);
/* The payload of a record as the message of its type. CORRUPT when it is not one. */
enum status record_message(const struct record *record, const struct message_type *type,
                           void *ret_message, struct err *err) MUST_USE;

/* Emitting; not in apply, not in answer. The event is appended to the journal, its cause set, and
 * applied at once, so that whatever comes next sees it. Returns its number. */
struct emission {
    const struct message_type *type;
    const void *message;
    uint64_t issue;
    uint32_t generation;
    struct bytes topic;
    struct bytes actor; /* empty: the person of the command, or the actor of the followed record */
    bool is_local;
    bool is_by_system; /* no actor at all */
};
uint64_t emit(struct ctx *ctx, const struct emission *emission);
/* Takes a followed record over as it is: a local record with its type, issue and payload. */
uint64_t take_over(struct ctx *ctx, const struct record *record);

/* Adds a bad line of an import to the refusal that decide() is about to give. */
#define PROBLEM_LINES_MAX 200U
void add_problem(struct ctx *ctx, uint32_t line, const char *column, const char *message);
uint32_t problem_count(const struct ctx *ctx);

struct command {
    struct bytes person;
    const void *message;
};

/* Refusals are statuses other than OK with a sentence; nothing may have been emitted then. */
struct command_spec {
    const struct message_type *type;
    enum status (*decide)(struct ctx *ctx, const struct command *command, struct err *err);
    uint8_t door; /* closes when followers lag: DOOR_NEW_WORK first, DOOR_WORK last */
};
enum { DOOR_NEW_WORK = 1, DOOR_WORK = 2, DOOR_ALWAYS = 3 };

/* INVALID: the record can't be taken and becomes a dead letter; nothing may have been emitted. */
struct react_spec {
    const struct message_type *type;
    enum status (*react)(struct ctx *ctx, const struct record *record, const void *message,
                         struct err *err);
};

struct apply_spec {
    const struct message_type *type;
    void (*apply)(struct ctx *ctx, const struct record *record, const void *message);
};

struct query {
    struct bytes person;
    const void *message;
};

/* Fills `reply` (a struct of reply_type, zeroed). What it points to lives until the end of the
 * input: memory from ctx_take(). */
struct query_spec {
    const struct message_type *type;
    const struct message_type *reply_type;
    enum status (*answer)(struct ctx *ctx, const struct query *query, void *reply, struct err *err);
};

struct service {
    const char *kind;
    /* How long followed records may wait to share a transaction, in milliseconds. Nobody waits for
     * them: a request that wants to come after them, or any other input, ends it at once. */
    uint32_t linger_ms;
    /* The same where they come from: how long those it follows may hold records back so that more
     * of them come in one frame, since each frame wakes two processes. For a service that is behind
     * the others and that nobody waits for. */
    uint32_t lump_ms;
    const char *const *tables;
    uint32_t table_count;
    const struct command_spec *commands; /* all of these end with an all-zero row */
    const struct react_spec *reacts;
    const struct apply_spec *applies;
    const struct query_spec *queries;
    /* NULL where the service has no timers. `id` as in timer_put(). */
    void (*wake)(struct ctx *ctx, struct wall at, struct bytes id);
    /* A followed record of any type, before the row of its type, with the journal it is from: for a
     * service that takes part of everything. NULL: none. Called in order, inside the transaction,
     * once for each record, also when it then becomes a dead letter. */
    void (*observe)(struct ctx *ctx, struct bytes link, const struct id *journal,
                    const struct record *record);
    /* After the inputs of a batch, before its commit: writes down what observe() gathered. */
    void (*flush)(struct ctx *ctx);
    /* What was gathered is void: the batch was aborted. */
    void (*forget)(void *user);
    /* Counters for status: name and value, in order, until false. */
    bool (*count)(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value);
    /* Whether this configuration may replace the present one. NULL: always. */
    enum status (*may_adopt)(struct ctx *ctx, const struct config *config, struct err *err);
    /* Opens and closes the service's own data; `dir` is the daemon's state folder or NULL in
     * memory. NULL: none. */
    enum status (*open_user)(const char *dir, void **ret_user, struct err *err);
    void (*close_user)(void *user);
    /* Who may operate a daemon of this kind (adopt a configuration, settle dead letters, accept a
     * clock), and who may watch live what it records under `topic` (empty: everything). NULL:
     * nobody. */
    enum status (*may_operate)(const struct office *office, struct bytes person, struct err *err);
    enum status (*may_watch)(const struct office *office, struct bytes person, struct bytes topic,
                             struct err *err);
    /* Who may see a record's header and reason in answers to records_query. */
    enum status (*may_see_issue)(struct ctx *ctx, struct bytes person, uint64_t issue,
                                 struct err *err);
};

/* Who acts where nobody does: a timer, or a rule that is sure. */
#define RECORD_ACTOR_SYSTEM BYTES("system")

/* A record's header, and for steps of the lifecycle what they did, as answers show it. */
struct record_part;
void record_describe(struct ctx *ctx, const struct record *record, struct record_part *ret_part);
