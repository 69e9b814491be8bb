/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What intake says of visits owed and made, against a count from nothing but the list of what
 * happened: random handovers, moves, new households, visits and late entries over four halves.
 */
#include "visit_calls.h"

#include "base/buf.h"
#include "intake/visits.h"

#define HOUSEHOLDS_MAX 24
#define FIRST_HOUSEHOLDS 14
#define CADRES_MAX 4
#define NOBODY (-1)
#define NOT_THERE (-2)
#define HAPPENED_MAX 4000
#define STEPS 390
#define STEP_DAYS 3

static const struct {
    const char *community;
    const char *village;
} places[] = {{"c01", "c01v01"}, {"c01", "c01v02"}, {"c02", "c02v01"}};
#define PLACES (sizeof places / sizeof places[0])

static const char *const halves[] = {"2026H1", "2026H2", "2027H1", "2027H2"};
static const char *const ends[] = {"2026-07-01T00:00:00", "2027-01-01T00:00:00",
                                   "2027-07-01T00:00:00", "2028-01-01T00:00:00"};
#define HALVES (sizeof halves / sizeof halves[0])

/* A household came to a cadre and a place, or was visited at home. */
struct happened {
    struct wall at;
    int household;
    int cadre;
    size_t place;
    bool is_visit;
};

struct story {
    struct service_node *node;
    struct dice dice;
    struct wall now;
    struct happened list[HAPPENED_MAX];
    size_t count;
    uint32_t accepted;
    uint32_t late;
    uint32_t refused;
};

/* ---- the count ------------------------------------------------------------------------------ */

static void happen(struct story *story, struct happened what)
{
    assert_true(story->count < HAPPENED_MAX);
    story->list[story->count++] = what;
}

/* The last link that began before `end`. */
static struct happened link_before(const struct story *story, int household, struct wall end)
{
    struct happened found = {.cadre = NOT_THERE};
    for (size_t i = 0; i < story->count; i++) {
        const struct happened *what = &story->list[i];
        if (!what->is_visit && what->household == household && what->at.us < end.us) {
            found = *what;
        }
    }
    return found;
}

/* Whose it was at that time; the first cadre's from ever. */
static int cadre_at(const struct story *story, int household, struct wall at)
{
    int cadre = NOT_THERE;
    for (size_t i = 0; i < story->count; i++) {
        const struct happened *what = &story->list[i];
        if (!what->is_visit && what->household == household &&
            (cadre == NOT_THERE || what->at.us <= at.us)) {
            cadre = what->cadre;
        }
    }
    return cadre;
}

static size_t half_at(struct wall at)
{
    size_t half = 0;
    while (half + 1 < HALVES && at.us >= wall_at(ends[half]).us) {
        half++;
    }
    return half;
}

static bool was_visited(const struct story *story, int household, size_t half)
{
    struct wall begin = half == 0 ? wall_at("2026-01-01T00:00:00") : wall_at(ends[half - 1]);
    struct wall end = wall_at(ends[half]);
    for (size_t i = 0; i < story->count; i++) {
        const struct happened *what = &story->list[i];
        if (what->is_visit && what->household == household && what->at.us >= begin.us &&
            what->at.us < end.us) {
            return true;
        }
    }
    return false;
}

/* ---- against what intake says --------------------------------------------------------------- */

/* Whose row it is. */
struct place {
    enum coverage_scope scope;
    const char *id;
};

static bool is_in(const struct happened *link, const struct place *place)
{
    char cadre[16];
    (void)snprintf(cadre, sizeof cadre, "k%d", link->cadre);
    const char *id = place->scope == COVERAGE_SCOPE_CADRE       ? cadre
                     : place->scope == COVERAGE_SCOPE_COMMUNITY ? places[link->place].community
                                                                : places[link->place].village;
    return strcmp(id, place->id) == 0;
}

