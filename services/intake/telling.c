/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/telling.h"

#include "config/texts.h"

#define RECIPIENTS_MAX 64U /* of the event's list */

static void tell_some(struct ctx *ctx, const struct intake_telling *telling,
                      const struct bytes *people, uint32_t count)
{
    struct list list = {0};
    struct buf out = {0};
    for (uint32_t i = 0; i < count; i++) {
        list_put_bytes(&list, &out, people[i]);
    }
    list_end(&list, &out);
    struct intake_notice_event event = {.category = bytes_of_string(telling->category),
                                        .level = (int)telling->level,
                                        .recipients = list,
                                        .household = telling->household,
                                        .person = telling->person,
                                        .due = telling->due,
                                        .count = telling->count,
                                        .reason = telling->reason,
                                        .head = telling->head,
                                        .rows = telling->rows,
                                        .more = telling->more,
                                        .promise = telling->promise};
    emit(ctx, &(struct emission){.type = &intake_notice_event_type, .message = &event});
    buf_done(&out);
}

void intake_tell(struct ctx *ctx, const struct intake_telling *telling)
{
    CHECK(texts_find_notice(bytes_of_string(telling->category)) != NULL);
    for (uint32_t first = 0; first < telling->recipient_count; first += RECIPIENTS_MAX) {
        uint32_t left = telling->recipient_count - first;
        tell_some(ctx, telling, telling->recipients + first,
                  left < RECIPIENTS_MAX ? left : RECIPIENTS_MAX);
    }
}
