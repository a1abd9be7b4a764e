/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container.c - init containers, sidecars and main containers (pkg/apis/core/validation:
 * validateContainerCommon, validateInitContainers, validateContainers, and the restart rules of the
 * feature ContainerRestartRules, on by default since 1.35).
 */
#include "api/manifest/parts.h"

#include "engine/reactor/base.h"

#include <string.h>

enum { RULES_MAX = 20, RULE_VALUES_MAX = 255 };

static void container_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                           bool init, struct pod_container_spec *out);
static void command_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out);
static void image_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out);
static bool image_is_latest(const char *image);
static void restart_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out);
static void rule_read(struct mf_load *l, const struct mf_at *at, struct pod_restart_rule *out);
static void names_check(struct mf_load *l, const struct mf_at *list, const struct pod_spec *pod,
                        uint32_t first, uint32_t count, bool against_mains);

void mf_containers_read(struct mf_load *l, const struct mf_at *spec, struct pod_spec *out)
{
    struct mf_at inits = mf_field(spec, "initContainers"), mains = mf_field(spec, "containers");
    uint32_t init_count = mf_count(l, &inits), main_count = mf_count(l, &mains);
    struct pod_container_spec *c;

    if (!mains.node || (mains.node->type == MF_SEQUENCE && main_count == 0))
        mf_required(l, &mains, "");
    if (init_count > POD_CONTAINERS_MAX || main_count > POD_CONTAINERS_MAX ||
        init_count + main_count > POD_CONTAINERS_MAX) {
        mf_too_many(l, main_count > init_count ? &mains : &inits, init_count + main_count,
                    POD_CONTAINERS_MAX); /* our limit, not Kubernetes' */
        return;
    }
    c = mf_array(l, init_count + main_count, sizeof(*c), &out->container_count);
    for (uint32_t i = 0; i < out->container_count; i++) {
        bool init = i < init_count;
        struct mf_at item = init ? mf_item(&inits, i) : mf_item(&mains, i - init_count);

        container_read(l, &item, out, init, &c[i]);
    }
    out->container = c;
    out->init_count = RX_MIN(init_count, out->container_count);
    if (out->container_count == 0)
        return;
    names_check(l, &mains, out, init_count, main_count, false);
    names_check(l, &inits, out, 0, init_count, true);
    if (main_count)
        mf_host_ports_check(l, &mains);
}

/* A name that stands twice is reported once, at the later place; inits come after mains. */
static void names_check(struct mf_load *l, const struct mf_at *list, const struct pod_spec *pod,
                        uint32_t first, uint32_t count, bool against_mains)
{
    for (uint32_t i = 0; i < count; i++) {
        struct mf_at item = mf_item(list, i), name = mf_field(&item, "name");
        const char *text = pod->container[first + i].name;
        bool taken = false;

        for (uint32_t k = 0; k < i; k++)
            taken = taken || strcmp(pod->container[first + k].name, text) == 0;
        for (uint32_t k = count; against_mains && k < pod->container_count; k++)
            taken = taken || strcmp(pod->container[k].name, text) == 0;
        if (taken && *text)
            mf_duplicate(l, &name, text);
    }
}

static void container_read(struct mf_load *l, const struct mf_at *at, const struct pod_spec *pod,
                           bool init, struct pod_container_spec *out)
{
    struct mf_at name = mf_field(at, "name"), resources = mf_field(at, "resources");

    *out = (struct pod_container_spec){.name = "",
                                       .image = "",
                                       .kind = init ? POD_INIT : POD_MAIN,
                                       .message_path = "/dev/termination-log"};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_CONTAINER);
    out->name = mf_needed(l, &name);
    if (name.node)
        out->at = (struct pod_place){
            .file = l->file, .line = name.node->line, .column = name.node->column};
    if (*out->name)
        mf_shape_check(l, &name, MF_DNS_LABEL, out->name);
    image_read(l, at, out);
    restart_read(l, at, out);
    if (init && out->restart_policy == POD_RESTART_ALWAYS)
        out->kind = POD_SIDECAR;
    command_read(l, at, out);
    out->working_dir = mf_string(l, at, "workingDir", NULL);
    mf_security_read(l, at, out);
    mf_env_read(l, at, out);
    mf_ports_read(l, at, out);
    mf_mounts_read(l, at, pod, out);
    mf_probes_read(l, at, pod->grace_s, out);
    out->message_path = mf_string(l, at, "terminationMessagePath", "/dev/termination-log");
    out->message_policy =
        mf_choice(l, at, "terminationMessagePolicy", "File FallbackToLogsOnError", 0) == 1
            ? POD_MESSAGE_FALLBACK_TO_LOGS
            : POD_MESSAGE_FILE;
    mf_resources_read(l, &resources, &out->limits, &out->requests);
    mf_limits_count(out);
    mf_amounts_count(l, &out->requests, &out->asks);
    /* An empty mapping says what none says. */
    out->resources_hash = resources.node && resources.node->count ? mf_hash_node(resources.node)
        : 0;
    out->hash = manifest_container_hash(out);
}

