//! The walk through a template along all paths, with abstract values and a JSON reader on each.

use crate::analysis::blocks::Block;
use crate::analysis::path::{LONGEST_KNOWN, Path, Turn, join};
use crate::analysis::reader::{Fault, Position, Trust};
use crate::analysis::references;
use crate::analysis::sites::{Assignment, Broken, Decision, Print, Sites};
use crate::analysis::value::{Origin, Value};
use crate::model::shape::Part;
use std::rc::Rc;
use vtl::syntax_unstable::ast::{Expr, ExprKind, Kind, Node, Operator, Reference};
use vtl::{Budget, Span};

/// Facts of the template that a walk starts from.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Set for a template of an integration response.
    pub is_response: bool,
    /// Set if the text is read as JSON.
    pub is_json: bool,
    /// Set if variables may come from outside of the template.
    pub variables_unknown: bool,
    /// Names of the path's parameters.
    pub path_parameters: Vec<String>,
}

/// Nodes that are visited, at most: paths times nodes. Behind them one path goes on, which judges nothing, and a
/// loop runs once; behind twice as many it does not know its variables.
const MOST_STEPS: usize = 400_000;
/// Steps of the budget for a node that is visited.
const PRICE: usize = 10;
/// Bytes of a node, and conditions that are known of a path, that count as another node.
const BYTES_PER_STEP: usize = 64;
const KNOWN_PER_STEP: usize = 8;
/// Bytes of known conditions in which a word is looked for that count as another node.
const SEARCHED_PER_STEP: usize = 512;
/// Variables of a path that count as another node where it forks and is joined.
const VARIABLES_PER_STEP: usize = 2;
/// Bytes of the source of the longest condition that is known, with its blanks.
const LONGEST_SOURCE: usize = 4 * LONGEST_KNOWN;
/// Outputs of a template that are compared with its model.
const MOST_CHOICES: usize = 6;

pub struct Walker<'a, 's> {
    pub source: &'s str,
    pub facts: &'a Facts,
    pub sites: Sites<'a, 's>,
    /// Nodes that were visited, and those that may be before the output is judged no more.
    steps: usize,
    most_steps: usize,
    visits: u32,
    /// Number of the arm that every `#if` takes, and loops one turn; `None` follows all.
    choice: Option<usize>,
    /// Most arms that an `#if` had to choose from.
    most_arms: usize,
}

impl<'a, 's> Walker<'a, 's> {
    /// Walks through a template. The walks of a document leave half of its steps for all else, but each may visit a
    /// node for each byte.
    pub fn run(source: &'s str, facts: &'a Facts, blocks: &[Block<'a, 's>], budget: &Budget<'_>) -> Sites<'a, 's> {
        let mut walker = Walker::new(source, facts, None);
        let reserved = budget.steps().saturating_add(budget.steps_left()) / 2;
        let left = usize::try_from(budget.steps_left().saturating_sub(reserved)).unwrap_or(usize::MAX);
        walker.most_steps = MOST_STEPS.min(source.len().max(left / 2 / PRICE));
        let mut path = Path::default();
        if !facts.is_json {
            path.reader.distrust(Trust::Lost);
        }
        let ends = walker.blocks(blocks, vec![path]);
        // What a walk takes is known at its end; the next charge tells that the budget is spent. What one path takes
        // behind that is paid by the bytes.
        let _ = budget.charge(PRICE * walker.steps.min(2 * walker.most_steps));
        if walker.is_spent() {
            walker.sites.cut.get_or_insert(source.len());
        } else {
            for mut path in ends {
                if !path.stopped
                    && let Some(fault) = path.reader.end()
                {
                    let at = source.trim_end().len();
                    let (span, decisions) = (Span::new(at, 0), path.decisions);
                    walker.sites.broken(Broken { fault, span, at, decisions, text: String::new() });
                }
            }
        }
        walker.sites
    }

