//! Methods of BigInteger and BigDecimal.

use super::JavaMethod::{self, self as M};
use super::argument::{Answer, Miss, double, int, long, text};
use super::exception::exception;
use crate::error::Error;
use crate::value::big::{self, Notation, Rounding, arithmetic};
use crate::value::{Arena, Big, ListKind, Value, num};
use bigdecimal::BigDecimal;
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Creates the exception for null given as a number: it fits the parameter, and the method throws.
fn no_object() -> Miss {
    exception("NullPointerException", "a number is null").into()
}

fn big_integer<'a>(value: &'a Value<'_>) -> Result<&'a BigInt, Miss> {
    match value {
        Value::Null => Err(no_object()),
        Value::Big(number) => match &**number {
            Big::Integer(integer) => Ok(integer),
            Big::Decimal(_) => Err(Miss::NoMethod),
        },
        _ => Err(Miss::NoMethod),
    }
}

fn big_decimal<'a>(value: &'a Value<'_>) -> Result<&'a BigDecimal, Miss> {
    match value {
        Value::Null => Err(no_object()),
        Value::Big(number) => match &**number {
            Big::Decimal(decimal) => Ok(decimal),
            Big::Integer(_) => Err(Miss::NoMethod),
        },
        _ => Err(Miss::NoMethod),
    }
}

/// Runs `intValueExact()` and its like.
fn exact<T>(number: Option<T>, class: &str) -> Result<T, Error> {
    number.ok_or_else(|| arithmetic(&format!("BigInteger out of {class} range")))
}

/// Charges the steps of a modular exponentiation.
fn charge_powers(arena: &Arena<'_>, exponent_bits: u64, modulus_bits: u64) -> Result<(), Error> {
    let words = modulus_bits / 64 + 1;
    // The first powers are tabled, and each window of the exponent takes a product more.
    arena.budget.charge(((exponent_bits + exponent_bits / 4 + 20) * (words * words / 16 + 12)) as usize)
}

/// Charges the steps of a power, before it is taken.
fn charge_power(arena: &Arena<'_>, number: &BigInt, exponent: u32) -> Result<(), Error> {
    let bits = number.bits().saturating_mul(exponent.into());
    big::check_bits(if number.bits() > 1 { bits - u64::from(exponent) } else { 0 })?;
    arena.budget.charge(8 + big::steps(bits.min(number.bits().max(1) * u64::from(exponent.min(1 << 16)))))
}

/// Charges the steps of Euclid's algorithm with the factors of each quotient.
fn charge_inverse(arena: &Arena<'_>, number: &BigInt, modulus: &BigInt) -> Result<(), Error> {
    charge_divisions(arena, &[number, modulus, number, modulus])
}

/// Charges the steps of Euclid's algorithm, or of one division for each digit.
fn charge_divisions(arena: &Arena<'_>, numbers: &[&BigInt]) -> Result<(), Error> {
    arena.budget.charge(numbers.iter().map(|number| big::steps_of_divisions(number.bits())).sum())
}

