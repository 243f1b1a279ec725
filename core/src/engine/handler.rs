//! A convenience on top of due callbacks: one method for each.

use super::EventBase;
use crate::{BuffereventId, Due, EventFlags, EventId, Kernel, Observer, Time, Triggered, What};

/// The application's callbacks, each with the base to act on: whatever may be called between two calls of
/// [`EventBase::poll_callback`] may be called here.
pub trait Handler<O: Observer> {
    /// `readcb`.
    fn on_read(&mut self, base: &mut EventBase<O>, id: BuffereventId) {
        let _ = (base, id);
    }

    /// `writecb`.
    fn on_write(&mut self, base: &mut EventBase<O>, id: BuffereventId) {
        let _ = (base, id);
    }

    /// `errorcb` of 1.4, `eventcb` of 2.x.
    fn on_event(&mut self, base: &mut EventBase<O>, id: BuffereventId, what: What) {
        let _ = (base, id, what);
    }

    /// The callback of one of the application's own events.
    fn on_fired(&mut self, base: &mut EventBase<O>, event: EventId, cause: EventFlags) {
        let _ = (base, event, cause);
    }
}

impl<O: Observer> EventBase<O> {
    /// Calls the handler's method for one due callback.
    pub fn dispatch(&mut self, due: Due, handler: &mut impl Handler<O>) {
        match due {
            Due::Read(id) => handler.on_read(self, id),
            Due::Write(id) => handler.on_write(self, id),
            Due::Event(id, what) => handler.on_event(self, id, what),
            Due::Application(event, cause) => handler.on_fired(self, event, cause),
        }
    }

    /// Calls the handler for each callback that a trigger call owes, as libevent does inside the call.
    pub fn dispatch_triggered(&mut self, call: Triggered, handler: &mut impl Handler<O>) {
        while let Some(due) = self.poll_triggered(call) {
            self.dispatch(due, handler);
        }
    }

    /// One whole pass at this time: `event_base_loop` with EVLOOP_ONCE and EVLOOP_NONBLOCK. Gives how many callbacks
    /// ran.
    pub fn run_pass<K: Kernel + ?Sized>(
        &mut self,
        now: Time,
        kernel: &mut K,
        handler: &mut impl Handler<O>,
    ) -> usize {
        self.begin_pass(now);
        let mut callbacks = 0;
        while let Some(due) = self.poll_callback(kernel) {
            self.dispatch(due, handler);
            callbacks += 1;
        }
        callbacks
    }
}
