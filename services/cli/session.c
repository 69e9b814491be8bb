/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

#include "cli/up_lock.h"
#include "runtime/clock_page.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX_BYTES (UINT64_C(17) * 1024 * 1024)
#define QUEUE_MESSAGES 1000U
#define LOOK_AGAIN_MS 20

struct wall session_now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_REALTIME, &at);
    return (struct wall){(int64_t)at.tv_sec * US_PER_S + at.tv_nsec / 1000};
}

struct wall session_now_of(const char *dir)
{
    char path[PATH_MAX];
    struct clock_page *page = NULL;
    struct err err;
    struct wall now = session_now();
    if (snprintf(path, sizeof path, "%s/run/clock", dir) < PATH_MAX &&
        clock_page_open(path, false, &page, &err) == STATUS_OK) {
        now = clock_page_get(page);
        clock_page_close(page);
    }
    return now;
}

struct mono session_mono(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (struct mono){(int64_t)at.tv_sec * US_PER_S + at.tv_nsec / 1000};
}

uint32_t session_left_ms(const struct session *session)
{
    int64_t left_us = session->deadline.us - session_mono().us;
    return left_us <= 0 ? 0 : (uint32_t)(left_us / 1000 + 1);
}

void session_renew(struct session *session)
{
    session->deadline.us = session_mono().us + (int64_t)session->globals.timeout_ms * 1000;
}

struct mono session_shorten(struct session *session, uint32_t ms)
{
    struct mono before = session->deadline;
    int64_t until_us = session_mono().us + (int64_t)ms * 1000;
    session->deadline.us = until_us < before.us ? until_us : before.us;
    return before;
}

struct zone session_zone(const struct session *session)
{
    static const struct zone china = {8 * 3600};
    return session->config != NULL ? session->config->zone : china;
}

enum status session_path(const struct session *session, const char *name, char path[PATH_MAX],
                         struct err *err)
{
    int len = snprintf(path, PATH_MAX, "%s/%s", session->home, name);
    if (len < 0 || len >= PATH_MAX) {
        return fail(err, STATUS_REFUSED, "the path of the instance is too long: '%s'",
                    session->home);
    }
    return STATUS_OK;
}

typedef bool read_config_fn(const char *dir, struct config **ret_config, struct problems *problems);

static enum status read_config(struct session *session, read_config_fn *read, const char *dir,
                               struct config **ret_config, struct err *err)
{
    struct problems problems = {0};
    bool is_good = read(dir, ret_config, &problems);
    uint32_t count = problems.count;
    (void)fprintf(stderr, "%.*s", BYTES_FMT(buf_bytes(&problems.text)));
    problems_done(&problems);
    if (!is_good) {
        session->exit = CLI_CONFIGURATION;
        return fail(err, STATUS_INVALID, "the configuration in '%s' has %u error%s", dir, count,
                    count == 1 ? "" : "s");
    }
    return STATUS_OK;
}

enum status session_open_config(struct session *session, const char *dir,
                                struct config **ret_config, struct err *err)
{
    return read_config(session, config_open, dir, ret_config, err);
}

/* Where the files are: `dir` when `sign` is there. It is the folder itself and not the link to it,
 * which a reload moves: so all files of one call are of one version. */
static enum status find_config(const struct session *session, char ret_path[PATH_MAX],
                               struct err *err)
{
    /* The last is a folder of configuration itself: enough for what needs no daemon. */
    static const struct {
        const char *sign;
        const char *dir;
    } places[] = {{"state/config/current", "state/config/current"},
                  {"config", "config"},
                  {"lianhu.yaml", "."}};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        enum status st = session_path(session, places[i].sign, path, err);
        bool is_there = st == STATUS_OK && access(path, F_OK) == 0;
        if (is_there) {
            st = session_path(session, places[i].dir, path, err);
        }
        if (st != STATUS_OK) {
            return st;
        }
        if (is_there && realpath(path, ret_path) != NULL) {
            return STATUS_OK;
        }
    }
    return fail(err, STATUS_INVALID,
                "'%s' is no instance, it has no config/; make one with 'lianhu init DIR' or say "
                "where it is with --home or $LIANHU_HOME",
                session->home);
}

static enum status load_config(struct session *session, read_config_fn *read, struct err *err)
{
    char path[PATH_MAX];
    enum status st = find_config(session, path, err);
    if (st != STATUS_OK) {
        session->exit = CLI_CONFIGURATION;
        return st;
    }
    config_close(session->config);
    session->config = NULL;
    return read_config(session, read, path, &session->config, err);
}

enum status session_load_config(struct session *session, struct err *err)
{
    return load_config(session, config_open, err);
}

enum status session_open(const struct globals *globals, enum need need, struct session *session,
                         struct err *err)
{
    *session = (struct session){.globals = *globals};
    session_renew(session);
    if (need == NEED_NOTHING) {
        return STATUS_OK;
    }
    if (realpath(globals->home, session->home) == NULL) {
        session->exit = CLI_CONFIGURATION;
        return fail(err, STATUS_INVALID, "the instance '%s': %s", globals->home, strerror(errno));
    }
    if (need == NEED_HOME) {
        return STATUS_OK;
    }
    return load_config(session, need == NEED_OFFICE ? config_open_office : config_open, err);
}

void session_disconnect(struct session *session)
{
    for (uint32_t i = 0; i < session->connection_count; i++) {
        rpc_client_close(session->connections[i].client);
    }
    session->connection_count = 0;
}

