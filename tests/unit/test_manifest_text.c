/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts as they come: the corners of YAML as kubectl reads it, and what is no YAML at all.
 */
#include "engine/store/job_spec.h"
#include "tests/unit/test_manifest_kit.h"

#include <unistd.h>

#define HEAD          "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
#define SPEC          "spec: {containers: [{name: c, image: x}]}\n"
#define LIST          "{\"kind\": \"List\", \"apiVersion\": \"v1\"}\n"
#define REFUSE(table) kit_refuse(table, sizeof(table) / sizeof((table)[0]))

static const struct refusal broken[] = {
    {"", "1:1 no objects in it\n"},
    {"# only a comment\n---\n---\n", "1:1 no objects in it\n"},
    {"---\n~\n", "1:1 no objects in it\n"},
    {"hello\n",
     "1:1 Invalid value: \"hello\": cannot unmarshal string into Go struct field of type "
     "object\n"},
    {"- a\n",
     "1:1 Invalid value: [\"a\"]: cannot unmarshal array into Go struct field of type object\n"},
    {"kind: Pod\n", "1:1 Object 'apiVersion' is missing\n"},
    {"apiVersion: v1\n", "1:1 Object 'Kind' is missing\n"},
    {"{}\n", "1:1 Object 'Kind' is missing\n1:1 Object 'apiVersion' is missing\n"},
    {"apiVersion: v1\nkind: List\nitems: {}\n",
     "3:8 items: Invalid value: {}: cannot unmarshal object into Go struct field of type array\n"},
    {"a: b\n\tc: d\n", "2:1 yaml: line 2: found a tab character that violates indentation\n"},
    {"a:\n\t- b\n", "2:1 yaml: line 2: found character that cannot start any token\n"},
    {"a: b\n\t\nc: d\n", "2:1 yaml: line 2: found a tab character that violates indentation\n"},
    {"a: @b\n", "1:4 yaml: line 1: found character that cannot start any token\n"},
    {"a: [1, 2\n", "2:1 yaml: line 2: did not find expected ',' or ']', while parsing a flow "
                   "sequence from line 1, column 4 on\n"},
    {"a: \"x\n", "2:1 yaml: line 2: found unexpected end of stream\n"},
    {"a: {b: c\n---\n", "2:1 yaml: line 2: did not find expected ',' or '}', while parsing a flow "
                        "mapping from line 1, column 4 on\n"},
    {"a: b: c\n", "1:5 yaml: line 1: mapping values are not allowed in this context\n"},
    {"a: *nobody\n", "1:4 yaml: unknown anchor 'nobody' referenced\n"},
    {"a: &x [*x]\n", "1:8 yaml: anchor 'x' value contains itself\n"},
    {"a: \"\\0\"\n", "1:4 yaml: a NUL character in a string is not supported\n"},
    {"~: b\n", "1:1 yaml: a key must not be null\n"},
    {"? [a]\n: b\n", "1:3 yaml: a key must be a plain value, not a mapping or a sequence\n"},
    {"a: b\n\x7f\x45LF\x01\n", "2:1 yaml: control characters are not allowed: U+007F\n"},
    {"<<: 5\n" HEAD SPEC, "1:5 yaml: map merge requires map or sequence of maps as the value\n"},
    {"a: .inf\n", "1:4 yaml: unsupported value: .inf: JSON has no such number\n"},
    {"a: !!int b\n", "1:4 yaml: cannot decode !!str `b` as a !!int\n"},
    {"a: !!binary b\n", "1:4 yaml: !!binary value contains invalid base64 data\n"},
    /* What was read before the text broke is looked at as well. */
    {HEAD "---\na: [\n", "1:1 spec.containers: Required value\n"
                         "6:1 yaml: line 6: did not find expected node content\n"},
    /* Cut at each line that begins with ---, and at no other place. */
    {"%YAML 1.1\n---\n" HEAD SPEC, "2:1 yaml: line 2: did not find expected <document start>\n"},
    {"--- a\n" HEAD SPEC, "1:5 yaml: invalid Yaml document separator: a\n"},
    {HEAD SPEC "---\t{}\n", "5:5 yaml: invalid Yaml document separator: {}\n"},
    /* A brace at the beginning makes it JSON, if the first document is JSON, or nothing at all. */
    {"{\"a\" 1}\n", "1:6 json: offset 6: invalid character '1' after object key\n"},
    {"{\"a\": \"\\x\"}\n",
     "1:9 json: offset 9: invalid character 'x' in string escape code\n"},
    {"{\"a\": \"b", "1:9 json: offset 8: unexpected EOF\n"},
    {"{a: [}\n", "1:2 json: offset 2: invalid character 'a' looking for beginning of object key "
                 "string\n"},
    {"{\"a\": 1\x01}\n",
     "1:8 json: offset 8: invalid character '\\x01' after object key:value pair\n"},
    {"{a}", "1:2 json: offset 2: invalid character 'a' looking for beginning of object key "
            "string\n"},
    {"{apiVersion: v1}\n", "1:1 Object 'Kind' is missing\n"},
    {"{\"a\": 1, \"a\": 2,}\n",
     "1:1 Object 'Kind' is missing\n1:1 Object 'apiVersion' is missing\n"
     "!1:10 key \"a\" already set in map, in line 1, column 2: the last one counts\n"},
    {LIST "---\na: b\n", "3:1 Object 'Kind' is missing\n3:1 Object 'apiVersion' is missing\n"},
    {LIST " {kind: Pod}\n", "2:2 Object 'apiVersion' is missing\n"},
    {"{\"kind\": \"List\", \"apiVersion\": \"v1\"} {kind: Pod}\n",
     "1:38 Object 'apiVersion' is missing\n"},
    {LIST "{b: 1}\n---\na: [\n",
     "2:1 Object 'Kind' is missing\n2:1 Object 'apiVersion' is missing\n"
     "5:1 yaml: line 5: did not find expected node content\n"},
    {LIST "{b: 1}\n---\na: \x01\n", "2:1 Object 'Kind' is missing\n"
                                     "2:1 Object 'apiVersion' is missing\n"
                                     "4:4 yaml: control characters are not allowed: U+0001\n"},
    /* Behind two values it is. */
    {LIST LIST "{apiVersion: v1}\n", "3:2 json: offset 76: invalid character 'a' looking for "
                                     "beginning of object key string\n"},
    {LIST LIST "{\"a\": 1,}\n", "3:9 json: offset 83: invalid character '}' looking for beginning "
                                "of object key string\n"},
    {LIST LIST "{\"a\": [1,\n]}\n",
     "4:1 json: offset 85: invalid character ']' looking for beginning of value\n"},
    {LIST LIST "{\"a\": 01}\n",
     "3:8 json: offset 82: invalid character '1' after object key:value pair\n"},
    {LIST LIST "{\"a\": nul}\n",
     "3:10 json: offset 84: invalid character '}' in literal null (expecting 'l')\n"},
    {LIST LIST "---\na: b\n", "3:2 json: offset 76: invalid character '-' in numeric literal\n"},
    /* What libyaml takes otherwise than kubectl's port of it. */
    {"a: \"b\\/c\"\n", "1:6 yaml: line 1: found unknown escape character\n"},
    {"é: \"b\\'\\\\\\/c\"\n", "1:10 yaml: line 1: found unknown escape character\n"},
    {"a: \"b\n  \\/c\"\n", "2:3 yaml: line 2: found unknown escape character\n"},
    {"a: b\n---\n{\"a\": \"b\\/c\"}\n",
     "1:1 Object 'Kind' is missing\n1:1 Object 'apiVersion' is missing\n"
     "3:9 yaml: line 3: found unknown escape character\n"},
    {"a: [sh, -c, é ok? yes]\n", "1:17 yaml: line 1: did not find expected ',' or ']'\n"},
    {"a: {b: c?}\n", "1:9 yaml: line 1: did not find expected ',' or '}'\n"},
};

