/* SPDX-License-Identifier: Apache-2.0 */
/* Random operations on both implementations of a store, beside a model of what it holds. */
#include "store_rig.h"

#include "base/buf.h"
#include "base/endian.h"
#include "base/memory.h"

/* Random operations beside a model. Key number i is below key number i + 1 and their lengths
 * differ; a value follows from its seed alone, and the model is the seed of each key, 0 for none.
 */
#define MODEL_KEYS 3000U
#define MODEL_STEPS 40000U
#define MODEL_VALUE_MAX 700U

struct model {
    uint32_t seeds[TABLES][MODEL_KEYS];
};

struct play {
    struct rig *rig;
    struct dice dice;
    struct store_txn *txn; /* NULL: between transactions */
    struct model now;
    struct model committed;
    uint32_t last_seed;
    uint8_t key[64];
    uint8_t value[MODEL_VALUE_MAX];
};

static struct bytes model_key(struct play *play, uint32_t number)
{
    memset(play->key, 0xa5, sizeof play->key);
    be16_store(play->key, (uint16_t)number);
    return bytes_of(play->key, 2 + number % 50);
}

static struct bytes model_value(struct play *play, uint32_t seed)
{
    struct dice content = {seed};
    size_t len = dice_next(&content) % MODEL_VALUE_MAX;
    memset(play->value, (int)(dice_next(&content) & 0xff), len);
    if (len >= 4) {
        be32_store(play->value, seed);
    }
    return bytes_of(play->value, len);
}

static void check_entry(struct play *play, const uint32_t *seeds, uint32_t number,
                        enum status status, struct bytes key, struct bytes value)
{
    if (number >= MODEL_KEYS) {
        assert_status(status, STATUS_NOT_FOUND);
        return;
    }
    assert_status(status, STATUS_OK);
    assert_true(bytes_equal(key, model_key(play, number)));
    assert_true(bytes_equal(value, model_value(play, seeds[number])));
}

static uint32_t model_after(const uint32_t *seeds, uint32_t number)
{
    while (number < MODEL_KEYS && seeds[number] == 0) {
        number++;
    }
    return number;
}

/* The last number below `number` with a seed; MODEL_KEYS: none. */
static uint32_t model_before(const uint32_t *seeds, uint32_t number)
{
    while (number > 0 && seeds[number - 1] == 0) {
        number--;
    }
    return number == 0 ? MODEL_KEYS : number - 1;
}

static void check_walk(struct play *play, struct store_txn *txn, const struct model *model)
{
    for (uint32_t table = 0; table < TABLES; table++) {
        struct bytes key = {0};
        struct bytes value;
        uint64_t seen = 0;
        uint32_t number = model_after(model->seeds[table], 0);
        for (; number < MODEL_KEYS; number = model_after(model->seeds[table], number + 1)) {
            enum status status = store_next(txn, table, key, &key, &value);
            check_entry(play, model->seeds[table], number, status, key, value);
            seen++;
        }
        assert_status(store_next(txn, table, key, &key, &value), STATUS_NOT_FOUND);
        uint64_t count;
        assert_status(store_count(txn, table, &count), STATUS_OK);
        assert_int_equal(count, seen);
    }
}

static void play_put(struct play *play, uint32_t table, uint32_t number)
{
    uint32_t seed = ++play->last_seed;
    assert_status(store_put(play->txn, table, model_key(play, number), model_value(play, seed)),
                  STATUS_OK);
    play->now.seeds[table][number] = seed;
}

static void play_remove(struct play *play, uint32_t table, uint32_t number)
{
    assert_status(store_remove(play->txn, table, model_key(play, number)), STATUS_OK);
    play->now.seeds[table][number] = 0;
}

/* Runs of appends, as a journal has them. */
static void play_append(struct play *play, uint32_t table, uint32_t number)
{
    uint32_t *seeds = play->now.seeds[table];
    uint32_t last = model_before(seeds, MODEL_KEYS);
    number = last == MODEL_KEYS ? number : last + 1;
    for (uint32_t i = 0; i < 3 && number + i < MODEL_KEYS; i++) {
        uint32_t seed = ++play->last_seed;
        assert_status(
            store_append(play->txn, table, model_key(play, number + i), model_value(play, seed)),
            STATUS_OK);
        seeds[number + i] = seed;
    }
}

