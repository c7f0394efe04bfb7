//! References: reading, calling, setting and printing.

use super::probe::Watch;
use super::state::{Flow, Vm};
use crate::builtins::{JavaMethod, property};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::host;
use crate::value::shape::fingerprint;
use crate::value::{Block, Host, Map, Text, Value, View, show};

/// Bytes of a text whose memory is given back when `#set` replaces it.
const LARGE: usize = 64 << 10;

/// Most bytes of a name that is looked up without a charge of its own.
const LONG_NAME: usize = 256;

/// Pushes a copy of a value; with `replace` it takes the place of the top. The common kinds are constructed
/// one by one: a generic 24-byte copy right after narrow stores would defeat store-to-load forwarding.
#[inline(always)]
pub(super) fn push_copy<'r>(stack: &mut Vec<Value<'r>>, replace: bool, value: &Value<'r>) {
    if replace {
        stack.truncate(stack.len().saturating_sub(1));
    }
    match value {
        Value::Int(i) => stack.push(Value::Int(*i)),
        Value::Bool(b) => stack.push(Value::Bool(*b)),
        Value::Map(map) => stack.push(Value::Map(map)),
        Value::Str(Text::Borrowed(text)) => stack.push(Value::str(text)),
        other => stack.push(other.clone()),
    }
}

impl<'r, W: Watch> Vm<'r, W> {
    /// Writes a value, or the text `null` for null. Returns the control flow of a block that leaves the body.
    pub(super) fn write(&mut self, value: &Value<'r>, null: &str) -> Result<Option<Flow>, Error> {
        match value {
            Value::Str(text) => self.out.push(text)?,
            Value::Int(i) => self.out.push(itoa::Buffer::new().format(*i))?,
            Value::Null => self.out.push(null)?,
            Value::Block(block) if self.print_block(block)? => {}
            Value::Block(block) => match self.render_block(block)? {
                (_, flow @ (Flow::Stop | Flow::BreakScope(_))) => return Ok(Some(flow)),
                (false, _) => self.out.push(null)?,
                _ => {}
            },
            host if host::is_silent(host) => {}
            other => {
                self.note_java_form(other);
                let arena = self.arena;
                let rendered = self.render_nested_blocks(other, 0)?;
                let shown = rendered.as_ref().unwrap_or(other);
                self.out.write(|out, most| show::show_at_most(arena, shown, out, most))?;
            }
        }
        Ok(None)
    }

