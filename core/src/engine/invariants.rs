//! What must hold between any two steps. Debug builds check after each what it was about, and the tests of this workspace
//! everything: the feature `invariants` is theirs.

use super::EventBase;
use crate::bufferevent::{Link, Owner, State};
use crate::dialect::IoEvents;
use crate::{Bufferevent, Direction, EventFlags, Observer};

impl<O: Observer> EventBase<O> {
    /// Panics when the engine contradicts itself. It looks at everything that the base has.
    pub fn assert_invariants(&self) {
        self.engine.state.assert_invariants();
    }
}

impl State {
    /// The bufferevent that the step was about, or everything.
    #[cfg(debug_assertions)]
    pub(super) fn assert_after_a_step(&self) {
        if cfg!(feature = "invariants") {
            self.assert_invariants();
        } else if let Some(id) = self.event_loop.running().and_then(|(_, owner)| owner.about())
            && let Some(bufferevent) = self.bufferevents.get(id.0)
        {
            self.assert_bufferevent(bufferevent);
        }
    }

    pub(super) fn assert_invariants(&self) {
        self.event_loop.assert_invariants();
        for (_, event) in self.event_loop.iter() {
            if let Owner::Bufferevent(id, direction) = event.owner {
                let bufferevent = self.bufferevents.get(id.0).expect("its bufferevent is there");
                assert_eq!(bufferevent.handle, event.handle, "{direction:?}: both wait for one handle");
                let persists = event.interest.contains(EventFlags::PERSIST);
                let socket = bufferevent.link == Link::Socket;
                let persist = self.rules.io_events == IoEvents::Persist;
                assert_eq!(persists, socket && persist, "only the dialect's own events persist");
            }
        }
        for (_, bufferevent) in self.bufferevents.iter() {
            self.assert_bufferevent(bufferevent);
        }
    }

    fn assert_bufferevent(&self, bufferevent: &Bufferevent) {
        bufferevent.input.assert_invariants();
        bufferevent.output.assert_invariants();
        if !bufferevent.suspended().is_empty() && self.rules.is_real() {
            let armed = self.event_loop[bufferevent.io_event(Direction::Read)].armed;
            assert!(!armed, "suspended reading waits for nothing");
        }
    }
}
