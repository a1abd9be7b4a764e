/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fs.c - files of simulated containers: paths, trees, mounts, limits, memory.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/box/fs.h"
#include "tests/support/failmem.h"

static struct failmem f;
static struct rx_mem mem;
static struct fs fs;

static void setup(void)
{
    failmem_open(&mem, &f, 0);
    fs_init(&fs, &mem);
}

static void teardown(void)
{
    fs_fini(&fs);
    cr_expect_eq(mem.state->bytes, 0);
    rx_mem_close(&mem);
    cr_expect_eq(f.blocks, 0);
}

TestSuite(fs, .init = setup, .fini = teardown);

static void expect_content(struct fs *view, const char *path, const char *content)
{
    const char *data = "";
    uint32_t size = 0;

    cr_expect_eq(fs_get(view, path, &data, &size), 0, "%s", path);
    cr_expect(size == strlen(content) && memcmp(data, content, size) == 0, "%s: \"%.*s\"", path,
              (int)size, data);
}

static void expect_list(const char *path, const char *names)
{
    char name[FS_NAME_MAX + 1], after[FS_NAME_MAX + 1] = "", all[1024] = "";

    while (fs_list(&fs, path, after, name) == 1) {
        strcat(strcat(all, all[0] != '\0' ? " " : ""), name);
        strcpy(after, name);
    }
    cr_expect_str_eq(all, names, "%s: \"%s\"", path, all);
}

static int put(const char *path, const char *text)
{
    return fs_put(&fs, path, text, (uint32_t)strlen(text), 5);
}

Test(fs, paths)
{
    static const struct {
        const char *cwd, *path, *out;
    } row[] = {
        {"/", "/a/b", "/a/b"},
        {"/x", "a", "/x/a"},
        {"/x/y", "../z", "/x/z"},
        {"/", "..", "/"},
        {"/a", ".", "/a"},
        {"/a", "//b///c/", "/b/c"},
        {"/a/b", "../../../c", "/c"},
        {"/", "/", "/"},
        {"/a", "./b/./c/..", "/a/b"},
        {"/a", "...", "/a/..."},
        {"/a", "b..", "/a/b.."},
    };
    char out[FS_PATH_MAX], huge[FS_PATH_MAX + 8];

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        cr_expect_eq(fs_path(out, row[i].cwd, row[i].path), 0);
        cr_expect_str_eq(out, row[i].out, "%s + %s: %s", row[i].cwd, row[i].path, out);
    }
    cr_expect_eq(fs_path(out, "/", ""), -ENOENT);
    memset(huge, 'a', sizeof(huge));
    huge[0] = '/';
    huge[sizeof(huge) - 1] = '\0';
    cr_expect_eq(fs_path(out, "/", huge), -ENAMETOOLONG);
}

Test(fs, an_untouched_view_costs_nothing)
{
    struct fs_stat st;

    cr_expect_eq(fs_stat(&fs, "/tmp", &st), 0);
    cr_expect_eq(st.kind, FS_DIR);
    cr_expect_eq(fs_stat(&fs, "/nope", &st), -ENOENT);
    cr_expect_eq(fs_stat(&fs, "/dev/null", &st), 0);
    cr_expect_eq(st.kind, FS_NULL);
    cr_expect_eq(mem.state->bytes, 0);
    cr_expect_eq(put("/tmp/healthy", ""), 0);
    cr_expect_leq(mem.state->bytes, 400, "%zu", mem.state->bytes);
}

Test(fs, write_read_truncate_append)
{
    struct fs_open o;
    char buffer[16];

    cr_assert_eq(fs_open(&fs, "/tmp/f", FS_WRITE | FS_CREATE, &o, 0), 0);
    cr_expect_eq(fs_write(&o, 0, "hello", 5, 1), 0);
    cr_expect_eq(fs_write(&o, 7, "x", 1, 2), 0);
    cr_expect_eq(fs_read(&o, 0, buffer, sizeof(buffer)), 8);
    cr_expect_eq(memcmp(buffer, "hello\0\0x", 8), 0);
    cr_expect_eq(fs_read(&o, 8, buffer, sizeof(buffer)), 0);
    cr_expect_eq(fs_read(&o, 3, buffer, 2), 2);
    fs_close(&o);
    cr_assert_eq(fs_open(&fs, "/tmp/f", FS_WRITE | FS_TRUNCATE, &o, 3), 0);
    cr_expect_eq(fs_size(&o), 0);
    fs_close(&o);
    cr_expect_eq(fs_open(&fs, "/tmp/f", FS_CREATE | FS_EXCLUSIVE, &o, 0), -EEXIST);
    cr_expect_eq(fs_open(&fs, "/tmp/g", FS_READ, &o, 0), -ENOENT);
    cr_expect_eq(fs_open(&fs, "/no/g", FS_CREATE, &o, 0), -ENOENT);
    cr_expect_eq(fs_open(&fs, "/tmp", FS_READ, &o, 0), -EISDIR);
    cr_expect_eq(fs_open(&fs, "/tmp/f/g", FS_CREATE, &o, 0), -ENOTDIR);
}

