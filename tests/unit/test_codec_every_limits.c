/* SPDX-License-Identifier: Apache-2.0 */
/* Every field of every message takes its limit, and refuses one more. */
#include "every_message.h"

#include "codec/unpack.h"

#include <string.h>

/* Refused, and the error names the field of the message. */
static void expect_blamed(struct subject *subject, struct bytes bytes, const struct field *field,
                          const char *what)
{
    struct err err = {{0}, {0}};
    if (decode_exactly(subject->type, bytes, subject->decoded, &err) != STATUS_INVALID ||
        strcmp(err.field, field->name) != 0) {
        fail_msg("%s.%s: %s is not refused as this field's: '%s' (%s)", subject->type->name,
                 field->name, what, err.text, err.field);
    }
}

static void expect_taken(struct subject *subject, struct bytes bytes, const struct field *field,
                         const char *what)
{
    struct err err = {{0}, {0}};
    if (decode_exactly(subject->type, bytes, subject->decoded, &err) != STATUS_OK) {
        fail_msg("%s.%s: %s is refused: %s", subject->type->name, field->name, what, err.text);
    }
}

static void append_run(struct buf *out, const char *unit, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        buf_append_string(out, unit);
    }
}

/* Appends a value of `units` of the field's limit: characters, bytes, elements, or the number. */
static bool append_of_size(const struct field *field, uint64_t units, const char *character,
                           struct buf *out)
{
    struct list unused = {0};
    struct buf run = {0};
    bool is_limited = true;
    if (field->type == FIELD_U32 || field->type == FIELD_ENUM || field->type == FIELD_U64) {
        list_put_u64(&unused, out, units);
        is_limited = field->max != UINT64_MAX;
    } else if (field->type == FIELD_TEXT || field->type == FIELD_WORD) {
        append_run(&run, character, units);
        list_put_bytes(&unused, out, buf_bytes(&run));
    } else if (field->type == FIELD_BIN) {
        memset(buf_extend(&run, (size_t)units), 7, (size_t)units);
        list_put_bin(&unused, out, buf_bytes(&run));
    } else {
        is_limited = false;
    }
    buf_done(&run);
    return is_limited;
}

static uint64_t limit_of(const struct field *field)
{
    return field->type == FIELD_WORD ? WORD_MAX_BYTES : field->max;
}

static void check_one_limit(struct subject *subject, const struct pairs *whole, uint32_t at,
                            const char *character)
{
    const struct field *field = &subject->type->fields[at];
    struct pairs pairs = *whole;
    struct buf value = {0};
    struct buf out = {0};
    if (append_of_size(field, limit_of(field), character, &value)) {
        pairs.at[at].value = buf_bytes(&value);
        expect_taken(subject, put_together(&pairs, &out), field, "its limit");
        buf_clear(&value);
        (void)append_of_size(field, limit_of(field) + 1, character, &value);
        pairs.at[at].value = buf_bytes(&value);
        expect_blamed(subject, put_together(&pairs, &out), field, "one more than its limit");
    }
    buf_done(&value);
    buf_done(&out);
}

static void check_limits(struct subject *subject)
{
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    assert_int_equal(whole.count, subject->type->field_count);
    for (uint32_t i = 0; i < whole.count; i++) {
        check_one_limit(subject, &whole, i, "a");
        if (subject->type->fields[i].type == FIELD_TEXT) {
            check_one_limit(subject, &whole, i, "路");
        }
    }
}

static void every_field_takes_its_limit_and_refuses_one_more(void **test)
{
    (void)test;
    for_every_type(check_limits);
}

/* A list of so many times the same element. */
static struct bytes list_of(struct bytes element, uint64_t count, struct buf *out)
{
    buf_clear(out);
    if (count < 16) {
        buf_append_u8(out, (uint8_t)(0x90U | count));
    } else if (count <= UINT16_MAX) {
        buf_append_u8(out, 0xdc);
        buf_append_be16(out, (uint16_t)count);
    } else {
        buf_append_u8(out, 0xdd);
        buf_append_be32(out, (uint32_t)count);
    }
    for (uint64_t i = 0; i < count; i++) {
        buf_append_bytes(out, element);
    }
    return buf_bytes(out);
}

static struct bytes first_element(struct bytes list)
{
    uint32_t count;
    struct unpack in = unpack_begin(list);
    assert_int_equal(unpack_array(&in, &count), UNPACK_FINE);
    assert_int_not_equal(count, 0);
    const uint8_t *begin = in.p;
    assert_int_equal(unpack_skip(&in), UNPACK_FINE);
    return bytes_of(begin, (size_t)(in.p - begin));
}

static void check_count(struct subject *subject, const struct pairs *whole, uint32_t at)
{
    const struct field *field = &subject->type->fields[at];
    struct bytes element = first_element(whole->at[at].value);
    struct pairs pairs = *whole;
    struct buf list = {0};
    struct buf out = {0};
    pairs.at[at].value = list_of(element, field->max, &list);
    expect_taken(subject, put_together(&pairs, &out), field, "as many elements as may be");
    pairs.at[at].value = list_of(element, field->max + 1, &list);
    expect_blamed(subject, put_together(&pairs, &out), field, "one element too many");
    buf_done(&list);
    buf_done(&out);
}

/* Whether the elements have a limit of their own. */
static bool check_elements(struct subject *subject, const struct pairs *whole, uint32_t at,
                           const char *character)
{
    const struct field *field = &subject->type->fields[at];
    const struct field element = field_of_element(field);
    struct pairs pairs = *whole;
    struct buf value = {0};
    struct buf list = {0};
    struct buf out = {0};
    bool is_limited = append_of_size(&element, limit_of(&element), character, &value);
    if (is_limited) {
        pairs.at[at].value = list_of(buf_bytes(&value), 1, &list);
        expect_taken(subject, put_together(&pairs, &out), field, "an element at its limit");
        buf_clear(&value);
        (void)append_of_size(&element, limit_of(&element) + 1, character, &value);
        pairs.at[at].value = list_of(buf_bytes(&value), 1, &list);
        expect_blamed(subject, put_together(&pairs, &out), field, "an element over its limit");
    }
    buf_done(&value);
    buf_done(&list);
    buf_done(&out);
    return is_limited;
}

static struct {
    uint32_t lists;
    uint32_t limited; /* whose elements have a limit */
} seen;

static void check_list_limits(struct subject *subject)
{
    struct pairs whole = take_apart(buf_bytes(&subject->encoded));
    for (uint32_t i = 0; i < whole.count; i++) {
        const struct field *field = &subject->type->fields[i];
        if (field->type != FIELD_LIST) {
            continue;
        }
        check_count(subject, &whole, i);
        seen.lists++;
        seen.limited += check_elements(subject, &whole, i, "a");
        if (field->of == FIELD_TEXT) {
            (void)check_elements(subject, &whole, i, "路");
        }
    }
}

static void every_list_takes_its_limits_and_refuses_one_more(void **test)
{
    (void)test;
    for_every_type(check_list_limits);
    assert_in_range(seen.lists, 20, 400);
    assert_in_range(seen.limited, 10, seen.lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_takes_its_limit_and_refuses_one_more),
        cmocka_unit_test(every_list_takes_its_limits_and_refuses_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
