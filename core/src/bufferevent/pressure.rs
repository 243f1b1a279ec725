//! 1.4: reading stopped at the high mark resumes when input shrinks below it.

use super::{Engine, Own};
use crate::{BuffereventId, Direction, Observer, Step};

const FUNCTION: &str = "bufferevent_read_pressure_cb";

impl<O: Observer> Engine<O> {
    /// From now on every change of input's length runs [`Self::pressure_callback`].
    pub(crate) fn install_pressure(&mut self, id: BuffereventId) {
        self.state.bufferevents[id.0].own = Own::Pressure { installed: true };
        self.state.totals.reading_stopped += 1;
        self.record(Some(id), "bufferevent_readcb", move || Step::PressureInstalled);
    }

    /// Below the high mark, or without one, it takes itself away and reading goes on; at or above it, nothing happens.
    /// One byte below is enough: there is no hysteresis, and the low mark plays no part.
    pub(crate) fn pressure_callback(&mut self, id: BuffereventId) {
        self.record_high_mark(id, FUNCTION);
        let bufferevent = &mut self.state.bufferevents[id.0];
        if bufferevent.is_input_full() {
            return;
        }
        let reading = bufferevent.enabled.read;
        if let Own::Pressure { installed } = &mut bufferevent.own
            && std::mem::take(installed)
        {
            self.record(Some(id), FUNCTION, move || Step::PressureRemoved);
        }
        if reading {
            // Whether it can be added was decided when reading was enabled.
            let _ = self.add_io_event(id, Direction::Read);
        }
    }
}
