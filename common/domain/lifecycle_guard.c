/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle_guard.h"

static bool is_submitter(const struct issue *issue, const struct actor *actor)
{
    return actor_is(actor, word_bytes(&issue->submitter));
}

static bool leads_it(const struct issue *issue, const struct actor *actor)
{
    const struct leg *lead = issue_find_lead(issue);
    return actor_has_role(actor, ROLE_BIT(ROLE_LEADER)) &&
           (actor_is(actor, word_bytes(&issue->leader)) ||
            (lead != NULL && actor_is_in_charge_of(actor, word_bytes(&lead->department))));
}

static bool is_in_section(const struct issue *issue, const struct step *step, enum leg_role role)
{
    const struct leg *leg = issue_find_leg(issue, step->department);
    return leg != NULL && leg->role == role && actor_works_in(step->actor, step->department);
}

static bool is_lead_section(const struct issue *issue, const struct step *step)
{
    return is_in_section(issue, step, LEG_ROLE_LEAD);
}

static bool is_assist_section(const struct issue *issue, const struct step *step)
{
    return is_in_section(issue, step, LEG_ROLE_ASSIST);
}

static bool is_owner_cadre(const struct issue *issue, const struct step *step)
{
    return actor_is(step->actor, word_bytes(&issue->cadre));
}

static bool is_reviewer(const struct issue *issue, const struct step *step)
{
    bool may_review =
        actor_has_role(step->actor, ROLE_BIT(ROLE_OFFICE_HEAD)) || leads_it(issue, step->actor);
    return may_review && !is_submitter(issue, step->actor);
}

static bool is_office_when_late(const struct issue *issue, const struct step *step)
{
    (void)issue;
    return step->is_overdue &&
           actor_has_role(step->actor, ROLE_BIT(ROLE_TRIAGE_CLERK) | ROLE_BIT(ROLE_OFFICE_HEAD));
}

static bool is_area_secretary(const struct issue *issue, const struct step *step)
{
    (void)issue;
    return step->is_in_area && actor_has_role(step->actor, ROLE_BIT(ROLE_COMMUNITY_SECRETARY));
}

static bool is_in_charge(const struct issue *issue, const struct step *step)
{
    return leads_it(issue, step->actor);
}

static bool is_independent(const struct issue *issue, const struct step *step)
{
    return actor_has_role(step->actor, ROLE_BIT(ROLE_SUPERVISOR)) && !step->took_part &&
           !is_owner_cadre(issue, step) && !is_submitter(issue, step->actor);
}

static bool is_system(const struct issue *issue, const struct step *step)
{
    (void)issue;
    return step->actor->kind == ACTOR_SYSTEM;
}

static bool is_timer(const struct issue *issue, const struct step *step)
{
    (void)issue;
    return step->actor->kind == ACTOR_TIMER;
}

static bool (*const who_tests[WHO_COUNT])(const struct issue *, const struct step *) = {
    [WHO_LEAD_SECTION] = is_lead_section,
    [WHO_ASSIST_SECTION] = is_assist_section,
    [WHO_OWNER_CADRE] = is_owner_cadre,
    [WHO_REVIEWER] = is_reviewer,
    [WHO_OFFICE_WHEN_LATE] = is_office_when_late,
    [WHO_AREA_SECRETARY] = is_area_secretary,
    [WHO_IN_CHARGE] = is_in_charge,
    [WHO_INDEPENDENT] = is_independent,
    [WHO_SYSTEM] = is_system,
    [WHO_TIMER] = is_timer,
};

/* "a, b or c" of those that are persons: what a machine does is no use to who asks. */
static void append_persons(uint32_t who, struct buf *out)
{
    who &= ~(WHO_BIT(WHO_SYSTEM) | WHO_BIT(WHO_TIMER));
    bool is_first = true;
    for (uint32_t i = 0; i < WHO_COUNT; i++) {
        if ((who & WHO_BIT(i)) == 0) {
            continue;
        }
        bool is_last = (who >> (i + 1)) == 0;
        buf_append_string(out, is_first ? "" : is_last ? " or " : ", ");
        buf_append_string(out, who_sentence(i));
        is_first = false;
    }
}

