/* SPDX-License-Identifier: Apache-2.0 */
/* A store with a redo log in a folder of its own: a writer that ends without closing anything, and
 * its files taken and put back. */
#pragma once

#include "harness.h"

#include "base/endian.h"
#include "folder.h"
#include "store/store.h"

#include <string.h>
#include <sys/types.h>

#define BLOCK_BYTES 4096U
#define PATH_BYTES (FOLDER_PATH_BYTES + 32)
#define DATA "data.mdb"
#define LOG "redo.log"

extern const char *const two_tables[2];

void path_of(const char *name, char path[PATH_BYTES]);
off_t log_size(void);

enum status open_store(const char *const *tables, bool is_read_only, struct store **ret_store,
                       struct err *err);
struct store *open_writer(void);

/* Commit number `n` says so under "last", keeps a row of its own, and removes the row of n - 3. */
enum status write_one(struct store *store, uint32_t n, size_t value_len, struct err *err);
/* The last commit that is there, 0 for none; everything must be as it was right after it. */
uint32_t read_last(struct store *store);
uint32_t reopen_and_read_last(void);

/* A process that writes commits `first` to `last` and then ends without closing anything, as one
 * that is killed. After `settle_at` it settles. */
void write_and_die(uint32_t first, uint32_t last, uint32_t settle_at, size_t value_len);

/* A whole file in memory, and back. */
struct kept {
    uint8_t *p;
    size_t len;
};
struct kept keep(const char *name);
void put_back(const char *name, const struct kept *kept, size_t len);

void assert_opening_is_refused(const char *part_of_sentence);

int make_folder(void **state);
int remove_folder(void **state);
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
