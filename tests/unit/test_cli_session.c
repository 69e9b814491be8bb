/* SPDX-License-Identifier: Apache-2.0 */
/* Which configuration a call reads: one version, whenever a reload comes in between. */
#include "harness.h"

#include "cli/session.h"
#include "cli/snapshot.h"
#include "config/yaml.h"
#include "folder.h"

#include <string.h>

#define FILES_MAX 12U

/* Two versions that differ in the first file and in the second. */
struct instance {
    char home[FOLDER_PATH_BYTES];
    struct config *versions[2];
};

static struct instance instance;
static uint32_t opened_count;
static uint32_t reload_after; /* so many files of a call; 0: never */

static void reload(uint32_t version)
{
    struct session session = {0};
    struct err err = {0};
    memcpy(session.home, instance.home, sizeof instance.home);
    assert_ok(snapshot_adopt(&session, instance.versions[version], &err));
}

/* In place of yaml_open(), for every file that is read. */
bool __real_yaml_open(const char *path, const char *shown, struct yaml_document **ret_document,
                      struct problems *problems);
bool __wrap_yaml_open(const char *path, const char *shown, struct yaml_document **ret_document,
                      struct problems *problems);
bool __wrap_yaml_open(const char *path, const char *shown, struct yaml_document **ret_document,
                      struct problems *problems)
{
    bool is_good = __real_yaml_open(path, shown, ret_document, problems);
    if (++opened_count == reload_after) {
        reload(1);
    }
    return is_good;
}

/* ---- one version ---------------------------------------------------------------------------- */

static void check_version(const struct config *config, uint32_t version)
{
    bool has_moved = office_find_person(&config->office, BYTES("supervisor9")) != NULL;
    assert_int_equal(config->commands_per_batch, version == 0 ? 512 : 256);
    assert_int_equal(has_moved, version == 1);
}

/* A call that begins under the first version; how many files it read. */
static uint32_t call(enum need need, uint32_t reload_after_files, uint32_t version)
{
    struct globals globals = {.home = instance.home};
    struct session session;
    struct err err = {0};
    opened_count = 0;
    reload_after = reload_after_files;
    assert_ok(session_open(&globals, need, &session, &err));
    reload_after = 0;
    check_version(session.config, version);
    if (need == NEED_CONFIG) {
        assert_memory_equal(session.config->hash, instance.versions[version]->hash,
                            CONFIG_HASH_BYTES);
    }
    session_close(&session);
    return opened_count;
}

static void a_call_reads_one_version_though_a_reload_comes_between_its_files(void **state)
{
    static const enum need needs[] = {NEED_OFFICE, NEED_CONFIG};
    (void)state;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        reload(0);
        uint32_t count = call(needs[i], 0, 0);
        assert_in_range(count, 2, FILES_MAX);
        for (uint32_t after = 1; after <= count; after++) {
            reload(0);
            assert_int_equal(call(needs[i], after, 0), count);
            assert_int_equal(call(needs[i], 0, 1), count);
        }
    }
}

/* ---- around --------------------------------------------------------------------------------- */

static void replace(const char *dir, const char *name, const char *old, const char *new)
{
    char path[PATH_MAX];
    struct problems problems = {0};
    struct buf content = {0};
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_true(yaml_read_file(path, path, &content, &problems));
    assert_int_equal(strlen(old), strlen(new));
    uint8_t *at = memmem(content.p, content.len, old, strlen(old));
    assert_non_null(at);
    memcpy(at, new, strlen(new));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.p, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
    buf_done(&content);
}

static struct config *take_version(const char *dir)
{
    struct session session = {0};
    struct problems problems = {0};
    struct config *config = NULL;
    struct err err = {0};
    char copy[PATH_MAX];
    memcpy(session.home, instance.home, sizeof instance.home);
    assert_true(config_open(dir, &config, &problems));
    assert_ok(snapshot_make(&session, config, copy, &err));
    return config;
}

static int open_instance(void **state)
{
    struct err err = {0};
    char edited[PATH_MAX];
    (void)state;
    folder_make(instance.home);
    (void)snprintf(edited, sizeof edited, "%s/config", instance.home);
    assert_ok(snapshot_copy(SOURCE_DIR "/config/example", edited, &err));
    instance.versions[0] = take_version(edited);
    replace(edited, "lianhu.yaml", "commands_per_batch: 512", "commands_per_batch: 256");
    replace(edited, "org.yaml", "id: supervisor3,", "id: supervisor9,");
    instance.versions[1] = take_version(edited);
    return 0;
}

static int close_instance(void **state)
{
    (void)state;
    config_close(instance.versions[0]);
    config_close(instance.versions[1]);
    folder_remove(instance.home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_reads_one_version_though_a_reload_comes_between_its_files),
    };
    return cmocka_run_group_tests(tests, open_instance, close_instance);
}
