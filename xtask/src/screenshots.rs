//! `cargo xtask screenshots`: pictures of the page, to be looked at.

use anyhow::Result;
use xshell::cmd;

use crate::bundle;
use crate::tools;
use crate::workspace::Workspace;

/// Writes them to `target/screenshots`; with `only`, those whose name has one of these parts.
pub(crate) fn take(workspace: &Workspace, only: &[String]) -> Result<()> {
    run(workspace, "web/tests/screenshots.mjs", only)
}

/// Writes what is seen while a lesson plays to `target/screenshots/frames`.
pub(crate) fn frames(workspace: &Workspace) -> Result<()> {
    run(workspace, "web/tests/frames.mjs", &[])
}

fn run(workspace: &Workspace, script: &str, arguments: &[String]) -> Result<()> {
    bundle::build_if_stale(workspace)?;
    tools::npm_packages(workspace, "web/tests")?;
    let browser = tools::browser(workspace)?;
    let shell = &workspace.shell;
    cmd!(shell, "node {script} {arguments...}")
        .env("BUFFEREVENT_SITE", workspace.site())
        .env("BUFFEREVENT_SCREENSHOTS", workspace.target.join("screenshots"))
        .env("CHROMIUM", browser)
        .run()
        .map_err(Into::into)
}
