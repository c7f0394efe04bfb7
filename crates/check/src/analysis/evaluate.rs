//! Evaluation of expressions to abstract values.

use crate::analysis::path::Path;
use crate::analysis::sites::{Access, Operation, Test};
use crate::analysis::value::{Form, LONGEST, Origin, Place, Text, Value};
use crate::analysis::walk::Walker;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;
use vtl::Span;
use vtl::syntax_unstable::ast::{Expr, ExprKind, Interpolation, Joint, Kind, Operator, Reference, Step};

/// Types of the results of Java's methods, by receiver and name.
static RETURNS: LazyLock<HashMap<(&'static str, &'static str), &'static str>> =
    LazyLock::new(|| vtl::reference::methods().map(|it| ((it.receiver, it.name), it.returns)).collect());

/// Checks whether a kind of value has a method of this name.
pub fn has_method(receivers: &[&str], name: &str) -> bool {
    let known = |receiver: &str| RETURNS.keys().any(|(kind, method)| *kind == receiver && *method == name);
    receivers.iter().any(|receiver| known(receiver)) || known("Object")
}

/// Checks whether any value has a method of this name.
pub fn is_method(name: &str) -> bool {
    RETURNS.keys().any(|(_, method)| *method == name)
}

/// Lists the names of the methods of some kinds of value.
pub fn method_names(receivers: Option<&[&str]>) -> Vec<&'static str> {
    let fits = |kind: &str| kind == "Object" || receivers.is_none_or(|receivers| receivers.contains(&kind));
    let mut names: Vec<&'static str> =
        RETURNS.keys().filter(|(kind, _)| fits(kind)).map(|(_, method)| *method).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Bytes of a text that is put together: a longer one is not known, even without its last blank.
const MOST_TEXT: usize = LONGEST + 2;
/// Bytes of the longest path below `$context`.
const MOST_PATH: usize = 200;

impl<'a, 's> Walker<'a, 's> {
    /// Evaluates an expression whose value is used.
    pub fn value(&mut self, expr: &'a Expr<'s>, path: &Path<'a>) -> Value {
        match &expr.kind {
            ExprKind::Null | ExprKind::Word(_) => Value::Nothing,
            ExprKind::True => Value::Boolean(Some(true)),
            ExprKind::False => Value::Boolean(Some(false)),
            ExprKind::Integer(digits) => Value::Number(digits.parse().ok()),
            ExprKind::Float(_) => Value::Number(None),
            ExprKind::Str(text) => Value::exact(text),
            ExprKind::Template(inner) => self.interpolated(inner, path),
            ExprKind::Reference(reference) => self.reference(reference, path),
            ExprKind::List(items) => {
                let members: Vec<Value> = items.iter().map(|item| self.value(item, path)).collect();
                let member = members.iter().cloned().reduce(|one, other| one.join(&other)).unwrap_or(Value::Nothing);
                Value::list(member, Some(members.len()))
            }
            ExprKind::Map(members) => {
                for (key, value) in members {
                    self.value(key, path);
                    self.value(value, path);
                }
                Value::Map
            }
            ExprKind::Range(ends) => {
                let ends = (self.value(&ends.0, path), self.value(&ends.1, path));
                let count = match ends {
                    (Value::Number(Some(from)), Value::Number(Some(to))) => {
                        usize::try_from(from.abs_diff(to)).ok().map(|n| n.saturating_add(1))
                    }
                    _ => None,
                };
                Value::List(Rc::new(Value::Number(None)), count)
            }
            ExprKind::Group(inner) => self.value(inner, path),
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => Value::Boolean(self.condition(expr, path)),
            ExprKind::Chain(first, rest) => self.chain(first, rest, path),
        }
    }

