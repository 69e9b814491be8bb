/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/access.h"

/* For every action the roles that may: to what is tied to them, and to what is not. */
#define OFFICE_ROLES "triage_clerk office_head "
#define SEERS OFFICE_ROLES "first_responsible supervisor operator "
#define TIED_PLACES "cadre section_staff section_head leader community_secretary village_liaison"
#define ALL                                                                                        \
    "cadre triage_clerk office_head section_staff section_head leader first_responsible "          \
    "community_secretary village_liaison supervisor operator"

static const struct {
    enum action action;
    const char *tied;
    const char *untied;
} expected[ACTION_COUNT] = {
    {ACTION_SUBMIT, "cadre", ""},
    {ACTION_SUBMIT_DIRECT, "triage_clerk operator", "triage_clerk operator"},
    {ACTION_IMPORT, "operator", "operator"},
    {ACTION_VIEW_ISSUE, SEERS TIED_PLACES, SEERS},
    {ACTION_LIST_ISSUES, SEERS TIED_PLACES, SEERS},
    {ACTION_DISPATCH, "triage_clerk", "triage_clerk"},
    {ACTION_VIEW_STATE, ALL, ALL},
    {ACTION_SUGGEST, OFFICE_ROLES "operator", OFFICE_ROLES "operator"},
    {ACTION_REVIEW, "leader office_head", "office_head"},
    {ACTION_CLOSE_UNSATISFIED, "office_head", "office_head"},
    {ACTION_VIEW_QUEUE, OFFICE_ROLES "supervisor operator section_staff section_head leader",
     OFFICE_ROLES "supervisor operator"},
    {ACTION_WORK, "section_staff section_head", ""},
    {ACTION_FEEDBACK, "cadre", ""},
    {ACTION_INFORM, "cadre", ""},
    {ACTION_CALLBACK, "supervisor", "supervisor"},
    {ACTION_VIEW_HOUSEHOLD, OFFICE_ROLES "supervisor operator " TIED_PLACES,
     OFFICE_ROLES "supervisor operator"},
    {ACTION_HAND_OVER, OFFICE_ROLES "operator", OFFICE_ROLES "operator"},
    {ACTION_DELIVER_CARD, "cadre", ""},
    {ACTION_LOG_VISIT, "cadre", ""},
    {ACTION_VIEW_VISITS,
     OFFICE_ROLES "supervisor operator cadre community_secretary village_liaison",
     OFFICE_ROLES "supervisor operator"},
    {ACTION_READ_VISIT, OFFICE_ROLES "supervisor cadre community_secretary",
     OFFICE_ROLES "supervisor"},
    {ACTION_VIEW_COVERAGE,
     OFFICE_ROLES "supervisor operator leader first_responsible cadre community_secretary "
                  "village_liaison",
     OFFICE_ROLES "supervisor operator leader first_responsible"},
    {ACTION_VIEW_PEOPLE, ALL, ALL},
    {ACTION_VIEW_INBOX, ALL, ""},
    {ACTION_VIEW_AGENDA, ALL, ""},
    {ACTION_VIEW_NOTICES, OFFICE_ROLES "supervisor operator", OFFICE_ROLES "supervisor operator"},
    {ACTION_READ_JOURNAL, "supervisor operator", "supervisor operator"},
    {ACTION_WATCH, "supervisor operator section_staff section_head leader", "supervisor operator"},
    {ACTION_AUDIT, "supervisor office_head first_responsible operator",
     "supervisor office_head first_responsible operator"},
    {ACTION_OPERATE, "operator", "operator"},
};

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; *p != '\0'; p += *p == ' ') {
        size_t run = strcspn(p, " ");
        if (run == len && memcmp(p, word, len) == 0) {
            return true;
        }
        p += run;
    }
    return false;
}

static const struct bytes roads = {(const uint8_t *)"roads", 5};
static const struct bytes water = {(const uint8_t *)"water", 5};

