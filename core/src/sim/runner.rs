//! Runs a scenario: the clock, the passes and the budget around one engine. What the application does is in `program`, what
//! its sockets meet in `peer`, how it begins in `set_up`.

use std::sync::Arc;
use std::time::Duration;

use super::acting::Acting;
use super::budget::{Budget, Limit, Metered, Truncation};
use super::kernel::Habits;
use super::program::Running;
use super::{Scenario, ScriptStep, SimKernel, TraceLine, set_up};
use crate::bufferevent::Bounds;
use crate::dialect::Rules;
use crate::recording::Picture;
use crate::{Bufferevent, BuffereventId, BuffereventMut, EventBase, EventId, Gone, Handle, Observer, Step};

/// A pass that has run so many user callbacks is broken off.
pub(super) const SPIN_LIMIT: usize = 50;

/// The actions of callbacks beyond so many of one pass or step are not done. Breaking off is not enough where callbacks
/// run inside each other.
pub(super) const NESTED_LIMIT: usize = 100;

/// So many passes of one step that find nothing to do are made; the rest of them, which would do the same, are not.
const MAX_IDLE_PASSES: u32 = 16;

/// A scenario under way. Each step of its script gives lines of the conformance trace, and records to the observer.
#[derive(Debug)]
pub struct Simulation<O: Observer> {
    /// Shared with the step and the callbacks that run, which do what it says while the rest changes.
    pub(super) scenario: Arc<Scenario>,
    budget: Budget,
    pub(super) truncation: Option<Truncation>,
    pub(super) base: EventBase<Metered<O>>,
    pub(super) kernel: SimKernel,
    /// Invariant: as many as the scenario's, in their order.
    pub(super) bufferevents: Vec<Made>,
    /// Invariant: as many as the scenario's, in their order.
    pub(super) timers: Vec<Timer>,
    /// Callbacks so far in this pass, or in this step outside the loop.
    pub(super) callbacks: usize,
    pub(super) in_pass: bool,
    pub(super) steps_done: usize,
    /// The step of the script that runs, from 1; 0 is the set-up.
    step_under_way: usize,
    /// Passes done of the `turn` that is under way.
    passes_done: u32,
    /// How many of them in a row had nothing to do.
    idle_passes: u32,
    pub(super) trace: Vec<TraceLine>,
    pub(super) acting: Acting,
}

/// A bufferevent of the scenario, made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) id: BuffereventId,
    /// Its socket; none before it is connected, and of what is on no socket.
    pub(super) handle: Option<Handle>,
    /// How often each callback was called, by [`On`](super::On).
    pub(super) calls: [usize; 5],
    /// It is the application's no more: it has freed it, or a filter that frees it, which may take its time.
    pub(super) given_up: bool,
}

/// A timer of the scenario, made.
#[derive(Debug)]
pub(super) struct Timer {
    pub(super) id: EventId,
    pub(super) calls: usize,
}

/// How far the script got: a step, or a pass of a `turn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step of the script, from 1.
    pub step: usize,
    /// The passes of it that are done; 0 where it is no `turn`.
    pub passes: u32,
    /// This was a pass.
    pub is_pass: bool,
    /// The step is at its end.
    pub step_ended: bool,
}

/// The conformance trace of a whole scenario, as far as the default budget goes.
#[must_use]
pub fn trace(scenario: &Scenario) -> Vec<TraceLine> {
    let mut simulation = Simulation::new(scenario.clone(), crate::NoObserver);
    while simulation.run_step() {}
    simulation.take_trace()
}

impl<O: Observer> Simulation<O> {
    /// Sets the scenario up, to run as far as the default budget goes; the first trace lines are its zeroth state.
    ///
    /// # Panics
    /// Where [`Scenario::check`] refuses the scenario.
    pub fn new(scenario: Scenario, observer: O) -> Self {
        Self::with_budget(scenario, observer, Budget::default())
    }

    /// The same, as far as this budget goes, and the scenario's own limits.
    ///
    /// # Panics
    /// Where [`Scenario::check`] refuses the scenario.
    pub fn with_budget(scenario: Scenario, observer: O, budget: Budget) -> Self {
        let rules = scenario.dialect.rules();
        Self::with_rules(scenario, observer, budget, rules)
    }

