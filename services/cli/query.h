/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that only look: one query, shown as its reply says; and watching, the same query again and
 * again as soon as the daemon's journal has grown. */
#pragma once

#include "cli/call.h"

/* Asks verb->daemon, or the section's daemon where it is NULL; the result is the member verb->list
 * of the reply, or the whole reply. */
enum status query_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err) MUST_USE;

/* As query_run() for verb->list of the reply; people are told when it goes on (query_say_more()).
 */
enum status query_run_list(struct session *session, const struct args *args, json_t **ret_json,
                           struct err *err) MUST_USE;

/* Notes how to go on when there is more behind `shown`, which is what there is of the
 * reply's `list`; asks once more for that. Programs page until the list is empty and are told
 * nothing. Changes `after` and `limit` of the query. */
void query_say_more(struct session *session, const struct args *args, const char *list,
                    const json_t *shown);

/* As query_run() for one thing: NOT_FOUND when the list is empty. */
enum status query_run_one(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err) MUST_USE;

/* Prints every item once and again whenever it changes, one a line, until it is ended. */
enum status query_watch(struct session *session, const struct args *args, json_t **ret_json,
                        struct err *err) MUST_USE;

/* Asks and makes JSON of the member `list` of the reply (NULL: of the whole). Where a list is empty
 * only because the daemon has not looked at everything yet, goes on asking: that changes `walk`. */
struct query_call {
    const struct config_daemon *daemon;
    struct ask ask;
    const char *list;
    void (*reshape)(json_t *item);
    void *walk; /* the message again, where it may be advanced over the pages of a list */
};
enum status query_ask(struct session *session, const struct query_call *call, json_t **ret_json,
                      struct answer *ret_answer, struct err *err) MUST_USE;

/* All pages of a list, `call->walk` being advanced over them by `advance`. */
typedef void query_advance_fn(void *message, const json_t *last);
enum status query_ask_all(struct session *session, const struct query_call *call,
                          query_advance_fn *advance, json_t **ret_json, struct err *err) MUST_USE;
