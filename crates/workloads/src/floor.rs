//! The workloads written by hand: the least that each output costs without a template engine.

use crate::request::{AGENT, API, HEADER, LANE, PATH, QUERY, REQUEST, SOURCE, USER};
use base64::Engine as _;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::hint::black_box;

fn read<'a, T: Deserialize<'a>>(body: &'a str) -> T {
    serde_json::from_str(body).expect("the payload is sound")
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

fn int(out: &mut String, number: i64) {
    out.push_str(itoa::Buffer::new().format(number));
}

/// `$util.escapeJavaScript`.
fn script(out: &mut String, text: &str) {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' | '\'' | '\\' | '/' => c,
            '\n' => 'n',
            ' '..='~' => continue,
            _ => 'u',
        };
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        out.push('\\');
        out.push(escape);
        if escape == 'u' {
            let _ = write!(out, "{:04X}", c as u32);
        }
    }
    out.push_str(&text[plain..]);
}

fn url(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(byte as char),
            b' ' => out.push('+'),
            _ => {
                let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble & 15)]);
                out.extend(['%', digit(byte >> 4), digit(byte)]);
            }
        }
    }
}

pub fn references(body: &str) -> String {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        ticket: Ticket<'a>,
    }
    #[derive(Deserialize)]
    struct Ticket<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
        seats: i64,
        #[serde(borrow)]
        owner: Owner<'a>,
    }
    #[derive(Deserialize)]
    struct Owner<'a> {
        #[serde(borrow)]
        name: Cow<'a, str>,
    }
    let ticket = read::<Body<'_>>(body).ticket;
    let mut out = String::with_capacity(256);
    push(&mut out, &["{\n  \"id\": \"", &ticket.id, "\",\n  \"who\": \"", &ticket.owner.name, "\",\n  \"seats\": "]);
    int(&mut out, ticket.seats);
    push(&mut out, &[",\n  \"realm\": \"", QUERY[0].1, "\",\n  \"call\": \"", REQUEST, "\",\n  \"from\": \"", SOURCE]);
    out.push_str("\"\n}\n");
    out
}

pub fn passthrough(body: &str) -> String {
    let body: &RawValue = read(body);
    let mut out = String::with_capacity(body.get().len() + 1_024);
    push(&mut out, &["{\n\"body\": ", body.get(), ",\n\"params\": {\n"]);
    for (group, members, comma) in [("path", PATH, ","), ("querystring", QUERY, ","), ("header", HEADER, "")] {
        push(&mut out, &["  \"", group, "\": {\n"]);
        for (at, (name, value)) in members.iter().enumerate() {
            push(&mut out, &["    \"", name, "\": \""]);
            script(&mut out, value);
            out.push_str(if at + 1 < members.len() { "\",\n" } else { "\"\n" });
        }
        push(&mut out, &["  }", comma, "\n"]);
    }
    push(
        &mut out,
        &["},\n\"stage\": \"", LANE, "\", \"api\": \"", API, "\", \"method\": \"PUT\", \"call\": \"", REQUEST],
    );
    push(&mut out, &["\",\n\"from\": \"", SOURCE, "\", \"agent\": \"", AGENT, "\", \"user\": \"", USER, "\"\n}\n"]);
    out
}

#[derive(Deserialize)]
struct Tickets<'a> {
    #[serde(borrow)]
    tickets: Vec<Ticket<'a>>,
}

#[derive(Deserialize)]
struct Ticket<'a> {
    id: i64,
    #[serde(borrow)]
    seat: Cow<'a, str>,
    price: i64,
    seats: i64,
    #[serde(borrow)]
    state: Cow<'a, str>,
    bike: bool,
    #[serde(borrow)]
    memo: Cow<'a, str>,
    #[serde(borrow)]
    trip: Trip<'a>,
}

#[derive(Deserialize)]
struct Trip<'a> {
    #[serde(borrow)]
    from: Cow<'a, str>,
    #[serde(borrow)]
    to: Cow<'a, str>,
}

