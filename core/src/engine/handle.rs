//! What the application does with bufferevents, by handles that borrow the base.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use super::EventBase;
use crate::bufferevent::{Due, Engine};
use crate::{
    BufferError, BufferName, Bufferevent, BuffereventId, BuffereventOptions, Callbacks, Connect,
    ConnectError, Directions, Evbuffer, FilterError, FilterKind, FlushError, FlushMode, Frozen, Gone, Handle,
    MoveError, NoFunction, NoHandle, Observer, PriorityError, ReadBoundError, TriggerOptions, Triggered,
    Watermarks, What,
};

/// One bufferevent of an event base, to act on: see [`EventBase::get_mut`]. It can be looked at as a [`Bufferevent`].
///
/// What can be refused gives an error of its own; everything else happens.
pub struct BuffereventMut<'a, O: Observer> {
    engine: &'a mut Engine<O>,
    /// Invariant: the id of one that was not freed.
    id: BuffereventId,
}

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

    /// Makes two bufferevents joined to each other: `bufferevent_pair_new`. Writing is enabled on both, and what one
    /// writes waits in its output until the other enables reading.
    ///
    /// # Errors
    /// [`NoFunction`] in the dialect of 1.4.
    pub fn bufferevent_pair_new(
        &mut self,
        callbacks: [Callbacks; 2],
    ) -> Result<[BuffereventId; 2], NoFunction> {
        self.engine.bufferevent_pair_new(callbacks)
    }

    /// Makes a filter over a bufferevent, with one function for what comes up and one for what goes down:
    /// `bufferevent_filter_new`. Writing is enabled on it; on the bufferevent below both directions are, with reading
    /// suspended until the filter reads, and its callbacks are the filter's from now on.
    ///
    /// With `close_on_free` the bufferevent below is freed with the filter. Until the filter is released it is not
    /// released either, should it be freed before.
    ///
    /// # Errors
    /// [`FilterError`] in the dialect of 1.4, and when the bufferevent below was freed or has a filter over it.
    pub fn bufferevent_filter_new(
        &mut self,
        underlying: BuffereventId,
        input: FilterKind,
        output: FilterKind,
        callbacks: Callbacks,
        options: BuffereventOptions,
    ) -> Result<BuffereventId, FilterError> {
        let made = self.engine.bufferevent_filter_new(underlying, [input, output], callbacks, options);
        self.engine.settle();
        made
    }

    /// A bufferevent to look at.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn get(&self, id: BuffereventId) -> Result<&Bufferevent, Gone> {
        self.engine.state.live(id).ok_or(Gone)
    }

    /// What a bufferevent reads from and writes to in the end: `bufferevent_getfd`. That of a filter is that of the
    /// bufferevent below, also once that was freed; a pair has none.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn getfd(&self, id: BuffereventId) -> Result<Option<Handle>, Gone> {
        self.get(id)?;
        Ok(self.engine.bufferevent_getfd(id))
    }

    /// A bufferevent to act on.
    ///
    /// # Errors
    /// [`Gone`] when it was freed.
    pub fn get_mut(&mut self, id: BuffereventId) -> Result<BuffereventMut<'_, O>, Gone> {
        self.get(id)?;
        Ok(BuffereventMut { engine: &mut self.engine, id })
    }

    /// The calls since the innermost callback was handed out that owe callbacks: to be asked for with
    /// [`poll_triggered`](Self::poll_triggered). Ask after each call where there are filters or callbacks of evbuffers:
    /// writing, reading, draining, enabling, a watermark and freeing may run callbacks inside them there.
    pub fn triggered(&self) -> Triggered {
        self.engine.state.calls.owed.caused()
    }

    /// The next callback that such a call owes: run it, then ask again. None once the call has returned, as it has at
    /// once where all was deferred.
    ///
    /// Callbacks of earlier calls and of calls inside this one that nobody asked for come first.
    pub fn poll_triggered(&mut self, call: Triggered) -> Option<Due> {
        self.engine.poll_triggered(call)
    }
}

