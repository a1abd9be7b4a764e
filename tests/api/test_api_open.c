/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening and closing: options and their refusals, allocators that fail, several engines in one
 * process, knobs, versions, and what the shared library shows to the world.
 */
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/api/test_api_kit.h"
#include "tests/support/failmem.h"

/* ---- options -------------------------------------------------------------------------------- */

static void refused(struct podring_options o, const char *part)
{
    podring *r = (podring *)&o;

    cr_expect_eq(podring_open(&o, &r), -PODRING_EINVALID, "%s was accepted", part);
    cr_expect_null(r);
    cr_expect_not_null(strstr(podring_why(NULL), part), "%s: \"%s\"", part, podring_why(NULL));
}

Test(api_open, options_are_checked)
{
    struct podring_options o;

#define REFUSE(part, ...)                                                                          \
    o = kit_options();                                                                             \
    __VA_ARGS__;                                                                                   \
    refused(o, part)

    REFUSE("size", o.size = 0);
    REFUSE("size", o.size = offsetof(struct podring_options, seed) - 1);
    REFUSE("clock", o.clock = 2);
    REFUSE("net", o.net = 4);
    REFUSE("timing", o.timing = 4);
    REFUSE("flags", o.flags = 1024);
    REFUSE("flags", o.flags = 1u << 31);
    REFUSE("virtual time", o.net = PODRING_NET_KERNEL);
    REFUSE("net_latency", o.net_latency_min_us = -1);
    REFUSE("net_latency", o.net_latency_max_us = -1);
    REFUSE("net_latency", o.net_latency_min_us = 2; o.net_latency_max_us = 1);
    REFUSE("net_latency", o.net_latency_max_us = INT64_MAX);
    REFUSE("net faults", o.net_refuse_ppm = 1000001);
    REFUSE("net faults", o.net_reset_ppm = 1000001);
    REFUSE("net faults", o.net_drop_ppm = UINT32_MAX);
}

Test(api_open, every_combination_that_makes_sense_opens)
{
    for (uint32_t net = PODRING_NET_DEFAULT; net <= PODRING_NET_SCRIPT; net++) {
        for (uint32_t timing = PODRING_TIMING_DEFAULT; timing <= PODRING_TIMING_KUBELET; timing++) {
            for (uint32_t clock = PODRING_REAL; clock <= PODRING_VIRTUAL; clock++) {
                struct podring_options o = kit_options();
                podring *r;

                if (net == PODRING_NET_KERNEL ||
                    (net == PODRING_NET_DEFAULT && clock == PODRING_REAL))
                    continue; /* tests/live */
                o.clock = clock, o.net = net, o.timing = timing;
                r = kit_open(o);
                kit_apply(r, KIT_POD("p"));
                cr_expect_geq(podring_turn(r, 0), 0);
                podring_close(r);
            }
        }
    }
    podring_close(NULL);
}

/* Fields are only ever added at the end: a caller of another release says how much it knows. */
Test(api_open, other_releases)
{
    struct {
        struct podring_options o;
        char later[64];
    } newer = {.o = kit_options()};
    struct podring_options older = kit_options();
    podring *r;

    newer.o.size = sizeof(newer);
    cr_assert_eq(podring_open(&newer.o, &r), 0);
    podring_close(r);
    older.size = offsetof(struct podring_options, allocator);
    memset(&older.allocator, 0xff, sizeof(older) - older.size);
    older.epoch_unix_ms = 5;
    cr_assert_eq(podring_open(&older, &r), 0, "what it does not know is not read");
    podring_close(r);
}

Test(api_open, defaults_either_work_or_say_what_is_missing)
{
    podring *r;
    int rc = podring_open(NULL, &r);

    if (rc == 0) {
        cr_expect_geq(podring_fd(r), 0);
        podring_close(r);
    } else {
        cr_expect_eq(rc, -PODRING_ENORING);
        cr_expect_neq(podring_why(NULL)[0], '\0');
    }
}

Test(api_open, replicas_and_flags)
{
    struct podring_options o = kit_options();
    podring *r;

    o.replicas = 7;
    o.flags = PODRING_NO_EVENTS;
    r = kit_open(o);
    kit_apply(r, KIT_DEPLOYMENT("web", 2) KIT_POD("alone"));
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).pods, 8, "a bare pod has no replicas");
    cr_expect_gt(kit_stats(r).events, 8);
    cr_expect_eq(kit_drain(r), 0, "counted, not kept");
    podring_close(r);
}

