/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ConfigMaps and Secrets: the store, what a pod misses, its environment, its command and its files.
 */
#include "engine/pod/config.h"
#include "engine/reactor/err.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))
#define TEXT(k, t)                                                                                 \
    {                                                                                              \
        .key = (k), .bytes = (t), .length = sizeof(t) - 1                                          \
    }

static const struct st_data settings_items[] = {
    TEXT("LEVEL", "debug"),
    TEXT("MODE", "fast"),
    {.key = "logo.png", .bytes = "\x89PNG\0x", .length = 6, .binary = true},
};
static const struct st_data account_items[] = {TEXT("password", "hunter2"),
                                                TEXT("user", "shop $(MODE)")};
static const struct st_config settings = {
    .ns = "shop", .name = "settings", .count = 3, .item = settings_items};
static const struct st_config account = {
    .ns = "shop", .name = "account", .secret = true, .count = 2, .item = account_items};
static const struct rx_pair labels[] = {{"app", "shop"}, {"tier", "web"}};
static const struct rx_pair notes[] = {{"note", "first\n\"second\""}};
static const struct pod_spec spec = {
    .ns = "shop", .labels = {2, labels}, .annotations = {1, notes}};

struct kit {
    struct rx_mem mem;
    struct rx_arena arena;
    struct st_store all;
    char text[1024];
};

static void kit_open(struct kit *k)
{
    cr_assert_eq(rx_mem_open(&k->mem), 0);
    rx_arena_init(&k->arena, &k->mem);
    st_store_init(&k->all, &k->mem, NULL);
    cr_assert_eq(st_config_put(&k->all, &settings, NULL), 0);
    cr_assert_eq(st_config_put(&k->all, &account, NULL), 0);
}

static void kit_close(struct kit *k)
{
    rx_arena_fini(&k->arena);
    st_configs_free(&k->all);
    st_store_fini(&k->all);
    cr_expect_eq(k->mem.state->bytes, 0);
    rx_mem_close(&k->mem);
}

/* ---- the store ------------------------------------------------------------------------------ */

Test(config, names_are_apart_by_namespace_and_kind)
{
    static const struct st_config other = {.ns = "other", .name = "settings"},
                                   secret = {.ns = "shop", .name = "settings", .secret = true};
    struct kit k;

    kit_open(&k);
    cr_expect_eq(st_config_put(&k.all, &other, NULL), 0);
    cr_expect_eq(st_config_put(&k.all, &secret, NULL), 0);
    cr_expect_eq(st_config_find(&k.all, "shop", false, "settings"), &settings);
    cr_expect_eq(st_config_find(&k.all, "shop", true, "settings"), &secret);
    cr_expect_eq(st_config_find(&k.all, "other", false, "settings"), &other);
    cr_expect_null(st_config_find(&k.all, "other", true, "settings"));
    cr_expect_null(st_config_find(&k.all, "shop", false, "setting"));
    kit_close(&k);
}

Test(config, an_empty_store_has_only_what_each_namespace_has)
{
    struct st_store none = {0};

    cr_expect_null(st_config_find(&none, "shop", false, "settings"));
    cr_expect_null(st_config_find(&none, "shop", true, "kube-root-ca.crt"));
    cr_assert_not_null(st_config_find(&none, "shop", false, "kube-root-ca.crt"));
    cr_expect_not_null(
        st_config_key(st_config_find(&none, "a", false, "kube-root-ca.crt"), "ca.crt"));
    st_config_undo(&none, &settings, NULL); /* it is not there: nothing happens */
}

