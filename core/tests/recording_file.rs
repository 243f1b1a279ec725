//! Recordings as files: what was written is read back, files that go on are joined, and what is wrong with one is named.
#![cfg(feature = "sim")]

use std::io::{BufReader, Read as _};

use bufferevent::recording::{ImportError, Recording};
use bufferevent::sim::{Experiment, Scenario};
use bufferevent::{Record, Tanks};

use super::recording::{folded, recording, records};

fn exported(recording: &Recording) -> String {
    let mut bytes = Vec::new();
    recording.export(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// A file with these records alone, from the picture that the others lead to.
fn segment(records: &[Record], from: usize, to: usize) -> String {
    let mut recording = Recording::new(folded(&records[..from]));
    records[from..to].iter().for_each(|record| recording.append(record.clone()));
    exported(&recording)
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

#[test]
fn a_line_over_the_limit_is_one_line_that_could_not_be_read_and_says_so() {
    let text = exported(&recording(3));
    let (first, rest) = text.split_at(text.match_indices('\n').nth(4).unwrap().0 + 1);
    let long = std::io::repeat(b'x').take(64 * 1024 * 1024 + 1).chain(&b"\n"[..]);
    let file = BufReader::new(first.as_bytes().chain(long).chain(rest.as_bytes()));
    let imported = Recording::import(file).unwrap();
    let damage = imported.damage.unwrap();
    assert_eq!((damage.line, damage.lines), (6, 1));
    assert_eq!(damage.problem.to_string(), "longer than 67108864 bytes");
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
    let later: String = records.lines().skip(5).map(|line| format!("{line}\n")).collect();
    let broken = Recording::import(format!("{header}\n?\n{later}").as_bytes()).unwrap();
    assert_eq!(broken.damage.unwrap().lines, 1, "nobody knows where a snapshot led that cannot be read");
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
    let damage = |last: &str| {
        Recording::import(format!("{text}{last}").as_bytes()).unwrap().damage.unwrap().problem.to_string()
    };
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

/// A simulation's kernel is known before anything moves, and still is when the recording comes out of a file; that of a
/// live server is not, whatever is in the records.
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
