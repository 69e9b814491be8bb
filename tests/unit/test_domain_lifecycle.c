/* SPDX-License-Identifier: Apache-2.0 */
#include "lifecycle_steps.h"

/* The specification's 41 transitions and the two that answer a request, written down a second time:
 * from, to ("" stays), offered. */
#define ANY_OPEN                                                                                   \
    "self_handling triage need_info dispatched in_progress suspended dispute review feedback "     \
    "callback rejected withdrawn"

static const struct expected {
    const char *happening;
    const char *from;
    const char *to;
    bool is_offered;
} expected[] = {
    {"", "", "", false},
    {"submit", "draft accepted", "triage", true},
    {"self_handle", "draft", "self_handling", false},
    {"self_done", "self_handling", "callback", false},
    {"self_give_up", "self_handling", "triage", false},
    {"household_direct", "- accepted", "triage", true},
    {"ask_info", "triage", "need_info", true},
    {"give_info", "need_info", "triage", true},
    {"reject", "triage", "rejected", false},
    {"merge", "triage dispatched in_progress", "merged", false},
    {"refer", "triage in_progress dispute", "referred", false},
    {"dispatch", "triage", "dispatched", true},
    {"sign", "dispatched in_progress", "in_progress", true},
    {"request_return", "dispatched in_progress", "", false},
    {"return_ok", "dispatched in_progress", "triage", false},
    {"return_no", "dispatched in_progress", "in_progress", false},
    {"dispute", "triage dispatched in_progress", "dispute", false},
    {"add_assist", "in_progress", "", false},
    {"change_lead", "in_progress dispute", "dispatched", false},
    {"first_contact", "in_progress suspended", "", true},
    {"progress", "in_progress", "", true},
    {"request_extension", "in_progress", "", false},
    {"request_suspension", "in_progress", "", true},
    {"resume", "suspended", "in_progress", true},
    {"assist_submit", "dispatched in_progress", "", true},
    {"lead_submit", "in_progress", "review", true},
    {"propose_unresolvable", "in_progress", "review", true},
    {"review_no", "review", "in_progress", true},
    {"review_ok", "review", "feedback", true},
    {"feedback_done", "feedback rejected withdrawn", "callback", true},
    {"feedback_late", "feedback", "", true},
    {"callback_ok", "callback", "closed", true},
    {"callback_unsatisfied", "callback", "in_progress", true},
    {"callback_unsatisfied_final", "callback", "closed", true},
    {"callback_unreached", "callback", "closed", true},
    {"reopen", "closed", "in_progress", false},
    {"new_linked", "closed archived", "", false},
    {"archive", "closed", "archived", true},
    {"supervise", ANY_OPEN, "", true},
    {"urge", ANY_OPEN, "", true},
    {"withdraw", "triage need_info dispatched in_progress", "withdrawn", false},
    {"correct", ANY_OPEN " closed archived merged referred", "", true},
    {"suspension_ok", "in_progress", "suspended", true},
    {"suspension_no", "in_progress", "", true},
};

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; *p != '\0'; p += strcspn(p, " ") + (strchr(p, ' ') != NULL)) {
        if (strcspn(p, " ") == len && memcmp(p, word, len) == 0) {
            return true;
        }
    }
    return false;
}

static const char *from_word(uint32_t state)
{
    return state == STATE_NONE ? "-" : state_word((enum state)state);
}

/* Puts into the issue what a happening finds there besides the state. */
static void make_ready(struct issue *issue, struct step *step)
{
    bool is_at_work = issue->state == STATE_DISPATCHED || issue->state == STATE_IN_PROGRESS;
    if (step->happening == HAPPENING_ASSIST_SUBMIT && is_at_work) {
        issue->legs[1].state = LEG_STATE_IN_PROGRESS;
    }
    if (step->happening == HAPPENING_SIGN && issue->state == STATE_IN_PROGRESS) {
        issue->legs[1].state = LEG_STATE_DISPATCHED;
        step->department = water;
        step->actor = actor(ASSIST_STAFF);
    }
    bool answers =
        step->happening == HAPPENING_SUSPENSION_OK || step->happening == HAPPENING_SUSPENSION_NO;
    if (issue->state == STATE_IN_PROGRESS && answers) {
        issue->wait_ground = WAIT_GROUND_SEASON;
        issue->wait_until = (struct wall){2000000};
    }
    if (issue->state == STATE_CALLBACK) {
        issue->is_unsatisfied = step->happening == HAPPENING_CALLBACK_UNSATISFIED_FINAL;
        issue->try_count = 2;
        issue->last_try_day = 102;
    }
}

