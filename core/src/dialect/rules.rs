//! Where the libevents part: one field a difference, one const a libevent.

use super::functions::{self, Functions};
use crate::{Direction, EventFlags};

/// What one libevent does.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// As scenarios and programs call it.
    pub(super) name: &'static str,
    /// The version that was measured.
    pub(super) libevent: &'static str,

    pub(crate) io_events: IoEvents,
    pub(crate) ready_order: ReadyOrder,
    pub(crate) persistent_timer: PersistentTimer,
    /// An event without a descriptor can be added, and never fires: 2.x keeps it in its books, and epoll never hears
    /// of it. 1.4 asks epoll, which refuses.
    pub(crate) arms_without_handle: bool,
    /// The loop goes back to its top when an event more urgent than what runs becomes active. In 1.4 a queue runs to
    /// its end.
    pub(crate) preempts: bool,
    pub(crate) loop_exit: LoopExit,
    /// A loop that begins forgets that it was to break off or to stop. In 1.4 what no loop has seen yet ends the next.
    pub(crate) forgets_wishes: bool,

    pub(crate) high_mark: HighMark,
    pub(crate) mark_width: MarkWidth,
    pub(crate) read_limit: ReadLimit,
    pub(crate) write_limit: WriteLimit,
    /// A write that fails with EINPROGRESS is simply made again: 1.4 has no connect path of its own for it.
    pub(crate) retries_write_in_progress: bool,
    pub(crate) refused_at_once: RefusedAtOnce,
    pub(crate) output_watch: OutputWatch,
    pub(crate) failure: Failure,
    pub(crate) full_input: FullInput,
    pub(crate) enabling: Enabling,
    pub(crate) no_timeout: NoTimeout,
    pub(crate) timeout_unit: TimeoutUnit,
    /// `bufferevent_setfd` adds on the new descriptor what is enabled. 1.4 waits for the next enable.
    pub(crate) new_handle_resumes: bool,
    pub(crate) release: Release,
    /// The event callback may be absent. 1.4 calls it without asking, and crashes.
    pub(crate) event_callback_is_optional: bool,
    /// The application can neither add to the end of input nor take from the start of output: those ends are the
    /// bufferevent's own.
    pub(crate) freezes_own_ends: bool,
    /// There is what 2.x has added: connecting, pairs, filters, callbacks by hand and of evbuffers, flushing, bounds of one
    /// read and one write.
    pub(crate) since_2: bool,

    pub(crate) functions: Functions,
}

/// Whether `ev_read` and `ev_write` stay when they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IoEvents {
    /// They run once, and are added again by hand while there is something to wait for.
    Once,
    /// They persist, and writing is deleted by hand when nothing is left: that saves the two system calls that deleting
    /// and adding cost at each wake-up.
    Persist,
}

/// In which order the events of one handle become active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadyOrder {
    /// Those that read, then those that write: the epoll back end knows one reader and one writer of a descriptor and
    /// reports the reader first.
    ReadFirst,
    /// The one that was added last, then the ones before it: a list with new events at its head, so that a write which
    /// was just queued comes before reading.
    NewestFirst,
}

/// What the timer of a persistent event does when the event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersistentTimer {
    /// Nothing: it runs on, and once it has fired there is none.
    Untouched,
    /// It starts again, with the interval it was last added with: "every so often, or that long after the last
    /// wake-up".
    Restarts,
}

/// What `event_base_loopexit` without a time waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoopExit {
    /// A timer of no time: it comes after what is active already, and asks the kernel once more.
    Timer,
    /// An event that is active at once, and has its turn among those of its priority.
    Event,
}

/// What stops reading at the high mark, and resumes it. It decides what a bufferevent is made of, too: all that 2.x has
/// besides (deferred callbacks, bounds of one read and write, the delayed close) is kept with the suspend bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HighMark {
    /// The internal read callback deletes its event and installs the pressure callback, which watches input until it
    /// is below the mark. `bufferevent_setwatermark` runs it by hand, whichever mark was set.
    PressureCallback,
    /// A permanent watch on input sets and clears a suspend bit, which says so whatever is enabled.
    /// `bufferevent_setwatermark` looks at the read mark only, and acts at once.
    Suspends,
}

/// What the room below the high mark is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkWidth {
    /// A C `int`: a mark more than 2^31 - 1 above the length comes out negative, and nothing is ever read.
    Int,
    /// A `size_t`, which is wide enough.
    Size,
}

/// How much one read takes at most, below the high mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadLimit {
    /// What is readable, bounded by four times what the buffer has allocated.
    Allocation,
    /// `max_single_read`.
    SingleRead {
        /// What `evbuffer_read` itself takes at most, whoever calls it; none where the bufferevent's input has the
        /// bound of its bufferevent (`evbuffer_set_max_read`).
        evbuffer: Option<usize>,
        /// The largest `max_single_read` that can be set. Above it the call fails, and changes nothing that is read.
        largest: usize,
    },
}

/// How much one write takes at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteLimit {
    /// Nothing bounds it: output is one block of memory, which is offered whole.
    Everything,
    /// `max_single_write` bytes, of so many pieces.
    SingleWrite { chunks: usize },
}

/// What a connection is that `connect` itself refuses, as it does on a local socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedAtOnce {
    /// The user hears of an error, deferred, and both directions are disabled.
    Failed,
    /// One that `connect` made at once: whoever writes hears of it from the socket. 2.2 has dropped the case.
    LikeAccepted,
}

