//! Override files: their blocks change those of the other files of the folder ("Override Files").
//!
//! What they change, and what they may not, is in Terraform's `internal/configs/module_merge.go` and `module.go`.

use crate::diagnostic::{Remark, brief};
use crate::span::Span;
use crate::terraform::configuration::{Configuration, Folder, Parsed};
use crate::terraform::content::{Inner, span_of};
use hcl_edit::structure::Structure;
use std::collections::HashMap;
use vtl::Code;

/// Blocks that an override file cannot have.
const REFUSED: &[&str] = &["moved", "import"];

/// Collects the blocks of a folder, with the override files merged into the others, in their order.
pub(crate) fn collect(folder: &Folder) -> Configuration<'_> {
    let mut all = Configuration::new(&folder.files);
    all.folder.clone_from(&folder.path);
    (all.is_whole, all.is_alone) = (folder.is_whole, folder.is_alone);
    if !folder.overrides.is_empty() {
        merge(&mut all, &folder.overrides);
    }
    all
}

/// Changes of a block: the contents with their places, in the order in which they count.
type Layers<'a> = HashMap<usize, Vec<(Inner<'a>, Span)>>;

fn merge<'a>(all: &mut Configuration<'a>, files: &'a [Parsed]) {
    let (mut of_resources, mut of_calls) = (Layers::new(), Layers::new());
    for file in files {
        let changes = Configuration::of_override(file);
        changes.unread.into_iter().for_each(|remark| all.tell(|| remark));
        refuse_blocks(all, file);
        for (name, change) in sorted(changes.variables, |it| it.span) {
            match all.variables.get_mut(name) {
                Some(variable) => variable.change(&change),
                None => lack(all, "var.", name, change.span),
            }
        }
        for (name, change) in sorted(changes.locals, |it| it.span()) {
            match all.locals.get_mut(name) {
                Some(local) => *local = change,
                None => lack(all, "local.", name, change.span()),
            }
        }
        for (name, change) in sorted(changes.outputs, |it| it.span) {
            match all.outputs.get_mut(name) {
                Some(output) => output.value = change.value.or(output.value),
                None => lack(all, "output.", name, change.span),
            }
        }
        for call in changes.calls {
            refuse_order(all, &call.inner);
            match all.calls_by_name.get(call.name) {
                Some(at) => of_calls.entry(*at).or_default().push((call.inner, call.span)),
                None => lack(all, "module.", call.name, call.span),
            }
        }
        for resource in changes.resources {
            refuse_order(all, &resource.inner);
            match all.by_address.get(&resource.address) {
                Some(at) => of_resources.entry(*at).or_default().push((resource.inner, resource.span)),
                None => lack(all, "", &resource.address, resource.span),
            }
        }
    }
    for (at, resource) in all.resources.iter_mut().enumerate() {
        if let Some(layers) = of_resources.remove(&at) {
            resource.inner = with(&resource.inner, resource.span, layers);
        }
    }
    for (at, call) in all.calls.iter_mut().enumerate() {
        if let Some(layers) = of_calls.remove(&at) {
            call.inner = with(&call.inner, call.span, layers);
        }
    }
}

fn with<'a>(inner: &Inner<'a>, span: Span, layers: Vec<(Inner<'a>, Span)>) -> Inner<'a> {
    let all: Vec<_> = std::iter::once((inner.clone(), span)).chain(layers).collect();
    Inner::merged(&all)
}

/// Returns the entries of a map in the order of their places.
fn sorted<T>(map: HashMap<&str, T>, span: impl Fn(&T) -> Span) -> Vec<(&str, T)> {
    let mut entries: Vec<_> = map.into_iter().collect();
    entries.sort_by_cached_key(|(_, it)| (span(it).start, span(it).end));
    entries
}

/// Adds the finding about a block that changes nothing, since no file declares what it changes.
fn lack(all: &mut Configuration<'_>, kind: &str, name: &str, span: Span) {
    let is_whole = all.is_whole;
    all.tell(|| {
        let name = format!("{kind}{}", brief(name));
        match is_whole {
            true => {
                let message = format!("{name} is in an override file, but no other file declares it");
                let help = "declare it in a file that is not named override.tf or *_override.tf, or mend the name";
                Remark::new(Code::UnresolvedName, "", message, span).with_help(help)
            }
            false => {
                let message =
                    format!("what an override file says of {name} is not read: no file that is read declares it");
                Remark::new(Code::UnreadPart, "", message, span).with_help("load the folder, with all of its files")
            }
        }
    });
}

/// Adds the finding about an order of creation, which an override file cannot change.
fn refuse_order(all: &mut Configuration<'_>, inner: &Inner<'_>) {
    if let Some(written) = inner.attribute("depends_on") {
        let message = "an override file cannot change `depends_on`; Terraform refuses it";
        all.tell(|| Remark::new(Code::UnknownField, "", message, written.span()).with_help("remove the argument"));
    }
}

/// Adds the findings about blocks that an override file cannot have.
fn refuse_blocks(all: &mut Configuration<'_>, file: &Parsed) {
    let found: Vec<(&str, Span)> = match file {
        Parsed::Hcl(structures, file) => {
            let blocks = structures.iter().filter_map(Structure::as_block);
            blocks.map(|it| (it.ident.as_str(), span_of(&it.ident, *file))).collect()
        }
        Parsed::Json(root) => root.fields().map(|(name, value)| (name, value.span)).collect(),
    };
    for (name, span) in found.into_iter().filter(|(name, _)| REFUSED.contains(name)) {
        let message = format!("an override file cannot have blocks {name}; Terraform refuses it");
        all.tell(|| Remark::new(Code::UnknownField, "", message, span).with_help("move the block to another file"));
    }
}
