/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle.h"

#define S(name) STAGE_BIT(STAGE_##name)

/* What an issue waits for in each state, and which of its clocks run. */
struct wait {
    uint32_t stages;
    uint32_t paused;
    uint32_t silent;
    const char *who;
    const char *does;
};

static const struct wait waits[STATE_COUNT] = {
    [STATE_NONE] = {.who = "a cadre or the triage clerk", .does = "reports it with 'issue submit'"},
    [STATE_DRAFT] = {.who = "its cadre", .does = "reports it with 'issue submit'"},
    [STATE_SELF_HANDLING] = {.who = "its cadre", .does = "sees to it"},
    [STATE_ACCEPTED] = {.who = "the router", .does = "takes it up by itself in a moment"},
    [STATE_TRIAGE] = {.stages = S(TRIAGE),
                      .who = "the triage clerk",
                      .does = "gives it to a section with 'issue dispatch'"},
    [STATE_NEED_INFO] = {.stages = S(INFO),
                         .paused = S(TRIAGE),
                         .who = "the cadre",
                         .does = "says more with 'issue give-info'"},
    [STATE_DISPATCHED] = {.stages = S(HANDLE),
                          .who = "the lead section",
                          .does = "signs with 'queue sign'"},
    [STATE_IN_PROGRESS] = {.stages = S(HANDLE) | S(FIRST_CONTACT),
                           .who = "the lead section",
                           .does = "handles it and answers with 'queue submit'"},
    [STATE_SUSPENDED] = {.stages = S(SUSPEND) | S(FIRST_CONTACT),
                         .paused = S(HANDLE) | S(SIGN),
                         .who = "the lead section",
                         .does = "waits, and goes on with 'queue resume'"},
    [STATE_DISPUTE] = {.stages = S(RULING),
                       .who = "the office head",
                       .does = "rules which section leads"},
    [STATE_REVIEW] = {.stages = S(REVIEW),
                      .silent = S(HANDLE) | S(FIRST_CONTACT),
                      .who = "the leader in charge or the office head",
                      .does = "reviews the answer with 'issue review'"},
    [STATE_FEEDBACK] = {.stages = S(FEEDBACK),
                        .who = "the owner of the feedback",
                        .does = "tells the household with 'feedback give'"},
    [STATE_CALLBACK] = {.stages = S(CALLBACK),
                        .who = "a supervisor",
                        .does = "calls the household back with 'callback record'"},
    [STATE_CLOSED] = {.stages = S(REOPEN), .who = "nobody", .does = "has to do anything more"},
    [STATE_ARCHIVED] = {.who = "nobody", .does = "has to do anything more"},
    [STATE_REJECTED] = {.stages = S(FEEDBACK),
                        .who = "the owner of the feedback",
                        .does = "explains it with 'feedback give'"},
    [STATE_MERGED] = {.who = "nobody",
                      .does = "has to do anything more: it goes on in another issue"},
    [STATE_REFERRED] = {.who = "nobody",
                        .does = "has to do anything more: it is with somebody outside"},
    [STATE_WITHDRAWN] = {.stages = S(FEEDBACK),
                         .who = "the owner of the feedback",
                         .does = "confirms it with 'feedback give'"},
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
    uint32_t stages = waits[issue->state].stages | (find_unsigned(issue) != NULL ? S(SIGN) : 0);
    stages &= ~waits[issue->state].paused;
    return issue->is_contacted ? stages & ~S(FIRST_CONTACT) : stages;
}

uint32_t lifecycle_paused(const struct issue *issue)
{
    CHECK(issue->state < STATE_COUNT);
    return waits[issue->state].paused;
}

uint32_t lifecycle_silent(const struct issue *issue)
{
    CHECK(issue->state < STATE_COUNT);
    return waits[issue->state].silent;
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
    if (issue->state == STATE_IN_PROGRESS && issue->wait_ground != WAIT_GROUND_NONE) {
        return (struct next){.who = "the office head or the triage clerk",
                             .does = "decides with 'issue suspend'"};
    }
    const struct leg *assist = find_working_assist(issue);
    const struct leg *lead = issue_find_lead(issue);
    if (issue->state == STATE_IN_PROGRESS && assist != NULL) {
        return (struct next){
            .who = "the assisting section",
            .id = word_bytes(&assist->department),
            .does = assist->state == LEG_STATE_DISPATCHED
                        ? "signs with 'queue sign' and submits its part"
                        : "submits its part with 'queue submit', then the lead section "
                          "answers"};
    }
    next.id = lead != NULL ? word_bytes(&lead->department) : (struct bytes){0};
    return next;
}

static struct next next_at_review(const struct issue *issue, struct next next)
{
    const struct next head = {.who = "the office head"};
    const struct next leader = {.who = "the leader in charge", .id = word_bytes(&issue->leader)};
    if (issue->reviews != 0) {
        struct next missing = issue->reviews == REVIEW_BY_LEADER ? head : leader;
        missing.does = "reviews it too with 'issue review': one of two reviews is missing";
        return missing;
    }
    if (issue->proposed == OUTCOME_EXPLAINED) {
        next.who = "the leader in charge";
        next.other = "the office head";
        next.does = "both review it with 'issue review'";
    }
    next.id = word_bytes(&issue->leader);
    return next;
}

struct next lifecycle_next(const struct issue *issue)
{
    CHECK(issue->state < STATE_COUNT);
    const struct wait *wait = &waits[issue->state];
    struct next next = {.who = wait->who, .does = wait->does};
    const uint32_t at_work =
        STATE_BIT(STATE_DISPATCHED) | STATE_BIT(STATE_IN_PROGRESS) | STATE_BIT(STATE_SUSPENDED);
    if ((at_work & STATE_BIT(issue->state)) != 0) {
        return next_at_work(issue, next);
    }
    if (issue->state == STATE_REVIEW) {
        return next_at_review(issue, next);
    }
    if ((waits[issue->state].stages & (S(FEEDBACK) | S(INFO))) != 0) {
        next.id = word_bytes(&issue->cadre);
    }
    if (issue->state == STATE_CALLBACK && issue->is_unsatisfied) {
        return (struct next){.who = "the office head",
                             .does = "decides with 'issue close-unsatisfied'"};
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
    if (next.other != NULL) {
        buf_append_format(out, " and %s", next.other);
    }
    buf_append_format(out, " %s", next.does);
}
