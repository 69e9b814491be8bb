/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the benchmark's load: slots, and the acts that take an issue on. */
#pragma once

#include "cli/bench.h"
#include "domain/words.h"
#include "link/follower.h"
#include "rpc/rpc.h"

#define HOUSEHOLDS_MAX 200U

/* What a slot does next; in the order of the lifecycle. */
enum act { ACT_SUBMIT, ACT_SIGN, ACT_ANSWER, ACT_REVIEW, ACT_FEEDBACK, ACT_CALL, ACT_COUNT };

struct slot {
    enum act act;    /* under way */
    uint32_t serial; /* of the last request, in the upper half of its tag */
    uint64_t issue;
    uint32_t household;
    uint32_t generation;
    uint64_t seq; /* the router's record that led to this act */
    const struct department *lead;
    int64_t submitted_us;
    bool is_idle; /* waits for its time, when there is a rate */
};

struct household {
    char id[WORD_MAX_BYTES + 1];
    char cadre[WORD_MAX_BYTES + 1];
};

/* What the stream said of an issue before its number was known here. */
struct early {
    uint32_t slot; /* plus 1; 0: not known yet */
    uint64_t seq;
    uint32_t generation;
    const struct department *lead;
};

struct load {
    struct session *session;
    const struct load_options *options;
    struct load_result *result;
    struct rpc_client *clients[CONFIG_DAEMONS_MAX]; /* by index in the config */
    struct follower *follower;
    struct id router; /* the router's journal */
    struct slot *slots;
    struct early *early; /* by running number */
    struct household households[HOUSEHOLDS_MAX];
    uint32_t household_count;
    uint32_t submitted;
    uint32_t closed;
    int64_t began_us;
    int64_t moved_us; /* when something last happened */
};

/* A message of an act, and to whom it goes as whom. */
struct sending {
    struct rpc_client *client;
    struct rpc_request request;
    union {
        struct submit_command submit;
        struct sign_command sign;
        struct answer_command answer;
        struct review_command review;
        struct feedback_command feedback;
        struct callback_command call;
    } message;
};

/* Fills `out` with the message of the slot's act. */
void bench_make_act(struct load *load, struct slot *slot, struct sending *out);
/* The step of the lifecycle that an act must become. */
enum happening bench_act_becomes(enum act act);
