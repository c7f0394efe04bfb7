//! Scripts of the AWS CLI as a shell runs them: redirections, here-documents, expansions, branches and loops.

use vtl_loaders::{Document, File, Kind, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PUT: &str = "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type HTTP";

fn sh(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("put.sh", text)], &Options::default())
}

/// Returns the URI of the first integration.
fn uri(document: &Document) -> String {
    document.to_json()["routes"][0]["integration"]["uri"].as_str().unwrap_or_default().to_owned()
}

/// Returns the messages of a document's findings of some kinds, sorted.
fn told(document: &Document, codes: &[&str]) -> Vec<String> {
    let found = document.diagnostics();
    let mut told: Vec<String> =
        found.iter().filter(|it| codes.contains(&it.code.as_str())).map(|it| it.message.clone()).collect();
    told.sort();
    told
}

// POSIX, Shell Command Language 2.7 (redirection): `[n]>word`, `[n]>&word`; bash: `&>word`, `<<<word`, `{name}>word`.
#[test]
fn redirections_are_no_arguments() -> Outcome {
    for tail in [
        "2>&1",
        "> /dev/null 2>&1 || true",
        ">/dev/null 2>/dev/null;echo",
        "2>/dev/null&",
        "&> log",
        "&>>log &",
        "1>\"a b\" --cache-namespace n",
        "> \"$LOG\" --cache-namespace 'n'",
        "2>&- <&3 | jq .",
        "{log}>file",
        "< <(cat x) > >(tee y)",
    ] {
        let document =
            sh(&format!("{PUT} --uri http://x.test/ {tail}\n")).map_err(|error| format!("{tail}: {error}"))?;
        assert_eq!(uri(&document), "http://x.test/", "{tail}");
    }
    // What follows a here-string or arithmetic is not its text.
    for head in ["jq . <<<\"$X\"", "((x<<2))", "for ((i=0; i<2; i++)); do x; done"] {
        assert_eq!(uri(&sh(&format!("{head}\n{PUT} --uri http://x.test/\n"))?), "http://x.test/", "{head}");
    }
    Ok(())
}

// POSIX 2.7.4: quotes of the delimiter are removed; `<<-` strips tabs; the line is the delimiter alone.
#[test]
fn here_documents_end_where_a_shell_ends_them() -> Outcome {
    let other = PUT.replace("GET", "POST");
    for (open, text, close) in [
        ("<<'E O'", "it's", "E O"),
        ("<<EOF", "  EOF", "EOF"),
        ("<<-EOF", "x", "\t\tEOF"),
        ("<<\\EOF", "EOF2", "EOF"),
        // Examples in pages are indented.
        ("<<EOF", "x", "   EOF"),
    ] {
        let document =
            sh(&format!("cat {open}\n{text}\n{other} --uri http://no.test/\n{close}\n{PUT} --uri http://x.test/\n"))?;
        assert_eq!((document.routes.len(), uri(&document).as_str()), (1, "http://x.test/"), "{open}");
    }
    // In a command substitution, quotes and parentheses of the text do not count.
    let document = sh(&format!("X=$(cat <<'EOF'\nit's :)\nEOF\n)\n{PUT} --uri http://x.test/\n"))?;
    assert_eq!(uri(&document), "http://x.test/");
    let document = sh(&format!("{PUT} --uri http://x.test/\ncat <<EOF\n{other}\n"))?;
    assert_eq!(
        told(&document, &["V530"]),
        ["no line \"EOF\" ends the here-document; the lines behind it are its text and not read as commands"]
    );
    Ok(())
}