Test(manifest_text, broken)
{
    REFUSE(broken);
}

/* Each is the value of an int32 field, spec.replicas, or is refused as such. */
static const struct {
    const char *text, *refused;
    int32_t value;
} numbers[] = {
    {"3", NULL, 3},
    {"+3", NULL, 3},
    {"0x10", NULL, 16},
    {"010", NULL, 8},
    {"0o10", NULL, 8},
    {"0b11", NULL, 3},
    {"1_000", NULL, 1000},
    {"3.0", NULL, 3},
    {"1e2", NULL, 100},
    {"1.5e1", NULL, 15},
    {"!!int \"3\"", NULL, 3},
    {"~", NULL, 1},
    {"", NULL, 1},
    {"\"3\"", "\"3\": cannot unmarshal string", 0},
    {"!!str 3", "\"3\": cannot unmarshal string", 0},
    {"three", "\"three\": cannot unmarshal string", 0},
    {"1.5", "1.5: cannot unmarshal number", 0},
    {"yes", "true: cannot unmarshal bool", 0},
    {".inf", "yaml: unsupported value: .inf", 0},
    {"2147483648", "2147483648: cannot unmarshal number", 0},
    {"9223372036854775808", "9223372036854775808: cannot unmarshal number", 0},
    {"0x", "\"0x\": cannot unmarshal string", 0},
    {"0xffffffffffffffff", "0xffffffffffffffff: cannot unmarshal number", 0},
    {"99999999999999999999", "99999999999999999999: cannot unmarshal number", 0},
    {"08", "8: cannot", 8}, /* no octal number, hence a decimal one, as a float */
    {"1:30", "\"1:30\": cannot unmarshal string", 0},
    {"2001-01-01", "\"2001-01-01\": cannot unmarshal string", 0},
};

