//! Why: what keeps a callback away, where the peer, a connection or another event has a part in it.
#![cfg(feature = "sim")]

use std::collections::BTreeSet;

use bufferevent::recording::{Answer, CallbackKind, Question, Reason, Recording, Valve};
use bufferevent::{Callback, Direction, EventFlags, EventName, MarkName, Record, Step};
use serde_json::{Value, json};

use super::why::{ask, at_every_position, at_positions, decisive, reasons, recordings, run};

fn not_called(recording: &mut Recording, at: u64, callback: CallbackKind) -> Answer {
    ask(recording, at, Question::NotCalled { callback, since: at - 1 }, "")
}

fn has(answer: &Answer, reason: Reason) -> bool {
    answer.reasons.iter().any(|because| because.reason == reason)
}

/// The last position with such a step.
pub(super) fn last(recording: &Recording, wanted: impl Fn(&Step) -> bool) -> u64 {
    let positions = 1..=recording.end_position();
    let is_it = |at: &u64| recording.record_at(*at).is_some_and(|record| wanted(&record.step));
    positions.rev().find(is_it).expect("it is there")
}

#[test]
fn an_end_behind_a_full_input_is_not_seen_since_reading_is_stopped() {
    for dialect in ["1.4", "2.1", "2.2"] {
        let mut recording =
            run(&json!({"format": 1, "dialect": dialect, "bufferevent": {"read": {"high": 10}},
            "app": {"on_read": [[]]},
            "script": [{"peer_send": "0123456789abc"}, {"peer_shutdown": true}, {"turn": 1}]}));
        let at = recording.end_position();
        let answer = not_called(&mut recording, at, CallbackKind::Event);
        let (decided, _) = decisive(&recording, &answer);
        assert!(
            matches!(decided, Reason::StoppedAtHighMark | Reason::HighMarkReached),
            "{dialect}: {answer:?}"
        );
        assert!(
            has(&answer, Reason::PeerEnded) && has(&answer, Reason::EndBehindBytes),
            "{dialect}: {answer:?}"
        );
    }
}

#[test]
fn an_end_is_not_seen_where_reading_is_disabled_or_the_loop_has_not_run() {
    let ended = |script: Value| run(&json!({"format": 1, "dialect": "2.1", "script": script}));
    let mut recording = ended(json!([{"disable": ["read"]}, {"peer_shutdown": true}, {"turn": 1}]));
    let at = recording.end_position();
    let answer = not_called(&mut recording, at, CallbackKind::Event);
    assert_eq!(reasons(&answer), ["disabled", "peer_ended"]);
    let mut recording = ended(json!([{"peer_shutdown": true}]));
    let at = recording.end_position();
    assert_eq!(
        reasons(&not_called(&mut recording, at, CallbackKind::Event)),
        ["no_pass_since", "peer_ended"]
    );
    let answer = not_called(&mut recording, at, CallbackKind::Read);
    assert_eq!(reasons(&answer), ["no_pass_since", "peer_ended"], "it sent nothing");
}

/// Of all recorded scenarios: whoever is told that nothing ended is told the truth.
#[test]
fn nothing_has_ended_only_where_the_peer_has_not_or_it_was_told() {
    let mut unseen = 0;
    at_positions(|name, recording, at| {
        let question = Question::NotCalled { callback: CallbackKind::Event, since: at - 1 };
        let answer = ask(recording, at, question, name);
        let records: Vec<Record> = recording.records().take(at as usize).cloned().collect();
        let ends = |step: &Step| matches!(step, Step::PeerShutdown | Step::PeerReset { .. });
        let seen = |step: &Step| {
            matches!(
                step,
                Step::EndOfFile { call: Direction::Read } | Step::CallFailed { call: Direction::Read, .. }
            )
        };
        let ended = records.iter().rposition(|record| ends(&record.step));
        let untold = ended.is_some_and(|ended| !records[ended..].iter().any(|record| seen(&record.step)));
        assert!(!(untold && has(&answer, Reason::NothingHappened)), "{name}, at {at}: {answer:?}");
        unseen += u32::from(untold);
    });
    assert!(unseen > 50, "{unseen}");
}

