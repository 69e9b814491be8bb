/* SPDX-License-Identifier: Apache-2.0 */
/* What was promised at visits: reminded of, overdue, kept. */
#include "base/endian.h"
#include "domain/calendar.h"
#include "intake/telling.h"
#include "intake/timers.h"
#include "intake/visits.h"

#define PEOPLE_MAX 16U

enum status intake_decide_promise_kept(struct ctx *ctx, const struct command *command,
                                       struct err *err)
{
    const struct promise_keep_command *ask = command->message;
    struct promise_row row;
    struct household_row household = {0};
    if (!visits_find_promise(ctx, ask->promise, &row)) {
        return fail_field(err, STATUS_NOT_FOUND, "promise",
                          "there is no promise %llu; 'lianhu visit promises' lists them",
                          (unsigned long long)ask->promise);
    }
    (void)register_find_household(ctx, row.household, &household);
    struct actor actor = register_find_actor(ctx, command->person);
    struct object object = {
        .office = &ctx_config(ctx)->office, .cadre = household.cadre, .area = household.village};
    enum status st = may(&actor, ACTION_LOG_VISIT, &object, err);
    if (st == STATUS_OK && row.kept != 0) {
        st = fail(err, STATUS_REFUSED, "promise %llu was kept already",
                  (unsigned long long)ask->promise);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct promise_kept_event event = {.promise = ask->promise, .words = ask->words};
    emit(ctx, &(struct emission){.type = &promise_kept_event_type, .message = &event});
    return STATUS_OK;
}

struct wall promises_find_reminder(const struct ctx *ctx, struct wall due)
{
    const struct config *config = ctx_config(ctx);
    struct wall at;
    bool is_provisional;
    struct err err;
    enum status st = calendar_before(config->calendar, due, config->visits.promise_remind, &at,
                                     &is_provisional, &err);
    return st == STATUS_OK && at.us > ctx_now(ctx).us && at.us < due.us ? at : (struct wall){0};
}

/* ---- timers --------------------------------------------------------------------------------- */

static void add_secretaries(const struct office *office, struct bytes community,
                            struct bytes people[PEOPLE_MAX], uint32_t *count)
{
    for (uint32_t i = 0; i < office->person_count && *count < PEOPLE_MAX; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) != 0 &&
            bytes_equal(person->area, community) && !bytes_equal(person->id, people[0])) {
            people[(*count)++] = person->id;
        }
    }
}

static void tell(struct ctx *ctx, uint64_t promise, const struct promise_row *row, bool is_passed)
{
    struct household_row household = {0};
    struct visited_event event;
    struct promised_part part = {0};
    struct bytes people[PEOPLE_MAX];
    uint32_t count = 0;
    (void)register_find_household(ctx, row->household, &household);
    people[count++] = register_find_owner(ctx, &household);
    if (is_passed) {
        add_secretaries(&ctx_config(ctx)->office, household.community, people, &count);
    }
    if (visits_read_event(ctx, promise / PROMISES_PER_VISIT, &event)) {
        (void)visits_promise_of(&event, promise, &part);
    }
    intake_tell(ctx, &(struct intake_telling){
                         .category = is_passed ? "promise_missed" : "promise_due",
                         .level = is_passed ? NOTICE_LEVEL_OVERDUE : NOTICE_LEVEL_WARNING,
                         .recipients = people,
                         .recipient_count = count,
                         .household = row->household,
                         .head = household.head,
                         .person = row->cadre,
                         .due = row->due,
                         .reason = part.words,
                         .promise = promise});
}

void promise_wake(struct ctx *ctx, struct wall at, struct bytes id)
{
    struct promise_row row;
    CHECK(id.len == 9);
    uint64_t promise = be64_load(id.p + 1);
    bool is_known = visits_find_promise(ctx, promise, &row);
    CHECK((is_known && row.next_at.us == at.us) || ctx_is_void(ctx));
    if (!is_known) {
        return;
    }
    bool is_passed = row.due.us <= ctx_now(ctx).us;
    struct promise_told_event event = {.promise = promise,
                                       .is_passed = is_passed,
                                       .is_skipped = is_passed && row.next_at.us < row.due.us};
    if (!is_passed) {
        /* Set by the calendar of its day: the one in force may have it later. */
        event.put_off_until = promises_find_reminder(ctx, row.due);
    }
    if (event.put_off_until.us == 0) {
        tell(ctx, promise, &row, is_passed);
    }
    emit(ctx, &(struct emission){.type = &promise_told_event_type,
                                 .message = &event,
                                 .is_local = true,
                                 .is_by_system = true});
}
