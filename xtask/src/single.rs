//! `cargo xtask bundle --single-file`: the page as one HTML file that needs no server.
//!
//! It is the npm package's `lab.single.js` in `web/index.html`; `npm/single.mjs` puts it there.

use std::path::PathBuf;

use anyhow::Result;
use xshell::cmd;

use crate::packages;
use crate::workspace::Workspace;

/// Writes the file, of the packages, and gives its place.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let packages = packages::build(workspace)?;
    let file = workspace.target.join("site-single/bufferevent-lab.html");
    let shell = &workspace.shell;
    cmd!(shell, "node npm/single.mjs {packages} {file}").run()?;
    eprintln!("wrote {}", file.display());
    Ok(file)
}
