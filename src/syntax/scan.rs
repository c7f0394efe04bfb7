//! The token that each lexical state takes at a position.

use super::token::TokenKind;
use memchr::{memchr, memchr3};

/// The lexical states, by their names in `Parser.jjt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// `DEFAULT`: text.
    Text,
    /// `REFERENCE`: behind a `$`.
    Reference,
    /// `REFMODIFIER`: behind the dot of a property.
    Modifier,
    /// `REFMOD2`: in the arguments of a call.
    Arguments,
    /// `REFINDEX`: in the brackets of an index.
    Index,
    /// `PRE_DIRECTIVE`: behind a `#`.
    PreDirective,
    /// `DIRECTIVE`: in the parentheses of a directive.
    Directive,
    /// `IN_SINGLE_LINE_COMMENT`
    LineComment,
    /// `IN_FORMAL_COMMENT`
    FormalComment,
    /// `IN_MULTI_LINE_COMMENT`
    BlockComment,
    /// `IN_TEXTBLOCK`
    TextBlock,
}

/// A match at a position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Match {
    /// A token of so many bytes.
    Token(TokenKind, usize),
    /// `$` or `$!` with the backslashes before it; the token goes on behind it.
    Dollar(usize),
    /// `#`; the token goes on behind it.
    Hash,
    /// `#*`, `#**` or `#[[`; the token goes on behind it, in another state.
    Opening(usize, State),
    /// Text that belongs to the token which goes on behind it.
    More(usize),
    /// Text that is dropped, with all of the token that was read before it.
    Skip(usize),
    /// No token of this state: the state ends here.
    Terminator,
    /// No token at all.
    None,
}

/// Cached ends of the runs ahead, so that each run is scanned once, however many tokens depend on it.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// The end of the last run of backslashes.
    slashes: usize,
    /// The end of the last run of blanks that may precede `#set(`, and the length of that `#set(`.
    blanks: (usize, usize),
}

type Bytes<'s> = &'s [u8];

/// Finds the longest token of a state that starts at `at`, which lies before the end of the source.
#[inline]
pub(super) fn scan(source: &str, at: usize, state: State, cache: &mut Cache) -> Match {
    let bytes = source.as_bytes();
    match state {
        State::Text => text(bytes, at, cache),
        State::Reference | State::Modifier => reference(bytes, at, state, cache),
        State::Arguments => arguments(bytes, at, cache),
        State::Index => index(bytes, at, cache),
        State::PreDirective => pre_directive(bytes, at, cache),
        State::Directive => directive(bytes, at, cache),
        State::LineComment => line_comment(bytes, at, cache),
        State::FormalComment | State::BlockComment => block_comment(bytes, at, state, cache),
        State::TextBlock => text_block(source, at, cache),
    }
}

fn text(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    match bytes[at] {
        b'$' => empty_index(bytes, at).unwrap_or_else(|| dollar(bytes, at)),
        b'#' => hash_in_text(bytes, at),
        b'\\' => {
            let end = slashes(bytes, at, cache);
            match bytes.get(end) {
                Some(b'$') => mark(bytes, at, end),
                Some(b'#') if (end - at) % 2 == 1 => match word(bytes, end + 1).max(bracketed_word(bytes, end + 1)) {
                    0 => escape(end - at),
                    length => Match::Token(TokenKind::EscapedDirective, end + 1 + length - at),
                },
                _ => escape(end - at),
            }
        }
        b' ' | b'\t' => match set_behind_blanks(bytes, at, cache) {
            0 => plain_text(bytes, at),
            length => Match::Token(TokenKind::Set, length),
        },
        _ => plain_text(bytes, at),
    }
}

fn plain_text(bytes: Bytes<'_>, at: usize) -> Match {
    let rest = &bytes[at..];
    Match::Token(TokenKind::Text, memchr3(b'$', b'#', b'\\', rest).unwrap_or(rest.len()))
}

fn escape(run: usize) -> Match {
    if run >= 2 { Match::Token(TokenKind::DoubleEscape, 2) } else { Match::Token(TokenKind::Escape, 1) }
}

