//! A recording as a trace that Perfetto's viewer and its `trace_processor` open.
//!
//! One track is the loop's: in it a pass is a slice, in that each internal callback, in that each user callback. Each
//! bufferevent has a track with its steps as instants, and below it the levels of its four queues as counters. Bytes are
//! flows, from where they came to where they were used.
//!
//! - `packet` - the format's messages; `flows` - which bytes a step moves; `names` - what slices are called; `told` - what a record
//!   tells of its event.
//!
//! Many steps happen at one time of the engine's clock, which moves between passes only: each stands a microsecond after
//! the one before, and never before its time. Its own time is among its arguments.

mod flows;
mod names;
mod packet;
mod told;

use std::collections::BTreeMap;
use std::io::{self, Write};

use prost::Message;

use super::{ConnectionPicture, Names, Picture, Recording};
use crate::{Record, Step};

use flows::{Flows, Numbers, Queues};
use names::{callback_name, event_name, kind_words};
use packet::{
    BY_RANK, BYTES, CounterDescriptor, STATE_CLEARED, Trace, TracePacket, TrackDescriptor, TrackEvent, Type,
};
use told::told;

/// The distance between two steps of one time, in nanoseconds.
const STEP: u64 = 1000;

/// The track of the whole, which the others stand in.
const ALL: u64 = 1;
const LOOP: u64 = 2;
/// A bufferevent's tracks: its own, then those of its counters.
const BUFFEREVENTS: u64 = 16;
const TRACKS_EACH: u64 = 8;
/// The highest number with tracks of its own. No engine counts so far; in a file, those above share these.
const LAST_TRACKED: u64 = (u64::MAX - BUFFEREVENTS) / TRACKS_EACH - 1;

/// The counters of a bufferevent, in the order of their tracks.
const COUNTERS: [&str; 4] = ["kernel rx", "input", "output", "kernel tx"];

impl Recording {
    /// Writes the recording as a trace that [Perfetto](https://ui.perfetto.dev)'s viewer opens: passes and callbacks are
    /// slices, the levels of the four queues are counters, bytes are flows.
    ///
    /// # Errors
    /// What the writer says.
    pub fn export_perfetto(&mut self, title: &str, to: impl Write) -> io::Result<()> {
        let mut writer = Writer::new(to);
        writer.track(ALL, None, title, 0, None)?;
        writer.track(LOOP, Some(ALL), "event loop", 0, None)?;
        for position in self.start_position() + 1..=self.end_position() {
            let Some(record) = self.record_at(position).cloned() else { continue };
            writer.step(&record, self.seek(position))?;
        }
        writer.close_to(0)?;
        writer.out.flush()
    }
}

/// What is open on the loop's track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Pass,
    Internal,
    User,
}

#[derive(Debug)]
struct Writer<W> {
    out: W,
    /// Where the trace is, in nanoseconds.
    now: u64,
    seq: Option<u64>,
    open: Vec<Open>,
    bufferevents: BTreeMap<u64, Seen>,
    flows: Numbers,
    begun: bool,
}

/// What was said of a bufferevent.
#[derive(Debug, Default)]
struct Seen {
    queues: Queues,
    levels: [Option<usize>; 4],
}

