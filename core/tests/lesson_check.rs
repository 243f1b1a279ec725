//! The check of lessons sees what is wrong, each sort of it, and says where.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::Dialect;
use bufferevent::sim::{Change, Experiment, Lesson};
use serde_json::{Value, json};

use crate::support::lessons;

/// The low watermark's lesson, all of it inline.
fn whole() -> Value {
    let lesson = lessons::all().into_iter().find(|lesson| lesson.id() == "low-watermark").unwrap();
    serde_json::from_str(&lesson.to_json()).unwrap()
}

/// What is said of the lesson when this is changed in it.
fn problems(change: impl FnOnce(&mut Value)) -> String {
    let mut lesson = whole();
    change(&mut lesson);
    match Lesson::from_json(&lesson.to_string()) {
        Err(error) => error.to_string(),
        Ok(lesson) => lesson.check().problems.iter().map(|problem| format!("{problem}\n")).collect(),
    }
}

fn set(pointer: &str, value: Value) -> String {
    problems(|lesson| {
        *lesson.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is not there")) = value;
    })
}

fn remove(pointer: &str, key: &str) -> String {
    problems(|lesson| {
        lesson.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key).expect("it is there");
    })
}

fn add(pointer: &str, key: &str, value: Value) -> String {
    problems(|lesson| {
        lesson.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    })
}

fn assert_says(said: &str, expected: &[&str]) {
    for part in expected {
        assert!(said.contains(part), "expected {part:?} in\n{said}");
    }
}

#[test]
fn the_lesson_itself_has_no_problem() {
    assert_eq!(problems(|_| ()), "");
}

#[test]
fn keys_names_and_conditions_are_refused_with_the_nearest() {
    assert_says(&add("", "tsks", json!([])), &["lesson.json: unknown key \"tsks\"", "\"tasks\""]);
    assert_says(
        &set("/predictions/1/ask", json!({"befor": "in>=16"})),
        &["predictions[1].ask", "\"before\""],
    );
    assert_says(
        &set("/predictions/1/ask/before", json!("in>=higth")),
        &["predictions[1].ask.before", "\"high\""],
    );
    assert_says(&set("/predictions/1/kind", json!("chose")), &["predictions[1].kind", "\"choose\""]);
    assert_says(
        &add("/predictions/1", "figure", json!("in")),
        &["predictions[1]", "does not go with \"choose\""],
    );
    assert_says(&set("/tasks/1/when/0", json!("callback:raed")), &["tasks[1].when[0]", "\"read\""]);
    assert_says(&set("/tasks/1/when/0", json!("of:proxy")), &["tasks[1]", "no bufferevent \"proxy\""]);
    assert_says(&set("/tasks/1/id", json!("held")), &["tasks: \"held\" is there twice"]);
    assert_says(&set("/facts/high/scenario", json!("braek")), &["facts.high", "\"break\""]);
    assert_says(&set("/scenario/script/1", json!({"trun": 1})), &["scenario.script[1]", "\"turn\""]);
    assert_says(&set("/repair/fields/0/path", json!("/script/0")), &["repair.fields[0].path: the script"]);
    assert_says(&set("/repair/goals/2/end", json!("callback:read")), &["repair.goals[2].end", "at the end"]);
    assert_says(&set("/texts/en/predictions/held/why_not", json!({"stya": "x"})), &["why_not", "\"stay\""]);
}

#[test]
fn an_answer_that_the_run_does_not_give_is_seen() {
    assert_says(
        &set("/predictions/0/wrong/0/value", json!(0)),
        &["predictions[0]", "\"stay\" is right in 1.4"],
    );
    assert_says(&set("/predictions/2/wrong/1/value", json!(0)), &["predictions[2]: two wrong numbers are 0"]);
    assert_says(&set("/predictions/2/wrong/2/setting", json!("/kernel")), &["/kernel leads to no number"]);
    assert_says(&set("/predictions/0/figure", json!("high")), &["high is not known there"]);
    assert_says(
        &set("/predictions/0/ask/before", json!("event:eof")),
        &["predictions[0]: the run does not come"],
    );
    assert_says(&set("/predictions/1/choices/0/when", json!("callback:read")), &["both right"]);
    let nobody = json!([{"id": "exactly", "when": "in>100"}, {"id": "never", "when": "in>101"}]);
    assert_says(&set("/predictions/1/choices", nobody), &["none of the choices is right"]);
    let swapped = problems(|lesson| lesson["predictions"].as_array_mut().unwrap().swap(0, 2));
    assert_says(&swapped, &["predictions[1]: is asked before the one before it"]);
}

