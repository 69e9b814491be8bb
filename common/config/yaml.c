/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml finds the structure; what it lets pass (anchors, tags, duplicate keys, depth, further
 * documents) is refused here while its events are made into a tree. What it would refuse without a
 * usable place (bytes that are not text, tabs) is looked for before, in the bytes themselves.
 */
#include "config/yaml.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/arena.h"
#include "config/yaml_hints.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

/* One collection that is being read. */
struct frame {
    struct yaml_node node; /* its items and keys are set when it ends */
    struct yaml_node *items;
    struct yaml_node *keys;
    uint32_t capacity;
    bool has_key; /* map: keys[count] is there, its value comes next */
};

struct loader {
    const char *shown;
    struct problems *problems;
    struct arena *arena;
    struct frame frames[YAML_DEPTH_MAX];
    uint32_t depth;
    uint32_t node_count;
    struct yaml_node root;
    uint32_t document_count;
    bool is_over;  /* nothing more to read: the end, or a problem that hides what follows */
    bool is_whole; /* one document was read to its end */
};

static void add_problem(struct loader *loader, yaml_mark_t mark, const char *text)
{
    problems_add(loader->problems, loader->shown, (uint32_t)mark.line + 1,
                 (uint32_t)mark.column + 1, "", "%s", text);
}

/* ---- bytes ------------------------------------------------------------------------------- */

struct place {
    uint32_t line;
    uint32_t column;
};

static bool is_line_end(struct bytes text, size_t at)
{
    return text.p[at] == '\n' ||
           (text.p[at] == '\r' && (at + 1 == text.len || text.p[at + 1] != '\n'));
}

/* Columns count characters, as libyaml's do. */
static struct place place_of(struct bytes text, size_t offset)
{
    struct place place = {1, 1};
    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (is_line_end(text, i)) {
            place = (struct place){place.line + 1, 1};
        } else if ((text.p[i] & 0xc0) != 0x80 && text.p[i] != '\r') {
            place.column++;
        }
    }
    return place;
}

/* The offset of the first byte that is not UTF-8 or is NUL, or the length. */
static size_t valid_length(struct bytes text)
{
    size_t chars = 0;
    if (text_is_valid(text, &chars)) {
        return text.len;
    }
    size_t at = 0;
    for (; chars > 0; chars--) {
        at++;
        while (at < text.len && (text.p[at] & 0xc0) == 0x80) {
            at++;
        }
    }
    return at;
}

static bool check_utf8(struct bytes text, const char *shown, struct problems *problems)
{
    size_t valid = valid_length(text);
    if (valid == text.len) {
        return true;
    }
    struct place place = place_of(text, valid);
    problems_add(problems, shown, place.line, place.column, "",
                 "byte 0x%02x is not UTF-8 text: save the file as UTF-8", text.p[valid]);
    return false;
}

/* Every tab before the first other character of a line, and every control character. */
static bool check_characters(struct bytes text, const char *shown, struct problems *problems)
{
    uint32_t before = problems->count;
    uint32_t line = 1;
    uint32_t column = 0;
    bool indents = true;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.p[i];
        column += (c & 0xc0) != 0x80;
        if (c == '\t' && indents) {
            problems_add(problems, shown, line, column, "", "a tab in the indentation: use spaces");
            indents = false;
        } else if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r')) {
            problems_add(problems, shown, line, column, "", "a control character (0x%02x)", c);
        }
        indents = indents && c == ' ';
        if (is_line_end(text, i)) {
            line++;
            column = 0;
            indents = true;
        }
    }
    return problems->count == before;
}

/* ---- tree -------------------------------------------------------------------------------- */

static struct yaml_node make_node(enum yaml_kind kind, yaml_mark_t mark)
{
    return (struct yaml_node){.kind = kind,
                              .line = (uint32_t)mark.line + 1,
                              .column = (uint32_t)mark.column + 1,
                              .text = BYTES("")};
}

