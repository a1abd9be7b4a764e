/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc_files.c - what a container sees of the kernel: its own processes, and the machine of
 * resource.c (8 CPUs, 16 GiB) with the container's limits where a kernel shows them, in
 * /sys/fs/cgroup.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/pod/etc_files.h"
#include "engine/pod/pod_int.h"
#include "engine/pod/system_files.h"
#include "engine/reactor/prng.h"

enum { USED_KIB = 2 << 20, TICKS_PER_S = 100, COMM_MAX = 15 };

/* ---- processes ------------------------------------------------------------------------------- */

struct process {
    uint32_t pid, parent;
    uint32_t argc;
    const char *const *argv;
    char name[64];               /* instead, if its words are not known */
    struct pod_container *c;     /* whose it is; NULL: the sandbox's */
    const struct pod_machine *m; /* who looks */
};

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* What began as that shell's main process, or one of its children. */
static bool shell_process(const struct shell_proc *proc, uint32_t nth, uint32_t argc,
                          const char *const *argv, struct process *out)
{
    struct shell_task_view v;

    if (proc == NULL || !shell_task_view(proc, nth, &v))
        return false;
    *out = (struct process){.pid = v.pid, .parent = v.parent, .argc = argc, .argv = argv};
    if (v.argc > 0) {
        out->argc = v.argc;
        out->argv = (const char *const *)v.argv;
    }
    return true;
}

/* The main process, if no shell of ours runs it: the image's own program goes by the image's
 * name. */
static void server_process(struct pod_container *c, struct process *out)
{
    const struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    const struct pod_container_spec *s = pod_container_spec_of(c);
    const char *name = m != NULL && m->took_over[0] != '\0' ? m->took_over : last_name(s->image);

    *out = (struct process){.pid = pod_first_pid(c), .argc = s->argc, .argv = s->argv};
    if (name == last_name(s->image) && s->argc > 0)
        return;
    out->argc = 0;
    snprintf(out->name, sizeof(out->name), "%.*s", (int)strcspn(name, ":@"), name);
}

/* The nth process of a container, in order of its shells. */
static bool container_process(struct pod_container *c, uint32_t nth, struct process *out)
{
    struct pod_machine *m = c->extra != NULL ? c->extra->machine : NULL;
    const struct pod_container_spec *s = pod_container_spec_of(c);
    uint32_t k;

    if (c->proc_state != POD_PROC_RUNNING)
        return false;
    if ((m == NULL || m->main == NULL) && nth-- == 0) {
        server_process(c, out);
        return true;
    }
    for (k = 0; m != NULL && shell_process(m->main, k, s->argc, s->argv, out); k++)
        if (nth-- == 0)
            return true;
    for (struct rx_list *l = m != NULL ? c->extra->execs.next : NULL;
         l != NULL && l != &c->extra->execs;
         l = l->next) {
        struct pod_exec *e = rx_container_of(l, struct pod_exec, link);

        for (k = 0; shell_process(e->proc, k, e->argc, e->argv, out); k++)
            if (nth-- == 0)
                return true;
    }
    return false;
}

static bool is_process(struct pod_machine *m, struct pod_container *c, uint32_t nth,
                       struct process *out)
{
    if (!container_process(c, nth, out))
        return false;
    out->c = c;
    out->m = m;
    return true;
}

static bool process_at(struct pod_machine *m, uint32_t nth, struct process *out)
{
    struct pod *p = pod_of_container(m->container);

    if (!pod_spec_of(p)->shared_pids)
        return is_process(m, m->container, nth, out);
    if (nth-- == 0) {
        *out = (struct process){.pid = 1, .name = "/pause", .m = m};
        return true;
    }
    for (uint32_t i = 0; i < pod_spec_of(p)->container_count; i++)
        for (uint32_t k = 0; is_process(m, pod_container_at(p, i), k, out); k++)
            if (nth-- == 0)
                return true;
    return false;
}

