/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a demonstration: the reports with the path each one takes, the scenes a path is made
 * of, and acting: one command of one person. */
#pragma once

#include "cli/session.h"
#include "domain/words.h"

struct demo;
struct play;

/* Something that happens to an issue. AGAIN: its day has not come, to be tried on a later one. */
typedef enum status scene_fn(struct demo *demo, struct play *play, struct err *err);

#define DEMO_SCENES_MAX 16U
struct demo_path {
    const char *name;
    scene_fn *scenes[DEMO_SCENES_MAX]; /* ends with NULL */
    const char *needs[5];              /* members of the report besides those of every one */
};

/* One report of reports.jsonl; its texts are read with output_string(). */
struct demo_report {
    json_t *json;
    const struct demo_path *path;
};

/* One issue under way. */
struct play {
    uint32_t number; /* from 0; varies who does what */
    const json_t *report;
    const struct demo_path *path;
    uint32_t scene; /* the next one */
    char issue[ISSUE_TEXT_BYTES];
    char cadre[WORD_MAX_BYTES + 1];
    int64_t tried_on; /* day of the last try to reach the household, since 1970 */
    json_t *seen;     /* as `issue show` gave it last; owned */
};

struct demo {
    struct session *session;
    struct demo_report *reports;
    uint32_t report_count;
    struct play *plays;
    uint32_t play_count;
    uint32_t done;      /* plays that are over */
    bool is_test_clock; /* days can be made to pass */
    struct wall now;    /* of the instance, at the beginning of the day that is played */
    json_t *said;       /* result of the last command; owned */
};

/* demo_reports.c: the shipped reports. */
enum status demo_read_reports(struct demo *demo, struct err *err) MUST_USE;

/* demo_scenes.c */
const struct demo_path *demo_find_path(const char *name);
/* The path `path` is on a clock that nobody can move. */
const struct demo_path *demo_path_of_today(const struct demo_path *path);

/* demo_act.c */

/* Words of a command line, for demo_act(). */
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Does what `lianhu WORDS... --as PERSON` does, and waits for the router's verdict however long it
 * takes. The result is in demo->said. On failure the sentence says who did what. */
enum status demo_act(struct demo *demo, const char *person, const char *const *words,
                     struct err *err) MUST_USE;

/* `issue show`, into play->seen. */
enum status demo_look(struct demo *demo, struct play *play, struct err *err) MUST_USE;

/* One of those who have the role, and serve the section when it is given (else NULL). NOT_FOUND:
 * nobody does. `person` takes WORD_MAX_BYTES + 1. */
enum status demo_find_person(const struct demo *demo, const struct play *play, enum role role,
                             const char *department, char *person, struct err *err) MUST_USE;
