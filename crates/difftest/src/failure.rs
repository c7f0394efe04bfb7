//! The codes that correspond to failures of Velocity 1.7, by the kind of failure and the class of the Java exception
//! in its message. The corpus tests use them too.

use vtl::Code;

/// Returns a description of the difference between a failure of Velocity and one of this engine, if they differ.
/// `kind` is `parse` or `runtime`.
pub fn differs(kind: &str, message: &str, code: Code) -> Option<String> {
    let allowed: &[&[Code]] = match kind {
        "parse" => &[PARSE],
        // The cause comes last: `MethodInvocationException: … threw exception java.lang.NullPointerException: …`.
        _ => match exceptions(message).last() {
            None | Some("MethodInvocationException" | "VelocityException") => &[RUNTIME],
            // Without a wrapper it is Velocity itself that fails, mostly where this engine finds a fault of syntax.
            Some(class) if message.starts_with(class) => &[PARSE, by_class(class)],
            Some(class) => &[by_class(class)],
        },
    };
    (!allowed.iter().any(|codes| codes.contains(&code))).then(|| format!("Velocity fails with {kind}: {message}"))
}

/// The codes of a template that does not parse; the text of an `#evaluate` is one too.
pub const PARSE: &[Code] = &[
    Code::Syntax,
    Code::Unclosed,
    Code::StrayEnd,
    Code::LoneMark,
    Code::BadArguments,
    Code::BadString,
    Code::BadMacroArgument,
    Code::Evaluate,
];

/// The codes of a render whose cause of failure is not in Velocity's message.
const RUNTIME: &[Code] = &[
    Code::BadArguments,
    Code::JavaException,
    Code::OutOfBounds,
    Code::NoResource,
    Code::BadPattern,
    Code::Modified,
    Code::BadScope,
    Code::BadMacroArgument,
    Code::DepthLimit,
];

/// Lists the simple names of the exceptions that a message names.
fn exceptions(message: &str) -> impl Iterator<Item = &str> {
    let words = message.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '$');
    let names = words.map(|word| word.trim_end_matches('.').rsplit(['.', '$']).next().unwrap_or_default());
    let is_class = |name: &&str| name.ends_with("Exception") || name.ends_with("Error");
    names.filter(is_class).filter(|name| !matches!(*name, "Exception" | "Error"))
}

/// Returns the codes that correspond to a class of exception.
fn by_class(class: &str) -> &'static [Code] {
    match class {
        "IndexOutOfBoundsException" | "StringIndexOutOfBoundsException" | "ArrayIndexOutOfBoundsException" => {
            &[Code::OutOfBounds]
        }
        "ConcurrentModificationException" => &[Code::Modified],
        "PatternSyntaxException" => &[Code::BadPattern],
        "ResourceNotFoundException" => &[Code::NoResource],
        "MacroOverflowException" | "StackOverflowError" => &[Code::DepthLimit],
        "OutOfMemoryError" => &[Code::MemoryLimit],
        "ParseErrorException" | "TemplateInitException" => PARSE,
        _ => &[Code::JavaException],
    }
}