    fn new(source: &'s str, facts: &'a Facts, choice: Option<usize>) -> Self {
        Walker {
            source,
            facts,
            sites: Sites::default(),
            steps: 0,
            most_steps: MOST_STEPS,
            visits: 0,
            choice,
            most_arms: 1,
        }
    }

    /// Returns outputs of a template, each of a path that takes other arms of its `#if`s and one turn of its
    /// loops, while the budget lasts. An output whose structure depends on a value is left out.
    pub fn outputs(
        source: &'s str,
        facts: &'a Facts,
        blocks: &[Block<'a, 's>],
        budget: &Budget<'_>,
    ) -> Vec<Rc<Vec<(Part, usize)>>> {
        let mut outputs = Vec::new();
        let mut choice = 0;
        loop {
            let mut walker = Walker::new(source, facts, Some(choice));
            let mut path = Path::default();
            path.output = Some(Rc::default());
            for path in walker.blocks(blocks, vec![path]) {
                outputs.extend(path.output.filter(|_| path.reader.trust > Trust::Lost));
            }
            choice += 1;
            let is_charged = budget.charge(PRICE * walker.steps.min(2 * walker.most_steps)).is_ok();
            if choice >= walker.most_arms.min(MOST_CHOICES) || !is_charged {
                return outputs;
            }
        }
    }

    /// Checks whether the walk has visited as many nodes as it may.
    fn is_spent(&self) -> bool {
        self.steps > self.most_steps
    }

    /// Counts a text that is put together, or written for a reference, as that of a node.
    pub fn charge_bytes(&mut self, bytes: usize) {
        self.steps += bytes / BYTES_PER_STEP;
    }

    /// Counts a look at the conditions that are known of a path.
    fn charge_known(&mut self, path: &Path<'_>) {
        self.steps += path.known.bytes() / SEARCHED_PER_STEP;
    }

    fn blocks(&mut self, blocks: &[Block<'a, 's>], mut paths: Vec<Path<'a>>) -> Vec<Path<'a>> {
        for block in blocks {
            let (weight, forks) = match block {
                Block::Plain(node) => (1 + node.span.range().len() / BYTES_PER_STEP, 0),
                Block::If { arms, .. } => {
                    let conditions = arms.iter().filter_map(|(condition, _)| *condition);
                    let bytes: usize = conditions.map(|it| it.span.range().len()).sum();
                    (arms.len() + bytes / BYTES_PER_STEP, arms.len())
                }
                Block::Foreach { node, .. } => (1 + node.span.range().len() / BYTES_PER_STEP, 1),
                _ => (1, 1),
            };
            let steps = |path: &Path<'_>| {
                weight + path.known.len() / KNOWN_PER_STEP + forks * path.variables() / VARIABLES_PER_STEP
            };
            self.steps += paths.iter().map(steps).sum::<usize>();
            if self.is_spent() {
                if let Block::Plain(node) | Block::If { node, .. } | Block::Foreach { node, .. } = block {
                    self.sites.cut.get_or_insert(node.span.range().start);
                }
                paths.truncate(1);
                for path in &mut paths {
                    path.reader.distrust(Trust::Lost);
                    path.known = Rc::default();
                    if self.steps > 2 * self.most_steps {
                        path.forget();
                    }
                }
            }
            paths = match block {
                Block::Plain(node) => {
                    for path in &mut paths {
                        if !path.broken && !path.stopped {
                            self.node(node, path);
                        }
                    }
                    paths
                }
                Block::If { node, arms } => self.branch(node, arms, paths),
                Block::Foreach { node, directive, body } => {
                    let mut arguments = directive.arguments.iter().flatten();
                    match (arguments.next(), arguments.nth(1).or(directive.arguments.iter().flatten().last())) {
                        (Some(Expr { kind: ExprKind::Reference(variable), .. }), Some(list)) => {
                            self.foreach((node, variable.name, list), body, paths)
                        }
                        _ => distrust(paths),
                    }
                }
                Block::Define { directive, body } => {
                    let name = directive.arguments.iter().flatten().next().and_then(|argument| match &argument.kind {
                        ExprKind::Reference(reference) => Some(reference.name),
                        _ => None,
                    });
                    let mut inside = paths.first().cloned().unwrap_or_default();
                    inside.reader.distrust(Trust::Lost);
                    inside.output = None;
                    self.blocks(body, vec![inside]);
                    for path in &mut paths {
                        if let Some(name) = name {
                            path.set(name, Value::Block);
                        }
                    }
                    paths
                }
                Block::Deep(node) => {
                    self.sites.deep.get_or_insert(node.span.range().start);
                    distrust(paths)
                }
                Block::Other => distrust(paths),
            };
        }
        paths
    }

