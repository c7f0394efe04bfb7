//! `vtl invoke --live`: over sockets, on loopback only.

use crate::run::{Folder, vtl};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A request as the server received it.
struct Seen {
    head: Vec<String>,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Vec<&str> {
        let pairs = self.head.iter().skip(1).filter_map(|line| line.split_once(": "));
        pairs.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

fn serve(stream: impl Read + Write, answer: &[u8]) -> Seen {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a request has lines");
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let mut seen = Seen { head, body: Vec::new() };
    let length = seen.header("Content-Length").first().map_or(0, |length| length.parse().expect("a length"));
    seen.body.resize(length, 0);
    stream.read_exact(&mut seen.body).expect("the body is as long as told");
    let stream = stream.get_mut();
    stream.write_all(answer).and_then(|()| stream.flush()).expect("the answer is taken");
    seen
}

/// A server for one request.
fn once(answer: &'static [u8]) -> (u16, JoinHandle<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let port = listener.local_addr().expect("it is bound").port();
    (port, thread::spawn(move || serve(listener.accept().expect("a client comes").0, answer)))
}

fn live(name: &str, integration: &Value, args: &[&str]) -> Value {
    let folder = Folder::new();
    let path = folder.file(name, integration.to_string());
    let run = vtl(&[&["invoke", "--format", "json", "--live", "--integration", &path], args].concat());
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{integration}");
    serde_json::from_str(&run.out).expect("it is JSON")
}

#[test]
fn an_endpoint_gets_the_integration_request_and_nothing_else() {
    let (port, server) = once(
        b"HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 4\r\n\r\nbody",
    );
    let integration = json!({
        "type": "http", "httpMethod": "PUT", "uri": format!("http://127.0.0.1:{port}/things?fixed=1"),
        "requestParameters": {"integration.request.querystring.q": "method.request.querystring.q",
            "integration.request.header.X-Mine": "'yes'"},
        "requestTemplates": {"application/json": "{\"in\": $input.json('$.a')}"},
        "responses": {"302": {"statusCode": "200", "responseParameters": {
            "method.response.header.To": "integration.response.header.Location",
            "method.response.header.Cookies": "integration.response.multivalueheader.Set-Cookie"}}},
    });
    let got = live("live.json", &integration, &["-d", r#"{"a": 1}"#, "/?q=a+b"]);
    let seen = server.join().expect("the server ends");
    assert_eq!(seen.head[0], "PUT /things?fixed=1&q=a%20b HTTP/1.1");
    assert_eq!(seen.body, br#"{"in": 1}"#);
    assert_eq!(seen.header("X-Mine"), ["yes"]);
    assert_eq!(seen.header("Content-Type"), ["application/json"]);
    let sent = got["integrationRequest"]["headers"].as_object().expect("headers");
    for line in &seen.head[1..] {
        let name = line.split(':').next().unwrap_or_default();
        let own = ["host", "content-length"].contains(&name.to_ascii_lowercase().as_str());
        assert!(own || sent.keys().any(|sent| sent.eq_ignore_ascii_case(name)), "{line}");
    }
    assert_eq!(got["response"]["status"], 200);
    assert_eq!(got["response"]["headers"]["To"], "/next");
    assert_eq!(got["response"]["body"], "body");
}

#[test]
fn a_proxy_hands_on_what_there_is() {
    let (port, server) = once(b"HTTP/1.1 404 Not Found\r\nX-Own: 1\r\nX-Own: 2\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\xff");
    let integration = json!({"type": "http_proxy", "httpMethod": "ANY", "uri": format!("http://127.0.0.1:{port}/")});
    let got = live("live-proxy.json", &integration, &["-X", "DELETE", "-H", "X-Client: 1", "/"]);
    let seen = server.join().expect("the server ends");
    assert_eq!(seen.head[0], "DELETE / HTTP/1.1");
    assert_eq!(seen.header("X-Client"), ["1"]);
    assert!(seen.header("Content-Length").is_empty() && seen.body.is_empty());
    assert_eq!(got["response"]["status"], 404);
    assert_eq!(got["response"]["headers"]["X-Own"], json!(["1", "2"]));
}

#[test]
fn the_integration_s_timeout_ends_the_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let uri = format!("http://{}/", listener.local_addr().expect("it is bound"));
    let integration = json!({"type": "http_proxy", "httpMethod": "GET", "uri": uri, "timeoutInMillis": 100});
    let start = Instant::now();
    let got = live("live-slow.json", &integration, &["/"]);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(got["response"]["status"], 504);
    assert_eq!(got["response"]["body"], r#"{"message": "Endpoint request timed out"}"#);
}

#[test]
fn nobody_there_is_a_network_error() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("loopback is there").port();
    let integration = json!({"type": "http_proxy", "httpMethod": "GET", "uri": format!("http://127.0.0.1:{port}/")});
    let got = live("live-gone.json", &integration, &["/"]);
    assert_eq!(got["response"]["status"], 504);
    assert_eq!(got["response"]["body"], r#"{"message": "Network error communicating with endpoint"}"#);
    assert_eq!(got["notes"][0]["code"], "V402");
}

#[test]
fn a_mock_needs_no_endpoint() {
    let mock = json!({"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}, "responses": {"default": {"statusCode": "204"}}});
    assert_eq!(live("live-mock.json", &mock, &["/"])["response"]["status"], 204);
}

#[test]
fn a_chunked_answer_is_put_together() {
    let (port, server) = once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    let integration = json!({"type": "http_proxy", "httpMethod": "GET", "uri": format!("http://127.0.0.1:{port}/")});
    let got = live("live-chunked.json", &integration, &["/"]);
    server.join().expect("the server ends");
    assert_eq!((&got["response"]["status"], &got["response"]["body"]), (&json!(200), &json!("abcde")));
}

/// A server whose certificate nobody signed but itself, for one client.
fn once_over_tls() -> (u16, JoinHandle<Option<(String, Seen)>>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .expect("they fit");
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let port = listener.local_addr().expect("it is bound").port();
    let answer = |stream: TcpStream| {
        let connection = rustls::ServerConnection::new(Arc::new(config)).expect("a connection");
        let mut stream = rustls::StreamOwned::new(connection, stream);
        // A client that does not trust the certificate leaves before it asks.
        stream.conn.complete_io(&mut stream.sock).ok()?;
        let name = stream.conn.server_name().unwrap_or_default().to_owned();
        Some((name, serve(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")))
    };
    (port, thread::spawn(move || answer(listener.accept().expect("a client comes").0)))
}

#[test]
fn certificates_are_verified_unless_the_integration_says_otherwise() {
    for (trusting, status) in [(true, 200), (false, 504)] {
        let (port, server) = once_over_tls();
        let integration = json!({
            "type": "http_proxy", "httpMethod": "GET", "uri": format!("https://localhost:{port}/"),
            "tlsConfig": {"insecureSkipVerification": trusting},
        });
        let got = live("live-tls.json", &integration, &["/"]);
        assert_eq!(got["response"]["status"], status, "{got}");
        server.join().expect("the server ends");
    }
}

#[test]
fn the_name_to_verify_is_asked_for_at_the_endpoint_s_address() {
    let (port, server) = once_over_tls();
    let integration = json!({
        "type": "http_proxy", "httpMethod": "GET", "uri": format!("https://127.0.0.1:{port}/"),
        "tlsConfig": {"insecureSkipVerification": true, "serverNameToVerify": "backend.test"},
    });
    let got = live("live-name.json", &integration, &["/"]);
    assert_eq!(got["response"]["body"], "secret");
    let (name, seen) = server.join().expect("the server ends").expect("a request comes");
    assert_eq!((name.as_str(), seen.header("Host")), ("backend.test", vec![format!("127.0.0.1:{port}").as_str()]));
}

/// The limit of the body does not end trailers.
#[test]
fn an_answer_without_an_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
    let port = listener.local_addr().expect("it is bound").port();
    let server = thread::spawn(move || {
        let mut stream = listener.accept().expect("a client comes").0;
        serve(&mut stream, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
        let trailers = "T: x\r\n".repeat(10_000);
        (0..1_000).take_while(|_| stream.write_all(trailers.as_bytes()).is_ok()).count()
    });
    let integration = json!({"type": "http", "httpMethod": "GET", "uri": format!("http://127.0.0.1:{port}/"),
        "responses": {"default": {"statusCode": "200"}}});
    let answer = live("i.json", &integration, &["/"]);
    assert_eq!(answer["response"]["status"], 504, "{answer}");
    assert!(answer.to_string().contains("the endpoint sent more than 11 MiB"), "{answer}");
    // Buffers of the system take the rest.
    assert!(server.join().expect("it ends") < 1_000);
}
