/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Merkle tree of RFC 9162 section 2.1 over leaf hashes: an append-only list whose root says
 * what is in it, with proofs that an entry is in it and that it only ever grew.
 *
 * A leaf hash is H(0x00 || entry) and is the caller's to compute; an inner node is
 * H(0x01 || left || right); the root of the empty tree is H("").
 *
 * Node (level, index) is the root of the complete subtree over leaves index * 2^level up to
 * (index + 1) * 2^level - 1; level 0 are the leaves. The caller keeps the leaves, and the nodes of
 * every MERKLE_STRIDE-th level, which are one in 255; what lies between is computed again when it
 * is asked for. To append needs only the frontier.
 */
#pragma once

#include "base/bytes.h"
#include "base/status.h"

#define MERKLE_HASH_BYTES 32U
#define MERKLE_STRIDE 8U
/* Trees are smaller than 2^MERKLE_LEVELS; no proof is longer. */
#define MERKLE_LEVELS 62U
#define MERKLE_PATH_MAX 64U

struct merkle_hash {
    uint8_t bytes[MERKLE_HASH_BYTES];
};

/* A hash function with 32 bytes of result: SHA-256. */
typedef void (*merkle_digest_fn)(struct bytes bytes, struct merkle_hash *ret_hash);

/* The roots of the complete subtrees a tree consists of: peaks[level] counts where that bit of
 * `size` is set. All zero is the empty tree. */
struct merkle_frontier {
    uint64_t size;
    struct merkle_hash peaks[MERKLE_LEVELS];
};

/* Where the nodes are. Levels are multiples of MERKLE_STRIDE. */
struct merkle_store {
    merkle_digest_fn digest;
    void *user;
    /* Reads nodes (level, index) to (level, index + count - 1); count <= 2^(MERKLE_STRIDE - 1). Any
     * status but OK ends what was asked for and is its result. */
    enum status (*get)(void *user, uint32_t level, uint64_t index, uint32_t count,
                       struct merkle_hash *ret_hashes);
    /* A node of a level above 0 is complete; NULL when the tree is only read. */
    void (*put)(void *user, uint32_t level, uint64_t index, const struct merkle_hash *hash);
};

/* Appends a leaf: about one inner hash. */
void merkle_append(struct merkle_frontier *frontier, const struct merkle_store *store,
                   const struct merkle_hash *leaf);

/* The root of the whole tree. */
struct merkle_hash merkle_root(const struct merkle_frontier *frontier, merkle_digest_fn digest);

/* The root of the first `size` leaves, all of which are there. */
enum status merkle_root_of_first(const struct merkle_store *store, uint64_t size,
                                 struct merkle_hash *ret_root) MUST_USE;

/* Hashes in the order of RFC 9162: from the leaves up. */
struct merkle_path {
    struct merkle_hash hashes[MERKLE_PATH_MAX];
    uint32_t count;
};

/* The proof that leaf `entry` is in the tree of the first `size` leaves; entry < size. */
enum status merkle_prove_entry(const struct merkle_store *store, uint64_t entry, uint64_t size,
                               struct merkle_path *ret_path) MUST_USE;

/* The proof that the tree of the first `old_size` leaves is a beginning of that of the first
 * `size`; 0 < old_size <= size. */
enum status merkle_prove_growth(const struct merkle_store *store, uint64_t old_size, uint64_t size,
                                struct merkle_path *ret_path) MUST_USE;

/* A tree somebody vouches for. */
struct merkle_head {
    uint64_t size;
    struct merkle_hash root;
};

/* Whether the proof shows that `leaf` is entry number `entry` of the tree (section 2.1.3.2). */
bool merkle_has_entry(merkle_digest_fn digest, const struct merkle_head *head, uint64_t entry,
                      const struct merkle_hash *leaf, const struct merkle_path *path);

/* Whether the proof shows that `older` is a beginning of `head` (section 2.1.4.2). */
bool merkle_has_grown(merkle_digest_fn digest, const struct merkle_head *older,
                      const struct merkle_head *head, const struct merkle_path *path);
