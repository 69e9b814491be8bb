/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/lifecycle.h"

#define S(name) STATE_BIT(STATE_##name)
#define R(name) ROLE_BIT(ROLE_##name)
#define W(name) WHO_BIT(WHO_##name)
#define L(name) LEG_BIT(LEG_STATE_##name)

#define ANY_OPEN                                                                                   \
    (S(SELF_HANDLING) | S(TRIAGE) | S(NEED_INFO) | S(DISPATCHED) | S(IN_PROGRESS) | S(SUSPENDED) | \
     S(DISPUTE) | S(REVIEW) | S(FEEDBACK) | S(CALLBACK) | S(REJECTED) | S(WITHDRAWN))
#define OFFICE (R(TRIAGE_CLERK) | R(OFFICE_HEAD))
#define LEGS_RUNNING                                                                               \
    (L(DISPATCHED) | L(IN_PROGRESS) | L(SUBMITTED) | L(RETURN_ASKED) | L(SUSPENDED) | L(REDO))

static const struct transition rows[HAPPENING_COUNT] = {
    [HAPPENING_SUBMIT] = {.from = S(DRAFT) | S(ACCEPTED),
                          .to = STATE_TRIAGE,
                          .who = W(OWNER_CADRE),
                          .guard = GUARD_REPORT_IS_WHOLE,
                          .is_offered = true,
                          .verb = "issue submit",
                          .about = "a cadre reports what a household raised"},
    [HAPPENING_SELF_HANDLE] = {.from = S(DRAFT),
                               .to = STATE_SELF_HANDLING,
                               .who = W(OWNER_CADRE),
                               .guard = GUARD_OWN_POWER,
                               .verb = "issue submit --self",
                               .about = "the cadre sees to it without a section"},
    [HAPPENING_SELF_DONE] = {.from = S(SELF_HANDLING),
                             .to = STATE_CALLBACK,
                             .who = W(OWNER_CADRE),
                             .guard = GUARD_HOUSEHOLD_TOLD,
                             .verb = "issue self-done",
                             .about = "the cadre has seen to it; a sample is called back"},
    [HAPPENING_SELF_GIVE_UP] = {.from = S(SELF_HANDLING),
                                .to = STATE_TRIAGE,
                                .who = W(OWNER_CADRE) | W(TIMER),
                                .verb = "issue self-give-up",
                                .about = "the cadre cannot, or took too long; time used counts"},
    [HAPPENING_HOUSEHOLD_DIRECT] = {.from = S(NONE) | S(ACCEPTED),
                                    .to = STATE_TRIAGE,
                                    .who = R(TRIAGE_CLERK) | R(OPERATOR),
                                    .guard = GUARD_REPORT_IS_WHOLE,
                                    .is_offered = true,
                                    .verb = "issue submit --direct",
                                    .about = "a household calls, or reports are imported"},
    [HAPPENING_ASK_INFO] = {.from = S(TRIAGE),
                            .to = STATE_NEED_INFO,
                            .who = R(TRIAGE_CLERK),
                            .guard = GUARD_TWO_QUESTIONS,
                            .is_offered = true,
                            .verb = "issue ask-info",
                            .about = "the clerk wants to know more from the cadre"},
    [HAPPENING_GIVE_INFO] = {.from = S(NEED_INFO),
                             .to = STATE_TRIAGE,
                             .who = W(OWNER_CADRE) | W(TIMER),
                             .guard = GUARD_TOLD_OR_OVER,
                             .is_offered = true,
                             .verb = "issue give-info",
                             .about = "the cadre answers, or the time for it is over"},
    [HAPPENING_REJECT] = {.from = S(TRIAGE),
                          .to = STATE_REJECTED,
                          .who = R(TRIAGE_CLERK),
                          .guard = GUARD_LISTED_REASON,
                          .verb = "issue reject",
                          .about = "not the office's business; the office head approves"},
    [HAPPENING_MERGE] = {.from = S(TRIAGE) | S(DISPATCHED) | S(IN_PROGRESS),
                         .to = STATE_MERGED,
                         .who = R(TRIAGE_CLERK),
                         .guard = GUARD_SURVIVOR_FITS,
                         .verb = "issue merge",
                         .about = "the same fact is already being handled"},
    [HAPPENING_REFER] = {.from = S(TRIAGE) | S(IN_PROGRESS) | S(DISPUTE),
                         .to = STATE_REFERRED,
                         .who = R(OFFICE_HEAD),
                         .guard = GUARD_OUTSIDE_NUMBER,
                         .verb = "issue refer",
                         .about = "it goes to somebody outside the office"},
    [HAPPENING_DISPATCH] = {.from = S(TRIAGE),
                            .to = STATE_DISPATCHED,
                            .who = R(TRIAGE_CLERK) | W(SYSTEM),
                            .guard = GUARD_ONE_LEAD,
                            .is_offered = true,
                            .verb = "issue dispatch",
                            .about = "one section leads, others may assist"},
    [HAPPENING_SIGN] = {.from = S(DISPATCHED) | S(IN_PROGRESS),
                        .to = STATE_IN_PROGRESS,
                        .when = MOVE_LEAD_SIGNED,
                        .who = W(LEAD_SECTION) | W(ASSIST_SECTION) | W(TIMER),
                        .is_offered = true,
                        .verb = "queue sign",
                        .about = "a section takes its part; when late it counts as signed"},
    [HAPPENING_REQUEST_RETURN] = {.from = S(DISPATCHED) | S(IN_PROGRESS),
                                  .who = W(LEAD_SECTION) | W(ASSIST_SECTION),
                                  .guard = GUARD_RETURN_WINDOW,
                                  .verb = "queue return",
                                  .about = "a section thinks that another one is right"},
    [HAPPENING_RETURN_OK] = {.from = S(DISPATCHED) | S(IN_PROGRESS),
                             .to = STATE_TRIAGE,
                             .who = OFFICE,
                             .verb = "issue return --ok",
                             .about = "the office agrees; the due time stays"},
    [HAPPENING_RETURN_NO] = {.from = S(DISPATCHED) | S(IN_PROGRESS),
                             .to = STATE_IN_PROGRESS,
                             .when = MOVE_LEAD_SIGNED,
                             .who = OFFICE,
                             .guard = GUARD_REASON,
                             .verb = "issue return --no",
                             .about = "the office does not agree; final for this section"},
    [HAPPENING_DISPUTE] = {.from = S(TRIAGE) | S(DISPATCHED) | S(IN_PROGRESS),
                           .to = STATE_DISPUTE,
                           .who = W(SYSTEM),
                           .guard = GUARD_TWO_RETURNS,
                           .verb = "a dispute over who is right",
                           .about = "no more returns; the office head rules"},
    [HAPPENING_ADD_ASSIST] = {.from = S(IN_PROGRESS),
                              .who = W(LEAD_SECTION) | R(TRIAGE_CLERK),
                              .verb = "queue add-assist",
                              .about = "another section is called in"},
    [HAPPENING_CHANGE_LEAD] = {.from = S(IN_PROGRESS) | S(DISPUTE),
                               .to = STATE_DISPATCHED,
                               .who = R(OFFICE_HEAD),
                               .guard = GUARD_REASON,
                               .verb = "issue change-lead",
                               .about = "another section leads, which may not return it"},
    [HAPPENING_FIRST_CONTACT] = {.from = S(IN_PROGRESS) | S(SUSPENDED),
                                 .who = W(LEAD_SECTION) | W(OWNER_CADRE),
                                 .guard = GUARD_NOT_CONTACTED,
                                 .is_offered = true,
                                 .verb = "queue first-contact",
                                 .about = "the household has been spoken to"},
    [HAPPENING_PROGRESS] = {.from = S(IN_PROGRESS),
                            .who = W(LEAD_SECTION) | W(ASSIST_SECTION),
                            .guard = GUARD_WORDS,
                            .is_offered = true,
                            .verb = "queue progress",
                            .about = "a section says how far it is; no due time moves"},
    [HAPPENING_REQUEST_EXTENSION] = {.from = S(IN_PROGRESS),
                                     .who = W(LEAD_SECTION),
                                     .guard = GUARD_BEFORE_DUE,
                                     .verb = "queue extend",
                                     .about = "more time, with a reason"},
    [HAPPENING_REQUEST_SUSPENSION] = {.from = S(IN_PROGRESS),
                                      .who = W(LEAD_SECTION),
                                      .guard = GUARD_LISTED_WAIT,
                                      .is_offered = true,
                                      .verb = "queue suspend",
                                      .about = "it has to wait for something; the office decides"},
    [HAPPENING_SUSPENSION_OK] = {.from = S(IN_PROGRESS),
                                 .to = STATE_SUSPENDED,
                                 .who = OFFICE,
                                 .guard = GUARD_WAIT_ASKED,
                                 .is_offered = true,
                                 .verb = "issue suspend --ok",
                                 .about = "the office agrees that it waits"},
    [HAPPENING_SUSPENSION_NO] = {.from = S(IN_PROGRESS),
                                 .who = OFFICE,
                                 .guard = GUARD_WAIT_REFUSED,
                                 .is_offered = true,
                                 .verb = "issue suspend --no",
                                 .about = "the office does not agree; it is handled on"},
    [HAPPENING_RESUME] = {.from = S(SUSPENDED),
                          .to = STATE_IN_PROGRESS,
                          .who = W(LEAD_SECTION) | W(OWNER_CADRE) | W(TIMER),
                          .guard = GUARD_WAIT_OVER,
                          .is_offered = true,
                          .verb = "queue resume",
                          .about = "the waiting is over; the due time moves by it"},
    [HAPPENING_ASSIST_SUBMIT] = {.from = S(DISPATCHED) | S(IN_PROGRESS),
                                 .who = W(ASSIST_SECTION),
                                 .guard = GUARD_WORDS,
                                 .is_offered = true,
                                 .verb = "queue submit (assisting)",
                                 .about = "an assisting section has done its part"},
    [HAPPENING_LEAD_SUBMIT] = {.from = S(IN_PROGRESS),
                               .to = STATE_REVIEW,
                               .who = W(LEAD_SECTION),
                               .guard = GUARD_ANSWER_IS_WHOLE,
                               .is_offered = true,
                               .verb = "queue submit",
                               .about = "the lead section answers"},
    [HAPPENING_PROPOSE_UNRESOLVABLE] = {.from = S(IN_PROGRESS),
                                        .to = STATE_REVIEW,
                                        .who = W(LEAD_SECTION),
                                        .guard = GUARD_GROUNDS,
                                        .is_offered = true,
                                        .verb = "queue propose-unresolvable",
                                        .about = "it cannot be solved and must be explained"},
    [HAPPENING_REVIEW_NO] = {.from = S(REVIEW),
                             .to = STATE_IN_PROGRESS,
                             .who = W(REVIEWER),
                             .guard = GUARD_REASON,
                             .is_offered = true,
                             .verb = "issue review --redo",
                             .about = "the answer is sent back; the due time stays"},
    [HAPPENING_REVIEW_OK] = {.from = S(REVIEW),
                             .to = STATE_FEEDBACK,
                             .when = MOVE_ALL_REVIEWED,
                             .who = W(REVIEWER),
                             .guard = GUARD_OTHER_REVIEWER,
                             .is_offered = true,
                             .verb = "issue review --ok",
                             .about = "the answer goes to the cadre"},
    [HAPPENING_FEEDBACK_DONE] = {.from = S(FEEDBACK) | S(REJECTED) | S(WITHDRAWN),
                                 .to = STATE_CALLBACK,
                                 .who = W(OWNER_CADRE) | W(OFFICE_WHEN_LATE),
                                 .guard = GUARD_WORDS,
                                 .is_offered = true,
                                 .verb = "feedback give",
                                 .about = "the household has been told"},
    [HAPPENING_FEEDBACK_LATE] = {.from = S(FEEDBACK),
                                 .who = W(TIMER),
                                 .is_offered = true,
                                 .verb = "a late feedback",
                                 .about = "the cadre is marked; the office may tell them, too"},
    [HAPPENING_CALLBACK_OK] = {.from = S(CALLBACK),
                               .to = STATE_CLOSED,
                               .who = W(INDEPENDENT),
                               .guard = GUARD_CALLBACK_SAYS_SO,
                               .is_offered = true,
                               .verb = "callback record",
                               .about = "the household confirms it"},
    [HAPPENING_CALLBACK_UNSATISFIED] = {.from = S(CALLBACK),
                                        .to = STATE_IN_PROGRESS,
                                        .when = MOVE_REDO_LEFT,
                                        .who = W(INDEPENDENT),
                                        .guard = GUARD_CALLBACK_SAYS_SO,
                                        .is_offered = true,
                                        .verb = "callback record",
                                        .about = "the household does not agree; handled again"},
    [HAPPENING_CALLBACK_UNSATISFIED_FINAL] = {.from = S(CALLBACK),
                                              .to = STATE_CLOSED,
                                              .who = R(OFFICE_HEAD),
                                              .guard = GUARD_WAITS_FOR_OFFICE,
                                              .is_offered = true,
                                              .verb = "issue close-unsatisfied",
                                              .about = "closed as explained, marked unsatisfied"},
    [HAPPENING_CALLBACK_UNREACHED] = {.from = S(CALLBACK),
                                      .to = STATE_CLOSED,
                                      .when = MOVE_TRIED_ENOUGH,
                                      .who = W(INDEPENDENT),
                                      .guard = GUARD_CALLBACK_SAYS_SO,
                                      .is_offered = true,
                                      .verb = "callback record",
                                      .about = "nobody was reached; counted on its own"},
    [HAPPENING_REOPEN] = {.from = S(CLOSED),
                          .to = STATE_IN_PROGRESS,
                          .who = W(OWNER_CADRE) | R(SUPERVISOR) | OFFICE,
                          .guard = GUARD_REOPEN_WINDOW,
                          .verb = "issue reopen",
                          .about = "it was not done after all"},
    [HAPPENING_NEW_LINKED] = {.from = S(CLOSED) | S(ARCHIVED),
                              .who = W(OWNER_CADRE) | R(SUPERVISOR) | OFFICE,
                              .verb = "issue follow-up",
                              .about = "a new issue that follows this one"},
    [HAPPENING_ARCHIVE] = {.from = S(CLOSED),
                           .to = STATE_ARCHIVED,
                           .who = W(TIMER),
                           .guard = GUARD_WINDOW_OVER,
                           .is_offered = true,
                           .verb = "archiving",
                           .about = "its history is frozen"},
    [HAPPENING_SUPERVISE] = {.from = ANY_OPEN,
                             .who = R(SUPERVISOR) | R(LEADER) | R(FIRST_RESPONSIBLE) |
                                    R(OFFICE_HEAD) | W(TIMER),
                             .guard = GUARD_SUPERVISION,
                             .is_offered = true,
                             .verb = "issue supervise",
                             .about = "a level of supervision with its own due time"},
    [HAPPENING_URGE] = {.from = ANY_OPEN,
                        .who = OFFICE | W(AREA_SECRETARY) | W(IN_CHARGE),
                        .guard = GUARD_ONCE_A_DAY,
                        .is_offered = true,
                        .verb = "issue urge",
                        .about = "those who have it are pressed"},
    [HAPPENING_WITHDRAW] = {.from = S(TRIAGE) | S(NEED_INFO) | S(DISPATCHED) | S(IN_PROGRESS),
                            .to = STATE_WITHDRAWN,
                            .who = W(OWNER_CADRE),
                            .guard = GUARD_REASON,
                            .verb = "issue withdraw",
                            .about = "the household takes it back; called back all the same"},
    [HAPPENING_CORRECT] = {.from = ANY_OPEN | STATES_FINAL,
                           .who = OFFICE,
                           .guard = GUARD_CORRECTION,
                           .is_offered = true,
                           .verb = "issue correct",
                           .about = "a correcting event is appended; nothing is edited"},
};

