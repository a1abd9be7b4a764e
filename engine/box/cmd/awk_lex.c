/* SPDX-License-Identifier: Apache-2.0 */
/* awk_lex.c - from the text of an awk program to its tokens. */
#include <stdlib.h>
#include <string.h>

#include "engine/box/cmd/awk_words.h"
#include "engine/reactor/base.h"

/* ---- errors ------------------------------------------------------------------------ */

void awk_parse_fail(struct awk_parser *p, const char *what)
{
    int line = 1;

    if (p->failed)
        return;
    p->failed = true;
    for (const char *s = p->text; s < p->start; s++)
        line += *s == '\n';
    awk_fatal(p->k, "awk: cmd. line:%d: %s", line, what);
}

void awk_parse_refuse(struct awk_parser *p, const char *what)
{
    if (!p->failed)
        sh_diagnose(p->k->t, SHELL_DIAG_OPTION, p->k->c->pos, "awk", what);
    awk_parse_fail(p, what);
}

/* ---- the lexer ------------------------------------------------------------------------------- */

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static void skip_blanks(struct awk_parser *p)
{
    for (;;) {
        if (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\r'))
            p->at++;
        else if (p->at + 1 < p->end && *p->at == '\\' && p->at[1] == '\n')
            p->at += 2;
        else if (p->at < p->end && *p->at == '#')
            while (p->at < p->end && *p->at != '\n')
                p->at++;
        else
            return;
    }
}

static void read_string(struct awk_parser *p)
{
    struct sh_buf b = {0};

    for (; p->at < p->end && *p->at != '"'; p->at++) {
        char c = *p->at;

        if (c == '\n') {
            awk_parse_fail(p, "Unterminated string");
            return;
        }
        if (c == '\\' && p->at + 1 < p->end) {
            char escaped = awk_escaped(*++p->at);

            if (*p->at == '\n')
                continue;
            if (*p->at >= '0' && *p->at <= '7') {
                int n = 0, digits = 0;

                while (digits < 3 && p->at < p->end && *p->at >= '0' && *p->at <= '7') {
                    n = n * 8 + (*p->at++ - '0');
                    digits++;
                }
                p->at--;
                c = (char)n;
            } else if (escaped != '\0') {
                c = escaped;
            } else {
                sh_buf_add(p->k->t, &b, "\\", 1); /* an expression may want it */
                c = *p->at;
            }
        }
        sh_buf_add(p->k->t, &b, &c, 1);
    }
    if (p->at >= p->end)
        awk_parse_fail(p, "Unterminated string");
    p->at++;
    p->word = awk_str(p->k, b.text, b.length);
    p->token = TOKEN_STRING;
}

static void read_number(struct awk_parser *p)
{
    char digits[64];
    size_t n = 0;
    bool hex = p->end - p->at > 2 && *p->at == '0' && (p->at[1] == 'x' || p->at[1] == 'X');

    for (const char *s = p->at; s < p->end && n < sizeof(digits) - 1; s++) {
        bool sign = n > 0 && !hex && (digits[n - 1] == 'e' || digits[n - 1] == 'E') &&
                    (*s == '+' || *s == '-') && s + 1 < p->end && s[1] >= '0' && s[1] <= '9';

        if ((*s < '0' || *s > '9') && *s != '.' && !sign && *s != 'e' && *s != 'E' &&
            !(hex && is_name(*s, true)))
            break;
        digits[n++] = *s;
    }
    digits[n] = '\0';
    {
        char *end;

        p->number = strtod(digits, &end);
        p->at += RX_MAX(end - digits, 1);
    }
    p->token = TOKEN_NUMBER;
}

static int word_token(struct awk_parser *p, const char *s, size_t n)
{
    static const struct {
        const char *word;
        int token;
    } words[] = {{"BEGIN", TOKEN_BEGIN},
                 {"END", TOKEN_END_RULE},
                 {"function", TOKEN_FUNCTION},
                 {"func", TOKEN_FUNCTION},
                 {"if", TOKEN_IF},
                 {"else", TOKEN_ELSE},
                 {"while", TOKEN_WHILE},
                 {"for", TOKEN_FOR},
                 {"do", TOKEN_DO},
                 {"break", TOKEN_BREAK},
                 {"continue", TOKEN_CONTINUE},
                 {"next", TOKEN_NEXT},
                 {"nextfile", TOKEN_NEXTFILE},
                 {"exit", TOKEN_EXIT},
                 {"return", TOKEN_RETURN},
                 {"delete", TOKEN_DELETE},
                 {"in", TOKEN_IN},
                 {"getline", TOKEN_GETLINE},
                 {"print", TOKEN_PRINT},
                 {"printf", TOKEN_PRINTF}};
    static const char *const builtins[] = {
#define X(name, least, most) #name,
        AWK_BUILTINS(X)
#undef X
    };

    for (size_t i = 0; i < RX_ARRAY_LEN(words); i++)
        if (strlen(words[i].word) == n && memcmp(words[i].word, s, n) == 0)
            return words[i].token;
    for (size_t i = 0; i < RX_ARRAY_LEN(builtins); i++) {
        if (strlen(builtins[i]) == n && memcmp(builtins[i], s, n) == 0) {
            p->builtin = (int)i;
            return TOKEN_BUILTIN;
        }
    }
    p->word = awk_str(p->k, s, n);
    return p->at < p->end && *p->at == '(' ? TOKEN_FUNC_NAME : TOKEN_NAME;
}

static int sign_token(struct awk_parser *p)
{
    static const struct {
        char text[4];
        int token;
    } signs[] = {{"**=", TOKEN_POW_ASSIGN}, {"&&", TOKEN_AND},        {"||", TOKEN_OR},
                 {">>", TOKEN_APPEND},      {"<=", TOKEN_LE},         {"==", TOKEN_EQ},
                 {"!=", TOKEN_NE},          {">=", TOKEN_GE},         {"!~", TOKEN_NOMATCH},
                 {"++", TOKEN_INCR},        {"--", TOKEN_DECR},       {"+=", TOKEN_ADD_ASSIGN},
                 {"-=", TOKEN_SUB_ASSIGN},  {"*=", TOKEN_MUL_ASSIGN}, {"/=", TOKEN_DIV_ASSIGN},
                 {"%=", TOKEN_MOD_ASSIGN},  {"^=", TOKEN_POW_ASSIGN}, {"**", TOKEN_POW},
                 {"^", TOKEN_POW}};

    for (size_t i = 0; i < RX_ARRAY_LEN(signs); i++) {
        size_t n = strlen(signs[i].text);

        if ((size_t)(p->end - p->at) >= n && memcmp(p->at, signs[i].text, n) == 0) {
            p->at += n;
            return signs[i].token;
        }
    }
    if (strchr("{}()[];,<>?:~$=!+-*/%|", *p->at) == NULL) {
        awk_parse_fail(p, "Unexpected token");
        return TOKEN_END;
    }
    return (unsigned char)*p->at++;
}

void awk_advance(struct awk_parser *p)
{
    skip_blanks(p);
    p->start = p->at;
    sh_charge(p->k->t, 1);
    if (p->failed || p->at >= p->end || p->k->t->proc->over) {
        p->token = TOKEN_END;
    } else if (*p->at == '\n') {
        p->at++;
        p->token = TOKEN_NEWLINE;
    } else if (*p->at == '"') {
        p->at++;
        read_string(p);
    } else if ((*p->at >= '0' && *p->at <= '9') ||
               (*p->at == '.' && p->at + 1 < p->end && p->at[1] >= '0' && p->at[1] <= '9')) {
        read_number(p);
    } else if (is_name(*p->at, true)) {
        const char *from = p->at;

        while (p->at < p->end && is_name(*p->at, false))
            p->at++;
        p->token = word_token(p, from, (size_t)(p->at - from));
    } else {
        p->token = sign_token(p);
    }
}

struct awk_str *awk_regex_word(struct awk_parser *p)
{
    struct sh_buf b = {0};
    bool set = false;

    for (p->at = p->start + 1; p->at < p->end && (*p->at != '/' || set) && *p->at != '\n';
         p->at++) {
        if (*p->at == '\\' && p->at + 1 < p->end && p->at[1] == '/') {
            p->at++;
        } else if (*p->at == '\\' && p->at + 1 < p->end) {
            sh_buf_add(p->k->t, &b, p->at++, 1);
        } else if (*p->at == '[' && !set) {
            set = true;
            sh_buf_add(p->k->t, &b, p->at, 1);
            if (p->at + 1 < p->end && p->at[1] == '^')
                sh_buf_add(p->k->t, &b, ++p->at, 1);
            if (p->at + 1 < p->end && p->at[1] == ']')
                sh_buf_add(p->k->t, &b, ++p->at, 1);
            continue;
        } else if (*p->at == ']') {
            set = false;
        }
        sh_buf_add(p->k->t, &b, p->at, 1);
    }
    if (p->at >= p->end || *p->at != '/')
        awk_parse_fail(p, "Unterminated regexp");
    else
        p->at++;
    awk_advance(p);
    return awk_str(p->k, b.text, b.length);
}
