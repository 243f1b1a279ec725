//! Two runs of one script, moment by moment.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::sim::{Experiment, Peer, Scenario, ScriptStep, lessons};
use bufferevent::{Callback, Dialect, Step};

fn both(scenario: Scenario) -> [Experiment; 2] {
    let first = Experiment::new(scenario);
    let other = first.in_dialect(Dialect::V2_1).unwrap();
    [first, other]
}

/// The lesson in which reading stops at the high mark.
fn tank() -> [Experiment; 2] {
    both(lessons().into_iter().find(|lesson| lesson.number == 5).unwrap().scenario)
}

fn end(experiment: &Experiment) -> u64 {
    experiment.recording().end_position()
}

fn find(experiment: &Experiment, wanted: impl Fn(&Step) -> bool) -> u64 {
    (1..=end(experiment))
        .find(|at| experiment.recording().record_at(*at).is_some_and(|record| wanted(&record.step)))
        .unwrap()
}

#[test]
fn a_run_is_its_own_counterpart() {
    let [first, _] = tank();
    for at in 0..=end(&first) {
        assert_eq!(first.counterpart(at, &first), at);
    }
    assert_eq!(first.next_difference(0, &first), None);
}

#[test]
fn counterparts_never_go_back_and_meet_at_the_end_of_every_step() {
    for lesson in lessons() {
        let [first, other] = both(lesson.scenario);
        let there: Vec<u64> = (0..=end(&first)).map(|at| first.counterpart(at, &other)).collect();
        assert!(there.is_sorted(), "{}: {there:?}", lesson.id);
        for step in 0..=first.scenario().script.len() {
            let (Some(here), Some(met)) = (first.end_of(step), other.end_of(step)) else { continue };
            assert_eq!(first.counterpart(here, &other), met, "{}: the end of step {step}", lesson.id);
        }
    }
}

#[test]
fn the_read_callback_is_entered_in_both() {
    let [first, other] = tank();
    let entered = |step: &Step| matches!(step, Step::CallbackEntered { callback: Callback::Read });
    let (here, there) = (find(&first, entered), find(&other, entered));
    assert_eq!(first.counterpart(here, &other), there);
    assert_eq!(other.counterpart(there, &first), here);
}

#[test]
fn both_part_where_reading_stops() {
    let [first, other] = tank();
    let stops = find(&first, |step| matches!(step, Step::PressureInstalled));
    let mut at = 0;
    let mut parts = Vec::new();
    while let Some(next) = first.next_difference(at, &other) {
        assert!(next > at);
        at = next;
        parts.push(at);
    }
    assert!(parts.contains(&stops), "{stops} is not among {parts:?}");
}

#[test]
fn a_run_that_was_acted_on_is_met_as_far_as_both_go() {
    let [mut first, other] = tank();
    let before = end(&first);
    let shut: ScriptStep = Peer::Shutdown.into();
    first.act(before, shut).unwrap();
    first.advance().unwrap();
    assert!(end(&first) > before);
    assert_eq!(first.counterpart(end(&first), &other), end(&other));
    assert_eq!(other.counterpart(end(&other), &first), first.counterpart(before, &first));
}

#[test]
fn what_a_dialect_lacks_is_said() {
    let mut scenario = Scenario::new(Dialect::V2_1);
    scenario.bufferevents[0].read.timeout_ms = 1500;
    let error = Experiment::new(scenario).in_dialect(Dialect::V1_4).unwrap_err();
    assert!(error.to_string().starts_with("bufferevent.read.timeout_ms"), "{error}");
}
