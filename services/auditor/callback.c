/* SPDX-License-Identifier: Apache-2.0 */
/* What supervisors heard when they called households back. What follows from it, and whether the
 * supervisor had no part in the matter, is the router's to say. */
#include "auditor/auditor.h"

#include "base/endian.h"

/* What is said when the household was reached, and only then. Marks beyond 5 end at the door. */
struct answer {
    const char *field;
    bool is_given;
    bool is_compulsory;
    const char *about;
};

static enum status check_answers(const struct callback_command *ask, struct err *err)
{
    const struct answer answers[] = {
        {"solved", ask->solved != 0, true, "whether the household says it is solved (yes or no)"},
        {"result", ask->result != 0, true, "from 1 to 5 how satisfied it is with the result"},
        {"section", ask->section != 0, true, "from 1 to 5 how satisfied it is with the section"},
        {"cadre", ask->cadre != 0, true, "from 1 to 5 how satisfied it is with the cadre"},
        {"reasonable", ask->reasonable != 0, false, "whether what it wants is reasonable"},
    };
    bool is_reached = ask->reached == YES_NO_YES;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct answer *answer = &answers[i];
        if (is_reached && answer->is_compulsory && !answer->is_given) {
            return fail_field(err, STATUS_INVALID, answer->field,
                              "the household was reached, so say with '%s' %s", answer->field,
                              answer->about);
        }
        if (!is_reached && answer->is_given) {
            return fail_field(err, STATUS_INVALID, answer->field,
                              "'%s' was given, but the household was not reached: leave it out",
                              answer->field);
        }
    }
    return STATUS_OK;
}

enum status decide_callback(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct callback_command *ask = command->message;
    enum status st = may_call_back(ctx, command->person, err);
    if (st == STATUS_OK) {
        st = check_answers(ask, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    const struct called_back_event event = {.reached = ask->reached,
                                            .solved = ask->solved,
                                            .result = ask->result,
                                            .section = ask->section,
                                            .cadre = ask->cadre,
                                            .reasonable = ask->reasonable,
                                            .generation = ask->generation,
                                            .words = ask->words};
    emit(ctx, &(struct emission){.type = &called_back_event_type,
                                 .message = &event,
                                 .issue = ask->issue,
                                 .generation = ask->generation});
    return STATUS_OK;
}

/* A call-back has exactly one answer: the first event it caused. */
static bool is_answer(const struct ctx *ctx, const struct record *record)
{
    return (record->flags & RECORD_BY_RECORD) != 0 && record->cause_index == 0 &&
           id_equal(&record->cause.journal, &ctx_journal(ctx)->id);
}

static void settle(struct ctx *ctx, const struct record *record, struct settled_event *event)
{
    event->fact = record->cause.seq;
    event->fact_type = MESSAGE_CALLED_BACK_EVENT;
    emit(ctx, &(struct emission){.type = &settled_event_type,
                                 .message = event,
                                 .issue = record->issue,
                                 .generation = record->generation,
                                 .is_local = true});
}

enum status react_step(struct ctx *ctx, const struct record *record, const void *message,
                       struct err *err)
{
    (void)err;
    const struct step_event *step = message;
    if (is_answer(ctx, record)) {
        struct settled_event event = {
            .state = step->after.state, .lead = step->after.lead, .owner = step->after.owner};
        settle(ctx, record, &event);
    }
    return STATUS_OK;
}

enum status react_set_aside(struct ctx *ctx, const struct record *record, const void *message,
                            struct err *err)
{
    (void)err;
    const struct set_aside_event *set_aside = message;
    if (is_answer(ctx, record)) {
        struct settled_event event = {.is_set_aside = true, .reason = set_aside->reason};
        settle(ctx, record, &event);
    }
    return STATUS_OK;
}

struct fact_key {
    uint8_t bytes[16];
};

static struct bytes fact_key(uint64_t issue, uint64_t seq, struct fact_key *key)
{
    be64_store(key->bytes, issue);
    be64_store(key->bytes + 8, seq);
    return bytes_of(key->bytes, sizeof key->bytes);
}

void apply_called_back(struct ctx *ctx, const struct record *record, const void *message)
{
    (void)message;
    struct fact_key key;
    table_put(ctx, PENDING, fact_key(record->issue, record->seq, &key), (struct bytes){0});
    count_add(ctx, COUNTS, BYTES("pending"), 1);
}

void apply_settled(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct settled_event *event = message;
    struct fact_key key;
    struct bytes value;
    struct bytes pending = fact_key(record->issue, event->fact, &key);
    if (table_get(ctx, PENDING, pending, &value) == STATUS_OK) {
        table_remove(ctx, PENDING, pending);
        count_add(ctx, COUNTS, BYTES("pending"), -1);
    }
}
