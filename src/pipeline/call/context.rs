//! The variables of `$context` that a call fills: those that the caller gave, and a value for each other
//! one that a real call has.
//!
//! The values that nothing tells are those of the console's test for REST APIs (`test-invoke-stage`,
//! `testPrefix.testDomainName`), else fixed ones. They are the same in each run.

use super::authorizer::Authorizer;
use super::policy::CallArn;
use super::refusal::Refusal;
use crate::pipeline::message::Headers;
use crate::pipeline::model::{Api, ApiKeySource, Method, Protocol};
use serde_json::{Map, Value as Json};

/// A call as it arrives, as far as `$context` tells of it.
pub(crate) struct Arrival<'a> {
    pub(crate) api: &'a Api,
    /// The method or route that takes the call; `None` if none does.
    pub(crate) method: Option<&'a Method>,
    /// Method of an HTTP request; empty in WebSocket APIs.
    pub(crate) http_method: &'a str,
    /// Path without the stage; empty in WebSocket APIs.
    pub(crate) path: &'a str,
    /// Key of a route of HTTP and WebSocket APIs.
    pub(crate) route_key: Option<&'a str>,
    /// Type of an event of a connection.
    pub(crate) event_type: Option<&'a str>,
    pub(crate) headers: &'a Headers,
    /// The variables that the call may read.
    pub(crate) wanted: Wanted,
}

/// Variables of `$context` in REST APIs that a call may read, by their places in the list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted(u32);

impl Wanted {
    pub(crate) const ALL: Wanted = Wanted(u32::MAX);
    pub(crate) const NONE: Wanted = Wanted(0);

    /// Adds a variable; all of them for one that has no place, which notes compare with the others.
    pub(crate) fn and(self, name: &str) -> Wanted {
        REST.iter().position(|own| *own == name).map_or(Wanted::ALL, |place| Wanted(self.0 | 1 << place))
    }

    /// Returns the variables that a context has, but for `identity`, to which a call adds.
    pub(crate) fn given(context: &Map<String, Json>) -> Wanted {
        let given = context.iter().filter(|(name, value)| *name != "identity" && !value.is_null());
        let places = given.filter_map(|(name, _)| REST.iter().position(|own| own == name));
        Wanted(places.fold(0, |bits, place| bits | 1 << place))
    }

    /// Checks for all variables of others.
    pub(crate) fn has_all(self, others: Wanted) -> bool {
        others.0 & !self.0 == 0
    }

    /// Checks for the variable at a place.
    fn has(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }
}

