//! Calls on numbers as Velocity 1.7 on Java 17 answers them: `corpus/numbers/calls.tsv`, row by row.

use super::{JavaMethod, call};
use crate::budget::Budget;
use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::value::Arena;
use crate::value::java_number_tests::{read, write};

#[test]
fn calls_are_answered_as_velocity_answers_them() {
    let Some(table) = crate::corpus::read("numbers/calls.tsv") else { return };
    let mut wrong = Vec::new();
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let budget = Budget::new(&Limits::service());
        let arena = Arena::new(&budget, Dialect::service());
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
