/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/calendar.h"

#include "domain/calendar_table.h"

#include <stdlib.h>

#define US_PER_MINUTE (60 * US_PER_S)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define US_PER_DAY (S_PER_DAY * US_PER_S)
#define LAST_SECOND_US (US_PER_DAY - US_PER_S)

/* An instant as the office sees it: a day since 1970-01-01 and the time in it. */
struct moment {
    int64_t day;
    int64_t us;
};

void calendar_close(struct calendar *calendar)
{
    if (calendar != NULL) {
        free(calendar->exceptions);
        free(calendar);
    }
}

struct zone calendar_zone(const struct calendar *calendar)
{
    return calendar->zone;
}

static int64_t offset_us(const struct calendar *calendar)
{
    return calendar->zone.offset_s * US_PER_S;
}

static struct moment moment_of(const struct calendar *calendar, struct wall wall)
{
    /* Kept clear of overflow; both ends are far outside the calendar. */
    int64_t bound = INT64_MAX / 2;
    int64_t us = wall.us < -bound ? -bound : wall.us > bound ? bound : wall.us;
    us += offset_us(calendar);
    int64_t day = us / US_PER_DAY - (us % US_PER_DAY < 0);
    return (struct moment){day, us - day * US_PER_DAY};
}

static struct wall wall_of(const struct calendar *calendar, struct moment moment)
{
    return (struct wall){moment.day * US_PER_DAY + moment.us - offset_us(calendar)};
}

static bool is_covered(int64_t day)
{
    return day >= 0 && day < CALENDAR_DAYS;
}

static enum status refuse(struct err *err)
{
    return fail(err, STATUS_INVALID,
                "the time lies outside the calendar, which has the years %d "
                "to %d",
                CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
}

static const struct calendar_hours *hours_of(const struct calendar *calendar, int64_t day)
{
    return &calendar->patterns[is_covered(day) ? calendar->pattern_of_day[day] : 0];
}

/* Of a day that is not off. */
static struct moment closing_of(const struct calendar *calendar, int64_t day)
{
    const struct calendar_hours *hours = hours_of(calendar, day);
    return (struct moment){day, hours->spans[hours->count - 1].close_minute * US_PER_MINUTE};
}

/* The smallest index whose sum is at least `value`; CALENDAR_DAYS + 1 when there is none. */
static int64_t first_at_least(const uint32_t *sums, int64_t value)
{
    int64_t low = 0;
    int64_t high = CALENDAR_DAYS + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sums[middle] >= value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* The day that is the `number`-th working day of the calendar, counted from 1; CALENDAR_DAYS when
 * there is none. */
static int64_t find_working_day(const struct calendar *calendar, int64_t number)
{
    return first_at_least(calendar->days_before, number) - 1;
}

/* Working time of the day up to a time in it. */
static int64_t worked_in_day(const struct calendar_hours *hours, int64_t us)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < hours->count; i++) {
        int64_t open = hours->spans[i].open_minute * US_PER_MINUTE;
        int64_t close = hours->spans[i].close_minute * US_PER_MINUTE;
        int64_t end = us < close ? us : close;
        sum += end > open ? end - open : 0;
    }
    return sum;
}

/* Working time from the beginning of the calendar. */
static int64_t worked_before(const struct calendar *calendar, struct moment moment)
{
    int64_t day = moment.day < 0 ? 0 : moment.day > CALENDAR_DAYS ? CALENDAR_DAYS : moment.day;
    return calendar->minutes_before[day] * US_PER_MINUTE +
           worked_in_day(hours_of(calendar, moment.day), moment.us);
}

/* The first instant with so much working time before it, which is more than 0. */
static bool find_earliest(const struct calendar *calendar, int64_t worked_us,
                          struct moment *ret_moment)
{
    int64_t minutes = (worked_us + US_PER_MINUTE - 1) / US_PER_MINUTE;
    int64_t day = first_at_least(calendar->minutes_before, minutes) - 1;
    if (!is_covered(day)) {
        return false;
    }
    const struct calendar_hours *hours = hours_of(calendar, day);
    int64_t rest = worked_us - calendar->minutes_before[day] * US_PER_MINUTE;
    uint32_t i = 0;
    for (; i + 1 < hours->count; i++) {
        int64_t length =
            (hours->spans[i].close_minute - hours->spans[i].open_minute) * US_PER_MINUTE;
        if (rest <= length) {
            break;
        }
        rest -= length;
    }
    *ret_moment = (struct moment){day, hours->spans[i].open_minute * US_PER_MINUTE + rest};
    return true;
}

