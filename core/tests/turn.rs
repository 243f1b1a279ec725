//! Whose turn it is: what the program, the loop and its stations are asked, and what they answer.
#![cfg(feature = "sim")]

use bufferevent::recording::{Answer, Question, Reason, Recording, Station};
use bufferevent::{EventName, Step};
use serde_json::{Value, json};

use super::why::{assert_sound, at_positions, decisive, run};

const STATIONS: [Station; 4] = [Station::Poll, Station::Timers, Station::Active, Station::Callbacks];

/// In the order of their names, as the JSON has them, after what is there already.
const TICK: u64 = 4;

fn questions() -> impl Iterator<Item = Question> {
    let stations = STATIONS.into_iter().map(|station| Question::Station { station });
    [Question::Program, Question::Loop].into_iter().chain(stations)
}

fn ask(recording: &mut Recording, at: u64, question: Question) -> Answer {
    // Of no connection: one that is not there is none the worse for it.
    let answer = recording.why(at, 99, question);
    assert_sound(recording, at, question, &answer, "");
    answer
}

fn reasons(answer: &Answer) -> Vec<Reason> {
    answer.reasons.iter().map(|because| because.reason).collect()
}

/// The first position, or the one after so many, that such a step leads to.
fn at(recording: &Recording, nth: usize, wanted: impl Fn(&Step) -> bool) -> u64 {
    let found = (1..).zip(recording.records()).filter(|(_, record)| wanted(&record.step));
    found.map(|(position, _)| position).nth(nth).expect("it comes")
}

/// One bufferevent that waits for four bytes, and two timers, of which the one that is set later comes first.
fn two_timers() -> Recording {
    run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"a": {"read": {"low": 4, "timeout_ms": 500}, "on_read": [[{"read": "all"}]]}},
        "timers": {"slow": {"after_ms": 300}, "tick": {"after_ms": 100, "persist": true}},
        "script": [{"peer_send": "xy", "of": "a"}, {"turn": 1}, {"peer_send": "zw", "of": "a"}, {"turn": 1},
            {"write": "hello", "of": "a"}, {"advance_ms": 100}, {"turn": 1}]}))
}

#[test]
fn whatever_the_moment_program_loop_and_stations_have_an_answer_that_the_records_show() {
    at_positions(|name, recording, at| {
        for question in questions() {
            let answer = ask(recording, at, question);
            let rests = recording.seek(at).event_loop.station == Station::Idle;
            let waits = reasons(&answer).contains(&Reason::InLoop);
            if question == Question::Program {
                assert_eq!(waits, !rests, "{name}, at {at}: {answer:?}");
            }
        }
    });
}

#[test]
fn before_the_first_pass_it_is_the_programs_turn_and_the_loop_has_not_run() {
    let mut recording = two_timers();
    let made = at(&recording, 0, |step| matches!(step, Step::Created { .. }));
    let program = ask(&mut recording, made, Question::Program);
    assert_eq!(decisive(&recording, &program).0, Reason::CalledByProgram);
    for question in questions().filter(|question| *question != Question::Program) {
        assert_eq!(reasons(&ask(&mut recording, made, question)), [Reason::LoopNotBegun], "{question:?}");
    }
}

/// The same from this position on: what a live server sends, or what is left of a long recording.
fn joined_at(recording: &mut Recording, position: u64) -> Recording {
    let mut joined = Recording::new(recording.seek(position).clone());
    (position + 1..=recording.end_position())
        .filter_map(|position| recording.record_at(position))
        .for_each(|record| joined.append(record.clone()));
    joined
}

#[test]
fn a_loop_that_ran_before_the_first_record_is_not_said_to_have_never_run() {
    let mut recording = two_timers();
    let over = at(&recording, 0, |step| matches!(step, Step::PassEnded { .. }));
    let inside = at(&recording, 0, |step| matches!(step, Step::BufferDrained { .. }));
    for position in [over, inside] {
        let mut joined = joined_at(&mut recording, position);
        for question in questions().chain([Question::Station { station: Station::Idle }]) {
            assert_eq!(joined.why(0, 99, question), Answer::default(), "{question:?} at {position}");
        }
    }
    let mut joined = joined_at(&mut recording, inside);
    let ended = at(&joined, 0, |step| matches!(step, Step::PassEnded { .. }));
    assert_eq!(reasons(&ask(&mut joined, ended, Question::Loop)), [Reason::PassOver]);
    let program = ask(&mut joined, ended, Question::Station { station: Station::Idle });
    assert_eq!(reasons(&program), [Reason::PassOver]);
}