impl<O: Observer> Deref for BuffereventMut<'_, O> {
    type Target = Bufferevent;

    fn deref(&self) -> &Bufferevent {
        &self.engine.state.bufferevents[self.id.0]
    }
}

impl<O: Observer> fmt::Debug for BuffereventMut<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BuffereventMut").field(&self.id).field(&**self).finish()
    }
}

/// Settings.
impl<O: Observer> BuffereventMut<'_, O> {
    /// Which bufferevent this is.
    #[must_use]
    pub const fn id(&self) -> BuffereventId {
        self.id
    }

    /// Which callbacks are wanted from now on: `bufferevent_setcb`. What is buffered already brings none by itself.
    pub fn setcb(&mut self, callbacks: Callbacks) {
        self.engine.set_callbacks(self.id, callbacks);
    }

    /// Puts the bufferevent on another handle, or on none: `bufferevent_setfd`. Buffers and `enabled` stay; 1.4 waits
    /// for nothing until enabled again, 2.x goes on with what is enabled. A filter hands it down, a pair ignores it.
    pub fn setfd(&mut self, handle: Option<Handle>) {
        self.engine.bufferevent_setfd(self.id, handle);
    }

    /// Enables the directions: `bufferevent_enable`. Enabling writing with nothing to write calls the user once.
    ///
    /// # Errors
    /// [`NoHandle`] when (1.4) it has none; `enabled` is unchanged then.
    pub fn enable(&mut self, directions: Directions) -> Result<(), NoHandle> {
        let done = self.engine.enable_directions(self.id, directions);
        self.engine.settle();
        done
    }

    /// Disables the directions: `bufferevent_disable`. Their timers are gone too; what is buffered stays.
    pub fn disable(&mut self, directions: Directions) {
        self.engine.disable(self.id, directions);
    }

    /// Sets both timeouts: `bufferevent_settimeout` of 1.4 (whole seconds there), `bufferevent_set_timeouts` of 2.x.
    /// None is libevent's 0, which in 1.4 does not stop a timer that runs.
    pub fn set_timeouts(&mut self, read: Option<Duration>, write: Option<Duration>) {
        self.engine.bufferevent_set_timeouts(self.id, read, write);
    }

    /// Sets the watermarks of these directions: `bufferevent_setwatermark`. It never calls the user, and may stop
    /// (2.x) or resume (both) reading at once.
    pub fn setwatermark(&mut self, directions: Directions, marks: Watermarks) {
        self.engine.bufferevent_setwatermark(self.id, directions, marks);
        self.engine.settle();
    }

    /// Sets the priority of both internal events, and of deferred callbacks: `bufferevent_priority_set`.
    ///
    /// # Errors
    /// [`PriorityError`] when one of the events is active, there is no such priority, or the bufferevent is a pair or a
    /// filter; as in libevent, that of reading may have changed already.
    pub fn priority_set(&mut self, priority: u8) -> Result<(), PriorityError> {
        self.engine.bufferevent_priority_set(self.id, priority)
    }

    /// Bounds one read, in bytes: `bufferevent_set_max_single_read`. 0 and more than `isize::MAX` are the default of
    /// 16384; 2.1 reads at most 4096 at once whatever is set.
    ///
    /// # Errors
    /// [`ReadBoundError`] in 1.4, and in 2.2 above 2^31 - 1; the bound stays as it was.
    pub fn set_max_single_read(&mut self, bytes: usize) -> Result<(), ReadBoundError> {
        self.engine.bufferevent_set_max_single_read(self.id, bytes)
    }

    /// Bounds one write, in bytes: `bufferevent_set_max_single_write`. 0 is the default of 16384.
    ///
    /// # Errors
    /// [`NoFunction`] in the dialect of 1.4.
    pub fn set_max_single_write(&mut self, bytes: usize) -> Result<(), NoFunction> {
        self.engine.bufferevent_set_max_single_write(self.id, bytes)
    }

    /// Frees the bufferevent: `bufferevent_free`. What both buffers hold is dropped, output that was not sent too;
    /// no callback of it runs any more, though one may be running now. The handle stays open unless the bufferevent
    /// was made to close it.
    pub fn free(self) {
        self.engine.bufferevent_free(self.id);
        self.engine.settle();
    }
}

