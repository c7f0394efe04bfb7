//! Renders a mapping template and shows the forms of the result that a snapshot test keeps.
//!
//! `cargo run --example snapshot`; docs/snapshot-tests.md explains how to test with it.

use vtl::{Error, Globals, Params, Rendered, Template};

/// Renders one template with one request, as a project would for each of its templates.
pub fn orders_page() -> Result<Rendered, Error> {
    let template = Template::parse(include_str!("orders-page.vtl"))?;
    let globals = Globals::body(include_str!("orders-page.json")).params(Params::new().query("limit", "2"));
    template.render(&globals)
}

#[allow(dead_code, reason = "the test that runs this example has a `main` of its own")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rendered = orders_page()?;
    println!("{rendered:#?}");
    println!("{}", serde_json::to_string_pretty(&rendered)?);
    Ok(())
}
