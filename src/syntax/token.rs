//! The tokens of a template, numbered and named as in Velocity's `Parser.jjt`.

use crate::span::Span;

/// A token: its kind, its place and the text that was dropped before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// Byte offset of the first byte, including the marks (`$`, `#`, backslashes) in front.
    pub(super) start: u32,
    /// Byte offset behind the last byte.
    pub(super) end: u32,
    /// Number of the text in [`Lexer::dropped`](super::lexer::Lexer::dropped) that Velocity prints in front of
    /// the token where it prints source, counted from 1; 0 for none.
    pub(super) dropped: u32,
}

impl Token {
    pub(super) fn span(self) -> Span {
        Span { start: self.start, len: self.end - self.start }
    }

    /// Returns the text of the token as Velocity keeps it. A dot loses the marks in front of it.
    pub(super) fn image(self, source: &str) -> &str {
        let start = if self.kind == TokenKind::Dot { self.end - 1 } else { self.start };
        source.get(start as usize..self.end as usize).unwrap_or("")
    }
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Eof,
    /// `[` of an index: `$a[`.
    IndexLeft,
    IndexRight,
    LeftBracket,
    RightBracket,
    Comma,
    DoubleDot,
    Colon,
    /// `{` of a map.
    LeftBrace,
    RightBrace,
    LeftParen,
    /// `)` of a directive, with the blanks and the line end behind it.
    RightParen,
    /// `)` of a method call.
    CallEnd,
    /// `\#name`
    EscapedDirective,
    /// `#set(`, with the blanks before it.
    Set,
    /// `##`
    LineComment,
    /// The end of the line behind `##`.
    LineCommentEnd,
    /// `*#` of `#** … *#`.
    FormalCommentEnd,
    /// `*#` of `#* … *#`.
    BlockCommentEnd,
    /// `#[[ … ]]#`
    TextBlock,
    /// `\\`
    DoubleEscape,
    /// `\`
    Escape,
    Text,
    Whitespace,
    String,
    True,
    False,
    Minus,
    Plus,
    Times,
    Divide,
    Modulo,
    And,
    Or,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    Not,
    Assign,
    End,
    If,
    ElseIf,
    Else,
    Integer,
    Float,
    /// `#name`; the bare name inside of arguments.
    Word,
    /// `#{name}`
    BracketedWord,
    Identifier,
    /// `.` in front of a letter.
    Dot,
    /// `{` in a reference.
    LeftCurly,
    /// `}` in a reference.
    RightCurly,
    /// `$[`, `$.`, `$![`
    EmptyIndex,
}