static void check_product(enum state state, enum happening happening)
{
    struct err err = {0};
    const struct expected *row = &expected[happening];
    struct issue issue = issue_in(state);
    struct step step = fit_step(happening);
    make_ready(&issue, &step);
    assert_ok(issue_check(&issue, &err));
    struct issue before;
    memcpy(&before, &issue, sizeof(issue));
    enum status st = lifecycle_apply(&issue, &step, &err);
    bool goes = row->is_offered && has_word(row->from, from_word(state));
    if (st != (goes ? STATUS_OK : STATUS_REFUSED)) {
        fail_msg("%s in %s: %s: %s", row->happening, from_word(state), status_word(st), err.text);
    }
    if (!goes) {
        assert_memory_equal(&issue, &before, sizeof(issue));
        assert_true((strstr(err.text, "not offered yet") == NULL) == row->is_offered);
        return;
    }
    const char *to = row->to[0] == '\0' ? from_word(state) : row->to;
    assert_string_equal(from_word(issue.state), to);
    assert_int_equal(issue.generation, before.generation + 1);
    assert_int_equal(issue.updated_at.us, 1000000);
    assert_ok(issue_check(&issue, &err));
}

static void every_state_and_event_does_what_the_specification_says(void **test)
{
    (void)test;
    assert_int_equal(sizeof(expected) / sizeof(expected[0]), HAPPENING_COUNT);
    for (int state = 0; state < STATE_COUNT; state++) {
        for (int happening = 1; happening < HAPPENING_COUNT; happening++) {
            check_product((enum state)state, (enum happening)happening);
        }
    }
}

static void the_table_is_the_specification_s_and_has_no_row_twice(void **test)
{
    (void)test;
    assert_int_equal(HAPPENING_COUNT, 44);
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        const struct expected *row = &expected[i];
        const struct transition *found = lifecycle_row((enum happening)i);
        assert_string_equal(happening_word((enum happening)i), row->happening);
        assert_string_equal(found->to == STATE_NONE ? "" : state_word(found->to), row->to);
        assert_int_equal(found->is_offered, row->is_offered);
        assert_true(found->who != 0 && strlen(found->verb) > 0 && strlen(found->about) > 0);
        for (uint32_t state = 0; state < STATE_COUNT; state++) {
            bool is_from = (found->from & STATE_BIT(state)) != 0;
            assert_int_equal(is_from, has_word(row->from, from_word(state)));
        }
        for (int other = 1; other < i; other++) {
            assert_string_not_equal(expected[other].happening, row->happening);
        }
    }
}

static void every_state_is_reachable(void **test)
{
    (void)test;
    /* A draft, a call and what intake has accepted are beginnings. */
    uint32_t reached = STATE_BIT(STATE_NONE) | STATE_BIT(STATE_DRAFT) | STATE_BIT(STATE_ACCEPTED);
    for (uint32_t before = 0; before != reached;) {
        before = reached;
        for (int i = 1; i < HAPPENING_COUNT; i++) {
            const struct transition *row = lifecycle_row((enum happening)i);
            reached |= (row->from & reached) != 0 ? STATE_BIT(row->to) : 0;
        }
    }
    assert_int_equal(reached, (UINT32_C(1) << STATE_COUNT) - 1);
}

static void final_states_have_only_the_exits_of_the_specification(void **test)
{
    (void)test;
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        const struct transition *row = lifecycle_row((enum happening)i);
        bool leaves = (row->from & STATES_FINAL) != 0 && row->to != STATE_NONE;
        assert_int_equal(leaves, i == HAPPENING_REOPEN || i == HAPPENING_ARCHIVE);
        if (leaves) {
            assert_int_equal(row->from & STATES_FINAL, STATE_BIT(STATE_CLOSED));
        }
    }
}

