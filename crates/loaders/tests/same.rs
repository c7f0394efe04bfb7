//! Documents of one API in different languages load to one model: those of a folder of
//! `tests/fixtures/same` differ in places only, down to the last byte of every template.

use serde_json::Value as Json;
use std::path::Path;
use vtl_loaders::{File, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Returns a document's APIs, routes and errors without places, as JSON and as the steps of a call
/// see them.
fn model(document: &Path) -> Result<(Json, String), Box<dyn std::error::Error>> {
    let name = document.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut document = load(&[File::new(name, std::fs::read_to_string(document)?)], &Options::default())?;
    // SAM's resource needs a stage; the others make none.
    document.apis.iter_mut().for_each(|api| api.stage = None);
    let mut json = document.to_json();
    if let Some(fields) = json.as_object_mut() {
        fields.remove("kind");
    }
    let errors = document.errors();
    json["findings"] = serde_json::to_value(errors)?;
    forget_places(&mut json);
    Ok((json, format!("{:#?}", document.apis)))
}

fn forget_places(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            for key in ["place", "file", "line", "column", "endLine", "endColumn"] {
                fields.remove(key);
            }
            fields.values_mut().for_each(forget_places);
        }
        Json::Array(items) => items.iter_mut().for_each(forget_places),
        _ => {}
    }
}

fn folder(name: &str, kinds: usize) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/same").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert_eq!(paths.len(), kinds);
    let (first, seen) = model(&paths[0])?;
    assert_eq!(first["findings"], serde_json::json!([]));
    for path in &paths {
        let (own, own_seen) = model(path).map_err(|error| format!("{}: {error}", path.display()))?;
        assert_eq!(own, first, "{} and {}", path.display(), paths[0].display());
        assert_eq!(own_seen, seen, "{} and {}", path.display(), paths[0].display());
    }
    Ok(())
}

#[test]
fn rest() -> Outcome {
    folder("rest", 7)
}

#[test]
fn http() -> Outcome {
    folder("http", 5)
}

#[test]
fn websocket() -> Outcome {
    folder("websocket", 3)
}
