/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_embed.c - what others find when podring is installed: the examples of docs/embed and the
 * bindings, compiled against the installed tree and run; pkg-config, CMake, and what is left
 * behind.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID = 4096, NOT_HERE = 77 };

static char said[SAID]; /* what the last command has written */

/* Its exit code. */
static int run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *format, ...)
{
    char command[4096];
    va_list args;
    size_t n;
    FILE *p;

    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    p = popen(command, "r");
    cr_assert_not_null(p);
    n = fread(said, 1, sizeof(said) - 1, p);
    said[n] = '\0';
    return WEXITSTATUS(pclose(p));
}

/* The installed tree, which is removed by drop. Only of what `make` builds: sanitizers would have
 * to be linked into each program. */
static const char *install(const char *libdir)
{
    static char dir[64];
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    cr_assert_gt(n, 0);
    self[n] = '\0';
    if (strlen(self) < 12 || strcmp(self + strlen(self) - 12, "/build/tests") != 0 ||
        access("Makefile", R_OK) != 0 || access("build/embed/libpodring.a", R_OK) != 0 ||
        access("build/podring", X_OK) != 0)
        cr_skip_test("needs the source tree, and all of what make builds in it");
    if (run("make --version && cc --version && pkg-config --version") != 0)
        cr_skip_test("needs make, a compiler and pkg-config");
    strcpy(dir, "/tmp/podring-embed-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(run("make -s install-files DESTDIR= STRIP= PREFIX=%s LIBDIR=%s 2>&1", dir, libdir),
                 0, "%s", said);
    snprintf(self, sizeof(self), "%s/%s/pkgconfig", dir, libdir);
    setenv("PKG_CONFIG_PATH", self, 1);
    snprintf(self, sizeof(self), "%s/%s", dir, libdir);
    setenv("LD_LIBRARY_PATH", self, 1);
    return dir;
}

static void drop(const char *dir)
{
    cr_expect_eq(run("rm -rf %s", dir), 0);
}

/* Compiles an example of docs/embed, runs it, and looks for a line. library: one that it needs, or
 * "". */
static void example(const char *dir, const char *name, const char *library, const char *line)
{
    int code;

    if (library[0] != '\0' && run("pkg-config --exists %s", library) != 0) {
        fprintf(stderr, "%s: %s is not there\n", name, library);
        return;
    }
    cr_assert_eq(
        run("cc -D_GNU_SOURCE -Wall -Wextra -Werror -o %s/%s docs/embed/%s.c $(pkg-config --cflags "
            "--libs podring %s) -lpthread 2>&1",
            dir, name, name, library),
        0, "%s: %s", name, said);
    code = run("%s/%s 2>&1", dir, name);
    if (code == NOT_HERE) {
        fprintf(stderr, "%s: skipped: %s\n", name, said);
        return;
    }
    cr_expect_eq(code, 0, "%s: %d, %s", name, code, said);
    cr_expect_not_null(strstr(said, line), "%s: %s", name, said);
}

Test(embed, examples)
{
    const char *dir = install("lib");

    example(dir, "smallest", "", "web: CrashLoopBackOff, 3 restarts\n");
    example(dir, "threads", "", "the same\n");
    example(dir, "controller", "", "acted after 2 s of the outage\n");
    example(dir, "orchestrator", "", "296 changes, 1 restart\n");
    example(dir, "processes", "",
            "crash: ended with 3\ndeaf: did not hear SIGTERM, and was killed\n"
            "each process was reaped once\n");
    drop(dir);
}

Test(embed, loops)
{
    const char *dir = install("lib");

    example(dir, "loop_epoll", "", "all probes have succeeded\n");
    example(dir, "loop_libuv", "libuv", "all probes have succeeded\n");
    example(dir, "loop_libevent", "libevent_core", "all probes have succeeded\n");
    drop(dir);
}

