//! The data of one request, which the caller hands over.

use super::data::{self, Data};
use super::overrides::{Overrides, REQUEST_OVERRIDE, RESPONSE_OVERRIDE, pruned};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::datum::Members;
use crate::value::json::{MOST_VALUES, check_values};
use crate::value::{Datum, ListKind, MapKind, text};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};
use std::time::SystemTime;

/// Parameters of a request, which `$input.params()` shows.
///
/// A parameter may have several values; templates see the last one (aws-observed 3.20, R).
///
/// ```
/// use vtl::{Globals, Params, Template};
/// let params = Params::new().path("id", "7").query("q", "a").query("q", "b").header("X-Key", "k");
/// let out = Template::parse("$input.params('id') $input.params('q')")?
///     .render(&Globals::default().params(params))?;
/// assert_eq!(out.text, "7 b");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Params {
    /// The groups `path`, `querystring` and `header`, in this order.
    groups: [Members; 3],
    /// Map of the groups, made when a template asks for it.
    all: OnceLock<Members>,
}

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.groups == other.groups
    }
}

/// Groups of parameters in the documented order of look-ups, with the kind of map that each prints as.
const GROUPS: [(&str, MapKind); 3] =
    [("path", MapKind::Linked), ("querystring", MapKind::Hash), ("header", MapKind::Headers)];

impl Default for Params {
    fn default() -> Self {
        Params::of([Members::new(), Members::new(), Members::new()])
    }
}

impl Params {
    /// Creates an empty set of parameters.
    #[must_use]
    pub fn new() -> Self {
        Params::default()
    }

    /// Creates the parameters of the groups `path`, `querystring` and `header`.
    pub(crate) fn of(groups: [Members; 3]) -> Self {
        Params { groups, all: OnceLock::new() }
    }

    /// Adds a path parameter.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.put("path", name, value);
        self
    }

    /// Adds a value of a query parameter, percent-decoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.put("querystring", name, value);
        self
    }

    /// Adds a value of a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.put("header", name, value);
        self
    }

    fn put(&mut self, group: &str, name: &str, value: &str) {
        self.change(group, |members| members.put(name, Datum::str(value)));
    }

    /// Changes a group.
    pub(super) fn change(&mut self, group: &str, change: impl FnOnce(&mut Members)) {
        self.all.take();
        let groups = GROUPS.iter().zip(&mut self.groups);
        if let Some((_, members)) = groups.into_iter().find(|((name, _), _)| *name == group) {
            change(members);
        }
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &Members> {
        self.groups.iter()
    }

    /// Returns the map of the groups.
    pub(super) fn all(&self) -> &Members {
        self.all.get_or_init(|| {
            let groups = GROUPS.into_iter().zip(&self.groups);
            Members::of(groups.map(|((name, kind), members)| (name, Datum::Map(kind, members.clone()))), 0)
        })
    }
}

/// The data of one request that a template can see: payload, parameters, `$context`, stage variables.
///
/// One value serves any number of renders. Only the payload is borrowed, and only when it is given as a
/// slice: `Globals<'static>` owns all of its data.
///
/// ```
/// fn from_queue(message: String) -> vtl::Globals<'static> {
///     vtl::Globals::body(message)
/// }
/// let template = vtl::Template::parse("$input.path('$.id')")?;
/// assert_eq!(template.render(&from_queue(r#"{"id": 7}"#.to_owned()))?.text, "7");
/// # Ok::<(), vtl::Error>(())
/// ```
///
/// ```
/// use vtl::{Globals, Template};
/// let globals = Globals::body(r#"{"name": "Ada"}"#).context(serde_json::json!({"stage": "prod"}));
/// let out = Template::parse("$input.path('$.name') on $context.stage")?.render(&globals)?;
/// assert_eq!(out.text, "Ada on prod");
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Globals<'a> {
    pub(crate) body: Cow<'a, str>,
    pub(crate) params: Params,
    pub(crate) context: Members,
    pub(crate) stage_variables: Members,
    pub(crate) variables: Members,
    pub(crate) clock: Option<SystemTime>,
    /// The overrides of the request phase, which are handed on when no template looks at them.
    pub(crate) from_request: Overrides,
}

impl<'a> Globals<'a> {
    /// Creates globals with a payload, borrowed from a `&str` or owned by a `String`; empty for none.
    #[must_use]
    pub fn body(body: impl Into<Cow<'a, str>>) -> Self {
        Globals { body: body.into(), ..Globals::default() }
    }

    /// Creates globals with a payload of bytes, read as UTF-8; invalid bytes become U+FFFD
    /// (aws-observed 9.6, R).
    #[must_use]
    pub fn body_bytes(body: &'a [u8]) -> Self {
        Globals { body: text::from_bytes(body), ..Globals::default() }
    }

