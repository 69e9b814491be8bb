/* SPDX-License-Identifier: Apache-2.0 */
/* The scenes, and the paths that are made of them. */
#include "cli/demo_play.h"
#include "cli/output.h"
#include "domain/calendar.h"

#include <stdio.h>
#include <string.h>

#define ASSISTS_MAX 7

static const char progress_words[] = "已联系群众核实情况，并到现场查看，正在办理。";
static const char assist_words[] = "已配合主办科室到现场查看，本科室承担的部分已办结。";
static const char assist_evidence[] = "现场照片两张，办理记录一份。";
static const char satisfied_words[] = "群众表示问题已经解决，对办理结果满意。";
static const char partly_words[] = "群众认可已经办成的部分，希望后续工作继续跟进。";
static const char explained_words[] = "群众表示虽未办成，但政策和原因已经听明白。";
static const char close_words[] = "诉求已依法依规办理并当面解释，群众仍不满意，作解释办结。";

static const char *text_of(const struct play *play, const char *member)
{
    return output_string(play->report, member);
}

/* ---- reporting and dispatching -------------------------------------------------------------- */

static enum status find_cadre(struct demo *demo, struct play *play, struct err *err)
{
    const char *household = text_of(play, "household");
    enum status st = demo_act(demo, "operator", WORDS("household", "show", household), err);
    if (st == STATUS_NOT_FOUND) {
        return fail(err, st,
                    "the register has no household '%s': the reports are those of the example "
                    "street, which 'lianhu init DIR --example' makes",
                    household);
    }
    if (st == STATUS_OK) {
        (void)snprintf(play->cadre, sizeof play->cadre, "%s", output_string(demo->said, "cadre"));
    }
    return st;
}

/* By the household's cadre, or by the triage clerk for somebody who called. */
static enum status report(struct demo *demo, struct play *play, struct err *err)
{
    const char *words[20] = {"issue",   "submit", "--household", text_of(play, "household"),
                             "--kind",  "",       "--category",  text_of(play, "category"),
                             "--title", "",       "--text",      text_of(play, "text")};
    uint32_t count = 12;
    words[5] = text_of(play, "kind");
    words[9] = text_of(play, "title");
    char person[WORD_MAX_BYTES + 1];
    bool is_direct = json_is_true(json_object_get(play->report, "direct"));
    if (text_of(play, "urgency")[0] != '\0') {
        words[count++] = "--urgency";
        words[count++] = text_of(play, "urgency");
    }
    if (is_direct) {
        words[count++] = "--direct";
    }
    enum status st = find_cadre(demo, play, err);
    (void)snprintf(person, sizeof person, "%s", play->cadre);
    if (st == STATUS_OK && is_direct) {
        st = demo_find_person(demo, play, ROLE_TRIAGE_CLERK, NULL, person, err);
    }
    if (st == STATUS_OK) {
        st = demo_act(demo, person, words, err);
    }
    if (st == STATUS_OK) {
        (void)snprintf(play->issue, sizeof play->issue, "%s", output_string(demo->said, "issue"));
        st = demo_look(demo, play, err);
    }
    return st;
}

/* Where no rule was sure, the triage clerk dispatches it. */
static enum status dispatch(struct demo *demo, struct play *play, struct err *err)
{
    if (strcmp(output_string(play->seen, "state"), state_word(STATE_TRIAGE)) != 0) {
        return STATUS_OK;
    }
    const char *words[5 + 2 * ASSISTS_MAX + 1] = {"issue", "dispatch", play->issue, "--lead",
                                                  text_of(play, "lead")};
    uint32_t count = 5;
    size_t i;
    json_t *assist;
    json_array_foreach(json_object_get(play->report, "assist"), i, assist)
    {
        if (i < ASSISTS_MAX && json_is_string(assist)) {
            words[count++] = "--assist";
            words[count++] = json_string_value(assist);
        }
    }
    char person[WORD_MAX_BYTES + 1];
    enum status st = demo_find_person(demo, play, ROLE_TRIAGE_CLERK, NULL, person, err);
    if (st == STATUS_OK) {
        st = demo_act(demo, person, words, err);
    }
    return st == STATUS_OK ? demo_look(demo, play, err) : st;
}

/* ---- the sections --------------------------------------------------------------------------- */

static enum status find_staff(struct demo *demo, const struct play *play, const char *department,
                              char *person, struct err *err)
{
    return demo_find_person(demo, play, ROLE_SECTION_STAFF, department, person, err);
}

static enum status find_lead_staff(struct demo *demo, const struct play *play, char *person,
                                   struct err *err)
{
    return find_staff(demo, play, output_string(play->seen, "lead"), person, err);
}

static enum status sign(struct demo *demo, struct play *play, struct err *err)
{
    enum status st = STATUS_OK;
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(play->seen, "legs"), i, leg)
    {
        char person[WORD_MAX_BYTES + 1];
        if (st == STATUS_OK) {
            st = find_staff(demo, play, output_string(leg, "department"), person, err);
        }
        if (st == STATUS_OK) {
            st = demo_act(demo, person, WORDS("queue", "sign", play->issue), err);
        }
    }
    return st;
}

