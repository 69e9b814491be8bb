/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import_file.h"

#include "base/memory.h"

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

enum status import_file_check(struct import_file *file, struct session *session, const char *path,
                              struct err *err)
{
    size_t count = json_array_size(file->problems);
    if (count != 0) {
        json_decref(session->lines);
        session->lines = json_incref(file->problems);
        return fail(err, STATUS_INVALID, "'%s' has %zu%s bad line%s; nothing was imported", path,
                    count, count == IMPORT_PROBLEMS_MAX ? " or more" : "", count == 1 ? "" : "s");
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

/* Intake counts rows; people look for lines. */
static void correct_lines(const struct import_file *file, json_t *problems)
{
    size_t i;
    json_t *problem;
    json_array_foreach(problems, i, problem)
    {
        json_int_t row = json_integer_value(json_object_get(problem, "line")) - file->first_line;
        if (row >= 0 && row < file->rows.count) {
            (void)json_object_set_new(problem, "line", json_integer(file->lines[row]));
        }
    }
}

enum status import_file_send(struct import_file *file, struct session *session,
                             const struct message_type *type, struct change_reply *ret_reply,
                             struct answer *ret_answer, struct err *err)
{
    CHECK(type->field_count == 1 && type->size == sizeof(struct list));
    list_end(&file->rows, &file->encoded);
    struct ask ask = {
        .type = type, .message = &file->rows, .reply_type = &change_reply_type, .is_command = true};
    /* A large import takes longer than the ordinary patience. */
    int64_t least_us = session_mono().us + (int64_t)SEND_MS * 1000;
    if (session->deadline.us < least_us) {
        session->deadline.us = least_us;
    }
    enum status st = call_named(session, "intake", &ask, ret_reply, ret_answer, err);
    correct_lines(file, session->lines);
    return st;
}
