/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query.h"

#include "cli/output.h"
#include "cli/place.h"
#include "cli/up_lock.h"

#include <stdlib.h>

#define WATCH_MS 10000U

static void reshape_all(json_t *result, void (*reshape)(json_t *item))
{
    if (reshape == NULL) {
        return;
    }
    if (json_is_object(result)) {
        reshape(result);
        return;
    }
    size_t i;
    json_t *item;
    json_array_foreach(result, i, item)
    {
        reshape(item);
    }
}

/* False where that does not fit the query, and so nothing comes after it. */
static bool put_after(const struct field *after, const json_t *id, void *message)
{
    void *member = (uint8_t *)message + after->offset;
    struct err err;
    switch (after->type) {
    case FIELD_U64:
        *(uint64_t *)member = (uint64_t)json_integer_value(id);
        return json_is_integer(id);
    case FIELD_ISSUE:
        return json_is_string(id) && issue_parse(bytes_of_string(json_string_value(id)),
                                                 (uint64_t *)member, &err) == STATUS_OK;
    case FIELD_WORD:
        *(struct bytes *)member =
            json_is_string(id) ? bytes_of_string(json_string_value(id)) : (struct bytes){0};
        return json_is_string(id);
    default:
        return false;
    }
}

/* A daemon looks at so many rows for one reply; where none of them is wanted, it says how far it
 * has come. */
static bool must_go_on(const struct query_call *call, const json_t *whole, const json_t *result)
{
    const json_t *through = json_object_get(whole, "through");
    const struct field *after = message_find_field(call->ask.type, "after");
    bool is_none = through == NULL || json_is_null(through) ||
                   (json_is_string(through) && json_string_length(through) == 0) ||
                   (json_is_integer(through) && json_integer_value(through) == 0);
    return json_is_array(result) && json_array_size(result) == 0 && !is_none && after != NULL &&
           put_after(after, through, call->walk);
}

static enum status ask_once(struct session *session, const struct query_call *call,
                            json_t **ret_whole, struct answer *ret_answer, struct err *err)
{
    union {
        max_align_t align;
        uint8_t bytes[MESSAGE_SIZE_MAX];
    } reply = {0};
    enum status st = call_daemon(session, call->daemon, &call->ask, reply.bytes, ret_answer, err);
    if (st == STATUS_OK) {
        *ret_whole = message_to_json(call->ask.reply_type, reply.bytes, session_zone(session));
    }
    return st;
}

enum status query_ask(struct session *session, const struct query_call *call, json_t **ret_json,
                      struct answer *ret_answer, struct err *err)
{
    json_t *whole = NULL;
    json_t *before = NULL; /* its `through` may be what the next question goes on after */
    json_t *result = NULL;
    bool goes_on = false;
    do {
        if (goes_on) {
            session_renew(session);
            ret_answer = NULL; /* the place of the first reply: nothing after it is missed */
        }
        json_decref(before);
        before = whole;
        enum status st = ask_once(session, call, &whole, ret_answer, err);
        if (st != STATUS_OK) {
            json_decref(before);
            return st;
        }
        result = call->list == NULL ? whole : json_object_get(whole, call->list);
        CHECK(result != NULL);
        goes_on = call->walk != NULL && must_go_on(call, whole, result);
    } while (goes_on);
    reshape_all(result, call->reshape);
    *ret_json = json_incref(result);
    json_decref(before);
    json_decref(whole);
    return STATUS_OK;
}

enum status query_ask_all(struct session *session, const struct query_call *call,
                          query_advance_fn *advance, json_t **ret_json, struct err *err)
{
    json_t *all = json_array();
    for (;;) {
        json_t *page;
        session_renew(session);
        enum status st = query_ask(session, call, &page, NULL, err);
        if (st != STATUS_OK) {
            json_decref(all);
            return st;
        }
        size_t count = json_array_size(page);
        if (count == 0) {
            json_decref(page);
            *ret_json = all;
            return STATUS_OK;
        }
        (void)json_array_extend(all, page);
        advance(call->walk, json_array_get(page, count - 1));
        json_decref(page);
    }
}

