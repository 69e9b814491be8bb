/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "codec/message.h"
#include "message_sample.h"
#include "sample/messages.h"

#include <malloc.h>
#include <sys/resource.h>

/* The least message of the type: issue 2026-0000042, household "h1", title "路灯". */
#define ISSUE_BYTES 0x06, 0xcf, 0x00, 0x00, 0x00, 0x04, 0xb7, 0x97, 0x11, 0x2a
#define HOUSEHOLD_BYTES 0x14, 0xa2, 'h', '1'
#define TITLE_BYTES 0x15, 0xa6, 0xe8, 0xb7, 0xaf, 0xe7, 0x81, 0xaf

static struct sample_message least(void)
{
    return (struct sample_message){
        .issue = UINT64_C(20260000042), .household = BYTES("h1"), .title = BYTES("路灯")};
}

static void encoding_writes_ids_in_order_and_shortest_forms(void **test)
{
    (void)test;
    static const uint8_t expected[] = {
        0x85, 0x01, 0xcc, 0x80, 0x03, 0xd0, 0xdf, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES};
    struct sample_message message = least();
    message.small = 128;
    message.signed_number = -33;
    struct buf out = {0};

    message_append(&sample_message_type, &message, PART_ALL, &out);

    assert_int_equal(out.len, sizeof expected);
    assert_memory_equal(out.p, expected, out.len);
    buf_done(&out);
}

static void decoding_gives_back_what_was_encoded(void **test)
{
    (void)test;
    struct err err;
    struct dice dice = dice_open(1);
    struct buf out = {0};
    struct buf again = {0};
    for (int i = 0; i < 1000; i++) {
        struct message_arena arena = {0};
        struct sample_message message;
        struct sample_message decoded;
        sample_fill(&sample_message_type, SAMPLE_MIXED, dice_next(&dice), &arena, &message);
        buf_clear(&out);
        message_append(&sample_message_type, &message, PART_ALL, &out);

        assert_ok(message_decode(&sample_message_type, buf_bytes(&out), &decoded, &err));

        assert_true(sample_equal(&sample_message_type, &message, &decoded));
        buf_clear(&again);
        message_append(&sample_message_type, &decoded, PART_ALL, &again);
        assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&again)));
        message_arena_done(&arena);
    }
    buf_done(&out);
    buf_done(&again);
}

static void the_two_parts_hold_what_the_whole_holds(void **test)
{
    (void)test;
    struct err err;
    struct dice dice = dice_open(2);
    for (int i = 0; i < 300; i++) {
        struct message_arena arena = {0};
        struct sample_message message;
        struct sample_message decoded;
        sample_fill(&sample_message_type, SAMPLE_MIXED, dice_next(&dice), &arena, &message);
        struct buf open = {0};
        struct buf pii = {0};
        message_append(&sample_message_type, &message, PART_OPEN, &open);
        message_append(&sample_message_type, &message, PART_PII, &pii);

        assert_ok(message_decode_parts(&sample_message_type, buf_bytes(&open), buf_bytes(&pii),
                                       &decoded, &err));

        assert_true(sample_equal(&sample_message_type, &message, &decoded));
        buf_done(&open);
        buf_done(&pii);
        message_arena_done(&arena);
    }
}

static void an_erased_personal_part_leaves_its_fields_absent(void **test)
{
    (void)test;
    struct err err;
    struct buf open = {0};
    struct sample_message message = least();
    struct sample_message decoded;
    message_append(&sample_message_type, &message, PART_OPEN, &open);

    assert_ok(
        message_decode_parts(&sample_message_type, buf_bytes(&open), BYTES(""), &decoded, &err));

    assert_true(bytes_equal(decoded.household, message.household));
    assert_int_equal(decoded.title.len, 0);
    struct buf pii = {0};
    message_append(&sample_message_type, &decoded, PART_PII, &pii);
    assert_int_equal(pii.len, 0);
    buf_done(&open);
    buf_done(&pii);
}