fn reference(bytes: Bytes<'_>, at: usize, state: State, cache: &mut Cache) -> Match {
    let modifier = state == State::Modifier;
    match bytes[at] {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => identifier(bytes, at),
        b'[' => Match::Token(TokenKind::IndexLeft, 1),
        b'.' => match bytes.get(at + 1) {
            Some(next) if next.is_ascii_alphabetic() => Match::Token(TokenKind::Dot, 1),
            _ => Match::Terminator,
        },
        b'(' if modifier => Match::Token(TokenKind::LeftParen, 1),
        b'{' => Match::Token(TokenKind::LeftCurly, 1),
        b'}' => Match::Token(TokenKind::RightCurly, 1),
        b'$' if !modifier => empty_index(bytes, at).unwrap_or_else(|| dollar(bytes, at)),
        b'$' => dollar(bytes, at),
        b'#' if !modifier => hash_in_text(bytes, at),
        b'#' => match set(bytes, at) {
            0 => hash(bytes, at),
            length => Match::Token(TokenKind::Set, length),
        },
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::Terminator),
        b' ' | b'\t' => match set_behind_blanks(bytes, at, cache) {
            0 => Match::Terminator,
            length => Match::Token(TokenKind::Set, length),
        },
        _ => Match::Terminator,
    }
}

fn arguments(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    match bytes[at] {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => identifier(bytes, at),
        b')' => Match::Token(TokenKind::CallEnd, 1),
        b'[' => Match::Token(TokenKind::LeftBracket, 1),
        b']' => Match::Token(TokenKind::RightBracket, 1),
        b',' => Match::Token(TokenKind::Comma, 1),
        b':' => Match::Token(TokenKind::Colon, 1),
        b'{' => Match::Token(TokenKind::LeftBrace, 1),
        b'}' => Match::Token(TokenKind::RightBrace, 1),
        b'.' => match bytes.get(at + 1) {
            Some(b'.') => Match::Token(TokenKind::DoubleDot, 2),
            Some(next) if next.is_ascii_alphabetic() => Match::Token(TokenKind::Dot, 1),
            _ => number(bytes, at).unwrap_or(Match::None),
        },
        b'"' | b'\'' => string(bytes, at),
        b'0'..=b'9' | b'-' => number(bytes, at).unwrap_or(Match::None),
        b'$' => dollar(bytes, at),
        b'#' => match set(bytes, at) {
            0 => hash(bytes, at),
            length => Match::Token(TokenKind::Set, length),
        },
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::None),
        b' ' | b'\t' => match set_behind_blanks(bytes, at, cache) {
            0 => whitespace(bytes, at),
            length => Match::Token(TokenKind::Set, length),
        },
        b'\n' | b'\r' => whitespace(bytes, at),
        _ => Match::None,
    }
}

fn index(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    match bytes[at] {
        b']' => Match::Token(TokenKind::IndexRight, 1),
        b'"' | b'\'' => string(bytes, at),
        b'0'..=b'9' | b'-' | b'.' => number(bytes, at).unwrap_or(Match::None),
        b't' if bytes[at..].starts_with(b"true") => Match::Token(TokenKind::True, 4),
        b'f' if bytes[at..].starts_with(b"false") => Match::Token(TokenKind::False, 5),
        b'$' => dollar(bytes, at),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::None),
        b' ' | b'\t' | b'\n' | b'\r' => whitespace(bytes, at),
        _ => Match::None,
    }
}

fn pre_directive(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    match bytes[at] {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'@' => {
            let length = word(bytes, at);
            match &bytes[at..at + length] {
                b"end" => Match::Token(TokenKind::End, 3 + line_end(bytes, at + 3)),
                b"if" => Match::Token(TokenKind::If, 2),
                b"elseif" => Match::Token(TokenKind::ElseIf, 6),
                b"else" => Match::Token(TokenKind::Else, 4 + line_end(bytes, at + 4)),
                _ => Match::Token(TokenKind::Word, length),
            }
        }
        b'{' => {
            let length = bracketed_word(bytes, at);
            match &bytes[at..at + length] {
                b"" => Match::Terminator,
                b"{end}" => Match::Token(TokenKind::End, 5 + line_end(bytes, at + 5)),
                b"{if}" => Match::Token(TokenKind::If, 4),
                b"{elseif}" => Match::Token(TokenKind::ElseIf, 8),
                b"{else}" => Match::Token(TokenKind::Else, 6 + line_end(bytes, at + 6)),
                _ => Match::Token(TokenKind::BracketedWord, length),
            }
        }
        b'0'..=b'9' | b'-' | b'.' => number(bytes, at).unwrap_or(Match::Terminator),
        b'$' => dollar(bytes, at),
        b'#' if bytes.get(at + 1) == Some(&b'#') => Match::Token(TokenKind::LineComment, 2),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::Terminator),
        _ => Match::Terminator,
    }
}

