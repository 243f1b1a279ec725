//! One pass of the loop, broken off at each user callback: the caller runs it and asks for the next.
//!
//! The order is libevent's: ask the kernel, look at the timers, then run what is active, in the order in which it
//! became active; while something is left active, from the top. One pass is one call of `event_base_loop` with
//! EVLOOP_ONCE and EVLOOP_NONBLOCK.

use super::{EventBase, Owner};
use crate::arena::Key;
use crate::bufferevent::{BuffereventId, DeferredRun, TriggerCall};
use crate::{
    Callback, Direction, EventFlags, EventId, EventName, Handle, Kernel, Observer, PassEnd, Step, Time, What,
};

/// A user callback that is due: run it, then ask for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// `readcb`: input has grown to its low watermark or beyond.
    Read(BuffereventId),
    /// `writecb`: output has shrunk to its low watermark or below.
    Write(BuffereventId),
    /// `errorcb` of 1.4, `eventcb` of 2.x: end of file, an error or a timeout.
    Event(BuffereventId, What),
    /// One of the application's own events, with what woke it.
    Application(EventId, EventFlags),
}

impl Due {
    pub(crate) fn about(self) -> (Option<BuffereventId>, Callback) {
        match self {
            Self::Read(id) => (Some(id), Callback::Read),
            Self::Write(id) => (Some(id), Callback::Write),
            Self::Event(id, what) => (Some(id), Callback::Event(what)),
            Self::Application(event, cause) => (None, Callback::Application(event.number(), cause)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Between passes.
    #[default]
    Idle,
    /// At the top of the loop.
    Top,
    /// Running what is active in this queue.
    Running(usize),
}

/// Where the loop is.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    phase: Phase,
    number: u64,
    /// User callbacks handed out in this pass.
    callbacks: usize,
    /// Whether this pass has run any event.
    ran_event: bool,
    break_requested: bool,
    exit_requested: bool,
    /// 2.1: something more urgent than what runs became active.
    pub(crate) preempted: bool,
    /// The internal event whose callback runs, to be recorded when it returns.
    pub(crate) running: Option<(Option<BuffereventId>, EventName)>,
    /// The user callback that was handed out and has not returned.
    pub(crate) entered: Option<Due>,
    /// 2.1: trigger calls under way. The last is to go on first; those whose callback runs are inside each other, outermost
    /// first.
    pub(crate) triggers: Vec<TriggerCall>,
    /// The number of the last of them.
    pub(crate) last_trigger: u64,
    /// 2.1: the queued call of deferred callbacks that is under way.
    pub(crate) deferred_run: Option<DeferredRun>,
    /// 2.1: deferred calls made active since the kernel was last asked.
    pub(crate) deferred_calls: usize,
    /// 2.1: deferred calls beyond the bound, to be made active before the kernel is asked again.
    pub(crate) later: Vec<Key>,
    /// Kept for its memory.
    handles: Vec<Handle>,
}

impl Pass {
    #[cfg(feature = "serde")]
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn running_queue(&self) -> Option<usize> {
        match self.phase {
            Phase::Running(queue) => Some(queue),
            Phase::Idle | Phase::Top => None,
        }
    }

    /// Whether an internal callback or a trigger call of this bufferevent is under way, perhaps in its user callback.
    pub(crate) fn is_running(&self, id: BuffereventId) -> bool {
        self.running.is_some_and(|(about, _)| about == Some(id))
            || self.triggers.iter().any(|call| call.id == id)
    }

    /// The user callbacks that were handed out and have not returned, outermost first.
    #[cfg(feature = "serde")]
    pub(crate) fn entered(&self) -> impl Iterator<Item = Due> + '_ {
        self.entered.into_iter().chain(self.triggers.iter().filter_map(|call| call.entered))
    }
}

impl<O: Observer> EventBase<O> {
    /// Begins a pass at this time. Then call [`EventBase::poll_callback`] until it gives none.
    ///
    /// A pass that was left before its end goes on from its top.
    pub fn begin_pass(&mut self, now: Time) {
        self.set_now(now);
        self.leave_triggered();
        self.leave_callback();
        self.pass.phase = Phase::Top;
        self.pass.number += 1;
        self.pass.callbacks = 0;
        self.pass.ran_event = false;
        self.forget_unwanted();
        self.pass.break_requested = false;
        let pass = self.pass.number;
        self.record_pass("event_base_loop", move || Step::PassBegan { pass });
    }

