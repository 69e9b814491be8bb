/* SPDX-License-Identifier: Apache-2.0 */
#include "config/org_internal.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- order and duplicates ---------------------------------------------------------------- */

/* An item's place in the file beside its id, by which items are put in order. */
struct slot {
    struct bytes id;
    uint32_t index;
};

static int compare_slots(const void *a, const void *b)
{
    const struct slot *left = a;
    const struct slot *right = b;
    int order = bytes_compare(left->id, right->id);
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

/* Sorts `count` items of `size` bytes, whose first member is their id, in step with their nodes,
 * and tells which ids are there twice. */
static void sort_items(struct org *org, void *items, size_t size, const struct yaml_node **nodes,
                       uint32_t count)
{
    struct slot *slots = memory_new(count, sizeof *slots);
    uint8_t *from = memory_new(count, size);
    const struct yaml_node **nodes_from = memory_new(count, sizeof(struct yaml_node *));
    for (uint32_t i = 0; i < count; i++) {
        memcpy(from + i * size, (uint8_t *)items + i * size, size);
        memcpy(&slots[i].id, from + i * size, sizeof slots[i].id);
        slots[i].index = i;
        nodes_from[i] = nodes[i];
    }
    qsort(slots, count, sizeof *slots, compare_slots);
    for (uint32_t i = 0; i < count; i++) {
        memcpy((uint8_t *)items + i * size, from + slots[i].index * size, size);
        nodes[i] = nodes_from[slots[i].index];
        if (i > 0 && bytes_equal(slots[i].id, slots[i - 1].id)) {
            reader_problem(&org->reader, yaml_find(nodes[i], "id"), "",
                           "the id '%.*s' is already there, at line %u", BYTES_FMT(slots[i].id),
                           nodes[i - 1]->line);
        }
    }
    free(slots);
    free(from);
    free(nodes_from);
}

static void sort_office(struct org *org)
{
    struct office *office = org->office;
    sort_items(org, org->people, sizeof *org->people, org->people_nodes, office->person_count);
    sort_items(org, org->departments, sizeof *org->departments, org->department_nodes,
               office->department_count);
    sort_items(org, org->areas, sizeof *org->areas, org->area_nodes, office->area_count);
    office->people = org->people;
    office->departments = org->departments;
    office->areas = org->areas;
}

/* ---- references -------------------------------------------------------------------------- */

/* Adds "no X 'id'" at `node`, with the nearest of `count` ids that stand first in their items. */
static void add_unknown(struct org *org, const struct yaml_node *node, const char *path,
                        const char *what, const char *const *ids)
{
    const char *nearest = reader_nearest(node->text, ids);
    reader_problem(&org->reader, node, path, "no %s '%.*s'%s%s%s", what, BYTES_FMT(node->text),
                   nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "'?)" : "");
}

static void add_unknown_person(struct org *org, const struct yaml_node *node, const char *path)
{
    const char **ids = memory_new(org->office->person_count + 1U, sizeof(char *));
    for (uint32_t i = 0; i < org->office->person_count; i++) {
        ids[i] = (const char *)org->office->people[i].id.p;
    }
    add_unknown(org, node, path, "person", ids);
    free(ids);
}

static void add_unknown_department(struct org *org, const struct yaml_node *node, const char *path)
{
    const char *ids[ORG_DEPARTMENTS_MAX + 1] = {NULL};
    for (uint32_t i = 0; i < org->office->department_count; i++) {
        ids[i] = (const char *)org->office->departments[i].id.p;
    }
    add_unknown(org, node, path, "department", ids);
}

static struct person *find_person(struct org *org, struct bytes id)
{
    const struct person *found = office_find_person(org->office, id);
    return found != NULL ? &org->people[found - org->people] : NULL;
}

/* "departments[urban].head" says more than a number in a list of two hundred. */
static void id_path(char *path, const char *list, struct bytes id, const char *key)
{
    (void)snprintf(path, READER_PATH_MAX, "%s[%.*s].%s", list, BYTES_FMT(id), key);
}

static void give_department(struct org *org, struct person *person, struct bytes department,
                            const struct yaml_node *node, const char *path)
{
    if (person_has_department(person, department)) {
        return;
    }
    if (person->department_count == OFFICE_PERSON_DEPARTMENTS_MAX) {
        reader_problem(&org->reader, node, path, "'%.*s' has more than %d departments",
                       BYTES_FMT(person->id), OFFICE_PERSON_DEPARTMENTS_MAX);
        return;
    }
    person->departments[person->department_count++] = department;
}

/* The person who holds a post in a department must exist and have the role for it. */
static void check_post(struct org *org, uint32_t at, const char *key, enum role role)
{
    const struct department *department = &org->departments[at];
    const struct yaml_node *node = yaml_find(org->department_nodes[at], key);
    char path[READER_PATH_MAX];
    id_path(path, "departments", department->id, key);
    struct bytes id = role == ROLE_LEADER ? department->leader : department->head;
    if (node == NULL || id.len == 0) {
        return;
    }
    struct person *person = find_person(org, id);
    if (person == NULL) {
        add_unknown_person(org, node, path);
        return;
    }
    if ((person->roles & ROLE_BIT(role)) == 0) {
        reader_problem(&org->reader, node, path, "'%.*s' does not have the role %s",
                       BYTES_FMT(person->id), role_word(role));
    }
    give_department(org, person, department->id, node, path);
}

static bool has_staff(const struct org *org, struct bytes department)
{
    for (uint32_t i = 0; i < org->office->person_count; i++) {
        const struct person *person = &org->people[i];
        if ((person->roles & ROLE_BIT(ROLE_SECTION_STAFF)) != 0 &&
            person_has_department(person, department)) {
            return true;
        }
    }
    return false;
}

static void check_departments(struct org *org)
{
    for (uint32_t i = 0; i < org->office->department_count; i++) {
        struct bytes id = org->departments[i].id;
        check_post(org, i, "head", ROLE_SECTION_HEAD);
        check_post(org, i, "leader", ROLE_LEADER);
        if (!has_staff(org, id)) {
            reader_problem(&org->reader, org->department_nodes[i], "",
                           "nobody with the role section_staff works in '%.*s'", BYTES_FMT(id));
        }
    }
}

/* ---- people ------------------------------------------------------------------------------ */

static void check_person_departments(struct org *org, uint32_t at)
{
    const struct person *person = &org->people[at];
    const struct yaml_node *list = yaml_find(org->people_nodes[at], "departments");
    char path[READER_PATH_MAX];
    id_path(path, "people", person->id, "departments");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (list->items[i].kind == YAML_SCALAR &&
            office_find_department(org->office, list->items[i].text) == NULL) {
            add_unknown_department(org, &list->items[i], path);
        }
    }
    const uint32_t of_section = ROLE_BIT(ROLE_SECTION_STAFF) | ROLE_BIT(ROLE_SECTION_HEAD);
    if ((person->roles & of_section) != 0 && person->department_count == 0) {
        reader_problem(&org->reader, org->people_nodes[at], "",
                       "'%.*s' has a section's role and no section: add 'departments'",
                       BYTES_FMT(person->id));
    }
}