enum status who_check(uint32_t who, const struct issue *issue, const struct step *step,
                      struct err *err)
{
    for (uint32_t i = 0; i < WHO_COUNT; i++) {
        bool fits =
            (who & WHO_BIT(i)) != 0 &&
            (i < ROLE_COUNT ? actor_has_role(step->actor, ROLE_BIT(i)) : who_tests[i](issue, step));
        if (fits) {
            return STATUS_OK;
        }
    }
    char number[ISSUE_TEXT_BYTES];
    issue_format(issue->number, number);
    struct buf persons = {0};
    append_persons(who, &persons);
    enum status st =
        fail(err, STATUS_FORBIDDEN, "'%s' on issue %s is not for '%.*s': only %.*s may do it",
             lifecycle_row(step->happening)->verb, number, BYTES_FMT(step->actor->id),
             BYTES_FMT(buf_bytes(&persons)));
    buf_done(&persons);
    return st;
}

enum status guard_need(struct err *err, bool given, const char *field, const char *sentence)
{
    return given ? STATUS_OK : fail_field(err, STATUS_INVALID, field, "%s", sentence);
}

enum status guard_words(const struct issue *issue, const struct step *step, struct err *err)
{
    (void)issue;
    return guard_need(err, step->has_words, "words", "words are missing: say what was done");
}

enum status guard_reason(const struct issue *issue, const struct step *step, struct err *err)
{
    (void)issue;
    return guard_need(err, step->has_words, "reason", "a reason is missing: say why");
}

static enum status check_report(const struct issue *issue, const struct step *step, struct err *err)
{
    (void)step;
    enum status st = guard_need(err, issue->number != 0, "issue", "the issue has no number");
    if (st == STATUS_OK) {
        st = guard_need(err, issue->source != SOURCE_NONE, "source",
                        "the source of the report is missing");
    }
    if (st == STATUS_OK) {
        st = guard_need(err, issue->urgency != URGENCY_NONE, "urgency", "the urgency is missing");
    }
    if (st == STATUS_OK) {
        st =
            guard_need(err, !word_is_empty(&issue->cadre), "cadre",
                       "nobody owns the feedback: the household has no cadre and the office has no "
                       "feedback_default");
    }
    bool is_from_cadre = issue->source == SOURCE_CADRE || issue->source == SOURCE_VISIT;
    if (st == STATUS_OK) {
        st = guard_need(err, !is_from_cadre || !word_is_empty(&issue->household), "household",
                        "the household is missing: a cadre reports for a household");
    }
    return st;
}

static enum status check_section(const struct dispatch *to, struct bytes section, uint32_t before,
                                 struct err *err)
{
    if (!word_is_valid(section)) {
        return fail_field(err, STATUS_INVALID, "assist", "'%.*s' is not the id of a section",
                          BYTES_FMT(section));
    }
    bool is_repeated = bytes_equal(section, to->lead);
    for (uint32_t i = 0; i < before; i++) {
        is_repeated = is_repeated || bytes_equal(section, to->assists[i]);
    }
    return is_repeated
               ? fail_field(err, STATUS_INVALID, "assist",
                            "section '%.*s' is named twice: each has one part", BYTES_FMT(section))
               : STATUS_OK;
}

static enum status check_dispatch(const struct issue *issue, const struct step *step,
                                  struct err *err)
{
    const struct dispatch *to = step->dispatch;
    if (to == NULL || !word_is_valid(to->lead)) {
        return fail_field(err, STATUS_INVALID, "lead", "a lead section is missing");
    }
    if (!word_is_valid(to->leader)) {
        return fail_field(err, STATUS_INVALID, "leader",
                          "nobody is in charge of section '%.*s': name a leader",
                          BYTES_FMT(to->lead));
    }
    if (to->category.len > 0 && !word_is_valid(to->category)) {
        return fail_field(err, STATUS_INVALID, "category", "'%.*s' is not a category's code",
                          BYTES_FMT(to->category));
    }
    if (to->assist_count >= ISSUE_LEGS_MAX - issue->leg_count) {
        return fail_field(err, STATUS_INVALID, "assist",
                          "too many sections: an issue has room for %u in all, those that "
                          "returned it included",
                          ISSUE_LEGS_MAX);
    }
    enum status st = STATUS_OK;
    for (uint32_t i = 0; i < to->assist_count && st == STATUS_OK; i++) {
        st = check_section(to, to->assists[i], i, err);
    }
    return st;
}

