//! Authorizers: the answer of one, and what the gateway makes of it.
//!
//! An authorizer is not asked here. The caller hands over its answer, which becomes `$context.authorizer`
//! and a part of the events of functions ("Output from an API Gateway Lambda authorizer", "Control access
//! to HTTP APIs with JWT authorizers").

use super::log::java_date;
use super::policy::{CallArn, Decision, decide};
use super::refusal::Refusal;
use super::response_type::ResponseType;
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::limits::Limits;
use crate::nearest::nearest;
use crate::pipeline::model::Protocol;
use serde_json::{Map, Value as Json, json};
use std::time::Duration;

/// The answer of an authorizer: that of a Lambda function, the claims of a token, or a signed caller.
///
/// Given to [`Invocation::authorizer`](super::Invocation::authorizer), it becomes `$context.authorizer` and
/// the authorizer of an event, in the form that the service gives it for the kind of API. An answer that
/// denies the call, or that the service cannot use, refuses the call before its validation.
///
/// ```
/// use serde_json::json;
/// use vtl::pipeline::call::Authorizer;
/// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
/// let api: Api = serde_json::from_value(json!({"methods": [{"httpMethod": "GET", "path": "/", "integration": {
///     "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
///     "responses": {"default": {"statusCode": "200", "responseTemplates": {
///         "application/json": "$context.authorizer.principalId $context.authorizer.level"}}}}}]}))?;
/// let api = PreparedApi::new(&api);
/// let answer = |effect: &str| Authorizer::lambda(json!({
///     "principalId": "user-7", "context": {"level": 3}, "policyDocument": {"Version": "2012-10-17", "Statement": [
///         {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "*"}]}}));
/// let get = |effect: &str| {
///     let mut invocation = Invocation::new().authorizer(answer(effect));
///     api.handle(MethodRequest::new("GET", "/"), None, &mut invocation).response
/// };
/// assert_eq!(get("Allow").body, b"user-7 3");
/// assert_eq!(get("Deny").status, 403);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Authorizer(Answer);

#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Function(Json),
    Token { claims: Map<String, Json>, scopes: Option<Vec<String>> },
    Caller(Map<String, Json>),
}

/// Keys of the answer of a function.
const FUNCTION_KEYS: &[&str] =
    &["principalId", "policyDocument", "context", "usageIdentifierKey", "isAuthorized", "errorMessage", "errorType"];

impl Authorizer {
    /// Creates the authorizer of a Lambda function's answer, whatever that is.
    ///
    /// REST and WebSocket APIs take `{"principalId", "policyDocument", "context"}`; HTTP APIs also
    /// `{"isAuthorized", "context"}`. The error of a function, `{"errorMessage"}`, refuses the call: 401 for
    /// `Unauthorized`, else 500.
    #[must_use]
    pub fn lambda(answer: Json) -> Self {
        Authorizer(Answer::Function(answer))
    }

    /// Creates the authorizer of a valid token: its claims, and the scopes of the route that it has.
    ///
    /// ```
    /// use serde_json::json;
    /// use vtl::pipeline::{Protocol, call::Authorizer};
    /// let claims = json!({"sub": "u-1", "exp": 1616938842, "cognito:groups": ["a", "b"]});
    /// let authorizer = Authorizer::claims(claims.as_object().unwrap().clone(), None);
    /// let claims = |protocol| authorizer.context(protocol).unwrap()["claims"].clone();
    /// assert_eq!(claims(Protocol::Rest)["exp"], "Sun Mar 28 13:40:42 UTC 2021");
    /// assert_eq!(claims(Protocol::Rest)["cognito:groups"], "a,b");
    /// assert_eq!(claims(Protocol::Http)["exp"], "1616938842");
    /// assert_eq!(claims(Protocol::Http)["cognito:groups"], "[a b]");
    /// ```
    #[must_use]
    pub fn claims(claims: Map<String, Json>, scopes: Option<Vec<String>>) -> Self {
        Authorizer(Answer::Token { claims, scopes })
    }

    /// Creates the authorizer of a request that is signed with AWS credentials: `accessKey`, `accountId`,
    /// `callerId`, `cognitoIdentity`, `principalOrgId`, `userArn` and `userId`.
    ///
    /// In REST and WebSocket APIs they become members of `$context.identity`.
    #[must_use]
    pub fn iam(caller: Map<String, Json>) -> Self {
        Authorizer(Answer::Caller(caller))
    }

