//! Java's `BigInteger` and `BigDecimal`: scale, rounding and text.
//!
//! A decimal is an unscaled integer and a scale, the number of digits after the point.
//! Java keeps the scale (`2.50` is not `2.5`), so nothing is reduced unless asked.

use crate::diagnostic::Code;
use crate::error::Error;
use bigdecimal::BigDecimal;
use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

/// The bits a number may have: 19,700 digits. Java's own ceiling is 2^31 bits, too much for a shared machine.
const MOST_BITS: u64 = 1 << 16;
/// The most zeros that are ever appended; a power of ten below the ceiling.
const MOST_ZEROS: i64 = 19_000;

/// What Java throws.
pub(crate) fn arithmetic(detail: &str) -> Error {
    Error::new(Code::JavaException, format!("ArithmeticException: {detail}"))
}

/// Refuses a number of more bits than allowed, before it is made.
pub(crate) fn room(bits: u64) -> Result<(), Error> {
    if bits > MOST_BITS {
        return Err(Error::new(Code::MemoryLimit, format!("a number of more than {MOST_BITS} bits")));
    }
    Ok(())
}

/// The product of two integers.
pub(crate) fn multiply(left: &BigInt, right: &BigInt) -> Result<BigInt, Error> {
    room(left.bits() + right.bits())?;
    Ok(left * right)
}

/// `number^exponent`.
pub(crate) fn power(number: &BigInt, exponent: u32) -> Result<BigInt, Error> {
    if number.bits() > 1 {
        room((number.bits() - 1).saturating_mul(u64::from(exponent)))?;
    }
    Ok(num_traits::pow::Pow::pow(number, exponent))
}

/// The nearest double.
pub(crate) fn to_double(number: &BigInt) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

/// The nearest float, rounded once.
pub(crate) fn to_float(number: &BigInt) -> f32 {
    number.to_f32().unwrap_or(f32::NAN)
}

/// The low 64 bits: `longValue()`.
pub(crate) fn low_bits(number: &BigInt) -> i64 {
    let low = number.iter_u64_digits().next().unwrap_or(0) as i64;
    if number.is_negative() { low.wrapping_neg() } else { low }
}

/// How a quotient is rounded; in the order of Java's numbers for it.
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
    /// `BigDecimal.ROUND_UP` = 0 and so on.
    pub(crate) fn of(number: i32) -> Result<Self, Error> {
        use Rounding::*;
        const ALL: [Rounding; 8] = [Up, Down, Ceiling, Floor, HalfUp, HalfDown, HalfEven, Unnecessary];
        let at = usize::try_from(number).ok().and_then(|n| ALL.get(n));
        at.copied().ok_or_else(|| Error::new(Code::JavaException, "IllegalArgumentException: Invalid rounding mode"))
    }
}

/// `left / right`, rounded to a whole number.
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
        Ok(n) if zeros <= MOST_ZEROS => Ok(BigInt::from(10u8).pow(n)),
        _ => room(u64::MAX).map(|()| BigInt::zero()),
    }
}

/// A decimal of a scale that Java allows.
pub(crate) fn decimal(unscaled: BigInt, scale: i64) -> Result<BigDecimal, Error> {
    room(unscaled.bits())?;
    if i32::try_from(scale).is_err() {
        return Err(arithmetic(if scale > 0 { "Underflow" } else { "Overflow" }));
    }
    Ok(BigDecimal::new(unscaled, scale))
}

/// Unscaled value and scale.
pub(crate) fn parts(number: &BigDecimal) -> (std::borrow::Cow<'_, BigInt>, i64) {
    number.as_bigint_and_scale()
}

/// `new BigDecimal(double)`: all digits of the binary number, `0.1` has 55.
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

/// Both unscaled values at the larger of the two scales.
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

/// `left.divide(right, scale, rounding)`.
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

/// `left.divide(right)`: the exact quotient at the scale nearest to the difference of scales; Java throws when it
/// has no end.
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

/// The greatest common divisor, by Euclid.
pub(crate) fn gcd(left: &BigInt, right: &BigInt) -> BigInt {
    let (mut a, mut b) = (left.abs(), right.abs());
    while !b.is_zero() {
        (a, b) = (b.clone(), a % b);
    }
    a
}

/// `left.divideToIntegralValue(right)`.
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

/// `left.remainder(right)`; its sign is that of `left`.
pub(crate) fn remainder(left: &BigDecimal, right: &BigDecimal) -> Result<BigDecimal, Error> {
    subtract(left, &multiply_decimals(&divide_to_whole(left, right)?, right)?)
}

/// `number.setScale(scale, rounding)`.
pub(crate) fn set_scale(number: &BigDecimal, scale: i64, rounding: Rounding) -> Result<BigDecimal, Error> {
    divide(number, &BigDecimal::one(), scale, rounding)
}

/// Takes zeros off the end while the scale stays above `least`.
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

/// `number.stripTrailingZeros()`.
pub(crate) fn strip_zeros(number: &BigDecimal) -> Result<BigDecimal, Error> {
    if number.is_zero() { Ok(BigDecimal::zero()) } else { strip(number, i64::from(i32::MIN)) }
}

/// Digits of the unscaled value; zero has one.
pub(crate) fn precision(number: &BigDecimal) -> i64 {
    parts(number).0.magnitude().to_string().len() as i64
}

/// `left.compareTo(right)`: by value, whatever the scales.
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

/// The whole part, or an error when `exact` and there is more.
pub(crate) fn to_integer(number: &BigDecimal, exact: bool) -> Result<BigInt, Error> {
    if number.is_zero() {
        return Ok(BigInt::zero());
    }
    let rounding = if exact { Rounding::Unnecessary } else { Rounding::Down };
    if parts(number).1 >= precision(number) {
        return if exact { Err(arithmetic("Rounding necessary")) } else { Ok(BigInt::zero()) };
    }
    Ok(parts(&set_scale(number, 0, rounding)?).0.into_owned())
}

/// `number.longValue()`: the low 64 bits of the whole part.
pub(crate) fn decimal_low_bits(number: &BigDecimal) -> i64 {
    // From 10^64 on the low 64 bits are zero.
    if parts(number).1 <= -64 { 0 } else { to_integer(number, false).as_ref().map_or(0, low_bits) }
}

/// The text with an exponent that Rust reads too, for the nearest double or float.
pub(crate) fn nearest<F: std::str::FromStr>(number: &BigDecimal) -> Option<F> {
    let (unscaled, scale) = parts(number);
    format!("{unscaled}E{}", -scale).parse().ok()
}

/// Java's two notations with an exponent.
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

/// `number.toPlainString()`.
pub(crate) fn plain(number: &BigDecimal) -> Result<String, Error> {
    let (unscaled, scale) = parts(number);
    let mut out = String::new();
    if scale.abs() > MOST_ZEROS {
        room(u64::MAX)?;
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

/// `BigInteger.hashCode()`: over its 32-bit words, the highest first.
pub(crate) fn hash(number: &BigInt) -> i32 {
    let words: Vec<u32> = number.iter_u32_digits().collect();
    let hash = words.iter().rev().fold(0i32, |hash, &word| hash.wrapping_mul(31).wrapping_add(word as i32));
    if number.is_negative() { hash.wrapping_neg() } else { hash }
}

/// `BigDecimal.hashCode()`.
pub(crate) fn decimal_hash(number: &BigDecimal) -> i32 {
    let (unscaled, scale) = parts(number);
    hash(&unscaled).wrapping_mul(31).wrapping_add(scale as i32)
}
