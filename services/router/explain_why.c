/* SPDX-License-Identifier: Apache-2.0 */
#include "router/explain_why.h"

#include "domain/lifecycle.h"
#include "domain/rules.h"

#define LOOKED_AT_MAX 200U
#define QUOTE_MAX 100U /* characters of what somebody wrote */
#define SENTENCE_MAX_BYTES 1600U

/* A record that is told of. */
struct telling {
    struct ctx *ctx;
    const struct issue_file *file;
    const struct record *record;
    const struct step_event *step;
    struct buf *out;
};

/* ---- words ---------------------------------------------------------------------------------- */

void explain_append_time(const struct ctx *ctx, struct wall at, struct buf *out)
{
    char text[WALL_TEXT_BYTES];
    wall_format_minute(at, ctx_config(ctx)->zone, text);
    buf_append_string(out, text);
}

/* "陈澄松 (staff_urban_1)"; a cadre, whom the office does not know, by id alone. */
static void append_person(const struct telling *telling)
{
    struct bytes id = telling->record->actor;
    const struct person *person = office_find_person(&ctx_config(telling->ctx)->office, id);
    if (person == NULL) {
        buf_append_format(telling->out, "%.*s", BYTES_FMT(id));
    } else {
        buf_append_format(telling->out, "%.*s (%.*s)", BYTES_FMT(person->name), BYTES_FMT(id));
    }
}

static void append_section(const struct telling *telling, struct bytes id)
{
    const struct department *section =
        office_find_department(&ctx_config(telling->ctx)->office, id);
    buf_append_format(telling->out, "%.*s (%.*s)",
                      BYTES_FMT(section == NULL ? BYTES("section") : section->name), BYTES_FMT(id));
}

static void append_own_section(const struct telling *telling)
{
    append_section(telling, telling->step->department);
}

/* The lead section, and those that assist. */
static void append_sections(const struct telling *telling)
{
    const struct issue *issue = &telling->file->issue;
    const struct leg *lead = issue_find_lead(issue);
    const char *before = ", with ";
    if (lead == NULL) {
        return;
    }
    append_section(telling, word_bytes(&lead->department));
    for (uint32_t i = 0; i < issue->leg_count; i++) {
        const struct leg *leg = &issue->legs[i];
        if (leg->role == LEG_ROLE_ASSIST && leg->state != LEG_STATE_RETURNED) {
            buf_append_string(telling->out, before);
            append_section(telling, word_bytes(&leg->department));
            before = ", ";
        }
    }
    buf_append_string(telling->out, before[2] == '\0' ? " assisting" : "");
}

/* What somebody wrote, after a colon, as far as it goes on a line. */
static void append_quote(const struct telling *telling, struct bytes text)
{
    size_t len = 0;
    uint32_t chars = 0;
    while (len < text.len && chars <= QUOTE_MAX) {
        bool is_begin = (text.p[len] & 0xc0) != 0x80;
        chars += is_begin ? 1 : 0;
        len += chars <= QUOTE_MAX ? 1 : 0;
    }
    if (len != 0) {
        buf_append_format(telling->out, ": %.*s%s", BYTES_FMT(bytes_of(text.p, len)),
                          len < text.len ? "…" : "");
    }
}

static void append_reason(const struct telling *telling)
{
    append_quote(telling, telling->step->reason);
}

static void append_words(const struct telling *telling)
{
    append_quote(telling, telling->step->words);
}

static void append_ground(const struct telling *telling)
{
    append_quote(telling, telling->step->ground);
}

static void append_wait(const struct telling *telling)
{
    static const char *const grounds[WAIT_GROUND_COUNT] = {
        [WAIT_GROUND_NONE] = "something",
        [WAIT_GROUND_HOUSEHOLD] = "the household",
        [WAIT_GROUND_DECISION] = "a decision",
        [WAIT_GROUND_SEASON] = "the season",
        [WAIT_GROUND_FORCE_MAJEURE] = "what nobody can help",
    };
    const struct issue_part *after = &telling->step->after;
    buf_append_format(telling->out, "%s until ", grounds[after->wait_ground]);
    explain_append_time(telling->ctx, after->wait_until, telling->out);
}

static void append_outcome(const struct telling *telling)
{
    buf_append_string(telling->out, outcome_word((enum outcome)telling->step->after.proposed));
}

static void append_reaction(const struct telling *telling)
{
    enum reaction reaction = (enum reaction)telling->step->reaction;
    buf_append_string(telling->out,
                      reaction == REACTION_NONE ? "no reaction" : reaction_word(reaction));
}

static void append_again(const struct telling *telling)
{
    bool is_again = telling->step->to == (int)STATE_IN_PROGRESS;
    buf_append_string(telling->out, is_again ? ", so it is handled again"
                                             : ", and the office decides what becomes of it");
}

static void append_level(const struct telling *telling)
{
    buf_append_format(telling->out, "level %u until ", telling->step->after.supervision.level);
    explain_append_time(telling->ctx, telling->step->after.supervision.due_at, telling->out);
}