/* The last instant with so much working time before it, which is less than all there is. */
static bool find_latest(const struct calendar *calendar, int64_t worked_us,
                        struct moment *ret_moment)
{
    if (worked_us < 0) {
        return false;
    }
    int64_t day = first_at_least(calendar->minutes_before, worked_us / US_PER_MINUTE + 1) - 1;
    if (!is_covered(day)) {
        return false;
    }
    const struct calendar_hours *hours = hours_of(calendar, day);
    int64_t rest = worked_us - calendar->minutes_before[day] * US_PER_MINUTE;
    uint32_t i = 0;
    for (; i + 1 < hours->count; i++) {
        int64_t length =
            (hours->spans[i].close_minute - hours->spans[i].open_minute) * US_PER_MINUTE;
        if (rest < length) {
            break;
        }
        rest -= length;
    }
    *ret_moment = (struct moment){day, hours->spans[i].open_minute * US_PER_MINUTE + rest};
    return true;
}

static int32_t year_index(int64_t day)
{
    int32_t year, month, in_month;
    date_from_days(day, &year, &month, &in_month);
    return year - CALENDAR_FIRST_YEAR;
}

/* Whether a day from `first` to `last` lies in a year that is not published. */
static bool is_guesswork(const struct calendar *calendar, int64_t first, int64_t last)
{
    if (!is_covered(first) || !is_covered(last)) {
        return true;
    }
    return calendar->unpublished_before[year_index(last) + 1] >
           calendar->unpublished_before[year_index(first)];
}

/* What a question about one duration needs, and its answer. */
struct question {
    const struct calendar *calendar;
    struct moment from;
    uint32_t amount;
    int64_t sign; /* 1 forward, -1 back */
    struct moment answer;
    bool is_provisional;
};

static bool answer_natural(struct question *question, int64_t unit_us)
{
    int64_t us = question->from.us + question->sign * question->amount * unit_us;
    int64_t days = us / US_PER_DAY - (us % US_PER_DAY < 0);
    question->answer = (struct moment){question->from.day + days, us - days * US_PER_DAY};
    return true;
}

static bool answer_none(struct question *question)
{
    question->answer = question->from;
    return true;
}

static bool answer_minutes(struct question *question)
{
    return answer_natural(question, US_PER_MINUTE);
}

static bool answer_hours(struct question *question)
{
    return answer_natural(question, US_PER_HOUR);
}

static bool answer_working_hours(struct question *question)
{
    int64_t worked = worked_before(question->calendar, question->from) +
                     question->sign * question->amount * US_PER_HOUR;
    bool found = question->sign > 0 ? find_earliest(question->calendar, worked, &question->answer)
                                    : find_latest(question->calendar, worked, &question->answer);
    int64_t first = question->sign > 0 ? question->from.day : question->answer.day;
    int64_t last = question->sign > 0 ? question->answer.day : question->from.day;
    question->is_provisional = found && is_guesswork(question->calendar, first, last);
    return found;
}

static bool answer_working_days(struct question *question)
{
    const uint32_t *before = question->calendar->days_before;
    bool forward = question->sign > 0;
    int64_t number = forward ? (int64_t)before[question->from.day + 1] + question->amount
                             : (int64_t)before[question->from.day] - question->amount + 1;
    if (number < 1) {
        return false;
    }
    int64_t day = find_working_day(question->calendar, number);
    if (!is_covered(day)) {
        return false;
    }
    question->answer = closing_of(question->calendar, day);
    question->is_provisional = forward
                                   ? is_guesswork(question->calendar, question->from.day + 1, day)
                                   : is_guesswork(question->calendar, day, question->from.day);
    return true;
}

static bool answer_days(struct question *question)
{
    const struct calendar *calendar = question->calendar;
    int64_t last = question->from.day + question->sign * question->amount;
    if (!is_covered(last)) {
        return false;
    }
    int64_t day = last;
    if (question->sign > 0 && hours_of(calendar, last)->count == 0) {
        day = find_working_day(calendar, (int64_t)calendar->days_before[last] + 1);
    }
    question->answer = (struct moment){day, LAST_SECOND_US};
    question->is_provisional = question->sign > 0 && is_guesswork(calendar, last, day);
    return true;
}

static enum status ask(struct question *question, struct duration duration, struct wall *ret_at,
                       bool *ret_is_provisional, struct err *err)
{
    static bool (*const answers[DURATION_UNIT_COUNT])(struct question *) = {
        [DURATION_NONE] = answer_none,
        [DURATION_MINUTES] = answer_minutes,
        [DURATION_HOURS] = answer_hours,
        [DURATION_WORKING_HOURS] = answer_working_hours,
        [DURATION_WORKING_DAYS] = answer_working_days,
        [DURATION_DAYS] = answer_days,
    };
    if (!duration_is_valid(duration)) {
        return fail(err, STATUS_INVALID, "a duration of unit %d and amount %u makes no sense",
                    (int)duration.unit, (unsigned)duration.amount);
    }
    question->amount = duration.amount;
    if (!is_covered(question->from.day) || !answers[duration.unit](question) ||
        !is_covered(question->answer.day)) {
        return refuse(err);
    }
    *ret_at = wall_of(question->calendar, question->answer);
    *ret_is_provisional = question->is_provisional;
    return STATUS_OK;
}

enum status calendar_due(const struct calendar *calendar, struct wall from,
                         struct duration duration, struct wall *ret_due, bool *ret_is_provisional,
                         struct err *err)
{
    struct question question = {.calendar = calendar, .from = moment_of(calendar, from), .sign = 1};
    return ask(&question, duration, ret_due, ret_is_provisional, err);
}

