/* SPDX-License-Identifier: Apache-2.0 */
/* test_choose.c - what a new connection to a name and a port comes to. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "api/engine.h"
#include "engine/cluster/proxy.h"
#include "tests/support/story.h"

#define POD(name, label, more)                                                                     \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", labels: {app: " label "}}\nspec:\n"     \
    "  containers: [{name: c, image: i:1, ports: [{name: http, containerPort: 8080}]" more "}]\n"  \
    "---\n"
#define SERVICE(name, spec)                                                                        \
    "apiVersion: v1\nkind: Service\nmetadata: {name: " name "}\nspec: {" spec "}\n---\n"
#define NEVER_READY ", readinessProbe: {exec: {command: ['false']}}"

static const char world[] =
    POD("a", "web", "") POD("b", "web", NEVER_READY) POD("c", "web", "") POD("d", "web", "")
    POD("e", "none", NEVER_READY)
    SERVICE("web", "selector: {app: web}, ports: [{port: 80, targetPort: http}]")
    SERVICE("peers", "clusterIP: None, selector: {app: web}, ports: [{port: 80}]")
    SERVICE("none", "selector: {app: none}, ports: [{port: 80}]")
    SERVICE("nobody", "clusterIP: None, selector: {app: none}, ports: [{port: 80}]");

static const char *chosen(struct story *s, const char *host, uint16_t port, enum cluster_pick pick,
                          uint64_t from, uint32_t times)
{
    static const char *const ways[] = {"no name", "refused", "dropped", "", "api", "answer"};
    struct cluster *c = &story_ring(s)->cluster;
    struct cluster_aim aim = {
        .ns = "default", .host = host, .node = CLUSTER_OUTSIDE, .port = port};
    struct cluster_choice choice;
    char text[256] = "", name[POD_NAME_MAX];
    size_t used = 0;

    for (uint32_t k = 0; k < times; k++) {
        cluster_choose(c, &aim, &(struct cluster_try){.pick = pick, .nth = from + k}, &choice);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used > 0 ? " " : "",
                                 ways[choice.way]);
        for (uint32_t i = 0; i < choice.count; i++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s:%u", i ? "," : "",
                                     pod_name(pod_get(c->world, choice.candidate[i].pod), name),
                                     choice.candidate[i].port);
    }
    cluster_aim_fini(c, &aim);
    return story_text(s, "%s", text);
}

Test(choose, by_turn_among_the_ready_ones)
{
    struct story *s = story_run(world, &(struct story_options){.for_ms = 5000});

    story_eq(chosen(s, "web", 80, CLUSTER_PICK_TURN, 0, 4), "a:8080 c:8080 d:8080 a:8080");
    story_eq(chosen(s, "WEB.default.svc", 80, CLUSTER_PICK_TURN, 7, 2), "c:8080 d:8080");
    story_eq(chosen(s, "10.96.0.2", 80, CLUSTER_PICK_TURN, 0, 1), "a:8080");
    story_eq(chosen(s, "web", 80, CLUSTER_PICK_SHARE, 0, 1), "a:8080,c:8080,d:8080");
    story_eq(chosen(s, "web", 80, CLUSTER_PICK_RANDOM, 0, 1), "a:8080");
    story_eq(chosen(s, "web", 80, CLUSTER_PICK_RANDOM, UINT64_MAX, 1), "d:8080");
    story_free(s);
}

Test(choose, pods_themselves)
{
    struct story *s = story_run(world, &(struct story_options){.for_ms = 5000});

    story_eq(chosen(s, "peers", 8080, CLUSTER_PICK_TURN, 0, 4), "a:8080 c:8080 d:8080 a:8080");
    story_eq(chosen(s, "127.1.0.2", 9, CLUSTER_PICK_TURN, 0, 2), "b:9 b:9");
    story_free(s);
}

Test(choose, nothing_usable)
{
    struct story *s = story_run(world, &(struct story_options){.for_ms = 5000});

    story_eq(chosen(s, "none", 80, CLUSTER_PICK_TURN, 0, 1), "refused");
    story_eq(chosen(s, "web", 81, CLUSTER_PICK_TURN, 0, 1), "dropped");
    story_eq(chosen(s, "nobody", 80, CLUSTER_PICK_TURN, 0, 1), "no name");
    story_eq(chosen(s, "missing", 80, CLUSTER_PICK_TURN, 0, 1), "no name");
    story_eq(chosen(s, "10.96.77.77", 80, CLUSTER_PICK_TURN, 0, 1), "dropped");
    story_eq(chosen(s, "kubernetes", 443, CLUSTER_PICK_TURN, 0, 1), "api");
    story_free(s);
}
