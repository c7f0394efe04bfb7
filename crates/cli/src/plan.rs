//! What the flags mean: a template with its rules, and the request it sees.

use crate::failure::Failure;
use crate::flags::{DialectName, Limit, Pair, RequestFlags, SurroundingsFlags, TemplateFlags};
use crate::inputs::{self, Document, Reader};
use serde_json::{Map, Value as Json};
use std::path::Path;
use vtl::{Dialect, Error, Globals, Limits, Note, Params, Rendered, Template};

/// A template that is to be compiled.
pub struct Source {
    pub name: String,
    pub text: String,
    dialect: Dialect,
    limits: Limits,
}

impl Source {
    pub fn read(flags: &TemplateFlags, reader: &mut Reader) -> Result<Source, Failure> {
        let (name, text) = match (&flags.text, &flags.file) {
            (Some(text), _) => ("<text>".to_owned(), text.clone()),
            (None, Some(file)) => (inputs::name(file), reader.text(file)?),
            (None, None) => return Err(Failure::Input("no template is given".to_owned())),
        };
        let (dialect, limits) = match flags.dialect {
            DialectName::Service => (Dialect::service(), Limits::service()),
            DialectName::Velocity17 => (Dialect::velocity_1_7(), Limits::velocity_1_7()),
        };
        let limits = changed(limits, &flags.limits).foreach_fails(flags.foreach_fails);
        Ok(Source { name, text, dialect, limits })
    }

    pub fn compile(&self) -> Result<Template, Failure> {
        Template::parse_with(&self.text, self.dialect, &self.limits).map_err(|e| self.failed(e))
    }

    pub fn render(&self, template: &Template, globals: &Globals<'_>) -> Result<Rendered, Failure> {
        template.render(globals).map_err(|e| self.failed(e))
    }

    fn failed(&self, error: Error) -> Failure {
        Failure::Template { error, name: self.name.clone(), source: self.text.clone() }
    }
}

/// Limits as the flags want them.
pub fn changed(mut limits: Limits, flags: &[Limit]) -> Limits {
    for limit in flags {
        limits.set(&limit.name, limit.value);
    }
    limits
}

/// What was found without running and what the render swallowed, in the order of the text.
pub fn all_notes<'a>(template: &'a Template, rendered: Option<&'a Rendered>) -> Vec<&'a Note> {
    let mut notes: Vec<&Note> = template.notes().iter().collect();
    notes.extend(rendered.iter().flat_map(|r| &r.notes));
    notes.sort_by_key(|note| note.span.start);
    notes
}

/// A request as the flags describe it.
#[derive(Default)]
pub struct Request {
    pub body: Vec<u8>,
    params: Params,
    context: Map<String, Json>,
    stage_variables: Vec<Pair>,
    variables: Option<(String, String)>,
}

impl Request {
    /// Reads the document of `--input`, and lets each flag win over its part of it.
    pub fn read(flags: &RequestFlags, reader: &mut Reader) -> Result<Request, Failure> {
        let mut request = Request::default();
        let (file, text) = match &flags.input {
            Some(file) => (file.as_path(), reader.text(file)?),
            None => (Path::new("--input"), "{}".to_owned()),
        };
        let document: Document = inputs::parse(file, &text)?;
        request.body = match (&flags.data, &flags.body) {
            (Some(data), _) => data.clone().into_bytes(),
            (None, Some(body)) => reader.bytes(body)?,
            (None, None) => {
                let payload = document.payload();
                payload
                    .map_err(|e| Failure::Input(format!("{}: body: {e}", inputs::name(file))))?
                    .unwrap_or_default()
                    .into()
            }
        };
        let groups = document.params.unwrap_or_default();
        for (name, value) in merged(file, "params.path", groups.path, &flags.path, str::eq)? {
            request.params = request.params.path(&name, &value);
        }
        for (name, value) in merged(file, "params.querystring", groups.querystring, &flags.query, str::eq)? {
            request.params = request.params.query(&name, &value);
        }
        for (name, value) in merged(file, "params.header", groups.header, &flags.headers, str::eq_ignore_ascii_case)? {
            request.params = request.params.header(&name, &value);
        }
        let given = Surroundings { context: document.context, stage_variables: document.stage_variables };
        (request.context, request.stage_variables) = given.changed(file, &flags.surroundings, reader)?;
        if let Some(file) = &flags.vars {
            request.variables = Some((inputs::name(file), reader.text(file)?));
        }
        Ok(request)
    }

    pub fn globals(&self) -> Result<Globals<'_>, Failure> {
        let globals = Globals::body_bytes(&self.body)
            .params(self.params.clone())
            .context(Json::Object(self.context.clone()))
            .stage_variables(self.stage_variables.iter().cloned());
        match &self.variables {
            Some((file, text)) => globals
                .variables_json(text.trim_start_matches('\u{feff}'))
                .map_err(|e| Failure::Input(format!("{file}: {}", e.detail()))),
            None => Ok(globals),
        }
    }
}

/// What stands around a request, as its document tells it.
#[derive(Default)]
pub struct Surroundings {
    pub context: Option<Map<String, Json>>,
    pub stage_variables: Option<Map<String, Json>>,
}

impl Surroundings {
    /// The context and the stage variables after the flags had their say; `file` is the document.
    pub fn changed(
        self,
        file: &Path,
        flags: &SurroundingsFlags,
        reader: &mut Reader,
    ) -> Result<(Map<String, Json>, Vec<Pair>), Failure> {
        let mut context = match &flags.context {
            Some(file) => reader.object(file)?,
            None => self.context.unwrap_or_default(),
        };
        for (name, value) in &flags.context_values {
            put(&mut context, name, value)?;
        }
        let (file, variables) = match &flags.stage_variables {
            Some(file) => (file.as_path(), Some(reader.object(file)?)),
            None => (file, self.stage_variables),
        };
        Ok((context, merged(file, "stageVariables", variables, &flags.stage_variable, str::eq)?))
    }
}

/// The members of a document without those that a flag names, then the flags'.
fn merged(
    file: &Path,
    what: &str,
    members: Option<Map<String, Json>>,
    flags: &[Pair],
    same: fn(&str, &str) -> bool,
) -> Result<Vec<Pair>, Failure> {
    let mut pairs = Vec::new();
    for (name, value) in members.unwrap_or_default() {
        if flags.iter().any(|(flag, _)| same(flag, &name)) {
            continue;
        }
        let Some(texts) = inputs::texts(&value) else {
            let file = inputs::name(file);
            return Err(Failure::Input(format!("{file}: {what}.{name} must be a string or a list of strings")));
        };
        pairs.extend(texts.into_iter().map(|text| (name.clone(), text)));
    }
    pairs.extend_from_slice(flags);
    Ok(pairs)
}

/// Puts a value under a dotted name: `identity.sourceIp` is a member of a member.
fn put(context: &mut Map<String, Json>, name: &str, value: &str) -> Result<(), Failure> {
    let mut object = context;
    let mut rest = name;
    while let Some((first, after)) = rest.split_once('.') {
        let member = object.entry(first).or_insert_with(|| Json::Object(Map::new()));
        object = member.as_object_mut().ok_or_else(|| {
            Failure::Input(format!("--context-value {name}: `{first}` is no object that could have a member"))
        })?;
        rest = after;
    }
    object.insert(rest.to_owned(), value.into());
    Ok(())
}
