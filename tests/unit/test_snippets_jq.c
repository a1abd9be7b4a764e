/* SPDX-License-Identifier: Apache-2.0 */
/* test_snippets_jq.c - jq, against jq 1.6 as Debian has it; busybox has none. */
#include "tests/support/snippet.h"

static const struct snippet paths[] = {
    {"dash", "echo '{\"a\":{\"b\":[1,2,{\"c\":\"x\"}]}}' | jq .",
     "{\n  \"a\": {\n    \"b\": [\n      1,\n      2,\n      {\n        \"c\": \"x\"\n      }"
     "\n    ]\n  }\n}\n",
     0},
    {"dash",
     "echo '{\"a\":{\"b\":[1,2,{\"c\":\"x\"}]}}' | jq -c '.a.b, .a.b[2].c, .a[\"b\"][0], .[\""
     "a\"].b[-1], .\"a\"'",
     "[1,2,{\"c\":\"x\"}]\n\"x\"\n1\n{\"c\":\"x\"}\n{\"b\":[1,2,{\"c\":\"x\"}]}\n", 0},
    {"dash",
     "echo '{\"a\":{\"b\":[1,2,3,4]}}' | jq -c '.a.b[1:3], .a.b[:2], .a.b[2:], .a.b[-1:], .a."
     "b[:-1]'",
     "[2,3]\n[1,2]\n[3,4]\n[4]\n[1,2,3]\n", 0},
    {"dash", "echo '[1,[2],{\"a\":3}]' | jq -c '.[], .[1][]'", "1\n[2]\n{\"a\":3}\n2\n", 0},
    {"dash", "echo '{\"b\":1,\"a\":2}' | jq '.[]'", "1\n2\n", 0},
    {"dash", "echo '{\"a\":null}' | jq '.a.b.c, .x, .a[0], .a[1:2]'", "null\nnull\nnull\nnull\n",
     0},
    {"dash", "echo '[1]' | jq '.a'; echo $?", "5\n", 0},
    {"dash", "echo '[1]' | jq '.a?'; echo $?", "0\n", 0},
    {"dash", "echo '\"abcdef\"' | jq '.[2:4], .[:-1]'", "\"cd\"\n\"abcde\"\n", 0},
    {"dash", "echo '5' | jq '.[]?'; echo '5' | jq '.[]'", "", 5},
    {"dash", "echo '{\"a\":\"x\",\"b\":\"y\"}' | jq -r '.a, .b'", "x\ny\n", 0},
    {"dash", "echo '{\"a\":\"x\",\"b\":\"y\"}' | jq -j '.a, .b'", "xy", 0},
    {"dash", "echo '{\"a\":[1,2]}' | jq -c '.a | length, .[0] + .[1]'", "2\n3\n", 0},
    {"dash",
     "echo '{\"metadata\":{\"name\":\"web\",\"labels\":{\"app\":\"x\"}}}' | jq -r '.metadata."
     "labels.app'",
     "x\n", 0},
    {"dash",
     "echo '{\"items\":[{\"n\":\"a\",\"r\":1},{\"n\":\"b\",\"r\":0}]}' | jq -r '.items[] | se"
     "lect(.r > 0) | .n'",
     "a\n", 0},
    {"dash",
     "echo '{\"items\":[{\"n\":\"a\",\"r\":1},{\"n\":\"b\",\"r\":0}]}' | jq -c '.items | map("
     ".r), map({n}), map({(.n): .r})'",
     "[1,0]\n[{\"n\":\"a\"},{\"n\":\"b\"}]\n[{\"a\":1},{\"b\":0}]\n", 0},
    {"dash",
     "echo '{\"a\":1,\"b\":{\"c\":2}}' | jq -c '{a, x: .b.c, \"y z\": .a, \"k\\(.a)\": 1, (.a"
     "|tostring): 2}'",
     "{\"a\":1,\"x\":2,\"y z\":1,\"k1\":1,\"1\":2}\n", 0},
    {"dash", "jq -nc '{a:(1,2), b:(3,4)}'",
     "{\"a\":1,\"b\":3}\n{\"a\":1,\"b\":4}\n{\"a\":2,\"b\":3}\n{\"a\":2,\"b\":4}\n", 0},
    {"dash",
     "jq -nc '[(1,2) + (10,20)], [(1,2) as $x | $x * 2], [range(4)], [range(1;3)], [range(0;1"
     "0;4)], [range(3;0;-1)]'",
     "[11,12,21,22]\n[2,4]\n[0,1,2,3]\n[1,2]\n[0,4,8]\n[3,2,1]\n", 0},
    {"dash", "jq -nc '{\"a\":1} as {a:$x} | [2,[3]] as [$y,[$z]] | [$x,$y,$z]'", "[1,2,3]\n", 0},
    {"dash", "jq -nc '. as {$a, b: [$c]} | [$a,$c]'", "[null,null]\n", 0},
    {"dash", "jq -n '1 + 2 * 3 - 4 / 2, 7 % 3, -7 % 3, -(1 + 2), 1.5 + 1.5, 10 / 4'",
     "5\n1\n-1\n-3\n3\n2.5\n", 0},
    {"dash",
     "jq -n '\"a\" + \"b\", null + 1, 1 + null' ; jq -nc '[1] + [2], {a:1} + {b:2}, [1,2,1] -"
     " [1], {a:{b:1}} * {a:{c:2}}'",
     "\"ab\"\n1\n1\n[1,2]\n{\"a\":1,\"b\":2}\n[2]\n{\"a\":{\"b\":1,\"c\":2}}\n", 0},
    {"dash", "jq -n '\"x\" * 3, \"a,b\" / \",\"' -c", "\"xxx\"\n[\"a\",\"b\"]\n", 0},
    {"dash",
     "jq -n '1 == 1.0, \"a\" < \"b\", [1] < [2], null < false, {} > [], 1 != 2, 2 <= 2, 3 >= "
     "4'",
     "true\ntrue\ntrue\ntrue\ntrue\ntrue\ntrue\nfalse\n", 0},
    {"dash", "jq -n 'true and false, true or false, (null | not), (1 and null)'",
     "false\ntrue\ntrue\nfalse\n", 0},
    {"dash", "jq -nc '[true, false | not], [(true,false) or (true,false)]'",
     "[false,true]\n[true,true,false]\n", 0},
    {"dash", "jq -n 'null // 1, false // null // 3, 5 // 6, (empty // 7), ([][] // 8)'",
     "1\n3\n5\n7\n8\n", 0},
    {"dash", "echo '{\"a\":false}' | jq '.a // \"d\", .b // \"e\", (.a, 1) // 2'",
     "\"d\"\n\"e\"\n1\n", 0},
    {"dash", "jq -n 'if 1 then \"y\" else \"n\" end, if null then 1 elif 2 then 3 else 4 end'",
     "\"y\"\n3\n", 0},
    {"dash",
     "jq -nc '[1,\"a\",null,true,[],{}] | map(type), map(tostring), map(tojson), map(length? "
     "// \"none\")'",
     "[\"number\",\"string\",\"null\",\"boolean\",\"array\",\"object\"]\n[\"1\",\"a\",\"null"
     "\",\"true\",\"[]\",\"{}\"]\n[\"1\",\"\\\"a\\\"\",\"null\",\"true\",\"[]\",\"{}\"]\n[1,1"
     ",0,\"none\",0,0]\n",
     0},
    {"dash", "jq -n '\"12\" | tonumber, (\"1.50\"|tonumber), (7|tonumber)'", "12\n1.5\n7\n", 0},
    {"dash", "jq -n '\"x\" | tonumber'; echo $?", "5\n", 0},
    {"dash", "jq -nc '\"[1,{\\\"a\\\":2}]\" | fromjson'", "[1,{\"a\":2}]\n", 0},
    {"dash", "jq -nc '{b:1,a:2} | keys, keys_unsorted, length, has(\"a\"), has(\"z\"), to_entries'",
     "[\"a\",\"b\"]\n[\"b\",\"a\"]\n2\ntrue\nfalse\n[{\"key\":\"b\",\"value\":1},{\"key\":\"a"
     "\",\"value\":2}]\n",
     0},
    {"dash", "jq -nc '[{key:\"a\",value:1},{name:\"b\",value:2}] | from_entries'",
     "{\"a\":1,\"b\":2}\n", 0},
    {"dash",
     "jq -nc '{a:1,b:2} | with_entries(.value += 1), with_entries(select(.key == \"a\")), map"
     "_values(. + 10)'",
     "{\"a\":2,\"b\":3}\n{\"a\":1}\n{\"a\":11,\"b\":12}\n", 0},
    {"dash",
     "jq -nc '[3,1,2] | sort, min, max, add, reverse, length, first, last, any, all, index(1)"
     "'",
     "[1,2,3]\n1\n3\n6\n[2,1,3]\n3\n3\n2\ntrue\ntrue\n1\n", 0},
    {"dash", "jq -nc '[[],[]] | add, ([] | add), ([] | min), (\"a\" | explode), ([97] | implode)'",
     "[]\nnull\nnull\n[97]\n\"a\"\n", 0},
    {"dash",
     "jq -nc '[{a:2,b:1},{a:1,b:2},{a:2,b:0}] | sort_by(.a), sort_by(.a, .b), group_by(.a), u"
     "nique_by(.a), min_by(.b), max_by(.b)'",
     "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1},{\"a\":2,\"b\":0}]\n[{\"a\":1,\"b\":2},{\"a\":2,\""
     "b\":0},{\"a\":2,\"b\":1}]\n[[{\"a\":1,\"b\":2}],[{\"a\":2,\"b\":1},{\"a\":2,\"b\":0}]]"
     "\n[{\"a\":1,\"b\":2},{\"a\":2,\"b\":1}]\n{\"a\":2,\"b\":0}\n{\"a\":1,\"b\":2}\n",
     0},
    {"dash", "jq -nc '[1,2,1,3,null,\"a\",[],{},true,false] | unique, sort'",
     "[null,false,true,1,2,3,\"a\",[],{}]\n[null,false,true,1,1,2,3,\"a\",[],{}]\n", 0},
    {"dash", "jq -nc '[1,[2,[3,[4]]]] | flatten, flatten(1)'", "[1,2,3,4]\n[1,2,[3,[4]]]\n", 0},
    {"dash",
     "jq -nc '{a:[1,{b:2}],c:\"xyz\"} | contains({a:[1]}), contains({c:\"y\"}), contains({a:["
     "{b:2}]}), contains({c:\"q\"})'",
     "true\ntrue\ntrue\nfalse\n", 0},
    {"dash",
     "jq -nc '\"a,b,c\" | split(\",\"), (split(\",\") | join(\"-\")), ascii_upcase, startswit"
     "h(\"a\"), endswith(\"x\"), ltrimstr(\"a,\"), rtrimstr(\",c\")'",
     "[\"a\",\"b\",\"c\"]\n\"a-b-c\"\n\"A,B,C\"\ntrue\nfalse\n\"b,c\"\n\"a,b\"\n", 0},
    {"dash",
     "jq -nc '\"Ab\" | ascii_downcase, test(\"b\"), test(\"B\"), test(\"B\";\"i\"), length'",
     "\"ab\"\ntrue\nfalse\ntrue\n2\n", 0},
    {"dash",
     "jq -nc '\"foo bar foo\" | sub(\"foo\";\"x\"), gsub(\"foo\";\"x\"), gsub(\"(?<l>[a-z])o"
     "\";\"<\\(.l)>\"), gsub(\"\\\\s+\";\"_\"), [match(\"o+\";\"g\").offset]'",
     "\"x bar foo\"\n\"x bar x\"\n\"<f>o bar <f>o\"\n\"foo_bar_foo\"\n[1,9]\n", 0},
    {"dash",
     "jq -nc '\"v1.22.3\" | capture(\"v(?<major>\\\\d+)\\\\.(?<minor>\\\\d+)\"), [scan(\"\\\\"
     "d+\")], [scan(\"(\\\\d)\\\\.\")], split(\"\\\\.\";null)'",
     "{\"major\":\"1\",\"minor\":\"22\"}\n[\"1\",\"22\",\"3\"]\n[[\"1\"],[\"2\"]]\n[\"v1\",\""
     "22\",\"3\"]\n",
     0},
    {"dash", "jq -nc '\"xabcx\" | match(\"(a)(z)?\")'",
     "{\"offset\":1,\"length\":1,\"string\":\"a\",\"captures\":[{\"offset\":1,\"length\":1,\""
     "string\":\"a\",\"name\":null},{\"offset\":-1,\"string\":null,\"length\":0,\"name\":null"
     "}]}\n",
     0},
    {"dash", "jq -nc '\"a1b22\" | [splits(\"\\\\d+\")], test(\"^[\\\\w]+$\"), test(\"(?:b|c)2\")'",
     "[\"a\",\"b\",\"\"]\ntrue\ntrue\n", 0},
    {"dash",
     "jq -nc '[limit(2; 1,2,3)], [first(range(5;9))], first(empty), [.[]?]' 2>/dev/null | hea"
     "d -n 3",
     "[1,2]\n[5]\n[]\n", 0},
    {"dash", "jq -nc '[1,[2,{\"a\":3}]] | [..], [recurse | numbers], [paths], [leaf_paths]'",
     "[[1,[2,{\"a\":3}]],1,[2,{\"a\":3}],2,{\"a\":3},3]\n[1,2,3]\n[[0],[1],[1,0],[1,1],[1,1,"
     "\"a\"]]\n[[0],[1,0],[1,1,\"a\"]]\n",
     0},
    {"dash",
     "jq -nc '2 | [recurse(if . < 20 then . * . else empty end)], [while(. < 50; . * 2)], unt"
     "il(. > 100; . * 3)'",
     "[2,4,16,256]\n[2,4,8,16,32]\n162\n", 0},
    {"dash",
     "jq -nc '{a:{b:1}} | getpath([\"a\",\"b\"]), getpath([\"x\",\"y\"]), setpath([\"a\",\"c"
     "\"];2), delpaths([[\"a\",\"b\"]]), [path(..)], path(.a.b)'",
     "1\nnull\n{\"a\":{\"b\":1,\"c\":2}}\n{\"a\":{}}\n[[],[\"a\"],[\"a\",\"b\"]]\n[\"a\",\"b"
     "\"]\n",
     0},
    {"dash",
     "jq -nc '{a:[1,2,3],b:1} | del(.a[1]), del(.b), del(.a[0,2]), del(.a[] | select(. > 1)),"
     " del(.x.y)'",
     "{\"a\":[1,3],\"b\":1}\n{\"a\":[1,2,3]}\n{\"a\":[2],\"b\":1}\n{\"a\":[1],\"b\":1}\n{\"a"
     "\":[1,2,3],\"b\":1}\n",
     0},
    {"dash",
     "jq -nc '{a:1} | .a = 2, .b.c = 3, .a |= . + 5, .a += 1, .a -= 1, .a *= 4, .a /= 2, .a %"
     "= 2, .z //= 9, .a //= 9'",
     "{\"a\":2}\n{\"a\":1,\"b\":{\"c\":3}}\n{\"a\":6}\n{\"a\":2}\n{\"a\":0}\n{\"a\":4}\n{\"a"
     "\":0.5}\n{\"a\":1}\n{\"a\":1,\"z\":9}\n{\"a\":1}\n",
     0},
    {"dash",
     "jq -nc '[1,2,3] | .[1] = \"x\", .[5] = 0, .[-1] |= . * 2, .[] += 1, (.[] | select(. > 1"
     ")) |= 0, .[1:] = [\"n\"], map(select(. != 2))'",
     "[1,\"x\",3]\n[1,2,3,null,null,0]\n[1,2,6]\n[2,3,4]\n[1,0,0]\n[1,\"n\"]\n[1,3]\n", 0},
    {"dash", "jq -nc '{a:[{n:1},{n:2}]} | .a[].n |= . * 10, (.a[] | select(.n == 2)).x = true'",
     "{\"a\":[{\"n\":10},{\"n\":20}]}\n{\"a\":[{\"n\":1},{\"n\":2,\"x\":true}]}\n", 0},
    {"dash",
     "jq -nc 'reduce range(5) as $i (0; . + $i), [foreach range(5) as $i (0; . + $i)], [forea"
     "ch range(3) as $i (0; . + $i; [$i, .])]'",
     "10\n[0,1,3,6,10]\n[[0,0],[1,1],[2,3]]\n", 0},
    {"dash", "jq -nc 'reduce ([1,2],[3,4]) as [$a,$b] ({}; . + {($a|tostring): $b})'",
     "{\"1\":2,\"3\":4}\n", 0},
    {"dash",
     "jq -n 'def f(x): x * 2; def g($a; $b): $a + $b; f(3), g(1; 2), (def h: . + 1; 1 | h)'",
     "6\n3\n2\n", 0},
    {"dash", "jq -n 'def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 10 | fac'", "3628800\n",
     0},
    {"dash", "jq -n '[label $out | 1, 2, break $out, 3] | length'", "2\n", 0},
    {"dash",
     "jq -n 'try error(\"x\") catch ., [(1, error(\"y\"), 2)?], (try error({a:1}) catch .a)' "
     "-c",
     "\"x\"\n[1]\n1\n", 0},
    {"dash",
     "jq -nr '\"\\(1 + 2) and \\([1,\"a\"]) and \\(\"q\")\", @base64 \"x\\(\"hello\")\", @jso"
     "n \"v=\\(\"a\\\"b\")\", @sh \"echo \\(\"it'\"'\"'s\")\"'",
     "3 and [1,\"a\"] and q\nxaGVsbG8=\nv=\"a\\\"b\"\necho 'it'\\''s'\n", 0},
    {"dash", "jq -nr '[1,\"a\\\"b\",null,true] | @csv, @tsv, @json, @text, @sh \"\\(.[0])\"'",
     "1,\"a\"\"b\",,true\n1\ta\"b\t\ttrue\n[1,\"a\\\"b\",null,true]\n[1,\"a\\\"b\",null,true]"
     "\n1\n",
     0},
    {"dash", "jq -nr '\"<a&b>\\\"\" | @html, @uri, @base64, (@base64 | @base64d)'",
     "&lt;a&amp;b&gt;&quot;\n%3Ca%26b%3E%22\nPGEmYj4i\n<a&b>\"\n", 0},
    {"dash", "jq -nr '[\"a\\tb\",\"c\\\\d\"] | @tsv'; jq -nr '[1,\"x y\"] | @sh'",
     "a\\tb\tc\\\\d\n1 'x y'\n", 0},
    {"dash",
     "jq -nr '\"YWJj\" | @base64d'; echo '{\"password\":\"czNjcjN0\"}' | jq -r '.password | @"
     "base64d'",
     "abc\ns3cr3t\n", 0},
    {"dash",
     "jq -nr 'now | type'; jq -n '\"2015-03-05T23:51:47Z\" | fromdate'; jq -n '1425599507 | t"
     "odate, (0|todate)'",
     "number\n1425599507\n\"2015-03-05T23:51:47Z\"\n\"1970-01-01T00:00:00Z\"\n", 0},
    {"dash",
     "jq -n '\"a\303\251\342\202\254\360\237\230\200\" | length, utf8bytelength, explode, .[1"
     ":3], @uri' -c",
     "4\n10\n[97,233,8364,128512]\n\"\303\251\342\202\254\"\n\"a%C3%A9%E2%82%AC%F0%9F%98%80\""
     "\n",
     0},
    {"dash",
     "jq -n '\"\\u00e9\\ud83d\\ude00\\n\\t\\\"\\\\\\u0001\\u007f\"'; jq -an '\"a\303\251\360"
     "\237\230\200\"'",
     "\"\303\251\360\237\230\200\\n\\t\\\"\\\\\\u0001\\u007f\"\n\"a\\u00e9\\ud83d\\ude00\"\n", 0},
    {"dash", "jq -nc '\"test\" | ltrimstr(\"x\"), ltrimstr(1), (1 | ltrimstr(\"x\"))'",
     "\"test\"\n\"test\"\n1\n", 0},
    {"dash",
     "jq -nc '[1,2] | join(\",\"), ([\"a\",null,1,true] | join(\"-\")), ([] | join(\",\"))'",
     "\"1,2\"\n\"a--1-true\"\n\"\"\n", 0},
    {"dash",
     "jq -nc '\"a, b\" | indices(\", \"), index(\",\"), rindex(\"b\"), ([1,2,1] | indices(1))"
     ", ([0,1,2,1,2] | indices([1,2]))'",
     "[1]\n1\n3\n[0,2]\n[1,3]\n", 0},
    {"dash",
     "jq -nc '[[1,2],[3]] | transpose, (.[0] | combinations?), [[1,2],[3,4] | combinations?]'"
     " 2>/dev/null | head -n 1",
     "[[1,3],[2,null]]\n", 0},
    {"dash", "jq -nc '[[1,2],[3,4]] | [combinations]'", "[[1,3],[1,4],[2,3],[2,4]]\n", 0},
    {"dash", "jq -nc '{a:1,b:[2]} | walk(if type == \"number\" then . + 1 else . end)'",
     "{\"a\":2,\"b\":[3]}\n", 0},
    {"dash",
     "jq -nc 'input' ; echo '1 2 3' | jq -nc '[inputs], 0'; echo '1 2 3' | jq -c '[., input]'"
     " 2>/dev/null",
     "[1,2,3]\n0\n[1,2]\n", 5},
    {"dash", "jq -nc '$ENV.HOME, env.HOME, ($ENV | type), $__loc__'",
     "\"/tmp\"\n\"/tmp\"\n\"object\"\n{\"file\":\"<top-level>\",\"line\":1}\n", 0},
    {"dash",
     "jq -nc '[1,2,3] | any(. > 2), all(. > 0), any(.[]; . == 9), all(.[]; . < 9), contains(["
     "2]), inside([1,2,3,4]), (2 | IN(1,2)), INDEX(.)'",
     "true\ntrue\nfalse\ntrue\ntrue\ntrue\ntrue\n{\"1\":1,\"2\":2,\"3\":3}\n", 0},
};

