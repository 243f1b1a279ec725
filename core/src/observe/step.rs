//! The vocabulary of what can be watched.

#[cfg(feature = "sim")]
use std::fmt::Debug;
use std::time::Duration;

use super::Role;
use crate::{
    Change, Closing, Connect, Dialect, Direction, Directions, Errno, EventFlags, FilterKind, Filtered,
    FlushMode, Handle, SuspendBits, Tanks, Time, What,
};

/// Bytes that moved: how many, and the first of them as far as the observer wants payload.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Payload {
    /// How many bytes moved.
    pub len: usize,
    /// The first of them; all of them unless the observer set a limit.
    #[cfg_attr(feature = "serde", serde(with = "crate::bytes_as_text"))]
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub bytes: Vec<u8>,
}

impl Payload {
    /// Takes at most `limit` of `len` bytes from the slices.
    #[must_use]
    pub fn gather<'a>(slices: impl IntoIterator<Item = &'a [u8]>, len: usize, limit: usize) -> Self {
        let wanted = len.min(limit);
        let mut bytes = Vec::with_capacity(wanted);
        for slice in slices {
            let missing = wanted - bytes.len();
            if missing == 0 {
                break;
            }
            bytes.extend_from_slice(&slice[..slice.len().min(missing)]);
        }
        Self { len, bytes }
    }
}

/// The kernel's queues after a step, where they are known.
pub type TanksAfter = Option<Tanks>;

/// Which of a bufferevent's internal events, or one of the application's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum EventName {
    /// `ev_read`.
    Read,
    /// `ev_write`.
    Write,
    /// The queued call of deferred callbacks (2.x).
    Deferred,
    /// The queued release of a freed bufferevent (2.x).
    Finalizer,
    /// That of `event_base_loopexit`.
    LoopExit,
    /// The application's own event, by its number.
    Application(u64),
}

/// Which buffer of a bufferevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum BufferName {
    /// What was received and not yet taken by the application.
    Input,
    /// What was written and not yet taken by the kernel.
    Output,
}

/// Which watermark decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum MarkName {
    /// Below it the read callback is held back.
    ReadLow,
    /// At or above it reading stops.
    ReadHigh,
    /// At or below it the write callback is due.
    WriteLow,
}

/// What bounded the size of one read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum ReadBound {
    /// The room left below the high watermark.
    HighWatermark,
    /// 1.4 without a mark: what is readable, at most four times what the buffer has allocated, at least 4096.
    Readable,
    /// 2.1: 4096 bytes a call, or `max_single_read` where that is less. 2.2: `max_single_read`, 16384 by default. In each
    /// dialect what
    /// [`EventBase::set_read_limit`](crate::EventBase::set_read_limit) was told.
    SingleRead,
}

/// A user callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Callback {
    /// `readcb`.
    Read,
    /// `writecb`.
    Write,
    /// `errorcb` of 1.4, `eventcb` of 2.x, with what happened.
    Event(What),
    /// That of an evbuffer, with how it has changed (2.x).
    Buffer(BufferName, Change),
    /// The callback of one of the application's own events, with its number and what woke it.
    Application(u64, EventFlags),
}

/// Why a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum PassEnd {
    /// Nothing was left active.
    Done,
    /// Nothing is pending: there was nothing to wait for.
    NoEvents,
    /// A callback asked for it with `event_base_loopbreak`.
    Broken,
    /// The event of `event_base_loopexit` has run.
    Exited,
    /// It would go on for ever without a user callback, as libevent's does: see
    /// [`EventBase::is_spinning`](crate::EventBase::is_spinning).
    Spinning,
}