static void command_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out)
{
    uint32_t command_count, args_count;
    const char *const *command = mf_strings(l, at, "command", &command_count);
    const char *const *args = mf_strings(l, at, "args", &args_count);
    const struct pod_place *first = mf_places(l, at, "command"), *second = mf_places(l, at, "args");
    const char **argv = mf_array(l, command_count + args_count, sizeof(*argv), &out->argc);
    struct pod_place *place = mf_array(l, out->argc, sizeof(*place), &out->argc);

    if (l->no_memory) /* any of the four may be missing */
        out->argc = 0;
    if (out->argc == 0)
        return;
    for (uint32_t i = 0; i < command_count; i++) {
        argv[i] = command[i];
        place[i] = first[i];
    }
    for (uint32_t i = 0; i < args_count; i++) {
        argv[command_count + i] = args[i];
        place[command_count + i] = second[i];
    }
    out->argv = argv;
    out->place = place;
    out->command_argc = command_count;
}

static void image_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out)
{
    static const enum pod_pull_policy policy[] = {POD_PULL_ALWAYS, POD_PULL_IF_NOT_PRESENT,
                                                  POD_PULL_NEVER};
    struct mf_at image = mf_field(at, "image");
    int chosen;

    out->image = mf_needed(l, &image);
    if (*out->image &&
        (strchr(" \t\n", out->image[0]) || strchr(" \t\n", out->image[strlen(out->image) - 1])))
        mf_invalid(l, &image, "must not have leading or trailing whitespace");
    chosen = mf_choice(l, at, "imagePullPolicy", "Always IfNotPresent Never", -1);
    if (chosen < 0)
        chosen = image_is_latest(out->image) ? 0 : 1;
    out->pull_policy = policy[chosen];
    out->image_id = mf_image_id(l, &image, out->image);
}

/*
 * Whether an image without a policy is pulled always: its tag is "latest", or it has neither tag
 * nor digest (SetDefaults_Container, pkg/util/parsers). A colon before the last slash belongs to a
 * port. Names that no registry would take are not told apart here; Kubernetes would say
 * IfNotPresent for those.
 */
static bool image_is_latest(const char *image)
{
    const char *slash = strrchr(image, '/'), *at = strchr(image, '@');
    const char *end = at ? at : image + strlen(image), *colon;
    const char *last = slash && slash < end ? slash + 1 : image;

    colon = memchr(last, ':', (size_t)(end - last));
    if (!colon)
        return !at;
    return end - colon == 7 && memcmp(colon, ":latest", 7) == 0;
}

static void restart_read(struct mf_load *l, const struct mf_at *at, struct pod_container_spec *out)
{
    static const enum pod_restart_policy policy[] = {POD_RESTART_ALWAYS, POD_RESTART_NEVER,
                                                     POD_RESTART_ON_FAILURE};
    struct mf_at own = mf_field(at, "restartPolicy"), rules = mf_field(at, "restartPolicyRules");
    struct pod_restart_rule *r;
    int chosen = mf_choice(l, at, "restartPolicy", "Always Never OnFailure", -1);

    if (chosen >= 0)
        out->restart_policy = policy[chosen];
    if (mf_count(l, &rules) == 0)
        return;
    if (!own.node)
        mf_required(l, &own, "must specify restartPolicy when restart rules are used");
    if (rules.node->count > RULES_MAX)
        mf_too_many(l, &rules, rules.node->count, RULES_MAX);
    r = mf_array(l, rules.node->count, sizeof(*r), &out->rule_count);
    for (uint32_t i = 0; i < out->rule_count; i++) {
        struct mf_at item = mf_item(&rules, i);

        rule_read(l, &item, &r[i]);
    }
    out->rule = r;
}

static void rule_read(struct mf_load *l, const struct mf_at *at, struct pod_restart_rule *out)
{
    struct mf_at action = mf_field(at, "action"), codes = mf_field(at, "exitCodes"), values, op;
    int32_t *code;

    *out = (struct pod_restart_rule){0};
    if (!mf_is_object(l, at))
        return;
    mf_fields_check(l, at, MF_FIELDS_RESTART_RULE);
    if (!action.node)
        mf_unsupported(l, &action, "", "Restart RestartAllContainers");
    out->action = mf_choice(l, at, "action", "Restart RestartAllContainers", 0) == 1
                      ? POD_RULE_RESTART_ALL
                      : POD_RULE_RESTART;
    if (!codes.node)
        mf_required(l, &codes, "must be specified");
    if (!mf_is_object(l, &codes))
        return;
    mf_fields_check(l, &codes, MF_FIELDS_EXIT_CODES);
    op = mf_field(&codes, "operator");
    values = mf_field(&codes, "values");
    if (!op.node)
        mf_unsupported(l, &op, "", "In NotIn");
    out->not_in = mf_choice(l, &codes, "operator", "In NotIn", 0) == 1;
    code = mf_array(l, mf_count(l, &values), sizeof(*code), &out->count);
    if (out->count > RULE_VALUES_MAX)
        mf_too_many(l, &values, out->count, RULE_VALUES_MAX);
    for (uint32_t i = 0; i < out->count; i++) {
        struct mf_at item = mf_item(&values, i);
        int64_t value = 0;

        if (mf_integer_at(l, &item, "int32", &value) &&
            mf_number_between(l, &item, value, INT32_MIN, INT32_MAX))
            code[i] = (int32_t)value;
    }
    out->exit_code = code;
}