Test(manifest_text, numbers)
{
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        char text[512];
        struct kit k;
        int error;

        snprintf(
            text, sizeof(text),
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: w}\nspec:\n  replicas: %s\n"
            "  selector: {matchLabels: {a: b}}\n"
            "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}\n",
            numbers[i].text);
        kit_open(&k);
        error = kit_load(&k, text);
        if (error == 0)
            cr_expect_eq(k.set.workloads.item[0].replicas, numbers[i].value, "%s", numbers[i].text);
        else
            cr_expect(numbers[i].refused && strstr(kit_said(&k), numbers[i].refused) != NULL,
                      "%s: %s", numbers[i].text, kit_said(&k));
        kit_close(&k);
    }
}

/* Each is the value of a bool field, hostNetwork-like: suspend of a Job. */
static const struct {
    const char *text;
    int value; /* -1: refused */
} booleans[] = {
    {"true", 1}, {"True", 1},         {"yes", 1}, {"on", 1},   {"y", 1},     {"false", 0},
    {"No", 0},   {"OFF", 0},          {"n", 0},   {"null", 0}, {"tRUE", -1}, {"\"true\"", -1},
    {"1", -1},   {"!!bool 'yes'", 1},
};

Test(manifest_text, booleans)
{
    for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
        char text[512];
        struct kit k;
        int error;

        snprintf(text, sizeof(text),
                 "apiVersion: batch/v1\nkind: Job\nmetadata: {name: w}\nspec:\n  suspend: %s\n  "
                 "template: "
                 "{spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}\n",
                 booleans[i].text);
        kit_open(&k);
        error = kit_load(&k, text);
        cr_expect_eq(error, booleans[i].value < 0 ? -RX_EMANIFEST : 0, "%s", booleans[i].text);
        if (error == 0)
            cr_expect_eq(k.set.workloads.item[0].job->suspended, booleans[i].value == 1, "%s",
                         booleans[i].text);
        kit_close(&k);
    }
}

/* Each is an argument of a container. */
static const struct {
    const char *text, *value;
} strings[] = {
    {"plain", "plain"},
    {"'it''s'", "it's"},
    {"\"tab\\tand \\u00e9\"", "tab\tand \xc3\xa9"},
    {"\"yes\"", "yes"},
    {"!!str yes", "yes"},
    {"\"\"", ""},
    {"|\n      a\n       b\n\n      c\n", "a\n b\n\nc\n"},
    {"|-\n      a\n      b\n", "a\nb"},
    {"|+\n      a\n\n", "a\n\n\n"},
    {">\n      a\n      b\n\n      c\n", "a b\nc\n"},
    {">-\n      a\n      b\n", "a b"},
    {"a\n      b", "a b"},
    {"--flag=a:b", "--flag=a:b"},
    /* What libyaml takes otherwise than kubectl's port of it, and what looks like it. */
    {"\"it\\'s \\\\\\' \\\\'\"", "it's \\' \\'"},
    {"'a\\'", "a\\"},
    {"'a\\/\\'''", "a\\/\\'"},
    {"a\\/b\\'c", "a\\/b\\'c"},
    {"\"\\\\/\"", "\\/"},
    {"|-\n      a\\/b\\'c:,\n", "a\\/b\\'c:,"},
    {"\"\xee\x80\x80 \\ue001 \\' \\uE002:,\"", "\xee\x80\x80 \xee\x80\x81 ' \xee\x80\x82:,"},
    {"a:,b:]", "a:,b:]"},
    {"ok?", "ok?"},
    {"-", NULL},
    {"a #no comment", "a"},
    {"a#b", "a#b"},
    {"<<", "<<"},
    {"2001-01-01", "2001-01-01"},
    {"1.2.3", "1.2.3"},
    {"0x", "0x"},
    {"0x1ffffffffffffffff", "0x1ffffffffffffffff"}, /* no number of 64 bits */
    {"-0xffffffffffffffff", "-0xffffffffffffffff"},
};

