"""Reads what `vtl check` prints with public readers. Arguments: a new folder, and the schema of SARIF 2.1.0."""

import json
import os
import pathlib
import subprocess
import sys

import jsonschema
import junitparser
import yaml

work, schema = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
root = pathlib.Path(__file__).parent.parent
fixtures = work / "fixtures"
for path in (root / "crates/check/tests/rules").rglob("*"):
    if path.is_file():
        copy = fixtures / path.relative_to(root / "crates/check/tests/rules")
        # Terraform reads all files of a folder.
        if copy.suffix == ".tf":
            copy = copy.parent / copy.stem / copy.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().replace("«", ""))


def check(*args, code=1):
    run = subprocess.run(["vtl", "check", *args], cwd=work, capture_output=True, text=True)
    assert run.returncode == code, (args, run.returncode, run.stderr)
    return run.stdout


def sarif(text):
    log = json.loads(text)
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(log)]
    assert not errors, errors[:5]
    return log["runs"][0]["results"]


summary = json.loads(check("fixtures", "--format", "json"))["summary"]
findings = sum(summary[level] for level in ("error", "warning", "advice"))
assert findings > 300, summary
assert len(sarif(check("fixtures", "--format", "sarif"))) == findings
assert len(sarif(check("missing.yaml", "--format", "sarif", code=2))) == 1

(work / "junit.xml").write_text(check("fixtures", "--format", "junit"))
suites = junitparser.JUnitXml.fromfile(str(work / "junit.xml"))
cases = [case for suite in suites for case in suite]
failed = [case for case in cases if any(isinstance(it, junitparser.Failure) for it in case.result)]
assert len(failed) == summary["error"] + summary["warning"] == suites.failures, (len(failed), summary)
assert suites.tests == len(cases)

# The steps of the action, as its runner runs them.
action = yaml.safe_load((root / "action.yml").read_text())
inputs = {name: it.get("default", "") for name, it in action["inputs"].items()}
inputs |= {"paths": "fixtures/json-in-quotes fixtures/bare-reference", "sarif": "out.sarif"}
codes = []
for step in action["runs"]["steps"]:
    condition = step.get("if", "true").replace("inputs.sarif", repr(inputs["sarif"]))
    if condition != "true" and not eval(condition):
        continue
    env = {name: str(value) for name, value in step.get("env", {}).items()}
    for name, value in inputs.items():
        env = {key: text.replace("${{ inputs." + name + " }}", value) for key, text in env.items()}
    assert not any("${{" in text for text in env.values()), env
    env = os.environ | env | {"GITHUB_STEP_SUMMARY": str(work / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    run = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True)
    codes.append(run.returncode)
assert codes == [0, 0, 1], codes
assert "::warning file=fixtures/json-in-quotes/invalid/" in run.stdout, run.stdout[:500]
assert "| Place | Severity |" in (work / "summary.md").read_text()
assert sarif((work / "out.sarif").read_text())
print(f"{findings} findings in {summary['files']} files: SARIF, JUnit and the action agree")
