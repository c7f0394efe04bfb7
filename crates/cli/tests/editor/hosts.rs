//! One template in each notation in which it can be written.

use serde_json::json;

/// A template with something for every feature.
const TEMPLATE: &str = "#set($order = $input.path('$.order'))\n#foreach($line in $order.lines)\n\u{1f600} $line.sku.replaceAll('A', $order.id) $util.escapeJavascript('x')\n#end\n\u{1f600} $input.params('id') $order.total\n";

/// A document with the template.
pub struct Host {
    pub name: &'static str,
    pub language: &'static str,
    pub text: String,
    /// Set if the lines of the template are lines of the document.
    pub has_lines: bool,
    /// Lines by which a test file names the template.
    pub subject: String,
    /// Offset and text of an edit above the template.
    pub above: (usize, &'static str),
    /// Text of an edit at the end of the document.
    pub below: &'static str,
}

pub fn hosts() -> Vec<Host> {
    let indented = |indent: &str| TEMPLATE.lines().map(|line| format!("{indent}{line}\n")).collect::<String>();
    let api = |template: &str| {
        format!(
            "swagger: '2.0'\npaths:\n  /orders/{{id}}:\n    get:\n      x-amazon-apigateway-integration:\n        type: aws\n        uri: arn:aws:apigateway:eu-west-1:sns:action/Publish\n        requestTemplates:\n          application/json: {template}\n        responses: {{default: {{statusCode: '200'}}}}\n"
        )
    };
    let resource = |template: &str| {
        format!(
            "resource \"aws_api_gateway_integration\" \"a\" {{\n  type = \"AWS\"\n  request_templates = {{\n    \"application/json\" = {template}\n  }}\n}}\n"
        )
    };
    let json = json!({"swagger": "2.0", "paths": {"/orders/{id}": {"get": {"x-amazon-apigateway-integration": {
        "type": "aws", "uri": "arn:aws:apigateway:eu-west-1:sns:action/Publish",
        "requestTemplates": {"application/json": TEMPLATE}, "responses": {"default": {"statusCode": "200"}}}}}}});
    let json = serde_json::to_string_pretty(&json).unwrap();
    let block = api(&format!("|\n{}", indented("            ").trim_end()));
    let heredoc = resource(&format!("<<-EOT\n{}    EOT", indented("      ")));
    let quoted = json!(TEMPLATE).to_string();
    let comment = (0, "# \u{1f600}\n");
    let document = |name, language, text: &str, has_lines, above, below| Host {
        name,
        language,
        text: text.to_owned(),
        has_lines,
        subject: format!("document: {name}\ntemplate: request:application/json"),
        above,
        below,
    };
    let loose = |name, text: &str| Host {
        subject: format!("template: {name}"),
        ..document(name, "vtl", text, true, (0, "## \u{1f600}\n"), "\u{1f600}")
    };
    vec![
        loose("a.vtl", TEMPLATE),
        loose("crlf.vtl", &TEMPLATE.replace('\n', "\r\n")),
        document("block.yaml", "yaml", &block, true, comment, "# \u{1f600}\n"),
        document("crlf.yaml", "yaml", &block.replace('\n', "\r\n"), true, comment, "# \u{1f600}\r\n"),
        document("quoted.yaml", "yaml", &api(&quoted), false, comment, "# \u{1f600}\n"),
        document("api.json", "json", &json, false, (1, "\n\"x-a\": \"\u{1f600}\","), "\n\n"),
        document("heredoc.tf", "terraform", &heredoc, true, comment, "# \u{1f600}\n"),
        document("crlf.tf", "terraform", &heredoc.replace('\n', "\r\n"), true, comment, "# \u{1f600}\r\n"),
        document("quoted.tf", "terraform", &resource(&quoted), false, comment, "# \u{1f600}\n"),
    ]
}