// POSIX 2.6.3 (command substitution): trailing newlines are removed; 2.7.4 (here-document): nothing is expanded behind a
// quoted delimiter. Each expected value is what bash 5.2 gave when it ran the script with an `aws` that prints its
// arguments, but for `$(a)`, a command that is not known.
#[test]
fn outputs_of_known_commands_are_used() -> Outcome {
    let read = |path: &str| match path {
        "uri.txt" => Some("http://x.test/f\n\n".to_owned()),
        "t/b.txt" => Some("b\n".to_owned()),
        _ => None,
    };
    for (before, written, expected) in [
        ("", "\"$(cat <<'EOF'\nit's \"$H\" \\$H :)\n\nEOF\n)\"", "it's \"$H\" \\$H :)"),
        ("H=x", "\"$(cat <<EOF\n\"$H\" ${H} \\$H \\\" \\\\ a\\\nb $(echo $H)\nEOF\n)\"", "\"x\" x $H \\\" \\ ab x"),
        ("H=x", "\"$(cat <<-EOF\n\t\ta\n\t$H\n\tEOF\n)/\"", "a\nx/"),
        ("", "\"$(cat <<-'EOF'\n\ta\n\t  b\n\tEOF\n)\"", "a\n  b"),
        ("T=$(cat <<EOF\na\nEOF\n)", "\"$T\"", "a"),
        ("H=$(a); T=$(cat <<EOF\na $H\nEOF\n)", "\"$T\"", "${T}"),
        ("H=$(a)", "\"$(cat <<EOF\na $H\nEOF\n)\"", "a ${H}"),
        ("", "\"$(cat uri.txt)\"", "http://x.test/f"),
        ("", "\"$(<uri.txt)\"", "http://x.test/f"),
        ("", "\"$(< \"uri.txt\")\"", "http://x.test/f"),
        ("", "\"$(cat < uri.txt 2>/dev/null)\"", "http://x.test/f"),
        ("D=t", "\"$(cat -- \"$D/b.txt\" - <<< c)\"", "b\nc"),
        ("", "`cat t/b.txt`", "b"),
        ("H=x", "\"$(echo \"$H  y\" z)\"", "x  y z"),
        ("H='x  y'", "\"$(echo $H)\"", "x y"),
        ("", "\"$(echo -n a; echo b; echo c >&2; echo d 1>log; echo e)\"", "ab\ne"),
        ("", "\"$(echo 'a\\n')\"", "a\\n"),
        ("H=x", "\"$(printf '%s/%s\\n' \"$H\" y z)\"", "x/y\nz/"),
        ("", "\"$(printf 'a%%b\\t')|\"", "a%b\t|"),
        ("", "\"$(for h in a b; do echo $h; done)\"", "a\nb"),
        ("H=a", "\"$(H=b; echo $H)$H\"", "ba"),
    ] {
        let file = File::new("put.sh", format!("{before}\n{PUT} --uri {written}\n"));
        let document =
            load(&[file], &Options::new().read_file(&read)).map_err(|error| format!("{written}: {error}"))?;
        assert_eq!(uri(&document), expected, "{before}: {written}");
        assert_eq!(told(&document, &["V522"]), Vec::<String>::new(), "{before}: {written}");
    }
    // What other commands print, or what is not known to be printed, stays unknown.
    for written in [
        "cat none.txt",
        "cat -v uri.txt",
        "cat uri.txt | tr a b",
        "a || echo b",
        "echo -e 'a\\n'",
        "echo *",
        "printf '%05d' 1",
        "while a; do echo b; done",
        "((1 + 1))",
    ] {
        let file = File::new("put.sh", format!("{PUT} --uri \"$({written})\"\n"));
        let document =
            load(&[file], &Options::new().read_file(&read)).map_err(|error| format!("{written}: {error}"))?;
        assert_eq!(uri(&document), format!("${{{written}}}"));
    }
    // Without quotes bash 5.2 splits it, and the CLI refuses `y` and `z`; the value is taken as it was meant.
    assert_eq!(uri(&sh(&format!("H=x\n{PUT} --uri $(echo \"$H  y\" z)\n"))?), "x  y z");
    // `echo` of other shells may read backslashes.
    assert_eq!(uri(&sh(&format!("#!/bin/sh\n{PUT} --uri \"$(echo 'a\\b')\"\n"))?), "${echo 'a\\b'}");
    Ok(())
}

#[test]
fn templates_of_here_documents_have_their_places() -> Outcome {
    let document = sh(&format!(
        "{PUT} --uri http://x.test/ --request-templates \"$(cat <<'EOF'\n{{\n  \"application/json\": \"{{\\\"id\\\": $input.json('$.id')}}\"\n}}\nEOF\n)\"\n"
    ))?;
    let template = document.templates().next().ok_or("no template")?;
    assert_eq!(template.text, "{\"id\": $input.json('$.id')}");
    // The quote is the seventh character of the text behind `"application/json": "{\\`.
    let place = document.locate(0, "/requestTemplates/application~1json", 1..1).map(|place| place.to_string());
    assert_eq!(place, Some("put.sh:3:25".into()));
    Ok(())
}