static void a_report_travels_to_the_household_s_verdict(void **test)
{
    (void)test;
    struct issue issue = blank_issue(STATE_DRAFT);
    go(&issue, by(HAPPENING_SUBMIT, CADRE));
    go(&issue, by(HAPPENING_DISPATCH, SYSTEM));
    assert_int_equal(issue.leg_count, 2);
    assert_int_equal(lifecycle_stages(&issue), STAGE_BIT(STAGE_SIGN) | STAGE_BIT(STAGE_HANDLE));
    go(&issue, in_section(HAPPENING_SIGN, ASSIST_STAFF, water));
    assert_int_equal(issue.state, STATE_DISPATCHED);
    go(&issue, in_section(HAPPENING_SIGN, TIMER, roads));
    assert_int_equal(issue.state, STATE_IN_PROGRESS);
    go(&issue, in_section(HAPPENING_PROGRESS, ASSIST_STAFF, water));
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF), STATUS_REFUSED,
           "the assisting section 'water' is still in_progress");
    go(&issue, by(HAPPENING_ASSIST_SUBMIT, ASSIST_STAFF));
    go(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    assert_int_equal(issue.proposed, OUTCOME_SOLVED);
    go(&issue, by(HAPPENING_REVIEW_OK, LEADER));
    assert_int_equal(issue.legs[0].state, LEG_STATE_APPROVED);
    assert_int_equal(issue.legs[1].state, LEG_STATE_APPROVED);
    go(&issue, by(HAPPENING_FEEDBACK_DONE, CADRE));
    go(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_int_equal(issue.outcome, OUTCOME_SOLVED);
    assert_int_equal(issue.generation, 10);
}

static void an_answer_needs_an_outcome_words_and_for_solved_evidence(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    struct step step = by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF);
    step.has_evidence = false;
    refuse(&issue, step, STATUS_INVALID, "'solved' needs evidence");
    step.outcome = OUTCOME_EXPLAINED;
    refuse(&issue, step, STATUS_INVALID, "queue propose-unresolvable");
    step.outcome = OUTCOME_PARTLY;
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "words");
    step.has_words = true;
    go(&issue, step);
    assert_int_equal(issue.proposed, OUTCOME_PARTLY);
}

static void only_the_lead_section_answers_and_only_its_own_people(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    refuse(&issue, in_section(HAPPENING_LEAD_SUBMIT, ASSIST_STAFF, water), STATUS_FORBIDDEN,
           "only the staff of its lead section may do it");
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, ASSIST_STAFF), STATUS_FORBIDDEN, "'staff-2'");
    refuse(&issue, by(HAPPENING_LEAD_SUBMIT, HEAD), STATUS_FORBIDDEN, "2026-0000042");
    refuse(&issue, in_section(HAPPENING_SIGN, TIMER, BYTES("parks")), STATUS_REFUSED,
           "section 'parks' has no part");
}

static void an_unsolvable_matter_needs_two_reviews_of_two_persons(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go(&issue, by(HAPPENING_PROPOSE_UNRESOLVABLE, LEAD_STAFF));
    assert_int_equal(issue.proposed, OUTCOME_EXPLAINED);
    struct actor both = *actor(HEAD);
    both.roles |= ROLE_BIT(ROLE_LEADER);
    both.departments = &roads;
    both.department_count = 1;
    struct step step = by(HAPPENING_REVIEW_OK, HEAD);
    step.actor = &both;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_REVIEW);
    assert_int_equal(issue.reviews, REVIEW_BY_LEADER);
    refuse(&issue, step, STATUS_REFUSED, "already in, by 'head-1'");
    refuse(&issue, by(HAPPENING_REVIEW_OK, LEADER), STATUS_REFUSED, "the office head");
    struct actor deputy = actor_of_roles(BYTES("head-2"), ROLE_BIT(ROLE_OFFICE_HEAD));
    step.actor = &deputy;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_FEEDBACK);
}

