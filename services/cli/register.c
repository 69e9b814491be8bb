/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/register.h"

#include "cli/change.h"
#include "cli/csv.h"
#include "cli/import_file.h"
#include "cli/text_input.h"
#include "domain/names.h"
#include "log/log.h"

#include <stdio.h>
#include <string.h>

/* One kind of file. */
struct kind_of_file {
    const struct message_type *row;
    const struct message_type *command;
    const char *id; /* the column whose values must differ */
};

static const struct kind_of_file cadre_file = {&cadre_part_type, &cadre_import_command_type,
                                               "cadre"};
static const struct kind_of_file household_file = {&household_part_type,
                                                   &household_import_command_type, "household"};

/* A file being read: what each of its columns is. */
struct reading {
    const struct kind_of_file *kind;
    struct import_file file;
    const struct field *columns[CSV_FIELDS_MAX];
    uint32_t column_count;
    struct names ids;    /* seen so far */
    struct buf id_lines; /* u32 each: where they were seen */
    struct zone zone;
};

static void check_columns(struct reading *reading)
{
    const struct message_type *type = reading->kind->row;
    char text[200];
    for (uint32_t i = 0; i < type->field_count; i++) {
        uint32_t times = 0;
        for (uint32_t k = 0; k < reading->column_count; k++) {
            times += reading->columns[k] == &type->fields[i] ? 1 : 0;
        }
        if (times == 0 && type->fields[i].is_required) {
            (void)snprintf(text, sizeof text, "the column '%s' is missing", type->fields[i].name);
            import_file_problem(&reading->file, 1, type->fields[i].name, text);
        } else if (times > 1) {
            (void)snprintf(text, sizeof text, "the column '%s' is there twice",
                           type->fields[i].name);
            import_file_problem(&reading->file, 1, type->fields[i].name, text);
        }
    }
}

static void read_header(struct reading *reading, const struct csv_row *row)
{
    reading->column_count = row->count;
    for (uint32_t i = 0; i < row->count; i++) {
        char name[64];
        char text[200];
        (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(row->fields[i]));
        reading->columns[i] = message_find_field(reading->kind->row, name);
        if (reading->columns[i] == NULL) {
            (void)snprintf(text, sizeof text, "there is no column '%s' here", name);
            import_file_problem(&reading->file, row->line, name, text);
        }
    }
    check_columns(reading);
}

/* False when an earlier line has the id; then the row is not sent, for intake to say it again. */
static bool check_id(struct reading *reading, uint32_t line, const void *row)
{
    const struct field *field = message_find_field(reading->kind->row, reading->kind->id);
    struct bytes id = *(const struct bytes *)field_get(field, row);
    uint32_t index = id.len == 0 ? NAMES_NONE : names_find(&reading->ids, id);
    if (index != NAMES_NONE) {
        uint32_t first;
        char text[200];
        memcpy(&first, reading->id_lines.p + index * sizeof first, sizeof first);
        (void)snprintf(text, sizeof text, "'%.*s' is in line %u already; keep one of the two",
                       BYTES_FMT(id), first);
        import_file_problem(&reading->file, line, reading->kind->id, text);
        return false;
    }
    if (id.len != 0) {
        (void)names_put(&reading->ids, id);
        buf_append(&reading->id_lines, &line, sizeof line);
    }
    return true;
}

static enum status set_field(const struct reading *reading, const struct field *field,
                             struct bytes text, struct message_arena *arena, void *row,
                             struct err *err)
{
    if (text.len != 0) {
        return message_set_text(field, text, reading->zone, arena, row, err);
    }
    return field->is_required ? fail(err, STATUS_INVALID, "this may not be empty") : STATUS_OK;
}

/* The fields of a row; false when there were problems. */
static bool set_fields(struct reading *reading, const struct csv_row *csv,
                       struct message_arena *arena, void *row)
{
    bool is_good = true;
    for (uint32_t i = 0; i < csv->count; i++) {
        const struct field *field = reading->columns[i];
        struct err err;
        if (set_field(reading, field, csv->fields[i], arena, row, &err) != STATUS_OK) {
            import_file_problem(&reading->file, csv->line, field->name, err.text);
            is_good = false;
        }
    }
    return is_good;
}