Test(config, an_immutable_one_stays_as_it_is)
{
    static const struct st_data changed_items[] = {TEXT("MODE", "slow")};
    static const struct st_config
        first = {.ns = "shop",
                 .name = "fixed",
                 .count = 3,
                 .item = settings_items,
                 .immutable = true},
        again = first,
        changed = {.ns = "shop",
                   .name = "fixed",
                   .count = 1,
                   .item = changed_items,
                   .immutable = true},
        opened = {.ns = "shop", .name = "fixed", .count = 3, .item = settings_items},
        replaced = {.ns = "shop", .name = "settings", .count = 1, .item = changed_items};
    struct kit k;

    kit_open(&k);
    cr_expect_eq(st_config_put(&k.all, &first, NULL), 0);
    cr_expect_eq(st_config_put(&k.all, &changed, NULL), -RX_ESTATE);
    cr_expect_eq(st_config_put(&k.all, &opened, NULL), -RX_ESTATE);
    cr_expect_eq(st_config_find(&k.all, "shop", false, "fixed"), &first);
    cr_expect_eq(st_config_put(&k.all, &again, NULL), 0, "the same content is no change");
    cr_expect_eq(st_config_put(&k.all, &replaced, NULL), 0);
    cr_expect_eq(st_config_find(&k.all, "shop", false, "settings"), &replaced);
    cr_expect_eq(k.all.table[ST_CONFIG].count, 3);
    kit_close(&k);
}

/* Against a plain table of flags: additions and removals in any order. */
Test(config, the_index_survives_removals)
{
    enum { NAMES = 300, ROUNDS = 20000 };
    static struct st_config config[NAMES];
    static char name[NAMES][16];
    bool there[NAMES] = {false};
    uint32_t state = 2463534242u, count = 2;
    struct kit k;

    kit_open(&k);
    for (int i = 0; i < NAMES; i++) {
        snprintf(name[i], sizeof(name[i]), "c%d", i);
        config[i] = (struct st_config){.ns = i % 3 ? "shop" : "b", .name = name[i]};
    }
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t i;

        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        i = state % NAMES;
        if (state >> 16 & 1) {
            cr_assert_eq(st_config_put(&k.all, &config[i], NULL), 0);
            count += !there[i];
            there[i] = true;
        } else {
            st_config_undo(&k.all, &config[i], NULL);
            count -= there[i];
            there[i] = false;
        }
        i = (state >> 3) % NAMES;
        cr_assert_eq(st_config_find(&k.all, config[i].ns, false, name[i]),
                     there[i] ? &config[i] : NULL);
        cr_assert_eq(k.all.table[ST_CONFIG].count, count);
    }
    for (int i = 0; i < NAMES; i++)
        cr_expect_eq(st_config_find(&k.all, config[i].ns, false, name[i]),
                     there[i] ? &config[i] : NULL);
    kit_close(&k);
}

/* ---- what is missing ------------------------------------------------------------------------ */

Test(config, what_a_container_misses)
{
    static const struct {
        struct pod_env_spec env;
        const char *why; /* NULL: nothing */
    } table[] = {
        {{.name = "A", .value = ""}, NULL},
        {{.name = "A", .from_kind = "configMapKeyRef", .from_name = "settings", .from_key = "MODE"},
         NULL},
        {{.name = "A", .from_kind = "configMapKeyRef", .from_name = "settings", .from_key = "mode"},
         "couldn't find key mode in ConfigMap shop/settings"},
        /* Binary data is for files only. */
        {{.name = "A",
          .from_kind = "configMapKeyRef",
          .from_name = "settings",
          .from_key = "logo.png"},
         "couldn't find key logo.png in ConfigMap shop/settings"},
        {{.name = "A", .from_kind = "configMapKeyRef", .from_name = "absent", .from_key = "MODE"},
         "configmap \"absent\" not found"},
        {{.name = "A",
          .from_kind = "configMapKeyRef",
          .from_name = "absent",
          .from_key = "MODE",
          .optional = true},
         NULL},
        {{.name = "A",
          .from_kind = "configMapKeyRef",
          .from_name = "settings",
          .from_key = "mode",
          .optional = true},
         NULL},
        {{.name = "A", .from_kind = "secretKeyRef", .from_name = "account", .from_key = "user"},
         NULL},
        {{.name = "A", .from_kind = "secretKeyRef", .from_name = "account", .from_key = "token"},
         "couldn't find key token in Secret shop/account"},
        /* A ConfigMap of that name is no Secret. */
        {{.name = "A", .from_kind = "secretKeyRef", .from_name = "settings", .from_key = "MODE"},
         "secret \"settings\" not found"},
        {{.name = "", .from_kind = "configMapRef", .from_name = "settings"}, NULL},
        {{.name = "P_", .from_kind = "configMapRef", .from_name = "account"},
         "configmap \"account\" not found"},
        {{.name = "", .from_kind = "configMapRef", .from_name = "absent", .optional = true}, NULL},
        {{.name = "", .from_kind = "secretRef", .from_name = "account"}, NULL},
        {{.name = "", .from_kind = "secretRef", .from_name = "absent"},
         "secret \"absent\" not found"},
        {{.name = "A", .from_kind = "fieldRef", .from_name = "", .from_key = "metadata.name"},
         NULL},
        {{.name = "A", .from_kind = "resourceFieldRef", .from_name = "", .from_key = "limits.cpu"},
         NULL},
        {{.name = "A", .from_kind = "fileKeyRef", .from_name = "v", .from_key = "k"}, NULL},
    };
    struct kit k;

    kit_open(&k);
    for (uint32_t i = 0; i < COUNT(table); i++) {
        struct pod_container_spec c = {.env_count = 1, .env = &table[i].env};
        bool missing = pod_config_missing(&k.all, &spec, &c, k.text, sizeof(k.text));

        cr_expect_eq(missing, table[i].why != NULL, "row %u", i);
        if (missing && table[i].why)
            cr_expect_str_eq(k.text, table[i].why);
    }
    kit_close(&k);
}

