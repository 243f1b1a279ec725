//! Making and freeing bufferevents.

use super::{Bufferevent, Callbacks, Engine, Link, Own, Owner};
use crate::arena::Key;
use crate::{BufferName, BuffereventId, Direction, Evbuffer, EventFlags, Handle, Kernel, Observer, Step};

/// How 2.x makes a bufferevent: the BEV_OPT_ flags. 1.4 knows none of them and ignores them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BuffereventOptions {
    /// BEV_OPT_CLOSE_ON_FREE: the loop closes the handle of a freed bufferevent. Without it, and in 1.4 always (see
    /// [`Dialect::can_close_on_free`](crate::Dialect::can_close_on_free)), whoever opened the handle closes it and tells the
    /// base with [`EventBase::forget_handle`](crate::EventBase::forget_handle); `Driver::free` of `bufferevent-mio` does what
    /// the dialect asks for.
    pub close_on_free: bool,
    /// BEV_OPT_DEFER_CALLBACKS: callbacks run from a queued call, not from the internal callbacks.
    pub defer_callbacks: bool,
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_new(
        &mut self,
        handle: Option<Handle>,
        callbacks: Callbacks,
        options: BuffereventOptions,
    ) -> BuffereventId {
        self.make_bufferevent(Link::Socket, handle, callbacks, options, self.functions().new)
    }

    /// The same, as recorded of `function`.
    pub(crate) fn make_bufferevent(
        &mut self,
        link: Link,
        handle: Option<Handle>,
        callbacks: Callbacks,
        options: BuffereventOptions,
        function: &'static str,
    ) -> BuffereventId {
        let priority = self.state.event_loop.default_priority();
        // Their owner is known once the bufferevent has its id.
        let mut io_event = |direction| {
            let interest = match link {
                Link::Socket => self.rules().io_interest(direction),
                Link::Pair(_) | Link::Filter(_) => EventFlags::NONE,
            };
            self.state.event_loop.insert(Owner::Application, handle, interest, priority)
        };
        let (ev_read, ev_write) = (io_event(Direction::Read), io_event(Direction::Write));
        let mut bufferevent = Bufferevent::new(link, Own::new(self.rules()), handle, ev_read, ev_write);
        if let Some(private) = bufferevent.private_mut() {
            private.close_on_free = options.close_on_free;
            private.deferral.always = options.defer_callbacks;
            private.deferral.priority = priority;
        }
        if self.state.follows_chains {
            let follow = match bufferevent.private() {
                Some(_) => Evbuffer::follow_chains,
                None => Evbuffer::follow_block,
            };
            follow(&mut bufferevent.input);
            follow(&mut bufferevent.output);
        }
        // Both ends of a filter's buffers are the application's.
        if !matches!(link, Link::Filter(_)) {
            for name in [BufferName::Input, BufferName::Output] {
                if let Some(end) = self.freezes(name) {
                    bufferevent.buffer_mut(name).freeze(end);
                }
            }
        }
        let id = BuffereventId(self.state.bufferevents.insert(bufferevent));
        self.state.event_loop.set_owner(ev_read, Owner::Bufferevent(id, Direction::Read));
        self.state.event_loop.set_owner(ev_write, Owner::Bufferevent(id, Direction::Write));
        let (dialect, deferred) = (self.state.dialect, self.state.bufferevents[id.0].defers_callbacks());
        self.record(Some(id), function, move || Step::Created { dialect, handle, deferred });
        self.set_callbacks(id, callbacks);
        id
    }

    pub(crate) fn bufferevent_free(&mut self, id: BuffereventId) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        bufferevent.freed = true;
        bufferevent.callbacks = Callbacks::NONE;
        let (input_dropped, output_dropped) = (bufferevent.input.len(), bufferevent.output.len());
        self.record(Some(id), "bufferevent_free", move || Step::Freed { input_dropped, output_dropped });
        self.release(id);
    }

    /// Takes everything of the bufferevent out of the base.
    pub(crate) fn remove_bufferevent(&mut self, id: BuffereventId) {
        for direction in [Direction::Read, Direction::Write] {
            let event = self.state.bufferevents[id.0].io_event(direction);
            self.del_event(event);
            self.state.event_loop.remove(event);
        }
        self.state.bufferevents.remove(id.0);
        if self.state.bufferevents.is_empty() {
            self.state.give_memory_back();
        }
    }

    /// 2.x: unlinks a freed bufferevent from others and queues its release, once no callback of it is under way or queued
    /// and no filter over it is left.
    pub(crate) fn finalize_when_unused(&mut self, id: BuffereventId) {
        self.finalize_after(id, None);
    }

    /// The same once an event of it has returned, whose priority the release has then; else that of `ev_read`.
    #[inline]
    pub(crate) fn finalize_after(&mut self, id: BuffereventId, event: Option<Key>) {
        if self.state.bufferevents.get(id.0).is_some_and(|bufferevent| bufferevent.freed) {
            self.finalize_freed(id, event);
        }
    }

    #[cold]
    fn finalize_freed(&mut self, id: BuffereventId, event: Option<Key>) {
        let bufferevent = &self.state.bufferevents[id.0];
        let (link, ev_read, ev_write) = (bufferevent.link, bufferevent.ev_read, bufferevent.ev_write);
        let held = bufferevent.private().is_some_and(|own| own.filter.is_some() || own.finalizer.is_some());
        if held || self.state.is_running(id) || self.is_deferred_call_queued(id) {
            return;
        }
        match link {
            Link::Pair(Some(partner)) => self.pair_unlink(id, partner),
            Link::Filter(filter) => self.filter_unlink(filter),
            Link::Pair(None) | Link::Socket => {}
        }
        self.del_event(ev_read);
        self.del_event(ev_write);
        let priority = self.state.event_loop[event.unwrap_or(ev_read)].priority;
        let finalizer = self.state.event_loop.insert(Owner::Finalizer(id), None, EventFlags::NONE, priority);
        self.activate(finalizer, EventFlags::NONE);
        if let Some(private) = self.state.bufferevents[id.0].private_mut() {
            private.finalizer = Some(finalizer);
        }
    }

    /// 2.1: the loop releases the bufferevent and closes its handle where it was made to.
    pub(crate) fn finalize<K: Kernel + ?Sized>(&mut self, id: BuffereventId, kernel: &mut K) {
        let bufferevent = &self.state.bufferevents[id.0];
        let (handle, underlying) = (bufferevent.handle, bufferevent.get_underlying());
        let (close, others) = bufferevent
            .private()
            .map(|private| (private.close_on_free, [private.deferral.event, private.finalizer]))
            .unwrap_or_default();
        self.record(Some(id), "bufferevent_finalize_cb_", move || Step::Finalized);
        self.remove_bufferevent(id);
        for event in others.into_iter().flatten() {
            self.state.event_loop.remove(event);
        }
        if let Some(underlying) = underlying {
            self.filter_let_go(underlying);
        }
        if let Some(handle) = handle.filter(|_| close) {
            self.state.event_loop.ready.forget(handle);
            kernel.close(handle);
            if let Some(closing) = kernel.seen_by_peer(handle) {
                self.record(Some(id), "", move || Step::PeerSees { closing });
            }
        }
    }
}
