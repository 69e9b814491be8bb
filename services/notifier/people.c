/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/people.h"

#include "domain/access.h"
#include "notifier/telling.h"

/* Longer than an id is the names of several, which stay as they are. */
static bool find_cadre(struct ctx *ctx, struct bytes id, struct unit_row *ret_row)
{
    return id.len != 0 && id.len <= WORD_MAX_BYTES &&
           row_get(ctx, UNITS, id, &unit_row_type, ret_row) == STATUS_OK;
}

struct bytes people_name(struct ctx *ctx, struct bytes id)
{
    const struct person *person = office_find_person(&ctx_config(ctx)->office, id);
    struct unit_row row;
    if (person != NULL) {
        return person->name;
    }
    return find_cadre(ctx, id, &row) ? row.name : id;
}

struct bytes people_unit(struct ctx *ctx, struct bytes id)
{
    struct unit_row row;
    return find_cadre(ctx, id, &row) ? row.unit : (struct bytes){0};
}

/* ---- rights --------------------------------------------------------------------------------- */

static enum status check_right(struct ctx *ctx, struct bytes id, enum action action,
                               struct err *err)
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct person *person = office_find_person(office, id);
    struct actor actor = person != NULL ? actor_of_person(person) : actor_of_roles(id, 0);
    if (person == NULL && bytes_equal(id, BYTES("operator"))) {
        actor.roles = ROLE_BIT(ROLE_OPERATOR);
    }
    struct unit_row row;
    if (find_cadre(ctx, id, &row) && !row.has_left) {
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
    return check_right(ctx, person, issue == 0 ? ACTION_READ_JOURNAL : ACTION_VIEW_NOTICES, err);
}

/* ---- the register --------------------------------------------------------------------------- */

/* Only what notices need is taken over. */
enum status notifier_react_cadres(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err)
{
    const struct cadres_recorded_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct cadre_part cadre;
    struct units_event units = {0};
    struct buf out = {0};
    (void)record;
    (void)err;
    while (list_next_message(&cursor, &cadre_part_type, &cadre)) {
        struct unit_part part = {.cadre = cadre.cadre, .unit = cadre.unit, .name = cadre.name};
        list_put_message(&units.rows, &out, &unit_part_type, &part);
    }
    list_end(&units.rows, &out);
    emit_own(ctx, &units_event_type, &units, 0);
    buf_done(&out);
    return STATUS_OK;
}

enum status notifier_react_cadre_left(struct ctx *ctx, const struct record *record,
                                      const void *message, struct err *err)
{
    const struct cadre_left_event *event = message;
    struct units_event units = {.left = event->cadre};
    (void)record;
    (void)err;
    emit_own(ctx, &units_event_type, &units, 0);
    return STATUS_OK;
}

static void apply_left(struct ctx *ctx, struct bytes cadre)
{
    struct unit_row row;
    if (find_cadre(ctx, cadre, &row)) {
        row.has_left = true;
        row_put(ctx, UNITS, cadre, &unit_row_type, &row);
    }
}

void apply_units(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct units_event *event = message;
    struct list_cursor cursor = list_begin(&event->rows);
    struct unit_part part;
    (void)record;
    while (list_next_message(&cursor, &unit_part_type, &part)) {
        struct unit_row row = {.unit = part.unit, .name = part.name};
        row_put(ctx, UNITS, part.cadre, &unit_row_type, &row);
    }
    apply_left(ctx, event->left);
}
