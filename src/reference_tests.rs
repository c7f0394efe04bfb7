//! Tests of the tables behind `reference`: every example runs, every signature can be called, and
//! `docs/reference.md` is made from them (`UPDATE=1 cargo test reference` writes it).

use crate::builtins::method::{Row, TABLE};
use crate::builtins::signature::{Signature, signatures};
use crate::diagnostic::Code;
use crate::dialect::Dialect;
use crate::host::Globals;
use crate::limits::Limits;
use crate::options::ParseOptions;
use crate::reference::{access_log_variables, context_variables};
use crate::template::Template;
use std::fmt::Write as _;

/// The payload of every example.
const BODY: &str = r#"{"a": 1}"#;

#[test]
fn every_example_gives_what_it_says() {
    let wrong: Vec<String> = rows()
        .filter(|row| dialect_of(row).is_none())
        .map(|row| {
            format!("{}: {:?} gives {:?}, not {:?}", row.name, row.example, run(row, Dialect::service()), row.output)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_not_twice_in_the_table() {
    let mut names: Vec<_> = rows().map(|row| row.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(rows().all(|row| row.doc.ends_with('.')));
}

#[test]
fn the_page_is_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).expect("the page can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == page, "docs/reference.md is not what the tables say: UPDATE=1 cargo test writes it anew");
}

/// Calls every signature in Velocity's dialect, with an argument for each parameter: the method exists, and its value
/// is of the type that the table names. It may throw.
#[test]
fn every_signature_can_be_called() {
    let mut wrong = Vec::new();
    let mut values = 0;
    for signature in signatures() {
        let Signature { receiver, returns, name, parameters } = signature;
        let mut text = format!("#set($r = {})", sample(receiver).expect("a sample of each receiver"));
        let mut arguments = Vec::new();
        for (at, parameter) in parameters.split(", ").filter(|p| !p.is_empty()).enumerate() {
            let class = parameter.split_whitespace().next().unwrap_or_default().trim_end_matches("...");
            // A function, a locale and their like are none that a template can make: null fits.
            let null = String::from("$null");
            text += &sample(class).map_or(String::new(), |value| format!("#set($a{at} = {value})"));
            arguments.push(sample(class).map_or(null, |_| format!("$a{at}")));
        }
        text += &format!("#set($v = $r.{name}({}))$v.class.simpleName", arguments.join(", "));
        if matches!(receiver, "Foreach" | "Info") {
            text = format!("#foreach($x in [1]){text}#end");
        }
        let options = ParseOptions::velocity_1_7();
        let template = Template::parse_with(&format!("{PRELUDE}{text}"), &options).expect("it compiles");
        let class = match template.render(&Globals::body(BODY)) {
            Ok(out) if out.notes.iter().any(|note| note.code == Code::UnknownMethod) => {
                wrong.push(format!("{signature:?}: {:?} in {text}", out.notes));
                continue;
            }
            Ok(out) => out.text,
            Err(error) if matches!(error.code(), Code::JavaException | Code::OutOfBounds | Code::Unsupported) => {
                continue;
            }
            Err(error) => {
                wrong.push(format!("{signature:?}: {error} in {text}"));
                continue;
            }
        };
        let boxed = match returns {
            "int" => "Integer",
            "char" => "Character",
            "long" | "double" | "float" | "short" | "byte" | "boolean" => {
                &(returns[..1].to_uppercase() + &returns[1..])
            }
            // Java's own classes for these have other names; a parent may be any of them, and `void` is "".
            "void" | "Object" | "Map" | "List" | "Set" | "Collection" | "Entry" | "Stream" | "IntStream"
            | "Iterator" | "ListIterator" | "CharSequence" | "Foreach" | "Info" => continue,
            // Known difference: an array of two numbers has the class of an array of strings.
            "BigInteger[]" | "BigDecimal[]" => "String[]",
            class => class,
        };
        values += 1;
        // Null has no class.
        if class != boxed && class != "$v.class.simpleName" {
            wrong.push(format!("{signature:?} gives a {class} in {text}"));
        }
    }
    assert!(values > 200, "{values}");
    assert!(wrong.is_empty(), "{} of the signatures:\n{}", wrong.len(), wrong.join("\n"));
}

/// Variables that the samples need.
const PRELUDE: &str = "#set($s = 'abc')#set($l = [1, 2, 3])#set($m = {'k': 1})#set($i = 7)#set($d = 2.5)\
    #set($n = 9223372036854775808)#set($x = $n * 1.5)";

/// Returns an expression for a value of a class; `None` if templates have no such value.
fn sample(class: &str) -> Option<&'static str> {
    Some(match class {
        "String" | "CharSequence" => "$s",
        "Object" | "int" | "Integer" | "Number" => "$i",
        "Character" | "char" => "$s.charAt(0)",
        "char[]" => "$s.toCharArray()",
        "Object[]" => "$l.toArray()",
        "boolean" | "Boolean" => "true",
        "long" | "Long" => "$i.toUnsignedLong(7)",
        "double" | "Double" => "$d",
        "float" | "Float" => "$d.floatValue()",
        "short" | "Short" => "$i.shortValue()",
        "byte" | "Byte" => "$i.byteValue()",
        "BigInteger" => "$n",
        "BigDecimal" => "$x",
        "List" | "ArrayList" | "Iterable" => "$l",
        "Collection" => "$m.values()",
        "JSONArray" => "$input.path('$..a')",
        "Map" | "LinkedHashMap" => "$m",
        "Set" => "$m.keySet()",
        "Entry" => "$m.entry('k', 1)",
        "Iterator" => "$l.iterator()",
        "ListIterator" => "$l.listIterator(1)",
        "Stream" => "$l.stream()",
        "IntStream" => "$s.chars()",
        "Optional" => "$l.stream().findFirst()",
        "Class" => "$i.class",
        "Foreach" => "$foreach",
        "Info" => "$foreach.info",
        "Input" => "$input",
        "Util" => "$util",
        _ => return None,
    })
}

fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().flat_map(|(_, rows)| *rows)
}

/// The first dialect in which the example holds; some Java shows in Velocity's own only.
fn dialect_of(row: &Row) -> Option<Dialect> {
    let both = [Dialect::service(), Dialect::velocity_1_7()];
    both.into_iter().find(|dialect| run(row, *dialect).as_deref() == Ok(row.output))
}

fn run(row: &Row, dialect: Dialect) -> Result<String, String> {
    let template =
        Template::parse_with(row.example, &ParseOptions::new().dialect(dialect)).map_err(|e| e.to_string())?;
    template.render(&Globals::body(BODY)).map(|out| out.text).map_err(|e| e.to_string())
}

fn page() -> String {
    let mut page = String::from(
        "# Reference\n\n\
         Made from the tables of the engine. A test runs every example; those of Java's methods were compared with \
         Velocity 1.7 on Java 17.\n\n\
         - [Methods](#methods)\n- [`$context`](#context)\n- [Limits](#limits)\n- [Switches](#switches)\n\n\
         ## Methods\n\n\
         Strings, numbers, lists and maps are Java's, with Java's methods; overloads are chosen as Velocity chooses \
         them. A method is named with the kind of value it is called on: `Object` is every value, `Number` every \
         number, `Collection` the `values()` of a map, `Set` its `keySet()` and `entrySet()`, `ArrayList` a list that \
         is no part of another, `JSONArray` a list of the payload. A static method is reached through any value of \
         its class. A method that does not exist, or does not take these arguments, prints nothing and is \
         [noted](codes.md). An exception of a method ends the render.\n\
         `$o.name` is `$o.getName()`, then the member `name` of a map, then `$o.isName()`; `$o[k]` is `$o.get(k)`.\n\
         The examples see the payload `{\"a\": 1}`.\n",
    );
    for (heading, rows) in TABLE {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|row| row.name);
        put(&mut page, format_args!("\n### {heading}\n\n| Method | | Example | Gives |\n| --- | --- | --- | --- |\n"));
        for row in rows {
            let only = if dialect_of(row) == Some(Dialect::velocity_1_7()) { " Velocity 1.7 only." } else { "" };
            let declared: Vec<String> = signatures().filter(|of| of.name == row.name).map(declaration).collect();
            let (methods, example, output) = (declared.join("<br>"), code(row.example), code(row.output));
            put(&mut page, format_args!("| {methods} | {}{only} | {example} | {output} |\n", row.doc));
        }
    }
    page.push_str(
        "\n`$input.body` is the payload as it was sent, `{}` for none. `$stageVariables.name` is a stage \
         variable. `$input`, `$util` and the override maps print as nothing.\n\n\
         ## `$context`\n\n\
         Variables that the service fills. The engine shows those that it is given (`Globals::context`); a key that is \
         missing is nothing, and only members of the overrides can be set.\n\n\
         | `$context.` | |\n| --- | --- |\n",
    );
    for variable in context_variables() {
        let only = if variable.websocket { "WebSocket APIs: " } else { "" };
        put(&mut page, format_args!("| `{}` | {only}{} |\n", variable.name, variable.doc));
    }
    page.push_str(
        "\n### Variables of access logs\n\nAccess logs alone have these variables. In a template they are nothing, and \
         `vtl check` tells (`unknown-context`).\n\n| `$context.` | |\n| --- | --- |\n",
    );
    for variable in access_log_variables() {
        put(&mut page, format_args!("| `{}` | {} |\n", variable.name, variable.doc));
    }
    page.push_str(
        "\n## Limits\n\n`--limit NAME=N` or `NAME=none` of the commands that render or read a document; a setter `with_NAME` of `Limits` each.\n\
         Reading a document and each render have a budget of their own; where a template of it is rendered, a limit only raises those of reading.\n\n\
         | Limit | `service` | `velocity-1.7` | |\n| --- | --- | --- | --- |\n",
    );
    for (name, service, velocity, doc) in Limits::TABLE {
        let (service, velocity) = (ceiling(*service), ceiling(*velocity));
        put(&mut page, format_args!("| `{}` | {service} | {velocity} | {doc} |\n", name.replace('_', "-")));
    }
    page.push_str(
        "\nA `#foreach` that reaches its limit ends there, with a note; `--foreach-fails`, `Limits::with_foreach_fails`, \
         makes it an error.\n\n\
         ## Switches\n\nOpen questions about the service: `vtl render --dialect-switch NAME`, a setter `with_NAME` of `Dialect` each; \
         all are off by default. COMPATIBILITY.md says what would settle them.\n\n| Switch | On |\n| --- | --- |\n",
    );
    for (name, doc) in Dialect::TABLE {
        put(&mut page, format_args!("| `{name}` | {doc} |\n"));
    }
    page
}

fn put(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a string");
}

/// Writes a method as `endsWith(String suffix)` with its kind of receiver and its type.
fn declaration(signature: Signature) -> String {
    let Signature { receiver, returns, name, parameters } = signature;
    let receiver = match receiver {
        "Input" => "$input",
        "Util" => "$util",
        "Foreach" => "$foreach",
        "Info" => "$foreach.info",
        class => class,
    };
    format!("`{receiver}.{name}({parameters})` → `{returns}`")
}

fn ceiling(limit: Option<u64>) -> String {
    let Some(limit) = limit else { return "none".to_owned() };
    match limit {
        n if n >= 1 << 20 && n % (1 << 20) == 0 => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 && n % (1 << 10) == 0 => format!("{} KiB", n >> 10),
        n => n.to_string(),
    }
}

/// Code inside of a table's cell.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{}`", text.replace('|', "\\|").replace('\n', "↵")),
    }
}
