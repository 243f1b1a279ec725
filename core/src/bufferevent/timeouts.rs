//! The timers of pairs and filters, whose internal events wait for nothing else: libevent's "generic" timeouts.

use super::Engine;
use crate::{BuffereventId, Direction, Observer};

impl<O: Observer> Engine<O> {
    /// The timeouts were set: `bufferevent_generic_adj_timeouts_`.
    pub(crate) fn generic_timeouts_changed(&mut self, id: BuffereventId) {
        for direction in [Direction::Read, Direction::Write] {
            let bufferevent = &self.state.bufferevents[id.0];
            let runs = bufferevent.enabled.contains(direction)
                && match direction {
                    Direction::Read => bufferevent.suspended().is_empty(),
                    Direction::Write => !bufferevent.output.is_empty(),
                };
            let event = bufferevent.io_event(direction);
            if runs && bufferevent.timeout(direction).is_some() {
                self.restart_generic_timer(id, direction);
            } else {
                self.del_event(event);
            }
        }
    }

    /// `BEV_RESET_GENERIC_READ_TIMEOUT` and its like: from now on, where there is a timeout.
    pub(crate) fn restart_generic_timer(&mut self, id: BuffereventId, direction: Direction) {
        if self.state.bufferevents[id.0].timeout(direction).is_some() {
            // A timer without a handle can always be added.
            let _ = self.add_io_event(id, direction);
        }
    }
}
