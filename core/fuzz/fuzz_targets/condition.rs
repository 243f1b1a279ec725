//! Any text is a condition or is refused; what it finds forwards it finds backwards.
#![no_main]

use std::cell::RefCell;

use bufferevent::recording::{Condition, Figure, Recording};
use bufferevent::sim::{Experiment, Scenario};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static RECORDING: RefCell<Recording> =
        RefCell::new(std::mem::take(Experiment::new(Scenario::first()).recording_mut()));
}

fuzz_target!(|text: &str| {
    if let Ok(figure) = text.parse::<Figure>() {
        assert_eq!(figure.to_string().parse(), Ok(figure));
    }
    let condition: Condition = match text.parse() {
        Ok(condition) => condition,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    RECORDING.with_borrow_mut(|recording| {
        let mut found = Vec::new();
        let mut at = recording.start_position();
        while let Some(next) = recording.next_match(at, &condition) {
            found.push(next);
            at = next;
        }
        let mut at = u64::MAX;
        while let Some(previous) = recording.previous_match(at, &condition) {
            assert_eq!(found.pop(), Some(previous));
            at = previous;
        }
        assert!(found.is_empty());
    });
});
