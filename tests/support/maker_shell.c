/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maker_shell.c - random shell scripts: what small images start, wait for, trap and leave behind.
 *
 * Every loop that may go on for ever sleeps: a script that only burns time is no test of ours, the
 * shell's own limits have their tests.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/maker_parts.h"

static void add_statement(struct maker *m, unsigned level, unsigned depth);

static const char *file_of(struct maker *m)
{
    static const char *const all[] = {"/tmp/a", "/data/b", "/etc/app/mode", "/tmp/c",
                                      "/etc/mine"};

    return mk_pick(m, all);
}

static void add_block(struct maker *m, unsigned level, unsigned depth)
{
    add_statement(m, level, depth + 1);
    if (mk_more(m, 30)) {
        add_statement(m, level, depth + 1);
        mk_end(m);
    }
}

static const char *condition_of(struct maker *m, char out[MAKER_TEXT])
{
    static const char *const form[] = {"[ -e %s ]", "test ! -f %s", "grep -q one %s",
                                       "cat %s >/dev/null"};
    const char *how = mk_pick(m, form), *file = file_of(m);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(out, MAKER_TEXT, how, file);
#pragma GCC diagnostic pop
    return out;
}

static void add_compound(struct maker *m, unsigned level, unsigned depth)
{
    char condition[MAKER_TEXT];

    switch (mk_below(m, 5)) {
    case 0:
        mk_line(m, level, "if %s; then", condition_of(m, condition));
        add_block(m, level + 1, depth);
        if (mk_more(m, 40)) {
            mk_line(m, level, "else");
            add_block(m, level + 1, depth);
            mk_end(m);
        }
        mk_line(m, level, "fi");
        break;
    case 1:
        mk_line(m, level, "for i in 1 2 3; do");
        add_block(m, level + 1, depth);
        mk_line(m, level, "done");
        break;
    case 2:
        mk_line(m, level, "while true; do");
        mk_line(m, level + 1, "sleep %u", mk_from(m, 1, 9));
        add_block(m, level + 1, depth);
        mk_line(m, level, "done");
        break;
    case 3:
        mk_line(m, level, "until %s; do", condition_of(m, condition));
        mk_line(m, level + 1, "sleep %u", mk_from(m, 1, 9));
        mk_line(m, level, "done");
        break;
    default:
        mk_line(m, level, "(");
        add_block(m, level + 1, depth);
        mk_line(m, level, ")%s", mk_chance(m, 30) ? " &" : "");
        break;
    }
}

static void add_simple(struct maker *m, unsigned level)
{
    static const char *const other[] = {
        "echo one | tr o 0",
        "set -e",
        "X=$(cat /tmp/a 2>/dev/null); echo got $X",
        "echo last words > /dev/termination-log",
        "echo $A $B $HOSTNAME",
        "false || true",
        "sleep 3 & wait",
        "sleep 2 & wait $!",
        "kill -TERM $$",
        "f() { return 3; }; f",
        "trap - TERM",
        "timeout 2 sleep 5",
        "date +%s > /tmp/c",
        "yes | head -n 3",
        "exec sleep 20",
    };

    mk_line(m, level, "%s", mk_pick(m, other));
}

/* Programs that nobody knows, or only a Behavior does: it matters where they stand. */
static void add_unknown(struct maker *m, unsigned level)
{
    static const char *const all[] = {
        "/server",
        "exec /server",
        "migrate",
        "migrate && echo ready",
        "pg_isready -q || exit 1",
        "X=$(migrate); echo got $X",
        "if pg_isready -q -h front; then echo up; else echo down; fi",
        "/opt/app/run --port 8080 &",
        "exec /opt/app/run --port 8080",
        "migrate | cat",
    };

    m->now.unknown |= 1u << m->now.index;
    mk_line(m, level, "%s", mk_pick(m, all));
}

static void add_question(struct maker *m, unsigned level)
{
    static const char *const all[] = {
        "wget -q -T 1 -O /dev/null http://localhost:8080/h || echo down",
        "wget -q -T 2 -O - http://front/ || true",
        "nc -z localhost 8080 && echo open",
    };

    mk_line(m, level, "%s", mk_pick(m, all));
}

