/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_limit.c - what a script may not do, how it is told, and what it may cost.
 */
#include "tests/unit/test_shell_kit.h"

static struct kit k;

static void expect_limit(const char *script, const char *what)
{
    kit_open(&k, script);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_ENDED, "%s", script);
    cr_expect_eq(k.state.code, SHELL_EXIT_LIMIT, "%s: ends with %d, %s", script, k.state.code,
                 k.err);
    cr_expect_eq(k.diag.kind, SHELL_DIAG_LIMIT);
    cr_expect_not_null(strstr(k.diag.text, what), "%s: %s", script, k.diag.text);
    cr_expect_not_null(strstr(k.err, what), "%s: %s", script, k.err);
    kit_close(&k);
}

Test(shell_limit, steps_in_one_instant)
{
    expect_limit("while true; do :; done", "too many steps");
    expect_limit("while :; do while :; do continue 2; done; done", "too many steps");
    expect_limit("f() { while ! false; do x=$((x+1)); done; }; f", "too many steps");
    expect_limit("until wget -q http://nowhere 2>/dev/null; do :; done", "too many steps");
    expect_limit("cat /dev/zero >/dev/null", "too many steps");
    expect_limit("yes >/dev/null", "too many steps");
    expect_limit("gzip < /dev/zero | zcat > /dev/null", "too many steps");
    expect_limit("od /dev/zero | cat > /dev/null", "too many steps");
    expect_limit("hexdump /dev/zero > /dev/null", "too many steps");
    expect_limit("cmp /dev/zero /dev/full", "too much memory");
    expect_limit("read x < /dev/zero", "too many steps");
    expect_limit("read -t 5 x < /dev/zero", "too many steps");
    expect_limit("while read x; do :; done < /dev/zero", "too many steps");
    expect_limit("cat /dev/zero | read x", "too many steps");
    expect_limit("x=$(read y < /dev/zero)", "too many steps");
    expect_limit("set -- $(yes | head -n 60000); for i in $(yes | head -n 60000); do x=$1; shift; "
                 "done",
                 "too many steps");
    expect_limit("seq 1 100000000 | tail -n 1", "too many steps");
    expect_limit("(while :; do :; done) & wait", "too many steps");
    expect_limit(
        "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac | grep -E "
        "'^(a|a)*(a|a)*(a|a)*\\1b'",
        "too many steps");
}

/* What bash adds: each of these would go on for ever, or take all memory. */
Test(shell_limit, bash_is_limited_as_well)
{
    static const struct {
        const char *script, *what;
    } row[] = {
        {"for ((;;)); do :; done", "too many steps"},
        {"a=(); while :; do a+=(x); done", "too many steps"},
        {"declare -A m; while :; do m[$((i++))]=$i; done", "too many steps"},
        {"mapfile < /dev/zero", "too many steps"},
        {"read -N 1000000000 x < /dev/zero", "too many steps"},
        {"x=$(seq 1 30000); a=($x); for i in \"${!a[@]}\"; do s=${a[i]}; ((s += a[i])); done",
         "too many steps"},
        {"x=$(yes | head -n 90000); echo ${x//[^z]/zz}", "too many steps"},
        {"[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa == +(+(+(a)))b ]]",
         "a pattern is nested"},
        {"f() { cat <(f); }; f", "too many processes"},
        {"f() { local a=(\"$@\" \"$@\"); f \"${a[@]}\"; }; f x", ""},
        {"while :; do printf -v x '%4096s' ''; y+=$x; done", ""},
        {"shopt -s expand_aliases; alias a=b b=a; a", "nested too deep"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        const char *argv[] = {"bash", "-c", row[i].script};

        kit_open_argv(&k, 3, argv);
        kit_run(&k);
        cr_expect_eq(k.state.phase, SHELL_ENDED, "%s", row[i].script);
        cr_expect_not_null(strstr(k.err, row[i].what), "%s: %s", row[i].script, k.err);
        cr_expect_not_null(strstr(k.err, "limit: "), "%s: %s", row[i].script, k.err);
        kit_close(&k);
    }
}

Test(shell_limit, braces_are_limited_before_anything_runs)
{
    static const char *const script[] = {
        "echo {1..999999999}",
        "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        const char *argv[] = {"bash", "-c", script[i]};

        kit_open_argv(&k, 3, argv);
        cr_expect_eq(k.compiled.kind, SHELL_DIAG_LIMIT, "%s", script[i]);
        cr_expect_not_null(strstr(k.compiled.text, "braces make too many words"), "%s",
                           k.compiled.text);
        kit_close(&k);
    }
}

Test(shell_limit, steps_count_anew_in_each_instant)
{
    kit_open(&k, "for i in 1 2 3; do j=0; while [ $j -lt 10000 ]; do j=$((j+1)); done; sleep 1; "
                 "done; echo ok");
    kit_run(&k);
    cr_expect_str_eq(k.out, "ok\n");
    kit_close(&k);
}

Test(shell_limit, output_in_one_instant)
{
    expect_limit("cat /dev/zero", "too much output");
    expect_limit(
        "x=aaaaaaaaaaaaaaaa; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; while :; do echo $x; done",
        "too much output");
}

Test(shell_limit, memory)
{
    expect_limit("x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done", "a word is too long");
    expect_limit("x=$(yes)", "a word is too long");
    expect_limit("x=$(cat /dev/zero | tr '\\0' x)", "a word is too long");
    expect_limit("a=aaaaaaaaaaaaaaaa; a=$a$a$a$a$a$a$a$a$a$a$a$a$a$a$a$a; "
                 "a=$a$a$a$a$a$a$a$a$a$a$a$a$a$a$a$a; "
                 "i=0; while :; do i=$((i+1)); eval \"v$i=\\$a\\$a\\$a\\$a\\$a\\$a\\$a\\$a\"; done",
                 "too much memory");
}

Test(shell_limit, depth)
{
    expect_limit("f() { f; }; f", "nested too deep");
    expect_limit("trap 'kill -USR1 $$' USR1; kill -USR1 $$", "nested too deep");
    expect_limit("f() { (f); }; f", "too many processes");
    expect_limit("while :; do sleep 9 & done", "too many processes");
    expect_limit("i=0; while :; do i=$((i+1)); eval \"v$i=1\"; done", "too many variables");
}

Test(shell_limit, nesting_of_the_text)
{
    char script[4096] = "";

    for (int i = 0; i < 200; i++)
        strcat(script, "if ");
    kit_open(&k, script);
    cr_expect_eq(k.compiled.kind, SHELL_DIAG_LIMIT);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_SERVER); /* as a program that nobody knows */
    kit_close(&k);
    script[0] = '\0';
    for (int i = 0; i < 500; i++)
        strcat(script, "$((");
    kit_open(&k, script);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_SERVER); /* as a program that nobody knows */
    kit_close(&k);
    script[0] = '\0';
    for (int i = 0; i < 400; i++)
        strcat(script, "$(echo ");
    kit_open(&k, script);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_SERVER); /* as a program that nobody knows */
    kit_close(&k);
}

