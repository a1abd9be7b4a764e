/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tidy.c - the checks of the sources see what they are for: each kind of violation is planted
 * into a small tree, and the check must name it; the same tree without it must pass.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/reactor/base.h"

#define TOP  "/* SPDX-License-Identifier: Apache-2.0 */\n/* x - what it is for. */\n"
#define TEN  "    n++;\n    n++;\n    n++;\n    n++;\n    n++;\n    n++;\n    n++;\n    n++;\n   " \
             " n++;\n    n++;\n"
#define SIXTY TEN TEN TEN TEN TEN TEN
#define LINES \
    "/* line */\n/* line */\n/* line */\n/* line */\n/* line */\n/* line */\n/* line */\n/* line " \
    "*/\n"

static char here[256], tree[64], said[16384];

static void plant(const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", tree, name);
    for (char *slash = strchr(path + strlen(tree) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

/* Runs a command line in the tree; what it prints is in `said`. True: it found nothing. */
static bool passes(const char *line)
{
    char command[1024];
    size_t n;
    FILE *f;

    snprintf(command, sizeof(command), "cd %s && %s 2>&1", tree, line);
    f = popen(command, "r");
    cr_assert_not_null(f);
    n = fread(said, 1, sizeof(said) - 1, f);
    said[n] = '\0';
    return pclose(f) == 0;
}

static void with_tree(void)
{
    cr_assert_not_null(getcwd(here, sizeof(here)));
    strcpy(tree, "/tmp/podring-tidy-XXXXXX");
    cr_assert_not_null(mkdtemp(tree));
}

static void without_tree(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", tree);
    cr_assert_eq(system(command), 0);
}

TestSuite(tidy, .init = with_tree, .fini = without_tree);

static bool tidy(const char *name)
{
    char line[1024];

    snprintf(line, sizeof(line), "perl %s/tests/tidy.pl --words %s/docs/words.md %s", here, here,
             name);
    return passes(line);
}

struct row {
    const char *name, *text, *says; /* says NULL: it must pass */
};

static const struct row rows[] = {
    {"good.c", TOP "int f(int *p)\n{\n    return p == NULL ? 0 : *p;\n}\n", NULL},
    {"long.c",
     TOP "/* 234567890123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901 */\n", "long.c:3: columns: 106 columns"},
    {"wide.c",
     TOP "/* \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 678901234567890123456789012345678901"
         "23456789012345678901234567890123456789012345678 */\n", NULL}, /* 5 are of 2 bytes */
    {"end.c", TOP "int x; \n", "end.c:3: blanks: blanks at the end"},
    {"tab.c", TOP "\tint x;\n", "tab.c:3: blanks: a tab"},
    {"two.c", TOP "\n\nint x;\n", "two.c:2: blanks: two blank lines"},
    {"cut.c", TOP "int x;", "blanks: the last line does not end"},
    {"todo.c", TOP "/* TO" "DO: x */\n", "todo.c:3: left"},
    {"spdx.c", "/* x - what it is for. */\nint x;\n", "spdx.c:1: top: the licence line"},
    {"purpose.c", "/* SPDX-License-Identifier: Apache-2.0 */\nint x;\n",
     "purpose.c:2: top: a comment"},
    {"moved.c",
     "/* SPDX-License-Identifier: Apache-2.0 */\n/* old.c - what it is for. */\nint x;\n",
     "moved.c:2: top: names itself old.c"},
    {"size.c", TOP "unsigned long f(int x)\n{\n    return sizeof x;\n}\n", "size.c:5: sizeof"},
    {"quoted.c", TOP "/* sizeof x */\nconst char *f = \"sizeof x !p\";\n", NULL},
    {"null.c", TOP "int f(int *p)\n{\n    if (!p)\n        return 0;\n    return 1;\n}\n",
     "null.c:5: null: \"p == NULL\""},
    {"truth.c", TOP "int f(bool p, struct s *q)\n{\n    return !p && !q->p && !q[0];\n}\n", NULL},
    {"whole.c", TOP "int f(int n)\n{\n" SIXTY "    return n;\n}\n",
     "whole.c:3: function: f has 63"},
    {"ahead.c", TOP "static int g(void);\n\nstatic int g(void)\n{\n    return 1;\n}\n",
     "ahead.c:5: order: g is declared ahead"},
    {"below.c", TOP "static int g(void);\n\nint f(void)\n{\n    return g();\n}\n\n"
                    "static int g(void)\n{\n    return 1;\n}\n", NULL},
    {"guard.h", TOP "int x;\n", "guard.h:1: guard"},
    {"word.c", TOP "/* This is a sanity\n * check. */\n", "word.c:3: words: not \"sanity check"},
    {"code.c", TOP "int sanity_check; /* `dummy` is a name here */\n", NULL},
    {"word.md", "# A page\n\nThe time-out is long.\n\n    time-out\n",
     "word.md:3: words: not \"time-out\""},
};

Test(tidy, sees_what_is_planted)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        bool clean;

        plant(r->name, r->text);
        clean = tidy(r->name);
        cr_expect_eq(clean, r->says == NULL, "%s: %s", r->name, said);
        cr_expect_not_null(strstr(said, r->says != NULL ? r->says : "OK"), "%s: %s", r->name, said);
    }
}

/* A constant table is data, and does not make a function long. */
Test(tidy, tables_do_not_count)
{
    plant("table.c", TOP "int f(int n)\n{\n    static const int t[] = {\n" SIXTY "    };\n\n"
                         "    return t[n];\n}\n");
    cr_expect(tidy("table.c"), "%s", said);
}

Test(tidy, knows_a_long_file)
{
    FILE *f;
    char path[128];

    plant("many.c", TOP);
    snprintf(path, sizeof(path), "%s/many.c", tree);
    f = fopen(path, "a");
    for (int i = 0; i < 100; i++)
        fputs(LINES, f);
    fclose(f);
    cr_expect_not(tidy("many.c"));
    cr_expect_not_null(strstr(said, "size: 802 lines"), "%s", said);
}

Test(tidy, two_headers_do_not_share_a_guard)
{
    plant("a.h", TOP "#ifndef A_H\n#define A_H\n#endif\n");
    plant("b.h", TOP "#ifndef A_H\n#define A_H\n#endif\n");
    cr_expect(tidy("a.h"), "%s", said);
    cr_expect_not(tidy("a.h b.h"));
    cr_expect_not_null(strstr(said, "A_H is the guard of a.h as well"), "%s", said);
}

/* ---- floors ---------------------------------------------------------------------------------- */

static const struct row floors[] = {
    {"engine/pod/ok.c", "#include \"engine/reactor/loop.h\"\n#include <string.h>\n", NULL},
    {"engine/reactor/up.c", "#include \"engine/pod/pod.h\"\n", "engine/reactor must not include"},
    {"engine/box/lang/side.c", "#include \"engine/box/run/task.h\"\n",
     "engine/box/lang must not include"},
    {"engine/pod/deep.c", "#include \"engine/box/run/task.h\"\n", "engine/pod must not include"},
    {"api/inside.c", "#include \"api/manifest/load_int.h\"\n", "for its own folder only"},
    {"engine/pod/rule_x.c", "#include <stdio.h>\n", "a rule is pure"},
    {"engine/pod/ring.c", "#include <liburing.h>\n", "must not include liburing.h"},
    {"probes/talk.c", "void f(void)\n{\n    printf(\"x\");\n}\n",
     "the library does not call printf"},
    {"probes/port.c", "void f(struct rx_loop *l)\n{\n    l->port->ops->wake(l->port);\n}\n",
     "only the loop calls a port"},
    {"engine/pod/grow.c", "void f(struct rx_mem *m)\n{\n    rx_mem_enter(m, RX_MEM_GROWS);\n}\n",
     "only the loop opens"},
    {"engine/reactor/limits.h", "enum { POD_THINGS_MAX = 3 };\n", "a name of a room above"},
    {"engine/reactor/say.c", "/* what a pod needs */\n", "the reactor does not speak of"},
    {"engine/attic/new.c", "int x;\n", "does not know the folder"},
    {"tests/unit/any.c", "#include \"engine/box/run/task.h\"\n#include <liburing.h>\n", NULL},
};

Test(tidy, floors_see_what_is_planted)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(floors); i++) {
        const struct row *r = &floors[i];
        char line[1024];
        bool clean;

        plant(r->name, r->text);
        snprintf(line, sizeof(line), "perl %s/tests/floors.pl %s", here, r->name);
        clean = passes(line);
        cr_expect_eq(clean, r->says == NULL, "%s: %s", r->name, said);
        cr_expect_not_null(strstr(said, r->says != NULL ? r->says : "OK"), "%s: %s", r->name, said);
    }
}

