/* SPDX-License-Identifier: Apache-2.0 */
/* Checking the ledger against itself, its signatures and the journals it is about. */
#pragma once

#include "cli/call.h"

enum status audit_run_verify(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
void audit_print_verify(const struct session *session, const json_t *result);
enum status audit_run_prove(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err) MUST_USE;
enum status audit_run_checkpoint(struct session *session, const struct args *args,
                                 json_t **ret_json, struct err *err) MUST_USE;
enum status audit_run_export(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err) MUST_USE;
