/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_compile.c - what a command line is taken for, and how it is said what cannot be run.
 */
#include "engine/box/run/cmd.h"
#include "tests/unit/test_shell_kit.h"

static struct kit k;

static const struct {
    enum shell_class class_;
    const char *argv[8];
} lines[] = {
    {SHELL_SCRIPT, {"sh", "-c", "true"}},
    {SHELL_SCRIPT, {"/bin/bash", "-ec", "true"}},
    {SHELL_SCRIPT, {"/usr/bin/ash", "-e", "-x", "-c", "true", "name", "arg"}},
    {SHELL_SCRIPT, {"bash", "-euo", "pipefail", "-c", "true"}},
    {SHELL_SCRIPT, {"busybox", "sh", "-c", "true"}},
    {SHELL_SCRIPT, {"/usr/bin/dumb-init", "--", "dash", "-c", "true"}},
    {SHELL_FILE, {"sh", "/scripts/run.sh", "arg"}},
    {SHELL_FILE, {"bash", "-x", "run.sh"}},
    {SHELL_COMMAND, {"cat", "/tmp/healthy"}},
    {SHELL_COMMAND, {"/bin/sleep", "10"}},
    {SHELL_COMMAND, {"/usr/bin/test", "-f", "/tmp/x"}},
    {SHELL_COMMAND, {"[", "-f", "/tmp/x", "]"}},
    {SHELL_COMMAND, {"env", "A=1", "sh", "-c", "echo $A"}},
    {SHELL_COMMAND, {"tail", "-f", "/dev/null"}},
    {SHELL_COMMAND, {"sh"}},
    {SHELL_UNKNOWN, {"nginx", "-g", "daemon off;"}},
    {SHELL_UNKNOWN, {"/app/server"}},
    {SHELL_UNKNOWN, {"/opt/bin/sleep", "10"}}, /* somebody else's sleep */
    {SHELL_UNKNOWN, {"cd", "/tmp"}},           /* no such program: only shells know it */
    {SHELL_UNKNOWN, {"exit", "1"}},
    {SHELL_UNKNOWN, {"tini", "--", "java", "-jar", "x.jar"}},
};

Test(shell_compile, classes)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lines); i++) {
        uint32_t argc = 0;

        while (argc < 8 && lines[i].argv[argc] != NULL)
            argc++;
        kit_open_argv(&k, argc, lines[i].argv);
        cr_expect_eq(shell_program_class(k.program), lines[i].class_, "%s %s", lines[i].argv[0],
                     argc > 1 ? lines[i].argv[1] : "");
        kit_close(&k);
    }
}

Test(shell_compile, options_of_the_shell_hold)
{
    static const char *const argv[] = {
        "bash", "-euo", "pipefail", "-c", "true | false | true; echo no", "me"};

    kit_open_argv(&k, 6, argv);
    kit_run(&k);
    cr_expect_eq(k.state.code, 1);
    cr_expect_str_eq(k.out, "");
    kit_close(&k);
}

Test(shell_compile, parameters_follow_the_script)
{
    static const char *const argv[] = {"sh", "-c", "echo $0 $# $2", "me", "a", "b c"};

    kit_open_argv(&k, 6, argv);
    kit_run(&k);
    cr_expect_str_eq(k.out, "me 2 b c\n");
    kit_close(&k);
}

Test(shell_compile, a_known_command_needs_no_shell)
{
    static const char *const argv[] = {"echo", "a  b", "$x", "*"};

    kit_open_argv(&k, 4, argv);
    kit_run(&k);
    cr_expect_str_eq(k.out, "a  b $x *\n");
    kit_close(&k);
}

Test(shell_compile, a_shell_without_a_script_has_nothing_to_do)
{
    static const char *const argv[] = {"/bin/sh"};

    kit_open_argv(&k, 1, argv);
    kit_run(&k);
    cr_expect_eq(k.state.phase, SHELL_ENDED);
    cr_expect_eq(k.state.code, 0);
    kit_close(&k);
}

/* ---- scripts in files ------------------------------------------------------------------------ */

