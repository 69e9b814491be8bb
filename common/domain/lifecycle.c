/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle.h"

#include "domain/lifecycle_guard.h"

static enum status refuse_state(const struct issue *issue, const struct transition *row,
                                struct err *err)
{
    char number[ISSUE_TEXT_BYTES];
    issue_format(issue->number, number);
    struct buf next = {0};
    lifecycle_append_next(issue, &next);
    const char *state = issue->state == STATE_NONE ? "not opened" : state_word(issue->state);
    enum status st =
        fail(err, STATUS_REFUSED, "issue %s is %s%s%s%s, so '%s' cannot be done; %.*s", number,
             state, issue->state == STATE_NONE ? "" : " (", state_name(issue->state),
             issue->state == STATE_NONE ? "" : ")", row->verb, BYTES_FMT(buf_bytes(&next)));
    buf_done(&next);
    return st;
}

static enum status check_row(const struct issue *issue, const struct step *step, struct err *err)
{
    const struct transition *row = lifecycle_row(step->happening);
    if (!row->is_offered) {
        return fail(err, STATUS_REFUSED, "'%s' is not offered yet", row->verb);
    }
    if ((row->from & STATE_BIT(issue->state)) == 0) {
        return refuse_state(issue, row, err);
    }
    return who_check(row->who, issue, step, err);
}

/* The move of the step's own leg, or NULL when the happening moves none. */
static const struct leg_move *find_own_move(enum happening happening)
{
    size_t count;
    const struct leg_move *moves = lifecycle_leg_moves(&count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].happening == happening && moves[i].pick == PICK_OWN) {
            return &moves[i];
        }
    }
    return NULL;
}

static enum status check_leg(const struct issue *issue, const struct step *step, struct err *err)
{
    const struct leg_move *move = find_own_move(step->happening);
    const struct leg *leg = issue_find_leg(issue, step->department);
    char number[ISSUE_TEXT_BYTES];
    issue_format(issue->number, number);
    if (move == NULL) {
        return STATUS_OK;
    }
    if (leg == NULL) {
        return fail(err, STATUS_REFUSED, "section '%.*s' has no part in issue %s",
                    BYTES_FMT(step->department), number);
    }
    if ((move->from & LEG_BIT(leg->state)) == 0) {
        return fail(err, STATUS_REFUSED,
                    "the part of section '%s' in issue %s is %s (%s), so '%s' cannot be done%s",
                    leg->department.text, number, leg_state_word(leg->state),
                    leg_state_name(leg->state), lifecycle_row(step->happening)->verb,
                    leg->state == LEG_STATE_DISPATCHED ? ": sign it first with 'queue sign'" : "");
    }
    return STATUS_OK;
}

/* A section sees the steps of its own leg only, so its view is stale when that leg has changed;
 * everybody else's when the state has. */
static enum status check_generation(const struct issue *issue, const struct step *step,
                                    struct err *err)
{
    const struct leg *leg = issue_find_leg(issue, step->department);
    bool is_of_leg = find_own_move(step->happening) != NULL && leg != NULL;
    uint32_t changed = is_of_leg ? leg->generation : issue->state_generation;
    if (step->generation_seen == 0 || step->generation_seen >= changed) {
        return STATUS_OK;
    }
    char number[ISSUE_TEXT_BYTES];
    issue_format(issue->number, number);
    return fail(err, STATUS_REFUSED,
                "somebody else changed issue %s since you looked (you saw generation %u, it "
                "changed in %u): look at it again with 'issue show %s'",
                number, step->generation_seen, changed, number);
}

static enum status check_step(const struct issue *issue, const struct step *step, struct err *err)
{
    enum status st = check_row(issue, step, err);
    if (st == STATUS_OK) {
        st = check_generation(issue, step, err);
    }
    if (st == STATUS_OK) {
        st = check_leg(issue, step, err);
    }
    return st == STATUS_OK ? guard_check(lifecycle_row(step->happening)->guard, issue, step, err)
                           : st;
}

static void forget_answer(struct issue *issue)
{
    issue->proposed = OUTCOME_NONE;
    issue->submitter = (struct word){0};
    issue->reviews = 0;
    issue->reviewer = (struct word){0};
    issue->try_count = 0;
    issue->last_try_day = 0;
    issue->is_unsatisfied = false;
}

