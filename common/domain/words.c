/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/words.h"

#include "base/buf.h"

struct word {
    const char *word;
    const char *name;
};

/* One list as the functions below see it; value 0 is the absent one. */
struct list {
    const char *called;
    const struct word *words;
    unsigned count;
};

static const struct word *list_get(const struct list *list, unsigned value)
{
    CHECK(value < list->count);
    return &list->words[value];
}

static enum status refuse(const struct list *list, struct bytes text, struct err *err)
{
    struct buf known = {0};
    for (unsigned i = 1; i < list->count; i++) {
        buf_append_format(&known, " %s", list->words[i].word);
    }
    struct bytes shown = {text.p, text.len < 40 ? text.len : 40};
    enum status st = fail(err, STATUS_INVALID, "unknown %s '%.*s': write one of%.*s", list->called,
                          BYTES_FMT(shown), BYTES_FMT(buf_bytes(&known)));
    buf_done(&known);
    return st;
}

static enum status list_parse(const struct list *list, struct bytes text, unsigned *ret_value,
                              struct err *err)
{
    for (unsigned i = 1; i < list->count; i++) {
        if (bytes_equal(text, bytes_of_string(list->words[i].word))) {
            *ret_value = i;
            return STATUS_OK;
        }
    }
    return refuse(list, text, err);
}

#define WORD_ROW(name, word, zh) {#word, zh},
#define X(type, prefix, called)                                                                    \
    static const struct word type##_words[] = {{"", ""}, prefix##_LIST(WORD_ROW)};                 \
    static const struct list type##_list = {called, type##_words, prefix##_COUNT};                 \
    const char *type##_word(enum type value)                                                       \
    {                                                                                              \
        return list_get(&type##_list, (unsigned)value)->word;                                      \
    }                                                                                              \
    const char *type##_name(enum type value)                                                       \
    {                                                                                              \
        return list_get(&type##_list, (unsigned)value)->name;                                      \
    }                                                                                              \
    enum status type##_parse(struct bytes text, enum type *ret_value, struct err *err)             \
    {                                                                                              \
        unsigned value;                                                                            \
        enum status st = list_parse(&type##_list, text, &value, err);                              \
        if (st == STATUS_OK) {                                                                     \
            *ret_value = (enum type)value;                                                         \
        }                                                                                          \
        return st;                                                                                 \
    }
WORDS_LIST(X)
#undef X