Test(fs, an_open_file_outlives_its_name)
{
    struct fs_open o;
    char c;

    put("/tmp/f", "a");
    cr_assert_eq(fs_open(&fs, "/tmp/f", FS_READ | FS_WRITE, &o, 0), 0);
    cr_expect_eq(fs_unlink(&fs, "/tmp/f", 0), 0);
    cr_expect_eq(fs_write(&o, 1, "b", 1, 0), 0);
    cr_expect_eq(fs_read(&o, 1, &c, 1), 1);
    cr_expect_eq(c, 'b');
    put("/tmp/f", "new");
    expect_content(&fs, "/tmp/f", "new");
    fs_close(&o);
}

Test(fs, directories)
{
    struct fs_stat st;

    cr_expect_eq(fs_mkdir(&fs, "/tmp/a/b", false, 0), -ENOENT);
    cr_expect_eq(fs_mkdir(&fs, "/tmp/a/b", true, 0), 0);
    cr_expect_eq(fs_mkdir(&fs, "/tmp/a", false, 0), -EEXIST);
    cr_expect_eq(fs_mkdir(&fs, "/tmp/a", true, 0), 0);
    cr_expect_eq(fs_rmdir(&fs, "/tmp/a", 0), -ENOTEMPTY);
    cr_expect_eq(fs_unlink(&fs, "/tmp/a/b", 0), -EISDIR);
    cr_expect_eq(fs_rmdir(&fs, "/tmp/a/b", 0), 0);
    cr_expect_eq(fs_rmdir(&fs, "/tmp/a", 0), 0);
    cr_expect_eq(fs_stat(&fs, "/tmp/a", &st), -ENOENT);
    cr_expect_eq(fs_unlink(&fs, "/tmp/nope", 0), -ENOENT);
}

Test(fs, lists_are_sorted_and_merged)
{
    struct fs_volume *v = fs_volume_new(&mem, 0);

    put("/var/zebra", "");
    put("/var/apple", "");
    put("/var/log/x", "");
    fs_mount(&fs, "/var/mounted/deep", v, NULL, false);
    fs_volume_unref(v);
    expect_list("/var", "apple cache lib lock log mail mounted opt run spool tmp zebra");
    expect_list("/var/mounted", "deep");
    expect_list("/dev", "fd full null random shm stderr stdin stdout urandom zero");
    expect_list("/var/log", "x");
}

Test(fs, rename)
{
    struct fs_volume *v = fs_volume_new(&mem, 0);

    fs_mount(&fs, "/data", v, NULL, false);
    fs_volume_unref(v);
    put("/tmp/a", "1");
    put("/tmp/d/x", "2");
    cr_expect_eq(fs_rename(&fs, "/tmp/a", "/tmp/b", 0), 0);
    expect_content(&fs, "/tmp/b", "1");
    cr_expect_eq(fs_rename(&fs, "/tmp/b", "/tmp/d/x", 0), 0);
    expect_content(&fs, "/tmp/d/x", "1");
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/tmp/d/e", 0), -EINVAL);
    cr_expect_eq(fs_rename(&fs, "/tmp/d/x", "/data/x", 0), -EXDEV);
    cr_expect_eq(fs_rename(&fs, "/data", "/tmp/data", 0), -EXDEV);
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/tmp/e", 0), 0);
    expect_content(&fs, "/tmp/e/x", "1");
    put("/tmp/f", "");
    cr_expect_eq(fs_rename(&fs, "/tmp/e", "/tmp/f", 0), -ENOTDIR);
    cr_expect_eq(fs_rename(&fs, "/tmp/f", "/tmp/e", 0), -EISDIR);
    cr_expect_eq(fs_rename(&fs, "/tmp/nope", "/tmp/x", 0), -ENOENT);
    cr_expect_eq(fs_rename(&fs, "/tmp/f", "/tmp/f", 0), 0);
}

Test(fs, a_volume_is_shared)
{
    struct fs_volume *v = fs_volume_new(&mem, 0);
    struct fs other;

    fs_init(&other, &mem);
    fs_mount(&fs, "/a", v, NULL, false);
    fs_mount(&other, "/deep/b", v, NULL, true);
    fs_volume_unref(v);
    cr_expect_eq(put("/a/x/y", "seen"), 0);
    expect_content(&other, "/deep/b/x/y", "seen");
    cr_expect_eq(fs_put(&other, "/deep/b/z", "", 0, 0), -EROFS);
    cr_expect_eq(fs_unlink(&other, "/deep/b/x/y", 0), -EROFS);
    cr_expect_eq(fs_touch(&other, "/deep/b/x/y", true, 0), -EROFS);
    cr_expect_eq(fs_unlink(&fs, "/a/x/y", 0), 0);
    cr_expect_eq(fs_get(&other, "/deep/b/x/y", &(const char *){NULL}, &(uint32_t){0}), -ENOENT);
    fs_fini(&fs); /* the volume lives on in the other view */
    cr_expect_eq(fs_rmdir(&other, "/deep/b", 0), -EBUSY);
    fs_fini(&other);
}

