/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of its own for a test, under $TMPDIR, and its end. */
#pragma once

#include "base/status.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER_PATH_BYTES 256

static inline void folder_make(char path[FOLDER_PATH_BYTES])
{
    const char *base = getenv("TMPDIR");
    int len = snprintf(path, FOLDER_PATH_BYTES, "%s/lianhu-XXXXXX",
                       base != NULL && base[0] != '\0' ? base : "/tmp");
    CHECK(len > 0 && len < FOLDER_PATH_BYTES);
    CHECK(mkdtemp(path) != NULL);
}

static inline int folder_remove_one(const char *path, const struct stat *stat, int kind,
                                    struct FTW *place)
{
    (void)stat;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Removes the folder with all that is in it. */
static inline void folder_remove(const char *path)
{
    (void)nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
