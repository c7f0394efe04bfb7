//! The work and the memory of parsing HCL, estimated before it is done.
//!
//! - The parser compares each key of an object with all keys before it, so a long object costs the product of
//!   its entries and of the bytes of their keys.
//! - Where the second or a later operand of a chain of operators does not parse, the parser goes back to its
//!   operator and parses the operand once more. In operands within operands that doubles the work at each
//!   level, so text within `n` such operands may be parsed 2^n times.

/// Steps of a byte of a file beside those of what is held for it, and products of entries and bytes that one step
/// compares.
const STEPS_PER_BYTE: usize = 1;
const COMPARED_PER_STEP: usize = 16;

/// Bytes of memory that the parser takes for a byte of a file, and for each part of one.
const BYTES_PER_BYTE: usize = 4;
const BYTES_PER_ITEM: usize = 200;
const BYTES_PER_ARGUMENT: usize = 500;
const BYTES_PER_BLOCK: usize = 600;
const BYTES_PER_CALL: usize = 250;
const BYTES_PER_TRAVERSAL: usize = 1_200;

/// Bytes of memory whose parts one step makes, evaluates and drops.
const BYTES_PER_STEP: usize = 4;

/// Bytes whose parsing takes as long as that of an empty bracket.
const BYTES_OF_LEVEL: usize = 64;

/// Bytes of a piece of a file, some 10 ms of the parser, and the most pieces: each has blanks for what is before it.
const SHORTEST_PIECE: usize = 64 << 10;
const MOST_PIECES: usize = 32;

/// The brackets and quotes that enclose a place of a file.
#[derive(Clone, Copy)]
enum Around<'t> {
    Object {
        entries: usize,
        key_bytes: usize,
        /// Start of the entry; `None` behind its key.
        start: Option<usize>,
    },
    /// A block or a file.
    Body,
    /// Brackets, parentheses or an interpolation.
    Bracket,
    Quoted,
    /// A heredoc with the word that ends it.
    Heredoc(&'t str),
    /// A template that ends with the text.
    Template,
}

/// Brackets or quotes with the operators in them.
struct Level<'t> {
    around: Around<'t>,
    /// Offset of the content.
    start: usize,
    /// Operators of the chain at the place.
    operators: usize,
    /// Operands around the level that may be parsed twice.
    repeated: u32,
}

/// The steps and the bytes of memory that parsing a text may take.
pub(super) struct Cost {
    pub steps: usize,
    pub bytes: usize,
    /// Offsets behind blocks and arguments at which a long file can be cut, so that its pieces are parsed one by one.
    pub cuts: Vec<usize>,
}

/// Returns the cost of a body or an expression.
pub(super) fn parse_cost(text: &str) -> Cost {
    Scan::new(text, Around::Body).cost()
}

/// Returns the cost of a template.
pub(super) fn template_cost(text: &str) -> Cost {
    Scan::new(text, Around::Template).cost()
}

