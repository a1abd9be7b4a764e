/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule_carrier.c - every combination of the inputs has one row, and the rows are reached. */
#include <criterion/criterion.h>

#include "engine/pod/rule_carrier.h"

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
    struct pod_carrier_lookup lookup;
    bool met[64] = {false};

    pod_carrier_compile(&lookup);
    cr_assert_leq(pod_carrier_rows, 64);
    for (int handler = POD_HANDLER_EXEC; handler <= POD_HANDLER_SLEEP; handler++) {
        for (unsigned bits = 0; bits < POD_CARRIER_INPUTS; bits++) {
            struct pod_carrier_in in = pod_carrier_input((enum pod_handler_kind)handler,
                                                         (uint8_t)bits);
            unsigned rows = 0;

            for (uint32_t i = 0; i < pod_carrier_rows; i++) {
                if (!pod_carrier_row_matches(&pod_carrier_table[i], in))
                    continue;
                met[i] = true;
                rows++;
            }
            cr_expect_eq(rows, 1, "handler %d, input %02x: %u rows", handler, bits, rows);
            cr_expect_eq(pod_carrier_index(in), bits);
            cr_expect_eq(pod_carrier_choose(in), ladder(in), "handler %d, input %02x", handler,
                         bits);
            cr_expect_eq(lookup.carried[handler][bits], ladder(in), "handler %d, input %02x",
                         handler, bits);
        }
    }
    for (uint32_t i = 0; i < pod_carrier_rows; i++)
        cr_expect(met[i], "no input meets row %u, of a run that %s", i, pod_carrier_table[i].why);
}
