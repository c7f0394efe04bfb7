//! The compiler of paths: text → [`Compiled`].

use super::number::{Decimal, Number};
use super::step::{Argument, Compiled, Function, FunctionCall, Literal, Operand, Operator, Predicate, Step};
use crate::budget::Budget;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::pattern::Pattern;
use crate::value::text::{decimal_digit, from_utf16};
use pest::Parser;
use pest::iterators::Pair;

/// The pest parser of `grammar/jsonpath.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/jsonpath.pest"]
struct Grammar;

/// Maximum nesting of brackets, calls and filters.
pub(super) const MAX_NESTING: usize = 100;

/// Steps of compiling a path, or one in its filters, whatever its length.
const PATH: usize = 64;

/// Steps of reading a filter, a JSON literal or a pattern, whatever its length.
const PART: usize = 96;

/// Steps of a byte of a filter, which is read once to find its end, and again for its operands.
const FILTER_BYTE: usize = 12;

/// Bytes of stack for each open bracket, about.
pub(super) const FRAME: usize = if cfg!(debug_assertions) { 14 << 10 } else { 2 << 10 };

/// The flags of a pattern: letter and Java's bit.
const FLAGS: [(char, u32); 7] = [('d', 1), ('i', 2), ('x', 4), ('m', 8), ('s', 32), ('u', 64), ('U', 256)];

/// Compiles a path as users write it: `a.b` means `$.a.b`, trailing blanks are ignored. `most` is the number of
/// brackets that the stack has room for; the budget pays for regular expressions.
pub(super) fn compile(text: &str, most: usize, budget: &Budget<'_>) -> Result<Compiled, Error> {
    if text.is_empty() {
        return Err(refuse("a path cannot be empty"));
    }
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING.min(most) {
            return Err(Error::new(Code::NestingLimit, "a JSONPath is nested too deeply"));
        }
    }
    compile_text(text, budget)
}

fn compile_text(text: &str, budget: &Budget<'_>) -> Result<Compiled, Error> {
    let trimmed = text.trim_end_matches(' ');
    let prefixed;
    let path = if text.starts_with(['$', '@']) {
        trimmed
    } else {
        prefixed = format!("$.{trimmed}");
        &prefixed
    };
    if path.ends_with('.') {
        return Err(refuse(format!("the path `{text}` ends with a dot")));
    }
    compile_rooted(path, budget)
}

/// Compiles a path that starts with its root, without trimming.
fn compile_rooted(text: &str, budget: &Budget<'_>) -> Result<Compiled, Error> {
    budget.charge(PATH)?;
    let mut steps = Vec::new();
    let mut rooted = true;
    let mut rest = None;
    for pair in pairs(Rule::path, text)? {
        match pair.as_rule() {
            Rule::root => rooted = pair.as_str() == "$",
            _ => add_step(text, pair, &mut steps, &mut rest, budget)?,
        }
    }
    // The arguments of a call end where its parentheses balance, which the grammar cannot express.
    while let Some((name, arguments)) = rest.take() {
        let (arguments, more) = split_arguments(arguments, budget)?;
        let call = FunctionCall { function: Function::from_name(name), arguments };
        steps.push(Step::Call(Box::new(call)));
        for pair in pairs(Rule::steps, more)? {
            add_step(more, pair, &mut steps, &mut rest, budget)?;
        }
    }
    Ok(Compiled::new(call_on_matches(steps), rooted))
}

/// Rewrites `$..a.sum()` to `$.sum($..a)`: a function after a scan applies to all matches at once.
fn call_on_matches(mut steps: Vec<Step>) -> Vec<Step> {
    if !matches!((steps.first(), steps.last()), (Some(Step::Scan), Some(Step::Call(_)))) {
        return steps;
    }
    let Some(at) = steps.iter().position(|step| matches!(step, Step::Call(_))) else { return steps };
    let mut calls = steps.split_off(at);
    if let Some(Step::Call(call)) = calls.first_mut() {
        call.arguments = vec![Argument::Path(Compiled::new(steps, true))];
    }
    calls
}

fn pairs(rule: Rule, text: &str) -> Result<impl Iterator<Item = Pair<'_, Rule>>, Error> {
    let top = Grammar::parse(rule, text).map_err(|error| {
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        };
        let before = text.get(..at).unwrap_or(text).chars().count();
        refuse(format!("the path `{text}` does not compile at character {}", before + 1))
    })?;
    Ok(top.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() != Rule::EOI))
}

fn refuse(detail: impl Into<String>) -> Error {
    Error::new(Code::BadPath, detail)
}

