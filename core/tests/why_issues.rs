//! Why: what people asked libevent's authors, rebuilt.
#![cfg(feature = "sim")]

use std::time::Duration;

use bufferevent::recording::{BytePlace, CallbackKind, Question, Reason};
use bufferevent::sim::SimKernel;
use bufferevent::{
    BuffereventOptions, Callback, Callbacks, Dialect, Direction, Directions, Due, EventBase, EventFlags,
    MarkName, Record, Step,
};
use serde_json::json;

use super::why::{ask, decisive, reasons, run, tape};

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
    assert_eq!(reasons(&byte), ["bytes_added", "still_there"], "and it went nowhere");
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
