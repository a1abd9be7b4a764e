/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small worlds that random ones were shrunken to (tests/sim/test_worlds.c), each with the rule it broke
 * when it was found.
 */
#include <criterion/criterion.h>

#include "tests/support/vector.h"

#define POD VECTOR_POD
#define BEHAVIOR VECTOR_BEHAVIOR

static const struct vector vectors[] = {
    /* A pull that ends in the instant of a deletion starts nothing. */
    {"found: pull", POD "  containers: [{name: c, image: i:1}]\n" BEHAVIOR("c") "  pull: [{takes: 3s}]\n" VECTOR_STEPS
                        "  - {at: 3s, delete: pod/p}\n",
     10, {{"starts c", ""}, {"field object", "0:Created 3:Terminating 3:Deleted"}}},
};

Test(vectors_found, all)
{
    vector_check_all(vectors, sizeof(vectors) / sizeof(*vectors));
}