fn directive(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    let next = bytes.get(at + 1).copied().unwrap_or(0);
    let one = |kind| Match::Token(kind, 1);
    let two = |kind| Match::Token(kind, 2);
    match bytes[at] {
        b' ' | b'\t' | b'\n' | b'\r' => whitespace(bytes, at),
        b'$' => dollar(bytes, at),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'@' => {
            let length = word(bytes, at);
            Match::Token(keyword(&bytes[at..at + length]), length)
        }
        b'"' | b'\'' => string(bytes, at),
        b'(' => one(TokenKind::LeftParen),
        b')' => Match::Token(TokenKind::RightParen, 1 + line_end(bytes, at + 1)),
        b'[' => one(TokenKind::LeftBracket),
        b']' => one(TokenKind::RightBracket),
        b',' => one(TokenKind::Comma),
        b':' => one(TokenKind::Colon),
        b'{' => match bracketed_word(bytes, at) {
            0 => one(TokenKind::LeftBrace),
            length => Match::Token(TokenKind::BracketedWord, length),
        },
        b'}' => one(TokenKind::RightBrace),
        b'.' if next == b'.' => two(TokenKind::DoubleDot),
        b'0'..=b'9' | b'.' => number(bytes, at).unwrap_or(Match::None),
        b'-' => number(bytes, at).unwrap_or(one(TokenKind::Minus)),
        b'+' => one(TokenKind::Plus),
        b'*' => one(TokenKind::Times),
        b'/' => one(TokenKind::Divide),
        b'%' => one(TokenKind::Modulo),
        b'&' if next == b'&' => two(TokenKind::And),
        b'|' if next == b'|' => two(TokenKind::Or),
        b'<' if next == b'=' => two(TokenKind::LessEqual),
        b'<' => one(TokenKind::Less),
        b'>' if next == b'=' => two(TokenKind::GreaterEqual),
        b'>' => one(TokenKind::Greater),
        b'=' if next == b'=' => two(TokenKind::Equal),
        b'=' => one(TokenKind::Assign),
        b'!' if next == b'=' => two(TokenKind::NotEqual),
        b'!' => one(TokenKind::Not),
        b'#' if next == b'#' => two(TokenKind::LineComment),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::None),
        _ => Match::None,
    }
}

/// Returns the kind of a word in the arguments of a directive.
fn keyword(word: &[u8]) -> TokenKind {
    match word {
        b"true" => TokenKind::True,
        b"false" => TokenKind::False,
        b"and" => TokenKind::And,
        b"or" => TokenKind::Or,
        b"not" => TokenKind::Not,
        b"lt" => TokenKind::Less,
        b"le" => TokenKind::LessEqual,
        b"gt" => TokenKind::Greater,
        b"ge" => TokenKind::GreaterEqual,
        b"eq" => TokenKind::Equal,
        b"ne" => TokenKind::NotEqual,
        _ => TokenKind::Word,
    }
}

// ---- comments and text blocks

fn line_comment(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Match {
    match bytes[at] {
        b'\n' => Match::Token(TokenKind::LineCommentEnd, 1),
        b'\r' if bytes.get(at + 1) == Some(&b'\n') => Match::Token(TokenKind::LineCommentEnd, 2),
        b'\r' => Match::Token(TokenKind::LineCommentEnd, 1),
        b'$' => dollar(bytes, at),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::Skip(1)),
        _ => {
            let end = |b: &u8| matches!(b, b'\n' | b'\r' | b'$' | b'#' | b'\\');
            Match::Skip(bytes[at..].iter().position(end).unwrap_or(bytes.len() - at))
        }
    }
}