pub(super) fn of_integer<'r>(
    arena: &'r Arena<'r>,
    this: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Answer<'r> {
    if let (M::ValueOf, [n]) = (method, args) {
        return Ok(Value::big(long(n)?.into()));
    }
    let this = big_integer(this)?;
    let made = |number: BigInt| {
        big::check_bits(number.bits())?;
        Ok(Value::big(number))
    };
    let whole = |n: i64| Ok(Value::Int(n as i32));
    match (method, args) {
        (M::Abs, []) => made(this.abs()),
        (M::Negate, []) => made(-this),
        (M::Not, []) => made(!this),
        (M::Signum, []) => whole(this.signum().to_i64().unwrap_or(0)),
        (M::Sqrt, []) => {
            arena.budget.charge(32 + 8 * big::steps(this.bits()))?;
            made(root(this)?)
        }
        (M::BitLength, []) => whole(bit_length(this)),
        (M::BitCount, []) => whole(bit_count(this)),
        (M::GetLowestSetBit, []) => whole(this.trailing_zeros().map_or(-1, |n| n as i64)),
        (M::ToByteArray, []) => {
            let bytes = this.to_signed_bytes_be().into_iter().map(|b| Value::Byte(b as i8)).collect();
            Ok(arena.list(ListKind::Bytes, bytes)?)
        }
        (M::IntValueExact, []) => Ok(Value::Int(exact(this.to_i32(), "int")?)),
        (M::LongValueExact, []) => Ok(Value::Long(exact(this.to_i64(), "long")?)),
        (M::ShortValueExact, []) => Ok(Value::Short(exact(this.to_i16(), "short")?)),
        (M::ByteValueExact, []) => Ok(Value::Byte(exact(this.to_i8(), "byte")?)),
        (M::NextProbablePrime, []) => made(next_prime(arena, this)?),
        (M::SqrtAndRemainder, []) => {
            arena.budget.charge(48 + 8 * big::steps(this.bits()))?;
            let root = root(this)?;
            let rest = this - &root * &root;
            Ok(pair(arena, Value::big(root), Value::big(rest))?)
        }
        (M::IsProbablePrime, [certainty]) => Ok(Value::Bool(int(certainty)? <= 0 || is_prime(arena, &this.abs())?)),
        (M::ToString, [radix]) => {
            let radix = int(radix)?;
            text(arena, this.to_str_radix(if (2..=36).contains(&radix) { radix as u32 } else { 10 }))
        }
        (M::Pow, [n]) => {
            let n = u32::try_from(int(n)?).map_err(|_| arithmetic("Negative exponent"))?;
            charge_power(arena, this, n)?;
            made(big::power(this, n)?)
        }
        (M::ShiftLeft, [n]) => made(shift(this, int(n)?.into())?),
        (M::ShiftRight, [n]) => made(shift(this, -i64::from(int(n)?))?),
        (M::TestBit, [n]) => Ok(Value::Bool(this.bit(bit(n)?))),
        (M::SetBit, [n]) => made(with_bit(this, bit(n)?, true)?),
        (M::ClearBit, [n]) => made(with_bit(this, bit(n)?, false)?),
        (M::FlipBit, [n]) => made(with_bit(this, bit(n)?, !this.bit(bit(n)?))?),
        (M::ModPow, [exponent, modulus]) => {
            let fits = |n: &Value<'_>| n.is_null() || big_integer(n).is_ok();
            if !fits(exponent) || !fits(modulus) {
                return Err(Miss::NoMethod);
            }
            let (exponent, modulus) = (big_integer(exponent)?, big_integer(modulus)?);
            charge_powers(arena, exponent.bits(), modulus.bits())?;
            if exponent.is_negative() {
                charge_inverse(arena, this, modulus)?;
            }
            made(power_modulo(this, exponent, modulus)?)
        }
        (_, [Value::Null]) => of_two_integers(arena, this, method, this).and_then(|_| Err(no_object())),
        (_, [other]) => of_two_integers(arena, this, method, big_integer(other)?),
        _ => Err(Miss::NoMethod),
    }
}

fn of_two_integers<'r>(arena: &'r Arena<'r>, this: &BigInt, method: JavaMethod, other: &BigInt) -> Answer<'r> {
    let divisor = || if other.is_zero() { Err(arithmetic("BigInteger divide by zero")) } else { Ok(other) };
    let result = match method {
        M::Add => this + other,
        M::Subtract => this - other,
        M::Multiply => big::multiply(this, other)?,
        M::Divide => this / divisor()?,
        M::Remainder => this % divisor()?,
        M::Mod => num::modulo(this, other)?,
        M::Max => this.max(other).clone(),
        M::Min => this.min(other).clone(),
        M::Gcd => {
            charge_divisions(arena, &[this, other])?;
            big::gcd(this, other)
        }
        M::And => this & other,
        M::Or => this | other,
        M::Xor => this ^ other,
        M::AndNot => this & !other,
        M::ModInverse => {
            charge_inverse(arena, this, other)?;
            inverse(this, other)?
        }
        M::DivideAndRemainder => {
            let divisor = divisor()?;
            return Ok(pair(arena, Value::big(this / divisor), Value::big(this % divisor))?);
        }
        _ => return Err(Miss::NoMethod),
    };
    big::check_bits(result.bits())?;
    Ok(Value::big(result))
}

