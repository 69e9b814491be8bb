/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/people.h"

#include "cli/output.h"
#include "cli/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX 200U

/* What is asked for, and everybody found so far: id -> {person, name, ...}. */
struct listing {
    struct session *session;
    const char *role;
    const char *department;
    const char *area;
    const char *after;
    uint32_t limit;
    json_t *people;
};

static json_t *text_json(struct bytes text)
{
    return text.len == 0 ? json_null() : json_stringn((const char *)text.p, text.len);
}

static void add_person(const struct listing *listing, const struct person *person)
{
    json_t *roles = json_array();
    json_t *departments = json_array();
    json_t *areas = json_array();
    for (int role = 0; role < ROLE_COUNT; role++) {
        if ((person->roles & ROLE_BIT(role)) != 0) {
            (void)json_array_append_new(roles, json_string(role_word((enum role)role)));
        }
    }
    for (uint32_t i = 0; i < person->department_count; i++) {
        (void)json_array_append_new(departments, text_json(person->departments[i]));
    }
    if (person->area.len != 0) {
        (void)json_array_append_new(areas, text_json(person->area));
    }
    json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "person", text_json(person->id),
                             "name", text_json(person->name), "roles", roles, "unit",
                             text_json(person->unit), "departments", departments, "areas", areas);
    (void)json_object_set_new(listing->people, json_string_value(json_object_get(json, "person")),
                              json);
}

/* ---- cadres --------------------------------------------------------------------------------- */

static void add_cadre(const struct listing *listing, const json_t *cadre)
{
    const char *id = output_string(cadre, "cadre");
    json_t *person = json_object_get(listing->people, id);
    json_t *role = json_string(role_word(ROLE_CADRE));
    if (person != NULL) {
        json_t *roles = json_object_get(person, "roles");
        size_t i;
        json_t *known;
        bool has = false;
        json_array_foreach(roles, i, known)
        {
            has = has || json_equal(known, role);
        }
        if (!has) {
            (void)json_array_append(roles, role);
        }
        json_decref(role);
        return;
    }
    (void)json_object_set_new(listing->people, id,
                              json_pack("{s:s, s:O, s:[o], s:O, s:[], s:[]}", "person", id, "name",
                                        json_object_get(cadre, "name"), "roles", role, "unit",
                                        json_object_get(cadre, "unit"), "departments", "areas"));
}

static void add_area(const struct listing *listing, const json_t *household)
{
    json_t *person = json_object_get(listing->people, output_string(household, "cadre"));
    json_t *areas = json_object_get(person, "areas");
    json_t *village = json_object_get(household, "village");
    size_t i;
    json_t *known;
    json_array_foreach(areas, i, known)
    {
        if (json_equal(known, village)) {
            return;
        }
    }
    if (areas != NULL) {
        (void)json_array_append(areas, village);
    }
}

static void advance_cadres(void *message, const json_t *last)
{
    ((struct cadre_query *)message)->after = bytes_of_string(output_string(last, "cadre"));
}

static void advance_households(void *message, const json_t *last)
{
    ((struct household_query *)message)->after = bytes_of_string(output_string(last, "household"));
}

static enum status add_cadres(const struct listing *listing, const struct config_daemon *intake,
                              struct err *err)
{
    struct cadre_query query = {.limit = PAGE_MAX};
    struct query_call call = {
        .daemon = intake,
        .ask = {.type = &cadre_query_type, .message = &query, .reply_type = &cadre_reply_type},
        .list = "cadres",
        .walk = &query};
    json_t *cadres;
    enum status st = query_ask_all(listing->session, &call, advance_cadres, &cadres, err);
    if (st != STATUS_OK) {
        return st;
    }
    size_t i;
    json_t *cadre;
    json_array_foreach(cadres, i, cadre)
    {
        add_cadre(listing, cadre);
    }
    json_decref(cadres);
    return STATUS_OK;
}

/* A cadre's areas are the villages of the linked households. Who may not see those gets none. */
static enum status add_areas(const struct listing *listing, const struct config_daemon *intake,
                             struct err *err)
{
    struct household_query query = {.limit = PAGE_MAX};
    struct query_call call = {.daemon = intake,
                              .ask = {.type = &household_query_type,
                                      .message = &query,
                                      .reply_type = &household_reply_type},
                              .list = "households",
                              .walk = &query};
    json_t *households;
    enum status st = query_ask_all(listing->session, &call, advance_households, &households, err);
    if (st != STATUS_OK) {
        return st == STATUS_FORBIDDEN ? STATUS_OK : st;
    }
    size_t i;
    json_t *household;
    json_array_foreach(households, i, household)
    {
        add_area(listing, household);
    }
    json_decref(households);
    return STATUS_OK;
}

