/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trap.c - signals by name, and the builtin trap.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

/* ---- signals by name ------------------------------------------------------------------------- */

static const char *const signal_names[] = {
    "EXIT", "HUP",   "INT",  "QUIT", "ILL",  "TRAP", "ABRT",   "BUS",    "FPE",
    "KILL", "USR1",  "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",
    "CONT", "STOP",  "TSTP", "TTIN", "TTOU", "URG",  "XCPU",   "XFSZ",   "VTALRM",
    "PROF", "WINCH", "IO",   "PWR",  "SYS",  "ERR",  "RETURN",
};

const char *sh_signal_name(int signo)
{
    return signo >= 0 && signo < (int)RX_ARRAY_LEN(signal_names) ? signal_names[signo] : NULL;
}

int sh_signal_number(const char *name)
{
    int64_t n;

    if (sh_number(name, &n))
        return n >= 0 && n < SH_SIG_MAX ? (int)n : -1;
    if (strncmp(name, "SIG", 3) == 0)
        name += 3;
    for (int i = 0; i < SH_SIG_MAX; i++)
        if (strcmp(signal_names[i], name) == 0)
            return i;
    return -1;
}

/* The same, and what only traps know. */
static int trap_number(const struct sh_task *t, const char *name)
{
    if (strcmp(name, "ERR") == 0 && t->flavour != SHELL_DASH)
        return SH_SIG_ERR;
    if (strcmp(name, "RETURN") == 0 && t->flavour == SHELL_BASH)
        return SH_SIG_RETURN;
    return sh_signal_number(name);
}

/* ---- trap ------------------------------------------------------------------------------------ */

/* All, or those that are named. */
static bool is_named(const struct sh_task *t, int signo, char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (trap_number(t, names[i]) == signo)
            return true;
    return count == 0;
}

static int list_traps(struct sh_task *t, char *const *names, uint32_t count)
{
    bool bash = t->flavour == SHELL_BASH;

    for (int signo = 0; signo < SH_TRAPS; signo++)
        for (const struct sh_trap *k = t->traps; k != NULL; k = k->next)
            if (k->signo == signo && is_named(t, signo, names, count)) {
                sh_puts(t, "trap -- '");
                sh_puts(t, k->action);
                sh_printf(t, "' %s%s\n", bash && signo > 0 && signo < SH_SIG_MAX ? "SIG" : "",
                          sh_signal_name(signo));
            }
    return 0;
}

static bool set_trap(struct sh_task *t, int signo, const char *action)
{
    struct sh_trap **at = &t->traps, *k;
    size_t length;

    while ((k = *at) != NULL) {
        if (k->signo == signo) {
            *at = k->next;
            sh_free(t->proc, k, sizeof(*k) + k->length + 1);
            break;
        }
        at = &k->next;
    }
    t->pending &= signo > 0 && signo < SH_SIG_MAX ? ~(1u << signo) : ~0u;
    if (action == NULL)
        return true;
    length = strlen(action);
    k = sh_alloc(t->proc, sizeof(*k) + length + 1);
    if (k == NULL)
        return false;
    *k = (struct sh_trap){.next = t->traps,
                          .signo = (uint8_t)signo,
                          .length = (uint32_t)length,
                          .depth = (uint16_t)sh_functions(t)};
    memcpy(k->action, action, length + 1);
    t->traps = k;
    return true;
}

int sh_cmd_trap(struct sh_task *t, struct sh_call *c)
{
    uint32_t i = 1;
    const char *action = NULL;

    if (i < c->argc && strcmp(c->argv[i], "-p") == 0 && t->flavour == SHELL_BASH)
        return list_traps(t, c->argv + 2, c->argc - 2);
    if (i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0' && c->argv[i][1] != '-') {
        sh_warn(t, "trap: illegal option %s", c->argv[i]);
        return 2;
    }
    if (i < c->argc && strcmp(c->argv[i], "--") == 0)
        i++;
    if (i == c->argc)
        return list_traps(t, NULL, 0);
    /* A first operand that is a number means: reset all of these. */
    if (c->argv[i][0] < '0' || c->argv[i][0] > '9' || sh_signal_number(c->argv[i]) < 0)
        action = c->argv[i++];
    if (action != NULL && strcmp(action, "-") == 0)
        action = NULL;
    if (i == c->argc) { /* trap INT: the same for one */
        if (action == NULL || trap_number(t, action) < 0)
            return 1;
        return set_trap(t, trap_number(t, action), NULL) ? 0 : SH_BLOCKED;
    }
    for (; i < c->argc; i++) {
        int signo = trap_number(t, c->argv[i]);

        if (signo < 0 && t->flavour == SHELL_BASH && strcmp(c->argv[i], "DEBUG") == 0) {
            if (action != NULL)
                sh_diagnose(t, SHELL_DIAG_UNSUPPORTED, c->pos, c->argv[i],
                            "the trap DEBUG is not simulated");
            continue;
        }
        if (signo < 0) {
            sh_warn(t, "trap: %s: bad trap", c->argv[i]);
            return 1;
        }
        if (signo != SH_SIG_KILL && !set_trap(t, signo, action))
            return SH_BLOCKED;
    }
    return 0;
}
