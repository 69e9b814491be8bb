/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench.h"

#include "cli/call.h"
#include "cli/output.h"
#include "config/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ISSUES_DEFAULT 10000U
#define ISSUES_MAX 1000000U
#define CLIENTS_DEFAULT 32U
#define CLIENTS_MAX 4096U
#define RATE_MAX 100000U
#define READY_US (INT64_C(60) * US_PER_S)

extern char **environ;

/* Runs this program again with other arguments; its output goes to DIR/NAME.log. */
static enum status start_self(const char *const arguments[], const char *log, pid_t *ret_pid,
                              struct err *err)
{
    posix_spawn_file_actions_t actions;
    char *argv[8] = {0};
    for (size_t i = 0; arguments[i] != NULL; i++) {
        argv[i] = strdup(arguments[i]);
    }
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    (void)posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int failed = posix_spawn(ret_pid, "/proc/self/exe", &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < sizeof argv / sizeof argv[0]; i++) {
        free(argv[i]);
    }
    return failed == 0
               ? STATUS_OK
               : fail(err, STATUS_IO, "cannot start '%s': %s", arguments[1], strerror(failed));
}

static enum status wait_self(pid_t pid, const char *what, const char *log, struct err *err)
{
    int code = 0;
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(code) || WEXITSTATUS(code) != 0) {
        return fail(err, STATUS_IO, "'lianhu %s' failed; see %s", what, log);
    }
    return STATUS_OK;
}

/* The session moves into its instance, and the name is used after that too. */
static enum status make_absolute(const char *name, char path[PATH_MAX], struct err *err)
{
    char here[PATH_MAX];
    int len = 0;
    if (name[0] == '/') {
        len = snprintf(path, PATH_MAX, "%s", name);
    } else if (getcwd(here, sizeof here) != NULL) {
        len = snprintf(path, PATH_MAX, "%s/%s", here, name);
    } else {
        return fail(err, STATUS_IO, "cannot say where the current folder is: %s", strerror(errno));
    }
    return len < PATH_MAX ? STATUS_OK
                          : fail_field(err, STATUS_INVALID, "keep", "'%s' is too long", name);
}

/* Looks at the disk of the nearest folder above that is there. */
static enum status check_disk(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    while (access(folder, F_OK) != 0 && slash != NULL && slash != folder) {
        *slash = '\0';
        slash = strrchr(folder, '/');
    }
    const char *kind = disk_kind(access(folder, F_OK) == 0 ? folder : "/");
    if (strcmp(kind, "tmpfs") == 0 || strcmp(kind, "ramfs") == 0) {
        return fail_field(err, STATUS_INVALID, "keep",
                          "'%s' is in memory (%s), where nothing is durable; name a folder on a "
                          "disk with --keep",
                          path, kind);
    }
    return STATUS_OK;
}

