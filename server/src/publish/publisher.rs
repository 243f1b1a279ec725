//! From what a viewer hears to segments.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use bufferevent::Record;
use bufferevent::recording::{Heard, Picture, RecordingWriter, Viewer};

use super::PublishConfig;
use super::folder::{FileName, Folder, INDEX, Kind};
use super::index::{CHAPTER, Chapter, Index, Segment};

/// A segment is finished at this size, whatever the time.
const SEGMENT_BYTES: usize = 1024 * 1024;

/// A segment waits up to so many times as long, until its records weigh a quarter of the snapshot that it begins with: that
/// of a crowd is large.
const PATIENCE: u32 = 5;

/// How often the index is written where there is nothing new.
const BEAT: Duration = Duration::from_secs(10);

/// Writes what a viewer hears into a folder. Nothing here waits but for the disk.
#[derive(Debug)]
pub struct Publisher {
    folder: Folder,
    index: Index,
    every: Duration,
    max_bytes: u64,
    /// What there is in the folder, the oldest first: each segment, and behind the last that it lists each chapter.
    kept: VecDeque<Kept>,
    /// Invariant: what they have together.
    bytes: u64,
    /// After the last record.
    picture: Option<Picture>,
    open: Option<Open>,
    /// Records that could not be written.
    unwritten: u64,
    /// An attempt to write failed, and no segment was written since.
    failing: bool,
    /// One was, and that is not said yet.
    recovered: bool,
    /// The index says less than is known.
    stale: bool,
    index_at: Instant,
}

#[derive(Debug)]
struct Kept {
    name: FileName,
    bytes: u64,
}

/// The segment that is being filled.
#[derive(Debug)]
struct Open {
    writer: RecordingWriter<Vec<u8>>,
    after: u64,
    from_us: u64,
    since: Instant,
    snapshot_bytes: usize,
    records: u64,
}

impl Open {
    fn new(picture: &Picture, now: Instant) -> io::Result<Self> {
        let mut writer = RecordingWriter::new(Vec::new())?;
        writer.snapshot(picture)?;
        let snapshot_bytes = writer.get_ref().len();
        Ok(Self {
            writer,
            after: picture.seq,
            from_us: picture.time.as_micros(),
            since: now,
            snapshot_bytes,
            records: 0,
        })
    }

    fn is_full(&self) -> bool {
        self.writer.get_ref().len() >= SEGMENT_BYTES.max(2 * self.snapshot_bytes)
    }

    fn is_due(&self, every: Duration, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.since);
        let records = self.writer.get_ref().len() - self.snapshot_bytes;
        // A first picture without records is shown at once.
        let worth = self.records == 0 || records * 4 >= self.snapshot_bytes;
        age >= every && (worth || age >= every * PATIENCE)
    }
}

impl Publisher {
    /// Begins to publish, or goes on where a run before this one ended: its segments stay, and what it had not written is
    /// missing.
    ///
    /// # Errors
    /// The folder cannot be written to, somebody else publishes there, or its index is none that this program can go on with.
    pub fn open(config: &PublishConfig, now: Instant) -> io::Result<Option<Self>> {
        let Some(path) = &config.publish else { return Ok(None) };
        let folder = Folder::open(path)?;
        let mut index = Index::new(config.publish_every);
        if let Some(before) = folder.read_index::<Index>()? {
            before.check().map_err(|problem| {
                folder.damaged(INDEX, &format_args!("{problem}; choose another folder"))
            })?;
            let Index { run, dropped, older, segments, .. } = before;
            index = Index { run: run + 1, dropped, older, segments, ..index };
        }
        let kept = kept_of(&index, &folder)?;
        folder.sweep(&kept.iter().map(|it| &it.name).collect::<HashSet<_>>())?;
        let publisher = Self {
            bytes: kept.iter().map(|it| it.bytes).sum(),
            folder,
            index,
            every: Duration::from_millis(config.publish_every.into()),
            max_bytes: config.publish_max_bytes,
            kept,
            picture: None,
            open: None,
            unwritten: 0,
            failing: false,
            recovered: false,
            stale: false,
            index_at: now,
        };
        // What speaks against it is known before anything depends on it.
        publisher.folder.put_index(&publisher.index)?;
        Ok(Some(publisher))
    }

