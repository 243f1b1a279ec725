//! An experiment as a file: the scenario of each branch, what made it, and where one was in it.

use serde::Serialize;

use super::branch::Branch;
use super::error::within;
use super::experiment::{Experiment, MAX_BRANCHES};
use super::json::{Json, Place, Result};
use super::{Budget, Scenario};
use crate::said::said;

/// The version of the file.
const VERSION: u32 = 1;

/// The largest position: JSON's numbers are exact up to it.
const MOST: u64 = 1 << 53;

/// The keys of a branch; [`read`] knows the same.
#[derive(Serialize)]
struct SavedBranch {
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<usize>,
    at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<Json>,
    position: u64,
    length: u64,
    scenario: Json,
}

impl Experiment {
    /// All branches as JSON, a line each; [`from_json`](Self::from_json) goes on with it.
    ///
    /// # Panics
    /// Never: what is written has no key that is no text, and labels are JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = |text: &str| (!text.is_empty()).then(|| Json::parse(text.as_bytes()).expect("it is JSON"));
        let line = |branch: &Branch| {
            let saved = SavedBranch {
                parent: branch.parent,
                at: branch.at,
                did: json(&branch.label),
                was: json(&branch.was),
                position: branch.position,
                length: branch.length,
                scenario: json(&branch.scenario.to_json()).expect("a scenario is not empty"),
            };
            serde_json::to_string(&saved).expect("it can be written")
        };
        let lines: Vec<String> = self.branches().iter().map(line).collect();
        let (current, lines) = (self.current_branch(), lines.join(",\n"));
        format!("{{\"experiment\":{VERSION},\"current\":{current},\"branches\":[\n{lines}\n]}}\n")
    }

    /// Reads an experiment that was written so, as far as the budget of a page goes.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_json(text: &str) -> Result<Self> {
        let json = Json::parse(text.as_bytes())?;
        let saved = json.object(&Place::Top, ["experiment", "current", "branches"].into_iter())?;
        saved.required("experiment", |json, place| match json.whole(place)? {
            VERSION => Ok(()),
            other => Err(place.refuse(said!("must be {}, found {}", VERSION, other))),
        })?;
        let branches = saved.required("branches", |json, place| {
            let mut index = 0;
            json.list(place, |json, place| {
                if index == MAX_BRANCHES {
                    return Err(place.refuse(said!("there are at most {}", MAX_BRANCHES)));
                }
                index += 1;
                read(json, place, index - 1)
            })
        })?;
        let current = saved.required("current", |json, place| {
            let current = json.whole(place)? as usize;
            if current < branches.len() {
                Ok(current)
            } else {
                Err(place.refuse(said!("there is no branch {}", current)))
            }
        })?;
        Ok(Self::with_branches(branches, current, Budget::PAGE))
    }
}

/// The branch with this number.
fn read(json: &Json, place: &Place<'_>, index: usize) -> Result<Branch> {
    let keys = ["parent", "at", "did", "was", "position", "length", "scenario"];
    let branch = json.object(place, keys.into_iter())?;
    let parent = branch.optional("parent", |json, place| json.whole(place).map(|it| it as usize))?;
    // The first left nobody; every other one left one that is before it.
    if parent.is_none() != (index == 0) || parent.is_some_and(|parent| parent >= index) {
        let problem = said!("must be the number of a branch before it, but for the first");
        return Err(branch.place("parent").refuse(problem));
    }
    let position = |key| {
        branch.optional(key, |json, place| json.whole_within(place, 0, MOST)).map(Option::unwrap_or_default)
    };
    let text =
        |key| branch.get(key).map_or_else(String::new, |it| serde_json::to_string(it).expect("it was read"));
    Ok(Branch {
        parent,
        at: position("at")?,
        label: text("did"),
        was: text("was"),
        length: position("length")?,
        position: position("position")?,
        scenario: branch.required("scenario", |json, place| {
            Scenario::from_value(json).map_err(|error| within(&place.to_string(), error))
        })?,
    })
}