/// Of all recorded scenarios: nothing has happened only where nothing is about to be told.
#[test]
fn what_is_about_to_be_told_is_not_said_to_be_nothing() {
    let mut told = 0;
    for (name, mut recording) in recordings() {
        // Where an end, a time or the fate of a connection came that no callback has told yet.
        let mut untold = None;
        for at in 1..=recording.end_position() {
            match &recording.record_at(at).expect("it is there").step {
                Step::EndOfFile { .. } | Step::Connected | Step::ConnectFailed { .. } => untold = Some(at),
                Step::TimerExpired { event: EventName::Read | EventName::Write } => untold = Some(at),
                Step::CallbackDue { callback: Callback::Event(_), .. } => {
                    for at in untold.take().unwrap_or(at)..at {
                        let answer = not_called(&mut recording, at, CallbackKind::Event);
                        assert!(!has(&answer, Reason::NothingHappened), "{name}, at {at}: {answer:?}");
                        told += 1;
                    }
                }
                // A time that is told by no callback, for bytes came too.
                Step::EventReturned { .. } | Step::PassEnded { .. } => untold = None,
                _ => {}
            }
        }
    }
    assert!(told > 100, "{told}");
}

#[test]
fn a_time_that_has_come_is_not_nothing() {
    for dialect in ["1.4", "2.1"] {
        let mut recording = run(&json!({"format": 1, "dialect": dialect,
            "bufferevent": {"read": {"timeout_ms": 1000}}, "script": [{"advance_ms": 1000}, {"turn": 1}]}));
        let at = last(&recording, |step| matches!(step, Step::ClockAdvanced { .. }));
        let answer = not_called(&mut recording, at, CallbackKind::Event);
        assert_eq!(reasons(&answer)[..2], ["no_pass_since", "clock_passed"], "{dialect}");
        let at = last(&recording, |step| matches!(step, Step::EventActivated { .. }));
        let answer = not_called(&mut recording, at, CallbackKind::Event);
        assert_eq!(reasons(&answer)[..2], ["event_active", "timer_expired"], "{dialect}");
        let at = last(&recording, |step| matches!(step, Step::EventRun { .. }));
        let answer = not_called(&mut recording, at, CallbackKind::Event);
        assert_eq!(reasons(&answer)[..2], ["event_running", "timer_expired"], "{dialect}");
    }
}

/// Of all recorded scenarios: an event that is queued with its handle ready is told to come, not that nothing goes on.
#[test]
fn a_callback_whose_event_is_queued_is_about_to_come() {
    let mut queued = 0;
    at_every_position(|name, recording, at| {
        let connection = recording.seek(at).connections[&1].clone();
        for (callback, side) in
            [(CallbackKind::Read, &connection.read), (CallbackKind::Write, &connection.write)]
        {
            if !side.event.active.is_some_and(|cause| cause != EventFlags::TIMEOUT) {
                continue;
            }
            let question = Question::NotCalled { callback, since: at };
            let answer = recording.why(at, 1, question);
            let false_ones = [Reason::KernelFull, Reason::NothingNew, Reason::NothingArrived];
            assert!(!false_ones.iter().any(|reason| has(&answer, *reason)), "{name}, at {at}: {answer:?}");
            queued += u32::from(has(&answer, Reason::EventActive));
            break;
        }
    });
    assert!(queued > 200, "{queued}");
}

