//! Any text is a scenario or is refused; what runs keeps every invariant, and its records fold without a panic:
//! `cargo +nightly fuzz run scenario` in `core`.
#![no_main]

use bufferevent::Record;
use bufferevent::recording::Picture;
use bufferevent::sim::{Scenario, ScriptStep, Simulation};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut scenario) = Scenario::from_slice(bytes) else { return };
    assert_eq!(Scenario::from_json(&scenario.to_json()).as_ref(), Ok(&scenario));
    for step in &mut scenario.script {
        if let ScriptStep::Turn(passes) = step {
            *passes = (*passes).min(100);
        }
    }
    let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
    let mut picture = Picture::default();
    while simulation.run_step() {
        for record in std::mem::take(simulation.observer_mut()) {
            picture.fold(&record);
        }
    }
});
