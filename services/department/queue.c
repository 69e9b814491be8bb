/* SPDX-License-Identifier: Apache-2.0 */
#include "department/queue.h"

#include "base/endian.h"

struct leg_key queue_leg_key(struct bytes section, uint64_t issue)
{
    struct leg_key key = {.len = section.len + 1 + 8};
    CHECK(section.len != 0 && section.len <= WORD_MAX_BYTES);
    memcpy(key.bytes, section.p, section.len);
    be64_store(key.bytes + section.len + 1, issue);
    return key;
}

struct leg_key queue_issue_key(uint64_t issue, struct bytes section)
{
    struct leg_key key = {.len = 8 + section.len};
    CHECK(section.len <= WORD_MAX_BYTES);
    be64_store(key.bytes, issue);
    if (section.len != 0) {
        memcpy(key.bytes + 8, section.p, section.len);
    }
    return key;
}

struct leg_key queue_fact_key(uint64_t issue, uint64_t seq)
{
    struct leg_key key = {.len = 16};
    be64_store(key.bytes, issue);
    be64_store(key.bytes + 8, seq);
    return key;
}

bool queue_find_leg(struct ctx *ctx, struct bytes section, uint64_t issue, struct leg_row *ret_row)
{
    struct leg_key key = queue_leg_key(section, issue);
    return row_get(ctx, LEGS, leg_key_bytes(&key), &leg_row_type, ret_row) == STATUS_OK;
}

bool queue_is_finished(int leg_state)
{
    return leg_state == (int)LEG_STATE_APPROVED || leg_state == (int)LEG_STATE_RETURNED;
}

bool queue_next_pending(struct ctx *ctx, uint64_t issue, struct bytes section, uint64_t *seq)
{
    struct leg_key from = queue_fact_key(issue, *seq);
    struct bytes key = leg_key_bytes(&from);
    struct bytes value;
    while (table_next(ctx, PENDING, key, &key, &value) == STATUS_OK && be64_load(key.p) == issue) {
        if (section.len == 0 || bytes_equal(value, section)) {
            *seq = be64_load(key.p + 8);
            return true;
        }
    }
    return false;
}

bool queue_is_served(const struct config *config, struct bytes name, struct bytes section)
{
    const struct config_daemon *daemon = config_find_department_daemon(config, section);
    return daemon != NULL && bytes_equal(daemon->name, name);
}

struct actor queue_find_actor(const struct ctx *ctx, struct bytes id)
{
    return actor_of_id(&ctx_config(ctx)->office, id);
}

static enum status check_right(const struct ctx *ctx, const struct actor *actor, enum action action,
                               struct bytes section, struct err *err)
{
    struct object object = {.office = &ctx_config(ctx)->office, .department = section};
    return may(actor, action, &object, err);
}

/* ---- work on an issue ----------------------------------------------------------------------- */

/* How many of the person's sections have a part in the issue; *ret_work is the last of them. */
static uint32_t find_own_legs(struct ctx *ctx, const struct actor *actor, uint64_t issue,
                              struct work *ret_work)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < actor->department_count; i++) {
        struct leg_row leg;
        struct bytes section = actor->departments[i];
        if (actor_works_in(actor, section) && queue_find_leg(ctx, section, issue, &leg)) {
            *ret_work = (struct work){section, leg};
            count++;
        }
    }
    return count;
}

static enum status find_own_work(struct ctx *ctx, const struct actor *actor, uint64_t issue,
                                 struct work *ret_work, struct err *err)
{
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    uint32_t count = find_own_legs(ctx, actor, issue, ret_work);
    if (count > 1) {
        return fail_field(err, STATUS_INVALID, "department",
                          "several of your sections have a part in issue %s; say which one with "
                          "--department",
                          text);
    }
    if (count == 0 &&
        actor_has_role(actor, ROLE_BIT(ROLE_SECTION_STAFF) | ROLE_BIT(ROLE_SECTION_HEAD))) {
        return fail_field(err, STATUS_NOT_FOUND, "issue", "issue %s is in no queue of '%.*s'", text,
                          BYTES_FMT(actor->id));
    }
    struct bytes section = count == 0 ? (struct bytes){0} : ret_work->section;
    return check_right(ctx, actor, ACTION_WORK, section, err);
}

enum status queue_find_work(struct ctx *ctx, struct bytes person, uint64_t issue,
                            struct bytes section, struct work *ret_work, struct err *err)
{
    struct actor actor = queue_find_actor(ctx, person);
    if (section.len == 0) {
        return find_own_work(ctx, &actor, issue, ret_work, err);
    }
    enum status st = check_right(ctx, &actor, ACTION_WORK, section, err);
    if (st != STATUS_OK) {
        return st;
    }
    ret_work->section = section;
    if (!queue_find_leg(ctx, section, issue, &ret_work->leg)) {
        char text[ISSUE_TEXT_BYTES];
        issue_format(issue, text);
        return fail_field(err, STATUS_NOT_FOUND, "issue",
                          "issue %s is not in the queue of section '%.*s'", text,
                          BYTES_FMT(section));
    }
    return STATUS_OK;
}

/* ---- a queue to look at --------------------------------------------------------------------- */

enum status queue_find_section(struct ctx *ctx, struct bytes person, struct bytes section,
                               struct bytes *ret_section, struct err *err)
{
    struct actor actor = queue_find_actor(ctx, person);
    uint32_t count = 0;
    struct bytes found = section;
    for (uint32_t i = 0; section.len == 0 && i < actor.department_count; i++) {
        if (queue_is_served(ctx_config(ctx), ctx_name(ctx), actor.departments[i])) {
            found = actor.departments[i];
            count++;
        }
    }
    if (section.len == 0 && count != 1) {
        return fail_field(err, STATUS_INVALID, "department",
                          "'%.*s' has %s here; say which one with --department", BYTES_FMT(person),
                          count == 0 ? "no section" : "several sections");
    }
    enum status st = check_right(ctx, &actor, ACTION_VIEW_QUEUE, found, err);
    if (st == STATUS_OK && !queue_is_served(ctx_config(ctx), ctx_name(ctx), found)) {
        st = fail_field(err, STATUS_NOT_FOUND, "department", "'%.*s' does not serve section '%.*s'",
                        BYTES_FMT(ctx_name(ctx)), BYTES_FMT(found));
    }
    if (st == STATUS_OK) {
        *ret_section = found;
    }
    return st;
}
