//! `cargo xtask bundle`: the page, the wasm package and the engine's sources as one folder of static files.
//!
//! ```text
//! target/site/            a copy of web/, its tests left out, its sheets for the element as one
//! target/site/bundled/    the page's modules in few files, where there is Node to put them together; else each stays as it is
//! target/site/pkg/        bufferevent_wasm.js, its TypeScript declarations, and the engine's wasm in two files:
//!                         bufferevent_wasm_bg.wasm is needed at once, bufferevent_wasm_rest.wasm is the rest
//! target/site/source/     core/src, for the page's Code panel, and which of its lines act
//! target/site/lessons/    each lesson of lessons/ as one file, and index.json
//! target/site/scenario.schema.json
//! target/site/gallery/recording.jsonl
//!                         a recording, for the gallery
//! target/site/site.json    each file with its digest, for the page's service worker
//! ```

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bufferevent::sim::{Experiment, Scenario};
use xshell::cmd;

use crate::acting;
use crate::address::{self, Address};
use crate::lesson;
use crate::modules::{self, Modules};
use crate::offline;
use crate::parts;
use crate::size;
use crate::tools::{self, WASM};
use crate::workspace::Workspace;

/// What the site is made of, relative to the workspace's root. The two crates of xtask are in it as its makers.
const INPUTS: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "core",
    "lessons",
    "npm/page.mjs",
    "npm/package-lock.json",
    "wasm",
    "web",
    "xtask",
];
/// Made by tools, or needed by nobody who reads the site.
const LEFT_OUT: &[&str] =
    &["node_modules", "target", "wasm/pkg", "web/screenshot.png", "web/tests", "web/tsconfig.json"];

/// Builds the site, for no address, unless the one that is there was made from the same sources.
pub(crate) fn build_if_stale(workspace: &Workspace) -> Result<()> {
    build_at(workspace, None, false)
}

/// The same for those who are given it, and for the tests: its modules have to be few files.
pub(crate) fn build_to_give(workspace: &Workspace) -> Result<()> {
    let is_few =
        || current(workspace, &digest(workspace, None)).is_some_and(|modules| modules == Modules::Few.name());
    if is_few() {
        return Ok(());
    }
    build_at(workspace, None, true)?;
    ensure!(is_few(), "what is given away has its modules in few files: install Node.js 20 or later and npm");
    Ok(())
}

/// Builds the site for the address where it will be, unless the one that is there was made from the same, or always.
pub(crate) fn build_at(workspace: &Workspace, address: Option<&Address>, always: bool) -> Result<()> {
    // Before the build: what changes meanwhile must count as changed.
    let digest = digest(workspace, address);
    if !always && let Some(modules) = current(workspace, &digest) {
        eprintln!("{} is up to date, its modules {modules}", workspace.site().display());
        return Ok(());
    }
    let modules = build(workspace, address)?;
    Ok(fs::write(stamp(workspace), format!("{digest}\n{}\n", modules.name()))?)
}

/// How the modules of the site are, where it is what would be built from what has this digest.
fn current(workspace: &Workspace, digest: &str) -> Option<String> {
    let text = fs::read_to_string(stamp(workspace)).ok()?;
    let (made_from, modules) = text.trim_end().split_once('\n')?;
    (workspace.site().is_dir() && digest == made_from).then(|| modules.to_owned())
}

/// It is put together in a folder of its own and then takes the old one's place, so that a server that is running
/// never shows half of it.
fn build(workspace: &Workspace, address: Option<&Address>) -> Result<Modules> {
    let (site, next) = (workspace.site(), workspace.target.join("site.next"));
    remove(&next)?;
    remove(&stamp(workspace))?;
    fs::create_dir_all(&next)?;

    copy(workspace, "web", &next)?;
    join_sheets(&next.join("styles"))?;
    copy(workspace, "core/src", &next.join("source/core/src"))?;
    fs::write(next.join("source/acting.json"), acting::to_json(&acting::map(workspace)?).to_string())?;
    fs::write(next.join("scenario.schema.json"), format!("{:#}\n", bufferevent::sim::schema()))?;
    lesson::pack_all(workspace, &next.join("lessons"))?;
    let first = Experiment::new(Scenario::first());
    first.recording().export(fs::File::create(next.join("gallery/recording.jsonl"))?)?;
    build_wasm_package(workspace, &next)?;
    if let Some(address) = address {
        address::write(&next, address)?;
    }
    let modules = modules::put_together(workspace, &next)?;
    offline::write_list(&next)?;

    remove(&site)?;
    fs::rename(&next, &site).with_context(|| format!("moving {} into place", site.display()))?;
    eprintln!("wrote {}", site.display());
    Ok(modules)
}