static const struct snippet options[] = {
    {"dash", "printf '{\"a\":1}\\n{\"a\":2}' | jq .a", "1\n2\n", 0},
    {"dash",
     "printf '1 2 3' | jq -s -c '., add'; printf '' | jq -s -c .; printf '' | jq .; echo $?",
     "[1,2,3]\n6\n[]\n0\n", 0},
    {"dash",
     "printf 'a\\nb' | jq -R .; printf 'a\\nb\\n' | jq -Rs .; printf 'x=1\\ny=2\\n' | jq -Rn "
     "'[inputs | split(\"=\") | {(.[0]): .[1]}] | add' -c",
     "\"a\"\n\"b\"\n\"a\\nb\\n\"\n{\"x\":\"1\",\"y\":\"2\"}\n", 0},
    {"dash", "jq -n --arg x 1 --argjson y '{\"z\":[2]}' -c '[$x, $y, $ARGS.named]'",
     "[\"1\",{\"z\":[2]},{\"x\":\"1\",\"y\":{\"z\":[2]}}]\n", 0},
    {"dash",
     "jq -n --args -c '$ARGS.positional' a b; jq -nc --jsonargs '$ARGS.positional' 1 '{\"a\":"
     "2}'",
     "[\"a\",\"b\"]\n[1,{\"a\":2}]\n", 0},
    {"dash", "jq -n --arg name web '{\"metadata\": {\"name\": $name}}'",
     "{\n  \"metadata\": {\n    \"name\": \"web\"\n  }\n}\n", 0},
    {"dash",
     "echo '{\"b\":{\"d\":1,\"c\":2},\"a\":3}' | jq -S .; echo '{\"b\":{\"d\":1,\"c\":2},\"a"
     "\":3}' | jq -Sc .",
     "{\n  \"a\": 3,\n  \"b\": {\n    \"c\": 2,\n    \"d\": 1\n  }\n}\n{\"a\":3,\"b\":{\"c\":"
     "2,\"d\":1}}\n",
     0},
    {"dash",
     "echo '{\"a\":[1,{}]}' | jq --tab .; echo '[1,[]]' | jq --indent 1 .; echo '[1]' | jq --"
     "indent 0 .",
     "{\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t]\n}\n[\n 1,\n []\n]\n[1]\n", 0},
    {"dash",
     "echo '{\"a\":null}' | jq -e .a; echo $?; echo '{\"a\":1}' | jq -e .a; echo $?; echo '{}"
     "' | jq -e 'empty'; echo $?",
     "null\n1\n1\n0\n4\n", 0},
    {"dash",
     "echo '{\"a\":true}' | jq -e '.a == true' >/dev/null && echo yes; echo '{}' | jq -e '.a'"
     " >/dev/null || echo no",
     "yes\nno\n", 0},
    {"dash",
     "echo '{\"a\":1}' | jq '.a.b' 2>/dev/null; echo $?; echo '1 2' | jq 'if . == 1 then erro"
     "r(\"x\") else . end' 2>/dev/null; echo $?",
     "5\n2\n0\n", 0},
    {"dash",
     "echo '1' | jq '.a.' 2>/dev/null; echo $?; echo 1 | jq 'nosuch' 2>/dev/null; echo $?; ec"
     "ho 1 | jq '$x' 2>/dev/null; echo $?",
     "3\n3\n3\n", 0},
    {"dash", "echo '{' | jq . 2>/dev/null; echo $?; echo '{a:1}' | jq . 2>/dev/null; echo $?",
     "4\n4\n", 0},
    {"dash", "jq . nosuch 2>/dev/null; echo $?", "2\n", 0},
    {"dash", "echo '{\"a\":1}' >f; jq .a f; jq .a f f; echo '.a' >p; jq -f p f; jq -rc . <f",
     "1\n1\n1\n1\n{\"a\":1}\n", 0},
    {"dash",
     "echo '[{\"a\":1},{\"a\":2}]' >f; jq -c --slurpfile x f -n '$x'; jq -c --rawfile x f -n "
     "'$x'",
     "[[{\"a\":1},{\"a\":2}]]\n\"[{\\\"a\\\":1},{\\\"a\\\":2}]\\n\"\n", 0},
    {"dash",
     "echo '{\"a\":1}' | jq -r '.a | tostring | \"n=\" + .'; echo '[\"x\",\"y\"]' | jq -r '.["
     "]' | while read v; do echo \"<$v>\"; done",
     "n=1\n<x>\n<y>\n", 0},
    {"dash",
     "v=$(echo '{\"a\":\"b c\"}' | jq -r .a); echo \"$v\"; echo '{\"spec\":{\"replicas\":3}}'"
     " | jq '.spec.replicas'",
     "b c\n3\n", 0},
    {"dash", "echo '{\"a\":1}' | jq '.a = 2' >f; cat f; jq '.b = \"x\"' f >g; cat g",
     "{\n  \"a\": 2\n}\n{\n  \"a\": 2,\n  \"b\": \"x\"\n}\n", 0},
    {"dash",
     "echo '\"x\"' | jq --raw-output .; echo '[1, 2]' | jq --compact-output .; jq --null-inpu"
     "t 1; echo '1 2' | jq --slurp -c .",
     "x\n[1,2]\n1\n[1,2]\n", 0},
    {"dash", "echo '{\"a\":1}' | jq; echo '[]' | jq ''; echo 'null' | jq -r .",
     "{\n  \"a\": 1\n}\n[]\nnull\n", 0},
    {"dash", "echo '{\"a\":\"x\"}' | jq -er .a; echo '[3,1]' | jq -cM sort", "x\n[1,3]\n", 0},
    {"dash",
     "jq -n '\"a\" | error' 2>&1; jq -n '{a:1} | error' 2>&1; jq -n '{} | .[0]' 2>&1; jq -n '"
     "[] | .a' 2>&1; jq -n '5 | keys' 2>&1",
     "jq: error (at <unknown>): a\njq: error (at <unknown>) (not a string): {\"a\":1}\njq: er"
     "ror (at <unknown>): Cannot index object with number\njq: error (at <unknown>): Cannot i"
     "ndex array with string \"a\"\njq: error (at <unknown>): number (5) has no keys\n",
     5},
    {"dash",
     "jq -n '\"a\" - 1' 2>&1; jq -n '{} + 1' 2>&1; jq -n '[] * 2' 2>&1; jq -n 'true | length'"
     " 2>&1; jq -n '5 | .[]' 2>&1",
     "jq: error (at <unknown>): string (\"a\") and number (1) cannot be subtracted\njq: error"
     " (at <unknown>): object ({}) and number (1) cannot be added\njq: error (at <unknown>): "
     "array ([]) and number (2) cannot be multiplied\njq: error (at <unknown>): boolean (true"
     ") has no length\njq: error (at <unknown>): Cannot iterate over number (5)\n",
     5},
    {"dash",
     "jq -n '{} | has(0)' 2>&1; jq -n '[1] | join(\",\") | fromjson | .a' 2>&1; jq -n '1 as $"
     "x | $x / 0' 2>&1; jq -n '\"x\" | test(1)' 2>&1",
     "jq: error (at <unknown>): Cannot check whether object has a number key\njq: error (at <"
     "unknown>): Cannot index number with string \"a\"\njq: error (at <unknown>): number (1) "
     "and number (0) cannot be divided because the divisor is zero\njq: error (at <unknown>):"
     " number not a string or array\n",
     5},
    {"dash", "jq -n '1, halt, 2'; echo $?; jq -n '1, halt_error, 2' 2>/dev/null; echo $?",
     "1\n0\n1\n5\n", 0},
};