/* What stands behind a percent sign in the patterns below. */
static const struct {
    char letter;
    void (*append)(const struct telling *telling);
} pieces[] = {
    {'w', append_person}, {'d', append_own_section}, {'s', append_sections},
    {'r', append_reason}, {'t', append_words},       {'g', append_ground},
    {'u', append_wait},   {'o', append_outcome},     {'m', append_reaction},
    {'a', append_again},  {'l', append_level},
};

static void append_piece(const struct telling *telling, char letter)
{
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        if (pieces[i].letter == letter) {
            pieces[i].append(telling);
        }
    }
}

static void append_pattern(const struct telling *telling, const char *pattern)
{
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '%') {
            append_piece(telling, *++p);
        } else {
            buf_append_u8(telling->out, (uint8_t)*p);
        }
    }
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* What a step was, by a person or by a timer. `is_note`: told of also when the state stayed. */
static const struct {
    const char *by_person;
    const char *by_itself;
    bool is_note;
} steps[HAPPENING_COUNT] = {
    [HAPPENING_ASK_INFO] = {.by_person = "%w asked the cadre%r"},
    [HAPPENING_GIVE_INFO] = {.by_person = "%w said more%r",
                             .by_itself =
                                 "the cadre did not answer in time, so it goes on without"},
    [HAPPENING_DISPATCH] = {.by_person = "%w gave it to %s"},
    [HAPPENING_SIGN] = {.by_person = "%w signed for %d",
                        .by_itself = "%d did not sign in time and counts as having signed"},
    [HAPPENING_REQUEST_SUSPENSION] = {.by_person = "%w asked that it waits for %u%r",
                                      .is_note = true},
    [HAPPENING_SUSPENSION_OK] = {.by_person = "%w agreed that it waits for %u"},
    [HAPPENING_SUSPENSION_NO] = {.by_person = "%w did not agree that it waits%r", .is_note = true},
    [HAPPENING_RESUME] = {.by_person = "%w went on with it%r",
                          .by_itself = "the suspension was over, so it goes on"},
    [HAPPENING_LEAD_SUBMIT] = {.by_person = "%w answered for %d, %o%t"},
    [HAPPENING_PROPOSE_UNRESOLVABLE] = {.by_person = "%w proposed for %d that it cannot be "
                                                     "solved%g"},
    [HAPPENING_REVIEW_NO] = {.by_person = "%w sent the answer back%r"},
    [HAPPENING_REVIEW_OK] = {.by_person = "%w passed the answer", .is_note = true},
    [HAPPENING_FEEDBACK_DONE] = {.by_person = "%w told the household, which was %m%t"},
    [HAPPENING_CALLBACK_OK] = {.by_person = "the household agreed when %w called back%t"},
    [HAPPENING_CALLBACK_UNSATISFIED] = {.by_person = "the household did not agree when %w called "
                                                     "back%a%t",
                                        .is_note = true},
    [HAPPENING_CALLBACK_UNSATISFIED_FINAL] = {.by_person = "%w closed it although the household is "
                                                           "unsatisfied%r"},
    [HAPPENING_CALLBACK_UNREACHED] = {.by_person = "%w did not reach the household%t",
                                      .is_note = true},
    [HAPPENING_ARCHIVE] = {.by_itself = "the time for reopening was over"},
    [HAPPENING_SUPERVISE] = {.by_person = "%w put it under supervision, %l%r"},
};

static const char *find_pattern(const struct telling *telling)
{
    enum happening happening = (enum happening)telling->step->happening;
    return telling->record->actor.len != 0 ? steps[happening].by_person
                                           : steps[happening].by_itself;
}

/* Whether the rule decided by the category that was reported. */
static bool is_by_category(const struct telling *telling, const struct opened_event *opened)
{
    const struct rules *rules = ctx_config(telling->ctx)->rules;
    uint32_t rule = rules_find(rules, opened->rule);
    return opened->given_category.len != 0 && rule != RULES_NONE &&
           rules_asks(rules, rule, RULE_CATEGORY);
}

/* Which rule decided, by which category or words; or that none was sure. */
static void append_opened(const struct telling *telling, const struct opened_event *opened)
{
    struct buf *out = telling->out;
    struct list_cursor cursor = list_begin(&opened->words);
    struct word_part word;
    const char *before = ", because of ";
    if (opened->rule.len == 0) {
        buf_append_string(out, "no rule was sure");
    } else {
        buf_append_format(out, "rule '%.*s' ", BYTES_FMT(opened->rule));
        if (opened->after.state == (int)STATE_TRIAGE) {
            buf_append_string(out, "leaves it to the triage desk");
        } else {
            buf_append_string(out, "gave it to ");
            append_sections(telling);
        }
    }
    if (is_by_category(telling, opened)) {
        buf_append_format(out, ", because the report's category '%.*s' was given",
                          BYTES_FMT(opened->given_category));
        before = ", and of ";
    }
    while (list_next_message(&cursor, &word_part_type, &word)) {
        buf_append_format(out, "%s'%.*s' (%s %u)", before, BYTES_FMT(word.word),
                          word.in_title ? "title" : "text", word.offset + 1);
        before = ", ";
    }
}