Test(fs, sub_paths_and_nested_mounts)
{
    struct fs_volume *v = fs_volume_new(&mem, 0), *w = fs_volume_new(&mem, 0);

    fs_volume_put(w, "/app.conf", "conf", 4, false, 0);
    fs_mount(&fs, "/data", v, NULL, false);
    fs_mount(&fs, "/data/inner", w, NULL, true);
    fs_mount(&fs, "/sub", v, "one/two", false);
    fs_mount(&fs, "/etc/app.conf", w, "app.conf", true);
    expect_content(&fs, "/data/inner/app.conf", "conf");
    expect_content(&fs, "/etc/app.conf", "conf");
    put("/sub/f", "through");
    expect_content(&fs, "/data/one/two/f", "through");
    expect_list("/data", "inner one");
    expect_list("/etc", "app.conf conf.d");
    cr_expect_eq(fs_unlink(&fs, "/etc/app.conf", 0), -EBUSY);
    /* The directory behind a mount goes away, is written to, and is freed all the same. */
    cr_expect_eq(fs_unlink(&fs, "/data/one/two/f", 0), 0);
    cr_expect_eq(fs_rmdir(&fs, "/data/one/two", 0), 0);
    cr_expect_eq(put("/sub/late/g", "x"), 0);
    fs_volume_unref(v);
    fs_volume_unref(w);
}

Test(fs, shared_content_is_copied_when_written)
{
    static const char content[] = "key=value\n";
    struct fs_volume *v = fs_volume_new(&mem, 0);
    struct fs_open o;
    size_t before;

    fs_mount(&fs, "/etc/config", v, NULL, false);
    before = mem.state->bytes;
    cr_expect_eq(fs_volume_put(v, "/dir/app.properties", content, sizeof(content) - 1, false, 0),
                 0);
    cr_expect_leq(mem.state->bytes - before, 300);
    cr_expect_eq(fs_volume_bytes(v), sizeof(content) - 1);
    cr_assert_eq(fs_open(&fs, "/etc/config/dir/app.properties", FS_WRITE, &o, 0), 0);
    cr_expect_eq(fs_write(&o, 4, "other", 5, 0), 0);
    fs_close(&o);
    expect_content(&fs, "/etc/config/dir/app.properties", "key=other\n");
    cr_expect_str_eq(content, "key=value\n");
    fs_volume_unref(v);
}

Test(fs, the_termination_log)
{
    struct fs_stat st;

    cr_expect_eq(fs_mount_file(&fs, "/dev/termination-log"), 0);
    cr_expect_eq(fs_mount_file(&fs, "/var/special/reason"), 0);
    cr_expect_eq(fs_mount_file(&fs, "/dev/termination-log"), -EBUSY);
    cr_expect_eq(fs_stat(&fs, "/dev/termination-log", &st), 0);
    cr_expect_eq(st.kind, FS_FILE);
    cr_expect_eq(put("/dev/termination-log", "why"), 0);
    expect_content(&fs, "/dev/termination-log", "why");
    cr_expect_eq(fs_unlink(&fs, "/dev/termination-log", 0), -EBUSY);
    cr_expect_eq(put("/var/special/reason", "because"), 0);
    expect_content(&fs, "/var/special/reason", "because");
    cr_expect_null(fs.layer);
}

Test(fs, limits)
{
    static char block[FS_FILE_BYTES_MAX];
    struct fs_volume *v = fs_volume_new(&mem, 100);
    struct fs_open o;
    char name[FS_NAME_MAX + 16] = "/tmp/";
    char deep[FS_PATH_MAX] = "";
    int error = 0;

    cr_assert_eq(fs_open(&fs, "/tmp/f", FS_WRITE | FS_CREATE, &o, 0), 0);
    cr_expect_eq(fs_write(&o, 0, block, sizeof(block), 0), 0);
    cr_expect_eq(fs_write(&o, sizeof(block), "x", 1, 0), -ENOSPC);
    cr_expect_eq(fs_write(&o, UINT64_MAX, "xy", 2, 0), -ENOSPC);
    fs_close(&o);
    fs_mount(&fs, "/small", v, NULL, false);
    cr_expect_eq(fs_put(&fs, "/small/a", block, 60, 0), 0);
    cr_expect_eq(fs_put(&fs, "/small/b", block, 60, 0), -ENOSPC);
    cr_expect_eq(fs_unlink(&fs, "/small/a", 0), 0);
    cr_expect_eq(fs_put(&fs, "/small/b", block, 60, 0), 0);
    fs_volume_unref(v);
    memset(name + 5, 'n', FS_NAME_MAX + 1);
    cr_expect_eq(put(name, ""), -ENAMETOOLONG);
    for (int i = 0; i < 200; i++)
        strcat(deep, "/d");
    cr_expect_eq(fs_mkdir(&fs, deep, true, 0), -ENAMETOOLONG);
    for (int i = 0; i < FS_VOLUME_NODES_MAX + 1 && error == 0; i++) {
        snprintf(name, sizeof(name), "/tmp/n%d", i);
        error = fs_touch(&fs, name, true, 0);
    }
    cr_expect_eq(error, -ENOSPC);
}

