/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit.h"

#include "cli/journal_walk.h"
#include "cli/ledger_copy.h"
#include "cli/output.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#define FAULTS_MAX 1000U

/* What is being verified, and what was found. */
struct verification {
    struct session *session;
    struct ledger_copy copy;
    json_t *faults;
    json_t *journals;

    /* The journal at hand. */
    char daemon[WORD_MAX_BYTES + 1];
    struct id journal;
    uint32_t index;  /* in the copy */
    uint64_t next;   /* the line of the ledger that must come next, or copy.count */
    uint64_t passed; /* records that are in the ledger as they are */
    uint64_t ahead;  /* records that are not in the ledger yet */
};

static void add_fault(struct verification *verification, const char *format, ...) PRINTF_LIKE(2, 3);
static void add_fault(struct verification *verification, const char *format, ...)
{
    char text[600];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (json_array_size(verification->faults) < FAULTS_MAX) {
        (void)json_array_append_new(verification->faults, json_string(text));
    }
}

/* ---- the ledger by itself ------------------------------------------------------------------- */

static void check_root(struct verification *verification)
{
    const struct ledger_copy *copy = &verification->copy;
    if (copy->said.size != copy->computed.size ||
        memcmp(copy->said.root.bytes, copy->computed.root.bytes, MERKLE_HASH_BYTES) != 0) {
        add_fault(verification, "the ledger's root is not what its %" PRIu64 " entries come to",
                  copy->count);
    }
}

static void check_checkpoints(struct verification *verification)
{
    const struct ledger_copy *copy = &verification->copy;
    const char *key = NULL;
    for (uint32_t i = 0; i < copy->checkpoint_count; i++) {
        const struct ledger_checkpoint *checkpoint = &copy->checkpoints[i];
        const char *own_key = output_string(checkpoint->json, "key");
        if (!checkpoint->is_signed) {
            add_fault(verification, "the signature of checkpoint %" PRIu64 " is wrong",
                      checkpoint->record);
        } else if (!checkpoint->is_root) {
            add_fault(verification,
                      "checkpoint %" PRIu64 " is signed, and its root is not that of the ledger's "
                      "first %" PRIu64 " entries",
                      checkpoint->record, checkpoint->head.size);
        }
        if (key != NULL && strcmp(key, own_key) != 0) {
            add_fault(verification, "checkpoint %" PRIu64 " was signed with another key",
                      checkpoint->record);
        }
        key = own_key;
    }
}

/* ---- the ledger and a journal --------------------------------------------------------------- */

/* The line of the journal at hand from `from` on, or copy.count. */
static uint64_t find_line(const struct verification *verification, uint64_t from)
{
    const struct ledger_copy *copy = &verification->copy;
    while (from < copy->count && copy->lines[from].journal != verification->index) {
        from++;
    }
    return from;
}

static enum status check_record(void *user, uint64_t seq, struct bytes raw, struct err *err)
{
    (void)err;
    struct verification *verification = user;
    const struct ledger_copy *copy = &verification->copy;
    /* Lines of records that the journal does not have any more. */
    while (verification->next < copy->count && copy->lines[verification->next].seq < seq) {
        add_fault(verification,
                  "record %" PRIu64 " of '%s' is in the ledger and not in its journal",
                  copy->lines[verification->next].seq, verification->daemon);
        verification->next = find_line(verification, verification->next + 1);
    }
    if (verification->next == copy->count) {
        verification->ahead++;
        return STATUS_OK;
    }
    const struct ledger_line *line = &copy->lines[verification->next];
    if (line->seq != seq) {
        add_fault(verification, "record %" PRIu64 " of '%s' is not in the ledger", seq,
                  verification->daemon);
        return STATUS_OK;
    }
    struct merkle_hash leaf = ledger_copy_leaf(&verification->journal, seq, raw);
    if (memcmp(leaf.bytes, line->leaf.bytes, MERKLE_HASH_BYTES) != 0) {
        add_fault(verification,
                  "record %" PRIu64 " of '%s' is not as it was when the ledger took it", seq,
                  verification->daemon);
    } else {
        verification->passed++;
    }
    verification->next = find_line(verification, verification->next + 1);
    if (verification->passed % 1024 == 0) {
        output_progress("%s: %" PRIu64 " records", verification->daemon, verification->passed);
    }
    return STATUS_OK;
}

static void check_rest(struct verification *verification)
{
    const struct ledger_copy *copy = &verification->copy;
    uint64_t missing = 0;
    for (; verification->next < copy->count;
         verification->next = find_line(verification, verification->next + 1)) {
        missing++;
    }
    if (missing != 0) {
        add_fault(verification,
                  "%" PRIu64 " entries of the ledger are beyond the end of the journal of '%s'",
                  missing, verification->daemon);
    }
}

