/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trace.h"

#include "base/memory.h"
#include "cli/output.h"
#include "cli/record_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_CAUSE SIZE_MAX
#define NO_MOMENT INT64_MAX

/* One record and where it hangs. */
struct step {
    json_t *record; /* borrowed from the array */
    struct wall at;
    size_t order; /* in which the daemons were asked, then in their journals */
    size_t cause; /* index, or NO_CAUSE */
    size_t first_effect;
    size_t next_effect; /* of the same cause */
    bool has_effect;
    bool has_next;
};

/* A step, to be put in order; only those that nothing caused are walked from. */
struct root {
    struct wall at;
    int64_t moment; /* the first of the router's records that it led to, or is; else NO_MOMENT */
    size_t step;
};

struct trace {
    struct step *steps;
    size_t count;
    json_t *walk; /* the result */
};

static void key_of(const json_t *place, char *key, size_t size)
{
    (void)snprintf(key, size, "%s/%lld", output_string(place, "journal"),
                   (long long)json_integer_value(json_object_get(place, "seq")));
}

static int compare_steps(const void *a, const void *b)
{
    const struct step *x = a;
    const struct step *y = b;
    if (x->at.us != y->at.us) {
        return x->at.us < y->at.us ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The steps in order of time, each with its cause. */
static void hang_up(struct trace *trace, const json_t *records)
{
    trace->count = json_array_size(records);
    trace->steps = memory_new(trace->count + 1, sizeof *trace->steps);
    for (size_t i = 0; i < trace->count; i++) {
        struct step *step = &trace->steps[i];
        struct err err;
        step->record = json_array_get(records, i);
        step->order = i;
        step->cause = NO_CAUSE;
        /* The daemon wrote it; a time that is none sorts first. */
        if (wall_parse(bytes_of_string(output_string(step->record, "at")), (struct zone){0},
                       &step->at, &err) != STATUS_OK) {
            step->at.us = 0;
        }
    }
    qsort(trace->steps, trace->count, sizeof *trace->steps, compare_steps);

    json_t *places = json_object();
    char key[80];
    for (size_t i = 0; i < trace->count; i++) {
        key_of(trace->steps[i].record, key, sizeof key);
        (void)json_object_set_new(places, key, json_integer((json_int_t)i));
    }
    for (size_t i = trace->count; i > 0; i--) {
        struct step *step = &trace->steps[i - 1];
        key_of(json_object_get(step->record, "cause"), key, sizeof key);
        const json_t *place = json_object_get(places, key);
        if (place == NULL) {
            continue;
        }
        step->cause = (size_t)json_integer_value(place);
        struct step *cause = &trace->steps[step->cause];
        step->next_effect = cause->first_effect;
        step->has_next = cause->has_effect;
        cause->first_effect = i - 1;
        cause->has_effect = true;
    }
    json_decref(places);
}

static void put(struct trace *trace, const struct step *step, uint32_t depth)
{
    json_t *after = json_null();
    if (step->cause != NO_CAUSE) {
        after = json_integer(step->at.us - trace->steps[step->cause].at.us);
    }
    (void)json_object_set_new(step->record, "after_us", after);
    (void)json_object_set_new(step->record, "depth", json_integer(depth));
    (void)json_array_append(trace->walk, step->record);
}

/* Down to the first effect, else to the next of the same cause, else back up: without recursion,
 * and since causes point backwards in each journal, without end it cannot be. */
static void walk_from(struct trace *trace, size_t root)
{
    size_t at = root;
    uint32_t depth = 0;
    for (;;) {
        const struct step *step = &trace->steps[at];
        put(trace, step, depth);
        if (step->has_effect && json_array_size(trace->walk) < trace->count) {
            at = step->first_effect;
            depth++;
            continue;
        }
        while (at != root && !trace->steps[at].has_next) {
            at = trace->steps[at].cause;
            depth--;
        }
        if (at == root) {
            return;
        }
        at = trace->steps[at].next_effect;
    }
}

static int compare_roots(const void *a, const void *b)
{
    const struct root *x = a;
    const struct root *y = b;
    if (x->at.us != y->at.us) {
        return x->at.us < y->at.us ? -1 : 1;
    }
    if (x->moment != y->moment) {
        return x->moment < y->moment ? -1 : 1;
    }
    return x->step < y->step ? -1 : x->step > y->step;
}

static size_t find_root(const struct trace *trace, size_t at)
{
    for (size_t i = 0; i < trace->count && trace->steps[at].cause != NO_CAUSE; i++) {
        at = trace->steps[at].cause;
    }
    return at;
}

/* Everything of an issue passes the router, so that the numbers of its records tell what came first
 * where the clocks do not: a test clock stands still, and daemons are asked in no order of time. */
static struct root *find_roots(const struct trace *trace)
{
    struct root *roots = memory_new(trace->count + 1, sizeof *roots);
    for (size_t i = 0; i < trace->count; i++) {
        roots[i] = (struct root){trace->steps[i].at, NO_MOMENT, i};
    }
    for (size_t i = 0; i < trace->count; i++) {
        const json_t *record = trace->steps[i].record;
        if (strcmp(output_string(record, "daemon"), "router") == 0) {
            struct root *root = &roots[find_root(trace, i)];
            int64_t seq = json_integer_value(json_object_get(record, "seq"));
            root->moment = seq < root->moment ? seq : root->moment;
        }
    }
    qsort(roots, trace->count, sizeof *roots, compare_roots);
    return roots;
}

static json_t *walk(const json_t *records)
{
    struct trace trace = {.walk = json_array()};
    hang_up(&trace, records);
    struct root *roots = find_roots(&trace);
    for (size_t i = 0; i < trace.count; i++) {
        if (trace.steps[roots[i].step].cause == NO_CAUSE) {
            walk_from(&trace, roots[i].step);
        }
    }
    free(roots);
    free(trace.steps);
    return trace.walk;
}

/* What was heard of the daemons, each of which guards what it keeps. */
struct hearing {
    json_t *all;
    uint32_t answered;
    struct buf refused; /* names of daemons that keep theirs from this person */
    struct err refusal; /* the first of them */
    bool is_gone;       /* the last one asked is not there */
};

/* Each daemon's own say on whether the person may see what it wrote of the issue. */
static enum status hear(struct session *session, const struct config_daemon *daemon, uint64_t issue,
                        struct hearing *hearing, struct err *err)
{
    json_t *records;
    struct mono deadline = session_shorten(session, LOOK_MS);
    enum status st = record_ask_all(session, daemon, issue, &records, err);
    session->deadline = deadline;
    hearing->is_gone = st == STATUS_UNAVAILABLE;
    if (st == STATUS_OK) {
        hearing->answered++;
        (void)json_array_extend(hearing->all, records);
        json_decref(records);
    } else if (st == STATUS_UNAVAILABLE) {
        session_note(session, "this is not all: %s", err->text);
        session->exit = CLI_UNAVAILABLE;
    } else if (st == STATUS_FORBIDDEN) {
        hearing->refusal = hearing->refused.len == 0 ? *err : hearing->refusal;
        buf_append_string(&hearing->refused, hearing->refused.len == 0 ? "" : ", ");
        buf_append_bytes(&hearing->refused, daemon->name);
    }
    return st == STATUS_UNAVAILABLE || st == STATUS_FORBIDDEN || st == STATUS_NOT_FOUND ? STATUS_OK
                                                                                        : st;
}

static enum status conclude(struct session *session, const struct hearing *hearing,
                            json_t **ret_json, struct err *err)
{
    if (hearing->answered == 0 && hearing->refused.len != 0) {
        *err = hearing->refusal;
        return STATUS_FORBIDDEN;
    }
    if (hearing->answered == 0 && hearing->is_gone) {
        return STATUS_UNAVAILABLE; /* the sentence is in `err` already */
    }
    if (json_array_size(hearing->all) == 0) {
        return fail_field(err, STATUS_NOT_FOUND, "issue", "no daemon knows this number");
    }
    if (hearing->refused.len != 0) {
        session_note(session,
                     "this person may not see, and it is left out, what was written by: %.*s",
                     BYTES_FMT(buf_bytes(&hearing->refused)));
    }
    *ret_json = walk(hearing->all);
    return STATUS_OK;
}

enum status trace_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err)
{
    uint64_t issue = ((const struct records_query *)args->message)->issue;
    struct hearing hearing = {.all = json_array()};
    enum status st = STATUS_OK;
    for (uint32_t i = 0; st == STATUS_OK && i < session->config->daemon_count; i++) {
        st = hear(session, &session->config->daemons[i], issue, &hearing, err);
    }
    if (st == STATUS_OK) {
        st = conclude(session, &hearing, ret_json, err);
    }
    json_decref(hearing.all);
    buf_done(&hearing.refused);
    return st;
}

static void print_after(const json_t *record)
{
    const json_t *after = json_object_get(record, "after_us");
    if (!json_is_integer(after)) {
        return;
    }
    double ms = (double)json_integer_value(after) / 1000;
    if (ms < 1000) {
        (void)printf("  +%.1f ms", ms);
    } else {
        (void)printf("  +%.0f s", ms / 1000);
    }
}

void trace_print(const struct session *session, const json_t *records)
{
    (void)session;
    struct buf at = {0};
    size_t i;
    json_t *record;
    json_array_foreach(records, i, record)
    {
        buf_clear(&at);
        output_member(record, "at", COLUMN_TIME, &at);
        long long depth = json_integer_value(json_object_get(record, "depth"));
        const char *actor = output_string(record, "actor");
        (void)printf("%.*s  %*s%s %s #%lld%s%s", BYTES_FMT(buf_bytes(&at)), (int)(depth * 2), "",
                     output_string(record, "daemon"), output_string(record, "type"),
                     (long long)json_integer_value(json_object_get(record, "seq")),
                     actor[0] == '\0' ? "" : " by ", actor);
        print_after(record);
        (void)printf("\n");
    }
    buf_done(&at);
}
