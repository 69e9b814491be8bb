/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/replanned.h"

static const char *const replan_reasons[] = {
    [REPLAN_REASON_NONE] = "",
    [REPLAN_REASON_CALENDAR] = "the calendar changed",
    [REPLAN_REASON_LIMITS] = "the limits changed",
    [REPLAN_REASON_CALENDAR_AND_LIMITS] = "calendar and limits changed",
    [REPLAN_REASON_PUBLISHED] = "its year was published",
};

struct bytes replanned_describe(struct ctx *ctx, const struct replanned_event *event)
{
    const struct field *stage = message_find_field(&replanned_event_type, "stage");
    char before[WALL_TEXT_BYTES];
    char after[WALL_TEXT_BYTES];
    struct zone zone = ctx_config(ctx)->zone;
    struct buf text = {0};
    wall_format(event->due_before, zone, before);
    wall_format(event->due_at, zone, after);
    buf_append_format(&text, "%s: %s",
                      event->stage == 0 ? "supervision" : stage->words[event->stage], before);
    if (event->due_at.us != event->due_before.us) {
        buf_append_format(&text, " -> %s", after);
    } else if (event->was_provisional == event->is_provisional) {
        buf_append_string(&text, " stays, its warnings move");
    }
    buf_append_format(&text, "%s, %s", event->is_provisional ? ", provisional" : "",
                      replan_reasons[event->reason]);
    struct bytes kept = ctx_copy(ctx, buf_bytes(&text));
    buf_done(&text);
    return kept;
}
