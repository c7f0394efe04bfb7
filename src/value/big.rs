//! Java's `BigInteger` and `BigDecimal`: scale, rounding and text.
//!
//! A decimal is an unscaled integer and a scale, the number of digits after the point. Java preserves the
//! scale (`2.50` is not `2.5`), so results are not normalized.

use crate::diagnostic::Code;
use crate::error::Error;
use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// Maximum number of bits of a number: 19,700 digits. Java's own limit of 2^31 bits would exhaust memory.
const MAX_BITS: u64 = 1 << 16;
/// Maximum number of zeros appended to a number; the power of ten fits [`MAX_BITS`].
const MAX_ZEROS: i64 = 19_000;

/// Creates the error of a Java `ArithmeticException`.
pub(crate) fn arithmetic(detail: &str) -> Error {
    Error::new(Code::JavaException, format!("ArithmeticException: {detail}"))
}

/// Checks the size of a number before it is computed; fails with [`Code::MemoryLimit`] past [`MAX_BITS`].
pub(crate) fn check_bits(bits: u64) -> Result<(), Error> {
    if bits > MAX_BITS {
        return Err(Error::new(Code::MemoryLimit, format!("a number of more than {MAX_BITS} bits")));
    }
    Ok(())
}

/// Returns the steps of multiplying, dividing or printing a number of so many bits: the square of its 64-bit
/// words.
pub(crate) fn steps(bits: u64) -> usize {
    let words = (bits / 64) as usize;
    words.saturating_mul(words) / 16 + words
}

/// Returns the steps of Euclid's algorithm, or of one division for each digit.
pub(crate) fn steps_of_divisions(bits: u64) -> usize {
    (bits / 8).saturating_mul(bits / 256 + 1) as usize
}

/// Returns the bits of the power of ten that changes a scale by `zeros`.
pub(crate) fn bits_of_zeros(zeros: i64) -> u64 {
    zeros.unsigned_abs().min(MAX_ZEROS as u64) * 10 / 3
}

/// Returns the product of two integers.
pub(crate) fn multiply(left: &BigInt, right: &BigInt) -> Result<BigInt, Error> {
    check_bits(left.bits() + right.bits())?;
    Ok(left * right)
}

/// Returns `number` to the power of `exponent`.
pub(crate) fn power(number: &BigInt, exponent: u32) -> Result<BigInt, Error> {
    if number.bits() > 1 {
        check_bits((number.bits() - 1).saturating_mul(u64::from(exponent)))?;
    }
    Ok(num_traits::pow::Pow::pow(number, exponent))
}

/// Returns the nearest double.
pub(crate) fn to_double(number: &BigInt) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

/// Returns the nearest float, rounded once.
pub(crate) fn to_float(number: &BigInt) -> f32 {
    number.to_f32().unwrap_or(f32::NAN)
}

/// Returns the low 64 bits: `longValue()`.
pub(crate) fn low_bits(number: &BigInt) -> i64 {
    let low = number.iter_u64_digits().next().unwrap_or(0) as i64;
    if number.is_negative() { low.wrapping_neg() } else { low }
}

/// Rounding modes, in the order of Java's numeric constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    Up,
    Down,
    Ceiling,
    Floor,
    HalfUp,
    HalfDown,
    HalfEven,
    Unnecessary,
}

impl Rounding {
    /// Returns the mode of a Java constant: `BigDecimal.ROUND_UP` is 0.
    pub(crate) fn from_constant(number: i32) -> Result<Self, Error> {
        use Rounding::*;
        const ALL: [Rounding; 8] = [Up, Down, Ceiling, Floor, HalfUp, HalfDown, HalfEven, Unnecessary];
        let at = usize::try_from(number).ok().and_then(|n| ALL.get(n));
        at.copied().ok_or_else(|| Error::new(Code::JavaException, "IllegalArgumentException: Invalid rounding mode"))
    }
}

