//! The floors of the crate: a module names itself and those above it, and so no import runs in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every module at the crate's root, each below all that it may name.
const FLOORS: &[&str] = &[
    "time",
    "directions",
    "flags",
    "kernel",
    "arena",
    "ids",
    "bytes_as_text",
    "said",
    "object",
    "words",
    "evbuffer",
    "filters",
    "dialect",
    "event_loop",
    "observe",
    "bufferevent",
    "engine",
    "recording",
    "sim",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file of the crate but its root, with the module at the root that it belongs to.
fn files() -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let place = path.strip_prefix(source()).expect("it is below the root").with_extension("");
                let module = place.components().next().expect("it has a name");
                let module = module.as_os_str().to_str().expect("module names are ASCII").to_owned();
                files.extend((module != "lib").then_some((module, path)));
            }
        }
    }
    files
}

/// The code, without comments and without the unit tests at its end, which may name anything.
fn code(text: &str) -> String {
    let text = text.split("\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first names of what stands between these braces: `a::b, C, d::{E, F}` gives `a`, `C`, `d`.
fn first_names(group: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut depth, mut in_name) = (0, true);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                in_name = true;
            }
            c if in_name && (c.is_alphanumeric() || c == '_') => {
                names.last_mut().expect("it is never empty").push(c);
            }
            c => in_name &= c.is_whitespace(),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Every name that follows `prefix` in this code.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    code.match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .flat_map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            let one = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            rest.strip_prefix('{').map_or_else(|| vec![one.to_owned()], first_names)
        })
        .collect()
}

/// What the crate's root gives out, with the module that it comes from.
fn exports(root: &str) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for line in code(root).split(';') {
        if let Some((module, names)) = line.trim().strip_prefix("pub use ").and_then(|it| it.split_once("::"))
        {
            let names = names.trim_start_matches('{');
            exports.extend(first_names(names).into_iter().map(|name| (name, module.to_owned())));
        }
    }
    exports
}

fn modules(root: &str) -> BTreeSet<String> {
    let name = |line: &str| Some(line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.to_owned());
    code(root).split([';', '\n']).filter_map(name).collect()
}

/// What this code of `module` names and may not: each with the module that it is in.
fn upward(module: &str, text: &str, exports: &BTreeMap<String, String>) -> Vec<String> {
    let floor = |module: &str| FLOORS.iter().position(|floor| *floor == module);
    let mut named = names_after(&code(text), "crate::");
    named.retain(|name| {
        let target = exports.get(name).unwrap_or(name);
        match (floor(target), floor(module)) {
            (Some(target), Some(own)) => target > own,
            _ => true,
        }
    });
    named.into_iter().collect()
}

#[test]
fn every_module_has_its_floor() {
    let there = modules(&read(&source().join("lib.rs")));
    let floors: BTreeSet<_> = FLOORS.iter().map(|floor| (*floor).to_owned()).collect();
    assert_eq!(there, floors, "a module is to be entered in FLOORS, below all that it names");
}

#[test]
fn no_module_names_one_below_it() {
    let exports = exports(&read(&source().join("lib.rs")));
    let found: Vec<_> = files()
        .into_iter()
        .flat_map(|(module, path)| {
            let names = upward(&module, &read(&path), &exports);
            names.into_iter().map(move |name| format!("{} names crate::{name}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_name_from_below_is_found_however_it_is_written() {
    let exports = exports("pub use sim::{A, B};\npub use observe::Step;");
    for text in [
        "use crate::sim::A;",
        "use crate::{\n    Step,\n    B,\n};",
        "use crate::{sim::{A, C}, Step};",
        "let b = crate::B::new();",
        "#[serde(with = \"crate::sim::text\")]",
        "use crate::unheard_of::Name;",
    ] {
        assert_eq!(upward("engine", text, &exports).len(), 1, "{text}");
    }
    let allowed =
        "use crate::{Step, observe::{self, Step}}; // crate::sim\n#[cfg(test)]\nmod tests { use crate::A; }";
    assert_eq!(upward("engine", allowed, &exports), Vec::<String>::new());
}

/// Only `crate::` is looked at above: a way to the root by `super` would go unseen.
#[test]
fn no_file_reaches_the_root_by_super() {
    for (_, path) in files() {
        let place = path.strip_prefix(source()).expect("it is below the root").with_extension("");
        let depth = place.components().filter(|part| part.as_os_str() != "mod").count();
        let reached = names_after(&code(&read(&path)), &"super::".repeat(depth));
        assert!(reached.is_empty(), "{} reaches {reached:?} by super", path.display());
    }
}

/// What a newcomer follows first names files with functions in them, and a scenario to see them run.
#[test]
fn the_way_of_one_byte_leads_through_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = read(&source().join("engine/mod.rs"));
    let page: String = page.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let mut words = page.split('`');
    let (mut within, mut functions) = (None, 0);
    while let (Some(between), Some(word)) = (words.next(), words.next()) {
        if word.ends_with(".rs") {
            let path = if word.starts_with("mio/") { root.join(word) } else { source().join(word) };
            within = Some((path.clone(), read(&path)));
        } else if let Some(scenario) = word.strip_prefix("bufferevent-scenario --records ") {
            assert!(root.join(scenario).is_file(), "{scenario} is not there");
        } else if between == ", "
            && let Some((path, code)) = &within
        {
            assert!(code.contains(&format!("fn {word}")), "{} has no function {word}", path.display());
            functions += 1;
        } else {
            within = None;
        }
    }
    assert!(functions > 10, "{functions}");
}
