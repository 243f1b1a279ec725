//! Two runs of one script, moment by moment.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::sim::{Experiment, Peer, Scenario, ScriptStep};
use bufferevent::{Callback, Dialect, MarkName, Rule, Step};

use crate::support::lessons;

fn both(scenario: Scenario) -> [Experiment; 2] {
    let first = Experiment::new(scenario);
    let other = first.in_dialect(Dialect::V2_1).unwrap();
    [first, other]
}

/// The lesson in which reading stops at the high mark.
fn tank() -> [Experiment; 2] {
    both(Scenario::first())
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
    for (name, scenario) in lessons::scenarios() {
        let [first, other] = both(scenario);
        let there: Vec<u64> = (0..=end(&first)).map(|at| first.counterpart(at, &other)).collect();
        assert!(there.is_sorted(), "{name}: {there:?}");
        for step in 0..=first.scenario().script.len() {
            let (Some(here), Some(met)) = (first.end_of(step), other.end_of(step)) else { continue };
            assert_eq!(first.counterpart(here, &other), met, "{name}: the end of step {step}");
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

/// The first moments at which both part, so many at most, and the rules of each.
fn first_rules(first: &Experiment, other: &Experiment, most: usize) -> Vec<(u64, Vec<Rule>)> {
    let mut at = 0;
    let mut found = Vec::new();
    while let Some(next) = first.next_difference(at, other)
        && found.len() < most
    {
        found.push((next, first.parted_by(next, other)));
        at = next;
    }
    found
}

fn parted_by(scenario: &str, dialects: [Dialect; 2]) -> Vec<Rule> {
    let mut scenario = Scenario::from_json(scenario).unwrap();
    scenario.dialect = dialects[0];
    let first = Experiment::new(scenario);
    let other = first.in_dialect(dialects[1]).unwrap();
    first_rules(&first, &other, 40).into_iter().flat_map(|(_, rules)| rules).collect()
}

#[test]
fn the_rule_that_made_two_libevents_part_is_found_by_trying_it() {
    let old = [Dialect::V1_4, Dialect::V2_1];
    let full = r#"{"format":1,"dialect":"1.4","bufferevent":{"read":{"high":5}},"script":[{"peer_send":"hello world"},{"turn":2}]}"#;
    let rules = parted_by(full, old);
    for rule in [Rule::HighMark, Rule::Enabling] {
        assert!(rules.contains(&rule), "{rule:?} is not in {rules:?}");
    }
    let end = r#"{"format":1,"dialect":"1.4","script":[{"peer_shutdown":true},{"turn":1}]}"#;
    let rules = parted_by(end, old);
    assert!(rules.contains(&Rule::Failure) && rules.len() < 8, "{rules:?}");
    // The other has one record more, as the last of a step.
    let last = r#"{"format":1,"dialect":"1.4","bufferevent":{"read":{"high":9}},"script":[{"peer_send":"hello"},{"turn":1},{"read":"all"}]}"#;
    let rules = parted_by(last, old);
    assert_eq!(rules.last(), Some(&Rule::HighMark), "{rules:?}");
    let large = format!(
        r#"{{"format":1,"dialect":"2.1","script":[{{"peer_send":"{}"}},{{"turn":3}}]}}"#,
        "x".repeat(9000)
    );
    let rules = parted_by(&large, [Dialect::V2_1, Dialect::V2_2]);
    assert!(!rules.is_empty() && rules.iter().all(|rule| *rule == Rule::ReadLimit), "{rules:?}");
    // Taken the other way round, it is the same rule.
    let rules = parted_by(&large, [Dialect::V2_2, Dialect::V2_1]);
    assert!(!rules.is_empty() && rules.iter().all(|rule| *rule == Rule::ReadLimit), "{rules:?}");
}

#[test]
fn what_stands_beside_what_only_the_other_has_is_put_down_to_its_own_rule() {
    // Below the mark: 1.4 adds its event again, and right there 2.1 compares input with the mark.
    let [first, other] = tank();
    let received = find(&first, |step| matches!(step, Step::Received { .. }));
    let again = first.next_difference(received, &other).unwrap();
    assert!(matches!(first.recording().record_at(again).unwrap().step, Step::EventArmed { .. }), "{again}");
    assert_eq!(first.parted_by(again, &other), [Rule::IoEvents]);
    // The other way round, that comparison is what there is to explain.
    let received = find(&other, |step| matches!(step, Step::Received { .. }));
    let compared = other.next_difference(received - 1, &first).unwrap();
    assert_eq!(other.parted_by(compared, &first), [Rule::HighMark]);
}

#[test]
fn a_run_does_not_part_from_itself_and_no_lesson_makes_a_mixture_panic() {
    for (name, scenario) in lessons::scenarios() {
        let first = Experiment::new(scenario);
        assert_eq!(first.parted_by(3, &first), []);
        for dialect in Dialect::ALL {
            let Ok(other) = first.in_dialect(dialect) else { continue };
            let explained = first_rules(&first, &other, 40);
            let few = |rules: &Vec<Rule>| (1..=4).contains(&rules.len());
            assert!(explained.iter().all(|(_, rules)| few(rules)), "{name} as {dialect}: {explained:?}");
        }
    }
}

/// A read callback that leaves input full is called again by 2.x. A mixture in which the pressure callback of 1.4 stops
/// reading knows no call that is put off, and so has not this one either: that is not why it comes.
#[test]
fn of_two_rules_that_would_do_the_one_that_changes_least_decided() {
    let lesson = lessons::scenarios().into_iter().find(|(name, _)| name.starts_with("stall-spin-deadlock"));
    let mut scenario = lesson.unwrap().1;
    scenario.dialect = Dialect::V2_1;
    let first = Experiment::new(scenario);
    let other = first.in_dialect(Dialect::V1_4).unwrap();
    let deferred = find(&first, |step| matches!(step, Step::CallbackDeferred { .. }));
    assert_eq!(first.next_difference(deferred - 1, &other), Some(deferred));
    assert_eq!(first.parted_by(deferred, &other), [Rule::FullInput]);
    // And where the high mark is compared, which 1.4 does without a word, that is why.
    let compared = find(&first, |step| {
        matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, reached: true, .. })
    });
    assert_eq!(first.parted_by(compared, &other), [Rule::HighMark]);
}

/// What a lesson's own run and those of the other libevents do otherwise, and the rule that each is put down to: where a rule
/// is named first, of the first ten differences.
fn table() -> String {
    use std::fmt::Write as _;
    let mut table = String::from("lesson\tas\tbeside\tstep\tkind\trules\n");
    for lesson in lessons::all() {
        let Some(scenario) = lesson.scenario("lesson") else { continue };
        for (one, two) in Dialect::ALL.iter().flat_map(|one| Dialect::ALL.map(|two| (*one, two))) {
            let scenario = Scenario { dialect: one, ..scenario.clone() };
            if one == two || scenario.check().is_err() {
                continue;
            }
            let first = Experiment::new(scenario);
            let Ok(other) = first.in_dialect(two) else { continue };
            let mut named = Vec::new();
            for (at, rules) in first_rules(&first, &other, 10) {
                let kind = first.recording().record_at(at).unwrap().step.kind();
                if !named.contains(&rules) {
                    let id = lesson.id();
                    writeln!(table, "{id}\t{one}\t{two}\t{at}\t{kind}\t{}", words(&rules)).unwrap();
                    named.push(rules);
                }
            }
        }
    }
    table
}

/// The rules by the names that pages know them by.
fn words(rules: &[Rule]) -> String {
    serde_json::to_string(rules).unwrap().replace(['[', ']', '"'], "")
}

#[test]
fn each_lesson_parts_from_the_other_libevents_by_the_rules_of_the_table() {
    let there = include_str!("compare.tsv");
    let found = table();
    let differs = there.lines().zip(found.lines()).find(|(one, two)| one != two);
    assert!(there == found, "{differs:?} in\n{found}");
}

/// In step 19 of the lesson 2.x stops reading by a bit of its own, and 1.4 by the pressure callback, whatever becomes of the
/// events meanwhile.
#[test]
fn what_stops_reading_is_put_down_to_the_rule_of_the_high_mark_alone() {
    let lessons = lessons::scenarios();
    let (_, scenario) = lessons.iter().find(|(name, _)| name == "stall-spin-deadlock lesson").unwrap();
    let [old, new] = both(Scenario { dialect: Dialect::V1_4, ..scenario.clone() });
    let suspended = find(&new, |step| matches!(step, Step::Suspended { .. }));
    assert_eq!((suspended, new.parted_by(suspended, &old)), (19, vec![Rule::HighMark]));
    let installed = find(&old, |step| matches!(step, Step::PressureInstalled));
    assert_eq!((installed, old.parted_by(installed, &new)), (20, vec![Rule::HighMark]));
}

/// Both end the same pass, whatever they did otherwise in it.
#[test]
fn at_a_record_that_both_have_no_rule_parts_them() {
    let [old, new] = tank();
    for (one, other) in [(&new, &old), (&old, &new)] {
        let ended = find(one, |step| matches!(step, Step::PassEnded { .. }));
        let differs = one.next_difference(0, other).unwrap();
        assert!(differs < ended, "{differs} comes before {ended}");
        assert_eq!(one.parted_by(ended, other), []);
    }
}
