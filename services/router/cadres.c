/* SPDX-License-Identifier: Apache-2.0 */
#include "router/cadres.h"

/* The row of who left; of the others it is empty. */
#define LEFT BYTES("left")

static void emit_known(struct ctx *ctx, const struct cadres_known_event *event)
{
    emit(ctx,
         &(struct emission){.type = &cadres_known_event_type, .message = event, .is_local = true});
}

/* An event comes of it only when somebody is new: the register is imported again and again. */
enum status react_cadres(struct ctx *ctx, const struct record *record, const void *message,
                         struct err *err)
{
    const struct cadres_recorded_event *event = message;
    struct cadres_known_event known = {0};
    struct list_cursor cursor = list_begin(&event->rows);
    struct cadre_part cadre;
    struct buf out = {0};
    (void)record;
    (void)err;
    while (list_next_message(&cursor, &cadre_part_type, &cadre)) {
        if (!cadres_has(ctx, cadre.cadre)) {
            list_put_bytes(&known.cadres, &out, cadre.cadre);
        }
    }
    list_end(&known.cadres, &out);
    if (known.cadres.count != 0) {
        emit_known(ctx, &known);
    }
    buf_done(&out);
    return STATUS_OK;
}

enum status react_cadre_left(struct ctx *ctx, const struct record *record, const void *message,
                             struct err *err)
{
    const struct cadre_left_event *event = message;
    (void)record;
    (void)err;
    if (cadres_has(ctx, event->cadre)) {
        emit_known(ctx, &(struct cadres_known_event){.left = event->cadre});
    }
    return STATUS_OK;
}

void apply_cadres(struct ctx *ctx, const struct record *record, const void *message)
{
    const struct cadres_known_event *event = message;
    struct list_cursor cursor = list_begin(&event->cadres);
    struct bytes id;
    (void)record;
    while (list_next_bytes(&cursor, &id)) {
        table_put(ctx, CADRES, id, (struct bytes){0});
    }
    if (event->left.len != 0) {
        table_put(ctx, CADRES, event->left, LEFT);
    }
}

bool cadres_had(struct ctx *ctx, struct bytes id)
{
    struct bytes value;
    return id.len != 0 && table_get(ctx, CADRES, id, &value) == STATUS_OK;
}

bool cadres_has(struct ctx *ctx, struct bytes id)
{
    struct bytes value;
    return id.len != 0 && table_get(ctx, CADRES, id, &value) == STATUS_OK && value.len == 0;
}
