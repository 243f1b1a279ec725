//! Every conformance scenario reads, and is written back byte for byte.
#![cfg(feature = "sim")]

use std::fs;
use std::path::Path;

use bufferevent::sim::{Act, Amount, Peer, Program, Scenario, WatermarksSpec};
use bufferevent::{Dialect, Direction, Directions, Errno};

/// The scenarios of one file, as they stand in it.
fn recorded_scenarios(dialect: Dialect, file: &str) -> Vec<String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(dialect.as_str()).join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| scenario_of(line).to_owned()).collect()
}

/// The part of a line before its trace, which always begins with the zeroth state.
fn scenario_of(line: &str) -> &str {
    let rest = line.strip_prefix(r#"{"scenario":"#).expect("a scenario first");
    let (scenario, _trace) = rest.split_once(r#","trace":[{"step":0,"#).expect("then its trace");
    scenario
}

fn round_trip(dialect: Dialect, file: &str) {
    let scenarios = recorded_scenarios(dialect, file);
    assert!(!scenarios.is_empty());
    for text in scenarios {
        let scenario = Scenario::from_json(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(scenario.dialect, dialect);
        assert_eq!(scenario.to_json(), text);
    }
}

#[test]
fn the_edge_scenarios_of_1_4_are_written_as_they_were_read() {
    round_trip(Dialect::V1_4, "edge.jsonl");
}

#[test]
fn the_random_scenarios_of_1_4_are_written_as_they_were_read() {
    round_trip(Dialect::V1_4, "random.jsonl");
}

#[test]
fn the_edge_scenarios_of_2_1_are_written_as_they_were_read() {
    round_trip(Dialect::V2_1, "edge.jsonl");
}

#[test]
fn the_random_scenarios_of_2_1_are_written_as_they_were_read() {
    round_trip(Dialect::V2_1, "random.jsonl");
}

#[test]
fn the_scenarios_of_2_2_are_written_as_they_were_read() {
    for file in ["edge.jsonl", "random.jsonl", "oracle.jsonl"] {
        round_trip(Dialect::V2_2, file);
    }
}

#[test]
fn a_scenario_built_in_code_reads_back_as_it_was() {
    let marks = |low, high| Some(WatermarksSpec { low, high });
    let calls: Program = Some(vec![vec![Act::Free.into()], vec![], vec![Act::Read(Amount::UpTo(0)).into()]]);
    let mut scenario = Scenario::new(Dialect::V2_1);
    scenario.name = "quotes \" and \u{0} and é".to_owned();
    scenario.title = Some("A title".to_owned());
    scenario.bufferevents[0].enable = Directions::NONE;
    (scenario.bufferevents[0].on_read, scenario.bufferevents[0].on_write) = (calls, None);
    scenario.script = vec![
        Act::SetWatermark { read: marks(1, 2), write: marks(0, u32::MAX) }.into(),
        Act::SetWatermark { read: None, write: None }.into(),
        Act::Disable(Directions::BOTH).into(),
        Peer::Inject { op: Direction::Write, errno: Errno::TimedOut, times: 0 }.into(),
    ];
    assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario));
}

#[test]
fn the_tutorial_reads_back_as_it_was() {
    let tutorial = Scenario::tutorial();
    assert_eq!(Scenario::from_json(&tutorial.to_json()), Ok(tutorial));
}