Test(fs, every_failing_allocation_is_reported)
{
    for (uint64_t n = 1; n < 60; n++) {
        struct failmem g;
        struct rx_mem m;
        struct fs view;
        struct fs_volume *v;

        failmem_open(&m, &g, 0);
        g.fail_at = g.calls + n;
        fs_init(&view, &m);
        v = fs_volume_new(&m, 0);
        if (v != NULL) {
            fs_volume_put(v, "/a/b", "x", 1, false, 0);
            fs_mount(&view, "/v", v, "sub", false);
        }
        fs_volume_unref(v);
        fs_mount_file(&view, "/dev/log");
        fs_put(&view, "/tmp/x/y", "data", 4, 0);
        fs_rename(&view, "/tmp/x/y", "/tmp/z", 0);
        fs_mkdir(&view, "/tmp/p/q", true, 0);
        view.image = FS_IMAGE_ANY;
        fs_symlink(&view, "x", "/opt/p/q/r", 0);
        fs_rmdir(&view, "/usr/share", 0);
        fs_fini(&view);
        cr_expect_eq(m.state->bytes, 0);
        rx_mem_close(&m);
        cr_expect_eq(g.blocks, 0);
    }
}

/* ---- links ----------------------------------------------------------------------------------- */

static void expect_kind(const char *path, int kind)
{
    struct fs_stat st;
    int error = fs_lstat(&fs, path, &st);

    cr_expect_eq(error < 0 ? error : (int)st.kind, kind, "%s: %d", path,
                 error < 0 ? error : (int)st.kind);
}

Test(fs, symbolic_links_are_followed)
{
    char text[FS_PATH_MAX];
    struct fs_stat st;

    fs_mkdir(&fs, "/tmp/d/e", true, 0);
    put("/tmp/d/f", "content");
    cr_expect_eq(fs_symlink(&fs, "d", "/tmp/l", 0), 0);
    cr_expect_eq(fs_symlink(&fs, "/tmp/d/f", "/tmp/m", 0), 0);
    cr_expect_eq(fs_symlink(&fs, "../f", "/tmp/d/e/n", 0), 0);
    expect_content(&fs, "/tmp/l/f", "content");
    expect_content(&fs, "/tmp/m", "content");
    expect_content(&fs, "/tmp/l/e/n", "content");
    expect_content(&fs, "/tmp/l/../d/f", "content");
    expect_kind("/tmp/l", FS_SYMLINK);
    expect_kind("/tmp/l/", FS_DIR);
    expect_kind("/tmp/l/.", FS_DIR);
    expect_kind("/tmp/m/", -ENOTDIR);
    cr_expect_eq(fs_readlink(&fs, "/tmp/m", text), 0);
    cr_expect_str_eq(text, "/tmp/d/f");
    cr_expect_eq(fs_readlink(&fs, "/tmp/d", text), -EINVAL);
    cr_expect_eq(fs_real(&fs, "/tmp/l/e/../f", 0, text), 0);
    cr_expect_str_eq(text, "/tmp/d/f");
    cr_expect_eq(fs_lstat(&fs, "/tmp/m", &st), 0);
    cr_expect_eq(st.size, 8);
    cr_expect_eq(fs_symlink(&fs, "x", "/tmp/l", 0), -EEXIST);
    cr_expect_eq(fs_unlink(&fs, "/tmp/l", 0), 0);
    expect_kind("/tmp/d", FS_DIR);
    put("/tmp/m", "other");
    expect_content(&fs, "/tmp/d/f", "other");
}

Test(fs, links_that_lead_nowhere_or_in_circles)
{
    struct fs_stat st;

    fs_symlink(&fs, "b", "/tmp/a", 0);
    fs_symlink(&fs, "a", "/tmp/b", 0);
    cr_expect_eq(fs_stat(&fs, "/tmp/a", &st), -ELOOP);
    cr_expect_eq(fs_stat(&fs, "/tmp/a/x", &st), -ELOOP);
    cr_expect_eq(fs_lstat(&fs, "/tmp/a", &st), 0);
    fs_symlink(&fs, "new", "/tmp/l", 0);
    cr_expect_eq(fs_stat(&fs, "/tmp/l", &st), -ENOENT);
    cr_expect_eq(put("/tmp/l", "made"), 0);
    expect_content(&fs, "/tmp/new", "made");
    fs_symlink(&fs, "there", "/tmp/k", 0);
    cr_expect_eq(fs_mkdir(&fs, "/tmp/k", true, 0), -EEXIST);
    cr_expect_eq(fs_symlink(&fs, "", "/tmp/j", 0), -ENOENT);
    cr_expect_eq(fs_symlink(&fs, ".", "/tmp/dot", 0), 0);
    cr_expect_eq(fs_stat(&fs, "/tmp/dot/dot/dot/new", &st), 0);
}