static void check_journal(struct verification *verification, const struct daemon_status *status)
{
    struct err err;
    char journal[ID_TEXT_BYTES];
    verification->journal = status->reply.journal;
    verification->index = ledger_copy_find_journal(&verification->copy, &verification->journal);
    verification->next = find_line(verification, 0);
    verification->passed = 0;
    verification->ahead = 0;
    struct journal_walk walk = {.session = verification->session,
                                .daemon = status->daemon,
                                .journal = verification->journal,
                                .head = status->reply.head,
                                .each = check_record,
                                .user = verification};
    if (journal_walk_run(&walk, &err) != STATUS_OK) {
        add_fault(verification, "the journal of '%s': %s", verification->daemon, err.text);
    } else {
        check_rest(verification);
    }
    id_format(&verification->journal, journal);
    (void)json_array_append_new(
        verification->journals,
        json_pack("{s:s, s:s, s:I, s:I, s:I}", "daemon", verification->daemon, "journal", journal,
                  "head", (json_int_t)walk.head, "entries", (json_int_t)verification->passed,
                  "not_yet_in_ledger", (json_int_t)verification->ahead));
}

/* Lines of journals that no daemon has. */
static void check_strangers(struct verification *verification, const struct daemon_status *statuses)
{
    const struct ledger_copy *copy = &verification->copy;
    for (uint32_t i = 0; i < copy->journal_count; i++) {
        bool is_known = false;
        for (uint32_t k = 0; k < verification->session->config->daemon_count; k++) {
            is_known = is_known || (statuses[k].is_up &&
                                    id_equal(&statuses[k].reply.journal, &copy->journals[i]));
        }
        if (!is_known) {
            char journal[ID_TEXT_BYTES];
            id_format(&copy->journals[i], journal);
            add_fault(verification, "the ledger has entries of journal %s, which no daemon has",
                      journal);
        }
    }
}

static void check_journals(struct verification *verification)
{
    struct session *session = verification->session;
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    (void)call_status(session, session->globals.timeout_ms, statuses);
    check_strangers(verification, statuses);
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        (void)snprintf(verification->daemon, sizeof verification->daemon, "%.*s",
                       BYTES_FMT(statuses[i].daemon->name));
        if (statuses[i].is_up) {
            check_journal(verification, &statuses[i]);
        } else {
            add_fault(verification, "'%s' is not there, so its journal could not be compared",
                      verification->daemon);
        }
    }
}

enum status audit_run_verify(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    (void)args;
    struct verification verification = {
        .session = session, .faults = json_array(), .journals = json_array()};
    enum status st = ledger_copy_take(session, &verification.copy, err);
    if (st == STATUS_OK) {
        char root[2 * MERKLE_HASH_BYTES + 1];
        check_root(&verification);
        check_checkpoints(&verification);
        check_journals(&verification);
        (void)sodium_bin2hex(root, sizeof root, verification.copy.computed.root.bytes,
                             MERKLE_HASH_BYTES);
        bool is_whole = json_array_size(verification.faults) == 0;
        session->exit = is_whole ? CLI_DONE : CLI_REFUSED;
        *ret_json = json_pack("{s:b, s:I, s:s, s:I, s:O, s:O}", "whole", is_whole, "size",
                              (json_int_t)verification.copy.count, "root", root, "checkpoints",
                              (json_int_t)verification.copy.checkpoint_count, "journals",
                              verification.journals, "faults", verification.faults);
    }
    ledger_copy_done(&verification.copy);
    json_decref(verification.faults);
    json_decref(verification.journals);
    return st;
}

void audit_print_verify(const struct session *session, const json_t *result)
{
    (void)session;
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(result, "journals"), i, item)
    {
        long long ahead = json_integer_value(json_object_get(item, "not_yet_in_ledger"));
        (void)printf("%-24s %lld entries as they were", output_string(item, "daemon"),
                     (long long)json_integer_value(json_object_get(item, "entries")));
        (void)(ahead == 0 ? printf("\n") : printf(", %lld not in the ledger yet\n", ahead));
    }
    json_array_foreach(json_object_get(result, "faults"), i, item)
    {
        (void)printf("FAULT: %s\n", json_string_value(item));
    }
    (void)printf("%lld entries, %lld checkpoints, root %s: %s\n",
                 (long long)json_integer_value(json_object_get(result, "size")),
                 (long long)json_integer_value(json_object_get(result, "checkpoints")),
                 output_string(result, "root"),
                 json_is_true(json_object_get(result, "whole")) ? "the ledger is whole"
                                                                : "THE LEDGER IS NOT WHOLE");
}
