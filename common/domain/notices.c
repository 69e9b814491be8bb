/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/notices.h"

#define US_PER_DAY (S_PER_DAY * US_PER_S)
#define CLOSING_SLACK_US (60 * US_PER_S)

const struct notice_rules notice_rules_default = {
    .hold = NOTICE_HOLD_WORKING_HOURS,
    .digest = NOTICE_DIGEST_DAILY,
    .usual = {{DURATION_WORKING_DAYS, 1}, {DURATION_WORKING_DAYS, 1}},
    .urgent = {{DURATION_MINUTES, 30}, {DURATION_MINUTES, 30}},
};

/* Working time from then on; `otherwise` where the calendar does not reach. */
static struct wall next_working(const struct calendar *calendar, struct wall at,
                                struct wall otherwise)
{
    struct wall next;
    struct err err;
    return calendar_next_working(calendar, at, &next, &err) == STATUS_OK ? next : otherwise;
}

static bool is_held(const struct notice_rules *rules, bool is_urgent)
{
    return rules->hold == NOTICE_HOLD_WORKING_HOURS && !is_urgent;
}

/* Limits in working days, and what is so long before them, fall on the end of working time, and
 * daemons take a moment to say so: within a minute after it people are still told. */
static bool is_closing(const struct calendar *calendar, struct wall at)
{
    struct wall before = {at.us - CLOSING_SLACK_US - 1};
    return calendar_is_working(calendar, before);
}

struct wall notice_time(const struct notice_rules *rules, const struct calendar *calendar,
                        struct wall at, bool is_urgent)
{
    bool is_later = is_held(rules, is_urgent) && !is_closing(calendar, at);
    return is_later ? next_working(calendar, at, at) : at;
}

struct wall notice_digest_time(const struct calendar *calendar, struct wall at)
{
    int64_t offset_us = (int64_t)calendar_zone(calendar).offset_s * US_PER_S;
    int64_t day = (at.us + offset_us) / US_PER_DAY;
    struct wall midnight = {day * US_PER_DAY - offset_us};
    struct wall tomorrow = {midnight.us + US_PER_DAY};
    struct wall opening = next_working(calendar, midnight, midnight);
    return opening.us > at.us ? opening : next_working(calendar, tomorrow, tomorrow);
}

struct wall notice_unread_time(const struct notice_rules *rules, const struct calendar *calendar,
                               struct wall at, bool is_urgent, bool is_repeated)
{
    const struct notice_patience *patience = is_urgent ? &rules->urgent : &rules->usual;
    struct duration after = is_repeated ? patience->pass_on_after : patience->repeat_after;
    struct wall due;
    bool is_provisional;
    struct err err;
    if (after.unit == DURATION_NONE ||
        calendar_due(calendar, at, after, &due, &is_provisional, &err) != STATUS_OK) {
        return (struct wall){0};
    }
    return is_held(rules, is_urgent) ? next_working(calendar, due, due) : due;
}

/* ---- who hears of it instead ---------------------------------------------------------------- */

static struct bytes find_office_head(const struct office *office, struct bytes except)
{
    for (uint32_t i = 0; i < office->person_count; i++) {
        const struct person *person = &office->people[i];
        if ((person->roles & ROLE_BIT(ROLE_OFFICE_HEAD)) != 0 && !bytes_equal(person->id, except)) {
            return person->id;
        }
    }
    return (struct bytes){0};
}

static struct bytes find_head_of_unit(const struct office *office, struct bytes unit)
{
    for (uint32_t i = 0; i < office->department_count; i++) {
        const struct department *department = &office->departments[i];
        if (bytes_equal(department->name, unit) || bytes_equal(department->id, unit)) {
            return department->head;
        }
    }
    return (struct bytes){0};
}

/* Who is above a person of a section: its head, or whoever is in charge of the one headed. */
static struct bytes find_above(const struct office *office, const struct person *person)
{
    const uint32_t of_section = ROLE_BIT(ROLE_SECTION_STAFF) | ROLE_BIT(ROLE_SECTION_HEAD);
    struct bytes above = {0};
    for (uint32_t i = 0; i < person->department_count && (person->roles & of_section) != 0; i++) {
        const struct department *department =
            office_find_department(office, person->departments[i]);
        bool is_head = department != NULL && bytes_equal(department->head, person->id);
        if (is_head) {
            return department->leader;
        }
        if (department != NULL && above.len == 0) {
            above = department->head;
        }
    }
    return above;
}

struct bytes notice_substitute(const struct office *office, struct bytes id, struct bytes unit)
{
    const struct person *person = office_find_person(office, id);
    struct bytes found = person == NULL            ? find_head_of_unit(office, unit)
                         : person->deputy.len != 0 ? person->deputy
                                                   : find_above(office, person);
    return found.len != 0 && !bytes_equal(found, id) ? found : find_office_head(office, id);
}
