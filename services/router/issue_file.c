/* SPDX-License-Identifier: Apache-2.0 */
#include "router/issue_file.h"

#include "base/endian.h"
#include "router/router.h"

struct issue_key issue_key(uint64_t number)
{
    struct issue_key key;
    be64_store(key.bytes, number);
    return key;
}

struct name_key name_key(struct bytes name, uint64_t number)
{
    struct name_key key = {.len = name.len + 1 + 8};
    CHECK(name.len <= WORD_MAX_BYTES);
    if (name.len != 0) {
        memcpy(key.bytes, name.p, name.len);
    }
    be64_store(key.bytes + name.len + 1, number);
    return key;
}

void issue_file_begin(uint64_t number, struct issue_file *ret_file)
{
    *ret_file = (struct issue_file){0};
    ret_file->issue.number = number;
}

static void legs_from_list(const struct list *list, struct issue *issue)
{
    struct list_cursor cursor = list_begin(list);
    struct leg_part part;
    while (list_next_message(&cursor, &leg_part_type, &part)) {
        CHECK(issue->leg_count < ISSUE_LEGS_MAX);
        issue->legs[issue->leg_count++] = (struct leg){.department = word_of(part.department),
                                                       .role = (enum leg_role)part.role,
                                                       .state = (enum leg_state)part.state,
                                                       .generation = part.generation};
    }
}

static void clocks_from_list(const struct list *list, struct issue_file *file)
{
    struct list_cursor cursor = list_begin(list);
    struct clock_part part;
    while (list_next_message(&cursor, &clock_part_type, &part)) {
        CHECK(file->clock_count < CLOCKS_MAX);
        file->clocks[file->clock_count++] = part;
    }
}

/* A level that no person set is the system's. */
static void supervision_from_part(const struct supervision_part *part, struct issue *issue)
{
    struct duration asked = {0};
    struct err err;
    bool has_asked = part->asked.len != 0;
    CHECK(!has_asked || duration_parse(part->asked, &asked, &err) == STATUS_OK);
    issue->supervised_by_system = part->level != 0 ? part->by_system : issue->supervised;
    issue->supervision = (struct supervision){.level = part->level,
                                              .issuer = word_of(part->issuer),
                                              .started_at = part->started_at,
                                              .asked = asked,
                                              .due_at = part->due_at,
                                              .is_provisional = part->is_provisional,
                                              .next_at = part->next_at,
                                              .levels_done = part->levels_done,
                                              .is_overdue = part->is_overdue};
}

static struct supervision_part supervision_to_part(struct ctx *ctx, const struct issue *issue)
{
    char asked[DURATION_TEXT_BYTES];
    const struct supervision *by_person = &issue->supervision;
    if (by_person->level == 0) {
        return (struct supervision_part){0};
    }
    duration_format(by_person->asked, asked);
    return (struct supervision_part){.level = by_person->level,
                                     .issuer = word_bytes(&by_person->issuer),
                                     .started_at = by_person->started_at,
                                     .asked = ctx_copy(ctx, bytes_of_string(asked)),
                                     .due_at = by_person->due_at,
                                     .is_provisional = by_person->is_provisional,
                                     .next_at = by_person->next_at,
                                     .levels_done = by_person->levels_done,
                                     .is_overdue = by_person->is_overdue,
                                     .by_system = issue->supervised_by_system};
}

void issue_from_part(const struct issue_part *part, struct issue_file *file)
{
    struct issue *issue = &file->issue;
    issue->state = (enum state)part->state;
    issue->outcome = (enum outcome)part->outcome;
    issue->proposed = (enum outcome)part->proposed;
    issue->urgency = (enum urgency)part->urgency;
    issue->category = word_of(part->category);
    issue->leader = word_of(part->leader);
    issue->cadre = word_of(part->owner);
    issue->redo = part->redo;
    issue->hops = part->hops;
    issue->returns = part->returns;
    issue->supervised = part->supervised;
    supervision_from_part(&part->supervision, issue);
    issue->reviews = part->reviews;
    issue->submitter = word_of(part->submitter);
    issue->reviewer = word_of(part->reviewer);
    issue->try_count = part->tries;
    issue->last_try_day = part->last_try_day;
    issue->generation = part->generation;
    issue->state_generation = part->state_generation;
    issue->is_unsatisfied = part->is_unsatisfied;
    issue->is_unreached = part->is_unreached;
    issue->questions = part->questions;
    issue->is_info_missing = part->is_info_missing;
    issue->is_feedback_late = part->is_feedback_late;
    issue->is_contacted = part->is_contacted;
    issue->wait_ground = (enum wait_ground)part->wait_ground;
    issue->wait_until = part->wait_until;
    issue->leg_count = 0;
    file->clock_count = 0;
    legs_from_list(&part->legs, issue);
    clocks_from_list(&part->clocks, file);
}

