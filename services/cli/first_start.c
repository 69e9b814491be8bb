/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/first_start.h"

#include "cli/register.h"
#include "log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const clock_words[] = {"real\n", "test\n"};

static enum status write_clock(const char *path, bool is_test_clock, struct err *err)
{
    const char *word = clock_words[is_test_clock];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_good =
        fd >= 0 && write(fd, word, strlen(word)) == (ssize_t)strlen(word) && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return is_good ? STATUS_OK : fail(err, STATUS_IO, "write '%s': %s", path, strerror(error));
}

enum status first_start_check_clock(const struct session *session, bool is_test_clock,
                                    struct err *err)
{
    char path[PATH_MAX];
    char word[8] = "";
    enum status st = session_path(session, "state/clock", path, err);
    if (st != STATUS_OK) {
        return st;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return write_clock(path, is_test_clock, err);
    }
    ssize_t len = read(fd, word, sizeof word - 1);
    (void)close(fd);
    if (len > 0 && strcmp(word, clock_words[!is_test_clock]) == 0) {
        return fail(err, STATUS_REFUSED,
                    "this instance was started with the %s clock before and keeps it; start it %s "
                    "--test-clock",
                    is_test_clock ? "real" : "test", is_test_clock ? "without" : "with");
    }
    return STATUS_OK;
}

struct first_file {
    const char *name; /* of the register, and of the file without its folder and ending */
    enum status (*import)(struct session *session, const char *path, json_t **ret_json,
                          struct err *err);
};

static enum status import_file(struct session *session, const struct first_file *file,
                               struct err *err)
{
    char inside[64];
    char path[PATH_MAX];
    json_t *result = NULL;
    (void)snprintf(inside, sizeof inside, "import/%s.csv", file->name);
    enum status st = session_path(session, inside, path, err);
    if (st != STATUS_OK || access(path, F_OK) != 0) {
        return st;
    }
    session->globals.person = "operator";
    session->is_logged = true;
    session->globals.has_request = false;
    st = file->import(session, path, &result, err);
    if (st != STATUS_OK) {
        size_t i;
        json_t *line;
        json_array_foreach(session->lines, i, line)
        {
            (void)json_dumpf(line, stderr, JSON_COMPACT);
            (void)fprintf(stderr, "\n");
        }
        return wrap(err, st, "import '%s'", path);
    }
    log_info("a first register was imported", LOG_WORD("register", bytes_of_string(file->name)),
             LOG_I64("rows", json_integer_value(json_object_get(result, "imported"))));
    json_decref(result);
    if (unlink(path) != 0) {
        return fail(err, STATUS_IO, "remove '%s': %s", path, strerror(errno));
    }
    return STATUS_OK;
}

enum status first_start_import(struct session *session, struct err *err)
{
    static const struct first_file files[] = {{"cadres", register_import_cadres},
                                              {"households", register_import_households}};
    char folder[PATH_MAX];
    enum status st = STATUS_OK;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && st == STATUS_OK; i++) {
        st = import_file(session, &files[i], err);
    }
    if (st == STATUS_OK) {
        st = session_path(session, "import", folder, err);
    }
    if (st == STATUS_OK) {
        (void)rmdir(folder); /* whatever else somebody put there stays */
    }
    return st;
}