    /// Evaluates an expression that is tested; `None` if both outcomes are possible.
    pub fn condition(&mut self, expr: &'a Expr<'s>, path: &Path<'a>) -> Option<bool> {
        match &expr.kind {
            ExprKind::Not(inner) => self.condition(inner, path).map(|value| !value),
            ExprKind::Group(inner) => self.condition(inner, path),
            ExprKind::And(items) => {
                let values: Vec<Option<bool>> = items.iter().map(|item| self.condition(item, path)).collect();
                if values.contains(&Some(false)) {
                    return Some(false);
                }
                values.iter().all(|value| *value == Some(true)).then_some(true)
            }
            ExprKind::Or(items) => {
                let values: Vec<Option<bool>> = items.iter().map(|item| self.condition(item, path)).collect();
                if values.contains(&Some(true)) {
                    return Some(true);
                }
                values.iter().all(|value| *value == Some(false)).then_some(false)
            }
            ExprKind::Reference(reference) => {
                let value = self.reference(reference, path);
                self.sites.test(Test { reference, value: value.clone() });
                match value {
                    Value::Boolean(known) => known,
                    _ => None,
                }
            }
            ExprKind::Chain(first, rest) if rest.len() == 1 => {
                let left = (&**first, self.value(first, path));
                let right = (&rest[0].right, self.value(&rest[0].right, path));
                match self.operation(rest[0].operator, left.clone(), right.clone()) {
                    Value::Boolean(None) => has_next(rest[0].operator, left, right, path),
                    Value::Boolean(known) => known,
                    _ => None,
                }
            }
            _ => match self.value(expr, path) {
                Value::Boolean(known) => known,
                _ => None,
            },
        }
    }

    /// Evaluates an operation, and notes it.
    fn operation(&mut self, operator: Operator, left: Operand<'a, 's>, right: Operand<'a, 's>) -> Value {
        let result = operate(operator, &left.1, &right.1);
        if let Value::Exact(text) = &result {
            self.charge_bytes(text.len());
        }
        let start = left.0.span.range().start;
        let span = Span::new(start, right.0.span.end().saturating_sub(start));
        self.sites.operation(Operation { operator, left, right, span });
        result
    }

