//! The words of conditions: what each finds, what each refuses, and that it costs no picture where none is needed.
#![cfg(feature = "sim")]

use bufferevent::recording::{BadCondition, Condition, Figure, Picture};
use bufferevent::sim::{Experiment, Scenario};

fn condition(text: &str) -> Condition {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn run(scenario: &str) -> Experiment {
    Experiment::new(Scenario::from_json(scenario).unwrap_or_else(|error| panic!("{scenario}: {error}")))
}

/// Every position that matches, with the kind of its record.
fn found(experiment: &mut Experiment, text: &str) -> Vec<(u64, &'static str)> {
    let condition = condition(text);
    let recording = experiment.recording_mut();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(position) = recording.next_match(at, &condition) {
        at = position;
        found.push((at, recording.record_at(at).expect("it matched").step.kind()));
    }
    let mut backwards = Vec::new();
    let mut at = recording.end_position() + 1;
    while let Some(position) = recording.previous_match(at, &condition) {
        at = position;
        backwards.push(position);
    }
    backwards.reverse();
    assert_eq!(backwards, found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), "{text}, backwards");
    found
}

fn kinds(experiment: &mut Experiment, text: &str) -> Vec<&'static str> {
    found(experiment, text).into_iter().map(|(_, kind)| kind).collect()
}

/// Echo behind a high mark; the peer ends.
fn echo() -> Experiment {
    run(r#"{"format":1,"dialect":"2.1","bufferevent":{"read":{"low":2,"high":8}},
        "app":{"on_read":[[],[{"read":"all"}]],"on_event":[[]]},
        "script":[{"peer_send":"abcd"},{"turn":1},{"peer_send":"efghijkl"},{"turn":1},{"turn":1},
        {"peer_shutdown":true},{"turn":1}]}"#)
}

/// Two bufferevents with names, and a timer.
fn two() -> Experiment {
    run(r#"{"format":2,"dialect":"2.1","bufferevents":{
        "near":{"socket":{},"on_read":[[{"move_to":"far"}]]},"far":{"socket":{}}},
        "timers":{"late":{"after_ms":1500,"do":[[]]}},
        "script":[{"of":"near","peer_send":"hello"},{"turn":2},{"advance_ms":1500},{"turn":1}]}"#)
}

#[test]
fn while_need_not_have_become_true() {
    let mut echo = echo();
    assert_eq!(kinds(&mut echo, "in>=4").len(), 2, "at each rise");
    let holds = found(&mut echo, "while in>=4");
    let rises = found(&mut echo, "in>=4");
    assert!(holds.len() > rises.len() && holds[0] == rises[0]);
    assert_eq!(kinds(&mut echo, "callback:read and while in==4"), ["callback_entered"; 2]);
    assert_eq!(kinds(&mut echo, "callback:read and while in==5"), [""; 0]);
    // The loop's own records are of no bufferevent: of the only one, then.
    assert_eq!(kinds(&mut echo, "kind:pass_ended and while in==4"), ["pass_ended"]);
    assert!(kinds(&mut two(), "kind:pass_ended and while in>=0").is_empty(), "of which of the two?");
}

#[test]
fn a_valve_is_found_where_it_comes_to_stand_so() {
    let mut echo = echo();
    let shut = found(&mut echo, "valve:read=high_mark");
    assert_eq!(shut.len(), 1, "{shut:?}");
    assert!(found(&mut echo, "while valve:read=high_mark").len() > 1);
    let opened = found(&mut echo, "valve:read=open and while read_callbacks>1");
    assert!(opened.iter().all(|(at, _)| *at > shut[0].0) && !opened.is_empty());
}

#[test]
fn flags_timers_names_and_steps_are_found() {
    let mut echo = echo();
    assert_eq!(kinds(&mut echo, "event:eof"), ["callback_entered"]);
    assert_eq!(kinds(&mut echo, "event:reading+eof"), ["callback_entered"]);
    assert!(kinds(&mut echo, "event:writing+eof").is_empty());
    assert!(kinds(&mut echo, "kind:peer_sent and step:1").len() == 1);
    assert!(kinds(&mut echo, "kind:peer_sent and step:2").is_empty());
    assert_eq!(kinds(&mut echo, "kind:created and step:0 and dialect:2.1"), ["created"]);
    assert!(kinds(&mut echo, "dialect:1.4").is_empty());

    let mut two = two();
    assert_eq!(kinds(&mut two, "timer:late"), ["callback_entered"]);
    assert!(kinds(&mut two, "timer:early").is_empty());
    assert_eq!(kinds(&mut two, "callback:read and of:near"), ["callback_entered"]);
    assert!(kinds(&mut two, "callback:read and of:far").is_empty());
    assert_eq!(kinds(&mut two, "far.out>=5").len(), 1);
    assert_eq!(kinds(&mut two, "kind:received and while near.in==5 and while far.out==0").len(), 1);
    assert_eq!(kinds(&mut two, "time_ms>=1500"), ["clock_advanced"]);
    assert_eq!(kinds(&mut two, "pass>=3").len(), 1);
    assert!(kinds(&mut two, "with connection=1 and of:near").len() > 3);
}

