//! Scripts of the AWS CLI whose reading would take longer than they are long, and what bash makes of their words.

use vtl::Limits;
use vtl_loaders::{Document, File, LoadError, Options, load};

const PUT: &str = "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type HTTP";

fn sh(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("put.sh", text)], &Options::default())
}

/// Returns the name of the error's code with a budget of a million steps; empty if the script loads.
fn refused(text: &str) -> &'static str {
    let text = format!("{PUT} --uri http://a.test/\n{text}");
    let options = Options::default().limits(Limits::none().with_steps(Some(1_000_000)));
    let loaded = load(&[File::new("put.sh", &text)], &options);
    loaded.map_or_else(|error| error.diagnostic().code.name(), |_| "")
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
