//! Runs a lesson in every libevent that it is about, and says what is not as it says.

use super::super::error::{at, within};
use super::super::{Experiment, ScenarioError};
use super::{
    Answer, Asked, BREAK, Change, LESSON, Lesson, LessonError, Prediction, PredictionKind, REPAIR, Wanted,
    texts,
};
use crate::said::Said;
use crate::{Dialect, Record, Role, Step};

/// How long a lesson is at most: in records, and in what one sees when it plays.
const MOST_RECORDS: u64 = 2_000;
const MOST_MOMENTS: usize = 80;

/// What was found out about a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What is wrong. The lesson is good when there is nothing.
    pub problems: Vec<LessonError>,
    /// What is so: answers and facts, for whoever writes the texts.
    pub findings: Vec<Finding>,
}

/// Something that the runs tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which libevent.
    pub dialect: Dialect,
    /// What: `prediction header`, or `fact mark`.
    pub what: String,
    /// What the run tells about it.
    pub is: String,
}

/// A lesson under check.
struct Check<'a> {
    lesson: &'a Lesson,
    problems: Vec<ScenarioError>,
    findings: Vec<Finding>,
    /// For each prediction what is right in some libevent.
    right: Vec<Vec<Answer>>,
}

impl Lesson {
    /// Runs everything in each of its libevents.
    #[must_use]
    pub fn check(&self) -> Report {
        let right = vec![Vec::new(); self.predictions.len()];
        let mut check = Check { lesson: self, problems: Vec::new(), findings: Vec::new(), right };
        check.shape();
        for dialect in &self.dialects {
            check.dialect(*dialect);
        }
        let wrong: Vec<_> =
            self.predictions.iter().zip(&check.right).map(|(it, right)| it.wrong_ids(right)).collect();
        check.problems.extend(texts::check(self, &wrong));
        let problems = check.problems.into_iter().map(|error| self.inlined.error(error)).collect();
        Report { problems, findings: check.findings }
    }
}

