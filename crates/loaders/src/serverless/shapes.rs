//! The shapes of functions and their events, as far as they are read.

use crate::model::shape::Shape::{Any, Flag, List, Map, OneOrMore, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::serverless::service::Service;
use crate::syntax::tree::Node;

const FUNCTION: Object = Object { fields: &[("events", List(&Any))], closed: None };

const HTTP: Object = Object {
    fields: &[
        ("async", Flag),
        ("connectionId", Scalar),
        ("connectionType", Scalar),
        ("integration", Scalar),
        ("method", Scalar),
        ("operationId", Scalar),
        ("path", Scalar),
        ("private", Flag),
        ("request", Shape::Object(&REQUEST)),
        ("response", Shape::Object(&RESPONSE)),
        ("timeoutInMillis", Scalar),
    ],
    closed: None,
};

const REQUEST: Object = Object {
    fields: &[
        ("contentHandling", Scalar),
        ("method", Scalar),
        ("parameters", Shape::Object(&PARAMETERS)),
        ("passThrough", Scalar),
        ("schema", Map(&Any)),
        ("schemas", Map(&Any)),
        ("template", Map(&Any)),
        ("uri", Scalar),
    ],
    closed: None,
};

const PARAMETERS: Object =
    Object { fields: &[("headers", Map(&Any)), ("paths", Map(&Any)), ("querystrings", Map(&Any))], closed: None };

const RESPONSE: Object = Object {
    fields: &[
        ("contentHandling", Scalar),
        ("headers", Map(&Any)),
        ("statusCodes", Map(&Shape::Object(&STATUS))),
        ("transferMode", Scalar),
    ],
    closed: None,
};

const STATUS: Object = Object { fields: &[("headers", Map(&Any)), ("pattern", Scalar)], closed: None };

const CORS: Object = Object {
    fields: &[
        ("allowCredentials", Flag),
        ("cacheControl", Scalar),
        ("headers", OneOrMore(&Scalar)),
        ("maxAge", Scalar),
        ("methods", OneOrMore(&Scalar)),
        ("origin", Scalar),
        ("origins", OneOrMore(&Scalar)),
    ],
    closed: None,
};

const HTTP_API: Object = Object { fields: &[("method", Scalar), ("path", Scalar)], closed: None };

const WEBSOCKET: Object = Object { fields: &[("route", Scalar)], closed: None };

/// Adds the findings about a function but for its events.
pub(super) fn check_function(name: &str, function: &Node, service: &Service<'_>) {
    Check::new(&mut service.remarks.borrow_mut()).all(name, function, &Shape::Object(&FUNCTION));
}

/// Adds the findings about an event.
pub(super) fn check_event(event: &Node, service: &Service<'_>) {
    let mut remarks = service.remarks.borrow_mut();
    for (name, object) in [("http", &HTTP), ("httpApi", &HTTP_API), ("websocket", &WEBSOCKET)] {
        // A string is short for a method and a path.
        let Some(written) = event.get(name).filter(|written| written.as_str().is_none()) else { continue };
        Check::new(&mut remarks).all(name, written, &Shape::Object(object));
        if let Some(cors) = written.get("cors").filter(|cors| name == "http" && cors.to_bool().is_none()) {
            Check::new(&mut remarks).all("cors", cors, &Shape::Object(&CORS));
        }
    }
}
