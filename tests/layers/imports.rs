//! Reads the imports of a crate from its tokens: every path of every file, resolved to the file that
//! defines the name. Re-exports are followed, so `crate::Name` leads to where `Name` is written.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};

/// A module path from the crate's root, such as `["value", "json"]`; the root is empty.
type Module = Vec<String>;

/// One import: the importing file, the line of the path, and the file that it leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub from: String,
    pub line: usize,
    pub to: String,
    /// The path is in code under `#[cfg(test)]`.
    pub test: bool,
}

/// Returns the imports between the files of a crate, given as paths below `src` with their texts.
pub fn imports(files: &[(String, String)]) -> Vec<Import> {
    let mut crate_ = Crate::default();
    for (file, _) in files {
        crate_.modules.entry(module_of(file)).or_default().file = file.clone();
    }
    for (file, text) in files {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        let module = module_of(file);
        crate_.read(&module, file, tokens, false);
    }
    let mut found: BTreeSet<Import> = BTreeSet::new();
    for path in &crate_.paths {
        let Some(to) = crate_.resolve(&path.module, &path.segments, path.is_use) else { continue };
        if to != path.file {
            found.insert(Import { from: path.file.clone(), line: path.line, to, test: path.test });
        }
    }
    found.into_iter().collect()
}