static bool read_row(struct reading *reading, const struct csv_row *csv)
{
    if (csv->count != reading->column_count) {
        char text[100];
        (void)snprintf(text, sizeof text, "this line has %u columns, the first has %u", csv->count,
                       reading->column_count);
        import_file_problem(&reading->file, csv->line, "", text);
        return true;
    }
    _Alignas(max_align_t) uint8_t row[MESSAGE_SIZE_MAX] = {0};
    struct message_arena arena = {0};
    bool goes_on = true;
    bool is_good = set_fields(reading, csv, &arena, row);
    if (check_id(reading, csv->line, row) && is_good) {
        goes_on = import_file_add(&reading->file, csv->line, reading->kind->row, row);
    }
    message_arena_done(&arena);
    return goes_on;
}

static void read_rows(struct reading *reading, struct bytes text)
{
    struct csv csv;
    struct csv_row row;
    struct err err;
    csv_init(&csv, text);
    enum status st = csv_next(&csv, &row, &err);
    if (st == STATUS_OK) {
        read_header(reading, &row);
        bool goes_on = json_array_size(reading->file.problems) == 0;
        while (goes_on && (st = csv_next(&csv, &row, &err)) == STATUS_OK) {
            goes_on = read_row(reading, &row);
        }
    }
    if (st == STATUS_INVALID) {
        import_file_problem(&reading->file, csv.line, "", err.text);
    }
    csv_done(&csv);
}

static json_t *result_json(struct session *session, const struct reading *reading,
                           const struct import *import)
{
    char request[ID_TEXT_BYTES];
    struct id id = call_request_id(session);
    id_format(&id, request);
    return json_pack("{s:I, s:b, s:o, s:s}", "imported", (json_int_t)reading->file.rows.count,
                     "pending", 0, "position", change_position_json(&import->answer.position),
                     "request_id", request);
}

static void say_unheard(const struct session *session, const char *follower,
                        const struct err *unheard)
{
    if (session->is_logged) {
        log_warning("a daemon has not heard of the register yet",
                    LOG_WORD("daemon", bytes_of_string(follower)), LOG_ERR(unheard));
    } else {
        (void)fprintf(stderr, "lianhu: '%s' has not heard of it yet: %s\n", follower,
                      unheard->text);
    }
}

/* Who is a cadre is asked of those who follow the register too; they are given a moment to hear of
 * it. They will also without that. */
static void wait_for_followers(struct session *session, const struct position *position)
{
    static const char *const followers[] = {"router", "notifier"};
    struct status_query query = {0};
    struct ask ask = {.type = &status_query_type,
                      .message = &query,
                      .reply_type = &status_reply_type,
                      .after = *position,
                      .wait_ms = LOOK_MS};
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++) {
        struct status_reply reply;
        struct err unheard;
        struct mono deadline = session_shorten(session, LOOK_MS);
        if (call_named(session, followers[i], &ask, &reply, NULL, &unheard) != STATUS_OK) {
            say_unheard(session, followers[i], &unheard);
        }
        session->deadline = deadline;
    }
}

static enum status take_in(struct session *session, const struct kind_of_file *kind,
                           const char *path, json_t **ret_json, struct err *err)
{
    struct buf text = {0};
    enum status st = text_input_read(path, FILE_INPUT_MAX_BYTES, &text, err);
    if (st != STATUS_OK) {
        buf_done(&text);
        return st;
    }
    struct reading reading = {.kind = kind, .zone = session_zone(session)};
    struct import import = {.path = path, .type = kind->command};
    import_file_init(&reading.file, 2);
    read_rows(&reading, buf_bytes(&text));
    st = import_file_send(&reading.file, session, &import, err);
    if (st == STATUS_OK) {
        *ret_json = result_json(session, &reading, &import);
        if (kind == &cadre_file) {
            wait_for_followers(session, &import.answer.position);
        }
    }
    import_file_done(&reading.file);
    names_done(&reading.ids);
    buf_done(&reading.id_lines);
    buf_done(&text);
    return st;
}

enum status register_import_cadres(struct session *session, const char *path, json_t **ret_json,
                                   struct err *err)
{
    return take_in(session, &cadre_file, path, ret_json, err);
}

enum status register_import_households(struct session *session, const char *path, json_t **ret_json,
                                       struct err *err)
{
    return take_in(session, &household_file, path, ret_json, err);
}

enum status register_run_cadres(struct session *session, const struct args *args, json_t **ret_json,
                                struct err *err)
{
    return take_in(session, &cadre_file, args_find_string(args, "file"), ret_json, err);
}

enum status register_run_households(struct session *session, const struct args *args,
                                    json_t **ret_json, struct err *err)
{
    return take_in(session, &household_file, args_find_string(args, "file"), ret_json, err);
}