static void a_field_in_the_wrong_part_is_refused(void **test)
{
    (void)test;
    struct err err;
    struct buf open = {0};
    struct buf pii = {0};
    struct sample_message message = least();
    struct sample_message decoded;
    message_append(&sample_message_type, &message, PART_OPEN, &open);
    message_append(&sample_message_type, &message, PART_PII, &pii);

    assert_status(message_decode_parts(&sample_message_type, buf_bytes(&open), buf_bytes(&open),
                                       &decoded, &err),
                  STATUS_INVALID);
    assert_string_equal(err.field, "issue");
    assert_status(message_decode_parts(&sample_message_type, buf_bytes(&pii), buf_bytes(&pii),
                                       &decoded, &err),
                  STATUS_INVALID);
    assert_string_equal(err.field, "issue");
    assert_status(
        message_decode_parts(&sample_message_type, buf_bytes(&open), BYTES("\x80"), &decoded, &err),
        STATUS_INVALID);
    assert_status(
        message_decode_parts(&sample_message_type, BYTES(""), buf_bytes(&pii), &decoded, &err),
        STATUS_INVALID);
    assert_string_equal(err.field, "issue");
    buf_done(&open);
    buf_done(&pii);
}

static void a_message_without_fields_is_one_byte_and_its_parts_none(void **test)
{
    (void)test;
    struct err err;
    struct buf out = {0};
    struct empty_message message = {0};

    message_append(&empty_message_type, &message, PART_OPEN, &out);
    message_append(&empty_message_type, &message, PART_PII, &out);
    assert_int_equal(out.len, 0);
    message_append(&empty_message_type, &message, PART_ALL, &out);
    assert_int_equal(out.len, 1);

    assert_ok(message_decode(&empty_message_type, buf_bytes(&out), &message, &err));
    assert_ok(message_decode_parts(&empty_message_type, BYTES(""), BYTES(""), &message, &err));
    assert_status(message_decode(&empty_message_type, BYTES(""), &message, &err), STATUS_INVALID);
    buf_done(&out);
}