/// Returns `left / right`, rounded to a whole number.
fn quotient(left: &BigInt, right: &BigInt, rounding: Rounding) -> Result<BigInt, Error> {
    if right.is_zero() {
        return Err(arithmetic("/ by zero"));
    }
    let whole = left / right;
    let rest = left - &whole * right;
    if rest.is_zero() {
        return Ok(whole);
    }
    let negative = left.is_negative() != right.is_negative();
    let half = (rest.abs() << 1u8).cmp(&right.abs());
    let away = match rounding {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfDown => half.is_gt(),
        Rounding::HalfEven => half.is_gt() || half.is_eq() && whole.bit(0),
        Rounding::Unnecessary => return Err(arithmetic("Rounding necessary")),
    };
    Ok(match (away, negative) {
        (false, _) => whole,
        (true, false) => whole + 1,
        (true, true) => whole - 1,
    })
}

fn ten_to(zeros: i64) -> Result<BigInt, Error> {
    match u32::try_from(zeros) {
        Ok(n) if zeros <= MAX_ZEROS => Ok(BigInt::from(10u8).pow(n)),
        _ => check_bits(u64::MAX).map(|()| BigInt::zero()),
    }
}

/// Creates a decimal; fails if its scale is out of Java's range.
pub(crate) fn decimal(unscaled: BigInt, scale: i64) -> Result<BigDecimal, Error> {
    check_bits(unscaled.bits())?;
    if i32::try_from(scale).is_err() {
        return Err(arithmetic(if scale > 0 { "Underflow" } else { "Overflow" }));
    }
    Ok(BigDecimal::new(unscaled, scale))
}

/// Returns the unscaled value and the scale.
pub(crate) fn parts(number: &BigDecimal) -> (std::borrow::Cow<'_, BigInt>, i64) {
    number.as_bigint_and_scale()
}

/// Returns `new BigDecimal(double)`: the exact digits of the binary number; `0.1` has 55.
pub(crate) fn from_double(number: f64) -> Result<BigDecimal, Error> {
    if !number.is_finite() {
        return Err(Error::new(Code::JavaException, "NumberFormatException: Infinite or NaN"));
    }
    if number == 0.0 {
        return Ok(BigDecimal::zero());
    }
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let significand = if exponent == 0 { fraction << 1 } else { fraction | 1 << 52 };
    let twos = significand.trailing_zeros();
    let exponent = exponent - 1075 + i64::from(twos);
    let significand = BigInt::from(significand >> twos);
    let significand = if number < 0.0 { -significand } else { significand };
    if exponent < 0 {
        return decimal(significand * BigInt::from(5u8).pow((-exponent) as u32), -exponent);
    }
    decimal(significand << exponent as u64, 0)
}

/// Returns both unscaled values at the larger of the two scales, and that scale.
fn align(left: &BigDecimal, right: &BigDecimal) -> Result<(BigInt, BigInt, i64), Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    let scale = l_scale.max(r_scale);
    Ok((l.as_ref() * ten_to(scale - l_scale)?, r.as_ref() * ten_to(scale - r_scale)?, scale))
}

pub(crate) fn add(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    let (l, r, scale) = align(left, right)?;
    decimal(l + r, scale)
}

pub(crate) fn subtract(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    let (l, r, scale) = align(left, right)?;
    decimal(l - r, scale)
}

pub(crate) fn multiply_decimals(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    decimal(multiply(&l, &r)?, l_scale + r_scale)
}

/// Returns `left.divide(right, scale, rounding)`.
pub(crate) fn divide(
    left: &BigDecimal,
    right: &BigDecimal,
    scale: i64,
    rounding: Rounding,
) -> Result<BigDecimal, Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    let shift = scale - (l_scale - r_scale);
    let whole = if shift >= 0 {
        quotient(&(l.as_ref() * ten_to(shift)?), &r, rounding)?
    } else {
        quotient(&l, &(r.as_ref() * ten_to(-shift)?), rounding)?
    };
    decimal(whole, scale)
}

