//! The steps that a backtracking engine takes.
//!
//! `fancy-regex` limits the backtracks of a search and nothing else. From one to the next it may run automata, each over
//! all of the text behind. The turns of its loops are each undone by a backtrack of their own, but for those of the
//! match, and for those in look-arounds and atomic groups, which are dropped at once.

use fancy_regex::{Expr, LookAround};

/// The parts of a regular expression that take time, as a tree.
#[derive(Debug)]
pub(super) struct Run {
    /// Instructions of the engine besides those of `parts`.
    instructions: usize,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Automaton(Automaton),
    /// A look-around or an atomic group that is no automaton.
    Atomic(Run),
    /// A loop around such, or around a reference to a group, with its least and most turns.
    Loop(usize, usize, Run),
}

/// Bounds the work of the automaton of a part without look-around.
#[derive(Clone, Copy, Debug)]
struct Automaton {
    /// Its characters and classes, those of repeated parts as often as they are repeated.
    positions: usize,
    /// Positions at which it may be at once.
    active: usize,
    /// The length of all its matches if they have one length.
    length: Option<usize>,
    is_unbounded: bool,
}

impl Run {
    const EMPTY: Run = Run { instructions: 1, parts: Vec::new() };

    /// Reads a regular expression; `None` if it is not valid. The caller has checked its depth.
    pub(super) fn of(regex: &str) -> Option<Run> {
        let tree = Expr::parse_tree(regex).ok()?;
        let mut run = Run::EMPTY;
        run.add(&tree.expr, longest_group(&tree.expr), false);
        Some(run)
    }

    /// Returns the most steps from one backtrack to the next, over a text of so many bytes.
    pub(super) fn each(&self, text: usize) -> usize {
        let part = |part: &Part| match part {
            Part::Automaton(automaton) => automaton.steps(text),
            Part::Atomic(run) => run.each(text).saturating_add(run.turns(text, text)),
            Part::Loop(least, _, run) => run.each(text).saturating_add(TURN).saturating_mul(1 + text.min(*least)),
        };
        self.parts.iter().map(part).fold(self.instructions, usize::saturating_add)
    }

    /// Returns the steps of the loops of a match of so many bytes in a text.
    pub(super) fn turns(&self, matched: usize, text: usize) -> usize {
        self.nested_turns(matched, text, 1)
    }

    fn nested_turns(&self, matched: usize, text: usize, outer: usize) -> usize {
        let part = |part: &Part| match part {
            Part::Loop(_, most, run) => {
                let turns = most.saturating_mul(outer);
                let own = run.each(text).saturating_add(TURN).saturating_mul(turns.min(matched.saturating_add(1)));
                own.saturating_add(run.nested_turns(matched, text, turns))
            }
            _ => 0,
        };
        self.parts.iter().map(part).fold(0, usize::saturating_add)
    }

    /// Adds an expression; `group` has the characters of the longest group.
    fn add(&mut self, expr: &Expr, group: Option<usize>, is_atomic: bool) {
        if is_easy(expr) {
            return self.parts.push(Part::Automaton(Automaton::of(expr)));
        }
        match expr {
            // Each turn backtracks, so it is counted as such.
            Expr::Repeat { child, .. } if is_atomic && backtracks(child) => self.add(child, group, is_atomic),
            Expr::Repeat { child, lo, hi, .. } => {
                let mut run = Run::EMPTY;
                run.add(child, group, is_atomic);
                self.parts.push(Part::Loop(*lo, *hi, run));
            }
            Expr::Backref { .. } => self.parts.push(Part::Automaton(Automaton {
                positions: group.unwrap_or(1),
                length: None,
                is_unbounded: group.is_none(),
                ..Automaton::EMPTY
            })),
            Expr::LookAround(inner, _) | Expr::AtomicGroup(inner) => {
                if is_easy(inner) {
                    return self.parts.push(Part::Automaton(Automaton::of(inner)));
                }
                let mut run = Run::EMPTY;
                run.add(inner, group, true);
                self.parts.push(Part::Atomic(run));
            }
            Expr::Concat(parts) => {
                // Neighbours without look-around are one automaton.
                for part in parts.chunk_by(|one, other| is_easy(one) && is_easy(other)) {
                    match part {
                        [part] => self.add(part, group, is_atomic),
                        parts => self.parts.push(Part::Automaton(Automaton::of_all(parts))),
                    }
                }
            }
            _ => {
                self.instructions = self.instructions.saturating_add(1);
                expr.children_iter().for_each(|child| self.add(child, group, is_atomic));
            }
        }
    }
}

