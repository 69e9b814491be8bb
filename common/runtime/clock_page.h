/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The test clock of an instance: one page in run/clock that all its daemons read and only
 * `lianhu up --test-clock` and `lianhu clock` write. Bytes 0 to 7 say "lianhuT1", bytes 8 to 15 are
 * the time, microseconds since 1970 as a signed integer of this machine, read and written whole.
 * The clock stands still until somebody sets it, and it never goes back.
 */
#pragma once

#include "base/status.h"
#include "base/wall.h"

#include <stdbool.h>

struct clock_page;

/* Makes the page at `path` showing `at`, or keeps the one that is there when it shows a later time.
 * The caller owns *ret_page and closes it with clock_page_close(). */
enum status clock_page_create(const char *path, struct wall at, struct clock_page **ret_page,
                              struct err *err) MUST_USE;

/* Opens the page that is there. NOT_FOUND: the instance has no test clock. The caller owns
 * *ret_page. */
enum status clock_page_open(const char *path, bool is_writer, struct clock_page **ret_page,
                            struct err *err) MUST_USE;
void clock_page_close(struct clock_page *page);

struct wall clock_page_get(const struct clock_page *page);

/* For a writer. Other processes see the new time at their next look. */
void clock_page_set(struct clock_page *page, struct wall at);
