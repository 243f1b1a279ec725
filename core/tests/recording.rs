//! Recordings: seeking, searching, evicting, and the records as JSON.
#![cfg(feature = "sim")]

use std::fmt::Write as _;

use bufferevent::recording::{BadCondition, Condition, Picture, Recording};
use bufferevent::sim::{Act, Amount, Peer, Scenario, ScriptStep, Simulation};
use bufferevent::{Dialect, Payload, Record, Step};
use proptest::prelude::*;

/// A connection that is filled to its mark and drained, again and again.
pub(super) fn records(rounds: usize) -> Vec<Record> {
    let mut scenario = Scenario::new(Dialect::V1_4);
    scenario.bufferevents[0].read.high = 10;
    for _ in 0..rounds {
        scenario.script.extend([
            Peer::Send("0123456789abcdef".into()).into(),
            ScriptStep::Turn(1),
            Act::Read(Amount::All).into(),
            ScriptStep::Turn(1),
            Act::Read(Amount::All).into(),
        ]);
    }
    let mut simulation = Simulation::new(scenario, Vec::new());
    while simulation.run_step() {}
    std::mem::take(simulation.observer_mut())
}

pub(super) fn recording(rounds: usize) -> Recording {
    let mut recording = Recording::default();
    records(rounds).into_iter().for_each(|record| recording.append(record));
    recording
}

pub(super) fn folded(records: &[Record]) -> Picture {
    let mut picture = Picture::default();
    records.iter().for_each(|record| picture.fold(record));
    picture
}

fn condition(text: &str) -> Condition {
    text.parse().expect("it is a condition")
}

#[test]
fn every_position_can_be_sought_forwards_and_backwards() {
    let records = records(40);
    let mut recording = recording(40);
    let count = records.len() as u64;
    for position in (0..=count).step_by(7).chain((0..=count).rev().step_by(11)) {
        assert_eq!(recording.seek(position), &folded(&records[..position as usize]), "at {position}");
    }
}

#[test]
fn a_position_that_is_not_there_gives_the_nearest() {
    let mut recording = recording(3);
    let end = recording.end().clone();
    assert_eq!(recording.seek(u64::MAX), &end);
    assert_eq!(recording.seek(0).seq, 0);
    assert!(Recording::default().seek(5).connections.is_empty());
}

#[test]
fn a_search_can_be_bounded() {
    let mut recording = recording(2);
    for text in ["callback", "crossing", "in>=high"] {
        let condition = condition(text);
        let found = recording.next_match(0, &condition).unwrap();
        assert_eq!(recording.next_match_until(0, found, &condition), Some(found), "{text}");
        assert_eq!(recording.next_match_until(0, found - 1, &condition), None, "{text}");
        assert_eq!(recording.next_match_until(found, found, &condition), None, "{text}");
    }
}

#[test]
fn next_and_previous_find_the_same_callbacks() {
    let mut recording = recording(20);
    let callback = condition("callback:read");
    let mut forwards = Vec::new();
    let mut at = 0;
    while let Some(position) = recording.next_match(at, &callback) {
        forwards.push(position);
        at = position;
    }
    let mut backwards = Vec::new();
    let mut at = recording.end_position() + 1;
    while let Some(position) = recording.previous_match(at, &callback) {
        backwards.push(position);
        at = position;
    }
    backwards.reverse();
    assert_eq!(forwards.len(), 40);
    assert_eq!(forwards, backwards);
}

#[test]
fn a_comparison_matches_where_it_becomes_true() {
    let mut recording = recording(2);
    let full = recording.next_match(0, &condition("in>=high")).unwrap();
    assert!(matches!(recording.record_at(full).unwrap().step, Step::Received { input: 10, .. }));
    let again = recording.next_match(full, &condition("in>=high and conn:1")).unwrap();
    assert!(matches!(recording.record_at(again).unwrap().step, Step::Received { input: 10, .. }));
    assert!(again > full + 5, "not each record while it is full");
    assert_eq!(recording.next_match(0, &condition("in>high")), None);
}

#[test]
fn a_crossing_is_found_in_both_directions() {
    let mut recording = recording(1);
    let full = recording.next_match(0, &condition("crossing")).unwrap();
    let drained = recording.next_match(full, &condition("crossing")).unwrap();
    assert!(matches!(recording.record_at(drained).unwrap().step, Step::BufferDrained { len: 0, .. }));
    assert_eq!(recording.previous_match(drained, &condition("crossing")), Some(full));
}

#[test]
fn a_condition_that_is_none_names_the_term() {
    let refused = |text: &str| text.parse::<Condition>().expect_err(text);
    assert_eq!(refused("callback and in>>3"), BadCondition::Term("in>>3".to_owned()));
    for text in ["", " and ", "callback and ", "conn:one", "conn:-1", "in", "in==", "speed>3"] {
        assert!(matches!(refused(text), BadCondition::Term(_)), "{text}");
    }
}

