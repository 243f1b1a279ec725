//! What must hold between any two steps; checked after each in debug builds.

use crate::base::Owner;
use crate::bufferevent::Link;
use crate::dialect::IoEvents;
use crate::{Direction, EventBase, EventFlags, Observer};

impl<O: Observer> EventBase<O> {
    /// Panics when the engine contradicts itself. Debug builds call it after each internal step.
    pub fn assert_invariants(&self) {
        let active = self.events.iter().filter(|(_, event)| event.active.is_some()).count();
        assert_eq!(active, self.active_count(), "every active event holds a ticket");
        let timers = self.events.iter().filter(|(_, event)| event.deadline.is_some()).count();
        assert_eq!(timers, self.timer_count(), "every deadline is among the timers");
        for (_, event) in self.events.iter() {
            assert!(usize::from(event.priority) < self.priorities(), "every event has a queue");
            if let Owner::Bufferevent(id, direction) = event.owner {
                let bufferevent = self.bufferevents.get(id.0).expect("its bufferevent is there");
                assert_eq!(bufferevent.handle, event.handle, "{direction:?}: both wait for one handle");
                let persists = event.interest.contains(EventFlags::PERSIST);
                let socket = bufferevent.link == Link::Socket;
                let persist = self.rules().io_events == IoEvents::Persist;
                assert_eq!(persists, socket && persist, "only the dialect's own events persist");
            }
        }
        for (_, bufferevent) in self.bufferevents.iter() {
            bufferevent.input.assert_invariants();
            bufferevent.output.assert_invariants();
            if !bufferevent.suspended().is_empty() {
                let armed = self.events[bufferevent.io_event(Direction::Read)].armed;
                assert!(!armed, "suspended reading waits for nothing");
            }
        }
    }
}
