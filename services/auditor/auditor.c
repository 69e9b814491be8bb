/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor/auditor.h"

#include "auditor/key.h"
#include "auditor/ledger.h"
#include "base/memory.h"
#include "domain/access.h"

#include <stdlib.h>

static const char *const tables[] = {
    [LEDGER] = "ledger",          [ENTRIES] = "entry",   [SPANS] = "span",   [NODES] = "node",
    [CHECKPOINTS] = "checkpoint", [PENDING] = "pending", [COUNTS] = "count",
};

static const struct command_spec commands[] = {
    {.type = &callback_command_type, .decide = decide_callback, .door = DOOR_WORK},
    {.type = &checkpoint_command_type, .decide = decide_checkpoint, .door = DOOR_ALWAYS},
    {0},
};

static const struct react_spec reacts[] = {
    {&step_event_type, react_step},
    {&set_aside_event_type, react_set_aside},
    {0},
};

static const struct apply_spec applies[] = {
    {&ledger_event_type, apply_ledger},
    {&checkpoint_event_type, apply_checkpoint},
    {&called_back_event_type, apply_called_back},
    {&settled_event_type, apply_settled},
    /* Every own event that is shipped. */
    {&called_back_event_type, apply_entry},
    {&clock_accepted_event_type, apply_entry},
    {&config_adopted_event_type, apply_entry},
    {&dead_lettered_event_type, apply_entry},
    {&dead_settled_event_type, apply_entry},
    {0},
};

static const struct query_spec queries[] = {
    {&ledger_query_type, &ledger_reply_type, answer_ledger},
    {&checkpoint_query_type, &checkpoint_reply_type, answer_checkpoint},
    {&proof_query_type, &proof_reply_type, answer_proof},
    {0},
};

static bool count(struct ctx *ctx, uint32_t index, const char **ret_name, uint64_t *ret_value)
{
    static const char *const names[] = {"entries", "checkpoints", "pending"};
    if (index >= sizeof names / sizeof names[0]) {
        return false;
    }
    *ret_name = names[index];
    if (index == 0) {
        struct ledger ledger;
        ledger_read(ctx, &ledger);
        *ret_value = ledger.frontier.size;
    } else {
        *ret_value = count_get(ctx, COUNTS, bytes_of_string(names[index]));
    }
    return true;
}

static void close_user(void *user)
{
    struct auditor *auditor = user;
    if (auditor == NULL) {
        return;
    }
    signer_close(auditor->signer);
    gathering_close(auditor->gathering);
    free(auditor);
}

static enum status open_user(const char *dir, void **ret_user, struct err *err)
{
    struct auditor *auditor = memory_new(1, sizeof *auditor);
    auditor->gathering = gathering_open();
    enum status st = signer_open(dir, &auditor->signer, err);
    if (st != STATUS_OK) {
        close_user(auditor);
        return wrap(err, st, "the ledger's key");
    }
    *ret_user = auditor;
    return STATUS_OK;
}

struct auditor *auditor_of(const struct ctx *ctx)
{
    return ctx_user(ctx);
}

const struct service auditor_service = {
    .kind = "auditor",
    .linger_ms = 20,
    .lump_ms = 30,
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
    .commands = commands,
    .reacts = reacts,
    .applies = applies,
    .queries = queries,
    .wake = wake_checkpoint,
    .observe = auditor_observe,
    .flush = auditor_flush,
    .forget = auditor_forget,
    .count = count,
    .open_user = open_user,
    .close_user = close_user,
    .may_operate = access_may_operate,
    .may_watch = access_may_watch,
    .may_see_issue = may_see_issue,
};