impl Check<'_> {
    fn refuse(&mut self, place: &str, problem: impl Into<Said>) {
        self.problems.push(at(place, problem));
    }

    /// What a lesson has to have.
    fn shape(&mut self) {
        let lesson = self.lesson;
        if lesson.test {
            if lesson.predictions.iter().any(|it| it.about == LESSON) {
                self.refuse("predictions", "each question of a test has a scenario of its own");
            }
            return;
        }
        for (there, place) in [
            (lesson.source(LESSON).is_some(), "scenario"),
            (!lesson.tasks.is_empty(), "tasks"),
            (lesson.breaks.is_some(), "break"),
            (lesson.repair.is_some(), "repair"),
        ] {
            if !there {
                self.refuse(place, "missing: only a test goes without");
            }
        }
        let kinds: Vec<PredictionKind> = lesson.predictions.iter().map(|it| it.kind).collect();
        if kinds.iter().all(|kind| *kind == kinds[0]) {
            self.refuse("predictions", "a lesson has at least two, of different kinds");
        }
        let opens = lesson.scenario(LESSON).map(|it| it.dialect);
        if opens.is_some_and(|dialect| !lesson.dialects.contains(&dialect)) {
            self.refuse("dialects", "the scenario's own is not among them");
        }
    }

    fn dialect(&mut self, dialect: Dialect) {
        let lesson = self.lesson;
        let mut asked_at = 0;
        for (index, prediction) in lesson.predictions.iter().enumerate() {
            let Some(mut run) = self.run(&prediction.about, dialect) else { continue };
            let Some(source) = lesson.source(&prediction.about) else { continue };
            match prediction.answer(source, run.recording_mut()) {
                Err(why) => self.refuse(&prediction.place, format!("{why} (in {dialect})")),
                Ok(asked) => {
                    self.prediction(prediction, &asked, &mut run, dialect);
                    if prediction.about == LESSON {
                        if asked.ask < asked_at {
                            self.refuse(
                                &prediction.place,
                                format!("is asked before the one before it (in {dialect})"),
                            );
                        }
                        asked_at = asked.ask;
                    }
                    if !self.right[index].contains(&asked.answer) {
                        self.right[index].push(asked.answer);
                    }
                }
            }
        }
        self.tasks(dialect);
        self.breaks(dialect);
        self.repair(dialect);
        for fact in &lesson.facts {
            let Some(source) = lesson.source(&fact.from) else { continue };
            let Some(mut run) = self.run(&fact.from, dialect) else { continue };
            match fact.read(source, &mut run) {
                Ok(value) => self.found(dialect, format!("fact {}", fact.name), value.to_string()),
                Err(why) => self.refuse(&fact.place, format!("{why} (in {dialect})")),
            }
        }
    }

    fn found(&mut self, dialect: Dialect, what: String, is: String) {
        self.findings.push(Finding { dialect, what, is });
    }

    /// Runs one of the scenarios; what is wrong with it is said once.
    fn run(&mut self, name: &str, dialect: Dialect) -> Option<Experiment> {
        let source = self.lesson.source(name)?;
        let run = match source.run(dialect) {
            Ok(run) => run,
            Err(error) => {
                self.once(within(
                    &source.place,
                    at(&error.place, format!("{} (in {dialect})", error.problem)),
                ));
                return None;
            }
        };
        let recording = run.recording();
        if let Some(truncation) = run.truncated() {
            self.once(at(&source.place, format!("{truncation} (in {dialect})")));
        }
        let records = recording.end_position();
        if records > MOST_RECORDS {
            self.once(at(
                &source.place,
                format!("{records} records are more than {MOST_RECORDS} (in {dialect})"),
            ));
        }
        let set_up = run.end_of(0).unwrap_or(0);
        let moments = moments(recording.records(), set_up);
        // What is broken may go round for ever.
        if moments > MOST_MOMENTS && ![BREAK, REPAIR].contains(&name) {
            self.once(at(
                &source.place,
                format!("{moments} moments to look at are more than {MOST_MOMENTS} (in {dialect})"),
            ));
        }
        Some(run)
    }

    fn once(&mut self, problem: ScenarioError) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn prediction(&mut self, prediction: &Prediction, asked: &Asked, run: &mut Experiment, dialect: Dialect) {
        let (place, id) = (&prediction.place, &prediction.id);
        let answer = match &asked.answer {
            Answer::Choice(choice) => format!("{choice:?}"),
            Answer::Number(number) => number.to_string(),
        };
        let step = run.place_of(asked.ask).step;
        let kind = run.recording().record_at(asked.at).map_or("the start", |record| record.step.kind());
        let is = format!("asked at {} (step {step}): {answer}, seen at {} ({kind})", asked.ask, asked.at);
        self.found(dialect, format!("prediction {id}"), is);
        if asked.at <= asked.ask {
            self.refuse(place, format!("the answer is seen before it is asked for (in {dialect})"));
        }
        match &prediction.what {
            Wanted::First { choices, .. } if choices.len() < 2 => {
                self.refuse(place, "has at least two choices");
            }
            Wanted::First { .. } => {}
            Wanted::Number { wrong, .. } if wrong.is_empty() => {
                self.refuse(place, "has at least one wrong number that somebody believes");
            }
            Wanted::Number { .. } => {
                for (index, wrong) in asked.wrong.iter().enumerate() {
                    if asked.answer == Answer::Number(wrong.value) {
                        self.refuse(place, format!("the wrong number {:?} is right in {dialect}", wrong.id));
                    }
                    if asked.wrong[..index].iter().any(|other| other.value == wrong.value) {
                        self.refuse(place, format!("two wrong numbers are {} in {dialect}", wrong.value));
                    }
                }
            }
        }
    }

    fn tasks(&mut self, dialect: Dialect) {
        for task in &self.lesson.tasks {
            let Some(mut run) = self.run(LESSON, dialect) else { return };
            let end = run.recording().end_position();
            let reached = task.reached(run.recording_mut(), end);
            let (done, of) = (reached.reached, reached.of);
            let Some(acted) = &task.acted else {
                if !reached.is_done() {
                    self.refuse(
                        &task.place,
                        format!("only {done} of {of} conditions are met by the run (in {dialect})"),
                    );
                }
                continue;
            };
            if reached.is_done() && run.scenario().dialect == self.opens() {
                self.refuse(&task.place, "is done by the run alone, without acting");
            }
            if acted.steps.is_empty() {
                continue;
            }
            match acted.apply(&mut run) {
                Err(why) => {
                    self.refuse(&task.place, format!("acting so is not possible: {why} (in {dialect})"));
                }
                Ok(()) => {
                    let end = run.recording().end_position();
                    let reached = task.reached(run.recording_mut(), end);
                    if !reached.is_done() {
                        let done = reached.reached;
                        let problem =
                            format!("acting so meets only {done} of {of} conditions (in {dialect})");
                        self.refuse(&task.place, problem);
                    }
                }
            }
        }
    }

    /// The libevent that the lesson opens with.
    fn opens(&self) -> Dialect {
        self.lesson.scenario(LESSON).map_or(self.lesson.dialects[0], |it| it.dialect)
    }

    fn breaks(&mut self, dialect: Dialect) {
        let Some(shows) = &self.lesson.breaks else { return };
        let Some(mut broken) = self.run(BREAK, dialect) else { return };
        if !shows.is_met(&mut broken) {
            self.refuse("break.shows", format!("the broken run does not show it (in {dialect})"));
        }
        let Some(mut whole) = self.run(LESSON, dialect) else { return };
        if shows.is_met(&mut whole) {
            self.refuse("break.shows", format!("the lesson's own run shows it too (in {dialect})"));
        }
    }

    fn repair(&mut self, dialect: Dialect) {
        let lesson = self.lesson;
        let (Some(repair), Some(source)) = (&lesson.repair, lesson.source(REPAIR)) else { return };
        let name = |changes: &[(String, Change)]| match changes {
            [(field, Change::Number(number))] => format!("{field} {number}"),
            [(field, Change::Option(option))] => format!("{field} {option:?}"),
            _ => "unchanged".to_owned(),
        };
        let mut attempt = |changes: &[(String, Change)], solves: bool, place: &str| match repair
            .run(source, changes, dialect)
        {
            Err(error) => self.problems.push(at(place, format!("{}: {error} (in {dialect})", name(changes)))),
            Ok(repaired) if repaired.holds() && !solves => {
                self.problems.push(at(place, format!("{} holds (in {dialect})", name(changes))));
            }
            Ok(repaired) if solves => {
                for failure in repaired.failed {
                    let missed = format!("misses {:?} with input {}", failure.goal, failure.input);
                    self.problems.push(at(place, format!("{} {missed} (in {dialect})", name(changes))));
                }
            }
            Ok(_) => {}
        };
        attempt(&[], false, "repair.scenario");
        for (index, solution) in repair.solutions.iter().enumerate() {
            let place = format!("repair.solutions[{index}]");
            attempt(solution, true, &place);
        }
        for field in &repair.fields {
            for (option, _) in field.options.iter().flatten() {
                let changes = vec![(field.id.clone(), Change::Option(option.clone()))];
                if !repair.solutions.contains(&changes) {
                    attempt(&changes, false, &field.place);
                }
            }
        }
        if repair.solutions.is_empty() {
            self.refuse("repair.solutions", "nothing mends it");
        }
        if repair.solutions.iter().any(|solution| solution.len() != 1) {
            self.refuse("repair.solutions", "each changes exactly one field");
        }
    }
}

