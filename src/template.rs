//! A compiled template: the crate's main type.

use crate::compile::compile;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::host::{Globals, Overrides, Roots};
use crate::limits::Limits;
use crate::note::Note;
use crate::program::Program;
use crate::syntax::{self, Macros, Settings, Texts};
use crate::value::Arena;
use crate::vm::{self, Probe, Watch, World};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A compiled mapping template: immutable, cheap to clone, shared by threads.
///
/// ```
/// use vtl::{Globals, Template};
/// let template = Template::parse(r#"{"id": "$input.path('$.id')"}"#)?;
/// let out = template.render(&Globals::body(r#"{"id": 7}"#))?;
/// assert_eq!(out.text, r#"{"id": "7"}"#);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone)]
pub struct Template(Arc<Compiled>);

struct Compiled {
    program: Program,
    dialect: Dialect,
    limits: Limits,
    /// The size of the last output: the next one is likely as large.
    capacity: AtomicUsize,
}

/// What a render gives.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Rendered {
    /// The output.
    pub text: String,
    /// What the template set under `$context.requestOverride` and `$context.responseOverride`.
    pub overrides: Overrides,
    /// What was swallowed on the way.
    pub notes: Vec<Note>,
}

impl Template {
    /// Compiles a template under the service's rules and quotas.
    ///
    /// # Errors
    /// `V0xx` when it does not parse, `V301` and `V302` when it is too large or nested too deeply.
    pub fn parse(source: &str) -> Result<Template, Error> {
        Template::parse_with(source, Dialect::service(), &Limits::service())
    }

    /// Compiles a template for a dialect, with limits for it and for its renders.
    ///
    /// # Errors
    /// As [`parse`](Template::parse).
    pub fn parse_with(source: &str, dialect: Dialect, limits: &Limits) -> Result<Template, Error> {
        Template::build(source, dialect, limits, true)
    }

    /// The same without fused ops, to check that they change nothing.
    #[doc(hidden)]
    pub fn parse_unfused(source: &str, dialect: Dialect, limits: &Limits) -> Result<Template, Error> {
        Template::build(source, dialect, limits, false)
    }

    fn build(source: &str, dialect: Dialect, limits: &Limits, fuse: bool) -> Result<Template, Error> {
        syntax::check_size(source, limits)?;
        let texts = Texts::with_capacity(0);
        let settings = Settings { evaluate: !dialect.service, macros: &(), nesting: limits.nesting, texts: &texts };
        let ast = syntax::parse(source, settings)?;
        let program = compile(&ast, source, dialect, &[], fuse, false)?;
        let capacity = AtomicUsize::new(source.len());
        Ok(Template(Arc::new(Compiled { program, dialect, limits: limits.clone(), capacity })))
    }

    /// Renders with the limits given when compiling.
    ///
    /// # Errors
    /// `V1xx` and `V2xx` where the service would answer 500 or 400, `V3xx` when a limit is reached.
    pub fn render(&self, globals: &Globals<'_>) -> Result<Rendered, Error> {
        self.run(globals, &self.0.limits, ())
    }

    /// Renders with limits of its own, watched by a probe, which changes nothing of the result.
    ///
    /// # Errors
    /// As [`render`](Template::render).
    ///
    /// ```
    /// use vtl::{Globals, Limits, Note, Probe, Template};
    /// struct Print;
    /// impl Probe for Print {
    ///     fn note(&mut self, note: &Note) {
    ///         eprintln!("{note}");
    ///     }
    /// }
    /// let template = Template::parse("Hi $name")?;
    /// let out = template.render_with(&Globals::default(), &Limits::service(), &mut Print)?;
    /// assert_eq!(out.text, "Hi ");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    pub fn render_with(
        &self,
        globals: &Globals<'_>,
        limits: &Limits,
        probe: &mut dyn Probe,
    ) -> Result<Rendered, Error> {
        self.run(globals, limits, probe)
    }

    fn run<W: Watch>(&self, globals: &Globals<'_>, limits: &Limits, watch: W) -> Result<Rendered, Error> {
        let compiled = &*self.0;
        let arena = Arena::new(limits, compiled.dialect);
        let evaluated = typed_arena::Arena::with_capacity(0);
        let evaluate = |text: &str, names: &[Box<str>], macros: &[&str]| {
            let texts = Texts::with_capacity(0);
            let macros = Known(macros);
            let settings = Settings { evaluate: true, macros: &macros, nesting: limits.nesting, texts: &texts };
            let ast = syntax::parse(text, settings)?;
            compile(&ast, text, compiled.dialect, names, true, true)
        };
        // Who watches may look at all of a variable.
        let plan = compiled.program.plan.as_ref().filter(|_| !W::ON);
        let capacity = compiled.capacity.load(Ordering::Relaxed);
        let roots = Roots::new(&arena, globals, plan);
        let outcome = vm::render(
            &compiled.program,
            World { arena: &arena, roots: &roots, evaluated: &evaluated, compile: &evaluate, limits, capacity },
            watch,
        )?;
        // Threads that share the template also share the piece of memory that this is in: to write it anew for each
        // render would take it from the others.
        if outcome.text.len() != capacity {
            compiled.capacity.store(outcome.text.len(), Ordering::Relaxed);
        }
        Ok(Rendered { text: outcome.text, overrides: outcome.overrides, notes: outcome.notes })
    }

    /// The text it was made from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.program.source
    }

    /// What can be said of it without running it.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.0.program.notes
    }

    /// The ops it was compiled to, one a line.
    ///
    /// ```
    /// let template = vtl::Template::parse("Hi $name")?;
    /// assert!(template.dump().to_string().contains("Text"));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    pub fn dump(&self) -> impl fmt::Display + '_ {
        &self.0.program
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("source", &self.source()).field("dialect", &self.0.dialect).finish()
    }
}

#[derive(Debug)]
struct Known<'a>(&'a [&'a str]);

impl Macros for Known<'_> {
    fn is_macro(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Template>();
};
