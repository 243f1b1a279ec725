//! `cargo xtask test`: the list of checks.
//!
//! What is in the list depends on which folders the working copy has, never on which tools the machine has: a check
//! whose tool is missing installs it or fails (see [`crate::tools`]).

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::as_c;
use crate::bundle;
use crate::oracle;
use crate::packages;
use crate::single;
use crate::steps::{self, Step};
use crate::tools::{self, WASM};
use crate::workspace::{Workspace, executable};

/// A check, and the folder without which there is nothing to check.
type Check = (&'static str, Step);

/// What every change must pass: quick to fail first.
const ALWAYS: &[Check] = &[
    (".", Step { name: "format", run: format }),
    (".", Step { name: "clippy", run: clippy }),
    ("wasm", Step { name: "clippy for wasm", run: clippy_for_wasm }),
    (".", Step { name: "unit tests and doctests", run: unit_tests }),
    (".", Step { name: "core without default features", run: core_without_default_features }),
    (".", Step { name: "core with each feature alone", run: core_with_each_feature }),
    (".", Step { name: "documentation", run: documentation }),
    (".", Step { name: "live oracle", run: live_oracle }),
    (".", Step { name: "live oracle of evbuffers", run: oracle::evbuffer::test }),
    (".", Step { name: "scenarios as C programs", run: scenarios_as_c }),
    ("wasm", Step { name: "wasm tests in Chromium", run: wasm_tests }),
    ("wasm", Step { name: "bundle", run: bundle::build_if_stale }),
    ("web", Step { name: "the page's types", run: page_types }),
    ("web", Step { name: "the page in Chromium", run: page_tests }),
    ("web/tests/consumers", Step { name: "package consumers", run: package_consumers }),
    ("npm", Step { name: "npm packages", run: npm_packages }),
];

/// What a release must pass too. Not Miri: `unsafe` is forbidden in every crate.
const SLOW: &[Check] = &[
    ("wasm", Step { name: "wasm-pack", run: wasm_pack }),
    ("npm", Step { name: "npm packages in slow tools", run: npm_packages_slow }),
    (".", Step { name: "packages for crates.io", run: publish_dry_run }),
    (".", Step { name: "unused dependencies", run: unused_dependencies }),
];

/// Runs the checks that there is something to check for.
pub(crate) fn test(workspace: &Workspace, all: bool) -> Result<()> {
    let slow = if all { SLOW } else { &[] };
    let checks = ALWAYS.iter().chain(slow).filter(|(folder, _)| workspace.has(folder));
    steps::run(workspace, &checks.map(|(_, step)| *step).collect::<Vec<_>>())
}

fn format(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo fmt --all --check").run()?)
}

// `xtask-bindgen` is left out of these three: it is ten lines, and checking what it depends on takes a minute.

fn clippy(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let selected = ["--workspace", "--exclude", "xtask-bindgen", "--all-targets", "--all-features"];
    Ok(cmd!(shell, "cargo clippy {selected...} -- -D warnings").run()?)
}

/// Plain `cargo test`, because nextest runs no doctests.
fn unit_tests(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --workspace --exclude xtask-bindgen --all-features").run()?)
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let documentation = cmd!(shell, "cargo doc --workspace --exclude xtask-bindgen --no-deps --all-features");
    Ok(documentation.env("RUSTDOCFLAGS", "-D warnings").run()?)
}

fn core_without_default_features(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --package bufferevent --no-default-features").run()?)
}

/// Builds each crate that is meant for others from what its package holds.
fn publish_dry_run(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let crates = ["-p", "bufferevent", "-p", "bufferevent-mio", "-p", "bufferevent-server"];
    Ok(cmd!(shell, "cargo publish --dry-run --allow-dirty {crates...}").run()?)
}

/// Finds code that compiles only because another feature is on too.
fn core_with_each_feature(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    for feature in workspace.features("bufferevent")? {
        cmd!(shell, "cargo check --package bufferevent --no-default-features --features {feature}").run()?;
    }
    Ok(())
}

fn clippy_for_wasm(workspace: &Workspace) -> Result<()> {
    tools::wasm_target(workspace)?;
    let shell = &workspace.shell;
    let selected = ["--package", "bufferevent-wasm", "--all-targets", "--all-features"];
    Ok(cmd!(shell, "cargo clippy --target {WASM} {selected...} -- -D warnings").run()?)
}

fn live_oracle(workspace: &Workspace) -> Result<()> {
    oracle::run(workspace, &oracle::Request::tested())
}

fn scenarios_as_c(workspace: &Workspace) -> Result<()> {
    as_c::run(workspace, as_c::COUNT, as_c::SEED)
}

/// Runs the wasm crate's tests in a headless browser, by the runner that `.cargo/config.toml` names.
fn wasm_tests(workspace: &Workspace) -> Result<()> {
    tools::wasm_target(workspace)?;
    // The runner would build itself, but without a word for a minute.
    tools::bindgen(workspace)?;
    let browser = tools::browser(workspace)?;
    let program = browser.program.to_str().context("the browser's path is not UTF-8")?;
    let arguments = ["disable-gpu", "disable-dev-shm-usage", "no-first-run", "disable-background-networking"];
    let capabilities = serde_json::json!({ "goog:chromeOptions": { "binary": program, "args": arguments } });
    let webdriver = workspace.target.join("webdriver.json");
    std::fs::write(&webdriver, capabilities.to_string())?;

    let shell = &workspace.shell;
    let tests = cmd!(shell, "cargo test --target {WASM} --package bufferevent-wasm --all-features --tests");
    tests
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", webdriver)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("CHROMEDRIVER", browser.driver)
        .run()
        .map_err(Into::into)
}

/// Checks the types that the page's comments declare, against those of the wasm package in the bundle.
fn page_types(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    let shell = &workspace.shell;
    let compiler = "web/tests/node_modules/typescript/bin/tsc";
    Ok(cmd!(shell, "node {compiler} --noEmit --allowJs --checkJs --project web/tsconfig.json").run()?)
}

fn page_tests(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    node_tests(workspace, "web/tests/page")
}

/// Programs that use the package, in each form that it has.
fn package_consumers(workspace: &Workspace) -> Result<()> {
    let packages = bundle::build_packages(workspace)?;
    consume(workspace, &packages)
}

fn consume(workspace: &Workspace, packages: &Path) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    let _packages = workspace.shell.push_env("BUFFEREVENT_PACKAGES", packages);
    node_tests(workspace, "web/tests/consumers")
}

