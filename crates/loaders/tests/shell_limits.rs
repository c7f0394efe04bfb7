//! Scripts and outputs of the AWS CLI whose reading would take longer than they are long, and what bash makes of words.

use vtl::Limits;
use vtl_loaders::{Document, File, LoadError, Options, load};

const PUT: &str = "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type HTTP";

fn sh(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("put.sh", text)], &Options::default())
}

/// Returns the name of the error's code with a budget of a million steps and 8 MiB; empty if the file loads.
fn refused_file(name: &str, text: &str) -> &'static str {
    let limits = Limits::none().with_steps(Some(1_000_000)).with_memory(Some(8 << 20));
    let loaded = load(&[File::new(name, text)], &Options::default().limits(limits));
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
}

fn refused(text: &str) -> &'static str {
    refused_file("put.sh", &format!("{PUT} --uri http://a.test/\n{text}"))
}

fn uri(document: &Document) -> String {
    document.to_json()["routes"][0]["integration"]["uri"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_is_looked_through_again_is_charged() {
    // Each looks through the lines behind it for a better end.
    assert_eq!(refused(&"cat <<E\nE \n".repeat(2_000)), "step-limit");
    // Each statement hands on the variables that are set in it.
    let set: String = (0..500).map(|at| format!("v{at}=1\n")).collect();
    let nested = |open: &str, close: &str| format!("{}{set}{}", open.repeat(60), close.repeat(60));
    assert_eq!(refused(&nested("if $x; then\n", "fi\n")), "step-limit");
    assert_eq!(refused(&nested("{\n", "}\n")), "step-limit");
    // A set of a pattern is compared letter by letter.
    let test = format!("[[ $x == *[!{}]c ]]\n", "b".repeat(100));
    assert_eq!(refused(&format!("x={}\n{}", "a".repeat(10_000), test.repeat(20))), "step-limit");
    let case = format!("case $x in *{}b*) :;; esac\n", "a".repeat(1_000));
    assert_eq!(refused(&format!("x={}\n{case}", "a".repeat(20_000))), "step-limit");
}

#[test]
fn long_texts_that_branches_set_are_compared_by_their_length() {
    let script = |letters: usize| {
        let set: String = (0..50).map(|at| format!("a{at}=$B\n")).collect();
        format!("B={}\n{set}{}{set}{}", "q".repeat(letters), "if $x; then\n".repeat(50), "fi\n".repeat(50))
    };
    assert_eq!((refused(&script(1)), refused(&script(60_000))), ("", "step-limit"));
}

#[test]
fn a_variable_that_an_expansion_sets_is_charged() {
    let expansions = |count: usize| (0..count).map(|at| format!("${{v{at}:=}}")).collect::<String>();
    assert_eq!(
        (refused(&format!(": {}\n", expansions(1_000))), refused(&format!(": {}\n", expansions(20_000)))),
        ("", "memory-limit")
    );
}

#[test]
fn a_script_may_put_a_method_many_times() -> Result<(), LoadError> {
    let of = "--rest-api-id a --resource-id b --http-method GET";
    let put = |operation: &str, more: &str| format!("aws apigateway {operation} {of} {more}\n");
    let text = put("put-method", "--authorization-type NONE").repeat(3)
        + &put("put-method-response", "--status-code 200")
        + &put("put-method-response", "--status-code 20")
        + &put("put-method-response", "--status-code 200 --response-models a/b=M");
    let document = sh(&text)?;
    assert_eq!(document.routes.len(), 3);
    for at in 0..3 {
        let (_, method) = document.method(at).expect("the route");
        let declared = method.method_responses.as_ref().expect("its responses");
        assert_eq!(declared.names().collect::<Vec<_>>(), ["200", "20"]);
        assert_eq!(declared.get("200").and_then(|response| response.models.get("a/b")).map(String::as_str), Some("M"));
    }
    Ok(())
}

#[test]
fn words_before_an_assignment_are_those_of_a_declaration() -> Result<(), LoadError> {
    let uri = |script: &str| sh(&format!("{script}\n{PUT} --uri \"http://$A.test\"\n")).map(|document| uri(&document));
    let seen = format!("export {}", "B".repeat(2_000));
    assert_eq!(uri(&format!("{seen} A=a C=c"))?, "http://a.test");
    assert_eq!(uri(&format!("{seen} C=(x y) A=a"))?, "http://a.test");
    assert_eq!(uri("export -x B A=a")?, "http://a.test");
    // Bash tells of the name, and goes on.
    assert_eq!(uri("export B.C A=a")?, "http://a.test");
    assert_eq!(uri("export B.C C=c A=a")?, "http://a.test");
    assert_eq!(uri("f() { :; }; export A=a; g() { :; }; export B=b")?, "http://a.test");
    Ok(())
}

#[test]
fn what_is_copied_for_each_word_or_command_is_charged() {
    // The reasons of all arguments, for each word with one of them.
    let call = |body: String, arguments: &str| format!("f() {{ {body} }}\nread a\nf {arguments}\n");
    assert_eq!(refused(&call("x=\"$1\";".repeat(1_000), &"$a ".repeat(2_000))), "memory-limit");
    assert_eq!(refused(&call(format!("x=\"{}\";", "$1".repeat(1_000)), &"$a ".repeat(2_000))), "");
    assert_eq!(refused(&call(format!("x=\"{}\";", "${1+}".repeat(1_000)), &"a".repeat(10_000))), "memory-limit");
    // The variable that has the output of commands.
    let name = "A".repeat(1_000);
    assert_eq!(refused(&format!("{name}=$({})\n", "aws;".repeat(10_000))), "memory-limit");
    // The name in the place of a value that is not known.
    let turns = format!("for i in {}; do echo \"{}\"; done\n", "1 ".repeat(200), format!("${name}").repeat(50));
    assert_eq!(refused(&turns), "memory-limit");
    // The statements around a value, and the words of arithmetic.
    let read = format!("{}read {}\n{}", "if x; then ".repeat(120), "a ".repeat(10_000), "fi;".repeat(120));
    assert_eq!(refused(&read), "memory-limit");
    let turns = format!("for i in {}; do (({})); done\n", "1 ".repeat(200), "1 ".repeat(5_000));
    assert_eq!(refused(&turns), "step-limit");
}

/// Only their parts are written; the path of each is made from that of its parent.
#[test]
fn paths_of_resources_are_charged() {
    let resources = |count: usize, letters: usize| {
        let item =
            |at: usize| format!(r#"{{"id":"{}","parentId":"{at}","pathPart":"{}"}}"#, at + 1, "p".repeat(letters));
        let root = r#"{"id":"0","resourceMethods":{"GET":{"httpMethod":"GET"}}}"#.to_owned();
        let items: Vec<String> = std::iter::once(root).chain((0..count).map(item)).collect();
        refused_file("resources.json", &format!(r#"{{"items":[{}]}}"#, items.join(",")))
    };
    assert_eq!(resources(20, 1), "");
    assert_eq!(resources(20, 50_000), "memory-limit");
}

#[test]
fn names_of_variables_have_at_most_a_thousand_letters() {
    let name = "A".repeat(1_001);
    for text in [
        format!("{name}=1\n"),
        format!("export {name}=1\n"),
        format!("{name}=(1 2)\n"),
        format!("{name}=$(aws)\n"),
        format!("{name}[0]=1\n"),
        format!("for {name} in 1 2; do :; done\n"),
        format!("(({name}=1))\n"),
        format!("echo ${name} ${{{name}:-1}}\n"),
        format!("{name}() {{ :; }}\n"),
    ] {
        let error = sh(&format!("{PUT}\n{text}")).expect_err("the name is too long");
        let message = &error.diagnostic().message;
        assert!(message.contains("more than 1000 letters"), "{message}: {}", &text[..8]);
    }
}

// Bash 5.2: `case x in "*") …` is not taken, as a quoted wildcard is a letter.
#[test]
fn a_quoted_star_is_a_letter() -> Result<(), LoadError> {
    for (word, pattern, is_first) in [
        ("x", "\"*\"", false),
        ("x", "'*'", false),
        ("x", "\\*", false),
        ("x", "q|\"*\"", false),
        ("'*'", "\"*\"", true),
        ("x", "*", true),
        ("x", "\"*\"|*", true),
    ] {
        let text = format!(
            "case {word} in {pattern}) {PUT} --uri http://one.test/;; *) {PUT} --uri http://two.test/;; esac\n"
        );
        let expected = if is_first { "http://one.test/" } else { "http://two.test/" };
        assert_eq!(uri(&sh(&text)?), expected, "{word} {pattern}");
    }
    Ok(())
}

// Bash 5.2: the words of `A=2 command $A` are expanded before A is set; a function sees the new value.
#[test]
fn words_are_expanded_before_the_assignments_of_their_command() -> Result<(), LoadError> {
    let put = format!("{PUT} --uri");
    for (text, expected) in [
        (format!("A=1\nA=2 {put} http://$A.test/\n"), "http://1.test/"),
        (format!("A=1\nA=2 B=$A {put} http://$A.test/\n"), "http://1.test/"),
        (format!("A=1\nA=2 true\n{put} http://$A.test/\n"), "http://1.test/"),
        (format!("A=1\nA=2 A=3 true\n{put} http://$A.test/\n"), "http://1.test/"),
        (format!("f() {{ {put} http://$A.test/; }}\nA=1\nA=2 f\n"), "http://2.test/"),
        (format!("f() {{ {put} http://$1-$A.test/; }}\nA=1\nA=2 A=3 f $A\n"), "http://1-3.test/"),
    ] {
        let document = sh(&text)?;
        assert_eq!(uri(&document), expected, "{text}");
    }
    Ok(())
}

#[test]
fn types_and_long_names_of_variables_are_charged() {
    let long = "t".repeat(990);
    let reference = |script: &str| refused(&format!("declare -n r={long}\n{script}\n"));
    assert_eq!(reference(&format!("read{}", " r".repeat(100))), "");
    for script in [
        format!("read{}", " r".repeat(10_000)),
        format!("(({}1))", "r++,".repeat(10_000)),
        format!("eval '{}'", "r= ".repeat(10_000)),
    ] {
        assert_eq!(reference(&script), "memory-limit", "{}", &script[..8]);
    }
    let names: String = (0..500).map(|at| format!("for {long}{at:05}- in x; do :; done\n")).collect();
    let turns = |count: usize| format!("{names}for i in {}; do declare ${{x}}=1; done\n", "1 ".repeat(count));
    assert_eq!((refused(&turns(1)), refused(&turns(300))), ("", "step-limit"));
}

/// A comment that is looked through for each command would take as many steps as it has letters.
#[test]
fn aliases_are_known_from_the_start() -> Result<(), LoadError> {
    let text =
        |padding: usize| format!("{PUT} --uri http://a.test/\n#{}\n{}", "e".repeat(padding), "alias a\n".repeat(100));
    assert_eq!(uri(&sh(&text(1 << 20))?), "http://a.test/");
    Ok(())
}