/// Returns the characters of the longest group; `None` if one has no limit.
fn longest_group(expr: &Expr) -> Option<usize> {
    let own = match expr {
        Expr::Group(inner) if is_easy(inner) => {
            let automaton = Automaton::of(inner);
            if automaton.is_unbounded {
                return None;
            }
            automaton.positions
        }
        Expr::Group(_) => return None,
        _ => 0,
    };
    expr.children_iter().try_fold(own, |longest, child| Some(longest.max(longest_group(child)?)))
}

impl Automaton {
    const EMPTY: Automaton = Automaton { positions: 0, active: 1, length: Some(0), is_unbounded: false };

    fn of(expr: &Expr) -> Automaton {
        match expr {
            Expr::Empty | Expr::Assertion(_) => Automaton::EMPTY,
            Expr::Literal { val, .. } => {
                let positions = val.chars().count();
                Automaton { positions, length: Some(positions), ..Automaton::EMPTY }
            }
            Expr::Any { .. } | Expr::Delegate { .. } => Automaton { positions: 1, length: Some(1), ..Automaton::EMPTY },
            Expr::Concat(parts) => Automaton::of_all(parts),
            // The characters read so far tell the position.
            Expr::Alt(words) if words.iter().all(is_literal) => {
                let positions = words.iter().map(|word| Automaton::of(word).positions).fold(0, usize::saturating_add);
                Automaton { positions, length: None, ..Automaton::EMPTY }
            }
            Expr::Alt(parts) => {
                let parts: Vec<Automaton> = parts.iter().map(Automaton::of).collect();
                let sum = |of: fn(&Automaton) -> usize| parts.iter().map(of).fold(0, usize::saturating_add);
                Automaton {
                    positions: sum(|part| part.positions),
                    active: sum(|part| part.active),
                    length: parts
                        .first()
                        .and_then(|first| first.length)
                        .filter(|_| parts.windows(2).all(|two| two[0].length == two[1].length)),
                    is_unbounded: parts.iter().any(|part| part.is_unbounded),
                }
            }
            Expr::Repeat { child, lo, hi, .. } => {
                let child = Automaton::of(child);
                let is_unbounded = *hi == usize::MAX;
                let copies = if is_unbounded { lo.saturating_add(1) } else { *hi };
                let positions = child.positions.saturating_mul(copies);
                Automaton {
                    positions,
                    // With turns of one length it is in one turn, with others it may be in any.
                    active: if child.length.is_some() { child.active } else { positions.max(1) },
                    length: child.length.filter(|_| lo == hi).map(|length| length.saturating_mul(copies)),
                    is_unbounded: is_unbounded || child.is_unbounded,
                }
            }
            Expr::Group(inner) => Automaton::of(inner),
            other => {
                let children: Vec<Automaton> = other.children_iter().map(Automaton::of).collect();
                Automaton { length: None, ..Automaton::concat(children) }
            }
        }
    }

    fn of_all(parts: &[Expr]) -> Automaton {
        Automaton::concat(parts.iter().map(Automaton::of))
    }

    fn concat(parts: impl IntoIterator<Item = Automaton>) -> Automaton {
        parts.into_iter().fold(Automaton::EMPTY, |all, part| Automaton {
            positions: all.positions.saturating_add(part.positions),
            // Behind a part of many lengths it may be at any position.
            active: match all.length {
                Some(_) => all.active.max(part.active),
                None => all.active.saturating_add(part.positions).max(part.active),
            },
            length: all.length.zip(part.length).map(|(one, other)| one.saturating_add(other)),
            is_unbounded: all.is_unbounded || part.is_unbounded,
        })
    }

    /// Returns the most steps over a text of so many bytes.
    fn steps(&self, text: usize) -> usize {
        let reach = if self.is_unbounded { text } else { text.min(self.positions.saturating_mul(4)) };
        // Room for the groups of each position.
        let start = 1 + self.positions / POSITIONS_PER_STEP;
        let sets = match self.active <= FEW {
            true => reach.min(self.positions.saturating_mul(1 << self.active)),
            // Other sets are met from each place on.
            false => reach.saturating_mul(text),
        };
        match sets.saturating_mul(self.active.saturating_mul(STATE).saturating_add(STATE * 16)) <= CACHE {
            true => start + reach / BYTES_PER_STEP,
            // Each byte makes a state anew.
            false => start.saturating_add(reach.saturating_mul(4 + self.active / 2)),
        }
    }
}