    fn node(&mut self, node: &'a Node<'s>, path: &mut Path<'a>) {
        match &node.kind {
            Kind::Text(text) => {
                let start = self.offset_of(text).unwrap_or(node.span.range().start);
                self.text(text, start, path);
            }
            Kind::Marks(text) => self.text(text, node.span.range().start, path),
            Kind::Reference(reference) => self.print(reference, path),
            Kind::Set(set) => self.set(&set.0, &set.1, node.span, path),
            Kind::Directive(directive) => match directive.name {
                "stop" => path.stopped = true,
                "break" => path.broken = true,
                _ => {
                    for argument in directive.arguments.iter().flatten() {
                        self.value(argument, path);
                    }
                    path.reader.distrust(Trust::Lost);
                }
            },
            Kind::Broken(_) => path.reader.distrust(Trust::Lost),
            _ => {}
        }
    }

    /// Returns the offset of a slice of the source.
    fn offset_of(&self, text: &str) -> Option<usize> {
        let offset = (text.as_ptr() as usize).checked_sub(self.source.as_ptr() as usize)?;
        (self.source.get(offset..offset + text.len()) == Some(text)).then_some(offset)
    }

    fn text(&mut self, text: &str, start: usize, path: &mut Path<'a>) {
        if path.reader.trust == Trust::Lost {
            return;
        }
        for (at, c) in text.char_indices() {
            path.write(Part::Char(c), start + at);
            let comma = path.reader.comma;
            if let Some(fault) = path.reader.read(c, start + at) {
                let word = path.reader.word;
                let span = match fault {
                    Fault::TrailingComma => Span::new(comma, 1),
                    Fault::Unquoted if word <= start + at => self.word(word, start + at),
                    _ => Span::new(start + at, c.len_utf8()),
                };
                self.broken(fault, span, start + at, path);
            }
        }
    }