pub fn list(body: &str) -> String {
    let tickets = read::<Tickets<'_>>(body).tickets;
    let mut out = String::with_capacity(body.len());
    out.push_str("{\"count\": ");
    int(&mut out, tickets.len() as i64);
    out.push_str(", \"tickets\": [\n");
    for (at, ticket) in tickets.iter().enumerate() {
        out.push_str("  {\"id\": ");
        int(&mut out, ticket.id);
        push(&mut out, &[", \"seat\": \"", &ticket.seat, "\", \"memo\": \""]);
        script(&mut out, &ticket.memo);
        let class = match ticket.price {
            91.. => "first",
            41.. => "second",
            _ => "third",
        };
        let bike = if ticket.bike { "   \"bike\": true,\n" } else { "" };
        push(&mut out, &["\",\n   \"class\": \"", class, "\",\n", bike, "   \"trip\": \"", &ticket.trip.from, " - "]);
        push(&mut out, &[&ticket.trip.to, if at + 1 < tickets.len() { "\"},\n" } else { "\"}\n" }]);
    }
    out + "]}\n"
}

pub fn sums(body: &str) -> String {
    let tickets = read::<Tickets<'_>>(body).tickets;
    let (mut sum, mut left, mut best, mut label) = (0, 0, "-".to_owned(), String::new());
    let mut out = String::with_capacity(body.len() / 2);
    out.push_str("{\"lines\": [\n");
    for (at, ticket) in tickets.iter().enumerate() {
        let cost = ticket.price * ticket.seats;
        sum += cost;
        label.clear();
        if ticket.state == "gone" || cost < 60 {
            left += 1;
            label.push_str("left-");
            int(&mut label, ticket.id);
        } else {
            push(&mut label, &[&ticket.trip.from, ">", &ticket.trip.to, ":"]);
            int(&mut label, cost);
        }
        if cost % 9 == 0 && ticket.seats >= 3 {
            best.clear();
            push(&mut best, &[&label, "!"]);
        }
        out.push_str("{\"n\": ");
        int(&mut out, at as i64 + 1);
        push(&mut out, &[", \"label\": \"", &label, "\", \"sum\": "]);
        int(&mut out, sum);
        out.push_str(if at + 1 < tickets.len() { "},\n" } else { "}\n" });
    }
    let _ = writeln!(out, "], \"sum\": {sum}, \"left\": {left}, \"best\": \"{best}\"}}");
    out
}

pub fn one_field(body: &str) -> String {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        index: Index<'a>,
    }
    #[derive(Deserialize)]
    struct Index<'a> {
        #[serde(borrow)]
        rows: Vec<Row<'a>>,
    }
    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        found: &'a RawValue,
    }
    read::<Body<'_>>(body).index.rows[2].found.get().to_owned() + "\n"
}

pub fn strings(body: &str) -> String {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        page: Cow<'a, str>,
    }
    let page = read::<Body<'_>>(body).page;
    let mut out = String::with_capacity(6 * page.len());
    out.push_str("{\"base64\": \"");
    base64::engine::general_purpose::STANDARD.encode_string(&*page, &mut out);
    out.push_str("\",\n\"url\": \"");
    url(&mut out, &page);
    out.push_str("\",\n\"script\": \"");
    script(&mut out, &page);
    out.push_str("\",\n\"other\": \"");
    script(&mut out, &page.replace("harbour", "port"));
    out + "\"}\n"
}

pub fn logic(_: &str) -> String {
    let mut state: i64 = black_box(11);
    let mut out = String::with_capacity(4_096);
    out.push_str("{\"walk\": [\n");
    for i in 1..=200 {
        let word = match i {
            _ if i % 15 == 0 => "both",
            _ if i % 5 == 0 => "five",
            _ if i % 3 == 0 => "three",
            _ => "none",
        };
        state = (state * 29 + i) % 50_021;
        for j in 1..=5 {
            state += match j {
                _ if j > 3 && state % 2 == 0 => j,
                _ if j == 2 || state <= 900 => -1,
                _ => 2,
            };
        }
        push(&mut out, &["\"", word, ":"]);
        int(&mut out, state);
        out.push_str(if i < 200 { "\",\n" } else { "\"\n" });
    }
    out + "]}\n"
}

pub fn macros(_: &str) -> String {
    let mut out = String::with_capacity(32_768);
    out.push_str("{\"rows\": [\n");
    for i in 1..=200 {
        let (mut digits, mut name) = (itoa::Buffer::new(), String::from("row-"));
        let number = digits.format(black_box(i));
        name.push_str(number);
        push(&mut out, &["{\"n\": \"", number, "\", \"name\": \"", &name, "\", \"mark\": \"", REQUEST, "/", LANE]);
        out.push_str(if i < 200 { "\"},\n" } else { "\"}\n" });
    }
    out + "]}\n"
}
