//! Conditions of a template ("Condition functions"), each tested once.

use super::{Intrinsics, MOST_UNDECLARED, Tested};
use crate::syntax::tree::Node;
use vtl::Code;

impl<'a> Intrinsics<'a> {
    /// Tests all conditions of a whole template, so that those that nothing uses have their findings too.
    pub(crate) fn test_all(&self) {
        for (name, node) in self.root.get("Conditions").into_iter().flat_map(Node::fields) {
            self.condition(&Node::text(node.span, name), 0);
        }
    }

    /// Evaluates a condition by its name; `None` if its value is known only after deployment.
    pub(crate) fn condition(&self, name: &Node, depth: usize) -> Option<bool> {
        let span = name.span;
        let name = name.to_word()?;
        let Some((name, written)) = self.sections.conditions.get_key_value(name.as_str()) else {
            let mut undeclared = self.undeclared.borrow_mut();
            if !name.contains("${")
                && undeclared.len() < MOST_UNDECLARED
                && undeclared.iter().all(|(_, known)| *known != span)
            {
                undeclared.push((name, span));
            }
            return None;
        };
        let known = self.tested.borrow().get(name).copied();
        match known {
            Some(Tested::Known(known)) => return known,
            Some(Tested::Now) => {
                self.refuse(Code::CircularReference, format!("the condition {name} depends on itself"), span);
                return None;
            }
            None if self.is_too_deep(depth, span) => return None,
            None => {}
        }
        self.tested.borrow_mut().insert(name, Tested::Now);
        let holds = self.test(written, depth + 1);
        self.tested.borrow_mut().insert(name, Tested::Known(holds));
        holds
    }

    fn test(&self, node: &Node, depth: usize) -> Option<bool> {
        if self.is_too_deep(depth, node.span)
            || !self.context.budget.charge(1, node.span)
            || !self.context.budget.descend(node.span)
        {
            return None;
        }
        let [(key, argument)] = node.entries() else {
            self.refuse_condition("a condition must be one function, such as Fn::Equals", node);
            return node.to_bool();
        };
        let results = || argument.each().iter().map(|item| self.test(item, depth + 1)).collect::<Vec<_>>();
        let must_have = |counts: std::ops::RangeInclusive<usize>, what: &str| {
            if !counts.contains(&argument.each().len()) {
                self.refuse_condition(what, argument);
            }
        };
        match key.as_str()? {
            "Condition" => {
                if argument.to_word().is_none() {
                    self.refuse_condition("Condition must have the name of a condition", argument);
                }
                self.condition(argument, depth)
            }
            "Fn::Equals" => self.equals(argument, depth),
            "Fn::Not" => {
                must_have(1..=1, "Fn::Not must have one condition");
                results().first().copied()?.map(|holds| !holds)
            }
            "Fn::And" => {
                must_have(2..=10, "Fn::And must have 2 to 10 conditions");
                decide(&results(), false)
            }
            "Fn::Or" => {
                must_have(2..=10, "Fn::Or must have 2 to 10 conditions");
                decide(&results(), true)
            }
            "Fn::Transform" => None,
            other => {
                let what =
                    format!("{other} is no function of conditions: write Fn::And, Fn::Equals, Fn::Not or Fn::Or");
                self.refuse_condition(&what, node);
                None
            }
        }
    }

    fn equals(&self, argument: &Node, depth: usize) -> Option<bool> {
        let [one, other] = argument.items() else {
            self.refuse_condition("Fn::Equals must have two values", argument);
            return None;
        };
        let (one, other) = (self.value(one, depth)?, self.value(other, depth)?);
        for value in [&one, &other] {
            if (value.is_list() || value.is_map()) && !value.has_placeholder() {
                self.refuse_condition("the values of Fn::Equals must be strings", value);
            }
        }
        let equal = one.to_word()? == other.to_word()?;
        (equal || (!one.has_placeholder() && !other.has_placeholder())).then_some(equal)
    }

    /// Adds a finding about a condition that CloudFormation refuses; a macro may make another of it.
    fn refuse_condition(&self, what: &str, node: &Node) {
        if !self.sections.has_macro {
            self.refuse(Code::WrongValueType, format!("{what}; CloudFormation refuses it"), node.span);
        }
    }
}

/// Returns `decisive` if one of the results is, its opposite if all are, and `None` otherwise.
fn decide(results: &[Option<bool>], decisive: bool) -> Option<bool> {
    if results.contains(&Some(decisive)) {
        return Some(decisive);
    }
    (!results.contains(&None)).then_some(!decisive)
}
