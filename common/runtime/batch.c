/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/batch.h"

#include "log/log.h"
#include "runtime/daemon_state.h"

#include <time.h>

#define RECORDS_PER_BATCH 2048U
#define TIMERS_PER_BATCH 256U
#define TIMERS_AT_ONCE 8U

/* How long a transaction may go on with what nobody waits for: whoever comes meanwhile waits for
 * its end. */
#define LINKS_MAX_US INT64_C(20000)
#define TIMERS_MAX_US INT64_C(5000)

/* What went into one try of the transaction. */
struct batch {
    struct daemon *daemon;
    const struct daemon_time *time;
    struct request_list requests; /* the commands of this batch */
    const struct config *config_before;
    uint32_t inputs;
};

static bool has_due_timer(struct daemon *daemon, struct wall now)
{
    struct wall due;
    return !daemon->is_held && daemon->node->service->wake != NULL &&
           node_find_due(daemon->node, &due) && due.us <= now.us;
}

/* The clock at this moment; stands still where the daemon is given none. */
static int64_t moment_us(const struct daemon *daemon)
{
    return daemon->options.moment_us == NULL ? 0 : daemon->options.moment_us();
}

static void stop_link(struct node_link *link, const struct err *err)
{
    link->is_stopped = true;
    log_error("a link is stopped", LOG_WORD("link", bytes_of_string(link->name)), LOG_ERR(err));
}

/* Takes from one link until it is empty, must wait for another link, or `max` or the moment is
 * reached. */
static uint32_t take_link(struct daemon *daemon, uint32_t index, uint32_t max, int64_t until_us)
{
    struct node_link *link = &daemon->node->links[index];
    struct followed followed;
    uint32_t taken = 0;
    while (taken < max && !link->is_stopped && moment_us(daemon) < until_us &&
           follower_peek(daemon->followers[index], &followed) == STATUS_OK) {
        struct err err;
        enum status st = node_on_followed(daemon->node, index, &followed, &err);
        if (st == STATUS_AGAIN) {
            break;
        }
        if (st != STATUS_OK) {
            stop_link(link, &err);
            break;
        }
        follower_pop(daemon->followers[index]);
        taken++;
    }
    return taken;
}

/* Which journal a link follows is known from its first welcome, before its first record. */
static void learn_journals(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        struct node_link *link = &daemon->node->links[i];
        if (id_is_zero(&link->cursor.journal)) {
            struct follower_view view;
            follower_get_view(daemon->followers[i], &view);
            link->cursor.journal = view.journal;
        }
    }
}

/* Round and round over the links, since one may wait for what another brings. */
static uint32_t take_links(struct daemon *daemon)
{
    int64_t until_us = moment_us(daemon) + LINKS_MAX_US;
    uint32_t taken = 0;
    uint32_t before;
    learn_journals(daemon);
    do {
        before = taken;
        for (uint32_t i = 0; i < daemon->node->link_count && taken < RECORDS_PER_BATCH; i++) {
            taken += take_link(daemon, i, RECORDS_PER_BATCH - taken, until_us);
        }
    } while (taken != before && taken < RECORDS_PER_BATCH);
    if (taken >= RECORDS_PER_BATCH || moment_us(daemon) >= until_us) {
        daemon->followed_at = (struct mono){1}; /* what is left does not linger once more */
    }
    return taken;
}

/* The commands of this batch: all that wait, but an adoption of a configuration goes alone. */
static struct request_list take_commands(struct request_list *commands)
{
    struct request_list taken = {0};
    while (commands->first != NULL) {
        bool is_alone = commands->first->config != NULL;
        if (is_alone && taken.first != NULL) {
            break;
        }
        request_list_add(&taken, request_list_take(commands));
        if (is_alone) {
            break;
        }
    }
    return taken;
}

/* Commands that waited for a record which this transaction has just applied are decided in it: a
 * commit of its own for the record would only keep them waiting. Queries wait for the commit. */
static void take_awaiting(struct batch *batch)
{
    struct daemon *daemon = batch->daemon;
    struct request_list waiting = daemon->parked;
    bool is_alone = batch->requests.first != NULL && batch->requests.first->config != NULL;
    daemon->parked = (struct request_list){0};
    struct request *request;
    while ((request = request_list_take(&waiting)) != NULL) {
        bool is_taken = !is_alone && request->command != NULL && request->config == NULL &&
                        batch->requests.count < daemon->node->config->commands_per_batch &&
                        daemon_is_ready(daemon, request);
        request_list_add(is_taken ? &batch->requests : &daemon->parked, request);
    }
}

static void decide_commands(struct batch *batch)
{
    struct node *node = batch->daemon->node;
    for (struct request *r = batch->requests.first; r != NULL; r = r->next) {
        struct asked asked = {.spec = r->command,
                              .person = r->frame.person,
                              .request = r->frame.request,
                              .message = r->message,
                              .config = r->config};
        node_on_command(node, &asked, batch->time->real, &r->outcome);
        batch->inputs++;
    }
}

static uint32_t wake_timers(struct daemon *daemon)
{
    int64_t until_us = moment_us(daemon) + TIMERS_MAX_US;
    uint32_t woken = 0;
    uint32_t some;
    do {
        some = node_wake(daemon->node, TIMERS_AT_ONCE);
        woken += some;
    } while (some == TIMERS_AT_ONCE && woken < TIMERS_PER_BATCH && moment_us(daemon) < until_us);
    return woken;
}

