//! Points on the clock that the driver hands in. The engine never asks for the time itself.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// A point in time: whole microseconds since whatever start the driver chose.
///
/// Stands for the `struct timeval` that libevent keeps in its event base. It only has to be monotonic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Time(u64);

impl Time {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);
    /// The end of the clock, 285 years after its start: every point is exact as a JavaScript number.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The point `micros` microseconds after the start, or the end of the clock if that comes first.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        if micros > Self::MAX.0 { Self::MAX } else { Self(micros) }
    }

    /// The point `millis` milliseconds after the start.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_micros(millis.saturating_mul(1000))
    }

    /// Microseconds since the start.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// In milliseconds, to the microsecond: `1012.990 ms`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:03} ms", self.0 / 1000, self.0 % 1000))
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    /// Saturates at the end of the clock: a timer that far out never fires.
    fn add(self, interval: Duration) -> Self {
        let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        Self::from_micros(self.0.saturating_add(micros))
    }
}
