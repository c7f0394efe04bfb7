//! Eight templates with payloads, and a hand-written function for each that gives the same output.
//!
//! Used by the benches, `tests/allocations.rs`, `.ci/instructions` and the differential tester. The cost of
//! a template is reported as a multiple of its floor: Rust written for that one task, which deserializes
//! only the fields it needs into its own types. All data is generated from fixed seeds.

mod floor;
mod random;
mod request;

pub use random::Random;

use request::{AGENT, API, HEADER, LANE, PATH, QUERY, REQUEST, SOURCE, USER};
use std::fmt::Write as _;
use vtl::{Globals, Params, ParseOptions, Template};

/// A template, its payload, and a hand-written function with the same output.
pub struct Workload {
    /// A short name such as `w3 list`; the part before the blank is unique.
    pub name: &'static str,
    /// The source of the template.
    pub template: &'static str,
    /// The payload, JSON text; empty for templates without one.
    pub body: String,
    /// The hand-written floor: takes the payload, returns the output.
    pub by_hand: fn(&str) -> String,
}

const REFERENCES: &str = r##"{
  "id": "$input.path('$.ticket.id')",
  "who": "$input.path('$.ticket.owner.name')",
  "seats": $input.path('$.ticket.seats'),
  "realm": "$input.params('realm')",
  "call": "$context.requestId",
  "from": "$context.identity.sourceIp"
}
"##;

const PASSTHROUGH: &str = r##"#set($groups = $input.params())
{
"body": $input.json('$'),
"params": {
#foreach($group in $groups.keySet())
#set($members = $groups.get($group))
  "$group": {
#foreach($name in $members.keySet())
    "$name": "$util.escapeJavaScript($members.get($name))"#if($foreach.hasNext),#end

#end
  }#if($foreach.hasNext),#end

#end
},
"stage": "$stageVariables.lane", "api": "$context.apiId", "method": "$context.httpMethod", "call": "$context.requestId",
"from": "$context.identity.sourceIp", "agent": "$context.identity.userAgent", "user": "$context.identity.user"
}
"##;

const LIST: &str = r##"#set($tickets = $input.path('$.tickets'))
{"count": $tickets.size(), "tickets": [
#foreach($t in $tickets)
  {"id": $t.id, "seat": "$t.seat", "memo": "$util.escapeJavaScript($t.memo)",
#if($t.price > 90)
   "class": "first",
#elseif($t.price > 40)
   "class": "second",
#else
   "class": "third",
#end
#if($t.bike)
   "bike": true,
#end
   "trip": "$t.trip.from - $t.trip.to"}#if($foreach.hasNext),#end

#end
]}
"##;

const SUMS: &str = r##"#set($sum = 0)
#set($left = 0)
#set($best = "-")
{"lines": [
#foreach($t in $input.path('$.tickets'))
#set($cost = $t.price * $t.seats)
#set($sum = $sum + $cost)
#if($t.state == "gone" || $cost < 60)
#set($left = $left + 1)
#set($label = "left-$t.id")
#else
#set($label = "${t.trip.from}>${t.trip.to}:$cost")
#end
#if($cost % 9 == 0 && $t.seats >= 3)
#set($best = "${label}!")
#end
{"n": $foreach.count, "label": "$label", "sum": $sum}#if($foreach.hasNext),#end

#end
], "sum": $sum, "left": $left, "best": "$best"}
"##;

const ONE_FIELD: &str = "$input.json('$.index.rows[2].found')\n";

const STRINGS: &str = r##"#set($page = $input.path('$.page'))
{"base64": "$util.base64Encode($page)",
"url": "$util.urlEncode($page)",
"script": "$util.escapeJavaScript($page)",
"other": "$util.escapeJavaScript($page.replaceAll('harbour', 'port'))"}
"##;

const LOGIC: &str = r##"#set($state = 11)
{"walk": [
#foreach($i in [1..200])
#if($i % 15 == 0)
#set($word = "both")
#elseif($i % 5 == 0)
#set($word = "five")
#elseif($i % 3 == 0)
#set($word = "three")
#else
#set($word = "none")
#end
#set($state = ($state * 29 + $i) % 50021)
#foreach($j in [1..5])
#if($j > 3 && $state % 2 == 0)
#set($state = $state + $j)
#elseif($j == 2 || !($state > 900))
#set($state = $state - 1)
#else
#set($state = $state + 2)
#end
#end
"$word:$state"#if($foreach.hasNext),#end

#end
]}
"##;

