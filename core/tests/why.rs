//! Why: each kind of question on every recorded scenario.
#![cfg(feature = "sim")]

use bufferevent::recording::{
    Answer, Because, BytePlace, CallbackKind, Picture, Question, Reason, Recording, Run, Valve,
};
use bufferevent::sim::{Scenario, Simulation};
use bufferevent::{Callback, Direction, EventName, MarkName, PassEnd, Record, Role, Step};
use serde_json::{Value, json};

use crate::support::recorded::{SHORT, scenarios};

const CALLBACKS: [CallbackKind; 3] = [CallbackKind::Read, CallbackKind::Write, CallbackKind::Event];
const DIRECTIONS: [Direction; 2] = [Direction::Read, Direction::Write];

/// Long recordings say the same again and again.
const MOST: usize = 600;

fn recorded(scenario: Scenario) -> Recording {
    let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
    while simulation.run_step() && simulation.observer().len() < MOST {}
    let records = std::mem::take(simulation.observer_mut());
    tape(records.into_iter().take(MOST))
}

pub(super) fn tape(records: impl IntoIterator<Item = Record>) -> Recording {
    let mut recording = Recording::new(Picture::of_simulation());
    records.into_iter().for_each(|record| recording.append(record));
    recording
}

pub(super) fn run(scenario: &Value) -> Recording {
    recorded(Scenario::from_json(&scenario.to_string()).expect("valid"))
}

