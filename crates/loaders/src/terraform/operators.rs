//! Terraform's operators and type conversions.

use crate::diagnostic::Fault;
use crate::span::Span;
use crate::syntax::build::MapBuilder;
use crate::syntax::tree::{Data, Node};
use hcl_edit::Number;
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, Object, ObjectKey, UnaryOperator};
use std::collections::HashMap;

/// Converts a number to a string as Terraform does: `2.0` to `2`.
pub(crate) fn spell(number: &Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    match number.as_u64() {
        Some(whole) => whole.to_string(),
        None => spell_float(number.as_f64().unwrap_or_default()),
    }
}

/// Converts a floating-point number to a string as Terraform does.
pub(crate) fn spell_float(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// Returns a name in quotes, as in an index.
pub(crate) fn quote(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// Converts a value to a number.
pub(crate) fn number(node: &Node) -> Option<f64> {
    match &node.data {
        Data::Number(number) => number.parse().ok(),
        Data::Text(text) if !text.has_placeholder => {
            text.text.trim().parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// Converts a value to a boolean; `None` if it is unknown.
pub(crate) fn truth(node: &Node) -> Option<bool> {
    match &node.data {
        Data::Bool(flag) => Some(*flag),
        Data::Text(text) if matches!(text.text.as_str(), "true" | "1") => Some(true),
        Data::Text(text) if matches!(text.text.as_str(), "false" | "0") => Some(false),
        _ => None,
    }
}

/// Compares two values; `None` if the result is unknown.
pub(crate) fn equal(one: &Node, other: &Node) -> Option<bool> {
    if one.has_placeholder() || other.has_placeholder() {
        return (one.is_null() || other.is_null()).then_some(false);
    }
    Some(same(one, other))
}

/// Compares two known values.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.data, &other.data) {
        (Data::Null, Data::Null) => true,
        (Data::Bool(one), Data::Bool(other)) => one == other,
        (Data::Number(one), Data::Number(other)) => one == other || one.parse::<f64>() == other.parse::<f64>(),
        (Data::Text(one), Data::Text(other)) => one.text == other.text,
        (Data::List(ones), Data::List(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same(one, other))
        }
        (Data::Map(ones), Data::Map(_)) => {
            let keys = |node: &Node| node.fields().count();
            keys(one) == keys(other) && {
                let known: HashMap<&str, &Node> = other.fields().collect();
                let pair = |(key, value): &(Node, Node)| Some(same(value, known.get(key.as_str()?)?));
                ones.iter().all(|entry| pair(entry) == Some(true))
            }
        }
        _ => false,
    }
}

/// Applies a unary operator; `None` if the operand is unknown.
pub(crate) fn unary(operator: UnaryOperator, value: &Node, span: Span) -> Option<Node> {
    match operator {
        UnaryOperator::Not => truth(value).map(|flag| Node::new(span, Data::Bool(!flag))),
        UnaryOperator::Neg => number(value).map(|number| Node::new(span, Data::Number(spell_float(-number)))),
    }
}

/// Applies a binary operator; `None` if an operand that matters is unknown.
pub(crate) fn binary(operator: BinaryOperator, one: &Node, other: &Node, span: Span) -> Option<Node> {
    use BinaryOperator as Op;
    let flag = |flag: bool| Some(Node::new(span, Data::Bool(flag)));
    let (left, right) = (truth(one), truth(other));
    match operator {
        Op::Eq => return equal(one, other).and_then(flag),
        Op::NotEq => return equal(one, other).and_then(|equal| flag(!equal)),
        Op::And if left == Some(false) || right == Some(false) => return flag(false),
        Op::And => return flag(left? && right?),
        Op::Or if left == Some(true) || right == Some(true) => return flag(true),
        Op::Or => return flag(left? || right?),
        _ => {}
    }
    let (one, other) = (number(one)?, number(other)?);
    let result = match operator {
        Op::Less => return flag(one < other),
        Op::LessEq => return flag(one <= other),
        Op::Greater => return flag(one > other),
        Op::GreaterEq => return flag(one >= other),
        Op::Plus => one + other,
        Op::Minus => one - other,
        Op::Mul => one * other,
        Op::Div => one / other,
        Op::Mod => one % other,
        _ => return None,
    };
    result.is_finite().then(|| Node::new(span, Data::Number(spell_float(result))))
}

/// Converts a value to the type of a variable: missing `optional` attributes get their default or null.
///
/// # Errors
/// `charge`, which counts the work, failed.
pub(crate) fn convert(
    mut value: Node,
    kind: &Expression,
    charge: &dyn Fn(usize) -> Result<(), Fault>,
) -> Result<Node, Fault> {
    let Expression::FuncCall(call) = kind else { return Ok(value) };
    let Some(argument) = call.args.get(0) else { return Ok(value) };
    Ok(match (call.name.name.as_str(), &mut value.data, argument) {
        ("list" | "set", Data::List(items), _) => {
            let converted = items.drain(..).map(|item| convert(item, argument, charge));
            Node::new(value.span, Data::List(converted.collect::<Result<_, _>>()?))
        }
        ("map", Data::Map(entries), _) => {
            let converted = entries.drain(..).map(|(key, value)| Ok((key, convert(value, argument, charge)?)));
            Node::new(value.span, Data::Map(converted.collect::<Result<_, Fault>>()?))
        }
        ("object", Data::Map(entries), Expression::Object(attributes)) => {
            object(entries, attributes, value.span, charge)?;
            value
        }
        ("optional", ..) => convert(value, argument, charge)?,
        _ => value,
    })
}

/// Returns the attributes of an object type whose names are written out, with their types.
pub(super) fn members(attributes: &Object) -> impl Iterator<Item = (&str, &Expression)> {
    attributes.iter().filter_map(|(key, kind)| {
        let name = match key {
            ObjectKey::Ident(name) => name.as_str(),
            ObjectKey::Expression(Expression::Variable(name)) => name.as_str(),
            ObjectKey::Expression(Expression::String(name)) => name.value().as_str(),
            ObjectKey::Expression(_) => return None,
        };
        Some((name, kind.expr()))
    })
}

/// Converts the entries of a map to the attributes of an object type.
fn object(
    entries: &mut Vec<(Node, Node)>,
    attributes: &Object,
    span: Span,
    charge: &dyn Fn(usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut places: HashMap<&str, Option<usize>> = members(attributes).map(|(name, _)| (name, None)).collect();
    for (at, (key, _)) in entries.iter().enumerate() {
        if let Some(place) = key.as_str().and_then(|name| places.get_mut(name)) {
            *place = Some(at);
        }
    }
    for (name, kind) in members(attributes) {
        // A default is copied into each value.
        charge(1 + kind.span().map_or(0, |written| written.len()) / 16)?;
        let default = match kind {
            Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
                Some(call.args.get(1).and_then(|default| constant(default, span)).unwrap_or_else(|| Node::null(span)))
            }
            _ => None,
        };
        let place = places.entry(name).or_default();
        let old = place.and_then(|at| entries.get_mut(at)).map(|(_, value)| value);
        match (old, default) {
            (Some(old), _) if !old.is_null() => {
                let given = std::mem::replace(old, Node::null(span));
                *old = convert(given, kind, charge)?;
            }
            (Some(old), Some(default)) => *old = convert(default, kind, charge)?,
            (None, Some(default)) => {
                *place = Some(entries.len());
                entries.push((Node::text(span, name), convert(default, kind, charge)?));
            }
            (_, None) => {}
        }
    }
    Ok(())
}

/// Evaluates a literal.
fn constant(expression: &Expression, span: Span) -> Option<Node> {
    let data = match expression {
        Expression::Bool(flag) => Data::Bool(*flag.value()),
        Expression::Number(number) => Data::Number(spell(number.value())),
        Expression::String(text) => return Some(Node::text(span, text.value().as_str())),
        Expression::Array(items) => Data::List(items.iter().map(|item| constant(item, span)).collect::<Option<_>>()?),
        Expression::Object(object) => {
            let mut map = MapBuilder::default();
            for (key, value) in object {
                let name = match key {
                    ObjectKey::Ident(name) => name.as_str(),
                    ObjectKey::Expression(Expression::String(name)) => name.value().as_str(),
                    ObjectKey::Expression(_) => return None,
                };
                map.set(Node::text(span, name), constant(value.expr(), span)?);
            }
            return Some(map.finish(span));
        }
        _ => return None,
    };
    Some(Node::new(span, data))
}
