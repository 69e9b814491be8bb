/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/telling.h"

#include "domain/actor.h"
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

static void emit_notice(struct ctx *ctx, const struct news *news, enum audience audience,
                        const struct list *recipients)
{
    struct buf title = {0};
    struct buf text = {0};
    words_format(ctx, news, audiences[audience].suffix, "title", &title);
    words_format(ctx, news, audiences[audience].suffix, "text", &text);
    struct noticed_event event = {.category = bytes_of_string(news->category),
                                  .level = (int)news->level,
                                  .recipients = *recipients,
                                  .title = buf_bytes(&title),
                                  .text = buf_bytes(&text)};
    emit(ctx, &(struct emission){.type = &noticed_event_type,
                                 .message = &event,
                                 .issue = news->issue,
                                 .generation = news->generation,
                                 .is_by_system = true});
    buf_done(&title);
    buf_done(&text);
}

struct recipients {
    struct list list;
    struct buf out;
};

void tell_list(struct ctx *ctx, const struct news *news, const struct list *people)
{
    const struct office *office = &ctx_config(ctx)->office;
    for (int audience = 0; audience < AUDIENCE_COUNT; audience++) {
        struct recipients chosen = {0};
        struct list_cursor cursor = list_begin(people);
        struct bytes person;
        while (list_next_bytes(&cursor, &person)) {
            if ((int)audience_of(office, news, person) == audience &&
                chosen.list.count < ITEM_RECIPIENTS_MAX) {
                list_put_bytes(&chosen.list, &chosen.out, person);
            }
        }
        if (chosen.list.count != 0) {
            list_end(&chosen.list, &chosen.out);
            emit_notice(ctx, news, (enum audience)audience, &chosen.list);
        }
        buf_done(&chosen.out);
    }
}

void tell_person(struct ctx *ctx, const struct news *news, struct bytes person)
{
    struct recipients chosen = {0};
    if (person.len != 0) {
        list_put_bytes(&chosen.list, &chosen.out, person);
        list_end(&chosen.list, &chosen.out);
        tell_list(ctx, news, &chosen.list);
    }
    buf_done(&chosen.out);
}

void tell_cadre(struct ctx *ctx, const struct news *news, struct bytes person)
{
    struct recipients chosen = {0};
    if (person.len != 0) {
        list_put_bytes(&chosen.list, &chosen.out, person);
        list_end(&chosen.list, &chosen.out);
        emit_notice(ctx, news, AUDIENCE_CADRE, &chosen.list);
    }
    buf_done(&chosen.out);
}
