//! What the application does with bufferevents.

use std::time::Duration;

use super::EventBase;
use crate::bufferevent::Due;
use crate::{
    ArmError, BufferError, BuffereventId, BuffereventOptions, Callbacks, Directions, Evbuffer, FlushMode,
    Gone, Handle, NoPairs, Observer, PriorityError, TriggerError, TriggerOptions, Triggered, Watermarks,
    What,
};

impl<O: Observer> EventBase<O> {
    /// Makes a bufferevent on `handle`: `bufferevent_new` of 1.4, `bufferevent_socket_new` of 2.x.
    ///
    /// Writing is enabled, nothing else; nothing is armed and the handle is not touched. Without a handle it can be
    /// written to, and be given one later.
    pub fn bufferevent_new(
        &mut self,
        handle: Option<Handle>,
        callbacks: Callbacks,
        options: BuffereventOptions,
    ) -> BuffereventId {
        self.engine.bufferevent_new(handle, callbacks, options)
    }

    /// Frees the bufferevent: `bufferevent_free`. What both buffers hold is dropped, output that was not sent too;
    /// no callback of it runs any more, though one may be running now. The handle stays open unless the bufferevent
    /// was made to close it.
    ///
    /// # Errors
    /// [`Gone`] when it was freed before.
    pub fn bufferevent_free(&mut self, id: BuffereventId) -> Result<(), Gone> {
        self.engine.bufferevent_free(id)
    }