// POSIX 2.6.2 (parameter expansion). That the environment has no value of a variable is assumed, as no environment is
// read; `--parameter` gives one.
#[test]
fn defaults_of_variables_are_used() -> Outcome {
    for (before, written, expected) in [
        ("", "${H:-x.test}", "x.test"),
        ("", "${H-x}", "x"),
        ("H=a", "${H:-x}", "a"),
        ("H=", "${H:-x}", "x"),
        ("H=", "${H-x}", ""),
        ("H=a; unset H", "${H-x}", "x"),
        // Commands in parentheses set variables for themselves.
        ("H=a; (H=b; true)", "$H", "a"),
        ("(H=b)", "${H-x}", "x"),
        ("", "${H:=x}/$H", "x/x"),
        (": ${H:=x}", "$H", "x"),
        ("", "${H=x}/${H:-y}", "x/x"),
        ("H=a", "${H:+x}", "x"),
        ("", "${H:+x}", ""),
        ("H=", "${H+x}", "x"),
        ("", "${H:-${G:-\"y z\"}}", "y z"),
        ("G=g", "${H:-$G.test}", "g.test"),
        ("H=a", "${H:?not set}", "a"),
        ("", "${H:?not set}", "${H}"),
        ("", "${1:-x}", "x"),
        ("", "$1", "${1}"),
        ("H=a; H+=b", "$H", "ab"),
        ("H=a; H=b true", "$H", "a"),
        ("H=a; H=$(x)", "$H", "${H}"),
        ("H=(a b)", "$H", "a"),
    ] {
        let document = sh(&format!("{before}\n{PUT} --uri \"{written}\"\n"))?;
        assert_eq!(uri(&document), expected, "{before}: {written}");
        assert_eq!(told(&document, &["V522"]), Vec::<String>::new(), "{before}: {written}");
    }
    let given = load(
        &[File::new("put.sh", format!("{PUT} --uri ${{H:-x.test}}\n"))],
        &Options::new().parameters([("H", "given.test")]),
    )?;
    assert_eq!(uri(&given), "given.test");
    Ok(())
}

#[test]
fn what_is_not_evaluated_is_told() -> Outcome {
    let default = "whether the script sets H is not known; the default \"x\" is not used";
    let differ = "branches of the script set H to different values; which one it has is not known";
    for (before, written, expected, message) in [
        ("H=abc", "${H%c}", "${H%c}", "${H%c} is not evaluated; give its value as a variable"),
        ("H=abc", "${#H}", "${#H}", "${#H} is not evaluated; give its value as a variable"),
        ("H=abc", "${H/b/x}", "${H/b/x}", "${H/b/x} is not evaluated; give its value as a variable"),
        ("H=$(a)", "${H:+x}", "${H:+x}", "${H:+x} is not evaluated; give its value as a variable"),
        ("H=$(a)", "${H:-x}", "${H}", default),
        (". ./env", "${H:-x}", "${H}", default),
        ("read -r H", "$H", "${H}", "H is what read sets it to when the script runs"),
        ("if a; then H=1; else H=2; fi", "$H", "${H}", differ),
        ("H=1\nif a; then\n  H=2\nfi", "$H", "${H}", differ),
        ("H=1; a && H=2", "$H", "${H}", differ),
        ("case $1 in\n a|b) H=1;;\n *)\n  H=2 ;;\nesac", "$H", "${H}", differ),
        ("H=1\nwhile a; do H=2; done", "$H", "${H}", differ),
        ("H=\"${G%x}\"", "$H", "${H}", "${G%x} is not evaluated; give its value as a variable"),
    ] {
        let document = sh(&format!("{before}\n{PUT} --uri \"{written}\"\n"))?;
        assert_eq!(uri(&document), expected, "{before}: {written}");
        assert_eq!(told(&document, &["V522"]), [message], "{before}: {written}");
    }
    // Where all branches agree, and where only some set a variable that the environment may set, it is known.
    for before in [
        "if a; then H=1; else H=1; fi",
        "if [ -z \"$H\" ]; then\n  H=1\nfi",
        "[ -n \"$H\" ] || H=1",
        "case $1 in a) H=1;; *) H=1;; esac",
        "f() {\n  H=1\n}\nf",
    ] {
        assert_eq!(uri(&sh(&format!("{before}\n{PUT} --uri \"$H\"\n"))?), "1", "{before}");
    }
    Ok(())
}

