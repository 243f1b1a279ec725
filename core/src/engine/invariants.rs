//! What must hold between any two steps; checked after each in debug builds.

use super::EventBase;
use crate::bufferevent::{Link, Owner, State};
use crate::dialect::IoEvents;
use crate::{Direction, EventFlags, Observer};

impl<O: Observer> EventBase<O> {
    /// Panics when the engine contradicts itself. Debug builds call it after each internal step.
    pub fn assert_invariants(&self) {
        self.engine.state.assert_invariants();
    }
}

impl State {
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
            bufferevent.input.assert_invariants();
            bufferevent.output.assert_invariants();
            if !bufferevent.suspended().is_empty() && self.rules.is_real() {
                let armed = self.event_loop[bufferevent.io_event(Direction::Read)].armed;
                assert!(!armed, "suspended reading waits for nothing");
            }
        }
    }
}
