//! The ways that an experiment went: what each is, where an action would begin another, and letting one go.

use std::fmt;

use super::action::{Act, Action, ScriptStep};
use super::budget::Truncation;
use super::experiment::{Experiment, Run};
use super::{Scenario, ScenarioError, edited};
use crate::Step;
use crate::recording::DirectionPicture;
use crate::said::{Said, said};

/// One way that the experiment went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The branch it left, which has a lower number; none for the first.
    pub parent: Option<usize>,
    /// The last position that it shares with the parent.
    pub at: u64,
    /// What made it, as JSON, such as `{"peer_send":"x"}`; empty for the first.
    pub label: String,
    /// What had been set before, in the same words; empty where nothing was replaced.
    pub was: String,
    /// The position after its last record.
    pub length: u64,
    /// Where whoever looks at it was last.
    pub position: u64,
    /// All of it.
    pub scenario: Scenario,
}

/// Where something that is done at a position takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// After this position.
    pub position: u64,
    /// The pass that ends there, where it is one.
    pub pass: Option<u64>,
    /// It is the end of the branch: nothing forks.
    pub at_end: bool,
}

/// Why something cannot be done with an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActError {
    /// The scenario would not be valid.
    Invalid(ScenarioError),
    /// The budget is used up: nothing can be added at the end.
    Full(Truncation),
    /// There is no branch with this number.
    NoBranch(usize),
    /// There are so many branches that no more are made.
    TooManyBranches(usize),
    /// The first branch is what the others left: it stays.
    FirstBranch,
}

impl From<&ActError> for Said {
    fn from(error: &ActError) -> Self {
        match error {
            ActError::Invalid(error) => error.into(),
            ActError::Full(truncation) => said!("nothing can be added: ").then(truncation),
            ActError::NoBranch(number) => said!("there is no branch {}", number),
            ActError::TooManyBranches(most) => said!("there are {} branches already", most),
            ActError::FirstBranch => said!("the first branch cannot be deleted"),
        }
    }
}

impl fmt::Display for ActError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl std::error::Error for ActError {}

impl From<ScenarioError> for ActError {
    fn from(error: ScenarioError) -> Self {
        Self::Invalid(error)
    }
}

impl Branch {
    pub(super) const fn first(scenario: Scenario) -> Self {
        let label = String::new();
        let was = String::new();
        Self { parent: None, at: 0, label, was, length: 0, position: 0, scenario }
    }
}

impl Experiment {
    /// Where something that is [done](Self::act) at a position takes effect: at the end of the pass or of the step of the
    /// script that the position lies in.
    #[must_use]
    pub fn effect(&self, position: u64) -> Effect {
        let boundary = self.run.boundary(position);
        let recording = self.recording();
        let began = |at: &u64| match recording.record_at(*at)?.step {
            Step::PassBegan { pass } => Some(pass),
            _ => None,
        };
        // Only a turn has passes, and then one of them ends here.
        let pass = (boundary.place.passes > 0)
            .then(|| (1..=boundary.position).rev().find_map(|at| began(&at)))
            .flatten();
        Effect { position: boundary.position, pass, at_end: boundary.position == recording.end_position() }
    }

    /// The positions at the ends of the set-up and of each step of the script that has run.
    #[must_use]
    pub fn step_ends(&self) -> Vec<u64> {
        self.boundaries().iter().filter(|cut| cut.ends_step).map(|cut| cut.position).collect()
    }

    /// Runs another scenario as a branch from the start: this one, edited.
    ///
    /// # Errors
    /// [`ActError::TooManyBranches`].
    pub fn edit(&mut self, scenario: Scenario) -> Result<(), ActError> {
        let did = edited::did(self.scenario(), &scenario);
        self.branch(scenario, 0, did)
    }

    /// Notes where whoever looks at the current branch is.
    pub fn remember(&mut self, position: u64) {
        self.branches[self.current].position = position;
    }

    /// Lets a branch go. Those that left it go on from where it left its own parent, which is gone to where it was the
    /// current one. The numbers of later branches are one less then.
    ///
    /// # Errors
    /// [`ActError::NoBranch`] when it is not there, [`ActError::FirstBranch`] when it is the first.
    pub fn delete(&mut self, number: usize) -> Result<(), ActError> {
        let branch = self.branches.get(number).ok_or(ActError::NoBranch(number))?;
        let (parent, at) = (branch.parent.ok_or(ActError::FirstBranch)?, branch.at);
        if self.current == number {
            self.switch_to(parent)?;
        }
        self.branches.remove(number);
        self.current -= usize::from(self.current > number);
        for later in &mut self.branches[number..] {
            if later.parent == Some(number) {
                (later.parent, later.at) = (Some(parent), later.at.min(at));
            } else if later.parent > Some(number) {
                later.parent = later.parent.map(|it| it - 1);
            }
        }
        Ok(())
    }

    /// What a step of the script replaces, as that step would set it: the marks. Empty for every other.
    pub(super) fn before(&mut self, position: u64, step: &ScriptStep) -> String {
        let ScriptStep::Action(Action { of, what: Act::SetWatermark { read, write } }) = step else {
            return String::new();
        };
        let name = self.scenario().bufferevents.get(of.unwrap_or(0)).map(|it| it.name.clone());
        let picture = self.recording_mut().seek(position);
        let called = |number: &u64| picture.names.bufferevents.get(number) == name.as_ref();
        let mut found = picture.connections.iter().filter(|(number, _)| of.is_none() || called(number));
        let Some((_, connection)) = found.next() else { return String::new() };
        let marks = |marks: DirectionPicture| serde_json::json!({ "low": marks.low, "high": marks.high });
        let mut was = serde_json::Map::new();
        if read.is_some() {
            was.insert("read".to_owned(), marks(connection.read));
        }
        if write.is_some() {
            was.insert("write".to_owned(), marks(connection.write));
        }
        serde_json::json!({ "set_watermark": was }).to_string()
    }

    /// An experiment with these ways, of which one is looked at.
    pub(super) fn with_branches(mut branches: Vec<Branch>, current: usize, budget: super::Budget) -> Self {
        let run = Run::new(branches[current].scenario.clone(), budget);
        branches[current].length = run.recording.end_position();
        Self { budget, branches, current, run }
    }
}
