//! Recordings of calls, from which tests are made.

mod har;
mod log;
mod recording;
mod write;

pub use recording::{Answer, Recording};
pub use write::test_file;

use serde_json::Value as Json;

impl Recording {
    /// Reads an execution log of the console or of CloudWatch: a recording for each request in it. Parts
    /// that the service cut or masked are left out and named.
    ///
    /// ```
    /// let log = "\
    /// Execution log for request test-invoke-request
    /// Tue Dec 26 05:17:55 UTC 2017 : Starting execution for request: test-invoke-request
    /// Tue Dec 26 05:17:55 UTC 2017 : HTTP Method: GET, Resource Path: /pets/{id}
    /// Tue Dec 26 05:17:55 UTC 2017 : Method request path: {id=7}
    /// Tue Dec 26 05:17:55 UTC 2017 : Method completed with status: 200
    /// ";
    /// let found = vtl_testing::Recording::of_log(log);
    /// assert_eq!((&found[0].request["path"], found[0].answer.status), (&"/pets/7".into(), Some(200)));
    /// ```
    #[must_use]
    pub fn of_log(text: &str) -> Vec<Recording> {
        if log::is_log(text) { log::read(text) } else { Vec::new() }
    }

    /// Reads the JSON of `aws apigateway test-invoke-method`, the events of a CloudWatch log, an HTTP archive
    /// or an entry of it; `None` for any other JSON.
    ///
    /// ```
    /// let entry = serde_json::json!({"request": {"method": "GET", "url": "https://api.test/pets/7?a=b"},
    ///     "response": {"status": 200, "content": {"text": "ok"}}});
    /// let found = vtl_testing::Recording::of_json(&entry).expect("it is an entry");
    /// assert_eq!((&found[0].request["path"], found[0].answer.body.as_deref()), (&"/pets/7?a=b".into(), Some("ok")));
    /// ```
    #[must_use]
    pub fn of_json(json: &Json) -> Option<Vec<Recording>> {
        if let Some(text) = json.get("log").and_then(Json::as_str) {
            let mut found = Recording::of_log(text);
            if let Some(recording) = found.last_mut() {
                recording.answer_of(json);
            }
            return Some(found);
        }
        if let Some(events) = json.get("events").and_then(Json::as_array) {
            let messages: Vec<&str> =
                events.iter().filter_map(|event| event.get("message").and_then(Json::as_str)).collect();
            let mut found = Recording::of_log(&messages.join("\n"));
            let odd = events.len() - messages.len();
            if let Some(first) = found.first_mut().filter(|_| odd > 0) {
                first.left_out.insert(0, format!("{odd} events, which have no message"));
            }
            return Some(found);
        }
        har::read(json)
    }
}

#[cfg(test)]
mod tests {
    use super::{Recording, test_file};
    use serde_json::{Map, json};

