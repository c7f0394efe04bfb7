//! From a path to its method: which resource of an API takes a request.
//!
//! Only what takes the request's method is in question; of that the closest path wins, and of one path the method itself before
//! `ANY`. So `POST /pets/7` may end at `/{proxy+}` although `/pets/{id}` is closer, if that has no `POST`
//! (aws-observed 15.6, R; "Working with routes for HTTP APIs").
//!
//! | | REST | HTTP |
//! | --- | --- | --- |
//! | closest | part by part from the left: text, then `{name}`, then `{name+}` | likewise, but any path without `{name+}` before any with it |
//! | slashes | too many before the resource and one behind it do not count | count |
//! | no match | 403 | the route `$default`, else 404 |
//!
//! Percent encodings are left alone, in texts and in parameters (aws-observed 12.14, R).

use super::model::{Api, Method, Protocol};
use super::table::Table;

/// A method that takes a request, and what its path variables stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    /// Its index among the API's methods.
    pub index: usize,
    /// The method.
    pub method: &'a Method,
    /// Its path variables, not decoded.
    pub path_parameters: Table<String>,
}

/// How close a part of a path template is; the closest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    Text,
    Variable,
    Greedy,
}

impl Api {
    /// The method of a REST API, or the route of an HTTP API, that takes a request.
    ///
    /// ```
    /// use vtl::pipeline::Api;
    /// let api: Api = serde_json::from_str(r#"{"methods": [
    ///     {"httpMethod": "ANY", "path": "/{proxy+}"},
    ///     {"httpMethod": "GET", "path": "/pets/{id}"},
    ///     {"httpMethod": "GET", "path": "/pets/all"}]}"#)?;
    /// let path = |method: &str, path: &str| api.find(method, path).map(|found| found.method.path.clone().unwrap());
    /// assert_eq!(path("GET", "/pets/all").as_deref(), Some("/pets/all"));
    /// assert_eq!(path("GET", "/pets/7").as_deref(), Some("/pets/{id}"));
    /// assert_eq!(path("PUT", "/pets/7").as_deref(), Some("/{proxy+}"));
    /// assert_eq!(path("GET", "/"), None);
    /// assert_eq!(api.find("PUT", "/pets/7/").unwrap().path_parameters.get("proxy").unwrap(), "pets/7");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn find(&self, http_method: &str, path: &str) -> Option<Found<'_>> {
        let rest = self.protocol == Protocol::Rest;
        let path = inner(path, rest);
        let candidates = self.methods.iter().enumerate().filter_map(|(index, method)| {
            let any = method.http_method.as_deref() == Some("ANY");
            if !any && method.http_method.as_deref() != Some(http_method) {
                return None;
            }
            let (closeness, path_parameters) = fit(inner(method.path.as_deref()?, rest), path)?;
            let greedy = !rest && closeness.contains(&Closeness::Greedy);
            Some(((greedy, closeness, any), Found { index, method, path_parameters }))
        });
        let closest = candidates.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, found)| found);
        closest.or_else(|| if rest { None } else { self.named("$default") })
    }

    /// The route with a key of its own.
    pub(super) fn named(&self, key: &str) -> Option<Found<'_>> {
        let (index, method) =
            self.methods.iter().enumerate().find(|(_, method)| method.route_key.as_deref() == Some(key))?;
        Some(Found { index, method, path_parameters: Table::new() })
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

/// A path without the slashes that do not count.
fn inner(path: &str, rest: bool) -> &str {
    if !rest {
        return path.strip_prefix('/').unwrap_or(path);
    }
    let path = path.trim_start_matches('/');
    path.strip_suffix('/').unwrap_or(path)
}

