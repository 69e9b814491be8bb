/* SPDX-License-Identifier: Apache-2.0 */
/* Contact cards: printing them, and how it stands with each. */
#pragma once

#include "cli/call.h"

/* All cards in the scope as one HTML page; {"cards", "sheets", "without_cadre", "html"}. */
enum status card_run_print(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;
void card_print_html(const struct session *session, const json_t *result);

/* A page of households with the state of their card. */
enum status card_run_list(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;
