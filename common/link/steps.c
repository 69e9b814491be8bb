/* SPDX-License-Identifier: Apache-2.0 */
#include "link/steps.h"

/* From so many popped bytes on, the rest is moved to the front when it is the smaller part. */
#define MOVE_MIN_BYTES (64U << 10)

void steps_done(struct steps *steps)
{
    buf_done(&steps->buf);
    *steps = (struct steps){0};
}

void steps_clear(struct steps *steps)
{
    buf_clear(&steps->buf);
    steps->first = 0;
    steps->last = 0;
    steps->record_bytes = 0;
}

bool steps_are_empty(const struct steps *steps)
{
    return steps->first == steps->buf.len;
}

static void move_to_front(struct steps *steps)
{
    size_t left = steps->buf.len - steps->first;
    if (steps->first < MOVE_MIN_BYTES || left > steps->first) {
        return;
    }
    memmove(steps->buf.p, steps->buf.p + steps->first, left);
    steps->buf.len = left;
    steps->first = 0;
}

static struct step load_step(const struct steps *steps, size_t at)
{
    struct step step;
    memcpy(&step, steps->buf.p + at, sizeof(step));
    return step;
}

void steps_append(struct steps *steps, uint64_t seq, const uint8_t chain[CHAIN_BYTES],
                  struct bytes raw)
{
    struct step step = {.seq = seq, .len = (uint32_t)raw.len};
    memcpy(step.chain, chain, CHAIN_BYTES);
    if (steps_are_empty(steps)) {
        steps_clear(steps);
    } else if (raw.len == 0 && load_step(steps, steps->last).len == 0) {
        memcpy(steps->buf.p + steps->last, &step, sizeof(step));
        return;
    } else {
        move_to_front(steps);
    }
    steps->last = steps->buf.len;
    buf_append(&steps->buf, &step, sizeof(step));
    buf_append_bytes(&steps->buf, raw);
    steps->record_bytes += raw.len;
}

bool steps_peek(const struct steps *steps, struct step *ret_step, struct bytes *ret_raw)
{
    if (steps_are_empty(steps)) {
        return false;
    }
    *ret_step = load_step(steps, steps->first);
    *ret_raw = bytes_of(steps->buf.p + steps->first + sizeof(*ret_step), ret_step->len);
    return true;
}

void steps_pop(struct steps *steps)
{
    CHECK(!steps_are_empty(steps));
    struct step step = load_step(steps, steps->first);
    steps->first += sizeof(step) + step.len;
    steps->record_bytes -= step.len;
}
