/* SPDX-License-Identifier: Apache-2.0 */
#include "config/texts.h"

#include "base/status.h"
#include "base/text.h"
#include "config/reader.h"

#include <string.h>

enum {
#define X(word) NOTICE_##word,
    TEXT_NOTICE_LIST(X)
#undef X
        NOTICE_COUNT
};

/* Audience 0 is everybody for whom there is nothing else. */
enum {
    AUDIENCE_any,
#define X(word) AUDIENCE_##word,
    TEXT_AUDIENCE_LIST(X)
#undef X
        AUDIENCE_COUNT
};

static const char *const notice_words[] = {
#define X(word) #word,
    TEXT_NOTICE_LIST(X)
#undef X
        NULL};

static const char *const audience_words[] = {"",
#define X(word) "_" #word,
                                             TEXT_AUDIENCE_LIST(X)
#undef X
};

static const char *const language_words[] = {
#define X(name, word) #word,
    LANGUAGE_LIST(X)
#undef X
};

static const struct {
    const char *name;
    uint32_t max_chars;
} known_values[] = {
#define X(name, max_chars) {#name, max_chars},
    TEXT_VALUE_LIST(X)
#undef X
};

#define VALUE_COUNT (sizeof known_values / sizeof known_values[0])

struct message {
    struct bytes title;
    struct bytes text;
};

/* What a file says. */
struct words {
    struct message messages[NOTICE_COUNT][AUDIENCE_COUNT];
    struct bytes phrases[TEXT_PHRASE_COUNT];
};

struct texts {
    struct words words[LANGUAGE_COUNT];
};

struct texts *texts_new(struct arena *arena)
{
    return arena_new(arena, 1, sizeof(struct texts));
}

const char *language_word(enum language language)
{
    CHECK((unsigned)language < LANGUAGE_COUNT);
    return language_words[language];
}

/* ---- templates --------------------------------------------------------------------------- */

/* A stretch of a template: either words as they are, or a placeholder's name. */
struct piece {
    struct bytes text;
    bool is_placeholder;
};

/* Takes the next piece off `template`; false at its end. A brace that is not closed belongs to the
 * name of its placeholder, so that no value has that name. */
static bool take_piece(struct bytes *template, struct piece *ret_piece)
{
    if (template->len == 0) {
        return false;
    }
    bool is_placeholder = template->p[0] == '{';
    size_t end = is_placeholder ? 1 : 0;
    while (end < template->len && template->p[end] != (is_placeholder ? '}' : '{')) {
        end++;
    }
    bool is_closed = is_placeholder && end < template->len;
    size_t from = is_closed ? 1 : 0;
    *ret_piece = (struct piece){bytes_of(template->p + from, end - from), is_placeholder};
    end += is_closed ? 1 : 0;
    *template = bytes_of(template->p + end, template->len - end);
    return true;
}

/* The place of a name in the list of values, or VALUE_COUNT. */
static size_t find_value(struct bytes name)
{
    size_t i = 0;
    while (i < VALUE_COUNT && !bytes_equal(name, bytes_of_string(known_values[i].name))) {
        i++;
    }
    return i;
}

static void add_unknown_value(struct reader *reader, const struct yaml_node *node, const char *path,
                              struct bytes name)
{
    const char *names[VALUE_COUNT + 1] = {NULL};
    for (size_t i = 0; i < VALUE_COUNT; i++) {
        names[i] = known_values[i].name;
    }
    const char *nearest = reader_nearest(name, names);
    reader_problem(reader, node, path, "there is no placeholder '{%.*s}'%s%s%s", BYTES_FMT(name),
                   nearest != NULL ? " (did you mean '{" : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "}'?)" : "");
}

/* Whether all placeholders are known and the longest values still fit. */
static void check_template(struct reader *reader, const struct yaml_node *node, const char *path,
                           uint32_t max_chars)
{
    struct bytes rest = node->text;
    struct piece piece;
    size_t chars = 0;
    while (take_piece(&rest, &piece)) {
        size_t piece_chars = 0;
        (void)text_is_valid(piece.text, &piece_chars);
        size_t value = piece.is_placeholder ? find_value(piece.text) : VALUE_COUNT;
        if (piece.is_placeholder && value == VALUE_COUNT) {
            add_unknown_value(reader, node, path, piece.text);
        }
        chars += value < VALUE_COUNT ? known_values[value].max_chars : piece_chars;
    }
    if (chars > max_chars) {
        reader_problem(reader, node, path,
                       "may come to %zu characters with its placeholders filled, at most %u fit",
                       chars, max_chars);
    }
}