    /// Reads the answer of an authorizer from JSON of any of these shapes:
    ///
    /// | Shape | Meaning |
    /// | --- | --- |
    /// | `{"principalId", "policyDocument", "context"}` | the answer of a Lambda function |
    /// | `{"isAuthorized", "context"}` | its short answer, in HTTP APIs |
    /// | `{"Version", "Statement"}` | a policy document alone; the principal is `user` |
    /// | `{"errorMessage"}` | the error of a Lambda function |
    /// | `{"claims", "scopes"}`, `{"jwt": {"claims", "scopes"}}` | the claims of a token |
    /// | `{"sub", …}` or `{"iss", …}` | the claims alone |
    /// | `{"iam": {…}}` | a signed caller |
    ///
    /// ```
    /// use serde_json::json;
    /// use vtl::pipeline::call::Authorizer;
    /// let claims = json!({"sub": "u-1"});
    /// let expected = Authorizer::claims(claims.as_object().unwrap().clone(), None);
    /// assert_eq!(Authorizer::from_json(&claims)?, expected);
    /// assert_eq!(Authorizer::from_json(&json!({"jwt": {"claims": claims, "scopes": null}}))?, expected);
    /// let error = Authorizer::from_json(&json!({"principalID": "u"})).unwrap_err();
    /// assert!(error.detail().ends_with("did you mean principalId?"));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// `V410` for any other shape, with the nearest known key.
    pub fn from_json(json: &Json) -> Result<Self, Error> {
        let wrong = |why: String| Err(Error::new(Code::NotAuthorized, why));
        let Json::Object(members) = json else {
            return wrong("the answer of an authorizer must be an object".to_owned());
        };
        let unknown = |known: &[&str]| members.keys().find(|key| !known.contains(&key.as_str())).cloned();
        let has = |keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
        let (known, read): (&[&str], _) = if has(&["principalId", "policyDocument", "isAuthorized", "errorMessage"]) {
            // The error of a function has further keys, such as its stack.
            let all = if has(&["errorMessage"]) { None } else { Some(FUNCTION_KEYS) };
            match all.and_then(unknown) {
                None => return Ok(Authorizer::lambda(json.clone())),
                Some(_) => (FUNCTION_KEYS, None),
            }
        } else if has(&["Statement"]) {
            let answer = json!({"principalId": "user", "policyDocument": json});
            (&["Version", "Statement", "Id"], Some(Authorizer::lambda(answer)))
        } else if let Some(token) = members.get("jwt") {
            (&["jwt"], Some(Authorizer::token(token)?))
        } else if has(&["claims"]) {
            (&["claims", "scopes"], Some(Authorizer::token(json)?))
        } else if let Some(Json::Object(caller)) = members.get("iam") {
            (&["iam"], Some(Authorizer::iam(caller.clone())))
        } else if has(&["sub", "iss"]) {
            return Ok(Authorizer::claims(members.clone(), None));
        } else {
            (&[], None)
        };
        match (unknown(known), read) {
            (None, Some(read)) => Ok(read),
            (key, _) => {
                const ALL: [&str; 14] = [
                    "principalId",
                    "policyDocument",
                    "context",
                    "usageIdentifierKey",
                    "isAuthorized",
                    "Version",
                    "Statement",
                    "errorMessage",
                    "claims",
                    "scopes",
                    "jwt",
                    "iam",
                    "sub",
                    "iss",
                ];
                let Some(key) = key else {
                    return wrong(format!("the answer of an authorizer has one of {}", ALL.join(", ")));
                };
                let meant = nearest(&key, ALL).map_or_else(String::new, |name| format!("; did you mean {name}?"));
                wrong(format!("the answer of an authorizer has no key {key}{meant}"))
            }
        }
    }

