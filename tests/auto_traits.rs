//! Every public type is `Send` and `Sync`, but for those that belong to one render.

use std::collections::BTreeSet;

/// Checks types when compiling, and lists their names.
macro_rules! shared {
    ($($path:ident :: { $($name:ident $(<$life:lifetime>)?),* $(,)? })*) => {
        const SHARED: &[&str] = &[$($(stringify!($name)),*),*];
        const _: () = {
            const fn is_shared<T: Send + Sync>() {}
            $($(is_shared::<$path::$name $(<$life>)?>();)*)*
        };
    };
}

use vtl::pipeline::{call, check, http, mapping, message, model, websocket};
use vtl::{diagnostic, jsonpath, pipeline, reference};

shared! {
    vtl::{
        Branch, BranchKind, Call<'static>, Code, Data, Dialect, Error, Globals<'static>, Limits, Note, OutputMap,
        Overrides, Params, ParseOptions, Piece, ReadPart, Reads, Rendered, Span, Statement, StatementKind, Template,
        UnknownLimit, UnknownSwitch,
    }
    diagnostic::{Diagnostic, Lines, Location, Related, Severity, UnknownCode, UnknownSeverity}
    jsonpath::{JsonPath}
    reference::{Method, Variable}
    pipeline::{
        Api, BackendError, Integration, IntegrationRequest, IntegrationResponse, Invocation<'static>, Method,
        MethodRequest, MethodResponse, Outcome, PrepareOptions, PreparedApi, PreparedMethod, Protocol, Refusal,
        RouteMatch<'static>,
    }
    call::{Authorizer, CallNote, Choice, ChoiceKind, Log, Mock, Replay, ResponseType, Step, Subject}
    check::{Problem}
    http::{HttpRoute, MappedValue, MappingAction, MappingPlace, ParameterMapping, Subtype}
    mapping::{BodyPath, Expression, Source, Target}
    message::{CacheKey, Conversion, Credentials, HeaderAction, Headers, ServiceCall, Settings}
    model::{
        ConnectionType, ApiKeySource, ContentHandling, CorsConfiguration, DeclaredResponse, GatewayResponse, IntegrationType,
        PassthroughBehavior, RequestValidator, ResponseRule, ResponseTransferMode, Schema, TlsConfig, UnknownWord,
    }
    websocket::{EventType, Selector, SocketOutcome, SocketRequest, SocketResponse, SocketRoute}
}

/// Types that a render borrows, and traits.
const OF_ONE_RENDER: &[&str] = &["Budget", "RenderOptions", "State", "Probe", "Backend", "CallProbe", "Route"];

/// Types with parameters, checked for one of each.
const GENERIC: &[&str] = &["PendingCall", "Started", "Table"];
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<model::Table<String>>();
    is_shared::<call::PendingCall<'static, message::MethodRequest, message::MethodResponse>>();
    is_shared::<call::Started<'static, websocket::SocketRequest, websocket::SocketResponse>>();
};

#[test]
fn the_list_is_complete() {
    let mut missing = Vec::new();
    let modules = ["", "call/", "check/", "http/", "mapping/", "message/", "model/", "rest/", "websocket/"];
    let modules = modules.map(|folder| format!("pipeline/{folder}mod.rs"));
    let files = ["lib.rs", "diagnostic/mod.rs", "jsonpath/mod.rs", "reference.rs"].map(str::to_owned);
    for file in files.into_iter().chain(modules) {
        let path = format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a source of the project");
        missing.extend(public_types(&text).into_iter().map(|name| format!("{file}: {name}")).filter(|line| {
            let name = line.rsplit(' ').next().unwrap_or_default();
            ![SHARED, OF_ONE_RENDER, GENERIC].iter().any(|names| names.contains(&name))
        }));
    }
    assert!(missing.is_empty(), "to be added to `shared!` in tests/auto_traits.rs: {missing:#?}");
}

/// The names of types in `pub use`, `pub struct` and `pub enum`; constants and functions have other cases.
fn public_types(source: &str) -> BTreeSet<String> {
    let is_type = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.contains(|c: char| c.is_ascii_lowercase())
    };
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(is_type).map(str::to_owned).collect()
    };
    let used = source.split("\npub use ").skip(1).flat_map(|rest| words(rest.split(';').next().unwrap_or_default()));
    let items = ["\npub struct ", "\npub enum "];
    let defined = items.iter().flat_map(|item| source.split(item).skip(1));
    let defined =
        defined.filter_map(|rest| words(rest.split(['{', '(', ';']).next().unwrap_or_default()).into_iter().next());
    used.chain(defined).collect()
}
