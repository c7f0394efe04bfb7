//! Numbers as Jackson reads them: `int`, `long` or `BigInteger`, and `BigDecimal` without trailing zeros.

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, Zero};
use std::cmp::Ordering;
use std::fmt::Write;

/// A number of a body or of a schema.
#[derive(Clone, Debug)]
pub(super) enum Number {
    /// An integer that a Java `long` holds.
    Long(i64),
    /// A larger integer.
    Big(BigInt),
    /// A number with a point or an exponent: `digits · 10^-scale`, without trailing zeros.
    Decimal(BigInt, i64),
}

/// Steps of a number that is not a `long`, beside the square of its words.
const STEPS_PER_NUMBER: usize = 48;

/// Jackson 2.15 and later refuse longer numbers.
const LONGEST: usize = 1000;

impl Number {
    /// Parses a number of valid JSON; `None` if it has too many digits, or a point or exponent and no double
    /// is as large: Jackson makes it infinite, which the library cannot compare.
    pub(super) fn read(text: &str) -> Option<Number> {
        if text.len() > LONGEST {
            return None;
        }
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text.get(at + 1..)?.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let Some((whole, fraction)) =
            mantissa.split_once('.').or_else(|| (mantissa.len() < text.len()).then_some((mantissa, "")))
        else {
            return Some(text.parse().map(Number::Long).unwrap_or(Number::Big(text.parse().ok()?)));
        };
        if text.parse::<f64>().is_ok_and(f64::is_infinite) {
            return None;
        }
        let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
        let scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
        Some(Number::decimal(digits, scale))
    }

    fn decimal(digits: BigInt, scale: i64) -> Number {
        if digits.is_zero() {
            return Number::Decimal(digits, 0);
        }
        let text = digits.to_string();
        let zeros = text.len() - text.trim_end_matches('0').len();
        let stripped = text.get(..text.len() - zeros).and_then(|text| text.parse().ok());
        Number::Decimal(stripped.unwrap_or(digits), scale - zeros as i64)
    }

    /// Returns `true` if the library's type of it is `integer`: it was written without point and exponent.
    pub(super) fn is_integer(&self) -> bool {
        !matches!(self, Number::Decimal(..))
    }

    /// The number as a limit of a schema: a decimal of whole value that fits becomes a `long`.
    pub(super) fn normalized(self) -> Number {
        match &self {
            Number::Decimal(digits, scale) if *scale <= 0 && *scale > -19 => {
                match i64::try_from(digits * ten_to(scale.unsigned_abs())) {
                    Ok(long) => Number::Long(long),
                    Err(_) => self,
                }
            }
            _ => self,
        }
    }

    /// Returns the steps of comparing it or of writing its key: those of numbers of many digits.
    pub(super) fn steps(&self) -> usize {
        let words = match self {
            Number::Long(_) => return 0,
            Number::Big(digits) | Number::Decimal(digits, _) => 1 + digits.bits() as usize / 64,
        };
        STEPS_PER_NUMBER + words.saturating_mul(words)
    }

    /// Digits and scale, without trailing zeros for a decimal.
    fn parts(&self) -> (BigInt, i64) {
        match self {
            Number::Long(long) => (BigInt::from(*long), 0),
            Number::Big(digits) => (digits.clone(), 0),
            Number::Decimal(digits, scale) => (digits.clone(), *scale),
        }
    }

    /// Returns `true` if the number is greater than zero.
    pub(super) fn is_positive(&self) -> bool {
        self.compare(&Number::Long(0)) == Ordering::Greater
    }

