//! How a scenario begins: everything is made, then set up, in an order that is part of the format.

use super::budget::Metered;
use super::marks::WatermarksSpec;
use super::program::Running;
use super::runner::{Made, Simulation, Timer};
use super::scenario::{BuffereventSpec, KindSpec, Scenario, TimerSpec};
use super::{Act, Action, SimKernel, links};
use crate::{
    BufferName, BuffereventId, BuffereventOptions, Callbacks, Directions, EventBase, EventFlags, Handle,
    Observer,
};

/// Makes the bufferevents, then the timers.
///
/// # Panics
/// Where [`Scenario::check`] refuses the scenario.
pub(super) fn make<O: Observer>(
    scenario: &Scenario,
    base: &mut EventBase<Metered<O>>,
    kernel: &mut SimKernel,
) -> (Vec<Made>, Vec<Timer>) {
    const CHECKED: &str = "the scenario is one that Scenario::check passes";
    scenario.check().expect(CHECKED);
    base.set_priorities(scenario.priority_count()).expect("nothing is active before the first pass");
    let mut ids: Vec<Option<(BuffereventId, Option<Handle>)>> = vec![None; scenario.bufferevents.len()];
    for at in links::order_of_making(scenario) {
        let spec = &scenario.bufferevents[at];
        let options =
            BuffereventOptions { close_on_free: spec.close_on_free, defer_callbacks: spec.deferred };
        match spec.kind {
            KindSpec::Socket { kernel: sizes, connect } => {
                let handle = connect.is_none().then(|| kernel.open(sizes));
                ids[at] = Some((base.bufferevent_new(handle, callbacks(spec), options), handle));
            }
            // Made with its other side.
            KindSpec::Pair { .. } if ids[at].is_some() => {}
            KindSpec::Pair { with } => {
                let sides = [callbacks(spec), callbacks(&scenario.bufferevents[with])];
                let [this, other] = base.bufferevent_pair_new(sides).expect(CHECKED);
                (ids[at], ids[with]) = (Some((this, None)), Some((other, None)));
            }
            KindSpec::Filter { over, input, output } => {
                let (under, _) = ids[over].expect("what a filter is over is made before it");
                let made = base.bufferevent_filter_new(under, input, output, callbacks(spec), options);
                ids[at] = Some((made.expect(CHECKED), None));
            }
        }
    }
    let made = ids.into_iter().map(|made| {
        let (id, handle) = made.expect("the order names each once");
        Made { id, handle, calls: [0; 5], given_up: false }
    });
    let bufferevents = made.collect();
    (bufferevents, scenario.timers.iter().map(|spec| timer(spec, base)).collect())
}

fn callbacks(spec: &BuffereventSpec) -> Callbacks {
    Callbacks { read: spec.on_read.is_some(), write: spec.on_write.is_some(), event: spec.on_event.is_some() }
}

fn timer<O: Observer>(spec: &TimerSpec, base: &mut EventBase<Metered<O>>) -> Timer {
    let interest = if spec.persist { EventFlags::PERSIST } else { EventFlags::NONE };
    let id = base.event_new(None, interest);
    if let (Some(priority), Ok(mut event)) = (spec.priority, base.event_mut(id)) {
        event.priority_set(priority).expect("it is below their number, and nothing is active");
    }
    Timer { id, calls: 0 }
}

impl<O: Observer> Simulation<O> {
    /// Each bufferevent in turn, then the timers, then the connections.
    pub(super) fn set_up(&mut self) {
        for at in 0..self.bufferevents.len() {
            self.settings(at);
        }
        for at in 0..self.timers.len() {
            if let Some(ms) = self.scenario.timers[at].after_ms {
                self.add_timer(at, Some(ms));
            }
        }
        for at in 0..self.bufferevents.len() {
            if let KindSpec::Socket { connect: Some(outcome), .. } = self.scenario.bufferevents[at].kind {
                self.do_to(at, Act::Connect(outcome));
            }
        }
    }

    fn settings(&mut self, at: usize) {
        let spec = &self.scenario.bufferevents[at];
        let (read, write, enable) = (spec.read, spec.write, spec.enable);
        let watched =
            [(BufferName::Input, spec.on_input.is_some()), (BufferName::Output, spec.on_output.is_some())];
        let (single_read, single_write) = (spec.max_single_read, spec.max_single_write);
        if let (Some(priority), Ok(mut made)) = (spec.priority, self.bufferevent_mut(at)) {
            made.priority_set(priority).expect("it is below their number, and nothing is active");
        }
        single_read.into_iter().for_each(|bytes| self.do_to(at, Act::MaxSingleRead(bytes)));
        single_write.into_iter().for_each(|bytes| self.do_to(at, Act::MaxSingleWrite(bytes)));
        let marks = |low, high| (low != 0 || high != 0).then_some(WatermarksSpec { low, high });
        let (read_marks, write_marks) = (marks(read.low, read.high), marks(write.low, write.high));
        self.do_to(at, Act::SetWatermark { read: read_marks, write: write_marks });
        if read.timeout_ms != 0 || write.timeout_ms != 0 {
            let (read_ms, write_ms) = (read.timeout_ms, write.timeout_ms);
            self.do_to(at, Act::SetTimeouts { read_ms, write_ms });
        }
        for (buffer, set) in watched {
            if let (true, Ok(mut made)) = (set, self.bufferevent_mut(at)) {
                made.add_buffer_cb(buffer).expect("the dialect has it, or the scenario is refused");
            }
        }
        if enable != Directions::NONE {
            self.do_to(at, Act::Enable(enable));
        }
    }

    fn do_to(&mut self, at: usize, what: Act) {
        self.act(&Action { of: Some(at), what }, &mut Running::script());
    }
}
