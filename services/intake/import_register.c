/* SPDX-License-Identifier: Apache-2.0 */
/* Cadres and households into the register, all rows of a file or none. What is there already under
 * the same id is replaced. */
#include "intake/import.h"
#include "intake/links.h"

#define PHONE_MIN_BYTES 5U
#define PHONE_MAX_BYTES 20U
#define ROWS_PER_EVENT 1000U
/* A record is at most RECORD_MAX_BYTES; a row is less than what is left above this. */
#define ROWS_FULL_BYTES ((size_t)56 * 1024)

enum status import_check_right(struct ctx *ctx, struct bytes person, struct err *err)
{
    struct actor actor = register_find_actor(ctx, person);
    struct object object = {.office = &ctx_config(ctx)->office};
    return may(&actor, ACTION_IMPORT, &object, err);
}

/* ---- cadres --------------------------------------------------------------------------------- */

static void check_phone(struct sheet *sheet, struct bytes phone)
{
    bool is_fine = phone.len >= PHONE_MIN_BYTES && phone.len <= PHONE_MAX_BYTES;
    for (size_t i = 0; i < phone.len; i++) {
        uint8_t c = phone.p[i];
        is_fine = is_fine && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == ' ');
    }
    if (!is_fine) {
        sheet_problem(sheet, "phone",
                      "'%.*s' is no telephone number; write %u to %u digits, spaces, + or -",
                      BYTES_FMT(phone), PHONE_MIN_BYTES, PHONE_MAX_BYTES);
    }
}

static void check_cadre(struct sheet *sheet, const void *row)
{
    static const char *const engine[] = {"operator", "system", "timer"};
    const struct cadre_part *cadre = row;
    for (size_t i = 0; i < sizeof engine / sizeof engine[0]; i++) {
        if (bytes_equal(cadre->cadre, bytes_of_string(engine[i]))) {
            sheet_problem(sheet, "cadre", "the id '%s' is taken by the engine; choose another",
                          engine[i]);
        }
    }
    check_phone(sheet, cadre->phone);
}

/* ---- households ----------------------------------------------------------------------------- */

static void check_place(struct sheet *sheet, const struct household_part *household)
{
    const struct office *office = &ctx_config(sheet->ctx)->office;
    const struct area *community = office_find_area(office, household->community);
    const struct area *village = office_find_area(office, household->village);
    if (community == NULL || community->parent.len != 0) {
        sheet_problem(sheet, "community", "there is no community '%.*s' in org.yaml",
                      BYTES_FMT(household->community));
    } else if (village == NULL || village->parent.len == 0) {
        sheet_problem(sheet, "village", "there is no village '%.*s' in org.yaml",
                      BYTES_FMT(household->village));
    } else if (!bytes_equal(village->parent, community->id)) {
        sheet_problem(sheet, "village", "village '%.*s' lies in community '%.*s', not in '%.*s'",
                      BYTES_FMT(village->id), BYTES_FMT(village->parent), BYTES_FMT(community->id));
    }
}

static void check_household(struct sheet *sheet, const void *row)
{
    const struct household_part *household = row;
    struct cadre_row cadre;
    check_place(sheet, household);
    if (household->phone.len != 0) {
        check_phone(sheet, household->phone);
    }
    if (household->cadre.len == 0) {
        return; /* an alarm, not a refusal */
    }
    if (!register_find_cadre(sheet->ctx, household->cadre, &cadre)) {
        sheet_problem(sheet, "cadre",
                      "there is no cadre '%.*s' in the register; import cadres first",
                      BYTES_FMT(household->cadre));
    } else if (cadre.left_at.us != 0) {
        sheet_problem(sheet, "cadre", "cadre '%.*s' has left; link the household to another",
                      BYTES_FMT(household->cadre));
    }
}

/* ---- both ----------------------------------------------------------------------------------- */

/* Rows on their way into events. */
struct recorder {
    struct ctx *ctx;
    const struct message_type *row_type;
    void (*emit_rows)(struct ctx *ctx, const struct list *rows);
    struct list rows;
    struct buf out;
};

static void emit_cadres(struct ctx *ctx, const struct list *rows)
{
    struct cadres_recorded_event event = {.rows = *rows};
    emit(ctx, &(struct emission){.type = &cadres_recorded_event_type, .message = &event});
}

static void emit_households(struct ctx *ctx, const struct list *rows)
{
    struct households_recorded_event event = {.rows = *rows};
    emit(ctx, &(struct emission){.type = &households_recorded_event_type, .message = &event});
}

static void flush(struct recorder *recorder)
{
    list_end(&recorder->rows, &recorder->out);
    recorder->emit_rows(recorder->ctx, &recorder->rows);
    recorder->rows = (struct list){0};
    buf_clear(&recorder->out);
}

static void record_row(void *user, const void *row)
{
    struct recorder *recorder = user;
    if (recorder->out.len > ROWS_FULL_BYTES || recorder->rows.count == ROWS_PER_EVENT) {
        flush(recorder);
    }
    list_put_message(&recorder->rows, &recorder->out, recorder->row_type, row);
}

/* A household that comes to another cadre is told of before its row, so that the router hears of
 * it as of every other change of hands. */
static void relink_row(void *user, const void *row)
{
    struct relinking *relinking = user;
    const struct household_part *household = row;
    struct household_row before;
    if (register_find_household(relinking->ctx, household->household, &before) &&
        !bytes_equal(before.cadre, household->cadre)) {
        relinking_add(relinking, &(struct relink_part){.household = household->household,
                                                       .from = before.cadre,
                                                       .to = household->cadre});
    }
}

static enum status import(struct sheet *sheet, const struct command *command,
                          void (*emit_rows)(struct ctx *ctx, const struct list *rows),
                          struct err *err)
{
    enum status st = import_check_right(sheet->ctx, command->person, err);
    if (st == STATUS_OK) {
        st = sheet_check(sheet, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (sheet->type == &household_part_type) {
        struct relinking relinking = {.ctx = sheet->ctx, .event.how = RELINK_WAY_IMPORT};
        sheet_each(sheet, relink_row, &relinking);
        relinking_flush(&relinking);
    }
    struct recorder recorder = {.ctx = sheet->ctx, .row_type = sheet->type, .emit_rows = emit_rows};
    sheet_each(sheet, record_row, &recorder);
    flush(&recorder);
    buf_done(&recorder.out);
    return STATUS_OK;
}

enum status intake_decide_cadres(struct ctx *ctx, const struct command *command, struct err *err)
{
    const struct cadre_import_command *ask = command->message;
    struct sheet sheet = {.ctx = ctx,
                          .type = &cadre_part_type,
                          .rows = &ask->rows,
                          .is_partial = ask->is_partial,
                          .first_line = CSV_FIRST_LINE,
                          .id_column = "cadre",
                          .check = check_cadre};
    return import(&sheet, command, emit_cadres, err);
}

enum status intake_decide_households(struct ctx *ctx, const struct command *command,
                                     struct err *err)
{
    const struct household_import_command *ask = command->message;
    struct sheet sheet = {.ctx = ctx,
                          .type = &household_part_type,
                          .rows = &ask->rows,
                          .is_partial = ask->is_partial,
                          .first_line = CSV_FIRST_LINE,
                          .id_column = "household",
                          .check = check_household};
    return import(&sheet, command, emit_households, err);
}
