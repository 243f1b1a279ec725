//! The engine in a browser: what a page needs to play a simulation, a recording or a live server.
//!
//! - `simulation`, `recording`, `live` - the three things that can be played; `track` - what they share.
//! - `mirror` - what `live` makes of a server's messages, without its socket.
//! - feature `study`: `study` - what can be asked of what was played; `lesson` - what a lesson asks and what is right.
//! - `dialects` - the libevents that there are.
//! - `value` - from Rust to JavaScript: plain objects, positions, errors; `panic` - what becomes of a panic.
//! - `types` - the TypeScript types, written from the Rust types by a test.
//!
//! Deliberately absent: any behaviour. What happens is decided in the crate `bufferevent`, natively as here.

mod dialects;
#[cfg(feature = "study")]
mod lesson;
mod live;
mod mirror;
mod panic;
mod recording;
mod simulation;
#[cfg(feature = "study")]
mod study;
mod track;
mod types;
mod value;

use wasm_bindgen::prelude::wasm_bindgen;

pub use dialects::dialects;
#[cfg(feature = "study")]
pub use lesson::Lesson;
pub use live::Live;
pub use panic::{panic_on_purpose, set_panic_handler};
pub use recording::Recording;
pub use simulation::{Simulation, default_scenario, scenario_problem};

/// Runs when the module is loaded.
#[wasm_bindgen(start, private)]
fn start() {
    panic::install();
}

/// The version of the engine.
#[must_use]
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The version of records, pictures and recordings as JSON.
#[must_use]
#[wasm_bindgen]
pub fn schema() -> u32 {
    bufferevent::recording::SCHEMA
}

/// The digest of the engine's sources that this was compiled from. Two with the same digest record the same lines.
#[must_use]
#[wasm_bindgen(js_name = sourceDigest)]
pub fn source_digest() -> String {
    bufferevent::recording::SOURCE_DIGEST.to_owned()
}