/* A list's bytes moved into the input's memory. */
static void keep_list(struct ctx *ctx, struct list *list, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    list->p = kept.p;
    list->len = kept.len;
    buf_done(out);
}

static void lists_to_part(struct ctx *ctx, const struct issue_file *file, struct issue_part *part)
{
    struct buf out = {0};
    for (uint32_t i = 0; i < file->issue.leg_count; i++) {
        const struct leg *leg = &file->issue.legs[i];
        struct leg_part leg_value = {.department = word_bytes(&leg->department),
                                     .role = (int)leg->role,
                                     .state = (int)leg->state,
                                     .generation = leg->generation};
        list_put_message(&part->legs, &out, &leg_part_type, &leg_value);
    }
    keep_list(ctx, &part->legs, &out);
    for (uint32_t i = 0; i < file->clock_count; i++) {
        list_put_message(&part->clocks, &out, &clock_part_type, &file->clocks[i]);
    }
    keep_list(ctx, &part->clocks, &out);
}

void issue_to_part(struct ctx *ctx, const struct issue_file *file, struct issue_part *ret_part)
{
    const struct issue *issue = &file->issue;
    const struct leg *lead = issue_find_lead(issue);
    *ret_part = (struct issue_part){
        .state = (int)issue->state,
        .outcome = (int)issue->outcome,
        .proposed = (int)issue->proposed,
        .urgency = (int)issue->urgency,
        .category = word_bytes(&issue->category),
        .lead = lead == NULL ? (struct bytes){0} : word_bytes(&lead->department),
        .leader = word_bytes(&issue->leader),
        .owner = word_bytes(&issue->cadre),
        .redo = issue->redo,
        .hops = issue->hops,
        .returns = issue->returns,
        .supervised = issue->supervised,
        .reviews = issue->reviews,
        .submitter = word_bytes(&issue->submitter),
        .reviewer = word_bytes(&issue->reviewer),
        .tries = issue->try_count,
        .last_try_day = issue->last_try_day,
        .generation = issue->generation,
        .state_generation = issue->state_generation,
        .is_unsatisfied = issue->is_unsatisfied,
        .is_unreached = issue->is_unreached,
        .questions = issue->questions,
        .is_info_missing = issue->is_info_missing,
        .is_feedback_late = issue->is_feedback_late,
        .is_contacted = issue->is_contacted,
        .wait_ground = (int)issue->wait_ground,
        .wait_until = issue->wait_until,
        .supervision = supervision_to_part(ctx, issue),
    };
    lists_to_part(ctx, file, ret_part);
}

enum status issue_file_read(struct ctx *ctx, uint64_t number, struct issue_file *ret_file,
                            struct err *err)
{
    struct issue_key key = issue_key(number);
    issue_file_begin(number, ret_file);
    if (row_get(ctx, ISSUES, issue_key_bytes(&key), &issue_row_type, &ret_file->row) != STATUS_OK) {
        char text[ISSUE_TEXT_BYTES];
        issue_format(number, text);
        return fail_field(err, STATUS_NOT_FOUND, "issue", "there is no issue %s", text);
    }
    const struct issue_row *row = &ret_file->row;
    struct issue *issue = &ret_file->issue;
    issue_from_part(&row->now, ret_file);
    issue->source = (enum source)row->source;
    issue->kind = (enum kind)row->kind;
    issue->area = word_of(row->area);
    issue->household = word_of(row->household);
    issue->created_at = row->created_at;
    issue->updated_at = row->updated_at;
    return STATUS_OK;
}

enum status issue_texts(struct ctx *ctx, const struct issue_row *row,
                        struct opened_event *ret_event, struct err *err)
{
    struct record record;
    enum status st = record_get(ctx, row->opened, &record);
    if (st != STATUS_OK) {
        return fail(err, STATUS_CORRUPT, "record %llu is not readable",
                    (unsigned long long)row->opened);
    }
    return record_message(&record, &opened_event_type, ret_event, err);
}

struct bytes filing_name(enum state state)
{
    bool is_final = (STATES_FINAL & STATE_BIT(state)) != 0;
    return is_final ? bytes_of_string(state_word(state)) : BYTES("open");
}