/// How a path fits a template, and what its variables stand for.
fn fit(template: &str, path: &str) -> Option<(Vec<Closeness>, Table<String>)> {
    let (mut closeness, mut variables) = (Vec::new(), Table::new());
    let mut rest = (!path.is_empty()).then_some(path);
    for part in template.split('/').filter(|_| !template.is_empty()) {
        let left = rest?;
        let (first, behind) = left.split_once('/').map_or((left, None), |(first, behind)| (first, Some(behind)));
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('+') {
                Some(name) if !left.is_empty() => {
                    closeness.push(Closeness::Greedy);
                    variables.set(name, left.to_owned());
                    return Some((closeness, variables));
                }
                None if !first.is_empty() => {
                    closeness.push(Closeness::Variable);
                    variables.set(name, first.to_owned());
                }
                _ => return None,
            },
            None if part == first => closeness.push(Closeness::Text),
            None => return None,
        }
        rest = behind;
    }
    rest.is_none().then_some((closeness, variables))
}

#[cfg(test)]
mod tests {
    use super::{Api, Method, Protocol};

    fn api(protocol: Protocol, keys: &[&str]) -> Api {
        let methods = keys.iter().map(|key| Method::from_key(key, protocol)).collect();
        Api { protocol, methods, ..Api::default() }
    }

    fn found(api: &Api, method: &str, path: &str) -> Option<(String, Vec<(String, String)>)> {
        let found = api.find(method, path)?;
        Some((found.method.key()?, found.path_parameters.into_iter().collect()))
    }

    fn expect(api: &Api, method: &str, path: &str, key: &str, parameters: &[(&str, &str)]) {
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(found(api, method, path), Some((key.to_owned(), parameters)), "{method} {path}");
    }

    #[test]
    fn rest_overlapping_routes() {
        // aws-observed 15.6
        let api = api(Protocol::Rest, &["GET /{proxy+}", "ANY /a", "POST /a/{id}", "GET /a/b", "ANY /a/{proxy+}"]);
        expect(&api, "GET", "/a", "ANY /a", &[]);
        expect(&api, "GET", "/a/b", "GET /a/b", &[]);
        expect(&api, "POST", "/a/b", "POST /a/{id}", &[("id", "b")]);
        expect(&api, "PUT", "/a/b", "ANY /a/{proxy+}", &[("proxy", "b")]);
        expect(&api, "GET", "/c", "GET /{proxy+}", &[("proxy", "c")]);
        assert_eq!(found(&api, "POST", "/c"), None);
        assert_eq!(found(&api, "GET", "/"), None);
    }

    #[test]
    fn rest_slashes_and_encodings() {
        // aws-observed 5.7, 12.12 to 12.14
        let api = api(Protocol::Rest, &["GET /", "GET /p", "GET /p/{id}", "GET /proxy/{proxy+}"]);
        expect(&api, "GET", "/", "GET /", &[]);
        expect(&api, "GET", "", "GET /", &[]);
        expect(&api, "GET", "//p", "GET /p", &[]);
        expect(&api, "GET", "/p/", "GET /p", &[]);
        expect(&api, "GET", "/p/test%2Balias%2Fx", "GET /p/{id}", &[("id", "test%2Balias%2Fx")]);
        expect(&api, "GET", "/proxy/a//b/", "GET /proxy/{proxy+}", &[("proxy", "a//b")]);
        assert_eq!(found(&api, "GET", "/proxy"), None);
    }

    #[test]
    fn rest_walks_back_from_a_dead_end() {
        let api = api(Protocol::Rest, &["GET /a/{x}/c", "GET /{y}/b/d"]);
        expect(&api, "GET", "/a/b/d", "GET /{y}/b/d", &[("y", "a")]);
        expect(&api, "GET", "/a/b/c", "GET /a/{x}/c", &[("x", "b")]);
    }

    #[test]
    fn http_full_matches_come_before_greedy_ones() {
        let api = api(Protocol::Http, &["GET /a/{proxy+}", "ANY /{x}/b", "$default"]);
        expect(&api, "GET", "/a/b", "ANY /{x}/b", &[("x", "a")]);
        expect(&api, "GET", "/a/b/c", "GET /a/{proxy+}", &[("proxy", "b/c")]);
        expect(&api, "GET", "/a/", "$default", &[]);
        expect(&api, "GET", "/", "$default", &[]);
    }
}