/// The two buffers.
impl<O: Observer> BuffereventMut<'_, O> {
    /// Appends to output, to be sent by the loop while writing is enabled: `bufferevent_write`.
    /// In 1.4 each call restarts the write timer.
    ///
    /// # Errors
    /// [`Frozen`] when the end of output is; nothing was added.
    pub fn write(&mut self, data: &[u8]) -> Result<(), Frozen> {
        let done = self.engine.bufferevent_write(self.id, data);
        self.engine.settle();
        done
    }

    /// Moves all of `source` to output: `bufferevent_write_buffer`. Payload is moved, but for short pieces.
    ///
    /// # Errors
    /// [`BufferError`] when the end of output or the start of `source` is frozen; nothing was moved.
    pub fn write_buffer(&mut self, source: &mut Evbuffer) -> Result<(), BufferError> {
        let done = self.engine.bufferevent_write_buffer(self.id, source);
        self.engine.settle();
        done
    }

    /// Takes up to `into.len()` bytes from input and gives how many: `bufferevent_read`. Reading that had stopped at
    /// the high mark may have resumed when this returns.
    ///
    /// # Errors
    /// [`Frozen`] when the start of input is; nothing was taken.
    pub fn read(&mut self, into: &mut [u8]) -> Result<usize, Frozen> {
        let done = self.engine.bufferevent_read(self.id, into);
        self.engine.settle();
        done
    }

    /// Moves all of input to the end of `into` and gives how many bytes: `bufferevent_read_buffer`.
    ///
    /// In a callback during a move of a part of input, libevent has `into` count what that move has taken already; this gives
    /// and counts what is there.
    ///
    /// # Errors
    /// [`BufferError`] when the start of input or the end of `into` is frozen; nothing was moved.
    pub fn read_buffer(&mut self, into: &mut Evbuffer) -> Result<usize, BufferError> {
        let done = self.engine.bufferevent_read_buffer(self.id, into);
        self.engine.settle();
        done
    }

    /// Moves all of input to the end of the other's output and gives how many bytes: `bufferevent_read_buffer` into
    /// `bufferevent_get_output`.
    ///
    /// # Errors
    /// [`MoveError`] when the start of input or the end of that output is frozen, and when the other was freed; nothing was
    /// moved.
    pub fn read_buffer_to(&mut self, to: BuffereventId) -> Result<usize, MoveError> {
        self.engine.state.live(to).ok_or(MoveError::Gone)?;
        let done = self.engine.bufferevent_read_buffer_to(self.id, to);
        self.engine.settle();
        Ok(done?)
    }

    /// Drops up to `bytes` from the start of input and gives how many: `evbuffer_drain` on it.
    ///
    /// # Errors
    /// [`Frozen`] when the start of input is; nothing was dropped.
    pub fn drain(&mut self, bytes: usize) -> Result<usize, Frozen> {
        let done = self.engine.bufferevent_drain(self.id, bytes);
        self.engine.settle();
        done
    }

    /// Makes the first bytes of input contiguous and shows them, or all for `None`; none where there are fewer:
    /// `evbuffer_pullup` on it, 1.4's `EVBUFFER_DATA`.
    pub fn pullup(&mut self, bytes: impl Into<Option<usize>>) -> Option<&[u8]> {
        self.engine.bufferevent_pullup(self.id, bytes.into())
    }

    /// Does anything to input that an evbuffer can do: `bufferevent_get_input`. The bufferevent hears of the change
    /// once, after all of it, whoever has [taken](Evbuffer::take_change) it meanwhile. In 2.x nothing can be added to its end.
    ///
    /// A buffer that is put in its place is input from then on, and its ends are frozen as those were; what was there
    /// stays frozen where it is now. [`read_buffer`](Self::read_buffer) moves all of it to a buffer that is not.
    pub fn edit_input<T>(&mut self, edit: impl FnOnce(&mut Evbuffer) -> T) -> T {
        let done = self.engine.bufferevent_edit_input(self.id, edit);
        self.engine.settle();
        done
    }

    /// Does anything to output that an evbuffer can do: `bufferevent_get_output`. 2.x sends what was added; 1.4, which
    /// does not watch output, leaves it until the next [`write`](Self::write). In 2.x nothing can be taken from its start.
    pub fn edit_output<T>(&mut self, edit: impl FnOnce(&mut Evbuffer) -> T) -> T {
        let done = self.engine.bufferevent_edit_output(self.id, edit);
        self.engine.settle();
        done
    }
}