static const struct snippet numbers[] = {
    {"dash",
     "jq -n '0.1 + 0.2, 1e17, 1e16, 123456789012345678, 1e-5, 0.0001, 3.0, 1.5e300, 100000000"
     "000000000000, 1e1000, -0, 1e3, 0.5, -1.25'",
     "0.30000000000000004\n1e+17\n1e+16\n123456789012345680\n1e-05\n0.0001\n3\n1.5e+300\n1e+2"
     "0\n1.7976931348623157e+308\n-0\n1000\n0.5\n-1.25\n",
     0},
    {"dash",
     "echo '[1.0, 1e2, 10000000000000, 3.14159265358979, 2.50, 12345678901234567890]' | jq -c"
     " .",
     "[1,100,10000000000000,3.14159265358979,2.5,12345678901234567000]\n", 0},
    {"dash",
     "jq -n '1 / 3, 22 / 7, 100 / 10, 5 % 3, 1e10, 4294967296 * 4294967296, (10 | sqrt), pow("
     "2;10), (3.7 | floor, ceil), (2 | log2)'",
     "0.3333333333333333\n3.142857142857143\n10\n2\n10000000000\n18446744073709552000\n3.1622"
     "776601683795\n1024\n3\n4\n1\n",
     0},
    {"dash", "jq -nc '[nan, infinite, -infinite] | ., (.[0] | isnan), (nan < nan), ([nan] | sort)'",
     "[null,1.7976931348623157e+308,-1.7976931348623157e+308]\ntrue\ntrue\n[null]\n", 0},
};