    /// The same, on a kernel that does some things in another way.
    pub(super) fn with_habits(scenario: Scenario, observer: O, budget: Budget, habits: Habits) -> Self {
        let rules = scenario.dialect.rules();
        Self::made(scenario, observer, budget, rules, habits)
    }

    /// The same, by rules that may be none of the scenario's dialect.
    pub(super) fn with_rules(scenario: Scenario, observer: O, budget: Budget, rules: &'static Rules) -> Self {
        Self::made(scenario, observer, budget, rules, Habits::default())
    }

    fn made(scenario: Scenario, observer: O, budget: Budget, rules: &'static Rules, habits: Habits) -> Self {
        let budget = budget.within(scenario.limits);
        let observer = Metered::new(observer, budget.records);
        let mut base = EventBase::with_rules(scenario.dialect, rules, observer);
        base.bound_calls(Bounds { records: budget.records, bytes: budget.bytes, filtered: budget.filtered });
        base.set_now(Picture::START_OF_SIMULATIONS);
        let mut kernel = SimKernel::at(Picture::START_OF_SIMULATIONS).with_habits(habits);
        let (bufferevents, timers) = set_up::make(&scenario, &mut base, &mut kernel);
        let mut simulation = Self {
            scenario: Arc::new(scenario),
            budget,
            truncation: None,
            base,
            kernel,
            bufferevents,
            timers,
            callbacks: 0,
            in_pass: false,
            steps_done: 0,
            step_under_way: 0,
            passes_done: 0,
            idle_passes: 0,
            trace: Vec::new(),
            acting: Acting::default(),
        };
        simulation.set_up();
        simulation.end_step();
        simulation
    }

    /// Runs the next step of the script; false when there is none, or the budget does not reach to its end.
    pub fn run_step(&mut self) -> bool {
        while let Some(progress) = self.advance() {
            if progress.step_ended {
                return true;
            }
        }
        false
    }

    /// Runs the next step of the script, or the next pass of its `turn`; none when there is nothing left of the script or
    /// of the budget. What used up the budget is broken off where it did.
    ///
    /// A turn's passes end early where the remaining ones could only do nothing, as the last 16 did.
    pub fn advance(&mut self) -> Option<Progress> {
        if self.truncation.is_some() {
            return None;
        }
        let scenario = Arc::clone(&self.scenario);
        let step = scenario.script.get(self.steps_done)?;
        self.step_under_way = self.steps_done + 1;
        // Nobody wants the notes that were not taken.
        self.acting.notes_mut().clear();
        let outer = self.acting.outer();
        self.note_step(self.steps_done);
        let (is_pass, step_ended) = match step {
            &ScriptStep::Turn(passes) => {
                let is_pass = self.passes_done < passes;
                if is_pass {
                    self.turn();
                    self.passes_done += 1;
                    self.idle_passes = if self.base.has_run_event() { 0 } else { self.idle_passes + 1 };
                }
                (is_pass, self.passes_done == passes || self.idle_passes == MAX_IDLE_PASSES)
            }
            step => {
                self.run(step);
                (false, true)
            }
        };
        self.go_back(outer);
        let step_ended = !self.is_over_budget() && step_ended;
        let progress = Progress { step: self.step_under_way, passes: self.passes_done, is_pass, step_ended };
        if step_ended {
            self.steps_done += 1;
            self.passes_done = 0;
            self.idle_passes = 0;
            self.end_step();
        }
        Some(progress)
    }

    /// Adds a step at the end of the script.
    pub fn push_step(&mut self, step: ScriptStep) {
        Arc::make_mut(&mut self.scenario).script.push(step);
    }

    fn run(&mut self, step: &ScriptStep) {
        match step {
            ScriptStep::Action(action) => self.act(action, &mut Running::script()),
            ScriptStep::Peer { of, what } => self.peer(of.unwrap_or(0), what),
            ScriptStep::AdvanceMs(ms) => self.let_pass(*ms),
            // A turn is run pass by pass.
            ScriptStep::Turn(_) => {}
        }
    }

    /// The clock moves on. What the engine takes for the time while a pass runs is as of its last look.
    pub(super) fn let_pass(&mut self, ms: u32) {
        let by = Duration::from_millis(u64::from(ms));
        self.kernel.advance(by);
        if !self.in_pass {
            self.base.set_now(self.kernel.clock());
        }
        self.base.record(None, "", || Step::ClockAdvanced { by_us: u64::from(ms) * 1000 });
    }

