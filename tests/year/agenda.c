/* SPDX-License-Identifier: Apache-2.0 */
#include "year/year.h"

#include "base/memory.h"

static bool comes_before(const struct deed *a, const struct deed *b)
{
    return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

static void swap(struct deed *a, struct deed *b)
{
    struct deed kept = *a;
    *a = *b;
    *b = kept;
}

void agenda_put(struct agenda *agenda, const struct deed *deed)
{
    if ((agenda->count & (agenda->count + 1)) == 0) {
        /* One less than a power of two: room for twice as many. */
        agenda->deeds =
            memory_resize(agenda->deeds, 2 * ((size_t)agenda->count + 1), sizeof *agenda->deeds);
    }
    uint32_t i = agenda->count++;
    agenda->deeds[i] = *deed;
    agenda->deeds[i].order = agenda->order++;
    while (i > 0 && comes_before(&agenda->deeds[i], &agenda->deeds[(i - 1) / 2])) {
        swap(&agenda->deeds[i], &agenda->deeds[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

bool agenda_peek(const struct agenda *agenda, struct deed *ret_deed)
{
    if (agenda->count == 0) {
        return false;
    }
    *ret_deed = agenda->deeds[0];
    return true;
}

void agenda_drop(struct agenda *agenda)
{
    struct deed *deeds = agenda->deeds;
    uint32_t i = 0;
    deeds[0] = deeds[--agenda->count];
    for (;;) {
        uint32_t least = i;
        for (uint32_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
            if (child < agenda->count && comes_before(&deeds[child], &deeds[least])) {
                least = child;
            }
        }
        if (least == i) {
            return;
        }
        swap(&deeds[i], &deeds[least]);
        i = least;
    }
}

void agenda_done(struct agenda *agenda)
{
    free(agenda->deeds);
    *agenda = (struct agenda){0};
}
