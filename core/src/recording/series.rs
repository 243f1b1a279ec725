//! A recording from afar: one connection's lengths and marks in as many buckets as there are pixels.

use serde::Serialize;

use super::{ConnectionPicture, Picture, Recording};
use crate::observe::of_roles;
use crate::{BufferName, Callback, Direction, Errno, Record, Role, Step, TanksAfter, Time};

/// What happened to one connection in a stretch of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bucket {
    /// The position after its first record.
    pub at: u64,
    /// The position after its last record.
    pub to: u64,
    /// When its last record was, in microseconds.
    #[serde(rename = "timeUs")]
    pub time: Time,
    /// The shortest that input was, in bytes.
    pub in_min: usize,
    /// The longest that input was.
    pub in_max: usize,
    /// The shortest that output was.
    pub out_min: usize,
    /// The longest that output was.
    pub out_max: usize,
    /// The most that the kernel's receive queue held; nothing where that is not known.
    pub rx_max: Option<usize>,
    /// The most that the kernel's send queue held; nothing where that is not known.
    pub tx_max: Option<usize>,
    /// The most that the peer wanted to send and the kernel had no room for; nothing where that is not known.
    pub backlog_max: Option<usize>,
    /// How many bytes the peer has received by its end, from the first on; 0 where that is not known.
    pub peer_received: u64,
    /// The low watermark of reading at its end; 0 for none.
    pub low: usize,
    /// The high watermark of reading at its end; 0 for none.
    pub high: usize,
    /// The low watermark of writing at its end; 0 for none.
    pub write_low: usize,
    /// The high watermark of writing at its end; 0 for none.
    pub write_high: usize,
    /// How often a length crossed a watermark.
    pub crossings: u32,
    /// Read callbacks entered.
    pub read_callbacks: u32,
    /// Write callbacks entered.
    pub write_callbacks: u32,
    /// Event callbacks entered.
    pub event_callbacks: u32,
    /// Reads that moved bytes.
    pub reads: u32,
    /// Writes that moved bytes.
    pub writes: u32,
    /// Calls that failed with more than "later", ends of file, resets by the peer.
    pub errors: u32,
    /// Passes of the loop that began.
    pub passes: u32,
    /// How many records are missing in it or right before it.
    pub lost: u64,
}

/// The figures of a connection that a timeline shows.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    input: usize,
    output: usize,
    tanks: TanksAfter,
    peer_received: u64,
    low: usize,
    high: usize,
    write_low: usize,
    write_high: usize,
}

impl Level {
    fn of(picture: &Picture, connection: u64) -> Self {
        // What a freed one held is gone.
        let held = |connection: &ConnectionPicture, len| if connection.freed { 0 } else { len };
        let level = |connection: &ConnectionPicture| Self {
            input: held(connection, connection.input.len),
            output: held(connection, connection.output.len),
            tanks: connection.kernel.tanks,
            peer_received: connection.kernel.peer_received,
            low: connection.read.low,
            high: connection.read.high,
            write_low: connection.write.low,
            write_high: connection.write.high,
        };
        picture.connections.get(&connection).map_or_else(Self::default, level)
    }

    /// Which marks the lengths have reached: those of [`Condition`](super::Condition)'s `crossing`.
    fn sides(&self) -> [bool; 3] {
        [
            self.high != 0 && self.input >= self.high,
            self.low != 0 && self.input >= self.low,
            self.output > self.write_low,
        ]
    }