Test(fs, hard_links_share_one_file)
{
    struct fs_stat a, b;

    put("/tmp/a", "one");
    cr_expect_eq(fs_link(&fs, "/tmp/a", "/tmp/b", 0), 0);
    put("/tmp/b", "both");
    expect_content(&fs, "/tmp/a", "both");
    fs_stat(&fs, "/tmp/a", &a);
    fs_stat(&fs, "/tmp/b", &b);
    cr_expect(a.ino == b.ino && a.device == b.device && a.links == 2);
    cr_expect_eq(fs_volume_bytes(fs.layer), 4);
    cr_expect_eq(fs_unlink(&fs, "/tmp/a", 0), 0);
    cr_expect_eq(fs_volume_bytes(fs.layer), 4);
    expect_content(&fs, "/tmp/b", "both");
    put("/tmp/a", "x");
    cr_expect_eq(fs_rename(&fs, "/tmp/b", "/tmp/a", 0), 0);
    expect_content(&fs, "/tmp/a", "both");
    fs_stat(&fs, "/tmp/a", &a);
    cr_expect_eq(a.links, 1);
    cr_expect_eq(fs_unlink(&fs, "/tmp/a", 0), 0);
    cr_expect_eq(fs_volume_bytes(fs.layer), 0);
    fs_mkdir(&fs, "/tmp/d", false, 0);
    cr_expect_eq(fs_link(&fs, "/tmp/d", "/tmp/e", 0), -EPERM);
    put("/tmp/f", "");
    cr_expect_eq(fs_link(&fs, "/tmp/f", "/tmp/f", 0), -EEXIST);
    cr_expect_eq(fs_link(&fs, "/tmp/f", "/tmp/g", 0), 0);
    cr_expect_eq(fs_rename(&fs, "/tmp/f", "/tmp/g", 0), 0); /* two names of one file: both stay */
    expect_list("/tmp", "d f g");
}

/* What a slash, a dot or two at the end ask for. */
Test(fs, ends_of_paths)
{
    static const struct {
        char call; /* s(tat) l(stat) m(kdir) M(kdir parents) r(mdir) u(nlink) c(reate) o(pen) */
        const char *path;
        int error;
    } row[] = {
        {'s', "/tmp/f/", -ENOTDIR},  {'s', "/tmp/f/.", -ENOTDIR}, {'s', "/tmp/f/..", -ENOTDIR},
        {'s', "/tmp/f/x", -ENOTDIR}, {'s', "/tmp/d/", 0},         {'s', "/tmp/d/.", 0},
        {'s', "/tmp/d/..", 0},       {'s', "/tmp/n/", -ENOENT},   {'s', "/tmp/n/..", -ENOENT},
        {'s', "/tmp/l/", 0},         {'l', "/tmp/l/", 0},         {'u', "/tmp/l/", -ENOTDIR},
        {'r', "/tmp/l/", -ENOTDIR},  {'r', "/tmp/l", -ENOTDIR},   {'u', "/tmp/d", -EISDIR},
        {'r', "/tmp/d/.", -EINVAL},  {'r', "/tmp/d/..", -ENOTEMPTY},  {'r', "/tmp/f", -ENOTDIR},
        {'m', "/tmp/d/", -EEXIST},   {'m', "/tmp/f/", -ENOTDIR},  {'m', "/tmp/l", -EEXIST},
        {'M', "/tmp/l", 0},          {'M', "/tmp/f", -EEXIST},    {'m', "/tmp/n/x", -ENOENT},
        {'M', "/tmp/f/x", -ENOTDIR}, {'c', "/tmp/n/", -EISDIR},   {'o', "/tmp/f/", -ENOTDIR},
        {'o', "/tmp/d", -EISDIR},    {'c', "/tmp/f/x", -ENOTDIR}, {'u', "/tmp", -EISDIR},
        {'u', "/dev/null", -EBUSY},  {'s', "/", 0},               {'s', "//tmp//.//d", 0},
        {'s', "/../tmp/d", 0},       {'m', "/", -EEXIST},         {'r', "/", -EBUSY},
        {'m', "/tmp/new/", 0},       {'M', "/tmp/p/q/r/", 0},
    };

    fs_mkdir(&fs, "/tmp/d", true, 0);
    put("/tmp/f", "");
    fs_symlink(&fs, "d", "/tmp/l", 0);
    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const char *p = row[i].path;
        struct fs_open o = {0};
        struct fs_stat st;
        int error = 0;

        switch (row[i].call) {
        case 's':
            error = fs_stat(&fs, p, &st);
            break;
        case 'l':
            error = fs_lstat(&fs, p, &st);
            break;
        case 'm':
        case 'M':
            error = fs_mkdir(&fs, p, row[i].call == 'M', 0);
            break;
        case 'r':
            error = fs_rmdir(&fs, p, 0);
            break;
        case 'u':
            error = fs_unlink(&fs, p, 0);
            break;
        default:
            error = fs_open(&fs, p, row[i].call == 'c' ? FS_WRITE | FS_CREATE : FS_READ, &o, 0);
            fs_close(&o);
            break;
        }
        cr_expect_eq(error, row[i].error, "%c %s: %d", row[i].call, p, error);
    }
}

