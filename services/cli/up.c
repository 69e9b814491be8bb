/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/up.h"

#include "cli/first_start.h"
#include "cli/settings_verbs.h"
#include "cli/snapshot.h"
#include "cli/supervisor.h"
#include "cli/up_lock.h"
#include "log/log.h"
#include "runtime/clock_page.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_MS_STARTING 20
#define LOOK_MS_YOUNG 100
#define DOWN_MS 20000
#define DOWN_STEP_MS 20

/* ---- before the daemons --------------------------------------------------------------------- */

static enum status enter_run(const struct session *session, struct err *err)
{
    char path[PATH_MAX];
    enum status st = session_path(session, "run", path, err);
    if (st == STATUS_OK && mkdir(path, 0700) != 0 && errno != EEXIST) {
        return fail(err, STATUS_IO, "make '%s': %s", path, strerror(errno));
    }
    if (st == STATUS_OK && chdir(path) != 0) {
        return fail(err, STATUS_IO, "enter '%s': %s", path, strerror(errno));
    }
    return st;
}

static enum status check_config(struct session *session, struct err *err)
{
    char dir[PATH_MAX];
    enum status st = session_path(session, "config", dir, err);
    if (st == STATUS_OK && access(dir, F_OK) != 0) {
        session->exit = CLI_CONFIGURATION;
        return fail(err, STATUS_INVALID,
                    "'%s' is no instance, it has no config/; make one with 'lianhu init DIR'",
                    session->home);
    }
    return st == STATUS_OK ? session_open_config(session, dir, &session->config, err) : st;
}

/* The checked configuration is copied and adopted. */
static enum status take_config(struct session *session, struct err *err)
{
    char copy[PATH_MAX];
    enum status st = snapshot_make(session, session->config, copy, err);
    return st == STATUS_OK ? snapshot_adopt(session, session->config, err) : st;
}

static enum status set_clock(const struct session *session, const char *given, struct err *err)
{
    struct wall at;
    struct clock_page *page;
    enum status st = first_start_check_clock(session, given != NULL, err);
    if (st != STATUS_OK || given == NULL) {
        return st;
    }
    st = wall_parse(bytes_of_string(given), session->config->zone, &at, err);
    if (st == STATUS_OK) {
        st = clock_page_create("clock", at, &page, err);
    }
    if (st == STATUS_OK) {
        clock_page_close(page);
    }
    return st;
}

static enum status prepare(struct session *session, const struct args *args, struct err *err)
{
    enum status st = check_config(session, err);
    if (st == STATUS_OK) {
        st = enter_run(session, err);
    }
    if (st == STATUS_OK) {
        st = up_lock_take("up.lock", err);
    }
    if (st == STATUS_OK) {
        st = take_config(session, err);
    }
    if (st == STATUS_OK) {
        st = set_clock(session, args_find_string(args, "test-clock"), err);
    }
    if (st == STATUS_OK) {
        settings_warn_now(session, session->config);
    }
    return st;
}

/* ---- while they run ------------------------------------------------------------------------- */

/* Signals arrive in a file, so that nothing is missed between looking and waiting. */
static int open_signals(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for a signal; true when one says to end. */
static bool wait_for_signal(int fd, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    (void)poll(&wait, 1, timeout_ms);
    struct signalfd_siginfo info;
    bool is_told = false;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        is_told = is_told || info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
    }
    return is_told;
}

/* One round of starting, waiting and reaping; true when told to end. */
static bool turn(struct supervisor *supervisor, int signals, int at_most_ms)
{
    int due_ms = supervisor_start_due(supervisor);
    bool is_told = wait_for_signal(signals, due_ms < at_most_ms ? due_ms : at_most_ms);
    supervisor_reap(supervisor);
    return is_told;
}

/* Until all daemons answered. AGAIN: told to end before. */
static enum status start_all(struct supervisor *supervisor, int signals, struct err *err)
{
    do {
        if (turn(supervisor, signals, LOOK_MS_STARTING)) {
            return STATUS_AGAIN;
        }
        const struct child *broken = supervisor_find_broken(supervisor);
        if (broken != NULL) {
            supervisor->session->exit = CLI_CONFIGURATION;
            return fail(err, STATUS_INVALID, "'%.*s' cannot be started; its reason is above",
                        BYTES_FMT(broken->daemon->name));
        }
    } while (!supervisor_look(supervisor));
    return STATUS_OK;
}

static void say_ready(const struct session *session)
{
    (void)printf("%s\n", session->globals.is_json ? "{\"ready\":true}" : "ready");
    (void)fflush(stdout);
}

/* Whether the instance was removed under the running daemons; then nobody can reach them to end
 * them. */
static bool is_removed(void)
{
    return access("up.lock", F_OK) != 0;
}

static void run_until_told(struct supervisor *supervisor, int signals)
{
    while (!turn(supervisor, signals, supervisor_knows_all(supervisor) ? 1000 : LOOK_MS_YOUNG)) {
        if (is_removed()) {
            break;
        }
        if (!supervisor_knows_all(supervisor)) {
            (void)supervisor_look(supervisor);
        }
    }
    if (is_removed()) {
        log_warning("the instance was removed; its daemons are ended");
    }
}

enum status up_run(struct session *session, const struct args *args, json_t **ret_json,
                   struct err *err)
{
    struct supervisor supervisor;
    int signals = open_signals();
    enum status st = prepare(session, args, err);
    if (st == STATUS_OK) {
        st = supervisor_init(&supervisor, session, args_has(args, "test-clock"), err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    log_open("lianhu", LOG_LEVEL_INFO);
    st = start_all(&supervisor, signals, err);
    if (st == STATUS_OK) {
        st = first_start_import(session, err);
    }
    if (st == STATUS_OK) {
        say_ready(session);
        run_until_told(&supervisor, signals);
    }
    supervisor_stop(&supervisor);
    log_close();
    *ret_json = NULL;
    return st == STATUS_AGAIN ? STATUS_OK : st;
}

/* ---- down ----------------------------------------------------------------------------------- */

enum status up_run_down(struct session *session, const struct args *args, json_t **ret_json,
                        struct err *err)
{
    (void)args;
    char path[PATH_MAX];
    enum status st = session_path(session, "run/up.lock", path, err);
    if (st != STATUS_OK) {
        return st;
    }
    pid_t owner = up_lock_find_owner(path);
    if (owner > 0 && kill(owner, SIGTERM) != 0) {
        return fail(err, STATUS_IO, "end process %ld: %s", (long)owner, strerror(errno));
    }
    for (int waited_ms = 0; up_lock_is_held(path); waited_ms += DOWN_STEP_MS) {
        if (waited_ms >= DOWN_MS) {
            return fail(err, STATUS_BUSY, "process %ld has not ended within %d s", (long)owner,
                        DOWN_MS / 1000);
        }
        (void)poll(NULL, 0, DOWN_STEP_MS);
    }
    *ret_json = json_pack("{s:b}", "was_running", owner != 0);
    return STATUS_OK;
}

void up_print_down(const struct session *session, const json_t *result)
{
    (void)printf("the instance '%s' %s\n", session->home,
                 json_is_true(json_object_get(result, "was_running"))
                     ? "was ended; all its daemons are gone"
                     : "was not running");
}