static const struct leg_move leg_moves[] = {
    {HAPPENING_DISPATCH, PICK_NEW, 0, LEG_STATE_DISPATCHED},
    {HAPPENING_ADD_ASSIST, PICK_NEW, 0, LEG_STATE_DISPATCHED},
    {HAPPENING_SIGN, PICK_OWN, L(DISPATCHED), LEG_STATE_IN_PROGRESS},
    {HAPPENING_PROGRESS, PICK_OWN, L(IN_PROGRESS) | L(REDO), LEG_STATE_NONE},
    {HAPPENING_REQUEST_RETURN, PICK_OWN, L(DISPATCHED) | L(IN_PROGRESS), LEG_STATE_RETURN_ASKED},
    {HAPPENING_RETURN_OK, PICK_OWN, L(RETURN_ASKED), LEG_STATE_RETURNED},
    {HAPPENING_RETURN_OK, PICK_ALL, LEGS_RUNNING, LEG_STATE_RETURNED},
    {HAPPENING_RETURN_NO, PICK_OWN, L(RETURN_ASKED), LEG_STATE_IN_PROGRESS},
    {HAPPENING_CHANGE_LEAD, PICK_LEAD, LEGS_RUNNING, LEG_STATE_RETURNED},
    {HAPPENING_CHANGE_LEAD, PICK_NEW, 0, LEG_STATE_DISPATCHED},
    {HAPPENING_ASSIST_SUBMIT, PICK_OWN, L(IN_PROGRESS) | L(REDO), LEG_STATE_SUBMITTED},
    {HAPPENING_LEAD_SUBMIT, PICK_OWN, L(IN_PROGRESS) | L(REDO), LEG_STATE_SUBMITTED},
    {HAPPENING_PROPOSE_UNRESOLVABLE, PICK_OWN, L(IN_PROGRESS) | L(REDO), LEG_STATE_SUBMITTED},
    {HAPPENING_REVIEW_NO, PICK_LEAD, L(SUBMITTED), LEG_STATE_REDO},
    {HAPPENING_REVIEW_OK, PICK_ALL, L(SUBMITTED), LEG_STATE_APPROVED},
    {HAPPENING_CALLBACK_UNSATISFIED, PICK_LEAD, L(APPROVED), LEG_STATE_REDO},
    {HAPPENING_REOPEN, PICK_LEAD, L(APPROVED), LEG_STATE_REDO},
    {HAPPENING_REQUEST_SUSPENSION, PICK_OWN, L(IN_PROGRESS) | L(REDO), LEG_STATE_NONE},
    {HAPPENING_SUSPENSION_OK, PICK_LEAD, L(IN_PROGRESS) | L(REDO), LEG_STATE_SUSPENDED},
    {HAPPENING_RESUME, PICK_LEAD, L(SUSPENDED), LEG_STATE_IN_PROGRESS},
    {HAPPENING_MERGE, PICK_ALL, LEGS_RUNNING, LEG_STATE_RETURNED},
    {HAPPENING_REFER, PICK_ALL, LEGS_RUNNING, LEG_STATE_RETURNED},
    {HAPPENING_WITHDRAW, PICK_ALL, LEGS_RUNNING, LEG_STATE_RETURNED},
};

