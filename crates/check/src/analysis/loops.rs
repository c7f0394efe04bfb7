//! The `#foreach` loops of a template, found by their places.

use std::collections::BTreeSet;
use std::ops::Range;
use vtl::syntax_unstable::ast::{Ast, Kind};

/// The bounds of the loops of a template.
#[derive(Debug)]
pub struct Loops {
    /// By their starts, each with the number of the loop around it.
    all: Vec<(Range<usize>, Option<usize>)>,
    /// The numbers of those that may end before their last turn.
    broken_off: BTreeSet<usize>,
}

impl Loops {
    /// Lists the loops of a template.
    pub fn of(ast: &Ast<'_>) -> Loops {
        let mut loops = Loops { all: Vec::new(), broken_off: BTreeSet::new() };
        for node in &ast.nodes {
            let Kind::Directive(directive) = &node.kind else { continue };
            let start = node.span.range().start;
            match directive.name {
                "foreach" => {
                    let outer = loops.innermost(start);
                    loops.all.push((start..directive.whole.end(), outer));
                }
                "break" => loops.broken_off.extend(loops.innermost(start)),
                _ => {}
            }
        }
        loops
    }

    /// Checks whether the innermost loop around an offset has a `#break`: its last turn is not known before.
    pub fn has_break(&self, at: usize) -> bool {
        self.innermost(at).is_some_and(|number| self.broken_off.contains(&number))
    }

    /// Returns the loop that starts at an offset.
    pub fn starting(&self, at: usize) -> Option<Range<usize>> {
        let found = self.all.binary_search_by_key(&at, |(bounds, _)| bounds.start).ok()?;
        self.all.get(found).map(|(bounds, _)| bounds.clone())
    }

    /// Returns the loops around an offset, the innermost first.
    pub fn around(&self, at: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let loops = std::iter::successors(self.innermost(at), |number| self.all.get(*number)?.1);
        loops.filter_map(|number| self.all.get(number).map(|(bounds, _)| bounds.clone()))
    }

    /// Returns the number of the innermost loop around an offset.
    fn innermost(&self, at: usize) -> Option<usize> {
        let before = self.all.partition_point(|(bounds, _)| bounds.start <= at);
        let mut number = before.checked_sub(1)?;
        while !self.all.get(number)?.0.contains(&at) {
            number = self.all.get(number)?.1?;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::Loops;

    #[test]
    fn loops_are_found_around_an_offset() {
        let text = "#foreach($a in $b)#foreach($c in $d)x#end#foreach($e in $f)y#end z#end#foreach($g in $h)#end";
        let (texts, budget) = (vtl::syntax_unstable::Texts::default(), vtl::Budget::unlimited());
        let (ast, _) = vtl::syntax_unstable::parse_all(text, vtl::Dialect::service(), &texts, &budget);
        let loops = Loops::of(&ast);
        let starts = |letter: char| -> Vec<usize> {
            loops.around(text.find(letter).unwrap()).map(|bounds| bounds.start).collect()
        };
        assert_eq!((starts('x'), starts('y'), starts('z')), (vec![18, 0], vec![41, 0], vec![0]));
        assert_eq!((loops.starting(41), loops.starting(42)), (Some(41..64), None));
    }
}
