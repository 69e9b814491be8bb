/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tree.h"

#include "base/memory.h"

#include <stdlib.h>

/* A treap: by key a search tree, by priority a heap. The priority is a hash of the key, so a tree
 * of n keys is about 2 log2(n) deep whatever the order they came in. Everything here walks with a
 * pointer to the link it may have to change, so nothing recurses. */
struct tree_node {
    uint64_t refs;
    union {
        uint64_t priority;
        struct tree_node *next_dead; /* once refs is 0 */
    };
    struct tree_node *left;
    struct tree_node *right;
    size_t key_len;
    size_t value_len;
    uint8_t bytes[]; /* the key, then the value */
};

static struct bytes key_of(const struct tree_node *node)
{
    return bytes_of(node->bytes, node->key_len);
}

static struct bytes value_of(const struct tree_node *node)
{
    return bytes_of(node->bytes + node->key_len, node->value_len);
}

/* FNV-1a with the finaliser of splitmix64, which spreads what FNV leaves close together. */
static uint64_t priority_of(struct bytes key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ key.p[i]) * UINT64_C(0x100000001b3);
    }
    hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
    return hash ^ (hash >> 31);
}

static struct tree_node *node_new(struct bytes key, struct bytes value, uint64_t priority)
{
    struct tree_node *node = memory_new(1, sizeof *node + key.len + value.len);
    node->refs = 1;
    node->priority = priority;
    node->key_len = key.len;
    node->value_len = value.len;
    memcpy(node->bytes, key.p, key.len);
    if (value.len != 0) {
        memcpy(node->bytes + key.len, value.p, value.len);
    }
    return node;
}

static struct tree_node *share(struct tree_node *node)
{
    if (node != NULL) {
        node->refs++;
    }
    return node;
}

/* Lets go of one reference; what nobody holds then is put on the list of the dead. */
static void let_go(struct tree_node *node, struct tree_node **dead)
{
    if (node != NULL && --node->refs == 0) {
        node->next_dead = *dead;
        *dead = node;
    }
}

/* Lets go of one reference and frees all that only it held. */
static void release(struct tree_node *node)
{
    struct tree_node *dead = NULL;
    let_go(node, &dead);
    while (dead != NULL) {
        struct tree_node *gone = dead;
        dead = gone->next_dead;
        let_go(gone->left, &dead);
        let_go(gone->right, &dead);
        free(gone);
    }
}

/* Makes the node behind a link one that no other tree shares. The link's own holder must not be
 * shared either. */
static struct tree_node *own(struct tree_node **link)
{
    struct tree_node *node = *link;
    CHECK(node != NULL);
    if (node->refs > 1) {
        struct tree_node *copy = node_new(key_of(node), value_of(node), node->priority);
        copy->left = share(node->left);
        copy->right = share(node->right);
        node->refs--;
        *link = copy;
    }
    return *link;
}

/* Whether `a` belongs above `b` in the heap; keys decide between equal hashes. */
static bool is_above(const struct tree_node *a, const struct tree_node *b)
{
    return a->priority != b->priority ? a->priority > b->priority
                                      : bytes_compare(key_of(a), key_of(b)) < 0;
}

/* Takes `node` apart into what is below and what is above `key`, which is not in it. */
static void split(struct tree_node *node, struct bytes key, struct tree_node **low,
                  struct tree_node **high)
{
    while (node != NULL) {
        struct tree_node *mine = own(&node);
        if (bytes_compare(key_of(mine), key) < 0) {
            *low = mine;
            low = &mine->right;
            node = mine->right;
        } else {
            *high = mine;
            high = &mine->left;
            node = mine->left;
        }
    }
    *low = NULL;
    *high = NULL;
}

/* Puts two trees together at `link`; every key of `low` is below every key of `high`. */
static void join(struct tree_node *low, struct tree_node *high, struct tree_node **link)
{
    while (low != NULL && high != NULL) {
        if (is_above(low, high)) {
            *link = own(&low);
            link = &low->right;
            low = low->right;
        } else {
            *link = own(&high);
            link = &high->left;
            high = high->left;
        }
    }
    *link = low != NULL ? low : high;
}

struct tree tree_copy(const struct tree *tree)
{
    (void)share(tree->root);
    return *tree;
}

void tree_done(struct tree *tree)
{
    release(tree->root);
    *tree = (struct tree){0};
}

bool tree_get(const struct tree *tree, struct bytes key, struct bytes *ret_value)
{
    const struct tree_node *node = tree->root;
    while (node != NULL) {
        int order = bytes_compare(key, key_of(node));
        if (order == 0) {
            *ret_value = value_of(node);
            return true;
        }
        node = order < 0 ? node->left : node->right;
    }
    return false;
}

bool tree_find(const struct tree *tree, enum store_where where, struct bytes key,
               struct bytes *ret_key, struct bytes *ret_value)
{
    const struct tree_node *best = NULL;
    const struct tree_node *node = tree->root;
    while (node != NULL) {
        int order = bytes_compare(key_of(node), key);
        bool is_after = order > 0 || (order == 0 && where == STORE_AT_OR_AFTER);
        bool is_before = order < 0 || key.len == 0;
        if (where == STORE_BEFORE) {
            best = is_before ? node : best;
            node = is_before ? node->right : node->left;
        } else {
            best = is_after ? node : best;
            node = is_after ? node->left : node->right;
        }
    }
    if (best == NULL) {
        return false;
    }
    *ret_key = key_of(best);
    *ret_value = value_of(best);
    return true;
}

void tree_put(struct tree *tree, struct bytes key, struct bytes value)
{
    struct tree_node *fresh = node_new(key, value, priority_of(key));
    struct tree_node **link = &tree->root;
    key = key_of(fresh);
    while (*link != NULL && is_above(*link, fresh)) {
        struct tree_node *node = own(link);
        link = bytes_compare(key, key_of(node)) < 0 ? &node->left : &node->right;
    }
    if (*link != NULL && bytes_equal(key_of(*link), key)) {
        struct tree_node *old = *link;
        fresh->left = share(old->left);
        fresh->right = share(old->right);
        tree->bytes -= old->value_len;
        release(old);
    } else {
        split(*link, key, &fresh->left, &fresh->right);
        tree->bytes += key.len;
        tree->count++;
    }
    tree->bytes += fresh->value_len;
    *link = fresh;
}

void tree_remove(struct tree *tree, struct bytes key)
{
    struct bytes value;
    if (!tree_get(tree, key, &value)) {
        return;
    }
    struct tree_node **link = &tree->root;
    struct tree_node *node = own(link);
    for (int order; (order = bytes_compare(key, key_of(node))) != 0; node = own(link)) {
        link = order < 0 ? &node->left : &node->right;
    }
    tree->bytes -= node->key_len + node->value_len;
    tree->count--;
    join(node->left, node->right, link);
    node->left = NULL;
    node->right = NULL;
    release(node);
}
