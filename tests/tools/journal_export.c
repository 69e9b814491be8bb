/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_export HOME OUT: the journals of an instance as lines of JSON (tools/journal_lines.h),
 * OUT/<daemon>.jsonl, and OUT/end.json with {"timers": {daemon: count}, "journals": {daemon: id}}.
 * The instance may run or not.
 */
#include "base/number.h"
#include "runtime/node.h"
#include "tools/journal_lines.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MAP_BYTES (UINT64_C(1) << 30)

static const struct zone china = {8 * 3600};

static _Noreturn void stop(const char *what, const char *why)
{
    (void)fprintf(stderr, "journal_export: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* What was counted of all daemons. */
struct end {
    json_t *timers;
    json_t *journals;
};

static void count_rest(struct store_txn *txn, const char *daemon, struct end *end)
{
    uint64_t timers = 0;
    struct bytes value = {0};
    struct id id;
    char text[ID_TEXT_BYTES];
    if (store_count(txn, TABLE_TIMER, &timers) != STATUS_OK ||
        store_get(txn, TABLE_BASE, BYTES("journal"), &value) != STATUS_OK ||
        value.len != ID_BYTES) {
        stop(daemon, "has no journal");
    }
    memcpy(id.bytes, value.p, ID_BYTES);
    id_format(&id, text);
    (void)json_object_set_new(end->timers, daemon, json_integer((json_int_t)timers));
    (void)json_object_set_new(end->journals, daemon, json_string(text));
}

static void export_daemon(const char *home, const char *daemon, const char *out, struct end *end)
{
    static const char *const tables[] = {[TABLE_JOURNAL] = "journal",
                                         [TABLE_BASE] = "base",
                                         [TABLE_REQUEST] = "request",
                                         [TABLE_TIMER] = "timer"};
    char path[1024];
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    struct err err = {0};
    (void)snprintf(path, sizeof path, "%s/state/%s", home, daemon);
    struct store_options options = {.path = path,
                                    .tables = tables,
                                    .table_count = sizeof tables / sizeof tables[0],
                                    .map_bytes = MAP_BYTES,
                                    .is_read_only = true};
    if (store_open_lmdb(&options, &store, &err) != STATUS_OK ||
        store_begin(store, false, &txn, &err) != STATUS_OK) {
        stop(path, err.text);
    }
    char name[1024];
    (void)snprintf(name, sizeof name, "%s/%s.jsonl", out, daemon);
    FILE *file = fopen(name, "w");
    if (file == NULL) {
        stop(name, "cannot be written");
    }
    (void)journal_lines_write(txn, 0, china, file);
    (void)fclose(file);
    count_rest(txn, daemon, end);
    store_abort(txn);
    store_close(store);
}

/* Folders of daemons hold a store; others beside them do not. */
static bool is_daemon(const char *home, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/state/%s/data.mdb", home, name);
    FILE *file = name[0] == '.' ? NULL : fopen(path, "r");
    if (file != NULL) {
        (void)fclose(file);
    }
    return file != NULL;
}

int main(int argc, char **argv)
{
    char path[1024];
    if (argc != 3) {
        (void)fprintf(stderr, "usage: journal_export HOME OUT\n");
        return 64;
    }
    (void)snprintf(path, sizeof path, "%s/state", argv[1]);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        stop(path, "is not there");
    }
    struct end end = {json_object(), json_object()};
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (is_daemon(argv[1], entry->d_name)) {
            export_daemon(argv[1], entry->d_name, argv[2], &end);
        }
    }
    (void)closedir(folder);
    (void)snprintf(path, sizeof path, "%s/end.json", argv[2]);
    json_t *all = json_pack("{s:o, s:o}", "timers", end.timers, "journals", end.journals);
    int failed = json_dump_file(all, path, JSON_INDENT(2));
    json_decref(all);
    return failed == 0 ? 0 : EXIT_FAILURE;
}
