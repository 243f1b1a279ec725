//! Programs whose callbacks make libevent break a buffer of its own. What it does from then on follows from nothing that could be
//! written down, so the harness has to notice, and before it a program counts.
//!
//! `xtask/oracle/broken.jsonl` has one a line, with the number of lines of its trace that count; where all do, it says none.

use std::path::Path;

use anyhow::{Result, ensure};
use bufferevent::sim::Scenario;
use serde_json::Value;

use super::harness::Harness;
use super::{DIALECT, differs};

const PROGRAMS: &str = include_str!("../../oracle/broken.jsonl");

/// Fails where one of them is broken off elsewhere, or not, or differs before.
pub(super) fn check(program: &Path) -> Result<()> {
    let mut harness = Harness::start(program, DIALECT)?;
    for line in PROGRAMS.lines() {
        let json: Value = serde_json::from_str(line)?;
        let scenario = Scenario::from_json(&json["scenario"].to_string())?;
        harness.send(&scenario);
        let run = harness.receive(&scenario)?;
        let (counts, expected) = (run.is_broken().then_some(run.trace.len() as u64), json["counts"].as_u64());
        let name = &scenario.name;
        ensure!(counts == expected, "of {name} count {counts:?} lines before it is broken, not {expected:?}");
        ensure!(differs(run, &scenario).is_none(), "{name} differs from libevent before it is broken");
    }
    Ok(())
}
