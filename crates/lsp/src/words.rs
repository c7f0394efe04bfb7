//! The words that a template can use, with their descriptions: roots, directives, functions, methods.

use vtl::reference::{self, Method, Variable};

/// A directive of Velocity.
pub(crate) struct Directive {
    pub(crate) name: &'static str,
    /// Form with its arguments, without `#`.
    pub(crate) usage: &'static str,
    /// Snippet that an editor inserts, without `#`.
    pub(crate) snippet: &'static str,
    pub(crate) doc: &'static str,
}

/// The directives that work on the service.
pub(crate) const DIRECTIVES: &[Directive] = &[
    Directive {
        name: "set",
        usage: "set($name = value)",
        snippet: "set(\\$${1:name} = ${2:value})",
        doc: "Sets a variable. A value that resolves to nothing is the empty text on the service.",
    },
    Directive {
        name: "if",
        usage: "if(condition) … #end",
        snippet: "if(${1:condition})\n\t$0\n#end",
        doc: "Renders its block if the condition is true. Everything but `false` is true on the service, a missing value too: compare with `\"\"`.",
    },
    Directive {
        name: "elseif",
        usage: "elseif(condition)",
        snippet: "elseif(${1:condition})",
        doc: "Tests another condition if all before were false.",
    },
    Directive { name: "else", usage: "else", snippet: "else", doc: "Renders its block if no condition was true." },
    Directive { name: "end", usage: "end", snippet: "end", doc: "Ends a block." },
    Directive {
        name: "foreach",
        usage: "foreach($item in $list) … #end",
        snippet: "foreach(\\$${1:item} in ${2:list})\n\t$0#if(\\$foreach.hasNext),#end\n#end",
        doc: "Renders its block for each item, at most 1,000 times. `$foreach` has `index`, `count`, `hasNext`, `first`, `last`.",
    },
    Directive {
        name: "define",
        usage: "define($name) … #end",
        snippet: "define(\\$${1:name})\n\t$0\n#end",
        doc: "Stores a block, which is rendered each time the variable is printed.",
    },
    Directive { name: "break", usage: "break", snippet: "break", doc: "Ends the innermost `#foreach`." },
    Directive { name: "stop", usage: "stop", snippet: "stop", doc: "Ends the template." },
];

/// The variables that every template has.
pub(crate) const ROOTS: &[(&str, &str)] = &[
    ("input", "The request: `$input.path(…)`, `$input.json(…)`, `$input.params(…)`, `$input.body`."),
    ("context", "Data of the call: ids, identity, authorizer, stage, and the overrides."),
    ("util", "Functions for text: JSON, Base64, URL encoding, escaping."),
    ("stageVariables", "The variables of the stage, by their names."),
];

/// Returns the description of a variable that every template has, or of `$foreach`.
pub(crate) fn root(name: &str) -> Option<&'static str> {
    match name {
        "foreach" => Some("The innermost loop: `index`, `count`, `hasNext`, `first`, `last`, `parent`."),
        _ => ROOTS.iter().find(|(root, _)| *root == name).map(|(_, doc)| *doc),
    }
}

/// Returns the variable of `$context` with a path; `authorizer.claims.x` is `authorizer.claims.NAME`.
pub(crate) fn context(path: &str) -> Option<&'static Variable> {
    let fits = |variable: &&Variable| {
        let mut parts = variable.name.split('.');
        let is_same = path
            .split('.')
            .all(|part| parts.next().is_some_and(|name| name == part || name.chars().all(|c| c.is_ascii_uppercase())));
        is_same && parts.next().is_none()
    };
    let all = reference::context_variables();
    all.iter().find(|variable| variable.name == path).or_else(|| all.iter().find(fits))
}

/// Returns the rows of the methods of a class, given without its package; those of all classes if it has no rows.
pub(crate) fn methods_of_class(class: &str) -> Vec<Method> {
    let kinds: &[&str] = match class {
        "LinkedHashMap" | "HashMap" | "JSONObject" => &["LinkedHashMap", "Map"],
        "JSONArray" => &["JSONArray", "ArrayList", "List"],
        "ArrayList" => &["ArrayList", "List"],
        "Integer" | "Long" | "Double" | "BigInteger" | "BigDecimal" => &["Number"],
        _ => &[],
    };
    let fits = |row: &Method| row.receiver == class || row.receiver == "Object" || kinds.contains(&row.receiver);
    let known = reference::methods().any(|row| row.receiver == class) || !kinds.is_empty();
    reference::methods().filter(|row| row.receiver != "Foreach" && (fits(row) || !known)).collect()
}

/// Returns the rows of all members of what a reference leads to; `owner` is its name and steps.
pub(crate) fn members_of(owner: &[&str]) -> Vec<Method> {
    match owner {
        ["input"] => reference::input_functions().collect(),
        ["util"] => reference::util_functions().collect(),
        ["context" | "stageVariables", ..] => Vec::new(),
        ["foreach", ..] => reference::methods().filter(|row| row.receiver == "Foreach").collect(),
        _ => reference::methods().filter(|row| row.receiver != "Foreach").collect(),
    }
}

/// Returns the rows of one method.
pub(crate) fn methods_of(owner: &[&str], name: &str) -> Vec<Method> {
    let mut rows = members_of(owner);
    let getter = |row: &Method| row.name.strip_prefix("get").is_some_and(|rest| rest.eq_ignore_ascii_case(name));
    rows.retain(|row| row.name == name || (row.parameters.is_empty() && getter(row)));
    rows
}
