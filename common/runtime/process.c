/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/process.h"

#include "base/memory.h"
#include "log/log.h"
#include "runtime/clock_page.h"
#include "runtime/daemon.h"
#include "runtime/topology.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_USAGE = 64, EXIT_BUG = 70, EXIT_AGAIN = 75, EXIT_CONFIG = 78 };

#define DOOR_QUEUE_MESSAGES 2000U
#define DOOR_MESSAGE_MAX_BYTES (UINT64_C(1) << 20)
#define IMPORT_MESSAGE_MAX_BYTES (UINT64_C(64) << 20)
#define STEP_US (INT64_C(3600) * US_PER_S)
#define LEAP_US (INT64_C(30) * S_PER_DAY * US_PER_S)

static volatile sig_atomic_t is_told_to_end;

static void on_signal(int signal_number)
{
    (void)signal_number;
    is_told_to_end = 1;
}

struct process {
    const struct service *service;
    const char *home;
    const char *name;
    const char *config_dir;
    bool is_test_clock;
    struct process_paths paths;
    struct store *store;
    struct config *config;
    void *user;
    struct transport_context *context;
    struct daemon *daemon;
    struct clock_page *page; /* the test clock, or NULL */
    int64_t drift_us;        /* wall minus monotonic time, as first seen */
};

static struct wall real_now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_REALTIME, &at);
    return (struct wall){(int64_t)at.tv_sec * US_PER_S + at.tv_nsec / 1000};
}

static struct mono mono_now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (struct mono){(int64_t)at.tv_sec * US_PER_S + at.tv_nsec / 1000};
}

static int64_t moment_us(void)
{
    return mono_now().us;
}

static struct daemon_time time_now(const struct process *process)
{
    struct daemon_time time = {.real = real_now(), .mono = mono_now()};
    time.now = process->page != NULL ? clock_page_get(process->page) : time.real;
    return time;
}

static uint64_t free_bytes(void *user)
{
    const struct process *process = user;
    struct statvfs disk;
    if (statvfs(process->paths.state, &disk) != 0) {
        return 0;
    }
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

static enum status load_config(void *user, struct bytes hash, struct config **ret_config,
                               struct err *err)
{
    const struct process *process = user;
    char hex[CONFIG_HASH_TEXT_BYTES];
    if (hash.len != CONFIG_HASH_BYTES) {
        return fail_field(err, STATUS_INVALID, "hash", "a hash has %d bytes", CONFIG_HASH_BYTES);
    }
    (void)sodium_bin2hex(hex, sizeof hex, hash.p, hash.len);
    char dir[sizeof process->paths.config + sizeof hex];
    (void)snprintf(dir, sizeof dir, "%s/%s", process->paths.config, hex);

    struct problems problems = {0};
    struct config *config = NULL;
    bool good = config_open(dir, &config, &problems);
    problems_done(&problems);
    if (!good || !bytes_equal(hash, bytes_of(config->hash, CONFIG_HASH_BYTES))) {
        config_close(config);
        return fail(err, STATUS_NOT_FOUND,
                    "no good configuration lies under hash %.8s; run 'config check', then 'reload'",
                    hex);
    }
    *ret_config = config;
    return STATUS_OK;
}

static int usage(const char *program, const char *what)
{
    (void)fprintf(stderr,
                  "%s: %s\n"
                  "usage: %s --home DIR --name NAME --config DIR [--test-clock] [--log LEVEL]\n"
                  "       %s --home DIR --name NAME --rebuild=check|write\n"
                  "'lianhu up' starts the daemons; see 'lianhu up --help'\n",
                  program, what, program, program);
    return EXIT_USAGE;
}

struct options {
    const char *log;
    const char *rebuild;
};

/* Where the value of an option goes; NULL when it takes none, or is not known. */
static const char **find_target(struct process *process, struct options *options, int option)
{
    const struct {
        int option;
        const char **target;
    } targets[] = {
        {'h', &process->home}, {'n', &process->name},    {'c', &process->config_dir},
        {'l', &options->log},  {'r', &options->rebuild},
    };
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        if (targets[i].option == option) {
            return targets[i].target;
        }
    }
    return NULL;
}

