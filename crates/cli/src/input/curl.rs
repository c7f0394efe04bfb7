//! A command line of curl as a request: `curl -X POST https://… -H 'Content-Type: application/json' -d '{}'`.

use crate::failure::Failure;
use crate::input::named_files::NamedFiles;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use vtl::pipeline::MethodRequest;
use vtl::reference::nearest;

/// The request of a command line.
#[derive(Clone)]
pub struct CurlRequest {
    pub request: MethodRequest,
    /// The host is the service's own, so the path of a REST API begins with the stage.
    pub has_stage: bool,
}

/// Options that take a value, and their short forms.
const WITH_VALUE: &[(&str, &str)] = &[
    ("request", "X"),
    ("header", "H"),
    ("data", "d"),
    ("data-raw", ""),
    ("data-binary", ""),
    ("data-ascii", ""),
    ("data-urlencode", ""),
    ("json", ""),
    ("user", "u"),
    ("user-agent", "A"),
    ("referer", "e"),
    ("cookie", "b"),
    ("url", ""),
    ("output", "o"),
    ("max-time", "m"),
    ("connect-timeout", ""),
    ("write-out", "w"),
    ("cacert", ""),
    ("aws-sigv4", ""),
];

/// Options without a value; only `get` and `head` change the request.
const WITHOUT_VALUE: &[(&str, &str)] = &[
    ("get", "G"),
    ("head", "I"),
    ("insecure", "k"),
    ("silent", "s"),
    ("show-error", "S"),
    ("location", "L"),
    ("include", "i"),
    ("verbose", "v"),
    ("fail", "f"),
    ("compressed", ""),
    ("http1.1", ""),
    ("http2", ""),
    ("no-progress-meter", ""),
];

/// Checks whether a text is a command line of curl.
pub fn is_curl(text: &str) -> bool {
    let text = text.trim_start();
    text.strip_prefix('$')
        .unwrap_or(text)
        .trim_start()
        .strip_prefix("curl")
        .is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// Reads a command line; `files` reads the payloads and headers of `@FILE`.
pub fn read(text: &str, files: &mut NamedFiles) -> Result<CurlRequest, Failure> {
    let line = text.trim().trim_start_matches('$').replace("\\\r\n", " ").replace("\\\n", " ");
    let words = shlex::split(&line).ok_or_else(|| Failure::usage("the curl command has a quote that is not closed"))?;
    let mut curl = Curl::default();
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, _) = find(long, 0).ok_or_else(|| unknown(long))?;
            let value = if takes_value(name) { words.next().ok_or_else(|| missing(name))? } else { String::new() };
            curl.option(name, &value, files)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            for (at, letter) in letters.char_indices() {
                let (name, _) = find(letter.encode_utf8(&mut [0; 4]), 1).ok_or_else(|| unknown(letters))?;
                if !takes_value(name) {
                    curl.option(name, "", files)?;
                    continue;
                }
                let rest = &letters[at + letter.len_utf8()..];
                let value = if rest.is_empty() { words.next().ok_or_else(|| missing(name))? } else { rest.to_owned() };
                curl.option(name, &value, files)?;
                break;
            }
        } else {
            curl.url = Some(word);
        }
    }
    curl.request()
}

/// Finds an option by its long name (0) or its letter (1).
fn find(word: &str, form: usize) -> Option<(&'static str, &'static str)> {
    let all = WITH_VALUE.iter().chain(WITHOUT_VALUE);
    all.copied().find(|(long, short)| *[long, short][form] == word)
}

fn takes_value(name: &str) -> bool {
    WITH_VALUE.iter().any(|(long, _)| *long == name)
}

fn missing(name: &str) -> Failure {
    Failure::usage(format!("curl's --{name} needs a value"))
}

fn unknown(word: &str) -> Failure {
    let known = WITH_VALUE.iter().chain(WITHOUT_VALUE).map(|(long, _)| *long);
    let meant = nearest(word, known).map_or_else(String::new, |name| format!("; did you mean --{name}?"));
    Failure::usage(format!("the curl command has an option that is not supported: {word}{meant}"))
}

/// The parts of a command line.
#[derive(Default)]
struct Curl {
    method: Option<String>,
    url: Option<String>,
    headers: Vec<(String, String)>,
    data: Vec<Vec<u8>>,
    has_data: bool,
    is_json: bool,
    is_get: bool,
    is_head: bool,
}

