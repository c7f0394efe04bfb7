//! The variables of `$context` that a call fills: those that the caller gave, and a value for each other
//! one that a real call has.
//!
//! The values that nothing tells are those of the console's test for REST APIs (`test-invoke-stage`,
//! `testPrefix.testDomainName`), else fixed ones. They are the same in each run.

use super::authorizer::Authorizer;
use super::policy::CallArn;
use super::refusal::Refusal;
use crate::pipeline::message::Headers;
use crate::pipeline::model::Protocol;
use serde_json::{Map, Value as Json};

/// A call as it arrives, as far as `$context` tells of it.
pub(crate) struct Arrival<'a> {
    pub(crate) protocol: Protocol,
    /// Method of an HTTP request; empty in WebSocket APIs.
    pub(crate) http_method: &'a str,
    /// Path without the stage; empty in WebSocket APIs.
    pub(crate) path: &'a str,
    /// Path template of the resource.
    pub(crate) resource: Option<&'a str>,
    /// Key of a route of HTTP and WebSocket APIs.
    pub(crate) route_key: Option<&'a str>,
    /// Type of an event of a connection.
    pub(crate) event_type: Option<&'a str>,
    pub(crate) headers: &'a Headers,
}

/// The time of a call, and the ids that are derived from its own.
pub(super) struct Stamp<'a> {
    pub(super) id: &'a str,
    pub(super) extended_id: String,
    pub(super) connection_id: String,
    pub(super) message_id: String,
    /// Time in the common log format.
    pub(super) time: String,
    /// Time in milliseconds since 1970.
    pub(super) millis: u64,
}

/// Names of the variables by protocol, in the order of the recorded `keySet()` and events (aws-observed 5.1,
/// R; aws/aws-lambda-go, events/testdata).
pub(crate) const REST: &[&str] = &[
    "resourceId",
    "authorizer",
    "resourcePath",
    "operationName",
    "httpMethod",
    "extendedRequestId",
    "requestTime",
    "path",
    "accountId",
    "protocol",
    "requestOverride",
    "stage",
    "domainPrefix",
    "requestTimeEpoch",
    "requestId",
    "identity",
    "domainName",
    "deploymentId",
    "responseOverride",
    "apiId",
];
const HTTP: &[&str] = &[
    "accountId",
    "apiId",
    "authorizer",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "routeKey",
    "stage",
];
pub(crate) const SOCKET: &[&str] = &[
    "routeKey",
    "authorizer",
    "disconnectStatusCode",
    "messageId",
    "eventType",
    "extendedRequestId",
    "requestTime",
    "messageDirection",
    "disconnectReason",
    "requestOverride",
    "stage",
    "connectedAt",
    "requestTimeEpoch",
    "identity",
    "requestId",
    "domainName",
    "connectionId",
    "responseOverride",
    "apiId",
];

/// Members of `$context` that are no data of the call.
pub(crate) const OVERRIDES: [&str; 2] = ["requestOverride", "responseOverride"];

/// Members of `$context.identity` in REST APIs, in order (aws-observed 5.2, R).
pub(crate) const REST_IDENTITY: &[&str] = &[
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "sourceIp",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "userAgent",
    "user",
];

/// Values of what neither the caller nor the document tells.
const ACCOUNT: &str = "123456789012";
const API: &str = "a1b2c3d4e5";
const DEPLOYMENT: &str = "d1e2p3";
const ADDRESS: &str = "192.0.2.1";

/// Returns the whole context of a call: the given values, and those that are known.
///
/// # Errors
/// The refusal of the authorizer, besides the context.
pub(super) fn fill(
    given: &Map<String, Json>,
    arrival: &Arrival<'_>,
    authorizer: Option<&Authorizer>,
    stamp: &Stamp<'_>,
) -> (Map<String, Json>, Result<(), Refusal>) {
    let surroundings = Surroundings { given, arrival, authorizer, stamp };
    let checked = match authorizer {
        Some(authorizer) => authorizer.check(arrival.protocol, &surroundings.arn(&surroundings.call())),
        None => Ok(()),
    };
    let names = match arrival.protocol {
        Protocol::Rest => REST,
        Protocol::Http => HTTP,
        Protocol::WebSocket => SOCKET,
    };
    let mut context = Map::new();
    for name in names {
        let own = given.get(*name).filter(|value| !value.is_null() && *name != "identity").cloned();
        if let Some(value) = own.or_else(|| surroundings.value(name)) {
            context.insert((*name).to_owned(), value);
        }
    }
    for (name, value) in given {
        if !context.contains_key(name) {
            context.insert(name.clone(), value.clone());
        }
    }
    (context, checked)
}

struct Surroundings<'a> {
    given: &'a Map<String, Json>,
    arrival: &'a Arrival<'a>,
    authorizer: Option<&'a Authorizer>,
    stamp: &'a Stamp<'a>,
}