static void both_reviewers_may_have_looked_before_either_decided(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    go(&issue, by(HAPPENING_PROPOSE_UNRESOLVABLE, LEAD_STAFF));
    struct step leader = by(HAPPENING_REVIEW_OK, LEADER);
    struct step head = by(HAPPENING_REVIEW_OK, HEAD);
    leader.generation_seen = head.generation_seen = issue.generation;
    go(&issue, head);
    go(&issue, leader);
    assert_int_equal(issue.state, STATE_FEEDBACK);
}

static void a_reviewer_leads_the_section_and_did_not_answer(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_REVIEW);
    refuse(&issue, by(HAPPENING_REVIEW_OK, OTHER_LEADER), STATUS_FORBIDDEN,
           "the leader in charge of its lead section");
    issue.submitter = word_of(BYTES("head-1"));
    refuse(&issue, by(HAPPENING_REVIEW_OK, HEAD), STATUS_FORBIDDEN, "not who answered");
    refuse(&issue, by(HAPPENING_REVIEW_NO, HEAD), STATUS_FORBIDDEN, "not who answered");
    struct step step = by(HAPPENING_REVIEW_NO, LEADER);
    step.has_words = false;
    refuse(&issue, step, STATUS_INVALID, "a reason is missing");
}

static void an_answer_sent_back_is_handled_again(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_REVIEW);
    go(&issue, by(HAPPENING_REVIEW_NO, LEADER));
    assert_int_equal(issue.legs[0].state, LEG_STATE_REDO);
    assert_int_equal(issue.legs[1].state, LEG_STATE_SUBMITTED);
    assert_int_equal(issue.redo, 0);
    go(&issue, by(HAPPENING_PROGRESS, LEAD_STAFF));
    go(&issue, by(HAPPENING_LEAD_SUBMIT, LEAD_STAFF));
    assert_int_equal(issue.state, STATE_REVIEW);
}

static void an_unsatisfied_household_is_heard_twice_then_the_office_head_decides(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    for (uint32_t redo = 1; redo <= 2; redo++) {
        go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR));
        assert_int_equal(issue.state, STATE_IN_PROGRESS);
        assert_int_equal(issue.redo, redo);
        assert_int_equal(issue.supervised, 1);
        assert_int_equal(issue.legs[0].state, LEG_STATE_REDO);
        go_to_callback(&issue);
    }
    refuse(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, HEAD), STATUS_REFUSED,
           "no call-back has found the household unsatisfied");
    go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CALLBACK);
    assert_true(issue.is_unsatisfied);
    refuse(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR), STATUS_REFUSED,
           "issue close-unsatisfied");
    refuse(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, CLERK), STATUS_FORBIDDEN,
           "the office head");
    go(&issue, by(HAPPENING_CALLBACK_UNSATISFIED_FINAL, HEAD));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_int_equal(issue.outcome, OUTCOME_EXPLAINED);
    assert_true(issue.is_unsatisfied);
}

static void an_unreasonable_demand_waits_for_the_office_head_at_once(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    struct step step = by(HAPPENING_CALLBACK_UNSATISFIED, SUPERVISOR);
    step.callback = &unreasonable;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_CALLBACK);
    assert_int_equal(issue.redo, 0);
    struct buf next = {0};
    lifecycle_append_next(&issue, &next);
    buf_append_u8(&next, 0);
    assert_string_equal((char *)next.p, "the office head decides with 'issue close-unsatisfied'");
    buf_done(&next);
}

static void three_tries_on_three_working_days_close_as_unreached(void **test)
{
    (void)test;
    static const uint32_t days[] = {100, 100, 0, 101, 101, 102};
    struct issue issue = issue_in(STATE_CALLBACK);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(issue.state, STATE_CALLBACK);
        struct step step = by(HAPPENING_CALLBACK_UNREACHED, SUPERVISOR);
        step.working_day = days[i];
        go(&issue, step);
    }
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_true(issue.is_unreached);
    assert_int_equal(issue.outcome, OUTCOME_SOLVED);
}

