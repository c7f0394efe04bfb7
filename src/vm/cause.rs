//! The causes of notes: the unset variable, the missing member, the name that was probably meant.
//!
//! Runs only when a note is added.

use super::probe::Watch;
use super::state::Vm;
use crate::builtins::signature::{receivers, signatures_of};
use crate::host::CONTEXT;
use crate::nearest::nearest;
use crate::value::{Big, Host, Value};

/// The cause of a mistake, and a suggested way out.
#[derive(Default)]
pub(super) struct Cause {
    pub(super) detail: String,
    pub(super) help: Option<String>,
}

/// Most names that a misspelt one is compared with.
const MOST_NAMES: usize = 1_000;

/// Variables that exist before a template sets any.
const ROOTS: [&str; 4] = ["input", "util", "context", "stageVariables"];

impl<'r, W: Watch> Vm<'r, W> {
    /// Finds the cause that a reference such as `$context.identity.x` has no value, from its source.
    pub(super) fn cause_of_nothing(&self, source: &str) -> Option<Cause> {
        // In a macro a name may be a by-name argument, which would have to be evaluated.
        if self.is_in_call() {
            return None;
        }
        let after_mark = source.trim_start_matches('\\').strip_prefix('$')?.trim_start_matches(['!', '{']);
        let (root, mut rest) = word(after_mark)?;
        let names = if self.names.is_empty() { &self.program.names } else { &self.names };
        let slot = names.iter().position(|name| **name == *root);
        let mut value = slot.and_then(|slot| self.slots.get(slot)).cloned().unwrap_or(Value::Null);
        if value.is_null() {
            let set = names.iter().zip(&self.slots).filter(|(_, value)| !value.is_null()).map(|(name, _)| &**name);
            let meant = nearest(root, ROOTS.into_iter().chain(set).take(MOST_NAMES));
            let help = meant.map(|name| format!("did you mean `${name}`?")).or_else(|| of_other_engines(root));
            return Some(Cause { detail: format!("`${root}` is not set"), help });
        }
        let mut path = format!("${root}");
        while let Some((name, after)) = rest.strip_prefix('.').and_then(word) {
            let Value::Map(map) = &value else { return None };
            if after.starts_with(['(', '[']) {
                return None;
            }
            match map.get_str(name) {
                Some(Value::Null) => return Some(Cause { detail: format!("`{path}.{name}` is null"), help: None }),
                Some(member) => {
                    value = member;
                    rest = after;
                    path = format!("{path}.{name}");
                }
                None => {
                    let keys = map.keys();
                    let keys = keys.iter().filter_map(|key| key.as_text().map(|text| text.as_str()));
                    let known = CONTEXT.iter().filter_map(|variable| {
                        let below = path.strip_prefix("$context")?.trim_start_matches('.');
                        let rest = variable.name.strip_prefix(below)?.trim_start_matches('.');
                        rest.split('.').next().filter(|name| !name.is_empty() && *name != "NAME")
                    });
                    let meant = nearest(name, keys.take(MOST_NAMES).chain(known)).filter(|meant| *meant != name);
                    let help = meant.map(|meant| format!("did you mean `{path}.{meant}`?"));
                    return Some(Cause { detail: format!("`{path}` has no member `{name}`"), help });
                }
            }
        }
        None
    }

    /// Describes a property that a value does not have.
    pub(super) fn cause_of_no_property(&self, receiver: &Value<'r>, name: &str) -> Cause {
        let detail = format!("{} has no property `{name}`", kind(receiver));
        if let Some(known) = receivers(receiver).iter().flat_map(|kind| signatures_of(kind)).find(|it| it.name == name)
        {
            let help = match known.parameters {
                "" => format!("write `{name}()`: it is a method"),
                parameters => format!("write `{name}({parameters})`: it is a method"),
            };
            return Cause { detail, help: Some(help) };
        }
        let is_method =
            |meant: &str| receivers(receiver).iter().flat_map(|kind| signatures_of(kind)).any(|it| it.name == meant);
        match (receiver, of_app_sync(name)) {
            (Value::Host(Host::Util), Some(help)) => {
                Cause { detail: format!("{detail}: it is one of AWS AppSync"), help: Some(help) }
            }
            _ => {
                let meant = of_other_languages(name).iter().find(|meant| is_method(meant));
                Cause { detail, help: meant.map(|meant| format!("did you mean `{meant}()`?")) }
            }
        }
    }

