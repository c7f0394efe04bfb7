// The traps of mapping templates. Each has a template that falls into it, one that does not, and where there is one
// the case in the corpus that tells the service's answer.
import type { State } from "../state";

export interface Lesson {
  name: string;
  title: string;
  /** What one expects, and what the service does instead. */
  why: string;
  /** The way out, in a sentence. */
  way: string;
  /** Id of the case in the corpus. */
  recorded?: string;
  state: Partial<State> & { template: string };
  /** The template that does it right. */
  fixed: string;
}

export const lessons: Lesson[] = [
  {
    name: "missing-is-true",
    title: "What is missing is true",
    why: "`#if($x)` asks whether a value is `false`. A missing one is not: it takes the first branch, and so do 0, an empty text and an empty list.",
    way: 'Compare with the empty text: `#if($x != "")`.',
    recorded: "if-undefined-true",
    state: { body: `{"name": "Ada"}`, template: `{\n#if($input.path('$.email'))\n  "notify": true\n#else\n  "notify": false\n#end\n}\n` },
    fixed: `{\n#if($input.path('$.email') != "")\n  "notify": true\n#else\n  "notify": false\n#end\n}\n`,
  },
  {
    name: "apostrophes",
    title: "Apostrophes break the JSON",
    why: "`$util.escapeJavaScript` writes an apostrophe as `\\'`. JavaScript knows that escape, JSON does not: the backend refuses the request.",
    way: `Undo it: \`.replaceAll("\\\\'", "'")\`.`,
    recorded: "util-escape-single-quote",
    state: { body: `{"note": "it's \\"fragile\\""}`, template: `{"note": "$util.escapeJavaScript($input.path('$.note'))"}\n` },
    fixed: `{"note": "$util.escapeJavaScript($input.path('$.note')).replaceAll("\\\\'", "'")"}\n`,
  },
  {
    name: "commas",
    title: "A comma too many",
    why: "A comma in the body of a loop is written in every turn, also in the last. The result is no JSON.",
    way: "Write it while there is a next turn: `#if($foreach.hasNext),#end`.",
    recorded: "foreach-last",
    state: { body: `{"skus": ["A1", "B2", "C3"]}`, template: `{"skus": [#foreach($sku in $input.path('$.skus'))"$sku",#end]}\n` },
    fixed: `{"skus": [#foreach($sku in $input.path('$.skus'))"$sku"#if($foreach.hasNext),#end#end]}\n`,
  },
  {
    name: "java-maps",
    title: "Objects print as Java prints them",
    why: "`$input.path` gives an object of Java. Printed, it is `{name=Ada}` and no JSON. A list prints as JSON, which makes the mistake easy to miss.",
    way: "Use `$input.json` for what is copied as it is.",
    recorded: "path-object-java-form",
    state: { body: `{"customer": {"name": "Ada"}, "tags": ["new"]}`, template: `{"customer": $input.path('$.customer'), "tags": $input.path('$.tags')}\n` },
    fixed: `{"customer": $input.json('$.customer'), "tags": $input.json('$.tags')}\n`,
  },
  {
    name: "numbers-as-strings",
    title: "Numbers turn into strings",
    why: 'Quotes around a reference make a string of whatever is printed: `"7"` and `"true"` where the payload had a number and a boolean. Without quotes a text would break the JSON.',
    way: "Let `$input.json` decide: it keeps the type of the payload.",
    state: { body: `{"count": 7, "gift": true, "name": "Ada"}`, template: `{"count": "$input.path('$.count')", "gift": "$input.path('$.gift')", "name": "$input.path('$.name')"}\n` },
    fixed: `{"count": $input.json('$.count'), "gift": $input.json('$.gift'), "name": $input.json('$.name')}\n`,
  },
  {
    name: "null-prints-nothing",
    title: "null leaves a hole",
    why: "A `null` of the payload prints as nothing, in the middle of the JSON too: `{\"v\": }`.",
    way: "Write the `null` yourself where the value equals the empty text.",
    recorded: "null-prints-blank",
    state: { body: `{"middle": null, "last": "Lovelace"}`, template: `{"middle": $input.path('$.middle'), "last": "$input.path('$.last')"}\n` },
    fixed: `{"middle": #if($input.path('$.middle') == "")null#else$input.json('$.middle')#end, "last": $input.json('$.last')}\n`,
  },
  {
    name: "quotes-in-strings",
    title: "A backslash does not escape a quote",
    why: 'In a text of the template a backslash is a character like any other. `"\\"` ends the text, and what follows is a mistake in the syntax: the service answers 500.',
    way: "Double the quote, or use apostrophes around the text.",
    recorded: "err-backslash-quote",
    state: { body: `{"name": "Ada"}`, template: `#set($name = $input.path('$.name'))\n#set($json = "{\\"name\\": \\"$name\\"}")\n$json\n` },
    fixed: `#set($name = $input.path('$.name'))\n#set($json = "{""name"": ""$name""}")\n$json\n`,
  },
  {
    name: "hyphens",
    title: "A hyphen belongs to the name",
    why: "`-` continues an identifier, so `$from-$to` asks for a variable `from-`, which does not exist and prints nothing.",
    way: "Put braces around the name: `${from}-$to`.",
    recorded: "override-header-hyphen",
    state: { body: `{"from": "2026-03-01", "to": "2026-03-04"}`, template: `#set($from = $input.path('$.from'))\n#set($to = $input.path('$.to'))\n{"range": "$from-$to"}\n` },
    fixed: `#set($from = $input.path('$.from'))\n#set($to = $input.path('$.to'))\n{"range": "\${from}-$to"}\n`,
  },
  {
    name: "macros",
    title: "Macros are not run",
    why: "The service does not permit macros of a template. The definition vanishes and each call is printed as text.",
    way: "`#define` makes a block that is run where it is printed.",
    recorded: "macro-not-run",
    state: { body: `{"first": "Ada", "last": "Lovelace"}`, template: `#macro(name)$input.path('$.first') $input.path('$.last')#end\n{"name": "#name()"}\n` },
    fixed: `#define($name)$input.path('$.first') $input.path('$.last')#end\n{"name": "$name"}\n`,
  },
  {
    name: "params-order",
    title: "One name, three places",
    why: "`$input.params('id')` looks into the path, then the query string, then the headers, and takes the first it finds: a client can put its own `id` where you expected the header.",
    way: "Say the place: `$input.params().header.id`.",
    recorded: "params-order-query-second",
    state: {
      body: "",
      params: `{\n  "path": {},\n  "querystring": {"tenant": "from the query"},\n  "header": {"tenant": "from the header"}\n}\n`,
      template: `{"tenant": "$input.params('tenant')"}\n`,
    },
    fixed: `{"tenant": "$input.params().header.tenant"}\n`,
  },
  {
    name: "empty-payload",
    title: "An empty payload is an object",
    why: "Without a payload `$input.body`, `$input.json('$')` and `$input.path('$')` are all `{}`. A test for an empty text never holds.",
    way: "Ask for a member that must be there.",
    recorded: "payload-empty-json",
    state: { body: "", template: `{\n#if($input.body == "")\n  "error": "no payload"\n#else\n  "payload": $input.json('$')\n#end\n}\n` },
    fixed: `{\n#if($input.path('$.id') == "")\n  "error": "no payload"\n#else\n  "payload": $input.json('$')\n#end\n}\n`,
  },
  {
    name: "body-is-text",
    title: "$input.body is a text",
    why: "`$input.body` is the payload as it came, a text. A text has no property `name`, so `$input.body.name` prints nothing.",
    way: "Read it with `$input.path`.",
    recorded: "body-property-blank",
    state: { body: `{"name": "Ada"}`, template: `{"name": "$input.body.name"}\n` },
    fixed: `{"name": "$input.path('$.name')"}\n`,
  },
];
