//! The templates of a document, by names that a person can type.

use crate::document::Document;
use vtl::pipeline::ResponseRule;

/// A template of a document.
#[derive(Clone, Debug)]
pub struct TemplateText<'a> {
    /// Index into [`Document::routes`].
    pub route: usize,
    /// `request:MEDIA` or `response:KEY:MEDIA`, where the key is the response's status if no other has the same, else its pattern.
    pub name: String,
    /// The place below the integration as a JSON pointer, such as `/requestTemplates/application~1json`.
    pub pointer: &'a str,
    /// The template.
    pub text: &'a str,
}

impl Document {
    /// All templates of the document, in its order.
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

    /// The templates of a route.
    pub fn templates_of(&self, route: usize) -> impl Iterator<Item = TemplateText<'_>> {
        let pointers = self.routes.get(route).map_or(&[][..], |route| &route.templates);
        pointers.iter().filter_map(move |pointer| self.template(route, pointer))
    }

    fn template<'a>(&'a self, route: usize, pointer: &'a str) -> Option<TemplateText<'a>> {
        let integration = self.method(route)?.1.integration.as_ref()?;
        let (table, prefix, key) = match pointer.strip_prefix("/requestTemplates/") {
            Some(key) => (&integration.request_templates, "request".to_owned(), key),
            None => {
                let (at, key) = pointer.strip_prefix("/responses/")?.split_once("/responseTemplates/")?;
                let rule = integration.responses.get(at.parse::<usize>().ok()?)?;
                (&rule.response_templates, format!("response:{}", response_name(rule, &integration.responses)), key)
            }
        };
        let key = key.replace("~1", "/").replace("~0", "~");
        let text = table.get(&key)?;
        Some(TemplateText { route, name: format!("{prefix}:{key}"), pointer, text })
    }
}

fn response_name<'a>(rule: &'a ResponseRule, all: &[ResponseRule]) -> &'a str {
    if let Some(key) = &rule.integration_response_key {
        return key;
    }
    let same = all.iter().filter(|other| other.status_code == rule.status_code).count();
    if same == 1 && !rule.status_code.is_empty() {
        return &rule.status_code;
    }
    rule.selection_pattern.as_deref().unwrap_or("default")
}