    fn chain(&mut self, first: &'a Expr<'s>, rest: &'a [Joint<'s>], path: &Path<'a>) -> Value {
        let mut left = (first, self.value(first, path));
        for joint in rest {
            let right = (&joint.right, self.value(&joint.right, path));
            let result = self.operation(joint.operator, left, right);
            left = (&joint.right, result);
        }
        left.1
    }

    fn interpolated(&mut self, inner: &'a Interpolation<'s>, path: &Path<'a>) -> Value {
        let mut exact = Some(String::new());
        let mut worst: Option<Text> = None;
        let mut parts = 0;
        for node in &inner.ast.nodes {
            let value = match &node.kind {
                Kind::Text(text) | Kind::Marks(text) => Value::exact(text),
                Kind::Reference(reference) => self.reference(reference, path),
                Kind::Comment => continue,
                _ => {
                    exact = None;
                    Value::composed(Origin::Service, Form::Safe)
                }
            };
            parts += 1;
            match (value.printed(), &mut exact) {
                (Some(text), Some(exact)) if exact.len() < MOST_TEXT => {
                    self.charge_bytes(text.len());
                    exact.push_str(&text);
                }
                (Some(_), Some(_)) => exact = None,
                (Some(_), None) => {}
                (None, _) => {
                    exact = None;
                    let text = value.text();
                    let is_worse = worst.is_none_or(|worst| worst.form == Form::Safe && text.form != Form::Safe);
                    if is_worse {
                        worst = Some(text);
                    }
                }
            }
        }
        if let Some(mut text) = exact {
            if inner.chop && text.ends_with(' ') {
                text.pop();
            }
            return Value::exact(&text);
        }
        // The blank that Velocity adds is a text of its own.
        let is_one = parts <= 1 + usize::from(inner.chop);
        match worst {
            Some(text) if is_one && !text.composed => Value::Text(Text { may_miss: text.may_miss, ..text }),
            Some(text) => Value::composed(text.origin, text.form),
            None => Value::composed(Origin::Service, Form::Safe),
        }
    }

    /// Evaluates a reference.
    pub fn reference(&mut self, reference: &'a Reference<'s>, path: &Path<'a>) -> Value {
        let mut value = self.variable(reference.name, path);
        for (at, step) in reference.steps.iter().enumerate() {
            let arguments = match step {
                Step::Property(..) => Vec::new(),
                Step::Method(_, arguments, _) => arguments.iter().map(|it| self.value(it, path)).collect(),
                Step::Index(key, _) => vec![self.value(key, path)],
            };
            self.sites.access(Access { reference, step: at, receiver: value.clone(), arguments: arguments.clone() });
            value = match step {
                Step::Property(name, _) => self.property(&value, name, path),
                Step::Method(name, ..) => self.call(&value, name, &arguments, path),
                Step::Index(..) => self.index(&value, arguments.first()),
            };
        }
        value
    }

    fn variable(&self, name: &'a str, path: &Path<'a>) -> Value {
        if let Some(value) = path.get(name) {
            return value.clone();
        }
        match name {
            "input" => Value::Input,
            "util" => Value::Util,
            "context" => Value::Context(Rc::from("")),
            "stageVariables" => Value::StageVariables,
            "foreach" if path.turn.is_some() => Value::Foreach,
            "velocityCount" if path.turn.is_some() => path.count(1),
            "velocityHasNext" if path.turn.is_some() => Value::Boolean(path.has_next()),
            _ if self.facts.variables_unknown => Value::Unknown,
            _ => Value::Nothing,
        }
    }

    fn payload(&self) -> Origin {
        if self.facts.is_response { Origin::Backend } else { Origin::Client }
    }

    fn property(&self, value: &Value, name: &str, path: &Path<'a>) -> Value {
        match value {
            Value::Input if name == "body" => Value::Text(Text {
                origin: self.payload(),
                form: Form::Raw,
                may_miss: false,
                composed: true,
                json: false,
            }),
            Value::Input | Value::Util => Value::Nothing,
            Value::Params => Value::ParamMap(if name == "path" { Place::Path } else { Place::Other }),
            Value::ParamMap(place) => parameter(*place),
            Value::Context(at) if at.is_empty() => Value::Context(Rc::from(name)),
            Value::Context(at) if at.len() > MOST_PATH => Value::Unknown,
            Value::Context(at) => Value::Context(format!("{at}.{name}").into()),
            Value::StageVariables => Value::safe(),
            Value::Foreach => match name {
                "hasNext" => Value::Boolean(path.has_next()),
                "first" => Value::Boolean(path.turn.map(|turn| turn.index == 0)),
                "last" => Value::Boolean(path.has_next().map(|next| !next)),
                "index" => path.count(0),
                "count" => path.count(1),
                _ => Value::Unknown,
            },
            Value::Data { origin, .. } => match name {
                "length" | "size" => Value::Unknown,
                _ => Value::Data { origin: *origin, root: false },
            },
            Value::Entry(inner) => match name {
                "value" => (**inner).clone(),
                "key" => Value::safe(),
                _ => Value::Nothing,
            },
            Value::Map | Value::Unknown | Value::Block => Value::Unknown,
            Value::List(..) if matches!(name, "empty") => Value::Boolean(None),
            Value::Nothing
            | Value::Exact(_)
            | Value::Text(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::List(..) => Value::Nothing,
        }
    }

    fn index(&self, value: &Value, key: Option<&Value>) -> Value {
        match value {
            Value::List(member, _) => (**member).clone(),
            Value::Data { origin, .. } => Value::Data { origin: *origin, root: false },
            Value::Context(_) | Value::Params => match key {
                Some(Value::Exact(name)) => self.property(value, name, &Path::default()),
                _ => Value::Unknown,
            },
            Value::ParamMap(place) => parameter(*place),
            Value::StageVariables => Value::safe(),
            _ => Value::Unknown,
        }
    }

    fn call(&mut self, value: &Value, name: &str, arguments: &[Value], path: &Path<'a>) -> Value {
        let first = arguments.first();
        match (value, name) {
            (Value::Input, "json") => Value::Text(Text {
                origin: self.payload(),
                form: Form::Raw,
                may_miss: false,
                composed: false,
                json: true,
            }),
            (Value::Input, "path") => {
                let root = matches!(first, Some(Value::Exact(text)) if &**text == "$");
                Value::Data { origin: self.payload(), root }
            }
            (Value::Input, "params") => match first {
                None => Value::Params,
                Some(Value::Exact(name)) if self.facts.path_parameters.iter().any(|it| **it == **name) => {
                    parameter(Place::Path)
                }
                Some(_) => parameter(Place::Other),
            },
            (Value::Input, "body" | "getBody") => Value::Unknown,
            (Value::Input, _) => Value::Nothing,
            (Value::Util, _) => utility(name, first.unwrap_or(&Value::Nothing)),
            (Value::Params, "get") => match first {
                Some(Value::Exact(name)) => self.property(value, name, path),
                _ => Value::ParamMap(Place::Other),
            },
            (Value::Params, "keySet") => Value::List(Rc::new(Value::safe()), None),
            (Value::Params, "values") => Value::List(Rc::new(Value::ParamMap(Place::Other)), None),
            (Value::Params, "entrySet") => {
                Value::List(Rc::new(Value::Entry(Rc::new(Value::ParamMap(Place::Other)))), None)
            }
            (Value::ParamMap(place), "get" | "getOrDefault") => parameter(*place),
            (Value::ParamMap(_) | Value::StageVariables, "keySet") => Value::List(Rc::new(Value::safe()), None),
            (Value::ParamMap(place), "values") => Value::List(Rc::new(parameter(*place)), None),
            (Value::ParamMap(place), "entrySet") => {
                Value::List(Rc::new(Value::Entry(Rc::new(parameter(*place)))), None)
            }
            (Value::StageVariables, "get") => Value::safe(),
            (Value::Context(_), "get") => match first {
                Some(Value::Exact(name)) => self.property(value, name, path),
                _ => Value::Unknown,
            },
            (Value::Context(_), "keySet") => Value::List(Rc::new(Value::safe()), None),
            (Value::Context(_), "toString") => Value::safe(),
            (Value::Data { origin, .. }, "get") => Value::Data { origin: *origin, root: false },
            (Value::Data { .. }, "size" | "length" | "indexOf") => Value::Number(None),
            (Value::Data { .. }, "isEmpty" | "contains" | "containsKey" | "equals" | "startsWith" | "endsWith") => {
                Value::Boolean(None)
            }
            (Value::Data { .. }, "keySet") => Value::List(Rc::new(Value::safe()), None),
            (Value::Data { origin, .. }, "values") => {
                Value::List(Rc::new(Value::Data { origin: *origin, root: false }), None)
            }
            (Value::Data { origin, .. }, "entrySet") => {
                let member = Value::Data { origin: *origin, root: false };
                Value::List(Rc::new(Value::Entry(Rc::new(member))), None)
            }
            (Value::Data { origin, .. }, _) => match RETURNS.get(&("String", name)) {
                Some(&"String") => through(name, value.text(), arguments),
                Some(&"String[]") => Value::List(Rc::new(Value::raw(*origin)), None),
                Some(&"int") => Value::Number(None),
                _ => Value::Unknown,
            },
            (Value::Entry(inner), "getValue") => (**inner).clone(),
            (Value::Entry(_), "getKey") => Value::safe(),
            (Value::List(member, _), "get") => (**member).clone(),
            (Value::Exact(_) | Value::Text(_), _) => match RETURNS.get(&("String", name)) {
                Some(&"String") => through(name, value.text(), arguments),
                Some(&"String[]") => Value::List(Rc::new(through(name, value.text(), arguments)), None),
                Some(&("int" | "long")) => Value::Number(None),
                Some(&"boolean") => Value::Boolean(None),
                _ => Value::Unknown,
            },
            (Value::Nothing, _) => Value::Nothing,
            (Value::Foreach, _) => Value::Unknown,
            _ => value
                .receivers()
                .and_then(|receivers| receivers.iter().find_map(|receiver| RETURNS.get(&(*receiver, name))))
                .map_or(Value::Unknown, |returns| match *returns {
                    "int" | "long" => Value::Number(None),
                    "boolean" => Value::Boolean(None),
                    "String" => Value::safe(),
                    _ => Value::Unknown,
                }),
        }
    }
}

