/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_image.c - what entrypoints of databases do before their server starts, with programs
 * and users that only the image knows: none of it may end the script.
 */
#include "tests/unit/test_shell_kit.h"

static const struct {
    const char *script, *out;
} goes_on[] = {
    {"set -e; mkdir -p /data/db; find /data \\! -user mongodb -exec chown mongodb '{}' +; echo up",
     "up\n"},
    {"set -e; mkdir /tmp/d; find /tmp/d -group cache -exec false ';'; find /tmp/d -user root",
     "/tmp/d\n"},
    {"set -e; d=$(thed --help 2>/dev/null | awk '$1 == \"datadir\" { print $2 }'); mkdir -p "
     "\"$d\"; echo up",
     "up\n"},
    {"set -e; d=$(thed --print-dir); touch \"$d\"; chmod 700 \"$d\"; chown 5 \"$d\"; echo up",
     "up\n"},
    {"set -e; find /var/lib/rabbitmq \\! -user rabbitmq -exec chown rabbitmq '{}' +; echo up",
     "up\n"},
    {"set -e; chown -R zoo /datalog; chmod 700 /srv/app; touch /var/jenkins_home/log || exit 1; "
     "echo up",
     "up\n"},
};

Test(shell_image, what_only_the_image_knows_ends_no_script)
{
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(goes_on); i++) {
        kit_open(&k, goes_on[i].script);
        k.setup.unknown_missing = false;
        kit_run(&k);
        cr_expect_str_eq(k.out, goes_on[i].out, "%s\n got \"%s\", error \"%s\"", goes_on[i].script,
                         k.out, k.err);
        cr_expect_eq(k.state.code, 0, "%s", goes_on[i].script);
        cr_expect_gt(k.diags, 0, "%s: says nothing", goes_on[i].script);
        kit_close(&k);
    }
}

/* What the script could know to be missing is, and an empty word that its own fault stays one. */
Test(shell_image, what_is_missing_is_an_error)
{
    static const char *const script[] = {"d=$(true); mkdir -p \"$d\"",
                                         "thed >/dev/null; mkdir \"$none\"",
                                         "d=$(echo /x; thed); mkdir \"\"",
                                         "chmod 700 /tmp/none",
                                         "mkdir /opt/own; chown 5 /opt/own/none",
                                         "cat /srv/app/none"};
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        kit_open(&k, script[i]);
        k.setup.unknown_missing = false;
        kit_run(&k);
        cr_expect_eq(k.state.code, 1, "%s ends with %d", script[i], k.state.code);
        kit_close(&k);
    }
}
