/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"
#include "cli/status.h"

#include "base/buf.h"

static const char *state_of(const json_t *daemon)
{
    if (json_is_true(json_object_get(daemon, "up"))) {
        return json_is_true(json_object_get(daemon, "is_held")) ? "up, TIMERS HELD" : "up";
    }
    return json_is_true(json_object_get(daemon, "listens")) ? "no answer" : "down";
}

/* A number of `daemon` in units of `unit`, as "4.2 ms"; null when it has none. */
static json_t *in_unit(const json_t *daemon, const char *member, double unit, const char *name)
{
    const json_t *number = json_object_get(daemon, member);
    return json_is_integer(number)
               ? json_sprintf("%.1f %s", (double)json_integer_value(number) / unit, name)
               : json_null();
}

static void print_daemons(const json_t *daemons)
{
    static const struct column columns[] = {
        {.title = "DAEMON", .member = "name"},
        {.title = "STATE", .member = "state"},
        {.title = "PROCESS", .member = "pid"},
        {.title = "RECORDS", .member = "head"},
        {.title = "DEAD LETTERS", .member = "dead"},
        {.title = "COMMIT P99", .member = "commit_p99"},
        {.title = "STATE ON DISK", .member = "size"},
        {.title = NULL},
    };
    json_t *rows = json_array();
    size_t i;
    json_t *daemon;
    json_array_foreach(daemons, i, daemon)
    {
        json_t *row = json_copy(daemon);
        (void)json_object_set_new(row, "state", json_string(state_of(daemon)));
        (void)json_object_set_new(row, "commit_p99", in_unit(daemon, "commit_p99_us", 1000, "ms"));
        (void)json_object_set_new(row, "size", in_unit(daemon, "state_bytes", 1024 * 1024, "MiB"));
        (void)json_array_append_new(rows, row);
    }
    output_table(columns, rows);
    json_decref(rows);
}

static void print_link(const json_t *link)
{
    long long lag = json_integer_value(json_object_get(link, "lag"));
    if (lag != 0) {
        (void)printf("  %s -> %s: %lld behind\n", output_string(link, "from"),
                     output_string(link, "to"), lag);
    }
}

void status_print(const struct session *session, const json_t *status)
{
    (void)session;
    print_daemons(json_object_get(status, "daemons"));
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(status, "links"), i, item)
    {
        print_link(item);
    }
    json_int_t left = json_integer_value(json_object_get(status, "replanning"));
    if (left != 0) {
        (void)printf("deadlines are computed again: %lld issues to go\n", (long long)left);
    }
    static const char *const names[] = {"accepted", "open", "final", "dead"};
    const json_t *conservation = json_object_get(status, "conservation");
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct buf text = {0};
        output_member(conservation, names[i], COLUMN_TEXT, &text);
        (void)printf("%s%s %.*s", i == 0 ? "issues: " : ", ", names[i],
                     text.len == 0 ? 1 : (int)text.len, text.len == 0 ? "?" : (const char *)text.p);
        buf_done(&text);
    }
    (void)printf("\n");
}