/* ---- which of them -------------------------------------------------------------------------- */

/* What was found so far, going back in time. */
struct reasons {
    uint64_t seqs[WHY_MAX];
    uint32_t count;
    bool has_arrival; /* the step that led to the present state */
    bool has_dispatch;
    bool has_supervision;
};

static bool is_reason(const struct issue *issue, const struct step_event *step,
                      struct reasons *reasons)
{
    bool is_dispatch = step->happening == (int)HAPPENING_DISPATCH;
    bool is_arrival = !reasons->has_arrival && step->from != step->to;
    bool is_note = !reasons->has_arrival && steps[step->happening].is_note;
    bool is_watched = step->happening == (int)HAPPENING_SUPERVISE && !reasons->has_supervision &&
                      !word_is_empty(&issue->supervision.issuer);
    bool is_first = is_dispatch && !reasons->has_dispatch;
    reasons->has_arrival = reasons->has_arrival || step->from != step->to;
    reasons->has_dispatch = reasons->has_dispatch || is_dispatch;
    reasons->has_supervision = reasons->has_supervision || is_watched;
    return is_arrival || is_note || is_watched || is_first;
}

static void find_reasons(struct ctx *ctx, const struct issue *issue, struct reasons *reasons)
{
    uint64_t seq = UINT64_MAX;
    for (uint32_t i = 0; i < LOOKED_AT_MAX && reasons->count < WHY_MAX &&
                         trail_before(ctx, issue->number, seq, &seq) == STATUS_OK;
         i++) {
        struct record record;
        struct step_event *step = ctx_take(ctx, sizeof *step);
        struct err err;
        if (record_get(ctx, seq, &record) != STATUS_OK) {
            continue;
        }
        bool is_opened = record.type == MESSAGE_OPENED_EVENT && !reasons->has_dispatch;
        bool is_step = record.type == MESSAGE_STEP_EVENT &&
                       record_message(&record, &step_event_type, step, &err) == STATUS_OK;
        if (is_opened || (is_step && is_reason(issue, step, reasons))) {
            reasons->seqs[reasons->count++] = seq;
        }
    }
}

/* Appends the sentence; nothing where there are no words for it. */
static void append_reason_of(struct ctx *ctx, const struct issue_file *file, uint64_t seq,
                             struct buf *out)
{
    struct record record;
    struct err err;
    struct telling telling = {.ctx = ctx, .file = file, .record = &record, .out = out};
    if (record_get(ctx, seq, &record) != STATUS_OK) {
        return;
    }
    if (record.type == MESSAGE_OPENED_EVENT) {
        struct opened_event *opened = ctx_take(ctx, sizeof *opened);
        if (record_message(&record, &opened_event_type, opened, &err) == STATUS_OK) {
            explain_append_time(ctx, record.at, out);
            buf_append_string(out, ": ");
            append_opened(&telling, opened);
        }
        return;
    }
    struct step_event *step = ctx_take(ctx, sizeof *step);
    telling.step = step;
    if (record_message(&record, &step_event_type, step, &err) == STATUS_OK &&
        find_pattern(&telling) != NULL) {
        explain_append_time(ctx, record.at, out);
        buf_append_string(out, ": ");
        append_pattern(&telling, find_pattern(&telling));
    }
}

/* Sentences are cut where a character begins. */
static struct bytes cut(struct bytes text)
{
    size_t len = text.len < SENTENCE_MAX_BYTES ? text.len : SENTENCE_MAX_BYTES;
    while (len < text.len && len > 0 && (text.p[len] & 0xc0) == 0x80) {
        len--;
    }
    return bytes_of(text.p, len);
}

struct list explain_why(struct ctx *ctx, const struct issue_file *file)
{
    struct reasons reasons = {0};
    struct list list = {0};
    struct buf out = {0};
    struct buf sentence = {0};
    find_reasons(ctx, &file->issue, &reasons);
    for (uint32_t i = reasons.count; i-- > 0;) {
        buf_clear(&sentence);
        append_reason_of(ctx, file, reasons.seqs[i], &sentence);
        if (sentence.len != 0) {
            list_put_bytes(&list, &out, cut(buf_bytes(&sentence)));
        }
    }
    if (file->issue.supervised_by_system != 0 && !issue_is_final(&file->issue)) {
        buf_clear(&sentence);
        buf_append_format(&sentence,
                          "it is under supervision, level %u, because it was late or is handled "
                          "again",
                          file->issue.supervised_by_system);
        list_put_bytes(&list, &out, buf_bytes(&sentence));
    }
    struct bytes kept = ctx_copy(ctx, buf_bytes(&out));
    list.p = kept.p;
    list.len = kept.len;
    buf_done(&out);
    buf_done(&sentence);
    return list;
}