Test(manifest_text, strings)
{
    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        char text[512];
        struct kit k;
        int error;

        snprintf(text, sizeof(text),
                 HEAD "spec:\n  containers:\n  - name: c\n    image: x\n    args:\n"
                      "    - last\n    - %s\n",
                 strings[i].text);
        kit_open(&k);
        error = kit_load(&k, text);
        if (strings[i].value) {
            cr_expect_eq(error, 0, "%s\n%s", text, kit_said(&k));
            if (error == 0)
                cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[1],
                                 strings[i].value);
        } else {
            cr_expect_neq(error, 0, "%s", text);
        }
        kit_close(&k);
    }
}

/* Between brackets a colon before one of them, or before a comma, belongs to the text. */
Test(manifest_text, colons_between_brackets)
{
    struct kit k;
    const struct pod_spec *pod;

    kit_open(&k);
    pod = kit_pod(&k, HEAD "spec: {containers: [{name: c, image: x, args: [a:, b:c:, d:], "
                           "command: [\"e:,\"]}]}\n");
    cr_expect_str_eq(pod->container[0].argv[0], "e:,");
    cr_expect_str_eq(pod->container[0].argv[1], "a:");
    cr_expect_str_eq(pod->container[0].argv[2], "b:c:");
    cr_expect_str_eq(pod->container[0].argv[3], "d:");
    kit_close(&k);
}

