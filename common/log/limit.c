/* SPDX-License-Identifier: Apache-2.0 */
#include "log/limit.h"

bool limit_is_over(const struct log_site *site, struct mono now)
{
    return now.us - site->window_began.us >= LOG_WINDOW_S * US_PER_S;
}

bool limit_admit(struct log_site *site, struct mono now)
{
    if (site->written == 0 || limit_is_over(site, now)) {
        site->window_began = now;
        site->written = 0;
    }
    if (site->written == LOG_BURST) {
        site->skipped++;
        return false;
    }
    site->written++;
    return true;
}
