//! What is wrong with a trace, by the `.proto` files that Perfetto publishes: what writes the traces
//! (`core/src/recording/perfetto`) has its own list of the few fields that it needs, which could be wrong.
//!
//! A workspace of its own because these are some hundreds of messages: they take minutes to compile.

use std::collections::{BTreeMap, BTreeSet};

use perfetto_protos::trace::Trace;
use perfetto_protos::track_descriptor::TrackDescriptor;
use perfetto_protos::track_event::TrackEvent;
use perfetto_protos::track_event::track_event::Type;
use protobuf::reflect::{ReflectFieldRef, ReflectValueRef};
use protobuf::{Message, MessageDyn};

/// Reads a trace.
///
/// # Errors
/// What cannot be read.
pub fn read(trace: &[u8]) -> Result<Trace, String> {
    Trace::parse_from_bytes(trace).map_err(|error| error.to_string())
}

/// What the description does not have, and what it says otherwise.
#[must_use]
pub fn problems(trace: &Trace) -> Vec<String> {
    let mut problems = Vec::new();
    unknown(trace, "trace", &mut problems);
    let mut reader = Reader::default();
    for packet in &trace.packet {
        if packet.trusted_packet_sequence_id() == 0 {
            problems.push("a packet of no sequence".into());
        }
        if packet.has_track_descriptor() {
            reader.track(packet.track_descriptor(), &mut problems);
        }
        if packet.has_track_event() {
            reader.event(packet.timestamp(), packet.track_event(), &mut problems);
        }
    }
    problems.extend(
        reader
            .open
            .iter()
            .filter(|(_, open)| **open > 0)
            .map(|(uuid, open)| format!("{open} slices of track {uuid} do not end")),
    );
    problems
}

/// Fields and values that no message of this kind has.
fn unknown(message: &dyn MessageDyn, path: &str, problems: &mut Vec<String>) {
    for (number, _) in message.unknown_fields_dyn().iter() {
        problems.push(format!("{path} has no field {number} of this type"));
    }
    for field in message.descriptor_dyn().fields() {
        let path = format!("{path}.{}", field.name());
        let mut look = |value: ReflectValueRef<'_>| match value {
            ReflectValueRef::Message(inner) => unknown(&*inner, &path, problems),
            ReflectValueRef::Enum(kind, value) if kind.value_by_number(value).is_none() => {
                problems.push(format!("{path} has no value {value}"));
            }
            _ => {}
        };
        match field.get_reflect(message) {
            ReflectFieldRef::Optional(value) => value.value().into_iter().for_each(&mut look),
            ReflectFieldRef::Repeated(values) => values.into_iter().for_each(&mut look),
            ReflectFieldRef::Map(values) => values.into_iter().for_each(|(_, value)| look(value)),
        }
    }
}

/// What is known after some packets.
#[derive(Debug, Default)]
struct Reader {
    /// Each track, and whether it is a counter's.
    tracks: BTreeMap<u64, bool>,
    /// So many slices are open on a track.
    open: BTreeMap<u64, u64>,
    ended: BTreeSet<u64>,
    time: u64,
}

impl Reader {
    fn track(&mut self, track: &TrackDescriptor, problems: &mut Vec<String>) {
        let uuid = track.uuid();
        if track.has_parent_uuid() && !self.tracks.contains_key(&track.parent_uuid()) {
            problems.push(format!("track {uuid} stands in one that is not there"));
        }
        if self.tracks.insert(uuid, track.counter.is_some()).is_some() {
            problems.push(format!("track {uuid} is there twice"));
        }
    }

    fn event(&mut self, time: u64, event: &TrackEvent, problems: &mut Vec<String>) {
        let uuid = event.track_uuid();
        if time < self.time {
            problems.push(format!("an event of {time} comes after one of {}", self.time));
        }
        self.time = time;
        let Some(&counts) = self.tracks.get(&uuid) else {
            return problems.push(format!("an event of track {uuid}, which is not there"));
        };
        if counts != (event.type_() == Type::TYPE_COUNTER) || counts != event.has_counter_value() {
            problems
                .push(format!("track {uuid} is a counter's: {counts}, and its event is {:?}", event.type_()));
        }
        let open = self.open.entry(uuid).or_default();
        match event.type_() {
            Type::TYPE_SLICE_BEGIN => *open += 1,
            Type::TYPE_SLICE_END if *open > 0 => *open -= 1,
            Type::TYPE_SLICE_END => problems.push(format!("a slice of track {uuid} ends that did not begin")),
            Type::TYPE_INSTANT | Type::TYPE_COUNTER => {}
            Type::TYPE_UNSPECIFIED => problems.push(format!("an event of track {uuid} is of no type")),
        }
        for flow in event.flow_ids.iter().chain(&event.terminating_flow_ids) {
            if self.ended.contains(flow) {
                problems.push(format!("flow {flow} goes on after its end"));
            }
        }
        self.ended.extend(&event.terminating_flow_ids);
    }
}
