//! The schema and the reader agree on shapes: what is read is valid, and what has another shape is not. Here, and not beside
//! the reader, for what it takes to validate is compiled once so: with each set of the engine's features it would be again.

use std::fs;
use std::path::Path;

use bufferevent::sim::{Scenario, schema};
use jsonschema::Validator;
use serde_json::{Value, json};

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is one")
}

/// The text of every file in the folders of this one of the project's.
fn files(folder: &str) -> impl Iterator<Item = String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let folders = fs::read_dir(folder).unwrap().flatten().filter(|it| it.path().is_dir());
    let files = folders.flat_map(|it| fs::read_dir(it.path()).unwrap().flatten());
    files.map(|file| fs::read_to_string(file.path()).unwrap())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Every scenario that was recorded of the real libraries.
fn recorded() -> Vec<Value> {
    let is_scenario = |line: &&str| line.starts_with(r#"{"scenario":"#);
    let scenarios = |text: String| -> Vec<Value> {
        text.lines().filter(is_scenario).map(|line| json(line)["scenario"].take()).collect()
    };
    files("core/tests/conformance").flat_map(scenarios).collect()
}

/// Every scenario of a lesson, as its author wrote it.
fn taught() -> Vec<Value> {
    files("lessons").map(|text| json(&text)).filter(|json| json.get("script").is_some()).collect()
}

/// One of format 2 in which most keys are.
fn program() -> Value {
    json!({
        "format": 2, "dialect": "2.1", "priorities": 2, "limits": { "records": 10 },
        "bufferevents": {
            "a": { "socket": { "rx_capacity": 5 }, "connect": "pending", "read": { "high": 10 }, "deferred": true,
                "on_read": [[
                    { "if": { "output_of": "b", "at_least": 3 }, "then": [{ "write": "x" }], "else": [] },
                    { "readline": "crlf", "repeat": true, "then": [{ "write_line": { "bytes": "\u{ff}" } }] },
                    { "trigger": "read", "defer": true }, { "trigger_event": ["eof"] }, { "drain": "all" },
                ]], "on_write": null },
            "b": { "filter_over": "a", "input_filter": "rot13" },
        },
        "timers": { "t": { "after_ms": 5, "do": [[{ "add_timer": "t", "after_ms": 3 }]] } },
        "script": [{ "peer_send": "x", "of": "a" }, { "peer_accept": true, "of": "a" }, { "turn": 3.0 }],
    })
}

#[test]
fn what_is_read_is_valid() {
    let validator = validator();
    let (recorded, taught) = (recorded(), taught());
    assert!(recorded.len() > 1500 && taught.len() > 60, "{} and {}", recorded.len(), taught.len());
    for scenario in recorded.into_iter().chain(taught).chain([program()]) {
        let read = Scenario::from_json(&scenario.to_string()).unwrap();
        assert!(validator.is_valid(&scenario), "{scenario}");
        let canonical = json(&read.to_json());
        assert!(validator.is_valid(&canonical), "{canonical}");
    }
}

#[test]
fn what_has_another_shape_is_refused_by_both() {
    let validator = validator();
    let breaks: [fn(&mut Value); 19] = [
        |it| it["format"] = json!(3),
        |it| it["dialect"] = json!("1.5"),
        |it| drop(it.as_object_mut().unwrap().remove("bufferevents")),
        |it| it["colour"] = json!(1),
        |it| it["priorities"] = json!(0),
        |it| it["limits"]["records"] = json!(0.5),
        |it| it["bufferevents"]["a"]["socket"]["rx_capacity"] = json!(0),
        |it| it["bufferevents"]["a"]["socket"]["rx_capacity"] = json!(4_294_967_296_u64),
        |it| it["bufferevents"]["a"]["connect"] = json!("maybe"),
        |it| it["bufferevents"]["a"]["deferred"] = json!("yes"),
        |it| it["bufferevents"]["a"]["on_read"][0][0]["of"] = json!("a"),
        |it| it["bufferevents"]["a"]["on_read"][0][1]["then"][0]["write_line"]["bytes"] = json!("\u{100}"),
        |it| it["bufferevents"]["a"]["on_read"][0][2]["then"] = json!([]),
        |it| it["bufferevents"]["a"]["on_read"][0][3] = json!({ "trigger_event": ["oef"] }),
        |it| it["bufferevents"]["a"]["on_read"][0][4] = json!({ "drain": "most" }),
        |it| it["bufferevents"][""] = json!({}),
        |it| it["timers"]["t"]["do"] = json!(null),
        |it| it["script"][0] = json!({}),
        |it| it["script"][1] = json!({ "peer_accept": true, "peer_refuse": true, "of": "a" }),
    ];
    for (at, break_it) in breaks.iter().enumerate() {
        let mut scenario = program();
        break_it(&mut scenario);
        assert!(Scenario::from_json(&scenario.to_string()).is_err(), "the reader takes break {at}");
        assert!(!validator.is_valid(&scenario), "the schema takes break {at}");
    }
}
