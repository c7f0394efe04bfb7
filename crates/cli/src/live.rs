//! A backend that is really there: calls the endpoint of an HTTP integration.
//!
//! The gateway is no browser: it follows no redirect, unpacks nothing and adds no header of its own to those of the integration
//! request.

use std::io::ErrorKind;
use std::time::Duration;
use ureq::config::AutoHeaderValue;
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri};
use ureq::tls::TlsConfig;
use ureq::{Agent, Error};
use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse, Settings};

/// The service hands on payloads up to this size ("Quotas for configuring and running a REST API").
const LARGEST_BODY: u64 = 10 << 20;

/// Calls endpoints over HTTP and HTTPS.
pub struct Live;

impl Backend for Live {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        let message = message(request).map_err(BackendError::Configuration)?;
        let agent = agent(&request.settings);
        // An empty body is none: a GET has no length.
        let answer = if request.body.is_empty() {
            agent.run(message)
        } else {
            agent.run(message.map(|()| request.body.as_slice()))
        };
        let mut answer = answer.map_err(failure)?;
        let mut response =
            IntegrationResponse { status: i64::from(answer.status().as_u16()), ..IntegrationResponse::default() };
        for (name, value) in answer.headers() {
            response.headers.add(name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        }
        response.body = answer.body_mut().with_config().limit(LARGEST_BODY).read_to_vec().map_err(failure)?;
        Ok(response)
    }
}

fn agent(settings: &Settings) -> Agent {
    let trusting = settings.tls_config.as_ref().is_some_and(|tls| tls.insecure_skip_verification);
    Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(settings.timeout_in_millis)))
        .tls_config(TlsConfig::builder().disable_verification(trusting).build())
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .allow_non_standard_methods(true)
        .build()
        .new_agent()
}

fn message(request: &IntegrationRequest) -> Result<Request<()>, String> {
    let url = request.url();
    let uri: Uri = url.parse().map_err(|error| format!("{url} cannot be called: {error}"))?;
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
    let mut message = Request::new(());
    *message.method_mut() = method;
    *message.uri_mut() = uri;
    for (name, value) in request.headers.iter() {
        // The client counts for itself.
        if name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("Transfer-Encoding") {
            continue;
        }
        let bad = |error: &dyn std::fmt::Display| format!("the header {name} cannot be sent: {error}");
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|error| bad(&error))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| bad(&error))?;
        message.headers_mut().append(header, value);
    }
    Ok(message)
}

fn failure(error: Error) -> BackendError {
    match error {
        Error::Timeout(_) => BackendError::Timeout,
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => BackendError::Timeout,
        Error::BadUri(uri) => BackendError::Configuration(format!("{uri} cannot be called")),
        other => BackendError::Connection(other.to_string()),
    }
}
