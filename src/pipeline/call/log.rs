//! The execution log of a call in the format of the service's test-invoke log.
//!
//! Its lines match those of a log from the console (aws-observed 14.6, R). Times come from the clock of
//! the call, so equal input gives an equal log.

use crate::pipeline::message::{Headers, IntegrationRequest};
use crate::pipeline::model::{Table, java_order};
use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The execution log of one call. Prints as the console's.
///
/// ```
/// use vtl::pipeline::{Api, Invocation, MethodRequest, PreparedApi};
/// let api: Api = serde_json::from_str(r#"{"methods": [
///     {"path": "/pets", "httpMethod": "GET", "integration": {"type": "mock"}}]}"#)?;
/// let mut invocation = Invocation::new().request_id("r-1");
/// PreparedApi::new(&api).handle(MethodRequest::new("GET", "/pets"), None, &mut invocation);
/// let log = invocation.log.to_string();
/// assert!(log.starts_with("Execution log for request r-1\nThu Jan 01 00:00:00 UTC 1970 : Starting execution for request: r-1\n"));
/// assert!(log.contains(" : HTTP Method: GET, Resource Path: /pets\n"));
/// assert!(log.ends_with(" : Method completed with status: 500\n"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    request_id: String,
    lines: Vec<(Duration, String)>,
}

/// Longest line in UTF-16 units ("Amazon API Gateway important notes").
const LONGEST_LINE: usize = 1024;

impl Log {
    pub(crate) fn start(&mut self, request_id: &str) {
        request_id.clone_into(&mut self.request_id);
        self.lines.clear();
    }

    pub(crate) fn line(&mut self, time: SystemTime, text: fmt::Arguments<'_>) {
        let mut line = Line { text: String::new(), units: 0 };
        // The line refuses more once it is full. Recorded in 2016: 1,024 characters, a space and the word.
        if line.write_fmt(text).is_err() {
            line.text.push_str(" [TRUNCATED]");
        }
        self.lines.push((time.duration_since(UNIX_EPOCH).unwrap_or_default(), line.text));
    }

    /// Iterates over the lines without their times.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, text)| text.as_str())
    }
}

/// A line that takes as much as it has room for.
struct Line {
    text: String,
    units: usize,
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.units += c.len_utf16();
            if self.units > LONGEST_LINE {
                return Err(fmt::Error);
            }
            self.text.push(c);
        }
        Ok(())
    }
}

/// Labels of the lines; logs that were copied without their heads begin lines with them.
const LABELS: &[&str] = &[
    "Starting execution for request: ",
    "HTTP Method: ",
    "Method request path: ",
    "Method request query string: ",
    "Method request headers: ",
    "Method request body before transformations: ",
    "Endpoint request URI: ",
    "Endpoint request headers: ",
    "Endpoint request body after transformations: ",
    "Sending request to ",
    "Received response. ",
    "Endpoint response headers: ",
    "Endpoint response body before transformations: ",
    "Method response body after transformations: ",
    "Method response headers: ",
    "Execution failed",
    "Successfully completed execution",
    "Method completed with status: ",
];

impl Log {
    /// Checks if a line has a label at its start.
    #[doc(hidden)]
    #[must_use]
    pub fn has_label(line: &str) -> bool {
        LABELS.iter().any(|label| line.starts_with(label))
    }

    /// Returns what continues a value as it was before it was printed: a line that looks like a line of the log is
    /// printed behind two blanks.
    #[doc(hidden)]
    #[must_use]
    pub fn continued(line: &str) -> &str {
        line.strip_prefix(INDENT).filter(|line| looks_like_a_line(line)).unwrap_or(line)
    }
}

/// Prefix of a line of a value that looks like a line of the log.
const INDENT: &str = "  ";

/// Prints each line with its time. A line break inside of a line cannot begin what looks like another line, and
/// control characters are escaped, so that no message forges the log.
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Execution log for request {}", Printable(&self.request_id))?;
        for (time, text) in &self.lines {
            writeln!(f, "{} : {}", Date::of(*time), Printable(text))?;
        }
        Ok(())
    }
}

