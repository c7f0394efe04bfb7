//! Functions of paths: `$.a.sum()`, `$.sum($..a, 5)`.

use super::number::Number;
use super::step::{Argument, Fail, Function, FunctionCall};
use super::tree::{NodeKind, Tree};
use super::walk::Walk;
use crate::error::Error;

/// Steps of a call.
const CALL: usize = 4;

impl<T: Tree> Walk<T> {
    /// Applies a function to `model`.
    pub(super) fn call(&self, call: &FunctionCall, model: &T) -> Result<T, Fail> {
        let function = call.function.ok_or(Fail::Invalid("there is no such function"))?;
        T::charge(self.heap, CALL)?;
        // Paths in arguments are evaluated even if the function ignores them; literals only when used.
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(match argument {
                Argument::Path(path) => Some(self.find(path, &self.root)?),
                Argument::Json(_) => None,
            });
        }
        let argument = |i: usize| match (arguments.get(i), call.arguments.get(i)) {
            (Some(Some(value)), _) => Ok(value.clone()),
            (_, Some(Argument::Json(literal))) => self.argument(literal),
            _ => Err(Fail::OutOfBounds),
        };
        match function {
            Function::Length => self.length(call, model),
            Function::Keys if model.is_map() => Ok(T::list(self.heap, model.names())?),
            Function::Keys => Ok(T::null()),
            Function::Append => {
                let mut list = model.clone();
                for i in 0..call.arguments.len() {
                    if model.is_list() {
                        list = list.push(self.heap, argument(i)?)?;
                    }
                }
                Ok(list)
            }
            Function::Concat => {
                let mut text = String::new();
                for i in 0..model.len() {
                    T::charge(self.heap, 1)?;
                    if let Some(item) = model.item(i)
                        && let NodeKind::Text(part) = item.kind()
                    {
                        self.append(part, &mut text)?;
                    }
                }
                for i in 0..call.arguments.len() {
                    self.add_text(&argument(i)?, is_keys(call.arguments.get(i)), &mut text)?;
                }
                // Charged again as a text.
                T::on_budget(self.heap, |budget| budget.release(text.len()));
                Ok(T::text(self.heap, text)?)
            }
            Function::First | Function::Last | Function::Index => {
                if !model.is_list() {
                    return Err(Fail::Other("the function needs a list"));
                }
                let index = match function {
                    Function::First => 0,
                    Function::Last => -1,
                    _ => {
                        let mut first = None;
                        for i in 0..call.arguments.len() {
                            self.numbers(&argument(i)?, true, |number| {
                                first.get_or_insert(number);
                            })?;
                        }
                        first.ok_or(Fail::OutOfBounds)?.int()
                    }
                };
                let length = model.len() as i64;
                let at = if index < 0 { length + i64::from(index) } else { i64::from(index) };
                // Jayway cannot reach the first element from the end: `last()` fails on a list of one.
                if index < 0 && at <= 0 {
                    return Err(Fail::Other("the index is larger than the list"));
                }
                usize::try_from(at).ok().and_then(|at| model.item(at)).ok_or(Fail::OutOfBounds)
            }
            Function::Min | Function::Max | Function::Avg | Function::Stddev | Function::Sum => {
                let mut seen = Aggregate::default();
                let mut add = |number: Number| seen.add(number.double());
                self.numbers(model, false, &mut add)?;
                for i in 0..call.arguments.len() {
                    self.numbers(&argument(i)?, true, &mut add)?;
                }
                let result = seen.result(function).ok_or(Fail::Other("there are no numbers to aggregate"))?;
                Ok(T::number(Number::Double(result)))
            }
        }
    }

    /// Returns a literal argument as a new node each time, since it may become an element of a list.
    fn argument(&self, literal: &super::step::Literal) -> Result<T, Fail> {
        T::charge(self.heap, CALL)?;
        let data = literal.0.as_ref().ok_or(Fail::Other("an argument is not JSON"))?;
        Ok(T::data(self.heap, data)?)
    }

    /// Evaluates `length`. With an argument it counts the children of what the argument finds, if that is a
    /// list.
    fn length(&self, call: &FunctionCall, model: &T) -> Result<T, Fail> {
        if let Some(argument) = call.arguments.first() {
            let Argument::Path(path) = argument else { return Err(Fail::Other("`length` takes a path")) };
            if matches!(model.kind(), NodeKind::Null) {
                return Err(Fail::Other("`length` needs a value"));
            }
            let inside = Walk::new(self.heap, model.clone());
            let counted = inside.children(path, model)?;
            if counted.is_list() {
                return Ok(T::number(Number::Int(counted.len() as i64)));
            }
        }
        Ok(match model.kind() {
            NodeKind::List | NodeKind::Map => T::number(Number::Int(model.len() as i64)),
            _ => T::null(),
        })
    }

    /// Appends a text that is paid for first.
    fn append(&self, part: &str, text: &mut String) -> Result<(), Fail> {
        T::on_budget(self.heap, |budget| budget.make(part.len()))?;
        text.push_str(part);
        Ok(())
    }

    /// Appends the text of an argument, or the texts of its elements.
    fn add_text(&self, value: &T, keys: bool, text: &mut String) -> Result<(), Fail> {
        match value.kind() {
            NodeKind::Null => {}
            // Java's key set is not a list: it is appended as a whole.
            NodeKind::List if keys => {
                let names = (0..value.len()).filter_map(|i| value.item(i)).map(|name| name.show(self.heap));
                let names = names.collect::<Result<Vec<_>, _>>()?;
                self.append(&format!("[{}]", names.join(", ")), text)?;
            }
            NodeKind::List => {
                for item in (0..value.len()).filter_map(|i| value.item(i)) {
                    if !matches!(item.kind(), NodeKind::Null) {
                        self.append(&item.show(self.heap)?, text)?;
                    }
                }
            }
            NodeKind::Text(part) => self.append(part, text)?,
            _ => self.append(&value.show(self.heap)?, text)?,
        }
        Ok(())
    }

    /// Passes on the numbers of a list; with `alone` also a value that is a number itself.
    fn numbers(&self, value: &T, alone: bool, mut add: impl FnMut(Number)) -> Result<(), Fail> {
        let mut one = |value: &T| {
            let number = value.to_number(self.heap)?;
            // Digits are read one by one.
            T::charge(self.heap, number.len())?;
            add(number);
            Ok::<(), Error>(())
        };
        match value.kind() {
            NodeKind::List => {
                T::charge(self.heap, 2 * value.len())?;
                for item in (0..value.len()).filter_map(|i| value.item(i)) {
                    if let NodeKind::Number = item.kind() {
                        one(&item)?;
                    }
                }
            }
            NodeKind::Number if alone => one(value)?,
            _ => {}
        }
        Ok(())
    }
}

fn is_keys(argument: Option<&Argument>) -> bool {
    matches!(argument, Some(Argument::Path(path)) if path.gives_keys())
}

/// Collects the results of the functions of numbers, one number after another.
struct Aggregate {
    count: f64,
    sum: f64,
    squares: f64,
    least: f64,
    most: f64,
}

impl Default for Aggregate {
    fn default() -> Self {
        // Jayway starts from the smallest positive number, so the largest is never negative.
        Aggregate { count: 0.0, sum: 0.0, squares: 0.0, least: f64::MAX, most: f64::from_bits(1) }
    }
}

impl Aggregate {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
        if self.least > value {
            self.least = value;
        }
        if self.most < value {
            self.most = value;
        }
    }

    /// Returns what a function gives; `None` if there were no numbers.
    fn result(&self, function: Function) -> Option<f64> {
        let Aggregate { count, sum, squares, .. } = *self;
        (count > 0.0).then(|| match function {
            Function::Min => self.least,
            Function::Max => self.most,
            Function::Avg => sum / count,
            Function::Stddev => (squares / count - sum * sum / count / count).sqrt(),
            _ => sum,
        })
    }
}