/// What only 2.x has.
impl<O: Observer> BuffereventMut<'_, O> {
    /// Has [`Due::Buffer`] handed out whenever this buffer's length changes: `evbuffer_add_cb`, which puts it before
    /// those that the bufferevent has added already. There is one for each buffer; adding it again changes nothing.
    ///
    /// What is done in one [`edit_input`](Self::edit_input) or [`edit_output`](Self::edit_output) is one change. Once the
    /// bufferevent is freed it runs no more, though libevent has the buffers live until the release.
    ///
    /// It runs inside the move that made the change. Where that moves a part of a buffer to here, as a pair or a filter does
    /// up to a high mark, the part is still at the start of the source: a callback that takes it from here, so that more is
    /// moved inside it, gets the same bytes again, and those behind them are lost. libevent 2.1 does so, too; take them in
    /// [`Due::Read`].
    ///
    /// # Errors
    /// [`NoFunction`] in the dialect of 1.4.
    pub fn add_buffer_cb(&mut self, buffer: BufferName) -> Result<(), NoFunction> {
        self.engine.add_buffer_cb(self.id, buffer)
    }

    /// No longer: `evbuffer_remove_cb`.
    pub fn remove_buffer_cb(&mut self, buffer: BufferName) {
        self.engine.remove_buffer_cb(self.id, buffer);
    }

    /// Goes on with a connection that the driver has begun: `bufferevent_socket_connect`, which puts the bufferevent on
    /// the handle as [`setfd`](Self::setfd) does.
    ///
    /// As in libevent, a handle that it has already is the one that `connect` is called on; where that fails other than
    /// by refusal, the bufferevent hears nothing. CONNECTED comes before any byte moves, also where nothing is enabled;
    /// ERROR comes alone.
    ///
    /// # Errors
    /// [`ConnectError`] in the dialect of 1.4, and without a socket; nothing was changed.
    pub fn socket_connect(&mut self, handle: Handle, outcome: Connect) -> Result<(), ConnectError> {
        self.engine.bufferevent_socket_connect(self.id, handle, outcome)
    }

    /// Moves what a high mark or a filter's function holds back: `bufferevent_flush`. Does nothing on a socket, where
    /// bytes are sent as soon as they can be.
    ///
    /// # Errors
    /// [`FlushError`] in the dialect of 1.4, and when the other side of a pair was freed.
    pub fn flush(&mut self, directions: Directions, mode: FlushMode) -> Result<(), FlushError> {
        let done = self.engine.bufferevent_flush(self.id, directions, mode);
        self.engine.settle();
        done
    }

    /// Has the callbacks of these directions run where the low marks allow: `bufferevent_trigger`. Reading comes before
    /// writing, whose mark is compared once the read callback has returned.
    ///
    /// # Errors
    /// [`NoFunction`] in the dialect of 1.4.
    pub fn trigger(
        &mut self,
        directions: Directions,
        options: TriggerOptions,
    ) -> Result<Triggered, NoFunction> {
        let done = self.engine.bufferevent_trigger(self.id, directions, options);
        self.engine.settle();
        done
    }

    /// Has the event callback run with these flags: `bufferevent_trigger_event`.
    ///
    /// # Errors
    /// [`NoFunction`] in the dialect of 1.4.
    pub fn trigger_event(&mut self, what: What, options: TriggerOptions) -> Result<Triggered, NoFunction> {
        let done = self.engine.bufferevent_trigger_event(self.id, what, options);
        self.engine.settle();
        done
    }
}
