/* SPDX-License-Identifier: Apache-2.0 */
/* Contact cards (联户亲情卡): what stands on a household's card now, and how it stands with the one
 * that the household holds. */
#pragma once

#include "intake/register.h"

/* What stands on a card, as a word: changes whenever anything of it does. */
#define EDITION_BYTES 8U
struct edition {
    char text[EDITION_BYTES];
};
static inline struct bytes edition_bytes(const struct edition *edition)
{
    return bytes_of(edition->text, sizeof edition->text);
}

#define CONTACTS_MAX 16U

/* Everything on a household's card. Borrows from the office and from the input. */
struct card {
    struct household_row household;
    struct cadre_row cadre;
    struct card_contact_part contacts[CONTACTS_MAX]; /* the units and people responsible */
    uint32_t contact_count;
    struct edition edition;
};

/* False: there is no such household, or it has no cadre and so no card; the household's row is
 * filled where there is one. */
bool card_read(struct ctx *ctx, struct bytes household, struct card *ret_card);

/* The card's row; all zero where there is none yet. */
struct card_row card_row_read(struct ctx *ctx, struct bytes household);

/* CARD_STATE_X, for the card as it would be now. */
int card_state_of(const struct card_row *row, struct bytes edition);
