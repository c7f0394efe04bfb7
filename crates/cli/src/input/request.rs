//! The request that a template sees.

use crate::args::request::{RequestArgs, SurroundingsArgs};
use crate::args::value::Pair;
use crate::failure::Failure;
use crate::input::reader::{self, Reader};
use crate::input::request_file::{self, RequestFile};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;
use std::path::Path;
use vtl::json_unstable::MOST_VALUES;
use vtl::{Code, Globals, Params};

/// A request with its surroundings and variables.
#[derive(Default)]
pub struct Request {
    pub body: Vec<u8>,
    params: Params,
    context: Map<String, Json>,
    stage_variables: Vec<Pair>,
    variables: Option<(String, String)>,
}

impl Request {
    /// Reads the request; flags take precedence over the file of `--input`.
    pub fn read(args: &RequestArgs, reader: &mut Reader) -> Result<Request, Failure> {
        match &args.input {
            Some(file) => Request::of(file, &reader.text(file)?, args, reader),
            None => Request::of(Path::new("--input"), "{}", args, reader),
        }
    }

    /// Reads the request in the text of a file, with that of flags.
    fn of(file: &Path, text: &str, args: &RequestArgs, reader: &mut Reader) -> Result<Request, Failure> {
        let mut request = Request::default();
        let document: RequestFile = reader::parse_request(file, text, request_file::KEYS)?;
        request.body = match (&args.data, &args.body) {
            (Some(data), _) => reader.data(data)?,
            (None, Some(body)) => reader.bytes(body)?,
            (None, None) => {
                let payload = document.payload();
                payload
                    .map_err(|e| Failure::input(Code::MalformedInput, format!("{}: body: {e}", reader::name(file))))?
                    .unwrap_or_default()
                    .into()
            }
        };
        let groups = document.params.unwrap_or_default();
        for (name, value) in merged(file, "params.path", groups.path, &args.path, str::eq)? {
            request.params = request.params.path(&name, &value);
        }
        for (name, value) in merged(file, "params.querystring", groups.querystring, &args.query, str::eq)? {
            request.params = request.params.query(&name, &value);
        }
        for (name, value) in merged(file, "params.header", groups.header, &args.headers, str::eq_ignore_ascii_case)? {
            request.params = request.params.header(&name, &value);
        }
        let given = Surroundings { context: document.context, stage_variables: document.stage_variables };
        (request.context, request.stage_variables) = given.changed(file, &args.surroundings, reader)?;
        if let Some(file) = &args.vars {
            let text = reader.text(file)?;
            reader::check_size(file, &text, MOST_VALUES)?;
            request.variables = Some((reader::name(file), text));
        }
        Ok(request)
    }

    /// Reads the text of a file as `--input` takes it.
    pub fn of_text(file: &Path, text: &str, reader: &mut Reader) -> Result<Request, Failure> {
        Request::of(file, text, &RequestArgs::default(), reader)
    }

    /// Adds the stage variables that the request does not set.
    pub fn add_stage_variables(&mut self, known: Vec<Pair>) {
        let is_new = |(name, _): &Pair| !self.stage_variables.iter().any(|(own, _)| own == name);
        let new: Vec<Pair> = known.into_iter().filter(is_new).collect();
        self.stage_variables.extend(new);
    }

    /// Returns the data for a render.
    pub fn globals(&self) -> Result<Globals<'_>, Failure> {
        let globals = Globals::body_bytes(&self.body)
            .params(self.params.clone())
            .context(Json::Object(self.context.clone()))
            .stage_variables(self.stage_variables.iter().cloned());
        match &self.variables {
            Some((file, text)) => globals
                .variables_json(text.trim_start_matches('\u{feff}'))
                .map_err(|e| Failure::input(Code::MalformedInput, format!("{file}: {}", e.detail()))),
            None => Ok(globals),
        }
    }
}

/// Context and stage variables of the file of `--input`.
#[derive(Default)]
pub struct Surroundings {
    pub context: Option<Map<String, Json>>,
    pub stage_variables: Option<Map<String, Json>>,
}

impl Surroundings {
    /// Returns the context and the stage variables with the changes of the flags; `file` is the file of
    /// `--input`.
    pub fn changed(
        self,
        file: &Path,
        args: &SurroundingsArgs,
        reader: &mut Reader,
    ) -> Result<(Map<String, Json>, Vec<Pair>), Failure> {
        let mut context = match &args.context {
            Some(file) => reader.object(file)?,
            None => self.context.unwrap_or_default(),
        };
        for (name, value) in &args.context_values {
            put(&mut context, name, value)?;
        }
        let (file, variables) = match &args.stage_variables {
            Some(file) => (file.as_path(), Some(reader.object(file)?)),
            None => (file, self.stage_variables),
        };
        Ok((context, merged(file, "stageVariables", variables, &args.stage_variable, str::eq)?))
    }
}

/// Returns the members that no flag replaces, then the values of the flags.
fn merged(
    file: &Path,
    what: &str,
    members: Option<Map<String, Json>>,
    args: &[Pair],
    same: fn(&str, &str) -> bool,
) -> Result<Vec<Pair>, Failure> {
    let mut pairs = Vec::new();
    let flags: HashSet<String> = args.iter().map(|(flag, _)| flag.to_ascii_lowercase()).collect();
    for (name, value) in members.unwrap_or_default() {
        if flags.contains(&name.to_ascii_lowercase()) && args.iter().any(|(flag, _)| same(flag, &name)) {
            continue;
        }
        let Some(texts) = vtl_data::texts(&value) else {
            let file = reader::name(file);
            let why = format!("{file}: {what}.{name} must be a string or an array of strings");
            return Err(Failure::input(Code::MalformedInput, why));
        };
        pairs.extend(texts.into_iter().map(|text| (name.clone(), text)));
    }
    pairs.extend_from_slice(args);
    Ok(pairs)
}

/// Most names of a nested value, as deep as JSON may be.
const MOST_NAMES: usize = 100;

/// Sets a value by a dotted name such as `identity.sourceIp`.
fn put(context: &mut Map<String, Json>, name: &str, value: &str) -> Result<(), Failure> {
    if name.matches('.').count() >= MOST_NAMES {
        return Err(Failure::usage(format!("--context-value: a name has at most {MOST_NAMES} parts")));
    }
    let mut object = context;
    let mut rest = name;
    while let Some((first, after)) = rest.split_once('.') {
        let member = object.entry(first).or_insert_with(|| Json::Object(Map::new()));
        object = member
            .as_object_mut()
            .ok_or_else(|| Failure::usage(format!("--context-value {name}: `{first}` is not an object")))?;
        rest = after;
    }
    object.insert(rest.to_owned(), value.into());
    Ok(())
}
