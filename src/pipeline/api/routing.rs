//! Routing: the method or route that takes a request or a message.
//!
//! Only resources that have the request's method are considered. The closest path wins, and for one
//! path the method itself before `ANY`.
//!
//! | | REST | HTTP |
//! | --- | --- | --- |
//! | closest | part by part from the left: text, then `{name}`, then `{name+}` | likewise, but any path without `{name+}` before any with it |
//! | slashes | leading ones and one at the end are ignored | significant |
//! | no match | 403 | the route `$default`, else 404 |
//!
//! (aws-observed 5.7, 12.12 to 12.14, 15.6, R; "Working with routes for HTTP APIs")
//!
//! A [`Router`] is a trie of path parts, so that a lookup visits the parts of the path, not all routes.

use crate::budget::Budget;
use crate::error::Error;
use crate::limits::Limits;
use crate::pipeline::mapping::payload::Payload;
use crate::pipeline::model::{Api, Method, Protocol, Table};
use crate::pipeline::websocket::selector::Selected;
use crate::pipeline::websocket::{EventType, Selector, SocketRequest};
use std::collections::HashMap;

/// Matches a path against a path template; returns the path parameters, or `None` if it does not match.
///
/// Leading slashes and one at the end are ignored; parameters stay percent-encoded (aws-observed 5.7,
/// 12.12 to 12.14, R).
///
/// ```
/// use vtl::pipeline::match_resource;
/// let parameters = match_resource("/pets/{id}/{rest+}", "/pets/7/a%20b//c/").unwrap();
/// assert_eq!(parameters.get("id").map(String::as_str), Some("7"));
/// assert_eq!(parameters.get("rest").map(String::as_str), Some("a%20b//c"));
/// assert!(match_resource("/pets/{id}", "/pets").is_none());
/// ```
#[must_use]
pub fn match_resource(resource: &str, path: &str) -> Option<Table<String>> {
    parameters(resource, significant(path, Protocol::Rest), false)
}

impl Api {
    /// Finds the method or route that takes a request: its index in [`methods`](Api::methods), and the
    /// path parameters. Messages of WebSocket APIs have [`route_message`](Api::route_message).
    ///
    /// Builds the routing table in each call; [`PreparedApi`](crate::pipeline::PreparedApi) keeps it.
    ///
    /// ```
    /// use vtl::pipeline::Api;
    /// let api: Api = serde_json::from_str(r#"{"methods": [
    ///     {"httpMethod": "GET", "path": "/{proxy+}"}, {"httpMethod": "GET", "path": "/pets/{id}"}]}"#)?;
    /// let (method, parameters) = api.route("GET", "/pets/7").unwrap();
    /// assert_eq!((method, parameters.get("id").map(String::as_str)), (1, Some("7")));
    /// assert_eq!(api.route("GET", "/pets/7/toys").map(|(method, _)| method), Some(0));
    /// assert_eq!(api.route("POST", "/pets/7"), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn route(&self, http_method: &str, path: &str) -> Option<(usize, Table<String>)> {
        Router::new(self).find(http_method, path)
    }

    /// Finds the route of a WebSocket API that takes an event: its index in
    /// [`methods`](Api::methods).
    ///
    /// The ends of a connection have `$connect` and `$disconnect`. A message has the route that the
    /// API's selection expression names, else `$default`; a message that is not JSON has `$default`.
    ///
    /// ```
    /// use vtl::pipeline::{Api, Method, Protocol, websocket::SocketRequest};
    /// let mut api = Api::new(Protocol::WebSocket);
    /// api.methods = ["$connect", "$default", "join"].map(|key| Method::from_key(key, Protocol::WebSocket)).to_vec();
    /// api.route_selection_expression = Some("$request.body.action".to_owned());
    /// let route = |message: &str| api.route_message(&SocketRequest::message(message));
    /// assert_eq!(route(r#"{"action": "join"}"#), Some(2));
    /// assert_eq!(route(r#"{"action": "leave"}"#), Some(1));
    /// assert_eq!(route("join"), Some(1));
    /// assert_eq!(route(r#"{"action": "$connect"}"#), Some(1));
    /// ```
    #[must_use]
    pub fn route_message(&self, request: &SocketRequest) -> Option<usize> {
        Router::new(self).find_message(request).ok().flatten()
    }
}