/// A text without what forges a line of the log.
struct Printable<'a>(&'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_escaped = |c: char| c.is_control() && c != '\t' || matches!(c, '\u{2028}' | '\u{2029}');
        for (at, part) in self.0.split('\n').enumerate() {
            if at > 0 {
                f.write_str("\n")?;
                f.write_str(if looks_like_a_line(part) { INDENT } else { "" })?;
            }
            let mut rest = part;
            while let Some(place) = rest.find(is_escaped) {
                let (before, control) = rest.split_at(place);
                let c = control.chars().next().unwrap_or_default();
                rest = &control[c.len_utf8()..];
                let is_line_end = c == '\r' && rest.is_empty();
                f.write_str(before)?;
                if is_line_end { f.write_str("\r")? } else { write!(f, "\\u{:04x}", u32::from(c))? }
            }
            f.write_str(rest)?;
        }
        Ok(())
    }
}

/// Checks whether a text begins as a line of a log may, behind any blanks: with the title of the log, with a time
/// (`Tue Dec 26 05:17:55 UTC 2017 : `), with an id of CloudWatch (`(7f2d4b2e-…) `) or with a label.
fn looks_like_a_line(text: &str) -> bool {
    let text = text.trim_start();
    let words: Vec<&str> = text.splitn(8, ' ').collect();
    let is_dated = matches!(words.as_slice(), [_, _, _, time, _, _, ":", _] if time.contains(':'));
    let behind_times = text.trim_start_matches(|c: char| c.is_ascii_digit() || "TZ:.+- \t".contains(c));
    let id = behind_times.strip_prefix('(').and_then(|rest| Some(rest.split_once(") ")?.0));
    let has_id = id.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'));
    text.starts_with("Execution log for request") || is_dated || has_id || Log::has_label(text)
}