/* Nothing is left to stand for the backslash. */
Test(manifest_text, every_character_for_private_use)
{
    static char text[0x1900 * 3 + 100];
    size_t used = (size_t)snprintf(text, sizeof(text), "kind: \"\\'");
    struct kit k;

    for (unsigned code = 0xe000; code < 0xf900; code++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%c%c", 0xe0 | code >> 12,
                                 0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
    snprintf(text + used, sizeof(text) - used, "\"\n");
    kit_open(&k);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_str_eq(kit_said(&k), "1:1 yaml: \\' and \\/ are not supported beside every "
                                   "character for private use\n");
    kit_close(&k);
}

static const char *const fine[] = {
    "\xef\xbb\xbf" HEAD SPEC,                                      /* byte order mark */
    "{\n  # a comment\n  apiVersion: v1, kind: Pod, metadata: {name: p}, " SPEC ",\n}\n",
    "apiVersion: v1\r\nkind: Pod\r\nmetadata: {name: p}\r\n" SPEC, /* CRLF */
    "---\n# nothing\n--- # here\n" HEAD SPEC "---\n",
    "---\n{apiVersion: v1, kind: Pod, metadata: {name: p}, " SPEC "}\n",
    HEAD "spec: {\n  containers: [\n  {name: c,\nimage: x\n}\n]\n}\n", /* no deeper than its key */
    HEAD SPEC "# a tab\there\n",
    HEAD "spec:\n  containers:\n  - &c {name: c, image: x}\n  volumes: !!null \"\"\n",
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{"
    "\"containers\":[{\"name\":"
    "\"c\",\"image\":\"x\"}]}}",
    HEAD
    "spec:\n  containers:\n  - &c {name: c, image: x}\n  initContainers:\n  - {<<: *c, name: i}\n",
    HEAD "x: &a {image: x, name: a}\ny: &b {image: y.1, name: b}\nspec: {containers: [{<<: [*a, "
         "*b]}]}\n",
    HEAD "spec:\n  containers: &l\n  - name: c\n    image: x\n  volumes: null\nstatus: *l\n",
};

Test(manifest_text, fine)
{
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        struct kit k;
        int error;

        kit_open(&k);
        error = kit_load(&k, fine[i]);
        cr_expect_eq(error, 0, "%s\n%s", fine[i], kit_said(&k));
        cr_expect_eq(k.set.workloads.count, 1);
        kit_close(&k);
    }
}

/* As kubectl's reader sets them, one after another: of a sequence, the first has the last word. */
Test(manifest_text, merge_keys_set_what_stands_before_them)
{
    struct kit k;
    const struct pod_spec *pod;

    kit_open(&k);
    pod = kit_pod(&k, HEAD
                  "x:\n- &a {name: a, image: first, hidden: 1}\n- &b {image: second, tty: true}\n"
                  "spec:\n  containers:\n  - {image: own, <<: *a}\n  - {<<: [*a, *b], name: d}\n");
    cr_expect_str_eq(pod->container[0].name, "a");
    cr_expect_str_eq(pod->container[0].image, "first");
    cr_expect_str_eq(pod->container[1].name, "d");
    cr_expect_str_eq(pod->container[1].image, "first");
    cr_expect_not_null(strstr(kit_said(&k), "9:6 key \"image\" is set again by a merge key"), "%s",
                       kit_said(&k));
    kit_close(&k);
}

Test(manifest_text, json_objects_one_after_another)
{
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, "{\"apiVersion\":\"v1\",\"kind\":\"A}{\"}\n"
                              "{\"apiVersion\":\"v1\",\"kind\":\"B\\\"\"} {\"apiVersion\":\"v1\",\n"
                              "  \"kind\":\"C\"}\n"),
                 0, "%s", kit_said(&k));
    cr_assert_eq(k.set.diagnostics.count, 3);
    cr_expect_str_eq(k.set.diagnostics.item[0].text, "v1/A}{: not simulated, skipped");
    cr_expect_eq(k.set.diagnostics.item[1].line, 2);
    cr_expect_eq(k.set.diagnostics.item[1].column, 1);
    cr_expect_eq(k.set.diagnostics.item[2].line, 2);
    cr_expect_eq(k.set.diagnostics.item[2].column, 34);
    /* The third is broken in its second line, which is the fourth of all. */
    cr_expect_eq(kit_load(&k, "{\"a\":1}\n{\"b\":2}\n{\"c\":3,\n\"d\" \"e\"}\n"), -RX_EMANIFEST);
    cr_expect_eq(k.set.diagnostics.item[k.set.diagnostics.count - 1].line, 4, "%s", kit_said(&k));
    kit_close(&k);
}

/* YAML has no word for the two halves of a character, and no key longer than 1024. */
Test(manifest_text, json_strings)
{
    static char key[3000], text[4096];
    struct kit k;

    memset(key, 'k', sizeof(key) - 1);
    snprintf(text, sizeof(text),
             "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"%s\":1,"
             "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\",\"args\":["
             "\"\\ud83d\\ude00\",\"\\/\\b\\u00e9\\\"\",\"\\ud83d\\u0041\",\"\\udc00\"]}]}}",
             key);
    kit_open(&k);
    cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
    cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[0], "\xf0\x9f\x98\x80");
    cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[1], "/\b\xc3\xa9\"");
    cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[2], "\xef\xbf\xbd" "A");
    cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[3], "\xef\xbf\xbd");
    kit_close(&k);
}

/* What kubectl takes, and leaves somebody wondering: the load succeeds, with exactly these
 * words. */
static const struct refusal taken[] = {
    {HEAD SPEC "spec: {containers: [{name: d, image: x}]}\nkind: Pod\n",
     "!5:1 key \"spec\" already set in map, in line 4, column 1: the last one counts\n"
     "!6:1 key \"kind\" already set in map, in line 2, column 1: the last one counts\n"},
    {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"kind\":\"B\"}",
     "!1:31 key \"kind\" already set in map, in line 1, column 20: the last one counts\n"},
    {HEAD SPEC "1: a\n0x1: b\n",
     "!6:1 key \"1\" already set in map, in line 5, column 1: the last one counts\n"
     "?6:1 unknown field \"1\"\n"},
    {HEAD SPEC "kind metadata: a\n", "?5:1 unknown field \"kind metadata\"\n"},
    {HEAD SPEC "# caf\xe9\n", "5:6 invalid UTF-8: byte 0xe9, read as U+FFFD, as by kubectl\n"},
    {HEAD SPEC "...\n" HEAD,
     "6:1 ignored, as by kubectl: a document has ended before it, and no line of --- begins "
     "another "
     "one\n"},
    {LIST "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"kind\":\"B\",}",
     "!2:31 key \"kind\" already set in map, in line 2, column 20: the last one counts\n"},
    {"---\n{apiVersion: v1, kind: A}\nb: c\n",
     "3:1 ignored, as by kubectl: a document has ended before it, and no line of --- begins "
     "another "
     "one\n"},
};

