//! Configurations of Terraform whose evaluation would take longer than they are long.

use std::cell::RefCell;
use vtl::Limits;
use vtl_loaders::{File, Options, load};

const API: &str = "resource \"aws_api_gateway_rest_api\" \"a\" {\n name = \"a\"\n description = length(local.l)\n}\n";

/// Returns the name of the error's code with a budget of four million steps and 16 MiB; empty if the files load.
fn refused(files: &[(&str, &str)]) -> &'static str {
    let limits = Limits::service().with_steps(Some(4_000_000)).with_memory(Some(16 << 20));
    let options = Options::new().limits(limits);
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
    let list = |folder: &str| {
        let inside = files.iter().filter_map(|(name, _)| name.strip_prefix(folder)?.strip_prefix('/'));
        inside.map(str::to_owned).collect()
    };
    let options = options.read_file(&read).list_folder(&list);
    let loaded = load(&[File::new(files[0].0, files[0].1)], &options);
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
}

/// Returns the code for locals, of which `l` is counted.
fn refused_locals(locals: &str) -> &'static str {
    refused(&[("main.tf", &format!("{API}locals {{\n{locals}\n}}\n"))])
}

/// Returns the name of an API, which is an expression; `t.tpl` is a file beside it.
fn named(expression: &str, template: &str) -> String {
    let text = format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n name = {expression}\n}}\n");
    let read = |path: &str| (path == "t.tpl").then(|| template.to_owned());
    let document = load(&[File::new("main.tf", text)], &Options::new().read_file(&read));
    let document = document.unwrap_or_else(|error| panic!("{error}"));
    document.apis[0].name.clone().unwrap_or_default()
}

/// Names are copied and hashed with each use: a label, the prefix of a module, a name of a loop, a key.
#[test]
fn long_names_are_charged_or_refused() {
    let call = |name: &str| format!("module \"{name}\" {{\n source = \"./m\"\n}}\n");
    let inner = format!("{API}locals {{\n a = 1\n l = [for i in range(100): [for j in range(100): local.a]]\n}}\n");
    let with = |name: &str| refused(&[("main.tf", &call(name)), ("m/m.tf", &inner)]);
    assert_eq!(with("m"), "");
    assert_eq!(with(&"m".repeat(16_000)), "step-limit");
    assert_eq!(with(&"m".repeat(17_000)), "document-limit");
    let long = "a".repeat(100_000);
    let loops =
        |inner: &str| refused_locals(&format!("a = {{}}\nl = [for i in range(100): [for j in range(100): {inner}]]"));
    assert_eq!(loops("1"), "");
    assert_eq!(loops(&format!("{{{long} = 1}}")), "memory-limit");
    assert_eq!(loops(&format!("[for {long} in [1]: 1]")), "memory-limit");
    for reference in ["local.#", "#", "a.#", "can(local.a.#)"] {
        let found = loops(&reference.replace('#', &long));
        assert!(["step-limit", "memory-limit"].contains(&found), "{reference}: {found}");
    }
}

/// Checks that a search of a text for placeholders is charged by the length of the text.
#[test]
fn a_text_between_placeholders_is_searched() {
    let steps = |length: usize, turns: usize| {
        let text = format!(
            "{API}resource \"aws_x\" \"y\" {{}}\nlocals {{\n b = join(\"\", [aws_x.y.id, \"{}\", aws_x.y.id])\n \
             l = [for i in range({turns}): can(local.b.a)]\n}}\n",
            "x".repeat(length)
        );
        load(&[File::new("main.tf", text)], &Options::new()).map_or(0, |document| document.steps())
    };
    let over = |length: usize| steps(length, 100) - steps(length, 0);
    assert!(over(10_000) > over(10) + 100 * 70, "{} to {}", over(10), over(10_000));
}

