//! From a [`Scenario`] to canonical JSON: every key written out, in the order of the format's description.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::names;
use super::scenario::{Action, Amount, Scenario, ScriptStep, WatermarksSpec};
use crate::{Direction, Directions, Errno};

impl Scenario {
    /// The scenario as canonical JSON on one line: without spaces, nothing left to its default.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("every key is a string and a string takes any output")
    }
}

impl ScriptStep {
    /// The step as it stands in a script, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("every key is a string and a string takes any output")
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Read(amount) => single(serializer, "read", amount),
            Self::Write(text) => single(serializer, "write", text),
            Self::Echo(prefix) => single(serializer, "echo", prefix),
            Self::Enable(directions) => single(serializer, "enable", &DirectionNames(*directions)),
            Self::Disable(directions) => single(serializer, "disable", &DirectionNames(*directions)),
            Self::SetWatermark { read, write } => {
                single(serializer, "set_watermark", &MarksByDirection { read: *read, write: *write })
            }
            Self::SetTimeouts { read_ms, write_ms } => {
                single(serializer, "set_timeouts", &Timeouts { read_ms: *read_ms, write_ms: *write_ms })
            }
            Self::Free => single(serializer, "free", &true),
        }
    }
}

impl Serialize for ScriptStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Action(action) => action.serialize(serializer),
            Self::PeerSend(text) => single(serializer, "peer_send", text),
            Self::PeerRecv(bytes) => single(serializer, "peer_recv", bytes),
            Self::PeerShutdown => single(serializer, "peer_shutdown", &true),
            Self::PeerReset => single(serializer, "peer_reset", &true),
            Self::Inject { op, errno, times } => {
                single(serializer, "inject", &Inject { op: *op, errno: *errno, times: *times })
            }
            Self::AdvanceMs(ms) => single(serializer, "advance_ms", ms),
            Self::Turn(passes) => single(serializer, "turn", passes),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::UpTo(bytes) => serializer.serialize_u32(*bytes),
            Self::All => serializer.serialize_str("all"),
        }
    }
}

#[derive(serde::Serialize)]
#[serde(transparent)]
struct DirectionNames(#[serde(serialize_with = "names::directions")] Directions);

#[derive(serde::Serialize)]
struct MarksByDirection {
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<WatermarksSpec>,
    #[serde(skip_serializing_if = "Option::is_none")]
    write: Option<WatermarksSpec>,
}

#[derive(serde::Serialize)]
struct Timeouts {
    read_ms: u32,
    write_ms: u32,
}

#[derive(serde::Serialize)]
struct Inject {
    op: Direction,
    #[serde(serialize_with = "errno")]
    errno: Errno,
    times: u32,
}

fn errno<S: Serializer>(errno: &Errno, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(errno)
}

/// An object of one key.
fn single<S: Serializer, V: Serialize + ?Sized>(
    serializer: S,
    key: &str,
    value: &V,
) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(Some(1))?;
    object.serialize_entry(key, value)?;
    object.end()
}
