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

/// Joins a folder, whose path has no `.` and no `..` behind other parts, and a path that is relative to it. Only the
/// parts of that path are looked at one by one.
pub(crate) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() || name.starts_with('/') || name.get(1..2) == Some(":") {
        return join(folder, name);
    }
    let mut path = folder.to_owned();
    for part in name.split('/').filter(|part| !matches!(*part, "" | ".")) {
        let (above, last) = path.rsplit_once('/').unwrap_or(("", &path));
        if part == ".." && !matches!(last, "" | "..") {
            let is_root = above.is_empty() && path.starts_with('/');
            path.truncate(if is_root { 1 } else { above.len() });
            continue;
        }
        if !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(part);
    }
    path
}

/// Checks that a path is a folder's own or below it; both are joined already.
///
/// The paths are compared as they are written: an absolute path is not below a relative one.
pub(crate) fn is_below(folder: &str, path: &str) -> bool {
    if folder.starts_with('/') != path.starts_with('/') || path.get(1..2) == Some(":") && folder.get(1..2) != Some(":")
    {
        return false;
    }
    let parts = |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (folder, path) = (parts(folder), parts(path));
    let ups = |parts: &[String]| parts.iter().take_while(|part| *part == "..").count();
    if ups(&folder) == folder.len() {
        return ups(&path) <= folder.len();
    }
    path.starts_with(&folder)
}

#[cfg(test)]
mod tests {
    use super::{below, beside, is_below, join};

    #[test]
    fn folders_have_what_is_below_them() {
        for (folder, path, expected) in [
            ("", "a/b", true),
            ("", "../a", false),
            ("", "/a", false),
            ("api", "api/t.vtl", true),
            ("api", "apis/t.vtl", false),
            ("api", "t.vtl", false),
            ("..", "../a", true),
            ("..", "a", true),
            ("..", "../../a", false),
            ("../b", "../b/c", true),
            ("../b", "../c", false),
            ("/srv", "/srv/a", true),
            ("/srv", "/etc/passwd", false),
            ("/", "/etc/passwd", true),
            ("/srv", "a", false),
        ] {
            assert_eq!(is_below(folder, path), expected, "{folder} {path}");
        }
    }

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
            assert_eq!(below(folder.trim_start_matches('.'), name), join(folder.trim_start_matches('.'), name));
        }
        for (folder, name, expected) in [
            ("a/b", "c", "a/b/c"),
            ("a/b", "", "a/b"),
            ("a/b", "./../c//d/.", "a/c/d"),
            ("a", "../..", ".."),
            ("a", "../../../b", "../../b"),
            ("..", "../m", "../../m"),
            ("../a", "..", ".."),
            ("/", "../a", "/../a"),
            ("/a", "..", "/"),
            ("/a", "../b", "/b"),
            ("/a/b", "../../c", "/c"),
        ] {
            assert_eq!(below(folder, name), expected, "{folder} {name}");
            assert_eq!(join(folder, name), expected, "{folder} {name}");
        }
        assert_eq!(beside("api/template.yaml", "pets.yaml"), "api/pets.yaml");
        assert_eq!(beside("/template.yaml", "pets.yaml"), "/pets.yaml");
    }
}