/// Steps of a turn besides those of its parts.
const TURN: usize = 2;

/// Bytes of an automaton's state for each position.
const STATE: usize = 4;

/// Bytes of states that an automaton keeps.
const CACHE: usize = 1 << 20;

/// Positions whose sets are few enough to be kept.
const FEW: usize = 8;

/// Positions that a search for groups clears in one step.
const POSITIONS_PER_STEP: usize = 8;

/// Bytes with known transitions that one step pays for.
const BYTES_PER_STEP: usize = 8;

/// Checks for an expression that an automaton can match.
fn is_easy(expr: &Expr) -> bool {
    match expr {
        Expr::Empty
        | Expr::Any { .. }
        | Expr::Assertion(_)
        | Expr::GeneralNewline { .. }
        | Expr::Literal { .. }
        | Expr::LiteralBytes { .. }
        | Expr::Delegate { .. } => true,
        Expr::Concat(_) | Expr::Alt(_) | Expr::Group(_) | Expr::Repeat { .. } => expr.children_iter().all(is_easy),
        _ => false,
    }
}

/// Checks for characters in a row.
fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Literal { .. } => true,
        Expr::Concat(parts) => parts.iter().all(is_literal),
        _ => false,
    }
}

/// Checks for an expression that cannot match without a backtrack.
fn backtracks(expr: &Expr) -> bool {
    match expr {
        Expr::LookAround(_, LookAround::LookAheadNeg | LookAround::LookBehindNeg) => true,
        Expr::Concat(parts) => parts.iter().any(backtracks),
        Expr::Alt(parts) => parts.iter().all(backtracks),
        Expr::Group(inner) => backtracks(inner),
        Expr::Repeat { child, lo, .. } => *lo > 0 && backtracks(child),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Run;

    fn each(regex: &str, text: usize) -> usize {
        Run::of(regex).map_or(usize::MAX, |run| run.each(text))
    }

    fn turns(regex: &str, matched: usize, text: usize) -> usize {
        Run::of(regex).map_or(usize::MAX, |run| run.turns(matched, text))
    }

    #[test]
    fn a_loop_around_a_look_around_takes_it_in_each_turn() {
        assert!(turns("(?:(?=[ab]*c?)[ab])*", 100_000, 100_000) > 100_000 * 10_000);
        assert!(each("(?:(?=[ab]*c?)[ab])*", 100_000) < 30_000);
        assert!((100..2_000).contains(&turns("(?:(?=a)a)*", 100, 100_000)));
        assert_eq!(turns(r"(?=[ab]*)\w*", 100_000, 100_000), 0);
        // One that is dropped at once, one that has no branches, one that backtracks in each turn.
        assert!(each(r"(?>(?:(?=a)a)*)b", 20_000) > 20_000);
        assert!(each(r"(?:(?=a)a){900}b", 20_000) > 900);
        assert!(each("(?>(?:(?!END).)*)", 100_000) < 30);
    }

    #[test]
    fn ordinary_patterns_cost_little() {
        assert!(each(r"(?:(?!\*/).)*", 100_000) < 20);
        assert!(each(r"(.)\1+", 100_000) < 20 && turns(r"(.)\1+", 3, 100_000) < 50);
        assert!(each("(?:(?!(?:one|two|three|four|five|six|seven|eight|nine|ten)).)*", 100_000) < 50);
        assert!(each(r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$", 800) < 500);
        assert!(each("^(?=.{1,254}$)((?!-)[A-Za-z0-9-]{1,63}(?<!-)\\.)+[A-Za-z]{2,63}$", 250) < 300);
    }

    #[test]
    fn an_automaton_of_many_positions_makes_a_state_a_byte() {
        assert!(each("(?=(a?b?){1000}!)c", 100_000) > 1_000_000);
        assert!(each("(?=(a{1,50000}))b", 100_000) > 100_000);
        assert!(each("(?=(a{1,500}))b", 100_000) < 400);
        assert!(each("(?=.*a[ab]{300}!)c", 100_000) > 10_000_000);
    }
}