/* "x01 k2, " of every household that is listed, five at a time. */
static void ask_due(struct story *story, const struct place *place, const char *half,
                    struct buf *out)
{
    struct visit_due_query query = {.half = text_of(half), .limit = 5};
    struct bytes id = text_of(place->id);
    char after[WORD_MAX_BYTES + 1] = "";
    uint32_t count;
    query.cadre = place->scope == COVERAGE_SCOPE_CADRE ? id : query.cadre;
    query.community = place->scope == COVERAGE_SCOPE_COMMUNITY ? id : query.community;
    query.village = place->scope == COVERAGE_SCOPE_VILLAGE ? id : query.village;
    do {
        struct err err = {0};
        struct visit_due_reply reply;
        struct visit_due_part part;
        query.after = text_of(after);
        assert_ok(
            service_node_ask(story->node, "triage1", &visit_due_query_type, &query, &reply, &err));
        struct list_cursor cursor = list_begin(&reply.households);
        while (list_next_message(&cursor, &visit_due_part_type, &part)) {
            buf_append_format(out, "%.*s %.*s, ", BYTES_FMT(part.household), BYTES_FMT(part.cadre));
            (void)snprintf(after, sizeof after, "%.*s", BYTES_FMT(part.household));
        }
        count = reply.households.count;
    } while (count != 0);
}

static void check_place(struct story *story, const struct place *place, size_t half)
{
    struct wall end = wall_at(ends[half]);
    struct wall until = end.us <= story->now.us ? end : (struct wall){INT64_MAX};
    uint32_t assigned = 0;
    uint32_t visited = 0;
    struct buf wanted = {0};
    struct buf listed = {0};
    for (int i = 0; i < HOUSEHOLDS_MAX; i++) {
        struct happened link = link_before(story, i, until);
        if (link.cadre < 0 || !is_in(&link, place)) {
            continue;
        }
        assigned++;
        if (was_visited(story, i, half)) {
            visited++;
        } else {
            buf_append_format(&wanted, "x%02d k%d, ", i, link.cadre);
        }
    }
    assert_coverage(story->node, place->scope, place->id, halves[half], assigned, visited);
    ask_due(story, place, halves[half], &listed);
    buf_append_u8(&wanted, '\0');
    buf_append_u8(&listed, '\0');
    assert_string_equal((const char *)listed.p, (const char *)wanted.p);
    buf_done(&wanted);
    buf_done(&listed);
}

static void check(struct story *story)
{
    static const struct place rows[] = {
        {COVERAGE_SCOPE_CADRE, "k0"},       {COVERAGE_SCOPE_CADRE, "k1"},
        {COVERAGE_SCOPE_CADRE, "k2"},       {COVERAGE_SCOPE_CADRE, "k3"},
        {COVERAGE_SCOPE_COMMUNITY, "c01"},  {COVERAGE_SCOPE_COMMUNITY, "c02"},
        {COVERAGE_SCOPE_VILLAGE, "c01v01"}, {COVERAGE_SCOPE_VILLAGE, "c01v02"},
        {COVERAGE_SCOPE_VILLAGE, "c02v01"},
    };
    for (size_t half = 0; half <= half_at(story->now); half++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            check_place(story, &rows[i], half);
        }
    }
}

/* ---- what happens --------------------------------------------------------------------------- */

static void import_link(struct story *story, int household, int cadre, size_t place)
{
    char id[8];
    char to[8];
    struct err err = {0};
    struct rows rows = {0};
    (void)snprintf(id, sizeof id, "x%02d", household);
    (void)snprintf(to, sizeof to, "k%d", cadre);
    struct household_part row = household_of(id, cadre == NOBODY ? NULL : to);
    row.community = text_of(places[place].community);
    row.village = text_of(places[place].village);
    add_household(&rows, row);
    assert_ok(import(story->node, &household_import_command_type, &rows, &err));
    happen(story, (struct happened){story->now, household, cadre, place, false});
}

static void hand_over(struct story *story, int household, const struct happened *link)
{
    char id[8];
    char from[8];
    char to[8];
    struct err err = {0};
    struct change_reply change;
    struct buf out = {0};
    int cadre = (link->cadre + 1 + (int)dice_below(&story->dice, CADRES_MAX - 1)) % CADRES_MAX;
    (void)snprintf(id, sizeof id, "x%02d", household);
    (void)snprintf(from, sizeof from, "k%d", link->cadre);
    (void)snprintf(to, sizeof to, "k%d", cadre);
    struct handover_command ask = {
        .from = text_of(from), .to = text_of(to), .reason = BYTES("片区调整")};
    list_put_bytes(&ask.household, &out, text_of(id));
    list_end(&ask.household, &out);
    assert_ok(service_node_command(story->node, "office_head", &handover_command_type, &ask,
                                   &change, &err));
    buf_done(&out);
    happen(story, (struct happened){story->now, household, cadre, link->place, false});
}

