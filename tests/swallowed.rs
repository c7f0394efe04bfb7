//! A limit is never swallowed: with one step or one byte less than it takes, a template ends with the error
//! of the limit, wherever it was reached, and never with another result.

use vtl::pipeline::call::{PrepareOptions, Replay};
use vtl::pipeline::websocket::SocketRequest;
use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
use vtl::{Budget, Code, Globals, Limits, ParseOptions, RenderOptions, Template};

/// Two long lists, texts and maps that differ at their ends.
const SETUP: &str = "#set($p = $input.path('$'))#set($a = $p.a)#set($b = $p.b)#set($l = $p.l)#set($k = $p.k)\
                     #set($h = $p.h)#set($e = '')";

fn payload() -> String {
    let text = "ab".repeat(3_000);
    let list = format!("[{}", vec![format!("\"{text}\""); 8].join(","));
    format!("{{\"a\":\"{text}\",\"b\":\"{text}x\",\"l\":{list}],\"k\":{list},1],\"h\":{{\"{text}\":1}}}}")
}

/// Returns the limits to try below a number: some of them, and the last ones.
fn below(most: u64) -> impl Iterator<Item = u64> {
    let few = (0..40).map(move |part| most * part / 40);
    few.chain(most.saturating_sub(25)..most)
}

#[test]
fn no_construct_of_a_template_swallows_a_limit() {
    for work in [
        "#if($a == $b)x#end",
        "#if($l == $k)x#end",
        "#if($l != $k)x#end",
        "#if($a < $b)x#end",
        "#if(!($l == $k) && $a == $b)x#end",
        "#if(false)#elseif($l == $k)x#end",
        "#if($l.equals($k))x#end",
        "$l.equals($k)",
        "$l.contains($b)$l.indexOf($b)",
        "$l.hashCode()",
        "$!h.get($b)",
        "$!h[$b]",
        "#set($x = $h.containsKey($b))",
        "#set($x = $h.put($b, 1))",
        "#set($h[$b] = 1)",
        "#set($x = \"$l\")",
        "#set($x = $l + $k)",
        "#foreach($x in $l)#if($x == $b)y#end#end",
        "#define($d)#if($l == $k)x#end#end$d",
        "#define($d)#if($l == $k)x#end#end#set($x = \"$d\")",
        "#macro(m $x)#if($x == $k)x#end#end#m($l)",
        "#macro(m $x)$x#end#m(\"$l.equals($k)\")",
        "#evaluate('#if($l == $k)x#end')",
        "#set($x = $a.replace('a', 'bb'))",
        "#set($x = $a.replaceAll('[ab]+c', 'x'))",
        "#set($x = $a.matches('(?=[ab]*c)a'))",
        "#if($a.matches('([ab])*c'))x#end",
        "#set($x = $e.format('%s', $l))",
        "#set($x = $l.stream().distinct().count())",
        "#set($x = $util.escapeJavaScript($a))#set($x = $util.parseJson('[1, 2]'))",
        "#set($x = $input.path('$.l[?(@ == $.b)]'))",
        "#set($x = $input.path(\"$.l[?(@ =~ /[ab]*c/)]\"))",
        "#set($x = $input.path('$..zz'))",
        "#set($x = $input.json('$.l'))",
        "$!nothing.at.all",
        "#set($context.requestOverride.header.x = $l)",
    ] {
        let source = format!("{SETUP}{work}");
        let template = Template::parse_with(&source, &ParseOptions::velocity_1_7()).expect("it parses");
        let render = |limits: &Limits| {
            let budget = Budget::new(limits);
            let rendered = template.render_with(&Globals::body(payload()), RenderOptions::new().budget(&budget));
            (rendered.map(drop).map_err(|error| error.code()), budget.steps(), budget.peak())
        };
        // The first render compiles the pattern of a literal path.
        let _ = render(&Limits::none());
        let (rendered, steps, peak) = render(&Limits::none());
        assert_eq!(rendered, Ok(()), "{work}");
        for most in below(steps) {
            let (rendered, ..) = render(&Limits::none().with_steps(Some(most)));
            assert_eq!(rendered, Err(Code::StepLimit), "{work}: {most} of {steps} steps");
        }
        for most in below(peak) {
            let (rendered, ..) = render(&Limits::none().with_memory(Some(most)));
            assert_eq!(rendered, Err(Code::MemoryLimit), "{work}: {most} of {peak} bytes");
        }
        assert_eq!(render(&Limits::none().with_steps(Some(steps)).with_memory(Some(peak))).0, Ok(()), "{work}");
    }
}

/// Finds the least steps with which a call succeeds; with fewer of them every call tells of the limit.
fn least(name: &str, call: impl Fn(u64) -> (bool, Vec<Code>)) {
    let (mut low, mut high) = (0, 1);
    while !call(high).0 {
        (low, high) = (high, 2 * high);
        assert!(high < 1 << 30, "{name}");
    }
    while low + 1 < high {
        let middle = low.midpoint(high);
        if call(middle).0 { high = middle } else { low = middle }
    }
    assert!(high > 20, "{name} takes {high} steps");
    for most in below(high) {
        let (is_fine, codes) = call(most);
        assert!(!is_fine && codes.contains(&Code::StepLimit), "{name}: {most} of {high} steps: {codes:?}");
    }
}

