/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/suggest.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Chosen by five-fold trials on real messages; the results change little around them. */
#define TITLE_WEIGHT 5U
#define TEXT_WEIGHT 1U
#define SMOOTHING 0.5
#define SMOOTHING_TOTAL 2500.0
#define SPREAD 0.75 /* makes the best score about as high as it is often right */
/* As many characters and pairs as nothing is known of; few that are known weigh little beside. */
#define DOUBT 4.0

#define CHARACTER_BYTES 3U
#define GRAM_BYTES (2 * CHARACTER_BYTES)

/* One or two characters and how much they weigh in a report. */
struct gram {
    uint8_t bytes[GRAM_BYTES];
    uint8_t len;
    uint32_t weight;
};

struct grams {
    struct gram *items;
    size_t count;
};

/* ---- Reports as grams ---- */

static bool is_ideograph(const uint8_t *p, size_t len)
{
    if (len < CHARACTER_BYTES || (p[0] & 0xF0) != 0xE0) {
        return false;
    }
    uint32_t c = (p[0] & 0x0FU) << 12 | (p[1] & 0x3FU) << 6 | (p[2] & 0x3FU);
    return c >= 0x3400 && c <= 0x9FFF;
}

static void append_gram(struct grams *grams, const uint8_t *p, uint8_t len, uint32_t weight)
{
    struct gram *gram = &grams->items[grams->count++];
    memcpy(gram->bytes, p, len);
    gram->len = len;
    gram->weight = weight;
}

static int compare_grams(const void *a, const void *b)
{
    const struct gram *x = a;
    const struct gram *y = b;
    return bytes_compare(bytes_of(x->bytes, x->len), bytes_of(y->bytes, y->len));
}

/* Sorts the grams from `from` on and keeps one of each, with the weight of the first or of all. */
static void merge_equal(struct grams *grams, size_t from, bool adds_up)
{
    size_t kept = from;
    qsort(grams->items + from, grams->count - from, sizeof *grams->items, compare_grams);
    for (size_t i = from; i < grams->count; i++) {
        const struct gram *gram = &grams->items[i];
        if (kept == from || compare_grams(gram, &grams->items[kept - 1]) != 0) {
            grams->items[kept++] = *gram;
        } else if (adds_up) {
            grams->items[kept - 1].weight += gram->weight;
        }
    }
    grams->count = kept;
}

/* Appends the gram or two that begin at `p`; returns how many bytes to go on by. */
static size_t append_at(struct grams *grams, const uint8_t *p, size_t left, uint32_t weight)
{
    if (!is_ideograph(p, left)) {
        return 1;
    }
    append_gram(grams, p, CHARACTER_BYTES, weight);
    if (is_ideograph(p + CHARACTER_BYTES, left - CHARACTER_BYTES)) {
        append_gram(grams, p, GRAM_BYTES, weight);
    }
    return CHARACTER_BYTES;
}

/* Appends the different grams of one field. */
static void append_field(struct grams *grams, struct bytes field, uint32_t weight)
{
    struct buf folded = {0};
    struct err err;
    size_t from = grams->count;
    field.len = field.len < SUGGEST_TEXT_MAX_BYTES ? field.len : SUGGEST_TEXT_MAX_BYTES;
    if (text_append_folded(&folded, field, &err) != STATUS_OK) {
        buf_clear(&folded);
    }
    grams->items = memory_resize(grams->items, from + 2 * folded.len + 1, sizeof *grams->items);
    for (size_t at = 0; at < folded.len;) {
        at += append_at(grams, folded.p + at, folded.len - at, weight);
    }
    merge_equal(grams, from, false);
    buf_done(&folded);
}

/* The different grams of a report; weights of both fields add up. The caller frees the items. */
static struct grams grams_of(struct bytes title, struct bytes text)
{
    struct grams grams = {0};
    append_field(&grams, title, TITLE_WEIGHT);
    append_field(&grams, text, TEXT_WEIGHT);
    merge_equal(&grams, 0, true);
    return grams;
}

/* ---- Rows ---- */

struct key {
    uint8_t bytes[SUGGEST_KEY_MAX_BYTES];
    size_t len;
};

static void key_append(struct key *key, struct bytes part)
{
    CHECK(part.len <= WORD_MAX_BYTES && key->len + part.len <= sizeof key->bytes);
    memcpy(key->bytes + key->len, part.p, part.len);
    key->len += part.len;
}

static struct key key_of(char kind, struct bytes part)
{
    struct key key = {.bytes = {(uint8_t)kind}, .len = 1};
    key_append(&key, part);
    return key;
}

static struct key key_of_two(char kind, struct bytes first, struct bytes second)
{
    struct key key = key_of(kind, first);
    key_append(&key, bytes_of("", 1));
    if (second.len > 0) {
        key_append(&key, second);
    }
    return key;
}

