//! What bufferevents and events are called. Once the thing behind an id is freed, the id finds nothing ever again.

use std::fmt;

use crate::arena::Key;

/// A bufferevent of an event base. Once it is freed, its id finds nothing ever again.
///
/// It does not say of which base: asked of another one, it finds whatever has its place and number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuffereventId(pub(crate) Key);

impl BuffereventId {
    /// Counts the bufferevents of an event base; the connection in records.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0.number
    }
}

/// As [`number`](BuffereventId::number).
impl fmt::Display for BuffereventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// One of the application's own events. Once the event is freed, its id finds nothing ever again. As a bufferevent's, it is
/// for its own base alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) Key);

impl EventId {
    /// Counts the events of an event base; the number in records.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0.number
    }
}

/// As [`number`](EventId::number).
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// The bufferevent or event behind an id was freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it was freed")
    }
}

impl std::error::Error for Gone {}