#[test]
fn a_timer_that_was_set_before_the_first_record_is_not_said_to_be_none() {
    let mut recording = two_timers();
    let over = at(&recording, 0, |step| matches!(step, Step::PassEnded { .. }));
    let mut joined = joined_at(&mut recording, over);
    let checked = at(&joined, 0, |step| matches!(step, Step::TimersChecked { .. }));
    let timers = ask(&mut joined, checked, Question::Station { station: Station::Timers });
    assert_eq!(reasons(&timers), [Reason::TimersFoundNone]);
    for event in [EventName::Read, EventName::Application(TICK)] {
        let timer = Question::Timer { event };
        assert_ne!(recording.why(over, 1, timer), Answer::default());
        assert_eq!(joined.why(0, 1, timer), Answer::default(), "{event:?}");
    }
    let none = joined.why(0, 1, Question::Timer { event: EventName::Write });
    assert_eq!(reasons(&none), [Reason::NoTimer]);
}

#[test]
fn a_callback_that_the_programs_own_call_brings_goes_back_to_no_pass() {
    let mut recording = run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"a": {"on_read": [[{"read": "all"}], []]}},
        "script": [{"peer_send": "hi", "of": "a"}, {"turn": 1}, {"trigger": "read", "ignore_watermarks": true, "of": "a"}]}));
    let entered = at(&recording, 1, |step| matches!(step, Step::CallbackEntered { .. }));
    let callbacks = ask(&mut recording, entered, Question::Station { station: Station::Callbacks });
    assert_eq!(reasons(&callbacks), [Reason::CallbackRuns]);
    assert_eq!(callbacks.reasons[0].position, Some(entered));
}

#[test]
fn in_a_callback_the_loop_waits_for_it_and_the_program_for_the_loop() {
    let mut recording = two_timers();
    let inside = at(&recording, 0, |step| matches!(step, Step::BufferDrained { .. }));
    let answer = ask(&mut recording, inside, Question::Loop);
    assert_eq!(reasons(&answer), [Reason::CallbackRuns, Reason::EventRuns, Reason::InLoop]);
    let (_, decided) = decisive(&recording, &answer);
    assert!(matches!(decided, Some(Step::CallbackEntered { .. })), "{decided:?}");
    let program = ask(&mut recording, inside, Question::Program);
    assert_eq!(program.reasons[0].reason, Reason::InLoop);
    assert!(matches!(decisive(&recording, &program).1, Some(Step::PassBegan { pass: 2 })));
    let station = Question::Station { station: Station::Callbacks };
    let callbacks = ask(&mut recording, inside, station);
    assert_eq!(decisive(&recording, &callbacks).0, Reason::CallbackRuns);
}

#[test]
fn between_two_passes_a_call_is_the_programs_own_and_what_ended_the_pass_follows() {
    let mut recording = two_timers();
    let wrote = at(&recording, 0, |step| matches!(step, Step::BufferAdded { .. }));
    let answer = ask(&mut recording, wrote, Question::Program);
    assert_eq!(answer.reasons[0].position, Some(wrote));
    assert_eq!(reasons(&answer), [Reason::CalledByProgram, Reason::PassOver]);
    let over = at(&recording, 0, |step| matches!(step, Step::PassEnded { .. }));
    assert_eq!(reasons(&ask(&mut recording, over, Question::Program)), [Reason::PassOver]);
    assert_eq!(reasons(&ask(&mut recording, over, Question::Loop)), [Reason::PassOver]);
}

