//! From a path to the method that takes it: resources of a REST API, such as `/pets/{id}` and `/files/{proxy+}`.

use super::model::{Api, Method};
use super::table::Table;

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
    let mut rest = Some(path.strip_suffix('/').unwrap_or(path)).filter(|path| !path.is_empty());
    let mut parameters = Table::new();
    for part in parts(resource) {
        let (segment, after) = match rest? {
            path if matches!(part, Part::Greedy(_)) => (path, None),
            path => path.split_once('/').map_or((path, None), |(segment, after)| (segment, Some(after))),
        };
        match part {
            Part::Literal(text) if text == segment => {}
            Part::Literal(_) => return None,
            Part::Parameter(_) if segment.is_empty() => return None,
            Part::Parameter(name) | Part::Greedy(name) => parameters.set(name, segment.to_owned()),
        }
        rest = after;
    }
    rest.is_none().then_some(parameters)
}

impl Api {
    /// The method of a request, as an index into [`methods`](Api::methods), and its path parameters.
    ///
    /// A literal part beats a parameter, which beats a greedy one; a resource without the method leaves the request to the
    /// next that fits (aws-observed 15.6, R). What no method takes is answered 403, as
    /// [`MissingAuthenticationToken`](super::ResponseType::MissingAuthenticationToken).
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
        let fitting = self.methods.iter().enumerate().filter_map(|(at, method)| {
            let resource = method.path.as_deref()?;
            Some((at, resource, takes(method)?, match_resource(resource, path)?))
        });
        let ranks = |resource: &str| parts(resource).map(|part| part.rank()).collect::<Vec<_>>();
        let best = fitting.min_by_key(|(_, resource, taken, _)| (ranks(resource), *taken));
        best.map(|(at, _, _, parameters)| (at, parameters))
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
    use super::{Api, Method};

    fn api(routes: &[&str]) -> Api {
        let method = |route: &&str| {
            let (method, path) = route.split_once(' ').expect("a method and a path");
            Method { http_method: Some(method.to_owned()), path: Some(path.to_owned()), ..Method::default() }
        };
        Api { methods: routes.iter().map(method).collect(), ..Api::default() }
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
