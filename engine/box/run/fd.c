/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd.c - numbers of descriptors: those from 10 on, which lie in a few slots, and {name}>, for
 * which the shell chooses one.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/task.h"
#include "engine/reactor/base.h"

int sh_fd_slot(const struct sh_task *t, int number)
{
    if (number < SHELL_FDS_LOW)
        return number >= 0 && t->fd[number] != NULL ? number : -1;
    for (int i = 0; i < SHELL_FDS_HIGH; i++)
        if (t->number[i] == number && t->fd[SHELL_FDS_LOW + i] != NULL)
            return SHELL_FDS_LOW + i;
    return -1;
}

int sh_fd_number(const char *digits, size_t length)
{
    int number = 0;

    for (size_t i = 0; i < length && number < SHELL_FD_MAX; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return SHELL_FD_MAX;
        number = RX_MIN(number * 10 + (digits[i] - '0'), (int)SHELL_FD_MAX);
    }
    return length > 0 ? number : SHELL_FD_MAX;
}

int sh_fd_claim(struct sh_task *t, int number)
{
    int best = -1;

    if (number < SHELL_FDS_LOW)
        return number;
    for (int i = 0; i < SHELL_FDS_HIGH; i++) {
        if (t->number[i] == number)
            return SHELL_FDS_LOW + i;
        /* One that was never used is better: leaving a command may open a closed one again. */
        if (t->fd[SHELL_FDS_LOW + i] == NULL &&
            (best < 0 || (t->number[best] != 0 && t->number[i] == 0)))
            best = i;
    }
    if (best < 0)
        return -1;
    t->number[best] = (uint16_t)number;
    return SHELL_FDS_LOW + best;
}

bool sh_redirect_number(struct sh_task *t, enum sh_redir_op op, int number, const char *target,
                        uint32_t pos)
{
    int fd = sh_fd_claim(t, number);

    if (fd >= 0)
        return sh_redirect(t, op, fd, target, pos);
    sh_limit(t, "too many open files");
    return false;
}

/* What was opened stays so when the command ends: what was saved for its frame is let go. */
static void stay(struct sh_task *t)
{
    struct sh_saved *s = t->saved;

    t->saved = s->next;
    sh_file_unref(t->proc, s->file);
    sh_free(t->proc, s, sizeof(*s));
}

bool sh_redirect_named(struct sh_task *t, enum sh_redir_op op, const char *name, const char *target,
                       uint32_t pos)
{
    const char *value = sh_get(t, name);
    int number = SHELL_FDS_LOW;
    char text[16];

    if (op == SH_REDIR_DUP && strcmp(target, "-") == 0) {
        number = value != NULL ? sh_fd_number(value, strlen(value)) : SHELL_FD_MAX;
        if (number == SHELL_FD_MAX || sh_fd_slot(t, number) < 0) {
            sh_warn(t, "%s: Bad file descriptor", value != NULL ? value : name);
            return false;
        }
        sh_set_fd(t, sh_fd_slot(t, number), NULL);
        return true;
    }
    while (sh_fd_slot(t, number) >= 0)
        number++;
    if (!sh_redirect_number(t, op, number, target, pos))
        return false;
    stay(t);
    snprintf(text, sizeof(text), "%d", number);
    return sh_set(t, name, text);
}