// A kind is declared here and nowhere else: in the group of its role, with what it says and its fields. Its name in JSON
// is its own in snake case, and the key of its sentences in the page.
steps! {
    /// One internal step. Lengths and sizes are in bytes; each is the figure after the step.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
    #[cfg_attr(feature = "serde", derive(strum::IntoStaticStr, strum::VariantNames), strum(serialize_all = "snake_case"))]
    #[expect(missing_docs, reason = "each variant says it; the fields are named for what they hold")]
    #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(tag = "kind", rename_all = "snake_case"))]
    #[non_exhaustive]
    pub enum Step {
        Loop {
            /// A pass of the loop began; passes count from 1.
            PassBegan { pass: u64 },
            /// The kernel was asked; so many events became active by it.
            Polled { active: usize },
            /// The timers were looked at; so many events became active by them.
            TimersChecked { expired: usize },
            /// The pass ended after so many user callbacks.
            PassEnded { reason: PassEnd, callbacks: usize },
        }
        Event {
            /// The connection's handle was found ready.
            Ready { readable: bool, writable: bool },
            /// The event now waits for its handle.
            EventArmed { event: EventName },
            /// The event no longer waits for its handle.
            EventDisarmed { event: EventName },
            /// The event was queued to run.
            EventActivated { event: EventName, cause: EventFlags },
            /// The event left the queue without running.
            EventDeactivated { event: EventName },
            /// The event left the queue and its internal callback runs.
            EventRun { event: EventName, cause: EventFlags },
            /// Its internal callback returned.
            EventReturned { event: EventName },
            /// The event's timer began to run.
            TimerSet { event: EventName, deadline: Time },
            /// The event's running timer began anew.
            TimerRestarted { event: EventName, deadline: Time },
            /// The event's timer was taken away.
            TimerCancelled { event: EventName },
            /// The event's time came.
            TimerExpired { event: EventName },
        }
        Decision {
            /// 2.x: the write event ran, and the connection is still undecided.
            ConnectUndecided,
            /// It was decided how much the next read may take, and by what.
            ReadBounded { limit: usize, bound: ReadBound },
            /// 2.x: a filter's function ran; what it answered.
            FilterRan { direction: Direction, mode: FlushMode, result: Filtered },
            /// A watermark was compared with a length: `reached` is length at or above the mark for the read marks,
            /// at or below it for the write mark.
            WatermarkChecked { mark: MarkName, len: usize, value: usize, reached: bool },
        }
        KernelToInput {
            /// Bytes came from the kernel into input.
            Received { payload: Payload, input: usize, tanks: TanksAfter },
        }
        OutputToKernel {
            /// Bytes went from output to the kernel.
            Sent { payload: Payload, output: usize, tanks: TanksAfter },
        }
        Failure {
            /// A call failed; EAGAIN and EINTR only mean "later".
            CallFailed { call: Direction, errno: Errno, tanks: TanksAfter },
            /// A read found the end of the stream, or a write moved nothing.
            EndOfFile { call: Direction },
            /// 2.x: the connection that was begun is not made; both internal events are gone.
            ConnectFailed { errno: Errno },
            /// The peer reset the connection.
            PeerReset { tanks: TanksAfter },
        }
        Crossing {
            /// 1.4: the pressure callback now watches input.
            PressureInstalled,
            /// 1.4: the pressure callback no longer watches input.
            PressureRemoved,
            /// 2.1: the reading direction was suspended for these reasons.
            Suspended { bits: SuspendBits },
            /// 2.1: these reasons no longer suspend the reading direction.
            Unsuspended { bits: SuspendBits },
        }
        Due {
            /// A user callback would run, but none is set.
            CallbackNotSet { callback: Callback },
            /// A user callback was put off to a queued call (2.x).
            CallbackDeferred { callback: Callback },
            /// 2.x: a callback of the bufferevent below a filter runs: it is the filter's own.
            FilterCalled { callback: Callback },
            /// A user callback is due.
            CallbackDue { callback: Callback, input: usize, output: usize },
        }
        Callback {
            /// The user callback was handed out.
            CallbackEntered { callback: Callback },
            /// The user callback returned.
            CallbackLeft { callback: Callback },
        }
        ApplicationToBuffer {
            /// The application added bytes.
            BufferAdded { buffer: BufferName, payload: Payload, len: usize },
        }
        BufferToApplication {
            /// The application took or dropped bytes from the front.
            BufferDrained { buffer: BufferName, bytes: usize, len: usize },
        }
        Application {
            /// 2.x: the application's callback watches a buffer from now on, or no longer.
            BufferCallbackSet { buffer: BufferName, set: bool },
            /// The application changed a buffer in some other way; the payload is all of what it holds now.
            BufferEdited { buffer: BufferName, payload: Payload },
            /// 2.x: the application had the first bytes of a buffer made contiguous; of the content nothing changes.
            BufferPulledUp { buffer: BufferName, bytes: usize },
            /// `bufferevent_enable` with `directions`; `enabled` is what holds now.
            Enabled { directions: Directions, enabled: Directions },
            /// `bufferevent_disable` with `directions`; `enabled` is what holds now.
            Disabled { directions: Directions, enabled: Directions },
            /// A direction's watermarks were set; 0 is none.
            WatermarksSet { direction: Direction, low: usize, high: usize },
            /// Both timeouts were set; nothing is none.
            TimeoutsSet { read_us: Option<u64>, write_us: Option<u64> },
            /// Which callbacks are wanted was set.
            CallbacksSet { read: bool, write: bool, event: bool },
            /// The bufferevent was put on another handle, or on none.
            HandleSet { handle: Option<Handle> },
            /// 2.x: a connection was begun on the handle: what `connect` answered, and whether the outcome is waited for.
            ConnectStarted { handle: Handle, outcome: Connect, connecting: bool },
            /// The priority of both internal events was set.
            PrioritySet { priority: u8 },
            /// The bufferevent was made, with writing enabled and nothing else; `deferred` when it defers its callbacks.
            Created { dialect: Dialect, handle: Option<Handle>, deferred: bool },
            /// 2.x: the bufferevent is a filter over another, by its number, with these functions.
            FilterMade { underlying: u64, input: FilterKind, output: FilterKind },
            /// 2.1: the bufferevent was joined to another, by its number.
            Paired { partner: u64 },
            /// The bufferevent was freed, with what both buffers still held.
            Freed { input_dropped: usize, output_dropped: usize },
            /// 2.1: what a freed bufferevent held was released, by the loop.
            Finalized,
            /// The loop was asked to stop after this pass.
            LoopExitRequested,
            /// The loop was asked to stop after this callback.
            LoopBreakRequested,
        }
        PeerToKernel {
            /// The peer sent; `lost` when nothing reaches a connection that it has ended.
            PeerSent { payload: Payload, lost: bool, tanks: TanksAfter },
        }
        KernelToPeer {
            /// The peer took bytes.
            PeerReceived { payload: Payload, tanks: TanksAfter },
        }
        Outside {
            /// 2.x: the connection that was begun is made.
            Connected,
            /// The peer accepted the connection that was begun.
            PeerAccepted,
            /// The peer refused the connection that was begun.
            PeerRefused,
            /// The peer ended its sending side.
            PeerShutdown,
            /// The connection was closed on this side, and so the peer sees it.
            PeerSees { closing: Closing },
            /// The next calls of this kind will fail.
            Injected { call: Direction, errno: Errno, times: u32 },
            /// The virtual clock moved on.
            ClockAdvanced { by_us: u64 },
        }
    }
}

