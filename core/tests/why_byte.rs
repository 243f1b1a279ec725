//! Why: where a byte came from and where it went, from one bufferevent to another too.
#![cfg(feature = "sim")]

use bufferevent::Step;
use bufferevent::recording::{BytePlace, Question, Recording};
use serde_json::json;

use super::why::{ask, reasons, run};
use super::why_missing::last;

/// Bytes that have not left are said to be there still.
#[test]
fn a_byte_that_has_not_left_is_still_there() {
    let mut recording = run(
        &json!({"format": 1, "dialect": "1.4", "script": [{"disable": ["write"]}, {"write": "abc"}, {"turn": 1}]}),
    );
    let at = recording.end_position();
    let answer = ask(&mut recording, at, Question::Byte { place: BytePlace::Output, offset: 1 }, "");
    assert_eq!(reasons(&answer), ["bytes_added", "still_there"]);
    assert!(answer.reasons[0].decided);
}

/// What an answer says, with whose record each is.
fn ways(
    recording: &mut Recording,
    at: u64,
    connection: u64,
    place: BytePlace,
) -> Vec<(&'static str, Option<u64>)> {
    let answer = recording.why(at, connection, Question::Byte { place, offset: 0 });
    let of = |position: Option<u64>| position.and_then(|at| recording.record_at(at)?.connection);
    answer.reasons.iter().map(|because| (because.reason.name(), of(because.position))).collect()
}

#[test]
fn a_byte_is_followed_from_one_bufferevent_to_another() {
    let mut proxy = run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"in": {"on_read": [[{"move_to": "out"}]]}, "out": {}},
        "script": [{"peer_send": "hello", "of": "in"}, {"turn": 2}, {"peer_recv": 9, "of": "out"}]}));
    let moved = last(&proxy, |step| matches!(step, Step::BufferAdded { .. }));
    let (first, second) = (Some(1), Some(2));
    let called = ("called", first);
    let after = [("bytes_sent", second), ("peer_received", second)];
    let before = [("bytes_received", first), ("peer_sent", first)];
    let came = ways(&mut proxy, moved, 2, BytePlace::Output);
    assert_eq!(
        came,
        [&[("bytes_added", second), called, ("bytes_taken", first)], &before[..], &after[..]].concat()
    );
    let went = ways(&mut proxy, moved - 2, 1, BytePlace::Input);
    assert_eq!(
        went,
        [&before[..], &[("bytes_taken", first), called, ("bytes_added", second)], &after[..]].concat()
    );

    let mut pair = run(&json!({"format": 2, "dialect": "2.1",
        "bufferevents": {"a": {"pair_with": "b", "enable": ["read", "write"]}, "b": {"pair_with": "a", "enable": ["read", "write"]}},
        "script": [{"write": "hi", "of": "a"}, {"turn": 1}]}));
    let at = pair.end_position();
    let there = ways(&mut pair, at, 2, BytePlace::Input);
    assert_eq!(
        there,
        [("bytes_received", second), ("bytes_sent", first), ("bytes_added", first), ("still_there", None)]
    );
}

#[test]
fn a_byte_is_followed_through_a_filter_and_where_it_changes_its_length_nothing_is_said_of_it() {
    let through = |filter: &str| {
        run(&json!({"format": 2, "dialect": "2.1", "bufferevents": {"under": {},
                "over": {"filter_over": "under", "output_filter": filter, "enable": ["read", "write"]}},
            "script": [{"write": "hello", "of": "over"}, {"turn": 1}, {"peer_recv": 99, "of": "under"},
                       {"peer_send": "abc", "of": "under"}, {"turn": 1}]}))
    };
    let written =
        |step: &Step| matches!(step, Step::BufferAdded { payload, .. } if payload.bytes == b"hello");
    let (under, over) = (Some(1), Some(2));
    let mut rot13 = through("rot13");
    let at = last(&rot13, written);
    let expected = [
        ("bytes_added", over),
        ("bytes_sent", over),
        ("bytes_added", under),
        ("bytes_sent", under),
        ("peer_received", under),
    ];
    assert_eq!(ways(&mut rot13, at, 2, BytePlace::Output), expected);
    let at = rot13.end_position();
    let expected = [
        ("bytes_received", over),
        ("bytes_taken", under),
        ("bytes_received", under),
        ("peer_sent", under),
        ("still_there", None),
    ];
    assert_eq!(ways(&mut rot13, at, 2, BytePlace::Input), expected);
    let mut double = through("double");
    let at = last(&double, written);
    let expected = [("bytes_added", over), ("bytes_sent", over)];
    assert_eq!(ways(&mut double, at, 2, BytePlace::Output), expected);
}