    /// Which callbacks are wanted from now on: `bufferevent_setcb`. What is buffered already brings none by itself.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setcb(&mut self, id: BuffereventId, callbacks: Callbacks) -> Result<(), Gone> {
        self.engine.bufferevent_setcb(id, callbacks)
    }

    /// Puts the bufferevent on another handle, or on none: `bufferevent_setfd`. Buffers and `enabled` stay; 1.4 waits
    /// for nothing until enabled again, 2.x goes on with what is enabled.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setfd(&mut self, id: BuffereventId, handle: Option<Handle>) -> Result<(), Gone> {
        self.engine.bufferevent_setfd(id, handle)
    }

    /// Enables the directions: `bufferevent_enable`. Enabling writing with nothing to write calls the user once.
    ///
    /// # Errors
    /// [`ArmError`] when it was freed, or (1.4) has no handle; `enabled` is unchanged then.
    pub fn bufferevent_enable(&mut self, id: BuffereventId, directions: Directions) -> Result<(), ArmError> {
        self.engine.bufferevent_enable(id, directions)
    }

    /// Disables the directions: `bufferevent_disable`. Their timers are gone too; what is buffered stays.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_disable(&mut self, id: BuffereventId, directions: Directions) -> Result<(), Gone> {
        self.engine.bufferevent_disable(id, directions)
    }

    /// Sets both timeouts: `bufferevent_settimeout` of 1.4 (whole seconds there), `bufferevent_set_timeouts` of 2.x.
    /// None is libevent's 0, which in 1.4 does not stop a timer that runs.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_set_timeouts(
        &mut self,
        id: BuffereventId,
        read: Option<Duration>,
        write: Option<Duration>,
    ) -> Result<(), Gone> {
        self.engine.bufferevent_set_timeouts(id, read, write)
    }

    /// Sets the watermarks of these directions: `bufferevent_setwatermark`. It never calls the user, and may stop
    /// (2.x) or resume (both) reading at once.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_setwatermark(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        marks: Watermarks,
    ) -> Result<(), Gone> {
        self.engine.bufferevent_setwatermark(id, directions, marks)
    }

    /// Sets the priority of both internal events: `bufferevent_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when it was freed, one of the events is active or there is no such priority; as in libevent,
    /// that of reading may have changed already.
    pub fn bufferevent_priority_set(&mut self, id: BuffereventId, priority: u8) -> Result<(), PriorityError> {
        self.engine.bufferevent_priority_set(id, priority)
    }

    /// Bounds one read, in bytes: `bufferevent_set_max_single_read`. 0 is the default of 16384; 2.1.12 reads at most
    /// 4096 at once whatever is set.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_set_max_single_read(&mut self, id: BuffereventId, bytes: usize) -> Result<(), Gone> {
        self.engine.bufferevent_set_max_single_read(id, bytes)
    }

    /// Bounds one write, in bytes: `bufferevent_set_max_single_write`. 0 is the default of 16384.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_set_max_single_write(&mut self, id: BuffereventId, bytes: usize) -> Result<(), Gone> {
        self.engine.bufferevent_set_max_single_write(id, bytes)
    }

    /// Appends to output, to be sent by the loop while writing is enabled: `bufferevent_write`.
    /// In 1.4 each call restarts the write timer.
    ///
    /// # Errors
    /// [`BufferError`] when it was freed, or the end of output is frozen; nothing was added.
    pub fn bufferevent_write(&mut self, id: BuffereventId, data: &[u8]) -> Result<(), BufferError> {
        self.engine.bufferevent_write(id, data)
    }

    /// Moves all of `source` to output: `bufferevent_write_buffer`. Payload is moved, but for short pieces.
    ///
    /// # Errors
    /// [`BufferError`] when it was freed, or the end of output or the start of `source` is frozen; nothing was moved.
    pub fn bufferevent_write_buffer(
        &mut self,
        id: BuffereventId,
        source: &mut Evbuffer,
    ) -> Result<(), BufferError> {
        self.engine.bufferevent_write_buffer(id, source)
    }

    /// Takes up to `into.len()` bytes from input and gives how many: `bufferevent_read`. Reading that had stopped at
    /// the high mark may have resumed when this returns.
    ///
    /// # Errors
    /// [`BufferError`] when it was freed, or the start of input is frozen; nothing was taken.
    pub fn bufferevent_read(&mut self, id: BuffereventId, into: &mut [u8]) -> Result<usize, BufferError> {
        self.engine.bufferevent_read(id, into)
    }

    /// Moves all of input to the end of `into` and gives how many bytes: `bufferevent_read_buffer`.
    ///
    /// # Errors
    /// [`BufferError`] when it was freed, or the start of input or the end of `into` is frozen; nothing was moved.
    pub fn bufferevent_read_buffer(
        &mut self,
        id: BuffereventId,
        into: &mut Evbuffer,
    ) -> Result<usize, BufferError> {
        self.engine.bufferevent_read_buffer(id, into)
    }

    /// Drops up to `bytes` from the start of input and gives how many: `evbuffer_drain` on it.
    ///
    /// # Errors
    /// [`BufferError`] when it was freed, or the start of input is frozen; nothing was dropped.
    pub fn bufferevent_drain(&mut self, id: BuffereventId, bytes: usize) -> Result<usize, BufferError> {
        self.engine.bufferevent_drain(id, bytes)
    }

    /// Does anything to input that an evbuffer can do: `bufferevent_get_input`. The bufferevent hears of the change
    /// once, after all of it. In 2.x nothing can be added to its end.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_edit_input<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> Result<T, Gone> {
        self.engine.bufferevent_edit_input(id, edit)
    }

    /// Does anything to output that an evbuffer can do: `bufferevent_get_output`. 2.x sends what was added; 1.4, which
    /// does not watch output, leaves it until the next [`EventBase::bufferevent_write`]. In 2.x nothing can be taken
    /// from its start.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_edit_output<T>(
        &mut self,
        id: BuffereventId,
        edit: impl FnOnce(&mut Evbuffer) -> T,
    ) -> Result<T, Gone> {
        self.engine.bufferevent_edit_output(id, edit)
    }

    /// Makes two bufferevents joined to each other: `bufferevent_pair_new`. Writing is enabled on both, and what one
    /// writes waits in its output until the other enables reading.
    ///
    /// # Errors
    /// [`NoPairs`] in the dialect of 1.4.
    pub fn bufferevent_pair_new(&mut self, callbacks: [Callbacks; 2]) -> Result<[BuffereventId; 2], NoPairs> {
        self.engine.bufferevent_pair_new(callbacks)
    }

    /// The other side: `bufferevent_pair_get_partner`. None for a bufferevent on a socket, and once the other side was
    /// freed.
    #[must_use]
    pub fn bufferevent_pair_get_partner(&self, id: BuffereventId) -> Option<BuffereventId> {
        self.engine.bufferevent_pair_get_partner(id)
    }

    /// Moves what the high mark holds back: `bufferevent_flush`. Does nothing on a socket, where bytes are sent as
    /// soon as they can be. Gives false when a pair has lost its partner.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn bufferevent_flush(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        mode: FlushMode,
    ) -> Result<bool, Gone> {
        self.engine.bufferevent_flush(id, directions, mode)
    }

    /// Has the callbacks of these directions run where the low marks allow: `bufferevent_trigger`. Reading comes before
    /// writing, whose mark is compared once the read callback has returned.
    ///
    /// # Errors
    /// [`TriggerError`] when it was freed, and in the dialect of 1.4.
    pub fn bufferevent_trigger(
        &mut self,
        id: BuffereventId,
        directions: Directions,
        options: TriggerOptions,
    ) -> Result<Triggered, TriggerError> {
        self.engine.bufferevent_trigger(id, directions, options)
    }

    /// Has the event callback run with these flags: `bufferevent_trigger_event`.
    ///
    /// # Errors
    /// [`TriggerError`] when it was freed, and in the dialect of 1.4.
    pub fn bufferevent_trigger_event(
        &mut self,
        id: BuffereventId,
        what: What,
        options: TriggerOptions,
    ) -> Result<Triggered, TriggerError> {
        self.engine.bufferevent_trigger_event(id, what, options)
    }

    /// The next callback that a trigger call owes: run it, then ask again. None once the call has returned, as it has at
    /// once where all was deferred.
    ///
    /// Callbacks of earlier calls and of calls inside this one that nobody asked for come first.
    pub fn poll_triggered(&mut self, call: Triggered) -> Option<Due> {
        self.engine.poll_triggered(call)
    }
}
