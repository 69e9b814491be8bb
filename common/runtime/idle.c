/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a daemon has anything to do, and how long it may sleep. */
#include "runtime/daemon_state.h"

#define PING_US (PRODUCER_PING_MS * INT64_C(1000))
#define TICK_US (FOLLOWER_TICK_MS * INT64_C(1000))

/* Commands only: queries may wait for as long as they like (somebody watches an inbox). */
static bool has_parked_command(const struct daemon *daemon)
{
    for (const struct request *r = daemon->parked.first; r != NULL; r = r->next) {
        if (r->command != NULL) {
            return true;
        }
    }
    return false;
}

static bool has_followed(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        struct followed followed;
        if (!daemon->node->links[i].is_stopped &&
            follower_peek(daemon->followers[i], &followed) == STATUS_OK) {
            return true;
        }
    }
    return false;
}

bool daemon_is_idle(struct daemon *daemon, struct wall now)
{
    struct wall due;
    if (daemon->commands.count != 0 || has_parked_command(daemon) ||
        node_has_progress(daemon->node)) {
        return false;
    }
    if (!daemon->is_held && node_find_due(daemon->node, &due) && due.us <= now.us) {
        return false;
    }
    return !has_followed(daemon);
}

/* Whether a request waits for a record of a journal that is followed here. */
static bool is_awaited(const struct daemon *daemon)
{
    for (const struct request *r = daemon->parked.first; r != NULL; r = r->next) {
        if (!id_equal(&r->frame.after_journal, &daemon->node->journal.id)) {
            return true;
        }
    }
    return false;
}

bool daemon_is_link_due(struct daemon *daemon, struct mono now)
{
    if (!has_followed(daemon)) {
        daemon->followed_at = (struct mono){0};
        return false;
    }
    if (daemon->followed_at.us == 0) {
        daemon->followed_at = now;
    }
    int64_t linger_us = (int64_t)daemon->node->service->linger_ms * 1000;
    return now.us - daemon->followed_at.us >= linger_us || is_awaited(daemon);
}

int daemon_wait_ms(struct daemon *daemon, const struct daemon_time *time)
{
    int64_t wait_us = daemon->node->link_count != 0 ? TICK_US : PING_US;
    struct wall due;
    if (daemon->commands.count != 0 || daemon->queries.count != 0) {
        return 0;
    }
    if (node_has_progress(daemon->node) && wait_us > PROGRESS_US) {
        wait_us = PROGRESS_US;
    }
    struct mono next_at = producer_next_at(daemon->producer);
    if (next_at.us != 0 && next_at.us - time->mono.us < wait_us) {
        wait_us = next_at.us - time->mono.us;
    }
    int64_t linger_us = (int64_t)daemon->node->service->linger_ms * 1000;
    if (daemon->followed_at.us != 0 &&
        daemon->followed_at.us + linger_us - time->mono.us < wait_us) {
        wait_us = daemon->followed_at.us + linger_us - time->mono.us;
    }
    if (!daemon->is_held && node_find_due(daemon->node, &due) && due.us - time->now.us < wait_us) {
        wait_us = due.us - time->now.us;
    }
    for (const struct request *r = daemon->parked.first; r != NULL; r = r->next) {
        if (r->deadline.us - time->mono.us < wait_us) {
            wait_us = r->deadline.us - time->mono.us;
        }
    }
    return wait_us <= 0 ? 0 : (int)((wait_us + 999) / 1000);
}
