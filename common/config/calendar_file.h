/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the folder calendar/: `hours.yaml` (the week's working hours by season), one `YYYY.yaml`
 * for each year whose holidays are published, and `local.yaml` (optional), this office's own days
 * off and working days, which win over the published ones. No other file may be there, so that a
 * misspelt one is noticed.
 */
#pragma once

#include "base/wall.h"
#include "config/problems.h"
#include "domain/calendar.h"

#include <stdbool.h>

/* False, with every problem of every file added, when there is no calendar to be had. The caller
 * owns *ret_calendar and closes it with calendar_close(). */
bool calendar_read_dir(const char *dir, struct zone zone, struct calendar **ret_calendar,
                       struct problems *problems);
