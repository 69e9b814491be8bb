/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar_2026.h"
#include "folder.h"
#include "mutate.h"

#include "config/calendar_file.h"
#include "config/yaml.h"

#include <sys/stat.h>

static const char good_hours[] = "source: the office\n"
                                 "seasons:\n"
                                 "  - name: summer\n"
                                 "    from: 05-01\n" /* 4 */
                                 "    to: 09-30\n"
                                 "    week:\n"
                                 "      - days: [mon, tue, wed, thu, fri]\n"
                                 "        hours: [08:30-12:00, 14:30-17:30]\n" /* 8 */
                                 "  - name: winter\n"
                                 "    from: 10-01\n"
                                 "    to: 04-30\n"
                                 "    week:\n" /* 12 */
                                 "      - days: [mon, tue, wed, thu, fri]\n"
                                 "        hours: [08:30-12:00, 14:00-17:00]\n";

static const char good_year[] = "year: 2026\n"
                                "source: a notice\n"
                                "off:\n"
                                "  - {name: 元旦, days: 2026-01-01..2026-01-03}\n"   /* 4 */
                                "  - {name: 国庆节, days: 2026-10-01..2026-10-07}\n" /* 5 */
                                "work:\n"
                                "  - 2026-01-04\n"  /* 7 */
                                "  - 2026-10-10\n"; /* 8 */

struct loaded {
    char dir[FOLDER_PATH_BYTES];
    struct problems problems;
    struct calendar *calendar;
};

static void write_file(const char *dir, const char *name, struct bytes text)
{
    char path[FOLDER_PATH_BYTES + 64];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.len > 0 ? text.p : (const uint8_t *)"", 1, text.len, file),
                     text.len);
    assert_int_equal(fclose(file), 0);
}

static void make_folder(struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    folder_make(loaded->dir);
    write_file(loaded->dir, "hours.yaml", bytes_of_string(good_hours));
    write_file(loaded->dir, "2026.yaml", bytes_of_string(good_year));
}

static bool load(struct loaded *loaded)
{
    bool is_good = calendar_read_dir(loaded->dir, zone, &loaded->calendar, &loaded->problems);
    assert_int_equal(is_good, loaded->problems.count == 0);
    assert_int_equal(is_good, loaded->calendar != NULL);
    return is_good;
}

static void unload(struct loaded *loaded)
{
    calendar_close(loaded->calendar);
    problems_done(&loaded->problems);
    loaded->calendar = NULL;
    loaded->problems.count = 0;
}

/* Whether one of the problems is exactly `line`, behind the folder's name. */
static void assert_problem(struct loaded *loaded, const char *line)
{
    char expected[1024];
    (void)snprintf(expected, sizeof expected, "%s%s\n", loaded->dir, line);
    buf_append_u8(&loaded->problems.text, 0);
    if (strstr((const char *)loaded->problems.text.p, expected) == NULL) {
        fail_msg("no '%s' in\n%s", expected, (const char *)loaded->problems.text.p);
    }
    loaded->problems.text.len--;
}

/* Writes `good` with the first `from` replaced by `to` under `name`, and expects one problem. */
static void expect(const char *name, const char *good, const char *const change[3])
{
    struct loaded loaded;
    struct buf text = {0};
    const char *at = strstr(good, change[0]);
    assert_non_null(at);
    make_folder(&loaded);
    buf_append_string(&text, good);
    mutate_replace(&text, (size_t)(at - good), strlen(change[0]), bytes_of_string(change[1]));
    write_file(loaded.dir, name, buf_bytes(&text));

    assert_false(load(&loaded));
    assert_problem(&loaded, change[2]);
    assert_int_equal(loaded.problems.count, 1);

    unload(&loaded);
    buf_done(&text);
    folder_remove(loaded.dir);
}

