/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody probably meant who wrote a category, an area, a section or a person that the office
 * does not have: people know the names of things, and rules are written with their ids. */
#include "domain/rules_set.h"

#include <stdio.h>

struct called {
    struct bytes id;
    struct bytes name;
};

#define DEFINE_CALLED(type, items, count, id_member)                                               \
    static bool type##_at(const struct office *office, uint32_t i, struct called *ret_called)      \
    {                                                                                              \
        if (i >= office->count) {                                                                  \
            return false;                                                                          \
        }                                                                                          \
        *ret_called = (struct called){office->items[i].id_member, office->items[i].name};          \
        return true;                                                                               \
    }
DEFINE_CALLED(category, categories, category_count, code)
DEFINE_CALLED(area, areas, area_count, id)
DEFINE_CALLED(department, departments, department_count, id)
DEFINE_CALLED(person, people, person_count, id)

static const struct {
    const char *what;
    const char *id;
    const char *advice;
    bool (*at)(const struct office *office, uint32_t i, struct called *ret_called);
} things[] = {
    [RULE_THING_CATEGORY] = {"category", "code", "correct the code or add it to categories.yaml",
                             category_at},
    [RULE_THING_AREA] = {"area", "id", "correct it or add the community or village to org.yaml",
                         area_at},
    [RULE_THING_DEPARTMENT] = {"department", "id", "correct it or add it to org.yaml",
                               department_at},
    [RULE_THING_PERSON] = {"person", "id", "correct the id or add it to org.yaml", person_at},
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Whether `text` begins with `start`, great and small letters being the same. */
static bool begins_with(struct bytes text, struct bytes start)
{
    size_t i = 0;
    while (i < start.len && i < text.len && lower(text.p[i]) == lower(start.p[i])) {
        i++;
    }
    return i == start.len;
}

/* How well a text fits: 3 a name, 2 an id but for great letters, 1 the beginning of one of them. */
static int fit(const struct called *called, struct bytes text)
{
    if (bytes_equal(called->name, text)) {
        return 3;
    }
    if (!begins_with(called->id, text) && !begins_with(called->name, text)) {
        return 0;
    }
    return called->id.len == text.len ? 2 : 1;
}

void rules_describe_unknown(const struct office *office, enum rule_thing thing, struct bytes text,
                            char sentence[RULE_SENTENCE_MAX])
{
    struct called called;
    struct called best = {0};
    int best_fit = 0;
    uint32_t alike = 0; /* that fit as well as the best */
    for (uint32_t i = 0; text.len > 1 && things[thing].at(office, i, &called); i++) {
        int fits = fit(&called, text);
        alike = fits > best_fit ? 1 : alike + (fits == best_fit);
        best = fits > best_fit ? called : best;
        best_fit = fits > best_fit ? fits : best_fit;
    }
    int len = snprintf(sentence, RULE_SENTENCE_MAX, "unknown %s '%.*s': ", things[thing].what,
                       (int)(text.len > 200 ? 200 : text.len), (const char *)text.p);
    char *rest = sentence + len;
    size_t room = RULE_SENTENCE_MAX - (size_t)len;
    if (best_fit == 3) {
        (void)snprintf(rest, room, "that is a name, write its %s '%.*s'", things[thing].id,
                       BYTES_FMT(best.id));
    } else if (best_fit > 0 && alike == 1) {
        (void)snprintf(rest, room, "did you mean '%.*s' (%.*s)?", BYTES_FMT(best.id),
                       BYTES_FMT(best.name));
    } else {
        (void)snprintf(rest, room, "%s", things[thing].advice);
    }
}
