//! An experiment as a file: the scenario of each branch, what made it, and where one was in it.

use serde::{Deserialize, Serialize};

use super::branch::Branch;
use super::error::{at, within};
use super::experiment::{Experiment, MAX_BRANCHES};
use super::json::{Json, Result, malformed};
use super::{Budget, Scenario};

/// The version of the file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    experiment: u32,
    current: usize,
    branches: Vec<SavedBranch>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBranch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<usize>,
    #[serde(default)]
    at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    did: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    was: Option<Json>,
    #[serde(default)]
    position: u64,
    #[serde(default)]
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
        let saved: Saved = serde_json::from_slice(text.as_bytes()).map_err(malformed)?;
        let refuse = |place: &str, problem: String| Err(at(place, problem));
        if saved.experiment != VERSION {
            return refuse("experiment", format!("must be {VERSION}, found {}", saved.experiment));
        }
        let count = saved.branches.len();
        if count > MAX_BRANCHES {
            return refuse("branches", format!("at most {MAX_BRANCHES}, found {count}"));
        }
        if saved.current >= count {
            return refuse("current", format!("there is no branch {}", saved.current));
        }
        let branches: Result<Vec<Branch>> =
            saved.branches.into_iter().enumerate().map(|(index, branch)| branch.read(index)).collect();
        Ok(Self::with_branches(branches?, saved.current, Budget::PAGE))
    }
}

impl SavedBranch {
    fn read(self, index: usize) -> Result<Branch> {
        let place = |key: &str| format!("branches[{index}].{key}");
        // The first left nobody; every other one left one that is before it.
        if self.parent.is_none() != (index == 0) || self.parent.is_some_and(|parent| parent >= index) {
            return Err(at(&place("parent"), "must be the number of a branch before it, but for the first"));
        }
        let text = |json: Option<Json>| {
            json.map_or_else(String::new, |it| serde_json::to_string(&it).expect("it was read"))
        };
        Ok(Branch {
            parent: self.parent,
            at: self.at,
            label: text(self.did),
            was: text(self.was),
            length: self.length,
            position: self.position,
            scenario: Scenario::from_value(&self.scenario)
                .map_err(|error| within(&place("scenario"), error))?,
        })
    }
}
