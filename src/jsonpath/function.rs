//! Functions: `$.a.sum()`, `$.sum($..a, 5)`.

use super::number::Number;
use super::step::{Argument, Call, Fail, Function};
use super::tree::{Kind, Tree};
use super::walk::Walk;

impl<T: Tree> Walk<T> {
    /// Applies a function to `model`.
    pub(super) fn call(&self, call: &Call, model: &T) -> Result<T, Fail> {
        let function = call.function.ok_or(Fail::Invalid("there is no such function"))?;
        // Paths in arguments are looked up even where the function ignores them; literals are read when used.
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
            Function::Keys if model.is_map() => Ok(T::list(self.world, model.names())?),
            Function::Keys => Ok(T::null()),
            Function::Append => {
                let mut list = model.clone();
                for i in 0..call.arguments.len() {
                    if model.is_list() {
                        list = list.push(self.world, argument(i)?)?;
                    }
                }
                Ok(list)
            }
            Function::Concat => {
                let mut text = String::new();
                for i in 0..model.len() {
                    if let Some(item) = model.item(i)
                        && let Kind::Text(part) = item.kind()
                    {
                        text.push_str(part);
                    }
                }
                for i in 0..call.arguments.len() {
                    self.add_text(&argument(i)?, is_keys(call.arguments.get(i)), &mut text)?;
                }
                T::charge(self.world, text.len())?;
                Ok(T::text(self.world, text)?)
            }
            Function::First | Function::Last | Function::Index => {
                if !model.is_list() {
                    return Err(Fail::Other("the function needs a list"));
                }
                let index = match function {
                    Function::First => 0,
                    Function::Last => -1,
                    _ => {
                        let mut numbers = Vec::new();
                        for i in 0..call.arguments.len() {
                            add_numbers(&argument(i)?, true, &mut numbers);
                        }
                        numbers.first().ok_or(Fail::OutOfBounds)?.int()
                    }
                };
                let length = model.len() as i64;
                let at = if index < 0 { length + i64::from(index) } else { i64::from(index) };
                // From the end the first element is out of reach: `last()` fails on a list of one.
                if index < 0 && at <= 0 {
                    return Err(Fail::Other("the index is larger than the list"));
                }
                usize::try_from(at).ok().and_then(|at| model.item(at)).ok_or(Fail::OutOfBounds)
            }
            Function::Min | Function::Max | Function::Avg | Function::Stddev | Function::Sum => {
                let mut numbers = Vec::new();
                T::charge(self.world, model.len())?;
                add_numbers(model, false, &mut numbers);
                for i in 0..call.arguments.len() {
                    add_numbers(&argument(i)?, true, &mut numbers);
                }
                if numbers.is_empty() {
                    return Err(Fail::Other("there are no numbers to aggregate"));
                }
                Ok(T::number(Number::Double(aggregate(function, &numbers))))
            }
        }
    }

    /// A literal in the arguments, a new one each time: it may end up in a list.
    fn argument(&self, literal: &super::step::Literal) -> Result<T, Fail> {
        let data = literal.0.as_ref().ok_or(Fail::Other("an argument is no JSON"))?;
        Ok(T::data(self.world, data)?)
    }

    /// With an argument, the children of what it finds are counted, if that gives a list.
    fn length(&self, call: &Call, model: &T) -> Result<T, Fail> {
        if let Some(argument) = call.arguments.first() {
            let Argument::Path(path) = argument else { return Err(Fail::Other("`length` takes a path")) };
            if matches!(model.kind(), Kind::Null) {
                return Err(Fail::Other("`length` needs a value"));
            }
            let inside = Walk::new(self.world, model.clone());
            let counted = inside.children(path, model)?;
            if counted.is_list() {
                return Ok(T::number(Number::Int(counted.len() as i64)));
            }
        }
        Ok(match model.kind() {
            Kind::List | Kind::Map => T::number(Number::Int(model.len() as i64)),
            _ => T::null(),
        })
    }

    /// Adds an argument's text, or the texts of its elements.
    fn add_text(&self, value: &T, keys: bool, text: &mut String) -> Result<(), Fail> {
        match value.kind() {
            Kind::Null => {}
            // Java's set of keys is no list: it shows as a whole.
            Kind::List if keys => {
                let names = (0..value.len()).filter_map(|i| value.item(i)).map(|name| name.show(self.world));
                let names = names.collect::<Result<Vec<_>, _>>()?;
                text.push_str(&format!("[{}]", names.join(", ")));
            }
            Kind::List => {
                for item in (0..value.len()).filter_map(|i| value.item(i)) {
                    if !matches!(item.kind(), Kind::Null) {
                        text.push_str(&item.show(self.world)?);
                    }
                }
            }
            Kind::Text(part) => text.push_str(part),
            _ => text.push_str(&value.show(self.world)?),
        }
        Ok(())
    }
}

fn is_keys(argument: Option<&Argument>) -> bool {
    matches!(argument, Some(Argument::Path(path)) if path.gives_keys())
}

/// Adds the numbers of a list; those of an argument that is a number itself, too.
fn add_numbers<T: Tree>(value: &T, alone: bool, numbers: &mut Vec<Number>) {
    match value.kind() {
        Kind::List => {
            for i in 0..value.len() {
                if let Some(item) = value.item(i)
                    && let Kind::Number(number) = item.kind()
                {
                    numbers.push(number);
                }
            }
        }
        Kind::Number(number) if alone => numbers.push(number),
        _ => {}
    }
}

/// One number out of many, none of them missing.
fn aggregate(function: Function, numbers: &[Number]) -> f64 {
    let count = numbers.len() as f64;
    let values = numbers.iter().map(Number::double);
    match function {
        Function::Min => values.fold(f64::MAX, |least, v| if least > v { v } else { least }),
        // It starts from the smallest positive number, and so never gives a negative one.
        Function::Max => values.fold(f64::from_bits(1), |most, v| if most < v { v } else { most }),
        Function::Avg => values.sum::<f64>() / count,
        Function::Stddev => {
            let (sum, squares) = values.fold((0.0, 0.0), |(sum, squares), v| (sum + v, squares + v * v));
            (squares / count - sum * sum / count / count).sqrt()
        }
        _ => values.fold(0.0, |sum, v| sum + v),
    }
}
