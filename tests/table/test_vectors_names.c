/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that a cluster's DNS has: in which forms, from when, and until when. Worked out by hand.
 */
#include <criterion/criterion.h>

#include "tests/support/box.h"

#define SERVICE(name, spec)                                                                        \
    "---\napiVersion: v1\nkind: Service\nmetadata: {name: " name "}\nspec: {" spec "}\n"
#define PEERS                                                                                      \
    SERVICE("peers", "clusterIP: None, publishNotReadyAddresses: true, selector: {app: db}, "      \
                     "ports: [{port: 5432}]")                                                      \
    SERVICE("db", "clusterIP: None, selector: {app: db}, ports: [{port: 5432}]")                   \
    "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"                   \
    "  serviceName: peers\n  replicas: 2\n  podManagementPolicy: Parallel\n"                       \
    "  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n"       \
    "    spec:\n      containers:\n      - name: main\n        image: example/db:1\n"              \
    "        ports: [{containerPort: 5432}]\n"                                                     \
    "        readinessProbe: {tcpSocket: {port: 5432}, periodSeconds: 5}\n"                        \
    "---\napiVersion: podring.dev/v1\nkind: Behavior\nmetadata: {name: slow}\nspec:\n"             \
    "  selector: {matchLabels: {app: db}}\n  instances: [{serve: [{from: 0s, to: 12s, do: " \
    "refuse}]}]\n"
#define CLIENT(lines)   ONCE "  containers:\n" BOX("c") SH(lines)
#define IN(spec, lines) ONCE spec "  containers:\n" BOX("c") SH(lines)
#define KNOWN           "known() { nslookup $1 >/dev/null && echo $1 || echo no $1; }"

static const struct vector peers[] = {
    {"F26: peers of a StatefulSet, by a Service that publishes them at once",
     CLIENT(L(
              "sleep 1; until nslookup db-1.peers && nslookup "
              "db-0.peers.default.svc.cluster.local; "
              "do sleep 1; done >/dev/null")) PEERS,
     40, {{"ends c", "1:0/Completed"}}},
    {"F26: one of them listens from 12s on, ready or not",
     CLIENT(L("until nc -z db-0.peers 5432; do sleep 2; done")) PEERS, 40,
     {{"ends c", "12:0/Completed"}}},
    {"F26: a headless Service has a name only while a pod of it is Ready",
     CLIENT(L("until nslookup db >/dev/null; do sleep 2; done; date +%S; nslookup db | grep -c "
              "^Address")
            L("while nslookup db >/dev/null; do sleep 1; done; date +%S; nc -z db 5432"))
         PEERS VECTOR_STEPS "  - {at: 20s, scale: statefulset/db, replicas: 0}\n",
     60, {{"log c", "16\n3\n21\nnc: bad address 'db'\n"}, {"ends c", "21:1/Error"}}},
    {"F26: the API server always has a name",
     CLIENT(L("nslookup kubernetes.default >/dev/null; echo $?; nc -z kubernetes.default.svc 443; "
              "echo $?")
            L("curl -sk -o /dev/null -w '%{http_code}\\n' https://kubernetes.default/api; "
              "curl -sk https://kubernetes/readyz; nc -z kubernetes 80; echo $?")),
     5, {{"log c", "0\n0\n403\nok1\n"}}},
};

static const struct vector forms[] = {
    {"F26: all forms of a Service's name",
     CLIENT(L(KNOWN)
            L("for n in web WEB web.default web.default.svc web.default.svc.cluster.local "
              "web.default.svc.cluster.local. web. web.other web.svc web.default.svc.cluster; do "
              "known $n; done"))
         SERVICE("web", "selector: {app: w}, ports: [{port: 80}]"),
     5,
     {{"log c",
       "web\nWEB\nweb.default\nweb.default.svc\nweb.default.svc.cluster.local\n"
       "web.default.svc.cluster.local.\nno web.\nno web.other\nno web.svc\nno "
       "web.default.svc.cluster\n"}}},
    {"F26: a pod's own hostname and subdomain, and the names of addresses",
     IN("  hostname: me\n  subdomain: club\n",
        L(KNOWN) L("sleep 1; for n in me me.club me.club.default.svc p p.club 127-1-0-1.club "
                   "127-1-0-1.default.pod 127-1-0-1.default.pod.cluster.local; do known $n; done"))
         SERVICE("club", "clusterIP: None, selector: {app: p}"),
     5,
     {{"log c",
       "me\nme.club\nme.club.default.svc\nno p\nno p.club\nno "
       "127-1-0-1.club\n127-1-0-1.default.pod\n"
       "127-1-0-1.default.pod.cluster.local\n"}}},
    {"F26: an endpoint without a hostname goes by its address",
     CLIENT(L(KNOWN) L("sleep 1; known 127-1-0-1.club; known p.club; known club"))
         SERVICE("club", "clusterIP: None, selector: {app: p}"),
     5, {{"log c", "127-1-0-1.club\nno p.club\nclub\n"}}},
    {"F26: aliases: of the cluster, of the pod; and a name that leads out",
     IN("  hostAliases: [{ip: 127.0.0.1, hostnames: [legacy.example, old]}]\n",
        L(KNOWN) L("known alias; known outside; known legacy.example; known OLD"))
         SERVICE("web", "selector: {app: w}, ports: [{port: 80}]")
         SERVICE("alias", "type: ExternalName, externalName: web.default.svc.cluster.local")
         SERVICE("outside", "type: ExternalName, externalName: example.com"),
     5, {{"log c", "alias\nno outside\nlegacy.example\nOLD\n"}}},
    {"F26: on the node's network a pod asks the node's resolver, unless it is told otherwise",
     IN("  hostNetwork: true\n", L(KNOWN) L("known web; hostname"))
         SERVICE("web", "selector: {app: w}, ports: [{port: 80}]"),
     5, {{"log c", "no web\nnode\n"}}},
    {"F26: ClusterFirstWithHostNet",
     IN("  hostNetwork: true\n  dnsPolicy: ClusterFirstWithHostNet\n", L(KNOWN) L("known web"))
         SERVICE("web", "selector: {app: w}, ports: [{port: 80}]"),
     5, {{"log c", "web\n"}}},
    {"F26: dnsPolicy None knows the search list it is given",
     IN("  dnsPolicy: None\n  dnsConfig: {nameservers: [10.96.0.10], searches: "
        "[default.svc.cluster.local]}\n", L(KNOWN)
        L("known web; known web.default; known web.default.svc.cluster.local"))
         SERVICE("web", "selector: {app: w}, ports: [{port: 80}]"),
     5, {{"log c", "web\nno web.default\nweb.default.svc.cluster.local\n"}}},
};

Test(vectors_names, peers)
{
    VECTOR_EACH(peers);
}

Test(vectors_names, forms)
{
    VECTOR_EACH(forms);
}
