/* SPDX-License-Identifier: Apache-2.0 */
/* example.h - docs/examples, as they are built in: examples.pl writes them. */
#ifndef CLI_EXAMPLE_H
#define CLI_EXAMPLE_H

struct cli_example {
    const char *name, *about, *text;
};

extern const struct cli_example cli_examples[]; /* by their names; the last one has none */

#endif
