/* SPDX-License-Identifier: Apache-2.0 */
/*
 * who.c - who and where a process is: id, whoami, hostname, uname.
 */
#include <stdio.h>
#include <string.h>

#include "engine/box/cmd/procs.h"
#include "engine/box/run/net.h"
#include "engine/reactor/base.h"

/* ---- names of users and groups --------------------------------------------------------------- */

/* The name that /etc/passwd or /etc/group has for the number, if the container has such a file;
 * root is known to all. */
bool sh_id_name(struct sh_task *t, const char *file, uint32_t id, char name[64])
{
    const char *text, *line, *end;
    uint32_t size;

    strcpy(name, "root");
    if (fs_get(t->proc->setup.fs, file, &text, &size) != 0)
        return id == 0;
    for (line = text; line < text + size; line = end + 1) {
        const char *first, *second;
        char number[16];

        end = memchr(line, '\n', (size_t)(text + size - line));
        end = end != NULL ? end : text + size;
        first = memchr(line, ':', (size_t)(end - line));
        second = first != NULL ? memchr(first + 1, ':', (size_t)(end - first) - 1) : NULL;
        snprintf(number, sizeof(number), "%u:", id);
        if (second == NULL || first == line || (size_t)(end - second) < strlen(number) ||
            strncmp(second + 1, number, strlen(number)) != 0)
            continue;
        snprintf(name, 64, "%.*s", (int)RX_MIN(first - line, (ptrdiff_t)63), line);
        return true;
    }
    return id == 0;
}

static const struct shell_user *user_of(const struct sh_task *t)
{
    static const uint32_t groups[] = {0};
    static const struct shell_user root = {.group_count = 1, .group = groups};
    const struct shell_user *u = t->proc->setup.user;

    return u != NULL && u->group_count > 0 ? u : &root;
}

int sh_cmd_whoami(struct sh_task *t, struct sh_call *c)
{
    uint32_t uid = user_of(t)->uid;
    char name[64];

    (void)c;
    if (!sh_id_name(t, "/etc/passwd", uid, name)) {
        sh_complain(t, "whoami: unknown uid %u", uid);
        return 1;
    }
    sh_printf(t, "%s\n", name);
    return 0;
}

/* ---- id -------------------------------------------------------------------------------------- */

/* One number, or with -n its name: an unknown one is printed and complained about. */
static int id_one(struct sh_task *t, const char *file, uint32_t id, bool by_name)
{
    char name[64];

    if (!by_name) {
        sh_printf(t, "%u", id);
        return 0;
    }
    if (sh_id_name(t, file, id, name)) {
        sh_puts(t, name);
        return 0;
    }
    sh_printf(t, "%u", id);
    sh_complain(t, "id: unknown ID %u", id);
    return 1;
}

static void id_full(struct sh_task *t, const char *label, const char *file, uint32_t id)
{
    char name[64];

    sh_printf(t, "%s%u", label, id);
    if (sh_id_name(t, file, id, name))
        sh_printf(t, "(%s)", name);
}

/* Another user than one's own: root is the only one whose number is known. */
static bool is_other(struct sh_task *t, const char *name, int *status)
{
    char own[64];

    if (sh_id_name(t, "/etc/passwd", user_of(t)->uid, own) && strcmp(own, name) == 0)
        return false;
    if (strcmp(name, "root") == 0) {
        sh_puts(t, "uid=0(root) gid=0(root) groups=0(root)\n");
        *status = 0;
    } else {
        sh_complain(t, "id: unknown user %s", name);
        *status = 1;
    }
    return true;
}

int sh_cmd_id(struct sh_task *t, struct sh_call *c)
{
    const struct shell_user *u = user_of(t);
    int status = 0;
    struct sh_opts o;

    if (!sh_options(t, c, "ugnGr", &o))
        return 1;
    if (o.first < c->argc && is_other(t, c->argv[o.first], &status))
        return status;
    if (sh_opt(&o, 'u')) {
        status = id_one(t, "/etc/passwd", u->uid, sh_opt(&o, 'n'));
    } else if (sh_opt(&o, 'g')) {
        status = id_one(t, "/etc/group", u->gid, sh_opt(&o, 'n'));
    } else if (sh_opt(&o, 'G')) {
        status = id_one(t, "/etc/group", u->gid, sh_opt(&o, 'n'));
        for (uint32_t i = 0; i < u->group_count; i++) {
            if (u->group[i] == u->gid)
                continue;
            sh_puts(t, " ");
            status |= id_one(t, "/etc/group", u->group[i], sh_opt(&o, 'n'));
        }
    } else {
        id_full(t, "uid=", "/etc/passwd", u->uid);
        id_full(t, " gid=", "/etc/group", u->gid);
        for (uint32_t i = 0; i < u->group_count; i++)
            id_full(t, i > 0 ? "," : " groups=", "/etc/group", u->group[i]);
    }
    sh_puts(t, "\n");
    return status;
}

/* ---- hostname, uname ------------------------------------------------------------------------- */

static const char *hostname_of(const struct sh_task *t)
{
    return t->proc->setup.hostname != NULL ? t->proc->setup.hostname : "localhost";
}

int sh_cmd_hostname(struct sh_task *t, struct sh_call *c)
{
    const struct shell_setup *s = &t->proc->setup;
    const char *full = s->fqdn != NULL && s->fqdn[0] != '\0' ? s->fqdn : hostname_of(t);
    struct sh_opts o;
    char address[16];

    if (!sh_options(t, c, "fsidyAI", &o))
        return 1;
    if (o.first < c->argc) {
        sh_complain(t, "hostname: sethostname: Operation not permitted");
        return 1;
    }
    sh_dotted(address, s->address);
    if (sh_opt(&o, 'i') || sh_opt(&o, 'I'))
        sh_printf(t, "%s\n", address);
    else if (sh_opt(&o, 'f') || sh_opt(&o, 'A'))
        sh_printf(t, "%s\n", full);
    else if (sh_opt(&o, 'd'))
        sh_printf(t, "%s\n", strchr(full, '.') != NULL ? strchr(full, '.') + 1 : "");
    else if (sh_opt(&o, 's'))
        sh_printf(t, "%.*s\n", (int)strcspn(hostname_of(t), "."), hostname_of(t));
    else
        sh_printf(t, "%s\n", hostname_of(t));
    return 0;
}

int sh_cmd_uname(struct sh_task *t, struct sh_call *c)
{
    static const struct {
        char letter;
        const char *text;
    } fields[] = {{'s', "Linux"},  {'n', NULL},     {'r', "6.1.0"},
                  {'v', "#1 SMP"}, {'m', "x86_64"}, {'o', "GNU/Linux"}};
    bool first = true;
    struct sh_opts o;

    if (!sh_options(t, c, "asnrvmpio", &o))
        return 1;
    for (size_t i = 0; i < RX_ARRAY_LEN(fields); i++) {
        if (!sh_opt(&o, fields[i].letter) && !sh_opt(&o, 'a') && !(o.given == 0 && i == 0))
            continue;
        sh_printf(t, "%s%s", first ? "" : " ",
                  fields[i].text != NULL ? fields[i].text : hostname_of(t));
        first = false;
    }
    sh_puts(t, "\n");
    return 0;
}