static void a_household_reached_after_a_try_decides_as_usual(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    go(&issue, by(HAPPENING_CALLBACK_UNREACHED, SUPERVISOR));
    go(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR));
    assert_int_equal(issue.state, STATE_CLOSED);
    assert_false(issue.is_unreached);
}

static void a_call_back_is_made_by_somebody_who_took_no_part(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_CALLBACK);
    struct step step = by(HAPPENING_CALLBACK_OK, SUPERVISOR);
    step.took_part = true;
    refuse(&issue, step, STATUS_FORBIDDEN, "neither handled it nor is linked");
    step.took_part = false;
    issue.cadre = word_of(BYTES("supervisor-1"));
    refuse(&issue, step, STATUS_FORBIDDEN, "neither handled it nor is linked");
    issue.cadre = word_of(BYTES("cadre-1"));
    step.callback = &unsatisfied;
    refuse(&issue, step, STATUS_INVALID, "is 'callback_unsatisfied', not 'callback_ok'");
    struct callback marks = satisfied;
    marks.section = 6;
    step.callback = &marks;
    refuse(&issue, step, STATUS_INVALID, "the mark for the section must be 1 to 5");
}

static void the_office_gives_feedback_only_when_the_cadre_is_late(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_FEEDBACK);
    struct step step = by(HAPPENING_FEEDBACK_DONE, CLERK);
    refuse(&issue, step, STATUS_FORBIDDEN, "the cadre who owns its feedback or the office once");
    step.is_overdue = true;
    go(&issue, step);
    assert_int_equal(issue.state, STATE_CALLBACK);
}

static void whoever_looked_before_the_last_change_is_refused(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    struct step step = by(HAPPENING_DISPATCH, CLERK);
    step.generation_seen = 4;
    refuse(&issue, step, STATUS_REFUSED, "somebody else changed issue 2026-0000042");
    step.generation_seen = 5;
    go(&issue, step);
}

static void sections_of_one_issue_do_not_make_each_other_stale(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    go(&issue, by(HAPPENING_DISPATCH, CLERK));
    struct step lead = by(HAPPENING_SIGN, LEAD_STAFF);
    struct step assist = in_section(HAPPENING_SIGN, ASSIST_STAFF, water);
    lead.generation_seen = assist.generation_seen = issue.generation;
    go(&issue, lead);
    go(&issue, assist);
    struct step late = in_section(HAPPENING_PROGRESS, LEAD_STAFF, roads);
    late.generation_seen = lead.generation_seen;
    refuse(&issue, late, STATUS_REFUSED, "somebody else changed");
}

static void a_dispatch_names_one_lead_no_section_twice_and_a_leader(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_TRIAGE);
    struct step step = by(HAPPENING_DISPATCH, CLERK);
    struct dispatch to = *step.dispatch;
    step.dispatch = &to;
    to.assists[0] = roads;
    refuse(&issue, step, STATUS_INVALID, "section 'roads' is named twice");
    to.assists[0] = BYTES("two words");
    refuse(&issue, step, STATUS_INVALID, "'two words' is not the id of a section");
    to.assist_count = ISSUE_LEGS_MAX;
    refuse(&issue, step, STATUS_INVALID, "too many sections");
    to.assist_count = 0;
    to.leader = BYTES("");
    refuse(&issue, step, STATUS_INVALID, "name a leader");
    to.leader = BYTES("leader-1");
    to.lead = BYTES("");
    refuse(&issue, step, STATUS_INVALID, "a lead section is missing");
    to.lead = roads;
    to.urgency = URGENCY_EMERGENCY;
    to.category = BYTES("street-lights");
    go(&issue, step);
    assert_int_equal(issue.urgency, URGENCY_EMERGENCY);
    assert_string_equal(issue.category.text, "street-lights");
}

