/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine whose wall clock is wrong, for programs that are started with this library preloaded:
 * clock_gettime() of the real time is off by as many microseconds as the file named in CLOCK_SHIFT
 * says, which may change at any moment. The monotonic clock is left alone.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define US_PER_S 1000000
#define NS_PER_US 1000

typedef int (*clock_gettime_fn)(clockid_t id, struct timespec *at);

static const volatile int64_t *shift_us;
static clock_gettime_fn original;

__attribute__((constructor)) static void open_shift(void)
{
    const char *path = getenv("CLOCK_SHIFT");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shift_us, PROT_READ, MAP_SHARED, fd, 0);
    original = (clock_gettime_fn)(uintptr_t)dlsym(RTLD_NEXT, "clock_gettime");
    if (page == MAP_FAILED || original == NULL) {
        abort(); /* a test with the true clock would prove nothing */
    }
    shift_us = page;
    (void)close(fd);
}

int clock_gettime(clockid_t id, struct timespec *at)
{
    int failed = original(id, at);
    if (failed == 0 && id == CLOCK_REALTIME) {
        int64_t us = (int64_t)at->tv_sec * US_PER_S + (int64_t)at->tv_nsec / NS_PER_US + *shift_us;
        at->tv_sec = (time_t)(us / US_PER_S);
        at->tv_nsec = (long)(us % US_PER_S * NS_PER_US);
    }
    return failed;
}
