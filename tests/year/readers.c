/* SPDX-License-Identifier: Apache-2.0 */
/* People read what they are told, about half of it: most soon, some when it was told again. */
#include "year/year.h"

#define US_PER_HALF_HOUR (1800 * US_PER_S)
#define US_PAST (7 * 60 * US_PER_S)
#define DAYS_LATE 4

/* People look into their inboxes every half hour, but not when the office opens or closes. */
static struct wall pick_time(struct year *year)
{
    uint64_t span = people_chance(year, 700) ? 8 : DAYS_LATE * 48;
    int64_t now = year->run.fixture->now.us / US_PER_HALF_HOUR;
    return (struct wall){(now + 1 + (int64_t)dice_below(&year->dice, span)) * US_PER_HALF_HOUR +
                         US_PAST};
}

static void plan(struct year *year, uint64_t seq, const struct noticed_event *event)
{
    for (uint32_t place = 0; place < event->recipients.count; place++) {
        if (people_chance(year, 500)) {
            struct deed deed = {
                .at = pick_time(year), .kind = DEED_READ, .item = seq * 256 + place};
            agenda_put(&year->agenda, &deed);
        }
    }
}

void readers_listen(struct year *year)
{
    struct fixture_look look;
    fixture_begin_look(year->run.notifier, &look);
    while (year->told < look.journal.head) {
        struct record record;
        struct noticed_event event;
        struct err err;
        assert_true(fixture_read(&look, ++year->told, &record));
        if (record_message(&record, &noticed_event_type, &event, &err) == STATUS_OK &&
            event.level > (int)NOTICE_LEVEL_INFO) {
            plan(year, record.seq, &event);
        }
    }
    fixture_end_look(&look);
}

/* Whose inbox it is in. */
static void find_reader(const struct year *year, uint64_t item, char who[WORD_MAX_BYTES + 1])
{
    struct fixture_look look;
    struct record record;
    struct noticed_event event;
    struct err err;
    struct bytes person = {0};
    fixture_begin_look(year->run.notifier, &look);
    assert_true(fixture_read(&look, item / 256, &record));
    assert_ok(record_message(&record, &noticed_event_type, &event, &err));
    struct list_cursor cursor = list_begin(&event.recipients);
    for (uint64_t place = 0; place <= item % 256; place++) {
        assert_true(list_next_bytes(&cursor, &person));
    }
    memcpy(who, person.p, person.len);
    who[person.len] = '\0';
    fixture_end_look(&look);
}

void readers_do(struct year *year, const struct deed *deed)
{
    char who[WORD_MAX_BYTES + 1];
    struct ack_command command = {.item = deed->item, .read = people_chance(year, 500)};
    find_reader(year, deed->item, who);
    struct fixture_ask ask = {
        .part = year->run.notifier, .person = who, .type = &ack_command_type, .message = &command};
    (void)fixture_ask(year->run.fixture, &ask);
}
