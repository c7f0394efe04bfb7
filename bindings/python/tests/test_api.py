"""Documents and whole calls."""

import asyncio
import base64
from pathlib import Path

import pytest

import apigw_vtl
from apigw_vtl import VtlError

PETS = """
openapi: 3.0.1
info: {title: pets}
paths:
  /pets/{id}:
    post:
      responses: {'201': {description: made}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: PUT
        uri: http://backend.test/
        requestTemplates: {application/json: "$input.json('$.n') $input.nothing()"}
        responses: {default: {statusCode: '201', responseTemplates: {application/json: "$context.resourcePath $input.body"}}}
  /health:
    get:
      responses: {'200': {description: fine}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200', responseTemplates: {application/json: '$stageVariables.v'}}}
"""
POST = {"method": "POST", "path": "/pets/7?a=b", "body": '{"n": 1}'}
OK = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}


@pytest.fixture(scope="module")
def api():
    return apigw_vtl.load(PETS, name="pets.yaml")


def test_the_document_as_data(api):
    assert api.document["kind"] == "openapi3"
    assert [route["routeKey"] for route in api.document["routes"]] == ["POST /pets/{id}", "GET /health"]


def test_a_mock_needs_no_backend(api):
    result = api.invoke({"path": "/health"}, stage_variables={"v": "1.2"})
    assert (result["routeKey"], result["response"]["body"]) == ("GET /health", "1.2")


def test_the_backend_as_data(api):
    result = api.invoke(POST, backend=OK, log=True)
    assert (result["response"]["status"], result["response"]["body"]) == (201, "/pets/{id} {}")
    assert result["pathParameters"] == {"id": "7"}
    assert result["integrationRequest"]["body"] == "1 "
    assert result["log"].startswith("Execution log for request")
    note = result["notes"][0]
    assert (note["code"], note["file"], note["line"]) == ("V151", "pets.yaml", 12)
    assert api.invoke(POST, backend={"failure": "timeout"})["response"]["status"] == 504


def test_the_backend_as_a_function(api):
    seen = []

    def backend(request):
        seen.append(request["url"])
        return OK | {"body": request["body"].encode()}

    assert api.invoke(POST, backend=backend)["response"]["body"] == "/pets/{id} 1 "
    assert seen == ["http://backend.test/"]


def test_exceptions_of_the_backend_travel_through(api):
    class Trouble(Exception):
        pass

    def backend(request):
        raise Trouble(request["method"])

    with pytest.raises(Trouble, match="PUT"):
        api.invoke(POST, backend=backend)

    def interrupted(request):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.invoke(POST, backend=interrupted)
    with pytest.raises(ValueError, match="unknown failure"):
        api.invoke(POST, backend=lambda request: {"failure": "lazy"})
    with pytest.raises(TypeError, match="must be a dict"):
        api.invoke(POST, backend=lambda request: None)


def test_a_backend_may_call_the_api_again(api):
    def backend(request):
        return OK | {"body": api.invoke({"path": "/health"}, stage_variables={"v": "in"})["response"]["body"]}

    assert api.invoke(POST, backend=backend)["response"]["body"] == "/pets/{id} in"


def test_a_call_without_its_backend_says_so(api):
    with pytest.raises(ValueError, match="the request goes to http://backend.test/"):
        api.invoke(POST)


def test_async_servers_take_the_steps_apart(api):
    async def fetch(request):
        await asyncio.sleep(0)
        return OK | {"body": request["method"]}

    async def answer(request):
        step = api.start(request)
        return step.answer or step.respond(await fetch(step.request))

    assert asyncio.run(answer(POST))["response"]["body"] == "/pets/{id} PUT"
    assert asyncio.run(answer({"path": "/health"}))["response"]["status"] == 200


def test_bodies_of_bytes():
    text = PETS.replace("info:", "x-amazon-apigateway-binary-media-types: ['*/*']\ninfo:")
    api = apigw_vtl.load(text.replace("type: http\n", "type: http_proxy\n"), name="pets.yaml")
    seen = {}

    def backend(request):
        seen.update(request)
        return OK | {"body": b"\xfe"}

    result = api.invoke(POST | {"body": b"\xff\x00"}, backend=backend)
    assert (base64.b64decode(seen["body"]), seen["bodyIsBase64"]) == (b"\xff\x00", True)
    assert base64.b64decode(result["response"]["body"]) == b"\xfe"


def test_a_document_of_files(tmp_path):
    (tmp_path / "t.vtl").write_text('{"statusCode": 204}')
    (tmp_path / "main.tf").write_text(
        'resource "aws_api_gateway_integration" "i" {\n  rest_api_id = "x"\n  resource_id = "y"\n  http_method = "GET"\n'
        '  type = "MOCK"\n  request_templates = { "application/json" = file("t.vtl") }\n}\n'
    )
    for source in (tmp_path, tmp_path / "main.tf"):
        (route,) = apigw_vtl.load(source).document["routes"]
        assert route["integration"]["requestTemplates"] == {"application/json": '{"statusCode": 204}'}


