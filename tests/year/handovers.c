/* SPDX-License-Identifier: Apache-2.0 */
/* Households change hands: a cadre gives some of them to another one, or leaves and is followed by
 * another one. Open issues go with them. */
#include "year/year.h"

#include <stdio.h>

#define HANDED_MAX 12U

void handovers_plan(struct year *year, struct wall from, struct wall until)
{
    /* One in four of them leaves. */
    uint32_t count = 4 + year->street.household_count / 400;
    for (uint32_t i = 0; i < count; i++) {
        struct deed deed = {.kind = i % 4 == 3 ? DEED_LEAVE : DEED_HAND_OVER,
                            .household =
                                (uint32_t)dice_below(&year->dice, year->street.household_count)};
        deed.at.us = from.us + (int64_t)(dice_next(&year->dice) % (uint64_t)(until.us - from.us));
        deed.at.us -= deed.at.us % US_PER_S;
        agenda_put(&year->agenda, &deed);
    }
}

static void move(const struct year *year, struct household *household, const char *to)
{
    household->handed_at = year->run.fixture->now;
    (void)snprintf(household->former, sizeof household->former, "%s", household->cadre);
    (void)snprintf(household->cadre, sizeof household->cadre, "%s", to);
}

static void leave(struct year *year, const char *who, const char *to)
{
    struct leave_command command = {
        .cadre = bytes_of_string(who), .to = bytes_of_string(to), .reason = BYTES("调离本街道。")};
    (void)fixture_must(year->run.fixture, &(struct fixture_ask){.part = year->run.intake,
                                                                .person = "office_head",
                                                                .type = &leave_command_type,
                                                                .message = &command});
    for (uint32_t i = 0; i < year->street.household_count; i++) {
        if (strcmp(year->street.households[i].cadre, who) == 0) {
            move(year, &year->street.households[i], to);
            year->street.households[i].former[0] = '\0';
        }
    }
}

static void hand_over(struct year *year, const char *who, const char *to)
{
    struct buf out = {0};
    struct handover_command command = {
        .from = bytes_of_string(who), .to = bytes_of_string(to), .reason = BYTES("就近联系。")};
    uint32_t handed[HANDED_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < year->street.household_count && count < HANDED_MAX; i++) {
        if (strcmp(year->street.households[i].cadre, who) == 0) {
            list_put_bytes(&command.household, &out,
                           bytes_of_string(year->street.households[i].id));
            handed[count++] = i;
        }
    }
    list_end(&command.household, &out);
    (void)fixture_must(year->run.fixture, &(struct fixture_ask){.part = year->run.intake,
                                                                .person = "office_head",
                                                                .type = &handover_command_type,
                                                                .message = &command});
    buf_done(&out);
    for (uint32_t i = 0; i < count; i++) {
        move(year, &year->street.households[handed[i]], to);
        if (i == 0) {
            tours_log_forgotten(year, handed[i]);
        }
    }
}

void handovers_do(struct year *year, const struct deed *deed)
{
    struct household *households = year->street.households;
    uint32_t other = (uint32_t)dice_below(&year->dice, year->street.household_count);
    char who[sizeof households[0].cadre];
    char to[sizeof households[0].cadre];
    (void)snprintf(who, sizeof who, "%s", households[deed->household].cadre);
    (void)snprintf(to, sizeof to, "%s", households[other].cadre);
    if (strcmp(who, to) == 0) {
        return;
    }
    if (deed->kind == DEED_LEAVE) {
        leave(year, who, to);
    } else {
        hand_over(year, who, to);
    }
}
