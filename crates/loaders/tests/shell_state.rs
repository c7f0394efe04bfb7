//! Checks what a script of the AWS CLI sets, and where that counts. Each expected value is what bash 5.2 gave when it ran the
//! script with an `aws` that prints its arguments; where that depends on more than the script, the value is unknown.

use vtl_loaders::{Document, File, LoadError, Options, load};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PUT: &str = "aws apigateway put-integration --rest-api-id a --resource-id r --http-method GET --type HTTP";

fn sh(text: &str) -> Result<Document, LoadError> {
    load(&[File::new("put.sh", text)], &Options::default())
}

/// Returns the URIs of all integrations.
fn uris(document: &Document) -> Vec<String> {
    let json = document.to_json();
    let routes = json["routes"].as_array().cloned().unwrap_or_default();
    routes.iter().map(|it| it["integration"]["uri"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Returns the messages of a document's findings of some kinds.
fn told(document: &Document, codes: &[&str]) -> Vec<String> {
    let found = document.diagnostics();
    found.iter().filter(|it| codes.contains(&it.code.as_str())).map(|it| it.message.clone()).collect()
}

/// Checks the URI of scripts that put one integration, and that nothing is told.
fn assert_uris(scripts: &[(&str, &str, &str)]) -> Outcome {
    for (before, written, expected) in scripts {
        let text = format!("{before}\n{PUT} --uri \"{written}\"\n");
        let document = sh(&text).map_err(|error| format!("{text}: {error}"))?;
        assert_eq!(uris(&document), [*expected], "{text}");
        assert_eq!(told(&document, &["V522", "V530"]), Vec::<String>::new(), "{text}");
    }
    Ok(())
}

#[test]
fn elements_of_a_pipe_set_variables_for_themselves() -> Outcome {
    assert_uris(&[
        ("H=a; H=b | cat", "$H", "a"),
        ("H=a; { H=b; } | cat", "$H", "a"),
        ("H=a; if true; then H=b; fi | cat", "$H", "a"),
        ("H=a; for x in 1 2; do H=$x; done | cat", "$H", "a"),
        ("H=a; f() { H=b; }; f | cat", "$H", "a"),
        ("H=a; true | H=b", "$H", "a"),
        ("H=a; true | { true | H=b; }", "$H", "a"),
        ("H=a; true | H=b && true", "$H", "a"),
        ("H=a; true && H=b | cat", "$H", "a"),
        ("H=a; echo b | read H", "$H", "a"),
        ("H=a; cat f | while read -r x; do H=$x; done", "$H", "a"),
        ("H=a; case x in x) H=b;; esac | cat", "$H", "a"),
        ("H=a; H=b &", "$H", "a"),
        ("H=a; H=b && true &", "$H", "a"),
        ("H=a; true && { H=b; } &", "$H", "a"),
        ("H=a; H=b; true | cat", "$H", "b"),
        ("H=a; true | cat; H=b", "$H", "b"),
        ("H=a; H=b && true | cat", "$H", "b"),
        ("H=a; f() ( H=b; ); f", "$H", "a"),
        ("f() ( H=b; echo $H; exit; ); H=a$(f); f", "$H", "ab"),
    ])?;
    let document = sh(&format!("H=a; {{ H=b; {PUT} --uri $H; }} | cat\n"))?;
    assert_eq!(uris(&document), ["b"]);
    // `shopt -s lastpipe` runs the last element in the shell itself.
    let document = sh(&format!("shopt -s lastpipe\nH=a; true | H=b\n{PUT} --uri $H\n"))?;
    assert_eq!(uris(&document), ["b"]);
    Ok(())
}

#[test]
fn assignments_before_a_declaration_do_not_last() -> Outcome {
    assert_uris(&[
        ("A=1; A=2 export B=3", "$A$B", "13"),
        ("A=1; A=2 export B=$A", "$A$B", "11"),
        ("A=2 export B=3", "${A-x}$B", "x3"),
        ("A=1; f() { A=5 local B=2; C=$A; }; f", "$A$C", "11"),
        ("A=1; export A=2 B=$A", "$A$B", "21"),
        ("A=1; declare A=2 B=$A C=$A", "$A$B$C", "211"),
        ("a=1; f() { local a=2 b=$a; C=$a$b; }; f", "$a$C", "121"),
        ("A=1; export A=2 A=3", "$A", "3"),
        ("A=1; f() { declare -g A=2; }; f", "$A", "2"),
    ])
}

#[test]
fn arguments_are_set_anew() -> Outcome {
    assert_uris(&[
        ("set -- z", "$1", "z"),
        ("set -- a b; shift", "$1$#", "b1"),
        ("set -euo pipefail; set -e x -y", "$1$2", "x-y"),
        ("set -o pipefail y", "$1", "y"),
        ("set - w", "$1", "w"),
        ("set -- a; set -e", "$1", "a"),
        ("set -- a; set --", "${1-none}$#", "none0"),
        ("L='a b'; set -- $L c", "$2$#", "b3"),
        ("L=(a b); set -- \"${L[@]}\" c", "$*", "a b c"),
        ("set -- p q; ( set -- z )", "$1", "p"),
        ("set -- p q; set -- z | cat", "$1", "p"),
        ("f() { set -- x; }; set -- a; f b", "$1", "a"),
        ("f() { set -- x \"$@\"; H=$1$2; }; f b", "$H", "xb"),
        ("f() { shift 5; H=$1; }; f b", "$H", "b"),
        ("f() { for x in 1 2; do shift; done; H=$1; }; f a b c", "$H", "c"),
        ("f() { while a; do H=$1; done; H=$1; }; f a b c", "$H", "a"),
        // Those of the script are not known, but are not those behind `shift`.
        ("set -- x \"$@\"", "$1", "x"),
        ("", "$1", "${1}"),
    ])?;
    for before in ["shift", "set -- \"$@\" x", "if a; then shift; fi", "set -- $(a)"] {
        let document = sh(&format!("{before}\n{PUT} --uri \"$1\"\n"))?;
        assert_eq!(uris(&document), ["${1@2}"], "{before}");
    }
    let document = sh(&format!("f() {{ if a; then shift; fi; {PUT} --uri \"$1\"; }}\nf a b\n"))?;
    assert_eq!(uris(&document), ["${1@2}"]);
    assert_eq!(
        told(&document, &["V522"]),
        ["branches of the script set the arguments to different values; which one it has is not known"]
    );
    let document = sh(&format!("f() {{ while [ $# -gt 0 ]; do {PUT} --uri \"$1\"; shift; done; }}\nf a b\n"))?;
    assert_eq!(uris(&document).len(), 1);
    assert_eq!(
        told(&document, &["V522"]),
        ["the arguments change from turn to turn of a loop, whose commands are read once"]
    );
    Ok(())
}

#[test]
fn what_a_loop_changes_is_not_known_in_it() -> Outcome {
    let changes = "i changes from turn to turn of a loop, whose commands are read once";
    for text in [
        "i=0; while [ $i -lt 3 ]; do PUT --uri \"$i\"; i=$((i+1)); done",
        "i=0; while [ $i -lt 3 ]; do PUT --uri \"$i\"; ((i++)); done",
        "i=0; until a; do PUT --uri \"$i\"; let i+=1; done",
        "i=a; for x in $(list); do PUT --uri \"$i\"; i=b; done",
        "i=a; while a; do while b; do PUT --uri \"$i\"; done; if c; then i=b; fi; done",
        "i=a; f() { i=b; }; while a; do PUT --uri \"$i\"; f; done",
        "i=(a); while a; do PUT --uri \"$i\"; i+=(b); done",
    ] {
        let document = sh(&text.replace("PUT", PUT))?;
        assert_eq!(uris(&document).len(), 1, "{text}");
        assert!(uris(&document)[0].starts_with("${i"), "{text}");
        assert_eq!(told(&document, &["V522"]), [changes], "{text}");
    }
    // What each turn sets first is known.
    let document = sh(&format!("i=a; while x; do i=b; {PUT} --uri \"$i\"; i=c; done\n"))?;
    assert_eq!((uris(&document), told(&document, &["V522"])), (vec!["b".to_owned()], Vec::new()));
    // A loop that may not run may not set it.
    for head in ["while a", "for x in $(list)", "until a"] {
        let document = sh(&format!("{head}; do H=x; done\n{PUT} --uri \"$H\"\n"))?;
        assert_eq!(uris(&document), ["${H}"], "{head}");
        assert_eq!(
            told(&document, &["V522"]),
            ["only a loop sets H, which may not run; its value is not known"],
            "{head}"
        );
    }
    Ok(())
}

#[test]
fn turns_that_a_loop_leaves_are_not_read() -> Outcome {
    let put = PUT.replace("GET", "$x");
    for (body, expected) in [
        ("[ $x = b ] && continue; PUT --uri $x", "ac"),
        ("[ $x = b ] && break; PUT --uri $x", "a"),
        ("H=; if [ $x = b ]; then continue; elif [ $x = c ]; then H=c; fi; PUT --uri $x$H", "acc"),
        ("case $x in a) H=1; continue;; b) H=2$H;; esac; PUT --uri $H$x", "21b21c"),
        ("PUT --uri $x; [ $x = a ] && { break; }; PUT --uri z", "a"),
        ("for y in 1 2; do [ $y = 2 ] && break; PUT --uri $x$y; done", "a1b1c1"),
        ("for y in 1 2; do [ $x = b ] && continue; PUT --uri $x; done", "ac"),
        ("a && continue; PUT --uri $x", "abc"),
        ("for y in 1 2; do [ $y = 2 ] && break 2; PUT --uri $x$y; done; PUT --uri z", "a1"),
        ("for y in 1 2; do [ $y = 2 ] && continue 2; PUT --uri $x$y; done; PUT --uri z", "a1b1c1"),
        ("for y in 1 2; do [ $y = 1 ] && break 1; PUT --uri z; done; PUT --uri $x", "abc"),
        ("PUT --uri $x; break 5; PUT --uri z", "a"),
        ("for y in 1; do for z in 1 2; do [ $z = 2 ] && break 2; PUT --uri $x$z; done; PUT --uri n; done", "a1b1c1"),
    ] {
        let document = sh(&format!("for x in a b c; do {body}; done\n").replace("PUT", &put))?;
        assert_eq!(uris(&document).concat(), expected, "{body}");
    }
    Ok(())
}

#[test]
fn loops_that_are_read_again_call_the_functions_before_them() -> Outcome {
    let text = "f() { OLD; }; while a; do f; H=b$H; f() { NEW; }; done; f";
    let put = |method: &str, uri: &str| format!("{} --uri {uri}", PUT.replace("GET", method));
    let document = sh(&text.replace("OLD", &put("GET", "old")).replace("NEW", &put("PUT", "new")))?;
    assert_eq!(uris(&document), ["old", "new"]);
    Ok(())
}

#[test]
fn files_that_are_sourced_set_variables() -> Outcome {
    let read = |_: &str| Some("export X=inc\né\nY+=1; [ $Z == a ]\n".to_owned());
    for (name, is_set) in [("X", true), ("Y", true), ("W", false)] {
        for command in ["source", "."] {
            let text = format!("{name}=a\n{command} ./inc.sh\n{PUT} --uri ${name}\n");
            let options = Options::default().read_file(&read);
            let document = load(&[File::new("put.sh", &text)], &options)?;
            let (expected, reason) = match is_set {
                true => (format!("${{{name}}}"), vec![format!("./inc.sh may set {name}; it is not read")]),
                false => ("a".to_owned(), Vec::new()),
            };
            assert_eq!((uris(&document), told(&document, &["V522"])), (vec![expected], reason), "{text}");
        }
    }
    Ok(())
}

#[test]
fn types_of_variables_and_names_of_functions() -> Outcome {
    assert_uris(&[
        ("X=a; X() { :; }; unset -f X", "$X", "a"),
        ("declare -r X=a", "$X", "a"),
        ("declare -x X=a", "$X", "a"),
    ])?;
    for option in ["-i", "-u", "-l", "-ri"] {
        let document = sh(&format!("declare {option} X=1+2\n{PUT} --uri \"$X\"\n"))?;
        assert_eq!(uris(&document), ["${X}"], "{option}");
        let expected = ["X has a type, which may change its value; that is not evaluated"];
        assert_eq!(told(&document, &["V522"]), expected, "{option}");
        if option == "-ri" {
            continue;
        }
        // The type stays for what is set later, but digits are the same in each.
        let document = sh(&format!("declare {option} X\nX=1+2\n{PUT} --uri \"$X\"\n"))?;
        assert_eq!(
            (uris(&document), told(&document, &["V522"])),
            (vec!["${X}".to_owned()], vec![expected[0].to_owned()])
        );
        let document = sh(&format!("declare {option} X\nX=12\n{PUT} --uri \"$X\"\n"))?;
        assert_eq!(uris(&document), ["12"], "{option}");
    }
    // A type ends with its function or process, and with its variable.
    assert_uris(&[
        ("f() { local -l H=$1; echo $H; }; f X; H=Ab", "$H", "Ab"),
        ("(declare -i H; H=3); H=Ab", "$H", "Ab"),
        ("X=$(declare -u H; echo b); H=Ab", "$H", "Ab"),
        ("declare -i H=1; unset H; H=Ab", "$H", "Ab"),
        ("declare -u H; f() { local H=Ab; G=$H; }; f", "$G", "Ab"),
    ])
}

#[test]
fn references_to_variables_set_what_they_lead_to() -> Outcome {
    for before in [
        "H=a; f() { local -n R=$1; R=b; }; f H",
        "H=a; f() { declare -n R=H; read R; }; f",
        "H=a; declare -n R=H; R=b",
        "H=a; declare -n R=$UNKNOWN; R=b",
        "H=a; f() { local -n R=$1; R=b; }; f \"$1\"",
    ] {
        let document = sh(&format!("{before}\n{PUT} --uri \"$H\"\n"))?;
        assert_eq!((uris(&document)[0].starts_with("${H"), told(&document, &["V522"]).len()), (true, 1), "{before}");
    }
    assert_uris(&[
        ("H=a; f() { local -n R=$1; }; f H", "$H", "a"),
        ("H=a; f() { local -n R=$1; echo $R; }; f \"$1\"", "$H", "a"),
        ("f() { local -n H=$1; H=x; }; f G; H=a", "$H", "a"),
        ("H=a; G=c; f() { local -n R=$1; R=b; }; f G", "$H", "a"),
    ])
}

#[test]
fn statements_may_be_the_bodies_of_functions() -> Outcome {
    assert_uris(&[
        ("f() if true; then H=b; fi\nH=a; f", "$H", "b"),
        ("f() if true; then H=b; fi\nH=a", "$H", "a"),
        ("f() for x in 1 2; do H=$H$x; done; H=a; f; f", "$H", "a1212"),
        ("f()\ncase $1 in x) H=b;; *) H=c;; esac\nH=a; f x", "$H", "b"),
        ("function f if true; then if true; then H=b; fi; fi; H=a; f; I=c", "$H$I", "bc"),
        ("f() { if true; then H=b; fi; }; H=a; f", "$H", "b"),
    ])
}

#[test]
fn aliases_and_functions_that_are_unset() -> Outcome {
    let document = sh(&format!("shopt -s expand_aliases; H=a; alias f='H=b'\nf\n{PUT} --uri \"$H\"\n"))?;
    assert_eq!(uris(&document), ["${H}"]);
    assert_eq!(told(&document, &["V522"]), ["f may set H; it is not read"]);
    assert_eq!(told(&document, &["V530"]), ["the command behind the alias f is not read"]);
    assert_uris(&[
        ("H=a; alias f='H=b'; f", "$H", "a"),
        ("shopt -s expand_aliases; H=a; alias f='H=b'; g", "$H", "a"),
        ("H=a; f() { H=b; }; unset -f f; f", "$H", "a"),
        ("H=a; f() { H=b; }; unset -f g; f", "$H", "b"),
        ("H=a; f() { H=b; }; unset f; f", "$H", "a"),
        ("H=a; f=1; f() { H=b; }; unset f; f", "$H", "b"),
        ("H=a; f=1; f() { H=b; }; unset f; unset f; f", "$H", "a"),
        ("H=a; f() { H=b; }; unset -v f; f", "$H", "b"),
    ])
}

#[test]
fn names_of_declarations_may_come_from_variables() -> Outcome {
    assert_uris(&[
        ("n=H; H=a; declare \"$n=hi\"", "$H", "hi"),
        ("n=H; H=a; export \"$n=hi\"", "$H", "hi"),
        ("f() { declare -g \"$1=$2\"; }; H=a; f H hi", "$H", "hi"),
        ("f() { export \"$1=hi\"; }; H=a; f H", "$H", "hi"),
        ("f() { local \"$1=hi\"; }; H=a; f H", "$H", "a"),
        ("f() { readonly \"$1=hi\"; }; H=a; f H; H=b", "$H", "hi"),
        ("H=a; command export H=b", "$H", "b"),
        ("H=a; builtin export H=b", "$H", "b"),
        ("H=a; declare +x H=b", "$H", "b"),
        ("H=a; printf x -v H", "$H", "a"),
        ("f() { declare -g H; }; H=a; f", "$H", "a"),
    ])
}

/// Checks that a variable which bash sets in a way that is not followed does not keep its value, and that this is told.
#[test]
fn types_are_kept_wherever_a_variable_is_set() -> Outcome {
    for script in [
        "declare -n r=V; declare -n s=r; V=a; s=b",
        "mk() { local -n out=$1; inner out; }; inner() { local -n o2=$1; o2=z; }; V=a; mk V",
        "declare -n r; V=a; r=V; r=b",
        "V=a; declare -nr r=V; r=b",
        "declare -n r=V; V=a; declare r=b",
        "declare -n r=V; V=a; export r=b",
        "V=a; if $x; then declare -n r=V; else declare -n r=W; fi; r=x",
        "declare -u V; : ${V:=abc}",
        "declare -u V; for V in abc; do :; done",
        "V=a; declare -n r; for r in V W; do r=x; done",
        "declare -l V; export V=ABC",
        "declare -l V; declare V=ABC",
        "declare -c V; V=abc",
        "f() { declare -g V=ABC; }; declare -l V; f",
        "V=5; declare -i V; V+=3",
        "command declare -l V; V=ABC",
        "n=$(aws x); V=a; unset $n",
        "V=a; unset 'V[0]'",
        "V=a; builtin read V",
        "V=a; read -aV",
        "V=a; printf -vV x",
        "V=a; printf -v 'V[0]' x",
    ] {
        let document = sh(&format!("{script}\n{PUT} --uri \"$V\"\n"))?;
        assert!(uris(&document)[0].starts_with("${V"), "{script}: {:?}", uris(&document));
        assert!(!told(&document, &["V522"]).is_empty(), "{script}");
    }
    assert_uris(&[
        ("readonly V=a; for V in b; do :; done", "$V", "a"),
        ("declare -n r=V; V=a; unset r; V=${V:-unset}", "$V", "unset"),
    ])
}

/// A command that would set a read-only variable fails, and the variable stays as it is.
#[test]
fn read_only_variables_stay() -> Outcome {
    assert_uris(&[
        ("readonly H=a\nH=b", "$H", "a"),
        ("H=a; readonly H\nH=b\nexport H=c\nread H", "$H", "a"),
        ("declare -r H=a\nH+=b", "$H", "a"),
        ("readonly H=a\nunset H\nH=b", "$H", "a"),
        ("readonly H=a\nreadonly H=b", "$H", "a"),
        ("f() { readonly H=a; }; f\nH=b", "$H", "a"),
        ("f() { local -r H=a; }; f\nH=b", "$H", "b"),
        ("f() { local H=b; }\nreadonly H=a\nf", "$H", "a"),
        ("(readonly H=a)\nH=b", "$H", "b"),
        ("readonly X=a\nH=b", "$H", "b"),
    ])
}

#[test]
fn text_around_lists_stays() -> Outcome {
    let each = |words: &str| format!("H=; A=(1 2 '3 4'); set -- 5 6; for i in {words}; do H=$H$i-; done");
    for (words, expected) in [
        ("\"p/${A[@]}\"", "p/1-2-3 4-"),
        ("\"${A[@]}/q\"", "1-2-3 4/q-"),
        ("p/\"${A[@]}\"/q", "p/1-2-3 4/q-"),
        ("\"p/$@\"", "p/5-6-"),
        ("x\"$@\"y", "x5-6y-"),
        ("\"${A[*]}\"", "1 2 3 4-"),
        ("\"${A[@]}\"", "1-2-3 4-"),
        ("${A[@]}", "1-2-3-4-"),
        ("${A[*]}", "1-2-3-4-"),
        ("\"${B[@]}\" z", "z-"),
    ] {
        let before = format!("B=(); {}", each(words));
        assert_uris(&[(&before, "$H", expected)])?;
    }
    assert_uris(&[
        ("A=(1 2); X=\"${A[@]}\"", "$X", "1 2"),
        ("A=(1 2); X=a${A[*]}b", "$X", "a1 2b"),
        ("A=(1 2); X=$(cat <<E\n${A[@]}\nE\n)", "$X", "1 2"),
        ("A=(1 2); X=${Y:-${A[@]}}", "$X", "1 2"),
        ("L='1 2'; A=($L 3); H=; for i in \"${A[@]}\"; do H=$H$i-; done", "$H", "1-2-3-"),
        ("L='1 2'; A=(\"$L\" 3); H=; for i in \"${A[@]}\"; do H=$H$i-; done", "$H", "1 2-3-"),
    ])
}

#[test]
fn words_are_split_at_the_letters_of_a_variable() -> Outcome {
    let set = |separators: &str, value: &str| format!("IFS='{separators}'; X='{value}'; set -- $X; unset IFS");
    for (separators, value, expected) in [
        (", ", "a , b", "2:a:b::"),
        (", ", " ,a", "2::a::"),
        (",", ",a", "2::a::"),
        (", ", "a ,, b", "3:a::b:"),
        (", ", "a, ,b", "3:a::b:"),
        (",", "a,b,", "2:a:b::"),
        (", ", "a , ", "1:a:::"),
        (",", "a b,c", "2:a b:c::"),
        ("", "a b", "1:a b:::"),
        (" ", "a b\rc", "2:a:b\rc::"),
    ] {
        assert_uris(&[(&set(separators, value), "$#:$1:$2:$3:", expected)])?;
    }
    assert_uris(&[
        ("H=; IFS=,; for X in $(echo a,b); do H=$H$X-; done", "$H", "a-b-"),
        ("set -- a b; IFS=,:", "$*", "a,b"),
        ("set -- a b; IFS=", "$*", "ab"),
    ])
}

#[test]
fn words_that_a_shell_splits_are_told() -> Outcome {
    let split = "a shell makes several words of this value; put quotes around it";
    let braces = "a shell makes several words of the braces; put quotes around them";
    for (before, written, reason) in [
        ("H='a b'", "$H", Some(split)),
        ("H='a b'", "x$H", Some(split)),
        ("H='a b'", "\"$H\"", None),
        ("H='a b'; IFS=,", "$H", None),
        ("H=a,b; IFS=,", "$H", Some(split)),
        ("", "{a,b}", Some(braces)),
        ("", "x{1..3}", Some(braces)),
        ("", "'{a,b}'", None),
        ("", "a/{proxy+}", None),
        ("H={a,b}", "$H", None),
    ] {
        let text = format!("{before}\n{PUT} --uri {written}\n");
        assert_eq!(told(&sh(&text)?, &["V522", "V530"]), Vec::from_iter(reason), "{text}");
    }
    let document = sh(&format!("IFS=$(a)\nL='a b'\nfor X in $L; do {PUT} --uri $X; done\n"))?;
    assert_eq!(told(&document, &["V530"]), ["the word is split at blanks; the value of IFS is not known"]);
    let document = sh(&format!("IFS=$(a)\nset -- a b\n{PUT} --uri \"$*\"\n"))?;
    assert_eq!(uris(&document), ["${*}"]);
    assert_eq!(told(&document, &["V522"]), ["${*} is not evaluated; give its value as a variable"]);
    Ok(())
}

#[test]
fn escapes_in_quotes_with_a_dollar() -> Outcome {
    assert_uris(&[
        ("X=$'\\x41\\u00e9\\101\\e[0m\\q\\x4'", "$X", "A\u{e9}A\u{1b}[0m\\q\u{4}"),
        ("X=$'\\U1f600\\u41z\\7'", "$X", "\u{1f600}Az\u{7}"),
    ])
}

#[test]
fn items_and_arithmetic_change_variables() -> Outcome {
    assert_uris(&[
        ("L=(a); L+=(b c); set -- \"${L[@]}\"", "$*", "a b c"),
        ("L=x; L+=(y); set -- \"${L[@]}\"", "$1$2", "xy"),
    ])?;
    for (before, reason) in [
        ("H=1; ((H++))", "arithmetic sets H, which is not evaluated"),
        ("H=1; let H=2", "arithmetic sets H, which is not evaluated"),
        ("H=1; x=$((H+=2))", "arithmetic sets H, which is not evaluated"),
        ("H=1; for ((H=0; H<3; H++)); do a; done", "arithmetic sets H, which is not evaluated"),
        ("H=(a b); H[0]=c", "items of H are set one by one; which it has is not known"),
    ] {
        let document = sh(&format!("{before}\n{PUT} --uri \"$H\"\n"))?;
        assert!(uris(&document)[0].starts_with("${H"), "{before}");
        assert_eq!(told(&document, &["V522"]), [reason], "{before}");
    }
    // `[[ … ]]` takes a number with a leading zero as octal.
    let document = sh(&format!("H=010\nif [[ $H -eq 8 ]]; then {PUT} --uri a; else {PUT} --uri b; fi\n"))?;
    assert_eq!(told(&document, &["V525"]).len(), 1);
    Ok(())
}

#[test]
fn files_that_a_script_writes_are_not_read_as_they_are() -> Outcome {
    let read = |_: &str| Some("old".to_owned());
    for before in [
        "echo new > t",
        "echo new >> ./t",
        "cat > t <<EOF\nnew\nEOF",
        "a | tee t",
        "a | sudo tee t",
        "cp u t",
        "cp u/t .",
        "ln -sf u t",
        "sed -i s/a/b/ t",
        "curl -so - -o t https://a.test",
        "exec 3> t",
        "a 2> t",
        "echo new > ./u/../t",
    ] {
        for (word, unknown) in [("file://t", "${file://t}"), ("\"$(cat t)\"", "${cat t}")] {
            let file = File::new("put.sh", format!("{before}\n{PUT} --uri {word}\n"));
            let document = load(&[file], &Options::new().read_file(&read))?;
            assert_eq!(uris(&document), [unknown], "{before}");
        }
        let file = File::new("put.sh", format!("{before}\n{PUT} --uri file://t\n"));
        let document = load(&[file], &Options::new().read_file(&read))?;
        assert_eq!(told(&document, &["V522"]), ["the script writes t; what it has then is not known"], "{before}");
        // Before that it is as it is.
        let file = File::new("put.sh", format!("{PUT} --uri file://t\n{before}\n"));
        assert_eq!(uris(&load(&[file], &Options::new().read_file(&read))?), ["old"], "{before}");
    }
    Ok(())
}

/// The names of files are relative to the folder in which a command runs.
#[test]
fn files_are_those_of_the_folder() -> Outcome {
    let read = |path: &str| Some(format!("<{path}>"));
    let uri = |text: &str| -> Result<_, Box<dyn std::error::Error>> {
        let text = text.replace("PUT", &format!("{PUT} --uri"));
        let document = load(&[File::new("put.sh", &text)], &Options::new().read_file(&read))?;
        Ok((uris(&document).concat(), told(&document, &["V522"]).concat()))
    };
    for (text, expected) in [
        ("PUT file://t", "<t>"),
        ("cd api; PUT file://t", "<api/t>"),
        ("cd api\ncd ../web && PUT fileb://./t", "<web/t>"),
        ("(cd api && PUT file://t)", "<api/t>"),
        ("(cd api); PUT file://t", "<t>"),
        ("pushd api >/dev/null; popd; PUT file://t", "<t>"),
        ("cd \"$(dirname \"$0\")\"; PUT file://t", "<t>"),
        ("cd \"$(dirname \"$0\")/sub\"; PUT file://t", "<sub/t>"),
        ("cd api; PUT \"$(cat t)\"", "<api/t>"),
        ("f() { cd api; }; f; PUT file://t", "<api/t>"),
        ("if true; then cd api; fi; PUT file://t", "<api/t>"),
    ] {
        assert_eq!(uri(text)?, (expected.to_owned(), String::new()), "{text}");
    }
    let unknown = "the script changes its folder; which file this is, is known only when it runs";
    for text in
        ["cd; PUT file://t", "cd /tmp; PUT file://t", "cd ~/a; PUT file://t", "if x; then cd api; fi; PUT file://t"]
    {
        assert_eq!(uri(text)?, ("${file://t}".to_owned(), unknown.to_owned()), "{text}");
    }
    Ok(())
}

#[test]
fn names_that_are_not_known_may_be_those_of_any_variable() -> Outcome {
    for (command, name) in [
        ("export $(cat .env)", "export"),
        ("export \"$k\"=v", "export"),
        ("declare \"$k=v\"", "declare"),
        ("printf -v \"$k\" v", "printf"),
    ] {
        let document = sh(&format!("read k\nH=a\n{command}\n{PUT} --uri \"$H\"\n"))?;
        assert_eq!(uris(&document), ["${H}"], "{command}");
        let expected = format!("{name} may set H; which variables it sets is known only when it runs");
        assert_eq!(told(&document, &["V522"]), [expected], "{command}");
    }
    let document = sh(&format!("H=a; G=a\neval H=b\n{PUT} --uri \"$G$H\"\n"))?;
    assert_eq!(uris(&document), ["a${H}"]);
    assert_eq!(told(&document, &["V522"]), ["eval may set H; it is not read"]);
    assert_uris(&[("read k; H=a; export P=$k", "$H", "a"), ("read k; H=a; printf \"$k\"", "$H", "a")])
}

#[test]
fn commands_that_are_not_read_are_told() -> Outcome {
    let read = |path: &str| match path {
        "env" => Some("H=1\n".to_owned()),
        "lib.sh" => Some(PUT.to_owned()),
        _ => None,
    };
    for (text, expected) in [
        (". ./env", ""),
        ("source lib.sh", "the commands of lib.sh are not read; check it as a document of its own"),
        (". none", "the commands of none are not read; check it as a document of its own"),
        ("sudo bash -x ./lib.sh a", "the commands of ./lib.sh are not read; check it as a document of its own"),
        ("./lib.sh", "the commands of ./lib.sh are not read; check it as a document of its own"),
        ("bash -ec 'PUT'", "the commands that bash runs are not read"),
        ("bash -c 'echo a'", ""),
        ("eval \"PUT\"", "the commands that eval runs are not read"),
        ("eval \"$C\"", "the commands that eval runs are not read"),
        ("eval \"$(ssh-agent)\"", ""),
        ("trap 'PUT' EXIT", "the commands that trap runs are not read"),
        ("trap 'rm -f a' EXIT", ""),
        ("bash <<EOF\nPUT\nEOF", "the commands that bash reads here are not read"),
        ("cat <<EOF | /bin/sh -s\nPUT\nEOF", "the commands that sh reads here are not read"),
        ("cat <<EOF\nPUT\nEOF", ""),
        (
            "aws apigateway $C --rest-api-id a",
            "which operation ${C} is, is known only when the script runs; the call is not read",
        ),
    ] {
        let file = File::new("put.sh", format!("{PUT} --uri x\n{text}\n").replace("PUT", PUT));
        let document = load(&[file], &Options::new().read_file(&read)).map_err(|error| format!("{text}: {error}"))?;
        let expected: Vec<&str> = Some(expected).filter(|it| !it.is_empty()).into_iter().collect();
        assert_eq!(told(&document, &["V530"]), expected, "{text}");
    }
    Ok(())
}