/// Who notices bytes that were added to output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputWatch {
    /// `bufferevent_write` alone: each call adds the event, which restarts its timer.
    ByWrite,
    /// A watch on the buffer, whoever adds to it; it leaves a pending event alone.
    Always,
}

/// What becomes of a direction in which end of file, an error or a timeout happened, before the user hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// `enabled` stays as it is.
    LeavesEnabled,
    /// It is disabled, so that nothing happens in it again unasked.
    Disables,
}

/// What follows a read callback that leaves input at its high mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FullInput {
    /// Nothing: the bufferevent goes quiet.
    GoesQuiet,
    /// Another call, deferred: a callback that never drains spins for ever. Since 2.1.9.
    CallsAgain,
}

/// The order of `bufferevent_enable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enabling {
    /// The events are added first, so that a failure leaves the flags as they were.
    EventsFirst,
    /// The flags are set first; a suspended direction waits with its event.
    FlagsFirst,
}

/// What setting no timeout does to a timer that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTimeout {
    /// Nothing: adding an event without a timeout does not touch its timer.
    LeavesTimer,
    /// It takes the timer away.
    TakesTimerAway,
}

/// What timeouts are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeoutUnit {
    /// The `int` of `bufferevent_settimeout`.
    Second,
    /// The `struct timeval` of `bufferevent_set_timeouts`.
    Microsecond,
}

/// When a freed bufferevent goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// At once, and the descriptor is left to the application.
    AtOnce,
    /// Once none of its callbacks is under way or queued; the loop does it, and may close the descriptor.
    ByTheLoop,
}

impl Rules {
    /// What `ev_read` and `ev_write` are made with.
    pub(crate) fn io_interest(&self, direction: Direction) -> EventFlags {
        let interest = match direction {
            Direction::Read => EventFlags::READ,
            Direction::Write => EventFlags::WRITE,
        };
        match self.io_events {
            IoEvents::Once => interest,
            IoEvents::Persist => interest | EventFlags::PERSIST,
        }
    }

    /// The bytes that fit below the high mark.
    pub(crate) fn room_below(&self, high: usize, len: usize) -> usize {
        match self.mark_width {
            MarkWidth::Int => usize::try_from(high.wrapping_sub(len) as i32).unwrap_or(0),
            MarkWidth::Size => high.saturating_sub(len),
        }
    }
}

/// The tutorial's libevent.
pub(crate) const V1_4: Rules = Rules {
    name: "1.4",
    libevent: "1.4.15",
    io_events: IoEvents::Once,
    ready_order: ReadyOrder::ReadFirst,
    persistent_timer: PersistentTimer::Untouched,
    arms_without_handle: false,
    preempts: false,
    loop_exit: LoopExit::Timer,
    forgets_wishes: false,
    high_mark: HighMark::PressureCallback,
    mark_width: MarkWidth::Int,
    read_limit: ReadLimit::Allocation,
    write_limit: WriteLimit::Everything,
    retries_write_in_progress: true,
    // It has no `bufferevent_socket_connect`.
    refused_at_once: RefusedAtOnce::Failed,
    output_watch: OutputWatch::ByWrite,
    failure: Failure::LeavesEnabled,
    full_input: FullInput::GoesQuiet,
    enabling: Enabling::EventsFirst,
    no_timeout: NoTimeout::LeavesTimer,
    timeout_unit: TimeoutUnit::Second,
    new_handle_resumes: false,
    release: Release::AtOnce,
    event_callback_is_optional: false,
    freezes_own_ends: false,
    since_2: false,
    functions: functions::V1_4,
};

/// What is installed today.
pub(crate) const V2_1: Rules = Rules {
    name: "2.1",
    libevent: "2.1.12",
    io_events: IoEvents::Persist,
    ready_order: ReadyOrder::NewestFirst,
    persistent_timer: PersistentTimer::Restarts,
    arms_without_handle: true,
    preempts: true,
    loop_exit: LoopExit::Event,
    forgets_wishes: true,
    high_mark: HighMark::Suspends,
    mark_width: MarkWidth::Size,
    read_limit: ReadLimit::SingleRead { evbuffer: Some(4096), largest: usize::MAX },
    write_limit: WriteLimit::SingleWrite { chunks: 128 },
    retries_write_in_progress: false,
    refused_at_once: RefusedAtOnce::Failed,
    output_watch: OutputWatch::Always,
    failure: Failure::Disables,
    full_input: FullInput::CallsAgain,
    enabling: Enabling::FlagsFirst,
    no_timeout: NoTimeout::TakesTimerAway,
    timeout_unit: TimeoutUnit::Microsecond,
    new_handle_resumes: true,
    release: Release::ByTheLoop,
    event_callback_is_optional: true,
    freezes_own_ends: true,
    since_2: true,
    functions: functions::V2,
};

/// What comes next: 2.1 whose reads are bounded by `max_single_read` alone.
/// A connection refused at once goes on as if it were made.
pub(crate) const V2_2: Rules = Rules {
    name: "2.2",
    libevent: "2.2.1-alpha",
    // The call refuses what does not fit an `int`.
    read_limit: ReadLimit::SingleRead { evbuffer: None, largest: i32::MAX as usize },
    refused_at_once: RefusedAtOnce::LikeAccepted,
    ..V2_1
};
