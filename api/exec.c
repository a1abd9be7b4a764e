/* SPDX-License-Identifier: Apache-2.0 */
/* exec.c - commands from outside in a container's files, and the files themselves. */
#include <errno.h>
#include <string.h>

#include "api/sized.h"
#include "engine/pod/machine.h"
#include "engine/reactor/err.h"

/* A command from podring_exec to podring_exec_close. */
struct api_exec {
    struct rx_list link; /* of the engine */
    struct api_timer wake;
    struct pod_exec exec;
    struct rx_arena arena; /* of its program */
    uint64_t id;
    struct shell_state state;
};

static struct api_exec *find(podring *r, uint64_t run)
{
    RX_LIST_EACH (l, &r->execs) {
        struct api_exec *x = rx_container_of(l, struct api_exec, link);

        if (x->id == run)
            return x;
    }
    return NULL;
}

static void go_on(void *ctx, podring *r, uint64_t timer)
{
    struct api_exec *x = ctx;

    (void)timer;
    x->state = pod_exec_run(&x->exec);
    if (x->state.phase == SHELL_SLEEPING)
        rx_loop_arm(&r->loop, &x->wake.timer, RX_MAX(x->state.until, rx_loop_now(&r->loop)));
}

/* ---- which container ------------------------------------------------------------------------- */

static int running(podring *r, uint64_t pod, const char *container, struct pod_container **out)
{
    struct pod *p = api_pod(r, pod);
    const struct pod_spec *spec;
    char name[POD_NAME_MAX];
    uint32_t i;

    if (p == NULL)
        return -PODRING_ENOTFOUND;
    spec = pod_spec_of(p);
    for (i = container != NULL ? 0 : spec->init_count; i < spec->container_count; i++)
        if (container == NULL || strcmp(spec->container[i].name, container) == 0)
            break;
    if (i == spec->container_count)
        return api_fail(r, -PODRING_ENOTFOUND, "container not found (\"%s\")",
                        container != NULL ? container : "");
    if (r->flags & PODRING_EXEC_HOST)
        return api_fail(r, -PODRING_EUNSUPPORTED,
                        "commands of this engine's containers are "
                        "processes of this machine: there are no files to look at");
    if (r->runtime != NULL)
        return api_fail(r, -PODRING_EUNSUPPORTED, "containers of this engine are run by its "
                        "embedder: there are no files to look at");
    *out = pod_container_at(p, i);
    if (pod_is_over(p))
        return api_fail(r, -PODRING_ESTATE,
                        "cannot exec into a container in a completed pod; current phase is %s",
                        pod_phase_name((enum pod_phase)p->phase));
    if ((*out)->proc_state != POD_PROC_RUNNING)
        return api_fail(r, -PODRING_ESTATE,
                        "unable to upgrade connection: container %s of pod %s "
                        "is not running",
                        spec->container[i].name, pod_name(p, name));
    return 0;
}

/* ---- commands -------------------------------------------------------------------------------- */

/* A word that is no command of the shell is run by one: so there may be a script of that name, or a
 * rule that answers for it. */
static int compile(struct api_exec *x, const char *image, uint32_t argc, const char *const *argv,
                   struct shell_program **out)
{
    static const char *const runs[] = {"sh", "-c", "\"$@\"", "sh"};
    enum { RUNS = sizeof(runs) / sizeof(runs[0]) };
    enum shell_flavour sh = shell_flavour_of(image);
    const char **words = rx_arena_alloc(&x->arena, (argc + RUNS) * sizeof(*words));
    int rc;

    if (words == NULL)
        return -RX_ENOMEM;
    memcpy(words, runs, sizeof(runs));
    for (uint32_t i = 0; i < argc; i++) {
        words[RUNS + i] = rx_arena_strdup(&x->arena, argv[i]);
        if (words[RUNS + i] == NULL)
            return -RX_ENOMEM;
    }
    x->exec.argc = argc;
    x->exec.argv = words + RUNS;
    rc = shell_compile(&x->arena, sh, argc, words + RUNS, out, NULL);
    if (rc != 0 || shell_program_class(*out) != SHELL_UNKNOWN)
        return rc;
    return shell_compile(&x->arena, sh, argc + RUNS, words, out, NULL);
}

static void drop(podring *r, struct api_exec *x)
{
    rx_loop_disarm(&r->loop, &x->wake.timer);
    pod_exec_close(&x->exec);
    rx_arena_fini(&x->arena);
    rx_list_remove(&x->link);
    rx_mem_free(&r->world.guest, x, sizeof(*x));
}

static void close_all(podring *r)
{
    while (!rx_list_empty(&r->execs))
        drop(r, rx_container_of(r->execs.next, struct api_exec, link));
}