    fn token(json: &Json) -> Result<Self, Error> {
        let wrong = |why: &str| Error::new(Code::NotAuthorized, why);
        let claims = json.get("claims").and_then(Json::as_object).ok_or_else(|| wrong("claims must be an object"))?;
        let scopes = match json.get("scopes") {
            None | Some(Json::Null) => None,
            Some(Json::Array(items)) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
                Some(texts.ok_or_else(|| wrong("scopes must be a list of strings"))?)
            }
            Some(Json::String(text)) => Some(text.split_whitespace().map(str::to_owned).collect()),
            Some(_) => return Err(wrong("scopes must be a list of strings")),
        };
        Ok(Authorizer::claims(claims.clone(), scopes))
    }

    /// Returns `$context.authorizer` as the service makes it for a kind of API: null for a signed caller of
    /// a REST or WebSocket API.
    ///
    /// # Errors
    /// `V410` for an answer that the service cannot use.
    pub fn context(&self, protocol: Protocol) -> Result<Json, Error> {
        match (&self.0, protocol) {
            (Answer::Function(answer), Protocol::Http) => {
                // "Customize HTTP API access logs": the principal stands beside the context.
                let principal = answer.get("principalId").filter(|principal| principal.is_string());
                let mut members = function_context(answer)?;
                members.extend(principal.map(|principal| ("principalId".to_owned(), principal.clone())));
                Ok(Json::Object(members))
            }
            (Answer::Function(answer), _) => stringified(answer),
            (Answer::Token { claims, scopes }, Protocol::Http) => {
                let claims = http_claims(claims);
                Ok(json!({"claims": claims, "jwt": {"claims": claims, "scopes": scopes}}))
            }
            (Answer::Token { claims, .. }, _) => Ok(json!({"claims": rest_claims(claims)})),
            (Answer::Caller(caller), Protocol::Http) => Ok(json!({"iam": caller})),
            (Answer::Caller(_), _) => Ok(Json::Null),
        }
    }

    /// Returns the members that a signed caller adds to `$context.identity`.
    pub(super) fn identity(&self) -> Map<String, Json> {
        let Answer::Caller(caller) = &self.0 else { return Map::new() };
        let mut identity = Map::new();
        for (name, value) in caller {
            let name = match name.as_str() {
                "callerId" => "caller",
                "userId" => "user",
                "cognitoIdentity" => {
                    for (from, to) in [("identityId", "cognitoIdentityId"), ("identityPoolId", "cognitoIdentityPoolId")]
                    {
                        if let Some(value) = value.get(from) {
                            identity.insert(to.to_owned(), value.clone());
                        }
                    }
                    continue;
                }
                name => name,
            };
            identity.insert(name.to_owned(), value.clone());
        }
        identity
    }

    /// Returns the authorizer of an event of an HTTP API, of format `1.0` or `2.0`.
    pub(crate) fn event(&self, version: &str) -> Option<Json> {
        match (&self.0, version) {
            // Recorded in 2024 (API 1xfslfeqxf): the context beside the empty members of a token.
            (Answer::Function(answer), "1.0") => {
                let mut members = Map::from_iter(["claims", "scopes"].map(|name| (name.to_owned(), Json::Null)));
                members.extend(function_context(answer).ok()?);
                Some(members.into())
            }
            // Recorded in 2023 (API a3jp3ewyog): null without a context.
            (Answer::Function(answer), _) => {
                let context = function_context(answer).ok()?;
                Some(json!({"lambda": if context.is_empty() { Json::Null } else { Json::Object(context) }}))
            }
            (Answer::Token { claims, scopes }, "1.0") => Some(json!({"claims": http_claims(claims), "scopes": scopes})),
            (Answer::Token { claims, scopes }, _) => {
                Some(json!({"jwt": {"claims": http_claims(claims), "scopes": scopes}}))
            }
            (Answer::Caller(_), "1.0") => None,
            (Answer::Caller(caller), _) => Some(json!({"iam": caller})),
        }
    }

    /// Returns the API key that the answer of a function names.
    pub(super) fn usage_identifier_key(&self) -> Option<&str> {
        let Answer::Function(answer) = &self.0 else { return None };
        answer.get("usageIdentifierKey").and_then(Json::as_str).filter(|key| !key.is_empty())
    }

    /// Refuses a call that the answer does not let pass.
    pub(super) fn check(&self, protocol: Protocol, call: &CallArn<'_>) -> Result<(), Refusal> {
        let Answer::Function(answer) = &self.0 else { return Ok(()) };
        if let Some(message) = answer.get("errorMessage").and_then(Json::as_str) {
            let kind = match message {
                "Unauthorized" => ResponseType::Unauthorized,
                _ => ResponseType::AuthorizerFailure,
            };
            let why = format!("the authorizer failed: {message}");
            return Err(Refusal::new(kind, Error::new(Code::NotAuthorized, why)));
        }
        let unusable = |error| Refusal::new(ResponseType::AuthorizerConfigurationError, error);
        if protocol == Protocol::Http
            && let Some(truth) = answer.get("isAuthorized")
        {
            return match truth {
                Json::Bool(true) => Ok(()),
                Json::Bool(false) => Err(denied(Decision::Denied, "the authorizer answered isAuthorized: false")),
                other => Err(unusable(malformed(format!("isAuthorized is {other}, not true or false")))),
            };
        }
        self.context(protocol).map_err(unusable)?;
        let policy = answer.get("policyDocument").filter(|policy| policy.is_object());
        let policy = policy.ok_or_else(|| unusable(malformed("it has no policyDocument".to_owned())))?;
        let name = call.call;
        let budget = Budget::new(&Limits::service());
        match decide(policy, call, &budget).map_err(Refusal::configuration)? {
            Decision::Allowed => Ok(()),
            Decision::Denied => Err(denied(Decision::Denied, &format!("the policy of the authorizer denies {name}"))),
            Decision::NotAllowed => {
                let why = format!("no statement of the authorizer's policy allows {name}");
                Err(denied(Decision::NotAllowed, &why))
            }
        }
    }
}

