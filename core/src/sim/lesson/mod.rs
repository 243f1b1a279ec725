//! Lessons: an experiment with questions, tasks, a broken and a repairable version, and its texts.
//!
//! A lesson is a folder: `lesson.json` holds the rules, other files of the folder what it names (`docs/lessons.md` shows how to
//! write one). Nothing in it is code: what is right, done or held is said by [conditions](crate::recording::Condition)
//! and read off the records.
//!
//! `grammar` has every key, `files` puts the files together, `read` makes a [`Lesson`] of them, and `names` looks whether
//! each name is there, and `error` is what they refuse; `place` finds places in a run. `answer`, `task`, `facts` and `repair` are what a page asks; `check` runs all of it and says what is wrong, with
//! `texts` for the words.

mod answer;
mod check;
mod error;
mod facts;
mod files;
mod grammar;
mod names;
mod place;
mod read;
mod repair;
mod task;
mod texts;

pub use answer::{Answer, Asked, Misconception};
pub use check::{Finding, Report};
pub use error::LessonError;
pub use repair::{Change, Failure, Repaired};
pub use task::Reached;

use super::json::Json;
use super::{Budget, Experiment, Scenario, ScenarioError, ScriptStep};
use crate::Dialect;
use crate::recording::{Condition, Figure};
use files::Inlined;
use grammar::PredictionKind;
use place::Spot;

/// One lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    inlined: Inlined,
    number: u32,
    id: String,
    test: bool,
    /// Invariant: not empty.
    dialects: Vec<Dialect>,
    /// Invariant: each under a name of its own.
    experiments: Vec<Source>,
    predictions: Vec<Prediction>,
    tasks: Vec<Task>,
    breaks: Option<Shows>,
    repair: Option<Repair>,
    facts: Vec<Fact>,
    /// The languages of its texts.
    languages: Vec<String>,
}

/// A scenario of a lesson.
#[derive(Debug, Clone)]
struct Source {
    /// `lesson`, `break`, `repair`, or the id of the prediction that it belongs to.
    name: String,
    /// Where it stands in the lesson.
    place: String,
    json: Json,
    scenario: Scenario,
}

/// The names of the scenarios that belong to no prediction.
const LESSON: &str = "lesson";
const BREAK: &str = "break";
const REPAIR: &str = "repair";

/// Something to predict.
#[derive(Debug, Clone)]
struct Prediction {
    id: String,
    place: String,
    kind: PredictionKind,
    /// The name of the scenario that it is about.
    about: String,
    /// The bufferevent that it is about, where it says which.
    of: Option<String>,
    ask: Spot,
    what: Wanted,
}

#[derive(Debug, Clone)]
enum Wanted {
    /// What happens first; without a condition it is when none of the others did.
    First {
        choices: Vec<(String, Option<Condition>)>,
        until: Spot,
    },
    Number {
        figure: Figure,
        at: Spot,
        wrong: Vec<(String, Wrong)>,
    },
}

/// The number of a misconception.
#[derive(Debug, Clone)]
enum Wrong {
    Value(u64),
    /// A setting of the scenario, as a JSON pointer.
    Setting(String),
}

/// Something to do or to see.
#[derive(Debug, Clone)]
struct Task {
    id: String,
    place: String,
    /// One after the other.
    when: Vec<Condition>,
    acted: Option<Acted>,
}

/// The reader has to act for it.
#[derive(Debug, Clone)]
struct Acted {
    /// How, in one way that does it; none where that is not said.
    steps: Vec<Deed>,
    from: Spot,
}

#[derive(Debug, Clone)]
enum Deed {
    Step(ScriptStep),
    Dialect(Dialect),
}

/// Something that a run shows.
#[derive(Debug, Clone)]
enum Shows {
    Never(Condition),
    Happens(Condition),
    End(Condition),
}

/// A broken program and what mends it.
#[derive(Debug, Clone)]
struct Repair {
    fields: Vec<Field>,
    /// Scripts beside its own.
    inputs: Vec<Json>,
    goals: Vec<(String, Shows)>,
    solutions: Vec<Vec<(String, Change)>>,
}

#[derive(Debug, Clone)]
struct Field {
    id: String,
    place: String,
    path: String,
    /// What can be chosen; a number is typed where there is nothing.
    options: Option<Vec<(String, Json)>>,
}

/// A number in the texts.
#[derive(Debug, Clone)]
struct Fact {
    name: String,
    place: String,
    /// The name of the scenario that it is read from.
    from: String,
    what: Known,
}

#[derive(Debug, Clone)]
enum Known {
    Setting(String),
    Figure(Figure, Spot),
    /// A number that this proves.
    Value(u64, Condition),
}

/// What a lesson's runs may cost: what a lesson is given in a browser ends.
const BUDGET: Budget = Budget { records: 20_000, ..Budget::PAGE };

impl Lesson {
    /// Reads a lesson whose files stand inline.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_json(text: &str) -> Result<Self, LessonError> {
        Self::read(text.as_bytes(), &mut |_| Err("it does not stand inline".to_owned()))
    }

    /// Reads a lesson from its `lesson.json` and the files that it names, which `read` gives, or says why not.
    ///
    /// # Errors
    /// The first thing found wrong, with its file and place.
    pub fn read(
        text: &[u8],
        read: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, LessonError> {
        let inlined = Inlined::read(text, read)?;
        read::lesson(&inlined).map_err(|error| inlined.error(error))
    }

    /// All of it on one line, its files inline.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.inlined.json).unwrap_or_default()
    }

    /// Its place in the course, from 1; 0 is none.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// What links call it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is a test: questions with a scenario each.
    #[must_use]
    pub const fn is_test(&self) -> bool {
        self.test
    }

    /// The libevents in which all of it holds.
    #[must_use]
    pub fn dialects(&self) -> &[Dialect] {
        &self.dialects
    }

    /// The languages that it has texts in.
    #[must_use]
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// Its texts in every language, as JSON; each has the same keys.
    #[must_use]
    pub fn texts_json(&self) -> String {
        let texts = self.inlined.json.pointer("/texts");
        texts.map_or_else(String::new, |texts| serde_json::to_string(texts).unwrap_or_default())
    }

    /// The names of its scenarios: `lesson`, `break`, `repair`, and the predictions that have one of their own.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, &Scenario)> {
        self.experiments.iter().map(|source| (source.name.as_str(), &source.scenario))
    }

    /// One of its scenarios.
    #[must_use]
    pub fn scenario(&self, name: &str) -> Option<&Scenario> {
        self.source(name).map(|source| &source.scenario)
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.experiments.iter().find(|source| source.name == name)
    }

    /// What there is to predict, by its ids, in order.
    pub fn prediction_ids(&self) -> impl Iterator<Item = &str> {
        self.predictions.iter().map(|prediction| prediction.id.as_str())
    }

    /// What there is to do, by its ids, in order.
    pub fn task_ids(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| task.id.as_str())
    }
}

impl Source {
    /// Runs it as this libevent.
    fn run(&self, dialect: Dialect) -> Result<Experiment, ScenarioError> {
        let scenario = Scenario { dialect, ..self.scenario.clone() };
        scenario.check()?;
        Ok(Experiment::with_budget(scenario, BUDGET))
    }
}
