//! Routes of a document by their keys.

use crate::document::Document;
use std::collections::HashMap;

/// The routes of a document by their keys, for a caller that looks up many.
///
/// ```
/// use vtl_loaders::{File, Options, load};
/// let text = "openapi: 3.0.1\npaths: {/pets: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n";
/// let document = load(&[File::new("api.yaml", text)], &Options::default())?;
/// let keys = document.route_keys();
/// assert_eq!((keys.find("get /pets"), keys.find("GET /cats")), (&[0][..], &[][..]));
/// # Ok::<(), vtl_loaders::LoadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RouteKeys(HashMap<String, Vec<usize>>);

impl Document {
    /// Collects the keys of the routes as they are now.
    #[must_use]
    pub fn route_keys(&self) -> RouteKeys {
        let mut keys: HashMap<String, Vec<usize>> = HashMap::new();
        for route in 0..self.routes.len() {
            keys.entry(normal(&self.route_label(route))).or_default().push(route);
        }
        RouteKeys(keys)
    }
}

impl RouteKeys {
    /// Returns the indexes of the routes with a key, as [`Document::find_routes`] does.
    #[must_use]
    pub fn find(&self, key: &str) -> &[usize] {
        self.0.get(&normal(key)).map_or(&[], Vec::as_slice)
    }
}

/// Returns a key with its method in upper case and one blank before the path.
fn normal(key: &str) -> String {
    match key.trim().split_once(' ') {
        Some((method, path)) => format!("{} {}", method.to_ascii_uppercase(), path.trim_start()),
        None => key.to_owned(),
    }
}
