//! Numbers in a payload and the Java class of each: whole numbers are the smallest of Integer, Long
//! and BigInteger; others are Double when written in at most 18 characters, otherwise BigDecimal.
//!
//! A text that only starts like a number (`12 apples`, `1.2.3`, `1e`) is a bare word.

use super::cursor::{Reader, Stop};
use super::scan;
use crate::error::Error;
use crate::value::Value;
use bigdecimal::BigDecimal;
use num_bigint::BigInt;

/// Maximum number of characters of a Double.
const MAX_DOUBLE_LENGTH: usize = 18;

/// The powers of ten that a double represents exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The factor that makes room for a number of digits; the index is that number.
const INTEGER_TENS: [u64; 16] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 0, 0, 0, 0, 0, 0, 0];

/// The digits of a number read so far: `-12.50e3` has the digits 1250, two of them after the point.
struct Digits {
    start: usize,
    negative: bool,
    /// The digits as an integer; correct for up to 19 digits.
    value: u64,
    count: usize,
    /// The number of digits after the point.
    after_point: usize,
}

impl Digits {
    fn signed(&self) -> i64 {
        let value = self.value as i64;
        if self.negative { value.wrapping_neg() } else { value }
    }
}

impl<'r> Reader<'r> {
    /// Reads the number or bare word at the cursor, which starts with a digit or a minus.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn number(&mut self, stop: Stop) -> Result<(), Error> {
        let negative = self.peek() == b'-';
        let mut digits = Digits { start: self.at, negative, value: 0, count: 0, after_point: 0 };
        self.at += usize::from(negative);
        self.digits(&mut digits);
        let mut exponent = None;
        let whole = !matches!(self.peek(), b'.' | b'e' | b'E');
        if !whole {
            exponent = match self.fraction(&mut digits) {
                Some(exponent) => exponent,
                None => return self.bare_text(digits.start, stop),
            };
        }
        let end = self.at;
        if !self.ends(stop) {
            return self.bare_text(digits.start, stop);
        }
        let value = digits.signed();
        if whole && digits.count <= 18 {
            match i32::try_from(value) {
                Ok(int) => self.children.put(Value::Int(int)),
                Err(_) => self.children.put(Value::Long(value)),
            }
            return Ok(());
        }
        // Both operands are exact, so one division rounds correctly.
        if !whole
            && exponent.is_none()
            && end - digits.start <= MAX_DOUBLE_LENGTH
            && digits.value < 1 << 53
            && digits.count > 0
            && let Some(scale) = TENS.get(digits.after_point)
        {
            let value = digits.value as f64 / scale;
            self.children.put(Value::Double(if digits.negative { -value } else { value }));
            return Ok(());
        }
        let rare = if whole { self.large(&digits, end)? } else { self.written_number(&digits, exponent, end)? };
        self.children.put(rare);
        Ok(())
    }

    /// Consumes a run of digits.
    #[inline(always)]
    fn digits(&mut self, digits: &mut Digits) {
        let first = self.at;
        let mut at = first;
        let mut value = digits.value;
        let whole_words = loop {
            let Some(word) = scan::word(self.bytes, at) else { break false };
            let (count, more) = scan::digits(word);
            value = value.wrapping_mul(INTEGER_TENS[count & 15]).wrapping_add(more);
            at += count;
            if count < 8 {
                break true;
            }
        };
        if !whole_words {
            while let Some(byte @ b'0'..=b'9') = self.bytes.get(at) {
                value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                at += 1;
            }
        }
        self.at = at;
        digits.value = value;
        digits.count += at - first;
    }

    /// Skips blanks; returns `true` if a number may end at the cursor. Any character from `~` on ends a
    /// number too but stays to be read: `[12é]` is 12 and "é".
    #[inline(always)]
    fn ends(&mut self, stop: Stop) -> bool {
        self.skip_controls();
        let byte = self.peek();
        stop.contains(byte) || byte >= b'~'
    }

    /// Returns the value of a whole number of 19 or more digits. More than 19 digits make a BigInteger,
    /// even with leading zeros.
    #[cold]
    fn large(&mut self, digits: &Digits, end: usize) -> Result<Value<'r>, Error> {
        let written = self.text.get(digits.start..end).unwrap_or_default();
        if digits.count == 19
            && let Ok(long) = written.parse::<i64>()
        {
            return Ok(i32::try_from(long).map_or(Value::Long(long), Value::Int));
        }
        Ok(Value::big(self.integer(written)?))
    }

    /// Parses a BigInteger. Charges quadratic work, as parsing it takes.
    fn integer(&self, written: &str) -> Result<BigInt, Error> {
        self.arena.budget.hold(64 + written.len())?;
        self.arena.budget.charge(written.len().saturating_mul(written.len()) / 4096)?;
        Ok(written.parse().unwrap_or_default())
    }

    /// Consumes the fraction and exponent of a number. Returns the offset of the exponent, if any; `None`
    /// if an `e` has no exponent.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fraction(&mut self, digits: &mut Digits) -> Option<Option<usize>> {
        if self.peek() == b'.' {
            self.at += 1;
            let whole = digits.count;
            self.digits(digits);
            digits.after_point = digits.count - whole;
        }
        if !matches!(self.peek(), b'e' | b'E') {
            return Some(None);
        }
        self.at += 1;
        let exponent = self.at;
        if !matches!(self.peek(), b'+' | b'-' | b'0'..=b'9') {
            return None;
        }
        self.at += 1;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        Some(Some(exponent))
    }

    /// Returns the value of a number with a fraction or exponent that one division cannot compute.
    #[cold]
    fn written_number(&mut self, digits: &Digits, exponent: Option<usize>, end: usize) -> Result<Value<'r>, Error> {
        if end - digits.start > MAX_DOUBLE_LENGTH {
            let exponent = exponent.and_then(|at| self.text.get(at..end));
            return self.decimal(digits, exponent);
        }
        let written = self.text.get(digits.start..end).unwrap_or_default();
        match written.parse() {
            Ok(double) => Ok(Value::Double(double)),
            Err(_) => Err(self.refuse_number(digits.start, format!("For input string: \"{written}\""))),
        }
    }

    /// Returns `new BigDecimal(text)`; its scale is the number of digits after the point minus the exponent.
    #[cold]
    fn decimal(&mut self, digits: &Digits, exponent: Option<&str>) -> Result<Value<'r>, Error> {
        let exponent = match exponent.map_or(Ok(0), java_exponent) {
            Ok(exponent) => exponent,
            Err(message) => return Err(self.refuse_number(digits.start, message)),
        };
        if digits.count == 0 {
            return Err(self.refuse_number(digits.start, "No digits found."));
        }
        let scale = digits.after_point as i64 - exponent;
        if i32::try_from(scale).is_err() {
            return Err(self.refuse_number(digits.start, "Scale out of range."));
        }
        let unscaled = if digits.count <= 18 {
            self.arena.budget.hold(64)?;
            BigInt::from(digits.signed())
        } else {
            let point = digits.count - digits.after_point + usize::from(digits.negative);
            let written = self.text.get(digits.start..).unwrap_or_default();
            let whole = written.get(..point).unwrap_or_default();
            let after = written.get(point + 1..).and_then(|rest| rest.get(..digits.after_point)).unwrap_or_default();
            self.integer(&[whole, after].concat())?
        };
        Ok(Value::decimal(BigDecimal::new(unscaled, scale)))
    }
}

/// Parses the exponent of a BigDecimal; an error is the message of Java's exception.
fn java_exponent(written: &str) -> Result<i64, &'static str> {
    let unsigned = written.trim_start_matches(['+', '-']);
    if unsigned.is_empty() {
        // Java's exception has no message here.
        return Err("No exponent digits.");
    }
    let mut count = unsigned.len();
    let digits = unsigned.trim_start_matches(|c| {
        let skipped = c == '0' && count > 10;
        count -= 1;
        skipped
    });
    if digits.len() > 10 {
        return Err("Too many nonzero exponent digits.");
    }
    let exponent: i64 = digits.parse().unwrap_or(0);
    let exponent = if written.starts_with('-') { -exponent } else { exponent };
    if i32::try_from(exponent).is_err() { Err("Exponent overflow.") } else { Ok(exponent) }
}