static bool process_of(struct pod_machine *m, uint32_t pid, struct process *out)
{
    for (uint32_t i = 0; process_at(m, i, out); i++)
        if (out->pid == pid)
            return true;
    return false;
}

static const char *name_of(const struct process *p)
{
    return last_name(p->argc > 0 ? p->argv[0] : p->name);
}

/* ---- files of a process ---------------------------------------------------------------------- */

static void cmdline(const struct process *p, struct fs_text *to)
{
    for (uint32_t i = 0; i < p->argc; i++)
        fs_text_bytes(to, p->argv[i], strlen(p->argv[i]) + 1);
    if (p->argc == 0)
        fs_text_bytes(to, p->name, strlen(p->name) + 1);
}

static void comm(const struct process *p, struct fs_text *to)
{
    fs_text_say(to, "%.*s\n", COMM_MAX, name_of(p));
}

static void status(const struct process *p, struct fs_text *to)
{
    static const struct pod_user_spec sandbox = {.uid = 65535, .gid = 65535};
    const struct pod_user_spec *u = p->c != NULL ? &pod_container_spec_of(p->c)->user : &sandbox;
    bool running = p->pid == p->m->fs.self;

    fs_text_say(to,
                "Name:\t%.*s\nUmask:\t0022\nState:\t%c "
                "(%s)\nTgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%u\n", COMM_MAX, name_of(p),
                running ? 'R' : 'S', running ? "running" : "sleeping", p->pid, p->pid, p->parent);
    fs_text_say(to,
                "TracerPid:\t0\nUid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\nGroups:\t",
                u->uid, u->uid, u->uid, u->uid, u->gid, u->gid, u->gid, u->gid);
    for (uint32_t i = 0; i < u->group_count; i++)
        fs_text_say(to, "%u ", u->group[i]);
    fs_text_say(to, "\nThreads:\t1\n");
}

/* The 52 fields of proc(5); those of memory and of used time are 0. */
static void stat_line(const struct process *p, struct fs_text *to)
{
    rx_ms started = p->c != NULL ? p->c->cur.started : 0;

    fs_text_say(to, "%u (%.*s) %c %u %u 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %lld", p->pid,
                COMM_MAX, name_of(p), p->pid == p->m->fs.self ? 'R' : 'S', p->parent, p->pid,
                (long long)(started * TICKS_PER_S / RX_MS_PER_S));
    for (int i = 23; i <= 52; i++)
        fs_text_say(to, i == 38 ? " 17" : " 0");
    fs_text_say(to, "\n");
}

static void environ_of(const struct process *p, struct fs_text *to)
{
    const struct pod_machine *m = p->c != NULL && p->c->extra != NULL ? p->c->extra->machine : NULL;
    const struct pod_instance *l = m != NULL ? &m->life : NULL;

    for (uint32_t i = 0; l != NULL && i < l->env_count; i++) {
        fs_text_say(to, "%s=", l->env[i].key);
        fs_text_bytes(to, l->env[i].value, strlen(l->env[i].value) + 1);
    }
}

static void cgroup(const struct process *p, struct fs_text *to)
{
    (void)p;
    fs_text_say(to, "0::/\n");
}

static void oom(const struct process *p, struct fs_text *to)
{
    (void)p;
    fs_text_say(to, "0\n");
}

static const struct {
    const char *name;
    void (*write)(const struct process *p, struct fs_text *to);
} own_files[] = {{"cgroup", cgroup}, {"cmdline", cmdline}, {"comm", comm},
                 {"environ", environ_of},
                 {"oom_score_adj", oom}, {"stat", stat_line}, {"status", status}};

/* ---- files of the machine -------------------------------------------------------------------- */

static const struct pod_capacity *capacity_of(const struct pod_machine *m)
{
    return &pod_node_of(pod_of_container(m->container))->capacity;
}