SNIPPETS(snippets_jq, paths)
SNIPPETS(snippets_jq, options)
SNIPPETS(snippets_jq, numbers)

/* What jq itself would do for ever, or with more memory than there is: here it ends. */
static const struct snippet hostile[] = {
    {"dash", "jq -n 'def f: f; f' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '[range(1000000000)]' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n 'last(range(1000000000))' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '1 | until(false; . + 1)' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n 'reduce range(100000) as $i (0; [.])' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '\"x\" * 1e9' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '.[1e9] = 1' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '[repeat(1)]' 2>/dev/null; echo no", "", 125},
    {"dash", "jq -n '\"\\(\"a\" * 60000)\" | test(\"(a*)*b\")' 2>/dev/null; echo no", "", 125},
    {"dash", "printf '%0300d' 0 | tr 0 '[' | jq . 2>/dev/null", "", 4},
    {"dash", "jq -n \"$(printf '%0300d' 0 | tr 0 '(')\" 2>/dev/null", "", 3},
    {"dash", "jq -n \"0$(printf '%0300d' 0 | tr 0 -)1\" 2>/dev/null", "", 3},
    {"dash", "printf '\"\\377\\300\\200a\"' | jq -c '., length'",
     "\"\357\277\275\357\277\275a\"\n3\n", 0},
    {"dash", "printf '\"\\ud800\"' | jq length; printf '\"\\' | jq . 2>/dev/null", "1\n", 4},
    {"dash", "printf '1%0400d' 0 | jq '. > 1e60'", "true\n", 0},
    {"dash", "jq -n '\"\\(' 2>/dev/null; echo $?; jq -n '\"\\(1' 2>/dev/null; echo $?", "3\n3\n",
     0},
    {"dash", "jq -nc '[.[nan]?, ([1] | .[nan]), ([1,2] | .[nan:], .[:1e300])]'",
     "[null,null,[1,2],[1,2]]\n", 0},
    {"dash", "jq -nc '[1,2] | .[-5:], .[5:], .[1:0], del(.[9]), del(.[-9])'",
     "[1,2]\n[]\n[]\n[1,2]\n[1,2]\n", 0},
    {"dash", "jq -n '[1] | .[-5] = 1' 2>/dev/null", "", 5},
    {"dash", "jq -n '(1, 2) |= 3' 2>/dev/null", "", 5},
    {"dash", "jq -n '5 % 0.1' 2>/dev/null", "", 5},
    {"dash", "jq -nc '9e18 % 7, -9e18 % 9e18'", "2\n0\n", 0},
    {"dash", "jq -n '\"[a\" as $r | \"x\" | test($r)' 2>/dev/null", "", 5},
    {"dash", "jq -nc '\"a]b-\" | [match(\"[]\\\\-]\";\"g\").string]'", "[\"]\",\"-\"]\n", 0},
};

Test(snippets_jq, hostile)
{
    snippets_here(hostile, RX_ARRAY_LEN(hostile));
}
