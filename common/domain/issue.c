/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/issue.h"

#include "base/buf.h"

struct word word_of(struct bytes text)
{
    CHECK(text.len == 0 || word_is_valid(text));
    struct word word = {0};
    if (text.len > 0) {
        memcpy(word.text, text.p, text.len);
    }
    return word;
}

struct bytes word_bytes(const struct word *word)
{
    return bytes_of(word->text, strnlen(word->text, sizeof(word->text)));
}

void issue_raise_supervised(struct issue *issue, uint32_t level)
{
    if (level > issue->supervised_by_system) {
        issue->supervised_by_system = level;
    }
    if (level > issue->supervised) {
        issue->supervised = level;
    }
}

void issue_end_supervision(struct issue *issue)
{
    issue->supervision = (struct supervision){0};
    issue->supervised = issue->supervised_by_system;
}

static const struct leg *find_active(const struct issue *issue, enum leg_role role,
                                     struct bytes department)
{
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        const struct leg *leg = &issue->legs[i];
        if (leg->state != LEG_STATE_RETURNED && (role == LEG_ROLE_NONE || leg->role == role) &&
            (department.len == 0 || bytes_equal(word_bytes(&leg->department), department))) {
            return leg;
        }
    }
    return NULL;
}

const struct leg *issue_find_leg(const struct issue *issue, struct bytes department)
{
    return department.len == 0 ? NULL : find_active(issue, LEG_ROLE_NONE, department);
}

const struct leg *issue_find_lead(const struct issue *issue)
{
    return find_active(issue, LEG_ROLE_LEAD, (struct bytes){0});
}

uint32_t leg_states_owing(enum stage stage)
{
    static const uint32_t done =
        LEG_BIT(LEG_STATE_SUBMITTED) | LEG_BIT(LEG_STATE_APPROVED) | LEG_BIT(LEG_STATE_RETURNED);
    return stage == STAGE_SIGN ? LEG_BIT(LEG_STATE_DISPATCHED) : stage == STAGE_HANDLE ? ~done : 0;
}

bool urgency_is_pressing(enum urgency urgency)
{
    return urgency == URGENCY_EMERGENCY || urgency == URGENCY_UTILITY;
}

/* What must hold in a state. Sets are of LEG_BIT, over active legs; an empty set forbids them. */
struct shape {
    uint32_t lead;
    uint32_t assist;
    bool needs_lead;
    bool is_begun; /* the report has been taken in and is complete */
    bool has_proposed;
    bool has_outcome;
};

#define LEGS_WORKING                                                                               \
    (LEG_BIT(LEG_STATE_IN_PROGRESS) | LEG_BIT(LEG_STATE_RETURN_ASKED) | LEG_BIT(LEG_STATE_REDO))
#define LEGS_ANSWERED (LEG_BIT(LEG_STATE_SUBMITTED) | LEG_BIT(LEG_STATE_APPROVED))
#define LEGS_ASSISTING (LEGS_WORKING | LEGS_ANSWERED | LEG_BIT(LEG_STATE_DISPATCHED))

static const struct shape shapes[STATE_COUNT] = {
    [STATE_TRIAGE] = {.is_begun = true},
    [STATE_NEED_INFO] = {.is_begun = true},
    [STATE_SELF_HANDLING] = {.is_begun = true},
    [STATE_REJECTED] = {.is_begun = true, .has_proposed = true},
    [STATE_DISPATCHED] = {.is_begun = true,
                          .needs_lead = true,
                          .lead = LEG_BIT(LEG_STATE_DISPATCHED) | LEG_BIT(LEG_STATE_RETURN_ASKED),
                          .assist = LEGS_ASSISTING},
    [STATE_IN_PROGRESS] = {.is_begun = true,
                           .needs_lead = true,
                           .lead = LEGS_WORKING,
                           .assist = LEGS_ASSISTING},
    [STATE_SUSPENDED] = {.is_begun = true,
                         .needs_lead = true,
                         .lead = LEG_BIT(LEG_STATE_SUSPENDED),
                         .assist = LEGS_ASSISTING | LEG_BIT(LEG_STATE_SUSPENDED)},
    [STATE_DISPUTE] = {.is_begun = true,
                       .lead = LEGS_WORKING | LEG_BIT(LEG_STATE_DISPATCHED),
                       .assist = LEGS_ASSISTING},
    [STATE_REVIEW] = {.is_begun = true,
                      .needs_lead = true,
                      .lead = LEG_BIT(LEG_STATE_SUBMITTED),
                      .assist = LEGS_ANSWERED,
                      .has_proposed = true},
    [STATE_FEEDBACK] = {.is_begun = true,
                        .needs_lead = true,
                        .lead = LEG_BIT(LEG_STATE_APPROVED),
                        .assist = LEG_BIT(LEG_STATE_APPROVED),
                        .has_proposed = true},
    [STATE_CALLBACK] = {.is_begun = true,
                        .lead = LEG_BIT(LEG_STATE_APPROVED),
                        .assist = LEG_BIT(LEG_STATE_APPROVED),
                        .has_proposed = true},
    [STATE_CLOSED] = {.is_begun = true,
                      .lead = LEG_BIT(LEG_STATE_APPROVED),
                      .assist = LEG_BIT(LEG_STATE_APPROVED),
                      .has_proposed = true,
                      .has_outcome = true},
    [STATE_ARCHIVED] = {.is_begun = true,
                        .lead = LEG_BIT(LEG_STATE_APPROVED),
                        .assist = LEG_BIT(LEG_STATE_APPROVED),
                        .has_proposed = true,
                        .has_outcome = true},
    [STATE_MERGED] = {.is_begun = true, .has_outcome = true},
    [STATE_REFERRED] = {.is_begun = true, .has_outcome = true},
    [STATE_WITHDRAWN] = {.is_begun = true, .has_proposed = true},
};

