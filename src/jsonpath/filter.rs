//! Filters: evaluation of `[?(…)]`.

use super::number::{Decimal, Number};
use super::step::{Fail, Operand, Operator, Predicate, is_json};
use super::tree::{NodeKind, Tree};
use super::walk::Walk;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::pattern::Pattern;
use crate::value::text::{mapped, to_utf16, utf16_len};
use std::cmp::Ordering;

/// The value of an operand.
enum Node<'p, T> {
    /// A path that found nothing; equal to nothing, not even to itself.
    Missing,
    Null,
    Bool(bool),
    Number(Number),
    Literal(&'p str),
    /// A text of the document.
    Text(T),
    /// A text in a list, unquoted and unescaped.
    Unquoted(String),
    /// A list or object. The flag marks a literal, which as a left operand equals nothing.
    Json(T, bool),
    /// A literal that is not JSON, which fails only where an operator reads it.
    Broken,
    /// A text in a list that is itself JSON.
    JsonText(String),
    /// A text in a list that is a path; equals nothing.
    PathText,
    Pattern(&'p Pattern),
}

const NO_LIST: Fail = Fail::Invalid("an operand is not a list");
const BROKEN: Fail = Fail::Other("a literal is not JSON");

/// Steps of comparing two operands, whatever they are.
const RELATION: usize = 6;

/// Steps of reading a text in a list as a path or as JSON, beyond those of its bytes.
const STEPS_PER_PATH: usize = 32;
const STEPS_PER_JSON: usize = 24;

impl<T: Tree> Walk<T> {
    /// Returns `true` if a filter accepts `item`. A path error in the filter counts as `false`.
    pub(super) fn accepts(&self, predicate: &Predicate, item: &T) -> Result<bool, Fail> {
        match self.holds(predicate, item) {
            Err(Fail::NotFound | Fail::Invalid(_)) => Ok(false),
            other => other,
        }
    }

    fn holds(&self, predicate: &Predicate, item: &T) -> Result<bool, Fail> {
        match predicate {
            Predicate::Any(all) => {
                for one in all {
                    if self.holds(one, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Predicate::All(all) => {
                for one in all {
                    if !self.holds(one, item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Predicate::Not(one) => Ok(!self.holds(one, item)?),
            // Even a path from `$` starts at the item here.
            Predicate::Exists(path, wanted) => Ok(self.exists(path, item)? == *wanted),
            Predicate::Relation(left, operator, right) => {
                // Both operands are looked up and dropped again, whatever they are compared by.
                T::charge(self.heap, RELATION)?;
                let left = self.node(left, item)?;
                let right = self.node(right, item)?;
                if let (Node::Number(_), _) | (_, Node::Number(_)) = (&left, &right) {
                    // Decimals are compared digit by digit.
                    T::charge(self.heap, 4)?;
                }
                self.relate(&left, *operator, &right)
            }
        }
    }

    fn node<'p>(&self, operand: &'p Operand, item: &T) -> Result<Node<'p, T>, Fail> {
        Ok(match operand {
            Operand::Null => Node::Null,
            Operand::Bool(b) => Node::Bool(*b),
            Operand::Number(number) => Node::Number(number.clone()),
            Operand::Text(text) => Node::Literal(text),
            Operand::Json(literal) => self.literal(literal)?.map_or(Node::Broken, |value| Node::Json(value, true)),
            Operand::Pattern(pattern) => Node::Pattern(pattern),
            Operand::Path(path) => {
                let value = if path.rooted { self.find_from_root(path) } else { self.find(path, item) };
                let value = match value {
                    Ok(value) => value,
                    Err(Fail::NotFound) => return Ok(Node::Missing),
                    Err(other) => return Err(other),
                };
                if path.gives_keys() && value.is_list() {
                    return Err(Fail::Other("the keys of an object cannot be compared"));
                }
                match value.kind() {
                    NodeKind::Null => Node::Null,
                    NodeKind::Bool(b) => Node::Bool(b),
                    NodeKind::Number => Node::Number(value.to_number(self.heap)?),
                    NodeKind::Text(_) => Node::Text(value),
                    NodeKind::List | NodeKind::Map => Node::Json(value, false),
                }
            }
        })
    }

    fn relate(&self, left: &Node<'_, T>, operator: Operator, right: &Node<'_, T>) -> Result<bool, Fail> {
        T::charge(self.heap, (left.len() + right.len()) / 16)?;
        if let (Node::Json(..) | Node::Broken, Node::Broken) = (left, right)
            && let Operator::Equal | Operator::NotEqual | Operator::Same | Operator::NotSame = operator
        {
            return Err(BROKEN);
        }
        Ok(match operator {
            Operator::Equal => left.equals(right, self.heap)?,
            Operator::NotEqual => !left.equals(right, self.heap)?,
            Operator::Same => left.is_same_class(right) && left.equals(right, self.heap)?,
            Operator::NotSame => !(left.is_same_class(right) && left.equals(right, self.heap)?),
            Operator::Less => left.compare(right).is_some_and(Ordering::is_lt),
            Operator::LessEqual => left.compare(right).is_some_and(Ordering::is_le),
            Operator::Greater => left.compare(right).is_some_and(Ordering::is_gt),
            Operator::GreaterEqual => left.compare(right).is_some_and(Ordering::is_ge),
            Operator::Matches => self.matches(left, right)?,
            Operator::In => self.is_in(left, right)?,
            Operator::NotIn => !self.is_in(left, right)?,
            Operator::Contains => match (left.as_text(), right.as_text(), left) {
                (Some(text), Some(part), _) => text.contains(part),
                (_, _, Node::Json(list, _)) if list.is_list() => self.is_among(right, list)?,
                (_, _, Node::Broken) => return Err(BROKEN),
                _ => false,
            },
            // Jayway never recognizes the right operand as a list, so `all` accepts nothing.
            Operator::All => return Err(NO_LIST),
            Operator::Size => {
                let Node::Number(size) = right else { return Ok(false) };
                let length = match (left.as_text(), left) {
                    (Some(text), _) => utf16_len(text) as i64,
                    (None, Node::Json(list, _)) => {
                        if list.is_list() {
                            list.len() as i64
                        } else {
                            -1
                        }
                    }
                    (None, Node::Broken) => return Err(BROKEN),
                    _ => return Ok(false),
                };
                length == i64::from(size.int())
            }
            Operator::Empty => {
                let empty = match (left.as_text(), left) {
                    (Some(text), _) => text.is_empty(),
                    (None, Node::Json(json, _)) if json.is_list() => json.len() == 0,
                    (None, Node::Json(..)) => return Err(Fail::Other("`empty` does not apply to an object")),
                    (None, Node::Broken) => return Err(BROKEN),
                    _ => return Ok(false),
                };
                let Node::Bool(wanted) = right else { return Err(Fail::Invalid("`empty` needs true or false")) };
                empty == *wanted
            }
            Operator::SubsetOf | Operator::AnyOf | Operator::NoneOf => self.overlap(left, operator, right)?,
            Operator::Exists => match (left, right) {
                (Node::Bool(a), Node::Bool(b)) => a == b,
                (Node::Bool(_), _) | (_, Node::Bool(_)) => return Err(Fail::Invalid("`exists` needs true or false")),
                _ => return Err(Fail::Other("`exists` needs true or false")),
            },
            Operator::Type | Operator::Predicate => return Err(Fail::Invalid("only Java code can use this operator")),
        })
    }

    /// Classifies a text in a list as Jayway does: a path or JSON if it parses as one, otherwise a text without its
    /// quotes and escapes.
    fn listed_text(&self, text: &str, element: &T) -> Result<Node<'static, T>, Fail> {
        T::charge(self.heap, text.len() / 16)?;
        let trimmed = text.trim_matches(|c| c <= ' ');
        if trimmed.starts_with(['@', '$']) {
            T::charge(self.heap, STEPS_PER_PATH + 2 * super::STEPS_PER_BYTE * trimmed.len())?;
            let most = T::on_budget(self.heap, |budget| budget.levels(super::parse::FRAME));
            match T::on_budget(self.heap, |budget| super::parse::compile(trimmed, most, budget)) {
                Ok(_) => return Ok(Node::PathText),
                Err(error) if error.code() == Code::NestingLimit && most < super::parse::MAX_NESTING => {
                    return Err(Fail::Stop(T::on_budget(self.heap, |budget| budget.too_deep())));
                }
                Err(_) => {}
            }
        }
        let wrapped = |open, close| trimmed.len() > 1 && trimmed.starts_with(open) && trimmed.ends_with(close);
        if wrapped('[', ']') || wrapped('{', '}') {
            T::charge(self.heap, STEPS_PER_JSON)?;
            if T::on_budget(self.heap, |budget| is_json(trimmed, budget)) {
                return Ok(Node::JsonText(text.to_owned()));
            }
        }
        let quoted = |quote| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        let inside = if quoted('\'') || quoted('"') { text.get(1..text.len() - 1).unwrap_or(text) } else { text };
        if inside.len() == text.len() && (!text.contains('\\') || text.len() < 2) {
            return Ok(Node::Text(element.clone()));
        }
        super::parse::unescape(inside).map(Node::Unquoted).map_err(|_| Fail::Other("a text has a broken escape"))
    }

    fn is_in(&self, left: &Node<'_, T>, right: &Node<'_, T>) -> Result<bool, Fail> {
        match right {
            Node::Json(list, _) if list.is_list() => self.is_among(left, list),
            Node::Json(..) => Ok(false),
            Node::Broken => Err(BROKEN),
            _ => Err(NO_LIST),
        }
    }

    fn overlap(&self, left: &Node<'_, T>, operator: Operator, right: &Node<'_, T>) -> Result<bool, Fail> {
        let list = |node: &Node<'_, T>| match node {
            Node::Json(value, _) => Ok(value.clone()),
            Node::Broken => Err(BROKEN),
            _ => Err(NO_LIST),
        };
        let right = list(right)?;
        if !right.is_list() {
            return Ok(false);
        }
        self.elements(&right, |right| {
            let left = list(left)?;
            if !left.is_list() {
                return Ok(false);
            }
            self.elements(&left, |left| {
                // The first element that decides: one that is missing, or one that is shared.
                let decisive = !matches!(operator, Operator::SubsetOf);
                for one in left {
                    if is_one_of(one, right, self.heap)? == decisive {
                        return Ok(matches!(operator, Operator::AnyOf));
                    }
                }
                Ok(!matches!(operator, Operator::AnyOf))
            })
        })
    }

    /// Checks whether an operand equals an element of a list.
    fn is_among(&self, node: &Node<'_, T>, list: &T) -> Result<bool, Fail> {
        self.elements(list, |others| is_one_of(node, others, self.heap))
    }

    fn matches(&self, left: &Node<'_, T>, right: &Node<'_, T>) -> Result<bool, Fail> {
        let (pattern, input) = match (left, right) {
            (Node::Pattern(_), Node::Pattern(_)) => return Ok(false),
            (Node::Pattern(pattern), input) | (input, Node::Pattern(pattern)) => (pattern, input),
            _ => return Ok(false),
        };
        let one = |node: &Node<'_, T>| {
            let text = node.pattern_input();
            T::charge(self.heap, text.len() / 16)?;
            Ok::<bool, Fail>(T::on_budget(self.heap, |budget| pattern.matches_within(&text, budget))?)
        };
        match input {
            Node::Json(list, _) if list.is_list() => self.elements(list, |elements| {
                for element in elements {
                    if one(element)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }),
            Node::Broken => Err(BROKEN),
            other => one(other),
        }
    }

    /// Looks at the elements of a list as operands, which are held meanwhile. A nested list cannot be compared.
    fn elements(&self, list: &T, look: impl FnOnce(&[Node<'static, T>]) -> Result<bool, Fail>) -> Result<bool, Fail> {
        T::charge(self.heap, 12 * list.len())?;
        let mut held = list.len().saturating_mul(size_of::<Node<'_, T>>());
        T::hold(self.heap, held)?;
        let mut nodes = Vec::with_capacity(list.len());
        for element in (0..list.len()).filter_map(|i| list.item(i)) {
            let node = match element.kind() {
                NodeKind::Null => Node::Null,
                NodeKind::Bool(b) => Node::Bool(b),
                NodeKind::Number => Node::Number(element.to_number(self.heap)?),
                NodeKind::Text(text) => self.listed_text(text, &element)?,
                NodeKind::List | NodeKind::Map => return Err(Fail::Other("a list in a list cannot be compared")),
            };
            T::hold(self.heap, node.own())?;
            held += node.own();
            nodes.push(node);
        }
        let found = look(&nodes);
        T::release(self.heap, held);
        found
    }
}

/// Checks whether an operand equals one of some others.
fn is_one_of<T: Tree>(node: &Node<'_, T>, others: &[Node<'_, T>], heap: T::Heap) -> Result<bool, Fail> {
    for other in others {
        if node.equals(other, heap)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl<T: Tree> Node<'_, T> {
    fn as_text(&self) -> Option<&str> {
        match self {
            Node::Literal(text) => Some(mapped(text)),
            Node::Unquoted(text) => Some(mapped(text)),
            Node::Text(node) => match node.kind() {
                NodeKind::Text(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the bytes of a text or the digits of a number, which an operator may look at.
    fn len(&self) -> usize {
        match self {
            Node::Number(number) => number.len(),
            other => other.as_text().map_or(0, str::len),
        }
    }

    /// Returns the bytes of the text that it holds itself.
    fn own(&self) -> usize {
        match self {
            Node::Unquoted(text) | Node::JsonText(text) => text.len(),
            Node::Number(number) => number.len(),
            _ => 0,
        }
    }

    fn is_same_class(&self, other: &Self) -> bool {
        match (self.as_text(), other.as_text()) {
            (Some(_), Some(_)) => true,
            (None, None) => std::mem::discriminant(self) == std::mem::discriminant(other),
            _ => false,
        }
    }

    /// Evaluates `==`. The left operand decides: a text is compared with the digits of a number, a number with
    /// the numeric value of a text.
    fn equals(&self, other: &Self, heap: T::Heap) -> Result<bool, Fail> {
        let (left, right) = (self.len(), other.len());
        T::charge(
            heap,
            match (self, other) {
                (Node::Number(_), _) | (_, Node::Number(_)) => 6 + (left + right) / 16,
                _ if left == right => 1 + right / 16,
                _ => 1,
            },
        )?;
        if let Some(text) = self.as_text() {
            return Ok(match other {
                Node::Number(number) => {
                    text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && number.decimal_text() == text
                }
                other => other.as_text() == Some(text),
            });
        }
        Ok(match (self, other) {
            (Node::Null, Node::Null) => true,
            (Node::Bool(a), Node::Bool(b)) => a == b,
            (Node::Number(a), Node::Number(b)) => a.compare(b) == Some(Ordering::Equal),
            (Node::Number(a), other) => other
                .as_text()
                .and_then(Decimal::parse)
                .is_some_and(|b| a.compare(&Number::Decimal(b)) == Some(Ordering::Equal)),
            (Node::Json(a, false), Node::Json(b, _)) => is_equal(heap, a, b)?,
            (Node::JsonText(a), Node::JsonText(b)) => a == b,
            _ => false,
        })
    }

    /// Compares two numbers or two texts; `None` for other operands.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Node::Number(a), Node::Number(b)) => a.compare(b),
            _ => {
                let (a, b) = (self.as_text()?, other.as_text()?);
                Some(if a.is_ascii() || b.is_ascii() { a.cmp(b) } else { to_utf16(a).cmp(&to_utf16(b)) })
            }
        }
    }

    /// Returns the text that a pattern is matched with; empty for null and objects.
    fn pattern_input(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Node::Number(number) => number.decimal_text().into(),
            Node::Bool(b) => if *b { "true" } else { "false" }.into(),
            other => other.as_text().unwrap_or("").into(),
        }
    }
}

/// Compares lists and objects by Java's `equals`: 1 and 1.0 differ, the order of members does not matter.
fn is_equal<T: Tree>(heap: T::Heap, a: &T, b: &T) -> Result<bool, Error> {
    T::charge(heap, 3)?;
    Ok(match (a.kind(), b.kind()) {
        (NodeKind::Null, NodeKind::Null) => true,
        (NodeKind::Bool(a), NodeKind::Bool(b)) => a == b,
        (NodeKind::Number, NodeKind::Number) => {
            let (a, b) = (a.to_number(heap)?, b.to_number(heap)?);
            T::charge(heap, (a.len() + b.len()) / 16)?;
            a.java_equals(&b)
        }
        (NodeKind::Text(a), NodeKind::Text(b)) => {
            T::on_budget(heap, |budget| budget.charge_bytes(a.len()))?;
            a == b
        }
        (NodeKind::List, NodeKind::List) => {
            T::on_budget(heap, |budget| budget.descend())?;
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in (0..a.len()).filter_map(|i| a.item(i).zip(b.item(i))) {
                if !is_equal(heap, &a, &b)? {
                    return Ok(false);
                }
            }
            true
        }
        (NodeKind::Map, NodeKind::Map) => {
            T::on_budget(heap, |budget| budget.descend())?;
            if a.len() != b.len() {
                return Ok(false);
            }
            // Each name is looked up in the other object.
            T::charge(heap, 2 * a.len())?;
            for (name, value) in a.names().into_iter().zip(a.values()) {
                let other = match name.kind() {
                    NodeKind::Text(name) => b.member(name),
                    _ => None,
                };
                match other {
                    Some(other) if is_equal(heap, &value, &other)? => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        _ => false,
    })
}
