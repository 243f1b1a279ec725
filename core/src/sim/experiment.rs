//! A scenario run into a recording, that can be acted on at any point: acting in the past forks.
//!
//! A branch is its scenario and nothing else; the one that is looked at is kept run. Going to another runs that one
//! again, which gives the same records.

use std::collections::VecDeque;
use std::mem;

use super::acting::Notes;
use super::branch::{ActError, Branch};
use super::budget::{Budget, Limit, Truncation};
use super::following::Followed;
use super::{Scenario, ScriptStep, Simulation, TraceLine};
use crate::dialect::Rules;
use crate::recording::{Picture, Recording};
use crate::{Dialect, Record, Rule};

/// How many branches there may be.
pub(super) const MAX_BRANCHES: usize = 256;

/// A place in the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which step, from 1; 0 is the set-up.
    pub step: usize,
    /// How many passes of it are done, where it is a `turn`.
    pub passes: u32,
}

/// The end of a step of the script, or of a pass in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boundary {
    pub(super) position: u64,
    pub(super) place: Place,
    pub(super) ends_step: bool,
}

/// A scenario under observation.
#[derive(Debug)]
pub struct Experiment {
    pub(super) budget: Budget,
    /// Invariant: not empty.
    pub(super) branches: Vec<Branch>,
    pub(super) current: usize,
    pub(super) run: Run,
}

impl Experiment {
    /// Runs the scenario, as far as the budget of a page goes.
    #[must_use]
    pub fn new(scenario: Scenario) -> Self {
        Self::with_budget(scenario, Budget::PAGE)
    }

    /// Runs the scenario, as far as this budget goes.
    #[must_use]
    pub fn with_budget(scenario: Scenario, budget: Budget) -> Self {
        let rules = scenario.dialect.rules();
        Self::with_rules(scenario, budget, rules)
    }

    /// The same, by rules that may be none of the scenario's dialect.
    fn with_rules(scenario: Scenario, budget: Budget, rules: &'static Rules) -> Self {
        let run = Run::with_rules(scenario.clone(), budget, rules);
        let length = run.recording.end_position();
        Self { budget, branches: vec![Branch { length, ..Branch::first(scenario) }], current: 0, run }
    }

    /// Does this at a position, and gives the position before the first record of what follows.
    ///
    /// At the end of the branch it adds to the script. Anywhere before, a new branch begins: the script up to the
    /// end of the pass or step that the position lies in, then this. A branch that is there already is taken again.
    ///
    /// # Errors
    /// [`ActError`] when the step is not valid in this dialect, or when the budget is used up.
    pub fn act(&mut self, position: u64, step: ScriptStep) -> Result<u64, ActError> {
        let boundary = self.run.boundary(position);
        let at_end = boundary.position == self.run.recording.end_position();
        if at_end && let Some(truncation) = self.run.truncation {
            return Err(ActError::Full(truncation));
        }
        let label = self.scenario().step_to_json(&step);
        let was = if at_end { String::new() } else { self.before(boundary.position, &step) };
        let mut scenario = self.scenario().clone();
        if !at_end {
            cut(&mut scenario.script, boundary);
        }
        scenario.script.push(step.clone());
        scenario.check()?;
        if at_end {
            self.run.push(step);
            let branch = &mut self.branches[self.current];
            (branch.scenario, branch.length) = (scenario, self.run.recording.end_position());
        } else {
            self.branch(scenario, boundary.position, (label, was))?;
        }
        Ok(boundary.position)
    }

    /// One more pass at the end of the branch; gives the position before its first record.
    ///
    /// # Errors
    /// [`ActError::Full`] when the budget is used up.
    pub fn advance(&mut self) -> Result<u64, ActError> {
        self.act(self.run.recording.end_position(), ScriptStep::Turn(1))
    }

    /// Runs the same script as another libevent, as a branch from the start.
    ///
    /// # Errors
    /// [`ActError::Invalid`] names the setting that this dialect does not have.
    pub fn set_dialect(&mut self, dialect: Dialect) -> Result<(), ActError> {
        let mut scenario = self.scenario().clone();
        scenario.dialect = dialect;
        scenario.check()?;
        self.branch(scenario, 0, (format!("{{\"dialect\":\"{dialect}\"}}"), String::new()))
    }

