//! The four messages of a call as text.

use crate::failure::Failure;
use crate::input::client::Message;
use crate::input::target::Target;
use crate::report::outcome::{Answer, CallOutcome};
use crate::report::stdout::print_styled;
use clap::builder::styling::AnsiColor;
use std::fmt::{self, Display, Write};
use vtl::Code;
use vtl::diagnostic::printable;
use vtl::pipeline::IntegrationRequest;
use vtl::pipeline::call::ChoiceKind;
use vtl::pipeline::message::{Credentials, Headers, ServiceCall, Settings};
use vtl::pipeline::model::{ConnectionType, IntegrationType, Table};

/// Prints the messages of a call, and returns the text.
pub fn show(target: &Target, message: &Message, outcome: &CallOutcome) -> Result<String, Failure> {
    let mut text = String::new();
    write_all(&mut text, target, message, outcome)
        .map_err(|e| Failure::input(Code::UnwritableOutput, format!("cannot write the output: {e}")))?;
    print_styled(&text)?;
    Ok(text)
}

fn write_all(text: &mut String, target: &Target, sent: &Message, outcome: &CallOutcome) -> fmt::Result {
    match sent {
        Message::Http(request) => {
            heading(text, "Method request")?;
            writeln!(
                text,
                "{} {}{}",
                printable(&request.method),
                printable(&request.path),
                Query(&request.querystring)
            )?;
            message(text, &request.headers, &request.body)?;
        }
        Message::Socket(request) => {
            heading(text, "Message")?;
            writeln!(text, "{} {}", request.event_type, Query(&request.querystring))?;
            message(text, &request.headers, &request.body)?;
        }
    }
    if target.has_route {
        route(text, target)?;
    }
    if target.is_route_only {
        return trim(text);
    }
    heading(text, "Integration request")?;
    choices(text, outcome, &[ChoiceKind::RequestTemplate])?;
    match &outcome.integration_request {
        Some(request) if request.kind == IntegrationType::Mock => {
            writeln!(text, "MOCK")?;
            message(text, &Headers::new(), &request.body)?;
        }
        Some(request) => {
            match &request.service_call {
                Some(call) => service_call(text, call)?,
                None => writeln!(text, "{} {}", printable(&request.method), printable(&request.url()))?,
            }
            message(text, &request.headers, &request.body)?;
            settings(text, request)?;
        }
        None => match &outcome.refusal {
            Some(refusal) => writeln!(text, "none: {}\n", printable(refusal.cause.detail()))?,
            None => writeln!(text, "none: the gateway answered the request itself\n")?,
        },
    }
    if matches!(outcome.answer, Answer::None) {
        return trim(text);
    }
    heading(text, "Integration response")?;
    match &outcome.integration_response {
        Some(response) => {
            writeln!(text, "{}", response.status)?;
            message(text, &response.headers, &response.body)?;
        }
        None => writeln!(text, "none\n")?,
    }
    match &outcome.answer {
        Answer::Response(response) => {
            heading(text, "Method response")?;
            let kinds = [ChoiceKind::IntegrationResponse, ChoiceKind::ResponseTemplate, ChoiceKind::GatewayResponse];
            choices(text, outcome, &kinds)?;
            refusal(text, outcome)?;
            writeln!(text, "{}", response.status)?;
            message(text, &response.headers, &response.body)?;
        }
        Answer::Message { status, text: answer } => {
            heading(text, "Message back")?;
            let kinds = [ChoiceKind::IntegrationResponse, ChoiceKind::ResponseTemplate, ChoiceKind::GatewayResponse];
            choices(text, outcome, &kinds)?;
            refusal(text, outcome)?;
            writeln!(text, "{status}")?;
            message(text, &Headers::new(), answer.as_deref().unwrap_or_default().as_bytes())?;
        }
        Answer::None => {}
    }
    trim(text)
}

/// Leaves one line end at the end.
fn trim(text: &mut String) -> fmt::Result {
    text.truncate(text.trim_end_matches('\n').len());
    text.write_char('\n')
}

fn route(text: &mut String, target: &Target) -> fmt::Result {
    let style = AnsiColor::BrightBlack.on_default();
    let key = target.key.as_deref().unwrap_or("none");
    write!(text, "{style}(route: {}", printable(key))?;
    for (name, value) in target.path_parameters.iter() {
        write!(text, ", {}={}", printable(name), printable(value))?;
    }
    writeln!(text, "){style:#}\n")
}

