//! The backend of `--live`: calls the endpoint of an HTTP integration.
//!
//! As the service does, it follows no redirects, decompresses nothing and adds no headers to those of
//! the integration request. With `insecureSkipVerification` the certificate is not checked at all; the
//! service still checks its dates and names.

use crate::backend::header_case::{HeaderCase, LARGEST_BODY};
use std::io::ErrorKind;
use std::time::Duration;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::uri::Authority;
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector, DefaultConnector, NextTimeout};
use ureq::{Agent, Error};
use vtl::pipeline::message::Settings;
use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse};

/// Calls endpoints over HTTP and HTTPS.
pub struct Live;

impl Backend for Live {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        let url = request.url();
        let endpoint: Uri = url.parse().map_err(|error| wrong(&format_args!("cannot call {url}: {error}")))?;
        let message = message(request, &endpoint)?;
        let case = HeaderCase::default();
        let connector = DefaultConnector::default().chain(case.clone());
        let agent = Agent::with_parts(config(&request.settings), connector, Endpoint(endpoint));
        // An empty body is sent as no body, so that a GET has no Content-Length.
        let answer = match request.body.as_slice() {
            [] => agent.run(message),
            body => agent.run(message.map(|()| body)),
        };
        let mut answer = answer.map_err(failure)?;
        let mut response = IntegrationResponse::new(i64::from(answer.status().as_u16()));
        for (name, value) in answer.headers() {
            response.headers.add(case.original(name.as_str()), String::from_utf8_lossy(value.as_bytes()));
        }
        response.body = answer.body_mut().with_config().limit(LARGEST_BODY).read_to_vec().map_err(failure)?;
        Ok(response)
    }
}

fn config(settings: &Settings) -> Config {
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
}

/// Resolves the host of the endpoint, even if the request names the host of its certificate.
#[derive(Debug)]
struct Endpoint(Uri);

impl Resolver for Endpoint {
    fn resolve(&self, _: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        DefaultResolver::default().resolve(&self.0, config, timeout)
    }
}

fn message(request: &IntegrationRequest, endpoint: &Uri) -> Result<Request<()>, BackendError> {
    let mut message = Request::new(());
    *message.method_mut() = Method::from_bytes(request.method.as_bytes()).map_err(|error| wrong(&error))?;
    for (name, value) in request.headers.iter() {
        // The client computes these itself.
        if name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("Transfer-Encoding") {
            continue;
        }
        let unfit = |error: &dyn std::fmt::Display| wrong(&format_args!("cannot send the header {name}: {error}"));
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unfit(&error))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| unfit(&error))?;
        message.headers_mut().append(header, value);
    }
    *message.uri_mut() = endpoint.clone();
    let tls = request.settings.tls_config.as_ref();
    if let Some(name) = tls.and_then(|tls| tls.server_name_to_verify.as_deref()) {
        if let (Some(host), false) = (endpoint.authority(), message.headers().contains_key(header::HOST)) {
            let host = HeaderValue::from_str(host.as_str()).map_err(|error| wrong(&error))?;
            message.headers_mut().insert(header::HOST, host);
        }
        *message.uri_mut() = renamed(endpoint, name).map_err(|error| wrong(&error))?;
    }
    Ok(message)
}

/// Returns the URI of the endpoint with the host name that its certificate must have.
fn renamed(endpoint: &Uri, name: &str) -> Result<Uri, ureq::http::Error> {
    let port = endpoint.port().map_or_else(String::new, |port| format!(":{port}"));
    let mut parts = endpoint.clone().into_parts();
    parts.authority = Some(Authority::from_maybe_shared(format!("{name}{port}"))?);
    Ok(Uri::from_parts(parts)?)
}

fn wrong(why: &dyn std::fmt::Display) -> BackendError {
    BackendError::Configuration(why.to_string())
}

fn failure(error: Error) -> BackendError {
    match error {
        Error::Timeout(_) => BackendError::Timeout,
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => BackendError::Timeout,
        Error::BadUri(uri) => BackendError::Configuration(format!("cannot call {uri}")),
        other => BackendError::Connection(other.to_string()),
    }
}
