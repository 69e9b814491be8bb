/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cli/demo_play.h"
#include "cli/init.h"
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORTS_FILE "demo/reports.jsonl"
#define REPORTS_MAX 1000U

/* What every report says, whatever becomes of it. */
static const char *const always[] = {"title",    "text", "household", "kind",
                                     "category", "lead", "answer",    "feedback"};

static enum status check_members(const json_t *json, const char *const *names, size_t count,
                                 struct err *err)
{
    for (size_t i = 0; i < count && names[i] != NULL; i++) {
        if (output_string(json, names[i])[0] == '\0') {
            return fail(err, STATUS_INVALID, "'%s' is missing", names[i]);
        }
    }
    return STATUS_OK;
}

static enum status read_report(const char *line, struct demo_report *report, struct err *err)
{
    json_error_t error;
    report->json = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (report->json == NULL) {
        return fail(err, STATUS_INVALID, "%s", error.text);
    }
    const char *path = output_string(report->json, "path");
    report->path = demo_find_path(path);
    if (report->path == NULL) {
        return fail(err, STATUS_INVALID, "there is no path '%s'", path);
    }
    enum status st = check_members(report->json, always, sizeof always / sizeof always[0], err);
    return st == STATUS_OK
               ? check_members(report->json, report->path->needs,
                               sizeof report->path->needs / sizeof report->path->needs[0], err)
               : st;
}

static enum status read_lines(struct demo *demo, FILE *file, struct err *err)
{
    char *line = NULL;
    size_t size = 0;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && getline(&line, &size, file) > 0) {
        if (demo->report_count == REPORTS_MAX) {
            st = fail(err, STATUS_INVALID, "there are more than %u reports", REPORTS_MAX);
            break;
        }
        demo->report_count++;
        demo->reports = memory_resize(demo->reports, demo->report_count, sizeof demo->reports[0]);
        struct demo_report *report = &demo->reports[demo->report_count - 1];
        *report = (struct demo_report){0};
        st = read_report(line, report, err);
        if (st != STATUS_OK) {
            (void)wrap(err, st, "line %u", demo->report_count);
        }
    }
    free(line);
    if (st == STATUS_OK && demo->report_count == 0) {
        st = fail(err, STATUS_INVALID, "there are no reports");
    }
    return st;
}

enum status demo_read_reports(struct demo *demo, struct err *err)
{
    char folder[PATH_MAX];
    char path[PATH_MAX];
    enum status st = init_find_example(REPORTS_FILE, folder, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder, REPORTS_FILE) >= PATH_MAX) {
        return fail(err, STATUS_REFUSED, "the path of the example is too long");
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return fail(err, STATUS_IO, "read '%s': %s", path, strerror(errno));
    }
    st = read_lines(demo, file, err);
    (void)fclose(file);
    return st == STATUS_OK ? st : wrap(err, st, "the reports in '%s'", path);
}
