//! Conversion between doubles or floats and text, as in Java 17.
//!
//! Java before 19 does not always write the shortest text that reads back as the
//! same number (JDK-4511638): `2.0E-3` is, but 2^-44 is `5.684341886080802E-14` where
//! `5.6843418860808E-14` would do. So the digits are generated as Java 17 does: one by one, until the
//! text is within half a unit in the last place, with its rules for ties.

use num_bigint::BigUint;
use std::cmp::Ordering;

/// The number of fraction bits of a double.
const FRACTION_BITS: i32 = 52;

/// Returns `Double.doubleToLongBits`: all NaNs are equal, the two zeros differ.
pub(crate) fn double_bits(number: f64) -> u64 {
    if number.is_nan() { 0x7FF8_0000_0000_0000 } else { number.to_bits() }
}

/// Returns `Float.floatToIntBits`.
pub(crate) fn float_bits(number: f32) -> u32 {
    if number.is_nan() { 0x7FC0_0000 } else { number.to_bits() }
}

/// Returns the steps of writing a number: a fraction is written digit by digit, far from 1 by long arithmetic.
pub(crate) fn steps(number: f64) -> usize {
    let exponent = ((number.to_bits() >> 52) & 0x7FF) as usize;
    match exponent.abs_diff(1023) {
        0..48 if number.fract() == 0.0 => 0,
        0..48 => 4,
        _ if number == 0.0 || exponent == 0x7FF => 0,
        far => 24 + far / 6,
    }
}

/// Appends `Double.toString(number)`.
pub(crate) fn show_double(number: f64, out: &mut String) {
    if !special(number, out) {
        let bits = number.to_bits();
        let exponent = ((bits >> 52) & 0x7FF) as i32;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0 {
            let shift = fraction.leading_zeros() as i32 - 11;
            lay_out(&digits(1 - shift - 1023, fraction << shift, 53 - shift), out);
        } else {
            lay_out(&digits(exponent - 1023, fraction | 1 << 52, 53), out);
        }
    }
}

/// Appends `Float.toString(number)`.
pub(crate) fn show_float(number: f32, out: &mut String) {
    if !special(f64::from(number), out) {
        let bits = number.to_bits();
        let exponent = ((bits >> 23) & 0xFF) as i32;
        let fraction = u64::from(bits & ((1 << 23) - 1));
        if exponent == 0 {
            let shift = fraction.leading_zeros() as i32 - 40;
            lay_out(&digits(1 - shift - 127, fraction << shift << 29, 24 - shift), out);
        } else {
            lay_out(&digits(exponent - 127, (fraction | 1 << 23) << 29, 24), out);
        }
    }
}

/// Writes the sign, and the whole number if it has no digits to generate.
fn special(number: f64, out: &mut String) -> bool {
    if number.is_nan() {
        out.push_str("NaN");
        return true;
    }
    if number.is_sign_negative() {
        out.push('-');
    }
    if number.is_infinite() {
        out.push_str("Infinity");
    } else if number == 0.0 {
        out.push_str("0.0");
    }
    number.is_infinite() || number == 0.0
}

/// The decimal digits of `0.d₁d₂d₃… × 10^point`.
struct Digits {
    text: [u8; 24],
    count: usize,
    point: i32,
}

impl Digits {
    fn new(point: i32) -> Self {
        Digits { text: [b'0'; 24], count: 0, point }
    }

    fn push(&mut self, digit: u8) {
        if let Some(place) = self.text.get_mut(self.count) {
            *place = b'0' + digit;
            self.count += 1;
        }
    }

    fn last_is_odd(&self) -> bool {
        self.text.get(self.count.wrapping_sub(1)).is_some_and(|d| d & 1 == 1)
    }

