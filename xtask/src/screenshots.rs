//! `cargo xtask screenshots`: pictures of the page, to be looked at.

use anyhow::Result;
use xshell::cmd;

use crate::bundle;
use crate::tools;
use crate::workspace::Workspace;

/// Writes them to `target/screenshots`; with `only`, those whose name has one of these parts.
pub(crate) fn take(workspace: &Workspace, only: &[String]) -> Result<()> {
    bundle::build_if_stale(workspace)?;
    tools::npm_packages(workspace, "web/tests")?;
    let browser = tools::browser(workspace)?;
    let shell = &workspace.shell;
    cmd!(shell, "node web/tests/screenshots.mjs {only...}")
        .env("BUFFEREVENT_SITE", workspace.site())
        .env("BUFFEREVENT_SCREENSHOTS", workspace.target.join("screenshots"))
        .env("CHROMIUM", browser.program)
        .run()
        .map_err(Into::into)
}
