//! The scenarios that come with the package.

use bufferevent::sim;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::value::{Result, plain};

/// One lesson, without its texts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct LessonInfo {
    /// Its place in the course, from 1.
    number: u32,
    /// What its texts are kept under.
    id: &'static str,
    /// A condition: the first record that it finds is the one to predict.
    hinge: &'static str,
    /// What to play: a scenario as JSON.
    scenario: String,
    /// The same experiment, broken in the one way that the lesson is about.
    break_it: String,
}

/// Every lesson, in order.
#[wasm_bindgen(unchecked_return_type = "LessonInfo[]")]
pub fn lessons() -> Result<JsValue> {
    let info = |lesson: sim::OldLesson| LessonInfo {
        number: lesson.number,
        id: lesson.id,
        hinge: lesson.hinge,
        scenario: lesson.scenario.to_json(),
        break_it: lesson.break_it.to_json(),
    };
    plain(&sim::lessons().into_iter().map(info).collect::<Vec<_>>())
}

/// The scenario to show somebody who chose nothing, as JSON.
#[must_use]
#[wasm_bindgen(js_name = defaultScenario)]
pub fn default_scenario() -> String {
    sim::Scenario::first().to_json()
}
