//! One engine over simulated sockets, with a log of the callbacks that ran.

use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Direction, Due, EventBase, Handle, Time,
};

/// What a callback does with the engine.
pub(crate) type Program = Box<dyn FnMut(&mut EventBase, Due)>;

pub(crate) struct Lab {
    pub(crate) base: EventBase,
    pub(crate) kernel: SimKernel,
    pub(crate) now: Time,
    pub(crate) program: Program,
}

impl Lab {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let program: Program = Box::new(|_, _| {});
        Self { base: EventBase::new(dialect), kernel: SimKernel::new(), now: Time::ZERO, program }
    }

    /// A bufferevent on a socket of its own, with all callbacks.
    pub(crate) fn connect(&mut self) -> (BuffereventId, Handle) {
        self.connect_with(KernelSpec::default(), BuffereventOptions::default())
    }

    pub(crate) fn connect_with(
        &mut self,
        spec: KernelSpec,
        options: BuffereventOptions,
    ) -> (BuffereventId, Handle) {
        let handle = self.kernel.open(spec);
        (self.base.bufferevent_new(Some(handle), Callbacks::ALL, options), handle)
    }

    /// From now on each callback does this.
    pub(crate) fn on_callback(&mut self, program: impl FnMut(&mut EventBase, Due) + 'static) {
        self.program = Box::new(program);
    }

    /// One pass; the callbacks that ran, as `R10` (input), `W0` (output), `E11` (flags), `A1` (an event's number).
    pub(crate) fn turn(&mut self) -> Vec<String> {
        let mut log = Vec::new();
        self.base.begin_pass(self.now);
        while let Some(due) = self.base.poll_callback(&mut self.kernel) {
            log.push(self.describe(due));
            if log.len() == 50 {
                self.base.loopbreak();
            }
            (self.program)(&mut self.base, due);
        }
        log
    }

    /// Passes until one runs no callback; at most 1000.
    pub(crate) fn settle(&mut self) -> Vec<String> {
        let passes = std::iter::repeat_with(|| self.turn()).take(1000);
        passes.take_while(|log| !log.is_empty()).flatten().collect()
    }

    fn describe(&self, due: Due) -> String {
        let lengths = |id| self.base.get(id).map_or((0, 0), |b| (b.input().len(), b.output().len()));
        match due {
            Due::Read(id) => format!("R{}", lengths(id).0),
            Due::Write(id) => format!("W{}", lengths(id).1),
            Due::Event(_, what) => format!("E{:x}", what.bits()),
            Due::Buffer(_, buffer, _) => format!("{buffer:?}"),
            Due::Application(event, _) => format!("A{}", event.number()),
        }
    }

    pub(crate) fn is_reading(&self, id: BuffereventId) -> bool {
        self.base.is_armed(id, Direction::Read)
    }
}