static void add(const struct suggest_rows *rows, const struct key *key, uint64_t count)
{
    rows->add(rows->user, bytes_of(key->bytes, key->len), count);
}

/* ---- Learning ---- */

struct category_search {
    struct bytes wanted;
    uint32_t count;
    bool is_found;
};

static void on_known_category(void *user, struct bytes key, uint64_t count)
{
    struct category_search *search = user;
    (void)count;
    search->count++;
    search->is_found |= bytes_equal(bytes_of(key.p + 1, key.len - 1), search->wanted);
}

static bool has_room_for(const struct suggest_rows *rows, struct bytes category)
{
    struct category_search search = {.wanted = category};
    rows->visit(rows->user, BYTES("c"), on_known_category, &search);
    return search.is_found || search.count < SUGGEST_CATEGORIES_MAX;
}

void suggest_learn(const struct suggest_rows *rows, struct bytes title, struct bytes text,
                   struct bytes category, struct bytes department)
{
    struct grams grams = grams_of(title, text);
    if (grams.count > 0 && has_room_for(rows, category)) {
        uint64_t total = 0;
        for (size_t i = 0; i < grams.count; i++) {
            const struct gram *gram = &grams.items[i];
            struct key key = key_of_two('g', bytes_of(gram->bytes, gram->len), category);
            add(rows, &key, gram->weight);
            total += gram->weight;
        }
        struct key reports = key_of('c', category);
        struct key weight = key_of('t', category);
        add(rows, &reports, 1);
        add(rows, &weight, total);
        if (department.len > 0) {
            struct key dispatched = key_of_two('d', category, department);
            add(rows, &dispatched, 1);
        }
    }
    free(grams.items);
}

static void on_reports(void *user, struct bytes key, uint64_t count)
{
    uint64_t *sum = user;
    (void)key;
    *sum += count;
}

uint64_t suggest_learned(const struct suggest_rows *rows)
{
    uint64_t sum = 0;
    rows->visit(rows->user, BYTES("c"), on_reports, &sum);
    return sum;
}

/* ---- Scoring ---- */

struct reason {
    double weight;
    char text[GRAM_BYTES + 2];
};

struct class
{
    char category[WORD_MAX_BYTES + 1];
    uint64_t reports;
    uint64_t total;
    uint64_t count; /* of the gram at hand */
    double score;
    struct reason reasons[SUGGEST_REASONS];
};

struct scoring {
    struct class classes[SUGGEST_CATEGORIES_MAX];
    uint32_t count;
    uint64_t reports;
    uint64_t total;
    uint32_t known; /* grams of the report that were learned of */
};

static struct class *find_class(struct scoring *scoring, struct bytes category)
{
    for (uint32_t i = 0; i < scoring->count; i++) {
        if (bytes_equal(bytes_of_string(scoring->classes[i].category), category)) {
            return &scoring->classes[i];
        }
    }
    return NULL;
}

static void on_category(void *user, struct bytes key, uint64_t count)
{
    struct scoring *scoring = user;
    if (scoring->count < SUGGEST_CATEGORIES_MAX && key.len <= WORD_MAX_BYTES + 1) {
        struct class *class = &scoring->classes[scoring->count++];
        memcpy(class->category, key.p + 1, key.len - 1);
        class->reports = count;
        scoring->reports += count;
    }
}

static void on_total(void *user, struct bytes key, uint64_t count)
{
    struct scoring *scoring = user;
    struct class *class = find_class(scoring, bytes_of(key.p + 1, key.len - 1));
    if (class != NULL) {
        class->total = count;
        scoring->total += count;
    }
}

static void on_gram(void *user, struct bytes key, uint64_t count)
{
    struct scoring *scoring = user;
    const uint8_t *zero = memchr(key.p, 0, key.len);
    size_t at = zero == NULL ? key.len : (size_t)(zero - key.p) + 1;
    struct class *class = find_class(scoring, bytes_of(key.p + at, key.len - at));
    if (class != NULL) {
        class->count = count;
    }
}

/* Keeps the pairs that spoke most for a class. */
static void keep_reason(struct class *class, const struct gram *gram, double weight)
{
    uint32_t at = SUGGEST_REASONS;
    while (at > 0 && class->reasons[at - 1].weight < weight) {
        at--;
    }
    if (gram->len != GRAM_BYTES || at == SUGGEST_REASONS || weight <= 0) {
        return;
    }
    memmove(&class->reasons[at + 1], &class->reasons[at],
            (SUGGEST_REASONS - 1 - at) * sizeof class->reasons[0]);
    class->reasons[at].weight = weight;
    memcpy(class->reasons[at].text, gram->bytes, gram->len);
    class->reasons[at].text[gram->len] = '\0';
}

