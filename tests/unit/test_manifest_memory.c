/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest_memory.c - loading where the n-th block of memory is missing. What is read goes
 * into arenas, so that one string is rarely the one that finds none: the set's arena begins at
 * every place of its first block.
 */
#include "tests/unit/test_manifest_kit.h"
#include "tests/support/failmem.h"

#include <glob.h>

enum { SHIFTS = 16, SHIFT = 80 };

/* Returns how many allocations there were. */
static uint64_t load_failing(const char *path, size_t shift, uint64_t n)
{
    struct manifest_set set;
    struct failmem f;
    struct rx_mem mem;
    int rc;

    cr_assert_eq(failmem_open(&mem, &f, 0), 0);
    manifest_init(&set, &mem);
    if (shift > 0)
        cr_assert_not_null(rx_arena_alloc(&set.arena, shift));
    f.fail_at = n > 0 ? f.calls + n : 0;
    rc = manifest_load_file(&set, path);
    if (f.failed > 0) {
        cr_expect_eq(rc, -RX_ENOMEM, "%s, %zu, %llu: %d", path, shift, (unsigned long long)n, rc);
        cr_expect_eq(set.diagnostics.count, 0, "%s, %zu, %llu: something was said", path, shift,
                     (unsigned long long)n);
        cr_expect_eq(set.workloads.count + set.behaviours.count + set.steps.count +
                     set.inputs.count +
                         set.names.count,
                     0, "%s, %zu, %llu: something is left", path, shift, (unsigned long long)n);
    } else {
        cr_expect_eq(rc, 0, "%s: %d", path, rc);
    }
    n = f.calls;
    manifest_fini(&set);
    rx_mem_close(&mem);
    cr_expect_eq(f.blocks, 0, "%s, %zu, %llu: %zu blocks left", path, shift, (unsigned long long)n,
                 f.blocks);
    return n;
}

static void load_files(const char *pattern)
{
    glob_t files;

    cr_assert_eq(glob(pattern, 0, NULL, &files), 0, "%s: nothing there", pattern);
    for (size_t i = 0; i < files.gl_pathc; i++)
        for (size_t s = 0; s < SHIFTS; s++) {
            size_t shift = s * SHIFT % 992;
            uint64_t calls = load_failing(files.gl_pathv[i], shift, 0);

            for (uint64_t n = 1; n <= calls; n++)
                load_failing(files.gl_pathv[i], shift, n);
        }
    globfree(&files);
}

Test(manifest_memory, each_block_may_be_missing)
{
    load_files("docs/examples/[!t]*.yaml");
    load_files("tests/golden/manifests/*.yaml");
}