static void read_title(struct reader *reader, const struct yaml_node *node, const char *path,
                       void *member, void *user)
{
    (void)user;
    if (reader_read_text(reader, node, path, TEXT_TITLE_MAX_CHARS, member)) {
        check_template(reader, node, path, TEXT_TITLE_MAX_CHARS);
    }
}

static void read_text(struct reader *reader, const struct yaml_node *node, const char *path,
                      void *member, void *user)
{
    (void)user;
    if (reader_read_text(reader, node, path, TEXT_TEXT_MAX_CHARS, member)) {
        check_template(reader, node, path, TEXT_TEXT_MAX_CHARS);
    }
}

static void read_phrase(struct reader *reader, const struct yaml_node *node, const char *path,
                        void *member, void *user)
{
    (void)user;
    if (reader_read_text(reader, node, path, TEXT_PHRASE_MAX_CHARS, member)) {
        check_template(reader, node, path, TEXT_PHRASE_MAX_CHARS);
    }
}

/* ---- files ------------------------------------------------------------------------------- */

static bool find_audience(struct bytes word, size_t *ret_audience)
{
    for (size_t i = 0; i < AUDIENCE_COUNT; i++) {
        if (bytes_equal(word, bytes_of_string(audience_words[i]))) {
            *ret_audience = i;
            return true;
        }
    }
    return false;
}

/* Finds notice and audience of "dispatched_section". */
static bool find_message(struct bytes key, size_t *ret_notice, size_t *ret_audience)
{
    for (size_t i = 0; i < NOTICE_COUNT; i++) {
        struct bytes notice = bytes_of_string(notice_words[i]);
        if (!bytes_start_with(key, notice)) {
            continue;
        }
        if (find_audience(bytes_of(key.p + notice.len, key.len - notice.len), ret_audience)) {
            *ret_notice = i;
            return true;
        }
    }
    return false;
}

const char *texts_find_notice(struct bytes word)
{
    size_t notice;
    size_t audience;
    bool is_known = find_message(word, &notice, &audience) && audience == AUDIENCE_any;
    return is_known ? notice_words[notice] : NULL;
}

static const struct reader_row message_rows[] = {
    {.key = "title",
     .type = READ_CUSTOM,
     .is_required = true,
     .read = read_title,
     .offset = offsetof(struct message, title),
     .help = "One line, shown in lists."},
    {.key = "text",
     .type = READ_CUSTOM,
     .is_required = true,
     .read = read_text,
     .offset = offsetof(struct message, text),
     .help = "The notice itself."},
    {0},
};

