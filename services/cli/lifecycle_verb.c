/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/lifecycle_verb.h"

#include "cli/output.h"
#include "domain/lifecycle.h"

#include <stdio.h>

static json_t *states_json(uint32_t states)
{
    json_t *words = json_array();
    for (int state = 1; state < STATE_COUNT; state++) {
        if ((states & STATE_BIT(state)) != 0) {
            (void)json_array_append_new(words, json_string(state_word((enum state)state)));
        }
    }
    return words;
}

static json_t *who_json(uint32_t who)
{
    json_t *words = json_array();
    for (uint32_t i = 0; i < WHO_COUNT; i++) {
        if ((who & WHO_BIT(i)) != 0) {
            (void)json_array_append_new(words, json_string(who_word(i)));
        }
    }
    return words;
}

static json_t *row_json(enum happening happening)
{
    const struct transition *row = lifecycle_row(happening);
    json_t *to = row->to == STATE_NONE ? json_null() : json_string(state_word(row->to));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:b, s:s}", "event", happening_word(happening),
                     "name", happening_name(happening), "from", states_json(row->from), "to", to,
                     "who", who_json(row->who), "guard", guard_word(row->guard), "offered",
                     row->is_offered, "about", row->about);
}

static json_t *table_json(void)
{
    json_t *rows = json_array();
    for (int happening = 1; happening < HAPPENING_COUNT; happening++) {
        (void)json_array_append_new(rows, row_json((enum happening)happening));
    }
    return rows;
}

enum status lifecycle_run(struct session *session, const struct args *args, json_t **ret_json,
                          struct err *err)
{
    (void)err;
    bool is_dot = args_has(args, "dot");
    struct buf out = {0};
    if (is_dot) {
        lifecycle_print_dot(&out);
    } else {
        lifecycle_print_table(&out);
    }
    if (session->globals.is_json) {
        *ret_json = table_json();
    } else {
        *ret_json = json_stringn((const char *)out.p, out.len);
    }
    buf_done(&out);
    return STATUS_OK;
}

void lifecycle_print(const struct session *session, const json_t *result)
{
    (void)session;
    (void)printf("%s", json_string_value(result));
}
