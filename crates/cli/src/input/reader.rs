//! Reads the files that the flags name, and standard input.

use crate::failure::Failure;
use crate::input::sources::Sources;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::string::FromUtf8Error;
use vtl::diagnostic::{Diagnostic, Location};
use vtl::json_unstable::{MOST_VALUES, check_values, count_values};
use vtl::reference::nearest;
use vtl::{Code, Span};
use vtl_loaders::Reach;

/// Most bytes of a file.
const MAX_BYTES: u64 = 128 << 20;

/// Reads files, and standard input at most once.
#[derive(Default)]
pub struct Reader {
    stdin_taken: bool,
    /// The texts that were read.
    pub sources: Sources,
}

/// Returns the name of a file in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Reader {
    /// Reads a file.
    pub fn bytes(&mut self, path: &Path) -> Result<Vec<u8>, Failure> {
        if !is_stdin(path) {
            return vtl_loaders::open_named(path)
                .and_then(|file| bounded(&file, file.metadata()?.len()))
                .map_err(|e| unreadable(format!("cannot read {}: {e}", path.display())));
        }
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Failure::usage("standard input (-) is named twice; it can be read only once"));
        }
        bounded(std::io::stdin().lock(), 0).map_err(|e| unreadable(format!("cannot read standard input: {e}")))
    }

    /// Returns the payload of `--data`: the text itself, or the file of `@FILE`.
    pub fn data(&mut self, data: &str) -> Result<Vec<u8>, Failure> {
        match data.strip_prefix('@') {
            Some(file) => self.bytes(Path::new(file)),
            None => Ok(data.as_bytes().to_vec()),
        }
    }

    /// Reads a file that must be UTF-8, and keeps its text for messages.
    pub fn text(&mut self, path: &Path) -> Result<String, Failure> {
        let text = String::from_utf8(self.bytes(path)?).map_err(|error| not_utf_8(path, &error))?;
        self.sources.add(name(path), text.as_str());
        Ok(text)
    }

    /// Reads a file that the user did not name, which must be within reach; keeps its text for messages.
    pub fn text_within(&mut self, path: &Path, reach: &Reach) -> Result<String, Failure> {
        self.text_of_most(path, reach, MAX_BYTES)
    }

    /// Reads a file as [`text_within`](Reader::text_within) does, of at most `most` bytes.
    pub fn text_of_most(&mut self, path: &Path, reach: &Reach, most: u64) -> Result<String, Failure> {
        let text = reach.text(path, most).map_err(|error| {
            let why = format!("cannot read {}: {error}", path.display());
            let mut finding = Diagnostic::new(Code::UnreadableInput, why);
            finding.help = Reach::help(&error).map(str::to_owned);
            Failure::Input(Box::new(finding))
        })?;
        self.sources.add(name(path), text.as_str());
        Ok(text)
    }

    /// Reads a file that holds a JSON object.
    pub fn object(&mut self, path: &Path) -> Result<Map<String, Json>, Failure> {
        let text = self.text(path)?;
        let object = parse(path, &text)?;
        check_keys(path, &text)?;
        Ok(object)
    }
}

fn unreadable(message: String) -> Failure {
    Failure::input(Code::UnreadableInput, message)
}

/// Reads to the end, which a device may not have, and which is expected after `length` bytes.
fn bounded(from: impl Read, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(MAX_BYTES) as usize);
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other(format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

/// Checks that JSON has no more values than may be read at once.
pub fn check_size(path: &Path, text: &str, most: usize) -> Result<(), Failure> {
    let large = |error: vtl::Error| Failure::input(error.code(), format!("{}: {}", name(path), error.detail()));
    check_values(text, most).map_err(large)
}

/// Parses JSON of at most [`MOST_VALUES`] values; a byte order mark is skipped.
pub fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Failure> {
    check_size(path, text, MOST_VALUES)?;
    read(path, text)
}

/// Parses JSON of any number of values; a byte order mark is skipped.
pub fn read<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| malformed(path, text, &error))
}

/// The keys that objects of a file may have: those of the file itself (``), and of its members (`/params`).
pub type Keys<'k> = [(&'k str, &'k [&'k str])];

/// Parses JSON whose objects may have the given keys and no others; a byte order mark is skipped.
pub fn parse_known<'a, T: Deserialize<'a>>(path: &Path, text: &'a str, keys: &Keys<'_>) -> Result<T, Failure> {
    check_size(path, text, MOST_VALUES)?;
    read_known(path, text, keys)
}

