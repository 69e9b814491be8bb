/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/telling.h"

#include "config/texts.h"
#include "domain/words.h"

#include <stdio.h>

/* Who reads a notice; each may have words of its own. */
enum audience {
    AUDIENCE_CADRE,
    AUDIENCE_SECTION,
    AUDIENCE_LEADER,
    AUDIENCE_OFFICE,
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
    [AUDIENCE_CADRE] = {"_cadre", 0},
};

static const enum audience audience_order[] = {AUDIENCE_LEADER, AUDIENCE_OFFICE, AUDIENCE_SECTION};

static enum audience audience_of(const struct office *office, struct bytes id)
{
    const struct person *person = office_find_person(office, id);
    for (size_t i = 0; person != NULL && i < sizeof audience_order / sizeof audience_order[0];
         i++) {
        if ((person->roles & audiences[audience_order[i]].roles) != 0) {
            return audience_order[i];
        }
    }
    return AUDIENCE_CADRE;
}

static struct bytes department_name(const struct office *office, struct bytes id)
{
    const struct department *department = office_find_department(office, id);
    return department == NULL ? id : department->name;
}

static struct bytes person_name(const struct office *office, struct bytes id)
{
    const struct person *person = office_find_person(office, id);
    return person == NULL ? id : person->name;
}

/* "9月30日 17:30", or nothing. */
static size_t format_due(struct wall due, struct zone zone, char *text, size_t size)
{
    if (due.us == 0) {
        return 0;
    }
    struct civil c = civil_from_wall(due, zone);
    struct buf out = {0};
    buf_append_format(&out, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
    size_t len = out.len < size ? out.len : size;
    memcpy(text, out.p, len);
    buf_done(&out);
    return len;
}

static void format(struct ctx *ctx, const struct news *news, enum audience audience,
                   const char *part, struct buf *out)
{
    const struct config *config = ctx_config(ctx);
    char issue[ISSUE_TEXT_BYTES];
    char due[40];
    struct buf key = {0};
    char count[16];
    issue_format(news->issue, issue);
    int count_len = snprintf(count, sizeof count, "%u", news->count);
    buf_append_format(&key, "%s%s.%s", news->category, audiences[audience].suffix, part);
    buf_append_u8(&key, 0);
    const struct text_value values[] = {
        {"issue", news->issue == 0 ? (struct bytes){0} : bytes_of_string(issue)},
        {"title", news->title},
        {"department", department_name(&config->office, news->department)},
        {"due", bytes_of(due, format_due(news->due, config->zone, due, sizeof due))},
        {"person", person_name(&config->office, news->person)},
        {"reason", news->reason},
        {"household", news->household},
        {"count", bytes_of(count, (size_t)count_len)},
        {"state", news->state == 0 ? (struct bytes){0}
                                   : bytes_of_string(state_name((enum state)news->state))},
    };
    texts_format(config->texts, config->language, (const char *)key.p, values,
                 sizeof values / sizeof values[0], out);
    buf_done(&key);
}

static void emit_notice(struct ctx *ctx, const struct news *news, enum audience audience,
                        const struct list *recipients)
{
    struct buf title = {0};
    struct buf text = {0};
    format(ctx, news, audience, "title", &title);
    format(ctx, news, audience, "text", &text);
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
            if ((int)audience_of(office, person) == audience &&
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
