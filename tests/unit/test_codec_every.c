/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for every message there is, and the golden bytes: `test_codec_every --write` adds
 * the lines that are missing. A line that is there never changes. */
#include "harness.h"

#include "codec/field.h"
#include "codec/message.h"
#include "codec/message_text.h"
#include "codec/unpack.h"
#include "message_sample.h"
#include "messages.h"

#define PAIRS_MAX 64
#define GOLDEN SOURCE_DIR "/tests/golden/messages.txt"
#define GOLDEN_LINE_MAX 65536
#define BOMB_BYTES 100000

static const struct zone china = {8 * 3600};

/* ---- taking encoded messages apart and putting them together ----------------------------------
 */

struct pair {
    uint64_t id;
    struct bytes value;
};

struct pairs {
    struct pair at[PAIRS_MAX];
    uint32_t count;
};

static struct pairs take_apart(struct bytes encoded)
{
    struct pairs pairs;
    struct unpack in = unpack_begin(encoded);
    assert_int_equal(unpack_map(&in, &pairs.count), UNPACK_FINE);
    assert_in_range(pairs.count, 0, PAIRS_MAX - 2);
    for (uint32_t i = 0; i < pairs.count; i++) {
        assert_int_equal(unpack_u64(&in, &pairs.at[i].id), UNPACK_FINE);
        const uint8_t *begin = in.p;
        assert_int_equal(unpack_skip(&in), UNPACK_FINE);
        pairs.at[i].value = bytes_of(begin, (size_t)(in.p - begin));
    }
    return pairs;
}

static struct bytes put_together(const struct pairs *pairs, struct buf *out)
{
    struct list unused = {0};
    buf_clear(out);
    if (pairs->count > 15) {
        buf_append_u8(out, 0xde);
        buf_append_be16(out, (uint16_t)pairs->count);
    } else {
        buf_append_u8(out, (uint8_t)(0x80U | pairs->count));
    }
    for (uint32_t i = 0; i < pairs->count; i++) {
        list_put_u64(&unused, out, pairs->at[i].id);
        buf_append_bytes(out, pairs->at[i].value);
    }
    return buf_bytes(out);
}

static void insert(struct pairs *pairs, uint32_t at, uint64_t id, struct bytes value)
{
    memmove(&pairs->at[at + 1], &pairs->at[at], (pairs->count - at) * sizeof pairs->at[0]);
    pairs->at[at] = (struct pair){id, value};
    pairs->count++;
}

/* Decodes from memory of exactly that size, so that a sanitizer sees every step beyond it. */
static enum status decode_exactly(const struct message_type *type, struct bytes bytes,
                                  void *ret_message, struct err *err)
{
    uint8_t *copy = malloc(bytes.len + (bytes.len == 0));
    assert_non_null(copy);
    if (bytes.len != 0) {
        memcpy(copy, bytes.p, bytes.len);
    }
    enum status st = message_decode(type, bytes_of(copy, bytes.len), ret_message, err);
    free(copy);
    return st;
}

/* ---- every message ----------------------------------------------------------------------------
 */

/* A message type with a full sample of it. */
struct subject {
    const struct message_type *type;
    struct message_arena arena;
    struct buf encoded;
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    _Alignas(max_align_t) uint8_t decoded[MESSAGE_SIZE_MAX];
};

static void for_every_type(void (*check)(struct subject *))
{
    for (uint32_t i = 0; i < message_type_count; i++) {
        struct subject subject = {.type = message_types[i]};
        sample_fill(subject.type, SAMPLE_SMALL, subject.type->number, &subject.arena,
                    subject.message);
        message_append(subject.type, subject.message, PART_ALL, &subject.encoded);
        check(&subject);
        buf_done(&subject.encoded);
        message_arena_done(&subject.arena);
    }
}

static void expect_refused(struct subject *subject, struct bytes bytes, const char *what,
                           uint64_t which)
{
    struct err err = {{0}, {0}};
    if (decode_exactly(subject->type, bytes, subject->decoded, &err) != STATUS_INVALID ||
        err.text[0] == '\0') {
        fail_msg("%s: %s %llu is not refused: '%s'", subject->type->name, what,
                 (unsigned long long)which, err.text);
    }
}

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

/* ---- golden bytes -----------------------------------------------------------------------------
 */

