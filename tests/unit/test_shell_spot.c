/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_spot.c - where in a script a program stands that nobody knows: as the text tells
 * before it runs, and by what becomes of it when it does. It is called frob; `at` is its place,
 * `out` what the script prints.
 */
#include "engine/box/run/cmd.h"
#include "tests/unit/test_shell_kit.h"

static struct kit k;

static const struct {
    const char *script;
    enum shell_program_spot at;
    const char *out;
} rows[] = {
    /* the last command, whatever is around it */
    {"echo a; frob", SHELL_SPOT_LAST, "a\n"},
    {"frob", SHELL_SPOT_LAST, ""},
    {"echo a\nfrob -x\n# the end\n", SHELL_SPOT_LAST, "a\n"},
    {"true && frob", SHELL_SPOT_LAST, ""},
    {"false || frob", SHELL_SPOT_LAST, ""},
    {"{ echo a; frob; }", SHELL_SPOT_LAST, "a\n"},
    {"(echo a; frob)", SHELL_SPOT_LAST, "a\n"},
    {"{ frob; } > /tmp/x", SHELL_SPOT_LAST, ""},
    {"frob > /tmp/x 2>&1", SHELL_SPOT_LAST, ""},
    {"A=1 frob", SHELL_SPOT_LAST, ""},
    {"if true; then frob; else echo b; fi", SHELL_SPOT_LAST, ""},
    {"if false; then echo b; else frob; fi", SHELL_SPOT_LAST, ""},
    {"case x in y) echo b;; x) echo a; frob;; esac", SHELL_SPOT_LAST, "a\n"},
    {"f() { echo a; frob; }; f", SHELL_SPOT_LAST, "a\n"},
    {"g() { frob; }; f() { g; }; if true; then f x; fi", SHELL_SPOT_LAST, ""},
    {"frob | cat", SHELL_SPOT_LAST, ""},
    {"echo a | frob", SHELL_SPOT_LAST, ""},
    {"set -e; frob", SHELL_SPOT_LAST, ""},
    /* behind exec */
    {"exec frob", SHELL_SPOT_EXEC, ""},
    {"true && exec frob || exit 1", SHELL_SPOT_EXEC, ""},
    {"if true; then exec frob; fi; echo b", SHELL_SPOT_EXEC, ""},
    {"exec frob | cat", SHELL_SPOT_EXEC, ""},
    /* in the background */
    {"frob & echo a; wait", SHELL_SPOT_BACKGROUND, "a\n"},
    {"(echo b > /tmp/b; frob) & echo a; wait", SHELL_SPOT_BACKGROUND, "a\n"},
    {"true && frob & wait", SHELL_SPOT_BACKGROUND, ""},
    {"f() { frob & }; f; wait", SHELL_SPOT_BACKGROUND, ""},
    {"frob | cat & wait", SHELL_SPOT_BACKGROUND, ""},
    {"if frob & then echo a; fi; wait", SHELL_SPOT_BACKGROUND, "a\n"},
    /* a condition */
    {"if frob; then echo a; fi", SHELL_SPOT_CONDITION, "a\n"},
    {"while ! frob; do sleep 1; done; echo a", SHELL_SPOT_CONDITION, "a\n"},
    {"until frob; do sleep 1; done", SHELL_SPOT_CONDITION, ""},
    {"frob && echo a", SHELL_SPOT_CONDITION, "a\n"},
    {"frob || exit 3", SHELL_SPOT_CONDITION, ""},
    {"! frob || echo a", SHELL_SPOT_CONDITION, "a\n"},
    {"if (frob); then echo a; fi", SHELL_SPOT_CONDITION, "a\n"},
    {"f() { frob; }; f || exit 3; echo a", SHELL_SPOT_CONDITION, "a\n"},
    /* its output is asked for */
    {"x=$(frob); echo \"<$x>\"", SHELL_SPOT_CAPTURED, "<>\n"},
    {"echo `frob`", SHELL_SPOT_CAPTURED, "\n"},
    {"x=$(cat /dev/null; frob)", SHELL_SPOT_CAPTURED, ""},
    /* another pipeline */
    {"frob | wc -l; echo a", SHELL_SPOT_PIPE, "0\na\n"},
    {"echo b | frob; echo a", SHELL_SPOT_PIPE, "a\n"},
    /* and the middle */
    {"frob; echo a", SHELL_SPOT_MIDDLE, "a\n"},
    {"frob\necho a", SHELL_SPOT_MIDDLE, "a\n"},
    {"frob; exit 0", SHELL_SPOT_MIDDLE, ""},
    {"{ frob; echo a; }", SHELL_SPOT_MIDDLE, "a\n"},
    {"(frob; echo a)", SHELL_SPOT_MIDDLE, "a\n"},
    {"(frob); echo a", SHELL_SPOT_MIDDLE, "a\n"},
    {"(frob; echo a) & wait", SHELL_SPOT_MIDDLE, "a\n"},
    {"if true; then frob; fi; echo a", SHELL_SPOT_MIDDLE, "a\n"},
    {"for i in 1 2; do frob $i; done; echo a", SHELL_SPOT_MIDDLE, "a\n"},
    {"for i in 1 2; do echo $i; frob; done", SHELL_SPOT_MIDDLE, "1\n2\n"},
    {"i=0; while [ $i -lt 2 ]; do i=$((i+1)); frob; done; echo $i", SHELL_SPOT_MIDDLE, "2\n"},
    {"f() { frob; }; f; echo a", SHELL_SPOT_MIDDLE, "a\n"},
    {"f() { frob; echo a; }; f", SHELL_SPOT_MIDDLE, "a\n"},
    {"set -e; frob; echo a", SHELL_SPOT_MIDDLE, "a\n"},
};

