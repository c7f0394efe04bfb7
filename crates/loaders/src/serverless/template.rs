//! The CloudFormation template that the framework makes of a service: its resources with their names.

use crate::budget::Budget;
use crate::diagnostic::{Fault, Remark};
use crate::serverless::made::{self, list, map, text};
use crate::span::Span;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::Node;
use std::collections::{HashMap, HashSet};
use vtl::Code;

/// Name of the REST API.
pub(super) const REST_API: &str = "ApiGatewayRestApi";

/// Most words of a header of preflight responses.
pub(super) const MAX_WORDS: usize = 1_000;

/// Most parts of a path that become resources of their own, as on the service.
const MAX_PARTS: usize = 64;

/// A CloudFormation template while it is made.
pub(super) struct Template<'a> {
    budget: &'a Budget<'a>,
    resources: MapBuilder,
    /// Paths that have a resource.
    paths: HashSet<String>,
    /// Names of the resources for paths, methods and routes.
    names: HashSet<String>,
    /// Findings about such names.
    pub remarks: Vec<Remark>,
    /// Paths with the settings of their preflight responses, in the order of the document.
    preflights: Vec<(String, Preflight)>,
    /// Positions of the paths among them, with the words of their headers.
    known: HashMap<String, (usize, [HashSet<String>; 3])>,
    span: Span,
    /// Set once a method of the REST API is added.
    pub has_methods: bool,
}

/// The settings of the `OPTIONS` method of a path; those of several events are joined.
#[derive(Default)]
pub(super) struct Preflight {
    pub span: Span,
    pub origin: String,
    pub origins: Vec<String>,
    pub headers: Vec<String>,
    pub methods: Vec<String>,
    pub allow_credentials: bool,
    pub max_age: Option<String>,
    pub cache_control: Option<String>,
    /// Set for the plug-in of step functions, whose response has no template.
    pub is_plain: bool,
}

impl<'a> Template<'a> {
    /// Creates a template without resources.
    pub(super) fn new(span: Span, budget: &'a Budget<'a>) -> Self {
        Template {
            budget,
            resources: MapBuilder::default(),
            paths: HashSet::new(),
            names: HashSet::new(),
            remarks: Vec::new(),
            preflights: Vec::new(),
            known: HashMap::new(),
            span,
            has_methods: false,
        }
    }

    /// Adds a resource; a later one of the same name replaces it. Adds a finding if that loses a path, a method or a
    /// route.
    pub(super) fn add(&mut self, name: &str, kind: &str, properties: Node) {
        let span = properties.span;
        let is_one_of_many =
            matches!(kind, "AWS::ApiGateway::Resource" | "AWS::ApiGateway::Method" | "AWS::ApiGatewayV2::Route");
        if is_one_of_many && !self.names.insert(name.to_owned()) {
            let message = format!("the framework makes two resources of the name {name}; the last one counts");
            let help = "the name has the letters and digits of the path alone, in lower case: use another path";
            self.remarks.push(Remark::new(Code::UnreadPart, "", message, span).with_help(help));
        }
        let resource = Node::new(span, map(span, [("Type", text(span, kind)), ("Properties", properties)]).data);
        self.resources.set(Node::text(span, name), resource);
    }

