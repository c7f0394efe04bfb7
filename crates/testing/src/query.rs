//! JSONPaths of RFC 9535, refused where they would look at too many values.

use crate::pattern;
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, Test, TestFunction,
};
use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::{QueryRef, js_path_process};
use regex::RegexBuilder;
use serde_json::Value as Json;

/// Most values that the paths of an expectation, or of the redactions of a text, may look at together, some
/// 100 ns each.
const MOST_VISITS: f64 = 5e6;

/// The values that paths may still look at, and the size of the text that they look at.
pub(crate) struct Visits {
    left: f64,
    size: Option<Size>,
}

impl Default for Visits {
    fn default() -> Self {
        Visits { left: MOST_VISITS, size: None }
    }
}

/// Largest compiled pattern of `match` and `search` in bytes, which are compiled for each value.
const LARGEST_PATTERN: usize = 64 << 10;

/// Evaluates a path in a text, which is the same for all paths of the visits, or smaller than for the first.
///
/// # Errors
/// The reason why it has no values.
pub(crate) fn find<'a>(query: &JpQuery, json: &'a Json, left: &mut Visits) -> Result<Vec<QueryRef<'a, Json>>, String> {
    let size = left.size.get_or_insert_with(|| {
        let mut size = Size { values: 0.0, depth: 1.0, longest: 0.0, text: 0.0, texts: 0.0 };
        size.add(json, 1.0, 1.0);
        size
    });
    // A value is found with its path, as a text.
    left.left -= of_segments(&query.segments, size).visits * (size.longest / SHORT_PATH).max(1.0);
    if left.left < 0.0 {
        let why = "the paths may look at more than five million values, each counting more below long names; make them \
                   shorter, or the text smaller";
        return Err(why.into());
    }
    js_path_process(query, json).map_err(|error| error.to_string())
}

/// Most bytes of a path.
const LONGEST_PATH: usize = 64 << 10;

/// Parses a path.
///
/// # Errors
/// The reason why it is none.
pub(crate) fn parse(text: &str) -> Result<JpQuery, String> {
    if text.len() > LONGEST_PATH {
        return Err(format!("the JSONPath has more than {LONGEST_PATH} bytes"));
    }
    parse_json_path(text).map_err(|error| format!("`{text}` is no JSONPath (RFC 9535): {error}"))
}

impl Visits {
    /// Takes a value that a check looks at as a whole.
    ///
    /// # Errors
    /// The checks of the text looked at too many.
    pub(crate) fn look(&mut self, value: &Json) -> Result<(), String> {
        self.take(1.0 + value.as_str().map_or(0.0, |text| text.len() as f64 / 64.0))?;
        match value {
            Json::Array(items) => items.iter().try_for_each(|item| self.look(item)),
            Json::Object(members) => members.values().try_for_each(|member| self.look(member)),
            _ => Ok(()),
        }
    }

    /// Takes the visits of texts that replace values.
    ///
    /// # Errors
    /// They are too many, or too long together.
    pub(crate) fn replace(&mut self, values: usize, bytes: usize) -> Result<(), String> {
        self.take(values as f64 * (1.0 + bytes as f64 / 16.0))
    }

    fn take(&mut self, visits: f64) -> Result<(), String> {
        self.left -= visits;
        match self.left < 0.0 {
            true => Err("the checks look at more than five million values, a text counting one more for 64 bytes; \
                         make them fewer, or the text smaller"
                .into()),
            false => Ok(()),
        }
    }

    /// Takes the visits of a search in a text.
    ///
    /// # Errors
    /// The reason why it is not made.
    pub(crate) fn search(&mut self, states: usize, bytes: usize) -> Result<(), String> {
        self.left -= pattern::visits(states, bytes as f64);
        match self.left < 0.0 {
            true => {
                Err("the regular expression has too many states for the length of its texts; make it shorter".into())
            }
            false => Ok(()),
        }
    }
}

/// Bytes of the path to a value that count as nothing.
const SHORT_PATH: f64 = 64.0;

/// The number of values of a text, its nesting, the bytes of the longest path to a value, and those of the longest
/// string and of all.
struct Size {
    values: f64,
    depth: f64,
    longest: f64,
    text: f64,
    texts: f64,
}