    /// Takes what a viewer has heard. Gives what a person should be told.
    pub fn take(&mut self, heard: &Heard, viewer: &Viewer, now: Instant) -> Option<String> {
        let taken = match heard {
            Heard::Hello => {
                self.index.hello = viewer.hello().cloned();
                self.stale = true;
                Ok(())
            }
            Heard::Snapshot(picture) => self.take_snapshot(picture, now),
            Heard::Records(records) => records.iter().try_for_each(|record| self.take_record(record, now)),
            // The snapshot after a gap says how many were lost.
            Heard::Gap { .. } | Heard::Pong | Heard::Part => Ok(()),
        };
        self.tell(taken)
    }

    /// Does what is due. Gives what a person should be told.
    pub fn tick(&mut self, now: Instant) -> Option<String> {
        if self.open.as_ref().is_some_and(|open| open.is_due(self.every, now)) {
            let finished = self.finish(now);
            return self.tell(finished);
        }
        let quiet = now.saturating_duration_since(self.index_at);
        if quiet >= BEAT || (self.stale && quiet >= self.every) {
            self.index.beat += 1;
            let written = self.write_index(now);
            return self.tell(written);
        }
        None
    }

    /// Writes what there is, and that nothing follows.
    ///
    /// # Errors
    /// What the folder says, and how many records were not written in all.
    pub fn end(mut self, now: Instant) -> io::Result<()> {
        self.index.ended = true;
        let ended = match self.open {
            Some(_) => self.finish(now),
            None => self.write_index(now),
        };
        ended.map_err(|error| {
            let missing = self.unwritten;
            let problem =
                format!("{error}; that it has ended is not written there, and {missing} records are missing");
            io::Error::new(error.kind(), problem)
        })
    }

    /// A failure is said once, until a segment is written again.
    fn tell(&mut self, result: io::Result<()>) -> Option<String> {
        match result {
            Err(error) if !std::mem::replace(&mut self.failing, true) => {
                Some(format!("{error}; what is not written is lost, and all else goes on"))
            }
            Ok(()) if std::mem::take(&mut self.recovered) => {
                let path = self.folder.path().display();
                Some(format!("publishes to {path} again; {} records are missing so far", self.unwritten))
            }
            _ => None,
        }
    }

    fn take_snapshot(&mut self, picture: &Picture, now: Instant) -> io::Result<()> {
        // What was before it does not lead to it. A picture that nothing followed is of no use any more.
        let finished = match &self.open {
            Some(open) if open.records > 0 => self.finish(now),
            _ => Ok(()),
        };
        let mut picture = picture.clone();
        picture.lost += self.unwritten;
        self.open = Some(Open::new(&picture, now)?);
        self.picture = Some(picture);
        finished
    }