    fn take(&mut self, step: &Step) {
        if let Some(tanks) = step.tanks() {
            self.tanks = Some(tanks);
        }
        if let Step::PeerReceived { payload, .. } = step {
            self.peer_received = self.peer_received.saturating_add(payload.len as u64);
        }
        match step {
            Step::Created { .. } => *self = Self::default(),
            Step::WatermarksSet { direction: Direction::Read, low, high } => {
                (self.low, self.high) = (*low, *high);
            }
            Step::WatermarksSet { direction: Direction::Write, low, high } => {
                (self.write_low, self.write_high) = (*low, *high);
            }
            Step::BufferEdited { buffer, payload } => *self.buffer(*buffer) = payload.len,
            Step::Enabled { .. } | Step::Disabled { .. } | Step::TimeoutsSet { .. } => {}
            Step::CallbacksSet { .. } | Step::HandleSet { .. } | Step::PrioritySet { .. } => {}
            Step::ConnectStarted { .. } | Step::FilterMade { .. } | Step::BufferCallbackSet { .. } => {}
            Step::Freed { .. } => (self.input, self.output) = (0, 0),
            Step::Paired { .. } | Step::Finalized | Step::BufferPulledUp { .. } => {}
            Step::LoopExitRequested | Step::LoopBreakRequested => {}

            Step::Received { input, .. } => self.input = *input,
            Step::Sent { output, .. } => self.output = *output,
            Step::BufferAdded { buffer, len, .. } | Step::BufferDrained { buffer, len, .. } => {
                *self.buffer(*buffer) = *len;
            }

            Step::CallbackDue { input, output, .. } => (self.input, self.output) = (*input, *output),
            Step::CallbackDeferred { .. } | Step::CallbackNotSet { .. } | Step::FilterCalled { .. } => {}

            of_roles!(Loop | Event | Decision | Crossing | Callback | Failure | Outside) => {}
            of_roles!(PeerToKernel | KernelToPeer) => {}
        }
    }

    fn buffer(&mut self, name: BufferName) -> &mut usize {
        match name {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }
}

impl Bucket {
    fn new(at: u64, level: &Level) -> Self {
        Self {
            at,
            to: at,
            time: Time::ZERO,
            in_min: level.input,
            in_max: level.input,
            out_min: level.output,
            out_max: level.output,
            rx_max: level.tanks.map(|tanks| tanks.rx),
            tx_max: level.tanks.map(|tanks| tanks.tx),
            backlog_max: level.tanks.map(|tanks| tanks.backlog),
            peer_received: level.peer_received,
            low: level.low,
            high: level.high,
            write_low: level.write_low,
            write_high: level.write_high,
            crossings: 0,
            read_callbacks: 0,
            write_callbacks: 0,
            event_callbacks: 0,
            reads: 0,
            writes: 0,
            errors: 0,
            passes: 0,
            lost: 0,
        }
    }

    fn measure(&mut self, level: &Level) {
        (self.in_min, self.in_max) = (self.in_min.min(level.input), self.in_max.max(level.input));
        (self.out_min, self.out_max) = (self.out_min.min(level.output), self.out_max.max(level.output));
        self.rx_max = self.rx_max.max(level.tanks.map(|tanks| tanks.rx));
        self.tx_max = self.tx_max.max(level.tanks.map(|tanks| tanks.tx));
        self.backlog_max = self.backlog_max.max(level.tanks.map(|tanks| tanks.backlog));
        self.peer_received = level.peer_received;
        (self.low, self.high) = (level.low, level.high);
        (self.write_low, self.write_high) = (level.write_low, level.write_high);
    }