Test(config, the_first_of_several_is_named)
{
    static const struct pod_env_spec env[] = {
        {.name = "A", .value = "x"},
        {.name = "B", .from_kind = "secretKeyRef", .from_name = "one", .from_key = "k"},
        {.name = "C", .from_kind = "configMapKeyRef", .from_name = "two", .from_key = "k"},
    };
    struct pod_container_spec c = {.env_count = COUNT(env), .env = env};
    struct kit k;

    kit_open(&k);
    cr_expect(pod_config_missing(&k.all, &spec, &c, k.text, sizeof(k.text)));
    cr_expect_str_eq(k.text, "secret \"one\" not found");
    cr_expect(pod_config_missing(&k.all, &spec, &c, k.text, 8), "cut, not overrun");
    cr_expect_str_eq(k.text, "secret ");
    kit_close(&k);
}

static const struct pod_key_path item_mode[] = {{.key = "MODE", .path = "conf/mode"}},
                                 item_none[] =
                                 {{.key = "MODE", .path = "mode"}, {.key = "none", .path = "none"}};

Test(config, which_volumes_cannot_be_set_up)
{
#define FAILED "MountVolume.SetUp failed for volume \"v\" : "
    static const struct {
        struct pod_projection_spec p[3];
        uint32_t count;
        const char *why;
    } table[] = {
        {.count = 0},
        {{{.kind = POD_PROJECT_CONFIG_MAP, .source = "settings"}}, 1, NULL},
        {{{.kind = POD_PROJECT_CONFIG_MAP, .source = "kube-root-ca.crt"}}, 1, NULL},
        {{{.kind = POD_PROJECT_CONFIG_MAP, .source = "absent"}},
         1,
         FAILED "configmap \"absent\" not found"},
        {{{.kind = POD_PROJECT_CONFIG_MAP, .source = "absent", .optional = true}}, 1, NULL},
        {{{.kind = POD_PROJECT_SECRET, .source = "absent"}},
         1,
         FAILED "secret \"absent\" not found"},
        {{{POD_PROJECT_CONFIG_MAP, "settings", false, 1, item_mode, false}}, 1, NULL},
        {{{POD_PROJECT_CONFIG_MAP, "settings", false, 2, item_none, false}},
         1,
         FAILED "configmap references non-existent config key: none"},
        {{{POD_PROJECT_CONFIG_MAP, "settings", true, 2, item_none, false}}, 1, NULL},
        {{{POD_PROJECT_SECRET, "account", false, 1, item_mode, false}},
         1,
         FAILED "references non-existent secret key: MODE"},
        {{{.kind = POD_PROJECT_TOKEN}, {.kind = POD_PROJECT_DOWNWARD}}, 2, NULL},
        {{{.kind = POD_PROJECT_SECRET, .source = "a"},
          {.kind = POD_PROJECT_CONFIG_MAP, .source = "settings"},
          {.kind = POD_PROJECT_CONFIG_MAP, .source = "b"}},
         3,
         FAILED "[secret \"a\" not found, configmap \"b\" not found]"},
        {{{.kind = POD_PROJECT_SECRET, .source = "a"}, {.kind = POD_PROJECT_SECRET, .source = "a"}},
         2,
         FAILED "secret \"a\" not found"},
    };
    struct kit k;

    kit_open(&k);
    for (uint32_t i = 0; i < COUNT(table); i++) {
        struct pod_volume_spec v[] = {
            {.name = "first", .kind = POD_VOLUME_EMPTY_DIR},
            {.name = "v", .projection_count = table[i].count, .projection = table[i].p},
        };
        struct pod_spec pod = {.ns = "shop", .volume_count = 2, .volume = v};
        bool missing = pod_config_volumes_missing(&k.all, &pod, k.text, sizeof(k.text));

        cr_expect_eq(missing, table[i].why != NULL, "row %u", i);
        if (missing && table[i].why)
            cr_expect_str_eq(k.text, table[i].why);
        for (size_t room = 1; missing && room < 120; room++) {
            char *exact = malloc(room);

            pod_config_volume_missing(&k.all, &pod, &v[1], exact, room);
            cr_expect_eq(strncmp(exact, table[i].why, room - 1), 0);
            free(exact);
        }
    }
    kit_close(&k);
}

