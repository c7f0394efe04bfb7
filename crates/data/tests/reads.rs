//! Checks that a render with only the data that a template reads equals one with all data.

use serde_json::{Map, Value as Json, json};
use std::path::Path;
use vtl_data::Session;

fn ask(session: &mut Session, request: &Json) -> Json {
    serde_json::from_slice(&session.answer(request.to_string().as_bytes())).unwrap()
}

/// Returns the members that are read; all if one is missing.
fn pick(value: &Json, part: &Json) -> Json {
    let (Some(members), Some(wanted)) = (value.as_object(), part.as_object()) else { return value.clone() };
    let mut picked = Map::new();
    for (name, inner) in wanted {
        let Some(member) = members.get(name) else { return value.clone() };
        picked.insert(name.clone(), pick(member, inner));
    }
    picked.into()
}

/// Returns the parameters that are read, and headers whose names differ in case only.
fn pick_params(params: &Json, part: &Json) -> Json {
    let Some(wanted) = part.as_object() else { return params.clone() };
    let mut picked = params.clone();
    for (group, members) in picked.as_object_mut().unwrap() {
        let named = |name: &str| match group.as_str() {
            "header" => wanted.keys().any(|wanted| wanted.eq_ignore_ascii_case(name)),
            _ => wanted.contains_key(name),
        };
        members.as_object_mut().unwrap().retain(|name, _| named(name));
    }
    picked
}

fn with(mut given: Json, more: &Json) -> Json {
    for (name, value) in more.as_object().unwrap() {
        given.as_object_mut().unwrap().entry(name.clone()).or_insert_with(|| value.clone());
    }
    given
}

/// Returns the text of each slot; `None` if one has none.
fn slot_values<'a>(slots: &Json, [params, context, variables]: &'a [Json; 3]) -> Option<Vec<Option<&'a str>>> {
    let below = |whole: &'a Json, path: &[Json]| {
        let value = path.iter().try_fold(whole, |value, name| value.get(name.as_str()?));
        value.and_then(Json::as_str).map(Some)
    };
    let value = |slot: &Json| {
        let [root, path @ ..] = slot.as_array()?.as_slice() else { return None };
        match root.as_str()? {
            "context" => below(context, path),
            "stageVariables" => below(variables, path),
            _ => {
                let name = path[0].as_str()?;
                let groups = ["path", "querystring", "header"].map(|group| params[group].as_object());
                let found = groups.iter().flatten().find_map(|group| group.get(name));
                let is_near = groups[2]?.keys().any(|other| other.eq_ignore_ascii_case(name));
                match found {
                    Some(value) => value.as_str().map(Some),
                    None => (!is_near).then_some(None),
                }
            }
        }
    };
    slots.as_array()?.iter().map(value).collect()
}

/// Encodes what `Session::render_slots` takes.
fn encoded(values: &[Option<&str>], body: &str) -> Vec<u8> {
    let mut data = (body.len() as u32).to_le_bytes().to_vec();
    for value in values {
        data.extend(value.map_or(u32::MAX, |value| value.len() as u32).to_le_bytes());
    }
    data.extend(values.iter().flatten().flat_map(|value| value.bytes()));
    data.extend(body.bytes());
    data
}

