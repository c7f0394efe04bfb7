//! The messages between client and gateway.

use super::body;
use super::header_rules::{STRIPPED, lists};
use super::headers::{Headers, Repeats, any, texts};
use super::media;
use crate::pipeline::model::Table;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value as Json;
use std::borrow::Cow;

/// The client's request.
///
/// ```
/// use vtl::pipeline::MethodRequest;
/// let request: MethodRequest = serde_json::from_str(r#"{
///     "method": "POST", "path": "/pets/7", "pathParameters": {"id": "7"},
///     "querystring": {"q": ["a", "b"]}, "headers": {"Accept": "text/plain"}, "body": "{}"
/// }"#)?;
/// assert_eq!(request.querystring.get("q").unwrap(), &["a", "b"]);
/// assert_eq!(request.body, b"{}");
///
/// let built = MethodRequest::new("POST", "/pets/7")
///     .with_query("q", "a").with_query("q", "b").with_header("Accept", "text/plain").with_body("{}");
/// assert_eq!(built.querystring, request.querystring);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MethodRequest {
    /// HTTP method such as `GET`.
    pub method: String,
    /// Path without the stage, percent-encoded as the client wrote it.
    pub path: String,
    /// Path parameters, percent-encoded. [`PreparedApi`](crate::pipeline::PreparedApi) sets them.
    pub path_parameters: Table<String>,
    /// Query parameters, decoded.
    pub querystring: Table<Vec<String>>,
    /// Query string as the client wrote it, for the events of HTTP APIs; without it they get the parameters,
    /// percent-encoded. [`add_query_string`](MethodRequest::add_query_string) sets it.
    pub raw_query_string: Option<String>,
    /// Headers, spelled as the client wrote them.
    pub headers: Headers,
    /// Body; empty if there is none.
    pub body: Vec<u8>,
}