fn block_comment(bytes: Bytes<'_>, at: usize, state: State, cache: &mut Cache) -> Match {
    match bytes[at] {
        b'*' if bytes.get(at + 1) == Some(&b'#') => {
            let formal = state == State::FormalComment;
            Match::Token(if formal { TokenKind::FormalCommentEnd } else { TokenKind::BlockCommentEnd }, 2)
        }
        b'*' => Match::Skip(1),
        b'$' => dollar(bytes, at),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::Skip(1)),
        _ => {
            let end = |b: &u8| matches!(b, b'*' | b'$' | b'#' | b'\\');
            Match::Skip(bytes[at..].iter().position(end).unwrap_or(bytes.len() - at))
        }
    }
}

fn text_block(source: &str, at: usize, cache: &mut Cache) -> Match {
    let bytes = source.as_bytes();
    match bytes[at] {
        b']' if bytes[at..].starts_with(b"]]#") => Match::Token(TokenKind::TextBlock, 3),
        b']' => Match::More(1),
        b'$' => dollar(bytes, at),
        b'#' => hash(bytes, at),
        b'\\' => marked(bytes, at, cache).unwrap_or(Match::More(1)),
        _ => {
            let end = |b: &u8| matches!(b, b']' | b'$' | b'#' | b'\\');
            Match::More(bytes[at..].iter().position(end).unwrap_or(bytes.len() - at))
        }
    }
}

// ---- marks

/// `$[`, `$.`, `$![`, `$\![`
fn empty_index(bytes: Bytes<'_>, at: usize) -> Option<Match> {
    let length = match bytes.get(at + 1) {
        Some(b'[' | b'.') => 2,
        Some(b'!') if bytes.get(at + 2) == Some(&b'[') => 3,
        Some(b'\\') if bytes[at + 2..].starts_with(b"![") => 4,
        _ => return None,
    };
    Some(Match::Token(TokenKind::EmptyIndex, length))
}

/// The mark of a reference, at its `$`.
fn dollar(bytes: Bytes<'_>, at: usize) -> Match {
    mark(bytes, at, at)
}

/// Matches the mark of a reference whose `$` is at `dollar`, after backslashes.
fn mark(bytes: Bytes<'_>, at: usize, dollar: usize) -> Match {
    let mut end = dollar + 1;
    while bytes.get(end) == Some(&b'\\') {
        end += 1;
    }
    let end = if bytes.get(end) == Some(&b'!') { end + 1 } else { dollar + 1 };
    Match::Dollar(end - at)
}