/// Whether a record of this kind shows what the reason says.
pub(super) fn shows(reason: Reason, step: &Step) -> bool {
    match reason {
        Reason::EventArmed => matches!(step, Step::EventArmed { .. }),
        Reason::EventDisarmed => matches!(step, Step::EventDisarmed { .. }),
        Reason::EventNeverAdded | Reason::NeverEnabled | Reason::NothingWritten | Reason::Created => {
            matches!(step, Step::Created { .. })
        }
        Reason::EventActive => matches!(step, Step::EventActivated { .. }),
        Reason::Enabled => matches!(step, Step::Enabled { .. }),
        Reason::Disabled => matches!(step, Step::Disabled { .. }),
        Reason::StoppedAtHighMark => matches!(step, Step::Suspended { .. } | Step::PressureInstalled),
        Reason::Resumed => matches!(step, Step::Unsuspended { .. } | Step::PressureRemoved),
        Reason::HighMarkReached => {
            matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, reached: true, .. })
        }
        Reason::BelowHighMark => {
            matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, reached: false, .. })
        }
        Reason::StillFull | Reason::Resuming | Reason::BytesTaken => {
            matches!(step, Step::BufferDrained { .. } | Step::BufferEdited { .. })
        }
        Reason::BytesReceived => matches!(step, Step::Received { .. } | Step::BufferEdited { .. }),
        Reason::MarksSet => matches!(step, Step::WatermarksSet { .. }),
        Reason::Freed => matches!(step, Step::Freed { .. }),
        Reason::LastByteSent | Reason::BytesSent => matches!(step, Step::Sent { .. }),
        Reason::BytesAdded => matches!(step, Step::BufferAdded { .. } | Step::BufferEdited { .. }),
        Reason::EventRan | Reason::EventRunning | Reason::NothingToSend => {
            matches!(step, Step::EventRun { .. })
        }
        Reason::EndOfFile => matches!(step, Step::EndOfFile { .. }),
        Reason::CallFailed => matches!(step, Step::CallFailed { .. }),
        Reason::TimerExpired => matches!(step, Step::TimerExpired { .. }),
        Reason::TimerStarted => matches!(step, Step::TimerSet { .. } | Step::TimerRestarted { .. }),
        Reason::TimeoutsSet => matches!(step, Step::TimeoutsSet { .. }),
        Reason::PeerEnded => matches!(step, Step::PeerShutdown),
        Reason::PeerReset => matches!(step, Step::PeerReset { .. }),
        Reason::Injected => matches!(step, Step::Injected { .. }),
        Reason::Called => matches!(step, Step::CallbackEntered { .. }),
        Reason::Deferred => matches!(step, Step::CallbackDeferred { .. }),
        Reason::LeftFull => matches!(step, Step::CallbackLeft { callback: Callback::Read }),
        Reason::LowMarkReached => {
            matches!(step, Step::WatermarkChecked { mark, reached: true, .. } if *mark != MarkName::ReadHigh)
        }
        Reason::BelowLowMark => {
            matches!(step, Step::WatermarkChecked { mark: MarkName::ReadLow, reached: false, .. })
        }
        Reason::AboveLowMark => {
            matches!(step, Step::WatermarkChecked { mark: MarkName::WriteLow, reached: false, .. })
        }
        Reason::HandleReady => matches!(step, Step::Ready { .. }),
        Reason::PeerSent | Reason::EndBehindBytes => matches!(step, Step::PeerSent { lost: false, .. }),
        Reason::ConnectStarted | Reason::ConnectUndecided => matches!(step, Step::ConnectStarted { .. }),
        Reason::Connected => matches!(step, Step::Connected),
        Reason::ConnectFailed => matches!(step, Step::ConnectFailed { .. }),
        Reason::PeerAccepted => matches!(step, Step::PeerAccepted),
        Reason::PeerRefused => matches!(step, Step::PeerRefused),
        Reason::TakenFromQueue => matches!(step, Step::EventDeactivated { .. }),
        Reason::OtherSide => {
            matches!(step, Step::Suspended { .. } | Step::Disabled { .. } | Step::Freed { .. })
        }
        Reason::CalledFromOutside => {
            matches!(step, Step::CallbackEntered { .. } | Step::CallbackDeferred { .. })
        }
        Reason::NotSet => matches!(step, Step::CallbacksSet { .. } | Step::CallbackNotSet { .. }),
        Reason::NothingNew => matches!(step, Step::CallbackEntered { callback: Callback::Read }),
        Reason::KernelFull => {
            matches!(step, Step::Sent { .. } | Step::CallFailed { call: Direction::Write, .. })
        }
        Reason::PartSent => matches!(step, Step::Sent { output: 1.., .. }),
        Reason::Edited => matches!(step, Step::BufferEdited { .. }),
        Reason::PeerReceived => matches!(step, Step::PeerReceived { .. }),
        Reason::TimerCancelled => matches!(step, Step::TimerCancelled { .. }),
        Reason::ActivatedByHand => matches!(step, Step::EventActivated { .. }),
        // Any record can be the first after a moment, and any callback be under way then.
        Reason::ClockPassed => true,
        Reason::HeldUp => matches!(step, Step::CallbackEntered { .. }),
        Reason::InLoop | Reason::PollAsks => matches!(step, Step::PassBegan { .. }),
        Reason::CalledByProgram => {
            matches!(step.role(), Role::Application | Role::ApplicationToBuffer | Role::BufferToApplication)
        }
        Reason::PassOver => matches!(step, Step::PassEnded { reason: PassEnd::Done, .. }),
        Reason::NothingPending => matches!(step, Step::PassEnded { reason: PassEnd::NoEvents, .. }),
        Reason::LoopBroken => matches!(step, Step::PassEnded { reason: PassEnd::Broken, .. }),
        Reason::LoopExited => matches!(step, Step::PassEnded { reason: PassEnd::Exited, .. }),
        Reason::Spinning => matches!(step, Step::PassEnded { reason: PassEnd::Spinning, .. }),
        Reason::CallbackRuns => matches!(step, Step::CallbackEntered { .. }),
        Reason::EventRuns => matches!(step, Step::EventRun { .. }),
        Reason::PollFound => matches!(step, Step::Polled { active: 1.. }),
        Reason::PollFoundNothing => matches!(step, Step::Polled { active: 0 }),
        Reason::TimersFoundNone => matches!(step, Step::TimersChecked { expired: 0 }),
        Reason::NextTimer => matches!(step, Step::TimerSet { .. } | Step::TimerRestarted { .. }),
        // The lack of a record.
        Reason::LoopNotBegun | Reason::NothingActive | Reason::NoCallbackInPass | Reason::NoCallbackYet => {
            false
        }
        Reason::TimeNotCome | Reason::NoTimer | Reason::StillThere => false,
        Reason::NothingArrived | Reason::NoPassSince | Reason::NothingHappened => false,
        other => panic!("{other:?} is new"),
    }
}

