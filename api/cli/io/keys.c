/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - a terminal that neither waits for the end of a line nor shows what is typed. */
#include "api/cli/io/keys.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/cli/signals.h"

void keys_begin(struct keys *k, const struct cli_options *o)
{
    struct termios raw;
    struct stat st;

    *k = (struct keys){0};
    /* What reads from there may be a pager, whose keys they are. */
    if (fstat(STDOUT_FILENO, &st) != 0 || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
        return;
    for (int i = 0; i < o->file_count; i++)
        if (strcmp(o->files[i], "-") == 0)
            return;
    /* A job in the background that changes its terminal is stopped. */
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp() ||
        tcgetattr(STDIN_FILENO, &k->was) != 0)
        return;
    raw = k->was;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    signals_keep_terminal(&k->was);
    k->on = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    if (!k->on)
        signals_keep_terminal(NULL);
}

char keys_next(const struct keys *k)
{
    char key = '\0';

    if (!k->on || tcgetpgrp(STDIN_FILENO) != getpgrp())
        return '\0';
    return read(STDIN_FILENO, &key, 1) == 1 ? key : '\0';
}

void keys_end(struct keys *k)
{
    if (!k->on)
        return;
    tcsetattr(STDIN_FILENO, TCSANOW, &k->was);
    signals_keep_terminal(NULL);
    k->on = false;
}
