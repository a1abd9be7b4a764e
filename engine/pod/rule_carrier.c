/* SPDX-License-Identifier: Apache-2.0 */
/* rule_carrier.c - the table of who carries a run out, and the match. */
#include "engine/pod/rule_carrier.h"

#include "engine/reactor/base.h"

/* clang-format off */
#define Y 1
#define N 0
#define _ -1
#define BY(carrier) POD_CARRIED_##carrier

const struct pod_carrier_row pod_carrier_table[] = {
    /* handler           https wire host runs ruled program */
    { POD_HANDLER_HTTP,  N,    Y,   _,   _,   _,    _,      BY(HTTP),    "asks over the wire" },
    { POD_HANDLER_HTTP,  Y,    Y,   _,   _,   _,    _,      BY(SCRIPT),  "would need TLS" },
    { POD_HANDLER_HTTP,  _,    N,   _,   _,   _,    _,      BY(SCRIPT),
     "asks where there is no wire" },
    { POD_HANDLER_TCP,   _,    Y,   _,   _,   _,    _,      BY(TCP),     "dials over the wire" },
    { POD_HANDLER_TCP,   _,    N,   _,   _,   _,    _,      BY(SCRIPT),
     "dials where there is no wire" },
    { POD_HANDLER_GRPC,  _,    _,   _,   _,   _,    _,      BY(SCRIPT),  "would need HTTP/2" },
    { POD_HANDLER_EXEC,  _,    _,   _,   N,   _,    _,      BY(SCRIPT),
     "has nothing to run its command in" },
    { POD_HANDLER_EXEC,  _,    _,   _,   Y,   Y,    _,      BY(SCRIPT),
     "has its command answered by a rule" },
    { POD_HANDLER_EXEC,  _,    _,   Y,   Y,   N,    _,      BY(PROCESS),
     "runs its command on the machine" },
    { POD_HANDLER_EXEC,  _,    _,   N,   Y,   N,    Y,      BY(SHELL),
     "runs its command in the shell" },
    { POD_HANDLER_EXEC,  _,    _,   N,   Y,   N,    N,      BY(SCRIPT),
     "has a command that nobody knows" },
    { POD_HANDLER_SLEEP, _,    _,   _,   _,   _,    _,      BY(SCRIPT),  "asks nobody" },
};
#undef BY
#undef _
#undef N
#undef Y
/* clang-format on */

const uint32_t pod_carrier_rows = RX_ARRAY_LEN(pod_carrier_table);

static bool fits(int8_t wanted, bool is)
{
    return wanted < 0 || wanted == (int8_t)is;
}

bool pod_carrier_row_matches(const struct pod_carrier_row *row, struct pod_carrier_in in)
{
    return row->handler == (int8_t)in.handler && fits(row->https, in.https) &&
           fits(row->wire, in.wire) && fits(row->host, in.host) && fits(row->runs, in.runs) &&
           fits(row->ruled, in.ruled) && fits(row->program, in.program);
}

enum pod_carried pod_carrier_choose(struct pod_carrier_in in)
{
    for (uint32_t i = 0; i < pod_carrier_rows; i++) {
        if (pod_carrier_row_matches(&pod_carrier_table[i], in))
            return (enum pod_carried)pod_carrier_table[i].carried;
    }
    RX_ASSERT(false);
    return POD_CARRIED_SCRIPT;
}

struct pod_carrier_in pod_carrier_input(enum pod_handler_kind handler, uint8_t index)
{
    return (struct pod_carrier_in){
        .handler = handler,
        .https = index & 1,
        .wire = index >> 1 & 1,
        .host = index >> 2 & 1,
        .runs = index >> 3 & 1,
        .ruled = index >> 4 & 1,
        .program = index >> 5 & 1,
    };
}

void pod_carrier_compile(struct pod_carrier_lookup *out)
{
    *out = (struct pod_carrier_lookup){0};
    for (int kind = POD_HANDLER_EXEC; kind <= POD_HANDLER_SLEEP; kind++) {
        for (unsigned i = 0; i < POD_CARRIER_INPUTS; i++)
            out->carried[kind][i] = (uint8_t)pod_carrier_choose(
                pod_carrier_input((enum pod_handler_kind)kind, (uint8_t)i));
    }
}