#[test]
fn a_field_is_compared_as_it_stands_in_a_recording() {
    let mut echo = echo();
    assert_eq!(kinds(&mut echo, "kind:received and with payload.len=4").len(), 3);
    assert_eq!(kinds(&mut echo, "kind:received and with payload.bytes=abcd").len(), 1);
    assert_eq!(
        kinds(&mut echo, "kind:watermark_checked and with mark=read_low and with reached=true").len(),
        3
    );
    assert_eq!(kinds(&mut echo, "with callback.event=17 and kind:callback_entered").len(), 1);
    assert_eq!(kinds(&mut echo, "kind:suspended and with bits=1").len(), 1);
    assert!(kinds(&mut echo, "kind:received and with payload.size=4").is_empty());
}

#[test]
fn counts_marks_and_the_peer_are_figures() {
    let mut echo = echo();
    for (text, count) in [
        ("read_callbacks>=2", 1),
        ("event_callbacks==1", 1),
        ("peer_sent>=12", 1),
        ("enabled_read==0", 2),
        ("enabled_write==1", 1),
        ("write_high>0", 0),
        ("high==8", 1),
        ("low==2", 1),
    ] {
        assert_eq!(kinds(&mut echo, text).len(), count, "{text}");
    }
    let picture = echo.recording().end().clone();
    let figure = |text: &str| text.parse::<Figure>().expect("it is a figure").read(&picture, None);
    assert_eq!((figure("read_callbacks"), figure("peer_sent"), figure("high")), (Some(3), Some(12), Some(8)));
    assert_eq!((figure("7"), figure("write_high"), figure("other.in")), (Some(7), None, None));
    assert_eq!("other.peer_received".parse::<Figure>().expect("a figure").to_string(), "other.peer_received");
}

#[test]
fn a_condition_of_states_holds_of_a_picture() {
    let echo = echo();
    let end = echo.recording().end();
    let holds = |text: &str, picture: &Picture| condition(text).holds(picture);
    assert_eq!(holds("in==0 and rx==0", end), Some(true));
    assert_eq!(holds("in==0 and rx==1", end), Some(false));
    assert_eq!(holds("callback:read and in==0", end), None, "a picture calls nobody");
    let two = two();
    let end = two.recording().end();
    assert_eq!(holds("of:near and in==0 and read_callbacks==1", end), Some(true));
    assert_eq!(holds("of:far and read_callbacks==1", end), Some(false));
    assert_eq!(holds("of:nobody and in==0", end), Some(false));
    assert_eq!(holds("in==0", end), Some(false), "of which of the two?");
}

#[test]
fn a_word_that_does_not_exist_is_refused_with_the_nearest_that_does() {
    for (text, nearest) in [
        ("callback:raed", Some("read")),
        ("event:eoff", Some("eof")),
        ("event:reading+timeuot", Some("timeout")),
        ("valve:raed=open", Some("read")),
        ("valve:read=highmark", Some("high_mark")),
        ("while valve:read=opne", Some("open")),
        ("dialect:1.5", Some("1.4")),
        ("in>higth", Some("high")),
        ("while near.higth>3", Some("high")),
        ("read_calbacks>3", Some("read_callbacks")),
        ("calback", Some("callback")),
        ("kind:received and with payloda.len=3", Some("payload")),
        ("kind:received and with inputs=3", Some("input")),
        ("with payloda=3", Some("payload")),
        ("event:xyzzy", None),
    ] {
        let error = text.parse::<Condition>().expect_err(text);
        let BadCondition::Word { term, nearest: found, .. } = &error else { panic!("{text}: {error:?}") };
        assert_eq!(*found, nearest, "{text}: {error}");
        assert!(text.contains(term.as_str()), "{text}: {error}");
        assert!(error.to_string().contains(nearest.unwrap_or("xyzzy")), "{error}");
    }
    for text in
        ["of:", "timer:", "step:x", "valve:read", "with bytes", "while ", "while callback:read", "in=>3"]
    {
        assert!(text.parse::<Condition>().is_err(), "{text}");
    }
    assert!(format!("calback{}", "x".repeat(1 << 20)).parse::<Condition>().is_err());
}

#[test]
fn terms_that_are_joined_as_elsewhere_are_told_what_to_write() {
    for (text, by, meant) in [
        ("in>=1 && out>=1", "&&", "in>=1 and out>=1"),
        ("in>=1&&out>=1&&tx>2", "&&", "in>=1 and out>=1 and tx>2"),
        ("callback, while in>3", ",", "callback and while in>3"),
        ("in>=1 AND out>=1", "AND", "in>=1 and out>=1"),
    ] {
        let error = text.parse::<Condition>().expect_err(text);
        assert_eq!(error, BadCondition::Joined { by, meant: Some(meant.to_owned()) });
        assert!(error.to_string().contains(by) && error.to_string().contains(meant), "{error}");
    }
    for text in ["in>=1 || out>=1", "callback or crossing"] {
        let error = text.parse::<Condition>().expect_err(text);
        assert!(matches!(error, BadCondition::Joined { meant: None, .. }), "{text}: {error:?}");
    }
    // What is wrong by itself is told so, and what a record has may hold such a sign.
    assert!(matches!("callback:raed && in>3".parse::<Condition>(), Err(BadCondition::Word { .. })));
    assert!("with function=a&&b".parse::<Condition>().is_ok());
}
