/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How pods wait for others: each of the programs and variables by which they do, asks the same
 * question. Worked out by hand: the database listens from 12s on and is Ready, and so routed, from
 * 15s; what happens in that instant comes after who asks in it.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define DB                                                                                         \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, " \
    "ports: " \
    "[{port: 5432}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\n" \
    "spec:\n  containers:\n  - name: main\n    image: postgres:16\n" \
    "    ports: [{containerPort: 5432}]\n"                                                         \
    "    readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 5}\n"                            \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: slow}\nspec:\n"             \
    "  selector: {matchLabels: {app: db}}\n  instances: [{serve: [{from: 0s, to: 12s, do: " \
    "refuse}]}]\n"
#define UNTIL(condition)                                                                           \
    ONCE "  containers:\n" BOX("c") SH(L("until " condition "; do sleep 2; done >/dev/null 2>&1")) \
        DB, 40, \
    {                                                                                              \
        {"ends c", "16:0/Completed"}                                                               \
    }

static const struct vector clients[] = {
    {"F09: nc", UNTIL("nc -z db 5432")},
    {"F09: pg_isready", UNTIL("pg_isready -h db -p 5432 -U app")},
    {"F09: pg_isready by its variables", UNTIL("PGHOST=db.default pg_isready -q")},
    {"F09: psql", UNTIL("psql -h db -U app -c '\\q'")},
    {"F09: psql, by a connection string", UNTIL("psql postgres://app:pw@db:5432/x -c '\\q'")},
    {"F09: mysqladmin", UNTIL("mysqladmin ping -h db -P 5432 --silent")},
    {"F09: redis-cli", UNTIL("redis-cli -a secret -h db -p 5432 ping")},
    {"F09: mongosh",
     UNTIL("mongosh --quiet mongodb://db:5432/x --eval 'db.adminCommand(\"ping\")'")},
    {"F09: telnet", UNTIL("telnet db 5432")},
    {"F09: bash", UNTIL("bash -c 'exec 3<>/dev/tcp/db/5432'")},
    {"F09: the variables of the Service", UNTIL("nc -z \"$DB_SERVICE_HOST\" \"$DB_SERVICE_PORT\"")},
    {"F09: its address by the link variables",
     UNTIL("nc -z $DB_PORT_5432_TCP_ADDR $DB_PORT_5432_TCP_PORT")},
    {"F09: curl", UNTIL("curl -s db:5432")},
};

static const struct vector scripts[] = {
    {"F09: wait-for-it.sh, once a second",
     ONCE "  containers:\n" BOX("c")
     SH(L("wait-for-it.sh db:5432 -t 60 -- echo up at $(date +%S); date +%S")) DB, 40,
     {{"log c",
       "wait-for-it.sh: waiting 60 seconds for db:5432\nwait-for-it.sh: db:5432 is available after "
       "16 seconds\n"
       "up at 00\n16\n"}}},
    {"F09: wait-for-it.sh as the command itself, and too short a time",
     ONCE "  containers:\n" BOX("c")
          "    command: [wait-for-it.sh, \"db:5432\", --timeout=5, --strict, --, echo, up]\n"
          BOX("d")
          "    command: [/app/wait-for-it.sh, -q, -h, db, -p, \"5432\", -t, \"5\", --, echo, up]\n"
          DB,
     40,
     {{"ends c", "5:124/Error"}, {"ends d", "5:0/Completed"}, {"log d", "up\n"}}},
    {"F09: wait-for does not go on after its time",
     ONCE "  containers:\n" BOX("c")
     SH(L("wait-for db:5432 -t 4 -- echo up; echo $?; wait-for db:5432 -t 0 -- date +%S"))
         DB,
     40, {{"log c", "Operation timed out\n1\n16\n"}}},
    {"F09: dockerize waits for all it is told",
     ONCE "  containers:\n" BOX("c")
         SH(L("dockerize -wait tcp://db:5432 -timeout 3s date +%S; echo $?")
            L("dockerize -wait http://db:5432/x -wait tcp://db:5432 -timeout=60s date +%S")) DB,
     40,
     {{"log c",
       "Timeout after 3s waiting on dependencies to become available: [db:5432]\n1\n16\n"}}},
};

