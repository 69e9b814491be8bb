/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `bench lifecycle`: how many issues a second go the whole way, submit to closed, through all
 * daemons, each step durable. It makes an instance of its own on a real disk, keeps C issues under
 * way at any time, and ends when N issues are closed and inboxes and ledger have everything.
 */
#pragma once

#include "cli/session.h"

enum status bench_run(struct session *session, const struct args *args, json_t **ret_json,
                      struct err *err);

/* Latencies, in microseconds. Zero-initialised is empty. */
struct samples {
    uint32_t *us;
    uint32_t count;
    uint32_t capacity;
};
void samples_add(struct samples *samples, int64_t us);
void samples_done(struct samples *samples);
/* Sorts; 0 without samples. */
uint32_t samples_quantile(struct samples *samples, uint32_t permille);

/* The load (bench_load.c). */
struct load_result {
    double seconds; /* from the first submit until the last daemon has taken the last record */
    struct samples submit_ack;
    struct samples submit_visible;
};
struct load_options {
    uint32_t issues;
    uint32_t clients;
    uint32_t rate; /* reports a second; 0: as fast as it goes */
};
enum status load_run(struct session *session, const struct load_options *options,
                     struct load_result *ret_result, struct err *err) MUST_USE;

/* A 4 KiB write and fdatasync every few milliseconds in a process of its own, while the load runs
 * (bench_disk.c). */
struct disk_probe;
enum status disk_probe_open(const char *folder, struct disk_probe **ret_probe,
                            struct err *err) MUST_USE;
/* Ends the probe and takes its samples. */
void disk_probe_close(struct disk_probe *probe, struct samples *ret_samples);
/* The name of the file system a folder is on; "tmpfs" and "ramfs" are in memory. */
const char *disk_kind(const char *folder);