/// Only one of several branches runs, so what the last one says is not what the service has.
#[test]
fn integrations_of_other_branches_are_told() -> Outcome {
    let (a, b) = (format!("{PUT} --uri http://a.test/"), format!("{PUT} --uri http://b.test/"));
    let message =
        "another branch of the script puts an integration for this method, which counts; this one is not read";
    for text in [
        format!("if x; then\n  {a}\nelse\n  {b}\nfi\n"),
        format!("if x; then {a}; elif y; then {b}; fi"),
        format!("case $1 in\n  dev) {a} ;;\n  (prod|live)\n    {b}\n    ;;\nesac\n"),
        format!("{a} || {b}\n"),
        format!("{a}\nif x; then {b}; fi\n"),
    ] {
        let document = sh(&text)?;
        assert_eq!((document.routes.len(), uri(&document).as_str()), (1, "http://b.test/"), "{text}");
        assert_eq!(told(&document, &["V525"]), [message], "{text}");
    }
    // One after another, the last one counts; the same in each branch is no choice.
    for text in [
        format!("{a}\n{b}\n"),
        format!("if x; then {a}; {b}; fi\n"),
        format!("if x; then\n{a}\nfi\n{b}\n"),
        format!("if x; then {b}; else {b}; fi\n"),
        format!("aws apigateway get-integration >/dev/null 2>&1 || {b}\n"),
        format!("f() {{ {a}; }}\n( {b} )\n"),
    ] {
        let document = sh(&text)?;
        assert_eq!((document.routes.len(), uri(&document).as_str()), (1, "http://b.test/"), "{text}");
        assert_eq!(told(&document, &["V525"]), Vec::<String>::new(), "{text}");
    }
    Ok(())
}

#[test]
fn a_loop_is_read_for_each_of_its_words() -> Outcome {
    let put = PUT.replace("GET", "\"$m\"");
    let labels =
        |document: &Document| (0..document.routes.len()).map(|at| document.route_label(at)).collect::<Vec<_>>();
    for head in [
        "m=PUT; for m in GET 'POST'; do",
        "for m in GET \\\n POST\ndo",
        "M=\"GET POST\"; for m in $M; do",
        "M=(GET POST)\nfor m in \"${M[@]}\"; do",
    ] {
        for tail in ["\ndone > log\n", "\ndone>log\n", ";done", ";done|cat", ";done;echo"] {
            let document = sh(&format!("{head}\n  {put}{tail}"))?;
            assert_eq!(labels(&document), ["GET ?", "POST ?"], "{head} {tail}");
        }
    }
    for head in ["m=PUT; for m in $(list); do", "for m in \"$@\"; do", "for m in G*; do", "select m in GET POST; do"] {
        let document = sh(&format!("{head}\n  {put}\ndone\n"))?;
        assert_eq!(labels(&document), ["? ?"], "{head}");
        assert_eq!(
            told(&document, &["V522"]),
            [
                "m is one of several values in a loop, which are known only when the script runs; the commands of the loop are read once"
            ],
            "{head}"
        );
    }
    Ok(())
}

/// A script that uses a variable for one resource after another makes several.
#[test]
fn a_variable_that_is_assigned_again_has_another_value() -> Outcome {
    let part = |name: &str| {
        format!(
            "R=$(aws apigateway create-resource --rest-api-id $API --parent-id $ROOT --path-part {name})\n\
             aws apigateway put-integration --rest-api-id $API --resource-id $R --http-method GET --type MOCK\n"
        )
    };
    let head = "API=$(aws apigateway create-rest-api --name demo)\n\
                ROOT=$(aws apigateway get-resources --rest-api-id $API --query 'items[0].id')\n";
    let document = sh(&format!("{head}{}{}", part("a"), part("b")))?;
    assert_eq!((document.route_label(0), document.route_label(1)), ("GET /a".to_owned(), "GET /b".to_owned()));
    // A resource that is made where it is not found is the same.
    let document = sh(&format!(
        "{head}R=$(aws apigateway get-resources --rest-api-id $API --query \"items[?path=='/a'].id\")\n\
         if [ -z \"$R\" ]; then\n  R=$(aws apigateway create-resource --rest-api-id $API --parent-id $ROOT --path-part a)\nfi\n\
         aws apigateway put-integration --rest-api-id $API --resource-id $R --http-method GET --type MOCK\n"
    ))?;
    assert_eq!(document.route_label(0), "GET /a");
    Ok(())
}