impl MethodRequest {
    /// Creates a request of a method and a path.
    #[must_use]
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        MethodRequest { method: method.into(), path: path.into(), ..MethodRequest::default() }
    }

    /// Adds a value of a query parameter and keeps those of the same name.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.add_query(name, value);
        self
    }

    /// Adds a header and keeps those of the same name.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.add(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Adds a value of a query parameter, behind those of the same name.
    pub fn add_query(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        match self.querystring.get_mut(&name) {
            Some(values) => values.push(value.into()),
            None => self.querystring.set(name, vec![value.into()]),
        }
    }

    /// Adds the parameters of a raw query string, such as `a=1&b=x+y`, decoded: `%XX` as bytes of
    /// UTF-8, `+` as a space.
    ///
    /// ```
    /// use vtl::pipeline::MethodRequest;
    /// let mut request = MethodRequest::new("GET", "/");
    /// request.add_query_string("q=a+b&q=%C3%A9&flag");
    /// assert_eq!(request.querystring.get("q").unwrap(), &["a b", "é"]);
    /// assert_eq!(request.querystring.get("flag").unwrap(), &[""]);
    /// assert_eq!(request.raw_query_string.as_deref(), Some("q=a+b&q=%C3%A9&flag"));
    /// ```
    pub fn add_query_string(&mut self, query: &str) {
        let decode = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        match &mut self.raw_query_string {
            Some(before) if !query.is_empty() => *before += &format!("&{query}"),
            Some(_) => {}
            none => *none = Some(query.to_owned()),
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            self.add_query(decode(name), decode(value));
        }
    }

    /// Removes the headers that neither templates nor backends see.
    ///
    /// ```
    /// use vtl::pipeline::MethodRequest;
    /// let request = MethodRequest::new("GET", "/").with_header("TE", "trailers").with_header("X-Mine", "1");
    /// assert_eq!(request.received().headers.iter().collect::<Vec<_>>(), [("X-Mine", "1")]);
    /// ```
    #[must_use]
    pub fn received(&self) -> Cow<'_, MethodRequest> {
        if !self.headers.iter().any(|(name, _)| lists(STRIPPED, name)) {
            return Cow::Borrowed(self);
        }
        let mut request = self.clone();
        request.headers = self.headers.iter().filter(|(name, _)| !lists(STRIPPED, name)).collect();
        Cow::Owned(request)
    }

    /// Describes why no client could have sent a request: a control character where it would forge another
    /// part.
    pub(crate) fn forged(&self) -> Option<String> {
        let controls = |text: &str| any(text, |byte| byte.is_ascii_control());
        if controls(&self.method) || self.method.contains(' ') {
            return Some(format!("the method {:?} is no method", self.method));
        }
        if controls(&self.path) {
            return Some("the path has a control character that is not percent-encoded".to_owned());
        }
        self.headers.unsendable("")
    }

    /// Checks whether a parameter, `method.request.{path,querystring,header}.NAME`, is absent or blank.
    pub(crate) fn is_blank(&self, parameter: &str) -> bool {
        let mut parts = parameter.splitn(4, '.').skip(2);
        let (Some(place), Some(name)) = (parts.next(), parts.next()) else { return false };
        let value = match place {
            "path" => self.path_parameters.get(name).map(String::as_str),
            "querystring" => self.querystring.get(name).and_then(|values| values.last()).map(String::as_str),
            "header" => self.headers.get(name),
            _ => return false,
        };
        value.is_none_or(|value| value.trim().is_empty())
    }

    /// Returns the media type of the body without parameters; JSON if there is none
    /// (aws-observed 9.1).
    #[must_use]
    pub fn content_type(&self) -> &str {
        media::essence(self.headers.get("Content-Type").unwrap_or_default()).unwrap_or(media::JSON)
    }

    /// Returns the first media type of `Accept` without parameters (aws-observed 9.12).
    #[must_use]
    pub fn accept(&self) -> Option<&str> {
        let first = self.headers.get("Accept")?.split(',').next()?;
        media::essence(first)
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RequestText {
    method: String,
    path: String,
    path_parameters: Table<String>,
    querystring: Table<Json>,
    raw_query_string: Option<String>,
    headers: Headers,
    body: Option<String>,
    body_is_base64: bool,
}

impl<'de> Deserialize<'de> for MethodRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = RequestText::deserialize(deserializer)?;
        let mut querystring = Table::new();
        let mut repeats = Repeats::default();
        for (name, value) in text.querystring {
            let values = texts(value).map_err(D::Error::custom)?;
            repeats.add(&name, values.len()).map_err(D::Error::custom)?;
            querystring.set(name, values);
        }
        Ok(MethodRequest {
            method: text.method,
            path: text.path,
            path_parameters: text.path_parameters,
            querystring,
            raw_query_string: text.raw_query_string,
            headers: text.headers,
            body: body::bytes(text.body, text.body_is_base64).map_err(D::Error::custom)?,
        })
    }
}

impl Serialize for MethodRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (body, is_base64) = body::text(&self.body);
        let mut row = serializer.serialize_struct("MethodRequest", 8)?;
        row.serialize_field("method", &self.method)?;
        row.serialize_field("path", &self.path)?;
        row.serialize_field("pathParameters", &self.path_parameters)?;
        row.serialize_field("querystring", &self.querystring)?;
        match &self.raw_query_string {
            Some(raw) => row.serialize_field("rawQueryString", raw)?,
            None => row.skip_field("rawQueryString")?,
        }
        row.serialize_field("headers", &self.headers)?;
        row.serialize_field("body", &body)?;
        row.serialize_field("bodyIsBase64", &is_base64)?;
        row.end()
    }
}

/// The client's response.
///
/// Serialises as `{"status", "headers", "body", "bodyIsBase64"}`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct MethodResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
    /// Body; empty if there is none.
    pub body: Vec<u8>,
}

body::response!(MethodResponse, u16);
