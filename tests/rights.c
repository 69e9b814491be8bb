/* SPDX-License-Identifier: Apache-2.0 */
#include "rights.h"

#include <stddef.h>

static const char *const people[] = {
    "cadre1",         "cadre2",        "triage1",        "office_head", "staff_urban_1",
    "head_urban",     "staff_civil_1", "leader1",        "leader3",     "first_responsible",
    "supervisor1",    "secretary_c01", "liaison_c01v02", "operator",    "secretary_c02",
    "liaison_c02v01", "nobody",
};
#define PEOPLE_COUNT (sizeof people / sizeof people[0])

#define UNTIED OTHER_PLACE "cadre2 staff_civil_1 leader3"

/* ---- what every daemon takes ---------------------------------------------------------------- */

static const struct records_query whole_journal;
static const struct dead_query dead;
static const struct call journal_queries[] = {
    {CALL(records_query, whole_journal), .who = "supervisor1 operator"},
    {CALL(dead_query, dead), .who = "operator"},
};
#define JOURNAL_QUERIES_COUNT (sizeof journal_queries / sizeof journal_queries[0])

#define OPERATIONS_COUNT 3U

struct operations {
    struct dead_settle_command settle;
    struct clock_accept_command accept;
    struct adopt_config_command adopt;
    struct call rows[OPERATIONS_COUNT];
};

static void operations_init(struct operations *operations, const struct config *config)
{
    *operations = (struct operations){.settle = {.seq = 1},
                                      .adopt = {bytes_of(config->hash, CONFIG_HASH_BYTES)}};
    const struct call rows[OPERATIONS_COUNT] = {
        /* There is no letter. */
        {CALL(dead_settle_command, operations->settle), .who = "operator",
         .status = STATUS_NOT_FOUND},
        {CALL(clock_accept_command, operations->accept), .who = "operator"},
        {CALL(adopt_config_command, operations->adopt), .who = "operator"},
    };
    memcpy(operations->rows, rows, sizeof rows);
}

/* ---- what is expected ----------------------------------------------------------------------- */

static bool is_among(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; (p = strstr(p, word)) != NULL; p += len) {
        if ((p == words || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static void check_answer(const struct call *call, const char *person, enum status status,
                         const struct err *err)
{
    enum status expected = STATUS_FORBIDDEN;
    if (is_among(call->who, person)) {
        expected = call->status;
    } else if (strcmp(person, "nobody") == 0 && call->of_nobody != STATUS_OK) {
        expected = call->of_nobody;
    }
    if (status != expected) {
        fail_msg("%s by %s: %s, not %s: %s", call->type->name, person, status_word(status),
                 status_word(expected), status == STATUS_OK ? "" : err->text);
    }
}

static bool has_row(const struct call *rows, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type->number == number) {
            return true;
        }
    }
    return false;
}

/* The rows are what the daemon takes, no more and no less. */
static void check_whole(const struct calls *calls, const struct calls *common,
                        bool (*takes)(const struct service_node *, uint32_t))
{
    struct service_node *node = calls->open();
    for (uint32_t number = 0; number <= UINT16_MAX; number++) {
        bool is_tried = has_row(calls->rows, calls->count, number) ||
                        has_row(common->rows, common->count, number);
        if (takes(node, number) != is_tried) {
            fail_msg("message %u is %s", number,
                     is_tried ? "no call of this daemon" : "taken by this daemon and not tried");
        }
    }
    service_node_close(node);
}

/* There is somebody of every role among the people; cadres stand in the register. */
static void check_roles(const struct config *config)
{
    uint32_t roles = ROLE_BIT(ROLE_CADRE) | ROLE_BIT(ROLE_OPERATOR);
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        const struct person *person =
            office_find_person(&config->office, bytes_of_string(people[i]));
        roles |= person == NULL ? 0 : person->roles;
    }
    assert_int_equal(roles, (UINT32_C(1) << ROLE_COUNT) - 1);
}

/* ---- queries -------------------------------------------------------------------------------- */

/* Those who have nothing to do with the matter: lists are cut so that its household is not in them,
 * which is "h1", as it stands on the wire. */
static void check_shown(const struct call *call, const char *person,
                        const struct message_type *type, const void *reply)
{
    static const uint8_t household[] = {0xa2, 'h', '1'};
    struct buf out = {0};
    message_append(type, reply, PART_ALL, &out);
    bool is_shown = memmem(out.p, out.len, household, sizeof household) != NULL;
    buf_done(&out);
    if (is_shown && is_among(UNTIED, person)) {
        fail_msg("%s shows %s a household that is none of theirs", call->type->name, person);
    }
}

static void ask_all(const struct calls *calls)
{
    struct service_node *node = calls->open();
    for (size_t i = 0; i < calls->count * PEOPLE_COUNT; i++) {
        const struct call *call = &calls->rows[i / PEOPLE_COUNT];
        const char *person = people[i % PEOPLE_COUNT];
        _Alignas(max_align_t) uint8_t reply[MESSAGE_SIZE_MAX];
        struct err err = {0};
        enum status st = service_node_ask(node, person, call->type, call->message, reply, &err);
        check_answer(call, person, st, &err);
        if (st == STATUS_OK) {
            check_shown(call, person, service_node_reply_type(node, call->type), reply);
        }
    }
    service_node_close(node);
}

void check_queries(struct calls calls)
{
    const struct calls common = {
        .open = calls.open, .rows = journal_queries, .count = JOURNAL_QUERIES_COUNT};
    check_whole(&calls, &common, service_node_has_query);
    ask_all(&calls);
    ask_all(&common);
}

/* ---- commands ------------------------------------------------------------------------------- */

static void try_one(open_fn *open, const struct call *call, const char *person)
{
    struct service_node *node = open();
    struct change_reply change;
    struct err err = {0};
    if (call->prepare != NULL) {
        call->prepare(node);
    }
    uint64_t head = service_node_head(node);
    enum status st = service_node_command(node, person, call->type, call->message, &change, &err);
    check_answer(call, person, st, &err);
    assert_int_equal(service_node_head(node) > head, st == STATUS_OK);
    service_node_close(node);
}

static void try_all(const struct calls *calls)
{
    for (size_t i = 0; i < calls->count * PEOPLE_COUNT; i++) {
        try_one(calls->open, &calls->rows[i / PEOPLE_COUNT], people[i % PEOPLE_COUNT]);
    }
}

void check_commands(struct calls calls, const struct config *config)
{
    struct operations operations;
    operations_init(&operations, config);
    const struct calls common = {
        .open = calls.open, .rows = operations.rows, .count = OPERATIONS_COUNT};
    check_roles(config);
    check_whole(&calls, &common, service_node_has_command);
    try_all(&calls);
    try_all(&common);
}
