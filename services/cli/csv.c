/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/csv.h"

void csv_init(struct csv *csv, struct bytes text)
{
    *csv = (struct csv){.text = text, .line = 1};
    if (bytes_start_with(text, BYTES("\xef\xbb\xbf"))) {
        csv->at = 3;
    }
}

void csv_done(struct csv *csv)
{
    buf_done(&csv->fields);
    *csv = (struct csv){0};
}

/* The byte at the place, or -1 at the end. */
static int peek(const struct csv *csv)
{
    return csv->at < csv->text.len ? csv->text.p[csv->at] : -1;
}

static bool is_at_line_end(const struct csv *csv)
{
    int c = peek(csv);
    return c == '\n' ||
           (c == '\r' && (csv->at + 1 == csv->text.len || csv->text.p[csv->at + 1] == '\n'));
}

static void skip_line_end(struct csv *csv)
{
    csv->at += peek(csv) == '\r' ? 1 : 0;
    csv->at += peek(csv) == '\n' ? 1 : 0;
    csv->line++;
}

static enum status read_quoted(struct csv *csv, struct err *err)
{
    uint32_t begin = csv->line;
    csv->at++;
    for (;;) {
        int c = peek(csv);
        if (c < 0) {
            return fail(err, STATUS_INVALID, "a quoted field has no end (it begins in line %u)",
                        begin);
        }
        csv->at++;
        if (c == '"' && peek(csv) != '"') {
            break;
        }
        csv->at += c == '"' ? 1 : 0;
        csv->line += c == '\n' ? 1 : 0;
        buf_append_u8(&csv->fields, (uint8_t)c);
    }
    if (peek(csv) >= 0 && peek(csv) != ',' && !is_at_line_end(csv)) {
        return fail(err, STATUS_INVALID, "after a quoted field comes a comma or the line's end");
    }
    return STATUS_OK;
}

static enum status read_plain(struct csv *csv, struct err *err)
{
    while (peek(csv) >= 0 && peek(csv) != ',' && !is_at_line_end(csv)) {
        if (peek(csv) == '"') {
            return fail(err, STATUS_INVALID,
                        "a quote stands in a field that does not begin with one");
        }
        buf_append_u8(&csv->fields, (uint8_t)peek(csv));
        csv->at++;
    }
    return STATUS_OK;
}

enum status csv_next(struct csv *csv, struct csv_row *ret_row, struct err *err)
{
    while (is_at_line_end(csv)) {
        skip_line_end(csv);
    }
    if (peek(csv) < 0) {
        return STATUS_AGAIN;
    }
    size_t ends[CSV_FIELDS_MAX];
    uint32_t line = csv->line;
    uint32_t count = 0;
    buf_clear(&csv->fields);
    for (;;) {
        if (count == CSV_FIELDS_MAX) {
            return fail(err, STATUS_INVALID, "more than %u columns", CSV_FIELDS_MAX);
        }
        enum status st = peek(csv) == '"' ? read_quoted(csv, err) : read_plain(csv, err);
        if (st != STATUS_OK) {
            return st;
        }
        ends[count++] = csv->fields.len;
        if (peek(csv) != ',') {
            break;
        }
        csv->at++;
    }
    if (peek(csv) >= 0) {
        skip_line_end(csv);
    }
    /* The views are made last: filling moves the buffer. */
    ret_row->line = line;
    ret_row->count = count;
    for (uint32_t i = 0; i < count; i++) {
        size_t begin = i == 0 ? 0 : ends[i - 1];
        ret_row->fields[i] = bytes_of(csv->fields.p + begin, ends[i] - begin);
    }
    return STATUS_OK;
}
