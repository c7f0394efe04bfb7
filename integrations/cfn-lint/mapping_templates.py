"""Rules of cfn-lint for API Gateway integrations and their mapping templates: `cfn-lint template.yaml -a FOLDER`.

Needs the package `apigw-vtl`. The findings are those of `vtl check`, at their places in the document.
"""

from pathlib import Path

from cfnlint.rules import CloudFormationLintRule, RuleMatch

import apigw_vtl


class _Findings(CloudFormationLintRule):
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"
    tags = ["resources", "apigateway", "vtl"]
    severities = ()

    def match(self, cfn):
        matches = []
        for finding in apigw_vtl.check(Path(cfn.filename)):
            if finding.severity not in self.severities:
                continue
            message = f"{finding.code} {finding.name}: {finding.message}"
            if finding.help:
                message += f"; {finding.help}"
            match = RuleMatch([], message)
            if finding.line is not None:
                # cfn-lint counts from 0.
                place = (finding.line, finding.column, finding.end_line, finding.end_column)
                match.location = tuple(number - 1 for number in place)
            matches.append(match)
        return matches


class MappingTemplateErrors(_Findings):
    id = "E9710"
    shortdesc = "API Gateway refuses the integration or fails to render its template"
    description = "Integrations and mapping templates as the service reads them"
    severities = ("error",)


class MappingTemplateWarnings(_Findings):
    id = "W9710"
    shortdesc = "A mapping template or an integration probably does something else than it should"
    description = "What Velocity ignores in silence, and settings that have no effect"
    severities = ("warning",)
