/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watchdog.c - see watchdog.h. A timer on the CPU time of the engine's thread sends that thread a
 * signal every second of it; the handler interrupts the engine and so may ask it (podring_busy).
 */
#include "api/cli/watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Debian 12's glibc has the field, but not under this name. */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { TICK_SIGNAL = SIGVTALRM };

struct watch {
    podring *ring;
    timer_t timer;
    uint64_t instant; /* as of the last tick; 0 = in no turn */
    unsigned ticks;   /* since it began */
    bool on, said;
};

static _Thread_local struct watch watch;
static atomic_int barking; /* engines */

static void say(const podring *ring)
{
    char where[512], line[768];
    int n;

    podring_busy(ring, where, sizeof(where));
    n = snprintf(
        line, sizeof(line),
        "podring: one instant, after %.3fs, has taken %d s of CPU so far%s%s: the first signal "
        "ends podring at once\n",
        (double)podring_now(ring) / 1000, WATCHDOG_SECONDS, where[0] != '\0' ? ", now in pod " : "",
        where);
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nowhere left to complain to */
}

static void quiet(struct watch *w)
{
    if (w->said)
        atomic_fetch_sub(&barking, 1);
    w->said = false;
    w->ticks = 0;
}

static void on_tick(int signal)
{
    struct watch *w = &watch;
    int error = errno;
    uint64_t instant;

    (void)signal;
    if (!w->on)
        return;
    instant = podring_busy(w->ring, NULL, 0);
    if (instant != w->instant || instant == 0)
        quiet(w);
    else if (++w->ticks >= WATCHDOG_SECONDS && !w->said) {
        w->said = true;
        atomic_fetch_add(&barking, 1);
        say(w->ring);
    }
    w->instant = instant;
    errno = error;
}

void watchdog_begin(podring *ring)
{
    struct sigaction tick = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    struct itimerspec every = {{1, 0}, {1, 0}};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL};
    sigset_t set;

    event.sigev_notify_thread_id = gettid();
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &watch.timer) != 0)
        return;
    watch = (struct watch){.ring = ring, .timer = watch.timer, .on = true};
    sigaction(TICK_SIGNAL, &tick, NULL);
    sigemptyset(&set);
    sigaddset(&set, TICK_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    timer_settime(watch.timer, 0, &every, NULL);
}

void watchdog_end(void)
{
    if (!watch.on)
        return;
    timer_delete(watch.timer);
    watch.on = false;
    quiet(&watch);
}

bool watchdog_barks(void)
{
    return atomic_load(&barking) > 0;
}
