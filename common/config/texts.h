/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of notices in each language, as DIR/texts/<language>.yaml has them. A notice has a
 * title and a text, with placeholders in braces. A file must have every notice of the list below;
 * it may add "<notice>_<audience>" where that audience should read something else. Phrases are what
 * notices are put together from: they stand in for placeholders.
 */
#pragma once

#include "base/buf.h"
#include "config/arena.h"
#include "config/yaml.h"

#include <stdbool.h>
#include <stdint.h>

#define LANGUAGE_LIST(X) X(ZH, zh) X(EN, en)

enum language {
#define X(name, word) LANGUAGE_##name,
    LANGUAGE_LIST(X)
#undef X
        LANGUAGE_COUNT
};

/* "zh". */
const char *language_word(enum language language);

/* Every notice that is ever sent; its word is its category in the inbox. A digest with more lines
 * than fit is in the words of digest_more. */
#define TEXT_NOTICE_LIST(X)                                                                        \
    X(handed_over)                                                                                 \
    X(taken_over)                                                                                  \
    X(taken_over_uncovered)                                                                        \
    X(taken_over_interim)                                                                          \
    X(without_cadre)                                                                               \
    X(cards_stale)                                                                                 \
    X(dispatched)                                                                                  \
    X(signed)                                                                                      \
    X(auto_signed)                                                                                 \
    X(triage_wanted)                                                                               \
    X(review_wanted)                                                                               \
    X(second_review_wanted)                                                                        \
    X(urged)                                                                                       \
    X(supervised)                                                                                  \
    X(supervision_due)                                                                             \
    X(supervision_overdue)                                                                         \
    X(supervision_lifted)                                                                          \
    X(answered)                                                                                    \
    X(feedback_wanted)                                                                             \
    X(feedback_late)                                                                               \
    X(feedback_given)                                                                              \
    X(callback_wanted)                                                                             \
    X(redo)                                                                                        \
    X(explained)                                                                                   \
    X(unreached)                                                                                   \
    X(closed)                                                                                      \
    X(due_soon)                                                                                    \
    X(overdue)                                                                                     \
    X(urging_notice)                                                                               \
    X(escalated)                                                                                   \
    X(escalated_top)                                                                               \
    X(unsatisfied)                                                                                 \
    X(set_aside)                                                                                   \
    X(info_wanted)                                                                                 \
    X(info_given)                                                                                  \
    X(info_missing)                                                                                \
    X(contact_wanted)                                                                              \
    X(contacted)                                                                                   \
    X(suspension_wanted)                                                                           \
    X(suspended)                                                                                   \
    X(suspension_refused)                                                                          \
    X(resumed)                                                                                     \
    X(corrected)                                                                                   \
    X(visits_due)                                                                                  \
    X(visits_missed)                                                                               \
    X(visits_missed_unit)                                                                          \
    X(visits_missed_outside)                                                                       \
    X(visits_missed_here)                                                                          \
    X(promise_due)                                                                                 \
    X(promise_missed)                                                                              \
    X(passed_on)                                                                                   \
    X(digest)                                                                                      \
    X(digest_more)

/* `handler` is whoever has to act, whatever else that person is. */
#define TEXT_AUDIENCE_LIST(X)                                                                      \
    X(cadre)                                                                                       \
    X(section)                                                                                     \
    X(leader)                                                                                      \
    X(office)                                                                                      \
    X(community)                                                                                   \
    X(handler)

/* A due time that may move, rows of a list and those left out, how long something lasts, who has to
 * act in a stage (who_), what it is (task_), and what those above can do about it (remedy_). */
#define TEXT_PHRASE_LIST(X)                                                                        \
    X(provisional)                                                                                 \
    X(counted)                                                                                     \
    X(separator)                                                                                   \
    X(more_people)                                                                                 \
    X(more_units)                                                                                  \
    X(minutes)                                                                                     \
    X(hours)                                                                                       \
    X(days)                                                                                        \
    X(who_triage)                                                                                  \
    X(who_cadre)                                                                                   \
    X(who_person)                                                                                  \
    X(who_section)                                                                                 \
    X(who_leader)                                                                                  \
    X(who_office)                                                                                  \
    X(who_reviewers)                                                                               \
    X(who_supervisor)                                                                              \
    X(task_triage)                                                                                 \
    X(task_info)                                                                                   \
    X(task_sign)                                                                                   \
    X(task_first_contact)                                                                          \
    X(task_handle)                                                                                 \
    X(task_resume)                                                                                 \
    X(task_review)                                                                                 \
    X(task_feedback)                                                                               \
    X(task_callback)                                                                               \
    X(task_decide)                                                                                 \
    X(remedy_triage)                                                                               \
    X(remedy_section)                                                                              \
    X(remedy_review)                                                                               \
    X(remedy_feedback)                                                                             \
    X(remedy_callback)

enum text_phrase {
    TEXT_PHRASE_none,
#define X(word) TEXT_PHRASE_##word,
    TEXT_PHRASE_LIST(X)
#undef X
        TEXT_PHRASE_COUNT
};

/* The placeholders, and how many characters of a value are shown; more end in "…". */
#define TEXT_VALUE_LIST(X)                                                                         \
    X(issue, 20)                                                                                   \
    X(title, 200)                                                                                  \
    X(department, 40)                                                                              \
    X(due, 40)                                                                                     \
    X(person, 40)                                                                                  \
    X(reason, 400)                                                                                 \
    X(state, 40)                                                                                   \
    X(household, 40)                                                                               \
    X(head, 40)                                                                                    \
    X(count, 10)                                                                                   \
    X(level, 4)                                                                                    \
    X(late, 20)                                                                                    \
    X(who, 80)                                                                                     \
    X(task, 60)                                                                                    \
    X(remedy, 100)                                                                                 \
    X(list, 700)                                                                                   \
    X(rest, 10)

/* What a title, a text and a phrase come to at most with every value at its longest, checked at
 * load. */
#define TEXT_TITLE_MAX_CHARS 300U
#define TEXT_TEXT_MAX_CHARS 1000U
#define TEXT_PHRASE_MAX_CHARS 100U

struct text_value {
    const char *name; /* of TEXT_VALUE_LIST */
    struct bytes text;
};

struct texts;

/* Empty texts in `arena`, which owns them. */
struct texts *texts_new(struct arena *arena);

/* Takes over one language; the texts stay in `document`. False when problems were added. */
bool texts_read(struct texts *texts, enum language language, const struct yaml_document *document,
                struct problems *problems);

/* The word of a notice as a constant, or NULL when there is no such notice. */
const char *texts_find_notice(struct bytes word);

/*
 * Appends a title or text with its placeholders filled. `key` is "<notice>.title",
 * "<notice>.text", or the same with "<notice>_<audience>", which is "<notice>" where the file says
 * nothing else. A value that is not given, or empty, shows as "—".
 */
void texts_format(const struct texts *texts, enum language language, const char *key,
                  const struct text_value *values, uint32_t value_count, struct buf *out);

/* The same for a phrase. */
void texts_format_phrase(const struct texts *texts, enum language language, enum text_phrase phrase,
                         const struct text_value *values, uint32_t value_count, struct buf *out);

/* Appends at most so many characters; a longer text ends in "…", an empty one is "—". */
void texts_append_cut(struct bytes text, uint32_t max_chars, struct buf *out);
