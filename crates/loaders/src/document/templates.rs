//! The templates of a document, and the findings in them at their places.

use crate::document::Document;
use crate::document::names::{Names, response_of};
use crate::syntax::pointer::unescape;
use vtl::diagnostic::{Diagnostic, Location};
use vtl::pipeline::call::{CallNote, Step};
use vtl::{Error, Note, Span};

/// A template of a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TemplateText<'a> {
    /// Index of its route in [`Document::routes`].
    pub route: usize,
    /// Name that a person can type: `request:MEDIA` or `response:KEY:MEDIA`. The key is the status of
    /// the response if no other response has it, and its selection pattern otherwise.
    pub name: String,
    /// JSON pointer below the integration, such as `/requestTemplates/application~1json`.
    pub pointer: &'a str,
    /// Text of the template.
    pub text: &'a str,
    /// Set if the text has a placeholder for a value that is known only after deployment.
    pub is_open: bool,
    /// Set if the text is written in a file of the document. SAM and plug-ins of the Serverless Framework
    /// generate others.
    pub is_written: bool,
}

impl Document {
    /// Iterates over all templates in the order of the document.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let text = "{type: mock, requestTemplates: {a/b: x}, responses: {default: {statusCode: 200, responseTemplates: {c/d: y}}}}";
    /// let document = load_integration(&File::new("i.yaml", text), None, &Options::default())?;
    /// let names: Vec<String> = document.templates().map(|template| template.name).collect();
    /// assert_eq!(names, ["request:a/b", "response:200:c/d"]);
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    pub fn templates(&self) -> impl Iterator<Item = TemplateText<'_>> {
        (0..self.routes.len()).flat_map(|route| self.templates_of(route))
    }

    /// Iterates over the templates of a route.
    pub fn templates_of(&self, route: usize) -> impl Iterator<Item = TemplateText<'_>> {
        let pointers = self.routes.get(route).map_or(&[][..], |route| &route.templates);
        (0..pointers.len()).filter_map(move |at| self.template(route, at))
    }

    /// Returns the template of a route with a name, the first one of several.
    ///
    /// ```
    /// use vtl_loaders::{File, Options, load_integration};
    /// let text = "{type: mock, requestTemplates: {a/b: x}}";
    /// let document = load_integration(&File::new("i.yaml", text), None, &Options::default())?;
    /// assert_eq!(document.template_of(0, "request:a/b").map(|template| template.text), Some("x"));
    /// assert!(document.template_of(0, "request:c/d").is_none());
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn template_of(&self, route: usize, name: &str) -> Option<TemplateText<'_>> {
        self.template(route, self.names_of(route)?.place(name)?)
    }

    /// Returns the names of a route's templates.
    fn names_of(&self, route: usize) -> Option<&Names> {
        let written = self.routes.get(route)?;
        Some(written.names.get_or_init(|| {
            let integration = self.method(route).and_then(|(_, method)| method.integration.as_ref());
            Names::of(&written.templates, integration)
        }))
    }

    /// Returns an error of a template as a diagnostic at its place in the document.
    ///
    /// ```
    /// use vtl::Template;
    /// use vtl_loaders::{File, Options, load_integration};
    /// let file = File::new("i.yaml", "type: mock\nrequestTemplates:\n  application/json: '#if($x)'\n");
    /// let document = load_integration(&file, None, &Options::default())?;
    /// for template in document.templates() {
    ///     let error = Template::parse(template.text).unwrap_err();
    ///     let diagnostic = document.error_in(&template, &error);
    ///     assert_eq!(diagnostic.to_string(), "i.yaml:3:22: error[V002]: `#if` is not closed");
    ///     assert_eq!(diagnostic.template.as_deref(), Some("request:application/json"));
    /// }
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn error_in(&self, template: &TemplateText<'_>, error: &Error) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(error.code(), error.detail());
        diagnostic.help = error.help().map(str::to_owned);
        let span = error.span().unwrap_or_default();
        let diagnostic = self.place(template, span, diagnostic);
        match error.related() {
            Some((span, label)) => diagnostic.with_related(label, self.location_of_span(template, span)),
            None => diagnostic,
        }
    }

    /// Returns a note of a template as a diagnostic at its place in the document.
    #[must_use]
    pub fn note_in(&self, template: &TemplateText<'_>, note: &Note) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(note.code, note.detail.as_str());
        diagnostic.help.clone_from(&note.help);
        self.place(template, note.span, diagnostic)
    }

    /// Returns a note on a call to a route as a diagnostic. One on a template is placed where the template is
    /// written; the message of any other starts with the step of the call.
    ///
    /// ```
    /// use vtl::pipeline::{Invocation, MethodRequest, PreparedApi};
    /// use vtl_loaders::{File, Options, load};
    /// let text = "swagger: '2.0'\npaths: {/a: {get: {x-amazon-apigateway-integration: {\n  type: mock,\n  \
    ///     requestTemplates: {application/json: '{\"statusCode\": 200, \"x\": \"$oops\"}'},\n  \
    ///     responses: {default: {statusCode: '200'}}}}}}\n";
    /// let document = load(&[File::new("api.yaml", text)], &Options::default())?;
    /// let mut invocation = Invocation::new();
    /// PreparedApi::new(&document.apis[0]).handle(MethodRequest::new("GET", "/a"), None, &mut invocation);
    /// let found = document.call_note(0, &invocation.notes[0]);
    /// assert!(found.to_string().starts_with("api.yaml:4:"), "{found}");
    /// assert_eq!(found.property.as_deref(), Some("requestTemplates"));
    /// # Ok::<(), vtl_loaders::LoadError>(())
    /// ```
    #[must_use]
    pub fn call_note(&self, route: usize, note: &CallNote) -> Diagnostic {
        let named = note.template.as_ref().and_then(|name| self.template_of(route, name));
        let Some((template, span)) = named.zip(note.span) else {
            let mut diagnostic = self.on_route(note.diagnostic(None), route);
            diagnostic.message.insert_str(0, step_prefix(note.step));
            return diagnostic;
        };
        let mut diagnostic = self.place(&template, span, note.diagnostic(None));
        if let Some((span, label)) = &note.related {
            diagnostic = diagnostic.with_related(label.as_str(), self.location_of_span(&template, *span));
        }
        diagnostic
    }

    /// Sets the place of a diagnostic on a span of a template, with the template's name, route and property.
    #[must_use]
    pub fn place(&self, template: &TemplateText<'_>, span: Span, diagnostic: Diagnostic) -> Diagnostic {
        let property = if template.name.starts_with("request:") { "requestTemplates" } else { "responses" };
        let diagnostic = diagnostic.at(self.location_of_span(template, span)).in_template(&template.name);
        self.concerning(diagnostic, Some(template.route), property)
    }

    fn location_of_span(&self, template: &TemplateText<'_>, span: Span) -> Location {
        let range = span.without_line_ends(template.text).range();
        self.locate(template.route, template.pointer, range).unwrap_or_default()
    }

    fn template(&self, route: usize, at: usize) -> Option<TemplateText<'_>> {
        let integration = self.method(route)?.1.integration.as_ref()?;
        let written = self.routes.get(route)?;
        let pointer = written.templates.get(at)?.as_str();
        let table = match pointer.strip_prefix("/requestTemplates/") {
            Some(_) => &integration.request_templates,
            None => &integration.responses.get(response_of(pointer)?.0)?.response_templates,
        };
        let text = table.get(&unescape(pointer.rsplit('/').next()?))?;
        let is_open = written.placeholders.contains(pointer);
        let is_written = matches!(self.origin(route, pointer), Some((origin, true)) if origin.is_written());
        let name = self.names_of(route)?.name(at)?.to_owned();
        Some(TemplateText { route, name, pointer, text, is_open, is_written })
    }
}

/// Names the step of a call in front of a message that has no place.
fn step_prefix(step: Step) -> &'static str {
    match step {
        Step::Validation => "method request: ",
        Step::Request => "integration request: ",
        Step::Backend => "backend: ",
        Step::Response => "integration response: ",
        _ => "",
    }
}
