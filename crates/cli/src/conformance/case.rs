//! The cases of the pack.

use crate::failure::Failure;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use vtl::Code;
use vtl::json_unstable::{MOST_VALUES, check_values};
use vtl_loaders::Reach;

/// Most bytes of a file of cases.
const MAX_BYTES: u64 = 128 << 20;

/// A case: what the engine is asked, and what the service answers.
pub struct Case {
    pub id: String,
    pub topic: String,
    /// The line that the engine reads: the case without what it should answer.
    pub question: String,
    /// Text of the template, or `None` for a call.
    pub template: Option<String>,
    pub expect: Map<String, Json>,
}

impl Case {
    fn parse(line: &str) -> Result<Case, String> {
        check_values(line, MOST_VALUES).map_err(|error| error.detail().to_owned())?;
        let mut members: Map<String, Json> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |key: &str| match members.get(key) {
            Some(Json::String(text)) => Ok(text.clone()),
            _ => Err(format!("a case has no `{key}`")),
        };
        let (id, topic) = (text("id")?, text("topic")?);
        let template = text("template").ok();
        let Some(Json::Object(expect)) = members.get_mut("expect").map(Json::take) else {
            return Err("a case has no `expect`".to_owned());
        };
        let question = without(line, &["expect", "source", "confidence", "note"]).map_err(|error| error.to_string())?;
        Ok(Case { id, topic, question, template, expect })
    }
}

/// Removes members of an object; the others keep their text, and numbers their digits.
fn without(line: &str, keys: &[&str]) -> Result<String, serde_json::Error> {
    let members: Vec<(String, &serde_json::value::RawValue)> = serde_json::from_str::<Members<'_>>(line)?.0;
    let mut text = String::from("{");
    for (key, value) in members.iter().filter(|(key, _)| !keys.contains(&key.as_str())) {
        if text.len() > 1 {
            text.push(',');
        }
        text += &format!("{}:{}", Json::from(key.as_str()), value.get());
    }
    Ok(text + "}")
}

struct Members<'a>(Vec<(String, &'a serde_json::value::RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Reads the cases of files, and of the `.jsonl` files of folders.
pub fn read(paths: &[PathBuf], filter: Option<&str>) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for path in paths {
        // A file that is named is allowed, whatever it leads to.
        let allowed = if path.is_dir() { &[][..] } else { std::slice::from_ref(path) };
        let reach = Reach::of(path, allowed);
        for file in files(path)? {
            let text = reach.text(&file, MAX_BYTES).map_err(|error| cannot(&file, &error))?;
            for (at, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let case = Case::parse(line).map_err(|why| {
                    Failure::input(Code::UnreadableInput, format!("{}:{}: {why}", file.display(), at + 1))
                })?;
                if filter.is_none_or(|filter| case.topic.contains(filter) || case.id.contains(filter)) {
                    cases.push(case);
                }
            }
        }
    }
    if cases.is_empty() {
        return Err(Failure::input(Code::WrongUsage, "there is no such case".to_owned()));
    }
    Ok(cases)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| cannot(path, &error))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    Ok(files)
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(Code::UnreadableInput, format!("cannot read {}: {error}", path.display()))
}
