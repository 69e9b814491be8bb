/* SPDX-License-Identifier: Apache-2.0 */
/* What the router tells the notifier, and what people find in their inboxes, in few words. */
#pragma once

#include "calendar_2026.h"
#include "domain/words.h"
#include "notifier/notifier.h"
#include "service_calls.h"
#include "service_node.h"
#include "street.h"

#define AN_ISSUE UINT64_C(20260000007)

/* Who is told; at most four. */
#define PEOPLE(...) ((const char *[5]){__VA_ARGS__})

/* A clock event of an issue in handling; `people` ends with NULL. Returns how many records came of
 * it. */
struct deadline_news {
    uint64_t issue;
    bool is_overdue;      /* else it is a warning */
    enum urgency urgency; /* 0: general */
    uint32_t supervised;
    const char *title;
    const char *const *people;
};
uint64_t follow_clock(struct service_node *node, const struct deadline_news *news);

/* A step that leads from one state to another, of which `people` are told where it is one of
 * those. */
struct step_news {
    uint64_t issue;
    enum happening happening;
    enum state from;
    enum state to;
    const char *owner; /* NULL: cadre001 */
    bool ends_clock;   /* of handling, which goes on else */
    const char *const *people;
};
uint64_t follow_step(struct service_node *node, const struct step_news *news);

/* What became of its supervision, which the office head set until that Friday. */
uint64_t follow_supervision(struct service_node *node, enum supervision_news news,
                            const char *const *people);

/* Of a promise: a notice of intake, or that it was kept. */
uint64_t follow_promise(struct service_node *node, uint64_t promise, const char *category,
                        const char *const *people);
uint64_t follow_promise_kept(struct service_node *node, uint64_t promise);

/* The inbox of a person; borrows until the next call. */
struct inbox_reply inbox_of(struct service_node *node, const char *person);
/* The item number `index`, from 0; the test ends when there is none. */
struct inbox_item item_of(struct service_node *node, const char *person, uint32_t index);
void assert_items(struct service_node *node, const char *person, uint32_t count);
void read_item(struct service_node *node, const char *person, uint64_t item, bool is_ack);

/* Before each test: it knows cadre001. */
int open_notifier(void **state);
#define IN_NOTIFIER(test) cmocka_unit_test_setup_teardown(test, open_notifier, close_node)
