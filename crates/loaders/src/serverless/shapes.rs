//! The shapes of functions and their events, as far as they are read.

use crate::diagnostic::Remark;
use crate::model::shape::Shape::{Any, Flag, List, Map, OneOrMore, Scalar};
use crate::model::shape::{Check, Object, Shape};
use crate::serverless::service::Service;
use crate::syntax::tree::Node;
use vtl::Code;

/// The sections of a service.
const SERVICE: Object = Object {
    fields: &[
        ("custom", Any),
        ("functions", Any),
        ("plugins", Any),
        ("provider", Any),
        ("resources", Any),
        ("service", Any),
        ("stepFunctions", Any),
    ],
    closed: None,
};

const STEP_FUNCTIONS: Object = Object { fields: &[("stateMachines", Any)], closed: None };

/// The service as a map, which may be its name alone.
const NAMED: Object = Object { fields: &[("name", Scalar)], closed: None };

/// The settings of the provider.
const PROVIDER: Object = Object {
    fields: &[("apiGateway", Map(&Any)), ("apiName", Scalar), ("name", Scalar), ("region", Scalar), ("stage", Scalar)],
    closed: None,
};

/// Names the kinds of events that make routes.
const EVENT: Object = Object { fields: &[("http", Any), ("httpApi", Any), ("websocket", Any)], closed: None };

const FUNCTION: Object = Object { fields: &[("events", List(&Any))], closed: None };

const HTTP: Object = Object {
    fields: &[
        ("async", Flag),
        ("authorizer", Any),
        ("connectionId", Scalar),
        ("connectionType", Scalar),
        ("cors", Any),
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

/// A state machine of the plug-in for Step Functions.
const MACHINE: Object =
    Object { fields: &[("events", List(&Map(&Any))), ("id", Scalar), ("name", Scalar)], closed: None };

const MACHINE_EVENT: Object = Object { fields: &[("http", Any)], closed: None };

const MACHINE_HTTP: Object = Object {
    fields: &[
        ("action", Scalar),
        ("cors", Any),
        ("iamRole", Any),
        ("method", Scalar),
        ("path", Scalar),
        ("private", Flag),
        ("request", Map(&Any)),
        ("response", Map(&Any)),
        ("responses", Map(&Any)),
        ("timeoutInMillis", Scalar),
    ],
    closed: None,
};

const HTTP_API: Object = Object { fields: &[("method", Scalar), ("path", Scalar)], closed: None };

const WEBSOCKET: Object = Object { fields: &[("route", Scalar)], closed: None };

/// Adds the findings about a function but for its events.
pub(super) fn check_function(name: &str, function: &Node, service: &Service<'_>) {
    Check::new(&mut service.remarks.borrow_mut()).all(name, function, &Shape::Object(&FUNCTION));
}

/// Adds the findings about the names of sections.
pub(super) fn check_service(root: &Node, service: &Service<'_>) {
    let mut remarks = service.remarks.borrow_mut();
    Check::new(&mut remarks).all("the service", root, &Shape::Object(&SERVICE));
    if service.provider.as_str().is_none() {
        Check::new(&mut remarks).all("provider", &service.provider, &Shape::Object(&PROVIDER));
    }
    if let Some(own) = root.get("stepFunctions").filter(|own| own.is_map()) {
        Check::new(&mut remarks).all("stepFunctions", own, &Shape::Object(&STEP_FUNCTIONS));
    }
    if let Some(own) = root.some("service").filter(|own| own.as_str().is_none()) {
        Check::new(&mut remarks).all("service", own, &Shape::Object(&NAMED));
        if own.is_map() && own.get("name").is_none() {
            remarks.push(Remark::new(Code::WrongValueType, "", "service must have a name", own.span));
        }
    }
}

/// Adds the findings about a state machine of the plug-in for Step Functions.
pub(super) fn check_machine(name: &str, machine: &Node, service: &Service<'_>) {
    let mut remarks = service.remarks.borrow_mut();
    Check::new(&mut remarks).all(name, machine, &Shape::Object(&MACHINE));
    for event in machine.get("events").map_or(&[][..], Node::items) {
        Check::new(&mut remarks).all("an event", event, &Shape::Object(&MACHINE_EVENT));
        if let Some(http) = event.get("http").filter(|http| http.as_str().is_none()) {
            Check::new(&mut remarks).all("http", http, &Shape::Object(&MACHINE_HTTP));
        }
    }
}

/// Adds the findings about the method and the path that an `http` event lacks.
pub(super) fn check_route(http: &Node, service: &Service<'_>) {
    for property in ["method", "path"] {
        if http.word(property).is_none_or(|word| property == "method" && word.is_empty()) {
            let message = format!("an http event must have a {property}: it is no route");
            service.remark(Remark::new(Code::WrongValueType, "", message, http.span));
        }
    }
}

/// Adds the findings about an event.
pub(super) fn check_event(event: &Node, service: &Service<'_>) {
    let mut remarks = service.remarks.borrow_mut();
    if event.is_map() {
        Check::new(&mut remarks).all("an event", event, &Shape::Object(&EVENT));
    }
    for (name, object) in [("http", &HTTP), ("httpApi", &HTTP_API), ("websocket", &WEBSOCKET)] {
        // A string is short for a method and a path.
        let Some(written) = event.get(name).filter(|written| written.as_str().is_none()) else { continue };
        Check::new(&mut remarks).all(name, written, &Shape::Object(object));
        if let Some(cors) = written.get("cors").filter(|cors| name == "http" && cors.to_bool().is_none()) {
            Check::new(&mut remarks).all("cors", cors, &Shape::Object(&CORS));
        }
    }
}
