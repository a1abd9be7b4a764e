/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seccomp.c - the seccomp profile of docs/recipes fits: each mode of podring runs under the
 * groups of system calls that are named for it, and no more. Skipped where there is no libseccomp
 * (apt brings it on Debian) or no io_uring.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdint.h>
#include <sys/prctl.h>

#include "api/podring.h"
#include "tests/api/test_cli_kit.h"

enum { GROUPS = 5, NAMES_MAX = 128, ALLOW = 0x7fff0000, REFUSE = 0x00050001 /* EPERM */ };

enum group { EVERY = 1, SOCKETS = 2, MEMORY = 4, HOST = 8, RUNTIME = 16 };

static const char *const key[GROUPS] = {"every command", "real sockets", "run --net memory",
                                        "run --exec host", "container runtime"};

struct library {
    void *(*init)(uint32_t action);
    int (*add)(void *filter, uint32_t action, int call, unsigned count, ...);
    int (*number)(const char *name);
    int (*load)(void *filter);
};

static bool open_library(struct library *l)
{
    void *so = dlopen("libseccomp.so.2", RTLD_NOW);

    if (so == NULL)
        return false;
    *(void **)&l->init = dlsym(so, "seccomp_init");
    *(void **)&l->add = dlsym(so, "seccomp_rule_add");
    *(void **)&l->number = dlsym(so, "seccomp_syscall_resolve_name");
    *(void **)&l->load = dlsym(so, "seccomp_load");
    return l->init != NULL && l->add != NULL && l->number != NULL && l->load != NULL;
}

static char *read_profile(void)
{
    int fd = open("docs/recipes/seccomp-io-uring.json", O_RDONLY);

    cr_assert_geq(fd, 0, "tests run in the folder of the Makefile");
    return kit_contents(fd);
}

/* Adds the names of the group whose comment has that text. */
static void allow(const struct library *l, void *filter, const char *profile, const char *comment)
{
    const char *at = strstr(profile, comment), *end;

    cr_assert_not_null(at, "no group '%s'", comment);
    at = strchr(strstr(at, "\"names\""), '[');
    end = strchr(at, ']');
    while ((at = strchr(at, '"')) != NULL && at < end) {
        char name[64];
        size_t n = strcspn(++at, "\"");
        int number;

        cr_assert_lt(n, sizeof(name));
        memcpy(name, at, n);
        name[n] = '\0';
        at += n + 1;
        number = l->number(name);
        if (number >= 0) /* else another machine has it */
            cr_assert_eq(l->add(filter, ALLOW, number, 0), 0, "%s", name);
    }
}

/* The filter holds for this process from now on, so each row has a process of its own. */
static void enter(const struct library *l, unsigned groups)
{
    void *filter = l->init(REFUSE);
    char *profile = read_profile();

    cr_assert_not_null(filter);
    for (int i = 0; i < GROUPS; i++)
        if (groups >> i & 1)
            allow(l, filter, profile, key[i]);
    free(profile);
    cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    cr_assert_eq(l->load(filter), 0);
}

static const char pod[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: c\n"
    "    image: nginx\n    ports: [{containerPort: 8080}]\n"
    "    readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}\n"
    "    livenessProbe: {exec: {command: [sh, -c, 'echo a | cat']}, periodSeconds: 1}\n";

/* The end of a manifest file's name would be in the way: the text comes in on standard input. */
static void runs_under(unsigned groups, const char *line, const char *expected)
{
    struct library l;
    int in = kit_file(pod), out = kit_file(""), err = kit_file(""), status;
    char copy[512], *argv[KIT_ARGS_MAX + 2] = {"podring"}, *state = NULL, *text;
    int argc = 1;
    pid_t child;

#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("the address sanitizer makes system calls of its own");
#endif
    if (!open_library(&l))
        cr_skip_test("there is no libseccomp.so.2");
    snprintf(copy, sizeof(copy), "%s", line);
    for (char *w = strtok_r(copy, " ", &state); w != NULL; w = strtok_r(NULL, " ", &state))
        argv[argc++] = w;
    kit_binary();
    child = fork();
    if (child == 0) {
        dup2(in, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        enter(&l, groups | EVERY | RUNTIME);
        execve(kit_binary(), argv, environ);
        _exit(99);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    text = kit_contents(err);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: %x %s", line, (unsigned)status,
              text);
    free(text);
    text = kit_contents(out);
    cr_expect_not_null(strstr(text, expected), "%s: %s", line, text);
    cr_expect(strstr(text, " failure") == NULL && strstr(text, " error") == NULL, "%s: %s", line,
              text);
    free(text);
    close(in);
}

static void needs_ring(void)
{
    struct podring_options o = PODRING_OPTIONS_INIT;
    podring *r;

    o.net = PODRING_NET_KERNEL;
    o.connections_max = 16;
    if (podring_open(&o, &r) != 0)
        cr_skip_test("%s", podring_why(NULL));
    podring_close(r);
}

Test(seccomp, simulate)
{
    runs_under(0, "simulate - --for 1m --workers 2", "Running");
}

Test(seccomp, run_in_memory)
{
    runs_under(MEMORY, "run - --for 2s --net memory", " success");
}

Test(seccomp, run_with_sockets)
{
    needs_ring();
    runs_under(SOCKETS, "run - --for 2s", "Running");
}

Test(seccomp, bench)
{
    needs_ring();
    runs_under(SOCKETS, "bench --pods 2 --for 1s", "probes");
}

Test(seccomp, commands_as_processes)
{
    needs_ring();
    runs_under(SOCKETS | HOST, "run - --for 3s --exec host", " success");
}