    /// Adds a method of the REST API; its properties lack the identifiers of API and resource.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn add_method(&mut self, verb: &str, path: &str, mut properties: Node) -> Result<(), Fault> {
        let span = properties.span;
        // Each part has a resource, whose name is made of all parts before.
        let parts = path.bytes().filter(|byte| *byte == b'/').take(MAX_PARTS).count() + 1;
        self.budget.spend(3 * path.len() + path.len() * parts / 16, 2 * path.len() * parts, span)?;
        let verb = verb.to_ascii_uppercase();
        properties.set("HttpMethod", text(span, verb.as_str()));
        properties.set("RestApiId", made::reference(span, REST_API));
        properties.set("ResourceId", self.resource(path, span));
        self.has_methods = true;
        self.add(&method_name(path, &verb), "AWS::ApiGateway::Method", properties);
        Ok(())
    }

    /// Returns the reference to the resource of a path; adds it and those above it.
    fn resource(&mut self, path: &str, span: Span) -> Node {
        let path = path.trim_matches('/');
        if path.is_empty() {
            return made::attribute(span, REST_API, "RootResourceId");
        }
        let mut parent = made::attribute(span, REST_API, "RootResourceId");
        // The last resource has all parts that are left.
        let parts = path.match_indices('/').map(|(at, _)| at).take(MAX_PARTS - 1).chain([path.len()]);
        let (mut start, mut above) = (0, String::new());
        for end in parts {
            let before = if start == 0 { "ApiGatewayResource" } else { above.as_str() };
            let name = format!("{before}{}", normal_path(&path[start..end]));
            if self.paths.insert(path[..end].to_owned()) {
                let part = text(span, &path[start..end]);
                let api = made::reference(span, REST_API);
                let properties = map(span, [("ParentId", parent), ("PathPart", part), ("RestApiId", api)]);
                if above == name {
                    let message = format!("the path {} has a part without letters and digits", &path[..end]);
                    let help = "its resource would have the name of the part before: use another path";
                    self.remarks.push(Remark::new(Code::UnreadPart, "", message, span).with_help(help));
                } else {
                    self.add(&name, "AWS::ApiGateway::Resource", properties);
                }
            }
            parent = made::reference(span, &name);
            above = name;
            start = end + 1;
        }
        parent
    }

    /// Adds the settings of a path's preflight responses.
    pub(super) fn preflight(&mut self, path: &str, added: Preflight) {
        let path = path.trim_matches('/');
        let union = |one: &mut Vec<String>, seen: &mut HashSet<String>, other: Vec<String>| {
            if seen.is_empty() {
                seen.extend(one.iter().cloned());
            }
            for word in other {
                if one.len() < MAX_WORDS && !seen.contains(&word) {
                    seen.insert(word.clone());
                    one.push(word);
                }
            }
        };
        let found = self.known.get_mut(path);
        match found.and_then(|(at, seen)| Some((&mut self.preflights.get_mut(*at)?.1, seen))) {
            Some((known, [headers, methods, origins])) => {
                union(&mut known.headers, headers, added.headers);
                union(&mut known.methods, methods, added.methods);
                union(&mut known.origins, origins, added.origins);
                known.origin = added.origin;
                known.allow_credentials |= added.allow_credentials;
                known.max_age = added.max_age.or(known.max_age.take());
                known.cache_control = added.cache_control.or(known.cache_control.take());
            }
            None => {
                self.known.insert(path.to_owned(), (self.preflights.len(), Default::default()));
                self.preflights.push((path.to_owned(), added));
            }
        }
    }

    /// Adds the `OPTIONS` methods of the preflight settings.
    ///
    /// # Errors
    /// The budget is spent.
    pub(super) fn add_preflights(&mut self) -> Result<(), Fault> {
        for (path, preflight) in std::mem::take(&mut self.preflights) {
            let properties = preflight.method();
            self.add_method("OPTIONS", &path, properties)?;
        }
        Ok(())
    }

    /// Leaves the REST API out: nothing of the service needs it.
    pub(super) fn remove_api(&mut self) {
        self.resources.set(Node::text(self.span, REST_API), Node::null(self.span));
    }

    /// Returns the template, with the service's own resources merged into it.
    pub(super) fn finish(self, own: &[Node]) -> Node {
        let mut resources = self.resources.finish(self.span);
        for name in ["Resources", "extensions"] {
            made::merge_all(&mut resources, own.iter().filter_map(|section| section.get(name)));
        }
        let mut template = map(self.span, [("Resources", resources)]);
        for section in own {
            for name in ["Conditions", "Mappings", "Parameters", "Outputs"] {
                if let Some(value) = section.get(name) {
                    template.set(name, value.clone());
                }
            }
        }
        template
    }
}

