//! Java's regular expressions, matched by the engine.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use vtl::{Budget, Code, Error, Globals, RenderOptions, Template};

/// The statuses that a pattern matches, of 100 to 599, or the code of the error.
type Statuses = Result<Rc<[bool]>, Code>;

thread_local! {
    /// Answers by pattern: the methods of an API share a few patterns.
    static STATUSES: RefCell<HashMap<String, Statuses>> = RefCell::default();
}

/// Returns for each status from 100 to 599 whether a Java regular expression matches it.
///
/// # Errors
/// As [`matches`].
pub(crate) fn statuses(pattern: &str, budget: &Budget<'_>) -> Statuses {
    if let Some(known) = STATUSES.with_borrow(|known| known.get(pattern).cloned()) {
        return known;
    }
    let statuses: Vec<String> = (100..600).map(|status| status.to_string()).collect();
    let found: Statuses = matches(pattern, &statuses, budget).map(Rc::from).map_err(|error| error.code());
    STATUSES.with_borrow_mut(|known| {
        if known.len() < 1_000 && budget.check().is_ok() {
            known.insert(pattern.to_owned(), found.clone());
        }
    });
    found
}

/// Checks whether a Java regular expression matches whole texts.
///
/// # Errors
/// [`Code::BadPattern`] if it does not compile, [`Code::Unsupported`] if the engine does not support it,
/// [`Code::PatternLimit`] if it backtracks too much, and running out of the budget.
pub(crate) fn matches(pattern: &str, texts: &[String], budget: &Budget<'_>) -> Result<Vec<bool>, Error> {
    let template = "#foreach($t in $context.texts)#if($t.matches($context.pattern))1#{else}0#end#end";
    let context = serde_json::json!({ "pattern": pattern, "texts": texts });
    let options = RenderOptions::new().budget(budget);
    let rendered = Template::parse(template)?.render_with(&Globals::default().context(context), options)?;
    Ok(rendered.text.bytes().map(|byte| byte == b'1').collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn whole_texts_match() {
        let budget = vtl::Budget::unlimited();
        let texts = ["404".to_owned(), "200".to_owned()];
        assert_eq!(super::matches("4\\d{2}", &texts, &budget).unwrap(), vec![true, false]);
        assert_eq!(super::matches("40", &texts, &budget).unwrap(), vec![false, false]);
        assert_eq!(super::matches("(", &texts, &budget).unwrap_err().code(), vtl::Code::BadPattern);
    }
}