static void make_room(struct frame *frame)
{
    if (frame->node.count < frame->capacity) {
        return;
    }
    frame->capacity = frame->capacity == 0 ? 8 : frame->capacity * 2;
    frame->items = memory_resize(frame->items, frame->capacity, sizeof *frame->items);
    frame->keys = memory_resize(frame->keys, frame->capacity, sizeof *frame->keys);
}

static void put_in_map(struct loader *loader, struct frame *frame, const struct yaml_node *node)
{
    if (!frame->has_key) {
        if (node->kind != YAML_SCALAR) {
            problems_add(loader->problems, loader->shown, node->line, node->column, "",
                         "a key must be a plain word, not a list or map");
        }
        frame->keys[frame->node.count] = *node;
        frame->has_key = true;
        return;
    }
    frame->items[frame->node.count++] = *node;
    frame->has_key = false;
}

static void put_node(struct loader *loader, const struct yaml_node *node)
{
    if (++loader->node_count > YAML_NODES_MAX) {
        problems_add(loader->problems, loader->shown, node->line, node->column, "",
                     "more than %u entries in one file", YAML_NODES_MAX);
        loader->is_over = true;
        return;
    }
    if (loader->depth == 0) {
        loader->root = *node;
        return;
    }
    struct frame *frame = &loader->frames[loader->depth - 1];
    make_room(frame);
    if (frame->node.kind == YAML_MAP) {
        put_in_map(loader, frame, node);
    } else {
        frame->items[frame->node.count++] = *node;
    }
}

static int compare_keys(const void *a, const void *b)
{
    const struct yaml_node *left = *(const struct yaml_node *const *)a;
    const struct yaml_node *right = *(const struct yaml_node *const *)b;
    int order = bytes_compare(left->text, right->text);
    return order != 0 ? order : (left > right) - (left < right);
}

static void check_duplicates(struct loader *loader, const struct yaml_node *map)
{
    const struct yaml_node **sorted = memory_new(map->count, sizeof(struct yaml_node *));
    uint32_t count = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        if (map->keys[i].kind == YAML_SCALAR) {
            sorted[count++] = &map->keys[i];
        }
    }
    qsort(sorted, count, sizeof(struct yaml_node *), compare_keys);
    uint32_t first = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (!bytes_equal(sorted[first]->text, sorted[i]->text)) {
            first = i;
            continue;
        }
        problems_add(loader->problems, loader->shown, sorted[i]->line, sorted[i]->column, "",
                     "the key '%.*s' is already there, at line %u", BYTES_FMT(sorted[i]->text),
                     sorted[first]->line);
    }
    free(sorted);
}

static void begin_collection(struct loader *loader, enum yaml_kind kind, yaml_mark_t mark)
{
    if (loader->depth == YAML_DEPTH_MAX) {
        problems_add(loader->problems, loader->shown, (uint32_t)mark.line + 1,
                     (uint32_t)mark.column + 1, "", "nested more than %u deep", YAML_DEPTH_MAX);
        loader->is_over = true;
        return;
    }
    loader->frames[loader->depth++] = (struct frame){.node = make_node(kind, mark)};
}

static void end_collection(struct loader *loader)
{
    struct frame frame = loader->frames[--loader->depth];
    struct yaml_node *node = &frame.node;
    size_t bytes = node->count * sizeof *node;
    node->items = arena_new(loader->arena, node->count, sizeof *node);
    if (bytes != 0) {
        memcpy(node->items, frame.items, bytes);
    }
    if (node->kind == YAML_MAP) {
        node->keys = arena_new(loader->arena, node->count, sizeof *node);
        if (bytes != 0) {
            memcpy(node->keys, frame.keys, bytes);
        }
        check_duplicates(loader, node);
    }
    free(frame.items);
    free(frame.keys);
    put_node(loader, node);
}

/* ---- events ------------------------------------------------------------------------------ */

