"""Tests of mapping templates in pytest: collects `*.vtl-test.yaml` files, whose tests run as those of `vtl test`."""

import re

import pytest

import apigw_vtl

_NAME = re.compile(r".\.vtl-test\.(yaml|yml|json)$")


def pytest_addoption(parser):
    group = parser.getgroup("vtl", "tests of mapping templates (*.vtl-test.yaml)")
    group.addoption("--vtl-update", action="store_true", help="accept what differs from its snapshot")


def pytest_collect_file(file_path, parent):
    if _NAME.search(file_path.name):
        return VtlFile.from_parent(parent, path=file_path)
    return None


class VtlFile(pytest.File):
    """A test file. Its tests run together, when the first one is asked for."""

    _results = None

    def collect(self):
        report = apigw_vtl.run_tests(self.path, unreferenced=False, list=True)
        seen = {}
        for at, test in enumerate(report["tests"]):
            count = seen[test["name"]] = seen.get(test["name"], 0) + 1
            name = test["name"] if count == 1 else f"{test['name']} ({count})"
            yield VtlTest.from_parent(self, name=name, at=at, line=test["line"])

    def result(self, at):
        if self._results is None:
            snapshots = "update" if self.config.getoption("vtl_update") else None
            report = apigw_vtl.run_tests(self.path, unreferenced=False, snapshots=snapshots)
            self._results = report["tests"]
        return self._results[at]


class Failed(Exception):
    """A test whose expectations do not hold."""


class VtlTest(pytest.Item):
    def __init__(self, *, at, line, **rest):
        super().__init__(**rest)
        self._at, self._line = at, line

    def runtest(self):
        result = self.parent.result(self._at)
        status, reason = result["status"], result.get("reason") or ""
        if status == "failed":
            raise Failed(result)
        if status == "skipped":
            pytest.skip(reason)
        if status == "todo":
            pytest.xfail(reason)

    def repr_failure(self, excinfo, style=None):
        if not isinstance(excinfo.value, Failed):
            return super().repr_failure(excinfo)
        (result,) = excinfo.value.args
        lines = []
        for finding in result["findings"]:
            place = f"{finding['file']}:{finding['line']}: " if "line" in finding else ""
            lines.append(f"{place}{finding['severity']}[{finding['code']}]: {finding['message']}")
            if "help" in finding:
                lines.append(f"  help: {finding['help']}")
        if "diff" in result:
            lines.append(result["diff"])
        return "\n".join(lines)

    def reportinfo(self):
        return self.path, self._line - 1, self.name