    fn take_record(&mut self, record: &Record, now: Instant) -> io::Result<()> {
        let Some(picture) = &mut self.picture else { return Ok(()) };
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(Open::new(picture, now)?),
        };
        open.writer.record(record)?;
        open.records += 1;
        picture.fold(record);
        if open.is_full() { self.finish(now) } else { Ok(()) }
    }

    /// Writes the segment that was filled, and the index that has it.
    fn finish(&mut self, now: Instant) -> io::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let (after, from_us, records) = (open.after, open.from_us, open.records);
        let picture = self.picture.as_ref();
        let (last, to_us) = picture.map_or((after, from_us), |it| (it.seq, it.time.as_micros()));
        let written = self.write_segment(&open.writer.into_inner(), now, |name, run, bytes| Segment {
            name,
            run,
            after,
            last,
            from_us,
            to_us,
            bytes,
        });
        if written.is_ok() {
            self.recovered = std::mem::take(&mut self.failing);
        } else {
            self.unwritten += records;
            if let Some(picture) = &mut self.picture {
                picture.lost += records;
            }
        }
        written
    }

    fn write_segment(
        &mut self,
        text: &[u8],
        now: Instant,
        segment: impl FnOnce(FileName, u64, u64) -> Segment,
    ) -> io::Result<()> {
        let bytes = text.len() as u64;
        if bytes > self.max_bytes {
            let problem = format!("a segment has {bytes} bytes, more than --publish-max-bytes allows in all");
            return Err(io::Error::other(problem));
        }
        self.make_room(bytes);
        let name = self.folder.put(text, Kind::Segment)?;
        self.keep(self.kept.len(), name.clone(), bytes);
        self.index.segments.push(segment(name.clone(), self.index.run, bytes));
        self.begin_chapter().and_then(|()| self.write_index(now)).inspect_err(|_| {
            // Without an index that has it nobody finds it.
            self.index.segments.pop();
            self.kept.pop_back();
            self.bytes -= bytes;
            self.folder.remove(&name);
        })
    }

    /// Where the list grows long its older part goes to a file that never changes.
    fn begin_chapter(&mut self) -> io::Result<()> {
        let Some(chapter) = self.index.full_chapter() else { return Ok(()) };
        let text = serde_json::to_vec(&chapter)?;
        let name = self.folder.put(&text, Kind::Chapter)?;
        self.index.segments.drain(..CHAPTER);
        self.index.older = Some(name.clone());
        self.keep(self.kept.len() - self.index.segments.len(), name, text.len() as u64);
        self.make_room(0);
        Ok(())
    }

    /// Removes the oldest until there is room for so many bytes.
    fn make_room(&mut self, bytes: u64) {
        while self.bytes + bytes > self.max_bytes && self.drop_oldest() {}
    }

    fn keep(&mut self, at: usize, name: FileName, bytes: u64) {
        self.bytes += bytes;
        self.kept.insert(at, Kept { name, bytes });
    }

    /// Gives whether there was something.
    fn drop_oldest(&mut self) -> bool {
        let Some(Kept { name, bytes }) = self.kept.pop_front() else { return false };
        self.bytes -= bytes;
        if self.index.older.as_ref() == Some(&name) {
            self.index.older = None;
        } else if self.index.segments.first().is_some_and(|first| first.name == name) {
            self.index.segments.remove(0);
        }
        self.index.dropped += u64::from(name.kind() == Kind::Segment);
        // Two that are equal are one file.
        if !self.kept.iter().any(|other| other.name == name) {
            self.folder.remove(&name);
        }
        true
    }

    fn write_index(&mut self, now: Instant) -> io::Result<()> {
        // Where it fails the next attempt waits, too.
        self.index_at = now;
        self.stale = true;
        self.folder.put_index(&self.index)?;
        self.stale = false;
        Ok(())
    }
}

/// What an index leads to, the oldest first, as far as it is there: a chapter lists what was removed, too. How large a file is
/// says the file, whatever is written of it.
fn kept_of(index: &Index, folder: &Folder) -> io::Result<VecDeque<Kept>> {
    let there = |segments: &[Segment]| {
        let there = segments.iter().filter_map(|Segment { name, .. }| {
            folder.size(name).map(|bytes| Kept { name: name.clone(), bytes })
        });
        there.collect::<VecDeque<_>>()
    };
    let mut kept = there(&index.segments);
    let mut older = index.older.clone();
    while let Some(name) = older.take() {
        // Removed, once its segments were.
        let Some((chapter, bytes)) = folder.read::<Chapter>(&name)? else { break };
        chapter.check().map_err(|problem| folder.damaged(name.as_str(), &problem))?;
        older.clone_from(&chapter.older);
        let mut before = there(&chapter.segments);
        before.push_back(Kept { name, bytes });
        before.append(&mut kept);
        kept = before;
    }
    Ok(kept)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