/// What holds of any answer.
pub(super) fn assert_sound(
    recording: &Recording,
    at: u64,
    question: Question,
    answer: &Answer,
    context: &str,
) {
    let context = || format!("{context}, at {at}, {question:?}: {answer:?}");
    assert!(!answer.reasons.is_empty(), "no answer: {}", context());
    assert!(!answer.uncertain, "{}", context());
    let decided = answer.reasons.iter().filter(|because| because.decided).count();
    assert_eq!(decided, 1, "{}", context());
    for &Because { reason, position, .. } in &answer.reasons {
        let Some(position) = position else { continue };
        assert!(matches!(question, Question::Byte { .. }) || position <= at, "the future: {}", context());
        let record = recording.record_at(position).unwrap_or_else(|| panic!("{}", context()));
        assert!(shows(reason, &record.step), "{reason:?} is not {:?}: {}", record.step, context());
        // A callback of whatever connection may have done it.
        let anyones = matches!(reason, Reason::ClockPassed | Reason::HeldUp | Reason::Called)
            || matches!(question, Question::Program | Question::Loop | Question::Station { .. });
        assert!(anyones || record.connection == Some(1), "{}", context());
    }
}

pub(super) fn ask(recording: &mut Recording, at: u64, question: Question, context: &str) -> Answer {
    let answer = recording.why(at, 1, question);
    assert_sound(recording, at, question, &answer, context);
    answer
}

/// Positions to ask at: some of each recording, and its end.
fn positions(recording: &Recording) -> impl Iterator<Item = u64> + use<> {
    let end = recording.end_position();
    (1..end).step_by(17).chain([end])
}

/// Those of one bufferevent that real libevents played, with their names.
pub(super) fn recordings() -> impl Iterator<Item = (String, Recording)> {
    scenarios(SHORT).map(|scenario| (scenario.name.clone(), recorded(scenario)))
}

/// Looks at each of them, at some of its positions.
pub(super) fn at_positions(mut look: impl FnMut(&str, &mut Recording, u64)) {
    for (name, mut recording) in recordings() {
        for at in positions(&recording) {
            look(&name, &mut recording, at);
        }
    }
}

/// Looks at each of them, at every position.
pub(super) fn at_every_position(mut look: impl FnMut(&str, &mut Recording, u64)) {
    for (name, mut recording) in recordings() {
        (1..=recording.end_position()).for_each(|at| look(&name, &mut recording, at));
    }
}

pub(super) fn reasons(answer: &Answer) -> Vec<&'static str> {
    answer.reasons.iter().map(|because| because.reason.name()).collect()
}

/// The record that decided.
pub(super) fn decisive<'a>(recording: &'a Recording, answer: &Answer) -> (Reason, Option<&'a Step>) {
    let because = answer.reasons.iter().find(|because| because.decided).expect("one decided");
    let record = because.position.and_then(|position| recording.record_at(position));
    (because.reason, record.map(|record| &record.step))
}

#[test]
fn each_valve_of_each_recorded_scenario_has_its_reason() {
    at_positions(|name, recording, at| {
        for direction in DIRECTIONS {
            let valve = recording.seek(at).connections[&1].valve(direction);
            let runs = is_running(recording, at, direction);
            let answer = ask(recording, at, Question::Valve { direction }, name);
            let first = answer.reasons[0].reason;
            let fits = match valve {
                Valve::Idle | Valve::NotWaiting if runs => first == Reason::EventRunning,
                Valve::Open => matches!(first, Reason::EventActive | Reason::EventArmed),
                Valve::Connecting => matches!(
                    first,
                    Reason::ConnectUndecided
                        | Reason::NoPassSince
                        | Reason::EventRunning
                        | Reason::EventActive
                ),
                Valve::HighMark => first == Reason::StoppedAtHighMark,
                Valve::Disabled => matches!(first, Reason::Disabled | Reason::NeverEnabled),
                Valve::Eof => first == Reason::EndOfFile,
                Valve::Error => first == Reason::CallFailed,
                Valve::Timeout => first == Reason::TimerExpired,
                Valve::Idle => matches!(first, Reason::LastByteSent | Reason::NothingWritten),
                Valve::NotWaiting => matches!(first, Reason::EventDisarmed | Reason::EventNeverAdded),
                Valve::OtherSide => first == Reason::OtherSide,
                Valve::Freed => first == Reason::Freed,
            };
            assert!(fits, "{name}, at {at}: {valve:?} because of {:?}", reasons(&answer));
        }
    });
}