/// A line of a heredoc has a place of its own.
#[test]
fn lines_of_a_heredoc_are_charged() {
    let lines = |count: usize| format!("l = [for i in range(100): <<E\n{}E\n]", "\n".repeat(count));
    assert_eq!((refused_locals(&lines(10)), refused_locals(&lines(10_000))), ("", "memory-limit"));
}

/// Files are opened once, and each copy of their text is charged.
#[test]
fn a_file_is_opened_once() {
    let opened = |name: &str, text: &str| {
        let paths = RefCell::new(Vec::new());
        let read = |path: &str| {
            paths.borrow_mut().push(path.to_owned());
            (path == "x").then(|| "x".repeat(100))
        };
        let document = load(&[File::new(name, text)], &Options::new().read_file(&read));
        let found = document.unwrap_or_else(|error| panic!("{error}")).diagnostics();
        let unread = found.iter().filter(|found| found.message.contains("cannot read"));
        let unread = unread.count();
        let mut paths = paths.into_inner();
        paths.sort_unstable();
        (paths.join(" "), unread)
    };
    let calls = "file(\"x\"), fileexists(\"./x\"), filebase64(\"x\"), templatefile(\"x\", {}), fileexists(\"y\")";
    let text = format!("{API}locals {{\n l = [for i in range(50): [{calls}, file(\"y\")]]\n}}\n");
    assert_eq!(opened("main.tf", &text), ("x y".to_owned(), 2));
    let words = "--a file://x --b file://y ".repeat(50);
    let put = format!("aws apigateway create-rest-api --name a {words} --tags a@=file://x,b@=file://y\n");
    assert_eq!(opened("put.sh", &put).0, "x y");
    let include = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: #}}}, ";
    let both = include.replace('#', "x") + &include.replace('#', "y");
    let template = format!(
        "Resources:\n  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a, Tags: [{}]}}}}\n",
        both.repeat(20)
    );
    assert_eq!(opened("t.yaml", &template), ("x y".to_owned(), 20));

    let many = format!("{API}locals {{\n l = [for i in range(100): [for j in range(100): #]]\n}}\n");
    let with = |call: &str| refused(&[("main.tf", &many.replace('#', call)), ("x", &"x".repeat(10_000))]);
    assert_eq!(with("fileexists(\"x\")"), "");
    assert_eq!(with("file(\"x\")"), "memory-limit");
    let steps = |call: &str| {
        let text = format!("{API}locals {{\n l = [for i in range(100): {call}]\n}}\n");
        let read = |_: &str| Some(String::new());
        load(&[File::new("main.tf", text)], &Options::new().read_file(&read)).map_or(0, |document| document.steps())
    };
    assert!(steps("fileexists(\"x${i}\")") > steps("fileexists(\"x\")") + 99 * 700);
}

/// The names of a loop of a template hide those that it is given.
#[test]
fn names_of_loops_hide_those_of_a_template() {
    let template = "%{ for a in [1, 2] }%{ for c in [3] }${a}${b}${c} %{ endfor }%{ endfor }${a}";
    assert_eq!(named("templatefile(\"t.tpl\", {a = \"A\", b = \"B\"})", template), "1B3 2B3 A");
}

#[test]
fn rows_of_a_product_are_ordered_by_their_sets() {
    let rows = "[for row in setproduct([\"a\", \"b\"], [\"c\"], [\"d\", \"e\", \"f\"]): join(\"\", row)]";
    assert_eq!(named(&format!("join(\" \", {rows})"), ""), "acd ace acf bcd bce bcf");
}

/// The entries of a value are not searched for each attribute of its type.
#[test]
fn attributes_of_an_object_type_are_indexed() {
    let steps = |attributes: usize, items: usize| {
        let kinds: String = (0..attributes).map(|at| format!("a{at} = optional(string)\n")).collect();
        let items = "{}, ".repeat(items);
        let text = format!("variable \"v\" {{\n type = list(object({{\n{kinds}}}))\n default = [{items}]\n}}\n{API}");
        let text = text + "locals {\n l = var.v\n}\n";
        load(&[File::new("main.tf", text)], &Options::new()).map_or(0, |document| document.steps())
    };
    let (small, large) = (steps(200, 50) - steps(200, 1), steps(400, 50) - steps(400, 1));
    assert!(small > 10_000 && large < 23 * small / 10, "{small} to {large} steps");
}

