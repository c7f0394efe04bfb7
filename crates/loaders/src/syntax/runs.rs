//! The mapping from a string to the source text that it is written as, through escapes, indentation
//! and folding.

use crate::span::Style;

/// The start of a part of a string, up to the next one's.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset in the string.
    meant: u32,
    /// Offset in the source text.
    raw: u32,
    /// Set if the part is written as it is meant; an escape is not.
    is_plain: bool,
}

/// The parts of a string in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    runs: Vec<Run>,
    end: u32,
}

impl Runs {
    /// Creates the mapping of the string that is written as `raw`.
    pub(crate) fn new(raw: &str, style: Style) -> Self {
        let mut runs = Runs { runs: Vec::new(), end: raw.len() as u32 };
        match style {
            Style::Verbatim => runs.push(0, 0, true),
            Style::Double => runs.quotes(raw, 1, double_escape),
            Style::Single => runs.quotes(raw, 1, |rest| rest.starts_with("''").then_some((2, 1))),
            Style::Quoted => runs.quotes(raw, 0, hcl_escape),
            Style::Plain => runs.quotes(raw, 0, |_| None),
            Style::Literal(indent) => runs.lines(raw, header(raw), usize::from(indent), carriage_return),
            Style::Folded(indent) => runs.folds(raw, header(raw), usize::from(indent)),
            Style::Heredoc(indent) => runs.lines(raw, 0, usize::from(indent), doubled_sign),
        }
        runs
    }

    /// Returns the offset in the source text of an offset in the string; within an escape that is its
    /// end.
    pub(crate) fn raw(&self, offset: usize) -> usize {
        let at = self.runs.partition_point(|run| run.meant as usize <= offset);
        let next = self.runs.get(at).map_or(self.end, |run| run.raw) as usize;
        let Some(run) = at.checked_sub(1).and_then(|at| self.runs.get(at)) else { return 0 };
        let within = offset - run.meant as usize;
        match run.is_plain || within == 0 {
            true => (run.raw as usize + within).min(next),
            false => next,
        }
    }

    fn push(&mut self, meant: usize, raw: usize, is_plain: bool) {
        let joins = self.runs.last().is_some_and(|last| {
            last.is_plain && is_plain && raw.wrapping_sub(last.raw as usize) == meant.wrapping_sub(last.meant as usize)
        });
        if !joins {
            self.runs.push(Run { meant: meant as u32, raw: raw as u32, is_plain });
        }
    }

    /// Maps escapes and folded line ends.
    fn quotes(&mut self, raw: &str, quote: usize, escape: Escape) {
        let (mut at, mut reached) = (quote.min(raw.len()), 0);
        self.push(0, at, true);
        while let Some(first) = raw.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = &raw[at..];
            if let Some((written, meant)) = escape(rest) {
                self.push(reached, at, false);
                at += written;
                reached += meant;
                self.push(reached, at, true);
                continue;
            }
            if !is_blank(first) {
                at += first.len_utf8();
                reached += first.len_utf8();
                continue;
            }
            let blank = rest.len() - rest.trim_start_matches(is_blank).len();
            match rest[..blank].bytes().filter(|byte| *byte == b'\n').count() {
                0 => reached += blank,
                // A line end and the blanks around it fold to one blank; n empty lines to n line ends.
                breaks => {
                    self.push(reached, at, false);
                    reached += (breaks - 1).max(1);
                    self.push(reached, at + blank, true);
                }
            }
            at += blank;
        }
    }

    /// Maps lines whose first `indent` blanks were cut.
    fn lines(&mut self, raw: &str, from: usize, indent: usize, escape: Escape) {
        let (mut at, mut reached) = (from, 0);
        for line in raw.get(from..).unwrap_or_default().split_inclusive('\n') {
            let mut within = blanks(line).min(indent);
            self.push(reached, at + within, true);
            while let Some(first) = line.get(within..).and_then(|rest| rest.chars().next()) {
                match escape(&line[within..]) {
                    Some((written, meant)) => {
                        self.push(reached, at + within, false);
                        within += written;
                        reached += meant;
                        self.push(reached, at + within, true);
                    }
                    None => {
                        within += first.len_utf8();
                        reached += first.len_utf8();
                    }
                }
            }
            at += line.len();
        }
    }

    /// Maps the lines of a folded block, whose first `indent` blanks were cut.
    ///
    /// A line end folds to a blank, and one of several line ends is dropped, except next to a line that
    /// is indented further.
    fn folds(&mut self, raw: &str, from: usize, indent: usize) {
        let lines: Vec<&str> = raw.get(from..).unwrap_or_default().split_inclusive('\n').collect();
        let is_empty = |line: &str| line.trim().is_empty();
        let is_further = |line: &str| blanks(line) > indent;
        // For each line, whether the next one that is not empty is indented further.
        let mut next = None;
        let mut followers = vec![None; lines.len()];
        for (follower, line) in followers.iter_mut().zip(&lines).rev() {
            *follower = next;
            if !is_empty(line) {
                next = Some(is_further(line));
            }
        }
        let (mut start, mut reached) = (from, 0);
        for (at, (line, follower)) in lines.iter().zip(followers).enumerate() {
            let content = line[blanks(line).min(indent)..].trim_end_matches(['\r', '\n']);
            let is_lost = !is_empty(line)
                && lines.get(at + 1).is_some_and(|line| is_empty(line))
                && follower.is_some_and(|is_further_next| !is_further(line) && !is_further_next);
            let is_cut = is_empty(line) && content.len() <= indent;
            let meant = if is_cut { 0 } else { content.len() } + usize::from(!is_lost);
            if meant > 0 {
                self.push(reached, start + blanks(line).min(indent), true);
            }
            reached += meant;
            start += line.len();
        }
        self.push(reached, start, true);
    }
}

/// Returns the length of an escape at the start of a text, and the length of the text it denotes.
type Escape = fn(&str) -> Option<(usize, usize)>;

fn double_escape(rest: &str) -> Option<(usize, usize)> {
    let hex = |from: usize, len: usize| u32::from_str_radix(rest.get(from..from + len)?, 16).ok();
    let length = |code: u32| char::from_u32(code).map_or(3, char::len_utf8);
    match rest.strip_prefix('\\')?.chars().next()? {
        'u' => match hex(2, 4)? {
            // A surrogate pair.
            0xD800..=0xDBFF => Some((12, 4)),
            code => Some((6, length(code))),
        },
        'x' => Some((4, length(hex(2, 2)?))),
        'U' => Some((10, length(hex(2, 8)?))),
        '\n' => Some((2 + rest[2..].len() - rest[2..].trim_start_matches([' ', '\t']).len(), 0)),
        'N' | '_' => Some((2, 2)),
        'L' | 'P' => Some((2, 3)),
        other => Some((1 + other.len_utf8(), 1)),
    }
}

fn hcl_escape(rest: &str) -> Option<(usize, usize)> {
    if rest.starts_with("$${") || rest.starts_with("%%{") {
        return Some((3, 2));
    }
    double_escape(rest)
}

/// YAML reads `\r\n` as `\n`.
fn carriage_return(rest: &str) -> Option<(usize, usize)> {
    rest.starts_with("\r\n").then_some((2, 1))
}

fn doubled_sign(rest: &str) -> Option<(usize, usize)> {
    (rest.starts_with("$${") || rest.starts_with("%%{")).then_some((3, 2))
}

/// Returns the length of the line with YAML's `|` or `>`.
fn header(raw: &str) -> usize {
    raw.find('\n').map_or(raw.len(), |end| end + 1)
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

fn blanks(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
