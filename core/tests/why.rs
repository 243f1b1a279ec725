//! Why: each kind of question on every recorded scenario, and what people asked, rebuilt.
#![cfg(feature = "sim")]

use std::time::Duration;

use bufferevent::recording::{
    Answer, Because, BytePlace, CallbackKind, Picture, Question, Reason, Recording, Run, Valve,
};
use bufferevent::sim::{Scenario, SimKernel, Simulation};
use bufferevent::{
    BuffereventOptions, Callback, Callbacks, Dialect, Direction, Directions, Due, EventBase, EventFlags,
    EventName, MarkName, PassEnd, Record, Role, Step,
};
use serde_json::{Value, json};

const CALLBACKS: [CallbackKind; 3] = [CallbackKind::Read, CallbackKind::Write, CallbackKind::Event];
const DIRECTIONS: [Direction; 2] = [Direction::Read, Direction::Write];

pub(super) fn scenarios() -> impl Iterator<Item = Scenario> {
    ["1.4/edge", "1.4/random", "2.1/edge", "2.1/random", "2.2/edge", "2.2/random"].into_iter().flat_map(
        |file| {
            let path = format!("{}/tests/conformance/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).expect("part of the project");
            let scenario = |line: &str| {
                let line: Value = serde_json::from_str(line).expect("JSON");
                Scenario::from_json(&line["scenario"].to_string()).expect("valid")
            };
            text.lines().map(scenario).collect::<Vec<_>>()
        },
    )
}

/// Long recordings say the same again and again.
const MOST: usize = 600;

pub(super) fn recorded(scenario: Scenario) -> Recording {
    let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
    while simulation.run_step() && simulation.observer().len() < MOST {}
    let records = std::mem::take(simulation.observer_mut());
    tape(records.into_iter().take(MOST))
}

fn tape(records: impl IntoIterator<Item = Record>) -> Recording {
    let mut recording = Recording::new(Picture::of_simulation());
    records.into_iter().for_each(|record| recording.append(record));
    recording
}

pub(super) fn run(scenario: &Value) -> Recording {
    recorded(Scenario::from_json(&scenario.to_string()).expect("valid"))
}

/// Whether a record of this kind shows what the reason says.
fn shows(reason: Reason, step: &Step) -> bool {
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
        Reason::PeerSent => {
            matches!(step, Step::PeerSent { lost: false, .. } | Step::PeerShutdown | Step::PeerReset { .. })
        }
        Reason::CalledFromOutside => {
            matches!(step, Step::CallbackEntered { .. } | Step::CallbackDeferred { .. })
        }
        Reason::NotSet => matches!(step, Step::CallbacksSet { .. } | Step::CallbackNotSet { .. }),
        Reason::NothingNew => matches!(step, Step::CallbackEntered { callback: Callback::Read }),
        Reason::KernelFull => {
            matches!(step, Step::Sent { .. } | Step::CallFailed { call: Direction::Write, .. })
        }
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
        Reason::LoopNotBegun | Reason::NothingActive | Reason::NoCallbackInPass => false,
        Reason::TimeNotCome | Reason::NoTimer => false,
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
        let anyones = matches!(reason, Reason::ClockPassed | Reason::HeldUp)
            || matches!(question, Question::Timer { .. }) && reason == Reason::Called
            || matches!(question, Question::Program | Question::Loop | Question::Station { .. });
        assert!(anyones || record.connection == Some(1), "{}", context());
    }
}

fn ask(recording: &mut Recording, at: u64, question: Question, context: &str) -> Answer {
    let answer = recording.why(at, 1, question);
    assert_sound(recording, at, question, &answer, context);
    answer
}

/// Positions to ask at: some of each recording, and its end.
pub(super) fn positions(recording: &Recording) -> impl Iterator<Item = u64> + use<> {
    let end = recording.end_position();
    (1..end).step_by(17).chain([end])
}

