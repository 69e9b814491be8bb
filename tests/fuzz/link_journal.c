/* SPDX-License-Identifier: Apache-2.0 */
#include "link_moves.h"

#include "base/memory.h"

#include <stdlib.h>

struct link_journal *link_journal_open(uint32_t count)
{
    static const char *const names[] = {"journal"};
    struct err err;
    struct store_options options = {.tables = names, .table_count = 1, .map_bytes = 1U << 20};
    struct memory_disk *disk = memory_disk_open();
    struct store *store;
    struct store_txn *txn;
    struct buf scratch = {0};
    struct link_journal *made = memory_new(1, sizeof(*made));
    made->records = memory_new(count, sizeof(*made->records));
    CHECK(store_open_memory(disk, &options, &store, &err) == STATUS_OK);
    CHECK(store_begin(store, true, &txn, &err) == STATUS_OK);
    CHECK(journal_open(&made->journal, txn, 0, &err) == STATUS_OK);
    made->journal.id = (struct id){{1}};
    made->journal.epoch = 2;
    for (uint32_t i = 0; i < count; i++) {
        struct record record = {
            .flags = i % 4 == 3 ? RECORD_LOCAL : 0,
            .topic = i % 2 == 0 ? BYTES("water") : BYTES("roads"),
            .open = BYTES("something that was decided"),
        };
        CHECK(journal_append(&made->journal, txn, &record, &scratch, &err) == STATUS_OK);
        buf_append_bytes(&made->records[i], record.raw);
    }
    store_abort(txn);
    store_close(store);
    memory_disk_close(disk);
    buf_done(&scratch);
    return made;
}

void link_journal_close(struct link_journal *journal)
{
    for (uint64_t i = 0; i < journal->journal.head; i++) {
        buf_done(&journal->records[i]);
    }
    free(journal->records);
    free(journal);
}