    /// Runs until a user callback is due and hands it out, or gives none at the end of the pass.
    ///
    /// Asking again says that the callback handed out before has returned. Callbacks of trigger calls that nobody has
    /// asked for come first, inside that one.
    pub fn poll_callback<K: Kernel + ?Sized>(&mut self, kernel: &mut K) -> Option<Due> {
        while !self.pass.triggers.is_empty() {
            if let Some(due) = self.next_triggered() {
                return Some(due);
            }
        }
        self.leave_callback();
        loop {
            let due = match self.pass.phase {
                Phase::Idle => return None,
                Phase::Top => {
                    self.top_of_loop(kernel);
                    None
                }
                Phase::Running(queue) => self.run_next(queue, kernel),
            };
            if let Some(due) = due {
                self.pass.entered = Some(due);
                self.callback_entered(due);
                return Some(due);
            }
            #[cfg(debug_assertions)]
            self.assert_invariants();
        }
    }

    /// Asks the loop to stop at the end of this pass: `event_base_loopexit` without a time.
    /// The driver sees it in [`EventBase::exit_requested`].
    pub fn loopexit(&mut self) {
        self.pass.exit_requested = true;
        self.record(None, "event_base_loopexit", move || Step::LoopExitRequested);
    }

    /// Breaks the pass off after the callback that runs now; what is active stays active: `event_base_loopbreak`.
    pub fn loopbreak(&mut self) {
        self.pass.break_requested = true;
        self.record(None, "event_base_loopbreak", move || Step::LoopBreakRequested);
    }

    /// Whether [`EventBase::loopexit`] was called.
    #[must_use]
    pub const fn exit_requested(&self) -> bool {
        self.pass.exit_requested
    }

    pub(crate) fn has_active(&self) -> bool {
        self.active.count() > 0 || !self.pass.later.is_empty()
    }

    /// Whether the last pass has run any event. After one that has not, the next at the same time, with nothing done in
    /// between and the kernel unchanged, does not either.
    #[must_use]
    pub const fn has_run_event(&self) -> bool {
        self.pass.ran_event
    }

    fn end_pass(&mut self, reason: PassEnd) {
        self.pass.phase = Phase::Idle;
        let callbacks = self.pass.callbacks;
        self.record_pass("event_base_loop", move || Step::PassEnded { reason, callbacks });
    }

    fn top_of_loop<K: Kernel + ?Sized>(&mut self, kernel: &mut K) {
        if self.pass.break_requested {
            return self.end_pass(PassEnd::Broken);
        }
        if !self.has_events() {
            return self.end_pass(PassEnd::NoEvents);
        }
        self.pass.preempted = false;
        self.make_later_active();
        self.ask_kernel(kernel);
        self.expire_timers();
        match self.first_active_queue() {
            Some(queue) => self.pass.phase = Phase::Running(queue),
            None => self.end_pass(PassEnd::Done),
        }
    }

    fn ask_kernel<K: Kernel + ?Sized>(&mut self, kernel: &mut K) {
        let ready = &mut self.ready;
        kernel.poll(&mut |handle, now| ready.replace(handle, now));
        let before = self.active.count();
        let mut handles = std::mem::take(&mut self.pass.handles);
        self.ready.take_candidates(&mut handles);
        for &handle in &handles {
            self.activate_ready(handle);
        }
        self.pass.handles = handles;
        let active = self.active.count() - before;
        self.record_pass("event_base_loop", move || Step::Polled { active });
    }

    fn activate_ready(&mut self, handle: Handle) {
        let mut found = std::mem::take(&mut self.found);
        let (ready, waiters) = self.ready.get(handle);
        self.rules().ready_order.arrange(ready, waiters, &mut found);
        if let Some(&(first, _)) = found.first() {
            let (about, _) = self.event_name(first);
            self.turn_to(about);
            self.record(about, "event_base_loop", move || Step::Ready {
                readable: ready.readable,
                writable: ready.writable,
            });
        }
        for &(event, cause) in &found {
            self.activate(event, cause);
        }
        found.clear();
        self.found = found;
    }

