//! The names in a template: variables and macros, where they are defined and where they are used.

use std::ops::Range;
use vtl::syntax_unstable::ast::{Ast, Directive, Expr, ExprKind, Kind, Reference, Step};

/// The role of a name where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A `#set`, the variable of a `#foreach`, the name of a `#define` or `#macro`, or a macro's parameter.
    Definition,
    /// Any other reference or call.
    Use,
}

/// A name of a variable or macro, where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Name<'s> {
    pub(crate) name: &'s str,
    /// Bytes of the name alone, without `$` and braces.
    pub(crate) range: Range<usize>,
    pub(crate) role: Role,
    pub(crate) is_macro: bool,
}

/// Most names of an owner: each member of a chain has its own, and no variable of `$context` is as deep.
const MOST_STEPS: usize = 16;

/// A method or property behind a reference, where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Member<'s> {
    /// Name of the variable, and the first steps before the member.
    pub(crate) owner: Vec<&'s str>,
    pub(crate) name: &'s str,
    /// Bytes of the name alone.
    pub(crate) range: Range<usize>,
    pub(crate) is_method: bool,
    /// Bytes from the name to the end of the arguments.
    pub(crate) whole: Range<usize>,
    /// Offset of the name of the variable.
    pub(crate) start: usize,
}

/// Everything that is named in a template.
#[derive(Debug, Default)]
pub(crate) struct Names<'s> {
    pub(crate) names: Vec<Name<'s>>,
    pub(crate) members: Vec<Member<'s>>,
}

impl<'s> Names<'s> {
    /// Collects the names of a template in the order of the source.
    pub(crate) fn of(source: &'s str, ast: &Ast<'s>) -> Self {
        let mut collector = Collector { source, found: Names::default() };
        collector.nodes(ast);
        let mut found = collector.found;
        found.names.sort_by_key(|name| name.range.start);
        found.members.sort_by_key(|member| member.range.start);
        found
    }

    /// Returns the variable or macro whose name is at an offset.
    pub(crate) fn name_at(&self, offset: usize) -> Option<&Name<'s>> {
        self.names.iter().find(|name| name.range.start <= offset && offset <= name.range.end)
    }

    /// Returns the method or property whose name is at an offset.
    pub(crate) fn member_at(&self, offset: usize) -> Option<&Member<'s>> {
        self.members.iter().find(|member| member.range.start <= offset && offset <= member.range.end)
    }

    /// Iterates over all places of the variable or macro that is named as `name`.
    pub(crate) fn same<'a>(&'a self, name: &'a Name<'s>) -> impl Iterator<Item = &'a Name<'s>> {
        self.names.iter().filter(move |other| other.name == name.name && other.is_macro == name.is_macro)
    }
}

struct Collector<'s> {
    source: &'s str,
    found: Names<'s>,
}

impl<'s> Collector<'s> {
    fn nodes(&mut self, ast: &Ast<'s>) {
        for node in &ast.nodes {
            match &node.kind {
                Kind::Reference(reference) => self.reference(reference, Role::Use),
                Kind::Set(set) => {
                    let role = if set.0.steps.is_empty() { Role::Definition } else { Role::Use };
                    self.reference(&set.0, role);
                    self.expression(&set.1);
                }
                Kind::If(condition) | Kind::ElseIf(condition) => self.expression(condition),
                Kind::Directive(directive) => self.directive(directive, node.span.start as usize),
                _ => {}
            }
        }
    }

