//! Numbers in filters: Java's `BigDecimal`, stored as digits and scale, so that comparing
//! `@.n < 1e999999999` is cheap.

use std::cmp::Ordering;

/// A number of a document or filter.
#[derive(Clone, Debug)]
pub(super) enum Number {
    Int(i64),
    /// A whole number past 64 bits.
    Big(Decimal),
    Double(f64),
    Decimal(Decimal),
}

/// A decimal: sign, digits without leading zeros, and scale (the number of digits after the point).
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    scale: i64,
}

impl Number {
    /// Returns the number of digits, as far as they are stored.
    pub(super) fn len(&self) -> usize {
        match self {
            Number::Int(_) | Number::Double(_) => 0,
            Number::Big(number) | Number::Decimal(number) => number.digits.len(),
        }
    }

    /// Returns `Number.toString()`.
    pub(super) fn text(&self) -> String {
        match self {
            Number::Int(i) => i.to_string(),
            Number::Double(d) => double_text(*d),
            Number::Big(d) | Number::Decimal(d) => d.text(),
        }
    }

    /// Returns `new BigDecimal(number.toString())`; `None` for infinities and NaN.
    fn decimal(&self) -> Option<Decimal> {
        match self {
            Number::Big(d) | Number::Decimal(d) => Some(d.clone()),
            other => Decimal::parse(&other.text()),
        }
    }

    /// Returns `new BigDecimal(number.toString()).toString()`: `1000.0` is unchanged, `1.0E10` becomes `1.0E+10`.
    pub(super) fn decimal_text(&self) -> String {
        match self {
            Number::Int(i) => i.to_string(),
            other => other.decimal().map(|d| d.text()).unwrap_or_default(),
        }
    }

    pub(super) fn compare(&self, other: &Number) -> Option<Ordering> {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return Some(a.cmp(b));
        }
        Some(self.decimal()?.compare(&other.decimal()?))
    }

    /// Compares by Java's `equals`: class and value.
    pub(super) fn java_equals(&self, other: &Number) -> bool {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (Number::Double(a), Number::Double(b)) => a.to_bits() == b.to_bits(),
            (Number::Big(a), Number::Big(b)) | (Number::Decimal(a), Number::Decimal(b)) => {
                a.compare(b) == Ordering::Equal
            }
            _ => false,
        }
    }

    /// Returns `doubleValue()`.
    pub(super) fn double(&self) -> f64 {
        match self {
            Number::Int(i) => *i as f64,
            Number::Double(d) => *d,
            Number::Big(d) | Number::Decimal(d) => d.text().parse().unwrap_or(f64::NAN),
        }
    }

    /// Returns `intValue()`.
    pub(super) fn int(&self) -> i32 {
        match self {
            Number::Int(i) => *i as i32,
            other => other.double() as i64 as i32,
        }
    }
}

impl Decimal {
    /// Parses a text as `new BigDecimal(text)` does.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let scale = fraction.len() as i64 - exponent;
        i32::try_from(scale).ok()?;
        let digits = if digits.is_empty() { "0" } else { digits };
        Some(Decimal { negative: negative && digits != "0", digits: digits.to_owned(), scale })
    }

    fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    fn compare(&self, other: &Decimal) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }

    /// Compares magnitudes: first the exponent of the leading digit, then the digits.
    fn magnitude(&self, other: &Decimal) -> Ordering {
        let leading = |d: &Decimal| d.digits.len() as i64 - d.scale;
        let significant = |d: &Decimal| d.digits.trim_end_matches('0').to_owned();
        leading(self).cmp(&leading(other)).then_with(|| significant(self).cmp(&significant(other)))
    }

    /// Returns `BigDecimal.toString()`.
    fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let (digits, count) = (&self.digits, self.digits.len() as i64);
        let adjusted = count - 1 - self.scale;
        if self.scale == 0 {
            return format!("{sign}{digits}");
        }
        if self.scale > 0 && adjusted >= -6 {
            let point = count - self.scale;
            if point <= 0 {
                return format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize));
            }
            let (whole, fraction) = digits.split_at(point as usize);
            return format!("{sign}{whole}.{fraction}");
        }
        let (first, more) = digits.split_at(1);
        let point = if more.is_empty() { "" } else { "." };
        let exponent = if adjusted == 0 { String::new() } else { format!("E{adjusted:+}") };
        format!("{sign}{first}{point}{more}{exponent}")
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i64 = digits.parse().ok()?;
    Some(if text.starts_with('-') { -value } else { value })
}

/// Returns `Double.toString()`.
fn double_text(d: f64) -> String {
    if d.is_nan() {
        return "NaN".to_owned();
    }
    if d.is_infinite() {
        return if d > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if d == 0.0 {
        return if d.is_sign_negative() { "-0.0" } else { "0.0" }.to_owned();
    }
    if (1e-3..1e7).contains(&d.abs()) {
        return format!("{d:?}");
    }
    let text = format!("{d:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected texts are those of `new BigDecimal(s).toString()` and `Double.toString(d)` on Java 17.
    #[test]
    fn texts_are_those_of_java() {
        let text = |s| Decimal::parse(s).map(|d| d.text());
        assert_eq!(text("1.0E10").as_deref(), Some("1.0E+10"));
        assert_eq!(text("0.0000001").as_deref(), Some("1E-7"));
        assert_eq!(text("-0.50").as_deref(), Some("-0.50"));
        assert_eq!(text("1-").as_deref(), None);
        assert_eq!(double_text(1e10), "1.0E10");
        assert_eq!(double_text(1.5e-5), "1.5E-5");
    }

    #[test]
    fn huge_exponents_compare_at_once() {
        let huge = Number::Decimal(Decimal::parse("1e999999999").unwrap());
        assert_eq!(Number::Int(5).compare(&huge), Some(Ordering::Less));
        assert_eq!(Number::Double(1000.0).compare(&Number::Int(1000)), Some(Ordering::Equal));
    }
}