    fn expire_timers(&mut self) {
        let mut expired = 0;
        while let Some((at, key)) = self.timers.soonest() {
            if at > self.now() {
                break;
            }
            // An event that is readable and out of time in the same pass is only out of time: it leaves the queue
            // and comes back at its end with that cause alone.
            self.stop_timer(key);
            self.record_event(key, "timeout_process", move |event| Step::TimerExpired { event });
            self.del_event(key);
            self.remember_expiry(key, at);
            self.activate(key, EventFlags::TIMEOUT);
            expired += 1;
        }
        self.record_pass("timeout_process", move || Step::TimersChecked { expired });
    }

    fn first_active_queue(&mut self) -> Option<usize> {
        let events = &self.events;
        (0..self.active.priorities()).find(|&queue| {
            self.active
                .first(queue, |event, ticket| events.get(event).is_some_and(|event| event.holds(ticket)))
                .is_some()
        })
    }

    fn run_next<K: Kernel + ?Sized>(&mut self, queue: usize, kernel: &mut K) -> Option<Due> {
        if let Some(due) = self.next_deferred() {
            return Some(due);
        }
        self.event_returned();
        if self.pass.break_requested {
            self.end_pass(PassEnd::Broken);
            return None;
        }
        if self.pass.preempted {
            self.pass.phase = Phase::Top;
            return None;
        }
        if let Some((key, cause)) = self.take_active(queue) {
            return self.run_event(key, cause, kernel);
        }
        if self.has_active() {
            self.pass.phase = Phase::Top;
        } else {
            self.end_pass(PassEnd::Done);
        }
        None
    }

    fn run_event<K: Kernel + ?Sized>(&mut self, key: Key, cause: EventFlags, kernel: &mut K) -> Option<Due> {
        self.pass.ran_event = true;
        match self.events[key].owner {
            Owner::Bufferevent(id, Direction::Read) => self.readcb(id, cause, kernel),
            Owner::Bufferevent(id, Direction::Write) => self.writecb(id, cause, kernel),
            Owner::Deferred(id) => {
                self.begin_deferred(id);
                None
            }
            Owner::Finalizer(id) => {
                self.finalize(id, kernel);
                None
            }
            Owner::Application => {
                let due = Due::Application(EventId(key), cause);
                let callback = due.about().1;
                self.record(None, self.functions().process_active, move || Step::CallbackDue {
                    callback,
                    input: 0,
                    output: 0,
                });
                Some(due)
            }
        }
    }

    fn event_returned(&mut self) {
        let Some((about, event)) = self.pass.running.take() else { return };
        let function = self.functions().process_active;
        self.record(about, function, move || Step::EventReturned { event });
        if let Some(id) = about {
            self.finalize_when_unused(id);
        }
    }

    /// Counts and records that the callback is handed out.
    pub(crate) fn callback_entered(&mut self, due: Due) {
        self.pass.callbacks += 1;
        self.totals.callbacks += 1;
        let (about, callback) = due.about();
        self.record(about, "", move || Step::CallbackEntered { callback });
    }

    /// Does what follows a callback that has returned.
    pub(crate) fn callback_left(&mut self, due: Due) {
        let (about, callback) = due.about();
        self.record(about, "", move || Step::CallbackLeft { callback });
        if let Due::Read(id) = due {
            self.after_read_callback(id);
            if let Some(bufferevent) = self.bufferevents.get_mut(id.0) {
                self.spares.take_from(&mut bufferevent.input);
            }
        }
    }

    fn leave_callback(&mut self) {
        if let Some(due) = self.pass.entered.take() {
            self.callback_left(due);
        }
    }

    /// The callbacks of trigger calls have returned; what these calls still owe is handed out later.
    fn leave_triggered(&mut self) {
        while let Some(call) = self.pass.triggers.iter_mut().rfind(|call| call.entered.is_some()) {
            if let Some(due) = call.entered.take() {
                self.callback_left(due);
            }
        }
    }
}
