/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/words.h"

#include "domain/words.h"
#include "notifier/people.h"

#include <stdio.h>

#define MINUTE_US (60 * US_PER_S)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (S_PER_DAY * US_PER_S)

/* ---- single values -------------------------------------------------------------------------- */

static struct bytes keep(struct ctx *ctx, struct buf *out)
{
    struct bytes kept = ctx_copy(ctx, buf_bytes(out));
    buf_done(out);
    return kept;
}

static struct bytes phrase(struct ctx *ctx, enum text_phrase phrase,
                           const struct text_value *values, uint32_t count)
{
    const struct config *config = ctx_config(ctx);
    struct buf out = {0};
    if (phrase != TEXT_PHRASE_none) {
        texts_format_phrase(config->texts, config->language, phrase, values, count, &out);
    }
    return keep(ctx, &out);
}

static struct bytes number_text(struct ctx *ctx, uint64_t number)
{
    struct buf out = {0};
    buf_append_format(&out, "%llu", (unsigned long long)number);
    return keep(ctx, &out);
}

static struct bytes issue_text(struct ctx *ctx, uint64_t issue)
{
    char text[ISSUE_TEXT_BYTES];
    issue_format(issue, text);
    return issue == 0 ? (struct bytes){0} : ctx_copy(ctx, bytes_of_string(text));
}

static struct bytes department_name(const struct office *office, struct bytes id)
{
    const struct department *department = office_find_department(office, id);
    return department == NULL ? id : department->name;
}

/* "2026-09-30 17:30", or nothing. */
static struct bytes due_text(struct ctx *ctx, const struct news *news)
{
    struct buf out = {0};
    if (news->due.us != 0) {
        struct civil c = civil_from_wall(news->due, ctx_config(ctx)->zone);
        buf_append_format(&out, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
                          c.minute);
    }
    struct text_value value = {"due", keep(ctx, &out)};
    return news->is_provisional ? phrase(ctx, TEXT_PHRASE_provisional, &value, 1) : value.text;
}

/* In whole minutes, hours up to two days, or days. */
static struct bytes late_text(struct ctx *ctx, int64_t late_us)
{
    static const struct {
        int64_t from_us;
        int64_t unit_us;
        enum text_phrase phrase;
    } units[] = {{2 * DAY_US, DAY_US, TEXT_PHRASE_days},
                 {HOUR_US, HOUR_US, TEXT_PHRASE_hours},
                 {MINUTE_US, MINUTE_US, TEXT_PHRASE_minutes}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (late_us >= units[i].from_us) {
            struct text_value value = {"count",
                                       number_text(ctx, (uint64_t)(late_us / units[i].unit_us))};
            return phrase(ctx, units[i].phrase, &value, 1);
        }
    }
    return (struct bytes){0};
}

/* "王海3户、李山12户，另有5人". */
static struct bytes rows_text(struct ctx *ctx, const struct news *news)
{
    struct list_cursor cursor = list_begin(news->rows);
    struct counted_part part;
    struct buf out = {0};
    bool is_of_units = strcmp(news->category, "visits_missed_outside") == 0;
    while (list_next_message(&cursor, &counted_part_type, &part)) {
        const struct text_value values[] = {{"person", part.name},
                                            {"count", number_text(ctx, part.count)}};
        if (out.len != 0) {
            buf_append_bytes(&out, phrase(ctx, TEXT_PHRASE_separator, NULL, 0));
        }
        buf_append_bytes(&out, phrase(ctx, TEXT_PHRASE_counted, values, 2));
    }
    if (news->rest != 0) {
        const struct text_value rest = {"count", number_text(ctx, news->rest)};
        enum text_phrase more = is_of_units ? TEXT_PHRASE_more_units : TEXT_PHRASE_more_people;
        buf_append_bytes(&out, phrase(ctx, more, &rest, 1));
    }
    return keep(ctx, &out);
}

/* Names are Chinese; other languages show the word. */
static struct bytes state_text(struct ctx *ctx, int state)
{
    struct buf out = {0};
    if (state != 0 && ctx_config(ctx)->language == LANGUAGE_ZH) {
        buf_append_string(&out, state_name((enum state)state));
    } else if (state != 0) {
        for (const char *c = state_word((enum state)state); *c != '\0'; c++) {
            buf_append_u8(&out, (uint8_t)(*c == '_' ? ' ' : *c));
        }
    }
    return keep(ctx, &out);
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* "民政科、卫健科". */
static struct bytes departments_text(struct ctx *ctx, const struct duty *duty)
{
    struct buf out = {0};
    for (uint32_t i = 0; i < duty->department_count; i++) {
        if (i != 0) {
            buf_append_bytes(&out, phrase(ctx, TEXT_PHRASE_separator, NULL, 0));
        }
        buf_append_bytes(&out, department_name(&ctx_config(ctx)->office, duty->departments[i]));
    }
    return keep(ctx, &out);
}

/* What a clock adds: who has to act, what, and what those above can do. */
static void phrases_of(struct ctx *ctx, const struct news *news, struct bytes texts[3])
{
    const struct office *office = &ctx_config(ctx)->office;
    const struct duty nobody = {0};
    struct duty duty = news->duty != NULL ? *news->duty : nobody;
    const struct text_value values[] = {
        {"person", people_name(ctx, duty.person)},
        {"department", departments_text(ctx, &duty)},
    };
    /* Staff that gives feedback where there is no household is no cadre. */
    if (duty.who == TEXT_PHRASE_who_cadre && office_find_person(office, duty.person) != NULL) {
        duty.who = TEXT_PHRASE_who_person;
    }
    const enum text_phrase phrases[] = {duty.who, duty.task, duty.remedy};
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        texts[i] = phrase(ctx, phrases[i], values, sizeof values / sizeof values[0]);
    }
}

void words_format(struct ctx *ctx, const struct news *news, const char *suffix, const char *part,
                  struct buf *out)
{
    const struct config *config = ctx_config(ctx);
    const struct office *office = &config->office;
    struct bytes duty[3];
    char key[96];
    (void)snprintf(key, sizeof key, "%s%s.%s", news->words != NULL ? news->words : news->category,
                   suffix, part);
    phrases_of(ctx, news, duty);
    const struct text_value values[] = {
        {"issue", issue_text(ctx, news->issue)},
        {"title", news->title},
        {"department", department_name(office, news->department)},
        {"due", due_text(ctx, news)},
        {"person", people_name(ctx, news->person)},
        {"reason", news->reason},
        {"household", news->household},
        {"head", news->head},
        {"count", number_text(ctx, news->count)},
        {"state", state_text(ctx, news->state)},
        {"level", number_text(ctx, news->ladder_level)},
        {"late", late_text(ctx, news->late_us)},
        {"who", duty[0]},
        {"task", duty[1]},
        {"remedy", duty[2]},
        {"list", news->rows != NULL ? rows_text(ctx, news) : news->list},
        {"rest", number_text(ctx, news->rest)},
    };
    texts_format(config->texts, config->language, key, values, sizeof values / sizeof values[0],
                 out);
}
