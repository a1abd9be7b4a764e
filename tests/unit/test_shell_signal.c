/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_signal.c - signals from outside, PID 1, exec, servers, answers that come late.
 */
#include "tests/unit/test_shell_kit.h"

enum { TERM = 15, KILL = 9, INT = 2 };

static struct kit k;

/* Opens the script, lets it run to the instant, sends TERM. */
static void term_at(const char *script, rx_ms at)
{
    kit_open(&k, script);
    kit_start(&k);
    kit_until(&k, at);
    kit_signal(&k, TERM);
}

static void expect_end(int code, rx_ms at)
{
    kit_until(&k, at + 1000000);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, code, "ends with %d", k.state.code);
    kit_close(&k);
}

Test(shell_signal, pid_1_without_a_trap_ignores_term)
{
    term_at("sleep 10; echo end", 3000);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    cr_expect_eq(k.state.until, 10000);
    kit_until(&k, 10000);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_str_eq(k.out, "end\n");
    kit_close(&k);
}

Test(shell_signal, others_than_pid_1_die_of_it)
{
    kit_open(&k, "sleep 10; echo end");
    k.setup.pid1 = false;
    kit_start(&k);
    kit_signal(&k, TERM);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 143);
    cr_expect_eq(k.state.signo, TERM);
    kit_close(&k);
}

Test(shell_signal, kill_always_ends_it)
{
    kit_open(&k, "trap '' TERM KILL; sleep 10");
    kit_start(&k);
    cr_expect_not(shell_signal(k.proc, TERM));
    kit_signal(&k, KILL);
    cr_expect_eq(k.state.code, 137);
    kit_close(&k);
}

Test(shell_signal, a_trap_waits_for_the_command_in_the_foreground)
{
    term_at("trap 'echo bye; exit 0' TERM; while true; do sleep 10; echo tick; done", 13000);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    kit_until(&k, 20000);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 0);
    cr_expect_str_eq(k.out, "tick\nbye\n"); /* the trap runs before the echo behind the sleep */
    kit_close(&k);
}

Test(shell_signal, a_trap_runs_at_once_in_wait)
{
    term_at("trap 'echo bye; exit 7' TERM; sleep 3600 & wait", 13000);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 7);
    cr_expect_str_eq(k.out, "bye\n");
    kit_close(&k);
}

Test(shell_signal, wait_goes_on_after_a_trap_that_does_not_exit)
{
    term_at("trap 'echo got' TERM; sleep 10 & p=$!; wait $p; echo $?; wait $p; echo $?", 4000);
    cr_expect_str_eq(k.out, "got\n143\n");
    kit_until(&k, 10000);
    cr_expect_str_eq(k.out, "got\n143\n0\n");
    expect_end(0, 10000);
}

Test(shell_signal, the_usual_way_to_do_nothing_until_told)
{
    term_at("trap : TERM INT; sleep infinity & wait", 100);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 143);
    kit_close(&k);
    term_at("exec tail -f /dev/null", 100);
    cr_expect_eq(k.state.phase, SHELL_WAITING);
    kit_close(&k);
}

Test(shell_signal, a_trap_can_stop_the_child_first)
{
    term_at("trap 'kill -TERM $child; wait $child; echo $?; exit 0' TERM; sleep 99 & child=$!; "
            "wait $child",
            5000);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_str_eq(k.out, "143\n");
    kit_close(&k);
}

Test(shell_signal, an_ignored_signal_stays_ignored)
{
    term_at("trap '' TERM; sleep 5; echo end", 1000);
    kit_until(&k, 5000);
    cr_expect_str_eq(k.out, "end\n");
    expect_end(0, 5000);
}

Test(shell_signal, the_exit_trap_runs_after_the_signal_trap)
{
    term_at("trap 'echo cleanup' EXIT; trap 'exit 3' TERM; sleep 9 & wait", 1000);
    cr_expect_str_eq(k.out, "cleanup\n");
    expect_end(3, 1000);
}

Test(shell_signal, several_at_once_run_in_order_of_their_numbers)
{
    kit_open(&k, "trap 'echo term' TERM; trap 'echo int' INT; sleep 9 & wait; wait");
    kit_start(&k);
    shell_signal(k.proc, TERM);
    shell_signal(k.proc, INT);
    k.state = shell_run(k.proc, k.now);
    kit_until(&k, 9000);
    cr_expect_str_eq(k.out, "int\nterm\n");
    kit_close(&k);
}

