//! The numbers of a picture that can be compared, asked for and put into a text.

use std::fmt;
use std::str::FromStr;

use super::error::nearest;
use super::{BadCondition, numbered};
use crate::recording::{ConnectionPicture, Picture};
use crate::said::phrase;

/// A number of a picture. As text one of
///
/// - of a bufferevent: `in`, `out` (the lengths of its buffers), `rx`, `tx`, `backlog` (its kernel's queues), `low`,
///   `high`, `write_low`, `write_high` (its watermarks), `enabled_read`, `enabled_write` (0 or 1), `peer_sent`,
///   `peer_received`, `read_callbacks`, `write_callbacks`, `event_callbacks` (how much, or how often, so far), and of a
///   simulation `in_chains`, `out_chains` (how many chains each buffer has), `in_contiguous`, `out_contiguous` (the bytes in
///   the first), `in_copied`, `out_copied` (what libevent has copied into it and within it so far, in bytes);
/// - of the loop: `pass`, and `time_ms` since the start of its clock;
/// - a number.
///
/// A figure of a bufferevent with a name has it in front: `proxy.in`. Without one it is of the bufferevent that is talked
/// about, or of the only one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Of { name: Option<String>, quantity: Quantity },
    Pass,
    TimeMs,
    Number(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Input,
    Output,
    Rx,
    Tx,
    Backlog,
    Low,
    High,
    WriteLow,
    WriteHigh,
    EnabledRead,
    EnabledWrite,
    PeerSent,
    PeerReceived,
    ReadCallbacks,
    WriteCallbacks,
    EventCallbacks,
    InputChains,
    OutputChains,
    InputContiguous,
    OutputContiguous,
    InputCopied,
    OutputCopied,
}

const QUANTITIES: [(&str, Quantity); 22] = [
    ("in", Quantity::Input),
    ("out", Quantity::Output),
    ("rx", Quantity::Rx),
    ("tx", Quantity::Tx),
    ("backlog", Quantity::Backlog),
    ("low", Quantity::Low),
    ("high", Quantity::High),
    ("write_low", Quantity::WriteLow),
    ("write_high", Quantity::WriteHigh),
    ("enabled_read", Quantity::EnabledRead),
    ("enabled_write", Quantity::EnabledWrite),
    ("peer_sent", Quantity::PeerSent),
    ("peer_received", Quantity::PeerReceived),
    ("read_callbacks", Quantity::ReadCallbacks),
    ("write_callbacks", Quantity::WriteCallbacks),
    ("event_callbacks", Quantity::EventCallbacks),
    ("in_chains", Quantity::InputChains),
    ("out_chains", Quantity::OutputChains),
    ("in_contiguous", Quantity::InputContiguous),
    ("out_contiguous", Quantity::OutputContiguous),
    ("in_copied", Quantity::InputCopied),
    ("out_copied", Quantity::OutputCopied),
];

const OF_THE_LOOP: [(&str, Kind); 2] = [("pass", Kind::Pass), ("time_ms", Kind::TimeMs)];

impl FromStr for Figure {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Ok(Self(Kind::Number(number)));
        }
        if let Some((_, kind)) = OF_THE_LOOP.iter().find(|(name, _)| *name == text) {
            return Ok(Self(kind.clone()));
        }
        let (name, word) = match text.rsplit_once('.') {
            Some((name, word)) => (Some(name.to_owned()).filter(|name| !name.is_empty()), word),
            None => (None, text),
        };
        match QUANTITIES.iter().find(|(name, _)| *name == word) {
            Some((_, quantity)) => Ok(Self(Kind::Of { name, quantity: *quantity })),
            None => {
                let words = QUANTITIES.iter().map(|(name, _)| *name);
                let nearest = nearest(word, words.chain(OF_THE_LOOP.iter().map(|(name, _)| *name)));
                Err(BadCondition::Word { term: text.to_owned(), what: phrase!("a figure"), nearest })
            }
        }
    }
}

impl Figure {
    /// What it is in this picture; nothing where that is not known. `about` is the bufferevent that is talked about.
    #[must_use]
    pub fn read(&self, picture: &Picture, about: Option<u64>) -> Option<u64> {
        let (name, quantity) = match &self.0 {
            Kind::Of { name, quantity } => (name, *quantity),
            Kind::Pass => return Some(picture.event_loop.pass),
            Kind::TimeMs => return Some(picture.since_start_ms()),
            Kind::Number(number) => return Some(*number),
        };
        let number = name
            .as_ref()
            .map_or_else(|| about.or_else(|| only(picture)), |name| numbered(&picture.names, name))?;
        quantity.of(picture.connections.get(&number)?)
    }

    /// The name of a bufferevent that it has.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Kind::Of { name, .. } => name.as_deref(),
            _ => None,
        }
    }

    /// Whether it is of a bufferevent that is not named.
    #[must_use]
    pub const fn needs_a_bufferevent(&self) -> bool {
        matches!(self.0, Kind::Of { name: None, .. })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Of { name, quantity } => {
                if let Some(name) = name {
                    write!(f, "{name}.")?;
                }
                let word = QUANTITIES.iter().find(|(_, it)| it == quantity).map_or("", |(word, _)| word);
                f.write_str(word)
            }
            Kind::Pass => f.write_str("pass"),
            Kind::TimeMs => f.write_str("time_ms"),
            Kind::Number(number) => number.fmt(f),
        }
    }
}

/// The number of the bufferevent, where there is one.
pub(super) fn only(picture: &Picture) -> Option<u64> {
    let mut numbers = picture.connections.keys();
    match (numbers.next(), numbers.next()) {
        (Some(number), None) => Some(*number),
        _ => None,
    }
}

impl Quantity {
    fn of(self, connection: &ConnectionPicture) -> Option<u64> {
        let (kernel, counters) = (&connection.kernel, &connection.counters);
        let memory = connection.memory.as_ref();
        let set = |mark: usize| (mark != 0).then_some(mark);
        let bytes = match self {
            Self::Input => connection.input.len,
            Self::Output => connection.output.len,
            Self::Rx => kernel.tanks?.rx,
            Self::Tx => kernel.tanks?.tx,
            Self::Backlog => kernel.tanks?.backlog,
            Self::Low => connection.read.low,
            Self::High => set(connection.read.high)?,
            Self::WriteLow => connection.write.low,
            Self::WriteHigh => set(connection.write.high)?,
            Self::EnabledRead => usize::from(connection.read.enabled),
            Self::EnabledWrite => usize::from(connection.write.enabled),
            // Of a live server's peer nothing is known, as of its kernel.
            Self::PeerSent => return kernel.tanks.map(|_| kernel.peer_sent),
            Self::PeerReceived => return kernel.tanks.map(|_| kernel.peer_received),
            Self::ReadCallbacks => return Some(counters.read_callbacks),
            Self::WriteCallbacks => return Some(counters.write_callbacks),
            Self::EventCallbacks => return Some(counters.event_callbacks),
            Self::InputChains => memory?.input.count,
            Self::OutputChains => memory?.output.count,
            Self::InputContiguous => memory?.input.contiguous(),
            Self::OutputContiguous => memory?.output.contiguous(),
            Self::InputCopied => return Some(memory?.input.copied),
            Self::OutputCopied => return Some(memory?.output.copied),
        };
        Some(bytes as u64)
    }
}