/* village-1 lies in community-1. */
static const struct office *office(void)
{
    static struct area areas[3];
    static struct office street = {.areas = areas, .area_count = 3};
    areas[0] = (struct area){.id = BYTES("community-1")};
    areas[1] = (struct area){.id = BYTES("community-2")};
    areas[2] = (struct area){.id = BYTES("village-1"), .parent = BYTES("community-1")};
    return &street;
}

static struct actor me_as(enum role role)
{
    struct actor actor = actor_of_roles(BYTES("me"), ROLE_BIT(role));
    actor.departments = &roads;
    actor.department_count = 1;
    actor.area = BYTES("community-1");
    return actor;
}

static struct issue issue_of(struct bytes department, struct bytes cadre, struct bytes area)
{
    struct issue issue;
    memset(&issue, 0, sizeof(issue));
    issue.number = 20260000042;
    issue.state = STATE_REVIEW;
    issue.cadre = word_of(cadre);
    issue.area = word_of(area);
    issue.leader = word_of(BYTES("leader-1"));
    issue.legs[0] = (struct leg){word_of(department), LEG_ROLE_LEAD, LEG_STATE_SUBMITTED, 1};
    issue.leg_count = 1;
    return issue;
}

static void check(enum action action, enum role role, bool is_tied, const char *words)
{
    struct err err = {0};
    struct bytes cadre = is_tied && role == ROLE_CADRE ? BYTES("me") : BYTES("cadre-1");
    struct issue issue = issue_of(is_tied ? roads : water, cadre,
                                  is_tied ? BYTES("village-1") : BYTES("community-2"));
    struct object object = {.office = office(),
                            .issue = &issue,
                            .cadre = cadre,
                            .department = is_tied ? roads : water,
                            .person = is_tied ? BYTES("me") : BYTES("somebody")};
    struct actor actor = me_as(role);
    enum status st = may(&actor, action, &object, &err);
    if ((st == STATUS_OK) != has_word(words, role_word(role))) {
        fail_msg("%s by %s, %s: %s %s", action_word(action), role_word(role),
                 is_tied ? "tied" : "untied", status_word(st), err.text);
    }
    if (st != STATUS_OK) {
        assert_int_equal(st, STATUS_FORBIDDEN);
        assert_non_null(strstr(err.text, "'me' may not "));
        assert_in_range(strlen(err.text), 30, sizeof(err.text) - 2);
    }
}

static void every_action_is_for_its_roles_and_what_is_tied_to_them(void **test)
{
    (void)test;
    for (int i = 0; i < ACTION_COUNT; i++) {
        assert_int_equal(expected[i].action, i);
        for (int role = 0; role < ROLE_COUNT; role++) {
            check((enum action)i, (enum role)role, true, expected[i].tied);
            check((enum action)i, (enum role)role, false, expected[i].untied);
        }
    }
}

static enum status ask(struct actor actor, enum action action, struct object object)
{
    struct err err = {0};
    object.office = office();
    return may(&actor, action, &object, &err);
}

static void nobody_without_a_role_may_do_anything(void **test)
{
    (void)test;
    struct issue issue = issue_of(roads, BYTES("me"), BYTES("village-1"));
    struct object object = {.issue = &issue, .person = BYTES("me"), .is_overdue = true};
    for (int i = 0; i < ACTION_COUNT; i++) {
        struct actor nobody = me_as(ROLE_CADRE);
        nobody.roles = 0;
        assert_status(ask(nobody, (enum action)i, object), STATUS_FORBIDDEN);
        assert_status(ask(actor_of_machine(ACTOR_SYSTEM), (enum action)i, object),
                      STATUS_FORBIDDEN);
    }
}

