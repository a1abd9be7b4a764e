/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_browser.c - the page of -o html in Chromium, and its longer checks in node. Skipped, with
 * the reason, where there is none of them; `make test-slow` installs both.
 */
#include "tests/api/test_cli_kit.h"

static void run_node(const char *script)
{
    char line[9000], said[8192] = "";
    FILE *f;
    size_t n;
    int status;

    if (system("node --version >/dev/null 2>&1") != 0)
        cr_skip_test("there is no node (Debian: nodejs)");
    if (access("tests/page/page.mjs", R_OK) != 0)
        cr_skip_test("tests/page is not here: run from the root of the source tree");
    snprintf(line, sizeof(line), "node tests/page/%s '%s' 2>&1", script, kit_binary());
    f = popen(line, "r");
    cr_assert_not_null(f);
    n = fread(said, 1, sizeof(said) - 1, f);
    said[n] = '\0';
    while (n > 0)
        n = fread(line, 1, sizeof(line), f);
    status = pclose(f);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d\n%s", script, status,
              said);
    cr_assert_not_null(strstr(said, " checks, 0 failed"), "%s", said);
}

Test(browser, opens_the_page, .timeout = 1200)
{
    const char *chromium = getenv("CHROMIUM");

    chromium = chromium != NULL ? chromium : "/usr/bin/chromium";
    if (access(chromium, X_OK) != 0)
        cr_skip_test("there is no %s (Debian: chromium)", chromium);
    run_node("browser.mjs");
}

Test(browser, needs_no_browser_for_the_lines_of_a_thousand_seeds, .timeout = 1200)
{
    run_node("page.mjs --slow");
}
