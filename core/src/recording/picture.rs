//! Everything that can be drawn: the state that a stretch of records leads to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::as_list::{self, Numbered};
use super::{Content, Memory, Names};
use crate::{
    Callback, Closing, Dialect, Direction, EventFlags, EventName, Handle, Record, SuspendBits, Tanks, Time,
    What,
};

/// The loop and all its connections after some record.
///
/// [`Picture::fold`] takes it one record further; [`EventBase::snapshot`](crate::EventBase::snapshot)
/// gives it as it is now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Picture {
    /// The record that this picture comes after; 0 before the first.
    pub seq: u64,
    /// When that was, in microseconds.
    #[serde(rename = "time_us")]
    pub time: Time,
    /// How many records are known to be missing before this point.
    pub lost: u64,
    /// Kernel and peer are simulated: their side is known from the first step on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// What bufferevents and events are called, where they have names.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub names: Names,
    /// Where the loop is.
    #[serde(rename = "loop")]
    pub event_loop: LoopPicture,
    /// The connections, freed ones too until their record is old, by number.
    #[serde(with = "as_list")]
    pub connections: BTreeMap<u64, ConnectionPicture>,
    /// The step that led here.
    pub last: Option<Record>,
}

/// The four stations of a pass, and the rest between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Station {
    /// Between passes.
    #[default]
    Idle,
    /// Asking the kernel.
    Poll,
    /// Looking at the timers.
    Timers,
    /// Choosing what to run.
    Active,
    /// Running an internal callback, perhaps with a user callback in it.
    Callbacks,
}

/// The loop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LoopPicture {
    /// Where it is.
    pub station: Station,
    /// The pass it is in, or was in last; from 1.
    pub pass: u64,
    /// The internal event that runs.
    pub running: Option<Running>,
    /// User callbacks that wait for one which a trigger call runs inside them, outermost first.
    pub outer: Vec<Entered>,
    /// The user callback that runs, with its connection.
    pub entered: Option<Entered>,
    /// What the last poll made active.
    pub polled: usize,
    /// What the timers made active in this pass.
    pub expired: usize,
    /// User callbacks so far in this pass.
    pub callbacks: usize,
    /// The application's own events that wait, in the order of their numbers.
    #[serde(with = "as_list")]
    #[cfg_attr(feature = "ts", ts(as = "Vec<ApplicationEvent>"))]
    pub application_events: BTreeMap<u64, ApplicationEvent>,
}

/// One of the application's own events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ApplicationEventPicture"))]
pub struct ApplicationEvent {
    /// Its number.
    pub number: u64,
    /// What it waits for.
    pub event: EventPicture,
}

/// An internal event that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Running {
    /// Whose it is; none for the application's own.
    pub connection: Option<u64>,
    /// Which.
    pub event: EventName,
}

/// A user callback that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entered {
    /// Whose it is; none for that of an event of the application.
    pub connection: Option<u64>,
    /// Which.
    pub callback: Callback,
}

/// An internal event with its timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EventPicture {
    /// It waits for its handle.
    pub armed: bool,
    /// It is queued to run, with this cause.
    pub active: Option<EventFlags>,
    /// Its timer runs until then.
    #[serde(rename = "deadline_us")]
    pub deadline: Option<Time>,
}

/// One direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DirectionPicture {
    /// Enabled by the application.
    pub enabled: bool,
    /// Low watermark, in bytes.
    pub low: usize,
    /// High watermark, in bytes; 0 for none.
    pub high: usize,
    /// The timeout, in microseconds.
    pub timeout_us: Option<u64>,
    /// Its internal event.
    pub event: EventPicture,
    /// How its stream ended, if it did.
    pub ended: Option<Ending>,
}

/// How a direction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Ending {
    /// End of file.
    Eof,
    /// An error.
    Error,
    /// A timeout.
    Timeout,
}

/// Whether bytes can pass between kernel and buffer, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Valve {
    /// The internal event waits for the kernel, or is on its way. A pair and a filter need none.
    Open,
    /// A connection that was begun is neither made nor refused: the event waits for that, and no byte can pass.
    Connecting,
    /// Nothing to write.
    Idle,
    /// Input is at its high mark.
    HighMark,
    /// The application disabled the direction.
    Disabled,
    /// The stream ended.
    Eof,
    /// An error ended it.
    Error,
    /// A timeout ended it.
    Timeout,
    /// It is enabled and yet waits for nothing: 1.4 after an end, or a lost wake-up.
    NotWaiting,
    /// Of a pair or a filter: what waits in output goes on once the other side, or what is under it, takes it.
    OtherSide,
    /// The bufferevent was freed.
    Freed,
}

/// What a connection has done so far, as far as the records tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Counters {
    /// Bytes from the kernel.
    pub received: u64,
    /// Bytes to the kernel.
    pub sent: u64,
    /// Reads that moved bytes.
    pub reads: u64,
    /// Writes that moved bytes.
    pub writes: u64,
    /// Read callbacks.
    pub read_callbacks: u64,
    /// Write callbacks.
    pub write_callbacks: u64,
    /// Event callbacks.
    pub event_callbacks: u64,
    /// Times that reading stopped at the high mark.
    pub stopped: u64,
}