fn reasons(answer: &Answer) -> Vec<&'static str> {
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
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
            for direction in DIRECTIONS {
                let valve = recording.seek(at).connections[&1].valve(direction);
                let runs = is_running(&recording, at, direction);
                let answer = ask(&mut recording, at, Question::Valve { direction }, &name);
                let first = answer.reasons[0].reason;
                let fits = match valve {
                    Valve::Idle | Valve::NotWaiting if runs => first == Reason::EventRunning,
                    Valve::Open => matches!(first, Reason::EventActive | Reason::EventArmed),
                    Valve::HighMark => first == Reason::StoppedAtHighMark,
                    Valve::Disabled => matches!(first, Reason::Disabled | Reason::NeverEnabled),
                    Valve::Eof => first == Reason::EndOfFile,
                    Valve::Error => first == Reason::CallFailed,
                    Valve::Timeout => first == Reason::TimerExpired,
                    Valve::Idle => matches!(first, Reason::LastByteSent | Reason::NothingWritten),
                    Valve::NotWaiting => matches!(first, Reason::EventDisarmed | Reason::EventNeverAdded),
                    Valve::Freed => first == Reason::Freed,
                };
                assert!(fits, "{name}, at {at}: {valve:?} because of {:?}", reasons(&answer));
            }
        }
    }
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
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in 1..=recording.end_position() {
            let connection = &recording.seek(at).connections[&1];
            if connection.valve(Direction::Read) != Valve::HighMark {
                continue;
            }
            // 1.4 counts such a mark in an int, and stops below it.
            let counted = connection.read.high <= i32::MAX as usize;
            let below = connection.input.len < connection.read.high;
            let answer = ask(&mut recording, at, Question::Valve { direction: Direction::Read }, &name);
            let says = |reason| answer.reasons.iter().any(|because| because.reason == reason);
            assert!(!(counted && below && says(Reason::StillFull)), "{name}, at {at}: {answer:?}");
            assert!(below || !says(Reason::Resuming), "{name}, at {at}: {answer:?}");
            resuming += u32::from(says(Reason::Resuming));
        }
    }
    assert!(resuming > 20, "{resuming}");
}

#[test]
fn each_event_of_each_recorded_scenario_waits_or_not_for_a_reason() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
            for direction in DIRECTIONS {
                let connection = &recording.seek(at).connections[&1];
                let side = if direction == Direction::Read { &connection.read } else { &connection.write };
                let waits = side.event.armed || side.event.active.is_some();
                let answer = ask(&mut recording, at, Question::Event { direction }, &name);
                let says = matches!(answer.reasons[0].reason, Reason::EventActive | Reason::EventArmed);
                assert_eq!(says, waits, "{name}, at {at}, {direction:?}: {answer:?}");
            }
        }
    }
}

#[test]
fn each_call_of_each_recorded_scenario_goes_back_to_what_brought_it() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in 1..=recording.end_position() {
            let Step::CallbackEntered { callback } = recording.record_at(at).expect("there").step.clone()
            else {
                continue;
            };
            let kind = match callback {
                Callback::Read => CallbackKind::Read,
                Callback::Write => CallbackKind::Write,
                _ => CallbackKind::Event,
            };
            let answer = ask(&mut recording, at, Question::Called { callback: kind }, &name);
            let first = answer.reasons[0];
            assert_eq!((first.reason, first.position), (Reason::Called, Some(at)), "{name}");
            let has = |reason| answer.reasons.iter().any(|because| because.reason == reason);
            let brought = match callback {
                Callback::Read => has(Reason::BytesReceived) || has(Reason::LeftFull),
                Callback::Write => {
                    has(Reason::LowMarkReached) && (has(Reason::BytesSent) || has(Reason::NothingToSend))
                }
                Callback::Event(what) if what.contains(bufferevent::What::EOF) => has(Reason::EndOfFile),
                Callback::Event(what) if what.contains(bufferevent::What::TIMEOUT) => {
                    has(Reason::TimerExpired)
                }
                Callback::Event(_) => has(Reason::CallFailed),
                Callback::Application(..) | Callback::Buffer(..) => true,
            };
            assert!(brought, "{name}, at {at}: {:?}", reasons(&answer));
        }
    }
}

