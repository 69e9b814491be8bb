/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person owes on issues. It is looked for where it can be, on the narrowest index: a
 * person's or a section's issues together with those that are open, so that what is closed is
 * passed over without being read, then, for who works for the whole office, open issues by state,
 * and those with a mark. Each of these walks has its own kind of holder, so that nothing comes
 * twice.
 */
#include "base/endian.h"
#include "base/memory.h"
#include "domain/access.h"
#include "router/explain.h"
#include "router/people.h"
#include "router/router.h"

#include <stdlib.h>

#define PAGE_MAX 200U
#define LOOKED_AT_MAX 20000U

/* One duty: the one that duties_of() names at `index`. */
struct found {
    struct wall due;
    uint64_t issue;
    enum duty_kind kind;
    uint32_t index;
    struct word where; /* the section */
};

struct search {
    struct ctx *ctx;
    struct actor actor;
    struct duty_search by_role;
    uint32_t looked;
    bool is_cut;
    struct found *found;
    size_t count;
    size_t cap;
};

/* Which duties a walk is for. */
enum walk_kind { WALK_OWNER, WALK_SECTION, WALK_OFFICE, WALK_MARKED };

struct walk {
    enum walk_kind kind;
    uint32_t table;
    struct bytes name; /* empty: the keys are issue numbers alone */
};

/* ---- the walks ------------------------------------------------------------------------------ */

/* The first issue from `from` on in the table, under the name. */
static bool find_from(struct search *search, const struct walk *walk, uint64_t from,
                      uint64_t *ret_number, struct bytes *ret_value)
{
    struct name_key named = name_key(walk->name, from);
    struct issue_key plain = issue_key(from);
    bool is_named = walk->name.len != 0;
    struct bytes key = is_named ? bytes_of(named.bytes, named.len) : issue_key_bytes(&plain);
    struct bytes prefix = is_named ? bytes_of(named.bytes, named.len - 8) : (struct bytes){0};
    struct bytes found;
    if (search->looked++ >= LOOKED_AT_MAX) {
        search->is_cut = true;
        return false;
    }
    if (table_seek(search->ctx, walk->table, key, &found, ret_value) != STATUS_OK ||
        !bytes_start_with(found, prefix) || found.len != key.len) {
        return false;
    }
    *ret_number = be64_load(found.p + prefix.len);
    return true;
}

/* The next issue after `*number` that is on the walk and open, by turns from one list to the other:
 * as many steps as the shorter of the two needs. */
static bool next_open(struct search *search, const struct walk *walk, uint64_t *number)
{
    const struct walk open = {.table = BY_STATE, .name = filing_name(STATE_TRIAGE)};
    struct bytes value;
    uint64_t from = *number + 1;
    uint64_t there;
    while (find_from(search, walk, from, number, &value) &&
           find_from(search, &open, *number, &there, &value)) {
        if (there == *number) {
            return true;
        }
        from = there;
    }
    return false;
}

/* The next open issue in a state in which the person may owe something. */
static bool next_of_states(struct search *search, const struct walk *walk, uint64_t *number)
{
    struct bytes value;
    while (find_from(search, walk, *number + 1, number, &value)) {
        if (value.len == 1 && (search->by_role.states & STATE_BIT(value.p[0])) != 0) {
            return true;
        }
    }
    return false;
}

static bool next_marked(struct search *search, const struct walk *walk, uint64_t *number)
{
    struct bytes value;
    return find_from(search, walk, *number + 1, number, &value);
}

static bool is_of_walk(const struct walk *walk, const struct duty *duty)
{
    return duty->holder == DUTY_OF_OWNER ? walk->kind == WALK_OWNER
           : duty->holder == DUTY_OF_SECTION
               ? walk->kind == WALK_SECTION && bytes_equal(duty->id, walk->name)
           : duty->is_marked ? walk->kind == WALK_MARKED
                             : walk->kind == WALK_OFFICE;
}

static void add(struct search *search, const struct found *found)
{
    if (search->count == search->cap) {
        search->cap = search->cap == 0 ? 64 : search->cap * 2;
        search->found = memory_resize(search->found, search->cap, sizeof *search->found);
    }
    search->found[search->count++] = *found;
}

static void look(struct search *search, const struct walk *walk, uint64_t number)
{
    struct issue_file file;
    struct duty duties[DUTIES_MAX];
    struct err err;
    if (search->looked++ >= LOOKED_AT_MAX) {
        search->is_cut = true;
        return;
    }
    if (issue_file_read(search->ctx, number, &file, &err) != STATUS_OK ||
        !router_sees(search->ctx, &search->actor, &file.issue)) {
        return;
    }
    uint32_t count = duties_of(&file.issue, explain_late(&file), duties);
    for (uint32_t i = 0; i < count; i++) {
        const struct duty *duty = &duties[i];
        if (is_of_walk(walk, duty) && duty_is_owed_by(duty, &file.issue, &search->actor)) {
            add(search, &(struct found){.due = explain_due(&file, duty).at,
                                        .issue = number,
                                        .kind = duty->kind,
                                        .index = i,
                                        .where = word_of(duty->holder == DUTY_OF_SECTION
                                                             ? duty->id
                                                             : (struct bytes){0})});
        }
    }
}

