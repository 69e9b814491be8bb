/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lifecycle of an issue, as a table: one row per happening, 43 of them, and the moves of the
 * sections' legs that go with them. Rows that are not offered yet are in the table, so that the
 * drawing is whole, and refuse. Pure: no clock, no store; what it needs to know is in the step.
 */
#pragma once

#include "base/buf.h"
#include "domain/actor.h"
#include "domain/callback.h"
#include "domain/issue.h"

/* Who may do something besides the holders of roles, whose bits come first (ROLE_BIT). */
#define WHO_LIST(X)                                                                                \
    X(LEAD_SECTION, lead_section, "the staff of its lead section")                                 \
    X(ASSIST_SECTION, assist_section, "the staff of an assisting section")                         \
    X(OWNER_CADRE, owner_cadre, "the cadre who owns its feedback")                                 \
    X(REVIEWER, reviewer,                                                                          \
      "the leader in charge of its lead section or the office head, but not who answered")         \
    X(OFFICE_WHEN_LATE, office_when_late, "the office once the feedback is overdue")               \
    X(AREA_SECRETARY, area_secretary, "the community secretary of its area")                       \
    X(IN_CHARGE, in_charge, "the leader in charge of it")                                          \
    X(INDEPENDENT, independent,                                                                    \
      "a supervisor who neither handled it nor is linked to its household")                        \
    X(SYSTEM, system, "a rule that is sure")                                                       \
    X(TIMER, timer, "a timer")

enum who {
    WHO_BEFORE = ROLE_COUNT - 1,
#define X(name, word, sentence) WHO_##name,
    WHO_LIST(X)
#undef X
        WHO_COUNT
};

#define WHO_BIT(who) (UINT32_C(1) << (who))

/* What a row asks for besides state and person. Those of rows not offered yet are names so far. */
#define GUARD_LIST(X)                                                                              \
    X(NONE, none, "nothing more")                                                                  \
    X(REPORT_IS_WHOLE, report_is_whole,                                                            \
      "number, source, urgency and owner of the feedback are known, and a cadre's household")      \
    X(ONE_LEAD, one_lead, "one lead section, no section twice, a leader in charge")                \
    X(WORDS, words, "words that say what happened")                                                \
    X(REASON, reason, "a reason")                                                                  \
    X(ANSWER_IS_WHOLE, answer_is_whole,                                                            \
      "every assisting section has answered; solved or partly; evidence when solved")              \
    X(GROUNDS, grounds,                                                                            \
      "every assisting section has answered; the ground, what was tried, plain words")             \
    X(OTHER_REVIEWER, other_reviewer,                                                              \
      "the two reviews of an unsolvable matter come from two persons")                             \
    X(CALLBACK_SAYS_SO, callback_says_so, "what the household said leads to this")                 \
    X(WAITS_FOR_OFFICE, waits_for_office,                                                          \
      "the household is unsatisfied and it is not handled again; a reason")                        \
    X(OWN_POWER, own_power, "the matter is within the cadre's own power")                          \
    X(HOUSEHOLD_TOLD, household_told, "evidence, and the household was told")                      \
    X(TWO_QUESTIONS, two_questions, "words that say what is wanted; asked at most twice")          \
    X(TOLD_OR_OVER, told_or_over, "words, unless the time is over")                                \
    X(NOT_CONTACTED, not_contacted, "words; the first time only")                                  \
    X(LISTED_REASON, listed_reason, "a reason from the list and the right place to go")            \
    X(SURVIVOR_FITS, survivor_fits, "the survivor is open; same household or same fact")           \
    X(OUTSIDE_NUMBER, outside_number, "the outside number")                                        \
    X(RETURN_WINDOW, return_window,                                                                \
      "within one working day, never returned before, names the right section")                    \
    X(TWO_RETURNS, two_returns, "returned twice, or two sections each deny it")                    \
    X(BEFORE_DUE, before_due, "before the due time, at most twice, within the policy")             \
    X(LISTED_WAIT, listed_wait,                                                                    \
      "words, a ground from the closed list, an end within the limit; not asked already")          \
    X(WAIT_ASKED, wait_asked, "a suspension is asked for and its end lies ahead")                  \
    X(WAIT_REFUSED, wait_refused, "a suspension is asked for; a reason")                           \
    X(WAIT_OVER, wait_over,                                                                        \
      "words, unless the time is over; the cadre only where the household was waited for")         \
    X(CORRECTION, correction, "a reason, and something that changes")                              \
    X(REOPEN_WINDOW, reopen_window, "a reason; a household within the reopening window")           \
    X(WINDOW_OVER, window_over, "the reopening window is over")                                    \
    X(ONCE_A_DAY, once_a_day, "words; once a day and person")                                      \
    X(SUPERVISION, supervision,                                                                    \
      "words, a level and a due time; a running one gives way to its issuer or a higher level")

enum guard {
#define X(name, word, sentence) GUARD_##name,
    GUARD_LIST(X)
#undef X
        GUARD_COUNT
};