static enum status assist(struct demo *demo, struct play *play, struct err *err)
{
    enum status st = STATUS_OK;
    size_t i;
    json_t *leg;
    json_array_foreach(json_object_get(play->seen, "legs"), i, leg)
    {
        char person[WORD_MAX_BYTES + 1];
        if (st != STATUS_OK ||
            strcmp(output_string(leg, "role"), leg_role_word(LEG_ROLE_ASSIST)) != 0) {
            continue;
        }
        st = find_staff(demo, play, output_string(leg, "department"), person, err);
        if (st == STATUS_OK) {
            st = demo_act(demo, person,
                          WORDS("queue", "submit", play->issue, "--outcome", "solved", "--words",
                                assist_words, "--evidence", assist_evidence),
                          err);
        }
    }
    return st;
}

static enum status progress(struct demo *demo, struct play *play, struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = find_lead_staff(demo, play, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person,
                          WORDS("queue", "progress", play->issue, "--words", progress_words), err)
               : st;
}

static enum status answer(struct demo *demo, struct play *play, enum outcome outcome,
                          const char *const texts[2], struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = find_lead_staff(demo, play, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person,
                          WORDS("queue", "submit", play->issue, "--outcome", outcome_word(outcome),
                                "--words", text_of(play, texts[0]), "--evidence",
                                text_of(play, texts[1])),
                          err)
               : st;
}

static const char *const first_answer[] = {"answer", "evidence"};
static const char *const second_answer[] = {"redo_answer", "redo_evidence"};

static enum status answer_solved(struct demo *demo, struct play *play, struct err *err)
{
    return answer(demo, play, OUTCOME_SOLVED, first_answer, err);
}

static enum status answer_partly(struct demo *demo, struct play *play, struct err *err)
{
    return answer(demo, play, OUTCOME_PARTLY, first_answer, err);
}

static enum status answer_again(struct demo *demo, struct play *play, struct err *err)
{
    return answer(demo, play, OUTCOME_SOLVED, second_answer, err);
}

static enum status propose(struct demo *demo, struct play *play, struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = find_lead_staff(demo, play, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person,
                          WORDS("queue", "propose-unresolvable", play->issue, "--ground",
                                text_of(play, "ground"), "--tried", text_of(play, "tried"),
                                "--words", text_of(play, "answer")),
                          err)
               : st;
}

/* ---- the reviews ---------------------------------------------------------------------------- */

static enum status review_ok(struct demo *demo, struct play *play, struct err *err)
{
    return demo_act(demo, output_string(play->seen, "leader"),
                    WORDS("issue", "review", play->issue, "--ok"), err);
}

/* What cannot be solved is reviewed by the office head, too. */
static enum status review_ok_by_head(struct demo *demo, struct play *play, struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = demo_find_person(demo, play, ROLE_OFFICE_HEAD, NULL, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person, WORDS("issue", "review", play->issue, "--ok"), err)
               : st;
}

static enum status review_redo(struct demo *demo, struct play *play, struct err *err)
{
    return demo_act(
        demo, output_string(play->seen, "leader"),
        WORDS("issue", "review", play->issue, "--redo", "--reason", text_of(play, "reason")), err);
}

static enum status close_unsatisfied(struct demo *demo, struct play *play, struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = demo_find_person(demo, play, ROLE_OFFICE_HEAD, NULL, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person,
                          WORDS("issue", "close-unsatisfied", play->issue, "--reason", close_words),
                          err)
               : st;
}

/* ---- telling the household ------------------------------------------------------------------ */

static enum status tell(struct demo *demo, struct play *play, enum reaction reaction,
                        const char *member, struct err *err)
{
    return demo_act(demo, play->cadre,
                    WORDS("feedback", "give", play->issue, "--mode", "visit", "--words",
                          text_of(play, member), "--reaction", reaction_word(reaction)),
                    err);
}

static enum status tell_satisfied(struct demo *demo, struct play *play, struct err *err)
{
    return tell(demo, play, REACTION_SATISFIED, "feedback", err);
}

static enum status tell_neutral(struct demo *demo, struct play *play, struct err *err)
{
    return tell(demo, play, REACTION_NEUTRAL, "feedback", err);
}

static enum status tell_unsatisfied(struct demo *demo, struct play *play, struct err *err)
{
    return tell(demo, play, REACTION_UNSATISFIED, "feedback", err);
}

static enum status tell_again(struct demo *demo, struct play *play, struct err *err)
{
    return tell(demo, play, REACTION_SATISFIED, "redo_feedback", err);
}

static enum status tell_by_phone(struct demo *demo, struct play *play, struct err *err)
{
    return demo_act(demo, play->cadre,
                    WORDS("feedback", "give", play->issue, "--mode", "phone", "--words",
                          text_of(play, "feedback"), "--reaction", "neutral"),
                    err);
}