/// The lost wake-up: a write took the event out of the queue in which it stood since its time had come.
#[test]
fn a_lost_wake_up_goes_back_to_the_write_that_took_the_event_from_the_queue() {
    for dialect in ["1.4", "2.1"] {
        let mut recording = run(&json!({"format": 1, "dialect": dialect, "kernel": {"tx_capacity": 4},
            "bufferevent": {"write": {"timeout_ms": 1000}},
            "app": {"on_read": [[{"read": "all"}, {"write": "yy"}]]},
            "script": [{"write": "xxxxxxxx"}, {"turn": 1}, {"peer_send": "a"}, {"advance_ms": 1000}, {"turn": 1},
                       {"peer_recv": 100}, {"turn": 1}]}));
        let at = recording.end_position();
        let out = last(&recording, |step| matches!(step, Step::EventDeactivated { event: EventName::Write }));
        for question in [
            Question::Event { direction: Direction::Write },
            Question::Valve { direction: Direction::Write },
            Question::NotCalled { callback: CallbackKind::Write, since: 0 },
            Question::NotCalled { callback: CallbackKind::Event, since: 0 },
        ] {
            let answer = ask(&mut recording, at, question, dialect);
            let decided = answer.reasons.iter().find(|because| because.decided).unwrap();
            assert_eq!(
                (decided.reason, decided.position),
                (Reason::TakenFromQueue, Some(out)),
                "{dialect}: {answer:?}"
            );
            assert!(
                has(&answer, Reason::BytesAdded) && has(&answer, Reason::TimerExpired),
                "{dialect}: {answer:?}"
            );
        }
    }
}

#[test]
fn what_waits_in_the_kernel_since_reading_goes_on_comes_with_the_next_pass() {
    let mut recording = run(&json!({"format": 1, "dialect": "1.4", "bufferevent": {"read": {"high": 5}},
        "app": {"on_read": [[]]},
        "script": [{"peer_send": "0123456789"}, {"turn": 2}, {"read": 3}]}));
    let at = recording.end_position();
    let answer = not_called(&mut recording, at, CallbackKind::Read);
    assert_eq!(reasons(&answer), ["no_pass_since", "resumed", "peer_sent"]);
}

#[test]
fn what_one_read_has_left_in_the_kernel_is_not_said_to_have_not_arrived() {
    let mut recording = run(&json!({"format": 1, "dialect": "2.1", "app": {"on_read": [[{"read": "all"}]]},
        "script": [{"peer_send": "y".repeat(10_000)}, {"turn": 1}]}));
    let at = recording.end_position();
    assert_eq!(
        reasons(&not_called(&mut recording, at, CallbackKind::Read)),
        ["no_pass_since", "bytes_received"]
    );
    let at = last(&recording, |step| matches!(step, Step::Received { .. }));
    let answer = not_called(&mut recording, at, CallbackKind::Read);
    assert_eq!(reasons(&answer)[0], "event_running", "it is about to call");
}

#[test]
fn the_kernel_is_full_only_until_the_peer_receives_or_a_write_is_under_way() {
    let script = |more: Value| {
        run(&json!({"format": 1, "dialect": "2.1", "kernel": {"tx_capacity": 4},
            "script": [{"write": "0123456789"}, {"turn": 2}, more]}))
    };
    let mut full = script(json!({"advance_ms": 1}));
    let at = full.end_position();
    assert_eq!(reasons(&not_called(&mut full, at, CallbackKind::Write))[0], "kernel_full");
    let at = last(&full, |step| matches!(step, Step::EventRun { .. }));
    assert_eq!(reasons(&not_called(&mut full, at, CallbackKind::Write))[0], "event_running");
    let mut taken = script(json!({"peer_recv": 100}));
    let at = taken.end_position();
    assert_eq!(reasons(&not_called(&mut taken, at, CallbackKind::Write)), ["no_pass_since", "peer_received"]);
}

/// One write of 2.x takes up to `max_single_write`, and 1.4's all that the kernel has room for.
#[test]
fn a_write_that_stopped_at_its_bound_is_not_said_to_have_filled_the_kernel() {
    let after = |dialect: &str, bound: Option<u32>, capacity: u32, turns: u32| {
        let mut it = json!({"socket": {"tx_capacity": capacity}});
        if let Some(bound) = bound {
            it["max_single_write"] = bound.into();
        }
        let mut recording = run(&json!({"format": 2, "dialect": dialect, "bufferevents": {"it": it},
            "script": [{"write": "x".repeat(100_000)}, {"turn": turns}]}));
        let at = recording.end_position();
        reasons(&not_called(&mut recording, at, CallbackKind::Write))[0]
    };
    for (capacity, first, second) in
        [(1_000_000, "part_sent", "part_sent"), (16_384, "part_sent", "kernel_full")]
    {
        assert_eq!(after("2.1", None, capacity, 1), first, "{capacity}");
        assert_eq!(after("2.1", None, capacity, 2), second, "{capacity}");
    }
    assert_eq!(after("2.2", Some(7), 1_000_000, 3), "part_sent");
    assert_eq!(after("1.4", None, 50, 1), "kernel_full", "nothing else bounds a write");
}

