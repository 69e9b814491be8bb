/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/supervisor.h"

#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DELAY_FIRST_MS 100U
#define DELAY_MAX_MS 2000U
#define BROKEN_DELAY_MS 10000U
#define HOLD_LOOK_MS 50U
#define LOOK_AT_MOST_MS 200U
#define STOP_MS 8000 /* all are gone within 10 s, also those that had to be killed */
#define STOP_STEP_MS 10
#define EXIT_NO_PROGRAM 127 /* of the child, when exec fails; shells say it so too */

enum status supervisor_init(struct supervisor *supervisor, struct session *session,
                            bool is_test_clock, struct err *err)
{
    *supervisor = (struct supervisor){
        .session = session, .is_test_clock = is_test_clock, .count = session->config->daemon_count};
    ssize_t len = readlink("/proc/self/exe", supervisor->programs, PATH_MAX - 1);
    char *slash = len <= 0 ? NULL : memrchr(supervisor->programs, '/', (size_t)len);
    if (slash == NULL) {
        return fail(err, STATUS_IO, "find the folder of this program: %s", strerror(errno));
    }
    *slash = '\0';
    for (uint32_t i = 0; i < supervisor->count; i++) {
        supervisor->children[i].daemon = &session->config->daemons[i];
    }
    return STATUS_OK;
}

static void name_of(const struct child *child, char name[WORD_MAX_BYTES + 1])
{
    (void)snprintf(name, WORD_MAX_BYTES + 1, "%.*s", BYTES_FMT(child->daemon->name));
}

/* ---- starting ------------------------------------------------------------------------------- */

/* What exec needs, made before the fork: after it, only what is safe in a signal handler. */
struct launch {
    char program[PATH_MAX];
    char name[WORD_MAX_BYTES + 1];
    char config[PATH_MAX];
    const char *arguments[10];
};

static bool prepare(const struct supervisor *supervisor, const struct child *child,
                    struct launch *launch)
{
    const struct session *session = supervisor->session;
    char link[PATH_MAX];
    struct err err;
    int len = snprintf(launch->program, PATH_MAX, "%s/lianhu-%.*s", supervisor->programs,
                       BYTES_FMT(child->daemon->kind));
    name_of(child, launch->name);
    /* The folder itself and not the link to it, which a reload moves. */
    if (len >= PATH_MAX || session_path(session, "state/config/current", link, &err) != STATUS_OK ||
        realpath(link, launch->config) == NULL) {
        return false;
    }
    const char *arguments[] = {launch->program,
                               "--home",
                               session->home,
                               "--name",
                               launch->name,
                               "--config",
                               launch->config,
                               supervisor->is_test_clock ? "--test-clock" : NULL,
                               NULL};
    memcpy(launch->arguments, arguments, sizeof arguments);
    return true;
}

static _Noreturn void become(const struct launch *launch, pid_t parent)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(EXIT_FAILURE); /* it died before this process could ask to be told */
    }
    int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0) {
        (void)dup2(nothing, STDIN_FILENO);
        (void)dup2(nothing, STDOUT_FILENO);
    }
    (void)close_range(3, ~0U, 0);
    /* execv() does not change what it is given; its prototype is older than const. */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): no other way to say so */
    (void)execv(launch->program, (char *const *)(uintptr_t)launch->arguments);
    _exit(EXIT_NO_PROGRAM); /* the parent logs it: not safe here */
}

static bool is_held(const struct child *child)
{
    char path[WORD_MAX_BYTES + 16];
    (void)snprintf(path, sizeof path, "hold.%.*s", BYTES_FMT(child->daemon->name));
    return access(path, F_OK) == 0;
}

static void start(const struct supervisor *supervisor, struct child *child)
{
    struct launch launch;
    pid_t parent = getpid();
    pid_t pid = prepare(supervisor, child, &launch) ? fork() : -1;
    if (pid == 0) {
        become(&launch, parent);
    }
    if (pid < 0) {
        struct err err;
        (void)fail(&err, STATUS_IO, "%s", strerror(errno));
        log_error("a daemon cannot be started", LOG_WORD("daemon", child->daemon->name),
                  LOG_ERR(&err));
        child->starts_at.us = session_mono().us + (int64_t)DELAY_MAX_MS * 1000;
        return;
    }
    child->pid = pid;
    child->has_answered = false;
    child->has_committed = false;
}

int supervisor_start_due(struct supervisor *supervisor)
{
    int64_t now_us = session_mono().us;
    int64_t next_us = now_us + INT64_C(1000) * 1000;
    for (uint32_t i = 0; i < supervisor->count; i++) {
        struct child *child = &supervisor->children[i];
        if (child->pid != 0) {
            continue;
        }
        if (child->starts_at.us <= now_us && is_held(child)) {
            child->starts_at.us = now_us + (int64_t)HOLD_LOOK_MS * 1000;
        }
        if (child->starts_at.us <= now_us) {
            start(supervisor, child);
        } else if (child->starts_at.us < next_us) {
            next_us = child->starts_at.us;
        }
    }
    return (int)((next_us - now_us) / 1000 + 1);
}

