/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/clock_page.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = {'l', 'i', 'a', 'n', 'h', 'u', 'T', '1'};

struct page {
    char magic[8];
    _Atomic int64_t us;
};

_Static_assert(sizeof(struct page) == 16, "the page is shared between programs");

struct clock_page {
    struct page *page;
    bool is_writer;
};

/* Under another name first, so that nobody ever sees half a page. */
static enum status write_new(const char *path, struct wall at, struct err *err)
{
    char temporary[4096];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof temporary) {
        return fail(err, STATUS_INVALID, "the path of the test clock is too long: '%s'", path);
    }
    struct page page = {.us = at.us};
    memcpy(page.magic, magic, sizeof magic);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(err, STATUS_IO, "make the test clock '%s': %s", temporary, strerror(errno));
    }
    bool is_written = write(fd, &page, sizeof page) == (ssize_t)sizeof page && fsync(fd) == 0;
    int error = errno;
    (void)close(fd);
    if (!is_written || rename(temporary, path) != 0) {
        return fail(err, STATUS_IO, "write the test clock '%s': %s", path,
                    strerror(is_written ? errno : error));
    }
    return STATUS_OK;
}

enum status clock_page_create(const char *path, struct wall at, struct clock_page **ret_page,
                              struct err *err)
{
    enum status st = clock_page_open(path, true, ret_page, err);
    if (st == STATUS_NOT_FOUND) {
        st = write_new(path, at, err);
        if (st == STATUS_OK) {
            st = clock_page_open(path, true, ret_page, err);
        }
    }
    if (st == STATUS_OK && clock_page_get(*ret_page).us < at.us) {
        clock_page_set(*ret_page, at);
    }
    return st;
}

static enum status map(int fd, const char *path, bool is_writer, struct page **ret_page,
                       struct err *err)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0 || stat.st_size != (off_t)sizeof(struct page)) {
        return fail(err, STATUS_CORRUPT, "'%s' is not a test clock: it has not 16 bytes", path);
    }
    int protection = is_writer ? PROT_READ | PROT_WRITE : PROT_READ;
    struct page *page = mmap(NULL, sizeof *page, protection, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        return fail(err, STATUS_IO, "map the test clock '%s': %s", path, strerror(errno));
    }
    if (memcmp(page->magic, magic, sizeof magic) != 0) {
        (void)munmap(page, sizeof *page);
        return fail(err, STATUS_CORRUPT, "'%s' is not a test clock of this version", path);
    }
    *ret_page = page;
    return STATUS_OK;
}

enum status clock_page_open(const char *path, bool is_writer, struct clock_page **ret_page,
                            struct err *err)
{
    int fd = open(path, (is_writer ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        return fail(err, STATUS_NOT_FOUND,
                    "there is no test clock '%s'; start the instance with 'lianhu up --test-clock "
                    "TIME'",
                    path);
    }
    if (fd < 0) {
        return fail(err, STATUS_IO, "open the test clock '%s': %s", path, strerror(errno));
    }
    struct clock_page *opened = memory_new(1, sizeof *opened);
    opened->is_writer = is_writer;
    enum status st = map(fd, path, is_writer, &opened->page, err);
    (void)close(fd);
    if (st != STATUS_OK) {
        free(opened);
        return st;
    }
    *ret_page = opened;
    return STATUS_OK;
}

void clock_page_close(struct clock_page *page)
{
    if (page == NULL) {
        return;
    }
    (void)munmap(page->page, sizeof *page->page);
    free(page);
}

struct wall clock_page_get(const struct clock_page *page)
{
    return (struct wall){atomic_load(&page->page->us)};
}

void clock_page_set(struct clock_page *page, struct wall at)
{
    CHECK(page->is_writer);
    atomic_store(&page->page->us, at.us);
}