#[test]
fn a_task_is_done_by_the_run_or_by_acting_and_not_by_both() {
    assert_says(
        &set("/tasks/1/when/0", json!("event:eof")),
        &["tasks[1]: only 0 of 1 conditions", "(in 2.2)"],
    );
    assert_says(&add("/tasks/1", "acted", json!(true)), &["tasks[1]: is done by the run alone"]);
    assert_says(&set("/tasks/3/acted", json!([{"turn": 1}])), &["tasks[3]: acting so meets only 0 of 2"]);
    assert_says(&set("/tasks/3/acted", json!([{"trun": 1}])), &["tasks[3].acted[0]", "\"turn\""]);
    assert_says(
        &set("/tasks/3/acted", json!([{"set_timeouts": {"read_ms": 5}}, {"turn": 1}])),
        &["tasks[3]"],
    );
}

#[test]
fn a_break_shows_what_the_lesson_does_not() {
    assert_says(
        &set("/break/shows", json!({"happens": "callback:read"})),
        &["break.shows: the broken run does not show it", "break.shows: the lesson's own run shows it too"],
    );
}

#[test]
fn a_repair_fails_unchanged_and_holds_by_its_solutions_alone() {
    assert_says(
        &set("/repair/scenario/bufferevent/read/high", json!(16)),
        &["unchanged holds", "take \"all\" holds"],
    );
    assert_says(
        &set("/repair/solutions/0", json!({"high": 13})),
        &["solutions[0]: high 13 misses \"heard\" with input 0"],
    );
    assert_says(&set("/repair/solutions/0", json!({"low": 12})), &["low 12 misses \"whole\""]);
    assert_says(&set("/repair/solutions/0", json!({"hihg": 16})), &["no field \"hihg\"", "\"high\""]);
    assert_says(&set("/repair/solutions/0", json!({"high": 16, "low": 3})), &["changes exactly one field"]);
    assert_says(&set("/repair/fields/0/path", json!("/bufferevent/raed/high")), &["leads to nothing"]);
    assert_says(
        &set("/repair/inputs/0/0", json!({"peer_sned": "x"})),
        &["repair.inputs[0].script[0]", "\"peer_send\""],
    );
}

#[test]
fn a_number_in_a_text_that_is_no_fact_and_a_text_that_is_not_there_are_seen() {
    assert_says(&set("/texts/zh/goal", json!("等 16 字节")), &["texts.zh.goal: \"16\" is a number"]);
    assert_says(&set("/texts/en/goal", json!("{mrak} bytes")), &["texts.en.goal", "\"mark\""]);
    assert_says(&remove("/texts/zh/tasks", "left"), &["texts.zh.tasks.left: missing"]);
    assert_says(&remove("/texts/en/predictions/header/why_not", "never"), &["why_not.never: missing"]);
    assert_says(&remove("/texts/en/predictions/header/choices", "all"), &["choices.all: missing"]);
    assert_says(
        &set("/texts/en/tasks/held/missing", json!(["one"])),
        &["tasks.held.missing", "2 conditions"],
    );
    assert_says(&set("/texts/en/remember", json!(["one"])), &["texts.en.remember: three lines"]);
    assert_says(&add("/texts/en", "dialects", json!("They agree.")), &["texts.zh.dialects: missing"]);
    assert_says(&add("/facts", "idle", json!({"figure": "in"})), &["facts.idle: no text names it"]);
    assert_says(
        &set("/facts/all", json!({"value": 21, "happens": "in==22"})),
        &["facts.all: what is to prove"],
    );
}