static void forget_wait(struct issue *issue)
{
    issue->wait_ground = WAIT_GROUND_NONE;
    issue->wait_until = (struct wall){0};
}

static void add_leg(struct issue *issue, struct bytes department, enum leg_role role)
{
    CHECK(issue->leg_count < ISSUE_LEGS_MAX);
    issue->legs[issue->leg_count++] = (struct leg){
        .department = word_of(department),
        .role = role,
        .state = LEG_STATE_DISPATCHED,
        .generation = issue->generation,
    };
}

static void record_dispatch(struct issue *issue, const struct step *step)
{
    const struct dispatch *to = step->dispatch;
    add_leg(issue, to->lead, LEG_ROLE_LEAD);
    for (uint32_t i = 0; i < to->assist_count; i++) {
        add_leg(issue, to->assists[i], LEG_ROLE_ASSIST);
    }
    issue->leader = word_of(to->leader);
    if (to->urgency != URGENCY_NONE) {
        issue->urgency = to->urgency;
    }
    if (to->category.len > 0) {
        issue->category = word_of(to->category);
    }
}

static void record_question(struct issue *issue, const struct step *step)
{
    (void)step;
    issue->questions++;
    issue->is_info_missing = false;
}

static void record_info(struct issue *issue, const struct step *step)
{
    issue->is_info_missing = step->actor->kind == ACTOR_TIMER;
}

static void record_contact(struct issue *issue, const struct step *step)
{
    (void)step;
    issue->is_contacted = true;
}

static void record_late_feedback(struct issue *issue, const struct step *step)
{
    (void)step;
    issue->is_feedback_late = true;
}

static void record_wait(struct issue *issue, const struct step *step)
{
    issue->wait_ground = step->suspension->ground;
    issue->wait_until = step->suspension->until;
}

static void record_no_wait(struct issue *issue, const struct step *step)
{
    (void)step;
    forget_wait(issue);
}

static void record_correction(struct issue *issue, const struct step *step)
{
    const struct correction *correction = step->correction;
    if (correction->category.len > 0) {
        issue->category = word_of(correction->category);
    }
    if (correction->urgency != URGENCY_NONE) {
        issue->urgency = correction->urgency;
    }
    if (correction->kind != KIND_NONE) {
        issue->kind = correction->kind;
    }
}

static void record_answer(struct issue *issue, const struct step *step)
{
    issue->proposed = step->outcome;
    issue->submitter = word_of(step->actor->id);
}

static void record_unresolvable(struct issue *issue, const struct step *step)
{
    issue->proposed = OUTCOME_EXPLAINED;
    issue->submitter = word_of(step->actor->id);
}

static void record_review_no(struct issue *issue, const struct step *step)
{
    (void)step;
    forget_answer(issue);
}

static void record_review_ok(struct issue *issue, const struct step *step)
{
    issue->reviews |= review_open_to(issue, step->actor);
    issue->reviewer = word_of(step->actor->id);
}

static void record_unsatisfied(struct issue *issue, const struct step *step)
{
    (void)step;
    issue->is_unsatisfied = true;
}

/* A second try on the same day, or one on an off day, is recorded and does not count. */
static void record_unreached(struct issue *issue, const struct step *step)
{
    if (step->working_day > issue->last_try_day) {
        issue->last_try_day = step->working_day;
        issue->try_count++;
    }
    issue->is_unreached = issue->try_count == ISSUE_TRIES_MAX;
}

static void record_supervise(struct issue *issue, const struct step *step)
{
    issue->supervision = *step->supervision;
    issue->supervised = issue->supervised_by_system > issue->supervision.level
                            ? issue->supervised_by_system
                            : issue->supervision.level;
}