/// Attributes keep their places; null means that one is absent, and a key that no type has stays.
#[test]
fn objects_get_the_attributes_that_they_lack() {
    let text = "variable \"v\" {\n type = list(object({a = optional(string), b = optional(object({x = optional(string, \"d\")}), \
                {}), c = optional(list(string), [\"l\"])}))\n default = [{c = null, z = 1}, {b = {x = null}, a = 2}]\n}\n\
                resource \"aws_api_gateway_rest_api\" \"a\" {\n name = jsonencode(var.v)\n}\n";
    let document = load(&[File::new("main.tf", text)], &Options::new()).unwrap_or_else(|error| panic!("{error}"));
    let expected = r#"[{"a":null,"b":{"x":"d"},"c":["l"],"z":1},{"a":2,"b":{"x":"d"},"c":["l"]}]"#;
    assert_eq!(document.apis[0].name.as_deref(), Some(expected));
}

/// Returns the code for a local, of which one item is read.
fn refused_item(files: &[(&str, &str)], value: &str) -> &'static str {
    let name = "resource \"aws_api_gateway_rest_api\" \"a\" {\n name = local.l[0][0]\n}\n";
    let text = format!("{name}locals {{\n l = {value}\n}}\n");
    let first = files.iter().copied().chain([("m/m.tf", text.as_str())]).collect::<Vec<_>>();
    if files.is_empty() { refused(&[("main.tf", &text)]) } else { refused(&first) }
}

/// A number of a few letters may have hundreds of digits.
#[test]
fn digits_of_numbers_are_charged() {
    let numbers = |number: &str| {
        let items = format!("{number}, ").repeat(100);
        refused_item(&[], &format!("[for i in range(500): [{items}]]"))
    };
    assert_eq!((numbers("1"), numbers("-1"), numbers("2 * 3")), ("", "", ""));
    for long in ["5e-324", "-5e-324", "1e-200 * 1e-100", "1e300"] {
        assert_eq!(numbers(long), "memory-limit", "{long}");
    }
}

/// The path of a module is copied with each use.
#[test]
fn paths_of_modules_are_charged() {
    let paths = format!("[for i in range(500): [{}]]", "path.module, ".repeat(100));
    let call = |folder: &str| format!("module \"m\" {{\n source = \"./{folder}\"\n}}\n");
    let with = |folder: &str| {
        let name = "resource \"aws_api_gateway_rest_api\" \"a\" {\n name = local.l[0][0]\n}\n";
        let file = format!("{folder}/m.tf");
        refused(&[("main.tf", &call(folder)), (&file, &format!("{name}locals {{\n l = {paths}\n}}\n"))])
    };
    assert_eq!((with("m"), with(&"m".repeat(300))), ("", "memory-limit"));
}

/// The prefix of a module is copied with each reference to a resource that is not declared.
#[test]
fn prefixes_of_modules_are_charged() {
    let references = format!("[for i in range(200): [{}]]", "aws_x.y, ".repeat(100));
    let name = "resource \"aws_api_gateway_rest_api\" \"a\" {\n name = local.l[0][0]\n}\n";
    let inner = format!("{name}locals {{\n l = {references}\n}}\n");
    let with = |name: &str| {
        refused(&[("main.tf", &format!("module \"{name}\" {{\n source = \"./m\"\n}}\n")), ("m/m.tf", &inner)])
    };
    assert_eq!((with("m"), with(&"m".repeat(1_000))), ("", "memory-limit"));
}

/// A map is a value, and so are its keys.
#[test]
fn keys_of_small_maps_are_charged() {
    let items = |item: &str| {
        let items = format!("{item}, ").repeat(100);
        refused_item(&[], &format!("[for i in range(1000): [{items}]]"))
    };
    assert_eq!((items("null"), items("{a = null}")), ("", "memory-limit"));
}

