/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "engine/pod/rule_carrier.h"

enum { INPUTS = 64 };

static struct pod_carrier_in input(enum pod_handler_kind handler, unsigned bits)
{
    return (struct pod_carrier_in){
        .handler = handler,
        .https = bits & 1,
        .wire = bits >> 1 & 1,
        .host = bits >> 2 & 1,
        .runs = bits >> 3 & 1,
        .ruled = bits >> 4 & 1,
        .program = bits >> 5 & 1,
    };
}

/* The same in words. */
static enum pod_carried ladder(struct pod_carrier_in in)
{
    if (in.handler == POD_HANDLER_HTTP && in.wire && !in.https)
        return POD_CARRIED_HTTP;
    if (in.handler == POD_HANDLER_TCP && in.wire)
        return POD_CARRIED_TCP;
    if (in.handler != POD_HANDLER_EXEC || !in.runs || in.ruled)
        return POD_CARRIED_SCRIPT;
    if (in.host)
        return POD_CARRIED_PROCESS;
    return in.program ? POD_CARRIED_SHELL : POD_CARRIED_SCRIPT;
}

Test(rule_carrier, every_input_has_one_row)
{
    bool met[64] = {false};

    cr_assert_leq(pod_carrier_rows, 64);
    for (int handler = POD_HANDLER_EXEC; handler <= POD_HANDLER_SLEEP; handler++) {
        for (unsigned bits = 0; bits < INPUTS; bits++) {
            struct pod_carrier_in in = input((enum pod_handler_kind)handler, bits);
            unsigned rows = 0;

            for (uint32_t i = 0; i < pod_carrier_rows; i++) {
                if (!pod_carrier_row_matches(&pod_carrier_table[i], in))
                    continue;
                met[i] = true;
                rows++;
            }
            cr_expect_eq(rows, 1, "handler %d, input %02x: %u rows", handler, bits, rows);
            cr_expect_eq(pod_carrier_choose(in), ladder(in), "handler %d, input %02x", handler, bits);
        }
    }
    for (uint32_t i = 0; i < pod_carrier_rows; i++)
        cr_expect(met[i], "no input meets row %u, of a run that %s", i, pod_carrier_table[i].why);
}
