/* SPDX-License-Identifier: Apache-2.0 */
/* A store of two tables that is asked the same on disk and in memory. */
#pragma once

#include "harness.h"

#include "folder.h"
#include "store/store.h"

enum { FIRST, SECOND, TABLES };

extern const char *const store_tables[TABLES];

struct rig {
    bool is_memory;
    char folder[FOLDER_PATH_BYTES];
    struct memory_disk *disk;
    struct store *store;
};

enum status rig_open_at(const struct rig *rig, const char *path, struct store **ret_store,
                        struct err *err);
void rig_reopen(struct rig *rig);
struct store_txn *begin(const struct rig *rig, bool is_write);

int open_on_disk(void **state);
int open_in_memory(void **state);
int close_rig(void **state);

#define ON_BOTH(test)                                                                              \
    {#test " on disk", test, open_on_disk, close_rig, NULL},                                       \
    {                                                                                              \
#test " in memory", test, open_in_memory, close_rig, NULL                                  \
    }
