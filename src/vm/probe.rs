//! Watching a render: [`Probe`] for the world outside, `Watch` for the machine.
//!
//! The machine exists twice, with a probe and without; the code for it costs nothing where there is none.

use crate::note::Note;
use crate::span::Span;
use crate::value::{Arena, Value, json, show};

/// Watches a render: for traces, coverage, steppers. It cannot change the render.
///
/// Given to [`RenderOptions::probe`](crate::RenderOptions::probe). Every method does nothing unless written; `()`
/// is the probe that does nothing.
///
/// ```
/// use vtl::{Globals, Probe, RenderOptions, Span, State, Template};
///
/// /// Keeps the lines that ran.
/// struct Coverage<'s>(&'s str, std::collections::BTreeSet<usize>);
///
/// impl Probe for Coverage<'_> {
///     fn op(&mut self, at: Span, _: &State<'_, '_>) {
///         self.1.insert(at.line_column(self.0).0);
///     }
/// }
///
/// let source = "#set($n = 1)\n#if($n > 1)\nmany\n#end\n";
/// let mut coverage = Coverage(source, Default::default());
/// let template = Template::parse(source)?;
/// template.render_with(&Globals::default(), RenderOptions::new().probe(&mut coverage))?;
/// assert!(coverage.1.contains(&2) && !coverage.1.contains(&3));
/// # Ok::<(), vtl::Error>(())
/// ```
pub trait Probe {
    /// An op is about to run. `at` is where it comes from, in [`State::source`].
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        let _ = (at, state);
    }

    /// Something was swallowed.
    fn note(&mut self, note: &Note) {
        let _ = note;
    }

    /// A macro, a block, an argument or an `#evaluate` begins.
    fn enter(&mut self, what: Call<'_>) {
        let _ = what;
    }

    /// What was entered last has ended.
    fn leave(&mut self) {}
}

/// Does nothing.
impl Probe for () {}

/// What a render enters, seen by [`Probe::enter`].
///
/// ```
/// use vtl::{Call, Globals, ParseOptions, Probe, RenderOptions, Template};
/// struct Depth(Vec<String>);
/// impl Probe for Depth {
///     fn enter(&mut self, what: Call<'_>) {
///         self.0.push(format!("{what:?}"));
///     }
/// }
/// let mut seen = Depth(Vec::new());
/// let template = Template::parse_with("#macro(hi)x#end#hi()", &ParseOptions::velocity_1_7())?;
/// template.render_with(&Globals::default(), RenderOptions::new().probe(&mut seen))?;
/// assert_eq!(seen.0, [r#"Macro("hi")"#]);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Call<'a> {
    /// A macro, by its name.
    Macro(&'a str),
    /// The block of a `#define`, or `$bodyContent`.
    Block,
    /// An argument of a macro, evaluated where it is used.
    Argument,
    /// The text given to `#evaluate`.
    Evaluate(&'a str),
}

/// What a render has in hand when an op runs, seen by [`Probe::op`].
pub struct State<'a, 'r> {
    pub(super) arena: &'r Arena<'r>,
    pub(super) names: &'a [Box<str>],
    pub(super) slots: &'a [Value<'r>],
    pub(super) source: &'a str,
    pub(super) output: &'a str,
    pub(super) depth: u64,
}

impl<'r> State<'_, 'r> {
    /// The text that spans point into: the template, or what was given to `#evaluate`.
    #[must_use]
    pub fn source(&self) -> &str {
        self.source
    }

    /// What was written so far; inside a quoted text, what that has so far comes last.
    #[must_use]
    pub fn output(&self) -> &str {
        self.output
    }

    /// How many macros, blocks, arguments and `#evaluate`s are open.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// The names of the template's variables, set or not.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// A variable as JSON, made now; none if it is not set, or nothing that JSON has.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<serde_json::Value> {
        let mut text = String::new();
        json::write::write(self.arena, self.value(name)?, &mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// A variable as it would print, made now; none if it is not set.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let mut text = String::new();
        show::show(self.arena, self.value(name)?, &mut text).ok()?;
        Some(text)
    }

    fn value(&self, name: &str) -> Option<&Value<'r>> {
        let slot = self.names.iter().position(|n| **n == *name)?;
        self.slots.get(slot).filter(|value| !value.is_null())
    }
}

/// A probe as the machine has it: `()` is none.
pub(crate) trait Watch {
    const ON: bool;
    fn op(&mut self, at: Span, state: &State<'_, '_>);
    fn note(&mut self, note: &Note);
    fn enter(&mut self, what: Call<'_>);
    fn leave(&mut self);
}

impl Watch for () {
    const ON: bool = false;
    fn op(&mut self, _: Span, _: &State<'_, '_>) {}
    fn note(&mut self, _: &Note) {}
    fn enter(&mut self, _: Call<'_>) {}
    fn leave(&mut self) {}
}

impl Watch for &mut dyn Probe {
    const ON: bool = true;
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        (**self).op(at, state);
    }
    fn note(&mut self, note: &Note) {
        (**self).note(note);
    }
    fn enter(&mut self, what: Call<'_>) {
        (**self).enter(what);
    }
    fn leave(&mut self) {
        (**self).leave();
    }
}
