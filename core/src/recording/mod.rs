//! Records as JSON, the picture they lead to, and recordings that can be sought in both directions.
//!
//! - `picture` - everything that can be drawn, `as_list` its maps as JSON; `memory` - how bytes lie in it; `content` - what is known of a buffer's bytes; `names` - what things are
//!   called.
//! - `fold` - what each record changes; `snapshot` - the picture of an engine as it is now.
//! - `tape` - the [`Recording`]: records with keyframes; `file` - its JSON Lines form, `text` values as JSON; `condition` - what can be
//!   searched for; `runs` - since when its clock counts; `series` - a recording from afar; `view` - a picture as a page is given it.
//! - `why` - what a record, or the lack of one, goes back to; `path` - which way an internal callback takes.
//! - feature `perfetto`: `perfetto` - a recording as a trace for Perfetto's viewer.
//! - `wire` - what a server and its viewers say to each other; `watched` - which connections; `viewer` - what a viewer makes of it, without I/O; `parted` - why they are not
//!   connected.
//!
//! # The schema of a record
//!
//! One JSON object: `seq` (whole, from 1), `time_us` (microseconds on the engine's clock), `connection` (the number of
//! the bufferevent; absent for the loop), `kind` (the step in snake case) with the fields of that [`Step`], `function`
//! (the libevent function, or empty), `file` and `line` (of this crate's source). Payload is
//! `{"len": 5, "bytes": "hello"}`: `bytes` may hold fewer than `len`, and each character of it is one byte (U+0000 to
//! U+00FF). Flag words are libevent's numbers. Every number is below 2^53. [`SCHEMA`] counts the changes that a
//! reader has to know of.
//!
//! [`Step`]: crate::Step

mod as_list;
mod condition;
mod content;
mod file;
mod fold;
mod memory;
mod names;
mod parted;
mod path;
#[cfg(feature = "perfetto")]
mod perfetto;
mod picture;
mod runs;
mod series;
mod snapshot;
mod tape;
mod text;
mod view;
mod viewer;
mod watched;
mod why;
mod wire;

pub use condition::{BadCondition, CallbackKind, Condition, Figure};
pub use content::{Content, KNOWN_LIMIT, Run};
pub use file::{Damage, Header, ImportError, Imported, RecordingWriter};
#[cfg(feature = "sim")]
pub(crate) use memory::Laid;
pub use memory::{BufferMemory, ChainPicture, Memory};
pub use names::Names;
pub use parted::Parted;
pub use path::{Branch, Choice, Internal, Turn, Walk};
pub use picture::{
    ApplicationEvent, ConnectionPicture, Counters, DirectionPicture, Ending, Entered, EventPicture,
    KernelPicture, LoopPicture, Picture, Running, Station, Valve,
};
pub use series::Bucket;
pub use tape::Recording;
pub use text::to_json;
pub use view::{ConnectionView, PictureView, Valves};
pub use viewer::{Heard, Unheard, Viewer};
pub use watched::{Numbers, Watched};
pub use why::{Answer, Because, BytePlace, Question, Reason};
pub use wire::{Hello, PayloadPolicy, ServerMessage, ViewerMessage};

pub use crate::words::from_json;

/// The version of records, pictures and recordings as JSON.
pub const SCHEMA: u32 = 1;

/// A digest of this crate's sources as they were compiled: whoever shows the lines that records name can tell whether
/// they are the lines that ran.
pub const SOURCE_DIGEST: &str = env!("BUFFEREVENT_SOURCE_DIGEST");
