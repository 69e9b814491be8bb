/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/change.h"

#include "cli/output.h"
#include "cli/place.h"
#include "domain/words.h"

#include <stdio.h>
#include <string.h>

json_t *change_position_json(const struct position *position)
{
    char journal[ID_TEXT_BYTES];
    id_format(&position->journal, journal);
    return json_pack("{s:s, s:I}", "journal", journal, "seq", (json_int_t)position->seq);
}

/* The member of the command that is called `name`, or NULL. */
static void *find_member(const struct args *args, const char *name, enum field_type type)
{
    const struct field *field = message_find_field(args->verb->type, name);
    return field == NULL || field->type != type ? NULL : (uint8_t *)args->message + field->offset;
}

static uint64_t issue_of(const struct args *args)
{
    const uint64_t *issue = find_member(args, "issue", FIELD_ISSUE);
    CHECK(issue != NULL);
    return *issue;
}

/* What a change answers, before and after the verdict. */
struct change {
    uint64_t issue;
    struct position position;
    uint64_t fact; /* first record it wrote */
    enum state state;
    uint32_t generation;
    bool is_pending;
    char lead[WORD_MAX_BYTES + 1];
    char rule[WORD_MAX_BYTES + 1];
};

static json_t *word_json(const char *word)
{
    return word[0] == '\0' ? json_null() : json_string(word);
}

static json_t *change_to_json(struct session *session, const struct change *change)
{
    char issue[ISSUE_TEXT_BYTES];
    char request[ID_TEXT_BYTES];
    struct id id = call_request_id(session);
    issue_format(change->issue, issue);
    id_format(&id, request);
    return json_pack("{s:s, s:o, s:b, s:o, s:I, s:o, s:o, s:s}", "issue", issue, "state",
                     word_json(state_word(change->state)), "pending", change->is_pending,
                     "position", change_position_json(&change->position), "generation",
                     (json_int_t)change->generation, "lead", word_json(change->lead), "rule",
                     word_json(change->rule), "request_id", request);
}

/* Sends the command and fills what its reply says. */
static enum status send_command(struct session *session, const struct args *args,
                                const struct config_daemon *daemon, const struct position *after,
                                struct change *change, struct err *err)
{
    struct change_reply reply;
    struct answer answer;
    struct ask ask = {.type = args->verb->type,
                      .message = args->message,
                      .reply_type = &change_reply_type,
                      .after = *after,
                      .wait_ms = after->seq != 0 ? LOOK_MS : 0,
                      .is_command = true};
    enum status st = call_daemon(session, daemon, &ask, &reply, &answer, err);
    if (st == STATUS_OK) {
        change->issue = reply.issue;
        change->generation = reply.generation;
        change->position = answer.position;
        change->fact = reply.seq;
    }
    return st;
}

static void keep_word(char *text, struct bytes word)
{
    (void)snprintf(text, WORD_MAX_BYTES + 1, "%.*s", BYTES_FMT(word));
}

/* Waits for the router's word on the fact. REFUSED: it was set aside. No word in time, or no router
 * at all, leaves the change pending. */
static enum status wait_for_verdict(struct session *session, struct change *change, struct err *err)
{
    struct position fact = {change->position.journal, change->fact};
    struct verdict_query query = {.issue = change->issue, .journal = fact.journal, .seq = fact.seq};
    struct ask ask = {.type = &verdict_query_type,
                      .message = &query,
                      .reply_type = &verdict_reply_type,
                      .after = fact,
                      .wait_ms = LOOK_MS};
    struct verdict_reply reply;
    struct err unheard;
    struct mono deadline = session_shorten(session, LOOK_MS);
    enum status st = call_named(session, "router", &ask, &reply, NULL, &unheard);
    session->deadline = deadline;
    if (st != STATUS_OK || !reply.is_settled) {
        change->is_pending = true;
        return STATUS_OK;
    }
    if (reply.is_set_aside) {
        return fail(err, STATUS_REFUSED, "%.*s", BYTES_FMT(reply.reason));
    }
    change->is_pending = false;
    change->state = (enum state)reply.state;
    change->generation = reply.generation;
    keep_word(change->lead, reply.lead);
    keep_word(change->rule, reply.rule);
    return STATUS_OK;
}

/* What the person saw goes into the command. */
static struct position put_place(const struct args *args, const struct place *place)
{
    uint32_t *generation = find_member(args, "generation", FIELD_U32);
    if (generation != NULL && place->is_known) {
        *generation = place->generation;
    }
    return place->is_known ? place->position : (struct position){0};
}

/* The daemon that takes the fact; a command for a section gets its name where it is needed. */
static enum status find_taker(const struct session *session, const struct args *args,
                              const struct place *place, const struct config_daemon **ret_daemon,
                              struct err *err)
{
    if (args->verb->daemon != NULL) {
        return session_find_daemon(session, bytes_of_string(args->verb->daemon), ret_daemon, err);
    }
    struct bytes *department = find_member(args, "department", FIELD_WORD);
    CHECK(department != NULL);
    struct bytes found;
    enum status st = place_find_department(session, *department, place, ret_daemon, &found, err);
    const struct person *person =
        office_find_person(&session->config->office, bytes_of_string(session->globals.person));
    bool is_plain =
        person != NULL && person->department_count == 1 && person_has_department(person, found);
    if (st == STATUS_OK && !is_plain) {
        *department = found;
    }
    return st;
}

