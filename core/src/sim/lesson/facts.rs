//! The numbers of the texts, read off the runs.

use std::collections::BTreeMap;

use super::super::Experiment;
use super::{Fact, Known, Lesson, Source};
use crate::Dialect;

impl Lesson {
    /// The numbers that its texts name, as this libevent has them. One that it does not have is left out.
    #[must_use]
    pub fn facts(&self, dialect: Dialect) -> BTreeMap<&str, u64> {
        let mut runs = BTreeMap::new();
        for source in &self.experiments {
            runs.extend(source.run(dialect).ok().map(|run| (source.name.as_str(), run)));
        }
        let read = |fact: &'_ Fact| -> Option<u64> {
            fact.read(self.source(&fact.from)?, runs.get_mut(fact.from.as_str())?).ok()
        };
        let values: Vec<Option<u64>> = self.facts.iter().map(read).collect();
        let mut facts = BTreeMap::new();
        facts.extend(
            self.facts.iter().zip(values).filter_map(|(fact, value)| Some((fact.name.as_str(), value?))),
        );
        facts
    }
}

impl Fact {
    /// Its number in this run, or why there is none.
    pub(super) fn read(&self, source: &Source, run: &mut Experiment) -> Result<u64, String> {
        let recording = run.recording_mut();
        match &self.what {
            Known::Setting(pointer) => {
                source.setting(pointer).ok_or_else(|| format!("{pointer} leads to no number in the scenario"))
            }
            Known::Figure(figure, at) => {
                let at = at.find(recording, 0).ok_or("the run does not come to that point")?;
                figure.read(recording.seek(at), None).ok_or_else(|| {
                    format!(
                        "{figure} is not known there: is it said of which bufferevent, and does it have it?"
                    )
                })
            }
            Known::Value(value, happens) => match recording.next_match(0, happens) {
                Some(_) => Ok(*value),
                None => Err("what is to prove the value does not happen".to_owned()),
            },
        }
    }
}
