#!/usr/bin/env python3
"""Writes seeds of a fuzz target from the recorded cases, and a dictionary from the engine's sources.

seeds.py TARGET SEEDS-FOLDER DICTIONARY-FILE
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
MOST_SEEDS = 1_000

# The folders whose string literals are the names of a target: methods, functions, keys.
SOURCES = {
    "template": ["src/builtins", "src/host", "src/syntax", "src/jsonpath", "src/pipeline/rest"],
    "jsonpath": ["src/jsonpath"],
    "pattern": ["src/value/pattern"],
    "payload": [],
    "pipeline": ["src/pipeline", "src/host", "crates/data/src"],
}
SOURCES["check"] = SOURCES["template"] + ["crates/check/src"]
DOCUMENTS = ["crates/loaders/src"]

SYNTAX = {
    "template": [
        "#set($", "#if(", "#elseif(", "#else", "#end", "#foreach($", " in ", "#define($", "#macro(", "#evaluate(", "#break",
        "#stop", "#[[", "]]#", "##", "#*", "*#", "$!{", "${", "[1..9]", "$foreach.index", "$foreach.hasNext", "$input.path('$",
        "$input.json('$", "$input.params(", "$util.parseJson(", "$context.responseOverride.header.", "$stageVariables.",
        "\n---\n",
    ],
    "jsonpath": ["$..", "[*]", "[?(@.", "==", "!=", "=~", "&&", "||", "[-1:]", "[0,1]", "['", "']", "/i"],
    "pattern": [
        "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i)", "(?<n>", r"\k<n>", r"\1", r"\p{L}", r"\p{IsAlphabetic}", r"\b",
        r"\G", r"\Q", r"\E", "[^", "&&[", "{2,}", "*+", "+?", "$1", "${n}", "\U0001f600",
    ],
    "payload": [r"\u0000", r"\ud83d", "1e309", "-0.0", "NaN", "null", "true", "false", "\ufeff"],
    "hcl": [
        "${", "%{ if ", "%{ endif ~}", "<<-EOT\n", "\nEOT\n", "for_each = ", "[*].", "jsonencode(", "path.module", " ? ", " => ",
        "...",
    ],
    "yaml": ["&a ", "*a", "<<: ", "!Sub ", "!GetAtt ", "!If [", "|\n", ">-\n", "---\n", "? "],
    "shell": ["<<EOF\n", "\nEOF\n", "$(", "${", "\\\n", "$'", "file://", "aws apigateway put-integration "],
}
SYNTAX["pipeline"] = [
    "integration.request.header.", "method.request.querystring.", "integration.response.body.", "context.", "stageVariables.",
    "${stageVariables.", "overwrite:header.", "append:querystring.", "remove:header.", "\\r\\n", "%0d%0a", "{proxy+}",
]
SYNTAX["check"] = SYNTAX["template"]
SYNTAX["openapi"] = SYNTAX["cloudformation"] = SYNTAX["yaml"]


def lines(folder):
    for file in sorted((ROOT / "corpus" / folder).glob("*.jsonl")):
        for line in file.read_text().split("\n"):
            if line:
                yield json.loads(line)


def cases(target):
    """Yields the inputs of a target."""
    if target == "check":
        yield from (text.split("\n---\n")[0] for text in cases("template"))
    elif target == "pipeline":
        for row in lines("apigateway"):
            if "integration" in row:
                call = {key: row.get(key) for key in ("integration", "request", "backend", "context", "stageVariables")}
                call["settings"] = row.get("api")
                call = {key: value for key, value in call.items() if value is not None}
                yield json.dumps(call, ensure_ascii=False, separators=(",", ":"))
            elif "schema" in row:
                method = {"requestValidator": {"validateRequestBody": True}, "requestModels": {"application/json": "M"}}
                settings = {"method": method, "models": {"M": json.loads(row["schema"])}}
                yield json.dumps({"settings": settings, "request": {"body": row["body"]}, "integration": {"type": "MOCK"}})
    elif target == "template":
        for row in lines("velocity"):
            yield row["template"]
        for row in lines("apigateway"):
            if isinstance(row.get("template"), str):
                body = row.get("body")
                yield row["template"] + "\n---\n" + (body if isinstance(body, str) else json.dumps(body))
    elif target == "jsonpath":
        for row in lines("jsonpath"):
            if "path" in row and "document" in row:
                yield row["path"] + "\n" + json.dumps(row["document"], ensure_ascii=False)
    elif target == "pattern":
        for pattern, text, replacement, *_ in lines("patterns"):
            yield f"{pattern}\n{replacement}\n{text}"
    elif target == "payload":
        for row in lines("json"):
            if isinstance(row.get("text"), str):
                yield row["text"]


def words(target):
    """Returns the words of a dictionary."""
    found = set(SYNTAX.get(target, []))
    for folder in SOURCES.get(target, DOCUMENTS):
        files = list((ROOT / folder).rglob("*.rs"))
        assert files, f"no sources in {folder}"
        for file in files:
            found.update(re.findall(r'"([#$@]?[A-Za-z][A-Za-z0-9:_.-]{1,40})"', file.read_text()))
    if target in ("template", "check"):
        declarations = (ROOT / "src/builtins/signatures.txt").read_text()
        found.update(f".{name}(" for name in re.findall(r"^\w\S* (\w+)\(", declarations, re.MULTILINE))
    return sorted(found)


def entry(word):
    """Writes a word in libFuzzer's notation."""
    escaped = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode())
    return f'"{"".join(escaped)}"\n'


def main(target, folder, dictionary):
    pathlib.Path(dictionary).write_text("".join(map(entry, words(target))))
    texts = [text.encode("utf-8", "replace") for text in cases(target)]
    texts = sorted({text for text in texts if len(text) <= 2048})
    for number, text in enumerate(texts[:: 1 + len(texts) // MOST_SEEDS]):
        pathlib.Path(folder, f"recorded-{number:04}").write_bytes(text)


main(*sys.argv[1:])
