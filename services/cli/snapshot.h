/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration an instance goes by: copies of the files under state/config/HASH/, and the link
 * state/config/current to the one adopted last. The files in config/ can be edited at any time
 * without effect until `reload`.
 *
 * A copy is never changed or removed: whoever has resolved the link reads one version to its end,
 * whatever is adopted meanwhile.
 */
#pragma once

#include "cli/session.h"

/* Copies the checked configuration unless it is there already; `dir` gets the path of the copy. */
enum status snapshot_make(const struct session *session, const struct config *config,
                          char dir[PATH_MAX], struct err *err) MUST_USE;

/* Makes the copy the current one. */
enum status snapshot_adopt(const struct session *session, const struct config *config,
                           struct err *err) MUST_USE;

/* Copies the files of a configuration to a folder that is not there yet: *.yaml, in the folder
 * itself and in calendar/ and texts/. */
enum status snapshot_copy(const char *from, const char *to, struct err *err) MUST_USE;

/* Copies one file, whole and to disk, to a name that is not there yet. */
enum status snapshot_copy_file(const char *from, const char *to, struct err *err) MUST_USE;

/* Removes a folder with all that is in it, as far as it can be. */
void snapshot_remove_tree(const char *path);