static uint64_t count_reason(podring *r, const char *reason)
{
    struct podring_event e = PODRING_EVENT_INIT;
    uint64_t n = 0;

    while (podring_next_event(r, &e) == 0)
        n += e.reason != NULL && strcmp(e.reason, reason) == 0;
    return n;
}

Test(api_open, events_of_single_runs_can_be_left_out)
{
    static const char yaml[] =
        KIT_POD("p") KIT_LIVENESS KIT_BEHAVIOR("p", "  - serve: [{status: 500}]\n");

    for (uint32_t flags = 0; flags <= PODRING_NO_PROBE_EVENTS; flags += PODRING_NO_PROBE_EVENTS) {
        struct podring_options o = kit_options();
        podring *r;

        o.flags = flags;
        r = kit_open(o);
        kit_apply(r, yaml);
        kit_run(r, 20000);
        cr_expect_eq(kit_stats(r).failure > 2, true);
        cr_expect_eq(count_reason(r, "Unhealthy") > 0, flags == 0);
        podring_close(r);
    }
}

/* ---- memory --------------------------------------------------------------------------------- */

static struct podring_allocator of_failmem(struct failmem *f)
{
    return (struct podring_allocator){
        .alloc = failmem_ops.alloc, .free = failmem_ops.free, .ctx = f};
}

static const char crowd[] = KIT_DEPLOYMENT(
    "web",
    5) "        livenessProbe: {httpGet: {port: 8080}, periodSeconds: 2}\n"
       "        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}\n" KIT_POD("q")
           KIT_READINESS KIT_BEHAVIOR(
               "web", "  - exit: {after: 3s, code: 1}\n  - serve: [{status: 500, rate: 0.3}]\n")
               KIT_BEHAVIOR("q", "  - serve: [{from: 2s, to: 4s, do: refuse}, {from: 6s, do: "
                                 "hang}]\n") "---\napiVersion: podring.dev/v1\nkind: "
                                             "Scenario\nmetadata: {name: s}\nspec:\n  steps:\n"
                                             "  - {at: 5s, delete: pod/q}\n  - {at: 6s, scale: "
                                             "deployment/web, replicas: 7}\n"
                                             "  - {at: 7s, setImage: deployment/web, image: "
                                             "\"i:2\"}\n";

Test(api_open, the_struct_of_the_allocator_is_copied)
{
    struct failmem f = {0};
    struct podring_allocator a = of_failmem(&f);
    struct podring_options o = kit_options();
    podring *r;

    o.allocator = &a;
    r = kit_open(o);
    memset(&a, 0xee, sizeof(a));
    kit_apply(r, KIT_DEPLOYMENT("web", 5) KIT_POD("q") KIT_READINESS);
    kit_run(r, 20000);
    cr_expect_gt(f.calls, 10);
    podring_close(r);
    cr_expect_eq(f.blocks, 0, "%zu blocks were not given back", f.blocks);
}

/* Restarts, back-off, an unready pod: events with messages of all kinds. */
static const char crashing[] =
    KIT_DEPLOYMENT("web", 3)
    "        readinessProbe: {httpGet: {port: 8080}, periodSeconds: 5, failureThreshold: 1}\n"
    "---\n"
    "apiVersion: podring.dev/v1\n"
    "kind: Behavior\n"
    "metadata: {name: crash}\n"
    "spec:\n"
    "  pods: [0, 2]\n"
    "  instances:\n"
    "  - exit: {after: 5s, code: 1}\n"
    "    serve: [{from: 2s, to: 40s, status: 500}]\n";

/* ---- several engines ------------------------------------------------------------------------- */

static uint64_t digest_of(uint64_t seed, const char *yaml, int64_t until)
{
    struct podring_options o = kit_options();
    podring *r;
    uint64_t digest;

    o.seed = seed;
    r = kit_open(o);
    kit_apply(r, yaml);
    kit_run(r, until);
    digest = podring_digest(r);
    podring_close(r);
    return digest;
}

