//! What a mirror sends as files that any web server or content delivery network hands out, to any number of readers.
//!
//! A folder holds segments of a recording, which never change and are named by their content, and `index.json`, which
//! says which there are and is the only file that changes. `docs/publish.md` is the format.
//!
//! - `index` - the index and the chapters that older parts of it go to, as JSON.
//! - `folder` - files that are there whole or not at all.
//! - `publisher` - from what a viewer hears to segments, with every bound; no clock, no network.

mod folder;
mod index;
mod publisher;

use std::path::PathBuf;
use std::time::Duration;

pub use folder::FileName;
pub use index::{Chapter, FORMAT, Index, Segment};
pub use publisher::Publisher;

/// How often a publisher that is given nothing has to be asked whether something is due.
pub const TICK: Duration = Duration::from_millis(100);

/// How long a program waits at its end for what came last to be written: a busy disk takes seconds to say that it has something,
/// and who stops services in order often gives them ten.
pub const LAST_SEGMENT: Duration = Duration::from_secs(5);

/// Where to publish, and how much: part of two programs' command lines.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct PublishConfig {
    /// Write what viewers see as files for any web server: the page plays FOLDER/index.json live and back
    #[arg(long, value_name = "FOLDER")]
    pub publish: Option<PathBuf>,

    /// Remove the oldest segments once the folder has so many bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1_073_741_824, value_parser = clap::value_parser!(u64).range(4_194_304..))]
    pub publish_max_bytes: u64,

    /// Finish a segment after so many milliseconds: readers are behind by that and what they wait between two looks
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=60_000))]
    pub publish_every: u32,
}

impl Default for PublishConfig {
    fn default() -> Self {
        Self { publish: None, publish_max_bytes: 1_073_741_824, publish_every: 1000 }
    }
}
