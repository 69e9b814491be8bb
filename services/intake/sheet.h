/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of an import: checked as a whole, every bad line named, before the first is taken in.
 * Each row is brought into its normal form first, which the command door does not do inside lists.
 */
#pragma once

#include "intake/intake.h"

#define CSV_FIRST_LINE 2U /* after the line of column names */
#define JSONL_FIRST_LINE 1U

struct sheet {
    struct ctx *ctx;
    const struct message_type *type; /* of the rows */
    const struct list *rows;
    uint32_t first_line;
    bool is_partial;       /* rows are missing: only to be checked */
    const char *id_column; /* word that no two rows share; NULL where there is none */
    /* Adds what is wrong with a row by sheet_problem(). */
    void (*check)(struct sheet *sheet, const void *row);

    /* While it is checked. */
    uint32_t line;
    bool is_bad;
    uint32_t problem_count;
};

/* OK, or INVALID after every problem was added to the refusal; a sheet that is partial is never OK.
 */
enum status sheet_check(struct sheet *sheet, struct err *err) MUST_USE;

/* Something is wrong with the row that is being checked. */
void sheet_problem(struct sheet *sheet, const char *column, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Calls `each` for the rows of a sheet that passed, in order; a row lives as long as the call. */
void sheet_each(struct sheet *sheet, void (*each)(void *user, const void *row), void *user);