Test(fs, modes_owners_and_times)
{
    struct fs_stat st;

    put("/tmp/f", "abc");
    cr_expect_eq(fs_chmod(&fs, "/tmp/f", 0640), 0);
    cr_expect_eq(fs_chown(&fs, "/tmp/f", 33, UINT32_MAX, false), 0);
    cr_expect_eq(fs_set_mtime(&fs, "/tmp/f", -5000, false), 0);
    cr_expect_eq(fs_stat(&fs, "/tmp/f", &st), 0);
    cr_expect(st.mode == 0640 && !st.executable && st.uid == 33 && st.gid == 0 &&
              st.mtime == -5000);
    cr_expect_eq(fs_stat(&fs, "/tmp", &st), 0);
    cr_expect_eq(st.mode, 01777);
    cr_expect_eq(fs_chmod(&fs, "/srv", 0700), 0); /* a directory without a node */
    cr_expect_eq(fs_stat(&fs, "/srv", &st), 0);
    cr_expect_eq(st.mode, 0700);
    cr_expect_eq(fs_chmod(&fs, "/", 0711), 0);
    cr_expect_eq(fs_stat(&fs, "/", &st), 0);
    cr_expect_eq(st.mode, 0711);
    cr_expect_eq(fs_chmod(&fs, "/dev/null", 0), 0);
    cr_expect_eq(fs_chmod(&fs, "/nope", 0), -ENOENT);
    fs_symlink(&fs, "f", "/tmp/l", 0);
    fs_chown(&fs, "/tmp/l", 7, 8, true);
    fs_lstat(&fs, "/tmp/l", &st);
    cr_expect(st.uid == 7 && st.gid == 8 && st.mode == 0777);
    fs_stat(&fs, "/tmp/l", &st);
    cr_expect_eq(st.uid, 33);
}

Test(fs, resize)
{
    struct fs_open o;

    put("/tmp/f", "abcdef");
    cr_assert_eq(fs_open(&fs, "/tmp/f", FS_WRITE, &o, 0), 0);
    cr_expect_eq(fs_resize(&o, 2, 0), 0);
    expect_content(&fs, "/tmp/f", "ab");
    cr_expect_eq(fs_volume_bytes(fs.layer), 2);
    cr_expect_eq(fs_resize(&o, 4, 0), 0);
    cr_expect_eq(fs_size(&o), 4);
    cr_expect_eq(fs_volume_bytes(fs.layer), 4);
    cr_expect_eq(fs_resize(&o, FS_FILE_BYTES_MAX + 1, 0), -ENOSPC);
    fs_close(&o);
}

Test(fs, new_files_are_their_makers)
{
    struct fs_volume *v = fs_volume_new(&mem, 0);
    struct fs_stat st;

    fs_volume_put(v, "/old", "x", 1, false, 0);
    fs_volume_give(v, 2000);
    cr_assert_eq(fs_mount(&fs, "/v", v, NULL, false), 0);
    fs_volume_unref(v);
    fs.uid = 1000;
    fs.gid = 3000;
    fs_mkdir(&fs, "/v/d", false, 0);
    put("/v/d/f", "x");
    put("/tmp/f", "x");
    cr_expect(fs_stat(&fs, "/v/old", &st) == 0 && st.uid == 0 && st.gid == 2000 && st.mode == 0664);
    cr_expect(fs_stat(&fs, "/v/d", &st) == 0 && st.uid == 1000 && st.gid == 2000 &&
              st.mode == 02755);
    cr_expect(fs_stat(&fs, "/v/d/f", &st) == 0 && st.uid == 1000 && st.gid == 2000);
    cr_expect(fs_stat(&fs, "/tmp/f", &st) == 0 && st.uid == 1000 && st.gid == 3000);
    cr_expect_eq(fs_chown(&fs, "/tmp/f", 0, UINT32_MAX, false), -EPERM);
    cr_expect_eq(fs_chown(&fs, "/v/old", UINT32_MAX, 3000, false), -EPERM);
    cr_expect_eq(fs_chown(&fs, "/tmp/f", 1000, 2000, false), 0);
    fs.uid = 0;
    cr_expect_eq(fs_chown(&fs, "/tmp/f", 0, 0, false), 0);
}

