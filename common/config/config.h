/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything an instance is configured with, read from one folder, checked as a whole, immutable
 * afterwards. A daemon holds one config at a time and replaces it whole.
 */
#pragma once

#include "base/buf.h"
#include "base/status.h"
#include "base/wall.h"
#include "config/problems.h"
#include "config/texts.h"
#include "domain/notices.h"
#include "domain/office.h"
#include "domain/visits.h"

#include <stdbool.h>
#include <stdint.h>

struct rules;    /* domain/rules.h */
struct calendar; /* domain/calendar.h */
struct limits;   /* domain/limits.h */

#define CONFIG_HASH_BYTES 32
#define CONFIG_DAEMONS_MAX 32
#define CONFIG_DAEMON_DEPARTMENTS_MAX 64

/* One daemon of the instance, as lianhu.yaml lists them. Department daemons are named
 * "department-<name>" and serve the sections listed; the other kinds have exactly one daemon, named
 * as its kind. */
struct config_daemon {
    struct bytes name;
    struct bytes kind; /* intake router department notifier auditor */
    struct bytes departments[CONFIG_DAEMON_DEPARTMENTS_MAX];
    uint32_t department_count;
};

/* Records of requests are kept so long whatever is configured: what is kept is computed from the
 * journal alone. */
#define CONFIG_REQUEST_DAYS_MAX 30

struct config {
    char *dir;                       /* where it was read from */
    uint8_t hash[CONFIG_HASH_BYTES]; /* BLAKE2b over every file's name and bytes, in name order */
    /* The same over what deadlines are computed from: the calendar with the zone; the limits and
     * ladders with the catalogue they name. */
    uint8_t calendar_hash[CONFIG_HASH_BYTES];
    uint8_t limits_hash[CONFIG_HASH_BYTES];
    struct zone zone;
    enum language language; /* of notices */

    struct config_daemon daemons[CONFIG_DAEMONS_MAX];
    uint32_t daemon_count;

    /* Limits of lianhu.yaml, each with a default and a range. */
    uint32_t outbox_records_max;     /* follower lag at which new reports are answered busy */
    uint32_t request_retention_days; /* how old a request id may be; 1 to CONFIG_REQUEST_DAYS_MAX */
    uint64_t disk_soft_bytes;        /* free space below which new reports are answered busy */
    uint64_t disk_hard_bytes;        /* free space below which nothing is applied */
    uint64_t map_bytes;              /* initial size of a daemon's LMDB map; it grows by itself */
    uint32_t commands_per_batch;     /* at most 512 */

    struct office office;
    const struct rules *rules;
    const struct calendar *calendar;
    const struct limits *limits;
    struct visit_rules visits;
    struct notice_rules notices;
    const struct texts *texts;

    void *memory; /* owns all of the above */
};

/* Reads and checks DIR as a whole. False, with every problem found added, when it can't be used.
 * The caller owns *ret_config and closes it with config_close(). Reads files; no other effect. */
bool config_open(const char *dir, struct config **ret_config, struct problems *problems);
void config_close(struct config *config);

/* Reads who is there only, lianhu.yaml and org.yaml: daemons, sections, people, areas. There are no
 * categories, rules, calendar, limits and texts (NULL), and no hashes. For whoever asks daemons
 * that have checked it all: it takes a tenth of the time. */
bool config_open_office(const char *dir, struct config **ret_config, struct problems *problems);

/* As config_open(), but where sections, categories, rules and calendar could be read the answer is
 * true and *ret_config set although there are problems: for trying rules that are being written.
 * Nothing may be routed by it then. */
bool config_examine(const char *dir, struct config **ret_config, struct problems *problems);

/* The hash in hex, 64 characters and a NUL. */
#define CONFIG_HASH_TEXT_BYTES (2 * CONFIG_HASH_BYTES + 1)
void config_hash_format(const struct config *config, char *text);

/* The daemon of that name, or NULL. */
const struct config_daemon *config_find_daemon(const struct config *config, struct bytes name);

/* The department daemon that serves the section, or NULL. */
const struct config_daemon *config_find_department_daemon(const struct config *config,
                                                          struct bytes department);

/* One thing that is in force and where it comes from: line 0 when the file leaves it out. */
struct config_setting {
    const char *key; /* "limits.map" */
    const char *value;
    const char *file; /* as problems show it */
    uint32_t line;
};

typedef void config_setting_fn(void *user, const struct config_setting *setting);

/* Calls `each` for the settings of lianhu.yaml and deadlines.yaml, and for what the other files
 * come to, in the order of the files. */
void config_each_setting(const struct config *config, config_setting_fn *each, void *user);

/* Appends them for people, one a line: "limits.map = 64MiB  (default)". */
void config_show(const struct config *config, struct buf *out);
