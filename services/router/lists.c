/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of issues: walked on the narrowest indexes the question allows, so that nobody gets to see,
 * or pays for, what is not asked for. What is asked for without a filter is all that is one's own.
 */
#include "base/endian.h"
#include "domain/access.h"
#include "domain/lifecycle.h"
#include "router/cadres.h"
#include "router/people.h"
#include "router/router.h"

#define PAGE_MAX 200U
#define LOOKED_AT_MAX 20000U

/* An index under one name, or a table whose keys are issue numbers alone. */
struct lane {
    uint32_t table;
    struct bytes name; /* empty: the latter */
    int state;         /* only rows with this value; 0: all */
    uint64_t next;     /* its next issue; 0: not looked up yet */
    bool is_over;
};

/* Where a list is walked: the issues of all lanes, each once, in order. */
struct walk {
    struct lane *lanes;
    uint32_t count;
};

static void add_lane(struct walk *walk, uint32_t table, struct bytes name)
{
    walk->lanes[walk->count++] = (struct lane){.table = table, .name = name};
}

/* Issues lie in villages. */
static void add_area(struct walk *walk, const struct office *office, struct bytes area)
{
    for (uint32_t i = 0; i < office->area_count; i++) {
        if (office_area_is_within(office, office->areas[i].id, area)) {
            add_lane(walk, BY_AREA, office->areas[i].id);
        }
    }
}

/* ---- what may be listed --------------------------------------------------------------------- */

static bool is_known_cadre(struct ctx *ctx, struct bytes id)
{
    struct name_key from = name_key(id, 0);
    struct bytes prefix = bytes_of(from.bytes, from.len - 8);
    struct bytes key;
    struct bytes value;
    return cadres_had(ctx, id) || office_find_person(&ctx_config(ctx)->office, id) != NULL ||
           (table_seek(ctx, BY_CADRE, prefix, &key, &value) == STATUS_OK &&
            bytes_start_with(key, prefix));
}

static enum status check_names(struct ctx *ctx, const struct issue_list_query *ask, struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    if (ask->department.len != 0 && office_find_department(office, ask->department) == NULL) {
        return fail_field(err, STATUS_INVALID, "department", "there is no section '%.*s'",
                          BYTES_FMT(ask->department));
    }
    if (ask->area.len != 0 && office_find_area(office, ask->area) == NULL) {
        return fail_field(err, STATUS_INVALID, "area", "there is no community or village '%.*s'",
                          BYTES_FMT(ask->area));
    }
    if (ask->cadre.len != 0 && !is_known_cadre(ctx, ask->cadre)) {
        return fail_field(err, STATUS_INVALID, "cadre", "there is no cadre '%.*s'",
                          BYTES_FMT(ask->cadre));
    }
    return STATUS_OK;
}

static bool may_list(const struct actor *actor, const struct object *object)
{
    struct err unread;
    return may(actor, ACTION_LIST_ISSUES, object, &unread) == STATUS_OK;
}

/* The narrowest index for somebody who sees every issue. */
static void choose_of_all(const struct office *office, const struct issue_list_query *ask,
                          struct walk *walk)
{
    if (ask->cadre.len != 0) {
        add_lane(walk, BY_CADRE, ask->cadre);
    } else if (ask->department.len != 0) {
        add_lane(walk, BY_DEPARTMENT, ask->department);
    } else if (ask->area.len != 0) {
        add_area(walk, office, ask->area);
    } else if (ask->level != 0) {
        add_lane(walk, BY_LEVEL, level_name(ask->level));
    } else if (ask->overdue) {
        add_lane(walk, OVERDUE, (struct bytes){0});
    } else if (ask->state != 0) {
        add_lane(walk, BY_STATE, filing_name((enum state)ask->state));
        walk->lanes[0].state = ask->state;
    } else {
        add_lane(walk, ISSUES, (struct bytes){0});
    }
}

/* Everything that is the asker's, but not by the tie that was asked for and is not there. */
static void choose_own(const struct office *office, const struct actor *actor,
                       const struct issue_list_query *ask, struct walk *walk)
{
    uint32_t relations = access_list_relations(actor);
    for (uint32_t i = 0; ask->department.len == 0 && i < actor->department_count; i++) {
        if (may_list(actor, &(struct object){.department = actor->departments[i]})) {
            add_lane(walk, BY_DEPARTMENT, actor->departments[i]);
        }
    }
    if (ask->area.len == 0 && (relations & RELATION_BIT(RELATION_AREA)) != 0) {
        add_area(walk, office, actor->area);
    }
    if (ask->cadre.len == 0 && actor_has_role(actor, ROLE_BIT(ROLE_CADRE))) {
        add_lane(walk, BY_CADRE, actor->id);
    }
}

