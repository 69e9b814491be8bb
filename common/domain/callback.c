/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/callback.h"

enum status callback_check(const struct callback *callback, struct err *err)
{
    const struct {
        const char *field;
        uint32_t mark;
    } marks[] = {
        {"result", callback->result}, {"section", callback->section}, {"cadre", callback->cadre}};
    for (size_t i = 0; callback->is_reached && i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (marks[i].mark < 1 || marks[i].mark > CALLBACK_MARK_MAX) {
            return fail_field(err, STATUS_INVALID, marks[i].field,
                              "the mark for the %s must be 1 to %u (5 is best), not %u",
                              marks[i].field, CALLBACK_MARK_MAX, marks[i].mark);
        }
    }
    return STATUS_OK;
}

enum happening callback_decide(const struct issue *issue, const struct callback *callback)
{
    if (!callback->is_reached) {
        return HAPPENING_CALLBACK_UNREACHED;
    }
    bool is_done = callback->is_solved || issue->proposed == OUTCOME_EXPLAINED;
    return is_done && callback->result >= CALLBACK_MARK_CLOSES ? HAPPENING_CALLBACK_OK
                                                               : HAPPENING_CALLBACK_UNSATISFIED;
}

bool callback_asks_redo(const struct issue *issue, const struct callback *callback)
{
    /* Without a lead section there is nobody to handle it again. */
    return callback->is_reasonable && issue->redo < ISSUE_REDO_MAX &&
           issue_find_lead(issue) != NULL;
}
