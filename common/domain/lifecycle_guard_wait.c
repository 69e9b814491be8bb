/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of what an issue waits for, and of corrections. */
#include "domain/lifecycle_guard.h"

enum status guard_question(const struct issue *issue, const struct step *step, struct err *err)
{
    if (issue->questions >= ISSUE_QUESTIONS_MAX) {
        return fail(err, STATUS_REFUSED,
                    "the cadre was asked %u times already: dispatch it as it is known",
                    issue->questions);
    }
    return guard_need(err, step->has_words, "words",
                      "words are missing: say what you want to know");
}

/* Nobody says anything when a timer acts. */
enum status guard_told(const struct issue *issue, const struct step *step, struct err *err)
{
    (void)issue;
    return guard_need(err, step->has_words || step->actor->kind == ACTOR_TIMER, "words",
                      "words are missing: say what the household says");
}

enum status guard_contact(const struct issue *issue, const struct step *step, struct err *err)
{
    if (issue->is_contacted) {
        return fail(err, STATUS_REFUSED,
                    "the first contact is on record; what comes after it is progress");
    }
    return guard_words(issue, step, err);
}

static enum status check_wait_end(const struct suspension *wait, struct wall now, struct err *err)
{
    if (wait->latest.us == 0) {
        return fail(err, STATUS_REFUSED, "an issue of this urgency is never suspended");
    }
    if (wait->until.us <= now.us) {
        return fail_field(err, STATUS_INVALID, "until", "the end of the suspension lies behind us");
    }
    if (wait->until.us > wait->latest.us) {
        char latest[WALL_TEXT_BYTES];
        wall_format(wait->latest, wait->zone, latest);
        return fail_field(err, STATUS_INVALID, "until",
                          "the end of the suspension lies beyond the limit of deadlines.yaml, "
                          "which is %s",
                          latest);
    }
    return STATUS_OK;
}

enum status guard_wait(const struct issue *issue, const struct step *step, struct err *err)
{
    const struct suspension *wait = step->suspension;
    if (issue->wait_ground != WAIT_GROUND_NONE) {
        return fail(err, STATUS_REFUSED,
                    "a suspension is asked for already: the office decides with 'issue suspend'");
    }
    enum status st =
        guard_need(err, wait != NULL && wait->ground != WAIT_GROUND_NONE, "ground",
                   "the ground is missing: household, decision, season or force_majeure");
    if (st == STATUS_OK) {
        st = guard_need(err, step->has_words, "words",
                        "words are missing: say what has to be awaited");
    }
    return st == STATUS_OK ? check_wait_end(wait, step->at, err) : st;
}

static enum status check_is_asked(const struct issue *issue, struct err *err)
{
    return issue->wait_ground != WAIT_GROUND_NONE
               ? STATUS_OK
               : fail(err, STATUS_REFUSED,
                      "no suspension is asked for: the lead section does with 'queue suspend'");
}

enum status guard_wait_asked(const struct issue *issue, const struct step *step, struct err *err)
{
    enum status st = check_is_asked(issue, err);
    if (st == STATUS_OK && issue->wait_until.us <= step->at.us) {
        st = fail(err, STATUS_REFUSED,
                  "the suspension would have ended by now: refuse it with 'issue suspend --no'");
    }
    /* Its urgency may have been corrected since it was asked for. */
    if (st == STATUS_OK &&
        (step->suspension == NULL || issue->wait_until.us > step->suspension->latest.us)) {
        st = fail(err, STATUS_REFUSED,
                  "an issue of this urgency is not suspended for so long: refuse it with 'issue "
                  "suspend --no'");
    }
    return st;
}

enum status guard_wait_refused(const struct issue *issue, const struct step *step, struct err *err)
{
    enum status st = check_is_asked(issue, err);
    return st == STATUS_OK ? guard_reason(issue, step, err) : st;
}

enum status guard_wait_over(const struct issue *issue, const struct step *step, struct err *err)
{
    bool is_of_section = step->department.len > 0 || step->actor->kind == ACTOR_TIMER;
    if (!is_of_section && issue->wait_ground != WAIT_GROUND_HOUSEHOLD) {
        return fail(err, STATUS_REFUSED,
                    "it is not the household that is waited for (%s, %s): the lead section goes on "
                    "with 'queue resume'",
                    wait_ground_word(issue->wait_ground), wait_ground_name(issue->wait_ground));
    }
    return guard_told(issue, step, err);
}

enum status guard_window_over(const struct issue *issue, const struct step *step, struct err *err)
{
    (void)issue;
    return step->is_window_over ? STATUS_OK
                                : fail(err, STATUS_REFUSED, "the window for reopening is not over");
}

enum status guard_correction(const struct issue *issue, const struct step *step, struct err *err)
{
    const struct correction *to = step->correction;
    if (to == NULL) {
        return fail_field(err, STATUS_INVALID, "category", "what is to be corrected is missing");
    }
    if (to->category.len > 0 && !word_is_valid(to->category)) {
        return fail_field(err, STATUS_INVALID, "category", "'%.*s' is not a category's code",
                          BYTES_FMT(to->category));
    }
    bool changes =
        (to->category.len > 0 && !bytes_equal(to->category, word_bytes(&issue->category))) ||
        (to->urgency != URGENCY_NONE && to->urgency != issue->urgency) ||
        (to->kind != KIND_NONE && to->kind != issue->kind);
    if (!changes) {
        return fail_field(err, STATUS_INVALID, "category",
                          "nothing would change: give a category, an urgency or a kind that is "
                          "another one");
    }
    return guard_reason(issue, step, err);
}