#[test]
fn a_kind_that_does_not_exist_is_refused_with_the_nearest_that_does() {
    for (kind, nearest) in [
        ("recieved", Some("received")),
        ("callback_enter", Some("callback_entered")),
        ("Polled", Some("polled")),
        ("", None),
        ("speed_of_light", None),
    ] {
        let error = format!("kind:{kind}").parse::<Condition>().unwrap_err();
        assert_eq!(error, BadCondition::Kind { kind: kind.to_owned(), nearest }, "{kind}");
        assert!(error.to_string().contains(nearest.unwrap_or("is no kind of step")), "{error}");
    }
    assert!(format!("kind:{}", "x".repeat(1 << 20)).parse::<Condition>().is_err());
    for kind in Step::KINDS {
        assert!(format!("kind:{kind}").parse::<Condition>().is_ok(), "{kind}");
    }
}

#[test]
fn a_condition_has_up_to_64_terms_and_looks_at_each() {
    let terms = |count: usize| vec!["in>=0"; count].join(" and ");
    let error = terms(65).parse::<Condition>().unwrap_err();
    assert_eq!(error.to_string(), "the condition has 65 terms, and may have at most 64");
    let mut recording = recording(0);
    assert!(recording.next_match(0, &condition(&terms(64))).is_some());
    assert_eq!(recording.next_match(0, &condition(&format!("{} and in>=1000000", terms(63)))), None);
}

#[test]
fn pictures_count_towards_the_limit() {
    let mut small = Recording::default().with_limit(1_000_000);
    let mut picture = folded(&records(1));
    let connection = picture.connections[&1].clone();
    picture.connections.extend((1..=50).map(|number| (number, connection.clone())));
    let record = records(1).pop().unwrap();
    for seq in 1..2000 {
        picture.seq = seq;
        small.append_snapshot(picture.clone());
        small.append(Record { seq: seq + 1, ..record.clone() });
    }
    assert!(small.len() < 100, "{} of 2000 snapshots with 50 connections are left", small.len());
    assert_eq!(small.end().connections.len(), 50);
    assert_eq!(small.start_position(), 1999 - small.len() as u64);
}

#[test]
fn the_oldest_records_are_evicted_past_the_limit() {
    let mut small = Recording::default().with_limit(200_000);
    let records = records(400);
    records.iter().for_each(|record| small.append(record.clone()));
    let start = small.start_position();
    assert!(start > 0 && small.len() < records.len());
    assert_eq!(small.end_position(), records.len() as u64, "positions stay what they are");
    assert_eq!(small.seek(start), &folded(&records[..start as usize]));
    assert_eq!(small.record_at(start), None, "the record before the first is gone");
    assert_eq!(small.record_at(start + 1), Some(&records[start as usize]));
}

#[test]
fn any_byte_survives_json_and_ascii_stays_readable() {
    let all: Vec<u8> = (0..=255).collect();
    let payload = Payload { len: 256, bytes: all };
    let json = serde_json::to_string(&payload).unwrap();
    assert!(json.contains("ABCDEFG"));
    assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
    assert!(serde_json::from_str::<Payload>(r#"{"len":1,"bytes":"中"}"#).is_err());
}

#[test]
fn every_kind_of_step_is_named_as_its_json_names_it() {
    for record in records(3) {
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!(json["kind"], record.step.kind());
    }
}

#[test]
fn no_number_in_a_record_reaches_2_to_the_53() {
    let mut text = String::new();
    let mut scenario = Scenario::new(Dialect::V2_1);
    scenario.bufferevents[0].read.high = u32::MAX;
    scenario.bufferevents[0].read.timeout_ms = u32::MAX;
    scenario.script.push(ScriptStep::AdvanceMs(u32::MAX));
    let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
    while simulation.run_step() {}
    for record in simulation.observer() {
        write!(text, "{}", serde_json::to_string(record).unwrap()).unwrap();
    }
    let digits = text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<u64>().ok());
    assert!(digits.into_iter().all(|number| number < 1 << 53));
}

proptest! {
    #[test]
    fn folding_survives_records_that_are_missing_repeated_or_reordered(order in prop::collection::vec(0..300_usize, 0..200)) {
        let records = records(8);
        let mut picture = Picture::default();
        let mut highest = 0;
        for index in order {
            let record = &records[index % records.len()];
            let before = picture.clone();
            picture.fold(record);
            if record.seq <= highest {
                prop_assert_eq!(&picture, &before, "an old record changes nothing");
            } else if record.seq > highest + 1 {
                prop_assert!(picture.lost > before.lost);
            }
            highest = highest.max(record.seq);
        }
    }

    #[test]
    fn folding_survives_hostile_figures(lens in prop::collection::vec(any::<(u8, u64, u64)>(), 1..60)) {
        let mut picture = Picture::default();
        let template = records(1).pop().unwrap();
        for (seq, (kind, a, b)) in (1..).zip(lens) {
            let (a, b) = (a as usize, b as usize);
            let payload = Payload { len: a, bytes: vec![7; a % 9] };
            let buffer = bufferevent::BufferName::Input;
            let step = match kind % 5 {
                0 => Step::Received { payload, input: b, tanks: None },
                1 => Step::Sent { payload, output: b, tanks: None },
                2 => Step::BufferDrained { buffer, bytes: a, len: b },
                3 => Step::BufferEdited { buffer, payload },
                _ => Step::Freed { input_dropped: a, output_dropped: b },
            };
            picture.fold(&Record { seq, connection: Some(b as u64 % 3), step, ..template.clone() });
        }
    }
}
