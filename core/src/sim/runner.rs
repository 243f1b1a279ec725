//! Runs a scenario: the application (its program is in `program`), the peer and the clock around one engine.

use std::time::Duration;

use super::budget::{Budget, Limit, Metered, Truncation};
use super::{Act, Peer, Scenario, ScriptStep, SimKernel, TraceLine, WatermarksSpec};
use crate::{
    BuffereventId, BuffereventOptions, Callbacks, Direction, Directions, EventBase, Gone, Handle, Kernel,
    Observer, Payload, Step, Time,
};

/// The clock's first reading.
const START: Time = Time::from_millis(1_000_000);

/// A pass that has run so many user callbacks is broken off.
const SPIN_LIMIT: usize = 50;

/// So many passes of one step that find nothing to do are made; the rest of them, which would do the same, are not.
const MAX_IDLE_PASSES: u32 = 16;

/// A scenario under way. Each step of its script gives lines of the conformance trace, and records to the observer.
#[derive(Debug)]
pub struct Simulation<O: Observer> {
    pub(super) scenario: Scenario,
    budget: Budget,
    truncation: Option<Truncation>,
    pub(super) base: EventBase<Metered<O>>,
    kernel: SimKernel,
    handle: Handle,
    pub(super) id: BuffereventId,
    pub(super) calls: Calls,
    steps_done: usize,
    /// The step of the script that runs, from 1; 0 is the set-up.
    step_under_way: usize,
    /// Passes done of the `turn` that is under way.
    passes_done: u32,
    /// How many of them in a row had nothing to do.
    idle_passes: u32,
    pub(super) trace: Vec<TraceLine>,
}

