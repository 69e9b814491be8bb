/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/sheet.h"

#include "intake/register.h"

#include <stdio.h>
#include <stdlib.h>

/* An id and a line that has it. */
struct id_line {
    struct bytes id;
    uint32_t line;
};

static int compare_id_lines(const void *a_pointer, const void *b_pointer)
{
    const struct id_line *a = a_pointer;
    const struct id_line *b = b_pointer;
    int order = bytes_compare(a->id, b->id);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* All ids in order, those of one id by line. They borrow from the rows. */
static struct id_line *sort_ids(const struct sheet *sheet, const struct field *field)
{
    uint32_t count = sheet->rows->count;
    struct id_line *ids = ctx_take(sheet->ctx, count * sizeof *ids);
    void *row = ctx_take(sheet->ctx, sheet->type->size);
    struct list_cursor cursor = list_begin(sheet->rows);
    for (uint32_t i = 0; i < count && list_next_message(&cursor, sheet->type, row); i++) {
        const struct bytes *id = field_get(field, row);
        ids[i] = (struct id_line){*id, sheet->first_line + i};
    }
    qsort(ids, count, sizeof *ids, compare_id_lines);
    return ids;
}

/* The first line that has this id. */
static uint32_t find_line(const struct id_line *ids, uint32_t count, struct bytes id)
{
    uint32_t low = 0;
    while (count > 0) {
        uint32_t half = count / 2;
        if (bytes_compare(ids[low + half].id, id) < 0) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return ids[low].line;
}

void sheet_problem(struct sheet *sheet, const char *column, const char *format, ...)
{
    char text[sizeof((struct err *)NULL)->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add_problem(sheet->ctx, sheet->line, column, text);
    sheet->is_bad = true;
    sheet->problem_count++;
}

static void check_id(struct sheet *sheet, const struct field *field, const struct id_line *ids,
                     const void *row)
{
    const struct bytes *id = field_get(field, row);
    uint32_t first = find_line(ids, sheet->rows->count, *id);
    if (first < sheet->line) {
        sheet_problem(sheet, field->name, "'%.*s' is in line %u already; keep one of the two",
                      BYTES_FMT(*id), first);
    }
}

/* How many lines are bad. */
static uint32_t check_rows(struct sheet *sheet)
{
    const struct field *field =
        sheet->id_column == NULL ? NULL : message_find_field(sheet->type, sheet->id_column);
    const struct id_line *ids = field == NULL ? NULL : sort_ids(sheet, field);
    struct list_cursor cursor = list_begin(sheet->rows);
    void *row = ctx_take(sheet->ctx, sheet->type->size);
    struct buf arena = {0};
    uint32_t bad = 0;
    for (sheet->line = sheet->first_line; list_next_message(&cursor, sheet->type, row);
         sheet->line++) {
        struct err err;
        sheet->is_bad = false;
        buf_clear(&arena);
        if (message_normalise(sheet->type, row, &arena, &err) != STATUS_OK) {
            sheet_problem(sheet, err.field, "%s", err.text);
        }
        sheet->check(sheet, row); /* also then: what else is wrong is named at once */
        if (field != NULL) {
            check_id(sheet, field, ids, row);
        }
        bad += sheet->is_bad;
    }
    buf_done(&arena);
    return bad;
}

enum status sheet_check(struct sheet *sheet, struct err *err)
{
    if (sheet->rows->count == 0) {
        return fail_field(err, STATUS_INVALID, "rows",
                          "there is no line to import; nothing was imported");
    }
    uint32_t bad = check_rows(sheet);
    if (bad != 0) {
        return fail(err, STATUS_INVALID, "%u problem%s in %u line%s; nothing was imported",
                    sheet->problem_count, sheet->problem_count == 1 ? "" : "s", bad,
                    bad == 1 ? "" : "s");
    }
    return sheet->is_partial ? fail(err, STATUS_INVALID,
                                    "nothing is wrong with the lines that could be read; nothing "
                                    "was imported")
                             : STATUS_OK;
}

void sheet_each(struct sheet *sheet, void (*each)(void *user, const void *row), void *user)
{
    struct list_cursor cursor = list_begin(sheet->rows);
    void *row = ctx_take(sheet->ctx, sheet->type->size);
    struct buf arena = {0};
    while (list_next_message(&cursor, sheet->type, row)) {
        struct err err;
        buf_clear(&arena);
        enum status st = message_normalise(sheet->type, row, &arena, &err);
        CHECK(st == STATUS_OK); /* sheet_check() did the same */
        each(user, row);
    }
    buf_done(&arena);
}
