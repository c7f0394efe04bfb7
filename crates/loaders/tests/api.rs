//! The public API: documents move between threads, and names of formats parse.

use vtl_loaders::{Document, File, Kind, LoadError, Route, TemplateText, UnknownKind};

#[test]
fn public_types_move_between_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Document>();
    is_send_and_sync::<File>();
    is_send_and_sync::<Kind>();
    is_send_and_sync::<LoadError>();
    is_send_and_sync::<Route>();
    is_send_and_sync::<TemplateText<'_>>();
    is_send_and_sync::<UnknownKind>();
}

#[test]
fn names_of_formats_parse() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(*kind));
    }
    let error = "wsdl".parse::<Kind>().unwrap_err();
    assert!(error.to_string().starts_with("unknown document format `wsdl`; supported formats: openapi2, "));
}
