/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/snapshot.h"

#include "cli/text_input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

static enum status sync_path(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int error = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return fail(err, STATUS_IO, "write '%s' to disk: %s", path, strerror(error));
    }
    (void)close(fd);
    return STATUS_OK;
}

static enum status write_file(const char *path, struct bytes content, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail(err, STATUS_IO, "make '%s': %s", path, strerror(errno));
    }
    bool is_good = true;
    for (size_t at = 0; is_good && at < content.len;) {
        ssize_t len = write(fd, content.p + at, content.len - at);
        is_good = len > 0;
        at += len > 0 ? (size_t)len : 0;
    }
    is_good = is_good && fsync(fd) == 0;
    int error = errno;
    (void)close(fd);
    return is_good ? STATUS_OK : fail(err, STATUS_IO, "write '%s': %s", path, strerror(error));
}

enum status snapshot_copy_file(const char *from, const char *to, struct err *err)
{
    struct buf content = {0};
    enum status st = text_input_read(from, FILE_MAX_BYTES, &content, err);
    if (st == STATUS_OK) {
        st = write_file(to, buf_bytes(&content), err);
    }
    buf_done(&content);
    return st;
}

static bool ends_in_yaml(const char *name)
{
    size_t len = strlen(name);
    return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

static enum status join(const char *folder, const char *name, char path[PATH_MAX], struct err *err)
{
    int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return len >= 0 && len < PATH_MAX
               ? STATUS_OK
               : fail(err, STATUS_REFUSED, "the path of '%s' is too long", name);
}

static enum status copy_files(DIR *dir, const char *from, const char *to, struct err *err)
{
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        char source[PATH_MAX];
        char target[PATH_MAX];
        if (!ends_in_yaml(entry->d_name)) {
            continue;
        }
        enum status st = join(from, entry->d_name, source, err);
        st = st == STATUS_OK ? join(to, entry->d_name, target, err) : st;
        st = st == STATUS_OK ? snapshot_copy_file(source, target, err) : st;
        if (st != STATUS_OK) {
            return st;
        }
    }
    return STATUS_OK;
}

static enum status copy_folder(const char *from, const char *to, struct err *err)
{
    DIR *dir = opendir(from);
    if (dir == NULL) {
        return fail(err, STATUS_IO, "open '%s': %s", from, strerror(errno));
    }
    enum status st = STATUS_OK;
    if (mkdir(to, 0700) != 0) {
        st = fail(err, STATUS_IO, "make '%s': %s", to, strerror(errno));
    }
    st = st == STATUS_OK ? copy_files(dir, from, to, err) : st;
    (void)closedir(dir);
    return st == STATUS_OK ? sync_path(to, err) : st;
}

enum status snapshot_copy(const char *from, const char *to, struct err *err)
{
    static const char *const folders[] = {"calendar", "texts"};
    enum status st = copy_folder(from, to, err);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char source[PATH_MAX];
        char target[PATH_MAX];
        st = st == STATUS_OK ? join(from, folders[i], source, err) : st;
        st = st == STATUS_OK ? join(to, folders[i], target, err) : st;
        if (st == STATUS_OK && access(source, F_OK) == 0) {
            st = copy_folder(source, target, err);
        }
    }
    return st;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
    (void)stat;
    (void)kind;
    (void)place;
    return remove(path);
}

void snapshot_remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static enum status make_folder(const struct session *session, const char *name, struct err *err)
{
    char path[PATH_MAX];
    enum status st = session_path(session, name, path, err);
    if (st == STATUS_OK && mkdir(path, 0700) != 0 && errno != EEXIST) {
        return fail(err, STATUS_IO, "make '%s': %s", path, strerror(errno));
    }
    return st;
}

static enum status path_of(const struct session *session, const char *name, char path[PATH_MAX],
                           struct err *err)
{
    char inner[CONFIG_HASH_TEXT_BYTES + 32];
    (void)snprintf(inner, sizeof inner, "state/config/%s", name);
    return session_path(session, inner, path, err);
}

enum status snapshot_make(const struct session *session, const struct config *config,
                          char dir[PATH_MAX], struct err *err)
{
    char hash[CONFIG_HASH_TEXT_BYTES];
    char half[PATH_MAX];
    config_hash_format(config, hash);
    enum status st = make_folder(session, "state", err);
    st = st == STATUS_OK ? make_folder(session, "state/config", err) : st;
    st = st == STATUS_OK ? path_of(session, hash, dir, err) : st;
    st = st == STATUS_OK ? path_of(session, "half", half, err) : st;
    if (st != STATUS_OK || access(dir, F_OK) == 0) {
        return st;
    }
    /* Under another name until it is whole. */
    snapshot_remove_tree(half);
    st = snapshot_copy(config->dir, half, err);
    if (st == STATUS_OK && rename(half, dir) != 0) {
        st = fail(err, STATUS_IO, "make '%s': %s", dir, strerror(errno));
    }
    return st;
}

enum status snapshot_adopt(const struct session *session, const struct config *config,
                           struct err *err)
{
    char hash[CONFIG_HASH_TEXT_BYTES];
    char link[PATH_MAX];
    char next[PATH_MAX];
    char folder[PATH_MAX];
    config_hash_format(config, hash);
    enum status st = path_of(session, "current", link, err);
    st = st == STATUS_OK ? path_of(session, "next", next, err) : st;
    st = st == STATUS_OK ? session_path(session, "state/config", folder, err) : st;
    if (st != STATUS_OK) {
        return st;
    }
    (void)unlink(next);
    if (symlink(hash, next) != 0 || rename(next, link) != 0) {
        return fail(err, STATUS_IO, "point '%s' to the configuration: %s", link, strerror(errno));
    }
    return sync_path(folder, err);
}
