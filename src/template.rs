//! The compiled template.

use crate::budget::Budget;
use crate::compile::compile;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::host::{Globals, Overrides, Roots};
use crate::limits::Limits;
use crate::note::Note;
use crate::options::{ParseOptions, RenderOptions};
use crate::program::Program;
use crate::syntax::ast::Ast;
use crate::syntax::{self, Macros, ReadPart, Reads, Settings, Statement, Texts};
use crate::value::Arena;
use crate::vm::{self, Environment, Watch};
use std::cell::OnceCell;
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
    name: Option<Arc<str>>,
    dialect: Dialect,
    limits: Limits,
    /// The size of the last output, which the next one likely has too.
    capacity: AtomicUsize,
}

/// The result of a render.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Rendered {
    /// The output.
    pub text: String,
    /// Values that the template set under `$context.requestOverride` and `$context.responseOverride`.
    pub overrides: Overrides,
    /// Mistakes that the service ignores in silence, each once per place.
    pub notes: Vec<Note>,
}

impl Template {
    /// Compiles a template under the service's rules and quotas.
    ///
    /// # Errors
    /// `V0xx` when it does not parse, `V301` and `V302` when it is too large or nested too deeply.
    pub fn parse(source: &str) -> Result<Template, Error> {
        Template::parse_with(source, &ParseOptions::new())
    }

    /// Compiles a template under the rules and limits of `options`.
    ///
    /// ```
    /// use vtl::{Globals, ParseOptions, Template};
    /// let options = ParseOptions::velocity_1_7().name("hello.vm");
    /// let template = Template::parse_with("#macro(hi)Hi#end#hi() $name", &options)?;
    /// assert_eq!(template.render(&Globals::default())?.text, "Hi $name");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Template::parse).
    pub fn parse_with(source: &str, options: &ParseOptions) -> Result<Template, Error> {
        Template::parse_within(source, options, &Budget::new(&options.limits))
    }

    /// Compiles a template on a budget that other work may share. It takes the place of the limits of
    /// `options` on steps, memory and time.
    ///
    /// ```
    /// use vtl::{Budget, Limits, ParseOptions, Template};
    /// let budget = Budget::new(&Limits::service().with_time(Some(50)));
    /// let options = ParseOptions::new();
    /// for source in ["$input.body", "$util.escapeJavaScript($input.body)"] {
    ///     Template::parse_within(source, &options, &budget)?;
    /// }
    /// assert!(budget.steps() > 0);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`parse`](Template::parse).
    pub fn parse_within(source: &str, options: &ParseOptions, budget: &Budget<'_>) -> Result<Template, Error> {
        Template::build(source, options, budget).map_err(|error| error.with_template(options.name.clone(), source))
    }

    fn build(source: &str, options: &ParseOptions, budget: &Budget<'_>) -> Result<Template, Error> {
        let ParseOptions { name, dialect, limits, fuse } = options;
        syntax::check_size(source, limits)?;
        budget.charge(source.len() / 8)?;
        let texts = Texts::new();
        let settings =
            Settings { evaluate: !dialect.service, macros: &(), nesting: limits.nesting, budget, texts: &texts };
        let program = budget.briefly(|| {
            let ast = syntax::parse(source, settings)?;
            compile(&ast, source, *dialect, &[], *fuse, false, budget)
        })?;
        let capacity = AtomicUsize::new(source.len());
        let (name, dialect, limits) = (name.clone(), *dialect, limits.clone());
        Ok(Template(Arc::new(Compiled { program, name, dialect, limits, capacity })))
    }

    /// Renders under the limits that the template was compiled with.
    ///
    /// # Errors
    /// `V1xx` and `V2xx` where the service would answer 500 or 400, `V3xx` when a limit is reached.
    pub fn render(&self, globals: &Globals<'_>) -> Result<Rendered, Error> {
        self.run(globals, &self.0.limits, &Budget::new(&self.0.limits), (), String::new())
    }

