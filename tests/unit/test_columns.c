/* SPDX-License-Identifier: Apache-2.0 */
/* test_columns.c - cells below each other, with and without a common end. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/face/columns.h"

static void expect(const char *text, const char *want)
{
    char out[512];
    struct rx_text t = rx_text_in(out, sizeof(out)), counted = rx_text_in(NULL, 0);

    face_columns(&t, text, strlen(text));
    rx_text_end(&t);
    cr_expect_str_eq(out, want, "\"%s\" becomes \"%s\", not \"%s\"", text, out, want);
    face_columns(&counted, text, strlen(text));
    cr_expect_eq(counted.length, strlen(want));
}

Test(columns, are_as_wide_as_their_widest_cell)
{
    expect("a\tb\nccc\td\n", "a    b\nccc  d\n");
    expect("a\tb\tc\nddd\te\tf\ng\thhhh\ti\n", "a    b     c\nddd  e     f\ng    hhhh  i\n");
}

Test(columns, end_at_a_line_without_such_a_cell)
{
    expect("a\tb\nbreak\nccc\td\n", "a  b\nbreak\nccc  d\n");
    expect("a\tb\tc\nlong\tx\na\tbbb\tc\n", "a     b  c\nlong  x\na     bbb  c\n");
    expect("a\tb\n\nccc\td\n", "a  b\n\nccc  d\n");
}

Test(columns, never_pad_what_follows_the_last_tab)
{
    expect("Key:\tv\nLonger:\tvalue\n", "Key:     v\nLonger:  value\n");
    expect("\tx\na\ty\n", "   x\na  y\n");
    expect("a\t\nbb\t\n", "a   \nbb  \n");
}

Test(columns, count_characters_and_not_bytes)
{
    expect("\xc3\xa9\tx\nab\ty\n", "\xc3\xa9   x\nab  y\n");
}

Test(columns, take_any_text)
{
    expect("", "");
    expect("\n", "\n");
    expect("\t", "  ");
    expect("no newline", "no newline");
    expect("a\tb", "a  b");
    expect("1\t2\t3\t4\t5\t6\t7\t8\t9\tten\n", "1  2  3  4  5  6  7  8  9\tten\n");
}
