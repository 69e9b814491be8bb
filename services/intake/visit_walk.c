/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/visit_walk.h"

#include "intake/telling.h"
#include "intake/units.h"

/* A step ends with the place that makes it so many, a unit counting for all its cadres. */
#define PLACES_PER_STEP 200U
#define PEOPLE_MAX 16U
/* Where the walk stands is a place of the coverage, and then this byte and a unit. */
#define UNITS_MARK 0xffU

/* ---- rows ----------------------------------------------------------------------------------- */

void visit_rows_add(struct visit_rows *rows, struct bytes name, uint32_t count)
{
    struct counted_part part = {.name = name, .count = count};
    rows->count += count;
    if (rows->list.count < VISIT_ROWS_MAX) {
        list_put_message(&rows->list, &rows->out, &counted_part_type, &part);
        list_end(&rows->list, &rows->out);
    } else {
        rows->more++;
    }
}

void visit_rows_done(struct visit_rows *rows)
{
    buf_done(&rows->out);
    *rows = (struct visit_rows){0};
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(const struct visit_walk *walk, struct intake_telling *telling)
{
    const struct config *config = ctx_config(walk->ctx);
    char half[VISIT_HALF_TEXT_BYTES];
    visit_half_format(walk->half, half);
    telling->level = walk->is_over ? NOTICE_LEVEL_OVERDUE : NOTICE_LEVEL_WARNING;
    telling->due =
        (struct wall){visit_half_end(&config->visits, config->zone, walk->half).us - US_PER_S};
    telling->reason = bytes_of_string(half);
    intake_tell(walk->ctx, telling);
}

static void tell_role(const struct visit_walk *walk, enum role role, struct bytes area,
                      struct intake_telling *telling)
{
    const struct office *office = &ctx_config(walk->ctx)->office;
    struct bytes people[PEOPLE_MAX];
    telling->recipients = people;
    for (uint32_t i = 0; i < office->person_count && telling->recipient_count < PEOPLE_MAX; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(role)) != 0 &&
            (area.len == 0 || bytes_equal(person->area, area))) {
            people[telling->recipient_count++] = person->id;
        }
    }
    tell(walk, telling);
}

/* ---- cadres and communities ----------------------------------------------------------------- */

static uint32_t count_left(const struct visit_walk *walk, enum coverage_scope scope,
                           struct bytes id)
{
    struct coverage coverage = coverage_get(walk->ctx, walk->half, scope, id);
    return coverage.assigned > coverage.visited ? coverage.assigned - coverage.visited : 0;
}

static void tell_place(const struct visit_walk *walk, const struct coverage_place *place)
{
    uint32_t left = count_left(walk, place->scope, place->id);
    struct intake_telling telling = {.count = left};
    if (left != 0 && place->scope == COVERAGE_SCOPE_CADRE) {
        telling.category = walk->is_over ? "visits_missed" : "visits_due";
        telling.recipients = &place->id;
        telling.recipient_count = 1;
        telling.person = place->id;
        tell(walk, &telling);
    } else if (left != 0 && place->scope == COVERAGE_SCOPE_COMMUNITY) {
        telling.category = "visits_missed_here";
        tell_role(walk, ROLE_COMMUNITY_SECRETARY, place->id, &telling);
    }
}

static bool is_at_units(const struct visit_walk *walk)
{
    return walk->through.len != 0 && walk->through.p[0] == UNITS_MARK;
}

static void go_to_unit(struct visit_walk *walk, struct bytes unit)
{
    uint8_t *place = ctx_take(walk->ctx, 1 + unit.len);
    place[0] = UNITS_MARK;
    if (unit.len != 0) {
        memcpy(place + 1, unit.p, unit.len);
    }
    walk->through = bytes_of(place, 1 + unit.len);
}

/* Reminders are for cadres only, who come first. */
static bool tell_next_place(struct visit_walk *walk)
{
    struct coverage_place next;
    if (!coverage_next(walk->ctx, walk->half, walk->through, &next) ||
        (!walk->is_over && next.scope != COVERAGE_SCOPE_CADRE)) {
        return false;
    }
    tell_place(walk, &next);
    walk->through = next.place;
    return true;
}

/* ---- units ---------------------------------------------------------------------------------- */

/* The unit's cadres with households left, but for the one who would be told. */
static uint32_t gather(const struct visit_walk *walk, struct bytes unit, struct bytes except,
                       struct visit_rows *rows)
{
    struct bytes cadre = {0};
    uint32_t looked = 0;
    while (units_next_cadre(walk->ctx, unit, cadre, &cadre)) {
        uint32_t left = count_left(walk, COVERAGE_SCOPE_CADRE, cadre);
        struct cadre_row row;
        looked++;
        if (left != 0 && !bytes_equal(cadre, except) &&
            register_find_cadre(walk->ctx, cadre, &row)) {
            visit_rows_add(rows, row.name, left);
        }
    }
    return looked;
}

static uint32_t tell_unit(struct visit_walk *walk, struct bytes unit)
{
    const struct department *section = units_find_section(&ctx_config(walk->ctx)->office, unit);
    struct bytes head = section != NULL ? section->head : (struct bytes){0};
    struct visit_rows rows = {0};
    uint32_t looked = gather(walk, unit, head, &rows);
    if (rows.count != 0 && section != NULL) {
        tell(walk, &(struct intake_telling){.category = "visits_missed_unit",
                                            .recipients = &head,
                                            .recipient_count = head.len != 0 ? 1 : 0,
                                            .count = rows.count,
                                            .rows = rows.list,
                                            .more = rows.more});
    } else if (rows.count != 0) {
        visit_rows_add(&walk->units, unit, rows.count);
    }
    visit_rows_done(&rows);
    return looked;
}

static void tell_of_others(const struct visit_walk *walk)
{
    struct intake_telling telling = {.category = "visits_missed_outside",
                                     .count = walk->units.count,
                                     .rows = walk->units.list,
                                     .more = walk->units.more};
    if (telling.count != 0) {
        tell_role(walk, ROLE_OFFICE_HEAD, (struct bytes){0}, &telling);
    }
}

/* ---- the walk ------------------------------------------------------------------------------- */

/* Tells of places until the step is full; false when there are no more. */
static bool tell_places(struct visit_walk *walk, uint32_t *looked)
{
    while (*looked < PLACES_PER_STEP) {
        ++*looked;
        if (!tell_next_place(walk)) {
            return false;
        }
    }
    return true;
}

bool visit_walk_step(struct visit_walk *walk)
{
    uint32_t looked = 0;
    if (!is_at_units(walk) && !tell_places(walk, &looked)) {
        if (!walk->is_over) {
            return true;
        }
        go_to_unit(walk, (struct bytes){0});
    }
    while (looked < PLACES_PER_STEP) {
        struct bytes unit = bytes_of(walk->through.p + 1, walk->through.len - 1);
        if (!units_next(walk->ctx, unit, &unit)) {
            tell_of_others(walk);
            return true;
        }
        looked += tell_unit(walk, unit);
        go_to_unit(walk, unit);
    }
    return false;
}