#[test]
fn a_render_of_what_is_read_is_the_render_of_everything() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/templates.jsonl");
    let context = json!({"apiId": "a1", "stage": "prod", "requestId": "r-1", "httpMethod": "GET", "other": [1, {"k": null}],
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "u", "other": "o"}, "authorizer": {"claims": {"sub": "s"}}});
    let params = json!({"path": {"id": "7"}, "querystring": {"q": "x", "page": "2"},
        "header": {"Host": "h", "X-Trace": "t", "Content-Type": "application/json"}});
    let stage_variables = json!({"env": "prod", "table": "orders"});
    let mut session = Session::new();
    let (mut count, mut smaller, mut filled) = (0, 0, 0);
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let compiled = ask(&mut session, &json!({"command": "compile", "template": case["template"]}));
        let Some(reads) = compiled.get("reads") else { continue };
        let mut groups = case["params"].clone();
        for (group, members) in groups.as_object_mut().unwrap() {
            *members = with(members.take(), &params[group]);
        }
        let whole =
            [groups, with(case["context"].clone(), &context), with(case["stageVariables"].clone(), &stage_variables)];
        let part = [
            pick_params(&whole[0], &reads["params"]),
            pick(&whole[1], &reads["context"]),
            pick(&whole[2], &reads["stageVariables"]),
        ];
        let mut render = |[params, context, variables]: &[Json; 3]| {
            ask(
                &mut session,
                &json!({"command": "render", "template": compiled["template"], "body": case["body"],
                "params": params, "context": context, "stageVariables": variables}),
            )
        };
        let expected = render(&whole);
        assert_eq!(render(&part), expected, "{}", case["id"]);
        count += 1;
        if let Some(values) = slot_values(&compiled["slots"], &whole) {
            // Values of the render before are gone.
            let number = compiled["template"].as_u64().unwrap();
            let others: Vec<_> = compiled["slots"].as_array().unwrap().iter().map(|_| Some("other")).collect();
            session.render_slots(number, &encoded(&others, "{}"));
            let answer = session.render_slots(number, &encoded(&values, case["body"].as_str().unwrap_or("")));
            if case["body"].is_string() || case["body"].is_null() {
                assert_eq!(answer.output.as_deref(), expected["output"].as_str(), "{}", case["id"]);
                filled += usize::from(!values.is_empty());
            }
        }
        smaller += usize::from(part.iter().zip(&whole).all(|(part, whole)| part != whole));
    }
    assert!(count > 500 && smaller > 300 && filled > 10, "{smaller} and {filled} of {count}");
}

#[test]
fn the_members_that_are_read() {
    for (template, expected) in [
        ("$input.body $util.urlEncode('a')", json!({"params": {}, "context": {}, "stageVariables": {}})),
        (
            "$context.identity.sourceIp $context.stage",
            json!({"params": {}, "context": {"identity": {"sourceIp": true}, "stage": true}, "stageVariables": {}}),
        ),
        (
            "#set($c = $context.identity)$c.x",
            json!({"params": {}, "context": {"identity": true}, "stageVariables": {}}),
        ),
        ("#foreach($k in $context.keySet())$k#end", json!({"params": {}, "context": true, "stageVariables": {}})),
        ("#set($c = $context)", json!({"params": {}, "context": true, "stageVariables": {}})),
        (
            "$context.a.size() $context['b'].get('c')",
            json!({"params": {}, "context": {"a": true, "b": {"c": true}}, "stageVariables": {}}),
        ),
        ("#set($context.responseOverride.status = 400)", json!({"params": {}, "context": {}, "stageVariables": {}})),
        (
            "\"$input.params('a')\" #if($input.params(\"b\"))#end",
            json!({"params": {"a": true, "b": true}, "context": {}, "stageVariables": {}}),
        ),
        ("$input.params().header", json!({"params": true, "context": {}, "stageVariables": {}})),
        ("#set($n = 'a')$input.params($n)", json!({"params": true, "context": {}, "stageVariables": {}})),
        ("#set($i = $input)", json!({"params": true, "context": {}, "stageVariables": {}})),
        (
            "#set($t = \"x $stageVariables.t $context.s\")",
            json!({"params": {}, "context": {"s": true}, "stageVariables": {"t": true}}),
        ),
        (
            "$input.path(\"$['$context.s']\") $x.f($context.t) $y[$stageVariables.n]",
            json!({"params": {}, "context": {"s": true, "t": true}, "stageVariables": {"n": true}}),
        ),
    ] {
        let compiled = ask(&mut Session::new(), &json!({"command": "compile", "template": template}));
        assert_eq!(compiled["reads"], expected, "{template}");
    }
    let velocity = json!({"command": "compile", "template": "#evaluate($x)", "dialect": "velocity-1.7"});
    assert_eq!(
        ask(&mut Session::new(), &velocity)["reads"],
        json!({"params": true, "context": true, "stageVariables": true})
    );
}
