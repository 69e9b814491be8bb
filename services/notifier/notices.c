/* SPDX-License-Identifier: Apache-2.0 */
/* What the router did, as notices: who is told, in which words. */
#include "config/texts.h"
#include "domain/words.h"
#include "notifier/notifier.h"

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

/* One thing to tell, with the values for its words. */
struct news {
    const char *category; /* notice of TEXT_NOTICE_LIST */
    enum notice_level level;
    uint64_t issue;
    uint32_t generation;
    struct bytes title;
    struct bytes department; /* id */
    struct bytes person;     /* id */
    struct bytes reason;
    struct wall due;
    int state;
};

struct recipients {
    struct list list;
    struct buf out;
};

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
    issue_format(news->issue, issue);
    buf_append_format(&key, "%s%s.%s", news->category, audiences[audience].suffix, part);
    buf_append_u8(&key, 0);
    const struct text_value values[] = {
        {"issue", bytes_of_string(issue)},
        {"title", news->title},
        {"department", department_name(&config->office, news->department)},
        {"due", bytes_of(due, format_due(news->due, config->zone, due, sizeof due))},
        {"person", person_name(&config->office, news->person)},
        {"reason", news->reason},
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

/* Tells everybody on the list, each audience in its own words. */
static void tell_list(struct ctx *ctx, const struct news *news, const struct list *people)
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

static void tell_one(struct ctx *ctx, const struct news *news, struct bytes person)
{
    struct recipients chosen = {0};
    if (person.len != 0) {
        list_put_bytes(&chosen.list, &chosen.out, person);
        list_end(&chosen.list, &chosen.out);
        emit_notice(ctx, news, AUDIENCE_CADRE, &chosen.list);
    }
    buf_done(&chosen.out);
}

static struct wall find_due(const struct list *clocks, enum stage stage)
{
    struct list_cursor cursor = list_begin(clocks);
    struct clock_part clock;
    while (list_next_message(&cursor, &clock_part_type, &clock)) {
        if (clock.stage == (int)stage) {
            return clock.due_at;
        }
    }
    return (struct wall){0};
}

static struct news begin(const struct record *record, struct bytes title)
{
    return (struct news){.issue = record->issue, .generation = record->generation, .title = title};
}

enum status notifier_react_opened(struct ctx *ctx, const struct record *record, const void *message,
                                  struct err *err)
{
    (void)err;
    const struct opened_event *event = message;
    if (event->after.state != (int)STATE_DISPATCHED) {
        return STATUS_OK;
    }
    struct news news = begin(record, event->title);
    news.category = "dispatched";
    news.level = NOTICE_LEVEL_INFO;
    news.department = event->after.lead;
    news.due = find_due(&event->after.clocks, STAGE_HANDLE);
    tell_one(ctx, &news, event->after.owner);
    news.level = NOTICE_LEVEL_ACTION;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

enum status notifier_react_leg(struct ctx *ctx, const struct record *record, const void *message,
                               struct err *err)
{
    (void)err;
    const struct leg_event *event = message;
    struct news news = begin(record, event->title);
    news.category = "dispatched";
    news.level = NOTICE_LEVEL_ACTION;
    news.department = record->topic;
    news.due = event->handle_due;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

/* What a step of the lifecycle is to the owner of the feedback, and to those the event names. NULL:
 * nothing. `to` 0: whatever the state after it. */
struct telling {
    enum happening happening;
    enum state to;
    const char *owner;
    const char *others;
    enum stage stage; /* whose due time is told */
};

static const struct telling tellings[] = {
    {HAPPENING_DISPATCH, STATE_NONE, "dispatched", NULL, STAGE_HANDLE},
    {HAPPENING_SIGN, STATE_IN_PROGRESS, "signed", NULL, STAGE_HANDLE},
    {HAPPENING_LEAD_SUBMIT, STATE_NONE, NULL, "review_wanted", STAGE_REVIEW},
    {HAPPENING_PROPOSE_UNRESOLVABLE, STATE_NONE, NULL, "review_wanted", STAGE_REVIEW},
    {HAPPENING_REVIEW_NO, STATE_NONE, "redo", "redo", STAGE_HANDLE},
    {HAPPENING_REVIEW_OK, STATE_FEEDBACK, "answered", NULL, STAGE_FEEDBACK},
    {HAPPENING_CALLBACK_UNSATISFIED, STATE_IN_PROGRESS, "redo", "redo", STAGE_HANDLE},
    {HAPPENING_CALLBACK_UNSATISFIED, STATE_CALLBACK, NULL, "unsatisfied", STAGE_CALLBACK},
    {HAPPENING_CALLBACK_UNSATISFIED_FINAL, STATE_NONE, "closed", NULL, STAGE_NONE},
    {HAPPENING_CALLBACK_OK, STATE_NONE, "closed", NULL, STAGE_NONE},
    {HAPPENING_CALLBACK_UNREACHED, STATE_CLOSED, "unreached", NULL, STAGE_NONE},
};

static const struct telling *find_telling(const struct step_event *event)
{
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        if ((int)tellings[i].happening == event->happening &&
            (tellings[i].to == STATE_NONE || (int)tellings[i].to == event->to)) {
            return &tellings[i];
        }
    }
    return NULL;
}

/* The category for the owner, where the outcome or the lack of a signature changes the words. */
static const char *owner_category(const struct telling *telling, const struct record *record,
                                  const struct step_event *event)
{
    bool is_explained = event->after.proposed == (int)OUTCOME_EXPLAINED ||
                        event->after.outcome == (int)OUTCOME_EXPLAINED;
    if (telling->happening == HAPPENING_REVIEW_OK && is_explained) {
        return "explained";
    }
    if (telling->happening == HAPPENING_SIGN && record->actor.len == 0) {
        return "auto_signed";
    }
    return telling->owner;
}

enum status notifier_react_step(struct ctx *ctx, const struct record *record, const void *message,
                                struct err *err)
{
    (void)err;
    const struct step_event *event = message;
    const struct telling *telling = find_telling(event);
    if (telling == NULL || (telling->happening == HAPPENING_SIGN && event->from == event->to)) {
        return STATUS_OK;
    }
    struct news news = begin(record, event->title);
    news.department = event->after.lead;
    news.person = record->actor;
    news.reason = event->reason.len != 0 ? event->reason : event->words;
    news.state = event->to;
    news.due = find_due(&event->after.clocks, telling->stage);
    if (telling->owner != NULL) {
        news.category = owner_category(telling, record, event);
        news.level = event->to == (int)STATE_FEEDBACK ? NOTICE_LEVEL_ACTION : NOTICE_LEVEL_INFO;
        tell_one(ctx, &news, event->after.owner);
    }
    if (telling->others != NULL) {
        news.category = telling->others;
        news.level = NOTICE_LEVEL_ACTION;
        tell_list(ctx, &news, &event->notify);
    }
    return STATUS_OK;
}

enum status notifier_react_clock(struct ctx *ctx, const struct record *record, const void *message,
                                 struct err *err)
{
    (void)err;
    const struct clock_event *event = message;
    bool is_warning = event->news == CLOCK_NEWS_WARNED;
    struct news news = begin(record, event->title);
    news.category = is_warning ? "due_soon" : "overdue";
    news.level = is_warning ? NOTICE_LEVEL_WARNING : NOTICE_LEVEL_OVERDUE;
    news.department = event->after.lead;
    news.person = event->after.owner;
    news.due = event->due_at;
    news.state = event->after.state;
    tell_list(ctx, &news, &event->notify);
    return STATUS_OK;
}

enum status notifier_react_set_aside(struct ctx *ctx, const struct record *record,
                                     const void *message, struct err *err)
{
    (void)err;
    const struct set_aside_event *event = message;
    struct news news = begin(record, (struct bytes){0});
    news.category = "set_aside";
    news.level = NOTICE_LEVEL_WARNING;
    news.reason = event->reason;
    news.person = event->author;
    struct recipients author = {0};
    if (event->author.len != 0) {
        list_put_bytes(&author.list, &author.out, event->author);
        list_end(&author.list, &author.out);
        tell_list(ctx, &news, &author.list);
    }
    buf_done(&author.out);
    return STATUS_OK;
}
