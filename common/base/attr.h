/* SPDX-License-Identifier: Apache-2.0 */
/* The only compiler extensions of this project, each behind a name. */
#pragma once

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define CLEANUP(function) __attribute__((cleanup(function)))
