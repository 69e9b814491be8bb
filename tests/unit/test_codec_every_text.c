/* SPDX-License-Identifier: Apache-2.0 */
/* What people write: the texts that the door of a command takes, of every command there is. */
#include "every_message.h"

#include "messages.h"

#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_command_takes_a_text_that_is_blank_or_holds_control_characters),
        cmocka_unit_test(what_is_written_in_one_line_is_marked_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
