/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/register.h"

#include "base/endian.h"

struct register_key register_pair_key(struct bytes first, struct bytes second)
{
    struct register_key key = {.len = first.len + 1 + second.len};
    CHECK(first.len <= WORD_MAX_BYTES && second.len <= WORD_MAX_BYTES);
    if (first.len != 0) {
        memcpy(key.bytes, first.p, first.len);
    }
    if (second.len != 0) {
        memcpy(key.bytes + first.len + 1, second.p, second.len);
    }
    return key;
}

struct register_key register_issue_key(uint64_t issue)
{
    struct register_key key = {.len = 8};
    be64_store(key.bytes, issue);
    return key;
}

struct register_key register_fact_key(uint64_t issue, uint64_t seq)
{
    struct register_key key = {.len = 16};
    be64_store(key.bytes, issue);
    be64_store(key.bytes + 8, seq);
    return key;
}

bool register_find_household(struct ctx *ctx, struct bytes id, struct household_row *ret_row)
{
    return id.len != 0 && row_get(ctx, HOUSEHOLDS, id, &household_row_type, ret_row) == STATUS_OK;
}

bool register_find_cadre(struct ctx *ctx, struct bytes id, struct cadre_row *ret_row)
{
    return id.len != 0 && row_get(ctx, CADRES, id, &cadre_row_type, ret_row) == STATUS_OK;
}

struct bytes register_cadre_name(struct ctx *ctx, struct bytes id)
{
    struct cadre_row row;
    return register_find_cadre(ctx, id, &row) ? row.name : (struct bytes){0};
}

enum status register_read_report(struct ctx *ctx, uint64_t issue, struct report_row *ret_row,
                                 struct err *err)
{
    struct register_key key = register_issue_key(issue);
    if (row_get(ctx, REPORTS, register_key_bytes(&key), &report_row_type, ret_row) == STATUS_OK) {
        return STATUS_OK;
    }
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    return fail_field(err, STATUS_NOT_FOUND, "issue", "there is no issue %s", text);
}

struct actor register_find_actor(struct ctx *ctx, struct bytes id)
{
    const struct person *person = office_find_person(&ctx_config(ctx)->office, id);
    struct actor actor = actor_of_roles(id, 0);
    struct cadre_row row;
    if (person != NULL) {
        actor = actor_of_person(person);
    } else if (bytes_equal(id, BYTES("operator"))) {
        actor = actor_of_roles(id, ROLE_BIT(ROLE_OPERATOR));
    }
    if (register_find_cadre(ctx, id, &row) && row.left_at.us == 0) {
        actor.roles |= ROLE_BIT(ROLE_CADRE);
    }
    return actor;
}

struct bytes register_find_owner(const struct ctx *ctx, const struct household_row *row)
{
    return row->cadre.len != 0 ? row->cadre : ctx_config(ctx)->office.feedback_default;
}

struct bytes register_find_issue_owner(struct ctx *ctx, const struct report_row *row)
{
    struct household_row household;
    return register_find_household(ctx, row->household, &household)
               ? register_find_owner(ctx, &household)
               : row->cadre;
}

enum status register_check_owner(struct ctx *ctx, struct bytes person, const struct report_row *row,
                                 enum action action, struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct object object = {.office = &ctx_config(ctx)->office,
                            .cadre = register_find_issue_owner(ctx, row),
                            .is_overdue = row->is_feedback_late};
    return may(&actor, action, &object, err);
}
