//! Words by which a file with an API is told from any other, before it is read.

/// A word, and whether it is enough to tell an error of a file that nobody named.
struct Mark {
    word: &'static str,
    is_certain: bool,
}

const fn certain(word: &'static str) -> Mark {
    Mark { word, is_certain: true }
}

const fn possible(word: &'static str) -> Mark {
    Mark { word, is_certain: false }
}

/// All marks: every document with an API has one.
const MARKS: &[Mark] = &[
    certain("x-amazon-apigateway-integration"),
    certain("AWS::ApiGateway"),
    certain("AWS::Serverless"),
    certain("aws_api_gateway_"),
    certain("aws_apigatewayv2_"),
    certain("terraform-aws-modules/apigateway"),
    certain("apiGatewayServiceProxies"),
    certain("apigateway put-integration"),
    certain("apigatewayv2 create-integration"),
    possible("x-amazon-apigateway"),
    possible("put-integration"),
    possible("create-integration"),
    possible("get-integration"),
    possible("requestTemplates"),
    possible("responseTemplates"),
    possible("RequestTemplates"),
    possible("integrationHttpMethod"),
    possible("integration: lambda"),
    possible("integration: http"),
    possible("integration: mock"),
    possible("integration: aws"),
    possible("- http:"),
    possible("- httpApi"),
    possible("- websocket"),
];

/// Checks whether a file may be a document with an API, without reading it as one: the check is fast, and
/// `false` is sure.
///
/// ```
/// assert!(vtl_loaders::may_have_api(b"Resources: {Api: {Type: 'AWS::ApiGateway::RestApi'}}"));
/// assert!(!vtl_loaders::may_have_api(b"{\"name\": \"a package\"}"));
/// ```
#[must_use]
pub fn may_have_api(text: &[u8]) -> bool {
    MARKS.iter().any(|mark| memchr::memmem::find(text, mark.word.as_bytes()).is_some())
}

/// Checks whether a file is a document with an API even if it cannot be read as one.
///
/// ```
/// assert!(vtl_loaders::has_api("Resources: {Api: {Type: 'AWS::ApiGateway::RestApi'"));
/// assert!(!vtl_loaders::has_api("{\"requestTemplates\": {"));
/// ```
#[must_use]
pub fn has_api(text: &str) -> bool {
    MARKS.iter().filter(|mark| mark.is_certain).any(|mark| text.contains(mark.word))
}