/// The kernel's side and the peer's, where they are known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct KernelPicture {
    /// How full the queues are; none in a live view.
    pub tanks: Option<Tanks>,
    /// What the peer has sent in all, in bytes.
    pub peer_sent: u64,
    /// What the peer has received in all, in bytes.
    pub peer_received: u64,
    /// What the peer received last.
    pub peer_got: Content,
    /// The peer ended its sending side.
    pub peer_shutdown: bool,
    /// The peer reset the connection.
    pub peer_reset: bool,
    /// What the peer saw when the connection was closed on this side.
    pub peer_sees: Option<Closing>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ConnectionState"))]
pub struct ConnectionPicture {
    /// Counts the connections of an event base, from 1.
    pub number: u64,
    /// Records are missing, or the start was not seen: what is shown may be out of date.
    pub uncertain: bool,
    /// Which libevent it behaves as.
    pub dialect: Dialect,
    /// What it reads from and writes to.
    pub handle: Option<Handle>,
    /// Of a filter the number of the bufferevent below.
    pub underlying: Option<u64>,
    /// 2.x: a connection was begun on it and is undecided.
    pub connecting: bool,
    /// Received and not yet taken.
    pub input: Content,
    /// Written and not yet sent.
    pub output: Content,
    /// Reading.
    pub read: DirectionPicture,
    /// Writing.
    pub write: DirectionPicture,
    /// 1.4: the pressure callback watches input.
    pub pressure: bool,
    /// 2.1: why reading is suspended; 1 is the high watermark, 16 a filter over it that does not read.
    pub suspended: SuspendBits,
    /// 2.1: a queued call of deferred callbacks waits.
    pub deferred_queued: bool,
    /// The read callback is set.
    pub on_read: bool,
    /// The write callback is set.
    pub on_write: bool,
    /// The event callback is set.
    pub on_event: bool,
    /// The application's callback watches input (2.x).
    pub on_input: bool,
    /// The application's callback watches output (2.x).
    pub on_output: bool,
    /// What the last event callback said: reading 1, writing 2, end of file 16, error 32, timeout 64.
    pub what: Option<What>,
    /// The kernel and the peer.
    pub kernel: KernelPicture,
    /// It was freed.
    pub freed: bool,
    /// What was in both buffers when it was freed, in bytes.
    pub dropped: usize,
    /// What it has done so far.
    pub counters: Counters,
    /// How the bytes lie in memory, where a simulation follows that.
    #[serde(skip)]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub memory: Option<Box<Memory>>,
}

impl Picture {
    /// What the clock of a simulation shows at its start. A live server's clock starts with it.
    pub(crate) const START_OF_SIMULATIONS: Time = Time::from_millis(1_000_000);

    /// The time since the start of the clock, in whole milliseconds.
    pub(super) const fn since_start_ms(&self) -> u64 {
        let start = if self.simulated { Self::START_OF_SIMULATIONS } else { Time::ZERO };
        self.time.as_micros().saturating_sub(start.as_micros()) / 1000
    }

    /// What a simulation starts from: nothing has happened, and nothing of what will happen is hidden.
    #[must_use]
    pub fn of_simulation() -> Self {
        Self { simulated: true, ..Self::default() }
    }

    /// The same, with what things are called from here on.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// Knows no more than the first so many bytes of each buffer from now on, as if no record had carried more.
    pub fn limit_payload(&mut self, most: usize) {
        for connection in self.connections.values_mut() {
            for content in [&mut connection.input, &mut connection.output, &mut connection.kernel.peer_got] {
                content.limit_known(most);
            }
        }
    }
}

impl ConnectionPicture {
    /// Whether bytes can pass in this direction, and why not.
    #[must_use]
    pub fn valve(&self, direction: Direction) -> Valve {
        let side = match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        };
        if self.freed {
            return Valve::Freed;
        }
        if direction == Direction::Read {
            if self.pressure || self.suspended.contains(SuspendBits::WATERMARK) {
                return Valve::HighMark;
            }
            // The filter over it is the application that does not read.
            if !self.suspended.is_empty() {
                return Valve::Disabled;
            }
        }
        if side.event.armed || side.event.active.is_some() {
            return if self.connecting { Valve::Connecting } else { Valve::Open };
        }
        match side.ended {
            Some(Ending::Eof) => Valve::Eof,
            Some(Ending::Error) => Valve::Error,
            Some(Ending::Timeout) => Valve::Timeout,
            None if !side.enabled => Valve::Disabled,
            None if direction == Direction::Write && self.output.len == 0 => Valve::Idle,
            None if self.has_no_kernel() && direction == Direction::Write => Valve::OtherSide,
            None if self.has_no_kernel() => Valve::Open,
            None => Valve::NotWaiting,
        }
    }

    /// One side of a pair, or a filter: its events are timers alone, and wait for no handle.
    const fn has_no_kernel(&self) -> bool {
        self.handle.is_none() && !self.uncertain
    }

    /// Whether input has reached its high watermark.
    #[must_use]
    pub fn is_input_full(&self) -> bool {
        self.read.high != 0 && self.input.len >= self.read.high
    }
}

impl Numbered for ConnectionPicture {
    fn number(&self) -> u64 {
        self.number
    }
}

impl Numbered for ApplicationEvent {
    fn number(&self) -> u64 {
        self.number
    }
}
