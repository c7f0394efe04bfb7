//! The syntax of `java.net.URI` (RFC 2396 with other characters), with its messages.

/// A fault: Java's reason, and the place in UTF-16 units where it knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UriFault {
    reason: String,
    place: Option<usize>,
}

/// `URISyntaxException.getMessage` without the input: `Illegal character in query at index 49`.
impl std::fmt::Display for UriFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Some(place) => write!(f, "{} at index {place}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// Checks a text as `new URI(text)` does.
pub(crate) fn parse(text: &str) -> Result<(), UriFault> {
    let fault = |reason: &str, byte: usize| {
        let place = text.get(..byte).map_or(0, |before| before.encode_utf16().count());
        Err(UriFault { reason: reason.to_owned(), place: Some(place) })
    };
    let (main, fragment) = text.split_once('#').map_or((text, None), |(main, fragment)| (main, Some(fragment)));
    let mut start = 0;
    let colon = memchr::memchr3(b':', b'/', b'?', main.as_bytes()).filter(|at| main[*at..].starts_with(':'));
    if let Some(colon) = colon {
        if colon == 0 {
            return fault("Expected scheme name", 0);
        }
        let scheme = &main[..colon];
        let legal = |(at, c): &(usize, char)| {
            c.is_ascii_alphabetic() || (*at > 0 && (c.is_ascii_digit() || matches!(c, '+' | '-' | '.')))
        };
        if let Some((at, _)) = scheme.char_indices().find(|pair| !legal(pair)) {
            return fault("Illegal character in scheme name", at);
        }
        start = colon + 1;
        let specific = &main[start..];
        if specific.is_empty() {
            return fault("Expected scheme-specific part", start);
        }
        if !specific.starts_with('/') {
            check(text, start, main.len(), "opaque part", URIC)?;
            return fragment.map_or(Ok(()), |_| check(text, main.len() + 1, text.len(), "fragment", URIC));
        }
    }
    let mut path = start;
    if let Some(authority) = main[start..].strip_prefix("//") {
        let end = authority.find(['/', '?']).unwrap_or(authority.len());
        path = start + 2 + end;
        if end == 0 && path == main.len() {
            return fault("Expected authority", path);
        }
        if let Some(address) = authority[..end].strip_prefix('[') {
            let Some(close) = address.find(']') else {
                return fault("Expected closing bracket for IPv6 address", path);
            };
            let legal = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.' | '%');
            if close == 0 || !address[..close].chars().all(legal) {
                return fault("Malformed IPv6 address", start + 3);
            }
        } else {
            check(text, start + 2, path, "authority", AUTHORITY)?;
        }
    }
    let query = main[path..].find('?').map(|at| path + at);
    check(text, path, query.unwrap_or(main.len()), "path", PATH)?;
    if let Some(query) = query {
        check(text, query + 1, main.len(), "query", URIC)?;
    }
    fragment.map_or(Ok(()), |_| check(text, main.len() + 1, text.len(), "fragment", URIC))
}

/// The ASCII characters that are legal in a part.
type Legal = [bool; 128];

const AUTHORITY: &Legal = &legal(b"$,;:@&=+");
const PATH: &Legal = &legal(b":@&=+$,;/");
const URIC: &Legal = &legal(b";/?:@&=+$,[]");

/// Returns the table of the unreserved characters and some others.
const fn legal(others: &[u8]) -> Legal {
    const MARKS: &[u8] = b"-_.!~*'()";
    let mut legal = [false; 128];
    let mut byte = 0;
    while byte < 128_u8 {
        legal[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < MARKS.len() {
        legal[MARKS[at] as usize] = true;
        at += 1;
    }
    at = 0;
    while at < others.len() {
        legal[others[at] as usize] = true;
        at += 1;
    }
    legal
}

/// Checks a part: legal characters, escapes, and others beyond ASCII that are no white space or control.
fn check(text: &str, from: usize, to: usize, part: &str, legal: &Legal) -> Result<(), UriFault> {
    let at = |byte: usize| text.get(..byte).map_or(0, |before| before.encode_utf16().count());
    for (place, c) in text.get(from..to).unwrap_or_default().char_indices() {
        if legal.get(c as usize) == Some(&true) {
            continue;
        }
        let place = from + place;
        if c == '%' {
            let digits = text.as_bytes().get(place + 1..place + 3);
            if place + 3 > to || !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return Err(UriFault { reason: "Malformed escape pair".to_owned(), place: Some(at(place)) });
            }
        } else if c.is_ascii() || c.is_whitespace() || c.is_control() {
            return Err(UriFault { reason: format!("Illegal character in {part}"), place: Some(at(place)) });
        }
    }
    Ok(())
}
