/* SPDX-License-Identifier: Apache-2.0 */
#include "intake_calls.h"

#include "domain/words.h"

#include <stdio.h>

/* ---- imports -------------------------------------------------------------------------------- */

static void an_import_fills_the_register_and_its_counts(void **state)
{
    struct service_node *node = *state;
    fill_register(node);

    assert_int_equal(service_node_count(node, "cadres"), 2);
    assert_int_equal(service_node_count(node, "households"), 3);
    assert_int_equal(service_node_rows(node, CADRE_HOUSEHOLDS), 3);
    assert_int_equal(service_node_rows(node, AREA_HOUSEHOLDS), 6);
}

struct expected_problem {
    uint32_t line;
    const char *column;
    const char *says;
};

static void assert_problems(struct service_node *node, const struct expected_problem *expected,
                            uint32_t count)
{
    for (uint32_t i = 0; i < service_node_problem_count(node) && i < count; i++) {
        struct problem_part part = service_node_problem(node, i);
        char text[512];
        (void)snprintf(text, sizeof text, "%.*s", BYTES_FMT(part.message));
        if (part.line != expected[i].line ||
            !bytes_equal(part.column, text_of(expected[i].column)) ||
            strstr(text, expected[i].says) == NULL) {
            fail_msg("line %u, %.*s: %s; not line %u, %s: %s", part.line, BYTES_FMT(part.column),
                     text, expected[i].line, expected[i].column, expected[i].says);
        }
    }
    assert_int_equal(service_node_problem_count(node), count);
}

static void every_bad_line_of_cadres_is_named_and_nothing_is_imported(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    static const char *const phones[] = {"1234", "199000000011990000000", "１９９００００",
                                         "19900-000O1"};
    static const struct expected_problem expected[] = {
        {3, "cadre", "line 2 already"}, {4, "phone", "'1234'"},
        {5, "phone", "5 to 20"},        {6, "phone", "no telephone number"},
        {7, "phone", "19900-000O1"},    {8, "name", "blank"},
        {8, "cadre", "'operator'"},     {9, "cadre", "'system'"},
        {10, "post", "control"},        {11, "unit", "blank"},
    };
    add_cadre(&rows, cadre_of("cadre1"));
    add_cadre(&rows, cadre_of("cadre1"));
    char ids[4][8];
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "p%zu", i);
        struct cadre_part row = cadre_of(ids[i]);
        row.phone = text_of(phones[i]);
        add_cadre(&rows, row);
    }
    struct cadre_part blank = cadre_of("operator");
    blank.name = BYTES(" ");
    add_cadre(&rows, blank);
    add_cadre(&rows, cadre_of("system"));
    struct cadre_part control = cadre_of("p5");
    control.post = BYTES("科\x01员");
    add_cadre(&rows, control);
    blank = cadre_of("p6");
    blank.unit = BYTES("　");
    add_cadre(&rows, blank);

    assert_status(import(node, &cadre_import_command_type, &rows, &err), STATUS_INVALID);

    assert_string_equal(err.text, "10 problems in 9 lines; nothing was imported");
    assert_problems(node, expected, sizeof expected / sizeof expected[0]);
    assert_int_equal(service_node_count(node, "cadres"), 0);
}

static void every_bad_line_of_households_is_named(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    static const struct expected_problem expected[] = {
        {3, "community", "no community 'c99'"},    {4, "community", "no community 'c01v02'"},
        {5, "village", "no village 'c01v99'"},     {6, "village", "no village 'c01'"},
        {7, "village", "lies in community 'c02'"}, {8, "phone", "'12'"},
        {9, "cadre", "no cadre 'cadre9'"},         {10, "head", "blank"},
        {11, "household", "line 2 already"},       {12, "household", "line 2 already"},
    };
    fill_register(node);
    struct household_part row = household_of("x1", "cadre1");
    add_household(&rows, row);
    row = household_of("x2", "cadre1");
    row.community = BYTES("c99");
    add_household(&rows, row);
    row = household_of("x3", "cadre1");
    row.community = BYTES("c01v02");
    add_household(&rows, row);
    row = household_of("x4", "cadre1");
    row.village = BYTES("c01v99");
    add_household(&rows, row);
    row = household_of("x5", "cadre1");
    row.village = BYTES("c01");
    add_household(&rows, row);
    row = household_of("x6", "cadre1");
    row.village = BYTES("c02v01");
    add_household(&rows, row);
    row = household_of("x7", "cadre1");
    row.phone = BYTES("12");
    add_household(&rows, row);
    add_household(&rows, household_of("x8", "cadre9"));
    row = household_of("x9", "cadre1");
    row.head = BYTES("　");
    add_household(&rows, row);
    add_household(&rows, household_of("x1", "cadre1"));
    add_household(&rows, household_of("x1", "cadre2"));

    assert_status(import(node, &household_import_command_type, &rows, &err), STATUS_INVALID);

    assert_string_equal(err.text, "10 problems in 10 lines; nothing was imported");
    assert_problems(node, expected, sizeof expected / sizeof expected[0]);
    assert_int_equal(service_node_count(node, "households"), 3);
}