enum status change_run_fact(struct session *session, const struct args *args, json_t **ret_json,
                            struct err *err)
{
    struct place place;
    struct change change = {0};
    const struct config_daemon *daemon;
    enum status st = place_find(session, issue_of(args), &place, err);
    if (st == STATUS_OK) {
        st = find_taker(session, args, &place, &daemon, err);
    }
    if (st == STATUS_OK) {
        struct position after = put_place(args, &place);
        change.state = place.state;
        st = send_command(session, args, daemon, &after, &change, err);
    }
    if (st == STATUS_OK) {
        st = wait_for_verdict(session, &change, err);
    }
    if (st == STATUS_OK && change.is_pending && !place.is_known && args->verb->daemon == NULL &&
        place_find_in_queue(session, daemon, change.issue, &place)) {
        change.state = place.state;
        change.generation = place.generation;
        keep_word(change.lead, bytes_of_string(place.lead));
    }
    if (st == STATUS_OK) {
        *ret_json = change_to_json(session, &change);
    }
    return st;
}

enum status change_run_submit(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    static const struct position anywhere;
    struct change change = {.state = STATE_ACCEPTED};
    const struct config_daemon *daemon;
    enum status st = session_find_daemon(session, BYTES("intake"), &daemon, err);
    if (st == STATUS_OK) {
        st = send_command(session, args, daemon, &anywhere, &change, err);
    }
    if (st == STATUS_OK) {
        st = wait_for_verdict(session, &change, err);
    }
    if (st == STATUS_OK) {
        *ret_json = change_to_json(session, &change);
    }
    return st;
}

/* State, lead and rule as they are after a decision. The decision stands even when this look at it
 * fails. */
static void look(struct session *session, struct change *change)
{
    struct issue_query query = {.issue = change->issue};
    struct ask ask = {.type = &issue_query_type, .message = &query, .reply_type = &issue_view_type};
    struct issue_view view;
    struct err unheard;
    if (call_named(session, "router", &ask, &view, NULL, &unheard) == STATUS_OK) {
        change->state = (enum state)view.state;
        change->generation = view.generation;
        keep_word(change->lead, view.lead);
        keep_word(change->rule, view.rule);
        return;
    }
    struct place place;
    if (place_find(session, change->issue, &place, &unheard) == STATUS_OK && place.is_known) {
        change->state = place.state;
        change->generation = place.generation;
        keep_word(change->lead, bytes_of_string(place.lead));
    }
}

enum status change_run_router(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    struct place place;
    struct change change = {0};
    const struct config_daemon *router;
    enum status st = session_find_daemon(session, BYTES("router"), &router, err);
    if (st == STATUS_OK) {
        st = place_find(session, issue_of(args), &place, err);
    }
    if (st == STATUS_OK) {
        struct position after = put_place(args, &place);
        change.state = place.state;
        st = send_command(session, args, router, &after, &change, err);
    }
    if (st == STATUS_OK) {
        look(session, &change);
        *ret_json = change_to_json(session, &change);
    }
    return st;
}

enum status change_run_plain(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    static const struct position anywhere;
    struct change change = {0};
    const struct config_daemon *daemon;
    enum status st =
        session_find_daemon(session, bytes_of_string(args->verb->daemon), &daemon, err);
    if (st == STATUS_OK) {
        st = send_command(session, args, daemon, &anywhere, &change, err);
    }
    if (st == STATUS_OK) {
        char request[ID_TEXT_BYTES];
        struct id id = call_request_id(session);
        id_format(&id, request);
        *ret_json = json_pack("{s:o, s:b, s:s}", "position", change_position_json(&change.position),
                              "pending", 0, "request_id", request);
    }
    return st;
}

void change_print(const struct session *session, const json_t *result)
{
    (void)session;
    const char *issue = output_string(result, "issue");
    if (issue[0] == '\0') {
        (void)printf("done\n");
        return;
    }
    struct buf state = {0};
    output_member(result, "state", COLUMN_STATE, &state);
    const char *lead = output_string(result, "lead");
    const char *rule = output_string(result, "rule");
    bool is_known = output_string(result, "state")[0] != '\0';
    if (json_is_true(json_object_get(result, "pending"))) {
        (void)printf("%s: recorded; the router has not answered yet%s%.*s%s\n", issue,
                     is_known ? " (" : "", BYTES_FMT(buf_bytes(&state)), is_known ? ")" : "");
    } else {
        (void)printf("%s: %.*s%s%s%s%s%s\n", issue, BYTES_FMT(buf_bytes(&state)),
                     lead[0] == '\0' ? "" : ", lead ", lead, rule[0] == '\0' ? "" : ", rule '",
                     rule, rule[0] == '\0' ? "" : "'");
    }
    buf_done(&state);
}
