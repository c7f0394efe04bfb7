"""airspeed or airspeed-ext (whichever is installed) as an engine, with $input and $util as its users write them."""

import base64
import json
import re
import sys
import urllib.parse

import airspeed

sys.setrecursionlimit(20000)
ESCAPES = {'"': '\\"', "'": "\\'", "\\": "\\\\", "/": "\\/", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
SPECIAL = re.compile("[\"'\\\\/\x00-\x1f\x80-\U0010ffff]")
STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|\['([^']*)'\]")


def find(body, path):
    for key, index, name in STEP.findall(path):
        body = body[int(index)] if index else body.get(key or name)
        if body is None:
            return None
    return body


class Input:
    def __init__(self, body, params):
        self.body, self._params = body, params

    def path(self, path):
        return find(json.loads(self.body or "{}"), path)

    def json(self, path):
        return json.dumps(self.path(path), separators=(",", ":"), ensure_ascii=False)

    def params(self, name=None):
        if name is None:
            return self._params
        return next((group[name] for group in self._params.values() if name in group), "")


class Util:
    def escapeJavaScript(self, s):
        return SPECIAL.sub(lambda m: ESCAPES.get(m[0]) or "\\u%04X" % ord(m[0]), str(s))

    def base64Encode(self, s):
        return base64.b64encode(s.encode()).decode()

    def base64Decode(self, s):
        return base64.b64decode(s).decode()

    def urlEncode(self, s):
        return urllib.parse.quote_plus(s, safe="*")

    def urlDecode(self, s):
        return urllib.parse.unquote_plus(s)

    def parseJson(self, s):
        return json.loads(s)


def render(case):
    params = {group: (case.get("params") or {}).get(group) or {} for group in ("path", "querystring", "header")}
    context = dict(case.get("context") or {})
    context["requestOverride"] = {"header": {}, "path": {}, "querystring": {}}
    context["responseOverride"] = {"header": {}}
    names = {"input": Input(case.get("body", ""), params), "util": Util(), "context": context,
             "stageVariables": case.get("stageVariables") or {}, **(case.get("variables") or {})}
    output = airspeed.Template(case["template"]).merge(names)
    return {"output": output, "requestOverride": context["requestOverride"], "responseOverride": context["responseOverride"]}


for line in sys.stdin:
    case = json.loads(line)
    try:
        answer = render(case) if case["kind"] == "render" else {"error": "no calls"}
        text = json.dumps(answer)
    except Exception as error:
        text = json.dumps({"error": f"{type(error).__name__}: {error}"})
    print(text, flush=True)
