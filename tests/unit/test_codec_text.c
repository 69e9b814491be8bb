/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "codec/message_text.h"
#include "message_sample.h"
#include "sample/messages.h"

static const struct zone china = {8 * 3600};

static const struct field *field_of(const char *name)
{
    const struct field *field = message_find_field(&sample_message_type, name);
    assert_non_null(field);
    return field;
}

static void absent_fields_stand_in_json_too(void **test)
{
    (void)test;
    struct sample_message message = {0};
    json_t *json = message_to_json(&sample_message_type, &message, china);

    char *text = json_dumps(json, JSON_COMPACT);

    assert_string_equal(text, "{\"small\":0,\"large\":0,\"signed_number\":0,\"is_set\":false,"
                              "\"at\":null,\"issue\":null,\"colour\":null,\"request\":null,"
                              "\"household\":null,\"title\":\"\",\"digest\":\"\",\"assist\":[],"
                              "\"notes\":[],\"blobs\":[],\"counts\":[],\"sums\":[],\"merged\":[],"
                              "\"legs\":[],\"place\":null}");
    free(text);
    json_decref(json);
}

static void values_are_shown_as_people_write_them(void **test)
{
    (void)test;
    struct sample_message message = {.large = UINT64_MAX,
                                     .signed_number = -5,
                                     .at = {INT64_C(1790733600000000)},
                                     .issue = UINT64_C(20260000042),
                                     .colour = SAMPLE_COLOUR_BLUE,
                                     .title = BYTES("路灯"),
                                     .digest = BYTES("\x00\xaf"),
                                     .place = {.number = 3}};
    json_t *json = message_to_json(&sample_message_type, &message, china);

    assert_string_equal(json_string_value(json_object_get(json, "large")), "18446744073709551615");
    assert_int_equal(json_integer_value(json_object_get(json, "signed_number")), -5);
    assert_string_equal(json_string_value(json_object_get(json, "at")),
                        "2026-09-30T10:00:00+08:00");
    assert_string_equal(json_string_value(json_object_get(json, "issue")), "2026-0000042");
    assert_string_equal(json_string_value(json_object_get(json, "colour")), "blue");
    assert_string_equal(json_string_value(json_object_get(json, "title")), "路灯");
    assert_string_equal(json_string_value(json_object_get(json, "digest")), "00af");
    json_t *place = json_object_get(json, "place");
    assert_int_equal(json_integer_value(json_object_get(place, "number")), 3);
    json_decref(json);
}

static void json_gives_back_the_message_it_was_made_from(void **test)
{
    (void)test;
    struct err err;
    struct dice dice = dice_open(4);
    for (int i = 0; i < 100; i++) {
        struct message_arena arena = {0};
        struct sample_message message;
        struct sample_message read;
        sample_fill(&sample_message_type, SAMPLE_MIXED, dice_next(&dice), &arena, &message);
        json_t *json = message_to_json(&sample_message_type, &message, china);

        assert_ok(message_from_json(&sample_message_type, json, china, &arena, &read, &err));

        assert_true(sample_equal(&sample_message_type, &message, &read));
        json_decref(json);
        message_arena_done(&arena);
    }
}

