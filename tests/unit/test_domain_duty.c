/* SPDX-License-Identifier: Apache-2.0 */
/* Who owes what on an issue, in every state and by everybody, and in which order it is listed. */
#include "lifecycle_steps.h"

#include "domain/duty.h"

#define K(kind) (UINT32_C(1) << DUTY_KIND_##kind)

/* What somebody owes, as a set of kinds. */
static uint32_t owed(const struct issue *issue, uint32_t late, enum who_acts who)
{
    struct duty duties[DUTIES_MAX];
    uint32_t kinds = 0;
    uint32_t count = duties_of(issue, late, duties);
    for (uint32_t i = 0; i < count; i++) {
        kinds |= duty_is_owed_by(&duties[i], issue, actor(who)) ? UINT32_C(1) << duties[i].kind : 0;
    }
    return kinds;
}

/* Nobody but those named owes anything. */
struct expected {
    enum who_acts who;
    uint32_t kinds;
};

static void assert_owed(const struct issue *issue, uint32_t late, const struct expected *expected)
{
    for (int who = 0; who < ACTS_COUNT; who++) {
        uint32_t kinds = 0;
        for (const struct expected *row = expected; row->kinds != 0; row++) {
            kinds |= (int)row->who == who ? row->kinds : 0;
        }
        if (owed(issue, late, (enum who_acts)who) != kinds) {
            fail_msg("in %s person %d owes %#x, not %#x", state_word(issue->state), who,
                     owed(issue, late, (enum who_acts)who), kinds);
        }
    }
}

#define ASSERT_OWED(issue, late, ...)                                                              \
    assert_owed(issue, late, (const struct expected[]){__VA_ARGS__, {0}})

static void at_the_desk_the_clerk_sorts_and_the_owner_answers(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_TRIAGE);
    ASSERT_OWED(&issue, 0, {CLERK, K(TRIAGE)});
    issue = issue_in(STATE_NEED_INFO);
    ASSERT_OWED(&issue, 0, {CADRE, K(INFO)});
}

static void each_section_owes_its_own_part(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_DISPATCHED);
    put_legs(&issue, LEG_STATE_DISPATCHED, LEG_STATE_DISPATCHED);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(SIGN)}, {ASSIST_STAFF, K(SIGN)});
    put_legs(&issue, LEG_STATE_DISPATCHED, LEG_STATE_IN_PROGRESS);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(SIGN)}, {ASSIST_STAFF, K(HANDLE)});
    issue = issue_in(STATE_IN_PROGRESS);
    put_legs(&issue, LEG_STATE_IN_PROGRESS, LEG_STATE_DISPATCHED);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(HANDLE) | K(FIRST_CONTACT)}, {ASSIST_STAFF, K(SIGN)});
    issue.is_contacted = true;
    put_legs(&issue, LEG_STATE_REDO, LEG_STATE_SUBMITTED);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(HANDLE)});
    put_legs(&issue, LEG_STATE_IN_PROGRESS, LEG_STATE_RETURNED);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(HANDLE)});
}

static void a_suspension_is_decided_by_the_office_and_then_nobody_handles_it(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    issue.is_contacted = true;
    issue.wait_ground = WAIT_GROUND_SEASON;
    ASSERT_OWED(&issue, 0, {CLERK, K(SUSPENSION)}, {HEAD, K(SUSPENSION)}, {LEAD_STAFF, K(HANDLE)});
    issue = issue_in(STATE_SUSPENDED);
    ASSERT_OWED(&issue, 0, {LEAD_STAFF, K(FIRST_CONTACT)});
    issue.is_contacted = true;
    ASSERT_OWED(&issue, 0, {CADRE, 0});
}

