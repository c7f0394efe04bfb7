//! The decision of a policy document over one call of an API.

use crate::budget::Budget;
use crate::error::Error;
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
///
/// # Errors
/// The error of the budget.
pub(super) fn decide(policy: &Json, call: &CallArn<'_>, budget: &Budget<'_>) -> Result<Decision, Error> {
    let (mut allowed, mut denied) = (false, false);
    for statement in list(policy.get("Statement")) {
        budget.charge(4)?;
        if !is_about(statement, call, budget)? {
            continue;
        }
        match statement.get("Effect").and_then(Json::as_str) {
            Some(effect) if effect.eq_ignore_ascii_case("allow") => allowed = true,
            Some(effect) if effect.eq_ignore_ascii_case("deny") => denied = true,
            _ => {}
        }
    }
    Ok(match (denied, allowed) {
        (true, _) => Decision::Denied,
        (_, true) => Decision::Allowed,
        _ => Decision::NotAllowed,
    })
}

/// Returns the items of a list, or one value as a list.
fn list(value: Option<&Json>) -> &[Json] {
    match value {
        Some(Json::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn is_about(statement: &Json, call: &CallArn<'_>, budget: &Budget<'_>) -> Result<bool, Error> {
    let any = |name: &str, is: &dyn Fn(&str) -> Result<bool, Error>| {
        for text in list(statement.get(name)).iter().filter_map(Json::as_str) {
            if is(text)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let is_action = |action: &str| matches_glob(&action.to_ascii_lowercase(), "execute-api:invoke", budget);
    Ok(any("Action", &is_action)? && any("Resource", &|resource| fits(resource, call, budget))?)
}

/// Checks whether a resource of a policy covers a call. Region, account and API are not compared: they
/// differ between a test and the service.
fn fits(resource: &str, call: &CallArn<'_>, budget: &Budget<'_>) -> Result<bool, Error> {
    let Some(rest) = resource.splitn(6, ':').nth(5) else {
        // `*`, or a pattern that ends before the API.
        return Ok(resource.ends_with('*'));
    };
    let Some((_, rest)) = rest.split_once('/') else { return Ok(rest.ends_with('*')) };
    let (stage, pattern) = match rest.split_once('/') {
        Some((stage, pattern)) => (stage, pattern),
        // `api/*` covers all stages.
        None => return Ok(rest.ends_with('*')),
    };
    budget.charge_bytes(resource.len() + call.call.len())?;
    match call.stage {
        // A `*` matches slashes too, so stage and path are compared as one text.
        Some(known) => matches_glob(rest, &format!("{known}/{}", call.call), budget),
        None => matches_glob(&format!("*/{pattern}"), &format!("{stage}/{}", call.call), budget),
    }
}

/// Checks whether a text is covered by a pattern with `*` and `?`.
///
/// The parts between stars are looked for from the left: the first place of each leaves the most for the others.
fn matches_glob(pattern: &str, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
    budget.charge(4 + pattern.len() + text.len() / 16)?;
    let (pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    let Some((first, others)) = memchr::memchr(b'*', pattern).map(|star| (&pattern[..star], &pattern[star + 1..]))
    else {
        return Ok(pattern.len() == text.len() && starts_with(text, pattern));
    };
    let (middle, last) = match memchr::memrchr(b'*', others) {
        Some(star) => (&others[..star], &others[star + 1..]),
        None => (&others[..0], others),
    };
    let Some(end) = text.len().checked_sub(last.len()).filter(|end| first.len() <= *end) else { return Ok(false) };
    if !starts_with(text, first) || !starts_with(&text[end..], last) {
        return Ok(false);
    }
    text = &text[first.len()..end];
    for part in middle.split(|byte| *byte == b'*') {
        match find(text, part, budget)? {
            Some(place) => text = &text[place + part.len()..],
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Returns the first place of a part in a text. One with `?` takes as many comparisons as both have bytes,
/// multiplied.
fn find(text: &[u8], part: &[u8], budget: &Budget<'_>) -> Result<Option<usize>, Error> {
    if !part.contains(&b'?') {
        return Ok(memchr::memmem::find(text, part));
    }
    budget.charge(part.len().saturating_mul(text.len()) / 16)?;
    Ok(text.windows(part.len()).position(|window| starts_with(window, part)))
}

/// Checks whether a text starts with a part, whose `?` are any byte.
fn starts_with(text: &[u8], part: &[u8]) -> bool {
    text.len() >= part.len() && text.iter().zip(part).all(|(byte, own)| *own == b'?' || byte == own)
}

#[cfg(test)]
mod tests {
    use super::{CallArn, Decision, decide, matches_glob};
    use crate::budget::Budget;
    use serde_json::{Value as Json, json};

    fn decision(statements: Json) -> Decision {
        let call = CallArn { stage: Some("prod"), call: "GET/pets/7" };
        decide(&json!({"Statement": statements}), &call, &Budget::unlimited()).unwrap()
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

    /// The pattern read byte by byte, in time that doubles with each star.
    fn covers(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) if covers(rest, text) => true,
            (Some((b'*', _)), Some((_, after))) => covers(pattern, after),
            (Some((own, rest)), Some((byte, after))) => (*own == b'?' || own == byte) && covers(rest, after),
            _ => false,
        }
    }

    #[test]
    fn patterns_cover_what_their_bytes_do() {
        let words = |letters: &[u8], most: u32| -> Vec<String> {
            let count = letters.len();
            let word = |length: u32, number: usize| {
                let letter = |at: u32| char::from(letters[number / count.pow(at) % count]);
                (0..length).map(letter).collect()
            };
            (0..=most).flat_map(|length| (0..count.pow(length)).map(move |number| word(length, number))).collect()
        };
        let texts = words(b"ab", 5);
        for pattern in words(b"ab*?", 5) {
            for text in &texts {
                let found = matches_glob(&pattern, text, &Budget::unlimited()).unwrap();
                assert_eq!(found, covers(pattern.as_bytes(), text.as_bytes()), "{pattern} {text}");
            }
        }
    }
}
