//! The address behind an integration's ARN: which host, path and query a service call has.

/// The parts of `arn:aws:apigateway:REGION:[SUBDOMAIN.]SERVICE:path/…` or `:action/…`.
struct Call<'u> {
    partition: &'u str,
    region: &'u str,
    service: &'u str,
    /// `path` or `action`, and what stands behind it.
    kind: &'u str,
    target: &'u str,
}

fn read(uri: &str) -> Option<Call<'_>> {
    let mut parts = uri.splitn(6, ':');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let ("arn", partition, "apigateway", region, service, call) =
        (next()?, next()?, next()?, next()?, next()?, next()?)
    else {
        return None;
    };
    let (kind, target) = call.split_once('/')?;
    matches!(kind, "path" | "action").then_some(Call { partition, region, service, kind, target })
}

/// Returns the address of a service call without its query: `https://SERVICE.REGION.amazonaws.com/PATH`. None
/// for what is no such ARN.
pub(crate) fn endpoint(uri: &str) -> Option<String> {
    let Call { partition, region, service, kind, target } = read(uri)?;
    let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let path = if kind == "path" { target.trim_start_matches('/') } else { "" };
    Some(format!("https://{service}.{region}.{domain}/{path}"))
}

/// Returns the name of an action as it was written and the parameters behind it: `action/GetObject&Key=k`
/// has `Key` (aws-observed 11.9).
pub(crate) fn action(uri: &str) -> Option<(&str, Vec<(&str, &str)>)> {
    let call = read(uri).filter(|call| call.kind == "action")?;
    let mut parts = call.target.split(['&', '?']);
    let name = parts.next().unwrap_or_default();
    Some((name, parts.filter_map(|part| part.split_once('=')).collect()))
}

/// The services that are told their action in a header, and what stands before it there.
const TARGETS: [(&str, &str); 14] = [
    ("athena", "AmazonAthena"),
    ("cognito-identity", "AWSCognitoIdentityService"),
    ("cognito-idp", "AWSCognitoIdentityProviderService"),
    ("dynamodb", "DynamoDB_20120810"),
    ("ecs", "AmazonEC2ContainerServiceV20141113"),
    ("events", "AWSEvents"),
    ("firehose", "Firehose_20150804"),
    ("glue", "AWSGlue"),
    ("kinesis", "Kinesis_20131202"),
    ("kms", "TrentService"),
    ("logs", "Logs_20140328"),
    ("secretsmanager", "secretsmanager"),
    ("ssm", "AmazonSSM"),
    ("states", "AWSStepFunctions"),
];

/// Returns the `X-Amz-Target` of an action: `DynamoDB_20120810.GetItem`.
pub(crate) fn target(uri: &str) -> Option<String> {
    let service = read(uri)?.service;
    let (name, _) = action(uri)?;
    let (_, prefix) = TARGETS.iter().find(|(own, _)| *own == service)?;
    Some(format!("{prefix}.{name}"))
}