    fn round_up(&mut self) {
        for digit in self.text[..self.count].iter_mut().rev() {
            if *digit != b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.text[0] = b'1';
        self.point += 1;
    }
}

/// The distance of the digits so far from the number: close enough from below, from above, and which is closer.
struct Stop {
    low: bool,
    high: bool,
    nearer: Ordering,
}

const fn powers_of_five() -> [u64; 27] {
    let mut powers = [1; 27];
    let mut i = 1;
    while i < 27 {
        powers[i] = powers[i - 1] * 5;
        i += 1;
    }
    powers
}
const FIVES: [u64; 27] = powers_of_five();

/// Returns the bit length of 5^n by Java's table, which has 0 for 5^0 and estimates past its end.
fn bits_of_five(n: i32) -> i32 {
    match FIVES.get(n as usize) {
        Some(1) => 0,
        Some(power) => 64 - power.leading_zeros() as i32,
        None => n * 3,
    }
}

/// Generates the digits of `fraction × 2^(exponent - 52)`; bit 52 of `fraction` is its highest. `significant` is the
/// number of bits that the class of the number keeps, which determines the distance to the next number.
fn digits(exponent: i32, fraction: u64, significant: i32) -> Digits {
    let trailing = fraction.trailing_zeros() as i32;
    let bits = FRACTION_BITS + 1 - trailing;
    let below_point = (bits - exponent - 1).max(0);
    if below_point == 0 && (0..=62).contains(&exponent) && bits < 64 {
        return whole(exponent, fraction, significant);
    }
    let mut estimate = estimate(exponent, fraction);

    // number = b / s × 10^estimate and half the gap to the next number = m / s × 10^estimate, each of the form
    // 2^x × 5^y, with common twos taken out.
    let b5 = (-estimate).max(0);
    let s5 = estimate.max(0);
    let mut b2 = b5 + below_point + exponent;
    let mut s2 = s5 + below_point;
    let mut m2 = b2 - significant;
    b2 -= bits - 1;
    let common = b2.min(s2);
    b2 -= common;
    s2 -= common;
    m2 -= common;
    if bits == 1 {
        // Below a power of two the next number is at half the distance.
        m2 -= 1;
    }
    if m2 < 0 {
        b2 -= m2;
        s2 -= m2;
        m2 = 0;
    }
    let mantissa = fraction >> trailing;
    let b_bits = bits + b2 + bits_of_five(b5);
    let s_bits = s2 + 1 + bits_of_five(s5 + 1);
    let mut made = Digits::new(0);
    let stop = if b_bits < 64 && s_bits < 64 {
        let narrow = b_bits < 32 && s_bits < 32;
        let five = |n: i32| FIVES.get(n as usize).map_or(0, |&power| power as i64);
        let scaled = |n: i64, twos: i32| wrap(n.wrapping_shl(twos as u32), narrow);
        let b = scaled((mantissa as i64).wrapping_mul(five(b5)), b2);
        machine_digits(b, scaled(five(s5), s2), scaled(five(b5), m2), narrow, &mut estimate, &mut made)
    } else {
        let power = |fives: i32, twos: i32| BigUint::from(5u8).pow(fives as u32) << twos as u32;
        big_digits(power(b5, b2) * mantissa, &power(s5, s2), power(b5, m2), &mut estimate, &mut made)
    };
    made.point = estimate + 1;
    let up = match stop.nearer {
        _ if !stop.high => false,
        _ if !stop.low => true,
        Ordering::Equal => made.last_is_odd(),
        nearer => nearer.is_gt(),
    };
    if up {
        made.round_up();
    }
    made
}

/// Returns the digits of a whole number below 2^63, without those that its class cannot represent.
fn whole(exponent: i32, fraction: u64, significant: i32) -> Digits {
    let mut number = if exponent >= FRACTION_BITS {
        fraction << (exponent - FRACTION_BITS)
    } else {
        fraction >> (FRACTION_BITS - exponent)
    };
    let mut point = 0;
    let spare = exponent - significant - 1;
    if spare > 1 {
        // Digits below 2^spare are insignificant.
        let insignificant = (1u64 << spare).ilog10();
        let unit = 10u64.pow(insignificant);
        number = number / unit + u64::from(number % unit >= unit / 2 && insignificant > 0);
        point = insignificant as i32;
    }
    while number % 10 == 0 && number > 0 {
        number /= 10;
        point += 1;
    }
    let mut made = Digits::new(point);
    let mut text = itoa::Buffer::new();
    for digit in text.format(number).bytes() {
        made.push(digit - b'0');
    }
    made.point += made.count as i32;
    made
}

/// Estimates the decimal exponent, at most one too high: a tangent of the logarithm, with Java's constants.
#[allow(clippy::approx_constant)]
fn estimate(exponent: i32, fraction: u64) -> i32 {
    let significand = f64::from_bits(1023 << 52 | fraction & ((1 << 52) - 1));
    ((significand - 1.5) * 0.289_529_654 + 0.176_091_259 + f64::from(exponent) * 0.301_029_995_663_981).floor() as i32
}

/// Java's `int` arithmetic if `narrow`, otherwise its `long` arithmetic.
fn wrap(n: i64, narrow: bool) -> i64 {
    if narrow { i64::from(n as i32) } else { n }
}

fn machine_digits(mut b: i64, s: i64, mut m: i64, narrow: bool, estimate: &mut i32, made: &mut Digits) -> Stop {
    let tens = wrap(s.wrapping_mul(10), narrow);
    let mut first = true;
    loop {
        let quotient = b.checked_div(s).unwrap_or(0);
        b = wrap(b.checked_rem(s).unwrap_or(0).wrapping_mul(10), narrow);
        m = wrap(m.wrapping_mul(10), narrow);
        // A gap that overflowed is larger than any number.
        let (mut low, mut high) =
            if m > 0 || first { (b < m, wrap(b.wrapping_add(m), narrow) > tens) } else { (true, true) };
        step(&mut first, quotient as u8, &mut low, &mut high, estimate, made);
        if low || high {
            let nearer = wrap(b.wrapping_shl(1).wrapping_sub(tens), narrow).cmp(&0);
            return Stop { low, high, nearer };
        }
    }
}

fn big_digits(mut b: BigUint, s: &BigUint, mut m: BigUint, estimate: &mut i32, made: &mut Digits) -> Stop {
    let tens = s * 10u8;
    let mut first = true;
    loop {
        let quotient = &b / s;
        b = (b - &quotient * s) * 10u8;
        m *= 10u8;
        // Unlike in the machine-word arithmetic, a sum equal to the limit counts here.
        let (mut low, mut high) = (b < m, &b + &m >= tens);
        step(&mut first, quotient.iter_u32_digits().next().unwrap_or(0) as u8, &mut low, &mut high, estimate, made);
        if low || high {
            return Stop { low, high, nearer: (b << 1u8).cmp(&tens) };
        }
    }
}

/// Adds a digit. The first may be a zero if the estimate was one too high; a number written with an exponent has at
/// least two, since Java requires one after the point.
fn step(first: &mut bool, quotient: u8, low: &mut bool, high: &mut bool, estimate: &mut i32, made: &mut Digits) {
    if !std::mem::take(first) {
        made.push(quotient);
        return;
    }
    if quotient == 0 && !*high {
        *estimate -= 1;
    } else {
        made.push(quotient);
    }
    if !(-3..8).contains(estimate) {
        (*low, *high) = (false, false);
    }
}

/// Writes `0.00123`, `123.0` or `1.23E10`, as Java does for that magnitude.
fn lay_out(digits: &Digits, out: &mut String) {
    let text = str::from_utf8(&digits.text[..digits.count]).unwrap_or("0");
    let point = digits.point;
    let zeros = |n: i32, out: &mut String| (0..n).for_each(|_| out.push('0'));
    let or_zero = |rest: &str, out: &mut String| out.push_str(if rest.is_empty() { "0" } else { rest });
    if (1..8).contains(&point) {
        let (whole, rest) = text.split_at((point as usize).min(text.len()));
        out.push_str(whole);
        zeros(point - whole.len() as i32, out);
        out.push('.');
        or_zero(rest, out);
    } else if (-2..=0).contains(&point) {
        out.push_str("0.");
        zeros(-point, out);
        out.push_str(text);
    } else {
        let (head, rest) = text.split_at(1.min(text.len()));
        out.push_str(head);
        out.push('.');
        or_zero(rest, out);
        out.push('E');
        out.push_str(itoa::Buffer::new().format(point - 1));
    }
}

/// Returns `Double.toHexString`, such as `0x1.8p0`.
pub(crate) fn hex_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_infinite() {
        return format!("{sign}Infinity");
    }
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32;
    let digits = format!("{:013x}", bits & ((1 << 52) - 1));
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    match exponent {
        0 if number == 0.0 => format!("{sign}0x0.0p0"),
        0 => format!("{sign}0x0.{digits}p-1022"),
        _ => format!("{sign}0x1.{digits}p{}", exponent - 1023),
    }
}

