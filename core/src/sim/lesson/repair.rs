//! A broken program, changed in one place: whether that mends it, for each of its inputs.

use serde::Serialize;

use super::super::error::{at, within};
use super::super::json::{Json, Place};
use super::super::{Experiment, Scenario, ScenarioError};
use super::read::changes;
use super::{BUDGET, Field, Lesson, REPAIR, Repair, Shows, Source};
use crate::Dialect;
use crate::said::{phrase, said};

/// What a field is changed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A number.
    Number(u32),
    /// One of its options, by its id.
    Option(String),
}

impl Change {
    /// Reads changes as a lesson's solutions have them: `{"high": 16}`, or `{"take": "all"}`.
    ///
    /// # Errors
    /// When they are none.
    pub fn from_json(text: &str) -> Result<Vec<(String, Self)>, ScenarioError> {
        changes(&Json::parse(text.as_bytes())?, &Place::Top)
    }
}

/// What became of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Which goals were missed, of which inputs. The repair holds when there are none.
    pub failed: Vec<Failure>,
    /// The program as it is now with each of the inputs, its own first.
    pub scenarios: Vec<Scenario>,
}

/// A goal that was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Failure {
    /// The input: 0 is the scenario's own script.
    pub input: usize,
    /// The goal.
    pub goal: String,
}

impl Repaired {
    /// Whether every goal is met with every input.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.failed.is_empty()
    }
}

impl Lesson {
    /// Runs the repairable program with these changes, each of a field by its id, as this libevent; as its own where none
    /// is said.
    ///
    /// # Errors
    /// When there is no such field or option, or the program is none with it.
    pub fn repair(
        &self,
        changes: &[(String, Change)],
        dialect: Option<Dialect>,
    ) -> Result<Repaired, ScenarioError> {
        let (Some(repair), Some(source)) = (&self.repair, self.source(REPAIR)) else {
            return Err(at("repair", said!("this lesson has nothing to repair")));
        };
        repair.run(source, changes, dialect.unwrap_or(source.scenario.dialect))
    }
}

impl Repair {
    pub(super) fn run(
        &self,
        source: &Source,
        changes: &[(String, Change)],
        dialect: Dialect,
    ) -> Result<Repaired, ScenarioError> {
        let mut json = source.json.clone();
        for (id, change) in changes {
            let there = self.fields.iter().map(|field| field.id.as_str());
            let field = self.fields.iter().find(|field| field.id == *id);
            let field = field.ok_or_else(|| Place::Top.unknown(phrase!("field"), id, there))?;
            field.apply(&mut json, change)?;
        }
        let mut repaired = Repaired { failed: Vec::new(), scenarios: Vec::new() };
        for input in 0..=self.inputs.len() {
            if let Some(script) = input.checked_sub(1).and_then(|other| self.inputs.get(other)) {
                json.put("script", script.clone());
            }
            let place = match input.checked_sub(1) {
                None => source.place.clone(),
                Some(other) => format!("repair.inputs[{other}]"),
            };
            json.put("dialect", dialect.as_str().into());
            let scenario = Scenario::from_value(&json).map_err(|error| within(&place, error))?;
            let mut run = Experiment::with_budget(scenario.clone(), BUDGET);
            // One that never ends reaches nothing, whatever happened in it.
            let endless = run.truncated().is_some();
            let missed = self.goals.iter().filter(|(_, goal)| endless || !goal.is_met(&mut run));
            repaired.failed.extend(missed.map(|(goal, _)| Failure { input, goal: goal.clone() }));
            repaired.scenarios.push(scenario);
        }
        Ok(repaired)
    }
}

impl Field {
    fn apply(&self, json: &mut Json, change: &Change) -> Result<(), ScenarioError> {
        let value = match (&self.options, change) {
            (None, Change::Number(number)) => Json::from(*number),
            (Some(options), Change::Option(id)) => {
                let value = options.iter().find(|(option, _)| option == id).map(|(_, value)| value.clone());
                let there = options.iter().map(|(id, _)| id.as_str());
                value.ok_or_else(|| Place::Top.unknown(phrase!("option"), id, there))?
            }
            (None, Change::Option(_)) => return Err(at(&self.id, said!("a number is typed here"))),
            (Some(_), Change::Number(_)) => {
                return Err(at(&self.id, said!("one of its options is chosen here")));
            }
        };
        match json.pointer_mut(&self.path) {
            Some(there) => *there = value,
            None => return Err(at(&self.place, said!("{} leads to nothing in the scenario", self.path))),
        }
        Ok(())
    }
}

impl Shows {
    /// Whether the run shows it.
    pub(super) fn is_met(&self, run: &mut Experiment) -> bool {
        let recording = run.recording_mut();
        match self {
            Self::Never(condition) => recording.next_match(0, condition).is_none(),
            Self::Happens(condition) => recording.next_match(0, condition).is_some(),
            Self::End(condition) => condition.holds(recording.end()) == Some(true),
        }
    }
}