/// Parses JSON as [`parse_known`] does; its member `body` is a payload, which is not read into values here.
pub fn parse_request<'a, T: Deserialize<'a>>(path: &Path, text: &'a str, keys: &Keys<'_>) -> Result<T, Failure> {
    let payload = members(text).get("body").map_or(0, |body| count_values(body.get()));
    check_size(path, text, MOST_VALUES + payload)?;
    read_known(path, text, keys)
}

fn read_known<'a, T: Deserialize<'a>>(path: &Path, text: &'a str, keys: &Keys<'_>) -> Result<T, Failure> {
    // A list would be read as the members in their order.
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('[') {
        let message = format!("{}: it is a list; expected an object", name(path));
        return Err(Failure::input(Code::MalformedInput, message));
    }
    let file = members(text);
    for (pointer, known) in keys {
        let member = pointer.strip_prefix('/').and_then(|name| file.get(name));
        let inner = member.map(|object| members(object.get())).unwrap_or_default();
        let object = if pointer.is_empty() { &file } else { &inner };
        if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(unknown_key(path, text, key, known));
        }
    }
    let value = read(path, text)?;
    check_keys(path, text)?;
    Ok(value)
}

/// Checks that no object of a JSON text has a key twice, of which one would be read and the other not. Its member
/// `body` is a payload, which may have anything.
fn check_keys(path: &Path, text: &str) -> Result<(), Failure> {
    let read = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    read.map(|_: Unique<true>| ()).map_err(|error| malformed(path, text, &error))
}

/// JSON without an object that has a key twice; `ROOT` is set for the value of a file.
struct Unique<const ROOT: bool>;

impl<'de, const ROOT: bool> Deserialize<'de> for Unique<ROOT> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Unique)
    }
}

impl<'de, const ROOT: bool> Visitor<'de> for Unique<ROOT> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if ROOT && key == "body" {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value::<Unique<false>>()?;
            }
            if let Some(key) = seen.replace(key) {
                return Err(A::Error::custom(format!("the key `{key}` is there twice")));
            }
        }
        Ok(Unique)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Unique<false>>()?.is_some() {}
        Ok(Unique)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Unique)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Unique)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Unique)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Unique)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Unique)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Unique)
    }
}

/// Returns the members of an object as they are written; none of any other text.
fn members(text: &str) -> BTreeMap<String, &RawValue> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default()
}

/// Creates the failure of a key that nothing reads, at its place in the text.
fn unknown_key(path: &Path, text: &str, key: &str, known: &[&str]) -> Failure {
    let mut finding = Diagnostic::new(Code::UnknownKey, format!("{}: unknown key {key}", name(path)));
    let keys = known.join(", ");
    finding.help = Some(match nearest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant}? The keys are {keys}"),
        None => format!("the keys are {keys}"),
    });
    let written = Json::from(key).to_string();
    let is_key = |at: &usize| text[at + written.len()..].trim_start().starts_with(':');
    if let Some(at) = text.match_indices(&written).map(|(at, _)| at).find(is_key) {
        finding.location = Some(Location::of(Span::new(at, written.len()), text).in_file(name(path)));
    }
    Failure::Input(Box::new(finding))
}

/// Creates the failure of JSON that does not parse or has another shape than expected, at its place in the text.
pub fn malformed(path: &Path, text: &str, error: &serde_json::Error) -> Failure {
    let whole = error.to_string();
    // The place is drawn, so it need not be in the text.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let why = whole.strip_suffix(&place).unwrap_or(&whole);
    let mut finding = Diagnostic::new(Code::MalformedInput, format!("{}: {why}", name(path)));
    if error.line() > 0 {
        // The parser counts the bytes of a line, and has read the last of them.
        let line = text.split('\n').nth(error.line() - 1).unwrap_or_default();
        let read = error.column().saturating_sub(1);
        let column = line.char_indices().take_while(|(at, _)| *at < read).count() + 1;
        let end = (error.line(), column + 1);
        finding.location = Some(Location::new(error.line(), column).until(end).in_file(name(path)));
    }
    Failure::Input(Box::new(finding))
}

/// Creates the failure of a text that is not UTF-8, at its first byte that is not.
pub fn not_utf_8(path: &Path, error: &FromUtf8Error) -> Failure {
    let at = error.utf8_error().valid_up_to();
    let valid = String::from_utf8_lossy(error.as_bytes().get(..at).unwrap_or_default());
    let line = valid.matches('\n').count() + 1;
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let finding = Diagnostic::new(Code::UnreadableInput, format!("{} is not UTF-8 (at byte {at})", name(path)));
    Failure::Input(Box::new(finding.at(Location::new(line, column).in_file(name(path)))))
}