static void of_two_reviews_the_missing_one_is_owed(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_REVIEW);
    ASSERT_OWED(&issue, 0, {LEADER, K(REVIEW)});
    issue.proposed = OUTCOME_EXPLAINED;
    ASSERT_OWED(&issue, 0, {LEADER, K(REVIEW)}, {HEAD, K(REVIEW)});
    issue.reviews = REVIEW_BY_LEADER;
    issue.reviewer = word_of(actor(LEADER)->id);
    ASSERT_OWED(&issue, 0, {HEAD, K(REVIEW)});
    issue.reviews = REVIEW_BY_OFFICE;
    issue.reviewer = word_of(actor(HEAD)->id);
    ASSERT_OWED(&issue, 0, {LEADER, K(REVIEW)});
    issue = issue_in(STATE_REVIEW);
    issue.leader = word_of(actor(OTHER_LEADER)->id);
    ASSERT_OWED(&issue, 0, {LEADER, K(REVIEW)}, {OTHER_LEADER, K(REVIEW)});
    issue.submitter = word_of(actor(OTHER_LEADER)->id);
    ASSERT_OWED(&issue, 0, {LEADER, K(REVIEW)});
}

static void late_feedback_is_the_office_head_s_too(void **state)
{
    (void)state;
    static const enum state told[] = {STATE_FEEDBACK, STATE_REJECTED, STATE_WITHDRAWN};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        struct issue issue = issue_in(told[i]);
        ASSERT_OWED(&issue, STAGE_BIT(STAGE_REVIEW), {CADRE, K(FEEDBACK)});
        ASSERT_OWED(&issue, STAGE_BIT(STAGE_FEEDBACK), {CADRE, K(FEEDBACK)}, {HEAD, K(FEEDBACK)});
    }
}

static void a_supervisor_calls_back_unless_it_is_their_own_matter(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_CALLBACK);
    ASSERT_OWED(&issue, 0, {SUPERVISOR, K(CALLBACK)});
    issue.cadre = word_of(actor(SUPERVISOR)->id);
    ASSERT_OWED(&issue, 0, {CADRE, 0});
    issue = issue_in(STATE_CALLBACK);
    issue.submitter = word_of(actor(SUPERVISOR)->id);
    ASSERT_OWED(&issue, 0, {CADRE, 0});
    issue = issue_in(STATE_CALLBACK);
    issue.is_unsatisfied = true;
    ASSERT_OWED(&issue, 0, {HEAD, K(UNSATISFIED)});
}

static void who_set_a_supervision_owes_it_until_the_issue_is_over(void **state)
{
    (void)state;
    struct issue issue = issue_in(STATE_TRIAGE);
    issue.supervision = by_supervisor;
    ASSERT_OWED(&issue, 0, {CLERK, K(TRIAGE)}, {SUPERVISOR, K(SUPERVISION)});
    assert_int_equal(duty_marks(&issue), DUTY_MARK_SUPERVISION);
    issue = issue_in(STATE_CLOSED);
    issue.supervision = by_supervisor;
    ASSERT_OWED(&issue, 0, {CADRE, 0});
    assert_int_equal(duty_marks(&issue), 0);
}

/* What the states are in which nobody has to do anything: the end, and waiting. */
static void in_every_state_that_is_offered_somebody_owes_something(void **state)
{
    (void)state;
    const uint32_t nobody = STATES_FINAL | STATE_BIT(STATE_SUSPENDED) | STATE_BIT(STATE_DRAFT) |
                            STATE_BIT(STATE_ACCEPTED) | STATE_BIT(STATE_SELF_HANDLING) |
                            STATE_BIT(STATE_DISPUTE);
    for (int value = 1; value < STATE_COUNT; value++) {
        struct issue issue = issue_in((enum state)value);
        struct duty duties[DUTIES_MAX];
        issue.is_contacted = true;
        uint32_t count = duties_of(&issue, 0, duties);
        bool is_of_section = false;
        for (uint32_t i = 0; i < count; i++) {
            is_of_section = is_of_section || duties[i].holder == DUTY_OF_SECTION;
        }
        if (value == (int)STATE_DISPUTE) {
            continue; /* cannot be reached yet */
        }
        assert_int_equal(count == 0, (nobody & STATE_BIT(value)) != 0);
        assert_int_equal(is_of_section,
                         value == (int)STATE_DISPATCHED || value == (int)STATE_IN_PROGRESS);
    }
}