/// Returns `Float.toHexString`, which differs from the double's for subnormal numbers only.
pub(crate) fn hex_float(number: f32) -> String {
    if number == 0.0 || !number.is_finite() || number.abs() >= f32::MIN_POSITIVE {
        return hex_double(f64::from(number));
    }
    let digits = format!("{:06x}", (number.to_bits() & ((1 << 23) - 1)) << 1);
    format!("{}0x0.{}p-126", if number.is_sign_negative() { "-" } else { "" }, digits.trim_end_matches('0'))
}

/// A number type that can be parsed from Java's notation for doubles and floats.
pub(crate) trait Floating: Copy + std::str::FromStr + std::ops::Neg<Output = Self> {
    const INFINITY: Self;
    const NAN: Self;
    /// Returns `mantissa × 2^exponent`, rounded once.
    fn from_binary(mantissa: u128, exponent: i64) -> Self;
}

macro_rules! floating {
    ($float:ty, $bits:literal, $least:literal) => {
        impl Floating for $float {
            const INFINITY: Self = <$float>::INFINITY;
            const NAN: Self = <$float>::NAN;

            fn from_binary(mantissa: u128, exponent: i64) -> Self {
                if mantissa == 0 {
                    return 0.0;
                }
                let length = 128 - i64::from(mantissa.leading_zeros());
                if length + exponent > 2_000 {
                    return Self::INFINITY;
                }
                // The lowest bit that is representable; lower bits round half to even.
                let drop = (length - $bits).max($least - exponent).max(0);
                let mut kept = mantissa.checked_shr(drop.min(128) as u32).unwrap_or(0);
                if drop > 0 && drop <= 128 {
                    let rest = mantissa - kept.checked_shl(drop as u32).unwrap_or(0);
                    let half = 1u128 << (drop - 1);
                    kept += u128::from(rest > half || rest == half && kept & 1 == 1);
                }
                let mut number = kept as $float;
                let mut left = exponent + drop;
                while left > 0 && number.is_finite() {
                    number *= 2.0;
                    left -= 1;
                }
                while left < 0 && number != 0.0 {
                    number /= 2.0;
                    left += 1;
                }
                number
            }
        }
    };
}
floating!(f64, 53, -1074);
floating!(f32, 24, -149);

