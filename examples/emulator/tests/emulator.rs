//! The example of docs/emulators.md answers over real sockets.

use emulator::Emulator;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, mpsc};
use std::thread;
use tiny_http::{Header, Response, Server};
use vtl::pipeline::Api;

fn server() -> (Server, String) {
    let server = Server::http("127.0.0.1:0").expect("loopback is there");
    let address = server.server_addr().to_string();
    (server, address)
}

/// One request of a client, and all that it gets.
fn call(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the emulator listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn an_api_over_sockets() {
    let (backend, backend_address) = server();
    let (lines, seen) = mpsc::channel();
    thread::spawn(move || {
        for mut request in backend.incoming_requests() {
            let mut body = String::new();
            request.as_reader().read_to_string(&mut body).expect("a body");
            let line = format!("{} {} {body}", request.method(), request.url());
            let status = if line.contains("broken") { 500 } else { 200 };
            let location = Header::from_bytes("Location", "/toys/1").expect("a header");
            let answer = Response::from_string(r#"{"toy": {"id": 1}}"#).with_status_code(status).with_header(location);
            lines.send(line).expect("the test listens");
            request.respond(answer).expect("the emulator is there");
        }
    });
    let mut api: Api = serde_json::from_str(include_str!("../api.json")).expect("the example's API");
    api.stage_variables.set("backend", backend_address);
    let (front, address) = server();
    let front = Arc::new(front);
    let running = Arc::clone(&front);
    let emulator = thread::spawn(move || Emulator::new(&api).serve(&running));

    let health = call(&address, "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with(r#"{"stage": "test", "ok": true}"#), "{health}");
    assert!(health.contains("x-amzn-RequestId: call-1\r\n"), "{health}");

    let toy = |path: &str, headers: &str| {
        let body = r#"{"name": "ball"}"#;
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n");
        call(&address, &format!("{head}Content-Length: {}\r\n{headers}\r\n{body}", body.len()))
    };
    let refused = toy("/pets/7/toys", "");
    assert!(refused.starts_with("HTTP/1.1 400 ") && refused.contains("X-Owner"), "{refused}");
    let made = toy("/pets/7/toys?dry=a+b", "X-Owner: Ada L\r\n");
    assert!(made.starts_with("HTTP/1.1 201 ") && made.ends_with(r#"{"id": 1}"#), "{made}");
    assert!(made.contains("Location: /toys/1\r\n"), "{made}");
    assert_eq!(seen.recv().as_deref(), Ok(r#"PUT /toys/7?owner=Ada%20L {"toy": "ball", "dry": "a b"}"#));
    let closed = toy("/pets/broken/toys", "X-Owner: x\r\n");
    assert!(closed.starts_with("HTTP/1.1 502 ") && closed.contains("the toy shop is closed"), "{closed}");
    assert_eq!(seen.recv().as_deref(), Ok(r#"PUT /toys/broken?owner=x {"toy": "ball", "dry": ""}"#));

    let proxied = call(&address, "DELETE /shop/toys/1?all=yes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(proxied.starts_with("HTTP/1.1 200 ") && proxied.ends_with(r#"{"toy": {"id": 1}}"#), "{proxied}");
    assert_eq!(seen.recv().as_deref(), Ok("DELETE /toys/1?all=yes "));
    let unknown = call(&address, "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(unknown.starts_with("HTTP/1.1 403 ") && unknown.contains("Missing Authentication Token"), "{unknown}");

    front.unblock();
    emulator.join().expect("the emulator ends");
}