/// Puts the sheets that `lab.css` imports into it: the element adopts one sheet, and that cannot import any.
fn join_sheets(styles: &Path) -> Result<()> {
    let all = styles.join("lab.css");
    let mut joined = String::new();
    for line in fs::read_to_string(&all)?.lines() {
        let imported = line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";"));
        let Some(sheet) = imported.map(|name| styles.join(name)) else { continue };
        joined += &fs::read_to_string(&sheet).with_context(|| format!("reading {}", sheet.display()))?;
        fs::remove_file(&sheet)?;
    }
    Ok(fs::write(all, joined)?)
}

/// Writes the package that a page imports with `import init from "./pkg/bufferevent_wasm.js"`.
///
/// What does it is what the program that `wasm-pack` calls is made of.
fn build_wasm_package(workspace: &Workspace, site: &Path) -> Result<()> {
    let module = build_wasm(workspace)?;
    let lesson = site.join(format!("lessons/{}.json", parts::OPENING));
    let files = parts::build(workspace, &module, &lesson, &site.join("pkg"))?;
    size::check(workspace, files)
}

/// The kinds of packages that wasm-pack builds, by its names for them.
pub(crate) const PACKAGES: [&str; 3] = ["web", "bundler", "nodejs"];

/// Writes each kind of package below the target folder, as wasm-pack would but for the `package.json`, and gives the
/// folder that they are in.
pub(crate) fn build_packages(workspace: &Workspace) -> Result<PathBuf> {
    let module = build_wasm(workspace)?;
    let folder = workspace.target.join("packages");
    remove(&folder)?;
    for kind in PACKAGES {
        let package = folder.join(kind);
        bind(workspace, &module, kind, &package)?;
        let module_system = if kind == "nodejs" { "commonjs" } else { "module" };
        let manifest = serde_json::json!({
            "name": "bufferevent-wasm",
            "type": module_system,
            "main": "bufferevent_wasm.js",
            "types": "bufferevent_wasm.d.ts",
        });
        fs::write(package.join("package.json"), manifest.to_string())?;
    }
    Ok(folder)
}

/// With the linker's relocations: they say which constant is whose, where the wasm is parted.
pub(crate) fn build_wasm(workspace: &Workspace) -> Result<PathBuf> {
    tools::wasm_target(workspace)?;
    let shell = &workspace.shell;
    let crate_ = ["--profile", "wasm", "--target", WASM, "--package", "bufferevent-wasm"];
    cmd!(shell, "cargo rustc {crate_...} -- -Clink-arg=--emit-relocs").run()?;
    Ok(workspace.target.join(WASM).join("wasm/bufferevent_wasm.wasm"))
}

/// Writes a package as wasm-pack would, all of the wasm in one file. Without the functions' names, a tenth of it: a panic says
/// by itself where it was.
pub(crate) fn bind(workspace: &Workspace, module: &Path, kind: &str, folder: &Path) -> Result<()> {
    bind_with(workspace, module, kind, folder, "nameless")?;
    parts::leave_whole(workspace, folder)
}

pub(crate) fn bind_with(
    workspace: &Workspace,
    module: &Path,
    kind: &str,
    folder: &Path,
    names: &str,
) -> Result<()> {
    let bindgen = tools::bindgen(workspace)?.join("xtask-bindgen");
    let shell = &workspace.shell;
    Ok(cmd!(shell, "{bindgen} {kind} {names} {module} {folder}").run()?)
}

/// Remembers the digest of the inputs that the site was made from, and how its modules are.
fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.target.join("site.stamp")
}

/// A digest of the address and of the inputs' names and contents. Not of their times: a `git switch` there and back changes nothing.
fn digest(workspace: &Workspace, address: Option<&Address>) -> String {
    let mut hasher = DefaultHasher::new();
    address.map(Address::to_string).hash(&mut hasher);
    for input in INPUTS {
        for file in files(workspace, Path::new(input)) {
            file.hash(&mut hasher);
            fs::read(workspace.root.join(&file)).ok().hash(&mut hasher);
        }
    }
    format!("{:016x}", hasher.finish())
}

fn copy(workspace: &Workspace, from: &str, to: &Path) -> Result<()> {
    for file in files(workspace, Path::new(from)) {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(workspace.root.join(&file), &target)
            .with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}

/// The files of a folder, or the file itself, relative to the workspace's root and in the order of their names.
pub(crate) fn files(workspace: &Workspace, path: &Path) -> Vec<PathBuf> {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    if hidden || LEFT_OUT.iter().any(|left_out| path.ends_with(left_out)) {
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir(workspace.root.join(path)) else {
        return workspace.root.join(path).is_file().then(|| path.to_owned()).into_iter().collect();
    };
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    names.iter().flat_map(|name| files(workspace, &path.join(name))).collect()
}

/// Removes a file or a folder; one that is not there is fine.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if path.exists() => Err(error).with_context(|| format!("removing {}", path.display())),
        _ => Ok(()),
    }
}
