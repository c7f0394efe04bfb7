//! Models (JSON Schema, draft 4) beside values of which parts are unknown.

use crate::model::shape::{Kind, Shape};
use serde_json::{Map, Value as Json};
use vtl::Budget;
use vtl::pipeline::model::Table;
use vtl::reference::{nearest, steps_of_nearest};

/// A model of an API, with the others that it may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Model<'d> {
    /// Name of the model.
    pub name: &'d str,
    pub schema: &'d Json,
    pub models: &'d Table<Json>,
}

/// A part of a value that a model does not allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Misfit {
    /// Offset of the part.
    pub at: usize,
    /// Description of what is wrong.
    pub message: String,
    /// Suggested way out.
    pub help: String,
    /// The member that an object does not have; `None` for other misfits.
    pub missing: Option<String>,
}

/// A schema, and the document that its references are relative to.
#[derive(Clone, Copy)]
pub struct Place<'d> {
    schema: &'d Json,
    root: &'d Json,
    models: &'d Table<Json>,
}

/// References that are followed one after the other.
const MOST_STEPS: usize = 32;
/// Nesting of values that is compared.
const DEEPEST: usize = 64;

impl<'d> Model<'d> {
    /// Returns the schema of the whole value.
    pub fn top(&self) -> Place<'d> {
        Place { schema: self.schema, root: self.schema, models: self.models }
    }

    /// Lists what the model does not allow in a value, as far as the budget lasts.
    pub fn misfits(&self, shape: &Shape, budget: &Budget<'_>) -> Vec<Misfit> {
        let mut found = Misfits { all: Vec::new(), budget };
        compare(self.top(), shape, "the output", 0, &mut found);
        found.all
    }
}

impl<'d> Place<'d> {
    /// Returns the schema behind references.
    pub fn resolved(mut self) -> Option<Place<'d>> {
        for _ in 0..MOST_STEPS {
            let Some(target) = self.schema.get("$ref").and_then(Json::as_str) else { return Some(self) };
            let (address, pointer) = target.split_once('#').unwrap_or((target, ""));
            if !address.is_empty() {
                self.root = self.models.get(address.rsplit('/').next()?)?;
            }
            self.schema = self.root.pointer(pointer)?;
        }
        None
    }

    /// Returns the schema of a member of an object.
    pub fn member(self, name: &str) -> Option<Place<'d>> {
        let own = self.resolved()?;
        Some(Place { schema: own.schema.get("properties")?.get(name)?, ..own })
    }

    /// Returns the schema of the members of an array.
    pub fn items(self) -> Option<Place<'d>> {
        let own = self.resolved()?;
        Some(Place { schema: own.schema.get("items").filter(|items| items.is_object())?, ..own })
    }

    /// Returns the most members of an array.
    pub fn most_items(self) -> Option<usize> {
        usize::try_from(self.resolved()?.schema.get("maxItems")?.as_u64()?).ok()
    }
}

/// Steps of comparing a value with its schema, and of a misfit.
const COMPARED: usize = 8;
const MISFIT: usize = 60;

/// The misfits found so far, and the budget of the comparison.
struct Misfits<'b> {
    all: Vec<Misfit>,
    budget: &'b Budget<'b>,
}

impl Misfits<'_> {
    fn push(&mut self, misfit: Misfit) {
        if self.charges(MISFIT)
            && self.budget.hold(size_of::<Misfit>() + misfit.message.len() + misfit.help.len()).is_ok()
        {
            self.all.push(misfit);
        }
    }

    /// Charges steps. Returns false when the budget is spent.
    fn charges(&self, steps: usize) -> bool {
        self.budget.charge(steps).is_ok()
    }
}

fn compare(place: Place<'_>, shape: &Shape, name: &str, depth: usize, found: &mut Misfits<'_>) {
    let Some(place) = place.resolved().filter(|_| depth < DEEPEST && found.charges(COMPARED)) else { return };
    let Some(keywords) = place.schema.as_object() else { return };
    let misfit = |at, message, help| Misfit { at, message, help, missing: None };
    if let Some((wanted, given)) = wrong_type(keywords, shape) {
        let help = match (wanted.as_str(), &shape.kind) {
            ("number" | "integer" | "boolean", Kind::String(_)) => "remove the quotes".to_owned(),
            ("string", _) => "write it in quotes".to_owned(),
            _ => format!("write {}", article(&wanted)),
        };
        found.push(misfit(
            shape.at,
            format!("{name} is {} where the model has {}", article(given), article(&wanted)),
            help,
        ));
        return;
    }
    if let (Some(allowed), Some(value)) = (keywords.get("enum").and_then(Json::as_array), known(&shape.kind))
        && found.charges(allowed.len())
        && !allowed.contains(&value)
    {
        let words: Vec<String> = allowed.iter().take(8).map(Json::to_string).collect();
        found.push(misfit(
            shape.at,
            format!("{name} is {value}, which the model does not list"),
            format!("it lists {}", words.join(", ")),
        ));
    }
    for part in keywords.get("allOf").and_then(Json::as_array).into_iter().flatten() {
        compare(Place { schema: part, ..place }, shape, name, depth + 1, found);
    }
    match &shape.kind {
        Kind::Object { members, is_open } => object(place, keywords, (members, *is_open), shape.at, depth, found),
        Kind::Array(members) => {
            if let Some(items) = place.items() {
                for member in members {
                    compare(items, member, &format!("a member of {name}"), depth + 1, found);
                }
            }
        }
        _ => {}
    }
}