#[test]
fn the_timers_station_names_the_timer_that_comes_next_then_the_one_that_came() {
    let mut recording = two_timers();
    let station = Question::Station { station: Station::Timers };
    let over = at(&recording, 0, |step| matches!(step, Step::PassEnded { .. }));
    let answer = ask(&mut recording, over, station);
    assert_eq!(reasons(&answer), [Reason::TimersFoundNone, Reason::NextTimer, Reason::TimeNotCome]);
    let tick = at(
        &recording,
        0,
        |step| matches!(step, Step::TimerSet { event: EventName::Application(n), .. } if *n == TICK),
    );
    assert_eq!(answer.reasons[1].position, Some(tick), "{answer:?}");
    let expired = at(&recording, 0, |step| matches!(step, Step::TimerExpired { .. }));
    let came = ask(&mut recording, expired, station);
    let (reason, step) = decisive(&recording, &came);
    assert_eq!(reason, Reason::TimerExpired);
    assert!(matches!(step, Some(Step::TimerExpired { .. })));
}

#[test]
fn the_queue_names_what_runs_and_what_waits_behind_it() {
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "bufferevent": {"enable": ["read"]},
        "app": {"on_read": [[{"read": "all"}]]},
        "script": [{"peer_send": "hi"}, {"write": "ho"}, {"turn": 1}]}));
    let station = Question::Station { station: Station::Active };
    let checked = at(&recording, 0, |step| matches!(step, Step::TimersChecked { .. }));
    let queued = ask(&mut recording, checked, station);
    assert_eq!(reasons(&queued), [Reason::EventActive, Reason::EventActive]);
    let first = at(&recording, 0, |step| matches!(step, Step::EventActivated { .. }));
    assert_eq!(queued.reasons[0].position, Some(first));
    let runs = at(&recording, 0, |step| matches!(step, Step::EventRun { .. }));
    assert_eq!(reasons(&ask(&mut recording, runs, station)), [Reason::EventRuns, Reason::EventActive]);
    let end = recording.end_position();
    assert_eq!(reasons(&ask(&mut recording, end, station)), [Reason::NothingActive]);
}

#[test]
fn a_pass_without_a_callback_says_which_mark_held_it_back() {
    let mut recording = two_timers();
    let over = at(&recording, 0, |step| matches!(step, Step::PassEnded { .. }));
    let answer = ask(&mut recording, over, Question::Station { station: Station::Callbacks });
    assert_eq!(reasons(&answer), [Reason::NoCallbackInPass, Reason::BelowLowMark]);
    assert_eq!(decisive(&recording, &answer).0, Reason::BelowLowMark);
    let poll = ask(&mut recording, over, Question::Station { station: Station::Poll });
    assert_eq!(reasons(&poll), [Reason::PollFound, Reason::HandleReady]);
}

#[test]
fn a_pass_that_asks_in_vain_and_one_with_nothing_to_wait_for_say_so() {
    let mut idle = run(
        &json!({"format": 1, "dialect": "2.1", "bufferevent": {"enable": ["read"]}, "script": [{"turn": 2}]}),
    );
    let end = idle.end_position();
    let poll = ask(&mut idle, end, Question::Station { station: Station::Poll });
    assert_eq!(reasons(&poll), [Reason::PollFoundNothing, Reason::EventArmed]);
    let scenario: Value = json!({"format": 1, "dialect": "2.1", "bufferevent": {"enable": []},
        "script": [{"disable": ["write"]}, {"turn": 1}]});
    let mut empty = run(&scenario);
    let end = empty.end_position();
    assert_eq!(ask(&mut empty, end, Question::Loop).reasons[0].reason, Reason::NothingPending);
}

#[test]
fn in_the_middle_of_a_pass_a_callback_may_come_yet() {
    let mut recording = two_timers();
    let callbacks = Question::Station { station: Station::Callbacks };
    // In the second pass there is enough to read, and the callback comes.
    let polled = at(&recording, 1, |step| matches!(step, Step::Polled { .. }));
    let answer = ask(&mut recording, polled, callbacks);
    assert_eq!(reasons(&answer), [Reason::NoCallbackYet, Reason::PollFound]);
    let runs = at(&recording, 1, |step| matches!(step, Step::EventRun { .. }));
    let answer = ask(&mut recording, runs, callbacks);
    assert_eq!(reasons(&answer), [Reason::NoCallbackYet, Reason::EventRuns]);
    let entered = at(&recording, 0, |step| matches!(step, Step::CallbackEntered { .. }));
    assert!(polled < runs && runs < entered);
    let answer = ask(&mut recording, entered, callbacks);
    assert_eq!(reasons(&answer)[0], Reason::CallbackRuns);
}