/// A pass over a text that follows its brackets and quotes.
struct Scan<'t> {
    text: &'t str,
    levels: Vec<Level<'t>>,
    /// Steps of the text that is behind the pass.
    cost: usize,
    /// Most steps of text that is parsed again.
    again: usize,
    /// Bytes of memory of the parts that are behind the pass.
    held: usize,
    cuts: Vec<usize>,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, around: Around<'t>) -> Self {
        let levels = vec![Level { around, start: 0, operators: 0, repeated: 0 }];
        Scan {
            text,
            levels,
            cost: text.len().saturating_mul(STEPS_PER_BYTE),
            again: 0,
            held: text.len().saturating_mul(BYTES_PER_BYTE),
            cuts: Vec::new(),
        }
    }

    fn cost(mut self) -> Cost {
        let bytes = self.text.as_bytes();
        let mut previous = b'\n';
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if matches!(self.around(), Around::Quoted | Around::Heredoc(_) | Around::Template) {
                let is_marker = matches!(byte, b'$' | b'%');
                at = self.literal(at);
                if is_marker && bytes[at - 1] == b'{' {
                    previous = b'{';
                }
                continue;
            }
            self.find_cut(at);
            at = self.code(at, previous);
            if !byte.is_ascii_whitespace() {
                previous = byte;
            }
        }
        while self.levels.len() > 1 {
            self.close(self.text.len());
        }
        let steps = self.cost.saturating_add(self.again).saturating_add(self.held / BYTES_PER_STEP);
        Cost { steps, bytes: self.held, cuts: self.cuts }
    }

    /// Notes a line break outside of brackets and quotes where a piece is long enough.
    fn find_cut(&mut self, at: usize) {
        let bytes = self.text.as_bytes();
        let piece = SHORTEST_PIECE.max(bytes.len() / MOST_PIECES);
        if self.levels.len() == 1
            && bytes.get(at) == Some(&b'\n')
            && at - self.cuts.last().copied().unwrap_or(0) > piece
            && bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'\n')
        {
            self.cuts.push(at + 1);
        }
    }

    /// Returns what encloses the place.
    fn around(&self) -> Around<'t> {
        self.levels.last().map_or(Around::Body, |level| level.around)
    }

    fn open(&mut self, around: Around<'t>, start: usize) {
        let (operators, repeated) = self.levels.last().map_or((0, 0), |level| (level.operators, level.repeated));
        let repeated = match around {
            Around::Body => 0,
            _ => repeated + u32::from(operators > 1),
        };
        self.levels.push(Level { around, start, operators: 0, repeated });
    }

    /// Leaves the innermost brackets or quotes; the outermost level stays.
    fn close(&mut self, end: usize) {
        if self.levels.len() < 2 {
            return;
        }
        let Some(level) = self.levels.pop() else { return };
        if let Around::Object { entries, key_bytes, .. } = level.around {
            self.cost = self.cost.saturating_add(entries.saturating_mul(key_bytes) / COMPARED_PER_STEP);
        }
        if level.repeated > 0 {
            let times = 1usize.checked_shl(level.repeated).unwrap_or(usize::MAX);
            let bytes = end.saturating_sub(level.start).saturating_add(BYTES_OF_LEVEL);
            self.again = self.again.max(times.saturating_mul(bytes));
        }
    }

    /// Passes a character of a quoted text, a heredoc or a template, and returns the offset behind it.
    fn literal(&mut self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        match (rest, self.around()) {
            ([b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..], _) => at + 3,
            ([b'$' | b'%', b'{', ..], _) => {
                self.hold(BYTES_PER_TRAVERSAL);
                self.open(Around::Bracket, at + 2);
                at + 2
            }
            ([b'\\', _, ..], Around::Quoted) => at + 2,
            ([b'"', ..], Around::Quoted) => {
                self.close(at);
                at + 1
            }
            ([b'\n', ..], Around::Heredoc(word)) => match self.heredoc_end(at + 1, word) {
                Some(end) => {
                    self.close(at);
                    end
                }
                None => at + 1,
            },
            _ => at + 1,
        }
    }

    /// Returns the offset behind the word that ends a heredoc, if it stands in the line at an offset.
    fn heredoc_end(&self, at: usize, word: &str) -> Option<usize> {
        let line = self.text.get(at..)?;
        let indented = line.trim_start_matches([' ', '\t']);
        let behind = indented.strip_prefix(word)?;
        let goes_on = behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
        (!goes_on).then(|| self.text.len() - behind.len())
    }

    /// Passes a token outside of quotes, and returns the offset behind it.
    fn code(&mut self, at: usize, previous: u8) -> usize {
        let bytes = self.text.as_bytes();
        let rest = &bytes[at..];
        match rest {
            [b'#', ..] | [b'/', b'/', ..] => return line_end(bytes, at),
            [b'/', b'*', body @ ..] => {
                return memchr::memmem::find(body, b"*/").map_or(bytes.len(), |end| at + end + 4);
            }
            [b'"', ..] => self.open(Around::Quoted, at + 1),
            [b'<', b'<', ..] => {
                let line = self.text.get(at + 2..).unwrap_or_default().lines().next().unwrap_or_default();
                let word = line.trim_start_matches('-').trim();
                let end = line_end(bytes, at);
                self.open(Around::Heredoc(word), end);
                return end;
            }
            [b'{', ..] => {
                self.hold(BYTES_PER_BLOCK);
                self.open(self.braces(at + 1, previous), at + 1);
            }
            [b'[', ..] => {
                self.hold(BYTES_PER_TRAVERSAL);
                self.open(Around::Bracket, at + 1);
            }
            [b'(', ..] => {
                self.hold(BYTES_PER_CALL);
                self.open(Around::Bracket, at + 1);
            }
            [b'.', ..] => self.hold(BYTES_PER_TRAVERSAL),
            [b'}' | b')' | b']', ..] => self.close(at),
            [b'=' | b'!' | b'<' | b'>', b'=', ..] | [b'&', b'&', ..] | [b'|', b'|', ..] => {
                self.operator();
                return at + 2;
            }
            [b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'!' | b'&' | b'|', ..] => self.operator(),
            [b'=' | b':' | b',' | b'?' | b'\n', ..] => self.separator(rest[0], at),
            _ => {}
        }
        at + 1
    }

    fn hold(&mut self, bytes: usize) {
        self.held = self.held.saturating_add(bytes);
    }

    fn operator(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.operators += 1;
        }
    }

    /// Ends a chain of operators, and an entry of an object or its key.
    fn separator(&mut self, byte: u8, at: usize) {
        self.hold(match byte {
            b'=' | b':' => BYTES_PER_ARGUMENT,
            b',' => BYTES_PER_ITEM,
            _ => 0,
        });
        let Some(level) = self.levels.last_mut() else { return };
        // A chain may go on in the next line.
        if byte != b'\n' {
            level.operators = 0;
        }
        if let Around::Object { entries, key_bytes, start } = &mut level.around {
            match *start {
                Some(begin) if matches!(byte, b'=' | b':') => {
                    *entries += 1;
                    *key_bytes += at - begin;
                    *start = None;
                }
                _ if matches!(byte, b',' | b'\n') => *start = Some(at + 1),
                _ => {}
            }
        }
    }

    /// Returns what a brace opens: a block behind a name or a label in a body, else an object.
    fn braces(&self, content: usize, previous: u8) -> Around<'t> {
        let is_name =
            previous.is_ascii_alphanumeric() || matches!(previous, b'"' | b'_' | b'-') || !previous.is_ascii();
        match self.around() {
            Around::Body if is_name => Around::Body,
            _ => Around::Object { entries: 0, key_bytes: 0, start: Some(content) },
        }
    }
}

