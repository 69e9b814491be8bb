/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status.h"

#include "cli/output.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_AT_MOST_MS 1500U
#define ANSWER_LEAST_MS 1000
#define ANSWER_AT_MOST_MS 5000U /* for people: a busy machine is no daemon that is down */
#define WAIT_STEP_MS 50
#define WAIT_MAX_S 86400UL

static const struct daemon_status *find(const struct session *session,
                                        const struct daemon_status *statuses, struct bytes name)
{
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        if (bytes_equal(statuses[i].daemon->name, name)) {
            return &statuses[i];
        }
    }
    return NULL;
}

/* The head of a followed journal: as its daemon says, or as the follower last heard. */
static uint64_t head_of(const struct session *session, const struct daemon_status *statuses,
                        const struct link_part *link)
{
    const struct daemon_status *producer = find(session, statuses, link->name);
    bool is_newer = producer != NULL && producer->is_up && producer->reply.head > link->head;
    return is_newer ? producer->reply.head : link->head;
}

/* ---- rest ----------------------------------------------------------------------------------- */

static bool is_at_rest(const struct session *session, const struct daemon_status *statuses,
                       const struct daemon_status *status, struct wall now)
{
    if (!status->is_up || !status->reply.is_idle || status->reply.now.us < now.us) {
        return false;
    }
    struct list_cursor cursor = list_begin(&status->reply.links);
    struct link_part link;
    while (list_next_message(&cursor, &link_part_type, &link)) {
        if (link.cursor < head_of(session, statuses, &link)) {
            return false;
        }
    }
    return true;
}

void status_look_at_rest(struct session *session, struct wall now, struct rest *ret_rest)
{
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    (void)call_status(session, LOOK_AT_MOST_MS, statuses);
    *ret_rest = (struct rest){.is_quiet = true};
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        const struct daemon_status *status = &statuses[i];
        if (!is_at_rest(session, statuses, status, now)) {
            ret_rest->is_quiet = false;
            (void)snprintf(ret_rest->waiting, sizeof ret_rest->waiting, "%.*s",
                           BYTES_FMT(status->daemon->name));
        }
        if (!status->is_up) {
            continue;
        }
        ret_rest->heads[i] = status->reply.head;
        struct wall due = status->reply.next_due;
        if (due.us != 0 && (ret_rest->next_due.us == 0 || due.us < ret_rest->next_due.us)) {
            ret_rest->next_due = due;
        }
    }
}

/* ---- status --------------------------------------------------------------------------------- */

static json_t *daemon_json(const struct session *session, const struct daemon_status *status)
{
    const struct status_reply *reply = &status->reply;
    char name[WORD_MAX_BYTES + 1];
    (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(status->daemon->name));
    if (!status->is_up) {
        return json_pack("{s:s, s:n, s:b, s:b, s:n, s:n, s:n, s:n, s:n, s:n, s:n}", "name", name,
                         "pid", "up", 0, "listens", status->is_listening, "head", "dead", "commits",
                         "batch_p50", "commit_p99_us", "map_used", "state_bytes");
    }
    json_t *json = message_to_json(&status_reply_type, reply, session_zone(session));
    (void)json_object_del(json, "links");
    (void)json_object_set_new(json, "name", json_string(name));
    (void)json_object_set_new(json, "up", json_true());
    (void)json_object_set_new(json, "listens", json_true());
    return json;
}

static void add_links(const struct session *session, const struct daemon_status *statuses,
                      const struct daemon_status *status, json_t *links)
{
    struct list_cursor cursor = list_begin(&status->reply.links);
    struct link_part link;
    while (status->is_up && list_next_message(&cursor, &link_part_type, &link)) {
        uint64_t head = head_of(session, statuses, &link);
        json_t *json = message_to_json(&link_part_type, &link, session_zone(session));
        (void)json_object_set(json, "from", json_object_get(json, "name"));
        (void)json_object_del(json, "name");
        (void)json_object_set_new(
            json, "to",
            json_stringn((const char *)status->daemon->name.p, status->daemon->name.len));
        (void)json_object_set_new(json, "head", json_integer((json_int_t)head));
        uint64_t lag = head > link.cursor ? head - link.cursor : 0;
        (void)json_object_set_new(json, "lag", json_integer((json_int_t)lag));
        (void)json_array_append_new(links, json);
    }
}