#[test]
fn each_callback_that_did_not_come_stayed_away_for_a_reason() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
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
                let answer = ask(&mut recording, at, Question::NotCalled { callback, since }, &name);
                assert_eq!(answer.reasons[0].reason == Reason::Called, called, "{name}, {at}: {answer:?}");
            }
        }
    }
}

#[test]
fn each_byte_of_each_recorded_scenario_came_with_the_record_that_carries_it() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
            let connection = recording.seek(at).connections[&1].clone();
            if connection.freed {
                continue;
            }
            for (place, content) in
                [(BytePlace::Input, &connection.input), (BytePlace::Output, &connection.output)]
            {
                let Some(Run::Bytes(bytes)) = content.runs.front() else { continue };
                for offset in [0, bytes.len() - 1] {
                    let answer = ask(&mut recording, at, Question::Byte { place, offset }, &name);
                    let came = answer.reasons[0].position.expect("it came with a record");
                    let payload =
                        recording.record_at(came).and_then(|record| record.step.payload()).expect("bytes");
                    let there = payload.bytes.contains(&bytes[offset]);
                    assert!(there, "{name}, at {at}: {:?} is not in {payload:?}", bytes[offset]);
                }
            }
        }
    }
}

#[test]
fn a_mark_goes_back_to_who_set_it_and_to_what_it_decided_last() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
            for mark in [MarkName::ReadLow, MarkName::ReadHigh, MarkName::WriteLow] {
                ask(&mut recording, at, Question::Mark { mark }, &name);
            }
        }
    }
    let mut set = run(&json!({"format": 1, "dialect": "2.1", "bufferevent": {"read": {"low": 4}},
        "app": {"on_read": [[{"set_watermark": {"read": {"low": 9, "high": 0}}}]]},
        "script": [{"peer_send": "hello"}, {"turn": 1}, {"peer_send": "x"}, {"turn": 1}]}));
    let end = set.end_position();
    let answer = ask(&mut set, end, Question::Mark { mark: MarkName::ReadLow }, "");
    let reasons: Vec<Reason> = answer.reasons.iter().map(|because| because.reason).collect();
    assert_eq!(reasons, [Reason::MarksSet, Reason::Called, Reason::BelowLowMark]);
}

/// What runs two timers: one that a slow callback keeps waiting, and one of a bufferevent.
const TIMERS: &str = r#"{"format": 2, "dialect": "2.1",
    "bufferevents": {"a": {"read": {"timeout_ms": 500}, "on_read": [[{"sleep_ms": 120}, {"add_timer": "late", "after_ms": 50}]]}},
    "timers": {"tick": {"after_ms": 100, "persist": true}, "late": {}, "never": {}},
    "script": [{"peer_send": "x", "of": "a"}, {"turn": 1}, {"turn": 1}, {"advance_ms": 200}, {"activate": "never"}, {"turn": 1}, {"del_timer": "tick"}, {"advance_ms": 500}]}"#;

/// What is answered about a timer of `TIMERS` right after a record.
fn timer_at(at: impl Fn(&Step) -> bool, nth: usize, event: EventName) -> (Vec<&'static str>, Reason) {
    let mut recording = run(&serde_json::from_str(TIMERS).expect("JSON"));
    let found =
        (1..).zip(recording.records()).filter(|(_, record)| at(&record.step)).nth(nth).expect("it comes").0;
    let answer = recording.why(found, 1, Question::Timer { event });
    assert!(!answer.uncertain && answer.reasons.iter().filter(|because| because.decided).count() == 1);
    for because in &answer.reasons {
        let record = because.position.map(|position| recording.record_at(position).expect("there"));
        assert!(because.position.is_none_or(|position| position <= found), "the future: {answer:?}");
        assert!(record.is_none_or(|record| shows(because.reason, &record.step)), "{answer:?}");
    }
    (reasons(&answer), decisive(&recording, &answer).0)
}

// In the order of their names, as the JSON has them.
const LATE: EventName = EventName::Application(3);
const NEVER: EventName = EventName::Application(4);
const TICK: EventName = EventName::Application(5);

