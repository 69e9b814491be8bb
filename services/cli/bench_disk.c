/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bench.h"

#include "base/memory.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE_BYTES 4096
#define PROBE_EVERY_US 5000

struct disk_probe {
    pid_t pid;
    int samples_fd; /* what the probe measured, as u32 */
    char path[PATH_MAX];
};

const char *disk_kind(const char *folder)
{
    static const struct {
        long magic;
        const char *name;
    } kinds[] = {
        {0xEF53, "ext4"},      {0x58465342, "xfs"},   {0x9123683E, "btrfs"},
        {0x01021994, "tmpfs"}, {0x858458F6, "ramfs"}, {0x794C7630, "overlay"},
        {0x2FC12FC1, "zfs"},   {0x6969, "nfs"},
    };
    struct statfs disk;
    if (statfs(folder, &disk) != 0) {
        return "unknown";
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if ((long)disk.f_type == kinds[i].magic) {
            return kinds[i].name;
        }
    }
    return "other";
}

static _Noreturn void probe(int file, int out)
{
    uint8_t page[PROBE_BYTES] = {0};
    for (off_t at = 0;; at = (at + PROBE_BYTES) % (PROBE_BYTES * 256)) {
        int64_t from = session_mono().us;
        page[0]++;
        if (pwrite(file, page, sizeof page, at) != (ssize_t)sizeof page || fdatasync(file) != 0) {
            _exit(1);
        }
        uint32_t us = (uint32_t)(session_mono().us - from);
        if (write(out, &us, sizeof us) != (ssize_t)sizeof us) {
            _exit(0);
        }
        (void)usleep(PROBE_EVERY_US);
    }
}

enum status disk_probe_open(const char *folder, struct disk_probe **ret_probe, struct err *err)
{
    struct disk_probe *opened = memory_new(1, sizeof *opened);
    (void)snprintf(opened->path, sizeof opened->path, "%s/probe", folder);
    int file = open(opened->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char samples[PATH_MAX];
    (void)snprintf(samples, sizeof samples, "%s/probe.samples", folder);
    opened->samples_fd = open(samples, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || opened->samples_fd < 0) {
        free(opened);
        return fail(err, STATUS_IO, "cannot write into '%s'", folder);
    }
    (void)unlink(samples);
    opened->pid = fork();
    if (opened->pid == 0) {
        probe(file, opened->samples_fd);
    }
    (void)close(file);
    *ret_probe = opened;
    return STATUS_OK;
}

void disk_probe_close(struct disk_probe *probe, struct samples *ret_samples)
{
    if (probe == NULL) {
        return;
    }
    if (probe->pid > 0) {
        (void)kill(probe->pid, SIGKILL);
        (void)waitpid(probe->pid, NULL, 0);
    }
    uint32_t us;
    for (off_t at = 0; pread(probe->samples_fd, &us, sizeof us, at) == (ssize_t)sizeof us;
         at += (off_t)sizeof us) {
        samples_add(ret_samples, us);
    }
    (void)close(probe->samples_fd);
    (void)unlink(probe->path);
    free(probe);
}

void samples_add(struct samples *samples, int64_t us)
{
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity == 0 ? 1024 : samples->capacity * 2;
        samples->us = memory_resize(samples->us, samples->capacity, sizeof samples->us[0]);
    }
    samples->us[samples->count++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

void samples_done(struct samples *samples)
{
    free(samples->us);
    *samples = (struct samples){0};
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t samples_quantile(struct samples *samples, uint32_t permille)
{
    if (samples->count == 0) {
        return 0;
    }
    qsort(samples->us, samples->count, sizeof samples->us[0], compare);
    return samples->us[(uint64_t)(samples->count - 1) * permille / 1000];
}
