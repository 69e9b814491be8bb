/* SPDX-License-Identifier: Apache-2.0 */
#include "config/notices_file.h"

#include "config/reader.h"

#include <stddef.h>

#define PATIENCE_MAX_DAYS INT64_C(30)

/* What READ_ENUM writes is an int. */
_Static_assert(sizeof(enum notice_hold) == sizeof(int), "an enum is read as an int");
_Static_assert(sizeof(enum notice_digest) == sizeof(int), "an enum is read as an int");

static const struct reader_word holds[] = {
#define X(name, word) {#word, NOTICE_HOLD_##name},
    NOTICE_HOLD_LIST(X)
#undef X
        {NULL, 0},
};

static const struct reader_word digests[] = {
#define X(name, word) {#word, NOTICE_DIGEST_##name},
    NOTICE_DIGEST_LIST(X)
#undef X
        {NULL, 0},
};

static void read_patience(struct reader *reader, const struct yaml_node *node, const char *path,
                          void *member, void *user)
{
    struct duration *after = member;
    struct err err;
    (void)user;
    if (!reader_expect(reader, node, path, YAML_SCALAR)) {
        return;
    }
    if (bytes_equal(node->text, BYTES("none"))) {
        *after = (struct duration){0};
    } else if (duration_parse(node->text, after, &err) != STATUS_OK) {
        reader_problem(reader, node, path, "%s", err.text);
    } else if (duration_nominal_minutes(*after) > PATIENCE_MAX_DAYS * 24 * 60) {
        reader_problem(reader, node, path, "'%.*s' is longer than %d days", BYTES_FMT(node->text),
                       (int)PATIENCE_MAX_DAYS);
    }
}

/* clang-format off */
static const struct reader_row rows[] = {
    {.key = "hold", .type = READ_ENUM, .words = holds,
     .offset = offsetof(struct notice_rules, hold),
     .help = "working_hours: what is not urgent is told in working hours. none: at once."},
    {.key = "digest", .type = READ_ENUM, .words = digests,
     .offset = offsetof(struct notice_rules, digest),
     .help = "daily: leaders hear once a day of what is not urgent, overdue or supervised."},
    {.key = "repeat_after", .type = READ_CUSTOM, .read = read_patience,
     .offset = offsetof(struct notice_rules, usual.repeat_after),
     .help = "A notice that is not read for so long is told again; none: never."},
    {.key = "pass_on_after", .type = READ_CUSTOM, .read = read_patience,
     .offset = offsetof(struct notice_rules, usual.pass_on_after),
     .help = "After that, so long until somebody else hears of it; none: never."},
    {.key = "repeat_after_urgent", .type = READ_CUSTOM, .read = read_patience,
     .offset = offsetof(struct notice_rules, urgent.repeat_after),
     .help = "As repeat_after, for what is urgent."},
    {.key = "pass_on_after_urgent", .type = READ_CUSTOM, .read = read_patience,
     .offset = offsetof(struct notice_rules, urgent.pass_on_after),
     .help = "As pass_on_after, for what is urgent."},
    {0},
};
/* clang-format on */

/* What is never told again is never passed on either: nobody may believe it is. */
static void check_patience(struct reader *reader, const struct yaml_node *section,
                           const struct notice_patience *patience, const char *key)
{
    const struct yaml_node *node = yaml_find(section, key);
    char path[READER_PATH_MAX];
    if (patience->repeat_after.unit == DURATION_NONE &&
        patience->pass_on_after.unit != DURATION_NONE) {
        reader_member_path(path, "notices", bytes_of_string(key));
        reader_problem(reader, node != NULL ? node : section, path,
                       "what is not told again is not passed on: write none here too");
    }
}

bool notices_read(const struct yaml_document *document, struct notice_rules *ret_rules,
                  struct problems *problems)
{
    struct reader reader = {.file = document->file, .problems = problems};
    const struct yaml_node *section = yaml_find(&document->root, "notices");
    uint32_t before = problems->count;
    *ret_rules = notice_rules_default;
    if (section != NULL && reader_read_map(&reader, section, "notices", rows, ret_rules, NULL)) {
        check_patience(&reader, section, &ret_rules->usual, "pass_on_after");
        check_patience(&reader, section, &ret_rules->urgent, "pass_on_after_urgent");
    }
    return problems->count == before;
}
