//! A picture as a page is given it: connections as a list in the order of their numbers, and with each direction the
//! state of its valve.

use serde::Serialize;

use super::{
    ApplicationEvent, ConnectionPicture, Content, Counters, DirectionPicture, Ending, Entered, EventPicture,
    KernelPicture, LoopPicture, Picture, Running, Station, Valve,
};
use crate::{Dialect, Direction, Handle, Record, SuspendBits, Time, What};

/// The loop and all its connections after some record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Picture"))]
pub struct PictureView<'a> {
    /// The record that this picture comes after; 0 before the first.
    pub seq: u64,
    /// When that was, in microseconds.
    pub time_us: Time,
    /// How many records are known to be missing before this point.
    pub lost: u64,
    /// Where the loop is.
    #[serde(rename = "loop")]
    pub event_loop: LoopView,
    /// The connections in the order of their numbers, those lately freed too.
    pub connections: Vec<ConnectionView<'a>>,
    /// The step that led here.
    pub last: Option<&'a Record>,
}

/// The loop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "LoopPicture"))]
pub struct LoopView {
    /// Where it is.
    pub station: Station,
    /// The pass it is in, or was in last; from 1.
    pub pass: u64,
    /// The internal event that runs.
    pub running: Option<Running>,
    /// The user callback that runs, with its connection.
    pub entered: Option<Entered>,
    /// What the last poll made active.
    pub polled: usize,
    /// What the timers made active in this pass.
    pub expired: usize,
    /// User callbacks so far in this pass.
    pub callbacks: usize,
    /// The application's own events that wait, in the order of their numbers.
    pub application_events: Vec<ApplicationEventView>,
}

/// One of the application's own events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ApplicationEventPicture"))]
pub struct ApplicationEventView {
    /// Its number.
    pub number: u64,
    /// The event.
    pub event: EventPicture,
}

/// One direction of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "DirectionPicture"))]
pub struct DirectionView {
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
    /// Whether bytes can pass between kernel and buffer, and why not.
    pub valve: Valve,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ConnectionPicture"))]
pub struct ConnectionView<'a> {
    /// Counts the connections of an event base, from 1.
    pub number: u64,
    /// Records are missing, or the start was not seen: what is shown may be out of date.
    pub uncertain: bool,
    /// Which libevent it behaves as.
    pub dialect: Dialect,
    /// What it reads from and writes to.
    pub handle: Option<Handle>,
    /// Received and not yet taken.
    pub input: &'a Content,
    /// Written and not yet sent.
    pub output: &'a Content,
    /// Reading.
    pub read: DirectionView,
    /// Writing.
    pub write: DirectionView,
    /// 1.4: the pressure callback watches input.
    pub pressure: bool,
    /// 2.1: why reading is suspended; 1 is the high watermark.
    pub suspended: SuspendBits,
    /// 2.1: a queued call of deferred callbacks waits.
    pub deferred_queued: bool,
    /// The read callback is set.
    pub on_read: bool,
    /// The write callback is set.
    pub on_write: bool,
    /// The event callback is set.
    pub on_event: bool,
    /// What the last event callback said: reading 1, writing 2, end of file 16, error 32, timeout 64.
    pub what: Option<What>,
    /// The kernel and the peer.
    pub kernel: &'a KernelPicture,
    /// It was freed.
    pub freed: bool,
    /// What was in both buffers when it was freed, in bytes.
    pub dropped: usize,
    /// What it has done so far.
    pub counters: Counters,
}

impl Picture {
    /// The picture as a page is given it.
    #[must_use]
    pub fn view(&self) -> PictureView<'_> {
        PictureView {
            seq: self.seq,
            time_us: self.time_us,
            lost: self.lost,
            event_loop: self.event_loop.view(),
            connections: self.connections.values().map(ConnectionPicture::view).collect(),
            last: self.last.as_ref(),
        }
    }
}

impl LoopPicture {
    fn view(&self) -> LoopView {
        let event =
            |&ApplicationEvent { number, event }: &ApplicationEvent| ApplicationEventView { number, event };
        LoopView {
            station: self.station,
            pass: self.pass,
            running: self.running,
            entered: self.entered,
            polled: self.polled,
            expired: self.expired,
            callbacks: self.callbacks,
            application_events: self.application_events.values().map(event).collect(),
        }
    }
}

impl ConnectionPicture {
    fn view(&self) -> ConnectionView<'_> {
        ConnectionView {
            number: self.number,
            uncertain: self.uncertain,
            dialect: self.dialect,
            handle: self.handle,
            input: &self.input,
            output: &self.output,
            read: self.read.view(self.valve(Direction::Read)),
            write: self.write.view(self.valve(Direction::Write)),
            pressure: self.pressure,
            suspended: self.suspended,
            deferred_queued: self.deferred_queued,
            on_read: self.on_read,
            on_write: self.on_write,
            on_event: self.on_event,
            what: self.what,
            kernel: &self.kernel,
            freed: self.freed,
            dropped: self.dropped,
            counters: self.counters,
        }
    }
}

impl DirectionPicture {
    fn view(&self, valve: Valve) -> DirectionView {
        DirectionView {
            enabled: self.enabled,
            low: self.low,
            high: self.high,
            timeout_us: self.timeout_us,
            event: self.event,
            ended: self.ended,
            valve,
        }
    }
}
