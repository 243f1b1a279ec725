//! Why: what a record, or the lack of one, goes back to.
//!
//! A [`Question`] is asked at a position about one connection, and answered by records before it: the nearest first, and
//! one of them marked as the one that decided. Nothing but records is looked at, so that a simulation, a recording and a
//! live source answer alike.
//!
//! `trail` looks back along one connection; `valve` answers for the two directions and their events, `callback` for the
//! user's callbacks, `mark` for watermarks, `byte` for bytes, `timer` for timers.

mod byte;
mod callback;
mod mark;
mod timer;
mod trail;
mod valve;

use serde::{Deserialize, Serialize};

use super::condition::CallbackKind;
use super::{ConnectionPicture, Recording};
use crate::object::Object;
use crate::{Direction, EventName, MarkName};

use trail::Trail;

/// What can be asked about a connection.
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
}

impl TryFrom<Object<Fields>> for Question {
    type Error = String;

    fn try_from(Object(fields): Object<Fields>) -> Result<Self, String> {
        fn need<T>(value: Option<T>, field: &str) -> Result<T, String> {
            value.ok_or_else(|| format!("missing field `{field}`"))
        }
        let Fields { kind, direction, callback, since, mark, event, place, offset } = fields;
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

/// What a question goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Answer {
    /// What holds, then what that goes back to, step by step. Empty where nothing is known.
    pub reasons: Vec<Because>,
    /// Records are missing in between: there may be more to it.
    pub uncertain: bool,
}

/// One link of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Because {
    /// What it says.
    pub reason: Reason,
    /// The position after the record that shows it; none where it is the lack of a record.
    pub position: Option<u64>,
    /// This one decided: had it been otherwise, so would what was asked about.
    pub decided: bool,
}

/// What a link of an answer says.
// By its name from `strum`: what serde derives writes each of them in a branch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "snake_case", into = "&'static str")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[non_exhaustive]
pub enum Reason {
    // What holds of a direction or of its event.
    /// The event waits for the handle since then.
    EventArmed,
    /// The event stopped waiting for the handle.
    EventDisarmed,
    /// The event was never added.
    EventNeverAdded,
    /// The event is queued and about to run.
    EventActive,
    /// It was enabled.
    Enabled,
    /// The application disabled it.
    Disabled,
    /// It was not enabled since the bufferevent was made.
    NeverEnabled,
    /// Reading stopped at the high watermark.
    StoppedAtHighMark,
    /// Reading may go on: input fell below the high watermark.
    Resumed,
    /// A length was compared with the high watermark, and reached it.
    HighMarkReached,
    /// A length was compared with the high watermark, and did not reach it.
    BelowHighMark,
    /// What was taken since then left input at or above the high watermark.
    StillFull,
    /// Bytes arrived in input.
    BytesReceived,
    /// The watermarks were set.
    MarksSet,
    /// The bufferevent was made.
    Created,
    /// The bufferevent was freed.
    Freed,
    /// The last byte of output left.
    LastByteSent,
    /// Nothing was written yet.
    NothingWritten,
    /// The application wrote.
    BytesAdded,
    /// The application took bytes.
    BytesTaken,
    /// The internal callback ran, and what it did follows from that.
    EventRan,

    // What ends a direction.
    /// A call found the end of the stream.
    EndOfFile,
    /// A call failed.
    CallFailed,
    /// The timer ran out.
    TimerExpired,
    /// The timer began to run.
    TimerStarted,
    /// The timeouts were set.
    TimeoutsSet,
    /// The peer ended its sending side.
    PeerEnded,
    /// The peer reset the connection.
    PeerReset,
    /// The failure was injected.
    Injected,

    // What brings a callback.
    /// The callback was called.
    Called,
    /// The callback was put off to a queued call, and so ran later whatever happened in between.
    Deferred,
    /// Input was still at or above the high watermark when the read callback returned, which brings another call.
    LeftFull,
    /// A length was compared with the low watermark, and reached it.
    LowMarkReached,
    /// Bytes went to the kernel.
    BytesSent,
    /// The event ran with nothing to send, as it does once after writing was enabled.
    NothingToSend,
    /// The handle was found ready.
    HandleReady,
    /// The peer sent.
    PeerSent,
    /// The application asked for it by hand, or the other side of a pair brought it.
    CalledFromOutside,

    // What keeps a callback away.
    /// No such callback is set.
    NotSet,
    /// A length was compared with the low watermark, and did not reach it.
    BelowLowMark,
    /// Output is still above the low watermark of writing.
    AboveLowMark,
    /// What is in input was there when the callback was called last: it comes once a read, not once a byte.
    NothingNew,
    /// Nothing arrived.
    NothingArrived,
    /// The loop has not run since.
    NoPassSince,
    /// The kernel takes no more: the peer does not receive.
    KernelFull,
    /// Nothing ended, failed or ran out of time.
    NothingHappened,

    // What becomes of a timer.
    /// Its time has not come.
    TimeNotCome,
    /// The clock came to be past its time.
    ClockPassed,
    /// A callback was under way when its time came: the loop looks at its timers between callbacks only.
    HeldUp,
    /// It was taken away.
    TimerCancelled,
    /// It was made active by hand, whatever its time.
    ActivatedByHand,
    /// There is none.
    NoTimer,

    // The way of a byte.
    /// It came into a buffer by an edit of the application.
    Edited,
    /// The peer took it.
    PeerReceived,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Recording {
    /// Answers a question about a connection, asked at a position: nothing after that is looked at, except for where a
    /// byte went.
    pub fn why(&mut self, position: u64, connection: u64, question: Question) -> Answer {
        let position = position.clamp(self.start_position(), self.end_position());
        if let Question::Timer { event: event @ (EventName::Application(_) | EventName::LoopExit) } = question
        {
            let trail = Trail::new(self, None, position);
            let reasons = trail.timer(event);
            return Answer { uncertain: trail.is_cut(&reasons), reasons };
        }
        let picture = match self.seek(position).connections.get(&connection) {
            Some(picture) => picture.clone(),
            None => return Answer::default(),
        };
        let trail = Trail::new(self, Some(connection), position);
        let reasons = trail.answer(&picture, question);
        let uncertain = picture.uncertain || trail.is_cut(&reasons);
        Answer { reasons, uncertain }
    }
}

impl Trail<'_> {
    fn answer(&self, picture: &ConnectionPicture, question: Question) -> Vec<Because> {
        match question {
            Question::Valve { direction } => self.valve(picture, direction),
            Question::Event { direction } => self.event(picture, direction),
            Question::Called { callback } => self.called(picture, callback),
            Question::NotCalled { callback, since } => self.not_called(picture, callback, since),
            Question::Mark { mark } => self.mark(mark),
            Question::Timer { .. } if picture.freed => self.freed(),
            Question::Timer { event } => self.timer(event),
            Question::Byte { place, offset } => self.byte(place, offset),
        }
    }
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
