/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auditor in memory, between batches that a test fills by hand, with two daemons' journals that
 * it follows: "router" (0) and "intake" (1).
 */
#pragma once

#include "auditor/auditor.h"
#include "runtime/node.h"

#define SOURCES 2U

/* A followed daemon, as far as its journal goes. */
struct source {
    struct memory_disk *disk;
    struct store *store;
    struct journal journal;
    uint64_t fed; /* what the auditor has been given */
};

struct auditor_node {
    struct memory_disk *disk;
    struct store *store;
    struct node *node;
    void *user;
    struct config config;
    struct source sources[SOURCES];
    struct wall now;
    uint64_t requests;
};

/* 2026-03-02T09:00:00+08:00 */
#define AUDITOR_NODE_BEGIN_US INT64_C(1772413200000000)

/* `dir` as for service.open_user. Ends the process when something fails. */
void auditor_node_open(struct auditor_node *auditor, const char *dir);
void auditor_node_close(struct auditor_node *auditor);

/* Appends to the journal of a source; returns its number. */
uint64_t source_append(struct source *source, struct record *record);
/* A step of the router with these words (it may be long), caused by `cause` unless NULL. */
uint64_t source_step(struct source *source, uint64_t issue, const struct position *cause,
                     struct bytes words);
/* A record that never leaves its daemon. */
uint64_t source_local(struct source *source);

/* Gives the auditor what it has not been given, at most `max` records, inside the open batch. */
void auditor_node_feed(struct auditor_node *auditor, uint32_t source, uint64_t max);
/* A batch of its own, with due timers. Grows the store and tries again when it is full. */
void auditor_node_run(struct auditor_node *auditor, uint64_t max);
/* A batch with a command; its outcome, which is in *ret_change when it was accepted. */
enum status auditor_node_command(struct auditor_node *auditor, const char *person,
                                 const struct message_type *type, const void *message,
                                 struct change_reply *ret_change, struct err *err);
/* Answers; the reply borrows until node_end_answer(). */
enum status auditor_node_ask(struct auditor_node *auditor, const char *person,
                             const struct message_type *type, const void *message, void *reply,
                             struct err *err);
/* A counter of status. */
uint64_t auditor_node_count(struct auditor_node *auditor, uint32_t index);
/* A record of the auditor's own journal or a source's, copied into `out`. */
void journal_copy(struct store *store, uint64_t seq, struct buf *out, struct record *ret_record);
