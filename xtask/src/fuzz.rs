//! `cargo xtask fuzz`: the targets of `core/fuzz`, built with libFuzzer's coverage and run for a while.
//!
//! `cargo fuzz` wants a nightly compiler for the sanitizers; without `unsafe` they have little to find, and coverage alone can
//! be had of the stable one.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use xshell::cmd;

use crate::tools;
use crate::workspace::{Workspace, executable};

/// What a target runs for, in seconds, where nothing is said.
pub(crate) const SECONDS: u32 = 60;

/// What `cargo fuzz` gives the compiler for coverage.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// An input that takes so many seconds is a fault, and so is one that takes so many MiB.
const SLOW: &str = "-timeout=60";
const LARGE: &str = "-rss_limit_mb=2048";

/// Runs these targets, or all, each for so many seconds; or one on this input alone.
pub(crate) fn run(workspace: &Workspace, names: &[String], seconds: u32, input: Option<&Path>) -> Result<()> {
    let fuzz = workspace.root.join("core/fuzz");
    let all = targets(workspace, &fuzz)?;
    if let Some(unknown) = names.iter().find(|name| !all.contains(name)) {
        bail!("there is no target {unknown}; there are {}", all.join(", "));
    }
    let built = build(workspace, &fuzz)?;
    for name in if names.is_empty() { &all } else { names } {
        let (program, work) = (built.join(executable(name)), workspace.target.join("fuzz"));
        let shell = &workspace.shell;
        if let Some(input) = input {
            cmd!(shell, "{program} {input} {SLOW} {LARGE}").run()?;
            continue;
        }
        // What is found goes into the first folder, which is nobody's but this machine's.
        let found = shell.create_dir(work.join("corpus").join(name))?;
        let failures = shell.create_dir(work.join("failures").join(name))?;
        let known = fuzz.join("corpus").join(name);
        ensure!(known.is_dir(), "{} is missing", known.display());
        let (time, prefix) =
            (format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", failures.display()));
        let how = [
            time.as_str(),
            prefix.as_str(),
            SLOW,
            LARGE,
            "-len_control=0",
            "-verbosity=0",
            "-print_final_stats=1",
        ];
        cmd!(shell, "{program} {found} {known} {how...}").run().with_context(|| {
            format!(
                "target {name} failed; what it failed on is in {}, `cargo xtask fuzz {name} --input FILE` runs it again",
                failures.display()
            )
        })?;
    }
    Ok(())
}

/// The names of the files.
fn targets(workspace: &Workspace, fuzz: &Path) -> Result<Vec<String>> {
    let files = workspace.shell.read_dir(fuzz.join("fuzz_targets"))?;
    let name = |file: &PathBuf| Some(file.file_stem()?.to_str()?.to_owned());
    Ok(files.iter().filter_map(name).collect())
}

/// Compiles the targets but for libFuzzer, which is nothing of ours and takes a while.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let (manifest, target) = (workspace.root.join("core/fuzz/Cargo.toml"), workspace.target.join("fuzz"));
    let shell = &workspace.shell;
    // A check links nothing: it need not be there.
    let none = target.join("libfuzzer.a");
    Ok(cmd!(shell, "cargo check --locked --quiet --manifest-path {manifest} --target-dir {target}")
        .env("CUSTOM_LIBFUZZER_PATH", none)
        .run()?)
}

fn build(workspace: &Workspace, fuzz: &Path) -> Result<PathBuf> {
    // With a target named, the flags are for what is fuzzed alone and not for what builds it.
    let (host, target) = (workspace.host()?, workspace.target.join("fuzz"));
    let shell = &workspace.shell;
    let manifest = fuzz.join("Cargo.toml");
    let built = cmd!(
        shell,
        "cargo build --release --locked --manifest-path {manifest} --target {host} --target-dir {target}"
    )
    .env("RUSTFLAGS", COVERAGE)
    .run();
    if built.is_err() {
        tools::cpp_compiler(workspace)
            .context("libFuzzer is written in C++: a compiler for it is needed, `c++`")?;
    }
    built?;
    Ok(target.join(host).join("release"))
}
