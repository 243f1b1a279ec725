//! The engine's trace of each conformance scenario equals the one that real libevent produced, object by object.
#![cfg(feature = "sim")]

use bufferevent::sim::{Scenario, trace};
use serde_json::Value;

/// Every scenario of this dialect's recorded file whose trace differs, with the first difference.
fn differences(file: &str) -> (usize, Vec<String>) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(file);
    let text = std::fs::read_to_string(path).expect("the recorded traces are part of the project");
    let mut compared = 0;
    let mut differences = Vec::new();
    for line in text.lines() {
        let recorded: Value = serde_json::from_str(line).expect("a recorded line is JSON");
        let scenario =
            Scenario::from_json(&recorded["scenario"].to_string()).expect("a recorded scenario is valid");
        let ours: Vec<Value> = trace(&scenario)
            .iter()
            .map(|line| serde_json::from_str(&line.to_string()).expect("a trace line is JSON"))
            .collect();
        let theirs = recorded["trace"].as_array().expect("a recorded trace is a list");
        compared += 1;
        if &ours != theirs {
            let at = ours.iter().zip(theirs).take_while(|(ours, theirs)| ours == theirs).count();
            let shown = |lines: &[Value]| lines.get(at).map_or_else(|| "nothing".into(), Value::to_string);
            let (ours, theirs) = (shown(&ours), shown(theirs));
            differences.push(format!("{}: line {at}: libevent {theirs}, engine {ours}", scenario.name));
        }
    }
    (compared, differences)
}

fn assert_equal(file: &str, expected: usize) {
    let (compared, differences) = differences(file);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(compared, expected, "every recorded scenario was compared");
}

#[test]
fn edge_cases_of_1_4_trace_as_libevent_1_4_15() {
    assert_equal("1.4/edge.jsonl", 142);
}

#[test]
fn random_scenarios_of_1_4_trace_as_libevent_1_4_15() {
    assert_equal("1.4/random.jsonl", 300);
}

#[test]
fn edge_cases_of_2_1_trace_as_libevent_2_1_12() {
    assert_equal("2.1/edge.jsonl", 144);
}

#[test]
fn random_scenarios_of_2_1_trace_as_libevent_2_1_12() {
    assert_equal("2.1/random.jsonl", 300);
}

#[test]
fn edge_cases_of_long_reads_trace_as_libevent_2_1_12() {
    assert_equal("2.1/edge-long-reads.jsonl", 29);
}

#[test]
fn edge_cases_of_2_2_trace_as_libevent_2_2_1_alpha() {
    assert_equal("2.2/edge.jsonl", 173);
}

#[test]
fn random_scenarios_of_2_2_trace_as_libevent_2_2_1_alpha() {
    assert_equal("2.2/random.jsonl", 300);
}

/// Those of 2,000 random scenarios in which 2.2 does otherwise than 2.1, as far as they are small.
#[test]
fn random_scenarios_that_set_2_2_apart_trace_as_libevent_2_2_1_alpha() {
    assert_equal("2.2/oracle.jsonl", 115);
}

/// What `cargo xtask oracle` found: one line for each scenario on which the engine once differed from libevent.
#[test]
fn what_the_live_oracle_found_traces_as_libevent_2_1_12() {
    assert_equal("2.1/oracle.jsonl", 23);
}

#[test]
fn programs_of_format_2_trace_as_libevent_2_1_12() {
    assert_equal("2.1/format-2.jsonl", 319);
}

/// Each for one behaviour of several bufferevents, timers, the loop and their buffers.
#[test]
fn edge_cases_of_format_2_trace_as_libevent_1_4_15() {
    assert_equal("1.4/edge-format-2.jsonl", 53);
}

/// The same and what only 2.x has: pairs, filters, connecting, deferred callbacks, triggers.
#[test]
fn edge_cases_of_format_2_trace_as_libevent_2_1_12() {
    assert_equal("2.1/edge-format-2.jsonl", 96);
}

#[test]
fn edge_cases_of_format_2_trace_as_libevent_2_2_1_alpha() {
    assert_equal("2.2/edge-format-2.jsonl", 96);
}

/// Which fires first of many that have one time.
#[test]
fn programs_of_timers_trace_as_each_libevent() {
    for dialect in ["1.4", "2.1", "2.2"] {
        assert_equal(&format!("{dialect}/timers.jsonl"), 20);
    }
}
