/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>

void issue_format(uint64_t issue, char *text)
{
    (void)snprintf(text, ISSUE_TEXT_BYTES, "%04" PRIu64 "-%07" PRIu64, issue / 10000000,
                   issue % 10000000);
}

enum status issue_parse(struct bytes text, uint64_t *ret_issue, struct err *err)
{
    uint64_t issue = 0;
    bool good = text.len == 12 && text.p[4] == '-';
    for (size_t i = 0; good && i < text.len; i++) {
        if (i != 4) {
            good = text.p[i] >= '0' && text.p[i] <= '9';
            issue = issue * 10 + (uint64_t)(text.p[i] - '0');
        }
    }
    if (!good || issue % 10000000 == 0) {
        return fail(err, STATUS_INVALID, "'%.*s' is not an issue number such as 2026-0000042",
                    BYTES_FMT(text));
    }
    *ret_issue = issue;
    return STATUS_OK;
}

void id_format(const struct id *id, char *text)
{
    static const char hex[] = "0123456789abcdef";
    char *at = text;
    for (int i = 0; i < ID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = hex[id->bytes[i] >> 4];
        *at++ = hex[id->bytes[i] & 15];
    }
    *at = '\0';
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum status id_parse(struct bytes text, struct id *ret_id, struct err *err)
{
    struct id id = {{0}};
    size_t at = 0;
    bool good = text.len == ID_TEXT_BYTES - 1;
    for (int i = 0; good && i < ID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            good = text.p[at++] == '-';
        }
        int high = hex_value(text.p[at]);
        int low = hex_value(text.p[at + 1]);
        good = good && high >= 0 && low >= 0;
        id.bytes[i] = good ? (uint8_t)(high * 16 + low) : 0;
        at += 2;
    }
    if (!good) {
        return fail(err, STATUS_INVALID, "'%.*s' is not a UUID", BYTES_FMT(text));
    }
    *ret_id = id;
    return STATUS_OK;
}

struct id id_make(struct wall now, const uint8_t random[10])
{
    struct id id;
    uint64_t ms = (uint64_t)(now.us / 1000);
    for (int i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    memcpy(id.bytes + 6, random, 10);
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

bool id_find_time(const struct id *id, struct wall *ret_at)
{
    if (id->bytes[6] >> 4 != 7) {
        return false;
    }
    int64_t ms = 0;
    for (int i = 0; i < 6; i++) {
        ms = ms * 256 + id->bytes[i];
    }
    ret_at->us = ms * 1000;
    return true;
}

bool word_is_valid(struct bytes word)
{
    if (word.len == 0 || word.len > WORD_MAX_BYTES) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        uint8_t c = word.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return true;
}