/// The time of a call, and the ids that are derived from its own, each made when it is asked for.
pub(super) struct Stamp<'a> {
    pub(super) id: &'a str,
    pub(super) extended_id: &'a dyn Fn() -> String,
    pub(super) connection_id: &'a dyn Fn() -> String,
    pub(super) message_id: &'a dyn Fn() -> String,
    /// Time in the common log format.
    pub(super) time: &'a dyn Fn() -> String,
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
const REST_IDENTITY: &[&str] = &[
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

/// Those members in a call with an API key: two more make the table of the `HashMap` larger (recorded by many
/// console's tests, 2019 to 2024).
const REST_IDENTITY_OF_KEY: &[&str] = &[
    "cognitoIdentityPoolId",
    "cognitoIdentityId",
    "apiKey",
    "principalOrgId",
    "cognitoAuthenticationType",
    "userArn",
    "apiKeyId",
    "userAgent",
    "accountId",
    "caller",
    "sourceIp",
    "accessKey",
    "cognitoAuthenticationProvider",
    "user",
];

/// Returns `$context.identity` of a REST API, with null for each member.
pub(crate) fn empty_identity(has_api_key: bool) -> Map<String, Json> {
    let names = if has_api_key { REST_IDENTITY_OF_KEY } else { REST_IDENTITY };
    names.iter().map(|name| ((*name).to_owned(), Json::Null)).collect()
}

/// Values of what neither the caller nor the document tells.
const ACCOUNT: &str = "123456789012";
const API: &str = "a1b2c3d4e5";
const DEPLOYMENT: &str = "d1e2p3";
const ADDRESS: &str = "192.0.2.1";
const TEST_KEY: &str = "test-invoke-api-key";
const TEST_KEY_ID: &str = "test-invoke-api-key-id";

/// Returns the id of an API: that of the document, else that in the service's own host name.
pub(super) fn api_id<'a>(api: &'a Api, headers: &'a Headers) -> &'a str {
    let called = || {
        let (id, _) = headers.get("Host")?.split_once(".execute-api.")?;
        (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
    };
    api.id.as_deref().or_else(called).unwrap_or(API)
}

/// The context of a call, and what was found while it was filled.
pub(super) struct Filled {
    pub(super) context: Map<String, Json>,
    /// The refusal of the authorizer, if it does not let the call pass.
    pub(super) decision: Result<(), Refusal>,
    /// `true` if the method needs an API key and the call has none.
    pub(super) lacks_api_key: bool,
}

/// Returns the whole context of a call: the given values, and those that are known.
pub(super) fn fill(
    given: &Map<String, Json>,
    arrival: &Arrival<'_>,
    authorizer: Option<&Authorizer>,
    stamp: &Stamp<'_>,
) -> Filled {
    let surroundings = Surroundings { given, arrival, authorizer, stamp };
    let decision = match authorizer {
        Some(authorizer) => authorizer.check(arrival.api.protocol, &surroundings.arn(&surroundings.call())),
        None => Ok(()),
    };
    let names = match arrival.api.protocol {
        Protocol::Rest => REST,
        Protocol::Http => HTTP,
        Protocol::WebSocket => SOCKET,
    };
    let context = surroundings.context(names, arrival.wanted);
    // A variable that is missing is compared with the others, for a note.
    let context = context.or_else(|| surroundings.context(names, Wanted::ALL)).unwrap_or_default();
    let given_key = given.get("identity").and_then(|identity| identity.get("apiKey"));
    let needs_key = surroundings.api_key().is_some() && given_key.is_none_or(Json::is_null);
    Filled { context, decision, lacks_api_key: needs_key && surroundings.sent_api_key().is_none() }
}

struct Surroundings<'a> {
    given: &'a Map<String, Json>,
    arrival: &'a Arrival<'a>,
    authorizer: Option<&'a Authorizer>,
    stamp: &'a Stamp<'a>,
}

impl Surroundings<'_> {
    /// Returns the variables that are wanted; `None` if one of them has no value and others are not wanted.
    fn context(&self, names: &[&str], wanted: Wanted) -> Option<Map<String, Json>> {
        let mut context = Map::new();
        let wanted_names = names.iter().enumerate().filter(|(place, _)| wanted.has(*place));
        for (_, name) in wanted_names {
            let own = self.given.get(*name).filter(|value| !value.is_null() && *name != "identity").cloned();
            match own.or_else(|| self.value(name)) {
                Some(value) => drop(context.insert((*name).to_owned(), value)),
                None if wanted == Wanted::ALL => {}
                None => return None,
            }
        }
        for (name, value) in self.given {
            let is_wanted = wanted == Wanted::ALL || !names.contains(&name.as_str());
            if is_wanted && !context.contains_key(name) {
                context.insert(name.clone(), value.clone());
            }
        }
        Some(context)
    }

    fn given_text(&self, name: &str) -> Option<&str> {
        self.given.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
    }

    /// Returns a text that was given, else the one of the document.
    fn text(&self, name: &str) -> Option<&str> {
        let api = self.arrival.api;
        let documented = match name {
            "apiId" => api.id.as_deref(),
            "stage" => api.stage.as_deref(),
            _ => None,
        };
        self.given_text(name).or(documented)
    }

    fn is_rest(&self) -> bool {
        self.arrival.api.protocol == Protocol::Rest
    }

    /// Returns the value of a variable that was not given; `None` for one that the call does not have.
    fn value(&self, name: &str) -> Option<Json> {
        let stamp = self.stamp;
        Some(match name {
            "accountId" => ACCOUNT.into(),
            "apiId" => api_id(self.arrival.api, self.arrival.headers).into(),
            "authorizer" => {
                let authorizer = self.authorizer?.context(self.arrival.api.protocol).ok()?;
                return Some(authorizer).filter(|value| !value.is_null());
            }
            "connectedAt" | "requestTimeEpoch" => stamp.millis.into(),
            "connectionId" => (stamp.connection_id)().into(),
            "deploymentId" => DEPLOYMENT.into(),
            "domainName" => self.domain().into(),
            "domainPrefix" => self.domain().split('.').next().unwrap_or_default().into(),
            "eventType" => self.arrival.event_type?.into(),
            "extendedRequestId" => match self.is_rest() {
                true => (stamp.extended_id)().into(),
                false => stamp.id.into(),
            },
            "httpMethod" => self.arrival.http_method.into(),
            "identity" => self.identity(),
            "messageDirection" => "IN".into(),
            "messageId" => {
                self.arrival.event_type.filter(|kind| *kind == "MESSAGE")?;
                (stamp.message_id)().into()
            }
            "operationName" => self.arrival.method?.operation_name.as_deref()?.into(),
            "path" => match self.text("stage").filter(|stage| *stage != "$default") {
                Some(stage) => format!("/{stage}{}", self.arrival.path).into(),
                None => self.arrival.path.into(),
            },
            "protocol" => "HTTP/1.1".into(),
            "requestId" => stamp.id.into(),
            "requestTime" => (stamp.time)().into(),
            "resourceId" => derived_id(self.resource(), 6).into(),
            "resourcePath" => self.resource().into(),
            "routeKey" => self.arrival.route_key?.into(),
            "stage" => self.stage().into(),
            // Their places in `keySet()`.
            "requestOverride" | "responseOverride" => Json::Null,
            _ => return None,
        })
    }

    fn resource(&self) -> &str {
        self.text("resourcePath")
            .or(self.arrival.method.and_then(|method| method.path.as_deref()))
            .unwrap_or(self.arrival.path)
    }

    fn stage(&self) -> &str {
        self.text("stage").unwrap_or(match self.arrival.api.protocol {
            Protocol::Rest => "test-invoke-stage",
            Protocol::Http => "$default",
            Protocol::WebSocket => "prod",
        })
    }

    /// Returns the host that was called: the given one, that of the request, of the document, of the API, or of the
    /// console's test.
    fn domain(&self) -> String {
        if let Some(name) = self.given_text("domainName") {
            return name.to_owned();
        }
        if let Some(host) = self.arrival.headers.get("Host").filter(|host| !host.is_empty()) {
            let port = |(_, port): &(&str, &str)| port.bytes().all(|b| b.is_ascii_digit());
            return host.rsplit_once(':').filter(port).map_or(host, |(name, _)| name).to_owned();
        }
        if let Some(name) = &self.arrival.api.domain_name {
            return name.clone();
        }
        match (self.text("apiId"), self.is_rest()) {
            (None, true) => "testPrefix.testDomainName".to_owned(),
            (id, _) => format!("{}.execute-api.us-east-1.amazonaws.com", id.unwrap_or(API)),
        }
    }

    fn identity(&self) -> Json {
        let mut identity = Map::new();
        if self.is_rest() {
            identity = empty_identity(self.api_key().is_some());
        }
        let agent = self.arrival.headers.get("User-Agent");
        if agent.is_some() || self.is_rest() {
            identity.insert("userAgent".to_owned(), agent.unwrap_or("aws-internal/3").into());
        }
        if let Some(key) = self.api_key() {
            let id = match key {
                TEST_KEY => TEST_KEY_ID.to_owned(),
                key => derived_id(key, 10),
            };
            identity.insert("apiKey".to_owned(), key.into());
            identity.insert("apiKeyId".to_owned(), id.into());
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

    /// Returns the API key of the call, where the method needs one; that of the console's test if the call
    /// has none.
    fn api_key(&self) -> Option<&str> {
        self.arrival.method.filter(|method| method.api_key_required)?;
        if self.arrival.api.protocol == Protocol::Http {
            return None;
        }
        Some(self.sent_api_key().unwrap_or(TEST_KEY))
    }

    fn sent_api_key(&self) -> Option<&str> {
        let of_authorizer = || self.authorizer.and_then(Authorizer::usage_identifier_key);
        let of_header = || self.arrival.headers.get("X-API-Key").filter(|key| !key.is_empty());
        match self.arrival.api.api_key_source {
            Some(ApiKeySource::Authorizer) => of_authorizer(),
            _ => of_header(),
        }
    }

    /// Returns the call as policies name it: `GET/pets/7`, or the key of a WebSocket route.
    fn call(&self) -> String {
        match self.arrival.api.protocol {
            Protocol::WebSocket => self.arrival.route_key.unwrap_or_default().to_owned(),
            _ => format!("{}{}", self.arrival.http_method, self.arrival.path),
        }
    }

    fn arn<'c>(&'c self, call: &'c str) -> CallArn<'c> {
        CallArn { stage: self.text("stage"), call }
    }
}

/// Derives an id of letters and digits from a text: that of a resource from its path, that of an API key
/// from the key.
fn derived_id(text: &str, length: usize) -> String {
    let mut hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut id = String::with_capacity(length);
    for _ in 0..length {
        id.push(char::from_digit(u32::try_from(hash % 36).unwrap_or(0), 36).unwrap_or('0'));
        hash /= 36;
    }
    id
}
