//! The index of a publication, as JSON.

use bufferevent::recording::{Hello, SCHEMA, from_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{FileName, Kind};

/// The version of the index.
pub const FORMAT: u32 = 1;

/// The name in an index, by which it is known.
const NAME: &str = "bufferevent";

/// So many segments go into one chapter; of those that are in none there are up to twice as many.
/// Tests have a long list sooner.
pub(super) const CHAPTER: usize = if cfg!(test) { 4 } else { 64 };

/// No count goes on from here: pages read them as JavaScript's numbers, which are exact up to it.
const MOST: u64 = 1 << 53;

/// `index.json`: the latest segments, and where the older ones are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Always `bufferevent`.
    pub publication: String,
    /// The version of the index: [`FORMAT`].
    pub format: u32,
    /// The version of the recordings that segments are.
    pub schema: u32,
    /// What the server that is watched said of itself; nothing before it did.
    pub hello: Option<Hello>,
    /// Counts the times that publishing began, from 1. Numbers of records begin anew with it.
    pub run: u64,
    /// Rises each ten seconds while nothing is published, so that silence can be told from an end that nobody could write.
    pub beat: u64,
    /// How long a segment takes, in milliseconds: to look more often is of no use.
    pub every_ms: u32,
    /// The publisher has ended, and nothing comes any more.
    pub ended: bool,
    /// So many of the oldest segments were removed.
    pub dropped: u64,
    /// The chapter with the segments before those here.
    pub older: Option<FileName>,
    /// Oldest first.
    pub segments: Vec<Segment>,
}

/// One segment: a recording that starts with a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The file's name: the first half of the SHA-256 of its content, and `.jsonl`.
    pub name: FileName,
    /// The run that it is of.
    pub run: u64,
    /// The record before its first: `seq` of the snapshot that it starts with.
    pub after: u64,
    /// Its last record, or the one before its first where it has none.
    pub last: u64,
    /// The engine's time at its start, in microseconds.
    pub from_us: u64,
    /// The same at its end.
    pub to_us: u64,
    /// The file's size.
    pub bytes: u64,
}

/// A file with a stretch of the list of segments. It never changes, and is named like a segment, with `.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// Always `bufferevent`.
    pub publication: String,
    /// The version of the index.
    pub format: u32,
    /// The chapter before this one.
    pub older: Option<FileName>,
    /// Oldest first.
    pub segments: Vec<Segment>,
}

impl Index {
    /// An index of nothing, for the first run.
    pub(super) fn new(every_ms: u32) -> Self {
        Self {
            publication: NAME.into(),
            format: FORMAT,
            schema: SCHEMA,
            hello: None,
            run: 1,
            beat: 0,
            every_ms,
            ended: false,
            dropped: 0,
            older: None,
            segments: Vec::new(),
        }
    }

    /// Whether this program can go on with it; the reason where it cannot.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("its schema is {}, this program's is {SCHEMA}", self.schema));
        }
        for (name, count) in [("run", self.run), ("dropped", self.dropped)] {
            if count >= MOST {
                return Err(format!("{name} is {count}, which no publisher comes to"));
            }
        }
        check_names(self.older.as_ref(), &self.segments)
    }

    /// The oldest segments as a chapter, once there are enough; they are still listed here.
    pub(super) fn full_chapter(&self) -> Option<Chapter> {
        (self.segments.len() > 2 * CHAPTER).then(|| Chapter {
            publication: NAME.into(),
            format: FORMAT,
            older: self.older.clone(),
            segments: self.segments[..CHAPTER].to_vec(),
        })
    }
}

impl Chapter {
    /// Whether this program can go on with it; the reason where it cannot.
    pub(super) fn check(&self) -> Result<(), String> {
        check_names(self.older.as_ref(), &self.segments)
    }
}

/// Whether a text is a list of segments that this program reads, as far as it says so: what else is in it is of no interest where it
/// is not.
pub(super) fn check_text(text: &[u8]) -> Result<(), String> {
    // What is no JSON is said by whoever reads the whole.
    let Ok(list) = from_json::<Value>(text) else { return Ok(()) };
    match (list.get("publication"), list.get("format")) {
        (Some(it), _) if it != NAME => Err(format!("publication is {it}, and has to be {NAME:?}")),
        (Some(_), Some(it)) if it != FORMAT => Err(format!("its format is {it}, this program's is {FORMAT}")),
        (None, _) => Err("this is no publication's: missing field `publication`".into()),
        _ => Ok(()),
    }
}

/// That each is listed as what it is.
fn check_names(older: Option<&FileName>, segments: &[Segment]) -> Result<(), String> {
    if let Some(name) = older.filter(|name| name.kind() != Kind::Chapter) {
        return Err(format!("{:?} is no name of a chapter", name.as_str()));
    }
    match segments.iter().find(|it| it.name.kind() != Kind::Segment) {
        Some(Segment { name, .. }) => Err(format!("{:?} is no name of a segment", name.as_str())),
        None => Ok(()),
    }
}
