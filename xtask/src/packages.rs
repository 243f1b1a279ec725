//! `cargo xtask packages`: the npm packages, as files that npm installs.
//!
//! ```text
//! target/npm/bufferevent-wasm-VERSION.tgz   the engine, for Node, browsers, bundlers and workers
//! target/npm/bufferevent-lab-VERSION.tgz    the element, for bundlers, and in one file for a page
//! ```
//!
//! cargo and wasm-bindgen make what they are of; `npm/build.mjs` puts them together.

use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::Result;
use xshell::cmd;

use crate::bundle;
use crate::tools;
use crate::workspace::{Workspace, once};

/// The packages, each a folder below the one that [`build`] gives.
pub(crate) const PACKAGES: [&str; 2] = ["bufferevent-wasm", "bufferevent-lab"];

/// Writes each package, packed and beside it as a folder; gives the folder that they are in. A second time it gives what it has
/// written: a release gives away what it has tested.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    once(&BUILT, || build_anew(workspace))
}

fn build_anew(workspace: &Workspace) -> Result<PathBuf> {
    bundle::build_if_stale(workspace)?;
    tools::npm_packages(workspace, "npm")?;
    let module = bundle::build_wasm(workspace)?;
    let (glue, site, out) =
        (workspace.target.join("npm-glue"), workspace.site(), workspace.target.join("npm"));
    bundle::remove(&out)?;
    for kind in ["web", "nodejs"] {
        bundle::bind(workspace, &module, kind, &glue.join(kind))?;
    }
    let shell = &workspace.shell;
    cmd!(shell, "node npm/build.mjs {glue} {site} {out}").run()?;
    for package in PACKAGES {
        let _folder = shell.push_dir(out.join(package));
        cmd!(shell, "npm pack --silent --pack-destination {out}").run()?;
    }
    eprintln!("wrote {}", out.display());
    Ok(out)
}
