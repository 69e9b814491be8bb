/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The office as its configuration describes it: sections (departments), the people who work in it
 * and what they may do, the area it covers, and the catalogue of matters. Plain data, built once by
 * the config loader and immutable afterwards; every text lives as long as the office.
 *
 * Cadres and households are not here: they come from imports and live in the intake daemon.
 */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* Roles a person can hold, with their words and Chinese names; a bit each in a role set. */
#define ROLE_LIST(X)                                                                               \
    X(CADRE, cadre, "联户干部")                                                                    \
    X(TRIAGE_CLERK, triage_clerk, "梳理专员")                                                      \
    X(OFFICE_HEAD, office_head, "党政办主任")                                                      \
    X(SECTION_STAFF, section_staff, "科室经办人")                                                  \
    X(SECTION_HEAD, section_head, "科室负责人")                                                    \
    X(LEADER, leader, "分管领导")                                                                  \
    X(FIRST_RESPONSIBLE, first_responsible, "第一责任人")                                          \
    X(COMMUNITY_SECRETARY, community_secretary, "社区书记")                                        \
    X(VILLAGE_LIAISON, village_liaison, "村级联络员")                                              \
    X(SUPERVISOR, supervisor, "督查员")                                                            \
    X(OPERATOR, operator, "系统管理员")

enum role {
#define X(name, word, zh) ROLE_##name,
    ROLE_LIST(X)
#undef X
        ROLE_COUNT
};

#define ROLE_BIT(role) (UINT32_C(1) << (role))

/* The word ("triage_clerk") and the Chinese name of a role. */
const char *role_word(enum role role);
const char *role_name(enum role role);

/* The role of that word; false when there is none. */
bool role_find(struct bytes word, enum role *ret_role);

#define OFFICE_PERSON_DEPARTMENTS_MAX 16

struct person {
    struct bytes id;
    struct bytes name;
    uint32_t roles; /* set of ROLE_BIT */
    struct bytes unit;
    struct bytes phone; /* may be empty */
    /* The sections this person works in (staff, head) or is in charge of (leader). */
    struct bytes departments[OFFICE_PERSON_DEPARTMENTS_MAX];
    uint32_t department_count;
    struct bytes area;   /* community of a secretary, village of a liaison; else empty */
    struct bytes deputy; /* person who hears of what this one does not read; may be empty */
};

struct department {
    struct bytes id;
    struct bytes name;
    struct bytes head;   /* person */
    struct bytes leader; /* person in charge of it */
    struct bytes phone;  /* may be empty */
};

/* A community has an empty parent; a village's parent is its community. */
struct area {
    struct bytes id;
    struct bytes name;
    struct bytes parent;
};

/* A node of the catalogue of matters; `level` 1 to 3, level 1 has an empty parent. Codes are unique
 * over all levels. */
struct category {
    struct bytes code;
    struct bytes name;
    struct bytes parent;
    uint32_t level;
};

#define OFFICE_CARD_DEPARTMENTS_MAX 12

struct office {
    struct bytes name; /* of the street */
    struct bytes supervision_phone;
    struct bytes card_departments[OFFICE_CARD_DEPARTMENTS_MAX]; /* on every contact card */
    uint32_t card_department_count;
    struct bytes feedback_default; /* person who owns the feedback when there is no household */
    const struct person *people;   /* sorted by id */
    uint32_t person_count;
    const struct department *departments; /* sorted by id */
    uint32_t department_count;
    const struct area *areas; /* sorted by id */
    uint32_t area_count;
    const struct category *categories; /* sorted by code */
    uint32_t category_count;
};

/* Each borrows from the office; NULL when there is none. */
const struct person *office_find_person(const struct office *office, struct bytes id);
const struct department *office_find_department(const struct office *office, struct bytes id);
const struct area *office_find_area(const struct office *office, struct bytes id);
const struct category *office_find_category(const struct office *office, struct bytes code);

/* Whether `person` works in or is in charge of `department`. */
bool person_has_department(const struct person *person, struct bytes department);

/* Whether `area` is `ancestor` or lies in it (a village in its community). */
bool office_area_is_within(const struct office *office, struct bytes area, struct bytes ancestor);

/* Writes the category's ancestors from level 1 down to itself into `ret_path` (3 places) and
 * returns how many there are; 0 when the code is unknown. */
uint32_t office_category_path(const struct office *office, struct bytes code,
                              const struct category *ret_path[3]);
