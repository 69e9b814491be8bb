/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/merkle.h"

#define LEAVES_MAX (UINT64_C(1) << MERKLE_LEVELS)

static bool hash_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_HASH_BYTES) == 0;
}

static struct merkle_hash node_of(merkle_digest_fn digest, const struct merkle_hash *left,
                                  const struct merkle_hash *right)
{
    uint8_t both[1 + 2 * MERKLE_HASH_BYTES];
    struct merkle_hash node;
    both[0] = 0x01;
    memcpy(both + 1, left->bytes, MERKLE_HASH_BYTES);
    memcpy(both + 1 + MERKLE_HASH_BYTES, right->bytes, MERKLE_HASH_BYTES);
    digest(bytes_of(both, sizeof both), &node);
    return node;
}

void merkle_append(struct merkle_frontier *frontier, const struct merkle_store *store,
                   const struct merkle_hash *leaf)
{
    CHECK(frontier->size + 1 < LEAVES_MAX);
    struct merkle_hash node = *leaf;
    uint64_t index = frontier->size++;
    uint32_t level = 0;
    for (; (index & 1) != 0; index >>= 1) {
        node = node_of(store->digest, &frontier->peaks[level], &node);
        level++;
        if (level % MERKLE_STRIDE == 0) {
            store->put(store->user, level, index >> 1, &node);
        }
    }
    frontier->peaks[level] = node;
}

struct merkle_hash merkle_root(const struct merkle_frontier *frontier, merkle_digest_fn digest)
{
    struct merkle_hash root;
    bool has_root = false;
    for (uint32_t level = 0; level < MERKLE_LEVELS; level++) {
        if ((frontier->size >> level & 1) == 0) {
            continue;
        }
        const struct merkle_hash *peak = &frontier->peaks[level];
        root = has_root ? node_of(digest, peak, &root) : *peak;
        has_root = true;
    }
    if (!has_root) {
        digest((struct bytes){0}, &root);
    }
    return root;
}

/* Any node, computed from those of the stored level at or below it. */
static enum status read_node(const struct merkle_store *store, uint32_t level, uint64_t index,
                             struct merkle_hash *ret_hash)
{
    struct merkle_hash nodes[1U << (MERKLE_STRIDE - 1)];
    uint32_t above = level % MERKLE_STRIDE;
    uint32_t count = 1U << above;
    enum status st = store->get(store->user, level - above, index << above, count, nodes);
    if (st != STATUS_OK) {
        return st;
    }
    for (; count > 1; count /= 2) {
        const struct merkle_hash *pair = nodes;
        for (uint32_t i = 0; i < count / 2; i++, pair += 2) {
            nodes[i] = node_of(store->digest, pair, pair + 1);
        }
    }
    *ret_hash = nodes[0];
    return STATUS_OK;
}

/* The root over leaves first to first + count - 1, where `first` is a multiple of a power of 2 that
 * is at least `count`: complete subtrees, put together from the right, where the smallest is. */
static enum status read_range(const struct merkle_store *store, uint64_t first, uint64_t count,
                              struct merkle_hash *ret_root)
{
    struct merkle_hash root;
    bool has_root = false;
    uint64_t end = first + count;
    for (uint32_t level = 0; level < MERKLE_LEVELS; level++) {
        if ((count >> level & 1) == 0) {
            continue;
        }
        end -= UINT64_C(1) << level;
        struct merkle_hash node;
        enum status st = read_node(store, level, end >> level, &node);
        if (st != STATUS_OK) {
            return st;
        }
        root = has_root ? node_of(store->digest, &node, &root) : node;
        has_root = true;
    }
    *ret_root = root;
    return STATUS_OK;
}

enum status merkle_root_of_first(const struct merkle_store *store, uint64_t size,
                                 struct merkle_hash *ret_root)
{
    CHECK(size < LEAVES_MAX);
    if (size == 0) {
        store->digest((struct bytes){0}, ret_root);
        return STATUS_OK;
    }
    return read_range(store, 0, size, ret_root);
}

/* The largest power of 2 below `count`, which is at least 2: where a tree is split. */
static uint64_t split_of(uint64_t count)
{
    uint64_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    return split;
}

static enum status add_range(const struct merkle_store *store, uint64_t first, uint64_t count,
                             struct merkle_path *path)
{
    CHECK(path->count < MERKLE_PATH_MAX);
    return read_range(store, first, count, &path->hashes[path->count++]);
}

/* Paths are found from the root down and given from the leaves up. */
static void turn_round(struct merkle_path *path)
{
    for (uint32_t i = 0; i < path->count / 2; i++) {
        struct merkle_hash kept = path->hashes[i];
        path->hashes[i] = path->hashes[path->count - 1 - i];
        path->hashes[path->count - 1 - i] = kept;
    }
}

