/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/telling.h"

#include "domain/actor.h"
#include "notifier/sending.h"
#include "notifier/words.h"

/* Who reads a notice; each may have words of its own. */
enum audience {
    AUDIENCE_CADRE,
    AUDIENCE_SECTION,
    AUDIENCE_LEADER,
    AUDIENCE_OFFICE,
    AUDIENCE_COMMUNITY,
    AUDIENCE_HANDLER,
    AUDIENCE_COUNT
};

static const struct {
    const char *suffix;
    uint32_t roles; /* set of ROLE_BIT; the first row that fits decides */
} audiences[AUDIENCE_COUNT] = {
    [AUDIENCE_LEADER] = {"_leader", ROLE_BIT(ROLE_LEADER) | ROLE_BIT(ROLE_FIRST_RESPONSIBLE)},
    [AUDIENCE_OFFICE] = {"_office", ROLE_BIT(ROLE_OFFICE_HEAD) | ROLE_BIT(ROLE_TRIAGE_CLERK) |
                                        ROLE_BIT(ROLE_SUPERVISOR)},
    [AUDIENCE_SECTION] = {"_section", ROLE_BIT(ROLE_SECTION_HEAD) | ROLE_BIT(ROLE_SECTION_STAFF)},
    [AUDIENCE_COMMUNITY] = {"_community", ROLE_BIT(ROLE_COMMUNITY_SECRETARY)},
    [AUDIENCE_CADRE] = {"_cadre", 0},
    [AUDIENCE_HANDLER] = {"_handler", 0},
};

static const enum audience audience_order[] = {AUDIENCE_LEADER, AUDIENCE_OFFICE, AUDIENCE_SECTION,
                                               AUDIENCE_COMMUNITY};

/* Whether the person works in the section that the news is about, whatever else they are. */
static bool is_of_section(const struct person *person, const struct news *news)
{
    struct actor actor = actor_of_person(person);
    return news->duty == NULL && actor_works_in(&actor, news->department);
}

static enum audience audience_of(const struct office *office, const struct news *news,
                                 struct bytes id)
{
    const struct person *person = office_find_person(office, id);
    if (news->duty != NULL && duty_is_of(news->duty, office, id)) {
        return AUDIENCE_HANDLER;
    }
    if (person != NULL && is_of_section(person, news)) {
        return AUDIENCE_SECTION;
    }
    for (size_t i = 0; person != NULL && i < sizeof audience_order / sizeof audience_order[0];
         i++) {
        if ((person->roles & audiences[audience_order[i]].roles) != 0) {
            return audience_order[i];
        }
    }
    return AUDIENCE_CADRE;
}

static bool is_leader(const struct office *office, struct bytes id)
{
    const struct person *person = office_find_person(office, id);
    return person != NULL && (person->roles & audiences[AUDIENCE_LEADER].roles) != 0;
}

/* Who reads the same words at the same time: leaders may hear later than others. */
struct group {
    enum audience audience;
    bool is_of_leaders;
};

static void tell_group(struct ctx *ctx, struct news *news, const struct group *group,
                       const struct list *recipients)
{
    struct buf title = {0};
    struct buf text = {0};
    words_format(ctx, news, audiences[group->audience].suffix, "title", &title);
    words_format(ctx, news, audiences[group->audience].suffix, "text", &text);
    const struct sending sending = {.title = buf_bytes(&title),
                                    .text = buf_bytes(&text),
                                    .recipients = recipients,
                                    .is_for_leader = group->is_of_leaders};
    send_notice(ctx, news, &sending);
    buf_done(&title);
    buf_done(&text);
}

struct recipients {
    struct list list;
    struct buf out;
};

/* Somebody on a list, looked up once. */
struct reader {
    struct bytes id;
    struct group group;
};

static uint32_t find_readers(struct ctx *ctx, const struct news *news, const struct list *people,
                             struct reader readers[ITEM_RECIPIENTS_MAX])
{
    const struct office *office = &ctx_config(ctx)->office;
    struct list_cursor cursor = list_begin(people);
    struct bytes person;
    uint32_t count = 0;
    while (count < ITEM_RECIPIENTS_MAX && list_next_bytes(&cursor, &person)) {
        readers[count++] =
            (struct reader){person, {audience_of(office, news, person), is_leader(office, person)}};
    }
    return count;
}

static void tell_some(struct ctx *ctx, struct news *news, const struct group *group,
                      const struct reader *readers, uint32_t count)
{
    struct recipients chosen = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (readers[i].group.audience == group->audience &&
            readers[i].group.is_of_leaders == group->is_of_leaders) {
            list_put_bytes(&chosen.list, &chosen.out, readers[i].id);
        }
    }
    if (chosen.list.count != 0) {
        list_end(&chosen.list, &chosen.out);
        tell_group(ctx, news, group, &chosen.list);
    }
    buf_done(&chosen.out);
}

void tell_list(struct ctx *ctx, struct news *news, const struct list *people)
{
    struct reader readers[ITEM_RECIPIENTS_MAX];
    uint32_t count = find_readers(ctx, news, people, readers);
    for (int audience = 0; audience < AUDIENCE_COUNT; audience++) {
        tell_some(ctx, news, &(struct group){(enum audience)audience, false}, readers, count);
        tell_some(ctx, news, &(struct group){(enum audience)audience, true}, readers, count);
    }
}

void tell_person(struct ctx *ctx, struct news *news, struct bytes person)
{
    struct recipients chosen = {0};
    if (person.len != 0) {
        list_put_bytes(&chosen.list, &chosen.out, person);
        list_end(&chosen.list, &chosen.out);
        tell_list(ctx, news, &chosen.list);
    }
    buf_done(&chosen.out);
}

void tell_cadre(struct ctx *ctx, struct news *news, struct bytes person)
{
    struct recipients chosen = {0};
    if (person.len != 0) {
        list_put_bytes(&chosen.list, &chosen.out, person);
        list_end(&chosen.list, &chosen.out);
        tell_group(ctx, news,
                   &(struct group){AUDIENCE_CADRE, is_leader(&ctx_config(ctx)->office, person)},
                   &chosen.list);
    }
    buf_done(&chosen.out);
}
