/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rebuild.h"

#include "cli/output.h"
#include "cli/up_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define FREE_MS 30000
#define FREE_STEP_MS 20
#define EXIT_EQUAL 0
#define EXIT_UNEQUAL 1

extern char **environ;

/* The daemon at hand, and the files that stand between it and this. */
struct rebuild {
    struct session *session;
    const struct config_daemon *daemon;
    bool is_check;
    char hold[PATH_MAX]; /* while this file is there, `up` does not start the daemon */
    char lock[PATH_MAX]; /* held by whoever has the daemon's state open */
};

static enum status name_files(struct rebuild *rebuild, struct err *err)
{
    char inside[WORD_MAX_BYTES + 32];
    (void)snprintf(inside, sizeof inside, "run/hold.%.*s", BYTES_FMT(rebuild->daemon->name));
    enum status st = session_path(rebuild->session, inside, rebuild->hold, err);
    (void)snprintf(inside, sizeof inside, "state/%.*s/lock", BYTES_FMT(rebuild->daemon->name));
    return st == STATUS_OK ? session_path(rebuild->session, inside, rebuild->lock, err) : st;
}

/* ---- taking the daemon away ----------------------------------------------------------------- */

static bool is_free(const struct rebuild *rebuild)
{
    int fd = open(rebuild->lock, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT;
    }
    bool is = flock(fd, LOCK_EX | LOCK_NB) == 0;
    (void)close(fd);
    return is;
}

static enum status hold(const struct rebuild *rebuild, struct err *err)
{
    int fd = open(rebuild->hold, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(err, STATUS_IO, "make '%s': %s", rebuild->hold, strerror(errno));
    }
    (void)close(fd);
    return STATUS_OK;
}

/* Asks the daemon for its process, which is then told to end. */
static void tell_to_end(const struct rebuild *rebuild)
{
    struct status_query query = {0};
    struct ask ask = {
        .type = &status_query_type, .message = &query, .reply_type = &status_reply_type};
    struct status_reply reply;
    struct err err;
    struct mono deadline = session_shorten(rebuild->session, LOOK_MS);
    if (call_daemon(rebuild->session, rebuild->daemon, &ask, &reply, NULL, &err) == STATUS_OK &&
        reply.pid > 1) {
        (void)kill((pid_t)reply.pid, SIGTERM);
    }
    rebuild->session->deadline = deadline;
}

static enum status wait_until_free(const struct rebuild *rebuild, struct err *err)
{
    for (int waited_ms = 0; !is_free(rebuild); waited_ms += FREE_STEP_MS) {
        if (waited_ms >= FREE_MS) {
            return fail(err, STATUS_BUSY, "'%.*s' has not let go of its state within %d s",
                        BYTES_FMT(rebuild->daemon->name), FREE_MS / 1000);
        }
        (void)poll(NULL, 0, FREE_STEP_MS);
    }
    return STATUS_OK;
}

/* ---- the work, in a process of its own ------------------------------------------------------ */

static enum status find_program(const struct rebuild *rebuild, char path[PATH_MAX], struct err *err)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = len <= 0 ? NULL : memrchr(self, '/', (size_t)len);
    if (slash == NULL) {
        return fail(err, STATUS_IO, "find the folder of this program: %s", strerror(errno));
    }
    *slash = '\0';
    if (snprintf(path, PATH_MAX, "%s/lianhu-%.*s", self, BYTES_FMT(rebuild->daemon->kind)) >=
        PATH_MAX) {
        return fail(err, STATUS_REFUSED, "the path of this program is too long");
    }
    return STATUS_OK;
}

static enum status spawn(const struct rebuild *rebuild, int output, pid_t *ret_pid, struct err *err)
{
    char program[PATH_MAX];
    char name[WORD_MAX_BYTES + 1];
    enum status st = find_program(rebuild, program, err);
    if (st != STATUS_OK) {
        return st;
    }
    (void)snprintf(name, sizeof name, "%.*s", BYTES_FMT(rebuild->daemon->name));
    const char *arguments[] = {
        program,  "--home", rebuild->session->home,
        "--name", name,     rebuild->is_check ? "--rebuild=check" : "--rebuild=write",
        NULL,
    };
    posix_spawn_file_actions_t actions;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    /* posix_spawn() does not change its arguments; the prototype is older than const. */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): no other way to say so */
    char *const *given = (char *const *)(uintptr_t)arguments;
    int error = posix_spawn(ret_pid, program, &actions, NULL, given, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? STATUS_OK
                      : fail(err, STATUS_IO, "start '%s': %s", program, strerror(error));
}