    // The lines that aws-observed 14.6 and 18 have; bodies of several lines, a cut and a masked header.
    const CONSOLE: &str = "\
Execution log for request 7f2d4b2e-0000-11e9-0000-b1a7d0a43a5a
Tue Dec 26 05:17:55 UTC 2017 : Starting execution for request: 7f2d4b2e-0000-11e9-0000-b1a7d0a43a5a
Tue Dec 26 05:17:55 UTC 2017 : HTTP Method: POST, Resource Path: /pets/{id}/{rest+}
Tue Dec 26 05:17:55 UTC 2017 : Method request path: {rest=a/b c, id=7/8}
Tue Dec 26 05:17:55 UTC 2017 : Method request query string: {q=a b, r=x=y}
Tue Dec 26 05:17:55 UTC 2017 : Method request headers: {Via=a, b (KHTML, like Gecko), Accept=text/html, */*;q=0.8, x-api-key=**************abcdef, User-Agent=Mozilla/5.0, X-Amz-Lo [TRUNCATED]
Tue Dec 26 05:17:55 UTC 2017 : Method request body before transformations: {
  \"a\": 1
}
Tue Dec 26 05:17:55 UTC 2017 : Endpoint request URI: https://sqs.us-east-1.amazonaws.com/?Action=SendMessage
Tue Dec 26 05:17:55 UTC 2017 : Endpoint request headers: {Authorization=****************123456, X-Amz-Date=20171226T051755Z}
Tue Dec 26 05:17:55 UTC 2017 : Endpoint request body after transformations: Action=SendMessage
Tue Dec 26 05:17:55 UTC 2017 : Sending request to https://sqs.us-east-1.amazonaws.com/?Action=SendMessage
Tue Dec 26 05:17:55 UTC 2017 : Received response. Status: 200, Integration latency: 37 ms
Tue Dec 26 05:17:55 UTC 2017 : Endpoint response headers: {Date=Tue, 26 Dec 2017 05:17:55 GMT, Content-Type=text/xml}
Tue Dec 26 05:17:55 UTC 2017 : Endpoint response body before transformations: <a/>
Tue Dec 26 05:17:55 UTC 2017 : Method response body after transformations: {\"id\":1}
Tue Dec 26 05:17:55 UTC 2017 : Method response headers: {X-Amzn-Trace-Id=Root=1-5a41dc43-fe, Content-Type=application/json}
Tue Dec 26 05:17:55 UTC 2017 : Successfully completed execution
Tue Dec 26 05:17:55 UTC 2017 : Method completed with status: 202

";

    #[test]
    fn a_log_of_the_console_is_a_test() {
        let found = Recording::of_log(&CONSOLE.replace('\n', "\r\n"));
        let [recording] = found.as_slice() else { panic!("{found:?}") };
        let test = recording.to_test("a", None);
        let expected = json!({
            "name": "a",
            "request": {
                "method": "POST", "path": "/pets/7%2F8/a/b%20c",
                "querystring": {"q": "a b", "r": "x=y"},
                "headers": {"Via": "a, b (KHTML, like Gecko)", "Accept": "text/html, */*;q=0.8"},
                "body": "{\n  \"a\": 1\n}",
            },
            "context": {"requestId": "7f2d4b2e-0000-11e9-0000-b1a7d0a43a5a"},
            "backend": {"status": 200, "headers": {"Date": "Tue, 26 Dec 2017 05:17:55 GMT", "Content-Type": "text/xml"}, "body": "<a/>"},
            "expect": {
                "integrationRequest": {"body": "Action=SendMessage"}, "status": 202,
                "headers": {"Content-Type": "application/json"}, "json": {"id": 1},
            },
        });
        assert_eq!(test, expected);
        let left_out = [
            "Method request headers from User-Agent on: the service cut it",
            "Method request headers: x-api-key, which the service masked",
        ];
        assert_eq!(recording.left_out, left_out);
    }

    #[test]
    fn logs_of_cloudwatch_hold_several_requests() {
        let lines = |id: &str, path: &str, status: u16| {
            [
                format!("({id}) Starting execution for request: {id}"),
                format!("({id}) HTTP Method: GET, Resource Path: {path}"),
                format!("({id}) Method request body before transformations: "),
                format!("({id}) Execution failed due to a timeout error"),
                format!("({id}) Method completed with status: {status}"),
            ]
        };
        let (one, two) = ("11111111-2222-3333-4444-555555555555", "66666666-2222-3333-4444-555555555555");
        let mixed: Vec<_> = lines(one, "/a", 504).into_iter().zip(lines(two, "/b", 500)).collect();
        let messages = mixed.iter().flat_map(|(one, two)| [json!({"message": one}), json!({"message": two})]);
        let json = json!({"events": messages.collect::<Vec<_>>()});
        let text =
            mixed.iter().flat_map(|(one, two)| [format!("2022-04-23T13:44:05.123+01:00 {one}\n"), two.clone() + "\n"]);
        for found in [Recording::of_json(&json).expect("events"), Recording::of_log(&text.collect::<String>())] {
            let seen: Vec<_> = found.iter().map(|it| (it.target(), it.answer.status, it.backend.clone())).collect();
            let timeout = Some(json!({"failure": "timeout"}));
            assert_eq!(seen, [(("GET", "/a"), Some(504), timeout.clone()), (("GET", "/b"), Some(500), timeout)]);
        }
    }

    #[test]
    fn values_are_put_where_their_parameters_are() {
        let log = "HTTP Method: GET, Resource Path: /{a}/{none}/{{a}/{rest+}/{a\nMethod request path: {a={rest}, rest=x/y, b=1}\n\
            Starting execution for request: 1\n";
        assert_eq!(Recording::of_log(log)[0].target().1, "/%7Brest%7D/{none}/{%7Brest%7D/x/y/{a");
    }

    #[test]
    fn what_an_archive_lacks_is_told() {
        let field = |name: &str, value: &str| json!({"name": name, "value": value});
        let entry = json!({
            "request": {"method": "POST", "url": "https://a.test/b",
                "headers": [field("X-A", "1"), field("x-a", "2"), {"name": 1}],
                "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [field("a", "b")]}},
            "response": {"status": 200, "headers": [field("Set-Cookie", "1"), field("Set-Cookie", "2")],
                "content": {"size": 3}}});
        let found = Recording::of_json(
            &json!({"log": {"entries": [entry, 5, {"request": {"url": "/"}}, {"request": {"method": 7, "url": "/"}}]}}),
        );
        let found = found.expect("an archive");
        assert_eq!(found.len(), 2);
        let test = found[0].to_test("a", None);
        assert_eq!(test["request"]["headers"], json!({"X-A": ["1", "2"]}));
        assert_eq!(test["expect"]["headers"], json!({"Set-Cookie": "1, 2"}));
        let left_out = [
            "2 entries of the archive, which have no request with a method and a URL",
            "headers of the request, which have no name and value as texts",
            "the body of the request, whose text is not in the archive",
            "the body of the answer, whose text is not in the archive",
        ];
        assert_eq!(found[0].left_out, left_out);
        let message = |text: &str| json!({"message": text});
        let events = [
            message("(11111111) HTTP Method: GET, Resource Path: /"),
            json!({"message": 1}),
            message("(22222222) Starting execution for request: 22222222"),
        ];
        let found = Recording::of_json(&json!({"events": events})).expect("events");
        assert_eq!(
            found[0].left_out,
            ["1 events, which have no message", "the lines of 1 request, which lack that with the method"]
        );
    }

    #[test]
    fn values_do_not_multiply_in_a_path() {
        let log = |count: usize, value: &str| {
            format!(
                "Starting execution for request: 1\nHTTP Method: GET, Resource Path: /{}\nMethod request path: {{a={value}}}\n",
                "{a}".repeat(count)
            )
        };
        let found = Recording::of_log(&log(20_000, &"y".repeat(20_000)));
        assert!(found[0].target().1.len() < 70_000 && found[0].left_out == ["the values of path parameters"]);
        assert_eq!(Recording::of_log(&log(2, "y"))[0].target().1, "/yy");
    }

    /// Each parameter, and each request, is looked up once.
    #[test]
    fn long_logs_are_read_in_one_pass() {
        let names: Vec<String> = (0..20_000).map(|at| format!("a{at}")).collect();
        let log = format!(
            "Starting execution for request: 1\nHTTP Method: GET, Resource Path: /{{{}}}\nMethod request path: {{{}=1}}\n",
            names.join("}{"),
            names.join("=1, ")
        );
        assert_eq!(Recording::of_log(&log)[0].target().1, format!("/{}", "1".repeat(names.len())));
        let line = |at: usize, text: &str| format!("(deadbeef-{at:06x}) {text}\n");
        let heads: String = (0..40_000).map(|at| line(at, "Method request path: {}")).collect();
        let ends: String = (0..40_000).map(|at| line(at, "HTTP Method: POST, Resource Path: /b")).collect();
        let found = Recording::of_log(&(heads + &ends));
        assert_eq!(found.len(), 40_000);
        assert_eq!(found[7].context["requestId"], "deadbeef-000007");
    }

    #[test]
    fn the_answer_of_test_invoke_method_is_whole() {
        let log = CONSOLE.replace("{\"id\":1}", "{\"id\" [TRUNCATED]");
        let json = json!({"status": 201, "body": "[1]", "headers": {"Content-Type": "a/b"}, "log": log, "latency": 40});
        let found = Recording::of_json(&json).expect("it is one");
        let test = found[0].to_test("a", Some("POST /x"));
        assert_eq!((&test["expect"]["json"], &test["expect"]["status"]), (&json!([1]), &json!(201)));
        assert!(!found[0].left_out.iter().any(|what| what.contains("response")), "{:?}", found[0].left_out);
    }

    #[test]
    fn names_are_numbered_until_none_is_taken() {
        let names = |names: Vec<&str>| {
            let tests: Vec<_> = names.into_iter().map(|name| (vec![], json!({"name": name}))).collect();
            let text = test_file(&Map::new(), &tests);
            text.lines()
                .filter_map(|line| Some(line.trim().strip_prefix("- name: ")?.replace('"', "")))
                .collect::<Vec<_>>()
        };
        assert_eq!(names(vec!["a-2", "a", "a"]), ["a-2", "a", "a (3)"]);
        assert_eq!(names(vec!["a 2", "a 3", "a", "A", "a"]), ["a 2", "a 3", "a", "A (4)", "a (5)"]);
        assert_eq!(names(vec!["x"; 3_000]).last().map(String::as_str), Some("x (3000)"));
    }

    #[test]
    fn an_archive_has_a_test_for_each_entry() {
        let entry = json!({
            "request": {"method": "POST", "url": "https://a1.execute-api.us-east-1.amazonaws.com/prod/pets?x=1#f",
                "headers": [{"name": ":authority", "value": "a"}, {"name": "X-A", "value": "1"}],
                "postData": {"mimeType": "application/json", "text": "{\"a\":1}"}},
            "response": {"status": 200, "headers": [{"name": "x-amzn-RequestId", "value": "1"}, {"name": "X-B", "value": "2"}],
                "content": {"text": "ok"}}});
        let mut found = Recording::of_json(&json!({"log": {"entries": [entry, entry]}})).expect("an archive");
        assert_eq!(found.len(), 2);
        assert!(found[0].has_stage);
        found[0].remove_stage();
        let expected = json!({"name": "a", "request": {"method": "POST", "path": "/pets?x=1", "headers": {"X-A": "1"}, "body": {"a": 1}},
            "expect": {"status": 200, "headers": {"X-B": "2"}, "body": "ok"}});
        assert_eq!(found[0].to_test("a", None), expected);
        assert!(Recording::of_json(&json!({"log": 1})).is_none());
        let text = test_file(&Map::new(), &[(vec![], found[0].to_test("a", None))]);
        let twice =
            test_file(&Map::new(), &["a b", "a-b", "a b", "a b (2)"].map(|name| (vec![], json!({"name": name}))));
        let names: Vec<&str> = twice.lines().filter_map(|line| line.trim().strip_prefix("- name: ")).collect();
        assert_eq!(names, ["a b", "\"a-b (2)\"", "\"a b (3)\"", "\"a b (2) (2)\""]);
        assert!(text.starts_with("tests:\n  - name: a\n    request: {method: POST"), "{text}");
    }
}