Test(fs, read_only_root)
{
    struct fs_open o;

    put("/etc/f", "x");
    fs.read_only = true;
    cr_expect_eq(put("/tmp/f", "x"), -EROFS);
    cr_expect_eq(fs_mkdir(&fs, "/tmp/d", true, 0), -EROFS);
    cr_expect_eq(fs_mkdir(&fs, "/tmp", true, 0), 0);
    cr_expect_eq(fs_unlink(&fs, "/etc/f", 0), -EROFS);
    cr_expect_eq(fs_rename(&fs, "/etc/f", "/etc/g", 0), -EROFS);
    cr_expect_eq(fs_symlink(&fs, "f", "/etc/l", 0), -EROFS);
    cr_expect_eq(fs_chmod(&fs, "/etc/f", 0600), -EROFS);
    cr_expect_eq(fs_open(&fs, "/etc/f", FS_WRITE, &o, 0), -EROFS);
    cr_assert_eq(fs_open(&fs, "/etc/f", FS_READ, &o, 0), 0);
    fs_close(&o);
    cr_expect_eq(put("/dev/shm/f", "x"), 0);
    cr_assert_eq(fs_mount_file(&fs, "/etc/own"), 0);
    cr_expect_eq(put("/etc/own", "x"), 0);
}

/* ---- directories of the image ---------------------------------------------------------------- */

Test(fs, what_every_image_has_can_be_removed)
{
    struct fs_volume *v = fs_volume_new(&mem, 0);

    fs_mount(&fs, "/mnt/v", v, NULL, false);
    fs_volume_unref(v);
    cr_expect_eq(fs_rmdir(&fs, "/usr/local", 0), -ENOTEMPTY); /* bin, etc, share */
    cr_expect_eq(fs_rmdir(&fs, "/usr/share", 0), 0);
    cr_expect_eq(fs_rmdir(&fs, "/usr/share", 0), -ENOENT);
    expect_list("/usr", "bin lib local sbin src");
    cr_expect_eq(put("/app/f", "x"), 0);
    cr_expect_eq(fs_rmdir(&fs, "/app", 0), -ENOTEMPTY);
    cr_expect_eq(fs_unlink(&fs, "/app/f", 0), 0);
    cr_expect_eq(fs_rmdir(&fs, "/app", 0), 0);
    expect_kind("/app", -ENOENT);
    cr_expect_eq(fs_symlink(&fs, "tmp", "/app", 0), 0); /* the usual reason */
    cr_expect_eq(put("/app/f", "x"), 0);
    expect_content(&fs, "/tmp/f", "x");
    cr_expect_eq(fs_unlink(&fs, "/app", 0), 0);
    expect_kind("/app", -ENOENT); /* and nothing comes back */
    cr_expect_eq(fs_rmdir(&fs, "/mnt", 0), -EBUSY);
    cr_expect_eq(fs_rmdir(&fs, "/dev/shm", 0), -EBUSY);
    cr_expect_eq(fs_rmdir(&fs, "/proc", 0), -EBUSY);
    cr_expect_eq(fs_rmdir(&fs, "/", 0), -EBUSY);
    fs.read_only = true;
    cr_expect_eq(fs_rmdir(&fs, "/srv", 0), -EROFS);
}

Test(fs, what_is_made_anew_holds_nothing)
{
    static const char *const all[] = {"/usr/local/bin", "/usr/local/etc", "/usr/local/share",
                                      "/usr/local"};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect_eq(fs_rmdir(&fs, all[i], 0), 0, "%s", all[i]);
    cr_expect_eq(fs_mkdir(&fs, "/usr/local/bin", true, 0), 0);
    expect_list("/usr/local", "bin");
    expect_kind("/usr/local/share", -ENOENT);
    fs_rmdir(&fs, "/usr/local/bin", 0);
    cr_expect_eq(fs_rmdir(&fs, "/usr/local", 0), 0);
    expect_list("/usr", "bin lib sbin share src");
    for (int i = 0; i < FS_VOLUME_NODES_MAX + 1; i++) { /* what is remembered does not grow */
        cr_assert_eq(fs_mkdir(&fs, "/srv/d", false, 0), 0, "%d", i);
        cr_assert_eq(fs_rmdir(&fs, "/srv/d", 0), 0);
    }
}

Test(fs, directories_of_the_image_are_renamed_by_a_copy)
{
    put("/app/f", "x");
    fs_mkdir(&fs, "/tmp/d", false, 0);
    cr_expect_eq(fs_rename(&fs, "/app", "/app2", 0), -EXDEV);
    cr_expect_eq(fs_rename(&fs, "/srv", "/srv2", 0), -EXDEV);
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/app", 0), -ENOTEMPTY);
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/usr", 0), -ENOTEMPTY);
    cr_expect_eq(fs_rename(&fs, "/app/f", "/opt", 0), -EISDIR);
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/proc", 0), -EBUSY);
    cr_expect_eq(fs_rename(&fs, "/tmp/d", "/opt", 0), 0); /* an empty one is replaced */
    fs.image = FS_IMAGE_ANY;
    cr_expect_eq(put("/opt/f", "x"), 0);
    cr_expect_eq(fs_mkdir(&fs, "/opt/a/b", false, 0), -ENOENT);
}

static char assumed[256];

static void note(void *ctx, const char *dir)
{
    (void)ctx;
    strcat(strcat(assumed, dir), " ");
}

static const struct fs_told told = {.assumed = note};