static void uptime(struct pod_machine *m, struct fs_text *to)
{
    long long cs = (long long)rx_loop_now(pod_world_of(pod_of_container(m->container))->loop) / 10;
    long long idle = capacity_of(m)->cpus * cs;

    fs_text_say(to, "%lld.%02lld %lld.%02lld\n", cs / 100, cs % 100, idle / 100, idle % 100);
}

static void loadavg(struct pod_machine *m, struct fs_text *to)
{
    struct process p;
    uint32_t n = 0;

    while (process_at(m, n, &p))
        n++;
    fs_text_say(to, "0.00 0.00 0.00 1/%u %u\n", n, m->next_pid - 1);
}

static void meminfo(struct pod_machine *m, struct fs_text *to)
{
    uint32_t all = capacity_of(m)->memory_kib;

    fs_text_say(to, "MemTotal:       %8u kB\nMemFree:        %8u kB\nMemAvailable:   %8u kB\n", all,
                all - USED_KIB, all - USED_KIB);
    fs_text_say(to,
                "Buffers:               0 kB\nCached:                0 kB\nSwapTotal:             "
                "0 kB\n"
                "SwapFree:              0 kB\n");
}

static void cpuinfo(struct pod_machine *m, struct fs_text *to)
{
    uint32_t cpus = capacity_of(m)->cpus;

    for (uint32_t i = 0; i < cpus; i++)
        fs_text_say(to,
                    "processor\t: %u\nvendor_id\t: Simulated\nmodel name\t: Simulated CPU\ncpu "
                    "MHz\t\t: "
                    "2000.000\ncpu cores\t: %u\nflags\t\t: fpu sse sse2 ssse3 fma sse4_1 sse4_2 "
                    "popcnt aes avx avx2\n\n", i, cpus);
}

/* All of the CPUs' time since the node began is idle. */
static void kernel_stat(struct pod_machine *m, struct fs_text *to)
{
    const struct pod_world *w = pod_world_of(pod_of_container(m->container));
    long long ticks = (long long)rx_loop_now(w->loop) * TICKS_PER_S / RX_MS_PER_S;
    uint32_t cpus = capacity_of(m)->cpus;

    fs_text_say(to, "cpu  0 0 0 %lld 0 0 0 0 0 0\n", cpus * ticks);
    for (uint32_t i = 0; i < cpus; i++)
        fs_text_say(to, "cpu%u 0 0 0 %lld 0 0 0 0 0 0\n", i, ticks);
    fs_text_say(to, "intr 0\nctxt 0\nbtime %lld\nprocesses %u\nprocs_running 1\nprocs_blocked 0\n",
                (long long)w->epoch_ms / 1000, m->next_pid - 1);
}

static void hostname(struct pod_machine *m, struct fs_text *to)
{
    fs_text_say(to, "%s\n", m->life.hostname);
}

static void mounts(struct pod_machine *m, struct fs_text *to)
{
    fs_text_say(to,
                "overlay / overlay %s,relatime 0 0\nproc /proc proc "
                "rw,nosuid,nodev,noexec,relatime 0 0\n"
                "tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0\nsysfs /sys sysfs "
                "ro,nosuid,nodev,noexec,relatime 0 0\nshm /dev/shm tmpfs "
                "rw,nosuid,nodev,noexec,size=65536k 0 0\n", m->fs.read_only ? "ro" : "rw");
    for (uint32_t i = m->fs.mount_count; i-- > 0;)
        fs_text_say(to, "/dev/sda1 %s ext4 %s,relatime 0 0\n", m->fs.mount[i].path,
                    m->fs.mount[i].read_only ? "ro" : "rw");
}

static void memory_max(struct pod_machine *m, struct fs_text *to)
{
    int64_t bytes = pod_container_spec_of(m->container)->memory_bytes;

    if (bytes > 0)
        fs_text_say(to, "%lld\n", (long long)bytes);
    else
        fs_text_say(to, "max\n");
}