static struct bytes find_department(const struct args *args)
{
    const struct field *field = message_find_field(args->verb->type, "department");
    return field == NULL ? (struct bytes){0}
                         : *(const struct bytes *)field_get(field, args->message);
}

static enum status make_call(const struct session *session, const struct args *args,
                             struct query_call *ret_call, struct err *err)
{
    const struct verb *verb = args->verb;
    struct bytes department;
    *ret_call = (struct query_call){
        .ask = {.type = verb->type, .message = args->message, .reply_type = verb->reply},
        .list = verb->list,
        .reshape = verb->reshape,
        .walk = args->message,
    };
    if (verb->daemon != NULL) {
        return session_find_daemon(session, bytes_of_string(verb->daemon), &ret_call->daemon, err);
    }
    return place_find_department(session, find_department(args), NULL, &ret_call->daemon,
                                 &department, err);
}

/* The name of what a list goes on after: the first field of its items, by the schemas' custom. */
static const char *find_id(const struct verb *verb, const char *list)
{
    const struct field *field = message_find_field(verb->reply, list);
    CHECK(field != NULL && field->of_message != NULL);
    return field->of_message->fields[0].name;
}

void query_say_more(struct session *session, const struct args *args, const char *list,
                    const json_t *shown)
{
    const struct verb *verb = args->verb;
    const struct field *after = message_find_field(verb->type, "after");
    const struct field *limit = message_find_field(verb->type, "limit");
    size_t count = json_array_size(shown);
    if (session->globals.is_json || count == 0 || after == NULL || limit == NULL) {
        return;
    }
    const json_t *last = json_object_get(json_array_get(shown, count - 1), find_id(verb, list));
    struct query_call call;
    struct err err;
    if (!put_after(after, last, args->message) ||
        make_call(session, args, &call, &err) != STATUS_OK) {
        return;
    }
    CHECK(limit->type == FIELD_U32);
    *(uint32_t *)(void *)((uint8_t *)args->message + limit->offset) = 1;
    call.list = list;
    call.reshape = NULL;
    json_t *next;
    struct mono deadline = session_shorten(session, LOOK_MS);
    enum status st = query_ask(session, &call, &next, NULL, &err);
    session->deadline = deadline;
    if (st != STATUS_OK) {
        session_note(session, "whether there are more is not known: %s", err.text);
        return;
    }
    if (json_array_size(next) != 0) {
        struct buf text = {0};
        output_member(json_array_get(shown, count - 1), find_id(verb, list), COLUMN_TEXT, &text);
        session_note(session, "there are more; go on with --after %.*s",
                     BYTES_FMT(buf_bytes(&text)));
        buf_done(&text);
    }
    json_decref(next);
}

enum status query_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err)
{
    struct query_call call;
    enum status st = make_call(session, args, &call, err);
    return st == STATUS_OK ? query_ask(session, &call, ret_json, NULL, err) : st;
}

enum status query_run_list(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err)
{
    json_t *list;
    enum status st = query_run(session, args, &list, err);
    if (st != STATUS_OK) {
        return st;
    }
    query_say_more(session, args, args->verb->list, list);
    *ret_json = list;
    return STATUS_OK;
}

enum status query_run_one(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    json_t *list;
    enum status st = query_run(session, args, &list, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *first = json_incref(json_array_get(list, 0));
    json_decref(list);
    if (first == NULL) {
        return fail(err, STATUS_NOT_FOUND, "there is no such %s", args->verb->noun);
    }
    *ret_json = first;
    return STATUS_OK;
}

/* ---- watching ------------------------------------------------------------------------------- */

/* What has been shown: id of the item -> the item. */
struct watch {
    struct session *session;
    const struct field *after; /* where the query's walk begins */
    uint64_t *from;            /* its value in the message */
    const char *id;            /* the member it is compared with */
    json_t *shown;
    struct output_stream stream;
};

static char *id_text(const json_t *item, const char *id)
{
    return json_dumps(json_object_get(item, id), JSON_ENCODE_ANY | JSON_COMPACT);
}

static void show_changed(struct watch *watch, json_t *items, json_t *seen)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        char *id = id_text(item, watch->id);
        if (!json_equal(json_object_get(watch->shown, id), item)) {
            output_stream_put(&watch->stream, item);
        }
        (void)json_object_set(seen, id, item);
        free(id);
    }
}