Test(shell_compile, a_script_in_a_file)
{
    static const char *const argv[] = {"sh", "-x", "/scripts/run.sh", "a"};
    static const char text[] = "#!/bin/sh\nset +x\necho \"$0 $1\"\nsleep 2\nexit 4\n";
    struct fs_volume *v;

    kit_open_argv(&k, 4, argv);
    v = fs_volume_new(&k.mem, 0);
    fs_volume_put(v, "/run.sh", text, sizeof(text) - 1, false, 0);
    fs_mount(&k.fs, "/scripts", v, NULL, true);
    fs_volume_unref(v);
    kit_run(&k);
    cr_expect_str_eq(k.out, "/scripts/run.sh a\n");
    cr_expect_eq(k.state.code, 4);
    cr_expect_eq(k.now, 2000);
    kit_close(&k);
}

Test(shell_compile, a_script_file_that_is_not_there)
{
    static const char *const argv[] = {"sh", "/scripts/run.sh"};

    kit_open_argv(&k, 2, argv);
    kit_run(&k);
    cr_expect_eq(k.state.code, SHELL_EXIT_NOT_FOUND);
    cr_expect_eq(k.diag.kind, SHELL_DIAG_NOT_FOUND);
    cr_expect_str_eq(k.err, "sh: can't open '/scripts/run.sh': No such file or directory\n");
    kit_close(&k);
}

Test(shell_compile, a_mounted_script_needs_its_mode)
{
    static const char text[] = "#!/bin/sh\necho \"ran $1\"\n";

    for (int executable = 0; executable < 2; executable++) {
        struct fs_volume *v;

        kit_open(&k, "/s/run a; echo $?");
        v = fs_volume_new(&k.mem, 0);
        fs_volume_put(v, "/run", text, sizeof(text) - 1, executable, 0);
        fs_mount(&k.fs, "/s", v, NULL, true);
        fs_volume_unref(v);
        kit_run(&k);
        cr_expect_str_eq(k.out, executable ? "ran a\n0\n" : "126\n");
        kit_close(&k);
    }
}

/* ---- what is wrong, and where ---------------------------------------------------------------- */

static const struct {
    const char *script;
    enum shell_diag_kind kind;
    uint32_t line, column;
    const char *word;
} wrong[] = {
    {"echo a; done", SHELL_DIAG_SYNTAX, 1, 9, "done"},
    {"if true; then echo; ", SHELL_DIAG_SYNTAX, 1, 21, "end of file"},
    {"if true\nthen\n  echo a\nfii", SHELL_DIAG_SYNTAX, 4, 4, "end of file"},
    {"while true; do echo; fi", SHELL_DIAG_SYNTAX, 1, 22, "fi"},
    {"echo 'open", SHELL_DIAG_SYNTAX, 1, 6, "'"},
    {"echo \"open", SHELL_DIAG_SYNTAX, 1, 6, "\""},
    {"echo $(true", SHELL_DIAG_SYNTAX, 1, 12, "end of file"},
    {"echo `true", SHELL_DIAG_SYNTAX, 1, 6, "`"},
    {"echo ${x", SHELL_DIAG_SYNTAX, 1, 6, "x"},
    {"echo $((1+2)", SHELL_DIAG_SYNTAX, 1, 13, "end of file"},
    {"a && && b", SHELL_DIAG_SYNTAX, 1, 6, "&&"},
    {"| a", SHELL_DIAG_SYNTAX, 1, 1, "|"},
    {"echo >", SHELL_DIAG_SYNTAX, 1, 7, "end of file"},
    {"( )", SHELL_DIAG_SYNTAX, 1, 1, "()"},
    {"case x in a) echo", SHELL_DIAG_SYNTAX, 1, 18, "end of file"},
    {"for 1 in a; do :; done", SHELL_DIAG_SYNTAX, 1, 5, "for"},
    {"f( { :; }", SHELL_DIAG_SYNTAX, 1, 4, "{"},
    {"[[ a == b", SHELL_DIAG_SYNTAX, 1, 10, "end of file"},
    {"[[ ]]", SHELL_DIAG_SYNTAX, 1, 4, "]]"},
    {"[[ ( a ]]", SHELL_DIAG_SYNTAX, 1, 8, "]]"},
    {"a=(1 2)", SHELL_DIAG_UNSUPPORTED, 1, 1, "a"},
    {"cat <<< x", SHELL_DIAG_UNSUPPORTED, 1, 5, "<<<"},
    {"true\n\n  echo ${x@Q}", SHELL_DIAG_UNSUPPORTED, 3, 8, "x"},
    {"echo ${!x}", SHELL_DIAG_UNSUPPORTED, 1, 6, "!"},
    {"x+=1", SHELL_DIAG_UNSUPPORTED, 1, 1, "x"},
    {"((i++))", SHELL_DIAG_UNSUPPORTED, 1, 1, "(("},
    {"a |& b", SHELL_DIAG_UNSUPPORTED, 1, 3, "|&"},
    {"case a in a) ;& esac", SHELL_DIAG_UNSUPPORTED, 1, 14, ";&"},
    {"declare -A m", SHELL_DIAG_UNSUPPORTED, 1, 1, "bash"},
    {"exec 70000>/tmp/lock", SHELL_DIAG_UNSUPPORTED, 1, 6, "fd"},
    {"echo ${x^^}", SHELL_DIAG_UNSUPPORTED, 1, 6, "x"},
    {"for ((i=0;i<3;i++)); do :; done", SHELL_DIAG_UNSUPPORTED, 1, 5, "(("},
};

