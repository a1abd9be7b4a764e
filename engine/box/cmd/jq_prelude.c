/* SPDX-License-Identifier: Apache-2.0 */
/* jq_prelude.c - the functions of jq that are written in jq. Each is read when it is used. */
#include <string.h>

#include "engine/box/cmd/jq.h"
#include "engine/reactor/base.h"

/* Behind `def`. */
static const char *const prelude[] = {
    "map(f): [.[] | f];",
    "select(f): if f then . else empty end;",
    "map_values(f): .[] |= f;",
    "recurse(f): def down: ., (f | down); down;",
    "recurse(f; cond): def down: ., (f | select(cond) | down); down;",
    "values: select(. != null);",
    "nulls: select(. == null);",
    "booleans: select(type == \"boolean\");",
    "numbers: select(type == \"number\");",
    "strings: select(type == \"string\");",
    "arrays: select(type == \"array\");",
    "objects: select(type == \"object\");",
    "iterables: select(type == \"array\" or type == \"object\");",
    "scalars: select(type != \"array\" and type != \"object\");",
    "error: error(.);",
    "range(n): range(0; n; 1);",
    "range(from; to): range(from; to; 1);",
    "first: .[0];",
    "last: .[-1];",
    "last(f): reduce f as $x (null; $x);",
    "nth(n): .[n];",
    "nth($n; f): if $n < 0 then error(\"Out of bounds negative array index\") else last(limit($n + "
    "1; f)) end;",
    "isempty(f): first((f | false), true);",
    "in(where): . as $key | where | has($key);",
    "inside(where): . as $part | where | contains($part);",
    "IN(set): . as $x | any(set; . == $x);",
    "INDEX(f): reduce .[] as $row ({}; .[$row | f | tostring] |= $row);",
    "add(f): reduce f as $x (null; . + $x);",
    "any: reduce .[] as $x (false; . or $x);",
    "all: reduce .[] as $x (true; . and $x);",
    "any(f): reduce (.[] | f) as $x (false; . or $x);",
    "all(f): reduce (.[] | f) as $x (true; . and $x);",
    "any(from; f): isempty(first(from | f | select(.))) | not;",
    "all(from; f): isempty(first(from | f | select(not)));",
    "to_entries: [keys_unsorted[] as $key | {key: $key, value: .[$key]}];",
    "from_entries: reduce .[] as $e ({}; . + {($e | if has(\"key\") and .key != null and .key != "
    "false then .key elif has(\"k\") and .k then .k elif .name then .name elif .Name then .Name "
    "elif "
    ".K then .K elif .Key then .Key elif has(\"key\") then .key else null end | if type == "
    "\"string\" then . else tojson end): ($e | if has(\"value\") then .value elif has(\"v\") then "
    ".v "
    "else .Value end)});",
    "with_entries(f): to_entries | map(f) | from_entries;",
    "del(f): delpaths([path(f)]);",
    "paths: path(..) | select(length > 0);",
    "paths(f): . as $all | paths | . as $p | select($all | getpath($p) | f);",
    "leaf_paths: paths(scalars);",
    "pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));",
    "transpose: . as $rows | [range([$rows[] | length] | max // 0) as $i | [$rows[] | .[$i]]];",
    "walk(f): . as $v | if type == \"object\" then reduce keys_unsorted[] as $key ({}; . + "
    "{($key): "
    "($v[$key] | walk(f))}) | f elif type == \"array\" then map(walk(f)) | f else f end;",
    "isinfinite: . == infinite or . == -infinite;",
    "ascii: [.] | implode;",
    "index($x): indices($x) | .[0];",
    "rindex($x): indices($x) | .[-1];",
    "input_filename: null;",
    "combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $rest | "
    "[$x] "
    "+ $rest end;",
    "match($re; $flags): _match($re; $flags; false) | .[];",
    "_regex: if type == \"array\" then . elif type == \"string\" then [., null] else error(type + "
    "\" "
    "not a string or array\") end;",
    "match($re): ($re | _regex) as $a | match($a[0]; $a[1]);",
    "test($re; $flags): _match($re; $flags; true);",
    "test($re): ($re | _regex) as $a | test($a[0]; $a[1]);",
    "_named: reduce (.captures[] | select(.name != null)) as $c ({}; . + {($c.name): $c.string});",
    "capture($re; $flags): match($re; $flags) | _named;",
    "capture($re): match($re) | _named;",
    "scan($re; $flags): match($re; \"g\" + $flags) | if (.captures | length) > 0 then [.captures[] "
    "| "
    ".string] else .string end;",
    "scan($re): scan($re; null);",
    "split($re; $flags): . as $s | [foreach ([match($re; \"g\" + $flags)] + [null])[] as $m ({at: "
    "0}; if $m == null then .out = $s[.at:] else .out = $s[.at:$m.offset] | .at = $m.offset + "
    "$m.length end; .out)];",
    "splits($re; $flags): split($re; $flags) | .[];",
    "splits($re): split($re; null) | .[];",
    "sub($re; with; $flags): . as $s | reduce ([match($re; $flags)] + [null])[] as $m ({at: 0, "
    "out: "
    "\"\"}; if $m == null then .out += $s[.at:] else .out += $s[.at:$m.offset] + ($m | _named | "
    "with) | .at = $m.offset + $m.length end) | .out;",
    "sub($re; with): sub($re; with; null);",
    "gsub($re; with; $flags): sub($re; with; $flags + \"g\");",
    "gsub($re; with): sub($re; with; \"g\");",
};

const char *jq_prelude_find(const char *name, size_t length, uint32_t args)
{
    for (size_t i = 0; i < RX_ARRAY_LEN(prelude); i++) {
        const char *text = prelude[i];
        size_t n = strcspn(text, "(:");
        uint32_t has = 0;

        if (n != length || memcmp(text, name, n) != 0)
            continue;
        for (const char *s = text + n; *s != ':' && *s != '\0' && *s != ')'; s++)
            has += *s == '(' || *s == ';';
        if (has == args)
            return text;
    }
    return NULL;
}
