/* SPDX-License-Identifier: Apache-2.0 */
/* Records of journals as the contract shows them. */
#pragma once

#include "cli/call.h"

/* The short name of a message type: "set_aside" for set_aside_event; the number where this program
 * does not know it. The caller owns the result. */
json_t *record_type_json(uint32_t type);

/* What an item of records_reply (or of an issue's events), as JSON, becomes with the daemon and the
 * journal it stands in: {journal, seq, at, daemon, type, actor, reason, from, to, ...}. */
void record_reshape(json_t *record, const char *daemon, const struct id *journal);

/* Every record of `issue` in one daemon, in order. The caller owns *ret_json. */
enum status record_ask_all(struct session *session, const struct config_daemon *daemon,
                           uint64_t issue, json_t **ret_json, struct err *err) MUST_USE;