/// A name that no resource has is compared with all attributes, once.
#[test]
fn unknown_attributes_are_compared_once() {
    let steps = |names: &[&str], turns: usize| {
        let names: String = names.iter().map(|name| format!("aws_api_gateway_rest_api.a.{name}, ")).collect();
        let text = format!("{API}locals {{\n l = [for i in range({turns}): [{names}]]\n}}\n");
        load(&[File::new("main.tf", text)], &Options::new()).map_or(0, |document| document.steps())
    };
    let (one, other) = (["integration_methox"; 2], ["integration_methox", "integration_methoy"]);
    assert!(steps(&other, 1) > steps(&one, 1) + 1_000);
    assert!(steps(&other, 500) < steps(&one, 500) + 2_000);
}

/// Each value is compared with all attributes of its type, before it gets those that it lacks.
#[test]
fn attributes_of_a_type_are_charged_when_they_are_compared() {
    let kinds: String = (0..2_000).map(|at| format!("a{at} = optional(any)\n")).collect();
    let variable = |items: usize| {
        let items = "{}, ".repeat(items);
        format!("variable \"v\" {{\n type = list(object({{\n{kinds}}}))\n default = [{items}]\n}}\n")
    };
    let with = |items: usize| refused(&[("main.tf", &format!("{}{API}locals {{\n l = var.v\n}}\n", variable(items)))]);
    assert_eq!((with(1), with(4_000)), ("", "step-limit"));
}

/// Each instance passes what is no property, and blocks that are not repeated.
#[test]
fn what_each_instance_passes_is_charged() {
    let hcl = |count: usize, content: &str| {
        let text =
            format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n count = {count}\n name = \"a\"\n{content}}}\n");
        refused(&[("main.tf", &text)])
    };
    let json = |count: usize, content: &str| {
        let text =
            format!("{{\"resource\": {{\"aws_api_gateway_rest_api\": {{\"a\": {{\"count\": {count}, {content}}}}}}}}}");
        refused(&[("main.tf.json", &text)])
    };
    let many = |item: &str| vec![item; 1_000].join(", ");
    let lifecycle = " lifecycle {}\n".repeat(1_000);
    let dynamic = format!(" dynamic \"x\" {{\n for_each = []\n content {{}}\n{}}}\n", " b {}\n".repeat(1_000));
    assert_eq!([hcl(5, &lifecycle), hcl(5, &dynamic)], [""; 2]);
    assert_eq!([hcl(5_000, &lifecycle), hcl(5_000, &dynamic)], ["step-limit"; 2]);
    let (empty, blocks) = (many("{}"), many("{\"for_each\": [], \"content\": {}}"));
    let (empty, blocks) = (format!("\"dynamic\": [{empty}]"), format!("\"dynamic\": {{\"x\": [{blocks}]}}"));
    let lists = format!("\"tags\": [{}]", many("[]"));
    assert_eq!([json(5, &empty), json(5, &blocks), json(5, &lists)], [""; 3]);
    assert_eq!(json(5_000, &empty), "step-limit");
    assert_eq!([json(5_000, &blocks), json(5_000, &lists)], ["memory-limit"; 2]);
}

/// `count` and `for_each` are found in a block of many arguments as in a short one.
#[test]
fn instances_of_long_blocks() {
    let tags: String = (0..40).map(|at| format!(" a{at} = {at}\n")).collect();
    for (number, expected) in [("count = 3", 3), ("for_each = toset([\"a\", \"b\"])", 2), ("", 1)] {
        let text = format!("resource \"aws_api_gateway_rest_api\" \"a\" {{\n{tags} {number}\n name = \"a\"\n}}\n");
        let document = load(&[File::new("main.tf", text)], &Options::new()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(document.apis.len(), expected, "{number}");
    }
}
