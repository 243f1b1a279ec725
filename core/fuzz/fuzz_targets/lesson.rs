//! Any text is a lesson or is refused; whatever a lesson says of itself can be checked, within its budget, and each way to repair
//! its program can be tried.
#![no_main]

use bufferevent::sim::{Budget, Change, Experiment, Lesson};
use bufferevent_fuzz::document;
use bufferevent_fuzz::seeds::LESSONS;
use libfuzzer_sys::fuzz_target;

const BUDGET: Budget = Budget { records: 2_000, bytes: 1 << 20, payload: 1 << 20, filtered: 1 << 20 };

fuzz_target!(|bytes: &[u8]| {
    let Some(text) = document::text(bytes, &LESSONS) else { return };
    let lesson = match Lesson::from_json(&text) {
        Ok(lesson) => lesson,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    // Not that it is the same: of a number with many digits the last may be another.
    assert!(Lesson::from_json(&lesson.to_json()).is_ok(), "what was written can be read");
    for problem in lesson.check().problems {
        assert!(!problem.to_string().is_empty());
    }
    for dialect in lesson.dialects() {
        let _ = lesson.facts(*dialect);
    }
    let scenarios: Vec<_> = lesson.scenarios().map(|it| it.1.clone()).collect();
    for scenario in scenarios {
        let mut experiment = Experiment::with_budget(scenario, BUDGET);
        let _ = lesson.predictions(&mut experiment);
        let _ = lesson.tasks(experiment.recording_mut(), u64::MAX);
    }
    for change in [Change::Number(0), Change::Number(u32::MAX), Change::Option("all".into())] {
        let _ = lesson.repair(&[("high".into(), change)], None);
    }
});
