//! The address of an API, as an export of the service has it.

use crate::syntax::tree::Node;
use vtl::pipeline::Api;

/// Adds what the address of an OpenAPI document tells of an API: `https://ID.execute-api.REGION.amazonaws.com/STAGE`
/// of `servers`, or `host` and `basePath`. Other addresses are those of no API yet.
pub(crate) fn add(api: &mut Api, root: &Node) {
    let server = root.get("servers").and_then(|servers| servers.items().first());
    let (host, path) = match (root.word("host"), server) {
        (Some(host), _) => (host, root.word("basePath").unwrap_or_default()),
        (None, Some(server)) => {
            let url = server.word("url").unwrap_or_default();
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let variable = |name: &str| server.at(&["variables", name, "default"]).and_then(Node::to_word);
            let filled = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).and_then(variable);
            (host.to_owned(), filled.unwrap_or_else(|| path.to_owned()))
        }
        (None, None) => return,
    };
    let Some((id, _)) = host.split_once(".execute-api.").filter(|(id, _)| is_api_id(id)) else { return };
    api.id = Some(id.to_owned());
    let stage = path.trim_matches('/');
    if is_known(stage) && !stage.contains('/') {
        api.stage = Some(stage.to_owned());
    }
    api.domain_name = Some(host).filter(|host| is_known(host));
}

/// Checks for the id that the service gives to an API: ten small letters and digits.
pub(crate) fn is_api_id(word: &str) -> bool {
    word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Checks for a name without a part that is known only when the document is deployed.
pub(crate) fn is_known(word: &str) -> bool {
    !word.is_empty() && !word.contains(['{', '$'])
}
