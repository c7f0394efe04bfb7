//! The engine as a WebAssembly module with a plain ABI: `alloc`, `free`, `call`. README.md describes it.
//!
//! The module imports nothing. It is not made for threads: a host has one instance for each.

use std::cell::RefCell;
use vtl_data::{Answer, Session};

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    session: Session,
    /// The last answer: the lengths of its two parts, then the parts.
    answer: Vec<u8>,
}

/// Returns the address of `len` new bytes, which the host frees with [`free`].
#[unsafe(no_mangle)]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    let bytes: Box<[u8]> = vec![0; len].into_boxed_slice();
    Box::into_raw(bytes).cast()
}

/// Frees bytes of [`alloc`].
///
/// # Safety
/// `address` and `len` are those of one call of [`alloc`], not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(address: *mut u8, len: usize) {
    // SAFETY: the host returns what `alloc` made, once.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(address, len)) });
}

/// Answers the request of `len` bytes at `address`.
///
/// # Safety
/// The bytes are in the module's memory, and initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(address: *const u8, len: usize) -> *const u8 {
    // SAFETY: the host wrote the request there.
    let request = unsafe { std::slice::from_raw_parts(address, len) };
    answer(request, None)
}

/// Answers the request of `len` bytes at `address`, behind which stand `payload` bytes of the body.
///
/// # Safety
/// The bytes are in the module's memory, and initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call_with_payload(address: *const u8, len: usize, payload: usize) -> *const u8 {
    // SAFETY: the host wrote the request there, and the payload behind it.
    let whole = unsafe { std::slice::from_raw_parts(address, len + payload) };
    let (request, payload) = whole.split_at(len);
    answer(request, Some(payload))
}

/// Renders a compiled template with the values of its slots, which stand with the payload in `len` bytes at
/// `address`.
///
/// # Safety
/// The bytes are in the module's memory, and initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn render(template: u32, address: *const u8, len: usize) -> *const u8 {
    // SAFETY: the host wrote the values there.
    let data = unsafe { std::slice::from_raw_parts(address, len) };
    keep(|session| session.render_slots(template.into(), data))
}

fn answer(request: &[u8], payload: Option<&[u8]>) -> *const u8 {
    keep(|session| session.respond(request, payload))
}

/// Keeps the answer until the next call, and returns its address.
fn keep(ask: impl FnOnce(&mut Session) -> Answer) -> *const u8 {
    STATE.with_borrow_mut(|state| {
        let answer = ask(&mut state.session);
        let output = answer.output.unwrap_or_default();
        // A large answer does not stay.
        if state.answer.capacity() > 1 << 20 {
            state.answer = Vec::new();
        }
        state.answer.clear();
        for part in [answer.json.len(), output.len()] {
            state.answer.extend_from_slice(&u32::try_from(part).unwrap_or(u32::MAX).to_le_bytes());
        }
        state.answer.extend_from_slice(&answer.json);
        state.answer.extend_from_slice(output.as_bytes());
        state.answer.as_ptr()
    })
}
