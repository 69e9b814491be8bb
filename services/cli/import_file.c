/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import_file.h"

#include "base/memory.h"
#include "runtime/service.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX_BYTES ((size_t)63 * 1024 * 1024)
#define SEND_MS 120000

void import_file_init(struct import_file *file, uint32_t first_line)
{
    *file = (struct import_file){.first_line = first_line, .problems = json_array()};
}

void import_file_done(struct import_file *file)
{
    buf_done(&file->encoded);
    free(file->lines);
    json_decref(file->problems);
    *file = (struct import_file){0};
}

/* The column is shown beside the sentence and need not be named in it again. */
static const char *without_name(const char *message, const char *column)
{
    const char *rest = strncmp(message, "--", 2) == 0 ? message + 2 : message;
    size_t len = strlen(column);
    return len != 0 && strncmp(rest, column, len) == 0 && strncmp(rest + len, ": ", 2) == 0
               ? rest + len + 2
               : message;
}

void import_file_problem(struct import_file *file, uint32_t line, const char *column,
                         const char *message)
{
    if (json_array_size(file->problems) == IMPORT_PROBLEMS_MAX) {
        return;
    }
    json_t *problem = json_pack("{s:I, s:s, s:s}", "line", (json_int_t)line, "column", column,
                                "message", without_name(message, column));
    if (problem == NULL) { /* a name in the file that is no UTF-8 */
        problem = json_pack("{s:I, s:s, s:s}", "line", (json_int_t)line, "column", "", "message",
                            "this is not UTF-8");
    }
    (void)json_array_append_new(file->problems, problem);
}

bool import_file_add(struct import_file *file, uint32_t line, const struct message_type *type,
                     const void *row)
{
    if (file->rows.count == IMPORT_ROWS_MAX) {
        import_file_problem(file, line, "", "a file may have 100,000 lines; split it");
        return false;
    }
    if (file->rows.count == file->line_cap) {
        file->line_cap = file->line_cap == 0 ? 1024 : file->line_cap * 2;
        file->lines = memory_resize(file->lines, file->line_cap, sizeof *file->lines);
    }
    file->lines[file->rows.count] = line;
    list_put_message(&file->rows, &file->encoded, type, row);
    return true;
}

/* ---- what is wrong --------------------------------------------------------------------------- */

static json_int_t line_of(const json_t *problem)
{
    return json_integer_value(json_object_get(problem, "line"));
}

/* Both lists, by line; of a line first what was seen when it was read. */
static json_t *merge(const json_t *read, const json_t *checked)
{
    json_t *all = json_array();
    size_t r = 0;
    size_t c = 0;
    while (r < json_array_size(read) || c < json_array_size(checked)) {
        json_t *next_read = json_array_get(read, r);
        json_t *next_checked = json_array_get(checked, c);
        bool is_read = next_checked == NULL ||
                       (next_read != NULL && line_of(next_read) <= line_of(next_checked));
        (void)json_array_append(all, is_read ? next_read : next_checked);
        r += is_read ? 1 : 0;
        c += is_read ? 0 : 1;
    }
    return all;
}

/* The problems, in order of line, become those of the session, and their sentence the error. There
 * are more of them than listed when one of the lists is full. */
static enum status refuse(struct session *session, const char *path, json_t *problems,
                          bool are_more, struct err *err)
{
    size_t count = json_array_size(problems);
    size_t lines = 0;
    json_int_t last = -1;
    size_t i;
    const json_t *problem;
    json_array_foreach(problems, i, problem)
    {
        lines += line_of(problem) != last ? 1 : 0;
        last = line_of(problem);
    }
    json_decref(session->lines);
    session->lines = problems;
    return fail(err, STATUS_INVALID, "'%s': %zu%s problem%s in %zu%s line%s; nothing was imported",
                path, count, are_more ? " or more" : "", count == 1 ? "" : "s", lines,
                are_more ? " or more" : "", lines == 1 ? "" : "s");
}

enum status import_file_check(struct import_file *file, struct session *session, const char *path,
                              struct err *err)
{
    if (json_array_size(file->problems) != 0) {
        return refuse(session, path, json_incref(file->problems),
                      json_array_size(file->problems) == IMPORT_PROBLEMS_MAX, err);
    }
    if (file->rows.count == 0) {
        return fail_field(err, STATUS_INVALID, "file", "there is nothing in '%s' to import", path);
    }
    if (file->encoded.len > MESSAGE_MAX_BYTES) {
        return fail_field(err, STATUS_INVALID, "file",
                          "'%s' is larger than one command may be (63 MiB); split it", path);
    }
    return STATUS_OK;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Intake counts rows; people look for lines. */
static void correct_lines(const struct import_file *file, json_t *problems)
{
    size_t i;
    json_t *problem;
    json_array_foreach(problems, i, problem)
    {
        json_int_t row = line_of(problem) - file->first_line;
        if (row >= 0 && row < file->rows.count) {
            (void)json_object_set_new(problem, "line", json_integer(file->lines[row]));
        }
    }
}

static enum status send(struct import_file *file, struct session *session, struct import *import,
                        struct err *err)
{
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX] = {0};
    const struct field *rows = message_find_field(import->type, "rows");
    const struct field *partial = message_find_field(import->type, "is_partial");
    CHECK(rows != NULL && partial != NULL && import->type->size <= sizeof message);
    list_end(&file->rows, &file->encoded);
    memcpy(message + rows->offset, &file->rows, sizeof file->rows);
    bool is_partial = json_array_size(file->problems) != 0;
    *(bool *)(message + partial->offset) = is_partial;
    struct ask ask = {.type = import->type,
                      .message = message,
                      .reply_type = &change_reply_type,
                      .is_command = true};
    const struct config_daemon *intake;
    struct rpc_client *client;
    enum status st = session_find_daemon(session, BYTES("intake"), &intake, err);
    if (st == STATUS_OK) {
        session->is_look = is_partial;
        st = session_connect(session, intake, &client, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    /* A large import takes longer than the ordinary patience, once somebody is there. */
    int64_t least_us = session_mono().us + (int64_t)SEND_MS * 1000;
    if (session->deadline.us < least_us) {
        session->deadline.us = least_us;
    }
    return call_daemon(session, intake, &ask, &import->reply, &import->answer, err);
}

enum status import_file_send(struct import_file *file, struct session *session,
                             struct import *import, struct err *err)
{
    bool is_partial = json_array_size(file->problems) != 0;
    enum status st = import_file_check(file, session, import->path, err);
    bool is_sendable = file->rows.count != 0 && file->encoded.len <= MESSAGE_MAX_BYTES;
    if (st != STATUS_OK && !(is_partial && is_sendable)) {
        return st;
    }
    json_t *before = session->lines;
    session->lines = NULL;
    struct err checked;
    enum status sent = send(file, session, import, &checked);
    correct_lines(file, session->lines);
    if (is_partial && sent == STATUS_INVALID) {
        bool are_more = json_array_size(file->problems) == IMPORT_PROBLEMS_MAX ||
                        json_array_size(session->lines) == PROBLEM_LINES_MAX;
        json_t *all = merge(file->problems, session->lines);
        st = refuse(session, import->path, all, are_more, err);
    } else if (is_partial && sent != STATUS_FORBIDDEN) {
        /* Nobody could look at the others: what was read is said all the same. */
        session->lines = json_incref(before);
    } else {
        *err = checked;
        st = json_array_size(session->lines) != 0 ? wrap(err, sent, "'%s'", import->path) : sent;
    }
    json_decref(before);
    return st;
}