/// Returns `left.divide(right)`: the exact quotient at the scale nearest to the difference of scales; fails if its
/// expansion does not terminate.
pub(crate) fn divide_exactly(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    if r.is_zero() {
        return Err(arithmetic(if l.is_zero() { "Division undefined" } else { "Division by zero" }));
    }
    let preferred = l_scale - r_scale;
    if l.is_zero() {
        let kept = preferred.clamp(i64::from(i32::MIN), i64::from(i32::MAX));
        return decimal(BigInt::zero(), kept);
    }
    let mut rest = r.abs() / gcd(&l, &r);
    let twos = rest.trailing_zeros().unwrap_or(0);
    rest >>= twos;
    let mut fives = 0;
    let five = BigInt::from(5u8);
    while (&rest % &five).is_zero() {
        rest /= &five;
        fives += 1;
    }
    if !rest.is_one() {
        return Err(arithmetic("Non-terminating decimal expansion; no exact representable decimal result."));
    }
    let more = twos.max(fives) as i64;
    decimal(l.as_ref() * ten_to(more)? / r.as_ref(), preferred + more)
}

/// Returns the greatest common divisor, by Euclid's algorithm.
pub(crate) fn gcd(left: &BigInt, right: &BigInt) -> BigInt {
    let (mut a, mut b) = (left.abs(), right.abs());
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// Returns `left.divideToIntegralValue(right)`.
pub(crate) fn divide_to_whole(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    let preferred = (l_scale - r_scale).clamp(i64::from(i32::MIN), i64::from(i32::MAX));
    if r.is_zero() {
        return Err(arithmetic(if l.is_zero() { "Division undefined" } else { "Division by zero" }));
    }
    let whole = match compare(&left.abs(), &right.abs())? {
        Ordering::Less => return decimal(BigInt::zero(), preferred),
        _ => divide(left, right, 0, Rounding::Down)?,
    };
    if preferred >= 0 { set_scale(&whole, preferred, Rounding::Unnecessary) } else { strip(&whole, preferred) }
}

/// Returns `left.remainder(right)`, which has the sign of `left`.
pub(crate) fn remainder(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    subtract(left, &multiply_decimals(&divide_to_whole(left, right)?, right)?)
}

/// Returns `number.setScale(scale, rounding)`.
pub(crate) fn set_scale(number: &BigDecimal, scale: i64, rounding: Rounding) -> Result<BigDecimal, Error> {
    divide(number, &BigDecimal::one(), scale, rounding)
}

/// Removes trailing zeros while the scale is above `least`.
fn strip(number: &BigDecimal, least: i64) -> Result<BigDecimal, Error> {
    let (unscaled, mut scale) = parts(number);
    let mut unscaled = unscaled.into_owned();
    let ten = BigInt::from(10u8);
    while scale > least && !unscaled.is_zero() && (&unscaled % &ten).is_zero() {
        unscaled /= &ten;
        scale -= 1;
    }
    decimal(unscaled, scale)
}

/// Returns `number.stripTrailingZeros()`.
pub(crate) fn strip_zeros(number: &BigDecimal) -> Result<BigDecimal, Error> {
    if number.is_zero() { Ok(BigDecimal::zero()) } else { strip(number, i64::from(i32::MIN)) }
}

/// Returns the number of digits of the unscaled value; 1 for zero.
pub(crate) fn precision(number: &BigDecimal) -> i64 {
    parts(number).0.magnitude().to_string().len() as i64
}

/// Evaluates `left.compareTo(right)`: by value, regardless of scale.
pub(crate) fn compare(left: &BigDecimal, right: &BigDecimal) -> Result<Ordering, Error> {
    let ((l, l_scale), (r, r_scale)) = (parts(left), parts(right));
    if l_scale == r_scale || l.sign() != r.sign() || l.is_zero() {
        return Ok(l.cmp(&r));
    }
    let size = (precision(left) - l_scale).cmp(&(precision(right) - r_scale));
    if size.is_ne() {
        return Ok(if l.is_negative() { size.reverse() } else { size });
    }
    let (l, r, _) = align(left, right)?;
    Ok(l.cmp(&r))
}

/// Returns the whole part; with `exact`, fails if there is a fraction.
pub(crate) fn to_integer(number: &BigDecimal, exact: bool) -> Result<BigInt, Error> {
    if number.is_zero() {
        return Ok(BigInt::zero());
    }
    let rounding = if exact { Rounding::Unnecessary } else { Rounding::Down };
    let scale = parts(number).1;
    if scale > 0 && scale >= precision(number) {
        return if exact { Err(arithmetic("Rounding necessary")) } else { Ok(BigInt::zero()) };
    }
    Ok(parts(&set_scale(number, 0, rounding)?).0.into_owned())
}

/// Returns `number.longValue()`: the low 64 bits of the whole part.
pub(crate) fn decimal_low_bits(number: &BigDecimal) -> i64 {
    // From 10^64 on the low 64 bits are zero.
    if parts(number).1 <= -64 { 0 } else { to_integer(number, false).as_ref().map_or(0, low_bits) }
}

/// Returns the nearest double or float, by parsing the digits with an exponent.
pub(crate) fn nearest<F: std::str::FromStr>(number: &BigDecimal) -> Option<F> {
    let (unscaled, scale) = parts(number);
    format!("{unscaled}E{}", -scale).parse().ok()
}

/// Java's two exponent notations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    Scientific,
    /// The exponent is a multiple of three.
    Engineering,
}