static enum status judge(const struct rebuild *rebuild, int result, json_t *tables, struct err *err)
{
    int code = WIFEXITED(result) ? WEXITSTATUS(result) : -1;
    if ((code != EXIT_EQUAL && code != EXIT_UNEQUAL) || tables == NULL) {
        return fail(err, STATUS_CORRUPT, "'%.*s' could not be rebuilt; its reason is above",
                    BYTES_FMT(rebuild->daemon->name));
    }
    rebuild->session->exit = code == EXIT_EQUAL ? CLI_DONE : CLI_REFUSED;
    return STATUS_OK;
}

static enum status work(const struct rebuild *rebuild, json_t **ret_json, struct err *err)
{
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return fail(err, STATUS_IO, "make a pipe: %s", strerror(errno));
    }
    enum status st = spawn(rebuild, ends[1], &pid, err);
    (void)close(ends[1]);
    if (st != STATUS_OK) {
        (void)close(ends[0]);
        return st;
    }
    json_error_t error;
    json_t *tables = json_loadfd(ends[0], JSON_DISABLE_EOF_CHECK, &error);
    (void)close(ends[0]);
    int result = -1;
    while (waitpid(pid, &result, 0) < 0 && errno == EINTR) {
    }
    st = judge(rebuild, result, tables, err);
    if (st != STATUS_OK) {
        json_decref(tables);
        return st;
    }
    *ret_json = tables;
    return STATUS_OK;
}

/* `up` starts it when it looks next; so that what is called after this finds it, it is waited for.
 * The tables are written either way. */
static void wait_until_up(const struct rebuild *rebuild)
{
    struct session *session = rebuild->session;
    struct status_query query = {0};
    struct ask ask = {
        .type = &status_query_type, .message = &query, .reply_type = &status_reply_type};
    struct status_reply reply;
    struct err err;
    char lock[PATH_MAX];
    if (session_path(session, "run/up.lock", lock, &err) != STATUS_OK || !up_lock_is_held(lock)) {
        return;
    }
    session_disconnect(session); /* what there is leads to the process that ended */
    session_renew(session);
    if (call_daemon(session, rebuild->daemon, &ask, &reply, NULL, &err) != STATUS_OK) {
        (void)fprintf(stderr,
                      "lianhu: '%.*s' is written and is started again, but does not answer yet; "
                      "'lianhu status' says when it does\n",
                      BYTES_FMT(rebuild->daemon->name));
    }
}

static enum status write_anew(const struct rebuild *rebuild, json_t **ret_json, struct err *err)
{
    enum status st = hold(rebuild, err);
    if (st != STATUS_OK) {
        return st;
    }
    tell_to_end(rebuild);
    st = wait_until_free(rebuild, err);
    if (st == STATUS_OK) {
        st = work(rebuild, ret_json, err);
    }
    (void)unlink(rebuild->hold);
    if (st == STATUS_OK) {
        wait_until_up(rebuild);
    }
    return st;
}

enum status rebuild_run_verb(struct session *session, const struct args *args, json_t **ret_json,
                             struct err *err)
{
    struct rebuild rebuild = {.session = session, .is_check = args_has(args, "check")};
    enum status st = session_find_daemon(session, bytes_of_string(args_find_string(args, "daemon")),
                                         &rebuild.daemon, err);
    if (st == STATUS_OK) {
        st = name_files(&rebuild, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    if (!rebuild.is_check) {
        return write_anew(&rebuild, ret_json, err);
    }
    (void)call_settle(session, rebuild.daemon);
    return work(&rebuild, ret_json, err);
}

void rebuild_print(const struct session *session, const json_t *result)
{
    size_t i;
    json_t *table;
    json_array_foreach(json_object_get(result, "tables"), i, table)
    {
        bool is_equal =
            json_equal(json_object_get(table, "before"), json_object_get(table, "after"));
        (void)printf("%-16s %10lld rows  %s\n", output_string(table, "name"),
                     (long long)json_integer_value(json_object_get(table, "rows")),
                     is_equal ? "equal" : "UNEQUAL");
    }
    (void)printf("%s\n", session->exit == CLI_DONE ? "the tables are what the journal says"
                                                   : "the tables were not what the journal says");
}
