//! The backend of HTTP integrations, called over the network.

use std::time::Duration;
use vtl::pipeline::{Backend, BackendError, IntegrationRequest, IntegrationResponse};

/// Calls HTTP endpoints. A server that runs functions would do so here.
pub struct Endpoint;

impl Backend for Endpoint {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        if !request.kind.is_http() {
            return Err(BackendError::Configuration("this server calls HTTP endpoints only".to_owned()));
        }
        let mut message = ureq::http::Request::builder().method(request.method.as_str()).uri(request.url());
        for (name, value) in request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("Content-Length")) {
            message = message.header(name, value);
        }
        let message = message.body(request.body.as_slice()).map_err(|e| BackendError::Configuration(e.to_string()))?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_millis(request.settings.timeout_in_millis)))
            .build()
            .new_agent();
        let lost = |error: ureq::Error| match error {
            ureq::Error::Timeout(_) => BackendError::Timeout,
            other => BackendError::Connection(other.to_string()),
        };
        let mut answer = agent.run(message).map_err(lost)?;
        let mut response = IntegrationResponse::new(i64::from(answer.status().as_u16()));
        for (name, value) in answer.headers() {
            response.headers.add(capitalised(name.as_str()), String::from_utf8_lossy(value.as_bytes()));
        }
        response.body = answer.body_mut().read_to_vec().map_err(lost)?;
        Ok(response)
    }
}

/// Converts `content-type` to `Content-Type`: mappings are case-sensitive, and this client lowers names.
fn capitalised(name: &str) -> String {
    let mut starts_word = true;
    let convert = |letter: char| {
        if std::mem::replace(&mut starts_word, letter == '-') { letter.to_ascii_uppercase() } else { letter }
    };
    name.chars().map(convert).collect()
}
