//! `vtl lsp`: the server as an editor starts it.

use crate::run::vtl_with;

fn framed(messages: &[&str]) -> Vec<u8> {
    messages.iter().flat_map(|text| format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()).collect()
}

#[test]
fn it_answers_over_standard_input_and_output_and_ends_in_order() {
    let open = r##"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.vtl","languageId":"vtl","version":1,"text":"#if($a)"}}}"##;
    let input = framed(&[
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
        open,
        r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#,
        r#"{"jsonrpc":"2.0","method":"exit"}"#,
    ]);
    let run = vtl_with(&["lsp", "--stdio"], &input);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("hoverProvider") && run.out.contains("unclosed-block"), "{}", run.out);
}

#[test]
fn input_that_is_not_the_protocol_is_2() {
    let run = vtl_with(&["lsp"], b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(run.code, Some(2), "{run:?}");
    let request = framed(&[r#"{"jsonrpc":"2.0","id":1,"method":"a/b","params":{}}"#]);
    vtl_with(&["lsp"], &request).says(2, &["V902", "the input ended before a request `initialize`"]);
}

#[test]
fn a_message_that_cannot_be_read_is_told() {
    let start = framed(&[
        r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
    ]);
    for (input, why) in [
        ("Content-Length: 99999999999\r\n\r\n", "longer than 128 MiB"),
        ("Content-Length: 9\r\n\r\n{}", "ends within a message"),
        ("Content-Length: 1\r\n\r\n{", "EOF"),
        ("garbage\n", "a header has no end"),
    ] {
        let run = vtl_with(&["lsp", "--stdio"], &[&start[..], input.as_bytes()].concat());
        run.says(2, &["hoverProvider", "the editor's connection", why]);
    }
}
