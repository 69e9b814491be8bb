/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon without its sockets: one service around one store. It turns inputs into events inside
 * one transaction at a time, and knows nothing of transports, clocks or processes; daemon.h does.
 *
 * Tables of every store: the runtime's own (below), then the service's. Base tables (journal, base)
 * are written by the runtime; all others are derived: written only while an event is applied, so
 * that they are a fold of the journal.
 */
#pragma once

#include "link/follower.h"
#include "messages.h"
#include "runtime/scratch.h"
#include "runtime/service.h"
#include "store/store.h"

enum node_table {
    TABLE_JOURNAL,
    TABLE_BASE, /* journal id, epoch, kind of clock, cursors, acknowledgements */
    TABLE_REQUEST,
    TABLE_TIMER,  /* (at, id) -> nothing */
    TABLE_DEAD,   /* number of the dead_lettered record -> dead_row */
    TABLE_CONFIG, /* "hash" -> hash in force; "clock" -> time last accepted */
    TABLE_TRAIL,  /* (issue, seq) -> nothing */
    TABLE_SERVICE /* the service's first table */
};
#define TABLE_DERIVED TABLE_REQUEST

#define NODE_LINKS_MAX 40U
#define NODE_PEERS_MAX 64U
#define NAME_BYTES (WORD_MAX_BYTES + 1)

struct node_link {
    char name[NAME_BYTES]; /* of the followed daemon */
    struct cursor cursor;  /* applied, perhaps in the open transaction */
    struct cursor reached; /* as of the last end of a batch; what it passed emitted nothing */
    struct cursor durable; /* committed */
    bool is_stopped;       /* a record of an unknown type: nothing more is taken */
    char sentence[200];
};

/* A registered follower of this node's journal. */
struct node_peer {
    char name[NAME_BYTES];
    uint64_t acked;
    uint64_t stored; /* as committed */
    bool is_ahead;   /* it has seen what this journal does not hold */
};

struct node {
    const struct service *service;
    char name[NAME_BYTES];
    void *user;
    struct store *store;
    const struct config *config; /* borrowed; in force */
    struct journal journal;      /* with what the open transaction appended */
    struct journal durable;      /* committed */
    uint64_t commits;
    struct node_link links[NODE_LINKS_MAX];
    uint32_t link_count;
    struct node_peer peers[NODE_PEERS_MAX];
    uint32_t peer_count;

    /* The open batch. */
    struct store_txn *txn;
    struct wall now;
    uint64_t emitted;    /* events of this batch */
    bool is_waking_over; /* see end_waking() */
    struct scratch scratch;
    struct buf open;
    struct buf pii;
    struct buf record;
    struct buf row;
};

struct node_options {
    const struct service *service;
    struct bytes name;
    struct store *store;         /* borrowed; opened with node_tables() */
    const struct config *config; /* borrowed; what to decide by from now on */
    void *user;                  /* of the service; borrowed */
    struct id new_journal;       /* the journal's id when the store is new */
    bool is_test_clock;          /* an instance's kind of clock is fixed at its first start */
};

/* The table names of a service's store, runtime's and service's; `names` holds STORE_TABLES_MAX. */
uint32_t node_tables(const struct service *service, const char *names[]);

/* Opens the journal for writing: its epoch rises durably. REFUSED: the store was made with the
 * other kind of clock, or the service may not adopt the configuration. The caller owns
 * *ret_node. */
enum status node_open(const struct node_options *options, struct node **ret_node,
                      struct err *err) MUST_USE;
void node_close(struct node *node);

/* Registers a daemon to follow, with the cursor the store has for it, and returns its index. */
enum status node_add_link(struct node *node, struct bytes name, uint32_t *ret_index,
                          struct err *err) MUST_USE;
/* Registers a follower of this journal. */
enum status node_add_peer(struct node *node, struct bytes name, struct err *err) MUST_USE;
/* A follower has seen what this journal does not hold, until it acknowledges something again. True
 * when that is new of a registered one. */
bool node_on_other_past(struct node *node, struct bytes name);
bool node_is_put_back(const struct node *node);
void node_on_ack(struct node *node, struct bytes name, uint64_t seq);

/* One batch: begin, inputs, then commit or abort. */
enum status node_begin(struct node *node, struct wall now, struct err *err) MUST_USE;

/* Adopts the configuration the node was opened with, unless it is the one in force: an event. To be
 * called in a batch, before its inputs. */
void node_adopt(struct node *node);

/* What became of a command inside the batch; good once the batch is committed. */
struct outcome {
    enum status status;
    struct err err;
    struct change_reply change;
    struct buf problems; /* of an import: encoded problem_parts; owned */
    uint32_t problem_count;
};
/* Decides a command whose payload has been decoded into `message` (normalised). Never fails itself:
 * refusals are in *ret_outcome. `real` is the time of the real clock, which request ids go by. */
struct asked {
    const struct command_spec *spec;
    struct bytes person;
    struct id request;
    const void *message;
    const struct config *config; /* adopt_config_command: the loaded configuration; else NULL */
};
void node_on_command(struct node *node, const struct asked *asked, struct wall real,
                     struct outcome *ret_outcome);

/* Applies one step of a link. Steps already passed are skipped. REFUSED: a type this program does
 * not know (the link is stopped). CORRUPT: not a record. AGAIN: its cause has not been applied yet.
 */
enum status node_on_followed(struct node *node, uint32_t link, const struct followed *followed,
                             struct err *err) MUST_USE;

/* Wakes at most `max` due timers; returns how many. */
uint32_t node_wake(struct node *node, uint32_t max);

/* Lets the service write down what it gathered from links; the last input of a batch. */
void node_flush(struct node *node);

/* Whether the batch has to be committed to have its effect. */
bool node_has_emitted(const struct node *node);
/* Whether cursors moved since the last commit. */
bool node_has_progress(const struct node *node);

/* Commits. On FULL the batch was aborted: grow
 * the store and do it again from the same inputs. IO: end the process. */
enum status node_commit(struct node *node, struct err *err) MUST_USE;
/* Ends a batch that emitted nothing, keeping the progress of cursors in memory. */
void node_end(struct node *node);
void node_abort(struct node *node);

/* The earliest timer as of the last commit; false when there is none. */
bool node_find_due(struct node *node, struct wall *ret_at);

/* Answers a query from the committed state. `reply` is a zeroed struct of the reply's type. The
 * answer lives until node_end_answer(). */
enum status node_answer(struct node *node, const struct query_spec *spec, const struct query *query,
                        void *reply, struct err *err);
void node_end_answer(struct node *node);

const struct command_spec *node_find_command(const struct node *node, uint32_t type);
const struct query_spec *node_find_query(const struct node *node, uint32_t type);

/* Replays the journal of `from` into the derived tables of `to`, an empty store. Used by rebuild.
 */
struct replay {
    const struct service *service;
    struct store *from;
    struct store *to;
    void (*on_progress)(void *user, uint64_t done, uint64_t all); /* may be NULL */
    void *user;
};
enum status node_replay(const struct replay *replay, struct err *err) MUST_USE;