#[test]
fn what_was_written_after_the_kernel_was_asked_does_not_find_it_full() {
    for dialect in ["1.4", "2.1"] {
        let mut recording =
            run(&json!({"format": 1, "dialect": dialect, "app": {"on_read": [[{"write": "abc"}]]},
            "script": [{"peer_send": "y"}, {"turn": 1}]}));
        let at = recording.end_position();
        let answer = not_called(&mut recording, at, CallbackKind::Write);
        assert_eq!(reasons(&answer), ["no_pass_since", "event_armed"], "{dialect}");
    }
}

#[test]
fn a_connection_is_made_refused_or_undecided_and_the_callback_says_which() {
    let connecting = |script: Value| {
        run(&json!({"format": 2, "dialect": "2.1",
            "bufferevents": {"it": {"socket": {}, "connect": "pending", "enable": ["read", "write"]}},
            "script": script}))
    };
    let mut recording = connecting(json!([{"write": "GET /"}, {"turn": 1}]));
    let at = recording.end_position();
    for callback in [CallbackKind::Write, CallbackKind::Event] {
        let answer = not_called(&mut recording, at, callback);
        assert_eq!(reasons(&answer), ["connect_undecided"], "the kernel is not full, and nothing has ended");
    }
    for (decision, expected) in [("peer_accept", "peer_accepted"), ("peer_refuse", "peer_refused")] {
        let mut recording = connecting(json!([{"turn": 1}, {decision: true}]));
        let at = recording.end_position();
        for callback in [CallbackKind::Write, CallbackKind::Event] {
            let answer = not_called(&mut recording, at, callback);
            assert_eq!(
                reasons(&answer),
                ["no_pass_since", expected],
                "the peer has, and the loop has not seen it"
            );
        }
    }
    for (decision, expected) in [
        (json!({"peer_accept": true}), ["called", "connected", "peer_accepted", "connect_started"]),
        (json!({"peer_refuse": true}), ["called", "connect_failed", "peer_refused", "connect_started"]),
    ] {
        let mut recording = connecting(json!([{"turn": 1}, decision, {"turn": 1}]));
        let at = recording.end_position();
        let answer = ask(&mut recording, at, Question::Called { callback: CallbackKind::Event }, "");
        assert_eq!(reasons(&answer)[..4], expected, "{answer:?}");
        assert!(matches!(decisive(&recording, &answer).0, Reason::Connected | Reason::ConnectFailed));
    }
}

/// One side of a pair has no kernel to wait for: it is open, and what the other side does not take waits for that.
#[test]
fn one_side_of_a_pair_is_open_or_waits_for_the_other() {
    let mut pair = run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"a": {"pair_with": "b", "enable": ["read", "write"]},
                         "b": {"pair_with": "a", "enable": ["read", "write"], "read": {"high": 4}, "on_read": [[], [{"disable": ["read"]}]]}},
        "script": [{"write": "0123456789", "of": "a"}]}));
    let at = pair.end_position();
    let picture = pair.seek(at).clone();
    assert_eq!(picture.connections[&1].valve(Direction::Read), Valve::Open);
    assert_eq!(picture.connections[&1].valve(Direction::Write), Valve::OtherSide);
    assert_eq!(picture.connections[&2].valve(Direction::Read), Valve::HighMark);
    assert!(
        picture.connections.values().all(|connection| connection.kernel.tanks.is_none()),
        "there is no kernel"
    );
    let answer = pair.why(at, 1, Question::Valve { direction: Direction::Write });
    assert_eq!(reasons(&answer), ["other_side", "bytes_added"]);
    let stopped = answer.reasons[0].position.and_then(|at| pair.record_at(at)).unwrap();
    assert!(matches!((&stopped.step, stopped.connection), (Step::Suspended { .. }, Some(2))), "{stopped:?}");
}

