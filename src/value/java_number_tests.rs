//! Test: numbers behave as in Java 17 and Velocity 1.7, for each row of `corpus/numbers/tower.tsv`.

use super::{Big, ListKind, Value, big, float, num};
use crate::error::Error;
use bigdecimal::BigDecimal;

/// Reads a value of `corpus/numbers`: `null`, `Z:` Boolean, `I:` Integer, `L:` Long, `S:` Short, `B:` Byte, `D:` and
/// `F:` the bits of a double or float in hexadecimal, `G:` BigInteger, `X:` unscaled value and scale of a BigDecimal,
/// `T:` text.
pub(crate) fn read<'r>(text: &str) -> Value<'r> {
    let (class, rest) = text.split_once(':').unwrap_or((text, ""));
    match class {
        "null" => Value::Null,
        "Z" => Value::Bool(rest == "true"),
        "I" => Value::Int(rest.parse().unwrap()),
        "L" => Value::Long(rest.parse().unwrap()),
        "S" => Value::Short(rest.parse().unwrap()),
        "B" => Value::Byte(rest.parse().unwrap()),
        "D" => Value::Double(f64::from_bits(u64::from_str_radix(rest, 16).unwrap())),
        "F" => Value::Float(f32::from_bits(u32::from_str_radix(rest, 16).unwrap())),
        "G" => Value::big(rest.parse().unwrap()),
        "X" => {
            let (unscaled, scale) = rest.split_once('/').unwrap();
            Value::decimal(BigDecimal::new(unscaled.parse().unwrap(), scale.parse().unwrap()))
        }
        "T" => Value::string(rest.to_owned()),
        other => panic!("class {other}"),
    }
}

/// Writes a value as [`read`] reads it, and an array of strings as `A;T:one;T:two`.
pub(crate) fn write(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => format!("Z:{b}"),
        Value::Int(i) => format!("I:{i}"),
        Value::Long(l) => format!("L:{l}"),
        Value::Short(s) => format!("S:{s}"),
        Value::Byte(b) => format!("B:{b}"),
        Value::Double(d) if d.is_nan() => "D:7ff8000000000000".to_owned(),
        Value::Double(d) => format!("D:{:x}", d.to_bits()),
        Value::Float(f) if f.is_nan() => "F:7fc00000".to_owned(),
        Value::Float(f) => format!("F:{:x}", f.to_bits()),
        Value::Str(text) => format!("T:{}", text.as_str()),
        Value::Big(number) => match &**number {
            Big::Integer(i) => format!("G:{i}"),
            Big::Decimal(d) => format!("X:{}/{}", big::parts(d).0, big::parts(d).1),
        },
        Value::List(list) if list.kind() == ListKind::Strings => {
            list.to_vec().iter().fold("A".to_owned(), |all, item| all + ";" + &write(item))
        }
        other => panic!("{other:?}"),
    }
}

fn decimal(value: &Value<'_>) -> BigDecimal {
    match value {
        Value::Big(number) => match &**number {
            Big::Decimal(d) => d.clone(),
            Big::Integer(i) => BigDecimal::new(i.clone(), 0),
        },
        _ => panic!("no decimal"),
    }
}

fn run(op: &str, left: &Value<'static>, right: Option<&Value<'static>>) -> Result<Value<'static>, Error> {
    let right = right.unwrap_or(&Value::Null);
    let text = |fill: &dyn Fn(&mut String)| {
        let mut out = String::new();
        fill(&mut out);
        Ok(Value::string(out))
    };
    match op {
        "add" => num::add(left, right),
        "sub" => num::sub(left, right),
        "mul" => num::mul(left, right),
        "div" => num::div(left, right),
        "rem" => num::rem(left, right),
        "cmp" => num::compare(left, right).map(|order| Value::Int(order as i32)),
        "eq" => Ok(Value::Bool(left.equals(right))),
        "hash" => Ok(Value::Int(left.java_hash())),
        "int" => Ok(Value::Int(num::int_value(left))),
        "long" => Ok(Value::Long(num::long_value(left))),
        "double" => Ok(Value::Double(num::double_value(left))),
        "float" => Ok(Value::Float(num::float_value(left))),
        "text" => text(&|out| super::show::number_text(left, out)),
        "hex" => match left {
            Value::Float(f) => text(&|out| out.push_str(&float::hex_float(*f))),
            _ => text(&|out| out.push_str(&float::hex_double(num::double_value(left)))),
        },
        "parse" | "parsef" => {
            let text = left.as_text().unwrap();
            let number = match op {
                "parse" => float::parse(text).map(Value::Double),
                _ => float::parse(text).map(Value::Float),
            };
            number.ok_or_else(|| big::arithmetic("NumberFormatException"))
        }
        "divx" => big::divide_exactly(&decimal(left), &decimal(right)).map(Value::decimal),
        "dtiv" => big::divide_to_whole(&decimal(left), &decimal(right)).map(Value::decimal),
        "bdrem" => big::remainder(&decimal(left), &decimal(right)).map(Value::decimal),
        "scale" => {
            // Scale and rounding in one: scale * 8 + rounding + 800.
            let both = num::int_value(right) - 800;
            let rounding = big::Rounding::from_constant(both.rem_euclid(8))?;
            big::set_scale(&decimal(left), both.div_euclid(8).into(), rounding).map(Value::decimal)
        }
        "strip" => big::strip_zeros(&decimal(left)).map(Value::decimal),
        "prec" => Ok(Value::Int(big::precision(&decimal(left)) as i32)),
        "bigint" => big::to_integer(&decimal(left), false).map(Value::big),
        "bigintx" => big::to_integer(&decimal(left), true).map(Value::big),
        "eng" => text(&|out| big::show(&decimal(left), big::Notation::Engineering, out)),
        "plain" => big::plain(&decimal(left)).map(Value::string),
        other => panic!("operation {other}"),
    }
}

#[test]
fn numbers_are_as_java_has_them() {
    let Some(table) = crate::corpus::read("numbers/tower.tsv") else { return };
    let mut wrong = Vec::new();
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [op, left, right, result, text] = fields[..] else { panic!("{row}") };
        let right = (right != "-").then(|| read(right));
        let found = match run(op, &read(left), right.as_ref()) {
            Err(_) => ("!".to_owned(), String::new()),
            Ok(Value::Str(text)) => ("-".to_owned(), text.to_string()),
            // This table has truth values without their class.
            Ok(Value::Bool(truth)) => (truth.to_string(), String::new()),
            Ok(value) => {
                let mut shown = String::new();
                super::show::number_text(&value, &mut shown);
                (write(&value), shown)
            }
        };
        if found != (result.to_owned(), text.to_owned()) {
            wrong.push(format!("{row}\n   found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
