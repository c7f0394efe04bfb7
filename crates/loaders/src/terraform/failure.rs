//! Findings about expressions that Terraform refuses, and about names that are not declared.
//!
//! An expression that fails has a finding, once for all instances, and becomes a placeholder, so that what is made
//! of it has no further finding. Within `try` and `can` a failure is no finding; a name that is not declared is one
//! there too, since Terraform looks names up before it evaluates.

use crate::diagnostic::{Fault, Remark, brief};
use crate::span::Span;
use crate::syntax::tree::{Data, Node};
use crate::terraform::configuration::Configuration;
use crate::terraform::evaluator::Evaluator;
use std::collections::BTreeMap;
use vtl::Code;
use vtl::reference::nearest;

/// Most findings about expressions, and most names that another file may declare.
const MOST: usize = 1_000;

/// Work of a finding.
const FINDING: usize = 32;

/// Most names that are compared with one that is not declared.
const COMPARED: usize = 256;

/// Names in the message about the other files of the folder.
const SHOWN: usize = 3;

impl Evaluator<'_> {
    /// Returns the placeholder of an expression that fails, and adds the finding about it.
    ///
    /// # Errors
    /// The findings are too much work.
    pub(super) fn fail(&self, span: Span, message: impl FnOnce() -> String) -> Result<Node, Fault> {
        self.missing.set(true);
        if self.trying.get() == 0 {
            self.tell(Code::FailedExpression, span, message, || None)?;
        }
        Ok(self.unknown(span))
    }

    /// Checks that a place has no finding yet.
    ///
    /// # Errors
    /// The places are too much work.
    pub(super) fn is_first(&self, span: Span) -> Result<bool, Fault> {
        let (name, start) = {
            let sources = self.context.sources.borrow();
            let (name, start) = sources.place(span);
            (name.to_owned(), start)
        };
        self.charge(1 + name.len() / 16, span)?;
        Ok(self.reported.borrow_mut().insert((name, start)))
    }

    /// Adds a finding, once for a place.
    ///
    /// # Errors
    /// The findings are too much work.
    pub(super) fn tell(
        &self,
        code: Code,
        span: Span,
        message: impl FnOnce() -> String,
        help: impl FnOnce() -> Option<String>,
    ) -> Result<(), Fault> {
        if !self.is_first(span)? || self.told.get() > MOST {
            return Ok(());
        }
        self.told.set(self.told.get() + 1);
        if self.told.get() > MOST {
            let message = format!("more than {MOST} expressions and arguments are wrong; the others are not listed");
            self.remarks.borrow_mut().push(Remark::new(code, "", message, span));
            return Ok(());
        }
        let mut remark = Remark::new(code, "", message(), span);
        remark.help = help();
        self.charge(FINDING + remark.message.len() / 16, span)?;
        self.remarks.borrow_mut().push(remark);
        Ok(())
    }

    /// Returns the placeholder of a name that the module does not declare, and adds the finding about it. `among` are
    /// the names of that kind, and `kind` is what is written before them, such as `var.`.
    ///
    /// # Errors
    /// The findings are too much work.
    pub(super) fn undeclared<'n>(
        &self,
        configuration: &Configuration<'_>,
        kind: &str,
        name: &str,
        among: impl ExactSizeIterator<Item = &'n str>,
        span: Span,
    ) -> Result<Node, Fault> {
        if configuration.is_whole {
            let message = || format!("{kind}{} is not declared", brief(name));
            let compared = if among.len() <= COMPARED { among.len() } else { 0 };
            self.charge(compared, span)?;
            let help = || {
                let near = nearest(name, among.take(compared));
                Some(near.map_or_else(
                    || "declare it, or mend the name".into(),
                    |near| format!("did you mean {kind}{near}?"),
                ))
            };
            self.tell(Code::UnresolvedName, span, message, help)?;
        } else if configuration.is_alone && self.elsewhere.borrow().len() < MOST {
            let name = format!("{kind}{}", brief(name));
            self.charge(FINDING + name.len() / 16, span)?;
            self.elsewhere.borrow_mut().entry(name).or_insert(span);
        }
        Ok(self.unknown(span))
    }

    /// Does work that is not part of the expression around it: a failure in it is no failure there.
    ///
    /// # Errors
    /// The work fails.
    pub(super) fn apart<T>(&self, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        let (missing, trying) = (self.missing.replace(false), self.trying.replace(0));
        let result = work();
        self.missing.set(missing);
        self.trying.set(trying);
        result
    }

    /// Returns the finding about names that only another file of the folder may declare.
    pub(super) fn read_alone(&self) -> Option<Remark> {
        let names: BTreeMap<String, Span> = self.elsewhere.take();
        let place = names.values().min_by_key(|span| (span.file, span.start)).copied()?;
        let shown: Vec<&str> = names.keys().take(SHOWN).map(String::as_str).collect();
        let others = match names.len().saturating_sub(SHOWN) {
            0 => String::new(),
            1 => " and one other name".to_owned(),
            more => format!(" and {more} other names"),
        };
        let message =
            format!("the other files of the folder are not read; {}{others} may be declared there", shown.join(", "));
        Some(Remark::new(Code::UnreadPart, "", message, place).with_help("load the folder instead of the file"))
    }
}

/// Says how many arguments a function has.
pub(super) fn wrong_number(name: &str, least: usize, most: usize, given: usize) -> String {
    let wanted = match (least, most) {
        (least, usize::MAX) => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let plural = if wanted == "1" || wanted == "at least 1" { "" } else { "s" };
    format!("{name} takes {wanted} argument{plural}, not {given}")
}

/// Says what a function does not take.
pub(super) fn refused(name: &str, arguments: &[Node]) -> String {
    let types: Vec<&str> = arguments.iter().take(4).map(Node::type_name).collect();
    match (name, arguments) {
        ("lookup", [_, key, ..]) if key.to_word().is_some() && types[0] == "a map" => {
            format!("the map of lookup has no key {}", brief(&key.to_word().unwrap_or_default()))
        }
        ("regex", [_, value]) if value.to_word().is_some() => {
            format!("nothing in {} matches the pattern of regex", brief(&value.to_word().unwrap_or_default()))
        }
        ("index", [_, value]) if types[0] == "a list" && value.to_word().is_some() => {
            format!("the list of index has no item {}", brief(&value.to_word().unwrap_or_default()))
        }
        ("tonumber" | "tobool", [value]) if value.as_str().is_some() => {
            format!("{name} cannot convert {}", brief(value.as_str().unwrap_or_default()))
        }
        _ => format!("{name} does not take {}", types.join(", ")),
    }
}

/// Says that a value has no member.
pub(super) fn lacks(value: &Node, key: &Node) -> String {
    let word = key.to_word().map_or_else(|| key.type_name().to_owned(), |word| brief(&word));
    match &value.data {
        Data::Map(_) => format!("the map has no key {word}"),
        Data::List(items) if word.parse::<usize>().is_ok() => {
            format!("the list has no item {word}: it has {}", items.len())
        }
        Data::List(_) => format!("a list has no attribute {word}; an item of it is meant, as in `[0]`"),
        _ => format!("{} has no attribute {word}", value.type_name()),
    }
}
