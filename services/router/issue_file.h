/* SPDX-License-Identifier: Apache-2.0 */
/* An issue's row, and the same as the value that the lifecycle works on. */
#pragma once

#include "domain/issue.h"
#include "messages.h"
#include "runtime/service.h"

#define CLOCKS_MAX 8U

struct issue_file {
    struct issue_row row; /* borrows from the input's memory */
    struct issue issue;
    struct clock_part clocks[CLOCKS_MAX];
    uint32_t clock_count;
};

/* Reads an issue's row. NOT_FOUND with a sentence. */
enum status issue_file_read(struct ctx *ctx, uint64_t number, struct issue_file *ret_file,
                            struct err *err) MUST_USE;
/* The issue without a row yet, as a report says. */
void issue_file_begin(uint64_t number, struct issue_file *ret_file);
/* The value and its clocks from the part that changes. */
void issue_from_part(const struct issue_part *part, struct issue_file *file);
/* What changes, as a part for an event; its texts and lists live until the end of the input or the
 * next change of `file`, whichever is first. */
void issue_to_part(struct ctx *ctx, const struct issue_file *file, struct issue_part *ret_part);

/* Title and text, from the record that opened the issue. They live until the end of the input. */
enum status issue_texts(struct ctx *ctx, const struct issue_row *row,
                        struct opened_event *ret_event, struct err *err) MUST_USE;

/* Keys. */
struct issue_key {
    uint8_t bytes[8];
};
struct issue_key issue_key(uint64_t number);
static inline struct bytes issue_key_bytes(const struct issue_key *key)
{
    return bytes_of(key->bytes, sizeof key->bytes);
}
/* "word NUL issue". */
struct name_key {
    uint8_t bytes[WORD_MAX_BYTES + 1 + 8];
    size_t len;
};
struct name_key name_key(struct bytes name, uint64_t number);
/* Under which name the issues of a state are filed. All that are open lie under one name, with the
 * state as the value: an open issue changes its state often, and so few pages change with it. */
struct bytes filing_name(enum state state);