#[test]
fn a_timer_that_runs_goes_back_to_who_set_it() {
    let began = |step: &Step| matches!(step, Step::PassBegan { .. });
    assert_eq!(timer_at(began, 0, TICK), (vec!["time_not_come", "timer_started"], Reason::TimeNotCome));
    let read = (vec!["time_not_come", "timer_started", "timeouts_set"], Reason::TimeNotCome);
    assert_eq!(timer_at(began, 0, EventName::Read), read);
    // What came restarted it, in the run of its own event.
    let again = vec!["time_not_come", "timer_started", "event_ran", "timeouts_set"];
    let left = |step: &Step| matches!(step, Step::CallbackLeft { .. });
    assert_eq!(timer_at(left, 0, EventName::Read).0, again);
    assert_eq!(timer_at(left, 0, NEVER), (vec!["no_timer"], Reason::NoTimer));
}

#[test]
fn a_timer_that_a_callback_holds_up_names_that_callback_before_and_after_it_fires() {
    let slept = |step: &Step| matches!(step, Step::ClockAdvanced { .. });
    let held = (vec!["held_up", "clock_passed", "timer_started"], Reason::HeldUp);
    assert_eq!(timer_at(slept, 0, TICK), held);
    let expired = |step: &Step| matches!(step, Step::TimerExpired { event } if *event == TICK);
    let fired = vec!["timer_expired", "held_up", "clock_passed", "timer_started"];
    assert_eq!(timer_at(expired, 0, TICK), (fired, Reason::HeldUp));
    // Both were over by the time that the loop looked again.
    let set_inside = |step: &Step| matches!(step, Step::TimerSet { event, .. } if *event == LATE);
    assert_eq!(timer_at(set_inside, 0, LATE).0[..2], ["time_not_come", "timer_started"]);
}

#[test]
fn a_timer_that_the_loop_did_not_look_at_says_so_and_one_taken_away_too() {
    let advanced = |step: &Step| matches!(step, Step::ClockAdvanced { .. });
    let (first, decided) = timer_at(advanced, 1, TICK);
    assert_eq!(
        (&first[..3], decided),
        (&["no_pass_since", "clock_passed", "timer_started"][..], Reason::NoPassSince)
    );
    let by_hand = |step: &Step| matches!(step, Step::EventActivated { event, .. } if *event == NEVER);
    assert_eq!(timer_at(by_hand, 0, NEVER), (vec!["activated_by_hand"], Reason::ActivatedByHand));
    let gone = |step: &Step| matches!(step, Step::TimerCancelled { event } if *event == TICK);
    assert_eq!(timer_at(gone, 0, TICK).1, Reason::TimerCancelled);
    assert_eq!(timer_at(advanced, 2, TICK).1, Reason::TimerCancelled);
}

#[test]
fn each_timer_of_each_recorded_scenario_is_told_of() {
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let mut recording = recorded(scenario);
        for at in positions(&recording) {
            let connection = recording.seek(at).connections[&1].clone();
            for (event, side) in [(EventName::Read, connection.read), (EventName::Write, connection.write)] {
                let answer = ask(&mut recording, at, Question::Timer { event }, &name);
                let started = answer.reasons.iter().any(|because| because.reason == Reason::TimerStarted);
                assert!(
                    side.event.deadline.is_none() || connection.freed || started,
                    "{name}, {at}: {answer:?}"
                );
            }
        }
    }
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

/// libevent issue 642: the read callback does not come, since what was written is still in the writer's output.
#[test]
fn issue_642_nothing_arrives_before_the_writers_loop_has_run() {
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "bufferevent": {"enable": []},
        "script": [{"write": "message"}]}));
    let at = recording.end_position();
    let question = Question::NotCalled { callback: CallbackKind::Write, since: 0 };
    let answer = ask(&mut recording, at, question, "");
    assert_eq!(decisive(&recording, &answer).0, Reason::NoPassSince);
    let byte = ask(&mut recording, at, Question::Byte { place: BytePlace::Output, offset: 0 }, "");
    assert_eq!(reasons(&byte), ["bytes_added"], "and it went nowhere");
    let reader = Question::NotCalled { callback: CallbackKind::Read, since: 0 };
    let answer = ask(&mut recording, at, reader, "");
    assert_eq!(decisive(&recording, &answer).0, Reason::NeverEnabled);
}