enum status calendar_before(const struct calendar *calendar, struct wall until,
                            struct duration duration, struct wall *ret_at, bool *ret_is_provisional,
                            struct err *err)
{
    struct question question = {
        .calendar = calendar, .from = moment_of(calendar, until), .sign = -1};
    return ask(&question, duration, ret_at, ret_is_provisional, err);
}

int64_t calendar_working_between(const struct calendar *calendar, struct wall from,
                                 struct wall until)
{
    return worked_before(calendar, moment_of(calendar, until)) -
           worked_before(calendar, moment_of(calendar, from));
}

int64_t calendar_count_working_days(const struct calendar *calendar, int64_t first_day,
                                    int64_t end_day)
{
    int64_t first = first_day < 0 ? 0 : first_day > CALENDAR_DAYS ? CALENDAR_DAYS : first_day;
    int64_t end = end_day < first ? first : end_day > CALENDAR_DAYS ? CALENDAR_DAYS : end_day;
    return (int64_t)calendar->days_before[end] - (int64_t)calendar->days_before[first];
}

static int64_t working_days_between(const struct calendar *calendar, struct moment from,
                                    struct moment until)
{
    if (until.day <= from.day) {
        return 0;
    }
    int64_t days = calendar_count_working_days(calendar, from.day + 1, until.day + 1);
    bool is_last_unfinished =
        hours_of(calendar, until.day)->count > 0 && until.us < closing_of(calendar, until.day).us;
    return days - is_last_unfinished;
}

struct calendar_left calendar_left(const struct calendar *calendar, struct wall from,
                                   struct wall until)
{
    bool is_late = until.us < from.us;
    struct moment first = moment_of(calendar, is_late ? until : from);
    struct moment last = moment_of(calendar, is_late ? from : until);
    int64_t days = working_days_between(calendar, first, last);
    return (struct calendar_left){
        .working_us = calendar_working_between(calendar, from, until),
        .working_days = is_late ? -days : days,
        .is_provisional = is_guesswork(calendar, first.day, last.day),
    };
}

enum status calendar_add_working(const struct calendar *calendar, struct wall from,
                                 int64_t working_us, struct wall *ret_at, struct err *err)
{
    struct moment moment = moment_of(calendar, from);
    int64_t limit = CALENDAR_DAYS * US_PER_DAY;
    if (!is_covered(moment.day) || working_us > limit || working_us < -limit) {
        return refuse(err);
    }
    int64_t worked = worked_before(calendar, moment) + working_us;
    bool found = working_us == 0 || (working_us > 0 ? find_earliest(calendar, worked, &moment)
                                                    : find_latest(calendar, worked, &moment));
    if (!found) {
        return refuse(err);
    }
    *ret_at = wall_of(calendar, moment);
    return STATUS_OK;
}

bool calendar_is_working(const struct calendar *calendar, struct wall at)
{
    struct moment moment = moment_of(calendar, at);
    const struct calendar_hours *hours = hours_of(calendar, moment.day);
    for (uint32_t i = 0; i < hours->count; i++) {
        if (moment.us >= hours->spans[i].open_minute * US_PER_MINUTE &&
            moment.us < hours->spans[i].close_minute * US_PER_MINUTE) {
            return true;
        }
    }
    return false;
}

enum status calendar_next_working(const struct calendar *calendar, struct wall at,
                                  struct wall *ret_at, struct err *err)
{
    struct moment moment = moment_of(calendar, at);
    if (!is_covered(moment.day)) {
        return refuse(err);
    }
    if (calendar_is_working(calendar, at)) {
        *ret_at = at;
        return STATUS_OK;
    }
    /* Outside working time, the last instant with the same working time behind it is an opening. */
    if (!find_latest(calendar, worked_before(calendar, moment), &moment)) {
        return refuse(err);
    }
    *ret_at = wall_of(calendar, moment);
    return STATUS_OK;
}

bool calendar_is_published_year(const struct calendar *calendar, int32_t year)
{
    int32_t index = year - CALENDAR_FIRST_YEAR;
    return index >= 0 && index < CALENDAR_YEARS &&
           calendar->unpublished_before[index + 1] == calendar->unpublished_before[index];
}

bool calendar_is_published(const struct calendar *calendar, struct wall at)
{
    int64_t day = moment_of(calendar, at).day;
    return is_covered(day) && !is_guesswork(calendar, day, day);
}

struct calendar_day calendar_get_day(const struct calendar *calendar, int64_t day)
{
    struct calendar_day found = {.hours = *hours_of(calendar, day), .reason = CALENDAR_BY_WEEK};
    uint32_t low = 0;
    uint32_t high = calendar->exception_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (calendar->exceptions[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < calendar->exception_count && calendar->exceptions[low].day == day) {
        found.reason = calendar->exceptions[low].reason;
        found.name = bytes_of_string(calendar->exceptions[low].name);
    }
    return found;
}