impl Size {
    fn add(&mut self, json: &Json, depth: f64, path: f64) {
        self.values += 1.0;
        self.depth = self.depth.max(depth);
        self.longest = self.longest.max(path);
        match json {
            Json::Array(items) => {
                let index = (items.len() as f64).log10().floor() + 3.0;
                items.iter().for_each(|item| self.add(item, depth + 1.0, path + index));
            }
            Json::Object(members) => {
                members.iter().for_each(|(name, value)| self.add(value, depth + 1.0, path + 4.0 + name.len() as f64));
            }
            Json::String(text) => {
                self.text = self.text.max(text.len() as f64);
                self.texts += text.len() as f64;
            }
            _ => {}
        }
    }
}

/// The most that a part of a path looks at.
#[derive(Clone, Copy)]
struct Bound {
    /// Values that it finds, each place counted once.
    places: f64,
    /// Times that it finds each place.
    times: f64,
    visits: f64,
}

fn of_segments(segments: &[Segment], size: &Size) -> Bound {
    let start = Bound { places: 1.0, times: 1.0, visits: 1.0 };
    segments.iter().fold(start, |bound, segment| of_segment(segment, size, bound))
}

fn of_segment(segment: &Segment, size: &Size, from: Bound) -> Bound {
    match segment {
        Segment::Descendant(inner) => {
            // A place is below as many others as the text is deep.
            let times = if from.places > 1.0 { from.times * size.depth } else { from.times };
            let visits = from.visits + size.values * times;
            of_segment(inner, size, Bound { places: size.values, times, visits })
        }
        Segment::Selector(selector) => of_selectors(std::slice::from_ref(selector), size, from),
        Segment::Selectors(selectors) => of_selectors(selectors, size, from),
    }
}

fn of_selectors(selectors: &[Selector], size: &Size, from: Bound) -> Bound {
    let mut found = Bound { places: from.places, times: 0.0, visits: from.visits };
    for selector in selectors {
        let (places, test) = match selector {
            Selector::Name(_) | Selector::Index(_) => (from.places, 1.0),
            Selector::Wildcard | Selector::Slice(..) => (size.values, 1.0),
            Selector::Filter(filter) => (size.values, 1.0 + of_filter(filter, size)),
        };
        found.places = found.places.max(places);
        found.times += from.times;
        found.visits += places * from.times * test;
    }
    found
}

fn of_filter(filter: &Filter, size: &Size) -> f64 {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().map(|part| of_filter(part, size)).sum(),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => of_filter(expr, size),
        Filter::Atom(FilterAtom::Test { expr, .. }) => of_test(expr, size),
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            let (Comparison::Eq(left, right)
            | Comparison::Ne(left, right)
            | Comparison::Gt(left, right)
            | Comparison::Gte(left, right)
            | Comparison::Lt(left, right)
            | Comparison::Lte(left, right)) = &**comparison;
            of_comparable(left, size) + of_comparable(right, size)
        }
    }
}

fn of_comparable(comparable: &Comparable, size: &Size) -> f64 {
    match comparable {
        Comparable::Function(function) => of_function(function, size),
        Comparable::Literal(_) | Comparable::SingularQuery(_) => 1.0,
    }
}

fn of_test(test: &Test, size: &Size) -> f64 {
    match test {
        Test::RelQuery(segments) => of_relative(segments, size),
        Test::AbsQuery(query) => of_segments(&query.segments, size).visits,
        Test::Function(function) => of_function(function, size),
    }
}

/// Returns the visits of a path from one of all values, on average: all together have as many values below
/// them as there are, times the depth.
fn of_relative(segments: &[Segment], size: &Size) -> f64 {
    let is_wide = |segment: &&Segment| !matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_)));
    match segments.iter().filter(is_wide).count() {
        0 => segments.len() as f64,
        1 => of_segments(segments, &Size { values: size.depth, longest: 0.0, ..*size }).visits,
        _ => of_segments(segments, size).visits,
    }
}

fn of_function(function: &TestFunction, size: &Size) -> f64 {
    let argument = |argument: &FnArg| match argument {
        FnArg::Literal(_) => 1.0,
        FnArg::Test(test) => of_test(test, size),
        FnArg::Filter(filter) => of_filter(filter, size),
    };
    match function {
        TestFunction::Custom(_, arguments) => arguments.iter().map(argument).sum(),
        TestFunction::Length(one) => argument(one),
        TestFunction::Value(one) | TestFunction::Count(one) => argument(one),
        TestFunction::Search(text, pattern) | TestFunction::Match(text, pattern) => {
            // Of all texts below the values that a filter tests, or of one that each test looks at.
            let bytes = match text {
                FnArg::Test(test) if matches!(**test, Test::RelQuery(_)) => size.texts / size.values.max(1.0),
                _ => size.text,
            };
            let searched = match pattern {
                FnArg::Literal(Literal::String(pattern)) => of_pattern(pattern, bytes),
                // The text may be any pattern.
                _ => MOST_VISITS / 100.0 + pattern::visits(MOST_STATES, bytes),
            };
            argument(text) + argument(pattern) + searched
        }
    }
}

