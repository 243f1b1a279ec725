//! Values: numbers, words, and names with what they stand for.

use super::super::action::{Amount, Counter, On};
use super::super::grammar::{CALLBACKS, EOLS, FLAGS, OPS, PROGRAMS};
use super::super::json::{Json, Object, Place, Result};
use super::super::marks::WatermarksSpec;
use crate::said::{phrase, said};
use crate::{Callbacks, Direction, Directions, EolStyle, What};

/// What names stand for.
pub(super) struct Names<'a> {
    pub(super) bufferevents: Vec<&'a str>,
    pub(super) timers: Vec<&'a str>,
}

impl Names<'_> {
    pub(super) fn bufferevent_called(&self, json: &Json, place: &Place<'_>) -> Result<usize> {
        find(&self.bufferevents, phrase!("bufferevent"), json.text(place)?, place)
    }

    pub(super) fn timer_called(&self, json: &Json, place: &Place<'_>) -> Result<usize> {
        find(&self.timers, phrase!("timer"), json.text(place)?, place)
    }

    pub(super) fn counter(&self, json: &Json, place: &Place<'_>) -> Result<Counter> {
        let name = json.text(place)?;
        if let Some((_, on)) = PROGRAMS.iter().find(|(candidate, _)| *candidate == name) {
            return Ok(Counter::Callback(*on));
        }
        let there: Vec<&str> =
            PROGRAMS.iter().map(|(name, _)| *name).chain(self.timers.iter().copied()).collect();
        let timer = self.timers.iter().position(|timer| *timer == name);
        timer.map(Counter::Timer).ok_or_else(|| place.unknown(phrase!("callback or timer"), name, there))
    }
}

fn find(names: &[&str], what: &str, name: &str, place: &Place<'_>) -> Result<usize> {
    let found = names.iter().position(|candidate| *candidate == name);
    found.ok_or_else(|| place.unknown(what, name, names.iter().copied()))
}

pub(super) fn text(json: &Json, place: &Place<'_>) -> Result<String> {
    json.text(place).map(str::to_owned)
}

pub(super) fn amount(json: &Json, place: &Place<'_>) -> Result<Amount> {
    match json {
        Json::Text(_) => Ok(Amount::All),
        _ => json.whole(place).map(Amount::UpTo),
    }
}

/// A list, or one of what would stand in it.
fn each<T: Copy>(json: &Json, place: &Place<'_>, table: &[(&str, T)]) -> Result<Vec<T>> {
    match json {
        Json::Text(_) => json.choice(place, table).map(|one| vec![one]),
        _ => json.list(place, |json, place| json.choice(place, table)),
    }
}

/// A direction named twice counts once.
pub(super) fn directions(json: &Json, place: &Place<'_>) -> Result<Directions> {
    let each = each(json, place, &OPS)?;
    let has = |direction| each.contains(&direction);
    Ok(Directions { read: has(Direction::Read), write: has(Direction::Write) })
}

pub(super) fn callbacks(json: &Json, place: &Place<'_>) -> Result<Callbacks> {
    let each = each(json, place, &CALLBACKS)?;
    let has = |on| each.contains(&on);
    Ok(Callbacks { read: has(On::Read), write: has(On::Write), event: has(On::Event) })
}

pub(super) fn flags(json: &Json, place: &Place<'_>) -> Result<What> {
    let Json::Number(_) = json else {
        return Ok(each(json, place, &FLAGS)?.into_iter().fold(What::NONE, What::union));
    };
    let sum = json.whole(place)?;
    let has = |flag: &What| sum & u32::from(flag.bits()) != 0;
    let what = FLAGS.iter().map(|(_, flag)| *flag).filter(has).fold(What::NONE, What::union);
    if u32::from(what.bits()) == sum {
        Ok(what)
    } else {
        Err(place.refuse(said!("{} is no sum of flags", sum)))
    }
}

pub(super) fn line(json: &Json, place: &Place<'_>) -> Result<EolStyle> {
    match json {
        Json::Bool(_) => Ok(EolStyle::Any),
        _ => json.choice(place, &EOLS),
    }
}

pub(super) fn marks_of(object: &Object<'_>) -> Result<WatermarksSpec> {
    Ok(WatermarksSpec { low: or_zero(object, "low")?, high: or_zero(object, "high")? })
}

pub(super) fn or_zero(object: &Object<'_>, key: &'static str) -> Result<u32> {
    Ok(object.optional(key, Json::whole)?.unwrap_or(0))
}
