/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds fuzz_message.c with samples of every message, each damaged at a few places: what every
 * build can run, from a seed. The first argument is how many inputs. */
#include "message_sample.h"
#include "messages.h"
#include "mutate.h"

#define INPUTS_USUAL 200000U
#define DAMAGES_MAX 4U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(struct dice *dice, struct bytes encoded, uint32_t type_index)
{
    struct buf input = {0};
    buf_append_bytes(&input, encoded);
    for (uint64_t left = dice_below(dice, DAMAGES_MAX + 1); left > 0; left--) {
        mutate_once(dice, &input);
    }
    uint8_t *exact = malloc(input.len + 2);
    CHECK(exact != NULL);
    exact[0] = (uint8_t)(type_index >> 8);
    exact[1] = (uint8_t)type_index;
    if (input.len != 0) {
        memcpy(exact + 2, input.p, input.len);
    }
    (void)LLVMFuzzerTestOneInput(exact, input.len + 2);
    free(exact);
    buf_done(&input);
}

int main(int argc, char **argv)
{
    uint64_t inputs = argc > 1 ? strtoull(argv[1], NULL, 10) : INPUTS_USUAL;
    struct dice dice = dice_open(5);
    for (uint64_t i = 0; i < inputs; i++) {
        uint32_t index = (uint32_t)dice_below(&dice, message_type_count);
        struct message_arena arena = {0};
        struct buf encoded = {0};
        _Alignas(max_align_t) uint8_t message[MESSAGE_SIZE_MAX];
        sample_fill(message_types[index], SAMPLE_SMALL, dice_next(&dice), &arena, message);
        message_append(message_types[index], message, PART_ALL, &encoded);
        feed(&dice, buf_bytes(&encoded), index);
        buf_done(&encoded);
        message_arena_done(&arena);
    }
    return 0;
}
