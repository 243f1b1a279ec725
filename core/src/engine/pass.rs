//! One pass of the loop, broken off at each user callback: the caller runs it and asks for the next.
//!
//! One pass is one call of `event_base_loop` with EVLOOP_ONCE and EVLOOP_NONBLOCK. Its order is in `event_loop`.

use std::time::Duration;

use super::EventBase;
use crate::arena::Key;
use crate::bufferevent::{Due, Engine, Owner};
use crate::dialect::LoopExit;
use crate::event_loop::{Next, Phase, Top};
use crate::{Direction, EventFlags, EventId, Handle, Kernel, Observer, PassEnd, Step, Time};

/// After so many steps without a user callback a pass ends, whatever is still active.
const MOST_QUIET_STEPS: u32 = 1 << 16;

impl<O: Observer> EventBase<O> {
    /// Begins a pass at this time. Then call [`EventBase::poll_callback`] until it gives none.
    ///
    /// A pass that was left before its end goes on from its top.
    pub fn begin_pass(&mut self, now: Time) {
        self.set_now(now);
        self.engine.begin_pass();
    }

    /// Runs until a user callback is due and hands it out, or gives none at the end of the pass.
    ///
    /// Asking again says that the callback handed out before has returned. Callbacks of trigger calls that nobody has
    /// asked for come first, inside that one.
    pub fn poll_callback<K: Kernel + ?Sized>(&mut self, kernel: &mut K) -> Option<Due> {
        self.engine.poll_callback(kernel)
    }

    /// Asks the loop to stop: `event_base_loopexit` without a time. That queues an event, in 1.4 behind the timers, and once
    /// it has run, the loop stops where it would ask the kernel again. The driver sees it in
    /// [`EventBase::exit_requested`].
    pub fn loopexit(&mut self) {
        self.engine.loopexit();
    }

    /// Breaks the pass off after the callback that runs now; what is active stays active: `event_base_loopbreak`.
    pub fn loopbreak(&mut self) {
        self.engine.state.event_loop.request_break();
        self.engine.record(None, "event_base_loopbreak", move || Step::LoopBreakRequested);
    }

    /// Whether the event of [`EventBase::loopexit`] has run in this pass, or the last: a driver goes on no more.
    #[must_use]
    pub const fn exit_requested(&self) -> bool {
        self.engine.state.event_loop.exit_requested()
    }

    /// Whether the last pass was broken off because it ran events without end and without a user callback: a filter that does
    /// not read can keep the full input below it so. libevent never comes back from there; here the next pass goes on.
    #[must_use]
    pub const fn is_spinning(&self) -> bool {
        self.engine.state.calls.spinning
    }

    /// Whether the last pass has run any event. After one that has not, the next at the same time, with nothing done in
    /// between and the kernel unchanged, does not either.
    #[must_use]
    pub const fn has_run_event(&self) -> bool {
        self.engine.state.event_loop.has_run_event()
    }
}

impl<O: Observer> Engine<O> {
    fn begin_pass(&mut self) {
        self.leave_owed();
        self.leave_callback();
        self.state.calls.in_pass = 0;
        self.state.calls.spinning = false;
        self.state.spares.begin_pass();
        let forgets = self.rules().forgets_wishes;
        let pass = self.state.event_loop.begin_pass(forgets);
        self.recorder.begin_pass();
        self.record_pass("event_base_loop", move || Step::PassBegan { pass });
    }

    fn poll_callback<K: Kernel + ?Sized>(&mut self, kernel: &mut K) -> Option<Due> {
        for _ in 0..MOST_QUIET_STEPS {
            while self.owes() {
                if !self.is_within_bounds() {
                    return None;
                }
                if let Some(due) = self.next_owed() {
                    return Some(due);
                }
            }
            // Those inside it have returned.
            self.leave_callback();
            let due = match self.state.event_loop.phase() {
                Phase::Idle => return None,
                Phase::Top => {
                    self.top_of_loop(kernel);
                    None
                }
                Phase::Running(queue) => self.run_next(queue, kernel),
            };
            if let Some(due) = due {
                self.state.calls.entered = Some(due);
                self.callback_entered(due);
                return Some(due);
            }
            #[cfg(debug_assertions)]
            self.state.assert_after_a_step();
        }
        self.state.calls.spinning = true;
        self.end_pass(PassEnd::Spinning);
        None
    }

    fn loopexit(&mut self) {
        self.record(None, "event_base_loopexit", move || Step::LoopExitRequested);
        let event_loop = &mut self.state.event_loop;
        let priority = event_loop.default_priority();
        let event = event_loop.insert(Owner::LoopExit, None, EventFlags::NONE, priority);
        match self.rules().loop_exit {
            LoopExit::Event => self.activate(event, EventFlags::TIMEOUT),
            // It waits for no handle: this cannot fail.
            LoopExit::Timer => drop(self.add_event(event, Some(Duration::ZERO))),
        }
    }

    fn end_pass(&mut self, reason: PassEnd) {
        self.state.event_loop.end_pass();
        let callbacks = self.state.calls.in_pass;
        self.record_pass("event_base_loop", move || Step::PassEnded { reason, callbacks });
    }