/* ---- circles --------------------------------------------------------------------------------- */

/* As nm prints it: a calls b, b calls c, and c calls a or nobody. c is in a file of its own
 * room. */
#define CHAIN \
    "build/obj/probes/a.o:0 T fa\nbuild/obj/probes/a.o: U fb\nbuild/obj/probes/b.o:0 T fb\n" \
    "build/obj/probes/b.o: U fc\nbuild/obj/probes/c.o:0 T fc\n"
#define BACK "build/obj/probes/c.o: U fa\n"

static bool circles(const char *objects, const char *list)
{
    char line[1024];

    plant("nm", objects);
    plant("list", list);
    snprintf(line, sizeof(line), "perl %s/tests/circles.pl list <nm", here);
    return passes(line);
}

Test(tidy, circles_are_found)
{
    cr_expect(circles(CHAIN, "# none\n"), "%s", said);
    cr_expect_not(circles(CHAIN BACK, "# none\n"));
    cr_expect_not_null(strstr(said, "a circle: probes/a probes/b probes/c"), "%s", said);
    cr_expect(circles(CHAIN BACK, "probes abc: a b\n  c\n"), "%s", said);
}

Test(tidy, circles_do_not_grow_and_the_list_shrinks)
{
    cr_expect_not(circles(CHAIN BACK, "probes ab: a b\n"));
    cr_expect_not_null(strstr(said, "new in the circle \"probes ab\": probes/c"), "%s", said);
    cr_expect_not(circles(CHAIN BACK, "probes abcd: a b c d\n"));
    cr_expect_not_null(strstr(said, "strike it: probes/d"), "%s", said);
    cr_expect_not(circles(CHAIN, "probes abc: a b c\n"));
    cr_expect_not_null(strstr(said, "strike it: probes/a probes/b probes/c"), "%s", said);
}

/* Calls between rooms are the floors' business. */
Test(tidy, circles_end_at_the_room)
{
    cr_expect(circles("build/obj/engine/pod/a.o:0 T fa\nbuild/obj/engine/pod/a.o: U fb\n"
                      "build/obj/probes/b.o:0 T fb\nbuild/obj/probes/b.o: U fa\n",
                      "# none\n"),
              "%s", said);
}
