/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One service in memory, a batch for each input, following a "router" whose journal the test
 * writes. What cannot fail in a sound program ends the test when it does.
 */
#pragma once

#include "messages.h"
#include "runtime/service.h"

struct service_node;
struct service_node *service_node_open(const struct service *service, const char *name,
                                       const struct config *config);
void service_node_close(struct service_node *node);

/* 2026-03-02T09:00:00+08:00, a Monday: where its time begins. */
#define SERVICE_NODE_BEGIN_US INT64_C(1772413200000000)
void service_node_set_now(struct service_node *node, struct wall now);

/* From now on ids of requests are that old when they are sent. */
void service_node_age_requests(struct service_node *node, int64_t age_us);

/* Takes a command as the door does and decides it under a new request id. The refusal's lines are
 * kept until the next command. */
enum status service_node_command(struct service_node *node, const char *person,
                                 const struct message_type *type, const void *message,
                                 struct change_reply *ret_change, struct err *err);
/* How many lines the last command complained of, and the complaint number `index`. */
uint32_t service_node_problem_count(const struct service_node *node);
struct problem_part service_node_problem(const struct service_node *node, uint32_t index);

/* The reply borrows until the next call. */
enum status service_node_ask(struct service_node *node, const char *person,
                             const struct message_type *type, const void *message, void *ret_reply,
                             struct err *err);
/* Whether the daemon takes commands, or queries, of that number. */
bool service_node_has_command(const struct service_node *node, uint32_t number);
bool service_node_has_query(const struct service_node *node, uint32_t number);
/* What it answers such a query with. */
const struct message_type *service_node_reply_type(const struct service_node *node,
                                                   const struct message_type *query);
/* As a configuration that the operator wants adopted. */
enum status service_node_adopt(struct service_node *node, const struct config *config,
                               struct err *err);

/* One batch that fires what is due, as often as `turns` says; how many timers fired. */
uint32_t service_node_wake(struct service_node *node, uint32_t turns);

/* A record of the router, given to the service at once; how many records it wrote about it. */
struct router_record {
    const struct message_type *type;
    const void *message;
    uint64_t issue;
    uint32_t generation;
    const char *topic; /* or NULL */
    const char *actor; /* NULL: triage1 */
    uint64_t fact;     /* the service's record that caused it; 0: none */
    uint16_t index;    /* how many that fact caused before */
    bool is_of_others; /* the fact is in somebody else's journal */
};
uint64_t service_node_follow(struct service_node *node, const struct router_record *record);

/* Cadres as intake recorded them, given to the service; how many records it wrote about them. */
uint64_t service_node_follow_cadres(struct service_node *node, const char *const *ids,
                                    size_t count);

/* Lets time pass until then, with a batch at every timer that is due on the way. */
void service_node_wait(struct service_node *node, struct wall until);

/* The last record of the service's journal, its header and message; borrows until the next call. */
struct record service_node_last(struct service_node *node, const struct message_type *type,
                                void *ret_message);
/* The record's message, if it is of the type; borrows until the next call. */
bool service_node_read(struct service_node *node, uint64_t seq, const struct message_type *type,
                       void *ret_message);
/* How many of the records after number `after` are of the type, and the last of those; borrows
 * until the next call. */
uint32_t service_node_count_since(struct service_node *node, uint64_t after,
                                  const struct message_type *type, void *ret_message);
uint64_t service_node_head(const struct service_node *node);

/* A counter of the status; rows of a table of the service. */
uint64_t service_node_count(struct service_node *node, const char *name);
uint64_t service_node_rows(struct service_node *node, uint32_t table);

/* Ends the test when the journal replayed makes other tables. */
void service_node_check_rebuild(struct service_node *node);
