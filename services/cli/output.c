/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "cli/grid.h"
#include "domain/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is no whole number has six digits that mean something, also for people. */
#define REAL_DIGITS 6

const char *output_string(const json_t *item, const char *member)
{
    const char *text = json_string_value(json_object_get(item, member));
    return text == NULL ? "" : text;
}

/* "2026-09-30T10:00:00+08:00" as "2026-09-30 10:00". */
static void append_time(const char *text, struct buf *out)
{
    if (strlen(text) < 16) {
        buf_append_string(out, text);
        return;
    }
    buf_append(out, text, 10);
    buf_append_u8(out, ' ');
    buf_append(out, text + 11, 5);
}

static void append_state(const char *word, struct buf *out)
{
    enum state state;
    struct err err;
    buf_append_string(out, word);
    if (state_parse(bytes_of_string(word), &state, &err) == STATUS_OK) {
        buf_append_format(out, " %s", state_name(state));
    }
}

static void append_leg(const char *word, struct buf *out)
{
    enum leg_state state;
    struct err err;
    buf_append_string(out, word);
    if (leg_state_parse(bytes_of_string(word), &state, &err) == STATUS_OK) {
        buf_append_format(out, " %s", leg_state_name(state));
    }
}

static void append_duty(const char *word, struct buf *out)
{
    enum duty_kind kind;
    struct err err;
    buf_append_string(out, word);
    if (duty_kind_parse(bytes_of_string(word), &kind, &err) == STATUS_OK) {
        buf_append_format(out, " %s", duty_kind_name(kind));
    }
}

static void append_scalar(const json_t *value, struct buf *out)
{
    if (json_is_string(value)) {
        buf_append_string(out, json_string_value(value));
    } else if (json_is_integer(value)) {
        buf_append_format(out, "%lld", (long long)json_integer_value(value));
    } else if (json_is_true(value)) {
        buf_append_string(out, "yes");
    } else if (json_is_real(value)) {
        buf_append_format(out, "%.*g", REAL_DIGITS, json_real_value(value));
    }
}

static void append_array(const json_t *array, const char *between, struct buf *out)
{
    size_t i;
    const json_t *value;
    json_array_foreach(array, i, value)
    {
        buf_append_string(out, i == 0 ? "" : between);
        append_scalar(value, out);
    }
}

void output_member(const json_t *item, const char *member, enum column_kind kind, struct buf *out)
{
    const json_t *value = json_object_get(item, member);
    if (json_is_array(value)) {
        append_array(value, kind == COLUMN_PATH ? " / " : ",", out);
    } else if (!json_is_string(value)) {
        bool is_none = kind == COLUMN_SOME && json_integer_value(value) == 0;
        append_scalar(is_none ? NULL : value, out);
    } else if (kind == COLUMN_TIME || kind == COLUMN_DUE) {
        bool is_marked =
            kind == COLUMN_DUE && json_is_true(json_object_get(item, "is_provisional"));
        append_time(json_string_value(value), out);
        buf_append_string(out, is_marked ? ", provisional" : "");
    } else if (kind == COLUMN_STATE) {
        append_state(json_string_value(value), out);
    } else if (kind == COLUMN_LEG) {
        append_leg(json_string_value(value), out);
    } else if (kind == COLUMN_DUTY) {
        append_duty(json_string_value(value), out);
    } else {
        buf_append_string(out, json_string_value(value));
    }
}

void output_count(const json_t *item, const char *member, const char *one, const char *many,
                  struct buf *out)
{
    long long count = (long long)json_integer_value(json_object_get(item, member));
    buf_append_format(out, "%lld %s", count, count == 1 ? one : many);
}

static void put_row(struct grid *grid, const struct column *columns, const json_t *item)
{
    struct buf text = {0};
    for (const struct column *column = columns; column->title != NULL; column++) {
        buf_clear(&text);
        output_member(item, column->member, column->kind, &text);
        grid_put(grid, buf_bytes(&text));
    }
    buf_done(&text);
}

/* With the line of titles put. */
static struct grid *open_grid(const struct column *columns)
{
    uint32_t count = 0;
    while (columns[count].title != NULL) {
        count++;
    }
    struct grid *grid = grid_open(count);
    for (uint32_t i = 0; i < count; i++) {
        grid_put(grid, bytes_of_string(columns[i].title));
    }
    return grid;
}

static void print_grid(struct grid *grid)
{
    struct buf out = {0};
    grid_append(grid, &out);
    (void)fwrite(out.p, 1, out.len, stdout);
    buf_done(&out);
}

void output_table(const struct column *columns, const json_t *items)
{
    struct grid *grid = open_grid(columns);
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        put_row(grid, columns, item);
    }
    print_grid(grid);
    grid_close(grid);
}

