"""The Python package `apigw-vtl` as an engine."""

import json
import sys

import apigw_vtl


def raw(line, key):
    """Returns the text of a member, so that numbers keep their digits."""
    decoder, at = json.JSONDecoder(), 1
    while True:
        while line[at] in " ,\t":
            at += 1
        name, at = decoder.raw_decode(line, at)
        at = line.index(":", at) + 1
        while line[at] == " ":
            at += 1
        _, end = decoder.raw_decode(line, at)
        if name == key:
            return line[at:end]
        at = end


def render(line, case):
    variables = raw(line, "variables") if "variables" in case else None
    rendered = apigw_vtl.Template(case["template"]).render(
        case.get("body"), case.get("params"), case.get("context"), case.get("stageVariables"), variables
    )
    return {"output": rendered.text, "requestOverride": rendered.request_override, "responseOverride": rendered.response_override}


def call(case):
    integration = case.get("integration")
    if "integrationResponses" in case:
        integration = {**integration, "IntegrationResponses": case["integrationResponses"]}
    api = apigw_vtl.load_integration(integration, settings=case.get("api", {}))
    backend = case.get("backend") or {"failure": "connection"}
    return api.invoke(case["request"], backend=backend, context=case["context"], stage_variables=case["stageVariables"])


for line in sys.stdin:
    case = json.loads(line)
    try:
        answer = render(line, case) if case["kind"] == "render" else call(case)
    except (apigw_vtl.VtlError, ValueError) as error:
        answer = {"error": str(error), "code": getattr(error, "code", None)}
    print(json.dumps(answer), flush=True)
