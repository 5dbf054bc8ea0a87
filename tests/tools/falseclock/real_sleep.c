/* libfaketime 0.9.10 adds its own start to sleeps until a monotonic instant, even where it is told
 * to leave the monotonic clock alone; Python's time.sleep() then fails. Preloaded before it, this
 * lets them through. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
    return syscall(SYS_clock_nanosleep, clock, flags, until, left) ? errno : 0;
}
