//! Values of [`Globals`] that are set anew from render to render.

use super::data::Data;
use super::globals::Globals;
use super::overrides::{REQUEST_OVERRIDE, RESPONSE_OVERRIDE};
use crate::value::datum::Members;
use crate::value::{Datum, MapKind};
use std::borrow::Cow;

/// Globals that are kept for many renders: each method sets one value in its place, which is quicker than
/// making all of them anew.
///
/// ```
/// use vtl::{Globals, Template};
/// let template = Template::parse("$input.body $input.params('q') $context.identity.sourceIp $stageVariables.t")?;
/// let mut globals = Globals::default();
/// for turn in ["1", "2"] {
///     globals.set_body(turn);
///     globals.set_query("q", Some(turn));
///     globals.set_context_text(["identity", "sourceIp"], turn);
///     globals.set_stage_variable("t", turn);
///     assert_eq!(template.render(&globals)?.text, [turn; 4].join(" "));
/// }
/// globals.set_query("q", None);
/// assert_eq!(template.render(&globals)?.text, "2  2 2");
/// # Ok::<(), vtl::Error>(())
/// ```
impl<'a> Globals<'a> {
    /// Sets the payload.
    pub fn set_body(&mut self, body: impl Into<Cow<'a, str>>) {
        self.body = body.into();
    }

    /// Sets a query parameter, in place of all its values, or removes it.
    pub fn set_query(&mut self, name: &str, value: Option<&str>) {
        self.params.change("querystring", |members| match value {
            Some(value) => set_text(members, name, value),
            None => members.remove(name),
        });
    }

    /// Sets a stage variable.
    pub fn set_stage_variable(&mut self, name: &str, value: &str) {
        set_text(&mut self.stage_variables, name, value);
    }

    /// Sets the text below `$context` that has this path of names, besides the overrides. Objects on the way are
    /// made where there are none.
    pub fn set_context_text<'n>(&mut self, path: impl IntoIterator<Item = &'n str>, text: &str) {
        if let Some((members, name)) = self.context_place(path.into_iter()) {
            set_text(members, name, text);
        }
    }

    /// Sets the value below `$context` that has this path of names, as
    /// [`set_context_text`](Globals::set_context_text) does.
    pub fn set_context_member<'n>(&mut self, path: impl IntoIterator<Item = &'n str>, value: Data) {
        if let Some((members, name)) = self.context_place(path.into_iter()) {
            members.put(name, value.0);
        }
    }

    /// Returns the object that has the member of this path, and the name of the member.
    fn context_place<'g, 'n>(
        &'g mut self,
        mut path: impl Iterator<Item = &'n str>,
    ) -> Option<(&'g mut Members, &'n str)> {
        let mut name = path.next().filter(|name| ![REQUEST_OVERRIDE, RESPONSE_OVERRIDE].contains(name))?;
        let mut members = &mut self.context;
        let mut kind = if name == "identity" { MapKind::Identity } else { MapKind::ContextPart };
        for next in path {
            let is_map = |(_, value): &(_, Datum)| matches!(value, Datum::Map(..));
            let at = match members.position(name).filter(|at| members.entries().get(*at).is_some_and(is_map)) {
                Some(at) => at,
                None => {
                    members.put(name, Datum::Map(kind, Members::new()));
                    members.position(name)?
                }
            };
            let Some(Datum::Map(_, inner)) = members.at_mut(at) else { return None };
            (members, name, kind) = (inner, next, MapKind::ContextPart);
        }
        Some((members, name))
    }
}

fn set_text(members: &mut Members, name: &str, text: &str) {
    let Some(at) = members.position(name) else { return members.put(name, Datum::str(text)) };
    // Most texts of a request are those of the one before.
    if let Some((_, Datum::Str(old))) = members.entries().get(at)
        && **old == *text
    {
        return;
    }
    match members.at_mut(at) {
        // A text as long as the one before takes its memory.
        Some(Datum::Str(old)) if old.len() == text.len() => {
            let mut own = std::mem::take(old).into_string();
            own.clear();
            own.push_str(text);
            *old = own.into_boxed_str();
        }
        Some(place) => *place = Datum::str(text),
        None => {}
    }
}
