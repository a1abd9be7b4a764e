/* SPDX-License-Identifier: Apache-2.0 */
/* rank.c - --shard, or what mpirun, Slurm and an Indexed Job put into the environment. */
#include "api/cli/rank.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli/options.h"
#include "engine/reactor/base.h"

enum { SHARDS_MAX = 65536, WORKERS_MAX = 1024 };

/* In this order: a batch system's variables are also seen by what mpirun starts inside of it. A
 * Kubernetes Job tells its pods their index, but not how many there are. */
static const struct launcher {
    const char *rank, *size; /* environment variables; size NULL = does not tell */
} launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    {"PMI_RANK", "PMI_SIZE"}, /* MPICH and its relatives */
    {"SLURM_PROCID", "SLURM_NTASKS"},
    {"JOB_COMPLETION_INDEX", NULL},
};

static bool read_variable(const char *name, uint64_t max, uint32_t *out)
{
    const char *text = name != NULL ? getenv(name) : NULL;
    uint64_t n;

    if (text == NULL || !cli_read_u64(text, max, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

static const char *ask_launcher(uint32_t *index, uint32_t *count)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(launchers); i++) {
        uint32_t size;

        if (!read_variable(launchers[i].rank, SHARDS_MAX - 1, index))
            continue;
        if (!read_variable(launchers[i].size, SHARDS_MAX, &size))
            return *count > 0 ? NULL : "the launcher does not tell how many there are: use auto/N";
        if (*count > 0 && *count != size)
            return "the launcher has started another number of processes";
        *count = size;
        return NULL;
    }
    return "none of OMPI_COMM_WORLD_RANK, PMI_RANK, SLURM_PROCID and JOB_COMPLETION_INDEX is set";
}

const char *rank_read(const char *text, uint32_t *index, uint32_t *count)
{
    const char *slash = strchr(text, '/'), *wrong = NULL;
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    uint64_t n = 0, i = 0;
    char first[16] = "";

    if (length >= sizeof(first))
        return "";
    memcpy(first, text, length);
    if (slash != NULL && (!cli_read_u64(slash + 1, SHARDS_MAX, &n) || n == 0))
        return "";
    *count = (uint32_t)n;
    if (strcmp(first, "auto") == 0) {
        wrong = ask_launcher(index, count);
    } else {
        if (slash == NULL || !cli_read_u64(first, SHARDS_MAX, &i))
            return "";
        *index = (uint32_t)i;
    }
    if (wrong == NULL && *index >= *count)
        wrong = "the first share is 0, the last one N-1";
    return wrong;
}

const char *rank_workers_read(const char *text, uint32_t *workers)
{
    cpu_set_t cpus;
    uint64_t n = 0;

    if (strcmp(text, "auto") != 0 && !cli_read_u64(text, WORKERS_MAX, &n))
        return "";
    *workers = (uint32_t)n;
    if (n == 0)
        *workers = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (uint32_t)CPU_COUNT(&cpus) : 1;
    return NULL;
}

bool rank_path(const char *pattern, uint32_t index, char *out, size_t room)
{
    static const char mark[] = "{shard}";
    const char *at = strstr(pattern, mark);
    int n = at == NULL ? snprintf(out, room, "%s", pattern)
                       : snprintf(out, room, "%.*s%u%s", (int)(at - pattern), pattern, index,
                                  at + sizeof(mark) - 1);

    return n >= 0 && (size_t)n < room;
}
