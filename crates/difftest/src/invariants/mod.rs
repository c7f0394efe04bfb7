//! Invariants of any input, checked without a second engine. A check returns what is wrong, or `None`.

mod call;
mod document;
mod findings;
mod pattern;
mod payload;
mod template;

pub use call::call;
pub use document::{Format, document};
pub use findings::findings;
pub use pattern::{path, pattern};
pub use payload::payload;
pub use template::{mapping, template};

use crate::case::{self, Case, DIALECTS, Kind, PAYLOAD};
use crate::generate;
use std::panic::{AssertUnwindSafe, catch_unwind};
use vtl_workloads::Random;

/// Generates the cases of one round: a template in both dialects, the same with damaged bytes, two payloads.
pub fn cases(kind: Kind, seed: u64, n: u64, seeds: &[Case]) -> Vec<Case> {
    let made = case::make(kind, seed, n, seeds);
    let mut random = Random::new(!seed.wrapping_mul(1_000_003).wrapping_add(n));
    let damaged = Case { template: damage(&made.template, &mut random), ..made.clone() };
    let payloads = [generate::payload::valid(&mut random), generate::payload::any(&mut random)];
    let payloads = payloads.map(|template| Case { template, dialect: PAYLOAD.to_owned(), ..made.clone() });
    let with = |case: &Case, dialect: &str| Case { dialect: dialect.to_owned(), ..case.clone() };
    let mut all: Vec<Case> = DIALECTS.iter().map(|dialect| with(&made, dialect)).collect();
    all.push(with(&damaged, DIALECTS[random.below(2)]));
    all.extend(payloads);
    all
}

/// Replaces a few bytes at random; invalid UTF-8 becomes U+FFFD.
fn damage(template: &str, random: &mut Random) -> String {
    let mut bytes = template.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len().max(1));
        if let Some(byte) = bytes.get_mut(at) {
            *byte = random.below(256) as u8;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Checks a case as a template or as a payload; a panic is a fault like any other.
pub fn check(case: &Case) -> Option<String> {
    let checked = AssertUnwindSafe(|| if case.dialect == PAYLOAD { payload(&case.template) } else { template(case) });
    catch_unwind(checked).unwrap_or_else(|_| Some("panics".to_owned()))
}