    /// `compareTo`: by value.
    pub(super) fn compare(&self, other: &Number) -> Ordering {
        if let (Number::Long(left), Number::Long(right)) = (self, other) {
            return left.cmp(right);
        }
        let ((left, left_scale), (right, right_scale)) = (self.parts(), other.parts());
        if left.sign() != right.sign() || left.is_zero() {
            return left.sign().cmp(&right.sign());
        }
        // By the place of the first digit, so that 1e999999999 is never written out.
        let magnitude = |digits: &BigInt, scale: i64| digits.magnitude().to_string().len() as i64 - scale;
        let by_size = match magnitude(&left, left_scale).cmp(&magnitude(&right, right_scale)) {
            Ordering::Equal => {
                let scale = left_scale.max(right_scale);
                let aligned = |digits: &BigInt, own: i64| digits.abs() * ten_to((scale - own).unsigned_abs());
                aligned(&left, left_scale).cmp(&aligned(&right, right_scale))
            }
            different => different,
        };
        if left.sign() == Sign::Minus { by_size.reverse() } else { by_size }
    }

    /// Returns `true` if the number is a multiple of `divisor`; nothing is a multiple of zero.
    pub(super) fn is_multiple_of(&self, divisor: &Number) -> bool {
        if let (Number::Long(left), Number::Long(right)) = (self, divisor) {
            return left.checked_rem(*right).is_none_or(|rest| rest == 0);
        }
        let ((left, left_scale), (right, right_scale)) = (self.parts(), divisor.parts());
        if left.is_zero() || right.is_zero() {
            return left.is_zero();
        }
        match right_scale - left_scale {
            // left · 10^shift mod right, without writing the power out.
            shift @ 0.. => {
                let modulus = right.abs();
                let power = BigInt::from(10).modpow(&BigInt::from(shift), &modulus);
                ((left.abs() % &modulus) * power % modulus).is_zero()
            }
            // left = k · right · 10^shift: longer than left when the shift is, and no multiple of it.
            shift => {
                let shift = shift.unsigned_abs();
                shift <= left.magnitude().to_string().len() as u64 && (left % (right * ten_to(shift))).is_zero()
            }
        }
    }

    /// `Double.hashCode` of the nearest double.
    pub(super) fn hash(&self) -> i32 {
        let bits = self.to_string().parse::<f64>().unwrap_or_default().to_bits();
        let folded = (bits ^ (bits >> 32)) & u64::from(u32::MAX);
        u32::try_from(folded).unwrap_or_default().cast_signed()
    }

    /// Writes a text that is the same for numbers of the same value.
    pub(super) fn write_key(&self, out: &mut String) {
        if let Number::Long(long) = self {
            let (mut digits, mut zeros) = (*long, 0);
            while digits != 0 && digits % 10 == 0 {
                (digits, zeros) = (digits / 10, zeros + 1);
            }
            // Writing to a string does not fail.
            let _ = write!(out, "{digits}e{zeros}");
            return;
        }
        let (digits, scale) = self.parts();
        match Number::decimal(digits, scale) {
            Number::Decimal(digits, scale) => *out += &format!("{digits}e{}", -scale),
            other => *out += &other.to_string(),
        }
    }
}

fn ten_to(power: u64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(power).unwrap_or(u32::MAX))
}

/// As Java prints it: `BigDecimal.toString` for decimals.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (digits, scale) = match self {
            Number::Long(long) => return write!(f, "{long}"),
            Number::Big(digits) => return write!(f, "{digits}"),
            Number::Decimal(digits, scale) => (digits, *scale),
        };
        let text = digits.magnitude().to_string();
        let exponent = text.len() as i64 - 1 - scale;
        if digits.sign() == Sign::Minus {
            f.write_str("-")?;
        }
        if scale == 0 {
            return f.write_str(&text);
        }
        if scale > 0 && exponent >= -6 {
            let scale = usize::try_from(scale).unwrap_or(usize::MAX);
            return match text.len().checked_sub(scale) {
                Some(whole @ 1..) => write!(f, "{}.{}", &text[..whole], &text[whole..]),
                _ => write!(f, "0.{text:0>scale$}"),
            };
        }
        match text.split_at(1) {
            (first, "") => write!(f, "{first}E{exponent:+}"),
            (first, rest) => write!(f, "{first}.{rest}E{exponent:+}"),
        }
    }
}
