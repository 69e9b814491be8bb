/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "base/buf.h"
#include "config/config.h"
#include "config/yaml.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"", "/calendar", "/texts"};

/* A copy of the shipped configuration that a test may spoil. */
struct copy {
    char dir[PATH_MAX / 4];
};

static void write_file(const char *path, struct bytes content)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content.p, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
}

static struct buf read_file(const char *path)
{
    struct problems problems = {0};
    struct buf content = {0};
    assert_true(yaml_read_file(path, path, &content, &problems));
    return content;
}

static void copy_folder(const struct copy *copy, const char *folder)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    (void)snprintf(from, sizeof from, "%s/config/example%s", SOURCE_DIR, folder);
    (void)snprintf(to, sizeof to, "%s%s", copy->dir, folder);
    (void)mkdir(to, 0700);
    DIR *dir = opendir(from);
    assert_non_null(dir);
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strstr(entry->d_name, ".yaml") == NULL) {
            continue;
        }
        char path[PATH_MAX + NAME_MAX + 2];
        (void)snprintf(path, sizeof path, "%s/%s", from, entry->d_name);
        struct buf content = read_file(path);
        (void)snprintf(path, sizeof path, "%s/%s", to, entry->d_name);
        write_file(path, buf_bytes(&content));
        buf_done(&content);
    }
    (void)closedir(dir);
}

static void copy_open(struct copy *copy)
{
    (void)snprintf(copy->dir, sizeof copy->dir, "/tmp/lianhu-config-XXXXXX");
    assert_non_null(mkdtemp(copy->dir));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        copy_folder(copy, folders[i]);
    }
}

static void copy_close(const struct copy *copy)
{
    for (size_t i = sizeof folders / sizeof folders[0]; i-- > 0;) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s%s", copy->dir, folders[i]);
        DIR *dir = opendir(path);
        for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
        (void)closedir(dir);
        assert_int_equal(rmdir(path), 0);
    }
}

/* Replaces the first `from` in a file of the copy, or appends `to` when `from` is NULL. */
static void spoil(const struct copy *copy, const char *name, const char *from, const char *to)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", copy->dir, name);
    struct buf content = read_file(path);
    buf_append_u8(&content, 0);
    char *text = (char *)content.p;
    char *at = from != NULL ? strstr(text, from) : text + strlen(text);
    assert_non_null(at);
    struct buf spoilt = {0};
    buf_append(&spoilt, text, (size_t)(at - text));
    buf_append_string(&spoilt, to);
    buf_append_string(&spoilt, at + (from != NULL ? strlen(from) : 0));
    write_file(path, buf_bytes(&spoilt));
    buf_done(&spoilt);
    buf_done(&content);
}

static struct config *open_good(const char *dir)
{
    struct problems problems = {0};
    struct config *config = NULL;
    if (!config_open(dir, &config, &problems)) {
        fail_msg("%.*s", BYTES_FMT(buf_bytes(&problems.text)));
    }
    assert_int_equal(problems.count, 0);
    return config;
}

/* The problems of a configuration without the folder's name. The caller frees them. */
static char *open_bad(const struct copy *copy)
{
    struct problems problems = {0};
    struct config *config = NULL;
    assert_false(config_open(copy->dir, &config, &problems));
    assert_null(config);
    buf_append_u8(&problems.text, 0);
    struct buf out = {0};
    size_t len = strlen(copy->dir) + 1;
    for (char *line = strtok((char *)problems.text.p, "\n"); line != NULL;
         line = strtok(NULL, "\n")) {
        bool is_inside = strncmp(line, copy->dir, len - 1) == 0;
        buf_append_format(&out, "%s\n", is_inside ? line + len : line);
    }
    buf_append_u8(&out, 0);
    problems_done(&problems);
    return (char *)out.p;
}

static void the_shipped_street_is_whole(void **state)
{
    (void)state;
    struct config *config = open_good(SOURCE_DIR "/config/example");

    assert_int_equal(config->daemon_count, 6);
    assert_int_equal(config->office.department_count, 17);
    assert_int_equal(config->office.area_count, 48);
    assert_int_equal(config->zone.offset_s, 8 * 3600);
    assert_non_null(office_find_category(&config->office, BYTES("roads")));
    assert_non_null(config->rules);
    assert_non_null(config->calendar);
    assert_non_null(config->limits);
    uint32_t top_count = 0;
    for (uint32_t i = 0; i < config->office.category_count; i++) {
        top_count += config->office.categories[i].level == 1;
    }
    assert_int_equal(top_count, 15);
    for (uint32_t i = 0; i < config->office.department_count; i++) {
        assert_non_null(config_find_department_daemon(config, config->office.departments[i].id));
    }
    assert_non_null(config_find_daemon(config, BYTES("router")));
    assert_null(config_find_daemon(config, BYTES("gateway")));
    assert_null(config_find_department_daemon(config, BYTES("king")));
    config_close(config);
}