/* ---- ending --------------------------------------------------------------------------------- */

static void explain(const struct child *child, int result, uint32_t pause_ms)
{
    struct log_pair daemon = LOG_WORD("daemon", child->daemon->name);
    struct log_pair pause = LOG_U64("pause_ms", pause_ms);
    if (WIFSIGNALED(result)) {
        log_warning("a daemon was ended by a signal; it is started again", daemon,
                    LOG_I64("signal", WTERMSIG(result)), pause);
    } else if (WEXITSTATUS(result) == EXIT_NO_PROGRAM) {
        log_error("the program of a daemon cannot be executed; it must be in the folder of lianhu",
                  daemon, pause);
    } else if (child->is_broken) {
        log_error("a daemon ended and needs a person, see its last words above; it is tried again",
                  daemon, LOG_I64("status", WEXITSTATUS(result)), pause);
    } else {
        log_warning("a daemon ended; it is started again", daemon,
                    LOG_I64("status", WEXITSTATUS(result)), pause);
    }
}

static void on_end(const struct supervisor *supervisor, struct child *child, int result)
{
    int code = WIFEXITED(result) ? WEXITSTATUS(result) : -1;
    child->pid = 0;
    child->is_broken = code == CLI_USAGE || code == CLI_CONFIGURATION || code == EXIT_NO_PROGRAM;
    /* The first end after a life with commits is followed by a start at once; then it slows. */
    uint32_t pause_ms = child->has_committed ? 0 : child->delay_ms;
    uint32_t next_ms = pause_ms == 0 ? DELAY_FIRST_MS : pause_ms * 2;
    child->delay_ms = next_ms < DELAY_MAX_MS ? next_ms : DELAY_MAX_MS;
    pause_ms = child->is_broken ? BROKEN_DELAY_MS : pause_ms;
    child->starts_at.us = session_mono().us + (int64_t)pause_ms * 1000;
    if (!supervisor->is_quiet && !is_held(child)) {
        explain(child, result, pause_ms);
    }
}

void supervisor_reap(struct supervisor *supervisor)
{
    for (uint32_t i = 0; i < supervisor->count; i++) {
        struct child *child = &supervisor->children[i];
        int result;
        if (child->pid != 0 && waitpid(child->pid, &result, WNOHANG) == child->pid) {
            on_end(supervisor, child, result);
        }
    }
}

/* Signal 0 only counts them. */
static uint32_t signal_all(const struct supervisor *supervisor, int number)
{
    uint32_t alive = 0;
    for (uint32_t i = 0; i < supervisor->count; i++) {
        pid_t pid = supervisor->children[i].pid;
        alive += pid != 0 && kill(pid, number) == 0 ? 1 : 0;
    }
    return alive;
}

static void kill_all(const struct supervisor *supervisor)
{
    log_warning("some daemons did not end in time; they are killed", LOG_I64("waited_ms", STOP_MS));
    (void)signal_all(supervisor, SIGKILL);
}

void supervisor_stop(struct supervisor *supervisor)
{
    supervisor->is_quiet = true;
    (void)signal_all(supervisor, SIGTERM);
    for (int waited_ms = 0; signal_all(supervisor, 0) != 0; waited_ms += STOP_STEP_MS) {
        if (waited_ms == STOP_MS) {
            kill_all(supervisor);
        }
        (void)poll(NULL, 0, STOP_STEP_MS);
        supervisor_reap(supervisor);
    }
}

/* ---- looking -------------------------------------------------------------------------------- */

bool supervisor_look(struct supervisor *supervisor)
{
    struct daemon_status statuses[CONFIG_DAEMONS_MAX];
    (void)call_status(supervisor->session, LOOK_AT_MOST_MS, statuses);
    bool is_all = true;
    for (uint32_t i = 0; i < supervisor->count; i++) {
        struct child *child = &supervisor->children[i];
        /* An answer of an earlier life says nothing about this one. */
        bool is_own = statuses[i].is_up && statuses[i].reply.pid == (uint64_t)child->pid;
        child->has_answered = child->has_answered || is_own;
        child->has_committed = child->has_committed || (is_own && statuses[i].reply.commits > 0);
        is_all = is_all && child->pid != 0 && child->has_answered;
    }
    return is_all;
}

bool supervisor_knows_all(const struct supervisor *supervisor)
{
    for (uint32_t i = 0; i < supervisor->count; i++) {
        if (!supervisor->children[i].has_committed) {
            return false;
        }
    }
    return true;
}

const struct child *supervisor_find_broken(const struct supervisor *supervisor)
{
    for (uint32_t i = 0; i < supervisor->count; i++) {
        if (supervisor->children[i].is_broken && supervisor->children[i].pid == 0) {
            return &supervisor->children[i];
        }
    }
    return NULL;
}