static bool serves(enum shell_program_role role, enum shell_program_spot spot)
{
    return shell_program_fate(role, spot, false) == SHELL_PROGRAM_SERVES;
}

Test(shell_spot, the_text_and_the_run_agree)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        enum shell_program_spot spot = SHELL_PROGRAM_SPOTS;
        struct shell_diag d;

        kit_open(&k, rows[i].script);
        k.setup.unknown_missing = false;
        cr_expect(shell_program_unknown(k.program, 0, &d, &spot));
        cr_expect_eq(spot, rows[i].at, "%s: %d, not %d", rows[i].script, (int)spot,
                     (int)rows[i].at);
        kit_run(&k);
        cr_expect_eq(k.server_up, serves(SHELL_PROGRAM_MAIN, rows[i].at), "%s", rows[i].script);
        cr_expect_eq(k.state.phase == SHELL_ENDED, !k.server_up, "%s", rows[i].script);
        cr_expect_str_eq(k.out, rows[i].out, "%s: \"%s\"", rows[i].script, k.out);
        cr_expect_str_eq(k.err, "", "%s: \"%s\"", rows[i].script, k.err);
        kit_close(&k);
    }
}

/* What is there to end is done wherever it stands. */
Test(shell_spot, in_probes_hooks_inits_and_jobs)
{
    static const enum shell_program_role role[] =
        {SHELL_PROGRAM_INIT, SHELL_PROGRAM_JOB, SHELL_PROGRAM_PROBE,
                                                 SHELL_PROGRAM_HOOK};

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++)
        for (size_t r = 0; r < RX_ARRAY_LEN(role); r++) {
            kit_open(&k, rows[i].script);
            k.setup.unknown_missing = false;
            k.setup.role = role[r];
            kit_run(&k);
            cr_expect_eq(k.state.phase, SHELL_ENDED, "%s", rows[i].script);
            cr_expect_not(k.server_up);
            kit_close(&k);
        }
}

/* Texts in texts: what the outer one does with the inner one decides. */
Test(shell_spot, across_texts)
{
    static const struct {
        const char *script;
        bool up;
        const char *out;
    } row[] = {
        {"sh -c 'echo a; frob'", true, "a\n"},
        {"sh -c 'frob'; echo a", false, "a\n"},
        {"sh -c 'frob; echo a'", false, "a\n"},
        {"if sh -c frob; then echo a; fi", false, "a\n"},
        {"exec sh -c 'echo a; frob'", true, "a\n"},
        {"(exec sh -c frob); echo a", false, "a\n"},
        {"(exec sh -c frob)", true, ""},
        {"x=$(sh -c frob); echo a", false, "a\n"},
        {"sh -c frob & wait", true, ""},
        {"(exec sh -c frob) & wait", true, ""},
        {"eval 'echo a; frob'", true, "a\n"},
        {"eval frob; echo a", false, "a\n"},
        {"eval 'frob &'; wait", true, ""},
        {"f() { (frob); }; f", true, ""},
        {"f() { (frob); }; f; echo a", false, "a\n"},
        {"f() { (frob); }; f && echo a", false, "a\n"},
        {"f() { eval frob; }; f", true, ""},
        {"timeout 0 frob", true, ""},
        {"timeout 9 frob; echo a", false, "a\n"},
        {"env A=1 frob", true, ""},
        {"nohup frob & wait", true, ""},
        {"echo b | xargs frob", false, ""},
        {"echo b | xargs frob; echo a", false, "a\n"},
        {"trap 'frob; echo bye' EXIT; echo a", false, "a\nbye\n"},
        {"trap frob EXIT; echo a", false, "a\n"},
        {"printf 'frob\\n' > /tmp/s; sh /tmp/s", true, ""},
        {"printf 'frob\\n' > /tmp/s; . /tmp/s; echo a", false, "a\n"},
        {"sh /opt/start.sh", true, ""},
        {"sh /opt/step.sh; echo a", false, "a\n"},
        {". /opt/env.sh; echo a", false, "a\n"},
        {"/opt/start", true, ""},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        kit_open(&k, row[i].script);
        k.setup.unknown_missing = false;
        kit_run(&k);
        cr_expect_eq(k.server_up, row[i].up, "%s", row[i].script);
        cr_expect_str_eq(k.out, row[i].out, "%s: \"%s\"", row[i].script, k.out);
        cr_expect_eq(k.diags, 1, "%s: %u", row[i].script, k.diags);
        kit_close(&k);
    }
}