static enum status add_register(const struct listing *listing, struct err *err)
{
    const struct config_daemon *intake;
    enum status st = session_find_daemon(listing->session, BYTES("intake"), &intake, err);
    if (st == STATUS_OK) {
        st = add_cadres(listing, intake, err);
    }
    return st == STATUS_OK ? add_areas(listing, intake, err) : st;
}

/* ---- the list ------------------------------------------------------------------------------- */

static bool has_word(const json_t *words, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(words, i, item)
    {
        if (strcmp(json_string_value(item), word) == 0) {
            return true;
        }
    }
    return false;
}

/* A village counts for its community too. */
static bool is_within(const struct listing *listing, const json_t *areas)
{
    size_t i;
    json_t *item;
    json_array_foreach(areas, i, item)
    {
        if (office_area_is_within(&listing->session->config->office,
                                  bytes_of_string(json_string_value(item)),
                                  bytes_of_string(listing->area))) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct listing *listing, const json_t *person)
{
    const char *id = output_string(person, "person");
    return (listing->after == NULL || strcmp(id, listing->after) > 0) &&
           (listing->role == NULL || has_word(json_object_get(person, "roles"), listing->role)) &&
           (listing->department == NULL ||
            has_word(json_object_get(person, "departments"), listing->department)) &&
           (listing->area == NULL || is_within(listing, json_object_get(person, "areas")));
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *pick(const struct listing *listing)
{
    size_t count = json_object_size(listing->people);
    const char **ids = calloc(count + 1, sizeof *ids);
    CHECK(ids != NULL);
    size_t at = 0;
    const char *id;
    json_t *person;
    json_object_foreach(listing->people, id, person)
    {
        ids[at++] = id;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    json_t *picked = json_array();
    bool are_more = false;
    for (size_t i = 0; i < count && !are_more; i++) {
        person = json_object_get(listing->people, ids[i]);
        if (!is_wanted(listing, person)) {
            continue;
        }
        are_more = json_array_size(picked) == listing->limit;
        if (!are_more) {
            (void)json_array_append(picked, person);
        }
    }
    if (are_more && !listing->session->globals.is_json) {
        const json_t *last = json_array_get(picked, json_array_size(picked) - 1);
        session_note(listing->session, "there are more; go on with --after %s",
                     output_string(last, "person"));
    }
    free(ids);
    return picked;
}

static enum status read_listing(struct session *session, const struct args *args,
                                struct listing *listing, struct err *err)
{
    *listing = (struct listing){.session = session,
                                .role = args_find_string(args, "role"),
                                .department = args_find_string(args, "department"),
                                .area = args_find_string(args, "area"),
                                .after = args_find_string(args, "after"),
                                .limit = PAGE_MAX};
    const char *limit = args_find_string(args, "limit");
    enum role role;
    if (listing->role != NULL && !role_find(bytes_of_string(listing->role), &role)) {
        return fail_field(err, STATUS_INVALID, "role", "there is no role '%s'", listing->role);
    }
    const struct office *office = &session->config->office;
    if (listing->department != NULL &&
        office_find_department(office, bytes_of_string(listing->department)) == NULL) {
        return fail_field(err, STATUS_INVALID, "department", "there is no section '%s'",
                          listing->department);
    }
    if (listing->area != NULL && office_find_area(office, bytes_of_string(listing->area)) == NULL) {
        return fail_field(err, STATUS_INVALID, "area", "there is no community or village '%s'",
                          listing->area);
    }
    if (limit != NULL) {
        unsigned long number = strtoul(limit, NULL, 10);
        if (number == 0 || number > PAGE_MAX) {
            return fail_field(err, STATUS_INVALID, "limit", "a limit is 1 to %u", PAGE_MAX);
        }
        listing->limit = (uint32_t)number;
    }
    return STATUS_OK;
}

enum status people_run_list(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err)
{
    struct listing listing;
    enum status st = read_listing(session, args, &listing, err);
    if (st != STATUS_OK) {
        return st;
    }
    listing.people = json_object();
    const struct office *office = &session->config->office;
    for (uint32_t i = 0; i < office->person_count; i++) {
        add_person(&listing, &office->people[i]);
    }
    /* Where only people of the configuration can be meant, no daemon is asked. */
    bool wants_cadres =
        listing.department == NULL && (listing.role == NULL || strcmp(listing.role, "cadre") == 0);
    if (wants_cadres) {
        st = add_register(&listing, err);
    }
    if (st == STATUS_UNAVAILABLE && listing.role == NULL) {
        session_note(session, "without cadres: %s", err->text);
        st = STATUS_OK;
    }
    if (st == STATUS_OK) {
        *ret_json = pick(&listing);
    }
    json_decref(listing.people);
    return st;
}