void output_members(const json_t *object)
{
    struct buf out = {0};
    const char *name;
    const json_t *value;
    json_t *members = json_deep_copy(object);
    json_object_foreach(members, name, value)
    {
        buf_clear(&out);
        output_member(object, name, COLUMN_TEXT, &out);
        if (out.len != 0) {
            (void)printf("%s: %.*s\n", name, BYTES_FMT(buf_bytes(&out)));
        }
    }
    json_decref(members);
    buf_done(&out);
}

void output_result(const struct session *session, const struct verb *verb, const json_t *result)
{
    if (result == NULL) {
        return;
    }
    if (session->globals.is_json) {
        (void)json_dumpf(result, stdout,
                         JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
        (void)printf("\n");
    } else if (verb->print != NULL) {
        verb->print(session, result);
    } else if (json_is_array(result) && json_array_size(result) == 0) {
        (void)fprintf(stderr, "nothing\n");
    } else if (json_is_array(result) && verb->columns != NULL) {
        output_table(verb->columns, result);
    } else if (json_is_object(result)) {
        output_members(result);
    }
}

void output_stream_open(const struct session *session, const struct verb *verb,
                        struct output_stream *ret_stream)
{
    *ret_stream = (struct output_stream){.columns = verb->columns};
    if (session->globals.is_json) {
        return;
    }
    CHECK(verb->widths != NULL);
    ret_stream->grid = open_grid(verb->columns);
    for (uint32_t i = 0; verb->columns[i].title != NULL; i++) {
        grid_widen(ret_stream->grid, i, verb->widths[i]);
    }
    print_grid(ret_stream->grid);
    (void)fflush(stdout);
}

void output_stream_put(struct output_stream *stream, const json_t *item)
{
    if (stream->grid == NULL) {
        (void)json_dumpf(item, stdout, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));
        (void)printf("\n");
    } else {
        put_row(stream->grid, stream->columns, item);
        print_grid(stream->grid);
    }
    (void)fflush(stdout);
}

void output_stream_close(struct output_stream *stream)
{
    grid_close(stream->grid);
    *stream = (struct output_stream){0};
}

/* Programs get the field's name as JSON has it, however it was written. */
static void plain_field(const char *field, char *plain, size_t size)
{
    while (*field == '-') {
        field++;
    }
    (void)snprintf(plain, size, "%s", field);
    for (char *p = plain; *p != '\0'; p++) {
        if (*p == '-') {
            *p = '_';
        }
    }
}

/* Also for texts that were cut in the middle of a character. */
static json_t *json_of_text(const char *text)
{
    json_t *json = json_string(text);
    if (json != NULL) {
        return json;
    }
    char plain[sizeof(struct err)];
    (void)snprintf(plain, sizeof plain, "%s", text);
    for (char *p = plain; *p != '\0'; p++) {
        if ((unsigned char)*p >= 0x80) {
            *p = '?';
        }
    }
    return json_string(plain);
}

static void print_failure_json(const struct globals *globals, enum status status,
                               const struct err *err, json_t *lines)
{
    char field[sizeof err->field];
    plain_field(err->field, field, sizeof field);
    json_t *error = json_pack("{s:s, s:o}", "code", cli_code_of(status)->code, "message",
                              json_of_text(err->text));
    if (field[0] != '\0') {
        (void)json_object_set_new(error, "field", json_string(field));
    }
    if (status == STATUS_UNKNOWN && globals->has_request) {
        char id[ID_TEXT_BYTES];
        id_format(&globals->request, id);
        (void)json_object_set_new(error, "request_id", json_string(id));
    }
    if (lines != NULL) {
        (void)json_object_set(error, "lines", lines);
    }
    json_t *whole = json_pack("{s:o}", "error", error);
    (void)json_dumpf(whole, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(whole);
}

void output_failure(const struct globals *globals, enum status status, const struct err *err,
                    json_t *lines)
{
    output_progress("%s", "");
    if (globals->is_json) {
        print_failure_json(globals, status, err, lines);
        return;
    }
    (void)fprintf(stderr, "lianhu: %s\n", err->text);
    size_t i;
    const json_t *line;
    json_array_foreach(lines, i, line)
    {
        const char *column = output_string(line, "column");
        (void)fprintf(stderr, "line %lld: %s%s%s\n",
                      (long long)json_integer_value(json_object_get(line, "line")), column,
                      column[0] == '\0' ? "" : ": ", output_string(line, "message"));
    }
}

void output_progress(const char *format, ...)
{
    if (isatty(STDERR_FILENO) == 0) {
        return;
    }
    va_list list;
    va_start(list, format);
    (void)fprintf(stderr, "\r\033[K");
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fflush(stderr);
}