#[test]
fn a_lesson_has_all_its_parts_and_is_short() {
    for part in ["tasks", "repair"] {
        assert_says(&remove("", part), &[&format!("lesson.json: {part}: missing")]);
    }
    let whole_only = problems(|lesson| {
        lesson.as_object_mut().unwrap().remove("break").unwrap();
        lesson["facts"] = json!({});
    });
    assert_says(&whole_only, &["lesson.json: break: missing"]);
    let same = problems(|lesson| {
        lesson["predictions"].as_array_mut().unwrap().truncate(1);
    });
    assert_says(&same, &["predictions: a lesson has at least two, of different kinds"]);
    assert_says(&set("/dialects", json!(["2.1"])), &["dialects: the scenario's own"]);
    assert_says(&set("/scenario/script/0/peer_send", json!("x".repeat(40))), &["predictions"]);
    let script: Vec<Value> = (0..90).map(|_| json!({"peer_send": "x"})).collect();
    assert_says(&set("/scenario/script", json!(script)), &["moments to look at are more than 80"]);
    let turns: Vec<Value> = (0..500).map(|_| json!({"turn": 1})).collect();
    assert_says(&set("/scenario/script", json!(turns)), &["records are more than 2000"]);
}

#[test]
fn a_file_that_is_not_there_or_lies_elsewhere_is_named() {
    let read = |rules: &str| {
        Lesson::read(rules.as_bytes(), &mut |name| match name {
            "en.json" => Ok(b"{\"title\": 3}".to_vec()),
            "broken.json" => Ok(b"{".to_vec()),
            _ => Err("No such file".to_owned()),
        })
        .unwrap_err()
        .to_string()
    };
    let rules = |scenario: &str, texts: &str| {
        json!({"format": 1, "number": 0, "id": "x", "scenario": scenario, "predictions": [], "texts": {"en": texts}})
            .to_string()
    };
    assert_eq!(
        read(&rules("there.json", "en.json")),
        "lesson.json: scenario: the file \"there.json\": No such file"
    );
    assert_says(
        &read(&rules("../up.json", "en.json")),
        &["lesson.json: scenario: \"../up.json\" names no file"],
    );
    assert_says(&read(&rules("broken.json", "en.json")), &["broken.json: line 1, column 1"]);
    let inline = json!({"format": 1, "number": 0, "id": "x", "predictions": [], "texts": {"en": "en.json"}});
    assert_says(&read(&inline.to_string()), &["en.json: ", "title: expected a string, found 3"]);
}

