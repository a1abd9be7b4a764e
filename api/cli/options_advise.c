/* SPDX-License-Identifier: Apache-2.0 */
/* options_advise.c - the options that only advise takes. */
#include "api/cli/options_int.h"

#include "engine/reactor/base.h"

const char *option_read_advice(struct cli_options *o, const char *value)
{
    static const char *const word[] = {"lines", "json", "sarif", "patch", "experiment"};
    uint32_t format = 0;
    const char *wrong = option_word(value, word, RX_ARRAY_LEN(word), &format);

    o->advice = format;
    return wrong;
}

const char *option_read_only(struct cli_options *o, const char *value)
{
    o->only = value; /* looked at by the verb, which knows the practices */
    return value[0] == '\0' ? "is no practice" : NULL;
}

const char *option_read_fail_on(struct cli_options *o, const char *value)
{
    static const char *const word[] = {NULL, "convention", "note", "warning"};

    return option_word(value, word, RX_ARRAY_LEN(word), &o->fail_on);
}

const char *option_read_list(struct cli_options *o, const char *value)
{
    (void)value;
    o->list = true;
    return NULL;
}

const char *option_read_all(struct cli_options *o, const char *value)
{
    (void)value;
    o->all = true;
    return NULL;
}