/// Creates an array of two long numbers.
fn pair<'r>(arena: &'r Arena<'r>, first: Value<'r>, second: Value<'r>) -> Result<Value<'r>, Error> {
    arena.hold_number(&first)?;
    arena.hold_number(&second)?;
    arena.list(ListKind::Strings, vec![first, second])
}

fn root(number: &BigInt) -> Result<BigInt, Error> {
    if number.is_negative() { Err(arithmetic("Negative BigInteger")) } else { Ok(number.sqrt()) }
}

/// Returns the number of bits of the two's complement, without the sign.
fn bit_length(number: &BigInt) -> i64 {
    if number.is_negative() { (-number - 1u8).bits() as i64 } else { number.bits() as i64 }
}

/// Returns the number of bits that differ from the sign.
fn bit_count(number: &BigInt) -> i64 {
    let positive = if number.is_negative() { !number } else { number.clone() };
    positive.iter_u64_digits().map(|word| i64::from(word.count_ones())).sum()
}

fn bit(index: &Value<'_>) -> Result<u64, Miss> {
    u64::try_from(int(index)?).map_err(|_| arithmetic("Negative bit address").into())
}

fn with_bit(number: &BigInt, bit: u64, on: bool) -> Result<BigInt, Error> {
    big::check_bits(if number.bit(bit) == on { 0 } else { bit })?;
    let mut changed = number.clone();
    if number.bit(bit) != on {
        changed.set_bit(bit, on);
    }
    Ok(changed)
}

fn shift(number: &BigInt, left: i64) -> Result<BigInt, Error> {
    if left < 0 {
        return Ok(number >> left.unsigned_abs());
    }
    if !number.is_zero() {
        big::check_bits(number.bits() + left.unsigned_abs())?;
    }
    Ok(if number.is_zero() { BigInt::zero() } else { number << left.unsigned_abs() })
}

/// Runs `number.modInverse(modulus)`.
fn inverse(number: &BigInt, modulus: &BigInt) -> Result<BigInt, Error> {
    if !modulus.is_positive() {
        return Err(arithmetic("BigInteger: modulus not positive"));
    }
    if modulus.is_one() {
        return Ok(BigInt::zero());
    }
    number.modinv(modulus).ok_or_else(|| arithmetic("BigInteger not invertible."))
}

fn power_modulo(number: &BigInt, exponent: &BigInt, modulus: &BigInt) -> Result<BigInt, Error> {
    if !modulus.is_positive() {
        return Err(arithmetic("BigInteger: modulus not positive"));
    }
    if exponent.is_negative() {
        return Ok(inverse(number, modulus)?.modpow(&-exponent, modulus));
    }
    Ok(number.modpow(exponent, modulus))
}

