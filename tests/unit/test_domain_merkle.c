/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/buf.h"
#include "domain/merkle.h"

#include <sodium.h>

/* A tree that keeps what the service would: leaves and every eighth level. */
#define LEAVES_MAX 70000U
struct tree {
    struct merkle_frontier frontier;
    struct merkle_store store;
    struct merkle_hash *leaves;
    struct buf nodes[MERKLE_LEVELS / MERKLE_STRIDE + 1];
    uint32_t reads;
    uint32_t fail_after; /* 0: never */
};

static void sha256(struct bytes bytes, struct merkle_hash *ret_hash)
{
    (void)crypto_hash_sha256(ret_hash->bytes, bytes.p, bytes.len);
}

static enum status get_nodes(void *user, uint32_t level, uint64_t index, uint32_t count,
                             struct merkle_hash *ret_hashes)
{
    struct tree *tree = user;
    assert_int_equal(level % MERKLE_STRIDE, 0);
    assert_in_range(count, 1, 1U << (MERKLE_STRIDE - 1));
    if (tree->fail_after != 0 && --tree->fail_after == 0) {
        return STATUS_CORRUPT;
    }
    tree->reads += count;
    const struct buf *nodes = &tree->nodes[level / MERKLE_STRIDE];
    assert_true(nodes->len >= (index + count) * MERKLE_HASH_BYTES);
    memcpy(ret_hashes, nodes->p + index * MERKLE_HASH_BYTES, count * MERKLE_HASH_BYTES);
    return STATUS_OK;
}

static void put_node(void *user, uint32_t level, uint64_t index, const struct merkle_hash *hash)
{
    struct tree *tree = user;
    assert_true(level > 0 && level % MERKLE_STRIDE == 0);
    struct buf *nodes = &tree->nodes[level / MERKLE_STRIDE];
    assert_int_equal(nodes->len, index * MERKLE_HASH_BYTES);
    buf_append(nodes, hash->bytes, MERKLE_HASH_BYTES);
}

static void tree_init(struct tree *tree)
{
    *tree = (struct tree){.store = {.digest = sha256, .get = get_nodes, .put = put_node}};
    tree->store.user = tree;
}

static void tree_done(struct tree *tree)
{
    for (size_t i = 0; i < sizeof tree->nodes / sizeof tree->nodes[0]; i++) {
        buf_done(&tree->nodes[i]);
    }
}

static void append_leaf(struct tree *tree, struct merkle_hash leaf)
{
    buf_append(&tree->nodes[0], leaf.bytes, MERKLE_HASH_BYTES);
    merkle_append(&tree->frontier, &tree->store, &leaf);
    tree->leaves = (struct merkle_hash *)(void *)tree->nodes[0].p;
}

static struct merkle_hash leaf_of(struct bytes entry)
{
    uint8_t input[64] = {0x00};
    struct merkle_hash leaf;
    assert_true(entry.len < sizeof input);
    if (entry.len > 0) {
        memcpy(input + 1, entry.p, entry.len);
    }
    sha256(bytes_of(input, 1 + entry.len), &leaf);
    return leaf;
}

static void append_numbers(struct tree *tree, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        append_leaf(tree, leaf_of(bytes_of(&i, sizeof i)));
    }
}

/* The definitions of RFC 9162 as they stand there, by recursion over all leaves. */

static struct merkle_hash naive_node(const struct merkle_hash *left,
                                     const struct merkle_hash *right)
{
    uint8_t input[65] = {0x01};
    struct merkle_hash node;
    memcpy(input + 1, left, 32);
    memcpy(input + 33, right, 32);
    sha256(bytes_of(input, sizeof input), &node);
    return node;
}

static uint64_t naive_split(uint64_t n)
{
    uint64_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    return k;
}

static struct merkle_hash naive_root(const struct merkle_hash *leaves, uint64_t n)
{
    struct merkle_hash root;
    if (n == 0) {
        sha256((struct bytes){0}, &root);
        return root;
    }
    if (n == 1) {
        return leaves[0];
    }
    uint64_t k = naive_split(n);
    struct merkle_hash left = naive_root(leaves, k);
    struct merkle_hash right = naive_root(leaves + k, n - k);
    return naive_node(&left, &right);
}

