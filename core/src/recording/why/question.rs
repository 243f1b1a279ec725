//! What can be asked, and how it is read from JSON.

use serde::Deserialize;

use crate::object::{Object, need};
use crate::recording::Station;
use crate::recording::condition::CallbackKind;
use crate::{Direction, EventName, MarkName};

/// What can be asked: about a connection, or of the program and the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Object<Fields>")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Question {
    /// Why does this direction move bytes, or not?
    Valve {
        /// Which.
        direction: Direction,
    },
    /// Why does the internal event of this direction wait for the handle, or not?
    Event {
        /// Which.
        direction: Direction,
    },
    /// Why was this callback called, the last time?
    Called {
        /// Which.
        callback: CallbackKind,
    },
    /// Why was this callback not called after a position?
    NotCalled {
        /// Which.
        callback: CallbackKind,
        /// The position.
        since: u64,
    },
    /// Why is this watermark where it is, and what did it decide?
    Mark {
        /// Which.
        mark: MarkName,
    },
    /// What became of this event's timer: what set it, when does it fire, and what keeps it? Of the application's own
    /// events, whatever connection is asked about.
    Timer {
        /// Whose.
        event: EventName,
    },
    /// Where did a byte come from, and where did it go?
    Byte {
        /// Where it is.
        place: BytePlace,
        /// How many bytes leave before it.
        offset: usize,
    },
    /// What does the program itself do, outside of its callbacks? Of no connection, as the two that follow.
    Program,
    /// Why does the loop go on, or why has it returned?
    Loop,
    /// What did a station of the loop find, in the pass that runs or in the last one?
    Station {
        /// Which. Where the loop rests it is the program's turn.
        station: Station,
    },
}

/// The fields of every question. With `tag` alone a second reader of JSON would be compiled in, for what is kept aside until
/// the kind is known: more than all of `why` weighs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: String,
    direction: Option<Direction>,
    callback: Option<CallbackKind>,
    since: Option<u64>,
    mark: Option<MarkName>,
    event: Option<EventName>,
    place: Option<BytePlace>,
    offset: Option<usize>,
    station: Option<Station>,
}

impl TryFrom<Object<Fields>> for Question {
    type Error = String;

    fn try_from(Object(fields): Object<Fields>) -> Result<Self, String> {
        let Fields { kind, direction, callback, since, mark, event, place, offset, station } = fields;
        let (question, own): (_, &[&str]) = match kind.as_str() {
            "valve" => (Self::Valve { direction: need(direction, "direction")? }, &["direction"]),
            "event" => (Self::Event { direction: need(direction, "direction")? }, &["direction"]),
            "called" => (Self::Called { callback: need(callback, "callback")? }, &["callback"]),
            "not_called" => (
                Self::NotCalled { callback: need(callback, "callback")?, since: need(since, "since")? },
                &["callback", "since"],
            ),
            "mark" => (Self::Mark { mark: need(mark, "mark")? }, &["mark"]),
            "timer" => (Self::Timer { event: need(event, "event")? }, &["event"]),
            "byte" => (
                Self::Byte { place: need(place, "place")?, offset: need(offset, "offset")? },
                &["place", "offset"],
            ),
            "program" => (Self::Program, &[]),
            "loop" => (Self::Loop, &[]),
            "station" => (Self::Station { station: need(station, "station")? }, &["station"]),
            other => return Err(format!("there is no kind of question {other:?}")),
        };
        let there = [
            ("direction", direction.is_some()),
            ("callback", callback.is_some()),
            ("since", since.is_some()),
            ("mark", mark.is_some()),
            ("event", event.is_some()),
            ("place", place.is_some()),
            ("offset", offset.is_some()),
            ("station", station.is_some()),
        ];
        match there.iter().find(|(field, there)| *there && !own.contains(field)) {
            Some((field, _)) => Err(format!("unknown field `{field}`")),
            None => Ok(question),
        }
    }
}

/// Where a byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum BytePlace {
    /// The kernel's receive queue, and after its last byte what the peer still has to send.
    Rx,
    /// The bufferevent's input.
    Input,
    /// The bufferevent's output.
    Output,
    /// The kernel's send queue.
    Tx,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A kind that is not here does not compile.
    fn json_of(question: Question) -> Value {
        let (direction, callback, mark) = ("read", "read", "read_high");
        match question {
            Question::Valve { .. } => json!({"kind": "valve", "direction": direction}),
            Question::Event { .. } => json!({"kind": "event", "direction": direction}),
            Question::Called { .. } => json!({"kind": "called", "callback": callback}),
            Question::NotCalled { since, .. } => {
                json!({"kind": "not_called", "callback": callback, "since": since})
            }
            Question::Mark { .. } => json!({"kind": "mark", "mark": mark}),
            Question::Timer { event: EventName::Application(number) } => {
                json!({"kind": "timer", "event": {"application": number}})
            }
            Question::Timer { .. } => json!({"kind": "timer", "event": "read"}),
            Question::Program => json!({"kind": "program"}),
            Question::Loop => json!({"kind": "loop"}),
            Question::Station { .. } => json!({"kind": "station", "station": "timers"}),
            Question::Byte { offset, .. } => json!({"kind": "byte", "place": "input", "offset": offset}),
        }
    }

    #[test]
    fn every_kind_of_question_is_read_with_its_own_fields_and_no_others() {
        let (direction, callback) = (Direction::Read, CallbackKind::Read);
        let questions = [
            Question::Valve { direction },
            Question::Event { direction },
            Question::Called { callback },
            Question::NotCalled { callback, since: 3 },
            Question::Mark { mark: MarkName::ReadHigh },
            Question::Timer { event: EventName::Read },
            Question::Timer { event: EventName::Application(3) },
            Question::Byte { place: BytePlace::Input, offset: 7 },
            Question::Program,
            Question::Loop,
            Question::Station { station: Station::Timers },
        ];
        for question in questions {
            let mut json = json_of(question);
            let read = |json: &Value| serde_json::from_str::<Question>(&json.to_string());
            assert_eq!(read(&json).expect("it is one"), question);
            for field in json.as_object().expect("it has fields").keys() {
                let mut without = json.clone();
                without.as_object_mut().expect("it has fields").remove(field);
                assert!(read(&without).is_err(), "{question:?} without {field}");
            }
            let foreign = if json.get("direction").is_some() {
                ("since", json!(1))
            } else {
                ("direction", json!("read"))
            };
            json[foreign.0] = foreign.1;
            assert!(read(&json).is_err(), "{json}");
        }
    }
}
