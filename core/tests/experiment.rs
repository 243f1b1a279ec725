//! Experiments: acting at the end adds, acting in the past forks, and nothing runs for ever.
#![cfg(feature = "sim")]

use bufferevent::recording::Recording;
use bufferevent::sim::{
    Act, ActError, Budget, Experiment, KernelSpec, Peer, Place, Scenario, ScriptStep, trace,
};
use bufferevent::{Dialect, Record};

fn lines(recording: &Recording) -> Vec<String> {
    recording.records().map(|record: &Record| serde_json::to_string(record).expect("any record")).collect()
}

fn send(text: &str) -> ScriptStep {
    Peer::Send(text.into()).into()
}

#[test]
fn acting_at_the_end_equals_a_scenario_with_that_step() {
    let mut experiment = Experiment::new(Scenario::tutorial());
    let end = experiment.recording().end_position();
    assert_eq!(experiment.act(end, send("more")), Ok(end));
    experiment.advance().unwrap();
    let mut scenario = Scenario::tutorial();
    scenario.script.extend([send("more"), ScriptStep::Turn(1)]);
    let whole = Experiment::new(scenario.clone());
    assert_eq!(experiment.scenario(), &scenario);
    assert_eq!(lines(experiment.recording()), lines(whole.recording()));
    assert_eq!(experiment.trace(), trace(&scenario));
    assert_eq!(experiment.branches().len(), 1);
}