const MACROS: &str = r##"#macro(pair $key $value)"$key": "$value"#end
#define($mark)$context.requestId/$stageVariables.lane#end
{"rows": [
#foreach($i in [1..200])
{#pair("n" $i), #pair("name" "row-$i"), "mark": "$mark"}#if($foreach.hasNext),#end

#end
]}
"##;

/// Returns all workloads, `w1` to `w8`.
pub fn all() -> Vec<Workload> {
    let row = |name, template, body, by_hand| Workload { name, template, body, by_hand };
    vec![
        row("w1 references", REFERENCES, ticket(), floor::references),
        row("w2 passthrough", PASSTHROUGH, tickets(12), floor::passthrough),
        row("w3 list", LIST, tickets(100), floor::list),
        row("w4 sums", SUMS, tickets(10_000), floor::sums),
        row("w5 one field", ONE_FIELD, haystack(), floor::one_field),
        row("w6 strings", STRINGS, page(), floor::strings),
        row("w7 logic", LOGIC, String::new(), floor::logic),
        row("w8 macros", MACROS, String::new(), floor::macros),
    ]
}

/// Returns the workload whose name begins with `name`, such as `w3`.
pub fn named(name: &str) -> Option<Workload> {
    all().into_iter().find(|workload| workload.name.starts_with(name))
}

impl Workload {
    /// Compiles the template in the `velocity_1_7` dialect, the only one with macros.
    ///
    /// # Panics
    ///
    /// When the engine no longer parses it.
    pub fn compile(&self) -> Template {
        Template::parse_with(self.template, &ParseOptions::velocity_1_7()).expect("it parses")
    }

    /// Creates the request with its parameters, context and stage variables, without the payload.
    pub fn globals(&self) -> Globals<'_> {
        let mut params = Params::new();
        for (name, value) in PATH {
            params = params.path(name, value);
        }
        for (name, value) in QUERY {
            params = params.query(name, value);
        }
        for (name, value) in HEADER {
            params = params.header(name, value);
        }
        let context = serde_json::json!({
            "apiId": API, "httpMethod": "PUT", "requestId": REQUEST,
            "identity": {"sourceIp": SOURCE, "userAgent": AGENT, "user": USER},
        });
        Globals::default().params(params).context(context).stage_variables([("lane".to_owned(), LANE.to_owned())])
    }
}

fn ticket() -> String {
    let ticket = r#"{"ticket":{"id":"t-7741","made":"2025-02-03T08:15:00Z","seats":2,"owner":{"name":"Ines Prado","vip":false,"mail":"ines@example.org"}"#;
    format!(
        r#"{ticket},"legs":[{{"from":"Porto","to":"Braga"}},{{"from":"Braga","to":"Vigo"}}]}},"source":"app","version":4}}"#
    )
}

fn tickets(count: u64) -> String {
    let mut random = Random::new(count);
    let towns = ["Porto", "Braga", "Vigo", "Évora", "Faro"];
    let memos = ["window, please", "quiet car\\nno phone", "a \\\"late\\\" train", "1/2 fare, it's fine", "none"];
    let mut body = String::from("{\"tickets\":[");
    for id in 1..=count {
        let comma = if id < count { "," } else { "" };
        let (price, seats, bike) = (10 + random.below(110), 1 + random.below(5), random.below(4) == 0);
        let (memo, state) = (random.pick(&memos), random.pick(&["paid", "held", "gone"]));
        let (from, to, car) = (random.pick(&towns), random.pick(&towns), random.below(20));
        let start =
            format!(r#"{{"id":{id},"seat":"{car}C","price":{price},"seats":{seats},"state":"{state}","bike":{bike}"#);
        let trip = format!(r#""trip":{{"from":"{from}","to":"{to}","stops":[{car},{price}],"via":null}}"#);
        let _ = write!(body, r#"{start},"memo":"{memo}",{trip},"delay":{}.25,"agent":"desk"}}{comma}"#, car);
    }
    body + "]}"
}

fn haystack() -> String {
    let mut random = Random::new(5);
    let mut straw = |count: u32| {
        let row = |_| {
            let (key, part) = (random.below(1_000_000_000), random.below(1_000_000_000));
            format!(
                r#"{{"key":"{key}","part":0.{part},"text":"straw, \"quoted\" and plain straw, straw","n":[1,2,3]}}"#
            )
        };
        (0..count).map(row).collect::<Vec<_>>().join(",")
    };
    let (before, after) = (straw(5_500), straw(5_500));
    let rows = r#"{"found":1},{"found":2},{"found":{"id":9,"tags":["a","b"]}},{"found":4}"#;
    format!(r#"{{"before":[{before}],"index":{{"rows":[{rows}]}},"after":[{after}]}}"#)
}

fn page() -> String {
    let mut random = Random::new(6);
    let words =
        ["harbour ", "plain ", "line\\nbreak ", "x=1&y=2 ", "it's ", "\\\"quoted\\\" ", "naïve ", "a/b ", "50% "];
    let mut page = String::new();
    while page.len() < 65_536 {
        page += random.pick(&words);
    }
    format!("{{\"page\":\"{page}\"}}")
}