Test(shell_compile, what_does_not_parse_is_named)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(wrong); i++) {
        kit_open(&k, wrong[i].script);
        cr_expect_eq(k.compiled.kind, wrong[i].kind, "%s", wrong[i].script);
        cr_expect(k.compiled.line == wrong[i].line && k.compiled.column == wrong[i].column,
                  "%s: %u:%u", wrong[i].script, k.compiled.line, k.compiled.column);
        cr_expect_str_eq(k.compiled.word, wrong[i].word, "%s: \"%s\"", wrong[i].script,
                         k.compiled.word);
        kit_run(&k);
        cr_expect_eq(k.diags, 1);
        if (wrong[i].kind == SHELL_DIAG_SYNTAX) {
            cr_expect_eq(k.state.code, SHELL_EXIT_SYNTAX, "%s", wrong[i].script);
            cr_expect(strncmp(k.err, k.compiled.text, strlen(k.compiled.text)) == 0);
        } else { /* no fault of the script: it is run as a program that nobody knows */
            cr_expect_eq(k.state.phase, SHELL_SERVER, "%s", wrong[i].script);
            cr_expect_str_eq(k.err, "");
        }
        cr_expect_str_eq(k.out, "");
        kit_close(&k);
    }
}

/* What stays a limit of ours in the shells that have it, and what is an error there, too. */
static const struct {
    const char *shell, *script;
    enum shell_diag_kind kind;
} lacking[] = {
    {"bash", "coproc cat", SHELL_DIAG_UNSUPPORTED},
    {"bash", "coproc cat", SHELL_DIAG_UNSUPPORTED},
    {"bash", "exec 70000>file", SHELL_DIAG_UNSUPPORTED},
    {"bash", "echo ${x@A}", SHELL_DIAG_UNSUPPORTED},
    {"ash", "a=(1 2)", SHELL_DIAG_SYNTAX},
    {"ash", "cat <<< x", SHELL_DIAG_SYNTAX},
    {"ash", "a |& b", SHELL_DIAG_SYNTAX},
    {"dash", "a=(1 2)", SHELL_DIAG_SYNTAX},
    {"dash", "cat <<< x", SHELL_DIAG_SYNTAX},
    {"dash", "cat <(ls)", SHELL_DIAG_SYNTAX},
    {"dash", "f() { local a=(1); }", SHELL_DIAG_SYNTAX},
};

