/* SPDX-License-Identifier: Apache-2.0 */
#include "auditor/auditor.h"
#include "domain/access.h"

/* The auditor knows nobody's issues: it judges by role, the router by what ties somebody to the
 * matter. */
static enum status may_by_role(struct ctx *ctx, struct bytes id, enum action action,
                               struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    struct actor actor = actor_of_id(office, id);
    struct object object = {.office = office};
    return may(&actor, action, &object, err);
}

enum status may_audit(struct ctx *ctx, struct bytes person, struct err *err)
{
    return may_by_role(ctx, person, ACTION_AUDIT, err);
}

enum status may_call_back(struct ctx *ctx, struct bytes person, struct err *err)
{
    return may_by_role(ctx, person, ACTION_CALLBACK, err);
}

/* What households said of cadres and sections is for those who see every issue. */
enum status may_see_issue(struct ctx *ctx, struct bytes person, uint64_t issue, struct err *err)
{
    return may_by_role(ctx, person, issue == 0 ? ACTION_READ_JOURNAL : ACTION_VIEW_ISSUE, err);
}
