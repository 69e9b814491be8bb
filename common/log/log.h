/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line for each event, on stderr: a sentence that stands in the source, then pairs.
 *
 *     log_info("the link is up", LOG_WORD("peer", name), LOG_U64("seq", seq));
 *     log_error("the batch was not committed", LOG_ERR(&err), LOG_ISSUE(issue));
 *
 *     2026-09-30T02:00:00.120000+00:00 info router: the link is up peer=intake seq=42
 *
 * Under systemd's journal the line begins with "<priority>" instead of time, level and name, which
 * the journal knows. A pair takes numbers, identifiers and sentences of errors, and no other text:
 * what a person said or is called cannot get here. More than LOG_BURST lines from one place within
 * LOG_WINDOW_S seconds are counted instead of written.
 *
 * This is the one part of the program with a state of its own; only one thread may log.
 */
#pragma once

#include "base/bytes.h"
#include "base/number.h"
#include "base/status.h"

#define LOG_BURST 10U
#define LOG_WINDOW_S 10

enum log_level {
    LOG_LEVEL_ERROR,   /* somebody has to do something */
    LOG_LEVEL_WARNING, /* it goes on, but not as it should */
    LOG_LEVEL_INFO,    /* what an operator wants to know later */
    LOG_LEVEL_DEBUG,   /* what only a developer wants to know */
};

/* Names the program and the least important level that is written. Before it, the name is "lianhu"
 * and the level info. `name` must live as long as the process. */
void log_open(const char *name, enum log_level least);
/* Writes what was counted and not yet told. */
void log_close(void);

/* "error", "warning", "info" or "debug". INVALID: none of these. */
enum status log_level_parse(struct bytes text, enum log_level *ret_level, struct err *err) MUST_USE;

/* All of them need a sentence as a string literal, and take any number of pairs. */
#define log_error(...) LOG_AT(LOG_LEVEL_ERROR, __VA_ARGS__, LOG_END)
#define log_warning(...) LOG_AT(LOG_LEVEL_WARNING, __VA_ARGS__, LOG_END)
#define log_info(...) LOG_AT(LOG_LEVEL_INFO, __VA_ARGS__, LOG_END)
#define log_debug(...) LOG_AT(LOG_LEVEL_DEBUG, __VA_ARGS__, LOG_END)

/* The pairs. `key_` is a string literal; a word that is none (base/number.h) is written as "?". */
#define LOG_U64(key_, value)                                                                       \
    ((struct log_pair){.key = (key_), .kind = LOG_KIND_U64, .u64 = (value)})
#define LOG_I64(key_, value)                                                                       \
    ((struct log_pair){.key = (key_), .kind = LOG_KIND_I64, .i64 = (value)})
#define LOG_WORD(key_, value)                                                                      \
    ((struct log_pair){.key = (key_), .kind = LOG_KIND_WORD, .word = (value)})
#define LOG_ID(key_, value) ((struct log_pair){.key = (key_), .kind = LOG_KIND_ID, .id = (value)})
#define LOG_ISSUE(value) ((struct log_pair){.key = "issue", .kind = LOG_KIND_ISSUE, .u64 = (value)})
#define LOG_ERR(value)                                                                             \
    ((struct log_pair){.key = "error", .kind = LOG_KIND_SENTENCE, .sentence = (value)->text})

/* What follows is for the macros only. */
enum log_kind {
    LOG_KIND_END,
    LOG_KIND_U64,
    LOG_KIND_I64,
    LOG_KIND_WORD,
    LOG_KIND_ID,
    LOG_KIND_ISSUE,
    LOG_KIND_SENTENCE,
};

struct log_pair {
    const char *key;
    enum log_kind kind;
    union {
        uint64_t u64;
        int64_t i64;
        struct bytes word;
        const struct id *id;
        const char *sentence;
    };
};

/* One place in the source that logs, and how much it did lately. */
struct log_site {
    enum log_level level;
    const char *sentence;
    struct mono window_began;
    uint32_t written;
    uint64_t skipped;
    struct log_site *next_skipping;
};

#define LOG_END ((struct log_pair){.kind = LOG_KIND_END})
#define LOG_AT(level_, sentence_, ...)                                                             \
    do {                                                                                           \
        static struct log_site log_site_ = {.level = (level_), .sentence = "" sentence_};          \
        log_write(&log_site_, (const struct log_pair[]){__VA_ARGS__});                             \
    } while (0)

void log_write(struct log_site *site, const struct log_pair *pairs);