static void check_properties(struct loader *loader, const yaml_char_t *anchor,
                             const yaml_char_t *tag, yaml_mark_t mark)
{
    if (anchor != NULL) {
        add_problem(loader, mark, "anchors (&) are not accepted: write the value out");
    }
    if (tag != NULL) {
        add_problem(loader, mark, "tags (!) are not accepted: put the text in quotes");
    }
}

static void on_document(struct loader *loader, const yaml_event_t *event)
{
    if (++loader->document_count > 1) {
        add_problem(loader, event->start_mark, "a second document in one file");
        loader->is_over = true;
        return;
    }
    if (event->data.document_start.version_directive != NULL ||
        event->data.document_start.tag_directives.start !=
            event->data.document_start.tag_directives.end) {
        add_problem(loader, event->start_mark, "directives (%) are not accepted");
    }
}

static void on_scalar(struct loader *loader, const yaml_event_t *event)
{
    struct yaml_node node = make_node(YAML_SCALAR, event->start_mark);
    struct bytes text = bytes_of(event->data.scalar.value, event->data.scalar.length);
    check_properties(loader, event->data.scalar.anchor, event->data.scalar.tag, event->start_mark);
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == 0x7f || (text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t')) {
            add_problem(loader, event->start_mark, "the text has a control character in it");
            break;
        }
    }
    node.is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node.text = bytes_of(arena_copy_text(loader->arena, text), text.len);
    put_node(loader, &node);
}

static void on_list(struct loader *loader, const yaml_event_t *event)
{
    check_properties(loader, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                     event->start_mark);
    begin_collection(loader, YAML_LIST, event->start_mark);
}

static void on_map(struct loader *loader, const yaml_event_t *event)
{
    check_properties(loader, event->data.mapping_start.anchor, event->data.mapping_start.tag,
                     event->start_mark);
    begin_collection(loader, YAML_MAP, event->start_mark);
}

static void on_collection_end(struct loader *loader, const yaml_event_t *event)
{
    (void)event;
    end_collection(loader);
}

static void on_alias(struct loader *loader, const yaml_event_t *event)
{
    add_problem(loader, event->start_mark, "aliases (*) are not accepted: write the value out");
    struct yaml_node node = make_node(YAML_SCALAR, event->start_mark);
    put_node(loader, &node);
}

static void on_stream_end(struct loader *loader, const yaml_event_t *event)
{
    if (loader->document_count == 0) {
        add_problem(loader, event->start_mark, "the file is empty");
    }
    loader->is_whole = loader->document_count == 1;
    loader->is_over = true;
}

typedef void (*on_event_fn)(struct loader *loader, const yaml_event_t *event);

/* Stream start and document end say nothing. */
static const on_event_fn on_event[] = {
    [YAML_STREAM_END_EVENT] = on_stream_end, [YAML_DOCUMENT_START_EVENT] = on_document,
    [YAML_ALIAS_EVENT] = on_alias,           [YAML_SCALAR_EVENT] = on_scalar,
    [YAML_SEQUENCE_START_EVENT] = on_list,   [YAML_SEQUENCE_END_EVENT] = on_collection_end,
    [YAML_MAPPING_START_EVENT] = on_map,     [YAML_MAPPING_END_EVENT] = on_collection_end,
};

/* Says what libyaml found wrong and what to do; the rest of the file cannot be read then. */
static void on_error(struct loader *loader, const yaml_parser_t *parser, struct bytes text)
{
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";
    struct place place = {(uint32_t)parser->problem_mark.line + 1,
                          (uint32_t)parser->problem_mark.column + 1};
    if (parser->error == YAML_READER_ERROR) {
        place = place_of(text, parser->problem_offset);
    }
    struct buf message = {0};
    buf_append_string(&message, problem);
    size_t begin = place.line;
    if (parser->context != NULL) {
        begin = parser->context_mark.line + 1;
        buf_append_format(&message, ", %s", parser->context);
        if (begin != place.line) {
            buf_append_format(&message, " that begins at line %zu", begin);
        }
    }
    const size_t lines[] = {begin, place.line, place.line - 1U};
    yaml_append_advice(&message, problem, text, lines);
    problems_add(loader->problems, loader->shown, place.line, place.column, "", "%.*s",
                 BYTES_FMT(buf_bytes(&message)));
    buf_done(&message);
    loader->is_over = true;
}

