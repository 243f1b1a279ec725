//! A picture as a page is given it: beside each connection stands what follows from its state.

use serde::Serialize;

use super::{ConnectionPicture, LoopPicture, Names, Picture, Valve};
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
    /// What bufferevents and events are called; none where nothing has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub names: Option<&'a Names>,
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
    /// What it is called, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub name: Option<&'a str>,
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
            names: Some(&self.names).filter(|names| !names.is_empty()),
            event_loop: &self.event_loop,
            connections: self.connections.values().map(|connection| self.view_of(connection)).collect(),
            last: self.last.as_ref(),
        }
    }

    /// One connection as a page is given it; none when it is not there.
    #[must_use]
    pub fn connection_view(&self, number: u64) -> Option<ConnectionView<'_>> {
        self.connections.get(&number).map(|connection| self.view_of(connection))
    }

    fn view_of<'a>(&'a self, connection: &'a ConnectionPicture) -> ConnectionView<'a> {
        let (read, write) = (connection.valve(Direction::Read), connection.valve(Direction::Write));
        let name = self.names.bufferevents.get(&connection.number).map(String::as_str);
        ConnectionView { name, connection, valves: Valves { read, write } }
    }
}