/// What the other one does in the other direction, or has done and taken back, stops nothing.
#[test]
fn what_waits_for_the_other_side_goes_back_to_what_stops_it_there() {
    let stopped = |scenario: Value, of: u64| {
        let mut recording = run(&scenario);
        let at = recording.end_position();
        let answer = recording.why(at, of, Question::Valve { direction: Direction::Write });
        assert_eq!(reasons(&answer), ["other_side", "bytes_added"]);
        answer.reasons[0].position.and_then(|at| recording.record_at(at)).map(|record| record.step.kind())
    };
    let pair = |script: Value| {
        json!({"format": 2, "dialect": "2.1",
            "bufferevents": {"a": {"pair_with": "b", "enable": ["read", "write"]},
                             "b": {"pair_with": "a", "enable": ["read", "write"], "read": {"high": 4}, "on_read": [[]]}},
            "script": script})
    };
    let write = json!({"write": "0123456789", "of": "a"});
    let disable = |direction: &str| json!({"disable": [direction], "of": "b"});
    assert_eq!(stopped(pair(json!([write, disable("write")])), 1), Some("suspended"));
    assert_eq!(stopped(pair(json!([disable("read"), write])), 1), Some("disabled"));
    assert_eq!(stopped(pair(json!([{"free": true, "of": "b"}, write])), 1), Some("freed"));
    let filter = json!({"format": 2, "dialect": "2.1", "bufferevents": {"under": {"write": {"high": 3}},
            "over": {"filter_over": "under", "enable": ["read", "write"]}},
        "script": [{"disable": ["read"], "of": "under"}, {"write": "hello", "of": "over"}]});
    assert_eq!(stopped(filter, 2), None, "its output is full: no record stopped it");
}

#[test]
fn a_mark_that_stopped_reading_is_not_said_to_be_unreached() {
    for dialect in ["1.4", "2.1"] {
        let mut recording =
            run(&json!({"format": 1, "dialect": dialect, "bufferevent": {"read": {"high": 5}},
            "app": {"on_read": [[]]}, "script": [{"peer_send": "0123456789"}, {"turn": 1}]}));
        let at = recording.end_position();
        let answer = ask(&mut recording, at, Question::Mark { mark: MarkName::ReadHigh }, dialect);
        assert!(!has(&answer, Reason::BelowHighMark), "{dialect}: {answer:?}");
        assert!(
            has(&answer, Reason::HighMarkReached) || has(&answer, Reason::StoppedAtHighMark),
            "{dialect}"
        );
    }
}

#[test]
fn while_a_connection_is_undecided_nothing_is_open() {
    let mut recording = run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"client": {"connect": "pending", "enable": ["read"], "on_event": [[]]}},
        "script": [{"write": "GET /"}, {"turn": 1}, {"peer_accept": true}, {"turn": 1}]}));
    let mut seen = BTreeSet::new();
    for at in 1..=recording.end_position() {
        let connection = recording.seek(at).connections[&1].clone();
        for direction in [Direction::Read, Direction::Write] {
            let valve = connection.valve(direction);
            assert!(!(connection.connecting && valve == Valve::Open), "at {at}, {direction:?}");
            if valve == Valve::Connecting {
                let answer = recording.why(at, 1, Question::Valve { direction });
                seen.insert(reasons(&answer).join(", "));
            }
        }
    }
    assert!(seen.contains("connect_undecided"), "{seen:?}");
    assert!(seen.contains("no_pass_since, peer_accepted"), "{seen:?}");
    let end = recording.end_position();
    assert_eq!(recording.seek(end).connections[&1].valve(Direction::Read), Valve::Open);
}