/// The routing table of an API.
#[derive(Debug)]
pub(super) struct Router {
    protocol: Protocol,
    /// Trie of path parts; the root is the first node.
    nodes: Vec<Node>,
    /// Routes with a key that is not a method and a path.
    keys: HashMap<String, usize>,
    selector: Option<Selector>,
    longest_key: usize,
}

/// The resources that share a path up to here.
#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, usize>,
    parameter: Option<usize>,
    /// Routes whose path ends here.
    exact: Vec<Entry>,
    /// Routes whose path continues with `{name+}`.
    greedy: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// Index of the method or route.
    index: usize,
    http_method: String,
    resource: String,
}

/// A place in the trie that a search has yet to visit.
enum Visit {
    /// A node, with the number of parts that lead to it.
    Node(usize, usize),
    /// The greedy routes of a node.
    Greedy(usize, usize),
}

impl Router {
    pub(super) fn new(api: &Api) -> Self {
        let selector = api.route_selection_expression.as_deref();
        let mut router = Router {
            protocol: api.protocol,
            nodes: vec![Node::default()],
            keys: HashMap::new(),
            selector: selector.and_then(|text| Selector::parse(text).ok()),
            longest_key: api
                .methods
                .iter()
                .filter_map(|method| method.route_key.as_ref())
                .map(String::len)
                .max()
                .unwrap_or(0),
        };
        for (index, method) in api.methods.iter().enumerate() {
            router.add(index, method);
        }
        router
    }

    fn add(&mut self, index: usize, method: &Method) {
        if let Some(key) = &method.route_key {
            self.keys.entry(key.clone()).or_insert(index);
        }
        let (Some(http_method), Some(resource)) = (&method.http_method, &method.path) else { return };
        let entry = Entry { index, http_method: http_method.clone(), resource: resource.clone() };
        let mut at = 0;
        let mut parts = parts(resource);
        while let Some(part) = parts.next() {
            at = match part {
                Part::Literal(text) => self.literal(at, text),
                Part::Parameter(_) => match self.node(at).parameter {
                    Some(next) => next,
                    None => {
                        let next = self.grow();
                        self.node(at).parameter = Some(next);
                        next
                    }
                },
                // A part behind a greedy one never matches.
                Part::Greedy(_) if parts.next().is_none() => return self.node(at).greedy.push(entry),
                Part::Greedy(_) => return,
            };
        }
        // A slash at the end is an empty part.
        if self.protocol == Protocol::Http && has_end_slash(resource) {
            at = self.literal(at, "");
        }
        self.node(at).exact.push(entry);
    }

    fn node(&mut self, at: usize) -> &mut Node {
        &mut self.nodes[at]
    }

