//! From a path to the method that takes it: resources such as `/pets/{id}` and `/files/{proxy+}`, and routes of HTTP APIs.
//!
//! Only what takes the request's method is in question; of that the closest path wins, and of one path the method itself before
//! `ANY`.
//!
//! | | REST | HTTP |
//! | --- | --- | --- |
//! | closest | part by part from the left: text, then `{name}`, then `{name+}` | likewise, but any path without `{name+}` before any with it |
//! | slashes | too many before the resource and one behind it do not count | count |
//! | no match | 403 | the route `$default`, else 404 |
//!
//! (aws-observed 5.7, 12.12 to 12.14, 15.6, R; "Working with routes for HTTP APIs")

use crate::pipeline::model::integration::{Api, Method, Protocol};
use crate::pipeline::model::table::Table;

/// The path parameters of a path that belongs to a resource; none when it does not.
///
/// Slashes too many before the path and one behind it do not count; encodings stay (aws-observed 5.7, 12.12 to 12.14, R).
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
    let path = path.trim_start_matches('/');
    fit(resource, path.strip_suffix('/').unwrap_or(path))
}

/// The same for HTTP APIs, where a slash at the end is one more part.
fn match_route(route: &str, path: &str) -> Option<Table<String>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    fit(route, if route.len() > 1 && route.ends_with('/') { path.strip_suffix('/')? } else { path })
}

/// The same when the slashes that do not count are gone.
fn fit(resource: &str, path: &str) -> Option<Table<String>> {
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
            Part::Parameter(_) | Part::Greedy(_) if segment.is_empty() => return None,
            Part::Parameter(name) | Part::Greedy(name) => parameters.set(name, segment.to_owned()),
        }
        rest = after;
    }
    rest.is_none().then_some(parameters)
}

impl Api {
    /// The method of a request, as an index into [`methods`](Api::methods), and its path parameters. Of a WebSocket API see
    /// [`route_message`](Api::route_message).
    ///
    /// A literal part beats a parameter, which beats a greedy one; a resource without the method leaves the request to the
    /// next that fits. What no method takes is answered 403, as
    /// [`MissingAuthenticationToken`](crate::pipeline::ResponseType::MissingAuthenticationToken), in an HTTP API
    /// [404](crate::pipeline::http_error).
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
        let takes = |method: &Method| {
            let word = method.http_method.as_deref()?;
            // One resource's own method comes before its `ANY`.
            [http_method, "ANY"].iter().position(|taken| taken.eq_ignore_ascii_case(word))
        };
        let http = self.protocol == Protocol::Http;
        let fits = |resource: &str| if http { match_route(resource, path) } else { match_resource(resource, path) };
        let fitting = self.methods.iter().enumerate().filter_map(|(at, method)| {
            let resource = method.path.as_deref()?;
            Some((at, resource, takes(method)?, fits(resource)?))
        });
        let ranks = |resource: &str| parts(resource).map(|part| part.rank()).collect::<Vec<_>>();
        let is_greedy = |resource: &str| parts(resource).any(|part| matches!(part, Part::Greedy(_)));
        let best = fitting.min_by_key(|(_, resource, taken, _)| (http && is_greedy(resource), ranks(resource), *taken));
        let best = best.map(|(at, _, _, parameters)| (at, parameters));
        best.or_else(|| Some((self.named("$default").filter(|_| http)?, Table::new())))
    }

    /// The route with a key of its own.
    pub(crate) fn named(&self, key: &str) -> Option<usize> {
        self.methods.iter().position(|method| method.route_key.as_deref() == Some(key))
    }
}

impl Method {
    /// A method or route with nothing but its key: `GET /pets/{id}`, or any key of a WebSocket API.
    ///
    /// ```
    /// use vtl::pipeline::{Method, Protocol};
    /// let route = Method::from_key("GET /pets/{id}", Protocol::Http);
    /// assert_eq!((route.http_method.as_deref(), route.path.as_deref()), (Some("GET"), Some("/pets/{id}")));
    /// assert_eq!(Method::from_key("$default", Protocol::Http).key().as_deref(), Some("$default"));
    /// ```
    #[must_use]
    pub fn from_key(key: &str, protocol: Protocol) -> Self {
        match key.split_once(' ') {
            Some((method, path)) if protocol != Protocol::WebSocket => Method {
                http_method: Some(method.trim().to_ascii_uppercase()),
                path: Some(path.trim().to_owned()),
                ..Method::default()
            },
            _ => Method { route_key: Some(key.to_owned()), ..Method::default() },
        }
    }

    /// The key; none where method or path is not known.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let pair = || Some(format!("{} {}", self.http_method.as_deref()?, self.path.as_deref()?));
        self.route_key.clone().or_else(pair)
    }
}

/// A part of a resource's path.
enum Part<'a> {
    Literal(&'a str),
    Parameter(&'a str),
    Greedy(&'a str),
}

impl Part<'_> {
    fn rank(&self) -> u8 {
        match self {
            Part::Literal(_) => 0,
            Part::Parameter(_) => 1,
            Part::Greedy(_) => 2,
        }
    }
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
            ("/a/", 5),
            ("/c/", 2),
            ("/c", 5),
            ("/d", 3),
            ("/d/", 5),
            ("/d/1", 4),
            ("/", 5),
        ] {
            assert_eq!(api.route("GET", path).map(|(at, _)| at), Some(route), "{path}");
        }
        assert_eq!(api.route("GET", "/a/b/c").unwrap().1.get("proxy").map(String::as_str), Some("b/c"));
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
