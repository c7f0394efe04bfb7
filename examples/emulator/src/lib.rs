//! An API in a server of one's own: MOCK and HTTP integrations behind a socket on loopback.
//!
//! `cargo run -p emulator`, then `curl http://127.0.0.1:8080/health`. `docs/emulators.md` explains the
//! parts.

mod endpoint;

use endpoint::Endpoint;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tiny_http::{Header, Request, Response, Server};
use vtl::pipeline::{Api, Invocation, MethodRequest, MethodResponse, PreparedApi};

/// A compiled API that answers the clients of a server; shared by all threads.
pub struct Emulator {
    api: PreparedApi,
    calls: AtomicU64,
}

impl Emulator {
    /// Compiles an API.
    pub fn new(api: &Api) -> Self {
        Emulator { api: PreparedApi::new(api), calls: AtomicU64::new(1) }
    }

    /// Answers the clients of a server until it is unblocked.
    pub fn serve(&self, server: &Server) {
        for mut request in server.incoming_requests() {
            let response = match receive(&mut request) {
                Ok(message) => self.answer(message),
                Err(_) => MethodResponse::new(400),
            };
            // The client may have closed its connection.
            let _ = request.respond(send(response));
        }
    }

    /// Makes one call, and prints its log and its notes.
    pub fn answer(&self, request: MethodRequest) -> MethodResponse {
        let variables = self.api.settings().stage_variables.iter().map(|(name, value)| (name, value.as_str()));
        let mut invocation = Invocation::new()
            .context(json!({"stage": "test", "identity": {"sourceIp": "127.0.0.1"}}))
            .stage_variables(variables)
            .clock(SystemTime::now())
            .request_id(format!("call-{}", self.calls.fetch_add(1, Ordering::Relaxed)));
        let outcome = self.api.handle(request, Some(&mut Endpoint), &mut invocation);
        eprintln!("{}", invocation.log);
        for note in &invocation.notes {
            eprintln!("{}", note.diagnostic(None));
        }
        outcome.response
    }
}

/// Converts the server's request: the path as the client wrote it, the query decoded.
fn receive(request: &mut Request) -> std::io::Result<MethodRequest> {
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let mut message = MethodRequest::new(request.method().as_str(), path);
    message.add_query_string(query);
    for header in request.headers() {
        message.headers.add(header.field.as_str().as_str(), header.value.as_str());
    }
    request.as_reader().read_to_end(&mut message.body)?;
    Ok(message)
}

/// Converts the response to the server's.
fn send(message: MethodResponse) -> Response<std::io::Cursor<Vec<u8>>> {
    let mut response = Response::from_data(message.body).with_status_code(message.status);
    for (name, value) in message.headers.iter() {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}