static void a_report_is_taken_in_whole_or_not_at_all(void **test)
{
    (void)test;
    struct issue issue = blank_issue(STATE_DRAFT);
    issue.household = (struct word){0};
    refuse(&issue, by(HAPPENING_SUBMIT, CADRE), STATUS_INVALID, "the household is missing");
    issue.source = SOURCE_IMPORT;
    issue.state = STATE_NONE;
    go(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, OPERATOR));
    issue = blank_issue(STATE_NONE);
    issue.urgency = URGENCY_NONE;
    refuse(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, CLERK), STATUS_INVALID, "urgency");
    issue = blank_issue(STATE_NONE);
    issue.cadre = (struct word){0};
    refuse(&issue, by(HAPPENING_HOUSEHOLD_DIRECT, CLERK), STATUS_INVALID, "feedback_default");
}

static void a_refusal_says_the_state_and_who_is_next(void **test)
{
    (void)test;
    struct issue issue = issue_in(STATE_IN_PROGRESS);
    refuse(&issue, by(HAPPENING_REVIEW_OK, LEADER), STATUS_REFUSED,
           "issue 2026-0000042 is in_progress (办理中), so 'issue review --ok' cannot be done; the "
           "lead section (roads) handles it and answers with 'queue submit'");
    issue = issue_in(STATE_FEEDBACK);
    refuse(&issue, by(HAPPENING_CALLBACK_OK, SUPERVISOR), STATUS_REFUSED,
           "the owner of the feedback (cadre-1) tells the household with 'feedback give'");
    refuse(&issue, by(HAPPENING_MERGE, CLERK), STATUS_REFUSED, "'issue merge' is not offered yet");
}

static struct step random_step(struct dice *dice, const struct issue *issue, uint32_t day)
{
    static const struct callback *const callbacks[] = {&satisfied, &unsatisfied, &unreasonable,
                                                       &unreached, NULL};
    enum happening happening = (enum happening)(1 + dice_below(dice, HAPPENING_COUNT - 1));
    struct step step = fit_step(happening);
    if (dice_below(dice, 3) > 0) {
        make_ready(&(struct issue){.state = issue->state}, &step);
        step.working_day = day;
        return step;
    }
    static struct dispatch to;
    to = *dispatch_to_roads();
    to.assist_count = (uint32_t)dice_below(dice, ISSUE_LEGS_MAX + 1);
    step.actor = actor((enum who_acts)dice_below(dice, ACTS_COUNT));
    step.department = dice_below(dice, 2) == 0 ? roads : water;
    step.generation_seen = (uint32_t)dice_below(dice, issue->generation + 2);
    step.outcome = (enum outcome)dice_below(dice, OUTCOME_COUNT);
    step.has_words = dice_below(dice, 4) > 0;
    step.has_evidence = dice_below(dice, 4) > 0;
    step.is_overdue = dice_below(dice, 4) == 0;
    step.took_part = dice_below(dice, 4) == 0;
    step.working_day = day;
    step.dispatch = dice_below(dice, 2) == 0 ? &to : step.dispatch;
    step.callback = callbacks[dice_below(dice, 5)];
    step.suspension = dice_below(dice, 2) == 0 ? NULL : step.suspension;
    step.correction = dice_below(dice, 2) == 0 ? NULL : step.correction;
    step.is_window_over = dice_below(dice, 2) == 0;
    return step;
}

static void random_walks_keep_the_object_whole_and_refusals_leave_it_alone(void **test)
{
    (void)test;
    struct dice dice = dice_open(42);
    uint32_t done[HAPPENING_COUNT] = {0};
    for (uint32_t walk = 0; walk < 200; walk++) {
        struct err err = {0};
        struct issue issue = blank_issue(walk % 2 == 0 ? STATE_DRAFT : STATE_NONE);
        for (uint32_t i = 0; i < 50000 && issue.state != STATE_ARCHIVED; i++) {
            struct issue before;
            memcpy(&before, &issue, sizeof(issue));
            struct step step = random_step(&dice, &issue, 1 + i / 20);
            if (lifecycle_apply(&issue, &step, &err) == STATUS_OK) {
                done[step.happening]++;
                assert_int_equal(issue.generation, before.generation + 1);
                assert_ok(issue_check(&issue, &err));
            } else {
                assert_memory_equal(&issue, &before, sizeof(issue));
                assert_true(strlen(err.text) > 0);
            }
        }
        assert_int_equal(issue.state, STATE_ARCHIVED);
    }
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        assert_int_equal(done[i] > 0, expected[i].is_offered);
    }
}

