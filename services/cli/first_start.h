/* SPDX-License-Identifier: Apache-2.0 */
/* What an instance gets at its first start: the kind of its clock, and the registers that
 * `init --example` left in import/. */
#pragma once

#include "cli/session.h"

/* Fixes the kind of clock at the first start. REFUSED: it was started with the other kind. */
enum status first_start_check_clock(const struct session *session, bool is_test_clock,
                                    struct err *err) MUST_USE;

/* Imports DIR/import/cadres.csv and households.csv and then removes them. Importing the same rows
 * twice, after a crash in between, changes nothing. */
enum status first_start_import(struct session *session, struct err *err) MUST_USE;