/* Each tells the digest that the command line tells. */
Test(embed, bindings)
{
    static const char manifest[] = "docs/examples/crashloop.yaml";
    const char *dir = install("lib");
    char digest[64] = "";

    cr_assert_eq(
        run("%s/bin/podring simulate %s --for 10m 2>&1 | sed -n 's/.*digest //p'", dir, manifest),
        0);
    cr_assert_eq(sscanf(said, "%63s", digest), 1, "%s", said);
    if (run("python3 --version") == 0)
        cr_expect_eq(run("PODRING_LIBRARY=%s/lib/libpodring.so.0 PYTHONDONTWRITEBYTECODE=1 python3 "
                         "api/bindings/python/digest.py %s 600000 2>&1",
                         dir, manifest),
                     0, "%s", said);
    cr_expect_not_null(strstr(said, digest), "Python: %s", said);
    if (run("c++ --version") == 0) {
        cr_expect_eq(run("c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -o %s/cpp "
                         "api/bindings/cpp/digest.cpp $(pkg-config --cflags --libs podring) 2>&1 "
                         "&& %s/cpp %s "
                         "600000 2>&1",
                         dir, dir, manifest),
                     0, "%s", said);
        cr_expect_not_null(strstr(said, digest), "C++: %s", said);
    }
    if (run("go version") == 0) {
        /* Go's cache knows a package by CGO_LDFLAGS, but not by what pkg-config has said: without
         * them it would link against the folder of an earlier run. */
        cr_expect_eq(run("root=$PWD && cd api/bindings/go && CGO_LDFLAGS=-L%s/lib "
                         "GOFLAGS=-mod=mod go build -o %s/go ./digest 2>&1 && cd $root && "
                         "%s/go %s 600000 2>&1",
                         dir, dir, dir, manifest),
                     0, "%s", said);
        cr_expect_not_null(strstr(said, digest), "Go: %s", said);
    }
    drop(dir);
}

static const char host[] = /* with names that the library has inside */
    "#include <podring.h>\\n#include <podring.h>\\nint pod_delete(void) { return 1; }\\n"
    "int fs_write(void) { return 2; }\\nint rx_loop_turn(void) { return 3; }\\nint main(void) {\\n"
    "struct podring_options o = PODRING_OPTIONS_INIT; podring *r; o.clock = PODRING_VIRTUAL;\\n"
    "return podring_open(&o, &r) != 0 || podring_run_until(r, 10) != 0; }\\n";

Test(embed, installs_and_uninstalls)
{
    const char *dir = install("lib/x86_64-linux-gnu");

    cr_assert_eq(run("printf '%s' >%s/host.c", host, dir), 0);
    cr_expect_eq(run("cc -o %s/shared %s/host.c $(pkg-config --cflags --libs podring) 2>&1 && "
                     "%s/shared 2>&1",
                     dir, dir, dir),
                 0, "shared: %s", said);
    cr_expect_eq(
        run("cc -o %s/static %s/host.c $(pkg-config --cflags podring) %s/libpodring.a $(pkg-config "
            "--static --libs podring | sed s/-lpodring//) 2>&1 && ldd %s/static | grep -c mimalloc",
            dir, dir, getenv("LD_LIBRARY_PATH"), dir),
        1, "static: %s", said);
    cr_expect_eq(run("%s/static 2>&1", dir), 0, "%s", said);
    cr_expect_eq(
        run("nm -g --defined-only %s/libpodring.a | sed -n 's/.* [A-Z] //p' | grep -v ^podring_",
            getenv("LD_LIBRARY_PATH")),
        1, "exported: %s", said);
    if (run("cmake --version") == 0) {
        cr_assert_eq(run("printf 'cmake_minimum_required(VERSION 3.10)\\nproject(x "
                         "C)\\nfind_package(podring 0.1 "
                         "CONFIG REQUIRED)\\nadd_executable(a host.c)\\ntarget_link_libraries(a "
                         "podring::podring)\\nadd_executable(s host.c)\\ntarget_link_libraries(s "
                         "podring::podring-static)\\n' >%s/CMakeLists.txt",
                         dir),
                     0);
        cr_expect_eq(run("cmake -S %s -B %s/cmake -DCMAKE_PREFIX_PATH=%s 2>&1 && cmake --build "
                         "%s/cmake 2>&1 && "
                         "%s/cmake/a && %s/cmake/s",
                         dir, dir, dir, dir, dir, dir),
                     0, "%s", said);
    }
    cr_expect_eq(run("rm -rf %s/cmake %s/CMakeLists.txt %s/host.c %s/shared %s/static; make -s "
                     "uninstall DESTDIR= "
                     "PREFIX=%s LIBDIR=lib/x86_64-linux-gnu 2>&1; find %s -type f -o -type l",
                     dir, dir, dir, dir, dir, dir, dir),
                 0);
    cr_expect_str_eq(said, "", "left behind: %s", said);
    drop(dir);
}