/// Whether the internal callback of a direction is under way.
fn is_running(recording: &Recording, at: u64, direction: Direction) -> bool {
    let event = if direction == Direction::Read { EventName::Read } else { EventName::Write };
    let boundaries = (1..=at).rev().filter_map(|position| match &recording.record_at(position)?.step {
        Step::EventRun { event: of, .. } if *of == event => Some(true),
        Step::EventReturned { event: of } if *of == event => Some(false),
        _ => None,
    });
    boundaries.into_iter().next() == Some(true)
}

/// Input may be below the mark while reading is still stopped: within the call that takes bytes, before it lets reading go on.
#[test]
fn no_answer_says_that_input_is_full_where_it_is_below_its_mark() {
    let mut resuming = 0;
    at_every_position(|name, recording, at| {
        let connection = &recording.seek(at).connections[&1];
        if connection.valve(Direction::Read) != Valve::HighMark {
            return;
        }
        // 1.4 counts such a mark in an int, and stops below it.
        let counted = connection.read.high <= i32::MAX as usize;
        let below = connection.input.len < connection.read.high;
        let answer = ask(recording, at, Question::Valve { direction: Direction::Read }, name);
        let says = |reason| answer.reasons.iter().any(|because| because.reason == reason);
        assert!(!(counted && below && says(Reason::StillFull)), "{name}, at {at}: {answer:?}");
        assert!(below || !says(Reason::Resuming), "{name}, at {at}: {answer:?}");
        resuming += u32::from(says(Reason::Resuming));
    });
    assert!(resuming > 20, "{resuming}");
}

#[test]
fn each_event_of_each_recorded_scenario_waits_or_not_for_a_reason() {
    at_positions(|name, recording, at| {
        for direction in DIRECTIONS {
            let connection = &recording.seek(at).connections[&1];
            let side = if direction == Direction::Read { &connection.read } else { &connection.write };
            let waits = side.event.armed || side.event.active.is_some();
            let answer = ask(recording, at, Question::Event { direction }, name);
            let says = matches!(answer.reasons[0].reason, Reason::EventActive | Reason::EventArmed);
            assert_eq!(says, waits, "{name}, at {at}, {direction:?}: {answer:?}");
        }
    });
}

#[test]
fn each_call_of_each_recorded_scenario_goes_back_to_what_brought_it() {
    at_every_position(|name, recording, at| {
        let Step::CallbackEntered { callback } = recording.record_at(at).expect("there").step.clone() else {
            return;
        };
        let kind = match callback {
            Callback::Read => CallbackKind::Read,
            Callback::Write => CallbackKind::Write,
            _ => CallbackKind::Event,
        };
        let answer = ask(recording, at, Question::Called { callback: kind }, name);
        let first = answer.reasons[0];
        assert_eq!((first.reason, first.position), (Reason::Called, Some(at)), "{name}");
        let has = |reason| answer.reasons.iter().any(|because| because.reason == reason);
        let brought = match callback {
            Callback::Read => has(Reason::BytesReceived) || has(Reason::LeftFull),
            Callback::Write => {
                has(Reason::LowMarkReached) && (has(Reason::BytesSent) || has(Reason::NothingToSend))
            }
            Callback::Event(what) if what.contains(bufferevent::What::EOF) => has(Reason::EndOfFile),
            Callback::Event(what) if what.contains(bufferevent::What::TIMEOUT) => has(Reason::TimerExpired),
            Callback::Event(_) => has(Reason::CallFailed),
            Callback::Application(..) | Callback::Buffer(..) => true,
        };
        assert!(brought, "{name}, at {at}: {:?}", reasons(&answer));
    });
}