static void naive_path(const struct merkle_hash *leaves, uint64_t m, uint64_t n,
                       struct merkle_path *path)
{
    if (n == 1) {
        return;
    }
    uint64_t k = naive_split(n);
    if (m < k) {
        naive_path(leaves, m, k, path);
        path->hashes[path->count++] = naive_root(leaves + k, n - k);
    } else {
        naive_path(leaves + k, m - k, n - k, path);
        path->hashes[path->count++] = naive_root(leaves, k);
    }
}

static void naive_proof(const struct merkle_hash *leaves, uint64_t m, uint64_t n, bool is_known,
                        struct merkle_path *path)
{
    if (m == n) {
        if (!is_known) {
            path->hashes[path->count++] = naive_root(leaves, n);
        }
        return;
    }
    uint64_t k = naive_split(n);
    if (m <= k) {
        naive_proof(leaves, m, k, is_known, path);
        path->hashes[path->count++] = naive_root(leaves + k, n - k);
    } else {
        naive_proof(leaves + k, m - k, n - k, false, path);
        path->hashes[path->count++] = naive_root(leaves, k);
    }
}

static void assert_hash_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    assert_memory_equal(a->bytes, b->bytes, MERKLE_HASH_BYTES);
}

static void assert_path_equal(const struct merkle_path *a, const struct merkle_path *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->hashes, b->hashes, a->count * MERKLE_HASH_BYTES);
}

static struct merkle_head head_of(struct tree *tree, uint64_t size)
{
    struct merkle_head head = {.size = size};
    assert_int_equal(merkle_root_of_first(&tree->store, size, &head.root), STATUS_OK);
    return head;
}

/* The entries and roots of the reference implementation of RFC 6962. */
static const struct {
    const char *entry;
    const char *root;
} reference[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};
#define REFERENCE_COUNT (sizeof reference / sizeof reference[0])

static void append_reference(struct tree *tree, size_t index)
{
    uint8_t entry[16];
    size_t len = 0;
    const char *hex = reference[index].entry;
    assert_int_equal(sodium_hex2bin(entry, sizeof entry, hex, strlen(hex), NULL, &len, NULL), 0);
    append_leaf(tree, leaf_of(bytes_of(entry, len)));
}

static void assert_hex(const struct merkle_hash *hash, const char *hex)
{
    char text[65];
    (void)sodium_bin2hex(text, sizeof text, hash->bytes, sizeof hash->bytes);
    assert_string_equal(text, hex);
}

