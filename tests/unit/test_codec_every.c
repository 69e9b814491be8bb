/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for every message there is: it comes back whole, and what is no message is refused
 * whatever is wrong with it. */
#include "every_message.h"

#include "messages.h"

#define BOMB_BYTES 100000

static const struct zone china = {8 * 3600};

static void check_truncations(struct subject *subject)
{
    for (size_t len = 0; len < subject->encoded.len; len++) {
        expect_refused(subject, bytes_of(subject->encoded.p, len), "truncation at", len);
    }
    buf_append_u8(&subject->encoded, 0);
    expect_refused(subject, buf_bytes(&subject->encoded), "trailing byte", 0);
}

static void decode_refuses_every_truncation_of_every_message(void **test)
{
    (void)test;
    for_every_type(check_truncations);
}

static void check_part_truncations(struct subject *subject)
{
    struct err err;
    struct buf parts[2] = {{0}, {0}};
    message_append(subject->type, subject->message, PART_OPEN, &parts[0]);
    message_append(subject->type, subject->message, PART_PII, &parts[1]);
    struct bytes open = buf_bytes(&parts[0]);
    struct bytes pii = buf_bytes(&parts[1]);
    assert_int_equal(pii.len != 0, subject->type->has_pii);
    assert_ok(message_decode_parts(subject->type, open, pii, subject->decoded, &err));
    assert_true(sample_equal(subject->type, subject->message, subject->decoded));
    for (size_t len = 1; len < open.len; len++) {
        assert_status(
            message_decode_parts(subject->type, bytes_of(open.p, len), pii, subject->decoded, &err),
            STATUS_INVALID);
    }
    for (size_t len = 1; len < pii.len; len++) {
        assert_status(
            message_decode_parts(subject->type, open, bytes_of(pii.p, len), subject->decoded, &err),
            STATUS_INVALID);
    }
    assert_ok(message_decode_parts(subject->type, open, BYTES(""), subject->decoded, &err));
    buf_done(&parts[0]);
    buf_done(&parts[1]);
}

static void every_message_survives_being_split_and_no_half_of_a_part_is_taken(void **test)
{
    (void)test;
    for_every_type(check_part_truncations);
}

/* Values of every kind; each field takes at most one kind of them. */
static void check_wrong_types(struct subject *subject)
{
    const struct bytes values[] = {
        BYTES("\xc0"),
        BYTES("\xc1"),
        BYTES("\xc2"),
        BYTES("\xff"),
        BYTES("\xa1\xff"),
        BYTES("\xc4\x00"),
        BYTES("\x90"),
        BYTES("\x80"),
        BYTES("\xca\0\0\0\0"),
        BYTES("\xd6\1\0\0\0\0"),
        BYTES("\x91\xc0"),
        BYTES("\xd9\x01"
              "a"),
        BYTES("\xcc\x01"),
    };
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    struct buf out = {0};
    for (uint32_t i = 0; i < whole.count; i++) {
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
            struct pairs pairs = whole;
            pairs.at[i].value = values[k];
            bool is_negative = subject->type->fields[i].type == FIELD_I64 && k == 3;
            if (!is_negative) {
                expect_refused(subject, put_together(&pairs, &out), "wrong value", k);
            }
        }
    }
    buf_done(&out);
}

static void every_field_refuses_values_of_other_types_and_empty_ones(void **test)
{
    (void)test;
    for_every_type(check_wrong_types);
}

static bool is_known(const struct message_type *type, uint64_t id)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].id == id) {
            return true;
        }
    }
    return false;
}

static void check_unknown_ids(struct subject *subject)
{
    struct err err = {{0}, {0}};
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    struct buf out = {0};
    for (uint32_t at = 0; at <= whole.count; at++) {
        uint64_t id = at == 0 ? 1 : whole.at[at - 1].id + 1;
        if (is_known(subject->type, id)) {
            continue;
        }
        struct pairs pairs = whole;
        insert(&pairs, at, id, BYTES("\x82\x01\x93\xa1\xff\xc4\x01\x00\xc3\x02\xd1\x80\x00"));
        struct bytes bytes = put_together(&pairs, &out);
        assert_ok(message_decode(subject->type, bytes, subject->decoded, &err));
        assert_true(sample_equal(subject->type, subject->message, subject->decoded));
    }
    buf_done(&out);
}

static void every_message_is_read_past_fields_it_does_not_know(void **test)
{
    (void)test;
    for_every_type(check_unknown_ids);
}

static void check_order(struct subject *subject)
{
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    struct buf out = {0};
    for (uint32_t at = 0; at < whole.count; at++) {
        struct pairs repeated = whole;
        insert(&repeated, at + 1, whole.at[at].id, whole.at[at].value);
        expect_refused(subject, put_together(&repeated, &out), "repeated id", whole.at[at].id);
        struct pairs falling = whole;
        insert(&falling, whole.count, whole.at[at].id, whole.at[at].value);
        expect_refused(subject, put_together(&falling, &out), "falling id", whole.at[at].id);
    }
    buf_done(&out);
}

