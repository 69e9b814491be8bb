/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a build is held to marks of speed: optimized, and without sanitizers. Others are held to
 * looser ones. */
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(IS_SANITIZED)
#define IS_HELD_TO_MARKS 1
#else
#define IS_HELD_TO_MARKS 0
#endif
