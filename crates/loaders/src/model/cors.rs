//! CORS settings of HTTP APIs in any document language.

use crate::diagnostic::Remark;
use crate::model::shape::Shape::{Flag, OneOrMore, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::model::surface::Surface;
use crate::syntax::tree::Node;
use vtl::Code;
use vtl::pipeline::model::CorsConfiguration;

/// The CORS settings of an HTTP API.
const SETTINGS: Object = Object {
    fields: &[
        ("AllowCredentials", Flag),
        ("AllowHeaders", OneOrMore(&Scalar)),
        ("AllowMethods", OneOrMore(&Scalar)),
        ("AllowOrigins", OneOrMore(&Scalar)),
        ("ExposeHeaders", OneOrMore(&Scalar)),
        ("MaxAge", Scalar),
    ],
    closed: Some("the CORS settings"),
};

/// Reads CORS settings; a boolean or a string is SAM's short form of the allowed origin.
pub(crate) fn cors_configuration(
    node: &Node,
    surface: Surface,
    remarks: &mut Vec<Remark>,
) -> Option<CorsConfiguration> {
    let mut cors = CorsConfiguration::default();
    if node.as_str().is_none() && node.to_bool().is_none() {
        let spell = |name: &str| surface.spell(name);
        let check = Check::new(remarks).spelled(surface.has_blocks(), &spell);
        check.all("the CORS settings", node, &Shape::Object(&SETTINGS));
    }
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
    let age = part("MaxAge").and_then(|age| Some((age, age.to_word()?)));
    cors.max_age = age.as_ref().and_then(|(_, word)| word.parse().ok());
    if let Some((age, word)) = age.filter(|(_, word)| cors.max_age.is_none() && !word.contains("${")) {
        let message = format!("the age of CORS settings is a number of seconds, not {word}; it is not read");
        remarks.push(Remark::new(Code::WrongValueType, "", message, age.span));
    }
    Some(cors)
}