#[test]
fn acting_in_the_past_keeps_what_was_before_it() {
    let first = Experiment::new(Scenario::first());
    let last_pass = first.end_of(first.scenario().script.len() - 1).unwrap();
    for position in 0..=last_pass {
        let mut experiment = Experiment::new(Scenario::first());
        let at = experiment.act(position, Peer::Reset.into()).unwrap();
        assert!(at >= position);
        let (before, after) = (lines(first.recording()), lines(experiment.recording()));
        assert_eq!(before[..at as usize], after[..at as usize]);
        assert!(after[at as usize].contains("peer_reset"));
        let branches = experiment.branches();
        assert_eq!((branches[1].parent, branches[1].at), (Some(0), at));
        assert_eq!(branches[1].label, r#"{"peer_reset":true}"#);
    }
}

#[test]
fn a_fork_inside_a_turn_ends_with_the_pass_it_lies_in() {
    let mut experiment = Experiment::new(Scenario::tutorial());
    let begins = |number| format!("\"kind\":\"pass_began\",\"pass\":{number},");
    let second = lines(experiment.recording()).iter().position(|line| line.contains(&begins(2))).unwrap();
    let position = second as u64 + 1;
    assert_eq!(experiment.place_of(position), Place { step: 2, passes: 2 });
    experiment.act(position, send("x")).unwrap();
    assert_eq!(experiment.scenario().script[1..], [ScriptStep::Turn(2), send("x")]);
}

#[test]
fn the_other_branch_is_one_call_away() {
    let mut experiment = Experiment::new(Scenario::first());
    let before = lines(experiment.recording());
    experiment.act(20, send("x")).unwrap();
    let forked = lines(experiment.recording());
    experiment.switch_to(0).unwrap();
    assert_eq!(lines(experiment.recording()), before);
    experiment.act(20, send("x")).unwrap();
    assert_eq!((experiment.branches().len(), experiment.current_branch()), (2, 1));
    assert_eq!(lines(experiment.recording()), forked);
    assert_eq!(experiment.switch_to(2), Err(ActError::NoBranch(2)));
}

#[test]
fn adding_to_a_branch_until_it_is_another_goes_to_that_one() {
    let mut experiment = Experiment::new(Scenario::tutorial());
    let length = experiment.recording().end_position();
    let at = experiment.end_of(4).unwrap();
    experiment.act(at, ScriptStep::Turn(2)).unwrap();
    experiment.switch_to(0).unwrap();
    experiment.act(at, ScriptStep::Turn(1)).unwrap();
    assert_eq!(experiment.current_branch(), 0, "it is what the script had there");
    assert_eq!(experiment.recording().end_position(), length);
}

#[test]
fn no_script_runs_for_ever() {
    let mut scenario = Scenario::new(Dialect::V2_1);
    scenario.bufferevents[0].read.high = 5;
    scenario.script = vec![send("hello world"), ScriptStep::Turn(u32::MAX), send("never")];
    let budget = Budget { records: 1000, ..Budget::default() };
    let mut experiment = Experiment::with_budget(scenario.clone(), budget);
    let truncation = experiment.truncated().unwrap();
    assert_eq!(truncation.to_string(), "stopped in step 2 of the script: more than 1000 records");
    assert_eq!(experiment.recording().end_position(), 1000);
    let end = experiment.recording().end_position();
    assert_eq!(experiment.act(end, send("x")), Err(ActError::Full(truncation)));
    assert!(experiment.act(10, send("x")).is_ok(), "earlier there is room");
    let payload = Budget { payload: 8, ..Budget::default() };
    let truncation = Experiment::with_budget(scenario, payload).truncated().unwrap();
    assert_eq!(truncation.to_string(), "stopped in step 1 of the script: more than 8 bytes of payload");
}

#[test]
fn the_last_step_may_use_up_the_budget() {
    let whole = Experiment::new(Scenario::tutorial()).recording().end_position();
    let budget = Budget { records: whole, ..Budget::default() };
    assert_eq!(Experiment::with_budget(Scenario::tutorial(), budget).truncated(), None);
}

#[test]
fn another_dialect_runs_the_same_script() {
    let mut experiment = Experiment::new(Scenario::first());
    experiment.set_dialect(Dialect::V2_1).unwrap();
    let mut scenario = Scenario::first();
    scenario.dialect = Dialect::V2_1;
    assert_eq!(experiment.scenario(), &scenario);
    assert_eq!(lines(experiment.recording()), lines(Experiment::new(scenario).recording()));
    assert_eq!(experiment.branches()[1].label, r#"{"dialect":"2.1"}"#);
    experiment.set_dialect(Dialect::V1_4).unwrap();
    assert_eq!(experiment.current_branch(), 0, "back, rather than a third");
}

#[test]
fn a_dialect_that_lacks_a_setting_says_which() {
    let mut scenario = Scenario::new(Dialect::V2_1);
    scenario.bufferevents[0].read.timeout_ms = 1500;
    let mut experiment = Experiment::new(scenario);
    let error = experiment.set_dialect(Dialect::V1_4).unwrap_err().to_string();
    assert!(error.starts_with("bufferevent.read.timeout_ms: 1500"), "{error}");
    assert_eq!((experiment.branches().len(), experiment.scenario().dialect), (1, Dialect::V2_1));
}

#[test]
fn another_kernel_runs_the_same_script() {
    let mut experiment = Experiment::new(Scenario::first());
    experiment.set_kernel(KernelSpec { rx_capacity: 16, tx_capacity: 8 }).unwrap();
    assert_eq!(experiment.branches()[1].label, r#"{"kernel":{"rx_capacity":16,"tx_capacity":8}}"#);
    let error = experiment.set_kernel(KernelSpec { rx_capacity: 0, tx_capacity: 8 }).unwrap_err();
    assert_eq!(error.to_string(), "kernel.rx_capacity: must be at least 1");
}

#[test]
fn a_step_that_is_not_valid_here_changes_nothing() {
    let mut experiment = Experiment::new(Scenario::first());
    let before = lines(experiment.recording());
    let timeouts = Act::SetTimeouts { read_ms: 1500, write_ms: 0 }.into();
    let end = experiment.recording().end_position();
    assert!(matches!(experiment.act(end, timeouts), Err(ActError::Invalid(_))));
    assert_eq!(lines(experiment.recording()), before);
}

#[test]
fn places_rise_with_positions_and_cover_the_script() {
    let experiment = Experiment::new(Scenario::first());
    let places: Vec<_> =
        (0..=experiment.recording().end_position()).map(|at| experiment.place_of(at)).collect();
    assert!(places.is_sorted());
    assert_eq!(places[0], Place { step: 0, passes: 0 });
    assert_eq!(places.last().unwrap().step, experiment.scenario().script.len());
    assert_eq!(experiment.end_of(experiment.scenario().script.len()), Some(places.len() as u64 - 1));
    assert_eq!(experiment.end_of(99), None);
}

#[test]
fn where_an_action_takes_effect_is_where_acting_then_begins() {
    let first = Experiment::new(Scenario::first());
    let mut passes = 0;
    for position in 0..=first.recording().end_position() {
        let effect = first.effect(position);
        let mut acting = Experiment::new(Scenario::first());
        assert_eq!(acting.act(position, send("x")), Ok(effect.position));
        assert_eq!(acting.branches().len() == 1, effect.at_end);
        let ended =
            lines(first.recording())[..effect.position as usize].last().map(|it| it.contains("pass_ended"));
        assert_eq!(effect.pass.is_some(), ended == Some(true), "at {position}");
        if let Some(pass) = effect.pass {
            let began = format!("\"kind\":\"pass_began\",\"pass\":{pass},");
            assert!(
                lines(first.recording())[..effect.position as usize].iter().any(|line| line.contains(&began))
            );
            passes += 1;
        }
    }
    assert!(passes > 50, "{passes}");
}

#[test]
fn the_ends_of_steps_are_those_that_can_be_asked_one_by_one() {
    let experiment = Experiment::new(Scenario::first());
    let ends = experiment.step_ends();
    assert_eq!(ends.len(), experiment.scenario().script.len() + 1);
    for (step, end) in ends.into_iter().enumerate() {
        assert_eq!(experiment.end_of(step), Some(end));
    }
}

#[test]
fn a_branch_knows_the_marks_that_were_there_before() {
    let mut experiment = Experiment::new(Scenario::first());
    let step = |experiment: &Experiment, text: &str| experiment.scenario().step_from_json(text).unwrap();
    let lower = step(&experiment, r#"{"set_watermark":{"read":{"low":0,"high":8}}}"#);
    experiment.act(40, lower).unwrap();
    assert_eq!(experiment.branches()[1].was, r#"{"set_watermark":{"read":{"high":64,"low":0}}}"#);
    experiment.act(20, send("x")).unwrap();
    assert_eq!(experiment.branches()[2].was, "", "nothing was replaced");
}

#[test]
fn a_branch_that_is_deleted_leaves_its_children_to_its_parent() {
    let mut experiment = Experiment::new(Scenario::first());
    let end = |experiment: &Experiment| experiment.recording().end_position();
    let at = experiment.act(40, send("one")).unwrap();
    let last = end(&experiment);
    experiment.act(last, ScriptStep::Turn(2)).unwrap();
    experiment.act(last + 1, send("two")).unwrap();
    experiment.act(20, send("three")).unwrap();
    let parents = |experiment: &Experiment| -> Vec<_> {
        experiment.branches().iter().map(|branch| branch.parent).collect()
    };
    assert_eq!(parents(&experiment), [None, Some(0), Some(1), Some(2)]);
    let kept = experiment.scenario().clone();

    experiment.delete(1).unwrap();
    assert_eq!(parents(&experiment), [None, Some(0), Some(1)]);
    assert_eq!(experiment.branches()[1].at, at, "no more is shared than the deleted one shared");
    assert_eq!((experiment.current_branch(), experiment.scenario()), (2, &kept));

    // The current one: its parent is looked at.
    experiment.delete(2).unwrap();
    assert_eq!(experiment.current_branch(), 1);
    assert!(lines(experiment.recording()).iter().any(|line| line.contains("two")));
    assert_eq!(experiment.delete(0), Err(ActError::FirstBranch));
    assert_eq!(experiment.delete(2), Err(ActError::NoBranch(2)));
}

#[test]
fn an_edited_scenario_is_a_branch() {
    let mut experiment = Experiment::new(Scenario::first());
    experiment.edit(Scenario::tutorial()).unwrap();
    assert_eq!((experiment.branches().len(), experiment.scenario()), (2, &Scenario::tutorial()));
    experiment.edit(Scenario::first()).unwrap();
    assert_eq!(
        (experiment.branches().len(), experiment.current_branch()),
        (2, 0),
        "the same is no other branch"
    );
}

#[test]
fn an_edit_says_what_differs() {
    let edited = |from: &str, to: &str| {
        let mut experiment = Experiment::new(Scenario::from_json(from).unwrap());
        experiment.edit(Scenario::from_json(to).unwrap()).unwrap();
        let branch = experiment.branches().last().unwrap().clone();
        (branch.label, branch.was)
    };
    let scenario = |high: u32, low: u32, script: &str| {
        format!(
            r#"{{"format":1,"dialect":"2.1","bufferevent":{{"read":{{"low":{low},"high":{high}}}}},"script":{script}}}"#
        )
    };
    let one = scenario(64, 0, r#"[{"peer_send":"a"},{"turn":1}]"#);
    let told = |label: &str, was: &str| (label.to_owned(), was.to_owned());
    assert_eq!(
        edited(&one, &scenario(16, 0, r#"[{"peer_send":"a"},{"turn":1}]"#)),
        told(r#"{"scenario":{"at":"/bufferevent/read/high","is":16}}"#, r#"{"scenario":{"is":64}}"#)
    );
    assert_eq!(
        edited(&one, &scenario(64, 0, r#"[{"peer_send":"b"},{"turn":1}]"#)).0,
        r#"{"scenario":{"at":"/script/0/peer_send","is":"b"}}"#
    );
    assert_eq!(edited(&one, &scenario(64, 0, r#"[{"turn":1}]"#)).0, r#"{"scenario":{"at":"/script"}}"#);
    assert_eq!(
        edited(&one, &scenario(16, 4, r#"[{"peer_send":"a"},{"turn":1}]"#)).0,
        r#"{"scenario":{"at":"/bufferevent/read"}}"#
    );
    assert_eq!(
        edited(&one, &scenario(16, 0, "[]")),
        told(r#"{"scenario":{"at":""}}"#, ""),
        "several things have no one place"
    );
}

#[test]
fn a_saved_experiment_goes_on_where_it_was() {
    let mut experiment = Experiment::new(Scenario::first());
    let step = experiment.scenario().step_from_json(r#"{"set_watermark":{"read":{"high":8}}}"#).unwrap();
    experiment.act(40, step).unwrap();
    experiment.remember(37);
    experiment.set_dialect(Dialect::V2_1).unwrap();
    experiment.remember(5);
    experiment.switch_to(1).unwrap();
    let text = experiment.to_json();
    let again = Experiment::from_json(&text).unwrap();
    assert_eq!(again.branches(), experiment.branches());
    assert_eq!(again.current_branch(), 1);
    assert_eq!(lines(again.recording()), lines(experiment.recording()));
    assert_eq!(again.to_json(), text);
    assert_eq!(text.lines().count(), 2 + 3, "a line a branch");
}

#[test]
fn what_is_no_saved_experiment_is_named() {
    let good = Experiment::new(Scenario::tutorial()).to_json();
    let error = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Experiment::from_json(&good.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert_eq!(error("\"experiment\":1", "\"experiment\":2"), "experiment: must be 1, found 2");
    assert_eq!(error("\"current\":0", "\"current\":1"), "current: there is no branch 1");
    assert_eq!(
        error("\"at\":0", "\"parent\":0"),
        "branches[0].parent: must be the number of a branch before it, but for the first"
    );
    assert_eq!(
        error("\"turn\":", "\"trun\":"),
        "branches[0].scenario.script[1]: unknown key \"trun\"; did you mean \"turn\"?"
    );
    assert_eq!(
        error("\"position\":0", "\"positoin\":0"),
        "branches[0]: unknown key \"positoin\"; did you mean \"position\"?"
    );
    assert_eq!(error("\"position\":0", "\"position\":-1"), "branches[0].position: -1 is below 0");
    assert_eq!(error("\"current\":0,", "\"current\":0,\"current\":0,"), "key \"current\" appears twice");
    // What serde derives would take the values of an object for it.
    let refused = |text: &str| Experiment::from_json(text).unwrap_err().to_string();
    assert_eq!(refused("[1,0,[]]"), "expected an object, found a list");
    let list = r#"{"experiment":1,"current":0,"branches":[[null,0,null,null,0,0,{}]]}"#;
    assert_eq!(refused(list), "branches[0]: expected an object, found a list");
    assert_eq!(refused("7"), "expected an object, found 7");
    assert_eq!(refused("{\"experiment\":1}"), "branches: missing");
    assert!(Experiment::from_json("{\"experiment\":1,\"current\":0,\"branches\":[]}").is_err());
}

#[test]
fn an_error_has_its_line() {
    let text = r#"{
  "format": 1,
  "dialect": "2.1",
  "bufferevent": { "read": {
    "low": 4,
    "high": -1 } },
  "app": { "on_read": [[
    { "read": "all" },
    { "wirte": "a \" { [ ," }
  ]] },
  "script": [
    { "peer_send": "x, [ { \\\" }" },
    { "turn": "often" }
  ],
  "turn": 1
}"#;
    let line = |text: &str| Scenario::from_json(text).unwrap_err().line_in(text);
    let mut at = text.to_owned();
    let mut found = Vec::new();
    for (wrong, right) in
        [("\n  \"turn\": 1", "\n  \"name\": \"\""), ("-1", "1"), ("wirte", "write"), ("\"often\"", "1")]
    {
        found.push(line(&at));
        at = at.replacen(wrong, right, 1);
    }
    found.sort_unstable();
    assert_eq!(found, [6, 9, 13, 15]);
    assert!(Scenario::from_json(&at).is_ok());
    assert_eq!(
        line(&at.replace("\"format\": 1,", "\"format\": 1,\n\n\"format\": 1,")),
        4,
        "the second of two"
    );
    assert_eq!(line(&at.replace("  \"dialect\": \"2.1\",\n", "")), 1, "what lacks it");
    assert_eq!(line(&at.replace("4,", "4")), 6, "where it is no JSON any more");
}