impl Surroundings<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
    }

    fn is_rest(&self) -> bool {
        self.arrival.protocol == Protocol::Rest
    }

    /// Returns the value of a variable that was not given; `None` for one that the call does not have.
    fn value(&self, name: &str) -> Option<Json> {
        let stamp = self.stamp;
        Some(match name {
            "accountId" => ACCOUNT.into(),
            "apiId" => API.into(),
            "authorizer" => {
                let authorizer = self.authorizer?.context(self.arrival.protocol).ok()?;
                return Some(authorizer).filter(|value| !value.is_null());
            }
            "connectedAt" | "requestTimeEpoch" => stamp.millis.into(),
            "connectionId" => stamp.connection_id.as_str().into(),
            "deploymentId" => DEPLOYMENT.into(),
            "domainName" => self.domain().into(),
            "domainPrefix" => self.domain().split('.').next().unwrap_or_default().into(),
            "eventType" => self.arrival.event_type?.into(),
            "extendedRequestId" => match self.is_rest() {
                true => stamp.extended_id.as_str().into(),
                false => stamp.id.into(),
            },
            "httpMethod" => self.arrival.http_method.into(),
            "identity" => self.identity(),
            "messageDirection" => "IN".into(),
            "messageId" => {
                self.arrival.event_type.filter(|kind| *kind == "MESSAGE")?;
                stamp.message_id.as_str().into()
            }
            "path" => match self.text("stage").filter(|stage| *stage != "$default") {
                Some(stage) => format!("/{stage}{}", self.arrival.path).into(),
                None => self.arrival.path.into(),
            },
            "protocol" => "HTTP/1.1".into(),
            "requestId" => stamp.id.into(),
            "requestTime" => stamp.time.as_str().into(),
            "resourceId" => resource_id(self.resource()).into(),
            "resourcePath" => self.resource().into(),
            "routeKey" => self.arrival.route_key?.into(),
            "stage" => self.stage().into(),
            // Their places in `keySet()`.
            "requestOverride" | "responseOverride" => Json::Null,
            _ => return None,
        })
    }

    fn resource(&self) -> &str {
        self.text("resourcePath").or(self.arrival.resource).unwrap_or(self.arrival.path)
    }

    fn stage(&self) -> &str {
        self.text("stage").unwrap_or(match self.arrival.protocol {
            Protocol::Rest => "test-invoke-stage",
            Protocol::Http => "$default",
            Protocol::WebSocket => "prod",
        })
    }

    /// Returns the host that was called: that of the request, of the API, or of the console's test.
    fn domain(&self) -> String {
        if let Some(name) = self.text("domainName") {
            return name.to_owned();
        }
        let host = self.arrival.headers.get("Host").filter(|host| !host.is_empty());
        let name = |host: &str| {
            host.rsplit_once(':')
                .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
                .map_or(host, |(name, _)| name)
                .to_owned()
        };
        if let Some(host) = host {
            return name(host);
        }
        match (self.text("apiId"), self.is_rest()) {
            (None, true) => "testPrefix.testDomainName".to_owned(),
            (id, _) => format!("{}.execute-api.us-east-1.amazonaws.com", id.unwrap_or(API)),
        }
    }

    fn identity(&self) -> Json {
        let mut identity = Map::new();
        if self.is_rest() {
            identity.extend(REST_IDENTITY.iter().map(|name| ((*name).to_owned(), Json::Null)));
        }
        let agent = self.arrival.headers.get("User-Agent");
        if agent.is_some() || self.is_rest() {
            identity.insert("userAgent".to_owned(), agent.unwrap_or("aws-internal/3").into());
        }
        let address = if self.is_rest() { "test-invoke-source-ip" } else { ADDRESS };
        identity.insert("sourceIp".to_owned(), address.into());
        identity.extend(self.authorizer.map(Authorizer::identity).unwrap_or_default());
        if let Some(Json::Object(given)) = self.given.get("identity") {
            identity.extend(given.clone());
            // Events of connections name the agent first (recorded in 2024).
            if !self.is_rest()
                && let Some(agent) = identity.shift_remove("userAgent")
            {
                identity.shift_insert(0, "userAgent".to_owned(), agent);
            }
        }
        identity.into()
    }

    /// Returns the call as policies name it: `GET/pets/7`, or the key of a WebSocket route.
    fn call(&self) -> String {
        match self.arrival.protocol {
            Protocol::WebSocket => self.arrival.route_key.unwrap_or_default().to_owned(),
            _ => format!("{}{}", self.arrival.http_method, self.arrival.path),
        }
    }

    fn arn<'c>(&'c self, call: &'c str) -> CallArn<'c> {
        CallArn { stage: self.text("stage"), call }
    }
}

/// Derives the id of a resource from its path: six letters and digits.
fn resource_id(path: &str) -> String {
    let mut hash = path
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut id = String::with_capacity(6);
    for _ in 0..6 {
        id.push(char::from_digit(u32::try_from(hash % 36).unwrap_or(0), 36).unwrap_or('0'));
        hash /= 36;
    }
    id
}