/// Matches the mark of a reference after backslashes, if a `$` follows them.
fn marked(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> Option<Match> {
    let dollar = slashes(bytes, at, cache);
    (bytes.get(dollar) == Some(&b'$')).then(|| mark(bytes, at, dollar))
}

/// Returns where a run of backslashes ends.
fn slashes(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> usize {
    if cache.slashes <= at {
        cache.slashes = at + bytes[at..].iter().take_while(|&&b| b == b'\\').count();
    }
    cache.slashes
}

/// A `#` that may open a comment or text block.
fn hash(bytes: Bytes<'_>, at: usize) -> Match {
    match bytes.get(at + 1) {
        Some(b'[') if bytes.get(at + 2) == Some(&b'[') => Match::Opening(3, State::TextBlock),
        Some(b'*') => match (bytes.get(at + 2), bytes.get(at + 3)) {
            (Some(b'*'), Some(&next)) if next != b'#' => Match::Opening(3 + width(next), State::FormalComment),
            _ => Match::Opening(2, State::BlockComment),
        },
        _ => Match::Hash,
    }
}

/// A `#` where `#set(` and `##` are tokens.
fn hash_in_text(bytes: Bytes<'_>, at: usize) -> Match {
    match bytes.get(at + 1) {
        Some(b'#') => Match::Token(TokenKind::LineComment, 2),
        Some(b's' | b'{') => match set(bytes, at) {
            0 => Match::Hash,
            length => Match::Token(TokenKind::Set, length),
        },
        _ => hash(bytes, at),
    }
}

/// Returns the length of a character by its first byte.
fn width(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

/// Returns the length of the `#set(` at `at`, or 0.
fn set(bytes: Bytes<'_>, at: usize) -> usize {
    let Some(rest) = bytes.get(at..) else { return 0 };
    let head = if rest.starts_with(b"#set") {
        4
    } else if rest.starts_with(b"#{set}") {
        6
    } else {
        return 0;
    };
    let blanks = rest[head..].iter().take_while(|&&b| b == b' ').count();
    if rest.get(head + blanks) == Some(&b'(') { head + blanks + 1 } else { 0 }
}

/// Returns the length of blanks with `#set(` behind them, 0 if it does not follow.
fn set_behind_blanks(bytes: Bytes<'_>, at: usize, cache: &mut Cache) -> usize {
    if cache.blanks.0 <= at {
        let end = at + bytes[at..].iter().take_while(|&&b| matches!(b, b' ' | b'\t')).count();
        cache.blanks = (end, set(bytes, end));
    }
    match cache.blanks {
        (_, 0) => 0,
        (end, length) => end - at + length,
    }
}

// ---- words, numbers, strings

fn identifier(bytes: Bytes<'_>, at: usize) -> Match {
    let tail = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let length = 1 + bytes[at + 1..].iter().take_while(|b| tail(b)).count();
    let kind = match &bytes[at..at + length] {
        b"true" => TokenKind::True,
        b"false" => TokenKind::False,
        _ => TokenKind::Identifier,
    };
    Match::Token(kind, length)
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@')
}

/// Returns the length of a word, 0 for none.
fn word(bytes: Bytes<'_>, at: usize) -> usize {
    match bytes.get(at) {
        Some(b) if is_word(*b) && !b.is_ascii_digit() => {
            1 + bytes[at + 1..].iter().take_while(|&&b| is_word(b)).count()
        }
        _ => 0,
    }
}

/// Returns the length of `{word}`, 0 for none.
fn bracketed_word(bytes: Bytes<'_>, at: usize) -> usize {
    if bytes.get(at) != Some(&b'{') || bytes.get(at + 1) == Some(&b'@') {
        return 0;
    }
    match word(bytes, at + 1) {
        0 => 0,
        length if bytes.get(at + 1 + length) == Some(&b'}') => length + 2,
        _ => 0,
    }
}

fn whitespace(bytes: Bytes<'_>, at: usize) -> Match {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
    Match::Token(TokenKind::Whitespace, bytes[at..].iter().take_while(blank).count())
}

/// Returns the length of blanks including the line terminator after them, or 0 if anything else follows.
fn line_end(bytes: Bytes<'_>, at: usize) -> usize {
    let blanks = bytes.get(at..).unwrap_or(&[]).iter().take_while(|&&b| matches!(b, b' ' | b'\t')).count();
    match (bytes.get(at + blanks), bytes.get(at + blanks + 1)) {
        (Some(b'\r'), Some(b'\n')) => blanks + 2,
        (Some(b'\n' | b'\r'), _) => blanks + 1,
        _ => 0,
    }
}

/// Matches the longest number, with its sign.
fn number(bytes: Bytes<'_>, at: usize) -> Option<Match> {
    let digits = |from: usize| bytes.get(from..).unwrap_or(&[]).iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(bytes[at] == b'-');
    let whole = digits(at + sign);
    let mut end = at + sign + whole;
    let mut kind = TokenKind::Integer;
    if bytes.get(end) == Some(&b'.') {
        // `1..` is a range.
        if whole > 0 && bytes.get(end + 1) == Some(&b'.') {
            return Some(Match::Token(TokenKind::Integer, end - at));
        }
        let fraction = digits(end + 1);
        if whole == 0 && fraction == 0 {
            return None;
        }
        end += 1 + fraction;
        kind = TokenKind::Float;
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
            kind = TokenKind::Float;
        }
    }
    Some(Match::Token(kind, end - at))
}

/// A string up to its last quote: a doubled quote goes on.
fn string(bytes: Bytes<'_>, at: usize) -> Match {
    let quote = bytes[at];
    let mut length = 0;
    let mut from = at + 1;
    while let Some(inside) = bytes.get(from..).and_then(|rest| memchr(quote, rest)) {
        length = from + inside + 1 - at;
        if bytes.get(at + length) != Some(&quote) {
            break;
        }
        from = at + length + 1;
    }
    if length == 0 { Match::None } else { Match::Token(TokenKind::String, length) }
}