#[test]
fn options_in_variables_are_read_or_told() -> Outcome {
    for before in ["O=\"--uri http://x.test/\"", "O=(--uri http://x.test/)"] {
        let word = if before.contains('(') { "\"${O[@]}\"" } else { "$O" };
        assert_eq!(uri(&sh(&format!("{before}\n{PUT} {word}\n"))?), "http://x.test/", "{before}");
    }
    for word in ["$O", "\"${O[@]}\"", "$(options)"] {
        let document = sh(&format!("{PUT} --uri http://x.test/ {word}\n"))?;
        assert_eq!(uri(&document), "http://x.test/", "{word}");
        assert!(
            told(&document, &["V522"]).iter().any(|it| it.ends_with("may be options; they are not read")),
            "{word}"
        );
    }
    Ok(())
}

/// A script is told by its name or its first line, whatever its first command looks like.
#[test]
fn a_script_is_told_from_json_and_yaml() -> Outcome {
    for (name, head) in [
        ("put.sh", "[ -n \"$H\" ]"),
        ("put.bash", "{ a; }"),
        ("put", "#!/usr/bin/env bash\nset -e"),
        ("-", "#!/bin/sh -e\nset -u"),
    ] {
        let document = load(&[File::new(name, format!("{head}\n{PUT} --uri http://x.test/\n"))], &Options::default())?;
        assert_eq!((document.kind, uri(&document).as_str()), (Kind::AwsCli, "http://x.test/"), "{head}");
    }
    Ok(())
}

/// Each expected value is what bash 5.2 gave an `aws` that prints its arguments.
#[test]
fn a_function_is_read_for_each_of_its_calls() -> Outcome {
    let put = PUT.replace("GET", "\"$m\"");
    for (function, calls, expected) in [
        ("f() { local m=$1; PUT --uri \"$2\"; }", "f GET a; f POST b", ["GET a", "POST b"]),
        ("function f {\n local h m=\"$1\" u\n u=$2; PUT --uri $u\n}", "f GET a\nf POST b", ["GET a", "POST b"]),
        ("f() (\n m=$1\n PUT --uri \"${2:-b}\"\n)", "f GET a && f POST", ["GET a", "POST b"]),
        ("f() { m=$1; shift; PUT \"$@\"; }", "f GET --uri a; f POST --uri b", ["GET a", "POST b"]),
        ("f() { m=$1; PUT --uri \"$2$3$#\"; }", "L='a 1'; f GET $L; f POST b", ["GET a13", "POST b2"]),
        ("f() { m=$1; PUT --uri \"$*\"; }", "for m in GET POST; do f $m a; done", ["GET GET a", "POST POST a"]),
        (
            "g() { PUT --uri \"$1\"; }\nf() { for m in GET POST; do g \"$m$1\"; done; }",
            "f x",
            ["GET GETx", "POST POSTx"],
        ),
        (
            "f() { m=$1; [ \"$m\" = x ] && return; PUT --uri a; return; PUT --uri b; }",
            "f GET; f POST",
            ["GET a", "POST a"],
        ),
        ("m=GET; f() { m=POST; }", "PUT --uri a; f; PUT --uri b", ["GET a", "POST b"]),
        ("m=GET; f() { local m=POST; PUT --uri b; }", "f; PUT --uri a", ["POST b", "GET a"]),
        ("run() { echo \"$*\" >&2; \"$@\"; }", "m=GET; run PUT --uri a; m=POST; run PUT --uri b", ["GET a", "POST b"]),
        (
            "aws() { command aws --endpoint-url x \"$@\"; }",
            "m=GET; PUT --uri a; m=POST; PUT --uri b",
            ["GET a", "POST b"],
        ),
        (
            "f() { echo \"$1/$2\"; }",
            "m=GET; PUT --uri \"$(f a b)\"; m=POST; U=$(f c); PUT --uri $U",
            ["GET a/b", "POST c/"],
        ),
        ("main() { m=GET; f a; m=POST; f b; }\nf() { PUT --uri \"$1\"; }", "main \"$@\"", ["GET a", "POST b"]),
    ] {
        let text = format!("{function}\n{calls}\n").replace("PUT", &put);
        let document = sh(&text).map_err(|error| format!("{text}: {error}"))?;
        let found: Vec<String> = (0..document.routes.len())
            .map(|at| {
                let json = document.to_json();
                let uri = json["routes"][at]["integration"]["uri"].as_str().unwrap_or_default().to_owned();
                format!("{} {uri}", document.route_label(at).trim_end_matches(" ?"))
            })
            .collect();
        assert_eq!(found, expected, "{text}");
        assert_eq!(told(&document, &["V522", "V530"]), Vec::<String>::new(), "{text}");
    }
    Ok(())
}