    /// Runs the same script with other sizes of each socket's queues, as a branch from the start.
    ///
    /// # Errors
    /// [`ActError::Invalid`] when a capacity is 0.
    pub fn set_kernel(&mut self, kernel: super::KernelSpec) -> Result<(), ActError> {
        let mut scenario = self.scenario().clone();
        for spec in &mut scenario.bufferevents {
            if let super::KindSpec::Socket { kernel: sizes, .. } = &mut spec.kind {
                *sizes = kernel;
            }
        }
        let label = format!(
            "{{\"kernel\":{{\"rx_capacity\":{},\"tx_capacity\":{}}}}}",
            kernel.rx_capacity, kernel.tx_capacity
        );
        scenario.check()?;
        self.branch(scenario, 0, (label, String::new()))
    }

    /// The same script as another libevent, as an experiment of its own: to [compare](Self::counterpart) both.
    ///
    /// # Errors
    /// [`ActError::Invalid`] names the setting that this dialect does not have.
    pub fn in_dialect(&self, dialect: Dialect) -> Result<Self, ActError> {
        let mut scenario = self.scenario().clone();
        scenario.dialect = dialect;
        scenario.check()?;
        Ok(Self::with_budget(scenario, self.budget))
    }

    /// The script up to this step, as this libevent would run it with rules of another's: to find out which rules it was
    /// that made them part.
    pub(super) fn mixed(&self, rules: &[Rule], of: Dialect, steps: usize) -> Option<Self> {
        let mut scenario = self.scenario().clone();
        scenario.script.truncate(steps);
        let rules = scenario.dialect.with(rules, of)?;
        Some(Self::with_rules(scenario, self.budget, rules))
    }

    /// Goes to another branch.
    ///
    /// # Errors
    /// [`ActError::NoBranch`] when it is not there.
    pub fn switch_to(&mut self, branch: usize) -> Result<(), ActError> {
        let scenario = &self.branches.get(branch).ok_or(ActError::NoBranch(branch))?.scenario;
        if branch != self.current {
            self.run = Run::new(scenario.clone(), self.budget);
            self.current = branch;
            self.branches[branch].length = self.run.recording.end_position();
        }
        Ok(())
    }

    /// Another way from a position of the current one, by what was done, with what it was before that.
    pub(super) fn branch(
        &mut self,
        scenario: Scenario,
        at: u64,
        (label, was): (String, String),
    ) -> Result<(), ActError> {
        if let Some(there) = self.branches.iter().position(|branch| branch.scenario == scenario) {
            return self.switch_to(there);
        }
        if self.branches.len() >= MAX_BRANCHES {
            return Err(ActError::TooManyBranches(MAX_BRANCHES));
        }
        self.run = Run::new(scenario.clone(), self.budget);
        let length = self.run.recording.end_position();
        let parent = Some(self.current);
        self.branches.push(Branch { parent, at, label, was, length, position: at, scenario });
        self.current = self.branches.len() - 1;
        Ok(())
    }

    /// The scenario of the branch that is looked at, with everything that was done.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.branches[self.current].scenario
    }

    /// Every way that the experiment went, by number.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The number of the branch that is looked at.
    #[must_use]
    pub const fn current_branch(&self) -> usize {
        self.current
    }

    /// The records of the branch that is looked at.
    #[must_use]
    pub const fn recording(&self) -> &Recording {
        &self.run.recording
    }

    /// The same, to seek in.
    pub const fn recording_mut(&mut self) -> &mut Recording {
        &mut self.run.recording
    }

    /// The conformance trace of the branch, as far as it ran.
    #[must_use]
    pub fn trace(&self) -> &[TraceLine] {
        &self.run.trace
    }

    /// Where the branch stopped before the end of its script, and why.
    #[must_use]
    pub const fn truncated(&self) -> Option<Truncation> {
        self.run.truncation
    }

    /// The ends of steps and passes, in order; not empty.
    pub(super) fn boundaries(&self) -> &[Boundary] {
        &self.run.boundaries
    }

    /// The place in the script that the record at this position belongs to.
    #[must_use]
    pub fn place_of(&self, position: u64) -> Place {
        let first = self.run.boundaries.partition_point(|boundary| boundary.position < position);
        self.run.boundaries[first.min(self.run.boundaries.len() - 1)].place
    }

    /// The place of the scenario that made the record at this position: an action of a callback, or a step of the script,
    /// as [`Span::place`](super::Span::place) names it; none in the set-up.
    #[must_use]
    pub fn running(&self, position: u64) -> Option<String> {
        self.run.notes.place_at(position, self.scenario())
    }

    /// The position at the end of a step of the script; nothing when it has not run.
    #[must_use]
    pub fn end_of(&self, step: usize) -> Option<u64> {
        let ends =
            self.run.boundaries.iter().find(|boundary| boundary.ends_step && boundary.place.step == step);
        ends.map(|boundary| boundary.position)
    }
}

