/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/place.h"

#include "domain/access.h"

#include <stdio.h>

#define PLACE_MS 2500U

static void keep_word(char *text, struct bytes word)
{
    (void)snprintf(text, WORD_MAX_BYTES + 1, "%.*s", BYTES_FMT(word));
}

static enum status ask_router(struct session *session, uint64_t issue, const struct position *after,
                              struct place *ret_place, struct err *err)
{
    struct place_query query = {.issue = issue};
    struct ask ask = {.type = &place_query_type,
                      .message = &query,
                      .reply_type = &place_reply_type,
                      .after = *after,
                      .wait_ms = after->seq != 0 ? LOOK_MS : 0};
    struct place_reply reply;
    struct answer answer;
    enum status st = call_named(session, "router", &ask, &reply, &answer, err);
    if (st != STATUS_OK) {
        return st;
    }
    *ret_place = (struct place){.is_known = true,
                                .state = (enum state)reply.state,
                                .generation = reply.generation,
                                .position = {answer.position.journal, reply.seq}};
    keep_word(ret_place->lead, reply.lead);
    struct list_cursor cursor = list_begin(&reply.legs);
    struct leg_part leg;
    while (ret_place->leg_count < PLACE_LEGS_MAX &&
           list_next_message(&cursor, &leg_part_type, &leg)) {
        keep_word(ret_place->legs[ret_place->leg_count++], leg.department);
    }
    return STATUS_OK;
}

enum status place_find_report(struct session *session, uint64_t issue,
                              struct report_reply *ret_reply, struct position *ret_position,
                              struct err *err)
{
    struct report_query query = {.issue = issue};
    struct ask ask = {
        .type = &report_query_type, .message = &query, .reply_type = &report_reply_type};
    struct answer answer;
    enum status st = call_named(session, "intake", &ask, ret_reply, &answer, err);
    if (st == STATUS_OK) {
        *ret_position = (struct position){answer.position.journal, ret_reply->seq};
    }
    return st;
}

/* What to make of a number the router does not know. */
static enum status ask_intake(struct session *session, uint64_t issue, struct place *ret_place,
                              struct err *err)
{
    struct report_reply report;
    struct position position;
    struct err later;
    enum status st = place_find_report(session, issue, &report, &position, &later);
    if (st != STATUS_OK) {
        return STATUS_NOT_FOUND; /* with the router's sentence */
    }
    st = ask_router(session, issue, &position, ret_place, &later);
    if (st == STATUS_NOT_FOUND || st == STATUS_UNAVAILABLE) {
        *ret_place = (struct place){.state = STATE_ACCEPTED}; /* on its way to the router */
        return STATUS_OK;
    }
    if (st != STATUS_OK) {
        *err = later;
    }
    return st;
}

enum status place_find(struct session *session, uint64_t issue, struct place *ret_place,
                       struct err *err)
{
    static const struct position anywhere;
    struct mono deadline = session_shorten(session, PLACE_MS);
    enum status st = ask_router(session, issue, &anywhere, ret_place, err);
    if (st == STATUS_NOT_FOUND) {
        st = ask_intake(session, issue, ret_place, err);
    } else if (st == STATUS_UNAVAILABLE) {
        *ret_place = (struct place){0};
        st = STATUS_OK;
    }
    session->deadline = deadline;
    return st;
}

bool place_find_in_queue(struct session *session, const struct config_daemon *daemon,
                         uint64_t issue, struct place *ret_place)
{
    struct queue_pending_query query = {.issue = issue};
    struct ask ask = {.type = &queue_pending_query_type,
                      .message = &query,
                      .reply_type = &queue_pending_reply_type};
    struct queue_pending_reply reply;
    struct err err;
    if (call_daemon(session, daemon, &ask, &reply, NULL, &err) != STATUS_OK) {
        return false;
    }
    *ret_place = (struct place){.state = (enum state)reply.state, .generation = reply.generation};
    keep_word(ret_place->lead, reply.lead);
    return true;
}

/* ---- whose section -------------------------------------------------------------------------- */

static enum status serve(const struct session *session, struct bytes department,
                         const struct config_daemon **ret_daemon, struct bytes *ret_department,
                         struct err *err)
{
    const struct department *found = office_find_department(&session->config->office, department);
    const struct config_daemon *daemon =
        found == NULL ? NULL : config_find_department_daemon(session->config, department);
    if (daemon == NULL) {
        return fail_field(err, STATUS_INVALID, "department", "there is no section '%.*s'",
                          BYTES_FMT(department));
    }
    *ret_daemon = daemon;
    *ret_department = found->id;
    return STATUS_OK;
}

/* The first section of the person among the issue's legs; false when there is none. */
static bool find_own_leg(const struct person *person, const struct place *place,
                         struct bytes *ret_department)
{
    for (uint32_t i = 0; place != NULL && i < place->leg_count; i++) {
        struct bytes department = bytes_of_string(place->legs[i]);
        if (person_has_department(person, department)) {
            *ret_department = department;
            return true;
        }
    }
    return false;
}

/* Who serves no section, or several. Naming one helps only who may do it there; somebody without a
 * section is told at once who may. */
static enum status ask_for_section(const struct session *session, const struct place *place,
                                   struct err *err)
{
    struct bytes id = bytes_of_string(session->globals.person);
    const struct office *office = &session->config->office;
    struct actor actor = actor_of_id(office, id);
    struct object object = {.office = office};
    enum action action = place == NULL ? ACTION_VIEW_QUEUE : ACTION_WORK;
    if (actor.department_count == 0 && may(&actor, action, &object, err) != STATUS_OK) {
        return STATUS_FORBIDDEN;
    }
    if (actor.department_count == 0) {
        return fail_field(err, STATUS_INVALID, "department",
                          "'%.*s' serves no section; say which one is meant with --department",
                          BYTES_FMT(id));
    }
    return fail_field(err, STATUS_INVALID, "department",
                      "'%.*s' does not serve one section alone; say which with --department",
                      BYTES_FMT(id));
}

enum status place_find_department(const struct session *session, struct bytes department,
                                  const struct place *place,
                                  const struct config_daemon **ret_daemon,
                                  struct bytes *ret_department, struct err *err)
{
    if (department.len != 0) {
        return serve(session, department, ret_daemon, ret_department, err);
    }
    struct bytes id = bytes_of_string(session->globals.person);
    const struct person *person = office_find_person(&session->config->office, id);
    if (person != NULL && find_own_leg(person, place, &department)) {
        return serve(session, department, ret_daemon, ret_department, err);
    }
    if (place != NULL && place->lead[0] != '\0') {
        /* The section's daemon says what this person may not do. */
        return serve(session, bytes_of_string(place->lead), ret_daemon, ret_department, err);
    }
    if (person != NULL && person->department_count == 1) {
        return serve(session, person->departments[0], ret_daemon, ret_department, err);
    }
    return ask_for_section(session, place, err);
}