    fn grow(&mut self) -> usize {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn literal(&mut self, at: usize, text: &str) -> usize {
        if let Some(next) = self.nodes[at].literals.get(text) {
            return *next;
        }
        let next = self.grow();
        self.node(at).literals.insert(text.to_owned(), next);
        next
    }

    /// Finds the method or route that takes a request, and its path parameters.
    pub(super) fn find(&self, http_method: &str, path: &str) -> Option<(usize, Table<String>)> {
        let path = significant(path, self.protocol);
        let entry = match self.protocol {
            Protocol::Http => {
                self.search(http_method, path, (true, false)).or_else(|| self.search(http_method, path, (false, true)))
            }
            _ => self.search(http_method, path, (true, true)),
        };
        let found = entry.and_then(|entry| Some((entry.index, self.parameters(&entry.resource, path)?)));
        let default = || Some((*self.keys.get("$default").filter(|_| self.protocol == Protocol::Http)?, Table::new()));
        found.or_else(default)
    }

    fn parameters(&self, resource: &str, path: &str) -> Option<Table<String>> {
        let has_slash = self.protocol == Protocol::Http && has_end_slash(resource);
        let path = if has_slash { path.strip_suffix('/')? } else { path };
        parameters(resource, path, self.protocol == Protocol::Http)
    }

    /// Searches the trie depth first, closest routes first: exact, greedy or both kinds of routes.
    fn search(&self, http_method: &str, path: &str, (exact, greedy): (bool, bool)) -> Option<&Entry> {
        let segments: Vec<&str> = path.split('/').filter(|_| !path.is_empty()).collect();
        // A search visits each node at most once: its depth is the number of parts before it.
        let mut open = vec![Visit::Node(0, 0)];
        while let Some(visit) = open.pop() {
            let (node, depth) = match visit {
                Visit::Node(node, depth) => (&self.nodes[node], depth),
                Visit::Greedy(node, depth) => {
                    let rest = segments.get(depth..).unwrap_or_default();
                    let rest_length = rest.iter().map(|part| part.len()).sum::<usize>() + rest.len().saturating_sub(1);
                    let takes_rest = |entry: &&Entry| {
                        let has_slash = self.protocol == Protocol::Http && has_end_slash(&entry.resource);
                        match (has_slash, self.protocol) {
                            (true, _) => rest_length > 1 && rest.last() == Some(&""),
                            // Recorded in 2022 (API 9pyofn5yi9): `/handler/{proxy+}` takes `/handler/`, and the
                            // parameter is empty.
                            (false, Protocol::Http) => !rest.is_empty(),
                            (false, _) => rest_length > 0,
                        }
                    };
                    let routes = self.nodes[node].greedy.iter().filter(takes_rest);
                    match choose(routes, http_method) {
                        Some(entry) => return Some(entry),
                        None => continue,
                    }
                }
            };
            if let Visit::Node(at, _) = visit
                && greedy
                && !node.greedy.is_empty()
            {
                open.push(Visit::Greedy(at, depth));
            }
            match segments.get(depth) {
                None if exact => {
                    if let Some(entry) = choose(node.exact.iter(), http_method) {
                        return Some(entry);
                    }
                }
                None => {}
                Some(segment) => {
                    if let Some(next) = node.parameter.filter(|_| !segment.is_empty()) {
                        open.push(Visit::Node(next, depth + 1));
                    }
                    if let Some(next) = node.literals.get(*segment) {
                        open.push(Visit::Node(*next, depth + 1));
                    }
                }
            }
        }
        None
    }

    /// Finds the route of a WebSocket API that takes an event.
    ///
    /// # Errors
    /// The selection takes more than the limits.
    pub(super) fn find_message(&self, request: &SocketRequest) -> Result<Option<usize>, Error> {
        let named = |key: &str| self.keys.get(key).copied();
        match request.event_type {
            EventType::Connect => return Ok(named("$connect")),
            EventType::Disconnect => return Ok(named("$disconnect")),
            EventType::Message => {}
        }
        let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(&request.body).is_ok();
        let selector = self.selector.as_ref().filter(|_| is_json());
        let budget = Budget::new(&Limits::service());
        let message = Payload::new(&request.body, &budget);
        // A key that is longer than all of the API's selects none of them.
        let key = selector.map(|selector| selector.key(&Selected::of(&message), self.longest_key, &budget));
        let key = key.transpose()?.flatten();
        budget.check()?;
        // A message cannot name the routes of a connection's ends.
        let route = key.filter(|key| !key.starts_with('$')).and_then(|key| named(&key));
        Ok(route.or_else(|| named("$default")))
    }
}

/// Chooses the route of a method: the method itself before `ANY`, the first of equal ones.
fn choose<'a>(entries: impl Iterator<Item = &'a Entry> + Clone, http_method: &str) -> Option<&'a Entry> {
    let of = |wanted: &str| entries.clone().find(|entry| entry.http_method.eq_ignore_ascii_case(wanted));
    of(http_method).or_else(|| of("ANY"))
}

/// Removes the slashes of a path that do not count.
fn significant(path: &str, protocol: Protocol) -> &str {
    if protocol == Protocol::Http {
        return path.strip_prefix('/').unwrap_or(path);
    }
    let path = path.trim_start_matches('/');
    path.strip_suffix('/').unwrap_or(path)
}

fn has_end_slash(resource: &str) -> bool {
    resource.len() > 1 && resource.ends_with('/')
}

/// Matches a path, whose ignored slashes are removed, against a path template.
fn parameters(resource: &str, path: &str, is_http: bool) -> Option<Table<String>> {
    let mut rest = Some(path).filter(|path| !path.is_empty());
    let mut parameters = Table::new();
    for part in parts(resource) {
        let (segment, after) = match rest? {
            path if matches!(part, Part::Greedy(_)) => (path, None),
            path => path.split_once('/').map_or((path, None), |(segment, after)| (segment, Some(after))),
        };
        match part {
            Part::Literal(text) if text == segment => {}
            Part::Literal(_) => return None,
            Part::Greedy(name) if is_http => parameters.set(name, segment.to_owned()),
            Part::Parameter(_) | Part::Greedy(_) if segment.is_empty() => return None,
            Part::Parameter(name) | Part::Greedy(name) => parameters.set(name, segment.to_owned()),
        }
        rest = after;
    }
    rest.is_none().then_some(parameters)
}

