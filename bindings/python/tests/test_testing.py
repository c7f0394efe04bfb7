"""Test files through `run_tests` and pytest."""

import os
import subprocess
import sys

import pytest

import apigw_vtl

TESTS = """template: hi.vtl
tests:
  - {name: Ada, input: {body: {name: Ada}}, expect: {output: Hi Ada}}
  - {name: Bob, input: {body: {name: Bob}}, expect: {output: Hi Rob}}
  - {name: later, skip: not yet, input: {body: {}}, expect: {output: x}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hi.vtl").write_text("Hi $input.path('$.name')")
    (tmp_path / "hi.vtl-test.yaml").write_text(TESTS)
    return tmp_path


def test_a_folder_is_run(folder):
    report = apigw_vtl.run_tests(folder, snapshots="check")
    statuses = [(test["name"], test["status"]) for test in report["tests"]]
    assert statuses == [("Ada", "passed"), ("Bob", "failed"), ("later", "skipped")]
    assert (report["summary"]["passed"], report["summary"]["failed"]) == (1, 1)
    failed = report["tests"][1]
    assert failed["line"] == 4 and failed["findings"][0]["severity"] == "error"
    chosen = apigw_vtl.run_tests(folder / "hi.vtl-test.yaml", filter="^Ada$")
    assert [test["name"] for test in chosen["tests"]] == ["Ada"]
    with pytest.raises(ValueError):
        apigw_vtl.run_tests(folder, filter="(")
    with pytest.raises(ValueError):
        apigw_vtl.run_tests(folder, snapshots="maybe")


def run_pytest(folder, *arguments, **environment):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment})
    return done.returncode, done.stdout


def test_pytest_collects_the_files(folder):
    code, text = run_pytest(folder)
    assert code == 1 and "1 failed, 1 passed, 1 skipped" in text, text
    assert "hi.vtl-test.yaml::Ada PASSED" in text
    assert "hi.vtl-test.yaml:4: error[V8" in text and "Hi Rob" in text
    code, text = run_pytest(folder, "-k", "Ada")
    assert code == 0 and "1 passed" in text, text


def test_pytest_accepts_snapshots(folder):
    (folder / "hi.vtl-test.yaml").write_text("template: hi.vtl\ntests: [{name: s, input: {body: {name: Eve}}}]\n")
    code, text = run_pytest(folder, CI="1")
    assert code == 1, text
    code, text = run_pytest(folder, "--vtl-update", CI="1")
    assert code == 0, text
    code, text = run_pytest(folder, CI="1")
    assert code == 0, text


def test_pytest_reports_a_broken_file(folder):
    (folder / "hi.vtl-test.yaml").write_text("template: [\n")
    code, text = run_pytest(folder)
    assert code != 0 and "hi.vtl-test.yaml" in text, text