/// Checks for a prime number: the Miller-Rabin test with the first primes as witnesses.
fn is_prime(arena: &Arena<'_>, number: &BigInt) -> Result<bool, Error> {
    const WITNESSES: [u8; 20] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71];
    let one = BigInt::one();
    if number <= &one {
        return Ok(false);
    }
    for witness in WITNESSES {
        if *number == witness.into() {
            return Ok(true);
        }
        if (number % witness).is_zero() {
            return Ok(false);
        }
    }
    let below = number - &one;
    let twos = below.trailing_zeros().unwrap_or(0);
    let odd = &below >> twos;
    'witnesses: for witness in WITNESSES {
        charge_powers(arena, number.bits(), number.bits())?;
        let mut power = BigInt::from(witness).modpow(&odd, number);
        if power == one || power == below {
            continue;
        }
        for _ in 1..twos {
            power = &power * &power % number;
            if power == below {
                continue 'witnesses;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

fn next_prime(arena: &Arena<'_>, number: &BigInt) -> Result<BigInt, Error> {
    if number.is_negative() {
        return Err(arithmetic(&format!("start < 0: {number}")));
    }
    let mut next = number + 1u8;
    while !is_prime(arena, &next)? {
        arena.budget.charge(1)?;
        next += 1u8;
    }
    Ok(next)
}

pub(super) fn of_decimal<'r>(
    arena: &'r Arena<'r>,
    this: &Value<'r>,
    method: JavaMethod,
    args: &[Value<'r>],
) -> Answer<'r> {
    match (method, args) {
        (M::ValueOf, [n]) if long(n).is_ok() => return Ok(Value::decimal(BigDecimal::new(long(n)?.into(), 0))),
        (M::ValueOf, [n]) => {
            arena.budget.charge(8 + crate::value::float::steps(double(n)?))?;
            return Ok(Value::decimal(value_of(double(n)?)?));
        }
        (M::ValueOf, [n, scale]) => {
            return Ok(Value::decimal(BigDecimal::new(long(n)?.into(), int(scale)?.into())));
        }
        _ => {}
    }
    let this = big_decimal(this)?;
    let (unscaled, scale) = big::parts(this);
    let charge = |bits: u64| arena.budget.charge(big::steps(bits));
    if let M::ToBigInteger
    | M::ToBigIntegerExact
    | M::IntValueExact
    | M::LongValueExact
    | M::ShortValueExact
    | M::ByteValueExact
    | M::Precision = method
    {
        // The digits are counted by writing them.
        arena.budget.charge(8)?;
        charge(2 * scaled(this, 0))?;
    }
    let result = match (method, args) {
        (M::Abs, []) => this.abs(),
        (M::Negate, []) => -this,
        (M::Plus, []) => this.clone(),
        (M::Ulp, []) => BigDecimal::new(BigInt::one(), scale),
        (M::StripTrailingZeros, []) => {
            charge_divisions(arena, &[&unscaled, &unscaled, &unscaled])?;
            big::strip_zeros(this)?
        }
        (M::Signum, []) => return Ok(Value::Int(unscaled.signum().to_i32().unwrap_or(0))),
        (M::Scale, []) => return Ok(Value::Int(scale as i32)),
        (M::Precision, []) => return Ok(Value::Int(big::precision(this) as i32)),
        (M::UnscaledValue, []) => return Ok(Value::big(unscaled.into_owned())),
        (M::ToBigInteger, []) => return Ok(Value::big(big::to_integer(this, false)?)),
        (M::ToBigIntegerExact, []) => return Ok(Value::big(big::to_integer(this, true)?)),
        (M::IntValueExact, []) => return Ok(Value::Int(whole(this, BigInt::to_i32)?)),
        (M::LongValueExact, []) => return Ok(Value::Long(whole(this, BigInt::to_i64)?)),
        (M::ShortValueExact, []) => return Ok(Value::Short(whole(this, BigInt::to_i16)?)),
        (M::ByteValueExact, []) => return Ok(Value::Byte(whole(this, BigInt::to_i8)?)),
        (M::ToPlainString, []) => return text(arena, big::plain(this)?),
        (M::ToEngineeringString, []) => {
            let mut out = String::new();
            big::show(this, Notation::Engineering, &mut out);
            return text(arena, out);
        }
        // A null also fits `RoundingMode` and `MathContext`, which no template can make.
        (M::SetScale | M::Pow, [n, Value::Null]) => return int(n).and_then(|_| Err(no_object())),
        (M::Sqrt, [Value::Null]) => return Err(no_object()),
        (
            M::Add | M::Subtract | M::Multiply | M::Remainder | M::DivideToIntegralValue | M::DivideAndRemainder,
            [other, Value::Null],
        ) => return big_decimal(other).and_then(|_| Err(no_object())),
        (M::SetScale, [n]) => {
            charge(scaled(this, int(n)?))?;
            big::set_scale(this, int(n)?.into(), Rounding::Unnecessary)?
        }
        (M::SetScale, [n, mode]) => {
            charge(scaled(this, int(n)?))?;
            big::set_scale(this, int(n)?.into(), Rounding::from_constant(int(mode)?)?)?
        }
        (M::MovePointLeft, [n]) => {
            charge(scaled(this, int(n)?))?;
            move_point(this, i64::from(int(n)?))?
        }
        (M::MovePointRight, [n]) => {
            charge(scaled(this, int(n)?))?;
            move_point(this, -i64::from(int(n)?))?
        }
        (M::ScaleByPowerOfTen, [n]) => big::decimal(unscaled.into_owned(), scale - i64::from(int(n)?))?,
        (M::Pow, [n]) => {
            let n = u32::try_from(int(n)?).ok().filter(|n| *n <= 999_999_999);
            let n = n.ok_or_else(|| arithmetic("Invalid operation"))?;
            charge_power(arena, &unscaled, n)?;
            big::decimal(big::power(&unscaled, n)?, scale * i64::from(n))?
        }
        (M::Divide, [other, mode]) => {
            let (mode, other) = (int(mode)?, big_decimal(other)?);
            big::divide(this, other, scale, Rounding::from_constant(mode)?)?
        }
        (M::Divide, [other, n, mode]) => {
            let (n, mode, other) = (int(n)?, int(mode)?, big_decimal(other)?);
            charge(scaled(this, n))?;
            big::divide(this, other, n.into(), Rounding::from_constant(mode)?)?
        }
        (M::DivideAndRemainder, [other]) => {
            let other = big_decimal(other)?;
            charge_quotient(arena, this, other)?;
            let (whole, rest) = (big::divide_to_whole(this, other)?, big::remainder(this, other)?);
            return Ok(pair(arena, Value::decimal(whole), Value::decimal(rest))?);
        }
        (_, [Value::Null]) => return of_two_decimals(this, method, this).and_then(|_| Err(no_object())),
        (M::Divide | M::DivideToIntegralValue | M::Remainder, [other]) => {
            charge_quotient(arena, this, big_decimal(other)?)?;
            of_two_decimals(this, method, big_decimal(other)?)?
        }
        (_, [other]) => of_two_decimals(this, method, big_decimal(other)?)?,
        _ => return Err(Miss::NoMethod),
    };
    Ok(Value::decimal(result))
}

fn of_two_decimals(this: &BigDecimal, method: JavaMethod, other: &BigDecimal) -> Result<BigDecimal, Miss> {
    Ok(match method {
        M::Add => big::add(this, other)?,
        M::Subtract => big::subtract(this, other)?,
        M::Multiply => big::multiply_decimals(this, other)?,
        M::Divide => big::divide_exactly(this, other)?,
        M::DivideToIntegralValue => big::divide_to_whole(this, other)?,
        M::Remainder => big::remainder(this, other)?,
        // Of two that are equal in value, Java takes this one.
        M::Max => if big::compare(this, other)?.is_ge() { this } else { other }.clone(),
        M::Min => if big::compare(this, other)?.is_le() { this } else { other }.clone(),
        _ => return Err(Miss::NoMethod),
    })
}

/// Returns the bits of a decimal whose scale is changed.
fn scaled(number: &BigDecimal, scale: i32) -> u64 {
    let (unscaled, old) = big::parts(number);
    unscaled.bits() + big::bits_of_zeros(old) + big::bits_of_zeros(scale.into())
}

/// Charges the steps of a quotient without trailing zeros.
fn charge_quotient(arena: &Arena<'_>, left: &BigDecimal, right: &BigDecimal) -> Result<(), Error> {
    let ((l, l_scale), (r, r_scale)) = (big::parts(left), big::parts(right));
    let bits = l.bits() + r.bits() + big::bits_of_zeros(l_scale.saturating_sub(r_scale));
    arena.budget.charge(24 + big::steps_of_divisions(bits))
}

/// Runs `BigDecimal.valueOf(double)`, which reads the text that the double prints as.
fn value_of(number: f64) -> Result<BigDecimal, Error> {
    big::from_double(number)?;
    let mut text = String::new();
    crate::value::float::show_double(number, &mut text);
    let (digits, exponent) = text.split_once('E').unwrap_or((&text, "0"));
    let after = digits.split_once('.').map_or(0, |(_, after)| after.len() as i64);
    let unscaled = digits.replace('.', "").parse().unwrap_or_default();
    big::decimal(unscaled, after - exponent.parse::<i64>().unwrap_or(0))
}

/// Converts a whole number to one of Java's primitives.
fn whole<T>(number: &BigDecimal, convert: fn(&BigInt) -> Option<T>) -> Result<T, Error> {
    convert(&big::to_integer(number, true)?).ok_or_else(|| arithmetic("Overflow"))
}

fn move_point(number: &BigDecimal, left: i64) -> Result<BigDecimal, Error> {
    if left == 0 {
        return Ok(number.clone());
    }
    let (unscaled, scale) = big::parts(number);
    let moved = big::decimal(unscaled.into_owned(), scale + left)?;
    if scale + left < 0 { big::set_scale(&moved, 0, Rounding::Unnecessary) } else { Ok(moved) }
}