/// Returns the groups of files that import each other in a circle, directly or through others.
pub fn circles(imports: &[Import]) -> Vec<BTreeSet<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for import in imports.iter().filter(|import| !import.test) {
        next.entry(&import.from).or_default().insert(&import.to);
    }
    let reached = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = open.pop() {
            for &to in next.get(file.as_str()).into_iter().flatten() {
                if seen.insert(to.to_owned()) {
                    open.push(to.to_owned());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<String>> = next.keys().map(|&file| (file, reached(file))).collect();
    let mut found = BTreeSet::new();
    for (&file, reachable) in &reach {
        if reachable.contains(file) {
            let both = |other: &&String| reach.get(other.as_str()).is_some_and(|back| back.contains(file));
            found.insert(reachable.iter().filter(both).cloned().collect::<BTreeSet<_>>());
        }
    }
    found.into_iter().collect()
}

/// Returns the module that a file holds: `value/json/mod.rs` is `["value", "json"]`.
fn module_of(file: &str) -> Module {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if matches!(stem, "lib" | "main") { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

/// The names that one module brings in.
#[derive(Default)]
struct Scope {
    file: String,
    /// `use` declarations: the bound name and the path it denotes.
    aliases: BTreeMap<String, Vec<String>>,
    /// Names bound by `pub use`: exports, which are imports only where the module uses them itself.
    exported: BTreeSet<String>,
    globs: Vec<Vec<String>>,
}

/// A path as it is written.
struct Written {
    module: Module,
    file: String,
    line: usize,
    segments: Vec<String>,
    is_use: bool,
    test: bool,
}

#[derive(Default)]
struct Crate {
    modules: BTreeMap<Module, Scope>,
    paths: Vec<Written>,
}

impl Crate {
    /// Reads the tokens of a module, or of a group within it.
    fn read(&mut self, module: &Module, file: &str, tokens: TokenStream, test: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        // Set by `#[cfg(test)]`, until the item behind it ends.
        let mut item_is_test = false;
        while at < tokens.len() {
            let word = ident(&tokens, at);
            match (&tokens[at], word.as_deref()) {
                (_, Some("mod")) if ident(&tokens, at + 1).is_some() => {
                    let mut inner = module.clone();
                    inner.extend(ident(&tokens, at + 1));
                    if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                        self.modules.entry(inner.clone()).or_default().file = file.to_owned();
                        self.read(&inner, file, body.stream(), test || item_is_test);
                    }
                    (at, item_is_test) = (at + 3, false);
                }
                (_, Some("use")) => {
                    let end = (at..tokens.len()).find(|&end| is_punct(&tokens, end, ';')).unwrap_or(tokens.len());
                    let public = is_public(&tokens, at);
                    self.read_use(module, file, &tokens[at + 1..end], &[], public, test || item_is_test);
                    (at, item_is_test) = (end + 1, false);
                }
                // `pub(crate)`, `pub(in crate::value)`.
                (_, Some("pub")) => {
                    let restricted = matches!(&tokens.get(at + 1), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis && starts_with_scope(group.stream()));
                    at += if restricted { 2 } else { 1 };
                }
                (TokenTree::Ident(name), Some(_)) => {
                    let (line, mut segments) = (name.span().start().line, vec![name.to_string()]);
                    let start = at;
                    at += 1;
                    while is_path_separator(&tokens, at)
                        && let Some(next) = ident(&tokens, at + 2)
                    {
                        segments.push(next);
                        at += 3;
                    }
                    let external = start >= 2 && is_path_separator(&tokens, start - 2);
                    let member = start >= 1 && is_punct(&tokens, start - 1, '.');
                    let declared = start >= 1
                        && ident(&tokens, start - 1)
                            .is_some_and(|word| matches!(word.as_str(), "fn" | "struct" | "enum"));
                    if !external && !member && !declared {
                        let (module, file) = (module.clone(), file.to_owned());
                        let test = test || item_is_test;
                        self.paths.push(Written { module, file, line, segments, is_use: false, test });
                    }
                }
                (TokenTree::Group(group), _) => {
                    let attribute = at >= 1 && is_punct(&tokens, at - 1, '#');
                    if attribute && group.stream().to_string().replace(' ', "").starts_with("cfg(test") {
                        item_is_test = true;
                    } else {
                        self.read(module, file, group.stream(), test || item_is_test);
                        if group.delimiter() == Delimiter::Brace {
                            item_is_test = false;
                        }
                    }
                    at += 1;
                }
                _ => {
                    if is_punct(&tokens, at, ';') {
                        item_is_test = false;
                    }
                    at += 1;
                }
            }
        }
    }

    /// Reads a `use` tree: binds its names, and notes its paths.
    fn read_use(
        &mut self,
        module: &Module,
        file: &str,
        tree: &[TokenTree],
        prefix: &[String],
        public: bool,
        test: bool,
    ) {
        let (mut path, mut at) = (prefix.to_vec(), 0);
        let line = tree.first().map_or(0, |token| token.span().start().line);
        while at < tree.len() {
            match &tree[at] {
                TokenTree::Ident(word) if word == "as" => break,
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    self.modules.entry(module.clone()).or_default().globs.push(path.clone());
                    return;
                }
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for branch in
                        inner.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))
                    {
                        if !branch.is_empty() {
                            self.read_use(module, file, branch, &path, public, test);
                        }
                    }
                    return;
                }
                _ => {}
            }
            at += 1;
        }
        // `use a::b::{self}` binds `b`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let Some(name) = ident(tree, at + 1).filter(|_| at < tree.len()).or_else(|| path.last().cloned()) else {
            return;
        };
        let scope = self.modules.entry(module.clone()).or_default();
        if public {
            scope.exported.insert(name.clone());
        } else {
            let (module, file) = (module.clone(), file.to_owned());
            self.paths.push(Written { module, file, line, segments: path.clone(), is_use: true, test });
        }
        self.modules.entry(module.clone()).or_default().aliases.insert(name, path);
    }

    /// Returns the file that defines the end of a path; `None` for other crates and local names.
    ///
    /// A `use` of a module itself does not count as an import; the paths through it do.
    fn resolve(&self, module: &Module, segments: &[String], is_use: bool) -> Option<String> {
        let (found, item) = self.find(module, segments, 0)?;
        if item.is_none() && (is_use || segments.len() == 1) {
            return None;
        }
        Some(self.modules.get(&found)?.file.clone())
    }

    /// Follows a path written in `module`: the module it leads to, and the item in there, if it names one.
    fn find(&self, module: &Module, segments: &[String], depth: usize) -> Option<(Module, Option<String>)> {
        if depth > 20 {
            return None;
        }
        let mut rest = segments;
        let mut at = module.clone();
        let anchored = matches!(rest[0].as_str(), "crate" | "self" | "super");
        while let Some(first) = rest.first().map(String::as_str) {
            match first {
                "crate" => at = Vec::new(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            rest = &rest[1..];
        }
        if !anchored {
            // A name without an anchor is a child, or was brought in by a `use`.
            let scope = self.modules.get(module)?;
            let name = &rest[0];
            let child = self.modules.contains_key(&with(module, name));
            let by_glob = || scope.globs.iter().any(|glob| self.through(module, glob, name, depth + 1).is_some());
            if !child && !scope.aliases.contains_key(name) && !by_glob() {
                return None;
            }
        }
        while let Some(name) = rest.first() {
            let child = with(&at, name);
            if self.modules.contains_key(&child) {
                at = child;
            } else {
                let scope = self.modules.get(&at)?;
                if let Some(alias) = scope.aliases.get(name) {
                    // `use name::…` may name another crate.
                    if alias.first() == Some(name) && depth > 0 && alias.len() == 1 {
                        return None;
                    }
                    let (found, item) = self.find_alias(&at, alias, name, depth + 1)?;
                    if item.is_some() {
                        return Some((found, item));
                    }
                    at = found;
                } else if let Some(found) = scope.globs.iter().find_map(|glob| self.through(&at, glob, name, depth + 1))
                {
                    if found.1.is_some() {
                        return Some(found);
                    }
                    at = found.0;
                } else {
                    return Some((at, Some(name.clone())));
                }
            }
            rest = &rest[1..];
        }
        Some((at, None))
    }

    /// Follows the path of a `use`. One that begins with its own name must not be looked up as that name again.
    fn find_alias(&self, at: &Module, alias: &[String], name: &str, depth: usize) -> Option<(Module, Option<String>)> {
        let first = &alias[0];
        let anchored = matches!(first.as_str(), "crate" | "self" | "super");
        if !anchored && first == name && !self.modules.contains_key(&with(at, first)) {
            return None;
        }
        self.find(at, alias, depth)
    }

    /// Looks a name up through `use glob::*`; `None` unless the module there has it as a child or re-export.
    fn through(&self, at: &Module, glob: &[String], name: &str, depth: usize) -> Option<(Module, Option<String>)> {
        let (target, None) = self.find(at, glob, depth)? else { return None };
        if target == *at {
            return None;
        }
        let scope = self.modules.get(&target)?;
        if self.modules.contains_key(&with(&target, name)) {
            return Some((with(&target, name), None));
        }
        let alias = scope.aliases.get(name)?;
        self.find_alias(&target, alias, name, depth + 1)
    }
}

fn with(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn ident(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at)? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

fn is_punct(tokens: &[TokenTree], at: usize, wanted: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let joint = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint);
    joint && is_punct(tokens, at, ':') && is_punct(tokens, at + 1, ':')
}

fn is_public(tokens: &[TokenTree], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| ident(tokens, at));
    before(1).is_some_and(|word| word == "pub") || before(2).is_some_and(|word| word == "pub")
}