Test(shell_compile, what_a_shell_lacks_is_its_own_error)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(lacking); i++) {
        const char *argv[] = {lacking[i].shell, "-c", lacking[i].script};

        kit_open_argv(&k, 3, argv);
        cr_expect(k.compiled.text[0] != '\0' && k.compiled.kind == lacking[i].kind, "%s: %s: %s",
                  lacking[i].shell, lacking[i].script, k.compiled.text);
        kit_close(&k);
    }
}

Test(shell_compile, errors_at_run_time_end_the_right_shell)
{
    static const struct {
        const char *script, *out;
        int code;
    } row[] = {
        {"eval 'if'; echo no", "", 2},
        {"(eval 'if'); echo $?", "2\n", 0},
        {"trap 'fi' EXIT; echo a", "a\n", 0},
        {"sh -c 'if'; echo $?", "2\n", 0},
        {"readonly x=1; x=2; echo no", "", 2},
        {"(readonly x=1; x=2; echo no); echo $?", "2\n", 0},
        {"set -u; echo $nope; echo no", "", 2},
        {": ${x:?gone}; echo no", "", 2},
        {"echo $((1/0)); echo no", "", 2},
        {". /nope; echo no", "", 2},
        {"exec >/no/dir/x; echo no", "", 2},
        {"echo a >/no/dir/x; echo $?", "1\n", 0},
        {"{ echo a; } >/no/dir/x; echo $?", "1\n", 0},
        {"cat </nope; echo $?", "1\n", 0},
        {"cat /nope; echo $?", "1\n", 0},
        {"nope; echo $?", "127\n", 0},
        {"/tmp; echo $?", "126\n", 0},
        {"exec nope; echo no", "", 127},
        {"echo a >&7; echo $?", "1\n", 0},
        {"ls --frob; echo $?", "1\n", 0},
        {"(echo >/dev/tcp/web/80) && echo up; echo $?", "1\n", 0},
        {"sleep 1 & wait -x; echo $?", "2\n", 0},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        kit_open(&k, row[i].script);
        kit_run(&k);
        cr_expect_str_eq(k.out, row[i].out, "%s: \"%s\"", row[i].script, k.out);
        cr_expect_eq(k.state.code, row[i].code, "%s: %d", row[i].script, k.state.code);
        cr_expect(k.err[0] != '\0', "%s: says nothing", row[i].script);
        kit_close(&k);
    }
}

Test(shell_compile, messages_are_those_of_busybox)
{
    static const struct {
        const char *script, *err;
    } row[] = {
        {"cat /tmp/healthy", "cat: can't open '/tmp/healthy': No such file or directory\n"},
        {"ls /nope", "ls: /nope: No such file or directory\n"},
        {"rm /nope", "rm: can't remove '/nope': No such file or directory\n"},
        {"frobnicate -x", "sh: frobnicate: not found\n"},
        {"echo > /a/b", "sh: can't create /a/b: nonexistent directory\n"},
        {"cat < /a", "sh: can't open /a: no such file\n"},
        {"wget -q http://nowhere", "wget: bad address 'nowhere'\n"},
        {"wget -q http://shut",
         "wget: can't connect to remote host (10.0.0.5): Connection refused\n"},
        {"wget -q http://broken",
         "wget: server returned error: HTTP/1.1 503 Service Unavailable\n"},
        {"mkdir /tmp", "mkdir: can't create directory '/tmp': File exists\n"},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        kit_open(&k, row[i].script);
        kit_run(&k);
        cr_expect_str_eq(k.err, row[i].err, "%s: \"%s\"", row[i].script, k.err);
        cr_expect_neq(k.state.code, 0);
        kit_close(&k);
    }
}

