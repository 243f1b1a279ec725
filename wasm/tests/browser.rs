//! In a browser: what reaches JavaScript.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bufferevent_wasm::{Lesson, Live, Recording, Simulation, default_scenario};
use js_sys::{Array, Error, Function, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn simulation() -> Simulation {
    Simulation::new(&default_scenario().into()).expect("it comes with the package")
}

fn json(value: &JsValue) -> String {
    JSON::stringify(value).expect("a plain object").into()
}

fn message(error: impl Into<JsValue>) -> String {
    error.into().dyn_into::<Error>().expect("an Error").message().into()
}

#[wasm_bindgen_test]
fn a_picture_is_a_plain_object_with_lists() {
    let mut simulation = simulation();
    let end = simulation.length();
    let picture = simulation.picture(end).unwrap();
    let connections: Array = Reflect::get(&picture, &"connections".into()).unwrap().unchecked_into();
    let valve = Reflect::get(&Reflect::get(&connections.get(0), &"valves".into()).unwrap(), &"read".into());
    assert_eq!(valve.unwrap(), JsValue::from("open"));
    assert!(
        picture.is_instance_of::<Object>()
            && Object::get_prototype_of(&picture) == Object::get_prototype_of(&Object::new())
    );
}

#[wasm_bindgen_test]
fn positions_that_are_not_there_are_no_danger() {
    let mut simulation = simulation();
    for position in [-1.0, 0.5, f64::INFINITY, 1e300] {
        simulation.picture(position).unwrap();
        simulation.series(position, u32::MAX.into(), Some(position), Some(position)).unwrap();
        simulation.records(position, 0.0).unwrap();
        simulation.next(position, &"callback".into(), None).unwrap();
        simulation.previous(position, &"callback".into()).unwrap();
        assert!(simulation.place_of(position).unwrap() <= 8.0);
        assert!(simulation.end_of(position).unwrap() <= Some(simulation.length()));
    }
    assert_eq!(simulation.record(0.0).unwrap(), JsValue::UNDEFINED);
    assert_eq!(simulation.record(1e300).unwrap(), JsValue::UNDEFINED);
}

#[wasm_bindgen_test]
fn what_is_no_number_is_no_position() {
    let (mut simulation, other, nan) = (simulation(), simulation(), f64::NAN);
    let refused = [
        simulation.picture(nan).map(drop),
        simulation.connection(nan, 1.0).map(drop),
        simulation.connection(0.0, nan).map(drop),
        simulation.record(nan).map(drop),
        simulation.records(0.0, nan).map(drop),
        simulation.next(nan, &"callback".into(), None).map(drop),
        simulation.next(0.0, &"callback".into(), Some(nan)).map(drop),
        simulation.previous(nan, &"callback".into()).map(drop),
        simulation.series(1.0, 10.0, Some(nan), None).map(drop),
        simulation.act(nan, &r#"{"turn":1}"#.into()).map(drop),
        simulation.effect(nan).map(drop),
        simulation.remember(nan),
        simulation.place_of(nan).map(drop),
        simulation.memory(nan).map(drop),
        simulation.running(nan).map(drop),
        simulation.end_of(nan).map(drop),
        simulation.counterpart(nan, &other).map(drop),
        simulation.next_difference(nan, &other).map(drop),
        simulation.path(nan).map(drop),
        simulation.why(nan, 1.0, &r#"{"kind":"called","callback":"read"}"#.into()).map(drop),
    ];
    for refused in refused {
        assert_eq!(message(refused.unwrap_err()), "the position is no number");
    }
}

#[wasm_bindgen_test]
fn a_count_is_a_whole_number_and_never_another_one() {
    let mut simulation = simulation();
    let bad = [
        (-1.0, "-1"),
        (0.5, "0.5"),
        (4_294_967_297.0, "4294967297"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
    ];
    for (bad, named) in bad {
        let refused = [
            ("the branch", simulation.switch_to(bad)),
            ("the branch", simulation.delete_branch(bad)),
            ("the receive queue's size", simulation.set_kernel(bad, 9.0).map(drop)),
            ("the send queue's size", simulation.set_kernel(7.0, bad).map(drop)),
            ("the number of buckets", simulation.series(1.0, bad, None, None).map(drop)),
        ];
        for (what, refused) in refused {
            let message = message(refused.unwrap_err());
            assert_eq!(message, format!("{what} is {named}, and no whole number from 0 to 4294967295"));
        }
    }
}

#[wasm_bindgen_test]
fn a_question_is_an_object_or_its_text_and_anything_else_an_error_in_words() {
    let mut simulation = simulation();
    let end = simulation.length();
    let text = r#"{"kind":"called","callback":"read"}"#;
    let answer = json(&simulation.why(end, 1.0, &JSON::parse(text).unwrap()).unwrap());
    assert!(answer.starts_with(r#"{"reasons":[{"reason":"called","position":"#), "{answer}");
    assert_eq!(json(&simulation.why(end, 1.0, &text.into()).unwrap()), answer);
    assert_eq!(json(&simulation.why(end, 9.0, &text.into()).unwrap()), r#"{"reasons":[],"uncertain":false}"#);
    for bad in [JsValue::UNDEFINED, 3.into(), "".into(), JSON::parse(r#"{"kind":"fate"}"#).unwrap()] {
        let message = message(simulation.why(end, 1.0, &bad).unwrap_err());
        assert!(message.starts_with("this is no question: "), "{message}");
    }
}

#[wasm_bindgen_test]
fn a_recording_is_the_simulation_it_was_made_of() {
    let mut simulation = simulation();
    let mut recording = Recording::new(&simulation.export_recording().unwrap().into()).unwrap();
    assert_eq!(recording.damage(), None);
    for position in 0..=simulation.length() as u32 {
        let position = f64::from(position);
        assert_eq!(json(&recording.picture(position).unwrap()), json(&simulation.picture(position).unwrap()));
    }
}

#[wasm_bindgen_test]
fn a_recording_is_read_as_it_was_written_whatever_its_letters() {
    let scenario = r#"{"format":2,"dialect":"2.1","bufferevents":{"größe":{}},
        "script":[{"peer_send":"Grüße, 世界","of":"größe"},{"turn":1}]}"#;
    let mut simulation = Simulation::new(&scenario.into()).unwrap();
    let written = simulation.export_recording().unwrap();
    assert!(written.contains("größe"));
    let mut recording = Recording::new(&written.into()).unwrap();
    let end = simulation.length();
    assert_eq!(json(&recording.picture(end).unwrap()), json(&simulation.picture(end).unwrap()));
}

#[wasm_bindgen_test]
fn errors_are_errors_with_a_message_for_people() {
    let refused =
        Simulation::new(&r#"{"format":1,"dialect":"1.4","script":[{"turn":-1}]}"#.into()).unwrap_err();
    assert_eq!(message(refused), "script[0].turn: -1 is below 0");
    assert!(
        message(Recording::new(&"no recording".into()).unwrap_err()).starts_with("line 1: not the header")
    );
    assert!(!message(Live::new(&"nowhere:".into(), &Function::new_no_args("")).unwrap_err()).is_empty());
}

/// A lesson of one question, with everything inline.
const LESSON: &str = r#"{"format":1,"number":0,"id":"one","test":true,"predictions":[{"id":"room","kind":"number",
    "scenario":{"format":1,"dialect":"1.4","script":[{"peer_send":"abc"},{"turn":1}]},
    "ask":{"before":"kind:received"},"figure":"in","at":{"at":"kind:received"},"wrong":[{"id":"none","value":0}]}],
    "facts":{"sent":{"figure":"rx","at":{"at":"kind:peer_sent"},"scenario":"room"}},"texts":{}}"#;

#[wasm_bindgen_test]
fn a_lesson_is_an_object_or_its_text_and_anything_else_an_error_in_words() {
    let object = JSON::parse(LESSON).unwrap();
    for lesson in [JsValue::from(LESSON), object.clone()] {
        let lesson = Lesson::new(&lesson).unwrap();
        let mut simulation = Simulation::new(&lesson.scenario(&"room".into()).unwrap().into()).unwrap();
        let asked = json(&lesson.predictions(&mut simulation).unwrap());
        assert!(asked.contains(r#""answer":3,"wrong":[{"id":"none","value":0}]"#), "{asked}");
        assert_eq!(json(&lesson.facts(&"2.1".into()).unwrap()), r#"{"sent":3}"#);
        assert_eq!(json(&lesson.tasks(&mut simulation, 0.0).unwrap()), "[]");
        let nothing = message(lesson.repair(&Object::new(), &JsValue::UNDEFINED).unwrap_err());
        assert_eq!(nothing, "repair: this lesson has nothing to repair");
        assert!(message(lesson.facts(&"9".into()).unwrap_err()).starts_with("\"9\" is not one of"));
    }
    let circle = Object::new();
    Reflect::set(&circle, &"lesson".into(), &circle).unwrap();
    for bad in [JsValue::UNDEFINED, 3.into(), "".into(), circle.into(), JSON::parse("[]").unwrap()] {
        let message = message(Lesson::new(&bad).unwrap_err());
        assert!(
            ["lesson.json: ", "this is no lesson: "].iter().any(|start| message.starts_with(start)),
            "{message}"
        );
    }
    Reflect::set(&object, &"taks".into(), &JsValue::NULL).unwrap();
    let typo = message(Lesson::new(&object).unwrap_err());
    assert_eq!(typo, "lesson.json: unknown key \"taks\"; did you mean \"tasks\"?");
}