    /// Returns the span of a word without quotes that is noticed at its first character or behind it.
    fn word(&self, start: usize, noticed: usize) -> Span {
        let rest = self.source.get(start..).unwrap_or_default();
        let len = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '+'));
        let len = len.unwrap_or(rest.len());
        // A reference or directive may be a part of it.
        Span::new(start, if noticed > start { len.min(noticed - start) } else { len })
    }

    fn broken(&mut self, fault: Fault, span: Span, at: usize, path: &Path<'a>) {
        let text = self.source.get(span.range()).unwrap_or_default().to_owned();
        self.sites.broken(Broken { fault, span, at, decisions: path.decisions.clone(), text });
    }

    fn print(&mut self, reference: &'a Reference<'s>, path: &mut Path<'a>) {
        let span = reference.span;
        if let Some(mark) = &reference.mark {
            self.text(mark.backslashes, span.range().start, path);
            if mark.escaped {
                self.text(reference.literal, span.range().start, path);
                return;
            }
        }
        let value = self.reference(reference, path);
        let position = if self.facts.is_json { path.reader.position() } else { None };
        let guarded = self.is_known(span, path);
        self.sites.print(Print { reference, value: value.clone(), position, guarded });
        match value.printed() {
            Some(text) if !matches!(value, Value::Nothing) || self.sets_nothing(reference) => {
                if path.reader.trust == Trust::Lost {
                    return;
                }
                self.charge_bytes(text.len());
                for c in text.chars() {
                    path.write(Part::Char(c), span.range().start);
                    if let Some(fault) = path.reader.read(c, span.range().start) {
                        self.broken(fault, span, span.range().start, path);
                    }
                }
            }
            _ => {
                path.write_hole(&value, span.range().start);
                let text = value.text();
                // A reference that is not known where structure is expected may print anything.
                let is_value = !text.composed && !matches!(value, Value::Nothing);
                path.reader.hole(is_value);
                if !is_value && position.is_some_and(|at| matches!(at, Position::Structure)) {
                    path.reader.distrust(Trust::Strings);
                }
            }
        }
    }

    /// Checks whether a reference that has no value here certainly prints nothing.
    fn sets_nothing(&self, reference: &Reference<'s>) -> bool {
        reference.steps.is_empty() && !self.facts.variables_unknown
    }

    fn set(&mut self, target: &'a Reference<'s>, expr: &'a Expr<'s>, span: Span, path: &mut Path<'a>) {
        let value = self.value(expr, path);
        let old = path.get(target.name).cloned().unwrap_or(Value::Nothing);
        let is_guarded = self.speaks_of(expr, path);
        self.sites.assignment(Assignment { target, expr, value: value.clone(), old, is_guarded, span });
        if target.steps.is_empty() {
            self.charge_known(path);
            path.set(target.name, value);
        } else {
            // Arguments of the target are references too.
            self.reference(target, path);
        }
    }

    /// Checks whether a condition that is known names a reference of an expression.
    fn speaks_of(&mut self, expr: &'a Expr<'s>, path: &Path<'a>) -> bool {
        let mut found = false;
        references::of_expr(expr, &mut |reference, _| found = found || self.is_known(reference.span, path));
        found
    }

    /// Checks whether a condition that is known names the reference at a span. One that is longer than all of them
    /// is in none.
    fn is_known(&mut self, span: Span, path: &Path<'a>) -> bool {
        if path.known.len() == 0 || span.range().len() > LONGEST_SOURCE {
            return false;
        }
        self.charge_known(path);
        self.charge_bytes(span.range().len());
        path.known.has(self.words(span).trim_start_matches('$'))
    }

    fn branch(
        &mut self,
        node: &'a Node<'s>,
        arms: &[(Option<&'a Expr<'s>>, Vec<Block<'a, 's>>)],
        paths: Vec<Path<'a>>,
    ) -> Vec<Path<'a>> {
        let mut ends = Vec::new();
        self.visits += 1;
        let visit = self.visits;
        let mut entering: Vec<Vec<Path<'a>>> = arms.iter().map(|_| Vec::new()).collect();
        for path in paths {
            if path.broken || path.stopped {
                ends.push(path);
                continue;
            }
            let mut rest = Some(path);
            for (at, (condition, _)) in arms.iter().enumerate() {
                let Some(mut path) = rest.take() else { break };
                let Some(condition) = condition else {
                    if at > 0 {
                        decide(&mut path, node, visit, (at, arms.len() - 1));
                    }
                    entering[at].push(path);
                    break;
                };
                let key = self.key(condition);
                let known = self.condition(condition, &path);
                let known = known.or_else(|| path.known.get(&key.0).map(|value| value == key.1));
                if known != Some(false) {
                    let mut taken = path.clone();
                    if known.is_none() {
                        self.learn_parts(condition, &mut taken);
                        taken.learn(&key.0, key.1);
                        decide(&mut taken, node, visit, (at, last(arms)));
                    }
                    entering[at].push(taken);
                }
                if known != Some(true) {
                    if known.is_none() {
                        path.learn(&key.0, !key.1);
                        if at + 1 == arms.len() {
                            decide(&mut path, node, visit, (arms.len(), last(arms)));
                        }
                    }
                    rest = Some(path);
                }
            }
            ends.extend(rest);
        }
        if let Some(choice) = self.choice {
            self.choose(choice, &mut entering, &mut ends);
        }
        for (paths, (_, body)) in entering.into_iter().zip(arms) {
            let paths = join(paths);
            if paths.is_empty() && self.choice.is_some() {
                continue;
            }
            if paths.is_empty() {
                // Never entered: its places are looked at all the same.
                let mut path = Path::default();
                path.reader.distrust(Trust::Lost);
                self.blocks(body, vec![path]);
            } else {
                ends.extend(self.blocks(body, paths));
            }
        }
        join(ends)
    }

    /// Keeps the path of one arm: of those that are possible, the one of that number.
    fn choose(&mut self, choice: usize, entering: &mut [Vec<Path<'a>>], ends: &mut Vec<Path<'a>>) {
        let count = entering.iter().map(Vec::len).sum::<usize>() + ends.len();
        self.most_arms = self.most_arms.max(count);
        let mut at = 0;
        for paths in entering.iter_mut().chain([ends]) {
            paths.retain(|_| {
                at += 1;
                at - 1 == choice % count.max(1)
            });
        }
    }

    /// Returns the text of a condition without negation, and whether it is tested for true.
    fn key(&self, condition: &Expr<'s>) -> (String, bool) {
        match &condition.kind {
            ExprKind::Not(inner) => {
                let (text, value) = self.key(inner);
                (text, !value)
            }
            ExprKind::Group(inner) => self.key(inner),
            ExprKind::Chain(first, rest) => match rest.as_slice() {
                [joint] if joint.operator == Operator::Ne => {
                    (self.words(first.span) + "==" + &self.words(joint.right.span), false)
                }
                [joint] if joint.operator == Operator::Eq => {
                    (self.words(first.span) + "==" + &self.words(joint.right.span), true)
                }
                _ => (self.words(condition.span), true),
            },
            _ => (self.words(condition.span), true),
        }
    }

    /// Learns that each part of a conjunction is true.
    fn learn_parts(&mut self, condition: &Expr<'s>, path: &mut Path<'a>) {
        match &condition.kind {
            ExprKind::Group(inner) => self.learn_parts(inner, path),
            ExprKind::And(parts) => {
                for part in parts {
                    self.learn_parts(part, path);
                    if !path.known.is_full() && part.span.range().len() <= LONGEST_SOURCE {
                        self.charge_bytes(part.span.range().len());
                        let (text, value) = self.key(part);
                        path.learn(&text, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the source of a span without blanks, and with one kind of quotes and marks.
    fn words(&self, span: Span) -> String {
        let text = self.source.get(span.range()).unwrap_or_default();
        text.chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '!' | '{' | '}'))
            .map(|c| if c == '\'' { '"' } else { c })
            .collect()
    }

    fn foreach(
        &mut self,
        (node, variable, list): (&'a Node<'s>, &'a str, &'a Expr<'s>),
        body: &[Block<'a, 's>],
        paths: Vec<Path<'a>>,
    ) -> Vec<Path<'a>> {
        self.visits += 1;
        let visit = self.visits;
        let mut ends = Vec::new();
        let mut turns: [Vec<Path<'a>>; 2] = [Vec::new(), Vec::new()];
        let mut has_run = false;
        for mut start in paths {
            if start.broken || start.stopped {
                ends.push(start);
                continue;
            }
            if has_run && self.is_spent() {
                break;
            }
            let value = self.value(list, &start);
            self.sites.run_loop(list, value.clone());
            let (member, count) = members(&value);
            let outer = (start.turn, start.get(variable).cloned(), start.known.clone());
            let (choice, is_spent) = (self.choice, self.is_spent());
            let allowed = |turns: usize| match (choice, count) {
                _ if is_spent => turns == 1,
                (Some(_), count) => turns == count.unwrap_or(1).min(1),
                (None, Some(count)) => count.min(2) == turns,
                (None, None) => true,
            };
            let last = (0..=2).rev().find(|turns| allowed(*turns));
            for count_here in 0..=2 {
                if !allowed(count_here) || has_run && self.is_spent() {
                    continue;
                }
                // What is kept of the output is not copied for the only way on.
                let is_last = last == Some(count_here);
                let mut path = if is_last { std::mem::take(&mut start) } else { start.clone() };
                if count.is_none() && self.choice.is_none() {
                    decide(&mut path, node, visit, (count_here, 2));
                }
                if count_here == 0 {
                    ends.push(path);
                    continue;
                }
                let mut running = vec![path];
                for index in 0..count_here {
                    if index > 0 && self.is_spent() {
                        break;
                    }
                    has_run = true;
                    for path in &mut running {
                        path.turn = Some(Turn { index: index as i64, has_next: index + 1 < count_here });
                        path.set(variable, member.clone());
                        // A condition may have another outcome in each turn.
                        path.known = outer.2.clone();
                    }
                    running = self.blocks(body, running);
                }
                for path in &mut running {
                    path.turn = outer.0;
                    path.broken = false;
                    path.restore(variable, outer.1.clone());
                    path.known = outer.2.clone();
                }
                turns[count_here - 1].extend(running);
            }
        }
        let [one, two] = turns;
        ends.extend(one);
        ends.extend(two);
        join(ends)
    }
}

/// Returns what a loop over a value gives, and the number of turns if it is known.
fn members(value: &Value) -> (Value, Option<usize>) {
    match value {
        Value::List(member, count) => ((**member).clone(), *count),
        Value::Data { origin, .. } => (Value::Data { origin: *origin, root: false }, None),
        Value::ParamMap(_) => (Value::raw(Origin::Client), None),
        Value::Params => (Value::ParamMap(crate::analysis::value::Place::Other), None),
        Value::Entry(_) => (Value::Unknown, None),
        Value::Text(_) | Value::Exact(_) | Value::Number(_) | Value::Nothing => (Value::Unknown, None),
        _ => (Value::Unknown, None),
    }
}

/// Notes that a path chose one of the choices `0..=last`.
fn decide(path: &mut Path<'_>, node: &Node<'_>, visit: u32, (choice, last): (usize, usize)) {
    if path.decisions.len() < 16 && last < 31 {
        path.decisions.push(Decision {
            at: node.span.range().start,
            visit,
            is_loop: matches!(node.kind, Kind::Directive(_)),
            options: 1 << choice,
            all: (1 << (last + 1)) - 1,
        });
    }
}

/// Returns the last choice of an `#if`: its `#else`, or none of its arms.
fn last(arms: &[(Option<&Expr<'_>>, Vec<Block<'_, '_>>)]) -> usize {
    let has_else = arms.last().is_some_and(|(condition, _)| condition.is_none());
    if has_else { arms.len() - 1 } else { arms.len() }
}

fn distrust(mut paths: Vec<Path<'_>>) -> Vec<Path<'_>> {
    paths.iter_mut().for_each(|path| path.reader.distrust(Trust::Lost));
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path that forks is copied and compared with its variables.
    #[test]
    fn forks_cost_their_variables() {
        let texts = vtl::syntax_unstable::Texts::default();
        let budget = vtl::Budget::unlimited();
        let steps = |variables: usize| {
            let sets: String = (0..variables).map(|at| format!("#set($v{at} = 1)")).collect();
            let text = format!("{sets}{}", "#if($c)#set($v0 = 2)#end".repeat(100));
            let (ast, _) = vtl::syntax_unstable::parse_all(&text, vtl::Dialect::service(), &texts, &budget);
            let facts = Facts::default();
            let blocks = crate::analysis::blocks::tree(&ast);
            let mut walker = Walker::new(&text, &facts, None);
            walker.blocks(&blocks, vec![Path::default()]);
            walker.steps
        };
        // A hundred forks with 80 variables more.
        assert!(steps(90) >= steps(10) + 80 + 100 * 80 / VARIABLES_PER_STEP, "{} {}", steps(90), steps(10));
    }
}
