//! Abstract values: what is known of a value of a template without running it.

use std::rc::Rc;

/// Bytes of the longest string that is known exactly.
pub const LONGEST: usize = 4 << 10;
/// Nesting of lists that is followed.
const DEEPEST: usize = 16;

/// The author of a text's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The client: parameters and the payload of a request.
    Client,
    /// The backend: the payload of a response.
    Backend,
    /// The service or the author of the template, who write no quotes.
    Service,
}

/// The form of a text: how it was escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it came.
    Raw,
    /// Escaped by `$util.escapeJavaScript`, which leaves `\'`.
    Script,
    /// Free of quotes, backslashes and line ends, or escaped for JSON.
    Safe,
}

/// Facts of a text that is not known exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Author of the content.
    pub origin: Origin,
    /// Form of the content.
    pub form: Form,
    /// Set if it may be nothing.
    pub may_miss: bool,
    /// Set if it was put together from parts, so that it may be more than one JSON value.
    pub composed: bool,
    /// Set for the JSON text of `$input.json`.
    pub json: bool,
}

/// A place of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The path, whose values stay percent-encoded.
    Path,
    /// The query string, the headers, or a place that is not known.
    Other,
}

/// An abstract value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: a variable that is not set.
    Nothing,
    /// A string that is known exactly.
    Exact(Rc<str>),
    /// A string.
    Text(Text),
    /// A number.
    Number(Option<i64>),
    /// A boolean.
    Boolean(Option<bool>),
    /// A part of a payload: any kind of value. `root` for all of the payload.
    Data { origin: Origin, root: bool },
    /// `$input.params()`
    Params,
    /// The parameters of a place.
    ParamMap(Place),
    /// A list that the template makes: its members, and their number if it is known.
    List(Rc<Value>, Option<usize>),
    /// A map that the template makes.
    Map,
    /// An entry of a map: its value.
    Entry(Rc<Value>),
    /// `$input`
    Input,
    /// `$util`
    Util,
    /// `$context` or a part of it, by the path below it.
    Context(Rc<str>),
    /// `$stageVariables`
    StageVariables,
    /// `$foreach`
    Foreach,
    /// A `#define` block.
    Block,
    /// A value of which nothing is known.
    Unknown,
}

impl Value {
    /// Creates a text that the template puts together of parts that are not known.
    pub fn composed(origin: Origin, form: Form) -> Value {
        Value::Text(Text { origin, form, may_miss: false, composed: true, json: false })
    }

    /// Creates a text that needs no escaping.
    pub fn safe() -> Value {
        Value::Text(Text { origin: Origin::Service, form: Form::Safe, may_miss: false, composed: false, json: false })
    }

    /// Creates a text as it came from `origin`.
    pub fn raw(origin: Origin) -> Value {
        Value::Text(Text { origin, form: Form::Raw, may_miss: true, composed: false, json: false })
    }

    /// Creates a string of the template; of a long one nothing is known but that it needs no escaping, so that
    /// `"$a$a"` again and again does not grow.
    pub fn exact(text: &str) -> Value {
        if text.len() > LONGEST {
            return Value::composed(Origin::Service, Form::Safe);
        }
        Value::Exact(Rc::from(text))
    }

    /// Creates a list of the template; of lists that are nested deeply nothing is known.
    pub fn list(member: Value, count: Option<usize>) -> Value {
        let mut inner = &member;
        for _ in 0..DEEPEST {
            match inner {
                Value::List(next, _) | Value::Entry(next) => inner = next,
                _ => return Value::List(Rc::new(member), count),
            }
        }
        Value::Unknown
    }

    /// Returns the text that the value prints, if it is known.
    pub fn printed(&self) -> Option<Rc<str>> {
        match self {
            Value::Exact(text) => Some(text.clone()),
            Value::Nothing => Some(Rc::from("")),
            Value::Number(Some(number)) => Some(Rc::from(number.to_string())),
            Value::Boolean(Some(value)) => Some(Rc::from(if *value { "true" } else { "false" })),
            _ => None,
        }
    }

    /// Returns origin and form of the text that the value prints.
    pub fn text(&self) -> Text {
        match self {
            Value::Text(text) => *text,
            Value::Data { origin, .. } => {
                Text { origin: *origin, form: Form::Raw, may_miss: true, composed: false, json: false }
            }
            Value::Unknown | Value::Block => {
                Text { origin: Origin::Service, form: Form::Safe, may_miss: true, composed: true, json: false }
            }
            Value::Params | Value::ParamMap(_) => {
                Text { origin: Origin::Client, form: Form::Raw, may_miss: false, composed: true, json: false }
            }
            _ => Text { origin: Origin::Service, form: Form::Safe, may_miss: false, composed: false, json: false },
        }
    }

    /// Returns the receivers in the reference whose methods the value has; `None` if any.
    pub fn receivers(&self) -> Option<&'static [&'static str]> {
        match self {
            Value::Exact(_) | Value::Text(_) => Some(&["String"]),
            Value::Number(_) => Some(&["Number", "Integer", "Long", "Double", "BigDecimal", "BigInteger"]),
            Value::Boolean(_) => Some(&["Boolean"]),
            Value::List(..) => Some(&["List", "ArrayList", "Collection"]),
            Value::Map | Value::Params | Value::ParamMap(_) | Value::StageVariables => Some(&["Map", "LinkedHashMap"]),
            _ => None,
        }
    }

    /// Names the value in messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Value::Exact(_) | Value::Text(_) => "a string",
            Value::Number(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::List(..) => "a list",
            Value::Map | Value::Params | Value::ParamMap(_) | Value::StageVariables => "a map",
            _ => "a value",
        }
    }

    /// Joins two values that a variable may have.
    pub fn join(&self, other: &Value) -> Value {
        if self == other {
            return self.clone();
        }
        let is_text = |value: &Value| matches!(value, Value::Exact(_) | Value::Text(_));
        if is_text(self) && is_text(other) {
            let (one, two) = (self.text(), other.text());
            let worst = if one.form == Form::Raw || two.form == Form::Safe { one } else { two };
            return Value::Text(Text {
                may_miss: one.may_miss || two.may_miss,
                composed: true,
                json: one.json && two.json,
                ..worst
            });
        }
        match (self, other) {
            (Value::Number(_), Value::Number(_)) => Value::Number(None),
            (Value::Boolean(_), Value::Boolean(_)) => Value::Boolean(None),
            _ => Value::Unknown,
        }
    }
}
