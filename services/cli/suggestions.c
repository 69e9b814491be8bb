/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/suggestions.h"

#include "base/endian.h"
#include "base/memory.h"
#include "cli/call.h"
#include "cli/output.h"
#include "cli/routing_json.h"
#include "domain/suggest_desk.h"
#include "store/store.h"

#include <stdlib.h>

/* ---- asked ---------------------------------------------------------------------------------- */

json_t *suggestions_ask(struct session *session, struct bytes title, struct bytes text)
{
    struct suggest_query query = {.title = title, .text = text};
    struct ask ask = {
        .type = &suggest_query_type, .message = &query, .reply_type = &suggest_reply_type};
    struct suggest_reply reply;
    struct err err;
    if (call_named(session, "router", &ask, &reply, NULL, &err) != STATUS_OK) {
        return NULL;
    }
    json_t *json = message_to_json(&suggest_reply_type, &reply, session_zone(session));
    json_t *list = json_incref(json_object_get(json, "suggestions"));
    json_decref(json);
    return list;
}

/* ---- read ----------------------------------------------------------------------------------- */

struct suggestion_model {
    const struct config *config;
    struct rules_scratch *scratch;
    struct store *store;   /* NULL: nothing is learned yet */
    struct store_txn *txn; /* of the whole life, so that all is suggested from one state */
};

static void open_store(struct session *session, struct suggestion_model *model)
{
    static const char *const tables[] = {"suggest"};
    char path[PATH_MAX];
    struct err err;
    const struct config_daemon *router;
    if (session_path(session, "state/router", path, &err) != STATUS_OK) {
        return;
    }
    if (session_find_daemon(session, BYTES("router"), &router, &err) == STATUS_OK) {
        (void)call_settle(session, router);
    }
    struct store_options options = {.path = path,
                                    .tables = tables,
                                    .table_count = sizeof tables / sizeof tables[0],
                                    .is_read_only = true};
    if (store_open_lmdb(&options, &model->store, &err) == STATUS_OK &&
        store_begin(model->store, false, &model->txn, &err) != STATUS_OK) {
        model->txn = NULL;
    }
}

struct suggestion_model *suggestion_model_open(struct session *session)
{
    struct suggestion_model *model = memory_new(1, sizeof *model);
    model->config = session->config;
    model->scratch = rules_scratch_open();
    open_store(session, model);
    return model;
}

void suggestion_model_close(struct suggestion_model *model)
{
    if (model == NULL) {
        return;
    }
    store_abort(model->txn);
    store_close(model->store);
    rules_scratch_close(model->scratch);
    free(model);
}

static void visit(void *user, struct bytes prefix, suggest_row_fn *on_row, void *on_row_user)
{
    const struct suggestion_model *model = user;
    struct bytes key;
    struct bytes value;
    enum status st =
        model->txn == NULL ? STATUS_NOT_FOUND : store_seek(model->txn, 0, prefix, &key, &value);
    while (st == STATUS_OK && bytes_start_with(key, prefix)) {
        on_row(on_row_user, key, be64_load(value.p));
        st = store_next(model->txn, 0, key, &key, &value);
    }
}

static json_t *suggestion_json(const struct config *config, const struct suggestion *suggestion)
{
    json_t *reasons = json_array();
    for (uint32_t i = 0; i < SUGGEST_REASONS && suggestion->reasons[i][0] != '\0'; i++) {
        (void)json_array_append_new(reasons, json_string(suggestion->reasons[i]));
    }
    return json_pack("{s:s, s:o, s:s, s:I, s:o}", "category", suggestion->category, "category_path",
                     routing_path_json(config, bytes_of_string(suggestion->category)), "department",
                     suggestion->department, "score", (json_int_t)suggestion->score_permille,
                     "reasons", reasons);
}

json_t *suggestion_model_ask(struct suggestion_model *model, struct bytes title, struct bytes text)
{
    struct suggest_rows rows = {.user = model, .visit = visit};
    struct suggest_desk desk = {.rows = &rows,
                                .office = &model->config->office,
                                .rules = model->config->rules,
                                .scratch = model->scratch};
    struct suggestion suggestions[SUGGEST_COUNT];
    uint32_t count = suggest_for_desk(&desk, title, text, suggestions);
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, suggestion_json(model->config, &suggestions[i]));
    }
    return list;
}

void suggestions_append(const json_t *suggestions, struct buf *out)
{
    size_t i;
    json_t *suggestion;
    json_array_foreach(suggestions, i, suggestion)
    {
        buf_append_format(out, "  %-12s %.1f %%: ", "suggestion",
                          (double)json_integer_value(json_object_get(suggestion, "score")) / 10);
        output_member(suggestion, "category_path", COLUMN_TEXT, out);
        buf_append_string(out, ", ");
        output_member(suggestion, "department", COLUMN_TEXT, out);
        buf_append_string(out, ", for ");
        output_member(suggestion, "reasons", COLUMN_TEXT, out);
        buf_append_string(out, "\n");
    }
}