Test(shell_compile, unknown_words_are_known_before_anything_runs)
{
    static const struct {
        const char *word;
        enum shell_program_spot spot;
    } is[] = {
        {"helper", SHELL_SPOT_CONDITION}, /* as its function is called */
        {"helm", SHELL_SPOT_CONDITION},   {"kubectl", SHELL_SPOT_CONDITION},
            {"yq", SHELL_SPOT_CAPTURED},
        {"/app/run", SHELL_SPOT_EXEC},    {"frob", SHELL_SPOT_LAST},
    };
    enum shell_program_spot spot;
    struct shell_diag d;

    kit_open(
        &k, "f() { helper; }; f && helm install x || true\nif kubectl get; then echo $(yq .x); fi\n"
            "exec /app/run; $cmd; cat x | frob");
    for (uint32_t i = 0; i < RX_ARRAY_LEN(is); i++) {
        cr_assert(shell_program_unknown(k.program, i, &d, &spot));
        cr_expect_str_eq(d.word, is[i].word);
        cr_expect_eq(spot, is[i].spot, "%s: %d", d.word, (int)spot);
        if (i == 1)
            cr_expect(d.line == 1 && d.column == 23, "%u:%u", d.line, d.column);
    }
    cr_expect_not(shell_program_unknown(k.program, RX_ARRAY_LEN(is), &d, &spot));
    kit_close(&k);
}

/* The table is searched by halving, so it has to be sorted. */
Test(shell_compile, commands_are_in_order)
{
    static const char *const names[] = {
#define X(name, function, flags) name,
        SH_COMMANDS(X)
#undef X
    };

    for (size_t i = 1; i < RX_ARRAY_LEN(names); i++)
        cr_expect(strcmp(names[i - 1], names[i]) < 0, "%s", names[i]);
}

Test(shell_compile, every_command_is_found_by_its_name)
{
    static const char *const names[] = {".",     ":",    "[",     "ash",  "cat",
                                        "echo",  "grep", "sed",   "sh",   "wait",
                                        "xargs", "yes",  "uname", "true", "nslookup"};

    for (size_t i = 0; i < RX_ARRAY_LEN(names); i++)
        cr_expect(shell_command_known(names[i]), "%s", names[i]);
    cr_expect(shell_command_known("/bin/cat"));
    cr_expect_not(shell_command_known("/bin/cd"));
    cr_expect_not(shell_command_known("nginx"));
    cr_expect_not(shell_command_known(""));
}

Test(shell_compile, replicas_share_a_program)
{
    struct shell_proc *p[50];
    uint64_t calls;

    kit_open(&k, "x=$$; sleep 1; f() { echo $x; }; f; eval 'sleep 1'; exit $x");
    calls = k.mem.state->calls;
    for (uint32_t i = 0; i < 50; i++) {
        k.setup.pid = i + 1;
        cr_assert_eq(shell_open(&p[i], &k.mem, &k.setup, 0), 0);
    }
    cr_expect_geq(k.mem.state->calls, calls + 50);
    for (rx_ms now = 0; now <= 2000; now += 1000)
        for (uint32_t i = 0; i < 50; i++) {
            k.state = shell_run(p[i], now);
            cr_expect_eq(k.state.phase, now < 2000 ? SHELL_SLEEPING : SHELL_ENDED);
            cr_expect(now < 2000 || k.state.code == (int)i + 1);
        }
    for (uint32_t i = 0; i < 50; i++)
        shell_close(p[i]);
    k.proc = NULL;
    kit_close(&k);
}

Test(shell_compile, environment)
{
    static const struct rx_pair env[] = {{"A", "1"}, {"B", "two words"}, {"HOME", "/data"}};

    kit_open(&k,
             "echo $A \"$B\" ~; A=5; sh -c 'echo $A'; unset B; sh -c 'echo [$B]'; env | grep -c =; "
             "echo $HOSTNAME; hostname; cd; pwd");
    k.setup.env = env;
    k.setup.env_count = 3;
    k.setup.cwd = "/srv";
    kit_run(&k);
    cr_expect_str_eq(k.out, "1 two words /data\n5\n[]\n2\nweb-0\nweb-0\n/data\n");
    kit_close(&k);
}

Test(shell_compile, chance_is_seeded)
{
    static char first[KIT_TEXT];

    kit_open(&k, "echo $RANDOM $RANDOM; mktemp");
    kit_run(&k);
    strcpy(first, k.out);
    kit_close(&k);
    kit_open(&k, "echo $RANDOM $RANDOM; mktemp");
    kit_run(&k);
    cr_expect_str_eq(k.out, first);
    kit_close(&k);
    kit_open(&k, "echo $RANDOM $RANDOM; mktemp");
    k.setup.id = 1;
    kit_run(&k);
    cr_expect_str_neq(k.out, first);
    kit_close(&k);
}

