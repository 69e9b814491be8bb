/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "folder.h"
#include "runtime/clock_page.h"

#include <unistd.h>

static char folder[FOLDER_PATH_BYTES];
static char path[FOLDER_PATH_BYTES + 16];
static struct err err;

static int make_folder(void **state)
{
    (void)state;
    folder_make(folder);
    (void)snprintf(path, sizeof path, "%s/clock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void a_reader_sees_what_the_writer_sets(void **state)
{
    (void)state;
    struct clock_page *writer;
    struct clock_page *reader;
    assert_ok(clock_page_create(path, (struct wall){1000}, &writer, &err));
    assert_ok(clock_page_open(path, false, &reader, &err));

    assert_int_equal(clock_page_get(reader).us, 1000);
    clock_page_set(writer, (struct wall){2000});

    assert_int_equal(clock_page_get(reader).us, 2000);
    clock_page_close(reader);
    clock_page_close(writer);
}

static void a_page_that_is_there_is_kept_when_it_is_later(void **state)
{
    (void)state;
    struct clock_page *page;
    assert_ok(clock_page_create(path, (struct wall){5000}, &page, &err));
    clock_page_close(page);

    assert_ok(clock_page_create(path, (struct wall){4000}, &page, &err));
    assert_int_equal(clock_page_get(page).us, 5000);
    clock_page_close(page);

    assert_ok(clock_page_create(path, (struct wall){6000}, &page, &err));
    assert_int_equal(clock_page_get(page).us, 6000);
    clock_page_close(page);
}

static void no_page_is_not_found_and_another_file_is_no_page(void **state)
{
    (void)state;
    struct clock_page *page;
    assert_status(clock_page_open(path, false, &page, &err), STATUS_NOT_FOUND);

    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("sixteen bytes ok", file);
    (void)fclose(file);
    assert_status(clock_page_open(path, false, &page, &err), STATUS_CORRUPT);

    assert_int_equal(truncate(path, 3), 0);
    assert_status(clock_page_open(path, false, &page, &err), STATUS_CORRUPT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(a_reader_sees_what_the_writer_sets),
        TEST(a_page_that_is_there_is_kept_when_it_is_later),
        TEST(no_page_is_not_found_and_another_file_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