/// A duration in whole microseconds, as records carry it.
pub(crate) fn micros(interval: Option<Duration>) -> Option<u64> {
    interval.map(|interval| (Time::ZERO + interval).as_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_tells_the_fields_of_each_type_that_it_has() {
        let tanks = Tanks { rx: 1, tx: 2, backlog: 3 };
        let payload = Payload { len: 1, bytes: vec![7] };
        let sent = Step::PeerSent { payload: payload.clone(), lost: false, tanks: Some(tanks) };
        assert_eq!((sent.payload(), sent.tanks(), sent.event()), (Some(&payload), Some(tanks), None));
        let run = Step::EventRun { event: EventName::Deferred, cause: EventFlags::NONE };
        assert_eq!((run.payload(), run.tanks(), run.event()), (None, None, Some(EventName::Deferred)));
        // A field named so is not yet an event.
        let set = Step::CallbacksSet { read: true, write: true, event: true };
        assert_eq!((set.payload(), set.tanks(), set.event()), (None, None, None));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn each_kind_has_its_role() {
        assert_eq!(Step::KINDS.len(), Step::ROLES.len());
        let run = Step::EventRun { event: EventName::Read, cause: EventFlags::NONE };
        for step in [Step::PeerShutdown, Step::Finalized, Step::PassBegan { pass: 1 }, run] {
            let at = Step::KINDS.iter().position(|kind| *kind == step.kind()).unwrap();
            assert_eq!(Step::ROLES[at], step.role(), "{}", step.kind());
        }
        assert_eq!(Step::Finalized.role().name(), "application");
    }
}