static void cpu_max(struct pod_machine *m, struct fs_text *to)
{
    int64_t milli = pod_container_spec_of(m->container)->cpu_milli;

    if (milli > 0)
        fs_text_say(to, "%lld 100000\n", (long long)RX_MIN(milli, INT64_MAX / 100) * 100);
    else
        fs_text_say(to, "max 100000\n");
}

static uint32_t count_processes(struct pod_machine *m)
{
    struct process p;
    uint32_t n = 0;

    while (is_process(m, m->container, n, &p))
        n++;
    return n;
}

static void pids_current(struct pod_machine *m, struct fs_text *to)
{
    fs_text_say(to, "%u\n", count_processes(m));
}

static void cgroup_procs(struct pod_machine *m, struct fs_text *to)
{
    struct process p;

    for (uint32_t i = 0; is_process(m, m->container, i, &p); i++)
        fs_text_say(to, "%u\n", p.pid);
}

static void uuid(struct pod_machine *m, struct fs_text *to)
{
    uint64_t a = rx_prng_at(m->fs.seed, 1, 0, m->fs.drawn),
        b = rx_prng_at(m->fs.seed, 2, 0, m->fs.drawn);

    m->fs.drawn += 16;
    fs_text_say(to, "%08x-%04x-4%03x-%04x-%012llx\n", (unsigned)(a >> 32),
                (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
                (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
                (unsigned long long)(b & 0xffffffffffffull));
}

/* Text, or who writes it. */
static const struct {
    const char *path, *text;
    void (*write)(struct pod_machine *m, struct fs_text *to);
} machine_files[] = {
    {"/proc/cpuinfo", NULL, cpuinfo},
    {"/proc/loadavg", NULL, loadavg},
    {"/proc/meminfo", NULL, meminfo},
    {"/proc/mounts", NULL, mounts},
    {"/proc/sys/fs/file-max", "1048576\n", NULL},
    {"/proc/sys/kernel/hostname", NULL, hostname},
    {"/proc/sys/kernel/osrelease", "6.1.0\n", NULL},
    {"/proc/sys/kernel/pid_max", "32768\n", NULL},
    {"/proc/sys/kernel/random/uuid", NULL, uuid},
    {"/proc/sys/net/core/somaxconn", "4096\n", NULL},
    {"/proc/sys/net/ipv4/ip_forward", "1\n", NULL},
    {"/proc/sys/net/ipv4/ip_unprivileged_port_start", "0\n", NULL},
    {"/proc/sys/vm/max_map_count", "65530\n", NULL},
    {"/proc/sys/vm/overcommit_memory", "0\n", NULL},
    {"/proc/sys/vm/swappiness", "60\n", NULL},
    {"/proc/stat", NULL, kernel_stat},
    {"/proc/uptime", NULL, uptime},
    {"/proc/version", "Linux version 6.1.0 (simulated)\n", NULL},
    {"/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n", NULL},
    {"/sys/fs/cgroup/cgroup.procs", NULL, cgroup_procs},
    {"/sys/fs/cgroup/cpu.max", NULL, cpu_max},
    {"/sys/fs/cgroup/cpu.stat",
     "usage_usec 0\nuser_usec 0\nsystem_usec 0\nnr_periods 0\nnr_throttled 0\n"
     "throttled_usec 0\n", NULL},
    {"/sys/fs/cgroup/cpuset.cpus.effective", "0-7\n", NULL},
    {"/sys/fs/cgroup/cpuset.mems.effective", "0\n", NULL},
    {"/sys/fs/cgroup/memory.current", "0\n", NULL},
    {"/sys/fs/cgroup/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
     NULL},
    {"/sys/fs/cgroup/memory.high", "max\n", NULL},
    {"/sys/fs/cgroup/memory.low", "0\n", NULL},
    {"/sys/fs/cgroup/memory.max", NULL, memory_max},
    {"/sys/fs/cgroup/memory.min", "0\n", NULL},
    {"/sys/fs/cgroup/memory.peak", "0\n", NULL},
    {"/sys/fs/cgroup/memory.swap.current", "0\n", NULL},
    {"/sys/fs/cgroup/memory.swap.max", "0\n", NULL},
    {"/sys/fs/cgroup/pids.current", NULL, pids_current},
    {"/sys/fs/cgroup/pids.max", "max\n", NULL},
    {"/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n", NULL},
};

/* ---- paths ----------------------------------------------------------------------------------- */

/* /proc/PID or /proc/self, and what follows: "" or "/NAME". */
static bool process_path(struct pod_machine *m, const char *path, struct process *out,
                         const char **rest)
{
    unsigned long pid;
    char *end;

    if (strncmp(path, "/proc/", 6) != 0)
        return false;
    path += 6;
    if (strncmp(path, "self", 4) == 0 && (path[4] == '/' || path[4] == '\0')) {
        *rest = path + 4;
        return process_of(m, m->fs.self, out);
    }
    if (path[0] < '1' || path[0] > '9')
        return false;
    pid = strtoul(path, &end, 10);
    *rest = end;
    return (*end == '/' || *end == '\0') && pid < UINT32_MAX && process_of(m, (uint32_t)pid, out);
}

static bool is_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return strncmp(path, dir, n) == 0 && path[n] == '/';
}

bool pod_proc_find(struct pod_machine *m, const char *path, enum fs_kind *kind)
{
    struct process p;
    const char *rest;

    *kind = FS_FILE;
    for (size_t i = 0; i < RX_ARRAY_LEN(machine_files); i++) {
        if (strcmp(machine_files[i].path, path) == 0)
            return true;
        if (is_below(machine_files[i].path, path)) {
            *kind = FS_DIR;
            return true;
        }
    }
    if (!process_path(m, path, &p, &rest))
        return false;
    if (*rest == '\0') {
        *kind = FS_DIR;
        return true;
    }
    for (size_t i = 0; i < RX_ARRAY_LEN(own_files); i++)
        if (strcmp(own_files[i].name, rest + 1) == 0)
            return true;
    return false;
}

void pod_proc_write(struct pod_machine *m, const char *path, struct fs_text *to)
{
    struct process p;
    const char *rest;

    for (size_t i = 0; i < RX_ARRAY_LEN(machine_files); i++) {
        if (strcmp(machine_files[i].path, path) != 0)
            continue;
        if (machine_files[i].write != NULL)
            machine_files[i].write(m, to);
        else
            fs_text_say(to, "%s", machine_files[i].text);
        return;
    }
    if (!process_path(m, path, &p, &rest))
        return;
    for (size_t i = 0; *rest != '\0' && i < RX_ARRAY_LEN(own_files); i++)
        if (strcmp(own_files[i].name, rest + 1) == 0)
            own_files[i].write(&p, to);
}

void pod_proc_list(struct pod_machine *m, const char *dir, const char *after,
                   char best[FS_NAME_MAX + 1])
{
    struct process p;
    const char *rest;
    char pid[12];

    for (size_t i = 0; i < RX_ARRAY_LEN(machine_files); i++) {
        const char *name = machine_files[i].path + strlen(dir) + 1;

        if (is_below(machine_files[i].path, dir))
            fs_offer(best, after, name, strcspn(name, "/"));
    }
    if (strcmp(dir, "/proc") == 0) {
        fs_offer(best, after, "self", 4);
        for (uint32_t i = 0; process_at(m, i, &p); i++)
            fs_offer(best, after, pid, (size_t)snprintf(pid, sizeof(pid), "%u", p.pid));
    } else if (process_path(m, dir, &p, &rest) && *rest == '\0') {
        for (size_t i = 0; i < RX_ARRAY_LEN(own_files); i++)
            fs_offer(best, after, own_files[i].name, strlen(own_files[i].name));
    }
}