/* When a row moves the issue; until then the step is recorded and the state stays. */
#define MOVE_LIST(X)                                                                               \
    X(ALWAYS, always, "always")                                                                    \
    X(LEAD_SIGNED, lead_signed, "when the lead section has signed")                                \
    X(ALL_REVIEWED, all_reviewed, "when every review is in")                                       \
    X(REDO_LEFT, redo_left, "when the demand is reasonable and it was redone less than twice")     \
    X(TRIED_ENOUGH, tried_enough, "after tries on three working days")

enum move {
#define X(name, word, sentence) MOVE_##name,
    MOVE_LIST(X)
#undef X
        MOVE_COUNT
};

struct transition {
    uint32_t from; /* set of STATE_BIT */
    enum state to; /* STATE_NONE: the state stays */
    enum move when;
    uint32_t who; /* set of ROLE_BIT and WHO_BIT */
    enum guard guard;
    bool is_offered;
    const char *verb;  /* of the command line, or what brings it about */
    const char *about; /* one sentence */
};

/* Which legs a happening moves: that of the step's section at once; the others when the issue
 * moves. */
#define PICK_LIST(X)                                                                               \
    X(OWN, own)                                                                                    \
    X(LEAD, lead)                                                                                  \
    X(ALL, all)                                                                                    \
    X(NEW, new)

enum pick {
#define X(name, word) PICK_##name,
    PICK_LIST(X)
#undef X
        PICK_COUNT
};

struct leg_move {
    enum happening happening;
    enum pick pick;
    uint32_t from; /* set of LEG_BIT; empty for a new leg */
    enum leg_state to;
};

/* The row of a happening, whose number is the happening's value; it lives for ever. */
const struct transition *lifecycle_row(enum happening happening);
const struct leg_move *lifecycle_leg_moves(size_t *ret_count);

const char *who_word(uint32_t who_or_role);
const char *who_sentence(uint32_t who_or_role);
const char *guard_word(enum guard guard);
const char *guard_sentence(enum guard guard);
const char *move_sentence(enum move move);

/* To whom an issue goes. */
struct dispatch {
    struct bytes lead;
    struct bytes assists[ISSUE_LEGS_MAX];
    uint32_t assist_count;
    struct bytes leader;   /* in charge of the lead section, or named by the clerk */
    enum urgency urgency;  /* NONE: as it is */
    struct bytes category; /* empty: as it is */
};

/* What a section asks to wait for. */
struct suspension {
    enum wait_ground ground;
    struct wall until;
    struct wall latest; /* the longest that is allowed; 0: this issue is never suspended */
    struct zone zone;   /* of the times in a refusal */
};

/* What was wrong about an issue; what stays is empty. */
struct correction {
    struct bytes category;
    enum urgency urgency;
    enum kind kind;
};

/* One thing that happened, with what the table asks about it. */
struct step {
    enum happening happening;
    const struct actor *actor;
    struct wall at;
    struct bytes department;  /* the section whose part it is, where it is a section's */
    uint32_t generation_seen; /* of the issue, by the actor; 0: not known */
    enum outcome outcome;     /* of a lead section's answer */
    bool has_words;           /* the texts or the reason that the call takes are there */
    bool has_evidence;
    bool is_overdue;      /* the feedback */
    bool is_window_over;  /* the window for reopening */
    bool is_in_area;      /* the issue's place lies in the actor's */
    bool was_done_today;  /* the actor has taken this step on the same day */
    bool took_part;       /* the actor handled the issue or is linked to its household */
    uint32_t working_day; /* number of the working day of a call-back; 0 on an off day */
    const struct dispatch *dispatch;
    const struct callback *callback;
    const struct suspension *suspension;
    const struct correction *correction;
    const struct supervision *supervision;
};

/* Changes the issue as the table says, or leaves it as it is. REFUSED: not in this state, or not
 * offered yet, or changed since the actor looked; FORBIDDEN: another person's business; INVALID:
 * the step lacks something, err->field names it. */
enum status lifecycle_apply(struct issue *issue, const struct step *step, struct err *err) MUST_USE;

#define STAGE_BIT(stage) (UINT32_C(1) << (stage))

/* Set of STAGE_BIT whose clocks run now. The clock of handling stands while an answer is reviewed,
 * fed back and called back; sent back by review it keeps its due time. First contact is due
 * whatever the section waits for: its clock runs on while the issue is suspended. */
uint32_t lifecycle_stages(const struct issue *issue);

/* Set of STAGE_BIT whose clocks are paused now: when they run again, the pause is given back. */
uint32_t lifecycle_paused(const struct issue *issue);

/* Set of STAGE_BIT whose clocks say nothing now, though their time is used. */
uint32_t lifecycle_silent(const struct issue *issue);

/* Who must act next: "<who>[ (<id>)][ and <other>] <does>". */
struct next {
    const char *who;
    struct bytes id; /* section or person, borrowed from the issue; may be empty */
    const char *does;
    const char *other; /* who has to act as well, or NULL */
};
struct next lifecycle_next(const struct issue *issue);

/* As a sentence without a full stop: "the staff of its lead section (roads) handle it ...". */
void lifecycle_append_next(const struct issue *issue, struct buf *out);

/* The whole table as a Graphviz drawing, and as text. */
void lifecycle_print_dot(struct buf *out);
void lifecycle_print_table(struct buf *out);