static void move(struct story *story, int household)
{
    struct happened link = link_before(story, household, (struct wall){INT64_MAX});
    size_t place = (size_t)dice_below(&story->dice, PLACES);
    if (link.cadre >= 0 && dice_below(&story->dice, 3) != 0) {
        hand_over(story, household, &link);
        return;
    }
    int cadre =
        dice_below(&story->dice, 4) == 0 ? NOBODY : (int)dice_below(&story->dice, CADRES_MAX);
    import_link(story, household, cadre, place);
}

/* By anybody, at any time of the last 200 days: taken if it was theirs then. */
static void visit(struct story *story, int household)
{
    char id[8];
    char cadre[16];
    int who = (int)dice_below(&story->dice, CADRES_MAX);
    struct err err = {0};
    uint64_t number;
    (void)snprintf(id, sizeof id, "x%02d", household);
    struct visit_log_command command = visit_of(id);
    command.mode = 1 + (int)dice_below(&story->dice, CONTACT_MODE_COUNT - 1);
    command.at = story->now;
    if (dice_below(&story->dice, 2) == 0) {
        command.at.us -= (int64_t)dice_below(&story->dice, 200 * 86400) * US_PER_S;
    }
    int owner = cadre_at(story, household, command.at);
    if (owner >= 0 && dice_below(&story->dice, 3) != 0) {
        who = owner;
    }
    (void)snprintf(cadre, sizeof cadre, "k%d", who);
    bool is_taken = log_visit(story->node, cadre, &command, &number, &err) == STATUS_OK;
    assert_int_equal(is_taken, owner == who);
    story->accepted += is_taken;
    story->refused += !is_taken;
    story->late += is_taken && half_at(command.at) < half_at(story->now);
    if (is_taken && visit_is_home((enum contact_mode)command.mode)) {
        happen(story, (struct happened){command.at, household, who, 0, true});
    }
}

static void take_step(struct story *story)
{
    int household = (int)dice_below(&story->dice, HOUSEHOLDS_MAX);
    struct wall next = {story->now.us +
                        (int64_t)dice_below(&story->dice, STEP_DAYS * 86400) * US_PER_S + US_PER_S};
    service_node_wait(story->node, next);
    story->now = next;
    if (link_before(story, household, (struct wall){INT64_MAX}).cadre == NOT_THERE) {
        import_link(story, household, (int)dice_below(&story->dice, CADRES_MAX),
                    (size_t)dice_below(&story->dice, PLACES));
    } else if (dice_below(&story->dice, 3) == 0) {
        move(story, household);
    } else {
        visit(story, household);
    }
}

static void begin(struct story *story, struct service_node *node)
{
    char id[8];
    struct err err = {0};
    struct rows rows = {0};
    story->node = node;
    story->dice = dice_open(20260302);
    story->now = (struct wall){SERVICE_NODE_BEGIN_US};
    for (int i = 0; i < CADRES_MAX; i++) {
        (void)snprintf(id, sizeof id, "k%d", i);
        add_cadre(&rows, cadre_of(id));
    }
    assert_ok(import(node, &cadre_import_command_type, &rows, &err));
    for (int i = 0; i < FIRST_HOUSEHOLDS; i++) {
        import_link(story, i, (int)dice_below(&story->dice, CADRES_MAX), (size_t)i % PLACES);
    }
}

static void what_is_owed_and_what_is_counted_equal_a_recount(void **state)
{
    static struct story story;
    begin(&story, *state);
    for (uint32_t i = 0; i < STEPS; i++) {
        take_step(&story);
        if (i % 15 == 0) {
            check(&story);
        }
    }
    check(&story);
    (void)fprintf(stderr, "%u visits, %u for a half before, %u refused\n", story.accepted,
                  story.late, story.refused);
    assert_true(story.late > 0 && story.refused > 0);
    assert_int_equal(half_at(story.now), HALVES - 1);
    service_node_check_rebuild(story.node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_owed_and_what_is_counted_equal_a_recount,
                                        open_new_intake, close_node),
    };
    return cmocka_run_group_tests(tests, open_street, close_street);
}
