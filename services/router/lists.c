/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of issues: walked on the narrowest index the question allows, so that nobody gets to see,
 * or pays for, what is not asked for. */
#include "base/endian.h"
#include "domain/lifecycle.h"
#include "router/people.h"
#include "router/router.h"

#define PAGE_MAX 200U
#define LOOKED_AT_MAX 20000U

#define ROLES_LIST_ALL                                                                             \
    (ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_TRIAGE_CLERK) | ROLE_BIT(ROLE_OFFICE_HEAD) |          \
     ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_FIRST_RESPONSIBLE) | ROLE_BIT(ROLE_SUPERVISOR))

/* Where a list is walked: an index table under one name, or all issues. */
struct walk {
    uint32_t table;
    struct bytes name; /* empty: the keys are issue numbers alone */
    int state;         /* only rows with this value; 0: all */
};

/* The narrowest index for the question, within what the asker may see. */
static enum status choose(const struct ctx *ctx, const struct actor *actor,
                          const struct issue_list_query *ask, struct walk *ret_walk,
                          struct err *err)
{
    bool sees_all = actor_has_role(actor, ROLES_LIST_ALL);
    bool is_own_section = ask->department.len != 0 && actor_works_in(actor, ask->department);
    bool is_own = ask->cadre.len != 0 && actor_is(actor, ask->cadre);
    bool is_own_area = ask->area.len != 0 &&
                       actor_has_role(actor, ROLE_BIT(ROLE_COMMUNITY_SECRETARY)) &&
                       office_area_is_within(&ctx_config(ctx)->office, ask->area, actor->area);
    if (ask->cadre.len != 0 && (sees_all || is_own)) {
        *ret_walk = (struct walk){.table = BY_CADRE, .name = ask->cadre};
    } else if (ask->department.len != 0 && (sees_all || is_own_section)) {
        *ret_walk = (struct walk){.table = BY_DEPARTMENT, .name = ask->department};
    } else if (is_own_area || (sees_all && ask->area.len != 0)) {
        const struct area *area = office_find_area(&ctx_config(ctx)->office, ask->area);
        bool is_village = area != NULL && area->parent.len != 0;
        *ret_walk = is_village ? (struct walk){.table = BY_AREA, .name = ask->area}
                               : (struct walk){.table = ISSUES};
    } else if (sees_all && ask->overdue) {
        *ret_walk = (struct walk){.table = OVERDUE};
    } else if (sees_all && ask->state != 0) {
        *ret_walk = (struct walk){BY_STATE, filing_name((enum state)ask->state), ask->state};
    } else if (sees_all) {
        *ret_walk = (struct walk){.table = ISSUES};
    } else if (actor_has_role(actor, ROLE_BIT(ROLE_CADRE))) {
        *ret_walk = (struct walk){.table = BY_CADRE, .name = actor->id};
    } else {
        return fail(err, STATUS_FORBIDDEN,
                    "say which of your own issues: --department of your section, --cadre with your "
                    "own id, or --area of your community");
    }
    return STATUS_OK;
}

/* The next issue number on the walk after `number`. */
static bool step(struct ctx *ctx, const struct walk *walk, uint64_t *number)
{
    struct name_key named = name_key(walk->name, *number);
    struct issue_key plain = issue_key(*number);
    struct bytes key =
        walk->name.len != 0 ? bytes_of(named.bytes, named.len) : issue_key_bytes(&plain);
    struct bytes prefix =
        walk->name.len != 0 ? bytes_of(named.bytes, named.len - 8) : (struct bytes){0};
    struct bytes found;
    struct bytes value;
    do {
        if (table_next(ctx, walk->table, key, &found, &value) != STATUS_OK ||
            !bytes_start_with(found, prefix) || found.len != key.len) {
            return false;
        }
        key = found;
    } while (walk->state != 0 && (value.len != 1 || value.p[0] != walk->state));
    *number = be64_load(found.p + prefix.len);
    return true;
}

static bool has_leg(const struct issue *issue, struct bytes department)
{
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        if (bytes_equal(word_bytes(&issue->legs[i].department), department)) {
            return true;
        }
    }
    return false;
}

static bool is_overdue(const struct issue_file *file)
{
    for (uint32_t i = 0; i < file->clock_count; i++) {
        if (file->clocks[i].is_overdue) {
            return true;
        }
    }
    return false;
}

static bool fits(const struct ctx *ctx, const struct issue_file *file,
                 const struct issue_list_query *ask)
{
    const struct issue *issue = &file->issue;
    return (ask->state == 0 || ask->state == (int)issue->state) &&
           (ask->cadre.len == 0 || bytes_equal(ask->cadre, word_bytes(&issue->cadre))) &&
           (ask->department.len == 0 || has_leg(issue, ask->department)) &&
           (ask->area.len == 0 ||
            office_area_is_within(&ctx_config(ctx)->office, word_bytes(&issue->area), ask->area)) &&
           (!ask->overdue || is_overdue(file));
}

/* Of what somebody has to do: not the end of the window in which a closed issue can be reopened,
 * nor what is paused. */
static struct clock_part find_earliest(const struct issue_file *file)
{
    struct clock_part earliest = {0};
    for (uint32_t i = 0; i < file->clock_count; i++) {
        const struct clock_part *clock = &file->clocks[i];
        bool counts = clock->stage != (int)STAGE_REOPEN && clock->paused_at.us == 0;
        if (counts && (earliest.due_at.us == 0 || clock->due_at.us < earliest.due_at.us)) {
            earliest = *clock;
        }
    }
    return earliest;
}

static void put_item(struct ctx *ctx, const struct issue_file *file, struct list *list,
                     struct buf *out)
{
    const struct clock_part earliest = find_earliest(file);
    struct opened_event opened = {0};
    struct err err;
    if (issue_texts(ctx, &file->row, &opened, &err) != STATUS_OK) {
        opened.title = (struct bytes){0};
    }
    struct issue_item item = {.issue = file->issue.number,
                              .state = file->row.now.state,
                              .outcome = file->row.now.outcome,
                              .urgency = file->row.now.urgency,
                              .category = file->row.now.category,
                              .lead = file->row.now.lead,
                              .cadre = file->row.now.owner,
                              .area = file->row.area,
                              .household = word_bytes(&file->issue.household),
                              .due_at = earliest.due_at,
                              .is_provisional = earliest.is_provisional,
                              .is_overdue = is_overdue(file),
                              .title = opened.title,
                              .generation = file->row.now.generation,
                              .created_at = file->row.created_at,
                              .report_seq = file->row.report,
                              .rule = file->row.rule};
    list_put_message(list, out, &issue_item_type, &item);
}

enum status answer_issue_list(struct ctx *ctx, const struct query *query, void *ret_reply,
                              struct err *err)
{
    const struct issue_list_query *ask = query->message;
    struct issue_list_reply *reply = ret_reply;
    struct actor actor = find_actor(ctx, query->person, NULL);
    struct walk walk = {0};
    enum status st = choose(ctx, &actor, ask, &walk, err);
    if (st != STATUS_OK) {
        return st;
    }
    struct buf out = {0};
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    uint64_t number = ask->after;
    for (uint32_t looked = 0;
         looked < LOOKED_AT_MAX && reply->issues.count < limit && step(ctx, &walk, &number);
         looked++) {
        struct issue_file file;
        if (issue_file_read(ctx, number, &file, err) == STATUS_OK && fits(ctx, &file, ask)) {
            put_item(ctx, &file, &reply->issues, &out);
        }
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    reply->issues.p = kept.p;
    reply->issues.len = kept.len;
    buf_done(&out);
    return STATUS_OK;
}
