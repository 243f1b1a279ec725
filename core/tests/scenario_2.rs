//! What scenarios of format 2 do: one test for each row of what they need, by the trace.
#![cfg(feature = "sim")]

use bufferevent::sim::{Scenario, trace};

/// The trace without its states, of a 2.1 scenario with these keys.
pub(super) fn happens(keys: &str) -> Vec<String> {
    happens_in("2.1", keys)
}

pub(super) fn happens_in(dialect: &str, keys: &str) -> Vec<String> {
    let mut lines = lines(dialect, keys);
    lines.retain(|line| !line.contains(r#""step":"#));
    lines
}

fn lines(dialect: &str, keys: &str) -> Vec<String> {
    let text = format!(r#"{{"format":2,"dialect":"{dialect}",{keys}}}"#);
    let scenario = Scenario::from_json(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    trace(&scenario).iter().map(ToString::to_string).collect()
}

/// The last state of this bufferevent.
fn last_state(lines: &[String], of: &str) -> String {
    let start = format!(r#"{{"of":"{of}","step":"#);
    lines.iter().rfind(|line| line.starts_with(&start)).expect(of).clone()
}

#[test]
fn each_line_names_whom_it_is_about_and_each_has_a_state() {
    let lines = lines(
        "2.1",
        r#""bufferevents":{"a":{},"b":{"pair_with":"c"},"c":{}},
        "script":[{"peer_send":"hello","of":"a"},{"turn":1},{"write":"hi","of":"b"},{"turn":1}]"#,
    );
    assert_eq!(
        lines[3..8],
        [
            r#"{"of":"a","step":1,"in":0,"out":0,"rx":5,"tx":0,"enabled":["read","write"],"armed":["read"]}"#,
            r#"{"of":"b","step":1,"in":0,"out":0,"enabled":["read","write"],"armed":[]}"#,
            r#"{"of":"c","step":1,"in":0,"out":0,"enabled":["read","write"],"armed":[]}"#,
            r#"{"of":"a","cb":"read","in":5,"out":0}"#,
            r#"{"of":"a","step":2,"in":5,"out":0,"rx":0,"tx":0,"enabled":["read","write"],"armed":["read"]}"#,
        ]
    );
    let callbacks: Vec<&String> = lines.iter().filter(|line| line.contains(r#""cb""#)).collect();
    assert_eq!(
        callbacks[1..],
        [r#"{"of":"c","cb":"read","in":2,"out":0}"#, r#"{"of":"b","cb":"write","in":0,"out":0}"#]
    );
}

#[test]
fn a_proxy_holds_back_what_the_slow_side_does_not_take() {
    let keys = r#""bufferevents":{
        "client":{"read":{"high":4096},"on_read":[[{"move_to":"server"},
            {"if":{"output_of":"server","at_least":8192},
             "then":[{"disable":["read"]},{"set_watermark":{"write":{"low":4096}},"of":"server"}]}]]},
        "server":{"socket":{"tx_capacity":1000},"on_write":[[{"enable":["read"],"of":"client"}]]}},
        "script":[{"peer_send":"SENT","of":"client"},{"turn":30},{"peer_recv":20000,"of":"server"},{"turn":30}SCRIPT]"#;
    let keys = keys.replace("SENT", &"x".repeat(30_000));
    let held = lines("2.1", &keys.replace("SCRIPT", ""));
    let client = last_state(&held, "client");
    assert!(client.contains(r#""enabled":["write"],"armed":[]"#), "{client}");
    assert!(client.contains(r#""rx":21808"#), "most of it stays in the kernel: {client}");
    let drained = r#",{"peer_recv":20000,"of":"server"},{"turn":1}"#.repeat(60);
    let resumed = lines("2.1", &keys.replace("SCRIPT", &drained));
    assert!(resumed.iter().any(|line| line.starts_with(r#"{"of":"server","cb":"write""#)));
    let client = last_state(&resumed, "client");
    assert!(client.contains(r#""enabled":["read","write"]"#), "{client}");
}

#[test]
fn a_line_is_read_when_it_is_whole_and_each_one_where_it_repeats() {
    let keys = |repeat: &str| {
        format!(
            r#""bufferevents":{{"a":{{"on_read":[[{{"readline":"crlf",{repeat}"then":[{{"write_line":"> "}}]}}]]}}}},
            "script":[{{"peer_send":"one\r\ntwo\nthr"}},{{"turn":2}},{{"peer_recv":99}},{{"peer_send":"ee\n"}},{{"turn":2}},{{"peer_recv":99}}]"#
        )
    };
    let received = |repeat| -> Vec<String> {
        happens(&keys(repeat)).into_iter().filter(|line| line.contains("peer_recv")).collect()
    };
    let line = |text: &str| format!(r#"{{"of":"a","peer_recv":"{text}"}}"#);
    assert_eq!(received(r#""repeat":true,"#), [line(r"> one\n> two\n"), line(r"> three\n")]);
    assert_eq!(received(""), [line(r"> one\n"), line(r"> two\n")]);
}

#[test]
fn conditions_ask_about_lengths_lines_flags_and_counts() {
    let keys = |condition: &str, send: &str| {
        format!(
            r#""bufferevents":{{"a":{{"on_read":[[{{"if":{{{condition}}},"then":[{{"write":"yes"}}],"else":[{{"write":"no"}}]}}]],"on_write":null}},
            "b":{{}}}},"timers":{{"t":{{"after_ms":5}}}},
            "script":[{{"advance_ms":5}},{{"peer_send":"B","of":"b"}},{{"write":"12345","of":"b"}},{{"turn":1}},{{"write":"12345","of":"b"}},
            {{"peer_send":"{send}","of":"a"}},{{"turn":2}},{{"peer_recv":9,"of":"a"}}]"#
        )
    };
    for (condition, send, expected) in [
        (r#""input_at_least":3"#, "abc", "yes"),
        (r#""input_at_least":3"#, "ab", "no"),
        (r#""input_at_least":1,"of":"b""#, "ab", "yes"),
        (r#""input_of":"b","at_least":2"#, "ab", "no"),
        (r#""output_of":"b","at_least":5"#, "ab", "yes"),
        (r#""output_of":"b","at_least":6"#, "ab", "no"),
        (r#""line_there":"crlf""#, r"ab\n", "yes"),
        (r#""line_there":"crlf_strict""#, r"ab\n", "no"),
        (r#""count_of":1"#, "a", "yes"),
        (r#""count_of":2"#, "a", "no"),
        (r#""count_of":"on_read","at_least":1,"of":"b""#, "a", "yes"),
        (r#""count_of":"t","at_least":1"#, "a", "yes"),
        (r#""count_of":"t","at_least":2"#, "a", "no"),
        (r#""input_at_least":1,"count_of":2"#, "a", "no"),
    ] {
        let lines = happens(&keys(condition, send));
        let expected = format!(r#"{{"of":"a","peer_recv":"{expected}"}}"#);
        assert_eq!(lines.last(), Some(&expected), "{condition}, {send}");
    }
}

#[test]
fn an_event_callback_asks_which_flags_it_has() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_event":[[{"if":{"event_has":["reading","eof"]},"then":[{"write":"bye"}]}]]}},
        "script":[{"peer_shutdown":true},{"turn":2},{"peer_recv":9}]"#,
    );
    assert_eq!(lines[0], r#"{"of":"a","cb":"event","what":17,"in":0,"out":0}"#);
    assert_eq!(lines.last().map(String::as_str), Some(r#"{"of":"a","peer_recv":"bye"}"#));
}

#[test]
fn triggered_callbacks_run_inside_the_call() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_write":[[{"write":"w"}],[]],"on_event":[[{"free":true}]]}},
        "script":[{"trigger":["read","write"]},{"trigger_event":"eof","defer":true},{"turn":1}]"#,
    );
    assert_eq!(
        lines,
        [
            r#"{"of":"a","cb":"read","in":0,"out":0}"#,
            r#"{"of":"a","cb":"write","in":0,"out":0}"#,
            r#"{"of":"a","cb":"event","what":16,"in":0,"out":1}"#,
        ]
    );
}

#[test]
fn a_callback_that_triggers_itself_ends() {
    let keys = r#""bufferevents":{"a":{"on_read":[[{"trigger":"read","ignore_watermarks":true}]]}},"#;
    let outside = happens(&format!(r#"{keys}"script":[{{"trigger":"read"}},{{"peer_send":"x"}}]"#));
    assert_eq!(outside.len(), 101);
    assert_eq!(outside.last().map(String::as_str), Some(r#"{"spin":true}"#));
    let inside = happens(&format!(r#"{keys}"script":[{{"peer_send":"x"}},{{"turn":1}}]"#));
    assert_eq!(inside.len(), 101);
}

#[test]
fn a_connection_is_made_or_refused_at_once_or_later() {
    let keys = |connect: &str, script: &str| {
        format!(
            r#""bufferevents":{{"a":{{"connect":"{connect}","on_write":null}}}},"script":[{script}{{"turn":2}}]"#
        )
    };
    let event = |what: u32| format!(r#"{{"of":"a","cb":"event","what":{what},"in":0,"out":0}}"#);
    assert_eq!(happens(&keys("accepted", "")), [event(128)]);
    assert_eq!(happens(&keys("refused", "")), [event(32)]);
    assert!(happens(&keys("pending", r#"{"turn":2},"#)).is_empty());
    assert_eq!(happens(&keys("pending", r#"{"turn":1},{"peer_accept":true},"#)), [event(128)]);
    assert_eq!(happens(&keys("pending", r#"{"turn":1},{"peer_refuse":true},"#)), [event(32)]);
    assert_eq!(happens(&keys("pending", r#"{"turn":1},{"peer_reset":true},"#)), [event(32)]);
    let state = last_state(&lines("2.1", &keys("pending", "")), "a");
    assert!(state.ends_with(r#""armed":["read","write"],"connecting":true}"#), "{state}");
}

#[test]
fn connecting_what_is_connected_is_refused_and_what_was_refused_begins_anew() {
    let again = r#""bufferevents":{"a":{"connect":"pending"}},"script":[{"connect":"accepted"},
        {"peer_refuse":true},{"turn":1},{"connect":"accepted"},{"turn":1},{"connect":"accepted"}]"#;
    let lines = happens(again);
    let what: Vec<&str> = lines.iter().map(|line| line.trim_start_matches(r#"{"of":"a","#)).collect();
    let refused = r#""refused":"connect"}"#;
    assert_eq!(what.first(), Some(&refused));
    assert_eq!(what.last(), Some(&refused));
    assert!(what.contains(&r#""cb":"event","what":128,"in":0,"out":0}"#), "{what:?}");
}

#[test]
fn a_peer_sees_how_its_socket_was_closed() {
    let keys = |close: bool, script: &str| {
        format!(
            r#""bufferevents":{{"a":{{"close_on_free":{close}}}}},"script":[{script}{{"free":true}},{{"turn":1}}]"#
        )
    };
    assert_eq!(happens(&keys(true, "")), [r#"{"of":"a","peer_sees":"end"}"#]);
    let unread = happens(&keys(true, r#"{"peer_send":"x"},"#));
    assert_eq!(unread, [r#"{"of":"a","peer_sees":"reset"}"#]);
    assert!(happens(&keys(false, r#"{"peer_send":"x"},"#)).is_empty());
    assert!(happens(&keys(true, r#"{"peer_reset":true},"#)).is_empty(), "the peer knows");
    let freed = last_state(&lines("2.1", &keys(true, "")), "a");
    assert_eq!(freed, r#"{"of":"a","step":2,"freed":true,"rx":0,"tx":0}"#);
}

#[test]
fn deferred_callbacks_and_bounds_of_single_reads_are_the_bufferevents_own() {
    let keys =
        r#""bufferevents":{"a":{"max_single_read":4}},"script":[{"peer_send":"0123456789"},{"turn":2}]"#;
    let lines = happens(keys);
    assert_eq!(
        lines,
        [r#"{"of":"a","cb":"read","in":4,"out":0}"#, r#"{"of":"a","cb":"read","in":8,"out":0}"#]
    );
    let changed = happens(
        r#""bufferevents":{"a":{}},"script":[{"max_single_read":3},{"max_single_write":2},{"peer_send":"0123456789"},
        {"write":"abcdef"},{"turn":1},{"peer_recv":9}]"#,
    );
    assert_eq!(
        changed,
        [
            r#"{"of":"a","cb":"read","in":3,"out":0}"#.replace("\"out\":0", "\"out\":4"),
            r#"{"of":"a","peer_recv":"ab"}"#.into()
        ]
    );
}

#[test]
fn callbacks_can_be_taken_away_and_set_again() {
    let lines = happens(
        r#""bufferevents":{"a":{}},"script":[{"set_callbacks":["event"]},{"peer_send":"x"},{"turn":1},
        {"set_callbacks":["read"]},{"peer_send":"y"},{"turn":1}]"#,
    );
    assert_eq!(lines, [r#"{"of":"a","cb":"read","in":2,"out":0}"#]);
}

#[test]
fn buffers_are_edited_as_evbuffers_are() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_read":[[{"peek":2},{"drain":2},{"prepend":"ab"},{"write_buffer":"x"},{"echo":"> "}]]}},
        "script":[{"peer_send":"0123"},{"turn":2},{"peer_recv":99}]"#,
    );
    assert_eq!(lines.last().map(String::as_str), Some(r#"{"of":"a","peer_recv":"x> ab23"}"#));
}

#[test]
fn what_is_done_to_a_freed_bufferevent_is_nothing() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_read":[[{"free":true},{"write":"x"},{"move_to":"b"}]]},"b":{}},
        "script":[{"peer_send":"x","of":"a"},{"turn":1},{"move_to":"a","of":"b"},{"connect":"accepted","of":"a"},
        {"readline":"lf","of":"a"},{"turn":1}]"#,
    );
    assert_eq!(lines, [r#"{"of":"a","cb":"read","in":1,"out":0}"#]);
}

#[test]
fn a_scenario_stops_at_its_own_limits_too() {
    use bufferevent::NoObserver;
    use bufferevent::sim::{Budget, Simulation};
    let run = |limits: &str, budget: Budget| {
        let text = format!(
            r#"{{"format":2,"dialect":"2.1","limits":{{{limits}}},"bufferevents":{{"a":{{}}}},"script":[{{"peer_send":"0123456789"}},{{"turn":99}}]}}"#
        );
        let mut simulation = Simulation::with_budget(Scenario::from_json(&text).unwrap(), NoObserver, budget);
        while simulation.run_step() {}
        simulation.truncation().map(|cut| cut.to_string())
    };
    let stopped =
        |what: &str, step: u32| Some(format!("stopped in step {step} of the script: more than {what}"));
    assert_eq!(run(r#""records":20"#, Budget::default()), stopped("20 records", 2));
    assert_eq!(run(r#""bytes":9"#, Budget::default()), stopped("9 buffered bytes", 1));
    let smaller = Budget { records: 5, ..Budget::default() };
    assert_eq!(run(r#""records":20"#, smaller), stopped("5 records", 2));
    assert_eq!(run("", Budget::default()), None);
}

#[test]
fn filters_change_what_passes() {
    let keys = |filters: &str| {
        format!(
            r#""bufferevents":{{"f":{{"filter_over":"a",{filters},"on_read":[[{{"echo":"> "}}]]}},"a":{{}}}},
            "script":[{{"peer_send":"uryyb","of":"a"}},{{"turn":3}},{{"peer_recv":99,"of":"a"}}]"#
        )
    };
    let received = |filters: &str| happens(&keys(filters)).pop();
    let line = |text: &str| Some(format!(r#"{{"of":"a","peer_recv":"{text}"}}"#));
    assert_eq!(received(r#""input_filter":"rot13","output_filter":"double""#), line(">>  hheelllloo"));
    assert_eq!(received(r#""output_filter":"frame""#), line("7:> uryyb"));
    assert_eq!(received(r#""input_filter":"hold""#), line(""));
}

#[test]
fn evbuffer_callbacks_tell_what_was_added_and_taken() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_input":[[]],"on_output":[[]],"on_read":[[{"drain":2},{"write":"abc"}]],"on_write":null}},
        "script":[{"peer_send":"hello"},{"turn":1}]"#,
    );
    assert_eq!(
        lines,
        [
            r#"{"of":"a","cb":"input","added":5,"deleted":0,"in":5,"out":0}"#,
            r#"{"of":"a","cb":"read","in":5,"out":0}"#,
            r#"{"of":"a","cb":"input","added":0,"deleted":2,"in":3,"out":0}"#,
            r#"{"of":"a","cb":"output","added":3,"deleted":0,"in":3,"out":3}"#,
        ]
    );
}

#[test]
fn a_flush_lets_go_what_is_held_and_a_broken_pair_refuses_it() {
    let held = happens(
        r#""bufferevents":{"f":{"filter_over":"a","output_filter":"hold"},"a":{}},
        "script":[{"write":"x","of":"f"},{"turn":2},{"peer_recv":9,"of":"a"},{"flush":"finished","of":"f"},{"turn":2},{"peer_recv":9,"of":"a"}]"#,
    );
    let received: Vec<&String> = held.iter().filter(|line| line.contains("peer_recv")).collect();
    assert_eq!(received, [r#"{"of":"a","peer_recv":""}"#, r#"{"of":"a","peer_recv":"x"}"#]);
    let alone = happens(
        r#""bufferevents":{"a":{"pair_with":"b"},"b":{}},"script":[{"free":true,"of":"b"},{"turn":1},{"flush":"flush","of":"a"}]"#,
    );
    assert_eq!(alone, [r#"{"of":"a","refused":"flush"}"#]);
}

#[test]
fn an_evbuffer_callback_that_writes_to_its_buffer_ends() {
    let lines = happens(
        r#""bufferevents":{"a":{"on_output":[[{"write":"x"}]]}},"script":[{"write":"x"},{"turn":1}]"#,
    );
    assert!(lines.contains(&r#"{"spin":true}"#.to_owned()), "{}", lines.len());
}

#[test]
fn the_deepest_that_is_allowed_fits_the_stack_of_a_page() {
    let nested = |depth: usize| {
        let inner = r#"{"trigger":"read","ignore_watermarks":true}"#;
        let (open, close) = (r#"{"if":{"count_of":1},"then":["#.repeat(depth), "]}".repeat(depth));
        format!(
            r#""bufferevents":{{"a":{{"on_read":[[{open}{inner}{close}]]}}}},"script":[{{"peer_send":"x"}},{{"turn":1}}]"#
        )
    };
    let deepest = nested(8);
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let lines = small.spawn(move || happens(&deepest)).unwrap().join().unwrap();
    assert_eq!(lines.len(), 101);
    let text = format!(r#"{{"format":2,"dialect":"2.1",{}}}"#, nested(9));
    let error = Scenario::from_json(&text).unwrap_err().to_string();
    assert!(error.ends_with("actions stand in each other more than 8 deep"), "{error}");
}

#[test]
fn what_is_moved_is_sent_in_every_dialect() {
    let keys = r#""bufferevents":{"a":{"on_read":[[{"move_to":"b"}]]},"b":{}},
        "script":[{"peer_send":"m","of":"a"},{"turn":2},{"peer_recv":9,"of":"b"}]"#;
    for dialect in ["1.4", "2.1", "2.2"] {
        let lines = happens_in(dialect, keys);
        assert!(
            lines.contains(&r#"{"of":"b","cb":"write","in":0,"out":0}"#.to_owned()),
            "{dialect}: {lines:?}"
        );
        assert_eq!(lines.last().map(String::as_str), Some(r#"{"of":"b","peer_recv":"m"}"#), "{dialect}");
    }
}