/// The packages for npm, and programs that use them.
fn npm_packages(workspace: &Workspace) -> Result<()> {
    let built = packages::build(workspace)?;
    let _built = workspace.shell.push_env("BUFFEREVENT_NPM", built);
    let _single = workspace.shell.push_env("BUFFEREVENT_SINGLE", single::write(workspace)?);
    node_tests(workspace, "web/tests/packages")
}

/// Programs built by tools that take their time, from the packages that are there.
fn npm_packages_slow(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace, "web/tests/packages/slow")?;
    let _book = workspace.shell.push_env("BUFFEREVENT_MDBOOK", tools::cargo_tool(workspace, "mdbook")?);
    let _built = workspace.shell.push_env("BUFFEREVENT_NPM", packages::folder(workspace));
    node_tests(workspace, "web/tests/packages/slow")
}

/// Runs the `*.test.mjs` files of a folder. They find what they test in variables: `BUFFEREVENT_SITE` is the bundle's
/// folder, `BUFFEREVENT_SERVER` and `BUFFEREVENT_SCENARIO` the programs, `CHROMIUM` the browser.
fn node_tests(workspace: &Workspace, folder: &str) -> Result<()> {
    let shell = &workspace.shell;
    let mut files = shell.read_dir(folder)?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    // Node would be content with none.
    ensure!(!files.is_empty(), "there are no tests in {folder}");
    let browser = tools::browser(workspace)?;
    cmd!(shell, "cargo build --package bufferevent-server --bins").run()?;
    let program = |name: &str| workspace.target.join("debug").join(executable(name));
    // Two at once: a page waits more than it works.
    cmd!(shell, "node --test --test-concurrency=2 {files...}")
        .env("BUFFEREVENT_SITE", workspace.site())
        .env("BUFFEREVENT_SERVER", program("bufferevent-server"))
        .env("BUFFEREVENT_SCENARIO", program("bufferevent-scenario"))
        .env("CHROMIUM", browser.program)
        .run()
        .map_err(Into::into)
}

fn unused_dependencies(workspace: &Workspace) -> Result<()> {
    let machete = tools::cargo_tool(workspace, "cargo-machete")?;
    let shell = &workspace.shell;
    Ok(cmd!(shell, "{machete}").run()?)
}

/// Builds the npm packages the way others build theirs, and has the consumers use them.
fn wasm_pack(workspace: &Workspace) -> Result<()> {
    let wasm_pack = tools::cargo_tool(workspace, "wasm-pack")?;
    let shell = &workspace.shell;
    let packages = workspace.target.join("wasm-pack");
    for kind in bundle::PACKAGES {
        let folder = packages.join(kind);
        let build = cmd!(
            shell,
            "{wasm_pack} build --profile wasm --target {kind} --mode no-install --out-dir {folder} wasm"
        );
        build.env("PATH", path_with_bindgen(workspace)?).run()?;
    }
    consume(workspace, &packages)
}

/// The `PATH`, our own wasm-bindgen in front.
fn path_with_bindgen(workspace: &Workspace) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [tools::bindgen(workspace)?].into_iter().chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("the PATH has a folder that cannot be in it")
}