    fn count(&mut self, step: &Step) {
        let count = match step.role() {
            Role::Callback => match step {
                Step::CallbackEntered { callback: Callback::Read } => &mut self.read_callbacks,
                Step::CallbackEntered { callback: Callback::Write } => &mut self.write_callbacks,
                Step::CallbackEntered { callback: Callback::Event(_) } => &mut self.event_callbacks,
                _ => return,
            },
            Role::Loop if matches!(step, Step::PassBegan { .. }) => &mut self.passes,
            Role::KernelToInput => &mut self.reads,
            Role::OutputToKernel => &mut self.writes,
            Role::Failure if !means_later(step) => &mut self.errors,
            Role::Loop | Role::Failure | Role::Event | Role::Decision | Role::Crossing | Role::Due => return,
            Role::Application | Role::ApplicationToBuffer | Role::BufferToApplication => return,
            Role::Outside | Role::PeerToKernel | Role::KernelToPeer => return,
        };
        *count += 1;
    }
}

/// A call that failed so is only to be made again.
fn means_later(step: &Step) -> bool {
    matches!(step, Step::CallFailed { errno: Errno::Again | Errno::Interrupted, .. })
}

impl Recording {
    /// One connection between two positions, in at most so many buckets of equally many records.
    ///
    /// It walks the records in between once; their payload is not looked at.
    pub fn series(&mut self, connection: u64, from: u64, to: u64, buckets: usize) -> Vec<Bucket> {
        let from = from.clamp(self.start_position(), self.end_position());
        let to = to.clamp(from, self.end_position());
        let length = to - from;
        let count = (buckets as u64).min(length);
        let start = self.seek(from);
        let (mut level, mut seq, mut lost) = (Level::of(start, connection), start.seq, start.lost);
        let mut cuts = self.cuts().skip_while(|(at, _)| *at < from).peekable();
        let mut series = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
        for index in 0..count {
            // The position before the bucket's first record, and that after its last.
            let edge =
                |index: u64| from + (u128::from(index) * u128::from(length) / u128::from(count)) as u64;
            let mut bucket = Bucket::new(edge(index) + 1, &level);
            bucket.to = edge(index + 1);
            for position in edge(index)..bucket.to {
                if let Some((_, picture)) = cuts.next_if(|(at, _)| *at == position) {
                    level = Level::of(picture, connection);
                    bucket.measure(&level);
                    bucket.lose(picture.lost.saturating_sub(lost));
                    (seq, lost) = (picture.seq, lost.max(picture.lost));
                }
                let Some(record) = self.record_at(position + 1) else { continue };
                let missing = record.seq.saturating_sub(seq).saturating_sub(1);
                bucket.lose(missing);
                (seq, lost) = (seq.max(record.seq), lost.saturating_add(missing));
                bucket.take(record, connection, &mut level);
            }
            series.push(bucket);
        }
        // What is missing after the last record has no bucket of its own.
        if to == self.end_position()
            && let (Some(last), Some((_, picture))) = (series.last_mut(), cuts.last())
        {
            last.lose(picture.lost.saturating_sub(lost));
        }
        series
    }
}

impl Bucket {
    /// A file may say that more were lost than can be counted.
    fn lose(&mut self, records: u64) {
        self.lost = self.lost.saturating_add(records);
    }

    fn take(&mut self, record: &Record, connection: u64, level: &mut Level) {
        self.time = record.time;
        match record.connection {
            Some(number) if number != connection => return,
            Some(_) => {}
            None => return self.count(&record.step),
        }
        let before = level.sides();
        level.take(&record.step);
        self.measure(level);
        self.count(&record.step);
        // What is freed crosses no mark.
        let crosses = before != level.sides() && !matches!(record.step, Step::Freed { .. });
        self.crossings += u32::from(crosses);
    }
}

#[cfg(all(test, feature = "sim"))]
mod tests {
    use super::*;
    use crate::sim::{Scenario, Simulation};

    fn tutorial() -> Recording {
        let mut simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
        while simulation.run_step() {}
        let mut recording = Recording::default();
        std::mem::take(simulation.observer_mut()).into_iter().for_each(|it| recording.append(it));
        recording
    }

    #[test]
    fn buckets_cover_every_record_once() {
        let mut recording = tutorial();
        let end = recording.end_position();
        for buckets in [1, 7, 1000] {
            let series = recording.series(1, 0, end, buckets);
            let mut next = 1;
            for bucket in &series {
                assert_eq!(bucket.at, next);
                next = bucket.to + 1;
            }
            assert_eq!(next, end + 1);
        }
    }

    #[test]
    fn a_bucket_a_record_gives_the_lengths_of_the_picture() {
        let mut recording = tutorial();
        for bucket in recording.series(1, 0, u64::MAX, usize::MAX) {
            let picture = recording.seek(bucket.to).connections[&1].clone();
            assert!((bucket.in_min..=bucket.in_max).contains(&picture.input.len), "{bucket:?}");
            assert!((bucket.out_min..=bucket.out_max).contains(&picture.output.len), "{bucket:?}");
            assert_eq!((bucket.low, bucket.high), (picture.read.low, picture.read.high));
            assert_eq!((bucket.write_low, bucket.write_high), (picture.write.low, picture.write.high));
            assert!(bucket.backlog_max >= picture.kernel.tanks.map(|tanks| tanks.backlog), "{bucket:?}");
            assert_eq!(bucket.peer_received, picture.kernel.peer_received);
        }
    }

