/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out: one JSON value for programs, tables and sentences for people. */
#pragma once

#include "cli/session.h"

/* Prints the result of a verb the way the globals ask for. */
void output_result(const struct session *session, const struct verb *verb, const json_t *result);

/* Objects that come one by one and are printed at once: compact JSON, or lines of a table whose
 * titles come first. */
struct output_stream {
    const struct column *columns;
    struct grid *grid; /* NULL: for programs */
};
void output_stream_open(const struct session *session, const struct verb *verb,
                        struct output_stream *ret_stream);
void output_stream_put(struct output_stream *stream, const json_t *item);
void output_stream_close(struct output_stream *stream);

/* A table with a line of titles; an object, a member that has a value a line. */
void output_table(const struct column *columns, const json_t *items);
void output_members(const json_t *object);

/* Prints a failure; `lines` (or NULL) are the bad lines of an import. */
void output_failure(const struct globals *globals, enum status status, const struct err *err,
                    json_t *lines);

/* Prints a progress on stderr when that is a terminal; the next one replaces it. "" wipes it. */
void output_progress(const char *format, ...) PRINTF_LIKE(1, 2);

/* The text of a member for people; "" when it is absent. Times to the minute. */
struct buf;
void output_member(const json_t *item, const char *member, enum column_kind kind, struct buf *out);

/* A member that is a number, with its noun: "1 household", "33 households". */
void output_count(const json_t *item, const char *member, const char *one, const char *many,
                  struct buf *out);

/* A member that is a string, or "". Lives as long as the item. */
const char *output_string(const json_t *item, const char *member);
