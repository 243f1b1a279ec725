//! Recordings: seeking, searching, evicting, files that are whole and files that are not.
#![cfg(feature = "sim")]

use std::fmt::Write as _;
use std::io::{BufReader, Read as _};

use bufferevent::recording::{BadCondition, Condition, ImportError, Picture, Recording};
use bufferevent::sim::{Act, Amount, Experiment, Peer, Scenario, ScriptStep, Simulation};
use bufferevent::{Dialect, Payload, Record, Step, Tanks};
use proptest::prelude::*;

/// A connection that is filled to its mark and drained, again and again.
fn records(rounds: usize) -> Vec<Record> {
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

fn recording(rounds: usize) -> Recording {
    let mut recording = Recording::default();
    records(rounds).into_iter().for_each(|record| recording.append(record));
    recording
}

fn folded(records: &[Record]) -> Picture {
    let mut picture = Picture::default();
    records.iter().for_each(|record| picture.fold(record));
    picture
}

fn exported(recording: &Recording) -> String {
    let mut bytes = Vec::new();
    recording.export(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("JSON is UTF-8")
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
fn a_line_over_the_limit_is_one_line_that_could_not_be_read_and_says_so() {
    let text = exported(&recording(3));
    let (first, rest) = text.split_at(text.match_indices('\n').nth(4).unwrap().0 + 1);
    let long = std::io::repeat(b'x').take(64 * 1024 * 1024 + 1).chain(&b"\n"[..]);
    let file = BufReader::new(first.as_bytes().chain(long).chain(rest.as_bytes()));
    let imported = Recording::import(file).unwrap();
    let damage = imported.damage.unwrap();
    assert_eq!((damage.line, damage.lines), (6, 1));
    assert_eq!(damage.problem, "longer than 67108864 bytes");
    assert_eq!(exported(&imported.recording), text, "nothing else is lost");

    let header = BufReader::new(std::io::repeat(b'x').take(64 * 1024 * 1024 + 1));
    let error = Recording::import(header).unwrap_err().to_string();
    assert_eq!(error, "line 1: not the header of a recording: longer than 67108864 bytes");
}

#[test]
fn a_byte_order_mark_before_a_recording_is_passed_over() {
    let text = exported(&recording(1));
    let imported = Recording::import(format!("\u{feff}{text}").as_bytes()).unwrap();
    assert_eq!((imported.damage, exported(&imported.recording)), (None, text));
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
fn a_file_gives_back_what_was_written() {
    let recording = recording(30);
    let text = exported(&recording);
    let imported = Recording::import(text.as_bytes()).unwrap();
    assert_eq!(imported.damage, None);
    assert_eq!(exported(&imported.recording), text);
    assert_eq!(imported.recording.end(), recording.end());
}

/// A simulation's kernel is known before anything moves, and still is when the recording comes out of a file; that of a
/// live server is not, whatever is in the records.
/// A file with these records alone, from the picture that the others lead to.
fn segment(records: &[Record], from: usize, to: usize) -> String {
    let mut recording = Recording::new(folded(&records[..from]));
    records[from..to].iter().for_each(|record| recording.append(record.clone()));
    exported(&recording)
}

#[test]
fn a_record_that_comes_a_second_time_is_not_the_last() {
    let recording = recording(2);
    let text = exported(&recording);
    let again = text.lines().nth(4).expect("it has as many");
    let imported = Recording::import(format!("{text}{again}\n").as_bytes()).expect("it is a recording");
    let damage = imported.damage.expect("it says so").to_string();
    let (line, seq) = (text.lines().count() + 1, recording.end().seq);
    assert_eq!(damage, format!("line {line}: seq is 3 after {seq}, and has to rise"));
    assert_eq!(imported.recording.end(), recording.end());
}

#[test]
fn records_that_are_doubled_or_fall_or_are_left_out_are_damage() {
    let recording = recording(2);
    let text = exported(&recording);
    let lines: Vec<&str> = text.lines().collect();
    let read = |lines: &[&str]| Recording::import(lines.join("\n").as_bytes()).unwrap();
    let doubled = read(&[&lines[..10], &lines[9..]].concat());
    let damage = doubled.damage.unwrap();
    assert_eq!(
        (damage.to_string().as_str(), damage.lines),
        ("line 11: seq is 8 after 8, and has to rise", 1)
    );
    assert_eq!(exported(&doubled.recording), text, "what is there twice is there once");

    let swapped = read(&[&lines[..9], &[lines[10], lines[9]], &lines[11..]].concat());
    let damage = swapped.damage.unwrap();
    assert_eq!(damage.to_string(), "line 10: record 8 is missing before it (2 damaged lines in all)");
    assert_eq!(swapped.recording.end().lost, 1, "it is missing where it belongs");
    assert!(swapped.recording.records().zip(swapped.recording.records().skip(1)).all(|(a, b)| a.seq < b.seq));

    let missing = read(&[&lines[..9], &lines[12..]].concat());
    assert_eq!(missing.damage.unwrap().to_string(), "line 10: records 8 to 10 are missing before it");
    assert_eq!(missing.recording.end().lost, 3);
    let again = Recording::import(exported(&missing.recording).as_bytes()).unwrap();
    assert_eq!(
        (again.damage, again.recording.end()),
        (None, missing.recording.end()),
        "written, it is known"
    );

    let garbled = read(&[&lines[..9], &["?"; 2], &lines[11..]].concat());
    let damage = garbled.damage.unwrap();
    assert_eq!((damage.line, damage.lines), (10, 2), "what is in bad lines is not missing besides");

    // After a snapshot numbers begin anew: another run of what is published.
    let again = read(&[&lines[..], &lines[1..]].concat());
    assert_eq!((again.damage, again.recording.len()), (None, 2 * recording.len()));
}

#[test]
fn a_file_without_its_snapshot_without_anything_or_with_another_behind_it_says_so() {
    let text = exported(&recording(2));
    let (header, rest) = text.split_once('\n').unwrap();
    let (_, records) = rest.split_once('\n').unwrap();
    let damage = |text: &str| Recording::import(text.as_bytes()).unwrap().damage.unwrap().to_string();
    let no_snapshot = damage(&format!("{header}\n{records}"));
    assert_eq!(no_snapshot, "line 2: the snapshot that it starts from is missing before it");
    for header in [header.to_owned(), format!("{header}\n\n")] {
        assert_eq!(damage(&header), "line 1: nothing comes after the header");
    }
    let nothing = Recording::import(exported(&Recording::default()).as_bytes()).unwrap();
    assert_eq!(nothing.damage, None, "a start of nothing yet");
    let (line, twice) = (text.lines().count() + 1, text.repeat(2));
    assert_eq!(damage(&twice), format!("line {line}: another recording begins here"));
    let both = Recording::import(twice.as_bytes()).unwrap().recording;
    assert_eq!(both.len(), 2 * recording(2).len(), "it is there all the same");
}

#[test]
fn what_a_recorder_knew_that_it_lost_is_no_damage() {
    let mut recording = recording(1);
    recording.append_gap(7);
    let next = recording.end().seq + 1;
    recording.append(Record { seq: next, ..records(1).pop().unwrap() });
    let imported = Recording::import(exported(&recording).as_bytes()).unwrap();
    assert_eq!((imported.damage, imported.recording.end().lost), (None, 7));
}

#[test]
fn a_line_is_cut_off_only_where_more_of_it_would_help() {
    let text = exported(&recording(2));
    let damage =
        |last: &str| Recording::import(format!("{text}{last}").as_bytes()).unwrap().damage.unwrap().problem;
    let record = text.lines().last().unwrap();
    for cut in (1..record.len()).step_by(13).filter(|cut| record.is_char_boundary(*cut)) {
        assert_eq!(damage(&record[..cut]), "the file is cut off in this line", "{cut}");
    }
    let deep = format!("{{\"seq\":{}", "[".repeat(100_000));
    assert!(damage(&deep).starts_with("expected a whole number, found a list"), "{}", damage(&deep));
    assert!(damage(&"[".repeat(100_000)).contains("expected a record, found a list"));
    assert!(damage("nothing").starts_with("expected ident at column 2"), "{}", damage("nothing"));
}

#[test]
fn files_that_go_on_where_one_ends_are_one_recording_and_a_missing_one_is_a_gap() {
    let records = records(3);
    let (third, end) = (records.len() / 3, records.len());
    let mut joined = Recording::import(segment(&records, 0, third).as_bytes()).unwrap().recording;
    let seam = joined.end_position();
    for (from, to) in [(third, 2 * third), (2 * third, end)] {
        assert_eq!(joined.append_file(segment(&records, from, to).as_bytes()).unwrap(), None);
    }
    assert_eq!(exported(&joined), exported(&recording(3)), "no seam is left");
    assert_eq!(joined.seek(seam + 1), &folded(&records[..third + 1]));

    let mut cut = Recording::import(segment(&records, 0, third).as_bytes()).unwrap().recording;
    cut.append_file(segment(&records, 2 * third, end).as_bytes()).unwrap();
    assert_eq!(cut.end(), &folded(&records));
    assert_eq!(exported(&cut).matches("{\"snapshot\"").count(), 2);
    assert!(matches!(cut.append_file(&b"<html>"[..]), Err(ImportError::NoHeader(_))));
}

#[test]
fn what_is_known_of_the_kernel_survives_the_file() {
    let scenario = Scenario::from_json(r#"{"format":1,"dialect":"2.1","script":[{"turn":1}]}"#).unwrap();
    let experiment = Experiment::new(scenario);
    let saved = exported(experiment.recording());
    let live = saved.replace(r#""simulated":true,"#, "");
    assert_ne!(live, saved);
    for (text, tanks) in [(&saved, Some(Tanks::default())), (&live, None)] {
        let mut recording = Recording::import(text.as_bytes()).unwrap().recording;
        for position in 1..=recording.end_position() {
            assert_eq!(recording.seek(position).connections[&1].kernel.tanks, tanks, "at {position}");
        }
    }
}

#[test]
fn a_gap_survives_the_file_and_what_follows_is_right() {
    let mut recording = recording(1);
    let mut snapshot = recording.end().clone();
    recording.append_gap(7);
    snapshot.seq += 7;
    recording.append_snapshot(snapshot);
    let mut next = records(1).pop().unwrap();
    next.seq = recording.end().seq + 1;
    recording.append(next);
    assert_eq!(recording.end().lost, 7);
    assert!(!recording.end().connections[&1].uncertain);
    let imported = Recording::import(exported(&recording).as_bytes()).unwrap().recording;
    assert_eq!(imported.end(), recording.end());
}

#[test]
fn a_file_that_is_cut_off_loads_what_is_whole_and_names_the_line() {
    let text = exported(&recording(2));
    let lines = text.lines().count();
    let cut = &text[..text.len() - 20];
    let imported = Recording::import(cut.as_bytes()).unwrap();
    let damage = imported.damage.unwrap();
    assert_eq!((damage.line, damage.lines), (lines as u64, 1));
    assert!(damage.to_string().contains("cut off"));
    assert_eq!(imported.recording.len(), lines - 3);
}

#[test]
fn a_blank_line_is_nothing() {
    let text = exported(&recording(2));
    for blank in ["\n\n", "\r\n \t\r\n"] {
        let imported = Recording::import(text.replace('\n', blank).as_bytes()).unwrap();
        assert_eq!((imported.damage, exported(&imported.recording)), (None, text.clone()));
    }
    let imported = Recording::import(format!("{text}  ").as_bytes()).unwrap();
    assert_eq!((imported.damage, exported(&imported.recording)), (None, text), "nor is one that has no end");
}

#[test]
fn what_cannot_be_read_has_one_place() {
    let text = exported(&recording(2));
    let mut lines: Vec<&str> = text.lines().collect();
    let named =
        |lines: &[&str]| Recording::import(lines.join("\n").as_bytes()).map(|imported| imported.damage);
    lines[2] = "{\"seq\"";
    let damage = named(&lines).unwrap().unwrap();
    assert_eq!(damage.to_string(), "line 3: the text ends within an object at column 6");
    lines[0] = "{\"recording\"";
    let error = named(&lines).unwrap_err();
    let problem = "the text ends within an object at column 12";
    assert_eq!(error.to_string(), format!("line 1: not the header of a recording: {problem}"));
}

#[test]
fn a_bad_line_is_named_and_what_it_hid_is_marked_as_uncertain() {
    let text = exported(&recording(2));
    let mut lines: Vec<&str> = text.lines().collect();
    lines[20] = "not json";
    let imported = Recording::import(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(imported.damage.unwrap().line, 21);
    assert_eq!(imported.recording.end().lost, 1);
    assert!(imported.recording.end().connections[&1].uncertain);
}

#[test]
fn what_is_no_recording_is_refused_with_the_reason() {
    let refused = |text: &str| Recording::import(text.as_bytes()).unwrap_err().to_string();
    assert!(refused("").starts_with("line 1: not the header"));
    assert!(refused("{\"seq\":1}").contains("missing field `recording`"));
    // What serde derives would take the values of an object for it.
    let list = r#"["bufferevent",1,"0.1.0"]"#;
    let problem = "expected an object, found a list";
    assert_eq!(refused(list), format!("line 1: not the header of a recording: {problem}"));
    assert!(refused("7").contains("expected an object, found 7"));
    let other = r#"{"recording":"bufferevent","schema":99,"engine":"9.0.0"}"#;
    assert!(matches!(Recording::import(other.as_bytes()), Err(ImportError::OtherSchema(99))));
    assert!(refused(other).contains("schema 99"));
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
