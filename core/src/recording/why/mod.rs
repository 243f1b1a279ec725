//! Why: what a record, or the lack of one, goes back to.
//!
//! A [`Question`] is asked at a position about one connection, and answered by records before it: the nearest first, and
//! one of them marked as the one that decided. Nothing but records is looked at, so that a simulation, a recording and a
//! live source answer alike.
//!
//! `question` is what can be asked, `reason` what the links of an answer say; `trail` looks back along one connection; `valve`
//! answers for the two directions and their events, `callback` for the user's callbacks, `missing` for those that did not come, `mark` for watermarks, `byte` for bytes, `timer` for timers, `turn` for the program and the loop.

mod byte;
mod callback;
mod mark;
mod missing;
mod question;
mod reason;
mod timer;
mod trail;
mod turn;
mod valve;

use serde::Serialize;

use super::{ConnectionPicture, Recording};
use crate::EventName;

pub use question::{BytePlace, Question};
pub use reason::Reason;

use trail::Trail;
use turn::Turn;

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

impl Recording {
    /// Answers a question about a connection, asked at a position: nothing after that is looked at, except for where a
    /// byte went. The program, the loop and the application's own timers answer whatever connection is named.
    pub fn why(&mut self, position: u64, connection: u64, question: Question) -> Answer {
        let at = position.clamp(self.start_position(), self.end_position());
        match question {
            Question::Program => self.why_turn(at, &|trail, turn| trail.program(turn)),
            Question::Loop => self.why_turn(at, &|trail, turn| trail.event_loop(turn)),
            Question::Station { station } => self.why_turn(at, &|trail, turn| trail.station(turn, station)),
            Question::Timer { event: event @ (EventName::Application(_) | EventName::LoopExit) } => {
                self.why_turn(at, &|trail, turn| trail.timer_as(turn.own(event), event))
            }
            Question::Timer { event } => {
                self.why_of(at, connection, &|trail, picture| trail.timer_of(picture, event))
            }
            Question::Valve { direction } => {
                self.why_of(at, connection, &|trail, picture| trail.valve(picture, direction))
            }
            Question::Event { direction } => {
                self.why_of(at, connection, &|trail, picture| trail.event(picture, direction))
            }
            Question::Called { callback } => {
                self.why_of(at, connection, &|trail, picture| trail.called(picture, callback))
            }
            Question::NotCalled { callback, since } => {
                self.why_of(at, connection, &|trail, picture| trail.not_called(picture, callback, since))
            }
            Question::Mark { mark } => self.why_of(at, connection, &|trail, _| trail.mark(mark)),
            Question::Byte { place, offset } => {
                self.why_of(at, connection, &|trail, _| trail.byte(place, offset))
            }
        }
    }

    /// An answer about one connection.
    fn why_of(
        &mut self,
        at: u64,
        connection: u64,
        answer: &dyn Fn(&Trail<'_>, &ConnectionPicture) -> Vec<Because>,
    ) -> Answer {
        let Some(picture) = self.seek(at).connections.get(&connection).cloned() else {
            return Answer::default();
        };
        let trail = Trail::new(self, Some(connection), at);
        let reasons = answer(&trail, &picture);
        let uncertain = picture.uncertain || trail.is_cut(&reasons);
        Answer { reasons, uncertain }
    }

    /// An answer about no connection.
    fn why_turn(&mut self, at: u64, answer: &dyn Fn(&Trail<'_>, &Turn) -> Vec<Because>) -> Answer {
        let turn = Turn::of(self.seek(at));
        let trail = Trail::new(self, None, at);
        let reasons = answer(&trail, &turn);
        Answer { uncertain: trail.is_cut(&reasons), reasons }
    }
}
