//! CORS settings of HTTP APIs in any document language.

use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use vtl::pipeline::model::CorsConfiguration;

/// Reads CORS settings; a boolean or a string is SAM's short form of the allowed origin.
pub(crate) fn cors_configuration(node: &Node, surface: Surface) -> Option<CorsConfiguration> {
    let mut cors = CorsConfiguration::default();
    // Terraform writes a block, as a list of one.
    let node = node.each().first()?;
    if !node.is_map() {
        let origin = if node.as_str().is_some() {
            node.to_word()
        } else {
            node.to_bool().filter(|it| *it).map(|_| "*".to_owned())
        };
        cors.allow_origins = vec![origin?];
        return Some(cors);
    }
    let part = |name: &str| node.some(&surface.spell(name));
    let list = |name: &str| part(name).map_or(&[][..], Node::each).iter().filter_map(Node::to_word).collect();
    cors.allow_credentials = part("AllowCredentials").and_then(Node::to_bool).unwrap_or_default();
    cors.allow_headers = list("AllowHeaders");
    cors.allow_methods = list("AllowMethods");
    cors.allow_origins = list("AllowOrigins");
    cors.expose_headers = list("ExposeHeaders");
    cors.max_age = part("MaxAge").and_then(Node::to_word).and_then(|word| word.parse().ok());
    Some(cors)
}
