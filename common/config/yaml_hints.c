/* SPDX-License-Identifier: Apache-2.0 */
#include "config/yaml_hints.h"

#include <string.h>

static const struct {
    const char *problem;
    const char *hint;
} hints[] = {
    {"mapping values are not allowed in this context",
     "a colon too many, or the line before has none: each key has a ':' and a space behind it, and "
     "a text with a ':' in it stands in quotes"},
    {"found character that cannot start any token",
     "a text that begins with @, %, ` or a tab stands in quotes, as in '@list'"},
    {"did not find expected ',' or '}'",
     "a '{' is not closed, or a ',' is missing between two entries"},
    {"did not find expected ',' or ']'",
     "a '[' is not closed, or a ',' is missing between two values"},
    {"did not find expected '-' indicator",
     "this line is indented otherwise than the entries above it: indent them alike"},
    {"did not find expected key",
     "this line is indented otherwise than the keys above it, or a quote or bracket above it is "
     "not closed"},
    {"could not find expected ':'", "a key without ':' and a space behind it"},
    {"found unexpected end of stream", "a quote is not closed"},
    {"did not find expected node content", "a value is missing, or a ',' stands there twice"},
    {"block sequence entries are not allowed in this context",
     "an entry that begins with '-' stands on a line of its own below its key"},
    {"did not find expected <document start>",
     "nothing stands behind the end of the file's keys: indent this line alike, or remove it"},
    {"found unknown escape character",
     "a \\ in double quotes is special: write single quotes instead"},
};

/* In the order of how often they are meant. */
static const struct {
    const char *wide;
    const char *narrow;
} signs[] = {
    {"：", ": "}, {"，", ", "}, {"、", ", "}, {"［", "["}, {"］", "]"}, {"【", "["},
    {"】", "]"},  {"｛", "{"},  {"｝", "}"},  {"“", "\""}, {"”", "\""}, {"‘", "'"},
    {"’", "'"},   {"＠", "@"},  {"－", "-"},  {"＃", "#"},
};

static bool wide_sign_at(struct bytes line, size_t at, struct bytes *ret_wide,
                         const char **ret_narrow)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        struct bytes wide = bytes_of_string(signs[i].wide);
        if (bytes_start_with(bytes_of(line.p + at, line.len - at), wide)) {
            *ret_wide = wide;
            *ret_narrow = signs[i].narrow;
            return true;
        }
    }
    return false;
}

bool yaml_find_wide_sign(struct bytes line, struct bytes *ret_wide, const char **ret_narrow)
{
    uint8_t quote = 0;
    for (size_t i = 0; i < line.len && (quote != 0 || line.p[i] != '#'); i++) {
        uint8_t c = line.p[i];
        if (c == '\'' || c == '"') {
            quote = quote == 0 ? c : quote == c ? 0 : quote;
        } else if (quote == 0 && wide_sign_at(line, i, ret_wide, ret_narrow)) {
            return true;
        }
    }
    return false;
}

static struct bytes find_line(struct bytes text, size_t number)
{
    size_t begin = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] != '\n') {
            continue;
        }
        if (--number == 0) {
            return bytes_of(text.p + begin, i - begin);
        }
        begin = i + 1;
    }
    return bytes_of(text.p + begin, number == 1 ? text.len - begin : 0);
}

/* A full-width sign is most often what is wrong, where it begins or where it was noticed. */
static bool append_wide_sign(struct buf *message, struct bytes text, const size_t lines[3])
{
    struct bytes wide;
    const char *narrow;
    for (unsigned i = 0; i < 3; i++) {
        if (lines[i] > 0 && yaml_find_wide_sign(find_line(text, lines[i]), &wide, &narrow)) {
            buf_append_format(message, ": line %zu has the full-width sign '%.*s': write '%s'",
                              lines[i], BYTES_FMT(wide), narrow);
            return true;
        }
    }
    return false;
}

void yaml_append_advice(struct buf *message, const char *problem, struct bytes text,
                        const size_t lines[3])
{
    if (append_wide_sign(message, text, lines)) {
        return;
    }
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (strcmp(hints[i].problem, problem) == 0) {
            buf_append_format(message, ": %s", hints[i].hint);
        }
    }
}
