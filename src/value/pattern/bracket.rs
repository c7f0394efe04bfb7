//! Parsing of bracketed character classes: ranges, nested classes, `&&`.

use super::class::Set;
use super::translate::{Escape, PatternParser};
use crate::error::Error;

impl PatternParser<'_> {
    /// Parses a class from its `[`, or the right operand of `&&`, which ends before the `]`.
    pub(super) fn class(&mut self, bracket: bool) -> Result<Set, Error> {
        self.deeper()?;
        let mut negated = false;
        if bracket {
            self.at += 1;
            if self.peek() == b'^' && self.code(self.at - 1) == 0x5B {
                self.at += 1;
                negated = true;
            }
        }
        // Java collects single characters separately: those before `&&` are added again with those after it.
        let mut singles: Option<Set> = None;
        let mut pending = false;
        let mut whole: Option<Set> = None;
        let mut last: Option<Set> = None;
        let join = |whole: Option<Set>, set: &Set| Some(whole.map_or_else(|| set.clone(), |whole| whole.or(set)));
        loop {
            let c = self.peek();
            if self.done() {
                return Err(self.bad("Unclosed character class"));
            }
            match c {
                b'[' => {
                    let set = self.class(true)?;
                    self.pay(&set)?;
                    whole = join(whole, &set);
                    last = Some(set);
                    continue;
                }
                b'&' if self.second_ampersand() => {
                    let right = self.right_of_intersection()?;
                    for set in [right.as_ref(), whole.as_ref(), last.as_ref()].into_iter().flatten() {
                        self.pay(set)?;
                    }
                    if pending && let Some(set) = &singles {
                        if whole.is_none() {
                            last = Some(set.clone());
                        }
                        whole = join(whole, set);
                        pending = false;
                    }
                    if right.is_some() {
                        last.clone_from(&right);
                    }
                    whole = match (whole, right, &last) {
                        (None, Some(right), _) => Some(right),
                        (None, None, _) => return Err(self.bad("Bad class syntax")),
                        (Some(_), _, None) => return Err(self.bad("Bad intersection syntax")),
                        (Some(whole), _, Some(last)) => Some(whole.and(last)),
                    };
                    continue;
                }
                b']' if whole.is_some() || pending => {
                    if bracket {
                        self.at += 1;
                    }
                    if pending && let Some(set) = &singles {
                        whole = join(whole, set);
                    }
                    self.depth -= 1;
                    let set = whole.unwrap_or_else(Set::empty);
                    return Ok(if negated { set.not() } else { set });
                }
                _ => {}
            }
            let (set, single) = self.class_member()?;
            // Joining canonicalizes all that was collected.
            for set in [Some(&set), whole.as_ref(), singles.as_ref()].into_iter().flatten() {
                self.pay(set)?;
            }
            if single {
                singles = join(singles, &set);
                pending = true;
                last = None;
            } else {
                whole = join(whole, &set);
                last = Some(set);
            }
        }
    }

    /// Consumes `&&` if it is next.
    pub(super) fn second_ampersand(&mut self) -> bool {
        let back = self.at;
        self.at += 1;
        if self.peek() == b'&' && !self.done() {
            self.at += 1;
            return true;
        }
        self.at = back;
        false
    }

    /// Parses the right operand of `&&`.
    pub(super) fn right_of_intersection(&mut self) -> Result<Option<Set>, Error> {
        let mut right: Option<Set> = None;
        loop {
            let c = self.peek();
            if self.done() {
                return Err(self.bad("Unclosed character class"));
            }
            if c == b']' || c == b'&' {
                return Ok(right);
            }
            let set = self.class(c == b'[')?;
            self.pay(&set)?;
            right = Some(right.map_or_else(|| set.clone(), |right| right.or(&set)));
        }
    }

    /// Parses one character, range or escape of a class; the flag marks a single Latin-1 character.
    pub(super) fn class_member(&mut self) -> Result<(Set, bool), Error> {
        let code = if self.peek() == b'\\' {
            let range = self.code(self.at + 2) == 0x2D;
            match self.escape(true, range)? {
                Escape::Code(code) => code,
                Escape::Class(set) => return Ok((set, false)),
                Escape::Atom(_) => return Err(self.bad("Illegal/unsupported escape sequence")),
            }
        } else {
            self.read()
        };
        if self.peek() == b'-' && !self.done() {
            let after = self.code(self.at + 1);
            if after != 0x5B && after != 0x5D {
                self.at += 1;
                let last = if self.peek() == b'\\' {
                    match self.escape(true, true)? {
                        Escape::Code(code) => code,
                        _ => return Err(self.bad("Illegal character range")),
                    }
                } else {
                    if self.done() {
                        return Err(self.bad("Illegal character range"));
                    }
                    self.read()
                };
                if last < code {
                    return Err(self.bad("Illegal character range"));
                }
                return Ok((self.range(code, last)?, false));
            }
        }
        Ok((self.single(code)?, code < 256))
    }
}