/* ---- expansion ------------------------------------------------------------------------------ */

static const char *abc(void *ctx, const char *name, size_t length)
{
    static const struct rx_pair known[] = {
        {"A", "one"}, {"B", "two"}, {"REF", "$(A)"}, {"EMPTY", ""}, {"a.b-c", "dots"}};

    ++*(int *)ctx;
    for (uint32_t i = 0; i < COUNT(known); i++)
        if (strlen(known[i].key) == length && memcmp(known[i].key, name, length) == 0)
            return known[i].value;
    return NULL;
}

Test(config, expansion)
{
    static const struct {
        const char *text, *expanded;
    } table[] = {
        {"", ""},
        {"plain", "plain"},
        {"$(A)", "one"},
        {"$(A)$(B)", "onetwo"},
        {"<$(A)-$(A)>", "<one-one>"},
        {"$(a.b-c)", "dots"},
        {"x$(EMPTY)y", "xy"},
        {"$(UNKNOWN)", "$(UNKNOWN)"},
        {"$(a)", "$(a)"},
        {"$()", "$()"},
        {"$$(A)", "$(A)"},
        {"$$$(A)", "$one"},
        {"$$$$(A)", "$$(A)"},
        {"$$A", "$A"},
        {"$$", "$"},
        {"$", "$"},
        {"x$", "x$"},
        {"$A", "$A"},
        {"${A}", "${A}"},
        {"$?$!", "$?$!"},
        {"$x$(A)", "$xone"},
        {"(A)", "(A)"},
        {"\\$(A)", "\\one"},
        {"$(REF)", "$(A)"},       /* what comes out is not looked into again */
        {"$(A$(B))", "$(A$(B))"}, /* the name is "A$(B": the first parenthesis ends it */
        {"$(A$(B)$(A)", "$(A$(B)one"},
        {"$(A$$B)", "$(A$$B)"},
        {"$(A", "$(A"},
        {"$(", "$("},
        {"$(A)$(B", "one$(B"},
        {"$($($(", "$($($("},
        {"$(($$", "$(($"},
    };
    struct kit k;
    int asked = 0;

    kit_open(&k);
    for (uint32_t i = 0; i < COUNT(table); i++) {
        const char *out = NULL;

        cr_assert_eq(pod_config_expand(&k.arena, table[i].text, abc, &asked, &out), 0);
        cr_expect_str_eq(out, table[i].expanded, "%s gave %s", table[i].text, out);
        cr_expect_eq(out == table[i].text, strchr(table[i].text, '$') == NULL);
    }
    cr_expect_gt(asked, 0);
    kit_close(&k);
}

