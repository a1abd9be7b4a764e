/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - the list of all commands: builtins of run/ and programs of cmd/. Only commands.c
 * makes a table of it; the interpreter is given that with each program, so that it knows no command
 * by itself.
 */
#ifndef BOX_COMMANDS_H
#define BOX_COMMANDS_H

struct sh_task;
struct sh_call;

/* ORDER: by name, as strcmp does: sh_command_find looks it up by halving. */
#define SH_COMMANDS(X)                                                                             \
    X(".", source, SH_SPECIAL | SH_INTERNAL)                                                       \
    X(":", colon, SH_SPECIAL | SH_INTERNAL)                                                        \
    X("[", test, 0)                                                                                \
    X("[[", cond, SH_INTERNAL | SH_ASH)                                                            \
    X("alias", alias, SH_INTERNAL)                                                                 \
    X("ash", sh, SH_OPENS)                                                                         \
    X("awk", awk, 0)                                                                               \
    X("base64", base64, 0)                                                                         \
    X("basename", basename, 0)                                                                     \
    X("bash", sh, SH_OPENS)                                                                        \
    X("bg", fg, SH_INTERNAL)                                                                       \
    X("break", break, SH_SPECIAL | SH_INTERNAL)                                                    \
    X("builtin", builtin, SH_INTERNAL | SH_PREFIX | SH_BASH)                                       \
    X("busybox", busybox, SH_PREFIX)                                                               \
    X("caller", caller, SH_INTERNAL | SH_BASH)                                                     \
    X("cat", cat, 0)                                                                               \
    X("cd", cd, SH_INTERNAL)                                                                       \
    X("chgrp", chgrp, 0)                                                                           \
    X("chmod", chmod, 0)                                                                           \
    X("chown", chown, 0)                                                                           \
    X("cmp", cmp, 0)                                                                               \
    X("comm", comm, 0)                                                                             \
    X("command", command, SH_INTERNAL | SH_PREFIX)                                                 \
    X("continue", continue, SH_SPECIAL | SH_INTERNAL)                                              \
    X("cp", cp, 0)                                                                                 \
    X("curl", curl, 0)                                                                             \
    X("cut", cut, 0)                                                                               \
    X("dash", sh, SH_OPENS)                                                                        \
    X("date", date, 0)                                                                             \
    X("dd", dd, 0)                                                                                 \
    X("declare", declare, SH_INTERNAL | SH_BASH)                                                   \
    X("diff", diff, 0)                                                                             \
    X("dig", dig, 0)                                                                               \
    X("dirname", dirname, 0)                                                                       \
    X("dirs", dirs, SH_INTERNAL | SH_BASH)                                                         \
    X("disown", true, SH_INTERNAL | SH_BASH)                                                       \
    X("dockerize", dockerize, SH_PREFIX)                                                           \
    X("du", du, 0)                                                                                 \
    X("echo", echo, 0)                                                                             \
    X("egrep", grep, 0)                                                                            \
    X("env", env, SH_PREFIX)                                                                       \
    X("eval", eval, SH_SPECIAL | SH_INTERNAL)                                                      \
    X("exec", exec, SH_SPECIAL | SH_INTERNAL | SH_PREFIX)                                          \
    X("exit", exit, SH_SPECIAL | SH_INTERNAL)                                                      \
    X("export", export, SH_SPECIAL | SH_INTERNAL)                                                  \
    X("expr", expr, 0)                                                                             \
    X("false", false, 0)                                                                           \
    X("fg", fg, SH_INTERNAL)                                                                       \
    X("fgrep", grep, 0)                                                                            \
    X("find", find, 0)                                                                             \
    X("flock", flock, 0)                                                                           \
    X("fold", fold, 0)                                                                             \
    X("free", free, 0)                                                                             \
    X("gawk", awk, 0)                                                                              \
    X("getent", getent, 0)                                                                         \
    X("getopt", getopt, 0)                                                                         \
    X("getopts", getopts, SH_INTERNAL)                                                             \
    X("grep", grep, 0)                                                                             \
    X("gunzip", gzip, 0)                                                                           \
    X("gzip", gzip, 0)                                                                             \
    X("hash", hash, SH_INTERNAL)                                                                   \
    X("hd", hexdump, 0)                                                                            \
    X("head", head, 0)                                                                             \
    X("hexdump", hexdump, 0)                                                                       \
    X("host", host, 0)                                                                             \
    X("hostname", hostname, 0)                                                                     \
    X("id", id, 0)                                                                                 \
    X("install", install, 0)                                                                       \
    X("ip", ip, 0)                                                                                 \
    X("jobs", jobs, SH_INTERNAL)                                                                   \
    X("join", join, 0)                                                                             \
    X("jq", jq, 0)                                                                                 \
    X("kill", kill, 0)                                                                             \
    X("killall", killall, 0)                                                                       \
    X("let", let, SH_INTERNAL | SH_ASH)                                                            \
    X("ln", ln, 0)                                                                                 \
    X("local", local, SH_INTERNAL)                                                                 \
    X("ls", ls, 0)                                                                                 \
    X("mapfile", mapfile, SH_INTERNAL | SH_BASH)                                                   \
    X("mariadb", mysql, 0)                                                                         \
    X("mariadb-admin", mysqladmin, 0)                                                              \
    X("mawk", awk, 0)                                                                              \
    X("md5sum", sum, 0)                                                                            \
    X("mkdir", mkdir, 0)                                                                           \
    X("mktemp", mktemp, 0)                                                                         \
    X("mongo", mongosh, 0)                                                                         \
    X("mongosh", mongosh, 0)                                                                       \
    X("mount", mount, 0)                                                                           \
    X("mv", mv, 0)                                                                                 \
    X("mysql", mysql, 0)                                                                           \
    X("mysqladmin", mysqladmin, 0)                                                                 \
    X("nc", nc, 0)                                                                                 \
    X("nl", nl, 0)                                                                                 \
    X("nohup", nohup, SH_PREFIX)                                                                   \
    X("nproc", nproc, 0)                                                                           \
    X("nslookup", nslookup, 0)                                                                     \
    X("od", od, 0)                                                                                 \
    X("paste", paste, 0)                                                                           \
    X("pg_isready", pg_isready, 0)                                                                 \
    X("pgrep", pgrep, 0)                                                                           \
    X("pidof", pidof, 0)                                                                           \
    X("ping", ping, 0)                                                                             \
    X("pkill", pkill, 0)                                                                           \
    X("popd", popd, SH_INTERNAL | SH_BASH)                                                         \
    X("printenv", printenv, 0)                                                                     \
    X("printf", printf, 0)                                                                         \
    X("ps", ps, 0)                                                                                 \
    X("psql", psql, 0)                                                                             \
    X("pushd", pushd, SH_INTERNAL | SH_BASH)                                                       \
    X("pwd", pwd, 0)                                                                               \
    X("read", read, SH_INTERNAL)                                                                   \
    X("readarray", mapfile, SH_INTERNAL | SH_BASH)                                                 \
    X("readlink", readlink, 0)                                                                     \
    X("readonly", readonly, SH_SPECIAL | SH_INTERNAL)                                              \
    X("realpath", realpath, 0)                                                                     \
    X("redis-cli", redis_cli, 0)                                                                   \
    X("return", return, SH_SPECIAL | SH_INTERNAL)                                                  \
    X("rev", rev, 0)                                                                               \
    X("rm", rm, 0)                                                                                 \
    X("rmdir", rmdir, 0)                                                                           \
    X("sed", sed, 0)                                                                               \
    X("seq", seq, 0)                                                                               \
    X("set", set, SH_SPECIAL | SH_INTERNAL)                                                        \
    X("sh", sh, SH_OPENS)                                                                          \
    X("sha1sum", sum, 0)                                                                           \
    X("sha256sum", sum, 0)                                                                         \
    X("sha512sum", sum, 0)                                                                         \
    X("shift", shift, SH_SPECIAL | SH_INTERNAL)                                                    \
    X("shopt", shopt, SH_INTERNAL | SH_BASH)                                                       \
    X("sleep", sleep, 0)                                                                           \
    X("sort", sort, 0)                                                                             \
    X("source", source, SH_INTERNAL | SH_ASH)                                                      \
    X("split", split, 0)                                                                           \
    X("stat", stat, 0)                                                                             \
    X("strings", strings, 0)                                                                       \
    X("sync", true, 0)                                                                             \
    X("sysctl", sysctl, 0)                                                                         \
    X("tac", tac, 0)                                                                               \
    X("tail", tail, 0)                                                                             \
    X("tar", tar, 0)                                                                               \
    X("tee", tee, 0)                                                                               \
    X("telnet", telnet, 0)                                                                         \
    X("test", test, 0)                                                                             \
    X("time", time, SH_PREFIX | SH_ASH)                                                            \
    X("timeout", timeout, SH_PREFIX | SH_OPENS)                                                    \
    X("times", times, SH_SPECIAL | SH_INTERNAL)                                                    \
    X("touch", touch, 0)                                                                           \
    X("tr", tr, 0)                                                                                 \
    X("trap", trap, SH_SPECIAL | SH_INTERNAL)                                                      \
    X("true", true, 0)                                                                             \
    X("truncate", truncate, 0)                                                                     \
    X("type", type, SH_INTERNAL)                                                                   \
    X("typeset", declare, SH_INTERNAL | SH_BASH)                                                   \
    X("ulimit", ulimit, SH_INTERNAL)                                                               \
    X("umask", umask, SH_INTERNAL)                                                                 \
    X("unalias", unalias, SH_INTERNAL)                                                             \
    X("uname", uname, 0)                                                                           \
    X("uniq", uniq, 0)                                                                             \
    X("unset", unset, SH_SPECIAL | SH_INTERNAL)                                                    \
    X("uptime", uptime, 0)                                                                         \
    X("usleep", sleep, 0)                                                                          \
    X("wait", wait, SH_INTERNAL)                                                                   \
    X("wait-for", wait_for, SH_PREFIX)                                                             \
    X("wait-for-it", wait_for_it, SH_PREFIX)                                                       \
    X("wait-for-it.sh", wait_for_it, SH_PREFIX)                                                    \
    X("wc", wc, 0)                                                                                 \
    X("wget", wget, 0)                                                                             \
    X("which", which, 0)                                                                           \
    X("whoami", whoami, 0)                                                                         \
    X("xargs", xargs, 0)                                                                           \
    X("yes", yes, 0)                                                                               \
    X("zcat", gzip, 0)

#define X(name, function, flags) int sh_cmd_##function(struct sh_task *t, struct sh_call *c);
SH_COMMANDS(X)
#undef X

#endif