/// An operand with its value.
type Operand<'a, 's> = (&'a Expr<'s>, Value);

/// Evaluates a comparison of the turn of a loop with a size that is not known: it is taken for that
/// of the list, as in `$foreach.count < $list.size()`.
fn has_next(operator: Operator, left: Operand<'_, '_>, right: Operand<'_, '_>, path: &Path<'_>) -> Option<bool> {
    let has_next = path.has_next()?;
    let counts = |(expr, value): &Operand<'_, '_>| {
        !matches!(expr.kind, ExprKind::Integer(_)) && matches!(value, Value::Number(Some(_)))
    };
    let sizes = |(_, value): &Operand<'_, '_>| matches!(value, Value::Number(None));
    let is_turned = match (counts(&left) && sizes(&right), sizes(&left) && counts(&right)) {
        (true, _) => false,
        (_, true) => true,
        _ => return None,
    };
    match operator {
        Operator::Ne => Some(has_next),
        Operator::Eq => Some(!has_next),
        Operator::Lt | Operator::Le => Some(has_next != is_turned),
        Operator::Gt | Operator::Ge => Some(has_next == is_turned),
        _ => None,
    }
}

/// Returns a parameter of a place.
fn parameter(place: Place) -> Value {
    let form = if place == Place::Path { Form::Safe } else { Form::Raw };
    Value::Text(Text { origin: Origin::Client, form, may_miss: true, composed: false, json: false })
}