/* The lead section's answer stands for all: those who assist have to be ready. */
static enum status check_assists(const struct issue *issue, struct err *err)
{
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        const struct leg *leg = &issue->legs[i];
        if (leg->role == LEG_ROLE_ASSIST &&
            (leg_states_owing(STAGE_HANDLE) & LEG_BIT(leg->state)) != 0) {
            return fail(err, STATUS_REFUSED,
                        "the assisting section '%s' is still %s (%s): it has to submit its part "
                        "first",
                        leg->department.text, leg_state_word(leg->state),
                        leg_state_name(leg->state));
        }
    }
    return STATUS_OK;
}

static enum status check_answer(const struct issue *issue, const struct step *step, struct err *err)
{
    if (step->outcome != OUTCOME_SOLVED && step->outcome != OUTCOME_PARTLY) {
        return fail_field(err, STATUS_INVALID, "outcome",
                          "an answer is 'solved' or 'partly'; for what cannot be solved use "
                          "'queue propose-unresolvable'");
    }
    enum status st =
        guard_need(err, step->has_words, "words", "words for the household are missing");
    if (st == STATUS_OK) {
        st = guard_need(err, step->outcome != OUTCOME_SOLVED || step->has_evidence, "evidence",
                        "'solved' needs evidence: say what shows it");
    }
    return st == STATUS_OK ? check_assists(issue, err) : st;
}

static enum status check_grounds(const struct issue *issue, const struct step *step,
                                 struct err *err)
{
    enum status st =
        guard_need(err, step->has_words, "words",
                   "the ground, what was tried and words for the household are all needed");
    return st == STATUS_OK ? check_assists(issue, err) : st;
}

uint32_t review_open_to(const struct issue *issue, const struct actor *actor)
{
    bool is_there = issue->reviews != 0 && actor_is(actor, word_bytes(&issue->reviewer));
    if (is_there || is_submitter(issue, actor)) {
        return 0;
    }
    if ((issue->reviews & REVIEW_BY_LEADER) == 0 && leads_it(issue, actor)) {
        return REVIEW_BY_LEADER;
    }
    bool is_office = (issue->reviews & REVIEW_BY_OFFICE) == 0 &&
                     actor_has_role(actor, ROLE_BIT(ROLE_OFFICE_HEAD));
    return is_office ? REVIEW_BY_OFFICE : 0;
}

static enum status check_reviewer(const struct issue *issue, const struct step *step,
                                  struct err *err)
{
    if (review_open_to(issue, step->actor) != 0) {
        return STATUS_OK;
    }
    bool has_leader = (issue->reviews & REVIEW_BY_LEADER) != 0;
    return fail(err, STATUS_REFUSED,
                "this review is already in, by '%s': what cannot be solved needs two, and the "
                "other one is for %s",
                issue->reviewer.text,
                has_leader ? "the office head" : "the leader in charge of the lead section");
}

