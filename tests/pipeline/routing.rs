//! Routing by the trie, against the definition: of all routes that match, the closest one.

use proptest::prelude::*;
use vtl::pipeline::{Api, Method, Protocol};

/// The rank of each part: text, `{name}`, `{name+}`.
fn ranks(path: &str) -> Vec<u8> {
    let rank = |part: &str| match part {
        part if part.ends_with("+}") => 2,
        part if part.starts_with('{') => 1,
        _ => 0,
    };
    path.split('/').filter(|part| !part.is_empty()).map(rank).collect()
}

/// Matches a path against one route, part by part.
fn matches(route: &str, path: &str, http: bool) -> bool {
    let path = if http {
        path.strip_prefix('/').unwrap_or(path)
    } else {
        let path = path.trim_start_matches('/');
        path.strip_suffix('/').unwrap_or(path)
    };
    let mut given: Vec<&str> = if path.is_empty() { Vec::new() } else { path.split('/').collect() };
    if http && route.len() > 1 && route.ends_with('/') {
        // The slash at the end is an empty part.
        if given.pop() != Some("") {
            return false;
        }
    }
    let parts: Vec<&str> = route.split('/').filter(|part| !part.is_empty()).collect();
    let fits = |part: &str, given: &str| if part.starts_with('{') { !given.is_empty() } else { part == given };
    match parts.split_last() {
        Some((last, before)) if last.ends_with("+}") => {
            let rest = given.get(before.len()..).unwrap_or_default();
            // In HTTP APIs the rest may be an empty part: `/a/` fits `/a/{p+}`.
            let has_rest = if http { !rest.is_empty() } else { !rest.join("/").is_empty() };
            has_rest && before.iter().zip(&given).all(|(part, given)| fits(part, given))
        }
        _ => parts.len() == given.len() && parts.iter().zip(&given).all(|(part, given)| fits(part, given)),
    }
}

fn expected(api: &Api, http_method: &str, path: &str) -> Option<usize> {
    let http = api.protocol == Protocol::Http;
    let routes = api.methods.iter().enumerate().filter_map(|(at, method)| {
        let (own, route) = (method.http_method.as_deref()?, method.path.as_deref()?);
        let rank = [http_method, "ANY"].iter().position(|wanted| *wanted == own)?;
        matches(route, path, http).then(|| ((http && ranks(route).contains(&2), ranks(route), rank), at))
    });
    routes.min_by(|one, other| one.0.cmp(&other.0)).map(|(_, at)| at)
}

fn part() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("a"), 3 => Just("b"), 2 => Just("{x}"), 1 => Just("{y}")]
}

fn route() -> impl Strategy<Value = String> {
    let end = prop_oneof![4 => Just(""), 2 => Just("/{p+}"), 1 => Just("/")];
    let method = prop_oneof![Just("GET"), Just("ANY"), Just("PUT")];
    (method, prop::collection::vec(part(), 0..4), end).prop_map(|(method, parts, end)| match parts.is_empty() {
        true if end == "/" => format!("{method} /"),
        true => format!("{method} /{}", end.trim_start_matches('/')),
        false => format!("{method} /{}{end}", parts.join("/")),
    })
}

fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![4 => Just("a"), 4 => Just("b"), 2 => Just("c"), 1 => Just("")];
    (prop::collection::vec(part, 0..5), any::<bool>())
        .prop_map(|(parts, slash)| format!("/{}{}", parts.join("/"), if slash { "/" } else { "" }))
}

fn api(protocol: Protocol, keys: &[String]) -> Api {
    let mut api = Api::new(protocol);
    api.methods = keys.iter().map(|key| Method::from_key(key, protocol)).collect();
    api
}

proptest! {
    #[test]
    fn the_closest_of_all_matching_routes_wins(
        keys in prop::collection::vec(route(), 1..12),
        path in path(),
        is_http in any::<bool>(),
    ) {
        let api = api(if is_http { Protocol::Http } else { Protocol::Rest }, &keys);
        let found = api.route("GET", &path).map(|(at, _)| at);
        prop_assert_eq!(found, expected(&api, "GET", &path), "{:?} {}", keys, path);
    }
}

#[test]
fn paths_of_any_depth_end() {
    let deep = "/a".repeat(100_000);
    let keys = [format!("GET {deep}"), format!("GET {deep}/{{p+}}"), "GET /{p+}".to_owned()];
    let api = api(Protocol::Rest, &keys);
    assert_eq!(api.route("GET", &deep).map(|(at, _)| at), Some(0));
    assert_eq!(api.route("GET", &format!("{deep}/b/c")).map(|(at, _)| at), Some(1));
    assert_eq!(api.route("GET", &deep[2..]).map(|(at, _)| at), Some(2));
}

#[test]
fn parameters_that_fork_at_each_part_do_not_multiply() {
    // 2^10 ways through text and parameters, all of them dead ends but one.
    let mut keys = Vec::new();
    for at in 0..1 << 10 {
        let parts: Vec<&str> = (0..10).map(|bit| if at >> bit & 1 == 0 { "a" } else { "{x}" }).collect();
        keys.push(format!("GET /{}/end{at}", parts.join("/")));
    }
    let api = api(Protocol::Rest, &keys);
    let path = format!("/{}end1023", "a/".repeat(10));
    assert_eq!(api.route("GET", &path).map(|(at, _)| at), Some(1023));
}