#[test]
fn no_step_of_a_call_swallows_a_limit() {
    let long = "ab".repeat(2_000);
    let body = format!(r#"{{"a": "{long}", "l": [{}]}}"#, vec![r#"{"x": "ab"}"#; 200].join(", "));
    let rest = |more: &str, api: &str| {
        format!(
            r#"{{"methods": [{{"httpMethod": "POST", "path": "/", "integration": {{"type": "http", "httpMethod": "POST",
                "uri": "http://b.test/", "responses": {{"default": {{"statusCode": "200"}}}}{more}}}}}]{api}}}"#
        )
    };
    let responses = |rules: &str| {
        let text = rest("", "");
        text.replace(r#""responses": {"default": {"statusCode": "200"}}"#, &format!(r#""responses": {rules}"#))
    };
    let validated = |schema: &str| {
        rest("", &format!(r#", "models": {{"P": {schema}}}"#)).replace(
            r#""path": "/","#,
            r#""path": "/", "requestModels": {"application/json": "P"}, "requestValidator": {"validateRequestBody": true},"#,
        )
    };
    let cases = [
        ("template", rest(r#", "requestTemplates": {"application/json": "$input.json('$.l')"}"#, "")),
        ("mapping", rest(r#", "requestParameters": {"integration.request.header.h": "method.request.body.l"}"#, "")),
        (
            "scan in a mapping",
            rest(r#", "requestParameters": {"integration.request.header.h": "method.request.body..zz"}"#, ""),
        ),
        (
            "pattern in a mapping",
            rest(
                r#", "requestParameters": {"integration.request.header.h": "method.request.body.l[?(@.x =~ /b*c/)]"}"#,
                "",
            ),
        ),
        ("schema", validated(r#"{"properties": {"l": {"items": {"properties": {"x": {"enum": ["ab"]}}}}}}"#)),
        ("pattern of a schema", validated(r#"{"properties": {"a": {"pattern": "^([ab])*$"}}}"#)),
        ("alternatives of a schema", validated(r#"{"anyOf": [{"required": ["z"]}, {"required": ["a"]}]}"#)),
        ("negation in a schema", validated(r#"{"not": {"properties": {"a": {"pattern": "^c"}}, "required": ["a"]}}"#)),
        ("selection", responses(r#"{"5(0|1)*3x": {"statusCode": "500"}, "default": {"statusCode": "200"}}"#)),
        (
            "response mapping",
            responses(
                r#"{"default": {"statusCode": "200", "responseParameters": {"method.response.header.h": "integration.response.body.l"}}}"#,
            ),
        ),
        (
            "response template",
            responses(
                r#"{"default": {"statusCode": "200", "responseTemplates": {"application/json": "$input.json('$.l')"}}}"#,
            ),
        ),
    ];
    for (name, api) in cases {
        let api: Api = serde_json::from_str(&api).unwrap_or_else(|error| panic!("{name}: {error}\n{api}"));
        least(name, |steps| {
            let options = PrepareOptions::new().limits(Limits::service().with_steps(Some(steps)));
            let prepared = PreparedApi::with_options(&api, &options);
            let answer = serde_json::json!({"status": 200, "body": body});
            let mut backend: Replay = serde_json::from_value(answer).expect("an answer");
            let request = MethodRequest::new("POST", "/").with_body(body.as_str());
            let outcome = prepared.handle(request, Some(&mut backend), &mut Invocation::new());
            (outcome.response.status == 200, outcome.refusal.iter().map(|refusal| refusal.cause.code()).collect())
        });
    }
}

/// The key of a message has the limits of the service: a selection that ends with one is refused, and does
/// not go to the default route.
#[test]
fn the_selection_of_a_route_does_not_swallow_a_limit() {
    let expression = "${request.body.a}".repeat(100);
    let api = format!(
        r#"{{"protocolType": "WEBSOCKET", "routeSelectionExpression": "{expression}", "methods": [
            {{"routeKey": "$default", "integration": {{"type": "MOCK"}}}},
            {{"routeKey": "{}", "integration": {{"type": "MOCK"}}}}]}}"#,
        "k".repeat(1_000)
    );
    let api: Api = serde_json::from_str(&api).expect("an API");
    let prepared = PreparedApi::new(&api);
    let long = format!("{{\"a\": 1, \"b\": [{}1]}}", "1,".repeat(6_000_000));
    let outcome = prepared.handle_message(SocketRequest::message(long), None, &mut Invocation::new());
    let code = outcome.refusal.map(|refusal| refusal.cause.code());
    assert_eq!(code, Some(Code::MemoryLimit));
}
