//! A place in a run, said by conditions.

use super::super::json::{Json, Object, Place as At, Result};
use crate::recording::{Condition, Recording};

/// Where in a run something is asked or read off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Spot {
    /// Its end.
    End,
    /// At a record, or before it.
    Record { condition: Condition, before: bool, nth: u64, after: Option<Box<Self>> },
}

impl Spot {
    pub(super) fn read(json: &Json, at: &At<'_>) -> Result<Self> {
        if matches!(json, Json::Text(_)) {
            return Ok(Self::End);
        }
        let object = json.known_object(at)?;
        let before = object.has("before");
        Ok(Self::Record {
            condition: condition(&object, if before { "before" } else { "at" })?,
            before,
            nth: object.optional("nth", |json, at| json.whole_within(at, 1, u64::MAX))?.unwrap_or(1),
            after: object.optional("after", Self::read)?.map(Box::new),
        })
    }

    /// Its position, looked for beyond `from` unless it says beyond what itself.
    pub(super) fn find(&self, recording: &mut Recording, from: u64) -> Option<u64> {
        let Self::Record { condition, before, nth, after } = self else {
            return Some(recording.end_position());
        };
        let mut position = match after {
            Some(after) => after.find(recording, from)?,
            None => from,
        };
        for _ in 0..*nth {
            position = recording.next_match(position, condition)?;
        }
        Some(if *before { position - 1 } else { position })
    }

    /// The conditions that it has.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::End => Vec::new(),
            Self::Record { condition, after, .. } => {
                let mut all = after.as_ref().map(|after| after.conditions()).unwrap_or_default();
                all.push(condition);
                all
            }
        }
    }
}

/// The condition of a key.
pub(super) fn condition(object: &Object<'_>, key: &'static str) -> Result<Condition> {
    object.required(key, parse)
}

pub(super) fn parse(json: &Json, at: &At<'_>) -> Result<Condition> {
    json.text(at)?.parse().map_err(|error: crate::recording::BadCondition| at.refuse(error.to_string()))
}