/* A secretary has a community, a liaison a village, and nobody else has an area. */
static void check_person_area(struct org *org, uint32_t at)
{
    const struct person *person = &org->people[at];
    const struct yaml_node *node = yaml_find(org->people_nodes[at], "area");
    bool is_secretary = (person->roles & ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) != 0;
    bool is_liaison = (person->roles & ROLE_BIT(ROLE_VILLAGE_LIAISON)) != 0;
    const char *wanted = is_secretary ? "a community" : "a village";
    char path[READER_PATH_MAX];
    id_path(path, "people", person->id, "area");
    if (!is_secretary && !is_liaison) {
        if (node != NULL) {
            reader_problem(&org->reader, node, path,
                           "only a community_secretary or a village_liaison has an area");
        }
        return;
    }
    const struct area *area = office_find_area(org->office, person->area);
    if (node == NULL || person->area.len == 0) {
        reader_problem(&org->reader, org->people_nodes[at], path, "the key is missing: %s", wanted);
    } else if (area == NULL || (is_secretary && area->parent.len != 0) ||
               (is_liaison && area->parent.len == 0)) {
        reader_problem(&org->reader, node, path, "'%.*s' is not %s of this street",
                       BYTES_FMT(node->text), wanted);
    }
}

static void check_person_deputy(struct org *org, uint32_t at)
{
    const struct person *person = &org->people[at];
    const struct yaml_node *node = yaml_find(org->people_nodes[at], "deputy");
    char path[READER_PATH_MAX];
    id_path(path, "people", person->id, "deputy");
    if (node == NULL || person->deputy.len == 0) {
        return;
    }
    if (bytes_equal(person->deputy, person->id)) {
        reader_problem(&org->reader, node, path, "nobody is his or her own deputy");
    } else if (find_person(org, person->deputy) == NULL) {
        add_unknown_person(org, node, path);
    }
}