/// Appends `number.toString()` or `toEngineeringString()`.
pub(crate) fn show(number: &BigDecimal, notation: Notation, out: &mut String) {
    let (unscaled, scale) = parts(number);
    let digits = unscaled.magnitude().to_string();
    if unscaled.sign() == Sign::Minus {
        out.push('-');
    }
    let mut exponent = digits.len() as i64 - 1 - scale;
    if scale >= 0 && exponent >= -6 {
        return place_point(&digits, scale, out);
    }
    match notation {
        Notation::Scientific => place_point(&digits, digits.len() as i64 - 1, out),
        Notation::Engineering => {
            let extra = exponent.rem_euclid(3);
            exponent -= extra;
            if unscaled.is_zero() {
                out.push_str(["0", "0.00", "0.0"][extra as usize]);
                exponent += if extra > 0 { 3 } else { 0 };
            } else {
                let after = digits.len() as i64 - 1 - extra;
                place_point(&digits, after.max(0), out);
                (after..0).for_each(|_| out.push('0'));
            }
        }
    }
    if exponent != 0 {
        out.push_str(if exponent > 0 { "E+" } else { "E" });
        out.push_str(itoa::Buffer::new().format(exponent));
    }
}

/// Appends the digits with a point before the last `after`.
fn place_point(digits: &str, after: i64, out: &mut String) {
    let whole = digits.len() as i64 - after;
    if whole <= 0 {
        out.push_str("0.");
        (whole..0).for_each(|_| out.push('0'));
        out.push_str(digits);
    } else {
        let (head, tail) = digits.split_at(whole as usize);
        out.push_str(head);
        if !tail.is_empty() {
            out.push('.');
            out.push_str(tail);
        }
    }
}

/// Returns `number.toPlainString()`.
pub(crate) fn plain(number: &BigDecimal) -> Result<String, Error> {
    let (unscaled, scale) = parts(number);
    let mut out = String::new();
    if scale.abs() > MAX_ZEROS {
        check_bits(u64::MAX)?;
    }
    if scale < 0 && unscaled.is_zero() {
        return Ok("0".to_owned());
    }
    if unscaled.sign() == Sign::Minus {
        out.push('-');
    }
    place_point(&unscaled.magnitude().to_string(), scale.max(0), &mut out);
    (scale..0).for_each(|_| out.push('0'));
    Ok(out)
}

/// Returns `BigInteger.hashCode()`, computed over the 32-bit words, highest first.
pub(crate) fn hash(number: &BigInt) -> i32 {
    let words: Vec<u32> = number.iter_u32_digits().collect();
    let hash = words.iter().rev().fold(0i32, |hash, &word| hash.wrapping_mul(31).wrapping_add(word as i32));
    if number.is_negative() { hash.wrapping_neg() } else { hash }
}

/// Returns `BigDecimal.hashCode()`.
pub(crate) fn decimal_hash(number: &BigDecimal) -> i32 {
    let (unscaled, scale) = parts(number);
    hash(&unscaled).wrapping_mul(31).wrapping_add(scale as i32)
}