static void walk_along(struct search *search, const struct walk *walk)
{
    static bool (*const nexts[])(struct search *, const struct walk *, uint64_t *) = {
        [WALK_OWNER] = next_open,
        [WALK_SECTION] = next_open,
        [WALK_OFFICE] = next_of_states,
        [WALK_MARKED] = next_marked,
    };
    uint64_t number = 0;
    while (nexts[walk->kind](search, walk, &number)) {
        look(search, walk, number);
    }
}

static void walk_all(struct search *search)
{
    const struct actor *actor = &search->actor;
    search->by_role = duty_search(actor->roles);
    walk_along(search, &(struct walk){WALK_OWNER, BY_CADRE, actor->id});
    for (uint32_t i = 0; i < actor->department_count; i++) {
        if (actor_works_in(actor, actor->departments[i])) {
            walk_along(search, &(struct walk){WALK_SECTION, BY_DEPARTMENT, actor->departments[i]});
        }
    }
    if (search->by_role.has_marks) {
        walk_along(search, &(struct walk){.kind = WALK_MARKED, .table = MARKED});
    }
    if (search->by_role.states != 0) {
        walk_along(search, &(struct walk){WALK_OFFICE, BY_STATE, filing_name(STATE_TRIAGE)});
    }
}

/* ---- the page ------------------------------------------------------------------------------- */

static struct duty_place place_of(const struct found *found)
{
    return (struct duty_place){.due = found->due,
                               .kind = found->kind,
                               .number = found->issue,
                               .where = word_bytes(&found->where)};
}

static int compare(const void *a, const void *b)
{
    const struct duty_place left = place_of(a);
    const struct duty_place right = place_of(b);
    return duty_place_compare(&left, &right);
}

static bool is_after(const struct found *found, struct bytes after)
{
    char text[DUTY_PLACE_BYTES];
    struct duty_place place = place_of(found);
    duty_place_format(&place, text);
    return bytes_compare(bytes_of_string(text), after) > 0;
}

/* Adds the duty; false when it is not the person's after all. */
static bool put(struct search *search, const struct found *found, struct list *list,
                struct buf *out)
{
    struct issue_file file;
    struct duty duties[DUTIES_MAX];
    struct opened_event opened;
    struct err err;
    if (issue_file_read(search->ctx, found->issue, &file, &err) != STATUS_OK) {
        return false;
    }
    (void)duties_of(&file.issue, explain_late(&file), duties);
    const struct duty *duty = &duties[found->index];
    if (duty->holder == DUTY_OF_CALLER &&
        people_took_part(search->ctx, &file.issue, search->actor.id)) {
        return false;
    }
    struct duty_part part = explain_duty(search->ctx, &file, duty);
    if (issue_texts(search->ctx, &file.row, &opened, &err) == STATUS_OK) {
        part.title = opened.title;
    }
    list_put_message(list, out, &duty_part_type, &part);
    return true;
}

static void fill(struct search *search, const struct agenda_query *ask, struct agenda_reply *reply)
{
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    struct buf out = {0};
    if (search->count != 0) {
        qsort(search->found, search->count, sizeof *search->found, compare);
    }
    for (size_t i = 0; i < search->count; i++) {
        const struct found *found = &search->found[i];
        if (ask->after.len != 0 && !is_after(found, ask->after)) {
            continue;
        }
        if (reply->duties.count == limit) {
            reply->left++;
        } else {
            (void)put(search, found, &reply->duties, &out);
        }
    }
    struct bytes kept = ctx_copy(search->ctx, buf_bytes(&out));
    reply->duties.p = kept.p;
    reply->duties.len = kept.len;
    buf_done(&out);
}

enum status answer_agenda(struct ctx *ctx, const struct query *query, void *ret_reply,
                          struct err *err)
{
    struct agenda_reply *reply = ret_reply;
    struct search search = {.ctx = ctx, .actor = find_actor(ctx, query->person, NULL)};
    if (bytes_equal(query->person, BYTES("operator"))) {
        return fail(err, STATUS_FORBIDDEN,
                    "the operator has no duties on issues; say with --as whose agenda is wanted");
    }
    struct object object = {.office = &ctx_config(ctx)->office, .person = query->person};
    enum status st = may(&search.actor, ACTION_VIEW_AGENDA, &object, err);
    if (st != STATUS_OK) {
        return st;
    }
    walk_all(&search);
    reply->now = ctx_now(ctx);
    reply->is_cut = search.is_cut;
    fill(&search, query->message, reply);
    free(search.found);
    return STATUS_OK;
}