def test_a_document_reads_files_of_its_repository_alone(tmp_path, monkeypatch):
    (tmp_path / "a" / ".git").mkdir(parents=True)
    (tmp_path / "a" / "own.vtl").write_text("own")
    (tmp_path / "secret.vtl").write_text("secret")
    (tmp_path / "a" / "link.vtl").symlink_to("../secret.vtl")
    names = ["own.vtl", "link.vtl", "../secret.vtl", f"{tmp_path}/secret.vtl"]
    templates = "".join(f'"{at}" = file("{name}")\n' for at, name in enumerate(names))
    main = tmp_path / "a" / "main.tf"
    main.write_text(
        'resource "aws_api_gateway_integration" "i" {\n  rest_api_id = "x"\n  resource_id = "y"\n  http_method = "GET"\n'
        f'  type = "MOCK"\n  request_templates = {{\n{templates}}}\n}}\n'
    )
    monkeypatch.chdir(tmp_path)
    for source in (main, tmp_path / "a", Path("a/main.tf")):
        text = str(apigw_vtl.load(source).document)
        assert "'own'" in text and "'secret'" not in text
    assert "'secret'" in str(apigw_vtl.load(main, allow=[tmp_path]).document)
    (tmp_path / "a" / "vtl.toml").symlink_to("../secret.vtl")
    with pytest.raises(ValueError, match="outside"):
        apigw_vtl.check(tmp_path / "a" / "own.vtl")


def test_a_single_integration():
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "$input.params('id')"}}},
    }
    api = apigw_vtl.load_integration(integration, resource="/pets/{id}")
    assert api.invoke({"path": "/pets/7"})["response"]["body"] == "7"


def test_findings(tmp_path):
    assert apigw_vtl.check("$input.body") == []
    (finding,) = apigw_vtl.check("#if($x)", name="a.vtl")
    assert (finding.code, finding.line) == ("V002", 1)
    (tmp_path / "a.vtl").write_text("#if($x)")
    assert apigw_vtl.check(tmp_path / "a.vtl")[0].code == "V002"
    # The rules of `vtl check`.
    assert [finding.name for finding in apigw_vtl.check("$util.escapeJavascript('x')")] == ["unknown-util"]
    findings = apigw_vtl.check(PETS.replace("http://backend.test/", "backend.test"), name="pets.yaml")
    (finding,) = [finding for finding in findings if finding.severity == "error"]
    assert (finding.severity, finding.line, finding.route) == ("error", 11, "POST /pets/{id}")
    assert apigw_vtl.check("]", kind="openapi3")[0].severity == "error"


def test_settings_of_a_project(tmp_path, monkeypatch):
    (tmp_path / "vtl.toml").write_text(
        '[rules]\nunknown-util = "off"\n[[paths]]\npath = "old/**"\nrules = { unknown-util = "error" }'
    )
    names = ["a.vtl", "old/a.vtl"]
    (tmp_path / "old").mkdir()
    for name in names:
        (tmp_path / name).write_text("$util.escapeJavascript('x')")
    severities = lambda path: [finding.severity for finding in apigw_vtl.check(path)]
    assert [severities(tmp_path / name) for name in names] == [[], ["error"]]
    monkeypatch.chdir(tmp_path / "old")
    assert severities(Path("a.vtl")) == ["error"]
    assert severities(Path("../a.vtl")) == []
    assert len(apigw_vtl.check("$util.escapeJavascript('x')")) == 1
    (tmp_path / "vtl.toml").write_text("[rulez]")
    with pytest.raises(ValueError, match="^vtl.toml: "):
        apigw_vtl.check(tmp_path / "a.vtl")


def test_what_cannot_be_loaded(tmp_path):
    with pytest.raises(VtlError) as caught:
        apigw_vtl.load('{"openapi": ', name="a.json")
    assert caught.value.line == 1
    with pytest.raises(FileNotFoundError):
        apigw_vtl.load(tmp_path / "none.yaml")
    with pytest.raises(FileNotFoundError, match=r"no \.tf"):
        apigw_vtl.load(tmp_path)
    with pytest.raises(ValueError, match="unknown document format"):
        apigw_vtl.load("{}", kind="wsdl")
    with pytest.raises(VtlError):
        apigw_vtl.load_integration("[")
    with pytest.raises(ValueError, match="settings"):
        apigw_vtl.load_integration({"type": "mock"}, settings={"protocolType": "GOPHER"})
