/* SPDX-License-Identifier: Apache-2.0 */
/* What the link's fuzzer and the program that feeds it agree on. */
#pragma once

#include "base/buf.h"
#include "journal/journal.h"

#define LINK_MOVE_HEADER_BYTES 3U
/* This record of the journal fails to be read. */
#define LINK_UNREADABLE 11U

enum link_move {
    LINK_MOVE_TO_PRODUCER,
    LINK_MOVE_TO_FOLLOWER,
    LINK_MOVE_TIME, /* a tenth of a second for each byte */
    LINK_MOVE_TAKE,
    LINK_MOVE_DURABLE,
    LINK_MOVE_REWIND,
    LINK_MOVE_COUNT,
};

/* A journal of a few true records. */
struct link_journal {
    struct journal journal;
    struct buf *records;
};
/* The caller owns the result and closes it with link_journal_close(). */
struct link_journal *link_journal_open(uint32_t count);
void link_journal_close(struct link_journal *journal);