static void every_message_refuses_repeated_and_falling_ids(void **test)
{
    (void)test;
    for_every_type(check_order);
}

static void check_absence(struct subject *subject)
{
    struct err err = {{0}, {0}};
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    struct buf out = {0};
    for (uint32_t at = 0; at < whole.count; at++) {
        const struct field *field = &subject->type->fields[at];
        struct pairs pairs = whole;
        pairs.count--;
        memmove(&pairs.at[at], &pairs.at[at + 1], (pairs.count - at) * sizeof pairs.at[0]);
        enum status st =
            decode_exactly(subject->type, put_together(&pairs, &out), subject->decoded, &err);
        assert_int_equal(st, field->is_required ? STATUS_INVALID : STATUS_OK);
        if (field->is_required) {
            assert_string_equal(err.field, field->name);
        }
    }
    buf_done(&out);
}

static void every_message_needs_its_required_fields_and_no_others(void **test)
{
    (void)test;
    for_every_type(check_absence);
}

static void check_bombs(struct subject *subject)
{
    static uint8_t nested[BOMB_BYTES];
    memset(nested, 0x91, sizeof nested);
    const struct bytes bombs[] = {
        BYTES("\xdd\xff\x00\x00\x00"),
        BYTES("\xdf\xff\xff\xff\xff"),
        BYTES("\xdb\xff\xff\xff\xff"),
        BYTES("\xc6\xff\xff\xff\xff"),
        BYTES("\xdd\x00\x01\x00\x00\xdd\x00\x01\x00\x00"),
        bytes_of(nested, sizeof nested),
    };
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    struct buf out = {0};
    for (size_t k = 0; k < sizeof bombs / sizeof bombs[0]; k++) {
        expect_refused(subject, bombs[k], "bomb", k);
        for (uint32_t at = 0; at < whole.count; at++) {
            struct pairs pairs = whole;
            pairs.at[at].value = bombs[k];
            expect_refused(subject, put_together(&pairs, &out), "bomb in a field", k);
        }
        struct pairs pairs = whole;
        insert(&pairs, whole.count, 65535, bombs[k]);
        expect_refused(subject, put_together(&pairs, &out), "bomb in an unknown field", k);
    }
    buf_done(&out);
}

static void every_message_refuses_bombs(void **test)
{
    (void)test;
    for_every_type(check_bombs);
}

static void check_round_trips(struct subject *subject)
{
    struct err err;
    struct dice dice = {subject->type->number};
    for (int i = 0; i < 20; i++) {
        struct message_arena arena = {0};
        sample_fill(subject->type, SAMPLE_MIXED, dice_next(&dice), &arena, subject->message);
        buf_clear(&subject->encoded);
        message_append(subject->type, subject->message, PART_ALL, &subject->encoded);
        struct bytes encoded = buf_bytes(&subject->encoded);
        assert_ok(message_decode(subject->type, encoded, subject->decoded, &err));
        assert_true(sample_equal(subject->type, subject->message, subject->decoded));

        json_t *json = message_to_json(subject->type, subject->message, china);
        assert_ok(message_from_json(subject->type, json, china, &arena, subject->decoded, &err));
        assert_true(sample_equal(subject->type, subject->message, subject->decoded));
        json_decref(json);
        message_arena_done(&arena);
    }
}

static void every_message_comes_back_from_bytes_and_from_json(void **test)
{
    (void)test;
    for_every_type(check_round_trips);
}

static void types_are_found_by_their_numbers_alone(void **test)
{
    (void)test;
    for (uint32_t i = 0; i < message_type_count; i++) {
        assert_ptr_equal(message_find_type(message_types[i]->number), message_types[i]);
        assert_true(i == 0 || message_types[i - 1]->number < message_types[i]->number);
    }
    assert_null(message_find_type(0));
    assert_null(message_find_type(UINT32_MAX));
    assert_null(message_find_type(message_types[message_type_count - 1]->number + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_refuses_every_truncation_of_every_message),
        cmocka_unit_test(every_message_survives_being_split_and_no_half_of_a_part_is_taken),
        cmocka_unit_test(every_field_refuses_values_of_other_types_and_empty_ones),
        cmocka_unit_test(every_message_is_read_past_fields_it_does_not_know),
        cmocka_unit_test(every_message_refuses_repeated_and_falling_ids),
        cmocka_unit_test(every_message_needs_its_required_fields_and_no_others),
        cmocka_unit_test(every_message_refuses_bombs),
        cmocka_unit_test(every_message_comes_back_from_bytes_and_from_json),
        cmocka_unit_test(types_are_found_by_their_numbers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