void session_note(struct session *session, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    json_t *note = json_vsprintf(format, list);
    va_end(list);
    session->notes = session->notes == NULL ? json_array() : session->notes;
    (void)json_array_append_new(session->notes, note);
}

void session_say_notes(const struct session *session)
{
    (void)fflush(stdout);
    size_t i;
    json_t *note;
    json_array_foreach(session->notes, i, note)
    {
        (void)fprintf(stderr, "lianhu: %s\n", json_string_value(note));
    }
}

void session_close(struct session *session)
{
    json_decref(session->notes);
    session_disconnect(session);
    transport_context_close(session->context);
    config_close(session->config);
    json_decref(session->lines);
    *session = (struct session){0};
}

enum status session_find_daemon(const struct session *session, struct bytes name,
                                const struct config_daemon **ret_daemon, struct err *err)
{
    const struct config_daemon *daemon = config_find_daemon(session->config, name);
    if (daemon == NULL) {
        return fail_field(err, STATUS_INVALID, "daemon", "the instance has no daemon '%.*s'",
                          BYTES_FMT(name));
    }
    *ret_daemon = daemon;
    return STATUS_OK;
}

/* Whether somebody takes connections at the daemon's socket; it is in the working folder. */
static bool is_listening(const struct config_daemon *daemon)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.*s.rpc", BYTES_FMT(daemon->name));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return false;
    }
    /* EAGAIN: its queue of connections is full, so there is somebody. */
    bool is =
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN;
    (void)close(fd);
    return is;
}

static enum status enter_run(const struct session *session, struct err *err)
{
    char path[PATH_MAX];
    enum status st = session_path(session, "run", path, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (chdir(path) != 0) {
        return fail(err, STATUS_UNAVAILABLE,
                    "the instance '%s' is not running: %s; start it with 'lianhu up'",
                    session->home, strerror(errno));
    }
    return STATUS_OK;
}

/* Whether it is kept from being started, by a rebuild or by hand. */
static bool is_held(const struct config_daemon *daemon)
{
    char path[WORD_MAX_BYTES + 16];
    (void)snprintf(path, sizeof path, "hold.%.*s", BYTES_FMT(daemon->name));
    return access(path, F_OK) == 0;
}

/* Whether to wait on for a daemon that is not listening; fails with why not. */
static enum status decide_to_wait(const struct session *session, const struct config_daemon *daemon,
                                  int64_t begun_us, struct err *err)
{
    if (!up_lock_is_held("up.lock")) {
        return fail(err, STATUS_UNAVAILABLE,
                    "'%.*s' is not there; start the instance with 'lianhu up'",
                    BYTES_FMT(daemon->name));
    }
    bool is_over = session_left_ms(session) == 0;
    if (is_held(daemon) && (session->is_look || is_over)) {
        return fail(err, STATUS_UNAVAILABLE,
                    "'%.*s' is held: it is being rebuilt, or somebody put run/hold.%.*s there; "
                    "it starts again when that file is removed",
                    BYTES_FMT(daemon->name), BYTES_FMT(daemon->name));
    }
    int64_t waited_us = session_mono().us - begun_us;
    if (is_over || (session->is_look && waited_us > INT64_C(1000) * SESSION_LOOK_MS)) {
        return fail(err, STATUS_UNAVAILABLE,
                    "'%.*s' did not come up in time; 'lianhu status' and the log of 'lianhu "
                    "up' say more",
                    BYTES_FMT(daemon->name));
    }
    return STATUS_OK;
}

static enum status wait_for_daemon(const struct session *session,
                                   const struct config_daemon *daemon, struct err *err)
{
    int64_t begun_us = session_mono().us;
    while (!is_listening(daemon)) {
        enum status st = decide_to_wait(session, daemon, begun_us, err);
        if (st != STATUS_OK) {
            return st;
        }
        (void)poll(NULL, 0, LOOK_AGAIN_MS);
    }
    return STATUS_OK;
}

static enum status open_connection(struct session *session, const struct config_daemon *daemon,
                                   struct rpc_client **ret_client, struct err *err)
{
    enum status st = STATUS_OK;
    if (session->context == NULL) {
        st = transport_context_open(&session->context, err);
    }
    if (st != STATUS_OK) {
        return st;
    }
    char endpoint[WORD_MAX_BYTES + 16];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%.*s.rpc", BYTES_FMT(daemon->name));
    struct transport_options options = {.endpoint = endpoint,
                                        .message_max_bytes = REPLY_MAX_BYTES,
                                        .queue_messages = QUEUE_MESSAGES};
    struct transport *transport;
    st = transport_connect(session->context, &options, &transport, err);
    return st == STATUS_OK ? rpc_client_open(transport, ret_client, err) : st;
}

enum status session_connect(struct session *session, const struct config_daemon *daemon,
                            struct rpc_client **ret_client, struct err *err)
{
    for (uint32_t i = 0; i < session->connection_count; i++) {
        if (session->connections[i].daemon == daemon) {
            *ret_client = session->connections[i].client;
            return STATUS_OK;
        }
    }
    CHECK(session->connection_count < CONFIG_DAEMONS_MAX);
    enum status st = session->context == NULL ? enter_run(session, err) : STATUS_OK;
    if (st == STATUS_OK) {
        st = wait_for_daemon(session, daemon, err);
    }
    struct rpc_client *client;
    if (st == STATUS_OK) {
        st = open_connection(session, daemon, &client, err);
    }
    if (st == STATUS_OK) {
        session->connections[session->connection_count++] = (struct connection){daemon, client};
        *ret_client = client;
    }
    return st;
}
