/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/calendar_verbs.h"

#include "cli/output.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status read_time(const struct session *session, const struct args *args,
                             const char *name, struct wall *ret_at, struct err *err)
{
    enum status st = wall_parse(bytes_of_string(args_find_string(args, name)),
                                session_zone(session), ret_at, err);
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
        *ret_json =
            json_pack("{s:o, s:b}", "due", time_json(session, due), "provisional", is_provisional);
    }
    return st;
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
    int64_t minutes = left.working_us / (60 * US_PER_S);
    *ret_json = json_pack("{s:I, s:I, s:I, s:I, s:b}", "working_minutes", (json_int_t)minutes,
                          "working_us", (json_int_t)left.working_us, "working_days",
                          (json_int_t)left.working_days, "natural_us",
                          (json_int_t)(until.us - from.us), "provisional", left.is_provisional);
    return STATUS_OK;
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
    static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    struct calendar_day found = calendar_get_day(calendar, day);
    int32_t year;
    int32_t month;
    int32_t number;
    char date[48];
    date_from_days(day, &year, &month, &number);
    (void)snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, number);
    return json_pack(
        "{s:s, s:s, s:b, s:o, s:s, s:o}", "date", date, "weekday", weekdays[weekday_of_days(day)],
        "working", found.hours.count != 0, "hours", hours_json(&found.hours), "by",
        reasons[found.reason], "name",
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
