//! What libevent 2.1.12's own tests of bufferevents want to hold, of these: the same sizes, marks and times, in the same
//! order, with a simulated kernel and virtual time.
//!
//! `../regress.tsv` has every entry of the library's list with the test here that stands for it, or why none does.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

mod connect;
mod filters;
mod timeouts;
mod transfer;
mod trigger;
mod watermarks;
mod wires;

use std::time::Duration;

use bufferevent::sim::KernelSpec;
use bufferevent::{
    BuffereventId, BuffereventMut, BuffereventOptions, Callbacks, Dialect, Due, EventBase, Handle,
    NoObserver, Time,
};
use wires::Wires;

/// Those that have what the library's tests use.
const DIALECTS: [Dialect; 2] = [Dialect::V2_1, Dialect::V2_2];

/// The loop ends when so many passes in a row brought nothing.
const QUIET: usize = 3;

/// An event base with a kernel and a clock. `T` is what a test keeps besides, as the C tests do in statics.
struct World<T> {
    base: EventBase,
    kernel: Wires,
    now: Time,
    test: T,
}

impl<T: Default> World<T> {
    fn new(dialect: Dialect) -> Self {
        Self { base: EventBase::new(dialect), kernel: Wires::default(), now: Time::ZERO, test: T::default() }
    }
}

impl<T> World<T> {
    fn socket(&mut self, handle: Option<Handle>, callbacks: Callbacks) -> BuffereventId {
        self.base.bufferevent_new(handle, callbacks, BuffereventOptions::default())
    }

    /// Two bufferevents on the two ends of a `socketpair`, or joined without one.
    fn two(&mut self, joined: bool, callbacks: [Callbacks; 2]) -> [BuffereventId; 2] {
        if joined {
            return self.base.bufferevent_pair_new(callbacks).unwrap();
        }
        let handles = self.kernel.pair(KernelSpec::default());
        [0, 1].map(|at| self.socket(Some(handles[at]), callbacks[at]))
    }

    fn bev(&mut self, id: BuffereventId) -> BuffereventMut<'_, NoObserver> {
        self.base.get_mut(id).unwrap()
    }

    /// All of input, taken.
    fn take(&mut self, id: BuffereventId) -> Vec<u8> {
        let mut bytes = vec![0; self.base.get(id).unwrap().input().len()];
        assert_eq!(self.bev(id).read(&mut bytes), Ok(bytes.len()));
        bytes
    }

    /// Runs the loop until nothing happens any more or the time is up: `event_base_dispatch`, with
    /// `event_base_loopexit` set for then.
    fn dispatch_until(&mut self, end: Duration, mut on: impl FnMut(&mut Self, Due)) {
        let mut quiet = 0;
        while quiet < QUIET {
            let moved = self.pass(&mut on);
            quiet = if moved { 0 } else { quiet + 1 };
            let wait = self.base.next_wait();
            if quiet == QUIET
                && let Some(wait) = wait.filter(|wait| !wait.is_zero())
                && self.now + wait < Time::ZERO + end
            {
                self.now = self.now + wait;
                quiet = 0;
            }
        }
        self.base.assert_invariants();
    }

    /// The same without an end: there are no timers, or they run out.
    fn dispatch(&mut self, on: impl FnMut(&mut Self, Due)) {
        self.dispatch_until(Duration::from_secs(60), on);
    }

    /// One pass; whether a callback ran or a byte moved.
    fn pass(&mut self, on: &mut impl FnMut(&mut Self, Due)) -> bool {
        let mut callbacks = 0;
        self.base.begin_pass(self.now);
        while let Some(due) = self.base.poll_callback(&mut self.kernel) {
            callbacks += 1;
            assert!(callbacks < 10_000, "the callbacks of one pass do not end");
            on(self, due);
        }
        self.kernel.carry() || callbacks > 0
    }
}

/// So many bytes that count up.
fn counting(n: usize) -> Vec<u8> {
    (0..n).map(|at| at as u8).collect()
}