const struct transition *lifecycle_row(enum happening happening)
{
    CHECK(happening > HAPPENING_NONE && happening < HAPPENING_COUNT);
    return &rows[happening];
}

const struct leg_move *lifecycle_leg_moves(size_t *ret_count)
{
    *ret_count = sizeof(leg_moves) / sizeof(leg_moves[0]);
    return leg_moves;
}

struct name {
    const char *word;
    const char *sentence;
};

static const struct name who_names[WHO_COUNT] = {
#define X(name, word, sentence) [WHO_##name] = {#word, sentence},
    WHO_LIST(X)
#undef X
};

static const struct name guard_names[GUARD_COUNT] = {
#define X(name, word, sentence) [GUARD_##name] = {#word, sentence},
    GUARD_LIST(X)
#undef X
};

static const struct name move_names[MOVE_COUNT] = {
#define X(name, word, sentence) [MOVE_##name] = {#word, sentence},
    MOVE_LIST(X)
#undef X
};

const char *who_word(uint32_t who_or_role)
{
    CHECK(who_or_role < WHO_COUNT);
    return who_or_role < ROLE_COUNT ? role_word((enum role)who_or_role)
                                    : who_names[who_or_role].word;
}

const char *who_sentence(uint32_t who_or_role)
{
    CHECK(who_or_role < WHO_COUNT);
    return who_or_role < ROLE_COUNT ? role_sentence((enum role)who_or_role)
                                    : who_names[who_or_role].sentence;
}

const char *guard_word(enum guard guard)
{
    CHECK(guard < GUARD_COUNT);
    return guard_names[guard].word;
}

const char *guard_sentence(enum guard guard)
{
    CHECK(guard < GUARD_COUNT);
    return guard_names[guard].sentence;
}

const char *move_sentence(enum move move)
{
    CHECK(move < MOVE_COUNT);
    return move_names[move].sentence;
}
