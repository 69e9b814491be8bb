/* SPDX-License-Identifier: Apache-2.0 */
#include "link_world.h"

static void daemon_state(void *user, struct journal *ret_journal)
{
    *ret_journal = ((struct daemon *)user)->journal;
}

static enum status daemon_read(void *user, uint64_t seq, struct bytes *ret_raw, struct err *err)
{
    struct daemon *daemon = user;
    if (seq <= daemon->trimmed) {
        return (fail)(err, STATUS_NOT_FOUND, "record %d is not in the journal", (int)seq);
    }
    assert_true(seq >= 1 && seq <= daemon->journal.head);
    buf_clear(&daemon->lent);
    uint64_t lent = seq == daemon->swapped ? seq - 1 : seq;
    buf_append_bytes(&daemon->lent, buf_bytes(&daemon->records[lent - 1]));
    if (seq == daemon->damaged) {
        daemon->lent.p[RECORD_HEADER_BYTES] ^= 1;
    }
    *ret_raw = buf_bytes(&daemon->lent);
    return STATUS_OK;
}

static enum status daemon_may_watch(void *user, struct bytes person, struct bytes topic,
                                    struct err *err)
{
    (void)topic;
    bool may = ((struct daemon *)user)->may_watch && bytes_equal(person, BYTES("leader"));
    return may ? STATUS_OK
               : (fail)(err, STATUS_FORBIDDEN, "'%.*s' may not watch this", BYTES_FMT(person));
}

static void daemon_on_ack(void *user, struct bytes follower, uint64_t cursor)
{
    struct daemon *daemon = user;
    assert_true(bytes_equal(follower, BYTES("notifier")));
    assert_true(cursor <= daemon->journal.head);
    daemon->acked = cursor > daemon->acked ? cursor : daemon->acked;
}

static void daemon_on_other_past(void *user, struct bytes follower, const char *sentence)
{
    assert_true(bytes_equal(follower, BYTES("notifier")));
    assert_true(sentence[0] != '\0');
    ((struct daemon *)user)->other_pasts++;
}

static const struct bytes topics[] = {
    {(const uint8_t *)"", 0}, {(const uint8_t *)"water", 5}, {(const uint8_t *)"roads", 5}};

void append_sized(struct daemon *daemon, uint8_t flags, uint32_t topic, size_t len)
{
    static const char *const names[] = {"journal"};
    static uint8_t content[RECORD_MAX_BYTES];
    struct err err = {0};
    struct memory_disk *disk = memory_disk_open();
    struct store_options options = {.tables = names, .table_count = 1, .map_bytes = 1U << 20};
    struct store *store;
    struct store_txn *txn;
    struct buf scratch = {0};
    struct record record = {.flags = flags,
                            .type = 1,
                            .depth = 1,
                            .issue = daemon->journal.head + 1,
                            .topic = topics[topic],
                            .open = {content, len}};
    assert_true(daemon->journal.head < RECORDS_MAX);
    assert_ok(store_open_memory(disk, &options, &store, &err));
    assert_ok(store_begin(store, true, &txn, &err));
    assert_ok(journal_append(&daemon->journal, txn, &record, &scratch, &err));
    buf_append_bytes(&daemon->records[record.seq - 1], record.raw);
    store_abort(txn);
    store_close(store);
    memory_disk_close(disk);
    buf_done(&scratch);
}

void append_many(struct daemon *daemon, int count)
{
    for (int i = 0; i < count; i++) {
        append_sized(daemon, 0, 1, 20);
    }
}

void open_producer(struct world *world)
{
    struct err err = {0};
    struct transport *transport = NULL;
    struct transport_options options = {world->endpoint, LINK_MESSAGE_MAX_BYTES,
                                        LINK_QUEUE_MESSAGES};
    struct journal_source source = {.user = &world->daemon,
                                    .state = daemon_state,
                                    .read = daemon_read,
                                    .may_watch = daemon_may_watch,
                                    .on_ack = daemon_on_ack,
                                    .on_other_past = daemon_on_other_past};
    assert_ok(world->context != NULL
                  ? transport_serve(world->context, &options, &transport, &err)
                  : memory_network_serve(world->network, &options, &transport, &err));
    assert_ok(producer_open(transport, &source, &world->producer, &err));
}

struct follower *make_follower(struct world *world, const struct cursor *cursor)
{
    struct err err = {0};
    struct transport *transport = NULL;
    struct follower *follower = NULL;
    struct transport_options options = {world->endpoint, LINK_MESSAGE_MAX_BYTES,
                                        LINK_QUEUE_MESSAGES};
    struct follower_options follow = {.name = BYTES("notifier"),
                                      .producer = BYTES("router"),
                                      .person = BYTES("leader"),
                                      .topics = &world->owner.topic,
                                      .topic_count = world->owner.topic.len == 0 ? 0 : 1,
                                      .linger_ms = world->linger_ms,
                                      .is_live = world->is_live};
    assert_ok(world->context != NULL
                  ? transport_connect(world->context, &options, &transport, &err)
                  : memory_network_connect(world->network, &options, &transport, &err));
    assert_ok(follower_open(transport, &follow, cursor, &follower, &err));
    return follower;
}

void open_follower(struct world *world)
{
    world->owner.applied = world->owner.durable;
    world->follower = make_follower(world, &world->owner.durable);
}

