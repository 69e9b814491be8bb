/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/up_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lock belongs to the open file and so to this process alone: what it starts gets it with no
 * file open. */
static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

enum status up_lock_take(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(err, STATUS_IO, "open '%s': %s", path, strerror(errno));
    }
    struct flock lock = whole_file();
    if (fcntl(fd, F_OFD_SETLK, &lock) != 0) {
        (void)close(fd);
        return fail(err, STATUS_REFUSED,
                    "this instance is already running (process %ld); 'lianhu down' ends it",
                    (long)up_lock_find_owner(path));
    }
    char text[32];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        (void)close(fd);
        return fail(err, STATUS_IO, "write '%s': %s", path, strerror(errno));
    }
    /* Stays open: the lock lasts as long as this process. */
    return STATUS_OK;
}

bool up_lock_is_held(const char *path)
{
    return up_lock_find_owner(path) != 0;
}

pid_t up_lock_find_owner(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    struct flock lock = whole_file();
    bool is_held = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    char text[32];
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    (void)close(fd);
    if (!is_held) {
        return 0;
    }
    text[len > 0 ? len : 0] = '\0';
    long pid = strtol(text, NULL, 10);
    /* Between taking the lock and writing the number there is nothing to read yet. */
    return pid > 1 ? (pid_t)pid : (pid_t)-1;
}