/* More than some volumes, layers and logs hold. */
static void add_much(struct maker *m, unsigned level)
{
    unsigned bytes = mk_chance(m, 20) ? 90000 : 3000;

    if (mk_chance(m, 20))
        mk_line(m, level, "head -c %u /dev/zero | tr '\\000' x", bytes);
    else if (mk_chance(m, 60))
        mk_line(m, level, "head -c %u /dev/zero >> /data/b", bytes);
    else if (mk_chance(m, 20))
        mk_line(m, level, "head -c %u /dev/zero | tr '\\000' y >> /dev/termination-log", bytes);
    else
        mk_line(m, level, "head -c %u /dev/zero > %s", bytes, file_of(m));
}

static void add_statement(struct maker *m, unsigned level, unsigned depth)
{
    char condition[MAKER_TEXT], time[MAKER_TEXT];
    unsigned s;

    switch (mk_below(m, 17)) {
    case 0:
        mk_line(m, level, ":");
        break;
    case 1:
    case 2:
    case 3:
        s = mk_from(m, 1, 9);
        if (mk_chance(m, 20))
            mk_line(m, level, "sleep %u.%u", s, mk_from(m, 1, 9));
        else
            mk_line(m, level, "sleep %u", s);
        break;
    case 4:
        mk_line(m, level, "echo said %s %s", mk_chance(m, 30) ? ">>" : ">", file_of(m));
        break;
    case 5:
        mk_line(m, level, "rm -f %s", file_of(m));
        break;
    case 6:
        mk_line(m, level, "%s && exit %u", condition_of(m, condition), mk_below(m, 4));
        break;
    case 7:
        mk_line(m, level, "exit %u", mk_below(m, 4));
        break;
    case 8:
    case 9:
        add_simple(m, level);
        break;
    case 10:
        mk_line(m, level, "echo pause; sleep %s", mk_time(m, 5, time));
        break;
    case 11:
        add_question(m, level);
        break;
    case 12:
    case 14:
        add_unknown(m, level);
        break;
    case 13:
        add_much(m, level);
        break;
    default:
        if (depth < 2)
            add_compound(m, level, depth);
        else
            mk_line(m, level, "sleep 1");
        break;
    }
}

static void add_trap(struct maker *m, unsigned level)
{
    switch (mk_below(m, 4)) {
    case 0:
        mk_line(m, level, "trap 'exit %u' TERM", mk_below(m, 3));
        break;
    case 1:
        mk_line(m, level, "trap 'echo closing; sleep %u; exit 0' TERM", mk_from(m, 1, 5));
        break;
    case 2:
        mk_line(m, level, "trap '' TERM");
        break;
    default:
        mk_line(m, level, "trap 'rm -f /data/b; echo bye > /dev/termination-log' TERM EXIT");
        break;
    }
}

void mk_shell_main(struct maker *m, unsigned level)
{
    mk_line(m, level, "command:");
    mk_line(m, level, "- sh");
    mk_line(m, level, "- -c");
    mk_line(m, level, "- |");
    if (mk_more(m, 35)) {
        add_trap(m, level + 1);
        mk_end(m);
    }
    mk_line(m, level + 1, "echo here");
    if (m->now.full && mk_more(m, 60)) {
        add_much(m, level + 1);
        mk_end(m);
    }
    if (m->now.aliases && mk_more(m, 60)) {
        mk_line(m, level + 1, "wget -T 1 -O - http://db.local:8080/h || echo far");
        mk_end(m);
    }
    if (m->now.user && mk_more(m, 60)) {
        mk_line(m, level + 1, "id -u; touch /etc/mine || echo no");
        mk_end(m);
    }
    while (mk_more(m, 70)) {
        add_statement(m, level + 1, 0);
        mk_end(m);
    }
}

void mk_shell_command(struct maker *m, char out[MAKER_TEXT])
{
    static const char *const end[] = {
        "true",         "exit 1",       "exit 15",       "echo no; exit 7", "kill -TERM 1",
        "touch /tmp/a", "rm -f /tmp/a", "nosuchprogram", "kill -9 1",
        "pg_isready -q", "migrate && exit 3", "pg_isready -q || exit 1", "echo x > /data/b"};
    const char *last = mk_pick(m, end);

    if (mk_more(m, 50)) {
        char time[MAKER_TEXT], first[MAKER_TEXT];

        if (mk_chance(m, 60))
            snprintf(first, sizeof(first), "sleep %s", mk_time(m, 9, time));
        else
            condition_of(m, first);
        snprintf(out, MAKER_TEXT, "%.100s; %s", first, last);
        mk_end(m);
    } else {
        snprintf(out, MAKER_TEXT, "%s", last);
    }
}
