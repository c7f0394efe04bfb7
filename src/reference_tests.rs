//! The page `docs/reference.md`, made from the tables; every example of theirs is run.
//! `UPDATE=1 cargo test reference` writes the page anew.

use crate::builtins::method::{Row, TABLE};
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::host::Globals;
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::template::Template;
use std::fmt::Write as _;

/// What every example sees.
const BODY: &str = r#"{"a": 1}"#;

/// `$context` as the service fills it ("API Gateway mapping template and access logging variable reference").
const CONTEXT: &[(&str, &str)] = &[
    ("accountId", "The account that owns the API."),
    ("apiId", "The API."),
    ("authorizer.principalId", "Who a Lambda authorizer says it is."),
    ("authorizer.claims.NAME", "A claim of a Cognito user pool's token."),
    ("authorizer.NAME", "What a Lambda authorizer put into its context, always as text."),
    ("awsEndpointRequestId", "The request's id at the AWS service behind it, once that has answered."),
    ("deploymentId", "The deployment."),
    ("domainName", "The host that was called."),
    ("domainPrefix", "The first label of it."),
    ("error.message", "In a gateway response: what went wrong."),
    ("error.messageString", "The same between quotes."),
    ("error.responseType", "In a gateway response: its type."),
    ("error.validationErrorString", "In a gateway response: what the validation found."),
    ("extendedRequestId", "A second id of the request."),
    ("httpMethod", "`GET`, `POST` and so on."),
    ("identity.accountId", "The caller's account, for a signed request."),
    ("identity.apiKey", "The API key, where the method needs one."),
    ("identity.apiKeyId", "The id of it."),
    ("identity.caller", "The principal of a signed request."),
    (
        "identity.clientCert.NAME",
        "The client's certificate: `clientCertPem`, `subjectDN`, `issuerDN`, `serialNumber`, `validity.notBefore`, `validity.notAfter`.",
    ),
    ("identity.cognitoAuthenticationProvider", "The providers a Cognito identity came by."),
    ("identity.cognitoAuthenticationType", "`authenticated` or `unauthenticated`."),
    ("identity.cognitoIdentityId", "The Cognito identity."),
    ("identity.cognitoIdentityPoolId", "Its pool."),
    ("identity.principalOrgId", "The caller's organization."),
    ("identity.sourceIp", "The address the request came from."),
    ("identity.user", "The user of a signed request."),
    ("identity.userAgent", "The `User-Agent` header."),
    ("identity.userArn", "The user's ARN."),
    ("identity.vpcId", "The VPC of a private call."),
    ("identity.vpceId", "Its endpoint."),
    ("isCanaryRequest", "Whether the canary of the stage answers; only where there is one."),
    ("path", "The path with the stage: `/prod/pets/7`."),
    ("protocol", "`HTTP/1.1`."),
    ("requestId", "The id of the request."),
    ("requestOverride.header.NAME", "Set it in a request template: a header for the backend."),
    ("requestOverride.path.NAME", "Set it in a request template: a path parameter of the backend's address."),
    ("requestOverride.querystring.NAME", "Set it in a request template: a query parameter for the backend."),
    ("requestTime", "When the request came: `04/Mar/2020:19:15:17 +0000`."),
    ("requestTimeEpoch", "The same in milliseconds."),
    ("resourceId", "The resource."),
    ("resourcePath", "Its path, without the stage: `/pets/{id}`."),
    ("responseOverride.header.NAME", "Set it in a template: a header for the client."),
    ("responseOverride.status", "Set it in a template: the status for the client."),
    ("stage", "The stage."),
    ("wafResponseCode", "`WAF_ALLOW` or `WAF_BLOCK`, where there is a web ACL."),
    ("webaclArn", "That web ACL."),
];