/* The shell; its last command; whether it is the process then, and hears SIGTERM. */
static const struct {
    const char *shell, *script;
    bool becomes;
} last[] = {
    {"bash", "nginx", true},
    {"bash", "true && nginx", true},
    {"bash", "true; nginx", true},
    {"bash", "set -e\nnginx\n", true},
    {"bash", "X=1 nginx", true},
    {"bash", "nginx > file", false},
    {"bash", "{ nginx; }", false},
    {"bash", "if true; then nginx; fi", false},
    {"bash", "false || nginx", false},
    {"bash", "nginx | cat", false},
    {"bash", "f() { nginx; }; f", false},
    {"bash", "trap 'echo x' EXIT; nginx", false},
    {"bash", "nginx; true", false},
    {"ash", "nginx", true},
    {"ash", "true && nginx", true},
    {"ash", "true; nginx", true},
    {"ash", "{ nginx; }", true},
    {"ash", "if true; then nginx; fi", true},
    {"ash", "nginx > file", true},
    {"ash", "X=1 nginx", true},
    {"ash", "nginx\n", false},
    {"ash", "false || nginx", false},
    {"ash", "nginx | cat", false},
    {"ash", "f() { nginx; }; f", false},
    {"ash", "trap 'echo x' EXIT; nginx", false},
    {"dash", "nginx", false},
    {"dash", "true; nginx", false},
    {"sh", "nginx", false},
};

Test(shell_compile, which_shell_becomes_its_last_command)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(last); i++) {
        const char *argv[] = {last[i].shell, "-c", last[i].script};

        kit_open_argv(&k, 3, argv);
        k.setup.unknown_missing = false;
        kit_start(&k);
        cr_expect_eq(k.state.phase == SHELL_SERVER, last[i].becomes, "%s -c '%s'", last[i].shell,
                     last[i].script);
        kit_close(&k);
    }
}

Test(shell_compile, an_image_says_what_its_sh_is)
{
    static const struct {
        const char *image;
        enum shell_flavour sh;
        enum fs_image has;
    } row[] = {
        {"busybox", SHELL_ASH, FS_IMAGE_BARE},
        {"docker.io/library/busybox:1.36", SHELL_ASH, FS_IMAGE_BARE},
        {"alpine:3.20", SHELL_ASH, FS_IMAGE_DISTRIBUTION},
        {"nginx:1.27-alpine", SHELL_ASH, FS_IMAGE_ANY},
        {"example.com:5000/team/alpine-tools@sha256:0123", SHELL_ASH, FS_IMAGE_ANY},
        {"bash:5.2", SHELL_ASH, FS_IMAGE_DISTRIBUTION},
        {"debian:12", SHELL_DASH, FS_IMAGE_DISTRIBUTION},
        {"ubuntu", SHELL_DASH, FS_IMAGE_DISTRIBUTION},
        {"python:3.12-slim-bookworm", SHELL_DASH, FS_IMAGE_ANY},
        {"registry.access.redhat.com/ubi9/ubi-minimal", SHELL_BASH, FS_IMAGE_DISTRIBUTION},
        {"quay.io/centos/centos:stream9", SHELL_BASH, FS_IMAGE_DISTRIBUTION},
        {"nginx:1.27", SHELL_SH, FS_IMAGE_ANY},
        {"busyboxes.example.com/app", SHELL_SH, FS_IMAGE_ANY},
        {"i", SHELL_SH, FS_IMAGE_ANY},
        {NULL, SHELL_SH, FS_IMAGE_ANY},
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(row); i++) {
        cr_expect_eq(shell_flavour_of(row[i].image), row[i].sh, "%s", row[i].image);
        cr_expect_eq(shell_image_of(row[i].image), row[i].has, "%s", row[i].image);
    }
}
