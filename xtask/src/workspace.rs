//! Where things are, asked of cargo once.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

/// The workspace, and a shell whose current folder is its root.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) shell: Shell,
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever the environment or the configuration puts it.
    pub(crate) target: PathBuf,
    packages: Vec<Value>,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        // `cargo run` sets the variable; a workspace that was moved has the right one there and a stale one in here.
        let manifest_dir =
            std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        Self::at(Path::new(&manifest_dir))
    }

    /// The workspace that this folder is in.
    pub(crate) fn at(folder: &Path) -> Result<Self> {
        let shell = Shell::new()?;
        shell.change_dir(folder);
        let text = cmd!(shell, "cargo metadata --no-deps --format-version 1").quiet().read()?;
        let mut metadata: Value = serde_json::from_str(&text).context("reading `cargo metadata`")?;
        let path = |key: &str| metadata[key].as_str().map(PathBuf::from).with_context(|| format!("no {key}"));
        let (root, target) = (path("workspace_root")?, path("target_directory")?);
        let packages = match metadata["packages"].take() {
            Value::Array(packages) => packages,
            _ => Vec::new(),
        };
        shell.change_dir(&root);
        Ok(Self { shell, root, target, packages })
    }

    /// The static site that [`crate::bundle`] writes.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// This system, by rustc's name for it.
    pub(crate) fn host(&self) -> Result<String> {
        let shell = &self.shell;
        let text = cmd!(shell, "rustc --version --verbose").quiet().read()?;
        let host = text.lines().find_map(|line| line.strip_prefix("host: "));
        host.map(str::to_owned).context("rustc does not say what it runs on")
    }

    /// Name and version of each crate that is meant for others.
    pub(crate) fn published(&self) -> impl Iterator<Item = (&str, &str)> {
        let published = self.packages.iter().filter(|package| package["publish"].is_null());
        published.filter_map(|package| Some((package["name"].as_str()?, package["version"].as_str()?)))
    }

    /// The names of a package's features, `default` left out.
    pub(crate) fn features(&self, package: &str) -> Result<Vec<String>> {
        let features = self.package(package)?["features"].as_object().context("it has no features")?;
        Ok(features.keys().filter(|name| *name != "default").cloned().collect())
    }

    pub(crate) fn version_of(&self, package: &str) -> Result<&str> {
        self.package(package)?["version"].as_str().context("it has no version")
    }

    fn package(&self, name: &str) -> Result<&Value> {
        let found = self.packages.iter().find(|candidate| candidate["name"] == name);
        found.with_context(|| format!("the workspace has no package `{name}`"))
    }
}

/// What this run has made before, or makes now.
pub(crate) fn once(made: &OnceLock<PathBuf>, make: impl FnOnce() -> Result<PathBuf>) -> Result<PathBuf> {
    if let Some(made) = made.get() {
        return Ok(made.clone());
    }
    let new = make()?;
    Ok(made.get_or_init(|| new).clone())
}

/// The name of a program's file on this system.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
