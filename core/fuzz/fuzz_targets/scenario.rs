//! Any text is a scenario or is refused. What runs keeps every invariant and its budget, its records fold to the engine's state,
//! and it comes back as it was saved.
#![no_main]

use bufferevent::sim::{Budget, Experiment, Scenario};
use bufferevent_fuzz::document;
use bufferevent_fuzz::seeds::SCENARIOS;
use libfuzzer_sys::fuzz_target;

const BUDGET: Budget = Budget { records: 5_000, bytes: 1 << 20, payload: 1 << 20, filtered: 1 << 20 };

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = document::text(bytes, &SCENARIOS) else { return };
    let scenario = match Scenario::from_json(&text) {
        Ok(scenario) => scenario,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(Scenario::from_json(&scenario.to_json()).as_ref(), Ok(&scenario));
    let _ = (scenario.as_c(), scenario.as_lines());
    let mut experiment = Experiment::with_budget(scenario, BUDGET);
    let recording = experiment.recording_mut();
    assert!(recording.end_position() <= BUDGET.records);
    let end = recording.end().clone();
    recording.seek(0);
    assert_eq!(*recording.seek(u64::MAX), end);
    if experiment.truncated().is_none() {
        let saved = Experiment::from_json(&experiment.to_json()).expect("what was saved can be read");
        assert_eq!(saved.to_json(), experiment.to_json());
    }
});
