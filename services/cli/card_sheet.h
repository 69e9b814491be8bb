/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contact cards (联户亲情卡) as one HTML page to be printed: A4 sheets of eight cards with cut
 * marks, the supervision telephone as a QR code. No scripts, nothing from elsewhere.
 */
#pragma once

#include "base/buf.h"
#include "base/status.h"
#include "config/texts.h"
#include "messages.h"

#define CARDS_PER_SHEET 8U

/* A page while it is written. */
struct card_sheet {
    enum language language;
    char street[160];
    char phone[40]; /* supervision */
    uint32_t cards;
    struct buf out;
};

/* Begins the page. INVALID: the telephone makes no QR code. */
enum status card_sheet_begin(struct card_sheet *sheet, enum language language,
                             const struct card_reply *reply, struct err *err) MUST_USE;
/* The next card, with the contacts of its village. */
void card_sheet_add(struct card_sheet *sheet, const struct card_part *card,
                    const struct list *contacts);
void card_sheet_end(struct card_sheet *sheet);
void card_sheet_done(struct card_sheet *sheet);