static void read_events(struct loader *loader, struct bytes text)
{
    yaml_parser_t parser;
    CHECK(yaml_parser_initialize(&parser) != 0);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text.p, text.len);
    while (!loader->is_over) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            on_error(loader, &parser, text);
            break;
        }
        size_t type = (size_t)event.type;
        if (type < sizeof on_event / sizeof on_event[0] && on_event[type] != NULL) {
            on_event[type](loader, &event);
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    while (loader->depth > 0) {
        struct frame *frame = &loader->frames[--loader->depth];
        free(frame->items);
        free(frame->keys);
    }
}

/* ---- doors ------------------------------------------------------------------------------- */

bool yaml_open_bytes(struct bytes text, const char *shown, struct yaml_document **ret_document,
                     struct problems *problems)
{
    if (text.len > YAML_FILE_MAX_BYTES) {
        problems_add(problems, shown, 0, 0, "", "the file has %zu bytes, more than %u", text.len,
                     YAML_FILE_MAX_BYTES);
        return false;
    }
    if (bytes_start_with(text, BYTES("\xef\xbb\xbf"))) {
        text = bytes_of(text.p + 3, text.len - 3);
    }
    if (!check_utf8(text, shown, problems) || !check_characters(text, shown, problems)) {
        return false;
    }
    struct arena *arena = memory_new(1, sizeof *arena);
    struct yaml_document *document = arena_new(arena, 1, sizeof *document);
    document->memory = arena;
    document->file = arena_copy_text(arena, bytes_of_string(shown));
    struct loader *loader = memory_new(1, sizeof *loader);
    loader->shown = shown;
    loader->problems = problems;
    loader->arena = arena;
    read_events(loader, text);
    document->root = loader->root;
    bool is_readable = loader->is_whole;
    free(loader);
    if (!is_readable) {
        yaml_close(document);
        return false;
    }
    *ret_document = document;
    return true;
}

bool yaml_open(const char *path, const char *shown, struct yaml_document **ret_document,
               struct problems *problems)
{
    struct buf text = {0};
    bool good = yaml_read_file(path, shown, &text, problems) &&
                yaml_open_bytes(buf_bytes(&text), shown, ret_document, problems);
    buf_done(&text);
    return good;
}

bool yaml_read_file(const char *path, const char *shown, struct buf *text,
                    struct problems *problems)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    ssize_t got = fd < 0 || fstat(fd, &about) != 0 ? -1 : 1;
    if (got > 0 && !S_ISREG(about.st_mode)) {
        problems_add(problems, shown, 0, 0, "", "this is not a file");
        (void)close(fd);
        return false;
    }
    /* One byte over the limit is enough to know that the file is too large. */
    while (got > 0 && text->len <= YAML_FILE_MAX_BYTES) {
        size_t chunk = 65536;
        got = read(fd, buf_extend(text, chunk), chunk);
        text->len -= chunk - (got > 0 ? (size_t)got : 0);
    }
    if (got < 0) {
        problems_add(problems, shown, 0, 0, "", "cannot read '%s': %s", path, strerror(errno));
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return got >= 0;
}

void yaml_close(struct yaml_document *document)
{
    if (document != NULL) {
        struct arena *arena = document->memory;
        arena_done(arena);
        free(arena);
    }
}

const struct yaml_node *yaml_find(const struct yaml_node *map, const char *key)
{
    struct bytes wanted = bytes_of_string(key);
    for (uint32_t i = 0; map->kind == YAML_MAP && i < map->count; i++) {
        if (bytes_equal(map->keys[i].text, wanted)) {
            return &map->items[i];
        }
    }
    return NULL;
}
