//! Between Rust and JavaScript: plain objects, texts, positions and errors.
//!
//! A function that takes a text or a number takes any value and asks here whether it is one: the code that wasm-bindgen makes for a
//! `&str` believes whatever it is given, and reads the wrong memory; what is no number is none of the browser's to tell.

use std::fmt::Display;

use bufferevent::{Said, recording};
use js_sys::{Function, JsString, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsError, JsValue};

/// What a function gives that can fail; the failure is an `Error`.
pub(crate) type Result<T> = std::result::Result<T, JsValue>;

/// A plain object with these fields.
///
/// By way of JSON, which the package needs anyway: the browser parses it faster than it takes calls, one a field.
pub(crate) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue> {
    let text = recording::to_json(value).map_err(error)?;
    js_sys::JSON::parse(&text).map_err(|_| error("the value is no JSON"))
}

/// A plain object from JavaScript, or its JSON text, as the value it stands for. `what` names it in an error.
pub(crate) fn from_plain<T: DeserializeOwned>(value: &JsValue, what: &str) -> Result<T> {
    recording::from_json(json(value, what)?.as_bytes())
        .map_err(|problem| error(format!("this is no {what}: {problem}")))
}

/// The JSON text of an object from JavaScript, or what is its text already. `what` names it in an error.
pub(crate) fn json(value: &JsValue, what: &str) -> Result<String> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    if !value.is_object() {
        return Err(error(format!(
            "this is no {what}: {}, neither an object nor its JSON text",
            named(value)
        )));
    }
    let text = js_sys::JSON::stringify(value)
        .map_err(|thrown| error(format!("this is no {what}: {}", message(&thrown))))?;
    // An object whose `toJSON` gives nothing has no text.
    let text = JsValue::from(text).as_string();
    text.ok_or_else(|| error(format!("this is no {what}: an object that has no JSON text")))
}

/// A text from JavaScript. `what` names it in an error.
pub(crate) fn text(value: &JsValue, what: &str) -> Result<String> {
    value.as_string().ok_or_else(|| error(format!("{what} is {}, and no text", named(value))))
}

#[wasm_bindgen]
extern "C" {
    type TextEncoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;

    /// A proxy of nothing throws.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool>;

    #[wasm_bindgen(method)]
    fn encode(this: &TextEncoder, text: &JsString) -> Uint8Array;
}

/// The same of a text that may be long: it is encoded in one call. wasm-bindgen's way goes through it unit by unit, which took a
/// fifth of the time that a recording takes to read.
pub(crate) fn long_text(value: &JsValue, what: &str) -> Result<String> {
    let Some(text) = value.dyn_ref::<JsString>() else { return text(value, what) };
    String::from_utf8(TextEncoder::new().encode(text).to_vec()).map_err(error)
}

/// A function from JavaScript, or nothing. `what` names it in an error.
pub(crate) fn function(value: &JsValue, what: &str) -> Result<Option<Function>> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let function = value.dyn_ref::<Function>().cloned();
    function.map(Some).ok_or_else(|| error(format!("{what} is {}, and no function", named(value))))
}

/// What was thrown, in its own words where it has some.
pub(crate) fn message(thrown: &JsValue) -> String {
    let error = thrown.dyn_ref::<js_sys::Error>().map(|error| JsValue::from(error.message()));
    error.and_then(|message| message.as_string()).unwrap_or_else(|| format!("{} was thrown", named(thrown)))
}

/// A value as an error names it.
fn named(value: &JsValue) -> String {
    match value {
        _ if value.is_undefined() => "undefined".to_owned(),
        _ if value.is_null() => "null".to_owned(),
        _ if value.is_function() => "a function".to_owned(),
        _ if is_array(value).unwrap_or(false) => "a list".to_owned(),
        _ if value.is_object() => "an object".to_owned(),
        _ if value.is_symbol() => "a symbol".to_owned(),
        _ if value.is_bigint() => "a bigint".to_owned(),
        _ if value.is_string() => "a text".to_owned(),
        _ => match (value.as_f64(), value.as_bool()) {
            // In JavaScript's words: Rust's are `inf`, and 300 digits where there is an exponent.
            (Some(number), _) => js_sys::Number::from(number)
                .to_string_with_radix(10)
                .map_or_else(|_| number.to_string(), String::from),
            (_, Some(flag)) => flag.to_string(),
            _ => "a value of another kind".to_owned(),
        },
    }
}

/// An `Error` with this message.
pub(crate) fn error(problem: impl Display) -> JsValue {
    JsError::new(&problem.to_string()).into()
}

/// An `Error` for what the engine refused. Beside its message, which is in English, it has the same as `said`.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
pub(crate) fn refused<E>(problem: E) -> JsValue
where
    for<'a> Said: From<&'a E>,
{
    refusal(&Said::from(&problem))
}

fn refusal(said: &Said) -> JsValue {
    let error = error(said);
    if let Ok(said) = plain(said) {
        // It is an object that anything can be set of.
        let _set = Reflect::set(&error, &"said".into(), &said);
    }
    error
}

/// The same where something was said of it, and nothing thrown.
pub(crate) fn said<P>(problem: Option<&P>) -> Result<JsValue>
where
    for<'a> Said: From<&'a P>,
{
    problem.map_or(Ok(JsValue::UNDEFINED), |problem| plain(&Said::from(problem)))
}

/// A position or a count as JavaScript has it: every one is exact below 2^53.
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}

/// A position from JavaScript.
pub(crate) fn position(value: &JsValue) -> Result<u64> {
    exact(value, "the position")
}

/// What is counted as positions are: what is below 0 is 0, and none is above the largest exact number. `what` names it in an error.
pub(crate) fn exact(value: &JsValue, what: &str) -> Result<u64> {
    let given = value.as_f64().filter(|it| !it.is_nan());
    let given = given.ok_or_else(|| error(format!("{what} is {}, and no number", named(value))))?;
    Ok((given as u64).min((1 << 53) - 1))
}

/// The same, where nothing may be given.
pub(crate) fn optional_exact(value: &JsValue, what: &str) -> Result<Option<u64>> {
    let none = value.is_undefined() || value.is_null();
    if none { Ok(None) } else { exact(value, what).map(Some) }
}

/// A count from JavaScript. `what` names it in an error.
pub(crate) fn count(value: &JsValue, what: &str) -> Result<u32> {
    let whole = value.as_f64().filter(|it| it.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(it));
    let problem = || error(format!("{what} is {}, and no whole number from 0 to {}", named(value), u32::MAX));
    whole.map(|it| it as u32).ok_or_else(problem)
}
