/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_nc.c - what nc says of a connection: busybox's and OpenBSD's, which GNU images have,
 * are not equally talkative.
 */
#include "tests/unit/test_shell_kit.h"

static const struct {
    const char *shell, *script, *err;
    int code;
} rows[] = {
    {"dash", "nc -z web 80", "", 0},
    {"dash", "nc -zv web 80", "Connection to web (10.0.0.5) 80 port [tcp/*] succeeded!\n", 0},
    {"dash", "nc -z shut 80", "", 1},
    {"dash", "nc -vz shut 80",
     "nc: connect to shut (10.0.0.5) port 80 (tcp) failed: Connection refused\n", 1},
    {"dash", "nc -z nowhere 80",
     "nc: getaddrinfo for host \"nowhere\" port 80: Name or service not known\n", 1},
    {"dash", "nc -zv -w 1 silent 80",
     "nc: connect to silent (silent) port 80 (tcp) timed out: Operation now in progress\n", 1},
    {"ash", "nc -z web 80", "", 0},
    {"ash", "nc -zv web 80", "web (10.0.0.5:80) open\n", 0},
    {"ash", "nc -z shut 80", "", 1},
    {"ash", "nc -zv shut 80", "", 1},
    {"ash", "nc -z -v -v shut 80", "nc: shut (10.0.0.5:80): Connection refused\n", 1},
    {"ash", "nc -zvv shut 80", "nc: shut (10.0.0.5:80): Connection refused\n", 1},
    {"ash", "nc -z nowhere 80", "nc: bad address 'nowhere'\n", 1},
};

Test(shell_nc, messages)
{
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        const char *argv[] = {rows[i].shell, "-c", rows[i].script};

        kit_open_argv(&k, 3, argv);
        kit_run(&k);
        cr_expect(strcmp(k.err, rows[i].err) == 0 && k.state.code == rows[i].code,
                  "%s: %s\n says \"%s\", ends with %d", rows[i].shell, rows[i].script, k.err,
                  k.state.code);
        kit_close(&k);
    }
}
