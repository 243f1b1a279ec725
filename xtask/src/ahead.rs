//! What later checks wait for, made while earlier ones run: a browser, libevent, npm's packages, the wasm.
//!
//! A check that needs one of these looks for it again, makes it if it is not there, and says what is wrong with it. So
//! nothing that goes wrong here is an error, and a check that is run alone needs none of this.

use std::env;
use std::fs::File;
use std::path::Path;
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
    // Clippy for wasm wants it too, and rustup does not expect to be asked twice at once.
    tools::wasm_target(workspace)?;
    let log = workspace.target.join("ahead.log");
    let mut command = Command::new(env::current_exe()?);
    command.arg("ahead");
    let begun = start(&mut command, &log)?;
    eprintln!("process {} writes {}", begun.id(), log.display());
    let before = BEGUN.lock().ok().and_then(|mut place| place.replace(begun));
    before.map_or(Ok(()), end)
}

fn start(command: &mut Command, log: &Path) -> Result<Child> {
    let file = File::create(log).with_context(|| format!("writing {}", log.display()))?;
    let command = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    command.spawn().context("starting this program once more")
}

/// Waits until they are made, or cannot be.
pub(crate) fn wait(_: &Workspace) -> Result<()> {
    let begun = BEGUN.lock().ok().and_then(|mut place| place.take());
    begun.map_or(Ok(()), await_end)
}

fn await_end(mut begun: Child) -> Result<()> {
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
    let made = [
        tools::c_compiler_with_libevent(workspace).map(drop),
        tools::headless(workspace).map(drop),
        tools::npm_packages(workspace, "web/tests"),
        tools::npm_packages(workspace, "npm"),
        bundle::build_wasm(workspace).map(drop),
        tools::bindgen(workspace).map(drop),
    ];
    made.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_is_in_its_log_and_what_fails_is_left_to_the_checks() {
        let folder = xshell::Shell::new().unwrap().create_temp_dir().unwrap();
        let log = folder.path().join("log");
        await_end(start(Command::new("cargo").arg("--version"), &log).unwrap()).unwrap();
        assert!(std::fs::read_to_string(&log).unwrap().starts_with("cargo "));
        await_end(start(Command::new("cargo").arg("--no-such-option"), &log).unwrap()).unwrap();
        end(start(Command::new("cargo").arg("--version"), &log).unwrap()).unwrap();
    }
}
