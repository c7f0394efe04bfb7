//! What references do: they read, call, set and print.

use super::{Flow, Vm, Watch};
use crate::builtins::{JavaMethod, property};
use crate::error::{Code, Error};
use crate::host;
use crate::value::{Block, Host, Value, View, show};

impl<'r, W: Watch> Vm<'r, W> {
    /// Writes a value; `null` is what stands for null. A block may leave the body.
    pub(super) fn write(&mut self, value: &Value<'r>, null: &str) -> Result<Option<Flow>, Error> {
        match value {
            Value::Str(text) => self.out.push(text)?,
            Value::Int(i) => self.out.push(itoa::Buffer::new().format(*i))?,
            Value::Null => self.out.push(null)?,
            Value::Block(block) => match self.render_block(block)? {
                (_, flow @ (Flow::Stop | Flow::BreakScope(_))) => return Ok(Some(flow)),
                (false, _) => self.out.push(null)?,
                _ => {}
            },
            host if host::is_silent(host) => {}
            other => {
                let arena = self.arena;
                let settled = self.settle_members(other, 0)?;
                self.out.write(|out| show::show(arena, settled.as_ref().unwrap_or(other), out))?;
            }
        }
        Ok(None)
    }

    /// A reference behind backslashes or other marks.
    pub(super) fn write_marked(&mut self, value: &Value<'r>, mark: u32) -> Result<Option<Flow>, Error> {
        let Some(mark) = self.program.marks.get(mark as usize) else { return Ok(None) };
        if mark.broken {
            if !self.arena.dialect.service {
                self.out.push(&mark.literal)?;
            }
            return Ok(None);
        }
        let literal = mark.parameter.and_then(|slot| self.argument_source(slot)).unwrap_or(&mark.literal);
        if mark.escaped {
            self.out.push(&mark.backslashes)?;
            if value.is_null() {
                self.out.push("\\")?;
            }
            self.out.push(literal)?;
            return Ok(None);
        }
        if matches!(value, Value::Block(_)) {
            return self.write(value, literal);
        }
        self.out.push(&mark.backslashes)?;
        if value.is_null() {
            // Velocity writes the backslashes of a null reference twice.
            self.out.push(&mark.backslashes)?;
        }
        self.out.push(&mark.text)?;
        self.write(value, literal)
    }

    pub(super) fn store(&mut self, slot: u32, value: Value<'r>, in_macro: bool) {
        if value.is_null() {
            self.note_ignored();
            return;
        }
        // `#foreach($x in [$null])#set($x = 1)$x#end`: while the element is null the variable stays so.
        if self.null_turns > 0
            && let Some(running) = self.loops.last()
            && running.null_turn
            && self.program.loops.get(running.index as usize).is_some_and(|l| l.variable == Some(slot))
        {
            return;
        }
        if !in_macro || self.visible == 0 {
            if let Some(place) = self.slots.get_mut(slot as usize) {
                *place = value;
            }
            return;
        }
        self.write_variable(slot, value, true);
    }