/* The counter `name` of a daemon; null when it is not up or does not count that. */
static json_t *count_json(const struct session *session, const struct daemon_status *statuses,
                          struct bytes daemon, struct bytes name)
{
    const struct daemon_status *status = find(session, statuses, daemon);
    if (status == NULL || !status->is_up) {
        return json_null();
    }
    struct list_cursor cursor = list_begin(&status->reply.counts);
    struct count_part count;
    while (list_next_message(&cursor, &count_part_type, &count)) {
        if (bytes_equal(count.name, name)) {
            return json_integer((json_int_t)count.value);
        }
    }
    return json_null();
}

/* Reports that the router could not take: counted apart where it does, else all its dead letters.
 */
static json_t *dead_json(const struct session *session, const struct daemon_status *statuses)
{
    json_t *counted = count_json(session, statuses, BYTES("router"), BYTES("dead"));
    const struct daemon_status *router = find(session, statuses, BYTES("router"));
    if (json_is_integer(counted) || router == NULL || !router->is_up) {
        return counted;
    }
    json_decref(counted);
    return json_integer((json_int_t)router->reply.dead);
}

static json_t *status_json(const struct session *session, const struct daemon_status *statuses)
{
    json_t *daemons = json_array();
    json_t *links = json_array();
    for (uint32_t i = 0; i < session->config->daemon_count; i++) {
        (void)json_array_append_new(daemons, daemon_json(session, &statuses[i]));
        add_links(session, statuses, &statuses[i], links);
    }
    return json_pack(
        "{s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o}}", "daemons", daemons, "links", links, "replanning",
        count_json(session, statuses, BYTES("router"), BYTES("replanning")), "conservation",
        "accepted", count_json(session, statuses, BYTES("intake"), BYTES("accepted")), "open",
        count_json(session, statuses, BYTES("router"), BYTES("open")), "final",
        count_json(session, statuses, BYTES("router"), BYTES("final")), "dead",
        dead_json(session, statuses));
}

/* ---- what is not as it should be ------------------------------------------------------------ */

static long long number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* What is wrong with a daemon; false when nothing is. Only what `is_rest` says keeps `--wait`. */
static bool complain_of_daemon(const json_t *daemon, bool is_rest, struct buf *out)
{
    const char *name = output_string(daemon, "name");
    if (json_is_false(json_object_get(daemon, "up")) &&
        json_is_true(json_object_get(daemon, "listens"))) {
        buf_append_format(out,
                          "'%s' is there but gives no answer: it is very busy, or stopped; if "
                          "it stays so, 'lianhu down' and 'lianhu up', nothing is lost",
                          name);
        return true;
    }
    if (!json_is_true(json_object_get(daemon, "up"))) {
        char hold[WORD_MAX_BYTES + 16];
        (void)snprintf(hold, sizeof hold, "hold.%s", name);
        /* The working folder is run/: somebody answered, or there would be no complaints. */
        buf_append_format(out, "'%s' is down%s%s%s", name,
                          access(hold, F_OK) == 0 ? "; it is kept so by run/" : "",
                          access(hold, F_OK) == 0 ? hold : "",
                          access(hold, F_OK) == 0 ? "" : "; the log of 'lianhu up' says why");
        return true;
    }
    if (output_string(daemon, "refuses")[0] != '\0') {
        buf_append_format(out, "'%s': %s", name, output_string(daemon, "refuses"));
        return true;
    }
    if (is_rest) {
        return false;
    }
    if (json_is_true(json_object_get(daemon, "is_held"))) {
        buf_append_format(out,
                          "the timers of '%s' are held because the clock stepped; put the clock "
                          "right, then 'lianhu clock accept'",
                          name);
        return true;
    }
    if (number(daemon, "dead") != 0) {
        buf_append_format(out, "'%s' has %lld dead letters; see 'lianhu dead list %s'", name,
                          number(daemon, "dead"), name);
        return true;
    }
    return false;
}

static bool complain_of_link(const json_t *link, bool is_rest, struct buf *out)
{
    const char *sentence = output_string(link, "sentence");
    const char *from = output_string(link, "from");
    const char *to = output_string(link, "to");
    const char *state = output_string(link, "state");
    bool is_stopped = strcmp(state, "refused") == 0 || strcmp(state, "replaced") == 0;
    if (is_stopped || sentence[0] != '\0') {
        buf_append_format(out, "'%s' no longer follows '%s' (%s)%s%s", to, from, state,
                          sentence[0] == '\0' ? "" : ": ", sentence);
        return true;
    }
    if (is_rest && number(link, "lag") != 0) {
        buf_append_format(out, "'%s' is %lld behind '%s'", to, number(link, "lag"), from);
        return true;
    }
    return false;
}

