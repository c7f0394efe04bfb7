//! The lexer: a state machine that models Velocity 1.7's token manager, state by state and token by token.
//!
//! A `$` or `#` pushes a state and stays in front of the token that follows (a *mark*); brackets, names and
//! terminators switch or pop. A state may outlive the form that opened it: in `$a.b(.c` the parenthesis opens
//! no call, and yet what follows is read as arguments are. The parser pulls tokens one by one and only as far
//! ahead as Velocity's does, since it changes the state as well.
//!
//! Each state takes the longest token that starts at the position, as JavaCC does; of two that are as long, the
//! first in `Parser.jjt`. What a state takes is in `scan.rs`, what a token does to the state is here.

use super::marks;
use super::scan::{self, Cache, Match, State};
use super::token::{Token, TokenKind};

/// A state on the stack, with the parentheses that were counted in it.
#[derive(Clone, Copy, Debug)]
struct Saved {
    state: State,
    opened: u32,
    closed: u32,
}

/// Why no token can be read: where the text starts that is none, and whether the template ends in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoToken {
    pub(super) start: usize,
    pub(super) at: usize,
    pub(super) state: State,
}

pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    state: State,
    stack: Vec<Saved>,
    /// Parentheses opened in the current state.
    opened: u32,
    /// Parentheses closed in the current state.
    closed: u32,
    in_comment: bool,
    in_set: bool,
    cache: Cache,
    /// The remains of marks that start nothing, for the tokens after them.
    pub(super) dropped: Vec<String>,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Lexer {
            source,
            at: 0,
            state: State::Text,
            stack: Vec::new(),
            opened: 0,
            closed: 0,
            in_comment: false,
            in_set: false,
            cache: Cache::default(),
            dropped: Vec::new(),
        }
    }

    /// Returns the place up to which the source was read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Starts anew at a position, in text.
    pub(super) fn restart(&mut self, at: usize) {
        self.at = at;
        self.state = State::Text;
        self.stack.clear();
        (self.opened, self.closed) = (0, 0);
        (self.in_comment, self.in_set) = (false, false);
        // The runs that were looked at may be ahead again.
        self.cache = Cache::default();
    }

    /// Reads the next token.
    pub(super) fn next(&mut self) -> Result<Token, NoToken> {
        let mut start = self.at;
        let mut dropped = String::new();
        let mut last_is_comment = false;
        loop {
            if self.at >= self.source.len() {
                if self.at > start {
                    return Err(NoToken { start, at: self.at, state: self.state });
                }
                return Ok(self.token(TokenKind::Eof, start, dropped, last_is_comment));
            }
            match scan::scan(self.source, self.at, self.state, &mut self.cache) {
                Match::Token(kind, length) => {
                    self.at += length;
                    self.act(kind);
                    return Ok(self.token(kind, start, dropped, last_is_comment));
                }
                Match::Dollar(length) => {
                    self.at += length;
                    if !self.in_comment {
                        if self.state == State::Reference {
                            self.pop();
                        }
                        self.push();
                        self.state = State::Reference;
                    }
                }
                Match::Hash => {
                    self.at += 1;
                    if !self.in_comment {
                        if matches!(self.state, State::Reference | State::Modifier) {
                            self.pop();
                        }
                        self.push();
                        self.state = State::PreDirective;
                    }
                }
                Match::Opening(length, state) => {
                    self.at += length;
                    if !self.in_comment {
                        // The character behind `#**` is looked at, not taken.
                        if state == State::FormalComment {
                            self.at = self.at - length + 3;
                        }
                        self.in_comment = true;
                        self.push();
                        self.state = state;
                    }
                }
                Match::More(length) => self.at += length,
                Match::Skip(length) => {
                    self.at += length;
                    start = self.at;
                }
                Match::Terminator => {
                    // The terminator itself is read again in the state below.
                    let image = &self.source[start..self.at];
                    if !image.is_empty() {
                        dropped.push_str(&marks::leftover(image));
                    }
                    last_is_comment = image.starts_with("##");
                    self.pop();
                    start = self.at;
                }
                Match::None => return Err(NoToken { start, at: self.at, state: self.state }),
            }
        }
    }

    fn token(&mut self, kind: TokenKind, start: usize, dropped: String, last_is_comment: bool) -> Token {
        let number = if dropped.is_empty() || last_is_comment {
            0
        } else {
            self.dropped.push(dropped);
            self.dropped.len() as u32
        };
        Token { kind, start: start as u32, end: self.at as u32, dropped: number }
    }

    /// Changes the state as a token does.
    fn act(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Text => {}
            TokenKind::IndexLeft => {
                self.push();
                self.state = State::Index;
            }
            TokenKind::IndexRight | TokenKind::End | TokenKind::Else | TokenKind::RightCurly => self.pop(),
            TokenKind::LeftParen => {
                self.opened += 1;
                if self.state == State::Modifier {
                    self.state = State::Arguments;
                }
            }
            TokenKind::RightParen => self.close_parenthesis(),
            TokenKind::CallEnd => self.state = State::Reference,
            TokenKind::Set => {
                self.push();
                self.in_set = true;
                self.state = State::Directive;
                self.opened += 1;
            }
            TokenKind::LineComment => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.in_comment = true;
                self.push();
                self.state = State::LineComment;
            }
            TokenKind::LineCommentEnd
            | TokenKind::FormalCommentEnd
            | TokenKind::BlockCommentEnd
            | TokenKind::TextBlock => {
                self.in_comment = false;
                self.pop();
            }
            TokenKind::String if self.state == State::Directive && !self.in_set && self.opened == 0 => self.pop(),
            TokenKind::Integer | TokenKind::Float if !self.in_set && self.opened == 0 => match self.state {
                State::Arguments => {}
                State::Index if kind == TokenKind::Integer => {}
                _ => self.pop(),
            },
            TokenKind::If | TokenKind::ElseIf => self.state = State::Directive,
            TokenKind::Dot => self.state = State::Modifier,
            _ => {}
        }
    }

    fn push(&mut self) {
        self.stack.push(Saved { state: self.state, opened: self.opened, closed: self.closed });
        self.opened = 0;
    }

    fn pop(&mut self) {
        match self.stack.pop() {
            Some(saved) => (self.state, self.opened, self.closed) = (saved.state, saved.opened, saved.closed),
            None => {
                self.state = State::Text;
                self.opened = 0;
            }
        }
    }

    /// Drops to the state below the one that has an open parenthesis.
    fn close_parenthesis(&mut self) {
        loop {
            if self.opened > 0 {
                if self.opened == self.closed + 1 {
                    self.pop();
                } else {
                    self.closed += 1;
                }
                return;
            }
            if self.stack.is_empty() {
                self.pop();
                return;
            }
            self.pop();
        }
    }

    // ---- what the parser tells the lexer

    /// Enters the state of a directive's arguments, behind its name; leaves it again when no parenthesis
    /// follows. Returns whether one does.
    pub(super) fn enter_directive(&mut self) -> bool {
        self.state = State::Directive;
        let rest = self.source.get(self.at..).unwrap_or("");
        let called = rest.trim_start_matches([' ', '\n', '\r', '\t']).starts_with('(');
        if !called {
            self.pop();
        }
        called
    }

    /// Ends a `#set`.
    pub(super) fn leave_set(&mut self) {
        self.in_set = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{Lexer, TokenKind};

    /// Returns the kinds and places of all tokens up to the end, or up to text that is none.
    fn tokens(lexer: &mut Lexer<'_>) -> Vec<(TokenKind, u32, u32)> {
        let mut all = Vec::new();
        while let Ok(token) = lexer.next() {
            all.push((token.kind, token.start, token.end));
            if token.kind == TokenKind::Eof {
                break;
            }
        }
        all
    }

    #[test]
    fn a_lexer_that_starts_anew_reads_the_same_tokens() {
        for source in
            ["\\\\\\é \\\\\\\\\\x", "  #set($x = 1) \t #set($y = 2)", "\\\\\\#if($x)\\\\é#end", "\\$x \\\\$y\\\\\\é"]
        {
            let mut lexer = Lexer::new(source);
            let first = tokens(&mut lexer);
            lexer.restart(0);
            assert_eq!(tokens(&mut lexer), first, "{source}");
        }
    }
}
