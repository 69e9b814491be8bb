/* SPDX-License-Identifier: Apache-2.0 */
#include "config/org.h"

#include "config/org_internal.h"

#include <stdlib.h>

#define NAME_CHARS 40
#define PHONE_CHARS 20

/* Digits with what people put between them. */
static void read_phone(struct reader *reader, const struct yaml_node *node, const char *path,
                       void *member, void *user)
{
    struct bytes phone;
    (void)user;
    if (!reader_read_text(reader, node, path, PHONE_CHARS, &phone)) {
        return;
    }
    for (size_t i = 0; i < phone.len; i++) {
        if (phone.p[i] == '\0' || strchr("0123456789+- ", phone.p[i]) == NULL) {
            reader_problem(reader, node, path, "'%.*s' is not a telephone number",
                           BYTES_FMT(phone));
            return;
        }
    }
    *(struct bytes *)member = phone;
}

static void read_roles(struct reader *reader, const struct yaml_node *node, const char *path,
                       void *member, void *user)
{
    static const char *const words[] = {
#define X(name, word, zh) #word,
        ROLE_LIST(X)
#undef X
            NULL};
    struct bytes given[ROLE_COUNT];
    uint32_t count = 0;
    (void)user;
    (void)reader_read_words(reader, node, path, given, ROLE_COUNT, &count);
    for (uint32_t i = 0; i < count; i++) {
        enum role role;
        const char *nearest = reader_nearest(given[i], words);
        if (!role_find(given[i], &role)) {
            reader_problem(reader, node, path, "no role '%.*s'%s%s%s", BYTES_FMT(given[i]),
                           nearest != NULL ? " (did you mean '" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "'?)" : "");
        } else if (role == ROLE_CADRE) {
            reader_problem(reader, node, path,
                           "cadres are not listed here: they come from 'lianhu cadre import'");
        } else {
            *(uint32_t *)member |= ROLE_BIT(role);
        }
    }
}

static void read_departments_of(struct reader *reader, const struct yaml_node *node,
                                const char *path, void *member, void *user)
{
    struct person *person = user;
    (void)reader_read_words(reader, node, path, member, OFFICE_PERSON_DEPARTMENTS_MAX,
                            &person->department_count);
}

/* clang-format off */
static const struct reader_row person_rows[] = {
    {.key = "id", .type = READ_WORD, .is_required = true, .offset = offsetof(struct person, id),
     .help = "The person's identifier, the same everywhere and for ever."},
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct person, name), .help = "The person's name."},
    {.key = "roles", .type = READ_CUSTOM, .is_required = true, .read = read_roles,
     .offset = offsetof(struct person, roles), .help = "What the person may do."},
    {.key = "departments", .type = READ_CUSTOM, .read = read_departments_of,
     .offset = offsetof(struct person, departments),
     .help = "The sections the person works in; those headed or in charge of are known already."},
    {.key = "area", .type = READ_WORD, .offset = offsetof(struct person, area),
     .help = "The community of a secretary, the village of a liaison."},
    {.key = "unit", .type = READ_TEXT, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct person, unit),
     .help = "The unit as people read it; the first section's or the area's name by default."},
    {.key = "phone", .type = READ_CUSTOM, .read = read_phone,
     .offset = offsetof(struct person, phone), .help = "A telephone number."},
    {.key = "deputy", .type = READ_WORD, .offset = offsetof(struct person, deputy),
     .help = "Who hears of what the person does not read."},
    {0},
};

static const struct reader_row department_rows[] = {
    {.key = "id", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct department, id), .help = "The section's identifier."},
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct department, name), .help = "The section's name."},
    {.key = "head", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct department, head), .help = "The person who heads the section."},
    {.key = "leader", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct department, leader), .help = "The leader in charge of it."},
    {.key = "phone", .type = READ_CUSTOM, .read = read_phone,
     .offset = offsetof(struct department, phone), .help = "The section's telephone."},
    {0},
};

static const struct reader_row village_rows[] = {
    {.key = "id", .type = READ_WORD, .is_required = true, .offset = offsetof(struct area, id),
     .help = "The village's identifier."},
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct area, name), .help = "The village's name."},
    {0},
};
/* clang-format on */

/* Whether `list` is a list of at most `max`, so that room for it can be made. */
static bool expect_list(struct org *org, const struct yaml_node *list, const char *path,
                        uint32_t max)
{
    if (!reader_expect(&org->reader, list, path, YAML_LIST)) {
        return false;
    }
    if (list->count > max) {
        reader_problem(&org->reader, list, path, "%u entries, at most %u are allowed", list->count,
                       max);
        return false;
    }
    return true;
}

static void read_people(struct reader *reader, const struct yaml_node *list, const char *path,
                        void *member, void *user)
{
    struct org *org = user;
    (void)member;
    if (!expect_list(org, list, path, ORG_PEOPLE_MAX)) {
        return;
    }
    org->people = arena_new(org->arena, list->count, sizeof *org->people);
    org->people_nodes = arena_new(org->arena, list->count, sizeof(struct yaml_node *));
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        struct person *person = &org->people[org->office->person_count];
        reader_item_path(item, path, i);
        (void)reader_read_map(reader, &list->items[i], item, person_rows, person, person);
        if (person->id.len != 0) {
            org->people_nodes[org->office->person_count++] = &list->items[i];
        } else {
            *person = (struct person){0};
        }
    }
}

