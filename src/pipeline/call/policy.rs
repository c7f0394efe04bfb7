//! The decision of a policy document over one call of an API.

use serde_json::Value as Json;

/// A call as policies name it: the end of an ARN of `execute-api`.
pub(super) struct CallArn<'a> {
    /// Name of the stage; `None` if it is not known.
    pub(super) stage: Option<&'a str>,
    /// Method and path, such as `GET/pets/7`, or the key of a WebSocket route.
    pub(super) call: &'a str,
}

/// The decision of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// A statement denies the call.
    Denied,
    /// No statement is about the call.
    NotAllowed,
}

/// Decides over a call: a statement that denies it wins, else one must allow it. Conditions are not looked
/// at.
pub(super) fn decide(policy: &Json, call: &CallArn<'_>) -> Decision {
    let (mut allowed, mut denied) = (false, false);
    for statement in list(policy.get("Statement")) {
        if !is_about(statement, call) {
            continue;
        }
        match statement.get("Effect").and_then(Json::as_str) {
            Some(effect) if effect.eq_ignore_ascii_case("allow") => allowed = true,
            Some(effect) if effect.eq_ignore_ascii_case("deny") => denied = true,
            _ => {}
        }
    }
    match (denied, allowed) {
        (true, _) => Decision::Denied,
        (_, true) => Decision::Allowed,
        _ => Decision::NotAllowed,
    }
}

/// Returns the items of a list, or one value as a list.
fn list(value: Option<&Json>) -> &[Json] {
    match value {
        Some(Json::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn is_about(statement: &Json, call: &CallArn<'_>) -> bool {
    let texts = |name: &str| list(statement.get(name)).iter().filter_map(Json::as_str);
    texts("Action").any(|action| matches_glob(&action.to_ascii_lowercase(), "execute-api:invoke"))
        && texts("Resource").any(|resource| fits(resource, call))
}

/// Checks whether a resource of a policy covers a call. Region, account and API are not compared: they
/// differ between a test and the service.
fn fits(resource: &str, call: &CallArn<'_>) -> bool {
    let Some(rest) = resource.splitn(6, ':').nth(5) else {
        // `*`, or a pattern that ends before the API.
        return resource.ends_with('*');
    };
    let Some((_, rest)) = rest.split_once('/') else { return rest.ends_with('*') };
    let (stage, pattern) = match rest.split_once('/') {
        Some((stage, pattern)) => (stage, pattern),
        // `api/*` covers all stages.
        None => return rest.ends_with('*'),
    };
    match call.stage {
        // A `*` matches slashes too, so stage and path are compared as one text.
        Some(known) => matches_glob(rest, &format!("{known}/{}", call.call)),
        None => matches_glob(&format!("*/{pattern}"), &format!("{stage}/{}", call.call)),
    }
}

/// Checks whether a text is covered by a pattern with `*` and `?`, in time that grows with their product
/// at most.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // The last `*` and the place in the text from which it is tried.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(byte) if *byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => match retry {
                Some((after, from)) => {
                    retry = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{CallArn, Decision, decide};
    use serde_json::{Value as Json, json};

    fn decision(statements: Json) -> Decision {
        decide(&json!({"Statement": statements}), &CallArn { stage: Some("prod"), call: "GET/pets/7" })
    }

    #[test]
    fn resources_are_compared_from_the_stage_on() {
        let arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef123";
        let allow = |resource: &str| {
            decision(json!([{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource}]))
        };
        for resource in
            ["/prod/GET/pets/7", "/prod/GET/pets/*", "/*/GET/pets/?", "/prod/*", "/*", "/*/*", "/prod/*/pets/7"]
        {
            assert_eq!(allow(&format!("{arn}{resource}")), Decision::Allowed, "{resource}");
        }
        for resource in ["/dev/GET/pets/7", "/prod/POST/pets/7", "/prod/GET/pets", "/prod/GET/pets/7/x", "/prod"] {
            assert_eq!(allow(&format!("{arn}{resource}")), Decision::NotAllowed, "{resource}");
        }
        assert_eq!(allow("*"), Decision::Allowed);
        assert_eq!(allow("arn:aws:execute-api:*"), Decision::Allowed);
    }

    #[test]
    fn a_denial_wins_and_other_actions_do_not_count() {
        let statement = |effect: &str, action: &str| json!({"Action": action, "Effect": effect, "Resource": "*"});
        let both = json!([statement("Allow", "execute-api:Invoke"), statement("Deny", "*")]);
        assert_eq!(decision(both), Decision::Denied);
        assert_eq!(decision(json!([statement("Deny", "s3:GetObject")])), Decision::NotAllowed);
        assert_eq!(decision(statement("Allow", "execute-api:*")), Decision::Allowed);
        assert_eq!(decision(json!([])), Decision::NotAllowed);
    }
}