    /// One pass of the loop.
    fn turn(&mut self) {
        self.in_pass = true;
        self.base.begin_pass(self.kernel.clock());
        while let Some(due) = self.base.poll_callback(&mut self.kernel) {
            self.call_back(due);
            if self.is_over_budget() {
                break;
            }
        }
        self.base.set_now(self.kernel.clock());
        if !self.is_over_budget() {
            self.end_callbacks();
        }
        self.in_pass = false;
    }

    /// A callback begins. Gives whether what it does is done.
    pub(super) fn begin_callback(&mut self) -> bool {
        self.callbacks += 1;
        if self.callbacks == SPIN_LIMIT && self.in_pass {
            self.base.loopbreak();
        }
        self.callbacks < NESTED_LIMIT
    }

    /// Looks at the budget; once it is used up, so it stays.
    pub(super) fn is_over_budget(&mut self) -> bool {
        if self.truncation.is_none() {
            let step = self.step_under_way;
            self.truncation = self.used_up().map(|(what, limit)| Truncation { step, what, limit });
        }
        self.truncation.is_some()
    }

    fn used_up(&self) -> Option<(Limit, u64)> {
        let Budget { records, bytes, filtered, .. } = self.budget;
        if self.base.observer().is_used_up() {
            Some((Limit::Records, records))
        } else if self.buffered() > bytes {
            Some((Limit::Bytes, bytes))
        } else if self.base.filtered() > filtered {
            Some((Limit::Filtered, filtered))
        } else {
            None
        }
    }

    /// One of the application's bufferevents, unless it has given it up.
    pub(super) fn bufferevent(&self, at: usize) -> Result<&Bufferevent, Gone> {
        let made = &self.bufferevents[at];
        if made.given_up { Err(Gone) } else { self.base.get(made.id) }
    }

    /// The same, to act on.
    pub(super) fn bufferevent_mut(&mut self, at: usize) -> Result<BuffereventMut<'_, Metered<O>>, Gone> {
        let made = &self.bufferevents[at];
        if made.given_up { Err(Gone) } else { self.base.get_mut(made.id) }
    }

    /// Bytes on either side of the kernel, and in it.
    fn buffered(&self) -> u64 {
        let tanks = self
            .bufferevents
            .iter()
            .filter_map(|made| Some(self.kernel.socket(made.handle?)?.tanks()))
            .map(|tanks| tanks.rx + tanks.tx + tanks.backlog);
        self.base.buffered() + tanks.sum::<usize>() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::super::TraceEvent;
    use super::*;

    fn spinning(passes: u32) -> Scenario {
        let json = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":5}},
            "script":[{"peer_send":"hello world"},{"turn":PASSES},{"turn":0},{"peer_recv":1}]}"#;
        Scenario::from_json(&json.replace("PASSES", &passes.to_string())).unwrap()
    }

    #[test]
    fn pass_by_pass_the_trace_is_the_same() {
        let mut simulation = Simulation::new(spinning(3), crate::NoObserver);
        let spin = TraceLine { of: None, event: TraceEvent::Spin { spin: true } };
        let mut passes = 0;
        while simulation.advance().is_some() {
            passes += usize::from(simulation.take_trace().contains(&spin));
        }
        assert_eq!(passes, 3);

        let mut halfway = Simulation::new(spinning(3), crate::NoObserver);
        assert!(halfway.run_step() && halfway.advance().is_some() && halfway.run_step());
        assert_eq!(halfway.steps_done(), 2, "the rest of the step under way");
        while halfway.run_step() {}
        assert_eq!(halfway.take_trace(), trace(&spinning(3)));
    }

    #[test]
    fn idle_passes_are_made_sixteen_times() {
        let mut quiet = spinning(u32::MAX);
        quiet.dialect = crate::Dialect::V1_4;
        let mut simulation = Simulation::new(quiet, Vec::<crate::Record>::new());
        while simulation.run_step() {}
        let records = simulation.observer();
        let passes = records.iter().filter(|record| matches!(record.step, Step::PassBegan { .. })).count();
        assert_eq!(passes, 1 + MAX_IDLE_PASSES as usize, "one that reads, and the idle ones");
    }
}
