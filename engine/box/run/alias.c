/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alias.c - alias and unalias. A script is parsed whole before it runs, so an alias is looked
 * up when its command is about to run: its text is then put before the other words. So it cannot
 * bring a reserved word or half of a quoted string, which nobody's entrypoint does.
 */
#include <string.h>

#include "engine/box/run/cmd.h"
#include "engine/reactor/base.h"

static const char *value_of(const struct sh_alias *a)
{
    return a->name + strlen(a->name) + 1;
}

const struct sh_alias *sh_alias_find(const struct sh_task *t, const char *name)
{
    for (const struct sh_alias *a = t->aliases; a != NULL; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

void sh_alias_drop(struct sh_task *t, const char *name)
{
    for (struct sh_alias **at = &t->aliases; *at != NULL;) {
        struct sh_alias *a = *at;

        if (name != NULL && strcmp(a->name, name) != 0) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        sh_free(t->proc, a, a->size);
    }
}

static bool define(struct sh_task *t, const char *name, size_t length, const char *value)
{
    size_t size = sizeof(struct sh_alias) + length + strlen(value) + 2;
    struct sh_alias *a = sh_alloc(t->proc, size), **at = &t->aliases;

    if (a == NULL)
        return false;
    memcpy(a->name, name, length);
    a->name[length] = '\0';
    strcpy(a->name + length + 1, value);
    a->size = (uint32_t)size;
    sh_alias_drop(t, a->name);
    while (*at != NULL && strcmp((*at)->name, a->name) < 0)
        at = &(*at)->next;
    a->next = *at;
    *at = a;
    return true;
}

bool sh_alias_copy(struct sh_task *to, const struct sh_task *from)
{
    for (const struct sh_alias *a = from->aliases; a != NULL; a = a->next)
        if (!define(to, a->name, strlen(a->name), value_of(a)))
            return false;
    return true;
}

static bool print(struct sh_task *t, const struct sh_alias *a)
{
    char *quoted = sh_quote(t, value_of(a));

    if (quoted == NULL)
        return false;
    sh_printf(t, "%s%s=", t->flavour == SHELL_BASH ? "alias " : "", a->name);
    sh_puts(t, quoted);
    sh_puts(t, "\n");
    return true;
}

int sh_cmd_alias(struct sh_task *t, struct sh_call *c)
{
    int status = 0;

    if (c->argc == 1)
        for (const struct sh_alias *a = t->aliases; a != NULL; a = a->next)
            if (!print(t, a))
                return SH_BLOCKED;
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *word = c->argv[i], *equals = strchr(word, '=');
        const struct sh_alias *a = sh_alias_find(t, word);

        if (strcmp(word, "-p") == 0)
            continue;
        if (equals != NULL && equals > word) {
            if (!define(t, word, (size_t)(equals - word), equals + 1))
                return SH_BLOCKED;
        } else if (a == NULL) {
            sh_warn(t, "alias: %s: not found", word);
            status = 1;
        } else if (!print(t, a)) {
            return SH_BLOCKED;
        }
    }
    return status;
}

int sh_cmd_unalias(struct sh_task *t, struct sh_call *c)
{
    int status = 0;

    for (uint32_t i = 1; i < c->argc; i++) {
        if (strcmp(c->argv[i], "-a") == 0) {
            sh_alias_drop(t, NULL);
        } else if (sh_alias_find(t, c->argv[i]) == NULL) {
            sh_warn(t, "unalias: %s: not found", c->argv[i]);
            status = 1;
        } else {
            sh_alias_drop(t, c->argv[i]);
        }
    }
    return status;
}

/* Does the text begin with this word? An alias is not looked up in itself. */
static bool begins_with(const char *text, const char *word)
{
    size_t n = strlen(word);

    return strncmp(text, word, n) == 0 && (text[n] == '\0' || strchr(" \t;|&", text[n]) != NULL);
}

int sh_alias_run(struct sh_task *t, struct sh_call *c)
{
    const struct sh_alias *a = sh_alias_find(t, c->argv[0]);
    struct sh_buf text = {0};

    if (a == NULL || (t->flavour == SHELL_BASH && !t->expand_aliases))
        return SH_AGAIN;
    if (t->in_alias) {
        t->in_alias = false;
        return SH_AGAIN;
    }
    if (!sh_buf_add(t, &text, value_of(a), strlen(value_of(a))))
        return SH_BLOCKED;
    for (uint32_t i = 1; i < c->argc; i++) {
        const char *quoted = sh_quote(t, c->argv[i]);

        if (quoted == NULL || !sh_buf_add(t, &text, " ", 1) ||
            !sh_buf_add(t, &text, quoted, strlen(quoted)))
            return SH_BLOCKED;
    }
    t->in_alias = begins_with(value_of(a), a->name);
    if (!sh_source(t, SH_FRAME_SOURCE, NULL, text.text, text.length))
        return t->proc->over ? SH_BLOCKED : SHELL_EXIT_SYNTAX;
    sh_call_end(t);
    return SH_MOVED;
}