static const struct message_type *find_name(const char *name)
{
    for (uint32_t i = 0; i < message_type_count; i++) {
        if (strcmp(message_types[i]->name, name) == 0) {
            return message_types[i];
        }
    }
    fail_msg("golden bytes of '%s', which is no message", name);
    return NULL;
}

static uint32_t index_of(const struct message_type *type)
{
    uint32_t i = 0;
    while (message_types[i] != type) {
        i++;
    }
    return i;
}

static void append_hex(struct buf *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        buf_append_format(out, "%02x", bytes.p[i]);
    }
}

static void parse_hex(const char *hex, struct buf *ret_bytes)
{
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
        buf_append_u8(ret_bytes, (uint8_t)byte);
    }
}

/* A line of old still decodes, to a message that has the very same bytes. */
static void check_golden_line(const struct message_type *type, struct bytes golden)
{
    struct err err;
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    struct buf again = {0};
    assert_ok(message_decode(type, golden, message, &err));
    message_append(type, message, PART_ALL, &again);
    if (!bytes_equal(buf_bytes(&again), golden)) {
        fail_msg("%s: golden bytes are encoded differently now", type->name);
    }
    buf_done(&again);
}

/* Reads the golden file; says for each type whether one of its lines is today's sample. */
static void read_golden(bool *ret_has_todays)
{
    FILE *file = fopen(GOLDEN, "r");
    char *line = malloc(GOLDEN_LINE_MAX);
    assert_non_null(line);
    while (file != NULL && fgets(line, GOLDEN_LINE_MAX, file) != NULL) {
        char *hex = strchr(line, ' ');
        assert_non_null(hex);
        *hex++ = '\0';
        const struct message_type *type = find_name(line);
        struct buf golden = {0};
        parse_hex(hex, &golden);
        check_golden_line(type, buf_bytes(&golden));

        struct message_arena arena = {0};
        _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
        struct buf todays = {0};
        sample_fill(type, SAMPLE_SMALL, type->number, &arena, message);
        message_append(type, message, PART_ALL, &todays);
        if (bytes_equal(buf_bytes(&golden), buf_bytes(&todays))) {
            ret_has_todays[index_of(type)] = true;
        }
        buf_done(&todays);
        buf_done(&golden);
        message_arena_done(&arena);
    }
    free(line);
    if (file != NULL) {
        (void)fclose(file);
    }
}

static void every_message_has_its_golden_bytes(void **test)
{
    (void)test;
    bool *has_todays = calloc(message_type_count, sizeof *has_todays);
    assert_non_null(has_todays);
    read_golden(has_todays);
    for (uint32_t i = 0; i < message_type_count; i++) {
        if (!has_todays[i]) {
            fail_msg("%s: no golden bytes of it as it is now; after an addition run "
                     "test_codec_every --write",
                     message_types[i]->name);
        }
    }
    free(has_todays);
}

static struct {
    const bool *has_todays;
    FILE *file;
} writing;

static void write_line(struct subject *subject)
{
    if (!writing.has_todays[index_of(subject->type)]) {
        struct buf line = {0};
        buf_append_format(&line, "%s ", subject->type->name);
        append_hex(&line, buf_bytes(&subject->encoded));
        (void)fprintf(writing.file, "%.*s\n", BYTES_FMT(buf_bytes(&line)));
        buf_done(&line);
    }
}

static void missing_golden_bytes_are_written(void **test)
{
    (void)test;
    bool *has_todays = calloc(message_type_count, sizeof *has_todays);
    assert_non_null(has_todays);
    read_golden(has_todays);
    writing.has_todays = has_todays;
    writing.file = fopen(GOLDEN, "a");
    assert_non_null(writing.file);
    for_every_type(write_line);
    assert_int_equal(fclose(writing.file), 0);
    free(has_todays);
}

/* ---- what people write ------------------------------------------------------------------------
 */

/* Takes a message with one of its texts replaced, as the door of a command does. */
static enum status take_with(const struct subject *subject, const struct field *field,
                             const char *text, struct err *err)
{
    _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
    struct buf arena = {0};
    memcpy(message, subject->message, subject->type->size);
    *(struct bytes *)(void *)(message + field->offset) = bytes_of_string(text);
    enum status st = message_normalise(subject->type, message, &arena, err);
    buf_done(&arena);
    return st;
}