static void the_office_may_give_feedback_that_is_overdue(void **test)
{
    (void)test;
    struct object late = {.cadre = BYTES("cadre-1"), .is_overdue = true};
    assert_status(ask(me_as(ROLE_TRIAGE_CLERK), ACTION_FEEDBACK, late), STATUS_OK);
    assert_status(ask(me_as(ROLE_OFFICE_HEAD), ACTION_FEEDBACK, late), STATUS_OK);
    assert_status(ask(me_as(ROLE_SUPERVISOR), ACTION_FEEDBACK, late), STATUS_FORBIDDEN);
    assert_status(ask(me_as(ROLE_CADRE), ACTION_FEEDBACK, late), STATUS_FORBIDDEN);
}

static void whoever_owns_the_feedback_gives_it_whatever_the_role(void **test)
{
    (void)test;
    struct object own = {.cadre = BYTES("me")};
    assert_status(ask(me_as(ROLE_VILLAGE_LIAISON), ACTION_FEEDBACK, own), STATUS_OK);
}

static void a_supervisor_who_took_part_does_not_call_back(void **test)
{
    (void)test;
    struct object object = {.cadre = BYTES("cadre-1"), .took_part = true};
    assert_status(ask(me_as(ROLE_SUPERVISOR), ACTION_CALLBACK, object), STATUS_FORBIDDEN);
    object = (struct object){.cadre = BYTES("me")};
    assert_status(ask(me_as(ROLE_SUPERVISOR), ACTION_CALLBACK, object), STATUS_FORBIDDEN);
}

static void a_section_reaches_a_household_only_through_its_own_issue(void **test)
{
    (void)test;
    struct issue issue = issue_of(water, BYTES("cadre-1"), BYTES("village-1"));
    struct object object = {.issue = &issue, .department = roads};
    assert_status(ask(me_as(ROLE_SECTION_STAFF), ACTION_VIEW_HOUSEHOLD, object), STATUS_FORBIDDEN);
    issue.legs[1] = (struct leg){word_of(roads), LEG_ROLE_ASSIST, LEG_STATE_SUBMITTED, 1};
    issue.leg_count = 2;
    assert_status(ask(me_as(ROLE_SECTION_STAFF), ACTION_VIEW_HOUSEHOLD, object), STATUS_OK);
    assert_status(ask(me_as(ROLE_LEADER), ACTION_REVIEW, object), STATUS_FORBIDDEN);
    issue.leader = word_of(BYTES("me"));
    assert_status(ask(me_as(ROLE_LEADER), ACTION_REVIEW, object), STATUS_OK);
}

static void an_area_takes_in_its_villages_and_no_other(void **test)
{
    (void)test;
    struct object object = {.area = BYTES("village-1")};
    assert_status(ask(me_as(ROLE_COMMUNITY_SECRETARY), ACTION_VIEW_HOUSEHOLD, object), STATUS_OK);
    object.area = BYTES("community-2");
    assert_status(ask(me_as(ROLE_COMMUNITY_SECRETARY), ACTION_VIEW_HOUSEHOLD, object),
                  STATUS_FORBIDDEN);
    object.area = (struct bytes){0};
    assert_status(ask(me_as(ROLE_COMMUNITY_SECRETARY), ACTION_VIEW_HOUSEHOLD, object),
                  STATUS_FORBIDDEN);
}

static void lists_are_cut_by_what_ties_the_person(void **test)
{
    (void)test;
    struct actor actor = me_as(ROLE_CADRE);
    assert_int_equal(access_list_relations(&actor), RELATION_BIT(RELATION_OWNER));
    actor.roles |= ROLE_BIT(ROLE_SECTION_STAFF);
    assert_int_equal(access_list_relations(&actor),
                     RELATION_BIT(RELATION_OWNER) | RELATION_BIT(RELATION_SECTION));
    actor = me_as(ROLE_OPERATOR);
    assert_true((access_list_relations(&actor) & RELATION_BIT(RELATION_ANY)) != 0);
    actor.roles = 0;
    assert_int_equal(access_list_relations(&actor), 0);
}