static enum status broken(const struct issue *issue, struct err *err, const char *what)
{
    char number[ISSUE_TEXT_BYTES];
    issue_format(issue->number, number);
    return fail(err, STATUS_CORRUPT, "issue %s contradicts itself: %s", number, what);
}

static bool word_is_whole(const struct word *word)
{
    struct bytes text = word_bytes(word);
    static const struct word zero;
    return text.len <= WORD_MAX_BYTES && (text.len == 0 || word_is_valid(text)) &&
           memcmp(word->text + text.len, zero.text, sizeof(word->text) - text.len) == 0;
}

static const char *fault_in_words(const struct issue *issue)
{
    const struct word *words[] = {
        &issue->category, &issue->area,      &issue->household, &issue->cadre,
        &issue->leader,   &issue->submitter, &issue->reviewer,  &issue->supervision.issuer,
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!word_is_whole(words[i])) {
            return "it holds a word that is none";
        }
    }
    bool is_known =
        issue->state >= STATE_NONE && issue->state < STATE_COUNT && issue->source >= SOURCE_NONE &&
        issue->source < SOURCE_COUNT && issue->kind >= KIND_NONE && issue->kind < KIND_COUNT &&
        issue->urgency >= URGENCY_NONE && issue->urgency < URGENCY_COUNT &&
        issue->proposed >= OUTCOME_NONE && issue->proposed < OUTCOME_COUNT &&
        issue->outcome >= OUTCOME_NONE && issue->outcome < OUTCOME_COUNT &&
        issue->wait_ground >= WAIT_GROUND_NONE && issue->wait_ground < WAIT_GROUND_COUNT;
    return is_known ? NULL : "a value lies outside its list";
}

static const char *fault_in_report(const struct issue *issue)
{
    if (!shapes[issue->state].is_begun) {
        return NULL;
    }
    if (issue->number == 0 || issue->source == SOURCE_NONE || issue->urgency == URGENCY_NONE ||
        word_is_empty(&issue->cadre)) {
        return "number, source, urgency or owner of the feedback is missing";
    }
    bool is_from_cadre = issue->source == SOURCE_CADRE || issue->source == SOURCE_VISIT;
    if (is_from_cadre && word_is_empty(&issue->household)) {
        return "a cadre reported it without a household";
    }
    return issue->generation == 0 ? "it has begun without a step" : NULL;
}

static bool leg_is_whole(const struct issue *issue, const struct leg *leg)
{
    return word_is_whole(&leg->department) && !word_is_empty(&leg->department) &&
           leg->role > LEG_ROLE_NONE && leg->role < LEG_ROLE_COUNT && leg->state > LEG_STATE_NONE &&
           leg->state < LEG_STATE_COUNT && leg->generation <= issue->generation;
}

static const char *fault_in_leg(const struct issue *issue, const struct leg *leg)
{
    const struct shape *shape = &shapes[issue->state];
    if (!leg_is_whole(issue, leg)) {
        return "a section's part is incomplete";
    }
    if (leg->state == LEG_STATE_RETURNED) {
        return shape->is_begun ? NULL : "a section has a part before triage";
    }
    uint32_t allowed = leg->role == LEG_ROLE_LEAD ? shape->lead : shape->assist;
    if ((allowed & LEG_BIT(leg->state)) == 0) {
        return "the state of a section's part does not fit the state of the issue";
    }
    /* Both finders give the first of its kind: another one that is active is one too many. */
    if (issue_find_leg(issue, word_bytes(&leg->department)) != leg) {
        return "a section has two active parts";
    }
    if (leg->role == LEG_ROLE_LEAD && issue_find_lead(issue) != leg) {
        return "two sections lead";
    }
    return NULL;
}

static const char *fault_in_legs(const struct issue *issue)
{
    if (issue->leg_count > ISSUE_LEGS_MAX) {
        return "too many sections";
    }
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        const char *fault = fault_in_leg(issue, &issue->legs[i]);
        if (fault != NULL) {
            return fault;
        }
    }
    for (uint32_t i = issue->leg_count; i < ISSUE_LEGS_MAX; i++) {
        const struct leg *leg = &issue->legs[i];
        if (!word_is_empty(&leg->department) || leg->role != LEG_ROLE_NONE ||
            leg->state != LEG_STATE_NONE || leg->generation != 0) {
            return "something lies behind the last section";
        }
    }
    bool has_lead = issue_find_lead(issue) != NULL;
    if (shapes[issue->state].needs_lead && !has_lead) {
        return "no section leads";
    }
    return has_lead && word_is_empty(&issue->leader) ? "no leader is in charge" : NULL;
}