/* c(reate) m(kdir) l(ink) s(ymbolic link) r(ename to) d(irectory) */
static int make(char call, const char *path)
{
    struct fs_open o;
    int error;

    switch (call) {
    case 'c':
        error = fs_open(&fs, path, FS_WRITE | FS_CREATE, &o, 0);
        fs_close(&o);
        return error;
    case 'm':
        return fs_mkdir(&fs, path, false, 0);
    case 'l':
        return fs_link(&fs, "/srv/own/f", path, 0);
    case 's':
        return fs_symlink(&fs, "x", path, 0);
    case 'r':
        return fs_rename(&fs, "/srv/own/f", path, 0);
    default:
        return fs_image_dir(&fs, path, 0);
    }
}

Test(fs, the_image_may_have_a_directory)
{
    static const struct {
        enum fs_image image;
        char call;
        const char *path;
        int error;
        const char *assumed;
    } row[] = {
        {FS_IMAGE_ANY, 'c', "/usr/share/nginx/html/f", 0, "/usr/share/nginx/html "},
        {FS_IMAGE_ANY, 'c', "/usr/share/f", 0, ""},
        {FS_IMAGE_ANY, 'm', "/etc/nginx/d", 0, "/etc/nginx "},
        {FS_IMAGE_ANY, 's', "/opt/a/b/l", 0, "/opt/a/b "},
        {FS_IMAGE_ANY, 'l', "/opt/a/l", 0, "/opt/a "},
        {FS_IMAGE_ANY, 'r', "/data1/f", 0, "/data1 "},
        {FS_IMAGE_ANY, 'd', "/mnt/x", 0, "/mnt/x "}, /* beside a volume */
        {FS_IMAGE_ANY, 'd', "/usr/bin", 0, ""},
        {FS_IMAGE_ANY, 'd', "/srv/own/f", -ENOTDIR, ""},
        {FS_IMAGE_ANY, 'c', "/srv/link/f", 0, "/etc/app "}, /* where the link leads */
        {FS_IMAGE_ANY, 'c', "/srv/own/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/srv/own/../none/../f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/mnt/v/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/tmp/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/var/tmp/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/dev/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'd', "/proc/x", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/sys/x/f", -ENOENT, ""},
        {FS_IMAGE_ANY, 'c', "/media/x/f", -ENOENT, ""}, /* it has been removed */
        {FS_IMAGE_DISTRIBUTION, 'c', "/etc/crontabs/root", 0, "/etc/crontabs "},
        {FS_IMAGE_DISTRIBUTION, 'c', "/opt/a/f", -ENOENT, ""},
        {FS_IMAGE_DISTRIBUTION, 'c', "/cache/f", -ENOENT, ""},
        {FS_IMAGE_BARE, 'c', "/etc/crontabs/root", -ENOENT, ""},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
        struct fs_volume *v = fs_volume_new(&mem, 0);
        int error;

        fs_mount(&fs, "/mnt/v", v, NULL, false);
        fs_volume_unref(v);
        put("/srv/own/f", "x");
        fs_symlink(&fs, "/etc/app", "/srv/link", 0);
        fs_rmdir(&fs, "/media", 0);
        fs.image = (uint8_t)row[i].image;
        fs.told = &told;
        assumed[0] = '\0';
        error = make(row[i].call, row[i].path);
        cr_expect_eq(error, row[i].error, "%c %s: %d", row[i].call, row[i].path, error);
        cr_expect_str_eq(assumed, row[i].assumed, "%c %s: %s", row[i].call, row[i].path, assumed);
        fs_fini(&fs);
        fs_init(&fs, &mem);
    }
}

Test(fs, a_directory_of_the_image_is_roots_and_told_once)
{
    struct fs_stat st;

    fs.image = FS_IMAGE_ANY;
    fs.told = &told;
    fs.uid = fs.gid = 1000;
    fs.umask = 077;
    assumed[0] = '\0';
    cr_expect_eq(make('c', "/etc/a/b/f"), 0);
    cr_expect_eq(make('c', "/etc/a/b/g"), 0);
    cr_expect_eq(make('c', "/etc/a/c/f"), 0); /* below one of the image's, not of the container's
                                               * own */
    cr_expect_str_eq(assumed, "/etc/a/b /etc/a/c ");
    cr_expect(fs_stat(&fs, "/etc/a/b", &st) == 0 && st.uid == 0 && st.mode == 0755);
    cr_expect(fs_stat(&fs, "/etc/a/b/f", &st) == 0 && st.uid == 1000 && st.mode == 0600);
    fs_unlink(&fs, "/etc/a/c/f", 0);
    cr_expect_eq(fs_rmdir(&fs, "/etc/a/c", 0), 0);
    cr_expect_eq(make('c', "/etc/a/c/f"), -ENOENT); /* it is gone now */
    fs.read_only = true;
    cr_expect_eq(make('c', "/etc/x/f"), -EROFS);
    cr_expect_eq(make('c', "/tmp/x/f"), -ENOENT);
    expect_kind("/etc/x", -ENOENT);
    cr_expect_eq(make('d', "/etc/x"), 0); /* to enter it needs no writing */
    cr_expect_str_eq(assumed, "/etc/a/b /etc/a/c /etc/x ");
}