fn starts_with_scope(tokens: TokenStream) -> bool {
    let first = tokens.into_iter().next().map(|token| token.to_string());
    first.is_some_and(|word| matches!(word.as_str(), "crate" | "super" | "self" | "in"))
}

fn edges(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    imports(&files).iter().map(|import| format!("{}:{} {}", import.from, import.line, import.to)).collect()
}

#[test]
fn use_trees_are_read_with_their_groups_renames_and_levels() {
    let found = edges(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;"),
        ("a.rs", "use crate::{b::One as Two, c::{self, Three}};\nuse std::fmt;\nfn f() { c::four() }"),
        ("b/mod.rs", "mod d;\nstruct One;"),
        ("b/d.rs", "use super::One;\nuse super::super::c::Three;"),
        ("c.rs", "struct Three;"),
    ]);
    assert_eq!(found, ["a.rs:1 b/mod.rs", "a.rs:1 c.rs", "a.rs:3 c.rs", "b/d.rs:1 b/mod.rs", "b/d.rs:2 c.rs"]);
}

#[test]
fn paths_in_bodies_types_and_macros_are_imports() {
    let found = edges(&[
        ("main.rs", "mod a;\nmod b;\nfn main() { a::run() }"),
        ("a.rs", "fn run() -> crate::b::Kind {\n println!(\"{}\", crate::b::word()) }"),
        ("b.rs", ""),
    ]);
    assert_eq!(found, ["a.rs:1 b.rs", "a.rs:2 b.rs", "main.rs:3 a.rs"]);
}

#[test]
fn a_re_export_leads_to_the_file_that_defines_the_name() {
    let found = edges(&[
        ("lib.rs", "mod a;\nmod b;\npub use b::Name;"),
        ("a.rs", "use crate::Name;\nuse crate::b::Other;"),
        ("b/mod.rs", "mod c;\npub use c::{Name, Other};"),
        ("b/c.rs", "pub struct Name;\npub struct Other;"),
    ]);
    assert_eq!(found, ["a.rs:1 b/c.rs", "a.rs:2 b/c.rs"]);
}

#[test]
fn an_exported_name_that_its_module_uses_is_an_import() {
    let files = [
        ("lib.rs", "mod b;"),
        ("b/mod.rs", "mod c;\npub use c::Name;\npub struct Own(Name);"),
        ("b/c.rs", "pub struct Name(Option<Box<super::Own>>);"),
    ];
    assert_eq!(edges(&files), ["b/c.rs:1 b/mod.rs", "b/mod.rs:3 b/c.rs"]);
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let circle: BTreeSet<_> = ["b/c.rs", "b/mod.rs"].map(str::to_owned).into();
    assert_eq!(circles(&imports(&files)), [circle]);
}

#[test]
fn other_crates_locals_and_test_modules_make_no_circle() {
    let files = [
        ("lib.rs", "mod a;\nmod b;"),
        ("a.rs", "use serde::b;\nfn f(b: u8) -> u8 { b }\n#[cfg(test)]\nmod tests { use super::*; use crate::b::g; }"),
        ("b.rs", "use crate::a::f;"),
    ];
    assert_eq!(edges(&files), ["a.rs:4 b.rs", "b.rs:1 a.rs"]);
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert!(circles(&imports(&files)).is_empty());
}