/// Returns the offset of the line break at or behind an offset, or of the end.
fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::{
        BYTES_PER_ARGUMENT, BYTES_PER_BLOCK, BYTES_PER_BYTE, BYTES_PER_CALL, BYTES_PER_ITEM, BYTES_PER_STEP,
        BYTES_PER_TRAVERSAL, STEPS_PER_BYTE, parse_cost, template_cost,
    };

    /// Returns the steps beyond those of the bytes and the parts.
    fn compared(text: &str) -> usize {
        let cost = parse_cost(text);
        cost.steps - text.len() * STEPS_PER_BYTE - cost.bytes / BYTES_PER_STEP
    }

    #[test]
    fn a_long_object_costs_the_product_of_its_entries_and_keys() {
        let entries = |n: usize| (0..n).map(|at| format!("k{at:04} = 1, ")).collect::<String>();
        let all = compared(&format!("locals {{\n  o = {{{}}}\n}}\n", entries(1_000)));
        assert!((350_000..600_000).contains(&all), "{all}");
        assert_eq!(compared(&format!("x = \"a${{keys({{{}}})}}\"\n", entries(1_000))), all);
        assert!(compared(&format!("x = <<-E\n  ${{keys({{{}}})}}\n  E\n", entries(1_000))) >= all);
    }

    #[test]
    fn objects_are_found_behind_operators_arrows_and_keys() {
        let entries: String = (0..1_000).map(|at| format!("k{at:04} = 1, ")).collect();
        let all = compared(&format!("x = {{{entries}}}"));
        for around in
            ["x = a + {}", "x = [for k in y : {}]", "x = {for k in y : k => {}}", "x = !{}", "x = [for k in {} : k]"]
        {
            let found = compared(&around.replacen("{}", &format!("{{{entries}}}"), 1));
            assert!(found >= all && found < 2 * all, "{around}: {found}, {all}");
        }
        assert!(compared(&format!("x = {{\n  a = b\n  {{{entries}}} = 1\n}}")) >= all);
    }

    #[test]
    fn operands_behind_the_second_operator_may_be_parsed_twice() {
        let nested = |levels: usize, open: &str| format!("x = {}1", open.repeat(levels));
        assert_eq!(compared(&nested(10, "a + {b = ")), 0);
        let ten = compared(&nested(10, "a + b + {c = "));
        assert!(ten >= 1 << 10, "{ten}");
        assert!(compared(&nested(20, "a + b + {c = ")) >= 1_000 * ten);
        for open in ["a%b%c[", "0!=b%c%d[f/0/{ k = ", "a == b && c[", "-a - (", "a + b + \"${", "a + b + <<E\n${"] {
            let found = compared(&nested(16, open));
            assert!(found >= 1 << 16, "{open}: {found}");
        }
        // Attributes of blocks within blocks are not operands.
        assert_eq!(compared(&"x {\n  a = b + c + d\n".repeat(20)), 0);
    }

    #[test]
    fn each_part_takes_memory() {
        let bytes = |text: &str| parse_cost(text).bytes - text.len() * BYTES_PER_BYTE;
        assert_eq!(bytes("x = a.b.c[0]"), BYTES_PER_ARGUMENT + 3 * BYTES_PER_TRAVERSAL);
        assert_eq!(bytes("x = \"${a.b}\""), BYTES_PER_ARGUMENT + 2 * BYTES_PER_TRAVERSAL);
        assert_eq!(bytes("x = \"a.b\"\ny = <<E\na.b[0],{\nE\n# a = (b,)\n"), 2 * BYTES_PER_ARGUMENT);
        assert_eq!(bytes("x {\n  y \"z\" {}\n}"), 2 * BYTES_PER_BLOCK);
        assert_eq!(bytes("x = f(1, 2, a == b)"), BYTES_PER_ARGUMENT + BYTES_PER_CALL + 2 * BYTES_PER_ITEM);
    }

    #[test]
    fn quotes_heredocs_and_escapes_end_where_the_parser_ends_them() {
        let deep = "a + b + {c = ".repeat(16);
        for before in
            ["x = \"$${\"\n", "x = \"%%{\\\"\"\n", "x = f(<<E\n  E)\n", "x = f(<<-E\nE, 1)\n", "x = \"${\"}\"}\"\n"]
        {
            let found = compared(&format!("{before}y = {deep}1"));
            assert!(found >= 1 << 16, "{before}: {found}");
        }
        assert!(template_cost(&format!("it's # \" ${{{deep}1}}")).steps >= 1 << 16);
    }

    #[test]
    fn a_long_file_is_cut_behind_blocks_and_arguments() {
        let block = "resource \"a\" \"b\" {\n  x = {\n  }\n  y = <<E\n}\nE\n}\n";
        let text = block.repeat(10_000);
        let cuts = parse_cost(&text).cuts;
        assert!((5..=8).contains(&cuts.len()) && cuts.iter().all(|cut| cut % block.len() == 0), "{cuts:?}");
        assert_eq!(parse_cost(&format!("x {{\n{text}")).cuts.len(), 0);
        let argument = "key = [\n1, \"a${\"\n\"}\"\n]\n";
        let cuts = parse_cost(&argument.repeat(20_000)).cuts;
        assert!((5..=8).contains(&cuts.len()) && cuts.iter().all(|cut| cut % argument.len() == 0), "{cuts:?}");
    }

    #[test]
    fn blocks_and_texts_are_no_objects() {
        let lines: String = (0..1_000).map(|at| format!("  k{at} = 1\n")).collect();
        assert_eq!(compared(&format!("locals {{\n{lines}}}\n")), 0);
        let json: String = (0..1_000).map(|at| format!("\"k{at}\": 1,\n")).collect();
        assert_eq!(compared(&format!("x {{\n  body = <<E\n{{\"a\": {{{json}}}}}\nE\n}}\n")), 0);
        assert_eq!(compared(&format!("/* {{ a = 1 }} */ # {{\n// {{{lines}")), 0);
    }
}