enum status merkle_prove_entry(const struct merkle_store *store, uint64_t entry, uint64_t size,
                               struct merkle_path *ret_path)
{
    CHECK(entry < size && size < LEAVES_MAX);
    struct merkle_path path = {.count = 0};
    uint64_t first = 0;
    while (size > 1) {
        uint64_t split = split_of(size);
        bool is_left = entry - first < split;
        enum status st = is_left ? add_range(store, first + split, size - split, &path)
                                 : add_range(store, first, split, &path);
        if (st != STATUS_OK) {
            return st;
        }
        first += is_left ? 0 : split;
        size = is_left ? split : size - split;
    }
    turn_round(&path);
    *ret_path = path;
    return STATUS_OK;
}

enum status merkle_prove_growth(const struct merkle_store *store, uint64_t old_size, uint64_t size,
                                struct merkle_path *ret_path)
{
    CHECK(old_size > 0 && old_size <= size && size < LEAVES_MAX);
    struct merkle_path path = {.count = 0};
    uint64_t first = 0;
    /* Follows the right edge of the older tree; its part in (first, size) has old_size leaves. */
    while (old_size != size) {
        uint64_t split = split_of(size);
        bool is_left = old_size <= split;
        enum status st = is_left ? add_range(store, first + split, size - split, &path)
                                 : add_range(store, first, split, &path);
        if (st != STATUS_OK) {
            return st;
        }
        first += is_left ? 0 : split;
        old_size -= is_left ? 0 : split;
        size = is_left ? split : size - split;
    }
    /* The older tree itself is a node of the newer one: the verifier has it. */
    enum status st = first == 0 ? STATUS_OK : add_range(store, first, old_size, &path);
    if (st == STATUS_OK) {
        turn_round(&path);
        *ret_path = path;
    }
    return st;
}

/* Where a verifier stands on its way up: place and last place of the level, and the roots that the
 * proof makes of the older tree and of the whole one so far. */
struct climb {
    uint64_t at;
    uint64_t last;
    struct merkle_hash older;
    struct merkle_hash whole;
};

static void go_up(struct climb *climb)
{
    climb->at >>= 1;
    climb->last >>= 1;
}

/* One hash of the proof; false when there is nothing above any more. */
static bool climb_by(struct climb *climb, merkle_digest_fn digest, const struct merkle_hash *hash)
{
    if (climb->last == 0) {
        return false;
    }
    bool is_right = (climb->at & 1) != 0 || climb->at == climb->last;
    if (is_right) {
        climb->older = node_of(digest, hash, &climb->older);
        climb->whole = node_of(digest, hash, &climb->whole);
    } else {
        climb->whole = node_of(digest, &climb->whole, hash);
    }
    while (is_right && (climb->at & 1) == 0 && climb->at != 0) {
        go_up(climb); /* a right edge without a sibling */
    }
    go_up(climb);
    return true;
}

static bool climb_all(struct climb *climb, merkle_digest_fn digest, const struct merkle_path *path,
                      uint32_t from)
{
    for (uint32_t i = from; i < path->count; i++) {
        if (!climb_by(climb, digest, &path->hashes[i])) {
            return false;
        }
    }
    return climb->last == 0;
}

bool merkle_has_entry(merkle_digest_fn digest, const struct merkle_head *head, uint64_t entry,
                      const struct merkle_hash *leaf, const struct merkle_path *path)
{
    if (entry >= head->size) {
        return false;
    }
    struct climb climb = {.at = entry, .last = head->size - 1, .older = *leaf, .whole = *leaf};
    return climb_all(&climb, digest, path, 0) && hash_equal(&climb.whole, &head->root);
}

bool merkle_has_grown(merkle_digest_fn digest, const struct merkle_head *older,
                      const struct merkle_head *head, const struct merkle_path *path)
{
    if (older->size == 0 || older->size > head->size) {
        return false;
    }
    if (older->size == head->size) {
        return path->count == 0 && hash_equal(&older->root, &head->root);
    }
    /* A complete older tree is a node of the newer one, and the proof leaves it out. */
    bool is_complete = (older->size & (older->size - 1)) == 0;
    if (!is_complete && path->count == 0) {
        return false;
    }
    const struct merkle_hash *start = is_complete ? &older->root : &path->hashes[0];
    struct climb climb = {
        .at = older->size - 1, .last = head->size - 1, .older = *start, .whole = *start};
    while ((climb.at & 1) != 0) {
        go_up(&climb);
    }
    return climb_all(&climb, digest, path, is_complete ? 0 : 1) &&
           hash_equal(&climb.older, &older->root) && hash_equal(&climb.whole, &head->root);
}