/* 128 KiB with the NUL is what Linux takes for one string. */
Test(config, expansion_ends_where_a_process_could_not_be_executed)
{
    static char text[POD_CONFIG_TEXT_MAX + 1];
    const char *out;
    struct kit k;
    int asked = 0;

    kit_open(&k);
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "$$", 2);
    cr_expect_eq(pod_config_expand(&k.arena, text, abc, &asked, &out), 0);
    cr_expect_eq(strlen(out), POD_CONFIG_TEXT_MAX - 1);
    memcpy(text, "$x", 2);
    cr_expect_eq(pod_config_expand(&k.arena, text, abc, &asked, &out), -RX_ELIMIT);
    for (size_t i = 0; i < sizeof(text) - 1; i += 2)
        memcpy(text + i, "$(", 2);
    cr_expect_eq(pod_config_expand(&k.arena, text, abc, &asked, &out), -RX_ELIMIT);
    kit_close(&k);
}

/* ---- environment ---------------------------------------------------------------------------- */

/* "NAME=value" of all, a semicolon between. */
static const char *env_text(struct kit *k, const struct pod_env *env)
{
    size_t used = 0;

    k->text[0] = '\0';
    for (uint32_t i = 0; i < env->count; i++)
        used += (size_t)snprintf(k->text + used, sizeof(k->text) - used, "%s%s=%s", i ? ";" : "",
                                 env->pair[i].key, env->pair[i].value);
    return k->text;
}

static const struct rx_pair services[] = {{"DB_PORT", "5432"}, {"DB_HOST", "10.0.0.9"}};
static const struct rx_pair added[] = {{"pod-index", "2"}};
static const struct pod_fields fields = {.name = "shop-2",
                                         .uid = "u-1",
                                         .node_name = "node-a",
                                         .pod_ip = "10.1.0.7",
                                         .host_ip = "192.0.2.1",
                                         .labels = {1, added},
                                         .services = {2, services}};

Test(config, an_environment_with_everything)
{
    static const struct pod_env_spec env[] = {
        {.name = "C_", .from_kind = "configMapRef", .from_name = "settings"},
        {.name = "", .from_kind = "secretRef", .from_name = "absent", .optional = true},
        {.name = "", .from_kind = "configMapRef", .from_name = "settings"},
        {.name = "USER", .from_kind = "secretKeyRef", .from_name = "account", .from_key = "user"},
        {.name = "SKIP",
         .from_kind = "configMapKeyRef",
         .from_name = "settings",
         .from_key = "no",
         .optional = true},
        {.name = "MODE", .value = "very $(MODE)"},
        {.name = "URL", .value = "$(DB_HOST):$(DB_PORT)/$(USER)?$(LATER)"},
        {.name = "LATER", .value = "later"},
        {.name = "CPU", .from_kind = "resourceFieldRef", .from_name = "", .from_key = "limits.cpu"},
        {.name = "FILE", .from_kind = "fileKeyRef", .from_name = "v", .from_key = "k"},
        {.name = "DB_PORT", .value = "1"},
        {.name = "EMPTY", .value = ""},
    };
    struct pod_container_spec c = {.env_count = COUNT(env), .env = env};
    struct pod_env out;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &out), 0);
    cr_expect_str_eq(env_text(&k, &out),
                     "C_LEVEL=debug;C_MODE=fast;LEVEL=debug;MODE=very fast;USER=shop $(MODE);"
                     "URL=10.0.0.9:5432/shop $(MODE)?$(LATER);LATER=later;CPU=0;DB_PORT=1;EMPTY=;"
                     "DB_HOST=10.0.0.9");
    cr_expect_str_eq(pod_env_find(&out, "URLX", 3), "10.0.0.9:5432/shop $(MODE)?$(LATER)");
    cr_expect_null(pod_env_find(&out, "URLX", 4));
    cr_expect_null(pod_env_find(&out, "SKIP", 4));
    kit_close(&k);
}

