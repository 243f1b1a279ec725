//! How far a reader has come with the tasks.

use serde::Serialize;

use super::super::{ActError, Experiment};
use super::{Acted, Deed, Lesson, Task};
use crate::recording::Recording;

/// How much of a task is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reached {
    /// Which task.
    pub id: String,
    /// How many of its conditions were met, one after the other.
    pub reached: usize,
    /// How many it has.
    pub of: usize,
}

impl Lesson {
    /// How far each task was done in what lies up to this position.
    pub fn tasks(&self, recording: &mut Recording, furthest: u64) -> Vec<Reached> {
        self.tasks.iter().map(|task| task.reached(recording, furthest)).collect()
    }
}

impl Task {
    /// The next condition may match the record of the one before.
    pub(super) fn reached(&self, recording: &mut Recording, furthest: u64) -> Reached {
        let mut reached = 0;
        let mut from = 0;
        for condition in &self.when {
            let Some(at) = recording.next_match_until(from, furthest, condition) else { break };
            reached += 1;
            from = at - 1;
        }
        Reached { id: self.id.clone(), reached, of: self.when.len() }
    }
}

impl Reached {
    /// Whether all of it is done.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.reached == self.of
    }
}

impl Acted {
    /// Acts as it says.
    pub(super) fn apply(&self, experiment: &mut Experiment) -> Result<(), String> {
        let from = self.from.find(experiment.recording_mut(), 0);
        let mut at = from.ok_or("the run does not come to the point from which is acted")?;
        for deed in &self.steps {
            let done = match deed {
                Deed::Step(step) => experiment.act(at, step.clone()),
                Deed::Dialect(dialect) => experiment.set_dialect(*dialect).map(|()| 0),
            };
            done.map_err(|error: ActError| error.to_string())?;
            at = experiment.recording().end_position();
        }
        Ok(())
    }
}
