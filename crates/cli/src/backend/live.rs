//! A backend that is really there: calls the endpoint of an HTTP integration.
//!
//! The gateway is no browser: it follows no redirect, unpacks nothing and adds no header of its own to those of the integration
//! request. A certificate that is not to be verified is not looked at: the service still minds its dates and names.

use crate::backend::header_case::Spelling;
use std::io::ErrorKind;
use std::time::Duration;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::uri::Authority;
use ureq::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector, DefaultConnector, NextTimeout};
use ureq::{Agent, Error};
use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse, Settings};

/// The service hands on payloads up to this size ("Quotas for configuring and running a REST API").
const LARGEST_BODY: u64 = 10 << 20;

/// Calls endpoints over HTTP and HTTPS.
pub struct Live;

impl Backend for Live {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        let url = request.url();
        let endpoint: Uri = url.parse().map_err(|error| wrong(&format_args!("{url} cannot be called: {error}")))?;
        let message = message(request, &endpoint)?;
        let spelling = Spelling::default();
        let connector = DefaultConnector::default().chain(spelling.clone());
        let agent = Agent::with_parts(config(&request.settings), connector, Endpoint(endpoint));
        // An empty body is none: a GET has no length.
        let answer = match request.body.as_slice() {
            [] => agent.run(message),
            body => agent.run(message.map(|()| body)),
        };
        let mut answer = answer.map_err(failure)?;
        let mut response =
            IntegrationResponse { status: i64::from(answer.status().as_u16()), ..IntegrationResponse::default() };
        for (name, value) in answer.headers() {
            response.headers.add(spelling.of(name.as_str()), String::from_utf8_lossy(value.as_bytes()));
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

/// Finds the address of the endpoint, whatever name its certificate must have.
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
        // The client counts for itself.
        if name.eq_ignore_ascii_case("Content-Length") || name.eq_ignore_ascii_case("Transfer-Encoding") {
            continue;
        }
        let unfit = |error: &dyn std::fmt::Display| wrong(&format_args!("the header {name} cannot be sent: {error}"));
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

/// The endpoint under the name that its certificate must have.
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
        Error::BadUri(uri) => BackendError::Configuration(format!("{uri} cannot be called")),
        other => BackendError::Connection(other.to_string()),
    }
}
