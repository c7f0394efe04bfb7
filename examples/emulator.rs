//! An API in a server of one's own: MOCK and HTTP integrations behind a socket on loopback.
//!
//! `cargo run --example emulator`, then `curl http://127.0.0.1:8080/health`; docs/emulators.md tells what each step does.

use percent_encoding::percent_decode_str;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tiny_http::{Header, Request, Response, Server};
use vtl::pipeline::{
    Api, Backend, BackendError, Headers, IntegrationRequest, IntegrationResponse, Invocation, MethodRequest,
    MethodResponse, Prepared, Refusal, ResponseType, Table,
};
use vtl::{Code, Error as VtlError};

/// An API whose methods are compiled once and shared by all threads.
pub struct Emulator {
    api: Api,
    methods: Vec<Prepared>,
    calls: AtomicU64,
}

impl Emulator {
    /// Compiles the API's methods.
    pub fn new(api: Api) -> Self {
        let methods = api.methods.iter().map(|method| Prepared::new(&api, method)).collect();
        Emulator { api, methods, calls: AtomicU64::new(1) }
    }

    /// Answers the clients of a server until it is unblocked.
    pub fn serve(&self, server: &Server) {
        for mut request in server.incoming_requests() {
            let response = match receive(&mut request) {
                Ok(message) => self.answer(message),
                Err(_) => MethodResponse { status: 400, ..MethodResponse::default() },
            };
            // A client that has gone needs no answer.
            let _ = request.respond(send(response));
        }
    }

    /// One call, step by step; `Prepared::invoke` takes all of them at once.
    pub fn answer(&self, mut request: MethodRequest) -> MethodResponse {
        let mut invocation = self.invocation(&request);
        let Some((index, path_parameters)) = self.api.route(&request.method, &request.path) else {
            let cause = VtlError::new(Code::Request, "no method takes this request");
            let refusal = Refusal::new(ResponseType::MissingAuthenticationToken, cause);
            return refusal.answer(&self.api, &request, &serde_json::json!({}), &Table::new());
        };
        request.path_parameters = path_parameters;
        let method = &self.methods[index];

        let request = method.receive(&request, &mut invocation);
        let result = method
            .validate(&request, &mut invocation)
            .and_then(|()| method.request(&request, &mut invocation))
            .and_then(|message| method.send(&message, Some(&mut Endpoint), &mut invocation))
            .and_then(|message| method.respond(&request, &message, &mut invocation));
        let response = result.unwrap_or_else(|refusal| method.refuse(&request, &refusal, &mut invocation));

        // The log reads as the console's; the notes tell what the templates swallowed.
        eprintln!("{}", invocation.log);
        for note in &invocation.notes {
            eprintln!("note: {}", note.detail);
        }
        response
    }

    /// What stands around a call. The clock and the ids are the server's to give: calls repeat when they do.
    fn invocation(&self, request: &MethodRequest) -> Invocation {
        let variables = self.api.stage_variables.iter().map(|(name, value)| (name, value.as_str()));
        Invocation::new()
            .context(serde_json::json!({
                "stage": "test",
                "httpMethod": request.method,
                "path": format!("/test{}", request.path),
                "identity": {"sourceIp": "127.0.0.1"},
            }))
            .stage_variables(variables)
            .clock(SystemTime::now())
            .request_id(format!("call-{}", self.calls.fetch_add(1, Ordering::Relaxed)))
    }
}

/// The server's request as the first step takes it: the path as it was written, the query decoded.
fn receive(request: &mut Request) -> std::io::Result<MethodRequest> {
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let mut message = MethodRequest::new(request.method().as_str(), path);
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (decode(name), decode(value));
        match message.querystring.get_mut(&name) {
            Some(values) => values.push(value),
            None => message.querystring.set(name, vec![value]),
        }
    }
    for header in request.headers() {
        message.headers.add(header.field.as_str().as_str(), header.value.as_str());
    }
    request.as_reader().read_to_end(&mut message.body)?;
    Ok(message)
}

/// The last step's message as the server's response.
fn send(message: MethodResponse) -> Response<std::io::Cursor<Vec<u8>>> {
    let mut response = Response::from_data(message.body).with_status_code(message.status);
    for (name, value) in message.headers.iter() {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}

/// The backend of HTTP integrations; a MOCK never asks one. Functions would be run here, too.
struct Endpoint;

impl Backend for Endpoint {
    fn call(&mut self, request: &IntegrationRequest) -> Result<IntegrationResponse, BackendError> {
        if !request.kind.is_http() {
            return Err(BackendError::Configuration("only HTTP endpoints are called here".to_owned()));
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
        let mut response = agent.run(message).map_err(lost)?;
        let headers = response.headers().iter();
        let headers: Headers =
            headers.map(|(name, value)| (title(name.as_str()), String::from_utf8_lossy(value.as_bytes()))).collect();
        let status = i64::from(response.status().as_u16());
        Ok(IntegrationResponse { status, headers, body: response.body_mut().read_to_vec().map_err(lost)? })
    }
}

/// `content-type` as `Content-Type`: mappings mind the case, this client hands names on in small letters.
fn title(name: &str) -> String {
    let mut starts_word = true;
    let title = |letter: char| {
        if std::mem::replace(&mut starts_word, letter == '-') { letter.to_ascii_uppercase() } else { letter }
    };
    name.chars().map(title).collect()
}

#[allow(dead_code, reason = "the test that runs this example has a `main` of its own")]
fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let api = serde_json::from_str(include_str!("emulator.json"))?;
    let emulator = Emulator::new(api);
    let server = Server::http("127.0.0.1:8080")?;
    println!("http://{}/health", server.server_addr());
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| emulator.serve(&server));
        }
    });
    Ok(())
}
