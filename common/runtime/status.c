/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: status, and the service's own queries. */
#include "log/log.h"
#include "runtime/ctx.h"
#include "runtime/daemon_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t quantile(const uint32_t values[], uint32_t count, uint32_t permille)
{
    uint32_t sorted[STATISTICS_MAX];
    if (count == 0) {
        return 0;
    }
    memcpy(sorted, values, count * sizeof sorted[0]);
    qsort(sorted, count, sizeof sorted[0], compare_u32);
    return sorted[(uint64_t)(count - 1) * permille / 1000];
}

static uint64_t resident_kb(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long total = 0;
    unsigned long resident = 0;
    if (file == NULL) {
        return 0;
    }
    int read = fscanf(file, "%lu %lu", &total, &resident);
    (void)fclose(file);
    return read == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024 : 0;
}

static const enum link_state link_states[] = {
    [FOLLOWER_CONNECTING] = LINK_STATE_CONNECTING,
    [FOLLOWER_FOLLOWING] = LINK_STATE_FOLLOWING,
    [FOLLOWER_REFUSED] = LINK_STATE_REFUSED,
    [FOLLOWER_REPLACED] = LINK_STATE_REPLACED,
};

static void fill_links(struct daemon *daemon, struct status_reply *reply, struct buf *out)
{
    for (uint32_t i = 0; i < daemon->node->link_count; i++) {
        const struct node_link *link = &daemon->node->links[i];
        struct follower_view view;
        follower_get_view(daemon->followers[i], &view);
        struct link_part part = {
            .name = bytes_of_string(link->name),
            .cursor = link->durable.seq,
            .head = view.head,
            .state = (int)(link->is_stopped ? LINK_STATE_REFUSED : link_states[view.state]),
            .sentence = bytes_of_string(link->is_stopped ? link->sentence : view.sentence),
            .journal = view.journal,
        };
        list_put_message(&reply->links, out, &link_part_type, &part);
    }
    list_end(&reply->links, out);
}

static void fill_followers(const struct node *node, struct status_reply *reply, struct buf *out)
{
    for (uint32_t i = 0; i < node->peer_count; i++) {
        struct follower_part part = {.name = bytes_of_string(node->peers[i].name),
                                     .acked = node->peers[i].acked};
        list_put_message(&reply->followers, out, &follower_part_type, &part);
    }
    list_end(&reply->followers, out);
}

/* Counters of the service and the number of dead letters, from the committed state. */
static void fill_counts(struct node *node, struct status_reply *reply, struct buf *out)
{
    struct err err;
    if (store_begin(node->store, false, &node->txn, &err) != STATUS_OK) {
        return;
    }
    struct ctx ctx = ctx_begin(node);
    ctx.mode = CTX_ANSWERING;
    (void)store_count(ctx.txn, TABLE_DEAD, &reply->dead);
    struct count_part part;
    const char *name = NULL;
    for (uint32_t i = 0;
         node->service->count != NULL && node->service->count(&ctx, i, &name, &part.value); i++) {
        part.name = bytes_of_string(name);
        list_put_message(&reply->counts, out, &count_part_type, &part);
    }
    list_end(&reply->counts, out);
    node_end_answer(node);
}

static void fill_statistics(const struct daemon *daemon, struct status_reply *reply)
{
    const struct commit_statistics *s = &daemon->statistics;
    struct store_usage usage;
    struct err err;
    reply->commits = daemon->node->commits;
    reply->batch_p50 = quantile(s->inputs, s->count, 500);
    reply->commit_p99_us = quantile(s->us, s->count, 990);
    if (store_usage(daemon->node->store, &usage, &err) == STATUS_OK && usage.map_bytes != 0) {
        reply->map_used = (uint32_t)(usage.used_bytes * 1000 / usage.map_bytes);
        reply->state_bytes = usage.file_bytes;
    }
    reply->rss_kb = resident_kb();
    reply->pid = (uint64_t)getpid();
}

static void answer_status(struct daemon *daemon, const struct request *request,
                          const struct daemon_time *time)
{
    struct node *node = daemon->node;
    struct buf links = {0};
    struct buf followers = {0};
    struct buf counts = {0};
    struct status_reply reply = {
        .name = bytes_of_string(node->name),
        .journal = node->journal.id,
        .epoch = node->journal.epoch,
        .head = node->durable.head,
        .is_idle = daemon_is_idle(daemon, time->now),
        .config = bytes_of(node->config->hash, CONFIG_HASH_BYTES),
        .now = time->now,
        .is_held = daemon->is_held,
        .refuses = bytes_of_string(node_is_put_back(node) ? daemon->other_past.text : ""),
    };
    struct err err;
    /* Who asks often looks at the files next. What it cannot write now lies in the redo log. */
    if (store_settle(node->store, &err) != STATUS_OK) {
        log_error("the store cannot be settled", LOG_ERR(&err));
    }
    (void)node_find_due(node, &reply.next_due);
    fill_links(daemon, &reply, &links);
    fill_followers(node, &reply, &followers);
    fill_counts(node, &reply, &counts);
    fill_statistics(daemon, &reply);
    reply_to_query(node, request, &status_reply_type, &reply, &daemon->reply);
    buf_done(&links);
    buf_done(&followers);
    buf_done(&counts);
}

void daemon_answer(struct daemon *daemon, const struct request *request,
                   const struct daemon_time *time)
{
    if (request->is_status) {
        answer_status(daemon, request, time);
        return;
    }
    struct node *node = daemon->node;
    node->now = time->now;
    union {
        max_align_t align;
        uint8_t bytes[MESSAGE_SIZE_MAX];
    } reply = {0};
    struct err err;
    struct query query = {.person = request->frame.person, .message = request->message};
    enum status st = node_answer(node, request->query, &query, reply.bytes, &err);
    if (st == STATUS_OK) {
        reply_to_query(node, request, request->query->reply_type, reply.bytes, &daemon->reply);
    } else {
        reply_refusal(&request->frame, st, &err, &daemon->reply);
    }
    node_end_answer(node);
}