/// Two moves of as many bytes with nothing between them.
#[test]
fn a_byte_goes_with_its_own_move_and_not_with_the_one_before() {
    let mut moves = run(
        &json!({"format": 2, "dialect": "2.1", "bufferevents": {"a": {}, "b": {}, "c": {}, "d": {}},
        "script": [{"peer_send": "a", "of": "a"}, {"peer_send": "c", "of": "c"}, {"turn": 1}, {"write": "-", "of": "b"},
                   {"move_to": "b", "of": "a"}, {"move_to": "d", "of": "c"}]}),
    );
    let at = last(&moves, |step| matches!(step, Step::BufferDrained { .. }));
    let moved = &ways(&mut moves, at - 1, 3, BytePlace::Input)[2..];
    assert_eq!(moved, [("bytes_taken", Some(3)), ("bytes_added", Some(4)), ("still_there", None)]);
}

/// 1.4 copies from the one to the other, and then drains.
#[test]
fn a_byte_is_followed_where_it_is_copied_and_then_drained() {
    let mut proxy = run(&json!({"format": 2, "dialect": "1.4",
        "bufferevents": {"in": {"on_read": [[{"move_to": "out"}]]}, "out": {}},
        "script": [{"peer_send": "hello", "of": "in"}, {"turn": 2}, {"peer_recv": 9, "of": "out"}]}));
    let (first, second) = (Some(1), Some(2));
    let called = ("called", first);
    let before = [("bytes_received", first), ("peer_sent", first)];
    let after = [("bytes_sent", second), ("peer_received", second)];
    let added = last(&proxy, |step| matches!(step, Step::BufferAdded { .. }));
    let came = ways(&mut proxy, added, 2, BytePlace::Output);
    let taken = [("bytes_added", second), called, ("bytes_taken", first)];
    assert_eq!(came, [&taken[..], &before, &after].concat());
    let went = ways(&mut proxy, added - 1, 1, BytePlace::Input);
    let given = [("bytes_taken", first), called, ("bytes_added", second)];
    assert_eq!(went, [&before[..], &given, &after].concat());
}

/// A buffer that is no bufferevent's is written by the same function.
#[test]
fn what_is_written_before_a_copy_of_as_many_bytes_is_not_taken_for_it() {
    for dialect in ["1.4", "2.1"] {
        let mut both =
            run(&json!({"format": 2, "dialect": dialect, "bufferevents": {"in": {}, "out": {}, "side": {}},
            "script": [{"peer_send": "hello", "of": "in"}, {"turn": 1},
                       {"write_buffer": "HELLO", "of": "side"}, {"move_to": "out", "of": "in"}]}));
        let at = both.end_position();
        let own = ways(&mut both, at, 3, BytePlace::Output);
        assert_eq!(own, [("bytes_added", Some(3)), ("still_there", None)], "{dialect}");
        let moved = ways(&mut both, at, 2, BytePlace::Output);
        assert_eq!(moved[..2], [("bytes_added", Some(2)), ("bytes_taken", Some(1))], "{dialect}");
    }
}

#[test]
fn what_waits_in_the_kernel_is_gone_with_a_reset_and_when_it_is_freed() {
    for (end, expected) in [("peer_reset", "peer_reset"), ("free", "freed")] {
        let script = json!([{"peer_send": "abc"}, {end: true}, {"turn": 1}]);
        let mut recording = run(&json!({"format": 1, "dialect": "2.1", "script": script}));
        let at = last(&recording, |step| matches!(step, Step::PeerSent { .. }));
        let answer = ask(&mut recording, at, Question::Byte { place: BytePlace::Rx, offset: 0 }, end);
        assert_eq!(reasons(&answer), ["peer_sent", expected]);
    }
}