Test(manifest_text, taken_with_a_word)
{
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        struct kit k;

        kit_open(&k);
        cr_expect_eq(kit_load(&k, taken[i].text), 0, "%s", taken[i].text);
        cr_expect_str_eq(kit_said(&k), taken[i].said, "text:\n%s\nwanted:\n%s\ngot:\n%s",
                         taken[i].text, taken[i].said, kit_said(&k));
        kit_close(&k);
    }
}

#define RC "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: old}\nspec:\n"
#define TEMPLATE "  template:\n    metadata: {labels: {app: old}}\n    " SPEC

static const struct refusal controllers[] = {
    {RC "  selector: {app: new}\n" TEMPLATE,
     "7:24 spec.template.metadata.labels: Invalid value: {\"app\":\"old\"}: `selector` does not "
     "match "
     "template `labels`\n"},
    {RC "  template:\n    " SPEC, "5:3 spec.selector: Required value\n"},
    {RC "  replicas: -1\n" TEMPLATE,
     "5:13 spec.replicas: Invalid value: -1: must be greater than or equal to 0\n"},
};

Test(manifest_text, replication_controllers)
{
    struct kit k;

    REFUSE(controllers);
    kit_open(&k);
    cr_assert_eq(kit_load(&k, RC TEMPLATE "---\n" RC "  replicas: 3\n  selector: {}\n" TEMPLATE),
                 -RX_EMANIFEST);
    cr_assert_eq(kit_load(&k, RC TEMPLATE), 0, "%s", kit_said(&k));
    cr_expect_eq(k.set.workloads.item[0].replicas, 1);
    cr_expect_eq(k.set.workloads.item[0].selector.count, 1);
    kit_close(&k);
}

/* Defaults come before the rules. */
Test(manifest_text, a_target_port_of_nothing_is_the_port)
{
    static const char *const target[] = {"0", "\"\"", "null"};

    for (size_t i = 0; i < sizeof(target) / sizeof(target[0]); i++) {
        char text[512];
        struct kit k;

        snprintf(text, sizeof(text),
                 "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, "
                 "ports: [{port: "
                 "80, targetPort: %s}]}\n",
                 target[i]);
        kit_open(&k);
        cr_assert_eq(kit_load(&k, text), 0, "%s", kit_said(&k));
        cr_expect_eq(k.set.services.item[0].port[0].target, 80);
        kit_close(&k);
    }
}

