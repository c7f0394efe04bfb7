//! The folders of a configuration: the root module, and the local modules that it calls.

use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::path;
use crate::syntax::tree::Node;
use crate::terraform::configuration::{Configuration, Folder, ModuleCall, Parsed, parse};
use crate::terraform::{overrides, values};
use std::collections::{HashMap, HashSet, VecDeque};
use vtl::Code;

/// Most folders of a configuration.
const MAX_FOLDERS: usize = 500;

/// Most folders of modules that files name which do not parse.
const MAX_NAMED: usize = 50;

/// Bytes of a file that are searched for sources of modules in a step.
const SEARCHED_PER_STEP: usize = 16;

/// All folders of a configuration.
#[derive(Default)]
pub(crate) struct Folders {
    /// The folders, the root first.
    pub all: Vec<Folder>,
    /// The values that files give to the variables of the root module.
    pub given: HashMap<String, Node>,
    /// Findings while reading.
    pub remarks: Vec<Remark>,
}

impl Folders {
    /// Parses the files of the root module, and follows its local modules.
    ///
    /// A file that does not parse is a finding, and the others are read.
    ///
    /// # Errors
    /// No file of the root module parses, or the folders are too many.
    pub(crate) fn read(files: &[u32], context: &Context<'_, '_>) -> Result<Self, Fault> {
        let mut folders = Folders::default();
        let mut first = None;
        let name = |file: &u32| context.sources.borrow().name(*file);
        let (mut overrides, others): (Vec<u32>, Vec<u32>) = files.iter().partition(|file| is_override(&name(file)));
        overrides.sort_by_key(name);
        // A single file is read, whatever its name is.
        let (overrides, others) = if files.len() == 1 { (Vec::new(), files.to_vec()) } else { (overrides, others) };
        let mut folder = Folder::default();
        (folder.is_whole, folder.is_alone) = reading(files, context);
        for (files, into) in [(others, &mut folder.files), (overrides, &mut folder.overrides)] {
            for file in files {
                match parse(file, context) {
                    Ok(file) => into.push(file),
                    Err(fault) => {
                        first.get_or_insert_with(|| fault.clone());
                        folders.remark(fault);
                    }
                }
            }
        }
        if let Some(fault) = first {
            if folder.files.is_empty() && folder.overrides.is_empty() {
                open_called(files, context)?;
                return Err(fault);
            }
            (folder.is_whole, folder.is_alone) = (false, false);
        }
        folders.all.push(folder);
        values::read(context, &mut folders.given, &mut folders.remarks);
        folders.follow(context)?;
        Ok(folders)
    }

    /// Creates the root module of a parsed file in JSON, and follows its local modules.
    ///
    /// # Errors
    /// The folders are too many.
    pub(crate) fn of_json(root: Node, context: &Context<'_, '_>) -> Result<Self, Fault> {
        let mut folders = Folders::default();
        let (is_whole, is_alone) = reading(&[0], context);
        folders.all.push(Folder { files: vec![Parsed::Json(root)], is_whole, is_alone, ..Folder::default() });
        values::read(context, &mut folders.given, &mut folders.remarks);
        folders.follow(context)?;
        Ok(folders)
    }

    /// Reads the folders of the local modules that are called, one after the other.
    fn follow(&mut self, context: &Context<'_, '_>) -> Result<(), Fault> {
        let mut at = 0;
        while at < self.all.len() {
            let mut called = VecDeque::new();
            if let Some(folder) = self.all.get(at) {
                let configuration = overrides::collect(folder);
                called.extend(configuration.calls.iter().filter_map(|call| local_folder(call, &folder.path)));
            }
            for path in called {
                if self.all.iter().any(|folder| folder.path == path) {
                    continue;
                }
                if self.all.len() >= MAX_FOLDERS {
                    let message = format!("the configuration has modules in more than {MAX_FOLDERS} folders");
                    return Err(Fault::whole(Code::DocumentLimit, message));
                }
                let folder = self.folder(path, context);
                self.all.push(folder);
            }
            at += 1;
        }
        Ok(())
    }

    /// Parses the files of a module's folder; a file that cannot be read or does not parse is a finding.
    fn folder(&mut self, own: String, context: &Context<'_, '_>) -> Folder {
        let path = context.beside(&own);
        let names = context.list(&path);
        let mut folder = Folder { path: own, ..Folder::default() };
        folder.is_whole = !names.iter().any(|name| is_of_another_tool(name));
        for name in names.iter().filter(|name| is_configuration(name)) {
            let file = path::join(&path, name);
            let Some(file) = context.open(&file) else {
                let message = context.unread_path(&file);
                self.remarks.push(Remark::new(Code::UnreadableFile, "", message, Default::default()));
                folder.is_whole = false;
                continue;
            };
            let into = if is_override(name) { &mut folder.overrides } else { &mut folder.files };
            match parse(file, context) {
                Ok(parsed) => into.push(parsed),
                Err(fault) => {
                    self.remark(fault);
                    folder.is_whole = false;
                }
            }
        }
        folder
    }