    fn directive(&mut self, directive: &Directive<'s>, start: usize) {
        let arguments = directive.arguments.as_deref().unwrap_or_default();
        let defines = match directive.name {
            "foreach" => 1,
            "define" => 1,
            "macro" => arguments.len(),
            _ => 0,
        };
        for (at, argument) in arguments.iter().enumerate() {
            match &argument.kind {
                ExprKind::Reference(reference) if at < defines && reference.steps.is_empty() => {
                    self.reference(reference, Role::Definition);
                }
                ExprKind::Word(name) if at == 0 && directive.name == "macro" => {
                    let range = argument.span.range();
                    self.found.names.push(Name { name, range, role: Role::Definition, is_macro: true });
                }
                _ => self.expression(argument),
            }
        }
        let is_own = ["foreach", "define", "macro", "set", "if", "stop", "break", "return"].contains(&directive.name);
        let written = self.source.get(start..).and_then(|text| text.find(directive.name));
        if let (false, Some(at)) = (is_own, written) {
            let range = start + at..start + at + directive.name.len();
            self.found.names.push(Name { name: directive.name, range, role: Role::Use, is_macro: true });
        }
    }

    fn reference(&mut self, reference: &Reference<'s>, role: Role) {
        // The name is behind the last `$`, `!` and brace.
        let start = reference.span.start as usize;
        let text = self.source.get(reference.span.range()).unwrap_or_default();
        let dollar = text.find(reference.name).unwrap_or_default();
        let range = start + dollar..start + dollar + reference.name.len();
        let variable = range.start;
        self.found.names.push(Name { name: reference.name, range, role, is_macro: false });
        let mut owner = vec![reference.name];
        for it in &reference.steps {
            let step = match it {
                Step::Property(name, span) => {
                    self.member(&owner, name, span.range(), false, variable);
                    *name
                }
                Step::Method(name, arguments, span) => {
                    self.member(&owner, name, span.range(), true, variable);
                    arguments.iter().for_each(|argument| self.expression(argument));
                    "()"
                }
                Step::Index(key, _) => {
                    self.expression(key);
                    "[]"
                }
            };
            if owner.len() < MOST_STEPS {
                owner.push(step);
            }
        }
    }

    fn member(&mut self, owner: &[&'s str], name: &'s str, whole: Range<usize>, is_method: bool, start: usize) {
        let text = self.source.get(whole.clone()).unwrap_or_default();
        let at = whole.start + text.find(name).unwrap_or_default();
        let range = at..at + name.len();
        self.found.members.push(Member { owner: owner.to_vec(), name, range, is_method, whole, start });
    }

    fn expression(&mut self, expression: &Expr<'s>) {
        match &expression.kind {
            ExprKind::Reference(reference) => self.reference(reference, Role::Use),
            ExprKind::Template(text) => self.nodes(&text.ast),
            _ => expression.each_operand(|operand| self.expression(operand)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, Role};
    use vtl::Dialect;
    use vtl::syntax_unstable::{Texts, parse_for_tools};

    #[test]
    fn names_have_their_own_range_and_role() {
        let source = "#set($a = $input.path('$.x'))\n#foreach($i in $!{a.b})\"$i.c(\"$a\")\"#end";
        let texts = Texts::new();
        let budget = vtl::Budget::unlimited();
        let (ast, _) = parse_for_tools("t", source, Dialect::service(), &texts, &budget);
        let names = Names::of(source, &ast);
        let found: Vec<_> = names.names.iter().map(|name| (&source[name.range.clone()], name.role)).collect();
        use Role::{Definition, Use};
        assert_eq!(found, [("a", Definition), ("input", Use), ("i", Definition), ("a", Use), ("i", Use), ("a", Use)]);
        let members: Vec<_> = names.members.iter().map(|member| &source[member.range.clone()]).collect();
        assert_eq!(members, ["path", "b", "c"]);
    }

    #[test]
    fn members_of_a_long_chain_know_its_first_steps() {
        let source = format!("$context{}", ".b(1).c".repeat(10_000));
        let texts = Texts::new();
        let budget = vtl::Budget::unlimited();
        let (ast, _) = parse_for_tools("t", &source, Dialect::service(), &texts, &budget);
        let names = Names::of(&source, &ast);
        assert_eq!(names.members.len(), 20_000);
        assert!(names.members.iter().all(|it| it.owner[0] == "context" && it.owner.len() <= 16));
        assert_eq!(names.members[3].owner, ["context", "()", "c", "()"]);
    }
}