static bool read_options(struct process *process, struct options *options, int argc, char **argv)
{
    static const struct option known[] = {
        {"home", required_argument, NULL, 'h'},
        {"name", required_argument, NULL, 'n'},
        {"config", required_argument, NULL, 'c'},
        {"test-clock", no_argument, NULL, 't'},
        {"log", required_argument, NULL, 'l'},
        {"rebuild", required_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        const char **target = find_target(process, options, option);
        if (option == 't') {
            process->is_test_clock = true;
        } else if (target == NULL) {
            return false;
        } else {
            *target = optarg;
        }
    }
    return optind == argc && process->home != NULL && process->name != NULL &&
           word_is_valid(bytes_of_string(process->name));
}

/* Absolute, since the process works in DIR/run. */
static bool set_paths(struct process *process)
{
    char home[PATH_MAX];
    struct process_paths *p = &process->paths;
    if (realpath(process->home, home) == NULL) {
        return false;
    }
    int state = snprintf(p->state, sizeof p->state, "%s/state/%s", home, process->name);
    int config = snprintf(p->config, sizeof p->config, "%s/state/config", home);
    int run = snprintf(p->run, sizeof p->run, "%s/run", home);
    return state < (int)sizeof p->state && config < (int)sizeof p->config &&
           run < (int)sizeof p->run;
}

static int open_config(struct process *process)
{
    struct problems problems = {0};
    if (process->config_dir == NULL ||
        !config_open(process->config_dir, &process->config, &problems)) {
        (void)fprintf(stderr, "%.*s", BYTES_FMT(buf_bytes(&problems.text)));
        log_error("the configuration cannot be used");
        problems_done(&problems);
        return EXIT_CONFIG;
    }
    problems_done(&problems);
    if (config_find_daemon(process->config, bytes_of_string(process->name)) == NULL) {
        log_error("the configuration has no daemon of this name");
        return EXIT_CONFIG;
    }
    return EXIT_OK;
}

static enum status open_store(struct process *process, struct err *err)
{
    const char *names[STORE_TABLES_MAX];
    struct store_options options = {.path = process->paths.state,
                                    .tables = names,
                                    .table_count = node_tables(process->service, names),
                                    .map_bytes = process->config->map_bytes};
    return store_open_lmdb(&options, &process->store, err);
}

static enum status serve(struct process *process, const char *kind, uint64_t max_bytes,
                         struct transport **ret_transport, struct err *err)
{
    char endpoint[NAME_BYTES + 24];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s.%s", process->name, kind);
    bool is_link = strcmp(kind, "journal") == 0;
    struct transport_options options = {.endpoint = endpoint,
                                        .message_max_bytes = max_bytes,
                                        .queue_messages =
                                            is_link ? LINK_QUEUE_MESSAGES : DOOR_QUEUE_MESSAGES};
    return transport_serve(process->context, &options, ret_transport, err);
}

static enum status open_daemon(struct process *process, struct err *err)
{
    struct daemon_options options = {
        .node = {.service = process->service,
                 .name = bytes_of_string(process->name),
                 .store = process->store,
                 .config = process->config,
                 .user = process->user,
                 .is_test_clock = process->is_test_clock},
        .load_config = load_config,
        .free_bytes = free_bytes,
        .moment_us = moment_us,
        .user = process,
    };
    randombytes_buf(options.node.new_journal.bytes, ID_BYTES);
    bool is_intake = strcmp(process->service->kind, "intake") == 0;
    enum status st =
        serve(process, "rpc", is_intake ? IMPORT_MESSAGE_MAX_BYTES : DOOR_MESSAGE_MAX_BYTES,
              &options.door, err);
    if (st == STATUS_OK) {
        st = serve(process, "journal", LINK_MESSAGE_MAX_BYTES, &options.journal, err);
    }
    if (st != STATUS_OK) {
        transport_close(options.door);
        return st;
    }
    return daemon_open(&options, &process->daemon, err);
}

static enum status follow(struct process *process, const struct config_daemon *other,
                          const struct arrow *arrow, struct err *err)
{
    char endpoint[NAME_BYTES + 24];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%.*s.journal", BYTES_FMT(other->name));
    struct transport_options options = {.endpoint = endpoint,
                                        .message_max_bytes = LINK_MESSAGE_MAX_BYTES,
                                        .queue_messages = LINK_QUEUE_MESSAGES};
    const struct config_daemon *self =
        config_find_daemon(process->config, bytes_of_string(process->name));
    struct transport *transport = NULL;
    enum status st = transport_connect(process->context, &options, &transport, err);
    if (st != STATUS_OK) {
        return st;
    }
    return daemon_follow(process->daemon, other->name, transport,
                         arrow->is_by_topic ? self->departments : NULL,
                         arrow->is_by_topic ? self->department_count : 0, err);
}

/* Follows whom it follows, and registers who follows it. */
static enum status link_up(struct process *process, struct err *err)
{
    const struct config *config = process->config;
    struct bytes kind = bytes_of_string(process->service->kind);
    for (uint32_t i = 0; i < config->daemon_count; i++) {
        const struct config_daemon *other = &config->daemons[i];
        if (bytes_equal(other->name, bytes_of_string(process->name))) {
            continue;
        }
        const struct arrow *arrow = topology_find(kind, other->kind);
        enum status st = arrow == NULL ? STATUS_OK : follow(process, other, arrow, err);
        if (st == STATUS_OK && topology_find(other->kind, kind) != NULL) {
            st = daemon_add_follower(process->daemon, other->name, err);
        }
        if (st != STATUS_OK) {
            return st;
        }
    }
    return STATUS_OK;
}

static enum status start(struct process *process, struct err *err)
{
    enum status st = open_store(process, err);
    if (st == STATUS_OK && process->service->open_user != NULL) {
        st = process->service->open_user(process->paths.state, &process->user, err);
    }
    if (st == STATUS_OK && process->is_test_clock) {
        st = clock_page_open("clock", false, &process->page, err);
    }
    if (st == STATUS_OK) {
        st = transport_context_open(&process->context, err);
    }
    if (st == STATUS_OK) {
        st = open_daemon(process, err);
    }
    return st == STATUS_OK ? link_up(process, err) : st;
}

static void stop(struct process *process)
{
    daemon_close(process->daemon);
    transport_context_close(process->context);
    clock_page_close(process->page);
    if (process->service->close_user != NULL) {
        process->service->close_user(process->user);
    }
    store_close(process->store);
    config_close(process->config);
    log_close();
}

/* Timers wait when the wall clock cannot be believed: it stepped against the monotonic one, or is
 * far beyond the last record. An operator looks at it and says 'clock accept'. */
static void watch_clock(struct process *process, const struct daemon_time *time)
{
    if (process->page != NULL) {
        return;
    }
    int64_t drift = time->real.us - time->mono.us;
    int64_t step = drift - process->drift_us;
    if (step > STEP_US || step < -STEP_US) {
        process->drift_us = drift;
        daemon_hold_timers(process->daemon, true);
        log_error("the clock stepped; timers wait until 'lianhu clock accept'",
                  LOG_I64("step_s", step / US_PER_S));
    }
}

static void check_first_time(struct process *process, const struct daemon_time *time)
{
    process->drift_us = time->real.us - time->mono.us;
    struct wall last = daemon_last_time(process->daemon);
    if (process->page == NULL && last.us != 0 && time->now.us > last.us + LEAP_US) {
        daemon_hold_timers(process->daemon, true);
        log_error("the clock is more than 30 days past the last record; timers wait until 'lianhu "
                  "clock accept'");
    }
}

static enum status loop(struct process *process, struct err *err)
{
    struct transport *transports[NODE_LINKS_MAX + 2];
    uint32_t count = daemon_transports(process->daemon, transports, NODE_LINKS_MAX + 2);
    struct daemon_time time = time_now(process);
    check_first_time(process, &time);
    while (!is_told_to_end) {
        bool did = false;
        time = time_now(process);
        watch_clock(process, &time);
        enum status st = daemon_turn(process->daemon, &time, &did, err);
        if (st != STATUS_OK) {
            return st;
        }
        int wait_ms = did ? 0 : daemon_wait_ms(process->daemon, &time);
        /* The test clock moves without a sound. */
        wait_ms = process->page != NULL && wait_ms > 5 ? 5 : wait_ms;
        st = transport_wait(transports, count, -1, wait_ms, err);
        if (st != STATUS_OK && st != STATUS_AGAIN) {
            return st;
        }
    }
    return STATUS_OK;
}

static int exit_code(enum status status)
{
    if (status == STATUS_OK) {
        return EXIT_OK;
    }
    bool needs_person =
        status == STATUS_REFUSED || status == STATUS_CORRUPT || status == STATUS_INVALID;
    return needs_person ? EXIT_CONFIG : EXIT_AGAIN;
}

static int run(struct process *process)
{
    int code = open_config(process);
    if (code != EXIT_OK) {
        return code;
    }
    struct err err;
    enum status st = start(process, &err);
    if (st != STATUS_OK) {
        log_error("the daemon cannot start", LOG_ERR(&err));
        return exit_code(st);
    }
    log_info("the daemon is up", LOG_U64("epoch", daemon_node(process->daemon)->journal.epoch),
             LOG_U64("head", daemon_node(process->daemon)->durable.head));
    st = loop(process, &err);
    if (st != STATUS_OK) {
        /* The outcome of the commit is unknown: nothing may be answered, nor tried again here. */
        log_error("the daemon ends and will read its state again", LOG_ERR(&err));
        _exit(EXIT_AGAIN);
    }
    return EXIT_OK;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

int daemon_run(const struct service *service, int argc, char **argv)
{
    struct process process = {.service = service};
    struct options options = {0};
    if (!read_options(&process, &options, argc, argv)) {
        return usage(argv[0], "unknown or missing option");
    }
    enum log_level level = LOG_LEVEL_INFO;
    struct err err;
    if (options.log != NULL &&
        log_level_parse(bytes_of_string(options.log), &level, &err) != STATUS_OK) {
        return usage(argv[0], err.text);
    }
    log_open(process.name, level);
    if (sodium_init() < 0 || !set_paths(&process) || chdir(process.paths.run) != 0) {
        log_error("the instance's folders are not there; 'lianhu init' makes them");
        return EXIT_CONFIG;
    }
    (void)umask(0077);
    if (mkdir(process.paths.state, 0700) != 0 && errno != EEXIST) {
        log_error("the state folder cannot be made");
        return EXIT_CONFIG;
    }
    if (options.rebuild != NULL) {
        return rebuild_run(service, &process.paths, bytes_of_string(process.name),
                           strcmp(options.rebuild, "write") == 0);
    }
    catch_signals();
    int code = run(&process);
    stop(&process);
    return code;
}
