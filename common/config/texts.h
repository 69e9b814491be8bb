/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of notices in each language, as DIR/texts/<language>.yaml has them. A notice has a
 * title and a text, with placeholders in braces. A file must have every notice of the list below;
 * it may add "<notice>_<audience>" where that audience should read something else.
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

/* Every notice that is ever sent; its word is its category in the inbox. */
#define TEXT_NOTICE_LIST(X)                                                                        \
    X(handed_over)                                                                                 \
    X(taken_over)                                                                                  \
    X(taken_over_interim)                                                                          \
    X(without_cadre)                                                                               \
    X(cards_stale)                                                                                 \
    X(dispatched)                                                                                  \
    X(signed)                                                                                      \
    X(auto_signed)                                                                                 \
    X(review_wanted)                                                                               \
    X(second_review_wanted)                                                                        \
    X(urged)                                                                                       \
    X(supervised)                                                                                  \
    X(supervision_due)                                                                             \
    X(supervision_overdue)                                                                         \
    X(supervision_lifted)                                                                          \
    X(answered)                                                                                    \
    X(feedback_wanted)                                                                             \
    X(callback_wanted)                                                                             \
    X(redo)                                                                                        \
    X(explained)                                                                                   \
    X(unreached)                                                                                   \
    X(closed)                                                                                      \
    X(due_soon)                                                                                    \
    X(overdue)                                                                                     \
    X(unsatisfied)                                                                                 \
    X(set_aside)                                                                                   \
    X(returned_to_triage)                                                                          \
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
    X(visits_missed_here)                                                                          \
    X(promise_due)                                                                                 \
    X(promise_missed)                                                                              \
    X(dead_letter)

#define TEXT_AUDIENCE_LIST(X) X(cadre) X(section) X(leader) X(office)

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
    X(count, 10)

/* What a title and a text come to at most with every value at its longest, checked at load. */
#define TEXT_TITLE_MAX_CHARS 300U
#define TEXT_TEXT_MAX_CHARS 1000U

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
