//! libevent's `bufferevent`, rebuilt as an engine that can be watched.

mod arena;
mod base;
mod bufferevent;
mod dialect;
mod directions;
mod evbuffer;
mod flags;
mod handler;
mod invariants;
mod kernel;
mod observe;
#[cfg(feature = "serde")]
pub mod recording;
#[cfg(feature = "sim")]
pub mod sim;
mod time;

pub use base::{ArmError, Due, EventBase, EventId, Gone, Totals};
pub use bufferevent::{
    Bufferevent, BuffereventId, BuffereventOptions, Callbacks, FlushMode, NoPairs, TriggerOptions, Watermarks,
};
pub use dialect::{Dialect, UnknownDialect};
pub use directions::{Direction, Directions};
pub use evbuffer::{Change, End, EolStyle, Evbuffer, Frozen};
pub use flags::{EventFlags, SuspendBits, What};
pub use handler::Handler;
pub use kernel::{Errno, Handle, Kernel, Readiness, Tanks, Transfer, UnknownErrno};
pub use observe::{
    BufferName, CallName, Callback, EventName, MarkName, NoObserver, Observer, PassEnd, Payload, ReadBound,
    Record, Step, TanksAfter,
};
pub use time::Time;
