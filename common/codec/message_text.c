/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/message_text.h"

#include "codec/field.h"
#include "codec/value.h"

#define OPTION_BYTES 40

/* Adds one element, read from text, at the end of the list. */
static enum status add_element(const struct field *field, struct bytes text,
                               const struct value_source *source, struct list *list,
                               struct err *err)
{
    struct list longer = {.count = list->count + 1};
    enum status st = field_check(field, &longer, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct field element = field_of_element(field);
    uint64_t value[2] = {0};
    _Static_assert(sizeof value >= sizeof(struct bytes), "room for any element");
    st = value_parse(&element, text, source, value, err);
    if (st == STATUS_OK) {
        struct buf out = {0};
        buf_append(&out, list->p, list->len);
        longer.count = list->count;
        value_put(&element, &longer, &out, value);
        value_keep_list(&longer, &out, source->arena);
        *list = longer;
        buf_done(&out);
    }
    return st;
}

/* The field as it is called on a command line: "--evidence-text". */
static void format_option(const struct field *field, char *option)
{
    (void)snprintf(option, OPTION_BYTES, "--%s", field->name);
    for (char *at = option; *at != '\0'; at++) {
        if (*at == '_') {
            *at = '-';
        }
    }
}

enum status message_set_text(const struct field *field, struct bytes text, struct zone zone,
                             struct message_arena *arena, void *message, struct err *err)
{
    struct value_source source = {zone, arena};
    void *member = (uint8_t *)message + field->offset;
    enum status st = field->type == FIELD_LIST ? add_element(field, text, &source, member, err)
                                               : value_parse(field, text, &source, member, err);
    if (st != STATUS_OK) {
        char option[OPTION_BYTES];
        format_option(field, option);
        char sentence[sizeof err->text];
        memcpy(sentence, err->text, sizeof sentence);
        return fail_field(err, STATUS_INVALID, field->name, "%s: %s", option, sentence);
    }
    return STATUS_OK;
}
