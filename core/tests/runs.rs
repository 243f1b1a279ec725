//! Since when the clock of a recording counts: a server that was started anew counts from its own start.
#![cfg(feature = "sim")]

use bufferevent::recording::{Picture, Recording};
use bufferevent::{Record, Step, Time};

/// Records of an engine at these times, in microseconds, from this number on.
fn records(seq: u64, times: &[u64]) -> impl Iterator<Item = Record> {
    let record = |(seq, time): (u64, &u64)| Record {
        seq,
        time: Time::from_micros(*time),
        connection: None,
        step: Step::PassBegan { pass: seq },
        function: "event_base_loop".into(),
        file: "core/src/engine/pass.rs".into(),
        line: 1,
    };
    (seq..).zip(times).map(record).collect::<Vec<_>>().into_iter()
}

fn append(recording: &mut Recording, seq: u64, times: &[u64]) {
    records(seq, times).for_each(|record| recording.append(record));
}

/// The picture that an engine is at after this record.
fn at(seq: u64, time: u64) -> Picture {
    Picture { seq, time: Time::from_micros(time), ..Picture::default() }
}

fn began(recording: &mut Recording, positions: impl IntoIterator<Item = u64>) -> Vec<u64> {
    positions.into_iter().map(|position| recording.run_began(position).as_micros()).collect()
}

#[test]
fn each_of_three_runs_counts_from_its_first_record_wherever_one_looks_first() {
    let mut recording = Recording::default();
    append(&mut recording, 1, &[5_000_000, 5_200_000]);
    recording.append_snapshot(at(3, 29_000));
    append(&mut recording, 4, &[30_000, 45_000]);
    recording.append_snapshot(at(2, 7_000));
    append(&mut recording, 3, &[8_000, 9_000]);
    assert_eq!(began(&mut recording, [6, 5]), [8_000; 2]);
    assert_eq!(began(&mut recording, [0, 1]), [5_000_000; 2]);
    assert_eq!(
        began(&mut recording, [2, 3]),
        [30_000; 2],
        "the picture that the second starts with is its own"
    );
    assert_eq!(began(&mut recording, [4, u64::MAX]), [8_000; 2]);
}

#[test]
fn a_run_begins_where_the_clock_goes_back_or_the_numbers_begin_anew() {
    // The second engine has run for longer than the first one had when it was connected to, and than it ran.
    for snapshot in [at(100, 6_000_000), at(1, 9_500_000)] {
        let mut recording = Recording::default();
        append(&mut recording, 50, &[5_000_000, 9_000_000]);
        let (seq, time) = (snapshot.seq + 1, snapshot.time.as_micros() + 10);
        recording.append_snapshot(snapshot);
        append(&mut recording, seq, &[time]);
        assert_eq!(began(&mut recording, [1, 3]), [5_000_000, time]);
    }
    let mut without = Recording::default();
    append(&mut without, 1, &[5_000_000, 9_000_000, 6_000_000, 6_100_000]);
    assert_eq!(began(&mut without, 0..=4), [5_000_000, 5_000_000, 5_000_000, 6_000_000, 6_000_000]);
}

#[test]
fn a_gap_in_one_run_begins_no_other() {
    let mut recording = Recording::default();
    append(&mut recording, 1, &[5_000, 6_000]);
    recording.append_gap(7);
    recording.append_snapshot(at(9, 8_000));
    append(&mut recording, 10, &[9_000]);
    assert_eq!(began(&mut recording, 0..=3), [5_000; 4]);
}

#[test]
fn an_engine_without_a_record_counts_from_its_picture_until_there_is_one() {
    let mut recording = Recording::default();
    recording.append_snapshot(at(7, 7_000_000));
    assert_eq!(began(&mut recording, [0]), [7_000_000]);
    append(&mut recording, 8, &[7_100_000]);
    assert_eq!(began(&mut recording, [0, 1]), [7_100_000; 2]);
    for time in [2_000, 1_000] {
        recording.append_snapshot(at(1, time));
        assert_eq!(began(&mut recording, [0, 1]), [7_100_000, time]);
    }
}

#[test]
fn runs_survive_the_file_and_the_loss_of_what_was_first() {
    let mut recording = Recording::default();
    for run in 1..=3 {
        recording.append_snapshot(at(0, 0));
        let times: Vec<u64> = (0..2_000).map(|index| run * 1_000 + index).collect();
        append(&mut recording, 1, &times);
    }
    let mut file = Vec::new();
    recording.export(&mut file).expect("memory takes everything");
    let mut read = Recording::import(&file[..]).expect("it is a recording").recording;
    assert_eq!(began(&mut read, [1, 1_999, 2_001, 4_001, 6_000]), [1_000, 1_000, 2_000, 3_000, 3_000]);
    let mut short = read.with_limit(2_500 * size_of::<Record>());
    assert!((2_000..4_000).contains(&short.start_position()));
    assert_eq!(began(&mut short, [0, 2_001, 4_001]), [2_000, 2_000, 3_000]);
}
