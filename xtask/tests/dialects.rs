//! Which libevent does what is data: code asks for a rule, and never which libevent it is.

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

#[test]
fn no_code_but_the_rules_names_a_dialect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
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