/* Writes what the transaction itself lent: an entry's value to another key, and to its own. */
static void play_lend(struct play *play, uint32_t table, uint32_t number)
{
    uint32_t *seeds = play->now.seeds[table];
    uint32_t found = model_after(seeds, number);
    struct bytes key;
    struct bytes value;
    enum status status = store_seek(play->txn, table, model_key(play, number), &key, &value);
    check_entry(play, seeds, found, status, key, value);
    if (status != STATUS_OK) {
        return;
    }
    uint32_t target = (uint32_t)dice_below(&play->dice, MODEL_KEYS);
    assert_status(store_put(play->txn, table, model_key(play, target), value), STATUS_OK);
    seeds[target] = seeds[found];

    assert_status(store_seek(play->txn, table, model_key(play, found), &key, &value), STATUS_OK);
    uint32_t seed = ++play->last_seed;
    assert_status(store_put(play->txn, table, key, model_value(play, seed)), STATUS_OK);
    seeds[found] = seed;
}

static void play_find(struct play *play, uint32_t table, uint32_t number)
{
    const uint32_t *seeds = play->now.seeds[table];
    struct bytes key = model_key(play, number);
    struct bytes value;
    enum status status = store_get(play->txn, table, key, &value);
    check_entry(play, seeds, seeds[number] != 0 ? number : MODEL_KEYS, status, key, value);

    status = store_seek(play->txn, table, model_key(play, number), &key, &value);
    check_entry(play, seeds, model_after(seeds, number), status, key, value);

    status = store_before(play->txn, table, model_key(play, number), &key, &value);
    check_entry(play, seeds, model_before(seeds, number), status, key, value);

    uint32_t at = number;
    status = store_next(play->txn, table, model_key(play, number), &key, &value);
    for (int i = 0; i < 5 && at < MODEL_KEYS; i++) {
        at = model_after(seeds, at + 1);
        check_entry(play, seeds, at, status, key, value);
        status = store_next(play->txn, table, key, &key, &value);
    }
}

static void play_range(struct play *play, uint32_t table, uint32_t number)
{
    for (uint32_t i = 0; i < 200 && number + i < MODEL_KEYS; i++) {
        play_remove(play, table, number + i);
    }
}

static void play_clear(struct play *play, uint32_t table, uint32_t number)
{
    if (number % 4 == 0) {
        assert_status(store_clear(play->txn, table), STATUS_OK);
        memset(play->now.seeds[table], 0, sizeof play->now.seeds[table]);
    }
}

static void play_end(struct play *play)
{
    struct err err;
    if (dice_below(&play->dice, 4) == 0) {
        store_abort(play->txn);
        play->now = play->committed;
    } else {
        assert_ok(store_commit(play->txn, &err));
        play->committed = play->now;
    }
    play->txn = NULL;

    uint64_t what = dice_below(&play->dice, 10);
    if (what < 2) {
        rig_reopen(play->rig);
    } else if (what < 4) {
        assert_ok(store_settle(play->rig->store, &err));
        assert_true(store_is_settled(play->rig->store));
    }
    struct store_txn *reader = begin(play->rig, false);
    check_walk(play, reader, &play->committed);
    store_abort(reader);
}

static void play_step(struct play *play)
{
    static void (*const steps[])(struct play *, uint32_t, uint32_t) = {
        play_put,    play_put,    play_put,  play_put,  play_put,  play_remove,
        play_remove, play_remove, play_find, play_find, play_lend, play_append};
    uint32_t table = (uint32_t)dice_below(&play->dice, TABLES);
    uint32_t number = (uint32_t)dice_below(&play->dice, MODEL_KEYS);
    if (play->txn == NULL) {
        play->txn = begin(play->rig, true);
    }
    uint64_t rare = dice_below(&play->dice, 1000);
    if (rare < 4) {
        check_walk(play, play->txn, &play->now);
        play_end(play);
    } else if (rare < 5) {
        play_range(play, table, number);
    } else if (rare < 6) {
        play_clear(play, table, number);
    } else {
        steps[dice_below(&play->dice, sizeof steps / sizeof steps[0])](play, table, number);
    }
}

static void random_operations_agree_with_a_model(void **state)
{
    struct play *play = memory_new(1, sizeof *play);
    play->rig = *state;
    play->dice = dice_open(20260101);

    for (uint32_t i = 0; i < MODEL_STEPS; i++) {
        play_step(play);
    }

    store_abort(play->txn);
    rig_reopen(play->rig);
    struct store_txn *txn = begin(play->rig, false);
    check_walk(play, txn, &play->committed);
    store_abort(txn);
    free(play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(random_operations_agree_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
