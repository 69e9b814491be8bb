/* SPDX-License-Identifier: Apache-2.0 */
#include "redo_store.h"

#include "base/memory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const two_tables[2] = {"first", "second"};
static char folder[FOLDER_PATH_BYTES];

int make_folder(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

void path_of(const char *name, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

enum status open_store(const char *const *tables, bool is_read_only, struct store **ret_store,
                       struct err *err)
{
    struct store_options options = {.path = folder,
                                    .tables = tables,
                                    .table_count = 2,
                                    .map_bytes = UINT64_C(64) << 20,
                                    .is_read_only = is_read_only};
    return store_open_lmdb(&options, ret_store, err);
}

struct store *open_writer(void)
{
    struct err err;
    struct store *store = NULL;
    assert_ok(open_store(two_tables, false, &store, &err));
    return store;
}

enum status write_one(struct store *store, uint32_t n, size_t value_len, struct err *err)
{
    struct store_txn *txn = NULL;
    enum status st = store_begin(store, true, &txn, err);
    if (st != STATUS_OK) {
        return st;
    }
    uint8_t *value = memory_new(value_len + 1, 1);
    uint8_t key[4];
    memset(value, (int)('a' + n % 26), value_len);
    be32_store(key, n);
    (void)store_append(txn, 0, bytes_of(key, sizeof key), bytes_of(value, value_len));
    (void)store_put(txn, 1, BYTES("last"), bytes_of(key, sizeof key));
    if (n > 3) {
        be32_store(key, n - 3);
        (void)store_remove(txn, 0, bytes_of(key, sizeof key));
    }
    free(value);
    return store_commit(txn, err);
}

uint32_t read_last(struct store *store)
{
    struct err err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(store, false, &txn, &err));
    struct bytes value;
    uint32_t last = 0;
    if (store_get(txn, 1, BYTES("last"), &value) == STATUS_OK) {
        last = be32_load(value.p);
    }
    uint64_t count = 0;
    assert_status(store_count(txn, 0, &count), STATUS_OK);
    assert_int_equal(count, last < 3 ? last : 3);
    struct bytes key = {0};
    for (uint32_t n = last < 3 ? 1 : last - 2; n <= last; n++) {
        assert_status(store_next(txn, 0, key, &key, &value), STATUS_OK);
        assert_int_equal(be32_load(key.p), n);
        assert_true(value.len == 0 || value.p[value.len - 1] == 'a' + n % 26);
    }
    store_abort(txn);
    return last;
}

uint32_t reopen_and_read_last(void)
{
    struct store *store = open_writer();
    uint32_t last = read_last(store);
    store_close(store);
    return last;
}

void write_and_die(uint32_t first, uint32_t last, uint32_t settle_at, size_t value_len)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err;
        struct store *store = NULL;
        CHECK(open_store(two_tables, false, &store, &err) == STATUS_OK);
        for (uint32_t n = first; n <= last; n++) {
            CHECK(write_one(store, n, value_len, &err) == STATUS_OK);
            CHECK(n != settle_at || store_settle(store, &err) == STATUS_OK);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

struct kept keep(const char *name)
{
    char path[PATH_BYTES];
    struct stat file;
    path_of(name, path);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &file) == 0);
    struct kept kept = {memory_new((size_t)file.st_size + 1, 1), (size_t)file.st_size};
    assert_int_equal(read(fd, kept.p, kept.len), (ssize_t)kept.len);
    (void)close(fd);
    return kept;
}

void put_back(const char *name, const struct kept *kept, size_t len)
{
    char path[PATH_BYTES];
    path_of(name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, kept->p, len), (ssize_t)len);
    (void)close(fd);
}

void assert_opening_is_refused(const char *part_of_sentence)
{
    struct err err;
    struct store *store = NULL;
    assert_status(open_store(two_tables, false, &store, &err), STATUS_CORRUPT);
    assert_non_null(strstr(err.text, LOG));
    if (strstr(err.text, part_of_sentence) == NULL) {
        fail_msg("'%s' does not say '%s'", err.text, part_of_sentence);
    }
}

off_t log_size(void)
{
    char path[PATH_BYTES];
    struct stat file;
    path_of(LOG, path);
    assert_int_equal(stat(path, &file), 0);
    return file.st_size;
}
