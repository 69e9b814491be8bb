/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lianhu.yaml: the instance's daemons, zone, language and limits. */
#pragma once

#include "config/config.h"
#include "config/reader.h"

/* Puts the defaults of everything that lianhu.yaml may leave out. */
void settings_init(struct config *config);

/* Fills daemons, zone, language and limits; texts stay in `document`, which must outlive the
 * config. False when problems were added. */
bool settings_read(const struct yaml_document *document, struct config *config,
                   struct problems *problems);

/* Whether every department of the office is served by exactly one daemon, and none that is not
 * there. For when the office is known. */
void settings_check_departments(const struct yaml_document *document, const struct config *config,
                                struct problems *problems);

/* A limit of lianhu.yaml, for showing: its key and the value in force, as the file would have it.
 * False behind the last. `text` has SETTINGS_TEXT_BYTES. */
#define SETTINGS_TEXT_BYTES 32
bool settings_get_limit(const struct config *config, uint32_t index, const char **ret_key,
                        char *text);
