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

use vtl::{diagnostic, jsonpath, pipeline, reference};

shared! {
    vtl::{
        Branch, BranchKind, Call<'static>, Code, Dialect, Error, Globals<'static>, Limits, Note, Overrides, Params,
        ParseOptions, Rendered, Span, Statement, StatementKind, Template, UnknownLimit, UnknownSwitch,
    }
    diagnostic::{Diagnostic, Location, Related, Severity, UnknownCode, UnknownSeverity}
    jsonpath::{JsonPath}
    reference::{Method, Variable}
    pipeline::{
        Api, BackendError, CallNote, Credentials, GatewayResponse, Headers, HttpRoute, Integration, IntegrationRequest,
        IntegrationResponse, Invocation, Log, Method, MethodRequest, MethodResponse, Mock, ParameterMapping,
        Refusal, ResponseRule, Settings, SocketRequest, SocketRoute,
    }
}

/// Types that a render borrows, and traits.
const OF_ONE_RENDER: &[&str] = &["RenderOptions", "State", "Probe"];

#[test]
fn the_list_is_complete() {
    let mut missing = Vec::new();
    for file in ["lib.rs", "diagnostic/mod.rs", "jsonpath/mod.rs", "reference.rs"] {
        let path = format!("{}/src/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("a source of the project");
        missing.extend(public_types(&text).into_iter().map(|name| format!("{file}: {name}")).filter(|line| {
            let name = line.rsplit(' ').next().unwrap_or_default();
            !SHARED.contains(&name) && !OF_ONE_RENDER.contains(&name)
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