static void the_shipped_calendar_has_the_published_number_of_working_days(void **test)
{
    (void)test;
    static const int64_t expected[3][12] = {
        {22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22},
        {19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23},
        {21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23},
    };
    static const int64_t expected_years[3] = {251, 248, 248};
    struct problems problems = {0};
    struct calendar *calendar = NULL;
    bool is_good =
        calendar_read_dir(SOURCE_DIR "/config/example/calendar", zone, &calendar, &problems);
    if (!is_good) {
        fail_msg("%.*s", BYTES_FMT(buf_bytes(&problems.text)));
    }
    for (int32_t i = 0; i < 36; i++) {
        int32_t year = 2024 + i / 12;
        int32_t month = 1 + i % 12;
        int64_t first = days_from_date(year, month, 1);
        int64_t end = days_from_date(year + month / 12, month % 12 + 1, 1);
        assert_int_equal(calendar_count_working_days(calendar, first, end),
                         expected[i / 12][i % 12]);
    }
    for (int32_t i = 0; i < 3; i++) {
        assert_int_equal(calendar_count_working_days(calendar, days_from_date(2024 + i, 1, 1),
                                                     days_from_date(2025 + i, 1, 1)),
                         expected_years[i]);
        assert_true(calendar_is_published_year(calendar, 2024 + i));
    }
    assert_false(calendar_is_published_year(calendar, 2027));
    calendar_close(calendar);
    problems_done(&problems);
}

static void the_shipped_calendar_is_the_one_of_the_tests_day_by_day(void **test)
{
    (void)test;
    struct problems problems = {0};
    struct calendar *shipped = NULL;
    struct calendar *known = finish(build_published());
    assert_true(
        calendar_read_dir(SOURCE_DIR "/config/example/calendar", zone, &shipped, &problems));
    for (int64_t day = days_from_date(2020, 1, 1); day < days_from_date(2030, 1, 1); day++) {
        struct calendar_day left = calendar_get_day(shipped, day);
        struct calendar_day right = calendar_get_day(known, day);
        assert_memory_equal(&left.hours, &right.hours, sizeof left.hours);
        assert_int_equal(left.reason, right.reason);
    }
    assert_true(
        bytes_equal(calendar_get_day(shipped, days_from_date(2026, 10, 3)).name, BYTES("国庆节")));
    assert_wall(due_of(shipped, at("2026-09-30T10:00"), length("5wd")), "2026-10-13T17:00:00");
    calendar_close(shipped);
    calendar_close(known);
    problems_done(&problems);
}

static void the_local_list_is_optional_and_wins(void **test)
{
    (void)test;
    struct loaded loaded;
    make_folder(&loaded);
    assert_true(load(&loaded));
    assert_wall(due_of(loaded.calendar, at("2026-10-09T10:00"), length("1wd")),
                "2026-10-10T17:00:00");
    unload(&loaded);

    write_file(loaded.dir, "local.yaml",
               BYTES("source: storm\noff:\n  - {name: 台风, days: 2026-10-10}\n"
                     "work: [2026-10-02, 2027-01-02]\n"));
    assert_true(load(&loaded));
    assert_wall(due_of(loaded.calendar, at("2026-10-09T10:00"), length("1wd")),
                "2026-10-12T17:00:00");
    assert_wall(due_of(loaded.calendar, at("2026-10-01T10:00"), length("1wd")),
                "2026-10-02T17:00:00");
    assert_false(calendar_is_published_year(loaded.calendar, 2027));
    unload(&loaded);
    folder_remove(loaded.dir);
}

