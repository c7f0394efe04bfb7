"""The rules through cfn-lint, as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

TEMPLATE = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: MOCK
        IntegrationResponses: [{StatusCode: '200'}]
        RequestTemplates:
          application/json: |
            #if($input.params('a') == 'b')
            {"statusCode": 200}
"""


def lint(tmp_path, text):
    (tmp_path / "t.yaml").write_text(text)
    command = [Path(sys.executable).parent / "cfn-lint", "t.yaml", "--format", "json", "-a", Path(__file__).parent]
    found = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout)
    return [(one["Rule"]["Id"], one["Location"]["Start"]["LineNumber"], one["Message"]) for one in found if one["Rule"]["Id"].endswith("9710")]


def test_a_template_is_found_at_its_place(tmp_path):
    errors = [one for one in lint(tmp_path, TEMPLATE) if one[0] == "E9710" and "V002" in one[2]]
    assert [(rule, line) for rule, line, _ in errors] == [("E9710", 16)]


def test_other_documents_have_no_finding(tmp_path):
    assert lint(tmp_path, "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  T: {Type: AWS::SNS::Topic}\n") == []