Test(shell_signal, a_command_as_pid_1_has_no_handler)
{
    static const char *const argv[] = {"sleep", "10"};

    kit_open_argv(&k, 2, argv);
    cr_expect_eq(shell_program_class(k.program), SHELL_COMMAND);
    kit_start(&k);
    kit_signal(&k, TERM);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    expect_end(0, 10000);
}

Test(shell_signal, exec_drops_the_handlers)
{
    term_at("trap 'echo bye; exit 0' TERM; exec sleep 10", 1000);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    expect_end(0, 10000);
    cr_expect_str_eq(k.out, "");
}

Test(shell_signal, exec_of_a_shell_replaces_it)
{
    kit_open(
        &k,
        "f() { echo no; }; x=1; export y=2; exec sh -c 'echo \"[$x]$y $$ $0 $1\"; f; exit 4' n a");
    kit_run(&k);
    cr_expect_str_eq(k.out, "[]2 1 n a\n");
    cr_expect_eq(k.state.code, 4);
    kit_close(&k);
}

Test(shell_signal, exec_of_a_shell_from_within_functions)
{
    kit_open(
        &k, "f() { g \"$@\"; }; g() { exec sh -c 'echo $#' n \"$@\" >/tmp/o; }; set -- p; f 1 2 3");
    kit_run(&k);
    kit_close(&k);
    kit_open(&k,
             "g() { exec sh -c 'echo $# $1' n \"$@\"; }; set -- p; for i in 1; do g x y z; done");
    kit_run(&k);
    cr_expect_str_eq(k.out, "3 x\n");
    kit_close(&k);
}

/* ---- init ------------------------------------------------------------------------------------ */

Test(shell_signal, under_tini_the_shell_is_not_pid_1)
{
    static const char *const argv[] = {"/sbin/tini", "-g", "--", "sh", "-c", "sleep 10"};

    kit_open_argv(&k, 6, argv);
    cr_expect_eq(shell_program_class(k.program), SHELL_SCRIPT);
    kit_start(&k);
    kit_signal(&k, TERM);
    cr_expect_eq(k.state.code, 143);
    kit_close(&k);
}

/* ---- servers --------------------------------------------------------------------------------- */

Test(shell_signal, exec_of_an_unknown_command_takes_over)
{
    kit_open(&k, "echo hi; exec nginx -g 'daemon off;'");
    k.setup.unknown_missing = false;
    kit_start(&k);
    cr_expect_eq(k.state.phase, SHELL_SERVER);
    cr_expect(k.took_over && k.server_up);
    cr_expect_str_eq(k.server, "nginx");
    cr_expect_eq(k.diag.kind, SHELL_DIAG_SERVER);
    cr_expect_eq(k.diag.line, 1);
    cr_expect_eq(k.diag.column, 10); /* of the command: exec */
    cr_expect_str_eq(k.diag.word, "nginx");
    kit_close(&k);
    cr_expect(k.server_up, "who took over is not ours any more");
}

Test(shell_signal, a_server_in_the_foreground_hides_the_signal)
{
    kit_open(&k, "trap 'echo never' TERM; nginx");
    k.setup.unknown_missing = false;
    kit_start(&k);
    cr_expect_eq(k.state.phase, SHELL_WAITING);
    cr_expect(k.server_up && !k.took_over);
    kit_signal(&k, TERM);
    cr_expect_eq(k.state.phase, SHELL_WAITING);
    cr_expect_str_eq(k.out, "");
    kit_close(&k);
    cr_expect_not(k.server_up);
}

Test(shell_signal, a_server_in_the_background_can_be_killed)
{
    kit_open(&k, "trap 'kill $p; wait $p; exit 5' TERM; /opt/app --port 80 & p=$!; wait");
    k.setup.unknown_missing = false;
    kit_start(&k);
    cr_expect(k.server_up);
    kit_signal(&k, TERM);
    cr_expect_not(k.server_up);
    cr_expect_eq(k.state.code, 5);
    kit_close(&k);
}

Test(shell_signal, an_unknown_command_whose_result_is_asked_for_is_no_server)
{
    kit_open(&k, "if etcdctl; then echo up; fi; x=$(yq .a); nodetool || echo no");
    k.setup.unknown_missing = false;
    kit_run(&k);
    cr_expect_str_eq(k.out, "up\n");
    cr_expect_str_eq(k.err, "");
    cr_expect_eq(k.diags, 3);
    cr_expect_eq(k.state.code, 0);
    kit_close(&k);
}

