//! What a simulation tells: the lines of its trace, and what may be asked of it.

use super::acting::Notes;
use super::budget::{Metered, Truncation};
use super::runner::{SPIN_LIMIT, Simulation};
use super::{Format, Scenario, SimKernel, TraceEvent, TraceLine};
use crate::recording::Names;
use crate::{BuffereventId, Direction, Directions, EventBase, Gone, Handle, Observer};

/// The trace.
impl<O: Observer> Simulation<O> {
    /// The states, unless the budget is used up.
    pub(super) fn end_step(&mut self) {
        if self.is_over_budget() {
            return;
        }
        self.end_callbacks();
        for at in 0..self.bufferevents.len() {
            let state = self.state(at);
            self.say(Some(at), state);
        }
    }

    /// A pass or a step outside the loop is over.
    pub(super) fn end_callbacks(&mut self) {
        self.say_closed();
        // Nothing runs between this and the pass that was broken off, if it was one.
        let spun = self.base.is_spinning() && self.in_pass;
        if std::mem::take(&mut self.callbacks) >= SPIN_LIMIT || spun {
            self.say(None, TraceEvent::Spin { spin: true });
        }
    }

    /// What the peers see of closed sockets.
    pub(super) fn say_closed(&mut self) {
        for handle in self.kernel.take_closed() {
            let at = self.bufferevents.iter().position(|made| made.handle == Some(handle));
            let seen = crate::Kernel::seen_by_peer(&self.kernel, handle);
            if let (Some(peer_sees), Format::V2) = (seen, self.scenario.format) {
                self.say(at, TraceEvent::PeerSees { peer_sees });
            }
        }
    }

    /// A line of the trace. In format 2 it names the bufferevent that it is about.
    pub(super) fn say(&mut self, about: Option<usize>, event: TraceEvent) {
        let about = about.filter(|_| self.scenario.format == Format::V2);
        let of = about.map(|at| self.scenario.bufferevents[at].name.clone());
        self.trace.push(TraceLine { of, event });
    }

    fn state(&self, at: usize) -> TraceEvent {
        let made = &self.bufferevents[at];
        let step = self.steps_done;
        let queue = |len: fn(&SimKernel, Handle) -> usize| {
            let is_on_socket = self.scenario.bufferevents[at].kernel().is_some();
            is_on_socket.then(|| made.handle.map_or(0, |handle| len(&self.kernel, handle)))
        };
        let (rx, tx) = (queue(SimKernel::rx_len), queue(SimKernel::tx_len));
        match self.bufferevent(at) {
            Err(Gone) => TraceEvent::Freed { step, freed: true, rx, tx },
            Ok(bufferevent) => TraceEvent::State {
                step,
                r#in: bufferevent.input().len(),
                out: bufferevent.output().len(),
                rx,
                tx,
                enabled: bufferevent.enabled(),
                armed: Directions {
                    read: self.base.is_armed(made.id, Direction::Read),
                    write: self.base.is_armed(made.id, Direction::Write),
                },
                connecting: bufferevent.is_connecting(),
            },
        }
    }
}

/// What may be asked.
impl<O: Observer> Simulation<O> {
    /// How many steps of the script have run.
    #[must_use]
    pub const fn steps_done(&self) -> usize {
        self.steps_done
    }

    /// The scenario that runs.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
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

    /// The scenario's bufferevents, in its order; the script may have freed them.
    pub fn bufferevent_ids(&self) -> impl Iterator<Item = BuffereventId> + '_ {
        self.bufferevents.iter().map(|made| made.id)
    }

    /// What the scenario calls what is made; nothing in format 1.
    #[must_use]
    pub fn names(&self) -> Names {
        if self.scenario.format == Format::V1 {
            return Names::default();
        }
        let made = self.bufferevents.iter().map(|made| made.id.number());
        let timers = self.timers.iter().map(|timer| timer.id.number());
        Names {
            bufferevents: made.zip(self.scenario.bufferevents.iter().map(|it| it.name.clone())).collect(),
            events: timers.zip(self.scenario.timers.iter().map(|it| it.name.clone())).collect(),
        }
    }

    /// The trace lines since this was last called.
    pub fn take_trace(&mut self) -> Vec<TraceLine> {
        std::mem::take(&mut self.trace)
    }

    /// The same to take from, so that its memory stays for those that come.
    pub(super) const fn trace_mut(&mut self) -> &mut Vec<TraceLine> {
        &mut self.trace
    }

    /// Which place of the scenario makes the records, each with the number of records before it: of the last step or
    /// pass, to take from.
    pub(super) const fn notes_mut(&mut self) -> &mut Notes {
        self.acting.notes_mut()
    }
}
