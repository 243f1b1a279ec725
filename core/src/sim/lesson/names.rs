//! The names in a lesson: each is there, and once.

use std::collections::HashSet;

use super::super::error::at;
use super::super::json::{Place, Result};
use super::super::{Format, Scenario, ScenarioError};
use super::{BREAK, Known, LESSON, Lesson, Prediction, REPAIR, Shows, Wanted};
use crate::recording::Condition;

/// Refuses names that are not there, and those that are there twice.
pub(super) fn check(lesson: &Lesson) -> Result<()> {
    once("predictions", lesson.predictions.iter().map(|it| it.id.as_str()))?;
    once("tasks", lesson.tasks.iter().map(|it| it.id.as_str()))?;
    for prediction in &lesson.predictions {
        let source = lesson.source(&prediction.about);
        let (place, scenario) = (&prediction.place, source.map(|it| &it.scenario));
        if let Wanted::First { choices, .. } = &prediction.what {
            once(&format!("{place}.choices"), choices.iter().map(|(id, _)| id.as_str()))?;
        }
        known(place, prediction.conditions(), scenario)?;
        let of = prediction.of.as_deref().into_iter().chain(match &prediction.what {
            Wanted::Number { figure, .. } => figure.name(),
            Wanted::First { .. } => None,
        });
        of.into_iter().try_for_each(|name| known_name(place, "bufferevent", name, scenario))?;
    }
    for task in &lesson.tasks {
        known(&task.place, task.when.iter(), lesson.scenario(LESSON))?;
    }
    if let Some(shows) = &lesson.breaks {
        known("break.shows", [shows.condition()], lesson.scenario(BREAK))?;
    }
    if let Some(repair) = &lesson.repair {
        once("repair.fields", repair.fields.iter().map(|it| it.id.as_str()))?;
        once("repair.goals", repair.goals.iter().map(|(id, _)| id.as_str()))?;
        known(
            "repair.goals",
            repair.goals.iter().map(|(_, goal)| goal.condition()),
            lesson.scenario(REPAIR),
        )?;
    }
    lesson.facts.iter().try_for_each(|fact| {
        let Some(source) = lesson.source(&fact.from) else {
            let there = lesson.scenarios().map(|(name, _)| name);
            return Err(Place::Key(&Place::Top, &fact.place).unknown("scenario", &fact.from, there));
        };
        let (conditions, name): (Vec<&Condition>, _) = match &fact.what {
            Known::Setting(_) => (Vec::new(), None),
            Known::Figure(figure, spot) => (spot.conditions(), figure.name()),
            Known::Value(_, happens) => (vec![happens], None),
        };
        known(&fact.place, conditions, Some(&source.scenario))?;
        name.map_or(Ok(()), |name| known_name(&fact.place, "bufferevent", name, Some(&source.scenario)))
    })
}

/// Refuses an id that is there twice.
fn once<'a>(place: &str, mut ids: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    match ids.find(|id| !seen.insert(*id)) {
        Some(id) => Err(at(place, format!("{id:?} is there twice"))),
        None => Ok(()),
    }
}

/// Refuses a condition that names what the scenario does not have.
fn known<'a>(
    place: &str,
    conditions: impl IntoIterator<Item = &'a Condition>,
    scenario: Option<&Scenario>,
) -> Result<()> {
    conditions.into_iter().try_for_each(|condition| {
        let (bufferevents, timers) = condition.names();
        let names = bufferevents.into_iter().map(|name| ("bufferevent", name));
        let mut names = names.chain(timers.into_iter().map(|name| ("timer", name)));
        names.try_for_each(|(what, name)| known_name(place, what, name, scenario))
    })
}

fn known_name(place: &str, what: &str, name: &str, scenario: Option<&Scenario>) -> Result<()> {
    let there: Vec<&str> = match scenario {
        // In format 1 nothing has a name that records know.
        Some(scenario) if scenario.format == Format::V2 && what == "timer" => {
            scenario.timers.iter().map(|it| it.name.as_str()).collect()
        }
        Some(scenario) if scenario.format == Format::V2 => {
            scenario.bufferevents.iter().map(|it| it.name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    if there.contains(&name) {
        return Ok(());
    }
    Err(ScenarioError { place: place.to_owned(), ..Place::Top.unknown(what, name, there) })
}

impl Prediction {
    fn conditions(&self) -> Vec<&Condition> {
        let mut all = self.ask.conditions();
        match &self.what {
            Wanted::First { choices, until } => {
                all.extend(choices.iter().filter_map(|(_, when)| when.as_ref()));
                all.extend(until.conditions());
            }
            Wanted::Number { at, .. } => all.extend(at.conditions()),
        }
        all
    }
}

impl Shows {
    pub(super) const fn condition(&self) -> &Condition {
        match self {
            Self::Never(condition) | Self::Happens(condition) | Self::End(condition) => condition,
        }
    }
}
