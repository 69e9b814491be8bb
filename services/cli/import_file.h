/* SPDX-License-Identifier: Apache-2.0 */
/* What the imports share: the rows of one command, the lines they come from, and the list of what
 * is wrong with them. */
#pragma once

#include "cli/call.h"

#define IMPORT_ROWS_MAX 100000U
#define IMPORT_PROBLEMS_MAX 1000U

struct import_file {
    struct list rows;
    struct buf encoded; /* of the rows */
    uint32_t *lines;    /* where each row stands in the file */
    size_t line_cap;
    uint32_t first_line; /* the line intake takes the first row to stand in */
    json_t *problems;    /* [{line, column, message}] */
};

void import_file_init(struct import_file *file, uint32_t first_line);
void import_file_done(struct import_file *file);

/* Adds a row. False, with a problem, when there are too many. */
bool import_file_add(struct import_file *file, uint32_t line, const struct message_type *type,
                     const void *row);

void import_file_problem(struct import_file *file, uint32_t line, const char *column,
                         const char *message);

/* OK when the file can be read, else INVALID with the problems handed to the session. */
enum status import_file_check(struct import_file *file, struct session *session, const char *path,
                              struct err *err) MUST_USE;

/* Where an import goes, and what came back. */
struct import {
    const char *path;
    const struct message_type *type; /* a message with `rows` and `is_partial` */
    struct change_reply reply;
    struct answer answer;
};

/* Sends the rows as one command to intake. Where lines could not be read, intake only checks the
 * others, so that whatever is wrong with the file is said at once; then, and when intake finds
 * something, INVALID with all problems in order of line. */
enum status import_file_send(struct import_file *file, struct session *session,
                             struct import *import, struct err *err) MUST_USE;
