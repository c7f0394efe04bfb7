//! Calls on numbers as Velocity 1.7 on Java 17 answers them: `corpus/numbers/calls.tsv`, row by row.

use super::{JavaMethod, call};
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::value::{Arena, Big, ListKind, Value, big};
use bigdecimal::BigDecimal;

/// As in `tower.tsv`, and `Z:` Boolean, `C:` class, `null`.
fn read<'r>(text: &str) -> Value<'r> {
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

fn write(value: &Value<'_>) -> String {
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

#[test]
fn calls_are_answered_as_velocity_answers_them() {
    let table = include_str!("../../corpus/numbers/calls.tsv");
    let mut wrong = Vec::new();
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let arena = Arena::new(&Limits::service(), Dialect::service());
        let (called, expected) = row.split_once("\t=\t").unwrap();
        let mut fields = called.split('\t');
        let method = JavaMethod::named(fields.next().unwrap());
        let receiver = read(fields.next().unwrap());
        let args: Vec<_> = fields.map(read).collect();
        let found = match call(&arena, &receiver, method, &args) {
            Ok(Some(value)) => write(&value),
            Ok(None) => "none".to_owned(),
            Err(_) => "!".to_owned(),
        };
        if found != expected {
            wrong.push(format!("{row}\n   found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
