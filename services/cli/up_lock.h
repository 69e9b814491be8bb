/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of an instance, run/up.lock: held by the one `lianhu up` that runs its daemons, with its
 * process number in it. */
#pragma once

#include "base/status.h"

#include <stdbool.h>
#include <sys/types.h>

/* Takes the lock for the life of this process. REFUSED: somebody else holds it. */
enum status up_lock_take(const char *path, struct err *err) MUST_USE;

/* Looks without taking it, so that looking is in nobody's way. */
bool up_lock_is_held(const char *path);

/* The process that holds it; 0 when nobody does. */
pid_t up_lock_find_owner(const char *path);
