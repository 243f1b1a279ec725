//! What holds of all sources.

use std::path::{Path, PathBuf};

/// Every Rust file below this folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("the folder is part of the project");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The lines of code before a file's unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines.enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Which libevent does what is data: code asks for a rule, and never which libevent it is.
#[test]
fn no_code_but_the_rules_names_a_dialect() {
    let root = root();
    let rules = root.join("core/src/dialect");
    let mut named = Vec::new();
    for krate in ["core", "server", "wasm"] {
        for path in sources(&root.join(krate).join("src")).iter().filter(|path| !path.starts_with(&rules)) {
            let text = std::fs::read_to_string(path).expect("source is text");
            let lines = code(&text).filter(|(_, line)| line.contains("Dialect::V"));
            named.extend(lines.map(|(at, line)| format!("{}:{}: {}", path.display(), at + 1, line.trim())));
        }
    }
    assert!(named.is_empty(), "these ask which libevent it is:\n{}", named.join("\n"));
}

/// The modules that a file declares, but for those of its tests.
fn modules(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().zip(text.lines().skip(1)).filter(|(above, _)| *above != "#[cfg(test)]");
    lines.filter_map(|(_, line)| {
        let (before, name) = line.strip_suffix(';')?.rsplit_once(' ')?;
        (before == "mod" || (before.starts_with("pub") && before.ends_with(" mod"))).then_some(name)
    })
}

/// The names that a file uses, or gives out, of one of its modules.
fn given<'a>(text: &'a str, module: &str) -> Vec<&'a str> {
    let uses = format!("use {module}::");
    let names =
        |text: &'a str| text.split(';').next().unwrap_or_default().split(|c: char| !c.is_alphanumeric());
    text.match_indices(&uses).flat_map(|(at, _)| names(&text[at + uses.len()..])).collect()
}

/// A folder's first page is its map: each module is on it, or something of what is given out of it.
#[test]
fn every_first_page_names_all_modules() {
    let mut missing = Vec::new();
    for krate in ["bench", "core", "mio", "server", "wasm", "xtask", "xtask/parts"] {
        for path in sources(&root().join(krate).join("src")) {
            let text = std::fs::read_to_string(&path).expect("source is text");
            let page: String = text.lines().filter(|line| line.starts_with("//!")).collect();
            let is_named =
                |name: &str| ["`", "@", "::"].iter().any(|before| page.contains(&format!("{before}{name}`")));
            let all: Vec<&str> = modules(&text).collect();
            let unnamed = all
                .iter()
                .filter(|module| !is_named(module) && !given(&text, module).into_iter().any(is_named));
            missing.extend(
                unnamed.filter(|_| all.len() > 1).map(|module| format!("{}: {module}", path.display())),
            );
        }
    }
    assert!(missing.is_empty(), "these are on no map:\n{}", missing.join("\n"));
}
