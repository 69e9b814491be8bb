/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "domain/office.h"

/* BYTES() for the initialisers of constants. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

static const struct person people[] = {
    {.id = TEXT("a"), .departments = {TEXT("urban"), TEXT("land")}, .department_count = 2},
    {.id = TEXT("b")},
    {.id = TEXT("bb")},
};
static const struct department departments[] = {{.id = TEXT("land")}, {.id = TEXT("urban")}};
static const struct area areas[] = {
    {.id = TEXT("c01")},
    {.id = TEXT("c01v01"), .parent = TEXT("c01")},
    {.id = TEXT("c02")},
};
static const struct category categories[] = {
    {.code = TEXT("roads"), .parent = TEXT("works"), .level = 3},
    {.code = TEXT("urban"), .level = 1},
    {.code = TEXT("works"), .parent = TEXT("urban"), .level = 2},
};
static const struct office office = {
    .people = people,
    .person_count = 3,
    .departments = departments,
    .department_count = 2,
    .areas = areas,
    .area_count = 3,
    .categories = categories,
    .category_count = 3,
};

static void everything_is_found_by_its_id(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < office.person_count; i++) {
        assert_ptr_equal(office_find_person(&office, people[i].id), &people[i]);
    }
    assert_ptr_equal(office_find_department(&office, BYTES("urban")), &departments[1]);
    assert_ptr_equal(office_find_area(&office, BYTES("c02")), &areas[2]);
    assert_ptr_equal(office_find_category(&office, BYTES("roads")), &categories[0]);
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct office empty = {0};
    static const char *const words[] = {"", "0", "aa", "c", "bbb", "~"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_null(office_find_person(&office, bytes_of_string(words[i])));
        assert_null(office_find_person(&empty, bytes_of_string(words[i])));
        assert_null(office_find_category(&office, bytes_of_string(words[i])));
    }
}

static void a_person_has_the_sections_listed(void **state)
{
    (void)state;
    assert_true(person_has_department(&people[0], BYTES("land")));
    assert_false(person_has_department(&people[0], BYTES("civil")));
    assert_false(person_has_department(&people[1], BYTES("land")));
}

static void a_village_lies_in_its_community(void **state)
{
    (void)state;
    assert_true(office_area_is_within(&office, BYTES("c01v01"), BYTES("c01")));
    assert_true(office_area_is_within(&office, BYTES("c01v01"), BYTES("c01v01")));
    assert_true(office_area_is_within(&office, BYTES("c01"), BYTES("c01")));
    assert_false(office_area_is_within(&office, BYTES("c01"), BYTES("c01v01")));
    assert_false(office_area_is_within(&office, BYTES("c01v01"), BYTES("c02")));
    assert_false(office_area_is_within(&office, BYTES("c01"), BYTES("")));
    assert_false(office_area_is_within(&office, BYTES("x"), BYTES("x")));
}

static void a_category_has_a_path_from_the_top(void **state)
{
    (void)state;
    const struct category *path[3];
    assert_int_equal(office_category_path(&office, BYTES("roads"), path), 3);
    assert_ptr_equal(path[0], &categories[1]);
    assert_ptr_equal(path[1], &categories[2]);
    assert_ptr_equal(path[2], &categories[0]);
    assert_int_equal(office_category_path(&office, BYTES("urban"), path), 1);
    assert_int_equal(office_category_path(&office, BYTES("x"), path), 0);
}

static void roles_have_words_and_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        enum role role = ROLE_COUNT;
        assert_true(role_find(bytes_of_string(role_word((enum role)i)), &role));
        assert_int_equal(role, i);
        assert_true(role_name(role)[0] != '\0');
    }
    enum role role;
    assert_false(role_find(BYTES("king"), &role));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_found_by_its_id),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(a_person_has_the_sections_listed),
        cmocka_unit_test(a_village_lies_in_its_community),
        cmocka_unit_test(a_category_has_a_path_from_the_top),
        cmocka_unit_test(roles_have_words_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
