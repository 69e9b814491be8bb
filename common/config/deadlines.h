/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads deadlines.yaml: the limit of every stage by urgency, with exceptions for kinds and
 * categories, and the ladders that say who is told when. A limit makes sense when it is positive,
 * at most LIMIT_DAYS_MAX days, not shorter than that of a more urgent issue, and when its ladder
 * only rises.
 */
#pragma once

#include "config/yaml.h"
#include "domain/limits.h"
#include "domain/office.h"

#define DEADLINES_LADDERS_MAX 32U
#define DEADLINES_OVERRIDES_MAX 200U /* a stage */

/* The limits keep nothing of the document or the office. False, with every problem added, when
 * they can't be used. The caller owns *ret_limits and closes them with limits_close(). */
bool deadlines_read(const struct yaml_document *document, const struct office *office,
                    struct limits **ret_limits, struct problems *problems);
