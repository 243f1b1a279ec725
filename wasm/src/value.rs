//! From Rust to JavaScript: plain objects, positions and errors.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsError, JsValue};

/// What a function gives that can fail; the failure reaches JavaScript as an `Error`.
pub(crate) type Result<T> = std::result::Result<T, JsError>;

/// A plain object with these fields.
///
/// By way of JSON, which the package needs anyway: the browser parses it faster than it takes calls, one a field.
pub(crate) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue> {
    let text = serde_json::to_string(value).map_err(error)?;
    js_sys::JSON::parse(&text).map_err(|_| JsError::new("the value is no JSON"))
}

/// A plain object from JavaScript as JSON text; a text is that text. What cannot be written is nothing, which is no JSON.
pub(crate) fn json_text(value: &JsValue) -> String {
    let written = || js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
    value.as_string().or_else(written).unwrap_or_default()
}

/// A plain object from JavaScript, or its JSON text, as the value it stands for. `what` names it in an error.
pub(crate) fn from_plain<T: DeserializeOwned>(value: &JsValue, what: &str) -> Result<T> {
    serde_json::from_str(&json_text(value)).map_err(|problem| error(format!("this is no {what}: {problem}")))
}

/// An `Error` with this message.
pub(crate) fn error(problem: impl Display) -> JsError {
    JsError::new(&problem.to_string())
}

/// A position or a count as JavaScript has it: every one is exact below 2^53.
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}

/// A position from JavaScript: what is below 0 or no number is 0, and none is above the largest exact number.
pub(crate) fn position(value: f64) -> u64 {
    (value as u64).min((1 << 53) - 1)
}
