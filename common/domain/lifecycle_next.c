/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle.h"

/* What an issue waits for in each state, and which of its clocks run. */
struct wait {
    uint32_t stages;
    const char *who;
    const char *does;
};

static const struct wait waits[STATE_COUNT] = {
    [STATE_NONE] = {0, "a cadre or the triage clerk", "reports it with 'issue submit'"},
    [STATE_DRAFT] = {0, "its cadre", "reports it with 'issue submit'"},
    [STATE_SELF_HANDLING] = {0, "its cadre", "sees to it"},
    [STATE_ACCEPTED] = {0, "the router", "takes it up by itself in a moment"},
    [STATE_TRIAGE] = {STAGE_BIT(STAGE_TRIAGE), "the triage clerk",
                      "gives it to a section with 'issue dispatch'"},
    [STATE_NEED_INFO] = {STAGE_BIT(STAGE_INFO), "the cadre", "says more"},
    [STATE_DISPATCHED] = {STAGE_BIT(STAGE_HANDLE), "the lead section", "signs with 'queue sign'"},
    [STATE_IN_PROGRESS] = {STAGE_BIT(STAGE_HANDLE), "the lead section",
                           "handles it and answers with 'queue submit'"},
    [STATE_SUSPENDED] = {STAGE_BIT(STAGE_SUSPEND), "the lead section",
                         "waits for what it is suspended for"},
    [STATE_DISPUTE] = {STAGE_BIT(STAGE_RULING), "the office head", "rules which section leads"},
    [STATE_REVIEW] = {STAGE_BIT(STAGE_REVIEW), "the leader in charge or the office head",
                      "reviews the answer with 'issue review'"},
    [STATE_FEEDBACK] = {STAGE_BIT(STAGE_FEEDBACK), "the owner of the feedback",
                        "tells the household with 'feedback give'"},
    [STATE_CALLBACK] = {STAGE_BIT(STAGE_CALLBACK), "a supervisor",
                        "calls the household back with 'callback record'"},
    [STATE_CLOSED] = {STAGE_BIT(STAGE_REOPEN), "nobody", "has to do anything more"},
    [STATE_ARCHIVED] = {0, "nobody", "has to do anything more"},
    [STATE_REJECTED] = {STAGE_BIT(STAGE_FEEDBACK), "the owner of the feedback",
                        "explains it with 'feedback give'"},
    [STATE_MERGED] = {0, "nobody", "has to do anything more: it goes on in another issue"},
    [STATE_REFERRED] = {0, "nobody", "has to do anything more: it is with somebody outside"},
    [STATE_WITHDRAWN] = {STAGE_BIT(STAGE_FEEDBACK), "the owner of the feedback",
                         "confirms it with 'feedback give'"},
};

static const struct leg *find_unsigned(const struct issue *issue)
{
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        if (issue->legs[i].state == LEG_STATE_DISPATCHED) {
            return &issue->legs[i];
        }
    }
    return NULL;
}

uint32_t lifecycle_stages(const struct issue *issue)
{
    CHECK(issue->state < STATE_COUNT);
    return waits[issue->state].stages | (find_unsigned(issue) != NULL ? STAGE_BIT(STAGE_SIGN) : 0);
}

static const struct leg *find_working_assist(const struct issue *issue)
{
    const uint32_t working =
        LEG_BIT(LEG_STATE_DISPATCHED) | LEG_BIT(LEG_STATE_IN_PROGRESS) | LEG_BIT(LEG_STATE_REDO);
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        const struct leg *leg = &issue->legs[i];
        if (leg->role == LEG_ROLE_ASSIST && (working & LEG_BIT(leg->state)) != 0) {
            return leg;
        }
    }
    return NULL;
}

static struct next next_at_work(const struct issue *issue, struct next next)
{
    const struct leg *assist = find_working_assist(issue);
    const struct leg *lead = issue_find_lead(issue);
    if (issue->state == STATE_IN_PROGRESS && assist != NULL) {
        return (struct next){"the assisting section", word_bytes(&assist->department),
                             assist->state == LEG_STATE_DISPATCHED
                                 ? "signs with 'queue sign' and submits its part"
                                 : "submits its part with 'queue submit', then the lead section "
                                   "answers"};
    }
    next.id = lead != NULL ? word_bytes(&lead->department) : (struct bytes){0};
    return next;
}

static struct next next_at_review(const struct issue *issue, struct next next)
{
    const struct next head = {"the office head", {0}, next.does};
    const struct next leader = {"the leader in charge", word_bytes(&issue->leader), next.does};
    if (issue->reviews != 0) {
        return issue->reviews == REVIEW_BY_LEADER ? head : leader;
    }
    if (issue->proposed == OUTCOME_EXPLAINED) {
        next.who = "the leader in charge and the office head";
        next.does = "both review it with 'issue review'";
    }
    next.id = word_bytes(&issue->leader);
    return next;
}

struct next lifecycle_next(const struct issue *issue)
{
    CHECK(issue->state < STATE_COUNT);
    const struct wait *wait = &waits[issue->state];
    struct next next = {wait->who, {0}, wait->does};
    const uint32_t at_work =
        STATE_BIT(STATE_DISPATCHED) | STATE_BIT(STATE_IN_PROGRESS) | STATE_BIT(STATE_SUSPENDED);
    if ((at_work & STATE_BIT(issue->state)) != 0) {
        return next_at_work(issue, next);
    }
    if (issue->state == STATE_REVIEW) {
        return next_at_review(issue, next);
    }
    if ((waits[issue->state].stages & STAGE_BIT(STAGE_FEEDBACK)) != 0) {
        next.id = word_bytes(&issue->cadre);
    }
    if (issue->state == STATE_CALLBACK && issue->is_unsatisfied) {
        return (struct next){"the office head", {0}, "decides with 'issue close-unsatisfied'"};
    }
    return next;
}

void lifecycle_append_next(const struct issue *issue, struct buf *out)
{
    struct next next = lifecycle_next(issue);
    buf_append_string(out, next.who);
    if (next.id.len > 0) {
        buf_append_format(out, " (%.*s)", BYTES_FMT(next.id));
    }
    buf_append_format(out, " %s", next.does);
}
