//! A field of a step, whatever type it has.
//!
//! Through this each type is written in one place. By a generic function for each, as a derived `Serialize` does it, the
//! key is written anew for each of thirty types: a page that plays records waits for all of that.

use serde::Serialize;

use super::{BufferName, Callback, EventName, MarkName, PassEnd, Payload, ReadBound, TanksAfter};
use crate::{
    Closing, Connect, Dialect, Direction, Directions, Errno, EventFlags, FilterKind, Filtered, FlushMode,
    Handle, SuspendBits, Time,
};

macro_rules! fields {
    ($($variant:ident: $type:ty,)*) => {
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(super) enum Field<'a> {
            $($variant(&'a $type),)*
        }

        $(impl<'a> From<&'a $type> for Field<'a> {
            fn from(field: &'a $type) -> Self {
                Self::$variant(field)
            }
        })*
    };
}

fields! {
    Flag: bool,
    Byte: u8,
    Number: u32,
    Long: u64,
    Size: usize,
    Interval: Option<u64>,
    Time: Time,
    Event: EventName,
    Cause: EventFlags,
    PassEnd: PassEnd,
    Direction: Direction,
    Directions: Directions,
    Bound: ReadBound,
    Mark: MarkName,
    Buffer: BufferName,
    Callback: Callback,
    Payload: Payload,
    Tanks: TanksAfter,
    Errno: Errno,
    Suspended: SuspendBits,
    Handle: Handle,
    SomeHandle: Option<Handle>,
    Connect: Connect,
    Closing: Closing,
    Dialect: Dialect,
    Filter: FilterKind,
    Mode: FlushMode,
    Filtered: Filtered,
}
