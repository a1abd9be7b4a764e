/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_schema.c - podring schema: the JSON schema of our own documents (draft 2020-12), for editors.
 * All of it comes from the table that the reader goes by.
 */
#include <string.h>

#include "api/cli/io/out.h"
#include "api/cli/options.h"
#include "api/face/json.h"
#include "api/manifest/own.h"

#define DURATION                                                                                   \
    "{\"anyOf\":[{\"const\":0},{\"type\":\"string\",\"pattern\":"                                  \
    "\"^\\\\+?(0|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|\\u00b5s|\\u03bcs|ms|s|m|h|d))+)$\"}]}"

static const struct {
    const char *type, *schema;
} plain[] = {
    {"duration", "{\"$ref\":\"#/$defs/duration\"}"},
    {"draw", "{\"$ref\":\"#/$defs/draw\"}"},
    {"integer", "{\"type\":\"integer\"}"},
    {"number", "{\"type\":\"number\"}"},
    {"boolean", "{\"type\":\"boolean\"}"},
    {"string", "{\"type\":\"string\"}"},
    {"any", "{}"},
    {"strings", "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"},
    {"integers", "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":0}}"},
    {"object", "{\"type\":\"object\"}"},
};

/* What is known of an object's fields has a place of its own, by the number of their list. */
static void put_ref(struct rx_text *t, int fields)
{
    rx_text_say(t, "{\"$ref\":\"#/$defs/fields%d\"}", fields);
}

static void put_words(struct rx_text *t, const char *words)
{
    rx_text_puts(t, "{\"enum\":[");
    for (const char *at = words; *at != '\0';) {
        size_t n = strcspn(at, "|");

        rx_text_say(t, "%s\"%.*s\"", at > words ? "," : "", (int)n, at);
        at += n + (at[n] == '|');
    }
    rx_text_puts(t, "]}");
}

static void put_type(struct rx_text *t, const struct manifest_own_field *f)
{
    if (strcmp(f->type, "rate") == 0) {
        rx_text_puts(t, "{\"anyOf\":[{\"type\":\"number\"},{\"type\":\"array\",\"items\":");
        put_ref(t, f->of);
        rx_text_puts(t, "}]}");
    } else if (strcmp(f->type, "ignore or object") == 0) {
        rx_text_puts(t, "{\"anyOf\":[{\"const\":\"ignore\"},");
        put_ref(t, f->of);
        rx_text_puts(t, "]}");
    } else if (strcmp(f->type, "objects") == 0) {
        rx_text_puts(t, "{\"type\":\"array\",\"items\":");
        put_ref(t, f->of);
        rx_text_putc(t, '}');
    } else if (f->of >= 0) {
        put_ref(t, f->of);
    } else {
        for (size_t i = 0; i < RX_ARRAY_LEN(plain); i++)
            if (strcmp(plain[i].type, f->type) == 0) {
                rx_text_puts(t, plain[i].schema);
                return;
            }
        put_words(t, f->type);
    }
}

static void put_list(struct rx_text *t, const struct manifest_own_field *f, uint32_t count)
{
    rx_text_puts(t, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (uint32_t i = 0; i < count; i++) {
        rx_text_say(t, "%s\n  \"%s\":{\"description\":", i > 0 ? "," : "", f[i].name);
        face_json_string(t, f[i].help);
        rx_text_puts(t, ",\"allOf\":[");
        put_type(t, &f[i]);
        rx_text_puts(t, "]}");
    }
    rx_text_puts(t, "}}");
}

static void put_kind(struct rx_text *t, const struct manifest_own_kind *k)
{
    rx_text_say(t, "{\"title\":\"%s\",\"description\":\"%s\",\"type\":\"object\","
                "\"required\":[\"apiVersion\",\"kind\",\"spec\"],\"properties\":{"
                "\"apiVersion\":{\"const\":\"podring.dev/v1\"},\"kind\":{\"const\":\"%s\"},"
                "\"metadata\":{\"type\":\"object\"},\"spec\":", k->kind, k->help, k->kind);
    put_ref(t, k->fields);
    rx_text_puts(t, "}}");
}

static void render(struct rx_text *t, const void *what)
{
    const struct manifest_own_kind *k;

    (void)what;
    rx_text_puts(t, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
                    "\"title\":\"documents of podring.dev/v1\",\n\"oneOf\":[\n");
    for (uint32_t i = 0; (k = manifest_own_kind(i)) != NULL; i++) {
        rx_text_puts(t, i > 0 ? ",\n" : "");
        put_kind(t, k);
    }
    rx_text_puts(t, "],\n\"$defs\":{\n\"duration\":" DURATION ",\n\"draw\":{\"anyOf\":["
                    "{\"$ref\":\"#/$defs/duration\"},");
    put_ref(t, MF_FIELDS_DRAW);
    rx_text_puts(t, "]}");
    for (int i = 0; i <= MF_FIELDS_KEEP_ALIVE; i++) {
        uint32_t count;
        const struct manifest_own_field *f = manifest_own_fields(i, &count);

        if (f == NULL)
            continue;
        rx_text_say(t, ",\n\"fields%d\":", i);
        put_list(t, f, count);
    }
    rx_text_puts(t, "}}\n");
}

int cmd_schema(const struct cli_verb *verb, int argc, char **argv)
{
    struct cli_options o;
    struct out out;
    int code = cli_options_parse(&o, verb, argc, argv), closed;

    out_standard(&out);
    if (code == CLI_OK && o.help)
        code = cli_help(verb);
    else if (code == CLI_OK && o.file_count > 0)
        code = cli_refuse(verb, "takes no operand, but got '%s'", o.files[0]);
    else if (code == CLI_OK)
        out_render(&out, render, NULL);
    closed = out_close(&out);
    cli_options_free(&o);
    return code != CLI_OK ? code : closed;
}
