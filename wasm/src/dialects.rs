//! Which libevents the engine can be.

use bufferevent::Dialect;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::value::{Result, plain};

/// One libevent that the engine can be.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct DialectInfo {
    /// What scenarios and `setDialect` call it.
    name: Dialect,
    /// The version that it was measured with, such as 1.4.15.
    libevent: &'static str,
}

/// Every libevent that the engine can be, oldest first.
#[wasm_bindgen(unchecked_return_type = "DialectInfo[]")]
pub fn dialects() -> Result<JsValue> {
    plain(&Dialect::ALL.map(|name| DialectInfo { name, libevent: name.libevent() }))
}