/// Formats a part of a message for the log: maps as Java prints a `HashMap`, secrets masked, bodies as text.
pub(crate) enum Shown<'a> {
    /// Headers in the order in which they were received, as since 2019 those of an endpoint.
    Received(&'a Headers),
    Headers(&'a Headers),
    Path(&'a Table<String>),
    Query(&'a Table<Vec<String>>),
    Body(&'a [u8]),
    Binary,
    Url(&'a IntegrationRequest),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Received(headers) => show_headers(f, headers.grouped().collect()),
            Shown::Headers(headers) => show_headers(f, by_hash(headers.grouped().collect())),
            Shown::Path(path) => {
                let entries = by_hash(path.iter().collect());
                show_map(f, entries, |f, value| f.write_str(value))
            }
            Shown::Query(query) => {
                let entries = by_hash(query.iter().collect());
                show_map(f, entries, |f, values| show_list(f, values.iter().map(String::as_str)))
            }
            Shown::Body(body) => f.write_str(std::str::from_utf8(body).unwrap_or("[Binary Data]")),
            Shown::Binary => f.write_str("[Binary Data]"),
            Shown::Url(request) => f.write_str(&request.url()),
        }
    }
}

fn show_headers(f: &mut fmt::Formatter<'_>, headers: Vec<(&str, Vec<&str>)>) -> fmt::Result {
    show_map(f, headers.iter().map(|(name, values)| (*name, (*name, values))).collect(), |f, (name, values)| {
        let secret = ["Authorization", "x-api-key"].iter().any(|secret| secret.eq_ignore_ascii_case(name));
        match secret {
            true => f.write_str(&masked(&values.join(", "))),
            false => show_list(f, values.iter().copied()),
        }
    })
}

/// Masks all but the last six characters of a secret (recorded in 2016 and 2019).
fn masked(value: &str) -> String {
    let hidden = value.chars().count().saturating_sub(6);
    "*".repeat(hidden) + &value.chars().skip(hidden).collect::<String>()
}

fn by_hash<V>(mut entries: Vec<(&str, V)>) -> Vec<(&str, V)> {
    java_order::sort(&mut entries, |(name, _)| name);
    entries
}

fn show_list<'t>(f: &mut fmt::Formatter<'_>, texts: impl Iterator<Item = &'t str>) -> fmt::Result {
    for (at, text) in texts.enumerate() {
        f.write_str(if at > 0 { ", " } else { "" })?;
        f.write_str(text)?;
    }
    Ok(())
}

fn show_map<V>(
    f: &mut fmt::Formatter<'_>,
    entries: Vec<(&str, V)>,
    show: impl Fn(&mut fmt::Formatter<'_>, &V) -> fmt::Result,
) -> fmt::Result {
    f.write_str("{")?;
    for (at, (name, value)) in entries.iter().enumerate() {
        write!(f, "{}{name}=", if at > 0 { ", " } else { "" })?;
        show(f, value)?;
    }
    f.write_str("}")
}

/// Formats a time in the common log format: `26/Dec/2017:05:17:55 +0000`.
pub(crate) fn common_log_time(time: SystemTime) -> String {
    let date = Date::of(time.duration_since(UNIX_EPOCH).unwrap_or_default());
    let (hour, minute, second) = date.clock();
    format!("{:02}/{}/{}:{hour:02}:{minute:02}:{second:02} +0000", date.day, date.month_name(), date.year)
}

/// Formats a time as Java's `Date` prints it.
pub(super) fn java_date(time: Duration) -> String {
    Date::of(time).to_string()
}

/// A time in UTC that prints as Java's `Date`: `Tue Dec 26 05:17:55 UTC 2017`.
struct Date {
    weekday: u64,
    year: u64,
    month: usize,
    day: u64,
    seconds: u64,
}

impl Date {
    fn of(time: Duration) -> Date {
        let days = time.as_secs() / 86_400;
        let mut left = days;
        let mut year = 1970;
        // Whole 400-year cycles first, so that the loop is short for any date.
        year += left / 146_097 * 400;
        left %= 146_097;
        while left >= 365 + u64::from(is_leap(year)) {
            left -= 365 + u64::from(is_leap(year));
            year += 1;
        }
        let mut month = 0;
        for length in [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if left < length {
                break;
            }
            left -= length;
            month += 1;
        }
        Date { weekday: days % 7, year, month, day: left + 1, seconds: time.as_secs() % 86_400 }
    }

    fn month_name(&self) -> &'static str {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        MONTHS.get(self.month).unwrap_or(&MONTHS[0])
    }

    /// Returns hour, minute and second.
    fn clock(&self) -> (u64, u64, u64) {
        (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The first of January 1970 was a Thursday.
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        let weekday = usize::try_from(self.weekday).ok().and_then(|day| DAYS.get(day)).unwrap_or(&DAYS[0]);
        let (hour, minute, second) = self.clock();
        write!(f, "{weekday} {} {:02} {hour:02}:{minute:02}:{second:02} UTC {}", self.month_name(), self.day, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;
    use std::time::Duration;

    #[test]
    fn dates_are_those_of_java() {
        // `new Date(seconds * 1000L)` on a machine whose time zone is UTC.
        for (seconds, date) in [
            (0, "Thu Jan 01 00:00:00 UTC 1970"),
            (951_782_399, "Mon Feb 28 23:59:59 UTC 2000"),
            (951_782_400, "Tue Feb 29 00:00:00 UTC 2000"),
            (1_514_265_475, "Tue Dec 26 05:17:55 UTC 2017"),
            (4_107_542_400, "Mon Mar 01 00:00:00 UTC 2100"),
        ] {
            assert_eq!(Date::of(Duration::from_secs(seconds)).to_string(), date);
        }
    }

    #[test]
    fn request_times_are_those_of_common_logs() {
        let time = super::UNIX_EPOCH + Duration::from_secs(1_514_265_475);
        assert_eq!(super::common_log_time(time), "26/Dec/2017:05:17:55 +0000");
    }
}