Test(manifest_text, no_pods_is_worth_a_word)
{
    static const char other[] =
        "apiVersion: example.com/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: "
        "{spec: {template: {" SPEC "}}}}\n",
                      bare[] = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate: {"
                      SPEC "}\n";
    char both[1024];
    struct kit k;

    kit_open(&k);
    cr_expect_eq(kit_load(&k, other), 0);
    cr_expect_str_eq(kit_said(&k),
                     "1:1 no pods: they would come from objects that are not simulated\n");
    k.set.diagnostics.count = 0;
    snprintf(both, sizeof(both), "%s---\n%s", other, HEAD SPEC);
    cr_expect_eq(kit_load(&k, both), 0);
    cr_expect_eq(kit_load(&k, bare), 0);
    cr_expect_str_eq(kit_said(&k), "");
    kit_close(&k);
}

/* As PowerShell's > writes them: a mark, then two bytes a character. */
Test(manifest_text, utf16)
{
    static const char text[] = HEAD "spec: {containers: [{name: c, image: x, args: [\"?\"]}]}\n";

    for (int little = 0; little < 2; little++) {
        unsigned char wide[1024];
        size_t used = 0;
        struct kit k;

        wide[used++] = little ? 0xff : 0xfe;
        wide[used++] = little ? 0xfe : 0xff;
        for (const char *c = text; *c; c++) { /* the question mark becomes U+1F600 */
            unsigned high = *c == '?' ? 0xd83d : (unsigned char)*c;

            wide[used + !little] = (unsigned char)high;
            wide[used + little] = (unsigned char)(high >> 8);
            used += 2;
            if (*c == '?') {
                wide[used + !little] = 0x00;
                wide[used + little] = 0xde;
                used += 2;
            }
        }
        kit_open(&k);
        cr_assert_eq(manifest_load_text(&k.set, "x", (char *)wide, used), 0, "%s", kit_said(&k));
        cr_expect_str_eq(k.set.workloads.item[0].template_->container[0].argv[0],
                         "\xf0\x9f\x98\x80");
        kit_close(&k);
    }
}

Test(manifest_text, standard_input)
{
    static const char text[] = HEAD SPEC "---\n{}\n";
    struct kit k;
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
    close(ends[1]);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    kit_open(&k);
    cr_expect_eq(manifest_load_file(&k.set, "-"), -RX_EMANIFEST);
    cr_assert_eq(k.set.diagnostics.count, 2);
    cr_expect_str_eq(k.set.diagnostics.item[0].file, "<stdin>");
    cr_expect_eq(k.set.diagnostics.item[0].line, 6);
    kit_close(&k);
}

Test(manifest_text, depth_is_bounded)
{
    static const char *const open[] = {"[", "- ", "{\"a\":", "[{a: "};
    struct kit k;

    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        static char text[16384];

        text[0] = '\0';
        for (int n = 0; n < 3000; n++)
            strcat(text, open[i]);
        kit_open(&k);
        cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
        cr_expect_not_null(strstr(kit_said(&k), "nested too deeply"), "%s", kit_said(&k));
        kit_close(&k);
    }
}

Test(manifest_text, alias_bombs_are_bounded)
{
    struct kit k;
    char text[1024] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";

    for (int i = 1; i < 12; i++) {
        char line[128];

        snprintf(line, sizeof(line), "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
                 i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        strcat(text, line);
    }
    kit_open(&k);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_not_null(strstr(kit_said(&k), "document contains excessive aliasing"), "%s",
                       kit_said(&k));
    kit_close(&k);
}

/* Deep by aliases alone: each line is shallow. */
Test(manifest_text, depth_through_aliases_is_bounded)
{
    static char text[16384] = "a0: &a0 [x]\n";
    struct kit k;

    for (int i = 1; i < 300; i++) {
        char line[64];

        snprintf(line, sizeof(line), "a%d: &a%d [*a%d]\n", i, i, i - 1);
        strcat(text, line);
    }
    kit_open(&k);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST);
    cr_expect_not_null(strstr(kit_said(&k), "nested too deeply"), "%s", kit_said(&k));
    kit_close(&k);
}

/* Each load has to find out whether its names are free: not by looking at all that were there
 * before. */
Test(manifest_text, many_loads_cost_what_one_does)
{
    static const char form[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {containers: [{name: c, image: "
        "i}]}\n";
    enum { LOADS = 10000, ONE_MAX = 150000 };
    char text[256];
    struct kit k;

    kit_open(&k);
    for (int i = 0; i < LOADS; i++) {
        snprintf(text, sizeof(text), form, i);
        cr_assert_eq(kit_load(&k, text), 0);
    }
    k.mem.state->bytes_peak = k.mem.state->bytes;
    snprintf(text, sizeof(text), form, LOADS);
    cr_assert_eq(kit_load(&k, text), 0);
    cr_expect_lt(k.mem.state->bytes_peak - k.mem.state->bytes, ONE_MAX);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST, "the name is taken");
    snprintf(text, sizeof(text), form, 0);
    cr_expect_eq(kit_load(&k, text), -RX_EMANIFEST, "the first one, too");
    kit_close(&k);
}

/* What is forgotten has no name any more. */
Test(manifest_text, a_refused_load_takes_no_names)
{
    static const char good[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: "
        "i}]}\n";
    char bad[512];
    struct kit k;

    snprintf(bad, sizeof(bad), "%s---\nkind: Pod\n", good);
    kit_open(&k);
    cr_expect_eq(kit_load(&k, bad), -RX_EMANIFEST);
    cr_expect_eq(k.set.names.count, 0);
    cr_expect_eq(kit_load(&k, good), 0);
    cr_expect_eq(kit_load(&k, good), -RX_EMANIFEST);
    cr_expect_eq(k.set.names.count, 1);
    kit_close(&k);
}