static enum status check_callback(const struct issue *issue, const struct step *step,
                                  struct err *err)
{
    if (step->callback == NULL) {
        return fail_field(err, STATUS_INVALID, "reached", "what the call-back found is missing");
    }
    enum status st = callback_check(step->callback, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (issue->is_unsatisfied) {
        return fail(err, STATUS_REFUSED,
                    "the household has been called back and is unsatisfied: the office head "
                    "decides with 'issue close-unsatisfied'");
    }
    enum happening due = callback_decide(issue, step->callback);
    return due == step->happening
               ? STATUS_OK
               : fail(err, STATUS_INVALID, "what the household said is '%s', not '%s'",
                      happening_word(due), happening_word(step->happening));
}

static enum status check_waits(const struct issue *issue, const struct step *step, struct err *err)
{
    if (!issue->is_unsatisfied) {
        return fail(err, STATUS_REFUSED,
                    "no call-back has found the household unsatisfied: a supervisor records one "
                    "first with 'callback record'");
    }
    return guard_reason(issue, step, err);
}

static enum status check_once_a_day(const struct issue *issue, const struct step *step,
                                    struct err *err)
{
    if (step->was_done_today) {
        char number[ISSUE_TEXT_BYTES];
        issue_format(issue->number, number);
        return fail(err, STATUS_REFUSED,
                    "you have urged issue %s today already: once a day and person is enough",
                    number);
    }
    return guard_words(issue, step, err);
}

static enum status check_supervision(const struct issue *issue, const struct step *step,
                                     struct err *err)
{
    const struct supervision *wanted = step->supervision;
    const struct supervision *running = &issue->supervision;
    enum status st =
        guard_need(err, step->has_words, "words", "words are missing: say what is expected");
    if (st == STATUS_OK) {
        st = guard_need(
            err, wanted != NULL && wanted->level >= 1 && wanted->level <= ISSUE_SUPERVISED_MAX,
            "level", "say with --level how strongly: 1, 2 or 3");
    }
    if (st == STATUS_OK) {
        st = guard_need(err, wanted->due_at.us > step->at.us, "until",
                        "say with --until by when: a time that is still to come");
    }
    if (st == STATUS_OK && !word_is_empty(&running->issuer) &&
        !actor_is(step->actor, word_bytes(&running->issuer)) && wanted->level <= running->level) {
        return fail(err, STATUS_REFUSED,
                    "'%s' supervises it at level %u already: only '%s', or a higher level, "
                    "changes that",
                    running->issuer.text, running->level, running->issuer.text);
    }
    return st;
}

/* Rows that are not offered yet never come to their guards. */
static guard_fn *const guard_checks[GUARD_COUNT] = {
    [GUARD_REPORT_IS_WHOLE] = check_report,
    [GUARD_ONE_LEAD] = check_dispatch,
    [GUARD_WORDS] = guard_words,
    [GUARD_REASON] = guard_reason,
    [GUARD_ANSWER_IS_WHOLE] = check_answer,
    [GUARD_GROUNDS] = check_grounds,
    [GUARD_OTHER_REVIEWER] = check_reviewer,
    [GUARD_CALLBACK_SAYS_SO] = check_callback,
    [GUARD_WAITS_FOR_OFFICE] = check_waits,
    [GUARD_TWO_QUESTIONS] = guard_question,
    [GUARD_TOLD_OR_OVER] = guard_told,
    [GUARD_NOT_CONTACTED] = guard_contact,
    [GUARD_LISTED_WAIT] = guard_wait,
    [GUARD_WAIT_ASKED] = guard_wait_asked,
    [GUARD_WAIT_REFUSED] = guard_wait_refused,
    [GUARD_WAIT_OVER] = guard_wait_over,
    [GUARD_WINDOW_OVER] = guard_window_over,
    [GUARD_CORRECTION] = guard_correction,
    [GUARD_ONCE_A_DAY] = check_once_a_day,
    [GUARD_SUPERVISION] = check_supervision,
};

enum status guard_check(enum guard guard, const struct issue *issue, const struct step *step,
                        struct err *err)
{
    if (guard == GUARD_NONE) {
        return STATUS_OK;
    }
    CHECK(guard_checks[guard] != NULL);
    return guard_checks[guard](issue, step, err);
}

static bool is_always(const struct issue *issue, const struct step *step)
{
    (void)issue;
    (void)step;
    return true;
}

static bool has_lead_signed(const struct issue *issue, const struct step *step)
{
    (void)step;
    const struct leg *lead = issue_find_lead(issue);
    return lead != NULL && lead->state != LEG_STATE_DISPATCHED;
}

static bool is_all_reviewed(const struct issue *issue, const struct step *step)
{
    (void)step;
    return issue->proposed != OUTCOME_EXPLAINED ||
           issue->reviews == (REVIEW_BY_LEADER | REVIEW_BY_OFFICE);
}

static bool is_redo_left(const struct issue *issue, const struct step *step)
{
    return callback_asks_redo(issue, step->callback);
}

static bool is_tried_enough(const struct issue *issue, const struct step *step)
{
    (void)step;
    return issue->try_count >= ISSUE_TRIES_MAX;
}

bool move_is_due(enum move move, const struct issue *issue, const struct step *step)
{
    static bool (*const tests[MOVE_COUNT])(const struct issue *, const struct step *) = {
        [MOVE_ALWAYS] = is_always,
        [MOVE_LEAD_SIGNED] = has_lead_signed,
        [MOVE_ALL_REVIEWED] = is_all_reviewed,
        [MOVE_REDO_LEFT] = is_redo_left,
        [MOVE_TRIED_ENOUGH] = is_tried_enough,
    };
    return tests[move](issue, step);
}