/* The operator is built in, and "system" is the engine itself wherever an actor is shown. */
static void check_person_id(struct org *org, uint32_t at)
{
    static const char *const reserved[] = {"operator", "system"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (bytes_equal(org->people[at].id, bytes_of_string(reserved[i]))) {
            reader_problem(&org->reader, yaml_find(org->people_nodes[at], "id"), "",
                           "the id '%s' is taken by the engine", reserved[i]);
        }
    }
}

/* What a person's unit is called when it is not written. */
static void name_unit(struct org *org, struct person *person)
{
    if (person->unit.len != 0) {
        return;
    }
    const struct area *area = office_find_area(org->office, person->area);
    const struct department *department =
        person->department_count > 0 ? office_find_department(org->office, person->departments[0])
                                     : NULL;
    person->unit = department != NULL ? department->name
                   : area != NULL     ? area->name
                                      : org->office->name;
}

static void check_people(struct org *org)
{
    for (uint32_t i = 0; i < org->office->person_count; i++) {
        check_person_id(org, i);
        check_person_departments(org, i);
        check_person_area(org, i);
        check_person_deputy(org, i);
        name_unit(org, &org->people[i]);
    }
}

/* ---- the whole --------------------------------------------------------------------------- */

/* The posts without which an issue would come to a halt. */
static void check_holders(struct org *org)
{
    static const struct {
        enum role role;
        uint32_t most;
    } posts[] = {
        {ROLE_TRIAGE_CLERK, UINT32_MAX},
        {ROLE_OFFICE_HEAD, UINT32_MAX},
        {ROLE_SUPERVISOR, UINT32_MAX},
        {ROLE_FIRST_RESPONSIBLE, 1},
    };
    const struct yaml_node *people = yaml_find(org->root, "people");
    for (size_t k = 0; people != NULL && k < sizeof posts / sizeof posts[0]; k++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < org->office->person_count; i++) {
            count += (org->people[i].roles & ROLE_BIT(posts[k].role)) != 0;
        }
        if (count == 0) {
            reader_problem(&org->reader, people, "people", "nobody has the role %s (%s)",
                           role_word(posts[k].role), role_name(posts[k].role));
        } else if (count > posts[k].most) {
            reader_problem(&org->reader, people, "people", "%u people have the role %s, not one",
                           count, role_word(posts[k].role));
        }
    }
}

/* Sections on the card are sections of this office. */
static void check_card_departments(struct org *org)
{
    const struct yaml_node *list = yaml_find(org->root, "card_departments");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (list->items[i].kind == YAML_SCALAR &&
            office_find_department(org->office, list->items[i].text) == NULL) {
            add_unknown_department(org, &list->items[i], "card_departments");
        }
    }
}

void org_check(struct org *org)
{
    sort_office(org);
    check_departments(org);
    check_people(org);
    check_holders(org);
    check_card_departments(org);
    const struct yaml_node *owner = yaml_find(org->root, "feedback_default");
    if (owner != NULL && org->office->feedback_default.len != 0 &&
        find_person(org, org->office->feedback_default) == NULL) {
        add_unknown_person(org, owner, "feedback_default");
    }
}