Test(shell_signal, programs_that_are_missing_are_not_found)
{
    kit_open(&k, "if etcdctl; then echo up; fi; x=$(yq .a); nodetool || echo no");
    kit_run(&k);
    cr_expect_str_eq(k.out, "no\n");
    cr_expect_str_eq(k.err, "sh: etcdctl: not found\nsh: yq: not found\nsh: nodetool: not found\n");
    cr_expect_eq(k.diags, 3);
    kit_close(&k);
}

/* ---- answers --------------------------------------------------------------------------------- */

Test(shell_signal, waits_for_the_service)
{
    kit_open(&k,
             "while true; do echo \"Waiting for fortune service to come up...\"; "
             "wget http://fortune -q -T 1 -O /dev/null >/dev/null 2>/dev/null && break; sleep 1; "
             "done; echo \"Service is up! Starting main container.\"");
    k.up_at = 3000;
    kit_run(&k);
    cr_expect_eq(k.state.code, 0);
    cr_expect_eq(k.now, 3000);
    cr_expect_eq(k.asks, 4);
    cr_expect_str_eq(k.asked, "GET fortune:80/");
    cr_expect_eq(k.ask_timeout, 1000);
    cr_expect_str_eq(k.out, "Waiting for fortune service to come up...\n"
                            "Waiting for fortune service to come up...\n"
                            "Waiting for fortune service to come up...\n"
                            "Waiting for fortune service to come up...\n"
                            "Service is up! Starting main container.\n");
    kit_close(&k);
}

Test(shell_signal, an_answer_may_come_later)
{
    kit_open(&k, "wget -q -O - http://web:8080/a?b=c");
    k.answer_at_once = false;
    kit_start(&k);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    cr_expect_eq(k.state.until, 900000);
    cr_expect_str_eq(k.asked, "GET web:8080/a?b=c");
    k.now = 250;
    kit_answer(&k, k.proc, k.ask_id[0], "web");
    kit_answer(&k, k.proc, k.ask_id[0], "nowhere"); /* only the first counts */
    k.state = shell_run(k.proc, k.now);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_str_eq(k.out, "hello\n");
    kit_close(&k);
}

Test(shell_signal, an_answer_that_is_too_late_is_dropped)
{
    kit_open(&k, "wget -q -T 1 -O - http://silent; wget -q -O - http://silent");
    kit_start(&k);
    kit_until(&k, 1000);
    cr_expect_eq(k.asks, 2);
    kit_answer(&k, k.proc, k.ask_id[0], "web");
    k.state = shell_run(k.proc, k.now);
    cr_expect_eq(k.state.phase, SHELL_SLEEPING);
    kit_answer(&k, k.proc, k.ask_id[1], "web");
    k.state = shell_run(k.proc, k.now);
    cr_expect_str_eq(k.out, "hello\n");
    expect_end(0, 1000);
}

/* ---- processes of others --------------------------------------------------------------------- */

Test(shell_signal, kill_reaches_other_processes_through_the_host)
{
    kit_open(&k, "kill -USR1 77; echo $?; kill 78; echo $?; kill -0 77 && echo there");
    kit_run(&k);
    cr_expect_str_eq(k.out, "0\n1\nthere\n");
    cr_expect_eq(k.killed_pid, 77);
    kit_close(&k);
}

Test(shell_signal, pids_count_on_from_the_containers)
{
    uint32_t next = 20;

    kit_open(&k, "echo $$; sleep 1 & echo $!; (echo sub) ; sleep 1 & echo $!");
    k.setup.pid = 12;
    k.setup.next_pid = &next;
    kit_start(&k);
    cr_expect_str_eq(k.out, "12\n20\nsub\n22\n");
    cr_expect(shell_owns_pid(k.proc, 20) == false); /* the script has ended, and its jobs with it */
    kit_close(&k);
    kit_open(&k, "sleep 9 & sleep 9");
    kit_start(&k);
    cr_expect(shell_owns_pid(k.proc, 1) && shell_owns_pid(k.proc, 2) && !shell_owns_pid(k.proc, 3));
    cr_expect(shell_signal_pid(k.proc, 2, TERM));
    k.state = shell_run(k.proc, k.now);
    cr_expect_not(shell_owns_pid(k.proc, 2));
    kit_close(&k);
}

Test(shell_signal, pid_1_cannot_be_killed_from_inside)
{
    kit_open(&k, "(kill -9 1; kill -TERM 1); echo alive");
    kit_run(&k);
    cr_expect_str_eq(k.out, "alive\n");
    cr_expect_eq(k.state.code, 0);
    kit_close(&k);
}