static void (*const records[HAPPENING_COUNT])(struct issue *, const struct step *) = {
    [HAPPENING_ASK_INFO] = record_question,
    [HAPPENING_GIVE_INFO] = record_info,
    [HAPPENING_DISPATCH] = record_dispatch,
    [HAPPENING_FIRST_CONTACT] = record_contact,
    [HAPPENING_REQUEST_SUSPENSION] = record_wait,
    [HAPPENING_SUSPENSION_NO] = record_no_wait,
    [HAPPENING_RESUME] = record_no_wait,
    [HAPPENING_LEAD_SUBMIT] = record_answer,
    [HAPPENING_PROPOSE_UNRESOLVABLE] = record_unresolvable,
    [HAPPENING_REVIEW_NO] = record_review_no,
    [HAPPENING_REVIEW_OK] = record_review_ok,
    [HAPPENING_FEEDBACK_DONE] = record_contact,
    [HAPPENING_FEEDBACK_LATE] = record_late_feedback,
    [HAPPENING_CALLBACK_UNSATISFIED] = record_unsatisfied,
    [HAPPENING_CALLBACK_UNREACHED] = record_unreached,
    [HAPPENING_CORRECT] = record_correction,
    [HAPPENING_SUPERVISE] = record_supervise,
};

static void arrive_redo(struct issue *issue)
{
    forget_answer(issue);
    issue->redo++;
    issue_raise_supervised(issue, 1);
}

static void arrive_closed(struct issue *issue)
{
    issue->outcome = issue->proposed;
}

static void arrive_closed_unsatisfied(struct issue *issue)
{
    issue->outcome = OUTCOME_EXPLAINED;
}

static void (*const arrivals[HAPPENING_COUNT])(struct issue *) = {
    [HAPPENING_CALLBACK_OK] = arrive_closed,
    [HAPPENING_CALLBACK_UNSATISFIED] = arrive_redo,
    [HAPPENING_CALLBACK_UNSATISFIED_FINAL] = arrive_closed_unsatisfied,
    [HAPPENING_CALLBACK_UNREACHED] = arrive_closed,
};

static bool is_picked(enum pick pick, const struct leg *leg, struct bytes department)
{
    switch (pick) {
    case PICK_OWN:
        return bytes_equal(word_bytes(&leg->department), department);
    case PICK_LEAD:
        return leg->role == LEG_ROLE_LEAD;
    case PICK_ALL:
        return true;
    case PICK_NEW:
    case PICK_COUNT:
        break;
    }
    return false;
}

static void apply_leg_move(struct issue *issue, const struct leg_move *move,
                           struct bytes department)
{
    for (uint32_t i = 0; move->to != LEG_STATE_NONE && i < issue->leg_count; i++) {
        struct leg *leg = &issue->legs[i];
        if ((move->from & LEG_BIT(leg->state)) != 0 && is_picked(move->pick, leg, department)) {
            leg->state = move->to;
            leg->generation = issue->generation;
        }
    }
}

static void move_legs(struct issue *issue, const struct step *step, bool is_own)
{
    size_t count;
    const struct leg_move *moves = lifecycle_leg_moves(&count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].happening == step->happening && (moves[i].pick == PICK_OWN) == is_own) {
            apply_leg_move(issue, &moves[i], step->department);
        }
    }
}

static void arrive(struct issue *issue, const struct step *step, enum state to)
{
    move_legs(issue, step, false);
    if (arrivals[step->happening] != NULL) {
        arrivals[step->happening](issue);
    }
    if (to != STATE_NONE && to != issue->state) {
        issue->state = to;
        issue->state_generation = issue->generation;
        if (to != STATE_SUSPENDED) {
            forget_wait(issue);
        }
    }
    if (issue_is_final(issue)) {
        issue->supervision = (struct supervision){0}; /* its mark stays */
        issue->supervised_by_system = issue->supervised;
    }
}

enum status lifecycle_apply(struct issue *issue, const struct step *step, struct err *err)
{
    enum status st = check_step(issue, step, err);
    if (st != STATUS_OK) {
        return st;
    }
    const struct transition *row = lifecycle_row(step->happening);
    struct issue next = *issue;
    next.generation++;
    next.updated_at = step->at;
    move_legs(&next, step, true);
    if (records[step->happening] != NULL) {
        records[step->happening](&next, step);
    }
    if (move_is_due(row->when, &next, step)) {
        arrive(&next, step, row->to);
    }
    struct err broken;
    CHECK(issue_check(&next, &broken) == STATUS_OK);
    *issue = next;
    return STATUS_OK;
}
