//! Paths of files that documents refer to.

/// Returns the path of a file that another file refers to.
pub(crate) fn beside(from: &str, name: &str) -> String {
    join(folder_of(from), name)
}

/// Returns the folder of a file; empty for the working directory.
pub(crate) fn folder_of(file: &str) -> &str {
    match file.rfind(['/', '\\']) {
        Some(0) => &file[..1],
        Some(at) => &file[..at],
        None => "",
    }
}

/// Joins a folder and a path that is relative to it, without `.` and with `..` applied.
pub(crate) fn join(folder: &str, name: &str) -> String {
    let is_absolute = |path: &str| path.starts_with('/') || path.get(1..2) == Some(":");
    let whole = if folder.is_empty() || is_absolute(name) { name.to_owned() } else { format!("{folder}/{name}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let start = if whole.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{beside, join};

    #[test]
    fn paths_are_joined() {
        for (folder, name, expected) in [
            ("", "a.vtl", "a.vtl"),
            ("", "./a.vtl", "a.vtl"),
            ("api", "./t/a.vtl", "api/t/a.vtl"),
            ("api/x", "../a.vtl", "api/a.vtl"),
            ("", "../a.vtl", "../a.vtl"),
            ("..", "../m", "../../m"),
            ("/srv/api", "../a", "/srv/a"),
            ("api", "/a", "/a"),
            (".", "mod", "mod"),
        ] {
            assert_eq!(join(folder, name), expected, "{folder} {name}");
        }
        assert_eq!(beside("api/template.yaml", "pets.yaml"), "api/pets.yaml");
        assert_eq!(beside("/template.yaml", "pets.yaml"), "/pets.yaml");
    }
}