/// Writes the choices of some kinds: what was compared with what, and what was taken.
fn choices(text: &mut String, outcome: &CallOutcome, kinds: &[ChoiceKind]) -> fmt::Result {
    let style = AnsiColor::BrightBlack.on_default();
    let shown = outcome.choices.iter().filter(|choice| kinds.contains(&choice.kind));
    shown.into_iter().try_for_each(|choice| {
        let told = choice.to_string();
        writeln!(text, "{style}({}: {}){style:#}", choice.kind, printable(&told))
    })
}

/// Writes that the gateway answered itself, and why, unless that is told in place of the integration request.
fn refusal(text: &mut String, outcome: &CallOutcome) -> fmt::Result {
    let Some(refusal) = &outcome.refusal else { return Ok(()) };
    let style = AnsiColor::BrightBlack.on_default();
    write!(text, "{style}(the gateway's own answer: {}", refusal.response_type.as_str())?;
    if outcome.integration_request.is_some() {
        write!(text, ", {}", printable(refusal.cause.detail()))?;
    }
    writeln!(text, "){style:#}")
}

fn service_call(text: &mut String, call: &ServiceCall) -> fmt::Result {
    writeln!(text, "{}", printable(&call.subtype))?;
    call.parameters.iter().try_for_each(|(name, value)| writeln!(text, "{}: {}", printable(name), printable(value)))
}

fn heading(text: &mut String, title: &str) -> fmt::Result {
    let style = AnsiColor::Green.on_default().bold();
    writeln!(text, "{style}── {title} {}{style:#}", "─".repeat(40_usize.saturating_sub(title.len())))
}

/// Writes headers, body and an empty line.
fn message(text: &mut String, headers: &Headers, body: &[u8]) -> fmt::Result {
    let name_style = AnsiColor::Cyan.on_default();
    for (name, value) in headers.iter() {
        writeln!(text, "{name_style}{}:{name_style:#} {}", printable(name), printable(value))?;
    }
    match std::str::from_utf8(body) {
        Ok("") => {}
        Ok(body) if body.matches(is_control).nth(MOST_ESCAPES).is_none() => {
            text.push('\n');
            shown(text, body);
            text.push_str(if body.ends_with('\n') { "" } else { "\n" });
        }
        _ => writeln!(text, "\n({} bytes of binary data)", body.len())?,
    }
    writeln!(text)
}

/// Most control characters of a body that is shown.
const MOST_ESCAPES: usize = 1_000;

/// Checks for what would move the cursor of a terminal, or be dropped with the colours.
fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// Writes a body with its control characters escaped.
fn shown(text: &mut String, body: &str) {
    for part in body.split_inclusive(is_control) {
        let control = part.chars().next_back().filter(|c| is_control(*c));
        let plain = part.len() - control.map_or(0, char::len_utf8);
        text.push_str(part.get(..plain).unwrap_or_default());
        text.push_str(&printable(part.get(plain..).unwrap_or_default()));
    }
}

/// Writes the connection settings that differ from the defaults, and the cache key.
fn settings(text: &mut String, request: &IntegrationRequest) -> fmt::Result {
    let Settings { credentials, connection_type, connection_id, timeout_in_millis, tls_config, .. } = &request.settings;
    let mut rows: Vec<(&str, String)> = Vec::new();
    match credentials {
        Credentials::Caller => rows.push(("credentials", "the caller's".to_owned())),
        Credentials::Role(arn) => rows.push(("credentials", arn.clone())),
        _ => {}
    }
    if *connection_type == ConnectionType::VpcLink {
        rows.push(("VPC link", connection_id.clone().unwrap_or_default()));
    }
    rows.push(("timeout", format!("{timeout_in_millis} ms")));
    if let Some(tls) = tls_config {
        if tls.insecure_skip_verification {
            rows.push(("TLS", "the certificate is not verified".to_owned()));
        }
        if let Some(name) = &tls.server_name_to_verify {
            rows.push(("TLS", format!("the certificate must name {name}")));
        }
    }
    if let Some(key) = &request.cache_key {
        let namespace = key.namespace.as_deref().unwrap_or("(the resource)");
        let mut parts = vec![namespace.to_owned()];
        parts.extend(key.values.iter().map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => format!("{name} is absent"),
        }));
        rows.push(("cache key", parts.join(", ")));
    }
    let style = AnsiColor::BrightBlack.on_default();
    for (name, value) in rows {
        writeln!(text, "{style}({name}: {}){style:#}", printable(&value))?;
    }
    writeln!(text)
}

/// A query string, percent-encoded.
struct Query<'a>(&'a Table<Vec<String>>);

impl Display for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
        const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        let pairs = self.0.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        for (at, (name, value)) in pairs.enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            write!(f, "{mark}{}={}", utf8_percent_encode(name, KEPT), utf8_percent_encode(value, KEPT))?;
        }
        Ok(())
    }
}