Test(shell_limit, long_chains_do_not_nest)
{
    static char script[60000];

    for (int i = 0; i < 5000; i++)
        strcat(script + (i > 0 ? (size_t)(i - 1) * 8 : 0), "true && ");
    strcat(script, "echo end");
    kit_open(&k, script);
    kit_run(&k);
    cr_expect_str_eq(k.out, "end\n");
    kit_close(&k);
}

Test(shell_limit, a_file_that_only_grows_is_full_one_day)
{
    kit_open(&k, "x=aaaaaaaaaaaaaaaa; x=$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x; "
                 "x=$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x; "
                 "while echo $x >> /tmp/log; do sleep 1; done; echo full");
    kit_run(&k);
    cr_expect_str_eq(k.out, "full\n");
    cr_expect_not_null(strstr(k.err, "No space left on device"));
    kit_close(&k);
}

/* ---- what a sleeping script costs ------------------------------------------------------------ */

static size_t cost_of(const char *script, rx_ms at)
{
    size_t before, bytes;

    kit_open(&k, script);
    before = k.mem.state->bytes; /* the program, which replicas share */
    kit_start(&k);
    kit_until(&k, at);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING, "%s", script);
    bytes = k.mem.state->bytes - before;
    kit_close(&k);
    return bytes;
}

Test(shell_limit, memory_of_a_sleeping_script)
{
    static const struct {
        const char *script;
        rx_ms at;
        size_t most;
    } row[] = {
        {"sleep 3600", 0, 1440},
        {"touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600", 40000, 2300},
        {"while true; do echo x; sleep 1; done", 5000, 1800},
        {"trap 'exit 0' TERM; a=1; b=2; c=3; echo hi > /tmp/a; echo ho > /tmp/b; while :; do sleep "
         "5; done",
         60000, 2800},
        {"trap 'exit 0' TERM; sleep 3600 & wait", 1000, 2600},
        {"f() { while :; do sleep 1; done; }; f | cat", 3000, 4400},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        size_t bytes = cost_of(row[i].script, row[i].at);

        cr_expect_leq(bytes, row[i].most, "%s: %zu bytes", row[i].script, bytes);
        cr_expect_leq(bytes, 6 * 1024);
    }
}

Test(shell_limit, a_day_of_ticks_costs_no_more_than_a_minute)
{
    const char *script =
        "i=0; while true; do i=$((i+1)); x=$(echo $i | tr 0-9 a-j); (exit 3); sleep 60; done";

    cr_expect_leq(cost_of(script, 86400000), cost_of(script, 60000) + 64);
}

/* A cluster's disk would have taken it: whose limit that is must be said, but once. */
Test(shell_limit, no_space_is_told_as_a_limit_of_files_in_memory)
{
    kit_open(&k,
             "head -c 2000000 /dev/zero >/x; echo $?; head -c 2000000 /dev/zero >/y; echo y "
             ">/dev/full");
    kit_run(&k);
    cr_expect_str_eq(k.out, "1\n");
    cr_expect_eq(k.diags, 1);
    cr_expect_eq(k.diag.kind, SHELL_DIAG_LIMIT);
    cr_expect_not_null(strstr(k.diag.text, "up to 1 MiB each and 4 MiB in a volume"), "%s",
                       k.diag.text);
    kit_close(&k);

    kit_open(&k, "echo y >/dev/full");
    kit_run(&k);
    cr_expect_eq(k.diags, 0);
    kit_close(&k);
}

/* A script that prints it in a trap would else wonder, and its reader with it. */
Test(shell_limit, what_bash_knows_of_itself_and_this_shell_does_not_is_said)
{
    static const char *const argv[] =
        {"bash", "-c", "set -u; trap 'echo \"[$BASH_COMMAND]\"' ERR; false; echo $?"};

    kit_open_argv(&k, 3, argv);
    kit_run(&k);
    cr_expect_str_eq(k.out, "[]\n1\n");
    cr_expect_eq(k.diags, 1);
    cr_expect_not_null(strstr(k.diag.text, "the variable BASH_COMMAND is not simulated"), "%s",
                       k.diag.text);
    kit_close(&k);
}
