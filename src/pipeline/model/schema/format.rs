//! The attributes of `format` that the library knows for draft 4; others are passed over.

use super::ecma::Regex;
use crate::budget::Budget;
use crate::error::Error;
use std::fmt;
use std::net::IpAddr;

/// An attribute of `format`; each is checked on texts only.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Base64,
    DateTime,
    Email,
    HostName,
    Ipv4,
    Ipv6,
    JsonPointer,
    Mac,
    /// A digest of so many hexadecimal digits.
    Digest(usize),
    Regex,
    Uri,
    Uuid,
}

const NAMES: [(&str, Format); 15] = [
    ("base64", Format::Base64),
    ("date-time", Format::DateTime),
    ("email", Format::Email),
    ("hostname", Format::HostName),
    ("ipv4", Format::Ipv4),
    ("ipv6", Format::Ipv6),
    ("json-pointer", Format::JsonPointer),
    ("mac", Format::Mac),
    ("md5", Format::Digest(32)),
    ("regex", Format::Regex),
    ("sha1", Format::Digest(40)),
    ("sha256", Format::Digest(64)),
    ("sha512", Format::Digest(128)),
    ("uri", Format::Uri),
    ("uuid", Format::Uuid),
];

impl Format {
    pub(super) fn of_name(name: &str) -> Option<Format> {
        NAMES.iter().find(|(own, _)| *own == name).map(|(_, format)| *format)
    }

    /// Checks whether a text is of the format.
    ///
    /// # Errors
    /// The error of the budget.
    pub(super) fn fits(self, text: &str, budget: &Budget<'_>) -> Result<bool, Error> {
        if matches!(self, Format::Base64 | Format::Email | Format::JsonPointer | Format::Uri) {
            // These look at every character, which takes more for those that are not ASCII.
            budget.charge(text.len() / if text.is_ascii() { 8 } else { 2 })?;
        }
        Ok(match self {
            Format::Base64 => text.len().is_multiple_of(4) && without_padding(text).bytes().all(is_base64),
            Format::DateTime => is_date_time(text).is_some(),
            Format::Email => is_email(text),
            Format::HostName => is_host_name(text),
            Format::Ipv4 => matches!(address(text), Some(IpAddr::V4(_))),
            Format::Ipv6 => matches!(address(text), Some(IpAddr::V6(_))),
            Format::JsonPointer => is_pointer(text),
            Format::Mac => is_mac(text),
            Format::Digest(length) => text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
            Format::Regex => Regex::is_valid(text, budget)?,
            Format::Uri => crate::pipeline::model::java_uri::parse(text).is_ok(),
            Format::Uuid => is_uuid(text),
        })
    }
}

/// The message about a text that is not of a format.
pub(super) struct Fault<'t>(pub(super) Format, pub(super) &'t str);

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault(format, text) = self;
        let what = match format {
            Format::Base64 => return base64_fault(text, f),
            Format::DateTime => {
                return write!(
                    f,
                    "string \"{text}\" is invalid against requested date format(s) \
                     [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{{1,12}}Z]"
                );
            }
            Format::Digest(length) => return digest_fault(text, *length, f),
            Format::Email => "email address",
            Format::HostName => "hostname",
            Format::Ipv4 => "IPv4 address",
            Format::Ipv6 => "IPv6 address",
            Format::Regex => "ECMA 262 regular expression",
            Format::Uri => "URI",
            Format::JsonPointer => return write!(f, "input string \"{text}\" is not a valid JSON Pointer"),
            Format::Mac => return write!(f, "input string \"{text}\" is not a valid MAC address"),
            Format::Uuid => return write!(f, "input string \"{text}\" is not a valid UUID"),
        };
        write!(f, "string \"{text}\" is not a valid {what}")
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn without_padding(text: &str) -> &str {
    text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text)
}

fn base64_fault(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let length = text.encode_utf16().count();
    if !length.is_multiple_of(4) {
        return write!(f, "input has illegal length (must be a multiple of 4, found {length})");
    }
    let legal = |c: char| u8::try_from(c).is_ok_and(is_base64);
    let Some((at, c)) = illegal(without_padding(text), legal) else { return Ok(()) };
    write!(f, "illegal character \"{c}\" at index {at} (not in Base64 alphabet)")
}

fn digest_fault(text: &str, length: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let found = text.encode_utf16().count();
    if found != length {
        return write!(f, "input string has incorrect length ({found}, expected {length})");
    }
    let Some((at, c)) = illegal(text, |c| c.is_ascii_hexdigit()) else { return Ok(()) };
    write!(f, "illegal character \"{c}\" in input at index {at}")
}

/// The first character that is not legal, and its place in UTF-16 units.
fn illegal(text: &str, legal: impl Fn(char) -> bool) -> Option<(usize, char)> {
    let (byte, c) = text.char_indices().find(|(_, c)| !legal(*c))?;
    Some((text.get(..byte)?.encode_utf16().count(), c))
}

