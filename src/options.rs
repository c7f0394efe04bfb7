//! Options of compiling and of rendering a template.

use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::vm::Probe;
use std::fmt;
use std::sync::Arc;

/// Options of [`Template::parse_with`](crate::Template::parse_with). The default is the service's
/// rules and quotas, and no name.
///
/// ```
/// use vtl::{Dialect, ParseOptions, Template};
/// let options = ParseOptions::new().name("order.vtl").dialect(Dialect::service().with_escape_slash(true));
/// let error = Template::parse_with("#if($x)", &options).unwrap_err();
/// assert_eq!(error.template_name(), Some("order.vtl"));
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ParseOptions {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) dialect: Dialect,
    pub(crate) limits: Limits,
    pub(crate) fuse: bool,
}

impl Default for ParseOptions {
    fn default() -> Self {
        ParseOptions::service()
    }
}

impl ParseOptions {
    /// Creates the default options: those of the service.
    #[must_use]
    pub fn new() -> Self {
        ParseOptions::service()
    }

    /// Creates options with the service's rules and quotas.
    #[must_use]
    pub fn service() -> Self {
        ParseOptions { name: None, dialect: Dialect::service(), limits: Limits::service(), fuse: true }
    }

    /// Creates options with the rules of Velocity 1.7 and without quotas.
    #[must_use]
    pub fn velocity_1_7() -> Self {
        ParseOptions { dialect: Dialect::velocity_1_7(), limits: Limits::velocity_1_7(), ..ParseOptions::service() }
    }

    /// Sets the name of the template, such as its file: errors show it.
    #[must_use]
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the rules of the language.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Sets the limits of the template and, unless they have their own, of its renders.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Turns superinstructions off, to test that they change nothing.
    #[doc(hidden)]
    #[must_use]
    pub fn unfused(mut self) -> Self {
        self.fuse = false;
        self
    }
}

/// Options of [`Template::render_with`](crate::Template::render_with). The default is the limits that
/// the template was compiled with, no probe, and no cancellation.
///
/// ```
/// use std::time::{Duration, Instant};
/// use vtl::{Code, Globals, Limits, RenderOptions, Template};
///
/// let template = Template::parse("#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])#end#end#end")?;
/// let deadline = Instant::now() + Duration::from_millis(20);
/// let is_late = || Instant::now() > deadline;
/// let options = RenderOptions::new().limits(Limits::none()).cancel_when(&is_late);
/// assert_eq!(template.render_with(&Globals::default(), options).unwrap_err().code(), Code::Cancelled);
/// # Ok::<(), vtl::Error>(())
/// ```
#[derive(Default)]
pub struct RenderOptions<'o> {
    pub(crate) limits: Option<Limits>,
    pub(crate) probe: Option<&'o mut dyn Probe>,
    pub(crate) cancel: Option<&'o dyn Fn() -> bool>,
    pub(crate) budget: Option<&'o Budget<'o>>,
}

impl<'o> RenderOptions<'o> {
    /// Creates the default options.
    #[must_use]
    pub fn new() -> Self {
        RenderOptions::default()
    }

    /// Sets limits for this render in place of those that the template was compiled with.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Sets a probe that watches the render and changes nothing of its result.
    #[must_use]
    pub fn probe(mut self, probe: &'o mut dyn Probe) -> Self {
        self.probe = Some(probe);
        self
    }

    /// Sets the budget that the render shares with other work. It takes the place of the limits on
    /// steps, memory and time, and of [`cancel_when`](RenderOptions::cancel_when).
    ///
    /// ```
    /// use vtl::{Budget, Globals, Limits, RenderOptions, Template};
    /// let budget = Budget::new(&Limits::service());
    /// let template = Template::parse("#foreach($i in [1..10])$i#end")?;
    /// template.render_with(&Globals::default(), RenderOptions::new().budget(&budget))?;
    /// assert!((10..100).contains(&budget.steps()));
    /// # Ok::<(), vtl::Error>(())
    /// ```
    #[must_use]
    pub fn budget(mut self, budget: &'o Budget<'o>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets a function that ends the render with `V309` once it returns true: a deadline, or a flag
    /// that another thread sets. It is called once per thousand steps (see [`Budget`]), from the
    /// thread that renders.
    #[must_use]
    pub fn cancel_when(mut self, cancel: &'o dyn Fn() -> bool) -> Self {
        self.cancel = Some(cancel);
        self
    }
}

impl fmt::Debug for RenderOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderOptions")
            .field("limits", &self.limits)
            .field("probe", &self.probe.is_some())
            .field("cancel", &self.cancel.is_some())
            .finish()
    }
}