static void every_bad_line_of_reports_is_named_from_line_1(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    static const struct expected_problem expected[] = {
        {2, "title", "blank"},
        {3, "text", "blank"},
        {4, "at", "future"},
        {5, "category", "no category 'raods'"},
        {6, "household", "no household 'h9'"},
    };
    fill_register(node);
    add_report(&rows, report_of("路灯不亮", "h1"));
    add_report(&rows, report_of(" ", "h1"));
    struct report_part row = report_of("t", NULL);
    row.text = BYTES("\n");
    add_report(&rows, row);
    row = report_of("t", NULL);
    row.at = (struct wall){SERVICE_NODE_BEGIN_US + 1};
    add_report(&rows, row);
    row = report_of("t", NULL);
    row.category = BYTES("raods");
    add_report(&rows, row);
    add_report(&rows, report_of("t", "h9"));

    assert_status(import(node, &report_import_command_type, &rows, &err), STATUS_INVALID);

    assert_string_equal(err.text, "5 problems in 5 lines; nothing was imported");
    assert_problems(node, expected, sizeof expected / sizeof expected[0]);
    assert_int_equal(service_node_count(node, "accepted"), 0);
}

static void a_file_with_lines_that_could_not_be_read_is_only_checked(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {.is_partial = true};
    add_report(&rows, report_of("t", NULL));
    assert_status(import(node, &report_import_command_type, &rows, &err), STATUS_INVALID);
    assert_string_equal(err.text,
                        "nothing is wrong with the lines that could be read; nothing was imported");
    assert_int_equal(service_node_problem_count(node), 0);

    rows.is_partial = true;
    add_household(&rows, household_of("h1", "nobody"));
    assert_status(import(node, &household_import_command_type, &rows, &err), STATUS_INVALID);
    assert_string_equal(err.text, "1 problem in 1 line; nothing was imported");
    rows.is_partial = true;
    add_cadre(&rows, cadre_of("cadre1"));
    assert_status(import(node, &cadre_import_command_type, &rows, &err), STATUS_INVALID);
    assert_int_equal(service_node_count(node, "accepted"), 0);
    assert_int_equal(service_node_count(node, "cadres"), 0);
}

static void more_bad_lines_than_are_listed_are_counted(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    for (uint32_t i = 0; i < PROBLEM_LINES_MAX + 50; i++) {
        add_report(&rows, report_of(" ", NULL));
    }
    assert_status(import(node, &report_import_command_type, &rows, &err), STATUS_INVALID);
    assert_string_equal(err.text, "250 problems in 250 lines; nothing was imported");
    assert_int_equal(service_node_problem_count(node), PROBLEM_LINES_MAX);

    add_report(&rows, report_of(" ", NULL));
    assert_status(import(node, &report_import_command_type, &rows, &err), STATUS_INVALID);
    assert_string_equal(err.text, "1 problem in 1 line; nothing was imported");
}

static void an_import_without_lines_is_refused(void **state)
{
    struct service_node *node = *state;
    static const struct message_type *const types[] = {
        &cadre_import_command_type, &household_import_command_type, &report_import_command_type};
    for (size_t i = 0; i < 3; i++) {
        struct err err = {0};
        struct rows rows = {0};
        assert_status(import(node, types[i], &rows, &err), STATUS_INVALID);
        assert_says(&err, "rows", "no line");
    }
}

static void only_who_may_import_imports(void **state)
{
    struct service_node *node = *state;
    static const char *const others[] = {"cadre1", "supervisor1", "staff_urban_1", "nobody"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct err err = {0};
        struct rows rows = {0};
        add_cadre(&rows, cadre_of("cadre1"));
        assert_status(import_as(node, others[i], &cadre_import_command_type, &rows, &err),
                      STATUS_FORBIDDEN);
        add_household(&rows, household_of("h1", "cadre1"));
        assert_status(import_as(node, others[i], &household_import_command_type, &rows, &err),
                      STATUS_FORBIDDEN);
        add_report(&rows, report_of("t", NULL));
        assert_status(import_as(node, others[i], &report_import_command_type, &rows, &err),
                      STATUS_FORBIDDEN);
    }
}

static void texts_of_an_import_are_brought_into_their_normal_form(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    struct cadres_recorded_event event;
    struct cadre_part row = cadre_of("cadre1");
    row.name = BYTES("Rene\xcc\x81");
    add_cadre(&rows, row);

    assert_ok(import(node, &cadre_import_command_type, &rows, &err));

    (void)service_node_last(node, &cadres_recorded_event_type, &event);
    struct list_cursor cursor = list_begin(&event.rows);
    assert_true(list_next_message(&cursor, &cadre_part_type, &row));
    assert_text(row.name, "Ren\xc3\xa9");
}