#[test]
fn functions_without_known_calls_are_read_once() -> Outcome {
    for tail in ["", "\"$1\"", "eval \"$1\""] {
        let document = sh(&format!("f() {{\n {PUT} --uri \"http://$1.test/\"\n}}\n{tail}\n"))?;
        assert_eq!((document.routes.len(), uri(&document).as_str()), (1, "http://${1}.test/"), "{tail}");
    }
    // What is read of a function that calls itself is its first call.
    let document = sh(&format!("f() {{\n {PUT} --uri \"$1\"\n f b\n}}\nf a\n"))?;
    assert_eq!((document.routes.len(), uri(&document).as_str()), (1, "a"));
    assert_eq!(
        told(&document, &["V530"]),
        ["f is called while it runs; its commands are not read again for this call"]
    );
    // A loop may shift the arguments.
    let document = sh(&format!("f() {{\n while a; do {PUT} --uri \"$1\"; shift; done\n}}\nf a b\n"))?;
    assert_eq!(uri(&document), "${1@2}");
    Ok(())
}

/// A function that looks a resource up, and makes it where it is not found, is used for one resource after another.
#[test]
fn resources_that_a_function_makes_are_told_apart() -> Outcome {
    for body in [
        "local id=$(aws apigateway get-resources --rest-api-id $API --query \"items[?pathPart=='$2'].id\")\n\
         if [[ -n \"$id\" ]]; then\n echo \"$id\"\nelse\n \
         aws apigateway create-resource --rest-api-id $API --parent-id \"$1\" --path-part \"$2\"\nfi",
        "local parent=\"$1\" id\n id=$(aws apigateway get-resources --rest-api-id $API --query \"items[?pathPart=='$2'].id\")\n\
         if [ -z \"$id\" ]; then\n id=$(aws apigateway create-resource --rest-api-id $API --parent-id $parent --path-part $2)\n\
         fi\n echo \"$id\"",
        "aws apigateway create-resource --rest-api-id $API --parent-id \"$1\" --path-part $2 | jq -r .id",
    ] {
        let document = sh(&format!(
            "resource() {{\n{body}\n}}\n\
             put() {{ aws apigateway put-integration --rest-api-id $API --resource-id \"$1\" --http-method $2 --type MOCK; }}\n\
             API=$(aws apigateway create-rest-api --name demo)\n\
             ROOT=$(aws apigateway get-resources --rest-api-id $API --query 'items[0].id')\n\
             A=$(resource \"$ROOT\" a)\nput \"$A\" GET\nB=$(resource \"$A\" b)\nput \"$B\" GET\nput \"$B\" POST\n"
        ))?;
        let labels: Vec<String> = (0..document.routes.len()).map(|at| document.route_label(at)).collect();
        assert_eq!(labels, ["GET /a", "GET /a/b", "POST /a/b"], "{body}");
    }
    Ok(())
}