/// How often each callback of the application was called.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) read: usize,
    pub(super) write: usize,
    pub(super) event: usize,
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
    /// Sets the scenario up, to run as far as the default budget goes; the first trace line is its zeroth state.
    pub fn new(scenario: Scenario, observer: O) -> Self {
        Self::with_budget(scenario, observer, Budget::default())
    }

    /// The same, as far as this budget goes.
    pub fn with_budget(scenario: Scenario, observer: O, budget: Budget) -> Self {
        let mut kernel = SimKernel::new();
        let spec = &scenario.bufferevents[0];
        let handle = kernel.open(spec.kernel().unwrap_or_default());
        let observer = Metered::new(observer, budget.records);
        let mut base = EventBase::with_observer(scenario.dialect, observer);
        base.set_now(START);
        let callbacks = Callbacks {
            read: spec.on_read.is_some(),
            write: spec.on_write.is_some(),
            event: spec.on_event.is_some(),
        };
        let options = BuffereventOptions { close_on_free: true, defer_callbacks: false };
        let id = base.bufferevent_new(Some(handle), callbacks, options);
        let calls = Calls::default();
        let mut simulation = Self {
            scenario,
            budget,
            truncation: None,
            base,
            kernel,
            handle,
            id,
            calls,
            steps_done: 0,
            step_under_way: 0,
            passes_done: 0,
            idle_passes: 0,
            trace: Vec::new(),
        };
        simulation.set_up();
        if !simulation.is_over_budget() {
            simulation.push_state();
        }
        simulation
    }

    fn set_up(&mut self) {
        let spec = &self.scenario.bufferevents[0];
        let (read, write, enable) = (spec.read, spec.write, spec.enable);
        let marks = |low, high| (low != 0 || high != 0).then_some(WatermarksSpec { low, high });
        self.act(
            &Act::SetWatermark { read: marks(read.low, read.high), write: marks(write.low, write.high) }
                .into(),
        );
        if read.timeout_ms != 0 || write.timeout_ms != 0 {
            let (read_ms, write_ms) = (read.timeout_ms, write.timeout_ms);
            self.act(&Act::SetTimeouts { read_ms, write_ms }.into());
        }
        if enable != Directions::NONE {
            self.act(&Act::Enable(enable).into());
        }
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
        let step = self.scenario.script.get(self.steps_done)?.clone();
        self.step_under_way = self.steps_done + 1;
        let (is_pass, step_ended) = match step {
            ScriptStep::Turn(passes) => {
                let is_pass = self.passes_done < passes;
                if is_pass {
                    self.turn();
                    self.passes_done += 1;
                    self.idle_passes = if self.base.has_run_event() { 0 } else { self.idle_passes + 1 };
                }
                (is_pass, self.passes_done == passes || self.idle_passes == MAX_IDLE_PASSES)
            }
            step => {
                self.run(&step);
                (false, true)
            }
        };
        let step_ended = !self.is_over_budget() && step_ended;
        let progress = Progress { step: self.step_under_way, passes: self.passes_done, is_pass, step_ended };
        if step_ended {
            self.steps_done += 1;
            self.passes_done = 0;
            self.idle_passes = 0;
            self.push_state();
        }
        Some(progress)
    }

    /// Adds a step at the end of the script.
    pub fn push_step(&mut self, step: ScriptStep) {
        self.scenario.script.push(step);
    }

    /// How many steps of the script have run.
    #[must_use]
    pub const fn steps_done(&self) -> usize {
        self.steps_done
    }

    /// The scenario that runs.
    #[must_use]
    pub const fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Where the budget was used up; none as long as it lasts.
    #[must_use]
    pub const fn truncation(&self) -> Option<Truncation> {
        self.truncation
    }

    /// The engine.
    #[must_use]
    pub const fn base(&self) -> &EventBase<Metered<O>> {
        &self.base
    }

    /// The engine.
    pub const fn base_mut(&mut self) -> &mut EventBase<Metered<O>> {
        &mut self.base
    }

    /// Who watches.
    #[must_use]
    pub fn observer(&self) -> &O {
        self.base.observer()
    }

    /// Who watches, to take records out.
    pub fn observer_mut(&mut self) -> &mut O {
        self.base.observer_mut()
    }

    /// The simulated kernel.
    #[must_use]
    pub const fn kernel(&self) -> &SimKernel {
        &self.kernel
    }

    /// The one bufferevent, which the script may have freed.
    #[must_use]
    pub const fn bufferevent_id(&self) -> BuffereventId {
        self.id
    }

    /// The trace lines since this was last called.
    pub fn take_trace(&mut self) -> Vec<TraceLine> {
        std::mem::take(&mut self.trace)
    }

    fn run(&mut self, step: &ScriptStep) {
        match step {
            ScriptStep::Action(action) => self.act(action),
            ScriptStep::Peer { what, .. } => self.peer(what),
            &ScriptStep::AdvanceMs(ms) => {
                let by = Duration::from_millis(u64::from(ms));
                self.base.set_now(self.base.now() + by);
                self.base.record(None, "", || Step::ClockAdvanced { by_us: u64::from(ms) * 1000 });
            }
            // A turn is run pass by pass.
            ScriptStep::Turn(_) => {}
        }
    }

    fn peer(&mut self, what: &Peer) {
        match what {
            Peer::Send(data) => self.peer_send(data.as_bytes()),
            Peer::Recv(limit) => self.peer_recv(*limit as usize),
            Peer::Shutdown => {
                self.kernel.peer_shutdown(self.handle);
                self.note(|_| Step::PeerShutdown);
            }
            Peer::Reset => {
                self.kernel.peer_reset(self.handle);
                self.note(|tanks| Step::PeerReset { tanks });
            }
            &Peer::Inject { op, errno, times } => {
                self.kernel.inject(self.handle, op, errno, times);
                self.note(|_| Step::Injected { call: op, errno, times });
            }
            // They come with connecting.
            Peer::Accept | Peer::Refuse => {}
        }
    }

    #[track_caller]
    fn note(&mut self, step: impl FnOnce(crate::TanksAfter) -> Step) {
        let tanks = self.kernel.tanks(self.handle);
        self.base.record(Some(self.id), "", || step(tanks));
    }

    fn peer_send(&mut self, data: &[u8]) {
        let sent = self.kernel.peer_send(self.handle, data);
        let lost = sent < data.len();
        self.note(|tanks| {
            let payload = Payload { len: data.len(), bytes: data.to_vec() };
            Step::PeerSent { payload, lost, tanks }
        });
    }

    fn peer_recv(&mut self, limit: usize) {
        let taken = self.kernel.peer_recv(self.handle, limit);
        self.trace.push(TraceLine::PeerRecv { peer_recv: taken.clone().into() });
        self.note(|tanks| Step::PeerReceived { payload: Payload { len: taken.len(), bytes: taken }, tanks });
    }

    /// One pass of the loop.
    fn turn(&mut self) {
        self.base.begin_pass(self.base.now());
        let mut callbacks = 0;
        while let Some(due) = self.base.poll_callback(&mut self.kernel) {
            callbacks += 1;
            if callbacks == SPIN_LIMIT {
                self.base.loopbreak();
            }
            self.call_back(due);
            if self.is_over_budget() {
                return;
            }
        }
        if callbacks >= SPIN_LIMIT {
            self.trace.push(TraceLine::Spin { spin: true });
        }
    }

    /// Looks at the budget; once it is used up, so it stays.
    pub(super) fn is_over_budget(&mut self) -> bool {
        let figures = [
            (self.base.observer().is_used_up(), Limit::Records, self.budget.records),
            (self.buffered() > self.budget.bytes, Limit::Bytes, self.budget.bytes),
        ];
        if self.truncation.is_none() {
            let step = self.step_under_way;
            self.truncation = figures
                .into_iter()
                .find(|(used_up, ..)| *used_up)
                .map(|(_, what, limit)| Truncation { step, what, limit });
        }
        self.truncation.is_some()
    }

    /// Bytes on either side of the kernel, and in it.
    fn buffered(&self) -> u64 {
        let own = self.base.get(self.id).map_or(0, |it| it.input().len() + it.output().len());
        let kernel = self.kernel.tanks(self.handle).map_or(0, |tanks| tanks.rx + tanks.tx + tanks.backlog);
        (own + kernel) as u64
    }

    fn push_state(&mut self) {
        let step = self.steps_done;
        let (rx, tx) = (self.kernel.rx_len(self.handle), self.kernel.tx_len(self.handle));
        let line = match self.base.get(self.id) {
            Err(Gone) => TraceLine::Freed { step, freed: true, rx, tx },
            Ok(bufferevent) => TraceLine::State {
                step,
                r#in: bufferevent.input().len(),
                out: bufferevent.output().len(),
                rx,
                tx,
                enabled: bufferevent.enabled(),
                armed: Directions {
                    read: self.base.is_armed(self.id, Direction::Read),
                    write: self.base.is_armed(self.id, Direction::Write),
                },
            },
        };
        self.trace.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spinning(passes: u32) -> Scenario {
        let json = r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"high":5}},
            "script":[{"peer_send":"hello world"},{"turn":PASSES},{"turn":0},{"peer_recv":1}]}"#;
        Scenario::from_json(&json.replace("PASSES", &passes.to_string())).unwrap()
    }

    #[test]
    fn pass_by_pass_the_trace_is_the_same() {
        let mut simulation = Simulation::new(spinning(3), crate::NoObserver);
        let mut passes = 0;
        while simulation.advance().is_some() {
            passes += usize::from(simulation.take_trace().contains(&TraceLine::Spin { spin: true }));
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
