"""Amazon API Gateway mapping templates (VTL), rendered as the service does.

>>> import apigw_vtl
>>> apigw_vtl.render('{"id": "$input.path(\'$.id\')"}', body={"id": 7}).text
'{"id": "7"}'

Templates, documents and results are plain data. A template is compiled once and may be shared by threads;
rendering releases the global interpreter lock.
"""

# `pathlib` and `functools` are loaded when they are needed, since they take longer than the rest.
from os import PathLike as _PathLike
from os import environ as _environ

from . import _native
from ._native import Api, Diagnostic, Rendered, Step, Template, VtlError, __version__

__all__ = [
    "Api",
    "Diagnostic",
    "Rendered",
    "Step",
    "Template",
    "VtlError",
    "__version__",
    "check",
    "load",
    "load_integration",
    "render",
    "run_tests",
]

_TEMPLATES = (".vtl", ".vm")
_DOCUMENTS = (".json", ".yaml", ".yml", ".tf", ".sh", ".template")


_CACHED = 256
_CACHED_CHARACTERS = 4 << 20  # Compiled, a text may take twenty times as much memory.
_cache = {}


def _compiled(source, dialect):
    key = source, dialect
    template = _cache.get(key)
    if template is None:
        template = Template(source, dialect=dialect)
        while _cache:
            try:
                if len(_cache) < _CACHED and sum(len(text) for text, _ in _cache) + len(source) <= _CACHED_CHARACTERS:
                    break
                _cache.pop(next(iter(_cache)), None)
            except (RuntimeError, StopIteration):
                pass  # Another thread was faster.
        _cache[key] = template
    return template


def _path(path):
    from pathlib import Path

    return Path(path)


def render(
    template,
    body=None,
    params=None,
    context=None,
    stage_variables=None,
    variables=None,
    *,
    dialect="service",
    request_override=None,
    response_override=None,
):
    """Renders the text of a template. The last 256 texts, of 4 Mi characters at most, are kept compiled."""
    return _compiled(template, dialect).render(
        body,
        params,
        context,
        stage_variables,
        variables,
        request_override=request_override,
        response_override=response_override,
    )


def _source(source, name, allow):
    """Returns the files of a document, its path if it has one, and the paths that it may refer to."""
    if isinstance(source, _PathLike):
        return _native.files_at(source, [*allow]), source, [*allow]
    return [(name or "document", source)], None, []


def load(
    source,
    *,
    name=None,
    kind=None,
    parameters=None,
    dialect=None,
    switches=None,
    limits=None,
    foreach_fails=False,
    allow=(),
):
    """Loads a document: a path of a file or of a Terraform folder, or the text of a document.

    A path refers to files of its repository, and to those in the files and folders of `allow`.
    """
    files, place, allow = _source(source, name, allow)
    return _native.load(files, place, allow, kind, parameters, dialect, switches, limits, foreach_fails)


def load_integration(
    integration,
    *,
    name=None,
    settings=None,
    resource=None,
    dialect=None,
    switches=None,
    limits=None,
    foreach_fails=False,
):
    """Loads a single integration: a path, a text, or a dict; None with `settings` selects a route only."""
    if isinstance(integration, _PathLike):
        ((name, integration),) = _native.files_at(integration, [])
    return _native.load_integration(
        integration, name or "integration", settings, resource, dialect, switches, limits, foreach_fails
    )


def check(source, *, name=None, kind=None, parameters=None, dialect=None, allow=()):
    """Returns the findings in a template or a document.

    A path is a document unless it ends in `.vtl` or `.vm`; the settings are those of the `vtl.toml` that is
    found upward from it. A text is a template unless `kind` is given or `name` ends as the name of a document
    does.
    """
    settings = None
    if isinstance(source, _PathLike):
        path = _path(source)
        settings = _settings(path)
        if path.suffix in _TEMPLATES and not path.is_dir():
            ((file, text),) = _native.files_at(path, [])
            return _native.check_template(text, file, dialect, settings)
    elif kind is None and not (name or "").endswith(_DOCUMENTS):
        return _native.check_template(source, name, dialect, settings)
    files, place, allow = _source(source, name, allow)
    return _native.check_document(files, place, allow, kind, parameters, settings)


def _settings(path):
    """Returns the text and the folder of the `vtl.toml` that is nearest upward from a path."""
    path = path.resolve()
    for folder in (path, *path.parents):
        text = _native.settings_at(folder)
        if text is not None:
            return text, str(folder)
    return None


def run_tests(*paths, filter=None, tags=(), snapshots=None, unreferenced=True, coverage=False, list=False, allow=()):
    """Runs the test files `*.vtl-test.yaml` in some files and folders; returns the report of `vtl test`.

    `snapshots` is `check`, `new` or `update`: where there is none yet, or it differs, the test fails; the new
    one is written to wait for a review; or it is accepted. Without it, `check` where `CI` is set, else `new`.
    """
    if snapshots is None:
        snapshots = "new" if _environ.get("CI", "") in ("", "0", "false") else "check"
    places = [str(path) for path in paths or (".",)]
    return _native.run_tests(places, [*allow], filter, [*tags], snapshots, unreferenced, coverage, list)