    /// Copies the payload, if it is borrowed, so that the result owns all of its data.
    #[must_use]
    pub fn into_owned(self) -> Globals<'static> {
        Globals {
            body: Cow::Owned(self.body.into_owned()),
            params: self.params,
            context: self.context,
            stage_variables: self.stage_variables,
            variables: self.variables,
            clock: self.clock,
            from_request: self.from_request,
        }
    }

    /// Replaces the payload and keeps the rest, which many requests can share.
    ///
    /// ```
    /// use vtl::{Globals, Params, Template};
    /// let template = Template::parse("$input.body for $input.params('who')")?;
    /// let mut globals = Globals::default().params(Params::new().query("who", "Ada"));
    /// globals.set_body_bytes(b"[1]");
    /// assert_eq!(template.render(&globals)?.text, "[1] for Ada");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    pub fn set_body_bytes(&mut self, body: &'a [u8]) {
        self.body = text::from_bytes(body);
    }

    /// Sets the request's parameters.
    #[must_use]
    pub fn params(mut self, params: Params) -> Self {
        self.params = params;
        self
    }

    /// Sets plain top-level variables: `{"x": 1}` is `$x`. A null is a variable that is not set.
    #[must_use]
    pub fn variables(mut self, variables: &serde_json::Map<String, Json>) -> Self {
        self.variables = members(variables, MapKind::Linked);
        self
    }

    /// Sets plain top-level variables from the text of a JSON object, with whole numbers of any size.
    ///
    /// # Errors
    /// `V203` if the text is not a JSON object, or is nested too deeply; `V305` if it has more than 500,000 values.
    pub fn variables_json(mut self, text: &str) -> Result<Self, Error> {
        check_values(text, MOST_VALUES)?;
        let bad = |e: serde_json::Error| Error::new(Code::BadPayload, format!("the variables are no JSON object: {e}"));
        let object: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(bad)?;
        self.variables = Members::new();
        for (name, raw) in object {
            let value = Datum::from_raw_json(raw).map_err(bad)?;
            self.variables.put(name, value);
        }
        Ok(self)
    }

    /// Sets the overrides that the request phase left for the response phase (aws-observed 6.3, R).
    #[must_use]
    pub fn overrides(mut self, from_request: Overrides) -> Self {
        self.from_request = put_overrides(&mut self.context, &from_request);
        self
    }

    /// Sets the members of `$context` besides the overrides, from a JSON object. Its keys keep their
    /// order.
    #[must_use]
    pub fn context(mut self, context: Json) -> Self {
        if let Json::Object(object) = context {
            self.replace_context(Members::from_json(object, MapKind::ContextPart));
        }
        self
    }

    /// Sets the members of `$context` besides the overrides, from values of the caller's own kind.
    ///
    /// ```
    /// use vtl::{Data, Globals, Template};
    /// let identity = Data::object([("sourceIp", Data::from("203.0.113.9"))]);
    /// let globals = Globals::default().context_members([("stage", Data::from("prod")), ("identity", identity)]);
    /// let out = Template::parse("$context.stage $context.identity.sourceIp")?.render(&globals)?;
    /// assert_eq!(out.text, "prod 203.0.113.9");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn context_members<'n>(mut self, members: impl IntoIterator<Item = (&'n str, Data)>) -> Self {
        self.replace_context(data::members(members));
        self
    }

    /// Replaces the members of `$context` besides the overrides.
    pub(crate) fn set_context(&mut self, object: &serde_json::Map<String, Json>) {
        self.replace_context(members(object, MapKind::ContextPart));
    }

    fn replace_context(&mut self, members: Members) {
        let old = std::mem::replace(&mut self.context, members);
        for name in [REQUEST_OVERRIDE, RESPONSE_OVERRIDE] {
            self.context.put(name, old.get(name).cloned().unwrap_or(Datum::Null));
        }
        if let Some(Datum::Map(kind, _)) = self.context.get_mut("identity") {
            *kind = MapKind::Identity;
        }
    }

    /// Sets the stage variables.
    #[must_use]
    pub fn stage_variables(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        for (name, value) in variables {
            self.stage_variables.put(name, Datum::str(value));
        }
        self
    }

    /// Sets the time of the request. No clock is read, so renders can be repeated.
    #[must_use]
    pub fn clock(mut self, now: SystemTime) -> Self {
        self.clock = Some(now);
        self
    }
}

impl Default for Globals<'_> {
    fn default() -> Self {
        EMPTY.clone()
    }
}

/// Globals without a request, from which all others are made; copies share their data.
static EMPTY: LazyLock<Globals<'static>> = LazyLock::new(|| {
    let mut context = Members::new();
    let from_request = put_overrides(&mut context, &Overrides::default());
    Globals {
        body: Cow::Borrowed(""),
        params: Params::new(),
        context,
        stage_variables: Members::new(),
        variables: Members::new(),
        clock: None,
        from_request,
    }
});

/// Fills the overrides of `$context`: at first a request override has `path`, `header` and `querystring`,
/// a response override only `header` (aws-observed 5.4, R). Returns those that are handed on when no
/// template looks at them.
fn put_overrides(context: &mut Members, overrides: &Overrides) -> Overrides {
    let filled = |names: &[&str], given: &serde_json::Map<String, Json>| {
        let mut members = Members::new();
        for name in names {
            members.put(*name, Datum::Map(MapKind::Override, Members::new()));
        }
        for (name, value) in given {
            members.put(name.as_str(), Datum::from_json(value, ListKind::Array, MapKind::Override));
        }
        members
    };
    let request = filled(&["path", "header", "querystring"], &overrides.request);
    let response = filled(&["header"], &overrides.response);
    let handed_on = Overrides { request: pruned(&request), response: pruned(&response) };
    context.put(REQUEST_OVERRIDE, Datum::Map(MapKind::Override, request));
    context.put(RESPONSE_OVERRIDE, Datum::Map(MapKind::Override, response));
    handed_on
}

fn members(object: &serde_json::Map<String, Json>, kind: MapKind) -> Members {
    let mut members = Members::new();
    for (name, value) in object {
        members.put(name.as_str(), Datum::from_json(value, ListKind::Array, kind));
    }
    members
}
