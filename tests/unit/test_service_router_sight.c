/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the router shows which issues: each role, asked for one, for its trail and for a list. */
#include "router_issue.h"

#define FIRST UINT64_C(20260000001)
#define COUNT 4U
#define ALL 0xfU
#define BIT(number) (1U << ((number)-1))

/* 1: urban (leader1). 2: civil (leader3). 3: at the triage desk. 4: housing, assisted by urban
 * (leader1 is in charge of both). */
static const struct {
    const char *household;
    const char *cadre;
    const char *area;
    const char *lead;
    const char *assist;
} issues[COUNT] = {{"h1", "cadre1", "c01v02", "urban", NULL},
                   {"h2", "cadre2", "c02v01", "civil", NULL},
                   {"h3", "cadre1", "c01v03", NULL, NULL},
                   {"h4", "cadre2", "c02v01", "housing", "urban"}};

static void dispatch(struct service_node *node, uint32_t i)
{
    struct err err = {0};
    struct change_reply change;
    struct buf out = {0};
    struct dispatch_command ask = {.issue = FIRST + i, .lead = text_of(issues[i].lead)};
    if (issues[i].assist != NULL) {
        list_put_bytes(&ask.assist, &out, text_of(issues[i].assist));
        list_end(&ask.assist, &out);
    }
    assert_ok(service_node_command(node, "triage1", &dispatch_command_type, &ask, &change, &err));
    buf_done(&out);
}

static int open_issues(void **state)
{
    struct service_node *node = service_node_open(&router_service, "router", street);
    (void)service_node_follow_cadres(node, (const char *const[]){"cadre1", "cadre2"}, 2);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct reported_event event = desk_report();
        event.household = text_of(issues[i].household);
        event.cadre = text_of(issues[i].cadre);
        event.area = text_of(issues[i].area);
        (void)service_node_follow(node, &(struct router_record){.type = &reported_event_type,
                                                                .message = &event,
                                                                .issue = FIRST + i,
                                                                .actor = issues[i].cadre});
        if (issues[i].lead != NULL) {
            dispatch(node, i);
        }
    }
    *state = node;
    return 0;
}

/* The issues of a list as bits; an issue twice, or not in order, fails. */
static enum status list(struct service_node *node, const char *person,
                        struct issue_list_query query, uint32_t *ret_bits, struct err *err)
{
    struct issue_list_reply reply;
    *ret_bits = 0;
    *err = (struct err){0};
    enum status st = service_node_ask(node, person, &issue_list_query_type, &query, &reply, err);
    struct list_cursor cursor = list_begin(&reply.issues);
    struct issue_item item;
    while (st == STATUS_OK && list_next_message(&cursor, &issue_item_type, &item)) {
        uint32_t bit = 1U << (item.issue - FIRST);
        assert_true(bit > *ret_bits);
        *ret_bits |= bit;
    }
    return st;
}

static const struct {
    const char *person;
    uint32_t sees;
} people[] = {
    {"triage1", ALL},
    {"office_head", ALL},
    {"supervisor1", ALL},
    {"first_responsible", ALL},
    {"operator", ALL},
    {"leader1", BIT(1) | BIT(4)},
    {"leader3", BIT(2)},
    {"leader5", 0},
    {"staff_urban_1", BIT(1) | BIT(4)},
    {"head_urban", BIT(1) | BIT(4)},
    {"staff_civil_1", BIT(2)},
    {"staff_housing_1", BIT(4)},
    {"staff_land_1", 0},
    {"secretary_c01", BIT(1) | BIT(3)},
    {"secretary_c03", 0},
    {"liaison_c01v02", BIT(1)},
    {"liaison_c02v01", BIT(2) | BIT(4)},
    {"cadre1", BIT(1) | BIT(3)},
    {"cadre2", BIT(2) | BIT(4)},
};