Test(config, fields_of_the_pod)
{
    static const struct {
        const char *path, *value;
    } table[] = {
        {"metadata.name", "shop-2"},
        {"metadata.namespace", "shop"},
        {"metadata.uid", "u-1"},
        {"metadata.labels['tier']", "web"},
        {"metadata.labels['pod-index']", "2"},
        {"metadata.labels['tie']", ""},
        {"metadata.labels['']", ""},
        {"metadata.labels['", ""},
        {"metadata.annotations['note']", "first\n\"second\""},
        {"metadata.annotations['tier']", ""},
        {"spec.nodeName", "node-a"},
        {"spec.serviceAccountName", "default"},
        {"status.podIP", "10.1.0.7"},
        {"status.podIPs", "10.1.0.7"},
        {"status.hostIP", "192.0.2.1"},
        {"status.hostIPs", "192.0.2.1"},
        {"status.phase", ""},
    };
    struct kit k;

    kit_open(&k);
    for (uint32_t i = 0; i < COUNT(table); i++) {
        struct pod_env_spec env = {
            .name = "X", .from_kind = "fieldRef", .from_name = "", .from_key = table[i].path};
        struct pod_container_spec c = {.env_count = 1, .env = &env};
        struct pod_env out;

        cr_assert_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &out), 0);
        cr_expect_str_eq(pod_env_find(&out, "X", 1), table[i].value, "%s", table[i].path);
    }
    kit_close(&k);
}

Test(config, a_fixed_environment_needs_nothing)
{
    static const struct pod_env_spec env[] = {{.name = "A", .value = "1"},
                                              {.name = "B", .value = "$(A)$(A)"}};
    struct pod_container_spec c = {.env_count = 2, .env = env}, bare = {0};
    struct st_store none = {0};
    struct pod_fields nobody = {0};
    struct pod_env out;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(pod_config_env(&none, &spec, &c, &nobody, &k.arena, &out), 0);
    cr_expect_str_eq(env_text(&k, &out), "A=1;B=11");
    cr_assert_eq(pod_config_env(&none, &spec, &bare, &nobody, &k.arena, &out), 0);
    cr_expect_eq(out.count, 0);
    cr_expect_null(pod_env_find(&out, "A", 1));
    kit_close(&k);
}

/* No manifest can say these: keys of a ConfigMap are tame. */
Test(config, names_that_no_process_can_have_are_skipped)
{
    static const struct st_data items[] = {TEXT("", "1"), TEXT("a b", "2"), TEXT("a=b", "3"),
                                            TEXT("tab\t", "4")};
    static const struct st_config wild = {.ns = "shop", .name = "wild", .count = 4, .item = items};
    static const struct pod_env_spec env[] = {
        {.name = "", .from_kind = "configMapRef", .from_name = "wild"},
        {.name = "P", .from_kind = "configMapRef", .from_name = "wild"}};
    struct pod_container_spec c = {.env_count = 2, .env = env};
    struct pod_env out;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(st_config_put(&k.all, &wild, NULL), 0);
    cr_assert_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &out), 0);
    cr_expect_str_eq(env_text(&k, &out), "a b=2;P=1;Pa b=2;DB_PORT=5432;DB_HOST=10.0.0.9");
    kit_close(&k);
}

/* V0 = 64 bytes, each next one twice the one before: 2^40 bytes, if nobody stops it. */
Test(config, a_doubling_environment_is_refused)
{
    static struct pod_env_spec env[40];
    static char name[40][16], value[40][48];
    struct pod_container_spec c = {.env_count = 40, .env = env};
    struct pod_env out;
    struct kit k;

    kit_open(&k);
    for (int i = 0; i < 40; i++) {
        snprintf(name[i], sizeof(name[i]), "V%d", i);
        snprintf(value[i], sizeof(value[i]), i ? "$(V%d)$(V%d)" : "0123456789abcdef", i - 1, i - 1);
        env[i] = (struct pod_env_spec){.name = name[i], .value = value[i]};
    }
    cr_expect_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &out), -RX_ELIMIT);
    cr_expect_lt(k.mem.state->bytes, 1 << 20);
    c.env_count = 12;
    cr_expect_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &out), 0);
    cr_expect_eq(strlen(pod_env_find(&out, "V11", 3)), 16 << 11);
    kit_close(&k);
}

