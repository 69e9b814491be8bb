/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/household.h"

#include "cli/output.h"
#include "cli/query.h"

#include <stdio.h>

/* The household's members, then "cadres": who it was linked to, from when until when. */
enum status household_run_show(struct session *session, const struct args *args, json_t **ret_json,
                               struct err *err)
{
    json_t *reply;
    enum status st = query_run(session, args, &reply, err);
    if (st != STATUS_OK) {
        return st;
    }
    json_t *household = json_incref(json_array_get(json_object_get(reply, "households"), 0));
    if (household == NULL) {
        st = fail(err, STATUS_NOT_FOUND, "there is no such household");
    } else {
        (void)json_object_set(household, "cadres", json_object_get(reply, "links"));
        *ret_json = household;
    }
    json_decref(reply);
    return st;
}

void household_print(const struct session *session, const json_t *result)
{
    static const struct column columns[] = {
        {"CADRE", "cadre", COLUMN_TEXT},   {"SINCE", "since", COLUMN_TIME},
        {"UNTIL", "until", COLUMN_TIME},   {"INTERIM", "is_interim", COLUMN_TEXT},
        {"BY", "person", COLUMN_TEXT},     {"HOW", "how", COLUMN_TEXT},
        {"REASON", "reason", COLUMN_TEXT}, {0},
    };
    (void)session;
    json_t *members = json_copy((json_t *)(uintptr_t)result);
    (void)json_object_del(members, "cadres");
    output_members(members);
    json_decref(members);
    (void)printf("\n");
    output_table(columns, json_object_get(result, "cadres"));
}