static void read_notices(struct reader *reader, const struct yaml_node *map, const char *path,
                         void *member, void *user)
{
    struct words *words = user;
    (void)member;
    if (!reader_expect(reader, map, path, YAML_MAP)) {
        return;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        size_t notice;
        size_t audience;
        char item[READER_PATH_MAX];
        reader_member_path(item, path, map->keys[i].text);
        if (!find_message(map->keys[i].text, &notice, &audience)) {
            const char *nearest = reader_nearest(map->keys[i].text, notice_words);
            reader_problem(reader, &map->keys[i], item, "there is no such notice%s%s%s",
                           nearest != NULL ? " (did you mean '" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
            continue;
        }
        (void)reader_read_map(reader, &map->items[i], item, message_rows,
                              &words->messages[notice][audience], NULL);
    }
    for (size_t i = 0; i < NOTICE_COUNT; i++) {
        if (yaml_find(map, notice_words[i]) == NULL) {
            reader_problem(reader, map, path, "the notice '%s' is missing", notice_words[i]);
        }
    }
}

static void read_phrases(struct reader *reader, const struct yaml_node *map, const char *path,
                         void *member, void *user)
{
    static const struct reader_row rows[] = {
#define X(word)                                                                                    \
    {.key = #word,                                                                                 \
     .type = READ_CUSTOM,                                                                          \
     .is_required = true,                                                                          \
     .read = read_phrase,                                                                          \
     .offset = TEXT_PHRASE_##word * sizeof(struct bytes),                                          \
     .help = "A part of notices."},
        TEXT_PHRASE_LIST(X)
#undef X
            {0},
    };
    struct words *words = user;
    (void)member;
    (void)reader_read_map(reader, map, path, rows, words->phrases, NULL);
}

bool texts_read(struct texts *texts, enum language language, const struct yaml_document *document,
                struct problems *problems)
{
    static const struct reader_row rows[] = {
        {.key = "notices",
         .type = READ_CUSTOM,
         .is_required = true,
         .read = read_notices,
         .help = "Every notice with its title and text."},
        {.key = "phrases",
         .type = READ_CUSTOM,
         .is_required = true,
         .read = read_phrases,
         .help = "What notices are put together from."},
        {0},
    };
    CHECK((unsigned)language < LANGUAGE_COUNT);
    struct reader reader = {.file = document->file, .problems = problems};
    return reader_read_map(&reader, &document->root, "", rows, texts, &texts->words[language]);
}

/* ---- formatting -------------------------------------------------------------------------- */

void texts_append_cut(struct bytes text, uint32_t max_chars, struct buf *out)
{
    size_t at = 0;
    uint32_t chars = 0;
    while (at < text.len && chars < max_chars) {
        at++;
        while (at < text.len && (text.p[at] & 0xc0) == 0x80) {
            at++;
        }
        chars++;
    }
    if (at == text.len) {
        buf_append_bytes(out, text.len != 0 ? text : BYTES("—"));
        return;
    }
    /* The last character makes room for the sign that something was left out. */
    do {
        at--;
    } while (at > 0 && (text.p[at] & 0xc0) == 0x80);
    buf_append(out, text.p, at);
    buf_append_string(out, "…");
}

static void append_placeholder(struct bytes name, const struct text_value *values,
                               uint32_t value_count, struct buf *out)
{
    size_t known = find_value(name);
    struct bytes text = {0};
    CHECK(known < VALUE_COUNT);
    for (uint32_t i = 0; i < value_count; i++) {
        if (bytes_equal(name, bytes_of_string(values[i].name))) {
            text = values[i].text;
        }
    }
    texts_append_cut(text, known_values[known].max_chars, out);
}

static struct bytes get_template(const struct texts *texts, enum language language, const char *key)
{
    const char *dot = strchr(key, '.');
    size_t notice;
    size_t audience;
    CHECK(dot != NULL && (unsigned)language < LANGUAGE_COUNT);
    CHECK(find_message(bytes_of(key, (size_t)(dot - key)), &notice, &audience));
    const struct message *messages = texts->words[language].messages[notice];
    const struct message *message =
        messages[audience].title.len != 0 ? &messages[audience] : &messages[AUDIENCE_any];
    bool is_title = strcmp(dot, ".title") == 0;
    CHECK(is_title || strcmp(dot, ".text") == 0);
    return is_title ? message->title : message->text;
}

static void append_filled(struct bytes template, const struct text_value *values,
                          uint32_t value_count, struct buf *out)
{
    struct piece piece;
    while (take_piece(&template, &piece)) {
        if (piece.is_placeholder) {
            append_placeholder(piece.text, values, value_count, out);
        } else {
            buf_append_bytes(out, piece.text);
        }
    }
}

void texts_format(const struct texts *texts, enum language language, const char *key,
                  const struct text_value *values, uint32_t value_count, struct buf *out)
{
    append_filled(get_template(texts, language, key), values, value_count, out);
}

void texts_format_phrase(const struct texts *texts, enum language language, enum text_phrase phrase,
                         const struct text_value *values, uint32_t value_count, struct buf *out)
{
    CHECK((unsigned)language < LANGUAGE_COUNT);
    CHECK(phrase > TEXT_PHRASE_none && phrase < TEXT_PHRASE_COUNT);
    append_filled(texts->words[language].phrases[phrase], values, value_count, out);
}
