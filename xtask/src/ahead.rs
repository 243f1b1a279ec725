//! What later checks wait for, made while earlier ones run: a browser, libevent, npm's packages, the wasm.
//!
//! A check that needs one of these looks for it again, makes it if it is not there, and says what is wrong with it. So
//! nothing that goes wrong here is an error, and a check that is run alone needs none of this.

use std::env;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result};

use crate::bundle;
use crate::tools;
use crate::workspace::Workspace;

/// The process that makes them.
static BEGUN: Mutex<Option<Child>> = Mutex::new(None);

/// In a process of its own, for what it says would stand between the lines of the checks: it is in `target/ahead.log`.
pub(crate) fn begin(workspace: &Workspace) -> Result<()> {
    let log = workspace.target.join("ahead.log");
    let file = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
    let mut command = Command::new(env::current_exe()?);
    command.arg("ahead").stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let begun = command.spawn().context("starting this program once more")?;
    eprintln!("process {} writes {}", begun.id(), log.display());
    let before = BEGUN.lock().ok().and_then(|mut place| place.replace(begun));
    before.map_or(Ok(()), end)
}

/// Waits until they are made, or cannot be.
pub(crate) fn wait(_: &Workspace) -> Result<()> {
    let Some(mut begun) = BEGUN.lock().ok().and_then(|mut place| place.take()) else { return Ok(()) };
    let status = begun.wait()?;
    if !status.success() {
        eprintln!("not all of it could be made ({status}): the checks that need it say why");
    }
    Ok(())
}

/// Ends it where nobody waits for it any more.
pub(crate) fn stop() -> Result<()> {
    let begun = BEGUN.lock().ok().and_then(|mut place| place.take());
    begun.map_or(Ok(()), end)
}

fn end(mut begun: Child) -> Result<()> {
    begun.kill()?;
    begun.wait()?;
    Ok(())
}

/// What that process does: first what waits for the network.
pub(crate) fn make(workspace: &Workspace) -> Result<()> {
    // No other check installs a package before it has waited: two installations at once are one too many.
    let mut made = vec![tools::c_compiler_with_libevent(workspace).map(drop)];
    if workspace.has("web") {
        made.push(tools::browser(workspace).map(drop));
        made.push(tools::npm_packages(workspace, "web/tests"));
    }
    if workspace.has("wasm") {
        made.push(bundle::build_wasm(workspace).map(drop));
        made.push(tools::bindgen(workspace).map(drop));
    }
    made.into_iter().collect()
}
