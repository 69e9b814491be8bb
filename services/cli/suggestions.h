/* SPDX-License-Identifier: Apache-2.0 */
/* What the triage desk is offered for a report: asked of the router, or read from its state. */
#pragma once

#include "cli/session.h"
#include "domain/rules.h"

#include <jansson.h>

/* The router's suggestions. NULL when it gives none to this person, or does not answer. */
json_t *suggestions_ask(struct session *session, struct bytes title, struct bytes text);

/* The model as the router last committed it, read without any daemon. Where there is no state yet
 * the model has learned nothing. The caller closes it; NULL may be closed too. */
struct suggestion_model;
struct suggestion_model *suggestion_model_open(struct session *session);
void suggestion_model_close(struct suggestion_model *model);

/* Appends a line of text for each, best first. */
void suggestions_append(const json_t *suggestions, struct buf *out);

/* [{category, category_path, department, score, reasons}], best first. */
json_t *suggestion_model_ask(struct suggestion_model *model, struct bytes title, struct bytes text);
