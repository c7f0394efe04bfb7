from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypedDict, final

__version__: str

Dialect = Literal["service", "velocity-1.7"]
Severity = Literal["error", "warning", "advice"]
Scalar = str | int | float | bool
Json = Any
Body = str | bytes | bytearray | memoryview | Mapping[str, Any] | Sequence[Any] | int | float | bool | None

class Params(TypedDict, total=False):
    """Parameters of a request; of several values of a name templates see the last."""

    path: Mapping[str, Scalar | Sequence[Scalar]] | None
    querystring: Mapping[str, Scalar | Sequence[Scalar]] | None
    header: Mapping[str, Scalar | Sequence[Scalar]] | None

class Request(TypedDict, total=False):
    """The client's request; for a WebSocket API `eventType`, `body`, `headers` and `querystring`."""

    method: str
    path: str
    pathParameters: Mapping[str, str]
    querystring: Mapping[str, str | Sequence[str]]
    headers: Mapping[str, str | Sequence[str]]
    body: str | bytes
    bodyIsBase64: bool
    eventType: Literal["CONNECT", "MESSAGE", "DISCONNECT"]

class LambdaResult(TypedDict, total=False):
    payload: Json
    functionError: str

Answer = TypedDict(
    "Answer",
    {
        "status": int,
        "headers": Mapping[str, str | Sequence[str]],
        "body": str | bytes,
        "bodyIsBase64": bool,
        "lambda": LambdaResult,
        "failure": Literal["timeout", "connection"],
    },
    total=False,
)
"""The answer of a backend: a response, the result of a Lambda function, or a failure."""

class IntegrationRequest(TypedDict, total=False):
    """The request that the backend receives; `url` is what an HTTP client calls."""

    method: str
    uri: str
    url: str
    headers: dict[str, str | list[str]]
    querystring: dict[str, list[str]]
    body: str
    bodyIsBase64: bool
    settings: dict[str, Any]
    cacheKey: Json
    integrationSubtype: str
    parameters: dict[str, str]

class Response(TypedDict):
    status: int
    headers: dict[str, str | list[str]]
    body: str
    bodyIsBase64: bool

class DiagnosticDict(TypedDict, total=False):
    code: str
    name: str
    severity: Severity
    message: str
    help: str
    file: str
    line: int
    column: int
    endLine: int
    endColumn: int
    route: str
    template: str
    property: str
    related: list[dict[str, Any]]

class CallResult(TypedDict, total=False):
    """The result of a call, as `vtl invoke --format json` prints it."""

    routeKey: str | None
    pathParameters: dict[str, str]
    integrationRequest: IntegrationRequest | None
    response: Response | None
    status: int
    message: str | None
    invalid: list[str]
    notes: list[DiagnosticDict]
    log: str

class TestResult(TypedDict, total=False):
    file: str
    line: int
    name: str
    status: Literal["passed", "failed", "skipped", "todo"]
    findings: list[DiagnosticDict]
    diff: str
    reason: str

class TestReport(TypedDict, total=False):
    """The results of tests, as `vtl test --format json` prints them."""

    tests: list[TestResult]
    summary: dict[str, Any]
    coverage: dict[str, Any]
    findings: list[DiagnosticDict]

Backend = Answer | Mapping[str, Any] | Callable[[IntegrationRequest], Answer | Mapping[str, Any]]

class VtlError(Exception):
    """A template that does not compile or render, or a document that cannot be loaded."""

    code: str
    """Stable code such as `V002`."""
    name: str
    """Name of the code such as `unclosed-block`."""
    line: int | None
    """Line of the place, from 1."""
    column: int | None
    """Column of the place, from 1; it counts characters."""
    help: str | None
    """Suggested way out."""
    report: str
    """The error drawn with its line of the template."""
    diagnostic: Diagnostic