/// Only the branch that runs makes resources; the branches are those that bash 5.2 ran.
#[test]
fn conditions_on_known_words_are_evaluated() -> Outcome {
    let (a, b) = (format!("{PUT} --uri http://a.test/"), format!("{PUT} --uri http://b.test/").replace("GET", "POST"));
    for (before, condition, holds) in [
        ("H=x", "[ \"$H\" = x ]", true),
        ("H=x", "[ $H == y ]", false),
        ("H=x", "[ \"$H\" != x ]", false),
        ("H=x", "test \"$H\" != y", true),
        ("H=", "[ -z \"$H\" ]", true),
        ("H=x", "[ ! -z \"$H\" ]", true),
        ("H=x", "[ -n \"$H\" ]", true),
        ("H=x", "! [ \"$H\" ]", false),
        ("H=12", "[ \"$H\" -gt 9 ]", true),
        ("H=12", "[ $H -le 9 ]", false),
        ("H=abc", "[[ $H == a* ]]", true),
        ("H=abc", "[[ $H == \"a*\" ]]", false),
        ("H=abc", "[[ $H != *[!a-b]? ]]", true),
        ("H=", "[[ -z $H && ( x = y || ! x == y ) ]]", true),
        ("H=a", "[[ -n \"$H\" &&\n -z \"$H\" ]]", false),
        ("H=a", "[ $H = a ] && [ $H = b ]", false),
        ("H=a", "[ $H = b ] || [ $H = a ]", true),
        ("H=a", "[ $H = b ] && true || true", true),
        ("", "true", true),
        ("", "false", false),
        ("unset H", "[ -z \"$H\" ]", true),
        ("H=a; if x; then H=a; else H=a; fi", "[ $H = a ]", true),
    ] {
        for text in [
            format!("{before}\nif {condition}; then\n {a}\nelse\n {b}\nfi\n"),
            format!("{before}\nif ! x=y || {condition}\nthen {a}; elif true; then {b}; elif y; then {a}; {b}; else {b}; {a}; fi\n")
                .replace("! x=y || ", ""),
        ] {
            let document = sh(&text).map_err(|error| format!("{text}: {error}"))?;
            assert_eq!((document.routes.len(), uri(&document).as_str()), (1, if holds { "http://a.test/" } else { "http://b.test/" }), "{text}");
        }
        if !condition.contains("||") && !condition.contains("&& true") {
            let document = sh(&format!("{before}\n{condition} && {a}\n{condition} || {{\n {b}\n}}\n"))?;
            assert_eq!((document.routes.len(), document.route_label(0).starts_with("GET")), (1, holds), "{condition}");
        }
    }
    for (word, pattern, holds) in [
        ("prod", "dev|prod)", true),
        ("prod", "(p*)", true),
        ("prod", "[a-o]*)", false),
        ("prod", "\"p*\")", false),
        ("\"$H\"", "x)", true),
    ] {
        let document = sh(&format!("H=x\ncase {word} in\n none) {b}; {a} ;;\n {pattern} {a} ;;\n *) {b} ;;\nesac\n"))?;
        assert_eq!((document.routes.len(), document.route_label(0).starts_with("GET")), (1, holds), "{word} {pattern}");
    }
    // An operator may follow `esac` at once.
    for inner in ["case a in a) true;; esac", "case $H in y) true;; *) true;; esac"] {
        let document = sh(&format!("H=y\ncase $H in x) {inner};; y|z) {a};; *) {b};; esac|cat\n"))?;
        assert_eq!((document.routes.len(), document.route_label(0)), (1, "GET ?".to_owned()), "{inner}");
    }
    // A function that only a branch calls which does not run.
    let document = sh(&format!("f() {{ {a}; }}\nH=x\nif [ $H = y ]; then f; fi\n{b}\n"))?;
    assert_eq!((document.routes.len(), document.route_label(0)), (1, "POST ?".to_owned()));
    Ok(())
}

