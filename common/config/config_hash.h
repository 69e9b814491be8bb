/* SPDX-License-Identifier: Apache-2.0 */
/* The identity of a configuration: a hash over the names and bytes of all its files. */
#pragma once

#include "config/config.h"

/*
 * BLAKE2b-256 over, for each file in order of its name ("calendar/2026.yaml", "org.yaml", ...): the
 * length of the name (4 bytes, big-endian), the name, the length of the content (8 bytes), the
 * content. Files are those named *.yaml in `dir`, `dir`/calendar and `dir`/texts. False when one
 * cannot be read, which whoever reads it for its content will tell.
 */
bool config_hash_dir(const char *dir, uint8_t hash[CONFIG_HASH_BYTES]);

/* Fills in calendar_hash and limits_hash, after the files were read. Of deadlines.yaml it is what
 * its ladders, stages and supervision say, so that other sections move no deadline. What cannot be
 * read is left out: config_hash_dir() tells. */
void config_hash_planning(struct config *config);

/* Adds a problem for each *.yaml in `dir`/`folder` ("" or "texts") that is not one of `known`
 * (NULL-ended), so that a misspelt file is noticed. */
void config_check_names(const char *dir, const char *folder, const char *const *known,
                        struct problems *problems);
