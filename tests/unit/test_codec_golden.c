/* SPDX-License-Identifier: Apache-2.0 */
/* The golden bytes of every message: `test_codec_golden --write` adds the lines that are missing. A
 * line that is there never changes. */
#include "every_message.h"

#include "messages.h"

#include <string.h>

#define GOLDEN SOURCE_DIR "/tests/golden/messages.txt"
#define GOLDEN_LINE_MAX 65536

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
                     "test_codec_golden --write",
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_message_has_its_golden_bytes)};
    const struct CMUnitTest writers[] = {cmocka_unit_test(missing_golden_bytes_are_written)};
    if (argc == 2 && strcmp(argv[1], "--write") == 0) {
        return cmocka_run_group_tests(writers, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
