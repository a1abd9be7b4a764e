/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shell_image.c - what entrypoints of databases do before their server starts, with programs
 * and users that only the image knows: none of it may end the script. So of directories that only
 * the image has.
 */
#include "tests/unit/test_shell_kit.h"

static const struct {
    const char *script, *out;
} goes_on[] = {
    {"set -e; mkdir /tmp/shared; cp -r /usr/share/nginx/html/. /tmp/shared; echo up", "up\n"},
    {"set -e; cp /etc/nginx/nginx.conf /tmp/; install -m 600 /etc/app.conf /tmp/a; echo up",
     "up\n"},
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
        k.fs.image = FS_IMAGE_ANY;
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
                                         "mkdir /opt/own; cp /opt/own/none /opt/own/x",
                                         "mkdir /opt/own; echo >/opt/own/x/y || exit 1",
                                         "cd /tmp/none || exit 1",
                                         "test -d /usr/share/none",
                                         "ls /run/ready",
                                         "cat /srv/app/none"};
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        kit_open(&k, script[i]);
        k.setup.unknown_missing = false;
        k.fs.image = FS_IMAGE_ANY;
        kit_run(&k);
        cr_expect_eq(k.state.code, 1, "%s ends with %d", script[i], k.state.code);
        kit_close(&k);
    }
}

/* What is in a file of the image nobody knows: it is missing, and that is said. */
Test(shell_image, what_cannot_be_read_is_said)
{
    static const char *const script[] = {"cat /etc/nginx/nginx.conf || echo no",
                                         "grep x /opt/app/settings || echo no",
                                         "ls /usr/share/nginx || echo no"};
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        kit_open(&k, script[i]);
        k.setup.unknown_missing = false;
        k.fs.image = FS_IMAGE_ANY;
        kit_run(&k);
        cr_expect_str_eq(k.out, "no\n", "%s", script[i]);
        cr_expect_eq(k.diags, 1, "%s: %u", script[i], k.diags);
        cr_expect_eq(k.diag.kind, SHELL_DIAG_ASSUMED);
        cr_expect_not_null(strstr(k.diag.text, "taken to be missing"), "%s", k.diag.text);
        kit_close(&k);
    }
    kit_open(&k, "cat /tmp/mine || echo no");
    k.setup.unknown_missing = false;
    k.fs.image = FS_IMAGE_ANY;
    kit_run(&k);
    cr_expect_eq(k.diags, 0, "/tmp is empty in every image");
    kit_close(&k);
}

/* ---- directories ----------------------------------------------------------------------------- */

static const struct {
    const char *script, *out, *said; /* said: the directory, and where in the script */
} into[] = {
    {"echo x >/usr/share/nginx/html/f; cat /usr/share/nginx/html/f", "x\n",
     "1:8 /usr/share/nginx/html"},
    {": >>/etc/a/f; test -f /etc/a/f && echo is", "is\n", "1:3 /etc/a"},
    {"true\nexec 3>/etc/a/f; echo x >&3; cat /etc/a/f", "x\n", "2:6 /etc/a"},
    {"echo x >/tmp/a; cp /tmp/a /etc/nginx/conf.d/x; cat /etc/nginx/conf.d/x", "x\n",
     "1:17 /etc/nginx/conf.d"},
    {"echo x >/tmp/a; cp /tmp/a /etc/nginx/conf.d/; cat /etc/nginx/conf.d/a", "x\n",
     "1:17 /etc/nginx/conf.d"},
    {"cd /tmp; : >a; : >b; cp a b /etc/c; ls /etc/c", "a\nb\n", "1:22 /etc/c"},
    {"mkdir -p /tmp/d/e; cp -r /tmp/d/. /etc/c/; ls /etc/c", "e\n", "1:20 /etc/c"},
    {": >/tmp/a; mv /tmp/a /etc/c/x; ls /etc/c", "x\n", "1:12 /etc/c"},
    {": >/tmp/a; install -m 600 /tmp/a /etc/c/x; ls /etc/c", "x\n", "1:12 /etc/c"},
    {"mkdir /etc/c/x; ls /etc/c", "x\n", "1:1 /etc/c"},
    {"touch /etc/c/x; ls /etc/c", "x\n", "1:1 /etc/c"},
    {"echo x | tee /etc/c/x; cat /etc/c/x", "x\nx\n", "1:10 /etc/c"},
    {"ln -s /tmp /etc/c/x; ls /etc/c", "x\n", "1:1 /etc/c"},
    {"ln -s /tmp /etc/c/; ls /etc/c", "tmp\n", "1:1 /etc/c"},
    {"cd /tmp; : >f; tar -cf - f | tar -xf - -C /etc/c; ls /etc/c", "f\n", "1:30 /etc/c"},
    {"cd /opt/app; pwd; : >f; ls /opt/app", "/opt/app\nf\n", "1:1 /opt/app"},
    {"cd -P /opt/app; pwd", "/opt/app\n", "1:1 /opt/app"},
    {"truncate -s 3 /etc/c/x; wc -c </etc/c/x", "3\n", "1:1 /etc/c"},
    {"echo x | dd of=/etc/c/x 2>/dev/null; cat /etc/c/x", "x\n", "1:10 /etc/c"},
    {"mktemp /etc/c/XXXXXX >/dev/null; ls /etc/c | wc -l", "1\n", "1:1 /etc/c"},
    {"rm -rf /usr/share; ls /usr; mkdir /usr/share; ls /usr/share",
     "bin\nlib\nlocal\nsbin\nsrc\n", ""},
    {"rmdir /srv; ln -s /tmp /srv; : >/srv/f; ls /tmp", "f\n", ""},
    {": >/app/f; mv /app /code; ls /code; test -e /app || echo moved", "f\nmoved\n", ""},
    {"mkdir -p /usr/share/a; : >/usr/share/a/f", "", ""},
};

