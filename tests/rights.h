/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every query and every command of a daemon, by somebody of every role, tied to the matter or not:
 * who may stands in a test's table once more. Whoever may not is refused as forbidden and leaves
 * nothing behind; whoever has nothing to do with the matter is not shown its household. What a
 * daemon takes and no table has fails.
 */
#pragma once

#include "service_calls.h"
#include "service_node.h"
#include "street.h"

/* The matter is of household h1, of village c01v02 and cadre1, and with section urban, of which
 * leader1 is in charge. The others have to do with another. `nobody` is the last. */
#define OFFICE "triage1 office_head "
#define OVERSEERS OFFICE "supervisor1 operator "
#define SECTION "staff_urban_1 head_urban "
#define PLACE "secretary_c01 liaison_c01v02 "
#define OTHER_PLACE "secretary_c02 liaison_c02v01 "
#define STREET                                                                                     \
    OFFICE SECTION PLACE OTHER_PLACE "supervisor1 leader1 leader3 first_responsible "              \
                                     "staff_civil_1 "
#define EVERYBODY STREET "cadre1 cadre2 operator "

struct call {
    const struct message_type *type;
    const void *message;
    const char *who;                            /* may */
    enum status status;                         /* what those are told: done when left out */
    enum status of_nobody;                      /* what `nobody` is told: forbidden when left out */
    void (*prepare)(struct service_node *node); /* of a command; NULL: nothing is needed */
};
#define CALL(name, value) .type = &name##_type, .message = &(value)

typedef struct service_node *open_fn(void);

struct calls {
    open_fn *open; /* a daemon that knows the matter; closed with service_node_close() */
    const struct call *rows;
    size_t count;
};
#define CALLS(open_node, table)                                                                    \
    ((struct calls){                                                                               \
        .open = (open_node), .rows = (table), .count = sizeof(table) / sizeof((table)[0])})

/* All of them by everybody: queries of one daemon; commands of one each. Ends the test where the
 * answer is another, and where the table is not the whole of what the daemon takes, together with
 * the rows below. */
void check_queries(struct calls calls);
/* The operations that every daemon takes are tried too. */
void check_commands(struct calls calls, const struct config *config);