/// Adds the step of a `step` pair. For a `call` it puts the name, and the text from the arguments on, into `rest`.
fn add_step<'t>(
    text: &'t str,
    pair: Pair<'t, Rule>,
    steps: &mut Vec<Step>,
    rest: &mut Option<(&'t str, &'t str)>,
    budget: &Budget<'_>,
) -> Result<(), Error> {
    let after = text.get(pair.as_span().end()..).unwrap_or("");
    for part in pair.into_inner() {
        let step = match part.as_rule() {
            Rule::scan => Step::Scan,
            Rule::wildcard | Rule::any => Step::Wildcard,
            Rule::name => Step::Names(vec![part.as_str().into()]),
            Rule::names => Step::Names(
                part.into_inner().map(|n| unescape(inner_text(n)).map(Into::into)).collect::<Result<_, _>>()?,
            ),
            Rule::indexes => Step::Indexes(part.into_inner().map(|i| index(i.as_str())).collect::<Result<_, _>>()?),
            Rule::slice => slice(part)?,
            Rule::bare_call => {
                let call = FunctionCall { function: Function::from_name(inner_text(part)), arguments: Vec::new() };
                Step::Call(Box::new(call))
            }
            Rule::filter => {
                let criteria = inner_text(part);
                budget.charge(PART + FILTER_BYTE * criteria.len())?;
                let group = pairs(Rule::predicate, criteria)?.next();
                Step::Filter(Box::new(predicate(group.ok_or_else(|| refuse("a filter is empty"))?, budget)?))
            }
            // The name of a call with arguments.
            _ => {
                *rest = Some((part.as_str(), after));
                continue;
            }
        };
        steps.push(step);
    }
    Ok(())
}

/// Returns the text of the first inner pair.
fn inner_text(pair: Pair<'_, Rule>) -> &str {
    pair.into_inner().next().map_or("", |inner| inner.as_str())
}

/// Reads an index as `Integer.parseInt` does: digits of any script.
fn index(text: &str) -> Result<i32, Error> {
    let digits = |c: char| decimal_digit(c).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c);
    let ascii: String = text.chars().map(digits).collect();
    ascii.parse().map_err(|_| refuse(format!("the index {text} is out of range")))
}

fn slice(pair: Pair<'_, Rule>) -> Result<Step, Error> {
    let (mut from, mut to) = (None, None);
    for bound in pair.into_inner() {
        let value = Some(index(bound.as_str())?);
        if bound.as_rule() == Rule::from { from = value } else { to = value }
    }
    Ok(Step::Slice(from, to))
}

/// Resolves `\n`, `\u00e9` and similar escapes; any other escaped letter is that letter.
pub(super) fn unescape(text: &str) -> Result<String, Error> {
    if !text.contains('\\') {
        return Ok(text.to_owned());
    }
    let mut units = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    let mut buffer = [0; 2];
    while let Some(c) = chars.next() {
        let plain = match c {
            '\\' => match chars.next() {
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    // A truncated escape at the end of the text is dropped.
                    if hex.chars().count() == 4 {
                        let unit = u16::from_str_radix(&hex, 16);
                        units.push(unit.map_err(|_| refuse(format!("`\\u{hex}` is not a character")))?);
                    }
                    continue;
                }
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some('b') => '\u{8}',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        };
        units.extend_from_slice(plain.encode_utf16(&mut buffer));
    }
    Ok(from_utf16(&units))
}

/// Reads a condition. Groups, negations and conditions of one part are unwrapped without recursion.
fn predicate(mut pair: Pair<'_, Rule>, budget: &Budget<'_>) -> Result<Predicate, Error> {
    let nothing = || refuse("a filter is empty");
    let mut negated = false;
    let plain = loop {
        let rule = pair.as_rule();
        let mut parts = pair.into_inner();
        match rule {
            Rule::relation => break relation(parts, budget)?,
            Rule::or | Rule::and => {
                let first = parts.next().ok_or_else(nothing)?;
                let Some(second) = parts.next() else {
                    pair = first;
                    continue;
                };
                let mut all = vec![predicate(first, budget)?, predicate(second, budget)?];
                for part in parts {
                    all.push(predicate(part, budget)?);
                }
                break if rule == Rule::or { Predicate::Any(all) } else { Predicate::All(all) };
            }
            Rule::operand => {
                let mut inner = parts.next().ok_or_else(nothing)?;
                while inner.as_rule() == Rule::not {
                    negated = !negated;
                    inner = parts.next().ok_or_else(nothing)?;
                }
                pair = inner;
            }
            _ => pair = parts.next().ok_or_else(nothing)?,
        }
    };
    Ok(if negated { Predicate::Not(Box::new(plain)) } else { plain })
}

fn relation<'t>(mut parts: impl Iterator<Item = Pair<'t, Rule>>, budget: &Budget<'_>) -> Result<Predicate, Error> {
    let nothing = || refuse("a filter lacks an operand");
    let left = parts.next().ok_or_else(nothing)?;
    let Some(operator) = parts.next() else {
        if left.as_rule() != Rule::path_value {
            return Err(refuse(format!("`{}` is not a condition", left.as_str())));
        }
        let wanted = left.clone().into_inner().all(|part| part.as_rule() != Rule::negation);
        return match operand(left, budget)? {
            Operand::Path(path) => Ok(Predicate::Exists(path, wanted)),
            _ => Err(nothing()),
        };
    };
    let operator = Operator::from_symbol(operator.as_str()).ok_or_else(nothing)?;
    let right = parts.next().ok_or_else(nothing)?;
    Ok(Predicate::Relation(operand(left, budget)?, operator, operand(right, budget)?))
}