impl Curl {
    fn option(&mut self, name: &str, value: &str, files: &mut NamedFiles) -> Result<(), Failure> {
        let header = |name: &str| (name.to_owned(), value.to_owned());
        match name {
            "request" => self.method = Some(value.to_owned()),
            "url" => self.url = Some(value.to_owned()),
            "get" => self.is_get = true,
            "head" => self.is_head = true,
            "header" => match value.strip_prefix('@') {
                Some(file) => files.text(file)?.lines().for_each(|line| self.header(line)),
                None => self.header(value),
            },
            "user-agent" => self.headers.push(header("User-Agent")),
            "referer" => self.headers.push(header("Referer")),
            // Without a value, curl reads its cookies of a file.
            "cookie" if !value.is_empty() && !value.contains('=') => {
                let why = format!("the cookies of the file {value} are not read; write -b NAME=VALUE");
                return Err(Failure::usage(format!("the curl command has an option that is not supported: {why}")));
            }
            "cookie" => self.headers.push(header("Cookie")),
            "user" => {
                use base64::Engine;
                let encoded = base64::engine::general_purpose::STANDARD.encode(value);
                self.headers.push(("Authorization".to_owned(), format!("Basic {encoded}")));
            }
            "data" | "data-ascii" | "data-binary" | "data-raw" | "data-urlencode" | "json" => {
                self.has_data = true;
                self.is_json |= name == "json";
                self.data.push(match (name, value.strip_prefix('@')) {
                    ("data-urlencode", _) => encoded(value, files)?,
                    ("data-raw", _) | (_, None) => value.as_bytes().to_vec(),
                    // As curl, `--data` leaves line ends of a file out.
                    ("data" | "data-ascii", Some(file)) => {
                        files.bytes(file)?.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)).collect()
                    }
                    (_, Some(file)) => files.bytes(file)?,
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a header, of which `NAME;` is one without a value.
    fn header(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line.trim_end_matches(';'), ""));
        self.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }

    /// Returns the request that curl sends, less its `User-Agent`.
    fn request(mut self) -> Result<CurlRequest, Failure> {
        let url = self.url.ok_or_else(|| Failure::usage("the curl command has no URL"))?;
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at(at);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let joined = self.data.join(if self.is_json { &b""[..] } else { &b"&"[..] });
        let sends_body = self.has_data && !self.is_get;
        let method = self.method.as_deref().unwrap_or(match (sends_body, self.is_head) {
            (true, _) => "POST",
            (false, true) => "HEAD",
            (false, false) => "GET",
        });
        let mut request = MethodRequest::new(method, if path.is_empty() { "/" } else { path });
        if !query.is_empty() {
            request.add_query_string(query);
        }
        if self.is_get && self.has_data {
            request.add_query_string(&String::from_utf8_lossy(&joined));
        }
        let content_type = if self.is_json { "application/json" } else { "application/x-www-form-urlencoded" };
        let accept = if self.is_json { "application/json" } else { "*/*" };
        let defaults = [("Host", host, true), ("Accept", accept, true), ("Content-Type", content_type, sends_body)];
        for (name, value, is_sent) in defaults {
            let is_given = self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
            if is_sent && !is_given {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        }
        // A header without a value is not sent.
        request.headers = self.headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        if sends_body {
            request.body = joined;
        }
        Ok(CurlRequest { request, has_stage: host.contains(".execute-api.") })
    }
}

/// Encodes the value of `--data-urlencode`: `content`, `=content`, `name=content`, `@file` or `name@file`.
fn encoded(value: &str, files: &mut NamedFiles) -> Result<Vec<u8>, Failure> {
    let encode = |name: &str, content: &[u8]| {
        let content = percent_encode(content, NON_ALPHANUMERIC);
        if name.is_empty() { content.to_string() } else { format!("{name}={content}") }
    };
    let text = match (value.split_once('='), value.split_once('@')) {
        (Some((name, content)), _) => encode(name, content.as_bytes()),
        (None, Some((name, file))) => encode(name, &files.bytes(file)?),
        (None, None) => encode("", value.as_bytes()),
    };
    Ok(text.into_bytes())
}