static void a_second_import_replaces_rows_and_moves_households(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    fill_register(node);
    struct household_part moved = household_of("h1", "cadre2");
    moved.community = BYTES("c02");
    moved.village = BYTES("c02v02");
    add_household(&rows, moved);
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    struct cadre_part renamed = cadre_of("cadre2");
    renamed.name = BYTES("赵勇");
    add_cadre(&rows, renamed);
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));

    assert_int_equal(service_node_count(node, "cadres"), 2);
    assert_int_equal(service_node_count(node, "households"), 3);
    assert_int_equal(service_node_rows(node, CADRE_HOUSEHOLDS), 3);
    assert_int_equal(service_node_rows(node, AREA_HOUSEHOLDS), 6);
    struct cadre_query query = {0};
    struct cadre_reply reply;
    assert_ok(service_node_ask(node, "cadre1", &cadre_query_type, &query, &reply, &err));
    struct list_cursor cursor = list_begin(&reply.cadres);
    struct cadre_view_part part;
    assert_true(list_next_message(&cursor, &cadre_view_part_type, &part));
    assert_text(part.cadre, "cadre1");
    assert_int_equal(part.households, 1);
    assert_true(list_next_message(&cursor, &cadre_view_part_type, &part));
    assert_text(part.name, "赵勇");
    assert_int_equal(part.households, 2);
}

static void imported_reports_are_issues_of_this_year_in_line_order(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    struct reported_event event;
    fill_register(node);
    add_report(&rows, report_of("第一件", NULL));
    struct report_part row = report_of("第二件", "h3");
    row.at = (struct wall){SERVICE_NODE_BEGIN_US - 90 * S_PER_DAY * US_PER_S};
    row.category = BYTES("roads");
    row.kind = (int)KIND_DIFFICULTY;
    add_report(&rows, row);

    assert_ok(import(node, &report_import_command_type, &rows, &err));

    struct record record = service_node_last(node, &reported_event_type, &event);
    assert_int_equal(record.issue, ISSUE_1 + 1);
    assert_text(record.actor, "operator");
    assert_text(event.title, "第二件");
    assert_int_equal(event.source, SOURCE_IMPORT);
    assert_int_equal(event.kind, KIND_DIFFICULTY);
    assert_int_equal(event.said_at.us, row.at.us);
    assert_text(event.cadre, "cadre2");
    assert_text(event.area, "c02v01");
    assert_text(ask_report(node, ISSUE_1).cadre, "staff_party_office_1");
    assert_int_equal(service_node_count(node, "accepted"), 2);
}

static void a_large_register_goes_into_events_of_bounded_size(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct rows rows = {0};
    struct households_recorded_event event;
    char id[16];
    for (int i = 0; i < 2500; i++) {
        (void)snprintf(id, sizeof id, "c%05d", i);
        add_cadre(&rows, cadre_of(id));
    }
    uint64_t before = service_node_head(node);
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    assert_in_range(service_node_head(node) - before, 3, 6);

    char address[601];
    for (size_t i = 0; i < 200; i++) {
        memcpy(address + i * 3, "路", 4);
    }
    for (int i = 0; i < 400; i++) {
        (void)snprintf(id, sizeof id, "h%05d", i);
        struct household_part row = household_of(id, "c00001");
        row.address = text_of(address);
        row.tags = text_of(address);
        add_household(&rows, row);
    }
    before = service_node_head(node);
    assert_ok(import(node, &household_import_command_type, &rows, &err));
    assert_in_range(service_node_head(node) - before, 9, 12);
    struct record record = service_node_last(node, &households_recorded_event_type, &event);
    assert_in_range(record.raw.len, 1, 61440);
    assert_int_equal(service_node_count(node, "households"), 400);
    assert_int_equal(service_node_rows(node, CADRES), 2500);
}

/* ---- before and after ----------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_new_intake, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_import_fills_the_register_and_its_counts),
        TEST(every_bad_line_of_cadres_is_named_and_nothing_is_imported),
        TEST(every_bad_line_of_households_is_named),
        TEST(every_bad_line_of_reports_is_named_from_line_1),
        TEST(a_file_with_lines_that_could_not_be_read_is_only_checked),
        TEST(more_bad_lines_than_are_listed_are_counted),
        TEST(an_import_without_lines_is_refused),
        TEST(only_who_may_import_imports),
        TEST(texts_of_an_import_are_brought_into_their_normal_form),
        TEST(a_second_import_replaces_rows_and_moves_households),
        TEST(imported_reports_are_issues_of_this_year_in_line_order),
        TEST(a_large_register_goes_into_events_of_bounded_size),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
