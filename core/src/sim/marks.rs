//! Watermarks, as a scenario and its actions give them.

use crate::Watermarks;

/// The [`Watermarks`] of one direction, in bytes; zero is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WatermarksSpec {
    /// Low watermark.
    pub low: u32,
    /// High watermark.
    pub high: u32,
}

impl From<WatermarksSpec> for Watermarks {
    fn from(WatermarksSpec { low, high }: WatermarksSpec) -> Self {
        Self::new(low as usize, high as usize)
    }
}
