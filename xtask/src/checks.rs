//! `cargo xtask test`: the list of steps.

use anyhow::Result;
use xshell::cmd;

use crate::steps::{self, Step};
use crate::workspace::Workspace;

/// What every change must pass, quickest to fail first.
const NATIVE: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "clippy", run: clippy },
    Step { name: "unit tests and doctests", run: unit_tests },
    Step { name: "core without default features", run: core_without_default_features },
    Step { name: "core with each feature alone", run: core_with_each_feature },
    Step { name: "documentation", run: documentation },
    // The live oracle goes here: `Step { name: "live oracle", run: |_| oracle::run(COUNT, SEED) }`.
];

/// Runs the steps that this working copy has folders for.
pub(crate) fn test(workspace: &Workspace, all: bool) -> Result<()> {
    let list = NATIVE.to_vec();
    let _ = all;
    steps::run(workspace, &list)
}

fn format(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo fmt --all --check").run()?)
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo clippy --workspace --all-targets --all-features -- -D warnings").run()?)
}

/// Plain `cargo test`, because nextest runs no doctests.
fn unit_tests(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --workspace --all-features").run()?)
}

fn core_without_default_features(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --package bufferevent --no-default-features").run()?)
}

/// Finds code that compiles only because another feature is on too.
fn core_with_each_feature(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    for feature in workspace.features("bufferevent")? {
        cmd!(shell, "cargo check --package bufferevent --no-default-features --features {feature}").run()?;
    }
    Ok(())
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let documentation = cmd!(shell, "cargo doc --workspace --no-deps --all-features");
    Ok(documentation.env("RUSTDOCFLAGS", "-D warnings").run()?)
}
