//! A picture as a page is given it: beside each connection stands what follows from its state.

use serde::Serialize;

use super::{ConnectionPicture, LoopPicture, Picture, Valve};
use crate::{Direction, Record, Time};

/// The loop and all its connections after some record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Picture"))]
pub struct PictureView<'a> {
    /// The record that this picture comes after; 0 before the first.
    pub seq: u64,
    /// When that was, in microseconds.
    #[serde(rename = "time_us")]
    pub time: Time,
    /// How many records are known to be missing before this point.
    pub lost: u64,
    /// Kernel and peer are simulated: their side is known from the first step on.
    pub simulated: bool,
    /// Where the loop is.
    #[serde(rename = "loop")]
    pub event_loop: &'a LoopPicture,
    /// The connections in the order of their numbers, those lately freed too.
    pub connections: Vec<ConnectionView<'a>>,
    /// The step that led here.
    pub last: Option<&'a Record>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ConnectionPicture"))]
pub struct ConnectionView<'a> {
    /// Its state.
    #[serde(flatten)]
    pub connection: &'a ConnectionPicture,
    /// Whether bytes can pass between kernel and buffers.
    pub valves: Valves,
}

/// Whether bytes can pass between kernel and buffer in each direction, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Valves {
    /// From the kernel into input.
    pub read: Valve,
    /// From output into the kernel.
    pub write: Valve,
}

impl Picture {
    /// The picture as a page is given it.
    #[must_use]
    pub fn view(&self) -> PictureView<'_> {
        PictureView {
            seq: self.seq,
            time: self.time,
            lost: self.lost,
            simulated: self.simulated,
            event_loop: &self.event_loop,
            connections: self.connections.values().map(ConnectionPicture::view).collect(),
            last: self.last.as_ref(),
        }
    }

    /// One connection as a page is given it; none when it is not there.
    #[must_use]
    pub fn connection_view(&self, number: u64) -> Option<ConnectionView<'_>> {
        self.connections.get(&number).map(ConnectionPicture::view)
    }
}

impl ConnectionPicture {
    fn view(&self) -> ConnectionView<'_> {
        let valves = Valves { read: self.valve(Direction::Read), write: self.valve(Direction::Write) };
        ConnectionView { connection: self, valves }
    }
}
