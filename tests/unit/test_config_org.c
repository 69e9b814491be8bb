/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include "config/categories.h"
#include "config/org.h"

#include <string.h>

static const char good[] = "name: 街道\n"                                               /* 1 */
                           "supervision_phone: 12 34-5\n"                               /* 2 */
                           "feedback_default: s1\n"                                     /* 3 */
                           "departments:\n"                                             /* 4 */
                           "  - {id: urban, name: 城建科, head: h1, leader: l1}\n"      /* 5 */
                           "  - {id: civil, name: 民政科, head: h2, leader: l1}\n"      /* 6 */
                           "communities:\n"                                             /* 7 */
                           "  - {id: c1, name: 社区, villages: [{id: v1, name: 村}]}\n" /* 8 */
                           "people:\n"                                                  /* 9 */
                           "  - {id: s1, name: 甲, roles: [section_staff], departments: [urban]}\n"
                           "  - {id: s2, name: 乙, roles: [section_staff], departments: [civil]}\n"
                           "  - {id: h1, name: 丙, roles: [section_head]}\n" /* 12 */
                           "  - {id: h2, name: 丁, roles: [section_head, office_head]}\n"
                           "  - {id: l1, name: 戊, roles: [leader], unit: 副主任}\n"
                           "  - {id: t1, name: 己, roles: [triage_clerk]}\n" /* 15 */
                           "  - {id: v1, name: 庚, roles: [supervisor]}\n"
                           "  - {id: f1, name: 辛, roles: [first_responsible]}\n"
                           "  - {id: b1, name: 壬, roles: [community_secretary], area: c1}\n"
                           "  - {id: z1, name: 癸, roles: [village_liaison], area: v1}\n"; /* 19 */

struct loaded {
    struct problems problems;
    struct arena arena;
    struct yaml_document *document;
    struct office office;
    char *text; /* the problems, NUL-ended */
};

static void load(struct loaded *loaded, const char *text)
{
    *loaded = (struct loaded){0};
    if (yaml_open_bytes(bytes_of_string(text), "org.yaml", &loaded->document, &loaded->problems)) {
        bool is_good =
            org_read(loaded->document, &loaded->arena, &loaded->office, &loaded->problems);
        assert_true(!is_good || loaded->problems.count == 0);
    }
    buf_append_u8(&loaded->problems.text, 0);
    loaded->text = (char *)loaded->problems.text.p;
}

static void unload(struct loaded *loaded)
{
    yaml_close(loaded->document);
    arena_done(&loaded->arena);
    problems_done(&loaded->problems);
}

/* `good` with the first `from` replaced by `to`; the caller frees it. */
static char *change(const char *from, const char *to)
{
    const char *at = strstr(good, from);
    assert_non_null(at);
    struct buf buf = {0};
    buf_append(&buf, good, (size_t)(at - good));
    buf_append_string(&buf, to);
    buf_append_string(&buf, at + strlen(from));
    buf_append_u8(&buf, 0);
    return (char *)buf.p;
}

static void an_office_is_read_with_its_ties(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, good);

    assert_string_equal(loaded.text, "");
    const struct office *office = &loaded.office;
    assert_int_equal(office->person_count, 10);
    assert_int_equal(office->department_count, 2);
    assert_int_equal(office->area_count, 2);
    const struct person *leader = office_find_person(office, BYTES("l1"));
    assert_int_equal(leader->department_count, 2);
    assert_true(person_has_department(leader, BYTES("urban")));
    assert_true(person_has_department(office_find_person(office, BYTES("h2")), BYTES("civil")));
    assert_true(bytes_equal(leader->unit, BYTES("副主任")));
    assert_true(bytes_equal(office_find_person(office, BYTES("s1"))->unit, BYTES("城建科")));
    assert_true(bytes_equal(office_find_person(office, BYTES("b1"))->unit, BYTES("社区")));
    assert_true(bytes_equal(office_find_person(office, BYTES("t1"))->unit, BYTES("街道")));
    assert_int_equal(office_find_person(office, BYTES("h2"))->roles,
                     ROLE_BIT(ROLE_SECTION_HEAD) | ROLE_BIT(ROLE_OFFICE_HEAD));
    assert_true(bytes_equal(office_find_area(office, BYTES("v1"))->parent, BYTES("c1")));
    unload(&loaded);
}