impl<W: Write> Writer<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            now: 0,
            seq: None,
            open: Vec::new(),
            bufferevents: BTreeMap::new(),
            flows: Numbers::default(),
            begun: false,
        }
    }

    fn step(&mut self, record: &Record, picture: &Picture) -> io::Result<()> {
        // A file can have any number.
        let time = record.time.as_micros().saturating_mul(1000);
        self.now = time.max(self.now.saturating_add(STEP));
        let missing = self.seq.map_or(0, |seq| record.seq.saturating_sub(seq).saturating_sub(1));
        if missing > 0 {
            // What ended meanwhile nobody saw.
            self.close_to(0)?;
            let name = format!("{missing} records were lost");
            self.event(TrackEvent { name: Some(name), ..event(Type::Instant, LOOP) })?;
        }
        self.seq = Some(record.seq);
        if let Some(connection) = record.connection.and_then(|number| picture.connections.get(&number)) {
            self.meet(connection, &picture.names)?;
        }
        match &record.step {
            Step::PassBegan { pass } => self.begin(Open::Pass, format!("pass {pass}"), record)?,
            Step::EventRun { event, .. } => {
                let name = event_name(*event, record.connection, &picture.names);
                self.begin(Open::Internal, name, record)?;
            }
            Step::CallbackEntered { callback } => {
                let name = callback_name(*callback, record.connection, &picture.names);
                self.begin(Open::User, name, record)?;
            }
            Step::PassEnded { .. } => self.end(Open::Pass)?,
            Step::EventReturned { .. } => self.end(Open::Internal)?,
            Step::CallbackLeft { .. } => self.end(Open::User)?,
            _ => self.instant(record)?,
        }
        match record.connection {
            // After a gap any of them may have changed.
            _ if missing > 0 => picture.connections.values().try_for_each(|it| self.levels(it)),
            Some(number) => picture.connections.get(&number).map_or(Ok(()), |it| self.levels(it)),
            None => Ok(()),
        }
    }

    /// A bufferevent has its tracks from its first step on.
    fn meet(&mut self, connection: &ConnectionPicture, names: &Names) -> io::Result<()> {
        if self.bufferevents.contains_key(&connection.number) {
            return Ok(());
        }
        self.bufferevents.insert(connection.number, Seen::default());
        let track = track_of(connection.number);
        let name = match names.bufferevents.get(&connection.number) {
            Some(name) => format!("bufferevent {name}"),
            None => format!("bufferevent {}", connection.number),
        };
        self.track(track, Some(ALL), &name, connection.number, None)?;
        for (index, name) in (1..).zip(COUNTERS) {
            let counter = CounterDescriptor { unit: Some(BYTES) };
            self.track(track + index, Some(track), name, index, Some(counter))?;
        }
        Ok(())
    }

    fn instant(&mut self, record: &Record) -> io::Result<()> {
        let track = record.connection.map_or(LOOP, track_of);
        let flows = match record.connection.and_then(|number| self.bufferevents.get_mut(&number)) {
            Some(seen) => seen.queues.step(&record.step, &mut self.flows),
            None => Flows::default(),
        };
        let name = match record.step.payload() {
            Some(payload) => format!("{}, {} bytes", kind_words(record), payload.len),
            None => kind_words(record),
        };
        self.event(TrackEvent {
            name: Some(name),
            flow_ids: flows.on,
            terminating_flow_ids: flows.ends,
            ..told(record, event(Type::Instant, track))
        })
    }

    fn begin(&mut self, open: Open, name: String, record: &Record) -> io::Result<()> {
        self.open.push(open);
        self.event(TrackEvent { name: Some(name), ..told(record, event(Type::SliceBegin, LOOP)) })
    }

    /// Ends the innermost of its kind with what is open in it; only where records are missing is there something.
    fn end(&mut self, open: Open) -> io::Result<()> {
        match self.open.iter().rposition(|other| *other == open) {
            Some(index) => self.close_to(index),
            None => Ok(()),
        }
    }

    fn close_to(&mut self, depth: usize) -> io::Result<()> {
        while self.open.len() > depth {
            self.open.pop();
            self.event(event(Type::SliceEnd, LOOP))?;
        }
        Ok(())
    }

    /// The counters that have changed.
    fn levels(&mut self, connection: &ConnectionPicture) -> io::Result<()> {
        let Some(seen) = self.bufferevents.get_mut(&connection.number) else { return Ok(()) };
        let tanks = connection.kernel.tanks.as_ref();
        let levels = [
            tanks.map(|tanks| tanks.rx),
            Some(connection.input.len),
            Some(connection.output.len),
            tanks.map(|tanks| tanks.tx),
        ];
        let before = std::mem::replace(&mut seen.levels, levels);
        for (index, (level, before)) in (1..).zip(levels.into_iter().zip(before)) {
            let Some(level) = level.filter(|_| level != before) else { continue };
            let counter_value = Some(i64::try_from(level).unwrap_or(i64::MAX));
            let track = track_of(connection.number) + index;
            self.event(TrackEvent { counter_value, ..event(Type::Counter, track) })?;
        }
        Ok(())
    }

    fn track(
        &mut self,
        uuid: u64,
        parent_uuid: Option<u64>,
        name: &str,
        rank: u64,
        counter: Option<CounterDescriptor>,
    ) -> io::Result<()> {
        let track_descriptor = Some(TrackDescriptor {
            uuid: Some(uuid),
            name: Some(name.to_owned()),
            parent_uuid,
            counter,
            child_ordering: Some(BY_RANK),
            sibling_order_rank: Some(i32::try_from(rank).unwrap_or(i32::MAX)),
        });
        self.packet(TracePacket { track_descriptor, ..TracePacket::default() })
    }

    fn event(&mut self, event: TrackEvent) -> io::Result<()> {
        let (timestamp, track_event) = (Some(self.now), Some(event));
        self.packet(TracePacket { timestamp, track_event, ..TracePacket::default() })
    }

    fn packet(&mut self, packet: TracePacket) -> io::Result<()> {
        let first = !std::mem::replace(&mut self.begun, true);
        let packet = TracePacket {
            trusted_packet_sequence_id: Some(1),
            sequence_flags: first.then_some(STATE_CLEARED),
            ..packet
        };
        self.out.write_all(&Trace { packet: vec![packet] }.encode_to_vec())
    }
}

const fn track_of(bufferevent: u64) -> u64 {
    let tracked = if bufferevent < LAST_TRACKED { bufferevent } else { LAST_TRACKED };
    BUFFEREVENTS + tracked * TRACKS_EACH
}

