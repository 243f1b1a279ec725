//! What becomes of a panic: an `Error` that says where, thrown to whoever called.
//!
//! A panic is a fault of this project. In wasm it cannot unwind, so the object whose method was running stays locked:
//! each later call of its methods throws. Everything else goes on, and a new object can be made, for example a
//! `Simulation` from the last scenario that was asked for. Only the first panic says where: one that follows comes as
//! the browser's own `RuntimeError`.

use std::cell::RefCell;
use std::panic::PanicHookInfo;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsValue, throw_val};

use crate::value::{Result, function};

thread_local! {
    static HANDLER: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
}

/// Calls this with the message when the engine panics, before the `Error` is thrown. The message names the file and
/// the line. `undefined` takes the handler away.
///
/// The object whose method was running is lost, and each later call of its methods throws; others are not touched.
///
/// @throws When it is something else than a function.
#[wasm_bindgen(js_name = setPanicHandler)]
pub fn set_panic_handler(
    #[wasm_bindgen(unchecked_param_type = "((message: string) => void) | undefined")] handler: &JsValue,
) -> Result<()> {
    let handler = function(handler, "the handler")?;
    // After a panic the hook can no longer be set, and is there.
    if !std::thread::panicking() {
        install();
    }
    HANDLER.with(|place| *place.borrow_mut() = handler);
    Ok(())
}

/// Panics, as a fault of the engine would: to try what your page does then.
///
/// Afterwards the engine goes on, but of another panic in the same page only a `RuntimeError` is left.
///
/// @throws Always.
#[wasm_bindgen(js_name = panicOnPurpose)]
pub fn panic_on_purpose() {
    panic!("on purpose");
}

/// From now on a panic is thrown as an `Error`.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let message = message(info);
        let handler = HANDLER.with(|handler| handler.borrow().clone());
        if let Some(handler) = handler {
            // What the handler throws must not hide the panic.
            let _thrown = handler.call1(&JsValue::UNDEFINED, &JsValue::from_str(&message));
        }
        throw_val(js_sys::Error::new(&message).into());
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    match info.location() {
        Some(place) => format!("the engine panicked at {}:{}: {text}", place.file(), place.line()),
        None => format!("the engine panicked: {text}"),
    }
}
