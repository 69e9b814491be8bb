/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the section `notices` of deadlines.yaml: what waits for working hours, what leaders hear
 * once a day, and what becomes of notices that nobody reads. What it leaves out is as in
 * notice_rules_default.
 */
#pragma once

#include "config/yaml.h"
#include "domain/notices.h"

/* False when problems were added. */
bool notices_read(const struct yaml_document *document, struct notice_rules *ret_rules,
                  struct problems *problems);
