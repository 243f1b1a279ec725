//! The lessons turn where they say, and their scenarios show what they are about.
#![cfg(feature = "sim")]

use bufferevent::recording::Valve;
use bufferevent::sim::{Experiment, OldLesson as Lesson, Scenario, lessons};
use bufferevent::{Callback, Dialect, Direction, Step};

fn lesson(id: &str) -> Lesson {
    lessons().into_iter().find(|lesson| lesson.id == id).expect("there is one")
}

/// The experiment, and the position of the hinge.
fn hinge(lesson: &Lesson) -> (Experiment, u64) {
    let mut experiment = Experiment::new(lesson.scenario.clone());
    let condition = lesson.hinge.parse().expect("a condition");
    let at = experiment.recording_mut().next_match(0, &condition).expect("the lesson has its hinge");
    (experiment, at)
}

fn read_callbacks(scenario: Scenario) -> u64 {
    Experiment::new(scenario).recording().end().connections[&1].counters.read_callbacks
}

#[test]
fn every_lesson_is_short_and_turns_in_every_dialect() {
    for lesson in lessons() {
        for dialect in Dialect::ALL {
            let mut lesson = lesson.clone();
            lesson.scenario.dialect = dialect;
            let (experiment, at) = hinge(&lesson);
            let end = experiment.recording().end_position();
            assert!(end < 200, "{}: {end} records", lesson.id);
            assert!(
                experiment.place_of(at).step > 0 && at + 10 < end,
                "{}: hinge at {at} of {end}",
                lesson.id
            );
            assert_ne!(lesson.scenario, lesson.break_it);
        }
    }
}

#[test]
fn anatomy_echoes_one_byte() {
    let lesson = lesson("anatomy");
    let (experiment, at) = hinge(&lesson);
    let record = experiment.recording().record_at(at).unwrap();
    assert_eq!(record.step, Step::CallbackEntered { callback: Callback::Read });
    let end = &experiment.recording().end().connections[&1];
    assert_eq!((end.kernel.peer_received, end.input.len, end.output.len), (1, 0, 0));
    let broken = Experiment::new(lesson.break_it);
    let end = &broken.recording().end().connections[&1];
    assert_eq!((end.kernel.peer_received, end.input.len), (0, 1), "nobody takes the byte");
}

#[test]
fn low_watermark_holds_the_callback_until_the_header_is_whole() {
    let lesson = lesson("low-watermark");
    let (mut experiment, at) = hinge(&lesson);
    assert_eq!(experiment.recording_mut().seek(at).connections[&1].counters.read_callbacks, 0);
    assert_eq!(experiment.recording().end().connections[&1].counters.read_callbacks, 1);
    assert_eq!(experiment.recording().end().connections[&1].input.len, 5, "the body is left");
    assert_eq!(read_callbacks(lesson.break_it), 0, "low above high never calls");
}

#[test]
fn high_watermark_stops_reading_fills_the_kernel_and_opens_again() {
    let lesson = lesson("high-watermark");
    let (mut experiment, at) = hinge(&lesson);
    let stopped = experiment.end_of(experiment.place_of(at).step + 1).unwrap();
    let picture = experiment.recording_mut().seek(stopped).connections[&1].clone();
    let tanks = picture.kernel.tanks.unwrap();
    assert_eq!((picture.valve(Direction::Read), picture.input.len), (Valve::HighMark, 64));
    assert!(tanks.rx == 128 && tanks.backlog > 0, "the peer waits: {tanks:?}");
    let end = experiment.recording().end().connections[&1].clone();
    assert_eq!(
        (end.input.len, end.kernel.tanks.map(|tanks| tanks.rx)),
        (0, Some(0)),
        "all of it got through"
    );
    assert_eq!(end.valve(Direction::Read), Valve::Open);
    let broken = Experiment::new(lesson.break_it);
    assert_eq!(broken.recording().end().connections[&1].valve(Direction::Read), Valve::HighMark);
}