static void everybody_sees_one_lists_and_traces_the_same_issues(void **state)
{
    struct service_node *node = *state;
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        struct err err;
        uint32_t bits;
        assert_status(list(node, people[i].person, (struct issue_list_query){0}, &bits, &err),
                      STATUS_OK);
        if (bits != people[i].sees) {
            fail_msg("%s lists %x, not %x", people[i].person, bits, people[i].sees);
        }
        for (uint32_t k = 0; k < COUNT; k++) {
            struct issue_query query = {.issue = FIRST + k};
            struct records_query trail = {.issue = FIRST + k};
            struct issue_view view;
            struct records_reply records;
            enum status wanted = (people[i].sees >> k & 1) != 0 ? STATUS_OK : STATUS_FORBIDDEN;
            assert_status(
                service_node_ask(node, people[i].person, &issue_query_type, &query, &view, &err),
                wanted);
            assert_status(service_node_ask(node, people[i].person, &records_query_type, &trail,
                                           &records, &err),
                          wanted);
        }
    }
}

static void a_filter_narrows_what_is_ones_own_and_never_widens_it(void **state)
{
    static const struct {
        const char *person;
        const char *department;
        const char *area;
        const char *cadre;
        uint32_t sees; /* 0: refused */
    } cases[] = {
        {"leader1", "housing", NULL, NULL, BIT(4)},
        {"leader1", "civil", NULL, NULL, 0},
        {"leader1", NULL, "c02", NULL, BIT(4)},
        {"leader1", NULL, NULL, "cadre1", BIT(1)},
        {"staff_urban_1", "urban", NULL, NULL, BIT(1) | BIT(4)},
        {"staff_urban_1", "housing", NULL, NULL, 0},
        {"staff_urban_1", NULL, "c02v01", NULL, BIT(4)},
        {"staff_urban_1", NULL, NULL, "cadre2", BIT(4)},
        {"secretary_c01", NULL, "c01v03", NULL, BIT(3)},
        {"secretary_c01", NULL, "c02", NULL, 0},
        {"secretary_c01", "urban", NULL, NULL, BIT(1)},
        {"liaison_c01v02", NULL, "c01", NULL, 0},
        {"cadre1", NULL, NULL, "cadre2", 0},
        {"cadre1", "urban", NULL, NULL, BIT(1)},
        {"triage1", NULL, "c01", NULL, BIT(1) | BIT(3)},
        {"triage1", "urban", "c02", NULL, BIT(4)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;
        uint32_t bits;
        struct issue_list_query query = {.department = text_of(cases[i].department),
                                         .area = text_of(cases[i].area),
                                         .cadre = text_of(cases[i].cadre)};
        enum status st = list(*state, cases[i].person, query, &bits, &err);
        if (bits != cases[i].sees || st != (bits != 0 ? STATUS_OK : STATUS_FORBIDDEN)) {
            fail_msg("case %zu: %x, not %x: %s", i, bits, cases[i].sees, err.text);
        }
    }
}

static void lists_of_several_sections_go_on_after_a_number(void **state)
{
    struct err err;
    uint32_t bits;
    assert_ok(list(*state, "leader1", (struct issue_list_query){.limit = 1}, &bits, &err));
    assert_int_equal(bits, BIT(1));
    assert_ok(list(*state, "leader1", (struct issue_list_query){.limit = 1, .after = FIRST}, &bits,
                   &err));
    assert_int_equal(bits, BIT(4));
    assert_ok(list(*state, "leader1", (struct issue_list_query){.after = FIRST + 3}, &bits, &err));
    assert_int_equal(bits, 0);
}

static void who_supervises_an_issue_sees_it(void **state)
{
    struct service_node *node = *state;
    struct err err = {0};
    struct change_reply change;
    struct issue_query query = {.issue = FIRST};
    struct issue_view view;
    struct supervise_command ask = {
        .issue = FIRST, .level = 1, .until = BYTES("3wd"), .words = BYTES("请抓紧")};
    assert_ok(service_node_command(node, "leader5", &supervise_command_type, &ask, &change, &err));

    assert_ok(service_node_ask(node, "leader5", &issue_query_type, &query, &view, &err));

    query.issue = FIRST + 1;
    assert_status(service_node_ask(node, "leader5", &issue_query_type, &query, &view, &err),
                  STATUS_FORBIDDEN);
}

static void names_that_nobody_knows_are_refused_with_their_option(void **state)
{
    const struct {
        struct issue_list_query query;
        const char *field;
        const char *says;
    } cases[] = {
        {{.department = BYTES("raods")}, "department", "no section 'raods'"},
        {{.area = BYTES("c99")}, "area", "no community or village 'c99'"},
        {{.cadre = BYTES("cadre9")}, "cadre", "no cadre 'cadre9'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;
        uint32_t bits;
        assert_status(list(*state, "triage1", cases[i].query, &bits, &err), STATUS_INVALID);
        assert_says(&err, cases[i].field, cases[i].says);
    }
}

static void whoever_nobody_knows_is_nobody(void **state)
{
    struct service_node *node = *state;
    struct err err;
    uint32_t bits;
    struct place_query place = {.issue = FIRST};
    struct place_reply reply;

    assert_status(list(node, "nobody", (struct issue_list_query){0}, &bits, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "there is no person 'nobody'");
    assert_status(service_node_ask(node, "nobody", &place_query_type, &place, &reply, &err),
                  STATUS_FORBIDDEN);
    assert_ok(service_node_ask(node, "leader5", &place_query_type, &place, &reply, &err));
    struct agenda_query agenda = {0};
    struct agenda_reply duties;
    assert_status(service_node_ask(node, "nobody", &agenda_query_type, &agenda, &duties, &err),
                  STATUS_FORBIDDEN);
    assert_says(&err, "", "there is no person 'nobody'");
    assert_ok(service_node_ask(node, "leader5", &agenda_query_type, &agenda, &duties, &err));
}

static void a_cadre_is_known_once_and_no_more_after_leaving(void **state)
{
    struct service_node *node = *state;
    struct err err;
    uint32_t bits;
    struct cadre_left_event left = {.cadre = BYTES("cadre3")};
    const struct router_record leaving = {.type = &cadre_left_event_type, .message = &left};
    const char *const cadres[] = {"cadre1", "cadre3"};
    assert_status(list(node, "cadre3", (struct issue_list_query){0}, &bits, &err),
                  STATUS_FORBIDDEN);

    assert_int_equal(service_node_follow_cadres(node, cadres, 2), 1);
    assert_ok(list(node, "cadre3", (struct issue_list_query){0}, &bits, &err));
    struct cadres_known_event known;
    (void)service_node_last(node, &cadres_known_event_type, &known);
    assert_int_equal(known.cadres.count, 1);
    assert_int_equal(service_node_follow_cadres(node, cadres, 2), 0);

    assert_int_equal(service_node_follow(node, &leaving), 1);
    assert_status(list(node, "cadre3", (struct issue_list_query){0}, &bits, &err),
                  STATUS_FORBIDDEN);
    assert_int_equal(service_node_follow(node, &leaving), 0);
    assert_ok(
        list(node, "triage1", (struct issue_list_query){.cadre = BYTES("cadre3")}, &bits, &err));
    assert_int_equal(bits, 0);

    assert_int_equal(service_node_follow_cadres(node, cadres, 2), 1);
    assert_ok(list(node, "cadre3", (struct issue_list_query){0}, &bits, &err));
}

/* ---- around --------------------------------------------------------------------------------- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_issues, close_rebuilt_node)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everybody_sees_one_lists_and_traces_the_same_issues),
        TEST(a_filter_narrows_what_is_ones_own_and_never_widens_it),
        TEST(lists_of_several_sections_go_on_after_a_number),
        TEST(who_supervises_an_issue_sees_it),
        TEST(names_that_nobody_knows_are_refused_with_their_option),
        TEST(whoever_nobody_knows_is_nobody),
        TEST(a_cadre_is_known_once_and_no_more_after_leaving),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
