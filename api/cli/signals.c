/* SPDX-License-Identifier: Apache-2.0 */
/* signals.c - see signals.h. Everything in a handler is async-signal-safe. */
#include "api/cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "api/cli/cli.h"
#include "api/cli/watchdog.h"

static podring *volatile target;         /* one engine, or */
static podring *const *volatile targets; /* several */
static volatile size_t target_count;
static volatile sig_atomic_t held; /* the first signal does not end the process */
static atomic_int seen; /* also read by the threads of other engines */
static volatile sig_atomic_t restore_needed, terminal_kept;
static struct termios terminal_was;

static void write_text(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

    (void)ignored; /* nowhere left to complain to */
}

static void restore(void)
{
    if (restore_needed)
        write_text("\033[?25h\n");
    if (terminal_kept)
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal_was);
}

void signals_stop(void)
{
    podring *ring = target;

    seen = 1;
    if (ring != NULL)
        podring_stop(ring);
    for (size_t i = 0; i < target_count; i++)
        podring_stop(targets[i]);
}

static void on_stop(int signal)
{
    int error = errno;

    if (!held || seen || watchdog_barks()) {
        restore();
        _exit(128 + signal);
    }
    signals_stop();
    errno = error;
}

static void on_abort(int signal)
{
    (void)signal;
    restore();
    write_text(
        "podring: internal error: the line above names a bug in podring, please report it\n");
    _exit(CLI_BUG);
}

void signals_install(void)
{
    struct sigaction stop = {.sa_handler = on_stop}, abort_ = {.sa_handler = on_abort},
                     ignore = {.sa_handler = SIG_IGN}, normal = {.sa_handler = SIG_DFL}, was;

    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    /* Under nohup(1) it is ignored, and stays so. */
    if (sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &stop, NULL);
    sigaction(SIGABRT, &abort_, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    /* A parent may have left it ignored, and then nobody would learn how a process of ours
     * ended. */
    sigaction(SIGCHLD, &normal, NULL);
}

void signals_aim(podring *ring)
{
    target = ring;
    if (ring != NULL)
        held = 1;
}

void signals_aim_all(podring *const *rings, size_t count)
{
    target_count = 0;
    targets = rings;
    target_count = count;
    if (count > 0)
        held = 1;
}

void signals_hold(void)
{
    held = 1;
}

void signals_done(void)
{
    held = 0;
}

bool signals_seen(void)
{
    return seen != 0;
}

void signals_keep_terminal(const struct termios *was)
{
    terminal_kept = 0;
    if (was == NULL)
        return;
    terminal_was = *was;
    terminal_kept = 1;
}

void signals_restore_terminal(bool needed)
{
    restore_needed = needed;
}