/* A gram speaks for a class as much as it is rare in all others. */
static void score_gram(const struct suggest_rows *rows, struct scoring *scoring,
                       const struct gram *gram)
{
    struct key prefix = key_of_two('g', bytes_of(gram->bytes, gram->len), (struct bytes){0});
    uint64_t all = 0;
    double mean = 0;
    double spoke[SUGGEST_CATEGORIES_MAX];
    for (uint32_t i = 0; i < scoring->count; i++) {
        scoring->classes[i].count = 0;
    }
    rows->visit(rows->user, bytes_of(prefix.bytes, prefix.len), on_gram, scoring);
    for (uint32_t i = 0; i < scoring->count; i++) {
        all += scoring->classes[i].count;
    }
    if (all == 0) {
        return; /* never seen: it would speak for the small classes only */
    }
    scoring->known++;
    for (uint32_t i = 0; i < scoring->count; i++) {
        const struct class *class = &scoring->classes[i];
        double elsewhere = (double)(all - class->count) + SMOOTHING;
        double others = (double)(scoring->total - class->total) + SMOOTHING_TOTAL;
        spoke[i] = (double)gram->weight * log(others / elsewhere);
        mean += spoke[i] / scoring->count;
    }
    for (uint32_t i = 0; i < scoring->count; i++) {
        scoring->classes[i].score += spoke[i];
        keep_reason(&scoring->classes[i], gram, spoke[i] - mean);
    }
}

static int compare_classes(const void *a, const void *b)
{
    const struct class *x = a;
    const struct class *y = b;
    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    return strcmp(x->category, y->category);
}

struct mostly {
    char *department;
    uint64_t count;
};

static void on_department(void *user, struct bytes key, uint64_t count)
{
    struct mostly *mostly = user;
    const uint8_t *zero = memchr(key.p, 0, key.len);
    size_t at = zero == NULL ? key.len : (size_t)(zero - key.p) + 1;
    if (count > mostly->count && key.len - at <= WORD_MAX_BYTES) {
        (void)snprintf(mostly->department, WORD_MAX_BYTES + 1, "%.*s", (int)(key.len - at),
                       (const char *)key.p + at);
        mostly->count = count;
    }
}

static struct suggestion suggestion_of(const struct suggest_rows *rows, const struct class *class,
                                       double share)
{
    struct suggestion suggestion = {.score_permille = (uint32_t)(share * 1000 + 0.5)};
    struct key prefix = key_of_two('d', bytes_of_string(class->category), (struct bytes){0});
    struct mostly mostly = {.department = suggestion.department};
    (void)snprintf(suggestion.category, sizeof suggestion.category, "%s", class->category);
    for (uint32_t i = 0; i < SUGGEST_REASONS; i++) {
        memcpy(suggestion.reasons[i], class->reasons[i].text, sizeof class->reasons[i].text);
    }
    rows->visit(rows->user, bytes_of(prefix.bytes, prefix.len), on_department, &mostly);
    return suggestion;
}

/* Shares of the classes, which stand best first. Scores grow with the length of a report, certainty
 * less: they are brought to one scale by the root of the report's weight. What little is known of a
 * report of a few words moves the shares only so far from being equal. */
static uint32_t share_out(const struct suggest_rows *rows, const struct scoring *scoring,
                          double weight, struct suggestion suggestions[SUGGEST_COUNT])
{
    double scale = SPREAD * sqrt(weight);
    double sum = 0;
    uint32_t count = scoring->count < SUGGEST_COUNT ? scoring->count : SUGGEST_COUNT;
    for (uint32_t i = 0; i < scoring->count; i++) {
        sum += exp((scoring->classes[i].score - scoring->classes[0].score) / scale);
    }
    for (uint32_t i = 0; i < count; i++) {
        double share = exp((scoring->classes[i].score - scoring->classes[0].score) / scale) / sum;
        share = (share * scoring->known + DOUBT / scoring->count) / (scoring->known + DOUBT);
        suggestions[i] = suggestion_of(rows, &scoring->classes[i], share);
    }
    return count;
}

uint32_t suggest_score(const struct suggest_rows *rows, struct bytes title, struct bytes text,
                       struct suggestion suggestions[SUGGEST_COUNT])
{
    struct grams grams = grams_of(title, text);
    struct scoring *scoring = memory_new(1, sizeof *scoring);
    double weight = 0;
    rows->visit(rows->user, BYTES("c"), on_category, scoring);
    rows->visit(rows->user, BYTES("t"), on_total, scoring);
    for (uint32_t i = 0; i < scoring->count; i++) {
        scoring->classes[i].score =
            log((double)scoring->classes[i].reports / (double)scoring->reports);
    }
    for (size_t i = 0; i < grams.count && scoring->count > 0; i++) {
        score_gram(rows, scoring, &grams.items[i]);
        weight += grams.items[i].weight;
    }
    uint32_t count = 0;
    if (weight > 0) {
        qsort(scoring->classes, scoring->count, sizeof scoring->classes[0], compare_classes);
        count = share_out(rows, scoring, weight, suggestions);
    }
    free(scoring);
    free(grams.items);
    return count;
}