/// libevent issue 690: it gets stuck when the callback takes little of what is there.
#[test]
fn issue_690_reading_is_stuck_at_the_high_mark_that_too_little_was_taken_below() {
    let mut recording = run(&json!({"format": 1, "dialect": "1.4", "bufferevent": {"read": {"high": 100}},
        "app": {"on_read": [[]]},
        "script": [{"peer_send": "x".repeat(300)}, {"turn": 3}]}));
    let at = recording.end_position();
    let answer = ask(&mut recording, at, Question::Valve { direction: Direction::Read }, "");
    assert_eq!(reasons(&answer), ["stopped_at_high_mark", "bytes_received", "marks_set"]);
    assert_eq!(decisive(&recording, &answer), (Reason::StoppedAtHighMark, Some(&Step::PressureInstalled)));
    let silent = Question::NotCalled { callback: CallbackKind::Read, since: at - 1 };
    assert_eq!(reasons(&ask(&mut recording, at, silent, "")), reasons(&answer));

    // One that takes some, and not enough.
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "bufferevent": {"read": {"high": 100}},
        "app": {"on_read": [[]]},
        "script": [{"peer_send": "x".repeat(150)}, {"turn": 1}, {"set_watermark": {"read": {"high": 50}}}, {"read": 20}]}));
    let at = recording.end_position();
    let answer = ask(&mut recording, at, Question::Valve { direction: Direction::Read }, "");
    assert_eq!(
        reasons(&answer),
        ["stopped_at_high_mark", "still_full", "high_mark_reached", "bytes_received", "marks_set"]
    );
}

#[test]
fn within_the_call_that_takes_bytes_reading_is_about_to_go_on() {
    for (dialect, expected) in [
        (
            "1.4",
            ["stopped_at_high_mark", "below_high_mark", "resuming", "bytes_received", "marks_set"].as_slice(),
        ),
        (
            "2.1",
            &[
                "stopped_at_high_mark",
                "below_high_mark",
                "resuming",
                "high_mark_reached",
                "bytes_received",
                "marks_set",
            ],
        ),
    ] {
        let mut recording =
            run(&json!({"format": 1, "dialect": dialect, "bufferevent": {"read": {"high": 64}},
            "app": {"on_read": [[{"read": 16}]]},
            "script": [{"peer_send": "x".repeat(100)}, {"turn": 1}]}));
        let drained = |step: &Step| matches!(step, Step::BufferDrained { .. });
        let at =
            (1..).find(|at| drained(&recording.record_at(*at).expect("it comes").step)).expect("it comes");
        let valve = Question::Valve { direction: Direction::Read };
        let short: Vec<_> = expected.iter().copied().filter(|name| *name != "below_high_mark").collect();
        assert_eq!(reasons(&ask(&mut recording, at, valve, dialect)), short, "before it is compared");
        assert_eq!(reasons(&ask(&mut recording, at + 1, valve, dialect)), expected);
    }
}

/// libevent issue 754: a low mark of 20, 70 bytes and then 10.
#[test]
fn issue_754_the_last_ten_bytes_are_below_the_low_mark() {
    let scenario = |low: u32| {
        json!({"format": 1, "dialect": "2.1", "bufferevent": {"read": {"low": low}},
            "app": {"on_read": [[{"read": "all"}]]},
            "script": [{"peer_send": "x".repeat(70)}, {"turn": 1}, {"peer_send": "y".repeat(10)}, {"turn": 2}]})
    };
    let mut recording = run(&scenario(20));
    let at = recording.end_position();
    let since =
        recording.records().position(|it| matches!(it.step, Step::CallbackLeft { .. })).unwrap() as u64;
    let question = Question::NotCalled { callback: CallbackKind::Read, since };
    let answer = ask(&mut recording, at, question, "");
    assert_eq!(reasons(&answer), ["below_low_mark", "bytes_received", "marks_set"]);
    let check = Step::WatermarkChecked { mark: MarkName::ReadLow, len: 10, value: 20, reached: false };
    assert_eq!(decisive(&recording, &answer), (Reason::BelowLowMark, Some(&check)));
    // That it decided shows without it.
    let mut recording = run(&scenario(10));
    let at = recording.end_position();
    assert_eq!(ask(&mut recording, at, question, "").reasons[0].reason, Reason::Called);
}