static void read_departments(struct reader *reader, const struct yaml_node *list, const char *path,
                             void *member, void *user)
{
    struct org *org = user;
    (void)member;
    if (!expect_list(org, list, path, ORG_DEPARTMENTS_MAX)) {
        return;
    }
    org->departments = arena_new(org->arena, list->count, sizeof *org->departments);
    org->department_nodes = arena_new(org->arena, list->count, sizeof(struct yaml_node *));
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        struct department *department = &org->departments[org->office->department_count];
        reader_item_path(item, path, i);
        (void)reader_read_map(reader, &list->items[i], item, department_rows, department, org);
        if (department->id.len != 0) {
            org->department_nodes[org->office->department_count++] = &list->items[i];
        } else {
            *department = (struct department){0};
        }
    }
}

static void put_area(struct org *org, const struct area *area, const struct yaml_node *node)
{
    if (area->id.len != 0) {
        org->area_nodes[org->office->area_count] = node;
        org->areas[org->office->area_count++] = *area;
    }
}

/* One community while it is read: the area and, afterwards, its villages. */
struct community {
    struct area area;
    const struct yaml_node *villages;
};

static void keep_villages(struct reader *reader, const struct yaml_node *list, const char *path,
                          void *member, void *user)
{
    (void)reader;
    (void)path;
    (void)user;
    *(const struct yaml_node **)member = list;
}

/* clang-format off */
static const struct reader_row community_rows[] = {
    {.key = "id", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct community, area.id), .help = "The community's identifier."},
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct community, area.name), .help = "The community's name."},
    {.key = "villages", .type = READ_CUSTOM, .read = keep_villages,
     .offset = offsetof(struct community, villages), .help = "Its villages."},
    {0},
};
/* clang-format on */

static void read_villages(struct org *org, const struct community *community, const char *path)
{
    const struct yaml_node *list = community->villages;
    char member[READER_PATH_MAX];
    reader_member_path(member, path, BYTES("villages"));
    if (list == NULL || !expect_list(org, list, member, ORG_VILLAGES_MAX)) {
        return;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        struct area village = {.parent = community->area.id};
        reader_item_path(item, member, i);
        (void)reader_read_map(&org->reader, &list->items[i], item, village_rows, &village, org);
        put_area(org, &village, &list->items[i]);
    }
}

/* How many areas there can be at most, before any of them is looked at. */
static uint32_t count_areas(const struct yaml_node *communities)
{
    uint32_t count = communities->count;
    for (uint32_t i = 0; i < communities->count; i++) {
        const struct yaml_node *villages = yaml_find(&communities->items[i], "villages");
        bool is_counted = villages != NULL && villages->count <= ORG_VILLAGES_MAX;
        count += is_counted ? villages->count : 0;
    }
    return count;
}

static void read_communities(struct reader *reader, const struct yaml_node *list, const char *path,
                             void *member, void *user)
{
    struct org *org = user;
    (void)member;
    if (!expect_list(org, list, path, ORG_COMMUNITIES_MAX)) {
        return;
    }
    uint32_t most = count_areas(list);
    org->areas = arena_new(org->arena, most, sizeof *org->areas);
    org->area_nodes = arena_new(org->arena, most, sizeof(struct yaml_node *));
    for (uint32_t i = 0; i < list->count; i++) {
        char item[READER_PATH_MAX];
        struct community community = {0};
        reader_item_path(item, path, i);
        (void)reader_read_map(reader, &list->items[i], item, community_rows, &community, org);
        put_area(org, &community.area, &list->items[i]);
        read_villages(org, &community, item);
    }
}

static void read_card_departments(struct reader *reader, const struct yaml_node *node,
                                  const char *path, void *member, void *user)
{
    struct org *org = user;
    (void)reader_read_words(reader, node, path, member, OFFICE_CARD_DEPARTMENTS_MAX,
                            &org->office->card_department_count);
}

/* clang-format off */
static const struct reader_row office_rows[] = {
    {.key = "name", .type = READ_TEXT, .is_required = true, .min = 1, .max = NAME_CHARS,
     .offset = offsetof(struct office, name), .help = "The street's name."},
    {.key = "supervision_phone", .type = READ_CUSTOM, .is_required = true, .read = read_phone,
     .offset = offsetof(struct office, supervision_phone),
     .help = "The supervision telephone, as on every household's card."},
    {.key = "feedback_default", .type = READ_WORD, .is_required = true,
     .offset = offsetof(struct office, feedback_default),
     .help = "Who gives the feedback where there is no household and so no cadre."},
    {.key = "card_departments", .type = READ_CUSTOM, .read = read_card_departments,
     .offset = offsetof(struct office, card_departments),
     .help = "Sections named on every household's card, in this order, with head and telephone."},
    {.key = "departments", .type = READ_CUSTOM, .is_required = true, .read = read_departments,
     .help = "The sections."},
    {.key = "communities", .type = READ_CUSTOM, .is_required = true, .read = read_communities,
     .help = "The communities with their villages."},
    {.key = "people", .type = READ_CUSTOM, .is_required = true, .read = read_people,
     .help = "The people with a post in the office."},
    {0},
};
/* clang-format on */

bool org_read(const struct yaml_document *document, struct arena *arena, struct office *office,
              struct problems *problems)
{
    uint32_t before = problems->count;
    struct org org = {.reader = {.file = document->file, .problems = problems},
                      .arena = arena,
                      .office = office,
                      .root = &document->root};
    (void)reader_read_map(&org.reader, &document->root, "", office_rows, office, &org);
    org_check(&org);
    return problems->count == before;
}