static const struct {
    const char *json;
    const char *field;
    const char *sentence;
} refused_json[] = {
    {"[]", "", "not a JSON object"},
    {"{}", "issue", "issue: required but absent"},
    {"{\"issue\": null}", "issue", "required but absent"},
    {"{\"issue\": 20260000042}", "issue", "write the number of an issue as a string"},
    {"{\"issue\": \"2026-42\"}", "issue", "not an issue number"},
    {"{\"titel\": \"x\"}", "titel", "unknown field 'titel'"},
    {"{\"small\": 2001}", "small", "2001 is more than 2000"},
    {"{\"small\": -1}", "small", "'-1' is not a whole number in range"},
    {"{\"small\": 1.0}", "small", "write a number"},
    {"{\"small\": \"1\"}", "small", "write a number"},
    {"{\"large\": \"18446744073709551616\"}", "large", "not a whole number in range"},
    {"{\"is_set\": \"yes\"}", "is_set", "write true or false"},
    {"{\"at\": \"tomorrow\"}", "at", "is not a time"},
    {"{\"issue\": \"2026-0000042\", \"colour\": \"pink\"}", "colour",
     "unknown word 'pink': write one of red green blue"},
    {"{\"issue\": \"2026-0000042\", \"request\": \"7\"}", "request", "not a UUID"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"a b\"}", "household", "plain identifier"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"123456789012345678901\"}",
     "title", "longer than 20 characters"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\", \"digest\": \"abc\"}",
     "digest", "hexadecimal"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\", \"assist\": \"a\"}",
     "assist", "write a list"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\", \"assist\": [\"\"]}",
     "assist", "element 1: '' is not a plain identifier"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\","
     " \"sums\": [1, 2, 3, 4, 5]}",
     "sums", "more than 4 elements"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\", \"legs\": [{}]}",
     "legs", "legs: element 1: department: required"},
    {"{\"issue\": \"2026-0000042\", \"household\": \"h\", \"title\": \"t\", \"place\": 1}", "place",
     "write an object"},
};

static void json_that_does_not_fit_is_refused_with_the_field(void **test)
{
    (void)test;
    for (size_t i = 0; i < sizeof refused_json / sizeof refused_json[0]; i++) {
        struct err err = {{0}, {0}};
        struct message_arena arena = {0};
        struct sample_message message = {.small = 3};
        json_t *json = json_loads(refused_json[i].json, 0, NULL);
        assert_non_null(json);

        enum status st =
            message_from_json(&sample_message_type, json, china, &arena, &message, &err);

        if (st != STATUS_INVALID || strcmp(err.field, refused_json[i].field) != 0 ||
            strstr(err.text, refused_json[i].sentence) == NULL || message.small != 3) {
            fail_msg("%s: '%s' (%s)", refused_json[i].json, err.text, err.field);
        }
        json_decref(json);
        message_arena_done(&arena);
    }
}

static void every_type_can_be_set_from_text(void **test)
{
    (void)test;
    static const char *const given[][2] = {
        {"small", "2000"},          {"large", "18446744073709551615"},
        {"is_set", "yes"},          {"signed_number", "-9223372036854775808"},
        {"colour", "green"},        {"at", "2026-09-30T10:00"},
        {"household", "h-1"},       {"request", "0192f0c1-2345-7abc-8def-0123456789ab"},
        {"digest", "00fF"},         {"title", "cafe\xcc\x81"},
        {"assist", "water"},        {"issue", "2026-0000042"},
        {"assist", "lights"},       {"counts", "7"},
        {"merged", "2026-0000001"},
    };
    struct err err;
    struct message_arena arena = {0};
    struct sample_message message = {0};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        assert_ok(message_set_text(field_of(given[i][0]), bytes_of_string(given[i][1]), china,
                                   &arena, &message, &err));
    }

    assert_int_equal(message.small, 2000);
    assert_true(message.large == UINT64_MAX && message.signed_number == INT64_MIN);
    assert_true(message.is_set && message.colour == SAMPLE_COLOUR_GREEN);
    assert_true(message.at.us == INT64_C(1790733600000000));
    assert_true(message.issue == UINT64_C(20260000042) && message.request.bytes[15] == 0xab);
    assert_true(bytes_equal(message.title, BYTES("caf\xc3\xa9")));
    assert_true(bytes_equal(message.digest, BYTES("\x00\xff")));
    struct list_cursor cursor = list_begin(&message.assist);
    struct bytes word;
    assert_true(list_next_bytes(&cursor, &word) && bytes_equal(word, BYTES("water")));
    assert_true(list_next_bytes(&cursor, &word) && bytes_equal(word, BYTES("lights")));
    assert_false(list_next_bytes(&cursor, &word));
    struct buf out = {0};
    struct sample_message decoded;
    message_append(&sample_message_type, &message, PART_ALL, &out);
    assert_ok(message_decode(&sample_message_type, buf_bytes(&out), &decoded, &err));
    assert_true(sample_equal(&sample_message_type, &message, &decoded));
    buf_done(&out);
    message_arena_done(&arena);
}