/* The narrowest indexes for the question, within what the asker may see. */
static enum status choose(struct ctx *ctx, const struct actor *actor,
                          const struct issue_list_query *ask, struct walk *ret_walk,
                          struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct object object = {
        .office = office, .department = ask->department, .cadre = ask->cadre, .area = ask->area};
    size_t most = office->area_count + actor->department_count + 1U;
    ret_walk->lanes = ctx_take(ctx, most * sizeof *ret_walk->lanes);
    if ((access_list_relations(actor) & RELATION_BIT(RELATION_ANY)) != 0) {
        choose_of_all(office, ask, ret_walk);
    } else if (may_list(actor, &(struct object){.department = ask->department})) {
        add_lane(ret_walk, BY_DEPARTMENT, ask->department);
    } else if (may_list(actor, &(struct object){.cadre = ask->cadre})) {
        add_lane(ret_walk, BY_CADRE, ask->cadre);
    } else if (may_list(actor, &(struct object){.office = office, .area = ask->area})) {
        add_area(ret_walk, office, ask->area);
    } else {
        choose_own(office, actor, ask, ret_walk);
    }
    return ret_walk->count != 0 ? STATUS_OK : may(actor, ACTION_LIST_ISSUES, &object, err);
}

/* ---- walking -------------------------------------------------------------------------------- */

/* Moves the lane to its first issue after `number`. */
static void lane_seek(struct ctx *ctx, struct lane *lane, uint64_t number)
{
    struct name_key named = name_key(lane->name, number);
    struct issue_key plain = issue_key(number);
    struct bytes key =
        lane->name.len != 0 ? bytes_of(named.bytes, named.len) : issue_key_bytes(&plain);
    struct bytes prefix =
        lane->name.len != 0 ? bytes_of(named.bytes, named.len - 8) : (struct bytes){0};
    struct bytes found;
    struct bytes value;
    do {
        if (table_next(ctx, lane->table, key, &found, &value) != STATUS_OK ||
            !bytes_start_with(found, prefix) || found.len != key.len) {
            lane->is_over = true;
            return;
        }
        key = found;
    } while (lane->state != 0 && (value.len != 1 || value.p[0] != lane->state));
    lane->next = be64_load(found.p + prefix.len);
}

/* The next issue number on the walk after `number`; false past the last. */
static bool step(struct ctx *ctx, struct walk *walk, uint64_t *number)
{
    uint64_t least = 0;
    for (uint32_t i = 0; i < walk->count; i++) {
        struct lane *lane = &walk->lanes[i];
        if (!lane->is_over && lane->next <= *number) {
            lane_seek(ctx, lane, *number);
        }
        if (!lane->is_over && (least == 0 || lane->next < least)) {
            least = lane->next;
        }
    }
    *number = least != 0 ? least : *number;
    return least != 0;
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

/* Its own limits, and what somebody who supervises it has set. */
static bool is_overdue(const struct issue_file *file)
{
    if (file->issue.supervision.is_overdue) {
        return true;
    }
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
           (ask->level == 0 || file->row.level >= ask->level) &&
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
    const struct supervision *supervision = &file->issue.supervision;
    if (supervision->due_at.us != 0 &&
        (earliest.due_at.us == 0 || supervision->due_at.us < earliest.due_at.us)) {
        earliest.due_at = supervision->due_at;
        earliest.is_provisional = supervision->is_provisional;
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
                              .rule = file->row.rule,
                              .level = file->row.level};
    list_put_message(list, out, &issue_item_type, &item);
}

enum status answer_issue_list(struct ctx *ctx, const struct query *query, void *ret_reply,
                              struct err *err)
{
    const struct issue_list_query *ask = query->message;
    struct issue_list_reply *reply = ret_reply;
    struct actor actor = find_actor(ctx, query->person, NULL);
    struct walk walk = {0};
    enum status st = check_names(ctx, ask, err);
    if (st == STATUS_OK) {
        st = choose(ctx, &actor, ask, &walk, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct buf out = {0};
    uint32_t limit = ask->limit == 0 ? PAGE_MAX : ask->limit;
    uint64_t number = ask->after;
    for (uint32_t looked = 0; looked < LOOKED_AT_MAX && reply->issues.count < limit; looked++) {
        struct issue_file file;
        reply->through = 0;
        if (!step(ctx, &walk, &number)) {
            break;
        }
        reply->through = number;
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