    /// Renders with options: limits, a probe, cancellation.
    ///
    /// # Errors
    /// As [`render`](Template::render), and `V309` when it was cancelled.
    ///
    /// ```
    /// use vtl::{Globals, Note, Probe, RenderOptions, Template};
    /// struct Print;
    /// impl Probe for Print {
    ///     fn note(&mut self, note: &Note) {
    ///         eprintln!("{note}");
    ///     }
    /// }
    /// let template = Template::parse("Hi $name")?;
    /// let out = template.render_with(&Globals::default(), RenderOptions::new().probe(&mut Print))?;
    /// assert_eq!(out.text, "Hi ");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    pub fn render_with(&self, globals: &Globals<'_>, options: RenderOptions<'_>) -> Result<Rendered, Error> {
        let limits = options.limits.as_ref().unwrap_or(&self.0.limits);
        let own;
        let budget = match (options.budget, options.cancel) {
            (Some(budget), _) => budget,
            (None, None) => {
                own = Budget::new(limits);
                &own
            }
            (None, Some(cancel)) => {
                own = Budget::new(limits).cancel_when(cancel);
                &own
            }
        };
        match options.probe {
            Some(probe) => self.run(globals, limits, budget, probe, String::new()),
            None => self.run(globals, limits, budget, (), String::new()),
        }
    }

    /// Renders and appends the output to `text`, which saves an allocation when one string serves many
    /// renders; [`Rendered::text`] of the result is empty. After an error `text` holds what it held before.
    ///
    /// ```
    /// use vtl::{Globals, Template};
    /// let template = Template::parse("$input.body;")?;
    /// let mut text = String::new();
    /// for body in ["1", "2"] {
    ///     template.render_into(&Globals::body(body), &mut text)?;
    /// }
    /// assert_eq!(text, "1;2;");
    /// # Ok::<(), vtl::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`render`](Template::render).
    pub fn render_into(&self, globals: &Globals<'_>, text: &mut String) -> Result<Rendered, Error> {
        // An empty string is written to in place; otherwise marks and limits would count from its end.
        let buffer = if text.is_empty() { std::mem::take(text) } else { String::new() };
        let limits = &self.0.limits;
        let mut rendered = self.run(globals, limits, &Budget::new(limits), (), buffer)?;
        match text.is_empty() {
            true => *text = std::mem::take(&mut rendered.text),
            false => text.push_str(&std::mem::take(&mut rendered.text)),
        }
        Ok(rendered)
    }

    fn run<W: Watch>(
        &self,
        globals: &Globals<'_>,
        limits: &Limits,
        budget: &Budget<'_>,
        watch: W,
        mut buffer: String,
    ) -> Result<Rendered, Error> {
        let compiled = &*self.0;
        let arena = Arena::new(budget, compiled.dialect);
        let evaluated = OnceCell::new();
        let evaluate = |text: &str, names: &[Box<str>], macros: &dyn Fn(&str) -> bool| {
            let texts = Texts::new();
            let macros = Known(macros);
            let settings = Settings { evaluate: true, macros: &macros, nesting: limits.nesting, budget, texts: &texts };
            budget.briefly(|| {
                let ast = syntax::parse(text, settings)?;
                compile(&ast, text, compiled.dialect, names, true, true, budget)
            })
        };
        // A probe may look at all of a variable.
        let plan = compiled.program.plan.as_ref().filter(|_| !W::ON);
        let capacity = compiled.capacity.load(Ordering::Relaxed);
        buffer.reserve(limits.output.map_or(capacity, |most| capacity.min(usize::try_from(most).unwrap_or(capacity))));
        let roots = Roots::new(&arena, globals, plan);
        let outcome = vm::render(
            &compiled.program,
            Environment { arena: &arena, roots: &roots, evaluated: &evaluated, compile: &evaluate, limits, buffer },
            watch,
        )
        .map_err(|error| error.with_template(compiled.name.clone(), compiled.program.source.clone()))?;
        // Writing the same value again would take the cache line from other threads (false sharing).
        if outcome.text.len() != capacity {
            compiled.capacity.store(outcome.text.len(), Ordering::Relaxed);
        }
        Ok(Rendered { text: outcome.text, overrides: outcome.overrides, notes: outcome.notes })
    }

    /// Returns the name that the template was compiled with.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Returns the source of the template.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.program.source
    }

    /// Returns the notes that need no render.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.0.program.notes
    }

    /// Lists what a coverage report counts: the statements in the order of the source, and the branches
    /// of each `#if` and `#foreach`.
    ///
    /// Parses the source anew. Each [`Statement`] says what counts.
    ///
    /// ```
    /// use vtl::{BranchKind, Template};
    /// let template = Template::parse("#if($a)$b#end")?;
    /// let statements = template.statements();
    /// let texts: Vec<_> = statements.iter().map(|s| &template.source()[s.span.range()]).collect();
    /// assert_eq!(texts, ["#if($a)", "$b"]);
    /// let branches: Vec<_> = statements[0].branches.iter().map(|b| b.kind).collect();
    /// assert_eq!(branches, [BranchKind::Then, BranchKind::Skipped]);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        // It has been parsed before, so it parses.
        self.with_ast(|ast| syntax::statements(ast, !self.0.dialect.service)).unwrap_or_default()
    }

    /// Lists the parameters and the members of `$context` and `$stageVariables` that the template can read,
    /// for hosts that convert their data for each render.
    ///
    /// Parses the source anew.
    ///
    /// ```
    /// use vtl::{ReadPart, Template};
    /// let reads = Template::parse("$context.identity.sourceIp $input.params('q')")?.reads();
    /// let ReadPart::Members(context) = &reads.context else { unreachable!() };
    /// assert_eq!(context.keys().map(|name| &**name).collect::<Vec<_>>(), ["identity"]);
    /// assert_eq!(Template::parse("$context")?.reads().context, ReadPart::Whole);
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn reads(&self) -> Reads {
        let evaluates = !self.0.dialect.service && self.source().contains("evaluate");
        self.with_ast(|ast| Reads::of(ast, evaluates)).unwrap_or(Reads::ALL)
    }

    /// Lists the members of `$context` and the parameters that the template can read; `None` if it can read all of
    /// them.
    pub(crate) fn names_read(&self) -> [Option<Vec<Box<str>>>; 2] {
        let Reads { context, params, .. } = self.reads();
        [context, params].map(|part| match part {
            ReadPart::Whole => None,
            ReadPart::Members(names) => Some(names.into_keys().collect()),
        })
    }

    /// Checks that a render takes time in proportion to the template and its data: nothing is repeated, searched
    /// for, or made from longer and longer values. A host may render it where a longer render would be in the way.
    ///
    /// A check that is not sure returns `false`.
    ///
    /// ```
    /// use vtl::Template;
    /// assert!(Template::parse("#set($o = $input.path('$.o'))#if($o.id > 1)$o.name#end")?.is_linear());
    /// assert!(!Template::parse("#foreach($i in [1..1000])$i#end")?.is_linear());
    /// assert!(!Template::parse(r##"#set($s = "$s$s")#set($s = "$s$s")$s"##)?.is_linear());
    /// assert!(!Template::parse("$input.json('$..a[?(@.b)]')")?.is_linear());
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn is_linear(&self) -> bool {
        self.0.program.is_linear()
    }

    /// Parses the source anew.
    fn with_ast<T>(&self, each: impl FnOnce(&Ast<'_>) -> T) -> Option<T> {
        let texts = Texts::new();
        let (evaluate, nesting) = (!self.0.dialect.service, self.0.limits.nesting);
        let budget = Budget::unlimited();
        let settings = Settings { evaluate, macros: &(), nesting, budget: &budget, texts: &texts };
        syntax::parse(self.source(), settings).ok().map(|ast| each(&ast))
    }

    /// Returns the instructions of the compiled template, one a line.
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
        f.debug_struct("Template")
            .field("name", &self.name())
            .field("source", &self.source())
            .field("dialect", &self.0.dialect)
            .finish()
    }
}

struct Known<'a>(&'a dyn Fn(&str) -> bool);

impl Macros for Known<'_> {
    fn is_macro(&self, name: &str) -> bool {
        (self.0)(name)
    }
}
