/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a configuration and changing it. */
#pragma once

#include "cli/call.h"

enum status settings_run_check(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err) MUST_USE;
void settings_print_check(const struct session *session, const json_t *result);
enum status settings_run_show(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err) MUST_USE;
enum status settings_run_reload(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err) MUST_USE;

/* What will not do at that time although nothing is wrong: on 1 January the calendar of the new
 * year may not be there yet, which is no reason to refuse a configuration. Writes a line each to
 * stderr, like an error but for its word; returns how many. */
uint32_t settings_warn(const struct config *config, struct wall at);

/* The same, at the time it is for the instance. */
void settings_warn_now(const struct session *session, const struct config *config);

void settings_print_reload(const struct session *session, const json_t *result);

/* The configuration of `dir` (a folder with the files, or an instance; NULL: of this instance) for
 * trying its rules, also when there are problems: these have been written to stderr and
 * session->exit says so. The caller owns *ret_config. */
enum status settings_examine(struct session *session, const char *dir, struct config **ret_config,
                             struct err *err) MUST_USE;

/* The configuration a verb's optional DIR names: a folder with the files, an instance, or, when it
 * is not given, config/ of the instance. The caller owns *ret_config. */
enum status settings_open(struct session *session, const struct args *args,
                          struct config **ret_config, struct err *err) MUST_USE;
