//! What the records answer to the predictions.

use serde::Serialize;

use super::super::Experiment;
use super::super::json::Json;
use super::{Lesson, Prediction, Source, Wanted, Wrong};
use crate::recording::Recording;

/// A prediction about a run, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Asked {
    /// Which.
    pub id: String,
    /// The position at which it is asked.
    pub ask: u64,
    /// The last position at which the answer is looked for.
    pub until: u64,
    /// The position at which the answer is seen.
    pub at: u64,
    /// What is right.
    pub answer: Answer,
    /// The numbers of its misconceptions.
    pub wrong: Vec<Misconception>,
}

/// What is right in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RightAnswer"))]
pub enum Answer {
    /// This choice.
    Choice(String),
    /// This number.
    Number(u64),
}

/// A number that one would say who believes something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Misconception {
    /// What its explanation is kept under.
    pub id: String,
    /// The number.
    pub value: u64,
}

impl Lesson {
    /// The predictions about this run, with what its records answer. Those about another scenario, whatever libevent it
    /// is run as, are left out, as are those that the run does not come to.
    pub fn predictions(&self, experiment: &mut Experiment) -> Vec<Asked> {
        let scenario = experiment.scenario();
        let about: Vec<&Source> = self.experiments.iter().filter(|source| source.is_of(scenario)).collect();
        let ours = |it: &&Prediction| about.iter().any(|source| source.name == it.about);
        let predictions: Vec<&Prediction> = self.predictions.iter().filter(ours).collect();
        let answered = predictions.into_iter().filter_map(|prediction| {
            let source = self.source(&prediction.about)?;
            prediction.answer(source, experiment.recording_mut()).ok()
        });
        answered.collect()
    }
}

impl Source {
    /// Whether this is it, run as whatever libevent.
    fn is_of(&self, scenario: &super::Scenario) -> bool {
        *scenario == super::Scenario { dialect: scenario.dialect, ..self.scenario.clone() }
    }

    /// A setting as a number.
    pub(super) fn setting(&self, pointer: &str) -> Option<u64> {
        match self.json.pointer(pointer)? {
            Json::Number(number) => number.as_u64(),
            _ => None,
        }
    }
}

impl Prediction {
    /// What the records answer, or why nothing.
    pub(super) fn answer(&self, source: &Source, recording: &mut Recording) -> Result<Asked, String> {
        let ask =
            self.ask.find(recording, 0).ok_or("the run does not come to the point where it is asked")?;
        let (answer, at, until) = match &self.what {
            Wanted::First { choices, until } => {
                let until = until
                    .find(recording, ask)
                    .ok_or("the run does not come to the point until which is looked for an answer")?;
                let (answer, at) = first(choices, recording, ask, until)?;
                (answer, at, until)
            }
            Wanted::Number { figure, at, .. } => {
                let at = at.find(recording, ask).ok_or("the run does not come to the point of the answer")?;
                let picture = recording.seek(at);
                let about = self.of.as_ref().and_then(|of| {
                    picture.names.bufferevents.iter().find(|(_, name)| *name == of).map(|(number, _)| *number)
                });
                let value = figure.read(picture, about).ok_or_else(|| {
                    format!(
                        "{figure} is not known there: is it said of which bufferevent, and does it have it?"
                    )
                })?;
                (Answer::Number(value), at, at)
            }
        };
        Ok(Asked { id: self.id.clone(), ask, until, at, answer, wrong: self.wrong(source)? })
    }

    fn wrong(&self, source: &Source) -> Result<Vec<Misconception>, String> {
        let Wanted::Number { wrong, .. } = &self.what else { return Ok(Vec::new()) };
        let number = |(id, wrong): &(String, Wrong)| {
            let value = match wrong {
                Wrong::Value(value) => *value,
                Wrong::Setting(pointer) => {
                    let setting = source.setting(pointer);
                    setting.ok_or_else(|| format!("{pointer} leads to no number in the scenario"))?
                }
            };
            Ok(Misconception { id: id.clone(), value })
        };
        wrong.iter().map(number).collect()
    }
}

/// The choice whose condition matches first, and where.
fn first(
    choices: &[(String, Option<crate::recording::Condition>)],
    recording: &mut Recording,
    ask: u64,
    until: u64,
) -> Result<(Answer, u64), String> {
    let mut first: Option<(&str, u64)> = None;
    for (id, when) in choices {
        let Some(at) = when.as_ref().and_then(|when| recording.next_match_until(ask, until, when)) else {
            continue;
        };
        match first {
            Some((other, there)) if there == at => {
                return Err(format!("{other:?} and {id:?} are both right, at position {at}"));
            }
            Some((_, there)) if there < at => {}
            _ => first = Some((id, at)),
        }
    }
    let otherwise = choices.iter().find(|(_, when)| when.is_none()).map(|(id, _)| (id.as_str(), until));
    let (id, at) = first.or(otherwise).ok_or("none of the choices is right, and none is \"otherwise\"")?;
    Ok((Answer::Choice(id.to_owned()), at))
}