/* Whoever searches by role must come by every issue on which the role owes something. */
static void a_search_by_role_misses_nothing(void **state)
{
    (void)state;
    for (int value = 1; value < STATE_COUNT; value++) {
        for (int who = 0; who < ACTS_COUNT; who++) {
            struct issue issue = issue_in((enum state)value);
            struct duty duties[DUTIES_MAX];
            issue.wait_ground = value == (int)STATE_IN_PROGRESS ? WAIT_GROUND_SEASON : 0;
            issue.proposed = OUTCOME_EXPLAINED;
            uint32_t count = duties_of(&issue, ~UINT32_C(0), duties);
            struct duty_search search = duty_search(actor((enum who_acts)who)->roles);
            for (uint32_t i = 0; i < count; i++) {
                bool is_own = duties[i].holder == DUTY_OF_SECTION ||
                              duties[i].holder == DUTY_OF_OWNER ||
                              !duty_is_owed_by(&duties[i], &issue, actor((enum who_acts)who));
                bool is_found = duties[i].is_marked ? search.has_marks && duty_marks(&issue) != 0
                                                    : (search.states & STATE_BIT(value)) != 0;
                assert_true(is_own || is_found);
            }
        }
    }
}

/* ---- the order ------------------------------------------------------------------------------ */

static struct duty_place random_place(struct dice *dice)
{
    static const char *const places[] = {"", "civil", "urban", "c01"};
    return (struct duty_place){.due = {(int64_t)dice_below(dice, 4) * INT64_C(1772413200000000)},
                               .kind = (enum duty_kind)(1 + dice_below(dice, DUTY_KIND_COUNT - 1)),
                               .number = dice_below(dice, 3) * 20260000001,
                               .where = bytes_of_string(places[dice_below(dice, 4)])};
}

static int sign_of(int value)
{
    return (value > 0) - (value < 0);
}

static void places_compare_as_their_texts_do(void **state)
{
    (void)state;
    struct dice dice = dice_open(20260302);
    for (int i = 0; i < 20000; i++) {
        struct duty_place a = random_place(&dice);
        struct duty_place b = random_place(&dice);
        char a_text[DUTY_PLACE_BYTES];
        char b_text[DUTY_PLACE_BYTES];
        duty_place_format(&a, a_text);
        duty_place_format(&b, b_text);
        assert_int_equal(sign_of(duty_place_compare(&a, &b)),
                         sign_of(bytes_compare(bytes_of_string(a_text), bytes_of_string(b_text))));
    }
}

static void what_has_no_due_time_comes_last(void **state)
{
    (void)state;
    struct duty_place never = {.kind = DUTY_KIND_CALLBACK};
    struct duty_place late = {.due = {INT64_C(4102444799000000)}, .kind = DUTY_KIND_VISIT};
    assert_true(duty_place_compare(&never, &late) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_desk_the_clerk_sorts_and_the_owner_answers),
        cmocka_unit_test(each_section_owes_its_own_part),
        cmocka_unit_test(a_suspension_is_decided_by_the_office_and_then_nobody_handles_it),
        cmocka_unit_test(of_two_reviews_the_missing_one_is_owed),
        cmocka_unit_test(late_feedback_is_the_office_head_s_too),
        cmocka_unit_test(a_supervisor_calls_back_unless_it_is_their_own_matter),
        cmocka_unit_test(who_set_a_supervision_owes_it_until_the_issue_is_over),
        cmocka_unit_test(in_every_state_that_is_offered_somebody_owes_something),
        cmocka_unit_test(a_search_by_role_misses_nothing),
        cmocka_unit_test(places_compare_as_their_texts_do),
        cmocka_unit_test(what_has_no_due_time_comes_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