/* Every answer was passed by one reviewer, an unsolvable matter by both. */
static bool reviews_fit(const struct issue *issue)
{
    const uint32_t both = REVIEW_BY_LEADER | REVIEW_BY_OFFICE;
    bool needs_both = issue->proposed == OUTCOME_EXPLAINED;
    if (issue->reviews > both) {
        return false;
    }
    if (issue->state == STATE_REVIEW) {
        return needs_both ? issue->reviews != both : issue->reviews == 0;
    }
    return needs_both ? issue->reviews == both : issue->reviews != 0;
}

static const char *fault_in_answer(const struct issue *issue)
{
    const struct shape *shape = &shapes[issue->state];
    bool is_answered = shape->has_proposed && issue_find_lead(issue) != NULL;
    if (shape->has_proposed != (issue->proposed != OUTCOME_NONE) ||
        shape->has_outcome != (issue->outcome != OUTCOME_NONE)) {
        return "the outcome does not fit the state";
    }
    if (is_answered == word_is_empty(&issue->submitter)) {
        return "an answer and who submitted it do not go together";
    }
    if (is_answered ? !reviews_fit(issue) : issue->reviews != 0) {
        return "the reviews do not fit the state";
    }
    if ((issue->reviews == 0) != word_is_empty(&issue->reviewer)) {
        return "a review and who made it do not go together";
    }
    bool is_own = issue->reviews != 0 &&
                  memcmp(&issue->reviewer, &issue->submitter, sizeof(issue->reviewer)) == 0;
    return is_own ? "who submitted the answer reviewed it" : NULL;
}

static const char *fault_in_callback(const struct issue *issue)
{
    uint32_t reached =
        STATE_BIT(STATE_CALLBACK) | STATE_BIT(STATE_CLOSED) | STATE_BIT(STATE_ARCHIVED);
    bool is_reached = (reached & STATE_BIT(issue->state)) != 0;
    if (!is_reached && (issue->try_count > 0 || issue->is_unsatisfied || issue->is_unreached)) {
        return "it was called back before its time";
    }
    if ((issue->try_count == 0) != (issue->last_try_day == 0)) {
        return "the tries and their day do not go together";
    }
    uint32_t tries_max = issue->is_unreached ? ISSUE_TRIES_MAX : ISSUE_TRIES_MAX - 1;
    if (issue->try_count > tries_max ||
        (issue->is_unreached && issue->try_count != ISSUE_TRIES_MAX)) {
        return "the tries to reach the household do not fit the state";
    }
    bool is_closed = issue->state == STATE_CLOSED || issue->state == STATE_ARCHIVED;
    if (issue->is_unreached && (!is_closed || issue->is_unsatisfied)) {
        return "a household that nobody reached has said something";
    }
    return NULL;
}

static const char *fault_in_waiting(const struct issue *issue)
{
    bool waits = issue->wait_ground != WAIT_GROUND_NONE;
    if (waits != (issue->wait_until.us != 0)) {
        return "a suspension has a ground and an end, or neither";
    }
    if (issue->state == STATE_SUSPENDED && !waits) {
        return "it is suspended without a ground";
    }
    if (waits && issue->state != STATE_SUSPENDED && issue->state != STATE_IN_PROGRESS) {
        return "a suspension is left over";
    }
    return issue->state == STATE_NEED_INFO && (issue->questions == 0 || issue->is_info_missing)
               ? "it waits for an answer and nothing was asked"
               : NULL;
}

static const char *fault_in_counters(const struct issue *issue)
{
    if (issue->state_generation > issue->generation) {
        return "its state is newer than itself";
    }
    if (issue->questions > ISSUE_QUESTIONS_MAX) {
        return "the cadre was asked too often";
    }
    if (issue->supervised > ISSUE_SUPERVISED_MAX) {
        return "supervision has no such level";
    }
    const struct supervision *by_person = &issue->supervision;
    uint32_t level = issue->supervised_by_system > by_person->level ? issue->supervised_by_system
                                                                    : by_person->level;
    bool is_whole = word_is_empty(&by_person->issuer) == (by_person->level == 0);
    return level != issue->supervised || !is_whole ? "its levels of supervision do not agree"
                                                   : NULL;
}

enum status issue_check(const struct issue *issue, struct err *err)
{
    /* Words first: the others rely on values that lie in their lists. */
    static const char *(*const faults[])(const struct issue *) = {
        fault_in_words,    fault_in_report,  fault_in_legs,     fault_in_answer,
        fault_in_callback, fault_in_waiting, fault_in_counters,
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        const char *fault = faults[i](issue);
        if (fault != NULL) {
            return broken(issue, err, fault);
        }
    }
    return STATUS_OK;
}