/* One try: everything into one open transaction. */
static enum status fill(struct batch *batch, struct err *err)
{
    struct node *node = batch->daemon->node;
    batch->inputs = 0;
    node->config = batch->config_before;
    enum status st = node_begin(node, batch->time->now, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (!batch->daemon->has_adopted) {
        node_adopt(node);
    }
    batch->daemon->followed_at = (struct mono){0};
    batch->inputs += take_links(batch->daemon);
    take_awaiting(batch);
    decide_commands(batch);
    if (!batch->daemon->is_held) {
        batch->inputs += wake_timers(batch->daemon);
    }
    node_flush(node);
    return STATUS_OK;
}

static bool is_at(struct daemon *daemon, enum daemon_point point)
{
    return daemon->options.on_point != NULL &&
           daemon->options.on_point(daemon->options.user, point);
}

static uint64_t now_us(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000 + (uint64_t)at.tv_nsec / 1000;
}

static void count_commit(struct daemon *daemon, uint32_t inputs, uint64_t us)
{
    struct commit_statistics *s = &daemon->statistics;
    s->inputs[s->next] = inputs;
    s->us[s->next] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
    s->next = (s->next + 1) % STATISTICS_MAX;
    s->count += s->count < STATISTICS_MAX;
}

/* Commits when there is something to make durable, and only then. */
static enum status finish(struct batch *batch, struct err *err)
{
    struct daemon *daemon = batch->daemon;
    struct node *node = daemon->node;
    bool must = node_has_emitted(node) || store_status(node->txn) != STATUS_OK;
    bool should =
        node_has_progress(node) && batch->time->mono.us - daemon->committed_at.us >= PROGRESS_US;
    if (!must && !should) {
        node_end(node);
        return STATUS_OK;
    }
    if (is_at(daemon, POINT_BEFORE_COMMIT)) {
        return fail(err, STATUS_UNKNOWN, "ended before a commit");
    }
    uint64_t from = now_us();
    enum status st = node_commit(node, err);
    if (st != STATUS_OK) {
        return st;
    }
    count_commit(daemon, batch->inputs, now_us() - from);
    daemon->committed_at = batch->time->mono;
    if (is_at(daemon, POINT_AFTER_COMMIT)) {
        return fail(err, STATUS_UNKNOWN, "ended after a commit");
    }
    return STATUS_OK;
}

/* Tries until the map is large enough. The inputs are the same each time. */
static enum status run(struct batch *batch, struct err *err)
{
    for (;;) {
        enum status st = fill(batch, err);
        if (st == STATUS_OK) {
            st = finish(batch, err);
        }
        if (st != STATUS_FULL) {
            return st;
        }
        struct daemon *daemon = batch->daemon;
        for (uint32_t i = 0; i < daemon->node->link_count; i++) {
            follower_rewind(daemon->followers[i]);
        }
        st = store_grow(daemon->node->store, err);
        if (st != STATUS_OK) {
            return st;
        }
    }
}

/* A configuration that was adopted replaces the one before; one that was refused is let go. */
static void settle_config(struct daemon *daemon, struct request *request)
{
    if (request->config == NULL) {
        return;
    }
    if (daemon->node->config == request->config) {
        config_close(daemon->adopted);
        daemon->adopted = request->config;
        request->config = NULL;
    }
}

static void answer_commands(struct batch *batch)
{
    struct daemon *daemon = batch->daemon;
    struct request *request;
    while ((request = request_list_take(&batch->requests)) != NULL) {
        settle_config(daemon, request);
        if (request->command->type == &clock_accept_command_type &&
            request->outcome.status == STATUS_OK) {
            daemon->is_held = false;
        }
        buf_clear(&daemon->reply);
        reply_to_command(daemon->node, request, &daemon->reply);
        daemon_send(daemon, &request->peer);
        request_close(request);
    }
}

static void tell_links(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        follower_set_durable(daemon->followers[i], &daemon->node->links[i].durable);
    }
}

enum status batch_run(struct daemon *daemon, const struct daemon_time *time, bool *ret_did,
                      struct err *err)
{
    bool is_stale =
        node_has_progress(daemon->node) && time->mono.us - daemon->committed_at.us >= PROGRESS_US;
    bool has_work = daemon_is_link_due(daemon, time->mono) || daemon->commands.count != 0 ||
                    has_due_timer(daemon, time->now) || !daemon->has_adopted;
    if (!has_work && !is_stale) {
        return STATUS_OK;
    }
    struct batch batch = {.daemon = daemon,
                          .time = time,
                          .requests = take_commands(&daemon->commands),
                          .config_before = daemon->node->config};
    enum status st = run(&batch, err);
    if (st != STATUS_OK) {
        request_list_done(&batch.requests); /* nobody is answered: the outcome is unknown */
        return st;
    }
    *ret_did = batch.inputs != 0 || !daemon->has_adopted;
    daemon->has_adopted = true;
    answer_commands(&batch);
    tell_links(daemon);
    return is_at(daemon, POINT_AFTER_REPLIES) ? fail(err, STATUS_UNKNOWN, "ended after the replies")
                                              : STATUS_OK;
}