int open_world(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    world->network = memory_network_open();
    (void)snprintf(world->endpoint, sizeof(world->endpoint), "%s", ENDPOINT);
    world->daemon.journal.id = (struct id){{7}};
    world->daemon.journal.epoch = 1;
    world->daemon.may_watch = true;
    world->owner.daemon = &world->daemon;
    world->now.us = 1000 * US_PER_S;
    *state = world;
    return 0;
}

int close_world(void **state)
{
    struct world *world = *state;
    follower_close(world->follower);
    producer_close(world->producer);
    memory_network_close(world->network);
    transport_context_close(world->context);
    for (uint32_t i = 0; i < RECORDS_MAX; i++) {
        buf_done(&world->daemon.records[i]);
    }
    buf_done(&world->daemon.lent);
    free(world);
    return 0;
}

bool is_for(const struct owner *owner, uint64_t seq)
{
    struct record_glance glance;
    assert_true(record_glance(buf_bytes(&owner->daemon->records[seq - 1]), &glance));
    return (glance.flags & RECORD_LOCAL) == 0 &&
           (owner->topic.len == 0 || bytes_equal(owner->topic, glance.topic));
}

bool apply_one(struct world *world)
{
    struct owner *owner = &world->owner;
    struct followed followed;
    if (follower_peek(world->follower, &followed) != STATUS_OK) {
        return false;
    }
    assert_true(followed.seq > owner->applied.seq && followed.seq <= world->daemon.journal.head);
    assert_true(id_equal(&followed.journal, &world->daemon.journal.id));
    struct bytes raw = buf_bytes(&world->daemon.records[followed.seq - 1]);
    struct record_glance glance;
    assert_true(record_glance(raw, &glance));
    assert_memory_equal(followed.chain, glance.chain, CHAIN_BYTES);
    for (uint64_t seq = owner->applied.seq + 1; seq < followed.seq; seq++) {
        assert_false(is_for(owner, seq));
    }
    if (followed.raw.len != 0) {
        assert_true(is_for(owner, followed.seq));
        assert_true(bytes_equal(followed.raw, raw));
        owner->record_count++;
    } else {
        assert_false(is_for(owner, followed.seq));
    }
    owner->applied.journal = followed.journal;
    owner->applied.epoch = followed.epoch;
    owner->applied.seq = followed.seq;
    memcpy(owner->applied.chain, followed.chain, CHAIN_BYTES);
    follower_pop(world->follower);
    return true;
}

void commit(struct world *world)
{
    world->owner.durable = world->owner.applied;
    follower_set_durable(world->follower, &world->owner.durable);
}

static void check_credit(const struct world *world)
{
    assert_true(world->follower->steps.record_bytes <= FOLLOWER_CREDIT_BYTES);
    for (uint32_t i = 0; i < world->producer->session_count; i++) {
        const struct session *session = &world->producer->sessions[i];
        assert_true(session->sent_bytes <= session->credit_until);
    }
}

bool turn(struct world *world, int64_t us)
{
    bool did = false;
    world->now.us += us;
    follower_receive(world->follower, world->now, 64, &did);
    producer_receive(world->producer, world->now, 64, &did);
    producer_ship(world->producer, world->now, &did);
    check_credit(world);
    return did;
}

void wait_a_little(const struct world *world)
{
    struct err err = {0};
    struct transport *ends[] = {producer_transport(world->producer),
                                follower_transport(world->follower)};
    assert_ok(transport_wait(ends, 2, -1, 1, &err));
}

enum follower_state state_of(const struct world *world)
{
    struct follower_view view;
    follower_get_view(world->follower, &view);
    return view.state;
}

const char *sentence_of(const struct world *world)
{
    struct follower_view view;
    follower_get_view(world->follower, &view);
    return view.sentence;
}

static bool is_caught_up(const struct world *world)
{
    uint64_t head = world->daemon.journal.head;
    return world->owner.durable.seq == head && world->daemon.acked == head &&
           state_of(world) == FOLLOWER_FOLLOWING;
}

void catch_up(struct world *world)
{
    uint64_t head = world->daemon.journal.head;
    for (int i = 0; i < 20000 && !is_caught_up(world); i++) {
        (void)turn(world, 20 * MS);
        while (apply_one(world)) {
        }
        commit(world);
    }
    assert_int_equal(world->owner.durable.seq, head);
    assert_int_equal(world->daemon.acked, head);
    struct follower_view view;
    follower_get_view(world->follower, &view);
    assert_int_equal(view.head, head);
    assert_int_equal(view.durable, head);
    assert_int_equal(view.state, FOLLOWER_FOLLOWING);
}

void follow_many(struct world *world, int count)
{
    append_many(&world->daemon, count);
    open_producer(world);
    open_follower(world);
    catch_up(world);
}

static void run_until_final(struct world *world)
{
    for (int i = 0; i < 400 && state_of(world) < FOLLOWER_REFUSED; i++) {
        (void)turn(world, 50 * MS);
        while (apply_one(world)) {
        }
    }
}

void expect_refusal(struct world *world, const char *part)
{
    run_until_final(world);
    assert_int_equal(state_of(world), FOLLOWER_REFUSED);
    if (strstr(sentence_of(world), part) == NULL) {
        fail_msg("'%s' is not in '%s'", part, sentence_of(world));
    }
    assert_non_null(strstr(sentence_of(world), "router"));
    struct followed followed;
    assert_int_equal(follower_peek(world->follower, &followed), STATUS_AGAIN);
}