Test(config, an_environment_larger_than_linux_takes_is_refused)
{
    static char big[POD_CONFIG_TEXT_MAX];
    static struct pod_env_spec env[20];
    static char name[20][16];
    struct pod_container_spec c = {.env_count = 17, .env = env};
    struct pod_fields nobody = {0};
    struct pod_env out;
    struct kit k;

    kit_open(&k);
    memset(big, 'x', sizeof(big) - 1);
    for (int i = 0; i < 20; i++) {
        snprintf(name[i], sizeof(name[i]), "V%d", i);
        env[i] = (struct pod_env_spec){.name = name[i], .value = big + 10};
    }
    cr_expect_eq(pod_config_env(&k.all, &spec, &c, &nobody, &k.arena, &out), -RX_ELIMIT);
    c.env_count = 15;
    cr_expect_eq(pod_config_env(&k.all, &spec, &c, &nobody, &k.arena, &out), 0);
    env[3].value = big; /* NAME= and this are more than one string may be */
    cr_expect_eq(pod_config_env(&k.all, &spec, &c, &nobody, &k.arena, &out), -RX_ELIMIT);
    kit_close(&k);
}

/* ---- commands ------------------------------------------------------------------------------- */

Test(config, a_command_and_a_probe_command)
{
    static const struct pod_env_spec env[] = {
        {.name = "", .from_kind = "configMapRef", .from_name = "settings"},
        {.name = "A", .value = "one"},
        {.name = "B", .value = "$(A)"},
        {.name = "C", .from_kind = "secretKeyRef", .from_name = "account", .from_key = "password"},
    };
    static const char *const argv[] = {"sh", "-c", "$(A) $(B) $(C) $(MODE) $$(A) $(NO)"},
                             *const plain[] = {"sh", "-c", "echo (A)"};
    struct pod_container_spec c = {.env_count = COUNT(env), .env = env};
    const char *const *out;
    struct pod_env e;
    struct kit k;

    kit_open(&k);
    cr_assert_eq(pod_config_env(&k.all, &spec, &c, &fields, &k.arena, &e), 0);
    cr_assert_eq(pod_config_argv(&k.arena, &e, 3, argv, &out), 0);
    cr_expect_str_eq(out[0], "sh");
    cr_expect_str_eq(out[2], "one one hunter2 fast $(A) $(NO)");
    cr_assert_eq(pod_config_probe_argv(&k.arena, &c, 3, argv, &out), 0);
    cr_expect_str_eq(out[2], "one $(A)  $(MODE) $(A) $(NO)");
    cr_assert_eq(pod_config_argv(&k.arena, &e, 3, plain, &out), 0);
    cr_expect_eq(out, plain, "nothing to do, nothing copied");
    cr_assert_eq(pod_config_argv(&k.arena, &e, 0, NULL, &out), 0);
    kit_close(&k);
}

/* ---- files ---------------------------------------------------------------------------------- */

static int list_file(void *ctx, const char *path, const char *bytes, uint32_t length,
                     bool executable)
{
    struct kit *k = ctx;
    size_t used = strlen(k->text);

    if (strcmp(path, "stop") == 0)
        return 7;
    snprintf(k->text + used, sizeof(k->text) - used, "%s[%u]%s=%s;", path, length,
             executable ? "*" : "", bytes);
    return 0;
}

static const struct pod_key_path downward_items[] = {{.key = "metadata.labels", .path = "labels"},
                                                     {.key = "metadata.annotations",
                                                      .path = "notes"},
                                                     {.key = "metadata.name", .path = "name"},
                                                     {.key = NULL, .path = "cpu"}},
                                 token_item[] = {{.key = NULL, .path = "token"}},
                                 stop_item[] = {{.key = "MODE", .path = "stop"}};