static void illegal_days_are_shown_where_they_stand(void **test)
{
    (void)test;
    static const char *const rows[][3] = {
        {"2026-01-04\n", "2026-02-30\n",
         "/2026.yaml:7:5: error: work[0]: '2026-02-30' is not a day that exists: write 2026-10-01, "
         "or 2026-10-01..2026-10-07"},
        {"2026-01-04\n", "2026-10-05\n",
         "/2026.yaml:7:5: error: work[0]: 2026-10-05 is both a day off and a working day"},
        {"2026-01-04\n", "2026-10-10\n",
         "/2026.yaml:8:5: error: work[1]: 2026-10-10 is there twice"},
        {"2026-01-04\n", "2027-01-02\n",
         "/2026.yaml:7:5: error: work[0]: 2027-01-02 is not a day of 2026, the year of this file"},
        {"2026-01-04\n", "2026-01-05\n",
         "/2026.yaml:7:5: error: work[0]: 2026-01-05 is a working day by its weekday, so it can't "
         "make up for one"},
        {"2026-10-07}", "2026-09-30}",
         "/2026.yaml:5:23: error: off[1].days: the range '2026-10-01..2026-09-30' doesn't run "
         "forward"},
        {"2026-10-07}", "2026-11-30}",
         "/2026.yaml:5:23: error: off[1].days: the range '2026-10-01..2026-11-30' is longer than "
         "31 days"},
        {"2026-10-01..", "2026-01-02..",
         "/2026.yaml:5:23: error: off[1].days: the range '2026-01-02..2026-10-07' is longer than "
         "31 days"},
        {"2026-10-01..2026-10-07", "2026-01-03..2026-01-05",
         "/2026.yaml:5:23: error: off[1]: 2026-01-03 is there twice"},
        {"year: 2026", "year: 2025",
         "/2026.yaml:1:7: error: year: the file is named after 2026 and says it is 2025"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect("2026.yaml", good_year, rows[i]);
    }
}

static void a_year_without_days_off_is_not_taken_for_published(void **test)
{
    (void)test;
    struct loaded loaded;
    make_folder(&loaded);
    write_file(loaded.dir, "2027.yaml", BYTES("year: 2027\nsource: none yet\noff: []\n"));
    assert_false(load(&loaded));
    assert_problem(&loaded, "/2027.yaml:3:6: error: off: a year needs its days off: leave the file "
                            "out until they are published");
    unload(&loaded);
    folder_remove(loaded.dir);
}

static void illegal_hours_are_shown_where_they_stand(void **test)
{
    (void)test;
    static const char *const rows[][3] = {
        {"08:30-12:00", "08:30-12:60",
         "/hours.yaml:8:17: error: seasons[0].week[0]: '08:30-12:60' is not a span of hours: write "
         "08:30-12:00"},
        {"08:30-12:00", "12:00-08:30",
         "/hours.yaml:8:17: error: seasons[0].week[0]: working hours 12:00-08:30 end before they "
         "begin"},
        {"08:30-12:00", "08:30-15:00",
         "/hours.yaml:8:30: error: seasons[0].week[0]: working hours from 14:30 overlap or touch "
         "those before, which end at 15:00"},
        {"09-30", "09-31",
         "/hours.yaml:5:9: error: seasons[0].to: '09-31' is not a day of the year: write month and "
         "day as 05-01"},
        {"09-30", "09-29",
         "/hours.yaml:5:9: error: seasons: no season has the day 09-30: let one end or begin on "
         "it"},
        {"09-30", "10-01",
         "/hours.yaml:10:11: error: seasons[1]: the season overlaps another one on 10-01"},
        {"04-30", "05-01",
         "/hours.yaml:11:9: error: seasons[1]: the season overlaps another one on 05-01"},
        {"14:00-17:00", "17:00-14:00",
         "/hours.yaml:14:30: error: seasons[1].week[0]: working hours 17:00-14:00 end before they "
         "begin"},
        {"fri]", "fry]",
         "/hours.yaml:7:36: error: seasons[0].week[0]: weekdays are mon tue wed thu fri sat sun"},
        {"fri]", "mon]", "/hours.yaml:7:36: error: seasons[0].week[0]: mon has its hours already"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect("hours.yaml", good_hours, rows[i]);
    }
}

static void all_mistakes_of_all_files_are_told_at_once(void **test)
{
    (void)test;
    struct loaded loaded;
    make_folder(&loaded);
    write_file(loaded.dir, "2025.yaml",
               BYTES("year: 2025\nsource: x\noff:\n  - {name: a, days: 2025-13-01}\n"
                     "  - {name: b, day: 2025-01-01}\nwork: 2025-01-26\n"));
    write_file(loaded.dir, "2026.yml", BYTES(""));
    write_file(loaded.dir, "local.yaml", BYTES("source: x\noff: [2026-01-09]\n"));
    assert_false(load(&loaded));
    assert_problem(&loaded, "/2025.yaml:4:21: error: off[0].days: '2025-13-01' is not a day that "
                            "exists: write 2026-10-01, or 2026-10-01..2026-10-07");
    assert_problem(&loaded, "/2025.yaml:6:7: error: work: a list belongs here, not one value");
    assert_problem(&loaded, "/local.yaml:2:7: error: off[0]: a map of keys belongs here, not one "
                            "value");
    assert_problem(&loaded,
                   "/2026.yml:1:1: error: this is no file of a calendar: there are hours.yaml, "
                   "local.yaml and one file a year, such as 2026.yaml; take it away or rename it");
    assert_true(loaded.problems.count >= 5);
    unload(&loaded);
    folder_remove(loaded.dir);
}

static void no_year_between_two_others_may_be_without_a_file(void **test)
{
    (void)test;
    struct loaded loaded;
    make_folder(&loaded);
    write_file(loaded.dir, "2023.yaml",
               BYTES("year: 2023\nsource: x\noff:\n  - {name: a, days: 2023-01-01}\n"));
    assert_false(load(&loaded));
    assert_problem(&loaded, "/2024.yaml:1:1: error: this file is missing: the years 2023 and 2026 "
                            "have one, so 2024 needs one too");
    assert_problem(&loaded, "/2025.yaml:1:1: error: this file is missing: the years 2023 and 2026 "
                            "have one, so 2025 needs one too");
    assert_int_equal(loaded.problems.count, 2);
    unload(&loaded);
    folder_remove(loaded.dir);
}

static void a_folder_without_hours_or_none_at_all_is_refused(void **test)
{
    (void)test;
    struct loaded loaded;
    char path[FOLDER_PATH_BYTES + 64];
    make_folder(&loaded);
    (void)snprintf(path, sizeof path, "%s/hours.yaml", loaded.dir);
    assert_int_equal(remove(path), 0);
    assert_false(load(&loaded));
    assert_int_equal(loaded.problems.count, 1);
    unload(&loaded);
    folder_remove(loaded.dir);
    assert_false(load(&loaded));
    assert_int_equal(loaded.problems.count, 1);
    unload(&loaded);
}

static void damaged_files_never_do_more_than_be_refused(void **test)
{
    (void)test;
    static const char *const names[] = {"hours.yaml", "2026.yaml", "local.yaml"};
    static const char good_local[] = "source: storm\noff:\n  - {name: 台风, days: 2026-07-10}\n"
                                     "work: [2026-10-02, 2027-01-02]\n";
    const char *const goods[] = {good_hours, good_year, good_local};
    struct dice dice = dice_open(20260105);
    struct loaded loaded;
    make_folder(&loaded);
    write_file(loaded.dir, "local.yaml", BYTES(""));
    int accepted = 0;
    for (int i = 0; i < 2000; i++) {
        size_t which = (size_t)dice_below(&dice, 3);
        struct buf text = {0};
        buf_append_string(&text, goods[which]);
        for (uint64_t k = 1 + dice_below(&dice, 3); k > 0; k--) {
            mutate_once(&dice, &text);
        }
        for (size_t k = 0; k < 3; k++) {
            struct bytes content = k == which ? buf_bytes(&text) : bytes_of_string(goods[k]);
            write_file(loaded.dir, names[k], content);
        }
        accepted += load(&loaded);
        unload(&loaded);
        buf_done(&text);
    }
    assert_in_range(accepted, 1, 1999);
    folder_remove(loaded.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_calendar_has_the_published_number_of_working_days),
        cmocka_unit_test(the_shipped_calendar_is_the_one_of_the_tests_day_by_day),
        cmocka_unit_test(the_local_list_is_optional_and_wins),
        cmocka_unit_test(illegal_days_are_shown_where_they_stand),
        cmocka_unit_test(a_year_without_days_off_is_not_taken_for_published),
        cmocka_unit_test(illegal_hours_are_shown_where_they_stand),
        cmocka_unit_test(all_mistakes_of_all_files_are_told_at_once),
        cmocka_unit_test(no_year_between_two_others_may_be_without_a_file),
        cmocka_unit_test(a_folder_without_hours_or_none_at_all_is_refused),
        cmocka_unit_test(damaged_files_never_do_more_than_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
