//! The folders of a configuration: the root module, and the local modules that it calls.

use crate::context::Context;
use crate::diagnostic::{Fault, Remark};
use crate::path;
use crate::syntax::tree::Node;
use crate::terraform::configuration::{Configuration, ModuleCall, Parsed, parse};
use crate::terraform::values;
use std::collections::{HashMap, VecDeque};
use vtl::Code;

/// Most folders of a configuration.
const MAX_FOLDERS: usize = 500;

/// The parsed files of a module.
pub(crate) struct Folder {
    /// Path relative to that of the root module; empty for the root.
    pub path: String,
    pub files: Vec<Parsed>,
}

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
        let mut parsed = Vec::new();
        let name = |file: &u32| context.sources.borrow().name(*file);
        let (overrides, others): (Vec<&u32>, Vec<&u32>) = files.iter().partition(|file| is_override(&name(file)));
        // A single file is read, whatever its name is.
        let (overrides, others) = if others.is_empty() { (others, overrides) } else { (overrides, others) };
        folders.remarks.extend(overrides.into_iter().map(|file| unmerged(*file, context)));
        for file in others {
            match parse(*file, context) {
                Ok(file) => parsed.push(file),
                Err(fault) => {
                    first.get_or_insert_with(|| fault.clone());
                    folders.remark(fault);
                }
            }
        }
        if let (true, Some(fault)) = (parsed.is_empty(), first) {
            return Err(fault);
        }
        folders.all.push(Folder { path: String::new(), files: parsed });
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
        folders.all.push(Folder { path: String::new(), files: vec![Parsed::Json(root)] });
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
                let configuration = Configuration::new(&folder.path, &folder.files);
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
                let files = self.files_of(&path, context);
                self.all.push(Folder { path, files });
            }
            at += 1;
        }
        Ok(())
    }

    /// Parses the files of a module's folder; a file that does not parse is a finding.
    fn files_of(&mut self, folder: &str, context: &Context<'_, '_>) -> Vec<Parsed> {
        let folder = context.beside(folder);
        let mut files = Vec::new();
        for name in context.list(&folder).iter().filter(|name| is_configuration(name)) {
            let Some(file) = context.open(&path::join(&folder, name)) else { continue };
            if is_override(name) {
                self.remarks.push(unmerged(file, context));
                continue;
            }
            match parse(file, context) {
                Ok(parsed) => files.push(parsed),
                Err(fault) => self.remark(fault),
            }
        }
        files
    }

    fn remark(&mut self, fault: Fault) {
        let mut remark = Remark::new(fault.code, "", fault.message, fault.span.unwrap_or_default());
        remark.help = fault.help;
        self.remarks.push(remark);
    }

    /// Returns the configurations of the folders, with their calls linked to each other.
    pub(crate) fn configurations(&self) -> Vec<Configuration<'_>> {
        let mut all: Vec<Configuration<'_>> =
            self.all.iter().map(|folder| Configuration::new(&folder.path, &folder.files)).collect();
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

/// Checks for the name of a file that belongs to a configuration.
fn is_configuration(name: &str) -> bool {
    !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

/// Checks for the name of a file whose blocks Terraform merges into those of the other files ("Override Files").
fn is_override(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json"));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Returns the finding about an override file.
fn unmerged(file: u32, context: &Context<'_, '_>) -> Remark {
    let sources = context.sources.borrow();
    let message = format!("{} is not read: the arguments of override files are not merged", sources.name(file));
    Remark::new(Code::UnreadPart, "", message, sources.whole(file))
        .with_help("load the plan, which has all arguments: `terraform show -json PLAN`")
}

/// Returns the folder of a local module, relative to that of the root module; `None` for a module
/// of a registry or a repository.
pub(super) fn local_folder(call: &ModuleCall<'_>, caller: &str) -> Option<String> {
    let (source, _) = call.inner.literal("source")?;
    let is_local = source.starts_with("./") || source.starts_with("../") || source.starts_with('/');
    is_local.then(|| path::join(caller, source))
}
