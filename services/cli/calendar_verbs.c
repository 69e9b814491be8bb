/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/calendar_verbs.h"

#include "cli/output.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_PER_MINUTE (60 * US_PER_S)
#define YEAR_DIGITS 4

/* ---- due and left --------------------------------------------------------------------------- */

/* A time as any other, but for a year that times do not have. */
static bool is_of_other_year(struct bytes text, struct zone zone)
{
    struct buf same = {0};
    struct wall at;
    struct err err;
    bool is_year = text.len > YEAR_DIGITS;
    for (size_t i = 0; is_year && i < YEAR_DIGITS; i++) {
        is_year = text.p[i] >= '0' && text.p[i] <= '9';
    }
    buf_append_string(&same, "2000");
    buf_append_bytes(&same, is_year ? bytes_of(text.p + YEAR_DIGITS, text.len - YEAR_DIGITS)
                                    : (struct bytes){0});
    bool is_time = is_year && wall_parse(buf_bytes(&same), zone, &at, &err) == STATUS_OK;
    buf_done(&same);
    return is_time;
}

static enum status read_time(const struct session *session, const struct args *args,
                             const char *name, struct wall *ret_at, struct err *err)
{
    struct bytes text = bytes_of_string(args_find_string(args, name));
    struct zone zone = session_zone(session);
    struct wall same;
    struct err outside;
    bool is_provisional;
    enum status st = wall_parse(text, zone, ret_at, err);
    bool is_outside = st != STATUS_OK
                          ? is_of_other_year(text, zone)
                          : calendar_due(session->config->calendar, *ret_at, (struct duration){0},
                                         &same, &is_provisional, &outside) != STATUS_OK;
    if (is_outside) {
        return fail_field(err, STATUS_INVALID, name,
                          "'%.*s' is outside the calendar, which has the years %d to %d",
                          BYTES_FMT(text), CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    }
    if (st != STATUS_OK) {
        (void)snprintf(err->field, sizeof err->field, "%s", name);
    }
    return st;
}

static json_t *time_json(const struct session *session, struct wall at)
{
    char text[WALL_TEXT_BYTES];
    wall_format(at, session_zone(session), text);
    return json_string(text);
}

static const char *weekday_word(int64_t day)
{
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    return weekdays[weekday_of_days(day)];
}

/* The day on which something is due: days are those of the office's zone. */
static json_t *due_json(const struct session *session, struct wall due, bool is_provisional)
{
    struct civil civil = civil_from_wall(due, session_zone(session));
    int64_t day = days_from_date(civil.year, civil.month, civil.day);
    struct calendar_day found = calendar_get_day(session->config->calendar, day);
    bool is_working = found.hours.count != 0;
    return json_pack(
        "{s:o, s:b, s:s, s:b, s:b, s:o}", "due", time_json(session, due), "provisional",
        is_provisional, "weekday", weekday_word(day), "working", is_working, "is_make_up",
        is_working && found.reason != CALENDAR_BY_WEEK, "name",
        json_stringn(found.name.p == NULL ? "" : (const char *)found.name.p, found.name.len));
}

enum status calendar_run_due(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    struct wall from;
    struct wall due;
    struct duration duration;
    bool is_provisional;
    enum status st = read_time(session, args, "from", &from, err);
    if (st == STATUS_OK) {
        st = duration_parse(bytes_of_string(args_find_string(args, "in")), &duration, err);
        if (st != STATUS_OK) {
            (void)snprintf(err->field, sizeof err->field, "in");
        }
    }
    if (st == STATUS_OK) {
        st = calendar_due(session->config->calendar, from, duration, &due, &is_provisional, err);
    }
    if (st == STATUS_OK) {
        *ret_json = due_json(session, due, is_provisional);
    }
    return st;
}

static const char *provisional_words(const json_t *result)
{
    return json_is_true(json_object_get(result, "provisional"))
               ? "; provisional, because its year is not published yet"
               : "";
}

static const char *weekday_name(const char *word)
{
    static const char *const names[][2] = {
        {"mon", "Monday"}, {"tue", "Tuesday"},  {"wed", "Wednesday"}, {"thu", "Thursday"},
        {"fri", "Friday"}, {"sat", "Saturday"}, {"sun", "Sunday"}};
    size_t i = 0;
    while (i + 1 < sizeof names / sizeof names[0] && strcmp(names[i][0], word) != 0) {
        i++;
    }
    return names[i][1];
}

void calendar_print_due(const struct session *session, const json_t *result)
{
    const char *name = output_string(result, "name");
    struct buf at = {0};
    (void)session;
    output_member(result, "due", COLUMN_TIME, &at);
    (void)printf("%s %.*s", weekday_name(output_string(result, "weekday")),
                 BYTES_FMT(buf_bytes(&at)));
    if (json_is_true(json_object_get(result, "is_make_up"))) {
        (void)printf(", a make-up working day");
    } else if (json_is_false(json_object_get(result, "working"))) {
        (void)printf(", a day off%s%s%s", name[0] == '\0' ? "" : " (", name,
                     name[0] == '\0' ? "" : ")");
    }
    (void)printf("%s\n", provisional_words(result));
    buf_done(&at);
}

enum status calendar_run_left(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    struct wall from;
    struct wall until;
    enum status st = read_time(session, args, "from", &from, err);
    if (st == STATUS_OK) {
        st = read_time(session, args, "until", &until, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    struct calendar_left left = calendar_left(session->config->calendar, from, until);
    *ret_json = json_pack("{s:I, s:I, s:I, s:I, s:b}", "working_minutes",
                          (json_int_t)(left.working_us / US_PER_MINUTE), "working_us",
                          (json_int_t)left.working_us, "working_days",
                          (json_int_t)left.working_days, "natural_us",
                          (json_int_t)(until.us - from.us), "provisional", left.is_provisional);
    return STATUS_OK;
}

/* "37 h 30 min of working time, 5 working days" */
void calendar_print_left(const struct session *session, const json_t *result)
{
    long long minutes = json_integer_value(json_object_get(result, "working_minutes"));
    long long days = json_integer_value(json_object_get(result, "working_days"));
    bool is_past = json_integer_value(json_object_get(result, "natural_us")) < 0;
    long long length = minutes < 0 ? -minutes : minutes;
    (void)session;
    (void)printf("%s", is_past ? "past by " : "");
    if (length >= 60) {
        (void)printf("%lld h ", length / 60);
    }
    (void)printf("%lld min of working time", length % 60);
    if (!is_past) {
        (void)printf(", %lld working day%s", days, days == 1 ? "" : "s");
    }
    (void)printf("%s\n", json_is_true(json_object_get(result, "provisional"))
                             ? "; provisional, because a year between is not published yet"
                             : "");
}

/* ---- a year --------------------------------------------------------------------------------- */

static json_t *hours_json(const struct calendar_hours *hours)
{
    json_t *spans = json_array();
    for (uint32_t i = 0; i < hours->count; i++) {
        char text[64];
        int32_t open = hours->spans[i].open_minute;
        int32_t close = hours->spans[i].close_minute;
        (void)snprintf(text, sizeof text, "%02d:%02d-%02d:%02d", open / 60, open % 60, close / 60,
                       close % 60);
        (void)json_array_append_new(spans, json_string(text));
    }
    return spans;
}

static json_t *day_json(const struct calendar *calendar, int64_t day)
{
    static const char *const reasons[] = {"week", "year", "overlay"};
    struct calendar_day found = calendar_get_day(calendar, day);
    int32_t year;
    int32_t month;
    int32_t number;
    char date[48];
    date_from_days(day, &year, &month, &number);
    (void)snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, number);
    return json_pack(
        "{s:s, s:s, s:b, s:o, s:s, s:o}", "date", date, "weekday", weekday_word(day), "working",
        found.hours.count != 0, "hours", hours_json(&found.hours), "by", reasons[found.reason],
        "name",
        json_stringn(found.name.p == NULL ? "" : (const char *)found.name.p, found.name.len));
}

enum status calendar_run_show(struct session *session, const struct args *args, json_t **ret_json,
                              struct err *err)
{
    const struct calendar *calendar = session->config->calendar;
    char *end;
    const char *text = args_find_string(args, "year");
    long year = strtol(text, &end, 10);
    if (*end != '\0' || year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR) {
        return fail_field(err, STATUS_INVALID, "year", "a year is %d to %d", CALENDAR_FIRST_YEAR,
                          CALENDAR_LAST_YEAR);
    }
    int64_t first = days_from_date((int32_t)year, 1, 1);
    int64_t after = days_from_date((int32_t)year + 1, 1, 1);
    json_t *days = json_array();
    for (int64_t day = first; day < after; day++) {
        (void)json_array_append_new(days, day_json(calendar, day));
    }
    *ret_json =
        json_pack("{s:I, s:b, s:I, s:o}", "year", (json_int_t)year, "published",
                  calendar_is_published_year(calendar, (int32_t)year), "working_days",
                  (json_int_t)calendar_count_working_days(calendar, first, after), "days", days);
    return STATUS_OK;
}

/* A month a line: a working day is its number, a day off a point. */
void calendar_print_year(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%lld: %lld working days%s\n",
                 (long long)json_integer_value(json_object_get(result, "year")),
                 (long long)json_integer_value(json_object_get(result, "working_days")),
                 json_is_true(json_object_get(result, "published"))
                     ? ""
                     : "; not published yet, so by the week alone");
    const char *month = "";
    size_t i;
    json_t *day;
    json_array_foreach(json_object_get(result, "days"), i, day)
    {
        const char *date = output_string(day, "date");
        if (strncmp(month, date, 7) != 0) {
            (void)printf("%s%.7s ", i == 0 ? "" : "\n", date);
        }
        month = date;
        bool is_working = json_is_true(json_object_get(day, "working"));
        (void)printf(" %s", is_working ? date + 8 : " .");
    }
    (void)printf("\n");
    json_array_foreach(json_object_get(result, "days"), i, day)
    {
        if (strcmp(output_string(day, "by"), "week") != 0) {
            (void)printf("%s %s  %s  %s\n", output_string(day, "date"),
                         output_string(day, "weekday"),
                         json_is_true(json_object_get(day, "working")) ? "works" : "off  ",
                         output_string(day, "name"));
        }
    }
}
