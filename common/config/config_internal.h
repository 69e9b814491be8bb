/* SPDX-License-Identifier: Apache-2.0 */
/* What a config holds besides what everybody sees; config->memory points to it. */
#pragma once

#include "config/arena.h"
#include "config/config.h"
#include "config/yaml.h"

enum config_file {
    CONFIG_LIANHU,
    CONFIG_ORG,
    CONFIG_CATEGORIES,
    CONFIG_ROUTING,
    CONFIG_DEADLINES,
    CONFIG_TEXTS_ZH,
    CONFIG_TEXTS_EN,
    CONFIG_FILE_COUNT,
};

struct config_holdings {
    struct arena arena;
    struct yaml_document *documents[CONFIG_FILE_COUNT]; /* NULL: had no tree */
    struct calendar *calendar;
    struct rules *rules;
    struct limits *limits;
};

static inline struct config_holdings *config_holdings(const struct config *config)
{
    return config->memory;
}
