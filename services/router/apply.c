/* SPDX-License-Identifier: Apache-2.0 */
/* The router's events into its tables: what an event says is written down, nothing is decided. */
#include "domain/duty.h"
#include "domain/limits.h"
#include "router/clocks.h"
#include "router/router.h"
#include "router/suggesting.h"
#include "router/supervision.h"

static void count_state(struct ctx *ctx, int state, int64_t difference)
{
    char name[48] = "state/";
    const char *word = state_word((enum state)state);
    memcpy(name + 6, word, strlen(word));
    count_add(ctx, COUNTS, bytes_of(name, 6 + strlen(word)), difference);
}

static void put_index(struct ctx *ctx, uint32_t table, struct bytes name, uint64_t issue)
{
    if (name.len != 0) {
        struct name_key key = name_key(name, issue);
        table_put(ctx, table, bytes_of(key.bytes, key.len), (struct bytes){0});
    }
}

static void remove_index(struct ctx *ctx, uint32_t table, struct bytes name, uint64_t issue)
{
    if (name.len != 0) {
        struct name_key key = name_key(name, issue);
        table_remove(ctx, table, bytes_of(key.bytes, key.len));
    }
}

static void move_state(struct ctx *ctx, uint64_t issue, int from, int to)
{
    if (from == to) {
        return;
    }
    struct name_key key = name_key(filing_name((enum state)to), issue);
    uint8_t value = (uint8_t)to;
    if (from != 0) {
        struct name_key before = name_key(filing_name((enum state)from), issue);
        if (!bytes_equal(filing_name((enum state)from), filing_name((enum state)to))) {
            table_remove(ctx, BY_STATE, bytes_of(before.bytes, before.len));
        }
        count_state(ctx, from, -1);
    }
    table_put(ctx, BY_STATE, bytes_of(key.bytes, key.len), bytes_of(&value, 1));
    count_state(ctx, to, 1);
}

static uint8_t marks_of(const struct issue_part *part)
{
    const struct issue issue = {.state = (enum state)part->state,
                                .wait_ground = (enum wait_ground)part->wait_ground,
                                .supervision.issuer = word_of(part->supervision.issuer)};
    return duty_marks(&issue);
}

static void put_marks(struct ctx *ctx, uint64_t issue, const struct issue_part *before,
                      const struct issue_part *after)
{
    struct issue_key key = issue_key(issue);
    uint8_t marks = marks_of(after);
    if (marks == marks_of(before)) {
        return;
    }
    if (marks == 0) {
        table_remove(ctx, MARKED, issue_key_bytes(&key));
    } else {
        table_put(ctx, MARKED, issue_key_bytes(&key), bytes_of(&marks, 1));
    }
}

static bool is_overdue(const struct issue_part *part)
{
    return clocks_have_overdue(&part->clocks) || part->supervision.is_overdue;
}

static void put_overdue(struct ctx *ctx, uint64_t issue, const struct issue_part *before,
                        const struct issue_part *after)
{
    struct issue_key key = issue_key(issue);
    bool was = is_overdue(before);
    if (is_overdue(after) && !was) {
        table_put(ctx, OVERDUE, issue_key_bytes(&key), (struct bytes){0});
    } else if (was && !is_overdue(after)) {
        table_remove(ctx, OVERDUE, issue_key_bytes(&key));
    }
}

static void put_legs(struct ctx *ctx, uint64_t issue, const struct list *before,
                     const struct list *after)
{
    if (before->count == after->count) {
        return; /* legs are never taken out, only added */
    }
    struct list_cursor cursor = list_begin(after);
    struct leg_part leg;
    while (list_next_message(&cursor, &leg_part_type, &leg)) {
        put_index(ctx, BY_DEPARTMENT, leg.department, issue);
    }
}

/* Replaces what changes in `row` by `after`, with every index that depends on it. */
static void put_part(struct ctx *ctx, const struct record *record, struct issue_row *row,
                     const struct issue_part *after)
{
    move_state(ctx, record->issue, row->now.state, after->state);
    put_marks(ctx, record->issue, &row->now, after);
    put_legs(ctx, record->issue, &row->now.legs, &after->legs);
    put_overdue(ctx, record->issue, &row->now, after);
    clocks_apply(ctx, record->issue, &row->now.clocks, &after->clocks);
    supervision_apply(ctx, record->issue, &row->now.supervision, &after->supervision);
    if (!bytes_equal(row->now.owner, after->owner)) {
        remove_index(ctx, BY_CADRE, row->now.owner, record->issue);
        put_index(ctx, BY_CADRE, after->owner, record->issue);
    }
    row->now = *after;
    row->updated_at = record->at;
    row->last = record->seq;
    struct issue_key key = issue_key(record->issue);
    row_put(ctx, ISSUES, issue_key_bytes(&key), &issue_row_type, row);
}

void apply_opened(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct opened_event *event = message;
    struct issue_row row = {.opened = record->seq,
                            .household = event->household,
                            .area = event->area,
                            .kind = event->kind,
                            .source = event->source,
                            .created_at = event->reported_at,
                            .report = event->report,
                            .rule = event->rule};
    put_index(ctx, BY_AREA, event->area, record->issue);
    put_part(ctx, record, &row, &event->after);
}

static bool read_row(struct ctx *ctx, uint64_t issue, struct issue_row *ret_row)
{
    struct issue_key key = issue_key(issue);
    return row_get(ctx, ISSUES, issue_key_bytes(&key), &issue_row_type, ret_row) == STATUS_OK;
}

void apply_step(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct step_event *event = message;
    struct issue_row row;
    bool is_known = read_row(ctx, record->issue, &row);
    CHECK(is_known);
    if (event->happening == (int)HAPPENING_LEAD_SUBMIT ||
        event->happening == (int)HAPPENING_PROPOSE_UNRESOLVABLE) {
        row.answered = record->seq;
    }
    if (event->kind != 0) {
        row.kind = event->kind;
    }
    if (event->learned.len != 0) {
        suggesting_learn(ctx, &row, event->learned, event->after.lead);
    }
    put_part(ctx, record, &row, &event->after);
}

void apply_clocks(struct ctx *ctx, const struct record *record, const struct issue_part *after)
{
    struct issue_row row;
    bool is_known = read_row(ctx, record->issue, &row);
    CHECK(is_known);
    put_part(ctx, record, &row, after);
}

struct bytes level_name(uint32_t level)
{
    static const char *const names[LADDER_LEVEL_MAX + 1] = {"", "1", "2", "3", "4", "5"};
    return bytes_of_string(names[level <= LADDER_LEVEL_MAX ? level : LADDER_LEVEL_MAX]);
}

void apply_clock(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct clock_event *event = message;
    struct issue_row row;
    bool is_known = read_row(ctx, record->issue, &row);
    CHECK(is_known);
    for (; row.level < event->level && row.level < LADDER_LEVEL_MAX; row.level++) {
        put_index(ctx, BY_LEVEL, level_name(row.level + 1), record->issue);
    }
    put_part(ctx, record, &row, &event->after);
}

void apply_supervision(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct supervision_event *event = message;
    struct issue_row row;
    bool is_known = read_row(ctx, record->issue, &row);
    CHECK(is_known);
    put_part(ctx, record, &row, &event->after);
}

void apply_set_aside(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    struct issue_row row;
    if (read_row(ctx, record->issue, &row)) {
        row.last = record->seq;
        struct issue_key key = issue_key(record->issue);
        row_put(ctx, ISSUES, issue_key_bytes(&key), &issue_row_type, &row);
    }
}