static const struct vector names[] = {
    {"F09: who asks for the name only has it at once",
     ONCE "  containers:\n" BOX("c")
         SH(L("getent hosts db; dig +short db; host db; ping -c 2 -q db | head -n 1; nslookup db "
              ">/dev/null; echo $?")
            L("getent hosts no; echo $?; dig +short no; echo $?; host no; echo $?; ping -c 1 no; "
              "echo $?; date +%S")) DB,
     40,
     {{"log c",
       "10.96.0.2       db\n10.96.0.2\ndb has address 10.96.0.2\nPING db (10.96.0.2): 56 data "
       "bytes\n0\n2\n0\n"
       "Host no not found: 3(NXDOMAIN)\n1\nping: bad address 'no'\n1\n01\n"}}},
    {"F09: variables of Services: of one's namespace, with an address, and the API server's",
     ONCE "  containers:\n" BOX("c")
         "    env: [{name: DB_SERVICE_PORT, value: mine}, {name: AT, value: "
         "$(DB_SERVICE_HOST):$(DB_SERVICE_PORT)}]\n"
         SH(L("env | grep -E 'SERVICE|AT|_PORT' | grep -v KUBERNETES_PORT | sort"))
         DB "---\napiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: else}\nspec: "
            "{ports: [{port: 1}]}\n"
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: bare}\nspec: {clusterIP: None, "
            "ports: [{port: 1}]}\n"
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: two-ports}\nspec: {ports: "
            "[{name: a-b, port: 1}, "
            "{name: c, port: 2, protocol: UDP}]}\n",
     5,
     {{"log c",
       "AT=10.96.0.2:mine\nDB_PORT=tcp://10.96.0.2:5432\nDB_PORT_5432_TCP=tcp://10.96.0.2:5432\n"
       "DB_PORT_5432_TCP_ADDR=10.96.0.2\nDB_PORT_5432_TCP_PORT=5432\nDB_PORT_5432_TCP_PROTO=tcp\n"
       "DB_SERVICE_HOST=10.96.0.2\nDB_SERVICE_PORT=mine\nKUBERNETES_SERVICE_HOST=10.96.0.1\n"
       "KUBERNETES_SERVICE_PORT=443\nKUBERNETES_SERVICE_PORT_HTTPS=443\n"
       "TWO_PORTS_PORT=tcp://10.96.0.4:1\n"
       "TWO_PORTS_PORT_1_TCP=tcp://10.96.0.4:1\nTWO_PORTS_PORT_1_TCP_ADDR=10.96.0.4\n"
       "TWO_PORTS_PORT_1_TCP_PORT=1\nTWO_PORTS_PORT_1_TCP_PROTO=tcp\n"
       "TWO_PORTS_PORT_2_UDP=udp://10.96.0.4:2\n"
       "TWO_PORTS_PORT_2_UDP_ADDR=10.96.0.4\nTWO_PORTS_PORT_2_UDP_PORT=2\n"
       "TWO_PORTS_PORT_2_UDP_PROTO=udp\n"
       "TWO_PORTS_SERVICE_HOST=10.96.0.4\nTWO_PORTS_SERVICE_PORT=1\nTWO_PORTS_SERVICE_PORT_A_B=1\n"
       "TWO_PORTS_SERVICE_PORT_C=2\n"}}},
    {"F09: enableServiceLinks: false leaves the API server's",
     ONCE "  enableServiceLinks: false\n  containers:\n" BOX("c")
         SH(L("env | grep SERVICE_HOST; echo ${DB_SERVICE_HOST-none}")) DB,
     5, {{"log c", "KUBERNETES_SERVICE_HOST=10.96.0.1\nnone\n"}}},
};

/* At one's own pod: its port is known to others, or nothing is known of any. */
static const struct vector own[] = {
    {"F09: a probe's client asks its own container",
     VECTOR_POD
     "  containers:\n  - name: c\n    image: postgres:16\n    ports: [{containerPort: 5432}]\n"
     "    readinessProbe: {exec: {command: [pg_isready, -U, postgres]}, periodSeconds: 5}\n"
                VECTOR_BEHAVIOR("c") "  instances: [{serve: [{from: 0s, to: 12s, do: refuse}]}]\n",
     30, {{"event Unhealthy", "0 5 10"}, {"Ready", "15:True"}}},
    {"F06: of whose ports nothing is known: it listens where it is asked",
     VECTOR_POD "  containers:\n  - name: c\n    image: redis:7\n"
                "    readinessProbe: {exec: {command: [redis-cli, ping]}, periodSeconds: 5}\n"
                "    livenessProbe: {exec: {command: [sh, -c, 'redis-cli ping | grep -q PONG && "
                "curl -sf "
                "localhost:9/health']}, periodSeconds: 5}\n",
     30, {{"event Unhealthy", ""}, {"Ready", "0:True"}, {"starts c", "0"}}},
    {"a port that a pod does not have, although it has others",
     VECTOR_POD "  containers:\n  - name: c\n    image: x\n    ports: [{containerPort: 80}]\n"
                "    readinessProbe: {exec: {command: [nc, -z, localhost, '81']}, periodSeconds: "
                "5}\n",
     10, {{"event Unhealthy", "0 5 10"}}},
};

Test(vectors_wait, clients)
{
    VECTOR_EACH(clients);
}

Test(vectors_wait, scripts)
{
    VECTOR_EACH(scripts);
}

Test(vectors_wait, names)
{
    VECTOR_EACH(names);
}

Test(vectors_wait, own)
{
    VECTOR_EACH(own);
}
