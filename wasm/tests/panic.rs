//! A panic in a browser. In a file of its own: afterwards nothing in the same wasm can panic again and be reported.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bufferevent_wasm::{Simulation, default_scenario, set_panic_handler};
use js_sys::{Array, Error, Function};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn simulation() -> Simulation {
    Simulation::new(&default_scenario().into()).expect("it comes with the package")
}

#[wasm_bindgen_test]
fn a_panic_is_an_error_that_says_where_and_leaves_the_rest_usable() {
    let mut before = simulation();
    let told = Array::new();
    let list = told.clone();
    let handler = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
        list.push(&message);
    });
    let handler: Function = handler.into_js_value().unchecked_into();
    set_panic_handler(&handler).unwrap();
    let fault = Closure::<dyn Fn()>::new(|| panic!("on purpose"));
    let fault: Function = fault.into_js_value().unchecked_into();
    let thrown = fault.call0(&JsValue::UNDEFINED).unwrap_err();
    set_panic_handler(&JsValue::UNDEFINED).unwrap();
    let message = String::from(thrown.dyn_into::<Error>().expect("an Error").message());
    assert!(message.starts_with("the engine panicked at "), "{message}");
    assert!(message.contains("panic.rs:") && message.ends_with(": on purpose"), "{message}");
    assert_eq!(told.get(0), JsValue::from(&message));
    before.picture(10.0).unwrap();
    assert_eq!(simulation().length(), before.length());
}