/* ---- calling back --------------------------------------------------------------------------- */

/* What a household that was reached says; marks from 1 to 5. */
struct verdict {
    const char *solved;
    const char *result;
    const char *section;
    const char *cadre;
    const char *reasonable;
    const char *words;
};

static enum status call(struct demo *demo, struct play *play, const struct verdict *verdict,
                        struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = demo_find_person(demo, play, ROLE_SUPERVISOR, NULL, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person,
                          WORDS("callback", "record", play->issue, "--reached", "yes", "--solved",
                                verdict->solved, "--result", verdict->result, "--section",
                                verdict->section, "--cadre", verdict->cadre, "--reasonable",
                                verdict->reasonable, "--words", verdict->words),
                          err)
               : st;
}

static enum status call_satisfied(struct demo *demo, struct play *play, struct err *err)
{
    static const struct verdict verdict = {"yes", "5", "5", "5", "yes", satisfied_words};
    return call(demo, play, &verdict, err);
}

static enum status call_partly(struct demo *demo, struct play *play, struct err *err)
{
    static const struct verdict verdict = {"yes", "4", "4", "5", "yes", partly_words};
    return call(demo, play, &verdict, err);
}

static enum status call_explained(struct demo *demo, struct play *play, struct err *err)
{
    static const struct verdict verdict = {"no", "3", "4", "5", "yes", explained_words};
    return call(demo, play, &verdict, err);
}

static enum status call_unsatisfied(struct demo *demo, struct play *play, struct err *err)
{
    const struct verdict verdict = {"no", "2", "3", "4", "yes", text_of(play, "reason")};
    return call(demo, play, &verdict, err);
}

static enum status call_unreasonable(struct demo *demo, struct play *play, struct err *err)
{
    const struct verdict verdict = {"no", "2", "3", "4", "no", text_of(play, "reason")};
    return call(demo, play, &verdict, err);
}

static enum status call_in_vain(struct demo *demo, struct play *play, struct err *err)
{
    char person[WORD_MAX_BYTES + 1];
    enum status st = demo_find_person(demo, play, ROLE_SUPERVISOR, NULL, person, err);
    return st == STATUS_OK
               ? demo_act(demo, person, WORDS("callback", "record", play->issue, "--reached", "no"),
                          err)
               : st;
}

/* Only tries on different working days count. */
static enum status try_to_call(struct demo *demo, struct play *play, struct err *err)
{
    const struct config *config = demo->session->config;
    int64_t day = (demo->now.us / US_PER_S + config->zone.offset_s) / S_PER_DAY;
    if (day <= play->tried_on || calendar_get_day(config->calendar, day).hours.count == 0) {
        return STATUS_AGAIN;
    }
    enum status st = call_in_vain(demo, play, err);
    if (st == STATUS_OK) {
        play->tried_on = day;
    }
    return st;
}

/* ---- the paths ------------------------------------------------------------------------------ */

#define HANDLE report, dispatch, sign, progress, assist

static const struct demo_path paths[] = {
    {.name = "solved",
     .scenes = {HANDLE, answer_solved, review_ok, tell_satisfied, call_satisfied},
     .needs = {"evidence"}},
    {.name = "partly",
     .scenes = {HANDLE, answer_partly, review_ok, tell_neutral, call_partly},
     .needs = {"evidence"}},
    {.name = "explained",
     .scenes = {HANDLE, propose, review_ok, review_ok_by_head, tell_neutral, call_explained},
     .needs = {"ground", "tried"}},
    {.name = "review_redo",
     .scenes = {HANDLE, answer_solved, review_redo, answer_again, review_ok, tell_satisfied,
                call_satisfied},
     .needs = {"evidence", "reason", "redo_answer", "redo_evidence"}},
    {.name = "redo",
     .scenes = {HANDLE, answer_solved, review_ok, tell_neutral, call_unsatisfied, answer_again,
                review_ok, tell_again, call_satisfied},
     .needs = {"evidence", "reason", "redo_answer", "redo_evidence", "redo_feedback"}},
    {.name = "unreached",
     .scenes = {HANDLE, answer_solved, review_ok, tell_by_phone, try_to_call, try_to_call,
                try_to_call},
     .needs = {"evidence"}},
    {.name = "unsatisfied_closed",
     .scenes = {HANDLE, answer_solved, review_ok, tell_unsatisfied, call_unreasonable,
                close_unsatisfied},
     .needs = {"evidence", "reason"}},
};

/* Three working days do not pass while somebody watches. */
static const struct demo_path reached_at_last = {
    .name = "unreached",
    .scenes = {HANDLE, answer_solved, review_ok, tell_by_phone, call_in_vain, call_satisfied},
};

const struct demo_path *demo_find_path(const char *name)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (strcmp(paths[i].name, name) == 0) {
            return &paths[i];
        }
    }
    return NULL;
}

const struct demo_path *demo_path_of_today(const struct demo_path *path)
{
    return strcmp(path->name, reached_at_last.name) == 0 ? &reached_at_last : path;
}
