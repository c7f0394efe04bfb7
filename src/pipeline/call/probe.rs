//! Probes of the templates that a call renders.

use crate::vm::Probe;

/// Watches the renders of a call, for coverage, traces and steppers.
///
/// Given to [`Invocation::probe`](super::Invocation::probe). Every [`Probe`] is one that watches all
/// templates; implement this trait to distinguish templates. Without a probe, renders cost nothing
/// more.
///
/// ```
/// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
/// use vtl::{Probe, Span, State};
///
/// #[derive(Default)]
/// struct Ops(usize);
/// impl Probe for Ops {
///     fn op(&mut self, _: Span, _: &State<'_, '_>) {
///         self.0 += 1;
///     }
/// }
///
/// let api: Api = serde_json::from_str(r##"{"methods": [{"httpMethod": "GET", "path": "/", "integration": {
///     "type": "mock", "requestTemplates": {"application/json": "#set($status = 200){\"statusCode\": $status}"},
///     "responses": {"default": {"statusCode": "200"}}}}]}"##)?;
/// let mut ops = Ops::default();
/// let mut invocation = Invocation::new().probe(&mut ops);
/// PreparedApi::new(&api).handle(MethodRequest::new("GET", "/"), None, &mut invocation);
/// assert!(ops.0 > 0);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait CallProbe: Send + Sync {
    /// Returns the probe for the render of the template called `name`, such as
    /// `request:application/json` or `response:200:application/json`, which is about to start;
    /// `None` leaves it unwatched.
    fn template(&mut self, name: &str) -> Option<&mut dyn Probe>;
}

impl<P: Probe + Send + Sync> CallProbe for P {
    fn template(&mut self, _: &str) -> Option<&mut dyn Probe> {
        Some(self)
    }
}
