/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the section `visits` of deadlines.yaml: the last days of the halves, when reminders come,
 * and what counts as late. What it leaves out is as in visit_rules_default.
 */
#pragma once

#include "config/yaml.h"
#include "domain/visits.h"

/* False when problems were added. */
bool visits_read(const struct yaml_document *document, struct visit_rules *ret_rules,
                 struct problems *problems);
