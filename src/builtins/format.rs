//! `String.format`: `java.util.Formatter` in the locale en_US, but for dates (`%t`) and `%a`.
//!
//! A faulty format or argument is an exception, as in Java: `$s.format('%d', 'a')` stops the render.

use super::exception::exception;
use crate::diagnostic::Code;
use crate::error::Error;
use crate::value::show::{show, steps_of_number};
use crate::value::text::{from_utf16, joined, units, utf16_len};
use crate::value::{Arena, Big, Value};
use std::borrow::Cow;
use std::fmt::Write;

/// Copies that are made of a text on its way to its padded form.
const COPIES: usize = 4;

/// Most bytes of a letter's capital, for each byte of the letter.
const MOST_CAPITALS: usize = 3;

/// A format specifier: `%…`.
#[derive(Debug, Default)]
struct Spec {
    /// The number of the argument: `2$`.
    index: Option<usize>,
    /// The flags, each a character of [`FLAGS`].
    flags: Vec<char>,
    width: Option<usize>,
    precision: Option<usize>,
    conversion: char,
    upper: bool,
}

const FLAGS: &str = "-#+ 0,(<";

impl Spec {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(&flag)
    }

    fn any(&self, flags: &str) -> bool {
        self.flags.iter().any(|&flag| flags.contains(flag))
    }

    /// Reads a specifier behind its `%`; returns the rest of the text too.
    fn read(text: &str) -> Result<(Spec, &str), Error> {
        let mut spec = Spec::default();
        let mut rest = text;
        if let (Some(index), after) = number(rest)?
            && !rest.starts_with('0')
            && let Some(after) = after.strip_prefix('$')
        {
            spec.index = Some(index);
            rest = after;
        }
        while let Some(flag) = rest.chars().next().filter(|&c| FLAGS.contains(c)) {
            if spec.has(flag) {
                return Err(exception("DuplicateFormatFlagsException", format_args!("Flags = '{flag}'")));
            }
            spec.flags.push(flag);
            rest = &rest[1..];
        }
        (spec.width, rest) = number(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            (spec.precision, rest) = number(after)?;
            if spec.precision.is_none() {
                return Err(unknown('.'));
            }
        }
        let letter = rest.chars().next().ok_or_else(|| unknown('%'))?;
        spec.upper = letter.is_ascii_uppercase();
        spec.conversion = letter.to_ascii_lowercase();
        if spec.upper && matches!(spec.conversion, 'd' | 'o' | 'f' | 'n') || !"bhscdoxefga%nt".contains(spec.conversion)
        {
            return Err(unknown(letter));
        }
        spec.check()?;
        Ok((spec, &rest[letter.len_utf8()..]))
    }

    /// Checks the flags, which Java refuses whatever the argument is.
    fn check(&self) -> Result<(), Error> {
        let c = self.conversion;
        let wrong = |what: &str| Err(exception(what, format_args!("%{c}")));
        let (mismatched, numeric) = match c {
            'b' | 'h' | 's' | 'c' => ("#+ 0,(", false),
            'd' => ("#", true),
            'o' | 'x' => (",", true),
            'e' => (",", true),
            'g' => ("#", true),
            'a' => ("(,", true),
            'f' => ("", true),
            't' => return Err(Error::new(Code::Unsupported, "dates in `format`")),
            'n' => ("-#+ 0,(<", false),
            _ => ("#+ 0,(<", false),
        };
        if self.any(mismatched) {
            return wrong("FormatFlagsConversionMismatchException");
        }
        if numeric && (self.has('+') && self.has(' ') || self.has('-') && self.has('0')) {
            return wrong("IllegalFormatFlagsException");
        }
        if self.precision.is_some() && matches!(c, 'c' | 'd' | 'o' | 'x' | '%' | 'n') {
            return wrong("IllegalFormatPrecisionException");
        }
        if c == 'n' && self.width.is_some() {
            return wrong("IllegalFormatWidthException");
        }
        if self.width.is_none() && (self.has('-') || numeric && self.has('0')) {
            return wrong("MissingFormatWidthException");
        }
        Ok(())
    }

    /// Appends a text padded to the width.
    fn justify(&self, text: &str, out: &mut String) {
        let missing = self.width.unwrap_or(0).saturating_sub(utf16_len(text));
        let pad = |out: &mut String| out.push_str(&" ".repeat(missing));
        if !self.has('-') {
            pad(out);
        }
        out.push_str(text);
        if self.has('-') {
            pad(out);
        }
    }

    /// Appends a text cut to the precision, in capitals where asked, padded.
    fn text(&self, arena: &Arena<'_>, text: &str, out: &mut String) -> Result<(), Error> {
        // It is counted, and put in capitals.
        arena.budget.charge(text.len() / if text.is_ascii() && !self.upper { 64 } else { 4 })?;
        let mut text = Cow::Borrowed(text);
        if let Some(most) = self.precision.filter(|most| *most < text.len()) {
            let units: Vec<u16> = units(&text).take(most).collect();
            text = Cow::Owned(from_utf16(&units));
        }
        if self.upper {
            arena.room(MOST_CAPITALS * text.len())?;
            text = Cow::Owned(text.to_uppercase());
        }
        self.justify(&text, out);
        Ok(())
    }

    /// Appends a number from its digits, with sign, grouping and zeros as the flags ask.
    fn number(&self, negative: bool, digits: &str, exponent: &str, out: &mut String) {
        let mut text = String::new();
        match (negative, self.has('('), self.has('+'), self.has(' ')) {
            (true, true, ..) => text.push('('),
            (true, ..) => text.push('-'),
            (_, _, true, _) => text.push('+'),
            (_, _, _, true) => text.push(' '),
            _ => {}
        }
        let sign = text.len();
        let whole = digits.find('.').unwrap_or(digits.len());
        if self.has(',') {
            for (i, c) in digits[..whole].chars().enumerate() {
                if i > 0 && (whole - i).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(c);
            }
            text.push_str(&digits[whole..]);
        } else {
            text.push_str(digits);
        }
        let closing = usize::from(negative && self.has('('));
        if self.has('0') {
            let wanted = self.width.unwrap_or(0).saturating_sub(closing + exponent.len());
            text.insert_str(sign, &"0".repeat(wanted.saturating_sub(text.len())));
        }
        text.push_str(exponent);
        if closing == 1 {
            text.push(')');
        }
        self.justify(&text, out);
    }

    fn refuse(&self, arg: &Value<'_>) -> Error {
        exception("IllegalFormatConversionException", format_args!("{} != {}", self.conversion, arg.class_name()))
    }

    fn write(&self, arena: &Arena<'_>, arg: &Value<'_>, out: &mut String) -> Result<(), Error> {
        match (self.conversion, arg) {
            ('b', Value::Null) => self.text(arena, "false", out)?,
            ('b', Value::Bool(b)) => self.text(arena, &b.to_string(), out)?,
            ('b', _) => self.text(arena, "true", out)?,
            (_, Value::Null) => self.text(arena, "null", out)?,
            ('h', _) => {
                arena.budget.charge(match arg {
                    Value::Str(text) => text.len() / if text.is_ascii() { 16 } else { 6 },
                    other => other.weight(),
                })?;
                self.text(arena, &format!("{:x}", arg.try_java_hash()?), out)?;
            }
            ('s', _) => {
                let mut shown = String::new();
                show(arena, arg, &mut shown)?;
                self.text(arena, &shown, out)?;
            }
            ('c', Value::Char(unit)) => self.text(arena, &from_utf16(&[*unit]), out)?,
            ('c', Value::Int(_) | Value::Short(_) | Value::Byte(_)) => {
                let code = match arg {
                    Value::Int(i) => *i,
                    Value::Short(i) => i32::from(*i),
                    Value::Byte(i) => i32::from(*i),
                    _ => 0,
                };
                let unit = u16::try_from(code).map(|unit| from_utf16(&[unit])).ok();
                let text = unit.or_else(|| u32::try_from(code).ok().and_then(char::from_u32).map(String::from));
                let text =
                    text.ok_or_else(|| exception("IllegalFormatCodePointException", format_args!("0x{code:x}")))?;
                self.text(arena, &text, out)?;
            }
            ('d' | 'o' | 'x', _) => return self.integer(arg, out),
            ('e' | 'f' | 'g', Value::Double(d)) => self.double(arena, *d, out)?,
            ('e' | 'f' | 'g', Value::Float(f)) => {
                // Java widens by the value but shows the digits of the float.
                self.double(arena, f.to_string().parse().unwrap_or(f64::from(*f)), out)?;
            }
            ('e' | 'f' | 'g', Value::Big(big)) => match &**big {
                Big::Decimal(decimal) => {
                    let (digits, scale) = decimal.as_bigint_and_exponent();
                    let text = digits.magnitude().to_string();
                    let point = i64::try_from(text.len()).unwrap_or(i64::MAX).saturating_sub(scale);
                    let negative = digits.sign() == num_bigint::Sign::Minus;
                    self.real(arena, Decimal::new(&text, point), negative, out)?;
                }
                Big::Integer(_) => return Err(self.refuse(arg)),
            },
            ('a', Value::Double(_) | Value::Float(_)) => {
                return Err(Error::new(Code::Unsupported, "`%a` in `format`"));
            }
            _ => return Err(self.refuse(arg)),
        }
        Ok(())
    }

    fn integer(&self, arg: &Value<'_>, out: &mut String) -> Result<(), Error> {
        let (value, bits) = match arg {
            Value::Byte(i) => (i64::from(*i), 8),
            Value::Short(i) => (i64::from(*i), 16),
            Value::Int(i) => (i64::from(*i), 32),
            Value::Long(i) => (*i, 64),
            Value::Big(big) => {
                let Big::Integer(big) = &**big else { return Err(self.refuse(arg)) };
                let negative = big.sign() == num_bigint::Sign::Minus;
                let magnitude = big.magnitude();
                let digits = match self.conversion {
                    'd' => magnitude.to_string(),
                    'o' => format!("{}{magnitude:o}", self.prefix()),
                    _ => format!("{}{magnitude:x}", self.prefix()),
                };
                return self.based(negative, &digits, out);
            }
            _ => return Err(self.refuse(arg)),
        };
        if self.conversion == 'd' {
            self.number(value < 0, &value.unsigned_abs().to_string(), "", out);
            return Ok(());
        }
        if self.any("(+ ") {
            return Err(exception("FormatFlagsConversionMismatchException", format_args!("%{}", self.conversion)));
        }
        let pattern = value as u64 & (u64::MAX >> (64 - bits));
        let digits = match self.conversion {
            'o' => format!("{}{pattern:o}", self.prefix()),
            _ => format!("{}{pattern:x}", self.prefix()),
        };
        self.based(false, &digits, out)
    }

    fn prefix(&self) -> &'static str {
        match (self.has('#'), self.conversion) {
            (true, 'o') => "0",
            (true, 'x') => "0x",
            _ => "",
        }
    }

    /// Appends a number in base 8 or 16; zeros go between the `0x` and the digits.
    fn based(&self, negative: bool, digits: &str, out: &mut String) -> Result<(), Error> {
        let prefix = self.prefix().len();
        let mut digits = if self.upper { digits.to_ascii_uppercase() } else { digits.to_owned() };
        if prefix > 0 && self.has('0') {
            let sign = usize::from(negative || self.any("+ ")) + usize::from(negative && self.has('('));
            let missing = self.width.unwrap_or(0).saturating_sub(digits.len() + sign);
            digits.insert_str(prefix, &"0".repeat(missing));
        }
        self.number(negative, &digits, "", out);
        Ok(())
    }

    fn double(&self, arena: &Arena<'_>, value: f64, out: &mut String) -> Result<(), Error> {
        if !value.is_finite() {
            let sign = match (value.is_nan(), value < 0.0) {
                (true, _) => "",
                (_, true) if self.has('(') => "(",
                (_, true) => "-",
                _ if self.has('+') => "+",
                _ if self.has(' ') => " ",
                _ => "",
            };
            let name = if value.is_nan() { "NaN" } else { "Infinity" };
            let name = if self.upper { name.to_uppercase() } else { name.to_owned() };
            let close = if sign == "(" { ")" } else { "" };
            self.justify(&format!("{sign}{name}{close}"), out);
            return Ok(());
        }
        // The shortest digits that give the number back, as `Double.toString` has them.
        let shortest = format!("{:e}", value.abs());
        let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        let point = exponent.parse::<i64>().unwrap_or(0) + 1;
        self.real(arena, Decimal::new(&mantissa.replace('.', ""), point), value.is_sign_negative(), out)
    }

    fn real(&self, arena: &Arena<'_>, value: Decimal, negative: bool, out: &mut String) -> Result<(), Error> {
        const LONGEST: i64 = 1 << 24;
        let precision = i64::try_from(self.precision.unwrap_or(6)).unwrap_or(i64::MAX);
        if precision > LONGEST || self.conversion == 'f' && value.point > LONGEST {
            return Err(Error::new(Code::MemoryLimit, "`format` of a number with millions of digits"));
        }
        let whole = if self.conversion == 'f' { value.point.max(0) } else { 0 };
        let places = usize::try_from(precision.saturating_add(whole)).unwrap_or(usize::MAX);
        arena.room(places.saturating_mul(COPIES))?;
        let (mut digits, exponent) = match self.conversion {
            'f' => (value.fixed(precision), String::new()),
            'e' => value.scientific(precision, self.upper),
            _ => {
                let precision = precision.max(1);
                let rounded = value.rounded(precision.saturating_sub(value.point));
                match rounded.is_zero() || (-3..=precision).contains(&rounded.point) {
                    true if value.is_zero() => (value.fixed(precision - 1), String::new()),
                    true => (value.fixed(precision - rounded.point), String::new()),
                    false => value.scientific(precision - 1, self.upper),
                }
            }
        };
        if self.has('#') && !digits.contains('.') {
            digits.push('.');
        }
        self.number(negative, &digits, &exponent, out);
        Ok(())
    }
}