    #[test]
    fn crossings_are_those_that_a_search_finds() {
        let mut recording = tutorial();
        let condition = "crossing".parse().unwrap();
        let (mut found, mut at) = (0, 0);
        while let Some(position) = recording.next_match(at, &condition) {
            (found, at) = (found + 1, position);
        }
        let counted: u32 = recording.series(1, 0, u64::MAX, 5).iter().map(|bucket| bucket.crossings).sum();
        assert_eq!(counted, found);
        assert!(found > 2);
    }

    #[test]
    fn what_was_freed_holds_nothing_any_more_and_crosses_no_mark_by_that() {
        let json = r#"{"format":1,"dialect":"1.4","script":[{"disable":["write"]},{"write":"abc"},{"free":true},{"turn":1}]}"#;
        let mut simulation = Simulation::new(Scenario::from_json(json).unwrap(), Vec::<Record>::new());
        while simulation.run_step() {}
        let mut recording = Recording::default();
        std::mem::take(simulation.observer_mut()).into_iter().for_each(|it| recording.append(it));
        let series = recording.series(1, 0, u64::MAX, usize::MAX);
        let held: Vec<usize> = series.iter().map(|bucket| bucket.out_max).collect();
        assert!(held.contains(&3) && held.ends_with(&[0]), "{held:?}");
        assert_eq!(series.iter().map(|bucket| bucket.crossings).sum::<u32>(), 1, "when they were written");
        let last = recording.end_position();
        assert_eq!(recording.series(1, last - 1, last, 1)[0].out_max, 0, "also where one begins after that");
    }

    #[test]
    fn a_gap_is_in_the_bucket_after_it() {
        let mut recording = tutorial();
        let half = recording.end_position();
        recording.append_gap(12);
        let mut snapshot = recording.end().clone();
        snapshot.seq += 1;
        let mut record = recording.record_at(half).unwrap().clone();
        record.seq = snapshot.seq + 1;
        recording.append_snapshot(snapshot);
        recording.append(record);
        let series = recording.series(1, 0, u64::MAX, usize::MAX);
        assert_eq!(series.iter().map(|bucket| bucket.lost).sum::<u64>(), 12);
        assert_eq!(series.last().unwrap().lost, 12);
    }

    #[test]
    fn more_losses_than_can_be_counted_are_as_many_as_can() {
        let mut recording = tutorial();
        let record = recording.record_at(1).unwrap().clone();
        for (seq, lost) in [(0, u64::MAX), (u64::MAX, u64::MAX), (5, 7)] {
            let snapshot = Picture { seq, lost, ..recording.end().clone() };
            recording.append_snapshot(snapshot);
            recording.append(Record { seq: u64::MAX, ..record.clone() });
        }
        assert_eq!(recording.series(1, 0, u64::MAX, 1)[0].lost, u64::MAX);
    }

    #[test]
    fn a_gap_after_the_last_record_is_in_the_last_bucket() {
        let lost = |recording: &mut Recording, from: u64, to: u64, buckets: usize| {
            recording.series(1, from, to, buckets).iter().map(|bucket| bucket.lost).collect::<Vec<_>>()
        };
        let mut recording = tutorial();
        let end = recording.end_position();
        recording.append_gap(12);
        assert_eq!(lost(&mut recording, 0, u64::MAX, 3), [0, 0, 12]);
        assert_eq!(lost(&mut recording, 0, end - 1, 1), [0]);
        let mut snapshot = recording.end().clone();
        (snapshot.seq, snapshot.lost) = (snapshot.seq + 8, 20);
        recording.append_snapshot(snapshot);
        assert_eq!(
            lost(&mut recording, 0, u64::MAX, 2),
            [0, 20],
            "what a snapshot says of losses counts, too"
        );
    }
}
