//! 2.1: a direction is suspended while there is any reason for it, whatever `enabled` says.

use super::Engine;
use crate::{BuffereventId, Direction, Directions, Observer, Step, SuspendBits};

impl<O: Observer> Engine<O> {
    /// Compares input with its high mark: `bufferevent_inbuf_wm_cb`, or `bufferevent_setwatermark`.
    ///
    /// Below the mark this adds `ev_read` even if nothing was suspended, which restarts its timer.
    pub(crate) fn watch_mark(&mut self, id: BuffereventId, function: &'static str) {
        self.record_high_mark(id, function);
        if self.state.bufferevents[id.0].is_input_full() {
            self.suspend_reading(id, SuspendBits::WATERMARK);
        } else {
            self.unsuspend_reading(id, SuspendBits::WATERMARK);
        }
    }

    /// `bufferevent_suspend_read_`.
    pub(crate) fn suspend_reading(&mut self, id: BuffereventId, bits: SuspendBits) {
        let before = self.state.bufferevents[id.0].suspended();
        if before.is_empty() {
            self.stop(id, Direction::Read);
        }
        self.set_suspended(id, before | bits);
        if !before.contains(bits) {
            self.state.totals.reading_stopped += u64::from(bits == SuspendBits::WATERMARK);
            self.record(Some(id), "bufferevent_suspend_read_", move || Step::Suspended { bits });
        }
    }

    /// `bufferevent_unsuspend_read_`.
    pub(crate) fn unsuspend_reading(&mut self, id: BuffereventId, bits: SuspendBits) {
        let bufferevent = &self.state.bufferevents[id.0];
        let before = bufferevent.suspended();
        let resumes = before.without(bits).is_empty() && bufferevent.enabled.read;
        self.set_suspended(id, before.without(bits));
        if before.contains(bits) {
            self.record(Some(id), "bufferevent_unsuspend_read_", move || Step::Unsuspended { bits });
        }
        if resumes {
            // 2.x adds events without a handle too: this cannot fail.
            let _ = self.start(id, Directions::READ);
        }
    }

    fn set_suspended(&mut self, id: BuffereventId, bits: SuspendBits) {
        if let Some(private) = self.state.bufferevents[id.0].private_mut() {
            private.suspended = bits;
        }
    }
}