static const struct {
    const char *id;
    enum role role;
    bool is_in_roads;
    enum status operates;
    enum status watches_roads;
    enum status watches_water;
    enum status watches_all;
} watchers[] = {
    {"clerk", ROLE_TRIAGE_CLERK, false, STATUS_FORBIDDEN, STATUS_FORBIDDEN, STATUS_FORBIDDEN,
     STATUS_FORBIDDEN},
    /* A clerk who also stands with a section does not work in it. */
    {"guest", ROLE_TRIAGE_CLERK, true, STATUS_FORBIDDEN, STATUS_FORBIDDEN, STATUS_FORBIDDEN,
     STATUS_FORBIDDEN},
    {"staff", ROLE_SECTION_STAFF, true, STATUS_FORBIDDEN, STATUS_OK, STATUS_FORBIDDEN,
     STATUS_FORBIDDEN},
    {"leader", ROLE_LEADER, true, STATUS_FORBIDDEN, STATUS_OK, STATUS_FORBIDDEN, STATUS_FORBIDDEN},
    {"super", ROLE_SUPERVISOR, false, STATUS_FORBIDDEN, STATUS_OK, STATUS_OK, STATUS_OK},
    {"admin", ROLE_OPERATOR, false, STATUS_OK, STATUS_OK, STATUS_OK, STATUS_OK},
    {"operator", ROLE_COUNT, false, STATUS_OK, STATUS_OK, STATUS_OK, STATUS_OK},
    {"nobody", ROLE_COUNT, false, STATUS_FORBIDDEN, STATUS_FORBIDDEN, STATUS_FORBIDDEN,
     STATUS_FORBIDDEN},
};

static void persons_known_by_their_ids_operate_and_watch_by_the_same_table(void **test)
{
    (void)test;
    struct err err = {0};
    for (size_t i = 0; i < sizeof watchers / sizeof watchers[0]; i++) {
        struct bytes id = bytes_of_string(watchers[i].id);
        const struct person person = {.id = id,
                                      .roles = ROLE_BIT(watchers[i].role),
                                      .departments = {roads},
                                      .department_count = watchers[i].is_in_roads ? 1 : 0};
        struct office one = {.people = &person,
                             .person_count = watchers[i].role == ROLE_COUNT ? 0 : 1};
        assert_status(access_may_operate(&one, id, &err), watchers[i].operates);
        assert_status(access_may_watch(&one, id, roads, &err), watchers[i].watches_roads);
        assert_status(access_may_watch(&one, id, water, &err), watchers[i].watches_water);
        assert_status(access_may_watch(&one, id, (struct bytes){0}, &err), watchers[i].watches_all);
    }
}

static void a_refusal_says_who_may(void **test)
{
    (void)test;
    struct err err = {0};
    struct actor actor = me_as(ROLE_CADRE);
    struct object object = {.office = office()};
    assert_status(may(&actor, ACTION_REVIEW, &object, &err), STATUS_FORBIDDEN);
    assert_string_equal(err.text, "'me' may not review this answer; who may: a leader in charge of "
                                  "its lead section, the office head");
    assert_status(may(&actor, ACTION_VIEW_INBOX, &object, &err), STATUS_FORBIDDEN);
    assert_string_equal(err.text, "'me' may not read this inbox; who may: the person whose own it "
                                  "is");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_is_for_its_roles_and_what_is_tied_to_them),
        cmocka_unit_test(nobody_without_a_role_may_do_anything),
        cmocka_unit_test(the_office_may_give_feedback_that_is_overdue),
        cmocka_unit_test(whoever_owns_the_feedback_gives_it_whatever_the_role),
        cmocka_unit_test(a_supervisor_who_took_part_does_not_call_back),
        cmocka_unit_test(a_section_reaches_a_household_only_through_its_own_issue),
        cmocka_unit_test(an_area_takes_in_its_villages_and_no_other),
        cmocka_unit_test(lists_are_cut_by_what_ties_the_person),
        cmocka_unit_test(persons_known_by_their_ids_operate_and_watch_by_the_same_table),
        cmocka_unit_test(a_refusal_says_who_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