/// Returns the result of a function of `$util`.
fn utility(name: &str, argument: &Value) -> Value {
    let text = argument.text();
    let made =
        |form| Value::Text(Text { origin: text.origin, form, may_miss: text.may_miss, composed: false, json: false });
    match name {
        "escapeJavaScript" if text.form == Form::Safe && text.origin == Origin::Service => made(Form::Safe),
        "escapeJavaScript" => made(Form::Script),
        "urlEncode" | "base64Encode" => made(Form::Safe),
        "urlDecode" | "base64Decode" => {
            Value::Text(Text { form: Form::Raw, may_miss: text.may_miss, composed: true, json: false, ..text })
        }
        "parseJson" => Value::Data { origin: text.origin, root: true },
        _ => Value::Nothing,
    }
}

/// Returns the result of a method of strings that gives a string.
fn through(name: &str, text: Text, arguments: &[Value]) -> Value {
    let pattern = match arguments.first() {
        Some(Value::Exact(pattern)) => &**pattern,
        _ => "",
    };
    let form = match (name, text.form) {
        ("replaceAll" | "replace", Form::Script) if pattern.contains('\'') => Form::Safe,
        // An escaping of the author's own is not judged.
        ("replaceAll" | "replace", Form::Raw) if pattern.contains(['"', '\\', '[', '^']) || pattern.is_empty() => {
            Form::Safe
        }
        (_, form) => form,
    };
    Value::Text(Text { form, may_miss: text.may_miss, json: false, ..text })
}

fn operate(operator: Operator, left: &Value, right: &Value) -> Value {
    use Operator::{Add, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Rem, Sub};
    if let (Value::Number(one), Value::Number(two)) = (left, right) {
        let both = one.zip(*two);
        return match operator {
            Add => Value::Number(both.and_then(|(a, b)| a.checked_add(b))),
            Sub => Value::Number(both.and_then(|(a, b)| a.checked_sub(b))),
            Mul => Value::Number(both.and_then(|(a, b)| a.checked_mul(b))),
            Div => Value::Number(both.and_then(|(a, b)| a.checked_div(b))),
            Rem => Value::Number(both.and_then(|(a, b)| a.checked_rem(b))),
            Eq => Value::Boolean(both.map(|(a, b)| a == b)),
            Ne => Value::Boolean(both.map(|(a, b)| a != b)),
            Lt => Value::Boolean(both.map(|(a, b)| a < b)),
            Le => Value::Boolean(both.map(|(a, b)| a <= b)),
            Gt => Value::Boolean(both.map(|(a, b)| a > b)),
            Ge => Value::Boolean(both.map(|(a, b)| a >= b)),
        };
    }
    match operator {
        Eq | Ne => {
            let equal = match (left, right) {
                (Value::Boolean(Some(a)), Value::Boolean(Some(b))) => Some(a == b),
                (Value::Exact(a), Value::Exact(b)) => Some(a == b),
                (Value::Nothing, Value::Exact(b)) | (Value::Exact(b), Value::Nothing) => Some(b.is_empty()),
                (Value::Nothing, Value::Nothing) => Some(true),
                _ => None,
            };
            Value::Boolean(equal.map(|equal| equal == (operator == Eq)))
        }
        Lt | Le | Gt | Ge => Value::Boolean(None),
        Add => match (left.printed(), right.printed()) {
            (Some(one), Some(two)) => Value::exact(&format!("{one}{two}")),
            _ if matches!(left, Value::Number(_)) && matches!(right, Value::Data { .. } | Value::Unknown) => {
                Value::Unknown
            }
            _ => {
                let (one, two) = (left.text(), right.text());
                let worst = if one.form == Form::Safe { two } else { one };
                Value::composed(worst.origin, worst.form)
            }
        },
        _ => Value::Number(None),
    }
}