    /// Describes a call that matches no method: an unknown name, or arguments of other types.
    pub(super) fn cause_of_no_method(&self, receiver: &Value<'r>, name: &str, args: &[Value<'r>]) -> Cause {
        let kinds = receivers(receiver);
        let owner = kind(receiver);
        let all = || kinds.iter().flat_map(|kind| signatures_of(kind));
        let mut fitting: Vec<String> =
            all().filter(|known| known.name == name).map(|known| format!("`{name}({})`", known.parameters)).collect();
        fitting.dedup();
        if !fitting.is_empty() {
            let given: Vec<String> = args.iter().map(kind).collect();
            let given = if given.is_empty() { "nothing".to_owned() } else { given.join(", ") };
            let detail = format!("`{name}` of {owner} does not take {given}: there is {}", fitting.join(", "));
            let is_data = |value: &Value<'_>| matches!(value, Value::List(_) | Value::Map(_));
            let wants_text = matches!(receiver, Value::Host(Host::Util)) && args.iter().any(is_data);
            let help =
                wants_text.then(|| "pass a text: `$input.json('…')` gives one of a part of the payload".to_owned());
            return Cause { detail, help };
        }
        let detail = format!("{owner} has no method `{name}`");
        if let (Value::Host(Host::Util), Some(help)) = (receiver, of_app_sync(name)) {
            return Cause { detail: format!("{detail}: it is a function of AWS AppSync"), help: Some(help) };
        }
        let names: Vec<&str> = all().map(|known| known.name).collect();
        if let Some(meant) = of_other_languages(name).iter().find(|meant| names.contains(meant)) {
            return Cause { detail, help: Some(format!("did you mean `{meant}`?")) };
        }
        let help = match (receiver, nearest(name, names.iter().copied())) {
            (_, Some(meant)) => Some(format!("did you mean `{meant}`?")),
            (Value::Host(_), None) => {
                let mut names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                names.dedup();
                Some(format!("it has {}", names.join(", ")))
            }
            _ => None,
        };
        Cause { detail, help }
    }
}

/// Splits a name from the start of a text.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Describes the kind of a value: `a String`, `a map`.
pub(super) fn kind(value: &Value<'_>) -> String {
    let class = match value {
        Value::Null => return "null".to_owned(),
        Value::Host(Host::Input) => return "`$input`".to_owned(),
        Value::Host(Host::Util) => return "`$util`".to_owned(),
        Value::List(list) if list.kind().is_java_array() => "array",
        Value::List(_) => "list",
        Value::Map(_) => "map",
        Value::Int(_) => return "an Integer".to_owned(),
        Value::Big(number) => match **number {
            Big::Integer(_) => "BigInteger",
            Big::Decimal(_) => "BigDecimal",
        },
        other => other.class_name().rsplit(['.', '$']).next().unwrap_or("value"),
    };
    let article = if class.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {class}")
}

/// Returns the methods of Java that do what a method of another language does.
fn of_other_languages(name: &str) -> &'static [&'static str] {
    match name {
        "length" | "len" | "count" => &["length", "size"],
        "push" | "append" => &["add", "concat"],
        "has" | "hasKey" | "hasOwnProperty" | "contains_key" => &["containsKey", "contains"],
        "includes" | "in" => &["contains"],
        "keys" => &["keySet"],
        "entries" | "items" => &["entrySet"],
        "delete" | "pop" => &["remove"],
        "upper" | "toUpper" | "uppercase" | "upcase" => &["toUpperCase"],
        "lower" | "toLower" | "lowercase" | "downcase" => &["toLowerCase"],
        "substr" | "slice" => &["substring", "subList"],
        "strip" => &["trim"],
        "sub" | "gsub" => &["replaceAll"],
        "startswith" => &["startsWith"],
        "endswith" => &["endsWith"],
        _ => &[],
    }
}

/// Returns the way out for a variable of AppSync and of other engines.
fn of_other_engines(root: &str) -> Option<String> {
    let instead = match root {
        "ctx" => "`$context` and `$input` have what AppSync's `$ctx` has",
        "body" => "`$input.body` is the payload, `$input.path('$.name')` a part of it",
        "params" | "query" | "querystring" | "headers" | "request" => {
            "`$input.params('name')` is a parameter of the request"
        }
        _ => return None,
    };
    Some(instead.to_owned())
}

/// Returns the way out for a function of AppSync's `$util`, if the name is one.
fn of_app_sync(name: &str) -> Option<String> {
    let instead = match name {
        "toJson" | "toJSON" | "tojson" => "`$input.json('$.path')` writes a part of the payload as JSON",
        "qr" | "quiet" => "`#set($ignored = …)` runs a call without printing",
        "error" | "appendError" | "unauthorized" | "validate" => {
            "`#set($context.responseOverride.status = 400)` sets the status of the answer"
        }
        "autoId" | "autoUlid" | "autoKsuid" => "`$context.requestId` is an id of each request",
        "isNull"
        | "isNullOrEmpty"
        | "isNullOrBlank"
        | "defaultIfNull"
        | "defaultIfNullOrEmpty"
        | "defaultIfNullOrBlank" => "compare with the empty string: `#if($x != \"\")`",
        "isString" | "isNumber" | "isBoolean" | "isList" | "isMap" | "typeOf" | "matches" | "authType" | "dynamodb"
        | "http" | "list" | "map" | "math" | "rds" | "str" | "time" | "transform" | "xml" => {
            "API Gateway's `$util` has `escapeJavaScript`, `parseJson`, `urlEncode`, `urlDecode`, `base64Encode`, \
             `base64Decode`"
        }
        _ => return None,
    };
    Some(instead.to_owned())
}
