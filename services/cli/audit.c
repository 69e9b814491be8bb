/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit.h"

#include "cli/ledger_copy.h"

#include <sodium.h>

/* ---- prove ---------------------------------------------------------------------------------- */

static bool take_hash(struct bytes bytes, struct merkle_hash *ret_hash)
{
    if (bytes.len != MERKLE_HASH_BYTES) {
        return false;
    }
    memcpy(ret_hash->bytes, bytes.p, MERKLE_HASH_BYTES);
    return true;
}

/* Whether the proof shows what it says, computed here. */
static bool is_proof(const struct proof_reply *reply)
{
    struct merkle_head head = {.size = reply->size};
    struct merkle_hash leaf;
    struct merkle_path path = {.count = 0};
    struct list_cursor cursor = list_begin(&reply->path);
    struct bytes hash;
    bool is_good = take_hash(reply->root, &head.root) && take_hash(reply->leaf, &leaf);
    while (is_good && path.count < MERKLE_PATH_MAX && list_next_bytes(&cursor, &hash)) {
        is_good = take_hash(hash, &path.hashes[path.count++]);
    }
    return is_good && merkle_has_entry(ledger_copy_digest, &head, reply->entry, &leaf, &path);
}

enum status audit_run_prove(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err)
{
    struct ask ask = {
        .type = &proof_query_type, .message = args->message, .reply_type = &proof_reply_type};
    struct proof_reply reply;
    enum status st = call_named(session, "auditor", &ask, &reply, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    bool is_valid = is_proof(&reply);
    json_t *json = message_to_json(&proof_reply_type, &reply, session_zone(session));
    (void)json_object_del(json, "old_size");
    (void)json_object_set_new(json, "valid", json_boolean(is_valid));
    session->exit = is_valid ? CLI_DONE : CLI_REFUSED;
    *ret_json = json;
    return STATUS_OK;
}

/* ---- checkpoint ----------------------------------------------------------------------------- */

enum status audit_run_checkpoint(struct session *session, const struct args *args,
                                 json_t **ret_json, struct err *err)
{
    struct change_reply change;
    struct ask sign = {.type = args->verb->type,
                       .message = args->message,
                       .reply_type = &change_reply_type,
                       .is_command = true};
    enum status st = call_named(session, "auditor", &sign, &change, NULL, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct checkpoint_query query = {.seq = change.seq};
    struct ask ask = {
        .type = &checkpoint_query_type, .message = &query, .reply_type = &checkpoint_reply_type};
    struct checkpoint_reply reply;
    st = call_named(session, "auditor", &ask, &reply, NULL, err);
    if (st == STATUS_OK) {
        *ret_json = message_to_json(&checkpoint_reply_type, &reply, session_zone(session));
    }
    return st;
}