    fn top_of_loop<K: Kernel + ?Sized>(&mut self, kernel: &mut K) {
        let owes = self.owes();
        match self.state.event_loop.top(owes) {
            Top::Broken => return self.end_pass(PassEnd::Broken),
            Top::Exited => return self.end_pass(PassEnd::Exited),
            Top::NoEvents => return self.end_pass(PassEnd::NoEvents),
            Top::Poll => {}
        }
        for call in self.state.event_loop.take_later() {
            self.activate(call, EventFlags::NONE);
        }
        self.ask_kernel(kernel);
        if let Some(now) = kernel.now() {
            self.state.event_loop.set_now(now);
        }
        self.expire_timers();
        if !self.state.event_loop.run_active() {
            self.end_pass(PassEnd::Done);
        }
    }

    fn ask_kernel<K: Kernel + ?Sized>(&mut self, kernel: &mut K) {
        let before = self.state.event_loop.active_count();
        let handles = self.state.event_loop.poll(kernel);
        for &handle in &handles {
            self.activate_ready(handle);
        }
        self.state.event_loop.give_back_handles(handles);
        let active = self.state.event_loop.active_count() - before;
        self.record_pass("event_base_loop", move || Step::Polled { active });
    }

    fn activate_ready(&mut self, handle: Handle) {
        let order = self.rules().ready_order;
        let found = self.state.event_loop.find_ready(handle, order);
        if let Some(&(first, _)) = found.first() {
            let about = self.state.event_loop[first].owner.about();
            self.recorder.turn_to(&self.state, about);
            // The kernel reports what it was asked for, and what no event waits for it was not.
            let reported = found.iter().fold(EventFlags::NONE, |all, (_, cause)| all | *cause);
            self.record(about, "event_base_loop", move || Step::Ready {
                readable: reported.contains(EventFlags::READ),
                writable: reported.contains(EventFlags::WRITE),
            });
        }
        for &(event, cause) in &found {
            self.activate(event, cause);
        }
        self.state.event_loop.give_back_found(found);
    }

    fn expire_timers(&mut self) {
        let mut expired = 0;
        // An event that is readable and out of time in the same pass is only out of time: it leaves the queue
        // and comes back at its end with that cause alone.
        while let Some(key) = self.state.event_loop.take_expired() {
            self.record_event(key, "timeout_process", move |event| Step::TimerExpired { event });
            self.del_event(key);
            self.activate(key, EventFlags::TIMEOUT);
            expired += 1;
        }
        self.record_pass("timeout_process", move || Step::TimersChecked { expired });
    }

    fn run_next<K: Kernel + ?Sized>(&mut self, queue: usize, kernel: &mut K) -> Option<Due> {
        if let Some(id) = self.state.calls.connected.take() {
            let due = self.write_connected(id, kernel);
            if due.is_some() || self.owes() {
                return due;
            }
        }
        let due = self.next_deferred();
        if due.is_some() || self.owes() {
            return due;
        }
        self.event_returned();
        match self.state.event_loop.next_active(queue) {
            Next::Run(key, cause) => return self.run_event(key, cause, kernel),
            Next::Top => {}
            Next::Broken => self.end_pass(PassEnd::Broken),
            Next::Done => self.end_pass(PassEnd::Done),
        }
        None
    }

    /// The event has left its queue: a persistent one stays armed, another is removed; then its internal callback runs.
    fn run_event<K: Kernel + ?Sized>(&mut self, key: Key, cause: EventFlags, kernel: &mut K) -> Option<Due> {
        let event = &self.state.event_loop[key];
        let (owner, persists) = (event.owner, event.interest.contains(EventFlags::PERSIST));
        self.recorder.turn_to(&self.state, owner.about());
        let function = self.functions().process_active;
        self.record_event(key, function, move |event| Step::EventRun { event, cause });
        if persists {
            self.restart_persistent_timer(key, cause);
        } else {
            self.del_event(key);
        }
        match owner {
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
            Owner::LoopExit => {
                self.state.event_loop.request_exit();
                self.state.event_loop.remove(key);
                None
            }
            Owner::Application => {
                let due = Due::Application(EventId(key), cause);
                self.record(None, self.functions().process_active, move || Step::CallbackDue {
                    callback: due.callback(),
                    input: 0,
                    output: 0,
                });
                Some(due)
            }
        }
    }

    fn event_returned(&mut self) {
        let Some((key, owner)) = self.state.event_loop.take_running() else { return };
        if !self.recorder.is_unwanted_event(key) {
            let (function, event) = (self.functions().process_active, owner.event_name(key));
            self.record(owner.about(), function, move || Step::EventReturned { event });
        }
        if let Some(id) = owner.about() {
            self.finalize_after(id, Some(key));
        }
    }

    /// Records how the pass goes on.
    #[track_caller]
    #[inline]
    fn record_pass(&mut self, function: &'static str, step: impl FnOnce() -> Step) {
        self.recorder.record_pass(&self.state, function, step);
    }
}