static void the_hash_follows_every_byte_of_every_file(void **state)
{
    (void)state;
    static const char *const files[] = {
        "lianhu.yaml",    "org.yaml",      "categories.yaml",    "routing.yaml",
        "deadlines.yaml", "texts/en.yaml", "calendar/2026.yaml", "calendar/hours.yaml"};
    struct copy copy;
    copy_open(&copy);
    char first[CONFIG_HASH_TEXT_BYTES];
    char again[CONFIG_HASH_TEXT_BYTES];
    struct config *config = open_good(copy.dir);
    config_hash_format(config, first);
    config_close(config);
    config = open_good(SOURCE_DIR "/config/example");
    config_hash_format(config, again);
    config_close(config);
    assert_string_equal(first, again);
    assert_int_equal(strlen(first), 64);

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        spoil(&copy, files[i], NULL, "#\n");
        config = open_good(copy.dir);
        config_hash_format(config, again);
        config_close(config);
        assert_string_not_equal(first, again);
        memcpy(first, again, sizeof first);
    }
    copy_close(&copy);
}

/* The hash of the limits after a change of deadlines.yaml. */
static void spoil_limits(const struct copy *copy, const char *from, const char *to, uint8_t *hash)
{
    spoil(copy, "deadlines.yaml", from, to);
    struct config *config = open_good(copy->dir);
    memcpy(hash, config->limits_hash, CONFIG_HASH_BYTES);
    config_close(config);
}

static void only_what_moves_deadlines_changes_the_hash_of_the_limits(void **state)
{
    (void)state;
    struct copy copy;
    uint8_t first[CONFIG_HASH_BYTES];
    uint8_t again[CONFIG_HASH_BYTES];
    copy_open(&copy);
    spoil_limits(&copy, NULL, "# a remark\n", first);
    spoil_limits(&copy, "hold: working_hours", "hold: none", again);
    assert_memory_equal(again, first, sizeof again);
    spoil_limits(&copy, "remind: [60d", "remind: [61d", again);
    assert_memory_equal(again, first, sizeof again);
    spoil_limits(&copy, "general: 7d, complex: 15d", "general: 8d, complex: 15d", again);
    assert_memory_not_equal(again, first, sizeof again);
    memcpy(first, again, sizeof first);
    spoil_limits(&copy, "at: [80%, -1wd], tell: [handler, section_head]",
                 "at: [80%, -1wd], tell: [handler]", again);
    assert_memory_not_equal(again, first, sizeof again);
    memcpy(first, again, sizeof first);
    /* Another stage names the ladder, so that it is still used. */
    spoil_limits(&copy, "complex: desk}", "complex: supervised}", first);
    spoil_limits(&copy, "ladder: supervised", "ladder: desk", again);
    assert_memory_not_equal(again, first, sizeof again);
    copy_close(&copy);
}

static void limits_left_out_have_their_defaults_and_show_it(void **state)
{
    (void)state;
    struct copy copy;
    copy_open(&copy);
    spoil(&copy, "lianhu.yaml", "  map: 64MiB", "# map: 64MiB");
    spoil(&copy, "lianhu.yaml", "  disk_soft: 256MiB", "  disk_soft: 3GiB");
    spoil(&copy, "lianhu.yaml", "zone: Asia/Shanghai\n", "");
    struct config *config = open_good(copy.dir);

    assert_int_equal(config->map_bytes, 64 << 20);
    assert_int_equal(config->disk_soft_bytes, UINT64_C(3) << 30);
    struct buf out = {0};
    config_show(config, &out);
    buf_append_u8(&out, 0);
    const char *text = (const char *)out.p;
    assert_non_null(strstr(text, "limits.map = 64MiB  (default)\n"));
    assert_non_null(strstr(text, "zone = +08:00  (default)\n"));
    assert_non_null(strstr(text, "limits.disk_soft = 3GiB  (/tmp/lianhu-config-"));
    assert_non_null(strstr(text, "/lianhu.yaml:23)\n"));
    assert_non_null(strstr(text, "daemons.department-urban = department urban transport "));
    assert_non_null(strstr(text, "org.departments = 17  ("));
    assert_non_null(strstr(text, "deadlines."));
    buf_done(&out);
    config_close(config);
    copy_close(&copy);
}