/* Folder of the benchmark: the given one, which 'init' makes, or a new one for temporary files. */
static enum status make_folder(const char *keep, char dir[PATH_MAX], struct err *err)
{
    const char *base = getenv("TMPDIR");
    base = keep != NULL ? keep : base != NULL ? base : "/var/tmp";
    char path[PATH_MAX];
    enum status st = make_absolute(base, path, err);
    if (st == STATUS_OK) {
        st = check_disk(path, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (snprintf(dir, PATH_MAX, "%s%s", path, keep != NULL ? "" : "/lianhu-bench-XXXXXX") >=
        PATH_MAX) {
        return fail(err, STATUS_IO, "'%s' is too long", path);
    }
    return keep != NULL || mkdtemp(dir) != NULL
               ? STATUS_OK
               : fail(err, STATUS_IO, "cannot make a folder '%s': %s", dir, strerror(errno));
}

struct bench {
    char dir[PATH_MAX];
    char log[PATH_MAX + 16];
    pid_t up;
    struct session session;
    struct load_options load;
    struct load_result result;
    struct samples disk;
    uint64_t records[2]; /* before and after */
    uint64_t bytes[2];
    uint64_t commits[2];
    json_t *rss;
};

/* Replaces the first `from`; false when there is none. */
static bool replace(struct buf *text, const char *from, const char *to)
{
    struct buf changed = {0};
    buf_append_u8(text, 0);
    const char *all = (const char *)text->p;
    const char *place = strstr(all, from);
    if (place != NULL) {
        buf_append(&changed, all, (size_t)(place - all));
        buf_append_string(&changed, to);
        buf_append_string(&changed, place + strlen(from));
    }
    buf_done(text);
    *text = changed;
    return place != NULL;
}

/* What waits for working hours would make the figures depend on the hour at which they are taken.
 */
static enum status tell_at_once(const struct bench *bench, struct err *err)
{
    char path[PATH_MAX + 32];
    struct problems unread = {0};
    struct buf text = {0};
    (void)snprintf(path, sizeof path, "%s/config/deadlines.yaml", bench->dir);
    bool good = yaml_read_file(path, path, &text, &unread) &&
                replace(&text, "hold: working_hours", "hold: none") &&
                replace(&text, "digest: daily", "digest: none");
    FILE *file = good ? fopen(path, "we") : NULL;
    good = file != NULL && fwrite(text.p, 1, text.len, file) == text.len;
    good = file != NULL && fclose(file) == 0 && good;
    problems_done(&unread);
    buf_done(&text);
    return good ? STATUS_OK
                : fail(err, STATUS_IO, "'%s' cannot be changed so that notices are told at once",
                       path);
}

static enum status init_instance(struct bench *bench, struct err *err)
{
    pid_t pid = 0;
    (void)snprintf(bench->log, sizeof bench->log, "%s.log", bench->dir);
    const char *const init[] = {"lianhu", "init", bench->dir, "--example", NULL};
    enum status st = start_self(init, bench->log, &pid, err);
    if (st == STATUS_OK) {
        st = wait_self(pid, "init", bench->log, err);
    }
    if (st == STATUS_OK) {
        st = tell_at_once(bench, err);
    }
    const char *const up[] = {"lianhu", "up", "--home", bench->dir, NULL};
    return st == STATUS_OK ? start_self(up, bench->log, &bench->up, err) : st;
}

/* Whether the instance has said so in its log. */
static bool is_ready(const struct bench *bench)
{
    char line[256];
    bool is = false;
    FILE *log = fopen(bench->log, "re");
    while (!is && log != NULL && fgets(line, sizeof line, log) != NULL) {
        is = strcmp(line, "ready\n") == 0;
    }
    if (log != NULL) {
        (void)fclose(log);
    }
    return is;
}

static enum status wait_until_ready(struct bench *bench, struct err *err)
{
    struct globals globals = {.home = bench->dir, .person = "operator", .timeout_ms = 3600000};
    enum status st = session_open(&globals, NEED_CONFIG, &bench->session, err);
    int64_t until = session_mono().us + READY_US;
    while (st == STATUS_OK && !is_ready(bench)) {
        if (session_mono().us > until || waitpid(bench->up, NULL, WNOHANG) == bench->up) {
            st = fail(err, STATUS_UNAVAILABLE, "the instance does not start; see %s", bench->log);
        }
        (void)usleep(20000);
    }
    return st;
}

/* Sums heads and sizes over the daemons, and notes their memory. */
static enum status measure(struct bench *bench, int when, struct err *err)
{
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    uint32_t count = bench->session.config->daemon_count;
    if (call_status(&bench->session, 5000, statuses) != count) {
        return fail(err, STATUS_UNAVAILABLE, "not every daemon answers");
    }
    json_decref(bench->rss);
    bench->rss = json_object();
    for (uint32_t i = 0; i < count; i++) {
        char name[WORD_MAX_BYTES + 1];
        (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(statuses[i].daemon->name));
        bench->records[when] += statuses[i].reply.head;
        bench->bytes[when] += statuses[i].reply.state_bytes;
        bench->commits[when] += statuses[i].reply.commits;
        (void)json_object_set_new(bench->rss, name,
                                  json_integer((json_int_t)statuses[i].reply.rss_kb));
    }
    return STATUS_OK;
}

static void stop_instance(struct bench *bench)
{
    if (bench->up > 0) {
        (void)kill(bench->up, SIGTERM);
        (void)waitpid(bench->up, NULL, 0);
    }
}

static enum status run_load(struct bench *bench, struct err *err)
{
    struct disk_probe *probe = NULL;
    enum status st = measure(bench, 0, err);
    if (st == STATUS_OK) {
        st = disk_probe_open(bench->dir, &probe, err);
    }
    if (st == STATUS_OK) {
        st = load_run(&bench->session, &bench->load, &bench->result, err);
    }
    disk_probe_close(probe, &bench->disk);
    return st == STATUS_OK ? measure(bench, 1, err) : st;
}

static json_t *quantiles(struct samples *samples)
{
    return json_pack("{s:I, s:I, s:I}", "p50", (json_int_t)samples_quantile(samples, 500), "p99",
                     (json_int_t)samples_quantile(samples, 990), "p999",
                     (json_int_t)samples_quantile(samples, 999));
}

static double cpu_seconds(int who)
{
    struct rusage usage;
    (void)getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static json_t *report(struct bench *bench)
{
    double issues = bench->load.issues;
    struct load_result *result = &bench->result;
    return json_pack(
        "{s:I, s:I, s:f, s:f, s:o, s:o, s:{s:I, s:I}, s:f, s:f, s:f, s:f, s:O, s:s}", "issues",
        (json_int_t)bench->load.issues, "clients", (json_int_t)bench->load.clients, "seconds",
        result->seconds, "lifecycles_per_s", issues / result->seconds, "submit_ack_us",
        quantiles(&result->submit_ack), "submit_visible_us", quantiles(&result->submit_visible),
        "fdatasync_us", "p50", (json_int_t)samples_quantile(&bench->disk, 500), "p99",
        (json_int_t)samples_quantile(&bench->disk, 990), "cpu_s",
        cpu_seconds(RUSAGE_CHILDREN) + cpu_seconds(RUSAGE_SELF), "records_per_lifecycle",
        (double)(bench->records[1] - bench->records[0]) / issues, "bytes_per_lifecycle",
        (double)(bench->bytes[1] - bench->bytes[0]) / issues, "commits_per_lifecycle",
        (double)(bench->commits[1] - bench->commits[0]) / issues, "rss_kb", bench->rss, "fs",
        disk_kind(bench->dir));
}

static enum status read_number(const struct args *args, const char *name, uint32_t max,
                               uint32_t *value, struct err *err)
{
    const char *text = args_find_string(args, name);
    char *end = NULL;
    if (text == NULL) {
        return STATUS_OK;
    }
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number == 0 || number > max) {
        return fail_field(err, STATUS_INVALID, name, "--%s takes a number from 1 to %u", name, max);
    }
    *value = (uint32_t)number;
    return STATUS_OK;
}

static void remove_instance(const struct bench *bench)
{
    char command[sizeof bench->dir + sizeof bench->log + 32];
    (void)snprintf(command, sizeof command, "rm -rf -- '%s' '%s'", bench->dir, bench->log);
    if (strchr(bench->dir, '\'') == NULL && system(command) != 0) {
        (void)fprintf(stderr, "lianhu: '%s' could not be removed\n", bench->dir);
    }
}

enum status bench_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err)
{
    struct bench bench = {.load = {ISSUES_DEFAULT, CLIENTS_DEFAULT, 0}};
    const char *keep = args_find_string(args, "keep");
    (void)session;
    enum status st = read_number(args, "issues", ISSUES_MAX, &bench.load.issues, err);
    if (st == STATUS_OK) {
        st = read_number(args, "clients", CLIENTS_MAX, &bench.load.clients, err);
    }
    if (st == STATUS_OK) {
        st = read_number(args, "rate", RATE_MAX, &bench.load.rate, err);
    }
    if (st == STATUS_OK) {
        st = make_folder(keep, bench.dir, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    st = init_instance(&bench, err);
    if (st == STATUS_OK) {
        st = wait_until_ready(&bench, err);
    }
    if (st == STATUS_OK) {
        st = run_load(&bench, err);
    }
    session_close(&bench.session);
    stop_instance(&bench);
    if (st == STATUS_OK) {
        *ret_json = report(&bench);
    }
    json_decref(bench.rss);
    samples_done(&bench.disk);
    samples_done(&bench.result.submit_ack);
    samples_done(&bench.result.submit_visible);
    if (keep == NULL && st == STATUS_OK) {
        remove_instance(&bench);
    }
    return st;
}