#[test]
fn what_a_page_asks_is_answered_in_each_libevent() {
    let lesson = Lesson::from_json(&whole().to_string()).unwrap();
    for dialect in Dialect::ALL {
        let mut run =
            Experiment::new(lesson.scenario("lesson").unwrap().clone()).in_dialect(dialect).unwrap();
        let asked = lesson.predictions(&mut run);
        assert_eq!(asked.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["held", "header", "rest"]);
        assert!(asked.iter().all(|it| it.ask < it.at && it.at <= it.until), "{asked:?}");
        let end = run.recording().end_position();
        let done = |furthest: u64, run: &mut Experiment| {
            let tasks = lesson.tasks(run.recording_mut(), furthest);
            tasks.into_iter().filter(|task| task.is_done()).map(|task| task.id).collect::<Vec<_>>()
        };
        assert_eq!(done(0, &mut run), [""; 0]);
        assert_eq!(done(end, &mut run), ["held", "called", "left"]);
        let low = run.scenario().step_from_json(r#"{"set_watermark":{"read":{"low":4}}}"#).unwrap();
        run.act(10, low).unwrap();
        assert_eq!(lesson.predictions(&mut run), [], "that is another experiment now");
    }
    let changes = Change::from_json(r#"{"take":"all"}"#).unwrap();
    let repaired = lesson.repair(&changes, Some(Dialect::V2_1)).unwrap();
    assert!(!repaired.holds() && repaired.scenarios.len() == 3);
    assert!(repaired.failed.iter().any(|failure| failure.input == 2 && failure.goal == "heard"));
    assert!(lesson.repair(&Change::from_json(r#"{"high":16}"#).unwrap(), None).unwrap().holds());
    for (changes, problem) in [
        (r#"{"high":-1}"#, "high: -1 is below 0"),
        (r#"{"high":1.5}"#, "high: expected a whole number, found 1.5"),
        (r#"{"high":null}"#, "high: expected a whole number or the id of an option, found null"),
        (r#"[]"#, "expected an object, found a list"),
    ] {
        assert_eq!(Change::from_json(changes).unwrap_err().to_string(), problem);
    }
    let refused =
        |changes: &str| lesson.repair(&Change::from_json(changes).unwrap(), None).unwrap_err().to_string();
    assert_eq!(refused(r#"{"high":"all"}"#), "high: a number is typed here");
    assert_eq!(refused(r#"{"take":3}"#), "take: one of its options is chosen here");
    assert_eq!(refused(r#"{"take":"al"}"#), "there is no option \"al\"; did you mean \"all\"?");
}

#[test]
fn a_prediction_in_a_scenario_of_several_says_which_it_is_about() {
    let lesson = |of: &str, figure: &str| {
        let mut prediction = json!({"id": "fill", "kind": "number", "ask": {"before": "kind:received"},
            "scenario": {"format": 2, "dialect": "2.1", "bufferevents": {"near": {"socket": {}}, "far": {"socket": {}}},
                "script": [{"of": "near", "peer_send": "hello"}, {"turn": 1}]},
            "figure": figure, "at": {"at": "kind:pass_ended"}, "wrong": [{"id": "one", "value": 1}]});
        if !of.is_empty() {
            prediction["of"] = json!(of);
        }
        json!({"format": 1, "number": 0, "id": "two", "test": true, "dialects": ["2.1"], "predictions": [prediction],
            "texts": {"en": {"title": "t", "asked": "a", "goal": "g", "predictions": {"fill":
                {"question": "q", "because": "b", "why_not": {"one": "w"}}}}}})
    };
    let said = |of, figure| match Lesson::from_json(&lesson(of, figure).to_string()) {
        Err(error) => error.to_string(),
        Ok(lesson) => {
            let report = lesson.check();
            report
                .problems
                .iter()
                .map(ToString::to_string)
                .chain(report.findings.iter().map(|it| it.is.clone()))
                .collect()
        }
    };
    assert_says(&said("near", "in"), &["asked at", ": 5, seen at"]);
    assert_says(&said("far", "in"), &[": 0, seen at"]);
    assert_says(&said("", "near.in"), &[": 5, seen at"]);
    assert_says(&said("", "in"), &["predictions[0]: in is not known there: is it said of which bufferevent"]);
    assert_says(&said("naer", "in"), &["predictions[0]: there is no bufferevent \"naer\"", "\"near\""]);
    assert_says(&said("", "fra.in"), &["no bufferevent \"fra\"", "\"far\""]);
}

/// A lesson may come from anywhere: whatever stands at a place of it is refused in words, or harmless.
#[test]
fn no_value_at_any_place_makes_the_check_panic() {
    let whole = whole();
    let mut places = Vec::new();
    pointers(&whole, "", &mut places);
    places.retain(|place| !place.starts_with("/texts/"));
    assert!(places.len() > 150, "{}", places.len());
    let odd = [json!(null), json!(-1), json!(""), json!([]), json!({}), json!([[{}]])];
    for (place, value) in places.iter().flat_map(|place| odd.iter().map(move |value| (place, value))) {
        let mut lesson = whole.clone();
        *lesson.pointer_mut(place).unwrap() = value.clone();
        if let Ok(lesson) = Lesson::from_json(&lesson.to_string()) {
            drop(lesson.check());
        }
    }
}

/// The way to every value within.
fn pointers(value: &Value, at: &str, places: &mut Vec<String>) {
    places.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), places));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| pointers(value, &format!("{at}/{index}"), places));
        }
        _ => {}
    }
}