/* One change each to `good`, and what is said to it. */
static const struct {
    const char *from;
    const char *to;
    const char *expected;
} mistakes[] = {
    {"feedback_default: s1", "feedback_default: s3",
     "org.yaml:3:19: error: feedback_default: no person 's3' (did you mean 's1'?)\n"},
    {"feedback_default: s1", "feedback_default: s1\ncard_departments: [urban, civi]",
     "org.yaml:4:27: error: card_departments: no department 'civi' (did you mean 'civil'?)\n"},
    {"12 34-5", "call me",
     "org.yaml:2:20: error: supervision_phone: 'call me' is not a telephone number\n"},
    {"head: h1", "head: nobody",
     "org.yaml:5:34: error: departments[urban].head: no person 'nobody'\n"
     "org.yaml:12:5: error: 'h1' has a section's role and no section: add 'departments'\n"},
    {"leader: l1", "leader: s1",
     "org.yaml:5:46: error: departments[urban].leader: 's1' does not have the role leader\n"},
    {"departments: [urban]", "departments: [urbn]",
     "org.yaml:5:5: error: nobody with the role section_staff works in 'urban'\n"
     "org.yaml:10:61: error: people[s1].departments: no department 'urbn' (did you mean "
     "'urban'?)\n"},
    {", departments: [urban]", "",
     "org.yaml:5:5: error: nobody with the role section_staff works in 'urban'\n"
     "org.yaml:10:5: error: 's1' has a section's role and no section: add 'departments'\n"},
    {"id: s2", "id: s1", "org.yaml:11:10: error: the id 's1' is already there, at line 10\n"},
    {"id: civil", "id: urban",
     "org.yaml:6:10: error: the id 'urban' is already there, at line 5\n"
     "org.yaml:11:61: error: people[s2].departments: no department 'civil'\n"},
    {"[{id: v1", "[{id: c1",
     "org.yaml:8:40: error: the id 'c1' is already there, at line 8\n"
     "org.yaml:18:59: error: people[b1].area: 'c1' is not a community of this street\n"
     "org.yaml:19:55: error: people[z1].area: 'v1' is not a village of this street\n"},
    {"area: c1", "area: v1",
     "org.yaml:18:59: error: people[b1].area: 'v1' is not a community of this street\n"},
    {", area: v1", "", "org.yaml:19:5: error: people[z1].area: the key is missing: a village\n"},
    {"area: v1", "area: v1, deputy: z1",
     "org.yaml:19:67: error: people[z1].deputy: nobody is his or her own deputy\n"},
    {"area: v1", "area: v1, deputy: z2",
     "org.yaml:19:67: error: people[z1].deputy: no person 'z2' (did you mean 'h2'?)\n"},
    {"unit: 副主任", "area: c1",
     "org.yaml:14:46: error: people[l1].area: only a community_secretary or a village_liaison "
     "has an area\n"},
    {"[leader]", "[leder]",
     "org.yaml:14:30: error: people[4].roles: no role 'leder' (did you mean 'leader'?)\n"
     "org.yaml:6:46: error: departments[civil].leader: 'l1' does not have the role leader\n"
     "org.yaml:5:46: error: departments[urban].leader: 'l1' does not have the role leader\n"},
    {"[leader]", "[leader, cadre]",
     "org.yaml:14:30: error: people[4].roles: cadres are not listed here: they come from "
     "'lianhu cadre import'\n"},
    {"[triage_clerk]", "[]",
     "org.yaml:10:3: error: people: nobody has the role triage_clerk (梳理专员)\n"},
    {"[supervisor]", "[first_responsible]",
     "org.yaml:10:3: error: people: nobody has the role supervisor (督查员)\n"
     "org.yaml:10:3: error: people: 2 people have the role first_responsible, not one\n"},
    {"id: t1", "id: system", "org.yaml:15:10: error: the id 'system' is taken by the engine\n"},
    {"id: t1, name", "nmae",
     "org.yaml:15:6: error: people[5].nmae: unknown key (did you mean 'name'?)\n"
     "org.yaml:15:5: error: people[5]: the key 'id' is missing\n"
     "org.yaml:15:5: error: people[5]: the key 'name' is missing\n"
     "org.yaml:10:3: error: people: nobody has the role triage_clerk (梳理专员)\n"},
    {"name: 街道\n", "", "org.yaml:1:1: error: the key 'name' is missing\n"},
    {"[{id: v1, name: 村}]", "v1",
     "org.yaml:8:34: error: communities[0].villages: a list belongs here, not one value\n"
     "org.yaml:19:55: error: people[z1].area: 'v1' is not a village of this street\n"},
};

