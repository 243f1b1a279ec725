//! What scenarios of format 2 do with the loop: timers, priorities, breaking it off; by the trace.
#![cfg(feature = "sim")]

use super::scenario_2::{happens, happens_in};

#[test]
fn a_timer_runs_once_or_persists() {
    for (persist, expected) in [("false", 1), ("true", 3)] {
        let lines = happens(&format!(
            r#""bufferevents":{{"a":{{}}}},"timers":{{"tick":{{"after_ms":100,"persist":{persist}}}}},
            "script":[{{"turn":1}},{{"advance_ms":100}},{{"turn":1}},{{"advance_ms":100}},{{"turn":1}},{{"advance_ms":100}},{{"turn":1}}]"#
        ));
        assert_eq!(lines, vec![r#"{"cb":"timer","timer":"tick"}"#; expected], "persist {persist}");
    }
}

#[test]
fn timers_are_activated_added_and_deleted() {
    let keys = |script: &str| {
        format!(
            r#""bufferevents":{{"a":{{}}}},"timers":{{"t":{{}},"later":{{"after_ms":50}}}},"script":[{script}]"#
        )
    };
    let t = r#"{"cb":"timer","timer":"t"}"#;
    assert_eq!(happens(&keys(r#"{"activate":"t"},{"turn":2}"#)), [t]);
    assert_eq!(happens(&keys(r#"{"add_timer":"t","after_ms":5},{"advance_ms":5},{"turn":2}"#)), [t]);
    assert!(happens(&keys(r#"{"add_timer":"t"},{"advance_ms":9},{"turn":2}"#)).is_empty(), "it has no time");
    assert!(happens(&keys(r#"{"del_timer":"later"},{"advance_ms":50},{"turn":2}"#)).is_empty());
    assert_eq!(happens(&keys(r#"{"advance_ms":50},{"turn":2}"#)), [r#"{"cb":"timer","timer":"later"}"#]);
}

#[test]
fn a_timer_that_activates_itself_for_ever_is_broken_off() {
    let lines = happens(
        r#""bufferevents":{"a":{}},"timers":{"t":{"do":[[{"activate":"t"}]]}},"script":[{"activate":"t"},{"turn":2}]"#,
    );
    assert_eq!(lines.len(), 102, "50 in each pass");
    assert_eq!(lines[50], r#"{"spin":true}"#);
}

#[test]
fn a_callback_that_sleeps_makes_timers_late() {
    // The timer is added at the time of the pass, not at that of the end of the callback.
    let keys = |wait: u32| {
        format!(
            r#""bufferevents":{{"a":{{"on_read":[[{{"sleep_ms":70}},{{"add_timer":"t"}}]]}}}},"timers":{{"t":{{"after_ms":100}}}},
            "script":[{{"peer_send":"x"}},{{"del_timer":"t"}},{{"turn":1}},{{"advance_ms":{wait}}},{{"turn":1}}]"#
        )
    };
    for dialect in ["1.4", "2.1", "2.2"] {
        let ran = |wait| happens_in(dialect, &keys(wait)).iter().any(|line| line.contains("timer"));
        assert_eq!((ran(29), ran(30)), (false, true), "{dialect}");
    }
}

#[test]
fn priorities_order_what_is_active_in_one_pass() {
    let order = |a: u32, b: u32| -> Vec<String> {
        let lines = happens(&format!(
            r#""bufferevents":{{"a":{{"priority":{a}}},"b":{{"priority":{b}}}}},
            "script":[{{"peer_send":"x","of":"a"}},{{"peer_send":"x","of":"b"}},{{"turn":1}}]"#
        ));
        lines.iter().map(|line| line[7..8].to_owned()).collect()
    };
    assert_eq!(order(0, 1), ["a", "b"], "the more urgent runs first");
    assert_eq!(order(1, 0), ["b", "a"]);
    assert_eq!(order(0, 0), ["a", "b"]);
}

#[test]
fn breaking_the_loop_leaves_what_is_active_for_the_next_pass() {
    let callbacks = |action: &str, turns: u32| {
        let keys = format!(
            r#""bufferevents":{{"a":{{"on_read":[[{{"{action}":true}}]]}},"b":{{}}}},
            "script":[{{"peer_send":"x","of":"a"}},{{"peer_send":"x","of":"b"}},{{"turn":{turns}}}]"#
        );
        happens(&keys).len()
    };
    assert_eq!((callbacks("loop_break", 1), callbacks("loop_break", 2)), (1, 2));
    assert_eq!(callbacks("loop_exit", 1), 2, "the pass goes to its end");
}