#[test]
fn each_callback_that_did_not_come_stayed_away_for_a_reason() {
    at_positions(|name, recording, at| {
        for callback in CALLBACKS {
            let came = |record: &Record| {
                matches!(
                    (callback, &record.step),
                    (CallbackKind::Read, Step::CallbackEntered { callback: Callback::Read })
                        | (CallbackKind::Write, Step::CallbackEntered { callback: Callback::Write })
                        | (CallbackKind::Event, Step::CallbackEntered { callback: Callback::Event(_) })
                )
            };
            let since = at / 2;
            let called = recording.records().take(at as usize).skip(since as usize).any(came);
            let answer = ask(recording, at, Question::NotCalled { callback, since }, name);
            assert_eq!(answer.reasons[0].reason == Reason::Called, called, "{name}, {at}: {answer:?}");
        }
    });
}

#[test]
fn each_byte_of_each_recorded_scenario_came_with_the_record_that_carries_it() {
    at_positions(|name, recording, at| {
        let connection = recording.seek(at).connections[&1].clone();
        if connection.freed {
            return;
        }
        for (place, content) in
            [(BytePlace::Input, &connection.input), (BytePlace::Output, &connection.output)]
        {
            let Some(Run::Bytes(bytes)) = content.runs.front() else { continue };
            for offset in [0, bytes.len() - 1] {
                let answer = ask(recording, at, Question::Byte { place, offset }, name);
                let came = answer.reasons[0].position.expect("it came with a record");
                let payload =
                    recording.record_at(came).and_then(|record| record.step.payload()).expect("bytes");
                let there = payload.bytes.contains(&bytes[offset]);
                assert!(there, "{name}, at {at}: {:?} is not in {payload:?}", bytes[offset]);
            }
        }
    });
}

#[test]
fn a_mark_goes_back_to_who_set_it_and_to_what_it_decided_last() {
    at_positions(|name, recording, at| {
        for mark in [MarkName::ReadLow, MarkName::ReadHigh, MarkName::WriteLow] {
            ask(recording, at, Question::Mark { mark }, name);
        }
    });
    let mut set = run(&json!({"format": 1, "dialect": "2.1", "bufferevent": {"read": {"low": 4}},
        "app": {"on_read": [[{"set_watermark": {"read": {"low": 9, "high": 0}}}]]},
        "script": [{"peer_send": "hello"}, {"turn": 1}, {"peer_send": "x"}, {"turn": 1}]}));
    let end = set.end_position();
    let answer = ask(&mut set, end, Question::Mark { mark: MarkName::ReadLow }, "");
    let reasons: Vec<Reason> = answer.reasons.iter().map(|because| because.reason).collect();
    assert_eq!(reasons, [Reason::MarksSet, Reason::Called, Reason::BelowLowMark]);
}

#[test]
fn a_byte_is_followed_from_the_peer_to_the_callback_that_took_it_and_on_to_the_peer() {
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "app": {"on_read": [[{"echo": ""}]]},
        "script": [{"peer_send": "abc"}, {"peer_send": "def"}, {"turn": 2}, {"peer_recv": 10}]}));
    let second =
        recording.records().position(|it| matches!(it.step, Step::PeerSent { .. })).unwrap() as u64 + 2;
    let from_rx = ask(&mut recording, second, Question::Byte { place: BytePlace::Rx, offset: 4 }, "");
    assert_eq!(reasons(&from_rx), ["peer_sent", "bytes_received", "bytes_taken", "called"]);
    assert_eq!(from_rx.reasons[0].position, Some(second), "the fifth byte is the second message's");
    let end = recording.end_position();
    let added =
        recording.records().position(|it| matches!(it.step, Step::BufferAdded { .. })).unwrap() as u64 + 1;
    let output = ask(&mut recording, added, Question::Byte { place: BytePlace::Output, offset: 5 }, "");
    assert_eq!(reasons(&output), ["bytes_added", "called", "bytes_sent", "peer_received"]);
    assert_eq!(output.reasons[3].position, Some(end));
}
