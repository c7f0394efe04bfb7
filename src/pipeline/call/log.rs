//! The execution log of a call in the format of the service's test-invoke log.
//!
//! Its lines match those of a log from the console (aws-observed 14.6, R). Times come from the clock of
//! the call, so equal input gives an equal log.

use crate::pipeline::message::{Headers, IntegrationRequest};
use crate::pipeline::model::{Table, java_order};
use std::fmt;
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
        self.request_id = request_id.to_owned();
        self.lines.clear();
    }

    pub(crate) fn line(&mut self, time: SystemTime, text: fmt::Arguments<'_>) {
        let mut text = text.to_string();
        // Recorded in 2016: 1,024 characters, a space and the word.
        let end = text.char_indices().scan(0, |units, (at, c)| {
            *units += c.len_utf16();
            Some((*units > LONGEST_LINE).then_some(at))
        });
        if let Some(end) = end.flatten().next() {
            text.truncate(end);
            text.push_str(" [TRUNCATED]");
        }
        self.lines.push((time.duration_since(UNIX_EPOCH).unwrap_or_default(), text));
    }

    /// Iterates over the lines without their times.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, text)| text.as_str())
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Execution log for request {}", self.request_id)?;
        for (time, text) in &self.lines {
            writeln!(f, "{} : {text}", Date::of(*time))?;
        }
        Ok(())
    }
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
            Shown::Received(headers) => show_map(f, header_lines(headers)),
            Shown::Headers(headers) => show_map(f, by_hash(header_lines(headers))),
            Shown::Path(path) => show_map(f, by_hash(path.iter().map(|(name, value)| (name, value.clone())).collect())),
            Shown::Query(query) => {
                show_map(f, by_hash(query.iter().map(|(name, values)| (name, values.join(", "))).collect()))
            }
            Shown::Body(body) => f.write_str(std::str::from_utf8(body).unwrap_or("[Binary Data]")),
            Shown::Binary => f.write_str("[Binary Data]"),
            Shown::Url(request) => f.write_str(&request.url()),
        }
    }
}

/// Returns headers by name, masked.
fn header_lines(headers: &Headers) -> Vec<(&str, String)> {
    let line = |(name, values): (_, Vec<&str>)| (name, masked(name, values.join(", ")));
    headers.grouped().map(line).collect()
}

/// Masks all but the last six characters of a secret (recorded in 2016 and 2019).
fn masked(name: &str, value: String) -> String {
    let secret = ["Authorization", "x-api-key"].iter().any(|secret| secret.eq_ignore_ascii_case(name));
    let hidden = value.chars().count().saturating_sub(6);
    match secret {
        true => "*".repeat(hidden) + &value.chars().skip(hidden).collect::<String>(),
        false => value,
    }
}

fn by_hash(mut entries: Vec<(&str, String)>) -> Vec<(&str, String)> {
    java_order::sort(&mut entries, |(name, _)| name);
    entries
}

fn show_map(f: &mut fmt::Formatter<'_>, entries: Vec<(&str, String)>) -> fmt::Result {
    f.write_str("{")?;
    for (at, (name, value)) in entries.into_iter().enumerate() {
        write!(f, "{}{name}={value}", if at > 0 { ", " } else { "" })?;
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