/// A decimal number that is not negative: 0.`digits` times ten to the power of `point`.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn new(digits: &str, point: i64) -> Self {
        let zeros = digits.bytes().take_while(|&b| b == b'0').count();
        let digits = digits.as_bytes()[zeros..].to_vec();
        let point = if digits.is_empty() { 1 } else { point - zeros as i64 };
        Decimal { digits, point }
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Rounds half up to a number of places after the point.
    fn rounded(&self, places: i64) -> Decimal {
        let kept = self.point.saturating_add(places);
        if kept < 0 {
            return Decimal { digits: Vec::new(), point: 1 };
        }
        let kept = kept as usize;
        if kept >= self.digits.len() {
            return Decimal { digits: self.digits.clone(), point: self.point };
        }
        let up = self.digits[kept] >= b'5';
        let mut digits = self.digits[..kept].to_vec();
        let mut point = self.point;
        if up {
            let nines = digits.iter().rev().take_while(|&&d| d == b'9').count();
            let last = digits.len() - nines;
            digits[last..].fill(b'0');
            match last.checked_sub(1) {
                Some(at) => digits[at] += 1,
                None => {
                    digits.insert(0, b'1');
                    point += 1;
                }
            }
        }
        if digits.iter().all(|&d| d == b'0') {
            return Decimal { digits: Vec::new(), point: 1 };
        }
        Decimal { digits, point }
    }

    /// Appends `count` digits from the one at `at` on. Those before the first and behind the last are zeros.
    fn push_digits(&self, at: i64, count: i64, text: &mut String) {
        let places = |from: i64, to: i64| usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        let (end, last) = (at.saturating_add(count), self.digits.len() as i64);
        let (from, to) = (at.clamp(0, last), end.clamp(0, last));
        text.push_str(&"0".repeat(places(at, end.min(0))));
        text.extend(self.digits.iter().skip(places(0, from)).take(places(from, to)).map(|&digit| char::from(digit)));
        text.push_str(&"0".repeat(places(at.max(last), end)));
    }

    /// Writes the number as `%f` does.
    fn fixed(&self, places: i64) -> String {
        let rounded = self.rounded(places);
        let mut text = String::new();
        let whole = rounded.point.max(1);
        rounded.push_digits(rounded.point - whole, whole, &mut text);
        if places > 0 {
            text.push('.');
            rounded.push_digits(rounded.point, places, &mut text);
        }
        text
    }

    /// Writes the digits and the exponent as `%e` does.
    fn scientific(&self, places: i64, upper: bool) -> (String, String) {
        let rounded = self.rounded(places.saturating_add(1).saturating_sub(self.point));
        let mut text = String::new();
        rounded.push_digits(0, 1, &mut text);
        if places > 0 {
            text.push('.');
            rounded.push_digits(1, places, &mut text);
        }
        let exponent = if rounded.is_zero() { 0 } else { rounded.point - 1 };
        let mut end = String::from(if upper { 'E' } else { 'e' });
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a string does not fail.
        let _ = write!(end, "{sign}{:02}", exponent.unsigned_abs());
        (text, end)
    }
}

