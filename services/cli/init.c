/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/init.h"

#include "cli/snapshot.h"
#include "cli/text_input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < PATH_MAX && access(path, R_OK) == 0;
}

/* `inside` relative to the folder of this program. */
static bool find_beside(const char *inside, char path[PATH_MAX])
{
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    char *slash = len <= 0 ? NULL : memrchr(program, '/', (size_t)len);
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return snprintf(path, PATH_MAX, "%s/%s", program, inside) < PATH_MAX;
}

enum status init_find_example(const char *name, char path[PATH_MAX], struct err *err)
{
    /* An installed program's, and in a tree of sources what was made there, then what is in it. */
    static const char *const beside[] = {"../share/lianhu/example/config",
                                         "../share/lianhu/example", "../example"};
    const char *given = getenv("LIANHU_EXAMPLE");
    if (given != NULL && is_there(given, name)) {
        (void)snprintf(path, PATH_MAX, "%s", given);
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        if (find_beside(beside[i], path) && is_there(path, name)) {
            return STATUS_OK;
        }
    }
    if (is_there(LIANHU_EXAMPLE_DIR, name)) {
        (void)snprintf(path, PATH_MAX, "%s", LIANHU_EXAMPLE_DIR);
        return STATUS_OK;
    }
    return fail(err, STATUS_NOT_FOUND,
                "the shipped example ('%s') is not found; say where it is with $LIANHU_EXAMPLE",
                name);
}

/* Makes the folder, or takes an empty one. */
static enum status take_folder(const char *path, struct err *err)
{
    if (mkdir(path, 0700) == 0) {
        return STATUS_OK;
    }
    DIR *dir = errno == EEXIST ? opendir(path) : NULL;
    if (dir == NULL) {
        return fail_field(err, STATUS_INVALID, "dir", "make '%s': %s", path, strerror(errno));
    }
    const struct dirent *entry;
    bool is_empty = true;
    while ((entry = readdir(dir)) != NULL) {
        is_empty =
            is_empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    (void)closedir(dir);
    return is_empty ? STATUS_OK
                    : fail_field(err, STATUS_REFUSED, "dir",
                                 "'%s' is not empty; an instance needs a folder of its own", path);
}

static enum status make_folder(const struct session *session, const char *name, struct err *err)
{
    char path[PATH_MAX];
    enum status st = session_path(session, name, path, err);
    if (st == STATUS_OK && mkdir(path, 0700) != 0) {
        return fail(err, STATUS_IO, "make '%s': %s", path, strerror(errno));
    }
    return st;
}

static enum status copy_config(const struct session *session, struct err *err)
{
    char example[PATH_MAX];
    char config[PATH_MAX];
    enum status st = init_find_example("org.yaml", example, err);
    if (st == STATUS_OK) {
        st = session_path(session, "config", config, err);
    }
    return st == STATUS_OK ? snapshot_copy(example, config, err) : st;
}

/* Left in import/, which the first `up` takes into the registers. */
static enum status copy_register(const struct session *session, const char *name, struct err *err)
{
    char example[PATH_MAX];
    char from[PATH_MAX];
    char inside[64];
    char to[PATH_MAX];
    (void)snprintf(inside, sizeof inside, "import/%s", name);
    enum status st = init_find_example(name, example, err);
    if (st == STATUS_OK) {
        st = session_path(session, inside, to, err);
    }
    if (st == STATUS_OK && snprintf(from, sizeof from, "%s/%s", example, name) >= PATH_MAX) {
        st = fail(err, STATUS_REFUSED, "the path of the example is too long");
    }
    return st == STATUS_OK ? snapshot_copy_file(from, to, err) : st;
}

static enum status make_instance(const struct session *session, bool is_example, struct err *err)
{
    enum status st = copy_config(session, err);
    st = st == STATUS_OK ? make_folder(session, "state", err) : st;
    st = st == STATUS_OK ? make_folder(session, "run", err) : st;
    if (!is_example) {
        return st;
    }
    st = st == STATUS_OK ? make_folder(session, "import", err) : st;
    st = st == STATUS_OK ? copy_register(session, "cadres.csv", err) : st;
    return st == STATUS_OK ? copy_register(session, "households.csv", err) : st;
}

/* So that the same command can be given again. */
static void unmake_instance(const struct session *session)
{
    static const char *const names[] = {"config", "state", "run", "import"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        struct err err;
        if (session_path(session, names[i], path, &err) == STATUS_OK) {
            snapshot_remove_tree(path);
        }
    }
}

enum status init_run(struct session *session, const struct args *args, json_t **ret_json,
                     struct err *err)
{
    const char *dir = args_find_string(args, "dir");
    enum status st = take_folder(dir, err);
    if (st != STATUS_OK) {
        return st;
    }
    if (realpath(dir, session->home) == NULL) {
        return fail(err, STATUS_IO, "the instance '%s': %s", dir, strerror(errno));
    }
    st = make_instance(session, args_has(args, "example"), err);
    if (st != STATUS_OK) {
        unmake_instance(session);
        return st;
    }
    *ret_json = json_pack("{s:s}", "home", session->home);
    return STATUS_OK;
}

void init_print(const struct session *session, const json_t *result)
{
    (void)result;
    (void)printf("the instance is made; start it with: lianhu up --home %s\n", session->home);
}
