/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/office.h"

#include "base/status.h"

static const struct {
    const char *word;
    const char *name;
} roles[ROLE_COUNT] = {
#define X(name, word, zh) [ROLE_##name] = {#word, zh},
    ROLE_LIST(X)
#undef X
};

const char *role_word(enum role role)
{
    CHECK((unsigned)role < ROLE_COUNT);
    return roles[role].word;
}

const char *role_name(enum role role)
{
    CHECK((unsigned)role < ROLE_COUNT);
    return roles[role].name;
}

bool role_find(struct bytes word, enum role *ret_role)
{
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        if (bytes_equal(word, bytes_of_string(roles[role].word))) {
            *ret_role = (enum role)role;
            return true;
        }
    }
    return false;
}

/* Every array of an office is sorted by its items' first member, the id. */
_Static_assert(offsetof(struct person, id) == 0, "the id comes first");
_Static_assert(offsetof(struct department, id) == 0, "the id comes first");
_Static_assert(offsetof(struct area, id) == 0, "the id comes first");
_Static_assert(offsetof(struct category, code) == 0, "the code comes first");

static const void *find(const void *items, uint32_t count, size_t size, struct bytes id)
{
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const uint8_t *item = (const uint8_t *)items + middle * size;
        int order = bytes_compare(*(const struct bytes *)(const void *)item, id);
        if (order == 0) {
            return item;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

const struct person *office_find_person(const struct office *office, struct bytes id)
{
    return find(office->people, office->person_count, sizeof(struct person), id);
}

const struct department *office_find_department(const struct office *office, struct bytes id)
{
    return find(office->departments, office->department_count, sizeof(struct department), id);
}

const struct area *office_find_area(const struct office *office, struct bytes id)
{
    return find(office->areas, office->area_count, sizeof(struct area), id);
}

const struct category *office_find_category(const struct office *office, struct bytes code)
{
    return find(office->categories, office->category_count, sizeof(struct category), code);
}

bool person_has_department(const struct person *person, struct bytes department)
{
    for (uint32_t i = 0; i < person->department_count; i++) {
        if (bytes_equal(person->departments[i], department)) {
            return true;
        }
    }
    return false;
}

bool office_area_is_within(const struct office *office, struct bytes area, struct bytes ancestor)
{
    const struct area *found = office_find_area(office, area);
    return found != NULL && ancestor.len != 0 &&
           (bytes_equal(found->id, ancestor) || bytes_equal(found->parent, ancestor));
}

uint32_t office_category_path(const struct office *office, struct bytes code,
                              const struct category *ret_path[3])
{
    const struct category *category = office_find_category(office, code);
    uint32_t level = category != NULL ? category->level : 0;
    CHECK(level <= 3);
    for (uint32_t i = level; i > 0; i--) {
        CHECK(category != NULL && category->level == i);
        ret_path[i - 1] = category;
        category = office_find_category(office, category->parent);
    }
    return level;
}
