/* SPDX-License-Identifier: Apache-2.0 */
/* perf/flamegraph.pl: what `perf script` writes, folded and drawn, the same every time. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCRIPT "perf/flamegraph.pl"

/* Three samples of two stacks, one of them with a clone of a function and a kernel frame. */
static const char samples[] =
    "podring 1 12.3:    1003009 cpu-clock:ppp: \n"
    "\tffffffff821e8f67 clear_page+0x7 ([kernel.kallsyms])\n"
    "\t          16e0ba memset+0x7a (/usr/lib/libc.so.6)\n"
    "\t           1b480 take.constprop.0+0x30 (/x/build/profile/podring)\n"
    "\t           1146d main+0xfd (/x/build/profile/podring)\n"
    "\n"
    "podring 1 12.4:    1003009 cpu-clock:ppp: \n"
    "\t           1b484 take.part.1.cold+0x34 (/x/build/profile/podring)\n"
    "\t           1146d main+0xfd (/x/build/profile/podring)\n"
    "\n"
    "podring 1 12.5:    1003009 cpu-clock:ppp: \n"
    "\t           1b481 take+0x31 (/x/build/profile/podring)\n"
    "\t           1146d main+0xfd (/x/build/profile/podring)\n";

static char input[] = "/tmp/podring-flame-XXXXXX";

static void setup(void)
{
    FILE *f;

    if (access(SCRIPT, R_OK) != 0 || system("perl -e 1 2>/dev/null") != 0)
        cr_skip_test(SCRIPT " or perl is not here");
    f = fdopen(mkstemp(input), "w");
    cr_assert_not_null(f);
    fputs(samples, f);
    fclose(f);
}

static void teardown(void)
{
    unlink(input);
}

/* Standard output of the script; the caller frees it. */
static char *draw(const char *environment, const char *flags, const char *from, int *code)
{
    char command[512], piece[4096], *text = NULL;
    size_t size = 0, n;
    FILE *out = open_memstream(&text, &size), *in;
    int status;

    snprintf(command, sizeof(command), "%s perl " SCRIPT " %s <%s 2>/dev/null", environment, flags,
             from);
    in = popen(command, "r");
    cr_assert(in != NULL && out != NULL);
    while ((n = fread(piece, 1, sizeof(piece), in)) > 0)
        fwrite(piece, 1, n, out);
    fclose(out);
    status = pclose(in);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

TestSuite(flamegraph, .init = setup, .fini = teardown);

Test(flamegraph, folds_samples_into_stacks)
{
    int code;
    char *folded = draw("", "--fold", input, &code);

    cr_expect_eq(code, 0);
    cr_expect_str_eq(folded, "main;take 2\nmain;take;memset_[l];clear_page_[k] 1\n");
    free(folded);
}

Test(flamegraph, draws_counts_and_shares)
{
    int code;
    char *svg = draw("", "--title 'a < b'", input, &code);

    cr_expect_eq(code, 0);
    cr_expect_not_null(strstr(svg, "a &lt; b"));
    cr_expect_not_null(strstr(svg, "3 samples of cpu-clock"));
    cr_expect_not_null(strstr(svg, "<title>take\n3 samples, 100.00 %; itself 2, 66.67 %</title>"));
    cr_expect_not_null(strstr(svg, "<title>memset\n1 samples, 33.33 %; itself 0, 0.00 %</title>"));
    cr_expect_not_null(strstr(svg, ">take 100.0 %</text>"));
    cr_expect_null(strstr(svg, "_[k]"));
    cr_expect_str_eq(svg + strlen(svg) - 7, "</svg>\n");
    free(svg);
}

Test(flamegraph, is_the_same_every_time)
{
    int code;
    char *one = draw("PERL_HASH_SEED=1", "", input, &code);
    char *other = draw("PERL_HASH_SEED=2", "", input, &code);

    cr_expect_str_eq(one, other);
    free(one);
    free(other);
}

Test(flamegraph, refuses_what_has_no_stacks)
{
    int code;
    char *svg = draw("", "", "/dev/null", &code);

    cr_expect_neq(code, 0);
    cr_expect_str_eq(svg, "");
    free(svg);
}
