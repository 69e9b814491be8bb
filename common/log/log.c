/* SPDX-License-Identifier: Apache-2.0 */
#include "log/log.h"

#include "base/buf.h"
#include "base/text.h"
#include "log/limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Past this a line is cut: stderr may be a pipe, and up to 4096 bytes arrive there in one piece. */
#define LINE_MAX_BYTES 4000U

static const struct {
    const char *word;
    char priority; /* of syslog, RFC 5424 section 6.2.1 */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", '3'},
    [LOG_LEVEL_WARNING] = {"warning", '4'},
    [LOG_LEVEL_INFO] = {"info", '6'},
    [LOG_LEVEL_DEBUG] = {"debug", '7'},
};

/* The one mutable global of the program. */
static struct {
    const char *name;
    enum log_level least;
    bool is_journal;
    struct log_site *skipping; /* the places that have something left to tell */
} sink = {.name = "lianhu", .least = LOG_LEVEL_INFO};

/* systemd.exec(5): stderr is the journal's if the variable names its device and inode; a process
 * may inherit the variable and have its stderr elsewhere. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat stat;
    if (stream == NULL || fstat(STDERR_FILENO, &stat) != 0) {
        return false;
    }
    char own[48];
    (void)snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)stat.st_dev, (uintmax_t)stat.st_ino);
    return strcmp(stream, own) == 0;
}

void log_open(const char *name, enum log_level least)
{
    sink.name = name;
    sink.least = least;
    sink.is_journal = stderr_is_journal();
}

enum status log_level_parse(struct bytes text, enum log_level *ret_level, struct err *err)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (bytes_equal(text, bytes_of_string(levels[i].word))) {
            *ret_level = (enum log_level)i;
            return STATUS_OK;
        }
    }
    return fail(err, STATUS_INVALID, "'%.*s' is no log level: write error, warning, info or debug",
                BYTES_FMT(text));
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    CHECK(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static void append_head(struct buf *line, enum log_level level)
{
    if (sink.is_journal) {
        buf_append_format(line, "<%c>", levels[level].priority);
        return;
    }
    char at[WALL_TEXT_BYTES];
    wall_format((struct wall){read_clock(CLOCK_REALTIME)}, (struct zone){0}, at);
    buf_append_format(line, "%s %s %s: ", at, levels[level].word, sink.name);
}

/* Whether the byte would end the line or move somebody's terminal: C0, DEL, either byte of C1
 * (U+0080 to U+009F), and what is not UTF-8. */
static bool is_control(struct bytes text, size_t i, bool is_utf8)
{
    uint8_t c = text.p[i];
    uint8_t before = i > 0 ? text.p[i - 1] : 0;
    uint8_t after = i + 1 < text.len ? text.p[i + 1] : 0;
    bool is_c1 = (c == 0xc2 && after <= 0x9f) || (before == 0xc2 && c <= 0x9f);
    return c < 0x20 || c == 0x7f || (c >= 0x80 && (!is_utf8 || is_c1));
}

static void append_quoted(struct buf *line, const char *sentence)
{
    struct bytes text = bytes_of_string(sentence);
    bool is_utf8 = text_is_valid(text, NULL);
    buf_append_u8(line, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (is_control(text, i, is_utf8)) {
            buf_append_format(line, "\\x%02x", text.p[i]);
            continue;
        }
        if (text.p[i] == '"' || text.p[i] == '\\') {
            buf_append_u8(line, '\\');
        }
        buf_append_u8(line, text.p[i]);
    }
    buf_append_u8(line, '"');
}

static void append_u64(struct buf *line, const struct log_pair *pair)
{
    buf_append_format(line, "%" PRIu64, pair->u64);
}

static void append_i64(struct buf *line, const struct log_pair *pair)
{
    buf_append_format(line, "%" PRId64, pair->i64);
}

static void append_word(struct buf *line, const struct log_pair *pair)
{
    buf_append_bytes(line, word_is_valid(pair->word) ? pair->word : BYTES("?"));
}

static void append_id(struct buf *line, const struct log_pair *pair)
{
    char text[ID_TEXT_BYTES];
    id_format(pair->id, text);
    buf_append_string(line, text);
}

static void append_issue(struct buf *line, const struct log_pair *pair)
{
    char text[ISSUE_TEXT_BYTES];
    issue_format(pair->u64, text);
    buf_append_string(line, text);
}

static void append_sentence(struct buf *line, const struct log_pair *pair)
{
    append_quoted(line, pair->sentence);
}

static void append_pair(struct buf *line, const struct log_pair *pair)
{
    static void (*const appenders[])(struct buf *, const struct log_pair *) = {
        [LOG_KIND_U64] = append_u64,     [LOG_KIND_I64] = append_i64,
        [LOG_KIND_WORD] = append_word,   [LOG_KIND_ID] = append_id,
        [LOG_KIND_ISSUE] = append_issue, [LOG_KIND_SENTENCE] = append_sentence,
    };
    buf_append_format(line, " %s=", pair->key);
    appenders[pair->kind](line, pair);
}

/* In one call, so that the lines of several processes on one stderr do not mix. What cannot be
 * written has nowhere to be told. */
static void put_line(struct buf *line)
{
    if (line->len > LINE_MAX_BYTES) {
        line->len = LINE_MAX_BYTES;
    }
    buf_append_u8(line, '\n');
    ssize_t written = write(STDERR_FILENO, line->p, line->len);
    (void)written;
    buf_done(line);
}

static void tell_skipped(struct log_site *site)
{
    struct buf line = {0};
    append_head(&line, site->level);
    buf_append_format(&line, "%" PRIu64 " more like this: %s", site->skipped, site->sentence);
    put_line(&line);
    site->skipped = 0;
}

/* Tells for every place whose window has passed, or for all, what it skipped. */
static void tell_all_skipped(struct mono now, bool is_end)
{
    struct log_site **link = &sink.skipping;
    while (*link != NULL) {
        struct log_site *site = *link;
        if (is_end || limit_is_over(site, now)) {
            *link = site->next_skipping;
            tell_skipped(site);
        } else {
            link = &site->next_skipping;
        }
    }
}

void log_close(void)
{
    tell_all_skipped((struct mono){0}, true);
}

void log_write(struct log_site *site, const struct log_pair *pairs)
{
    if (site->level > sink.least) {
        return;
    }
    struct mono now = {read_clock(CLOCK_MONOTONIC)};
    tell_all_skipped(now, false);
    if (!limit_admit(site, now)) {
        if (site->skipped == 1) {
            site->next_skipping = sink.skipping;
            sink.skipping = site;
        }
        return;
    }
    struct buf line = {0};
    append_head(&line, site->level);
    buf_append_string(&line, site->sentence);
    for (const struct log_pair *pair = pairs; pair->kind != LOG_KIND_END; pair++) {
        append_pair(&line, pair);
    }
    put_line(&line);
}