Test(shell_spot, what_reads_the_unknown_is_not_led_by_silence)
{
    static const struct {
        const char *script, *out;
    } row[] = {
        {"frob | grep -q PONG && echo up", "up\n"},
        {"frob | tr -d x | grep PONG && echo up", "up\n"},
        {"until frob | grep -q ok; do sleep 1; done; echo up", "up\n"},
        {"echo PANG | grep -q PONG || echo down", "down\n"},
        {"frob > /tmp/x; grep -q PONG /tmp/x || echo down", "down\n"},
        {"x=$(frob | grep y) && echo \"<$x>\"", "<>\n"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        kit_open(&k, row[i].script);
        k.setup.unknown_missing = false;
        kit_run(&k);
        cr_expect_str_eq(k.out, row[i].out, "%s: \"%s\"", row[i].script, k.out);
        kit_close(&k);
    }
}

/* Programs that take no time must not make a loop of one that has none. */
Test(shell_spot, a_loop_of_unknown_programs_lasts)
{
    kit_open(&k, "while true; do frob; done");
    k.setup.unknown_missing = false;
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_WAITING);
    kit_close(&k);
}

Test(shell_spot, known_to_be_missing)
{
    static const char *const script[] =
        {"/v/run || echo $?", "'sleep 3' || echo $?", "\"\" || echo $?",
                                         "command -v /v/run || echo $?",
                                         "sh /v/run 2>/dev/null || echo 127",
                                         "cd /v; ./run || echo $?"};

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        kit_open(&k, script[i]);
        k.setup.unknown_missing = false;
        k.missing = "/v/run";
        fs_mkdir(&k.fs, "/v", true, 0);
        kit_run(&k);
        cr_expect_str_eq(k.out, "127\n", "%s: \"%s\"", script[i], k.out);
        kit_close(&k);
    }
}

/* An unknown program is taken to be there by those who ask, too. */
Test(shell_spot, who_asks_is_told_that_it_is_there)
{
    kit_open(&k, "command -v frob; which frob /opt/x; type frob");
    k.setup.unknown_missing = false;
    kit_run(&k);
    cr_expect_str_eq(k.out, "/usr/bin/frob\n/usr/bin/frob\n/opt/x\nfrob is /usr/bin/frob\n");
    cr_expect_eq(k.diags, 4);
    kit_close(&k);
    kit_open(&k, "command -v frob || echo no");
    kit_run(&k);
    cr_expect_str_eq(k.out, "no\n");
    kit_close(&k);
}

/* ---- rules ----------------------------------------------------------------------------------- */

Test(shell_spot, a_rule_answers_wherever_a_program_stands)
{
    static const struct {
        const char *script, *out;
        rx_ms now;
    } row[] = {
        {"frob -x; echo $?", "hi\n3\n", 2000},
        {"if frob; then :; else echo no; fi", "hi\nno\n", 2000},
        {"echo \"<$(frob)>\"", "<hi>\n", 2000},
        {"frob | sed s/hi/ho/; echo a", "ho\na\n", 2000},
        {"frob & wait $!; echo $?", "hi\n3\n", 2000},
        {"frob & echo a", "a\n", 0},
        {"timeout 1 frob; echo $?", "124\n", 1000},
        {"env A=1 frob || echo no", "hi\nno\n", 2000},
        {"f() { frob; }; f; f", "hi\nhi\n", 4000},
        {"frob() { echo mine; }; frob", "mine\n", 0},
        {"command frob; echo b", "hi\nb\n", 2000},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        kit_open(&k, row[i].script);
        k.rule_word = "frob";
        k.rule = (struct shell_scripted){.takes = 2000, .code = 3, .output = "hi\n"};
        kit_run(&k);
        cr_expect_str_eq(k.out, row[i].out, "%s: \"%s\"", row[i].script, k.out);
        cr_expect_eq(k.now, row[i].now, "%s: %lld", row[i].script, (long long)k.now);
        kit_close(&k);
    }
}

