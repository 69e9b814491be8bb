/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/text_input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536U

static enum status read_all(int fd, const char *path, size_t max, struct buf *out, struct err *err)
{
    size_t begin = out->len;
    for (;;) {
        size_t before = out->len;
        ssize_t len = read(fd, buf_extend(out, READ_BYTES), READ_BYTES);
        out->len = before + (len > 0 ? (size_t)len : 0);
        if (len < 0 && errno == EINTR) {
            continue;
        }
        if (len < 0) {
            return fail(err, STATUS_INVALID, "read '%s': %s", path, strerror(errno));
        }
        if (out->len - begin > max) {
            return fail(err, STATUS_INVALID, "'%s' is longer than %zu bytes", path, max);
        }
        if (len == 0) {
            return STATUS_OK;
        }
    }
}

enum status text_input_read(const char *path, size_t max, struct buf *out, struct err *err)
{
    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", max, out, err);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(err, STATUS_INVALID, "open '%s': %s", path, strerror(errno));
    }
    enum status st = read_all(fd, path, max, out, err);
    (void)close(fd);
    return st;
}
