//! Shrinks templates: pieces are removed while the disagreement stays. All templates are shrunk side by
//! side, so that the oracle is asked in large batches.

use crate::case::Case;
use crate::judge::{self, Disagreement};
use crate::oracle;

/// Maximum number of candidates of one template in one round.
const MOST: usize = 80;
const ROUNDS: usize = 25;

/// Shrinks disagreements, asking the oracle again; sorted by kind and length, without repetitions.
///
/// # Errors
///
/// The oracle cannot be asked.
pub fn shrink(command: &str, found: Vec<(Case, Disagreement)>) -> std::io::Result<Vec<(Case, Disagreement)>> {
    let mut done = Vec::new();
    let mut left = found;
    for _ in 0..ROUNDS {
        let mut candidates = Vec::new();
        let mut owners = Vec::new();
        for (owner, (case, _)) in left.iter().enumerate() {
            for template in smaller(&case.template) {
                candidates.push(Case { template, ..case.clone() });
                owners.push(owner);
            }
        }
        let answers = oracle::ask(command, &candidates)?;
        let mut best: Vec<Option<(Case, Disagreement)>> = left.iter().map(|_| None).collect();
        for ((case, answer), owner) in candidates.into_iter().zip(answers).zip(owners) {
            let Some(disagreement) = answer.and_then(|answer| judge::compare(&case, &answer)) else { continue };
            let shorter = best[owner].as_ref().is_none_or(|(b, _)| case.template.len() < b.template.len());
            if shorter && disagreement.kind == left[owner].1.kind {
                best[owner] = Some((case, disagreement));
            }
        }
        let mut next: Vec<(Case, Disagreement)> = Vec::new();
        for (old, new) in left.into_iter().zip(best) {
            match new {
                // Two that became equal are shrunk once.
                Some(new) if next.iter().any(|(case, _)| case.template == new.0.template) => {}
                Some(new) => next.push(new),
                None => done.push(old),
            }
        }
        left = next;
        if left.is_empty() {
            break;
        }
    }
    done.extend(left);
    done.sort_by_key(|(case, found)| (found.kind, case.template.len()));
    done.dedup_by(|(a, _), (b, _)| a.template == b.template);
    Ok(done)
}

/// Shrinks a case while `holds` returns `true`.
pub fn while_holds(case: Case, holds: impl Fn(&Case) -> bool) -> Case {
    let mut best = case;
    while let Some(next) = smaller(&best.template)
        .into_iter()
        .map(|template| Case { template, ..best.clone() })
        .find(|next| next.template.len() < best.template.len() && holds(next))
    {
        best = next;
    }
    best
}

/// Returns the template without one piece: halves, quarters, and so on down to single characters.
fn smaller(template: &str) -> Vec<String> {
    let text: Vec<char> = template.chars().collect();
    let mut found = Vec::new();
    let mut size = text.len().div_ceil(2);
    while size > 0 && found.len() < MOST {
        for start in (0..text.len()).step_by(size) {
            let end = (start + size).min(text.len());
            found.push(text[..start].iter().chain(&text[end..]).collect());
        }
        size /= 2;
    }
    // The smallest pieces matter most when nothing larger can go.
    if found.len() > MOST && text.len() > MOST {
        found.truncate(MOST);
        let step = text.len() / MOST + 1;
        found.extend(
            (0..text.len()).step_by(step).map(|at| text[..at].iter().chain(&text[at + 1..]).collect::<String>()),
        );
    }
    found
}
