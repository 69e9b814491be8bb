/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "base/memory.h"

const char *const store_tables[TABLES] = {[FIRST] = "first", [SECOND] = "second"};

enum status rig_open_at(const struct rig *rig, const char *path, struct store **ret_store,
                        struct err *err)
{
    struct store_options options = {.path = path,
                                    .tables = store_tables,
                                    .table_count = TABLES,
                                    .map_bytes = UINT64_C(64) << 20};
    return rig->is_memory ? store_open_memory(rig->disk, &options, ret_store, err)
                          : store_open_lmdb(&options, ret_store, err);
}

void rig_reopen(struct rig *rig)
{
    struct err err;
    store_close(rig->store);
    rig->store = NULL;
    assert_ok(rig_open_at(rig, rig->folder, &rig->store, &err));
}

static int open_rig(void **state, bool is_memory)
{
    struct rig *rig = memory_new(1, sizeof *rig);
    rig->is_memory = is_memory;
    folder_make(rig->folder);
    rig->disk = memory_disk_open();
    rig_reopen(rig);
    *state = rig;
    return 0;
}

int open_on_disk(void **state)
{
    return open_rig(state, false);
}

int open_in_memory(void **state)
{
    return open_rig(state, true);
}

int close_rig(void **state)
{
    struct rig *rig = *state;
    store_close(rig->store);
    memory_disk_close(rig->disk);
    folder_remove(rig->folder);
    free(rig);
    return 0;
}

struct store_txn *begin(const struct rig *rig, bool is_write)
{
    struct err err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(rig->store, is_write, &txn, &err));
    return txn;
}
