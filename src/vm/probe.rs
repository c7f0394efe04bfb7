//! Probes: the public trait [`Probe`], and `Watch`, over which the machine is generic.
//!
//! The machine is instantiated twice, with a probe and without, so probes cost nothing when absent.

use crate::note::Note;
use crate::span::Span;
use crate::value::{Arena, Value, json, show};

/// Observes a render, for traces, coverage and steppers; it cannot change the render.
///
/// The work of a probe is not charged to the limits. A render with a probe reads the whole payload, so that the probe
/// can look at all of it, and takes more memory and some steps more than a render without one.
///
/// Passed to [`RenderOptions::probe`](crate::RenderOptions::probe). Every method has an empty default; `()` is the
/// probe that does nothing.
///
/// ```
/// use vtl::{Globals, Probe, RenderOptions, Span, State, Template};
///
/// /// Collects the lines that ran.
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
    /// Called before each op. `at` is its span in [`State::source`].
    fn op(&mut self, at: Span, state: &State<'_, '_>) {
        let _ = (at, state);
    }

    /// Called when a problem that Velocity ignores is noted.
    fn note(&mut self, note: &Note) {
        let _ = note;
    }

    /// Called before a macro, a block, a by-name argument or an `#evaluate` runs.
    fn enter(&mut self, what: Call<'_>) {
        let _ = what;
    }

    /// Called when the body entered last ends.
    fn leave(&mut self) {}
}

/// Does nothing.
impl Probe for () {}

/// The kind of body that a render enters, passed to [`Probe::enter`].
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
    /// A by-name argument of a macro, evaluated at each use.
    Argument,
    /// An `#evaluate`, with its source.
    Evaluate(&'a str),
}

/// The state of a render before an op, passed to [`Probe::op`].
pub struct State<'a, 'r> {
    pub(super) arena: &'r Arena<'r>,
    pub(super) names: &'a [Box<str>],
    pub(super) slots: &'a [Value<'r>],
    pub(super) source: &'a str,
    pub(super) output: &'a str,
    pub(super) depth: u64,
}

impl<'r> State<'_, 'r> {
    /// Returns the text that spans refer to: the template, or the argument of the running `#evaluate`.
    #[must_use]
    pub fn source(&self) -> &str {
        self.source
    }

    /// Returns the output so far. While a string or block is being captured, its text so far is at the end.
    #[must_use]
    pub fn output(&self) -> &str {
        self.output
    }

    /// Returns the number of open macros, blocks, arguments and `#evaluate`s.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// Returns the names of the template's variables, whether set or not.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Returns a variable converted to JSON; `None` if it is not set or JSON cannot represent it.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<serde_json::Value> {
        let value = self.value(name)?;
        let mut text = String::new();
        self.arena.budget.aside(|| json::write::write(self.arena, value, &mut text)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Returns the text that a variable prints; `None` if it is not set.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let mut text = String::new();
        self.arena.budget.aside(|| show::show(self.arena, value, &mut text)).ok()?;
        Some(text)
    }

    fn value(&self, name: &str) -> Option<&Value<'r>> {
        let slot = self.names.iter().position(|n| **n == *name)?;
        self.slots.get(slot).filter(|value| !value.is_null())
    }
}

/// The probe type of the machine: a probe, or `()` for none.
pub(crate) trait Watch {
    /// A probe is attached.
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
