//! What whoever drove the engine calls its bufferevents and events; the engine knows numbers only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names, by the numbers that records have. What has none is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Names {
    /// Of bufferevents: the connections of records.
    #[cfg_attr(feature = "ts", ts(type = "{ [number: string]: string }"))]
    pub bufferevents: BTreeMap<u64, String>,
    /// Of the application's own events.
    #[cfg_attr(feature = "ts", ts(type = "{ [number: string]: string }"))]
    pub events: BTreeMap<u64, String>,
}

impl Names {
    /// Nothing has a name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bufferevents.is_empty() && self.events.is_empty()
    }
}