/// Takes away what comes after this point.
fn cut(script: &mut Vec<ScriptStep>, boundary: Boundary) {
    script.truncate(boundary.place.step);
    if !boundary.ends_step {
        script.pop();
        script.push(ScriptStep::Turn(boundary.place.passes));
    }
}

/// One scenario as far as it ran.
#[derive(Debug)]
pub(super) struct Run {
    simulation: Simulation<VecDeque<Record>>,
    /// What its records leave out: where the bytes of buffers lie.
    memory: Followed,
    pub(super) recording: Recording,
    trace: Vec<TraceLine>,
    notes: Notes,
    /// Invariant: not empty; positions and places rise.
    boundaries: Vec<Boundary>,
    payload_limit: u64,
    /// Bytes of payload in the recording.
    payload: u64,
    truncation: Option<Truncation>,
}

impl Run {
    pub(super) fn new(scenario: Scenario, budget: Budget) -> Self {
        let rules = scenario.dialect.rules();
        Self::with_rules(scenario, budget, rules)
    }

    fn with_rules(scenario: Scenario, budget: Budget, rules: &'static Rules) -> Self {
        let mut simulation = Simulation::with_rules(scenario, VecDeque::new(), budget, rules);
        let memory = simulation.base.follow_memory();
        let start = Picture::of_simulation().with_names(simulation.names());
        let mut run = Self {
            simulation,
            memory,
            recording: Recording::new(start),
            trace: Vec::new(),
            notes: Notes::default(),
            boundaries: Vec::new(),
            payload_limit: budget.payload,
            payload: 0,
            truncation: None,
        };
        run.append(|simulation, records| mem::swap(records, simulation.observer_mut()));
        run.end(Place { step: 0, passes: 0 }, true);
        run.go_on();
        run
    }

    fn push(&mut self, step: ScriptStep) {
        self.simulation.push_step(step);
        self.go_on();
    }

    fn go_on(&mut self) {
        while self.truncation.is_none() {
            let progress = self.append(|simulation, records| {
                mem::swap(records, simulation.observer_mut());
                let progress = simulation.advance();
                mem::swap(records, simulation.observer_mut());
                progress
            });
            let Some(progress) = progress else { break };
            self.end(Place { step: progress.step, passes: progress.passes }, progress.step_ended);
            self.truncation = self.simulation.truncation().or_else(|| self.too_much_payload(progress.step));
        }
        self.recording.settle();
    }

    fn too_much_payload(&self, step: usize) -> Option<Truncation> {
        let limit = self.payload_limit;
        (self.payload > limit).then_some(Truncation { step, what: Limit::Payload, limit })
    }

    /// Appends what the simulation adds to the records, and what has changed of memory with them.
    fn append<T>(
        &mut self,
        add: impl FnOnce(&mut Simulation<VecDeque<Record>>, &mut VecDeque<Record>) -> T,
    ) -> T {
        let Self { simulation, memory, recording, payload, .. } = self;
        let (given, more) = recording.append_by(|records| (add(simulation, records), memory.take()));
        *payload += more;
        given
    }

    /// What was appended last ends at this place.
    fn end(&mut self, place: Place, ends_step: bool) {
        self.recording.note_step(place.step);
        self.trace.append(self.simulation.trace_mut());
        self.notes.append(self.simulation.notes_mut());
        self.boundaries.push(Boundary { position: self.recording.end_position(), place, ends_step });
    }

    /// The end of the pass or step that the position lies in.
    pub(super) fn boundary(&self, position: u64) -> Boundary {
        let first = self.boundaries.partition_point(|boundary| boundary.position < position);
        let end = self.boundaries[first.min(self.boundaries.len() - 1)].position;
        let after = self.boundaries.partition_point(|boundary| boundary.position <= end);
        self.boundaries[after - 1]
    }
}