#[test]
fn every_example_gives_what_it_says() {
    let wrong: Vec<String> = rows()
        .filter(|row| dialect_of(row).is_none())
        .map(|row| {
            format!("{}: {:?} gives {:?}, not {:?}", row.name, row.example, run(row, Dialect::service()), row.output)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_not_twice_in_the_table() {
    let mut names: Vec<_> = rows().map(|row| row.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(rows().all(|row| row.least <= row.most && row.doc.ends_with('.')));
}

#[test]
fn the_page_is_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == page, "docs/reference.md is not what the tables say: UPDATE=1 cargo test writes it anew");
}

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().flat_map(|(_, rows)| *rows)
}

/// The first dialect in which the example holds; some Java shows in Velocity's own only.
fn dialect_of(row: &Row) -> Option<Dialect> {
    let both = [Dialect::service(), Dialect::velocity_1_7()];
    both.into_iter().find(|dialect| run(row, *dialect).as_deref() == Ok(row.output))
}

fn run(row: &Row, dialect: Dialect) -> Result<String, String> {
    let template =
        Template::parse_with(row.example, &ParseOptions::new().dialect(dialect)).map_err(|e| e.to_string())?;
    template.render(&Globals::body(BODY)).map(|out| out.text).map_err(|e| e.to_string())
}

fn page() -> String {
    let mut page = String::from(
        "# Reference\n\n\
         Made from the tables of the engine; every example is run by a test, and what the examples of Java's methods \
         give was compared with Velocity 1.7 on Java 17.\n\n\
         - [Methods](#methods)\n- [`$context`](#context)\n- [Codes](#codes)\n- [Limits](#limits)\n- [Switches](#switches)\n\n\
         ## Methods\n\n\
         Strings, numbers, lists and maps are Java's, with Java's methods; overloads are chosen as Velocity chooses \
         them. A method that does not exist, or does not take these arguments, prints nothing and is \
         [noted](#codes). An exception of a method ends the render.\n\
         `$o.name` is `$o.getName()`, then the member `name` of a map, then `$o.isName()`; `$o[k]` is `$o.get(k)`.\n\
         The examples see the payload `{\"a\": 1}`.\n",
    );
    for (heading, rows) in TABLE {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| row.name);
        put(&mut page, format_args!("\n### {heading}\n\n| Method | | Example | Gives |\n| --- | --- | --- | --- |\n"));
        for row in rows {
            let only = if dialect_of(row) == Some(Dialect::velocity_1_7()) { " Velocity 1.7 only." } else { "" };
            let arguments = arguments(row.least, row.most);
            let (example, output) = (code(row.example), code(row.output));
            put(
                &mut page,
                format_args!("| `{}({arguments})` | {}{only} | {example} | {output} |\n", row.name, row.doc),
            );
        }
    }
    page.push_str(
        "\n`$input.body` is the payload as it came, `{}` when there was none. `$stageVariables.name` is a stage \
         variable. `$input`, `$util` and the override maps print as nothing.\n\n\
         ## `$context`\n\n\
         What the service puts there. The engine shows what it is given (`Globals::context`), a key that is missing is \
         nothing, and only what hangs below the overrides can be set.\n\n\
         | `$context.` | |\n| --- | --- |\n",
    );
    for (name, doc) in CONTEXT {
        put(&mut page, format_args!("| `{name}` | {doc} |\n"));
    }
    page.push_str(
        "\n## Codes\n\nA code stands for the same for ever. Those from x50 on are notes: they never change the \
         output. The others end the compilation or the render.\n\n| Code | | |\n| --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let note = code.as_str()[2..].parse().is_ok_and(|number: u32| number >= 50);
        let kind = if note { "note" } else { "error" };
        put(&mut page, format_args!("| {code} | {kind} | {} |\n", code.title()));
    }
    page.push_str(
        "\n## Limits\n\n`vtl render --limit NAME=N` or `NAME=none`; a method of `Limits` each.\n\n\
         | Limit | `service` | `velocity-1.7` | |\n| --- | --- | --- | --- |\n",
    );
    for (name, service, velocity, doc) in Limits::TABLE {
        let (service, velocity) = (ceiling(*service), ceiling(*velocity));
        put(&mut page, format_args!("| `{}` | {service} | {velocity} | {doc} |\n", name.replace('_', "-")));
    }
    page.push_str(
        "\nA `#foreach` that reaches its limit ends there, with a note; `--foreach-fails`, `Limits::with_foreach_fails`, \
         makes it an error.\n\n\
         ## Switches\n\nQuestions about the service that nobody outside of it can answer, as methods of `Dialect`; all are \
         off by default. COMPATIBILITY.md says what would settle them.\n\n| Switch | On |\n| --- | --- |\n",
    );
    for (name, doc) in Dialect::TABLE {
        put(&mut page, format_args!("| `{name}` | {doc} |\n"));
    }
    page
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a string");
}

fn arguments(least: u8, most: u8) -> String {
    match (least, most) {
        (0, 0) => String::new(),
        (a, b) if a == b => a.to_string(),
        (a, b) if b >= 20 => format!("{a}…"),
        (a, b) => format!("{a} to {b}"),
    }
}

fn ceiling(limit: Option<u64>) -> String {
    let Some(limit) = limit else { return "none".to_owned() };
    match limit {
        n if n >= 1 << 20 && n % (1 << 20) == 0 => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 && n % (1 << 10) == 0 => format!("{} KiB", n >> 10),
        n => n.to_string(),
    }
}

/// Code inside of a table's cell.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{}`", text.replace('|', "\\|").replace('\n', "↵")),
    }
}