/// States of the largest compiled pattern of [`LARGEST_PATTERN`].
const MOST_STATES: usize = LARGEST_PATTERN / 32;

/// Returns the visits in whose time a pattern is compiled and searched in a text of so many bytes.
fn of_pattern(pattern: &str, bytes: f64) -> f64 {
    match RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).build() {
        Ok(_) => {
            100.0 + 10.0 * pattern.len() as f64 + pattern::visits(pattern::states(pattern).unwrap_or_default(), bytes)
        }
        Err(_) => MOST_VISITS,
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use jsonpath_rust::parser::parse_json_path;
    use serde_json::{Value as Json, json};

    fn count(path: &str, json: &Json) -> Result<usize, String> {
        find(&parse_json_path(path).unwrap(), json, &mut super::Visits::default()).map(|found| found.len())
    }

    #[test]
    fn searches_pay_for_the_states_of_their_patterns() {
        let words: Vec<String> = (0..1_000).map(|n| format!("word {n} of a text")).collect();
        let json = json!({"s": "ab".repeat(100_000), "l": words});
        assert_eq!(count("$.l[?search(@, 'word [0-9]{1,3} of')]", &json), Ok(1_000));
        assert!(count("$.l[?search($.s, 'a[ab]{900}c')]", &json).is_err());
        let mut left = super::Visits::default();
        assert!(left.search(20, 1 << 20).is_ok() && left.search(2_000, 1 << 20).is_err());
    }

    #[test]
    fn ordinary_paths_find_what_they_name() {
        let orders: Vec<Json> = (0..500).map(|n| json!({"sku": format!("A{n}"), "n": n, "tags": ["x", "y"]})).collect();
        let json = json!({"orders": orders, "total": {"n": 500}});
        assert_eq!(count("$.orders[*].sku", &json), Ok(500));
        assert_eq!(count("$..n", &json), Ok(501));
        assert_eq!(count("$.orders[?@.n > 490].tags[*]", &json), Ok(18));
        assert_eq!(count("$.orders[?match(@.sku, 'A4..')]", &json), Ok(100));
        assert_eq!(count("$.orders[?count(@.tags[*]) == 2]", &json), Ok(500));
        assert_eq!(count("$['orders', 'total']", &json), Ok(2));
    }

    #[test]
    fn paths_that_multiply_are_refused() {
        let json = json!(vec![vec![vec!["ab"; 20]; 20]; 20]);
        let stars = |count: usize| format!("[{}]", vec!["*"; count].join(","));
        for path in [
            format!("${}{}", stars(300), stars(300)),
            "$..*..*..*..*..*".to_owned(),
            "$..[?$..*]".to_owned(),
            "$..[?@..*..*]".to_owned(),
            r"$..[?search(@, '(\\w{20}){20}')]".to_owned(),
        ] {
            assert!(count(&path, &json).is_err(), "{path}");
        }
    }

    #[test]
    fn a_long_name_counts_with_each_value_below_it() {
        let json = json!({"k".repeat(64_000): (0..4_000).collect::<Vec<i32>>()});
        assert_eq!(count("$.*", &json), Ok(1));
        // Each would be found with a path of 64,000 bytes.
        assert!(count("$.*[*]", &json).is_err());
        assert_eq!(count("$.*[*]", &json!({"k": (0..4_000).collect::<Vec<i32>>()})), Ok(4_000));
    }

    /// Walking through the text for each path took 24 s for 50,000 paths and 100,000 values.
    #[test]
    fn a_text_is_measured_once_for_all_paths() {
        let json = json!((0..1_000).collect::<Vec<i32>>());
        let mut left = super::Visits::default();
        for at in 0..1_000 {
            let path = parse_json_path(&format!("$[{at}]")).unwrap();
            let found = find(&path, &json, &mut left).unwrap();
            assert_eq!(found.len(), 1);
        }
        assert_eq!(left.size.map(|size| size.values), Some(1_001.0));
    }
}