/* What was shown and is no longer there. */
static void show_gone(struct watch *watch, const json_t *seen)
{
    const char *id;
    json_t *item;
    json_object_foreach(watch->shown, id, item)
    {
        if (json_object_get(seen, id) == NULL && watch->session->globals.is_json) {
            json_t *gone =
                json_pack("{s:O, s:b}", watch->id, json_object_get(item, watch->id), "gone", 1);
            output_stream_put(&watch->stream, gone);
            json_decref(gone);
        }
    }
}

/* Moves the walk behind `item`. */
static void set_after(const struct watch *watch, const json_t *item)
{
    const json_t *id = json_object_get(item, watch->id);
    if (watch->after->type == FIELD_U64) {
        *watch->from = (uint64_t)json_integer_value(id);
        return;
    }
    struct err err;
    enum status st = issue_parse(bytes_of_string(json_string_value(id)), watch->from, &err);
    CHECK(st == STATUS_OK);
}

/* One look at everything that is there; the position is that of its first page, so that nothing is
 * missed. */
static enum status look(struct watch *watch, struct query_call *call, json_t *seen,
                        struct position *ret_position, struct err *err)
{
    struct answer answer = {0};
    json_t *items;
    enum status st = query_ask(watch->session, call, &items, &answer, err);
    *ret_position = answer.position;
    call->ask.wait_ms = 0;
    while (st == STATUS_OK) {
        size_t count = json_array_size(items);
        show_changed(watch, items, seen);
        if (count != 0) {
            set_after(watch, json_array_get(items, count - 1));
        }
        json_decref(items);
        if (count == 0) {
            break;
        }
        st = query_ask(watch->session, call, &items, NULL, err);
    }
    return st;
}

/* Numbers only grow, so what was shown of them need not be asked for again; a queue is looked at
 * whole every time. */
static enum status look_again(struct watch *watch, struct query_call *call, struct err *err)
{
    bool is_stream = watch->after->type == FIELD_U64;
    uint64_t begin = *watch->from;
    struct position seen_at = call->ask.after;
    json_t *seen = json_object();
    enum status st = look(watch, call, seen, &seen_at, err);
    if (st == STATUS_OK && !is_stream) {
        show_gone(watch, seen);
    }
    if (!is_stream) {
        *watch->from = begin;
    }
    if (st == STATUS_OK) {
        json_decref(watch->shown);
        watch->shown = json_incref(seen);
        call->ask.after = (struct position){seen_at.journal, seen_at.seq + 1};
    }
    json_decref(seen);
    return st;
}

enum status query_watch(struct session *session, const struct args *args, json_t **ret_json,
                        struct err *err)
{
    struct query_call call;
    enum status st = make_call(session, args, &call, err);
    if (st != STATUS_OK) {
        return st;
    }
    const struct field *after = message_find_field(args->verb->type, "after");
    CHECK(after != NULL && (after->type == FIELD_U64 || after->type == FIELD_ISSUE));
    struct watch watch = {
        .session = session,
        .after = after,
        .from = (uint64_t *)(void *)((uint8_t *)args->message + after->offset),
        .id = after->type == FIELD_U64 ? "id" : "issue",
        .shown = json_object(),
    };
    output_stream_open(session, args->verb, &watch.stream);
    session->is_look = false; /* it waits for what has not happened yet */
    do {
        session_renew(session);
        st = look_again(&watch, &call, err);
        call.ask.wait_ms = WATCH_MS;
        /* A daemon that was restarted goes on where it was. */
    } while (st == STATUS_OK || (st == STATUS_UNAVAILABLE && up_lock_is_held("up.lock")));
    output_stream_close(&watch.stream);
    json_decref(watch.shown);
    *ret_json = NULL;
    return st;
}