/// libevent issue 891: it is called again and again at the high mark.
#[test]
fn issue_891_a_callback_that_leaves_input_full_is_called_again() {
    let scenario = |dialect: &str| {
        json!({"format": 1, "dialect": dialect, "bufferevent": {"read": {"high": 10}}, "app": {"on_read": [[]]},
            "script": [{"peer_send": "0123456789"}, {"turn": 1}]})
    };
    let mut recording = run(&scenario("2.1"));
    let called = |record: &Record| matches!(record.step, Step::CallbackEntered { .. });
    let calls: Vec<u64> =
        (1..).zip(recording.records()).filter(|(_, it)| called(it)).map(|(at, _)| at).collect();
    assert!(calls.len() > 10, "it spins");
    let answer = ask(&mut recording, calls[1], Question::Called { callback: CallbackKind::Read }, "");
    assert_eq!(reasons(&answer), ["called", "deferred", "left_full", "marks_set"]);
    let left = Step::CallbackLeft { callback: Callback::Read };
    assert_eq!(decisive(&recording, &answer), (Reason::LeftFull, Some(&left)));
    assert_eq!(run(&scenario("1.4")).records().filter(|it| called(it)).count(), 1, "and 1.4 goes quiet");
}

/// libevent issue 1466: the write callback does not come any more.
#[test]
fn issue_1466_the_write_callback_waits_for_a_peer_that_does_not_receive() {
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "kernel": {"tx_capacity": 100},
        "script": [{"write": "x".repeat(500)}, {"turn": 5}]}));
    let at = recording.end_position();
    let question = Question::NotCalled { callback: CallbackKind::Write, since: 0 };
    let answer = ask(&mut recording, at, question, "");
    let (reason, step) = decisive(&recording, &answer);
    assert_eq!(reason, Reason::KernelFull);
    assert!(matches!(step, Some(Step::Sent { output: 400, .. })), "{step:?}");
    assert!(reasons(&answer).contains(&"above_low_mark"), "{answer:?}");
}

/// libevent issue 1809: disabled, and called all the same: it was owed before.
#[test]
fn issue_1809_a_deferred_callback_comes_after_reading_was_disabled() {
    let mut base = EventBase::with_observer(Dialect::V2_1, Vec::<Record>::new());
    let mut kernel = SimKernel::new();
    let handle = kernel.open(Default::default());
    let options = BuffereventOptions { defer_callbacks: true, ..Default::default() };
    let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
    base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    // Its time has come in the same pass: it runs after the internal callback, and before what that put off.
    let between = base.event_new(None, EventFlags::NONE);
    base.event_mut(between).unwrap().add(Some(Duration::ZERO)).unwrap();
    kernel.peer_send(handle, b"hello");
    base.begin_pass(base.now());
    let mut called = Vec::new();
    while let Some(due) = base.poll_callback(&mut kernel) {
        called.push(due);
        if let Due::Application(..) = due {
            base.get_mut(id).unwrap().disable(Directions::READ);
        }
    }
    assert!(matches!(called[..], [Due::Application(..), Due::Read(_)]), "{called:?}");
    let mut recording = tape(std::mem::take(base.observer_mut()));
    let at = recording.end_position();
    let answer = ask(&mut recording, at, Question::Called { callback: CallbackKind::Read }, "");
    assert!(reasons(&answer).starts_with(&["called", "deferred", "bytes_received"]), "{answer:?}");
    let disabled =
        recording.records().position(|it| matches!(it.step, Step::Disabled { .. })).unwrap() as u64;
    let decided = answer.reasons.iter().find(|because| because.decided).unwrap();
    assert!(decided.position < Some(disabled), "it was owed before");
}