impl Prediction {
    /// The ids that are wrong in some libevent, when these are right in some.
    fn wrong_ids(&self, right: &[Answer]) -> Vec<String> {
        match &self.what {
            Wanted::First { choices, .. } => {
                let always = |id: &String| right.len() == 1 && right[0] == Answer::Choice(id.clone());
                choices.iter().map(|(id, _)| id).filter(|id| !always(id)).cloned().collect()
            }
            Wanted::Number { wrong, .. } => wrong.iter().map(|(id, _)| id.clone()).collect(),
        }
    }
}

/// How often the page's Play stops: see `nextMoment` in `web/engine/track.js`. Of the set-up nothing is enabled before one's eyes.
fn moments<'a>(records: impl Iterator<Item = &'a Record>, set_up: u64) -> usize {
    let mut before = None;
    records
        .filter(|record| is_moment(record, before.replace(*record).filter(|_| record.seq > set_up)))
        .count()
}

/// `before` is the record right before it, once the set-up is over.
fn is_moment(record: &Record, before: Option<&Record>) -> bool {
    let lets_read =
        |step: &Step| matches!(step, Step::Enabled { .. } | Step::PressureRemoved | Step::Unsuspended { .. });
    match &record.step {
        Step::CallbackLeft { .. } => false,
        Step::Freed { .. } | Step::BufferEdited { .. } => true,
        Step::Enabled { .. } | Step::Disabled { .. } => before.is_some(),
        Step::EventArmed { .. } => {
            before.is_some_and(|before| before.connection == record.connection && lets_read(&before.step))
        }
        step => matches!(
            step.role(),
            Role::KernelToInput
                | Role::OutputToKernel
                | Role::PeerToKernel
                | Role::KernelToPeer
                | Role::ApplicationToBuffer
                | Role::BufferToApplication
                | Role::Crossing
                | Role::Callback
                | Role::Failure
                | Role::Outside
        ),
    }
}