/// Where a word may be another when the script runs, all branches are read.
#[test]
fn conditions_on_words_that_may_differ_are_not_evaluated() -> Outcome {
    let (a, b) = (format!("{PUT} --uri a"), format!("{PUT} --uri b").replace("GET", "POST"));
    let read = |_: &str| Some("x\n".to_owned());
    for (before, condition) in [
        ("", "[ \"$H\" = x ]"),
        ("H=${1:-x}", "[ \"$H\" = y ]"),
        ("H=${G:=x}", "[ \"$G\" = y ]"),
        ("H=$(a)", "[ \"$H\" = x ]"),
        ("H=$(cat h)", "[ \"$H\" = y ]"),
        ("if x; then H=1; fi", "[ \"$H\" = 2 ]"),
        ("H=1; . ./env", "[ \"$H\" = 2 ]"),
        ("H=1; x && H=2", "[ \"$H\" = 1 ]"),
        ("H=1; read H", "[ \"$H\" = 2 ]"),
        ("H='a b'", "[ $H = a ]"),
        ("H=1", "[ -f \"$H\" ]"),
        ("H=1", "[[ $H =~ ^(2|3)$ ]]"),
        ("H=1", "[ $H = 2 ] | x"),
        ("H=1", "x || [ $H = 2 ]"),
        ("H=1", "((H == 2))"),
    ] {
        let text = format!("{before}\nif {condition}; then\n {a}\nelse\n {b}\nfi\n");
        let document = load(&[File::new("put.sh", text.clone())], &Options::new().read_file(&read))?;
        assert_eq!(document.routes.len(), 2, "{text}");
    }
    // What a loop that is read once does first is not what it does always.
    let document = sh(&format!("H=1\nwhile x; do\n if [ $H = 1 ]; then\n {a}; H=2\n else\n {b}\n fi\ndone\n"))?;
    assert_eq!(document.routes.len(), 2);
    Ok(())
}

/// The commands behind `exit` are those that bash 5.2 ran.
#[test]
fn an_exit_in_a_branch_that_runs_ends_the_script() -> Outcome {
    let (a, b) = (format!("{PUT} --uri http://a.test/"), format!("{PUT} --uri http://b.test/").replace("GET", "POST"));
    for (before, count) in [
        ("if [ $H = x ]; then exit; fi", 1),
        ("if [ $H = y ]; then exit; fi", 2),
        ("if [ $H = y ]; then true; else\n echo a | cat\n exit 1\nfi", 1),
        ("[ $H = x ] && exit 0", 1),
        ("[ $H = x ] || exit 1", 2),
        ("[ $H = y ] || { echo a >&2; exit 1; }", 1),
        ("case $H in x) exit 1;; esac", 1),
        ("case $H in y) exit 1;; esac", 2),
        ("true && if true; then exit; fi", 1),
        ("exit", 1),
        ("echo a; exit 0", 1),
        ("{ exit; }", 1),
        // It ends another process.
        ("[ $H = y ] || (exit 1)", 2),
        ("(if true; then exit; fi)", 2),
        ("X=$(true && exit)", 2),
        ("(exit)", 2),
        ("exit | cat", 2),
        ("exit &", 2),
        ("X=$(exit)", 2),
        ("true && exit | cat", 2),
        ("true && exit &", 2),
        ("true && { exit; } | cat", 2),
        ("if true; then exit; fi | cat", 2),
        ("if true; then exit; fi &", 2),
        ("echo a | if true; then true; exit; fi", 2),
        ("exit() { true; }; true && exit", 2),
    ] {
        let text = format!("H=x\nf() {{ {b}; }}\n{a}\n{before}\nf\n");
        let document = sh(&text)?;
        assert_eq!((document.routes.len(), uri(&document).as_str()), (count, "http://a.test/"), "{text}");
    }
    // Whether it runs is not known.
    for before in ["if x; then exit; fi", "x || exit 1", "[ -f h ] && { exit; }", "while x; do exit; done"] {
        assert_eq!(sh(&format!("{a}\n{before}\n{b}\n"))?.routes.len(), 2, "{before}");
    }
    Ok(())
}

/// A test within a test is a level of the stack, and so is a call within a call.
#[test]
fn deep_tests_and_calls_end() -> Outcome {
    for (open, close) in [("test ", ""), ("[ ", " ]"), ("[[ ", " ]]")] {
        let text = format!("if {open}{}x{close}; then\n{PUT} --uri http://a.test/\nfi\n", "! ".repeat(100_000));
        assert_eq!(sh(&text)?.routes.len(), 1, "{open}");
    }
    let functions = |most: usize, body: &str| -> String {
        (1..=most).map(|at| format!("f{at}() {{ {}; }}\n", body.replace('#', &(at - 1).to_string()))).collect()
    };
    for (most, body) in [(12, "X=$(f# \"$1\")"), (30, "f# \"$1\"")] {
        let functions = functions(most, body);
        let document = sh(&format!("f0() {{ {PUT} --uri \"$1\"; }}\n{functions}f{most} http://a.test/\n"))?;
        assert_eq!(uri(&document), "http://a.test/", "{body}");
    }
    Ok(())
}