/// `yyyy-MM-dd'T'HH:mm:ss`, 1 to 12 digits of a fraction, and `Z` or an offset, as Joda-Time parses it.
fn is_date_time(text: &str) -> Option<()> {
    let bytes = text.as_bytes();
    let number = |from: usize, length: usize| -> Option<u32> {
        let digits = bytes.get(from..from + length)?;
        digits.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
    };
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if signs.iter().any(|(at, sign)| !bytes.get(*at).is_some_and(|byte| byte.eq_ignore_ascii_case(sign))) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let clock = number(11, 2)? < 24 && number(14, 2)? < 60 && number(17, 2)? < 60;
    if !(1..=12).contains(&month) || !(1..=days).contains(&day) || !clock {
        return None;
    }
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take(12).take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        rest = &fraction[digits..];
    }
    is_offset(rest).then_some(())
}

/// `Z`, `+01`, `+0100` or `+01:00`, with seconds too.
fn is_offset(text: &str) -> bool {
    if text.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some(rest) = text.strip_prefix(['+', '-']).filter(|rest| rest.len() <= "01:00:00".len()) else { return false };
    let parts: Vec<&str> = match rest.contains(':') {
        true => rest.split(':').collect(),
        false => (0..rest.len()).step_by(2).map(|at| rest.get(at..at + 2).unwrap_or_default()).collect(),
    };
    let is_part = |(at, part): (usize, &&str)| {
        let below = if at == 0 { 24 } else { 60 };
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u32>().is_ok_and(|number| number < below)
    };
    (1..=3).contains(&parts.len()) && parts.iter().enumerate().all(is_part)
}

/// `new InternetAddress(text, true)`: an address with a domain, or a name before one in `<>`.
fn is_email(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let address = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) if !name.contains(['<', '>', ',', ';', ':', '@']) => address,
        _ => text,
    };
    let mut quoted = false;
    let (mut last, mut at) = (None, None);
    let bytes = address.as_bytes();
    for (place, byte) in bytes.iter().copied().enumerate() {
        let before = last.replace(byte);
        if byte == b'\\' || before == Some(b'\\') {
            continue;
        }
        if byte == b'"' {
            let next = bytes.get(place + 1);
            if (quoted && next != Some(&b'@')) || (!quoted && place != 0) {
                return false;
            }
            quoted = !quoted;
            continue;
        }
        if quoted {
            continue;
        }
        match byte {
            b'.' | b'@' if place == 0 || before == Some(b'.') => return false,
            b'@' => {
                at = Some(place);
                break;
            }
            b'(' | b')' | b'<' | b'>' | b',' | b';' | b':' | b'[' | b']' | b'\0'..=b' ' | b'\x7F' => return false,
            _ => {}
        }
    }
    at.and_then(|at| address.get(at + 1..)).is_some_and(is_mail_domain)
}

fn is_mail_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[') {
        let inside = literal.strip_suffix(']');
        return inside.is_some_and(|text| !text.contains(['[', ']']) && !text.contains(|c| c <= ' ' || c == '\u{7F}'));
    }
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    !domain.is_empty()
        && domain.chars().all(legal)
        && !domain.contains("..")
        && !domain.starts_with('.')
        && !domain.ends_with('.')
}

/// `InternetDomainName.from` of Guava.
fn is_host_name(text: &str) -> bool {
    // Its 253 units are at most 759 bytes, and the last dot three.
    if text.len() > 762 {
        return false;
    }
    let text: String = text.chars().map(|c| if matches!(c, '。' | '．' | '｡') { '.' } else { c }).collect();
    let name = text.strip_suffix('.').unwrap_or(&text);
    let units = |text: &str| text.encode_utf16().count();
    let parts: Vec<&str> = name.split('.').collect();
    let is_dash = |c: char| matches!(c, '-' | '_');
    let is_part = |part: &&str| {
        (1..=63).contains(&units(part))
            && part.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || is_dash(c))
            && !part.starts_with(is_dash)
            && !part.ends_with(is_dash)
    };
    let last = parts.last().copied().unwrap_or_default();
    units(name) <= 253
        && parts.len() <= 127
        && parts.iter().all(is_part)
        && !last.starts_with(|c: char| c.is_ascii_digit())
}

/// `InetAddresses.forString` of Guava, which takes an address that maps an IPv4 one for that one.
fn address(text: &str) -> Option<IpAddr> {
    match text.parse().ok()? {
        IpAddr::V6(address) => Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4)),
        address => Some(address),
    }
}

fn is_pointer(text: &str) -> bool {
    let is_escape = |at: usize| matches!(text.as_bytes().get(at + 1), Some(b'0' | b'1'));
    (text.is_empty() || text.starts_with('/'))
        && text.bytes().enumerate().all(|(at, byte)| byte != b'~' || is_escape(at))
}

fn is_mac(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(7, ':').collect();
    parts.len() == 6
        && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `UUID.fromString`: five hexadecimal numbers of any length up to 36 characters together.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, '-').collect();
    text.len() <= 36
        && parts.len() == 5
        && parts.iter().all(|part| (1..=16).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
