/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/digest.h"

#include "base/endian.h"
#include "base/text.h"
#include "config/texts.h"
#include "notifier/telling.h"

#define TIMER_ID_BYTES 9U
#define LINES_MAX 32U       /* of the row's list */
#define LIST_MAX_CHARS 700U /* of {list} */
#define TITLE_MAX_CHARS 60U

static struct bytes timer_id(uint64_t digest, uint8_t id[TIMER_ID_BYTES])
{
    id[0] = TIMER_DIGEST;
    be64_store(id + 1, digest);
    return bytes_of(id, TIMER_ID_BYTES);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The last digest of the person that is to be told. */
static bool find_last(struct ctx *ctx, struct bytes person, uint64_t *ret_digest,
                      struct digest_row *ret_row)
{
    struct inbox_key key = inbox_key(person, UINT64_MAX);
    struct bytes found;
    struct bytes value;
    struct err err;
    if (table_before(ctx, DIGESTS, inbox_key_bytes(&key), &found, &value) != STATUS_OK ||
        found.len != key.len || memcmp(found.p, key.bytes, key.len - 8) != 0 ||
        message_decode(&digest_row_type, value, ret_row, &err) != STATUS_OK) {
        return false;
    }
    *ret_digest = be64_load(found.p + found.len - 8);
    return true;
}

static void put_row(struct ctx *ctx, struct bytes person, uint64_t digest,
                    const struct digest_row *row)
{
    struct inbox_key key = inbox_key(person, digest);
    row_put(ctx, DIGESTS, inbox_key_bytes(&key), &digest_row_type, row);
}

/* A digest whose time has come takes in nothing more, although it may not have been told yet. */
void digest_add(struct ctx *ctx, const struct record *record, uint32_t place, struct bytes person,
                struct wall until)
{
    struct digest_row row = {0};
    struct buf out = {0};
    uint8_t id[TIMER_ID_BYTES];
    uint64_t digest = 0;
    bool is_open = find_last(ctx, person, &digest, &row) && row.until.us > record->at.us;
    if (!is_open) {
        digest = item_id(record->seq, place);
        row = (struct digest_row){.until = until};
        timer_put(ctx, until, timer_id(digest, id));
        count_add(ctx, COUNTS, BYTES("digests"), 1);
    }
    row.count++;
    if (row.first.count < LINES_MAX) {
        buf_append_bytes(&out, bytes_of(row.first.p, row.first.len));
        list_put_u64(&row.first, &out, record->seq);
        list_end(&row.first, &out);
    }
    put_row(ctx, person, digest, &row);
    buf_done(&out);
}

static bool find(struct ctx *ctx, struct bytes person, uint64_t digest, struct digest_row *ret_row)
{
    struct inbox_key key = inbox_key(person, digest);
    return row_get(ctx, DIGESTS, inbox_key_bytes(&key), &digest_row_type, ret_row) == STATUS_OK;
}

void digest_remove(struct ctx *ctx, struct bytes person, uint64_t digest)
{
    struct inbox_key key = inbox_key(person, digest);
    struct digest_row row;
    uint8_t id[TIMER_ID_BYTES];
    if (find(ctx, person, digest, &row)) {
        table_remove(ctx, DIGESTS, inbox_key_bytes(&key));
        timer_remove(ctx, row.until, timer_id(digest, id));
        count_add(ctx, COUNTS, BYTES("digests"), -1);
    }
}

static bool read_held(struct ctx *ctx, uint64_t seq, struct record *ret_record,
                      struct held_event *ret_event)
{
    struct err err;
    return record_get(ctx, seq, ret_record) == STATUS_OK &&
           record_message(ret_record, &held_event_type, ret_event, &err) == STATUS_OK;
}

/* Whose digest it is. */
static bool find_person(struct ctx *ctx, uint64_t digest, struct bytes *ret_person)
{
    struct record record;
    struct held_event event;
    if (!read_held(ctx, digest / 256, &record, &event)) {
        return false;
    }
    struct list_cursor cursor = list_begin(&event.recipients);
    uint64_t place = digest % 256;
    while (list_next_bytes(&cursor, ret_person)) {
        if (place-- == 0) {
            return true;
        }
    }
    return false;
}

void digest_move(struct ctx *ctx, uint64_t digest, struct wall until)
{
    struct bytes person;
    struct digest_row row;
    uint8_t id[TIMER_ID_BYTES];
    if (find_person(ctx, digest, &person) && find(ctx, person, digest, &row)) {
        timer_remove(ctx, row.until, timer_id(digest, id));
        row.until = until;
        put_row(ctx, person, digest, &row);
        timer_put(ctx, until, timer_id(digest, id));
    }
}

/* ---- telling -------------------------------------------------------------------------------- */

/* Appends the number of the issue and the title; false when it does not fit any more. */
static bool add_line(struct ctx *ctx, uint64_t seq, struct buf *out, size_t *chars)
{
    struct record record;
    struct held_event event;
    char issue[ISSUE_TEXT_BYTES] = "";
    struct buf line = {0};
    size_t line_chars = 0;
    if (!read_held(ctx, seq, &record, &event)) {
        return false;
    }
    if (record.issue != 0) {
        issue_format(record.issue, issue);
    }
    buf_append_format(&line, "%s%s%s", out->len != 0 ? "\n" : "", issue, issue[0] != 0 ? " " : "");
    texts_append_cut(event.title, TITLE_MAX_CHARS, &line);
    (void)text_is_valid(buf_bytes(&line), &line_chars);
    bool fits = *chars + line_chars <= LIST_MAX_CHARS;
    if (fits) {
        buf_append_bytes(out, buf_bytes(&line));
        *chars += line_chars;
    }
    buf_done(&line);
    return fits;
}

static uint32_t list_lines(struct ctx *ctx, const struct digest_row *row, struct buf *out)
{
    struct list_cursor cursor = list_begin(&row->first);
    uint64_t seq;
    uint32_t shown = 0;
    size_t chars = 0;
    while (list_next_u64(&cursor, &seq) && add_line(ctx, seq, out, &chars)) {
        shown++;
    }
    return shown;
}

static void tell(struct ctx *ctx, struct bytes person, uint64_t digest,
                 const struct digest_row *row)
{
    struct buf lines = {0};
    uint32_t shown = list_lines(ctx, row, &lines);
    struct news news = {.category = "digest",
                        .words = shown < row->count ? "digest_more" : "digest",
                        .level = NOTICE_LEVEL_INFO,
                        .count = row->count,
                        .rest = row->count - shown,
                        .list = buf_bytes(&lines),
                        .digest = digest};
    tell_person(ctx, &news, person);
    buf_done(&lines);
}

void digest_wake(struct ctx *ctx, struct bytes id)
{
    uint64_t digest = be64_load(id.p + 1);
    struct bytes person;
    struct digest_row row;
    bool is_known = find_person(ctx, digest, &person) && find(ctx, person, digest, &row);
    CHECK(is_known || ctx_is_void(ctx));
    if (!is_known) {
        return;
    }
    struct wall at = telling_time(ctx, false);
    if (at.us > ctx_now(ctx).us) {
        struct moved_event event = {.digest = digest, .until = at};
        emit_own(ctx, &moved_event_type, &event, 0);
    } else {
        tell(ctx, person, digest, &row);
    }
}