@final
class Diagnostic:
    """Something that is wrong, or worth knowing, with its place."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def message(self) -> str: ...
    @property
    def help(self) -> str | None: ...
    @property
    def file(self) -> str | None: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...
    @property
    def end_line(self) -> int | None: ...
    @property
    def end_column(self) -> int | None: ...
    @property
    def route(self) -> str | None: ...
    @property
    def template(self) -> str | None: ...
    @property
    def property(self) -> str | None: ...
    def to_dict(self) -> DiagnosticDict: ...

@final
class Rendered:
    """The result of a render; `str()` of it is its text."""

    @property
    def text(self) -> str: ...
    @property
    def request_override(self) -> dict[str, Any]: ...
    @property
    def response_override(self) -> dict[str, Any]: ...
    @property
    def notes(self) -> list[Diagnostic]: ...

@final
class Template:
    """A compiled mapping template. It never changes, and threads may share it.

    Raises `VtlError` if the text does not compile, `ValueError` for an unknown dialect, switch or limit.
    """

    def __new__(
        cls,
        source: str,
        *,
        name: str | None = None,
        dialect: Dialect | None = None,
        switches: Sequence[str] | None = None,
        limits: Mapping[str, int | None] | None = None,
        foreach_fails: bool = False,
    ) -> Template: ...
    def render(
        self,
        body: Body = None,
        params: Params | Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        stage_variables: Mapping[str, Scalar] | None = None,
        variables: Mapping[str, Any] | str | None = None,
        *,
        request_override: Mapping[str, Any] | None = None,
        response_override: Mapping[str, Any] | None = None,
    ) -> Rendered:
        """Renders the template.

        `body` is the payload: text, bytes, or a value whose JSON text it is. `variables` defines top-level
        variables: `{"x": 1}` is `$x`; as the text of an object its numbers keep their digits. The overrides are
        those that the request's template left for the response's. Raises `VtlError` where the service answers with an error.
        """

    @property
    def source(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def notes(self) -> list[Diagnostic]:
        """Notes on the text, without a render."""

@final
class Api:
    """A loaded document that answers requests. Threads may share it."""

    @property
    def document(self) -> dict[str, Any]:
        """The document as `vtl routes --format json` prints it: kind, apis, routes, findings."""

    def invoke(
        self,
        request: Request | Mapping[str, Any],
        *,
        backend: Backend | None = None,
        context: Mapping[str, Any] | None = None,
        stage_variables: Mapping[str, Scalar] | None = None,
        api: str | None = None,
        log: bool = False,
    ) -> CallResult:
        """Sends a request through its route.

        `backend` is the backend's answer, or a function from its request to its answer, whose exceptions
        travel through. A MOCK needs none. `api` names one of several APIs of the document. Raises `ValueError`
        if the call needs a backend and has none.
        """

    def start(
        self,
        request: Request | Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
        stage_variables: Mapping[str, Scalar] | None = None,
        api: str | None = None,
        log: bool = False,
    ) -> Step:
        """Takes the steps of a call up to the backend, for servers that await the backend themselves."""

@final
class Step:
    """A call that was started: either it is answered, or its backend has to be asked."""

    @property
    def answer(self) -> CallResult | None: ...
    @property
    def request(self) -> IntegrationRequest | None: ...
    def respond(self, backend: Answer | Mapping[str, Any]) -> CallResult:
        """Completes the call with the backend's answer."""

def render(
    template: str,
    body: Body = None,
    params: Params | Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    stage_variables: Mapping[str, Scalar] | None = None,
    variables: Mapping[str, Any] | str | None = None,
    *,
    dialect: Dialect = "service",
    request_override: Mapping[str, Any] | None = None,
    response_override: Mapping[str, Any] | None = None,
) -> Rendered:
    """Renders the text of a template. The last 256 texts, of 4 Mi characters at most, are kept compiled."""

def load(
    source: str | PathLike[str],
    *,
    name: str | None = None,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    dialect: Dialect | None = None,
    switches: Sequence[str] | None = None,
    limits: Mapping[str, int | None] | None = None,
    foreach_fails: bool = False,
    allow: Sequence[str | PathLike[str]] = (),
) -> Api:
    """Loads a document: a path of a file or of a Terraform folder, or the text of a document.

    A path refers to files of its repository, and to those in the files and folders of `allow`.
    OpenAPI, CloudFormation, SAM, Terraform and AWS CLI documents are detected; `kind` names the format.
    Raises `VtlError` if the document cannot be read.
    """

def load_integration(
    integration: str | PathLike[str] | Mapping[str, Any] | None,
    *,
    name: str | None = None,
    settings: str | Mapping[str, Any] | None = None,
    resource: str | None = None,
    dialect: Dialect | None = None,
    switches: Sequence[str] | None = None,
    limits: Mapping[str, int | None] | None = None,
    foreach_fails: bool = False,
) -> Api:
    """Loads a single integration, such as the input of `put-integration`, with the settings of its API."""

def check(
    source: str | PathLike[str],
    *,
    name: str | None = None,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    dialect: Dialect | None = None,
    allow: Sequence[str | PathLike[str]] = (),
) -> list[Diagnostic]:
    """Returns the findings in a template or a document.

    A path is a document unless it ends in `.vtl` or `.vm`; the settings are those of the `vtl.toml` that is
    found upward from it. A text is a template unless `kind` is given or `name` ends as the name of a document
    does.
    """

def run_tests(
    *paths: str | PathLike[str],
    filter: str | None = None,
    tags: Sequence[str] = (),
    snapshots: Literal["check", "new", "update"] | None = None,
    unreferenced: bool = True,
    coverage: bool = False,
    list: bool = False,
    allow: Sequence[str | PathLike[str]] = (),
) -> TestReport:
    """Runs the test files `*.vtl-test.yaml` in some files and folders; returns the report of `vtl test`.

    `filter` is a regular expression of names. `snapshots` is `check`, `new` or `update`: where there is none
    yet, or it differs, the test fails; the new one is written to wait for a review; or it is accepted. Without
    it, `check` where `CI` is set, else `new`. `unreferenced` reports snapshots that no test has. `list` only
    lists the tests. `allow` has files and folders that the tests may read, besides those of their repository.
    """