static void the_empty_tree_has_the_hash_of_nothing(void **state)
{
    (void)state;
    struct tree tree;
    tree_init(&tree);

    struct merkle_hash root = merkle_root(&tree.frontier, sha256);

    assert_hex(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct merkle_head head = head_of(&tree, 0);
    assert_hash_equal(&head.root, &root);
}

static void the_reference_entries_have_their_roots(void **state)
{
    (void)state;
    struct tree tree;
    tree_init(&tree);
    for (size_t i = 0; i < REFERENCE_COUNT; i++) {
        append_reference(&tree, i);
        struct merkle_hash root = merkle_root(&tree.frontier, sha256);
        assert_hex(&root, reference[i].root);
    }
    tree_done(&tree);
}

static void the_reference_entries_have_their_proofs(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_path path;
    tree_init(&tree);
    for (size_t i = 0; i < REFERENCE_COUNT; i++) {
        append_reference(&tree, i);
    }

    assert_int_equal(merkle_prove_entry(&tree.store, 0, 8, &path), STATUS_OK);
    assert_int_equal(path.count, 3);
    assert_hex(&path.hashes[0], "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
    assert_hex(&path.hashes[1], "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
    assert_hex(&path.hashes[2], "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");

    assert_int_equal(merkle_prove_growth(&tree.store, 6, 8, &path), STATUS_OK);
    assert_int_equal(path.count, 3);
    assert_hex(&path.hashes[0], "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
    assert_hex(&path.hashes[1], "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
    assert_hex(&path.hashes[2], "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
    tree_done(&tree);
}

static void every_tree_up_to_200_agrees_with_the_definitions(void **state)
{
    (void)state;
    struct tree tree;
    tree_init(&tree);
    for (uint64_t n = 1; n <= 200; n++) {
        append_leaf(&tree, leaf_of(bytes_of(&n, sizeof n)));
        struct merkle_head head = {n, merkle_root(&tree.frontier, sha256)};
        struct merkle_hash expected = naive_root(tree.leaves, n);
        assert_hash_equal(&head.root, &expected);
        for (uint64_t m = 0; m < n; m++) {
            struct merkle_path path;
            struct merkle_path naive = {.count = 0};
            assert_int_equal(merkle_prove_entry(&tree.store, m, n, &path), STATUS_OK);
            naive_path(tree.leaves, m, n, &naive);
            assert_path_equal(&path, &naive);
            assert_true(merkle_has_entry(sha256, &head, m, &tree.leaves[m], &path));

            struct merkle_head older = head_of(&tree, m + 1);
            naive.count = 0;
            assert_int_equal(merkle_prove_growth(&tree.store, m + 1, n, &path), STATUS_OK);
            naive_proof(tree.leaves, m + 1, n, true, &naive);
            assert_path_equal(&path, &naive);
            assert_true(merkle_has_grown(sha256, &older, &head, &path));
        }
    }
    tree_done(&tree);
}

static void random_large_trees_agree_with_the_definitions(void **state)
{
    (void)state;
    struct tree tree;
    struct dice dice = dice_open(9162);
    tree_init(&tree);
    append_numbers(&tree, LEAVES_MAX);
    struct merkle_hash whole = merkle_root(&tree.frontier, sha256);
    struct merkle_hash expected = naive_root(tree.leaves, LEAVES_MAX);
    assert_hash_equal(&whole, &expected);
    for (int i = 0; i < 6; i++) {
        uint64_t n = 1 + dice_below(&dice, LEAVES_MAX);
        uint64_t m = dice_below(&dice, n);
        struct merkle_path path;
        struct merkle_path naive = {.count = 0};
        struct merkle_head head = head_of(&tree, n);
        expected = naive_root(tree.leaves, n);
        assert_hash_equal(&head.root, &expected);
        assert_int_equal(merkle_prove_entry(&tree.store, m, n, &path), STATUS_OK);
        naive_path(tree.leaves, m, n, &naive);
        assert_path_equal(&path, &naive);
        naive.count = 0;
        assert_int_equal(merkle_prove_growth(&tree.store, m + 1, n, &path), STATUS_OK);
        naive_proof(tree.leaves, m + 1, n, true, &naive);
        assert_path_equal(&path, &naive);
    }
    tree_done(&tree);
}

static void a_proof_reads_at_most_a_stride_of_nodes_for_each_stored_level(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_path path;
    tree_init(&tree);
    append_numbers(&tree, LEAVES_MAX);
    tree.reads = 0;

    assert_int_equal(merkle_prove_entry(&tree.store, 12345, 65536, &path), STATUS_OK);

    assert_int_equal(path.count, 16);
    assert_int_equal(tree.reads, 2 * 255);
    assert_int_equal(tree.nodes[1].len / MERKLE_HASH_BYTES, LEAVES_MAX / 256);
    assert_int_equal(tree.nodes[2].len / MERKLE_HASH_BYTES, LEAVES_MAX / 65536);
    tree_done(&tree);
}

/* Every way of spoiling one proof of an entry. */
static void assert_entry_needs_all(struct tree *tree, const struct merkle_head *head,
                                   uint64_t entry)
{
    struct merkle_path good;
    assert_int_equal(merkle_prove_entry(&tree->store, entry, head->size, &good), STATUS_OK);
    struct merkle_hash leaf = tree->leaves[entry];
    for (uint32_t i = 0; i < good.count; i++) {
        struct merkle_path bad = good;
        bad.hashes[i].bytes[i % 32] ^= 1;
        assert_false(merkle_has_entry(sha256, head, entry, &leaf, &bad));
    }
    struct merkle_path shorter = good;
    struct merkle_path longer = good;
    shorter.count--;
    longer.count++;
    assert_false(merkle_has_entry(sha256, head, entry, &leaf, &longer));
    assert_true(good.count == 0 || !merkle_has_entry(sha256, head, entry, &leaf, &shorter));
    assert_false(merkle_has_entry(sha256, head, head->size, &leaf, &good));
    leaf.bytes[31] ^= 0x80;
    assert_false(merkle_has_entry(sha256, head, entry, &leaf, &good));
    for (uint64_t other = 0; other < head->size; other++) {
        assert_true(other == entry ||
                    !merkle_has_entry(sha256, head, other, &tree->leaves[entry], &good));
    }
}

static void assert_growth_needs_all(struct tree *tree, const struct merkle_head *head,
                                    uint64_t old_size)
{
    struct merkle_path good;
    struct merkle_head older = head_of(tree, old_size);
    assert_int_equal(merkle_prove_growth(&tree->store, old_size, head->size, &good), STATUS_OK);
    for (uint32_t i = 0; i < good.count; i++) {
        struct merkle_path bad = good;
        bad.hashes[i].bytes[i % 32] ^= 1;
        assert_false(merkle_has_grown(sha256, &older, head, &bad));
    }
    struct merkle_path longer = good;
    longer.count++;
    assert_false(merkle_has_grown(sha256, &older, head, &longer));
    older.root.bytes[0] ^= 1;
    assert_false(merkle_has_grown(sha256, &older, head, &good));
    older.root.bytes[0] ^= 1;
    struct merkle_head other = *head;
    other.root.bytes[5] ^= 1;
    assert_false(merkle_has_grown(sha256, &older, &other, &good));
}

static void spoilt_proofs_prove_nothing(void **state)
{
    (void)state;
    struct tree tree;
    tree_init(&tree);
    for (uint64_t n = 1; n <= 40; n++) {
        append_leaf(&tree, leaf_of(bytes_of(&n, sizeof n)));
        struct merkle_head head = {n, merkle_root(&tree.frontier, sha256)};
        for (uint64_t m = 0; m < n; m++) {
            assert_entry_needs_all(&tree, &head, m);
            assert_growth_needs_all(&tree, &head, m + 1);
        }
    }
    tree_done(&tree);
}

static void an_older_tree_must_be_older_and_not_empty(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_path path = {.count = 0};
    tree_init(&tree);
    append_numbers(&tree, 3);
    struct merkle_head head = head_of(&tree, 3);
    struct merkle_head two = head_of(&tree, 2);
    struct merkle_head none = head_of(&tree, 0);

    assert_false(merkle_has_grown(sha256, &none, &head, &path));
    assert_false(merkle_has_grown(sha256, &head, &two, &path));
    assert_false(merkle_has_grown(sha256, &two, &head, &path));
    assert_true(merkle_has_grown(sha256, &head, &head, &path));
    tree_done(&tree);
}

static void a_node_that_cannot_be_read_ends_the_proof(void **state)
{
    (void)state;
    struct tree tree;
    struct merkle_path path;
    struct merkle_hash root;
    tree_init(&tree);
    append_numbers(&tree, 200);
    for (uint32_t i = 1; i <= 3; i++) {
        tree.fail_after = i;
        assert_int_equal(merkle_prove_entry(&tree.store, 7, 200, &path), STATUS_CORRUPT);
        tree.fail_after = i;
        assert_int_equal(merkle_prove_growth(&tree.store, 7, 200, &path), STATUS_CORRUPT);
        tree.fail_after = i;
        assert_int_equal(merkle_root_of_first(&tree.store, 199, &root), STATUS_CORRUPT);
    }
    tree_done(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_tree_has_the_hash_of_nothing),
        cmocka_unit_test(the_reference_entries_have_their_roots),
        cmocka_unit_test(the_reference_entries_have_their_proofs),
        cmocka_unit_test(every_tree_up_to_200_agrees_with_the_definitions),
        cmocka_unit_test(random_large_trees_agree_with_the_definitions),
        cmocka_unit_test(a_proof_reads_at_most_a_stride_of_nodes_for_each_stored_level),
        cmocka_unit_test(spoilt_proofs_prove_nothing),
        cmocka_unit_test(an_older_tree_must_be_older_and_not_empty),
        cmocka_unit_test(a_node_that_cannot_be_read_ends_the_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
