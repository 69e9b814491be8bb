/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/pending.h"

#include "base/endian.h"

#define KEY_BYTES 16U
#define TIMER_ID_BYTES (1 + KEY_BYTES)

/* The timer's id with the row's key in it. */
struct pending_key {
    uint8_t id[TIMER_ID_BYTES];
};

static struct pending_key pending_key(uint64_t issue, uint64_t seq)
{
    struct pending_key key = {{TIMER_PENDING}};
    be64_store(key.id + 1, issue);
    be64_store(key.id + 9, seq);
    return key;
}

static struct bytes row_key(const struct pending_key *key)
{
    return bytes_of(key->id + 1, KEY_BYTES);
}

static struct bytes timer_id(const struct pending_key *key)
{
    return bytes_of(key->id, TIMER_ID_BYTES);
}

bool pending_find(struct ctx *ctx, uint64_t issue, uint64_t seq, struct pending_row *ret_row)
{
    struct pending_key key = pending_key(issue, seq);
    return row_get(ctx, PENDING, row_key(&key), &pending_row_type, ret_row) == STATUS_OK;
}

/* The issue's row after number *seq. */
static bool find_next(struct ctx *ctx, uint64_t issue, uint64_t *seq, struct pending_row *ret_row)
{
    struct pending_key key = pending_key(issue, *seq);
    struct bytes found;
    struct bytes value;
    struct err err;
    if (table_next(ctx, PENDING, row_key(&key), &found, &value) != STATUS_OK ||
        be64_load(found.p) != issue ||
        message_decode(&pending_row_type, value, ret_row, &err) != STATUS_OK) {
        return false;
    }
    *seq = be64_load(found.p + 8);
    return true;
}

bool pending_has_unread(struct ctx *ctx, uint64_t issue)
{
    struct pending_row row;
    uint64_t seq = 0;
    while (find_next(ctx, issue, &seq, &row)) {
        if (!row.is_held) {
            return true;
        }
    }
    return false;
}

uint32_t pending_subjects(struct ctx *ctx, uint64_t issue, uint64_t promise)
{
    struct pending_row row;
    uint64_t seq = 0;
    uint32_t subjects = 0;
    while (find_next(ctx, issue, &seq, &row)) {
        if (row.subject != 0 && row.promise == promise) {
            subjects |= SUBJECT_BIT(row.subject);
        }
    }
    return subjects;
}

static void count(struct ctx *ctx, const struct pending_row *row, int64_t difference)
{
    count_add(ctx, COUNTS, row->is_held ? BYTES("held") : BYTES("unread"), difference);
}

void pending_put(struct ctx *ctx, uint64_t issue, uint64_t seq, const struct pending_row *row)
{
    struct pending_key key = pending_key(issue, seq);
    row_put(ctx, PENDING, row_key(&key), &pending_row_type, row);
    timer_put(ctx, row->at, timer_id(&key));
    count(ctx, row, 1);
}

void pending_move(struct ctx *ctx, uint64_t issue, uint64_t seq, struct wall at, uint64_t repeated)
{
    struct pending_key key = pending_key(issue, seq);
    struct pending_row row;
    if (pending_find(ctx, issue, seq, &row)) {
        timer_remove(ctx, row.at, timer_id(&key));
        row.at = at;
        row.repeated = repeated != 0 ? repeated : row.repeated;
        row_put(ctx, PENDING, row_key(&key), &pending_row_type, &row);
        timer_put(ctx, row.at, timer_id(&key));
    }
}

static void drop(struct ctx *ctx, uint64_t issue, uint64_t seq, const struct pending_row *row)
{
    struct pending_key key = pending_key(issue, seq);
    table_remove(ctx, PENDING, row_key(&key));
    timer_remove(ctx, row->at, timer_id(&key));
    count(ctx, row, -1);
}

void pending_remove(struct ctx *ctx, uint64_t issue, uint64_t seq)
{
    struct pending_row row;
    if (pending_find(ctx, issue, seq, &row)) {
        drop(ctx, issue, seq, &row);
    }
}

void pending_read(struct ctx *ctx, uint64_t issue, uint64_t seq)
{
    struct pending_key key = pending_key(issue, seq);
    struct pending_row row;
    if (!pending_find(ctx, issue, seq, &row)) {
        return;
    }
    if (row.left > 1) {
        row.left--;
        row_put(ctx, PENDING, row_key(&key), &pending_row_type, &row);
    } else {
        drop(ctx, issue, seq, &row);
    }
}

void pending_settle(struct ctx *ctx, uint64_t issue)
{
    struct pending_row row;
    uint64_t seq = 0;
    int64_t settled = 0;
    while (find_next(ctx, issue, &seq, &row)) {
        struct pending_key key = pending_key(issue, seq);
        if (row.is_held && !row.is_moot) {
            row.is_moot = true;
            row_put(ctx, PENDING, row_key(&key), &pending_row_type, &row);
        } else if (!row.is_held) {
            table_remove(ctx, PENDING, row_key(&key));
            timer_remove(ctx, row.at, timer_id(&key));
            settled++;
        }
    }
    if (settled != 0) {
        count_add(ctx, COUNTS, BYTES("unread"), -settled);
    }
}

void pending_end(struct ctx *ctx, uint64_t issue, uint32_t ended, uint64_t promise)
{
    struct pending_row row;
    uint64_t seq = 0;
    while (ended != 0 && find_next(ctx, issue, &seq, &row)) {
        if ((ended & SUBJECT_BIT(row.subject)) != 0 && row.promise == promise) {
            drop(ctx, issue, seq, &row);
        }
    }
}