    /// Writes a reference with backslashes or other marks before its `$`.
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
            // A block that stops at its depth is written as null is.
            let stopped = format!("{0}{0}{1}{literal}", mark.backslashes, mark.text);
            return self.write(value, &stopped);
        }
        self.out.push(&mark.backslashes)?;
        if value.is_null() {
            // Velocity writes the backslashes of a null reference twice.
            self.out.push(&mark.backslashes)?;
        }
        self.out.push(&mark.text)?;
        self.write(value, literal)
    }

    /// Executes `#set($x = value)`; ignores null.
    pub(super) fn store(&mut self, slot: u32, value: Value<'r>) {
        if value.is_null() {
            self.note_ignored();
            return;
        }
        if self.visible > 0 {
            self.write_variable(slot, value);
        } else if let Some(place) = self.slots.get_mut(slot as usize) {
            let replaced = std::mem::replace(place, value);
            self.give_back(&replaced);
        }
    }

    /// Gives back the memory of a large text that is about to be dropped, whose length was charged when it was
    /// made.
    fn give_back(&self, dropped: &Value<'r>) {
        if let Value::Str(text) = dropped {
            let freed = text.freed_by_drop();
            if freed >= LARGE {
                self.arena.budget.release(freed);
            }
        }
    }

    /// Pushes `$o.name` by the fast path: an inline-cached member of a payload object, or a property of
    /// `$foreach`. Without a slot the receiver is the top, which is replaced. Returns `false` and changes
    /// nothing for any other receiver.
    #[inline(always)]
    fn get_fast(&mut self, slot: Option<u16>, name: u32) -> bool {
        let receiver = match slot {
            Some(slot) => self.slots.get(usize::from(slot)),
            None => self.stack.last(),
        };
        let (Some(receiver), Some(property)) = (receiver, self.program.properties.get(name as usize)) else {
            return false;
        };
        match receiver {
            Value::Map(map) if property.getter != JavaMethod::GetClass => {
                let map: &'r Map<'r> = map;
                let cache = if self.number == 0 { self.caches.get_mut(name as usize) } else { None };
                let stack = &mut self.stack;
                let push = |value: &Value<'r>| push_copy(stack, slot.is_none(), value);
                map.with_member(&property.name, property.fingerprint, cache, push).is_some()
            }
            Value::View(View::Loop(state)) => {
                let value = match property.getter {
                    JavaMethod::GetHasNext => Value::Bool(state.has_next.get()),
                    JavaMethod::GetIndex => Value::Int(state.index.get()),
                    JavaMethod::GetCount => Value::Int(state.index.get().saturating_add(1)),
                    _ => return false,
                };
                push_copy(&mut self.stack, slot.is_none(), &value);
                true
            }
            _ => false,
        }
    }

    /// Pushes `$o.name` of a variable.
    pub(super) fn get_of(&mut self, slot: u16, name: u32) -> Result<(), Error> {
        if !self.get_fast(Some(slot), name) {
            let receiver = self.slots.get(usize::from(slot)).cloned().unwrap_or(Value::Null);
            let value = self.get(&receiver, name)?;
            self.push(value);
        }
        Ok(())
    }

    /// Replaces the top by its property.
    pub(super) fn get_top(&mut self, name: u32) -> Result<(), Error> {
        if !self.get_fast(None, name) {
            let receiver = self.pop();
            let value = self.get(&receiver, name)?;
            self.push(value);
        }
        Ok(())
    }

    /// Writes the string on top escaped as `$util.escapeJavaScript` does, if `$util` is below it.
    pub(super) fn emit_script(&mut self) -> Result<bool, Error> {
        let [.., Value::Host(Host::Util), Value::Str(text)] = self.stack.as_slice() else { return Ok(false) };
        let arena = self.arena;
        if !self.out.write(|out, _| host::write_script(arena, text, out))? {
            return Ok(false);
        }
        self.stack.truncate(self.stack.len() - 2);
        Ok(true)
    }

    /// Returns a property of a value.
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

    /// Returns `$o[key]`.
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

    /// Sets a property of a value.
    pub(super) fn put(&mut self, receiver: &Value<'r>, name: u32, value: Value<'r>) -> Result<(), Error> {
        let Some(property) = self.program.properties.get(name as usize) else { return Ok(()) };
        if receiver.is_null() || !property::set(self.arena, receiver, property, value)? {
            self.note_ignored();
        }
        Ok(())
    }

    /// Calls a method on the receiver and arguments on the stack, and replaces them by its result.
    #[inline(never)]
    pub(super) fn call(&mut self, method: u32, count: usize) -> Result<(), Error> {
        let Some(method) = self.program.methods.get(method as usize) else { return Ok(()) };
        if method.id == JavaMethod::Get && count == 1 && self.get_member_fast() {
            return self.arena.budget.charge(1);
        }
        let from = self.stack.len().saturating_sub(count);
        let at = from.saturating_sub(1);
        let (Some(receiver), Some(args)) = (self.stack.get(at), self.stack.get(from..)) else { return Ok(()) };
        let found = match receiver {
            Value::Null => Ok(Some(Value::Null)),
            Value::Block(block) if args.is_empty() && method.id == JavaMethod::ToString => {
                let block: &'r Block<'r> = block;
                self.block_text(block).map(Some)
            }
            receiver => host::call(self.roots, self.arena, receiver, method.id, args),
        };
        // Common kinds are copied one by one from where they are, as in `push_copy`.
        match found {
            Ok(Some(Value::View(view))) => self.put_result(at, Value::View(view)),
            Ok(Some(Value::Map(map))) => self.put_result(at, Value::Map(map)),
            Ok(Some(Value::Str(Text::Borrowed(text)))) => self.put_result(at, Value::str(text)),
            Ok(Some(other)) => self.put_result(at, other),
            Ok(None) => {
                let receiver = self.stack.get(at).cloned().unwrap_or(Value::Null);
                self.note_missing(Code::UnknownMethod, &receiver, &method.name);
                self.put_result(at, Value::Null);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Replaces the receiver at an index of the stack, and what is above it, by the result of a method.
    #[inline(always)]
    fn put_result(&mut self, at: usize, value: Value<'r>) {
        self.stack.truncate(at);
        self.push(value);
    }

    /// Replaces map and name on the stack by `$map.get($name)` if the fast path finds a member; otherwise
    /// returns `false` and changes nothing.
    fn get_member_fast(&mut self) -> bool {
        let [.., place, Value::Str(name)] = self.stack.as_mut_slice() else { return false };
        if name.len() > LONG_NAME {
            return false;
        }
        let &mut Value::Map(map) = place else { return false };
        let put = |value: &Value<'r>| match value {
            Value::Str(Text::Borrowed(text)) => *place = Value::str(text),
            other => *place = other.clone(),
        };
        let is_found = map.with_member(name, fingerprint(name.as_bytes()), None, put).is_some();
        if is_found {
            self.stack.truncate(self.stack.len() - 1);
        }
        is_found
    }

    /// Pushes the value of `$input.path('…')` or `.json('…')` with a literal path.
    pub(super) fn call_path(&mut self, receiver: &Value<'r>, call: u32) -> Result<(), Error> {
        let Some(call) = self.program.paths.get(call as usize) else { return Ok(()) };
        let value = match receiver {
            Value::Null => Value::Null,
            Value::Host(Host::Input) => match &call.path {
                Ok(path) => self.roots.find(call.method, path, call.capture)?,
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
        let is_input = matches!(receiver, Value::Host(Host::Input));
        if is_input && (self.roots.take_found_nothing() || value.is_null()) {
            self.note_path(call);
        }
        self.push(value);
        Ok(())
    }
}
