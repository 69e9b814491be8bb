/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is, as far as inboxes are concerned. */
#include "domain/access.h"
#include "notifier/notifier.h"

static enum status check_right(struct ctx *ctx, struct bytes id, enum action action,
                               struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct person *person = office_find_person(office, id);
    struct actor actor = person != NULL ? actor_of_person(person) : actor_of_roles(id, 0);
    if (person == NULL && bytes_equal(id, BYTES("operator"))) {
        actor.roles = ROLE_BIT(ROLE_OPERATOR);
    }
    struct bytes unit;
    if (id.len != 0 && table_get(ctx, UNITS, id, &unit) == STATUS_OK) {
        actor.roles |= ROLE_BIT(ROLE_CADRE);
    }
    struct object object = {.office = office, .person = id};
    return may(&actor, action, &object, err);
}

enum status notifier_check_inbox(struct ctx *ctx, struct bytes person, struct err *err)
{
    return check_right(ctx, person, ACTION_VIEW_INBOX, err);
}

/* The trail of an issue shows who was told what; it is the office's business. */
enum status notifier_may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue,
                                   struct err *err)
{
    (void)issue;
    return check_right(ctx, person, ACTION_VIEW_NOTICES, err);
}