/// Parses as `Double.parseDouble` or `Float.parseFloat`; `None` where Java throws.
pub(crate) fn parse<F: Floating>(text: &str) -> Option<F> {
    let text = text.trim_matches(|c| c <= ' ');
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let number = match digits {
        "NaN" => F::NAN,
        "Infinity" => F::INFINITY,
        _ => {
            let bare = digits.strip_suffix(['d', 'D', 'f', 'F']);
            match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
                Some(hex) => {
                    parse_hex(hex.strip_suffix(['d', 'D', 'f', 'F']).filter(|h| h.contains(['p', 'P'])).unwrap_or(hex))?
                }
                None => {
                    let decimal = bare.unwrap_or(digits);
                    let plain =
                        decimal.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
                    let starts = decimal.starts_with(|c: char| c.is_ascii_digit() || c == '.');
                    if !plain || !starts {
                        return None;
                    }
                    decimal.parse().ok()?
                }
            }
        }
    };
    Some(if negative { -number } else { number })
}

/// Parses the hexadecimal notation after `0x`, such as `1.8p1`.
fn parse_hex<F: Floating>(text: &str) -> Option<F> {
    let (digits, exponent) = text.split_once(['p', 'P'])?;
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if whole.len() + rest.len() == 0 || unsigned.is_empty() || !unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Digits beyond what any exponent can need are cut.
    let size: i64 = unsigned.get(..unsigned.len().min(9))?.parse().ok()?;
    let mut exponent = if exponent.starts_with('-') { -size } else { size };
    let mut mantissa = 0u128;
    for (i, c) in whole.chars().chain(rest.chars()).enumerate() {
        let digit = u128::from(c.to_digit(16)?);
        let after_point = i >= whole.len();
        if mantissa >> 120 == 0 {
            mantissa = mantissa << 4 | digit;
            exponent -= if after_point { 4 } else { 0 };
        } else {
            // At this magnitude only a non-zero remainder matters.
            mantissa |= u128::from(digit != 0);
            exponent += if after_point { 0 } else { 4 };
        }
    }
    Some(F::from_binary(mantissa, exponent))
}
