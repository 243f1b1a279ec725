//! A lesson: its questions, tasks, numbers and repair, answered by running it.

use std::collections::BTreeMap;

use bufferevent::sim;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::simulation::{Simulation, dialect_of};
use crate::value::{Result, error, json, plain, position, refused};

/// What became of a repair.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct Repaired {
    /// Every goal is met with every input.
    holds: bool,
    /// The goals that were missed.
    failed: Vec<sim::Failure>,
    /// The program with the changes as JSON, once with each input; its own script is the first.
    scenarios: Vec<String>,
}

/// A lesson whose files stand inline: a file of the site's `lessons/`, or what `cargo xtask lesson pack` writes.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Lesson {
    lesson: sim::Lesson,
}

#[wasm_bindgen]
impl Lesson {
    /// Reads a lesson, an object or its JSON text.
    ///
    /// @throws When it is no lesson; the message names the place.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "object | string")] lesson: &JsValue) -> Result<Self> {
        let lesson = sim::Lesson::from_json(&json(lesson, "lesson")?).map_err(error)?;
        Ok(Self { lesson })
    }

    /// What links call it.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.lesson.id().to_owned()
    }

    /// Its place in the course, from 1; 0 is none.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn number(&self) -> u32 {
        self.lesson.number()
    }

    /// The libevents in which all of it holds.
    #[must_use]
    #[wasm_bindgen(getter, unchecked_return_type = "Dialect[]")]
    pub fn dialects(&self) -> Vec<String> {
        self.lesson.dialects().iter().map(ToString::to_string).collect()
    }

    /// One of its scenarios as JSON: `lesson`, `break`, `repair`, or that of a prediction with one of its own, by its id.
    #[must_use]
    pub fn scenario(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue,
    ) -> Option<String> {
        self.lesson.scenario(&name.as_string()?).map(sim::Scenario::to_json)
    }

    /// The predictions about what this simulation runs, as whatever libevent, with what its records answer. One that does
    /// not come up in it is left out.
    #[wasm_bindgen(unchecked_return_type = "Asked[]")]
    pub fn predictions(&self, simulation: &mut Simulation) -> Result<JsValue> {
        plain(&self.lesson.predictions(simulation.experiment_mut()))
    }

    /// How far each task was done in what lies up to this position.
    #[wasm_bindgen(unchecked_return_type = "Reached[]")]
    pub fn tasks(
        &self,
        simulation: &mut Simulation,
        #[wasm_bindgen(unchecked_param_type = "number")] furthest: &JsValue,
    ) -> Result<JsValue> {
        plain(&self.lesson.tasks(simulation.experiment_mut().recording_mut(), position(furthest)?))
    }

    /// The numbers that its texts name, as this libevent has them.
    ///
    /// @throws When there is no such libevent.
    #[wasm_bindgen(unchecked_return_type = "{ [name: string]: number }")]
    pub fn facts(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Dialect")] dialect: &JsValue,
    ) -> Result<JsValue> {
        let facts: BTreeMap<&str, u64> = self.lesson.facts(dialect_of(dialect)?);
        plain(&facts)
    }

    /// Runs the program that is to be repaired with these changes: of each field its number, or the id of an option. As
    /// the libevent of its scenario, or as another.
    ///
    /// @throws When there is no such field or option, or the program is none with it.
    #[wasm_bindgen(unchecked_return_type = "Repaired")]
    pub fn repair(
        &self,
        #[wasm_bindgen(unchecked_param_type = "{ [field: string]: number | string } | string")]
        changes: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Dialect")] dialect: &JsValue,
    ) -> Result<JsValue> {
        let named = !dialect.is_undefined() && !dialect.is_null();
        let dialect = named.then(|| dialect_of(dialect)).transpose()?;
        let changes = sim::Change::from_json(&json(changes, "change of the program")?).map_err(refused)?;
        let repaired = self.lesson.repair(&changes, dialect).map_err(refused)?;
        plain(&Repaired {
            holds: repaired.holds(),
            failed: repaired.failed,
            scenarios: repaired.scenarios.iter().map(sim::Scenario::to_json).collect(),
        })
    }
}
