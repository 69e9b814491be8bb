/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to common/store: an ordered map of bytes to bytes whose copies cost nothing. Nodes are
 * counted by reference and shared between copies; a change makes its own only of the nodes on its
 * path (a treap, whose shape follows from the keys alone). Zero-initialised is empty. One thread.
 */
#pragma once

#include "store/driver.h"

struct tree_node;

struct tree {
    struct tree_node *root;
    uint64_t count;
    uint64_t bytes; /* of keys and values */
};

/* The same content, from here on independent; tree_done() each. */
struct tree tree_copy(const struct tree *tree);
void tree_done(struct tree *tree);

/* Views into the tree, alive until its next change. False: no such entry. */
bool tree_get(const struct tree *tree, struct bytes key, struct bytes *ret_value);
bool tree_find(const struct tree *tree, enum store_where where, struct bytes key,
               struct bytes *ret_key, struct bytes *ret_value);

/* `key` and `value` may point into this very tree. */
void tree_put(struct tree *tree, struct bytes key, struct bytes value);
void tree_remove(struct tree *tree, struct bytes key);
