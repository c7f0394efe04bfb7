//! Semantic tokens: the colours of a template.

use crate::file::{OpenFile, View};
use crate::names::Names;
use lsp_types::{SemanticToken, SemanticTokenType};
use std::ops::Range;
use vtl::syntax_unstable::ast::Kind;
use vtl::syntax_unstable::{Texts, parse_for_tools};
use vtl::{Budget, Dialect, Limits};

/// The types of tokens, in the order of their numbers.
pub(crate) const TYPES: [SemanticTokenType; 6] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::METHOD,
    SemanticTokenType::COMMENT,
    SemanticTokenType::MACRO,
];

/// Most tokens of a file; behind them an editor has the colours of its grammar.
const MOST: usize = 100_000;

/// Returns the tokens of all templates of a file, each relative to the one before: the first 100,000.
pub(crate) fn tokens(file: &OpenFile) -> Vec<SemanticToken> {
    let mut places = Vec::new();
    for view in file.templates() {
        if places.len() > MOST {
            break;
        }
        for (range, kind) in of_template(&view) {
            // A token ends with its line.
            let place = view.range(range);
            if place.start.line == place.end.line && place.start.character < place.end.character {
                places.push((place.start.line, place.start.character, place.end.character, kind));
            }
        }
    }
    places.sort_unstable();
    places.dedup_by_key(|place| (place.0, place.1));
    places.truncate(MOST);
    let (mut line, mut column) = (0, 0);
    let mut tokens = Vec::new();
    for (at, start, end, kind) in places {
        let delta_start = if at == line { start - column } else { start };
        tokens.push(SemanticToken {
            delta_line: at - line,
            delta_start,
            length: end - start,
            token_type: kind,
            token_modifiers_bitset: 0,
        });
        (line, column) = (at, start);
    }
    tokens
}

fn of_template(view: &View<'_>) -> Vec<(Range<usize>, u32)> {
    let (texts, budget) = (Texts::new(), Budget::new(&Limits::service()));
    let (ast, _) = parse_for_tools("", view.text, Dialect::service(), &texts, &budget);
    let names = Names::of(view.text, &ast);
    let mut found = Vec::new();
    for node in &ast.nodes {
        let range = node.span.range();
        let text = view.text.get(range.clone()).unwrap_or_default();
        match node.kind {
            Kind::Comment => {
                let mut start = range.start;
                for line in text.split_inclusive('\n') {
                    found.push((start..start + line.trim_end().len(), 4));
                    start += line.len();
                }
            }
            Kind::Set(_) | Kind::If(_) | Kind::ElseIf(_) | Kind::Else | Kind::End | Kind::Directive(_) => {
                let word = text.trim_start();
                let start = range.start + text.len() - word.len();
                let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '{' | '@' | '_');
                let len = word.find(|c| !is_word(c)).unwrap_or(word.len());
                if word.starts_with('#') {
                    found.push((start..start + len, 0));
                }
            }
            _ => {}
        }
    }
    found.extend(names.names.iter().map(|name| (name.range.clone(), if name.is_macro { 5 } else { 1 })));
    found.extend(names.members.iter().map(|member| (member.range.clone(), if member.is_method { 3 } else { 2 })));
    found
}
