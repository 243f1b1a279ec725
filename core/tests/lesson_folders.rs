//! Every folder of `lessons/`: every answer, every number and every claim of a lesson holds in each of its libevents.
#![cfg(feature = "sim")]

use std::path::PathBuf;

use bufferevent::sim::{Asked, Experiment, Lesson, Scenario};

use crate::support::lessons::{self, folders, read};

#[test]
fn every_lesson_is_as_it_says() {
    let folders = folders();
    assert!(!folders.is_empty());
    let mut wrong = Vec::new();
    for folder in &folders {
        let report = read(folder).check();
        wrong.extend(report.problems.iter().map(|problem| format!("{}: {problem}", folder.display())));
        assert!(!report.findings.is_empty());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lessons_have_numbers_and_names_of_their_own_and_both_languages() {
    let lessons: Vec<(PathBuf, Lesson)> =
        folders().into_iter().map(|folder| (folder.clone(), read(&folder))).collect();
    for (at, (folder, lesson)) in lessons.iter().enumerate() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let expected = match lesson.number() {
            0 => lesson.id().to_owned(),
            number => format!("{number:02}-{}", lesson.id()),
        };
        assert_eq!(name, expected, "a folder is called by its number and id");
        assert_eq!(lesson.languages(), ["en", "zh"], "{name}");
        let same = |other: &Lesson| {
            other.id() == lesson.id() || (other.number() == lesson.number() && lesson.number() > 0)
        };
        assert!(!lessons[..at].iter().any(|(_, other)| same(other)), "{name}");
    }
}

/// What each lesson asks in each of its libevents, and whose that is.
fn asked() -> Vec<(String, Vec<Asked>)> {
    let mut all = Vec::new();
    for folder in folders() {
        let lesson = read(&folder);
        // Each question of a concept test has an experiment of its own.
        let Some(scenario) = lesson.scenario("lesson") else { continue };
        for dialect in lesson.dialects() {
            let mut experiment = Experiment::new(scenario.clone()).in_dialect(*dialect).expect("it has it");
            all.push((format!("{}, {dialect}", folder.display()), lesson.predictions(&mut experiment)));
        }
    }
    all
}

/// Who wants to see what was answered would be stopped by another question first, whose answer comes before; and of two that
/// wait at one step, the answer to one could not be seen before the other has its own.
#[test]
fn no_question_lies_between_another_one_and_its_answer_nor_waits_at_the_same_step() {
    let mut wrong = Vec::new();
    for (lesson, mut asked) in asked() {
        for outer in &asked {
            let within = asked.iter().filter(|one| outer.ask < one.ask && one.at <= outer.at);
            wrong.extend(within.map(|one| format!("{lesson}: {} within {}", one.id, outer.id)));
        }
        asked.sort_by_key(|one| one.ask);
        let pairs = asked.array_windows().filter(|[one, other]| one.ask == other.ask);
        wrong.extend(pairs.map(|[one, other]| format!("{lesson}: {} and {} at one step", one.id, other.id)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_packed_lesson_is_the_lesson() {
    for folder in folders() {
        let lesson = read(&folder);
        let packed = Lesson::from_json(&lesson.to_json()).unwrap();
        assert_eq!(packed.to_json(), lesson.to_json());
        assert_eq!(packed.check().findings, lesson.check().findings);
    }
}

/// The crate has the lesson to begin with within itself, since a published one is alone.
#[test]
fn the_first_scenario_is_that_of_the_high_watermark() {
    let lesson = lessons::all().into_iter().find(|lesson| lesson.id() == "high-watermark").unwrap();
    assert_eq!(lesson.scenario("lesson"), Some(&Scenario::first()));
}
