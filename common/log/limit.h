/* SPDX-License-Identifier: Apache-2.0 */
/* Private to common/log: how much one place may say. */
#pragma once

#include "log/log.h"

/* Whether the site may write at `now`. When not, it is counted in site->skipped. */
bool limit_admit(struct log_site *site, struct mono now);

/* Whether the site's window has passed, so that what it skipped is to be told. */
bool limit_is_over(const struct log_site *site, struct mono now);