fn object(
    place: Place<'_>,
    keywords: &Map<String, Json>,
    (members, is_open): (&[(String, usize, Shape)], bool),
    at: usize,
    depth: usize,
    found: &mut Misfits<'_>,
) {
    let properties = keywords.get("properties").and_then(Json::as_object);
    let is_closed = keywords.get("additionalProperties") == Some(&Json::Bool(false));
    let unknown: Vec<&(String, usize, Shape)> = members
        .iter()
        .filter(|(name, ..)| properties.is_none_or(|properties| !properties.contains_key(name)))
        .collect();
    for name in keywords.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
        if !found.charges(1 + members.len() / 8) {
            return;
        }
        if is_open || members.iter().any(|(member, ..)| member == name) {
            continue;
        }
        if !found.charges(MISFIT + steps_of_nearest(name) * unknown.len()) {
            return;
        }
        let near = nearest(name, unknown.iter().map(|(name, ..)| name.as_str()));
        found.push(Misfit {
            at,
            message: format!("the required member `{name}` is missing"),
            help: near.map_or("write the member, or make it optional in the model".to_owned(), |near| {
                format!("is `{near}` meant to be `{name}`?")
            }),
            missing: Some(name.to_owned()),
        });
    }
    if is_closed && !keywords.contains_key("patternProperties") {
        for (name, at, _) in unknown {
            if !found.charges(steps_of_nearest(name) * properties.map_or(0, Map::len)) {
                return;
            }
            let known = properties.into_iter().flatten().map(|(name, _)| name.as_str());
            let help = nearest(name, known)
                .map_or("remove it, or add it to the model".to_owned(), |near| format!("did you mean `{near}`?"));
            let message = format!("the model has no member `{name}`, and allows no others");
            found.push(Misfit { at: *at, message, help, missing: None });
        }
    }
    for (name, _, value) in members {
        if let Some(member) = place.member(name) {
            compare(member, value, &format!("`{name}`"), depth + 1, found);
        }
    }
}

/// Returns the type that a schema wants and that of the value, if they differ for certain.
fn wrong_type(keywords: &Map<String, Json>, shape: &Shape) -> Option<(String, &'static str)> {
    let wanted: Vec<&str> = match keywords.get("type")? {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => return None,
    };
    let given = match &shape.kind {
        Kind::Object { .. } => "object",
        Kind::Array(_) => "array",
        Kind::String(_) => "string",
        Kind::Number(Some(number)) if number.fract() != 0.0 => "number",
        Kind::Number(Some(_)) => "integer",
        Kind::Number(None) => "number",
        Kind::Boolean(_) => "boolean",
        Kind::Null => "null",
        Kind::Unknown => return None,
    };
    let fits = wanted.iter().any(|name| {
        *name == given
            || (*name == "number" && given == "integer")
            || (*name == "integer" && matches!(shape.kind, Kind::Number(None)))
            || !matches!(*name, "object" | "array" | "string" | "number" | "integer" | "boolean" | "null")
    });
    (!fits && !wanted.is_empty()).then(|| (wanted.join(" or "), given))
}

fn article(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        name if name.starts_with(['a', 'i', 'o']) => format!("an {name}"),
        name => format!("a {name}"),
    }
}

/// Returns the JSON of a scalar that is known.
fn known(kind: &Kind) -> Option<Json> {
    match kind {
        Kind::String(Some(text)) => Some(Json::from(text.as_str())),
        Kind::Number(Some(number)) if number.fract() == 0.0 && number.abs() < 9e15 => Some(Json::from(*number as i64)),
        Kind::Number(Some(number)) => Some(Json::from(*number)),
        Kind::Boolean(Some(value)) => Some(Json::from(*value)),
        Kind::Null => Some(Json::Null),
        _ => None,
    }
}