fn event(kind: Type, track: u64) -> TrackEvent {
    TrackEvent { r#type: Some(kind.into()), track_uuid: Some(track), ..TrackEvent::default() }
}

#[cfg(test)]
#[cfg(feature = "sim")]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::sim::{Experiment, Scenario};

    /// What a trace has, read back as Perfetto reads it: slices by their track and depth, counters by the name of their track.
    fn decoded(recording: &mut Recording) -> Trace {
        let mut bytes = Vec::new();
        recording.export_perfetto("title", &mut bytes).unwrap();
        Trace::decode(&*bytes).unwrap()
    }

    fn events(trace: &Trace) -> impl Iterator<Item = (u64, &TrackEvent)> {
        trace.packet.iter().filter_map(|packet| Some((packet.timestamp?, packet.track_event.as_ref()?)))
    }

    fn tutorial() -> Recording {
        Experiment::new(Scenario::tutorial()).recording().clone()
    }

    #[test]
    fn slices_are_nested_and_each_ends() {
        let trace = decoded(&mut tutorial());
        let (mut open, mut deepest) = (Vec::new(), Vec::new());
        for (_, event) in events(&trace).filter(|(_, event)| event.track_uuid == Some(LOOP)) {
            match event.r#type() {
                Type::SliceBegin => open.push(event.name.clone().unwrap()),
                Type::SliceEnd => drop(open.pop().unwrap()),
                _ => {}
            }
            if open.len() > deepest.len() {
                deepest.clone_from(&open);
            }
        }
        assert_eq!(open, Vec::<String>::new());
        assert_eq!(deepest.len(), 3, "{deepest:?}");
        assert!(deepest[0].starts_with("pass ") && deepest[1] == "read event of 1", "{deepest:?}");
        assert_eq!(deepest[2], "read callback of 1");
    }

    #[test]
    fn counters_are_the_levels_of_the_picture() {
        let mut recording = tutorial();
        let trace = decoded(&mut recording);
        let names: BTreeMap<u64, String> = trace
            .packet
            .iter()
            .filter_map(|packet| packet.track_descriptor.clone())
            .map(|track| (track.uuid.unwrap(), track.name.unwrap()))
            .collect();
        let mut last = BTreeMap::new();
        for (_, event) in events(&trace).filter(|(_, event)| event.r#type() == Type::Counter) {
            last.insert(&*names[&event.track_uuid.unwrap()], event.counter_value.unwrap() as usize);
        }
        let connection = &recording.end().connections[&1];
        let tanks = connection.kernel.tanks.unwrap();
        let levels = [tanks.rx, connection.input.len, connection.output.len, tanks.tx];
        assert_eq!(last, COUNTERS.into_iter().zip(levels).collect());
    }

    #[test]
    fn time_never_goes_back_and_each_step_has_its_own() {
        let trace = decoded(&mut tutorial());
        let mut steps: Vec<_> =
            events(&trace).filter(|(_, event)| event.source_location.is_some()).map(|(at, _)| at).collect();
        assert!(steps.is_sorted());
        let all = steps.len();
        steps.dedup();
        assert_eq!(steps.len(), all);
    }

    #[test]
    fn a_flow_begins_before_it_ends_and_ends_once() {
        let trace = decoded(&mut tutorial());
        let mut flows = BTreeMap::<u64, bool>::new();
        for (_, event) in events(&trace) {
            for flow in &event.flow_ids {
                assert!(!*flows.entry(*flow).or_default(), "{flow} went on after its end");
            }
            for flow in &event.terminating_flow_ids {
                assert_eq!(flows.insert(*flow, true), Some(false), "{flow}");
            }
        }
        assert!(flows.values().filter(|ended| **ended).count() >= 2, "{flows:?}");
    }

    #[test]
    fn a_trace_has_a_place_for_any_number_of_a_file() {
        let mut recording = Recording::new(Picture::of_simulation());
        let latest = serde_json::from_str(&u64::MAX.to_string()).unwrap();
        for mut record in tutorial().records().cloned() {
            record.time = latest;
            record.seq = record.seq.saturating_add(u64::MAX - 9);
            record.connection = record.connection.map(|number| u64::MAX - number);
            recording.append(record);
        }
        let trace = decoded(&mut recording);
        assert_eq!(events(&trace).map(|(at, _)| at).max(), Some(u64::MAX));
        let counters = COUNTERS.len() as u64;
        let named = trace.packet.iter().filter_map(|packet| packet.track_descriptor.as_ref()?.uuid);
        assert!(named.max().is_some_and(|last| last - counters == track_of(u64::MAX)));
    }

    #[test]
    fn a_gap_is_said_and_ends_what_was_open() {
        let mut recording = Recording::new(Picture::of_simulation());
        let records: Vec<Record> = tutorial().records().cloned().collect();
        let inside = records.iter().position(|it| matches!(it.step, Step::CallbackEntered { .. })).unwrap();
        records[..=inside].iter().for_each(|record| recording.append(record.clone()));
        recording.append(Record { seq: records[inside].seq + 8, ..records[inside].clone() });
        let trace = decoded(&mut recording);
        let names: Vec<_> = events(&trace).filter_map(|(_, event)| event.name.clone()).collect();
        assert!(names.contains(&"7 records were lost".to_owned()), "{names:?}");
        let count = |kind| events(&trace).filter(|(_, event)| event.r#type() == kind).count();
        assert_eq!(count(Type::SliceBegin), count(Type::SliceEnd));
    }
}