    /// `$o.name` of a variable: mostly an object that was read, and like the one before.
    pub(super) fn get_of(&mut self, slot: u16, name: u32) -> Result<Value<'r>, Error> {
        let receiver = self.slots.get(usize::from(slot)).unwrap_or(&Value::Null);
        if let Some(property) = self.program.properties.get(name as usize)
            && property.getter != JavaMethod::GetClass
        {
            match receiver {
                Value::Map(map) => {
                    let found = if self.number == 0 { self.found.get_mut(name as usize) } else { None };
                    if let Some(value) = map.look(&property.name, property.print, found, Value::clone) {
                        return Ok(value);
                    }
                }
                Value::View(View::Loop(state)) => match property.getter {
                    JavaMethod::GetHasNext => return Ok(Value::Bool(state.has_next.get())),
                    JavaMethod::GetIndex => return Ok(Value::Int(state.index.get())),
                    JavaMethod::GetCount => return Ok(Value::Int(state.index.get().saturating_add(1))),
                    _ => {}
                },
                _ => {}
            }
        }
        let receiver = receiver.clone();
        self.get(&receiver, name)
    }

    /// Writes `$o.name` if `$o` is an object that was read and the member a string or an Integer.
    pub(super) fn emit_member(&mut self, slot: u16, name: u32) -> Result<bool, Error> {
        let (Some(Value::Map(map)), Some(property)) =
            (self.slots.get(usize::from(slot)), self.program.properties.get(name as usize))
        else {
            return Ok(false);
        };
        let found = if self.number == 0 { self.found.get_mut(name as usize) } else { None };
        let out = &mut self.out;
        let written = map.look(&property.name, property.print, found, |value| match value {
            Value::Str(text) => out.push(text).map(|()| true),
            Value::Int(i) => out.push(itoa::Buffer::new().format(*i)).map(|()| true),
            _ => Ok(false),
        });
        written.unwrap_or(Ok(false))
    }

    pub(super) fn get(&mut self, receiver: &Value<'r>, name: u32) -> Result<Value<'r>, Error> {
        let Some(property) = self.program.properties.get(name as usize) else { return Ok(Value::Null) };
        let found = match receiver {
            Value::Null => return Ok(Value::Null),
            Value::Host(host) => self.roots.get(*host, &property.name),
            other => property::get(self.arena, other, property)?,
        };
        Ok(match found {
            Some(value) => value,
            None => {
                self.note_missing(Code::UnknownProperty, receiver, &property.name);
                Value::Null
            }
        })
    }

    pub(super) fn index(&mut self, receiver: &Value<'r>, key: &Value<'r>) -> Result<Value<'r>, Error> {
        if receiver.is_null() {
            return Ok(Value::Null);
        }
        match property::get_index(self.arena, receiver, key)? {
            Some(value) => Ok(value),
            None => {
                self.note_missing(Code::UnknownMethod, receiver, "get");
                Ok(Value::Null)
            }
        }
    }

    pub(super) fn put(&mut self, receiver: &Value<'r>, name: u32, value: Value<'r>) -> Result<(), Error> {
        let Some(property) = self.program.properties.get(name as usize) else { return Ok(()) };
        if receiver.is_null() || !property::set(self.arena, receiver, property, value)? {
            self.note_ignored();
        }
        Ok(())
    }

    pub(super) fn call(&mut self, method: u32, count: usize) -> Result<(), Error> {
        let Some(method) = self.program.methods.get(method as usize) else { return Ok(()) };
        let from = self.stack.len().saturating_sub(count);
        let at = from.saturating_sub(1);
        let (Some(receiver), Some(args)) = (self.stack.get(at), self.stack.get(from..)) else { return Ok(()) };
        let found = match receiver {
            Value::Null => Some(Value::Null),
            Value::Block(block) if args.is_empty() && method.id == JavaMethod::ToString => {
                let block: &'r Block<'r> = block;
                Some(self.block_text(block)?)
            }
            receiver => host::call(self.roots, self.arena, receiver, method.id, args)?,
        };
        let value = match found {
            Some(value) => value,
            None => {
                let receiver = self.stack.get(at).cloned().unwrap_or(Value::Null);
                self.note_missing(Code::UnknownMethod, &receiver, &method.name);
                Value::Null
            }
        };
        self.stack.truncate(at);
        self.push(value);
        Ok(())
    }

    pub(super) fn call_path(&mut self, receiver: &Value<'r>, call: u32) -> Result<(), Error> {
        let Some(call) = self.program.paths.get(call as usize) else { return Ok(()) };
        let value = match receiver {
            Value::Null => Value::Null,
            Value::Host(Host::Input) => match &call.path {
                Ok(path) => self.roots.find(call.method, path, call.place)?,
                Err(error) => return Err(Error::new(error.code(), error.detail())),
            },
            other => {
                let args = [Value::str(&call.text)];
                match host::call(self.roots, self.arena, other, call.method, &args)? {
                    Some(value) => value,
                    None => {
                        self.note_missing(Code::UnknownMethod, other, call.method.name());
                        Value::Null
                    }
                }
            }
        };
        if value.is_null() {
            self.note_here(Code::PathNotFound, format!("`{}` finds nothing in the payload", call.text));
        }
        self.push(value);
        Ok(())
    }
}