/* What is wrong with one item of a list of the status; false when nothing is. */
typedef bool complain_fn(const json_t *item, bool is_rest, struct buf *out);

static void complain_of_each(const json_t *items, complain_fn *complain_of, bool is_rest,
                             json_t *ret_sentences)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        struct buf text = {0};
        if (complain_of(item, is_rest, &text)) {
            (void)json_array_append_new(ret_sentences,
                                        json_stringn((const char *)text.p, text.len));
        }
        buf_done(&text);
    }
}

/* Adds every sentence about what is not as it should be to `ret_sentences`. With `is_rest` about
 * what keeps the instance from rest; without about what needs a person. */
static void complain(const json_t *status, bool is_rest, json_t *ret_sentences)
{
    complain_of_each(json_object_get(status, "daemons"), complain_of_daemon, is_rest,
                     ret_sentences);
    complain_of_each(json_object_get(status, "links"), complain_of_link, is_rest, ret_sentences);
}

/* ---- the verb ------------------------------------------------------------------------------- */

static uint32_t answer_ms(const struct session *session)
{
    uint32_t left_ms = session_left_ms(session);
    return left_ms < ANSWER_AT_MOST_MS ? left_ms : ANSWER_AT_MOST_MS;
}

/* Looks until all is at rest, at most until then. The last look is the result. */
static uint32_t look_until(struct session *session, int64_t until_us, json_t **ret_json,
                           json_t *ret_sentences)
{
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    for (;;) {
        uint32_t up = call_status(session, answer_ms(session), statuses);
        json_t *status = status_json(session, statuses);
        (void)json_array_clear(ret_sentences);
        complain(status, true, ret_sentences);
        if (json_array_size(ret_sentences) == 0 || session_mono().us >= until_us) {
            *ret_json = status;
            return up;
        }
        json_decref(status);
        (void)poll(NULL, 0, WAIT_STEP_MS);
    }
}

/* The result of a wait that was in vain: the status, and in it the failure. */
static void put_failure(struct session *session, unsigned long wait_s, const json_t *sentences,
                        json_t *status)
{
    char text[sizeof((struct err *)NULL)->text];
    (void)snprintf(text, sizeof text, "not at rest within %lu s: %s", wait_s,
                   json_string_value(json_array_get(sentences, 0)));
    (void)json_object_set_new(
        status, "error",
        json_pack("{s:s, s:s}", "code", cli_code_of(STATUS_BUSY)->code, "message", text));
    session->exit = CLI_BUSY;
}

static enum status parse_wait(const struct args *args, unsigned long *ret_wait_s, struct err *err)
{
    const char *wait = args_find_string(args, "wait");
    char *end = NULL;
    *ret_wait_s = wait == NULL ? 0 : strtoul(wait, &end, 10);
    if (wait != NULL && (*wait < '0' || *wait > '9' || *end != '\0' || *ret_wait_s > WAIT_MAX_S)) {
        return fail_field(err, STATUS_INVALID, "wait", "--wait takes seconds, 0 to %lu",
                          WAIT_MAX_S);
    }
    return STATUS_OK;
}

enum status status_run(struct session *session, const struct args *args, json_t **ret_json,
                       struct err *err)
{
    unsigned long wait_s;
    enum status st = parse_wait(args, &wait_s, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *status;
    json_t *sentences = json_array();
    int64_t until_us = session_mono().us + (int64_t)wait_s * US_PER_S;
    if (args_has(args, "wait")) {
        /* Whoever waits is not kept longer by a daemon that gives no answer. */
        session->deadline.us = until_us + ANSWER_LEAST_MS * 1000;
    }
    if (look_until(session, until_us, &status, sentences) == 0) {
        json_decref(status);
        json_decref(sentences);
        return fail(err, STATUS_UNAVAILABLE,
                    "no daemon answers; start the instance with 'lianhu up'");
    }
    if (args_has(args, "wait") && json_array_size(sentences) != 0) {
        put_failure(session, wait_s, sentences, status);
    } else {
        (void)json_array_clear(sentences);
        complain(status, false, sentences);
    }
    size_t i;
    const json_t *sentence;
    json_array_foreach(sentences, i, sentence)
    {
        session_note(session, "%s", json_string_value(sentence));
    }
    json_decref(sentences);
    *ret_json = status;
    return STATUS_OK;
}
