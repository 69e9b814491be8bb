/* SPDX-License-Identifier: Apache-2.0 */
/* The identifiers people and programs use: issue numbers, request ids, words of ids. */
#pragma once

#include "base/bytes.h"
#include "base/status.h"
#include "base/wall.h"

/* An issue's number as one integer, year * 10,000,000 + running number of that year; 0 is none. */
#define ISSUE_RUNNING_MAX 9999999U

/* "2026-0000042". `text` takes at least ISSUE_TEXT_BYTES. */
#define ISSUE_TEXT_BYTES 24
void issue_format(uint64_t issue, char *text);

/* INVALID: not of the form YYYY-NNNNNNN. */
enum status issue_parse(struct bytes text, uint64_t *ret_issue, struct err *err) MUST_USE;

/* A 128-bit id: a request id (UUID version 7 when made here) or a journal's id. */
#define ID_BYTES 16
struct id {
    uint8_t bytes[ID_BYTES];
};

static inline bool id_equal(const struct id *a, const struct id *b)
{
    return memcmp(a->bytes, b->bytes, ID_BYTES) == 0;
}

static inline bool id_is_zero(const struct id *id)
{
    static const struct id zero;
    return id_equal(id, &zero);
}

/* 8-4-4-4-12 in hex. `text` takes at least ID_TEXT_BYTES. */
#define ID_TEXT_BYTES 37
void id_format(const struct id *id, char *text);
enum status id_parse(struct bytes text, struct id *ret_id, struct err *err) MUST_USE;

/* A UUID version 7 (RFC 9562) of this millisecond, from 10 random bytes of the caller's. */
struct id id_make(struct wall now, const uint8_t random[10]);

/* The time inside a version-7 id; false for every other version. */
bool id_find_time(const struct id *id, struct wall *ret_at);

/* Whether `word` is a plain identifier: 1 to 32 of a-z 0-9 A-Z . _ - and no other byte. */
#define WORD_MAX_BYTES 32
bool word_is_valid(struct bytes word);