fn operand(pair: Pair<'_, Rule>, budget: &Budget<'_>) -> Result<Operand, Error> {
    Ok(match pair.as_rule() {
        Rule::path_value => {
            let text = pair.into_inner().last().map_or("", |path| path.as_str());
            Operand::Path(compile_text(text, budget)?)
        }
        Rule::single | Rule::double => Operand::Text(unescape(inner_text(pair))?),
        Rule::boolean => Operand::Bool(pair.as_str() == "true"),
        Rule::json => {
            budget.charge(PART)?;
            Operand::Json(Literal::read(pair.as_str()))
        }
        Rule::regex => {
            budget.charge(PART)?;
            let mut parts = pair.into_inner();
            let pattern = parts.next().map_or("", |p| p.as_str());
            let letters = parts.next().map_or("", |p| p.as_str());
            let flags = FLAGS.iter().filter(|(letter, _)| letters.contains(*letter)).map(|(_, bit)| bit).sum();
            let compiled = Pattern::compile_within(pattern, flags, budget);
            budget.check()?;
            Operand::Pattern(Box::new(compiled.map_err(|error| refuse(error.detail()))?))
        }
        Rule::number => {
            let text = pair.as_str();
            match text.parse() {
                Ok(int) => Operand::Number(Number::Int(int)),
                Err(_) => Decimal::parse(text).ok_or_else(|| refuse(format!("`{text}` is not a number")))?.into(),
            }
        }
        _ => Operand::Null,
    })
}

/// Splits what follows `name(` into arguments and the rest of the path.
///
/// Jayway only counts brackets, even inside of strings. So an argument cannot contain a call with arguments
/// (`$.sum($.n.append(1))` ends at the first `)`), and text that starts like neither JSON nor a path
/// is skipped (`true`, `'a'`).
fn split_arguments<'t>(text: &'t str, budget: &Budget<'_>) -> Result<(Vec<Argument>, &'t str), Error> {
    let open = || refuse("the arguments of a function are not closed properly");
    let mut count = 1i32;
    let closes = text.chars().any(|c| {
        count += i32::from(c == '(') - i32::from(c == ')');
        count == 0
    });
    if !closes {
        return Err(open());
    }
    let (mut parens, mut brackets, mut braces, mut quotes) = (1i32, 0i32, 0i32, 0i32);
    let mut arguments = Vec::new();
    let mut argument = String::new();
    // `true` if the current argument is a path, `false` if it is JSON; `None` before it starts.
    let mut path = None;
    let mut prior = '\0';
    let mut chars = text.char_indices().peekable();
    let mut end = text.len();
    while let Some((_, c)) = chars.next() {
        if path.is_none() {
            match c {
                ' ' | '\t' | '\n' | '\r' => continue,
                '{' | '"' | '-' | '0'..='9' => path = Some(false),
                '$' | '@' => path = Some(true),
                _ => {}
            }
        }
        match c {
            '"' if prior != '\\' && quotes > 0 => quotes -= 1,
            '"' => quotes += 1,
            '(' => parens += 1,
            '{' => braces += 1,
            '[' => brackets += 1,
            '}' | ']' => {
                let counter = if c == '}' { &mut braces } else { &mut brackets };
                if *counter == 0 {
                    return Err(open());
                }
                *counter -= 1;
            }
            ')' | ',' => {
                if c == ')' {
                    parens -= 1;
                    if parens < 0 || prior == '(' {
                        argument.push(c);
                    }
                }
                if quotes == 0 && braces == 0 && brackets == 0 && (parens == 1 || (parens == 0 && c == ')')) {
                    match path.take() {
                        Some(true) => arguments.push(Argument::Path(compile_rooted(&argument, budget)?)),
                        Some(false) => {
                            budget.charge(PART)?;
                            arguments.push(Argument::Json(Literal::read(&argument)));
                        }
                        None => {}
                    }
                    argument.clear();
                    if parens == 0 {
                        end = chars.peek().map_or(text.len(), |&(at, _)| at);
                        break;
                    }
                }
            }
            '\\' => {
                let &(_, next) = chars.peek().ok_or_else(open)?;
                if quotes == 1 && (next == ',' || next == '"') {
                    argument.push(next);
                    chars.next();
                    prior = '\0';
                    continue;
                }
            }
            _ => {}
        }
        if path.is_some() && !(c == ',' && braces == 0 && brackets == 0 && parens == 1) {
            argument.push(c);
        }
        prior = c;
    }
    if parens != 0 || brackets != 0 || braces != 0 {
        return Err(open());
    }
    Ok((arguments, &text[end..]))
}