impl Preflight {
    /// Returns the properties of the method.
    fn method(&self) -> Node {
        let span = self.span;
        let quoted = |word: &str| format!("'{word}'");
        let mut origins = self.origins.clone();
        if self.origin.contains(',') {
            origins = self.origin.split(',').map(|origin| origin.trim().to_owned()).collect();
        }
        let origin = match origins.first() {
            Some(_) if self.is_plain => origins.join(","),
            Some(first) => first.clone(),
            None => self.origin.clone(),
        };
        let mut methods = self.methods.join(",");
        if self.methods.iter().any(|method| method == "ANY") {
            methods = methods.replacen("ANY", "DELETE,GET,HEAD,PATCH,POST,PUT", 1);
        }
        let mut headers = vec![
            ("Access-Control-Allow-Origin", quoted(&origin)),
            ("Access-Control-Allow-Headers", quoted(&self.headers.join(","))),
            ("Access-Control-Allow-Methods", quoted(&methods)),
        ];
        if self.allow_credentials || self.is_plain {
            headers.push(("Access-Control-Allow-Credentials", quoted(&self.allow_credentials.to_string())));
        }
        headers.extend(self.max_age.as_ref().map(|age| ("Access-Control-Max-Age", quoted(age))));
        headers.extend(self.cache_control.as_ref().map(|control| ("Cache-Control", quoted(control))));
        let name = |header: &str| format!("method.response.header.{header}");
        let mapped = map(span, headers.iter().map(|(header, value)| (name(header), text(span, value.as_str()))));
        let declared = map(span, headers.iter().map(|(header, _)| (name(header), made::flag(span, true))));
        let template = if origins.is_empty() || self.is_plain { String::new() } else { origin_template(&origins) };
        let json = |value: Node| map(span, [("application/json", value)]);
        let response = map(
            span,
            [
                ("StatusCode", text(span, "200")),
                ("ResponseParameters", mapped),
                ("ResponseTemplates", json(text(span, template))),
            ],
        );
        let integration = map(
            span,
            [
                ("Type", text(span, "MOCK")),
                ("RequestTemplates", json(text(span, "{statusCode:200}"))),
                ("ContentHandling", text(span, "CONVERT_TO_TEXT")),
                ("IntegrationResponses", list(span, [response])),
            ],
        );
        let method_response = map(span, [("StatusCode", text(span, "200")), ("ResponseParameters", declared)]);
        map(span, [("MethodResponses", list(span, [method_response])), ("Integration", integration)])
    }
}

/// Returns the template that answers with the origin of the request if it is one of several.
fn origin_template(origins: &[String]) -> String {
    let matches = origins.iter().map(|origin| {
        let pattern = origin.replace('.', "[.]").replacen('*', ".+", 1);
        format!("$origin.matches(\"{pattern}\")")
    });
    let matches: Vec<String> = matches.collect();
    format!(
        "#set($origin = $input.params(\"Origin\"))\n#if($origin == \"\") #set($origin = $input.params(\"origin\")) #end\n\
         #if({}) #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin) #end",
        matches.join(" || ")
    )
}

/// Returns the name of a method's resource, such as `ApiGatewayMethodPetsPetidVarGet`.
pub(super) fn method_name(path: &str, verb: &str) -> String {
    let path = path.trim_matches('/');
    let path = if path.is_empty() { String::new() } else { normal_path(path) };
    format!("ApiGatewayMethod{path}{}", capitalized(verb))
}

/// Returns a path as a part of a name: `pets/{petId}` becomes `PetsPetidVar`.
fn normal_path(path: &str) -> String {
    path.split('/').map(normal_part).collect()
}

fn normal_part(part: &str) -> String {
    let part = capitalized(part).replace('-', "Dash");
    let part = match (part.find('{'), part.rfind('}')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}Var{}", &part[..open], &part[open + 1..close], &part[close + 1..])
        }
        _ => part,
    };
    upper_first(&part.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

fn capitalized(word: &str) -> String {
    upper_first(&word.to_lowercase())
}

/// Returns a word with its first letter in upper case.
pub(super) fn upper_first(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the name of a function or state machine as a part of a resource's name.
pub(super) fn normal_name(name: &str) -> String {
    upper_first(&name.replace('-', "Dash").replace('_', "Underscore"))
}

#[cfg(test)]
mod tests {
    use super::{method_name, normal_name};

    // The framework's naming (`lib/plugins/aws/lib/naming.js`) and its tests.
    #[test]
    fn resources_have_the_frameworks_names() {
        for (path, verb, name) in [
            ("users", "post", "ApiGatewayMethodUsersPost"),
            ("/", "GET", "ApiGatewayMethodGet"),
            ("foo/{bar}/baz-qux", "any", "ApiGatewayMethodFooBarVarBazDashquxAny"),
            ("x/{proxy+}", "GET", "ApiGatewayMethodXProxyVarGet"),
            ("Foo/fooBar", "GET", "ApiGatewayMethodFooFoobarGet"),
        ] {
            assert_eq!(method_name(path, verb), name);
        }
        assert_eq!(normal_name("my-first_function"), "MyDashfirstUnderscorefunction");
    }
}
