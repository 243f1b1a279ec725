//! The page's modules in few files: a browser asks for some 150 of them one after the other, as each says which it needs.
//!
//! esbuild puts them together (`npm/page.mjs`), which needs Node. Where there is none the modules stay as they are, and the page
//! is the same, but later.

use std::path::Path;

use anyhow::Result;
use xshell::cmd;

use crate::tools;
use crate::workspace::Workspace;

/// How a site's modules are, as its stamp calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modules {
    Few,
    AsTheyAre,
}

impl Modules {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Few => "few files",
            Self::AsTheyAre => "as they are",
        }
    }
}

/// Puts the modules of a site together where that can be done, and says so where not.
pub(crate) fn put_together(workspace: &Workspace, site: &Path) -> Result<Modules> {
    if let Err(error) = tools::npm_packages(workspace, "npm") {
        eprintln!("the page's modules stay some 150 files, and it opens later than it could: {error:#}");
        return Ok(Modules::AsTheyAre);
    }
    let shell = &workspace.shell;
    cmd!(shell, "node npm/page.mjs {site}").run()?;
    Ok(Modules::Few)
}