/// A part of a path template.
enum Part<'a> {
    Literal(&'a str),
    Parameter(&'a str),
    Greedy(&'a str),
}

fn parts(resource: &str) -> impl Iterator<Item = Part<'_>> {
    let parts = resource.split('/').filter(|part| !part.is_empty());
    parts.map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => name.strip_suffix('+').map_or(Part::Parameter(name), Part::Greedy),
        None => Part::Literal(part),
    })
}

#[cfg(test)]
mod tests {
    use super::{Api, Method, Protocol};

    fn api(routes: &[&str]) -> Api {
        let method = |route: &&str| {
            let (method, path) = route.split_once(' ').expect("a method and a path");
            Method { http_method: Some(method.to_owned()), path: Some(path.to_owned()), ..Method::default() }
        };
        Api { methods: routes.iter().map(method).collect(), ..Api::default() }
    }

    #[test]
    fn full_matches_come_before_greedy_ones_in_http_apis() {
        // "Working with routes for HTTP APIs"
        let keys = ["GET /a/{proxy+}", "ANY /{x}/b", "GET /c/", "GET /d", "GET /d/{id}", "$default"];
        let methods = keys.map(|key| Method::from_key(key, Protocol::Http)).to_vec();
        let api = Api { protocol: Protocol::Http, methods, ..Api::default() };
        for (path, route) in [
            ("/a/b", 1),
            ("/a/b/c", 0),
            ("/a/", 0),
            ("/a", 5),
            ("/c/", 2),
            ("/c", 5),
            ("/d", 3),
            ("/d/", 5),
            ("/d/1", 4),
            ("/", 5),
        ] {
            assert_eq!(api.route("GET", path).map(|(at, _)| at), Some(route), "{path}");
        }
        let proxy = |path: &str| api.route("GET", path).unwrap().1.get("proxy").cloned();
        assert_eq!((proxy("/a/b/c").as_deref(), proxy("/a/").as_deref()), (Some("b/c"), Some("")));
    }

    #[test]
    fn encodings_and_slashes_inside_stay() {
        let api = api(&["GET /p/{id}", "GET /q/{proxy+}"]);
        let parameter = |path: &str| api.route("GET", path).and_then(|(_, found)| found.into_iter().next());
        let is = |name: &str, value: &str| Some((name.to_owned(), value.to_owned()));
        assert_eq!(parameter("/p/test%2Balias%2Fx"), is("id", "test%2Balias%2Fx"));
        assert_eq!(parameter("/q/a//b/"), is("proxy", "a//b"));
        assert_eq!((parameter("/q"), parameter("/q/")), (None, None));
    }

    #[test]
    fn a_path_that_ends_early_is_tried_elsewhere() {
        let api = api(&["GET /a/{x}/c", "GET /{y}/b/d"]);
        assert_eq!(api.route("GET", "/a/b/d").map(|(at, _)| at), Some(1));
        assert_eq!(api.route("GET", "/a/b/c").map(|(at, _)| at), Some(0));
    }

    #[test]
    fn the_closest_resource_that_has_the_method_takes_a_request() {
        // aws-observed 15.6
        let routes = [
            "ANY /{proxy+}",
            "GET /pets",
            "GET /pets/{id}",
            "GET /pets/mine",
            "ANY /pets/{id}/toys",
            "POST /pets/{proxy+}",
            "GET /",
        ];
        let api = api(&routes);
        for (method, path, route) in [
            ("GET", "/pets/mine", Some(3)),
            ("GET", "/pets/7", Some(2)),
            ("POST", "/pets/7", Some(5)),
            ("PUT", "/pets/7", Some(0)),
            ("POST", "/pets/7/toys", Some(4)),
            ("POST", "/pets", Some(0)),
            ("GET", "/pets/", Some(1)),
            ("GET", "//pets", Some(1)),
            ("GET", "/", Some(6)),
            ("POST", "/", None),
            ("GET", "/pets/7/x", Some(0)),
        ] {
            assert_eq!(api.route(method, path).map(|(at, _)| at), route, "{method} {path}");
        }
    }
}
