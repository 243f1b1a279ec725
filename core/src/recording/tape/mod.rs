//! Records with keyframes: any point is a short way from a picture. `search` - the nearest record that a condition matches.

mod search;

use std::collections::VecDeque;
use std::vec;

use super::memory::Laid;
use super::runs::Runs;
use super::{ConnectionPicture, Picture};
use crate::Record;

/// How many records lie between two keyframes, at least.
const KEYFRAME_EVERY: usize = 512;

/// What a record takes in memory besides its payload, in bytes.
const RECORD_BYTES: usize = size_of::<Record>();

/// What a connection takes in a keyframe besides the bytes that are known of its buffers.
const CONNECTION_BYTES: usize = size_of::<ConnectionPicture>();

/// The memory that a recording takes at most unless told otherwise, in bytes.
const DEFAULT_LIMIT: usize = 512 * 1024 * 1024;

/// What has changed of the memory of buffers, and the position of the record that it came with. Invariant: positions do not fall.
type LaidBeside = VecDeque<(u64, Laid)>;

#[derive(Debug, Clone)]
struct Keyframe {
    /// How many records of this recording, counted from the first ever appended, come before it.
    at: u64,
    picture: Picture,
    /// The records before it do not lead to it.
    cut: bool,
}

impl Keyframe {
    /// What it takes in memory, roughly.
    fn bytes(&self) -> usize {
        let connection = |it: &ConnectionPicture| {
            CONNECTION_BYTES + it.input.known() + it.output.known() + it.kernel.peer_got.known()
        };
        size_of::<Self>() + self.picture.connections.values().map(connection).sum::<usize>()
    }
}

/// A stretch of records that can be appended to and looked at from any point.
///
/// A *position* is the number of records that were folded: 0 is before the first. Positions stay what they are when
/// old records are evicted.
#[derive(Debug, Clone)]
pub struct Recording {
    records: VecDeque<Record>,
    /// Invariant: never empty; the first stands at the position of the first record; positions rise.
    keyframes: VecDeque<Keyframe>,
    /// The picture after the last record.
    end: Picture,
    /// The last record was folded, and `end` does not show it as the last yet. Only while many are appended.
    end_behind: bool,
    evicted: u64,
    /// Invariant: what the records and the keyframes take.
    bytes: usize,
    limit: usize,
    /// Where steps of a script end, as far as that was said: the position, and which step. Invariant: both rise.
    steps: Vec<(u64, usize)>,
    laid: LaidBeside,
    runs: Runs,
    /// The picture that was asked for last, so that neighbours are one fold away.
    cursor: Keyframe,
}

impl Default for Recording {
    fn default() -> Self {
        Self::new(Picture::default())
    }
}

impl Recording {
    /// An empty recording that starts from this picture, and evicts its oldest records past 512 MiB.
    #[must_use]
    pub fn new(start: Picture) -> Self {
        let keyframe = Keyframe { at: 0, picture: start.clone(), cut: false };
        Self {
            records: VecDeque::new(),
            keyframes: VecDeque::from([keyframe.clone()]),
            end: start,
            end_behind: false,
            evicted: 0,
            bytes: keyframe.bytes(),
            limit: DEFAULT_LIMIT,
            steps: Vec::new(),
            laid: VecDeque::new(),
            runs: Runs::default(),
            cursor: keyframe,
        }
    }

