//! Values of the root module's variables that files give: `terraform.tfvars`, `*.auto.tfvars`, and
//! the files that the caller names ("Assigning values to root module variables").

use crate::context::{Context, File};
use crate::diagnostic::Remark;
use crate::path;
use crate::syntax::tree::Node;
use crate::terraform::configuration::{Configuration, Parsed, parse};
use crate::terraform::content::Written;
use crate::terraform::evaluator::{Evaluator, Names, Scope};
use hcl_edit::structure::Structure;
use std::collections::HashMap;
use vtl::Code;

/// Reads the files in Terraform's order, in which later values replace earlier ones.
pub(crate) fn read(context: &Context<'_, '_>, given: &mut HashMap<String, Node>, remarks: &mut Vec<Remark>) {
    let folder = path::folder_of(&context.sources.borrow().name(0)).to_owned();
    let names = context.list(&folder);
    let automatic = |name: &&String| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].into_iter();
    let fixed = fixed.filter(|name| names.iter().any(|other| other == name)).map(str::to_owned);
    for name in fixed.chain(names.iter().filter(automatic).cloned()) {
        let path = path::join(&folder, &name);
        match context.open(&path) {
            Some(file) => add(file, context, given, remarks),
            None => remarks.push(Remark::new(Code::UnreadableFile, "", context.unread_path(&path), Default::default())),
        }
    }
    for File { name, text, .. } in &context.options.parameter_files {
        match context.add(name, text) {
            Ok(file) => add(file, context, given, remarks),
            Err(fault) => remarks.push(Remark::new(fault.code, "", fault.message, Default::default())),
        }
    }
}

/// Adds the values of a file.
fn add(file: u32, context: &Context<'_, '_>, given: &mut HashMap<String, Node>, remarks: &mut Vec<Remark>) {
    let parsed = match parse(file, context) {
        Ok(parsed) => parsed,
        Err(fault) => {
            let mut remark = Remark::new(fault.code, "", fault.message, fault.span.unwrap_or_default());
            remark.help = fault.help;
            return remarks.push(remark);
        }
    };
    // The values are literal: nothing that they could refer to is there.
    let (nothing, none) = ([Configuration { is_whole: true, ..Configuration::default() }], HashMap::new());
    let evaluator = Evaluator::new(&nothing, &none, context);
    let scope = Scope { file, names_of: Names::Nothing, ..Scope::default() };
    let mut set = |name: &str, written: Written<'_>| match evaluator.evaluate(written, &scope) {
        Ok(value) => drop(given.insert(name.to_owned(), value)),
        Err(fault) => remarks.push(Remark::new(fault.code, "", fault.message, fault.span.unwrap_or_default())),
    };
    match &parsed {
        Parsed::Hcl(structures, file) => {
            for attribute in structures.iter().filter_map(Structure::as_attribute) {
                set(attribute.key.as_str(), Written::Hcl(&attribute.value, *file));
            }
        }
        Parsed::Json(root) => root.fields().for_each(|(name, value)| set(name, Written::Literal(value))),
    }
    if let Parsed::Hcl(structures, file) = &parsed
        && let Some(block) = structures.iter().find_map(Structure::as_block)
    {
        let span = crate::terraform::content::span_of(block, *file);
        remarks.push(Remark::new(Code::MalformedHcl, "", "a file of values has arguments only", span));
    }
    remarks.append(&mut evaluator.remarks.take());
}