static const struct {
    const char *field;
    const char *text;
    const char *sentence;
} refused_texts[] = {
    {"small", "", "--small: '' is not a whole number in range"},
    {"small", "4294967296", "--small: '4294967296' is not a whole number in range"},
    {"small", "2001", "--small: 2001 is more than 2000"},
    {"signed_number", "-", "--signed-number: '-' is not a whole number in range"},
    {"signed_number", "9223372036854775808", "--signed-number: '92233"},
    {"is_set", "maybe", "--is-set: 'maybe' is not yes or no"},
    {"at", "2026-02-30T10:00", "--at: '2026-02-30T10:00' is not a time"},
    {"at", "1969-01-01T00:00", "--at: '1969"},
    {"issue", "42", "--issue: '42' is not an issue number"},
    {"colour", "", "--colour: unknown word '': write one of red green blue"},
    {"request", "42", "--request: '42' is not a UUID"},
    {"household", "", "--household: '' is not a plain identifier"},
    {"household", "路路路路路路路路路路路路路路路路路路路路路路",
     "--household: '路路路路路路路路路路路路路路路路路路路路' is not a plain"},
    {"title", "123456789012345678901", "--title: longer than 20 characters"},
    {"title", "a\x07", "--title: there is a tab or another control character in it"},
    {"title", " \n", "--title: blank, nothing but white space; write something"},
    {"title", "\xff", "--title: text is not valid UTF-8"},
    {"digest", "0g", "--digest: '0g' is not an even number of hexadecimal digits"},
    {"assist", "a b", "--assist: 'a b' is not a plain identifier"},
    {"counts", "1001", "--counts: 1001 is more than 1000"},
    {"legs", "x", "--legs: cannot be given as text"},
    {"place", "x", "--place: cannot be given as text"},
};

static void texts_that_do_not_fit_are_refused_with_the_option(void **test)
{
    (void)test;
    struct message_arena arena = {0};
    for (size_t i = 0; i < sizeof refused_texts / sizeof refused_texts[0]; i++) {
        struct err err = {{0}, {0}};
        struct sample_message message = {.small = 3};
        struct sample_message before = message;

        enum status st =
            message_set_text(field_of(refused_texts[i].field),
                             bytes_of_string(refused_texts[i].text), china, &arena, &message, &err);

        if (st != STATUS_INVALID || strcmp(err.field, refused_texts[i].field) != 0 ||
            strncmp(err.text, refused_texts[i].sentence, strlen(refused_texts[i].sentence)) != 0) {
            fail_msg("row %zu: '%s' (%s)", i, err.text, err.field);
        }
        assert_memory_equal(&message, &before, sizeof message);
    }
    message_arena_done(&arena);
}

static void a_list_takes_no_more_elements_than_its_limit(void **test)
{
    (void)test;
    struct err err;
    struct message_arena arena = {0};
    struct sample_message message = {0};
    for (int i = 0; i < 4; i++) {
        assert_ok(message_set_text(field_of("notes"), BYTES("x"), china, &arena, &message, &err));
    }

    assert_status(message_set_text(field_of("notes"), BYTES("x"), china, &arena, &message, &err),
                  STATUS_INVALID);

    assert_string_equal(err.text, "--notes: more than 4 elements");
    assert_int_equal(message.notes.count, 4);
    message_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_fields_stand_in_json_too),
        cmocka_unit_test(values_are_shown_as_people_write_them),
        cmocka_unit_test(json_gives_back_the_message_it_was_made_from),
        cmocka_unit_test(json_that_does_not_fit_is_refused_with_the_field),
        cmocka_unit_test(every_type_can_be_set_from_text),
        cmocka_unit_test(texts_that_do_not_fit_are_refused_with_the_option),
        cmocka_unit_test(a_list_takes_no_more_elements_than_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