    fn remark(&mut self, fault: Fault) {
        let mut remark = Remark::new(fault.code, "", fault.message, fault.span.unwrap_or_default());
        remark.help = fault.help;
        self.remarks.push(remark);
    }

    /// Returns the configurations of the folders, with their calls linked to each other.
    pub(crate) fn configurations(&self) -> Vec<Configuration<'_>> {
        let mut all: Vec<Configuration<'_>> = self.all.iter().map(overrides::collect).collect();
        for configuration in &mut all {
            for call in &mut configuration.calls {
                let path = local_folder(call, &configuration.folder);
                let found = path.and_then(|path| self.all.iter().position(|folder| folder.path == path));
                call.target = found.filter(|at| self.all.get(*at).is_some_and(|folder| !folder.files.is_empty()));
            }
        }
        all
    }
}

/// Opens the files of the local modules that broken files name, and of those that these name: the caller, who sees what
/// is opened, can tell then whether the files belong to an API.
fn open_called(files: &[u32], context: &Context<'_, '_>) -> Result<(), Fault> {
    let mut folders = vec![String::new()];
    let mut next: VecDeque<(usize, u32)> = files.iter().map(|file| (0, *file)).collect();
    while let Some((at, file)) = next.pop_front() {
        let text = context.text(file);
        context.budget.spend(1 + text.len() / SEARCHED_PER_STEP, 0, context.sources.borrow().whole(file))?;
        let caller = folders.get(at).cloned().unwrap_or_default();
        for called in sources(&text).map(|source| path::join(&caller, source)) {
            if folders.len() > MAX_NAMED || folders.contains(&called) {
                continue;
            }
            let folder = context.beside(&called);
            let names = context.list(&folder).into_iter().filter(|name| is_configuration(name));
            let opened = names.filter_map(|name| context.open(&path::join(&folder, &name)));
            next.extend(opened.map(|file| (folders.len(), file)));
            folders.push(called);
        }
    }
    Ok(())
}

/// Iterates over the local sources of modules in a text, without parsing it: `source = "./m"`, `"source": "./m"`.
fn sources(text: &str) -> impl Iterator<Item = &str> {
    text.split("source").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('"').unwrap_or(rest).trim_start_matches([' ', '\t']);
        let rest = rest.strip_prefix(['=', ':'])?.trim_start_matches([' ', '\t']).strip_prefix('"')?;
        let source = rest.get(..rest.find(['"', '\n'])?)?;
        is_local(source).then_some(source)
    })
}

fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source.starts_with('/')
}

/// Returns whether the files are all that their folder has, and whether the folder has others; neither is known of a
/// file whose folder cannot be listed.
fn reading(files: &[u32], context: &Context<'_, '_>) -> (bool, bool) {
    let paths: Vec<String> = files.iter().map(|file| context.sources.borrow().name(*file)).collect();
    if context.options.list_folder.is_none() {
        return (files.len() > 1, files.len() == 1);
    }
    let own: HashSet<&str> = paths.iter().map(|path| last_part(path)).collect();
    let names = context.list(paths.first().map_or("", |path| path::folder_of(path)));
    let is_listed = names.iter().any(|name| own.contains(name.as_str()));
    let is_other = |name: &String| (is_configuration(name) && !own.contains(name.as_str())) || is_of_another_tool(name);
    let has_others = names.iter().any(is_other);
    (is_listed && !has_others, has_others)
}

/// Checks for the name of a file that OpenTofu reads beside the others, or by which Terragrunt may make others.
fn is_of_another_tool(name: &str) -> bool {
    name.ends_with(".tofu") || name.ends_with(".tofu.json") || name == "terragrunt.hcl"
}

/// Returns the name of a file without its folder.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Checks for the name of a file that belongs to a configuration.
fn is_configuration(name: &str) -> bool {
    !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

/// Checks for the name of a file whose blocks Terraform merges into those of the other files ("Override Files").
fn is_override(path: &str) -> bool {
    let name = last_part(path);
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json"));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Returns the folder of a local module, relative to that of the root module; `None` for a module
/// of a registry or a repository.
pub(super) fn local_folder(call: &ModuleCall<'_>, caller: &str) -> Option<String> {
    let (source, _) = call.inner.literal("source")?;
    is_local(source).then(|| path::join(caller, source))
}
