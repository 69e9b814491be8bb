/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may do what to what: the one place that answers. It judges by role and by what ties a person
 * to the thing, never by the state of an issue; that is the lifecycle's.
 */
#pragma once

#include "domain/actor.h"
#include "domain/issue.h"

/* What can be asked for, as a sentence goes on after "may not ...". */
#define ACTION_LIST(X)                                                                             \
    X(SUBMIT, submit, "report for this household")                                                 \
    X(SUBMIT_DIRECT, submit_direct, "report for somebody who called")                              \
    X(IMPORT, import, "import")                                                                    \
    X(VIEW_ISSUE, view_issue, "see this issue")                                                    \
    X(LIST_ISSUES, list_issues, "list these issues")                                               \
    X(DISPATCH, dispatch, "dispatch")                                                              \
    X(VIEW_STATE, view_state, "ask where an issue stands")                                         \
    X(SUGGEST, suggest, "be offered suggestions")                                                  \
    X(REVIEW, review, "review this answer")                                                        \
    X(CLOSE_UNSATISFIED, close_unsatisfied, "close an unsatisfied household's issue")              \
    X(VIEW_QUEUE, view_queue, "see the queue of this section")                                     \
    X(WORK, work, "sign, report progress or answer for this section")                              \
    X(FEEDBACK, feedback, "give the feedback on this issue")                                       \
    X(INFORM, inform, "say more about this issue")                                                 \
    X(CALLBACK, callback, "call back on this issue")                                               \
    X(VIEW_HOUSEHOLD, view_household, "see this household")                                        \
    X(HAND_OVER, hand_over, "give households to another cadre")                                    \
    X(DELIVER_CARD, deliver_card, "deliver this household's card")                                 \
    X(LOG_VISIT, log_visit, "enter a visit to this household")                                     \
    X(VIEW_VISITS, view_visits, "see these visits")                                                \
    X(READ_VISIT, read_visit, "read what was said at these visits")                                \
    X(VIEW_COVERAGE, view_coverage, "see this coverage")                                           \
    X(VIEW_PEOPLE, view_people, "see who works here")                                              \
    X(VIEW_INBOX, view_inbox, "read this inbox")                                                   \
    X(VIEW_AGENDA, view_agenda, "see this agenda")                                                 \
    X(VIEW_NOTICES, view_notices, "see who was told")                                              \
    X(READ_JOURNAL, read_journal, "read the whole journal")                                        \
    X(WATCH, watch, "watch this")                                                                  \
    X(AUDIT, audit, "check the ledger")                                                            \
    X(OPERATE, operate, "operate the system")

enum action {
#define X(name, word, sentence) ACTION_##name,
    ACTION_LIST(X)
#undef X
        ACTION_COUNT
};

const char *action_word(enum action action);

/* What ties a person to a thing. */
#define RELATION_LIST(X)                                                                           \
    X(ANY, any, "")                                                                                \
    X(SELF, self, "whose own it is")                                                               \
    X(OWNER, owner, "who is linked to its household")                                              \
    X(SECTION, section, "of a section that has a part in it")                                      \
    X(IN_CHARGE, in_charge, "in charge of a section that has a part in it")                        \
    X(LEADS, leads, "in charge of its lead section")                                               \
    X(AREA, area, "of its area")                                                                   \
    X(WHEN_LATE, when_late, "once it is overdue")                                                  \
    X(INDEPENDENT, independent, "who neither handled it nor is linked to its household")

enum relation {
#define X(name, word, sentence) RELATION_##name,
    RELATION_LIST(X)
#undef X
        RELATION_COUNT
};

#define RELATION_BIT(relation) (UINT32_C(1) << (relation))

/* What an action is done to; what does not apply is empty. Of a list, what it was narrowed to. A
 * section sees a household through an issue of that household in which it has a part. */
struct object {
    const struct office *office; /* knows which village lies in which community */
    const struct issue *issue;
    struct bytes cadre;      /* of the household, or owner of the feedback */
    struct bytes department; /* the section in whose name it is done, or whose queue it is */
    struct bytes area;       /* of the household */
    struct bytes person;     /* whose inbox */
    bool is_overdue;         /* the feedback */
    bool took_part;          /* the actor handled the issue or is linked to its household */
};

/* FORBIDDEN, with a sentence that says who may; or that there is no such person, when the actor has
 * no role at all. */
enum status may(const struct actor *actor, enum action action, const struct object *object,
                struct err *err) MUST_USE;

/* Whether the person may operate the system; may watch what comes in for a section, or everything
 * (empty). For those who know persons by their ids alone. */
enum status access_may_operate(const struct office *office, struct bytes person,
                               struct err *err) MUST_USE;
enum status access_may_watch(const struct office *office, struct bytes person, struct bytes section,
                             struct err *err) MUST_USE;

/* How the actor's lists of issues are cut: set of RELATION_BIT, of which one must hold for each
 * issue shown. With RELATION_ANY in it every issue is; empty: none. */
uint32_t access_list_relations(const struct actor *actor);