static void every_mistake_in_the_office_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        char *text = change(mistakes[i].from, mistakes[i].to);
        struct loaded loaded;
        load(&loaded, text);
        assert_string_equal(loaded.text, mistakes[i].expected);
        unload(&loaded);
        free(text);
    }
}

static void any_change_of_bytes_gives_an_office_or_problems(void **state)
{
    (void)state;
    static const char alphabet[] = "[]{}:,- \nabchlstv1";
    struct dice dice = dice_open(11);

    for (int round = 0; round < 5000; round++) {
        char text[sizeof good];
        memcpy(text, good, sizeof good);
        for (uint64_t n = 1 + dice_below(&dice, 3); n > 0; n--) {
            text[dice_below(&dice, sizeof good - 1)] =
                alphabet[dice_below(&dice, sizeof alphabet - 1)];
        }
        struct loaded loaded;
        load(&loaded, text);
        unload(&loaded);
    }
}

static char *read_catalogue(const char *text, struct loaded *loaded)
{
    *loaded = (struct loaded){0};
    if (yaml_open_bytes(bytes_of_string(text), "c.yaml", &loaded->document, &loaded->problems)) {
        (void)categories_read(loaded->document, &loaded->arena, &loaded->office, &loaded->problems);
    }
    buf_append_u8(&loaded->problems.text, 0);
    return (char *)loaded->problems.text.p;
}

static void a_catalogue_has_three_levels_sorted_by_code(void **state)
{
    (void)state;
    struct loaded loaded;
    const char *problems = read_catalogue("categories:\n"
                                          "  - code: urban\n"
                                          "    name: 城乡建设\n"
                                          "    children:\n"
                                          "      - {code: works, name: 市政, children: [{code: "
                                          "roads, name: 道路}]}\n"
                                          "  - {code: civil, name: 民政}\n",
                                          &loaded);

    assert_string_equal(problems, "");
    assert_int_equal(loaded.office.category_count, 4);
    const struct category *path[3];
    assert_int_equal(office_category_path(&loaded.office, BYTES("roads"), path), 3);
    assert_true(bytes_equal(path[0]->name, BYTES("城乡建设")));
    assert_true(bytes_equal(loaded.office.categories[0].code, BYTES("civil")));
    unload(&loaded);
}

static void every_mistake_in_the_catalogue_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
        uint32_t kept;
    } cases[] = {
        {"categories: []\n", "c.yaml:1:13: error: categories: there is no category\n", 0},
        {"categories: [{code: a, name: 甲}, {code: a, name: 乙, children: [{code: b, name: "
         "丙}]}]\n",
         "c.yaml:1:41: error: the code 'a' is already there, at line 1\n", 2},
        {"categories: [{code: a, name: 甲, children: [{code: b, name: 乙, children: [{code: c, "
         "name: 丙, children: []}]}]}]\n",
         "c.yaml:1:103: error: categories[0].children[0].children[0]: a fourth level: the "
         "catalogue has three\n",
         3},
        {"categories: [{name: 甲, children: [{code: b, name: 乙}]}]\n",
         "c.yaml:1:14: error: categories[0]: the key 'code' is missing\n", 0},
        {"categories: [{code: 街道, name: 甲, children: x}]\n",
         "c.yaml:1:21: error: categories[0].code: '街道' is not an identifier: 1 to 32 of a-z A-Z "
         "0-9 . _ -\n"
         "c.yaml:1:44: error: categories[0].children: a list belongs here, not one value\n",
         0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct loaded loaded;
        assert_string_equal(read_catalogue(cases[i].text, &loaded), cases[i].expected);
        assert_int_equal(loaded.office.category_count, cases[i].kept);
        unload(&loaded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_office_is_read_with_its_ties),
        cmocka_unit_test(every_mistake_in_the_office_is_told),
        cmocka_unit_test(any_change_of_bytes_gives_an_office_or_problems),
        cmocka_unit_test(a_catalogue_has_three_levels_sorted_by_code),
        cmocka_unit_test(every_mistake_in_the_catalogue_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