fn unknown(c: char) -> Error {
    exception("UnknownFormatConversionException", format_args!("Conversion = '{c}'"))
}

/// Splits the digits from the start of a text.
fn number(text: &str) -> Result<(Option<usize>, &str), Error> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let number: i32 = digits.parse().map_err(|_| exception("IllegalFormatWidthException", digits))?;
    Ok((usize::try_from(number).ok(), rest))
}

/// Formats arguments; `None` is a null array, in which each argument is null.
pub(super) fn format(arena: &Arena<'_>, format: &str, args: Option<Vec<Value<'_>>>) -> Result<String, Error> {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    let mut ordinary = 0;
    let mut last: Option<usize> = None;
    let mut held = 0;
    while let Some(at) = memchr::memchr(b'%', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (spec, after) = Spec::read(&rest[at + 1..])?;
        rest = after;
        arena.room(spec.width.unwrap_or(0).saturating_mul(COPIES))?;
        // The text so far, which becomes a string in the end.
        arena.budget.charge(4)?;
        arena.budget.make(out.len() - held)?;
        held = out.len();
        match spec.conversion {
            '%' => spec.justify("%", &mut out),
            'n' => out.push('\n'),
            _ => {
                let missing = || exception("MissingFormatArgumentException", format_args!("%{}", spec.conversion));
                let index = match spec.index {
                    _ if spec.has('<') => last.ok_or_else(missing)?,
                    Some(index) => index.checked_sub(1).ok_or_else(missing)?,
                    None => {
                        ordinary += 1;
                        ordinary - 1
                    }
                };
                last = Some(index);
                let null = Value::Null;
                let arg = match &args {
                    Some(args) => args.get(index).ok_or_else(missing)?,
                    None => &null,
                };
                arena.budget.charge(match arg {
                    Value::Double(_) | Value::Float(_) | Value::Big(_) => 16 + steps_of_number(arg),
                    _ => 0,
                })?;
                spec.write(arena, arg, &mut out)?;
            }
        }
    }
    arena.budget.release(held);
    out.push_str(rest);
    Ok(joined(out))
}
