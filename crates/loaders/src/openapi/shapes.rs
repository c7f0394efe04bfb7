//! The shapes of an OpenAPI document, as far as it is read.

use crate::diagnostic::Remark;
use crate::model::shape::Shape::{Any, Flag, List, Map, OneOrMore, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::model::words::{invalid_word, unknown_path};
use crate::openapi::INTEGRATIONS;
use crate::syntax::tree::Node;
use vtl::Code;

/// The top level of a document.
const ROOT: Object = Object {
    fields: &[
        ("info", Shape::Object(&Object { fields: &[("title", Scalar)], closed: None })),
        ("paths", Map(&Any)),
        ("basePath", Scalar),
        ("servers", List(&Map(&Any))),
        ("consumes", List(&Scalar)),
        ("produces", List(&Scalar)),
        ("definitions", Map(&Any)),
        ("parameters", Map(&Map(&Any))),
        ("responses", Map(&Map(&Any))),
        ("securityDefinitions", Map(&Shape::Object(&SECURITY_SCHEME))),
        ("components", Shape::Object(&COMPONENTS)),
        ("x-amazon-apigateway-api-key-source", Scalar),
        ("x-amazon-apigateway-binary-media-types", List(&Scalar)),
        ("x-amazon-apigateway-cors", OneOrMore(&Any)),
        // Each has its findings where it is read.
        ("x-amazon-apigateway-gateway-responses", Map(&Any)),
        ("x-amazon-apigateway-request-validator", Scalar),
        ("x-amazon-apigateway-request-validators", Map(&Shape::Object(&VALIDATOR))),
        ("x-amazon-apigateway-documentation", Any),
        ("x-amazon-apigateway-endpoint-configuration", Any),
        ("x-amazon-apigateway-importexport-version", Any),
        ("x-amazon-apigateway-minimum-compression-size", Any),
        ("x-amazon-apigateway-policy", Any),
        ("x-amazon-apigateway-security-policy", Any),
        ("externalDocs", Any),
        ("host", Any),
        ("openapi", Any),
        ("schemes", Any),
        ("security", Any),
        ("swagger", Any),
        ("tags", Any),
        ("webhooks", Any),
    ],
    closed: None,
};

const COMPONENTS: Object = Object {
    fields: &[
        ("schemas", Map(&Any)),
        ("parameters", Map(&Map(&Any))),
        ("requestBodies", Map(&Map(&Any))),
        ("responses", Map(&Map(&Any))),
        ("securitySchemes", Map(&Shape::Object(&SECURITY_SCHEME))),
        (INTEGRATIONS, Map(&Any)),
        ("callbacks", Any),
        ("examples", Any),
        ("headers", Any),
        ("links", Any),
        ("pathItems", Any),
    ],
    closed: None,
};

/// Describes a security scheme, which tells whether a method needs an API key.
const SECURITY_SCHEME: Object = Object { fields: &[("type", Scalar), ("name", Scalar)], closed: None };

const VALIDATOR: Object = Object {
    fields: &[("validateRequestBody", Flag), ("validateRequestParameters", Flag)],
    closed: Some("a request validator"),
};

const OPERATION: Object = Object {
    fields: &[
        ("operationId", Scalar),
        ("consumes", List(&Scalar)),
        ("produces", List(&Scalar)),
        ("parameters", List(&Shape::Object(&PARAMETER))),
        ("requestBody", Shape::Object(&BODY)),
        ("responses", Map(&Shape::Object(&RESPONSE))),
        ("security", List(&Map(&Any))),
        ("isDefaultRoute", Flag),
        ("x-amazon-apigateway-request-validator", Scalar),
        ("x-amazon-apigateway-auth", Any),
        ("x-amazon-apigateway-integration", Any),
        ("callbacks", Any),
        ("deprecated", Any),
        ("description", Any),
        ("externalDocs", Any),
        ("schemes", Any),
        ("servers", Any),
        ("summary", Any),
        ("tags", Any),
    ],
    closed: None,
};

const PARAMETER: Object = Object {
    fields: &[("in", Scalar), ("name", Scalar), ("required", Flag), ("schema", Shape::Object(&SCHEMA))],
    closed: None,
};

const BODY: Object = Object {
    fields: &[("content", Map(&Shape::Object(&MEDIA))), ("description", Any), ("required", Any)],
    closed: None,
};

/// A schema where it is used: what it may refer to.
const SCHEMA: Object = Object { fields: &[("$ref", Scalar)], closed: None };

const MEDIA: Object = Object {
    fields: &[("schema", Shape::Object(&SCHEMA)), ("encoding", Any), ("example", Any), ("examples", Any)],
    closed: None,
};

const RESPONSE: Object = Object {
    fields: &[
        ("headers", Map(&Any)),
        ("content", Map(&Shape::Object(&MEDIA))),
        ("schema", Shape::Object(&SCHEMA)),
        ("description", Any),
        ("examples", Any),
        ("links", Any),
    ],
    closed: None,
};

/// The extensions of a path.
const EXTENSIONS_OF_PATH: Object = Object { fields: &[("x-amazon-apigateway-any-method", Any)], closed: None };

/// The properties of a path that are no operations.
const BESIDE_OPERATIONS: &[&str] = &["$ref", "summary", "description", "servers", "parameters"];

/// Types of security schemes (OpenAPI 2.0 and 3.0).
const SCHEME_TYPES: &[&str] = &["apiKey", "basic", "http", "mutualTLS", "oauth2", "openIdConnect"];

/// Adds the findings about a document but for what is in its paths.
pub(super) fn check_root(root: &Node, remarks: &mut Vec<Remark>) {
    Check::new(remarks).value("the document", root, &Shape::Object(&ROOT));
    for (name, version) in [("swagger", "2."), ("openapi", "3.")] {
        if let Some(written) = root.some(name)
            && written.to_word().is_some_and(|word| !word.starts_with(version) && word != "2" && word != "3")
        {
            remarks.extend(invalid_word(&format!("a version {version}x of OpenAPI"), written));
        }
    }
    let schemes = root.get("securityDefinitions").or_else(|| root.at(&["components", "securitySchemes"]));
    for (_, scheme) in schemes.into_iter().flat_map(Node::fields) {
        if let Some(kind) =
            scheme.get("type").filter(|kind| kind.as_str().is_some_and(|it| !SCHEME_TYPES.contains(&it)))
        {
            remarks.extend(invalid_word("apiKey, basic, http, mutualTLS, oauth2 or openIdConnect", kind));
        }
    }
}

/// Adds the findings about the names and the parameters of a path, of which `operations` are read.
pub(super) fn check_path(path: &str, item: &Node, operations: &[&str], remarks: &mut Vec<Remark>) {
    if path.starts_with("x-") {
        return;
    }
    remarks.extend(unknown_path(path, item.span));
    Check::new(remarks).value(path, item, &Shape::Object(&EXTENSIONS_OF_PATH));
    // Beside a variable that may be the whole item, no text is one: a file may have any text.
    let is_text = |text: &str| text.contains("${") && !(text.starts_with("${") && text.ends_with('}'));
    if item.as_str().is_some_and(is_text) {
        let message = format!("{path} must be a map, not a string; it is not read");
        remarks.push(Remark::new(Code::WrongValueType, "", message, item.span));
    }
    if let Some(parameters) = item.get("parameters") {
        Check::new(remarks).value("parameters", parameters, &List(&Shape::Object(&PARAMETER)));
    }
    Check::new(remarks).names("a path", item, &[operations, BESIDE_OPERATIONS].concat());
}

/// Adds the findings about an operation but for its integration.
pub(super) fn check_operation(operation: &Node, remarks: &mut Vec<Remark>) {
    Check::new(remarks).value("the operation", operation, &Shape::Object(&OPERATION));
}
