//! The scenarios that real libevents played.

use bufferevent::sim::Scenario;
use serde_json::Value;

/// Of one bufferevent in every dialect: written by hand, and drawn at random.
pub(crate) const SHORT: [&str; 6] =
    ["1.4/edge", "1.4/random", "2.1/edge", "2.1/random", "2.2/edge", "2.2/random"];

/// Those of these files of `tests/conformance`, which are named without their ending.
pub(crate) fn scenarios<'a>(files: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Scenario> {
    files.into_iter().flat_map(|file| {
        let path = format!("{}/tests/conformance/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("part of the project");
        let scenario = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            Scenario::from_json(&line["scenario"].to_string()).expect("valid")
        };
        text.lines().map(scenario).collect::<Vec<_>>()
    })
}