static void the_drawing_in_the_documents_is_the_table_s(void **test)
{
    (void)test;
    struct buf drawn = {0};
    lifecycle_print_dot(&drawn);
    static char kept[65536];
    FILE *file = fopen(SOURCE_DIR "/docs/lifecycle.dot", "rb");
    size_t len = file != NULL ? fread(kept, 1, sizeof(kept), file) : 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    if (!bytes_equal(bytes_of(kept, len), buf_bytes(&drawn))) {
        FILE *out = fopen(BUILD_DIR "/lifecycle.dot", "wb");
        assert_non_null(out);
        (void)fwrite(drawn.p, 1, drawn.len, out);
        (void)fclose(out);
        fail_msg("docs/lifecycle.dot differs from the table: copy %s there",
                 BUILD_DIR "/lifecycle.dot");
    }
    buf_done(&drawn);
}

static void the_printed_table_has_a_line_for_every_row_and_leg_move(void **test)
{
    (void)test;
    struct buf out = {0};
    size_t moves;
    (void)lifecycle_leg_moves(&moves);
    lifecycle_print_table(&out);
    buf_append_u8(&out, 0);
    const char *text = (const char *)out.p;
    for (int i = 1; i < HAPPENING_COUNT; i++) {
        assert_non_null(strstr(text, happening_name((enum happening)i)));
    }
    size_t lines = 0;
    for (const char *p = text; strncmp(p, "\nwho\n", 5) != 0; p++) {
        lines += *p == '\n';
    }
    assert_int_equal(lines, 1 + (HAPPENING_COUNT - 1) + 2 + 1 + moves);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_event_does_what_the_specification_says),
        cmocka_unit_test(the_table_is_the_specification_s_and_has_no_row_twice),
        cmocka_unit_test(every_state_is_reachable),
        cmocka_unit_test(final_states_have_only_the_exits_of_the_specification),
        cmocka_unit_test(a_report_travels_to_the_household_s_verdict),
        cmocka_unit_test(an_answer_needs_an_outcome_words_and_for_solved_evidence),
        cmocka_unit_test(only_the_lead_section_answers_and_only_its_own_people),
        cmocka_unit_test(an_unsolvable_matter_needs_two_reviews_of_two_persons),
        cmocka_unit_test(both_reviewers_may_have_looked_before_either_decided),
        cmocka_unit_test(a_reviewer_leads_the_section_and_did_not_answer),
        cmocka_unit_test(an_answer_sent_back_is_handled_again),
        cmocka_unit_test(an_unsatisfied_household_is_heard_twice_then_the_office_head_decides),
        cmocka_unit_test(an_unreasonable_demand_waits_for_the_office_head_at_once),
        cmocka_unit_test(three_tries_on_three_working_days_close_as_unreached),
        cmocka_unit_test(a_household_reached_after_a_try_decides_as_usual),
        cmocka_unit_test(a_call_back_is_made_by_somebody_who_took_no_part),
        cmocka_unit_test(the_office_gives_feedback_only_when_the_cadre_is_late),
        cmocka_unit_test(whoever_looked_before_the_last_change_is_refused),
        cmocka_unit_test(sections_of_one_issue_do_not_make_each_other_stale),
        cmocka_unit_test(a_dispatch_names_one_lead_no_section_twice_and_a_leader),
        cmocka_unit_test(a_report_is_taken_in_whole_or_not_at_all),
        cmocka_unit_test(a_refusal_says_the_state_and_who_is_next),
        cmocka_unit_test(random_walks_keep_the_object_whole_and_refusals_leave_it_alone),
        cmocka_unit_test(the_drawing_in_the_documents_is_the_table_s),
        cmocka_unit_test(the_printed_table_has_a_line_for_every_row_and_leg_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