/* Bytes that are refused, the field that is named, and a part of the sentence. */
static const struct {
    struct bytes bytes;
    const char *field;
    const char *sentence;
} refused[] = {
#define REFUSED(name, words, ...)                                                                  \
    {                                                                                              \
        {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}, name, words      \
    }
    REFUSED("", "another type", 0x90),
    REFUSED("", "another type", 0x01),
    REFUSED("", "not allowed", 0xc0),
    REFUSED("", "not allowed", 0xc1),
    REFUSED("", "shortest form", 0xde, 0x00, 0x00),
    REFUSED("", "end too early", 0xdf, 0xff, 0xff, 0xff, 0xff),
    REFUSED("", "another type", 0xdd, 0xff, 0x00, 0x00, 0x00),
    REFUSED("issue", "required but absent", 0x80),
    REFUSED("issue", "required but absent", 0x82, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("household", "required but absent", 0x82, ISSUE_BYTES, TITLE_BYTES),
    REFUSED("title", "required but absent", 0x82, ISSUE_BYTES, HOUSEHOLD_BYTES),
    REFUSED("", "1 bytes stand behind", 0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0x00),
    REFUSED("", "id 6 after 6", 0x84, ISSUE_BYTES, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("", "id 1 after 6", 0x84, ISSUE_BYTES, 0x01, 0x01, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("", "id 0 after 0", 0x84, 0x00, 0x01, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("", "field id after 0", 0x84, 0xa1, 'a', ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("small", "left out", 0x84, 0x01, 0x00, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("small", "shortest", 0x84, 0x01, 0xcc, 0x7f, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("small", "2001 is more", 0x84, 0x01, 0xcd, 0x07, 0xd1, ISSUE_BYTES, HOUSEHOLD_BYTES),
    REFUSED("small", "another type", 0x84, 0x01, 0xff, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES),
    REFUSED("small", "another type", 0x81, 0x01, 0xcf, 0, 0, 0, 1, 0, 0, 0, 0),
    REFUSED("small", "not allowed", 0x81, 0x01, 0xca, 0x3f, 0x80, 0x00, 0x00),
    REFUSED("small", "not allowed", 0x81, 0x01, 0xc0),
    REFUSED("signed_number", "another type", 0x81, 0x03, 0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0),
    REFUSED("signed_number", "shortest", 0x81, 0x03, 0xd0, 0x01),
    REFUSED("signed_number", "shortest", 0x81, 0x03, 0xd1, 0xff, 0x80),
    REFUSED("is_set", "left out", 0x81, 0x04, 0xc2),
    REFUSED("is_set", "another type", 0x81, 0x04, 0x01),
    REFUSED("at", "not a time", 0x81, 0x05, 0xff),
    REFUSED("issue", "not the number", 0x81, 0x06, 0xce, 0x00, 0x98, 0x96, 0x80),
    REFUSED("issue", "0 is not the number", 0x81, 0x06, 0x00),
    REFUSED("colour", "not the number of a word", 0x82, ISSUE_BYTES, 0x07, 0x04),
    REFUSED("request", "another type", 0x82, ISSUE_BYTES, 0x09, 0xc4, 0x01, 0x07),
    REFUSED("household", "plain identifier", 0x82, ISSUE_BYTES, 0x14, 0xa2, 'h', ' '),
    REFUSED("household", "another type", 0x82, ISSUE_BYTES, 0x14, 0xc4, 0x01, 'h'),
    REFUSED("title", "UTF-8", 0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, 0x15, 0xa1, 0xff),
    REFUSED("title", "UTF-8", 0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, 0x15, 0xa1, 0x00),
    REFUSED("title", "UTF-8", 0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, 0x15, 0xa2, 0xc0, 0x80),
    REFUSED("title", "too early", 0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, 0x15, 0xa3, 'a', 'b'),
    REFUSED("assist", "more than 4", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0x17, 0x95,
            0xa1, 'a', 0xa1, 'a', 0xa1, 'a', 0xa1, 'a', 0xa1, 'a'),
    REFUSED("assist", "left out", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0x17, 0x90),
    REFUSED("assist", "too early", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0x17, 0xdd,
            0xff, 0x00, 0x00, 0x00),
    REFUSED("assist", "element 2: not a plain", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES,
            0x17, 0x92, 0xa1, 'a', 0xa0),
    REFUSED("counts", "element 1: 1001", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0x1a,
            0x91, 0xcd, 0x03, 0xe9),
    REFUSED("legs", "legs: element 1: department: req", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES,
            TITLE_BYTES, 0xcc, 0x82, 0x91, 0x80),
    REFUSED("legs", "steps: element 1: at: required", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES,
            TITLE_BYTES, 0xcc, 0x82, 0x91, 0x82, 0x01, 0xa1, 'd', 0x04, 0x91, 0x80),
    REFUSED("place", "left out", 0x84, ISSUE_BYTES, HOUSEHOLD_BYTES, TITLE_BYTES, 0xcd, 0x01, 0x2c,
            0x80),
    REFUSED("", "unknown field 8", 0x84, ISSUE_BYTES, 0x08, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0),
    REFUSED("", "nested too deep", 0x84, ISSUE_BYTES, 0x08, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91,
            0x91, 0x91, 0x91, 0x00),
#undef REFUSED
};

static void decoding_refuses_with_a_sentence_that_names_the_field(void **test)
{
    (void)test;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct err err = {{0}, {0}};
        struct sample_message decoded;
        if (message_decode(&sample_message_type, refused[i].bytes, &decoded, &err) !=
                STATUS_INVALID ||
            strcmp(err.field, refused[i].field) != 0 ||
            strstr(err.text, refused[i].sentence) == NULL) {
            fail_msg("row %zu: '%s' (%s)", i, err.text, err.field);
        }
    }
}

static void a_refused_message_leaves_the_target_as_it_was(void **test)
{
    (void)test;
    struct err err;
    static const uint8_t bytes[] = {0x83, ISSUE_BYTES, HOUSEHOLD_BYTES, 0x15, 0xa1, 0xff};
    struct sample_message target = {.small = 7};
    struct sample_message before = target;

    assert_status(
        message_decode(&sample_message_type, bytes_of(bytes, sizeof bytes), &target, &err),
        STATUS_INVALID);

    assert_memory_equal(&target, &before, sizeof target);
}

static void unknown_fields_of_any_kind_are_skipped(void **test)
{
    (void)test;
    struct err err;
    static const uint8_t bytes[] = {
        0x88,        ISSUE_BYTES, 0x08, 0x91, 0x91, 0x91, 0x91,
        0x91,        0x91,        0x91, 0x91, 0xc3, 0x0a, 0x82,
        0xa1,        'a',         0x92, 0x01, 0xff, 0x02, 0xc4,
        0x01,        0x00,        0x0b, 0xd1, 0x80, 0x00, HOUSEHOLD_BYTES,
        TITLE_BYTES, 0x16,        0xc4, 0x01, 0x09, 0xcd, 0x03,
        0xe8,        0xa1,        0xff};
    struct sample_message decoded;

    assert_ok(message_decode(&sample_message_type, bytes_of(bytes, sizeof bytes), &decoded, &err));

    assert_true(bytes_equal(decoded.title, least().title));
    assert_int_equal(decoded.digest.len, 1);
}

static void more_than_fifteen_fields_take_a_longer_head(void **test)
{
    (void)test;
    struct err err;
    struct message_arena arena = {0};
    struct sample_message message;
    struct sample_message decoded;
    struct buf out = {0};
    sample_fill(&sample_message_type, SAMPLE_SMALL, 3, &arena, &message);
    buf_append_string(&out, "before");

    message_append(&sample_message_type, &message, PART_ALL, &out);

    assert_memory_equal(out.p, "before\xde\x00\x13", 9);
    assert_ok(
        message_decode(&sample_message_type, bytes_of(out.p + 6, out.len - 6), &decoded, &err));
    assert_true(sample_equal(&sample_message_type, &message, &decoded));
    buf_done(&out);
    message_arena_done(&arena);
}

static void lists_are_walked_as_they_were_put(void **test)
{
    (void)test;
    struct err err;
    struct sample_message message = least();
    struct sample_message decoded;
    struct sample_leg legs[2] = {{.department = BYTES("water")},
                                 {.department = BYTES("lights"), .place = {.number = 9}}};
    struct buf legs_buf = {0};
    struct buf sums_buf = {0};
    struct buf blobs_buf = {0};
    struct buf out = {0};
    for (size_t i = 0; i < 2; i++) {
        list_put_message(&message.legs, &legs_buf, &sample_leg_type, &legs[i]);
        list_put_u64(&message.sums, &sums_buf, i * UINT64_MAX);
        list_put_bin(&message.blobs, &blobs_buf, bytes_of(&"\x00\xff"[i], 1));
    }
    list_end(&message.legs, &legs_buf);
    list_end(&message.sums, &sums_buf);
    list_end(&message.blobs, &blobs_buf);
    message_append(&sample_message_type, &message, PART_ALL, &out);
    assert_ok(message_decode(&sample_message_type, buf_bytes(&out), &decoded, &err));

    struct list_cursor leg_cursor = list_begin(&decoded.legs);
    struct list_cursor sum_cursor = list_begin(&decoded.sums);
    struct list_cursor blob_cursor = list_begin(&decoded.blobs);
    struct list_cursor none = list_begin(&decoded.assist);
    struct sample_leg leg;
    struct bytes bytes;
    uint64_t sum;
    for (size_t i = 0; i < 2; i++) {
        assert_true(list_next_message(&leg_cursor, &sample_leg_type, &leg));
        assert_true(sample_equal(&sample_leg_type, &leg, &legs[i]));
        assert_true(list_next_u64(&sum_cursor, &sum));
        assert_true(sum == i * UINT64_MAX);
        assert_true(list_next_bytes(&blob_cursor, &bytes));
        assert_true(bytes_equal(bytes, bytes_of(&"\x00\xff"[i], 1)));
    }
    assert_false(list_next_message(&leg_cursor, &sample_leg_type, &leg));
    assert_false(list_next_u64(&sum_cursor, &sum));
    assert_false(list_next_bytes(&blob_cursor, &bytes));
    assert_false(list_next_bytes(&none, &bytes));
    buf_done(&legs_buf);
    buf_done(&sums_buf);
    buf_done(&blobs_buf);
    buf_done(&out);
}

static void normalising_composes_texts_and_leaves_the_others_where_they_are(void **test)
{
    (void)test;
    struct err err;
    struct buf arena = {0};
    struct sample_message message = least();
    message.title = BYTES("cafe\xcc\x81\r\nb");
    message.place.street = BYTES("e\xcc\x81");
    const uint8_t *household = message.household.p;

    assert_ok(message_normalise(&sample_message_type, &message, &arena, &err));

    assert_true(bytes_equal(message.title, BYTES("caf\xc3\xa9\nb")));
    assert_true(bytes_equal(message.place.street, BYTES("\xc3\xa9")));
    assert_ptr_equal(message.household.p, household);
    message.title = least().title;
    const uint8_t *title = message.title.p;
    assert_ok(message_normalise(&sample_message_type, &message, &arena, &err));
    assert_ptr_equal(message.title.p, title);
    buf_done(&arena);
}

static void normalising_checks_every_limit_again(void **test)
{
    (void)test;
    struct err err;
    struct buf arena = {0};
    struct sample_message message = least();
    message.title = BYTES("路路路路路路路路路路路路路路路路路路路路路");
    assert_status(message_normalise(&sample_message_type, &message, &arena, &err), STATUS_INVALID);
    assert_string_equal(err.text, "title: longer than 20 characters");
    assert_string_equal(err.field, "title");

    message.title = BYTES("a\x07");
    assert_status(message_normalise(&sample_message_type, &message, &arena, &err), STATUS_INVALID);
    message.title = BYTES("\xff");
    assert_status(message_normalise(&sample_message_type, &message, &arena, &err), STATUS_INVALID);
    message.title = BYTES("");
    assert_status(message_normalise(&sample_message_type, &message, &arena, &err), STATUS_INVALID);
    assert_string_equal(err.text, "title: required but absent");

    message = least();
    message.small = 2001;
    assert_status(message_normalise(&sample_message_type, &message, &arena, &err), STATUS_INVALID);
    assert_string_equal(err.field, "small");
    buf_done(&arena);
}

static void decoding_bombs_takes_no_memory(void **test)
{
    (void)test;
    struct err err;
    struct sample_message decoded;
    struct buf bomb = {0};
    static const uint8_t begin[] = {0x84, ISSUE_BYTES, 0x08};
    buf_append(&bomb, begin, sizeof begin);
    memset(buf_extend(&bomb, 100000), 0x91, 100000);
    static const uint8_t counts[] = {0x82, ISSUE_BYTES, 0x08, 0xdd, 0xff, 0x00, 0x00, 0x00};
    struct rusage before;
    struct rusage after;
    size_t used = mallinfo2().uordblks + mallinfo2().hblkhd;
    (void)getrusage(RUSAGE_SELF, &before);

    for (int i = 0; i < 1000; i++) {
        assert_status(message_decode(&sample_message_type, buf_bytes(&bomb), &decoded, &err),
                      STATUS_INVALID);
        assert_status(
            message_decode(&sample_message_type, bytes_of(counts, sizeof counts), &decoded, &err),
            STATUS_INVALID);
        assert_status(message_decode(&sample_message_type, bytes_of(bomb.p + sizeof begin, 100000),
                                     &decoded, &err),
                      STATUS_INVALID);
    }

    (void)getrusage(RUSAGE_SELF, &after);
    assert_int_equal(mallinfo2().uordblks + mallinfo2().hblkhd, used);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 512);
    buf_done(&bomb);
}

static void fields_are_found_by_name(void **test)
{
    (void)test;
    assert_int_equal(message_find_field(&sample_message_type, "place")->id, 300);
    assert_null(message_find_field(&sample_message_type, "plac"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoding_writes_ids_in_order_and_shortest_forms),
        cmocka_unit_test(decoding_gives_back_what_was_encoded),
        cmocka_unit_test(the_two_parts_hold_what_the_whole_holds),
        cmocka_unit_test(an_erased_personal_part_leaves_its_fields_absent),
        cmocka_unit_test(a_field_in_the_wrong_part_is_refused),
        cmocka_unit_test(a_message_without_fields_is_one_byte_and_its_parts_none),
        cmocka_unit_test(decoding_refuses_with_a_sentence_that_names_the_field),
        cmocka_unit_test(a_refused_message_leaves_the_target_as_it_was),
        cmocka_unit_test(unknown_fields_of_any_kind_are_skipped),
        cmocka_unit_test(more_than_fifteen_fields_take_a_longer_head),
        cmocka_unit_test(lists_are_walked_as_they_were_put),
        cmocka_unit_test(normalising_composes_texts_and_leaves_the_others_where_they_are),
        cmocka_unit_test(normalising_checks_every_limit_again),
        cmocka_unit_test(decoding_bombs_takes_no_memory),
        cmocka_unit_test(fields_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
