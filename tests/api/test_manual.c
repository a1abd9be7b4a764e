/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manual.c - docs/man/libpodring.3 against api/podring.h: the manual lists the types and
 * functions of the header, word for word and in its order, and names nothing that the header does
 * not have.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_ROOM = 128 << 10, DECLARATIONS_MAX = 256, DECLARATION_ROOM = 512 };

struct declarations {
    char text[DECLARATIONS_MAX][DECLARATION_ROOM];
    size_t count;
};

static const char header_path[] = "api/podring.h", manual_path[] = "docs/man/libpodring.3";

static char *contents(const char *path)
{
    char *text = calloc(1, FILE_ROOM);
    FILE *f = fopen(path, "r");
    size_t n;

    cr_assert_not_null(text);
    cr_assert_not_null(f, "%s", path);
    n = fread(text, 1, FILE_ROOM - 1, f);
    fclose(f);
    cr_assert_lt(n, FILE_ROOM - 1, "%s is too long", path);
    return text;
}

static void blank_comments(char *text)
{
    for (char *at = strstr(text, "/*"); at != NULL; at = strstr(at, "/*")) {
        char *end = strstr(at, "*/");

        cr_assert_not_null(end);
        memset(at, ' ', (size_t)(end + 2 - at));
    }
}

/* With one blank where there are some. */
static void add(struct declarations *d, const char *from, size_t length)
{
    char *to, *start;

    cr_assert_lt(d->count, DECLARATIONS_MAX);
    cr_assert_lt(length, DECLARATION_ROOM);
    start = to = d->text[d->count++];
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)from[i]))
            *to++ = from[i];
        else if (to > start && to[-1] != ' ')
            *to++ = ' ';
    while (to > start && to[-1] == ' ')
        to--;
    *to = '\0';
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end != NULL ? end + 1 : line + strlen(line);
}

static void read_header(char *text, struct declarations *types, struct declarations *functions)
{
    static const char mark[] = "PODRING_API ";

    blank_comments(text);
    for (const char *line = text; *line != '\0'; line = next_line(line)) {
        const char *brace = strchr(line, '{'), *stop = strchr(line, ';');

        if (begins(line, mark))
            add(functions, line + strlen(mark), (size_t)(stop + 1 - line) - strlen(mark));
        else if (begins(line, "typedef "))
            add(types, line, (size_t)(stop + 1 - line));
        else if ((begins(line, "struct ") || begins(line, "enum ")) && brace != NULL &&
                 (stop == NULL || brace < stop))
            add(types, line, (size_t)(brace - line));
    }
}

/* What a section of the manual lists: a declaration begins with its line. */
static void read_section(const char *text, const char *title, struct declarations *out)
{
    const char *line = strstr(text, title), *from = NULL;

    cr_assert_not_null(line, "%s has no section %s", manual_path, title);
    for (line = next_line(line); *line != '\0' && !begins(line, ".SH"); line = next_line(line)) {
        if (from != NULL && *line != ' ') {
            add(out, from, (size_t)(line - from));
            from = NULL;
        }
        if (*line != '.' && *line != ' ')
            from = line;
    }
    if (from != NULL)
        add(out, from, (size_t)(line - from));
}

static void expect_equal(const struct declarations *header, const struct declarations *manual)
{
    for (size_t i = 0; i < header->count || i < manual->count; i++) {
        const char *wanted = i < header->count ? header->text[i] : "nothing more",
                   *is = i < manual->count ? manual->text[i] : "nothing more";

        cr_assert_str_eq(is, wanted, "%s has \"%s\" where %s has \"%s\"", manual_path, is,
                         header_path, wanted);
    }
}

Test(manual, lists_what_the_header_declares)
{
    static struct declarations types, functions, types_listed, functions_listed;
    char *header = contents(header_path), *manual = contents(manual_path);

    read_header(header, &types, &functions);
    read_section(manual, ".SH TYPES\n", &types_listed);
    read_section(manual, ".SH FUNCTIONS\n", &functions_listed);
    cr_assert_gt(types.count, 20);
    cr_assert_gt(functions.count, 50);
    expect_equal(&types, &types_listed);
    expect_equal(&functions, &functions_listed);
    free(header);
    free(manual);
}

static bool is_part(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, const char *word, size_t length)
{
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        if (!is_part(at[length]) && (at == text || !is_part(at[-1])))
            return true;
    return false;
}

/* ... its prose too. */
Test(manual, names_nothing_else)
{
    static const char *const prefix[] = {"podring_", "PODRING_"};
    char *header = contents(header_path), *manual = contents(manual_path);

    for (int i = 0; i < 2; i++)
        for (const char *at = strstr(manual, prefix[i]); at != NULL;
             at = strstr(at + 1, prefix[i])) {
            char word[128];
            size_t n = 0;

            while (is_part(at[n]) && n < sizeof(word) - 1)
                n++;
            snprintf(word, sizeof(word), "%.*s", (int)n, at);
            if (at > manual && is_part(at[-1]))
                continue;
            /* Codes stand in their list without the prefix. */
            cr_expect(has_word(header, word, n) || (i == 1 && has_word(header, word + 8, n - 8)),
                      "%s is not in %s", word, header_path);
        }
    free(header);
    free(manual);
}