/* In all of its shells. What is said once is not said again. */
Test(shell_image, a_script_writes_into_directories_of_the_image)
{
    static const char *const shells[] = {"sh", "ash", "dash", "bash"};
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(into) * RX_ARRAY_LEN(shells); i++) {
        size_t row = i / RX_ARRAY_LEN(shells);
        const char *argv[] = {shells[i % RX_ARRAY_LEN(shells)], "-ec", into[row].script};
        char said[128] = "", text[160];

        kit_open_argv(&k, 3, argv);
        k.setup.unknown_missing = false;
        k.fs.image = FS_IMAGE_ANY;
        kit_run(&k);
        if (k.diags > 0)
            snprintf(said, sizeof(said), "%u:%u %s", k.diag.line, k.diag.column, k.diag.word);
        cr_expect_str_eq(k.out, into[row].out, "%s %s: \"%s\", \"%s\"", argv[0], argv[2], k.out,
                         k.err);
        cr_expect_eq(k.state.code, 0, "%s %s: %d", argv[0], argv[2], k.state.code);
        cr_expect_str_eq(said, into[row].said, "%s %s: %s", argv[0], argv[2], said);
        cr_expect_leq(k.diags, 1, "%s", argv[2]);
        snprintf(text, sizeof(text), "directory '%s' is not here: taken to be in the image",
                 k.diag.word);
        cr_expect(k.diags == 0 || strstr(k.diag.text, text) != NULL, "%s", k.diag.text);
        kit_close(&k);
    }
}

/* It is there, but nothing can be written; and who is not root is forbidden no more than in other
 * directories of the image. */
Test(shell_image, who_writes_into_a_directory_of_the_image)
{
    static const char *const script[] = {"echo x >/usr/share/nginx/html/f", "mkdir /etc/nginx/x",
                                         "touch /etc/nginx/x", "chown 5 /etc/nginx",
                                         "cd /etc/nginx && echo >f"};
    static const struct shell_user user = {.uid = 1000, .gid = 1000};
    static struct kit k;

    for (size_t i = 0; i < RX_ARRAY_LEN(script); i++) {
        kit_open(&k, script[i]);
        k.setup.unknown_missing = false;
        k.fs.image = FS_IMAGE_ANY;
        k.fs.read_only = true;
        kit_run(&k);
        cr_expect_eq(k.state.code, 1, "%s: %d", script[i], k.state.code);
        cr_expect(i == 3 || strstr(k.err, "Read-only file system") != NULL, "%s: %s", script[i],
                  k.err);
        kit_close(&k);
    }
    kit_open(&k,
             "set -e; : >/etc/nginx/f; : >/etc/g; stat -c '%u %n' /etc/nginx /etc/nginx/f /etc/g");
    k.setup.unknown_missing = false;
    k.setup.user = &user;
    k.fs.image = FS_IMAGE_ANY;
    k.fs.uid = k.fs.gid = 1000;
    kit_run(&k);
    cr_expect_str_eq(k.out, "0 /etc/nginx\n1000 /etc/nginx/f\n1000 /etc/g\n");
    kit_close(&k);
}