int podring_exec(podring *r, uint64_t pod, const char *container, uint32_t argc,
                 const char *const *argv, uint64_t *run)
{
    struct pod_container *c;
    struct shell_program *program;
    struct api_exec *x;
    int rc;

    API_OWN(r);
    API_CHECK(r, argc > 0 && argv != NULL, "there is no command");
    API_CHECK(r, run != NULL, "run is NULL");
    rc = running(r, pod, container, &c);
    if (rc != 0)
        return rc;
    x = rx_mem_zalloc(&r->world.guest, sizeof(*x));
    if (x == NULL)
        return api_result(r, -PODRING_ENOMEM, "podring_exec");
    rx_list_init(&x->link);
    rx_arena_init(&x->arena, &r->world.guest);
    x->id = ++r->execs_begun;
    r->execs_close = close_all;
    x->wake = (struct api_timer){.ring = r, .fn = go_on, .ctx = x, .stays = true};
    rx_timer_init(&x->wake.timer, rx_key(POD_CLASS_HOST, (1ull << 59) + x->id));
    x->state.phase = SHELL_SLEEPING;
    rc = compile(x, pod_container_spec_of(c)->image, argc, argv, &program);
    if (rc == 0)
        rc = pod_exec_open_own(&x->exec, c, program, &x->wake.timer);
    if (rc != 0) {
        drop(r, x);
        return api_result(r, rc, "podring_exec");
    }
    rx_list_add_tail(&r->execs, &x->link);
    rx_loop_arm(&r->loop, &x->wake.timer, rx_loop_now(&r->loop));
    *run = x->id;
    return 0;
}

int podring_exec_info(podring *r, uint64_t run, struct podring_exec_info *given)
{
    struct podring_exec_info full = PODRING_EXEC_INFO_INIT, *out = &full;
    struct api_exec *x;

    API_OWN(r);
    API_SIZED(r, given);
    x = find(r, run);
    if (x == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "no command has the number %llu",
                        (unsigned long long)run);
    out->ended = x->state.phase == SHELL_ENDED || x->state.phase == SHELL_SERVER;
    out->exit_code = out->ended ? x->state.code : -1;
    out->out = x->exec.out.at != NULL ? x->exec.out.at : "";
    out->out_length = x->exec.out.used;
    out->err = x->exec.err.at != NULL ? x->exec.err.at : "";
    out->err_length = x->exec.err.used;
    out->cut = x->exec.out.cut || x->exec.err.cut;
    API_GIVE(given, &full);
    return 0;
}

int podring_exec_close(podring *r, uint64_t run)
{
    struct api_exec *x;

    API_OWN(r);
    x = find(r, run);
    if (x == NULL)
        return api_fail(r, -PODRING_ENOTFOUND, "no command has the number %llu",
                        (unsigned long long)run);
    drop(r, x);
    return 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int files_of(podring *r, uint64_t pod, const char *container, struct pod_container **c,
                    struct fs **out)
{
    int rc = running(r, pod, container, c);

    if (rc != 0)
        return rc;
    *out = pod_machine_files(*c);
    return *out != NULL ? 0 : api_result(r, -PODRING_ENOMEM, "its files");
}

static int failed(podring *r, const char *path, int error)
{
    return api_fail(r,
                    error == -ENOMEM   ? -PODRING_ENOMEM
                    : error == -ENOENT ? -PODRING_ENOTFOUND
                                       : -PODRING_EIO,
                    "%s: %s", path, fs_strerror(error));
}

int podring_file_read(podring *r, uint64_t pod, const char *container, const char *path,
                      const char **data, size_t *length)
{
    struct pod_container *c;
    struct fs *fs;
    uint32_t size = 0;
    struct fs_stat st;
    int rc;

    API_OWN(r);
    API_CHECK(r, path != NULL && path[0] == '/', "path is not absolute");
    API_CHECK(r, data != NULL, "data is NULL");
    API_CHECK(r, length != NULL, "length is NULL");
    rc = files_of(r, pod, container, &c, &fs);
    if (rc != 0)
        return rc;
    rc = fs_stat(fs, path, &st);
    if (rc == 0 && st.kind == FS_DIR)
        rc = -EISDIR;
    if (rc == 0)
        rc = fs_get(fs, path, data, &size);
    *length = size;
    return rc != 0 ? failed(r, path, rc) : 0;
}

int podring_file_write(podring *r, uint64_t pod, const char *container, const char *path,
                       const char *data, size_t length)
{
    struct pod_container *c;
    struct fs_stat st;
    struct fs *fs;
    int rc;

    API_OWN(r);
    API_CHECK(r, path != NULL && path[0] == '/', "path is not absolute");
    API_CHECK(r, data != NULL || length == 0, "data is NULL");
    if (length > FS_FILE_BYTES_MAX)
        return api_fail(r, -PODRING_ELIMIT, "%s: no file of a container is larger than %d bytes",
                        path, FS_FILE_BYTES_MAX);
    rc = files_of(r, pod, container, &c, &fs);
    if (rc != 0)
        return rc;
    if (fs_stat(fs, path, &st) == 0 && st.kind == FS_DIR)
        return failed(r, path, -EISDIR);
    rc = pod_machine_put(c, path, data, (uint32_t)length);
    return rc != 0 ? failed(r, path, rc) : 0;
}

int podring_file_list(podring *r, uint64_t pod, const char *container, const char *path,
                      const char *after, char name[PODRING_FILE_NAME_MAX])
{
    struct pod_container *c;
    struct fs *fs;
    char found[FS_NAME_MAX + 1] = "";
    int rc;

    API_OWN(r);
    API_CHECK(r, path != NULL && path[0] == '/', "path is not absolute");
    API_CHECK(r, after != NULL, "after is NULL");
    API_CHECK(r, name != NULL, "name is NULL");
    rc = files_of(r, pod, container, &c, &fs);
    if (rc != 0)
        return rc;
    rc = fs_list(fs, path, after, found);
    if (rc < 0)
        return failed(r, path, rc);
    memcpy(name, found, sizeof(found));
    return rc > 0 ? 0 : -PODRING_EAGAIN;
}