Test(config, files_of_volumes)
{
    static const struct {
        struct pod_projection_spec p[4];
        uint32_t count;
        int rc;
        bool fixed;
        const char *files;
    } table[] = {
        {{{.kind = POD_PROJECT_CONFIG_MAP, .source = "settings"}},
         1,
         0,
         true,
         "LEVEL[5]=debug;MODE[4]=fast;logo.png[6]=\x89PNG;"},
        {{{POD_PROJECT_CONFIG_MAP, "settings", true, 2, item_none, false}}, 1, 0, true,
         "mode[4]=fast;"},
        {{{.kind = POD_PROJECT_SECRET, .source = "absent", .optional = true}}, 1, 0, true, ""},
        {{{POD_PROJECT_DOWNWARD, NULL, false, 4, downward_items, false}},
         1,
         0,
         false,
         "labels[35]=app=\"shop\"\npod-index=\"2\"\ntier=\"web\";"
         "notes[24]=note=\"first\\n\\\"second\\\"\";name[6]=shop-2;cpu[1]=0;"},
        {{{POD_PROJECT_CONFIG_MAP, "settings", false, 1, item_mode, false},
          {.kind = POD_PROJECT_SECRET, .source = "account"},
          {POD_PROJECT_TOKEN, NULL, false, 1, token_item, false}},
         3,
         0,
         true,
         "conf/mode[4]=fast;password[7]=hunter2;user[12]=shop $(MODE);token[9]=simulated;"},
        {{{POD_PROJECT_CONFIG_MAP, "settings", false, 1, stop_item, false},
          {.kind = POD_PROJECT_SECRET, .source = "account"}},
         2,
         7,
         true,
         ""},
    };
    struct kit k;

    kit_open(&k);
    for (uint32_t i = 0; i < COUNT(table); i++) {
        struct pod_volume_spec v = {
            .name = "v", .projection_count = table[i].count, .projection = table[i].p};

        k.text[0] = '\0';
        cr_expect_eq(pod_config_files(&k.all, &spec, &v, &fields, &k.arena, list_file, &k),
                     table[i].rc);
        cr_expect_str_eq(k.text, table[i].files, "row %u: %s", i, k.text);
        cr_expect_eq(pod_config_volume_fixed(&v), table[i].fixed);
    }
    kit_close(&k);
}

/* ---- memory that runs out ------------------------------------------------------------------- */

static void *scarce_alloc(void *ctx, size_t size, size_t align)
{
    int64_t *left = ctx;

    return (*left)-- > 0 ? aligned_alloc(align, (size + align - 1) / align * align) : NULL;
}

static void scarce_free(void *ctx, void *p, size_t size)
{
    (void)ctx;
    (void)size;
    free(p);
}

static int all_of_it(const struct rx_mem *mem, struct st_store *all, struct rx_arena *arena)
{
    static char big[3000];
    static const char *const argv[] = {"$(BIG)", "$(MODE)"};
    static const struct pod_projection_spec p = {POD_PROJECT_DOWNWARD, NULL, false, 4,
                                                 downward_items, false};
    const struct pod_volume_spec v = {.name = "v", .projection_count = 1, .projection = &p};
    const struct pod_env_spec env[] = {
        {.name = "C_", .from_kind = "configMapRef", .from_name = "settings"},
        {.name = "BIG", .value = "$$"},
        {.name = "MORE", .value = big},
    };
    const struct pod_container_spec c = {.env_count = COUNT(env), .env = env};
    struct kit k = {.text = ""};
    const char *const *out;
    struct pod_env e;
    int rc;

    memset(big, '$', sizeof(big) - 1);
    st_store_init(all, mem, NULL);
    rx_arena_init(arena, mem);
    rc = st_config_put(all, &settings, NULL);
    rc = rc != 0 ? rc : pod_config_env(all, &spec, &c, &fields, arena, &e);
    rc = rc != 0 ? rc : pod_config_argv(arena, &e, 2, argv, &out);
    return rc != 0 ? rc : pod_config_files(all, &spec, &v, &fields, arena, list_file, &k);
}

Test(config, every_allocation_may_fail)
{
    static const struct rx_mem_ops ops = {.alloc = scarce_alloc, .free = scarce_free};
    int rc = -RX_ENOMEM, failed = 0;

    for (int64_t n = 0; rc != 0; n++) {
        int64_t left = 1 + n;
        struct st_store all;
        struct rx_arena arena;
        struct rx_mem mem;

        cr_assert_lt(n, 100);
        cr_assert_eq(rx_mem_open_with(&mem, &ops, &left), 0);
        rc = all_of_it(&mem, &all, &arena);
        cr_assert(rc == 0 || rc == -RX_ENOMEM, "%d", rc);
        failed += rc != 0;
        rx_arena_fini(&arena);
        st_configs_free(&all);
    st_store_fini(&all);
        cr_expect_eq(mem.state->bytes, 0);
        rx_mem_close(&mem);
    }
    cr_expect_gt(failed, 2);
}
