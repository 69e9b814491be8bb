/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds fuzz_link.c with rows of frames that make sense, most of them whole and some damaged: what
 * every build can run, from a seed. The first argument is how many rows. */
#include "link_moves.h"

#include "link/follower.h"
#include "link/frames.h"
#include "messages.h"
#include "mutate.h"

#define ROWS_USUAL 20000U
#define MOVES_MAX 24U
#define RECORDS 10U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct maker {
    struct dice dice;
    struct link_journal *journal;
    struct buf row;
    struct buf frame;
    struct buf list;
    uint64_t session; /* what the follower has probably reached */
    uint64_t sent;
    uint64_t hellos;
};

static uint64_t usually(struct maker *maker, uint64_t value, uint64_t bound)
{
    return dice_below(&maker->dice, 12) == 0 ? dice_below(&maker->dice, bound) + 1 : value;
}

static struct bytes chain_at(const struct maker *maker, uint64_t seq)
{
    static const uint8_t none[CHAIN_BYTES];
    struct record_glance glance;
    if (seq == 0 || seq > RECORDS ||
        !record_glance(buf_bytes(&maker->journal->records[seq - 1]), &glance)) {
        return bytes_of(none, CHAIN_BYTES);
    }
    return bytes_of(glance.chain, CHAIN_BYTES);
}

static void put_move(struct maker *maker, enum link_move move, struct bytes bytes)
{
    buf_append_u8(&maker->row, (uint8_t)move);
    buf_append_be16(&maker->row, (uint16_t)bytes.len);
    buf_append_bytes(&maker->row, bytes);
}

static void put_frame(struct maker *maker, enum link_move move, const struct message_type *type,
                      const void *message)
{
    buf_clear(&maker->frame);
    frame_append(type, message, &maker->frame);
    if (dice_below(&maker->dice, 10) == 0) {
        mutate_once(&maker->dice, &maker->frame);
    }
    put_move(maker, move, buf_bytes(&maker->frame));
}

static void make_hello(struct maker *maker)
{
    uint64_t cursor = dice_below(&maker->dice, RECORDS + 1);
    struct hello_frame hello = {
        .protocol = (uint32_t)usually(maker, LINK_PROTOCOL, 5),
        .follower = dice_below(&maker->dice, 2) == 0 ? BYTES("auditor") : BYTES("notifier"),
        .journal = maker->journal->journal.id,
        .epoch = usually(maker, 1, 5),
        .cursor = cursor,
        .chain = cursor == 0 ? (struct bytes){NULL, 0} : chain_at(maker, usually(maker, cursor, 9)),
        .credit_until = dice_below(&maker->dice, 4000),
        .is_live = dice_below(&maker->dice, 3) == 0,
        .person = BYTES("leader"),
        .session = ++maker->hellos,
    };
    buf_clear(&maker->list);
    if (dice_below(&maker->dice, 2) == 0) {
        list_put_bytes(&hello.topics, &maker->list, BYTES("water"));
        list_end(&hello.topics, &maker->list);
    }
    put_frame(maker, LINK_MOVE_TO_PRODUCER, &hello_frame_type, &hello);
}

static void make_ack(struct maker *maker)
{
    struct ack_frame ack = {
        .cursor = dice_below(&maker->dice, RECORDS + 3),
        .credit_until = dice_below(&maker->dice, 100000),
        .session = usually(maker, maker->hellos + (maker->hellos == 0), 9),
    };
    put_frame(maker, LINK_MOVE_TO_PRODUCER, &ack_frame_type, &ack);
}

static void make_welcome(struct maker *maker)
{
    struct welcome_frame welcome = {
        .journal = {{(uint8_t)usually(maker, 1, 3)}},
        .epoch = usually(maker, 2, 4) + 1,
        .head = RECORDS,
        .session = usually(maker, maker->session, 9),
    };
    maker->sent = 0;
    put_frame(maker, LINK_MOVE_TO_FOLLOWER, &welcome_frame_type, &welcome);
}

static void make_batch(struct maker *maker)
{
    uint64_t from = usually(maker, maker->sent + 1, RECORDS);
    uint64_t through = from + dice_below(&maker->dice, 4);
    through = through > RECORDS ? RECORDS : through;
    struct batch_frame batch = {
        .epoch = usually(maker, 3, 4),
        .from = from,
        .through = through,
        .chain = chain_at(maker, through),
        .head = RECORDS,
        .session = usually(maker, maker->session, 9),
    };
    buf_clear(&maker->list);
    for (uint64_t seq = from; seq >= 1 && seq <= through; seq++) {
        if (dice_below(&maker->dice, 3) != 0) {
            struct entry_part entry = {
                .seq = usually(maker, seq, RECORDS),
                .record = buf_bytes(&maker->journal->records[seq - 1]),
            };
            list_put_message(&batch.entries, &maker->list, &entry_part_type, &entry);
        }
    }
    list_end(&batch.entries, &maker->list);
    maker->sent = through;
    put_frame(maker, LINK_MOVE_TO_FOLLOWER, &batch_frame_type, &batch);
}

static void make_head(struct maker *maker)
{
    struct head_frame head = {
        .epoch = 3,
        .head = RECORDS,
        .session = usually(maker, maker->session, 3),
        .sent = usually(maker, maker->sent, RECORDS),
    };
    put_frame(maker, LINK_MOVE_TO_FOLLOWER, &head_frame_type, &head);
}

static void make_end(struct maker *maker)
{
    struct replaced_frame replaced = {.session = maker->session};
    struct refuse_frame refuse = {.reason = REFUSE_REASON_DAMAGED,
                                  .text = BYTES("line one\nline two"),
                                  .session = maker->session};
    if (dice_below(&maker->dice, 10) == 0) {
        put_frame(maker, LINK_MOVE_TO_FOLLOWER, &replaced_frame_type, &replaced);
    } else if (dice_below(&maker->dice, 10) == 0) {
        put_frame(maker, LINK_MOVE_TO_FOLLOWER, &refuse_frame_type, &refuse);
    }
}

static void make_other(struct maker *maker)
{
    static const uint8_t zeros[64];
    enum link_move move = (enum link_move)(LINK_MOVE_TIME + dice_below(&maker->dice, 4));
    put_move(maker, move, bytes_of(zeros, (size_t)dice_below(&maker->dice, 40)));
    maker->session += move == LINK_MOVE_REWIND;
}

static void make_row(struct maker *maker)
{
    static void (*const makers[])(struct maker * maker) = {
        make_hello, make_ack, make_batch, make_batch, make_head, make_end, make_other, make_welcome,
    };
    buf_clear(&maker->row);
    maker->session = 1;
    maker->hellos = 0;
    maker->sent = 0;
    make_welcome(maker);
    for (uint64_t left = dice_below(&maker->dice, MOVES_MAX); left > 0; left--) {
        makers[dice_below(&maker->dice, sizeof(makers) / sizeof(makers[0]))](maker);
    }
}

int main(int argc, char **argv)
{
    uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : ROWS_USUAL;
    struct maker maker = {.dice = dice_open(6), .journal = link_journal_open(RECORDS)};
    for (uint64_t i = 0; i < rows; i++) {
        make_row(&maker);
        uint8_t *exact = malloc(maker.row.len);
        CHECK(exact != NULL);
        memcpy(exact, maker.row.p, maker.row.len);
        (void)LLVMFuzzerTestOneInput(exact, maker.row.len);
        free(exact);
    }
    link_journal_close(maker.journal);
    buf_done(&maker.row);
    buf_done(&maker.frame);
    buf_done(&maker.list);
    return 0;
}
