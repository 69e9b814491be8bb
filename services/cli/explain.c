/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain.h"

#include "cli/output.h"
#include "domain/words.h"

#include <stdio.h>
#include <string.h>

#define THEN_SHOWN 6U
#define CADRE_MS 500U

/* ---- names ---------------------------------------------------------------------------------- */

static json_t *text_json(struct bytes text)
{
    return text.len == 0 ? json_null() : json_stringn((const char *)text.p, text.len);
}

/* A cadre is known to intake; when that does not answer, or does not show cadres to who asks, the
 * id has to do. */
static json_t *ask_cadre(struct session *session, const char *id)
{
    struct cadre_query query = {.cadre = bytes_of_string(id)};
    struct ask ask = {
        .type = &cadre_query_type, .message = &query, .reply_type = &cadre_reply_type};
    struct cadre_reply reply;
    struct cadre_view_part cadre = {0};
    struct err err;
    struct mono deadline = session_shorten(session, CADRE_MS);
    if (call_named(session, "intake", &ask, &reply, NULL, &err) == STATUS_OK) {
        struct list_cursor cursor = list_begin(&reply.cadres);
        (void)list_next_message(&cursor, &cadre_view_part_type, &cadre);
    }
    session->deadline = deadline;
    return json_pack("{s:s, s:o, s:o}", "person", id, "name", text_json(cadre.name), "phone",
                     text_json(cadre.phone));
}

/* {person, name, phone}. `known` keeps cadres that were asked for. */
static json_t *person_json(struct session *session, json_t *known, const char *id)
{
    const struct person *person = office_find_person(&session->config->office, bytes_of_string(id));
    if (person != NULL) {
        return json_pack("{s:s, s:o, s:o}", "person", id, "name", text_json(person->name), "phone",
                         text_json(person->phone));
    }
    if (json_object_get(known, id) == NULL) {
        (void)json_object_set_new(known, id, ask_cadre(session, id));
    }
    return json_copy(json_object_get(known, id));
}

static void reshape_duty(struct session *session, json_t *known, json_t *duty)
{
    static const char *const others[] = {"id",        "issue", "household", "promise",
                                         "community", "count", "title",     "then"};
    json_t *people = json_array();
    size_t i;
    json_t *id;
    json_array_foreach(json_object_get(duty, "people"), i, id)
    {
        (void)json_array_append_new(people, person_json(session, known, json_string_value(id)));
    }
    (void)json_object_set_new(duty, "people", people);
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        (void)json_object_del(duty, others[k]);
    }
}

/* tells: [{recipient, person}] becomes who: [{role, person, name}]. */
static void reshape_then(struct session *session, json_t *known, json_t *then)
{
    json_t *who = json_array();
    size_t i;
    json_t *told;
    json_array_foreach(json_object_get(then, "tells"), i, told)
    {
        json_t *person = person_json(session, known, output_string(told, "person"));
        (void)json_object_set(person, "role", json_object_get(told, "recipient"));
        (void)json_object_del(person, "phone");
        (void)json_array_append_new(who, person);
    }
    (void)json_object_set_new(then, "who", who);
    (void)json_object_del(then, "tells");
}

void explain_reshape(struct session *session, json_t *view)
{
    json_t *known = json_object();
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(view, "duties"), i, item)
    {
        reshape_duty(session, known, item);
    }
    json_array_foreach(json_object_get(view, "then"), i, item)
    {
        reshape_then(session, known, item);
    }
    json_decref(known);
}

/* ---- for people ----------------------------------------------------------------------------- */

static void append_due(const json_t *item, const char *member, struct buf *out)
{
    output_member(item, member, COLUMN_DUE, out);
}

static void append_people(const json_t *duty, struct buf *out)
{
    const json_t *people = json_object_get(duty, "people");
    size_t count = json_array_size(people);
    size_t i;
    json_t *person;
    buf_append_string(out, count == 0 ? "nobody" : "");
    json_array_foreach(people, i, person)
    {
        const char *name = output_string(person, "name");
        const char *phone = output_string(person, "phone");
        buf_append_format(out, "%s%s%s%s%s%s%s",
                          i == 0           ? ""
                          : i + 1 == count ? " or "
                                           : ", ",
                          name, name[0] == '\0' ? "" : " (", output_string(person, "person"),
                          phone[0] == '\0' ? "" : ", ", phone, name[0] == '\0' ? "" : ")");
    }
}

static void print_duty(const json_t *duty)
{
    struct buf text = {0};
    const char *department = output_string(duty, "department");
    buf_append_format(&text, "%s%s", department, department[0] == '\0' ? "" : ": ");
    append_people(duty, &text);
    buf_append_format(&text, " %s", output_string(duty, "what"));
    if (output_string(duty, "due_at")[0] != '\0') {
        buf_append_string(&text, " by ");
        append_due(duty, "due_at", &text);
    }
    buf_append_string(&text, json_is_true(json_object_get(duty, "is_overdue")) ? ", overdue" : "");
    (void)printf("  %-12s %.*s\n", "who", BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
}

/* What somebody is told as. */
static const char *called(const char *role)
{
    static const struct {
        const char *role;
        const char *called;
    } rows[] = {
        {"section_head", "the section head "},
        {"leader", "the leader in charge "},
        {"office_head", "the office head "},
        {"supervisor", "the supervisor "},
        {"first_responsible", "the first responsible "},
        {"cadre", "the cadre "},
        {"community_secretary", "the community secretary "},
        {"issuer", "who supervises it, "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].role, role) == 0) {
            return rows[i].called;
        }
    }
    return "";
}

static void append_told(const json_t *then, struct buf *out)
{
    const json_t *who = json_object_get(then, "who");
    size_t i;
    json_t *person;
    if (json_is_true(json_object_get(then, "is_by_itself"))) {
        return;
    }
    buf_append_string(out, json_array_size(who) == 0 ? "; nobody is told" : "; told: ");
    json_array_foreach(who, i, person)
    {
        const char *name = output_string(person, "name");
        buf_append_format(out, "%s%s%s%s%s%s", i == 0 ? "" : ", ",
                          called(output_string(person, "role")), name, name[0] == '\0' ? "" : " (",
                          output_string(person, "person"), name[0] == '\0' ? "" : ")");
    }
}

static void print_then(const json_t *then)
{
    struct buf text = {0};
    append_due(then, "at", &text);
    buf_append_format(&text, ": %s", output_string(then, "does"));
    append_told(then, &text);
    (void)printf("  %-12s %.*s\n", "then", BYTES_FMT(buf_bytes(&text)));
    buf_done(&text);
}

void explain_print(const json_t *view)
{
    const json_t *then = json_object_get(view, "then");
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(view, "why"), i, item)
    {
        (void)printf("  %-12s %s\n", "why", json_string_value(item));
    }
    json_array_foreach(json_object_get(view, "duties"), i, item)
    {
        print_duty(item);
    }
    json_array_foreach(then, i, item)
    {
        if (i < THEN_SHOWN) {
            print_then(item);
        }
    }
    if (json_array_size(then) == 0 && json_array_size(json_object_get(view, "overdue")) != 0) {
        (void)printf(
            "  %-12s nothing more by itself: the last step of its ladder was told; it waits "
            "for those named above\n",
            "then");
    }
    if (json_array_size(then) > THEN_SHOWN) {
        (void)printf("  %-12s and %zu more, with --json\n", "then",
                     json_array_size(then) - THEN_SHOWN);
    }
}