static void expect_taken_if(bool is_fine, const struct subject *subject, const struct field *field,
                            const char *text)
{
    struct err err = {{0}, {0}};
    enum status st = take_with(subject, field, text, &err);
    if (st != (is_fine ? STATUS_OK : STATUS_INVALID) ||
        (!is_fine && strcmp(err.field, field->name) != 0)) {
        fail_msg("%s.%s '%s': %s (%s)", subject->type->name, field->name, text, err.text,
                 err.field);
    }
}

/* How many texts it has. */
static uint32_t check_writings(const struct subject *subject)
{
    static const char *const never[] = {" ",     "\n",    "　",        " \u00a0\u200b", "a\tb",
                                        "a\x01", "a\x7f", "a\xc2\x85", "a\u2028b"};
    uint32_t count = 0;
    for (uint32_t i = 0; i < subject->type->field_count; i++) {
        const struct field *field = &subject->type->fields[i];
        if (field->type != FIELD_TEXT) {
            continue;
        }
        count++;
        for (size_t k = 0; k < sizeof never / sizeof never[0]; k++) {
            expect_taken_if(false, subject, field, never[k]);
        }
        expect_taken_if(true, subject, field, " 路灯 ");
        expect_taken_if(!field->is_line, subject, field, "a\nb");
        expect_taken_if(!field->is_required, subject, field, "");
    }
    return count;
}

static bool is_command(const struct message_type *type)
{
    size_t len = strlen(type->name);
    return len > 8 && strcmp(type->name + len - 8, "_command") == 0;
}

static uint32_t check_type_writings(const struct message_type *type)
{
    struct subject subject = {.type = type};
    sample_fill(type, SAMPLE_SMALL, 1, &subject.arena, subject.message);
    uint32_t count = check_writings(&subject);
    message_arena_done(&subject.arena);
    return count;
}

static void no_command_takes_a_text_that_is_blank_or_holds_control_characters(void **test)
{
    (void)test;
    uint32_t texts = 0;
    for (uint32_t i = 0; i < message_type_count; i++) {
        const struct message_type *type = message_types[i];
        if (!is_command(type)) {
            continue;
        }
        texts += check_type_writings(type);
        for (uint32_t k = 0; k < type->field_count; k++) {
            const struct field *field = &type->fields[k];
            texts += field->type == FIELD_LIST && field->of == FIELD_MESSAGE
                         ? check_type_writings(field->of_message)
                         : 0;
        }
    }
    assert_in_range(texts, 40, 400);
}

static void what_is_written_in_one_line_is_marked_so(void **test)
{
    (void)test;
    static const struct {
        const struct message_type *type;
        const char *field;
    } lines[] = {{&submit_command_type, "title"}, {&report_part_type, "title"},
                 {&matter_part_type, "title"},    {&household_part_type, "head"},
                 {&cadre_part_type, "name"},      {&supervise_command_type, "until"}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(message_find_field(lines[i].type, lines[i].field)->is_line);
    }
    assert_false(message_find_field(&submit_command_type, "text")->is_line);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_refuses_every_truncation_of_every_message),
        cmocka_unit_test(every_message_survives_being_split_and_no_half_of_a_part_is_taken),
        cmocka_unit_test(every_field_takes_its_limit_and_refuses_one_more),
        cmocka_unit_test(every_list_takes_its_limits_and_refuses_one_more),
        cmocka_unit_test(every_field_refuses_values_of_other_types_and_empty_ones),
        cmocka_unit_test(every_message_is_read_past_fields_it_does_not_know),
        cmocka_unit_test(every_message_refuses_repeated_and_falling_ids),
        cmocka_unit_test(every_message_needs_its_required_fields_and_no_others),
        cmocka_unit_test(every_message_refuses_bombs),
        cmocka_unit_test(every_message_comes_back_from_bytes_and_from_json),
        cmocka_unit_test(types_are_found_by_their_numbers_alone),
        cmocka_unit_test(every_message_has_its_golden_bytes),
        cmocka_unit_test(no_command_takes_a_text_that_is_blank_or_holds_control_characters),
        cmocka_unit_test(what_is_written_in_one_line_is_marked_so),
    };
    const struct CMUnitTest writers[] = {cmocka_unit_test(missing_golden_bytes_are_written)};
    if (argc == 2 && strcmp(argv[1], "--write") == 0) {
        return cmocka_run_group_tests(writers, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