    /// Evicts the oldest records past so many bytes of memory.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self.evict();
        self
    }

    /// Appends one record.
    pub fn append(&mut self, record: Record) {
        self.append_in_passing(record);
        self.settle();
    }

    /// Appends the records that this adds to the end of the list, each written to where it stays, and what it gives of the memory of
    /// buffers beside them, both in order. Gives what else it gives, and how many bytes of payload the records have. Whoever is the
    /// last calls [`Self::settle`].
    #[cfg(feature = "sim")]
    pub(crate) fn append_by<T>(
        &mut self,
        add: impl FnOnce(&mut VecDeque<Record>) -> (T, Vec<Laid>),
    ) -> (T, u64) {
        let before = self.end_position();
        let (given, laid) = add(&mut self.records);
        let mut laid = laid.into_iter();
        let payload =
            (before + 1..=self.end_position()).map(|position| self.fold_at(position, &mut laid)).sum();
        self.evict();
        (given, payload)
    }

    /// Appends a record that others may follow at once: whoever is the last calls [`Self::settle`].
    pub(super) fn append_in_passing(&mut self, record: Record) {
        self.records.push_back(record);
        self.fold_at(self.end_position(), &mut Vec::new().into_iter());
        self.evict();
    }

    /// Folds the record that leads to this position, the first that is not in `end`, and gives how many bytes of payload it has. Of
    /// what has changed beside records it takes what came with this one.
    fn fold_at(&mut self, position: u64, laid: &mut vec::IntoIter<Laid>) -> u64 {
        let Some(record) = record_at(&self.records, self.evicted, position) else { return 0 };
        let (seq, payload) = (record.seq, record.step.payload());
        let (kept, held) = payload.map_or((0, 0), |payload| (payload.bytes.len(), payload.bytes.capacity()));
        let (time, before) = (record.time, self.end.time);
        if self.end.fold_in_passing(record) {
            self.end_behind = true;
            self.runs.hear(position, time, before);
        } else {
            // It is not the last that was folded.
            self.settle_at(position - 1);
        }
        while laid.as_slice().first().is_some_and(|laid| laid.seq <= seq)
            && let Some(laid) = laid.next()
        {
            laid.show_in(&mut self.end);
            self.bytes += laid.bytes();
            self.laid.push_back((position, laid));
        }
        self.bytes += RECORD_BYTES + held;
        // A picture of many connections is large: the more there are, the fewer keyframes.
        let every = KEYFRAME_EVERY.max(self.end.connections.len() * 16) as u64;
        if self.keyframes.back().is_none_or(|last| position - last.at >= every) {
            self.push_keyframe(position, false);
        }
        kept as u64
    }

    /// The start of a stretch that the records before do not lead to: what a viewer is sent after a gap.
    pub fn append_snapshot(&mut self, snapshot: Picture) {
        self.settle();
        if snapshot.seq < self.end.seq || snapshot.time < self.end.time {
            self.runs.begin(self.end_position());
        }
        let lost = self.end.lost;
        let names = std::mem::take(&mut self.end.names);
        self.end = snapshot;
        if self.end.names.is_empty() {
            // An engine gives none.
            self.end.names = names;
        }
        self.end.lost = self.end.lost.max(lost);
        self.push_keyframe(self.end_position(), true);
        self.evict();
    }

    /// So many records were lost here.
    pub fn append_gap(&mut self, records: u64) {
        self.end.note_lost(records);
        self.end.seq = self.end.seq.saturating_add(records);
        self.push_keyframe(self.end_position(), true);
        self.evict();
    }

    /// The records since this was last said belong to this step of a script.
    #[cfg(feature = "sim")]
    pub(crate) fn note_step(&mut self, step: usize) {
        let end = self.end_position();
        match self.steps.last_mut() {
            Some(last) if last.1 == step => last.0 = end,
            _ => self.steps.push((end, step)),
        }
    }

    /// Shows the last record in the picture after it.
    pub(crate) fn settle(&mut self) {
        self.settle_at(self.end_position());
    }

    /// The same where others are there behind the last that was folded, which led to this position.
    fn settle_at(&mut self, position: u64) {
        if std::mem::take(&mut self.end_behind) {
            self.end.last = self.record_at(position).cloned();
        }
    }

    fn push_keyframe(&mut self, at: u64, cut: bool) {
        self.settle_at(at);
        let keyframe = Keyframe { at, picture: self.end.clone(), cut };
        if self.cursor.at == keyframe.at {
            self.cursor = keyframe.clone();
        }
        self.bytes += keyframe.bytes();
        match self.keyframes.back_mut() {
            Some(last) if last.at == keyframe.at => {
                self.bytes -= last.bytes();
                *last = keyframe;
            }
            _ => self.keyframes.push_back(keyframe),
        }
    }

    /// Where the records before do not lead to what comes after: the position and the picture there.
    pub(super) fn cuts(&self) -> impl Iterator<Item = (u64, &Picture)> {
        let later = self.keyframes.iter().skip(1).filter(|keyframe| keyframe.cut);
        later.map(|keyframe| (keyframe.at, &keyframe.picture))
    }

    fn evict(&mut self) {
        while self.bytes > self.limit && self.keyframes.len() > 1 {
            if let Some(keyframe) = self.keyframes.pop_front() {
                self.bytes -= keyframe.bytes();
            }
            let first = self.keyframes[0].at;
            while self.evicted < first {
                if let Some(record) = self.records.pop_front() {
                    self.bytes -= record_bytes(&record);
                }
                self.evicted += 1;
                while let Some((_, laid)) = self.laid.pop_front_if(|laid| laid.0 <= self.evicted) {
                    self.bytes -= laid.bytes();
                }
            }
        }
        self.runs.forget_before(self.evicted);
        if self.cursor.at < self.evicted {
            self.cursor = self.keyframes[0].clone();
        }
    }

    pub(super) const fn runs(&self) -> &Runs {
        &self.runs
    }

    /// The first position that is still there: 0 until records were evicted.
    #[must_use]
    pub const fn start_position(&self) -> u64 {
        self.evicted
    }

    /// The position after the last record.
    #[must_use]
    pub fn end_position(&self) -> u64 {
        self.evicted + self.records.len() as u64
    }

    /// How many records are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The record that leads to this position; none for the first position and those not there.
    #[must_use]
    pub fn record_at(&self, position: u64) -> Option<&Record> {
        record_at(&self.records, self.evicted, position)
    }

    /// The records in order.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.records.iter()
    }

    /// The picture at the start of what is there.
    #[must_use]
    pub fn start(&self) -> &Picture {
        &self.keyframes[0].picture
    }

    /// The picture after the last record.
    #[must_use]
    pub const fn end(&self) -> &Picture {
        &self.end
    }

    /// The picture at a position; one that is not there gives the nearest that is.
    pub fn seek(&mut self, position: u64) -> &Picture {
        let position = position.clamp(self.evicted, self.end_position());
        let next = self.keyframes.partition_point(|keyframe| keyframe.at <= position);
        let keyframe = &self.keyframes[next - 1];
        if self.cursor.at > position || self.cursor.at < keyframe.at {
            self.cursor = keyframe.clone();
        }
        let from = usize::try_from(self.cursor.at - self.evicted).unwrap_or(usize::MAX);
        let to = usize::try_from(position - self.evicted).unwrap_or(usize::MAX);
        let picture = &mut self.cursor.picture;
        let mut laid = self.laid.range(laid_from(&self.laid, self.cursor.at + 1)..).peekable();
        let mut last = None;
        for (at, record) in (self.cursor.at + 1..).zip(self.records.range(from..to)) {
            if picture.fold_in_passing(record) {
                last = Some(record);
            }
            while let Some((_, laid)) = laid.next_if(|laid| laid.0 == at) {
                laid.show_in(picture);
            }
        }
        if let Some(last) = last {
            picture.last = Some(last.clone());
        }
        self.cursor.at = position;
        &self.cursor.picture
    }
}

/// Where what has changed begins that came with this position or a later one.
fn laid_from(laid: &LaidBeside, at: u64) -> usize {
    laid.partition_point(|laid| laid.0 < at)
}

fn record_at(records: &VecDeque<Record>, evicted: u64, position: u64) -> Option<&Record> {
    let index = position.checked_sub(evicted + 1)?;
    records.get(usize::try_from(index).ok()?)
}

/// What a record takes in memory, roughly.
fn record_bytes(record: &Record) -> usize {
    RECORD_BYTES + record.step.payload().map_or(0, |payload| payload.bytes.capacity())
}