Test(api_open, seeds)
{
    cr_expect_eq(digest_of(1, crowd, 20000), digest_of(1, crowd, 20000));
    cr_expect_neq(digest_of(1, crowd, 20000), digest_of(2, crowd, 20000));
    cr_expect_neq(digest_of(1, crowd, 20000), digest_of(1, crowd, 15000), "it goes on");
}

/* Whether somebody listens must not change what is heard. */
Test(api_open, digest_does_not_depend_on_who_listens)
{
    struct podring_options o = kit_options();
    uint64_t digest[2], events[2];

    for (int quiet = 0; quiet < 2; quiet++) {
        struct podring_stats stats = PODRING_STATS_INIT;
        podring *r;

        o.events_max = 1 << 20;
        o.flags = quiet ? PODRING_NO_EVENTS : 0;
        r = kit_open(o);
        kit_apply(r, crashing);
        kit_run(r, 60000);
        cr_assert_eq(podring_stats(r, &stats), 0);
        digest[quiet] = podring_digest(r);
        events[quiet] = stats.events;
        podring_close(r);
    }
    cr_expect_gt(events[0], 40);
    cr_expect_eq(events[0], events[1]);
    cr_expect_eq(digest[0], digest[1]);
}

Test(api_open, engines_do_not_know_each_other)
{
    struct podring_options o = kit_options();
    podring *a, *b;

    o.seed = 1;
    a = kit_open(o);
    o.seed = 2;
    b = kit_open(o);
    kit_apply(b, crowd);
    kit_apply(a, crowd);
    for (int64_t t = 500; t <= 20000; t += 500) {
        kit_run(a, t);
        kit_run(b, 20000 < t + 3000 ? 20000 : t + 3000);
    }
    cr_expect_eq(podring_digest(a), digest_of(1, crowd, 20000));
    cr_expect_eq(podring_digest(b), digest_of(2, crowd, 20000));
    podring_close(a);
    kit_run(b, 30000);
    podring_close(b);
}

/* ---- knobs, errors, versions ------------------------------------------------------------------
 */

Test(api_open, knobs)
{
    podring *r = kit_open(kit_options());
    struct podring_knob k = PODRING_KNOB_INIT;
    uint32_t n = 0;

    for (; podring_knob_at(r, n, &k) == 0; n++) {
        cr_expect_str_eq(k.value, k.default_value, "%s", k.name);
        cr_expect_gt(strlen(k.help), 10);
        cr_expect_eq(podring_set(r, k.name, "rubbish"), -PODRING_EINVALID, "%s", k.name);
        cr_expect_neq(podring_why(r)[0], '\0');
        cr_expect_eq(podring_set(r, k.name, ""), -PODRING_EINVALID, "%s", k.name);
        cr_expect_eq(podring_set(r, k.name, k.default_value), 0, "%s", k.name);
    }
    cr_expect_geq(n, 4);
    cr_expect_eq(podring_knob_at(r, n, &k), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_knob_at(r, UINT32_MAX, &k), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_set(r, "no_such_knob", "on"), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_set(r, "", "on"), -PODRING_ENOTFOUND);
    podring_close(r);
}

Test(api_open, knobs_keep_their_values)
{
    static const char *const values[][3] = {
        {"bo_gc", "on", "on"},
        {"bo_gc", "0", "off"},
        {"bo_gc", "true", "on"},
        {"max_restart_period", "100s", "1m40s"},
        {"max_restart_period", "1s", "1s"},
        {"max_restart_period", "300s", "5m0s"},
        {"max_restart_period", "0s", "0s"},
        {"grace_shorten_live", "on", "on"},
    };
    static const char *const bad[] = {"-1s", "999ms", "301s", "7", "1h", "99999999999999999999s"};
    podring *r = kit_open(kit_options());
    struct podring_knob k = PODRING_KNOB_INIT;

    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        cr_assert_eq(podring_set(r, values[i][0], values[i][1]), 0, "%s=%s", values[i][0],
                     values[i][1]);
        for (uint32_t n = 0; podring_knob_at(r, n, &k) == 0; n++) {
            if (strcmp(k.name, values[i][0]) == 0)
                cr_expect_str_eq(k.value, values[i][2], "%s=%s: %s", k.name, values[i][1], k.value);
        }
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_eq(podring_set(r, "max_restart_period", bad[i]), -PODRING_EINVALID, "%s", bad[i]);
    podring_close(r);
}