static void every_mistake_in_the_settings_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *expected;
    } cases[] = {
        {"language: zh", "language: cn",
         "lianhu.yaml:4:11: error: language: 'cn' is none of: zh en (did you mean 'en'?)\n"},
        {"Asia/Shanghai", "Mars",
         "lianhu.yaml:5:7: error: zone: unknown zone 'Mars': write Asia/Shanghai, UTC or an offset "
         "such as +08:00\n"},
        {"limits:", "limtis:",
         "lianhu.yaml:21:1: error: limtis: unknown key (did you mean 'limits'?)\n"},
        {"disk_soft: 256MiB", "disk_soft: 256",
         "lianhu.yaml:24:14: error: limits.disk_soft: a size such as 512MiB belongs here, not "
         "'256'\n"},
        {"map: 64MiB", "map: 65GiB",
         "lianhu.yaml:26:8: error: limits.map: 65GiB is out of range: 1MiB to 64GiB are allowed\n"},
        {"disk_soft: 256MiB", "disk_soft: 32MiB",
         "lianhu.yaml:22:3: error: limits: disk_hard is above disk_soft\n"},
        {"commands_per_batch: 512", "commands_per_batch: 513",
         "lianhu.yaml:27:23: error: limits.commands_per_batch: 513 is out of range: 1 to 512 are "
         "allowed\n"},
        {"{name: intake, kind: intake}", "{name: in, kind: intake}",
         "lianhu.yaml:8:12: error: daemons[0]: the daemon of kind intake is named 'intake'\n"},
        {"  - {name: auditor, kind: auditor}\n", "",
         "lianhu.yaml:8:3: error: daemons: there is no daemon of kind auditor\n"},
        {"{name: auditor, kind: auditor}", "{name: router, kind: router}",
         "lianhu.yaml:19:12: error: daemons[5]: the name 'router' is already there\n"
         "lianhu.yaml:8:3: error: daemons: there is no daemon of kind auditor\n"},
        {"name: department-urban", "name: urban",
         "lianhu.yaml:10:11: error: daemons[2]: a daemon of kind department is named 'department-' "
         "and a word\n"},
        {"{name: auditor, kind: auditor}", "{name: auditor, kind: auditor, departments: [urban]}",
         "lianhu.yaml:19:49: error: daemons[5]: only daemons of kind department have departments\n"
         "lianhu.yaml:19:50: error: daemons: the department 'urban' is served by another daemon "
         "already\n"},
        {"[urban, transport,", "[transport,",
         "lianhu.yaml:8:3: error: daemons: no daemon serves the department 'urban'\n"},
        {"[urban, transport,", "[urban, king, transport,",
         "lianhu.yaml:12:26: error: daemons: no department 'king' in org.yaml\n"},
        {"[party_office, civil,", "[party_office, urban, civil,",
         "lianhu.yaml:16:22: error: daemons: the department 'urban' is served by another daemon "
         "already\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct copy copy;
        copy_open(&copy);
        spoil(&copy, "lianhu.yaml", cases[i].from, cases[i].to);
        char *problems = open_bad(&copy);
        assert_string_equal(problems, cases[i].expected);
        free(problems);
        copy_close(&copy);
    }
}

static void mistakes_of_all_files_are_told_in_one_run(void **state)
{
    (void)state;
    static const char *const files[] = {"lianhu.yaml",   "org.yaml",          "categories.yaml",
                                        "routing.yaml",  "deadlines.yaml",    "texts/zh.yaml",
                                        "texts/en.yaml", "calendar/2026.yaml"};
    struct copy copy;
    copy_open(&copy);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        spoil(&copy, files[i], NULL, "\nunheard_of: 1\nunheard_of: 2\n");
    }
    char *problems = open_bad(&copy);

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *at = problems;
        int count = 0;
        for (; (at = strstr(at, files[i])) != NULL; at++) {
            count += strncmp(at + strlen(files[i]), ":", 1) == 0;
        }
        assert_true(count >= 3);
    }
    free(problems);
    copy_close(&copy);
}

static void files_that_cannot_be_looked_at_without_another_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *broken;
        const char *also_broken; /* told as that, and not as waiting */
        const char *expected;
    } cases[] = {
        {"org.yaml", NULL,
         "org.yaml:1:1: note: not looked at because of org.yaml: routing.yaml, deadlines.yaml, the "
         "sections in lianhu.yaml\n"},
        {"categories.yaml", "deadlines.yaml",
         "categories.yaml:1:1: note: not looked at because of categories.yaml: routing.yaml, the "
         "sections in lianhu.yaml\n"},
        {"routing.yaml", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct copy copy;
        copy_open(&copy);
        spoil(&copy, cases[i].broken, NULL, "\nx: [\n");
        if (cases[i].also_broken != NULL) {
            spoil(&copy, cases[i].also_broken, NULL, "\nx: [\n");
        }
        char *problems = open_bad(&copy);
        const char *note = strstr(problems, cases[i].expected != NULL ? cases[i].expected : "note");
        if ((note != NULL) != (cases[i].expected != NULL)) {
            fail_msg("%s: '%s'", cases[i].broken, problems);
        }
        free(problems);
        copy_close(&copy);
    }
}

