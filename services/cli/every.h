/* SPDX-License-Identifier: Apache-2.0 */
/* One command to every daemon of the instance, each with a request id of its own. */
#pragma once

#include "cli/call.h"

/* The result is [{daemon, position}] of those that took it; the first refusal ends it. */
enum status every_send(struct session *session, const struct message_type *type,
                       const void *message, json_t **ret_json, struct err *err) MUST_USE;

/* To one daemon, with a new request id; adds {daemon, position} to `results`. */
enum status every_send_one(struct session *session, const struct config_daemon *daemon,
                           const struct message_type *type, const void *message, json_t *results,
                           struct err *err) MUST_USE;