Test(api_open, errors_have_names)
{
#define X(name, value)                                                                             \
    cr_expect_gt(strlen(podring_strerror(PODRING_##name)), 5);                                     \
    cr_expect_str_eq(podring_strerror(PODRING_##name), podring_strerror(-PODRING_##name));
    PODRING_ERR_MAP(X)
#undef X
    cr_expect_not_null(podring_strerror(0));
    cr_expect_not_null(podring_strerror(-99999));
    cr_expect_not_null(podring_strerror(INT32_MIN));
}

Test(api_open, versions)
{
    char text[32];

    snprintf(text, sizeof(text), "%d.%d.%d", PODRING_VERSION_MAJOR, PODRING_VERSION_MINOR,
             PODRING_VERSION_PATCH);
    cr_expect_str_eq(podring_version(), text);
    cr_expect_eq(podring_version_number(), PODRING_VERSION_NUMBER);
    cr_expect_eq(podring_version_number(),
                 PODRING_VERSION_MAJOR << 16 | PODRING_VERSION_MINOR << 8 | PODRING_VERSION_PATCH);
    cr_expect_gt(strlen(podring_build_info()), 20);
}

Test(api_open, decision_tables)
{
    const char *name, *text;
    uint32_t n = 0;

    for (; podring_states(n, &name, &text) == 0; n++) {
        cr_expect_gt(strlen(name), 0);
        cr_expect_gt(strlen(text), 20);
    }
    cr_expect_gt(n, 2);
    cr_expect_eq(podring_states(UINT32_MAX, &name, &text), -PODRING_ENOTFOUND);
}

/* ---- loading ----------------------------------------------------------------------------------
 */

Test(api_open, all_of_a_file_or_nothing)
{
    podring *r = kit_open(kit_options());
    struct podring_diagnostic d = PODRING_DIAGNOSTIC_INIT;
    static const char half[] = KIT_POD("good") "---\napiVersion: v1\nkind: Pod\nmetadata: {}\n";

    cr_expect_eq(podring_load_text(r, "half", half, strlen(half)), -PODRING_EMANIFEST);
    cr_assert_eq(podring_diagnostic_at(r, 0, &d), 0);
    cr_expect_str_eq(d.file, "half");
    cr_expect_gt(d.line, 5);
    cr_expect_eq(podring_apply(r), 0);
    kit_run(r, 1000);
    cr_expect_eq(kit_stats(r).pods_created, 0);
    kit_apply(r, KIT_POD("good"));
    kit_run(r, 2000);
    cr_expect_eq(kit_stats(r).pods, 1, "the name is still free");
    cr_expect_eq(podring_load_text(r, "again", KIT_POD_FIXED("good"),
                                   strlen(KIT_POD_FIXED("good"))), 0);
    cr_expect_eq(podring_apply(r), -PODRING_ESTATE);
    cr_expect_not_null(strstr(podring_why(r), "good"), "%s", podring_why(r));
    kit_apply(r, KIT_POD("other"));
    kit_run(r, 3000);
    cr_expect_eq(kit_stats(r).pods, 2, "what was refused does not stand in the way");
    podring_delete(r, kit_pod(r, "good"), 0, 1);
    kit_run(r, 4000);
    kit_apply(r, KIT_POD("good"));
    kit_run(r, 5000);
    cr_expect_eq(kit_stats(r).pods_created, 3, "the name was free again");
    podring_close(r);
}

Test(api_open, files_that_cannot_be_read)
{
    podring *r = kit_open(kit_options());

    cr_expect_eq(podring_load_file(r, "/nonexistent/x.yaml"), -PODRING_ENOTFOUND);
    cr_expect_not_null(strstr(podring_why(r), "/nonexistent/x.yaml"));
    cr_expect_eq(podring_load_file(r, "/"), -PODRING_EIO);
    cr_expect_not_null(strstr(podring_why(r), "directory"), "%s", podring_why(r));
    cr_expect_eq(podring_load_file(r, ""), -PODRING_ENOTFOUND);
    cr_expect_eq(podring_load_text(r, "empty", "", 0), -PODRING_EMANIFEST);
    cr_expect_eq(podring_apply(r), 0);
    podring_close(r);
}

/* ---- the shared library -------------------------------------------------------------------------
 */

/* The file beside the test program; the test is skipped where only the static library was built. */
static void beside(char *out, size_t room, const char *name)
{
    ssize_t n = readlink("/proc/self/exe", out, room - 1);

    cr_assert_gt(n, 0);
    out[n] = '\0';
    snprintf(strrchr(out, '/') + 1, room - (size_t)(strrchr(out, '/') + 1 - out), "%s", name);
    if (access(out, R_OK) != 0)
        cr_skip_test("%s was not built", name);
}

static const Elf64_Shdr *section(const char *map, uint32_t type)
{
    const Elf64_Ehdr *h = (const void *)map;
    const Elf64_Shdr *s = (const void *)(map + h->e_shoff);

    for (unsigned i = 0; i < h->e_shnum; i++) {
        if (s[i].sh_type == type)
            return &s[i];
    }
    return NULL;
}

Test(api_open, the_library_exports_its_own_names_only)
{
    char path[4096];
    const Elf64_Shdr *table;
    const Elf64_Sym *sym;
    const char *map, *names;
    unsigned exported = 0;
    struct stat st;
    int fd;

    beside(path, sizeof(path), "libpodring.so");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0 && fstat(fd, &st) == 0);
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    cr_assert_neq(map, MAP_FAILED);
    table = section(map, SHT_DYNSYM);
    cr_assert_not_null(table);
    sym = (const void *)(map + table->sh_offset);
    names = map + ((const Elf64_Shdr *)(const void *)(map + ((const Elf64_Ehdr *)(const void *)map)
                                                                ->e_shoff))[table->sh_link]
                      .sh_offset;
    for (size_t i = 0; i < table->sh_size / sizeof(*sym); i++) {
        const char *name = names + sym[i].st_name;

        if (sym[i].st_shndx == SHN_UNDEF || sym[i].st_shndx == SHN_ABS || name[0] == '\0')
            continue;
        cr_expect(strncmp(name, "podring_", 8) == 0, "%s is exported", name);
        exported++;
    }
    cr_expect_gt(exported, 30);
    munmap((void *)(uintptr_t)map, (size_t)st.st_size);
    close(fd);
}

static const char embedder[] =
    "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <stdlib.h>\n#include <string.h>\n"
    "#include \"api/podring.h\"\n"
    "static int of_libc(void *f)\n{\n    Dl_info i;\n"
    "    return dladdr(f, &i) && strstr(i.dli_fname, \"libc.so\") != NULL;\n}\n"
    "int main(void)\n{\n    struct podring_options o = PODRING_OPTIONS_INIT;\n    podring *r;\n"
    "    o.clock = PODRING_VIRTUAL;\n"
    "    if (podring_open(&o, &r) != 0 || podring_run_until(r, 1000) != 0)\n        return 2;\n"
    "    podring_close(r);\n"
    "    return of_libc((void *)malloc) && of_libc((void *)free) && of_libc((void *)realloc) ? 0 : "
    "1;\n"
    "}\n";

/* Debian's mimalloc exports malloc as well: a program must not get it by linking with us. */
Test(api_open, an_embedders_malloc_stays_its_own)
{
    char so[4096], dir[] = "/tmp/podring-test-XXXXXX", command[16384];
    int code;

    beside(so, sizeof(so), "libpodring.so");
    if (system("cc --version >/dev/null 2>&1") != 0 || access("api/podring.h", R_OK) != 0)
        cr_skip_test("needs a compiler and the source tree");
    cr_assert_not_null(mkdtemp(dir));
    snprintf(command, sizeof(command),
             "cd '%s' && ln -s '%s' libpodring.so.0 && ln -s '%s' libpodring.so && cat >e.c && "
             "cc -I\"$OLDPWD\" -o e e.c -L. -lpodring && LD_LIBRARY_PATH=. ./e; "
             "code=$?; rm -rf '%s'; exit $code",
             dir, so, so, dir);
    {
        FILE *p = popen(command, "w");

        cr_assert_not_null(p);
        fputs(embedder, p);
        code = pclose(p);
    }
    cr_expect_eq(code, 0, "exit status %d: 256 means that malloc was replaced", code);
}