static void missing_and_misspelt_files_are_told(void **state)
{
    (void)state;
    struct copy copy;
    copy_open(&copy);
    char from[PATH_MAX];
    char to[PATH_MAX];
    (void)snprintf(from, sizeof from, "%s/org.yaml", copy.dir);
    (void)snprintf(to, sizeof to, "%s/orgs.yaml", copy.dir);
    assert_int_equal(rename(from, to), 0);
    char *problems = open_bad(&copy);

    assert_non_null(strstr(problems,
                           "orgs.yaml:1:1: error: no such file belongs to a configuration "
                           "(did you mean 'org.yaml'?)\n"));
    assert_non_null(strstr(problems, "org.yaml:1:1: error: cannot read "));
    free(problems);
    copy_close(&copy);
}

static void a_folder_that_is_not_there_is_one_problem(void **state)
{
    (void)state;
    struct problems problems = {0};
    struct config *config = NULL;
    assert_false(config_open("/nowhere/config", &config, &problems));
    assert_int_equal(problems.count, 1);
    assert_null(config);
    problems_done(&problems);
    config_close(NULL);
}

static void who_is_there_can_be_read_without_the_rest(void **state)
{
    (void)state;
    struct copy copy;
    struct problems problems = {0};
    struct config *office = NULL;
    copy_open(&copy);
    struct config *whole = open_good(copy.dir);
    spoil(&copy, "routing.yaml", NULL, "\nnonsense: [");
    assert_true(config_open_office(copy.dir, &office, &problems));
    assert_int_equal(office->daemon_count, whole->daemon_count);
    assert_int_equal(office->office.person_count, whole->office.person_count);
    assert_int_equal(office->office.department_count, whole->office.department_count);
    assert_int_equal(office->zone.offset_s, whole->zone.offset_s);
    assert_null(office->rules);
    assert_null(office->calendar);
    config_close(office);
    config_close(whole);

    spoil(&copy, "org.yaml", NULL, "\nnonsense: 1\n");
    office = NULL;
    assert_false(config_open_office(copy.dir, &office, &problems));
    assert_null(office);
    assert_int_equal(problems.count, 1);
    problems_done(&problems);
    copy_close(&copy);
}

static void any_change_of_bytes_opens_or_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {"lianhu.yaml", "org.yaml", "categories.yaml",
                                        "routing.yaml", "deadlines.yaml"};
    struct dice dice = dice_open(42);
    struct copy copy;
    copy_open(&copy);
    for (int round = 0; round < 60; round++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", copy.dir,
                       files[dice_below(&dice, sizeof files / sizeof files[0])]);
        struct buf before = read_file(path);
        struct buf changed = {0};
        buf_append_bytes(&changed, buf_bytes(&before));
        for (uint64_t n = 1 + dice_below(&dice, 6); n > 0; n--) {
            changed.p[dice_below(&dice, changed.len)] =
                (uint8_t) "[]{}:,- \nabcu_12"[dice_below(&dice, 16)];
        }
        write_file(path, buf_bytes(&changed));
        struct problems problems = {0};
        struct config *config = NULL;
        bool is_good = config_open(copy.dir, &config, &problems);
        assert_true(is_good == (problems.count == 0));
        config_close(config);
        problems_done(&problems);
        write_file(path, buf_bytes(&before));
        buf_done(&before);
        buf_done(&changed);
    }
    copy_close(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_street_is_whole),
        cmocka_unit_test(the_hash_follows_every_byte_of_every_file),
        cmocka_unit_test(only_what_moves_deadlines_changes_the_hash_of_the_limits),
        cmocka_unit_test(limits_left_out_have_their_defaults_and_show_it),
        cmocka_unit_test(every_mistake_in_the_settings_is_told),
        cmocka_unit_test(mistakes_of_all_files_are_told_in_one_run),
        cmocka_unit_test(files_that_cannot_be_looked_at_without_another_are_named),
        cmocka_unit_test(missing_and_misspelt_files_are_told),
        cmocka_unit_test(a_folder_that_is_not_there_is_one_problem),
        cmocka_unit_test(who_is_there_can_be_read_without_the_rest),
        cmocka_unit_test(any_change_of_bytes_opens_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
