/* SPDX-License-Identifier: Apache-2.0 */
/* The register of cadres and households, from CSV files. */
#pragma once

#include "cli/call.h"

enum status register_run_cadres(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err) MUST_USE;
enum status register_run_households(struct session *session, const struct args *args,
                                    json_t **ret_json, struct err *err) MUST_USE;

/* Imports a file; for the first start of an example. *ret_count is the number of rows. */
enum status register_import_cadres(struct session *session, const char *path, json_t **ret_json,
                                   struct err *err) MUST_USE;
enum status register_import_households(struct session *session, const char *path, json_t **ret_json,
                                       struct err *err) MUST_USE;