Test(shell_spot, a_rule_speaks_for_known_programs_too)
{
    kit_open(&k, "cat /etc/passwd && echo a; exec cat x");
    k.rule_word = "cat";
    k.rule = (struct shell_scripted){.output = "all\n"};
    kit_run(&k);
    cr_expect_str_eq(k.out, "all\na\nall\n");
    cr_expect_eq(k.state.code, 0);
    kit_close(&k);
    kit_open(&k, "frob; echo $?");
    k.rule_word = "frob";
    k.rule = (struct shell_scripted){.error = "no such device"};
    kit_run(&k);
    cr_expect_str_eq(k.out, "127\n");
    cr_expect_str_eq(k.err, "sh: frob: no such device\n");
    kit_close(&k);
}

Test(shell_spot, a_program_that_has_replaced_the_shell_hears_signals)
{
    kit_open(&k, "exec frob");
    k.rule_word = "frob";
    k.rule = (struct shell_scripted){.takes = RX_MS_NEVER};
    kit_start(&k);
    cr_expect_eq(k.state.phase, SHELL_WAITING);
    kit_signal(&k, 15);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 143);
    kit_close(&k);
}

/* ---- what this shell cannot do --------------------------------------------------------------- */

/* All that busybox takes is simulated. The tools of other images take more. */
Test(shell_spot, an_option_beyond_these_tools)
{
    const char *argv[] = {"sh", "-c", "sort --debug=x /etc/hosts | grep -q x && echo up"};

    kit_open_argv(&k, 3, argv);
    k.setup.unknown_missing = false;
    kit_run(&k);
    cr_expect_str_eq(k.out, "up\n");
    cr_expect_str_eq(k.err, "");
    cr_expect_eq(k.diag.kind, SHELL_DIAG_UNSUPPORTED);
    kit_close(&k);
    argv[0] = "ash";
    kit_open_argv(&k, 3, argv);
    kit_run(&k);
    cr_expect_str_eq(k.out, "");
    cr_expect_not_null(strstr(k.err, "unrecognized option"));
    cr_expect_eq(k.diag.kind, SHELL_DIAG_OPTION);
    kit_close(&k);
}

/* What bash has and we do not is ours to say, and not the script's fault. */
Test(shell_spot, what_of_bash_is_missing)
{
    static const char *const row[][3] = {
        {"trap : DEBUG && trap", "", "the trap DEBUG is not simulated"},
        {"trap - DEBUG; trap 'echo end' DEBUG EXIT", "end\n", "the trap DEBUG is not simulated"},
        {"shopt -s lastpipe && echo on", "on\n", "shopt: lastpipe: not simulated"},
        {"f() { :; }; declare -f f && echo yes", "yes\n", "the text of functions is not kept"},
        {"f() { :; }; export -f f && echo yes", "yes\n",
         "functions are not handed on to other shells"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        const char *argv[] = {"bash", "-c", row[i][0]};

        kit_open_argv(&k, 3, argv);
        k.setup.unknown_missing = false;
        kit_run(&k);
        cr_expect_str_eq(k.out, row[i][1], "%s: %s", row[i][0], k.out);
        cr_expect_str_eq(k.err, "", "%s: %s", row[i][0], k.err);
        cr_expect_eq(k.diag.kind, SHELL_DIAG_UNSUPPORTED, "%s", row[i][0]);
        cr_expect_not_null(strstr(k.diag.text, row[i][2]), "%s: %s", row[i][0], k.diag.text);
        kit_close(&k);
    }
}

/* A client that is asked for more than whether it reaches somebody. */
Test(shell_spot, a_known_command_that_does_not_know)
{
    kit_open(&k, "redis-cli --bigkeys && echo up; command -v redis-cli");
    k.setup.unknown_missing = false;
    kit_run(&k);
    cr_expect_eq(strncmp(k.out, "up\n", 3), 0, "\"%s\"", k.out);
    cr_expect_str_eq(k.err, "");
    kit_close(&k);
}

Test(shell_spot, a_text_beyond_this_shell_is_a_program_that_nobody_knows)
{
    char deep[1024] = "";
    char script[1200];

    for (int i = 0; i < 200; i++)
        strcat(deep, "{ ");
    snprintf(script, sizeof(script), "sh -c '%s'; echo a", deep);
    kit_open(&k, script);
    kit_run(&k);
    cr_expect_str_eq(k.out, "a\n");
    cr_expect_str_eq(k.err, "");
    cr_expect_eq(k.diag.kind, SHELL_DIAG_LIMIT);
    cr_expect_eq(k.state.code, 0);
    kit_close(&k);
    snprintf(script, sizeof(script), "echo a; eval '%s'", deep);
    kit_open(&k, script);
    kit_run(&k);
    cr_expect(k.server_up);
    kit_close(&k);
}