fn malformed(why: String) -> Error {
    Error::new(Code::NotAuthorized, format!("the answer of the authorizer cannot be used: {why}"))
}

fn denied(decision: Decision, why: &str) -> Refusal {
    let refusal = Refusal::new(ResponseType::AccessDenied, Error::new(Code::NotAuthorized, why));
    match decision {
        Decision::NotAllowed => refusal.with_message("User is not authorized to access this resource"),
        _ => refusal,
    }
}

/// Returns the context of a function's answer; none is an empty one.
fn function_context(answer: &Json) -> Result<Map<String, Json>, Error> {
    match answer.get("context") {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(members)) => Ok(members.clone()),
        Some(_) => Err(malformed("its context is not an object".to_owned())),
    }
}

/// Converts the answer of a function for REST and WebSocket APIs: every value is text, none is nested.
fn stringified(answer: &Json) -> Result<Json, Error> {
    let principal = match answer.get("principalId") {
        Some(Json::String(text)) => text.clone(),
        Some(value @ (Json::Number(_) | Json::Bool(_))) => value.to_string(),
        _ if answer.get("isAuthorized").is_some() => {
            let why = "isAuthorized is an answer of HTTP APIs; this API needs principalId and policyDocument";
            return Err(malformed(why.to_owned()));
        }
        _ => return Err(malformed("it has no principalId".to_owned())),
    };
    let mut context = Map::new();
    for (name, value) in function_context(answer)? {
        let text = match &value {
            Json::String(text) => text.clone(),
            Json::Number(_) | Json::Bool(_) => value.to_string(),
            Json::Null => continue,
            Json::Array(_) | Json::Object(_) => {
                // The words of the service's log.
                let token = if value.is_array() { "START_ARRAY" } else { "START_OBJECT" };
                let why = format!(
                    "Invalid JSON in response: Can not deserialize instance of java.lang.String out of {token} token \
                     (context.{name})"
                );
                return Err(Error::new(Code::NotAuthorized, why));
            }
        };
        context.insert(name, text.into());
    }
    context.insert("principalId".to_owned(), principal.into());
    context.insert("integrationLatency".to_owned(), 0.into());
    Ok(context.into())
}

/// Converts the claims of a Cognito token as REST APIs do: dates of `exp` and `iat`, lists joined with
/// commas, everything as text (recorded in 2021, pool us-east-2_QbOWouBAQ).
fn rest_claims(claims: &Map<String, Json>) -> Map<String, Json> {
    let text = |name: &str, value: &Json| -> Option<String> {
        match value {
            Json::Null => None,
            Json::String(text) => Some(text.clone()),
            Json::Number(number) if matches!(name, "exp" | "iat") => {
                Some(number.as_u64().map_or_else(|| number.to_string(), |at| java_date(Duration::from_secs(at))))
            }
            Json::Array(items) => {
                let item = |item: &Json| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
                Some(items.iter().map(item).collect::<Vec<_>>().join(","))
            }
            other => Some(other.to_string()),
        }
    };
    claims.iter().filter_map(|(name, value)| Some((name.clone(), text(name, value)?.into()))).collect()
}

/// Converts the claims of a token as HTTP APIs do: everything as text, a list as `[a b]` (reported by many
/// users of `cognito:groups`); that an object is `map[a:b]` is *assumed* from that form.
fn http_claims(claims: &Map<String, Json>) -> Map<String, Json> {
    claims.iter().map(|(name, value)| (name.clone(), http_text(value, 0).into())).collect()
}

/// The depth to which claims are printed.
const DEEPEST: usize = 32;

fn http_text(value: &Json, depth: usize) -> String {
    match value {
        _ if depth > DEEPEST => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            let texts: Vec<String> = items.iter().map(|item| http_text(item, depth + 1)).collect();
            format!("[{}]", texts.join(" "))
        }
        Json::Object(members) => {
            let mut texts: Vec<String> =
                members.iter().map(|(name, value)| format!("{name}:{}", http_text(value, depth + 1))).collect();
            texts.sort_unstable();
            format!("map[{}]", texts.join(" "))
        }
        other => other.to_string(),
    }
}
